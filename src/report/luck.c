/*
 * luck.c - the two findings, each beside what luck alone would find
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/sections.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/cross.h"
#include "report/rows.h"
#include "report/statistics.h"

#define MEASURES 5

/* What is looked at in a sample: 1 yes, 0 no, -1 the sample does not count. */
struct measure {
    const char *what, *among;
    int (*look)(const struct cola_run *run, const struct cola_sampled *s);
    const char *said;           /* in the reading, before "K of N" */
    const char *whom;           /* there, what the search is compared with; NULL: not */
};

/* One finding on one level of a run. */
struct counted {
    const struct cola_run *run;
    int level;
    signed char *yes[MEASURES]; /* [run's n] */
    size_t k[MEASURES], n[MEASURES];
    struct cola_cross cross;
};

/* ---- looking --------------------------------------------------------------------- */

static int
some_random(const struct cola_run *run, const struct cola_sampled *s, int longest)
{
    for (size_t i = s->random_first; i < s->random_first + s->n_random; i++)
        if (cola_is_right(&run->judged[i]) && run->judged[i].length <= longest)
            return 1;
    return 0;
}

static int
search_shorter(const struct cola_run *run, const struct cola_sampled *s)
{
    return s->base != '1' ? -1 : cola_shorter_right(run, s) > 0;
}

static int
random_shorter(const struct cola_run *run, const struct cola_sampled *s)
{
    return s->base != '1' || !run->random ? -1 : some_random(run, s, run->layers - 1);
}

static int
kept_shorter(const struct cola_run *run, const struct cola_sampled *s)
{
    (void)run;
    return s->base != '0' || !s->controls.kept.there ? -1 : s->controls.kept.shorter;
}

static int
search_right(const struct cola_run *run, const struct cola_sampled *s)
{
    (void)run;
    return s->base != '0' ? -1 : s->best != SIZE_MAX;
}

static int
random_right(const struct cola_run *run, const struct cola_sampled *s)
{
    return s->base != '0' || !run->random ? -1 : some_random(run, s, COLA_CHAIN_MAX);
}

static int
decoy_reached(const struct cola_run *run, const struct cola_sampled *s)
{
    (void)run;
    return s->base != '0' || !s->controls.decoy.there ? -1 : s->controls.decoy.right > 0;
}

static int
sampled_right(const struct cola_run *run, const struct cola_sampled *s)
{
    (void)run;
    return s->base != '0' || !s->controls.pass ? -1 : s->controls.pass_right > 0;
}

static const struct measure finding1[] = {
    {"search", "right", search_shorter,
     "the search finds a shorter right chain for", NULL},
    {"random chains", "right", random_shorter,
     "as many random chains hold a shorter right one for", "random chains"},
    {"kept wrong", "wrong", kept_shorter,
     "a shorter chain keeps the model's own wrong answer for", "keeping wrong ones"},
    {"fixed chain", "right", NULL,
     "one fixed shorter chain, chosen on the other half, stays right on", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static const struct measure finding2[] = {
    {"search", "wrong", search_right, "the search finds a right chain for", NULL},
    {"random chains", "wrong", random_right,
     "as many random chains hold a right one for", "random chains"},
    {"decoy", "wrong", decoy_reached,
     "the same search, told that a wrong answer is right, reaches that one for",
     "decoys"},
    {"sampling", "wrong", sampled_right,
     "the unmodified model, sampled at the same cost, is right at least once for",
     "sampling"},
    {"fixed chain", "wrong", NULL,
     "one fixed chain, chosen on the other half, is right on", NULL},
};

static void
forget(struct counted *c)
{
    for (int m = 0; m < MEASURES; m++) {
        free(c->yes[m]);
        c->yes[m] = NULL;
    }
    cola_cross_free(&c->cross);
}

static enum cola_status
count(const struct cola_run *run, int level, const struct measure *measures,
      struct counted *c, struct cola_error *err)
{
    int shorter = measures == finding1;
    enum cola_status st;

    *c = (struct counted){.run = run, .level = level};
    st = cola_cross_validate(run, level, shorter ? run->layers - 1 : COLA_CHAIN_MAX,
                             &c->cross, err);
    for (int m = 0; st == COLA_OK && m < MEASURES && measures[m].what != NULL; m++) {
        c->yes[m] = cola_alloc(run->n, 1);
        if (c->yes[m] == NULL)
            st = cola_fail_memory(err);
        for (size_t i = 0; st == COLA_OK && i < run->n; i++) {
            const struct cola_sampled *s = &run->samples[i];
            int yes = -1;

            if (!cola_level_has(level, s))
                yes = -1;
            else if (measures[m].look != NULL)
                yes = measures[m].look(run, s);
            else if (c->cross.mark[i] != '\0' && (s->base == '1') == shorter)
                yes = c->cross.mark[i] == '1';
            c->yes[m][i] = (signed char)yes;
            c->n[m] += yes >= 0;
            c->k[m] += yes == 1;
        }
    }
    if (st != COLA_OK)
        forget(c);
    return st;
}

/* The first measure less measure M, on the samples that both count. */
static enum cola_status
subtract(const struct counted *c, int m, struct cola_mean *mean, struct cola_error *err)
{
    struct cola_observed values;
    enum cola_status st = cola_observed_new(&values, c->run->n, err);

    if (st != COLA_OK)
        return st;
    for (size_t i = 0; i < c->run->n; i++)
        if (c->yes[0][i] >= 0 && c->yes[m][i] >= 0)
            cola_observed_add(&values, &c->run->samples[i], c->yes[0][i] - c->yes[m][i]);
    *mean = cola_observed_mean(&values);
    cola_observed_free(&values);
    return COLA_OK;
}

/* Of other samples: the ones that the model gets right, less the others. */
static struct cola_mean
subtract_apart(const struct counted *c, int m)
{
    struct cola_mean d = {c->n[0] > 0 && c->n[m] > 0 ? c->n[0] + c->n[m] : 0, NAN, NAN,
                          NAN, SIZE_MAX};

    if (d.n > 0) {
        d.mean = (double)c->k[0] / (double)c->n[0] - (double)c->k[m] / (double)c->n[m];
        cola_newcombe(c->k[0], c->n[0], c->k[m], c->n[m], &d.lo, &d.hi);
    }
    return d;
}

static enum cola_status
difference(const struct counted *c, const struct measure *measures, int m,
           struct cola_mean *mean, struct cola_error *err)
{
    if (strcmp(measures[0].among, measures[m].among) == 0)
        return subtract(c, m, mean, err);
    *mean = subtract_apart(c, m);
    return COLA_OK;
}

/* How the chain chosen on most siblings does on fresh ones: ITS right share,
 * the ordinary chain's on the same, or the difference. */
static enum cola_status
siblings(const struct counted *c, int what, struct cola_mean *mean,
         struct cola_error *err)
{
    struct cola_observed values;
    enum cola_status st = cola_observed_new(&values, c->run->n, err);

    if (st != COLA_OK)
        return st;
    for (size_t i = 0; i < c->run->n; i++) {
        const struct cola_controlled *k = &c->run->samples[i].controls;
        const struct cola_chosen *last = k->n_chosen > 0 ? &k->chosen[k->n_chosen - 1] :
                                         NULL;

        if (c->yes[0][i] < 0 || last == NULL || last->length == 0 || last->of == 0)
            continue;
        cola_observed_add(&values, &c->run->samples[i],
                          (what == 0 ? last->right : what == 1 ? last->base_right :
                           last->right - last->base_right) / (double)last->of);
    }
    *mean = cola_observed_mean(&values);
    cola_observed_free(&values);
    return COLA_OK;
}

/* The fixed chain less the ordinary one, on every sample that has a mark. */
static enum cola_status
subtract_ordinary(const struct counted *c, struct cola_mean *mean, struct cola_error *err)
{
    struct cola_observed values;
    enum cola_status st = cola_observed_new(&values, c->run->n, err);

    if (st != COLA_OK)
        return st;
    for (size_t i = 0; i < c->run->n; i++)
        if (c->cross.mark[i] != '\0')
            cola_observed_add(&values, &c->run->samples[i], (c->cross.mark[i] == '1') -
                              (c->run->samples[i].base == '1'));
    *mean = cola_observed_mean(&values);
    cola_observed_free(&values);
    return COLA_OK;
}

/* ---- readings -------------------------------------------------------------------- */

/* "WHO does better than WHOM", as far as the interval of the difference goes. */
static void
claim(struct cola_buffer *b, const char *who, const char *whom, const struct cola_mean *d)
{
    if (d->groups < COLA_GROUPS_LEAST) {
        cola_buffer_printf(b, " %s against %s: nothing can be claimed of %zu group%s.",
                           who, whom, d->groups, d->groups == 1 ? "" : "s");
        return;
    }
    cola_buffer_printf(b, " %s %s %s (%+.1f points [%+.1f, %+.1f]).", who,
                       d->lo > 0.0 ? "does better than" :
                       d->hi < 0.0 ? "does worse than" : "is not shown to do better than",
                       whom, 100.0 * d->mean, 100.0 * d->lo,
                       100.0 * d->hi);
}

/* Controls first; then the search; then what may be said of the difference. */
static enum cola_status
read_out(const struct counted *c, const struct measure *measures, struct cola_buffer *b,
         struct cola_error *err)
{
    struct cola_mean d;
    int said = 0;
    enum cola_status st = COLA_OK;

    cola_buffer_printf(b, "%s%s:", b->len > 0 ? "\n\n" : "", c->run->label);
    if (c->n[0] == 0) {
        cola_buffer_printf(b, " the model gets no sample %s, so this cannot be asked.",
                           measures[0].among);
        return COLA_OK;
    }
    for (int i = 1; i <= MEASURES; i++) {
        int m = i % MEASURES;

        if (c->n[m] == 0)
            continue;
        cola_buffer_printf(b, "%s %s %zu of %zu (%.0f%%)", said++ > 0 ? ";" : "",
                           measures[m].said, c->k[m], c->n[m],
                           100.0 * (double)c->k[m] / (double)c->n[m]);
    }
    if (said == 1)
        cola_buffer_text(b, ". No control was recorded: how much of this is luck cannot "
                         "be told");
    cola_buffer_text(b, ".");
    for (int m = 1; m < MEASURES && measures[m].what != NULL; m++) {
        if (c->n[m] == 0 || measures[m].whom == NULL)
            continue;
        st = difference(c, measures, m, &d, err);
        if (st != COLA_OK)
            return st;
        if (d.n == 0)
            continue;
        claim(b, "The search", measures[m].whom, &d);
    }
    st = subtract_ordinary(c, &d, err);
    if (st == COLA_OK && d.n > 0)
        claim(b, measures == finding1 ? "On all samples the fixed shorter chain" :
              "On all samples the fixed chain", "the ordinary one", &d);
    if (st == COLA_OK && measures == finding2)
        st = siblings(c, 2, &d, err);
    if (st == COLA_OK && measures == finding2 && d.n > 0)
        claim(b, "On fresh siblings the chosen chain", "the ordinary one", &d);
    return st;
}

/* ---- sheets ---------------------------------------------------------------------- */

static void
add_rate(struct cola_sheets *sheets, const struct counted *c, const char *what,
         const char *among, size_t k, size_t n)
{
    cola_run_cells(sheets, c->run, c->level);
    cola_sheet_text(sheets, what);
    cola_sheet_text(sheets, among);
    cola_rate_cells(sheets, k, n);
}

/* The mean of shares instead of a count of samples. */
static void
add_mean(struct cola_sheets *sheets, const struct counted *c, const char *what,
         const char *among, const struct cola_mean *m)
{
    cola_run_cells(sheets, c->run, c->level);
    cola_sheet_text(sheets, what);
    cola_sheet_text(sheets, among);
    cola_sheet_count(sheets, m->n);
    cola_sheet_empty(sheets);
    cola_mean_cells(sheets, m);
}

/* What as many tries would find if each had the same chance. */
static void
add_closed_forms(struct cola_sheets *sheets, const struct counted *c)
{
    const struct cola_run *run = c->run;
    struct cola_mean random = {0, 0.0, NAN, NAN, 0}, pass = {0, 0.0, NAN, NAN, 0};

    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];

        if (c->yes[0][i] >= 0 && s->n_random > 0) {
            random.mean += cola_chance(cola_random_share(run, s), s->n - 1);
            random.n++;
        }
        if (c->yes[0][i] >= 0 && s->controls.pass && !isnan(s->controls.pass_p)) {
            pass.mean += cola_chance(s->controls.pass_p, s->controls.pass_samples);
            pass.n++;
        }
    }
    random.mean = random.n > 0 ? random.mean / (double)random.n : NAN;
    pass.mean = pass.n > 0 ? pass.mean / (double)pass.n : NAN;
    add_mean(sheets, c, "random, closed form", "wrong", &random);
    add_mean(sheets, c, "sampling, closed form", "wrong", &pass);
}

static enum cola_status
add_siblings(struct cola_sheets *sheets, const struct counted *c, struct cola_error *err)
{
    struct cola_mean m;
    enum cola_status st = siblings(c, 0, &m, err);

    if (st != COLA_OK)
        return st;
    add_mean(sheets, c, "siblings, chosen chain", "wrong", &m);
    st = siblings(c, 1, &m, err);
    if (st == COLA_OK)
        add_mean(sheets, c, "siblings, ordinary chain", "wrong", &m);
    return st;
}

static void
add_difference(struct cola_sheets *sheets, const struct counted *c, const char *what,
               const struct cola_mean *d)
{
    cola_run_cells(sheets, c->run, c->level);
    cola_sheet_text(sheets, what);
    cola_sheet_count(sheets, d->n);
    cola_mean_cells(sheets, d);
}

static enum cola_status
add_differences(struct cola_sheets *sheets, const struct counted *c,
                const struct measure *measures, struct cola_error *err)
{
    static const char *const names[][MEASURES] = {
        {NULL, "search less random chains", "search less kept wrong",
         "search less fixed chain", NULL},
        {NULL, "search less random chains", "search less decoy", "search less sampling",
         "search less fixed chain"},
    };
    struct cola_mean d;
    enum cola_status st = COLA_OK;

    for (int m = 1; m < MEASURES && measures[m].what != NULL; m++) {
        st = difference(c, measures, m, &d, err);
        if (st != COLA_OK)
            return st;
        add_difference(sheets, c, names[measures == finding2][m], &d);
    }
    if (measures == finding2) {
        st = siblings(c, 2, &d, err);
        if (st != COLA_OK)
            return st;
        add_difference(sheets, c, "siblings, chosen less ordinary", &d);
    }
    st = subtract_ordinary(c, &d, err);
    if (st == COLA_OK)
        add_difference(sheets, c, measures == finding2 ? "fixed chain less ordinary, all "
                       "samples" : "fixed shorter chain less ordinary, all samples", &d);
    return st;
}

/* All rows of one finding: rates, or DIFFERENCES. */
static enum cola_status
add_finding(const struct cola_runs *runs, struct cola_sheets *sheets,
            const struct measure *measures, int differences, struct cola_error *err)
{
    struct cola_buffer reading = COLA_BUFFER_EMPTY;
    enum cola_status st = COLA_OK;

    for (struct cola_row row = {0}; st == COLA_OK && cola_row_next(runs, &row);) {
        struct counted c;

        st = count(row.run, row.level, measures, &c, err);
        if (st != COLA_OK)
            break;
        if (differences)
            st = add_differences(sheets, &c, measures, err);
        for (int m = 0; !differences && m < MEASURES && measures[m].what; m++)
            add_rate(sheets, &c, measures[m].what, measures[m].among, c.k[m], c.n[m]);
        if (!differences && measures == finding2) {
            add_closed_forms(sheets, &c);
            st = add_siblings(sheets, &c, err);
        }
        if (st == COLA_OK && !differences && row.level == COLA_EVERY_LEVEL)
            st = read_out(&c, measures, &reading, err);
        forget(&c);
    }
    if (reading.len > 0)
        cola_sheet_reading(sheets, reading.data);
    sheets->failed |= reading.failed;
    cola_buffer_free(&reading);
    return st;
}

static void
draw(struct cola_sheet *sheet, int differences)
{
    if (sheet == NULL)
        return;
    sheet->figure = (struct cola_figure){
        .kind = differences ? COLA_FIGURE_POINTS : COLA_FIGURE_BARS, .x = "level",
        .y = differences ? "difference" : "rate",
        .series = "what", .facet = "run",
        .lo = differences ? "difference_lo" : "rate_lo",
        .hi = differences ? "difference_hi" : "rate_hi", .x_label = "level",
        .y_label = differences ? "difference" : "share of samples",
        .y_from = differences ? -1.0 : 0.0, .y_to = 1.0,
        .reference = differences ? 0.0 : NAN, .neutral = NAN,
    };
}

static const char differences_end[] =
    " Intervals: paired percentile bootstrap over groups, 10000 draws of whole groups, a "
    "sample without group being its own; none where all are of one group.";

enum cola_status
cola_sheet_findings(const struct cola_runs *runs, struct cola_sheets *sheets,
                    struct cola_error *err)
{
    static const char rates[] = "run level what among n k rate% rate_lo% rate_hi%";
    static const char less[] =
        "run level what n difference% difference_lo% difference_hi%";
    struct cola_buffer text = COLA_BUFFER_EMPTY;
    enum cola_status st;

    draw(cola_sheet_begin(sheets, COLA_SECTION_FINDINGS, "findings1",
        "Finding 1: right, and a shorter chain is right too",
        "n: the samples that the model gets right, or wrong (among); those on which its "
        "answer is undecided are neither, and a chain that is undecided is not right. k "
        "of them: search: some chain shorter than the model was judged right. random "
        "chains: some of the record's random chains is right and shorter, of journals "
        "that have them. kept wrong: on samples that the model gets wrong, the search "
        "told that the model's own wrong answer is right finds a shorter chain that "
        "gives it (controls.kept, where it is not null). fixed chain: the one fixed "
        "shorter chain of two-fold cross-validation (see controls-fixed) is right. n is "
        "0 where a control was not recorded. Intervals: Wilson.", rates), 0);
    st = add_finding(runs, sheets, finding1, 0, err);
    if (st != COLA_OK)
        return st;
    cola_buffer_printf(&text, "%s%s",
        "The rates of findings1 subtracted. Search less random chains, search less fixed "
        "chain: on the samples that have both. Search less kept wrong: rates of other "
        "samples; n is both; the interval is Newcombe's (method 10), which takes samples "
        "as independent. The last row: the fixed shorter chain right less the ordinary "
        "chain right, on all samples with marks, right or wrong.", differences_end);
    draw(cola_sheet_begin(sheets, COLA_SECTION_FINDINGS, "findings1-differences",
        "Finding 1 less its controls", text.data != NULL ? text.data : "", less), 1);
    st = add_finding(runs, sheets, finding1, 1, err);
    if (st != COLA_OK) {
        cola_buffer_free(&text);
        return st;
    }
    draw(cola_sheet_begin(sheets, COLA_SECTION_FINDINGS, "findings2",
        "Finding 2: wrong, and some chain is right",
        "n: the samples that the model gets wrong, not those on which its answer is "
        "undecided; k of them: search: some judged chain is right. random chains: some "
        "of the record's random chains is right. decoy: the search told that a wrong "
        "answer is right has a chain that gives it (controls.decoy, where not null). "
        "sampling: of the answers sampled from the unmodified model some is right "
        "(controls.pass). fixed chain: the one fixed chain of two-fold cross-validation "
        "(see controls-fixed) is right. Intervals of these: Wilson. Closed forms: the "
        "mean over n of 1 - (1 - p)^N, p and N being each sample's own; random: p is the "
        "share of its random chains that are right, so that a sample of which none is "
        "adds 0, N the chains judged by the search but the ordinary one, n the samples "
        "with random chains; sampling: p and N of controls.pass, where p is known. "
        "siblings: the chain chosen with the largest k, on samples where there is one "
        "and fresh siblings were tried: the mean share of fresh siblings it is right on, "
        "and the ordinary chain's on the same; intervals: bootstrap over groups. n is 0 "
        "where a control was not recorded.", rates), 0);
    st = add_finding(runs, sheets, finding2, 0, err);
    cola_buffer_reset(&text);
    cola_buffer_printf(&text, "%s%s",
        "The rates of findings2 subtracted, each on the samples that have both; "
        "siblings: the chosen chain's share less the ordinary chain's. The last row: the "
        "fixed chain right less the ordinary chain right, on all samples with marks, "
        "right or wrong: breaking right ones counts against it.", differences_end);
    if (st == COLA_OK) {
        draw(cola_sheet_begin(sheets, COLA_SECTION_FINDINGS, "findings2-differences",
            "Finding 2 less its controls", text.data != NULL ? text.data : "", less), 1);
        st = add_finding(runs, sheets, finding2, 1, err);
    }
    sheets->failed |= text.failed;
    cola_buffer_free(&text);
    return st;
}
