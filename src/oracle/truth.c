/*
 * truth.c - an enumeration read back: what there was to find
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/truth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "record/journal.h"

/* ---- the header ------------------------------------------------------------------ */

static int
integer(const json_t *object, const char *name)
{
    return (int)json_integer_value(json_object_get(object, name));
}

enum cola_status
cola_truth_rules(const json_t *object, struct cola_rules *rules, struct cola_error *err)
{
    const char *space = json_string_value(json_object_get(object, "space"));
    const char *placement = json_string_value(json_object_get(object, "placement"));
    int layers = integer(object, "layers");

    if (layers < 1 || layers > COLA_CHAIN_MAX)
        return cola_fail(err, COLA_INPUT, "a space without layers");
    cola_rules_paper(rules, COLA_SPACE_BOTH, layers);
    if (space == NULL || !cola_space_find(space, &rules->space))
        return cola_fail(err, COLA_INPUT, "a space that is not known");
    rules->min_length = integer(object, "min_length");
    rules->max_length = integer(object, "max_length");
    rules->block_root = integer(object, "block_root");
    rules->block = integer(object, "block");
    rules->extra = integer(object, "extra");
    rules->multiplicity = integer(object, "multiplicity");
    rules->block_repeat = integer(object, "block_repeat");
    rules->placement = placement != NULL && strcmp(placement, "disjoint") == 0 ?
                       COLA_DISJOINT : COLA_NESTED;
    if (rules->min_length < 1 || rules->max_length > COLA_CHAIN_MAX ||
        rules->block_root < 1 || rules->block < 1 || rules->extra < 1 ||
        rules->block_root > 64 || rules->block > 64 || rules->extra > 64 ||
        rules->block_repeat < 0 || rules->block_repeat > 64)
        return cola_fail(err, COLA_INPUT, "a space whose rules cannot be");
    return COLA_OK;
}

static enum cola_status
read_extent(const json_t *object, struct cola_extent_of *e, struct cola_error *err)
{
    static const char *const kinds[] = {"depth", "sequences", "reach"};
    const char *kind = json_string_value(json_object_get(object, "kind"));
    int layers = integer(object, "layers"), k = 0;

    while (kind != NULL && k < 3 && strcmp(kind, kinds[k]) != 0)
        k++;
    if (kind == NULL || k == 3 || layers < 1 || layers > COLA_CHAIN_MAX)
        return cola_fail(err, COLA_INPUT, "an enumeration whose extent is not known");
    e->kind = (enum cola_extent)k;
    if (e->kind != COLA_EXTENT_SEQUENCES) {
        e->amount = integer(object, "edits");
        return cola_truth_rules(object, &e->rules, err);
    }
    cola_rules_paper(&e->rules, COLA_SPACE_ANY, layers);
    e->amount = integer(object, "max_length");
    return e->amount >= 1 && e->amount <= COLA_CHAIN_MAX ? COLA_OK :
           cola_fail(err, COLA_INPUT, "an enumeration of sequences without length");
}

static enum cola_status
take_header(struct cola_truth *t, const json_t *value, struct cola_error *err)
{
    const char *format = json_string_value(json_object_get(value, "format"));
    json_int_t chains = json_integer_value(json_object_get(value, "chains"));
    enum cola_status st;

    if (format == NULL || strcmp(format, "colaref-enumeration") != 0)
        return cola_fail(err, COLA_INPUT, "not an enumeration");
    st = read_extent(json_object_get(value, "extent"), &t->extent, err);
    if (st == COLA_OK && (chains < 1 || chains > 100000000))
        st = cola_fail(err, COLA_INPUT, "an enumeration of no chains, or too many");
    if (st == COLA_OK)
        st = cola_enumerate(&t->extent, (size_t)chains, &t->chains, err);
    if (st == COLA_OK && t->chains.set.count != (size_t)chains)
        st = cola_fail(err, COLA_INPUT, "the extent has %zu chains, the header says %zu",
                       t->chains.set.count, (size_t)chains);
    if (st != COLA_OK)
        return st;
    t->rank = cola_alloc(t->chains.set.count, sizeof *t->rank);
    if (t->rank == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < t->chains.set.count; i++)
        t->rank[t->chains.order[i]] = i;
    t->header = json_incref((json_t *)(uintptr_t)value);
    return COLA_OK;
}

/* ---- answers --------------------------------------------------------------------- */

/* The slot of TEXT, or the free one where it belongs. */
static size_t
slot_of(const struct cola_truth_texts *t, const char *text, size_t len)
{
    size_t at = (size_t)cola_fnv1a(COLA_FNV_START, text, len) & (t->slot_count - 1);

    for (; t->slots[at] != 0; at = (at + 1) & (t->slot_count - 1)) {
        size_t i = t->slots[at] - 1;

        if (t->len[i] == len && memcmp(t->text[i], text, len) == 0)
            break;
    }
    return at;
}

static enum cola_status
grow_texts(struct cola_truth_texts *t, struct cola_error *err)
{
    size_t room = t->room > 0 ? t->room * 2 : 32;       /* a power of two */
    uint32_t *slots = cola_alloc(room * 2, sizeof *slots);
    char **text = cola_realloc(t->text, room, sizeof *text);
    size_t *len;

    t->text = text != NULL ? text : t->text;
    len = cola_realloc(t->len, room, sizeof *len);
    t->len = len != NULL ? len : t->len;
    if (slots == NULL || text == NULL || len == NULL || room > UINT32_MAX / 2) {
        free(slots);
        return cola_fail_memory(err);
    }
    free(t->slots);
    t->slots = slots;
    t->room = room;
    t->slot_count = room * 2;
    for (size_t i = 0; i < t->count; i++)
        t->slots[slot_of(t, t->text[i], t->len[i])] = (uint32_t)i + 1;
    return COLA_OK;
}

/* The number of ANSWER, a string or null: answers are few and chains many. */
static enum cola_status
number_answer(struct cola_truth_texts *t, const json_t *answer, uint32_t *number,
              struct cola_error *err)
{
    const char *text = json_string_value(answer);
    size_t len = json_string_length(answer), at;

    *number = 0;
    if (text == NULL)
        return COLA_OK;
    if ((t->count + 1) * 2 > t->slot_count) {
        enum cola_status st = grow_texts(t, err);

        if (st != COLA_OK)
            return st;
    }
    at = slot_of(t, text, len);
    if (t->slots[at] == 0) {
        t->text[t->count] = cola_alloc(len + 1, 1);
        if (t->text[t->count] == NULL)
            return cola_fail_memory(err);
        memcpy(t->text[t->count], text, len);
        t->len[t->count] = len;
        t->slots[at] = (uint32_t)++t->count;
    }
    *number = t->slots[at];
    return COLA_OK;
}

int
cola_truth_answered(const struct cola_truth *t, const struct cola_truth_sample *s,
                    size_t i, const json_t *answer)
{
    uint32_t number = s->answers[i];

    if (!json_is_string(answer) || number == 0)
        return !json_is_string(answer) && number == 0;
    return t->texts.len[number - 1] == json_string_length(answer) &&
           memcmp(t->texts.text[number - 1], json_string_value(answer),
                  t->texts.len[number - 1]) == 0;
}

/* ---- the parts ------------------------------------------------------------------- */

static enum cola_status
new_sample(struct cola_truth *t, const json_t *value, struct cola_error *err)
{
    const char *prompt = json_string_value(json_object_get(value, "prompt_sha256"));
    int several = json_object_get(value, "right") != NULL;
    size_t chains = t->chains.set.count;
    struct cola_truth_sample *s;

    if (t->n == t->room) {
        size_t room = t->room * 2 + 16;

        s = cola_realloc(t->samples, room, sizeof *s);
        if (s == NULL)
            return cola_fail_memory(err);
        t->samples = s;
        t->room = room;
    }
    s = &t->samples[t->n++];
    memset(s, 0, sizeof *s);
    s->id = cola_strdup(json_string_value(json_object_get(value, "id")));
    s->prompt = prompt != NULL ? cola_strdup(prompt) : NULL;
    s->marks = cola_alloc(chains + 1, 1);
    s->answers = cola_alloc(chains, sizeof *s->answers);
    s->margins = cola_alloc(chains, sizeof *s->margins);
    if (several) {
        s->right = cola_alloc(chains, sizeof *s->right);
        s->held_right = cola_alloc(chains, sizeof *s->held_right);
        s->of = integer(value, "of");
        s->held_of = integer(value, "held_of");
    }
    return s->id == NULL || (prompt != NULL && s->prompt == NULL) || s->marks == NULL ||
           s->answers == NULL || s->margins == NULL ||
           (several && (s->right == NULL || s->held_right == NULL)) ?
           cola_fail_memory(err) : COLA_OK;
}

/* N counts from 0 to MOST of VALUE's member NAME into COUNTS; 0 when they are
 * not. */
static int
take_counts(const json_t *value, const char *name, int most, int *counts, size_t n)
{
    const json_t *list = json_object_get(value, name);

    for (size_t i = 0; i < n; i++) {
        json_int_t count = json_integer_value(json_array_get(list, i));

        if (count < 0 || count > most)
            return 0;
        counts[i] = (int)count;
    }
    return json_array_size(list) == n;
}

static enum cola_status
take_part(struct cola_truth *t, const json_t *value, struct cola_error *err)
{
    const char *id = json_string_value(json_object_get(value, "id"));
    const char *marks = json_string_value(json_object_get(value, "correct"));
    const json_t *answers = json_object_get(value, "answers");
    const json_t *margins = json_object_get(value, "margins");
    size_t first = (size_t)json_integer_value(json_object_get(value, "first"));
    size_t n = marks != NULL ? strlen(marks) : 0;
    struct cola_truth_sample *s;
    enum cola_status st = COLA_OK;

    if (id == NULL || n == 0 || json_array_size(answers) != n ||
        json_array_size(margins) != n || marks[strspn(marks, "01?")] != '\0')
        return cola_fail(err, COLA_INPUT, "a part without id, verdicts, answers or "
                         "margins");
    if (first == 0)
        st = new_sample(t, value, err);
    if (st != COLA_OK)
        return st;
    s = t->n > 0 ? &t->samples[t->n - 1] : NULL;
    if (s == NULL || strcmp(s->id, id) != 0 || s->known != first ||
        n > t->chains.set.count - first)
        return cola_fail(err, COLA_INPUT, "part %zu of \"%.100s\" is not the one that "
                         "comes next", first, id);
    if (s->right != NULL &&
        (!take_counts(value, "right", s->of, s->right + first, n) ||
         !take_counts(value, "held_right", s->held_of, s->held_right + first, n)))
        return cola_fail(err, COLA_INPUT, "part %zu of \"%.100s\" has counts that cannot "
                         "be", first, id);
    memcpy(s->marks + first, marks, n);
    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        const json_t *margin = json_array_get(margins, i);

        st = number_answer(&t->texts, json_array_get(answers, i), &s->answers[first + i],
                           err);
        s->margins[first + i] = json_is_number(margin) ? json_number_value(margin) : NAN;
    }
    s->known += n;
    return st;
}

static enum cola_status
take(void *ctx, const json_t *value, const char *bytes, size_t len,
     struct cola_error *err)
{
    struct cola_truth *t = ctx;
    const char *type = json_string_value(json_object_get(value, "type"));

    (void)bytes;
    (void)len;
    if (t->header == NULL)
        return take_header(t, value, err);
    return type != NULL && strcmp(type, "part") == 0 ? take_part(t, value, err) : COLA_OK;
}

enum cola_status
cola_truth_open(const char *path, struct cola_truth **truth, struct cola_error *err)
{
    struct cola_truth *t = cola_alloc(1, sizeof *t);
    struct cola_error own;
    int torn;
    enum cola_status st;

    if (t == NULL)
        return cola_fail_memory(err);
    st = cola_journal_read(path, take, t, &torn, &own);
    if (st != COLA_OK && strstr(own.text, path) != NULL)
        cola_fail(err, st, "%s", own.text);
    else if (st != COLA_OK)
        cola_fail(err, st, "%.200s: %.250s", path, own.text);
    for (size_t i = 0; i < t->n && st == COLA_OK; i++)
        if (t->samples[i].known != t->chains.set.count)
            st = cola_fail(err, COLA_INPUT, "%s: not complete: \"%.100s\" has %zu of %zu "
                           "verdicts", path, t->samples[i].id, t->samples[i].known,
                           t->chains.set.count);
    if (st != COLA_OK) {
        cola_truth_close(t);
        return st;
    }
    *truth = t;
    return COLA_OK;
}

void
cola_truth_close(struct cola_truth *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->n; i++) {
        free(t->samples[i].id);
        free(t->samples[i].prompt);
        free(t->samples[i].marks);
        free(t->samples[i].answers);
        free(t->samples[i].margins);
        free(t->samples[i].right);
        free(t->samples[i].held_right);
    }
    free(t->samples);
    for (size_t i = 0; i < t->texts.count; i++)
        free(t->texts.text[i]);
    free(t->texts.text);
    free(t->texts.len);
    free(t->texts.slots);
    free(t->rank);
    cola_chains_free(&t->chains);
    json_decref(t->header);
    free(t);
}

const struct cola_truth_sample *
cola_truth_find(const struct cola_truth *t, const char *id)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->samples[i].id, id) == 0)
            return &t->samples[i];
    return NULL;
}

size_t
cola_truth_number(const struct cola_truth *t, const struct cola_chain *chain)
{
    size_t i = cola_chain_set_find(&t->chains.set, chain);

    return i != SIZE_MAX ? t->rank[i] : SIZE_MAX;
}

size_t
cola_truth_shortest(const struct cola_truth *t, const struct cola_truth_sample *s,
                    const size_t *only, size_t n)
{
    for (size_t k = 0; k < (only != NULL ? n : t->chains.set.count); k++) {
        size_t i = only != NULL ? only[k] : k;

        if (s->marks[i] == '1')
            return i;                   /* canonical order is by length */
    }
    return SIZE_MAX;
}

int
cola_truth_right(const struct cola_truth_sample *s, size_t i)
{
    return s->right != NULL ? s->right[i] : s->marks[i] == '1';
}

size_t
cola_truth_robust(const struct cola_truth *t, const struct cola_truth_sample *s,
                  const size_t *only, size_t n)
{
    size_t best = SIZE_MAX;

    for (size_t k = 0; k < (only != NULL ? n : t->chains.set.count); k++) {
        size_t i = only != NULL ? only[k] : k;

        if (best == SIZE_MAX || cola_truth_right(s, i) > cola_truth_right(s, best))
            best = i;
    }
    return best;
}
