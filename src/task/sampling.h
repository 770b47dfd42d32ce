/*
 * sampling.h - what else a model might have answered
 *
 * A sitting takes the likeliest token each time and tells one answer.  Here are
 * the others: how probable a given continuation is, answers drawn at random,
 * and the likeliest answer in full, not cut where the verdict was settled.
 *
 * A draw at temperature 1: with m the largest of the V logits and, in double,
 * s[i] = s[i-1] + exp(l[i] - m) in the order of ids, the token is the first
 * whose s is above u s[V-1], u being one real of the generator; by rounding
 * there may be none, then the first whose s is s[V-1].  Tokens are drawn until
 * the verdict is settled, as in any answer, or max_tokens are.
 */
#ifndef COLA_SAMPLING_H
#define COLA_SAMPLING_H

#include "base/random.h"
#include "task/paper.h"

struct cola_sampling {
    const struct cola_paper *paper;
    const struct cola_tokenizer *tokenizer;
    struct cola_run *run;
    int max_tokens;
    int vocabulary;             /* V */
    int likeliest;              /* first token; -1 where a logit is not finite */
    double largest;             /* logit after the prompt */
    double *logits, *sums;      /* [V] after the prompt */
    double *later;              /* [V] sums after a token of the answer */
    double *scores;             /* [n_choices] sums of the options' scores */
};

/* Feed the prompt of PAPER to RUN, whose chain has been begun and no token fed.
 * All is borrowed; the run needs room for cola_paper_tokens() and for what
 * is scored.  End with cola_sampling_end(), also after a failure. */
COLA_MUST_USE enum cola_status
cola_sampling_begin(const struct cola_paper *paper,
                    const struct cola_tokenizer *tokenizer, int max_tokens,
                    struct cola_run *run, struct cola_sampling *sampling,
                    struct cola_error *err);
void cola_sampling_end(struct cola_sampling *sampling);

/* ln of the probability of IDS after the prompt, 0 for none; NaN where a logit
 * is not finite. */
COLA_MUST_USE enum cola_status
cola_sampling_logprob(struct cola_sampling *sampling, const struct cola_ids *ids,
                      double *logprob, struct cola_error *err);

/* Append to TEXT the bytes of the likeliest answer up to an end token or the
 * stop's text, which sets *ENDED, or to max_tokens, or to where a logit is not
 * finite. */
COLA_MUST_USE enum cola_status
cola_sampling_greedy(struct cola_sampling *sampling, struct cola_buffer *text,
                     int *ended, struct cola_error *err);

/* Draw one answer: for graders that choose an option, by the softmax of the
 * scores. */
COLA_MUST_USE enum cola_status
cola_sampling_draw(struct cola_sampling *sampling, struct cola_splitmix *random,
                   int *right, struct cola_error *err);

/*
 * The probability that a draw is right, where it is known in closed form, else
 * NaN: of exact that of the reference's own tokens and an end token, other
 * spellings of the same text left out, where nothing else ends an answer and
 * the template adds nothing to it; of options the softmax of the scores.
 */
COLA_MUST_USE enum cola_status
cola_sampling_chance(struct cola_sampling *sampling, double *p, struct cola_error *err);

/* SUMS [N] becomes the running sums of exp(logit - largest); returns whether
 * all logits are finite. */
int cola_sampling_sums(const double *logits, int n, double *sums);

/* The first of SUMS [N] above U times the last of them. */
int cola_sampling_pick(const double *sums, int n, double u);

#endif
