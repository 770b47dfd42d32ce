/*
 * algebra.h - exact values of expressions, to tell whether two are equal
 *
 * A value is a quotient of two sums of terms.  A term is a rational times the
 * square root of a positive squarefree integer, times i or not, times powers
 * of atoms: pi, letters, and what is not understood and stands for itself.
 * Like terms are merged, so that a sum is zero when it has no terms; square
 * roots of different squarefree integers are independent over the rationals
 * with i, and pi is transcendental, so that a sum without other atoms is zero
 * only then.  Two values are equal when they are after multiplying crosswise.
 *
 * Integers are of 64 bits and checked, sums have up to COLA_TERMS terms, and
 * the work is counted: what exceeds one of these has no value, which is no
 * error.  Values are on a stack, because they are large and recursion is not
 * to be.
 */
#ifndef COLA_ALGEBRA_H
#define COLA_ALGEBRA_H

#include "task/sum.h"

#define COLA_ATOM_NAME 64
#define COLA_VALUES 24

struct cola_value {
    struct cola_sum over, under;
};

enum cola_atom {
    COLA_ATOM_PI,
    COLA_ATOM_INFINITY,
    COLA_ATOM_LETTER,
    COLA_ATOM_OPAQUE            /* a function, a power, a large number ... */
};

struct cola_algebra {
    int n_atoms;
    enum cola_atom kinds[COLA_ATOMS];
    char names[COLA_ATOMS][COLA_ATOM_NAME];
    struct cola_effort effort;  /* failed: something had no value since the last
                                 * reset; left is not reset */
    int top;
    struct cola_value stack[COLA_VALUES];
};

/* Forget atoms and values; the work left stays what it is. */
void cola_algebra_reset(struct cola_algebra *x);

/*
 * Each takes its operands from the top of the stack and puts its result there.
 * After a failure results have no meaning and effort.failed is set.
 */
void cola_push_rational(struct cola_algebra *x, int64_t over, int64_t under);
void cola_push_atom(struct cola_algebra *x, enum cola_atom kind, const char *name,
                    size_t len);
void cola_negate(struct cola_algebra *x);
void cola_add(struct cola_algebra *x);
void cola_multiply(struct cola_algebra *x);
void cola_divide(struct cola_algebra *x);
void cola_power(struct cola_algebra *x, int exponent);
/* The square root of a rational; 0, and nothing done, when it is none. */
int cola_square_root(struct cola_algebra *x);
void cola_drop(struct cola_algebra *x);

/* Is the top a rational? */
int cola_is_rational(const struct cola_algebra *x, int64_t *over, int64_t *under);

enum cola_likeness {
    COLA_EQUAL,
    COLA_DIFFERENT_NUMBERS,     /* no atoms but pi and infinity */
    COLA_DIFFERENT_ALGEBRA,     /* in the same letters */
    COLA_NOT_KNOWN
};

/* Of the two values on top of the stack. */
enum cola_likeness cola_likeness(struct cola_algebra *x);

/* Is one of the two on top, each a sum, a rational multiple of the other?
 * *LINEAR: no term of either has atoms of degree two or more in all. */
int cola_proportional(struct cola_algebra *x, int *linear);

/* Does the value on top contain ATOM? */
int cola_contains(const struct cola_algebra *x, enum cola_atom kind);

#endif
