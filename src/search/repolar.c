/*
 * repolar.c - the mechanics of repolar.h, step by step
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "search/repolar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * A set of edits is spelled layer by layer, so that one set has one spelling:
 * UNTOUCHED; COVERED by an edit that begins further left; or, where an edit
 * begins, its k and r (0: a skip).  Sets are kept as such lists in a set of
 * chains, whose indices number the states.
 */
enum { UNTOUCHED = 0, COVERED = UINT16_MAX };

static uint16_t
spelled(struct cola_edit edit)
{
    return (uint16_t)(1 + edit.size + 128 * (edit.kind == COLA_SKIP ? 0 : edit.arg));
}

static int
size_of(uint16_t mark)
{
    return (mark - 1) % 128;
}

static int
extra_of(uint16_t mark)
{
    return (mark - 1) / 128;
}

struct state {
    size_t node;                /* of the tree, with its chain */
    int length;                 /* of the chain */
    uint64_t visits;
    double total;
    struct cola_edit *actions;  /* [count] left; the next last; by layers */
    size_t count;
    size_t *children;           /* [n_children] numbers of states */
    size_t n_children, room;
};

struct sets {
    struct cola_chain_set spellings;    /* one a state */
    struct state *states;       /* [spellings.count] */
    size_t room;
    size_t *way;                /* [way_count] states of this simulation */
    size_t way_count, way_room;
};

/* ---- states -------------------------------------------------------------------- */

static void
chain_of(const struct cola_chain *set, struct cola_chain *chain)
{
    chain->len = 0;
    for (int a = 0; a < set->len;) {
        uint16_t mark = set->at[a];
        int k = mark == UNTOUCHED ? 1 : size_of(mark);
        int times = mark == UNTOUCHED ? 1 : extra_of(mark) == 0 ? 0 : extra_of(mark) + 1;

        for (int t = 0; t < times; t++)
            for (int i = 0; i < k; i++)
                chain->at[chain->len++] = (uint16_t)(a + i);
        a += k;
    }
}

/* Where layer A stands in the chain of SET, which does not touch it. */
static int
position_of(const struct cola_chain *set, int a)
{
    struct cola_chain left = {a, {0}}, chain;

    memcpy(left.at, set->at, (size_t)a * sizeof *left.at);
    chain_of(&left, &chain);
    return chain.len;
}

static int
by_layers(const void *left, const void *right)
{
    const struct cola_edit *a = left, *b = right;

    return a->at != b->at ? (a->at < b->at ? -1 : 1) :
           a->size != b->size ? (a->size < b->size ? -1 : 1) :
           a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) :
           a->arg < b->arg ? -1 : a->arg > b->arg;
}

/* The actions of a state whose chain is CHAIN: what cola_edits() allows, by
 * layers instead of positions.  A layer no edit touches occurs once, so that
 * its chain says what is left of a state. */
static enum cola_status
draw_actions(struct cola_search *s, struct state *state, const struct cola_chain *chain)
{
    struct cola_rules rules = s->preset.rules;

    if (rules.min_length == 1)
        rules.min_length = 0;
    state->count = cola_edits(&rules, chain, chain->len == s->preset.layers &&
                              cola_chain_unique(chain) == chain->len, s->edits);
    state->actions = cola_alloc(state->count, sizeof *state->actions);
    if (state->actions == NULL)
        return cola_fail_memory(&s->failure);
    for (size_t i = 0; i < state->count; i++) {
        state->actions[i] = s->edits[i];
        state->actions[i].at = chain->at[s->edits[i].at];
    }
    if (state->count > 1)
        qsort(state->actions, state->count, sizeof *state->actions, by_layers);
    cola_draw_order(s, state->actions, state->count);
    return COLA_OK;
}

/* The number of the state SET, made if it is not there; PARENT and EDIT are
 * those of its chain's node, should that be new. */
static enum cola_status
reach(struct cola_search *s, const struct cola_chain *set, size_t parent,
      struct cola_edit edit, size_t *number)
{
    struct sets *sets = s->own;
    struct state *state;
    struct cola_chain chain;
    size_t i, node;
    int added;
    enum cola_status st;

    if (sets->spellings.count == sets->room) {
        size_t room = sets->room * 2 + 64;
        struct state *states = cola_realloc(sets->states, room, sizeof *states);

        if (states == NULL)
            return cola_fail_memory(&s->failure);
        sets->states = states;
        sets->room = room;
    }
    st = cola_chain_set_add(&sets->spellings, set, &i, &added, &s->failure);
    if (st != COLA_OK)
        return st;
    *number = i;
    if (!added)
        return COLA_OK;
    state = &sets->states[i];
    memset(state, 0, sizeof *state);
    chain_of(set, &chain);
    state->length = chain.len;
    if (parent != COLA_NONE) {
        st = cola_tree_add(&s->tree, parent, edit, &chain, &node, &s->failure);
        if (st != COLA_OK)
            return st;
        state->node = node != COLA_NONE ? node :
                      cola_chain_set_find(&s->tree.chains, &chain);
    }
    return draw_actions(s, state, &chain);
}

/* Take state NUMBER up in the way of this simulation. */
static enum cola_status
go_to(struct cola_search *s, size_t number)
{
    struct sets *sets = s->own;

    if (sets->way_count == sets->way_room) {
        size_t room = sets->way_room * 2 + 32;
        size_t *way = cola_realloc(sets->way, room, sizeof *way);

        if (way == NULL)
            return cola_fail_memory(&s->failure);
        sets->way = way;
        sets->way_room = room;
    }
    sets->way[sets->way_count++] = number;
    cola_explain_node(s, "at", sets->states[number].node);
    return COLA_OK;
}

static enum cola_status
begin(struct cola_search *s)
{
    struct cola_chain none = {s->preset.layers, {0}};
    size_t number;
    enum cola_status st;

    s->own = cola_alloc(1, sizeof(struct sets));
    if (s->own == NULL)
        return cola_fail_memory(&s->failure);
    st = reach(s, &none, COLA_NONE, (struct cola_edit){0, 0, 0, 0}, &number);
    return st == COLA_OK ? go_to(s, number) : st;
}

static void
end(struct cola_search *s)
{
    struct sets *sets = s->own;

    if (sets == NULL)
        return;
    for (size_t i = 0; i < sets->spellings.count && i < sets->room; i++) {
        free(sets->states[i].actions);
        free(sets->states[i].children);
    }
    free(sets->states);
    free(sets->way);
    cola_chain_set_free(&sets->spellings);
    free(sets);
}

/* ---- one simulation --------------------------------------------------------------- */

static int
may_grow(const struct cola_search *s, const struct state *state)
{
    return state->count > 0 &&
           state->n_children < cola_allowance(&s->preset, state->visits);
}

static size_t
best_child(struct cola_search *s, const struct state *state)
{
    const struct sets *sets = s->own;
    size_t v = s->preset.v == COLA_V_GLOBAL ? cola_simulations_before(s) :
               (size_t)state->visits;
    size_t chosen = COLA_NONE;
    double best = 0.0;

    if (s->explain != NULL)
        cola_buffer_printf(s->explain, "  largest UCB of %zu at V = %zu\n",
                           state->n_children, v);
    for (size_t i = 0; i < state->n_children; i++) {
        const struct state *c = &sets->states[state->children[i]];
        double u = cola_ucb(s, c->total, (double)c->visits, c->length, v);
        char text[32];

        if (chosen == COLA_NONE || u > best) {
            best = u;
            chosen = state->children[i];
        }
        if (s->explain != NULL) {
            cola_print_f64(text, u);
            cola_buffer_printf(s->explain, "    node %zu: %.6g/%.0f, length %d: %s\n",
                               c->node, c->total, (double)c->visits, c->length, text);
        }
    }
    return chosen;
}

/* Take the last action of state NUMBER. */
static enum cola_status
grow(struct cola_search *s, size_t number)
{
    struct sets *sets = s->own;
    struct state *state = &sets->states[number];
    struct cola_edit action = state->actions[--state->count], edit = action;
    struct cola_chain set;
    size_t child;
    enum cola_status st;

    cola_chain_set_get(&sets->spellings, number, &set);
    edit.at = (uint16_t)position_of(&set, action.at);
    for (int i = 0; i < action.size; i++)
        set.at[action.at + i] = COVERED;
    set.at[action.at] = spelled(action);
    st = reach(s, &set, state->node, edit, &child);
    if (st != COLA_OK)
        return st;
    state = &sets->states[number];      /* reach() may have moved it */
    if (state->n_children == state->room) {
        size_t room = state->room * 2 + 8;
        size_t *children = cola_realloc(state->children, room, sizeof *children);

        if (children == NULL)
            return cola_fail_memory(&s->failure);
        state->children = children;
        state->room = room;
    }
    state->children[state->n_children++] = child;
    return go_to(s, child);
}

static enum cola_status
descend(struct cola_search *s, size_t *found)
{
    struct sets *sets = s->own;
    size_t at = 0;
    int forced = 0;
    enum cola_status st;

    sets->way_count = 0;
    st = go_to(s, 0);
    while (st == COLA_OK && !may_grow(s, &sets->states[at]) &&
           sets->states[at].n_children > 0) {
        if (s->preset.epsilon > 0.0 && sets->states[at].count > 0 &&
            cola_draw_epsilon(s, sets->states[at].n_children)) {
            forced = 1;
            break;
        }
        at = best_child(s, &sets->states[at]);
        st = go_to(s, at);
    }
    if (st == COLA_OK && (forced || may_grow(s, &sets->states[at])))
        st = grow(s, at);
    if (st == COLA_OK)
        *found = sets->states[sets->way[sets->way_count - 1]].node;
    return st;
}

static void
back(struct cola_search *s, size_t node)
{
    struct sets *sets = s->own;
    double score = s->tree.nodes[node].score;

    for (size_t i = 0; i < sets->way_count; i++) {
        struct state *state = &sets->states[sets->way[i]];

        state->visits++;
        state->total += score;
        s->tree.nodes[state->node].visits++;
        s->tree.nodes[state->node].total += score;
    }
}

const struct cola_engine cola_engine_edit_sets = {begin, descend, back, end};
