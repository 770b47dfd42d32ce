/*
 * added.h - tokens that are looked for in the text itself
 *
 * The member "added_tokens" of a tokenizer.json: "<s>", "<|im_start|>".  They
 * are cut out of the text before the model sees it, those with "normalized"
 * false before the normalizer does.  The others are looked for in normalized
 * text, and in their normalized form: with a Prepend of "_" the token "<s>"
 * is found where the text has "_<s>", that is at the beginning and after what
 * became "_", and nowhere else.  So it is in the library.
 */
#ifndef COLA_ADDED_H
#define COLA_ADDED_H

#include "text/normalizer.h"
#include "text/vocabulary.h"

struct cola_added_token {
    int id;
    char *content;
    char *sought;               /* content as it is looked for */
    int normalized, special;
};

/* Tokens to be looked for at once. */
struct cola_finder {
    const struct cola_added_token **token;      /* [n], by what is sought */
    size_t n;
    size_t first[257];          /* token[first[b]] .. begin with byte b */
};

struct cola_added {
    struct cola_added_token *token;             /* [n], rising by id */
    size_t n;
    struct cola_finder raw, normalized;
};

/* VALUE is NULL, null or the array; ids must not contradict VOCABULARY.
 * PLACE starts messages.  On failure A is empty. */
COLA_MUST_USE enum cola_status
cola_added_read(struct cola_added *a, const json_t *value,
                const struct cola_vocabulary *vocabulary,
                const struct cola_normalizer *normalizer, const char *place,
                struct cola_error *err);
void cola_added_free(struct cola_added *a);

/* The added token with this id, or NULL. */
const struct cola_added_token *cola_added_token(const struct cola_added *a, int id);

/* The leftmost token in TEXT[from .. len-1], there the longest; it is at *AT.
 * NULL when there is none. */
const struct cola_added_token *
cola_finder_next(const struct cola_finder *f, const char *text, size_t len,
                 size_t from, size_t *at);

#endif
