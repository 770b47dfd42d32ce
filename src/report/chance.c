/*
 * chance.c - how soon a right chain is found, and how soon by luck
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/sections.h"

#include <math.h>
#include <stdlib.h>

#include "report/rows.h"
#include "report/statistics.h"

/* The samples of one row, all of which the model gets wrong. */
struct wrong {
    const struct cola_run *run;
    const struct cola_sampled **list;   /* [n] */
    size_t n;
    size_t most;                /* chains judged on one of them, but the ordinary */
};

static size_t
try(size_t i)
{
    static const size_t steps[] = {1, 2, 5};
    size_t n = steps[i % 3];

    for (i /= 3; i > 0; i--)
        n *= 10;
    return n;
}

/* Those that have a right chain among the first TRIES of N from FIRST on. */
static int
within(const struct cola_run *run, size_t first, size_t n, size_t tries)
{
    for (size_t i = 0; i < n && i < tries; i++)
        if (cola_is_right(&run->judged[first + i]))
            return 1;
    return 0;
}

static enum cola_status
gather(const struct cola_run *run, int level, struct wrong *w, struct cola_error *err)
{
    *w = (struct wrong){.run = run, .list = cola_alloc(run->n, sizeof *w->list)};
    if (w->list == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];

        if (!cola_level_has(level, s) || s->base != '0')
            continue;
        w->list[w->n++] = s;
        if (s->n - 1 > w->most)
            w->most = s->n - 1;
    }
    return COLA_OK;
}

static void
add(struct cola_sheets *sheets, const struct wrong *w, int level, const char *what,
    size_t tries, size_t n, double p, double chance)
{
    cola_run_cells(sheets, w->run, level);
    cola_sheet_text(sheets, what);
    cola_sheet_count(sheets, tries);
    cola_sheet_count(sheets, n);
    cola_sheet_real(sheets, p);
    cola_sheet_real(sheets, n > 0 ? chance : NAN);
}

/* The mean over samples of what as many tries of the same chance each find. */
struct closed {
    size_t n;
    double p, chance;           /* sums */
};

static void
close(struct closed *c, double p, size_t tries)
{
    if (isnan(p))
        return;
    c->n++;
    c->p += p;
    c->chance += cola_chance(p, tries);
}

static void
add_closed(struct cola_sheets *sheets, const struct wrong *w, int level, const char *what,
           size_t tries, const struct closed *c)
{
    if (c->n > 0)
        add(sheets, w, level, what, tries, c->n, c->p / (double)c->n,
            c->chance / (double)c->n);
}

static void
add_tries(struct cola_sheets *sheets, const struct wrong *w, int level, size_t tries)
{
    struct closed random = {0, 0.0, 0.0}, sampling = {0, 0.0, 0.0};
    size_t by_search = 0, by_random = 0;
    double n = (double)w->n;

    for (size_t i = 0; i < w->n; i++) {
        const struct cola_sampled *s = w->list[i];

        by_search += (size_t)within(w->run, s->first + 1, s->n - 1, tries);
        by_random += (size_t)within(w->run, s->random_first, s->n_random, tries);
        close(&random, cola_random_share(w->run, s), tries);
        close(&sampling, s->controls.pass ? s->controls.pass_p : NAN, tries);
    }
    add(sheets, w, level, "search", tries, w->n, NAN, (double)by_search / n);
    if (random.n > 0)
        add(sheets, w, level, "random chains", tries, w->n, NAN, (double)by_random / n);
    add_closed(sheets, w, level, "random, closed form", tries, &random);
    add_closed(sheets, w, level, "sampling, closed form", tries, &sampling);
}

enum cola_status
cola_sheet_chance(const struct cola_runs *runs, struct cola_sheets *sheets,
                  struct cola_error *err)
{
    struct cola_sheet *sheet =
        cola_sheet_begin(sheets, COLA_SECTION_FINDINGS, "chance",
            "How soon a right chain is found, and how soon by luck",
            "Of the n samples that the model gets wrong: search, random chains: the "
            "share with a right one among the first so many tries, in the order of "
            "judgement, the ordinary chain not counted, or in the order of the record. "
            "The closed forms are the mean over n samples of 1 - (1 - p)^tries, each "
            "sample with its own p; the column p is the mean of these. random: p is the "
            "share of the sample's random chains that are right, so that a sample of "
            "which none is adds 0; n: samples with random chains. sampling: p is the "
            "probability that one answer sampled from the unmodified model is right "
            "(controls.pass); n: where it is known. A guess drawn evenly from all "
            "possible answers is not here: no journal says how many there are. Samples "
            "whose ordinary chain is undecided are left out. Tries are 1, 2, 5, 10, 20 "
            "and so on, below the most that any of the samples had, and that number "
            "itself.",
            "run level what tries n p% chance%");

    if (sheet != NULL)
        sheet->figure = (struct cola_figure){
            .kind = COLA_FIGURE_LINES, .x = "tries", .y = "chance", .series = "what",
            .facet = "run", .only = "level=all", .x_label = "tries",
            .y_label = "share of samples", .y_from = 0.0, .y_to = 1.0, .reference = NAN,
            .neutral = NAN,
        };
    for (struct cola_row row = {0}; cola_row_next(runs, &row);) {
        struct wrong w;
        enum cola_status st = gather(row.run, row.level, &w, err);

        if (st != COLA_OK)
            return st;
        for (size_t i = 0; w.most > 0 && try(i) < w.most; i++)
            add_tries(sheets, &w, row.level, try(i));
        if (w.most > 0)
            add_tries(sheets, &w, row.level, w.most);
        free(w.list);
    }
    return COLA_OK;
}
