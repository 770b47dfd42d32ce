/*
 * variants.h - questions made of questions
 *
 * A control asks the same with one thing changed: another answer held to be
 * right, another start value, the options in another order.  What is changed
 * is an item like those of a file, so that the same exam can be held over it.
 */
#ifndef COLA_VARIANTS_H
#define COLA_VARIANTS_H

#include "task/template.h"

struct cola_variants {
    struct cola_item *items;    /* [n] */
    size_t n, room;
};

void cola_variants_free(struct cola_variants *variants);

/* Add ITEM as it is. */
COLA_MUST_USE enum cola_status
cola_variants_add(struct cola_variants *variants, const struct cola_template *form,
                  const struct cola_item *item, struct cola_error *err);

/* Add ITEM with ANSWER held to be right; where KEY is not below 0, with that
 * choice, whose text ANSWER is. */
COLA_MUST_USE enum cola_status
cola_variants_answered(struct cola_variants *variants, const struct cola_template *form,
                       const struct cola_item *item, const char *answer, int key,
                       struct cola_error *err);

/* Is ITEM a program of register.h with the answer that the machine gives?  Its
 * choices must be values of the register if the grader PICKS one. */
int cola_is_register(const struct cola_item *item, int picks);

/* Add ITEM started from the value of its sibling number I, the choices
 * moved as far as the answer. */
COLA_MUST_USE enum cola_status
cola_variants_started(struct cola_variants *variants, const struct cola_template *form,
                      const struct cola_item *item, int i, struct cola_error *err);

/*
 * Add ITEM with its N choices in order number I, the labels staying where they
 * are: from 1 to N-1 the order rotated by I places, from N to 2N-1 the reverse
 * order rotated by I-N.
 */
COLA_MUST_USE enum cola_status
cola_variants_rotated(struct cola_variants *variants, const struct cola_template *form,
                      const struct cola_item *item, int i, struct cola_error *err);

/* How many orders there are beside the given one. */
int cola_rotations(const struct cola_item *item);

#endif
