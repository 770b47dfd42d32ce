/*
 * puzzle.c - a mutant lives, and nobody says which: "make puzzle N=7"
 *
 * The names are not linked, and the number of the puzzle, in puzzle.h, is not
 * the mutant's.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "tests/mutants/mutant.h"

#include "tests/mutated/puzzle.h"

int cola_mutant;

__attribute__((constructor))
static void
choose(void)
{
    cola_mutant = cola_puzzle(PUZZLE, MUTANTS);
}
