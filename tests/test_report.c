/*
 * test_report.c - statistics, sheets, repeated units, and a report small enough
 * to be computed by hand
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "report/findings.h"
#include "report/segments.h"
#include "report/statistics.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-9)

/* ---- statistics ------------------------------------------------------------------ */

static void
newcombe_is_that_of_his_paper(void **state)
{
    double lo, hi;

    (void)state;
    cola_newcombe(56, 70, 48, 80, &lo, &hi);    /* Newcombe 1998, table II, (a) */
    assert_true(fabs(lo - 0.0524) < 5e-5 && fabs(hi - 0.3339) < 5e-5);
    cola_newcombe(10, 10, 0, 10, &lo, &hi);     /* (f) */
    assert_true(fabs(lo - 0.6075) < 5e-5 && hi == 1.0);
}

static void
clusters_of_one_are_no_clusters(void **state)
{
    double x[20], mean[2], lo[2], hi[2];
    size_t cluster[20];

    (void)state;
    for (size_t i = 0; i < 20; i++) {
        x[i] = (double)(i * i % 7);
        cluster[i] = 100 - i;
    }
    cola_bootstrap(x, 20, &mean[0], &lo[0], &hi[0]);
    cola_bootstrap_clustered(x, cluster, 20, &mean[1], &lo[1], &hi[1]);
    assert_true(mean[0] == mean[1] && lo[0] == lo[1] && hi[0] == hi[1]);
    assert_true(lo[0] < mean[0] && mean[0] < hi[0]);
}

static void
values_said_ten_times_are_no_more_evidence(void **state)
{
    double x[10], many[100], mean[2], lo[2], hi[2];
    size_t cluster[100];

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        many[i] = (double)(i % 10 % 3);
        cluster[i] = i % 10;
        x[i % 10] = many[i];
    }
    cola_bootstrap(x, 10, &mean[0], &lo[0], &hi[0]);
    cola_bootstrap_clustered(many, cluster, 100, &mean[1], &lo[1], &hi[1]);
    NEAR(mean[0], mean[1]);
    NEAR(lo[0], lo[1]);
    NEAR(hi[0], hi[1]);
    cola_bootstrap(many, 100, &mean[1], &lo[1], &hi[1]);
    assert_true(hi[1] - lo[1] < 0.5 * (hi[0] - lo[0]));
}

static void
clusters_weigh_by_their_size(void **state)
{
    /* four groups of 0 and one of three ones: every draw's mean is k ones of
     * 5 + 2k/3 values, and nobody draws it five times in 250 of 10000 */
    double x[] = {0, 0, 0, 0, 1, 1, 1}, mean, lo, hi;
    size_t cluster[] = {0, 1, 2, 3, 4, 4, 4};

    (void)state;
    cola_bootstrap_clustered(x, cluster, 7, &mean, &lo, &hi);
    NEAR(mean, 3.0 / 7.0);
    NEAR(lo, 0.0);
    NEAR(hi, 9.0 / 11.0);       /* three times: 9 ones, 2 zeros */
}

static void
quantiles_interpolate(void **state)
{
    const double x[] = {1, 2, 4, 8};

    (void)state;
    NEAR(cola_quantile(x, 4, 0.0), 1.0);
    NEAR(cola_quantile(x, 4, 0.25), 1.75);
    NEAR(cola_quantile(x, 4, 0.5), 3.0);
    NEAR(cola_quantile(x, 4, 1.0), 8.0);
    NEAR(cola_quantile(x, 1, 0.3), 1.0);
}

static void
chance_is_of_one_success_at_least(void **state)
{
    (void)state;
    NEAR(cola_chance(0.01, 260), 1.0 - pow(0.99, 260));
    NEAR(cola_chance(0.25, 1), 0.25);
    NEAR(cola_chance(0.5, 3), 0.875);
    NEAR(cola_chance(0.3, 0), 0.0);
    NEAR(cola_chance(1.0, 2), 1.0);
}

/* ---- sheets ---------------------------------------------------------------------- */

static char *
render(const struct cola_sheet *sheet, int csv, int width)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    if (csv)
        cola_sheet_csv(sheet, &b);
    else
        cola_sheet_print(sheet, width, &b);
    assert_false(b.failed);
    return b.data;
}

static void
fill(struct cola_sheets *sheets)
{
    cola_sheet_begin(sheets, COLA_SECTION_TABLE1, "one", "A title", "What it means.",
                     " run  level rate% rate_lo% rate_hi% x ");
    for (int i = 0; i < 3; i++) {
        cola_sheet_text(sheets, "a,\"b\"");
        cola_sheet_count(sheets, (size_t)i);
        cola_sheet_real(sheets, i == 2 ? NAN : 0.25 * i);
        cola_sheet_real(sheets, i == 2 ? NAN : 0.1);
        cola_sheet_real(sheets, i == 2 ? NAN : 0.5);
        if (i == 1)
            cola_sheet_text(sheets, NULL);
        else
            cola_sheet_real(sheets, -2.5);
    }
}

static void
sheets_are_csv_for_programs(void **state)
{
    struct cola_sheets sheets = {0};
    char *csv;

    (void)state;
    fill(&sheets);
    assert_false(sheets.failed);
    assert_int_equal(sheets.list[0].n_rows, 3);
    assert_int_equal(cola_sheet_column(&sheets.list[0], "rate_hi"), 4);
    assert_int_equal(cola_sheet_column(&sheets.list[0], "rate"), 2);
    assert_int_equal(cola_sheet_column(&sheets.list[0], "rate%"), -1);
    assert_true(sheets.list[0].shares[2] && !sheets.list[0].shares[5]);
    assert_ptr_equal(cola_sheet_find(&sheets, "one"), &sheets.list[0]);
    assert_null(cola_sheet_find(&sheets, "two"));
    csv = render(&sheets.list[0], 1, 0);
    assert_string_equal(csv, "run,level,rate,rate_lo,rate_hi,x\n"
                        "\"a,\"\"b\"\"\",0,0,0.10000000000000001,0.5,-2.5\n"
                        "\"a,\"\"b\"\"\",1,0.25,0.10000000000000001,0.5,\n"
                        "\"a,\"\"b\"\"\",2,,,,-2.5\n");
    free(csv);
    cola_sheets_free(&sheets);
}

static void
sheets_are_tables_for_people(void **state)
{
    struct cola_sheets sheets = {0};
    char *text;

    (void)state;
    fill(&sheets);
    cola_sheet_reading(&sheets, "a reading to wrap");
    text = render(&sheets.list[0], 0, 20);
    assert_string_equal(text, "A title (one)\nrun: a,\"b\"\n\n"
                        "level           rate       x\n"
                        "    0   0.0% [10,50]  -2.500\n"
                        "    1  25.0% [10,50]       -\n"
                        "    2              -  -2.500\n"
                        "\na reading to wrap\n\nWhat it means.\n");
    free(text);
    cola_sheets_free(&sheets);
}

static void
tables_cut_long_text_and_obey_nothing(void **state)
{
    struct cola_sheets sheets = {0};
    char *text;

    (void)state;
    cola_sheet_begin(&sheets, COLA_SECTION_RUNS, "n", "t", "d", "name k");
    cola_sheet_text(&sheets, "\033[31m\303\251 much longer than that");
    cola_sheet_count(&sheets, 7);
    text = render(&sheets.list[0], 0, 20);
    assert_non_null(strstr(text, "\n [31m\303\251 much long~  7\n"));
    free(text);
    cola_sheets_free(&sheets);
}

/* ---- repeated units -------------------------------------------------------------- */

static void
units_are_read_from_the_chain(void **state)
{
    static const struct {
        const char *chain, *units;      /* size+extra:consecutive */
    } cases[] = {
        {"0-5", ""},
        {"0-3,2-3,4", "2+1:2 "},
        {"0,0,0,0", "1+3:1 "},                  /* not two by two */
        {"(0-1)x2,(2-3)x3", "2+1:2 2+2:2 "},
        {"4,4,5,4,4,5", "3+1:2 "},              /* the larger one; 4,4 is within */
        {"4,6,7,4,6,7", "3+1:2 "},              /* a layer between left out */
        {"4,6,4,6", "2+1:1 "},
        {"7,3,7,3,3", "2+1:1 "},                /* behind it one 3 alone */
        {"5", ""}, {"()", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_unit units[16];
        struct cola_chain chain;
        struct cola_error err;
        char text[80] = "";
        int n;

        assert_ok(cola_chain_parse(cases[i].chain, &chain, &err), &err);
        n = cola_units(&chain, units);
        for (int u = 0; u < n; u++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%d+%d:%d ",
                     units[u].size, units[u].extra, units[u].consecutive);
        assert_string_equal(text, cases[i].units);
    }
}

/* ---- a report by hand ------------------------------------------------------------ */

/*
 * A model of two layers.  a: right, and so is layer 1 alone; b: wrong, and
 * 0,0,1 is right; c: undecided, and counted as neither.
 */
#define HEADER \
    "{\"type\":\"header\",\"format\":\"colaref-journal\",\"version\":1,\"model\":null," \
    "\"task\":null,\"random\":true,\"seed\":1," \
    "\"controls\":[\"kept\",\"pass\",\"fixed\"]," \
    "\"preset\":{\"preset\":\"cola-2025\",\"layers\":2,\"seed\":1,\"simulations\":2," \
    "\"space\":\"both\",\"min_length\":1,\"max_length\":3,\"block_root\":1,\"block\":1," \
    "\"extra\":1}}\n"

static const char journal[] =
    HEADER
    "{\"type\":\"sample\",\"id\":\"a\",\"level\":1,\"group\":\"g\",\"base\":true,"
    "\"evaluated\":[{\"chain\":[0,1],\"correct\":true,\"answer\":\"x\"},"
    "{\"chain\":[1],\"correct\":true,\"answer\":\"x\"},"
    "{\"chain\":[0,1,1],\"correct\":false,\"answer\":\"y\"}],"
    "\"random\":[{\"chain\":[0,0,1],\"correct\":true}],"
    "\"controls\":{\"pass\":{\"samples\":4,\"right\":3,\"p\":0.5},\"fixed\":\"01110\"}}\n"
    "{\"type\":\"sample\",\"id\":\"b\",\"level\":1,\"group\":\"h\",\"base\":false,"
    "\"evaluated\":[{\"chain\":[0,1],\"correct\":false,\"answer\":\"x\"},"
    "{\"chain\":[0,0,1],\"correct\":true,\"answer\":\"z\"},"
    "{\"chain\":[0,1,1],\"correct\":false,\"answer\":null}],"
    "\"random\":[{\"chain\":[1],\"correct\":false}],"
    "\"controls\":{\"kept\":{\"chains\":3,\"right\":2,\"shortest\":[1],\"shorter\":true},"
    "\"pass\":{\"samples\":2,\"right\":0,\"p\":0.5},\"fixed\":\"00010\"}}\n"
    "{\"type\":\"sample\",\"id\":\"c\",\"level\":2,\"group\":\"h\",\"base\":null,"
    "\"evaluated\":[{\"chain\":[0,1],\"correct\":null,\"answer\":\"w\"},"
    "{\"chain\":[0],\"correct\":false,\"answer\":\"w\"}],"
    "\"random\":[{\"chain\":[1],\"correct\":null}],"
    "\"controls\":{\"pass\":{\"samples\":1,\"right\":1,\"p\":null},"
    "\"fixed\":\"?0?00\"}}\n"
    "{\"type\":\"end\",\"samples\":3}\n";

static void
report(const char *text, struct cola_sheets *sheets)
{
    struct cola_runs *runs = cola_runs_new();
    struct cola_error err;
    const char *dir = getenv("TMPDIR");
    char path[400];
    FILE *f;

    snprintf(path, sizeof path, "%s/hand.jsonl", dir != NULL ? dir : "/tmp");
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
    assert_non_null(runs);
    assert_ok(cola_runs_add(runs, NULL, path, &err), &err);
    assert_ok(cola_findings(runs, sheets, &err), &err);
    cola_runs_free(runs);
    remove(path);
}

/* The number in COLUMN of the first row of sheet NAME that has all of WORDS
 * (between blanks, in any column of text); NaN when it is empty. */
static double
at(const struct cola_sheets *sheets, const char *name, const char *words,
   const char *column)
{
    const struct cola_sheet *s = cola_sheet_find(sheets, name);
    int c = s != NULL ? cola_sheet_column(s, column) : -1;
    char copy[100];

    if (c < 0)
        fail_msg("no column %s in sheet %s", column, name);
    for (size_t row = 0; row < s->n_rows; row++) {
        int all = 1;

        snprintf(copy, sizeof copy, "%s", words);
        for (char *w = strtok(copy, "|"); w != NULL; w = strtok(NULL, "|")) {
            int found = 0;

            for (size_t i = 0; i < s->n_columns; i++) {
                const struct cola_cell *cell = &s->cells[row * s->n_columns + i];

                found |= cell->kind == COLA_CELL_TEXT && strcmp(cell->text, w) == 0;
            }
            all &= found;
        }
        if (all && s->cells[row * s->n_columns + (size_t)c].kind == COLA_CELL_EMPTY)
            return NAN;
        if (all)
            return s->cells[row * s->n_columns + (size_t)c].real;
    }
    fail_msg("no row %s in sheet %s", words, name);
    return NAN;
}

static void
a_journal_computed_by_hand(void **state)
{
    struct cola_sheets s = {0};

    (void)state;
    report(journal, &s);
    NEAR(at(&s, "findings1", "all|search", "k"), 1);
    NEAR(at(&s, "findings1", "all|search", "n"), 1);
    NEAR(at(&s, "findings1", "all|random chains", "k"), 0);     /* right, not shorter */
    NEAR(at(&s, "findings1", "all|kept wrong", "k"), 1);
    NEAR(at(&s, "findings1", "all|kept wrong", "n"), 1);
    NEAR(at(&s, "findings2", "all|search", "k"), 1);
    NEAR(at(&s, "findings2", "all|search", "n"), 1);            /* c is neither */
    NEAR(at(&s, "findings2", "1|search", "rate"), 1.0);
    NEAR(at(&s, "findings2", "all|random chains", "k"), 0);
    NEAR(at(&s, "findings2", "all|decoy", "n"), 0);
    assert_true(isnan(at(&s, "findings2", "all|decoy", "rate")));
    NEAR(at(&s, "findings2", "all|sampling", "k"), 0);
    NEAR(at(&s, "findings2", "all|sampling", "n"), 1);
    NEAR(at(&s, "findings2", "all|sampling, closed form", "rate"), 0.75);
    NEAR(at(&s, "findings1-differences", "all|search less kept wrong", "difference"), 0);
    assert_true(isnan(at(&s, "findings1-differences", "1|search less random chains",
                         "difference_lo")));                    /* one group */
    NEAR(at(&s, "chance", "all|search", "n"), 1);
    NEAR(at(&s, "controls-pass", "all|wrong", "n"), 1);
    NEAR(at(&s, "controls-pass", "all|any", "n"), 3);
    NEAR(at(&s, "table1", "all|original", "accuracy"), 1.0 / 3.0);
    NEAR(at(&s, "table1", "all|both", "accuracy"), 2.0 / 3.0);
    NEAR(at(&s, "table1", "all|repeat|filter of both", "k"), 2);
    NEAR(at(&s, "table1", "all|skip|filter of both", "k"), 1);
    NEAR(at(&s, "transitions", "all|strictly shorter|C->C", "k"), 1);
    NEAR(at(&s, "transitions", "all|strictly shorter|W->W", "k"), 0);
    NEAR(at(&s, "transitions", "all|strictly shorter|undecided", "k"), 1);
    NEAR(at(&s, "transitions", "all|any other|undecided", "n"), 3);
    NEAR(at(&s, "depth", "all|C->C|shortest|depth", "mean"), 1.0);
    NEAR(at(&s, "depth", "all|C->C|mean of right|depth", "mean"), 1.5);
    NEAR(at(&s, "depth", "all|W->C|shortest|different layers", "mean"), 2.0);
    NEAR(at(&s, "layer-frequency", "all|W->C|shortest", "frequency"), 2.0);     /* 0 */
    NEAR(at(&s, "layer-skips", "all|C->C|all right", "skips"), 0.5);
    NEAR(at(&s, "layer-repeats", "all|W->C|shortest", "repeats"), 1.0);
    NEAR(at(&s, "layer-thirds", "all|W->C|shortest|early", "median"), 2.0);
    NEAR(at(&s, "layer-entropy", "all|C->C|shortest", "entropy"), 0.0);
    NEAR(at(&s, "layer-entropy", "all|W->C|shortest", "entropy"),
         -(2 * log(2.0 / 3.0) + log(1.0 / 3.0)) / 3.0);
    NEAR(at(&s, "budget", "all", "accuracy"), 1.0 / 3.0);       /* half the depth: a */
    NEAR(at(&s, "recurrence-budget", "all", "k"), 1);
    NEAR(at(&s, "valid-by-depth", "all|search", "chains"), 2);  /* of length 1 */
    NEAR(at(&s, "valid-by-depth", "all|random", "undecided"), 1);
    NEAR(at(&s, "require", "all|repeat", "k_all"), 1);
    NEAR(at(&s, "segments", "shortest", "units"), 1);
    NEAR(at(&s, "segments-max", "shortest", "chains"), 1);
    NEAR(at(&s, "runs", "whole", "undecided"), 1);
    cola_sheets_free(&s);
}

/*
 * Of a's random chains all are right, of b's none: as many tries are right on
 * the one and never on the other.  Pooled it would be 1 - 1/2^2, on both.
 */
static void
luck_is_each_samples_own(void **state)
{
    static const char two[] =
        HEADER
        "{\"type\":\"sample\",\"id\":\"a\",\"level\":1,\"base\":false,"
        "\"evaluated\":[{\"chain\":[0,1],\"correct\":false,\"answer\":\"x\"},"
        "{\"chain\":[1],\"correct\":false,\"answer\":\"y\"},"
        "{\"chain\":[0],\"correct\":false,\"answer\":\"z\"}],"
        "\"random\":[{\"chain\":[0,0,1],\"correct\":true}]}\n"
        "{\"type\":\"sample\",\"id\":\"b\",\"level\":1,\"base\":false,"
        "\"evaluated\":[{\"chain\":[0,1],\"correct\":false,\"answer\":\"x\"},"
        "{\"chain\":[1],\"correct\":false,\"answer\":\"y\"},"
        "{\"chain\":[0],\"correct\":false,\"answer\":\"z\"}],"
        "\"random\":[{\"chain\":[0,0,1],\"correct\":false}]}\n"
        "{\"type\":\"end\",\"samples\":2}\n";
    struct cola_sheets s = {0};
    char *csv;

    (void)state;
    report(two, &s);
    NEAR(at(&s, "findings2", "all|random, closed form", "n"), 2);
    NEAR(at(&s, "findings2", "all|random, closed form", "rate"), 0.5);
    NEAR(at(&s, "chance", "all|random, closed form", "p"), 0.5);
    csv = render(cola_sheet_find(&s, "chance"), 1, 0);
    assert_non_null(strstr(csv, "hand,all,\"random, closed form\",1,2,0.5,0.5\n"));
    assert_non_null(strstr(csv, "hand,all,\"random, closed form\",2,2,0.5,0.5\n"));
    assert_null(strstr(csv, "guess"));          /* of how many answers? */
    free(csv);
    cola_sheets_free(&s);
}

/*
 * Chains within one edit: 0; 1; 0,1; 0,0,1; 0,1,1.  Of the halves a and b, each
 * chooses for the other: a is right on 1, 0,1 and 0,0,1, of which 1 is the
 * shortest but the ordinary one; b on 0,0,1.  Of c nothing can be said.
 */
static void
a_fixed_chain_is_chosen_on_the_other_half(void **state)
{
    struct cola_sheets s = {0};
    const struct cola_sheet *sheet;
    char *csv;

    (void)state;
    report(journal, &s);
    sheet = cola_sheet_find(&s, "controls-fixed");
    assert_non_null(sheet);
    NEAR(at(&s, "controls-fixed", "all|any|both", "k"), 1);     /* a by 0,0,1 */
    NEAR(at(&s, "controls-fixed", "all|any|both", "n"), 2);
    NEAR(at(&s, "controls-fixed", "all|any|chosen on all", "k"), 2);
    NEAR(at(&s, "controls-fixed", "all|shorter|both", "k"), 0); /* 0 chosen by b */
    csv = render(sheet, 1, 0);
    assert_non_null(strstr(csv, "hand,all,any,chosen on all,\"0,0-1\",2,2,"));
    assert_null(strstr(csv, "hand,1,any,first,0-1,"));
    free(csv);
    cola_sheets_free(&s);
}

static void
readings_claim_nothing_of_few(void **state)
{
    struct cola_sheets s = {0};
    const struct cola_sheet *sheet;

    (void)state;
    report(journal, &s);
    sheet = cola_sheet_find(&s, "findings2");
    assert_non_null(sheet);
    assert_non_null(sheet->reading);
    assert_non_null(strstr(sheet->reading, "hand: as many random chains hold a right one "
                                           "for 0 of 1 (0%); the unmodified model"));
    assert_non_null(strstr(sheet->reading, "the search finds a right chain for 1 of 1 "
                                           "(100%). The search against random chains: "
                                           "nothing can be claimed of 1 group."));
    assert_null(strstr(sheet->reading, "better"));
    cola_sheets_free(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newcombe_is_that_of_his_paper),
        cmocka_unit_test(clusters_of_one_are_no_clusters),
        cmocka_unit_test(values_said_ten_times_are_no_more_evidence),
        cmocka_unit_test(clusters_weigh_by_their_size),
        cmocka_unit_test(quantiles_interpolate),
        cmocka_unit_test(chance_is_of_one_success_at_least),
        cmocka_unit_test(sheets_are_csv_for_programs),
        cmocka_unit_test(sheets_are_tables_for_people),
        cmocka_unit_test(tables_cut_long_text_and_obey_nothing),
        cmocka_unit_test(units_are_read_from_the_chain),
        cmocka_unit_test(a_journal_computed_by_hand),
        cmocka_unit_test(luck_is_each_samples_own),
        cmocka_unit_test(a_fixed_chain_is_chosen_on_the_other_half),
        cmocka_unit_test(readings_claim_nothing_of_few),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
