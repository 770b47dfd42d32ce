/*
 * matmul_exact.c - the float32 product in its defined order
 *
 * One output is, whatever computes it:
 *
 *     total = 0
 *     for each block of 256 consecutive k, in order:
 *         s = 0
 *         for k in the block, in order:
 *             s = s + x[k] * w[k]         multiply and add rounded separately
 *         total = total + s
 *
 * The order binds one output only, so a vector holds 16 different outputs and
 * no sum is ever reassociated.  For that the weights are packed in panels of
 * 16 outputs, k by k, in their own dtype: a panel's k-th row is the 16 weights
 * that one x[k] is multiplied with.  A block of a panel is widened to float32
 * once and used for all rows of x.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "execute/matmul.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/parallel.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define PANEL 16                /* outputs side by side */
#define BLOCK 256               /* of k: part of the definition */
#define ROWS 2                  /* rows of x at a time: fits 16 registers */
#define SHARE 65536             /* multiplications worth a thread's while */

#ifdef __GNUC__
/* Four at a time is what every vector unit has; eight accumulators of them,
 * the weights and x fit 16 registers. */
typedef float quad __attribute__((vector_size(4 * sizeof(float))));
#endif

struct panels {
    size_t n, k;
    enum cola_dtype dtype;
    void *data;                 /* [ceil(n/16)][k][16] of the dtype */
};

static enum cola_status
exact_pack(const struct cola_tensor *w, void **packed, struct cola_error *err)
{
    size_t n = w->shape[0], k = w->shape[1], size = cola_dtype_size(w->dtype);
    size_t count = (n + PANEL - 1) / PANEL;
    struct panels *p = cola_alloc(1, sizeof *p);
    unsigned char *data = cola_alloc(count * k, PANEL * size);

    if (p == NULL || data == NULL) {
        free(p);
        free(data);
        return cola_fail_memory(err);
    }
    *p = (struct panels){n, k, w->dtype, data};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < k; j++) {
            const unsigned char *from = w->data + (i * k + j) * size;
            size_t to = (i / PANEL * k + j) * PANEL + i % PANEL;

            /* stored in the machine's own byte order */
            if (size == 4)
                ((uint32_t *)p->data)[to] = cola_load32(from);
            else
                ((uint16_t *)p->data)[to] = cola_load16(from);
        }
    *packed = p;
    return COLA_OK;
}

static void
exact_free(void *packed)
{
    struct panels *p = packed;

    if (p != NULL)
        free(p->data);
    free(p);
}

/* COUNT rows of a panel from row FIRST, as float32: in place, or in ROOM. */
static const float *
widened(const struct panels *p, size_t first, size_t count, float *room)
{
    const uint16_t *half = (const uint16_t *)p->data + first * PANEL;

    switch (p->dtype) {
    case COLA_F32:
        return (const float *)p->data + first * PANEL;
    case COLA_BF16:
        for (size_t i = 0; i < count * PANEL; i++) {
            uint32_t bits = (uint32_t)half[i] << 16;

            memcpy(&room[i], &bits, sizeof bits);
        }
        break;
    case COLA_F16:
        for (size_t i = 0; i < count * PANEL; i++)
            room[i] = cola_f32_from_f16(half[i]);
        break;
    }
    return room;
}

#ifdef __GNUC__
static quad
load(const float *p)
{
    quad q;

    memcpy(&q, p, sizeof q);
    return q;
}

static void
add(float *total, quad s)
{
    quad t = load(total) + s;

    memcpy(total, &t, sizeof t);
}
#endif

/* total[16] += the sums of one block, for one or two rows of x. */
static void
block(const float *w, size_t count, const float *x0, const float *x1, float *total0,
      float *total1)
{
#ifdef __GNUC__
    quad a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0}, b0 = {0}, b1 = {0}, b2 = {0}, b3 = {0};

    for (size_t k = 0; k < count; k++, w += PANEL) {
        quad w0 = load(w), w1 = load(w + 4), w2 = load(w + 8), w3 = load(w + 12);

        a0 = a0 + x0[k] * w0;
        a1 = a1 + x0[k] * w1;
        a2 = a2 + x0[k] * w2;
        a3 = a3 + x0[k] * w3;
        b0 = b0 + x1[k] * w0;
        b1 = b1 + x1[k] * w1;
        b2 = b2 + x1[k] * w2;
        b3 = b3 + x1[k] * w3;
    }
    add(total0, a0);
    add(total0 + 4, a1);
    add(total0 + 8, a2);
    add(total0 + 12, a3);
    if (total1 == NULL)
        return;
    add(total1, b0);
    add(total1 + 4, b1);
    add(total1 + 8, b2);
    add(total1 + 12, b3);
#else
    float s0[PANEL] = {0}, s1[PANEL] = {0};

    for (size_t k = 0; k < count; k++)
        for (size_t j = 0; j < PANEL; j++) {
            s0[j] = s0[j] + x0[k] * w[k * PANEL + j];
            s1[j] = s1[j] + x1[k] * w[k * PANEL + j];
        }
    for (size_t j = 0; j < PANEL; j++) {
        total0[j] = total0[j] + s0[j];
        if (total1 != NULL)
            total1[j] = total1[j] + s1[j];
    }
#endif
}

struct product {
    const struct panels *p;
    const float *x;
    size_t m;
    float *y;
};

/* All rows of x against one panel. */
static void
panel(void *ctx, size_t i, int worker)
{
    const struct product *job = ctx;
    const struct panels *p = job->p;
    size_t k = p->k, n = p->n, outputs = n - i * PANEL < PANEL ? n - i * PANEL : PANEL;
    float room[BLOCK * PANEL], total0[PANEL], total1[PANEL];

    (void)worker;
    for (size_t b = 0; b < k; b += BLOCK) {
        size_t count = k - b < BLOCK ? k - b : BLOCK;
        const float *weights = widened(p, i * k + b, count, room);

        for (size_t m = 0; m < job->m; m += ROWS) {
            const float *x0 = job->x + m * k + b;
            float *y0 = job->y + m * n + i * PANEL;
            int two = m + 1 < job->m;

            memset(total0, 0, sizeof total0);
            memset(total1, 0, sizeof total1);
            if (b > 0) {
                memcpy(total0, y0, outputs * sizeof *y0);
                if (two)
                    memcpy(total1, y0 + n, outputs * sizeof *y0);
            }
            block(weights, count, x0, two ? x0 + k : x0, total0, two ? total1 : NULL);
            memcpy(y0, total0, outputs * sizeof *y0);
            if (two)
                memcpy(y0 + n, total1, outputs * sizeof *y0);
        }
    }
}

static size_t
exact_scratch(size_t m, size_t k)
{
    (void)m;
    (void)k;
    return 0;
}

static void
exact_multiply(const void *packed, const float *x, size_t m, float *y, void *scratch)
{
    struct product job = {packed, x, m, y};
    size_t count = (job.p->n + PANEL - 1) / PANEL;

    (void)scratch;
    if (m * job.p->n * job.p->k >= SHARE)
        cola_parallel(count, panel, &job);
    else
        for (size_t i = 0; i < count; i++)
            panel(&job, i, 0);
}

const struct cola_matmul_ops cola_matmul_exact = {
    exact_pack, exact_free, exact_scratch, exact_multiply,
};
