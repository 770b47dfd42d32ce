/*
 * widening.h - the mechanics "widening": one new child at a time
 *
 * Of cola-2025 and drllm-paper.  With the words of mcts.h, one simulation:
 *
 *   1. Go to node 0.
 *   2. At a node, pass over untried edits whose chain the tree has already.
 *      e. With epsilon_rule "any", if some child is not exhausted: draw
 *         random(); if it is below epsilon, go to the below(n)-th of the n
 *         children not exhausted, in the order in which they were made, and
 *         repeat 2 there.  Else go on, without drawing again in b.
 *      a. If an untried edit is left and the node has fewer children than
 *         max(1, ceil(w*visits^p)): make the child, judge it, done.  The power
 *         0.5 is the square root; others are cola_pow() of base/number.h.
 *      b. Else, if some child is not exhausted: with epsilon_rule "best" draw
 *         random(); if it is below epsilon, go to the below(n)-th of the n
 *         children not exhausted, in the order in which they were made;
 *         otherwise to the one of them with the largest value.  Repeat 2
 *         there.
 *      c. Else, if an untried edit is left: as a.
 *      d. Else the node is exhausted: mark it, and go to 1.  When node 0 is
 *         exhausted the search ends: every chain of the space was judged.
 *
 * A node's edits are tried in an order drawn when it is first needed: the
 * legal edits in canonical order (chain/edit.h), shuffled by Fisher and Yates
 * from the last to the second (exchange i with below(i+1)), with a splitmix64
 * of its own whose state starts at the search's seed word XOR the FNV-1a-64
 * of the chain's layers joined by commas.  The seed word is the starting
 * state of "SEED:ID", or SEED itself with cpython-shared.  So every child is
 * judged when it is made, and "an unvisited child before any visited one",
 * which the papers' UCB implies, holds of itself.
 *
 * drllm-paper is Algorithm 1 of arXiv 2510.12773, where it is silent read so:
 * a "leaf" is a node with an untried action (taken literally, a node without
 * children, there would be one child a node, as in drllm.h); an untried action
 * counts as a child never visited, whose value is infinite, so there is no
 * bound of children (w = 1000000); "w.p. p_rand pick a random child" is a draw
 * wherever there is a child to pick; a path met again is no new node; the
 * default path is judged before the Ns simulations.
 */
#ifndef COLA_WIDENING_H
#define COLA_WIDENING_H

#include "search/engine.h"

extern const struct cola_engine cola_engine_widening;

#endif
