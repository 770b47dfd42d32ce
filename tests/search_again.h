/*
 * search_again.h - the edits and all searches a second time, for the tests
 *
 * Written from the pages that define them (chain/edit.h, search/mcts.h and the
 * mechanics' headers beside it, and the description of the released program)
 * and not from src/chain and src/search, and built otherwise: a chain is a C
 * string, nodes are pointers, a search is a recursion that counts on its way
 * back, the set of known chains is a binary tree, logarithms come from long
 * division.  Nothing here is fast or saves memory.  If memory is out the
 * program aborts.
 *
 * A chain's string has one character a position, '0' + layer, so that strcmp()
 * orders chains as lists are ordered; up to 200 layers.
 */
#ifndef COLA_TESTS_SEARCH_AGAIN_H
#define COLA_TESTS_SEARCH_AGAIN_H

#include <stddef.h>
#include <stdint.h>

#define AGAIN_LAYER(c) ((int)(unsigned char)(c) - '0')
#define AGAIN_CHAR(layer) ((char)((layer) + '0'))

/* ---- numbers ---- */

/* Natural logarithm of n >= 1, correctly rounded, from 160 binary places. */
double again_log(uint32_t n);

/* FNV-1a of 64 bits. */
uint64_t again_fnv(const char *text);

/* splitmix64: the next of STATE, and an integer below n without bias. */
uint64_t again_splitmix(uint64_t *state);
uint64_t again_below(uint64_t *state, uint64_t n);

/* ---- chains ---- */

/* A copy of N bytes of TEXT, and the layers joined by commas; free() both. */
char *again_copy(const char *text, size_t n);
char *again_spell(const char *chain);

/* A set of strings. */
struct again_bag {
    struct again_leaf *root;
    size_t count;
};

/* Add a copy of TEXT; 0 if it was there. */
int again_bag_add(struct again_bag *bag, const char *text);
int again_bag_has(const struct again_bag *bag, const char *text);
void again_bag_free(struct again_bag *bag);

/* Call VISIT for every string, in no particular order. */
void again_bag_walk(const struct again_bag *bag,
                    void (*visit)(void *ctx, const char *text), void *ctx);

/* ---- edits ---- */

struct again_rules {
    char space;                 /* 's'kip, 'r'epeat, 'b'oth, 'a'ny */
    int layers, min, max, block_root, block, extra, multiplicity;
    int block_repeat, disjoint;
};

struct again_edit {
    char kind;                  /* 's'kip, 'r'epeat, 'm'ove, 't': insert */
    int at, size, arg;
    char *result;
};

/* The legal edits in canonical order. */
size_t again_edits(const struct again_rules *rules, const char *chain, int root,
                   struct again_edit **list);
void again_edits_free(struct again_edit *list, size_t n);
void again_edit_text(const struct again_edit *edit, char text[40]);

/* ---- searches ---- */

struct again_search {
    struct again_rules rules;
    int cpython;                /* 1: seeded with SEED, 2: from "SEED:ID"; else
                                 * splitmix64, from "SEED:ID" */
    uint64_t seed;
    const char *id;
    int simulations;
    double c2, lambda, epsilon, widening, power;
    int outside;                /* c outside of the root */
    char v;                     /* 'g'lobal, 'p'arent, 's'tored */
    int unvisited_last;
    int any;                    /* the rule of epsilon of that name */
    int stop;                   /* 1: better, 2: shorter, 3: by two */
    int first_counts, noops;
};

/* The score of a chain. */
typedef double again_judge(void *ctx, const char *chain);

struct again_record {
    int simulation;
    char *chain, *parent;       /* the parent of the first is NULL */
    char edit[40];
    double visits, total;       /* when the search is over */
};

struct again_found {
    struct again_record *list;
    size_t n;
    int simulations;            /* begun and finished */
    size_t reals;               /* how often random() was drawn */
    int complete;               /* node 0 was seen to be exhausted */
};

struct again_found again_polar(const struct again_search *what, again_judge *judge,
                               void *ctx);
struct again_found again_cola(const struct again_search *what, again_judge *judge,
                              void *ctx);
struct again_found again_drllm(const struct again_search *what, again_judge *judge,
                               void *ctx);
struct again_found again_repolar(const struct again_search *what, again_judge *judge,
                                 void *ctx);
void again_found_free(struct again_found *found);

#endif
