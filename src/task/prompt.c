/*
 * prompt.c - questions and answers as tokens
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/prompt.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

void
cola_ids_free(struct cola_ids *ids)
{
    free(ids->ids);
    ids->ids = NULL;
    ids->n = 0;
}

static enum cola_status
encode(const struct cola_tokenizer *tokenizer, const char *text, int bos,
       struct cola_ids *ids, struct cola_error *err)
{
    struct cola_token *tokens;
    size_t n;
    enum cola_status st = cola_tokenizer_encode(tokenizer, text, strlen(text), bos,
                                                &tokens, &n, err);

    if (st != COLA_OK)
        return st;
    ids->ids = n < INT_MAX ? cola_alloc(n, sizeof *ids->ids) : NULL;
    if (ids->ids == NULL) {
        free(tokens);
        return cola_fail_memory(err);
    }
    ids->n = (int)n;
    for (size_t i = 0; i < n; i++)
        ids->ids[i] = tokens[i].id;
    free(tokens);
    return COLA_OK;
}

enum cola_status
cola_prompt_ids(const struct cola_tokenizer *tokenizer, const char *prompt,
                struct cola_ids *ids, struct cola_error *err)
{
    return encode(tokenizer, prompt, 1, ids, err);
}

enum cola_status
cola_continuation_ids(const struct cola_tokenizer *tokenizer, const char *prompt,
                      const char *text, struct cola_ids *ids, struct cola_error *err)
{
    struct cola_ids before = {NULL, 0}, both = {NULL, 0};
    struct cola_buffer joined = COLA_BUFFER_EMPTY;
    enum cola_status st;

    cola_buffer_text(&joined, prompt);
    cola_buffer_text(&joined, text);
    st = cola_buffer_ok(&joined, err);
    if (st == COLA_OK)
        st = encode(tokenizer, prompt, 0, &before, err);
    if (st == COLA_OK)
        st = encode(tokenizer, joined.data, 0, &both, err);
    if (st == COLA_OK && both.n > before.n &&
        memcmp(both.ids, before.ids, (size_t)before.n * sizeof *both.ids) == 0) {
        both.n -= before.n;
        memmove(both.ids, both.ids + before.n, (size_t)both.n * sizeof *both.ids);
        *ids = both;
        both.ids = NULL;
    } else if (st == COLA_OK) {
        st = encode(tokenizer, text, 0, ids, err);
    }
    cola_ids_free(&before);
    cola_ids_free(&both);
    cola_buffer_free(&joined);
    return st;
}
