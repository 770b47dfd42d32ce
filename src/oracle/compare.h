/*
 * compare.h - is an answer right?
 *
 * Three rules, colaref-vectors(5).  "exact": what is discrete is equal.
 * "ratio": the largest error against the truth, divided by the deviation that
 * the definition itself shows when it is rounded to the subject's coarsest
 * type.  "verdict": tokens agree as far as the gaps between logits decide them.
 * A subject that claims the bits of one of our arithmetics is held to them.
 *
 * The two limits of the ratio are measured, not proven.
 */
#ifndef COLA_COMPARE_H
#define COLA_COMPARE_H

#include "oracle/wire.h"

#define COLA_PASS_RATIO 4.0
#define COLA_NEAR_RATIO 16.0

/* What a subject says of itself. */
struct cola_promise {
    const char *claim;          /* static: "exact", "int8", "f64"; NULL: none */
    const char *type;           /* static: the coarsest declared, "f32" at least */
};

/* Read the answer to "hello"; on failure *PROMISE promises nothing, in f32. */
COLA_MUST_USE enum cola_status
cola_promise_read(const json_t *hello, struct cola_promise *promise,
                  struct cola_error *err);

enum cola_outcome { COLA_SKIPPED, COLA_PASS, COLA_NEAR, COLA_FAIL, COLA_NOT_SUPPORTED };

struct cola_finding {
    enum cola_outcome outcome;
    const char *rule;           /* static: the one that was applied */
    double ratio;               /* rule ratio: NaN when a value is none */
    size_t at;                  /* logits: the first wrong item; generate and
                                 * verdict: the first wrong token */
    char reason[320];           /* one line, "" for a pass */
};

/* What an answer is held against. */
struct cola_expected {
    const char *op, *rule;
    const json_t *expect;       /* a case's, see colaref-vectors(5) */
    const char *dir;            /* of its files */
};

/* Fill FINDING.  Fails only when EXPECTED is no good or memory is out. */
COLA_MUST_USE enum cola_status
cola_compare(const struct cola_expected *expected, const json_t *answer,
             const struct cola_promise *promise, struct cola_finding *finding,
             struct cola_error *err);

/* FINDING becomes a failure with this reason, kept to one line. */
void cola_finding_fail(struct cola_finding *finding, const char *format, ...)
    COLA_PRINTF(2, 3);

/*
 * The first of COUNT values that is wrong: under CLAIM, of other bits than
 * REFERENCE; else farther from it than COLA_NEAR_RATIO times the largest
 * deviation of ROUNDED from it, or than TYPE resolves.  SIZE_MAX: none is.
 */
size_t cola_first_wrong(const float *values, const float *reference, const float *rounded,
                        size_t count, const struct cola_promise *promise);

/* A tensor of the subject's: its files must have absolute paths. */
COLA_MUST_USE enum cola_status
cola_answer_tensor(const json_t *value, struct cola_values *values,
                   struct cola_error *err);

/* Are these shapes the same, leading dimensions merged? */
int cola_same_shape(const struct cola_values *a, const struct cola_values *b);

#endif
