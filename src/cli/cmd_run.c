/*
 * cmd_run.c - generate text with a chain, greedily
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/find.h"
#include "execute/executor.h"

/* How many of LEN bytes may be shown before more arrive: all but the beginning
 * of a character whose end is not there yet. */
static size_t
whole(const char *bytes, size_t len)
{
    for (size_t back = 1; back <= 3 && back <= len; back++) {
        unsigned char c = (unsigned char)bytes[len - back];
        size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

        if (c < 0x80 || c >= 0xc0)
            return need > back ? len - back : len;
    }
    return len;
}

/* Show what is whole of TEXT and keep the rest; all of it when LAST. */
static enum cola_status
show(struct cola_buffer *text, int last, struct cola_error *err)
{
    size_t n = last ? text->len : whole(text->data, text->len);
    struct cola_buffer out = COLA_BUFFER_EMPTY;
    enum cola_status st;

    if (n == 0 && !last)
        return COLA_OK;
    cola_add_utf8(&out, text->data, n);
    if (last)
        cola_buffer_text(&out, "\n");
    st = say_result(&out, err);
    cola_buffer_free(&out);
    if (n > 0)
        memmove(text->data, text->data + n, text->len - n);
    text->len -= n;
    return st;
}

static enum cola_status
generate(const struct cola_tokenizer *tokenizer, struct cola_run *run, int most,
         struct cola_error *err)
{
    struct cola_buffer text = COLA_BUFFER_EMPTY;
    enum cola_status st = COLA_OK;

    for (int i = 0; i < most && st == COLA_OK; i++) {
        int id = cola_run_argmax(run);

        if (id < 0) {
            st = cola_fail(err, COLA_INPUT, "token %d: a logit is not finite", i);
            break;
        }
        if (cola_run_is_end(run, id))
            break;
        st = cola_tokenizer_piece(tokenizer, id, &text, err);
        if (st == COLA_OK)
            st = show(&text, 0, err);
        if (st == COLA_OK && i + 1 < most)
            st = cola_run_feed(run, &id, 1, err);
    }
    if (st == COLA_OK)
        st = show(&text, 1, err);
    cola_buffer_free(&text);
    return st;
}

static enum cola_status
run_command(const struct options *o, struct cola_error *err)
{
    struct cola_tokenizer *tokenizer = NULL;
    struct cola_executor *executor = NULL;
    struct cola_model *model = NULL;
    struct cola_run *run = NULL;
    struct cola_chain chain;
    const char *backend;
    int *ids = NULL, n = 0, most;
    enum cola_status st;

    if (o->prompt == NULL || o->n_chains > 1) {
        say_usage("--prompt is needed, and at most one chain");
        return COLA_USAGE;
    }
    st = option_backend(o, &backend, err);
    if (st == COLA_OK)
        st = option_integer("number", o->number, 1, 1000000, 256, &most, err);
    if (st == COLA_OK)
        st = open_model(o->words[0], &model, err);
    if (st == COLA_OK)
        st = read_chain(o->n_chains > 0 ? o->chains[0] : NULL, model, &chain, err);
    if (st == COLA_OK)
        st = open_tokenizer(model, &tokenizer, err);
    if (st == COLA_OK)
        st = read_prompt(tokenizer, o->prompt, &ids, &n, err);
    if (st == COLA_OK)
        st = open_executor(o, model, &executor, err);
    if (st == COLA_OK)
        st = cola_run_new(executor, chain.len, n + most, &run, err);
    if (st == COLA_OK)
        st = cola_run_begin(run, &chain, err);
    if (st == COLA_OK)
        st = cola_run_feed(run, ids, n, err);
    if (st == COLA_OK)
        st = generate(tokenizer, run, most, err);
    cola_run_free(run);
    cola_executor_free(executor);
    cola_tokenizer_free(tokenizer);
    cola_model_close(model);
    free(ids);
    return st;
}

const struct command command_run = {
    "run", "MODEL", 1, 1,
    "Continue a prompt greedily with a chain",
    "prompt chain number backend kv round threads quiet",
    "Ends at an end token or after 256 tokens (-n).\n",
    run_command,
};
