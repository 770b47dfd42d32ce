/*
 * layer.h - one transformer block in float32 over some new tokens
 */
#ifndef COLA_LAYER_H
#define COLA_LAYER_H

#include "define/probe.h"
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
    float *score;               /* [H, max_keys] */
    float *cosine, *sine;       /* [max_tokens, e/2] */
    void *matmul;
};

COLA_MUST_USE enum cola_status
cola_scratch_new(const struct cola_config *c, const struct cola_matmul_ops *matmul,
                 size_t m, size_t max_tokens, size_t max_keys, struct cola_scratch *s,
                 struct cola_error *err);
void cola_scratch_free(struct cola_scratch *s);

/*
 * Keys and values that the tokens of one position of the chain attend to, and
 * where theirs are written.
 */
struct cola_memory {
    float *keys, *values;       /* [G, room, e] */
    size_t room;
    size_t at;                  /* the first new token's entry; then the next */
    size_t seen;                /* the first new token attends to entries
                                 * 0 .. seen-1; each next one to one more */
};

/* Who looks, and where in the chain we are. */
struct cola_look {
    const struct cola_probe *probe;     /* NULL: nobody */
    int position;
};

/* Add to X [M, d], tokens FIRST .. FIRST+M-1, what the layer adds. */
void cola_layer(const struct cola_config *c, const struct cola_matmul_ops *matmul,
                const struct cola_block *w, struct cola_scratch *s, float *x,
                size_t m, size_t first, const struct cola_memory *memory,
                struct cola_look look);

#endif
