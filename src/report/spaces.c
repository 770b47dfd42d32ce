/*
 * spaces.c - accuracy by space, and what becomes of samples
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/sections.h"

#include <math.h>
#include <string.h>

#include "report/rows.h"

/* ---- table 1 --------------------------------------------------------------------- */

/* Is run number R the first of its set? */
static int
is_first(const struct cola_runs *runs, size_t r)
{
    for (size_t i = 0; i < r; i++)
        if (!runs->list[i].enumeration &&
            strcmp(runs->list[i].set, runs->list[r].set) == 0)
            return 0;
    return 1;
}

/* The run of the set in SPACE, or NULL. */
static const struct cola_run *
find_space(const struct cola_runs *runs, const char *set, enum cola_space space)
{
    for (size_t i = 0; i < runs->n; i++)
        if (!runs->list[i].enumeration && runs->list[i].n > 0 &&
            runs->list[i].space == space && strcmp(runs->list[i].set, set) == 0)
            return &runs->list[i];
    return NULL;
}

/* What a filter of a wider space lets pass: the definitions of RE-PoLar. */
static int
no_repeat(const struct cola_run *run, const struct cola_judged *j)
{
    (void)run;
    return j->length == j->unique;
}

static int
no_skip(const struct cola_run *run, const struct cola_judged *j)
{
    return j->unique == run->layers;
}

/* A row: samples of LEVEL of which the ordinary chain is right, or (FILTER)
 * some chain that passes, or some chain. */
static void
add_row(struct cola_sheets *sheets, const struct cola_run *main, int level,
        const char *space, const char *from, const struct cola_run *run, int ordinary,
        int (*filter)(const struct cola_run *, const struct cola_judged *))
{
    size_t n = 0, k = 0;

    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];
        int right = ordinary ? s->base == '1' : filter == NULL && s->best != SIZE_MAX;

        if (!cola_level_has(level, s))
            continue;
        for (size_t j = s->first; filter != NULL && j < s->first + s->n; j++)
            right |= cola_is_right(&run->judged[j]) && filter(run, &run->judged[j]);
        n++;
        k += (size_t)right;
    }
    cola_run_cells(sheets, main, level);
    cola_sheet_text(sheets, json_string_value(json_object_get(main->header,
                                                              "benchmark")));
    cola_sheet_text(sheets, space);
    cola_sheet_text(sheets, from);
    cola_rate_cells(sheets, k, n);
}

static void
add_set(struct cola_sheets *sheets, const struct cola_runs *runs, const char *set)
{
    const struct cola_run *both = find_space(runs, set, COLA_SPACE_BOTH);
    const struct cola_run *skip = find_space(runs, set, COLA_SPACE_SKIP);
    const struct cola_run *repeat = find_space(runs, set, COLA_SPACE_REPEAT);
    const struct cola_run *any = find_space(runs, set, COLA_SPACE_ANY);
    const struct cola_run *main = both != NULL ? both : any != NULL ? any :
                                  skip != NULL ? skip : repeat;
    int level;

    for (size_t l = 0; main != NULL && cola_level_at(main, l, &level); l++) {
        add_row(sheets, main, level, "original", "ordinary chain", main, 1, NULL);
        if (skip != NULL)
            add_row(sheets, main, level, "skip", "search", skip, 0, NULL);
        if (both != NULL)
            add_row(sheets, main, level, "skip", "filter of both", both, 0, no_repeat);
        if (repeat != NULL)
            add_row(sheets, main, level, "repeat", "search", repeat, 0, NULL);
        if (both != NULL)
            add_row(sheets, main, level, "repeat", "filter of both", both, 0, no_skip);
        if (both != NULL)
            add_row(sheets, main, level, "both", "search", both, 0, NULL);
        if (any != NULL)
            add_row(sheets, main, level, "any", "search", any, 0, NULL);
    }
}

void
cola_sheet_table1(const struct cola_runs *runs, struct cola_sheets *sheets)
{
    struct cola_sheet *sheet =
        cola_sheet_begin(sheets, COLA_SECTION_TABLE1, "table1",
            "Table 1: samples with a right chain, by space",
            "Journals whose headers are equal but for the space, controls and random are "
            "one set, called after the one of space both, else any, skip, repeat; levels "
            "are that one's. n: the samples of the level; k: original: the ordinary "
            "chain is right; search: some chain that the search of that space judged is "
            "right (the ordinary one is always judged); filter of both: some right chain "
            "of the journal of space both repeats no layer (skip), or leaves none out "
            "(repeat). Each is at its own journal's samples and budget; of journals of "
            "one space in a set it is the first. Knowing the answer picks the chain: "
            "this is no accuracy that a user would see. Intervals: Wilson.",
            "run level benchmark space from n k accuracy% accuracy_lo% accuracy_hi%");

    if (sheet != NULL)
        sheet->figure = (struct cola_figure){
            .kind = COLA_FIGURE_BARS, .x = "level", .y = "accuracy",
            .series = "space from", .facet = "run", .lo = "accuracy_lo",
            .hi = "accuracy_hi", .x_label = "level", .y_label = "share of samples",
            .y_from = 0.0, .y_to = 1.0, .reference = NAN, .neutral = NAN,
        };
    for (size_t r = 0; r < runs->n; r++)
        if (!runs->list[r].enumeration && is_first(runs, r))
            add_set(sheets, runs, runs->list[r].set);
}

/* ---- transitions ----------------------------------------------------------------- */

/* With any other right chain counting, not only shorter ones. */
static enum cola_told
told_any(const struct cola_run *run, const struct cola_sampled *s)
{
    for (size_t i = s->first + 1; s->base == '1' && i < s->first + s->n; i++)
        if (cola_is_right(&run->judged[i]))
            return COLA_TOLD_C_TO_C;
    return s->base == '1' ? COLA_TOLD_C : cola_told(run, s);
}

/* Is the ordinary chain undecided on some sample? */
static int
undecided(const struct cola_run *run)
{
    for (size_t i = 0; i < run->n; i++)
        if (run->samples[i].base == '?')
            return 1;
    return 0;
}

static void
add_transitions(struct cola_sheets *sheets, const struct cola_run *run, int level,
                int any)
{
    static const enum cola_told order[COLA_TOLD] = {
        COLA_TOLD_C_TO_C, COLA_TOLD_C, COLA_TOLD_W_TO_C, COLA_TOLD_W_TO_W,
        COLA_TOLD_UNDECIDED,
    };
    int rows = undecided(run) ? COLA_TOLD : COLA_TOLD - 1;
    size_t k[COLA_TOLD] = {0}, n = 0;

    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];

        if (!cola_level_has(level, s))
            continue;
        k[any ? told_any(run, s) : cola_told(run, s)]++;
        n++;
    }
    for (int i = 0; i < rows; i++) {
        cola_run_cells(sheets, run, level);
        cola_sheet_text(sheets, any ? "any other" : "strictly shorter");
        cola_sheet_text(sheets, cola_told_name(order[i]));
        cola_rate_cells(sheets, k[order[i]], n);
    }
}

void
cola_sheet_transitions(const struct cola_runs *runs, struct cola_sheets *sheets)
{
    struct cola_sheet *sheet =
        cola_sheet_begin(sheets, COLA_SECTION_TABLE1, "transitions",
            "Figure 4: what becomes of samples",
            "Classes part the n samples. W->C: the ordinary chain is wrong, another is "
            "right. W->W: none is. C->C: the ordinary chain is right, and so is "
            "another one: reading strictly shorter: one with fewer positions; reading "
            "any other: any. C: right, and no such chain: the original remains the best. "
            "undecided: the grader could not say of the ordinary chain; a row of runs "
            "that have such samples. The paper does not say which reading it counts. k "
            "of n: share; intervals: Wilson.",
            "run level reading class n k share% share_lo% share_hi%");

    if (sheet != NULL)
        sheet->figure = (struct cola_figure){
            .kind = COLA_FIGURE_BARS, .x = "level", .y = "share", .series = "class",
            .facet = "run reading", .lo = "share_lo", .hi = "share_hi",
            .x_label = "level", .y_label = "share of samples", .y_from = 0.0,
            .y_to = 1.0, .reference = NAN, .neutral = NAN,
        };
    for (struct cola_row row = {0}; cola_row_next(runs, &row);)
        for (int any = 0; any < 2; any++)
            add_transitions(sheets, row.run, row.level, any);
}
