/*
 * script_parts.h - what the files that write a script share, and nobody else
 */
#ifndef COLA_SCRIPT_PARTS_H
#define COLA_SCRIPT_PARTS_H

#include "report/script.h"

/* TEXT between single quotes, cut after LIMIT characters; a number, a blank
 * before it; "set AXISrange". */
void cola_script_text(struct cola_buffer *b, const char *text, size_t limit);
void cola_script_number(struct cola_buffer *b, double x);
void cola_script_range(struct cola_buffer *b, const char *axis, double from, double to);

/* The least distance between neighbours along an axis of a heat map, and how
 * many places the axis has. */
double cola_script_spacing(const struct cola_drawing *d, int vertical);
double cola_script_places(const struct cola_drawing *d, int vertical);

/* Are the panels so plain that several stand beside each other? */
int cola_script_small(const struct cola_drawing *d);

/* The colours of a heat map. */
void cola_script_palette(const struct cola_drawing *d, struct cola_buffer *b);

/* The data of PANEL and the command that draws them. */
void cola_script_panel(const struct cola_drawing *d, size_t panel, struct cola_buffer *b);

#endif
