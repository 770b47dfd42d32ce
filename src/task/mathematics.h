/*
 * mathematics.h - do two answers say the same
 *
 * Right: equal tokens, or equal values, or lists, tuples, intervals, unions
 * and matrices of such.  Wrong: a clear difference.  Everything else is
 * undecided.  Rules are named in mathematics.c.
 */
#ifndef COLA_MATHEMATICS_H
#define COLA_MATHEMATICS_H

#include "task/grade.h"

/*
 * Compare ANSWER [LEN] with REFERENCE [WANT], both without \boxed.  Never
 * COLA_OPEN; undecided with the rule "no-memory" when there is none.
 */
enum cola_progress cola_mathematics(const char *answer, size_t len,
                                    const char *reference, size_t want,
                                    const char **rule);

#endif
