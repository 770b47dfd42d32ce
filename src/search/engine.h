/*
 * engine.h - what the mechanics of a search share, and what each must give
 *
 * mcts.c asks the judge, counts simulations and ends them; a mechanics only
 * walks: from the tree as it is to the node that the next simulation is about.
 * This header is for the files of this chapter.
 */
#ifndef COLA_ENGINE_H
#define COLA_ENGINE_H

#include "base/number.h"
#include "base/random.h"
#include "search/mcts.h"

struct cola_engine {
    /* Before anything is judged; may draw.  NULL: nothing to do. */
    enum cola_status (*begin)(struct cola_search *s);
    /* The node of this simulation; COLA_NONE: every chain of the space was
     * judged. */
    enum cola_status (*descend)(struct cola_search *s, size_t *node);
    /* Carry the node's score upwards. */
    void (*back)(struct cola_search *s, size_t node);
    /* Free what s->own holds.  NULL: nothing. */
    void (*end)(struct cola_search *s);
};

struct cola_search {
    struct cola_preset preset;
    const struct cola_engine *engine;
    struct cola_tree tree;
    struct cola_splitmix splitmix;
    struct cola_cpython cpython;
    uint64_t seed_word;
    struct cola_logs logs;              /* valid up to simulation + 1 */
    struct cola_edit *edits;            /* room for one chain's edits */
    size_t *list;                       /* room for one node's children */
    size_t list_room;
    struct cola_evaluation *evaluated;
    size_t evaluated_count, evaluated_room;
    size_t open;                        /* the node asked about, or COLA_NONE */
    int simulation;                     /* the one in progress or completed */
    int complete, stopped;
    struct cola_error failure;          /* status COLA_OK while all is well */
    struct cola_buffer *explain;
    void *own;                          /* the mechanics' */
};

/* random() and below(n) of mcts.h. */
double cola_draw_real(struct cola_search *s);
size_t cola_draw_below(struct cola_search *s, size_t n);

/* Fisher and Yates from the last to the second with below(). */
void cola_draw_order(struct cola_search *s, struct cola_edit *edits, size_t n);

/* Simulations completed before the one in progress. */
size_t cola_simulations_before(const struct cola_search *s);

/* max(1, ceil(w*visits^p)): how many children a node may have by now. */
size_t cola_allowance(const struct cola_preset *preset, uint64_t visits);

/* The value of a node of so many VISITS, 1 at least, that executes LENGTH
 * positions, with that V, which the logarithms must reach. */
double cola_ucb(const struct cola_search *s, double total, double visits, int length,
                size_t v);

/* The children of PARENT into s->list, all or only those not exhausted. */
COLA_MUST_USE enum cola_status
cola_children(struct cola_search *s, size_t parent, int all, size_t *count);

/* Draw random(): is it below epsilon?  COUNT is how many are open. */
int cola_draw_epsilon(struct cola_search *s, size_t count);

/* The below(COUNT)-th of s->list, and the one with the largest value, being
 * children of PARENT. */
size_t cola_take_random(struct cola_search *s, size_t count);
size_t cola_take_best(struct cola_search *s, size_t count, size_t parent);

/* Count the visit of NODE and all above it. */
void cola_add_score(struct cola_search *s, size_t node);

/* Write what happens at NODE, if anybody wants to know. */
void cola_explain_node(struct cola_search *s, const char *what, size_t node);

#endif
