/*
 * decoder.c - from the spellings of tokens back to text
 *
 * A step is a row in the table of kinds: its name, how to read what it takes
 * (NULL: nothing), how to apply it.  A Sequence is flattened while it is read.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "text/decoder.h"

#include "text/normalizer.h"
#include "text/utf8.h"

#include <stdlib.h>
#include <string.h>

/* Sequences within sequences; no tokenizer in use has more than one. */
#define DEPTH_LIMIT 16

struct kind;

struct cola_step {
    const struct kind *kind;
    char *pattern;              /* what Replace looks for, what Strip takes off */
    char *content;              /* what Replace puts in */
    int64_t start, stop;        /* how many Strip takes off at most, each end */
};

struct kind {
    const char *type;
    enum cola_status (*read)(struct cola_step *s, const json_t *value,
                             const char *place, struct cola_error *err);
    void (*apply)(const struct cola_step *s, int inner, const struct cola_pieces *in,
                  struct cola_pieces *out);
};

/* ---- pieces ---- */

void
cola_pieces_free(struct cola_pieces *p)
{
    cola_buffer_free(&p->text);
    free(p->end);
    *p = (struct cola_pieces)COLA_PIECES_EMPTY;
}

/* What has been appended to the text since the last piece is a piece. */
static void
close_piece(struct cola_pieces *p)
{
    if (p->n == p->room) {
        size_t room = p->room < 16 ? 16 : 2 * p->room;
        size_t *end = cola_realloc(p->end, room, sizeof *end);

        if (end == NULL) {
            p->text.failed = 1;
            return;
        }
        p->end = end;
        p->room = room;
    }
    p->end[p->n++] = p->text.len;
}

void
cola_pieces_add(struct cola_pieces *p, const char *text, size_t len)
{
    cola_buffer_bytes(&p->text, text, len);
    close_piece(p);
}

/* Piece I, and its length. */
static const char *
piece(const struct cola_pieces *p, size_t i, size_t *len)
{
    size_t begin = i > 0 ? p->end[i - 1] : 0;

    *len = p->end[i] - begin;
    return *len > 0 ? p->text.data + begin : "";
}

/* ---- Replace, of a literal ---- */

static enum cola_status
read_replace(struct cola_step *s, const json_t *value, const char *place,
             struct cola_error *err)
{
    return cola_replace_read(value, &s->pattern, &s->content, place, err);
}

static void
apply_replace(const struct cola_step *s, int inner, const struct cola_pieces *in,
              struct cola_pieces *out)
{
    size_t n = strlen(s->pattern);

    (void)inner;
    for (size_t i = 0; i < in->n && !out->text.failed; i++) {
        size_t len, done = 0;
        const char *p = piece(in, i, &len);

        for (size_t at = 0; at + n <= len;) {
            if (memcmp(p + at, s->pattern, n) != 0) {
                at++;
                continue;
            }
            cola_buffer_bytes(&out->text, p + done, at - done);
            cola_buffer_text(&out->text, s->content);
            at = done = at + n;
        }
        cola_buffer_bytes(&out->text, p + done, len - done);
        close_piece(out);
    }
}

/* ---- ByteFallback ---- */

static int
hexadecimal(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte that a piece <0xNN> stands for, or -1. */
static int
byte_of(const char *p, size_t len)
{
    if (len != 6 || memcmp(p, "<0x", 3) != 0 || p[5] != '>' ||
        hexadecimal(p[3]) < 0 || hexadecimal(p[4]) < 0)
        return -1;
    return hexadecimal(p[3]) * 16 + hexadecimal(p[4]);
}

/* Bytes side by side are one text.  If they are no UTF-8 as a whole, each of
 * them, good ones too, becomes U+FFFD: so it is in the library. */
static void
add_bytes(const struct cola_buffer *bytes, int inner, struct cola_pieces *out)
{
    if (inner || cola_utf8_check(bytes->data, bytes->len) == bytes->len)
        cola_pieces_add(out, bytes->data, bytes->len);
    else
        for (size_t i = 0; i < bytes->len; i++)
            cola_pieces_add(out, "\xef\xbf\xbd", 3);
}

static void
apply_byte_fallback(const struct cola_step *s, int inner, const struct cola_pieces *in,
                    struct cola_pieces *out)
{
    struct cola_buffer bytes = COLA_BUFFER_EMPTY;

    (void)s;
    for (size_t i = 0; i < in->n && !out->text.failed; i++) {
        size_t len;
        const char *p = piece(in, i, &len);
        int byte = byte_of(p, len);
        char c = (char)byte;

        if (byte >= 0) {
            cola_buffer_bytes(&bytes, &c, 1);
            out->text.failed |= bytes.failed;
            continue;
        }
        if (bytes.len > 0)
            add_bytes(&bytes, inner, out);
        cola_buffer_reset(&bytes);
        cola_pieces_add(out, p, len);
    }
    if (bytes.len > 0)
        add_bytes(&bytes, inner, out);
    cola_buffer_free(&bytes);
}

/* ---- Fuse ---- */

static void
apply_fuse(const struct cola_step *s, int inner, const struct cola_pieces *in,
           struct cola_pieces *out)
{
    (void)s;
    (void)inner;
    if (in->text.len > 0)
        cola_buffer_bytes(&out->text, in->text.data, in->text.len);
    close_piece(out);
}

/* ---- Strip ---- */

static enum cola_status
read_strip(struct cola_step *s, const json_t *value, const char *place,
           struct cola_error *err)
{
    const char *content = NULL;
    enum cola_status status;
    size_t n;

    if ((status = cola_json_get_text(value, "content", 0, &content, place, err)) !=
            COLA_OK ||
        (status = cola_json_get_integer(value, "start", 0, 0, COLA_TEXT_LIMIT, &s->start,
                                        place, err)) != COLA_OK ||
        (status = cola_json_get_integer(value, "stop", 0, 0, COLA_TEXT_LIMIT, &s->stop,
                                        place, err)) != COLA_OK)
        return status;
    n = strlen(content);
    if (n == 0 || cola_utf8_length(content, n) != n)
        return cola_fail(err, COLA_INPUT, "%s: the \"content\" of a Strip is not one "
                         "character", place);
    s->pattern = cola_strdup(content);
    return s->pattern != NULL ? COLA_OK : cola_fail_memory(err);
}

static void
apply_strip(const struct cola_step *s, int inner, const struct cola_pieces *in,
            struct cola_pieces *out)
{
    size_t n = strlen(s->pattern);

    (void)inner;
    for (size_t i = 0; i < in->n && !out->text.failed; i++) {
        size_t len;
        const char *p = piece(in, i, &len);

        for (int64_t k = 0; k < s->start && len >= n && memcmp(p, s->pattern, n) == 0;
             k++) {
            p += n;
            len -= n;
        }
        for (int64_t k = 0; k < s->stop && len >= n &&
                            memcmp(p + len - n, s->pattern, n) == 0; k++)
            len -= n;
        cola_pieces_add(out, p, len);
    }
}

/* ---- all of them ---- */

static const struct kind kinds[] = {
    {"Replace", read_replace, apply_replace},
    {"ByteFallback", NULL, apply_byte_fallback},
    {"Fuse", NULL, apply_fuse},
    {"Strip", read_strip, apply_strip},
};

static enum cola_status
read_steps(struct cola_decoder *d, const json_t *value, int depth, const char *place,
           struct cola_error *err)
{
    const char *type = NULL;
    enum cola_status status = cola_json_get_text(value, "type", 0, &type, place, err);
    struct cola_step *grown;

    if (status != COLA_OK)
        return status;
    if (strcmp(type, "Sequence") == 0) {
        const json_t *list = json_object_get(value, "decoders");

        if (!json_is_array(list) || depth == DEPTH_LIMIT)
            return cola_fail(err, COLA_INPUT, "%s: a Sequence without an array "
                             "\"decoders\", or more than %d deep", place, DEPTH_LIMIT);
        for (size_t i = 0; i < json_array_size(list) && status == COLA_OK; i++)
            status = read_steps(d, json_array_get(list, i), depth + 1, place, err);
        return status;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(type, kinds[i].type) != 0)
            continue;
        grown = cola_realloc(d->step, d->n + 1, sizeof *grown);
        if (grown == NULL)
            return cola_fail_memory(err);
        d->step = grown;
        grown[d->n] = (struct cola_step){&kinds[i], NULL, NULL, 0, 0};
        d->n++;
        return kinds[i].read == NULL ? COLA_OK
               : kinds[i].read(&grown[d->n - 1], value, place, err);
    }
    return cola_fail(err, COLA_INPUT, "%s: \"%s\" is not supported", place, type);
}

enum cola_status
cola_decoder_read(struct cola_decoder *d, const json_t *value, const char *place,
                  struct cola_error *err)
{
    enum cola_status status = COLA_OK;

    *d = (struct cola_decoder){NULL, 0};
    if (value != NULL && !json_is_null(value))
        status = read_steps(d, value, 0, place, err);
    if (status != COLA_OK)
        cola_decoder_free(d);
    return status;
}

void
cola_decoder_free(struct cola_decoder *d)
{
    for (size_t i = 0; i < d->n; i++) {
        free(d->step[i].pattern);
        free(d->step[i].content);
    }
    free(d->step);
    *d = (struct cola_decoder){NULL, 0};
}

enum cola_status
cola_decode(const struct cola_decoder *d, int inner, struct cola_pieces work[2],
            const struct cola_pieces **result, struct cola_error *err)
{
    struct cola_pieces *in = &work[0], *out = &work[1];
    int fused = 0;

    for (size_t i = 0; i < d->n && !in->text.failed; i++) {
        const struct cola_step *s = &d->step[i];
        struct cola_pieces *done = in;

        /* After a Fuse there is one piece, the whole text. */
        if (inner && fused && s->kind->apply == apply_strip)
            continue;
        fused = fused || s->kind->apply == apply_fuse;
        cola_buffer_reset(&out->text);
        out->n = 0;
        s->kind->apply(s, inner, in, out);
        in = out;
        out = done;
    }
    if (cola_buffer_ok(&in->text, err) != COLA_OK)
        return COLA_RESOURCE;
    *result = in;
    return COLA_OK;
}
