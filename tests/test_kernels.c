/*
 * test_kernels.c - products, norm, rotary position and attention, bit for bit
 *
 * What the comments of src/execute define is computed a second time by
 * execute_again.c and must have the same bits, around every edge of blocks,
 * panels and lanes.  Where that could repeat a mistake, libm and double say
 * what the result means.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/parallel.h"
#include "base/random.h"
#include "execute/attention.h"
#include "execute/matmul.h"
#include "execute/norm.h"
#include "execute/rope.h"
#include "execute_again.h"
#include "expect.h"

/* ---- help --------------------------------------------------------------- */

static void *
take(size_t count, size_t size)
{
    void *block = cola_alloc(count, size);

    assert_non_null(block);
    return block;
}

static float
draw(struct cola_splitmix *r)
{
    return (float)(2.0 * cola_splitmix_real(r) - 1.0);
}

static float *
draw_floats(size_t count, uint64_t seed)
{
    struct cola_splitmix r = {seed};
    float *x = take(count, sizeof *x);

    for (size_t i = 0; i < count; i++)
        x[i] = draw(&r);
    return x;
}

static void
put(unsigned char *p, uint32_t bits, size_t size)
{
    for (size_t i = 0; i < size; i++)
        p[i] = (unsigned char)(bits >> 8 * i);
}

/* A tensor of float32; tensor_free() it. */
static struct cola_tensor
tensor_of(const float *x, size_t n, size_t k)
{
    unsigned char *data = take(n * k, 4);

    for (size_t i = 0; i < n * k; i++)
        put(data + 4 * i, cola_f32_bits(x[i]), 4);
    return (struct cola_tensor){"w", COLA_F32, 2, {n, k}, data};
}

/* Random weights below 1 in size, whose low bits are used in every dtype;
 * among those of 16 bits are subnormal ones and zeros of both signs. */
static struct cola_tensor
tensor_draw(enum cola_dtype dtype, size_t n, size_t k, uint64_t seed)
{
    struct cola_splitmix r = {seed};
    size_t size = cola_dtype_size(dtype);
    unsigned char *data = take(n * k, size);

    for (size_t i = 0; i < n * k; i++) {
        uint32_t bits = (uint32_t)(cola_splitmix_next(&r) >> 32);

        if (dtype == COLA_F32)
            bits = cola_f32_bits(draw(&r));
        else if (dtype == COLA_BF16)
            bits = bits % 64 ? cola_bf16_from_f32(draw(&r)) : bits >> 8 & 0x80ff;
        else
            bits = (bits & 0x83ff) | (bits >> 16) % 15 << 10;
        put(data + i * size, bits, size);
    }
    return (struct cola_tensor){"w", dtype, 2, {n, k}, data};
}

static void
tensor_free(struct cola_tensor *w)
{
    free((void *)(uintptr_t)w->data);
}

/* y of its own, [M, N]. */
static float *
multiply(const struct cola_matmul_ops *ops, const struct cola_tensor *w, const float *x,
         size_t m)
{
    float *y = take(m * w->shape[0], sizeof *y);
    void *packed = NULL, *scratch = take(ops->scratch(m, w->shape[1]), 1);
    struct cola_error err;

    for (size_t i = 0; i < m * w->shape[0]; i++)
        y[i] = NAN;             /* what is not written stays one */
    assert_ok(ops->pack(w, &packed, &err), &err);
    ops->multiply(packed, x, m, y, scratch);
    ops->free(packed);
    free(scratch);
    return y;
}

/* The same bits; any two NaNs are the same. */
static void
assert_bits(const float *y, const float *want, size_t count, const char *what, size_t n,
            size_t k, size_t m)
{
    for (size_t i = 0; i < count; i++)
        if (cola_f32_bits(y[i]) != cola_f32_bits(want[i]) &&
            !(isnan(y[i]) && isnan(want[i])))
            fail_msg("%s, N %zu, K %zu, M %zu: value %zu is %a, defined as %a", what, n,
                     k, m, i, (double)y[i], (double)want[i]);
}

static const struct {
    const char *name;
    const struct cola_matmul_ops *ops;
    enum again_product again;
} products[] = {
    {"exact", &cola_matmul_exact, AGAIN_EXACT},
    {"int8", &cola_matmul_int8, AGAIN_INT8},
};

/* ---- products ----------------------------------------------------------- */

static void
product_over_shapes(size_t which)
{
    static const size_t ns[] = {1, 15, 16, 17, 33, 255, 257, 512};
    static const size_t ks[] = {1, 15, 16, 17, 255, 256, 257, 512, 600};
    size_t cases = 0;

    cola_threads_set(1);        /* a start of threads costs more than a product */
    for (size_t a = 0; a < COUNT(ns); a++)
        for (size_t b = 0; b < COUNT(ks); b++)
            for (int t = COLA_F32; t <= COLA_BF16; t++) {
                struct cola_tensor w =
                    tensor_draw((enum cola_dtype)t, ns[a], ks[b], 100 * a + b);
                float *x = draw_floats(5 * ks[b], a + 100 * b), *want;

                want = take(5 * ns[a], sizeof *want);
                again_multiply(products[which].again, &w, x, 5, want);
                for (size_t m = 1; m <= 5; m++, cases++) {
                    float *y = multiply(products[which].ops, &w, x, m);

                    assert_bits(y, want, m * ns[a], products[which].name, ns[a], ks[b],
                                m);
                    free(y);
                }
                free(want);
                free(x);
                tensor_free(&w);
            }
    cola_threads_set(0);
    print_message("%s: %zu shapes\n", products[which].name, cases);
}

static void
exact_product_is_three_loops_in_blocks_of_256(void **state)
{
    (void)state;
    product_over_shapes(0);
}

static void
int8_product_is_the_formula_in_int64(void **state)
{
    (void)state;
    product_over_shapes(1);
}

/* Over a thousand inputs the order shows: 2^24 takes in ones only in a block of
 * its own, and 257 is the first input of the second block. */
static void
exact_blocks_begin_at_multiples_of_256(void **state)
{
    static const struct {
        size_t big, ones;       /* where 2^24 stands; ones follow up to here */
        float want;
    } cases[] = {
        {0, 255, 16777216.0f},          /* one block: each 1 is lost */
        {0, 256, 16777216.0f},
        {0, 258, 16777218.0f},          /* the second block adds 2 at once */
        {0, 512, 16777472.0f},
        {255, 512, 16777472.0f},
        {256, 512, 16777216.0f},
        {128, 256, 16777216.0f},        /* blocks of 128 would find 128 */
        {0, 514, 16777474.0f},
    };

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        float w[600] = {0}, x[600], *y;
        struct cola_tensor t;

        for (size_t i = 0; i < 600; i++)
            x[i] = 1.0f;
        w[cases[c].big] = 16777216.0f;
        for (size_t i = cases[c].big + 1; i < cases[c].ones; i++)
            w[i] = 1.0f;
        t = tensor_of(w, 1, 600);
        y = multiply(&cola_matmul_exact, &t, x, 1);
        assert_bits(y, &cases[c].want, 1, "blocks", 1, 600, c);
        free(y);
        tensor_free(&t);
    }
}

/* Multiply and add are rounded separately: fused, 2^-24 would be left over. */
static void
exact_product_is_not_fused(void **state)
{
    float w[] = {-1.0f, 0x1.001p0f}, x[] = {0x1.002p0f, 0x1.001p0f}, zero = 0.0f, *y;
    struct cola_tensor t = tensor_of(w, 1, 2);

    (void)state;
    y = multiply(&cola_matmul_exact, &t, x, 1);
    assert_bits(y, &zero, 1, "fused", 1, 2, 1);
    free(y);
    tensor_free(&t);
}

/* Row I of y is that of row I alone, whatever the others are. */
static void
rows_do_not_depend_on_each_other(void **state)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY, FLT_MAX, 0.0f};
    const size_t n = 33, k = 300, m = 6;

    (void)state;
    for (size_t p = 0; p < COUNT(products); p++)
        for (size_t b = 0; b < COUNT(bad); b++)
            for (size_t at = 0; at < m; at++) {
                struct cola_tensor w = tensor_draw(COLA_BF16, n, k, b);
                float *x = draw_floats(m * k, at), *y;

                for (size_t i = 0; i < k; i++)
                    x[at * k + i] = bad[b];
                y = multiply(products[p].ops, &w, x, m);
                for (size_t i = 0; i < m; i++) {
                    float *alone = multiply(products[p].ops, &w, x + i * k, 1);

                    assert_bits(y + i * n, alone, n, products[p].name, n, k, i);
                    if (i != at)
                        for (size_t j = 0; j < n; j++)
                            assert_true(isfinite(y[i * n + j]));
                    free(alone);
                }
                free(y);
                free(x);
                tensor_free(&w);
            }
}

static void
threads_do_not_change_a_product(void **state)
{
    const size_t n = 1000, k = 700, m = 5;
    float *x = draw_floats(m * k, 1);

    (void)state;
    for (size_t p = 0; p < COUNT(products); p++)
        for (int t = COLA_F32; t <= COLA_BF16; t++) {
            struct cola_tensor w = tensor_draw((enum cola_dtype)t, n, k, 2);
            float *want = take(m * n, sizeof *want);

            again_multiply(products[p].again, &w, x, m, want);
            for (int threads = 1; threads <= 4; threads *= 2) {
                float *y;

                cola_threads_set(threads);
                y = multiply(products[p].ops, &w, x, m);
                cola_threads_set(0);
                assert_bits(y, want, m * n, products[p].name, n, k, (size_t)threads);
                free(y);
            }
            free(want);
            tensor_free(&w);
        }
    free(x);
}

/* Row 0 of x has the scale 1, so its quantized values show in y. */
static void
int8_rounds_half_to_even(void **state)
{
    static const float x[] = {127.0f, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 0.49999997f,
                              126.5f, -126.5f, 0.50000006f, 3.4999998f, 125.5f, -0.0f,
                              -127.0f};
    static const float want[] = {127.0f, 0.0f, 2.0f, 2.0f, 0.0f, -2.0f, -2.0f, 0.0f,
                                 126.0f, -126.0f, 1.0f, 3.0f, 126.0f, 0.0f, -127.0f};
    const size_t k = COUNT(x);
    float unit[COUNT(x) * COUNT(x)] = {0}, *y;
    struct cola_tensor w;

    (void)state;
    for (size_t i = 0; i < k; i++)
        unit[i * k + i] = 127.0f;       /* scale 1 as well, and 127 * q */
    w = tensor_of(unit, k, k);
    y = multiply(&cola_matmul_int8, &w, x, 1);
    for (size_t i = 0; i < k; i++)
        if (y[i] != 127.0f * want[i])
            fail_msg("%.9g is rounded to %g, not %g", (double)x[i], (double)y[i] / 127.0,
                     (double)want[i]);
    free(y);
    tensor_free(&w);
    w = tensor_of(x, 1, k);             /* and the same for weights */
    y = multiply(&cola_matmul_int8, &w, unit, k);
    for (size_t i = 0; i < k; i++)
        assert_true(y[i] == 127.0f * want[i]);
    free(y);
    tensor_free(&w);
}

/* Rows of unusual size as weights and as activations, each with each. */
static void
int8_rows_of_any_size_follow_the_formula(void **state)
{
    static const float sizes[] = {0.0f, 1.0f, FLT_MAX, 1e30f, 1e-30f, FLT_MIN, 0x1p-149f,
                                  0x1p-145f, 0x1.8p-143f, 0x1p-140f, 0x1p-130f, 127.0f};
    const size_t n = COUNT(sizes), k = 97;
    float *x = draw_floats(n * k, 5), *want = take(n * n, sizeof *want), *y;
    struct cola_tensor w;

    (void)state;
    for (size_t i = 0; i < n * k; i++)
        x[i] = i % k == i / k ? sizes[i / k] : x[i] * sizes[i / k];
    w = tensor_of(x, n, k);
    again_multiply(AGAIN_INT8, &w, x, n, want);
    y = multiply(&cola_matmul_int8, &w, x, n);
    assert_bits(y, want, n * n, "sizes", n, k, n);
    for (size_t i = 0; i < n; i++)
        assert_true(y[i] == 0.0f && y[i * n] == 0.0f);
    assert_true(y[n + 1] > 1.0f);
    free(y);
    free(want);
    free(x);
    tensor_free(&w);
}

/* The first row of x, of w, or neither has one value that is no number. */
static void
int8_row_without_numbers_gives_nan(void **state)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    const size_t n = 3, k = 40;

    (void)state;
    for (size_t b = 0; b < COUNT(bad); b++)
        for (size_t at = 0; at < k; at += 13) {
            float *x = draw_floats(2 * k, 1), *v = draw_floats(n * k, 2), *y;
            struct cola_tensor w = tensor_of(v, n, k);

            x[at] = bad[b];
            y = multiply(&cola_matmul_int8, &w, x, 2);
            for (size_t i = 0; i < 2 * n; i++)
                assert_int_equal(isnan(y[i]) != 0, i < n);
            free(y);
            tensor_free(&w);
            v[at] = bad[b];
            w = tensor_of(v, n, k);
            y = multiply(&cola_matmul_int8, &w, x + k, 1);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(isnan(y[i]) != 0, i == 0);
            free(y);
            tensor_free(&w);
            free(x);
            free(v);
        }
}

/* The largest sum there can be is exact; one more input is refused. */
static void
int8_sums_reach_the_limit_of_int32(void **state)
{
    const size_t k = 133144;   /* 127 * 127 * (k + 1) exceeds 2^31 - 1 */
    float *x = take(k + 1, sizeof *x), *y;
    void *packed = NULL;
    struct cola_tensor w;
    struct cola_error err;

    (void)state;
    for (size_t i = 0; i < k + 1; i++)
        x[i] = 127.0f;
    w = tensor_of(x, 1, k);
    y = multiply(&cola_matmul_int8, &w, x, 1);
    assert_true(y[0] == (float)(127.0 * 127.0 * 133144.0));
    free(y);
    tensor_free(&w);
    w = tensor_of(x, 1, k + 1);
    assert_refused(cola_matmul_int8.pack(&w, &packed, &err), &err, "tensor w",
                   "133145 inputs");
    assert_null(packed);
    tensor_free(&w);
    free(x);
}

/* int8 is a coarse version of the same product: within a step of each factor. */
static void
int8_product_is_near_the_exact_one(void **state)
{
    const size_t n = 50, k = 500, m = 3;
    struct cola_tensor w = tensor_draw(COLA_F32, n, k, 8);
    float *x = draw_floats(m * k, 9), *y = multiply(&cola_matmul_int8, &w, x, m);
    float *want = multiply(&cola_matmul_exact, &w, x, m);
    double worst = 0.0;

    (void)state;
    for (size_t i = 0; i < m * n; i++)
        worst = fmax(worst, fabs((double)y[i] - (double)want[i]));
    /* each factor is off by up to 1/254, evenly: 8 standard deviations */
    assert_true(worst > 0.0 && worst < 8.0 * sqrt(500.0 * 2.0 / 9.0) / 127.0 / 2.0);
    free(y);
    free(want);
    free(x);
    tensor_free(&w);
}

static void
blas_product_is_close(void **state)
{
#ifdef HAVE_CBLAS
    static const size_t ns[] = {1, 17, 256, 500}, ks[] = {1, 16, 257, 600};
    double worst = 0.0;

    (void)state;
    for (size_t a = 0; a < COUNT(ns); a++)
        for (size_t b = 0; b < COUNT(ks); b++)
            for (size_t m = 1; m <= 5; m++) {
                size_t n = ns[a], k = ks[b];
                struct cola_tensor w = tensor_draw(COLA_F32 + m % 3, n, k, m);
                float *x = draw_floats(m * k, 3), *y = multiply(&cola_matmul_blas, &w, x,
                                                                m);

                for (size_t i = 0; i < m * n; i++) {
                    double sum = 0.0, size = 0.0;

                    for (size_t c = 0; c < k; c++) {
                        double term = (double)x[i / n * k + c] *
                                      (double)again_element(&w, i % n * k + c);

                        sum += term;
                        size += fabs(term);
                    }
                    if (!(fabs((double)y[i] - sum) <= 1e-5 * size + (double)FLT_MIN))
                        fail_msg("N %zu, K %zu, M %zu: value %zu is %g, not %g", n, k, m,
                                 i, (double)y[i], sum);
                    if (size > 1e-20)
                        worst = fmax(worst, fabs((double)y[i] - sum) / size);
                }
                free(y);
                free(x);
                tensor_free(&w);
            }
    print_message("blas (%s): largest relative difference %.2g\n", cola_blas_core(),
                  worst);
#else
    (void)state;
    print_message("built without CBLAS\n");
    skip();
#endif
}

/* ---- norm, SiLU --------------------------------------------------------- */

static const size_t widths[] = {1, 2, 3, 8, 15, 16, 17, 24, 31, 32, 33, 100, 256, 1000};

static void
norm_adds_sixteen_lanes_as_a_tree(void **state)
{
    (void)state;
    for (size_t c = 0; c < COUNT(widths); c++)
        for (uint64_t seed = 0; seed < 20; seed++) {
            size_t d = widths[c];
            float *x = draw_floats(d, seed), *w = draw_floats(d, seed + 100);
            float *y = take(d, sizeof *y), *want = take(d, sizeof *want);
            double mean = 0.0;

            again_norm(x, w, d, 1e-5f, want);
            cola_norm(x, w, d, 1e-5f, y);
            assert_bits(y, want, d, "norm", d, 0, (size_t)seed);
            for (size_t i = 0; i < d; i++)
                mean += (double)x[i] * (double)x[i] / (double)d;
            for (size_t i = 0; i < d; i++)
                assert_true(fabs((double)y[i] - (double)x[i] * (double)w[i] /
                                                sqrt(mean + 1e-5)) <
                            1e-6 * fabs((double)y[i]) + 1e-30);
            cola_norm(x, w, d, 1e-5f, x);       /* in its place */
            assert_bits(x, want, d, "norm in place", d, 0, (size_t)seed);
            free(x);
            free(w);
            free(y);
            free(want);
        }
}

/* Lane 0 holds 2^24 and loses the ones that are added to it one by one. */
static void
norm_order_of_lanes_is_seen(void **state)
{
    static const struct {
        size_t d, big;          /* x[big] is 4096, all others 1 */
        float sum;
    } cases[] = {
        {17, 0, 16777230.0f},   /* x[16] is lost; then 1, 2, 4, 8 less those lost */
        {16, 0, 16777230.0f},
        {16, 15, 16777230.0f},
        {33, 16, 16777246.0f},
    };

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        float x[40], w[40], y[40], want;

        for (size_t i = 0; i < 40; i++)
            x[i] = w[i] = 1.0f;
        x[cases[c].big] = 4096.0f;
        cola_norm(x, w, cases[c].d, 0.0f, y);
        want = 1.0f / sqrtf(cases[c].sum / (float)cases[c].d);
        want = (x[1] * want) * w[1];
        assert_bits(&y[1], &want, 1, "lanes", cases[c].d, cases[c].big, c);
    }
}

static void
silu_is_rounded_once_and_tame_at_the_ends(void **state)
{
    static const float ends[] = {0.0f, -0.0f, 1e-30f, -1e-30f, 50.0f, -50.0f, 88.8f,
                                 -88.8f, -103.0f, -104.0f, -110.0f, -700.0f, -1e4f, 1e4f,
                                 FLT_MAX, -FLT_MAX};
    struct cola_splitmix r = {1};

    (void)state;
    for (size_t i = 0; i < 4000; i++) {
        float z = i < COUNT(ends) ? ends[i] : 20.0f * draw(&r), up = draw(&r), gate = z;
        float silu = (float)((double)z / (1.0 + cola_exp(-(double)z))), want = silu * up;
        double real = (double)z / (1.0 + exp(-(double)z)) * (double)up;

        cola_silu_times(&gate, &up, 1);
        assert_bits(&gate, &want, 1, "silu", i, 0, 0);
        if (!(fabs((double)gate - real) <= 2e-7 * fabs(real) + 0x1p-149))
            fail_msg("silu(%g) * %g is %g, not %g", (double)z, (double)up, (double)gate,
                     real);
    }
}

/* ---- rotary position, attention ----------------------------------------- */

static void
rope_turns_halves_by_the_tokens_index(void **state)
{
    static const double thetas[] = {10000.0, 500000.0, 100.0, 1.0};
    static const size_t dims[] = {2, 4, 6, 10, 64};
    const size_t tokens = 300, heads = 3;

    (void)state;
    for (size_t c = 0; c < COUNT(thetas); c++)
        for (size_t b = 0; b < COUNT(dims); b++) {
            size_t e = dims[b];
            float *cosine = take(tokens * e, sizeof *cosine);
            float *sine = take(tokens * e, sizeof *sine);

            cola_rope_table(tokens, e, thetas[c], cosine, sine);
            for (size_t t = 0; t < tokens; t++) {
                float *x = draw_floats(heads * e, t), *want = draw_floats(heads * e, t);

                for (size_t h = 0; h < heads; h++)
                    again_rope(want + h * e, e, thetas[c], t);
                for (size_t h = 0; h < heads; h++)
                    for (size_t i = 0; i < e / 2; i++) {
                        double turn = (double)t *
                                      pow(thetas[c], -(double)i / ((double)e / 2.0));
                        double a = (double)x[h * e + i];
                        double b2 = (double)x[h * e + e / 2 + i];
                        double re = a * cos(turn) - b2 * sin(turn);
                        double im = a * sin(turn) + b2 * cos(turn);

                        assert_true(fabs(re - (double)want[h * e + i]) < 3e-7);
                        assert_true(fabs(im - (double)want[h * e + e / 2 + i]) < 3e-7);
                    }
                cola_rope(x, heads, e, cosine + t * (e / 2), sine + t * (e / 2));
                assert_bits(x, want, heads * e, "rope", e, t, c);
                free(x);
                free(want);
            }
            free(cosine);
            free(sine);
        }
}

/* Keys and values of a group have room for more tokens than there are; what
 * stands there must not be touched. */
static void
attention_is_two_passes_in_order(void **state)
{
    static const struct {
        size_t heads, kv_heads, e, count, room;
        float size;             /* of the queries */
    } cases[] = {
        {1, 1, 2, 1, 1, 1.0f},     {2, 2, 4, 2, 3, 1.0f},     {4, 2, 6, 17, 20, 3.0f},
        {6, 1, 10, 64, 64, 10.0f}, {6, 2, 10, 65, 99, 1.0f},  {3, 3, 64, 130, 131, 5.0f},
        {4, 4, 16, 50, 50, 0.0f},  {2, 1, 8, 30, 31, 1e4f},   {2, 1, 8, 30, 31, 1e30f},
        {8, 4, 2, 3, 3, -200.0f},
    };

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        size_t H = cases[c].heads, G = cases[c].kv_heads, e = cases[c].e;
        size_t n = cases[c].count, room = cases[c].room, cache = G * room * e;
        float *q = draw_floats(H * e, c), *k = draw_floats(cache, c + 10);
        float *v = draw_floats(cache, c + 20), *score = take(H * n, sizeof *score);
        float *out = take(H * e, sizeof *out), *want = take(H * e, sizeof *want);

        for (size_t i = 0; i < H * e; i++)
            q[i] *= cases[c].size;
        for (size_t i = 0; i < cache; i++)
            if (i / e % room >= n)
                k[i] = v[i] = NAN;
        for (size_t h = 0; h < H; h++) {
            size_t from = h / (H / G) * room * e;

            again_attention(q + h * e, k + from, v + from, e, e, n, want + h * e);
        }
        cola_attention(q, k, v, H, G, e, room, n, score, out);
        assert_bits(out, want, H * e, "attention", n, e, c);
        /* the same in double, by another road */
        for (size_t i = 0; i < H * e && cases[c].size < 100.0f; i++) {
            size_t from = i / e / (H / G) * room * e;
            double sum = 0.0, mean = 0.0;

            for (size_t s = 0; s < n; s++) {
                double dot = 0.0;

                for (size_t j = 0; j < e; j++)
                    dot += (double)q[i / e * e + j] * (double)k[from + s * e + j];
                sum += exp(dot / sqrt((double)e));
                mean += exp(dot / sqrt((double)e)) * (double)v[from + s * e + i % e];
            }
            assert_true(fabs((double)out[i] - mean / sum) < 2e-5);
        }
        for (size_t i = 0; i < H * e; i++)
            assert_true(isfinite(out[i]));
        free(q);
        free(k);
        free(v);
        free(score);
        free(out);
        free(want);
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_product_is_three_loops_in_blocks_of_256),
        cmocka_unit_test(exact_blocks_begin_at_multiples_of_256),
        cmocka_unit_test(exact_product_is_not_fused),
        cmocka_unit_test(int8_product_is_the_formula_in_int64),
        cmocka_unit_test(int8_rounds_half_to_even),
        cmocka_unit_test(int8_rows_of_any_size_follow_the_formula),
        cmocka_unit_test(int8_row_without_numbers_gives_nan),
        cmocka_unit_test(int8_sums_reach_the_limit_of_int32),
        cmocka_unit_test(int8_product_is_near_the_exact_one),
        cmocka_unit_test(rows_do_not_depend_on_each_other),
        cmocka_unit_test(threads_do_not_change_a_product),
        cmocka_unit_test(blas_product_is_close),
        cmocka_unit_test(norm_adds_sixteen_lanes_as_a_tree),
        cmocka_unit_test(norm_order_of_lanes_is_seen),
        cmocka_unit_test(silu_is_rounded_once_and_tame_at_the_ends),
        cmocka_unit_test(rope_turns_halves_by_the_tokens_index),
        cmocka_unit_test(attention_is_two_passes_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
