/*
 * test_round.c - double rounded to narrower types
 *
 * Every bit pattern of the 16-bit types and what lies between each and the
 * next; for the rest a second implementation, on bits alone, and where there
 * is one the machine's own conversion.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/random.h"
#include "base/round.h"
#include "expect.h"

static const struct {
    enum cola_rounding rounding;
    const char *name;
    int fraction, exponent;     /* bits that are stored */
} types[] = {
    {COLA_ROUND_F32, "f32", 23, 8},
    {COLA_ROUND_BF16, "bf16", 7, 8},
    {COLA_ROUND_F16, "f16", 10, 5},
};

static double
f64_from_bits(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* What the pattern BITS of type K means, the sign left out. */
static double
meaning(size_t k, uint64_t bits)
{
    int bias = (1 << (types[k].exponent - 1)) - 1;
    int e = (int)(bits >> types[k].fraction);
    uint64_t f = bits & ((UINT64_C(1) << types[k].fraction) - 1);

    if (e == (1 << types[k].exponent) - 1)
        return f == 0 ? (double)INFINITY : (double)NAN;
    if (e > 0)
        f |= UINT64_C(1) << types[k].fraction;
    return ldexp((double)f, (e > 0 ? e : 1) - bias - types[k].fraction);
}

/*
 * X in type K, found with integers: the significand of 53 bits is cut where the
 * type's ends and what is cut off decides.  The pattern of the type is put
 * together as a number, so that a carry runs into the exponent by itself.
 */
static double
rounded(size_t k, double x)
{
    uint64_t bits = cola_f64_bits(x), sign = bits >> 63;
    uint64_t f = bits & ((UINT64_C(1) << 52) - 1), kept, cut, half;
    int bias = (1 << (types[k].exponent - 1)) - 1;
    int e = (int)(bits >> 52 & 0x7ff), shift = 52 - types[k].fraction;
    double size;

    if (e == 0x7ff)
        return x;
    if (e == 0)                 /* below all there is in the narrower types */
        return sign ? -0.0 : 0.0;
    f |= UINT64_C(1) << 52;
    e = e - 1023 + bias;        /* of the type */
    if (e < 1) {
        shift += 1 - e;
        e = 0;
    }
    if (shift > 54)
        return sign ? -0.0 : 0.0;
    kept = f >> shift;
    cut = f & ((UINT64_C(1) << shift) - 1);
    half = UINT64_C(1) << (shift - 1);
    if (cut > half || (cut == half && kept % 2 == 1))
        kept++;
    if (e > 0)
        kept += (uint64_t)(e - 1) << types[k].fraction;
    size = kept >= (uint64_t)((1 << types[k].exponent) - 1) << types[k].fraction ?
           (double)INFINITY : meaning(k, kept);
    return sign ? -size : size;
}

static void
assert_rounds(size_t k, double x, double want)
{
    double got = cola_round(x, types[k].rounding);

    if (isnan(want) ? !isnan(got) : cola_f64_bits(got) != cola_f64_bits(want))
        fail_msg("%a in %s is %a, must be %a", x, types[k].name, got, want);
}

/* Every value of 16 bits is itself; between it and the next the nearer one is
 * taken, and in the middle the one whose last bit is 0. */
static void
all_of_16_bits_and_what_lies_between(void **state)
{
    (void)state;
    for (size_t k = 1; k < COUNT(types); k++)
        for (uint64_t bits = 0; bits < 0x8000; bits++) {
            double a = meaning(k, bits), b = meaning(k, bits + 1), even, half;

            assert_rounds(k, a, a);
            assert_rounds(k, -a, -a);
            if (!isfinite(a))
                continue;
            if (!isfinite(b))           /* where the next would be */
                half = a + (a - meaning(k, bits - 1)) / 2.0;
            else
                half = a + (b - a) / 2.0;
            even = bits % 2 == 0 ? a : b;
            for (int sign = -1; sign <= 1; sign += 2) {
                assert_rounds(k, sign * half, sign * even);
                assert_rounds(k, sign * nextafter(half, 0.0), sign * a);
                assert_rounds(k, sign * nextafter(half, (double)INFINITY), sign * b);
                assert_rounds(k, sign * nextafter(a, (double)INFINITY), sign * a);
            }
        }
}

/* The largest of each type, the first that is too large for it, the smallest,
 * and the last that is too small. */
static void
ends_of_each_type(void **state)
{
    static const struct {
        double largest, over, least;
    } ends[] = {
        {0x1.fffffep127, 0x1.ffffffp127, 0x1p-149},
        {0x1.fep127, 0x1.ffp127, 0x1p-133},
        {65504.0, 65520.0, 0x1p-24},
    };

    (void)state;
    for (size_t k = 0; k < COUNT(types); k++)
        for (int sign = -1; sign <= 1; sign += 2) {
            assert_rounds(k, sign * ends[k].largest, sign * ends[k].largest);
            assert_rounds(k, sign * nextafter(ends[k].over, 0.0), sign * ends[k].largest);
            assert_rounds(k, sign * ends[k].over, sign * (double)INFINITY);
            assert_rounds(k, sign * 0x1.fffffffffffffp1023, sign * (double)INFINITY);
            assert_rounds(k, sign * (double)INFINITY, sign * (double)INFINITY);
            assert_rounds(k, sign * ends[k].least, sign * ends[k].least);
            assert_rounds(k, sign * ends[k].least * 1.5, sign * ends[k].least * 2.0);
            assert_rounds(k, sign * ends[k].least * 0.5, sign * 0.0);
            assert_rounds(k, sign * nextafter(ends[k].least * 0.5, 1.0),
                          sign * ends[k].least);
            assert_rounds(k, sign * 0x1p-1074, sign * 0.0);
            assert_rounds(k, sign * 0.0, sign * 0.0);
            assert_rounds(k, sign * (double)NAN, (double)NAN);
        }
}

/* Random doubles: any bits; exponents of the type's range; and a value of the
 * type with few bits after it, where ties are. */
static void
random_doubles_as_the_bits_say(void **state)
{
    struct cola_splitmix r;

    (void)state;
    cola_splitmix_seed(&r, 7, "round");
    for (int i = 0; i < 300000; i++) {
        size_t k = (size_t)i % COUNT(types);
        int bias = (1 << (types[k].exponent - 1)) - 1;
        int e = 1023 - bias - types[k].fraction - 3 +
                (int)cola_splitmix_below(&r, 2 * (uint64_t)bias +
                                         (uint64_t)types[k].fraction + 6);
        uint64_t bits = cola_splitmix_next(&r);
        uint64_t near = (bits & UINT64_C(0x800fffffffffffff)) | (uint64_t)e << 52;
        uint64_t tie = near & ~((UINT64_C(1) << (50 - types[k].fraction)) - 1);

        assert_rounds(k, f64_from_bits(bits), rounded(k, f64_from_bits(bits)));
        assert_rounds(k, f64_from_bits(near), rounded(k, f64_from_bits(near)));
        assert_rounds(k, f64_from_bits(tie), rounded(k, f64_from_bits(tie)));
    }
}

/* Where the machine converts, and where base/number does, they agree. */
static void
as_the_other_conversions_do(void **state)
{
    struct cola_splitmix r;

    (void)state;
    cola_splitmix_seed(&r, 8, "round");
    for (int i = 0; i < 100000; i++) {
        double x = ldexp(2.0 * cola_splitmix_real(&r) - 1.0, i % 300 - 160);
        float f = (float)x;

        assert_rounds(0, x, (double)f);
        assert_rounds(1, (double)f, (double)cola_f32_from_bf16(cola_bf16_from_f32(f)));
    }
}

/* f64 is none: nothing changes, not even what a NaN or -0 is. */
static void
none_changes_nothing_and_names_are_found(void **state)
{
    static const double same[] = {0x1.23456789abcdep-1060, -0.0, 0x1.fffffffffffffp1023};
    enum cola_rounding found;

    (void)state;
    for (size_t i = 0; i < COUNT(same); i++)
        assert_true(cola_f64_bits(cola_round(same[i], COLA_ROUND_NONE)) ==
                    cola_f64_bits(same[i]));
    for (size_t k = 0; k < COUNT(types); k++) {
        assert_string_equal(cola_rounding_name(types[k].rounding), types[k].name);
        assert_true(cola_rounding_find(types[k].name, &found));
        assert_int_equal(found, types[k].rounding);
    }
    assert_string_equal(cola_rounding_name(COLA_ROUND_NONE), "f64");
    assert_true(cola_rounding_find("f64", &found));
    assert_int_equal(found, COLA_ROUND_NONE);
    assert_false(cola_rounding_find("f8", &found));
    assert_false(cola_rounding_find("", &found));
    assert_false(cola_rounding_find("F32", &found));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_16_bits_and_what_lies_between),
        cmocka_unit_test(ends_of_each_type),
        cmocka_unit_test(random_doubles_as_the_bits_say),
        cmocka_unit_test(as_the_other_conversions_do),
        cmocka_unit_test(none_changes_nothing_and_names_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
