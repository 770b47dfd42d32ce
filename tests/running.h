/*
 * running.h - checkpoints on the disk, executors and runs for tests
 *
 * What a call that cannot fail here takes to be written; each ends the test if
 * it fails after all.  Include after cmocka.h.
 */
#ifndef COLA_TESTS_RUNNING_H
#define COLA_TESTS_RUNNING_H

#include <stdlib.h>

#include "base/number.h"
#include "checkpoint.h"
#include "execute/executor.h"
#include "execute_again.h"
#include "expect.h"

static const struct checkpoint samples[] = {
    {.layers = 4, .width = 24, .heads = 3, .hidden = 57, .vocabulary = 37,
     .dtype = COLA_F32, .head = CHECKPOINT_UNTIED, .seed = 11},
    {.layers = 4, .width = 40, .heads = 4, .kv_heads = 2, .head_dim = 6, .hidden = 300,
     .vocabulary = 51, .rope_theta = 500.0, .dtype = COLA_BF16,
     .head = CHECKPOINT_TIED, .seed = 12},
    {.layers = 4, .width = 272, .heads = 2, .kv_heads = 1, .head_dim = 18, .hidden = 259,
     .vocabulary = 33, .dtype = COLA_F16, .head = CHECKPOINT_TIED_HEAD, .seed = 13},
};

/* Bits that are promised, and those of float32 among them. */
static const char *const backends[] = {"exact", "int8", "f64"};

static const struct {
    const char *backend;
    enum again_product product;
} floats[] = {{"exact", AGAIN_EXACT}, {"int8", AGAIN_INT8}};

/* A checkpoint on the disk. */
struct disk {
    char *dir;
    struct cola_model *model;
};

static inline struct disk
disk_open(char *dir)
{
    struct disk d = {dir, NULL};
    struct cola_error err;

    assert_ok(cola_model_open(dir, &d.model, &err), &err);
    return d;
}

static inline struct disk
disk_write(const struct checkpoint *shape)
{
    char *dir = checkpoint_directory();
    struct cola_error err;

    assert_non_null(dir);
    assert_ok(checkpoint_write(dir, shape, &err), &err);
    return disk_open(dir);
}

/* The checkpoint that CHAIN of MODEL stands for. */
static inline struct disk
disk_lay_out(const struct cola_model *model, const struct cola_chain *chain)
{
    char *dir = checkpoint_directory();
    int layers[COLA_CHAIN_MAX];
    struct cola_error err;

    assert_non_null(dir);
    for (int i = 0; i < chain->len; i++)
        layers[i] = chain->at[i];
    assert_ok(checkpoint_unroll(dir, model, layers, chain->len, &err), &err);
    return disk_open(dir);
}

static inline void
disk_remove(struct disk *d)
{
    cola_model_close(d->model);
    checkpoint_remove(d->dir);
}

static inline struct cola_chain
chain_of(const char *text)
{
    struct cola_chain chain;
    struct cola_error err;

    assert_ok(cola_chain_parse(text, &chain, &err), &err);
    return chain;
}

static inline struct cola_executor *
executor_of(const char *backend, const struct cola_model *model)
{
    struct cola_executor *executor = NULL;
    struct cola_error err;

    assert_ok(cola_executor_new(backend, model, &executor, &err), &err);
    return executor;
}

static inline struct cola_run *
run_of(const struct cola_executor *executor, const struct cola_chain *chain, int tokens)
{
    struct cola_run *run = NULL;
    struct cola_error err;

    assert_ok(cola_run_new(executor, chain->len, tokens, &run, &err), &err);
    assert_ok(cola_run_begin(run, chain, &err), &err);
    return run;
}

static inline void
feed(struct cola_run *run, const int *ids, int n)
{
    struct cola_error err;

    assert_ok(cola_run_feed(run, ids, n, &err), &err);
}

/* Tokens that do not come back in step with anything. */
static inline void
make_tokens(int *ids, int n, int vocabulary, int from)
{
    for (int i = 0; i < n; i++)
        ids[i] = (from + 7 * i + 3 * i * i + i * i * i / 5) % vocabulary;
}

/* The logits of MODEL, each of which must be WANT's, bit for bit. */
static inline void
assert_logits(const struct cola_run *run, const double *want, const char *backend,
              const char *chain, int tokens)
{
    const double *logits = cola_run_logits(run);
    int different = 0, V = cola_model_vocabulary(run->executor->model);

    for (int v = 0; v < V; v++)
        different += cola_f64_bits(logits[v]) != cola_f64_bits(want[v]);
    if (different > 0)
        fail_msg("%s, width %d, chain %s, token %d: %d of %d logits differ", backend,
                 run->executor->model->config.width, chain, tokens, different, V);
}

#endif
