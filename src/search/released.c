/*
 * released.c - the mechanics of released.h, step by step
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "search/released.h"

/* As Python compares lists. */
static int
lexicographic(const struct cola_chain_set *set, size_t a, size_t b)
{
    const uint16_t *x = set->layers + set->begin[a], *y = set->layers + set->begin[b];
    size_t nx = set->begin[a + 1] - set->begin[a], ny = set->begin[b + 1] - set->begin[b];

    for (size_t i = 0; i < nx && i < ny; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return nx < ny ? -1 : nx > ny;
}

/* Sort by insertion: lists are made nearly once a simulation and are short. */
static void
sort_children(struct cola_search *s, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        size_t c = s->list[i], j = i;

        for (; j > 0 && lexicographic(&s->tree.chains, s->list[j - 1], c) > 0; j--)
            s->list[j] = s->list[j - 1];
        s->list[j] = c;
    }
}

static enum cola_status
expand_all(struct cola_search *s, size_t node)
{
    struct cola_chain chain, child;
    size_t n, made;

    cola_chain_set_get(&s->tree.chains, node, &chain);
    n = cola_edits(&s->preset.rules, &chain, node == 0, s->edits);
    for (size_t e = 0; e < n; e++) {
        enum cola_status st;

        cola_edit_apply(&chain, s->edits[e], &child);
        st = cola_tree_add(&s->tree, node, s->edits[e], &child, &made, &s->failure);
        if (st != COLA_OK)
            return st;
    }
    return COLA_OK;
}

static enum cola_status
descend(struct cola_search *s, size_t *found)
{
    size_t node = 0, count = 0;
    enum cola_status st;

    for (;;) {
        cola_explain_node(s, "at", node);
        st = cola_children(s, node, 0, &count);
        if (st != COLA_OK)
            return st;
        if (count == 0)
            break;
        node = cola_draw_epsilon(s, count) ? cola_take_random(s, count) :
               cola_take_best(s, count, node);
    }
    *found = node;
    if (s->tree.nodes[node].exhausted)
        return COLA_OK;
    st = expand_all(s, node);
    if (st == COLA_OK)
        st = cola_children(s, node, 1, &count);
    if (st != COLA_OK)
        return st;
    if (count == 0) {
        s->tree.nodes[node].exhausted = 1;
        return COLA_OK;
    }
    sort_children(s, count);
    *found = s->list[cola_draw_below(s, count)];
    if (s->explain != NULL)
        cola_buffer_printf(s->explain, "  expanded: one of %zu children\n", count);
    return COLA_OK;
}

static void
back(struct cola_search *s, size_t node)
{
    cola_add_score(s, node);
    for (size_t i = node; i != COLA_NONE; i = s->tree.nodes[i].parent) {
        struct cola_node *n = &s->tree.nodes[i];
        int open = 0;

        for (size_t c = n->first; c != COLA_NONE; c = s->tree.nodes[c].next)
            open |= !s->tree.nodes[c].exhausted;
        if (n->first != COLA_NONE && !open)
            n->exhausted = 1;
    }
}

const struct cola_engine cola_engine_released = {NULL, descend, back, NULL};
