/*
 * forced.c - one question answered by several arithmetics
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/forced.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "define/quad.h"

/* What is no number is infinitely wrong. */
static double
distance(double a, double b)
{
    double off = fabs(a - b);

    return isfinite(off) ? off : (double)INFINITY;
}

void
cola_enlarge(double *largest, double value)
{
    if (value > *largest)
        *largest = value;
}

static enum cola_status
feed(const struct cola_forcing *f, const int *ids, int n, struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    for (int i = 0; i < f->n && st == COLA_OK; i++)
        st = cola_run_feed(f->runs[i], ids, n, err);
    return st;
}

/* Compare all logits after the last token fed. */
static void
compare(const struct cola_forcing *f, struct cola_forced *q)
{
    const double *truth = cola_run_logits(f->runs[0]);
    int V = f->runs[0]->executor->model->config.vocabulary;

    for (int v = 0; v < V; v++)
        cola_enlarge(&q->largest, fabs(truth[v]));
    for (int i = 1; i < f->n; i++) {
        const double *logits = cola_run_logits(f->runs[i]);

        for (int v = 0; v < V; v++)
            cola_enlarge(&q->error[i], distance(logits[v], truth[v]));
    }
    q->steps++;
}

/* Feed f64's answer; LEFT[i]: arithmetic i would have said something else. */
static enum cola_status
force_answer(const struct cola_forcing *f, struct cola_forced *q, int *left,
             struct cola_error *err)
{
    const struct cola_verdict *truth = &q->verdicts[0];
    enum cola_status st = COLA_OK;

    for (int t = 0; t < truth->n_ids && st == COLA_OK; t++) {
        if (t > 0)
            st = feed(f, &truth->ids[t - 1], 1, err);
        if (st != COLA_OK)
            break;
        compare(f, q);
        for (int i = 1; i < f->n; i++)
            left[i] |= cola_run_argmax(f->runs[i]) != truth->ids[t];
    }
    return st;
}

/* What the options score, as task/paper.c has it: SCORES [n]. */
static enum cola_status
score_options(const struct cola_forcing *f, const struct cola_paper *p,
              struct cola_forced *q, double (*scores)[COLA_CHOICES_MAX], int *left,
              struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    compare(f, q);
    for (int i = 0; i < f->n; i++) {
        left[i] = cola_run_argmax(f->runs[i]) < 0;
        for (int o = 0; o < p->item->n_choices; o++) {
            int id = p->options[o].ids[0];

            scores[i][o] = p->by_logit ? cola_run_logits(f->runs[i])[id] :
                           cola_run_logprob(f->runs[i], id);
        }
    }
    for (int o = 0; o < p->item->n_choices && st == COLA_OK; o++) {
        for (int i = 0; i < f->n; i++)
            cola_run_rewind(f->runs[i], p->prompt.n);
        for (int t = 1; t < p->options[o].n && st == COLA_OK; t++) {
            st = feed(f, &p->options[o].ids[t - 1], 1, err);
            if (st != COLA_OK)
                break;
            compare(f, q);
            for (int i = 0; i < f->n; i++) {
                left[i] |= cola_run_argmax(f->runs[i]) < 0;
                scores[i][o] += cola_run_logprob(f->runs[i], p->options[o].ids[t]);
            }
        }
    }
    return st;
}

static enum cola_status
force_options(const struct cola_forcing *f, const struct cola_paper *p,
              struct cola_forced *q, int *left, struct cola_error *err)
{
    double scores[COLA_FORCED_MOST][COLA_CHOICES_MAX], margin;
    enum cola_status st = score_options(f, p, q, scores, left, err);
    int n = p->item->n_choices, best;

    if (st != COLA_OK)
        return st;
    best = cola_grade_choice(scores[0], n, &margin);
    for (int i = 1; i < f->n; i++) {
        for (int o = 0; o < n; o++)
            cola_enlarge(&q->score_error[i], distance(scores[i][o], scores[0][o]));
        left[i] |= cola_grade_choice(scores[i], n, &margin) != best;
    }
    return COLA_OK;
}

static int
same_answer(const struct cola_verdict *a, const struct cola_verdict *b)
{
    return a->n_ids == b->n_ids && (a->answer == NULL) == (b->answer == NULL) &&
           (a->n_ids == 0 ||
            memcmp(a->ids, b->ids, (size_t)a->n_ids * sizeof *a->ids) == 0);
}

enum cola_status
cola_forced_answer(const struct cola_forcing *f, const struct cola_paper *p,
                   struct cola_forced *q, struct cola_error *err)
{
    int left[COLA_FORCED_MOST] = {0};
    enum cola_status st = COLA_OK;

    if (q->verdicts[0].stop == COLA_STOP_NONFINITE)
        return COLA_OK;
    for (int i = 0; i < f->n && st == COLA_OK; i++)
        st = cola_run_begin(f->runs[i], f->chain, err);
    if (st == COLA_OK)
        st = feed(f, p->prompt.ids, p->prompt.n, err);
    if (st == COLA_OK)
        st = p->grader == COLA_GRADE_EXACT ? force_answer(f, q, left, err) :
             force_options(f, p, q, left, err);
    for (int i = 1; i < f->n && st == COLA_OK; i++) {
        if (!q->judged[i] && !left[i])
            continue;
        if (!q->judged[i]) {
            st = cola_run_begin(f->runs[i], f->chain, err);
            if (st == COLA_OK)
                st = cola_paper_sit(p, f->tokenizer, f->max_tokens, f->runs[i],
                                    &q->verdicts[i], err);
        }
        q->other[i] = !same_answer(&q->verdicts[i], &q->verdicts[0]);
        q->flip[i] = q->verdicts[i].mark != q->verdicts[0].mark;
    }
    return st;
}

/* ---- f64 itself ------------------------------------------------------------------- */

double
cola_forced_cost(const struct cola_forcing *f, const struct cola_paper *p,
                 const struct cola_forced *q)
{
    const struct cola_config *c = &f->runs[0]->executor->model->config;
    double d = c->width, steps = q->verdicts[0].n_ids, tokens = p->prompt.n + steps - 1.0;
    double attention = 2.0 * d * c->head_dim * (c->heads + c->kv_heads);

    return tokens * f->chain->len * (attention + 3.0 * d * c->hidden) +
           steps * d * c->vocabulary;
}

enum cola_status
cola_forced_prove(const struct cola_forcing *f, const struct cola_paper *p,
                  struct cola_forced *q, struct cola_error *err)
{
    const struct cola_model *m = f->runs[0]->executor->model;
    const struct cola_verdict *truth = &q->verdicts[0];
    int prompt = p->prompt.n, steps = truth->n_ids, n = prompt + steps - 1;
    size_t V = (size_t)m->config.vocabulary, all = (size_t)steps * V;
    int *ids = cola_alloc((size_t)n, sizeof *ids);
    double *near = cola_alloc(all * 2, sizeof *near);
    enum cola_status st = ids == NULL || near == NULL ? cola_fail_memory(err) : COLA_OK;

    if (st == COLA_OK) {
        memcpy(ids, p->prompt.ids, (size_t)prompt * sizeof *ids);
        memcpy(ids + prompt, truth->ids, (size_t)(steps - 1) * sizeof *ids);
        st = cola_quad_logits(m, f->chain, ids, n, prompt - 1, near, near + all, err);
    }
    if (st == COLA_OK)
        st = cola_run_begin(f->runs[0], f->chain, err);
    for (int s = 0; s < steps && st == COLA_OK; s++) {
        st = s == 0 ? cola_run_feed(f->runs[0], ids, prompt, err) :
             cola_run_feed(f->runs[0], &ids[prompt + s - 1], 1, err);
        for (size_t v = 0; v < V && st == COLA_OK; v++) {
            double x = cola_run_logits(f->runs[0])[v];
            size_t at = (size_t)s * V + v;

            cola_enlarge(&q->quad_error, distance(x - near[at], near[all + at]));
        }
    }
    free(ids);
    free(near);
    return st;
}
