/*
 * mcts.h - Monte Carlo tree search over edits of a chain
 *
 * A search starts from the ordinary chain, asks its judge about one chain at
 * a time and never asks about the same chain twice.  Its result is a function
 * of the preset, the sample's id and the verdicts alone.  This page defines
 * it so closely that another implementation must make the same draws.
 *
 * Common to both mechanics.  Node 0, the ordinary chain of L layers, is judged
 * first; that is no simulation, and adds nothing to visits or totals.  The
 * score of a node is the share of its sample's inputs that are correct (held
 * ones never count).  After each simulation visits and totals grow by one and
 * by the score judged, in every node from the one judged up to node 0.  The
 * value of a node, in double and in this order, is
 *
 *     UCB = (total/visits) - (lambda*length)/L + sqrt((c2*ln V)/visits)
 *
 * with ln correctly rounded (base/number.h).  The largest wins, the first
 * made on a tie.  random() is a real in [0, 1), below(n) an integer under n;
 * splitmix64-sample draws them as base/random.h says from "SEED:ID",
 * cpython-shared as CPython's random.random() and _randbelow() after
 * random.seed(SEED).
 *
 * "widening" (cola-2025).  One simulation:
 *   1. Go to node 0.
 *   2. At a node, pass over untried edits whose chain the tree has already.
 *      a. If an untried edit is left and the node has fewer children than
 *         max(1, ceil(w*sqrt(visits))): make the child, judge it, done.
 *      b. Else, if some child is not exhausted: draw random(); if it is below
 *         epsilon, go to the below(n)-th of the n children not exhausted, in
 *         the order in which they were made; otherwise to the one of them
 *         with the largest UCB, V being the simulations completed so far.
 *         Repeat 2 there.
 *      c. Else, if an untried edit is left: as a.
 *      d. Else the node is exhausted: mark it, and go to 1.  When node 0 is
 *         exhausted the search ends: every chain of the space was judged.
 * A node's edits are tried in an order drawn when it is first needed: the
 * legal edits in canonical order (chain/edit.h), shuffled by Fisher and Yates
 * from the last to the second (exchange i with below(i+1)), with a splitmix64
 * of its own whose state starts at the search's seed word XOR the FNV-1a-64
 * of the chain's layers joined by commas.  The seed word is the starting
 * state of "SEED:ID", or SEED itself with cpython-shared.  So every child is
 * judged when it is made, and "an unvisited child before any visited one",
 * which the paper's UCB implies, holds of itself.
 *
 * "released" (polar-2026).  Once per simulation:
 *   1. From node 0, while the node has children: let U be those not exhausted,
 *      in the order in which they were made; if U is empty stop here; draw
 *      random(); if it is below epsilon, go to U[below(|U|)], otherwise to
 *      the first with the largest UCB *as it was stored at its last visit*,
 *      -inf if it had none.
 *   2. If the node is not exhausted, make a child of every legal edit, in
 *      canonical order, whose chain the tree does not have.  If the node has
 *      children now (new or old), go to the below(n)-th of the n sorted by
 *      their layers (lexicographically, as lists compare); otherwise it is
 *      exhausted.
 *   3. If the node is not judged yet, judge it.
 *   4. From the node up to node 0: count the visit, add the score, store the
 *      UCB with V = visits of node 0 plus one, as they are at that moment;
 *      mark the node exhausted if it has children and all of them are.
 * Nodes passed in 2 are thus expanded without ever being judged.
 */
#ifndef COLA_MCTS_H
#define COLA_MCTS_H

#include "search/preset.h"
#include "search/tree.h"

/* cola_search_new(), _next(), _tell() and _free() are in colaref.h. */

struct cola_evaluation {
    size_t node;
    int simulation;             /* from 1; 0 for the ordinary chain */
};

/* What was judged so far, in order, the ordinary chain first; borrowed. */
size_t cola_search_evaluated(const struct cola_search *search,
                             const struct cola_evaluation **list);

const struct cola_tree *cola_search_tree(const struct cola_search *search);
const struct cola_preset *cola_search_preset(const struct cola_search *search);

/* Simulations run, those without a new verdict included. */
int cola_search_simulations(const struct cola_search *search);

/* Is every chain that the search could reach judged?  Only "widening" knows,
 * and only once a simulation has found nothing left: a budget spent exactly at
 * the last chain leaves this 0. */
int cola_search_complete(const struct cola_search *search);

/* COLA_OK, or why the search ended before its time. */
COLA_MUST_USE enum cola_status
cola_search_status(const struct cola_search *search, struct cola_error *err);

/* Write what each simulation does into B from now on; NULL stops it. */
void cola_search_explain(struct cola_search *search, struct cola_buffer *b);

#endif
