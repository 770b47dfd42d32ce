/*
 * pass.h - the unmodified model, asked as often instead
 *
 * A search executes many layers to find one right chain.  For the same work
 * the ordinary chain could have answered N times at temperature 1; how often
 * would it have been right?
 */
#ifndef COLA_PASS_H
#define COLA_PASS_H

#include "task/sampling.h"

struct cola_pass {
    uint64_t samples;           /* N: the layers that the search executed in all
                                 * its chains, divided by those of the model */
    uint64_t right;
    uint64_t first;             /* which was the first, from 1; 0: none */
    double p;                   /* that one is right; NaN: not known */
};

/* The search of the sample called ID executed EXECUTIONS layers.  Draws come
 * from splitmix64 seeded with "SEED:ID:pass". */
COLA_MUST_USE enum cola_status
cola_pass(struct cola_sampling *sampling, uint64_t executions, uint64_t seed,
          const char *id, struct cola_pass *pass, struct cola_error *err);

#endif
