/*
 * controls.c - what a finding has to be compared with
 *
 * Several samples go through the same steps together, so that the judge gets
 * many questions at a time.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "control/controls.h"

#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "control/subject.h"

/* ---- counting ------------------------------------------------------------------- */

double
cola_controls_cost(const struct cola_controls *c, const struct cola_past *p,
                   enum cola_control control)
{
    const struct cola_preset *preset = c->finished->preset;
    double right = 0.0;

    if (!cola_wants(c, control))
        return 0.0;
    switch (control) {
    case COLA_CONTROL_DECOY:
    case COLA_CONTROL_KEPT:
        return p->marks[0] == COLA_WRONG ? 1.0 + (double)preset->simulations : 0.0;
    case COLA_CONTROL_PASS:
        return (double)(p->executions / (uint64_t)preset->layers);
    case COLA_CONTROL_SIBLINGS:
        for (size_t i = 0; i < p->chains.count; i++)
            right += p->marks[i] == COLA_CORRECT;
        return COLA_CHOOSING * right + COLA_TESTING * (COLA_SELECTIONS + 1);
    case COLA_CONTROL_FIXED:
        return (double)c->fixed.set.count;
    case COLA_CONTROL_ALL:
        break;
    }
    return 0.0;
}

static void
told(void *ctx, uint64_t judged)
{
    const struct cola_controls *c = ctx;

    if (c->progress != NULL)
        c->progress(c->ctx, c->judged + (double)judged);
}

static void
count(struct cola_controls *c, double judged)
{
    c->judged += judged;
    told(c, 0);
}

/* ---- the questions -------------------------------------------------------------- */

static enum cola_status
find_item(const struct cola_controls *c, const char *id, const struct cola_item **item,
          struct cola_error *err)
{
    for (size_t i = 0; i < c->task->n; i++)
        if (strcmp(c->task->items[i].id, id) == 0) {
            *item = &c->task->items[i];
            return COLA_OK;
        }
    return cola_fail(err, COLA_INPUT, "%s: sample \"%s\" is no question of the task",
                     c->finished->path, id);
}

/* An exam over ITEMS [n] under the rules of the search, and what it is held
 * over, which is to live as long. */
struct hearing {
    struct cola_dataset dataset;
    struct cola_exam *exam;
};

static enum cola_status
hold(const struct cola_controls *c, struct cola_item *items, size_t n, struct hearing *h,
     struct cola_error *err)
{
    const struct cola_preset *preset = c->finished->preset;
    int longest = preset->rules.max_length > preset->layers ? preset->rules.max_length :
                  preset->layers;
    struct cola_exam_options options = {
        .per = COLA_PER_SAMPLE, .grade = (int)c->grader,
        .max_tokens = c->finished->max_tokens, .max_length = longest,
    };

    h->exam = NULL;
    h->dataset = *c->task;
    h->dataset.items = items;
    h->dataset.n = n;
    return cola_exam_new(c->executor, c->tokenizer, &h->dataset, &options, &h->exam, err);
}

/* Check that the questions are those of the journal, by what the model reads. */
static enum cola_status
check_prompts(const struct cola_controls *c, struct cola_error *err)
{
    const struct cola_finished *f = c->finished;
    struct cola_item *items = cola_alloc(f->n, sizeof *items);
    const struct cola_sample *samples;
    struct hearing h = {.exam = NULL};
    enum cola_status st = items != NULL ? COLA_OK : cola_fail_memory(err);

    for (size_t i = 0; i < f->n && st == COLA_OK; i++) {
        const struct cola_item *item = NULL;

        st = find_item(c, f->ids[i], &item, err);
        if (st == COLA_OK)
            items[i] = *item;
    }
    if (st == COLA_OK)
        st = hold(c, items, f->n, &h, err);
    if (st == COLA_OK)
        cola_exam_samples(h.exam, &samples);
    for (size_t i = 0; i < f->n && st == COLA_OK; i++)
        if (strcmp(samples[i].prompt, f->prompts[i]) != 0)
            st = cola_fail(err, COLA_INPUT, "%s: sample \"%s\": the prompt's tokens are "
                           "not those of the search: another template or tokenizer",
                           f->path, f->ids[i]);
    cola_exam_free(h.exam);
    free(items);
    return st;
}

enum cola_status
cola_controls_begin(struct cola_controls *c, struct cola_error *err)
{
    struct cola_extent_of near = {COLA_EXTENT_DEPTH, 1, c->finished->preset->rules};
    enum cola_status st = check_prompts(c, err);

    c->judged = 0.0;
    c->fixed = (struct cola_chains){{0}, NULL};
    return st == COLA_OK && cola_wants(c, COLA_CONTROL_FIXED) ?
           cola_enumerate(&near, 1000000, &c->fixed, err) : st;
}

void
cola_controls_end(struct cola_controls *c)
{
    cola_chains_free(&c->fixed);
}

/* ---- the ordinary chain alone --------------------------------------------------- */

/* The most tokens that an answer to a question of the file has: every token is
 * a byte at least. */
static int
longest_answer(const struct cola_subject *s)
{
    const struct cola_dataset *task = s->controls->task;
    size_t most = (size_t)s->controls->finished->max_tokens;

    for (size_t i = 0; i < task->n; i++) {
        size_t len = task->items[i].gold != NULL ? strlen(task->items[i].gold) : 0;

        most = len > most ? len : most;
    }
    return (int)(most < 100000 ? most : 100000) + 16;
}

/* Its own answer, a decoy, and samples, all after one prompt. */
static enum cola_status
interview(struct cola_subject *s, struct cola_sampling *sampling, struct cola_error *err)
{
    const struct cola_controls *c = s->controls;
    enum cola_status st = COLA_OK;

    if (s->wrong && (c->which & (COLA_CONTROL_DECOY | COLA_CONTROL_KEPT)) != 0)
        st = cola_own_answer(sampling, s->past->answer, &s->own, err);
    if (st == COLA_OK && s->wrong && cola_wants(c, COLA_CONTROL_DECOY))
        st = cola_decoy_choose(c->task, sampling, &s->own, s->past->gold_logprob,
                               &s->decoy, err);
    if (st == COLA_OK && cola_wants(c, COLA_CONTROL_PASS))
        st = cola_pass(sampling, s->past->executions, c->finished->preset->seed,
                       s->past->id, &s->pass, err);
    return st;
}

static enum cola_status
sit_alone(struct cola_subject *s, struct cola_error *err)
{
    const struct cola_controls *c = s->controls;
    struct cola_sampling sampling = {0};
    struct cola_run *run = NULL;
    struct cola_paper paper;
    struct cola_chain ordinary;
    enum cola_status st = cola_paper_make(c->tokenizer,
                                          c->executor->model->config.vocabulary, s->item,
                                          c->grader, &paper, err);

    if (st != COLA_OK)
        return st;
    cola_chain_identity(&ordinary, c->finished->preset->layers);
    st = cola_run_new(c->executor, ordinary.len, cola_paper_tokens(&paper,
                      longest_answer(s)), &run, err);
    if (st == COLA_OK)
        st = cola_run_begin(run, &ordinary, err);
    if (st == COLA_OK)
        st = cola_sampling_begin(&paper, c->tokenizer, c->finished->max_tokens, run,
                                 &sampling, err);
    if (st == COLA_OK)
        st = interview(s, &sampling, err);
    cola_sampling_end(&sampling);
    cola_run_free(run);
    cola_paper_free(&paper);
    return st;
}

static void
sit_alone_piece(void *ctx, size_t i, int worker)
{
    struct cola_subject *s = (struct cola_subject *)ctx + i;

    (void)worker;
    s->status = sit_alone(s, &s->error);
}

static enum cola_status
all_alone(struct cola_controls *c, struct cola_subject *subjects, size_t n,
          struct cola_error *err)
{
    double samples = 0.0;

    if ((c->which & (COLA_CONTROL_DECOY | COLA_CONTROL_KEPT | COLA_CONTROL_PASS)) == 0)
        return COLA_OK;
    cola_parallel(n, sit_alone_piece, subjects);
    for (size_t i = 0; i < n; i++) {
        if (subjects[i].status != COLA_OK) {
            if (err != NULL)
                *err = subjects[i].error;
            return subjects[i].status;
        }
        samples += (double)subjects[i].pass.samples;
    }
    count(c, samples);
    return COLA_OK;
}

/* ---- searches aimed at wrong answers -------------------------------------------- */

static int
aims_at_own(const struct cola_subject *s)
{
    return s->own.reference != NULL && cola_wants(s->controls, COLA_CONTROL_KEPT);
}

static enum cola_status
search_again(struct cola_controls *c, struct cola_subject *subjects, size_t n,
             struct cola_error *err)
{
    const char **ids = cola_alloc(2 * n, sizeof *ids);
    struct cola_again *again = cola_alloc(2 * n, sizeof *again);
    struct cola_variants v = {0};
    struct hearing h = {.exam = NULL};
    size_t next = 0;
    enum cola_status st = ids != NULL && again != NULL ? COLA_OK : cola_fail_memory(err);

    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        const struct cola_subject *s = &subjects[i];

        if (s->decoy.answer != NULL) {
            ids[v.n] = s->past->id;
            st = cola_variants_answered(&v, c->task->form, s->item, s->decoy.answer,
                                        s->decoy.key, err);
        }
        if (st == COLA_OK && aims_at_own(s)) {
            ids[v.n] = s->past->id;
            st = cola_variants_answered(&v, c->task->form, s->item, s->own.reference,
                                        s->own.key, err);
        }
    }
    if (st == COLA_OK && v.n > 0)
        st = hold(c, v.items, v.n, &h, err);
    if (st == COLA_OK && v.n > 0)
        st = cola_search_again(c->finished->preset, cola_exam_judge(h.exam), ids, v.n,
                               told, c, again, err);
    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        struct cola_subject *s = &subjects[i];

        if (s->decoy.answer != NULL)
            s->decoyed = again[next++];
        if (aims_at_own(s))
            s->kept = again[next++];
    }
    for (size_t i = 0; i < next; i++)
        c->judged += (double)again[i].chains;
    cola_exam_free(h.exam);
    cola_variants_free(&v);
    free(again);
    free(ids);
    return st;
}

/* ---- siblings and fixed chains -------------------------------------------------- */

static enum cola_status
try_siblings(struct cola_controls *c, struct cola_subject *subjects, size_t n,
             struct cola_error *err)
{
    struct cola_trial *trials = cola_alloc(n, sizeof *trials);
    struct cola_variants v = {0};
    struct cola_asking asking = {.n = 0};
    struct hearing h = {.exam = NULL};
    enum cola_status st = trials != NULL ? COLA_OK : cola_fail_memory(err);

    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        size_t first = v.n;

        st = cola_siblings_add(c->task, c->grader, subjects[i].item, &v,
                               &subjects[i].kinship, err);
        trials[i].chains = &subjects[i].past->chains;
        trials[i].marks = subjects[i].past->marks;
        trials[i].first = first;
        trials[i].n = v.n - first;
    }
    if (st == COLA_OK && v.n > 0)
        st = hold(c, v.items, v.n, &h, err);
    if (st == COLA_OK && v.n > 0)
        st = cola_asking_begin(&asking, cola_exam_judge(h.exam), err);
    if (st == COLA_OK && v.n > 0) {
        asking.progress = told;
        asking.ctx = c;
        st = cola_siblings_try(&asking, trials, n, err);
    }
    for (size_t i = 0; i < n && st == COLA_OK; i++)
        subjects[i].trial = trials[i];
    c->judged += (double)asking.judged;
    cola_asking_end(&asking);
    cola_exam_free(h.exam);
    cola_variants_free(&v);
    free(trials);
    return st;
}

/* Marks that the search has are taken from it. */
static enum cola_status
ask_fixed(struct cola_asking *asking, struct cola_subject *s, size_t sample,
          struct cola_error *err)
{
    const struct cola_chains *chains = &s->controls->fixed;
    struct cola_chain chain;
    enum cola_status st = COLA_OK;

    s->fixed = cola_alloc(chains->set.count, sizeof *s->fixed);
    if (s->fixed == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < chains->set.count && st == COLA_OK; i++) {
        size_t known;

        cola_chains_get(chains, i, &chain);
        known = cola_chain_set_find(&s->past->chains, &chain);
        if (known != SIZE_MAX)
            s->fixed[i] = s->past->marks[known];
        else
            st = cola_ask(asking, sample, &chain, &s->fixed[i], err);
    }
    return st;
}

static enum cola_status
try_fixed(struct cola_controls *c, struct cola_subject *subjects, size_t n,
          struct cola_error *err)
{
    struct cola_asking asking = {.n = 0};
    struct cola_variants v = {0};
    struct hearing h = {.exam = NULL};
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < n && st == COLA_OK; i++)
        st = cola_variants_add(&v, c->task->form, subjects[i].item, err);
    if (st == COLA_OK)
        st = hold(c, v.items, v.n, &h, err);
    if (st == COLA_OK)
        st = cola_asking_begin(&asking, cola_exam_judge(h.exam), err);
    asking.progress = told;
    asking.ctx = c;
    for (size_t i = 0; i < n && st == COLA_OK; i++)
        st = ask_fixed(&asking, &subjects[i], i, err);
    if (st == COLA_OK)
        st = cola_ask_rest(&asking, err);
    c->judged += (double)asking.judged;
    cola_asking_end(&asking);
    cola_exam_free(h.exam);
    cola_variants_free(&v);
    return st;
}

/* ---- all of them ---------------------------------------------------------------- */

enum cola_status
cola_controls_make(struct cola_controls *c, const struct cola_past *pasts, size_t n,
                   struct cola_buffer *members, struct cola_error *err)
{
    struct cola_subject *subjects = cola_alloc(n, sizeof *subjects);
    enum cola_status st = subjects != NULL ? COLA_OK : cola_fail_memory(err);

    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        struct cola_subject *s = &subjects[i];

        s->controls = c;
        s->past = &pasts[i];
        s->wrong = pasts[i].marks[0] == COLA_WRONG;
        st = find_item(c, pasts[i].id, &s->item, err);
    }
    if (st == COLA_OK && cola_wants(c, COLA_CONTROL_FIXED))
        st = try_fixed(c, subjects, n, err);
    if (st == COLA_OK)
        st = all_alone(c, subjects, n, err);
    if (st == COLA_OK && (c->which & (COLA_CONTROL_DECOY | COLA_CONTROL_KEPT)) != 0)
        st = search_again(c, subjects, n, err);
    if (st == COLA_OK && cola_wants(c, COLA_CONTROL_SIBLINGS))
        st = try_siblings(c, subjects, n, err);
    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        cola_subject_add(&members[i], &subjects[i]);
        st = cola_buffer_ok(&members[i], err);
    }
    for (size_t i = 0; subjects != NULL && i < n; i++) {
        cola_own_answer_free(&subjects[i].own);
        free(subjects[i].decoy.answer);
        free(subjects[i].fixed);
    }
    free(subjects);
    return st;
}
