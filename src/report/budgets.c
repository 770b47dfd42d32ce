/*
 * budgets.c - what a budget of depth buys, and which edits are needed
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/sections.h"

#include <math.h>
#include <stdlib.h>

#include "report/rows.h"

/* Samples of LEVEL, and those with a right chain of PERCENT/100 layers at most. */
static void
count_within(const struct cola_run *run, int level, size_t percent, size_t *n, size_t *k)
{
    *n = *k = 0;
    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];

        if (!cola_level_has(level, s))
            continue;
        ++*n;
        *k += s->best != SIZE_MAX && run->judged[s->best].length * (size_t)100 <= percent;
    }
}

static size_t
count_right(const struct cola_run *run, int level)
{
    size_t n = 0;

    for (size_t i = 0; i < run->n; i++)
        n += cola_level_has(level, &run->samples[i]) && run->samples[i].base == '1';
    return n;
}

static void
add_budget(struct cola_sheets *sheets, const struct cola_run *run, int level)
{
    static const size_t percents[] = {50, 60, 70, 80, 90, 95, 100, 105, 110, 115, 125,
                                      150, 200};
    size_t layers = (size_t)run->layers, n, k;

    for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++) {
        count_within(run, level, percents[i] * layers, &n, &k);
        cola_run_cells(sheets, run, level);
        cola_sheet_real(sheets, (double)percents[i] / 100.0);
        cola_rate_cells(sheets, k, n);
        cola_sheet_real(sheets, (double)count_right(run, level) / (double)n);
    }
}

static void
add_recurrence(struct cola_sheets *sheets, const struct cola_run *run, int level)
{
    size_t layers = (size_t)run->layers, n, k;

    for (int extra = 0; run->layers + extra <= run->max_length; extra++) {
        count_within(run, level, 100 * (layers + (size_t)extra), &n, &k);
        cola_run_cells(sheets, run, level);
        cola_sheet_count(sheets, (size_t)extra);
        cola_rate_cells(sheets, k, n);
    }
}

/* Chains of one length: judged by the search, or RANDOM. */
static void
add_lengths(struct cola_sheets *sheets, const struct cola_run *run, int level, int random)
{
    for (int length = 1; length <= run->max_length; length++) {
        size_t n = 0, right = 0, doubtful = 0;

        for (size_t i = 0; i < run->n; i++) {
            const struct cola_sampled *s = &run->samples[i];
            size_t first = random ? s->random_first : s->first;

            for (size_t j = first; cola_level_has(level, s) &&
                                   j < first + (random ? s->n_random : s->n); j++) {
                if (run->judged[j].length != length)
                    continue;
                n++;
                right += run->judged[j].mark == '1';
                doubtful += run->judged[j].mark == '?';
            }
        }
        if (n == 0)
            continue;
        cola_run_cells(sheets, run, level);
        cola_sheet_text(sheets, random ? "random" : "search");
        cola_sheet_count(sheets, (size_t)length);
        cola_sheet_real(sheets, (double)length / (double)run->layers);
        cola_sheet_count(sheets, n);
        cola_sheet_count(sheets, right);
        cola_sheet_count(sheets, doubtful);
        cola_sheet_real(sheets, n > doubtful ? (double)right / (double)(n - doubtful) :
                        NAN);
    }
}

static void
add_valid(struct cola_sheets *sheets, const struct cola_run *run, int level)
{
    add_lengths(sheets, run, level, 0);
    add_lengths(sheets, run, level, 1);
}

/* Does the chain leave a layer out (1), repeat one (2), or both (3)? */
static int
uses(const struct cola_run *run, const struct cola_judged *j, int what)
{
    int used = (j->unique < run->layers) | (j->length > j->unique) << 1;

    return (used & what) == what;
}

static void
add_require(struct cola_sheets *sheets, const struct cola_run *run, int level)
{
    static const char *const names[] = {NULL, "skip", "repeat", "skip and repeat"};

    for (int what = 1; what <= 3; what++) {
        size_t n = 0, some = 0, all = 0;

        for (size_t i = 0; i < run->n; i++) {
            const struct cola_sampled *s = &run->samples[i];
            size_t right = 0, used = 0;

            if (!cola_level_has(level, s) || cola_told(run, s) != COLA_TOLD_W_TO_C)
                continue;
            for (size_t j = s->first; j < s->first + s->n; j++)
                if (cola_is_right(&run->judged[j])) {
                    right++;
                    used += (size_t)uses(run, &run->judged[j], what);
                }
            n++;
            some += used > 0;
            all += used == right;
        }
        cola_run_cells(sheets, run, level);
        cola_sheet_text(sheets, names[what]);
        cola_rate_cells(sheets, some, n);
        cola_sheet_count(sheets, all);
        cola_sheet_real(sheets, n > 0 ? (double)all / (double)n : NAN);
    }
}

void
cola_sheet_budgets(const struct cola_runs *runs, struct cola_sheets *sheets)
{
    struct cola_sheet *sheet =
        cola_sheet_begin(sheets, COLA_SECTION_PROGRAMS, "budget",
            "PoLar's figure 3: accuracy within a budget of depth",
            "k of the n samples have a right chain of at most budget times L positions; "
            "the ordinary chain counts from 100 % on. original: the share that the "
            "ordinary chain gets right, whatever the budget. Intervals: Wilson.",
            "run level budget% n k accuracy% accuracy_lo% accuracy_hi% original%");

    if (sheet != NULL)
        sheet->figure = (struct cola_figure){
            .kind = COLA_FIGURE_LINES, .x = "budget", .y = "accuracy", .series = "level",
            .facet = "run", .lo = "accuracy_lo", .hi = "accuracy_hi",
            .x_label = "depth, share of L", .y_label = "share of samples", .y_from = 0.0,
            .y_to = 1.0, .reference = NAN, .neutral = NAN,
        };
    for (struct cola_row row = {0}; cola_row_next(runs, &row);)
        add_budget(sheets, row.run, row.level);
    sheet = cola_sheet_begin(sheets, COLA_SECTION_PROGRAMS, "recurrence-budget",
        "PoLar's figure 5a: accuracy by extra executions allowed",
        "k of the n samples have a right chain of at most L + extra positions, up to the "
        "longest that the preset allows. Intervals: Wilson.",
        "run level extra n k accuracy% accuracy_lo% accuracy_hi%");
    if (sheet != NULL)
        sheet->figure = (struct cola_figure){
            .kind = COLA_FIGURE_LINES, .x = "extra", .y = "accuracy", .series = "level",
            .facet = "run", .lo = "accuracy_lo", .hi = "accuracy_hi",
            .x_label = "extra executions", .y_label = "share of samples", .y_from = 0.0,
            .y_to = 1.0, .reference = NAN, .neutral = NAN,
        };
    for (struct cola_row row = {0}; cola_row_next(runs, &row);)
        add_recurrence(sheets, row.run, row.level);
    sheet = cola_sheet_begin(sheets, COLA_SECTION_PROGRAMS, "valid-by-depth",
        "PoLar's figure 6: how many chains of each depth are right",
        "All judged chains of the level's samples by their number of positions, depth; "
        "relative: depth over L. of: the search's, or the record's random ones. valid: "
        "right ones of those decided. A search does not draw chains evenly, so this is "
        "no rate of the space.",
        "run level of depth relative% chains right undecided valid%");
    if (sheet != NULL)
        sheet->figure = (struct cola_figure){
            .kind = COLA_FIGURE_LINES, .x = "depth", .y = "valid", .series = "of",
            .facet = "run", .only = "level=all", .x_label = "positions",
            .y_label = "share of chains", .reference = NAN, .neutral = NAN,
        };
    for (struct cola_row row = {0}; cola_row_next(runs, &row);)
        add_valid(sheets, row.run, row.level);
    sheet = cola_sheet_begin(sheets, COLA_SECTION_PROGRAMS, "require",
        "Which edits rescue",
        "n: samples that the model gets wrong with some right chain. uses: skip: a chain "
        "leaves out some layer; repeat: executes some more than once; or both in one "
        "chain. k, some: samples for which some right chain does (RE-PoLar's "
        "\"require\"); k_all, all: for which every judged right chain does. Intervals: "
        "Wilson.",
        "run level uses n k some% some_lo% some_hi% k_all all%");
    if (sheet != NULL)
        sheet->figure = (struct cola_figure){
            .kind = COLA_FIGURE_BARS, .x = "level", .y = "some", .series = "uses",
            .facet = "run", .lo = "some_lo", .hi = "some_hi", .x_label = "level",
            .y_label = "share of rescued samples", .y_from = 0.0, .y_to = 1.0,
            .reference = NAN, .neutral = NAN,
        };
    for (struct cola_row row = {0}; cola_row_next(runs, &row);)
        add_require(sheets, row.run, row.level);
}
