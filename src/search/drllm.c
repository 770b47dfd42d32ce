/*
 * drllm.c - the mechanics of drllm.h, step by step
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "search/drllm.h"

#include <stdlib.h>

/* The last step: all that is left of the walk. */
struct walk {
    struct cola_chain chain;
    size_t node;                /* of the tree, with the same chain */
    size_t steps;               /* taken so far */
    struct cola_edit *actions;  /* [count] the next to be taken last */
    size_t count, room;
};

static void
add(struct walk *w, enum cola_edit_kind kind, int at, int size, int extra)
{
    w->actions[w->count++] = (struct cola_edit){
        (uint16_t)kind, (uint16_t)at, (uint16_t)size, (uint16_t)extra,
    };
}

/* Make room for the actions of a chain of N positions. */
static enum cola_status
make_room(struct cola_search *s, struct walk *w, int n, int skips, int repeats)
{
    size_t each = (size_t)skips + (size_t)repeats * (size_t)(s->preset.rules.extra + 1);
    size_t room = (size_t)n * each + 1;
    struct cola_edit *a;

    if (room <= w->room)
        return COLA_OK;
    a = cola_realloc(w->actions, room, sizeof *a);
    if (a == NULL)
        return cola_fail_memory(&s->failure);
    w->actions = a;
    w->room = room;
    return COLA_OK;
}

/* The actions of the chain arrived at, in the order in which they are tried
 * from the last to the first. */
static enum cola_status
draw_actions(struct cola_search *s, struct walk *w)
{
    const struct cola_rules *r = &s->preset.rules;
    int n = w->chain.len, skips = w->steps == 0 ? r->block_root : r->block;
    int repeats = r->block_repeat > 0 ? r->block_repeat : skips;
    int least = r->min_length > 1 ? r->min_length : 0;
    int most = w->steps == 0 ? 2 * s->preset.layers : r->max_length;
    enum cola_status st = make_room(s, w, n, skips, repeats);

    if (st != COLA_OK)
        return st;
    if (most > COLA_CHAIN_MAX)
        most = COLA_CHAIN_MAX;
    w->count = 0;
    for (int i = 0; r->space != COLA_SPACE_REPEAT && i < n; i++)
        for (int k = 1; k <= skips && i + k <= n; k++)
            if (n - k >= least)
                add(w, COLA_SKIP, i, k, 0);
    for (int i = 0; r->space != COLA_SPACE_SKIP && i < n; i++)
        for (int k = 1; k <= repeats && i + k <= n; k++)
            for (int x = s->preset.noops ? 0 : 1; x <= r->extra; x++)
                if (n + k * x <= most)
                    add(w, COLA_REPEAT, i, k, x);
    cola_draw_order(s, w->actions, w->count);
    return COLA_OK;
}

static enum cola_status
begin(struct cola_search *s)
{
    struct walk *w = cola_alloc(1, sizeof *w);

    if (w == NULL)
        return cola_fail_memory(&s->failure);
    s->own = w;
    cola_chain_identity(&w->chain, s->preset.layers);
    return draw_actions(s, w);
}

/* Take the next action; the tree may have its chain already. */
static enum cola_status
step(struct cola_search *s, struct walk *w)
{
    struct cola_edit edit = w->actions[w->count - 1];
    struct cola_chain next;
    size_t node;
    enum cola_status st;

    cola_edit_apply(&w->chain, edit, &next);
    st = cola_tree_add(&s->tree, w->node, edit, &next, &node, &s->failure);
    if (st != COLA_OK)
        return st;
    w->node = node != COLA_NONE ? node : cola_chain_set_find(&s->tree.chains, &next);
    w->chain = next;
    w->steps++;
    return draw_actions(s, w);
}

static enum cola_status
descend(struct cola_search *s, size_t *found)
{
    struct walk *w = s->own;
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < w->steps; i++)
        if (cola_draw_real(s) < s->preset.epsilon)
            (void)cola_draw_below(s, 1);
    cola_explain_node(s, "at", w->node);
    if (w->count > 0)
        st = step(s, w);
    if (st == COLA_OK && s->explain != NULL)
        cola_buffer_printf(s->explain, "  step %zu of the walk\n", w->steps);
    *found = w->node;
    return st;
}

static void
end(struct cola_search *s)
{
    struct walk *w = s->own;

    if (w != NULL)
        free(w->actions);
    free(w);
}

const struct cola_engine cola_engine_one_child = {begin, descend, cola_add_score, end};
