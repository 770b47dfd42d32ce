/*
 * controls.c - the controls themselves, in more detail than beside a finding
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/sections.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/cross.h"
#include "report/rows.h"
#include "report/statistics.h"

/* ---- decoys ---------------------------------------------------------------------- */

static enum cola_status
add_decoy(struct cola_sheets *sheets, const struct cola_run *run, int level,
          struct cola_error *err)
{
    size_t n[2][2] = {{0, 0}, {0, 0}}, right[2] = {0, 0}, chains[2] = {0, 0}, all = 0;

    (void)err;
    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];
        const struct cola_rerun *decoy = &s->controls.decoy;

        if (!cola_level_has(level, s) || s->base != '0' || !decoy->there)
            continue;
        all++;
        n[s->best != SIZE_MAX][decoy->right > 0]++;
        for (size_t j = s->first; j < s->first + s->n; j++)
            right[0] += run->judged[j].mark == '1';
        chains[0] += s->n;
        right[1] += decoy->right;
        chains[1] += decoy->chains;
    }
    cola_run_cells(sheets, run, level);
    cola_sheet_count(sheets, all);
    cola_sheet_count(sheets, n[1][1]);
    cola_sheet_count(sheets, n[1][0]);
    cola_sheet_count(sheets, n[0][1]);
    cola_sheet_count(sheets, n[0][0]);
    for (int i = 0; i < 2; i++)
        cola_sheet_real(sheets, chains[i] > 0 ?
                        (double)right[i] / (double)chains[i] : NAN);
    return COLA_OK;
}

/* ---- the unmodified model sampled ------------------------------------------------- */

static void
add_pass_of(struct cola_sheets *sheets, const struct cola_run *run, int level, char base)
{
    size_t n = 0, k = 0, samples = 0, right = 0, known = 0;
    double p = 0.0, closed = 0.0;

    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];
        const struct cola_controlled *c = &s->controls;

        if (!cola_level_has(level, s) || !c->pass ||
            (base != 'a' && s->base != base))
            continue;
        n++;
        k += c->pass_right > 0;
        samples += c->pass_samples;
        right += c->pass_right;
        if (isnan(c->pass_p))
            continue;
        known++;
        p += c->pass_p;
        closed += cola_chance(c->pass_p, c->pass_samples);
    }
    cola_run_cells(sheets, run, level);
    cola_sheet_text(sheets, base == 'a' ? "any" : base == '1' ? "right" : "wrong");
    cola_rate_cells(sheets, k, n);
    cola_sheet_real(sheets, n > 0 ? (double)samples / (double)n : NAN);
    cola_sheet_real(sheets, samples > 0 ? (double)right / (double)samples : NAN);
    cola_sheet_count(sheets, known);
    cola_sheet_real(sheets, known > 0 ? p / (double)known : NAN);
    cola_sheet_real(sheets, known > 0 ? closed / (double)known : NAN);
}

static enum cola_status
add_pass(struct cola_sheets *sheets, const struct cola_run *run, int level,
         struct cola_error *err)
{
    (void)err;
    add_pass_of(sheets, run, level, '1');
    add_pass_of(sheets, run, level, '0');
    add_pass_of(sheets, run, level, 'a');
    return COLA_OK;
}

/* ---- siblings -------------------------------------------------------------------- */

/* The K-th selection on samples whose ordinary chain is RIGHT or not. */
static enum cola_status
add_selection(struct cola_sheets *sheets, const struct cola_run *run, int level,
              int right, int k, struct cola_error *err)
{
    struct cola_observed values[3];
    struct cola_mean m[3];
    size_t asked = 0, found = 0;
    double length = 0.0;
    enum cola_status st = COLA_OK;

    for (int i = 0; i < 3; i++)
        values[i] = (struct cola_observed){NULL, NULL, 0, 0};
    for (int i = 0; st == COLA_OK && i < 3; i++)
        st = cola_observed_new(&values[i], run->n, err);
    for (size_t i = 0; st == COLA_OK && i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];
        const struct cola_chosen *c = &s->controls.chosen[k];

        if (!cola_level_has(level, s) || s->base != (right ? '1' : '0') ||
            k >= s->controls.n_chosen)
            continue;
        asked++;
        if (c->length == 0)
            continue;
        found++;
        length += c->length;
        if (c->of == 0)
            continue;
        cola_observed_add(&values[0], s, (double)c->right / c->of);
        cola_observed_add(&values[1], s, (double)c->base_right / c->of);
        cola_observed_add(&values[2], s, (double)(c->right - c->base_right) / c->of);
    }
    for (int i = 0; i < 3; i++) {
        if (st == COLA_OK)
            m[i] = cola_observed_mean(&values[i]);
        cola_observed_free(&values[i]);
    }
    if (st != COLA_OK)
        return st;
    cola_run_cells(sheets, run, level);
    cola_sheet_text(sheets, right ? "right" : "wrong");
    cola_sheet_count(sheets, (size_t)1 << k);
    cola_rate_cells(sheets, found, asked);
    cola_sheet_real(sheets, found > 0 ? length / (double)found : NAN);
    cola_sheet_count(sheets, m[0].n);
    for (int i = 0; i < 3; i++)
        cola_mean_cells(sheets, &m[i]);
    return COLA_OK;
}

static enum cola_status
add_siblings(struct cola_sheets *sheets, const struct cola_run *run, int level,
             struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    for (int right = 0; right < 2; right++)
        for (int k = 0; st == COLA_OK && k < COLA_SIBLINGS; k++)
            st = add_selection(sheets, run, level, right, k, err);
    return st;
}

/* ---- fixed chains ---------------------------------------------------------------- */

/* HALF 2: both; 3: the best on all, scored on the same. */
static enum cola_status
add_half(struct cola_sheets *sheets, const struct cola_run *run, int level, int shorter,
         const struct cola_cross *cross, int half, struct cola_error *err)
{
    static const char *const names[] = {"first", "second", "both", "chosen on all"};
    struct cola_observed values;
    struct cola_mean m;
    size_t base = 0, right = 0, n = 0;
    char text[4096] = "";
    enum cola_status st = cola_observed_new(&values, run->n, err);

    if (st != COLA_OK)
        return st;
    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];
        int mark;

        if (cross->mark[i] == '\0' || (half < 2 && cross->half[i] != half))
            continue;
        mark = (half == 3 ? s->controls.fixed[cross->whole] : cross->mark[i]) == '1';
        n++;
        base += s->base == '1';
        right += (size_t)mark;
        cola_observed_add(&values, s, mark - (s->base == '1'));
    }
    m = cola_observed_mean(&values);
    cola_observed_free(&values);
    if (half != 2)
        cola_fixed_text(run, half == 3 ? cross->whole : cross->chosen[half], text,
                        sizeof text);
    cola_run_cells(sheets, run, level);
    cola_sheet_text(sheets, shorter ? "shorter" : "any");
    cola_sheet_text(sheets, names[half]);
    cola_sheet_text(sheets, half != 2 ? text : NULL);
    cola_rate_cells(sheets, right, n);
    cola_sheet_count(sheets, base);
    cola_sheet_real(sheets, n > 0 ? (double)base / (double)n : NAN);
    cola_mean_cells(sheets, &m);
    cola_sheet_count(sheets, m.groups);
    return COLA_OK;
}

static enum cola_status
add_fixed(struct cola_sheets *sheets, const struct cola_run *run, int level,
          struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    for (int shorter = 0; st == COLA_OK && shorter < 2; shorter++) {
        struct cola_cross cross;

        st = cola_cross_validate(run, level, shorter ? run->layers - 1 : COLA_CHAIN_MAX,
                                 &cross, err);
        if (st != COLA_OK)
            return st;
        for (int half = 0; st == COLA_OK && cross.there && half < 4; half++)
            st = add_half(sheets, run, level, shorter, &cross, half, err);
        cola_cross_free(&cross);
    }
    return st;
}

/* ---- what the fixed chains say --------------------------------------------------- */

static double
cell(const struct cola_sheet *sheet, size_t row, const char *column)
{
    const struct cola_cell *c =
        &sheet->cells[row * sheet->n_columns + (size_t)cola_sheet_column(sheet, column)];

    return c->kind == COLA_CELL_EMPTY ? NAN : c->real;
}

static const char *
word(const struct cola_sheet *sheet, size_t row, const char *column)
{
    const char *text =
        sheet->cells[row * sheet->n_columns +
                     (size_t)cola_sheet_column(sheet, column)].text;

    return text != NULL ? text : "";
}

/* A sentence a level, from the sheet itself: row 2 of four is "both", 3 names
 * the chain that is best on all. */
static void
read_fixed(struct cola_sheets *sheets)
{
    const struct cola_sheet *sheet = &sheets->list[sheets->n - 1];
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    if (sheets->failed)
        return;
    for (size_t row = 0; row + 3 < sheet->n_rows; row += 4) {
        double d = cell(sheet, row + 2, "difference");
        double lo = cell(sheet, row + 2, "difference_lo");
        double hi = cell(sheet, row + 2, "difference_hi");

        if (word(sheet, row, "chains")[0] != 'a')
            continue;
        cola_buffer_printf(&b, "%s%s, level %s: a fixed chain chosen on the other half "
                           "is %s the ordinary one (%+.1f points [%+.1f, %+.1f], %.0f "
                           "groups); the best on all is %s.", b.len > 0 ? "\n\n" : "",
                           word(sheet, row, "run"), word(sheet, row, "level"),
                           cell(sheet, row + 2, "groups") < COLA_GROUPS_LEAST ?
                           "not claimed to differ from" : lo > 0.0 ? "better than" :
                           hi < 0.0 ? "worse than" : "not shown to differ from",
                           100.0 * d, 100.0 * lo, 100.0 * hi,
                           cell(sheet, row + 2, "groups"), word(sheet, row + 3, "chain"));
    }
    if (b.len > 0)
        cola_sheet_reading(sheets, b.data);
    sheets->failed |= b.failed;
    cola_buffer_free(&b);
}

/* ---- sheets ---------------------------------------------------------------------- */

static void
draw(struct cola_sheet *sheet, enum cola_figure_kind kind, const char *y, const char *lo,
     const char *hi, const char *series, const char *only, const char *label)
{
    if (sheet == NULL)
        return;
    sheet->figure = (struct cola_figure){
        .kind = kind, .x = "level", .y = y, .series = series, .facet = "run", .lo = lo,
        .hi = hi, .only = only, .x_label = "level", .y_label = label, .y_from = 0.0,
        .y_to = 1.0, .reference = NAN, .neutral = NAN,
    };
}

enum cola_status
cola_sheet_controls(const struct cola_runs *runs, struct cola_sheets *sheets,
                    struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    cola_sheet_begin(sheets, COLA_SECTION_FINDINGS, "controls-decoy",
        "Decoys: the search aimed at a wrong answer",
        "n: the samples that the model gets wrong and that have a decoy. both, "
        "only_gold, only_decoy, neither: on how many of them some judged chain is right, "
        "and the search aimed at the decoy has a chain that gives it. gold, decoy: the "
        "share of all judged chains of these samples, the ordinary one among them, that "
        "are right, and of the decoy's search that give the decoy.",
        "run level n both only_gold only_decoy neither gold% decoy%");
    for (struct cola_row row = {0}; st == COLA_OK && cola_row_next(runs, &row);)
        st = add_decoy(sheets, row.run, row.level, err);
    if (st != COLA_OK)
        return st;
    draw(cola_sheet_begin(sheets, COLA_SECTION_FINDINGS, "controls-pass",
        "pass@N: the unmodified model sampled at the cost of the search",
        "base: samples on which the ordinary chain is right, wrong, or any, undecided "
        "ones too; n of them were sampled, k at least once right. tries: the mean N, "
        "which is the sum of the lengths of the judged chains over the number of layers. "
        "right: right answers of all sampled. known: samples where the probability p of "
        "one right answer is known; p: its mean; closed: the mean of 1 - (1 - p)^N. "
        "Intervals: Wilson.",
        "run level base n k pass% pass_lo% pass_hi% tries right% known p% closed%"),
        COLA_FIGURE_BARS, "pass", "pass_lo", "pass_hi", "base", NULL, "pass@N");
    for (struct cola_row row = {0}; st == COLA_OK && cola_row_next(runs, &row);)
        st = add_pass(sheets, row.run, row.level, err);
    if (st != COLA_OK)
        return st;
    draw(cola_sheet_begin(sheets, COLA_SECTION_FINDINGS, "controls-siblings",
        "Siblings: chosen on k inputs, tried on fresh ones",
        "A chain is chosen that is right on the sample and on k - 1 of its siblings, of "
        "these the shortest (the k-th selection of controls.siblings). base: the "
        "ordinary chain is right or wrong on the sample, undecided ones being in "
        "neither. n: samples with siblings; k_found of them have such a chain, found. "
        "length: its mean. tried: those with fresh siblings to try it on; fresh: the "
        "mean over these of the share of fresh siblings that it is right on; ordinary: "
        "the same of the ordinary chain on the same siblings; difference: fresh less "
        "ordinary. Intervals: of found Wilson, of the means bootstrap over groups.",
        "run level base k n k_found found% found_lo% found_hi% length tried fresh% "
        "fresh_lo% fresh_hi% ordinary% ordinary_lo% ordinary_hi% difference% "
        "difference_lo% "
        "difference_hi%"), COLA_FIGURE_BARS, "fresh", "fresh_lo", "fresh_hi", "k",
        "base=wrong", "right on fresh siblings");
    for (struct cola_row row = {0}; st == COLA_OK && cola_row_next(runs, &row);)
        st = add_siblings(sheets, row.run, row.level, err);
    if (st != COLA_OK)
        return st;
    draw(cola_sheet_begin(sheets, COLA_SECTION_FINDINGS, "controls-fixed",
        "One fixed chain for all, cross-validated",
        "Every chain within one edit of the ordinary one, under the preset's rules, was "
        "judged on every sample (controls.fixed); samples on which the ordinary one is "
        "undecided are left out, and a chain that is undecided is not right. Groups (a "
        "sample without is its own) are put in the order of the SHA-256 of their names "
        "and dealt in turn to a first and a second half, for each row's samples anew. "
        "For each half the chain, not the ordinary one, that is right on most samples of "
        "the other half is chosen, then the shortest, then that with fewer different "
        "layers, then the one with the first smaller layer; chains: any, or only shorter "
        "than the model. half: where it is scored; both: every sample by the chain that "
        "was not chosen on it; chosen on all: the best on all samples, scored on the "
        "same, which flatters it. n, k, accuracy: samples, those it is right on; base, "
        "ordinary: the ordinary chain's; difference: accuracy less ordinary. Intervals: "
        "Wilson, and of the difference paired bootstrap over so many groups.",
        "run level chains half chain n k accuracy% accuracy_lo% accuracy_hi% base "
        "ordinary% difference% difference_lo% difference_hi% "
        "groups"), COLA_FIGURE_BARS, "accuracy",
        "accuracy_lo", "accuracy_hi", "chains", "half=both", "accuracy");
    for (struct cola_row row = {0}; st == COLA_OK && cola_row_next(runs, &row);)
        st = add_fixed(sheets, row.run, row.level, err);
    if (st == COLA_OK)
        read_fixed(sheets);
    return st;
}
