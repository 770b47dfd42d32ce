/*
 * mcts.c - what every search does: draw, compare, count, ask and be told
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

#include "search/drllm.h"
#include "search/released.h"
#include "search/repolar.h"
#include "search/widening.h"

static const struct cola_engine *const engines[] = {
    [COLA_WIDENING] = &cola_engine_widening,
    [COLA_RELEASED] = &cola_engine_released,
    [COLA_ONE_CHILD] = &cola_engine_one_child,
    [COLA_EDIT_SETS] = &cola_engine_edit_sets,
};

/* ---- draws ------------------------------------------------------------------ */

double
cola_draw_real(struct cola_search *s)
{
    return s->preset.generator == COLA_SPLITMIX_SAMPLE ? cola_splitmix_real(&s->splitmix)
                                                       : cola_cpython_real(&s->cpython);
}

size_t
cola_draw_below(struct cola_search *s, size_t n)
{
    return s->preset.generator == COLA_SPLITMIX_SAMPLE ?
           (size_t)cola_splitmix_below(&s->splitmix, n) :
           cola_cpython_below(&s->cpython, (uint32_t)n);
}

void
cola_draw_order(struct cola_search *s, struct cola_edit *edits, size_t n)
{
    for (size_t i = n; i-- > 1;) {
        size_t j = cola_draw_below(s, i + 1);
        struct cola_edit swap = edits[i];

        edits[i] = edits[j];
        edits[j] = swap;
    }
}

/* ---- making and ending a search --------------------------------------------- */

static void
seed(struct cola_search *s, const char *id)
{
    const struct cola_preset *preset = &s->preset;

    cola_splitmix_seed(&s->splitmix, preset->seed, id);
    s->seed_word = preset->generator == COLA_CPYTHON_SHARED ? preset->seed
                                                            : s->splitmix.state;
    cola_cpython_seed(&s->cpython, s->seed_word);
}

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
    s->engine = engines[preset->mechanics];
    s->open = COLA_NONE;
    s->simulation = -1;
    seed(s, id);
    s->edits = cola_alloc(cola_edits_most(&preset->rules), sizeof *s->edits);
    cola_chain_identity(&base, preset->layers);
    if (s->edits == NULL)
        st = cola_fail_memory(err);
    if (st == COLA_OK)
        st = cola_tree_add(&s->tree, COLA_NONE, (struct cola_edit){0, 0, 0, 0}, &base,
                           &node, err);
    if (st == COLA_OK && s->engine->begin != NULL && s->engine->begin(s) != COLA_OK)
        st = cola_search_status(s, err);
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
    if (s->engine->end != NULL)
        s->engine->end(s);
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

void
cola_search_add_origin(const struct cola_search *s, size_t i, struct cola_buffer *b)
{
    const struct cola_evaluation *e = &s->evaluated[i];
    const struct cola_node *node = &s->tree.nodes[e->node];
    struct cola_chain chain;

    cola_buffer_text(b, ",\"parent\":");
    if (node->parent == COLA_NONE) {
        cola_buffer_text(b, "null,\"edit\":null");
    } else {
        cola_chain_set_get(&s->tree.chains, node->parent, &chain);
        cola_chain_add_json(b, &chain);
        cola_buffer_text(b, ",\"edit\":\"");
        cola_edit_add_text(b, node->edit);
        cola_buffer_text(b, "\"");
    }
    cola_buffer_printf(b, ",\"simulation\":%d", e->simulation);
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
    return s->simulation < 0 ? 0 : s->simulation + s->preset.first_counts;
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

/* ---- values ------------------------------------------------------------------ */

/* Make ln valid up to V and well beyond, so that this is seldom done. */
static enum cola_status
need_logs(struct cola_search *s, size_t v)
{
    return v < s->logs.count ? COLA_OK : cola_logs_reach(&s->logs, 2 * v + 64,
                                                         &s->failure);
}

size_t
cola_simulations_before(const struct cola_search *s)
{
    return (size_t)(s->simulation - 1 + s->preset.first_counts);
}

size_t
cola_allowance(const struct cola_preset *preset, uint64_t visits)
{
    double v = (double)visits, p = preset->widening_power;
    double power = p == 0.5 ? sqrt(v) : v > 0.0 ? cola_pow(v, p) : p > 0.0 ? 0.0 : 1.0;
    double most = ceil(preset->widening * power);

    return most < 1.0 ? 1 : most < 4e9 ? (size_t)most : SIZE_MAX;
}

double
cola_ucb(const struct cola_search *s, double total, double visits, int length, size_t v)
{
    double mean = total / visits;
    double price = (s->preset.lambda * (double)length) / (double)s->preset.layers;

    if (s->preset.formula == COLA_C_OUTSIDE)
        return (mean + sqrt(s->preset.c2) * sqrt(s->logs.ln[v] / visits)) - price;
    return mean - price + sqrt((s->preset.c2 * s->logs.ln[v]) / visits);
}

static double
node_ucb(const struct cola_search *s, const struct cola_node *n, size_t v)
{
    return cola_ucb(s, n->total, (double)n->visits, n->length, v);
}

static double
value(const struct cola_search *s, const struct cola_node *n, size_t v)
{
    if (n->visits == 0)
        return s->preset.unvisited == COLA_UNVISITED_FIRST ? INFINITY : -INFINITY;
    return s->preset.v == COLA_V_STORED ? n->ucb : node_ucb(s, n, v);
}

/* The V of a comparison of PARENT's children. */
static size_t
v_below(const struct cola_search *s, size_t parent)
{
    switch (s->preset.v) {
    case COLA_V_GLOBAL:
        return cola_simulations_before(s);
    case COLA_V_PARENT:
        return (size_t)s->tree.nodes[parent].visits;
    case COLA_V_STORED:
        break;
    }
    return (size_t)s->tree.nodes[0].visits + 1;
}

/* ---- choosing among children --------------------------------------------------- */

enum cola_status
cola_children(struct cola_search *s, size_t parent, int all, size_t *count)
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

void
cola_explain_node(struct cola_search *s, const char *what, size_t node)
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

int
cola_draw_epsilon(struct cola_search *s, size_t count)
{
    double draw = cola_draw_real(s);
    int below = draw < s->preset.epsilon;
    char text[32];

    if (s->explain != NULL) {
        cola_print_f64(text, draw);
        cola_buffer_printf(s->explain, "  %zu open, draw %s%s", count, text, below ?
                           " below epsilon: " : s->preset.epsilon_rule ==
                           COLA_EPSILON_ANY ? "\n" : ", ");
    }
    return below;
}

size_t
cola_take_random(struct cola_search *s, size_t count)
{
    size_t i = cola_draw_below(s, count);

    if (s->explain != NULL)
        cola_buffer_printf(s->explain, "take number %zu\n", i);
    return s->list[i];
}

size_t
cola_take_best(struct cola_search *s, size_t count, size_t parent)
{
    size_t v = v_below(s, parent), chosen = COLA_NONE;
    double best = 0.0;

    if (s->explain != NULL)
        cola_buffer_printf(s->explain, "%slargest %sUCB at V = %zu\n",
                           s->preset.epsilon_rule == COLA_EPSILON_ANY ? "  " : "",
                           s->preset.v == COLA_V_STORED ? "stored " : "", v);
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

void
cola_add_score(struct cola_search *s, size_t node)
{
    double score = s->tree.nodes[node].score;

    for (size_t i = node; i != COLA_NONE; i = s->tree.nodes[i].parent) {
        struct cola_node *n = &s->tree.nodes[i];

        n->visits++;
        n->total += score;
        if (s->preset.v == COLA_V_STORED)
            n->ucb = node_ucb(s, n, (size_t)s->tree.nodes[0].visits + 1);
    }
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

/* Is NODE, just scored, what the search was to go on for? */
static int
is_the_end(const struct cola_search *s, size_t node)
{
    const struct cola_node *n = &s->tree.nodes[node];
    int saved = s->preset.layers - n->length;

    if (s->preset.stop == COLA_ENDS_NEVER)
        return 0;
    if (n->score > s->tree.nodes[0].score)
        return 1;
    return n->score > 0.5 && ((s->preset.stop == COLA_ENDS_SHORTER && saved >= 1) ||
                              (s->preset.stop == COLA_ENDS_BY_TWO && saved >= 2));
}

/* A simulation ends at NODE. */
static void
settle(struct cola_search *s, size_t node)
{
    s->engine->back(s, node);
    s->stopped = is_the_end(s, node);
    if (s->stopped && s->explain != NULL)
        cola_buffer_printf(s->explain, "  the search stops here\n");
}

enum cola_next
cola_search_next(struct cola_search *s, struct cola_chain *chain)
{
    size_t node = 0;

    if (s->open != COLA_NONE || s->failure.status != COLA_OK || s->complete)
        return COLA_DONE;
    if (s->simulation < 0) {
        s->simulation = 0;
        if (need_logs(s, 2) != COLA_OK)
            return COLA_DONE;
        return ask(s, 0, chain) == COLA_OK ? COLA_ASK : COLA_DONE;
    }
    while (s->simulation < s->preset.simulations - s->preset.first_counts &&
           !s->stopped) {
        s->simulation++;
        if (need_logs(s, (size_t)s->simulation + 2) != COLA_OK)
            return COLA_DONE;
        if (s->explain != NULL)
            cola_buffer_printf(s->explain, "simulation %d\n", s->simulation);
        if (s->engine->descend(s, &node) != COLA_OK)
            return COLA_DONE;
        if (node == COLA_NONE) {
            s->simulation--;            /* it found nothing to do */
            return COLA_DONE;
        }
        if (s->tree.nodes[node].score == -INFINITY && s->tree.nodes[node].length > 0) {
            cola_explain_node(s, "judge", node);
            return ask(s, node, chain) == COLA_OK ? COLA_ASK : COLA_DONE;
        }
        if (s->tree.nodes[node].length == 0)
            s->tree.nodes[node].score = 0.0;    /* nothing is left to execute */
        settle(s, node);                /* judged before: its old score counts */
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
    if (s->simulation + s->preset.first_counts > 0)
        settle(s, node);
    return COLA_OK;
}
