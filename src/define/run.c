/*
 * run.c - the definition of a chain behind the table of executors
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "define/define.h"

#include "define/definition.h"

static enum cola_status
define_open(const struct cola_model *model, void **state, struct cola_error *err)
{
    (void)err;
    *state = (void *)(uintptr_t)model;
    return COLA_OK;
}

static void
define_close(void *state)
{
    (void)state;                /* the model is the caller's */
}

static enum cola_status
define_run_new(const void *state, struct cola_way way, int max_length, int max_tokens,
               void **run, struct cola_error *err)
{
    struct definition *r = cola_definition_new(state, max_tokens);

    (void)max_length;
    if (r == NULL)
        return cola_fail_memory(err);
    r->rounding = way.rounding;
    *run = r;
    return COLA_OK;
}

static void
define_run_free(void *run)
{
    cola_definition_free(run);
}

static void
define_begin(void *run, const struct cola_chain *chain)
{
    struct definition *r = run;

    r->chain = *chain;
    r->tokens = 0;
}

static void
define_feed(void *run, const int *ids, int n)
{
    struct definition *r = run;

    for (int i = 0; i < n; i++)
        r->ids[r->tokens++] = ids[i];
    cola_define_chain(r);
}

static void
define_rewind(void *run, int tokens)
{
    ((struct definition *)run)->tokens = tokens;
}

static const double *
define_logits(const void *run)
{
    return ((const struct definition *)run)->logits;
}

static void
define_probe(void *run, const struct cola_probe *probe)
{
    ((struct definition *)run)->probe = probe;
}

static void
define_layer(void *run, int layer, int first, int n, const double *x, const double *keys,
             const double *values)
{
    struct definition *r = run;
    const struct cola_config *c = &r->model->config;
    size_t entries = (size_t)first * (size_t)(c->kv_heads * c->head_dim);

    for (size_t i = 0; i < entries; i++) {
        r->k[i] = keys[i];
        r->v[i] = values[i];
    }
    for (size_t i = 0; i < (size_t)n * (size_t)c->width; i++)
        r->x[i] = x[i];
    r->before = first;
    r->tokens = n;
    cola_define_layer(r, layer, 0);
    r->before = r->tokens = 0;
}

const struct cola_executor_ops cola_define_f64 = {
    .name = "f64",
    .is_float = 0,
    .reproducible = 1,
    .rounds = 1,
    .open = define_open,
    .close = define_close,
    .run_new = define_run_new,
    .run_free = define_run_free,
    .begin = define_begin,
    .feed = define_feed,
    .rewind = define_rewind,
    .logits = define_logits,
    .probe = define_probe,
    .layer = define_layer,
};
