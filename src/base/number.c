/*
 * number.c - bit patterns, elementary functions in a fixed order, the
 * self-test of the machine's arithmetic, and reals as text
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "base/number.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __FAST_MATH__
#error "colaref defines its results bit by bit: compile without -ffast-math"
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

/* ---- storage types ------------------------------------------------------- */

float
cola_f32_from_bits(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

uint32_t
cola_f32_bits(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

uint64_t
cola_f64_bits(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double
f64_from_bits(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

float
cola_f32_from_bf16(uint16_t bits)
{
    return cola_f32_from_bits((uint32_t)bits << 16);
}

float
cola_f32_from_f16(uint16_t bits)
{
    uint32_t sign = (uint32_t)(bits & 0x8000) << 16;
    uint32_t exponent = bits >> 10 & 31, fraction = bits & 1023;

    if (exponent == 31)
        return cola_f32_from_bits(sign | 0x7f800000 | fraction << 13);
    if (exponent == 0) {
        /* fraction * 2^-24 is exact in float32 */
        float x = (float)fraction * cola_f32_from_bits(0x33800000);

        return sign ? -x : x;
    }
    return cola_f32_from_bits(sign | (exponent + 112) << 23 | fraction << 13);
}

uint16_t
cola_bf16_from_f32(float x)
{
    uint32_t bits = cola_f32_bits(x);

    if (x != x)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

uint16_t
cola_load16(const void *p)
{
    const unsigned char *b = p;

    return (uint16_t)(b[0] | b[1] << 8);
}

uint32_t
cola_load32(const void *p)
{
    const unsigned char *b = p;

    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

uint64_t
cola_load64(const void *p)
{
    return cola_load32(p) | (uint64_t)cola_load32((const char *)p + 4) << 32;
}

/* ---- elementary functions ------------------------------------------------ */

/* 2^e for -1022 <= e <= 1023. */
static double
power_of_two(int e)
{
    return f64_from_bits((uint64_t)(e + 1023) << 52);
}

/* ln 2 in two parts, the first with 32 trailing zeros so that k * LN2_HI is
 * exact for |k| < 2^20. */
#define LN2_HI 0x1.62e42fee00000p-1
#define LN2_LO 0x1.a39ef35793c76p-33

double
cola_exp(double x)
{
    double k, r, p;
    int n;

    if (x != x)
        return x;
    if (x > 710.0)
        return HUGE_VAL;
    if (x < -745.5)
        return 0.0;
    n = (int)(x * 0x1.71547652b82fep0 + (x < 0 ? -0.5 : 0.5));
    k = (double)n;
    r = (x - k * LN2_HI) - k * LN2_LO;          /* |r| <= 0.35 */
    /* Taylor to r^13: the remainder is below 2^-58. */
    p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = (p * r) * r + r;
    p = 1.0 + p;
    /* In two steps, so that the power stays in range and a subnormal result
     * is rounded once, by the last multiplication. */
    if (n > 1000)
        return (p * power_of_two(1000)) * power_of_two(n - 1000);
    if (n < -1000)
        return (p * power_of_two(-1000)) * power_of_two(n + 1000);
    return p * power_of_two(n);
}

double
cola_log(double x)
{
    uint64_t bits;
    int e = 0;
    double m, s, z, p;

    if (x < DBL_MIN) {
        x = x * 0x1p54;
        e = -54;
    }
    bits = cola_f64_bits(x);
    e += (int)(bits >> 52) - 1023;
    m = f64_from_bits((bits & UINT64_C(0x000fffffffffffff)) |
                      UINT64_C(0x3ff0000000000000));
    if (m > 0x1.6a09e667f3bcdp0) {              /* m in (0.707, 1.414] */
        m = m * 0.5;
        e++;
    }
    /* ln m = 2 atanh(s), s = (m-1)/(m+1), |s| <= 0.1716 */
    s = (m - 1.0) / (m + 1.0);
    z = s * s;
    p = 1.0 / 23.0;
    p = p * z + 1.0 / 21.0;
    p = p * z + 1.0 / 19.0;
    p = p * z + 1.0 / 17.0;
    p = p * z + 1.0 / 15.0;
    p = p * z + 1.0 / 13.0;
    p = p * z + 1.0 / 11.0;
    p = p * z + 1.0 / 9.0;
    p = p * z + 1.0 / 7.0;
    p = p * z + 1.0 / 5.0;
    p = p * z + 1.0 / 3.0;
    p = 2.0 * s + 2.0 * s * z * p;
    return (double)e * LN2_HI + ((double)e * LN2_LO + p);
}

double
cola_pow(double x, double y)
{
    return cola_exp(y * cola_log(x));
}

/* pi/2 in three parts of 33 bits each: k times a part is exact. */
#define PIO2_1 0x1.921fb54400000p0
#define PIO2_2 0x1.0b4611a600000p-34
#define PIO2_3 0x1.3198a2e037073p-69

/* r in [-pi/4, pi/4] and k mod 4 with x = k pi/2 + r. */
static double
reduce(double x, int *quadrant)
{
    int n = (int)(x * 0x1.45f306dc9c883p-1 + (x < 0 ? -0.5 : 0.5));
    double k = (double)n;

    *quadrant = n & 3;
    return ((x - k * PIO2_1) - k * PIO2_2) - k * PIO2_3;
}

static double
sin_kernel(double r)
{
    double z = r * r, p;

    p = -1.0 / 1307674368000.0;
    p = p * z + 1.0 / 6227020800.0;
    p = p * z - 1.0 / 39916800.0;
    p = p * z + 1.0 / 362880.0;
    p = p * z - 1.0 / 5040.0;
    p = p * z + 1.0 / 120.0;
    p = p * z - 1.0 / 6.0;
    return r + r * z * p;
}

static double
cos_kernel(double r)
{
    double z = r * r, p;

    p = 1.0 / 20922789888000.0;
    p = p * z - 1.0 / 87178291200.0;
    p = p * z + 1.0 / 479001600.0;
    p = p * z - 1.0 / 3628800.0;
    p = p * z + 1.0 / 40320.0;
    p = p * z - 1.0 / 720.0;
    p = p * z + 1.0 / 24.0;
    p = p * z - 0.5;
    return 1.0 + z * p;
}

double
cola_sin(double x)
{
    int q;
    double r = reduce(x, &q);
    double y = q & 1 ? cos_kernel(r) : sin_kernel(r);

    return q & 2 ? -y : y;
}

double
cola_cos(double x)
{
    int q;
    double r = reduce(x, &q);
    double y = q & 1 ? sin_kernel(r) : cos_kernel(r);

    return q == 1 || q == 2 ? -y : y;
}

/* ---- logarithms of integers, in double-double ---------------------------- */

struct twice {
    double hi, lo;              /* the value is hi + lo, |lo| <= ulp(hi)/2 */
};

static struct twice
normalise(double a, double b)   /* |a| >= |b| */
{
    double s = a + b;

    return (struct twice){s, b - (s - a)};
}

static struct twice
twice_add(struct twice a, struct twice b)
{
    double s = a.hi + b.hi;
    double v = s - a.hi;
    double e = (a.hi - (s - v)) + (b.hi - v);

    return normalise(s, e + (a.lo + b.lo));
}

/* a*b exactly, by Veltkamp's splitting: no fused multiply-add is assumed. */
static struct twice
exact_product(double a, double b)
{
    double p = a * b;
    double ca = 134217729.0 * a, cb = 134217729.0 * b;
    double ah = ca - (ca - a), al = a - ah;
    double bh = cb - (cb - b), bl = b - bh;

    return (struct twice){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

static struct twice
twice_multiply(struct twice a, struct twice b)
{
    struct twice p = exact_product(a.hi, b.hi);

    return normalise(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static struct twice
twice_divide(struct twice a, double b)
{
    double q = a.hi / b;
    struct twice p = exact_product(q, b);
    double rest = ((a.hi - p.hi) - p.lo) + a.lo;

    return normalise(q, rest / b);
}

void
cola_logs_free(struct cola_logs *logs)
{
    free(logs->ln);
    memset(logs, 0, sizeof *logs);
}

enum cola_status
cola_logs_reach(struct cola_logs *logs, size_t n, struct cola_error *err)
{
    struct twice sum = {logs->hi, logs->lo};
    double *ln;

    if (n < 1)
        n = 1;                          /* the sum begins at ln 1 = 0 */
    if (n < logs->count)
        return COLA_OK;
    ln = cola_realloc(logs->ln, n + 1, sizeof *ln);
    if (ln == NULL)
        return cola_fail_memory(err);
    logs->ln = ln;
    if (logs->count == 0) {
        ln[0] = ln[1] = 0.0;
        logs->count = 2;
    }
    for (size_t m = logs->count; m <= n; m++) {
        double odd = 2.0 * (double)m - 1.0;
        struct twice x = twice_divide((struct twice){1.0, 0.0}, odd);
        struct twice square = twice_multiply(x, x);
        struct twice power = x, series = x;

        for (double k = 3.0; power.hi > 1e-36; k += 2.0) {
            power = twice_multiply(power, square);
            series = twice_add(series, twice_divide(power, k));
        }
        sum = twice_add(sum, (struct twice){2.0 * series.hi, 2.0 * series.lo});
        ln[m] = sum.hi;
    }
    logs->count = n + 1;
    logs->hi = sum.hi;
    logs->lo = sum.lo;
    return COLA_OK;
}

/* ---- self-test ----------------------------------------------------------- */

/*
 * Each probe names the fault it finds.  The operands are volatile, so that the
 * compiler cannot know the answer and the machine must compute it, in the
 * mode it is in now.
 */
enum cola_status
cola_selftest(struct cola_error *err)
{
    volatile float a = 0x1.000002p0f, b = 0x1.fffffcp-1f, c = -1.0f;
    volatile float third = 3.0f, one = 1.0f, tiny = 0x1p-126f, half = 0.5f;
    volatile float odd = 16777217.0f, big = 16777216.0f, two = 2.0f, sum;
    volatile double d1 = 1.0, d3 = 3.0, dtiny = DBL_MIN, dhalf = 0.5, dx;
    volatile double da = 0x1.0000000000001p0, db = 0x1.ffffffffffffep-1, dc = -1.0;
    const char *fault = NULL;

    sum = a * b + c;
    if (sum != 0.0f)
        fault = "a*b+c is contracted, or computed with excess precision";
    dx = da * db + dc;
    if (dx != 0.0)
        fault = "a*b+c is contracted in double, or computed with excess precision";
    sum = big + one + one;
    if (sum != 16777216.0f || odd != 16777216.0f)
        fault = "float is computed with excess precision";
    sum = big + third;
    if (sum != 16777220.0f)
        fault = "rounding is not to nearest, ties to even";
    sum = tiny * half;
    if (sum == 0.0f || sum * two != tiny)
        fault = "subnormal numbers are flushed to zero (code compiled with "
                "-ffast-math is loaded into this process)";
    dx = dtiny * dhalf;
    if (dx == 0.0)
        fault = "subnormal doubles are flushed to zero";
    sum = one / third;
    if (cola_f32_bits(sum) != 0x3eaaaaab)
        fault = "division is not correctly rounded";
    dx = d1 / d3;
    if (cola_f64_bits(dx) != UINT64_C(0x3fd5555555555555))
        fault = "double division is not correctly rounded";
    sum = sqrtf(two);
    dx = sqrt((double)two);
    if (cola_f32_bits(sum) != 0x3fb504f3 ||
        cola_f64_bits(dx) != UINT64_C(0x3ff6a09e667f3bcd))
        fault = "sqrt is not correctly rounded";
    if (fault == NULL)
        return COLA_OK;
    return cola_fail(err, COLA_NOTHING, "this process cannot compute as IEEE 754 "
                     "defines: %s", fault);
}

/* ---- text ----------------------------------------------------------------- */

/* printf uses the locale's point; JSON has only '.'. */
static void
print_real(char text[32], int digits, double x)
{
    if (!isfinite(x)) {
        strcpy(text, "null");
        return;
    }
    snprintf(text, 32, "%.*g", digits, x);
    for (char *c = text; *c != '\0'; c++)
        if (*c != '-' && *c != '+' && *c != 'e' && (*c < '0' || *c > '9'))
            *c = '.';
}

void
cola_print_f32(char text[32], float x)
{
    print_real(text, 9, (double)x);
}

void
cola_print_f64(char text[32], double x)
{
    print_real(text, 17, x);
}

int
cola_parse_integer(const char *text, int64_t lo, int64_t hi, int64_t *value)
{
    const char *digits = *text == '-' ? text + 1 : text;
    long long x;

    if (*digits < '0' || *digits > '9' ||
        digits[strspn(digits, "0123456789")] != '\0')
        return 0;
    errno = 0;
    x = strtoll(text, NULL, 10);
    if (errno != 0 || x < lo || x > hi)
        return 0;
    *value = x;
    return 1;
}

int
cola_parse_real(const char *text, double *value)
{
    char *end;
    double x;

    if (text[strspn(text, "0123456789+-.eE")] != '\0' || *text == '\0')
        return 0;
    x = strtod(text, &end);
    if (*end != '\0' || !isfinite(x))
        return 0;
    *value = x;
    return 1;
}
