/*
 * cmocka.h - the part of cmocka that our tests use, for where it is missing
 *
 * configure puts this directory in the include path if the real library is not
 * found or not wanted.  Written afresh against cmocka's documentation: the same
 * names and meanings, output in TAP only.  There are no mocks, and a signal ends
 * the program (tests/tap-run counts that as a failure).  State is per source
 * file, so assertions belong in the file that holds main().
 *
 * As with the real one, include <stdarg.h>, <stddef.h>, <stdint.h> and
 * <setjmp.h> first.
 */
#ifndef COLA_TESTS_COMPAT_CMOCKA_H
#define COLA_TESTS_COMPAT_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined __GNUC__
#define CMOCKA_NORETURN __attribute__((noreturn))
#define CMOCKA_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define CMOCKA_NORETURN
#define CMOCKA_PRINTF(f, a)
#endif

/* What a case did.  A test, set-up or tear-down ends early by longjmp(). */
enum cmocka_end { CMOCKA_RETURNED, CMOCKA_FAILED, CMOCKA_SKIPPED };

static jmp_buf cmocka_escape;

typedef void (*CMUnitTestFunction)(void **state);
typedef int (*CMFixtureFunction)(void **state);

struct CMUnitTest {
    const char *name;
    CMUnitTestFunction test_func;
    CMFixtureFunction setup_func;
    CMFixtureFunction teardown_func;
    void *initial_state;
};

#define cmocka_unit_test(f) { #f, f, NULL, NULL, NULL }
#define cmocka_unit_test_setup(f, s) { #f, f, s, NULL, NULL }
#define cmocka_unit_test_teardown(f, t) { #f, f, NULL, t, NULL }
#define cmocka_unit_test_setup_teardown(f, s, t) { #f, f, s, t, NULL }
#define cmocka_unit_test_prestate(f, p) { #f, f, NULL, NULL, p }
#define cmocka_unit_test_prestate_setup_teardown(f, s, t, p) { #f, f, s, t, p }

/* Both print on standard output: TAP comments are what tap-run makes of it. */
CMOCKA_PRINTF(1, 2)
static inline void
print_message(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vprintf(format, args);
    va_end(args);
}

#define print_error print_message

CMOCKA_NORETURN static inline void
cmocka_leave(enum cmocka_end how, const char *file, int line)
{
    if (how == CMOCKA_FAILED)
        printf("# %s:%d: error: Failure!\n", file, line);
    longjmp(cmocka_escape, (int)how);
}

#define fail() cmocka_leave(CMOCKA_FAILED, __FILE__, __LINE__)
#define skip() cmocka_leave(CMOCKA_SKIPPED, __FILE__, __LINE__)
#define fail_msg(...) \
    do { printf("# ERROR: "); printf(__VA_ARGS__); printf("\n"); fail(); } while (0)

/* The names of the real library, for tests that pass a place of their own. */
#define _fail(file, line) cmocka_leave(CMOCKA_FAILED, file, line)
#define _assert_true(c, text, file, line) cmocka_true((c) != 0, text, file, line)

static inline void
cmocka_true(int holds, const char *text, const char *file, int line)
{
    if (holds)
        return;
    printf("# %s\n", text);
    cmocka_leave(CMOCKA_FAILED, file, line);
}

static inline void
cmocka_integers(uintmax_t a, uintmax_t b, int equal, const char *file, int line)
{
    if ((a == b) == equal)
        return;
    printf("# %#jx %s %#jx\n", a, equal ? "!=" : "==", b);
    cmocka_leave(CMOCKA_FAILED, file, line);
}

static inline void
cmocka_strings(const char *a, const char *b, int equal, const char *file, int line)
{
    if ((a == b || (a && b && strcmp(a, b) == 0)) == equal)
        return;
    printf("# \"%s\" %s \"%s\"\n", a ? a : "(null)", equal ? "!=" : "==",
           b ? b : "(null)");
    cmocka_leave(CMOCKA_FAILED, file, line);
}

static inline void
cmocka_memories(const void *a, const void *b, size_t size, int equal,
                const char *file, int line)
{
    const unsigned char *p = a, *q = b;
    size_t i = 0;

    while (i < size && p[i] == q[i])
        i++;
    if ((i == size) == equal)
        return;
    if (equal)
        printf("# of %zu bytes number %zu is the first that differs: %#x != %#x\n",
               size, i, p[i], q[i]);
    else
        printf("# %zu bytes are the same\n", size);
    cmocka_leave(CMOCKA_FAILED, file, line);
}

static inline void
cmocka_floats(float a, float b, float epsilon, int equal, const char *file, int line)
{
    float gap = a < b ? b - a : a - b;

    if ((gap <= epsilon) == equal)
        return;
    printf("# %.9g %s %.9g\n", (double)a, equal ? "!=" : "==", (double)b);
    cmocka_leave(CMOCKA_FAILED, file, line);
}

static inline void
cmocka_range(uintmax_t v, uintmax_t least, uintmax_t most, int inside,
             const char *file, int line)
{
    if ((least <= v && v <= most) == inside)
        return;
    printf("# %ju is %s the range %ju-%ju\n", v, inside ? "not within" : "within",
           least, most);
    cmocka_leave(CMOCKA_FAILED, file, line);
}

static inline void
cmocka_set(uintmax_t v, const unsigned long long *set, size_t n, int inside,
           const char *file, int line)
{
    int found = 0;

    for (size_t i = 0; i < n; i++)
        found |= set[i] == v;
    if (found == inside)
        return;
    printf("# %ju is %s the set\n", v, inside ? "not in" : "in");
    cmocka_leave(CMOCKA_FAILED, file, line);
}

#define CMOCKA_HERE __FILE__, __LINE__

#define assert_true(c) cmocka_true((c) ? 1 : 0, #c, CMOCKA_HERE)
#define assert_false(c) cmocka_true((c) ? 0 : 1, "!(" #c ")", CMOCKA_HERE)
#define assert_null(p) cmocka_true((p) == NULL, #p " == NULL", CMOCKA_HERE)
#define assert_non_null(p) cmocka_true((p) != NULL, #p " != NULL", CMOCKA_HERE)
#define assert_return_code(rc, error) \
    cmocka_true((rc) >= 0, #rc " >= 0", CMOCKA_HERE)
#define assert_ptr_equal(a, b) \
    cmocka_integers((uintptr_t)(a), (uintptr_t)(b), 1, CMOCKA_HERE)
#define assert_ptr_not_equal(a, b) \
    cmocka_integers((uintptr_t)(a), (uintptr_t)(b), 0, CMOCKA_HERE)
#define assert_int_equal(a, b) \
    cmocka_integers((uintmax_t)(a), (uintmax_t)(b), 1, CMOCKA_HERE)
#define assert_int_not_equal(a, b) \
    cmocka_integers((uintmax_t)(a), (uintmax_t)(b), 0, CMOCKA_HERE)
#define assert_float_equal(a, b, epsilon) \
    cmocka_floats((float)(a), (float)(b), (float)(epsilon), 1, CMOCKA_HERE)
#define assert_float_not_equal(a, b, epsilon) \
    cmocka_floats((float)(a), (float)(b), (float)(epsilon), 0, CMOCKA_HERE)
#define assert_string_equal(a, b) cmocka_strings(a, b, 1, CMOCKA_HERE)
#define assert_string_not_equal(a, b) cmocka_strings(a, b, 0, CMOCKA_HERE)
#define assert_memory_equal(a, b, size) cmocka_memories(a, b, size, 1, CMOCKA_HERE)
#define assert_memory_not_equal(a, b, size) \
    cmocka_memories(a, b, size, 0, CMOCKA_HERE)
#define assert_in_range(v, least, most) \
    cmocka_range((uintmax_t)(v), (uintmax_t)(least), (uintmax_t)(most), 1, CMOCKA_HERE)
#define assert_not_in_range(v, least, most) \
    cmocka_range((uintmax_t)(v), (uintmax_t)(least), (uintmax_t)(most), 0, CMOCKA_HERE)
#define assert_in_set(v, set, n) \
    cmocka_set((uintmax_t)(v), set, n, 1, CMOCKA_HERE)
#define assert_not_in_set(v, set, n) \
    cmocka_set((uintmax_t)(v), set, n, 0, CMOCKA_HERE)

/* Run TEST, or FIXTURE if it is given, and say how it ended. */
static inline enum cmocka_end
cmocka_call(CMUnitTestFunction test, CMFixtureFunction fixture, void **state)
{
    switch (setjmp(cmocka_escape)) {
    case CMOCKA_RETURNED:
        if (!fixture) {
            test(state);
            return CMOCKA_RETURNED;
        }
        return fixture(state) ? CMOCKA_FAILED : CMOCKA_RETURNED;
    case CMOCKA_SKIPPED:
        return CMOCKA_SKIPPED;
    default:
        return CMOCKA_FAILED;
    }
}

/* Run one case with its fixtures and print its line; 1 if it failed. */
static inline int
cmocka_case(const struct CMUnitTest *t, size_t number, void *group_state)
{
    void *state = t->initial_state ? t->initial_state : group_state;
    const char *broken = NULL;
    enum cmocka_end end = CMOCKA_RETURNED;

    if (t->setup_func)
        end = cmocka_call(NULL, t->setup_func, &state);
    if (end == CMOCKA_FAILED)
        broken = "test setup failed";
    if (end == CMOCKA_RETURNED) {
        end = cmocka_call(t->test_func, NULL, &state);
        if (t->teardown_func &&
            cmocka_call(NULL, t->teardown_func, &state) != CMOCKA_RETURNED) {
            end = CMOCKA_FAILED;
            broken = "test teardown failed";
        }
    }
    if (broken)
        printf("# %s\n", broken);
    printf("%s %zu - %s%s\n", end == CMOCKA_FAILED ? "not ok" : "ok", number, t->name,
           end == CMOCKA_SKIPPED ? " # SKIP" : "");
    fflush(stdout);
    return end == CMOCKA_FAILED;
}

static inline int
cmocka_group(const char *group, const struct CMUnitTest *tests, size_t n,
             CMFixtureFunction setup, CMFixtureFunction teardown)
{
    void *state = NULL;
    int failed = 0;

    printf("1..%zu\n", n);
    if (setup && cmocka_call(NULL, setup, &state) != CMOCKA_RETURNED) {
        printf("not ok 0 - %s: group setup failed\n", group);
        fflush(stdout);
        return 1;
    }
    for (size_t i = 0; i < n; i++)
        failed += cmocka_case(&tests[i], i + 1, state);
    if (teardown && cmocka_call(NULL, teardown, &state) != CMOCKA_RETURNED) {
        printf("not ok 0 - %s: group teardown failed\n", group);
        failed++;
    }
    fflush(stdout);
    return failed;
}

#define cmocka_run_group_tests(tests, setup, teardown) \
    cmocka_group(#tests, tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)
#define cmocka_run_group_tests_name(name, tests, setup, teardown) \
    cmocka_group(name, tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)

#endif
