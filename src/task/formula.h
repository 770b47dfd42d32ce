/*
 * formula.h - tokens of mathematics as an exact value
 */
#ifndef COLA_FORMULA_H
#define COLA_FORMULA_H

#include "task/algebra.h"
#include "task/parts.h"

/*
 * Put the value of PART on the stack; 0 when it has none: when it is no
 * expression, or one that can be read in two ways ("1/2x"), or too large.
 */
int cola_formula(struct cola_algebra *x, struct cola_part part);

#endif
