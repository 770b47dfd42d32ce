/*
 * controls.h - what a finding has to be compared with
 *
 * A search that may try hundreds of chains with the answer known nearly always
 * meets one that happens to be right.  So beside what was found stands what
 * luck, or less, would have found:
 *
 *   decoy      the search run again, aimed at a wrong answer (decoy.h)
 *   kept       the same, aimed at the model's own wrong answer
 *   pass       the ordinary chain sampled for as many layers (pass.h)
 *   siblings   the chains found, tested on related questions (siblings.h)
 *   fixed      every chain within one edit: what one chain for all would do
 *
 * A sample's controls depend on its record, the model, the whole file of
 * questions and the preset, never on other samples.
 */
#ifndef COLA_CONTROLS_H
#define COLA_CONTROLS_H

#include "control/finished.h"
#include "search/enumerate.h"
#include "task/exam.h"

struct cola_controls {
    const struct cola_finished *finished;
    const struct cola_executor *executor;
    const struct cola_tokenizer *tokenizer;
    const struct cola_dataset *task;    /* the whole file */
    enum cola_grader grader;
    unsigned which;                     /* enum cola_control */
    void (*progress)(void *ctx, double judged);         /* NULL is allowed */
    void *ctx;

    struct cola_chains fixed;           /* for cola_controls_end() ... */
    double judged;                      /* ... and so far */
};

/* Make ready what is the same for every sample, and check that the questions
 * are those of the journal.  The rest of CONTROLS is the caller's. */
COLA_MUST_USE enum cola_status
cola_controls_begin(struct cola_controls *controls, struct cola_error *err);
void cola_controls_end(struct cola_controls *controls);

/* The chains that CONTROL of PAST can ask about, a sample drawn counted as one;
 * 0 when it is not asked for. */
double cola_controls_cost(const struct cola_controls *controls,
                          const struct cola_past *past, enum cola_control control);

/* Append to MEMBERS [n] what the records of PASTS [n] have as controls. */
COLA_MUST_USE enum cola_status
cola_controls_make(struct cola_controls *controls, const struct cola_past *pasts,
                   size_t n, struct cola_buffer *members, struct cola_error *err);

#endif
