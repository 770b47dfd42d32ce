/*
 * differ.h - two files of verdicts on the same task: where do they part?
 *
 * Two runs of one chain part where their logits do.  An answer's margin is the
 * least distance of the largest logit to the next over its tokens, so to turn
 * an answer into another the distance of two logits had to change, at the token
 * where the answers part, by at least the sum of the answers' margins.  On
 * verdicts with equal answers the difference of the margins is such a change
 * that was seen, or less.  A verdict that turned is explained when the sum of
 * its margins is at most twice the largest change seen, or, of a stated bound
 * E on the difference of any logit, at most 2E.  The first is an estimate, its
 * factor of two an allowance for what was not seen; the second is a theorem.
 * The largest may be one of many, so it is also told how many of the changes
 * seen are as large as the one needed.
 */
#ifndef COLA_DIFFER_H
#define COLA_DIFFER_H

#include "exchange/judged.h"

/* Why a verdict differs. */
enum cola_cause {
    COLA_CAUSE_EXPLAINED,       /* other answers, margins small enough */
    COLA_CAUSE_UNEXPLAINED,     /* other answers, margins too large */
    COLA_CAUSE_GRADED,          /* the same answer, graded otherwise */
    COLA_CAUSE_UNKNOWN,         /* a margin is missing */
    COLA_CAUSES
};

const char *cola_cause_name(enum cola_cause cause);

struct cola_difference {
    char *id;
    uint16_t *layers;           /* [len] of the chain */
    int len;
    enum cola_mark mark[2];
    char *answer[2];            /* NULL: none */
    double margin[2];           /* NaN: none */
    double share;               /* of the changes seen, those as large as the sum of
                                 * the margins; NaN: nothing to say */
    enum cola_cause cause;
};

#define COLA_DIFFER_BINS 5

struct cola_differ {
    const char *name[2];        /* paths, borrowed */
    json_t *header[2];
    size_t samples[2], chains[2];       /* there are, chains over all samples */
    size_t samples_both, compared;      /* in both, samples and verdicts */
    size_t prompts;             /* samples in both whose prompts differ */
    size_t answers;             /* same verdict, another answer */
    size_t margins;             /* same verdict, answer and margin */
    double error;               /* the stated bound E; NaN: none */
    double *changes;            /* [margins] seen on equal answers, rising */
    size_t changes_room;
    double seen;                /* the largest; NaN: none */
    double allowed;             /* the bound on a sum of margins; NaN: none */
    struct cola_difference *list;       /* [n] in the order of the second */
    size_t n, room;
    size_t causes[COLA_CAUSES];
    /* Verdicts compared by the first's margin, in fifths of equal number. */
    double bin_to[COLA_DIFFER_BINS];
    size_t bin_n[COLA_DIFFER_BINS], bin_turned[COLA_DIFFER_BINS];
    struct cola_compared {      /* [n_all] for the bins */
        double margin;
        int turned;
    } *all;
    size_t n_all, all_room;
};

/* Compare A and B, journals or enumerations, of the same task; ERROR is E, NaN
 * when none is stated. */
COLA_MUST_USE enum cola_status
cola_differ(const char *a, const char *b, double error, struct cola_differ **differ,
            struct cola_error *err);
void cola_differ_free(struct cola_differ *differ);

/* A table for people, with at most MOST of the differing verdicts; JSON. */
void cola_differ_table(const struct cola_differ *differ, size_t most,
                       struct cola_buffer *b);
void cola_differ_json(const struct cola_differ *differ, struct cola_buffer *b);

#endif
