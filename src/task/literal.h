/*
 * literal.h - numbers as they are spelled
 *
 * A spelling is digits with perhaps a point, then perhaps "e" and an exponent,
 * without sign, as latex.h gives it.
 */
#ifndef COLA_LITERAL_H
#define COLA_LITERAL_H

#include "base/error.h"

/* A word for a number, "four": *VALUE; 0 for other words. */
int cola_number_word(const char *word, size_t len, int64_t *value);

/* NAME [LEN] as a quotient, not reduced; 0 when it does not fit. */
int cola_number_spelled(const char *name, int len, int64_t *over, int64_t *under);

/* Do A [N] and B [M], of any length and without "e", spell the same number?
 * *ZERO: A is zero. */
int cola_number_same(const char *a, size_t n, const char *b, size_t m, int *zero);

/* The integer of which V > 0 is the POWER-th power; 0: there is none below 10^4. */
int64_t cola_whole_root(int64_t v, int power);

/* Do numerator and denominator of (BASE / BELOW)^EXPONENT fit? */
int cola_power_fits(int64_t base, int64_t below, int64_t exponent);

#endif
