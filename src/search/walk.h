/*
 * walk.h - random chains: what luck alone would have found
 *
 * A search that may try hundreds of chains with the answer known nearly always
 * meets one that happens to be right.  So beside each search stand as many
 * random chains, each made of as many edits as the chain of the search it is
 * paired with: the same budget, the same distance from the ordinary chain,
 * and no guidance.
 */
#ifndef COLA_WALK_H
#define COLA_WALK_H

#include "search/mcts.h"

/*
 * For each chain that SEARCH has judged but the first, in their order, draw
 * one: from the ordinary chain take as many edits as that node is deep, each
 * uniformly among the legal ones.  A chain drawn before, or the ordinary one,
 * is drawn again, a hundred times at most, then left out.  Draws come from
 * splitmix64 seeded with "SEED:ID:random".  The chains are added to SET.
 */
COLA_MUST_USE enum cola_status
cola_walk(const struct cola_search *search, const char *id, struct cola_chain_set *set,
          struct cola_error *err);

#endif
