/*
 * round.c - double rounded to narrower types
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "base/round.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/number.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

static const struct {
    const char *name;
    int digits;                 /* of the significand, the hidden one included */
    int least;                  /* exponent of the smallest normal number */
    double largest;
} types[] = {
    [COLA_ROUND_NONE] = {"f64", 53, -1022, 0x1.fffffffffffffp1023},
    [COLA_ROUND_F32] = {"f32", 24, -126, 0x1.fffffep127},
    [COLA_ROUND_BF16] = {"bf16", 8, -126, 0x1.fep127},
    [COLA_ROUND_F16] = {"f16", 11, -14, 0x1.ffcp15},
};

#define TYPES ((int)(sizeof types / sizeof types[0]))

/* 2^N for a normal result */
static double
power(int n)
{
    uint64_t bits = (uint64_t)(n + 1023) << 52;
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

double
cola_round(double x, enum cola_rounding rounding)
{
    /* above it doubles are integers: adding it rounds, to even on a tie */
    const double whole = 0x1p52;
    double size = fabs(x), unit, count;
    int exponent;

    if (rounding == COLA_ROUND_NONE || !isfinite(x) || size == 0.0)
        return x;
    exponent = (int)(cola_f64_bits(size) >> 52) - 1023;
    if (exponent < types[rounding].least)
        exponent = types[rounding].least;
    unit = power(exponent - types[rounding].digits + 1);
    count = size / unit;        /* exact: unit is a power of two */
    count = (count + whole) - whole;
    size = count * unit;
    if (size > types[rounding].largest)
        size = (double)INFINITY;
    return x < 0.0 ? -size : size;
}

const char *
cola_rounding_name(enum cola_rounding rounding)
{
    return types[rounding].name;
}

int
cola_rounding_find(const char *name, enum cola_rounding *rounding)
{
    for (int i = 0; i < TYPES; i++)
        if (strcmp(types[i].name, name) == 0) {
            *rounding = (enum cola_rounding)i;
            return 1;
        }
    return 0;
}
