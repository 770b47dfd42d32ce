/*
 * test_search.c - searches, against a second implementation
 *
 * The searches promise that another implementation of search/mcts.h makes the
 * same draws.  Here that other implementation is tests/search_again.c, written
 * by somebody who had not seen the first; both are given the same judges and
 * must ask about the same chains in the same order, as edits of the same
 * parents in the same simulations, and end with the same visits and totals.
 * For polar-2026 three runs of the released algorithm under CPython are kept
 * as digests.
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

#include "base/digest.h"
#include "base/number.h"
#include "chain/judge.h"
#include "expect.h"
#include "search/enumerate.h"
#include "search/mcts.h"
#include "search_again.h"

/* ---- chains as strings, and judges for both sides ------------------------ */

/* CHAIN as the second implementation spells it; free() it. */
static char *
coded(const struct cola_chain *chain)
{
    char text[COLA_CHAIN_MAX];

    for (int i = 0; i < chain->len; i++)
        text[i] = AGAIN_CHAR(chain->at[i]);
    return again_copy(text, (size_t)chain->len);
}

static char *
coded_node(const struct cola_search *search, size_t node)
{
    struct cola_chain chain;

    cola_chain_set_get(&cola_search_tree(search)->chains, node, &chain);
    return coded(&chain);
}

/* A judge that throws dice, the same for the same chain: a sample of INPUTS
 * inputs, each correct with probability PERMILLE/1000. */
struct dice {
    uint64_t salt;
    unsigned permille;
    int inputs;
};

static int
dice_correct(const struct dice *dice, const char *chain)
{
    uint64_t state = again_fnv(chain) ^ dice->salt;
    int correct = 0;

    for (int i = 0; i < dice->inputs; i++)
        correct += again_splitmix(&state) % 1000 < dice->permille;
    return correct;
}

static double
dice_score(void *ctx, const char *chain)
{
    const struct dice *dice = ctx;

    return (double)dice_correct(dice, chain) / dice->inputs;
}

static enum cola_status
dice_answer(void *ctx, const struct cola_question *questions,
            struct cola_verdict *verdicts, size_t n, struct cola_error *err)
{
    const struct dice *dice = ctx;

    (void)err;
    for (size_t i = 0; i < n; i++) {
        char *chain = coded(&questions[i].chain);
        int correct = dice_correct(dice, chain);

        cola_verdict_plain(&verdicts[i],
                           correct == dice->inputs ? COLA_CORRECT : COLA_WRONG, NULL);
        verdicts[i].inputs = dice->inputs;
        verdicts[i].correct = correct;
        free(chain);
    }
    return COLA_OK;
}

/* The synthetic judge worked out again: CTX is struct cola_synthetic. */
static double
fnv_score(void *ctx, const char *chain)
{
    const struct cola_synthetic *judge = ctx;
    char text[1200], *layers = again_spell(chain);

    snprintf(text, sizeof text, "%s:%s", judge->salt, layers);
    free(layers);
    return again_fnv(text) % 1000 < judge->permille;
}

/* ---- running searches ---------------------------------------------------- */

static struct cola_preset *
preset_of(const char *name, int layers)
{
    struct cola_preset *preset = NULL;
    struct cola_error err;

    assert_ok(cola_preset_find(name, layers, &preset, &err), &err);
    return preset;
}

static struct cola_search *
search_of(const struct cola_preset *preset, const char *id)
{
    struct cola_search *search = NULL;
    struct cola_error err;

    assert_ok(cola_search_new(preset, id, &search, &err), &err);
    return search;
}

/* Ask and tell once; 0 when the search is done. */
static int
one_step(struct cola_search *search, struct cola_judge judge)
{
    struct cola_question question = {0, {0, {0}}};
    struct cola_verdict verdict;
    struct cola_error err;
    enum cola_status status;

    if (cola_search_next(search, &question.chain) == COLA_DONE)
        return 0;
    memset(&verdict, 0, sizeof verdict);
    assert_ok(judge.answer(judge.ctx, &question, &verdict, 1, &err), &err);
    status = cola_search_tell(search, &verdict, &err);
    cola_verdict_clear(&verdict);
    assert_ok(status, &err);
    return 1;
}

static struct cola_search *
whole_search(const struct cola_preset *preset, const char *id, struct cola_judge judge)
{
    struct cola_search *search = search_of(preset, id);

    while (one_step(search, judge))
        ;
    assert_int_equal(cola_search_status(search, NULL), COLA_OK);
    return search;
}

/* The words of PRESET for the second implementation. */
static struct again_search
again_what(const struct cola_preset *preset, const char *id)
{
    const struct cola_rules *rules = &preset->rules;
    struct again_search what;

    what.rules = (struct again_rules){
        "srba"[rules->space], rules->layers, rules->min_length, rules->max_length,
        rules->block_root, rules->block, rules->extra, rules->multiplicity,
        rules->block_repeat, rules->placement == COLA_DISJOINT};
    what.cpython = preset->generator == COLA_CPYTHON_SHARED ? 1 :
                   preset->generator == COLA_CPYTHON_SAMPLE ? 2 : 0;
    what.seed = preset->seed;
    what.id = id;
    what.simulations = preset->simulations;
    what.c2 = preset->c2;
    what.lambda = preset->lambda;
    what.epsilon = preset->epsilon;
    what.widening = preset->widening;
    what.power = preset->widening_power;
    what.outside = preset->formula == COLA_C_OUTSIDE;
    what.v = "gps"[preset->v];
    what.unvisited_last = preset->unvisited == COLA_UNVISITED_LAST;
    what.any = preset->epsilon_rule == COLA_EPSILON_ANY;
    what.stop = (int)preset->stop;
    what.first_counts = preset->first_counts;
    what.noops = preset->noops;
    return what;
}

static struct again_found
again(const struct cola_preset *preset, const char *id, again_judge *judge, void *ctx)
{
    struct again_search what = again_what(preset, id);

    switch (preset->mechanics) {
    case COLA_RELEASED:
        return again_polar(&what, judge, ctx);
    case COLA_ONE_CHILD:
        return again_drllm(&what, judge, ctx);
    case COLA_EDIT_SETS:
        return again_repolar(&what, judge, ctx);
    case COLA_WIDENING:
        break;
    }
    return again_cola(&what, judge, ctx);
}

/* Say which search differs, and where: a difference is of no use otherwise. */
static void
differ(const struct cola_preset *preset, const char *id, size_t at, const char *what,
       const char *first, const char *second)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    cola_preset_add_json(&b, preset, 0);
    print_message("sample %s of %s\n", id, b.data);
    cola_buffer_free(&b);
    fail_msg("verdict %zu: %s: %s, in the second implementation %s", at, what, first,
             second);
}

static void
differ_number(const struct cola_preset *preset, const char *id, size_t at,
              const char *what, double first, double second)
{
    char a[40], b[40];

    if (first == second)
        return;
    snprintf(a, sizeof a, "%.17g", first);
    snprintf(b, sizeof b, "%.17g", second);
    differ(preset, id, at, what, a, b);
}

static void
same_record(const struct cola_preset *preset, const char *id,
            const struct cola_search *search, size_t at,
            const struct cola_evaluation *mine, const struct again_record *theirs)
{
    const struct cola_node *node = &cola_search_tree(search)->nodes[mine->node];
    struct cola_buffer edit = COLA_BUFFER_EMPTY;
    char *chain = coded_node(search, mine->node), *parent;

    if (strcmp(chain, theirs->chain) != 0)
        differ(preset, id, at, "chain", chain, theirs->chain);
    free(chain);
    differ_number(preset, id, at, "simulation", mine->simulation, theirs->simulation);
    differ_number(preset, id, at, "visits", (double)node->visits, theirs->visits);
    differ_number(preset, id, at, "total", node->total, theirs->total);
    if (node->parent == COLA_NONE || theirs->parent == NULL) {
        assert_true(node->parent == COLA_NONE && theirs->parent == NULL && at == 0);
        return;
    }
    parent = coded_node(search, node->parent);
    if (strcmp(parent, theirs->parent) != 0)
        differ(preset, id, at, "parent", parent, theirs->parent);
    free(parent);
    cola_edit_add_text(&edit, node->edit);
    if (strcmp(edit.data, theirs->edit) != 0)
        differ(preset, id, at, "edit", edit.data, theirs->edit);
    cola_buffer_free(&edit);
}

static void
same_as(const struct cola_preset *preset, const char *id,
        const struct cola_search *search, const struct again_found *found)
{
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(search, &list);
    struct again_bag seen = {NULL, 0};

    for (size_t i = 0; i < n && i < found->n; i++) {
        same_record(preset, id, search, i, &list[i], &found->list[i]);
        if (!again_bag_add(&seen, found->list[i].chain))
            differ(preset, id, i, "judged twice", found->list[i].chain, "");
    }
    again_bag_free(&seen);
    differ_number(preset, id, n, "verdicts", (double)n, (double)found->n);
    differ_number(preset, id, n, "simulations", cola_search_simulations(search),
                  found->simulations);
    /* Only "widening" promises to know. */
    differ_number(preset, id, n, "complete", cola_search_complete(search),
                  preset->mechanics == COLA_WIDENING && found->complete);
}

/* The search of PRESET must go the same way twice. */
static void
assert_same(const struct cola_preset *preset, const char *id, struct dice dice)
{
    struct cola_judge judge = {dice_answer, &dice};
    struct again_found found = again(preset, id, dice_score, &dice);
    struct cola_search *search = whole_search(preset, id, judge);

    same_as(preset, id, search, &found);
    cola_search_free(search);
    again_found_free(&found);
}

/* What was asked, in one text: the simulation, a blank, the layers joined by
 * commas, a newline. */
static char *
asked(const struct cola_search *search)
{
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(search, &list);
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    for (size_t i = 0; i < n; i++) {
        char *chain = coded_node(search, list[i].node), *text = again_spell(chain);

        cola_buffer_printf(&b, "%d %s\n", list[i].simulation, text);
        free(chain);
        free(text);
    }
    assert_int_equal(cola_buffer_ok(&b, NULL), COLA_OK);
    return b.data;
}

/* ---- the released search ------------------------------------------------- */

/*
 * How these came about: the search of protocol.md 1.3a was written in Python
 * from that description alone (lists as paths, random.seed(42), random.random,
 * random.choice, math.log, max and sorted as the language has them) and run
 * under CPython 3.11 on glibc 2.36 with the synthetic judge fnv:s100:100.  It
 * printed a line "SIMULATION LAYERS" a verdict, LAYERS joined by commas, the
 * ordinary chain first with 0.  Kept: SHA-256 of the whole output, its lines,
 * the chains of simulations 1 to 5 and the last.
 */
static const struct replay {
    int layers, simulations;
    size_t lines;
    const char *sha256, *first[5], *last;
} replays[] = {
    {28, 100, 101,
     "52ce8223daa828f89506a2309558e5db100ad5f31259aa5849c92aeab036758d",
     {"0-11,16-27",
      "1-11,16-27",
      "1-7,7-11,16-27",
      "1-3,3-11,16-18,18-27",
      "0-9,6-19,21-27"},
     "0-1,1,3,5-8,8,13,15,17-27"},
    {36, 100, 101,
     "47f94203ec1b630d79204953eea778b8d7a64e818735a22d095c35cb92b915af",
     {"0-15,15-35",
      "0-17,17-32,32-35",
      "0-11,11-17,17-32,32-35",
      "0-5,5-17,17-29,29-35",
      "0-5,5-13,15-17,17-29,29-35"},
     "0-4,7-17,21-30,30-35,35"},
    {24, 200, 201,
     "456344dafb7c03983ec476aedb32c2bc5ade45d4180eb951a250f102f87fa27a",
     {"0-3,8-23",
      "0-3,8-21,21-23",
      "0-3,8-10,10-21,21-23",
      "0-2,2-3,8-17,17-21,21-23",
      "0-9,6-15,17-23"},
     "0-2,5-8,8-13,15-19,21-23"},
};

static struct cola_synthetic
synthetic_of(const char *text)
{
    struct cola_synthetic judge;
    struct cola_error err;

    assert_ok(cola_synthetic_parse(text, &judge, &err), &err);
    return judge;
}

static void
assert_node_is(const struct cola_search *search, size_t node, const char *text)
{
    char canonical[4096];
    struct cola_chain chain;

    cola_chain_set_get(&cola_search_tree(search)->chains, node, &chain);
    cola_chain_print(&chain, canonical, sizeof canonical);
    assert_string_equal(canonical, text);
}

static void
polar_replays_the_released_program(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(replays); i++) {
        const struct replay *r = &replays[i];
        struct cola_synthetic fnv = synthetic_of("fnv:s100:100");
        struct cola_preset *preset = preset_of("polar-2026", r->layers);
        const struct cola_evaluation *list;
        struct cola_search *search;
        struct again_found found;
        struct cola_sha256 sha;
        unsigned char digest[32];
        char hex[65], *text;
        size_t n;

        preset->simulations = r->simulations;
        found = again(preset, "fnv:s100:100", fnv_score, &fnv);
        search = whole_search(preset, "fnv:s100:100", cola_synthetic_judge(&fnv));
        n = cola_search_evaluated(search, &list);
        assert_int_equal(n, r->lines);
        for (size_t k = 0; k < 5; k++)
            assert_node_is(search, list[k + 1].node, r->first[k]);
        assert_node_is(search, list[n - 1].node, r->last);
        text = asked(search);
        cola_sha256_init(&sha);
        cola_sha256_add(&sha, text, strlen(text));
        cola_sha256_end(&sha, digest);
        cola_sha256_hex(digest, hex);
        assert_string_equal(hex, r->sha256);
        same_as(preset, "fnv:s100:100", search, &found);
        free(text);
        again_found_free(&found);
        cola_search_free(search);
        cola_preset_free(preset);
    }
}

/* ---- two more released searches ------------------------------------------- */

/*
 * As above: re_polar/mcts/search.py of DATEXIS/RE-PoLar and data_generation.py
 * of parameterlab/dr-llm were written again in Python from what they do, with
 * CPython's random.Random(seed).shuffle, random.random and random.choice, and
 * run under CPython 3.11; drllm-code after random.seed(42), which the program
 * itself does not do where it searches.
 */
static const struct {
    const char *preset;
    int layers, simulations;
    const char *judge;
    size_t lines;
    const char *sha256;
} runs[] = {
    {"re-polar", 28, 100, "fnv:s100:100", 101,
     "a3c3e8caebb6e98ff9c0bafa3ad9475121ebfeccb0d2e27a4172084f6996ba88"},
    {"re-polar", 36, 200, "fnv:s100:100", 200,
     "259932b85fdcee9872b323fb5370b732cb92eafdc2234daf6b4832d96487b091"},
    {"re-polar", 24, 200, "fnv:s100:500", 199,
     "b34aef74bcd3ad999d7829dbc4301d9bac0d8bc69502197b1842ae24b705e9e4"},
    {"re-polar", 4, 300, "fnv:s100:100", 30,
     "958cee2b1217285379cedeb854c7bb12ccd15016f1d0f85fc4c1357223402f01"},
    {"re-polar", 5, 400, "fnv:s100:0", 53,
     "31d8fada119665098e3d45a6001433d4f16dfccc222f30df2fe474c5a3b5e942"},
    {"re-polar", 12, 1000, "fnv:s100:20", 860,
     "ec1df6b60da1518e4d8f6545ed6772c8093a68d1a65eab066c2167912678cc1f"},
    /* these turn on the last bit of the formula: with its sums in another order,
     * or c within the root, other chains are judged */
    {"re-polar", 7, 300, "fnv:o9:300", 139,
     "dadbf2ed33903dc098950f4c71df498eb4f3c8152675fb0ea258685cf49cf86f"},
    {"re-polar", 7, 300, "fnv:o8:500", 145,
     "f576254eddb31cd0de57295e1c2ce965f671ddccd4ad7772e79c4416d046c90c"},
    {"re-polar", 7, 300, "fnv:o11:500", 153,
     "3057edfa88719e40fccf030e7fc6ae5299d59f15424186a9a7d8f58b524e69b6"},
    {"drllm-code", 28, 200, "fnv:s100:0", 48,
     "935fd25c0a0c290261e527d8ac86ef5bba355e24a8c6f298d129513d13ba06c3"},
    {"drllm-code", 36, 200, "fnv:s100:0", 76,
     "4a032e51f3b9a2f723df15fc32067e679cb56d4f6e157d3f2dbaea8724419c7f"},
    {"drllm-code", 12, 200, "fnv:s100:30", 10,
     "a93adc2c29d9e2c92348555bd11a925a125e45cf23bb77bc8f0b9a15cf79fb25"},
    {"drllm-code", 48, 200, "fnv:s100:20", 50,
     "098b878e0918d7a26347a4c02d0083c17ffe8cc7ec7d64ae38e4fd7249e9447c"},
    {"drllm-code", 6, 200, "fnv:s100:100", 9,
     "6676c1ab47c520f95d37fa3785334aa85a3c4860a9f1912ee03bce73b363cfea"},
    {"drllm-code", 3, 200, "fnv:s100:0", 9,
     "8df1773027e3aaaf0c1655ac055a3801a43f6833360e7408078a39492bf8e11e"},
};

static void
programs_under_cpython_are_replayed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(runs); i++) {
        struct cola_synthetic fnv = synthetic_of(runs[i].judge);
        struct cola_preset *preset = preset_of(runs[i].preset, runs[i].layers);
        const struct cola_evaluation *list;
        struct cola_search *search;
        struct cola_sha256 sha;
        unsigned char digest[32];
        char hex[65], *text;

        preset->simulations = runs[i].simulations;
        if (preset->mechanics == COLA_ONE_CHILD)
            preset->generator = COLA_CPYTHON_SHARED;
        search = whole_search(preset, runs[i].judge, cola_synthetic_judge(&fnv));
        assert_int_equal(cola_search_evaluated(search, &list), runs[i].lines);
        text = asked(search);
        cola_sha256_init(&sha);
        cola_sha256_add(&sha, text, strlen(text));
        cola_sha256_end(&sha, digest);
        cola_sha256_hex(digest, hex);
        assert_string_equal(hex, runs[i].sha256);
        free(text);
        cola_search_free(search);
        cola_preset_free(preset);
    }
}

/* ---- two implementations ------------------------------------------------- */

static const int depths[] = {4, 5, 6, 12, 16, 24, 28, 32, 36};
static const unsigned chances[] = {0, 20, 100, 500, 1000};

static void
assert_same_at_all_depths(const char *name)
{
    for (size_t i = 0; i < COUNT(depths); i++) {
        for (size_t k = 0; k < COUNT(chances); k++) {
            struct cola_preset *preset = preset_of(name, depths[i]);
            struct dice dice = {977 * i + k, chances[k], 1};
            char id[40];

            snprintf(id, sizeof id, "sample %zu", k);
            /* Seeds of one and of two 32-bit digits, and nought. */
            preset->seed = k == 0 ? 42 : k == 1 ? 0 : UINT64_C(0x123456789abc) >> 4 * k;
            preset->simulations = k == 3 ? 400 : 150;
            assert_same(preset, id, dice);
            cola_preset_free(preset);
        }
    }
}

static void
polar_agrees_with_the_second_implementation(void **state)
{
    (void)state;
    assert_same_at_all_depths("polar-2026");
}

static void
cola_agrees_with_the_second_implementation(void **state)
{
    (void)state;
    assert_same_at_all_depths("cola-2025");
}

static void
reconstructed_agrees_with_the_second_implementation(void **state)
{
    (void)state;
    assert_same_at_all_depths("cola-reconstructed");
}

static void
drllm_paper_agrees_with_the_second_implementation(void **state)
{
    (void)state;
    assert_same_at_all_depths("drllm-paper");
}

static void
drllm_code_agrees_with_the_second_implementation(void **state)
{
    (void)state;
    assert_same_at_all_depths("drllm-code");
}

static void
re_polar_agrees_with_the_second_implementation(void **state)
{
    (void)state;
    assert_same_at_all_depths("re-polar");
}

static void
synthetic_judges_agree_with_the_second_implementation(void **state)
{
    static const char *const judges[] = {"fnv:s1:100", "fnv:s2:20", "fnv:a:b:500",
                                         "fnv:x y:0", "fnv::1000"};

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(judges); i++) {
        const char *id = judges[i / 2];
        struct cola_synthetic fnv = synthetic_of(id);
        struct cola_preset *preset = preset_of(i % 2 ? "cola-2025" : "polar-2026", 28);
        struct again_found found = again(preset, id, fnv_score, &fnv);
        struct cola_search *search = whole_search(preset, id, cola_synthetic_judge(&fnv));

        same_as(preset, id, search, &found);
        again_found_free(&found);
        cola_search_free(search);
        cola_preset_free(preset);
    }
}

/* Rules and numbers nobody would choose: whatever a preset can say is obeyed. */
static void
odd_presets_agree_with_the_second_implementation(void **state)
{
    static const double c2[] = {2, 0, 0.5, 3.24}, lambda[] = {5, 0, 1, 0.7};
    static const double epsilon[] = {0.1, 0, 0.5, 1};
    static const double widening[] = {2, 0, 1, 0.3, 3.7, 1e6};
    static const double powers[] = {0.5, 0.5, 1, 0, 0.25};
    uint64_t dice = 2507;

    (void)state;
    for (int i = 0; i < 1500; i++) {
        int layers = (int)again_below(&dice, 7) + 1;
        struct cola_preset *preset =
            preset_of(cola_preset_name(again_below(&dice, 6)), layers);
        struct cola_rules *rules = &preset->rules;
        struct dice judge = {again_splitmix(&dice),
                             chances[again_below(&dice, COUNT(chances))],
                             (int)again_below(&dice, 3) + 1};
        char id[32];

        preset->generator = (enum cola_generator)again_below(&dice, 3);
        preset->seed = again_splitmix(&dice) >> again_below(&dice, 64);
        preset->simulations = (int)again_below(&dice, 300);
        preset->c2 = c2[again_below(&dice, COUNT(c2))];
        preset->lambda = lambda[again_below(&dice, COUNT(lambda))];
        preset->epsilon = epsilon[again_below(&dice, COUNT(epsilon))];
        preset->widening = widening[again_below(&dice, COUNT(widening))];
        rules->space = (enum cola_space)again_below(
            &dice, preset->mechanics > COLA_RELEASED ? 3 : 4);
        rules->min_length = (int)again_below(&dice, (uint64_t)layers + 2) + 1;
        rules->max_length =
            rules->min_length + (int)again_below(&dice, (uint64_t)layers + 3);
        rules->block_root = (int)again_below(&dice, 5) + 1;
        rules->block = (int)again_below(&dice, 5) + 1;
        rules->extra = (int)again_below(&dice, 4) + 1;
        rules->multiplicity = preset->mechanics > COLA_RELEASED ? 0 :
                              (int)again_below(&dice, 4);
        rules->block_repeat = (int)again_below(&dice, 5);
        preset->widening_power = powers[again_below(&dice, COUNT(powers))];
        preset->formula = (enum cola_formula)again_below(&dice, 2);
        preset->v = (enum cola_v)again_below(
            &dice, preset->mechanics == COLA_EDIT_SETS ? 2 : 3);
        preset->unvisited = (enum cola_unvisited)again_below(&dice, 2);
        preset->stop = (enum cola_ends)again_below(&dice, 4);
        preset->first_counts = (int)again_below(&dice, 2);
        if (preset->mechanics == COLA_WIDENING) {
            preset->epsilon_rule = (enum cola_epsilon)again_below(&dice, 2);
            rules->placement = (enum cola_placement)again_below(&dice, 2);
        }
        if (preset->mechanics == COLA_ONE_CHILD)
            preset->noops = (int)again_below(&dice, 2);
        snprintf(id, sizeof id, "%" PRIx64, again_splitmix(&dice));
        assert_same(preset, id, judge);
        cola_preset_free(preset);
    }
}

/* Thousands of simulations in spaces so small that they are used up: the
 * longest paths, the oldest stored values, the marks of exhaustion. */
static void
exhausted_spaces_agree_with_the_second_implementation(void **state)
{
    static const struct {
        int layers, min, max, simulations;
    } small[] = {{1, 1, 2, 10}, {2, 1, 4, 500}, {3, 2, 5, 3000}, {4, 3, 5, 3000},
                 {4, 2, 6, 3000}, {5, 4, 6, 2000}, {6, 5, 7, 2500}, {12, 11, 13, 1500}};

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(small); i++) {
        for (size_t k = 0; k < COUNT(chances); k++) {
            struct cola_preset *preset =
                preset_of(i % 2 ? "cola-2025" : "polar-2026", small[i / 2].layers);
            struct dice dice = {i * 31 + k, chances[k], 1 + (int)k % 2};

            preset->rules.min_length = small[i / 2].min;
            preset->rules.max_length = small[i / 2].max;
            preset->simulations = small[i / 2].simulations;
            assert_same(preset, "x", dice);
            cola_preset_free(preset);
        }
    }
}

/* The yardstick has to be right itself: the values CPython publishes through
 * its seed 42, and logarithms known to 30 places. */
static void
second_implementation_knows_published_logarithms(void **state)
{
    struct cola_logs logs = {NULL, 0, 0, 0};
    struct cola_error err;
    uint32_t n = 20001;

    (void)state;
    assert_true(again_log(1) == 0);
    /* 0.693147180559945309417232121458, 2.302585092994045684017991454684,
     * 9.123910746...: the digits of A002162 and A002392 */
    assert_true(again_log(2) == 0.693147180559945309417232121458);
    assert_true(again_log(10) == 2.302585092994045684017991454684);
    assert_true(again_log(1024) == 6.931471805599453094172321214581);
    /* ln 8 / 3 and ln 16 / 4 must tie: the searches rely on it */
    assert_true(again_log(8) / 3 == again_log(16) / 4);
    assert_int_equal(cola_logs_reach(&logs, n, &err), COLA_OK);
    for (uint32_t k = 1; k <= n; k++)
        if (logs.ln[k] != again_log(k))
            fail_msg("ln %u: %.17g, by long division %.17g", (unsigned)k, logs.ln[k],
                     again_log(k));
    cola_logs_free(&logs);
}

/* ---- what a search is a function of -------------------------------------- */

static void
searches_interleaved_run_as_if_alone(void **state)
{
    static const char *const names[] = {"cola-2025", "polar-2026", "drllm-paper",
                                        "drllm-code", "re-polar"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct dice dice[3] = {{1, 100, 1}, {2, 500, 1}, {3, 0, 2}};
        struct cola_search *together[3];
        struct cola_preset *preset = preset_of(names[i], 12);
        int more = 1;

        for (size_t k = 0; k < 3; k++)
            together[k] = search_of(preset, k == 0 ? "a" : "b");
        /* in turns, the first twice as fast */
        while (more) {
            more = 0;
            for (size_t k = 0; k < 4; k++) {
                struct cola_judge judge = {dice_answer, &dice[k % 3]};

                more += one_step(together[k % 3], judge);
            }
        }
        for (size_t k = 0; k < 3; k++) {
            struct again_found found =
                again(preset, k == 0 ? "a" : "b", dice_score, &dice[k]);

            same_as(preset, "interleaved", together[k], &found);
            again_found_free(&found);
            cola_search_free(together[k]);
        }
        cola_preset_free(preset);
    }
}

static void
search_keeps_copies_of_preset_and_id(void **state)
{
    static const char *const names[] = {"cola-2025", "polar-2026", "drllm-paper",
                                        "drllm-code", "re-polar"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct dice dice = {5, 100, 1};
        struct cola_judge judge = {dice_answer, &dice};
        struct cola_preset *preset = preset_of(names[i], 8), whole = *preset;
        struct again_found found = again(preset, "sample", dice_score, &dice);
        char id[] = "sample";
        struct cola_search *search = search_of(preset, id);

        preset->simulations = 1;
        preset->lambda = 0;
        preset->rules.max_length = 8;
        cola_preset_free(preset);
        memset(id, 'x', sizeof id - 1);
        while (one_step(search, judge))
            ;
        same_as(&whole, "sample", search, &found);
        assert_string_equal(cola_search_preset(search)->name, names[i]);
        again_found_free(&found);
        cola_search_free(search);
    }
}

/* Does anything change with the id, or with the seed? */
static void
draws_depend_on_seed_and_where_said_on_id(void **state)
{
    static const struct {
        const char *name;
        int id_counts;
    } cases[] = {{"cola-2025", 1}, {"polar-2026", 0}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct dice dice = {5, 100, 1};
        struct cola_judge judge = {dice_answer, &dice};
        struct cola_preset *preset = preset_of(cases[i].name, 12);
        struct cola_search *search[3];
        char *text[3];

        search[0] = whole_search(preset, "a", judge);
        search[1] = whole_search(preset, "b", judge);
        preset->seed++;
        search[2] = whole_search(preset, "a", judge);
        for (size_t k = 0; k < 3; k++)
            text[k] = asked(search[k]);
        assert_int_equal(strcmp(text[0], text[1]) != 0, cases[i].id_counts);
        assert_string_not_equal(text[0], text[2]);
        for (size_t k = 0; k < 3; k++) {
            free(text[k]);
            cola_search_free(search[k]);
        }
        cola_preset_free(preset);
    }
}

/* Verdicts with everything but inputs and correct at random. */
static enum cola_status
noisy_answer(void *ctx, const struct cola_question *questions,
             struct cola_verdict *verdicts, size_t n, struct cola_error *err)
{
    static uint64_t noise = 1;

    if (dice_answer(ctx, questions, verdicts, n, err) != COLA_OK)
        return COLA_RESOURCE;
    for (size_t i = 0; i < n; i++) {
        struct cola_verdict *v = &verdicts[i];

        v->held = (int)again_below(&noise, 5);
        v->held_correct = (int)again_below(&noise, (uint64_t)v->held + 1);
        v->undecided = (int)again_below(&noise, (uint64_t)(v->inputs - v->correct) + 1);
        v->gold_logprob = -(double)again_below(&noise, 100) / 7;
        v->mark = (enum cola_mark)again_below(&noise, 3);
        v->stop = (enum cola_stop)again_below(&noise, 5);
        v->rule = again_below(&noise, 2) ? "a rule" : NULL;
        v->margin = (double)again_below(&noise, 100) / 3;
        v->margin_is_float = (int)again_below(&noise, 2);
        v->answer = again_below(&noise, 2) ? again_copy("answer", 6) : NULL;
    }
    return COLA_OK;
}

static void
only_the_share_of_correct_inputs_steers(void **state)
{
    (void)state;
    for (int inputs = 1; inputs <= 7; inputs++) {
        struct dice dice = {(uint64_t)inputs, 300, inputs};
        struct cola_judge judge = {noisy_answer, &dice};
        struct cola_preset *preset =
            preset_of(inputs % 2 ? "cola-2025" : "polar-2026", 12);
        struct again_found found = again(preset, "x", dice_score, &dice);
        struct cola_search *search = whole_search(preset, "x", judge);
        const struct cola_evaluation *list;
        size_t n = cola_search_evaluated(search, &list);

        same_as(preset, "x", search, &found);
        for (size_t i = 0; i < n; i++)
            differ_number(preset, "x", i, "score",
                          cola_search_tree(search)->nodes[list[i].node].score,
                          dice_score(&dice, found.list[i].chain));
        again_found_free(&found);
        cola_search_free(search);
        cola_preset_free(preset);
    }
}

static void
budget_counts_simulations_after_the_first_chain(void **state)
{
    static const char *const names[] = {"cola-2025", "polar-2026", "cola-reconstructed",
                                        "drllm-paper", "re-polar"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        for (int budget = 0; budget < 4; budget++) {
            struct dice dice = {5, 100, 1};
            struct cola_judge judge = {dice_answer, &dice};
            struct cola_preset *preset = preset_of(names[i], 28);
            const struct cola_evaluation *list;
            struct cola_search *search;
            struct cola_chain chain;

            preset->simulations = budget;
            search = whole_search(preset, "x", judge);
            assert_int_equal(cola_search_evaluated(search, &list), budget + 1);
            assert_int_equal(cola_search_simulations(search), budget);
            assert_int_equal(list[0].simulation, 0);
            assert_node_is(search, list[0].node, "0-27");
            /* done is done */
            assert_int_equal(cola_search_next(search, &chain), COLA_DONE);
            assert_int_equal(cola_search_next(search, &chain), COLA_DONE);
            cola_search_free(search);
            cola_preset_free(preset);
        }
    }
}

/* ---- completeness -------------------------------------------------------- */

struct closure {
    const struct again_rules *rules;
    struct again_bag *all, *fresh;
};

static void
closure_visit(void *ctx, const char *chain)
{
    struct closure *c = ctx;
    struct again_edit *edits;
    size_t n;
    int root = 1;

    for (int i = 0; i < c->rules->layers; i++)
        root = root && chain[i] == AGAIN_CHAR(i);
    root = root && (int)strlen(chain) == c->rules->layers;
    n = again_edits(c->rules, chain, root, &edits);
    for (size_t i = 0; i < n; i++)
        if (again_bag_add(c->all, edits[i].result))
            again_bag_add(c->fresh, edits[i].result);
    again_edits_free(edits, n);
}

/* Every chain that edits reach, the ordinary one included. */
static struct again_bag
closure_of(const struct again_rules *rules)
{
    struct again_bag all = {NULL, 0}, border = {NULL, 0}, fresh = {NULL, 0};
    struct closure c = {rules, &all, &fresh};
    char ordinary[32] = "";

    for (int i = 0; i < rules->layers; i++)
        ordinary[i] = AGAIN_CHAR(i);
    again_bag_add(&all, ordinary);
    again_bag_add(&border, ordinary);
    while (border.count > 0) {
        again_bag_walk(&border, closure_visit, &c);
        again_bag_free(&border);
        border = fresh;
        fresh = (struct again_bag){NULL, 0};
    }
    return all;
}

static void
cola_with_budget_enough_judges_every_chain_of_its_space(void **state)
{
    /* reachable: what nested loops over edits gave; 0 where only the closure
     * of this file says. */
    static const struct {
        int layers;
        enum cola_space space;
        int max;
        size_t reachable;
    } cases[] = {
        {2, COLA_SPACE_BOTH, 4, 30}, {3, COLA_SPACE_SKIP, 6, 7},
        {3, COLA_SPACE_REPEAT, 6, 0}, {3, COLA_SPACE_BOTH, 6, 0},
        {3, COLA_SPACE_ANY, 6, 1092}, {4, COLA_SPACE_SKIP, 8, 15},
        {4, COLA_SPACE_REPEAT, 8, 0}, {4, COLA_SPACE_BOTH, 6, 0},
        {4, COLA_SPACE_ANY, 5, 1364}, {4, COLA_SPACE_BOTH, 8, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_preset *preset = preset_of("cola-2025", cases[i].layers);
        struct dice dice = {i, 100, 1};
        struct cola_judge judge = {dice_answer, &dice};
        struct again_search what;
        struct again_bag all, judged = {NULL, 0};
        const struct cola_evaluation *list;
        struct cola_search *search;
        size_t n;

        preset->rules.space = cases[i].space;
        preset->rules.max_length = cases[i].max;
        preset->simulations = 100000;
        what = again_what(preset, "x");
        all = closure_of(&what.rules);
        if (cases[i].reachable != 0)
            assert_int_equal(all.count, cases[i].reachable);
        search = whole_search(preset, "x", judge);
        n = cola_search_evaluated(search, &list);
        assert_int_equal(n, all.count);
        for (size_t k = 0; k < n; k++) {
            char *chain = coded_node(search, list[k].node);

            assert_true(again_bag_has(&all, chain));
            assert_true(again_bag_add(&judged, chain));
            free(chain);
        }
        assert_int_equal(cola_search_complete(search), 1);
        assert_int_equal(cola_search_simulations(search), n - 1);
        cola_search_free(search);
        /* One simulation fewer than there are chains, and it cannot be. */
        preset->simulations = (int)n - 2;
        if (n < 5000) {
            search = whole_search(preset, "x", judge);
            assert_int_equal(cola_search_complete(search), 0);
            assert_int_equal(cola_search_evaluated(search, &list), n - 1);
            cola_search_free(search);
        }
        again_bag_free(&all);
        again_bag_free(&judged);
        cola_preset_free(preset);
    }
}

static void
polar_leaves_chains_unjudged_whatever_the_budget(void **state)
{
    (void)state;
    for (uint64_t salt = 0; salt < 3; salt++) {
        struct cola_preset *preset = preset_of("polar-2026", 4);
        struct dice dice = {salt, 100, 1};
        struct cola_judge judge = {dice_answer, &dice};
        const struct cola_evaluation *list;
        struct again_search what;
        struct again_bag all;
        struct cola_search *search;
        size_t n;

        preset->rules.min_length = 2;
        preset->rules.max_length = 6;
        preset->simulations = 20000;
        what = again_what(preset, "x");
        all = closure_of(&what.rules);
        assert_int_equal(all.count, 266);
        search = whole_search(preset, "x", judge);
        n = cola_search_evaluated(search, &list);
        assert_true(n > 150 && n < 266);
        assert_int_equal(cola_search_complete(search), 0);
        assert_int_equal(cola_search_simulations(search), 20000);
        cola_search_free(search);
        again_bag_free(&all);
        cola_preset_free(preset);
    }
}

/* A window in which every preset's reach is small. */
static struct cola_preset *
small_preset(size_t which, int layers)
{
    struct cola_preset *preset = preset_of(cola_preset_name(which), layers);

    preset->rules.min_length = 1;
    preset->rules.max_length = layers + 2;
    return preset;
}

static void
reach_of_every_preset_is_its_enumeration(void **state)
{
    (void)state;
    for (size_t i = 0; cola_preset_name(i) != NULL; i++) {
        for (int layers = 1; layers <= 4; layers++) {
            struct cola_preset *preset = small_preset(i, layers);
            struct again_search what = again_what(preset, "x");
            struct again_bag all = closure_of(&what.rules);
            struct cola_extent_of extent = {COLA_EXTENT_REACH, 0, preset->rules};
            struct cola_chains chains;
            struct cola_chain chain;
            struct cola_error err;

            assert_ok(cola_enumerate(&extent, 1000000, &chains, &err), &err);
            assert_int_equal(chains.set.count, all.count);
            for (size_t k = 0; k < chains.set.count; k++) {
                char *text;

                cola_chains_get(&chains, k, &chain);
                text = coded(&chain);
                assert_true(again_bag_has(&all, text));
                free(text);
            }
            cola_chains_free(&chains);
            again_bag_free(&all);
            cola_preset_free(preset);
        }
    }
}

static void
what_is_judged_can_be_reached(void **state)
{
    (void)state;
    for (size_t i = 0; cola_preset_name(i) != NULL; i++) {
        for (int layers = 1; layers <= 3; layers++) {
            struct cola_preset *preset = small_preset(i, layers);
            struct dice dice = {i, 100, 1};
            struct cola_judge judge = {dice_answer, &dice};
            struct again_search what;
            struct again_bag all;
            struct cola_search *search;
            const struct cola_evaluation *list;
            size_t n;

            preset->simulations = 4000;
            preset->stop = COLA_ENDS_NEVER;
            what = again_what(preset, "x");
            all = closure_of(&what.rules);
            search = whole_search(preset, "x", judge);
            n = cola_search_evaluated(search, &list);
            for (size_t k = 0; k < n; k++) {
                char *text = coded_node(search, list[k].node);

                assert_true(again_bag_has(&all, text));
                free(text);
            }
            if (preset->mechanics == COLA_WIDENING) {
                assert_int_equal(n, all.count);
                assert_int_equal(cola_search_complete(search), 1);
            } else {
                assert_int_equal(cola_search_complete(search), 0);
            }
            cola_search_free(search);
            again_bag_free(&all);
            cola_preset_free(preset);
        }
    }
}

/* ---- ends before the budget's --------------------------------------------- */

/* A stopped search is the beginning of the same one that goes on, up to the
 * first chain for which the rule is written. */
static void
stop_rules_cut_a_search_where_they_say(void **state)
{
    size_t cut = 0;

    (void)state;
    for (unsigned i = 0; i < 6 * 4 * 12; i++) {
        struct cola_preset *preset = preset_of(cola_preset_name(i % 6), 12);
        enum cola_ends rule = (enum cola_ends)(i / 6 % 4);
        struct dice dice = {i / 24, i / 24 % 2 ? 40 : 400, 1 + i / 24 % 3 % 2};
        struct cola_judge judge = {dice_answer, &dice};
        struct cola_search *whole, *search;
        const struct cola_evaluation *all, *list;
        size_t n, m, end = 0;

        preset->stop = COLA_ENDS_NEVER;
        whole = whole_search(preset, "x", judge);
        n = cola_search_evaluated(whole, &all);
        preset->stop = rule;
        search = whole_search(preset, "x", judge);
        m = cola_search_evaluated(search, &list);
        for (; end < n; end++) {
            const struct cola_tree *tree = cola_search_tree(whole);
            const struct cola_node *node = &tree->nodes[all[end].node];
            int right = 2 * node->score > 1;

            if ((rule != COLA_ENDS_NEVER && node->score > tree->nodes[0].score) ||
                (rule == COLA_ENDS_SHORTER && right && node->length < 12) ||
                (rule == COLA_ENDS_BY_TWO && right && node->length < 11))
                break;
        }
        assert_int_equal(m, end == n ? n : end + 1);
        cut += m < n;
        for (size_t k = 0; k < m; k++) {
            char *one = coded_node(whole, all[k].node);
            char *other = coded_node(search, list[k].node);

            assert_string_equal(one, other);
            assert_int_equal(all[k].simulation, list[k].simulation);
            free(one);
            free(other);
        }
        cola_search_free(whole);
        cola_search_free(search);
        cola_preset_free(preset);
    }
    assert_true(cut > 100);
}

/* Both that may skip everything, in models so small that they do. */
static void
chain_of_nothing_is_never_judged(void **state)
{
    static const char *const names[] = {"drllm-code", "re-polar"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct cola_preset *preset = preset_of(names[i], 2);
        struct dice dice = {i, 0, 1};
        struct cola_judge judge = {dice_answer, &dice};
        struct cola_search *search = whole_search(preset, "x", judge);
        const struct cola_tree *tree = cola_search_tree(search);
        struct cola_chain none = {0, {0}};
        size_t node = cola_chain_set_find(&tree->chains, &none), n;
        const struct cola_evaluation *list;

        assert_true(node != SIZE_MAX);
        assert_true(tree->nodes[node].score == 0);
        n = cola_search_evaluated(search, &list);
        assert_int_equal(n + 1, tree->chains.count);
        for (size_t k = 0; k < n; k++)
            assert_true(list[k].node != node);
        assert_int_equal(cola_search_simulations(search), preset->simulations);
        cola_search_free(search);
        cola_preset_free(preset);
    }
}

/* ---- the shape of the tree ----------------------------------------------- */

static size_t
children_of(const struct cola_tree *tree, size_t parent, int open_only, size_t but)
{
    size_t n = 0;

    for (size_t i = tree->nodes[parent].first; i != COLA_NONE; i = tree->nodes[i].next)
        n += i != but && (!open_only || !tree->nodes[i].exhausted);
    return n;
}

/* The rule at each simulation: a child beyond the bound only where no other
 * was open. */
static void
widening_bounds_the_children_of_a_node(void **state)
{
    static const struct {
        double w;
        int layers, min, max;
    } cases[] = {{2, 12, 1, 24}, {0, 6, 1, 12}, {1, 3, 2, 4}, {0.25, 28, 16, 32},
                 {3.5, 5, 4, 6}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_preset *preset = preset_of("cola-2025", cases[i].layers);
        struct dice dice = {i, 100, 1};
        struct cola_judge judge = {dice_answer, &dice};
        struct cola_search *search;
        size_t widest = 0;

        preset->widening = cases[i].w;
        preset->rules.min_length = cases[i].min;
        preset->rules.max_length = cases[i].max;
        preset->simulations = 600;
        search = search_of(preset, "x");
        one_step(search, judge);
        while (one_step(search, judge)) {
            const struct cola_tree *tree = cola_search_tree(search);
            size_t made = tree->chains.count - 1, parent = tree->nodes[made].parent;
            double visits = (double)tree->nodes[parent].visits - 1;
            double may = fmax(1, ceil(cases[i].w * sqrt(visits)));
            size_t n = children_of(tree, parent, 0, COLA_NONE);

            assert_int_equal(n, tree->nodes[parent].children);
            if ((double)n > may)
                assert_int_equal(children_of(tree, parent, 1, made), 0);
            widest = n > widest ? n : widest;
        }
        /* The bound is reached, too: the first node has been visited 600 times. */
        if (cases[i].w == 2)
            assert_int_equal(cola_search_tree(search)->nodes[0].children, 49);
        cola_search_free(search);
        cola_preset_free(preset);
    }
}

/* No chain twice; a node is made of its parent by its edit, later than it. */
static void
trees_hold_every_chain_once_under_the_node_that_made_it(void **state)
{
    static const char *const names[] = {"cola-2025", "polar-2026", "drllm-paper",
                                        "drllm-code", "re-polar"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct cola_preset *preset = preset_of(names[i], 12);
        struct dice dice = {i, 100, 1};
        struct cola_judge judge = {dice_answer, &dice};
        struct cola_search *search = whole_search(preset, "x", judge);
        const struct cola_tree *tree = cola_search_tree(search);
        struct again_bag seen = {NULL, 0};

        for (size_t k = 0; k < tree->chains.count; k++) {
            const struct cola_node *node = &tree->nodes[k];
            struct cola_chain chain, from, made;
            char *text = coded_node(search, k);

            assert_true(again_bag_add(&seen, text));
            free(text);
            cola_chain_set_get(&tree->chains, k, &chain);
            assert_int_equal(node->length, chain.len);
            assert_int_equal(cola_chain_set_find(&tree->chains, &chain), k);
            if (k == 0) {
                assert_true(node->parent == COLA_NONE);
                assert_int_equal(node->depth, 0);
                continue;
            }
            assert_true(node->parent < k);
            assert_int_equal(node->depth, tree->nodes[node->parent].depth + 1);
            cola_chain_set_get(&tree->chains, node->parent, &from);
            cola_edit_apply(&from, node->edit, &made);
            assert_int_equal(cola_chain_cmp(&made, &chain), 0);
        }
        again_bag_free(&seen);
        cola_search_free(search);
        cola_preset_free(preset);
    }
}

/* ---- explanations -------------------------------------------------------- */

static size_t
times(const char *text, const char *word)
{
    size_t n = 0;

    for (; (text = strstr(text, word)) != NULL; text += strlen(word))
        n++;
    return n;
}

static void
explaining_changes_nothing_and_shows_every_simulation(void **state)
{
    static const char *const names[] = {"cola-2025", "polar-2026", "drllm-paper",
                                        "re-polar"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct cola_preset *preset = preset_of(names[i], 12);
        struct dice dice = {i, 100, 1};
        struct cola_judge judge = {dice_answer, &dice};
        struct again_found found = again(preset, "x", dice_score, &dice);
        struct cola_buffer b = COLA_BUFFER_EMPTY, want = COLA_BUFFER_EMPTY;
        struct cola_search *search = search_of(preset, "x");
        const struct cola_evaluation *list;
        size_t n, correct = 0;

        cola_search_explain(search, &b);
        while (one_step(search, judge))
            ;
        same_as(preset, "x", search, &found);
        assert_int_equal(cola_buffer_ok(&b, NULL), COLA_OK);
        n = cola_search_evaluated(search, &list);
        assert_int_equal(times(b.data, "simulation "), cola_search_simulations(search));
        assert_int_equal(times(b.data, "verdict "), n);
        /* every draw of a real is shown, and no others */
        assert_int_equal(times(b.data, "draw "), found.reals);
        for (size_t k = 1; k < n; k++) {
            const struct cola_node *node = &cola_search_tree(search)->nodes[list[k].node];
            struct cola_chain chain;

            cola_buffer_reset(&want);
            cola_buffer_printf(&want, "simulation %d\n", list[k].simulation);
            assert_non_null(strstr(b.data, want.data));
            cola_buffer_reset(&want);
            cola_edit_add_text(&want, node->edit);
            cola_buffer_text(&want, " ");
            cola_chain_set_get(&cola_search_tree(search)->chains, list[k].node, &chain);
            cola_chain_add_text(&want, &chain);
            cola_buffer_text(&want, "\n");
            assert_non_null(strstr(b.data, want.data));
        }
        for (size_t k = 0; k < n; k++)
            correct += cola_search_tree(search)->nodes[list[k].node].score > 0;
        assert_int_equal(times(b.data, "verdict correct"), correct);
        assert_int_equal(times(b.data, "verdict wrong"), n - correct);
        cola_buffer_free(&want);
        cola_buffer_free(&b);
        again_found_free(&found);
        cola_search_free(search);
        cola_preset_free(preset);
    }
}

/* The terms shown of cola-2025 make the value shown. */
static void
explained_values_are_those_of_the_formula(void **state)
{
    struct cola_preset *preset = preset_of("cola-2025", 12);
    struct dice dice = {8, 300, 1};
    struct cola_judge judge = {dice_answer, &dice};
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_search *search = search_of(preset, "x");
    unsigned V = 0;
    size_t lines = 0;

    (void)state;
    cola_search_explain(search, &b);
    while (one_step(search, judge))
        ;
    for (const char *line = b.data; line != NULL && *line != '\0';) {
        const char *at = strstr(line, "largest UCB at V = "), *end = strchr(line, '\n');
        const char *equals;
        double total, visits, lambda, length, L;

        if (at != NULL && at < end)
            V = (unsigned)strtoul(at + strlen("largest UCB at V = "), NULL, 10);
        /* the value stands behind the line's last "=" */
        for (equals = end; equals != NULL && equals > line && *equals != '=';)
            equals--;
        if (sscanf(line, " node %*u: %lf/%lf - %lf*%lf/%lf", &total, &visits, &lambda,
                   &length, &L) == 5) {
            double mean = total / visits, price = lambda * length / L;

            assert_true(V > 0 && V <= 200 && lambda == 5 && L == 12);
            assert_true(strtod(equals + 1, NULL) ==
                        mean - price + sqrt(2 * again_log(V) / visits));
            lines++;
        }
        line = end == NULL ? NULL : end + 1;
    }
    assert_true(lines > 200);
    cola_buffer_free(&b);
    cola_search_free(search);
    cola_preset_free(preset);
}

static void
explanation_stops_when_told(void **state)
{
    struct cola_preset *preset = preset_of("polar-2026", 12);
    struct dice dice = {8, 300, 1};
    struct cola_judge judge = {dice_answer, &dice};
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_search *search = search_of(preset, "x");
    size_t before;

    (void)state;
    cola_search_explain(search, &b);
    for (int i = 0; i < 10; i++)
        one_step(search, judge);
    before = b.len;
    assert_true(before > 0);
    cola_search_explain(search, NULL);
    for (int i = 0; i < 10; i++)
        one_step(search, judge);
    assert_int_equal(b.len, before);
    cola_buffer_free(&b);
    cola_search_free(search);
    cola_preset_free(preset);
}

/* ---- failures ------------------------------------------------------------ */

static void
failed_verdict_ends_the_search_and_is_remembered(void **state)
{
    static const char *const names[] = {"cola-2025", "polar-2026", "drllm-paper",
                                        "drllm-code", "re-polar"};

    (void)state;
    for (size_t i = 0; i < COUNT(names) * 3; i++) {
        struct cola_preset *preset = preset_of(names[i % 2], 12);
        struct dice dice = {8, 300, 1};
        struct cola_judge judge = {dice_answer, &dice};
        struct cola_search *search = search_of(preset, "x");
        const struct cola_evaluation *list;
        struct cola_verdict nothing;
        struct cola_chain chain;
        struct cola_error err = {COLA_OK, ""}, later = {COLA_OK, ""};
        size_t told = i / 2 * 7;

        for (size_t k = 0; k < told; k++)
            one_step(search, judge);
        assert_int_equal(cola_search_next(search, &chain), COLA_ASK);
        memset(&nothing, 0, sizeof nothing);
        cola_verdict_clear(&nothing);
        nothing.inputs = 0;
        assert_int_equal(cola_search_tell(search, &nothing, &err), COLA_INPUT);
        assert_true(err.text[0] != '\0');
        assert_int_equal(cola_search_next(search, &chain), COLA_DONE);
        assert_int_equal(cola_search_status(search, &later), COLA_INPUT);
        assert_string_equal(later.text, err.text);
        assert_int_equal(cola_search_evaluated(search, &list), told);
        assert_int_equal(cola_search_complete(search), 0);
        cola_search_free(search);
        cola_preset_free(preset);
    }
}

/* A judge that gives up: the caller drops the search between ask and tell. */
static void
search_may_be_dropped_at_any_time(void **state)
{
    static const char *const names[] = {"cola-2025", "polar-2026", "drllm-paper",
                                        "drllm-code", "re-polar"};

    (void)state;
    for (size_t i = 0; i < 20; i++) {
        struct cola_preset *preset = preset_of(names[i % 2], 28);
        struct dice dice = {i, 300, 1};
        struct cola_judge judge = {dice_answer, &dice};
        struct cola_search *search = search_of(preset, "x");
        const struct cola_evaluation *list;
        struct cola_chain chain;

        for (size_t k = 0; k < i; k++)
            one_step(search, judge);
        if (i % 3 != 0)
            assert_int_equal(cola_search_next(search, &chain), COLA_ASK);
        assert_int_equal(cola_search_evaluated(search, &list), i);
        cola_search_free(search);
        cola_preset_free(preset);
    }
    cola_search_free(NULL);
    cola_preset_free(NULL);
}

static void
verdict_nobody_asked_for_is_refused(void **state)
{
    struct cola_preset *preset = preset_of("cola-2025", 12);
    struct dice dice = {8, 300, 1};
    struct cola_judge judge = {dice_answer, &dice};
    struct cola_verdict verdict;
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    memset(&verdict, 0, sizeof verdict);
    cola_verdict_clear(&verdict);
    for (int told = 0; told < 3; told++) {
        struct cola_search *search = search_of(preset, "x");

        for (int i = 0; i < told; i++)
            one_step(search, judge);
        assert_int_not_equal(cola_search_tell(search, &verdict, &err), COLA_OK);
        assert_true(err.text[0] != '\0');
        cola_search_free(search);
    }
    cola_preset_free(preset);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(second_implementation_knows_published_logarithms),
        cmocka_unit_test(polar_replays_the_released_program),
        cmocka_unit_test(programs_under_cpython_are_replayed),
        cmocka_unit_test(polar_agrees_with_the_second_implementation),
        cmocka_unit_test(cola_agrees_with_the_second_implementation),
        cmocka_unit_test(reconstructed_agrees_with_the_second_implementation),
        cmocka_unit_test(drllm_paper_agrees_with_the_second_implementation),
        cmocka_unit_test(drllm_code_agrees_with_the_second_implementation),
        cmocka_unit_test(re_polar_agrees_with_the_second_implementation),
        cmocka_unit_test(synthetic_judges_agree_with_the_second_implementation),
        cmocka_unit_test(odd_presets_agree_with_the_second_implementation),
        cmocka_unit_test(exhausted_spaces_agree_with_the_second_implementation),
        cmocka_unit_test(searches_interleaved_run_as_if_alone),
        cmocka_unit_test(search_keeps_copies_of_preset_and_id),
        cmocka_unit_test(draws_depend_on_seed_and_where_said_on_id),
        cmocka_unit_test(only_the_share_of_correct_inputs_steers),
        cmocka_unit_test(budget_counts_simulations_after_the_first_chain),
        cmocka_unit_test(cola_with_budget_enough_judges_every_chain_of_its_space),
        cmocka_unit_test(polar_leaves_chains_unjudged_whatever_the_budget),
        cmocka_unit_test(reach_of_every_preset_is_its_enumeration),
        cmocka_unit_test(what_is_judged_can_be_reached),
        cmocka_unit_test(stop_rules_cut_a_search_where_they_say),
        cmocka_unit_test(chain_of_nothing_is_never_judged),
        cmocka_unit_test(widening_bounds_the_children_of_a_node),
        cmocka_unit_test(trees_hold_every_chain_once_under_the_node_that_made_it),
        cmocka_unit_test(explaining_changes_nothing_and_shows_every_simulation),
        cmocka_unit_test(explained_values_are_those_of_the_formula),
        cmocka_unit_test(explanation_stops_when_told),
        cmocka_unit_test(failed_verdict_ends_the_search_and_is_remembered),
        cmocka_unit_test(search_may_be_dropped_at_any_time),
        cmocka_unit_test(verdict_nobody_asked_for_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
