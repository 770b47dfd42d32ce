/*
 * executor.c - the executors by name, and the checks before them
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "execute/executor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "define/define.h"
#include "execute/execute.h"

static const struct cola_executor_ops *const backends[] = {
    &cola_execute_exact,
    &cola_execute_int8,
#ifdef HAVE_CBLAS
    &cola_execute_blas,
#endif
    &cola_define_f64,
};

#define BACKENDS (sizeof backends / sizeof backends[0])

/* sin and cos are exact enough up to this angle, which is the last token's. */
#define TOKENS_MAX (1 << 20)

const struct cola_executor_ops *
cola_executor_ops_at(size_t i)
{
    return i < BACKENDS ? backends[i] : NULL;
}

enum cola_status
cola_executor_new(const char *backend, const struct cola_model *model,
                  struct cola_executor **executor, struct cola_error *err)
{
    struct cola_executor *e;
    enum cola_status st;
    size_t i = 0;

    while (i < BACKENDS && strcmp(backends[i]->name, backend) != 0)
        i++;
    if (i == BACKENDS && strcmp(backend, "blas") == 0)
        return cola_fail(err, COLA_INPUT, "this build has no backend \"blas\": "
                         "configure found no CBLAS");
    if (i == BACKENDS)
        return cola_fail(err, COLA_INPUT, "no backend is called \"%s\"; there are "
                         "exact, int8, blas and f64", backend);
    e = cola_alloc(1, sizeof *e);
    if (e == NULL)
        return cola_fail_memory(err);
    e->ops = backends[i];
    e->model = model;
    e->way = (struct cola_way){COLA_KV_POSITION, COLA_ROUND_NONE};
    st = e->ops->open(model, &e->state, err);
    if (st != COLA_OK) {
        free(e);
        return st;
    }
    *executor = e;
    return COLA_OK;
}

static const char *const modes[] = {
    [COLA_KV_POSITION] = "position",
    [COLA_KV_APPEND] = "shared-append",
    [COLA_KV_OVERWRITE] = "shared-overwrite",
};

const char *
cola_kv_name(enum cola_kv kv)
{
    return modes[kv];
}

enum cola_status
cola_executor_kv(struct cola_executor *executor, const char *mode, struct cola_error *err)
{
    size_t i = 0;

    while (i < sizeof modes / sizeof modes[0] && strcmp(modes[i], mode) != 0)
        i++;
    if (i == sizeof modes / sizeof modes[0])
        return cola_fail(err, COLA_INPUT, "no kv mode is called \"%s\"; there are "
                         "position, shared-append and shared-overwrite", mode);
    if (i != COLA_KV_POSITION && !executor->ops->shares)
        return cola_fail(err, COLA_INPUT, "backend %s keeps no keys and values to share: "
                         "kv mode \"%s\" needs another", executor->ops->name, mode);
    executor->way.kv = (enum cola_kv)i;
    return COLA_OK;
}

enum cola_status
cola_executor_round(struct cola_executor *executor, const char *type,
                    struct cola_error *err)
{
    enum cola_rounding rounding;

    if (!cola_rounding_find(type, &rounding))
        return cola_fail(err, COLA_INPUT, "no rounding is called \"%s\"; there are f32, "
                         "bf16, f16 and f64, which is none", type);
    if (rounding != COLA_ROUND_NONE && !executor->ops->rounds)
        return cola_fail(err, COLA_INPUT, "backend %s does not round to %s: f64 does",
                         executor->ops->name, type);
    executor->way.rounding = rounding;
    return COLA_OK;
}

void
cola_executor_free(struct cola_executor *executor)
{
    if (executor != NULL)
        executor->ops->close(executor->state);
    free(executor);
}

enum cola_status
cola_run_new(const struct cola_executor *executor, int max_length, int max_tokens,
             struct cola_run **run, struct cola_error *err)
{
    struct cola_run *r;
    enum cola_status st;

    if (max_length < 0 || max_length > COLA_CHAIN_MAX)
        return cola_fail(err, COLA_INPUT, "a chain has 0 to %d positions, not %d",
                         COLA_CHAIN_MAX, max_length);
    if (max_tokens < 1 || max_tokens > TOKENS_MAX)
        return cola_fail(err, COLA_INPUT, "a run has 1 to %d tokens, not %d",
                         TOKENS_MAX, max_tokens);
    r = cola_alloc(1, sizeof *r);
    if (r == NULL)
        return cola_fail_memory(err);
    r->executor = executor;
    r->max_length = max_length;
    r->max_tokens = max_tokens;
    st = executor->ops->run_new(executor->state, executor->way, max_length, max_tokens,
                                &r->inner, err);
    if (st != COLA_OK) {
        free(r);
        return st;
    }
    *run = r;
    return COLA_OK;
}

void
cola_run_free(struct cola_run *run)
{
    if (run != NULL)
        run->executor->ops->run_free(run->inner);
    free(run);
}

enum cola_status
cola_run_begin(struct cola_run *run, const struct cola_chain *chain,
               struct cola_error *err)
{
    enum cola_status st = cola_chain_fits(chain, run->executor->model->config.layers,
                                          err);

    if (st != COLA_OK)
        return st;
    if (chain->len > run->max_length)
        return cola_fail(err, COLA_INPUT, "a chain of %d positions, room for %d",
                         chain->len, run->max_length);
    run->executor->ops->begin(run->inner, chain);
    run->begun = 1;
    run->tokens = 0;
    return COLA_OK;
}

/* May N tokens be fed now, AT_ONCE or one by one? */
static enum cola_status
check_feed(const struct cola_run *run, const int *ids, int n, int at_once,
           struct cola_error *err)
{
    int V = run->executor->model->config.vocabulary;

    if (!run->begun)
        return cola_fail(err, COLA_USAGE, "tokens were fed before a chain was begun");
    if (n < 1)
        return cola_fail(err, COLA_INPUT, "no tokens: an empty prompt has no next "
                         "token");
    if (at_once && n > 1 && run->tokens > 0 &&
        run->executor->way.kv != COLA_KV_POSITION)
        return cola_fail(err, COLA_INPUT, "kv mode %s is defined for one prefill and "
                         "single tokens after it; %d tokens after %d",
                         cola_kv_name(run->executor->way.kv), n, run->tokens);
    if (n > run->max_tokens - run->tokens)
        return cola_fail(err, COLA_INPUT, "%d tokens after %d, room for %d", n,
                         run->tokens, run->max_tokens);
    for (int i = 0; i < n; i++)
        if (ids[i] < 0 || ids[i] >= V)
            return cola_fail(err, COLA_INPUT, "token %d is %d; the vocabulary is 0-%d",
                             run->tokens + i, ids[i], V - 1);
    return COLA_OK;
}

enum cola_status
cola_run_feed(struct cola_run *run, const int *ids, int n, struct cola_error *err)
{
    enum cola_status st = check_feed(run, ids, n, 1, err);

    if (st != COLA_OK)
        return st;
    run->executor->ops->feed(run->inner, ids, n);
    if (run->tokens == 0)
        run->prefill = n;
    run->tokens += n;
    return COLA_OK;
}

struct scoring {
    const struct cola_run *run;
    const int *ids;
    double *logprob;
};

static void
score_next(void *ctx, int i)
{
    const struct scoring *s = ctx;

    s->logprob[i + 1] = cola_run_argmax(s->run) >= 0 ?
                        cola_run_logprob(s->run, s->ids[i + 1]) : NAN;
}

enum cola_status
cola_run_score(struct cola_run *run, const int *ids, int n, double *logprob,
               struct cola_error *err)
{
    const struct cola_executor_ops *ops = run->executor->ops;
    struct scoring s = {run, ids, logprob};
    enum cola_status st;

    if (run->tokens == 0)
        return cola_fail(err, COLA_USAGE, "tokens were scored before any was fed");
    st = n > 1 ? check_feed(run, ids, n - 1, 0, err) : COLA_OK;
    if (st == COLA_OK && (ids[n - 1] < 0 || ids[n - 1] >=
                          run->executor->model->config.vocabulary))
        st = cola_fail(err, COLA_INPUT, "token %d is outside of the vocabulary",
                       ids[n - 1]);
    if (st != COLA_OK)
        return st;
    logprob[0] = cola_run_argmax(run) >= 0 ? cola_run_logprob(run, ids[0]) : NAN;
    if (n > 1 && ops->feed_each != NULL &&
        run->executor->way.kv == COLA_KV_POSITION) {
        ops->feed_each(run->inner, ids, n - 1, score_next, &s);
        run->tokens += n - 1;
        return COLA_OK;
    }
    for (int i = 0; i + 1 < n && st == COLA_OK; i++) {
        st = cola_run_feed(run, &ids[i], 1, err);
        if (st == COLA_OK)
            score_next(&s, i);
    }
    return st;
}

void
cola_run_rewind(struct cola_run *run, int tokens)
{
    if (tokens >= 0 && tokens < run->tokens) {
        /* a prefill into shared slots cannot be undone in part */
        if (tokens < run->prefill && run->executor->way.kv != COLA_KV_POSITION)
            tokens = run->begun = 0;
        run->executor->ops->rewind(run->inner, tokens);
        run->tokens = tokens;
    }
}

void
cola_run_probe(struct cola_run *run, const struct cola_probe *probe)
{
    run->executor->ops->probe(run->inner, probe);
}

enum cola_status
cola_run_layer(struct cola_run *run, int layer, int first, int n, const double *x,
               const double *keys, const double *values, struct cola_error *err)
{
    int L = run->executor->model->config.layers;

    if (layer < 0 || layer >= L)
        return cola_fail(err, COLA_INPUT, "layer %d; the model has 0-%d", layer, L - 1);
    if (first < 0 || n < 1 || n > run->max_tokens - first)
        return cola_fail(err, COLA_INPUT, "%d tokens after %d, room for %d", n, first,
                         run->max_tokens);
    run->begun = run->tokens = 0;
    run->executor->ops->layer(run->inner, layer, first, n, x, keys, values);
    return COLA_OK;
}

const double *
cola_run_logits(const struct cola_run *run)
{
    return run->executor->ops->logits(run->inner);
}

int
cola_run_argmax(const struct cola_run *run)
{
    const double *logits = cola_run_logits(run);
    int V = run->executor->model->config.vocabulary, best = 0;

    for (int v = 0; v < V; v++) {
        if (!isfinite(logits[v]))
            return -1;
        if (logits[v] > logits[best])
            best = v;
    }
    return best;
}

double
cola_run_gap(const struct cola_run *run)
{
    const double *logits = cola_run_logits(run);
    int V = run->executor->model->config.vocabulary, best = 0;
    double second = -INFINITY;

    for (int v = 1; v < V; v++)
        if (logits[v] > logits[best]) {
            second = logits[best];
            best = v;
        } else if (logits[v] > second) {
            second = logits[v];
        }
    return run->executor->ops->is_float ?
           (double)((float)logits[best] - (float)second) : logits[best] - second;
}

int
cola_run_is_end(const struct cola_run *run, int id)
{
    const struct cola_config *c = &run->executor->model->config;

    for (int i = 0; i < c->n_eos; i++)
        if (c->eos[i] == id)
            return 1;
    return 0;
}

double
cola_run_logprob(const struct cola_run *run, int id)
{
    const double *logits = cola_run_logits(run);
    int V = run->executor->model->config.vocabulary;
    double largest = logits[0], sum = 0.0;

    for (int v = 1; v < V; v++)
        if (logits[v] > largest)
            largest = logits[v];
    for (int v = 0; v < V; v++)
        sum += cola_exp(logits[v] - largest);
    return isfinite(sum) ? (logits[id] - largest) - cola_log(sum) : NAN;
}
