/*
 * test_control.c - what luck would have found: controls made step by step
 *
 * Each step is held against what a slower and plainer way says: the machine of
 * the shipped task against its shipped answers, a decoy against a look at every
 * answer of its level, the frequency of right draws against their probability,
 * selected chains against a look at every chain and sibling.
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

#include "base/number.h"
#include "control/again.h"
#include "control/decoy.h"
#include "control/finished.h"
#include "control/pass.h"
#include "control/register.h"
#include "control/siblings.h"
#include "execute/executor.h"
#include "expect.h"

/* ---- the shipped model and its task --------------------------------------------- */

static struct cola_model *model;
static struct cola_tokenizer *tokenizer;
static struct cola_executor *executor;
static struct cola_dataset task;

static char *
shipped(const char *name)
{
    char *path;

    assert_non_null(getenv("COLAREF_DATA"));
    path = cola_path_join(getenv("COLAREF_DATA"), name);
    assert_non_null(path);
    return path;
}

static int
set_up(void **state)
{
    char *directory = shipped("tiny"), *words = shipped("tiny/tokenizer.json");
    char *questions = shipped("register.jsonl");
    struct cola_error err;

    (void)state;
    assert_ok(cola_selftest(&err), &err);
    assert_ok(cola_model_open(directory, &model, &err), &err);
    assert_ok(cola_tokenizer_open(words, &tokenizer, &err), &err);
    assert_ok(cola_executor_new("exact", model, &executor, &err), &err);
    assert_ok(cola_dataset_open(questions, &task, &err), &err);
    free(directory);
    free(words);
    free(questions);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    cola_dataset_close(&task);
    cola_executor_free(executor);
    cola_tokenizer_free(tokenizer);
    cola_model_close(model);
    return 0;
}

/* One question in front of the ordinary chain. */
struct desk {
    struct cola_paper paper;
    struct cola_run *run;
    struct cola_sampling sampling;
};

static void
sit_down(struct desk *d, const struct cola_item *item, enum cola_grader grader,
         int max_tokens)
{
    struct cola_chain chain;
    struct cola_error err;

    cola_chain_identity(&chain, model->config.layers);
    assert_ok(cola_paper_make(tokenizer, model->config.vocabulary, item, grader,
                              &d->paper, &err), &err);
    assert_ok(cola_run_new(executor, chain.len, cola_paper_tokens(&d->paper, 16),
                           &d->run, &err), &err);
    assert_ok(cola_run_begin(d->run, &chain, &err), &err);
    assert_ok(cola_sampling_begin(&d->paper, tokenizer, max_tokens, d->run,
                                  &d->sampling, &err), &err);
}

static void
stand_up(struct desk *d)
{
    cola_sampling_end(&d->sampling);
    cola_run_free(d->run);
    cola_paper_free(&d->paper);
}

/* What the ordinary chain says of ITEM in an exam. */
static struct cola_verdict
examined(const struct cola_item *item, enum cola_grader grader)
{
    struct cola_verdict verdict;
    struct cola_paper paper;
    struct cola_run *run;
    struct cola_chain chain;
    struct cola_error err;

    cola_chain_identity(&chain, model->config.layers);
    assert_ok(cola_paper_make(tokenizer, model->config.vocabulary, item, grader, &paper,
                              &err), &err);
    assert_ok(cola_run_new(executor, chain.len, cola_paper_tokens(&paper, 16), &run,
                           &err), &err);
    assert_ok(cola_run_begin(run, &chain, &err), &err);
    assert_ok(cola_paper_sit(&paper, tokenizer, 16, run, &verdict, &err), &err);
    cola_run_free(run);
    cola_paper_free(&paper);
    return verdict;
}

/* ---- the machine ---------------------------------------------------------------- */

static void
machine_gives_the_shipped_answers(void **state)
{
    static const char *const files[] = {"register.jsonl", "register-4.jsonl"};
    static const char *const others[] = {"", "3", "37", "37:", "37:6", "37:6-5", "37:6*",
                                         "x7:6-", "37;6-", "37:x-", " 37:6-"};

    (void)state;
    for (size_t f = 0; f < COUNT(files); f++) {
        char *path = shipped(files[f]);
        struct cola_dataset d;
        struct cola_error err;

        assert_ok(cola_dataset_open(path, &d, &err), &err);
        assert_true(d.n >= 200);
        for (size_t i = 0; i < d.n; i++) {
            assert_int_equal(cola_register_run(d.items[i].question, -1),
                             atoi(d.items[i].answer));
            assert_true(cola_is_register(&d.items[i], 0));
            assert_true(cola_is_register(&d.items[i], 1));
        }
        cola_dataset_close(&d);
        free(path);
    }
    assert_int_equal(cola_register_run("37:6-5+9-", -1), 35);
    assert_int_equal(cola_register_run("37:6-5+9-", 38), 36);
    for (size_t i = 0; i < COUNT(others); i++)
        assert_int_equal(cola_register_run(others[i], -1), -1);
}

/* Siblings start elsewhere, and have the answers and choices of the machine. */
static void
siblings_of_a_program_start_elsewhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < 40; i++) {
        const struct cola_item *item = &task.items[i];
        struct cola_variants v = {0};
        enum cola_kinship kinship;
        int seen[100] = {0};
        struct cola_error err;

        assert_ok(cola_siblings_add(&task, COLA_GRADE_EXACT, item, &v, &kinship, &err),
                  &err);
        assert_int_equal(kinship, COLA_BY_REGISTER);
        assert_int_equal(v.n, COLA_CHOOSING + COLA_TESTING);
        seen[atoi(item->question)] = 1;
        for (size_t s = 0; s < v.n; s++) {
            const struct cola_item *sibling = &v.items[s];

            assert_int_equal(atoi(sibling->question),
                             (atoi(item->question) + 37 * (int)(s + 1)) % 100);
            assert_int_equal(seen[atoi(sibling->question)]++, 0);
            assert_string_equal(sibling->question + 2, item->question + 2);
            assert_string_equal(sibling->prompt, sibling->question);
            assert_string_equal(sibling->gold, sibling->answer);
            assert_string_not_equal(sibling->answer, item->answer);
            assert_int_equal(strlen(sibling->answer), 2);
            assert_int_equal(cola_register_run(sibling->question, -1),
                             atoi(sibling->answer));
            assert_string_equal(sibling->choices[sibling->key], sibling->answer);
            for (int c = 0; c < sibling->n_choices; c++)
                assert_int_equal((atoi(sibling->choices[c]) - atoi(sibling->answer) +
                                  100) % 100,
                                 (atoi(item->choices[c]) - atoi(item->answer) + 100) %
                                 100);
        }
        cola_variants_free(&v);
    }
}

/* ---- relatives of other kinds --------------------------------------------------- */

static char *letters[] = {"A", "B", "C", "D"};

static void
siblings_are_those_of_the_group_or_other_orders(void **state)
{
    static char *fish[] = {"cod", "eel", "ray", "tuna"};
    struct cola_item items[9];
    struct cola_dataset some = task;
    struct cola_variants v = {0};
    enum cola_kinship kinship;
    struct cola_error err;

    (void)state;
    for (size_t i = 0; i < COUNT(items); i++) {
        static char ids[COUNT(items)][4];

        ids[i][0] = (char)('a' + i);
        items[i] = (struct cola_item){
            .id = ids[i], .level = 1, .group = i % 2 ? "odd" : i < 8 ? "even" : NULL,
            .question = ids[i], .prompt = ids[i], .answer = i % 3 ? "cod" : "eel",
            .gold = "cod", .choices = fish, .labels = letters, .n_choices = 4,
            .key = i % 3 ? 0 : 1,
        };
    }
    some.items = items;
    some.n = COUNT(items);
    assert_ok(cola_siblings_add(&some, COLA_GRADE_EXACT, &items[3], &v, &kinship, &err),
              &err);
    assert_int_equal(kinship, COLA_BY_GROUP);
    assert_int_equal(v.n, 3);
    assert_string_equal(v.items[0].id, "b");
    assert_string_equal(v.items[1].id, "f");
    assert_string_equal(v.items[2].id, "h");
    cola_variants_free(&v);

    /* alone, and the model does not see the options */
    assert_ok(cola_siblings_add(&some, COLA_GRADE_CHOICE, &items[8], &v, &kinship, &err),
              &err);
    assert_int_equal(kinship, COLA_ALONE);
    assert_int_equal(v.n, 0);

    /* it does: seven orders, none twice, the key where the answer went */
    for (size_t t = 0; cola_template_at(t) != NULL; t++)
        if (cola_template_shows_options(cola_template_at(t)))
            some.form = cola_template_at(t);
    assert_true(cola_template_shows_options(some.form));
    assert_ok(cola_siblings_add(&some, COLA_GRADE_CHOICE, &items[8], &v, &kinship, &err),
              &err);
    assert_int_equal(kinship, COLA_BY_ROTATION);
    assert_int_equal(v.n, 7);
    for (size_t s = 0; s < v.n; s++) {
        assert_string_equal(v.items[s].choices[v.items[s].key], "cod");
        assert_string_equal(v.items[s].labels[0], "A");
        assert_string_not_equal(v.items[s].prompt, items[8].prompt);
        for (size_t t = 0; t <= s; t++) {
            char *const *other = t < s ? v.items[t].choices : items[8].choices;
            int same = 0;

            for (int c = 0; c < 4; c++)
                same += strcmp(v.items[s].choices[c], other[c]) == 0;
            assert_int_not_equal(same, 4);
        }
    }
    assert_string_equal(v.items[0].choices[0], "eel");
    assert_string_equal(v.items[3].choices[0], "tuna");
    assert_string_equal(v.items[3].choices[1], "ray");
    cola_variants_free(&v);
}

/* ---- draws ---------------------------------------------------------------------- */

static void
draws_follow_the_sums(void **state)
{
    static const double logits[] = {-800.0, 1.0, 3.0, -2000.0, 3.0, 0.5, -900.0};
    double sums[COUNT(logits)], total = 0.0;
    int n = (int)COUNT(logits);

    (void)state;
    assert_true(cola_sampling_sums(logits, n, sums));
    for (int i = 0; i < n; i++) {
        total += cola_exp(logits[i] - 3.0);
        assert_true(sums[i] == total);
    }
    for (int step = 0; step < 10000; step++) {
        double u = step / 10000.0;
        int want = 0;

        while (sums[want] <= u * total)
            want++;
        assert_int_equal(cola_sampling_pick(sums, n, u), want);
    }
    /* what has no probability is never drawn, whatever the rounding */
    assert_int_equal(cola_sampling_pick(sums, n, 0.0), 1);
    assert_int_equal(cola_sampling_pick(sums, n, 1.0), 5);
    assert_false(cola_sampling_sums((double[]){0.0, (double)NAN}, 2, sums));
    assert_false(cola_sampling_sums((double[]){0.0, (double)INFINITY}, 2, sums));
}

/* Right draws come as often as the closed form says, for every grader that has
 * one; and the closed form is what the exam's own numbers give. */
static void
draws_are_right_as_often_as_they_should_be(void **state)
{
    static const enum cola_grader graders[] = {COLA_GRADE_EXACT, COLA_GRADE_CHOICE,
                                               COLA_GRADE_CHOICE_TOKEN};
    double chi = 0.0;
    int between = 0, terms = 0;

    (void)state;
    for (size_t i = 0; i < 15; i++)
        for (size_t g = 0; g < COUNT(graders); g++) {
            const struct cola_item *item = &task.items[i];
            struct cola_verdict v = examined(item, graders[g]);
            struct cola_pass pass, again;
            struct desk d;
            double spread;
            struct cola_error err;

            sit_down(&d, item, graders[g], 16);
            assert_ok(cola_pass(&d.sampling, 1000 * 12 + 11, 42, item->id, &pass, &err),
                      &err);
            assert_ok(cola_pass(&d.sampling, 12 * 12, 42, item->id, &again, &err), &err);
            stand_up(&d);
            assert_int_equal(pass.samples, 1000);
            assert_int_equal(again.samples, 12);
            assert_true(pass.p >= 0.0 && pass.p <= 1.0);
            assert_int_equal(pass.first == 0, pass.right == 0);
            assert_true(again.first == pass.first || (again.first == 0 &&
                                                      pass.first > 12));
            if (graders[g] == COLA_GRADE_EXACT)
                assert_true(pass.p <= exp(v.gold_logprob) * 1.000001);
            spread = sqrt(1000.0 * pass.p * (1.0 - pass.p));
            assert_true(fabs((double)pass.right - 1000.0 * pass.p) < 5.0 * spread + 3.0);
            if (spread > 3.0) {
                between++;
                chi += pow(((double)pass.right - 1000.0 * pass.p) / spread, 2.0);
                terms++;
            }
            cola_verdict_clear(&v);
        }
    assert_true(between > 20);
    /* chi-square of so many degrees, five spreads of its own */
    assert_true(fabs(chi - terms) < 5.0 * sqrt(2.0 * terms));
}

/* The stream is that of "SEED:ID:pass", one real a draw. */
static void
draws_come_from_the_stream_of_the_sample(void **state)
{
    (void)state;
    for (size_t i = 0; i < 10; i++) {
        const struct cola_item *item = &task.items[i];
        struct cola_splitmix random;
        struct cola_pass pass;
        struct desk d;
        double weight[4], total = 0.0;
        uint64_t right = 0, first = 0;
        char name[64];
        struct cola_error err;

        sit_down(&d, item, COLA_GRADE_CHOICE, 16);
        for (int o = 0; o < 4; o++)
            weight[o] = exp(cola_run_logprob(d.run, d.paper.options[o].ids[0]));
        for (int o = 0; o < 4; o++)
            total += weight[o];
        snprintf(name, sizeof name, "%s:pass", item->id);
        cola_splitmix_seed(&random, 7, name);
        for (uint64_t n = 1; n <= 50; n++) {
            double u = cola_splitmix_real(&random) * total;
            int o = 0;

            while (o < 3 && u >= weight[o])
                u -= weight[o++];
            right += o == item->key;
            first = first == 0 && o == item->key ? n : first;
        }
        assert_ok(cola_pass(&d.sampling, 50 * 12, 7, item->id, &pass, &err), &err);
        assert_int_equal(pass.right, right);
        assert_int_equal(pass.first, first);
        assert_true(fabs(pass.p - weight[item->key] / total) < 1e-9);
        stand_up(&d);
    }
}

/* The closed form, worked out with the run itself. */
static void
chance_is_that_of_the_answer_and_an_end(void **state)
{
    int early = 0;

    (void)state;
    for (size_t i = 0; i < 20; i++) {
        struct cola_item item = task.items[i];
        struct desk d;
        double want, end, p;
        struct cola_error err;

        if (i % 2)
            item.answer = item.gold = "+";      /* the model would go on */
        sit_down(&d, &item, COLA_GRADE_EXACT, 16);
        want = exp(cola_run_logprob(d.run, d.paper.gold.ids[0]));
        assert_int_equal(d.paper.gold.n, 1);
        assert_ok(cola_run_feed(d.run, d.paper.gold.ids, 1, &err), &err);
        end = exp(cola_run_logprob(d.run, model->config.eos[0]));
        early += end < 0.9;
        want *= end;
        assert_int_equal(model->config.n_eos, 1);
        assert_ok(cola_sampling_chance(&d.sampling, &p, &err), &err);
        assert_true(fabs(p - want) < 1e-9 * want);
        assert_ok(cola_sampling_chance(&d.sampling, &p, &err), &err);
        assert_true(fabs(p - want) < 1e-9 * want);
        stand_up(&d);

        sit_down(&d, &item, COLA_GRADE_EXACT, 1);       /* no room for an end */
        assert_ok(cola_sampling_chance(&d.sampling, &p, &err), &err);
        assert_true(p == 0.0);
        stand_up(&d);
    }
    assert_true(early > 5);
}

/* ---- decoys --------------------------------------------------------------------- */

static void
nearest_answer_is_the_decoy(void **state)
{
    static const char *const answers[] = {"d", "b", "c", "a"};

    (void)state;
    assert_int_equal(cola_decoy_nearest(answers, (double[]){-1, -2, -4, -9}, 4, -2.9), 1);
    assert_int_equal(cola_decoy_nearest(answers, (double[]){-1, -2, -4, -9}, 4, -3.0), 1);
    assert_int_equal(cola_decoy_nearest(answers, (double[]){-1, -2, -4, -9}, 4, -3.1), 2);
    assert_int_equal(cola_decoy_nearest(answers, (double[]){-2, -2, -2, -2}, 4, -2.5), 3);
    assert_int_equal(cola_decoy_nearest(answers, (double[]){-2, (double)NAN, -3, -9}, 4,
                                        -4.0), 2);
    assert_true(cola_decoy_nearest(answers, (double[]){(double)NAN}, 1, -4) == SIZE_MAX);
    assert_true(cola_decoy_nearest(answers, NULL, 0, -4) == SIZE_MAX);
}

/* Of ITEM, WRONG being what the model answers: every other answer of the level,
 * examined as if it were right; the decoy is none further from gold. */
static void
look_at_every_answer(const struct cola_item *item, const char *wrong, double gold,
                     const struct cola_decoy *decoy)
{
    double far = fabs(decoy->logprob - gold);
    int met = 0;

    for (size_t i = 0; i < task.n; i++) {
        struct cola_item other = *item;
        struct cola_verdict v;

        if (task.items[i].level != item->level ||
            strcmp(task.items[i].answer, item->answer) == 0 ||
            strcmp(task.items[i].answer, wrong) == 0)
            continue;
        other.answer = other.gold = task.items[i].answer;
        v = examined(&other, COLA_GRADE_EXACT);
        if (strcmp(other.answer, decoy->answer) == 0) {
            met = 1;
            assert_true(v.gold_logprob == decoy->logprob);
        }
        assert_true(fabs(v.gold_logprob - gold) >= far);
        if (fabs(v.gold_logprob - gold) == far)
            assert_true(strcmp(decoy->answer, other.answer) <= 0);
        cola_verdict_clear(&v);
    }
    assert_true(met);
}

static void
decoy_is_of_the_level_and_neither_right_nor_the_models(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < task.n && wrong < 2; i++) {
        const struct cola_item *item = &task.items[i];
        struct cola_verdict v = examined(item, COLA_GRADE_EXACT);
        struct cola_own_answer own;
        struct cola_decoy decoy;
        struct desk d;
        struct cola_error err;

        if (v.mark == COLA_WRONG) {
            struct cola_item kept = *item;
            struct cola_verdict as_kept;
            int among = 0;      /* is its own answer one of the level's? */

            wrong++;
            sit_down(&d, item, COLA_GRADE_EXACT, 16);
            assert_ok(cola_own_answer(&d.sampling, v.answer, &own, &err), &err);
            assert_true(own.ended && own.reference != NULL);
            assert_ok(cola_decoy_choose(&task, &d.sampling, &own, v.gold_logprob, &decoy,
                                        &err), &err);
            assert_non_null(decoy.answer);
            assert_string_not_equal(decoy.answer, item->answer);
            assert_string_not_equal(decoy.answer, own.reference);
            assert_int_equal(decoy.key, -1);
            look_at_every_answer(item, own.reference, v.gold_logprob, &decoy);
            /* the model is right by its own answer */
            kept.answer = kept.gold = own.reference;
            as_kept = examined(&kept, COLA_GRADE_EXACT);
            assert_int_equal(as_kept.mark, COLA_CORRECT);
            free(decoy.answer);
            /* and it is no decoy even were it the nearest */
            assert_ok(cola_decoy_choose(&task, &d.sampling, &own, as_kept.gold_logprob,
                                        &decoy, &err), &err);
            assert_string_not_equal(decoy.answer, own.reference);
            for (size_t k = 0; k < task.n && !among; k++)
                among = task.items[k].level == item->level &&
                        strcmp(task.items[k].answer, own.reference) == 0;
            cola_verdict_clear(&as_kept);
            cola_own_answer_free(&own);
            free(decoy.answer);
            stand_up(&d);
            assert_true(among);
            /* cut before its end it is no reference */
            sit_down(&d, item, COLA_GRADE_EXACT, 1);
            assert_ok(cola_own_answer(&d.sampling, v.answer, &own, &err), &err);
            assert_true(!own.ended && own.reference == NULL && own.text != NULL);
            cola_own_answer_free(&own);
            stand_up(&d);
        }
        cola_verdict_clear(&v);
    }
    assert_int_equal(wrong, 2);
}

/* Of answers of several tokens not all are weighed in full; the decoy is the one
 * of those who weigh them all. */
static void
decoy_of_long_answers_is_the_same_without_short_cuts(void **state)
{
    enum { N = 120 };
    static struct cola_item items[N];
    static char answers[N][8];
    struct cola_dataset some = task;
    struct cola_own_answer nothing = {NULL, 0, NULL, -1};

    (void)state;
    some.items = items;
    some.n = N;
    for (int i = 0; i < N; i++) {
        snprintf(answers[i], sizeof answers[i], "%02d%03d", i * 7 % 100, i);
        answers[i][i % 3 == 0 ? 5 : i % 3 == 1 ? 3 : 2] = '\0';
        items[i] = task.items[i];
        items[i].level = 1;
        items[i].answer = items[i].gold = answers[i];
    }
    for (int i = 0; i < 12; i++) {
        struct cola_decoy decoy;
        struct desk d;
        double gold, best = (double)INFINITY;
        const char *want = NULL;
        struct cola_error err;

        sit_down(&d, &items[i], COLA_GRADE_EXACT, 16);
        assert_int_equal(d.paper.gold.n > 1, i % 3 < 2);
        assert_ok(cola_sampling_logprob(&d.sampling, &d.paper.gold, &gold, &err), &err);
        assert_ok(cola_decoy_choose(&some, &d.sampling, &nothing, gold, &decoy, &err),
                  &err);
        for (int k = 0; k < N; k++) {
            struct cola_ids ids = {NULL, 0};
            double logprob;

            if (strcmp(answers[k], answers[i]) == 0)
                continue;
            assert_ok(cola_continuation_ids(tokenizer, items[i].prompt, answers[k], &ids,
                                            &err), &err);
            assert_ok(cola_sampling_logprob(&d.sampling, &ids, &logprob, &err), &err);
            if (fabs(logprob - gold) < best || (fabs(logprob - gold) == best &&
                                                strcmp(answers[k], want) < 0)) {
                best = fabs(logprob - gold);
                want = answers[k];
            }
            cola_ids_free(&ids);
        }
        assert_string_equal(decoy.answer, want);
        assert_true(fabs(decoy.logprob - gold) == best);
        free(decoy.answer);
        stand_up(&d);
    }
}

/* Where options are picked, of the wrong ones but the model's. */
static void
decoy_is_another_option(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < task.n && wrong < 2; i++) {
        const struct cola_item *item = &task.items[i];
        struct cola_verdict v = examined(item, COLA_GRADE_CHOICE);

        if (v.mark == COLA_WRONG) {
            struct cola_own_answer own;
            struct cola_decoy decoy;
            struct desk d;
            struct cola_error err;

            wrong++;
            sit_down(&d, item, COLA_GRADE_CHOICE, 16);
            assert_ok(cola_own_answer(&d.sampling, v.answer, &own, &err), &err);
            assert_string_equal(item->choices[own.key], v.answer);
            assert_string_equal(own.reference, v.answer);
            assert_ok(cola_decoy_choose(&task, &d.sampling, &own, v.gold_logprob, &decoy,
                                        &err), &err);
            assert_true(decoy.key >= 0 && decoy.key != item->key && decoy.key != own.key);
            assert_string_equal(decoy.answer, item->choices[decoy.key]);
            for (int o = 0; o < item->n_choices; o++)
                if (o != item->key && o != own.key) {
                    struct cola_item other = *item;
                    struct cola_verdict u;

                    other.key = o;
                    u = examined(&other, COLA_GRADE_CHOICE);
                    assert_true(fabs(u.gold_logprob - v.gold_logprob) >=
                                fabs(decoy.logprob - v.gold_logprob));
                    cola_verdict_clear(&u);
                }
            cola_own_answer_free(&own);
            free(decoy.answer);
            stand_up(&d);
        }
        cola_verdict_clear(&v);
    }
    assert_int_equal(wrong, 2);
}

/* ---- selection ------------------------------------------------------------------ */

/* Is chain C right on sample S?  A hash; sample 0 is harder than the others. */
static int
fate(size_t s, const struct cola_chain *c)
{
    uint64_t h = 0x9e3779b97f4a7c15u * (s + 1);

    for (int i = 0; i < c->len; i++)
        h = (h ^ (h >> 31) ^ (uint64_t)(c->at[i] + 1)) * 0xbf58476d1ce4e5b9u;
    h ^= h >> 30;
    return h % 100 < 55;
}

static enum cola_status
fate_answer(void *ctx, const struct cola_question *questions,
            struct cola_verdict *verdicts, size_t n, struct cola_error *err)
{
    size_t *asked = ctx;

    (void)err;
    for (size_t i = 0; i < n; i++)
        cola_verdict_plain(&verdicts[i], fate(questions[i].sample, &questions[i].chain) ?
                           COLA_CORRECT : i % 2 ? COLA_WRONG : COLA_UNDECIDED, "fate");
    *asked += n;
    return COLA_OK;
}

static void
selected_chains_are_those_of_a_look_at_all(void **state)
{
    enum { TRIALS = 8, CHAINS = 300 };
    /* siblings of each trial: enough, too few to test, too few to choose by */
    static const size_t siblings[TRIALS] = {7, 7, 7, 5, 3, 2, 1, 0};
    struct cola_trial trials[TRIALS];
    struct cola_chain_set sets[TRIALS];
    enum cola_mark marks[TRIALS][CHAINS];
    struct cola_asking asking;
    size_t asked = 0, first = 100, found = 0, none = 0;
    struct cola_error err;

    (void)state;
    memset(sets, 0, sizeof sets);
    for (size_t t = 0; t < TRIALS; t++) {
        uint64_t h = t + 7;

        while (sets[t].count < CHAINS) {
            struct cola_chain chain = {4, {0, 1, 2, 3}};
            size_t index;
            int added;

            if (sets[t].count > 0) {
                chain.len = 0;
                do {
                    h = (h ^ (h >> 27)) * 0x94d049bb133111ebu + 1;
                    chain.at[chain.len++] = (uint16_t)((h >> 40) % 6);
                } while (chain.len < 9 && (h >> 20) % 5 > 0);
            }
            assert_ok(cola_chain_set_add(&sets[t], &chain, &index, &added, &err), &err);
            marks[t][index] = fate(t, &chain) ? COLA_CORRECT : COLA_WRONG;
        }
        trials[t] = (struct cola_trial){.chains = &sets[t], .marks = marks[t],
                                        .first = first, .n = siblings[t]};
        first += siblings[t];
    }
    assert_ok(cola_asking_begin(&asking, (struct cola_judge){fate_answer, &asked}, &err),
              &err);
    assert_ok(cola_siblings_try(&asking, trials, TRIALS, &err), &err);
    cola_asking_end(&asking);
    assert_int_equal(asking.judged, asked);
    for (size_t t = 0; t < TRIALS; t++)
        for (int k = 0; k < COLA_SELECTIONS; k++) {
            const struct cola_selection *s = &trials[t].selections[k];
            struct cola_chain chain, best, base;
            size_t want = SIZE_MAX;
            int right = 0, of = 0, base_right = 0;

            assert_int_equal(s->k, 1 << k);
            for (size_t c = 0; c < CHAINS; c++) {
                int all = marks[t][c] == COLA_CORRECT && siblings[t] + 1 >= (size_t)s->k;

                cola_chain_set_get(&sets[t], c, &chain);
                for (int i = 0; i + 1 < s->k && all; i++)
                    all = fate(trials[t].first + (size_t)i, &chain);
                if (all && (want == SIZE_MAX || cola_chain_rank(&chain, &best) < 0)) {
                    want = c;
                    best = chain;
                }
            }
            assert_true(s->chain == want);
            cola_chain_set_get(&sets[t], 0, &base);
            for (size_t i = 3; want != SIZE_MAX && i < siblings[t]; i++) {
                of++;
                right += fate(trials[t].first + i, &best);
                base_right += fate(trials[t].first + i, &base);
            }
            assert_int_equal(s->of, of);
            assert_int_equal(s->right, right);
            assert_int_equal(s->base_right, base_right);
            found += want != SIZE_MAX;
            none += want == SIZE_MAX;
        }
    assert_true(found > 12 && none > 3);
    for (size_t t = 0; t < TRIALS; t++)
        cola_chain_set_free(&sets[t]);
}

/* ---- names ---------------------------------------------------------------------- */

static void
controls_are_read_by_name(void **state)
{
    unsigned which;
    struct cola_error err;

    (void)state;
    assert_ok(cola_controls_read("all", &which, &err), &err);
    assert_int_equal(which, COLA_CONTROL_ALL);
    assert_ok(cola_controls_read("fixed,decoy", &which, &err), &err);
    assert_int_equal(which, COLA_CONTROL_DECOY | COLA_CONTROL_FIXED);
    assert_refused(cola_controls_read("decoy,", &which, &err), &err, "\"\"", "decoy");
    assert_refused(cola_controls_read("decoys", &which, &err), &err, "\"decoys\"",
                   "kept");
    assert_string_equal(cola_control_name(3), "siblings");
    assert_null(cola_control_name(5));
}

/* The header of the copy differs in one place. */
static void
header_names_its_controls(void **state)
{
    static const char header[] = "{\"random\":true,\"controls\":[],\"seed\":42}\n";
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    (void)state;
    cola_controls_header(header, strlen(header), COLA_CONTROL_PASS | COLA_CONTROL_KEPT,
                         &b);
    assert_string_equal(b.data, "{\"random\":true,\"controls\":[\"kept\",\"pass\"],"
                        "\"seed\":42}\n");
    cola_buffer_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(machine_gives_the_shipped_answers),
        cmocka_unit_test(siblings_of_a_program_start_elsewhere),
        cmocka_unit_test(siblings_are_those_of_the_group_or_other_orders),
        cmocka_unit_test(draws_follow_the_sums),
        cmocka_unit_test(draws_are_right_as_often_as_they_should_be),
        cmocka_unit_test(draws_come_from_the_stream_of_the_sample),
        cmocka_unit_test(chance_is_that_of_the_answer_and_an_end),
        cmocka_unit_test(nearest_answer_is_the_decoy),
        cmocka_unit_test(decoy_is_of_the_level_and_neither_right_nor_the_models),
        cmocka_unit_test(decoy_of_long_answers_is_the_same_without_short_cuts),
        cmocka_unit_test(decoy_is_another_option),
        cmocka_unit_test(selected_chains_are_those_of_a_look_at_all),
        cmocka_unit_test(controls_are_read_by_name),
        cmocka_unit_test(header_names_its_controls),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down) != 0;
}
