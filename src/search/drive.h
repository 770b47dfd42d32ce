/*
 * drive.h - the searches of many samples in lock step
 *
 * A judge is fast when asked many things at once, a search has only one
 * question open.  So the searches of many samples advance together: their
 * open questions are gathered, judged in one call, and the verdicts told in
 * the order of the samples.  A verdict depends on its question alone, so no
 * search can tell that it had company.
 */
#ifndef COLA_DRIVE_H
#define COLA_DRIVE_H

#include "search/walk.h"

/* What was found for one sample.  Everything is borrowed. */
struct cola_outcome {
    size_t sample;              /* its index in the order of the samples */
    const struct cola_search *search;
    const struct cola_verdict *verdicts;        /* of what it evaluated */
    const struct cola_chain_set *random;        /* the random chains ... */
    const struct cola_verdict *random_verdicts; /* ... and what was said */
    const struct cola_buffer *explained;        /* NULL unless asked for */
};

struct cola_drive {
    const struct cola_preset *preset;
    struct cola_judge judge;
    const char *const *ids;     /* [n] the samples' */
    const unsigned char *skip;  /* [n] non-zero: done already; NULL: none */
    size_t n;
    int random;                 /* also judge random chains */
    int explain;

    /* Called when a sample is done, in the order in which they are. */
    enum cola_status (*done)(void *ctx, const struct cola_outcome *outcome,
                             struct cola_error *err);
    /* Called after each call of the judge, with the questions judged so far;
     * NULL is allowed. */
    void (*progress)(void *ctx, uint64_t judged);
    void *ctx;
};

COLA_MUST_USE enum cola_status
cola_drive(const struct cola_drive *drive, struct cola_error *err);

#endif
