/*
 * sum.h - sums of terms with exact coefficients
 *
 * A term is a rational times the square root of a positive squarefree integer,
 * times i or not, times powers of atoms, which have numbers here and names in
 * algebra.h.  Integers are of 64 bits and checked.  What does not fit, or
 * exceeds the work that was allowed, sets FAILED; functions then return 0.
 */
#ifndef COLA_SUM_H
#define COLA_SUM_H

#include "base/error.h"

#define COLA_TERMS 40
#define COLA_ATOMS 12

struct cola_effort {
    long left;                  /* steps of work */
    int failed;
};

struct cola_term {
    int64_t over, under;        /* the rational, reduced, under > 0 */
    int64_t root;               /* squarefree, > 0 */
    unsigned char imaginary;
    unsigned char power[COLA_ATOMS];
};

struct cola_sum {
    int n;
    struct cola_term terms[COLA_TERMS];         /* in a total order, none zero */
};

/* A * B, or 0 when it overflows. */
int cola_multiply64(int64_t a, int64_t b, int64_t *product);

/* The greatest common divisor; neither is INT64_MIN. */
int64_t cola_divisor(int64_t a, int64_t b);

int cola_term_multiply(struct cola_effort *x, const struct cola_term *a,
                       const struct cola_term *b, struct cola_term *product);

/* Add TERM to SUM, merging it with a like one. */
int cola_sum_include(struct cola_effort *x, struct cola_sum *sum,
                     const struct cola_term *term);

/* Add B to A. */
int cola_sum_add(struct cola_effort *x, struct cola_sum *a, const struct cola_sum *b);

/* PRODUCT is neither A nor B. */
int cola_sum_multiply(struct cola_effort *x, const struct cola_sum *a,
                      const struct cola_sum *b, struct cola_sum *product);

void cola_sum_negate(struct cola_sum *a);
int cola_sum_same(const struct cola_sum *a, const struct cola_sum *b);
int cola_sum_is_one(const struct cola_sum *s);

#endif
