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
    size_t answers;             /* different ones that chains gave */
    size_t random_right, random;
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
    size_t texts = json_object_size(run->texts);
    unsigned char *given = cola_alloc(texts + 1, 1);

    *w = (struct wrong){.run = run, .list = cola_alloc(run->n, sizeof *w->list)};
    if (given == NULL || w->list == NULL) {
        free(given);
        free(w->list);
        return cola_fail_memory(err);
    }
    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];

        if (!cola_level_has(level, s) || s->base == '1')
            continue;
        w->list[w->n++] = s;
        for (size_t j = 0; j < s->n; j++)
            given[run->answers[s->answers_first + j]] = 1;
        for (size_t j = 0; j < s->n_random; j++)
            w->random_right += run->judged[s->random_first + j].mark == '1';
        w->random += s->n_random;
        if (s->n - 1 > w->most)
            w->most = s->n - 1;
    }
    for (size_t i = 1; i <= texts; i++)
        w->answers += given[i];
    free(given);
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

static void
add_tries(struct cola_sheets *sheets, const struct wrong *w, int level, size_t tries)
{
    double n = (double)w->n, pass = 0.0, p = 0.0;
    size_t search = 0, random = 0, known = 0;

    for (size_t i = 0; i < w->n; i++) {
        const struct cola_sampled *s = w->list[i];

        search += (size_t)within(w->run, s->first + 1, s->n - 1, tries);
        random += (size_t)within(w->run, s->random_first, s->n_random, tries);
        if (!s->controls.pass || isnan(s->controls.pass_p))
            continue;
        known++;
        p += s->controls.pass_p;
        pass += cola_chance(s->controls.pass_p, tries);
    }
    add(sheets, w, level, "search", tries, w->n, NAN, (double)search / n);
    if (w->random > 0) {
        double share = (double)w->random_right / (double)w->random;

        add(sheets, w, level, "random chains", tries, w->n, NAN, (double)random / n);
        add(sheets, w, level, "random, closed form", tries, w->n, share,
            cola_chance(share, tries));
    }
    if (w->answers > 0)
        add(sheets, w, level, "uniform guess", tries, w->n, 1.0 / (double)w->answers,
            cola_chance(1.0 / (double)w->answers, tries));
    if (known > 0)
        add(sheets, w, level, "sampling, closed form", tries, known, p / (double)known,
            pass / (double)known);
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
            "The others are 1 - (1 - p)^tries. random, closed form: p is the share of "
            "right ones among all random chains of these samples. uniform guess: p is 1 "
            "over the number of different answers that the search's chains gave on them, "
            "as if answers were drawn evenly. sampling, closed form: the mean over "
            "samples, p being the probability that one answer sampled from the "
            "unmodified model is right (controls.pass), the column p its mean. Tries are "
            "1, 2, 5, 10, 20 and so on, below the most that any of the samples had, and "
            "that number itself.",
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
