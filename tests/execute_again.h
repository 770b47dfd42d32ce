/*
 * execute_again.h - the execution of a chain twice more, for the tests
 *
 * Written from the comments of src/execute (matmul_exact.c, matmul_int8.c,
 * norm.h, rope.h, attention.h) and built otherwise.  again_forward() is the
 * defined arithmetic and must give the same bits: one loop a sum, no cache, no
 * panels, no chunks, the whole sequence computed anew.  again_forward_long()
 * is the truth that f64 is held against: long double and libm, a token at a
 * time, with keys and values kept.  Of src/ they use the mapped tensors and,
 * where it is part of the definition, cola_exp() and its kin.  If memory is
 * out the program aborts.
 */
#ifndef COLA_TESTS_EXECUTE_AGAIN_H
#define COLA_TESTS_EXECUTE_AGAIN_H

#include "model/model.h"

enum again_product { AGAIN_EXACT, AGAIN_INT8 };

/* Element I, put together by arithmetic. */
float again_element(const struct cola_tensor *t, size_t i);

/* y [M, N] = x [M, K] w [N, K] transposed. */
void again_multiply(enum again_product product, const struct cola_tensor *w,
                    const float *x, size_t m, float *y);

/* A row in 8 bits: q [K], and the scale. */
float again_quantize(const float *x, size_t k, int64_t *q);

void again_norm(const float *x, const float *w, size_t d, float eps, float *y);

/* Turn one head [e] of token T. */
void again_rope(float *x, size_t e, double theta, size_t t);

/* One query head Q [e] over COUNT keys and values, each STRIDE floats after
 * the one before. */
void again_attention(const float *q, const float *k, const float *v, size_t e,
                     size_t stride, size_t count, float *out);

/* The logits [V] after the last of N tokens. */
void again_forward(enum again_product product, const struct cola_model *model,
                   const struct cola_chain *chain, const int *ids, size_t n,
                   double *logits);
void again_forward_long(const struct cola_model *model, const struct cola_chain *chain,
                        const int *ids, size_t n, double *logits);

#endif
