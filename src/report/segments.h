/*
 * segments.h - what a chain repeats, read from the chain
 */
#ifndef COLA_SEGMENTS_H
#define COLA_SEGMENTS_H

#include "chain/chain.h"

/* A block of positions followed at once by its equal. */
struct cola_unit {
    int at, size;               /* its first position, how many it has */
    int extra;                  /* passes beyond the first */
    int consecutive;            /* its longest run of layers each one above the last */
};

/*
 * The repeated units of CHAIN from its beginning on, none within another: at
 * a position the block that with its repetitions covers most, of these the
 * smallest.  UNITS has room for as many as the chain has positions.  Returns
 * how many.
 */
int cola_units(const struct cola_chain *chain, struct cola_unit *units);

#endif
