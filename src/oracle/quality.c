/*
 * quality.c - the runs of a report held against enumerations
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/quality.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "oracle/tally.h"
#include "report/statistics.h"

static void
add_mean(struct cola_sheets *sheets, double sum, size_t n)
{
    cola_sheet_real(sheets, n > 0 ? sum / (double)n : NAN);
}

static void
add_names(struct cola_sheets *sheets, const struct cola_run *run,
          const struct cola_run *truth, const struct cola_level_tally *l,
          const char *finder)
{
    char text[16];

    snprintf(text, sizeof text, "%d", l->level);
    cola_sheet_text(sheets, run->label);
    cola_sheet_text(sheets, truth->label);
    cola_sheet_text(sheets, l->level == COLA_ALL_LEVELS ? "all" :
                    l->level < 0 ? "none" : text);
    cola_sheet_text(sheets, finder);
    cola_sheet_count(sheets, l->samples);
    cola_sheet_count(sheets, l->solvable);
}

static void
add_level(struct cola_sheets *sheets, const struct cola_verification *v,
          const struct cola_run *run, const struct cola_run *truth, int level)
{
    static const char *const finders[] = {"space", "search", "random chains"};
    struct cola_level_tally l = cola_tally_level(v, level);
    double lo, hi;

    add_names(sheets, run, truth, &l, "truth");
    for (int i = 0; i < 6; i++)
        cola_sheet_empty(sheets);
    add_mean(sheets, l.length, l.solvable);
    cola_sheet_empty(sheets);
    cola_sheet_empty(sheets);
    for (int f = 0; f < COLA_FINDERS; f++) {
        const struct cola_tally *t = &l.by[f];

        if (!v->with[f])
            continue;
        add_names(sheets, run, truth, &l, finders[f]);
        cola_wilson(t->shortest, l.solvable, &lo, &hi);
        cola_sheet_count(sheets, t->solved);
        cola_sheet_count(sheets, t->shortest);
        add_mean(sheets, (double)t->shortest, l.solvable);
        cola_sheet_real(sheets, l.solvable > 0 ? lo : NAN);
        cola_sheet_real(sheets, l.solvable > 0 ? hi : NAN);
        cola_sheet_count(sheets, t->beyond);
        add_mean(sheets, t->length, t->solved);
        add_mean(sheets, t->regret, t->solved);
        add_mean(sheets, f == COLA_BY_SPACE ? NAN : t->first, t->solved);
    }
}

static enum cola_status
read_out(const struct cola_verification *v, const struct cola_run *run,
         const struct cola_run *truth, struct cola_buffer *b, struct cola_error *err)
{
    struct cola_level_tally l = cola_tally_level(v, COLA_ALL_LEVELS);
    struct cola_paired d;
    enum cola_status st = cola_tally_difference(v, COLA_OF_SHORTEST, &d, err);

    if (st != COLA_OK)
        return st;
    cola_buffer_printf(b, "%s%s against %s: %zu verdicts contradict the truth;",
                       b->len > 0 ? " " : "", run->label, truth->label,
                       v->contradictions);
    if (v->with[COLA_BY_RANDOM])
        cola_buffer_printf(b, " random chains find a shortest right chain of %zu of %zu "
                           "samples that have one;", l.by[COLA_BY_RANDOM].shortest,
                           l.solvable);
    cola_buffer_printf(b, " the search of %zu of %zu", l.by[COLA_BY_SEARCH].shortest,
                       l.solvable);
    if (v->with[COLA_BY_RANDOM] && d.n > 0)
        cola_buffer_printf(b, ", %+.1f points [%+.1f, %+.1f]", 100.0 * d.mean,
                           100.0 * d.lo, 100.0 * d.hi);
    cola_buffer_text(b, ".");
    return COLA_OK;
}

static enum cola_status
add_pair(struct cola_sheets *sheets, const struct cola_run *run,
         const struct cola_run *label, const struct cola_truth *truth,
         struct cola_buffer *reading, struct cola_error *err)
{
    struct cola_verification *v;
    enum cola_status st = cola_verify(run->parts, run->n_parts, truth, &v, err);
    int level, first;

    if (st != COLA_OK)
        return st;
    first = cola_tally_next(v, COLA_ALL_LEVELS);
    level = first;
    if (cola_tally_next(v, first) == COLA_ALL_LEVELS)
        level = COLA_ALL_LEVELS;
    for (; level != COLA_ALL_LEVELS; level = cola_tally_next(v, level))
        add_level(sheets, v, run, label, level);
    add_level(sheets, v, run, label, COLA_ALL_LEVELS);
    st = read_out(v, run, label, reading, err);
    cola_verification_free(v);
    return st;
}

static int
is_labelled(const struct cola_runs *runs, const char *label)
{
    for (size_t i = 0; i < runs->n; i++)
        if (!runs->list[i].enumeration && strcmp(runs->list[i].label, label) == 0)
            return 1;
    return 0;
}

/* Every journal that the truth T fits. */
static enum cola_status
add_truth(const struct cola_runs *runs, const struct cola_run *t,
          struct cola_sheets *sheets, struct cola_buffer *reading, struct cola_error *err)
{
    struct cola_truth *truth;
    int alone = is_labelled(runs, t->label);
    size_t fitting = 0;
    struct cola_error why = {COLA_OK, ""};
    enum cola_status st = cola_truth_open(t->path, &truth, err);

    if (st != COLA_OK)
        return st;
    for (size_t i = 0; st == COLA_OK && i < runs->n; i++) {
        const struct cola_run *run = &runs->list[i];

        if (run->enumeration || (alone && strcmp(run->label, t->label) != 0))
            continue;
        st = add_pair(sheets, run, t, truth, reading, &why);
        fitting += st == COLA_OK;
        if (!alone && (st == COLA_INPUT || st == COLA_NOTHING))
            st = COLA_OK;
    }
    cola_truth_close(truth);
    if (st != COLA_OK || fitting == 0)
        return cola_fail(err, st != COLA_OK ? st : COLA_INPUT, "%s: fits no journal: %s",
                         t->path, why.text);
    return COLA_OK;
}

enum cola_status
cola_quality(const struct cola_runs *runs, struct cola_sheets *sheets,
             struct cola_error *err)
{
    struct cola_buffer reading = COLA_BUFFER_EMPTY;
    enum cola_status st = COLA_OK;
    struct cola_sheet *sheet;
    size_t truths = 0;

    for (size_t i = 0; i < runs->n; i++)
        truths += runs->list[i].enumeration != 0;
    if (truths == 0)
        return COLA_OK;
    sheet = cola_sheet_begin(sheets, COLA_SECTION_QUALITY, "quality",
        "What the searches found of what there was",
        "The journal against the enumeration truth, on the samples that both have: "
        "solvable: samples with a right chain in the truth. finder: truth: all of it; "
        "space: all chains that the search's moves reach, where the truth has more; "
        "search; random chains: as many. solved: solvable samples of which it has some "
        "right chain; k, shortest: with one no longer than the truth's shortest, of the "
        "solvable; beyond: with one that the truth has not or better than all of it. "
        "length: mean of its shortest right chains, of the solved; regret: mean "
        "positions above the truth's; first: chains judged up to the first right one, "
        "the ordinary one counting. Intervals: Wilson. Computed as \"colaref verify\" "
        "does.",
        "run truth level finder samples solvable solved k shortest% shortest_lo% "
        "shortest_hi% beyond length regret first");
    if (sheet != NULL)
        sheet->figure = (struct cola_figure){
            .kind = COLA_FIGURE_BARS, .x = "level", .y = "shortest", .series = "finder",
            .facet = "run truth", .lo = "shortest_lo", .hi = "shortest_hi",
            .x_label = "level", .y_label = "shortest right chain found", .y_from = 0.0,
            .y_to = 1.0, .reference = NAN, .neutral = NAN,
        };
    for (size_t i = 0; st == COLA_OK && i < runs->n; i++)
        if (runs->list[i].enumeration)
            st = add_truth(runs, &runs->list[i], sheets, &reading, err);
    if (reading.len > 0)
        cola_sheet_reading(sheets, reading.data);
    sheets->failed |= reading.failed;
    cola_buffer_free(&reading);
    return st == COLA_OK && sheets->failed ? cola_fail_memory(err) : st;
}
