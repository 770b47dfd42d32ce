/*
 * layer.h - one transformer block in float32 over some new tokens
 */
#ifndef COLA_LAYER_H
#define COLA_LAYER_H

#include "execute/matmul.h"
#include "model/model.h"

/* The weights of a layer, made ready. */
struct cola_block {
    float *norm1, *norm2;                       /* [d] */
    void *q, *k, *v, *o, *gate, *up, *down;     /* packed */
};

/*
 * The activations of up to M tokens and the tables they need; sized once, so
 * that nothing is allocated inside a layer.
 */
struct cola_scratch {
    float *y;                   /* [M, d] the normed stream, then what is added */
    float *q, *a;               /* [M, H*e] */
    float *k, *v;               /* [M, G*e] */
    float *gate, *up;           /* [M, f] */
    float *score;               /* [max_tokens] */
    float *cosine, *sine;       /* [max_tokens, e/2] */
    void *matmul;
};

COLA_MUST_USE enum cola_status
cola_scratch_new(const struct cola_config *c, const struct cola_matmul_ops *matmul,
                 size_t m, size_t max_tokens, struct cola_scratch *s,
                 struct cola_error *err);
void cola_scratch_free(struct cola_scratch *s);

/*
 * Add to X [M, d], tokens FIRST .. FIRST+M-1, what the layer adds.  KEYS and
 * VALUES, [G, max_tokens, e], hold those of the tokens before and receive
 * those of these.
 */
void cola_layer(const struct cola_config *c, const struct cola_matmul_ops *matmul,
                const struct cola_block *w, struct cola_scratch *s, float *x,
                size_t m, size_t first, size_t max_tokens, float *keys, float *values);

#endif
