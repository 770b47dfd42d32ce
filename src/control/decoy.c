/*
 * decoy.c - wrong answers to aim a search at
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "control/decoy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the model's own answer ----------------------------------------------------- */

/* The first choice with this text; -1: none. */
static int
choice_of(const struct cola_item *item, const char *text)
{
    for (int i = 0; text != NULL && i < item->n_choices; i++)
        if (strcmp(item->choices[i], text) == 0)
            return i;
    return -1;
}

/* Might the grader take TEXT for right, were ANSWER or choice KEY the reference? */
static int
might_be_right(enum cola_grader grader, const struct cola_item *item, const char *answer,
               int key, const char *text, int ended)
{
    struct cola_item other = *item;
    enum cola_progress progress;
    char *reference = NULL;
    int might;

    if (answer != NULL) {
        reference = cola_strdup(answer);
        other.answer = reference;
        if (reference == NULL)
            return 1;
    }
    if (key >= 0)
        other.key = key;
    progress = cola_grade_answer(grader, text, strlen(text),
                                 ended ? COLA_ENDED : COLA_CUT, &other, NULL);
    might = progress == COLA_IS_RIGHT || progress == COLA_IS_UNDECIDED;
    free(reference);
    return might;
}

/* The reference by which OWN would be right, if the grader agrees. */
static enum cola_status
find_reference(const struct cola_paper *p, struct cola_own_answer *own,
               struct cola_error *err)
{
    char *reference = NULL;
    size_t len = strlen(own->text);
    enum cola_status st = cola_grade_extract(p->grader, own->text, len, p->item,
                                             &reference, err);
    struct cola_item item = *p->item;

    if (st != COLA_OK || reference == NULL)
        return st;
    if (cola_grader_picks(p->grader))
        item.key = own->key = choice_of(p->item, reference);
    else
        item.answer = reference;
    if (*reference == '\0' || cola_utf8_check(reference, strlen(reference)) <
        strlen(reference) || (cola_grader_picks(p->grader) && own->key < 0) ||
        cola_grade_answer(p->grader, own->text, len, own->ended ? COLA_ENDED : COLA_CUT,
                          &item, NULL) != COLA_IS_RIGHT)
        free(reference);
    else
        own->reference = reference;
    return COLA_OK;
}

enum cola_status
cola_own_answer(struct cola_sampling *s, const char *recorded,
                struct cola_own_answer *own, struct cola_error *err)
{
    const struct cola_paper *p = s->paper;
    struct cola_buffer text = COLA_BUFFER_EMPTY;
    enum cola_status st;

    *own = (struct cola_own_answer){.key = -1};
    if (cola_grader_chooses(p->grader)) {
        own->key = choice_of(p->item, recorded);
        if (own->key < 0)
            return COLA_OK;
        own->text = cola_strdup(recorded);
        own->reference = cola_strdup(recorded);
        own->ended = 1;
        return own->text != NULL && own->reference != NULL ? COLA_OK :
               cola_fail_memory(err);
    }
    st = cola_sampling_greedy(s, &text, &own->ended, err);
    if (st == COLA_OK) {
        own->text = cola_strdup(text.data != NULL ? text.data : "");
        st = own->text != NULL ? COLA_OK : cola_fail_memory(err);
    }
    /* a NUL is in no reference, and what follows it would not be compared */
    if (st == COLA_OK && strlen(own->text) == text.len)
        st = find_reference(p, own, err);
    cola_buffer_free(&text);
    return st;
}

void
cola_own_answer_free(struct cola_own_answer *own)
{
    free(own->text);
    free(own->reference);
    memset(own, 0, sizeof *own);
}

/* ---- decoys --------------------------------------------------------------------- */

size_t
cola_decoy_nearest(const char *const *answers, const double *logprobs, size_t n,
                   double gold)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < n; i++) {
        double far = fabs(logprobs[i] - gold), least;

        if (!isfinite(far))
            continue;
        least = best != SIZE_MAX ? fabs(logprobs[best] - gold) : (double)INFINITY;
        if (far < least || (far == least && strcmp(answers[i], answers[best]) < 0))
            best = i;
    }
    return best;
}

/*
 * Set *LOGPROB to that of TEXT after the prompt, or to NaN where it is further
 * from GOLD than *LEAST, the least so far: a text is no likelier than its first
 * token, so that of a large file's answers few have to be fed.
 */
static enum cola_status
weigh(struct cola_sampling *s, const char *text, double gold, double *least,
      double *logprob, struct cola_error *err)
{
    struct cola_ids ids = {NULL, 0}, first;
    enum cola_status st = cola_continuation_ids(s->tokenizer, s->paper->item->prompt,
                                                text, &ids, err);

    first = (struct cola_ids){ids.ids, ids.n < 1 ? ids.n : 1};
    if (st == COLA_OK)
        st = cola_sampling_logprob(s, &first, logprob, err);
    if (st == COLA_OK && gold - *logprob > *least)
        *logprob = (double)NAN;
    else if (st == COLA_OK && ids.n > 1)
        st = cola_sampling_logprob(s, &ids, logprob, err);
    if (st == COLA_OK && fabs(*logprob - gold) < *least)
        *least = fabs(*logprob - gold);
    cola_ids_free(&ids);
    return st;
}

static int
by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

/* The different answers to questions of ITEM's level; free() the list. */
static const char **
answers_of_level(const struct cola_dataset *task, const struct cola_item *item, size_t *n)
{
    const char **answers = cola_alloc(task->n, sizeof *answers);
    size_t count = 0, kept = 0;

    for (size_t i = 0; answers != NULL && i < task->n; i++)
        if (task->items[i].level == item->level && task->items[i].answer != NULL &&
            *task->items[i].answer != '\0')
            answers[count++] = task->items[i].answer;
    if (count > 0)
        qsort(answers, count, sizeof *answers, by_text);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || strcmp(answers[kept - 1], answers[i]) != 0)
            answers[kept++] = answers[i];
    *n = kept;
    return answers;
}

/* Leave out what may be right, or is the model's own; find the others' weights. */
static enum cola_status
weigh_answers(const struct cola_dataset *task, struct cola_sampling *s,
              const struct cola_own_answer *own, double gold, const char **answers,
              double *logprobs, size_t *n, struct cola_error *err)
{
    const struct cola_item *item = s->paper->item;
    enum cola_grader grader = s->paper->grader;
    double least = (double)INFINITY;
    size_t kept = 0;
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < *n && st == COLA_OK; i++) {
        char *text;

        if (strcmp(answers[i], item->answer) == 0 ||
            (own->text != NULL &&
             might_be_right(grader, item, answers[i], -1, own->text, own->ended)))
            continue;
        st = cola_template_gold(task->form, item, answers[i], &text, err);
        if (st != COLA_OK)
            break;
        if (!might_be_right(grader, item, NULL, -1, text, 1)) {
            st = weigh(s, text, gold, &least, &logprobs[kept], err);
            answers[kept++] = answers[i];
        }
        free(text);
    }
    *n = kept;
    return st;
}

static enum cola_status
weigh_options(struct cola_sampling *s, const struct cola_own_answer *own, double gold,
              const char **answers, double *logprobs, size_t *n, struct cola_error *err)
{
    const struct cola_item *item = s->paper->item;
    double least = (double)INFINITY;
    enum cola_status st = COLA_OK;

    *n = 0;
    for (int o = 0; o < item->n_choices && st == COLA_OK; o++) {
        if (o == item->key || o == own->key || choice_of(item, item->choices[o]) < o ||
            strcmp(item->choices[o], item->choices[item->key]) == 0)
            continue;
        st = weigh(s, cola_item_option(item, o), gold, &least, &logprobs[*n],
                   err);
        answers[(*n)++] = item->choices[o];
    }
    return st;
}

enum cola_status
cola_decoy_choose(const struct cola_dataset *task, struct cola_sampling *s,
                  const struct cola_own_answer *own, double gold,
                  struct cola_decoy *decoy, struct cola_error *err)
{
    const struct cola_item *item = s->paper->item;
    int picks = cola_grader_picks(s->paper->grader);
    size_t n = 0, best;
    const char **answers = picks ? cola_alloc((size_t)item->n_choices, sizeof *answers) :
                           answers_of_level(task, item, &n);
    double *logprobs = cola_alloc(picks ? (size_t)item->n_choices : n, sizeof *logprobs);
    enum cola_status st;

    *decoy = (struct cola_decoy){NULL, -1, (double)NAN};
    st = answers == NULL || logprobs == NULL ? cola_fail_memory(err) :
         picks ? weigh_options(s, own, gold, answers, logprobs, &n, err) :
                 weigh_answers(task, s, own, gold, answers, logprobs, &n, err);
    best = st == COLA_OK ? cola_decoy_nearest(answers, logprobs, n, gold) : SIZE_MAX;
    if (best != SIZE_MAX) {
        decoy->answer = cola_strdup(answers[best]);
        decoy->logprob = logprobs[best];
        decoy->key = picks ? choice_of(item, answers[best]) : -1;
        if (decoy->answer == NULL)
            st = cola_fail_memory(err);
    }
    free(answers);
    free(logprobs);
    return st;
}
