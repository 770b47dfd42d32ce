/*
 * sampling.c - what else a model might have answered
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/sampling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* ---- drawing a token ------------------------------------------------------------ */

static double
largest_of(const double *logits, int n)
{
    double largest = logits[0];

    for (int i = 1; i < n; i++)
        if (logits[i] > largest)
            largest = logits[i];
    return largest;
}

int
cola_sampling_sums(const double *logits, int n, double *sums)
{
    double largest = largest_of(logits, n), sum = 0.0;
    int finite = 1;

    for (int i = 0; i < n; i++) {
        finite &= isfinite(logits[i]) != 0;
        sum += cola_exp(logits[i] - largest);
        sums[i] = sum;
    }
    return finite;
}

/* The first of SUMS [n], which never fall, that is above X; n when none is. */
static int
first_above(const double *sums, int n, double x)
{
    int lo = 0, hi = n;

    while (lo < hi) {
        int middle = lo + (hi - lo) / 2;

        if (sums[middle] > x)
            hi = middle;
        else
            lo = middle + 1;
    }
    return lo;
}

int
cola_sampling_pick(const double *sums, int n, double u)
{
    int id = first_above(sums, n, u * sums[n - 1]);

    if (id < n)
        return id;
    for (id = n - 1; id > 0 && sums[id - 1] == sums[n - 1]; id--)
        continue;
    return id;
}

/* ---- one question --------------------------------------------------------------- */

/* ln of the probability of ID as the first token; the bits are those of
 * cola_run_logprob(). */
static double
first_logprob(const struct cola_sampling *s, int id)
{
    return s->likeliest < 0 ? (double)NAN :
           (s->logits[id] - s->largest) - cola_log(s->sums[s->vocabulary - 1]);
}

enum cola_status
cola_sampling_logprob(struct cola_sampling *s, const struct cola_ids *ids,
                      double *logprob, struct cola_error *err)
{
    double *each;
    enum cola_status st;

    if (ids->n > 0 && (ids->ids[0] < 0 || ids->ids[0] >= s->vocabulary))
        return cola_fail(err, COLA_INPUT, "question \"%s\": token %d is outside of the "
                         "vocabulary", s->paper->item->id, ids->ids[0]);
    *logprob = ids->n > 0 ? first_logprob(s, ids->ids[0]) : 0.0;
    if (ids->n < 2)
        return COLA_OK;
    each = cola_alloc((size_t)ids->n, sizeof *each);
    if (each == NULL)
        return cola_fail_memory(err);
    cola_run_rewind(s->run, s->paper->prompt.n);
    st = cola_run_feed(s->run, ids->ids, 1, err);
    if (st == COLA_OK)
        st = cola_run_score(s->run, ids->ids + 1, ids->n - 1, each, err);
    for (int i = 0; i + 1 < ids->n && st == COLA_OK; i++)
        *logprob += each[i];
    free(each);
    return st;
}

/* The scores by which the grader compares the options, as logarithms. */
static enum cola_status
score_options(struct cola_sampling *s, struct cola_error *err)
{
    const struct cola_paper *p = s->paper;
    double scores[COLA_CHOICES_MAX];

    for (int o = 0; o < p->item->n_choices; o++) {
        enum cola_status st = cola_sampling_logprob(s, &p->options[o], &scores[o], err);

        if (st != COLA_OK)
            return st;
        scores[o] = cola_paper_score(p, o, scores[o]);
    }
    if (!cola_sampling_sums(scores, p->item->n_choices, s->scores))
        s->likeliest = -1;
    return COLA_OK;
}

enum cola_status
cola_sampling_begin(const struct cola_paper *paper,
                    const struct cola_tokenizer *tokenizer, int max_tokens,
                    struct cola_run *run, struct cola_sampling *s, struct cola_error *err)
{
    int V = run->executor->model->config.vocabulary;
    enum cola_status st;

    *s = (struct cola_sampling){
        .paper = paper, .tokenizer = tokenizer, .run = run, .max_tokens = max_tokens,
        .vocabulary = V,
        .logits = cola_alloc((size_t)V, sizeof *s->logits),
        .sums = cola_alloc((size_t)V, sizeof *s->sums),
        .later = cola_alloc((size_t)V, sizeof *s->later),
        .scores = cola_alloc(COLA_CHOICES_MAX, sizeof *s->scores),
    };
    if (s->logits == NULL || s->sums == NULL || s->later == NULL || s->scores == NULL)
        return cola_fail_memory(err);
    st = cola_run_feed(run, paper->prompt.ids, paper->prompt.n, err);
    if (st != COLA_OK)
        return st;
    s->likeliest = cola_run_argmax(run);
    memcpy(s->logits, cola_run_logits(run), (size_t)V * sizeof *s->logits);
    s->largest = largest_of(s->logits, V);
    if (!cola_sampling_sums(s->logits, V, s->sums))
        s->likeliest = -1;
    return cola_grader_chooses(paper->grader) ? score_options(s, err) : COLA_OK;
}

void
cola_sampling_end(struct cola_sampling *s)
{
    free(s->logits);
    free(s->sums);
    free(s->later);
    free(s->scores);
    memset(s, 0, sizeof *s);
}

/* Feed token number N of an answer, which begins where the prompt ends. */
static enum cola_status
feed(struct cola_sampling *s, int n, int id, struct cola_error *err)
{
    if (n == 0)
        cola_run_rewind(s->run, s->paper->prompt.n);
    return cola_run_feed(s->run, &id, 1, err);
}

/* An answer as it grows. */
struct growing {
    struct cola_buffer text;
    size_t len;                 /* of the text, without what ends it */
    int ended;                  /* by an end token or the stop's text */
};

/* Add token ID; the rules are those of cola_paper_sit(). */
static enum cola_status
grow(const struct cola_sampling *s, struct growing *g, int id, struct cola_error *err)
{
    size_t before = g->text.len;
    enum cola_status st;

    g->ended = cola_run_is_end(s->run, id);
    if (g->ended) {
        g->len = g->text.len;
        return COLA_OK;
    }
    st = cola_tokenizer_piece(s->tokenizer, id, &g->text, err);
    if (st == COLA_OK)
        st = cola_buffer_ok(&g->text, err);
    if (st == COLA_OK)
        g->len = cola_before_stop(&g->text, before, s->paper->item->stop, &g->ended);
    return st;
}

enum cola_status
cola_sampling_greedy(struct cola_sampling *s, struct cola_buffer *text, int *ended,
                     struct cola_error *err)
{
    struct growing g = {COLA_BUFFER_EMPTY, 0, 0};
    int id = s->likeliest;
    enum cola_status st = COLA_OK;

    for (int n = 0; n < s->max_tokens && id >= 0 && st == COLA_OK; n++) {
        st = grow(s, &g, id, err);
        if (g.ended || n + 1 == s->max_tokens)
            break;
        if (st == COLA_OK)
            st = feed(s, n, id, err);
        if (st == COLA_OK)
            id = cola_run_argmax(s->run);
    }
    *ended = g.ended;
    if (st == COLA_OK && g.len + g.text.len > 0)
        cola_buffer_bytes(text, g.text.data, g.ended ? g.len : g.text.len);
    cola_buffer_free(&g.text);
    return st == COLA_OK ? cola_buffer_ok(text, err) : st;
}

/* Draw the tokens of an answer until its verdict is settled. */
static enum cola_status
draw_text(struct cola_sampling *s, struct cola_splitmix *random, struct growing *g,
          int *right, struct cola_error *err)
{
    const struct cola_paper *p = s->paper;
    const double *sums = s->sums;
    enum cola_progress progress = COLA_OPEN;
    int finite = s->likeliest >= 0;

    for (int n = 0; n < s->max_tokens && progress == COLA_OPEN && finite; n++) {
        int id = cola_sampling_pick(sums, s->vocabulary, cola_splitmix_real(random));
        int cut = n + 1 == s->max_tokens;
        enum cola_status st = grow(s, g, id, err);

        if (st != COLA_OK)
            return st;
        cut = cut && !g->ended;
        progress = cola_grade_answer(p->grader, g->text.data != NULL ? g->text.data : "",
                                     cut ? g->text.len : g->len, g->ended ? COLA_ENDED :
                                     cut ? COLA_CUT : COLA_GROWS, p->item, NULL);
        if (progress != COLA_OPEN)
            break;
        st = feed(s, n, id, err);
        if (st != COLA_OK)
            return st;
        finite = cola_sampling_sums(cola_run_logits(s->run), s->vocabulary, s->later);
        sums = s->later;
    }
    *right = progress == COLA_IS_RIGHT;
    return COLA_OK;
}

enum cola_status
cola_sampling_draw(struct cola_sampling *s, struct cola_splitmix *random, int *right,
                   struct cola_error *err)
{
    const struct cola_item *item = s->paper->item;
    struct growing g = {COLA_BUFFER_EMPTY, 0, 0};
    enum cola_status st;

    if (cola_grader_chooses(s->paper->grader)) {
        *right = s->likeliest >= 0 &&
                 cola_sampling_pick(s->scores, item->n_choices,
                                    cola_splitmix_real(random)) == item->key;
        return COLA_OK;
    }
    st = draw_text(s, random, &g, right, err);
    cola_buffer_free(&g.text);
    return st;
}

/* The probability that an end token comes next. */
static double
chance_of_end(const struct cola_sampling *s, const double *logits, const double *sums)
{
    const struct cola_config *c = &s->run->executor->model->config;
    double largest = largest_of(logits, s->vocabulary), sum = 0.0;

    for (int i = 0; i < c->n_eos; i++)
        sum += cola_exp(logits[c->eos[i]] - largest);
    return sum / sums[s->vocabulary - 1];
}

enum cola_status
cola_sampling_chance(struct cola_sampling *s, double *p, struct cola_error *err)
{
    const struct cola_ids *gold = &s->paper->gold;
    const struct cola_item *item = s->paper->item;
    const double *logits = s->logits, *sums = s->sums;
    double logprob;
    enum cola_status st;

    *p = (double)NAN;
    if (s->likeliest < 0)
        return COLA_OK;
    if (cola_grader_chooses(s->paper->grader)) {
        double below = item->key > 0 ? s->scores[item->key - 1] : 0.0;

        *p = (s->scores[item->key] - below) / s->scores[item->n_choices - 1];
        return COLA_OK;
    }
    if (s->paper->grader != COLA_GRADE_EXACT || item->stop != NULL ||
        (item->gold != NULL && strcmp(item->gold, item->answer) != 0))
        return COLA_OK;
    *p = 0.0;
    if (gold->n + 1 > s->max_tokens)
        return COLA_OK;
    st = cola_sampling_logprob(s, gold, &logprob, err);
    if (st == COLA_OK && gold->n == 1)          /* it was not fed so far */
        cola_run_rewind(s->run, s->paper->prompt.n);
    if (st == COLA_OK && gold->n > 0) {
        st = cola_run_feed(s->run, &gold->ids[gold->n - 1], 1, err);
        logits = cola_run_logits(s->run);
        sums = s->later;
        if (st == COLA_OK && !cola_sampling_sums(logits, s->vocabulary, s->later))
            logprob = (double)NAN;
    }
    if (st == COLA_OK)
        *p = isnan(logprob) ? logprob : cola_exp(logprob) *
             chance_of_end(s, logits, sums);
    return st;
}
