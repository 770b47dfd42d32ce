/*
 * algebra.c - exact values of expressions, to tell whether two are equal
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/algebra.h"

#include <string.h>

#define MOST_TIMES 200          /* that a value is taken times itself */
#define MOST_SQUARE 1000000000  /* the largest integer that is taken apart */

/* N = *OUTSIDE squared times *INSIDE, which is squarefree. */
static int
take_squares(struct cola_algebra *x, int64_t n, int64_t *outside, int64_t *inside)
{
    *outside = 1;
    if (n > MOST_SQUARE)
        return 0;
    for (int64_t p = 2; p * p <= n; p++) {
        while (n % (p * p) == 0) {
            n /= p * p;
            *outside *= p;
        }
        x->effort.left--;
    }
    *inside = n;
    return 1;
}

/* ---- the stack ------------------------------------------------------------ */

void
cola_algebra_reset(struct cola_algebra *x)
{
    x->n_atoms = 0;
    x->effort.failed = 0;
    x->top = 0;
}

/* The value I below the top; the bottom one when there are not so many. */
static struct cola_value *
value(struct cola_algebra *x, int i)
{
    if (x->top <= i) {
        x->effort.failed = 1;
        return &x->stack[0];
    }
    return &x->stack[x->top - 1 - i];
}

static struct cola_value *
push(struct cola_algebra *x)
{
    if (x->top == COLA_VALUES) {
        x->effort.failed = 1;
        x->top--;
    }
    return &x->stack[x->top++];
}

void
cola_drop(struct cola_algebra *x)
{
    if (x->top > 0)
        x->top--;
    else
        x->effort.failed = 1;
}

static void
set_rational(struct cola_sum *s, int64_t over, int64_t under)
{
    s->n = over != 0;
    memset(&s->terms[0], 0, sizeof s->terms[0]);
    s->terms[0].over = over;
    s->terms[0].under = under;
    s->terms[0].root = 1;
}

void
cola_push_rational(struct cola_algebra *x, int64_t over, int64_t under)
{
    struct cola_value *v = push(x);
    int64_t g;

    if (under == 0 || over == INT64_MIN || under == INT64_MIN) {
        x->effort.failed = 1;
        over = under = 1;
    }
    g = under < 0 ? -cola_divisor(over, under) : cola_divisor(over, under);
    set_rational(&v->over, over / g, under / g);
    set_rational(&v->under, 1, 1);
}

void
cola_push_atom(struct cola_algebra *x, enum cola_atom kind, const char *name, size_t len)
{
    int at = 0;

    while (at < x->n_atoms && (x->kinds[at] != kind || strlen(x->names[at]) != len ||
                               memcmp(x->names[at], name, len) != 0))
        at++;
    cola_push_rational(x, 1, 1);
    if (len >= COLA_ATOM_NAME || at == COLA_ATOMS || memchr(name, '\0', len) != NULL) {
        x->effort.failed = 1;
        return;
    }
    if (at == x->n_atoms) {
        x->kinds[at] = kind;
        memcpy(x->names[at], name, len);
        x->names[at][len] = '\0';
        x->n_atoms++;
    }
    value(x, 0)->over.terms[0].power[at] = 1;
}

/* Make the denominator simple where it is one term. */
static void
simplify(struct cola_algebra *x, struct cola_value *v)
{
    struct cola_term *below = &v->under.terms[0], factor;
    struct cola_sum product;

    if (v->under.n == 0) {
        x->effort.failed = 1;
        return;
    }
    if (v->over.n == 0)
        set_rational(&v->under, 1, 1);
    if (v->under.n != 1 || cola_sum_is_one(&v->under))
        return;
    /* times below/(c sqrt(r) i), so that only atoms stay there */
    factor = *below;
    memset(factor.power, 0, sizeof factor.power);
    if (below->imaginary)
        factor.over = -factor.over;
    if (!cola_multiply64(factor.over, factor.root, &factor.over)) {
        x->effort.failed = 1;
        return;
    }
    {
        int64_t swap = factor.over;

        factor.over = swap < 0 ? -factor.under : factor.under;
        factor.under = swap < 0 ? -swap : swap;
        swap = cola_divisor(factor.over, factor.under);
        factor.over /= swap;
        factor.under /= swap;
    }
    product.n = 0;
    for (int i = 0; i < v->over.n; i++) {
        struct cola_term term;

        if (!cola_term_multiply(&x->effort, &v->over.terms[i], &factor, &term) ||
            !cola_sum_include(&x->effort, &product, &term))
            return;
    }
    v->over = product;
    below->over = below->under = below->root = 1;
    below->imaginary = 0;
    for (int a = 0; a < COLA_ATOMS; a++) {
        int least = below->power[a];

        for (int i = 0; i < v->over.n; i++)
            if (v->over.terms[i].power[a] < least)
                least = v->over.terms[i].power[a];
        below->power[a] = (unsigned char)(below->power[a] - least);
        for (int i = 0; i < v->over.n; i++)     /* keeps their order */
            v->over.terms[i].power[a] = (unsigned char)(v->over.terms[i].power[a] -
                                                        least);
    }
}

void
cola_negate(struct cola_algebra *x)
{
    cola_sum_negate(&value(x, 0)->over);
}

void
cola_add(struct cola_algebra *x)
{
    struct cola_value *a = value(x, 1), *b = value(x, 0);
    struct cola_sum left, right;

    if (x->effort.failed)
        return;
    if (cola_sum_same(&a->under, &b->under)) {
        cola_sum_add(&x->effort, &a->over, &b->over);
    } else if (cola_sum_multiply(&x->effort, &a->over, &b->under, &left) &&
               cola_sum_multiply(&x->effort, &b->over, &a->under, &right) &&
               cola_sum_add(&x->effort, &left, &right) &&
               cola_sum_multiply(&x->effort, &a->under, &b->under, &right)) {
        a->over = left;
        a->under = right;
    }
    if (!x->effort.failed)
        simplify(x, a);
    cola_drop(x);
}

void
cola_multiply(struct cola_algebra *x)
{
    struct cola_value *a = value(x, 1), *b = value(x, 0);
    struct cola_sum over, under;

    if (x->effort.failed)
        return;
    if (cola_sum_multiply(&x->effort, &a->over, &b->over, &over) &&
        cola_sum_multiply(&x->effort, &a->under, &b->under, &under)) {
        a->over = over;
        a->under = under;
        simplify(x, a);
    }
    cola_drop(x);
}

void
cola_divide(struct cola_algebra *x)
{
    struct cola_value *b = value(x, 0);
    struct cola_sum swap;

    if (x->effort.failed)
        return;
    if (b->over.n == 0) {
        x->effort.failed = 1;
        return;
    }
    swap = b->over;
    b->over = b->under;
    b->under = swap;
    simplify(x, b);
    cola_multiply(x);
}

void
cola_power(struct cola_algebra *x, int exponent)
{
    int times = exponent < 0 ? -exponent : exponent;

    if (x->effort.failed)
        return;
    if (times > MOST_TIMES || (exponent <= 0 && value(x, 0)->over.n == 0)) {
        x->effort.failed = 1;
        return;
    }
    cola_push_rational(x, 1, 1);
    for (int i = 0; i < times && !x->effort.failed; i++) {
        struct cola_value *base = value(x, 1);

        *push(x) = *base;
        if (!x->effort.failed)
            cola_multiply(x);
    }
    if (exponent < 0 && !x->effort.failed) {
        cola_push_rational(x, 1, 1);
        if (!x->effort.failed) {
            struct cola_value *one = value(x, 0), *all = value(x, 1), swap = *one;

            *one = *all;
            *all = swap;
            cola_divide(x);
        }
    }
    if (x->effort.failed)
        return;
    *value(x, 1) = *value(x, 0);
    cola_drop(x);
}

int
cola_is_rational(const struct cola_algebra *x, int64_t *over, int64_t *under)
{
    static const unsigned char none[COLA_ATOMS];
    const struct cola_value *v = &x->stack[x->top > 0 ? x->top - 1 : 0];

    if (x->effort.failed || x->top == 0 || !cola_sum_is_one(&v->under) || v->over.n > 1)
        return 0;
    if (v->over.n == 1 && (v->over.terms[0].root != 1 || v->over.terms[0].imaginary ||
                           memcmp(v->over.terms[0].power, none, sizeof none) != 0))
        return 0;
    *over = v->over.n == 1 ? v->over.terms[0].over : 0;
    *under = v->over.n == 1 ? v->over.terms[0].under : 1;
    return 1;
}

int
cola_square_root(struct cola_algebra *x)
{
    int64_t over, under, inner, outside, inside;
    struct cola_term *t;

    if (!cola_is_rational(x, &over, &under))
        return 0;
    if (over == 0)
        return 1;
    if (!cola_multiply64(over < 0 ? -over : over, under, &inner) ||
        !take_squares(x, inner, &outside, &inside))
        return 0;
    cola_drop(x);
    cola_push_rational(x, outside, under);
    t = &value(x, 0)->over.terms[0];
    t->root = inside;
    t->imaginary = over < 0;
    return 1;
}

/* ---- comparing ------------------------------------------------------------ */

/* Which atoms occur in V, as bits. */
static unsigned
atoms_of(const struct cola_value *v)
{
    const struct cola_sum *sums[2] = {&v->over, &v->under};
    unsigned found = 0;

    for (int s = 0; s < 2; s++)
        for (int i = 0; i < sums[s]->n; i++)
            for (int a = 0; a < COLA_ATOMS; a++)
                if (sums[s]->terms[i].power[a] > 0)
                    found |= 1U << a;
    return found;
}

int
cola_contains(const struct cola_algebra *x, enum cola_atom kind)
{
    unsigned found = x->top > 0 ? atoms_of(&x->stack[x->top - 1]) : 0;

    for (int a = 0; a < x->n_atoms; a++)
        if (found >> a & 1 && x->kinds[a] == kind)
            return 1;
    return 0;
}

/* Is V plus or minus infinity, or without it? */
static int
infinity_is_simple(const struct cola_algebra *x, const struct cola_value *v)
{
    unsigned found = atoms_of(v);

    for (int a = 0; a < x->n_atoms; a++)
        if (found >> a & 1 && x->kinds[a] == COLA_ATOM_INFINITY)
            return found == 1U << a && cola_sum_is_one(&v->under) && v->over.n == 1 &&
                   (v->over.terms[0].over == 1 || v->over.terms[0].over == -1) &&
                   v->over.terms[0].under == 1 && v->over.terms[0].root == 1 &&
                   !v->over.terms[0].imaginary && v->over.terms[0].power[a] == 1;
    return 1;
}

enum cola_likeness
cola_likeness(struct cola_algebra *x)
{
    struct cola_value *a = value(x, 1), *b = value(x, 0);
    unsigned in_a, in_b, left_over, letters = 0, opaque = 0;
    struct cola_sum right;
    struct cola_value difference;
    struct cola_sum *left = &difference.over;

    if (x->effort.failed || !infinity_is_simple(x, a) || !infinity_is_simple(x, b) ||
        !cola_sum_multiply(&x->effort, &a->over, &b->under, left) ||
        !cola_sum_multiply(&x->effort, &b->over, &a->under, &right))
        return COLA_NOT_KNOWN;
    cola_sum_negate(&right);
    if (!cola_sum_add(&x->effort, left, &right))
        return COLA_NOT_KNOWN;
    if (left->n == 0)
        return COLA_EQUAL;
    difference.under.n = 0;
    left_over = atoms_of(&difference);
    in_a = atoms_of(a);
    in_b = atoms_of(b);
    for (int i = 0; i < x->n_atoms; i++) {
        letters |= x->kinds[i] == COLA_ATOM_LETTER ? 1U << i : 0;
        opaque |= x->kinds[i] == COLA_ATOM_OPAQUE ? 1U << i : 0;
    }
    if (left_over & opaque)
        return COLA_NOT_KNOWN;          /* f(x) - g(x) may be zero */
    if (((in_a | in_b) & letters) == 0)
        return COLA_DIFFERENT_NUMBERS;
    return (in_a & letters) == (in_b & letters) || (left_over & letters) == 0 ?
           COLA_DIFFERENT_ALGEBRA : COLA_NOT_KNOWN;
}

int
cola_proportional(struct cola_algebra *x, int *linear)
{
    struct cola_value *v[2] = {value(x, 1), value(x, 0)};
    struct cola_sum left, right;
    struct cola_sum *sums[2] = {&v[0]->over, &v[1]->over};

    *linear = 1;
    if (x->effort.failed || !cola_sum_is_one(&v[0]->under) ||
        !cola_sum_is_one(&v[1]->under) || sums[0]->n == 0 || sums[1]->n == 0)
        return *linear = 0;
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < sums[s]->n; i++) {
            int degree = sums[s]->terms[i].imaginary;

            for (int a = 0; a < x->n_atoms; a++)
                degree += sums[s]->terms[i].power[a] *
                          (x->kinds[a] == COLA_ATOM_LETTER ? 1 : 2);
            *linear &= degree <= 1;
        }
    left.n = right.n = 0;
    for (int i = 0; i < sums[0]->n || i < sums[1]->n; i++) {
        struct cola_term lead[2], term;

        for (int s = 0; s < 2; s++) {   /* the other's leading coefficient */
            lead[s] = sums[1 - s]->terms[0];
            memset(lead[s].power, 0, sizeof lead[s].power);
            if (i < sums[s]->n &&
                (!cola_term_multiply(&x->effort, &sums[s]->terms[i], &lead[s], &term) ||
                 !cola_sum_include(&x->effort, s == 0 ? &left : &right, &term)))
                return *linear = 0;
        }
    }
    return cola_sum_same(&left, &right);
}
