/*
 * decoy.h - wrong answers to aim a search at
 *
 * A search is told what it looks for.  Aimed at a wrong answer it shows how
 * often it finds whatever it is told to look for:
 *
 *   decoy   another answer, as near to the right one as the model has it: of
 *           the answers to questions of the same level, in the whole file, the
 *           one whose log-probability under the ordinary chain is nearest to
 *           the right one's (ties: the lower in strcmp order).  Where options
 *           are picked: of the wrong ones.  Neither what the grader might take
 *           for the right answer nor the model's own answer is a decoy.
 *   kept    the model's own wrong answer: do shorter chains preserve it?
 */
#ifndef COLA_DECOY_H
#define COLA_DECOY_H

#include "task/sampling.h"
#include "task/template.h"

/* What the ordinary chain answers, in full. */
struct cola_own_answer {
    char *text;                 /* what was generated; of a grader that
                                 * chooses, the option's text; NULL: nothing */
    int ended;                  /* by an end token */
    char *reference;            /* by which it would be right; NULL: none */
    int key;                    /* the choice picked; -1: none */
};

/* RECORDED is the answer that the search recorded, NULL: none. */
COLA_MUST_USE enum cola_status
cola_own_answer(struct cola_sampling *sampling, const char *recorded,
                struct cola_own_answer *own, struct cola_error *err);
void cola_own_answer_free(struct cola_own_answer *own);

struct cola_decoy {
    char *answer;               /* NULL: there is none */
    int key;                    /* the choice whose text it is; -1: none */
    double logprob;
};

/* SAMPLING is of an item of TASK; GOLD is the right answer's log-probability. */
COLA_MUST_USE enum cola_status
cola_decoy_choose(const struct cola_dataset *task, struct cola_sampling *sampling,
                  const struct cola_own_answer *own, double gold,
                  struct cola_decoy *decoy, struct cola_error *err);

/* Of N answers, all different, the one whose LOGPROBS is nearest to GOLD; SIZE_MAX
 * when none is a number. */
size_t cola_decoy_nearest(const char *const *answers, const double *logprobs, size_t n,
                          double gold);

#endif
