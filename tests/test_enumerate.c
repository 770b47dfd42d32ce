/*
 * test_enumerate.c - every chain of a space, once, in order; and what a run
 * keeps between neighbours changes no bit
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "cmocka.h"

#include "chain/perft.h"
#include "running.h"
#include "search/enumerate.h"

static struct cola_chains
chains_of(enum cola_extent kind, int layers, int amount, enum cola_space space)
{
    struct cola_extent_of extent = {.kind = kind, .amount = amount};
    struct cola_chains chains;
    struct cola_error err;

    cola_rules_paper(&extent.rules, space, layers);
    assert_ok(cola_enumerate(&extent, 1000000, &chains, &err), &err);
    return chains;
}

static void
assert_canonical(const struct cola_chains *chains)
{
    struct cola_chain before, chain;

    for (size_t i = 0; i < chains->set.count; i++) {
        cola_chains_get(chains, i, &chain);
        if (i > 0)
            assert_true(cola_chain_cmp(&before, &chain) < 0);
        before = chain;
    }
}

static void
last_row(void *ctx, const struct cola_perft *counts)
{
    *(uint64_t *)ctx = counts->total;
}

/* perft counts them level by level, without keeping one. */
static void
depth_has_as_many_as_perft_counts(void **state)
{
    static const struct {
        int layers, depth;
        enum cola_space space;
    } cases[] = {
        {4, 1, COLA_SPACE_BOTH}, {4, 3, COLA_SPACE_BOTH}, {6, 2, COLA_SPACE_SKIP},
        {6, 2, COLA_SPACE_REPEAT}, {4, 2, COLA_SPACE_ANY}, {28, 1, COLA_SPACE_BOTH},
        {12, 2, COLA_SPACE_BOTH},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_chains chains = chains_of(COLA_EXTENT_DEPTH, cases[i].layers,
                                              cases[i].depth, cases[i].space);
        struct cola_rules rules;
        struct cola_error err;
        uint64_t total = 0;

        cola_rules_paper(&rules, cases[i].space, cases[i].layers);
        assert_ok(cola_perft(&rules, cases[i].depth, last_row, &total, &err), &err);
        assert_true(chains.set.count == total);
        assert_canonical(&chains);
        cola_chains_free(&chains);
    }
}

static void
depth_nought_is_the_ordinary_chain(void **state)
{
    struct cola_chains chains = chains_of(COLA_EXTENT_DEPTH, 5, 0, COLA_SPACE_BOTH);
    struct cola_chain chain, base;

    (void)state;
    cola_chain_identity(&base, 5);
    assert_int_equal(chains.set.count, 1);
    cola_chains_get(&chains, 0, &chain);
    assert_int_equal(cola_chain_cmp(&chain, &base), 0);
    cola_chains_free(&chains);
}

/* 4 + 16 + ... + 4^8, and each is the number before it plus one in base L. */
static void
sequences_are_all_and_counted_up(void **state)
{
    struct cola_chains chains = chains_of(COLA_EXTENT_SEQUENCES, 4, 8, COLA_SPACE_BOTH);
    struct cola_chain chain;
    size_t i = 0;

    (void)state;
    assert_int_equal(chains.set.count, 87380);
    for (int len = 1; len <= 8; len++)
        for (unsigned value = 0; value < 1u << 2 * len; value++) {
            cola_chains_get(&chains, i++, &chain);
            assert_int_equal(chain.len, len);
            for (int p = 0; p < len; p++)
                assert_int_equal(chain.at[p], value >> 2 * (len - 1 - p) & 3);
        }
    cola_chains_free(&chains);
}

/* Inserting reaches every order, so within 2L all sequences are in reach. */
static void
reach_of_any_is_every_sequence(void **state)
{
    struct cola_chains reach = chains_of(COLA_EXTENT_REACH, 3, 0, COLA_SPACE_ANY);
    struct cola_chains all = chains_of(COLA_EXTENT_SEQUENCES, 3, 6, COLA_SPACE_ANY);
    struct cola_chain a, b;

    (void)state;
    assert_int_equal(reach.set.count, all.set.count);
    for (size_t i = 0; i < all.set.count; i++) {
        cola_chains_get(&reach, i, &a);
        cola_chains_get(&all, i, &b);
        assert_int_equal(cola_chain_cmp(&a, &b), 0);
    }
    cola_chains_free(&reach);
    cola_chains_free(&all);
}

/* The released rules within 2..6 of four layers: 266, as published accounts say. */
static void
reach_of_the_released_rules_is_266(void **state)
{
    struct cola_extent_of extent = {.kind = COLA_EXTENT_REACH};
    struct cola_preset *preset;
    struct cola_chains chains;
    struct cola_error err;

    (void)state;
    assert_ok(cola_preset_find("polar-2026", 4, &preset, &err), &err);
    extent.rules = preset->rules;
    extent.rules.min_length = 2;
    extent.rules.max_length = 6;
    assert_ok(cola_enumerate(&extent, 1000, &chains, &err), &err);
    assert_int_equal(chains.set.count, 266);
    cola_chains_free(&chains);
    cola_preset_free(preset);
}

static void
more_than_allowed_is_refused(void **state)
{
    static const struct {
        enum cola_extent kind;
        int layers, amount;
        size_t most;
    } cases[] = {
        {COLA_EXTENT_DEPTH, 28, 1, 530}, {COLA_EXTENT_SEQUENCES, 4, 8, 87379},
        {COLA_EXTENT_SEQUENCES, 1000, 1000, SIZE_MAX - 1}, {COLA_EXTENT_REACH, 28, 0, 10},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_extent_of extent = {.kind = cases[i].kind, .amount = cases[i].amount};
        struct cola_chains chains;
        struct cola_error err;

        cola_rules_paper(&extent.rules, COLA_SPACE_BOTH, cases[i].layers);
        assert_refused(cola_enumerate(&extent, cases[i].most, &chains, &err), &err,
                       "chains", "--max-chains");
    }
}

/* ---- what a run keeps ------------------------------------------------------------- */

static void
logits_of(struct cola_run *run, const struct cola_chain *chain, const int *ids, int n,
          int more, double *logits, int vocabulary)
{
    struct cola_error err;

    assert_ok(cola_run_begin(run, chain, &err), &err);
    assert_ok(cola_run_feed(run, ids, n, &err), &err);
    for (int i = 0; i < more; i++)
        assert_ok(cola_run_feed(run, &ids[i], 1, &err), &err);
    memcpy(logits, cola_run_logits(run), (size_t)vocabulary * sizeof *logits);
}

/*
 * One run judges chains of a space in turn and then in no order, longer ones
 * before shorter, with prompts of one chunk and of two, tokens decoded and
 * taken back after some; a fresh run judges each alone.  Same bits.
 */
static void
neighbours_share_without_changing_a_bit(void **state)
{
    static const int prompts[] = {5, 90, 1, 66};
    struct cola_chains chains = chains_of(COLA_EXTENT_DEPTH, 4, 2, COLA_SPACE_BOTH);
    struct cola_chain chain;
    int ids[100];

    (void)state;
    make_tokens(ids, 100, 33, 3);
    for (size_t b = 0; b < COUNT(floats); b++) {
        struct disk disk = disk_write(&samples[b]);
        struct cola_executor *executor = executor_of(floats[b].backend, disk.model);
        struct cola_run *kept, *fresh;
        struct cola_error err;
        int vocabulary = disk.model->config.vocabulary;
        double x[64], y[64];

        assert_ok(cola_run_new(executor, 8, 110, &kept, &err), &err);
        for (size_t i = 0; i < 2 * chains.set.count; i++) {
            size_t count = chains.set.count;
            int n = prompts[i / 40 % COUNT(prompts)], from = i / 20 % 2, more = i % 3 == 2;

            /* 7 has no factor with 296 in common: each chain once more; now and
             * then the beginning of the one before, the rest still in memory */
            if (i % 4 == 3 && chain.len > 1)
                chain.len--;
            else
                cola_chains_get(&chains, i < count ? i : i * 7 % count, &chain);
            logits_of(kept, &chain, ids + from, n, more, x, vocabulary);
            if (i % 5 == 0)
                cola_run_rewind(kept, n);
            if (i % 3 != 0 && n != 5)
                continue;
            assert_ok(cola_run_new(executor, 8, 110, &fresh, &err), &err);
            logits_of(fresh, &chain, ids + from, n, more, y, vocabulary);
            assert_memory_equal(x, y, (size_t)vocabulary * sizeof *x);
            cola_run_free(fresh);
        }
        cola_run_free(kept);
        cola_executor_free(executor);
        disk_remove(&disk);
    }
    cola_chains_free(&chains);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_has_as_many_as_perft_counts),
        cmocka_unit_test(depth_nought_is_the_ordinary_chain),
        cmocka_unit_test(sequences_are_all_and_counted_up),
        cmocka_unit_test(reach_of_any_is_every_sequence),
        cmocka_unit_test(reach_of_the_released_rules_is_266),
        cmocka_unit_test(more_than_allowed_is_refused),
        cmocka_unit_test(neighbours_share_without_changing_a_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
