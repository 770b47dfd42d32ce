/*
 * sum.c - sums of terms with exact coefficients
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/sum.h"

#include <string.h>

#define MOST_POWER 200          /* of an atom in a term */

/* ---- integers ---------------------------------------------------------------------- */

int
cola_multiply64(int64_t a, int64_t b, int64_t *product)
{
    int64_t x = a < 0 ? -a : a, y = b < 0 ? -b : b;

    if (a == INT64_MIN || b == INT64_MIN || (y != 0 && x > INT64_MAX / y))
        return 0;
    *product = a * b;
    return 1;
}

static int
add64(int64_t a, int64_t b, int64_t *sum)
{
    if ((b > 0 && a > INT64_MAX - b) || (b < 0 && a < -INT64_MAX - b))
        return 0;
    *sum = a + b;
    return 1;
}

int64_t
cola_divisor(int64_t a, int64_t b)
{
    a = a < 0 ? -a : a;
    b = b < 0 ? -b : b;
    while (b != 0) {
        int64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* *OVER / *UNDER times A / B, all reduced. */
static int
scale(int64_t *over, int64_t *under, int64_t a, int64_t b)
{
    int64_t g = cola_divisor(*over, b), h = cola_divisor(a, *under);

    if (g == 0 || h == 0) {             /* zero times something */
        *over = 0;
        *under = 1;
        return 1;
    }
    return cola_multiply64(*over / g, a / h, over) &&
           cola_multiply64(*under / h, b / g, under);
}

/* *OVER / *UNDER plus A / B. */
static int
sum_of(int64_t *over, int64_t *under, int64_t a, int64_t b)
{
    int64_t g = cola_divisor(*under, b), x, y, sum, common;

    if (!cola_multiply64(*over, b / g, &x) || !cola_multiply64(a, *under / g, &y) ||
        !add64(x, y, &sum) || !cola_multiply64(*under, b / g, &common))
        return 0;
    g = cola_divisor(sum, common);
    *over = sum / g;
    *under = common / g;
    return 1;
}

/* ---- sums -------------------------------------------------------------------------- */

static int
fail(struct cola_effort *x)
{
    x->failed = 1;
    return 0;
}

/* The order of terms, apart from their rationals. */
static int
order(const struct cola_term *a, const struct cola_term *b)
{
    int c = memcmp(a->power, b->power, sizeof a->power);

    if (c != 0)
        return c;
    if (a->root != b->root)
        return a->root < b->root ? -1 : 1;
    return a->imaginary - b->imaginary;
}

int
cola_sum_include(struct cola_effort *x, struct cola_sum *sum,
                 const struct cola_term *term)
{
    int at = 0, c = 1;

    if (term->over == 0)
        return 1;
    while (at < sum->n && (c = order(&sum->terms[at], term)) < 0)
        at++;
    x->left -= at + 1;
    if (x->left < 0)
        return fail(x);
    if (at < sum->n && c == 0) {
        struct cola_term *same = &sum->terms[at];

        if (!sum_of(&same->over, &same->under, term->over, term->under))
            return fail(x);
        if (same->over == 0) {
            memmove(same, same + 1, (size_t)(--sum->n - at) * sizeof *same);
            x->left -= 4;
        }
        return 1;
    }
    if (sum->n == COLA_TERMS)
        return fail(x);
    memmove(&sum->terms[at + 1], &sum->terms[at],
            (size_t)(sum->n++ - at) * sizeof *sum->terms);
    sum->terms[at] = *term;
    return 1;
}

int
cola_term_multiply(struct cola_effort *x, const struct cola_term *a,
               const struct cola_term *b, struct cola_term *product)
{
    int64_t g = cola_divisor(a->root, b->root);

    *product = *a;
    if (!scale(&product->over, &product->under, b->over, b->under) ||
        !scale(&product->over, &product->under, g, 1) ||
        !cola_multiply64(a->root / g, b->root / g, &product->root))
        return fail(x);
    product->imaginary = a->imaginary ^ b->imaginary;
    if (a->imaginary && b->imaginary)
        product->over = -product->over;
    for (int i = 0; i < COLA_ATOMS; i++) {
        if (a->power[i] + b->power[i] > MOST_POWER)
            return fail(x);
        product->power[i] = (unsigned char)(a->power[i] + b->power[i]);
    }
    return 1;
}

/* PRODUCT is neither A nor B. */
int
cola_sum_multiply(struct cola_effort *x, const struct cola_sum *a,
                  const struct cola_sum *b, struct cola_sum *product)
{
    struct cola_term term;

    product->n = 0;
    for (int i = 0; i < a->n; i++)
        for (int k = 0; k < b->n; k++)
            if (!cola_term_multiply(x, &a->terms[i], &b->terms[k], &term) ||
                !cola_sum_include(x, product, &term))
                return 0;
    return 1;
}

int
cola_sum_add(struct cola_effort *x, struct cola_sum *a, const struct cola_sum *b)
{
    for (int i = 0; i < b->n; i++)
        if (!cola_sum_include(x, a, &b->terms[i]))
            return 0;
    return 1;
}

void
cola_sum_negate(struct cola_sum *a)
{
    for (int i = 0; i < a->n; i++)
        a->terms[i].over = -a->terms[i].over;
}

int
cola_sum_same(const struct cola_sum *a, const struct cola_sum *b)
{
    if (a->n != b->n)
        return 0;
    for (int i = 0; i < a->n; i++)
        if (order(&a->terms[i], &b->terms[i]) != 0 ||
            a->terms[i].over != b->terms[i].over ||
            a->terms[i].under != b->terms[i].under)
            return 0;
    return 1;
}

int
cola_sum_is_one(const struct cola_sum *s)
{
    static const unsigned char none[COLA_ATOMS];

    return s->n == 1 && s->terms[0].over == 1 && s->terms[0].under == 1 &&
           s->terms[0].root == 1 && !s->terms[0].imaginary &&
           memcmp(s->terms[0].power, none, sizeof none) == 0;
}
