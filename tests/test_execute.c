/*
 * test_execute.c - backends against the truth, and what cannot be executed
 *
 * The laws that bind one backend's bits to each other are in test_laws.c.
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

#include "base/digest.h"
#include "running.h"

/* ---- the truth ---------------------------------------------------------- */

/* Largest difference over the largest logit. */
static double
distance(const double *a, const double *b, int n)
{
    double worst = 0.0, size = 0.0;

    for (int i = 0; i < n; i++) {
        if (!(fabs(a[i] - b[i]) <= worst))
            worst = fabs(a[i] - b[i]);
        size = fmax(size, fabs(b[i]));
    }
    return worst / size;
}

/* Call FN for every sample and chain with 12 tokens fed at once. */
static void
each_chain(void (*fn)(const struct cola_model *model, const char *text,
                      const struct cola_chain *chain, const int *ids, int n,
                      double *worst), double *worst)
{
    static const char *const chains[] = {"0-3", "()", "2", "3,1", "0-2,1-3",
                                         "0-3,(2-3)x4,0"};

    for (size_t s = 0; s < COUNT(samples); s++) {
        struct disk disk = disk_write(&samples[s]);
        int ids[12];

        make_tokens(ids, 12, samples[s].vocabulary, 2);
        for (size_t c = 0; c < COUNT(chains); c++) {
            struct cola_chain chain = chain_of(chains[c]);

            fn(disk.model, chains[c], &chain, ids, 12, worst);
        }
        disk_remove(&disk);
    }
}

static void
compare_f64(const struct cola_model *model, const char *text,
            const struct cola_chain *chain, const int *ids, int n, double *worst)
{
    struct cola_executor *executor = executor_of("f64", model);
    struct cola_run *run = run_of(executor, chain, n);
    double want[64], gap;

    feed(run, ids, n);
    again_forward_long(model, chain, ids, (size_t)n, want);
    gap = distance(cola_run_logits(run), want, model->config.vocabulary);
    if (!(gap <= 1e-12))
        fail_msg("width %d, chain %s: %.2g", model->config.width, text, gap);
    *worst = fmax(*worst, gap);
    cola_run_free(run);
    cola_executor_free(executor);
}

static void
f64_agrees_with_long_double_and_a_cache(void **state)
{
    double worst = 0.0;

    (void)state;
    each_chain(compare_f64, &worst);
    print_message("f64: within %.2g of the largest logit\n", worst);
}

static void
compare_backends(const struct cola_model *model, const char *text,
                 const struct cola_chain *chain, const int *ids, int n, double *worst)
{
    struct cola_executor *truth = executor_of("f64", model);
    struct cola_run *want = run_of(truth, chain, n);

    feed(want, ids, n);
    for (size_t i = 0; cola_executor_ops_at(i) != NULL; i++) {
        const char *backend = cola_executor_ops_at(i)->name;
        struct cola_executor *executor = executor_of(backend, model);
        struct cola_run *run = run_of(executor, chain, n);
        double gap;

        feed(run, ids, n);
        gap = distance(cola_run_logits(run), cola_run_logits(want),
                       model->config.vocabulary);
        if (strcmp(backend, "int8") == 0) {
            assert_true(gap < 0.5);
            worst[1] = fmax(worst[1], gap);
        } else {
            if (!(gap <= 1e-5))
                fail_msg("%s, width %d, chain %s: %.2g", backend, model->config.width,
                         text, gap);
            worst[0] = fmax(worst[0], gap);
        }
        cola_run_free(run);
        cola_executor_free(executor);
    }
    cola_run_free(want);
    cola_executor_free(truth);
}

static void
float_backends_are_close_to_f64(void **state)
{
    double worst[2] = {0.0};

    (void)state;
    each_chain(compare_backends, worst);
    print_message("float32: within %.2g of the largest logit; int8: %.2g\n", worst[0],
                  worst[1]);
}

/*
 * SHA-256 of the logits of five chains, as little-endian float32 (f64: double).
 * These are our own numbers: a net that catches any change of a bit, from
 * whatever machine, compiler or edit, and no evidence that the bits are right,
 * which is what all other tests are for.
 */
static void
logits_are_those_of_this_release(void **state)
{
    static const char *const want[COUNT(samples)][COUNT(backends)] = {
        {"14085ce74f4311050914f18565cf7740abfde7022e952a6e440ef926a3c3b2df",
         "df26790f95326cf34d96aec81077a02af133e48da77af5184f4fd99100952d6d",
         "b93b800e5937367eb9324b93ee4ee442d44041242da713147a9dcfa7b63d0893"},
        {"4b0c3f898382be6a7903850e301e15efd56199d09a2ac3a877c91c4f6659ef48",
         "55de30c973a6cf7bb404d5460a28de463f08d89fe3be9b684c6064150f031102",
         "838a4d406249eaf716546bcf7a2e3c1b51feab4d362a3d0e5acf6c5fb97b654c"},
        {"c22c82253fb2127725394309293cf5c26642a62024a425b57830e62c134252da",
         "f0856778ba05b06a74d493f3b72458e5399adbf4fca777ed416e5c0c4ea99412",
         "23f60a56d13d66f6884f037dc8356eace87f2173fc26cbc7ff919849ba1c9391"},
    };
    static const char *const chains[] = {"0-3", "()", "3,1", "0-2,1-3", "0-3,(2-3)x3,0"};

    (void)state;
    for (size_t s = 0; s < COUNT(samples); s++) {
        struct disk disk = disk_write(&samples[s]);
        int ids[30];

        make_tokens(ids, 30, samples[s].vocabulary, 1);
        for (size_t b = 0; b < COUNT(backends); b++) {
            struct cola_executor *executor = executor_of(backends[b], disk.model);
            size_t size = executor->ops->is_float ? 4 : 8;
            struct cola_sha256 sha;
            unsigned char digest[32];
            char hex[65];

            cola_sha256_init(&sha);
            for (size_t c = 0; c < COUNT(chains); c++) {
                struct cola_chain chain = chain_of(chains[c]);
                struct cola_run *run = run_of(executor, &chain, 30);

                feed(run, ids, 30);
                for (int v = 0; v < samples[s].vocabulary; v++) {
                    double x = cola_run_logits(run)[v];
                    uint64_t bits = size == 4 ? cola_f32_bits((float)x) :
                                    cola_f64_bits(x);

                    for (size_t i = 0; i < size; i++)
                        cola_sha256_add(&sha, (unsigned char[]){
                                        (unsigned char)(bits >> 8 * i)}, 1);
                }
                cola_run_free(run);
            }
            cola_sha256_end(&sha, digest);
            cola_sha256_hex(digest, hex);
            assert_string_equal(hex, want[s][b]);
            cola_executor_free(executor);
        }
        disk_remove(&disk);
    }
}

/* ---- what cannot be executed -------------------------------------------- */

static void
unfit_calls_refused_and_without_effect(void **state)
{
    static const struct {
        int ids[3], n;
        const char *place, *reason;
    } cases[] = {
        {{1, 37}, 2, "token 5 is 37", "the vocabulary is 0-36"},
        {{-1, 2}, 2, "token 4 is -1", "the vocabulary is 0-36"},
        {{99999}, 1, "token 4 is 99999", "the vocabulary is 0-36"},
        {{0}, 0, "no tokens", "empty prompt"},
        {{0}, -1, "no tokens", "empty prompt"},
        {{1, 2, 3}, 3, "3 tokens after 4", "room for 6"},
    };
    struct disk disk = disk_write(&samples[0]);
    int ids[6];

    (void)state;
    make_tokens(ids, 6, 37, 3);
    for (size_t b = 0; b < COUNT(backends); b++) {
        struct cola_executor *executor = executor_of(backends[b], disk.model);
        struct cola_chain chain = chain_of("0-3,2"), wrong;
        struct cola_run *run = NULL, *want = run_of(executor, &chain, 6);
        struct cola_error err;

        feed(want, ids, 6);
        assert_ok(cola_run_new(executor, 5, 6, &run, &err), &err);
        assert_int_equal(cola_run_feed(run, ids, 1, &err), COLA_USAGE);
        assert_int_equal(err.status, COLA_USAGE);
        assert_string_equal(err.text, "tokens were fed before a chain was begun");
        assert_ok(cola_run_begin(run, &chain, &err), &err);
        feed(run, ids, 4);
        for (size_t c = 0; c < COUNT(cases); c++) {
            double before[64];

            for (int v = 0; v < 37; v++)
                before[v] = cola_run_logits(run)[v];
            assert_refused(cola_run_feed(run, cases[c].ids, cases[c].n, &err), &err,
                           cases[c].place, cases[c].reason);
            assert_int_equal(cola_run_feed(run, cases[c].ids, cases[c].n, NULL),
                             COLA_INPUT);
            assert_logits(run, before, backends[b], "after an error", 4);
        }
        wrong = chain_of("0-1,99,2");
        assert_refused(cola_run_begin(run, &wrong, &err), &err,
                       "chain position 2 names layer 99", "the model has layers 0-3");
        wrong = chain_of("4");
        assert_refused(cola_run_begin(run, &wrong, &err), &err,
                       "chain position 0 names layer 4", "the model has layers 0-3");
        wrong = chain_of("0-3,0-1");
        assert_refused(cola_run_begin(run, &wrong, &err), &err, "6 positions",
                       "room for 5");
        feed(run, ids + 4, 2);          /* the old chain and its tokens are there */
        assert_logits(run, cola_run_logits(want), backends[b], "0-3,2", 6);
        assert_refused(cola_run_feed(run, ids, 1, &err), &err, "1 tokens after 6",
                       "room for 6");
        cola_run_free(want);
        cola_run_free(run);
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

static void
runs_without_room_refused(void **state)
{
    static const struct {
        int length, tokens;
        const char *place, *reason;
    } cases[] = {
        {-1, 1, "0 to 1024 positions", "not -1"},
        {1025, 1, "0 to 1024 positions", "not 1025"},
        {1, 0, "1 to 1048576 tokens", "not 0"},
        {1, -5, "1 to 1048576 tokens", "not -5"},
        {1, 1048577, "1 to 1048576 tokens", "not 1048577"},
    };
    struct disk disk = disk_write(&samples[0]);

    (void)state;
    for (size_t b = 0; b < COUNT(backends); b++) {
        struct cola_executor *executor = executor_of(backends[b], disk.model);

        for (size_t c = 0; c < COUNT(cases); c++) {
            struct cola_run *run = NULL;
            struct cola_error err;

            assert_refused(cola_run_new(executor, cases[c].length, cases[c].tokens, &run,
                                        &err), &err, cases[c].place, cases[c].reason);
            assert_null(run);
        }
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

/* A chain that did not come from cola_chain_parse() may have any length. */
static void
lengths_no_chain_has_refused(void **state)
{
    static const int lengths[] = {-1, COLA_CHAIN_MAX + 1, INT32_MAX};
    struct disk disk = disk_write(&samples[0]);
    struct cola_executor *executor = executor_of("exact", disk.model);
    struct cola_chain chain = chain_of("0");
    struct cola_run *run = run_of(executor, &chain, 1);
    struct cola_error err;

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        chain.len = lengths[i];
        assert_refused(cola_run_begin(run, &chain, &err), &err, "chain", "positions");
    }
    cola_run_free(run);
    cola_executor_free(executor);
    disk_remove(&disk);
}

static void
backend_of_unknown_name_refused(void **state)
{
    static const char *const names[] = {"", "Exact", "exact ", "f32", "int4"};
    struct disk disk = disk_write(&samples[0]);
    struct cola_executor *executor = NULL;
    struct cola_error err;

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char name[32];

        snprintf(name, sizeof name, "called \"%s\"", names[i]);
        assert_refused(cola_executor_new(names[i], disk.model, &executor, &err), &err,
                       name, "exact, int8, blas and f64");
        assert_null(executor);
    }
#ifndef HAVE_CBLAS
    assert_refused(cola_executor_new("blas", disk.model, &executor, &err), &err,
                   "no backend \"blas\"", "CBLAS");
    assert_null(executor);
#endif
    cola_executor_free(NULL);
    cola_run_free(NULL);
    disk_remove(&disk);
}

/* ---- reading the logits ------------------------------------------------- */

/* MODEL with another head, [V, d], and final norm. */
struct fitted {
    struct cola_model model;
    struct cola_tensor head, norm;
    unsigned char bytes[64 * 24 * 4], norm_bytes[24 * 4];
};

static void
put_float(unsigned char *p, float x)
{
    uint32_t bits = cola_f32_bits(x);

    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(bits >> 8 * i);
}

/* Row V of the head is VALUES[V] in every column, the norm NORM throughout. */
static void
fit(struct fitted *f, const struct cola_model *model, const float *values, float norm)
{
    size_t V = (size_t)model->config.vocabulary, d = (size_t)model->config.width;

    assert_true(V <= 64 && d == 24);
    f->model = *model;
    f->head = *model->head;
    f->norm = *model->norm;
    f->head.data = f->bytes;
    f->norm.data = f->norm_bytes;
    f->model.head = &f->head;
    f->model.norm = &f->norm;
    for (size_t i = 0; i < V * d; i++)
        put_float(f->bytes + 4 * i, values[i / d]);
    for (size_t i = 0; i < d; i++)
        put_float(f->norm_bytes + 4 * i, norm);
}

/* The sum of the last token's normed stream has one sign, by which the head's
 * rows are ordered upwards or downwards. */
static void
argmax_takes_the_lowest_of_equals(void **state)
{
    struct disk disk = disk_write(&samples[0]);
    struct cola_chain chain = chain_of("0-3");
    struct fitted f;

    (void)state;
    for (size_t b = 0; b < COUNT(backends); b++)
        for (int sign = -1; sign <= 1; sign++) {
            float values[37];
            struct cola_executor *executor;
            struct cola_run *run;
            double gap;

            for (int v = 0; v < 37; v++)
                values[v] = (float)sign * (v == 9 || v == 20 || v == 36 ? 2.0f : 1.0f);
            fit(&f, disk.model, values, 1.0f);
            executor = executor_of(backends[b], &f.model);
            run = run_of(executor, &chain, 4);
            feed(run, (int[]){4, 7, 1, 30}, 4);
            if (sign == 0)
                assert_int_equal(cola_run_argmax(run), 0);
            else if (cola_run_logits(run)[9] > cola_run_logits(run)[0])
                assert_int_equal(cola_run_argmax(run), 9);
            else
                assert_int_equal(cola_run_argmax(run), 0);
            gap = cola_run_gap(run);
            assert_true(gap == 0.0);
            cola_run_free(run);
            cola_executor_free(executor);
        }
    disk_remove(&disk);
}

static void
gap_and_logprob_follow_from_the_logits(void **state)
{
    struct disk disk = disk_write(&samples[0]);
    struct cola_chain chain = chain_of("0-3");

    (void)state;
    for (size_t b = 0; b < COUNT(backends); b++) {
        struct cola_executor *executor = executor_of(backends[b], disk.model);
        struct cola_run *run = run_of(executor, &chain, 37);

        for (int t = 0; t < 37; t++) {
            const double *logits;
            double best = -INFINITY, second = -INFINITY, sum = 0.0;
            int at = 0;

            feed(run, &t, 1);
            logits = cola_run_logits(run);
            for (int v = 0; v < 37; v++) {
                if (logits[v] > best) {
                    second = best;
                    best = logits[v];
                    at = v;
                } else if (logits[v] > second) {
                    second = logits[v];
                }
                sum += exp(logits[v]);
            }
            assert_int_equal(cola_run_argmax(run), at);
            if (executor->ops->is_float)
                assert_true(cola_run_gap(run) == (double)((float)best - (float)second));
            else
                assert_true(cola_run_gap(run) == best - second);
            for (int v = 0; v < 37; v++)
                assert_true(fabs(cola_run_logprob(run, v) - (logits[v] - log(sum))) <
                            1e-12);
        }
        cola_run_free(run);
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

/* Every weight is finite, their products are not. */
/* The probabilities of a continuation are the same scored at once and fed one by
 * one, and so is what is fed after it: more tokens than go through the head
 * together, than through a layer together. */
static void
scores_are_those_of_single_tokens(void **state)
{
    enum { PROMPT = 3, REST = 90 };

    (void)state;
    for (size_t m = 0; m < sizeof samples / sizeof samples[0]; m++) {
        struct disk d = disk_write(&samples[m]);
        int V = cola_model_vocabulary(d.model), ids[PROMPT + REST];

        for (int i = 0; i < PROMPT + REST; i++)
            ids[i] = (i * i + 5 * i + 1) % V;
        for (size_t b = 0; b < sizeof backends / sizeof backends[0]; b++) {
            struct cola_executor *x;
            struct cola_run *run;
            struct cola_chain chain;
            struct cola_error err;
            double at_once[REST], after;

            assert_ok(cola_executor_new(backends[b], d.model, &x, &err), &err);
            assert_ok(cola_chain_parse("0-2,1-3", &chain, &err), &err);
            assert_ok(cola_run_new(x, chain.len, PROMPT + REST, &run, &err), &err);
            assert_ok(cola_run_begin(run, &chain, &err), &err);
            assert_int_equal(cola_run_score(run, ids, 1, at_once, &err), COLA_USAGE);
            assert_ok(cola_run_feed(run, ids, PROMPT, &err), &err);
            assert_ok(cola_run_score(run, ids + PROMPT, REST, at_once, &err), &err);
            assert_ok(cola_run_feed(run, ids, 1, &err), &err);
            after = cola_run_logits(run)[0];
            assert_ok(cola_run_begin(run, &chain, &err), &err);
            assert_ok(cola_run_feed(run, ids, PROMPT, &err), &err);
            for (int i = 0; i < REST; i++) {
                double single = cola_run_logprob(run, ids[PROMPT + i]);

                assert_memory_equal(&single, &at_once[i], sizeof single);
                assert_ok(cola_run_feed(run, i + 1 < REST ? &ids[PROMPT + i] : ids, 1,
                                        &err), &err);
            }
            assert_true(after == cola_run_logits(run)[0]);
            cola_run_free(run);
            cola_executor_free(x);
        }
        disk_remove(&d);
    }
}

static void
overflow_has_no_argmax(void **state)
{
    static const struct {
        int at;                 /* the head's row that is large */
        float size, norm;
        int overflows;
    } cases[] = {
        {0, 3e38f, 3e38f, 1}, {36, 3e38f, 3e38f, 1}, {17, -3e38f, 1e10f, 1},
        {17, 1e3f, 1.0f, 0},
    };
    struct disk disk = disk_write(&samples[0]);
    struct cola_chain chain = chain_of("0-3");
    struct fitted f;

    (void)state;
    for (size_t b = 0; b < COUNT(backends); b++)
        for (size_t c = 0; c < COUNT(cases); c++) {
            struct cola_executor *executor;
            struct cola_run *run;
            const double *logits;
            float values[37];
            int found;

            for (int v = 0; v < 37; v++)
                values[v] = v == cases[c].at ? cases[c].size : 0.0f;
            fit(&f, disk.model, values, cases[c].norm);
            executor = executor_of(backends[b], &f.model);
            run = run_of(executor, &chain, 4);
            feed(run, (int[]){4, 7, 1, 30}, 4);
            found = cola_run_argmax(run);
            logits = cola_run_logits(run);
            if (cases[c].overflows && executor->ops->is_float) {
                assert_int_equal(found, -1);
                assert_true(!isfinite(logits[cases[c].at]));
                assert_true(isnan(cola_run_logprob(run, 5)));
            } else {
                assert_true(found >= 0);        /* double has room */
            }
            cola_run_free(run);
            cola_executor_free(executor);
        }
    disk_remove(&disk);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(f64_agrees_with_long_double_and_a_cache),
        cmocka_unit_test(float_backends_are_close_to_f64),
        cmocka_unit_test(logits_are_those_of_this_release),
        cmocka_unit_test(unfit_calls_refused_and_without_effect),
        cmocka_unit_test(runs_without_room_refused),
        cmocka_unit_test(lengths_no_chain_has_refused),
        cmocka_unit_test(backend_of_unknown_name_refused),
        cmocka_unit_test(argmax_takes_the_lowest_of_equals),
        cmocka_unit_test(gap_and_logprob_follow_from_the_logits),
        cmocka_unit_test(scores_are_those_of_single_tokens),
        cmocka_unit_test(overflow_has_no_argmax),
    };

    cola_threads_set(1);        /* test_laws.c has the others */
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
