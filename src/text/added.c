/*
 * added.c - tokens that are looked for in the text itself
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "text/added.h"

#include <stdlib.h>
#include <string.h>

/* ---- finding ---- */

static int
by_sought(const void *a, const void *b)
{
    const struct cola_added_token *const *x = a, *const *y = b;

    return strcmp((*x)->sought, (*y)->sought);
}

static enum cola_status
make_finder(struct cola_finder *f, const struct cola_added *a, int normalized,
            const char *place, struct cola_error *err)
{
    size_t i = 0;

    f->token = cola_alloc(a->n, sizeof *f->token);
    if (f->token == NULL)
        return cola_fail_memory(err);
    for (i = 0; i < a->n; i++)
        if (a->token[i].normalized == normalized)
            f->token[f->n++] = &a->token[i];
    qsort(f->token, f->n, sizeof *f->token, by_sought);
    for (i = 1; i < f->n; i++)
        if (strcmp(f->token[i - 1]->sought, f->token[i]->sought) == 0)
            return cola_fail(err, COLA_INPUT, "%s: tokens %d and %d are looked for as "
                             "the same text: \"%s\"", place, f->token[i - 1]->id,
                             f->token[i]->id, f->token[i]->sought);
    i = 0;
    for (unsigned byte = 0; byte <= 256; byte++) {
        while (i < f->n && (unsigned char)f->token[i]->sought[0] < byte)
            i++;
        f->first[byte] = i;
    }
    return COLA_OK;
}

/*
 * The longest token that TEXT begins with.  The tokens LO .. HI-1 agree with
 * the text in their first N bytes; each byte more narrows them by bisection,
 * and one that ends here is the first of them, for NUL sorts first.
 */
static const struct cola_added_token *
longest(const struct cola_finder *f, const char *text, size_t len)
{
    const struct cola_added_token *best = NULL;
    size_t lo = f->first[(unsigned char)text[0]];
    size_t hi = f->first[(unsigned char)text[0] + 1];

    for (size_t n = 1; lo < hi; n++) {
        unsigned char byte;

        if (f->token[lo]->sought[n] == '\0')
            best = f->token[lo++];
        if (n == len)
            break;
        byte = (unsigned char)text[n];
        for (size_t a = lo, b = hi; a < b;) {
            size_t mid = a + (b - a) / 2;

            if ((unsigned char)f->token[mid]->sought[n] < byte)
                lo = a = mid + 1;
            else
                b = mid;
        }
        for (size_t a = lo, b = hi; a < b;) {
            size_t mid = a + (b - a) / 2;

            if ((unsigned char)f->token[mid]->sought[n] > byte)
                hi = b = mid;
            else
                a = mid + 1;
        }
    }
    return best;
}

const struct cola_added_token *
cola_finder_next(const struct cola_finder *f, const char *text, size_t len,
                 size_t from, size_t *at)
{
    if (f->n == 0)
        return NULL;
    for (size_t i = from; i < len; i++) {
        const struct cola_added_token *t = longest(f, text + i, len - i);

        if (t != NULL) {
            *at = i;
            return t;
        }
    }
    return NULL;
}

/* ---- reading ---- */

static int
by_id(const void *a, const void *b)
{
    const struct cola_added_token *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

/* The id must be the vocabulary's if that has the token, and free if not. */
static enum cola_status
check_id(const struct cola_added_token *t, const struct cola_vocabulary *vocabulary,
         const char *place, struct cola_error *err)
{
    int known = cola_vocabulary_find(vocabulary, t->content, strlen(t->content));
    const char *other = cola_vocabulary_spelling(vocabulary, t->id);

    if (known >= 0 && known != t->id)
        return cola_fail(err, COLA_INPUT, "%s: id %d, but the vocabulary has it as %d: "
                         "token \"%s\"", place, t->id, known, t->content);
    if (known < 0 && other != NULL)
        return cola_fail(err, COLA_INPUT, "%s: id %d is another token's in the "
                         "vocabulary: token \"%s\"", place, t->id, t->content);
    return COLA_OK;
}

/* What is looked for is the content, normalized if it says so. */
static enum cola_status
prepare(struct cola_added_token *t, const struct cola_normalizer *normalizer,
        const char *place, struct cola_error *err)
{
    struct cola_traced work[2] = {COLA_TRACED_EMPTY, COLA_TRACED_EMPTY};
    const struct cola_traced *form = NULL;
    enum cola_status status;

    if (!t->normalized) {
        t->sought = cola_strdup(t->content);
        return t->sought != NULL ? COLA_OK : cola_fail_memory(err);
    }
    status = cola_normalize(normalizer, t->content, strlen(t->content), 0, work, &form,
                            err);
    if (status == COLA_OK) {
        t->sought = cola_alloc(form->len + 1, 1);
        if (t->sought == NULL)
            status = cola_fail_memory(err);
        else if (form->len == 0)
            status = cola_fail(err, COLA_INPUT, "%s: nothing is left when it is "
                               "normalized: token \"%s\"", place, t->content);
        else
            memcpy(t->sought, form->text, form->len);
    }
    cola_traced_free(&work[0]);
    cola_traced_free(&work[1]);
    return status;
}

static enum cola_status
read_token(struct cola_added_token *t, const json_t *value, const char *place,
           struct cola_error *err)
{
    static const char *const unsupported[] = {"single_word", "lstrip", "rstrip"};
    enum cola_status status;
    const char *content = NULL;
    int64_t id = 0;

    if ((status = cola_json_get_integer(value, "id", 0, 0, COLA_TOKEN_LIMIT - 1, &id,
                                        place, err)) != COLA_OK ||
        (status = cola_json_get_text(value, "content", 0, &content, place, err)) !=
            COLA_OK ||
        (status = cola_json_get_boolean(value, "special", 0, &t->special, place, err)) !=
            COLA_OK ||
        (status = cola_json_get_boolean(value, "normalized", 0, &t->normalized, place,
                                        err)) != COLA_OK)
        return status;
    for (size_t i = 0; i < sizeof unsupported / sizeof unsupported[0]; i++) {
        int set = 0;

        status = cola_json_get_boolean(value, unsupported[i], 0, &set, place, err);
        if (status != COLA_OK)
            return status;
        if (set)
            return cola_fail(err, COLA_INPUT, "%s: \"%s\" is not supported: token "
                             "\"%s\"", place, unsupported[i], content);
    }
    if (content[0] == '\0')
        return cola_fail(err, COLA_INPUT, "%s: the token %d is empty", place, (int)id);
    t->id = (int)id;
    t->content = cola_strdup(content);
    return t->content != NULL ? COLA_OK : cola_fail_memory(err);
}

static enum cola_status
read_all(struct cola_added *a, const json_t *value,
         const struct cola_vocabulary *vocabulary,
         const struct cola_normalizer *normalizer, const char *place,
         struct cola_error *err)
{
    enum cola_status status;

    a->token = cola_alloc(json_array_size(value), sizeof *a->token);
    if (a->token == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < json_array_size(value); i++) {
        struct cola_added_token *t = &a->token[a->n++];

        if ((status = read_token(t, json_array_get(value, i), place, err)) != COLA_OK ||
            (status = check_id(t, vocabulary, place, err)) != COLA_OK ||
            (status = prepare(t, normalizer, place, err)) != COLA_OK)
            return status;
    }
    qsort(a->token, a->n, sizeof *a->token, by_id);
    for (size_t i = 1; i < a->n; i++)
        if (a->token[i - 1].id == a->token[i].id)
            return cola_fail(err, COLA_INPUT, "%s: two tokens have the id %d", place,
                             a->token[i].id);
    if ((status = make_finder(&a->raw, a, 0, place, err)) != COLA_OK)
        return status;
    return make_finder(&a->normalized, a, 1, place, err);
}

enum cola_status
cola_added_read(struct cola_added *a, const json_t *value,
                const struct cola_vocabulary *vocabulary,
                const struct cola_normalizer *normalizer, const char *place,
                struct cola_error *err)
{
    enum cola_status status = COLA_OK;

    *a = (struct cola_added){0};
    if (value == NULL || json_is_null(value))
        return COLA_OK;
    if (!json_is_array(value))
        return cola_fail(err, COLA_INPUT, "%s: not an array", place);
    status = read_all(a, value, vocabulary, normalizer, place, err);
    if (status != COLA_OK)
        cola_added_free(a);
    return status;
}

void
cola_added_free(struct cola_added *a)
{
    for (size_t i = 0; i < a->n; i++) {
        free(a->token[i].content);
        free(a->token[i].sought);
    }
    free(a->token);
    free(a->raw.token);
    free(a->normalized.token);
    *a = (struct cola_added){0};
}

const struct cola_added_token *
cola_added_token(const struct cola_added *a, int id)
{
    struct cola_added_token key = {.id = id};

    return a->n > 0 ? bsearch(&key, a->token, a->n, sizeof key, by_id) : NULL;
}
