/*
 * test_drive.c - many searches in lock step, and random chains beside them
 *
 * A search in company must be the search alone, whatever the order of the
 * samples and whatever fails on the way.  The judge here throws dice that fall
 * the same for the same sample and chain, notes what it is asked, and gives
 * away memory with every verdict, so that a leak shows under a sanitizer.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "chain/judge.h"
#include "expect.h"
#include "record/record.h"
#include "search_again.h"

#define SAMPLES 40              /* more than are in progress at once */
#define INPUTS 3

/* ---- a judge ------------------------------------------------------------- */

struct dice {
    const char *const *ids;
    size_t calls, asked;
    size_t fail_at;             /* the call that fails, from 1; 0: none */
    uint64_t twice;             /* questions that were asked before */
    struct again_bag seen;
};

static int
throw_dice(const char *id, const char *spelled)
{
    uint64_t state = again_fnv(id) ^ again_fnv(spelled);
    int correct = 0;

    for (int i = 0; i < INPUTS; i++)
        correct += again_splitmix(&state) % 10 < 4;
    return correct;
}

/* CHAIN as its layers joined by commas; free() it. */
static char *
spelled(const struct cola_chain *chain)
{
    char coded[COLA_CHAIN_MAX], *copy, *text;

    for (int i = 0; i < chain->len; i++)
        coded[i] = AGAIN_CHAR(chain->at[i]);
    copy = again_copy(coded, (size_t)chain->len);
    text = again_spell(copy);
    free(copy);
    return text;
}

static enum cola_status
dice_answer(void *ctx, const struct cola_question *questions,
            struct cola_verdict *verdicts, size_t n, struct cola_error *err)
{
    struct dice *d = ctx;

    if (++d->calls == d->fail_at)
        return cola_fail(err, COLA_INPUT, "the dice fell off the table");
    for (size_t i = 0; i < n; i++) {
        const char *id = d->ids[questions[i].sample];
        char *text = spelled(&questions[i].chain), whole[4096];
        int correct = throw_dice(id, text);

        snprintf(whole, sizeof whole, "%s:%s", id, text);
        d->twice += !again_bag_add(&d->seen, whole);
        cola_verdict_plain(&verdicts[i], correct == INPUTS ? COLA_CORRECT : COLA_WRONG,
                           "dice");
        verdicts[i].inputs = INPUTS;
        verdicts[i].correct = correct;
        verdicts[i].answer = text;
        verdicts[i].ids = cola_alloc(2, sizeof(int));
        assert_non_null(verdicts[i].ids);
        verdicts[i].ids[0] = correct;
        verdicts[i].n_ids = 1;
    }
    d->asked += n;
    return COLA_OK;
}

/* ---- what is driven ------------------------------------------------------ */

static char names[SAMPLES][16];
static const char *ids[SAMPLES];

struct notes {
    char *records[SAMPLES];     /* by the place of the id in ids */
    size_t order[SAMPLES], done, fail_at;
    const char *const *ids;
    uint64_t progress;
    void (*look)(const struct cola_outcome *outcome, const char *id);
};

static void
name_samples(void)
{
    for (size_t i = 0; i < SAMPLES; i++) {
        snprintf(names[i], sizeof names[i], "sample %zu", i * 7);
        ids[i] = names[i];
    }
}

static size_t
place_of(const char *id)
{
    size_t i = 0;

    while (strcmp(ids[i], id) != 0)
        i++;
    return i;
}

static enum cola_status
note(void *ctx, const struct cola_outcome *o, struct cola_error *err)
{
    struct notes *n = ctx;
    const char *id = n->ids[o->sample];
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    if (n->done + 1 == n->fail_at)
        return cola_fail(err, COLA_RESOURCE, "no paper");
    cola_record_add(&b, &(struct cola_about){id, -1, NULL, NULL}, o);
    assert_ok(cola_buffer_ok(&b, NULL), NULL);
    assert_null(n->records[place_of(id)]);
    n->records[place_of(id)] = b.data;
    n->order[n->done++] = o->sample;
    if (n->look != NULL)
        n->look(o, id);
    return COLA_OK;
}

static void
note_progress(void *ctx, uint64_t judged)
{
    struct notes *n = ctx;

    assert_true(judged > n->progress);
    n->progress = judged;
}

static void
notes_free(struct notes *n)
{
    for (size_t i = 0; i < SAMPLES; i++)
        free(n->records[i]);
}

static struct cola_preset *
preset_of(const char *name, int simulations)
{
    struct cola_preset *preset = NULL;
    struct cola_error err;

    assert_ok(cola_preset_find(name, 12, &preset, &err), &err);
    preset->simulations = simulations;
    return preset;
}

static enum cola_status
drive(const struct cola_preset *preset, const char *const *order, size_t n,
      struct dice *dice, struct notes *notes, const unsigned char *skip, int random,
      struct cola_error *err)
{
    struct cola_drive d = {
        .preset = preset, .judge = {dice_answer, dice}, .ids = order, .skip = skip,
        .n = n, .random = random, .done = note, .progress = note_progress, .ctx = notes,
    };
    enum cola_status st;

    dice->ids = notes->ids = order;
    st = cola_drive(&d, err);
    again_bag_free(&dice->seen);
    return st;
}

static const char *const presets[] = {"cola-2025", "polar-2026", "drllm-paper",
                                       "drllm-code", "re-polar"};

/* ---- alone --------------------------------------------------------------- */

static const struct cola_preset *looked_at;

/* The outcome must be the search of ID without company. */
static void
look_alone(const struct cola_outcome *o, const char *id)
{
    const struct cola_evaluation *list, *wanted;
    struct cola_search *search = NULL;
    struct cola_chain chain, got;
    struct cola_verdict v;
    struct cola_error err;
    size_t i = 0;

    assert_null(o->explained);
    assert_ok(cola_search_new(looked_at, id, &search, &err), &err);
    for (; cola_search_next(search, &chain) == COLA_ASK; i++) {
        char *text = spelled(&chain);

        cola_outcome_chain(o, i, &got);
        assert_int_equal(cola_chain_cmp(&chain, &got), 0);
        assert_string_equal(o->verdicts[i].answer, text);
        assert_int_equal(o->verdicts[i].correct, throw_dice(id, text));
        free(text);
        cola_verdict_plain(&v, o->verdicts[i].mark, NULL);
        v.inputs = o->verdicts[i].inputs;
        v.correct = o->verdicts[i].correct;
        assert_ok(cola_search_tell(search, &v, &err), &err);
    }
    assert_int_equal(cola_search_evaluated(o->search, &list), i);
    assert_int_equal(cola_search_evaluated(search, &wanted), i);
    while (i-- > 0)
        assert_int_equal(list[i].simulation, wanted[i].simulation);
    cola_search_free(search);
}

static void
search_in_company_is_the_search_alone(void **state)
{
    (void)state;
    for (size_t p = 0; p < COUNT(presets); p++) {
        struct cola_preset *preset = preset_of(presets[p], 9);
        struct notes notes = {.look = look_alone};
        struct dice dice = {0};
        struct cola_error err;

        looked_at = preset;
        assert_ok(drive(preset, ids, SAMPLES, &dice, &notes, NULL, 1, &err), &err);
        assert_int_equal(notes.done, SAMPLES);
        assert_int_equal(notes.progress, dice.asked);
        assert_int_equal(dice.twice, 0);        /* each chain once a sample */
        notes_free(&notes);
        cola_preset_free(preset);
    }
}

static void
samples_in_another_order_have_the_same_records(void **state)
{
    (void)state;
    for (size_t p = 0; p < COUNT(presets); p++) {
        struct cola_preset *preset = preset_of(presets[p], 12);
        struct notes first = {.done = 0};

        for (size_t turn = 0; turn < 3; turn++) {
            const char *order[SAMPLES];
            struct notes notes = {.done = 0};
            struct dice dice = {0};
            struct cola_error err;

            for (size_t i = 0; i < SAMPLES; i++)
                order[i] = ids[turn == 1 ? SAMPLES - 1 - i :
                                           i * (1 + 6 * turn) % SAMPLES];
            assert_ok(drive(preset, order, SAMPLES, &dice, turn ? &notes : &first, NULL,
                            1, &err), &err);
            for (size_t i = 0; i < SAMPLES && turn > 0; i++)
                assert_string_equal(notes.records[i], first.records[i]);
            notes_free(&notes);
        }
        notes_free(&first);
        cola_preset_free(preset);
    }
}

static void
samples_done_already_are_left_out(void **state)
{
    struct cola_preset *preset = preset_of("cola-2025", 5);
    struct notes all = {.done = 0};
    struct dice dice = {0};
    struct cola_error err;

    (void)state;
    assert_ok(drive(preset, ids, SAMPLES, &dice, &all, NULL, 1, &err), &err);
    for (size_t every = 1; every < 4; every++) {
        unsigned char skip[SAMPLES];
        struct notes notes = {.done = 0};
        size_t left = 0;

        dice = (struct dice){0};
        for (size_t i = 0; i < SAMPLES; i++)
            left += !(skip[i] = i % every == 0);
        assert_ok(drive(preset, ids, SAMPLES, &dice, &notes, skip, 1, &err), &err);
        assert_int_equal(notes.done, left);
        assert_true(left > 0 || dice.calls == 0);
        for (size_t i = 0; i < SAMPLES; i++)
            if (skip[i])
                assert_null(notes.records[i]);
            else
                assert_string_equal(notes.records[i], all.records[i]);
        notes_free(&notes);
    }
    {
        struct notes notes = {.done = 0};

        assert_ok(drive(preset, ids, 0, &dice, &notes, NULL, 1, &err), &err);
        assert_int_equal(notes.done, 0);
    }
    notes_free(&all);
    cola_preset_free(preset);
}

/* ---- failures ------------------------------------------------------------ */

static void
failing_judge_ends_the_drive_with_its_words(void **state)
{
    struct cola_preset *preset = preset_of("cola-2025", 4);
    struct notes all = {.done = 0};
    struct dice dice = {0};
    struct cola_error err;
    size_t calls;

    (void)state;
    assert_ok(drive(preset, ids, SAMPLES, &dice, &all, NULL, 1, &err), &err);
    calls = dice.calls;
    assert_true(calls > 6);
    for (size_t fail_at = 1; fail_at <= calls; fail_at++)
        for (int with_error = 0; with_error < 2; with_error++) {
            struct notes notes = {.done = 0};

            dice = (struct dice){.fail_at = fail_at};
            err = (struct cola_error){COLA_OK, ""};
            assert_int_equal(drive(preset, ids, SAMPLES, &dice, &notes, NULL, 1,
                                   with_error ? &err : NULL), COLA_INPUT);
            if (with_error)
                assert_string_equal(err.text, "the dice fell off the table");
            assert_int_equal(dice.calls, fail_at);
            assert_true(notes.done < SAMPLES);
            /* what was done before is what it would have been */
            for (size_t i = 0; i < SAMPLES; i++)
                if (notes.records[i] != NULL)
                    assert_string_equal(notes.records[i], all.records[i]);
            notes_free(&notes);
        }
    notes_free(&all);
    cola_preset_free(preset);
}

static void
failing_receiver_ends_the_drive_with_its_words(void **state)
{
    struct cola_preset *preset = preset_of("polar-2026", 4);

    (void)state;
    for (size_t fail_at = 1; fail_at <= SAMPLES; fail_at += 3) {
        struct notes notes = {.fail_at = fail_at};
        struct dice dice = {0};
        struct cola_error err = {COLA_OK, ""};

        assert_int_equal(drive(preset, ids, SAMPLES, &dice, &notes, NULL, 0, &err),
                         COLA_RESOURCE);
        assert_string_equal(err.text, "no paper");
        assert_int_equal(notes.done, fail_at - 1);
        notes_free(&notes);
    }
    cola_preset_free(preset);
}

/* ---- random chains ------------------------------------------------------- */

static struct again_rules
rules_again(const struct cola_rules *r)
{
    return (struct again_rules){
        .space = "srba"[r->space], .layers = r->layers, .min = r->min_length,
        .max = r->max_length, .block_root = r->block_root, .block = r->block,
        .extra = r->extra, .multiplicity = r->multiplicity,
        .block_repeat = r->block_repeat, .disjoint = r->placement == COLA_DISJOINT,
    };
}

/* The random chains of ID, drawn again as search/walk.h says, coded and one
 * after the other in their order. */
static size_t
draw_again(const struct cola_outcome *o, const char *id, char *chains[])
{
    const struct cola_preset *preset = cola_search_preset(o->search);
    const struct cola_tree *tree = cola_search_tree(o->search);
    struct again_rules rules = rules_again(&preset->rules);
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(o->search, &list), count = 0;
    struct again_bag seen = {NULL, 0};
    char text[80], base[13];
    unsigned char digest[32];
    struct cola_sha256 sha;
    uint64_t state = 0;

    snprintf(text, sizeof text, "%llu:%s:random", (unsigned long long)preset->seed, id);
    cola_sha256_init(&sha);
    cola_sha256_add(&sha, text, strlen(text));
    cola_sha256_end(&sha, digest);
    for (int i = 0; i < 8; i++)
        state = state << 8 | digest[i];
    for (int i = 0; i < 12; i++)
        base[i] = AGAIN_CHAR(i);
    base[12] = '\0';
    again_bag_add(&seen, base);
    for (size_t i = 1; i < n; i++) {
        int deep = 0, found = 0;

        for (size_t at = list[i].node; tree->nodes[at].parent != COLA_NONE; deep++)
            at = tree->nodes[at].parent;
        for (int attempt = 0; attempt < 100 && !found; attempt++) {
            char *chain = again_copy(base, 12);

            for (int d = 0; d < deep; d++) {
                struct again_edit *edits;
                size_t m = again_edits(&rules, chain, d == 0, &edits);

                if (m > 0) {
                    free(chain);
                    chain = edits[again_below(&state, m)].result;
                    chain = again_copy(chain, strlen(chain));
                }
                again_edits_free(edits, m);
            }
            found = again_bag_add(&seen, chain);
            if (found)
                chains[count++] = chain;
            else
                free(chain);
        }
    }
    again_bag_free(&seen);
    return count;
}

static size_t random_judged, random_left_out;

static void
look_random(const struct cola_outcome *o, const char *id)
{
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(o->search, &list), count;
    char *chains[256];
    struct cola_chain chain, base;

    cola_chain_identity(&base, 12);
    count = draw_again(o, id, chains);
    assert_int_equal(o->random->count, count);
    assert_true(count <= n - 1);
    for (size_t i = 0; i < count; i++) {
        char *text, *wanted = again_spell(chains[i]);

        cola_chain_set_get(o->random, i, &chain);
        text = spelled(&chain);
        assert_string_equal(text, wanted);
        assert_int_not_equal(cola_chain_cmp(&chain, &base), 0);
        assert_int_equal(o->random_verdicts[i].correct, throw_dice(id, text));
        assert_int_equal(o->random_verdicts[i].inputs, INPUTS);
        assert_int_equal(o->random_verdicts[i].mark == COLA_CORRECT,
                         throw_dice(id, text) == INPUTS);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(chains[j], chains[i]);
        free(text);
        free(wanted);
    }
    while (count > 0)
        free(chains[--count]);
    random_judged += o->random->count;
    random_left_out += n - 1 - o->random->count;
}

static void
random_chains_are_as_many_different_and_drawn_as_said(void **state)
{
    static const struct {
        const char *preset;
        enum cola_space space;
        int simulations, min, max;
    } cases[] = {
        {"cola-2025", COLA_SPACE_BOTH, 40, 1, 24},
        {"cola-2025", COLA_SPACE_ANY, 12, 1, 24},
        {"polar-2026", COLA_SPACE_BOTH, 40, 6, 20},
        {"re-polar", COLA_SPACE_BOTH, 60, 1, 24},
        {"drllm-paper", COLA_SPACE_BOTH, 40, 1, 24},
        {"drllm-code", COLA_SPACE_BOTH, 60, 1, 56},
        {"cola-2025", COLA_SPACE_SKIP, 60, 10, 12},     /* hardly any are left */
        {"cola-2025", COLA_SPACE_SKIP, 9, 12, 12},      /* none is */
        {"cola-2025", COLA_SPACE_BOTH, 0, 1, 24},
    };

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct cola_preset *preset = preset_of(cases[c].preset, cases[c].simulations);
        struct notes notes = {.look = look_random};
        struct dice dice = {0};
        struct cola_error err;

        preset->seed = 1000 + c;
        preset->rules.space = cases[c].space;
        preset->rules.min_length = cases[c].min;
        preset->rules.max_length = cases[c].max;
        random_judged = random_left_out = 0;
        assert_ok(drive(preset, ids, 5, &dice, &notes, NULL, 1, &err), &err);
        assert_int_equal(notes.done, 5);
        assert_int_equal(dice.twice, 0);
        assert_true(c >= 4 || (random_judged > 30 && random_left_out == 0));
        assert_true(c < 4 || c > 6 || random_judged > 0);
        assert_true(c < 7 || random_judged == 0);
        notes_free(&notes);
        cola_preset_free(preset);
    }
}

static void
look_for_none(const struct cola_outcome *o, const char *id)
{
    (void)id;
    assert_int_equal(o->random->count, 0);
}

static void
random_chains_are_judged_only_when_asked_for(void **state)
{
    struct cola_preset *preset = preset_of("cola-2025", 6);
    struct notes notes = {.look = look_for_none};
    struct dice dice = {0};
    struct cola_error err;

    (void)state;
    assert_ok(drive(preset, ids, 3, &dice, &notes, NULL, 0, &err), &err);
    assert_int_equal(dice.asked, 3 * 7);
    notes_free(&notes);
    cola_preset_free(preset);
}

/* ---- explanations -------------------------------------------------------- */

static void
look_explained(const struct cola_outcome *o, const char *id)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_search *search = NULL;
    struct cola_chain chain;
    struct cola_error err;
    size_t i = 0;

    assert_non_null(o->explained);
    assert_ok(cola_search_new(cola_search_preset(o->search), id, &search, &err), &err);
    cola_search_explain(search, &b);
    while (cola_search_next(search, &chain) == COLA_ASK)
        assert_ok(cola_search_tell(search, &o->verdicts[i++], &err), &err);
    assert_true(b.len > 100);
    assert_string_equal(o->explained->data, b.data);
    cola_buffer_free(&b);
    cola_search_free(search);
}

static void
explanation_is_that_of_the_search_alone(void **state)
{
    (void)state;
    for (size_t p = 0; p < COUNT(presets); p++) {
        struct cola_preset *preset = preset_of(presets[p], 6);
        struct notes notes = {.look = look_explained, .ids = ids};
        struct dice dice = {.ids = ids};
        struct cola_drive d = {
            .preset = preset, .judge = {dice_answer, &dice}, .ids = ids, .n = 5,
            .explain = 1, .done = note, .ctx = &notes,
        };
        struct cola_error err;

        assert_ok(cola_drive(&d, &err), &err);
        assert_int_equal(notes.done, 5);
        again_bag_free(&dice.seen);
        notes_free(&notes);
        cola_preset_free(preset);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search_in_company_is_the_search_alone),
        cmocka_unit_test(samples_in_another_order_have_the_same_records),
        cmocka_unit_test(samples_done_already_are_left_out),
        cmocka_unit_test(failing_judge_ends_the_drive_with_its_words),
        cmocka_unit_test(failing_receiver_ends_the_drive_with_its_words),
        cmocka_unit_test(random_chains_are_as_many_different_and_drawn_as_said),
        cmocka_unit_test(random_chains_are_judged_only_when_asked_for),
        cmocka_unit_test(explanation_is_that_of_the_search_alone),
    };

    name_samples();
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
