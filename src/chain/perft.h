/*
 * perft.h - count edit sequences and the chains they reach
 *
 * Chess engines publish how many positions lie n moves deep; an engine whose
 * counts differ has a wrong move generator.  This is the same for edits.
 */
#ifndef COLA_PERFT_H
#define COLA_PERFT_H

#include "chain/edit.h"

struct cola_perft {
    int depth;
    uint64_t sequences;         /* edit sequences of exactly DEPTH edits */
    uint64_t distinct;          /* different chains they reach */
    uint64_t total;             /* different chains within DEPTH edits */
};

/*
 * Count from the ordinary chain, calling ROW after each depth 1 .. DEPTH.
 * Fails with COLA_INPUT when a count exceeds 64 bits, with COLA_RESOURCE when
 * the chains no longer fit in memory.
 */
COLA_MUST_USE enum cola_status
cola_perft(const struct cola_rules *rules, int depth,
           void (*row)(void *ctx, const struct cola_perft *counts), void *ctx,
           struct cola_error *err);

#endif
