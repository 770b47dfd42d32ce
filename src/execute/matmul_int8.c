/*
 * matmul_int8.c - the product in 8-bit integers
 *
 * Each row of the weights and each row of the activations is rounded to
 * multiples of its own largest magnitude over 127, ties to even:
 *
 *     scale = largest / 127;   q[k] = round(w[k] / scale)      in float32
 *     y = ((float)(sum of q_x[k] q_w[k]) * scale_x) * scale_w
 *
 * The sum is of integers and exact in int32 (127 * 127 * k < 2^31 for k up to
 * 133144), so its order is free.  A row of zeros has scale 0 and stays zero.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "execute/matmul.h"

#include <math.h>
#include <stdlib.h>

#include "base/parallel.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define INPUTS_MAX 133144
#define SHARE 65536

struct rows {
    size_t n, k;
    int8_t *q;                  /* [n, k] */
    float *scale;               /* [n] */
};

/* To nearest, ties to even, for |x| < 2^22: adding 1.5 * 2^23 leaves no bits
 * for a fraction, and the addition itself rounds that way. */
static int8_t
nearest(float x)
{
    float shifted = x + 12582912.0f;

    return (int8_t)(int)(shifted - 12582912.0f);
}

/* A row that is not finite gets the scale NaN, so that whatever is computed
 * from it is none either. */
static void
quantize(const float *x, size_t k, int8_t *q, float *scale)
{
    float largest = 0.0f, s;
    int finite = 1;

    for (size_t i = 0; i < k; i++) {
        float a = fabsf(x[i]);

        if (a > largest)
            largest = a;
        finite &= isfinite(a) != 0;
    }
    s = finite ? largest / 127.0f : NAN;
    *scale = s;
    for (size_t i = 0; i < k; i++) {
        float v = s > 0.0f ? x[i] / s : 0.0f;

        /* x/s exceeds 127 only where s is subnormal, and coarse */
        q[i] = nearest(v > 127.0f ? 127.0f : v < -127.0f ? -127.0f : v);
    }
}

static void
int8_free(void *packed)
{
    struct rows *p = packed;

    if (p == NULL)
        return;
    free(p->q);
    free(p->scale);
    free(p);
}

static enum cola_status
int8_pack(const struct cola_tensor *w, void **packed, struct cola_error *err)
{
    size_t n = w->shape[0], k = w->shape[1];
    struct rows *p;
    float *row;

    if (k > INPUTS_MAX)
        return cola_fail(err, COLA_INPUT, "tensor %s has %zu inputs; int8 sums are "
                         "exact up to %d", w->name, k, INPUTS_MAX);
    p = cola_alloc(1, sizeof *p);
    row = cola_alloc(k, sizeof *row);
    if (p != NULL) {
        p->n = n;
        p->k = k;
        p->q = cola_alloc(n, k);
        p->scale = cola_alloc(n, sizeof *p->scale);
    }
    if (p == NULL || row == NULL || p->q == NULL || p->scale == NULL) {
        int8_free(p);
        free(row);
        return cola_fail_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        cola_tensor_widen(w, i * k, k, row);
        quantize(row, k, p->q + i * k, &p->scale[i]);
    }
    free(row);
    *packed = p;
    return COLA_OK;
}

static size_t
int8_scratch(size_t m, size_t k)
{
    return m * (k + sizeof(float));
}

/*
 * Both factors are signed: with one of them unsigned and shifted inside the
 * sum, gcc 12 compiles wrong code where the machine has VNNI.
 */
static int32_t
dot(const int8_t *a, const int8_t *b, size_t k)
{
    int32_t sum = 0;

#ifdef _OPENMP
#pragma omp simd reduction(+ : sum)
#endif
    for (size_t i = 0; i < k; i++)
        sum += (int32_t)a[i] * (int32_t)b[i];
    return sum;
}

struct product {
    const struct rows *p;
    const int8_t *q;            /* [m, k] */
    const float *scale;         /* [m] */
    size_t m;
    float *y;
};

static void
output(void *ctx, size_t n, int worker)
{
    const struct product *job = ctx;
    const struct rows *p = job->p;

    (void)worker;
    for (size_t m = 0; m < job->m; m++)
        job->y[m * p->n + n] = ((float)dot(job->q + m * p->k, p->q + n * p->k, p->k) *
                                job->scale[m]) * p->scale[n];
}

static void
int8_multiply(const void *packed, const float *x, size_t m, float *y, void *scratch)
{
    const struct rows *p = packed;
    float *scale = scratch;
    int8_t *q = (int8_t *)(scale + m);
    struct product job = {p, q, scale, m, y};

    for (size_t i = 0; i < m; i++)
        quantize(x + i * p->k, p->k, q + i * p->k, &scale[i]);
    if (m * p->n * p->k >= SHARE)
        cola_parallel(p->n, output, &job);
    else
        for (size_t n = 0; n < p->n; n++)
            output(&job, n, 0);
}

const struct cola_matmul_ops cola_matmul_int8 = {
    int8_pack, int8_free, int8_scratch, int8_multiply,
};
