/*
 * test_golden.c - logits that somebody else computed
 *
 * Beside the source tree there may be checkpoints with a golden.json: seven
 * chains each, and their logits in float64 by an independent implementation.
 * None of it belongs to the project.
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
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "execute/executor.h"
#include "expect.h"

#define BACKENDS_MAX 8
#define TOKENS_MAX 64

/* The member NAME of a case, an array. */
static const json_t *
list(const json_t *c, const char *name, size_t least)
{
    const json_t *values = json_object_get(c, name);

    assert_true(json_is_array(values) && json_array_size(values) >= least);
    return values;
}

/* Compare one backend with one case; the difference over the largest logit. */
static double
compare(const struct cola_executor *executor, const json_t *c, int *same)
{
    const json_t *ids = list(c, "tokens", 2), *layers = list(c, "chain", 0);
    const json_t *logits = list(c, "logits", 1);
    int V = cola_model_vocabulary(executor->model), best = 0, tokens[TOKENS_MAX];
    size_t n = json_array_size(ids);
    double worst = 0.0, largest = 0.0;
    struct cola_chain chain = {0};
    struct cola_run *run = NULL;
    struct cola_error err;

    assert_int_equal(json_array_size(logits), V);
    for (size_t i = 0; i < json_array_size(layers); i++)
        chain.at[chain.len++] = (uint16_t)json_integer_value(json_array_get(layers, i));
    assert_true(n <= TOKENS_MAX);
    assert_ok(cola_run_new(executor, chain.len, (int)n, &run, &err), &err);
    assert_ok(cola_run_begin(run, &chain, &err), &err);
    for (size_t i = 0; i < n; i++)
        tokens[i] = (int)json_integer_value(json_array_get(ids, i));
    /* a prefill and a step */
    assert_ok(cola_run_feed(run, tokens, (int)n - 1, &err), &err);
    assert_ok(cola_run_feed(run, tokens + n - 1, 1, &err), &err);
    for (int v = 0; v < V; v++) {
        double want = json_number_value(json_array_get(logits, (size_t)v));
        double gap = fabs(cola_run_logits(run)[v] - want);

        if (!(gap <= worst))
            worst = gap;
        largest = fmax(largest, fabs(want));
        if (want > json_number_value(json_array_get(logits, (size_t)best)))
            best = v;
    }
    *same = cola_run_argmax(run) == best;
    cola_run_free(run);
    return worst / largest;
}

static void
compare_model(const char *name)
{
    const char *shared = getenv("COLA_SHARED");
    char path[1024], golden[1100];
    double worst[BACKENDS_MAX] = {0};
    size_t agree[BACKENDS_MAX] = {0}, backends = 0, count;
    struct cola_model *model = NULL;
    json_t *file = NULL;
    const json_t *cases;
    struct cola_error err;

    snprintf(path, sizeof path, "%s/models/%s", shared ? shared : "", name);
    snprintf(golden, sizeof golden, "%s/golden.json", path);
    if (shared == NULL || !cola_file_exists(golden)) {
        print_message("%s: no golden.json under COLA_SHARED\n", name);
        skip();
    }
    assert_ok(cola_json_load(golden, &file, &err), &err);
    assert_ok(cola_model_open(path, &model, &err), &err);
    cases = list(file, "cases", 7);
    count = json_array_size(cases);
    for (size_t b = 0; cola_executor_ops_at(b) != NULL; b++, backends++) {
        const char *backend = cola_executor_ops_at(b)->name;
        struct cola_executor *executor = NULL;

        assert_true(b < BACKENDS_MAX);
        assert_ok(cola_executor_new(backend, model, &executor, &err), &err);
        for (size_t i = 0; i < count; i++) {
            const json_t *c = json_array_get(cases, i);
            int same;
            double gap = compare(executor, c, &same);

            if (strcmp(backend, "int8") != 0 && !(gap <= 1e-5 && same))
                fail_msg("%s, %s, %s: off by %.2g, the argmax is %s", name, backend,
                         json_string_value(json_object_get(c, "name")), gap,
                         same ? "the same" : "another");
            if (!(gap <= worst[b]))
                worst[b] = gap;
            agree[b] += same != 0;
        }
        cola_executor_free(executor);
    }
    for (size_t b = 0; b < backends; b++)
        print_message("%s, %s: off by up to %.2g, argmax right in %zu of %zu\n", name,
                      cola_executor_ops_at(b)->name, worst[b], agree[b], count);
    cola_model_close(model);
    json_decref(file);
}

static void
register_looped_agrees(void **state)
{
    (void)state;
    compare_model("register-looped");
}

static void
register_plain_agrees(void **state)
{
    (void)state;
    compare_model("register-plain");
}

static void
stories3M_agrees(void **state)
{
    (void)state;
    compare_model("stories3M");
}

static void
stories260K_agrees(void **state)
{
    (void)state;
    compare_model("stories260K");
}

static void
TinyStories_656K_agrees(void **state)
{
    (void)state;
    compare_model("TinyStories-656K");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(register_looped_agrees),
        cmocka_unit_test(register_plain_agrees),
        cmocka_unit_test(stories3M_agrees),
        cmocka_unit_test(stories260K_agrees),
        cmocka_unit_test(TinyStories_656K_agrees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
