/*
 * svg.h - a picture that gnuplot printed, made fit to stand in a page
 */
#ifndef COLA_SVG_H
#define COLA_SVG_H

#include "base/buffer.h"

/*
 * Append the first picture of TEXT [LEN] and set *USED to how much of TEXT that
 * took, 0 when there is none.  Only elements and attributes that draw are let
 * through: an element that does not (a program, a link, a style sheet), and a
 * reference to anything elsewhere, make it COLA_NOTHING.  Each id begins with
 * PREFIX, NAME is what the picture is called to those who do not see it; both
 * are written as they are.
 */
COLA_MUST_USE enum cola_status
cola_svg_embed(const char *text, size_t len, const char *prefix, const char *name,
               struct cola_buffer *b, size_t *used, struct cola_error *err);

#endif
