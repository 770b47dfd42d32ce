/*
 * tree.h - the tree of a search
 *
 *                 node 0: the ordinary chain
 *               /          |           \
 *           node 1      node 2       node 5       children in the order
 *           /    \                     |          in which they were made
 *       node 3  node 4               node 6
 *
 * A node is a chain, an edge is one edit.  No chain occurs twice: it belongs
 * to the node that made it first.  (What a mechanics counts apart, because it
 * meets a chain again by another way, it keeps to itself.)  So a node's number
 * is its chain's index in the tree's set of chains, and the order of numbers is
 * the order of time.
 */
#ifndef COLA_TREE_H
#define COLA_TREE_H

#include "chain/edit.h"

#define COLA_NONE SIZE_MAX

struct cola_node {
    size_t parent;              /* COLA_NONE for node 0 */
    size_t first, last, next;   /* children; the next sibling */
    struct cola_edit edit;      /* what made it of its parent */
    int length, depth;          /* positions; edits from node 0 */
    uint64_t visits;            /* simulations that passed */
    double total;               /* the sum of their scores */
    double ucb;                 /* as of the last visit; -inf before */
    double score;               /* what the judge said; -inf before */
    int exhausted;              /* nothing below is left to judge */
    struct cola_edit *untried;  /* edits in the order of trial; NULL until
                                 * asked for */
    size_t untried_count, tried, children;
};

struct cola_tree {
    struct cola_chain_set chains;       /* chains.count nodes */
    struct cola_node *nodes;
    size_t room;
};

void cola_tree_free(struct cola_tree *tree);

/* Add CHAIN, made of PARENT by EDIT; *NODE is its number, or COLA_NONE when
 * the tree has that chain already. */
COLA_MUST_USE enum cola_status
cola_tree_add(struct cola_tree *tree, size_t parent, struct cola_edit edit,
              const struct cola_chain *chain, size_t *node, struct cola_error *err);

#endif
