/*
 * tokenizer.c - text to tokens and back, as a tokenizer.json says
 *
 * Encoding, in the library's order: added tokens are cut out of the text as it
 * is; each stretch between them is normalized; added tokens are cut out of the
 * normalized text; what is left goes to the model.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "text/tokenizer.h"

#include "text/added.h"
#include "text/bpe.h"
#include "text/decoder.h"
#include "text/normalizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cola_tokenizer {
    struct cola_bpe bpe;
    struct cola_normalizer normalizer;
    struct cola_added added;
    struct cola_decoder decoder;
    int *first;                 /* [n_first], put at the beginning of a text */
    size_t n_first;
};

/* ---- the template ---- */

/* Append what piece NAME of the template stands for. */
static enum cola_status
add_first(struct cola_tokenizer *t, const json_t *specials, const char *name,
          const char *place, struct cola_error *err)
{
    const json_t *ids = json_object_get(json_object_get(specials, name), "ids");
    int *grown = cola_realloc(t->first, t->n_first + json_array_size(ids), sizeof *grown);

    if (grown == NULL)
        return cola_fail_memory(err);
    t->first = grown;
    if (!json_is_array(ids))
        return cola_fail(err, COLA_INPUT, "%s: \"special_tokens\" has no \"ids\" for "
                         "\"%s\"", place, name);
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const json_t *v = json_array_get(ids, i);
        json_int_t id = json_integer_value(v);

        if (!json_is_integer(v) || id < 0 || id >= COLA_TOKEN_LIMIT ||
            cola_tokenizer_spelling(t, (int)id) == NULL)
            return cola_fail(err, COLA_INPUT, "%s: an id that no token has stands for "
                             "\"%s\"", place, name);
        t->first[t->n_first++] = (int)id;
    }
    return COLA_OK;
}

/* What follows the text in the template is passed over: our texts are always
 * beginnings, to be continued. */
static enum cola_status
read_template(struct cola_tokenizer *t, const json_t *value, const char *place,
              struct cola_error *err)
{
    const json_t *pieces = json_object_get(value, "single");
    const char *type = NULL, *name = NULL;
    enum cola_status status;

    if (value == NULL || json_is_null(value))
        return COLA_OK;
    if ((status = cola_json_get_text(value, "type", 0, &type, place, err)) != COLA_OK)
        return status;
    if (strcmp(type, "TemplateProcessing") != 0)
        return cola_fail(err, COLA_INPUT, "%s: \"%s\" is not supported", place, type);
    for (size_t i = 0; i < json_array_size(pieces); i++) {
        const json_t *piece = json_array_get(pieces, i);
        const json_t *special = json_object_get(piece, "SpecialToken");
        const json_t *sequence = json_object_get(piece, "Sequence");

        status = cola_json_get_text(special != NULL ? special : sequence, "id", 0, &name,
                                    place, err);
        if (status == COLA_OK && special == NULL && strcmp(name, "A") == 0)
            return COLA_OK;
        if (status == COLA_OK && special == NULL)
            break;
        if (status == COLA_OK)
            status = add_first(t, json_object_get(value, "special_tokens"), name, place,
                               err);
        if (status != COLA_OK)
            return status;
    }
    return cola_fail(err, COLA_INPUT, "%s: \"single\" is not a template with the "
                     "Sequence \"A\"", place);
}

/* ---- opening ---- */

/* Members that would change the tokens and are not supported. */
static enum cola_status
refuse_unsupported(const json_t *root, const char *path, struct cola_error *err)
{
    static const char *const members[] = {"truncation", "padding", "pre_tokenizer"};
    const char *version = "1.0", *type;
    enum cola_status status;

    if (!json_is_object(root))
        return cola_fail(err, COLA_INPUT, "%s: not a JSON object", path);
    status = cola_json_get_text(root, "version", 1, &version, path, err);
    if (status != COLA_OK)
        return status;
    if (strcmp(version, "1.0") != 0)
        return cola_fail(err, COLA_INPUT, "%s: version \"%s\" is not supported", path,
                         version);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const json_t *v = json_object_get(root, members[i]);

        if (v == NULL || json_is_null(v))
            continue;
        type = json_string_value(json_object_get(v, "type"));
        return cola_fail(err, COLA_INPUT, type != NULL ? "%s: %s: \"%s\" is not supported"
                         : "%s: \"%s\" is not supported", path, members[i], type);
    }
    return COLA_OK;
}

/* "PATH: MEMBER", where messages begin; cut if it is too long for one. */
struct place {
    char text[400];
};

static const char *
place_of(struct place *place, const char *path, const char *member)
{
    snprintf(place->text, sizeof place->text, "%s: %s", path, member);
    return place->text;
}

static enum cola_status
read_parts(struct cola_tokenizer *t, const json_t *root, const char *path,
           struct cola_error *err)
{
    struct place p;
    enum cola_status status = refuse_unsupported(root, path, err);

    if (status != COLA_OK ||
        (status = cola_normalizer_read(&t->normalizer,
                                       json_object_get(root, "normalizer"),
                                       place_of(&p, path, "normalizer"), err)) !=
            COLA_OK ||
        (status = cola_decoder_read(&t->decoder, json_object_get(root, "decoder"),
                                    place_of(&p, path, "decoder"), err)) != COLA_OK ||
        (status = cola_bpe_read(&t->bpe, json_object_get(root, "model"),
                                place_of(&p, path, "model"), err)) != COLA_OK ||
        (status = cola_added_read(&t->added, json_object_get(root, "added_tokens"),
                                  &t->bpe.vocabulary, &t->normalizer,
                                  place_of(&p, path, "added_tokens"), err)) != COLA_OK)
        return status;
    return read_template(t, json_object_get(root, "post_processor"),
                         place_of(&p, path, "post_processor"), err);
}

enum cola_status
cola_tokenizer_open(const char *path, struct cola_tokenizer **tokenizer,
                    struct cola_error *err)
{
    struct cola_tokenizer *t;
    json_t *root = NULL;
    enum cola_status status = cola_json_load(path, &root, err);

    if (status != COLA_OK)
        return status;
    t = cola_alloc(1, sizeof *t);
    status = t != NULL ? read_parts(t, root, path, err) : cola_fail_memory(err);
    json_decref(root);
    if (status != COLA_OK) {
        cola_tokenizer_free(t);
        return status;
    }
    *tokenizer = t;
    return COLA_OK;
}

void
cola_tokenizer_free(struct cola_tokenizer *t)
{
    if (t == NULL)
        return;
    cola_bpe_free(&t->bpe);
    cola_normalizer_free(&t->normalizer);
    cola_added_free(&t->added);
    cola_decoder_free(&t->decoder);
    free(t->first);
    free(t);
}

/* ---- the tokens themselves ---- */

int
cola_tokenizer_size(const struct cola_tokenizer *t)
{
    const struct cola_vocabulary *v = &t->bpe.vocabulary;
    int in_model = v->n > 0 ? v->entry[v->n - 1].id + 1 : 0;
    int in_added = t->added.n > 0 ? t->added.token[t->added.n - 1].id + 1 : 0;

    return in_model > in_added ? in_model : in_added;
}

const char *
cola_tokenizer_spelling(const struct cola_tokenizer *t, int id)
{
    const struct cola_added_token *added = cola_added_token(&t->added, id);

    return added != NULL ? added->content
                         : cola_vocabulary_spelling(&t->bpe.vocabulary, id);
}

/* ---- encoding ---- */

struct encoder {
    const struct cola_tokenizer *tokenizer;
    struct cola_traced traced[2];
    struct cola_bpe_work bpe;
    struct cola_token *token;   /* [n] */
    size_t n, room;
};

static enum cola_status
add_token(struct encoder *e, int id, size_t begin, size_t end, struct cola_error *err)
{
    if (e->n == e->room) {
        size_t room = e->room < 64 ? 64 : 2 * e->room;
        struct cola_token *token = cola_realloc(e->token, room, sizeof *token);

        if (token == NULL)
            return cola_fail_memory(err);
        e->token = token;
        e->room = room;
    }
    e->token[e->n++] = (struct cola_token){id, begin, end};
    return COLA_OK;
}

/* Bytes BEGIN .. END-1 of normalized text, no added tokens among them. */
static enum cola_status
encode_plain(struct encoder *e, const struct cola_traced *t, size_t begin, size_t end,
             struct cola_error *err)
{
    const size_t *origin = t->origin + begin;
    enum cola_status status;

    if (begin == end)
        return COLA_OK;
    status = cola_bpe_encode(&e->tokenizer->bpe, t->text + begin, end - begin, &e->bpe,
                             err);
    for (size_t i = 0; i < e->bpe.n && status == COLA_OK; i++) {
        const struct cola_symbol *s = &e->bpe.symbol[i];

        status = add_token(e, s->id, origin[s->begin], origin[s->end], err);
    }
    return status;
}

/* LEN > 0 bytes of TEXT at START of the original, no raw tokens among them. */
static enum cola_status
encode_stretch(struct encoder *e, const char *text, size_t len, size_t start,
               struct cola_error *err)
{
    const struct cola_finder *finder = &e->tokenizer->added.normalized;
    const struct cola_added_token *found;
    const struct cola_traced *t = NULL;
    size_t done = 0, at = 0;
    enum cola_status status = cola_normalize(&e->tokenizer->normalizer, text, len, start,
                                             e->traced, &t, err);

    while (status == COLA_OK &&
           (found = cola_finder_next(finder, t->text, t->len, done, &at)) != NULL) {
        status = encode_plain(e, t, done, at, err);
        done = at + strlen(found->sought);
        if (status == COLA_OK)
            status = add_token(e, found->id, t->origin[at], t->origin[done], err);
    }
    return status == COLA_OK ? encode_plain(e, t, done, t->len, err) : status;
}

static enum cola_status
encode_text(struct encoder *e, const char *text, size_t len, struct cola_error *err)
{
    const struct cola_finder *finder = &e->tokenizer->added.raw;
    enum cola_status status = COLA_OK;

    for (size_t done = 0, at = 0; done < len && status == COLA_OK;) {
        const struct cola_added_token *found = cola_finder_next(finder, text, len, done,
                                                                &at);

        if (found == NULL)
            at = len;
        if (at > done)
            status = encode_stretch(e, text + done, at - done, done, err);
        done = at;
        if (found != NULL && status == COLA_OK) {
            done = at + strlen(found->sought);
            status = add_token(e, found->id, at, done, err);
        }
    }
    return status;
}

enum cola_status
cola_tokenizer_encode(const struct cola_tokenizer *t, const char *text, size_t len,
                      int bos, struct cola_token **tokens, size_t *n,
                      struct cola_error *err)
{
    struct encoder e = {.tokenizer = t};
    enum cola_status status = COLA_OK;
    size_t good;

    if (len > COLA_TEXT_LIMIT)
        return cola_fail(err, COLA_INPUT, "text: more than %d bytes", COLA_TEXT_LIMIT);
    if ((good = cola_utf8_check(text, len)) < len)
        return cola_fail(err, COLA_INPUT, "text: byte %zu is not UTF-8", good);
    for (size_t i = 0; bos && i < t->n_first && status == COLA_OK; i++)
        status = add_token(&e, t->first[i], 0, 0, err);
    if (status == COLA_OK)
        status = encode_text(&e, text, len, err);
    cola_traced_free(&e.traced[0]);
    cola_traced_free(&e.traced[1]);
    cola_bpe_work_free(&e.bpe);
    /* Memory even for no tokens, so that NULL always means none was had. */
    if (status == COLA_OK && e.token == NULL &&
        (e.token = cola_alloc(1, sizeof *e.token)) == NULL)
        status = cola_fail_memory(err);
    if (status != COLA_OK) {
        free(e.token);
        return status;
    }
    *tokens = e.token;
    *n = e.n;
    return COLA_OK;
}

/* ---- decoding ---- */

static enum cola_status
decode(const struct cola_tokenizer *t, const int *ids, size_t n, int inner,
       struct cola_buffer *b, struct cola_error *err)
{
    struct cola_pieces work[2] = {COLA_PIECES_EMPTY, COLA_PIECES_EMPTY};
    const struct cola_pieces *result = NULL;
    enum cola_status status;

    for (size_t i = 0; i < n; i++) {
        const struct cola_added_token *added = cola_added_token(&t->added, ids[i]);
        const char *spelling = cola_tokenizer_spelling(t, ids[i]);

        if (spelling != NULL && (added == NULL || !added->special))
            cola_pieces_add(&work[0], spelling, strlen(spelling));
    }
    status = cola_decode(&t->decoder, inner, work, &result, err);
    if (status == COLA_OK) {
        cola_buffer_bytes(b, result->text.data, result->text.len);
        status = cola_buffer_ok(b, err);
    }
    cola_pieces_free(&work[0]);
    cola_pieces_free(&work[1]);
    return status;
}

enum cola_status
cola_tokenizer_piece(const struct cola_tokenizer *t, int id, struct cola_buffer *b,
                     struct cola_error *err)
{
    return decode(t, &id, 1, 1, b, err);
}

enum cola_status
cola_tokenizer_decode(const struct cola_tokenizer *t, const int *ids, size_t n,
                      struct cola_buffer *b, struct cola_error *err)
{
    return decode(t, ids, n, 0, b, err);
}
