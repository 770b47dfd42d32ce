/*
 * depth.c - how deep the right chains are
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/sections.h"

#include <math.h>
#include <stdlib.h>

#include "report/rows.h"

static const enum cola_told classes[] = {COLA_TOLD_C_TO_C, COLA_TOLD_W_TO_C};

/* ---- figure 2 -------------------------------------------------------------------- */

/* The sample's depth: of its shortest right chain, or the mean of all. */
static double
depth_of(const struct cola_run *run, const struct cola_sampled *s, int mean, int unique)
{
    double sum = 0.0;
    size_t n = 0;

    if (!mean)
        return unique ? run->judged[s->best].unique : run->judged[s->best].length;
    for (size_t i = s->first; i < s->first + s->n; i++)
        if (cola_is_right(&run->judged[i])) {
            sum += unique ? run->judged[i].unique : run->judged[i].length;
            n++;
        }
    return sum / (double)n;
}

static enum cola_status
add_depth(struct cola_sheets *sheets, const struct cola_run *run, int level,
          enum cola_told class, int mean, int unique, struct cola_error *err)
{
    struct cola_observed values;
    struct cola_mean m;
    enum cola_status st = cola_observed_new(&values, run->n, err);

    if (st != COLA_OK)
        return st;
    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];

        if (cola_level_has(level, s) && cola_told(run, s) == class)
            cola_observed_add(&values, s, depth_of(run, s, mean, unique));
    }
    m = cola_observed_mean(&values);
    cola_observed_free(&values);
    cola_run_cells(sheets, run, level);
    cola_sheet_text(sheets, cola_told_name(class));
    cola_sheet_text(sheets, mean ? "mean of right" : "shortest");
    cola_sheet_text(sheets, unique ? "different layers" : "depth");
    cola_sheet_count(sheets, (size_t)run->layers);
    cola_sheet_count(sheets, m.n);
    cola_mean_cells(sheets, &m);
    return COLA_OK;
}

static enum cola_status
add_depths(struct cola_sheets *sheets, const struct cola_run *run, int level,
           struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    for (int i = 0; st == COLA_OK && i < 8; i++)
        st = add_depth(sheets, run, level, classes[i / 4], i / 2 % 2, i % 2, err);
    return st;
}

/* ---- figure 7 -------------------------------------------------------------------- */

struct ranked {
    const struct cola_run *run;         /* qsort has no argument for it */
    const struct cola_judged *judged;
};

static int
by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int order = cola_judged_rank(x->run, x->judged, y->judged);

    return order != 0 ? order : (x->judged > y->judged) - (x->judged < y->judged);
}

static enum cola_status
add_shortest(struct cola_sheets *sheets, const struct cola_run *run, int level,
             enum cola_told class, struct cola_error *err)
{
    static const size_t tops[] = {5, 10, 20, 100};
    struct ranked *list = cola_alloc(run->n_judged, sizeof *list);
    size_t n = 0;

    if (list == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];

        if (!cola_level_has(level, s) || cola_told(run, s) != class)
            continue;
        for (size_t j = s->first; j < s->first + s->n; j++)
            if (cola_is_right(&run->judged[j]))
                list[n++] = (struct ranked){run, &run->judged[j]};
    }
    qsort(list, n, sizeof *list, by_rank);
    for (size_t t = 0; t < sizeof tops / sizeof tops[0]; t++) {
        size_t most = (n * tops[t] + 99) / 100, length = 0, unique = 0;

        for (size_t i = 0; i < most; i++) {
            length += list[i].judged->length;
            unique += list[i].judged->unique;
        }
        cola_run_cells(sheets, run, level);
        cola_sheet_text(sheets, cola_told_name(class));
        cola_sheet_real(sheets, (double)tops[t] / 100.0);
        cola_sheet_count(sheets, (size_t)run->layers);
        cola_sheet_count(sheets, most);
        cola_sheet_real(sheets, most > 0 ? (double)length / (double)most : NAN);
        cola_sheet_real(sheets, most > 0 ? (double)unique / (double)most : NAN);
    }
    free(list);
    return COLA_OK;
}

static enum cola_status
add_both_classes(struct cola_sheets *sheets, const struct cola_run *run, int level,
                 struct cola_error *err)
{
    enum cola_status st = add_shortest(sheets, run, level, COLA_TOLD_C_TO_C, err);

    return st == COLA_OK ? add_shortest(sheets, run, level, COLA_TOLD_W_TO_C, err) : st;
}

/* ---- sheets ---------------------------------------------------------------------- */

/* The number of layers where all runs have as many, else NaN. */
static double
common_layers(const struct cola_runs *runs)
{
    int layers = 0;

    for (size_t i = 0; i < runs->n; i++) {
        if (runs->list[i].enumeration)
            continue;
        if (layers != 0 && layers != runs->list[i].layers)
            return NAN;
        layers = runs->list[i].layers;
    }
    return layers;
}

enum cola_status
cola_sheet_depth(const struct cola_runs *runs, struct cola_sheets *sheets,
                 struct cola_error *err)
{
    struct cola_sheet *sheet =
        cola_sheet_begin(sheets, COLA_SECTION_DEPTH, "depth",
            "Figure 2: depth of right chains",
            "Means over the n samples of a class (C->C: right, and a shorter chain is "
            "right; W->C: wrong, and some chain is right). depth: positions of the "
            "chain; different layers: how many layers occur in it, the depth without "
            "recurrence. which: of the sample's shortest right chain (ties: fewer "
            "different layers, then the first smaller layer), or the mean over all its "
            "right chains, the ordinary one included; the paper does not say which. "
            "layers: the model's. Intervals: bootstrap over groups.",
            "run level class which measure layers n mean mean_lo mean_hi");
    enum cola_status st = COLA_OK;

    if (sheet != NULL)
        sheet->figure = (struct cola_figure){
            .kind = COLA_FIGURE_BARS, .x = "level", .y = "mean",
            .series = "class measure", .facet = "run", .only = "which=shortest",
            .lo = "mean_lo", .hi = "mean_hi", .x_label = "level", .y_label = "layers",
            .reference = common_layers(runs), .neutral = NAN,
        };
    for (struct cola_row row = {0}; st == COLA_OK && cola_row_next(runs, &row);)
        st = add_depths(sheets, row.run, row.level, err);
    if (st != COLA_OK)
        return st;
    sheet = cola_sheet_begin(sheets, COLA_SECTION_DEPTH, "depth-shortest",
        "Figure 7: depth of the shortest right chains",
        "All right chains of all samples of a class are pooled and put in order: "
        "shorter, then fewer different layers, then the first smaller layer. top: the "
        "first so many per cent of them, rounded up to whole chains; depth, different: "
        "their mean positions and different layers. Samples with many right chains weigh "
        "more.",
        "run level class top% layers chains depth different");
    if (sheet != NULL)
        sheet->figure = (struct cola_figure){
            .kind = COLA_FIGURE_LINES, .x = "top", .y = "depth", .series = "class",
            .facet = "run", .only = "level=all", .x_label = "shortest share of chains",
            .y_label = "mean depth", .reference = common_layers(runs), .neutral = NAN,
        };
    for (struct cola_row row = {0}; st == COLA_OK && cola_row_next(runs, &row);)
        st = add_both_classes(sheets, row.run, row.level, err);
    return st;
}
