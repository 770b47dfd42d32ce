/*
 * layer.c - one transformer block in float32
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "execute/layer.h"

#include <stdlib.h>
#include <string.h>

#include "execute/attention.h"
#include "execute/norm.h"
#include "execute/rope.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

void
cola_scratch_free(struct cola_scratch *s)
{
    free(s->y);
    free(s->q);
    free(s->a);
    free(s->k);
    free(s->v);
    free(s->gate);
    free(s->up);
    free(s->score);
    free(s->cosine);
    free(s->sine);
    free(s->matmul);
    memset(s, 0, sizeof *s);
}

enum cola_status
cola_scratch_new(const struct cola_config *c, const struct cola_matmul_ops *matmul,
                 size_t m, size_t max_tokens, size_t max_keys, struct cola_scratch *s,
                 struct cola_error *err)
{
    size_t d = (size_t)c->width, f = (size_t)c->hidden, e = (size_t)c->head_dim;
    size_t he = (size_t)c->heads * e, ge = (size_t)c->kv_heads * e, widest = d;

    if (f > widest)
        widest = f;
    if (he > widest)
        widest = he;
    s->y = cola_alloc(m, d * sizeof(float));
    s->q = cola_alloc(m, he * sizeof(float));
    s->a = cola_alloc(m, he * sizeof(float));
    s->k = cola_alloc(m, ge * sizeof(float));
    s->v = cola_alloc(m, ge * sizeof(float));
    s->gate = cola_alloc(m, f * sizeof(float));
    s->up = cola_alloc(m, f * sizeof(float));
    s->score = cola_alloc(max_keys, (size_t)c->heads * sizeof(float));
    s->cosine = cola_alloc(max_tokens, e / 2 * sizeof(float));
    s->sine = cola_alloc(max_tokens, e / 2 * sizeof(float));
    s->matmul = cola_alloc(matmul->scratch(m, widest), 1);
    if (!s->y || !s->q || !s->a || !s->k || !s->v || !s->gate || !s->up || !s->score ||
        !s->cosine || !s->sine || !s->matmul) {
        cola_scratch_free(s);
        return cola_fail_memory(err);
    }
    cola_rope_table(max_tokens, e, c->rope_theta, s->cosine, s->sine);
    return COLA_OK;
}

/* The keys or values of one token, [G*e], become entry AT of [G, room, e]. */
static void
store(const struct cola_config *c, const float *from, size_t at, size_t room, float *to)
{
    size_t e = (size_t)c->head_dim;

    for (size_t g = 0; g < (size_t)c->kv_heads; g++)
        memcpy(to + (g * room + at) * e, from + g * e, e * sizeof *to);
}

static void
show(struct cola_look look, enum cola_tap tap, size_t token, const float *values,
     size_t n)
{
    struct cola_seen seen = {look.position, tap, token, n, values, NULL};

    if (look.probe != NULL)
        look.probe->see(look.probe->ctx, &seen);
}

static void
add(float *x, const float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = x[i] + y[i];
}

void
cola_layer(const struct cola_config *c, const struct cola_matmul_ops *matmul,
           const struct cola_block *w, struct cola_scratch *s, float *x, size_t m,
           size_t first, const struct cola_memory *memory, struct cola_look look)
{
    size_t d = (size_t)c->width, e = (size_t)c->head_dim, f = (size_t)c->hidden;
    size_t H = (size_t)c->heads, G = (size_t)c->kv_heads;
    float eps = (float)c->norm_eps;

    show(look, COLA_TAP_INPUT, first, x, m * d);
    for (size_t t = 0; t < m; t++)
        cola_norm(x + t * d, w->norm1, d, eps, s->y + t * d);
    show(look, COLA_TAP_NORM1, first, s->y, m * d);
    matmul->multiply(w->q, s->y, m, s->q, s->matmul);
    matmul->multiply(w->k, s->y, m, s->k, s->matmul);
    matmul->multiply(w->v, s->y, m, s->v, s->matmul);
    show(look, COLA_TAP_Q, first, s->q, m * H * e);
    show(look, COLA_TAP_K, first, s->k, m * G * e);
    show(look, COLA_TAP_V, first, s->v, m * G * e);
    for (size_t t = 0; t < m; t++) {
        const float *cosine = s->cosine + (first + t) * (e / 2);
        const float *sine = s->sine + (first + t) * (e / 2);

        cola_rope(s->q + t * H * e, H, e, cosine, sine);
        cola_rope(s->k + t * G * e, G, e, cosine, sine);
        store(c, s->k + t * G * e, memory->at + t, memory->room, memory->keys);
        store(c, s->v + t * G * e, memory->at + t, memory->room, memory->values);
    }
    show(look, COLA_TAP_Q_ROPE, first, s->q, m * H * e);
    show(look, COLA_TAP_K_ROPE, first, s->k, m * G * e);
    for (size_t t = 0; t < m; t++) {
        size_t seen = memory->seen + t;

        cola_attention(s->q + t * H * e, memory->keys, memory->values, H, G, e,
                       memory->room, seen, s->score, s->a + t * H * e);
        show(look, COLA_TAP_SCORES, first + t, s->score, H * seen);
    }
    show(look, COLA_TAP_ATTENTION, first, s->a, m * H * e);
    matmul->multiply(w->o, s->a, m, s->y, s->matmul);
    show(look, COLA_TAP_ATTN_OUT, first, s->y, m * d);
    add(x, s->y, m * d);
    show(look, COLA_TAP_MIDDLE, first, x, m * d);

    for (size_t t = 0; t < m; t++)
        cola_norm(x + t * d, w->norm2, d, eps, s->y + t * d);
    show(look, COLA_TAP_NORM2, first, s->y, m * d);
    matmul->multiply(w->gate, s->y, m, s->gate, s->matmul);
    matmul->multiply(w->up, s->y, m, s->up, s->matmul);
    show(look, COLA_TAP_GATE, first, s->gate, m * f);
    show(look, COLA_TAP_UP, first, s->up, m * f);
    cola_silu_times(s->gate, s->up, m * f);
    show(look, COLA_TAP_ACT, first, s->gate, m * f);
    matmul->multiply(w->down, s->gate, m, s->y, s->matmul);
    show(look, COLA_TAP_DOWN, first, s->y, m * d);
    add(x, s->y, m * d);
    show(look, COLA_TAP_OUTPUT, first, x, m * d);
}
