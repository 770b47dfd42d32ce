/*
 * forced.h - one question answered by several arithmetics
 *
 * The first, f64, answers it.  The tokens of its answer are fed to all of them
 * (teacher forcing), so that all see the same text, and after each token all
 * their logits are compared with f64's.
 */
#ifndef COLA_FORCED_H
#define COLA_FORCED_H

#include "task/paper.h"

#define COLA_FORCED_MOST 7      /* arithmetics, f64 included */

struct cola_forcing {
    const struct cola_tokenizer *tokenizer;
    const struct cola_chain *chain;
    int max_tokens;             /* of an answer */
    int n;                      /* arithmetics; number 0 is f64 */
    struct cola_run **runs;     /* [n] */
};

/* VERDICTS are given: f64's, and those of whom JUDGED says so.  The others are
 * found here where their logits leave f64's answer, and are f64's elsewhere. */
struct cola_forced {
    struct cola_verdict verdicts[COLA_FORCED_MOST];
    int judged[COLA_FORCED_MOST];
    size_t steps;               /* vectors of logits compared */
    double largest;             /* |logit| of f64 */
    double error[COLA_FORCED_MOST];         /* largest |logit - f64's| */
    double score_error[COLA_FORCED_MOST];   /* of the options' log-likelihoods */
    int other[COLA_FORCED_MOST];            /* another answer than f64's */
    int flip[COLA_FORCED_MOST];             /* another verdict */
    double quad_error;          /* of f64 against 128 bits */
};

/* Where f64 stopped at a logit that is not finite there is nothing to feed. */
COLA_MUST_USE enum cola_status
cola_forced_answer(const struct cola_forcing *forcing, const struct cola_paper *paper,
                   struct cola_forced *forced, struct cola_error *err);

/* The multiplications that cola_forced_prove() makes, roughly. */
double cola_forced_cost(const struct cola_forcing *forcing,
                        const struct cola_paper *paper,
                        const struct cola_forced *forced);

/* Compare f64 over its own answer with the same in 128 bits. */
COLA_MUST_USE enum cola_status
cola_forced_prove(const struct cola_forcing *forcing, const struct cola_paper *paper,
                  struct cola_forced *forced, struct cola_error *err);

/* Make *LARGEST the larger of itself and VALUE. */
void cola_enlarge(double *largest, double value);

#endif
