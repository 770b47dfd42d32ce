/*
 * execute.c - chains in float32 or int8, with keys and values kept
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "execute/execute.h"

#include <stdlib.h>
#include <string.h>

#include "execute/layer.h"
#include "execute/matmul.h"
#include "execute/norm.h"

#define CHUNK 64                /* tokens through a layer at once */
#define HEADS 8                 /* tokens through the head at once */
#define KEEP_MOST (64u << 20)   /* bytes of kept streams a run may hold */

struct prepared {               /* a model made ready: what an executor holds */
    const struct cola_model *model;
    const struct cola_matmul_ops *matmul;
    struct cola_block *blocks;  /* [L] */
    float *norm;                /* [d] */
    void *head;
};

struct execution {              /* one run */
    const struct prepared *p;
    enum cola_kv kv;
    const struct cola_probe *probe;     /* NULL: nobody looks */
    struct cola_chain chain;
    size_t chunk, max_tokens, tokens;
    float *x;                   /* [chunk, d] the residual stream */
    float *keys, *values;       /* a slot of [G, max_tokens, e] for each position
                                 * of the chain, or shared: see memory_of() */
    float *out;                 /* [min(HEADS, chunk), V] */
    double *logits;             /* [V] */
    struct cola_scratch scratch;

    /*
     * What the last chain left of its prompt.  Chains are often judged in an
     * order in which neighbours begin alike; what the next one shares need not
     * be executed again, for a position's stream, keys and values depend on
     * the positions before it and the tokens alone.
     */
    float *kept;                /* [max_length, max_tokens, d] the stream after
                                 * each position; NULL: too large to keep */
    int *prompt;                /* [prompt_tokens] */
    size_t prompt_tokens, kept_positions;
    struct cola_chain kept_chain;
};

/* ---- the model -------------------------------------------------------------- */

static void
prepared_close(void *state)
{
    struct prepared *p = state;

    if (p == NULL)
        return;
    for (int i = 0; p->blocks != NULL && i < p->model->config.layers; i++) {
        struct cola_block *b = &p->blocks[i];
        void *packed[] = {b->q, b->k, b->v, b->o, b->gate, b->up, b->down};

        free(b->norm1);
        free(b->norm2);
        for (size_t j = 0; j < sizeof packed / sizeof packed[0]; j++)
            p->matmul->free(packed[j]);
    }
    free(p->blocks);
    free(p->norm);
    p->matmul->free(p->head);
    free(p);
}

static enum cola_status
widened(const struct cola_tensor *t, float **out, struct cola_error *err)
{
    float *v = cola_alloc(t->shape[0], sizeof *v);

    if (v == NULL)
        return cola_fail_memory(err);
    cola_tensor_widen(t, 0, t->shape[0], v);
    *out = v;
    return COLA_OK;
}

static enum cola_status
prepare_block(const struct prepared *p, const struct cola_layer *w,
              struct cola_block *b, struct cola_error *err)
{
    struct {
        const struct cola_tensor *from;
        void **to;
    } matrices[] = {
        {w->q, &b->q}, {w->k, &b->k}, {w->v, &b->v}, {w->o, &b->o},
        {w->gate, &b->gate}, {w->up, &b->up}, {w->down, &b->down},
    };
    enum cola_status st = widened(w->norm1, &b->norm1, err);

    if (st == COLA_OK)
        st = widened(w->norm2, &b->norm2, err);
    for (size_t j = 0; j < sizeof matrices / sizeof matrices[0] && st == COLA_OK; j++)
        st = p->matmul->pack(matrices[j].from, matrices[j].to, err);
    return st;
}

static enum cola_status
prepare(const struct cola_model *model, const struct cola_matmul_ops *matmul,
        void **state, struct cola_error *err)
{
    struct prepared *p = cola_alloc(1, sizeof *p);
    enum cola_status st;

    if (p == NULL)
        return cola_fail_memory(err);
    p->model = model;
    p->matmul = matmul;
    p->blocks = cola_alloc((size_t)model->config.layers, sizeof *p->blocks);
    st = p->blocks == NULL ? cola_fail_memory(err) :
         widened(model->norm, &p->norm, err);
    if (st == COLA_OK)
        st = matmul->pack(model->head, &p->head, err);
    for (int i = 0; i < model->config.layers && st == COLA_OK; i++)
        st = prepare_block(p, &model->layers[i], &p->blocks[i], err);
    if (st != COLA_OK) {
        prepared_close(p);
        return st;
    }
    *state = p;
    return COLA_OK;
}

/* ---- a run ------------------------------------------------------------------- */

static void
execution_free(void *run)
{
    struct execution *r = run;

    if (r == NULL)
        return;
    cola_scratch_free(&r->scratch);
    free(r->x);
    free(r->keys);
    free(r->values);
    free(r->out);
    free(r->logits);
    free(r->kept);
    free(r->prompt);
    free(r);
}

static enum cola_status
execution_new(const void *state, struct cola_way way, int max_length, int max_tokens,
              void **run, struct cola_error *err)
{
    const struct prepared *p = state;
    const struct cola_config *c = &p->model->config;
    size_t V = (size_t)c->vocabulary, d = (size_t)c->width;
    size_t slots = (size_t)(max_length > c->layers ? max_length : c->layers);
    size_t cache = (size_t)c->kv_heads * (size_t)c->head_dim * sizeof(float);
    struct execution *r = cola_alloc(1, sizeof *r);
    enum cola_status st;

    if (r == NULL)
        return cola_fail_memory(err);
    r->p = p;
    r->kv = way.kv;
    r->max_tokens = (size_t)max_tokens;
    /* a slot that positions share is filled by a whole prefill at once */
    r->chunk = max_tokens < CHUNK || way.kv != COLA_KV_POSITION ? (size_t)max_tokens :
               CHUNK;
    r->x = cola_alloc(r->chunk, d * sizeof *r->x);
    r->keys = cola_alloc(slots * r->max_tokens, cache);
    r->values = cola_alloc(slots * r->max_tokens, cache);
    r->out = cola_alloc((r->chunk < HEADS ? r->chunk : HEADS) * V, sizeof *r->out);
    r->logits = cola_alloc(V, sizeof *r->logits);
    r->prompt = cola_alloc(r->max_tokens, sizeof *r->prompt);
    if (way.kv == COLA_KV_POSITION && (double)max_length * (double)max_tokens *
        (double)d * sizeof *r->kept <= (double)KEEP_MOST)
        r->kept = cola_alloc((size_t)max_length * r->max_tokens, d * sizeof *r->kept);
    st = r->x && r->keys && r->values && r->out && r->logits && r->prompt ? COLA_OK :
         cola_fail_memory(err);
    if (st == COLA_OK)
        st = cola_scratch_new(c, p->matmul, r->chunk, r->max_tokens, r->max_tokens *
                              (way.kv == COLA_KV_APPEND ? slots : 1), &r->scratch, err);
    if (st != COLA_OK) {
        execution_free(r);
        return st;
    }
    *run = r;
    return COLA_OK;
}

static void
execution_begin(void *run, const struct cola_chain *chain)
{
    struct execution *r = run;

    r->chain = *chain;
    r->tokens = 0;
}

/* The stream of token FIRST after position P. */
static float *
kept_at(const struct execution *r, size_t p, size_t first)
{
    return r->kept + (p * r->max_tokens + first) * (size_t)r->p->model->config.width;
}

/* How many positions of the chain need not be executed for this prompt. */
static size_t
shared_positions(const struct execution *r, const int *ids, size_t n)
{
    size_t p = 0;

    if (n != r->prompt_tokens || memcmp(ids, r->prompt, n * sizeof *ids) != 0)
        return 0;
    while (p < r->kept_positions && p < (size_t)r->chain.len &&
           r->chain.at[p] == r->kept_chain.at[p])
        p++;
    return p;
}

/*
 * The keys and values of position P for N new tokens.  They belong to the
 * position: indexed by layer, the second visit would attend to what the first
 * one stored, and 0,1,1,2 would quietly mean something else.  That is what the
 * two other modes do, see executor.h.
 */
static struct cola_memory
memory_of(const struct execution *r, size_t p, size_t n)
{
    size_t entry = (size_t)r->p->model->config.kv_heads *
                   (size_t)r->p->model->config.head_dim;
    size_t slot = p, visits = 0, before = 0;
    struct cola_memory memory = {r->keys, r->values, r->max_tokens, r->tokens,
                                 r->tokens + 1};

    if (r->kv == COLA_KV_OVERWRITE)
        slot = r->chain.at[p];
    if (r->kv == COLA_KV_APPEND) {
        slot = 0;               /* the slots of smaller layers lie before */
        for (size_t i = 0; i < (size_t)r->chain.len; i++) {
            slot += r->chain.at[i] < r->chain.at[p];
            visits += r->chain.at[i] == r->chain.at[p];
            before += r->chain.at[i] == r->chain.at[p] && i < p;
        }
        memory.room = visits * r->max_tokens;
        memory.at = visits * r->tokens + before * n;
        memory.seen = n > 1 ? 1 : memory.at + 1;
    }
    memory.keys += slot * r->max_tokens * entry;
    memory.values += slot * r->max_tokens * entry;
    return memory;
}

/* Up to a chunk of tokens through the positions of the chain from FROM on;
 * their streams are kept when KEEP. */
static void
feed_chunk(struct execution *r, const int *ids, size_t n, size_t from, int keep)
{
    const struct prepared *p = r->p;
    const struct cola_config *c = &p->model->config;
    struct cola_seen seen = {-1, COLA_TAP_OUTPUT, r->tokens, 0, r->x, NULL};
    size_t d = (size_t)c->width;

    if (from > 0)
        memcpy(r->x, kept_at(r, from - 1, r->tokens), n * d * sizeof *r->x);
    for (size_t t = 0; from == 0 && t < n; t++)
        cola_tensor_widen(p->model->embed, (size_t)ids[t] * d, d, r->x + t * d);
    seen.count = n * d;
    if (r->probe != NULL)
        r->probe->see(r->probe->ctx, &seen);
    for (size_t i = from; i < (size_t)r->chain.len; i++) {
        struct cola_memory memory = memory_of(r, i, n);

        cola_layer(c, p->matmul, &p->blocks[r->chain.at[i]], &r->scratch, r->x, n,
                   r->tokens, &memory, (struct cola_look){r->probe, (int)i});
        if (keep)
            memcpy(kept_at(r, i, r->tokens), r->x, n * d * sizeof *r->x);
    }
    r->tokens += n;
}

/* Final norm and head for N tokens of the chunk from FIRST on, at most HEADS:
 * their logits into out. */
static void
head(struct execution *r, size_t first, size_t n)
{
    const struct cola_config *c = &r->p->model->config;
    size_t d = (size_t)c->width;

    for (size_t t = 0; t < n; t++)
        cola_norm(r->x + (first + t) * d, r->p->norm, d, (float)c->norm_eps,
                  r->scratch.y + t * d);
    r->p->matmul->multiply(r->p->head, r->scratch.y, n, r->out, r->scratch.matmul);
}

/* Row T of what head() left becomes the logits. */
static void
show(struct execution *r, size_t t)
{
    size_t V = (size_t)r->p->model->config.vocabulary;

    for (size_t v = 0; v < V; v++)
        r->logits[v] = (double)r->out[t * V + v];
}

static void
execution_feed_each(void *run, const int *ids, int n, void (*after)(void *ctx, int i),
                    void *ctx)
{
    struct execution *r = run;
    size_t left = (size_t)n, last = 0, from = 0;
    int done = 0;
    /* who looks wants to see everything */
    int keep = r->tokens == 0 && r->kept != NULL && r->probe == NULL;

    if (keep) {
        from = shared_positions(r, ids, left);
        memcpy(r->prompt, ids, left * sizeof *ids);
        r->prompt_tokens = left;
        r->kept_chain = r->chain;
        r->kept_positions = (size_t)r->chain.len;
    } else if (r->tokens < r->prompt_tokens) {
        r->prompt_tokens = 0;   /* its keys and values are written over */
    }
    while (left > 0) {
        size_t take = left < r->chunk ? left : r->chunk;

        feed_chunk(r, ids, take, from, keep);
        ids += take;
        left -= take;
        last = take - 1;
        for (size_t t = 0; after != NULL && t < take; t++) {
            if (t % HEADS == 0)
                head(r, t, take - t < HEADS ? take - t : HEADS);
            show(r, t % HEADS);
            after(ctx, done++);
        }
    }
    if (after == NULL) {
        head(r, last, 1);
        show(r, 0);
    }
}

static void
execution_feed(void *run, const int *ids, int n)
{
    execution_feed_each(run, ids, n, NULL, NULL);
}

static void
execution_rewind(void *run, int tokens)
{
    ((struct execution *)run)->tokens = (size_t)tokens;
}

static const double *
execution_logits(const void *run)
{
    return ((const struct execution *)run)->logits;
}

static void
execution_probe(void *run, const struct cola_probe *probe)
{
    ((struct execution *)run)->probe = probe;
}

/* Doubles that were float32 once. */
static void
narrow(const double *from, size_t n, float *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (float)from[i];
}

static void
execution_layer(void *run, int layer, int first, int n, const double *x,
                const double *keys, const double *values)
{
    struct execution *r = run;
    const struct cola_config *c = &r->p->model->config;
    size_t d = (size_t)c->width, G = (size_t)c->kv_heads, e = (size_t)c->head_dim;
    struct cola_memory memory = {r->keys, r->values, r->max_tokens, (size_t)first,
                                 (size_t)first + 1};

    r->prompt_tokens = r->kept_positions = 0;
    for (size_t t = 0; t < (size_t)first; t++)
        for (size_t g = 0; g < G; g++) {
            size_t to = (g * memory.room + t) * e, from = (t * G + g) * e;

            narrow(keys + from, e, memory.keys + to);
            narrow(values + from, e, memory.values + to);
        }
    for (size_t t = 0; t < (size_t)n; t += r->chunk) {
        size_t m = (size_t)n - t < r->chunk ? (size_t)n - t : r->chunk;

        narrow(x + t * d, m * d, r->x);
        memory.at = (size_t)first + t;
        memory.seen = memory.at + 1;
        cola_layer(c, r->p->matmul, &r->p->blocks[layer], &r->scratch, r->x, m, memory.at,
                   &memory, (struct cola_look){r->probe, 0});
    }
}

/* ---- the tables ---------------------------------------------------------------- */

static enum cola_status
open_exact(const struct cola_model *model, void **state, struct cola_error *err)
{
    return prepare(model, &cola_matmul_exact, state, err);
}

const struct cola_executor_ops cola_execute_exact = {
    "exact", 1, 1, 1, 0, open_exact, prepared_close, execution_new, execution_free,
    execution_begin, execution_feed, execution_feed_each, execution_rewind,
    execution_logits, execution_probe, execution_layer,
};

static enum cola_status
open_int8(const struct cola_model *model, void **state, struct cola_error *err)
{
    return prepare(model, &cola_matmul_int8, state, err);
}

const struct cola_executor_ops cola_execute_int8 = {
    "int8", 1, 1, 1, 0, open_int8, prepared_close, execution_new, execution_free,
    execution_begin, execution_feed, execution_feed_each, execution_rewind,
    execution_logits, execution_probe, execution_layer,
};

#ifdef HAVE_CBLAS
static enum cola_status
open_blas(const struct cola_model *model, void **state, struct cola_error *err)
{
    return prepare(model, &cola_matmul_blas, state, err);
}

const struct cola_executor_ops cola_execute_blas = {
    "blas", 1, 0, 1, 0, open_blas, prepared_close, execution_new, execution_free,
    execution_begin, execution_feed, execution_feed_each, execution_rewind,
    execution_logits, execution_probe, execution_layer,
};
#endif
