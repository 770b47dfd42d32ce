/*
 * normalizer.h - text rewritten before it is cut into tokens
 *
 * The member "normalizer" of a tokenizer.json.  Every byte of the rewritten
 * text remembers where it came from, so that a token can say which bytes of
 * the original it stands for.
 */
#ifndef COLA_NORMALIZER_H
#define COLA_NORMALIZER_H

#include "base/json.h"

/*
 * Text that knows its origin: bytes b .. e-1 stand for the bytes origin[b] ..
 * origin[e]-1 of the original.  The origins never fall, so that neighbours
 * never overlap and nothing between them is lost: what was put in stands for
 * nothing, what was taken out belongs to what comes after it.
 */
struct cola_traced {
    char *text;
    size_t *origin;             /* [len + 1] */
    size_t len, room;
    int failed;                 /* no memory, or too long; content is incomplete */
};

#define COLA_TRACED_EMPTY {NULL, NULL, 0, 0, 0}

void cola_traced_free(struct cola_traced *t);

struct cola_rewrite;

struct cola_normalizer {
    struct cola_rewrite *rewrite;       /* [n], in order of application */
    size_t n;
};

/* VALUE is NULL or null for none; PLACE starts messages.  On failure N is
 * empty. */
COLA_MUST_USE enum cola_status
cola_normalizer_read(struct cola_normalizer *n, const json_t *value,
                     const char *place, struct cola_error *err);
void cola_normalizer_free(struct cola_normalizer *n);

/* Read a Replace, which is a decoder too; both texts are the caller's to free,
 * after a failure as well. */
COLA_MUST_USE enum cola_status
cola_replace_read(const json_t *value, char **pattern, char **content,
                  const char *place, struct cola_error *err);

/*
 * Rewrite LEN bytes of TEXT, which begin at byte START of the original.  The
 * result is *RESULT, one of the two WORK, which are reused from call to call.
 */
COLA_MUST_USE enum cola_status
cola_normalize(const struct cola_normalizer *n, const char *text, size_t len,
               size_t start, struct cola_traced work[2],
               const struct cola_traced **result, struct cola_error *err);

#endif
