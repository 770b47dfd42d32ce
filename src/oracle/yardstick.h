/*
 * yardstick.h - how far a backend is from the truth, and what that decides
 *
 * f64 answers the questions of a task.  The tokens of its answers are then fed
 * to every other arithmetic (teacher forcing), so that all see the same text,
 * and their logits are compared, all of them at every step.  A verdict hangs
 * on the order of two logits only: where f64's margin is more than twice the
 * largest error of a backend, that backend cannot give another one, nor another
 * answer.  Such verdicts are decided.  Where one differs all the same, what the
 * backend answers does not follow from its logits: a defect.
 *
 * The unit: f64 with every value rounded to a narrower type, as an ideal
 * machine of that type would, see define/define.h.  An implementation's largest
 * error divided by the unit's is its ratio; near 1 it is as good as its type
 * allows.  These are measurements, not proofs.
 */
#ifndef COLA_YARDSTICK_H
#define COLA_YARDSTICK_H

#include "task/exam.h"

#define COLA_YARD_ROWS 6        /* arithmetics measured, at most */
#define COLA_YARD_LEAST 3       /* margins that are named */

struct cola_yard_options {
    const char *backend;        /* only this one; "f64": none; NULL: every one */
    const char *round;          /* only this type, the unit then, or "f64": none;
                                 * NULL: f32, which is the unit, bf16 and f16 */
    int grade, max_tokens, max_length;  /* see struct cola_exam_options */
};

struct cola_yard_row {
    const char *name;           /* "exact", or the type that f64 is rounded to */
    int rounded;                /* f64 rounded, not a backend */
    double error;               /* largest |logit - f64's|; infinite: not finite */
    double score_error;         /* the same of log-likelihoods of options */
    int has_ratio;              /* there is a unit for it */
    double ratio;               /* error divided by the unit's; 0/0 is 0 */
    double worst;               /* the largest ratio of a single question */
    size_t answers;             /* that differ from f64's */
    size_t flips;               /* verdicts that differ */
    size_t decided;             /* margin above twice the error */
    size_t defects;             /* decided, but verdict or answer differs */
};

/* One chain, or several together: then errors are the largest, counts sums. */
struct cola_yard_reading {
    size_t questions, correct;  /* with f64 */
    size_t nonfinite;           /* questions left out: f64 has no finite logits */
    size_t steps;               /* vectors of logits compared */
    double largest;             /* |logit| of f64 */
    size_t n_least;
    struct {
        const char *id;         /* the dataset's */
        double margin;
    } least[COLA_YARD_LEAST];   /* of f64, smallest first; of one chain only */

    struct cola_yard_row rows[COLA_YARD_ROWS];
    int n_rows, unit;           /* the unit's row; -1: none */

    size_t quad_questions, quad_steps;  /* where f64 was compared with 128 bits */
    double quad_error;          /* the largest */
};

struct cola_yardstick;

/* Everything given is borrowed. */
COLA_MUST_USE enum cola_status
cola_yardstick_new(const struct cola_model *model,
                   const struct cola_tokenizer *tokenizer,
                   const struct cola_dataset *dataset,
                   const struct cola_yard_options *options,
                   struct cola_yardstick **yardstick, struct cola_error *err);
void cola_yardstick_free(struct cola_yardstick *yardstick);

/*
 * Measure CHAIN on every question.  PROGRESS, which may be NULL, is called with
 * the questions done so far.  128 bits are slow: they are computed for the first
 * questions that take 3e7 multiplications together; that may be none.
 */
COLA_MUST_USE enum cola_status
cola_yardstick_measure(struct cola_yardstick *yardstick, const struct cola_chain *chain,
                       void (*progress)(void *ctx, size_t done), void *ctx,
                       struct cola_yard_reading *reading, struct cola_error *err);

/* Join ONE, of the same yardstick, to SUM, which is zeroed before the first. */
void cola_yard_join(struct cola_yard_reading *sum, const struct cola_yard_reading *one);

#endif
