/*
 * test_number.c - numbers against published values and independent formulas
 *
 * Two kinds of yardstick: long double, where the compiler's is wider than
 * double (elsewhere those tests are skipped), and constants, computed once
 * with Python's decimal module at 60 digits and written down here.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <fenv.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/number.h"
#include "base/random.h"
#include "expect.h"

static double
f64_from_bits(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* ---- storage types -------------------------------------------------------- */

/* The value an IEEE format with FRACTION bits and this BIAS gives BITS. */
static double
meaning(uint32_t bits, int fraction, int width, int bias)
{
    uint32_t f = bits & ((1u << fraction) - 1);
    int exponents = (1 << (width - fraction - 1)) - 1;
    int e = (int)(bits >> fraction) & exponents;
    double size = e == 0 ? ldexp((double)f, 1 - bias - fraction)
                         : ldexp(1.0 + ldexp((double)f, -fraction), e - bias);

    if (e == exponents)
        size = f == 0 ? HUGE_VAL : NAN;
    return bits >> (width - 1) != 0 ? -size : size;
}

static void
every_half_has_its_value(void **state)
{
    (void)state;
    for (uint32_t bits = 0; bits < 0x10000; bits++) {
        double f16 = meaning(bits, 10, 16, 15), bf16 = meaning(bits, 7, 16, 127);
        float a = cola_f32_from_f16((uint16_t)bits);
        float b = cola_f32_from_bf16((uint16_t)bits);

        if (isnan(f16) ? !isnan(a) : cola_f64_bits((double)a) != cola_f64_bits(f16))
            fail_msg("f16 %04x", (unsigned)bits);
        if (isnan(bf16) ? !isnan(b) : cola_f64_bits((double)b) != cola_f64_bits(bf16))
            fail_msg("bf16 %04x", (unsigned)bits);
    }
}

static void
float_rounded_to_bf16_nearest_ties_to_even(void **state)
{
    (void)state;
    for (uint32_t bits = 0; bits < 0x10000; bits++) {
        uint32_t low = bits << 16, even = bits + (bits & 1);
        uint16_t same = cola_bf16_from_f32(cola_f32_from_bits(low));

        if ((bits & 0x7f80) == 0x7f80 && (bits & 0x7f) != 0) {
            assert_true(isnan(cola_f32_from_bf16(same)));
            continue;
        }
        assert_int_equal(same, bits);
        if ((bits & 0x7f80) == 0x7f80)
            continue;
        assert_int_equal(cola_bf16_from_f32(cola_f32_from_bits(low + 0x7fff)), bits);
        assert_int_equal(cola_bf16_from_f32(cola_f32_from_bits(low + 0x8000)), even);
        assert_int_equal(cola_bf16_from_f32(cola_f32_from_bits(low + 0x8001)), bits + 1);
    }
    /* a NaN whose only bits would be cut off stays one */
    assert_true(isnan(cola_f32_from_bf16(
        cola_bf16_from_f32(cola_f32_from_bits(0x7f800001)))));
}

static void
little_endian_loads_read_at_any_place(void **state)
{
    static const unsigned char bytes[] = {0x99, 0xf1, 0xe2, 0xd3, 0xc4,
                                          0xb5, 0xa6, 0x97, 0x88};

    (void)state;
    assert_int_equal(cola_load16(bytes + 1), 0xe2f1);
    assert_int_equal(cola_load32(bytes + 1), 0xc4d3e2f1);
    assert_true(cola_load64(bytes + 1) == UINT64_C(0x8897a6b5c4d3e2f1));
    assert_true(cola_load64(bytes) == UINT64_C(0x97a6b5c4d3e2f199));
}

/* ---- elementary functions -------------------------------------------------- */

/* Errors in units of the last place of the double nearest to TRUTH. */
static double
units(double y, long double truth)
{
    double near = fabs((double)truth);

    return (double)(fabsl((long double)y - truth) /
                    (long double)(nextafter(near, HUGE_VAL) - near));
}

static double
uniform(struct cola_splitmix *r, double lo, double hi)
{
    return lo + (hi - lo) * cola_splitmix_real(r);
}

static double own_exp(double x) { return cola_exp(x); }
static double own_power(double x) { return cola_pow(500000.0, -x); }
static long double true_exp(long double x) { return expl(x); }
static long double true_log(long double x) { return logl(x); }
static long double true_sin(long double x) { return sinl(x); }
static long double true_cos(long double x) { return cosl(x); }
static long double true_power(long double x) { return powl(500000.0L, -x); }

/* The bounds are those of number.h.  Rounded to float, which is how these
 * functions are used, every value must be the correctly rounded one. */
static void
functions_near_the_truth_and_exact_as_float(void **state)
{
    static const struct {
        const char *name;
        double (*own)(double);
        long double (*truth)(long double);
        double lo, hi, bound;
    } cases[] = {
        {"exp", own_exp, true_exp, -745.0, 709.0, 1.0},
        {"exp", own_exp, true_exp, -88.0, 88.0, 1.0},
        {"exp", own_exp, true_exp, -1e-3, 1e-3, 1.0},
        {"log", cola_log, true_log, 0.0, 1e-307, 2.0},
        {"log", cola_log, true_log, 0.5, 2.0, 2.0},
        {"log", cola_log, true_log, 1.0, 1e6, 2.0},
        {"log", cola_log, true_log, 1e300, 1e308, 2.0},
        {"sin", cola_sin, true_sin, -4.0, 4.0, 2.5},
        {"sin", cola_sin, true_sin, -0x1p20, 0x1p20, 2.5},
        {"cos", cola_cos, true_cos, -4.0, 4.0, 2.5},
        {"cos", cola_cos, true_cos, -0x1p20, 0x1p20, 2.5},
        {"pow(500000, -x)", own_power, true_power, 0.0, 1.0, 2.0 * (1.0 + 13.2)},
    };

    (void)state;
#if LDBL_MANT_DIG < 64
    print_message("long double is no wider than double: skipped\n");
    skip();
#endif
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_splitmix r = {i};

        for (int j = 0; j < 50000; j++) {
            double x = uniform(&r, cases[i].lo, cases[i].hi), y = cases[i].own(x);
            long double truth = cases[i].truth((long double)x);

            if (!(units(y, truth) <= cases[i].bound))
                fail_msg("%s(%.17g) is %.17g: %.3f units off", cases[i].name, x, y,
                         units(y, truth));
            if ((float)y != (float)truth)
                fail_msg("%s(%.17g) is misrounded to float", cases[i].name, x);
        }
    }
}

static void
functions_keep_their_special_values(void **state)
{
    (void)state;
    assert_true(cola_exp(0.0) == 1.0);
    assert_true(cola_exp(-746.0) == 0.0);
    assert_true(cola_exp(-HUGE_VAL) == 0.0);
    assert_true(cola_exp(711.0) == HUGE_VAL);
    assert_true(cola_exp(HUGE_VAL) == HUGE_VAL);
    assert_true(isnan(cola_exp(NAN)));
    assert_true(cola_log(1.0) == 0.0);
    assert_true(cola_log(2.0) == 0x1.62e42fefa39efp-1);
    assert_true(cola_pow(10000.0, 0.0) == 1.0);
    assert_true(cola_sin(0.0) == 0.0);
    assert_true(cola_cos(0.0) == 1.0);
}

/* ---- logarithms of integers -------------------------------------------------- */

/*
 * The digits of ln 2, ln 3 and ln 10 are published (OEIS A002162, A002391,
 * A002392).  ln 9170 is the one argument up to 20000 that glibc 2.36 rounds
 * wrongly: the truth lies 1.7e-5 units from the middle between two doubles.
 */
static void
published_logarithms_matched(void **state)
{
    static const struct {
        size_t n;
        uint64_t bits;
    } cases[] = {
        {1, 0},
        {2, UINT64_C(0x3fe62e42fefa39ef)},      /* 0.69314718055994530941723... */
        {3, UINT64_C(0x3ff193ea7aad030b)},      /* 1.09861228866810969139524... */
        {7, UINT64_C(0x3fff2272ae325a57)},      /* 1.94591014905531330510535... */
        {10, UINT64_C(0x40026bb1bbb55516)},     /* 2.30258509299404568401799... */
        {212, UINT64_C(0x40156d24f3cfacd1)},    /* 5.35658627467201245297893... */
        {1000, UINT64_C(0x401ba18a998fffa0)},   /* 6.90775527898213705205397... */
        {9170, UINT64_C(0x40223f54a1c504c1)},   /* 9.12369256525051053327276... */
        {20000, UINT64_C(0x4023ce95eba4f8b4)},  /* 9.90348755253612804548919... */
    };
    struct cola_logs logs = {0};
    struct cola_error err;

    (void)state;
    assert_ok(cola_logs_reach(&logs, 20000, &err), &err);
    for (size_t i = 0; i < COUNT(cases); i++)
        if (cola_f64_bits(logs.ln[cases[i].n]) != cases[i].bits)
            fail_msg("ln %zu is %a", cases[i].n, logs.ln[cases[i].n]);
    assert_true(logs.ln[2] == 0.69314718055994530941723);
    assert_true(logs.ln[3] == 1.09861228866810969139524);
    assert_true(logs.ln[10] == 2.30258509299404568401799);
    cola_logs_free(&logs);
}

/*
 * The digest was made by
 *     getcontext().prec = 60
 *     sha256(b"".join(struct.pack("<d", float(Decimal(n).ln()))
 *                     for n in range(1, 20001)))
 */
static void
every_logarithm_to_20000_correctly_rounded(void **state)
{
    static const char want[] =
        "5dacd04a704f0e498a561ca54a92582806f0e912e7f4cdfac87ce776e4fb505f";
    struct cola_logs logs = {0};
    struct cola_sha256 sha;
    struct cola_error err;
    unsigned char digest[32];
    char hex[65];

    (void)state;
    assert_ok(cola_logs_reach(&logs, 20000, &err), &err);
    cola_sha256_init(&sha);
    for (size_t n = 1; n <= 20000; n++) {
        unsigned char bytes[8];

        for (int i = 0; i < 8; i++)
            bytes[i] = (unsigned char)(cola_f64_bits(logs.ln[n]) >> 8 * i);
        cola_sha256_add(&sha, bytes, 8);
    }
    cola_sha256_end(&sha, digest);
    cola_sha256_hex(digest, hex);
    assert_string_equal(hex, want);
    cola_logs_free(&logs);
}

/* Where long double leaves no doubt about the rounding, it must agree. */
static void
logarithms_agree_with_long_double(void **state)
{
    struct cola_logs logs = {0};
    struct cola_error err;
    int compared = 0;

    (void)state;
#if LDBL_MANT_DIG < 64
    print_message("long double is no wider than double: skipped\n");
    skip();
#endif
    assert_ok(cola_logs_reach(&logs, 100000, &err), &err);
    for (size_t n = 2; n <= 100000; n++) {
        long double truth = logl((long double)n);

        if (units((double)truth, truth) > 0.49)
            continue;
        if (logs.ln[n] != (double)truth)
            fail_msg("ln %zu is %a, long double has %La", n, logs.ln[n], truth);
        compared++;
    }
    assert_true(compared > 95000);
    cola_logs_free(&logs);
}

static void
logarithms_reached_in_steps_are_the_same(void **state)
{
    struct cola_logs once = {0}, steps = {0};
    struct cola_error err;

    (void)state;
    assert_ok(cola_logs_reach(&once, 3000, &err), &err);
    for (size_t n = 0; n <= 3000; n += n < 10 ? 1 : 299)
        assert_ok(cola_logs_reach(&steps, n, &err), &err);
    assert_ok(cola_logs_reach(&steps, 3000, &err), &err);
    assert_ok(cola_logs_reach(&steps, 5, &err), &err);
    assert_memory_equal(once.ln + 1, steps.ln + 1, 3000 * sizeof *once.ln);
    cola_logs_free(&once);
    cola_logs_free(&steps);
}

/* ---- self-test ----------------------------------------------------------------- */

static void
this_machine_passes_the_selftest(void **state)
{
    struct cola_error err;

    (void)state;
    assert_ok(cola_selftest(&err), &err);
    assert_int_equal(cola_selftest(NULL), COLA_OK);
}

static void
selftest_notices_another_rounding(void **state)
{
    struct cola_error err;
    enum cola_status status;

    (void)state;
#ifdef FE_UPWARD
    if (fesetround(FE_UPWARD) == 0) {
        status = cola_selftest(&err);
        fesetround(FE_TONEAREST);
        assert_int_equal(status, COLA_NOTHING);
        assert_non_null(strstr(err.text, "IEEE 754"));
        return;
    }
#endif
    status = cola_selftest(&err);
    assert_ok(status, &err);
    print_message("no other rounding mode can be set: skipped\n");
    skip();
}

/* ---- text ---------------------------------------------------------------------- */

static void
reals_printed_as_json(void **state)
{
    static const struct {
        double x;
        const char *f32, *f64;
    } cases[] = {
        {0.0, "0", "0"},
        {-0.0, "-0", "-0"},
        {1.0, "1", "1"},
        {-2.5, "-2.5", "-2.5"},
        {0.1, "0.100000001", "0.10000000000000001"},
        {1e-5, "9.99999975e-06", "1.0000000000000001e-05"},
        {123456789.0, "123456792", "123456789"},
        {3.4e38, "3.39999995e+38", "3.4e+38"},
        {0x1p-149, "1.40129846e-45", "1.4012984643248171e-45"},
        {4.9406564584124654e-324, "0", "4.9406564584124654e-324"},
        {1.7976931348623157e308, "null", "1.7976931348623157e+308"},
        {HUGE_VAL, "null", "null"},
        {-HUGE_VAL, "null", "null"},
        {NAN, "null", "null"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        double x = cases[i].x;
        char text[32];

        /* to convert a double that no float reaches is undefined */
        cola_print_f32(text, x > (double)FLT_MAX ? HUGE_VALF : (float)x);
        assert_string_equal(text, cases[i].f32);
        cola_print_f64(text, cases[i].x);
        assert_string_equal(text, cases[i].f64);
    }
}

static void
printed_reals_read_back_bit_for_bit(void **state)
{
    struct cola_splitmix r = {99};

    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = cola_splitmix_next(&r);
        double x = f64_from_bits(i % 8 == 0 ? bits & UINT64_C(0x800fffffffffffff) : bits);
        float f = cola_f32_from_bits((uint32_t)(i % 8 == 1 ? bits & 0x807fffff : bits));
        char text[32];
        double back;

        if (isfinite(x)) {
            cola_print_f64(text, x);
            assert_true(cola_parse_real(text, &back));
            if (cola_f64_bits(back) != cola_f64_bits(x))
                fail_msg("%a printed as %s", x, text);
        }
        if (isfinite(f)) {
            cola_print_f32(text, f);
            assert_true(cola_parse_real(text, &back));
            if (cola_f32_bits((float)back) != cola_f32_bits(f))
                fail_msg("float %a printed as %s", (double)f, text);
        }
    }
}

static void
reals_printed_with_a_point_in_any_locale(void **state)
{
    static const char *const locales[] = {
        "de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8", "fr_FR.utf8", "fr_FR",
    };
    char text[32];
    size_t i = 0;

    (void)state;
    while (i < COUNT(locales) && setlocale(LC_NUMERIC, locales[i]) == NULL)
        i++;
    if (i == COUNT(locales)) {
        print_message("no locale with a decimal comma here: skipped\n");
        skip();
    }
    assert_string_equal(localeconv()->decimal_point, ",");
    cola_print_f64(text, -1.5e300);
    setlocale(LC_NUMERIC, "C");
    assert_string_equal(text, "-1.5000000000000001e+300");
}

static void
integers_parsed_whole_or_not_at_all(void **state)
{
    static const struct {
        const char *text;
        int64_t lo, hi;
        int ok;
        int64_t value;
    } cases[] = {
        {"0", 0, 0, 1, 0},
        {"-0", 0, 0, 1, 0},
        {"007", 0, 7, 1, 7},
        {"-12", -12, -12, 1, -12},
        {"9223372036854775807", 0, INT64_MAX, 1, INT64_MAX},
        {"-9223372036854775808", INT64_MIN, 0, 1, INT64_MIN},
        {"9223372036854775808", INT64_MIN, INT64_MAX, 0, 0},
        {"-9223372036854775809", INT64_MIN, INT64_MAX, 0, 0},
        {"8", 0, 7, 0, 0},
        {"-1", 0, 7, 0, 0},
        {"", INT64_MIN, INT64_MAX, 0, 0},
        {"-", INT64_MIN, INT64_MAX, 0, 0},
        {"--1", INT64_MIN, INT64_MAX, 0, 0},
        {"+1", INT64_MIN, INT64_MAX, 0, 0},
        {" 1", INT64_MIN, INT64_MAX, 0, 0},
        {"1 ", INT64_MIN, INT64_MAX, 0, 0},
        {"1.0", INT64_MIN, INT64_MAX, 0, 0},
        {"0x1", INT64_MIN, INT64_MAX, 0, 0},
        {"1e3", INT64_MIN, INT64_MAX, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t value = 77;
        int ok = cola_parse_integer(cases[i].text, cases[i].lo, cases[i].hi, &value);

        if (ok != cases[i].ok || value != (ok ? cases[i].value : 77))
            fail_msg("\"%s\": %d", cases[i].text, ok);
    }
}

static void
reals_parsed_whole_or_not_at_all(void **state)
{
    static const struct {
        const char *text;
        int ok;
        double value;
    } cases[] = {
        {"0", 1, 0.0}, {"1.5", 1, 1.5}, {"-2e3", 1, -2000.0}, {".5", 1, 0.5},
        {"5.", 1, 5.0}, {"1E-2", 1, 0.01}, {"1e-400", 1, 0.0}, {"", 0, 0.0},
        {"-", 0, 0.0}, {".", 0, 0.0}, {"e5", 0, 0.0}, {"1e", 0, 0.0},
        {"1e400", 0, 0.0}, {"-1e400", 0, 0.0}, {"inf", 0, 0.0}, {"nan", 0, 0.0},
        {"0x10", 0, 0.0}, {"1,5", 0, 0.0}, {" 1", 0, 0.0}, {"1 ", 0, 0.0},
        {"1.2.3", 0, 0.0}, {"1-2", 0, 0.0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        double value = 77.0;
        int ok = cola_parse_real(cases[i].text, &value);

        if (ok != cases[i].ok || value != (ok ? cases[i].value : 77.0))
            fail_msg("\"%s\": %d, %g", cases[i].text, ok, value);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_half_has_its_value),
        cmocka_unit_test(float_rounded_to_bf16_nearest_ties_to_even),
        cmocka_unit_test(little_endian_loads_read_at_any_place),
        cmocka_unit_test(functions_near_the_truth_and_exact_as_float),
        cmocka_unit_test(functions_keep_their_special_values),
        cmocka_unit_test(published_logarithms_matched),
        cmocka_unit_test(every_logarithm_to_20000_correctly_rounded),
        cmocka_unit_test(logarithms_agree_with_long_double),
        cmocka_unit_test(logarithms_reached_in_steps_are_the_same),
        cmocka_unit_test(this_machine_passes_the_selftest),
        cmocka_unit_test(selftest_notices_another_rounding),
        cmocka_unit_test(reals_printed_as_json),
        cmocka_unit_test(printed_reals_read_back_bit_for_bit),
        cmocka_unit_test(reals_printed_with_a_point_in_any_locale),
        cmocka_unit_test(integers_parsed_whole_or_not_at_all),
        cmocka_unit_test(reals_parsed_whole_or_not_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
