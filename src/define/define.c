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

#include "base/number.h"
#include "define/definition.h"

#ifndef REAL_SQRT               /* double; see quad.c for the other */
#define REAL_SQRT sqrt
#define REAL_EXP cola_exp
#define REAL_POW cola_pow
#define REAL_SIN cola_sin
#define REAL_COS cola_cos
#define REAL_SHOW(seen, values) ((seen)->f64 = (values))
#endif

/* Round N values to the type that --round names, as a machine of that type
 * would on writing them to memory. */
static void
rounded(const struct definition *r, REAL *values, size_t n)
{
    if (r->rounding != COLA_ROUND_NONE)
        for (size_t i = 0; i < n; i++)
            values[i] = cola_round((double)values[i], r->rounding);
}

/* A + B, in float32 when that is the type: its sums are held in no wider one. */
static REAL
plus(const struct definition *r, REAL a, REAL b)
{
    return r->rounding == COLA_ROUND_F32 ? (REAL)(float)(a + b) : a + b;
}

static void
show(const struct definition *r, int position, enum cola_tap tap, size_t token,
     const REAL *values, size_t n)
{
    struct cola_seen seen = {position, tap, token, n, NULL, NULL};

    if (r->probe == NULL)
        return;
    REAL_SHOW(&seen, values);
    r->probe->see(r->probe->ctx, &seen);
}

/* COUNT elements of a weight from element FIRST, into r->row. */
static void
weights(const struct definition *r, const struct cola_tensor *w, size_t first,
        size_t count)
{
    cola_tensor_widen(w, first, count, r->row);
    if (r->rounding != COLA_ROUND_NONE)
        for (size_t i = 0; i < count; i++)
            r->row[i] = (float)cola_round((double)r->row[i], r->rounding);
}

/* y[t, n] = sum over k of w[n, k] x[t, k], for T tokens. */
static void
linear(const struct definition *r, const struct cola_tensor *w, const REAL *x, int tokens,
       REAL *y)
{
    size_t outputs = w->shape[0], inputs = w->shape[1];

    for (size_t n = 0; n < outputs; n++) {
        weights(r, w, n * inputs, inputs);
        for (size_t t = 0; t < (size_t)tokens; t++) {
            REAL sum = 0;

            for (size_t k = 0; k < inputs; k++)
                sum = plus(r, sum, plus(r, r->row[k] * x[t * inputs + k], 0));
            y[t * outputs + n] = sum;
        }
    }
    rounded(r, y, (size_t)tokens * outputs);
}

/* Divide by the root mean square, then scale each channel (arXiv 1910.07467). */
static void
norm(const struct definition *r, const struct cola_tensor *w, const REAL *x, int tokens,
     REAL *y)
{
    size_t d = w->shape[0];

    weights(r, w, 0, d);
    for (size_t t = 0; t < (size_t)tokens; t++) {
        REAL sum = 0, root;

        for (size_t i = 0; i < d; i++)
            sum = plus(r, sum, plus(r, x[t * d + i] * x[t * d + i], 0));
        root = REAL_SQRT(sum / (REAL)d + r->model->config.norm_eps);
        for (size_t i = 0; i < d; i++)
            y[t * d + i] = x[t * d + i] / root * r->row[i];
    }
    rounded(r, y, (size_t)tokens * d);
}

/*
 * Rotary position (arXiv 2104.09864): channel i and channel i + e/2 of a head
 * are turned, as a pair, by an angle that grows with the token's index.  The
 * index counts tokens; how often a layer has been visited does not enter.
 */
static void
rope(const struct definition *r, REAL *x, int heads)
{
    int e = r->model->config.head_dim;
    REAL theta = r->model->config.rope_theta;

    for (int t = 0; t < r->tokens; t++)
        for (int h = 0; h < heads; h++)
            for (int i = 0; i < e / 2; i++) {
                REAL angle = (REAL)(r->before + t) *
                             REAL_POW(theta, (REAL)-2 * i / (REAL)e);
                REAL *head = x + ((size_t)t * (size_t)heads + (size_t)h) * (size_t)e;
                REAL a = head[i], b = head[i + e / 2];

                head[i] = a * REAL_COS(angle) - b * REAL_SIN(angle);
                head[i + e / 2] = b * REAL_COS(angle) + a * REAL_SIN(angle);
            }
    rounded(r, x, (size_t)r->tokens * (size_t)heads * (size_t)e);
}

/*
 * Each head of each token compares its query with the keys of all tokens up
 * to its own and takes the average of their values, weighted by softmax of the
 * comparison.  Several query heads share one head of keys and values (arXiv
 * 2305.13245).
 */
static void
attend(const struct definition *r, int position)
{
    const struct cola_config *c = &r->model->config;
    size_t e = (size_t)c->head_dim, H = (size_t)c->heads, G = (size_t)c->kv_heads;
    size_t before = (size_t)r->before;

    for (size_t t = 0; t < (size_t)r->tokens; t++)
        for (size_t h = 0; h < H; h++) {
            const REAL *q = r->q + (t * H + h) * e;
            REAL *out = r->a + (t * H + h) * e, largest = -INFINITY, sum = 0;
            size_t g = h / (H / G), seen = before + t + 1;

            for (size_t s = 0; s < seen; s++) {
                REAL dot = 0;

                for (size_t i = 0; i < e; i++)
                    dot = plus(r, dot, plus(r, q[i] * r->k[(s * G + g) * e + i], 0));
                r->score[s] = dot / REAL_SQRT((REAL)e);
                if (r->score[s] > largest)
                    largest = r->score[s];
            }
            show(r, position, COLA_TAP_SCORES, before + t, r->score, seen);
            for (size_t s = 0; s < seen; s++) {
                r->score[s] = REAL_EXP(r->score[s] - largest);
                sum = plus(r, sum, r->score[s]);
            }
            for (size_t i = 0; i < e; i++) {
                REAL mean = 0;

                for (size_t s = 0; s < seen; s++)
                    mean = plus(r, mean, r->score[s] * r->v[(s * G + g) * e + i]);
                out[i] = mean / sum;
            }
        }
    rounded(r, r->a, (size_t)r->tokens * H * e);
}

/* x += y */
static void
add(const struct definition *r)
{
    size_t n = (size_t)r->tokens * (size_t)r->model->config.width;

    for (size_t i = 0; i < n; i++)
        r->x[i] += r->y[i];
    rounded(r, r->x, n);
}

void
cola_define_layer(struct definition *r, int layer, int position)
{
    const struct cola_layer *w = &r->model->layers[layer];
    const struct cola_config *c = &r->model->config;
    size_t first = (size_t)r->before, T = (size_t)r->tokens;
    size_t d = T * (size_t)c->width, f = T * (size_t)c->hidden;
    size_t he = T * (size_t)(c->heads * c->head_dim);
    size_t ge = T * (size_t)(c->kv_heads * c->head_dim);
    REAL *k = r->k + (size_t)(r->before * c->kv_heads * c->head_dim);
    REAL *v = r->v + (size_t)(r->before * c->kv_heads * c->head_dim);

    show(r, position, COLA_TAP_INPUT, first, r->x, d);
    norm(r, w->norm1, r->x, r->tokens, r->y);
    show(r, position, COLA_TAP_NORM1, first, r->y, d);
    linear(r, w->q, r->y, r->tokens, r->q);
    linear(r, w->k, r->y, r->tokens, k);
    linear(r, w->v, r->y, r->tokens, v);
    show(r, position, COLA_TAP_Q, first, r->q, he);
    show(r, position, COLA_TAP_K, first, k, ge);
    show(r, position, COLA_TAP_V, first, v, ge);
    rope(r, r->q, c->heads);
    rope(r, k, c->kv_heads);
    show(r, position, COLA_TAP_Q_ROPE, first, r->q, he);
    show(r, position, COLA_TAP_K_ROPE, first, k, ge);
    attend(r, position);
    show(r, position, COLA_TAP_ATTENTION, first, r->a, he);
    linear(r, w->o, r->a, r->tokens, r->y);
    show(r, position, COLA_TAP_ATTN_OUT, first, r->y, d);
    add(r);
    show(r, position, COLA_TAP_MIDDLE, first, r->x, d);

    /* down(silu(gate(y)) * up(y)), silu(z) = z / (1 + exp(-z)) (arXiv 2002.05202) */
    norm(r, w->norm2, r->x, r->tokens, r->y);
    show(r, position, COLA_TAP_NORM2, first, r->y, d);
    linear(r, w->gate, r->y, r->tokens, r->gate);
    linear(r, w->up, r->y, r->tokens, r->up);
    show(r, position, COLA_TAP_GATE, first, r->gate, f);
    show(r, position, COLA_TAP_UP, first, r->up, f);
    for (size_t i = 0; i < f; i++)
        r->gate[i] = r->gate[i] / (1 + REAL_EXP(-r->gate[i])) * r->up[i];
    rounded(r, r->gate, f);
    show(r, position, COLA_TAP_ACT, first, r->gate, f);
    linear(r, w->down, r->gate, r->tokens, r->y);
    show(r, position, COLA_TAP_DOWN, first, r->y, d);
    add(r);
    show(r, position, COLA_TAP_OUTPUT, first, r->x, d);
}

/* The logits after token T, of the stream that is there. */
static void
head(const struct definition *r, int t)
{
    const struct cola_model *m = r->model;

    norm(r, m->norm, r->x + (size_t)t * (size_t)m->config.width, 1, r->y);
    linear(r, m->head, r->y, 1, r->logits);
}

void
cola_define_chain(struct definition *r)
{
    const struct cola_model *m = r->model;
    size_t d = (size_t)m->config.width;

    for (size_t t = 0; t < (size_t)r->tokens; t++) {
        weights(r, m->embed, (size_t)r->ids[t] * d, d);
        for (size_t i = 0; i < d; i++)
            r->x[t * d + i] = r->row[i];
    }
    show(r, -1, COLA_TAP_OUTPUT, 0, r->x, (size_t)r->tokens * d);

    for (int p = 0; p < r->chain.len; p++)
        cola_define_layer(r, r->chain.at[p], p);
    head(r, r->tokens - 1);
}
