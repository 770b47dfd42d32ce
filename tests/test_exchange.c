/*
 * test_exchange.c - chains that routers can say, and verdicts that hold
 *
 * A chain can be said when some labels make it, so all labels are written out
 * and what they make is compared with what the functions say of every chain of
 * a small model.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <stdlib.h>
#include <string.h>

#include "exchange/replay.h"
#include "exchange/segments.h"
#include "expect.h"

/* ---- every chain of a small model ------------------------------------------------ */

#define LAYERS 5
#define LONGEST 6
#define CHAINS 19531            /* 1 + 5 + 25 + ... + 5^6 */

static size_t
number_of(const struct cola_chain *chain)
{
    size_t first = 0, power = 1, place = 0;

    for (int i = 0; i < chain->len; i++) {
        first += power;
        power *= LAYERS;
        place = place * LAYERS + chain->at[i];
    }
    return first + place;
}

static void
chain_of(size_t number, struct cola_chain *chain)
{
    size_t power = 1;

    for (chain->len = 0; number >= power; chain->len++) {
        number -= power;
        power *= LAYERS;
    }
    for (int i = chain->len; i-- > 0; number /= LAYERS)
        chain->at[i] = (uint16_t)(number % LAYERS);
}

/* Mark all that segments from LAYER on make of CHAIN. */
static void
cut(int layer, const struct cola_chain *chain, unsigned char *made)
{
    if (layer == LAYERS && chain->len <= LONGEST)
        made[number_of(chain)] = 1;
    for (int size = 1; size <= 4 && layer + size <= LAYERS; size++)
        for (int copies = 0; copies <= 2; copies++) {
            struct cola_chain longer = *chain;

            for (int c = 0; c < copies; c++)
                for (int i = 0; i < size; i++)
                    longer.at[longer.len++] = (uint16_t)(layer + i);
            cut(layer + size, &longer, made);
        }
}

static void
segments_are_those_that_some_cut_makes(void **state)
{
    static unsigned char made[CHAINS];
    struct cola_chain chain = {0, {0}};
    size_t found = 0;

    (void)state;
    cut(0, &chain, made);
    for (size_t i = 0; i < CHAINS; i++) {
        chain_of(i, &chain);
        assert_int_equal(number_of(&chain), i);
        if (cola_segments_parse(&chain, LAYERS) != made[i]) {
            char text[64];

            cola_chain_print(&chain, text, sizeof text);
            fail_msg("%s: %d, not %d", text, !made[i], made[i]);
        }
        found += made[i];
    }
    assert_true(found > 100 && found < 1000);
}

static void
counts_are_those_that_labels_make(void **state)
{
    static unsigned char made[CHAINS];
    struct cola_chain chain;

    (void)state;
    for (int labels = 0; labels < 243; labels++) {
        chain.len = 0;
        for (int l = 0, rest = labels; l < LAYERS; l++, rest /= 3)
            for (int c = 0; c < rest % 3; c++)
                chain.at[chain.len++] = (uint16_t)l;
        if (chain.len <= LONGEST)
            made[number_of(&chain)] = 1;
    }
    for (size_t i = 0; i < CHAINS; i++) {
        chain_of(i, &chain);
        assert_int_equal(cola_counts_suffice(&chain), made[i]);
    }
}

static void
ordinary_and_longest_chains_are_read(void **state)
{
    struct cola_chain chain;

    (void)state;
    cola_chain_identity(&chain, 48);
    assert_int_equal(cola_segments_parse(&chain, 48), 1);
    for (int i = 0; i < 512; i++)
        chain.at[2 * i] = chain.at[2 * i + 1] = (uint16_t)i;
    chain.len = COLA_CHAIN_MAX;
    assert_int_equal(cola_segments_parse(&chain, 512), 1);
    assert_int_equal(cola_segments_parse(&chain, 511), 0);
    chain.at[COLA_CHAIN_MAX - 1] = 0;
    assert_int_equal(cola_segments_parse(&chain, 512), 0);
}

/* ---- verdicts --------------------------------------------------------------------- */

static void
verdicts_hold_turn_or_are_neither(void **state)
{
    static const size_t times[COLA_LISTED_KINDS][3] = {
        [COLA_LISTED_INVALID] = {[COLA_WRONG] = 7, [COLA_CORRECT] = 2},
        [COLA_LISTED_VALID] = {[COLA_WRONG] = 1, [COLA_CORRECT] = 8,
                               [COLA_UNDECIDED] = 3},
        [COLA_LISTED_UNDECIDED] = {[COLA_WRONG] = 1, [COLA_UNDECIDED] = 4},
        [COLA_LISTED_BASE_WRONG] = {[COLA_WRONG] = 5},
        [COLA_LISTED_BASE_RIGHT] = {[COLA_WRONG] = 1, [COLA_CORRECT] = 5},
    };
    struct cola_replay replay = {.kv = "position"};
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_error err;

    (void)state;
    for (int k = 0; k < COLA_LISTED_KINDS; k++)
        for (int m = 0; m < 3; m++)
            for (size_t i = 0; i < times[k][m]; i++)
                assert_ok(cola_replay_add(&replay, 3 - (int)i, (enum cola_listed)k,
                                          (enum cola_mark)m, &err), &err);
    assert_int_equal(cola_replay_turned(&replay), 2 + 1 + 1 + 1);
    for (size_t i = 1; i < replay.n; i++)
        assert_true(replay.rows[i - 1].level < replay.rows[i].level);
    cola_replay_json(&replay, 1, &b);
    assert_non_null(strstr(b.data, "\"all\":{\"level\":null,\"valid\":{\"n\":12,"
                           "\"hold\":8,\"turned\":1,\"undecided\":3,"));
    assert_non_null(strstr(b.data, "\"invalid\":{\"n\":9,\"hold\":7,\"turned\":2,"
                           "\"undecided\":0,"));
    assert_non_null(strstr(b.data, "\"base\":{\"n\":11,\"hold\":10,\"turned\":1,"));
    assert_non_null(strstr(b.data, "\"undecided\":{\"n\":5,\"hold\":4,\"turned\":1,"));
    cola_buffer_reset(&b);
    cola_replay_table(&replay, 1, &b);
    assert_non_null(strstr(b.data, "of 5 chains listed as undecided 4 are again"));
    assert_non_null(strstr(b.data, "10 of 11         3\n"));
    cola_buffer_free(&b);
    cola_replay_free(&replay);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_are_those_that_some_cut_makes),
        cmocka_unit_test(counts_are_those_that_labels_make),
        cmocka_unit_test(ordinary_and_longest_chains_are_read),
        cmocka_unit_test(verdicts_hold_turn_or_are_neither),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
