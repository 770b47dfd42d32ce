/*
 * tree.c - the tree of a search
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "search/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void
cola_tree_free(struct cola_tree *tree)
{
    for (size_t i = 0; i < tree->chains.count && i < tree->room; i++)
        free(tree->nodes[i].untried);
    free(tree->nodes);
    cola_chain_set_free(&tree->chains);
    memset(tree, 0, sizeof *tree);
}

enum cola_status
cola_tree_add(struct cola_tree *tree, size_t parent, struct cola_edit edit,
              const struct cola_chain *chain, size_t *node, struct cola_error *err)
{
    size_t i = tree->chains.count;
    struct cola_node *n;
    enum cola_status st;
    int added;

    if (i == tree->room) {              /* before the set grows with it */
        size_t room = tree->room * 2 + 256;

        n = cola_realloc(tree->nodes, room, sizeof *n);
        if (n == NULL)
            return cola_fail_memory(err);
        tree->nodes = n;
        tree->room = room;
    }
    st = cola_chain_set_add(&tree->chains, chain, &i, &added, err);
    if (st != COLA_OK)
        return st;
    *node = added ? i : COLA_NONE;
    if (!added)
        return COLA_OK;
    n = &tree->nodes[i];
    *n = (struct cola_node){
        .parent = parent, .first = COLA_NONE, .last = COLA_NONE, .next = COLA_NONE,
        .edit = edit, .length = chain->len, .ucb = -INFINITY, .score = -INFINITY,
    };
    if (parent != COLA_NONE) {
        struct cola_node *p = &tree->nodes[parent];

        n->depth = p->depth + 1;
        if (p->last == COLA_NONE)
            p->first = i;
        else
            tree->nodes[p->last].next = i;
        p->last = i;
        p->children++;
    }
    return COLA_OK;
}
