/*
 * normalizer.c - text rewritten before it is cut into tokens
 *
 * A rewrite is a row in the table of kinds: its name, how to read it, how to
 * apply it.  A Sequence is flattened while it is read.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "text/normalizer.h"

#include "text/utf8.h"

#include <stdlib.h>
#include <string.h>

/* Sequences within sequences; no tokenizer in use has more than one. */
#define DEPTH_LIMIT 16

struct kind;

struct cola_rewrite {
    const struct kind *kind;
    char *pattern;              /* what Replace looks for */
    char *content;              /* what Replace or Prepend puts in */
};

struct kind {
    const char *type;
    enum cola_status (*read)(struct cola_rewrite *r, const json_t *value,
                             const char *place, struct cola_error *err);
    void (*apply)(const struct cola_rewrite *r, const struct cola_traced *in,
                  struct cola_traced *out);
};

/* ---- text that knows its origin ---- */

enum { NO_MEMORY = 1, TOO_LONG };

void
cola_traced_free(struct cola_traced *t)
{
    free(t->text);
    free(t->origin);
    *t = (struct cola_traced)COLA_TRACED_EMPTY;
}

/* Make room for N more bytes; 0 when that cannot be. */
static int
grow(struct cola_traced *t, size_t n)
{
    size_t room = t->room < 64 ? 64 : t->room;
    char *text;
    size_t *origin;

    /* A Replace may put in far more than it takes out. */
    if (!t->failed && n > COLA_TEXT_LIMIT - t->len)
        t->failed = TOO_LONG;
    if (t->failed)
        return 0;
    if (t->origin != NULL && t->len + n <= t->room)
        return 1;
    while (room < t->len + n)
        room *= 2;
    if ((text = cola_realloc(t->text, room, 1)) != NULL)
        t->text = text;
    if ((origin = cola_realloc(t->origin, room + 1, sizeof *origin)) != NULL)
        t->origin = origin;
    if (text == NULL || origin == NULL) {
        t->failed = NO_MEMORY;
        return 0;
    }
    t->room = room;
    return 1;
}

/* Append N bytes that together stand for what ends at byte END of the
 * original and begins where the text so far ends. */
static void
add(struct cola_traced *t, const char *bytes, size_t n, size_t end)
{
    if (!grow(t, n) || n == 0)
        return;
    memcpy(t->text + t->len, bytes, n);
    for (size_t i = 1; i <= n; i++)
        t->origin[t->len + i] = end;
    t->len += n;
}

/* Append bytes BEGIN .. END-1 of IN as they are. */
static void
copy(struct cola_traced *t, const struct cola_traced *in, size_t begin, size_t end)
{
    if (!grow(t, end - begin) || begin == end)
        return;
    memcpy(t->text + t->len, in->text + begin, end - begin);
    memcpy(t->origin + t->len + 1, in->origin + begin + 1,
           (end - begin) * sizeof *in->origin);
    t->len += end - begin;
}

/* Make T an empty text that begins at byte START of the original. */
static void
begin_at(struct cola_traced *t, size_t start)
{
    t->len = 0;
    t->failed = 0;
    if (grow(t, 0))
        t->origin[0] = start;
}

/* ---- Prepend ---- */

static enum cola_status
read_prepend(struct cola_rewrite *r, const json_t *value, const char *place,
             struct cola_error *err)
{
    const char *text = NULL;
    enum cola_status status = cola_json_get_text(value, "prepend", 0, &text, place, err);

    if (status != COLA_OK)
        return status;
    r->content = cola_strdup(text);
    return r->content != NULL ? COLA_OK : cola_fail_memory(err);
}

static void
apply_prepend(const struct cola_rewrite *r, const struct cola_traced *in,
              struct cola_traced *out)
{
    if (in->len > 0)
        add(out, r->content, strlen(r->content), in->origin[0]);
    copy(out, in, 0, in->len);
}

/* ---- Replace, of a literal ---- */

enum cola_status
cola_replace_read(const json_t *value, char **pattern, char **content,
                  const char *place, struct cola_error *err)
{
    const json_t *what = json_object_get(value, "pattern");
    const char *from = NULL, *to = NULL;
    enum cola_status status;

    if (json_object_get(what, "Regex") != NULL)
        return cola_fail(err, COLA_INPUT, "%s: Replace of a \"Regex\" is not supported",
                         place);
    if ((status = cola_json_get_text(what, "String", 0, &from, place, err)) != COLA_OK ||
        (status = cola_json_get_text(value, "content", 0, &to, place, err)) != COLA_OK)
        return status;
    if (from[0] == '\0')
        return cola_fail(err, COLA_INPUT, "%s: Replace of the empty text is not "
                         "supported", place);
    *pattern = cola_strdup(from);
    *content = cola_strdup(to);
    return *pattern != NULL && *content != NULL ? COLA_OK : cola_fail_memory(err);
}

static enum cola_status
read_replace(struct cola_rewrite *r, const json_t *value, const char *place,
             struct cola_error *err)
{
    return cola_replace_read(value, &r->pattern, &r->content, place, err);
}

static void
apply_replace(const struct cola_rewrite *r, const struct cola_traced *in,
              struct cola_traced *out)
{
    size_t n = strlen(r->pattern), done = 0, at = 0;

    while (in->len - at >= n && !out->failed) {
        const char *p = memchr(in->text + at, r->pattern[0], in->len - at - n + 1);

        if (p == NULL)
            break;
        at = (size_t)(p - in->text);
        if (memcmp(p, r->pattern, n) != 0) {
            at++;
            continue;
        }
        copy(out, in, done, at);
        at = done = at + n;
        add(out, r->content, strlen(r->content), in->origin[at]);
    }
    copy(out, in, done, in->len);
    /* What was taken out at the end belongs to what is before it. */
    out->origin[out->len] = in->origin[in->len];
}

/* ---- all of them ---- */

static const struct kind kinds[] = {
    {"Prepend", read_prepend, apply_prepend},
    {"Replace", read_replace, apply_replace},
};

static enum cola_status
read_rewrites(struct cola_normalizer *n, const json_t *value, int depth,
              const char *place, struct cola_error *err)
{
    const char *type = NULL;
    enum cola_status status = cola_json_get_text(value, "type", 0, &type, place, err);
    struct cola_rewrite *grown;

    if (status != COLA_OK)
        return status;
    if (strcmp(type, "Sequence") == 0) {
        const json_t *list = json_object_get(value, "normalizers");

        if (!json_is_array(list) || depth == DEPTH_LIMIT)
            return cola_fail(err, COLA_INPUT, "%s: a Sequence without an array "
                             "\"normalizers\", or more than %d deep", place, DEPTH_LIMIT);
        for (size_t i = 0; i < json_array_size(list) && status == COLA_OK; i++)
            status = read_rewrites(n, json_array_get(list, i), depth + 1, place, err);
        return status;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(type, kinds[i].type) != 0)
            continue;
        grown = cola_realloc(n->rewrite, n->n + 1, sizeof *grown);
        if (grown == NULL)
            return cola_fail_memory(err);
        n->rewrite = grown;
        grown[n->n] = (struct cola_rewrite){&kinds[i], NULL, NULL};
        return kinds[i].read(&grown[n->n++], value, place, err);
    }
    return cola_fail(err, COLA_INPUT, "%s: \"%s\" is not supported", place, type);
}

enum cola_status
cola_normalizer_read(struct cola_normalizer *n, const json_t *value,
                     const char *place, struct cola_error *err)
{
    enum cola_status status = COLA_OK;

    *n = (struct cola_normalizer){NULL, 0};
    if (value != NULL && !json_is_null(value))
        status = read_rewrites(n, value, 0, place, err);
    if (status != COLA_OK)
        cola_normalizer_free(n);
    return status;
}

void
cola_normalizer_free(struct cola_normalizer *n)
{
    for (size_t i = 0; i < n->n; i++) {
        free(n->rewrite[i].pattern);
        free(n->rewrite[i].content);
    }
    free(n->rewrite);
    *n = (struct cola_normalizer){NULL, 0};
}

enum cola_status
cola_normalize(const struct cola_normalizer *n, const char *text, size_t len,
               size_t start, struct cola_traced work[2],
               const struct cola_traced **result, struct cola_error *err)
{
    struct cola_traced *in = &work[0], *out = &work[1];

    begin_at(in, start);
    if (grow(in, len) && len > 0) {
        memcpy(in->text, text, len);
        for (size_t i = 1; i <= len; i++)
            in->origin[i] = start + i;
        in->len = len;
    }
    for (size_t i = 0; i < n->n && !in->failed; i++) {
        struct cola_traced *done = in;

        begin_at(out, in->origin[0]);
        if (!out->failed)
            n->rewrite[i].kind->apply(&n->rewrite[i], in, out);
        in = out;
        out = done;
    }
    if (in->failed == TOO_LONG)
        return cola_fail(err, COLA_INPUT, "text: more than %d bytes when normalized",
                         COLA_TEXT_LIMIT);
    if (in->failed)
        return cola_fail_memory(err);
    *result = in;
    return COLA_OK;
}
