/*
 * mcts.c - the two mechanics of mcts.h, step by step
 *
 * The search is turned inside out: cola_search_next() walks down to a node
 * that must be judged and returns its chain, cola_search_tell() brings the
 * verdict back up.  So hundreds of searches can wait for one batch of a judge
 * without a thread for each.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "search/mcts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/number.h"
#include "base/random.h"

struct cola_search {
    struct cola_preset preset;
    struct cola_tree tree;
    struct cola_splitmix splitmix;
    struct cola_cpython cpython;
    uint64_t seed_word;
    struct cola_logs logs;
    struct cola_edit *edits;            /* room for one chain's edits */
    size_t *list;                       /* room for one node's children */
    size_t list_room;
    struct cola_evaluation *evaluated;
    size_t evaluated_count, evaluated_room;
    size_t open;                        /* the node asked about, or COLA_NONE */
    int simulation;                     /* the one in progress or completed */
    int complete;
    struct cola_error failure;          /* status COLA_OK while all is well */
    struct cola_buffer *explain;
};

/* ---- draws ------------------------------------------------------------------ */

static double
draw_real(struct cola_search *s)
{
    return s->preset.generator == COLA_CPYTHON_SHARED ? cola_cpython_real(&s->cpython)
                                                      : cola_splitmix_real(&s->splitmix);
}

static size_t
draw_below(struct cola_search *s, size_t n)
{
    return s->preset.generator == COLA_CPYTHON_SHARED ?
           cola_cpython_below(&s->cpython, (uint32_t)n) :
           (size_t)cola_splitmix_below(&s->splitmix, n);
}

/* ---- making and ending a search --------------------------------------------- */

enum cola_status
cola_search_new(const struct cola_preset *preset, const char *id,
                struct cola_search **search, struct cola_error *err)
{
    struct cola_search *s;
    struct cola_chain base;
    size_t node;
    enum cola_status st = cola_preset_check(preset, err);

    if (st != COLA_OK)
        return st;
    s = cola_alloc(1, sizeof *s);
    if (s == NULL)
        return cola_fail_memory(err);
    s->preset = *preset;
    s->open = COLA_NONE;
    s->simulation = -1;
    cola_splitmix_seed(&s->splitmix, preset->seed, id);
    cola_cpython_seed(&s->cpython, preset->seed);
    s->seed_word = preset->generator == COLA_CPYTHON_SHARED ? preset->seed
                                                            : s->splitmix.state;
    s->edits = cola_alloc(cola_edits_most(&preset->rules), sizeof *s->edits);
    cola_chain_identity(&base, preset->layers);
    if (s->edits == NULL)
        st = cola_fail_memory(err);
    if (st == COLA_OK)
        st = cola_tree_add(&s->tree, COLA_NONE, (struct cola_edit){0, 0, 0, 0}, &base,
                           &node, err);
    if (st != COLA_OK) {
        cola_search_free(s);
        return st;
    }
    *search = s;
    return COLA_OK;
}

void
cola_search_free(struct cola_search *s)
{
    if (s == NULL)
        return;
    cola_tree_free(&s->tree);
    cola_logs_free(&s->logs);
    free(s->edits);
    free(s->list);
    free(s->evaluated);
    free(s);
}

size_t
cola_search_evaluated(const struct cola_search *s, const struct cola_evaluation **list)
{
    *list = s->evaluated;
    return s->evaluated_count;
}

const struct cola_tree *
cola_search_tree(const struct cola_search *s)
{
    return &s->tree;
}

const struct cola_preset *
cola_search_preset(const struct cola_search *s)
{
    return &s->preset;
}

int
cola_search_simulations(const struct cola_search *s)
{
    return s->simulation < 0 ? 0 : s->simulation;
}

int
cola_search_complete(const struct cola_search *s)
{
    return s->complete;
}

enum cola_status
cola_search_status(const struct cola_search *s, struct cola_error *err)
{
    return s->failure.status == COLA_OK ? COLA_OK :
           cola_fail(err, s->failure.status, "%s", s->failure.text);
}

void
cola_search_explain(struct cola_search *s, struct cola_buffer *b)
{
    s->explain = b;
}

/* ---- what both mechanics do -------------------------------------------------- */

/* Make ln valid up to V and well beyond, so that this is seldom done. */
static enum cola_status
need_logs(struct cola_search *s, size_t v)
{
    return v < s->logs.count ? COLA_OK : cola_logs_reach(&s->logs, 2 * v + 64,
                                                         &s->failure);
}

/* ln V must be there: need_logs(). */
static double
ucb(const struct cola_search *s, const struct cola_node *n, size_t v)
{
    double visits = (double)n->visits;

    return (n->total / visits) -
           (s->preset.lambda * (double)n->length) / (double)s->preset.layers +
           sqrt((s->preset.c2 * s->logs.ln[v]) / visits);
}

/* The children of PARENT, all or only those not exhausted, into s->list. */
static enum cola_status
children(struct cola_search *s, size_t parent, int all, size_t *count)
{
    const struct cola_node *nodes = s->tree.nodes;
    size_t n = 0;

    if (nodes[parent].children > s->list_room) {
        size_t room = nodes[parent].children + 256;
        size_t *list = cola_realloc(s->list, room, sizeof *list);

        if (list == NULL)
            return cola_fail_memory(&s->failure);
        s->list = list;
        s->list_room = room;
    }
    for (size_t c = nodes[parent].first; c != COLA_NONE; c = nodes[c].next)
        if (all || !nodes[c].exhausted)
            s->list[n++] = c;
    *count = n;
    return COLA_OK;
}

static void
explain_node(struct cola_search *s, const char *what, size_t node)
{
    struct cola_chain chain;

    if (s->explain == NULL)
        return;
    cola_chain_set_get(&s->tree.chains, node, &chain);
    cola_buffer_printf(s->explain, "  %s node %zu ", what, node);
    if (node != 0) {
        cola_edit_add_text(s->explain, s->tree.nodes[node].edit);
        cola_buffer_text(s->explain, " ");
    }
    cola_chain_add_text(s->explain, &chain);
    cola_buffer_text(s->explain, "\n");
}

/* The terms of a value: mean, cost of the length, bonus; the bonus as of the
 * visit at which it was computed. */
static void
explain_value(struct cola_search *s, size_t node, double value)
{
    const struct cola_node *n = &s->tree.nodes[node];
    double visits = (double)n->visits;
    double rest = n->total / visits - s->preset.lambda * (double)n->length /
                  (double)s->preset.layers;
    char text[32];

    cola_print_f64(text, value);
    cola_buffer_printf(s->explain, "    node %zu: %.6g/%.0f - %.6g*%d/%d + %.6g = %s\n",
                       node, n->total, visits, s->preset.lambda, n->length,
                       s->preset.layers, value - rest, text);
}

/* One of the candidates in s->list: at random, or the best value of VALUE. */
static size_t
choose(struct cola_search *s, size_t count, size_t v,
       double (*value)(const struct cola_search *s, const struct cola_node *n, size_t v))
{
    double draw = draw_real(s), best = 0.0;
    size_t chosen = COLA_NONE;
    char text[32];

    if (s->explain != NULL) {
        cola_print_f64(text, draw);
        cola_buffer_printf(s->explain, "  %zu open, draw %s", count, text);
    }
    if (draw < s->preset.epsilon) {
        size_t i = draw_below(s, count);

        if (s->explain != NULL)
            cola_buffer_printf(s->explain, " below epsilon: take number %zu\n", i);
        return s->list[i];
    }
    if (s->explain != NULL)
        cola_buffer_printf(s->explain, ", largest %sUCB at V = %zu\n",
                           value == ucb ? "" : "stored ", v);
    for (size_t i = 0; i < count; i++) {
        const struct cola_node *n = &s->tree.nodes[s->list[i]];
        double u = value(s, n, v);

        if (chosen == COLA_NONE || u > best) {
            best = u;
            chosen = s->list[i];
        }
        if (s->explain != NULL && n->visits > 0)
            explain_value(s, s->list[i], u);
    }
    return chosen;
}

static void
add_score(struct cola_search *s, size_t node)
{
    double score = s->tree.nodes[node].score;

    for (size_t i = node; i != COLA_NONE; i = s->tree.nodes[i].parent) {
        struct cola_node *n = &s->tree.nodes[i];

        n->visits++;
        n->total += score;
        if (s->preset.mechanics == COLA_RELEASED) {
            int open = 0;

            n->ucb = ucb(s, n, (size_t)s->tree.nodes[0].visits + 1);
            for (size_t c = n->first; c != COLA_NONE; c = s->tree.nodes[c].next)
                open |= !s->tree.nodes[c].exhausted;
            if (n->first != COLA_NONE && !open)
                n->exhausted = 1;
        }
    }
}

/* ---- "widening" --------------------------------------------------------------- */

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

/* How many children a node may have by now. */
static size_t
allowance(const struct cola_search *s, const struct cola_node *n)
{
    double most = ceil(s->preset.widening * sqrt((double)n->visits));

    return most < 1.0 ? 1 : (size_t)most;
}

/* Walk to a new node and return it in *FOUND; COLA_NONE when all is judged. */
static enum cola_status
descend_widening(struct cola_search *s, size_t *found)
{
    size_t node = 0;

    for (;;) {
        struct cola_chain chain;
        size_t open = 0;
        int left;
        enum cola_status st = next_untried(s, node, &left, &chain);

        if (st == COLA_OK)
            st = children(s, node, 0, &open);
        if (st != COLA_OK)
            return st;
        explain_node(s, "at", node);
        if (left && (open == 0 || s->tree.nodes[node].children <
                                  allowance(s, &s->tree.nodes[node]))) {
            struct cola_edit edit = s->tree.nodes[node].untried[s->tree.nodes[node].tried++];

            return cola_tree_add(&s->tree, node, edit, &chain, found, &s->failure);
        }
        if (open > 0) {
            node = choose(s, open, (size_t)s->simulation - 1, ucb);
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

/* ---- "released" ---------------------------------------------------------------- */

static double
stored_ucb(const struct cola_search *s, const struct cola_node *n, size_t v)
{
    (void)s;
    (void)v;
    return n->ucb;
}

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
descend_released(struct cola_search *s, size_t *found)
{
    size_t node = 0, count = 0;
    enum cola_status st;

    for (;;) {
        explain_node(s, "at", node);
        st = children(s, node, 0, &count);
        if (st != COLA_OK)
            return st;
        if (count == 0)
            break;
        node = choose(s, count, (size_t)s->tree.nodes[0].visits + 1, stored_ucb);
    }
    *found = node;
    if (s->tree.nodes[node].exhausted)
        return COLA_OK;
    st = expand_all(s, node);
    if (st == COLA_OK)
        st = children(s, node, 1, &count);
    if (st != COLA_OK)
        return st;
    if (count == 0) {
        s->tree.nodes[node].exhausted = 1;
        return COLA_OK;
    }
    sort_children(s, count);
    *found = s->list[draw_below(s, count)];
    if (s->explain != NULL)
        cola_buffer_printf(s->explain, "  expanded: one of %zu children\n", count);
    return COLA_OK;
}

/* ---- the seam ------------------------------------------------------------------- */

static enum cola_status
ask(struct cola_search *s, size_t node, struct cola_chain *chain)
{
    if (s->evaluated_count == s->evaluated_room) {
        size_t room = s->evaluated_room * 2 + 64;
        struct cola_evaluation *e = cola_realloc(s->evaluated, room, sizeof *e);

        if (e == NULL)
            return cola_fail_memory(&s->failure);
        s->evaluated = e;
        s->evaluated_room = room;
    }
    s->open = node;
    cola_chain_set_get(&s->tree.chains, node, chain);
    return COLA_OK;
}

enum cola_next
cola_search_next(struct cola_search *s, struct cola_chain *chain)
{
    size_t node = 0;

    if (s->open != COLA_NONE || s->failure.status != COLA_OK || s->complete)
        return COLA_DONE;
    if (s->simulation < 0) {
        s->simulation = 0;
        return ask(s, 0, chain) == COLA_OK ? COLA_ASK : COLA_DONE;
    }
    while (s->simulation < s->preset.simulations) {
        s->simulation++;
        if (need_logs(s, (size_t)s->simulation + 1) != COLA_OK)
            return COLA_DONE;
        if (s->explain != NULL)
            cola_buffer_printf(s->explain, "simulation %d\n", s->simulation);
        if ((s->preset.mechanics == COLA_RELEASED ? descend_released(s, &node)
                                                  : descend_widening(s, &node)) !=
            COLA_OK)
            return COLA_DONE;
        if (node == COLA_NONE) {
            s->simulation--;            /* it found nothing to do */
            return COLA_DONE;
        }
        if (s->tree.nodes[node].score == -INFINITY) {
            explain_node(s, "judge", node);
            return ask(s, node, chain) == COLA_OK ? COLA_ASK : COLA_DONE;
        }
        add_score(s, node);             /* judged before: its old score counts */
    }
    return COLA_DONE;
}

enum cola_status
cola_search_tell(struct cola_search *s, const struct cola_verdict *verdict,
                 struct cola_error *err)
{
    size_t node = s->open;

    if (node == COLA_NONE)
        return cola_fail(err, COLA_USAGE, "no chain is waiting for a verdict");
    s->open = COLA_NONE;
    if (verdict->inputs < 1 || verdict->correct < 0 || verdict->undecided < 0 ||
        verdict->correct > verdict->inputs - verdict->undecided) {
        cola_fail(&s->failure, COLA_INPUT, "a verdict of %d inputs, %d of them correct "
                  "and %d undecided", verdict->inputs, verdict->correct,
                  verdict->undecided);
        return cola_search_status(s, err);
    }
    s->evaluated[s->evaluated_count++] = (struct cola_evaluation){node, s->simulation};
    s->tree.nodes[node].score = (double)verdict->correct / (double)verdict->inputs;
    if (s->explain != NULL)
        cola_buffer_printf(s->explain, "  verdict %s, score %d/%d\n",
                           verdict->mark == COLA_CORRECT ? "correct" :
                           verdict->mark == COLA_WRONG ? "wrong" : "undecided",
                           verdict->correct, verdict->inputs);
    if (s->simulation > 0)
        add_score(s, node);
    return COLA_OK;
}
