/*
 * cross.h - one fixed chain for all, chosen on one half and tried on the other
 *
 * A search picks another chain for each sample, knowing its answer.  Somebody
 * who uses a model does not know it: what may be used is one chain for all.
 * The chains within one edit are tried; the best is chosen on one half of the
 * samples and scored on the other, and the reverse.  Halves are of groups,
 * so that no group chooses for itself.
 */
#ifndef COLA_CROSS_H
#define COLA_CROSS_H

#include "report/journals.h"

struct cola_cross {
    int there;                  /* 0: no marks, or fewer than two groups */
    char *mark;                 /* [run's n] by the chain chosen on the other half;
                                 * NUL: not of the level, or without marks */
    unsigned char *half;        /* [run's n] the sample's */
    size_t chosen[2];           /* for half H, on the other one: of run->fixed */
    size_t whole;               /* the best on all, which was scored on itself */
};

/*
 * Choose among the chains within one edit but the ordinary one, of at most
 * LONGEST layers: right on most samples, then by cola_chain_rank().
 */
COLA_MUST_USE enum cola_status
cola_cross_validate(const struct cola_run *run, int level, int longest,
                    struct cola_cross *cross, struct cola_error *err);
void cola_cross_free(struct cola_cross *cross);

/* The canonical text of fixed chain number I, into TEXT. */
void cola_fixed_text(const struct cola_run *run, size_t i, char *text, size_t size);

#endif
