/*
 * extract.h - what a text says its answer is
 */
#ifndef COLA_EXTRACT_H
#define COLA_EXTRACT_H

#include "task/dataset.h"

/* A piece of a text, borrowed. */
struct cola_piece {
    const char *text;
    size_t len;
};

/* PIECE without space at its ends. */
struct cola_piece cola_piece_trim(struct cola_piece piece);

/*
 * The content of the last \boxed{} or \fbox{} of TEXT: what follows the last
 * "oxed" or "fbox", up to the brace that closes it, or to the end.  *CLOSED:
 * there was one.  Without a brace it is what follows up to space or dollar.
 * 0: there is none, or nothing in it.
 */
int cola_extract_boxed(struct cola_piece text, struct cola_piece *content, int *closed);

/*
 * The last number of TEXT, or the first in what follows the last "####" on its
 * line: sign, currency, thousands, decimals, a fraction, "e" and a power of
 * ten, percent.  *SURE: it is not a part of something else, as in "3:45",
 * "10^5", "\frac{1}{2}".  *LAST: nothing follows it.  0: there is none.
 */
int cola_extract_number(struct cola_piece text, struct cola_piece *number, int *sure,
                        int *last);

#define COLA_NO_OPTION (-1)
#define COLA_SOME_OPTION (-2)   /* several, or none for sure */

/* The option of ITEM that TEXT names by its label, or is. */
int cola_extract_option(struct cola_piece text, const struct cola_item *item);

/* The same by ^(?:Answer:\s*)?([A-Da-d])\.?$ on the text without space at its
 * ends; *OPEN: a longer text may still be one. */
int cola_extract_drllm(struct cola_piece text, int *open);

#endif
