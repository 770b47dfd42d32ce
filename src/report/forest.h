/*
 * forest.h - a finding above its controls, on one scale
 */
#ifndef COLA_FOREST_H
#define COLA_FOREST_H

#include "report/drawing.h"

/*
 * Append, as HTML, the dots of DRAWING at the name "all" (or at its only name):
 * a row a series, the first of which is the finding, a column a panel; in each
 * the value, its interval, and both as a mark on a scale that all share.  Drawn
 * by no program.  Returns 0, appending nothing, when there is no such dot.
 */
int cola_forest(const struct cola_drawing *drawing, struct cola_buffer *b);

#endif
