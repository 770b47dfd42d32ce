/*
 * matmul.h - y = x W^T, the one product everything large is made of
 *
 *     y[m, n] = sum over k of x[m, k] w[n, k]     x [M, K], w [N, K], y [M, N]
 *
 * A weight matrix is made ready once, at open, and multiplied many times.
 * Three implementations stand behind the table:
 *
 *   exact  float32; the order of every sum is part of the definition
 *   int8   weights and activations rounded to 8 bits, sums exact in int32
 *   blas   float32 by CBLAS, in an order of its own
 *
 * With exact and int8 a row of y depends on that row of x and on W alone:
 * neither M nor the number of threads can change a bit.
 */
#ifndef COLA_MATMUL_H
#define COLA_MATMUL_H

#include "model/tensor.h"

struct cola_matmul_ops {
    enum cola_status (*pack)(const struct cola_tensor *w, void **packed,
                             struct cola_error *err);
    void (*free)(void *packed);         /* accepts NULL */
    /* Bytes of scratch that multiply() needs for M rows of K inputs. */
    size_t (*scratch)(size_t m, size_t k);
    void (*multiply)(const void *packed, const float *x, size_t m, float *y,
                     void *scratch);
};

extern const struct cola_matmul_ops cola_matmul_exact;
extern const struct cola_matmul_ops cola_matmul_int8;
#ifdef HAVE_CBLAS
extern const struct cola_matmul_ops cola_matmul_blas;

/* The processor kernels that CBLAS chose ("Haswell"), or "unknown". */
const char *cola_blas_core(void);
#endif

#endif
