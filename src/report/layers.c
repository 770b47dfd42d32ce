/*
 * layers.c - which layers the right chains use
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/sections.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "report/rows.h"
#include "report/statistics.h"

/* Of the chains of one class, on one level. */
struct usage {
    size_t layers, paths;
    size_t *count;              /* [layers] how often it is executed, summed */
    size_t *skipped;            /* [layers] chains without it */
    size_t *repeated;           /* [layers] executions beyond the first, summed */
    double *third[3];           /* [paths] mean count of the third's layers */
};

static void
forget(struct usage *u)
{
    free(u->count);
    free(u->skipped);
    free(u->repeated);
    for (int t = 0; t < 3; t++)
        free(u->third[t]);
}

/* 0 early: below L/3; 1 middle: below 2L/3; 2 late. */
static int
third_of(size_t layer, size_t layers)
{
    return 3 * layer < layers ? 0 : 3 * layer < 2 * layers ? 1 : 2;
}

static void
take(const struct cola_run *run, const struct cola_judged *j, struct usage *u,
     size_t *times)
{
    size_t sum[3] = {0, 0, 0}, size[3] = {0, 0, 0};

    memset(times, 0, u->layers * sizeof *times);
    for (size_t i = 0; i < j->length; i++) {
        size_t layer = run->pool[j->at + i];

        u->count[layer]++;
        u->repeated[layer] += times[layer]++ > 0;
    }
    for (size_t layer = 0; layer < u->layers; layer++) {
        u->skipped[layer] += times[layer] == 0;
        sum[third_of(layer, u->layers)] += times[layer];
        size[third_of(layer, u->layers)]++;
    }
    for (int t = 0; t < 3; t++)
        u->third[t][u->paths] = size[t] > 0 ? (double)sum[t] / (double)size[t] : 0.0;
    u->paths++;
}

/* f = 1 - s + r, in whole numbers. */
static enum cola_status
check(const struct cola_run *run, const struct usage *u, struct cola_error *err)
{
    for (size_t i = 0; i < u->layers; i++)
        if (u->count[i] + u->skipped[i] != u->paths + u->repeated[i])
            return cola_fail(err, COLA_INPUT, "%s: layer %zu: f = 1 - s + r does not "
                             "hold: %zu executions, %zu chains, %zu without it, %zu "
                             "repeats", run->label, i, u->count[i], u->paths,
                             u->skipped[i], u->repeated[i]);
    return COLA_OK;
}

/* The shortest right chain of each sample of CLASS, or ALL its right ones. */
static enum cola_status
gather(const struct cola_run *run, int level, enum cola_told class, int all,
       struct usage *u, struct cola_error *err)
{
    size_t layers = (size_t)run->layers, *times = cola_alloc(layers, sizeof *times);
    enum cola_status st = COLA_OK;

    *u = (struct usage){.layers = layers};
    u->count = cola_alloc(layers, sizeof *u->count);
    u->skipped = cola_alloc(layers, sizeof *u->skipped);
    u->repeated = cola_alloc(layers, sizeof *u->repeated);
    for (int t = 0; t < 3; t++)
        u->third[t] = cola_alloc(run->n_judged, sizeof *u->third[t]);
    if (times == NULL || u->count == NULL || u->skipped == NULL || u->repeated == NULL ||
        u->third[0] == NULL || u->third[1] == NULL || u->third[2] == NULL)
        st = cola_fail_memory(err);
    for (size_t i = 0; st == COLA_OK && i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];

        if (!cola_level_has(level, s) || cola_told(run, s) != class)
            continue;
        for (size_t j = s->first; j < s->first + s->n; j++)
            if (all ? run->judged[j].mark == '1' : j == s->best)
                take(run, &run->judged[j], u, times);
    }
    if (st == COLA_OK)
        st = check(run, u, err);
    free(times);
    if (st != COLA_OK)
        forget(u);
    return st;
}

/* ---- rows ------------------------------------------------------------------------ */

struct place {
    const struct cola_run *run;
    int level, all;
    enum cola_told class;
};

static void
add_place(struct cola_sheets *sheets, const struct place *p)
{
    cola_run_cells(sheets, p->run, p->level);
    cola_sheet_text(sheets, cola_told_name(p->class));
    cola_sheet_text(sheets, p->all ? "all right" : "shortest");
}

static void
add_counts(struct cola_sheets *sheets, const struct place *p, const struct usage *u,
           const size_t *sum)
{
    for (size_t i = 0; u->paths > 0 && i < u->layers; i++) {
        add_place(sheets, p);
        cola_sheet_count(sheets, i);
        cola_sheet_count(sheets, u->paths);
        cola_sheet_real(sheets, (double)sum[i] / (double)u->paths);
    }
}

static void
add_frequency(struct cola_sheets *sheets, const struct place *p, struct usage *u)
{
    add_counts(sheets, p, u, u->count);
}

static void
add_skips(struct cola_sheets *sheets, const struct place *p, struct usage *u)
{
    add_counts(sheets, p, u, u->skipped);
}

static void
add_repeats(struct cola_sheets *sheets, const struct place *p, struct usage *u)
{
    add_counts(sheets, p, u, u->repeated);
}

static int
by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);       /* equal values are alike */
}

static void
add_thirds(struct cola_sheets *sheets, const struct place *p, struct usage *u)
{
    static const char *const names[] = {"early", "middle", "late"};
    static const double at[] = {0.0, 0.25, 0.5, 0.75, 1.0};

    for (int t = 0; u->paths > 0 && t < 3; t++) {
        double sum = 0.0;

        qsort(u->third[t], u->paths, sizeof u->third[t][0], by_value);
        for (size_t i = 0; i < u->paths; i++)
            sum += u->third[t][i];
        add_place(sheets, p);
        cola_sheet_text(sheets, names[t]);
        cola_sheet_count(sheets, u->paths);
        for (int q = 0; q < 5; q++)
            cola_sheet_real(sheets, cola_quantile(u->third[t], u->paths, at[q]));
        cola_sheet_real(sheets, sum / (double)u->paths);
    }
}

static void
add_entropy(struct cola_sheets *sheets, const struct place *p, struct usage *u)
{
    double h = 0.0, all = 0.0, most = 0.0, even = cola_log((double)u->layers);
    size_t top = 0;

    for (size_t i = 0; i < u->layers; i++)
        all += (double)u->count[i];
    if (all <= 0.0)
        return;
    for (size_t i = 0; i < u->layers; i++) {
        double share = (double)u->count[i] / all;

        if (share > 0.0)
            h -= share * cola_log(share);
        if (share > most) {
            most = share;
            top = i;
        }
    }
    add_place(sheets, p);
    cola_sheet_count(sheets, u->layers);
    cola_sheet_count(sheets, u->paths);
    cola_sheet_real(sheets, h);
    cola_sheet_real(sheets, even);
    cola_sheet_real(sheets, u->layers > 1 ? h / even : NAN);
    cola_sheet_real(sheets, most);
    cola_sheet_count(sheets, top);
}

/* ---- sheets ---------------------------------------------------------------------- */

static const struct {
    const char *name, *title, *definition, *columns;
    void (*add)(struct cola_sheets *, const struct place *, struct usage *);
    struct cola_figure figure;
} sheets_of[] = {
    {"layer-frequency", "Figure 5a: how often each layer is executed",
     "frequency f: how often the layer is executed in a chain, the mean over the chains. "
     "Chains: of the samples of a class the shortest right one each (shortest), or all "
     "that were judged right (all right; samples with many weigh more). In every row f = "
     "1 - s + r with s of layer-skips and r of layer-repeats, which is checked. Above 1: "
     "repeated more than left out.",
     "run level class which layer chains frequency", add_frequency,
     {.kind = COLA_FIGURE_HEAT, .x = "layer", .y = "level", .value = "frequency",
      .facet = "run class which", .x_label = "layer", .y_label = "level",
      .neutral = 1.0}},
    {"layer-thirds", "Figure 5b: early, middle and late layers",
     "An observation is a chain: the mean of how often each layer of the third is "
     "executed. early: layers below L/3, middle: below 2L/3, late: the others, counted "
     "from 0. lowest, q1, median, q3, highest: quantiles 0, 1/4, 1/2, 3/4, 1 with linear "
     "interpolation (type 7). Chains as in layer-frequency.",
     "run level class which third chains lowest q1 median q3 highest mean", add_thirds,
     {.kind = COLA_FIGURE_BOXES, .x = "third", .y = "median", .series = "class",
      .facet = "run which", .lo = "lowest", .hi = "highest", .q1 = "q1", .q3 = "q3",
      .only = "level=all", .x_label = "third of the model",
      .y_label = "executions a layer", .reference = 1.0}},
    {"layer-entropy", "How evenly layers are used",
     "With p the layer's share of all executions in the chains (see layer-frequency): "
     "entropy H = - sum p ln p, in nats; even: ln L, the entropy of all layers alike; "
     "ratio: H / ln L; most: the largest p, and top_layer, the first that has it. H "
     "grows with L: models of other depths are compared by the ratio.",
     "run level class which layers chains entropy even ratio most top_layer", add_entropy,
     {.kind = COLA_FIGURE_NONE}},
    {"layer-skips", "Figure 6a: how often each layer is left out",
     "skip rate s: the share of chains in which the layer does not occur. Chains as in "
     "layer-frequency.",
     "run level class which layer chains skips%", add_skips,
     {.kind = COLA_FIGURE_LINES, .x = "layer", .y = "skips", .series = "class",
      .facet = "run which", .only = "level=all", .x_label = "layer",
      .y_label = "share of chains without it"}},
    {"layer-repeats", "Figure 6b: how often each layer is repeated",
     "repeats r: executions of the layer beyond its first in a chain, the mean over the "
     "chains, 0 where it does not occur. Chains as in layer-frequency.",
     "run level class which layer chains repeats", add_repeats,
     {.kind = COLA_FIGURE_LINES, .x = "layer", .y = "repeats", .series = "class",
      .facet = "run which", .only = "level=all", .x_label = "layer",
      .y_label = "repeats a chain"}},
};

static enum cola_status
add_run(struct cola_sheets *sheets, const struct cola_run *run, size_t kind,
        struct cola_error *err)
{
    struct place p = {run, 0, 0, COLA_TOLD_C};
    enum cola_status st = COLA_OK;

    for (size_t l = 0; run->n > 0 && cola_level_at(run, l, &p.level); l++)
        for (int i = 0; i < 4; i++) {
            struct usage u;

            p.class = i < 2 ? COLA_TOLD_C_TO_C : COLA_TOLD_W_TO_C;
            p.all = i % 2;
            st = gather(run, p.level, p.class, p.all, &u, err);
            if (st != COLA_OK)
                return st;
            sheets_of[kind].add(sheets, &p, &u);
            forget(&u);
        }
    return st;
}

enum cola_status
cola_sheet_layers(const struct cola_runs *runs, struct cola_sheets *sheets,
                  struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    for (size_t kind = 0; kind < sizeof sheets_of / sizeof sheets_of[0]; kind++) {
        struct cola_sheet *sheet =
            cola_sheet_begin(sheets, COLA_SECTION_LAYERS, sheets_of[kind].name,
                             sheets_of[kind].title, sheets_of[kind].definition,
                             sheets_of[kind].columns);

        if (sheet != NULL) {
            sheet->figure = sheets_of[kind].figure;
            if (sheet->figure.kind != COLA_FIGURE_HEAT)
                sheet->figure.neutral = NAN;
            if (sheet->figure.kind != COLA_FIGURE_BOXES)
                sheet->figure.reference = NAN;
        }
        for (size_t r = 0; st == COLA_OK && r < runs->n; r++)
            st = add_run(sheets, &runs->list[r], kind, err);
    }
    return st;
}
