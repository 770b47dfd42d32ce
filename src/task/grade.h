/*
 * grade.h - when is an answer right
 *
 * A grader that compares text watches it grow, token by token, and says as
 * early as can be known how it ends, so that no token is generated that could
 * not change the verdict.
 *
 *   exact    the text up to the end token equals the reference, byte by byte
 *   choice   the right one of the options gets the highest score: its logit
 *            where every option is one token, else the sum of the logarithms
 *            of its tokens' probabilities
 */
#ifndef COLA_GRADE_H
#define COLA_GRADE_H

#include <stddef.h>

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

const char *cola_grader_name(enum cola_grader grader);
int cola_grader_find(const char *name, enum cola_grader *grader);   /* 0: unknown */

enum cola_progress { COLA_OPEN, COLA_IS_RIGHT, COLA_IS_WRONG };

/* TEXT of LEN bytes so far, ENDED by an end token or not, against REFERENCE. */
enum cola_progress cola_grade_exact(const char *text, size_t len, int ended,
                                    const char *reference);

/* The largest of N scores, the first on a tie; *MARGIN is its distance to the
 * largest of the others. */
int cola_grade_choice(const double *scores, int n, double *margin);

#endif
