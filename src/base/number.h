/*
 * number.h - numbers whose bits do not depend on the machine
 *
 * libm differs between systems, compilers contract and reassociate, locales
 * print commas.  What must be the same everywhere is computed here: in double,
 * with + - * / in a written order; of libm only sqrt is used, which IEEE 754
 * rounds correctly.
 */
#ifndef COLA_NUMBER_H
#define COLA_NUMBER_H

#include "base/error.h"

/* ---- storage types ---- */

float cola_f32_from_bits(uint32_t bits);
uint32_t cola_f32_bits(float x);
uint64_t cola_f64_bits(double x);
float cola_f32_from_bf16(uint16_t bits);
float cola_f32_from_f16(uint16_t bits);
uint16_t cola_bf16_from_f32(float x);   /* to nearest, ties to even */

/* Little-endian loads, for any host and any alignment. */
uint16_t cola_load16(const void *p);
uint32_t cola_load32(const void *p);
uint64_t cola_load64(const void *p);

/*
 * ---- functions ----
 *
 * Within so many units in the last place of double: exp 1, log 2, sin and cos
 * 2.5, pow 2 (1 + |y log x|).  Rounded to float32, which is how they are used,
 * no value was found that differs from the correctly rounded one.
 */
double cola_exp(double x);              /* 0 below -745, infinite above 710 */
double cola_log(double x);              /* x > 0 and finite */
double cola_pow(double x, double y);    /* exp(y log x), x > 0 */
/* |x| <= 2^20 radians. */
double cola_sin(double x);
double cola_cos(double x);

/*
 * Natural logarithms of the integers 1 .. n, correctly rounded.
 *
 * UCB compares sums in which exact ties are common, and a logarithm one unit
 * low decides them otherwise.  ln n = ln(n-1) + 2 atanh(1/(2n-1)) is summed
 * in double-double, about 105 bits, and rounded once.
 */
struct cola_logs {
    double *ln;                 /* ln[n]; ln[0] is not used */
    size_t count;               /* entries filled, >= 2 after the first call */
    double hi, lo;              /* ln(count-1) unrounded */
};

void cola_logs_free(struct cola_logs *logs);

/* Make ln[1..n] valid. */
COLA_MUST_USE enum cola_status
cola_logs_reach(struct cola_logs *logs, size_t n, struct cola_error *err);

/* ---- text ---- */

/*
 * A real as JSON: %.9g (float32) or %.17g (double), the point always '.';
 * "null" when it is not finite.  TEXT has room for 32 bytes.
 */
void cola_print_f32(char text[32], float x);
void cola_print_f64(char text[32], double x);

/* Read a whole string as an integer in LO .. HI; 0 when it is none. */
int cola_parse_integer(const char *text, int64_t lo, int64_t hi, int64_t *value);
/* Read a whole string as a finite real with the point '.'; 0 when it is none. */
int cola_parse_real(const char *text, double *value);

#endif
