/*
 * measure.h - an answer's unit
 */
#ifndef COLA_MEASURE_H
#define COLA_MEASURE_H

#include "task/formula.h"

#define COLA_UNIT_NAME 32

struct cola_unit {
    char name[COLA_UNIT_NAME];  /* one spelling of several; "" none, "%", "deg", "$" */
    int64_t times;              /* what a million is */
    int converts;               /* a length, a time, ...: others say the same */
};

/* Take the unit off PART: what is left is what was measured. */
void cola_measure(struct cola_part *part, struct cola_unit *unit);

#endif
