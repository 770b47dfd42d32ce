/*
 * yardstick.c - how far a backend is from the truth, and what that decides
 *
 * Backends answer through the judge that searches use, so that whatever is done
 * there to be fast is under test, and are fed f64's answers in runs of their
 * own.  f64 rounded is only fed.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/yardstick.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "define/quad.h"
#include "oracle/forced.h"

#define TOGETHER 64             /* questions in one call of a judge */
#define QUAD_BUDGET 3e7         /* multiplications in 128 bits */

struct arithmetic {
    struct cola_executor *executor;
    struct cola_exam *exam;     /* NULL: f64 rounded */
};

struct cola_yardstick {
    const struct cola_model *model;
    const struct cola_tokenizer *tokenizer;
    const struct cola_dataset *dataset;
    struct cola_yard_options options;
    struct arithmetic at[COLA_FORCED_MOST];     /* [n] number 0 is f64 */
    int n;
    struct cola_yard_reading blank;     /* row I is arithmetic I + 1 */
    struct cola_paper *papers;          /* [papers_made], one a question */
    size_t papers_made;
    struct cola_run *(*runs)[COLA_FORCED_MOST]; /* [workers] */
    int workers;
};

/* ---- making it ready -------------------------------------------------------------- */

/* One more arithmetic: the backend NAME, or f64 rounded to NAME. */
static enum cola_status
add_arithmetic(struct cola_yardstick *y, const char *name, int rounded,
               struct cola_error *err)
{
    struct cola_exam_options x = {
        .per = COLA_PER_SAMPLE,
        .grade = y->options.grade,
        .max_tokens = y->options.max_tokens,
        .max_length = y->options.max_length,
    };
    struct arithmetic *a = &y->at[y->n++];
    enum cola_status st = cola_executor_new(rounded ? "f64" : name, y->model,
                                            &a->executor, err);

    if (st == COLA_OK && rounded)
        st = cola_executor_round(a->executor, name, err);
    if (st == COLA_OK && !rounded)
        st = cola_exam_new(a->executor, y->tokenizer, y->dataset, &x, &a->exam, err);
    return st;
}

static enum cola_status
add_row(struct cola_yardstick *y, const char *name, int rounded, struct cola_error *err)
{
    struct cola_yard_row *row = &y->blank.rows[y->blank.n_rows++];

    row->name = name;
    row->rounded = rounded;
    /* what int8 rounds weights and activations to, define/ does not know */
    row->has_ratio = !rounded && strcmp(name, "int8") != 0;
    return add_arithmetic(y, name, rounded, err);
}

static enum cola_status
add_backends(struct cola_yardstick *y, struct cola_error *err)
{
    const char *only = y->options.backend;
    const struct cola_executor_ops *ops;
    enum cola_status st = add_arithmetic(y, "f64", 0, err);

    if (only != NULL)
        return st != COLA_OK || strcmp(only, "f64") == 0 ? st :
               add_row(y, only, 0, err);
    for (size_t i = 0; st == COLA_OK && (ops = cola_executor_ops_at(i)) != NULL; i++)
        if (strcmp(ops->name, "f64") != 0)
            st = add_row(y, ops->name, 0, err);
    return st;
}

static enum cola_status
add_rounded(struct cola_yardstick *y, struct cola_error *err)
{
    enum cola_rounding only = COLA_ROUND_NONE;
    const char *round = y->options.round;
    enum cola_status st = COLA_OK;

    if (round != NULL && !cola_rounding_find(round, &only))
        return cola_fail(err, COLA_INPUT, "no rounding is called \"%s\"; there are f32, "
                         "bf16, f16 and f64, which is none", round);
    y->blank.unit = -1;
    for (int r = COLA_ROUND_F32; r <= COLA_ROUND_F16 && st == COLA_OK; r++)
        if (round == NULL || (int)only == r) {
            if (y->blank.unit < 0)
                y->blank.unit = y->blank.n_rows;
            st = add_row(y, cola_rounding_name((enum cola_rounding)r), 1, err);
        }
    for (int i = 0; i < y->blank.n_rows; i++)
        y->blank.rows[i].has_ratio &= y->blank.unit >= 0;
    return st;
}

static enum cola_status
make_papers(struct cola_yardstick *y, int *most_tokens, struct cola_error *err)
{
    enum cola_grader grader = cola_exam_grader(y->at[0].exam);
    enum cola_status st = COLA_OK;

    if (grader != COLA_GRADE_EXACT && grader != COLA_GRADE_CHOICE)
        return cola_fail(err, COLA_UNSUPPORTED, "the yardstick does not measure grader "
                         "%s, only exact and choice", cola_grader_name(grader));
    y->papers = cola_alloc(y->dataset->n, sizeof *y->papers);
    if (y->papers == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < y->dataset->n && st == COLA_OK; i++) {
        int tokens;

        st = cola_paper_make(y->tokenizer, y->model->config.vocabulary,
                             &y->dataset->items[i], grader, &y->papers[i], err);
        if (st != COLA_OK)
            break;
        y->papers_made++;
        tokens = cola_paper_tokens(&y->papers[i], y->options.max_tokens);
        *most_tokens = tokens > *most_tokens ? tokens : *most_tokens;
    }
    return st;
}

enum cola_status
cola_yardstick_new(const struct cola_model *model, const struct cola_tokenizer *tokenizer,
                   const struct cola_dataset *dataset,
                   const struct cola_yard_options *options,
                   struct cola_yardstick **yardstick, struct cola_error *err)
{
    struct cola_yardstick *y = cola_alloc(1, sizeof *y);
    int most_tokens = 1;
    enum cola_status st;

    if (y == NULL)
        return cola_fail_memory(err);
    y->model = model;
    y->tokenizer = tokenizer;
    y->dataset = dataset;
    y->options = *options;
    y->workers = cola_threads();
    st = add_backends(y, err);
    if (st == COLA_OK)
        st = add_rounded(y, err);
    if (st == COLA_OK)
        st = make_papers(y, &most_tokens, err);
    y->runs = cola_alloc((size_t)y->workers, sizeof *y->runs);
    if (st == COLA_OK && y->runs == NULL)
        st = cola_fail_memory(err);
    for (int w = 0; w < y->workers && st == COLA_OK; w++)
        for (int i = 0; i < y->n && st == COLA_OK; i++)
            st = cola_run_new(y->at[i].executor, options->max_length, most_tokens,
                              &y->runs[w][i], err);
    if (st != COLA_OK) {
        cola_yardstick_free(y);
        return st;
    }
    *yardstick = y;
    return COLA_OK;
}

void
cola_yardstick_free(struct cola_yardstick *y)
{
    if (y == NULL)
        return;
    for (int w = 0; y->runs != NULL && w < y->workers; w++)
        for (int i = 0; i < y->n; i++)
            cola_run_free(y->runs[w][i]);
    free(y->runs);
    for (int i = 0; i < y->n; i++) {
        cola_exam_free(y->at[i].exam);
        cola_executor_free(y->at[i].executor);
    }
    for (size_t i = 0; i < y->papers_made; i++)
        cola_paper_free(&y->papers[i]);
    free(y->papers);
    free(y);
}

/* ---- some questions --------------------------------------------------------------- */

struct item {                   /* one question */
    struct cola_forced forced;
    int proved;                 /* f64 is held against 128 bits */
    enum cola_status status;
    struct cola_error why;
};

struct portion {                /* of the questions, shared out among workers */
    struct cola_yardstick *yardstick;
    struct cola_forcing forcing;        /* all but the runs */
    size_t first, n;
    struct cola_question *questions;    /* [TOGETHER] */
    struct cola_verdict *verdicts;      /* [TOGETHER] */
    struct item *items;                 /* [TOGETHER] */
    double budget;                      /* multiplications left for 128 bits */
};

/* The verdicts of all who have a judge. */
static enum cola_status
judge(struct portion *p, struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    memset(p->items, 0, p->n * sizeof *p->items);
    for (size_t k = 0; k < p->n; k++) {
        p->questions[k].sample = p->first + k;
        p->questions[k].chain = *p->forcing.chain;
    }
    for (int i = 0; i < p->yardstick->n && st == COLA_OK; i++) {
        struct cola_judge j;

        if (p->yardstick->at[i].exam == NULL)
            continue;
        j = cola_exam_judge(p->yardstick->at[i].exam);
        st = j.answer(j.ctx, p->questions, p->verdicts, p->n, err);
        for (size_t k = 0; k < p->n && st == COLA_OK; k++) {
            p->items[k].forced.verdicts[i] = p->verdicts[k];
            p->items[k].forced.judged[i] = 1;
        }
    }
    return st;
}

/* 128 bits for the first questions, as many as there is time for. */
static void
choose_proved(struct portion *p)
{
    struct cola_forcing f = p->forcing;

    f.runs = p->yardstick->runs[0];
    for (size_t k = 0; k < p->n && cola_quad_built() && p->budget > 0.0; k++) {
        struct cola_forced *q = &p->items[k].forced;

        if (q->verdicts[0].stop == COLA_STOP_NONFINITE)
            continue;
        p->budget -= cola_forced_cost(&f, &p->yardstick->papers[p->first + k], q);
        p->items[k].proved = p->budget >= 0.0;
    }
}

static void
force(void *ctx, size_t k, int worker)
{
    struct portion *p = ctx;
    const struct cola_paper *paper = &p->yardstick->papers[p->first + k];
    struct cola_forcing f = p->forcing;
    struct item *item = &p->items[k];

    f.runs = p->yardstick->runs[worker];
    item->status = cola_forced_answer(&f, paper, &item->forced, &item->why);
    if (item->status == COLA_OK && item->proved)
        item->status = cola_forced_prove(&f, paper, &item->forced, &item->why);
}

/* ---- what they come to ------------------------------------------------------------ */

struct kept {                   /* of a question, until all errors are known */
    double margin;              /* of f64; NaN: none */
    int by_score;               /* between log-likelihoods, not logits */
    int differs[COLA_FORCED_MOST];      /* in answer or verdict */
};

static double
ratio_of(double error, double unit)
{
    return unit > 0.0 ? error / unit : error > 0.0 ? (double)INFINITY : 0.0;
}

static void
add_least(struct cola_yard_reading *r, const char *id, double margin)
{
    size_t i = r->n_least < COLA_YARD_LEAST ? r->n_least++ : COLA_YARD_LEAST;

    while (i > 0 && r->least[i - 1].margin > margin) {
        if (i < COLA_YARD_LEAST)
            r->least[i] = r->least[i - 1];
        i--;
    }
    if (i < COLA_YARD_LEAST) {
        r->least[i].id = id;
        r->least[i].margin = margin;
    }
}

static void
add_item(const struct cola_yardstick *y, size_t at, const struct item *item,
         struct cola_yard_reading *r, struct kept *kept)
{
    const struct cola_forced *q = &item->forced;
    const struct cola_verdict *truth = &q->verdicts[0];

    kept->margin = truth->margin;
    kept->by_score = y->papers[at].grader == COLA_GRADE_CHOICE && !y->papers[at].by_logit;
    for (int i = 0; i < y->n; i++)
        kept->differs[i] = q->other[i] || q->flip[i];
    if (truth->stop == COLA_STOP_NONFINITE) {
        r->nonfinite++;
        return;
    }
    r->questions++;
    r->correct += truth->mark == COLA_CORRECT;
    r->steps += q->steps;
    cola_enlarge(&r->largest, q->largest);
    if (!isnan(truth->margin))
        add_least(r, y->dataset->items[at].id, truth->margin);
    for (int i = 0; i < r->n_rows; i++) {
        struct cola_yard_row *row = &r->rows[i];

        cola_enlarge(&row->error, q->error[i + 1]);
        cola_enlarge(&row->score_error, q->score_error[i + 1]);
        if (row->has_ratio)
            cola_enlarge(&row->worst, ratio_of(q->error[i + 1], q->error[r->unit + 1]));
        row->answers += (size_t)q->other[i + 1];
        row->flips += (size_t)q->flip[i + 1];
    }
    if (item->proved) {
        r->quad_questions++;
        r->quad_steps += (size_t)truth->n_ids;
        cola_enlarge(&r->quad_error, q->quad_error);
    }
}

static void
decide(struct cola_yard_reading *r, const struct kept *kept, size_t n)
{
    for (int i = 0; i < r->n_rows; i++)
        for (size_t k = 0; k < n; k++) {
            struct cola_yard_row *row = &r->rows[i];
            double error = kept[k].by_score ? row->score_error : row->error;

            if (kept[k].margin > 2.0 * error) {
                row->decided++;
                row->defects += (size_t)kept[k].differs[i + 1];
            }
        }
}

static void
set_ratios(struct cola_yard_reading *r)
{
    for (int i = 0; i < r->n_rows; i++)
        if (r->rows[i].has_ratio)
            r->rows[i].ratio = ratio_of(r->rows[i].error, r->rows[r->unit].error);
}

void
cola_yard_join(struct cola_yard_reading *sum, const struct cola_yard_reading *one)
{
    if (sum->questions + sum->nonfinite == 0) {
        *sum = *one;
        sum->n_least = 0;
        return;
    }
    sum->questions += one->questions;
    sum->correct += one->correct;
    sum->nonfinite += one->nonfinite;
    sum->steps += one->steps;
    cola_enlarge(&sum->largest, one->largest);
    for (int i = 0; i < sum->n_rows; i++) {
        struct cola_yard_row *a = &sum->rows[i];
        const struct cola_yard_row *b = &one->rows[i];

        cola_enlarge(&a->error, b->error);
        cola_enlarge(&a->score_error, b->score_error);
        cola_enlarge(&a->worst, b->worst);
        a->answers += b->answers;
        a->flips += b->flips;
        a->decided += b->decided;
        a->defects += b->defects;
    }
    set_ratios(sum);
    sum->quad_questions += one->quad_questions;
    sum->quad_steps += one->quad_steps;
    cola_enlarge(&sum->quad_error, one->quad_error);
}

/* ---- one chain -------------------------------------------------------------------- */

static enum cola_status
measure(struct portion *p, struct cola_yard_reading *r, struct kept *kept,
        struct cola_error *err)
{
    enum cola_status st = judge(p, err);

    if (st == COLA_OK) {
        choose_proved(p);
        cola_parallel(p->n, force, p);
    }
    for (size_t k = 0; k < p->n && st == COLA_OK; k++) {
        st = p->items[k].status;
        if (st != COLA_OK && err != NULL)
            *err = p->items[k].why;
    }
    for (size_t k = 0; k < p->n; k++) {
        if (st == COLA_OK)
            add_item(p->yardstick, p->first + k, &p->items[k], r, &kept[p->first + k]);
        for (int i = 0; i < p->yardstick->n; i++)
            cola_verdict_clear(&p->items[k].forced.verdicts[i]);
    }
    return st;
}

enum cola_status
cola_yardstick_measure(struct cola_yardstick *y, const struct cola_chain *chain,
                       void (*progress)(void *ctx, size_t done), void *ctx,
                       struct cola_yard_reading *reading, struct cola_error *err)
{
    struct cola_yard_reading r = y->blank;
    size_t n = y->dataset->n;
    struct kept *kept = cola_alloc(n, sizeof *kept);
    struct portion p = {
        .yardstick = y,
        .forcing = {y->tokenizer, chain, y->options.max_tokens, y->n, NULL},
        .questions = cola_alloc(TOGETHER, sizeof *p.questions),
        .verdicts = cola_alloc(TOGETHER, sizeof *p.verdicts),
        .items = cola_alloc(TOGETHER, sizeof *p.items),
        .budget = QUAD_BUDGET,
    };
    enum cola_status st = COLA_OK;

    if (kept == NULL || p.questions == NULL || p.verdicts == NULL || p.items == NULL)
        st = cola_fail_memory(err);
    for (; p.first < n && st == COLA_OK; p.first += p.n) {
        p.n = n - p.first < TOGETHER ? n - p.first : TOGETHER;
        st = measure(&p, &r, kept, err);
        if (st == COLA_OK && progress != NULL)
            progress(ctx, p.first + p.n);
    }
    if (st == COLA_OK) {
        decide(&r, kept, n);
        set_ratios(&r);
        *reading = r;
    }
    free(kept);
    free(p.questions);
    free(p.verdicts);
    free(p.items);
    return st;
}
