/*
 * cmd_logits.c - the logits of a chain, to the last bit
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/number.h"
#include "cli/command.h"
#include "cli/find.h"
#include "execute/executor.h"

struct output {
    struct cola_buffer *b;
    int vocabulary, is_float;
    struct cola_sha256 sha;     /* of the bits, little-endian, in their order */
};

static void
add_logits(struct output *out, const double *logits)
{
    char text[32];

    cola_buffer_text(out->b, "[");
    for (int v = 0; v < out->vocabulary; v++) {
        uint64_t bits = out->is_float ? cola_f32_bits((float)logits[v]) :
                        cola_f64_bits(logits[v]);
        unsigned char bytes[8];
        size_t size = out->is_float ? 4 : 8;

        for (size_t i = 0; i < size; i++)
            bytes[i] = (unsigned char)(bits >> (8 * i));
        if (logits[v] != logits[v])     /* one NaN for all */
            memcpy(bytes, out->is_float ? "\0\0\xc0\x7f" : "\0\0\0\0\0\0\xf8\x7f", size);
        cola_sha256_add(&out->sha, bytes, size);
        if (out->is_float)
            cola_print_f32(text, (float)logits[v]);
        else
            cola_print_f64(text, logits[v]);
        cola_buffer_printf(out->b, v > 0 ? ",%s" : "%s", text);
    }
    cola_buffer_text(out->b, "]");
}

static void
add_digest(struct output *out)
{
    unsigned char digest[32];
    char hex[65];

    cola_sha256_end(&out->sha, digest);
    cola_sha256_hex(digest, hex);
    cola_buffer_printf(out->b, ",\"sha256\":\"%s\"", hex);
    cola_sha256_init(&out->sha);
}

/* The logits after every token: feeding them one by one leaves the same bits. */
static enum cola_status
each_token(struct output *out, struct cola_run *run, const int *ids, int n,
           struct cola_error *err)
{
    cola_buffer_text(out->b, "[");
    for (int t = 0; t < n; t++) {
        enum cola_status st = cola_run_feed(run, &ids[t], 1, err);

        if (st != COLA_OK)
            return st;
        cola_buffer_text(out->b, t > 0 ? "," : "");
        add_logits(out, cola_run_logits(run));
    }
    cola_buffer_text(out->b, "]");
    return COLA_OK;
}

/* The logits of every beginning of the chain: what the model would say if the
 * chain ended there. */
static enum cola_status
each_position(struct output *out, struct cola_run *run, const struct cola_chain *chain,
              const int *ids, int n, struct cola_error *err)
{
    struct cola_chain part = *chain;

    cola_buffer_text(out->b, ",\"positions\":[");
    for (int p = 0; p < chain->len; p++) {
        enum cola_status st;

        part.len = p + 1;
        st = cola_run_begin(run, &part, err);
        if (st == COLA_OK)
            st = cola_run_feed(run, ids, n, err);
        if (st != COLA_OK)
            return st;
        cola_buffer_printf(out->b, "%s{\"position\":%d,\"layer\":%d,\"logits\":",
                           p > 0 ? "," : "", p, chain->at[p]);
        add_logits(out, cola_run_logits(run));
        add_digest(out);
        cola_buffer_text(out->b, "}");
    }
    cola_buffer_text(out->b, "]");
    return COLA_OK;
}

static enum cola_status
compose(const struct options *o, const char *backend, const struct cola_model *model,
        const struct cola_executor *executor, const int *ids, int n,
        struct cola_buffer *b, struct cola_error *err)
{
    struct output out = {.b = b, .vocabulary = model->config.vocabulary,
                         .is_float = executor->ops->is_float};
    struct cola_run *run = NULL;
    struct cola_chain chain;
    enum cola_status st = read_chain(o->n_chains > 0 ? o->chains[0] : NULL, model, &chain,
                                     err);

    cola_sha256_init(&out.sha);
    if (st == COLA_OK && n == 0)
        st = cola_fail(err, COLA_INPUT, "no tokens: an empty prompt has no next token");
    if (st == COLA_OK)
        st = cola_run_new(executor, chain.len, n, &run, err);
    if (st == COLA_OK)
        st = cola_run_begin(run, &chain, err);
    if (st == COLA_OK) {
        cola_buffer_text(b, "{\"chain\":");
        cola_chain_add_json(b, &chain);
        cola_buffer_text(b, ",\"tokens\":");
        cola_json_add_integers(b, ids, n);
        cola_buffer_printf(b, ",\"backend\":\"%s\",\"dtype\":\"%s\",\"logits\":", backend,
                           out.is_float ? "float32" : "float64");
        if (o->all_positions)
            st = each_token(&out, run, ids, n, err);
        else if ((st = cola_run_feed(run, ids, n, err)) == COLA_OK)
            add_logits(&out, cola_run_logits(run));
        add_digest(&out);
    }
    if (st == COLA_OK && o->each_position)
        st = each_position(&out, run, &chain, ids, n, err);
    cola_buffer_text(b, "}\n");
    cola_run_free(run);
    return st;
}

static enum cola_status
logits(const struct options *o, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_tokenizer *tokenizer = NULL;
    struct cola_executor *executor = NULL;
    struct cola_model *model = NULL;
    const char *backend;
    int *ids = NULL, n = 0;
    enum cola_status st;

    if ((o->tokens == NULL) == (o->prompt == NULL) || o->n_chains > 1) {
        say_usage("either --tokens or --prompt, and at most one chain");
        return COLA_USAGE;
    }
    st = option_backend(o, &backend, err);
    if (st == COLA_OK)
        st = open_model(o->words[0], &model, err);
    if (st == COLA_OK && o->tokens != NULL)
        st = read_ids(o->tokens, &ids, &n, err);
    if (st == COLA_OK && o->prompt != NULL) {
        st = open_tokenizer(model, &tokenizer, err);
        if (st == COLA_OK)
            st = read_prompt(tokenizer, o->prompt, &ids, &n, err);
    }
    if (st == COLA_OK)
        st = open_executor(o, model, &executor, err);
    if (st == COLA_OK)
        st = compose(o, backend, model, executor, ids, n, &b, err);
    if (st == COLA_OK)
        st = say_result(&b, err);
    cola_buffer_free(&b);
    cola_executor_free(executor);
    cola_tokenizer_free(tokenizer);
    cola_model_close(model);
    free(ids);
    return st;
}

const struct command command_logits = {
    "logits", "MODEL", 1, 1,
    "Print the logits of a chain over some tokens as JSON",
    "tokens prompt chain all-positions each-position backend kv round threads quiet",
    "\"logits\" are those after the last token; \"sha256\" is of their bits, "
    "little-endian,\nin the order printed.\n",
    logits,
};
