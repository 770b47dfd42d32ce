/*
 * plot.h - a sheet's figure as HTML: its key, and a picture for each panel
 */
#ifndef COLA_PLOT_H
#define COLA_PLOT_H

#include "report/drawing.h"

/* $GNUPLOT, or gnuplot of $PATH, in fresh memory; NULL when there is none. */
char *cola_plot_program(void);

/*
 * Append DRAWING's key and pictures, drawn by PROGRAM.  The same bytes for the
 * same sheet and the same gnuplot.  COLA_NOTHING when gnuplot fails; B is then
 * as it was.  SIGPIPE must be ignored.
 */
COLA_MUST_USE enum cola_status
cola_plot(const struct cola_drawing *drawing, const char *program, struct cola_buffer *b,
          struct cola_error *err);

#endif
