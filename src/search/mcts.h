/*
 * mcts.h - Monte Carlo tree search over edits of a chain
 *
 * A search starts from the ordinary chain, asks its judge about one chain at
 * a time and never asks about the same chain twice.  Its result is a function
 * of the preset, the sample's id and the verdicts alone.  This page and the
 * mechanics' define it so closely that another implementation must make the
 * same draws.
 *
 * Common to all mechanics.  Node 0, the ordinary chain of L layers, is judged
 * first; that is no simulation, and adds nothing to visits or totals.  (With
 * first_counts it is the first of the simulations, and adds to both of node
 * 0.)  The score of a node is the share of its sample's inputs that are
 * correct (held ones never count); a chain of no layers is never judged, its
 * score is 0.  After each simulation visits and totals grow by one and by the
 * score, in every node from the one it was about up to node 0.  The value of a
 * node, in double and in this order, is with the formula "c-inside"
 *
 *     UCB = (total/visits) - (lambda*length)/L + sqrt((c2*ln V)/visits)
 *
 * and with "c-outside"
 *
 *     UCB = (total/visits + sqrt(c2)*sqrt(ln V/visits)) - (lambda*length)/L
 *
 * with ln correctly rounded (base/number.h).  V is
 *
 *     global   the simulations completed so far
 *     parent   the visits so far of the node whose children are compared
 *     stored   nothing: a node's value is that of its last visit, computed on
 *              the way up, when its own visit was counted, with V = visits of
 *              node 0 plus one, as they were at that moment
 *
 * The value of a node never visited is infinite: positive with unvisited
 * "first", negative with "last".  The largest wins, the first made on a tie.
 *
 * random() is a real in [0, 1), below(n) an integer under n; splitmix64-sample
 * draws them as base/random.h says from "SEED:ID", cpython-shared as CPython's
 * random.random() and _randbelow() after random.seed(SEED), cpython-sample as
 * those after random.seed(the first eight bytes of SHA-256 of "SEED:ID", the
 * first the most significant).
 *
 * A search ends when its simulations are done.  It ends before, with the rule
 *
 *     better          after a simulation whose score is above node 0's
 *     shorter         then, and where the score is above 1/2 and the chain is
 *                     at least one layer shorter than L
 *     shorter-by-two  the same with two layers
 *
 * How the tree grows: widening.h, released.h, drllm.h, repolar.h.
 */
#ifndef COLA_MCTS_H
#define COLA_MCTS_H

#include "search/preset.h"
#include "search/tree.h"

/* cola_search_new(), _next(), _tell() and _free() are in colaref.h. */

struct cola_evaluation {
    size_t node;
    int simulation;             /* from 1; 0 for the ordinary chain, even where
                                 * it counts: then the last is one less */
};

/* What was judged so far, in order, the ordinary chain first; borrowed. */
size_t cola_search_evaluated(const struct cola_search *search,
                             const struct cola_evaluation **list);

/* Append how evaluation I came about, ,"parent":[1],"edit":"TEXT","simulation":1 */
void cola_search_add_origin(const struct cola_search *search, size_t i,
                            struct cola_buffer *b);

const struct cola_tree *cola_search_tree(const struct cola_search *search);
const struct cola_preset *cola_search_preset(const struct cola_search *search);

/* Simulations run, those without a new verdict included, and the ordinary
 * chain where it counts. */
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
