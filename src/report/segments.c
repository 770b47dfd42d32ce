/*
 * segments.c - the repeated units of right chains
 *
 * A chain is written as the layers it executes, not as the edits that made it,
 * and different edits make the same chain.  What is repeated is therefore read
 * from the chain itself: a block of positions followed at once by its equal.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/segments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/rows.h"
#include "report/sections.h"

/* How often the block of SIZE positions from AT on stands there in a row. */
static int
times(const struct cola_chain *chain, int at, int size)
{
    int n = 1;

    while (at + (n + 1) * size <= chain->len &&
           memcmp(&chain->at[at], &chain->at[at + n * size],
                  (size_t)size * sizeof chain->at[0]) == 0)
        n++;
    return n;
}

/* The longest run of layers each one above the last. */
static int
consecutive(const uint16_t *layers, int n)
{
    int best = 1, run = 1;

    for (int i = 1; i < n; i++) {
        run = layers[i] == layers[i - 1] + 1 ? run + 1 : 1;
        best = run > best ? run : best;
    }
    return best;
}

int
cola_units(const struct cola_chain *chain, struct cola_unit *units)
{
    int n = 0;

    for (int at = 0; at < chain->len;) {
        struct cola_unit unit = {at, 0, 0, 0};

        for (int size = 1; at + 2 * size <= chain->len; size++) {
            int in_all = times(chain, at, size);

            if (in_all > 1 && in_all * size > (unit.extra + 1) * unit.size) {
                unit.size = size;
                unit.extra = in_all - 1;
            }
        }
        if (unit.size == 0) {
            at++;
            continue;
        }
        unit.consecutive = consecutive(&chain->at[at], unit.size);
        units[n++] = unit;
        at += unit.size * (unit.extra + 1);
    }
    return n;
}

/* ---- counting -------------------------------------------------------------------- */

struct tally {
    size_t side;                /* longest unit that can be + 1 */
    size_t *units;              /* [side, side] by size and consecutive */
    size_t *most;               /* [longest chain + 1] chains by most repetitions */
    size_t all_units, chains, largest;
};

static void
take(const struct cola_run *run, size_t judged, struct tally *t, struct cola_unit *units)
{
    struct cola_chain chain;
    size_t most = 0;
    int n;

    cola_judged_chain(run, &run->judged[judged], &chain);
    n = cola_units(&chain, units);
    for (int i = 0; i < n; i++) {
        t->units[(size_t)units[i].size * t->side + (size_t)units[i].consecutive]++;
        t->all_units++;
        if ((size_t)units[i].extra > most)
            most = (size_t)units[i].extra;
    }
    t->most[most]++;
    t->chains++;
    if (most > t->largest)
        t->largest = most;
}

static void
add_units(struct cola_sheets *sheets, const struct cola_run *run, const char *which,
          const struct tally *t)
{
    for (size_t size = 1; size < t->side; size++)
        for (size_t run_of = 1; run_of <= size; run_of++) {
            size_t n = t->units[size * t->side + run_of];

            if (n == 0)
                continue;
            cola_sheet_text(sheets, run->label);
            cola_sheet_text(sheets, which);
            cola_sheet_count(sheets, size);
            cola_sheet_count(sheets, run_of);
            cola_sheet_count(sheets, n);
            cola_sheet_real(sheets, (double)n / (double)t->all_units);
        }
}

static void
add_most(struct cola_sheets *sheets, const struct cola_run *run, const char *which,
         const struct tally *t)
{
    for (size_t most = 0; t->chains > 0 && most <= t->largest; most++) {
        cola_sheet_text(sheets, run->label);
        cola_sheet_text(sheets, which);
        cola_sheet_count(sheets, most);
        cola_sheet_count(sheets, t->most[most]);
        cola_sheet_real(sheets, (double)t->most[most] / (double)t->chains);
    }
}

/* Of the shortest right chains, or ALL right ones. */
static enum cola_status
add_run(struct cola_sheets *sheets, const struct cola_run *run, int all,
        void (*add)(struct cola_sheets *, const struct cola_run *, const char *,
                    const struct tally *), struct cola_error *err)
{
    size_t longest = 1;
    struct tally t = {0};
    struct cola_unit *units;

    for (size_t i = 0; i < run->n_judged; i++)
        if (run->judged[i].length > longest)
            longest = run->judged[i].length;
    t.side = longest / 2 + 1;
    t.units = cola_alloc(t.side * t.side, sizeof *t.units);
    t.most = cola_alloc(longest + 1, sizeof *t.most);
    units = cola_alloc(longest, sizeof *units);
    for (size_t i = 0; t.units && t.most && units && i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];

        for (size_t j = s->first; j < s->first + s->n; j++)
            if (all ? run->judged[j].mark == '1' : j == s->best)
                take(run, j, &t, units);
    }
    if (t.units && t.most && units)
        add(sheets, run, all ? "all right" : "shortest", &t);
    else
        sheets->failed = 1;
    free(t.units);
    free(t.most);
    free(units);
    return sheets->failed ? cola_fail_memory(err) : COLA_OK;
}

enum cola_status
cola_sheet_segments(const struct cola_runs *runs, struct cola_sheets *sheets,
                    struct cola_error *err)
{
    struct cola_sheet *sheet =
        cola_sheet_begin(sheets, COLA_SECTION_PROGRAMS, "segments",
            "PoLar's figure 7a: repeated units",
            "A repeated unit is a block of positions followed at once by its equal. A "
            "chain is read from its beginning; where blocks of several sizes are "
            "followed by their equals, the one that with all its repetitions in a row "
            "covers most positions is the unit, of equals the smallest; reading goes on "
            "behind the last repetition, so units within units are not counted. length: "
            "the unit's positions; consecutive: its longest run of layers each one above "
            "the last. Chains: the shortest right one of each sample that has one "
            "(shortest), or all judged right (all right). share: of all units.",
            "run which length consecutive units share%");
    enum cola_status st = COLA_OK;

    if (sheet != NULL)
        sheet->figure = (struct cola_figure){
            .kind = COLA_FIGURE_HEAT, .x = "length", .y = "consecutive", .value = "share",
            .facet = "run which", .x_label = "length of the repeated unit",
            .y_label = "consecutive layers in it", .reference = NAN, .neutral = NAN,
        };
    for (size_t r = 0; r < runs->n; r++)
        for (int all = 0; st == COLA_OK && runs->list[r].n > 0 && all < 2; all++)
            st = add_run(sheets, &runs->list[r], all, add_units, err);
    if (st != COLA_OK)
        return st;
    sheet = cola_sheet_begin(sheets, COLA_SECTION_PROGRAMS, "segments-max",
        "PoLar's figure 7b: how often the most repeated unit is repeated",
        "Each chain by the largest number of extra passes of any of its units (see "
        "segments), 0 where it has none. share: of the chains, which are those of "
        "segments.",
        "run which repetitions chains share%");
    if (sheet != NULL)
        sheet->figure = (struct cola_figure){
            .kind = COLA_FIGURE_BARS, .x = "repetitions", .y = "share", .series = "which",
            .facet = "run", .x_label = "most extra passes of a unit",
            .y_label = "share of chains", .reference = NAN, .neutral = NAN,
        };
    for (size_t r = 0; r < runs->n; r++)
        for (int all = 0; st == COLA_OK && runs->list[r].n > 0 && all < 2; all++)
            st = add_run(sheets, &runs->list[r], all, add_most, err);
    return st;
}
