/*
 * released.h - the mechanics "released": all children of a node at once
 *
 * Of polar-2026 and cola-reconstructed, after the search released with arXiv
 * 2606.06574.  With the words of mcts.h, one simulation:
 *
 *   1. From node 0, while the node has children: let U be those not exhausted,
 *      in the order in which they were made; if U is empty stop here; draw
 *      random(); if it is below epsilon, go to U[below(|U|)], otherwise to
 *      the first with the largest value.
 *   2. If the node is not exhausted, make a child of every legal edit, in
 *      canonical order, whose chain the tree does not have.  If the node has
 *      children now (new or old), go to the below(n)-th of the n sorted by
 *      their layers (lexicographically, as lists compare); otherwise it is
 *      exhausted.
 *   3. If the node is not judged yet, judge it.
 *   4. From the node up to node 0: count the visit and the score; mark the
 *      node exhausted if it has children and all of them are.
 *
 * Nodes passed in 2 are thus expanded without ever being judged.  Appendix B of
 * the 2025 paper reads like a description of this program; cola-reconstructed
 * is the program with that paper's 200 simulations.
 */
#ifndef COLA_RELEASED_H
#define COLA_RELEASED_H

#include "search/engine.h"

extern const struct cola_engine cola_engine_released;

#endif
