/*
 * mutant.c - the mutant that COLA_MUTANT names lives
 *
 *     COLA_MUTANT=kv-append tests/mutant-colaref subject
 *     COLA_MUTANT=puzzle-7 tests/mutant-colaref           says who puzzle 7 is
 *
 * Without the variable, or when it is empty, none lives.  With a name that is
 * unknown the program ends with status 2.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "tests/mutants/mutant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cola_mutant;

static void
reveal(const char *number)
{
    int m = cola_puzzle((int)strtol(number, NULL, 10), cola_mutants);

    printf("puzzle %s is %s: %s\n", number, cola_mutant_names[2 * m - 2],
           cola_mutant_names[2 * m - 1]);
    exit(EXIT_SUCCESS);
}

/* main() is the program's own, and knows nothing of this. */
__attribute__((constructor))
static void
choose(void)
{
    const char *name = getenv("COLA_MUTANT");

    if (name == NULL || *name == '\0')
        return;
    for (int i = 0; i < cola_mutants; i++)
        if (strcmp(name, cola_mutant_names[2 * i]) == 0) {
            cola_mutant = i + 1;
            return;
        }
    if (strncmp(name, "puzzle-", 7) == 0)
        reveal(name + 7);
    fprintf(stderr, "no mutant is called \"%s\"; there are:\n", name);
    for (int i = 0; i < cola_mutants; i++)
        fprintf(stderr, "%-24s%s\n", cola_mutant_names[2 * i],
                cola_mutant_names[2 * i + 1]);
    exit(2);
}
