/*
 * definition.h - one run of define/: its chain, its tokens, its arrays
 *
 * REAL is double.  Where the compiler has a type of 128 bits, define.c is
 * compiled a second time with it, to bound the error of the first.
 */
#ifndef COLA_DEFINITION_H
#define COLA_DEFINITION_H

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

/* The layer LAYER over the tokens of x, at POSITION. */
void cola_define_layer(struct definition *r, int layer, int position);

/* The whole chain over all tokens, to the logits of the last. */
void cola_define_chain(struct definition *r);

#endif
