/*
 * widening.c - the mechanics of widening.h, step by step
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "search/widening.h"

#include <math.h>
#include <string.h>

#include "base/digest.h"

/* The edits of NODE in the order of trial. */
static enum cola_status
draw_order(struct cola_search *s, size_t node)
{
    struct cola_node *n = &s->tree.nodes[node];
    struct cola_buffer text = COLA_BUFFER_EMPTY;
    struct cola_splitmix order;
    struct cola_chain chain;

    cola_chain_set_get(&s->tree.chains, node, &chain);
    for (int i = 0; i < chain.len; i++)
        cola_buffer_printf(&text, i > 0 ? ",%d" : "%d", chain.at[i]);
    n->untried_count = cola_edits(&s->preset.rules, &chain, node == 0, s->edits);
    n->untried = cola_alloc(n->untried_count, sizeof *n->untried);
    if (n->untried == NULL || text.failed) {
        cola_buffer_free(&text);
        return cola_fail_memory(&s->failure);
    }
    order.state = s->seed_word ^ cola_fnv1a(COLA_FNV_START, text.data, text.len);
    cola_buffer_free(&text);
    if (n->untried_count > 0)
        memcpy(n->untried, s->edits, n->untried_count * sizeof *n->untried);
    for (size_t i = n->untried_count; i-- > 1;) {
        size_t j = (size_t)cola_splitmix_below(&order, i + 1);
        struct cola_edit swap = n->untried[i];

        n->untried[i] = n->untried[j];
        n->untried[j] = swap;
    }
    return COLA_OK;
}

/* Pass over untried edits to chains the tree has; RESULT is the first new
 * chain, if any is left. */
static enum cola_status
next_untried(struct cola_search *s, size_t node, int *left, struct cola_chain *result)
{
    struct cola_node *n = &s->tree.nodes[node];
    struct cola_chain chain;

    *left = 0;
    if (n->untried == NULL) {
        enum cola_status st = draw_order(s, node);

        if (st != COLA_OK)
            return st;
    }
    cola_chain_set_get(&s->tree.chains, node, &chain);
    for (; n->tried < n->untried_count; n->tried++) {
        cola_edit_apply(&chain, n->untried[n->tried], result);
        if (cola_chain_set_find(&s->tree.chains, result) == SIZE_MAX) {
            *left = 1;
            break;
        }
    }
    return COLA_OK;
}

/* May NODE have another child by now? */
static int
may_widen(const struct cola_search *s, const struct cola_node *n)
{
    return n->children < cola_allowance(&s->preset, n->visits);
}

/* Walk to a new node and return it in *FOUND; COLA_NONE when all is judged. */
static enum cola_status
descend(struct cola_search *s, size_t *found)
{
    int any = s->preset.epsilon_rule == COLA_EPSILON_ANY;
    size_t node = 0;

    for (;;) {
        struct cola_chain chain;
        size_t open = 0;
        int left;
        enum cola_status st = next_untried(s, node, &left, &chain);

        if (st == COLA_OK)
            st = cola_children(s, node, 0, &open);
        if (st != COLA_OK)
            return st;
        cola_explain_node(s, "at", node);
        if (any && open > 0 && cola_draw_epsilon(s, open)) {
            node = cola_take_random(s, open);
            continue;
        }
        if (left && (open == 0 || may_widen(s, &s->tree.nodes[node]))) {
            struct cola_node *n = &s->tree.nodes[node];

            return cola_tree_add(&s->tree, node, n->untried[n->tried++], &chain, found,
                                 &s->failure);
        }
        if (open > 0) {
            node = !any && cola_draw_epsilon(s, open) ? cola_take_random(s, open) :
                   cola_take_best(s, open, node);
            continue;
        }
        s->tree.nodes[node].exhausted = 1;
        if (s->explain != NULL)
            cola_buffer_printf(s->explain, "  node %zu is exhausted\n", node);
        if (node == 0) {
            s->complete = 1;
            *found = COLA_NONE;
            return COLA_OK;
        }
        node = 0;
    }
}

const struct cola_engine cola_engine_widening = {NULL, descend, cola_add_score, NULL};
