/*
 * repolar.h - the mechanics "edit-sets": sets of disjoint edits, met by any way
 *
 * Of re-polar, after re_polar/mcts of DATEXIS/RE-PoLar.  A state is a set of
 * edits of the ordinary chain that do not overlap, each "skip the k layers
 * from a on" or "execute them r times more"; k is at most block (block_root on
 * the empty set; of a repeat block_repeat where that is not 0), r at most
 * "extra".  Placing {A} then {B} or {B} then {A} leads to the same state: the
 * states are no tree, and one may be the child of several.
 *
 * The actions of a state are the edits that touch no layer of its own, in the
 * order of a, then k, then skip before repeats, then r; "space" leaves out the
 * one kind or the other.  An action whose chain is shorter than min_length or
 * longer than max_length is none; but with min_length 1 the action that skips
 * all that is left is one.  When a state is made its actions are shuffled by
 * Fisher and Yates from the last to the second (exchange i with below(i+1));
 * first of all those of the empty set.  With the words of mcts.h, one
 * simulation:
 *
 *   1. Go to the empty set; the way begins there.
 *   2. At a state, if an action is left and it has fewer children than
 *      max(1, ceil(w*visits^p)), or if it has no child: stop here.
 *      Else, if epsilon is above 0 and an action is left, draw random(); if it
 *      is below epsilon, go on with 4.  Else go to the child with the largest
 *      value, the children standing in the order in which they were reached
 *      from this state; repeat 2 there.
 *   3. If no action is left, or the children are as many as they may be, the
 *      simulation is about this state: go on with 5.
 *   4. Take the last action; the state that it leads to, made if it is not
 *      there, is from now on a child, and the simulation is about it.
 *   5. Judge its chain, if it was not judged before.  Every state on the way
 *      counts the visit and the score.
 *
 * Several states can have one chain (skips side by side and a longer skip): it
 * is judged once.  A chain is a node of the tree once, under the chain of the
 * state from which the search first came to it; the edit is told by positions
 * of that chain, as everywhere.  Its visits and total are the sums over its
 * states.  The empty chain is a node, too, but never judged: its score is 0.
 *
 * The program's draws are replayed exactly with cpython-sample, the sample's id
 * being its query_id.  Its identity program is judged beside the budget, as
 * here, c is 1.414 (c2 its square) and stands outside the root.
 */
#ifndef COLA_REPOLAR_H
#define COLA_REPOLAR_H

#include "search/engine.h"

extern const struct cola_engine cola_engine_edit_sets;

#endif
