/*
 * define.c - the meaning of a chain, in textbook double
 *
 * A decoder of the Llama family (arXiv 2302.13971, section 2.2) reads T tokens
 * and predicts the next one.  Each token is a vector of d numbers, the
 * residual stream.  A layer adds to it twice: what attention gathers from the
 * tokens so far, and what a small network makes of the token by itself.
 *
 *     x = embedding of the tokens                          [T, d]
 *     for each position of the chain, in order:
 *         x = x + attention(norm(x))      with that layer's weights
 *         x = x + mlp(norm(x))
 *     logits = head(norm(x of the last token))             [V]
 *
 * That is all a chain is.  A layer that is not named leaves x as it is; a
 * layer named twice is executed twice and finds, the second time, what the
 * first time and everything between left.  In particular its keys and values
 * are computed anew at each visit: they belong to the position of the chain,
 * not to the layer.  The whole sequence is recomputed whenever a token is
 * added, so there is nothing here that could be stale.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "define/define.h"

#include <math.h>
#include <stdlib.h>

#include "base/number.h"

struct definition {             /* one run */
    const struct cola_model *model;
    struct cola_chain chain;
    int *ids;                   /* [tokens] */
    int tokens;
    double *x, *y;              /* [T, d] the stream; its norm, then what is added */
    double *q, *k, *v, *a;      /* [T, H*e] queries, [T, G*e] twice, [T, H*e] */
    double *gate, *up;          /* [T, f] */
    double *score;              /* [T] */
    float *row;                 /* one row of a weight matrix */
    double *logits;             /* [V] */
};

/* y[t, n] = sum over k of w[n, k] x[t, k], for T tokens. */
static void
linear(struct definition *r, const struct cola_tensor *w, const double *x, int tokens,
       double *y)
{
    size_t outputs = w->shape[0], inputs = w->shape[1];

    for (size_t n = 0; n < outputs; n++) {
        cola_tensor_widen(w, n * inputs, inputs, r->row);
        for (size_t t = 0; t < (size_t)tokens; t++) {
            double sum = 0.0;

            for (size_t k = 0; k < inputs; k++)
                sum += (double)r->row[k] * x[t * inputs + k];
            y[t * outputs + n] = sum;
        }
    }
}

/* Divide by the root mean square, then scale each channel (arXiv 1910.07467). */
static void
norm(const struct definition *r, const struct cola_tensor *w, const double *x,
     int tokens, double *y)
{
    size_t d = w->shape[0];

    for (size_t t = 0; t < (size_t)tokens; t++) {
        double sum = 0.0, root;

        for (size_t i = 0; i < d; i++)
            sum += x[t * d + i] * x[t * d + i];
        root = sqrt(sum / (double)d + r->model->config.norm_eps);
        for (size_t i = 0; i < d; i++)
            y[t * d + i] = x[t * d + i] / root * (double)cola_tensor_at(w, i);
    }
}

/*
 * Rotary position (arXiv 2104.09864): channel i and channel i + e/2 of a head
 * are turned, as a pair, by an angle that grows with the token's index.  The
 * index counts tokens; how often a layer has been visited does not enter.
 */
static void
rope(const struct definition *r, double *x, int heads)
{
    int e = r->model->config.head_dim;
    double theta = r->model->config.rope_theta;

    for (int t = 0; t < r->tokens; t++)
        for (int h = 0; h < heads; h++)
            for (int i = 0; i < e / 2; i++) {
                double angle = (double)t * cola_pow(theta, -2.0 * i / (double)e);
                double *head = x + ((size_t)t * (size_t)heads + (size_t)h) * (size_t)e;
                double a = head[i], b = head[i + e / 2];

                head[i] = a * cola_cos(angle) - b * cola_sin(angle);
                head[i + e / 2] = b * cola_cos(angle) + a * cola_sin(angle);
            }
}

/*
 * Each head of each token compares its query with the keys of all tokens up
 * to its own and takes the average of their values, weighted by softmax of the
 * comparison.  Several query heads share one head of keys and values (arXiv
 * 2305.13245).
 */
static void
attention(struct definition *r, const struct cola_layer *w)
{
    const struct cola_config *c = &r->model->config;
    size_t e = (size_t)c->head_dim, H = (size_t)c->heads, G = (size_t)c->kv_heads;

    linear(r, w->q, r->y, r->tokens, r->q);
    linear(r, w->k, r->y, r->tokens, r->k);
    linear(r, w->v, r->y, r->tokens, r->v);
    rope(r, r->q, c->heads);
    rope(r, r->k, c->kv_heads);
    for (size_t t = 0; t < (size_t)r->tokens; t++)
        for (size_t h = 0; h < H; h++) {
            const double *q = r->q + (t * H + h) * e;
            double *out = r->a + (t * H + h) * e, largest = -INFINITY, sum = 0.0;
            size_t g = h / (H / G);

            for (size_t s = 0; s <= t; s++) {
                double dot = 0.0;

                for (size_t i = 0; i < e; i++)
                    dot += q[i] * r->k[(s * G + g) * e + i];
                r->score[s] = dot / sqrt((double)e);
                if (r->score[s] > largest)
                    largest = r->score[s];
            }
            for (size_t s = 0; s <= t; s++) {
                r->score[s] = cola_exp(r->score[s] - largest);
                sum += r->score[s];
            }
            for (size_t i = 0; i < e; i++) {
                double mean = 0.0;

                for (size_t s = 0; s <= t; s++)
                    mean += r->score[s] * r->v[(s * G + g) * e + i];
                out[i] = mean / sum;
            }
        }
    linear(r, w->o, r->a, r->tokens, r->y);
}

/* down(silu(gate(y)) * up(y)), silu(z) = z / (1 + exp(-z)) (arXiv 2002.05202) */
static void
mlp(struct definition *r, const struct cola_layer *w)
{
    size_t n = (size_t)r->tokens * (size_t)r->model->config.hidden;

    linear(r, w->gate, r->y, r->tokens, r->gate);
    linear(r, w->up, r->y, r->tokens, r->up);
    for (size_t i = 0; i < n; i++)
        r->gate[i] = r->gate[i] / (1.0 + cola_exp(-r->gate[i])) * r->up[i];
    linear(r, w->down, r->gate, r->tokens, r->y);
}

static void
add(struct definition *r)
{
    size_t n = (size_t)r->tokens * (size_t)r->model->config.width;

    for (size_t i = 0; i < n; i++)
        r->x[i] += r->y[i];
}

static void
define_feed(void *run, const int *ids, int n)
{
    struct definition *r = run;
    const struct cola_model *m = r->model;
    size_t d = (size_t)m->config.width;

    for (int i = 0; i < n; i++)
        r->ids[r->tokens++] = ids[i];
    for (int t = 0; t < r->tokens; t++)
        for (size_t i = 0; i < d; i++)
            r->x[(size_t)t * d + i] =
                (double)cola_tensor_at(m->embed, (size_t)r->ids[t] * d + i);

    for (int p = 0; p < r->chain.len; p++) {
        const struct cola_layer *w = &m->layers[r->chain.at[p]];

        norm(r, w->norm1, r->x, r->tokens, r->y);
        attention(r, w);
        add(r);
        norm(r, w->norm2, r->x, r->tokens, r->y);
        mlp(r, w);
        add(r);
    }

    norm(r, m->norm, r->x + (size_t)(r->tokens - 1) * d, 1, r->y);
    linear(r, m->head, r->y, 1, r->logits);
}

/* ---- the table -------------------------------------------------------------- */

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

static void
define_run_free(void *run)
{
    struct definition *r = run;

    if (r == NULL)
        return;
    free(r->ids);
    free(r->x);
    free(r->row);
    free(r);
}

static enum cola_status
define_run_new(const void *state, int max_length, int max_tokens, void **run,
               struct cola_error *err)
{
    const struct cola_model *m = state;
    const struct cola_config *c = &m->config;
    size_t T = (size_t)max_tokens, d = (size_t)c->width, f = (size_t)c->hidden;
    size_t he = (size_t)c->heads * (size_t)c->head_dim;
    size_t ge = (size_t)c->kv_heads * (size_t)c->head_dim;
    size_t V = (size_t)c->vocabulary;
    struct definition *r = cola_alloc(1, sizeof *r);

    (void)max_length;
    if (r == NULL)
        return cola_fail_memory(err);
    r->model = m;
    r->ids = cola_alloc(T, sizeof *r->ids);
    r->row = cola_alloc(d + f + he, sizeof *r->row);
    r->x = cola_alloc(T * (2 * d + 2 * he + 2 * ge + 2 * f + 1) + V, sizeof *r->x);
    if (r->ids == NULL || r->row == NULL || r->x == NULL) {
        define_run_free(r);
        return cola_fail_memory(err);
    }
    r->y = r->x + T * d;
    r->q = r->y + T * d;
    r->a = r->q + T * he;
    r->k = r->a + T * he;
    r->v = r->k + T * ge;
    r->gate = r->v + T * ge;
    r->up = r->gate + T * f;
    r->score = r->up + T * f;
    r->logits = r->score + T;
    *run = r;
    return COLA_OK;
}

static void
define_begin(void *run, const struct cola_chain *chain)
{
    struct definition *r = run;

    r->chain = *chain;
    r->tokens = 0;
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

const struct cola_executor_ops cola_define_f64 = {
    .name = "f64",
    .is_float = 0,
    .reproducible = 1,
    .open = define_open,
    .close = define_close,
    .run_new = define_run_new,
    .run_free = define_run_free,
    .begin = define_begin,
    .feed = define_feed,
    .rewind = define_rewind,
    .logits = define_logits,
};
