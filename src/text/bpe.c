/*
 * bpe.c - byte-pair encoding: characters, then merges in order of rank
 *
 * The text is a linked list of symbols, the possible merges are a heap.  When
 * two symbols have been joined, entries about their old selves are still in
 * the heap; each symbol knows the rank of the merge it is waiting for, so such
 * an entry is recognised when it comes up, and dropped.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "text/bpe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX         /* no neighbour, no merge, no symbol */

/* ---- the table of merges ---- */

/* The slot of a pair, or where it would go. */
static struct cola_merge *
slot_of(const struct cola_bpe *bpe, int left, int right)
{
    uint64_t h = (uint64_t)left << 32 | (uint32_t)right;
    size_t i;

    /* The finaliser of splitmix64: every bit of the pair reaches the low ones. */
    h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
    i = (size_t)(h ^ h >> 31) & bpe->mask;
    while (bpe->merge[i].left >= 0 &&
           (bpe->merge[i].left != left || bpe->merge[i].right != right))
        i = (i + 1) & bpe->mask;
    return &bpe->merge[i];
}

static uint32_t
rank_of(const struct cola_bpe *bpe, int left, int right)
{
    const struct cola_merge *m = slot_of(bpe, left, right);

    return m->left >= 0 ? m->rank : NONE;
}

/* Divide merge RANK, "a b" or ["a","b"], into its two spellings. */
static enum cola_status
split_merge(const json_t *merge, size_t rank, const char *part[2], size_t len[2],
            const char *place, struct cola_error *err)
{
    const char *blank;

    if (json_is_string(merge)) {
        part[0] = json_string_value(merge);
        blank = strchr(part[0], ' ');
        if (blank == NULL || strchr(blank + 1, ' ') != NULL)
            return cola_fail(err, COLA_INPUT, "%s: merges[%zu] is not two tokens "
                             "with one blank between them: \"%s\"", place, rank,
                             part[0]);
        part[1] = blank + 1;
        len[0] = (size_t)(blank - part[0]);
        len[1] = strlen(part[1]);
        return COLA_OK;
    }
    for (size_t i = 0; i < 2; i++) {
        const json_t *v = json_array_get(merge, i);

        if (!json_is_string(v) || json_array_size(merge) != 2)
            return cola_fail(err, COLA_INPUT, "%s: merges[%zu] is neither \"a b\" nor "
                             "[\"a\", \"b\"]", place, rank);
        part[i] = json_string_value(v);
        len[i] = json_string_length(v);
    }
    return COLA_OK;
}

/* Enter merge RANK; JOINED is room for spellings. */
static enum cola_status
add_merge(struct cola_bpe *bpe, const json_t *merge, size_t rank,
          struct cola_buffer *joined, const char *place, struct cola_error *err)
{
    const char *part[2];
    size_t len[2];
    int id[2];
    struct cola_merge *m;
    enum cola_status status = split_merge(merge, rank, part, len, place, err);

    if (status != COLA_OK)
        return status;
    for (size_t i = 0; i < 2; i++) {
        id[i] = cola_vocabulary_find(&bpe->vocabulary, part[i], len[i]);
        if (id[i] < 0)
            return cola_fail(err, COLA_INPUT, "%s: merges[%zu] names a token that is "
                             "not in the vocabulary: \"%.*s\"", place, rank,
                             (int)len[i], part[i]);
    }
    cola_buffer_reset(joined);
    cola_buffer_bytes(joined, part[0], len[0]);
    cola_buffer_bytes(joined, part[1], len[1]);
    if (cola_buffer_ok(joined, err) != COLA_OK)
        return COLA_RESOURCE;
    bpe->joined[rank] = cola_vocabulary_find(&bpe->vocabulary, joined->data, joined->len);
    if (bpe->joined[rank] < 0)
        return cola_fail(err, COLA_INPUT, "%s: merges[%zu] makes a token that is not "
                         "in the vocabulary: \"%s\"", place, rank, joined->data);
    /* A pair that is listed twice has its last rank, as in the library. */
    m = slot_of(bpe, id[0], id[1]);
    *m = (struct cola_merge){id[0], id[1], (uint32_t)rank};
    return COLA_OK;
}

static enum cola_status
read_merges(struct cola_bpe *bpe, const json_t *merges, const char *place,
            struct cola_error *err)
{
    struct cola_buffer joined = COLA_BUFFER_EMPTY;
    enum cola_status status = COLA_OK;
    size_t n = json_array_size(merges), slots = 16;

    if (!json_is_array(merges) || n > COLA_TOKEN_LIMIT)
        return cola_fail(err, COLA_INPUT, "%s: \"merges\" is not an array of at most "
                         "%d merges", place, COLA_TOKEN_LIMIT);
    while (slots < n + n / 2)
        slots *= 2;
    bpe->joined = cola_alloc(n, sizeof *bpe->joined);
    bpe->merge = cola_alloc(slots, sizeof *bpe->merge);
    bpe->mask = slots - 1;
    if (bpe->joined == NULL || bpe->merge == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < slots; i++)
        bpe->merge[i].left = -1;
    for (size_t i = 0; i < n && status == COLA_OK; i++)
        status = add_merge(bpe, json_array_get(merges, i), i, &joined, place, err);
    cola_buffer_free(&joined);
    return status;
}

/* ---- the rest of the model ---- */

/* What would change the tokens and is not there must be absent, or say so. */
static enum cola_status
refuse_unsupported(const json_t *model, const char *place, struct cola_error *err)
{
    static const char *const affixes[] = {"continuing_subword_prefix",
                                          "end_of_word_suffix"};
    double dropout = 0;
    enum cola_status status = cola_json_get_real(model, "dropout", 1, &dropout, place,
                                                 err);

    if (status == COLA_OK && dropout != 0)
        return cola_fail(err, COLA_INPUT, "%s: \"dropout\" is not supported", place);
    for (size_t i = 0; i < 2 && status == COLA_OK; i++) {
        const char *affix = "";

        status = cola_json_get_text(model, affixes[i], 1, &affix, place, err);
        if (status == COLA_OK && affix[0] != '\0')
            return cola_fail(err, COLA_INPUT, "%s: \"%s\" is not supported", place,
                             affixes[i]);
    }
    return status;
}

static enum cola_status
read_flags(struct cola_bpe *bpe, const json_t *model, const char *place,
           struct cola_error *err)
{
    const char *unknown = NULL;
    enum cola_status status = refuse_unsupported(model, place, err);

    if (status != COLA_OK ||
        (status = cola_json_get_boolean(model, "fuse_unk", 1, &bpe->fuse_unknown, place,
                                        err)) != COLA_OK ||
        (status = cola_json_get_boolean(model, "byte_fallback", 1, &bpe->byte_fallback,
                                        place, err)) != COLA_OK ||
        (status = cola_json_get_boolean(model, "ignore_merges", 1, &bpe->ignore_merges,
                                        place, err)) != COLA_OK ||
        (status = cola_json_get_text(model, "unk_token", 1, &unknown, place, err)) !=
            COLA_OK)
        return status;
    bpe->unknown = -1;
    if (unknown != NULL) {
        bpe->unknown = cola_vocabulary_find(&bpe->vocabulary, unknown, strlen(unknown));
        if (bpe->unknown < 0)
            return cola_fail(err, COLA_INPUT, "%s: \"unk_token\" is not in the "
                             "vocabulary: \"%s\"", place, unknown);
    }
    for (unsigned i = 0; i < 256; i++) {
        char spelling[8];

        snprintf(spelling, sizeof spelling, "<0x%02X>", i);
        bpe->byte[i] = cola_vocabulary_find(&bpe->vocabulary, spelling, 6);
    }
    return COLA_OK;
}

enum cola_status
cola_bpe_read(struct cola_bpe *bpe, json_t *model, const char *place,
              struct cola_error *err)
{
    enum cola_status status;
    json_t *vocab = json_object_get(model, "vocab");
    const char *type = NULL;

    *bpe = (struct cola_bpe){0};
    if ((status = cola_json_get_text(model, "type", 0, &type, place, err)) != COLA_OK)
        return status;
    if (strcmp(type, "BPE") != 0)
        return cola_fail(err, COLA_INPUT, "%s: type \"%s\" is not supported", place,
                         type);
    if (!json_is_object(vocab))
        return cola_fail(err, COLA_INPUT, "%s: \"vocab\" is missing or not an object",
                         place);
    if ((status = cola_vocabulary_read(&bpe->vocabulary, vocab, place, err)) != COLA_OK ||
        (status = read_flags(bpe, model, place, err)) != COLA_OK ||
        (status = read_merges(bpe, json_object_get(model, "merges"), place, err)) !=
            COLA_OK)
        cola_bpe_free(bpe);
    return status;
}

void
cola_bpe_free(struct cola_bpe *bpe)
{
    cola_vocabulary_free(&bpe->vocabulary);
    free(bpe->merge);
    free(bpe->joined);
    *bpe = (struct cola_bpe){0};
}

/* ---- from characters to symbols ---- */

void
cola_bpe_work_free(struct cola_bpe_work *work)
{
    free(work->symbol);
    free(work->heap);
    *work = (struct cola_bpe_work){0};
}

static enum cola_status
make_room(struct cola_bpe_work *work, size_t symbols, struct cola_error *err)
{
    if (symbols <= work->room)
        return COLA_OK;
    cola_bpe_work_free(work);
    work->symbol = cola_alloc(symbols, sizeof *work->symbol);
    /* A text of n symbols has n - 1 pairs; each merge takes one entry from
     * the heap, adds two at most, and there are n - 1 merges at most. */
    work->heap = cola_alloc(symbols, 2 * sizeof *work->heap);
    if (work->symbol == NULL || work->heap == NULL) {
        cola_bpe_work_free(work);
        return cola_fail_memory(err);
    }
    work->room = symbols;
    return COLA_OK;
}

static void
add_symbol(struct cola_bpe_work *work, int id, size_t begin, size_t end)
{
    uint32_t at = (uint32_t)work->n++;

    work->symbol[at] = (struct cola_symbol){
        id, at > 0 ? at - 1 : NONE, NONE, (uint32_t)begin, (uint32_t)end, NONE
    };
    if (at > 0)
        work->symbol[at - 1].next = at;
}

/* The bytes of a character as their tokens, if all of them have one. */
static int
add_bytes(const struct cola_bpe *bpe, const char *text, size_t begin, size_t end,
          struct cola_bpe_work *work)
{
    for (size_t i = begin; i < end; i++)
        if (bpe->byte[(unsigned char)text[i]] < 0)
            return 0;
    for (size_t i = begin; i < end; i++)
        add_symbol(work, bpe->byte[(unsigned char)text[i]], i, i + 1);
    return 1;
}

/*
 * An unknown character is held back, because the next one may be fused with
 * it, until one that is in the vocabulary comes.  Byte tokens do not end the
 * wait: where only some of the 256 exist, the library puts them before the
 * unknown token that they follow in the text, and so do we.
 */
static void
add_characters(const struct cola_bpe *bpe, const char *text, size_t len,
               struct cola_bpe_work *work)
{
    size_t held = 0, held_end = 0;      /* nothing is held when they are equal */

    for (size_t at = 0, end; at < len; at = end) {
        int id;

        end = at + cola_utf8_length(text + at, len - at);
        id = cola_vocabulary_find(&bpe->vocabulary, text + at, end - at);
        if (id < 0 && bpe->byte_fallback && add_bytes(bpe, text, at, end, work))
            continue;
        if (held < held_end && (id >= 0 || !bpe->fuse_unknown)) {
            add_symbol(work, bpe->unknown, held, held_end);
            held = held_end;
        }
        if (id >= 0) {
            add_symbol(work, id, at, end);
        } else if (bpe->unknown >= 0) {
            held = held < held_end ? held : at;
            held_end = end;
        }
    }
    if (held < held_end)
        add_symbol(work, bpe->unknown, held, held_end);
}

/* ---- merging ---- */

/* Heap entries are rank * 2^32 + symbol: the least is the merge to do next. */

static void
push(struct cola_bpe_work *work, uint64_t entry)
{
    size_t i = work->n_heap++;

    while (i > 0 && work->heap[(i - 1) / 2] > entry) {
        work->heap[i] = work->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    work->heap[i] = entry;
}

static uint64_t
pop(struct cola_bpe_work *work)
{
    uint64_t *heap = work->heap, top = heap[0], last = heap[--work->n_heap];
    size_t i = 0, child;

    while ((child = 2 * i + 1) < work->n_heap) {
        if (child + 1 < work->n_heap && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= last)
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    return top;
}

/* Symbol AT has a new neighbour to its right: note what may become of them. */
static void
expect_merge(const struct cola_bpe *bpe, struct cola_bpe_work *work, uint32_t at)
{
    struct cola_symbol *s = &work->symbol[at];

    s->rank = NONE;
    if (s->next != NONE)
        s->rank = rank_of(bpe, s->id, work->symbol[s->next].id);
    if (s->rank != NONE)
        push(work, (uint64_t)s->rank << 32 | at);
}

static void
merge_all(const struct cola_bpe *bpe, struct cola_bpe_work *work)
{
    work->n_heap = 0;
    for (size_t i = 0; i < work->n; i++)
        expect_merge(bpe, work, (uint32_t)i);
    while (work->n_heap > 0) {
        uint64_t top = pop(work);
        uint32_t at = (uint32_t)top;
        struct cola_symbol *s = &work->symbol[at], *gone;

        if (s->rank != top >> 32)
            continue;           /* about symbols that are no more */
        gone = &work->symbol[s->next];
        s->id = bpe->joined[s->rank];
        s->begin = s->begin < gone->begin ? s->begin : gone->begin;
        s->end = s->end > gone->end ? s->end : gone->end;
        s->next = gone->next;
        gone->rank = NONE;
        if (s->next != NONE)
            work->symbol[s->next].prev = at;
        if (s->prev != NONE)
            expect_merge(bpe, work, s->prev);
        expect_merge(bpe, work, at);
    }
}

enum cola_status
cola_bpe_encode(const struct cola_bpe *bpe, const char *text, size_t len,
                struct cola_bpe_work *work, struct cola_error *err)
{
    enum cola_status status;
    size_t kept = 0;
    int whole;

    if ((status = make_room(work, len, err)) != COLA_OK)
        return status;
    work->n = 0;
    whole = bpe->ignore_merges ? cola_vocabulary_find(&bpe->vocabulary, text, len) : -1;
    if (whole >= 0) {
        add_symbol(work, whole, 0, len);
        return COLA_OK;
    }
    add_characters(bpe, text, len, work);
    merge_all(bpe, work);
    /* The first symbol is never the right one of a pair, so it is still there;
     * every other one kept moves towards it. */
    for (uint32_t i = work->n > 0 ? 0 : NONE; i != NONE; i = work->symbol[i].next)
        work->symbol[kept++] = work->symbol[i];
    work->n = kept;
    return COLA_OK;
}
