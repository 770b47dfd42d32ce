/*
 * drllm.h - the mechanics "one-child": a walk that was meant to be a search
 *
 * Of drllm-code, after data_generation.py of parameterlab/dr-llm (14e8837).
 * Its nodes are expanded only while they have no child, and then by one: every
 * node has one child, whatever the constants, and nothing is ever compared.
 * What remains is a random walk away from the ordinary chain, one edit a
 * simulation, until the program stops early or nothing is left.  It is kept
 * because published labels were made with it.
 *
 * The actions of a chain of n positions, in this order: for each position the
 * skips of 1 to k, k being block (block_root on the ordinary chain), that end
 * within the chain; then for each position the repeats of 1 to block_repeat
 * (0: k) layers, of no extra copy if noops is 1, then of 1 to "extra".  A
 * repeat may make the chain as long as max_length, on the ordinary chain as
 * 2L.  (The program makes every node but the first for 28 layers, whatever
 * the model has, so that 56 is the limit.)  A skip may leave nothing; with a
 * min_length above 1 it may not go below that.  "space" leaves out the one
 * kind or the other.
 *
 * With the words of mcts.h: when a step of the walk is made, its actions are
 * shuffled by Fisher and Yates from the last to the second (exchange i with
 * below(i+1)); first of all those of the ordinary chain.  One simulation:
 *
 *   1. From the first step of the walk to the one before the last, at each:
 *      draw random(); if it is below epsilon draw below(1).
 *   2. If the last step has actions, take the last of them and make the next
 *      step with it, shuffle its actions.  Else the walk stays where it is.
 *   3. Judge the chain arrived at, if it was not judged before.
 *
 * A repeat of no extra copy makes a step to the chain that is there already;
 * so may others.  A chain is a node of the tree once, under the one from which
 * the walk first came to it, and its depth counts the edits of that way.  The
 * empty chain is a node, too, but is never judged and so is no result: its
 * score is 0.  (The program runs it.)
 *
 * The program draws from Python's random, seeded nowhere in its workers: no
 * run of it can be replayed.  With cpython-shared the draws are those of a
 * worker in which random.seed(SEED) stood before the search.
 */
#ifndef COLA_DRLLM_H
#define COLA_DRLLM_H

#include "search/engine.h"

extern const struct cola_engine cola_engine_one_child;

#endif
