/*
 * pivot.h - what a figure shows as a table for people: a column a series
 *
 * Sheets are long, one row an observation, which is right for programs and
 * tires people.
 */
#ifndef COLA_PIVOT_H
#define COLA_PIVOT_H

#include "report/drawing.h"

/* Can DRAWING stand as such a table: bars, one value for each place, and not
 * too many? */
int cola_pivot_suits(const struct cola_drawing *drawing);

/* Append it as HTML: each value with its interval below in a lighter tone. */
void cola_pivot(const struct cola_drawing *drawing, struct cola_buffer *b);

#endif
