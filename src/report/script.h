/*
 * script.h - a figure as commands for gnuplot
 *
 * A series has a colour, most of Okabe and Ito's palette, which the
 * colour-blind tell apart, and also a mark, a dash and a letter of its own,
 * because prints are grey.
 */
#ifndef COLA_SCRIPT_H
#define COLA_SCRIPT_H

#include "report/drawing.h"

#define COLA_STYLES 10

struct cola_style {
    const char *colour;         /* "#0072B2" */
    int point;                  /* gnuplot's, 4 to 13 */
    const char *dash;           /* gnuplot's and SVG's: "6,3"; "": none */
};

/* The style of the series of this number; the eleventh is the first again. */
const struct cola_style *cola_style_of(size_t series);

/* The letter of a series: "a" to "z", from then on a number. */
void cola_series_letter(size_t series, char text[24]);

/* The size of one panel, in px. */
void cola_script_size(const struct cola_drawing *drawing, int *width, int *height);

/* Append the commands that draw every panel in turn, each a picture of its own
 * on standard output. */
void cola_script(const struct cola_drawing *drawing, struct cola_buffer *b);

#endif
