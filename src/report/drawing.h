/*
 * drawing.h - what a figure shows of its sheet: columns found, names numbered
 *
 * Panels, series and the names along an axis are numbered as they first appear
 * in the rows; an axis whose column holds numbers only is one of numbers.
 */
#ifndef COLA_DRAWING_H
#define COLA_DRAWING_H

#include "report/sheet.h"

/* Names in the order in which they were first seen. */
struct cola_names {
    char **list;                /* [n] */
    size_t n, room;
};

struct cola_dot {              /* what one row draws */
    size_t row, panel, series;
    double x, y;                /* a number, or that of a name */
    double lo, hi, q1, q3, value;       /* NaN: none */
};

struct cola_drawing {
    const struct cola_sheet *sheet;
    struct cola_names panels, series, xs, ys;
    int x_named, y_named;       /* an axis of names */
    double x_scale, y_scale, value_scale;       /* 100 for a share */
    struct cola_dot *dots;      /* [n], scaled; every row that is drawn */
    size_t n;
    double x_from, x_to, y_from, y_to;  /* of every panel */
    double value_from, value_to;
};

/*
 * What SHEET's figure shows; N is 0 when that is nothing.  COLA_INPUT when a
 * column that it names is not there.
 */
COLA_MUST_USE enum cola_status
cola_drawing_make(const struct cola_sheet *sheet, struct cola_drawing *drawing,
                  struct cola_error *err);
void cola_drawing_clear(struct cola_drawing *drawing);

#endif
