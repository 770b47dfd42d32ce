/*
 * mutant.h - which of the mutants of tests/mutants/list lives
 *
 * The sources that tests/mutants/mutate makes ask MUTANT(number).
 */
#ifndef MUTANT_H
#define MUTANT_H

#include <stdint.h>

/* The number of the one that lives, from 1; 0: none. */
extern int cola_mutant;

/* Their names, each followed by its mistake; made by mutate --names. */
extern const int cola_mutants;
extern const char *const cola_mutant_names[];

/* The mutant of puzzle N, 1 .. COUNT: any COUNT puzzles in a row have all of
 * them. */
static inline int
cola_puzzle(int n, int count)
{
    uint64_t random = 20250711;
    int order[1000];

    for (int i = 0; i < count; i++)
        order[i] = i + 1;
    for (int i = count - 1; i > 0; i--) {
        int j, swap = order[i];

        random = random * 16807 % 2147483647;
        j = (int)(random % (uint64_t)(i + 1));
        order[i] = order[j];
        order[j] = swap;
    }
    return order[(n % count + count) % count];
}

#endif
