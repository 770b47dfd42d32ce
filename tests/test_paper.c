/*
 * test_paper.c - a trained model's answers, under every grader
 *
 * What is known of the shipped model's answers by the exact grader and by
 * scoring options must come out of the others too.
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
#include <string.h>

#include "execute/executor.h"
#include "expect.h"
#include "task/paper.h"
#include "text/tokenizer.h"

#define QUESTIONS 40

static struct cola_model *model;
static struct cola_tokenizer *tokenizer;
static struct cola_executor *executor;
static struct cola_run *run;
static struct cola_dataset dataset;

static int
set_up(void **state)
{
    const char *data = getenv("COLAREF_DATA");
    struct cola_error err;
    char path[4096];

    (void)state;
    snprintf(path, sizeof path, "%s/tiny", data);
    assert_ok(cola_model_open(path, &model, &err), &err);
    assert_ok(cola_executor_new("exact", model, &executor, &err), &err);
    snprintf(path, sizeof path, "%s/tiny/tokenizer.json", data);
    assert_ok(cola_tokenizer_open(path, &tokenizer, &err), &err);
    snprintf(path, sizeof path, "%s/register.jsonl", data);
    assert_ok(cola_dataset_open(path, &dataset, &err), &err);
    assert_ok(cola_dataset_select(&dataset, NULL, NULL, QUESTIONS, &err), &err);
    assert_ok(cola_run_new(executor, 12, 96, &run, &err), &err);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    cola_run_free(run);
    cola_dataset_close(&dataset);
    cola_executor_free(executor);
    cola_tokenizer_free(tokenizer);
    cola_model_close(model);
    return 0;
}

static struct cola_verdict
sit(const struct cola_item *item, enum cola_grader grader, int max_tokens)
{
    struct cola_paper paper;
    struct cola_verdict v;
    struct cola_chain chain;
    struct cola_error err;

    assert_ok(cola_chain_parse("0-11", &chain, &err), &err);
    assert_ok(cola_paper_make(tokenizer, cola_model_vocabulary(model), item, grader,
                              &paper, &err), &err);
    assert_true(cola_paper_tokens(&paper, max_tokens) <= 96);
    assert_ok(cola_run_begin(run, &chain, &err), &err);
    assert_ok(cola_paper_sit(&paper, tokenizer, max_tokens, run, &v, &err), &err);
    cola_paper_free(&paper);
    return v;
}

/* ln of the probability of TEXT after the item's prompt, and its tokens. */
static double
logprob_of(const struct cola_item *item, const char *text, int *tokens)
{
    struct cola_ids prompt, ids;
    struct cola_chain chain;
    struct cola_error err;
    double sum = 0.0;

    assert_ok(cola_chain_parse("0-11", &chain, &err), &err);
    assert_ok(cola_prompt_ids(tokenizer, item->prompt, &prompt, &err), &err);
    assert_ok(cola_continuation_ids(tokenizer, item->prompt, text, &ids, &err), &err);
    assert_ok(cola_run_begin(run, &chain, &err), &err);
    assert_ok(cola_run_feed(run, prompt.ids, prompt.n, &err), &err);
    for (int i = 0; i < ids.n; i++) {
        sum += cola_run_logprob(run, ids.ids[i]);
        assert_ok(cola_run_feed(run, &ids.ids[i], 1, &err), &err);
    }
    *tokens = ids.n;
    cola_ids_free(&prompt);
    cola_ids_free(&ids);
    return sum;
}

/* ---- options ------------------------------------------------------------- */

static void
options_are_scored_by_character_and_by_token(void **state)
{
    static const enum cola_grader graders[] = {COLA_GRADE_CHOICE, COLA_GRADE_CHOICE_CHAR,
                                               COLA_GRADE_CHOICE_TOKEN};
    static const char *const rules[] = {"choice-loglikelihood", "choice-char",
                                        "choice-token"};
    static char *names[] = {"one", "two", "three", "four"};
    size_t unlike = 0;

    (void)state;
    for (size_t i = 0; i < QUESTIONS; i++) {
        struct cola_item item = dataset.items[i];
        char digit[2] = {item.choices[item.key == 0][0], '\0'}, *choices[4];
        double margins[3];
        int best[3] = {0, 0, 0};

        /* options of one, two and six characters */
        choices[0] = digit;
        choices[1] = item.choices[1];
        choices[2] = (char *)(uintptr_t)"12:3+4";
        choices[3] = item.choices[item.key];
        item.choices = i % 2 ? names : choices;
        item.options = i % 2 ? choices : NULL;      /* what is scored */
        item.key = 3;
        for (int g = 0; g < 3; g++) {
            double score[4], second = -HUGE_VAL;
            struct cola_verdict v = sit(&item, graders[g], 4);

            for (int o = 0; o < 4; o++) {
                int tokens;

                score[o] = logprob_of(&item, choices[o], &tokens);
                score[o] /= g == 1 ? (double)strlen(choices[o]) : g == 2 ? tokens : 1;
                if (score[o] > score[best[g]])
                    best[g] = o;
            }
            for (int o = 0; o < 4; o++)
                if (o != best[g] && score[o] > second)
                    second = score[o];
            assert_string_equal(v.rule, rules[g]);
            assert_string_equal(v.answer, item.choices[best[g]]);
            assert_true(fabs(v.margin - (score[best[g]] - second)) < 1e-6);
            assert_int_equal(v.mark, best[g] == 3 ? COLA_CORRECT : COLA_WRONG);
            margins[g] = v.margin;
            cola_verdict_clear(&v);
        }
        unlike += fabs(margins[0] - margins[1]) > 1e-3 &&
                  fabs(margins[1] - margins[2]) > 1e-3;
    }
    assert_true(unlike > QUESTIONS / 2);
}

static void
characters_are_code_points_and_options_what_stands_for_choices(void **state)
{
    char *choices[] = {(char *)(uintptr_t)"na\303\257ve", (char *)(uintptr_t)"b"};
    char *options[] = {(char *)(uintptr_t)"1\303\251", (char *)(uintptr_t)"22"};
    struct cola_ids ids[] = {{NULL, 4}, {NULL, 1}};
    struct cola_item item = {.choices = choices, .n_choices = 2};
    struct cola_paper paper = {.item = &item, .grader = COLA_GRADE_CHOICE_CHAR,
                               .options = ids};

    (void)state;
    assert_true(cola_paper_score(&paper, 0, -10.0) == -2.0);
    assert_true(cola_paper_score(&paper, 1, -10.0) == -10.0);
    item.options = options;
    assert_true(cola_paper_score(&paper, 0, -10.0) == -5.0);
    assert_true(cola_paper_score(&paper, 1, -10.0) == -5.0);
    paper.grader = COLA_GRADE_CHOICE_TOKEN;
    assert_true(cola_paper_score(&paper, 0, -10.0) == -2.5);
    paper.grader = COLA_GRADE_CHOICE;
    assert_true(cola_paper_score(&paper, 0, -10.0) == -10.0);
}

/* ---- texts ---------------------------------------------------------------- */

static void
texts_are_graded_whole_where_exact_stops_early(void **state)
{
    size_t right = 0, wrong = 0;

    (void)state;
    for (size_t i = 0; i < QUESTIONS; i++) {
        struct cola_item item = dataset.items[i], boxed = item, ended = item;
        struct cola_verdict exact = sit(&item, COLA_GRADE_EXACT, 8);
        struct cola_verdict number = sit(&item, COLA_GRADE_NUMBER, 8), math, stopped;

        /* the whole answer: it begins with what was generated before */
        assert_true(number.n_ids >= exact.n_ids);
        assert_memory_equal(number.ids, exact.ids,
                            (size_t)exact.n_ids * sizeof *exact.ids);
        assert_true(number.stop != COLA_STOP_SETTLED);
        assert_true(fabs(number.gold_logprob - exact.gold_logprob) < 1e-9);
        if (exact.mark == COLA_CORRECT)
            assert_int_equal(number.mark, COLA_CORRECT);
        /* what primes comes before what is graded, and a box need not close */
        math = sit(&item, COLA_GRADE_MATH, 1);
        assert_int_equal(math.mark, COLA_WRONG);
        cola_verdict_clear(&math);
        boxed.primed = "\\boxed{";
        math = sit(&boxed, COLA_GRADE_MATH, 8);
        assert_int_equal(math.mark, number.mark);
        /* nothing of what stands for the answer but its probability */
        boxed.gold = (char *)(uintptr_t)"7";
        {
            struct cola_verdict other = sit(&boxed, COLA_GRADE_MATH, 8);
            int tokens;

            assert_string_equal(other.answer, math.answer);
            assert_true(fabs(other.gold_logprob - logprob_of(&item, "7", &tokens)) <
                        1e-6);
            cola_verdict_clear(&other);
        }
        /* a text that ends an answer is no part of it */
        ended.stop = exact.answer + (exact.answer[0] != '\0');
        if (*ended.stop != '\0' && *ended.stop != exact.answer[0]) {
            char first[2] = {exact.answer[0], '\0'};

            ended.answer = first;
            stopped = sit(&ended, COLA_GRADE_EXACT, 8);
            assert_string_equal(stopped.answer, first);
            assert_int_equal(stopped.stop, COLA_STOP_END);
            assert_int_equal(stopped.mark, COLA_CORRECT);
            cola_verdict_clear(&stopped);
        }
        right += number.mark == COLA_CORRECT;
        wrong += number.mark == COLA_WRONG;
        cola_verdict_clear(&exact);
        cola_verdict_clear(&number);
        cola_verdict_clear(&math);
    }
    assert_true(right > 5 && wrong > 5);
}

static void
what_cannot_be_told_is_undecided(void **state)
{
    struct cola_item item = dataset.items[0];
    struct cola_verdict v;

    (void)state;
    v = sit(&item, COLA_GRADE_NUMBER, 1);       /* a digit that others may follow */
    assert_int_equal(v.stop, COLA_STOP_LENGTH);
    assert_int_equal(v.mark, COLA_UNDECIDED);
    assert_int_equal(v.undecided, 1);
    assert_int_equal(v.correct, 0);
    assert_string_equal(v.rule, "undecided");
    cola_verdict_clear(&v);
    item.primed = "\\boxed{";
    v = sit(&item, COLA_GRADE_MATH, 1);
    assert_int_equal(v.mark, COLA_UNDECIDED);
    assert_string_equal(v.rule, "boxed-cut");
    cola_verdict_clear(&v);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_scored_by_character_and_by_token),
        cmocka_unit_test(characters_are_code_points_and_options_what_stands_for_choices),
        cmocka_unit_test(texts_are_graded_whole_where_exact_stops_early),
        cmocka_unit_test(what_cannot_be_told_is_undecided),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
