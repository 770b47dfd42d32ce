/*
 * grade.h - when is an answer right
 *
 * A grader that compares text watches it grow, token by token, and says as
 * early as can be known how it ends, so that no token is generated that could
 * not change the verdict.
 *
 *   exact         the text up to the end token equals the reference, byte by
 *                 byte
 *   choice        the right one of the options gets the highest score: its
 *                 logit where every option is one token, else the sum of the
 *                 logarithms of its tokens' probabilities
 *   choice-char   the same, the sum divided by the option's code points
 *   choice-token  the same, the sum divided by the option's tokens
 *   letter        the text names the right option, or is it
 *   letter-drllm  the text, stripped, is ^(?:Answer:\s*)?([A-Da-d])\.?$
 *   number        the last number in the text has the reference's value
 *   math          the content of the last \boxed{} is the reference's equal
 *
 * Verdicts name the rule that decided, see the table in grade.c and
 * colaref-task(5).  What a rule cannot tell is undecided, never wrong.
 * Nothing here depends on a locale or on libm; time is bounded by the text's
 * length times a constant, memory by a megabyte.
 */
#ifndef COLA_GRADE_H
#define COLA_GRADE_H

#include "base/error.h"

enum cola_grader {
    COLA_GRADE_EXACT,
    COLA_GRADE_CHOICE,          /* options by their logarithms of probability ... */
    COLA_GRADE_CHOICE_CHAR,     /* ... per character ... */
    COLA_GRADE_CHOICE_TOKEN,    /* ... and per token */
    COLA_GRADE_LETTER,          /* an option's letter, found in the text */
    COLA_GRADE_LETTER_DRLLM,    /* the same by the pattern that Dr.LLM uses */
    COLA_GRADE_NUMBER,          /* the last number, by value */
    COLA_GRADE_MATH,            /* the last \boxed{}, as mathematics */
    COLA_GRADERS
};

/* Does it compare scores of options, so that no text is generated? */
int cola_grader_chooses(enum cola_grader grader);

/* Does it name one of the options, so that the reference is the item's key? */
int cola_grader_picks(enum cola_grader grader);

const char *cola_grader_name(enum cola_grader grader);
int cola_grader_find(const char *name, enum cola_grader *grader);   /* 0: unknown */

enum cola_progress { COLA_OPEN, COLA_IS_RIGHT, COLA_IS_WRONG, COLA_IS_UNDECIDED };

/* What comes after a text: more, an end token, or nothing since it was cut
 * at the limit. */
enum cola_ending { COLA_GROWS, COLA_ENDED, COLA_CUT };

struct cola_item;

/*
 * Grade TEXT [LEN] against ITEM: its answer, or for graders that pick, its
 * labels, choices and key.  ITEM's primed text is put before TEXT.  ENDED is
 * an enum cola_ending; COLA_OPEN is only said of a text that grows.  *RULE (may be
 * NULL) is static text.  A grader that chooses is given the option's text.
 */
enum cola_progress cola_grade_answer(enum cola_grader grader, const char *text,
                                     size_t len, int ended,
                                     const struct cola_item *item, const char **rule);

/*
 * What was answered: the reference by which TEXT would be right, in fresh
 * memory, NULL when there is none.  Of a grader that picks it is the text
 * of the choice.
 */
COLA_MUST_USE enum cola_status
cola_grade_extract(enum cola_grader grader, const char *text, size_t len,
                   const struct cola_item *item, char **answer,
                   struct cola_error *err);

/* TEXT of LEN bytes so far, ENDED by an end token or not, against REFERENCE. */
enum cola_progress cola_grade_exact(const char *text, size_t len, int ended,
                                    const char *reference);

/* The largest of N scores, the first on a tie; *MARGIN is its distance to the
 * largest of the others. */
int cola_grade_choice(const double *scores, int n, double *margin);

#endif
