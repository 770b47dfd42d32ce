/*
 * edit.h - the edits that make one chain from another, and which are legal
 *
 * The paper (arXiv 2507.07996, section 3) has two: skip k consecutive
 * positions, or repeat a block of k positions r times, k and r in 1..4; r
 * counts the extra copies, inserted right after the block.  They reach only
 * orders that such blocks can make.  Two more of ours reach every order: move
 * a block elsewhere (its own place is no edit), insert any layer anywhere.
 *
 * Positions count from 0.  Canonical order of the legal edits of a chain: by
 * position; at a position skips, repeats, moves, inserts; then by k; then by
 * r, by destination or by layer.
 */
#ifndef COLA_EDIT_H
#define COLA_EDIT_H

#include "chain/chain.h"

enum cola_edit_kind { COLA_SKIP, COLA_REPEAT, COLA_MOVE, COLA_INSERT };

struct cola_edit {
    uint16_t kind;
    uint16_t at;                /* position i */
    uint16_t size;              /* block size k; 1 for an insertion */
    uint16_t arg;               /* r; the destination in what is left; the layer */
};

/* Spaces: which kinds of edit are allowed. */
enum cola_space { COLA_SPACE_SKIP, COLA_SPACE_REPEAT, COLA_SPACE_BOTH, COLA_SPACE_ANY };

const char *cola_space_name(enum cola_space space);     /* "both" */
int cola_space_find(const char *name, enum cola_space *space);  /* 0: unknown */

/* Where an edit may lie.  Nested: any block of the chain as it is, copies of
 * earlier edits included.  Disjoint: only a block of consecutive layers each of
 * which occurs once, so that no edit touches what another one made; then all
 * edits can be named by the ordinary chain's own positions. */
enum cola_placement { COLA_NESTED, COLA_DISJOINT };

struct cola_rules {
    enum cola_space space;
    int layers;                 /* L */
    int min_length, max_length; /* of the chain an edit makes, 1 at least */
    int block_root;             /* largest k on the search's first chain ... */
    int block;                  /* ... and on any other */
    int extra;                  /* largest r */
    int multiplicity;           /* after repeating a single layer, the most
                                 * often any layer may occur; 0: no limit */
    int block_repeat;           /* largest k of a repeat; 0: as of a skip */
    enum cola_placement placement;
};

/* The paper's rules: k, r in 1..4, 1 <= length <= 2L. */
void cola_rules_paper(struct cola_rules *rules, enum cola_space space, int layers);

/* How many edits no chain under RULES has more of. */
size_t cola_edits_most(const struct cola_rules *rules);

/* The legal edits of CHAIN in canonical order, into EDITS, which has room for
 * cola_edits_most(); ROOT says that CHAIN is the search's first.  Returns how
 * many. */
size_t cola_edits(const struct cola_rules *rules, const struct cola_chain *chain,
                  int root, struct cola_edit *edits);

/* RESULT becomes CHAIN after a legal EDIT; they may not be the same object. */
void cola_edit_apply(const struct cola_chain *chain, struct cola_edit edit,
                     struct cola_chain *result);

/* Append "skip(4,2)", "repeat(4,2,1)", "move(4,2,7)", "insert(4,11)". */
void cola_edit_add_text(struct cola_buffer *b, struct cola_edit edit);

#endif
