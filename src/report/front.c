/*
 * front.c - accuracy against depth
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/sections.h"

#include <math.h>
#include <stdlib.h>

#include "report/rows.h"

struct point {
    double depth;
    size_t k;
    int front;
    const char *chain;
};

static void
add_point(struct cola_sheets *sheets, const struct cola_run *run, int level,
          const char *way, const struct point *p, size_t n)
{
    cola_run_cells(sheets, run, level);
    cola_sheet_text(sheets, way);
    cola_sheet_real(sheets, p->depth);
    cola_rate_cells(sheets, p->k, n);
    cola_sheet_text(sheets, p->front ? "yes" : "no");
    cola_sheet_text(sheets, p->chain);
}

/* The shares with a right chain of at most so many positions. */
static void
add_search(struct cola_sheets *sheets, const struct cola_run *run, int level)
{
    size_t n = 0, k = 0, base = 0, longest = 0, last = 0;
    double sum = 0.0;

    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];

        if (!cola_level_has(level, s))
            continue;
        n++;
        base += s->base == '1';
        if (s->best == SIZE_MAX)
            continue;
        k++;
        sum += run->judged[s->best].length;
        if (run->judged[s->best].length > longest)
            longest = run->judged[s->best].length;
    }
    add_point(sheets, run, level, "ordinary chain",
              &(struct point){run->layers, base, 1, NULL}, n);
    if (k > 0)
        add_point(sheets, run, level, "search, mean depth",
                  &(struct point){sum / (double)k, k, 1, NULL}, n);
    for (size_t depth = 1; depth <= longest; depth++) {
        k = 0;
        for (size_t i = 0; i < run->n; i++) {
            const struct cola_sampled *s = &run->samples[i];

            k += cola_level_has(level, s) && s->best != SIZE_MAX &&
                 run->judged[s->best].length <= depth;
        }
        if (k > 0)
            add_point(sheets, run, level, "search, depth budget",
                      &(struct point){(double)depth, k, k > last, NULL}, n);
        last = k;
    }
}

/* Of the chains within one edit the best of each length. */
static void
add_fixed(struct cola_sheets *sheets, const struct cola_run *run, int level)
{
    struct cola_chain chain, best_chain = {0, {0}};
    size_t n = 0, most = 0;
    int begun = 0;

    for (size_t i = 0; i < run->n; i++)
        n += cola_level_has(level, &run->samples[i]) &&
             run->samples[i].controls.fixed != NULL;
    for (size_t c = 0; n > 0 && c < run->n_fixed;) {
        size_t best = 0, right;
        int length;

        cola_chains_get(&run->fixed, c, &chain);
        length = chain.len;
        for (begun = 0; c < run->n_fixed; c++) {        /* shorter ones come first */
            cola_chains_get(&run->fixed, c, &chain);
            if (chain.len != length)
                break;
            right = 0;
            for (size_t i = 0; i < run->n; i++) {
                const struct cola_sampled *s = &run->samples[i];

                right += cola_level_has(level, s) && s->controls.fixed != NULL &&
                         s->controls.fixed[c] == '1';
            }
            if (begun && (right < best || (right == best &&
                                           cola_chain_rank(&chain, &best_chain) >= 0)))
                continue;
            begun = 1;
            best = right;
            best_chain = chain;
        }
        char text[4096];

        cola_chain_print(&best_chain, text, sizeof text);
        add_point(sheets, run, level, "best fixed chain",
                  &(struct point){length, best, best > most, text}, n);
        if (best > most)
            most = best;
    }
}

enum cola_status
cola_sheet_front(const struct cola_runs *runs, struct cola_sheets *sheets,
                 struct cola_error *err)
{
    struct cola_sheet *sheet =
        cola_sheet_begin(sheets, COLA_SECTION_DEPTH, "accuracy-depth",
            "Figure 3: accuracy against depth",
            "way: ordinary chain: the model's depth and the share of samples it gets "
            "right. search, mean depth: the mean depth of the shortest right chains, and "
            "the share of samples that have one (the paper's points). search, depth "
            "budget: the share of samples with a right chain of at most so many "
            "positions, from the first depth that has any to the longest of the shortest "
            "right chains. best fixed chain: of the chains within one edit "
            "(controls.fixed) of that length the one right on most samples, then with "
            "fewer different layers, then with the first smaller layer; it is chosen and "
            "scored on the same samples. front: no point of the same way with fewer "
            "positions is as high (one with none right is not on it). Searches know the "
            "answer; a fixed chain does not. Intervals: Wilson.",
            "run level way depth n k accuracy% accuracy_lo% accuracy_hi% front chain");

    (void)err;
    if (sheet != NULL)
        sheet->figure = (struct cola_figure){
            .kind = COLA_FIGURE_LINES, .x = "depth", .y = "accuracy", .series = "way",
            .facet = "run", .only = "level=all", .x_label = "positions",
            .y_label = "share of samples", .y_from = 0.0, .y_to = 1.0, .reference = NAN,
            .neutral = NAN,
        };
    for (struct cola_row row = {0}; cola_row_next(runs, &row);) {
        add_search(sheets, row.run, row.level);
        add_fixed(sheets, row.run, row.level);
    }
    return COLA_OK;
}
