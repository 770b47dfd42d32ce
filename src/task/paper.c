/*
 * paper.c - one question made ready, and a model answering it
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/paper.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text/utf8.h"

static enum cola_status
check_ids(const struct cola_item *item, const struct cola_ids *ids, int vocabulary,
          struct cola_error *err)
{
    for (int i = 0; i < ids->n; i++)
        if (ids->ids[i] >= vocabulary)
            return cola_fail(err, COLA_INPUT, "question \"%s\": the tokenizer gives "
                             "token %d, the model's vocabulary is 0-%d", item->id,
                             ids->ids[i], vocabulary - 1);
    return COLA_OK;
}

/* The text whose probability stands for the right answer; NULL: none. */
static const char *
gold_of(const struct cola_item *item)
{
    return item->gold != NULL ? item->gold : item->answer != NULL ? item->answer :
           item->choices != NULL && item->key >= 0 ?
           cola_item_option(item, item->key) : NULL;
}

enum cola_status
cola_paper_make(const struct cola_tokenizer *tokenizer, int vocabulary,
                const struct cola_item *item, enum cola_grader grader,
                struct cola_paper *paper, struct cola_error *err)
{
    struct cola_paper p = {.item = item, .grader = grader,
                           .by_logit = grader == COLA_GRADE_CHOICE};
    const char *gold = gold_of(item);
    enum cola_status st = cola_prompt_ids(tokenizer, item->prompt, &p.prompt, err);

    if (st == COLA_OK)
        st = check_ids(item, &p.prompt, vocabulary, err);
    if (st == COLA_OK && p.prompt.n == 0)
        st = cola_fail(err, COLA_INPUT, "question \"%s\": the prompt has no tokens",
                       item->id);
    if (st == COLA_OK && !cola_grader_chooses(grader) && gold != NULL)
        st = cola_continuation_ids(tokenizer, item->prompt, gold, &p.gold, err);
    if (st == COLA_OK)
        st = check_ids(item, &p.gold, vocabulary, err);
    if (st == COLA_OK && cola_grader_chooses(grader)) {
        p.options = cola_alloc((size_t)item->n_choices, sizeof *p.options);
        if (p.options == NULL)
            st = cola_fail_memory(err);
    }
    for (int i = 0; p.options != NULL && i < item->n_choices && st == COLA_OK; i++) {
        st = cola_continuation_ids(tokenizer, item->prompt, cola_item_option(item, i),
                                   &p.options[i], err);
        if (st == COLA_OK)
            st = check_ids(item, &p.options[i], vocabulary, err);
        if (st == COLA_OK && p.options[i].n == 0)
            st = cola_fail(err, COLA_INPUT, "question \"%s\": choice %d has no tokens",
                           item->id, i + 1);
        p.by_logit &= p.options[i].n == 1;
    }
    if (st != COLA_OK) {
        cola_paper_free(&p);
        return st;
    }
    *paper = p;
    return COLA_OK;
}

void
cola_paper_free(struct cola_paper *p)
{
    for (int o = 0; p->options != NULL && o < p->item->n_choices; o++)
        cola_ids_free(&p->options[o]);
    free(p->options);
    p->options = NULL;
    cola_ids_free(&p->prompt);
    cola_ids_free(&p->gold);
}

int
cola_paper_tokens(const struct cola_paper *p, int max_tokens)
{
    int answer = p->gold.n > max_tokens ? p->gold.n : max_tokens;

    for (int o = 0; p->options != NULL && o < p->item->n_choices; o++)
        if (p->options[o].n > answer)
            answer = p->options[o].n;
    return p->prompt.n + answer;
}

/* ---- answering -------------------------------------------------------------------- */

void
cola_margin_narrow(double *margin, double gap)
{
    if (isnan(*margin) || gap < *margin)
        *margin = gap;
}

static void
nonfinite(struct cola_verdict *v)
{
    v->mark = COLA_WRONG;
    v->correct = 0;
    v->stop = COLA_STOP_NONFINITE;
    v->rule = "nonfinite";
    v->margin = NAN;
    v->gold_logprob = NAN;
}

/* The sum of ln of the probabilities of IDS [n] after what was fed; *FINITE is
 * cleared where a logit is not. */
static enum cola_status
sum_logprob(struct cola_run *run, const int *ids, int n, double *sum, int *finite,
            struct cola_error *err)
{
    double *each = cola_alloc((size_t)n, sizeof *each);
    enum cola_status st = each == NULL ? cola_fail_memory(err) :
                          cola_run_score(run, ids, n, each, err);

    for (int i = 0; i < n && st == COLA_OK; i++) {
        *finite &= !isnan(each[i]);
        *sum += each[i];
    }
    free(each);
    return st;
}

/* Add the log-probabilities of the gold tokens after the first SCORED, at
 * least one: what generation did not pass through itself. */
static enum cola_status
rest_of_gold(struct cola_run *run, const struct cola_paper *p, int scored,
             double *logprob, struct cola_error *err)
{
    int finite;
    enum cola_status st;

    cola_run_rewind(run, p->prompt.n + scored - 1);
    st = cola_run_feed(run, &p->gold.ids[scored - 1], 1, err);
    return st == COLA_OK ? sum_logprob(run, p->gold.ids + scored, p->gold.n - scored,
                                       logprob, &finite, err) : st;
}

size_t
cola_before_stop(const struct cola_buffer *text, size_t from, const char *stop,
                 int *stopped)
{
    size_t n = stop != NULL ? strlen(stop) : 0, begin = from >= n ? from - n : 0;

    *stopped = 0;
    for (size_t at = begin; n > 0 && at < text->len; at++) {
        size_t left = text->len - at;

        if (memcmp(text->data + at, stop, left < n ? left : n) == 0) {
            *stopped = left >= n;
            return at;
        }
    }
    return text->len;
}

/* Generate until the verdict is settled. */
static enum cola_status
sit_text(const struct cola_paper *p, const struct cola_tokenizer *tokenizer,
         int max_tokens, struct cola_run *run, struct cola_verdict *v,
         struct cola_error *err)
{
    struct cola_buffer text = COLA_BUFFER_EMPTY, shown = COLA_BUFFER_EMPTY;
    enum cola_progress progress = COLA_OPEN;
    double logprob = 0.0;
    int followed = 0, scored = 0;       /* gold tokens generated, and scored */
    int ended = 0, stopped = 0;
    size_t len = 0;                     /* of the text, without what ends it */
    enum cola_status st = COLA_OK;

    v->ids = cola_alloc((size_t)max_tokens, sizeof *v->ids);
    if (v->ids == NULL)
        return cola_fail_memory(err);
    v->rule = cola_grader_name(p->grader);
    while (st == COLA_OK && progress == COLA_OPEN && v->n_ids < max_tokens) {
        int id = cola_run_argmax(run);

        if (id < 0)
            break;
        cola_margin_narrow(&v->margin, cola_run_gap(run));
        if (followed == v->n_ids && followed < p->gold.n) {
            logprob += cola_run_logprob(run, p->gold.ids[followed]);
            scored++;
            followed += id == p->gold.ids[followed];
        }
        v->ids[v->n_ids++] = id;
        ended = cola_run_is_end(run, id);
        if (!ended) {
            size_t before = text.len;

            st = cola_tokenizer_piece(tokenizer, id, &text, err);
            len = cola_before_stop(&text, before, p->item->stop, &stopped);
            ended = stopped;
        } else {
            len = text.len;             /* what was a stop's beginning is none */
        }
        if (st == COLA_OK)
            st = cola_buffer_ok(&text, err);
        if (st == COLA_OK)
            progress = cola_grade_answer(p->grader, text.data, len,
                                         ended ? COLA_ENDED : COLA_GROWS, p->item,
                                         &v->rule);
        if (st == COLA_OK && progress == COLA_OPEN && v->n_ids < max_tokens)
            st = cola_run_feed(run, &id, 1, err);
    }
    if (!stopped)
        len = text.len;
    v->stop = ended ? COLA_STOP_END : progress != COLA_OPEN ? COLA_STOP_SETTLED :
              v->n_ids == max_tokens ? COLA_STOP_LENGTH :
              COLA_STOP_NONFINITE;
    if (v->stop == COLA_STOP_LENGTH)
        progress = cola_grade_answer(p->grader, text.data, len, COLA_CUT, p->item,
                                     &v->rule);
    v->mark = progress == COLA_IS_RIGHT ? COLA_CORRECT :
              progress == COLA_IS_UNDECIDED ? COLA_UNDECIDED : COLA_WRONG;
    if (st == COLA_OK && v->stop != COLA_STOP_NONFINITE && scored < p->gold.n)
        st = rest_of_gold(run, p, scored, &logprob, err);
    v->gold_logprob = p->gold.ids != NULL ? logprob : (double)NAN;
    if (v->stop == COLA_STOP_NONFINITE)
        nonfinite(v);
    else
        cola_add_utf8(&shown, text.data, len);
    if (st == COLA_OK)
        st = cola_buffer_ok(&shown, err);
    if (st == COLA_OK && v->stop != COLA_STOP_NONFINITE) {
        v->answer = cola_strdup(shown.data != NULL ? shown.data : "");
        if (v->answer == NULL)
            st = cola_fail_memory(err);
    }
    cola_buffer_free(&text);
    cola_buffer_free(&shown);
    return st;
}

/* Add to LOGPROB those of an option's tokens after the first; the prompt's
 * logits are gone afterwards. */
static enum cola_status
option_logprob(const struct cola_paper *p, int o, struct cola_run *run, double *logprob,
               int *finite, struct cola_error *err)
{
    const struct cola_ids *option = &p->options[o];
    enum cola_status st;

    if (option->n == 1)
        return COLA_OK;
    cola_run_rewind(run, p->prompt.n);
    st = cola_run_feed(run, &option->ids[0], 1, err);
    return st == COLA_OK ? sum_logprob(run, option->ids + 1, option->n - 1, logprob,
                                       finite, err) : st;
}

double
cola_paper_score(const struct cola_paper *p, int option, double logprob)
{
    const char *text = cola_item_option(p->item, option);
    size_t n;

    if (p->grader == COLA_GRADE_CHOICE_TOKEN)
        return logprob / (double)p->options[option].n;
    if (p->grader != COLA_GRADE_CHOICE_CHAR)
        return logprob;
    n = cola_utf8_count(text, strlen(text));
    return logprob / (double)(n > 0 ? n : 1);
}

static enum cola_status
sit_choice(const struct cola_paper *p, struct cola_run *run, struct cola_verdict *v,
           struct cola_error *err)
{
    const struct cola_item *item = p->item;
    double logprob[COLA_CHOICES_MAX], score[COLA_CHOICES_MAX];
    int finite = cola_run_argmax(run) >= 0, best;

    for (int o = 0; o < item->n_choices; o++) {
        score[o] = cola_run_logits(run)[p->options[o].ids[0]];
        logprob[o] = cola_run_logprob(run, p->options[o].ids[0]);
    }
    for (int o = 0; o < item->n_choices && finite; o++) {
        enum cola_status st = option_logprob(p, o, run, &logprob[o], &finite, err);

        if (st != COLA_OK)
            return st;
    }
    if (!finite) {
        nonfinite(v);
        return COLA_OK;
    }
    for (int o = 0; o < item->n_choices && !p->by_logit; o++)
        score[o] = cola_paper_score(p, o, logprob[o]);
    best = cola_grade_choice(score, item->n_choices, &v->margin);
    v->margin_is_float = p->by_logit && run->executor->ops->is_float;
    if (v->margin_is_float)
        v->margin = (double)(float)v->margin;
    v->mark = best == item->key ? COLA_CORRECT : COLA_WRONG;
    v->rule = p->by_logit ? "choice-logit" : p->grader == COLA_GRADE_CHOICE ?
              "choice-loglikelihood" : cola_grader_name(p->grader);
    v->gold_logprob = logprob[item->key];
    v->answer = cola_strdup(item->choices[best]);
    v->ids = cola_alloc((size_t)p->options[best].n, sizeof *v->ids);
    if (v->answer == NULL || v->ids == NULL)
        return cola_fail_memory(err);
    v->n_ids = p->options[best].n;
    memcpy(v->ids, p->options[best].ids, (size_t)v->n_ids * sizeof *v->ids);
    return COLA_OK;
}

enum cola_status
cola_paper_sit(const struct cola_paper *p, const struct cola_tokenizer *tokenizer,
               int max_tokens, struct cola_run *run, struct cola_verdict *verdict,
               struct cola_error *err)
{
    struct cola_verdict v;
    enum cola_status st = cola_run_feed(run, p->prompt.ids, p->prompt.n, err);

    cola_verdict_plain(&v, COLA_WRONG, NULL);
    v.margin_is_float = run->executor->ops->is_float;
    if (st == COLA_OK)
        st = cola_grader_chooses(p->grader) ? sit_choice(p, run, &v, err) :
             sit_text(p, tokenizer, max_tokens, run, &v, err);
    if (st != COLA_OK) {
        cola_verdict_clear(&v);
        return st;
    }
    v.correct = v.mark == COLA_CORRECT;
    v.undecided = v.mark == COLA_UNDECIDED;
    *verdict = v;
    return COLA_OK;
}
