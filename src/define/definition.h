/*
 * definition.h - one run of define/: its chain, its tokens, its arrays
 *
 * REAL is double.  Where the compiler has a type of 128 bits, define.c is
 * compiled a second time with it, to bound the error of the first.
 */
#ifndef COLA_DEFINITION_H
#define COLA_DEFINITION_H

#include <stdlib.h>

#include "define/executor.h"

#ifndef REAL
#define REAL double
#endif

struct definition {
    const struct cola_model *model;
    const struct cola_probe *probe;     /* NULL: nobody looks */
    enum cola_rounding rounding;
    struct cola_chain chain;
    int *ids;                   /* [tokens] */
    int tokens;
    int before;                 /* tokens whose keys and values are given, at the
                                 * front of k and v: 0 but in define_layer() */
    REAL *x, *y;                /* [T, d] the stream; its norm, then what is added */
    REAL *q, *k, *v, *a;        /* [T, H*e] queries, [T, G*e] twice, [T, H*e] */
    REAL *gate, *up;            /* [T, f] */
    REAL *score;                /* [T] */
    float *row;                 /* one row of a weight matrix */
    REAL *logits;               /* [V] */
};

static inline void
cola_definition_free(struct definition *r)
{
    if (r == NULL)
        return;
    free(r->ids);
    free(r->x);
    free(r->row);
    free(r);
}

/* Room for TOKENS tokens; all arrays of REAL are pieces of one.  NULL when memory
 * is out. */
static inline struct definition *
cola_definition_new(const struct cola_model *model, int tokens)
{
    const struct cola_config *c = &model->config;
    size_t T = (size_t)tokens, d = (size_t)c->width, f = (size_t)c->hidden;
    size_t he = (size_t)c->heads * (size_t)c->head_dim;
    size_t ge = (size_t)c->kv_heads * (size_t)c->head_dim;
    size_t V = (size_t)c->vocabulary;
    struct definition *r = cola_alloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    r->model = model;
    r->ids = cola_alloc(T, sizeof *r->ids);
    r->row = cola_alloc(d + f + he, sizeof *r->row);
    r->x = cola_alloc(T * (2 * d + 2 * he + 2 * ge + 2 * f + 1) + V, sizeof *r->x);
    if (r->ids == NULL || r->row == NULL || r->x == NULL) {
        cola_definition_free(r);
        return NULL;
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
    return r;
}

/* The layer LAYER over the tokens of x, at POSITION. */
void cola_define_layer(struct definition *r, int layer, int position);

/* The whole chain over all tokens, to the logits of the last. */
void cola_define_chain(struct definition *r);

#endif
