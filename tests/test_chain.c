/*
 * test_chain.c - chains, edits, their counts, and the synthetic judge
 *
 * Edits and sets are compared with tests/search_again.c, which was written
 * from the definitions by somebody who had not seen src/chain; counts of edit
 * sequences with a recurrence over lengths, for whether a block may be skipped
 * or repeated depends on the chain's length alone.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain/judge.h"
#include "chain/perft.h"
#include "expect.h"
#include "search_again.h"

/* ---- help ---------------------------------------------------------------- */

static struct cola_chain
parsed(const char *text)
{
    struct cola_chain chain;
    struct cola_error err;

    assert_ok(cola_chain_parse(text, &chain, &err), &err);
    return chain;
}

/* The canonical text; free() it. */
static char *
printed(const struct cola_chain *chain)
{
    char text[8192];
    size_t n = cola_chain_print(chain, text, sizeof text);

    assert_true(n < sizeof text && n == strlen(text));
    return again_copy(text, n);
}

static char *
coded(const struct cola_chain *chain)
{
    char text[COLA_CHAIN_MAX];

    for (int i = 0; i < chain->len; i++)
        text[i] = AGAIN_CHAR(chain->at[i]);
    return again_copy(text, (size_t)chain->len);
}

/* LENGTH layers below LAYERS, runs among them. */
static struct cola_chain
random_chain(uint64_t *dice, int length, int layers)
{
    struct cola_chain chain = {length, {0}};

    for (int i = 0; i < length; i++) {
        int next = i > 0 ? chain.at[i - 1] + 1 : 0;

        if (next >= layers || again_below(dice, 3) == 0)
            next = (int)again_below(dice, (uint64_t)layers);
        chain.at[i] = (uint16_t)next;
    }
    return chain;
}

static int
sign(int x)
{
    return (x > 0) - (x < 0);
}

/* ---- text ---------------------------------------------------------------- */

static void
spellings_are_read_and_one_is_printed(void **state)
{
    static const struct {
        const char *spelling, *canonical;
        int length;
    } cases[] = {
        {"0-3,(4-5)x2,8", "0-5,4-5,8", 9},
        {"()", "()", 0},
        {" ( ) ", "()", 0},
        {"0", "0", 1},
        {"00", "0", 1},
        {"007-0009", "7-9", 3},
        {"5-5", "5", 1},
        {"0,1,2", "0-2", 3},
        {"0,1", "0-1", 2},
        {"0,2", "0,2", 2},
        {"3,2,1", "3,2,1", 3},
        {"0-1,2-3", "0-3", 4},
        {"1,1,0,1", "1,1,0-1", 4},
        {"(0)x1", "0", 1},
        {"(0)x01", "0", 1},
        {"(7)x3", "7,7,7", 3},
        {"(0-3)", "0-3", 4},
        {"(0,1)x2,2", "0-1,0-2", 5},
        {"((0)x2,1)x2", "0,0-1,0,0-1", 6},
        {"(0,(1,(2)x2)x2)x2", "0-2,2,1-2,2,0-2,2,1-2,2", 14},
        {"()x3", "()", 0},
        {"(),0", "0", 1},
        {"0,()", "0", 1},
        {"0 - 3 , ( 4 - 5 ) x 2 ", "0-5,4-5", 8},
        {"\t0,\t1", "0-1", 2},
        {"1000-1003,40000", "1000-1003,40000", 5},
        {"0-1023", "0-1023", 1024},
        {"(0-511)x2", "0-511,0-511", 1024},
        {"(3)x1024", NULL, 1024},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_chain chain = parsed(cases[i].spelling);
        char *text = printed(&chain);

        assert_int_equal(chain.len, cases[i].length);
        if (cases[i].canonical != NULL)
            assert_string_equal(text, cases[i].canonical);
        free(text);
    }
}

/* FROM .. TO: which character of the text the message may point at, from 1.
 * Where a number is too large anything from it to just behind it is right. */
static const struct {
    const char *text;
    int from, to;
} refused[] = {
    {"", 1, 1}, {"  ", 3, 3}, {"0,", 3, 3}, {"0-3,", 5, 5}, {"0,,1", 3, 3}, {",0", 1, 1},
    {"0-", 3, 3}, {"-1", 1, 1}, {"+1", 1, 1}, {"1-2-3", 4, 4}, {"(0", 3, 3},
    {"(0,", 4, 4}, {"0)", 2, 2}, {"(0))", 4, 4}, {"(0)x", 5, 5}, {"(0)x-1", 5, 5},
    {"(0)x1.5", 6, 6}, {"(0)X2", 4, 4}, {"(0)x2x2", 6, 6}, {"0x2", 2, 2},
    {"0-3x2", 4, 4}, {"a", 1, 1}, {"0a", 2, 2}, {"0 1", 3, 3}, {"0;1", 2, 2},
    {"[0]", 1, 1}, {"()()", 3, 3}, {"(0)1", 4, 4}, {"1(0)", 2, 2}, {"0.5", 2, 2},
    {"0\xc2\xa0", 2, 2}, {"\xef\xbb\xbf" "0", 1, 1},
    {"3-0", 3, 4}, {"1,10-9", 6, 7}, {"(0)x0", 5, 6}, {"(0)x1025", 5, 9},
    {"(0)x99999999999999999999", 5, 25}, {"65536", 1, 6},
    {"0,99999999999999999999", 3, 23},
    {"0-99999999999999999999", 3, 23}, {"0-1024", 1, 7}, {"0-1023,0", 8, 9},
    {"0-1022,(0)x2", 8, 13}, {"((0-1)x1000)x1000", 1, 18},
    {"((((0-9)x10)x10)x10)x10", 1, 24},
};

static void
other_text_is_refused_and_the_character_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct cola_chain chain = parsed("4,2"), before = chain;
        struct cola_error err = {COLA_OK, ""};
        enum cola_status status = cola_chain_parse(refused[i].text, &chain, &err);
        const char *at = strstr(err.text, "character ");
        int place = at != NULL ? atoi(at + strlen("character ")) : 0;

        if (status != COLA_INPUT)
            fail_msg("\"%s\" was not refused", refused[i].text);
        if (place < refused[i].from || place > refused[i].to)
            fail_msg("\"%s\": not characters %d-%d: %s", refused[i].text,
                     refused[i].from, refused[i].to, err.text);
        assert_int_equal(cola_chain_cmp(&chain, &before), 0);
        assert_int_equal(cola_chain_parse(refused[i].text, &chain, NULL), COLA_INPUT);
    }
}

/* As deep as anybody nests; no stack may overflow, however deep. */
static void
nested_groups_are_read_or_refused(void **state)
{
    (void)state;
    for (size_t deep = 1; deep <= 100000; deep *= 10) {
        char *text = malloc(2 * deep + 2);
        struct cola_chain chain;
        struct cola_error err;
        enum cola_status status;

        assert_non_null(text);
        memset(text, '(', deep);
        text[deep] = '7';
        memset(text + deep + 1, ')', deep);
        text[2 * deep + 1] = '\0';
        status = cola_chain_parse(text, &chain, &err);
        if (deep <= 10) {
            assert_ok(status, &err);
            assert_true(chain.len == 1 && chain.at[0] == 7);
        } else {
            assert_refused(status, &err, "chain", "character ");
        }
        free(text);
    }
}

static void
blanks(uint64_t *dice, struct cola_buffer *text)
{
    if (again_below(dice, 4) == 0)
        cola_buffer_text(text, again_below(dice, 2) ? " " : "\t ");
}

/* Write a random spelling and the chain it means. */
static void
random_spelling(uint64_t *dice, int depth, struct cola_buffer *text,
                struct cola_chain *chain)
{
    int items = (int)again_below(dice, 4) + 1;

    for (int i = 0; i < items; i++) {
        int from = (int)again_below(dice, 40), start = chain->len, times;

        if (i > 0)
            cola_buffer_text(text, ",");
        blanks(dice, text);
        if (depth < 3 && again_below(dice, 3) == 0) {
            cola_buffer_text(text, "(");
            random_spelling(dice, depth + 1, text, chain);
            cola_buffer_text(text, ")");
            times = (int)again_below(dice, 3);
            if (times > 0) {
                int end = chain->len;

                blanks(dice, text);
                cola_buffer_printf(text, "x%d", times);
                for (int k = 1; k < times; k++)
                    for (int p = start; p < end; p++)
                        chain->at[chain->len++] = chain->at[p];
            }
        } else if (again_below(dice, 2)) {
            int to = from + (int)again_below(dice, 4);

            cola_buffer_printf(text, "%d", from);
            blanks(dice, text);
            cola_buffer_printf(text, "-%d", to);
            for (; from <= to; from++)
                chain->at[chain->len++] = (uint16_t)from;
        } else {
            cola_buffer_printf(text, "%d", from);
            chain->at[chain->len++] = (uint16_t)from;
        }
        blanks(dice, text);
    }
}

static void
any_spelling_means_its_chain(void **state)
{
    uint64_t dice = 7996;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        struct cola_buffer text = COLA_BUFFER_EMPTY;
        struct cola_chain meant = {0, {0}}, chain;
        struct cola_error err;

        random_spelling(&dice, 0, &text, &meant);
        if (cola_chain_parse(text.data, &chain, &err) != COLA_OK)
            fail_msg("%s", err.text);
        if (chain.len != meant.len ||
            memcmp(chain.at, meant.at, (size_t)chain.len * sizeof chain.at[0]) != 0)
            fail_msg("\"%s\" was misread", text.data);
        cola_buffer_free(&text);
    }
}

/* The canonical text by its definition. */
static char *
canonical(const struct cola_chain *chain)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    if (chain->len == 0)
        cola_buffer_text(&b, "()");
    for (int i = 0, end; i < chain->len; i = end) {
        for (end = i + 1; end < chain->len; end++)
            if (chain->at[end] != chain->at[end - 1] + 1)
                break;
        cola_buffer_printf(&b, "%s%d", i > 0 ? "," : "", chain->at[i]);
        if (end - i > 1)
            cola_buffer_printf(&b, "-%d", chain->at[end - 1]);
    }
    return b.data;
}

static void
printed_chains_are_canonical_and_read_back(void **state)
{
    uint64_t dice = 2013;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        int length = (int)again_below(&dice, i < 2900 ? 80 : COLA_CHAIN_MAX + 1);
        int layers = 1 + (int)again_below(&dice, i % 3 ? 40 : 4);
        struct cola_chain chain = random_chain(&dice, length, layers), back;
        struct cola_buffer b = COLA_BUFFER_EMPTY;
        char *text = printed(&chain), *want = canonical(&chain);

        assert_string_equal(text, want);
        back = parsed(text);
        assert_int_equal(back.len, length);
        assert_memory_equal(back.at, chain.at, (size_t)length * sizeof chain.at[0]);
        cola_chain_add_text(&b, &chain);
        assert_string_equal(b.data, want);
        cola_buffer_free(&b);
        free(text);
        free(want);
    }
}

/* All chains of up to 6 positions over 4 layers. */
static void
canonical_texts_differ_when_chains_do(void **state)
{
    struct again_bag texts = {NULL, 0};
    size_t chains = 0;

    (void)state;
    for (int length = 0; length <= 6; length++) {
        for (int number = 0; number < 1 << 2 * length; number++) {
            struct cola_chain chain = {length, {0}};
            char *text;

            for (int i = 0; i < length; i++)
                chain.at[i] = (uint16_t)(number >> 2 * i & 3);
            text = printed(&chain);
            again_bag_add(&texts, text);
            free(text);
            chains++;
        }
    }
    assert_int_equal(chains, 1 + 4 + 16 + 64 + 256 + 1024 + 4096);
    assert_int_equal(texts.count, chains);
    again_bag_free(&texts);
}

static void
print_cuts_like_snprintf(void **state)
{
    struct cola_chain chain = parsed("0-5,4-5,8");
    const char *whole = "0-5,4-5,8";
    char text[16];

    (void)state;
    for (size_t size = 0; size < sizeof text; size++) {
        memset(text, '#', sizeof text);
        assert_int_equal(cola_chain_print(&chain, text, size), strlen(whole));
        if (size > 0) {
            size_t kept = size - 1 < strlen(whole) ? size - 1 : strlen(whole);

            assert_int_equal(strlen(text), kept);
            assert_memory_equal(text, whole, kept);
        }
        for (size_t i = size; i < sizeof text; i++)
            assert_true(text[i] == '#');
    }
    assert_int_equal(cola_chain_print(&chain, NULL, 0), strlen(whole));
}

static void
json_is_an_array_of_layers(void **state)
{
    static const struct {
        const char *chain, *json;
    } cases[] = {{"0-1,1-2", "[0,1,1,2]"}, {"()", "[]"}, {"31", "[31]"}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_chain chain = parsed(cases[i].chain);
        struct cola_buffer b = COLA_BUFFER_EMPTY;

        cola_chain_add_json(&b, &chain);
        assert_string_equal(b.data, cases[i].json);
        cola_buffer_free(&b);
    }
}

/* ---- order and measure --------------------------------------------------- */

/* Both orders by their definition. */
static int
order_of(const struct cola_chain *a, const struct cola_chain *b, int ranked)
{
    char seen_a[256] = {0}, seen_b[256] = {0};
    int unique_a = 0, unique_b = 0;

    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    for (int i = 0; i < a->len; i++) {
        unique_a += !seen_a[a->at[i]]++;
        unique_b += !seen_b[b->at[i]]++;
    }
    if (ranked && unique_a != unique_b)
        return unique_a < unique_b ? -1 : 1;
    for (int i = 0; i < a->len; i++)
        if (a->at[i] != b->at[i])
            return a->at[i] < b->at[i] ? -1 : 1;
    return 0;
}

static void
orders_are_total_and_as_defined(void **state)
{
    int (*const orders[])(const struct cola_chain *, const struct cola_chain *) = {
        cola_chain_cmp, cola_chain_rank};
    uint64_t dice = 11;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct cola_chain c[3];

        for (int k = 0; k < 3; k++)
            c[k] = random_chain(&dice, (int)again_below(&dice, 5),
                                1 + (int)again_below(&dice, 3));
        for (int ranked = 0; ranked < 2; ranked++) {
            int ab = sign(orders[ranked](&c[0], &c[1]));
            int bc = sign(orders[ranked](&c[1], &c[2]));
            int ac = sign(orders[ranked](&c[0], &c[2]));

            assert_int_equal(ab, order_of(&c[0], &c[1], ranked));
            assert_int_equal(ab, -sign(orders[ranked](&c[1], &c[0])));
            assert_int_equal(orders[ranked](&c[0], &c[0]), 0);
            if (ab <= 0 && bc <= 0)
                assert_int_equal(ac, ab < 0 || bc < 0 ? -1 : 0);
        }
    }
}

static void
layers_are_compared_as_numbers_of_16_bits(void **state)
{
    struct cola_chain low = parsed("255,40000"), high = parsed("256,1");

    (void)state;
    assert_true(cola_chain_cmp(&low, &high) < 0);
    assert_true(cola_chain_rank(&low, &high) < 0);
    low = parsed("40000");
    high = parsed("40001");
    assert_true(cola_chain_cmp(&low, &high) < 0);
    /* what lies behind a chain's end is not part of it */
    low.at[1] = 9;
    high = low;
    high.at[1] = 8;
    assert_int_equal(cola_chain_cmp(&low, &high), 0);
}

static void
measures_are_those_of_the_chain(void **state)
{
    static const struct {
        const char *text;
        int unique;
    } cases[] = {{"()", 0}, {"0", 1}, {"5,5,5", 1}, {"0-11", 12}, {"0-7,4-7,8-11", 12},
                 {"3,1,3,1,2", 3}, {"0-1023", 1024}, {"60000,0,60000", 2},
                 {"63,63,64,64,0,0", 3}, {"(0-127)x2", 128}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_chain chain = parsed(cases[i].text);

        assert_int_equal(cola_chain_unique(&chain), cases[i].unique);
    }
    for (int layers = 1; layers <= COLA_CHAIN_MAX; layers *= 2) {
        struct cola_chain chain = {7, {9}};

        cola_chain_identity(&chain, layers);
        assert_int_equal(chain.len, layers);
        for (int i = 0; i < layers; i++)
            assert_int_equal(chain.at[i], i);
    }
}

static void
layer_the_model_lacks_is_named(void **state)
{
    struct cola_chain chain = parsed("0-11,99,3"), empty = parsed("()");
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    assert_refused(cola_chain_fits(&chain, 12, &err), &err, "99", "12");
    assert_refused(cola_chain_fits(&chain, 99, &err), &err, "99", "");
    assert_ok(cola_chain_fits(&chain, 100, &err), &err);
    assert_ok(cola_chain_fits(&empty, 1, &err), &err);
    assert_int_equal(cola_chain_fits(&chain, 12, NULL), COLA_INPUT);
}

/* ---- sets ---------------------------------------------------------------- */

static void
sets_number_chains_in_the_order_they_came(void **state)
{
    struct cola_chain_set set = {0};
    struct again_bag names = {NULL, 0};
    struct cola_chain *kept = calloc(20000, sizeof *kept), chain;
    struct cola_error err;
    size_t index = 7, fresh = 0;
    uint64_t dice = 5;
    int added = 7;

    (void)state;
    assert_non_null(kept);
    assert_true(cola_chain_set_find(&set, &(struct cola_chain){0, {0}}) == SIZE_MAX);
    for (int i = 0; i < 20000; i++) {
        char *name;

        chain = random_chain(&dice, (int)again_below(&dice, 14),
                             1 + (int)again_below(&dice, 6));
        /* rubbish behind the end must not count */
        chain.at[chain.len] = (uint16_t)i;
        name = coded(&chain);
        assert_int_equal(cola_chain_set_find(&set, &chain) != SIZE_MAX,
                         again_bag_has(&names, name));
        assert_ok(cola_chain_set_add(&set, &chain, &index, &added, &err), &err);
        assert_int_equal(added, again_bag_add(&names, name));
        assert_int_equal(set.count, names.count);
        if (added) {
            assert_int_equal(index, fresh);
            kept[fresh++] = chain;
        }
        assert_true(index < fresh);
        assert_int_equal(cola_chain_cmp(&kept[index], &chain), 0);
        assert_int_equal(cola_chain_set_find(&set, &chain), index);
        free(name);
    }
    assert_true(fresh > 5000);
    for (size_t i = 0; i < fresh; i++) {
        struct cola_chain got = {1, {9}};

        cola_chain_set_get(&set, i, &got);
        assert_int_equal(cola_chain_cmp(&got, &kept[i]), 0);
        assert_int_equal(cola_chain_set_find(&set, &kept[i]), i);
    }
    cola_chain_set_free(&set);
    again_bag_free(&names);
    free(kept);
}

static void
sets_hold_the_longest_and_the_empty_chain(void **state)
{
    struct cola_chain_set set = {0};
    struct cola_chain chain, got;
    struct cola_error err;
    size_t index;
    int added;

    (void)state;
    for (int i = 0; i < 100; i++) {
        cola_chain_identity(&chain, COLA_CHAIN_MAX);
        chain.at[COLA_CHAIN_MAX - 1] = (uint16_t)i;
        assert_ok(cola_chain_set_add(&set, &chain, &index, &added, &err), &err);
        assert_true(added && index == (size_t)i);
    }
    chain = parsed("()");
    assert_ok(cola_chain_set_add(&set, &chain, &index, &added, &err), &err);
    assert_true(added && index == 100);
    assert_ok(cola_chain_set_add(&set, &chain, &index, &added, &err), &err);
    assert_true(!added && index == 100);
    cola_chain_set_get(&set, 100, &got);
    assert_int_equal(got.len, 0);
    cola_chain_set_get(&set, 99, &got);
    assert_int_equal(got.len, COLA_CHAIN_MAX);
    assert_int_equal(got.at[COLA_CHAIN_MAX - 1], 99);
    cola_chain_set_free(&set);
    /* freed is empty */
    assert_true(cola_chain_set_find(&set, &chain) == SIZE_MAX);
}

/* ---- edits --------------------------------------------------------------- */

static void
spaces_have_names(void **state)
{
    static const struct {
        const char *name;
        enum cola_space space;
    } cases[] = {{"skip", COLA_SPACE_SKIP}, {"repeat", COLA_SPACE_REPEAT},
                 {"both", COLA_SPACE_BOTH}, {"any", COLA_SPACE_ANY}};
    static const char *const unknown[] = {"", "Both", "all", "skips", "an", "both "};
    enum cola_space space;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(cola_space_name(cases[i].space), cases[i].name);
        assert_true(cola_space_find(cases[i].name, &space));
        assert_int_equal(space, cases[i].space);
    }
    for (size_t i = 0; i < COUNT(unknown); i++)
        assert_false(cola_space_find(unknown[i], &space));
}

static void
paper_rules_are_the_papers(void **state)
{
    (void)state;
    for (int layers = 1; layers <= 512; layers *= 2) {
        for (int space = 0; space < 4; space++) {
            struct cola_rules rules;

            memset(&rules, 0x55, sizeof rules);
            cola_rules_paper(&rules, (enum cola_space)space, layers);
            assert_int_equal(rules.space, space);
            assert_int_equal(rules.layers, layers);
            assert_int_equal(rules.min_length, 1);
            assert_int_equal(rules.max_length, 2 * layers);
            assert_int_equal(rules.block_root, 4);
            assert_int_equal(rules.block, 4);
            assert_int_equal(rules.extra, 4);
            assert_int_equal(rules.multiplicity, 0);
        }
    }
}

/* What a person makes of the definitions. */
static void
edits_do_what_their_names_say(void **state)
{
    static const struct {
        const char *chain;
        struct cola_edit edit;
        const char *text, *result;
    } cases[] = {
        {"0-7", {COLA_SKIP, 4, 2, 0}, "skip(4,2)", "0-3,6-7"},
        {"0-7", {COLA_SKIP, 0, 1, 0}, "skip(0,1)", "1-7"},
        {"0-7", {COLA_SKIP, 4, 4, 0}, "skip(4,4)", "0-3"},
        {"0-7", {COLA_REPEAT, 4, 2, 1}, "repeat(4,2,1)", "0-5,4-7"},
        {"0-7", {COLA_REPEAT, 4, 2, 2}, "repeat(4,2,2)", "0-5,4-5,4-7"},
        {"0-7", {COLA_REPEAT, 7, 1, 4}, "repeat(7,1,4)", "0-7,7,7,7,7"},
        {"3,1", {COLA_REPEAT, 0, 2, 1}, "repeat(0,2,1)", "3,1,3,1"},
        {"0-5", {COLA_MOVE, 1, 2, 3}, "move(1,2,3)", "0,3-4,1-2,5"},
        {"0-5", {COLA_MOVE, 1, 2, 4}, "move(1,2,4)", "0,3-5,1-2"},
        {"0-5", {COLA_MOVE, 3, 1, 0}, "move(3,1,0)", "3,0-2,4-5"},
        {"0-5", {COLA_INSERT, 0, 1, 5}, "insert(0,5)", "5,0-5"},
        {"0-5", {COLA_INSERT, 6, 1, 0}, "insert(6,0)", "0-5,0"},
        {"0-5", {COLA_INSERT, 4, 1, 11}, "insert(4,11)", "0-3,11,4-5"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_chain chain = parsed(cases[i].chain), result;
        struct cola_buffer b = COLA_BUFFER_EMPTY;
        char *text;

        cola_edit_apply(&chain, cases[i].edit, &result);
        text = printed(&result);
        assert_string_equal(text, cases[i].result);
        free(text);
        cola_edit_add_text(&b, cases[i].edit);
        assert_string_equal(b.data, cases[i].text);
        cola_buffer_free(&b);
    }
}

/* Every legal edit of RULES for CHAIN in one line; free() it. */
static char *
edits_line(const struct cola_rules *rules, const struct cola_chain *chain, int root)
{
    struct cola_edit *edits = calloc(cola_edits_most(rules), sizeof *edits);
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    size_t n;

    assert_non_null(edits);
    n = cola_edits(rules, chain, root, edits);
    for (size_t i = 0; i < n; i++) {
        cola_buffer_text(&b, i > 0 ? " " : "");
        cola_edit_add_text(&b, edits[i]);
    }
    free(edits);
    cola_buffer_bytes(&b, "", 0);
    return b.data != NULL ? b.data : again_copy("", 0);
}

static void
edits_of_small_chains_are_those_a_person_lists(void **state)
{
    static const struct {
        const char *chain;
        int root;
        struct cola_rules rules;    /* space, L, min, max, root block, block, r, mult */
        const char *edits;
    } cases[] = {
        {"0-1", 1, {COLA_SPACE_ANY, 2, 1, 4, 4, 4, 4, 0, 0, COLA_NESTED},
         "skip(0,1) repeat(0,1,1) repeat(0,1,2) repeat(0,2,1) move(0,1,1) insert(0,0) "
         "insert(0,1) skip(1,1) repeat(1,1,1) repeat(1,1,2) move(1,1,0) insert(1,0) "
         "insert(1,1) insert(2,0) insert(2,1)"},
        {"0-2", 1, {COLA_SPACE_BOTH, 3, 1, 6, 4, 1, 1, 0, 0, COLA_NESTED},
         "skip(0,1) skip(0,2) repeat(0,1,1) repeat(0,2,1) repeat(0,3,1) skip(1,1) "
         "skip(1,2) repeat(1,1,1) repeat(1,2,1) skip(2,1) repeat(2,1,1)"},
        {"0-2", 0, {COLA_SPACE_BOTH, 3, 1, 6, 4, 1, 1, 0, 0, COLA_NESTED},
         "skip(0,1) repeat(0,1,1) skip(1,1) repeat(1,1,1) skip(2,1) repeat(2,1,1)"},
        {"0-2", 0, {COLA_SPACE_SKIP, 3, 2, 6, 4, 4, 4, 0, 0, COLA_NESTED},
         "skip(0,1) skip(1,1) skip(2,1)"},
        {"0-2", 0, {COLA_SPACE_REPEAT, 3, 1, 4, 4, 4, 4, 0, 0, COLA_NESTED},
         "repeat(0,1,1) repeat(1,1,1) repeat(2,1,1)"},
        /* 0 is there twice: no single layer may be repeated that makes three, nor
         * another while 0 is there three times; blocks may */
        {"0,0-1", 0, {COLA_SPACE_REPEAT, 2, 1, 8, 2, 2, 1, 2, 0, COLA_NESTED},
         "repeat(0,2,1) repeat(1,2,1) repeat(2,1,1)"},
        {"0,0,0-1", 0, {COLA_SPACE_REPEAT, 2, 1, 8, 1, 1, 1, 2, 0, COLA_NESTED}, ""},
        {"0", 0, {COLA_SPACE_BOTH, 1, 1, 2, 4, 4, 4, 0, 0, COLA_NESTED}, "repeat(0,1,1)"},
        {"0", 0, {COLA_SPACE_SKIP, 1, 1, 2, 4, 4, 4, 0, 0, COLA_NESTED}, ""},
        /* the window is that of the chain made, wherever the chain itself is */
        {"0-3", 0, {COLA_SPACE_SKIP, 4, 1, 2, 2, 2, 4, 0, 0, COLA_NESTED},
         "skip(0,2) skip(1,2) skip(2,2)"},
        {"0-1", 0, {COLA_SPACE_BOTH, 4, 4, 4, 2, 2, 2, 0, 0, COLA_NESTED},
         "repeat(0,1,2) repeat(0,2,1) repeat(1,1,2)"},
        /* repeats of smaller blocks than skips, and of larger */
        {"0-2", 0, {COLA_SPACE_BOTH, 3, 1, 6, 4, 2, 1, 0, 1, COLA_NESTED},
         "skip(0,1) skip(0,2) repeat(0,1,1) skip(1,1) skip(1,2) repeat(1,1,1) skip(2,1) "
         "repeat(2,1,1)"},
        {"0-1", 1, {COLA_SPACE_BOTH, 3, 1, 6, 1, 4, 1, 0, 2, COLA_NESTED},
         "skip(0,1) repeat(0,1,1) repeat(0,2,1) skip(1,1) repeat(1,1,1)"},
        /* of 0-5 layers 1 was skipped, 3 repeated: 0, 2, and 4-5 are left */
        {"0,2-3,3-5", 0, {COLA_SPACE_BOTH, 6, 1, 12, 4, 4, 1, 0, 0, COLA_DISJOINT},
         "skip(0,1) repeat(0,1,1) skip(1,1) repeat(1,1,1) skip(4,1) skip(4,2) "
         "repeat(4,1,1) repeat(4,2,1) skip(5,1) repeat(5,1,1)"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_chain chain = parsed(cases[i].chain);
        char *line = edits_line(&cases[i].rules, &chain, cases[i].root);

        assert_string_equal(line, cases[i].edits);
        free(line);
    }
}

static struct again_rules
again_rules_of(const struct cola_rules *rules)
{
    return (struct again_rules){"srba"[rules->space], rules->layers, rules->min_length,
                                rules->max_length, rules->block_root, rules->block,
                                rules->extra, rules->multiplicity, rules->block_repeat,
                                rules->placement == COLA_DISJOINT};
}

/* The same edits, in the same order, with the same results. */
static void
assert_edits_agree(const struct cola_rules *rules, const struct cola_chain *chain,
                   int root)
{
    struct again_rules theirs = again_rules_of(rules);
    struct cola_edit *edits = calloc(cola_edits_most(rules) + 1, sizeof *edits);
    char *code = coded(chain);
    struct again_edit *list;
    size_t n = again_edits(&theirs, code, root, &list), got;

    assert_non_null(edits);
    if (n > cola_edits_most(rules))
        fail_msg("%zu edits, room for %zu", n, cola_edits_most(rules));
    /* a guard behind the room that was asked for */
    memset(&edits[cola_edits_most(rules)], 0x5a, sizeof *edits);
    got = cola_edits(rules, chain, root, edits);
    assert_int_equal(got, n);
    for (size_t i = 0; i < sizeof *edits; i++)
        assert_int_equal(((unsigned char *)&edits[cola_edits_most(rules)])[i], 0x5a);
    for (size_t i = 0; i < n; i++) {
        struct cola_buffer b = COLA_BUFFER_EMPTY;
        struct cola_chain result = {0, {0}};
        char text[40], *made;

        again_edit_text(&list[i], text);
        cola_edit_add_text(&b, edits[i]);
        assert_string_equal(b.data, text);
        cola_buffer_free(&b);
        assert_int_equal(edits[i].at, list[i].at);
        assert_int_equal(edits[i].size, list[i].size);
        cola_edit_apply(chain, edits[i], &result);
        made = coded(&result);
        assert_string_equal(made, list[i].result);
        free(made);
    }
    again_edits_free(list, n);
    free(edits);
    free(code);
}

static void
edits_agree_with_nested_loops(void **state)
{
    uint64_t dice = 3;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        int layers = 1 + (int)again_below(&dice, i % 10 ? 6 : 36), room;
        struct cola_rules rules;
        struct cola_chain chain;

        rules.space = (enum cola_space)again_below(&dice, 4);
        rules.layers = layers;
        rules.min_length = 1 + (int)again_below(&dice, (uint64_t)layers + 2);
        room = (int)again_below(&dice, (uint64_t)layers + 4);
        rules.max_length = rules.min_length + room;
        rules.block_root = 1 + (int)again_below(&dice, 6);
        rules.block = 1 + (int)again_below(&dice, 6);
        rules.extra = 1 + (int)again_below(&dice, 5);
        rules.multiplicity = (int)again_below(&dice, 5);
        rules.block_repeat = (int)again_below(&dice, 2) * (int)again_below(&dice, 7);
        rules.placement = (enum cola_placement)again_below(&dice, 2);
        room = (int)again_below(&dice, (uint64_t)room + 1);
        chain = random_chain(&dice, rules.min_length + room, layers);
        assert_edits_agree(&rules, &chain, (int)again_below(&dice, 2));
        /* the ordinary chain may lie outside the window */
        cola_chain_identity(&chain, layers);
        assert_edits_agree(&rules, &chain, 1);
    }
}

static void
edits_of_real_depths_agree_with_nested_loops(void **state)
{
    static const int depths[] = {12, 24, 28, 36};

    (void)state;
    for (size_t i = 0; i < COUNT(depths); i++) {
        for (int space = 0; space < 4; space++) {
            struct cola_rules rules;
            struct cola_chain chain;

            cola_rules_paper(&rules, (enum cola_space)space, depths[i]);
            cola_chain_identity(&chain, depths[i]);
            assert_edits_agree(&rules, &chain, 1);
            chain.len = 1;
            assert_edits_agree(&rules, &chain, 0);
            for (chain.len = 0; chain.len < 2 * depths[i]; chain.len++)
                chain.at[chain.len] = (uint16_t)(chain.len % depths[i]);
            assert_edits_agree(&rules, &chain, 0);
        }
    }
}

/* Where twice the window of a chain of 1024 ends. */
static void
edits_of_the_longest_chains_stay_in_room(void **state)
{
    struct cola_rules rules = {COLA_SPACE_ANY, 2, 1, COLA_CHAIN_MAX, 64, 64, 64, 0, 0, COLA_NESTED};
    struct cola_edit *edits = calloc(cola_edits_most(&rules), sizeof *edits);

    (void)state;
    assert_non_null(edits);
    for (int length = COLA_CHAIN_MAX; length > 0; length -= 341) {
        struct cola_chain chain = {length, {0}}, result;
        size_t n = cola_edits(&rules, &chain, 0, edits);

        assert_true(n > 0 && n <= cola_edits_most(&rules));
        for (size_t i = 0; i < n; i += 97) {
            cola_edit_apply(&chain, edits[i], &result);
            assert_true(result.len >= 1 && result.len <= COLA_CHAIN_MAX);
        }
    }
    free(edits);
}

/* ---- counts -------------------------------------------------------------- */

#define DEEPEST 64

struct rows {
    int n;
    struct cola_perft row[DEEPEST];
};

static void
keep_row(void *ctx, const struct cola_perft *counts)
{
    struct rows *rows = ctx;

    assert_true(rows->n < DEEPEST);
    rows->row[rows->n++] = *counts;
}

static struct rows
perft_of(const struct cola_rules *rules, int depth)
{
    struct rows rows = {.n = 0};
    struct cola_error err;

    assert_ok(cola_perft(rules, depth, keep_row, &rows, &err), &err);
    assert_int_equal(rows.n, depth);
    for (int i = 0; i < depth; i++)
        assert_int_equal(rows.row[i].depth, i + 1);
    return rows;
}

static void
assert_row(const struct cola_perft *row, uint64_t sequences, uint64_t distinct,
           uint64_t total)
{
    if (row->sequences != sequences || row->distinct != distinct || row->total != total)
        fail_msg("%d %" PRIu64 " %" PRIu64 " %" PRIu64 ", not %" PRIu64 " %" PRIu64
                 " %" PRIu64, row->depth, row->sequences, row->distinct, row->total,
                 sequences, distinct, total);
}

static void
known_counts_are_reproduced(void **state)
{
    static const struct {
        int layers, depth;
        uint64_t sequences, distinct, total;
    } cases[] = {{28, 1, 530, 530, 531}, {4, 1, 34, 34, 35}, {4, 2, 906, 295, 296}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_rules rules;
        struct rows rows;

        cola_rules_paper(&rules, COLA_SPACE_BOTH, cases[i].layers);
        rows = perft_of(&rules, cases[i].depth);
        assert_row(&rows.row[cases[i].depth - 1], cases[i].sequences, cases[i].distinct,
                   cases[i].total);
    }
}

/* The released program's first node has 2(4L-6) children. */
static void
released_rules_have_the_published_number_of_first_edits(void **state)
{
    static const struct {
        int layers, min, max;
        uint64_t children;
    } cases[] = {{24, 16, 28, 180}, {28, 16, 32, 212}, {36, 24, 44, 276}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_rules rules = {COLA_SPACE_BOTH, cases[i].layers, cases[i].min,
                                   cases[i].max, 4, 1, 1, 2, 0, COLA_NESTED};
        struct rows rows = perft_of(&rules, 1);

        assert_row(&rows.row[0], cases[i].children, cases[i].children,
                   cases[i].children + 1);
    }
}

/* A + B*C, or 0 in *FITS. */
static uint64_t
plus_times(uint64_t a, uint64_t b, uint64_t c, int *fits)
{
    if (b != 0 && c > (UINT64_MAX - a) / b)
        return *fits = 0, 0;
    return a + b * c;
}

/* How many edit sequences there are of DEPTH edits, from lengths alone: a chain
 * of n positions has n-k+1 blocks of k, each of which may be skipped when n-k
 * is a length allowed, repeated when n+kr is, moved to n-k other places; and
 * a layer can be inserted at n+1 places.  0 when 64 bits do not hold it. */
static uint64_t
sequences_by_length(const struct cola_rules *rules, int depth)
{
    uint64_t count[256] = {0}, sum = 0;
    int fits = 1, lo = rules->min_length, hi = rules->max_length;
    int skips = rules->space != COLA_SPACE_REPEAT;
    int repeats = rules->space != COLA_SPACE_SKIP, any = rules->space == COLA_SPACE_ANY;

    count[rules->layers] = 1;
    for (int d = 0; d < depth; d++) {
        uint64_t next[256] = {0};

        for (int n = 1; n < 256; n++) {
            for (int k = 1; k <= rules->block && k <= n; k++) {
                uint64_t blocks = (uint64_t)(n - k + 1);

                if (skips && n - k >= lo && n - k <= hi)
                    next[n - k] = plus_times(next[n - k], count[n], blocks, &fits);
                for (int to = n + k; repeats && to <= n + k * rules->extra; to += k)
                    if (to >= lo && to <= hi)
                        next[to] = plus_times(next[to], count[n], blocks, &fits);
                if (any && n >= lo && n <= hi)
                    next[n] = plus_times(next[n], count[n], blocks * (uint64_t)(n - k),
                                         &fits);
            }
            if (any && n + 1 >= lo && n + 1 <= hi)
                next[n + 1] = plus_times(next[n + 1], count[n],
                                         (uint64_t)((n + 1) * rules->layers), &fits);
        }
        memcpy(count, next, sizeof count);
    }
    for (int n = 0; n < 256; n++)
        sum = plus_times(sum, count[n], 1, &fits);
    return fits ? sum : 0;
}

struct border {
    const struct again_rules *rules;
    const char *ordinary;
    struct again_bag *next, *all;
};

static void
cross_border(void *ctx, const char *chain)
{
    struct border *border = ctx;
    struct again_edit *edits;
    size_t n = again_edits(border->rules, chain, strcmp(chain, border->ordinary) == 0,
                           &edits);

    for (size_t i = 0; i < n; i++) {
        again_bag_add(border->next, edits[i].result);
        again_bag_add(border->all, edits[i].result);
    }
    again_edits_free(edits, n);
}

/* Every row of a perft, both columns of chains by sets of strings. */
static void
assert_perft(const struct cola_rules *rules, int depth)
{
    struct again_rules theirs = again_rules_of(rules);
    struct again_bag here = {NULL, 0}, next = {NULL, 0}, all = {NULL, 0};
    struct rows rows = perft_of(rules, depth);
    struct cola_chain identity;
    struct border border;
    char *ordinary;

    cola_chain_identity(&identity, rules->layers);
    ordinary = coded(&identity);
    border = (struct border){&theirs, ordinary, &next, &all};
    again_bag_add(&here, ordinary);
    again_bag_add(&all, ordinary);
    for (int d = 0; d < depth; d++) {
        again_bag_walk(&here, cross_border, &border);
        assert_row(&rows.row[d], sequences_by_length(rules, d + 1), next.count,
                   all.count);
        again_bag_free(&here);
        here = next;
        next = (struct again_bag){NULL, 0};
    }
    again_bag_free(&here);
    again_bag_free(&all);
    free(ordinary);
}

static void
counts_agree_with_sets_of_strings_and_a_recurrence(void **state)
{
    static const struct {
        int layers, depth;
        enum cola_space space;
        int min, max;           /* 0: the paper's */
    } cases[] = {
        {4, 5, COLA_SPACE_BOTH, 0, 0},  {6, 3, COLA_SPACE_BOTH, 0, 0},
        {12, 2, COLA_SPACE_BOTH, 0, 0}, {28, 2, COLA_SPACE_BOTH, 0, 0},
        {1, 6, COLA_SPACE_BOTH, 0, 0},  {2, 8, COLA_SPACE_BOTH, 0, 0},
        {8, 9, COLA_SPACE_SKIP, 0, 0},  {28, 2, COLA_SPACE_SKIP, 0, 0},
        {5, 4, COLA_SPACE_REPEAT, 0, 0}, {12, 2, COLA_SPACE_REPEAT, 0, 0},
        {3, 5, COLA_SPACE_ANY, 0, 0},   {4, 3, COLA_SPACE_ANY, 0, 0},
        {12, 2, COLA_SPACE_ANY, 0, 0},  {12, 2, COLA_SPACE_BOTH, 10, 14},
        {4, 6, COLA_SPACE_BOTH, 2, 6},  {4, 4, COLA_SPACE_BOTH, 6, 8},
        {6, 4, COLA_SPACE_SKIP, 1, 3},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_rules rules;

        cola_rules_paper(&rules, cases[i].space, cases[i].layers);
        if (cases[i].min > 0) {
            rules.min_length = cases[i].min;
            rules.max_length = cases[i].max;
        }
        assert_perft(&rules, cases[i].depth);
    }
}

/* Where sets of strings take too long, sequences still have a second source. */
static void
deeper_sequences_agree_with_the_recurrence(void **state)
{
    static const struct {
        int layers, depth;
        enum cola_space space;
        uint64_t sequences;     /* 0: the recurrence alone says */
    } cases[] = {{4, 6, COLA_SPACE_BOTH, 636173246}, {8, 3, COLA_SPACE_BOTH, 0},
                 {12, 4, COLA_SPACE_SKIP, 0}, {3, 8, COLA_SPACE_ANY, 0},
                 {3, 12, COLA_SPACE_BOTH, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_rules rules;
        struct rows rows;

        cola_rules_paper(&rules, cases[i].space, cases[i].layers);
        rows = perft_of(&rules, cases[i].depth);
        for (int d = 1; d <= cases[i].depth; d++)
            assert_true(rows.row[d - 1].sequences == sequences_by_length(&rules, d));
        if (cases[i].sequences != 0)
            assert_true(rows.row[cases[i].depth - 1].sequences == cases[i].sequences);
    }
}

/* Space any reaches every order: 3 + 9 + 27 + 81 + 243 + 729 sequences. */
static void
any_order_is_reached_by_the_space_any(void **state)
{
    struct cola_rules rules;
    struct rows rows;

    (void)state;
    cola_rules_paper(&rules, COLA_SPACE_ANY, 3);
    rows = perft_of(&rules, 6);
    assert_int_equal(rows.row[5].total, 1092);
    assert_int_equal(rows.row[5].distinct, 1092);
}

static void
count_beyond_64_bits_is_refused_where_it_happens(void **state)
{
    struct cola_rules rules;
    struct rows rows = {.n = 0};
    struct cola_error err = {COLA_OK, ""};
    int last = 1;

    (void)state;
    cola_rules_paper(&rules, COLA_SPACE_BOTH, 4);
    rules.max_length = 4;
    while (sequences_by_length(&rules, last + 1) != 0)
        last++;
    assert_true(last > 10 && last < DEEPEST - 1);
    rows = perft_of(&rules, last);
    assert_true(rows.row[last - 1].sequences == sequences_by_length(&rules, last));
    rows.n = 0;
    assert_int_equal(cola_perft(&rules, last + 3, keep_row, &rows, &err), COLA_INPUT);
    assert_int_equal(rows.n, last);
    assert_non_null(strstr(err.text, "64"));
}

/* ---- the synthetic judge ------------------------------------------------- */

static void
synthetic_texts_are_read(void **state)
{
    static const struct {
        const char *text, *salt;
        unsigned permille;
    } cases[] = {{"fnv:s1:100", "s1", 100}, {"fnv:s1:0", "s1", 0},
                 {"fnv:s1:1000", "s1", 1000}, {"fnv::5", "", 5},
                 {"fnv:a:b:7", "a:b", 7}, {"fnv:x y:1", "x y", 1}};
    static const struct {
        const char *text, *reason;
    } bad[] = {{"", "fnv:SALT:PERMILLE"}, {"fnv", "fnv:SALT:PERMILLE"},
               {"fnv:s", "fnv:SALT:PERMILLE"}, {"md5:s:5", "fnv:SALT:PERMILLE"},
               {"fnv:s:", "is \"\""}, {"fnv:s:x", "is \"x\""}, {"fnv:s:-1", "\"-1\""},
               {"fnv:s:1001", "\"1001\""}, {"fnv:s:5 ", "PERMILLE"},
               {"fnv:s:1e2", "\"1e2\""}, {"fnv:s:4294967297", "PERMILLE"},
               {"fnv:0123456789012345678901234567890123456789"
                "012345678901234567890123:5", "63"}};
    struct cola_synthetic judge;
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_ok(cola_synthetic_parse(cases[i].text, &judge, &err), &err);
        assert_string_equal(judge.salt, cases[i].salt);
        assert_int_equal(judge.permille, cases[i].permille);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_refused(cola_synthetic_parse(bad[i].text, &judge, &err), &err, "judge",
                       bad[i].reason);
        /* untouched: still the last good one */
        assert_string_equal(judge.salt, "x y");
        assert_int_equal(judge.permille, 1);
    }
}

static void
synthetic_judge_says_what_fnv_says(void **state)
{
    static const char *const texts[] = {"fnv:s1:100",  "fnv:s2:500", "fnv::5",
                                        "fnv:a:b:999", "fnv:z:0",    "fnv:z:1000"};
    enum { CHAINS = 400 };
    struct cola_question *questions = calloc(CHAINS, sizeof *questions);
    struct cola_verdict *verdicts = calloc(CHAINS, sizeof *verdicts);
    uint64_t dice = 64;

    (void)state;
    assert_non_null(questions);
    assert_non_null(verdicts);
    /* the offset basis, and the published FNV-1a of "a" and "foobar" */
    assert_true(again_fnv("") == UINT64_C(0xcbf29ce484222325));
    assert_true(again_fnv("a") == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(again_fnv("foobar") == UINT64_C(0x85944171f73967e8));
    for (size_t i = 0; i < CHAINS; i++)
        questions[i].chain = random_chain(&dice, (int)again_below(&dice, 60), 40);
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct cola_synthetic synthetic;
        struct cola_judge judge;
        struct cola_error err;
        int right = 0;

        assert_ok(cola_synthetic_parse(texts[i], &synthetic, &err), &err);
        judge = cola_synthetic_judge(&synthetic);
        assert_ok(judge.answer(judge.ctx, questions, verdicts, CHAINS, &err), &err);
        for (size_t k = 0; k < CHAINS; k++) {
            char *code = coded(&questions[k].chain), *layers = again_spell(code);
            char text[512];
            int correct;
            struct cola_verdict alone;

            snprintf(text, sizeof text, "%s:%s", synthetic.salt, layers);
            correct = again_fnv(text) % 1000 < synthetic.permille;
            right += correct;
            assert_int_equal(verdicts[k].inputs, 1);
            assert_int_equal(verdicts[k].correct, correct);
            assert_int_equal(verdicts[k].undecided, 0);
            assert_int_equal(verdicts[k].held, 0);
            assert_int_equal(verdicts[k].mark, correct ? COLA_CORRECT : COLA_WRONG);
            assert_int_equal(verdicts[k].stop, COLA_STOP_NONE);
            assert_null(verdicts[k].answer);
            assert_null(verdicts[k].ids);
            assert_true(isnan(verdicts[k].margin));
            assert_true(isnan(verdicts[k].gold_logprob));
            memset(&alone, 0, sizeof alone);
            assert_ok(judge.answer(judge.ctx, &questions[k], &alone, 1, &err), &err);
            assert_int_equal(alone.correct, correct);
            cola_verdict_clear(&alone);
            cola_verdict_clear(&verdicts[k]);
            free(code);
            free(layers);
        }
        if (synthetic.permille == 0 || synthetic.permille == 1000)
            assert_int_equal(right, synthetic.permille ? CHAINS : 0);
    }
    free(questions);
    free(verdicts);
}

static void
frozen_synthetic_verdicts_hold(void **state)
{
    /* FNV-1a-64 of "s1:0,1,1,2" and others, worked out by Python's integers */
    static const struct {
        const char *chain;
        unsigned remainder;
    } cases[] = {{"0-1,1-2", 517}, {"()", 809}, {"0", 579}, {"0-27", 841},
                 {"11,10", 180}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_question question = {0, parsed(cases[i].chain)};

        for (unsigned permille = cases[i].remainder; permille <= cases[i].remainder + 1;
             permille++) {
            struct cola_synthetic synthetic = {"s1", permille};
            struct cola_judge judge = cola_synthetic_judge(&synthetic);
            struct cola_verdict verdict;
            struct cola_error err;

            memset(&verdict, 0, sizeof verdict);
            assert_ok(judge.answer(judge.ctx, &question, &verdict, 1, &err), &err);
            assert_int_equal(verdict.correct, permille > cases[i].remainder);
            cola_verdict_clear(&verdict);
        }
    }
}

static void
plain_verdicts_are_of_one_input_without_answer(void **state)
{
    static const enum cola_mark marks[] = {COLA_WRONG, COLA_CORRECT, COLA_UNDECIDED};

    (void)state;
    for (size_t i = 0; i < COUNT(marks); i++) {
        struct cola_verdict v;

        memset(&v, 0x55, sizeof v);
        cola_verdict_plain(&v, marks[i], "rule");
        assert_int_equal(v.inputs, 1);
        assert_int_equal(v.correct, marks[i] == COLA_CORRECT);
        assert_int_equal(v.undecided, marks[i] == COLA_UNDECIDED);
        assert_int_equal(v.held, 0);
        assert_int_equal(v.held_correct, 0);
        assert_int_equal(v.mark, marks[i]);
        assert_int_equal(v.stop, COLA_STOP_NONE);
        assert_string_equal(v.rule, "rule");
        assert_true(isnan(v.margin) && isnan(v.gold_logprob));
        assert_null(v.answer);
        assert_null(v.ids);
        assert_int_equal(v.n_ids, 0);
    }
}

static void
cleared_verdict_owns_nothing_and_is_wrong(void **state)
{
    struct cola_verdict v;

    (void)state;
    memset(&v, 0, sizeof v);
    v.inputs = 7;
    v.correct = 3;
    v.undecided = 1;
    v.held = 2;
    v.held_correct = 1;
    v.gold_logprob = -3;
    v.mark = COLA_CORRECT;
    v.stop = COLA_STOP_END;
    v.rule = "rule";
    v.margin = 2;
    v.margin_is_float = 1;
    v.answer = malloc(8);       /* leak checkers see to it that both are freed */
    v.ids = malloc(8 * sizeof *v.ids);
    v.n_ids = 8;
    for (int twice = 0; twice < 2; twice++) {
        cola_verdict_clear(&v);
        assert_null(v.answer);
        assert_null(v.ids);
        assert_int_equal(v.n_ids, 0);
        assert_int_equal(v.inputs, 1);
        assert_int_equal(v.correct, 0);
        assert_int_equal(v.undecided, 0);
        assert_int_equal(v.held, 0);
        assert_int_equal(v.held_correct, 0);
        assert_int_equal(v.mark, COLA_WRONG);
        assert_int_equal(v.stop, COLA_STOP_NONE);
        assert_null(v.rule);
        assert_true(isnan(v.margin) && isnan(v.gold_logprob));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_are_read_and_one_is_printed),
        cmocka_unit_test(other_text_is_refused_and_the_character_named),
        cmocka_unit_test(nested_groups_are_read_or_refused),
        cmocka_unit_test(any_spelling_means_its_chain),
        cmocka_unit_test(printed_chains_are_canonical_and_read_back),
        cmocka_unit_test(canonical_texts_differ_when_chains_do),
        cmocka_unit_test(print_cuts_like_snprintf),
        cmocka_unit_test(json_is_an_array_of_layers),
        cmocka_unit_test(orders_are_total_and_as_defined),
        cmocka_unit_test(layers_are_compared_as_numbers_of_16_bits),
        cmocka_unit_test(measures_are_those_of_the_chain),
        cmocka_unit_test(layer_the_model_lacks_is_named),
        cmocka_unit_test(sets_number_chains_in_the_order_they_came),
        cmocka_unit_test(sets_hold_the_longest_and_the_empty_chain),
        cmocka_unit_test(spaces_have_names),
        cmocka_unit_test(paper_rules_are_the_papers),
        cmocka_unit_test(edits_do_what_their_names_say),
        cmocka_unit_test(edits_of_small_chains_are_those_a_person_lists),
        cmocka_unit_test(edits_agree_with_nested_loops),
        cmocka_unit_test(edits_of_real_depths_agree_with_nested_loops),
        cmocka_unit_test(edits_of_the_longest_chains_stay_in_room),
        cmocka_unit_test(known_counts_are_reproduced),
        cmocka_unit_test(released_rules_have_the_published_number_of_first_edits),
        cmocka_unit_test(counts_agree_with_sets_of_strings_and_a_recurrence),
        cmocka_unit_test(deeper_sequences_agree_with_the_recurrence),
        cmocka_unit_test(any_order_is_reached_by_the_space_any),
        cmocka_unit_test(count_beyond_64_bits_is_refused_where_it_happens),
        cmocka_unit_test(synthetic_texts_are_read),
        cmocka_unit_test(synthetic_judge_says_what_fnv_says),
        cmocka_unit_test(frozen_synthetic_verdicts_hold),
        cmocka_unit_test(plain_verdicts_are_of_one_input_without_answer),
        cmocka_unit_test(cleared_verdict_owns_nothing_and_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
