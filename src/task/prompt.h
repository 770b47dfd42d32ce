/*
 * prompt.h - questions and answers as tokens
 */
#ifndef COLA_PROMPT_H
#define COLA_PROMPT_H

#include "text/tokenizer.h"

struct cola_ids {
    int *ids;                   /* [n] */
    int n;
};

void cola_ids_free(struct cola_ids *ids);

/* The prompt as the model reads it: the beginning token, then its text. */
COLA_MUST_USE enum cola_status
cola_prompt_ids(const struct cola_tokenizer *tokenizer, const char *prompt,
                struct cola_ids *ids, struct cola_error *err);

/*
 * The tokens of TEXT as the continuation of PROMPT: what the tokens of both
 * together have beyond those of the prompt.  Where the two do not join at a
 * token's edge, the tokens of TEXT alone.
 */
COLA_MUST_USE enum cola_status
cola_continuation_ids(const struct cola_tokenizer *tokenizer, const char *prompt,
                      const char *text, struct cola_ids *ids, struct cola_error *err);

#endif
