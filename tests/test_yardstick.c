/*
 * test_yardstick.c - how far from the truth: measured twice
 *
 * 128 bits are held against define.c compiled here with long double; teacher
 * forcing against executors whose errors are known because they are put there;
 * and a whole measurement of the shipped tiny-4 against one that starts from
 * the prompt for every token and asks every arithmetic for its own answer.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <float.h>
#include <math.h>
#include <stdlib.h>

/* The definition once more; where long double is no wider nothing is compared. */
#define REAL long double
#define REAL_SQRT sqrtl
#define REAL_EXP expl
#define REAL_POW powl
#define REAL_SIN sinl
#define REAL_COS cosl
#define REAL_SHOW(seen, values) ((void)(seen), (void)(values))
#define cola_define_layer again_define_layer
#define cola_define_chain again_define_chain
#include "define/define.c"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "define/quad.h"
#include "oracle/forced.h"
#include "oracle/yardstick.h"
#include "running.h"

/* ---- 128 bits ------------------------------------------------------------------- */

/* The logits after the last of N tokens in long double, [V]. */
static long double *
wide_logits(const struct cola_model *m, const struct cola_chain *chain, int *ids, int n)
{
    const struct cola_config *c = &m->config;
    size_t T = (size_t)n, d = (size_t)c->width, f = (size_t)c->hidden;
    size_t he = (size_t)(c->heads * c->head_dim), V = (size_t)c->vocabulary;
    float *row = cola_alloc(d + f + he, sizeof *row);
    long double *logits = cola_alloc(V, sizeof *logits), *arrays[9];
    struct definition r = {.model = m, .chain = *chain, .ids = ids, .tokens = n,
                           .row = row, .logits = logits};

    for (size_t i = 0; i < COUNT(arrays); i++) {
        arrays[i] = cola_alloc(T * (d + f + he), sizeof *arrays[i]);
        assert_non_null(arrays[i]);
    }
    r.x = arrays[0], r.y = arrays[1], r.q = arrays[2], r.k = arrays[3];
    r.v = arrays[4], r.a = arrays[5], r.gate = arrays[6], r.up = arrays[7];
    r.score = arrays[8];
    again_define_chain(&r);
    for (size_t i = 0; i < COUNT(arrays); i++)
        free(arrays[i]);
    free(row);
    return logits;
}

/* 128 bits agree with long double to its last places, and with f64 to f64's. */
static void
quad_is_nearer_than_double(void **state)
{
    static const char *const chains[] = {"0-3", "2,2,0", "()"};
    enum { TOKENS = 7, FIRST = 4 };

    (void)state;
    if (!cola_quad_built())
        skip();
    for (size_t s = 0; s < COUNT(samples); s++)
        for (size_t i = 0; i < COUNT(chains); i++) {
            struct disk disk = disk_write(&samples[s]);
            struct cola_chain chain = chain_of(chains[i]);
            struct cola_executor *executor = executor_of("f64", disk.model);
            struct cola_run *run = run_of(executor, &chain, TOKENS);
            size_t V = (size_t)disk.model->config.vocabulary;
            double *near = cola_alloc(TOKENS * V, sizeof *near), off = 0.0;
            double *rest = cola_alloc(TOKENS * V, sizeof *rest), wide_off = 0.0;
            int ids[TOKENS];
            struct cola_error err;

            make_tokens(ids, TOKENS, (int)V, 3);
            assert_ok(cola_quad_logits(disk.model, &chain, ids, TOKENS, FIRST, near, rest,
                                       &err), &err);
            for (int t = FIRST; t < TOKENS; t++) {
                long double *wide = wide_logits(disk.model, &chain, ids, t + 1);
                size_t at = (size_t)(t - FIRST) * V;

                feed(run, ids + (t == FIRST ? 0 : t), t == FIRST ? t + 1 : 1);
                for (size_t v = 0; v < V; v++) {
                    double f64 = cola_run_logits(run)[v], w = (double)wide[v];

                    assert_true(near[at + v] + rest[at + v] == near[at + v]);
                    off = fmax(off, fabs(f64 - near[at + v] - rest[at + v]));
                    wide_off = fmax(wide_off, fabs(w - near[at + v] +
                                    ((double)(wide[v] - w) - rest[at + v])));
                }
                free(wide);
            }
            if (!(off > 0.0 && off < 1e-13))
                fail_msg("%s: f64 is %g off", chains[i], off);
            if (LDBL_MANT_DIG > DBL_MANT_DIG && !(wide_off < off / 50.0))
                fail_msg("%s: long double is %g off, f64 %g", chains[i], wide_off, off);
            free(near);
            free(rest);
            cola_run_free(run);
            cola_executor_free(executor);
            disk_remove(&disk);
        }
}

/* ---- the shipped tiny-4 and a task ---------------------------------------------- */

enum { QUESTIONS = 5 };

struct school {
    struct cola_model *model;
    struct cola_tokenizer *tokenizer;
    struct cola_dataset dataset;
};

static struct school
school_open(const char *task)
{
    const char *data = getenv("COLAREF_DATA");
    char path[1024];
    struct school s;
    struct cola_error err;

    memset(&s, 0, sizeof s);
    assert_non_null(data);
    snprintf(path, sizeof path, "%s/tiny-4", data);
    assert_ok(cola_model_open(path, &s.model, &err), &err);
    assert_ok(cola_tokenizer_open(s.model->tokenizer, &s.tokenizer, &err), &err);
    if (task == NULL)
        snprintf(path, sizeof path, "%s/register-4.jsonl", data);
    assert_ok(cola_dataset_open(task != NULL ? task : path, &s.dataset, &err), &err);
    assert_ok(cola_dataset_select(&s.dataset, NULL, NULL, QUESTIONS, &err), &err);
    assert_int_equal(s.dataset.n, QUESTIONS);
    return s;
}

static void
school_close(struct school *s)
{
    cola_dataset_close(&s->dataset);
    cola_tokenizer_free(s->tokenizer);
    cola_model_close(s->model);
}

/* ---- errors that are known -------------------------------------------------------- */

#define V 8

/* Logits that are a hash of the tokens, but one of them, after so many tokens,
 * is something else. */
struct fake {
    int tokens, at;
    double by;                  /* is added to it */
};

struct fake_run {
    const struct fake *fake;
    int ids[64], n;
    double logits[V];
};

static double
hash_logit(const int *ids, int n, int v)
{
    uint64_t h = 77;

    for (int i = 0; i < n; i++)
        h = ((h ^ h >> 29) + (uint64_t)ids[i] + 1) * 0xbf58476d1ce4e5b9;
    h = (h + (uint64_t)v) * 0x94d049bb133111eb;
    return (double)(h >> 32 & 0xfff) / 256.0 - 8.0;
}

static enum cola_status
fake_new(const void *state, struct cola_way way, int length, int tokens, void **run,
         struct cola_error *err)
{
    struct fake_run *r = cola_alloc(1, sizeof *r);

    (void)way;
    (void)length;
    if (r == NULL || tokens > 64)
        return cola_fail_memory(err);
    r->fake = state;
    *run = r;
    return COLA_OK;
}

static void
fake_begin(void *run, const struct cola_chain *chain)
{
    (void)chain;
    ((struct fake_run *)run)->n = 0;
}

static void
fake_feed(void *run, const int *ids, int n)
{
    struct fake_run *r = run;

    memcpy(r->ids + r->n, ids, (size_t)n * sizeof *ids);
    r->n += n;
    for (int v = 0; v < V; v++) {
        r->logits[v] = hash_logit(r->ids, r->n, v);
        if (r->n == r->fake->tokens && v == r->fake->at)
            r->logits[v] += r->fake->by;
    }
}

static void
fake_rewind(void *run, int tokens)
{
    ((struct fake_run *)run)->n = tokens;
}

static const double *
fake_logits(const void *run)
{
    return ((const struct fake_run *)run)->logits;
}

static const struct cola_executor_ops fake_ops = {
    .name = "fake", .run_new = fake_new, .run_free = free, .begin = fake_begin,
    .feed = fake_feed, .rewind = fake_rewind, .logits = fake_logits,
};
static const struct cola_model fake_model = {.config = {.layers = 2, .vocabulary = V}};

enum { PROMPT = 3 };
static int prompt[PROMPT] = {1, 5, 3};

static struct cola_executor
fake_executor(const struct cola_model *model, const struct fake *fake)
{
    return (struct cola_executor){&fake_ops, model, {COLA_KV_POSITION, COLA_ROUND_NONE},
                                  (void *)(uintptr_t)fake};
}

/* The N FAKES, f64 first, forced through PAPER; where TOKENIZER is none, all
 * verdicts are given. */
static void
force(const struct fake *fakes, int n, const struct cola_model *model,
      const struct cola_tokenizer *tokenizer, const struct cola_paper *paper,
      struct cola_forced *forced)
{
    struct cola_chain chain = chain_of("0-1");
    struct cola_executor executors[COLA_FORCED_MOST];
    struct cola_run *runs[COLA_FORCED_MOST];
    struct cola_forcing f = {tokenizer, &chain, 4, n, runs};
    struct cola_error err;

    for (int i = 0; i < n; i++) {
        executors[i] = fake_executor(model, &fakes[i]);
        assert_ok(cola_run_new(&executors[i], 2, 20, &runs[i], &err), &err);
        forced->judged[i] = tokenizer == NULL || i == 0;
    }
    assert_ok(cola_forced_answer(&f, paper, forced, &err), &err);
    for (int i = 0; i < n; i++)
        cola_run_free(runs[i]);
}

/* Each error is seen where it is, on each step of the answer, and on no other. */
static void
errors_put_in_are_found(void **state)
{
    static const struct {
        struct fake fake;
        double error;
    } cases[] = {
        {{0, 0, 0.0}, 0.0},
        {{PROMPT, 0, 0.25}, 0.25}, {{PROMPT, V - 1, -3.0}, 3.0},
        {{PROMPT + 1, 4, 1e-9}, 1e-9}, {{PROMPT + 2, 2, -2e5}, 2e5},
        {{PROMPT - 1, 0, 9.0}, 0.0},            /* within the prompt */
        {{PROMPT + 3, 0, 9.0}, 0.0},            /* after the last token */
        {{PROMPT + 1, 3, NAN}, INFINITY}, {{PROMPT, 3, -INFINITY}, INFINITY},
    };
    struct cola_item item = {.answer = "unused"};
    struct cola_paper paper = {.item = &item, .grader = COLA_GRADE_EXACT,
                               .prompt = {prompt, PROMPT}};
    int answer[] = {4, 0, 6}, another[] = {4, 0, 7};
    double largest = 0.0;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_forced forced = {0};
        const struct fake fakes[] = {{0, 0, 0.0}, cases[i].fake};
        struct cola_verdict *v = forced.verdicts;

        v[0] = (struct cola_verdict){.mark = COLA_CORRECT, .ids = answer, .n_ids = 3};
        v[1] = v[0];
        force(fakes, 2, &fake_model, NULL, &paper, &forced);
        assert_int_equal(forced.steps, 3);
        if (!(fabs(forced.error[1] - cases[i].error) < 1e-11 ||
              forced.error[1] == cases[i].error))
            fail_msg("case %zu: %.17g, put in %g", i, forced.error[1], cases[i].error);
        assert_int_equal(forced.other[1], 0);
        assert_int_equal(forced.flip[1], 0);
        if (i == 0)
            largest = forced.largest;
        assert_true(forced.largest == largest);
    }
    assert_true(largest > 1.0 && largest <= 8.0);

    /* answers and verdicts are compared as they are given */
    for (int i = 0; i < 3; i++) {
        struct cola_forced forced = {0};
        const struct fake fakes[] = {{0, 0, 0.0}, {0, 0, 0.0}};
        struct cola_verdict *v = forced.verdicts;

        v[0] = (struct cola_verdict){.mark = COLA_CORRECT, .ids = answer, .n_ids = 3};
        v[1] = v[0];
        v[1].ids = i == 0 ? another : answer;
        v[1].n_ids -= i == 1;
        v[1].mark = i == 2 ? COLA_WRONG : COLA_CORRECT;
        force(fakes, 2, &fake_model, NULL, &paper, &forced);
        assert_int_equal(forced.other[1], i < 2);
        assert_int_equal(forced.flip[1], i == 2);
    }
}

/* Every option is fed, and where options are several tokens the sum of their
 * logarithms is what is compared. */
static void
options_are_all_fed(void **state)
{
    static const int steps = 1 + 0 + 2 + 1;
    int first[] = {4}, second[] = {4, 0, 6}, third[] = {7, 1};
    struct cola_ids options[] = {{first, 1}, {second, 3}, {third, 2}};
    struct cola_item item = {.n_choices = 3, .key = 1};
    struct cola_paper paper = {.item = &item, .grader = COLA_GRADE_CHOICE,
                               .prompt = {prompt, PROMPT}, .options = options};
    /* 0 is fed last but one in the second option alone: after 4, before 6 */
    const struct fake fakes[] = {{0, 0, 0.0}, {PROMPT + 2, 6, 0.5}, {PROMPT, 2, 1.0}};
    struct cola_forced forced = {0};
    int ids[] = {prompt[0], prompt[1], prompt[2], 4, 0};
    double sum = 0.0, more = 0.0, score;

    (void)state;
    for (int i = 0; i < 3; i++)
        forced.verdicts[i] = (struct cola_verdict){.mark = COLA_WRONG, .ids = third,
                                                   .n_ids = 2};
    force(fakes, 3, &fake_model, NULL, &paper, &forced);
    assert_int_equal(forced.steps, steps);
    assert_true(fabs(forced.error[1] - 0.5) < 1e-11);
    assert_true(fabs(forced.error[2] - 1.0) < 1e-11);
    for (int v = 0; v < V; v++) {
        sum += exp(hash_logit(ids, 5, v));
        more += exp(hash_logit(ids, 5, v) + (v == 6 ? 0.5 : 0.0));
    }
    score = 0.5 - log(more) + log(sum);
    if (!(fabs(forced.score_error[1] - score) < 1e-11))
        fail_msg("the score is %.17g off, put in %.17g", forced.score_error[1], score);

    /* by logits alone, when every option is one token */
    options[1].n = options[2].n = paper.by_logit = 1;
    memset(&forced, 0, sizeof forced);
    force(fakes, 3, &fake_model, NULL, &paper, &forced);
    assert_int_equal(forced.steps, 1);
    assert_true(forced.error[1] == 0.0 && forced.error[2] == 1.0);
    assert_true(forced.score_error[2] == 0.0);  /* logit 2 is no option's */
}

/* Who has no judge is asked where its logits leave f64's answer, be it at the
 * first token alone, and only there. */
static void
who_leaves_the_answer_is_asked(void **state)
{
    enum { STEPS = 3 };
    struct school s = school_open(NULL);
    struct cola_chain chain = chain_of("0-1");
    struct cola_buffer text = COLA_BUFFER_EMPTY;
    struct cola_model model = fake_model;
    struct cola_paper paper = {.grader = COLA_GRADE_EXACT, .prompt = {prompt, PROMPT}};
    struct cola_item item = {0};
    int ids[PROMPT + STEPS] = {prompt[0], prompt[1], prompt[2]};
    struct cola_error err;

    (void)state;
    for (int n = PROMPT; n < PROMPT + STEPS; n++) {
        for (int v = 0; v < V; v++)
            if (hash_logit(ids, n, v) > hash_logit(ids, n, ids[n]))
                ids[n] = v;
        if (n + 1 < PROMPT + STEPS)
            assert_ok(cola_tokenizer_piece(s.tokenizer, ids[n], &text, &err), &err);
    }
    model.config.eos[0] = ids[PROMPT + STEPS - 1];
    model.config.n_eos = 1;
    item.answer = text.data;
    paper.item = &item;
    for (int step = 0; step <= STEPS; step++) {
        int other = step < STEPS && ids[PROMPT + step] == 5 ? 6 : 5;
        const struct fake fakes[] = {{0, 0, 0.0}, {PROMPT + step, other, 50.0}};
        struct cola_executor truth = fake_executor(&model, &fakes[0]);
        struct cola_run *run = run_of(&truth, &chain, 20);
        struct cola_forced forced = {0};

        assert_ok(cola_paper_sit(&paper, s.tokenizer, 4, run, &forced.verdicts[0], &err),
                  &err);
        cola_run_free(run);
        assert_int_equal(forced.verdicts[0].n_ids, STEPS);
        assert_int_equal(forced.verdicts[0].mark, COLA_CORRECT);
        force(fakes, 2, &model, s.tokenizer, &paper, &forced);
        assert_int_equal(forced.other[1], step < STEPS);
        assert_int_equal(forced.flip[1], step < STEPS);
        assert_int_equal(forced.verdicts[1].n_ids > step, step < STEPS);
        for (int i = 0; i <= step && step < STEPS; i++)
            assert_int_equal(forced.verdicts[1].ids[i],
                             i < step ? forced.verdicts[0].ids[i] : other);
        for (int i = 0; i < 2; i++)
            cola_verdict_clear(&forced.verdicts[i]);
    }
    cola_buffer_free(&text);
    school_close(&s);
}

/* The same where there is a choice: token 2 or token 6. */
static void
who_chooses_otherwise_is_asked(void **state)
{
    int first[] = {2}, second[] = {6};
    struct cola_ids options[] = {{first, 1}, {second, 1}};
    char *texts[] = {"a", "b"};
    struct cola_item item = {.n_choices = 2, .key = 1, .choices = texts};
    struct cola_paper paper = {.item = &item, .grader = COLA_GRADE_CHOICE, .by_logit = 1,
                               .prompt = {prompt, PROMPT}, .options = options};
    struct school s = school_open(NULL);
    int best = hash_logit(prompt, PROMPT, 6) > hash_logit(prompt, PROMPT, 2);

    (void)state;
    for (int o = 0; o < 2; o++) {
        const struct fake fakes[] = {{0, 0, 0.0}, {PROMPT, options[o].ids[0], 50.0}};
        struct cola_forced forced = {0};

        forced.verdicts[0].mark = best == item.key ? COLA_CORRECT : COLA_WRONG;
        forced.verdicts[0].answer = texts[best];
        forced.verdicts[0].ids = options[best].ids;
        forced.verdicts[0].n_ids = 1;
        force(fakes, 2, &fake_model, s.tokenizer, &paper, &forced);
        assert_int_equal(forced.other[1], o != best);
        assert_int_equal(forced.flip[1], o != best);
        cola_verdict_clear(&forced.verdicts[1]);
    }
    school_close(&s);
}

#undef V

/* ---- a whole measurement ------------------------------------------------------------ */

enum { ROWS_MOST = 8 };

struct again {
    double largest, error[ROWS_MOST], score[ROWS_MOST];
    double margin[QUESTIONS];
    int by_score[QUESTIONS], flip[ROWS_MOST][QUESTIONS], other[ROWS_MOST][QUESTIONS];
    size_t steps, correct;
};

static struct cola_verdict
sit(const struct school *s, const struct cola_paper *p, const struct cola_executor *e,
    const struct cola_chain *chain)
{
    struct cola_run *run = run_of(e, chain, 64);
    struct cola_verdict v;
    struct cola_error err;

    assert_ok(cola_paper_sit(p, s->tokenizer, 4, run, &v, &err), &err);
    cola_run_free(run);
    return v;
}

/* The logits after the prompt of P and N tokens more, everything anew. */
static double *
logits_after(const struct cola_paper *p, const int *more, int n,
             const struct cola_executor *e, const struct cola_chain *chain)
{
    struct cola_run *run = run_of(e, chain, 64);
    size_t size = (size_t)e->model->config.vocabulary * sizeof(double);
    double *logits = malloc(size);

    assert_non_null(logits);
    feed(run, p->prompt.ids, p->prompt.n);
    for (int i = 0; i < n; i++)
        feed(run, &more[i], 1);
    memcpy(logits, cola_run_logits(run), size);
    cola_run_free(run);
    return logits;
}

static double
logprob_of(const double *logits, int n, int id)
{
    double sum = 0.0;

    for (int v = 0; v < n; v++)
        sum += exp(logits[v] - logits[id]);
    return -log(sum);
}

/* Row R against f64 over SEQUENCE; the steps FROM .. are counted. */
static double
compare_sequence(const struct cola_paper *p, const struct cola_ids *sequence, int from,
                 struct cola_executor **e, int r, const struct cola_chain *chain,
                 struct again *a, double *score)
{
    int V = e[0]->model->config.vocabulary;
    double truth_score = 0.0;

    *score = 0.0;
    for (int t = 0; t < sequence->n; t++) {
        double *truth = logits_after(p, sequence->ids, t, e[0], chain);
        double *logits = logits_after(p, sequence->ids, t, e[r + 1], chain);

        for (int v = 0; v < V; v++) {
            a->largest = fmax(a->largest, fabs(truth[v]));
            a->error[r] = fmax(a->error[r], fabs(truth[v] - logits[v]));
        }
        truth_score += logprob_of(truth, V, sequence->ids[t]);
        *score += logprob_of(logits, V, sequence->ids[t]);
        a->steps += r == 0 && t >= from;
        free(truth);
        free(logits);
    }
    return truth_score;
}

static void
measure_question(const struct school *s, size_t i, enum cola_grader grader,
                 struct cola_executor **e, int rows, const struct cola_chain *chain,
                 struct again *a)
{
    struct cola_verdict truth;
    struct cola_paper p;
    struct cola_error err;

    assert_ok(cola_paper_make(s->tokenizer, s->model->config.vocabulary,
                              &s->dataset.items[i], grader, &p, &err), &err);
    truth = sit(s, &p, e[0], chain);
    a->margin[i] = truth.margin;
    a->by_score[i] = grader == COLA_GRADE_CHOICE && !p.by_logit;
    a->correct += truth.mark == COLA_CORRECT;
    for (int r = 0; r < rows; r++) {
        struct cola_verdict v = sit(s, &p, e[r + 1], chain);
        struct cola_ids answer = {truth.ids, truth.n_ids};
        double score;

        a->flip[r][i] = v.mark != truth.mark;
        a->other[r][i] = v.n_ids != truth.n_ids ||
                         memcmp(v.ids, truth.ids, (size_t)v.n_ids * sizeof *v.ids) != 0;
        if (grader == COLA_GRADE_EXACT)
            compare_sequence(&p, &answer, 0, e, r, chain, a, &score);
        for (int o = 0; grader == COLA_GRADE_CHOICE && o < p.item->n_choices; o++) {
            double all = compare_sequence(&p, &p.options[o], o > 0, e, r, chain, a,
                                          &score);

            a->score[r] = fmax(a->score[r], fabs(score - all));
        }
        cola_verdict_clear(&v);
    }
    cola_verdict_clear(&truth);
    cola_paper_free(&p);
}

/* The reading R is what A comes to. */
static void
assert_reading(const struct cola_yard_reading *r, const struct again *a)
{
    assert_int_equal(r->questions, QUESTIONS);
    assert_int_equal(r->correct, a->correct);
    assert_int_equal(r->nonfinite, 0);
    assert_int_equal(r->steps, a->steps);
    assert_true(r->largest == a->largest);
    for (int i = 0; i < r->n_rows; i++) {
        const struct cola_yard_row *row = &r->rows[i];
        size_t flips = 0, other = 0, decided = 0, defects = 0;

        if (strcmp(row->name, "blas") != 0 && row->error != a->error[i])
            fail_msg("%s is %.17g off, not %.17g", row->name, row->error, a->error[i]);
        if (a->by_score[0] && fabs(row->score_error - a->score[i]) > 1e-12)
            fail_msg("%s: scores are %.17g off, not %.17g", row->name, row->score_error,
                     a->score[i]);
        for (int q = 0; q < QUESTIONS; q++) {
            double error = a->by_score[q] ? row->score_error : row->error;

            flips += (size_t)a->flip[i][q];
            other += (size_t)a->other[i][q];
            decided += a->margin[q] > 2.0 * error;
            defects += a->margin[q] > 2.0 * error && (a->flip[i][q] || a->other[i][q]);
        }
        if (row->flips != flips || row->answers != other || row->decided != decided ||
            row->defects != defects)
            fail_msg("%s: flips %zu, answers %zu, decided %zu, defects %zu; must be %zu, "
                     "%zu, %zu, %zu", row->name, row->flips, row->answers, row->decided,
                     row->defects, flips, other, decided, defects);
        assert_int_equal(defects, 0);
    }
    for (size_t k = 0; k < r->n_least; k++) {
        int below = 0;

        for (int q = 0; q < QUESTIONS; q++)
            below += a->margin[q] < r->least[k].margin;
        assert_int_equal(below, k);
    }
    assert_int_equal(r->n_least, COLA_YARD_LEAST);
    if (cola_quad_built()) {
        assert_true(r->quad_questions > 0 && r->quad_questions <= QUESTIONS);
        assert_true(r->quad_steps >= r->quad_questions);
        /* more than what rounding 128 bits to double leaves */
        assert_true(r->quad_error > r->largest * 0x1p-53 && r->quad_error < 1e-12);
    } else {
        assert_int_equal(r->quad_questions, 0);
    }
}

static void
count_progress(void *ctx, size_t done)
{
    *(size_t *)ctx = done;
}

static void
measured_as_again(const struct school *s, enum cola_grader grader, const char *text,
                  struct cola_yard_reading *reading)
{
    const struct cola_yard_options options = {NULL, NULL, (int)grader, 4, 9};
    struct cola_executor *e[ROWS_MOST + 1] = {executor_of("f64", s->model)};
    struct cola_chain chain = chain_of(text);
    struct cola_yardstick *y;
    struct again a;
    size_t done = 0;
    struct cola_error err;

    memset(&a, 0, sizeof a);
    assert_ok(cola_yardstick_new(s->model, s->tokenizer, &s->dataset, &options, &y, &err),
              &err);
    assert_ok(cola_yardstick_measure(y, &chain, count_progress, &done, reading, &err),
              &err);
    assert_int_equal(done, QUESTIONS);
    assert_true(reading->n_rows >= 5);
    for (int r = 0; r < reading->n_rows; r++) {
        const struct cola_yard_row *row = &reading->rows[r];

        e[r + 1] = executor_of(row->rounded ? "f64" : row->name, s->model);
        if (row->rounded)
            assert_ok(cola_executor_round(e[r + 1], row->name, &err), &err);
    }
    for (size_t i = 0; i < QUESTIONS; i++)
        measure_question(s, i, grader, e, reading->n_rows, &chain, &a);
    assert_reading(reading, &a);
    for (int i = 0; i <= reading->n_rows; i++)
        cola_executor_free(e[i]);
    cola_yardstick_free(y);
}

static void
measured_twice_it_is_the_same(void **state)
{
    struct school s = school_open(NULL);
    struct cola_yard_reading one, two, sum;

    (void)state;
    measured_as_again(&s, COLA_GRADE_EXACT, "0-3", &one);
    measured_as_again(&s, COLA_GRADE_CHOICE, "0,0,3", &two);
    school_close(&s);

    assert_string_equal(one.rows[one.unit].name, "f32");
    for (int i = 0; i < one.n_rows; i++) {
        const struct cola_yard_row *r = &one.rows[i];

        assert_int_equal(r->has_ratio, !r->rounded && strcmp(r->name, "int8") != 0);
        if (r->has_ratio) {
            assert_true(r->ratio == r->error / one.rows[one.unit].error);
            assert_true(r->worst >= r->ratio && r->worst < 16.0);
        }
    }

    memset(&sum, 0, sizeof sum);
    cola_yard_join(&sum, &one);
    cola_yard_join(&sum, &two);
    assert_int_equal(sum.questions, 2 * QUESTIONS);
    assert_int_equal(sum.correct, one.correct + two.correct);
    assert_int_equal(sum.steps, one.steps + two.steps);
    assert_int_equal(sum.n_least, 0);
    assert_true(sum.largest == fmax(one.largest, two.largest));
    for (int i = 0; i < sum.n_rows; i++) {
        const struct cola_yard_row *r = &sum.rows[i], *a = &one.rows[i], *b = &two.rows[i];

        assert_true(r->error == fmax(a->error, b->error));
        assert_true(r->worst == fmax(a->worst, b->worst));
        assert_int_equal(r->flips, a->flips + b->flips);
        assert_int_equal(r->answers, a->answers + b->answers);
        assert_int_equal(r->decided, a->decided + b->decided);
        if (r->has_ratio)
            assert_true(r->ratio == r->error / sum.rows[sum.unit].error);
    }
}

/* Options of several tokens, whose log-likelihoods the margin lies between. */
static void
options_of_several_tokens_measured_twice(void **state)
{
    char *dir = checkpoint_directory(), *path = cola_path_join(dir, "task.jsonl");
    char text[4096] = "";
    struct cola_yard_reading reading;
    struct school s;

    (void)state;
    for (int i = 0; i < QUESTIONS; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 "{\"prompt\":\"%d:%d+\",\"choices\":{\"text\":[\"%d-\",\"%d-\",\"%d-\"],"
                 "\"label\":[\"A\",\"B\",\"C\"]},\"answerKey\":\"%c\"}\n", 10 + 7 * i,
                 i % 9 + 1, i % 7 + 1, i % 7 + 2, i % 7 + 3, "ABC"[i % 3]);
    assert_true(checkpoint_file(dir, "task.jsonl", text, strlen(text)));
    s = school_open(path);
    measured_as_again(&s, COLA_GRADE_CHOICE, "1-3", &reading);
    school_close(&s);
    free(path);
    checkpoint_remove(dir);
}

static void
asked_for_less_there_is_less(void **state)
{
    static const struct {
        const char *backend, *round, *rows, *unit;
    } cases[] = {
        {"exact", NULL, "exact f32 bf16 f16 ", "f32"},
        {"int8", "f16", "int8 f16 ", "f16"},
        {"exact", "f64", "exact ", NULL},
        {"f64", "bf16", "bf16 ", "bf16"},
        {"f64", "f64", "", NULL},
    };
    struct cola_yard_options options = {"nonsense", NULL, -1, 2, 4};
    struct school s = school_open(NULL);
    struct cola_chain chain = chain_of("0");
    struct cola_yardstick *y = NULL;
    struct cola_error err;

    (void)state;
    s.dataset.n = 1;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_yard_reading r;
        char rows[64] = "";

        options.backend = cases[i].backend;
        options.round = cases[i].round;
        assert_ok(cola_yardstick_new(s.model, s.tokenizer, &s.dataset, &options, &y,
                                     &err), &err);
        assert_ok(cola_yardstick_measure(y, &chain, NULL, NULL, &r, &err), &err);
        for (int k = 0; k < r.n_rows; k++)
            snprintf(rows + strlen(rows), sizeof rows - strlen(rows), "%s ",
                     r.rows[k].name);
        assert_string_equal(rows, cases[i].rows);
        assert_int_equal(r.unit >= 0, cases[i].unit != NULL);
        if (r.unit >= 0)
            assert_string_equal(r.rows[r.unit].name, cases[i].unit);
        for (int k = 0; k < r.n_rows; k++)
            assert_int_equal(r.rows[k].has_ratio,
                             r.unit >= 0 && strcmp(r.rows[k].name, "exact") == 0);
        cola_yardstick_free(y);
    }
    options.backend = "nonsense";
    assert_refused(cola_yardstick_new(s.model, s.tokenizer, &s.dataset, &options, &y,
                                      &err), &err, "nonsense", "backend");
    options.backend = NULL;
    options.round = "f8";
    assert_refused(cola_yardstick_new(s.model, s.tokenizer, &s.dataset, &options, &y,
                                      &err), &err, "f8", "rounding");
    options.round = NULL;
    assert_ok(cola_yardstick_new(s.model, s.tokenizer, &s.dataset, &options, &y, &err),
              &err);
    chain = chain_of("0-3,0-3");
    {
        struct cola_yard_reading r;

        assert_refused(cola_yardstick_measure(y, &chain, NULL, NULL, &r, &err), &err,
                       "8 positions", "room for 4");
    }
    cola_yardstick_free(y);
    s.dataset.n = QUESTIONS;
    school_close(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quad_is_nearer_than_double),
        cmocka_unit_test(errors_put_in_are_found),
        cmocka_unit_test(options_are_all_fed),
        cmocka_unit_test(who_leaves_the_answer_is_asked),
        cmocka_unit_test(who_chooses_otherwise_is_asked),
        cmocka_unit_test(measured_twice_it_is_the_same),
        cmocka_unit_test(options_of_several_tokens_measured_twice),
        cmocka_unit_test(asked_for_less_there_is_less),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
