/*
 * classify.h - what a search found for one sample
 *
 * With b, is the ordinary chain right, and V, the right chains among those
 * judged (protocol: arXiv 2507.07996, section 4):
 *
 *   W->C   not b, and V is not empty
 *   W->W   not b, and V is empty
 *   C->C   b, and some chain of V is shorter
 *   C      b, and none is: the ordinary chain remains the shortest
 *
 * "Right" on several inputs means on every one that steers.
 */
#ifndef COLA_CLASSIFY_H
#define COLA_CLASSIFY_H

#include "search/drive.h"

enum cola_class { COLA_C, COLA_C_TO_C, COLA_W_TO_C, COLA_W_TO_W };

const char *cola_class_name(enum cola_class class);     /* "W->C" */

struct cola_finding {
    enum cola_class class;
    size_t shortest;            /* index of the shortest right chain among those
                                 * evaluated, COLA_NONE when there is none */
    size_t robust;              /* right on most inputs, then shortest */
};

/* Ties by cola_chain_rank(). */
void cola_classify(const struct cola_outcome *outcome, struct cola_finding *finding);

/* The chain that was evaluated as number I. */
void cola_outcome_chain(const struct cola_outcome *outcome, size_t i,
                        struct cola_chain *chain);

/*
 * Which of the evaluated chains no other beats in both length and VALUE
 * [n], the larger the better; NaN never is.  Sets FRONT [n] to 0 or 1: of
 * equals only the first by cola_chain_rank().
 */
void cola_pareto(const struct cola_outcome *outcome, const double *value,
                 unsigned char *front);

#endif
