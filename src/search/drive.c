/*
 * drive.c - the searches of many samples in lock step
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "search/drive.h"

#include <stdlib.h>
#include <string.h>

#define TOGETHER 32             /* samples in progress: what a kill can cost */
#define SHARE 8                 /* random chains of a sample in one call */

/* A sample in progress. */
struct lane {
    int busy, searched;         /* the search is over, random chains remain */
    size_t sample;
    struct cola_search *search;
    struct cola_verdict *verdicts;
    size_t told, room;
    struct cola_chain_set random;
    struct cola_verdict *random_verdicts;
    size_t random_told;         /* verdicts so far, copies included */
    struct cola_buffer explained;
};

/* A question on its way to the judge, and where its verdict belongs. */
struct errand {
    struct lane *lane;
    size_t random;              /* the index of a random chain, or COLA_NONE */
};

static void
lane_clear(struct lane *lane)
{
    cola_search_free(lane->search);
    for (size_t i = 0; i < lane->told; i++)
        cola_verdict_clear(&lane->verdicts[i]);
    for (size_t i = 0; i < lane->random_told; i++)
        cola_verdict_clear(&lane->random_verdicts[i]);
    free(lane->verdicts);
    free(lane->random_verdicts);
    cola_chain_set_free(&lane->random);
    cola_buffer_free(&lane->explained);
    memset(lane, 0, sizeof *lane);
}

static enum cola_status
lane_start(struct lane *lane, const struct cola_drive *d, size_t sample,
           struct cola_error *err)
{
    enum cola_status st = cola_search_new(d->preset, d->ids[sample], &lane->search, err);

    if (st != COLA_OK)
        return st;
    lane->busy = 1;
    lane->sample = sample;
    if (d->explain)
        cola_search_explain(lane->search, &lane->explained);
    return COLA_OK;
}

/* The search is over: draw the random chains. */
static enum cola_status
lane_searched(struct lane *lane, const struct cola_drive *d, struct cola_error *err)
{
    enum cola_status st = cola_search_status(lane->search, err);

    lane->searched = 1;
    if (st == COLA_OK && d->random)
        st = cola_walk(lane->search, d->ids[lane->sample], &lane->random, err);
    if (st != COLA_OK)
        return st;
    lane->random_verdicts = cola_alloc(lane->random.count,
                                       sizeof *lane->random_verdicts);
    return lane->random_verdicts != NULL ? COLA_OK : cola_fail_memory(err);
}

/* The verdict that the search has of CHAIN, without its text; 0: none. */
static int
known(const struct lane *lane, const struct cola_chain *chain, struct cola_verdict *v)
{
    size_t node = cola_chain_set_find(&cola_search_tree(lane->search)->chains, chain);
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(lane->search, &list);

    for (size_t i = 0; node != SIZE_MAX && i < n; i++)
        if (list[i].node == node) {
            *v = lane->verdicts[i];
            v->answer = NULL;
            v->ids = NULL;
            v->n_ids = 0;
            return 1;
        }
    return 0;
}

/* Add LANE's open questions; none are left when it is done. */
static enum cola_status
gather(struct lane *lane, const struct cola_drive *d, struct cola_question *questions,
       struct errand *errands, size_t *n, struct cola_error *err)
{
    struct cola_chain chain;
    size_t next;

    if (!lane->searched) {
        if (cola_search_next(lane->search, &chain) == COLA_ASK) {
            questions[*n] = (struct cola_question){lane->sample, chain};
            errands[(*n)++] = (struct errand){lane, COLA_NONE};
            return COLA_OK;
        }
        if (lane_searched(lane, d, err) != COLA_OK)
            return err != NULL ? err->status : COLA_RESOURCE;
    }
    next = lane->random_told;
    for (int share = 0; share < SHARE && next < lane->random.count; next++) {
        cola_chain_set_get(&lane->random, next, &chain);
        if (known(lane, &chain, &lane->random_verdicts[next]))
            continue;
        questions[*n] = (struct cola_question){lane->sample, chain};
        errands[(*n)++] = (struct errand){lane, next};
        share++;
    }
    lane->random_told = next;
    return COLA_OK;
}

/* Hand one verdict over; it is the lane's from now on. */
static enum cola_status
deliver(const struct errand *e, const struct cola_verdict *verdict,
        struct cola_error *err)
{
    struct lane *lane = e->lane;

    if (e->random != COLA_NONE) {
        lane->random_verdicts[e->random] = *verdict;
        return COLA_OK;
    }
    if (lane->told == lane->room) {
        size_t room = lane->room * 2 + 64;
        struct cola_verdict *v = cola_realloc(lane->verdicts, room, sizeof *v);

        if (v == NULL) {
            struct cola_verdict lost = *verdict;

            cola_verdict_clear(&lost);
            return cola_fail_memory(err);
        }
        lane->verdicts = v;
        lane->room = room;
    }
    lane->verdicts[lane->told++] = *verdict;
    return cola_search_tell(lane->search, verdict, err);
}

static enum cola_status
report(const struct cola_drive *d, const struct lane *lane, struct cola_error *err)
{
    struct cola_outcome outcome = {
        lane->sample, lane->search, lane->verdicts, &lane->random,
        lane->random_verdicts, d->explain ? &lane->explained : NULL,
    };

    return d->done(d->ctx, &outcome, err);
}

/* Judge the questions of all lanes until none has any; then start others. */
static enum cola_status
turn_around(const struct cola_drive *d, struct lane *lanes,
            struct cola_question *questions, struct errand *errands,
            struct cola_verdict *verdicts, size_t *next, uint64_t *judged,
            struct cola_error *err)
{
    size_t n = 0, delivered = 0;
    enum cola_status st = COLA_OK;

    for (size_t l = 0; l < TOGETHER && st == COLA_OK; l++) {
        struct lane *lane = &lanes[l];

        for (;;) {
            size_t before = n;

            if (!lane->busy) {
                while (*next < d->n && d->skip != NULL && d->skip[*next])
                    (*next)++;
                if (*next == d->n)
                    break;
                st = lane_start(lane, d, (*next)++, err);
            }
            if (st == COLA_OK)
                st = gather(lane, d, questions, errands, &n, err);
            if (st != COLA_OK || n > before)
                break;
            st = report(d, lane, err);
            lane_clear(lane);
            if (st != COLA_OK)
                break;
        }
    }
    if (st != COLA_OK || n == 0)
        return st;
    st = d->judge.answer(d->judge.ctx, questions, verdicts, n, err);
    if (st != COLA_OK)
        return st;
    for (; delivered < n && st == COLA_OK; delivered++)
        st = deliver(&errands[delivered], &verdicts[delivered], err);
    for (; delivered < n; delivered++)
        cola_verdict_clear(&verdicts[delivered]);
    *judged += n;
    if (st == COLA_OK && d->progress != NULL)
        d->progress(d->ctx, *judged);
    return st;
}

enum cola_status
cola_drive(const struct cola_drive *d, struct cola_error *err)
{
    struct cola_error own;
    size_t most = TOGETHER * SHARE, next = 0;
    struct lane *lanes = cola_alloc(TOGETHER, sizeof *lanes);
    struct cola_question *questions = cola_alloc(most, sizeof *questions);
    struct errand *errands = cola_alloc(most, sizeof *errands);
    struct cola_verdict *verdicts = cola_alloc(most, sizeof *verdicts);
    uint64_t judged = 0, before;
    enum cola_status st = COLA_OK;

    if (err == NULL)
        err = &own;
    if (lanes == NULL || questions == NULL || errands == NULL || verdicts == NULL)
        st = cola_fail_memory(err);
    do {
        before = judged;
        if (st == COLA_OK)
            st = turn_around(d, lanes, questions, errands, verdicts, &next, &judged,
                             err);
    } while (st == COLA_OK && judged > before);
    for (size_t l = 0; lanes != NULL && l < TOGETHER; l++)
        lane_clear(&lanes[l]);
    free(lanes);
    free(questions);
    free(errands);
    free(verdicts);
    return st;
}
