/*
 * matmul_blas.c - the product by CBLAS
 *
 * Fast or slow as the library is, and not reproducible: OpenBLAS adds in
 * another order on another processor, with another number of threads, and
 * with another number of rows.  It is here to be compared with.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "execute/matmul.h"

#ifdef HAVE_CBLAS

#include <cblas.h>
#include <limits.h>
#include <stdlib.h>

struct dense {
    int n, k;
    float *w;                   /* [n, k] */
};

static void
blas_free(void *packed)
{
    struct dense *p = packed;

    if (p != NULL)
        free(p->w);
    free(p);
}

static enum cola_status
blas_pack(const struct cola_tensor *w, void **packed, struct cola_error *err)
{
    size_t n = w->shape[0], k = w->shape[1];
    struct dense *p = cola_alloc(1, sizeof *p);

    if (p != NULL)
        p->w = cola_alloc(n, k * sizeof *p->w);
    if (p == NULL || p->w == NULL || n > INT_MAX || k > INT_MAX) {
        blas_free(p);
        return cola_fail_memory(err);
    }
    p->n = (int)n;
    p->k = (int)k;
    cola_tensor_widen(w, 0, n * k, p->w);
#ifdef HAVE_OPENBLAS_SET_NUM_THREADS
    /* Threads are used one level up, where they cannot change a sum. */
    openblas_set_num_threads(1);
#endif
    *packed = p;
    return COLA_OK;
}

static size_t
blas_scratch(size_t m, size_t k)
{
    (void)m;
    (void)k;
    return 0;
}

static void
blas_multiply(const void *packed, const float *x, size_t m, float *y, void *scratch)
{
    const struct dense *p = packed;

    (void)scratch;
    if (m == 1)                 /* sgemm with one row is several times slower */
        cblas_sgemv(CblasRowMajor, CblasNoTrans, p->n, p->k, 1.0f, p->w, p->k, x, 1,
                    0.0f, y, 1);
    else
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)m, p->n, p->k, 1.0f,
                    x, p->k, p->w, p->k, 0.0f, y, p->n);
}

const struct cola_matmul_ops cola_matmul_blas = {
    blas_pack, blas_free, blas_scratch, blas_multiply,
};

const char *
cola_blas_core(void)
{
#ifdef HAVE_OPENBLAS_GET_CORENAME
    return openblas_get_corename();
#else
    return "unknown";
#endif
}

#endif
