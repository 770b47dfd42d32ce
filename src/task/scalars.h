/*
 * scalars.h - do two answers that have no elements say the same
 */
#ifndef COLA_SCALARS_H
#define COLA_SCALARS_H

#include "task/formula.h"
#include "task/grade.h"

/* What one comparison says; the rules are in mathematics.c. */
struct cola_finding {
    enum cola_progress progress;
    const char *rule;
};

static inline struct cola_finding
cola_says_right(const char *rule)
{
    return (struct cola_finding){COLA_IS_RIGHT, rule};
}

static inline struct cola_finding
cola_says_wrong(const char *rule)
{
    return (struct cola_finding){COLA_IS_WRONG, rule};
}

static inline struct cola_finding
cola_says_nothing(void)
{
    return (struct cola_finding){COLA_IS_UNDECIDED, "undecided"};
}

/* Words, numbers and expressions, with their units. */
struct cola_finding cola_compare_scalars(struct cola_algebra *x, struct cola_part a,
                                         struct cola_part r);

/* Expressions: is TIMES / PARTS times A equal to R? */
struct cola_finding cola_compare_values(struct cola_algebra *x, struct cola_part a,
                                        struct cola_part r, int64_t times,
                                        int64_t parts);

#endif
