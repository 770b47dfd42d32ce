/*
 * markup.h - text and tables as HTML
 */
#ifndef COLA_MARKUP_H
#define COLA_MARKUP_H

#include "report/sheet.h"

/* Append TEXT, whatever is in it: what HTML would obey is escaped, what is no
 * UTF-8 replaced. */
void cola_markup_text(struct cola_buffer *b, const char *text);

/* The same, a paragraph for each part between empty lines; SAID: what stands
 * before a colon at its beginning, whom it is about, is made bold. */
void cola_markup_paragraphs(struct cola_buffer *b, const char *class, int said,
                            const char *text);

/*
 * Append SHEET as a table: a row a row; X_lo and X_hi stand beside X in a
 * lighter tone; what is the same in every row is said once above.
 */
void cola_markup_table(const struct cola_sheet *sheet, struct cola_buffer *b);

/* The same with rows and columns exchanged: for few rows of many columns. */
void cola_markup_turned(const struct cola_sheet *sheet, struct cola_buffer *b);

#endif
