/*
 * test_laws.c - the laws of execution, bit for bit
 *
 * A chain computes what a checkpoint computes in which the chain's layers are
 * physically laid out; how tokens are portioned, who else is computed at the
 * same time, and on how many threads, changes nothing.  The checkpoints are
 * written here.
 *
 * The program is built twice.  In tests/mutant-laws keys and values can be made
 * to belong to layers instead of positions of the chain, and
 * laws_catch_kv_by_layer.sh sees to it that exactly the tests fail whose names say
 * "repeat": without a layer executed twice the two are the same, and so they are
 * while all tokens are fed in one portion of up to 64.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include "base/parallel.h"
#include "execute/batch.h"
#include "running.h"

/* ---- chains ------------------------------------------------------------- */

/* Every layer at most once ... */
static const char *const plain_chains[] = {
    "0-3", "3,2,1,0", "1,3,0,2", "0,2-3", "3,0", "2",
};

/* ... and some more often. */
static const char *const repeat_chains[] = {
    "0,1,1,2-3", "0-2,1-3", "0-3,0-3", "2,2,2,2", "3,0,3,1,1", "0-3,(2-3)x4,0",
};

/* ---- a chain is its layers laid out ------------------------------------- */

/* Feed both in the same portions and compare after each; f64, which computes
 * everything each time, in one. */
static void
compare_laid_out(const char *backend, const struct cola_executor *executor,
                 const char *text, const struct cola_model *laid_out)
{
    static const int portions[][5] = {{5, 1, 1, 6, 1}, {14}};
    int once = !executor->ops->is_float;
    struct cola_chain chain = chain_of(text), identity;
    struct cola_executor *other = executor_of(backend, laid_out);
    struct cola_run *run = run_of(executor, &chain, 14), *want;
    int ids[14], at = 0;

    make_tokens(ids, 14, laid_out->config.vocabulary, chain.len);
    cola_chain_identity(&identity, laid_out->config.layers);
    want = run_of(other, &identity, 14);
    for (int i = 0; at < 14; i++) {
        feed(run, ids + at, portions[once][i]);
        feed(want, ids + at, portions[once][i]);
        at += portions[once][i];
        assert_logits(run, cola_run_logits(want), backend, text, at);
    }
    cola_run_free(run);
    cola_run_free(want);
    cola_executor_free(other);
}

static void
lay_out(const char *const *chains, size_t count)
{
    for (size_t s = 0; s < COUNT(samples); s++) {
        struct disk disk = disk_write(&samples[s]);
        struct cola_executor *executors[COUNT(backends)];

        for (size_t b = 0; b < COUNT(backends); b++)
            executors[b] = executor_of(backends[b], disk.model);
        for (size_t c = 0; c < count; c++) {
            struct cola_chain chain = chain_of(chains[c]);
            struct disk other = disk_lay_out(disk.model, &chain);

            assert_int_equal(cola_model_layers(other.model), chain.len);
            for (size_t b = 0; b < COUNT(backends); b++)
                compare_laid_out(backends[b], executors[b], chains[c], other.model);
            disk_remove(&other);
        }
        for (size_t b = 0; b < COUNT(backends); b++)
            cola_executor_free(executors[b]);
        disk_remove(&disk);
    }
}

static void
chain_is_its_layers_laid_out(void **state)
{
    (void)state;
    lay_out(plain_chains, COUNT(plain_chains));
}

static void
repeats_are_layers_laid_out(void **state)
{
    (void)state;
    lay_out(repeat_chains, COUNT(repeat_chains));
}

/* As long as chains get; the checkpoint has 1024 layers. */
static void
longest_repeats_are_layers_laid_out(void **state)
{
    static const struct checkpoint shape = {.layers = 3, .width = 6, .heads = 1,
                                            .hidden = 5, .vocabulary = 9, .seed = 3};
    static const char text[] = "(0-2)x300,(0,2)x62";
    struct disk disk = disk_write(&shape);
    struct cola_chain chain = chain_of(text);
    struct disk other = disk_lay_out(disk.model, &chain);

    (void)state;
    assert_int_equal(chain.len, COLA_CHAIN_MAX);
    for (size_t b = 0; b < COUNT(backends); b++) {
        struct cola_executor *executor = executor_of(backends[b], disk.model);

        compare_laid_out(backends[b], executor, text, other.model);
        cola_executor_free(executor);
    }
    disk_remove(&other);
    disk_remove(&disk);
}

/* A model without layer I was never given it. */
static void
omitted_layer_is_a_model_without_it(void **state)
{
    static const char *const chains[] = {"1-3", "0,2-3", "0-1,3", "0-2"};

    (void)state;
    lay_out(chains, COUNT(chains));
}

static void
empty_chain_leads_from_embedding_to_head(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(samples); s++) {
        struct disk disk = disk_write(&samples[s]);
        const struct cola_model *m = disk.model;
        size_t d = (size_t)m->config.width;
        struct cola_chain none = chain_of("()");

        for (size_t b = 0; b < COUNT(floats); b++) {
            struct cola_executor *executor = executor_of(floats[b].backend, m);
            struct cola_run *run = run_of(executor, &none, 3);

            for (int t = 0; t < 3; t++) {
                float x[300], w[300], y[300], out[64];
                double want[64];

                for (size_t i = 0; i < d; i++) {
                    x[i] = again_element(m->embed, (size_t)(3 * t + 1) * d + i);
                    w[i] = again_element(m->norm, i);
                }
                again_norm(x, w, d, 1e-5f, y);
                again_multiply(floats[b].product, m->head, y, 1, out);
                for (int v = 0; v < m->config.vocabulary; v++)
                    want[v] = (double)out[v];
                feed(run, (int[]){3 * t + 1}, 1);
                assert_logits(run, want, floats[b].backend, "()", t + 1);
            }
            cola_run_free(run);
            cola_executor_free(executor);
        }
        disk_remove(&disk);
    }
}

/* ---- the plain forward pass --------------------------------------------- */

/* Loops over the chain's layers, everything anew, against a run that is fed in
 * portions and keeps what it had. */
static void
compare_plain(const char *const *chains, size_t count)
{
    static const int portions[] = {6, 1, 5, 1};

    for (size_t s = 0; s < COUNT(samples); s++) {
        struct disk disk = disk_write(&samples[s]);

        for (size_t b = 0; b < COUNT(floats); b++) {
            struct cola_executor *executor = executor_of(floats[b].backend, disk.model);

            for (size_t c = 0; c < count; c++) {
                struct cola_chain chain = chain_of(chains[c]);
                struct cola_run *run = run_of(executor, &chain, 13);
                int ids[13], at = 0;

                make_tokens(ids, 13, samples[s].vocabulary, (int)c);
                for (size_t i = 0; i < COUNT(portions); i++) {
                    double want[64];

                    feed(run, ids + at, portions[i]);
                    at += portions[i];
                    if (i % 2 == 0)
                        continue;       /* compare after the decoded ones */
                    again_forward(floats[b].product, disk.model, &chain, ids, (size_t)at,
                                  want);
                    assert_logits(run, want, floats[b].backend, chains[c], at);
                }
                cola_run_free(run);
            }
            cola_executor_free(executor);
        }
        disk_remove(&disk);
    }
}

static void
identity_is_the_plain_forward_pass(void **state)
{
    static const char *const identity[] = {"0-3"};

    (void)state;
    compare_plain(identity, 1);
}

static void
chain_is_a_plain_loop_over_its_layers(void **state)
{
    (void)state;
    compare_plain(plain_chains + 1, COUNT(plain_chains) - 1);
}

static void
repeats_are_a_plain_loop_over_the_layers(void **state)
{
    (void)state;
    compare_plain(repeat_chains, COUNT(repeat_chains));
}

/* ---- portions ----------------------------------------------------------- */

#define LONG 150                /* tokens: over two times 64 */

static void
portion(const char *const *chains, size_t count)
{
    static const int portions[][6] = {
        {64, 86}, {63, 87}, {65, 85}, {1, 149}, {149, 1}, {128, 22}, {100, 1, 1, 1, 47},
        {3, 64, 1, 65, 17},
    };

    for (size_t s = 0; s < 2; s++) {
        struct disk disk = disk_write(&samples[s]);
        int V = samples[s].vocabulary, ids[LONG];

        make_tokens(ids, LONG, V, 5);
        for (size_t b = 0; b < COUNT(backends); b++) {
            struct cola_executor *executor = executor_of(backends[b], disk.model);

            for (size_t c = 0; c < count; c++) {
                struct cola_chain chain = chain_of(chains[c]);
                struct cola_run *whole = run_of(executor, &chain, LONG);
                struct cola_run *run = run_of(executor, &chain, LONG);
                double want[64];
                struct cola_error err;

                feed(whole, ids, LONG);
                for (int v = 0; v < V; v++)
                    want[v] = cola_run_logits(whole)[v];
                for (size_t i = 0; i < COUNT(portions); i++) {
                    int at = 0;

                    if (!executor->ops->is_float && (s > 0 || i % 3 > 0))
                        continue;       /* f64 computes everything each time */
                    assert_ok(cola_run_begin(run, &chain, &err), &err);
                    for (int j = 0; j < 6 && portions[i][j] > 0; at += portions[i][j++])
                        feed(run, ids + at, portions[i][j]);
                    assert_int_equal(at, LONG);
                    assert_logits(run, want, backends[b], chains[c], portions[i][0]);
                }
                cola_run_free(run);
                cola_run_free(whole);
            }
            cola_executor_free(executor);
        }
        disk_remove(&disk);
    }
}

static void
any_portions_are_one_prefill(void **state)
{
    static const char *const chains[] = {"0-3", "3,1", "()"};

    (void)state;
    portion(chains, COUNT(chains));
}

static void
any_portions_of_repeats_are_one_prefill(void **state)
{
    static const char *const chains[] = {"0,1,1,2-3", "2-3,2-3"};

    (void)state;
    portion(chains, COUNT(chains));
}

/* Token by token, and after most of them one prefill of all tokens so far. */
static void
decode(const char *const *chains, size_t count)
{
    for (size_t s = 0; s < 2; s++) {
        struct disk disk = disk_write(&samples[s]);
        int tokens = 70, ids[LONG];

        make_tokens(ids, LONG, samples[s].vocabulary, 9);
        for (size_t b = 0; b < COUNT(floats); b++) {
            struct cola_executor *executor = executor_of(floats[b].backend, disk.model);

            for (size_t c = 0; c < count; c++) {
                struct cola_chain chain = chain_of(chains[c]);
                struct cola_run *step = run_of(executor, &chain, tokens);
                struct cola_run *run = run_of(executor, &chain, LONG);
                struct cola_error err;

                for (int t = 1; t <= tokens; t++) {
                    feed(step, ids + t - 1, 1);
                    if (t % 8 > 2 && t < 62)
                        continue;
                    assert_ok(cola_run_begin(run, &chain, &err), &err);
                    feed(run, ids, t);
                    assert_logits(step, cola_run_logits(run), floats[b].backend,
                                  chains[c], t);
                }
                cola_run_free(run);
                cola_run_free(step);
            }
            cola_executor_free(executor);
        }
        disk_remove(&disk);
    }
}

static void
token_by_token_is_one_prefill(void **state)
{
    static const char *const chains[] = {"0-3", "3,0-1"};

    (void)state;
    decode(chains, COUNT(chains));
}

static void
token_by_token_with_repeats_is_one_prefill(void **state)
{
    static const char *const chains[] = {"0-1,1-3", "1,0,1"};

    (void)state;
    decode(chains, COUNT(chains));
}

/* ---- company, reuse, room, threads -------------------------------------- */

#define RUNS 12

/* Every run of a batch must give what its chain's plain loop gives. */
static void
keep_company(const struct disk *disk, const char *backend, enum again_product product,
             const char *const *chains, size_t count, int threads)
{
    struct cola_executor *executor = executor_of(backend, disk->model);
    struct cola_feed feeds[RUNS] = {{0}};
    int ids[RUNS][20], fed[RUNS] = {0};

    for (int i = 0; i < RUNS; i++) {
        struct cola_chain chain = chain_of(chains[(size_t)i % count]);

        make_tokens(ids[i], 20, disk->model->config.vocabulary, 3 * i);
        feeds[i].run = run_of(executor, &chain, 20);
    }
    cola_threads_set(threads);
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < RUNS; i++) {
            feeds[i].ids = ids[i] + fed[i];
            feeds[i].n = 1 + (i + 3 * round) % 5;
            fed[i] += feeds[i].n;
        }
        cola_batch_feed(feeds, RUNS);
        for (int i = 0; i < RUNS; i++)
            assert_ok(feeds[i].status, &feeds[i].error);
    }
    cola_threads_set(1);
    for (int i = 0; i < RUNS; i++) {
        struct cola_chain chain = chain_of(chains[(size_t)i % count]);
        double want[64];

        again_forward(product, disk->model, &chain, ids[i], (size_t)fed[i], want);
        assert_logits(feeds[i].run, want, backend, chains[(size_t)i % count], fed[i]);
        cola_run_free(feeds[i].run);
    }
    cola_executor_free(executor);
}

static void
company(const char *const *chains, size_t count)
{
    for (size_t s = 0; s < 2; s++) {
        struct disk disk = disk_write(&samples[s]);

        for (size_t b = 0; b < COUNT(floats); b++)
            for (int threads = 1; threads <= 4; threads += 3)
                keep_company(&disk, floats[b].backend, floats[b].product, chains, count,
                             threads);
        disk_remove(&disk);
    }
}

static void
company_in_a_batch_changes_nothing(void **state)
{
    (void)state;
    company(plain_chains, COUNT(plain_chains));
}

static void
company_of_repeats_changes_nothing(void **state)
{
    (void)state;
    company(repeat_chains, COUNT(repeat_chains));
}

/* With f64 as well: alone, one after another, and in a batch whose second run
 * is refused its token. */
static void
refused_neighbour_changes_nothing(void **state)
{
    struct disk disk = disk_write(&samples[1]);
    int ids[3][8], wrong[] = {1, 51};

    (void)state;
    for (int i = 0; i < 3; i++)
        make_tokens(ids[i], 8, 51, i);
    for (size_t b = 0; b < COUNT(backends); b++) {
        struct cola_executor *executor = executor_of(backends[b], disk.model);
        struct cola_run *alone[3];
        struct cola_feed feeds[3] = {{0}};

        for (int i = 0; i < 3; i++) {
            struct cola_chain chain = chain_of(plain_chains[i]);

            alone[i] = run_of(executor, &chain, 8);
            feed(alone[i], ids[i], 8);
            feeds[i].run = run_of(executor, &chain, 8);
        }
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 3; i++) {
                feeds[i].ids = ids[i] + 3 * round;
                feeds[i].n = round < 2 ? 3 : 2;
            }
            if (round == 1) {
                feeds[1].ids = wrong;
                feeds[1].n = 2;
            }
            cola_batch_feed(feeds, 3);
            for (int i = 0; i < 3; i++)
                if (round == 1 && i == 1)
                    assert_refused(feeds[i].status, &feeds[i].error, "token 4 is 51",
                                   "the vocabulary is 0-50");
                else
                    assert_ok(feeds[i].status, &feeds[i].error);
            if (round == 1)
                feed(feeds[1].run, ids[1] + 3, 3);
        }
        for (int i = 0; i < 3; i++) {
            assert_logits(feeds[i].run, cola_run_logits(alone[i]), backends[b],
                          plain_chains[i], 8);
            cola_run_free(feeds[i].run);
            cola_run_free(alone[i]);
        }
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

/* A run begun again, after a longer chain and more tokens, has forgotten them;
 * and so has one with room to spare. */
static void
reuse_and_room_change_nothing(void **state)
{
    struct disk disk = disk_write(&samples[1]);
    int ids[90];

    (void)state;
    make_tokens(ids, 90, 51, 4);
    for (size_t b = 0; b < COUNT(backends); b++) {
        struct cola_executor *executor = executor_of(backends[b], disk.model);
        struct cola_run *used = NULL;
        struct cola_error err;

        assert_ok(cola_run_new(executor, 40, 100, &used, &err), &err);
        for (size_t c = 0; c < COUNT(plain_chains); c++) {
            struct cola_chain chain = chain_of(plain_chains[c]), other;
            struct cola_run *fresh = run_of(executor, &chain, 11);

            other = chain_of(repeat_chains[c % COUNT(repeat_chains)]);
            assert_ok(cola_run_begin(used, &other, &err), &err);
            feed(used, ids, 40);
            feed(used, ids + 40, 1);
            assert_ok(cola_run_begin(used, &chain, &err), &err);
            for (int t = 0; t < 11; t += 4) {
                feed(fresh, ids + t + 20, t < 8 ? 4 : 3);
                feed(used, ids + t + 20, t < 8 ? 4 : 3);
                assert_logits(used, cola_run_logits(fresh), backends[b],
                              plain_chains[c], t);
            }
            cola_run_free(fresh);
        }
        cola_run_free(used);
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

/* The positions after which a run shows its stream, -1 first. */
static void
note_position(void *ctx, const struct cola_seen *seen)
{
    int *next = ctx;

    if (seen->tap == COLA_TAP_OUTPUT) {
        assert_int_equal(seen->position, *next - 1);
        ++*next;
    }
}

/* A run that has kept what a prompt left of its streams: it is rewound to
 * nothing, somebody looks, a layer is executed alone, and each time it goes on
 * like one that is fresh. */
static void
rewinding_and_looking_change_nothing(void **state)
{
    struct disk disk = disk_write(&samples[1]);
    struct cola_chain chain = chain_of("3,0-1");
    double x[3 * 40];
    int ids[20];

    (void)state;
    make_tokens(ids, 20, 51, 6);
    for (int i = 0; i < 3 * 40; i++)
        x[i] = (double)(i % 7 - 3);
    for (size_t b = 0; b < COUNT(backends); b++) {
        struct cola_executor *executor = executor_of(backends[b], disk.model);
        struct cola_run *used = run_of(executor, &chain, 12);
        struct cola_error err;
        int positions = 0;
        struct cola_probe probe = {note_position, &positions};

        for (int what = 0; what < 4; what++) {
            struct cola_run *fresh = run_of(executor, &chain, 12);
            const int *prompt = what == 1 ? ids + 5 : ids;

            if (what == 1)
                cola_run_rewind(used, 0);
            else
                assert_ok(cola_run_begin(used, &chain, &err), &err);
            if (what == 2)
                cola_run_probe(used, &probe);
            if (what == 3) {
                assert_ok(cola_run_layer(used, 2, 0, 3, x, NULL, NULL, &err), &err);
                assert_ok(cola_run_begin(used, &chain, &err), &err);
            }
            feed(used, prompt, 10);
            if (what == 2)
                assert_int_equal(positions, chain.len + 1);
            cola_run_probe(used, NULL);
            feed(fresh, prompt, 10);
            assert_logits(used, cola_run_logits(fresh), backends[b], "3,0-1", what);
            feed(used, ids + 17, 1);
            feed(fresh, ids + 17, 1);
            assert_logits(used, cola_run_logits(fresh), backends[b], "3,0-1", what);
            cola_run_free(fresh);
            /* the prompt that the next one finds kept */
            assert_ok(cola_run_begin(used, &chain, &err), &err);
            feed(used, ids, 10);
        }
        cola_run_free(used);
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

static void
threads_change_nothing(void **state)
{
    static const char text[] = "0-3,1-2";
    struct disk disk = disk_write(&samples[2]);
    struct cola_chain chain = chain_of(text);
    int ids[40];

    (void)state;
    make_tokens(ids, 40, 33, 8);
    for (size_t b = 0; b < COUNT(floats); b++) {
        struct cola_executor *executor = executor_of(floats[b].backend, disk.model);
        double want[64];

        again_forward(floats[b].product, disk.model, &chain, ids, 40, want);
        for (int threads = 1; threads <= 4; threads *= 2) {
            struct cola_run *run = run_of(executor, &chain, 40);

            cola_threads_set(threads);
            feed(run, ids, 40);
            cola_threads_set(1);
            assert_logits(run, want, floats[b].backend, text, threads);
            cola_run_free(run);
        }
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(chain_is_its_layers_laid_out),
        cmocka_unit_test(repeats_are_layers_laid_out),
        cmocka_unit_test(longest_repeats_are_layers_laid_out),
        cmocka_unit_test(omitted_layer_is_a_model_without_it),
        cmocka_unit_test(empty_chain_leads_from_embedding_to_head),
        cmocka_unit_test(identity_is_the_plain_forward_pass),
        cmocka_unit_test(chain_is_a_plain_loop_over_its_layers),
        cmocka_unit_test(repeats_are_a_plain_loop_over_the_layers),
        cmocka_unit_test(any_portions_are_one_prefill),
        cmocka_unit_test(any_portions_of_repeats_are_one_prefill),
        cmocka_unit_test(token_by_token_is_one_prefill),
        cmocka_unit_test(token_by_token_with_repeats_is_one_prefill),
        cmocka_unit_test(company_in_a_batch_changes_nothing),
        cmocka_unit_test(company_of_repeats_changes_nothing),
        cmocka_unit_test(refused_neighbour_changes_nothing),
        cmocka_unit_test(reuse_and_room_change_nothing),
        cmocka_unit_test(rewinding_and_looking_change_nothing),
        cmocka_unit_test(threads_change_nothing),
    };

    cola_threads_set(1);        /* except where a test says otherwise */
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
