/*
 * verify.c - a search held against the ground truth of its space
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/journal.h"
#include "report/statistics.h"

#define NAMED 10                /* contradictions that are named */

/* What one way of choosing chains found for one sample. */
struct found {
    int length;                 /* of the shortest right chain; 0: none */
    int first;                  /* chains judged up to the first right one */
    int judged;
};

struct row {
    int level;
    int truth;                  /* length of the true shortest; 0: none is right */
    struct found search, random;
};

struct verification {
    const struct cola_truth *truth;
    struct cola_buffer *b;
    int begun, with_random;
    struct row *rows;
    size_t n, room;
    size_t judged, outside, contradictions;
};

/* ---- may they be compared? --------------------------------------------------------- */

static enum cola_status
check_header(struct verification *v, const json_t *header, struct cola_error *err)
{
    static const char *const equal[] = {
        "arithmetic", "judge", "model", "task", "backend", "kv", "per", "held", "grade",
        "stop",
    };
    const json_t *preset = json_object_get(header, "preset");
    const struct cola_extent_of *e = &v->truth->extent;
    const struct {
        const char *name;
        int value;
    } rules[] = {
        {"block_root", e->rules.block_root}, {"block", e->rules.block},
        {"extra", e->rules.extra}, {"multiplicity", e->rules.multiplicity},
        {"min_length", e->rules.min_length}, {"max_length", e->rules.max_length},
    };
    const char *format = json_string_value(json_object_get(header, "format"));
    const char *space = json_string_value(json_object_get(preset, "space"));

    if (format == NULL || strcmp(format, "colaref-journal") != 0)
        return cola_fail(err, COLA_INPUT, "not the journal of a search");
    for (size_t i = 0; i < sizeof equal / sizeof equal[0]; i++)
        if (!json_equal(json_object_get(header, equal[i]),
                        json_object_get(v->truth->header, equal[i])))
            return cola_fail(err, COLA_INPUT, "search and enumeration differ in \"%s\"",
                             equal[i]);
    if (json_integer_value(json_object_get(preset, "layers")) != e->rules.layers)
        return cola_fail(err, COLA_INPUT, "search and enumeration differ in depth");
    if (e->kind != COLA_EXTENT_SEQUENCES) {
        if (space == NULL || strcmp(space, cola_space_name(e->rules.space)) != 0)
            return cola_fail(err, COLA_INPUT, "search and enumeration differ in space");
        for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
            if (json_integer_value(json_object_get(preset, rules[i].name)) !=
                rules[i].value)
                return cola_fail(err, COLA_INPUT, "search and enumeration differ in the "
                                 "space's \"%s\"", rules[i].name);
    }
    v->with_random = json_is_true(json_object_get(header, "random"));
    v->begun = 1;
    return COLA_OK;
}

/* ---- one sample ----------------------------------------------------------------------- */

static enum cola_status
read_chain(const json_t *layers, const struct cola_truth *truth, struct cola_chain *chain,
           struct cola_error *err)
{
    size_t n = json_array_size(layers);

    if (!json_is_array(layers) || n > COLA_CHAIN_MAX)
        return cola_fail(err, COLA_INPUT, "an evaluation without chain");
    chain->len = (int)n;
    for (size_t i = 0; i < n; i++) {
        json_int_t layer = json_integer_value(json_array_get(layers, i));

        if (layer < 0 || layer >= truth->extent.rules.layers)
            return cola_fail(err, COLA_INPUT, "an evaluation of layer %d", (int)layer);
        chain->at[i] = (uint16_t)layer;
    }
    return COLA_OK;
}

static void
contradict(struct verification *v, const char *id, const struct cola_chain *chain,
           const char *what)
{
    if (v->contradictions++ >= NAMED)
        return;
    cola_buffer_printf(v->b, "CONTRADICTION %s ", id);
    cola_chain_add_text(v->b, chain);
    cola_buffer_printf(v->b, ": another %s than the truth's\n", what);
}

/* Hold one evaluation against the truth. */
static void
compare(struct verification *v, const struct cola_truth_sample *s, const json_t *e,
        const struct cola_chain *chain)
{
    size_t i = cola_truth_number(v->truth, chain);
    const json_t *correct = json_object_get(e, "correct");
    const json_t *answer = json_object_get(e, "answer");
    const json_t *margin = json_object_get(e, "margin");
    char mark = json_is_true(correct) ? '1' : json_is_false(correct) ? '0' : '?';

    v->judged++;
    if (i == SIZE_MAX) {
        v->outside++;
        return;
    }
    if (s->marks[i] != mark)
        contradict(v, s->id, chain, "verdict");
    else if (answer != NULL && !json_equal(answer, json_array_get(s->answers, i)))
        contradict(v, s->id, chain, "answer");
    else if (margin != NULL && !json_equal(margin, json_array_get(s->margins, i)))
        contradict(v, s->id, chain, "margin");
}

/* The evaluations of LIST in turn, after those FOUND knows already. */
static enum cola_status
follow(struct verification *v, const struct cola_truth_sample *s, const json_t *list,
       struct found *found, struct cola_error *err)
{
    struct cola_chain chain;
    const json_t *e;
    size_t i;

    json_array_foreach(list, i, e) {
        enum cola_status st = read_chain(json_object_get(e, "chain"), v->truth, &chain,
                                         err);

        if (st != COLA_OK)
            return st;
        compare(v, s, e, &chain);
        found->judged++;
        if (!json_is_true(json_object_get(e, "correct")))
            continue;
        if (found->first == 0)
            found->first = found->judged;
        if (found->length == 0 || chain.len < found->length)
            found->length = chain.len;
    }
    return COLA_OK;
}

static enum cola_status
take_sample(struct verification *v, const json_t *record, struct cola_error *err)
{
    const char *id = json_string_value(json_object_get(record, "id"));
    const json_t *level = json_object_get(record, "level");
    const json_t *list = json_object_get(record, "evaluated");
    const struct cola_truth_sample *s = id != NULL ? cola_truth_find(v->truth, id) : NULL;
    struct row row = {0};
    enum cola_status st;

    if (s == NULL)
        return cola_fail(err, COLA_INPUT, "the enumeration has no sample \"%.100s\"",
                         id != NULL ? id : "?");
    row.level = json_is_integer(level) ? (int)json_integer_value(level) : -1;
    row.truth = cola_truth_shortest(v->truth, s);
    st = follow(v, s, list, &row.search, err);
    if (st == COLA_OK && v->with_random) {
        /* random chains too begin with the ordinary one */
        if (json_is_true(json_object_get(json_array_get(list, 0), "correct"))) {
            row.random.length = v->truth->extent.rules.layers;
            row.random.first = 1;
        }
        row.random.judged = 1;
        st = follow(v, s, json_object_get(record, "random"), &row.random, err);
    }
    if (st != COLA_OK)
        return st;
    if (v->n == v->room) {
        size_t room = v->room * 2 + 64;
        struct row *rows = cola_realloc(v->rows, room, sizeof *rows);

        if (rows == NULL)
            return cola_fail_memory(err);
        v->rows = rows;
        v->room = room;
    }
    v->rows[v->n++] = row;
    return COLA_OK;
}

static enum cola_status
take(void *ctx, const json_t *value, const char *bytes, size_t len,
     struct cola_error *err)
{
    struct verification *v = ctx;
    const char *type = json_string_value(json_object_get(value, "type"));

    (void)bytes;
    (void)len;
    if (!v->begun)
        return check_header(v, value, err);
    return type != NULL && strcmp(type, "sample") == 0 ? take_sample(v, value, err) :
           COLA_OK;
}

/* ---- the table -------------------------------------------------------------------------- */

struct tally {
    size_t solvable, found, shortest;
    double regret, first;
};

static struct tally
count(const struct verification *v, int level, int random)
{
    struct tally t = {0, 0, 0, 0.0, 0.0};

    for (size_t i = 0; i < v->n; i++) {
        const struct row *r = &v->rows[i];
        const struct found *f = random ? &r->random : &r->search;

        if ((level != -2 && r->level != level) || r->truth == 0)
            continue;
        t.solvable++;
        if (f->length == 0)
            continue;
        t.found++;
        t.shortest += f->length <= r->truth;
        t.regret += f->length - r->truth;
        t.first += f->first;
    }
    return t;
}

static void
add_tally(struct cola_buffer *b, const char *level, const char *who, struct tally t)
{
    double lo, hi, found = (double)t.found;
    char rate[32];

    cola_wilson(t.shortest, t.solvable, &lo, &hi);
    snprintf(rate, sizeof rate, "%.0f%% [%.0f-%.0f]", t.solvable > 0 ?
             100.0 * (double)t.shortest / (double)t.solvable : 0.0, 100.0 * lo,
             100.0 * hi);
    cola_buffer_printf(b, "%5s %-7s %8zu %8zu  %-14s", level, who, t.solvable, t.found,
                       rate);
    if (t.found > 0)
        cola_buffer_printf(b, " %8.2f %10.1f\n", t.regret / found, t.first / found);
    else
        cola_buffer_printf(b, " %8s %10s\n", "-", "-");
}

static void
add_levels(const struct verification *v, struct cola_buffer *b)
{
    cola_buffer_printf(b, "%5s %-7s %8s %8s  %-14s %8s %10s\n", "level", "by", "solvable",
                       "solved", "shortest found", "regret", "first at");
    for (int level = -1;;) {
        char name[16];
        int next = INT32_MAX;

        snprintf(name, sizeof name, level >= 0 ? "%d" : "none", level);
        for (size_t i = 0; i < v->n; i++)
            if (v->rows[i].level == level) {
                add_tally(b, name, "search", count(v, level, 0));
                if (v->with_random)
                    add_tally(b, "", "random", count(v, level, 1));
                break;
            }
        for (size_t i = 0; i < v->n; i++)
            if (v->rows[i].level > level && v->rows[i].level < next)
                next = v->rows[i].level;
        if (next == INT32_MAX)
            break;
        level = next;
    }
    add_tally(b, "all", "search", count(v, -2, 0));
    if (v->with_random)
        add_tally(b, "", "random", count(v, -2, 1));
}

/* How much shorter what the search found is than what random chains found, on
 * the samples that both solved. */
static enum cola_status
add_difference(const struct verification *v, struct cola_buffer *b,
               struct cola_error *err)
{
    double *difference = cola_alloc(v->n, sizeof *difference), mean, lo, hi;
    size_t n = 0;

    if (difference == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < v->n; i++)
        if (v->rows[i].search.length > 0 && v->rows[i].random.length > 0)
            difference[n++] = v->rows[i].random.length - v->rows[i].search.length;
    if (n > 0) {
        cola_bootstrap(difference, n, &mean, &lo, &hi);
        cola_buffer_printf(b, "\nThe search's chain is shorter than the best random one "
                           "by %.2f layers [%.2f to %.2f], paired over %zu samples.\n",
                           mean, lo, hi, n);
    }
    free(difference);
    return COLA_OK;
}

enum cola_status
cola_verify(const char *path, const struct cola_truth *truth, struct cola_buffer *b,
            size_t *contradictions, struct cola_error *err)
{
    struct verification v = {.truth = truth, .b = b};
    struct cola_error own;
    int torn;
    enum cola_status st = cola_journal_read(path, take, &v, &torn, &own);

    if (st != COLA_OK && strstr(own.text, path) != NULL)
        cola_fail(err, st, "%s", own.text);
    else if (st != COLA_OK)
        cola_fail(err, st, "%.200s: %.250s", path, own.text);
    if (st == COLA_OK && v.judged == 0)
        st = cola_fail(err, COLA_NOTHING, "%s: no verdicts: nothing was compared", path);
    if (st == COLA_OK) {
        add_levels(&v, b);
        if (v.with_random)
            st = add_difference(&v, b, err);
        cola_buffer_printf(b, "%s%zu verdicts: %zu contradict the truth, %zu are of chains "
                           "outside it.\n", v.with_random ? "" : "\n", v.judged,
                           v.contradictions, v.outside);
    }
    free(v.rows);
    *contradictions = v.contradictions;
    return st == COLA_OK ? cola_buffer_ok(b, err) : st;
}
