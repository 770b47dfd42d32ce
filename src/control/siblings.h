/*
 * siblings.h - is a chain that was found right on related questions too?
 *
 * A chain that met one answer by luck does not meet those of other questions
 * of the same kind.  So of the chains that are right on the sample and on its
 * first k-1 siblings the shortest is taken, for k = 1, 2, 4, and then tested
 * on siblings that had no part in the choice: those after the first three,
 * four at most.
 *
 *   register   the same program from other start values (register.h)
 *   group      the other questions of its group, in the order of the file
 *   rotated    its choices in other orders, where the model sees them
 *
 * A sample is of the first kind that applies.
 */
#ifndef COLA_SIBLINGS_H
#define COLA_SIBLINGS_H

#include "control/asking.h"
#include "control/variants.h"

enum { COLA_CHOOSING = 3, COLA_TESTING = 4, COLA_SELECTIONS = 3 };

enum cola_kinship { COLA_ALONE, COLA_BY_REGISTER, COLA_BY_GROUP, COLA_BY_ROTATION };

const char *cola_kinship_name(enum cola_kinship kinship);       /* NULL for none */

/* Add the siblings of ITEM, one of TASK's, to VARIANTS: COLA_CHOOSING +
 * COLA_TESTING at most.  ITEM is in TASK's own array. */
COLA_MUST_USE enum cola_status
cola_siblings_add(const struct cola_dataset *task, enum cola_grader grader,
                  const struct cola_item *item, struct cola_variants *variants,
                  enum cola_kinship *kinship, struct cola_error *err);

struct cola_selection {
    int k;
    size_t chain;               /* its index; SIZE_MAX: none is right on all k */
    int right, of;              /* of the siblings it was tested on */
    int base_right;             /* the ordinary chain on the same */
};

/* One sample: its chains, the ordinary one first, and its siblings. */
struct cola_trial {
    const struct cola_chain_set *chains;
    const enum cola_mark *marks;        /* [chains->count] on the sample itself */
    size_t first, n;                    /* its siblings are the judge's samples
                                         * FIRST .. FIRST+N-1 */
    struct cola_selection selections[COLA_SELECTIONS];  /* out */
};

/* Select and test for N trials together. */
COLA_MUST_USE enum cola_status
cola_siblings_try(struct cola_asking *asking, struct cola_trial *trials, size_t n,
                  struct cola_error *err);

#endif
