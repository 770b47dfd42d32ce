/*
 * execute_again.c - the execution of a chain twice more, for the tests
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "execute_again.h"

#include <math.h>
#include <stdlib.h>

#include "base/number.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

static void *
take(size_t count, size_t size)
{
    void *block = calloc(count + 1, size);

    if (block == NULL)
        abort();
    return block;
}

/* ---- products ----------------------------------------------------------- */

float
again_element(const struct cola_tensor *t, size_t i)
{
    int wide = t->dtype == COLA_F32, exponent, fraction_bits, bias;
    const unsigned char *p = t->data + i * (wide ? 4 : 2);
    uint32_t bits = wide ? p[0] + 256u * p[1] + 65536u * p[2] + 16777216u * p[3] :
                    p[0] + 256u * p[1];
    uint32_t fraction;
    double x;

    if (t->dtype == COLA_BF16)
        bits *= 65536;
    fraction_bits = t->dtype == COLA_F16 ? 10 : 23;
    bias = t->dtype == COLA_F16 ? 15 : 127;
    fraction = bits % (1u << fraction_bits);
    exponent = (int)(bits >> fraction_bits) % (2 * bias + 2);
    if (exponent == 0)
        x = ldexp((double)fraction, 1 - bias - fraction_bits);
    else
        x = ldexp((double)(fraction + (1u << fraction_bits)),
                  exponent - bias - fraction_bits);
    return (float)(bits >> (t->dtype == COLA_F16 ? 15 : 31) ? -x : x);
}

float
again_quantize(const float *x, size_t k, int64_t *q)
{
    float largest = 0.0f, scale;
    int bad = 0;

    for (size_t i = 0; i < k; i++) {
        bad = bad || isnan(x[i]) || isinf(x[i]);
        largest = fmaxf(largest, fabsf(x[i]));
    }
    scale = bad ? NAN : largest / 127.0f;
    for (size_t i = 0; i < k; i++) {
        float ratio = bad || scale == 0.0f ? 0.0f : x[i] / scale;
        double below = floor((double)ratio), rest = (double)ratio - below;
        int64_t n;

        if (fabsf(ratio) > 127.0f)
            ratio = ratio < 0.0f ? -127.0f : 127.0f, below = (double)ratio, rest = 0.0;
        n = (int64_t)below;
        q[i] = rest > 0.5 || (rest == 0.5 && n % 2 != 0) ? n + 1 : n;
    }
    return scale;
}

static void
multiply_int8(const struct cola_tensor *w, const float *x, size_t m, float *y)
{
    size_t n = w->shape[0], k = w->shape[1];
    float *row = take(k, sizeof *row), *scale = take(m, sizeof *scale);
    int64_t *qw = take(k, sizeof *qw), *qx = take(m * k, sizeof *qx);

    for (size_t i = 0; i < m; i++)
        scale[i] = again_quantize(x + i * k, k, qx + i * k);
    for (size_t j = 0; j < n; j++) {
        float scale_w;

        for (size_t c = 0; c < k; c++)
            row[c] = again_element(w, j * k + c);
        scale_w = again_quantize(row, k, qw);
        for (size_t i = 0; i < m; i++) {
            int64_t sum = 0;

            for (size_t c = 0; c < k; c++)
                sum += qx[i * k + c] * qw[c];
            y[i * n + j] = ((float)sum * scale[i]) * scale_w;
        }
    }
    free(row);
    free(scale);
    free(qw);
    free(qx);
}

void
again_multiply(enum again_product product, const struct cola_tensor *w, const float *x,
               size_t m, float *y)
{
    size_t n = w->shape[0], k = w->shape[1];
    float *row;

    if (product == AGAIN_INT8) {
        multiply_int8(w, x, m, y);
        return;
    }
    row = take(k, sizeof *row);
    for (size_t j = 0; j < n; j++) {
        for (size_t c = 0; c < k; c++)
            row[c] = again_element(w, j * k + c);
        for (size_t i = 0; i < m; i++) {
            float total = 0.0f, s = 0.0f;

            for (size_t c = 0; c < k; c++) {
                s = s + x[i * k + c] * row[c];
                if (c % 256 == 255 || c == k - 1) {
                    total = total + s;
                    s = 0.0f;
                }
            }
            y[i * n + j] = total;
        }
    }
    free(row);
}

/* ---- everything else, in float ------------------------------------------ */

/* The sum of lanes FIRST, FIRST + STEP, ... of 16. */
static float
tree(const float *x, size_t d, size_t first, size_t step)
{
    float sum = 0.0f;

    if (step < 16)
        return tree(x, d, first, 2 * step) + tree(x, d, first + step, 2 * step);
    for (size_t i = first; i < d; i += 16)
        sum = sum + x[i] * x[i];
    return sum;
}

void
again_norm(const float *x, const float *w, size_t d, float eps, float *y)
{
    float r = 1.0f / sqrtf(tree(x, d, 0, 1) / (float)d + eps);

    for (size_t i = 0; i < d; i++) {
        float scaled = x[i] * r;

        y[i] = scaled * w[i];
    }
}

void
again_rope(float *x, size_t e, double theta, size_t t)
{
    for (size_t i = 0; 2 * i < e; i++) {
        double angle = (double)t * cola_pow(theta, -2.0 * (double)i / (double)e);
        float c = (float)cola_cos(angle), s = (float)cola_sin(angle);
        float a = x[i], b = x[e / 2 + i], ac = a * c, bs = b * s, bc = b * c, as = a * s;

        x[i] = ac - bs;
        x[e / 2 + i] = bc + as;
    }
}

void
again_attention(const float *q, const float *k, const float *v, size_t e, size_t stride,
                size_t count, float *out)
{
    float *weight = take(count, sizeof *weight), largest, sum = 0.0f;

    for (size_t s = 0; s < count; s++) {
        for (size_t i = 0; i < e; i++)
            weight[s] = weight[s] + q[i] * k[s * stride + i];
        weight[s] = weight[s] * (1.0f / sqrtf((float)e));
    }
    largest = weight[0];
    for (size_t s = 1; s < count; s++)
        largest = fmaxf(largest, weight[s]);
    for (size_t s = 0; s < count; s++) {
        float below = weight[s] - largest;

        weight[s] = (float)cola_exp((double)below);
        sum = sum + weight[s];
    }
    for (size_t i = 0; i < e; i++) {
        float mean = 0.0f;

        for (size_t s = 0; s < count; s++)
            mean = mean + weight[s] * v[s * stride + i];
        out[i] = mean / sum;
    }
    free(weight);
}

/* The norm of N tokens. */
static float *
normed(const struct cola_model *model, const struct cola_tensor *w, const float *x,
       size_t n)
{
    size_t d = w->shape[0];
    float *scale = take(d, sizeof *scale), *y = take(n * d, sizeof *y);

    for (size_t i = 0; i < d; i++)
        scale[i] = again_element(w, i);
    for (size_t t = 0; t < n; t++)
        again_norm(x + t * d, scale, d, (float)model->config.norm_eps, y + t * d);
    free(scale);
    return y;
}

static float *
product(enum again_product how, const struct cola_tensor *w, const float *x, size_t n)
{
    float *y = take(n * w->shape[0], sizeof *y);

    again_multiply(how, w, x, n, y);
    return y;
}

static void
add_attention(enum again_product how, const struct cola_model *model,
              const struct cola_layer *w, float *x, size_t n)
{
    size_t H = (size_t)model->config.heads, G = (size_t)model->config.kv_heads;
    size_t e = (size_t)model->config.head_dim, d = (size_t)model->config.width;
    float *y = normed(model, w->norm1, x, n), *o;
    float *q = product(how, w->q, y, n), *k = product(how, w->k, y, n);
    float *v = product(how, w->v, y, n), *a = take(n * H * e, sizeof *a);

    for (size_t t = 0; t < n; t++) {
        for (size_t h = 0; h < H; h++)
            again_rope(q + (t * H + h) * e, e, model->config.rope_theta, t);
        for (size_t g = 0; g < G; g++)
            again_rope(k + (t * G + g) * e, e, model->config.rope_theta, t);
    }
    for (size_t t = 0; t < n; t++)
        for (size_t h = 0; h < H; h++) {
            size_t g = h * G / H;

            again_attention(q + (t * H + h) * e, k + g * e, v + g * e, e, G * e, t + 1,
                            a + (t * H + h) * e);
        }
    o = product(how, w->o, a, n);
    for (size_t i = 0; i < n * d; i++)
        x[i] = x[i] + o[i];
    free(y);
    free(q);
    free(k);
    free(v);
    free(a);
    free(o);
}

static void
add_mlp(enum again_product how, const struct cola_model *model,
        const struct cola_layer *w, float *x, size_t n)
{
    float *y = normed(model, w->norm2, x, n), *down;
    float *gate = product(how, w->gate, y, n), *up = product(how, w->up, y, n);

    for (size_t i = 0; i < n * (size_t)model->config.hidden; i++) {
        double z = (double)gate[i];
        float silu = (float)(z / (1.0 + cola_exp(-z)));

        gate[i] = silu * up[i];
    }
    down = product(how, w->down, gate, n);
    for (size_t i = 0; i < n * (size_t)model->config.width; i++)
        x[i] = x[i] + down[i];
    free(y);
    free(gate);
    free(up);
    free(down);
}

void
again_forward(enum again_product how, const struct cola_model *model,
              const struct cola_chain *chain, const int *ids, size_t n, double *logits)
{
    size_t d = (size_t)model->config.width;
    float *x = take(n * d, sizeof *x), *last, *out;

    for (size_t i = 0; i < n * d; i++)
        x[i] = again_element(model->embed, (size_t)ids[i / d] * d + i % d);
    for (int p = 0; p < chain->len; p++) {
        add_attention(how, model, &model->layers[chain->at[p]], x, n);
        add_mlp(how, model, &model->layers[chain->at[p]], x, n);
    }
    last = normed(model, model->norm, x + (n - 1) * d, 1);
    out = product(how, model->head, last, 1);
    for (int v = 0; v < model->config.vocabulary; v++)
        logits[v] = (double)out[v];
    free(x);
    free(last);
    free(out);
}

/* ---- in long double, a token at a time ---------------------------------- */

/* y [N] = w x, or, with ADD, y + w x. */
static void
apply(const struct cola_tensor *w, const long double *x, long double *y, int add)
{
    for (size_t j = 0; j < w->shape[0]; j++) {
        long double sum = add ? y[j] : 0.0L;

        for (size_t c = 0; c < w->shape[1]; c++)
            sum += (long double)again_element(w, j * w->shape[1] + c) * x[c];
        y[j] = sum;
    }
}

static void
norm_long(const struct cola_model *model, const struct cola_tensor *w,
          const long double *x, long double *y)
{
    size_t d = w->shape[0];
    long double mean = 0.0L;

    for (size_t i = 0; i < d; i++)
        mean += x[i] * x[i] / (long double)d;
    for (size_t i = 0; i < d; i++)
        y[i] = (long double)again_element(w, i) * x[i] /
               sqrtl(mean + (long double)model->config.norm_eps);
}

static void
rope_long(const struct cola_model *model, long double *x, size_t t)
{
    size_t half = (size_t)model->config.head_dim / 2;

    for (size_t i = 0; i < half; i++) {
        long double turn = (long double)t / powl((long double)model->config.rope_theta,
                                                 (long double)i / (long double)half);
        long double radius = hypotl(x[i], x[half + i]);
        long double angle = atan2l(x[half + i], x[i]) + turn;

        x[i] = radius * cosl(angle);
        x[half + i] = radius * sinl(angle);
    }
}

/* Token T at one position of the chain, whose earlier keys and values are in
 * the rows of K and V, [n, G*e] each. */
static void
visit_long(const struct cola_model *model, const struct cola_layer *w, long double *x,
           long double *k, long double *v, size_t t)
{
    const struct cola_config *c = &model->config;
    size_t H = (size_t)c->heads, G = (size_t)c->kv_heads, e = (size_t)c->head_dim;
    size_t d = (size_t)c->width, f = (size_t)c->hidden;
    long double *y = take(d, sizeof *y), *q = take(H * e, sizeof *q);
    long double *a = take(H * e, sizeof *a), *gate = take(f, sizeof *gate);
    long double *up = take(f, sizeof *up);

    norm_long(model, w->norm1, x, y);
    apply(w->q, y, q, 0);
    apply(w->k, y, k + t * G * e, 0);
    apply(w->v, y, v + t * G * e, 0);
    for (size_t g = 0; g < G; g++)
        rope_long(model, k + (t * G + g) * e, t);
    for (size_t h = 0; h < H; h++) {
        long double sum = 0.0L;
        size_t g = h * G / H;

        rope_long(model, q + h * e, t);
        for (size_t s = 0; s <= t; s++) {
            long double score = 0.0L, weight;

            for (size_t i = 0; i < e; i++)
                score += q[h * e + i] * k[(s * G + g) * e + i];
            weight = expl(score / sqrtl((long double)e));
            sum += weight;
            for (size_t i = 0; i < e; i++)
                a[h * e + i] += weight * v[(s * G + g) * e + i];
        }
        for (size_t i = 0; i < e; i++)
            a[h * e + i] /= sum;
    }
    apply(w->o, a, x, 1);
    norm_long(model, w->norm2, x, y);
    apply(w->gate, y, gate, 0);
    apply(w->up, y, up, 0);
    for (size_t i = 0; i < f; i++)
        gate[i] = gate[i] * up[i] / (1.0L + expl(-gate[i]));
    apply(w->down, gate, x, 1);
    free(y);
    free(q);
    free(a);
    free(gate);
    free(up);
}

void
again_forward_long(const struct cola_model *model, const struct cola_chain *chain,
                   const int *ids, size_t n, double *logits)
{
    size_t d = (size_t)model->config.width, V = (size_t)model->config.vocabulary;
    size_t cache = n * (size_t)model->config.kv_heads * (size_t)model->config.head_dim;
    long double *k = take((size_t)chain->len * cache, sizeof *k);
    long double *v = take((size_t)chain->len * cache, sizeof *v);
    long double *x = take(d, sizeof *x), *out = take(V, sizeof *out);

    for (size_t t = 0; t < n; t++) {
        for (size_t i = 0; i < d; i++)
            x[i] = (long double)again_element(model->embed, (size_t)ids[t] * d + i);
        for (size_t p = 0; p < (size_t)chain->len; p++)
            visit_long(model, &model->layers[chain->at[p]], x, k + p * cache,
                       v + p * cache, t);
    }
    norm_long(model, model->norm, x, x);
    apply(model->head, x, out, 0);
    for (size_t i = 0; i < V; i++)
        logits[i] = (double)out[i];
    free(k);
    free(v);
    free(x);
    free(out);
}
