/*
 * paper.h - one question made ready, and a model answering it
 */
#ifndef COLA_PAPER_H
#define COLA_PAPER_H

#include "chain/judge.h"
#include "execute/executor.h"
#include "task/dataset.h"
#include "task/grade.h"
#include "task/prompt.h"

struct cola_paper {
    const struct cola_item *item;
    enum cola_grader grader;
    struct cola_ids prompt;
    struct cola_ids gold;       /* what stands for the answer; none for graders
                                 * that choose */
    struct cola_ids *options;   /* [n_choices] for graders that choose */
    int by_logit;               /* COLA_GRADE_CHOICE, every option one token */
};

/* ITEM is borrowed; every token is below VOCABULARY. */
COLA_MUST_USE enum cola_status
cola_paper_make(const struct cola_tokenizer *tokenizer, int vocabulary,
                const struct cola_item *item, enum cola_grader grader,
                struct cola_paper *paper, struct cola_error *err);
void cola_paper_free(struct cola_paper *paper);

/* The tokens a run must have room for, an answer having up to MAX_TOKENS. */
int cola_paper_tokens(const struct cola_paper *paper, int max_tokens);

/*
 * Answer PAPER with RUN, whose chain has been begun and no token fed.  The
 * verdict's gold_logprob is the sum over the reference's tokens, the end token
 * not among them, each given the prompt and the reference before it; its
 * margin the least gap over the tokens of the answer given, or that of the
 * best option to the second.
 */
COLA_MUST_USE enum cola_status
cola_paper_sit(const struct cola_paper *paper, const struct cola_tokenizer *tokenizer,
               int max_tokens, struct cola_run *run, struct cola_verdict *verdict,
               struct cola_error *err);

/* What a grader that chooses compares of OPTION, whose log-probability is
 * LOGPROB. */
double cola_paper_score(const struct cola_paper *paper, int option, double logprob);

/*
 * How much of TEXT, since when FROM bytes were known to be free of it, comes
 * before the text STOP; *STOPPED: it is there.  What may be STOP's beginning is
 * not counted yet.
 */
size_t cola_before_stop(const struct cola_buffer *text, size_t from, const char *stop,
                        int *stopped);

/* Make *MARGIN the smaller of itself and GAP, NaN being no margin yet. */
void cola_margin_narrow(double *margin, double gap);

#endif
