/*
 * tally.h - a verification counted: by level, by finder, and search less random
 */
#ifndef COLA_TALLY_H
#define COLA_TALLY_H

#include "oracle/verify.h"

#define COLA_ALL_LEVELS (-2)    /* in the place of a level; -1 is none */

/* What one way of choosing chains found on the samples of one level. */
struct cola_tally {
    size_t solved;              /* of the solvable: some right chain */
    size_t shortest;            /* and none shorter in the truth */
    size_t beyond;              /* better than all of the truth, so outside it */
    double length, regret, first;       /* sums over the solved */
    size_t robust, robust_short;        /* as many inputs right, and as short */
    double right, missed;       /* sums over all samples */
};

struct cola_level_tally {
    int level;
    size_t samples, solvable;
    double length, right;       /* sums of the truth's best */
    struct cola_tally by[COLA_FINDERS];
};

struct cola_level_tally cola_tally_level(const struct cola_verification *v, int level);

/* The least level above LEVEL; COLA_ALL_LEVELS after the last, and before the
 * first. */
int cola_tally_next(const struct cola_verification *v, int level);

/*
 * Paired differences, search less random, with bootstrap intervals: of having
 * found a shortest chain, on the solvable samples; of inputs right; of length,
 * on the samples that both solved.
 */
enum cola_difference { COLA_OF_SHORTEST, COLA_OF_RIGHT, COLA_OF_LENGTH,
                       COLA_DIFFERENCES };

struct cola_paired {
    size_t n;                   /* 0: nothing to compare */
    double mean, lo, hi;
};

COLA_MUST_USE enum cola_status
cola_tally_difference(const struct cola_verification *v, enum cola_difference what,
                      struct cola_paired *paired, struct cola_error *err);

/* Of the shortest or of the robust chains returned. */
struct cola_certificates {
    size_t asked;               /* the yardstick was asked about */
    size_t certified;           /* in the truth, which has none better; and agreed on */
    size_t worse, outside;      /* see struct cola_returned */
    size_t disagree;
};

struct cola_certificates
cola_tally_certificates(const struct cola_verification *v, int robust);

#endif
