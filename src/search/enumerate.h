/*
 * enumerate.h - every chain of a stated space, in canonical order
 *
 * What a search found can be called good only against what there was to find.
 * Three spaces can be written down whole:
 *
 *   depth      every chain within D edits of the ordinary one
 *   sequences  every sequence of 1 to N layers, whatever its order
 *   reach      every chain that the moves of a preset can reach
 *
 * Canonical order is that of cola_chain_cmp(): shorter first, then by the
 * first smaller layer.  So neighbours share long beginnings, and a judge that
 * keeps what the last chain left need not execute those again.
 */
#ifndef COLA_ENUMERATE_H
#define COLA_ENUMERATE_H

#include "search/preset.h"

enum cola_extent { COLA_EXTENT_DEPTH, COLA_EXTENT_SEQUENCES, COLA_EXTENT_REACH };

struct cola_extent_of {
    enum cola_extent kind;
    int amount;                         /* D or N */
    struct cola_rules rules;            /* of depth and reach */
};

/* All chains, sorted.  Free with cola_chains_free(). */
struct cola_chains {
    struct cola_chain_set set;          /* in the order of discovery */
    size_t *order;                      /* [set.count] canonical */
};

void cola_chains_free(struct cola_chains *chains);

/*
 * Fails with COLA_INPUT, naming the number known so far, when there are more
 * than MOST chains.
 */
COLA_MUST_USE enum cola_status
cola_enumerate(const struct cola_extent_of *extent, size_t most,
               struct cola_chains *chains, struct cola_error *err);

/* The I-th chain in canonical order. */
void cola_chains_get(const struct cola_chains *chains, size_t i,
                     struct cola_chain *chain);

#endif
