/*
 * verify_table.c - what a verification showed, for people
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/tally.h"

#include <stdio.h>
#include <string.h>

#include "report/statistics.h"

static const char *const finders[] = {"space", "search", "random"};

/* ---- the table ------------------------------------------------------------------- */

static void
add_rate(struct cola_buffer *b, size_t k, size_t n)
{
    double lo, hi;
    char text[32];

    cola_wilson(k, n, &lo, &hi);
    snprintf(text, sizeof text, "%.0f%% [%.0f-%.0f]", n > 0 ?
             100.0 * (double)k / (double)n : 0.0, 100.0 * lo, 100.0 * hi);
    cola_buffer_printf(b, "  %-15s", n > 0 ? text : "-");
}

/* SUM / N, or a dash when there is nothing to divide by. */
static void
add_mean(struct cola_buffer *b, double sum, size_t n)
{
    if (n > 0)
        cola_buffer_printf(b, " %8.2f", sum / (double)n);
    else
        cola_buffer_printf(b, " %8s", "-");
}

static void
level_name(int level, char name[16])
{
    if (level >= 0)
        snprintf(name, 16, "%d", level);
    else
        strcpy(name, level == COLA_ALL_LEVELS ? "all" : "none");
}

static void
add_level(const struct cola_verification *v, const struct cola_level_tally *l,
          struct cola_buffer *b)
{
    char name[16];

    level_name(l->level, name);
    cola_buffer_printf(b, "%5s %-6s %7zu %7zu  %-15s %7s", name, "truth", l->samples,
                       l->solvable, "", "");
    add_mean(b, l->length, l->solvable);
    cola_buffer_text(b, "\n");
    for (int f = 0; f < COLA_FINDERS; f++) {
        const struct cola_tally *t = &l->by[f];

        if (!v->with[f])
            continue;
        cola_buffer_printf(b, "%5s %-6s %7s %7zu", "", finders[f], "", t->solved);
        add_rate(b, t->shortest, l->solvable);
        cola_buffer_printf(b, " %7zu", t->beyond);
        add_mean(b, t->length, t->solved);
        add_mean(b, t->regret, t->solved);
        if (f != COLA_BY_SPACE)
            add_mean(b, t->first, t->solved);
        cola_buffer_text(b, "\n");
    }
}

static void
add_robust(const struct cola_verification *v, const struct cola_level_tally *l,
           struct cola_buffer *b)
{
    char name[16];

    level_name(l->level, name);
    cola_buffer_printf(b, "%5s %-6s %7zu  %-15s %7s", name, "truth", l->samples, "", "");
    add_mean(b, l->right, l->samples);
    cola_buffer_text(b, "\n");
    for (int f = 0; f < COLA_FINDERS; f++) {
        const struct cola_tally *t = &l->by[f];

        if (!v->with[f])
            continue;
        cola_buffer_printf(b, "%5s %-6s %7s", "", finders[f], "");
        add_rate(b, t->robust, l->samples);
        cola_buffer_printf(b, " %7zu", t->robust_short);
        add_mean(b, t->right, l->samples);
        add_mean(b, t->missed, l->samples);
        cola_buffer_text(b, "\n");
    }
}

/* Each level, where there are several, and all together. */
static void
add_levels(const struct cola_verification *v, struct cola_buffer *b,
           void (*add)(const struct cola_verification *v,
                       const struct cola_level_tally *l, struct cola_buffer *b))
{
    int level = cola_tally_next(v, COLA_ALL_LEVELS);
    int several = cola_tally_next(v, level) != COLA_ALL_LEVELS;
    struct cola_level_tally l;

    for (; several && level != COLA_ALL_LEVELS; level = cola_tally_next(v, level)) {
        l = cola_tally_level(v, level);
        add(v, &l, b);
    }
    l = cola_tally_level(v, COLA_ALL_LEVELS);
    add(v, &l, b);
}

static void
add_sample(const struct cola_verification *v, const struct cola_verified *r,
           struct cola_buffer *b)
{
    cola_buffer_printf(b, "%-20s truth", r->sample->id);
    for (int f = -1; f < COLA_FINDERS; f++) {
        const struct cola_found *found = f < 0 ? &r->truth : &r->by[f];

        if (f >= 0 && !v->with[f])
            continue;
        if (f >= 0)
            cola_buffer_printf(b, ", %s", finders[f]);
        if (found->length > 0)
            cola_buffer_printf(b, " %d", found->length);
        else
            cola_buffer_text(b, " -");
        if (found->first > 0)
            cola_buffer_printf(b, " at %d", found->first);
        if (v->several)
            cola_buffer_printf(b, " right %d", found->right);
    }
    cola_buffer_text(b, "\n");
}

static enum cola_status
add_differences(const struct cola_verification *v, struct cola_buffer *b,
                struct cola_error *err)
{
    static const struct {
        const char *what, *unit;
        double scale;
    } lines[] = {
        [COLA_OF_SHORTEST] = {"shortest found", "points", 100.0},
        [COLA_OF_RIGHT] = {"inputs right", "inputs", 1.0},
        [COLA_OF_LENGTH] = {"length", "layers", 1.0},
    };

    cola_buffer_text(b, "Search less random chains, paired:\n");
    for (int what = 0; what < COLA_DIFFERENCES; what++) {
        double scale = lines[what].scale;
        struct cola_paired d;
        enum cola_status st = cola_tally_difference(v, (enum cola_difference)what, &d,
                                                    err);

        if (st != COLA_OK)
            return st;
        if (d.n > 0)
            cola_buffer_printf(b, "  %-14s %+.2f %s [%+.2f to %+.2f], %zu samples\n",
                               lines[what].what, scale * d.mean, lines[what].unit,
                               scale * d.lo, scale * d.hi, d.n);
    }
    return COLA_OK;
}

static void
add_verdict(struct cola_buffer *b, const char *who, enum cola_mark mark, int right,
            const char *answer, int several)
{
    static const char *const names[] = {
        [COLA_WRONG] = "wrong", [COLA_CORRECT] = "correct",
        [COLA_UNDECIDED] = "undecided",
    };

    cola_buffer_printf(b, "%s %s", who, names[mark]);
    if (several)
        cola_buffer_printf(b, " (%d right)", right);
    if (answer != NULL) {
        cola_buffer_text(b, " ");
        cola_json_add_text(b, answer, strlen(answer));
    }
}

static void
add_yardstick(const struct cola_verification *v, struct cola_buffer *b)
{
    size_t named = 0;

    for (int robust = 0; robust < 2; robust++) {
        struct cola_certificates c = cola_tally_certificates(v, robust);

        if (c.asked > 0)
            cola_buffer_printf(b, "Certified %zu of %zu %s chains: %zu worse, "
                               "%zu outside; f64 disagrees about %zu.\n",
                               c.certified, c.asked, robust ? "robust" : "shortest",
                               c.worse, c.outside, c.disagree);
    }
    for (size_t i = 0; i < v->n_returned && named < COLA_NAMED; i++) {
        const struct cola_returned *r = &v->returned[i];

        if (!r->asked || r->agrees)
            continue;
        named++;
        cola_buffer_printf(b, "  %s ", v->rows[r->row].sample->id);
        cola_chain_add_text(b, &r->chain);
        add_verdict(b, ":", r->mark, r->right, r->answer, v->several);
        add_verdict(b, "; by f64", r->said, r->said_right, r->said_answer, v->several);
        cola_buffer_text(b, "\n");
    }
}

enum cola_status
cola_verification_table(const struct cola_verification *v, int list,
                        struct cola_buffer *b, struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < v->contradictions && i < COLA_NAMED; i++) {
        cola_buffer_printf(b, "CONTRADICTION %s ", v->named[i].id);
        cola_chain_add_text(b, &v->named[i].chain);
        cola_buffer_printf(b, ": another %s than the truth's\n", v->named[i].what);
    }
    for (size_t i = 0; list && i < v->n; i++)
        add_sample(v, &v->rows[i], b);
    cola_buffer_printf(b, "%5s %-6s %7s %7s  %-15s %7s %8s %8s %8s\n", "level", "by",
                       "samples", "solved", "shortest found", "beyond", "length",
                       "regret", "first at");
    add_levels(v, b, add_level);
    if (v->several) {
        cola_buffer_printf(b, "\n%5s %-6s %7s  %-15s %7s %8s %8s\n", "level", "by",
                           "samples", "as robust", "and short", "right", "missed");
        add_levels(v, b, add_robust);
    }
    cola_buffer_text(b, "\n");
    if (v->with[COLA_BY_RANDOM])
        st = add_differences(v, b, err);
    if (v->narrower)
        cola_buffer_text(b, "The search has fewer moves than the enumeration.\n");
    if (v->absent > 0)
        cola_buffer_printf(b, "%zu samples of the search are not in the enumeration and "
                           "were passed over.\n", v->absent);
    cola_buffer_printf(b, "The search judged %zu of the truth's %zu chains.\n"
                       "%zu verdicts: %zu contradict the truth, %zu are of chains "
                       "outside it.\n", v->covered, v->n * v->truth->chains.set.count,
                       v->judged, v->contradictions, v->outside);
    add_yardstick(v, b);
    return st == COLA_OK ? cola_buffer_ok(b, err) : st;
}
