/*
 * exam.c - a model sitting a task: the judge that runs chains
 *
 * Questions are independent, so threads share them out; each has a run of its
 * own and no sum is ever split between two.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/exam.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/number.h"
#include "base/parallel.h"

#define BLOCK 64                /* sittings that one thread takes at a time */

struct cola_exam {
    const struct cola_executor *executor;
    const struct cola_tokenizer *tokenizer;
    const struct cola_dataset *dataset;
    struct cola_exam_options options;
    enum cola_grader grader;
    struct cola_paper *papers;  /* [papers_made], one a question */
    size_t papers_made;
    struct cola_sample *samples;
    size_t n_samples;
    int tokens;                 /* of the longest sitting */
    struct cola_run **runs;     /* one a worker */
    int workers;
};

/* ---- making it ready ------------------------------------------------------------ */

static enum cola_status
choose_grader(struct cola_exam *x, struct cola_error *err)
{
    const struct cola_dataset *d = x->dataset;

    x->grader = (enum cola_grader)cola_dataset_grader(d, x->options.grade >= 0 ?
                                                      x->options.grade : d->grade);
    for (size_t i = 0; i < d->n; i++)
        if (cola_grader_picks(x->grader) ? d->items[i].key < 0 :
                                           d->items[i].answer == NULL)
            return cola_fail(err, COLA_INPUT, "question \"%s\" has no %s, which grader "
                             "%s needs", d->items[i].id, cola_grader_picks(x->grader) ?
                             "\"choices\" with \"answerKey\"" : "\"answer\"",
                             cola_grader_name(x->grader));
    return COLA_OK;
}

/* ---- samples --------------------------------------------------------------------- */

/* The name that questions of one sample share. */
static const char *
sample_name(const struct cola_exam *x, const struct cola_item *item)
{
    if (x->options.per == COLA_PER_TASK)
        return "task";
    if (x->options.per == COLA_PER_GROUP && item->group != NULL)
        return item->group;
    return item->id;
}

/* Is number I of a sequence of which a share is held out among them? */
static int
is_held(double share, size_t i)
{
    return floor((double)(i + 1) * share) > floor((double)i * share);
}

/* Sort the N questions of sample S into those that steer and those held. */
static enum cola_status
hold_out(const struct cola_exam *x, struct cola_sample *s, size_t n,
         struct cola_error *err)
{
    const struct cola_item *items = x->dataset->items;
    size_t *sorted = cola_alloc(n, sizeof *sorted), *turn, turns = 0;

    turn = cola_alloc(n, sizeof *turn);         /* of each question's group */
    if (sorted == NULL || turn == NULL) {
        free(sorted);
        free(turn);
        return cola_fail_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        const char *group = items[s->items[i]].group;
        size_t same = i;

        if (x->options.per == COLA_PER_TASK && group != NULL)
            for (same = 0; same < i; same++)
                if (items[s->items[same]].group != NULL &&
                    strcmp(items[s->items[same]].group, group) == 0)
                    break;
        turn[i] = same < i ? turn[same] : turns++;
    }
    for (int held = 0; held < 2; held++)
        for (size_t i = 0; i < n; i++)
            if (is_held(x->options.held, turn[i]) == held) {
                sorted[s->n + s->held] = s->items[i];
                *(held ? &s->held : &s->n) += 1;
            }
    free(turn);
    free(s->items);
    s->items = sorted;
    if (s->n == 0)
        return cola_fail(err, COLA_INPUT, "sample \"%s\": all its questions are held "
                         "out", s->id);
    return COLA_OK;
}

static void
describe_sample(const struct cola_exam *x, struct cola_sample *s)
{
    struct cola_sha256 sha;
    unsigned char digest[32];

    s->level = x->dataset->items[s->items[0]].level;
    cola_sha256_init(&sha);
    for (size_t i = 0; i < s->n + s->held; i++) {
        const struct cola_ids *ids = &x->papers[s->items[i]].prompt;

        if (x->dataset->items[s->items[i]].level != s->level)
            s->level = COLA_NO_LEVEL;
        for (int t = 0; t < ids->n; t++) {
            uint32_t id = (uint32_t)ids->ids[t];
            unsigned char b[4] = {(unsigned char)id, (unsigned char)(id >> 8),
                                  (unsigned char)(id >> 16), (unsigned char)(id >> 24)};

            cola_sha256_add(&sha, b, sizeof b);
        }
    }
    cola_sha256_end(&sha, digest);
    cola_sha256_hex(digest, s->prompt);
}

static enum cola_status
make_samples(struct cola_exam *x, struct cola_error *err)
{
    size_t n = x->dataset->n;
    size_t *counts = cola_alloc(n, sizeof *counts);
    enum cola_status st = COLA_OK;

    x->samples = cola_alloc(n, sizeof *x->samples);
    if (counts == NULL || x->samples == NULL) {
        free(counts);
        return cola_fail_memory(err);
    }
    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        const char *name = sample_name(x, &x->dataset->items[i]);
        size_t s = x->options.per == COLA_PER_SAMPLE ? x->n_samples : 0;
        size_t *items;

        while (s < x->n_samples && strcmp(x->samples[s].id, name) != 0)
            s++;
        if (s < x->n_samples && x->options.per == COLA_PER_GROUP &&
            (x->dataset->items[i].group == NULL ||
             x->dataset->items[x->samples[s].items[0]].group == NULL)) {
            st = cola_fail(err, COLA_INPUT, "\"%s\" is the id of a question without "
                           "group and the name of a group", name);
            break;
        }
        if (s == x->n_samples)
            x->samples[x->n_samples++].id = name;
        items = cola_realloc(x->samples[s].items, counts[s] + 1, sizeof *items);
        if (items == NULL) {
            st = cola_fail_memory(err);
            break;
        }
        items[counts[s]++] = i;
        x->samples[s].items = items;
    }
    for (size_t s = 0; s < x->n_samples && st == COLA_OK; s++) {
        st = hold_out(x, &x->samples[s], counts[s], err);
        if (st == COLA_OK)
            describe_sample(x, &x->samples[s]);
    }
    free(counts);
    return st;
}

/* Keep one shard of the samples. */
static enum cola_status
keep_shard(struct cola_exam *x, struct cola_error *err)
{
    size_t kept = 0;

    for (size_t s = 0; s < x->n_samples; s++)
        if (s % x->options.shards == x->options.shard)
            x->samples[kept++] = x->samples[s];
        else
            free(x->samples[s].items);
    x->n_samples = kept;
    return kept > 0 ? COLA_OK : cola_fail(err, COLA_INPUT, "no sample falls into this "
                                          "shard");
}

enum cola_status
cola_exam_new(const struct cola_executor *executor,
              const struct cola_tokenizer *tokenizer,
              const struct cola_dataset *dataset,
              const struct cola_exam_options *options, struct cola_exam **exam,
              struct cola_error *err)
{
    struct cola_exam *x = cola_alloc(1, sizeof *x);
    int most_tokens = 1;
    enum cola_status st;

    if (x == NULL)
        return cola_fail_memory(err);
    x->executor = executor;
    x->tokenizer = tokenizer;
    x->dataset = dataset;
    x->options = *options;
    if (options->per == COLA_PER_SAMPLE)
        x->options.held = 0.0;          /* there is nothing to hold out of one */
    if (x->options.max_tokens == 0)
        x->options.max_tokens = dataset->max_tokens;
    st = choose_grader(x, err);
    x->papers = cola_alloc(dataset->n, sizeof *x->papers);
    if (x->papers == NULL)
        st = cola_fail_memory(err);
    for (size_t i = 0; i < dataset->n && st == COLA_OK; i++) {
        int tokens;

        st = cola_paper_make(tokenizer, executor->model->config.vocabulary,
                             &dataset->items[i], x->grader, &x->papers[i], err);
        if (st != COLA_OK)
            break;
        x->papers_made++;
        tokens = cola_paper_tokens(&x->papers[i], x->options.max_tokens);
        most_tokens = tokens > most_tokens ? tokens : most_tokens;
    }
    if (st == COLA_OK)
        st = make_samples(x, err);
    if (st == COLA_OK && options->shards > 0)
        st = keep_shard(x, err);
    x->workers = cola_threads();
    x->runs = cola_alloc((size_t)x->workers, sizeof *x->runs);
    if (st == COLA_OK && x->runs == NULL)
        st = cola_fail_memory(err);
    x->tokens = most_tokens;
    for (int w = 0; w < x->workers && st == COLA_OK; w++)
        st = cola_run_new(executor, options->max_length, most_tokens, &x->runs[w], err);
    if (st != COLA_OK) {
        cola_exam_free(x);
        return st;
    }
    *exam = x;
    return COLA_OK;
}

void
cola_exam_free(struct cola_exam *x)
{
    if (x == NULL)
        return;
    for (int w = 0; x->runs != NULL && w < x->workers; w++)
        cola_run_free(x->runs[w]);
    free(x->runs);
    for (size_t i = 0; i < x->papers_made; i++)
        cola_paper_free(&x->papers[i]);
    free(x->papers);
    for (size_t s = 0; s < x->n_samples; s++)
        free(x->samples[s].items);
    free(x->samples);
    free(x);
}

size_t
cola_exam_samples(const struct cola_exam *x, const struct cola_sample **samples)
{
    *samples = x->samples;
    return x->n_samples;
}

enum cola_grader
cola_exam_grader(const struct cola_exam *x)
{
    return x->grader;
}

int
cola_exam_tokens(const struct cola_exam *x)
{
    return x->tokens;
}

/* ---- sitting it ------------------------------------------------------------------- */

struct sitting {                /* one question with one chain */
    const struct cola_exam *exam;
    const struct cola_chain *chain;
    size_t item;
    struct cola_verdict verdict;
    enum cola_status status;
    struct cola_error error;
};

struct sittings {               /* all of one call, shared out in blocks */
    struct sitting *list;
    size_t count, block;
};

/* One block: neighbours go to the same run, which keeps what they share. */
static void
sit(void *ctx, size_t i, int worker)
{
    const struct sittings *all = ctx;
    size_t end = (i + 1) * all->block < all->count ? (i + 1) * all->block : all->count;

    for (size_t k = i * all->block; k < end; k++) {
        struct sitting *s = &all->list[k];
        const struct cola_exam *x = s->exam;
        struct cola_run *run = x->runs[worker];

        cola_verdict_plain(&s->verdict, COLA_WRONG, NULL);
        s->status = cola_run_begin(run, s->chain, &s->error);
        if (s->status == COLA_OK)
            s->status = cola_paper_sit(&x->papers[s->item], x->tokenizer,
                                       x->options.max_tokens, run, &s->verdict,
                                       &s->error);
    }
}

/* One verdict of all the inputs of a sample, in their order. */
static void
combine(const struct cola_sample *s, struct sitting *sittings, struct cola_verdict *v)
{
    if (s->n + s->held == 1) {
        *v = sittings[0].verdict;
        return;
    }
    cola_verdict_plain(v, COLA_WRONG, sittings[0].verdict.rule);
    v->inputs = (int)s->n;
    v->held = (int)s->held;
    v->gold_logprob = 0.0;
    v->margin_is_float = sittings[0].verdict.margin_is_float;
    for (size_t i = 0; i < s->n + s->held; i++) {
        struct cola_verdict *one = &sittings[i].verdict;

        if (i < s->n) {
            v->correct += one->correct;
            v->undecided += one->undecided;
            v->gold_logprob += one->gold_logprob;
            if (!isnan(one->margin))
                cola_margin_narrow(&v->margin, one->margin);
        } else {
            v->held_correct += one->correct;
        }
        cola_verdict_clear(one);
    }
    v->mark = v->correct == v->inputs ? COLA_CORRECT :
              v->correct + v->undecided == v->inputs ? COLA_UNDECIDED : COLA_WRONG;
}

static enum cola_status
exam_answer(void *ctx, const struct cola_question *questions,
            struct cola_verdict *verdicts, size_t n, struct cola_error *err)
{
    struct cola_exam *x = ctx;
    struct sitting *sittings;
    struct sittings all;
    size_t count = 0;
    enum cola_status st = COLA_OK;

    for (size_t q = 0; q < n; q++)
        count += x->samples[questions[q].sample].n + x->samples[questions[q].sample].held;
    sittings = cola_alloc(count, sizeof *sittings);
    if (sittings == NULL)
        return cola_fail_memory(err);
    count = 0;
    for (size_t q = 0; q < n; q++) {
        const struct cola_sample *s = &x->samples[questions[q].sample];

        for (size_t i = 0; i < s->n + s->held; i++) {
            sittings[count].exam = x;
            sittings[count].chain = &questions[q].chain;
            sittings[count++].item = s->items[i];
        }
    }
    all = (struct sittings){sittings, count, count / ((size_t)x->workers * 8)};
    all.block = all.block < 1 ? 1 : all.block > BLOCK ? BLOCK : all.block;
    cola_parallel((count + all.block - 1) / all.block, sit, &all);
    for (size_t i = 0; i < count && st == COLA_OK; i++)
        if (sittings[i].status != COLA_OK) {
            st = sittings[i].status;
            if (err != NULL)
                *err = sittings[i].error;
        }
    for (size_t i = 0; i < count && st != COLA_OK; i++)
        cola_verdict_clear(&sittings[i].verdict);
    count = 0;
    for (size_t q = 0; q < n && st == COLA_OK; q++) {
        const struct cola_sample *s = &x->samples[questions[q].sample];

        combine(s, sittings + count, &verdicts[q]);
        count += s->n + s->held;
    }
    free(sittings);
    return st;
}

struct cola_judge
cola_exam_judge(struct cola_exam *x)
{
    return (struct cola_judge){exam_answer, x};
}
