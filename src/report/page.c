/*
 * page.c - sheets as one page for people, and as text
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/page.h"

#include <stdio.h>
#include <string.h>

#include "report/drawing.h"
#include "report/forest.h"
#include "report/markup.h"
#include "report/pivot.h"
#include "report/plot.h"

#define SHORT 24                /* rows of a table that stands open */
#define PRINTED 48              /* rows of one that is printed */
#define TEXT_WIDTH 96           /* columns of the text */

/* ---- head ------------------------------------------------------------------------ */

static void
add_head(struct cola_buffer *b)
{
    cola_buffer_printf(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                       "<meta charset=\"utf-8\">\n" COLA_PAGE_MARK "%s\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, "
                       "initial-scale=1\">\n<title>Layer chains: a report</title>\n"
                       "<style>\n%s</style>\n</head>\n<body>\n", cola_version(),
                       cola_page_style);
}

static size_t
count_section(const struct cola_sheets *sheets, int section)
{
    size_t n = 0;

    for (size_t i = 0; i < sheets->n; i++)
        n += sheets->list[i].section == section;
    return n;
}

static void
add_contents(const struct cola_sheets *sheets, struct cola_buffer *b)
{
    cola_buffer_text(b, "<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">Contents"
                     "</h2>\n<ol>\n<li><a href=\"#summary\">Summary</a></li>\n");
    for (int s = 0; s < COLA_SECTIONS; s++) {
        if (count_section(sheets, s) == 0)
            continue;
        cola_buffer_printf(b, "<li><a href=\"#section-%d\">", s);
        cola_markup_text(b, cola_section_title((enum cola_section)s));
        cola_buffer_text(b, "</a>");
        if (count_section(sheets, s) > 1) {
            cola_buffer_text(b, "\n<ol>\n");
            for (size_t i = 0; i < sheets->n; i++) {
                if (sheets->list[i].section != s)
                    continue;
                cola_buffer_printf(b, "<li><a href=\"#%s\">", sheets->list[i].name);
                cola_markup_text(b, sheets->list[i].title);
                cola_buffer_text(b, "</a></li>\n");
            }
            cola_buffer_text(b, "</ol>\n");
        }
        cola_buffer_text(b, "</li>\n");
    }
    cola_buffer_text(b, "</ol>\n</nav>\n");
}

/* What the runs have in COLUMN, each once: "tiny, tiny-plain". */
static void
add_values(const struct cola_sheet *runs, const char *column, const char *before,
           struct cola_buffer *b)
{
    int at = cola_sheet_column(runs, column);
    int any = 0;

    for (size_t row = 0; at >= 0 && row < runs->n_rows; row++) {
        const struct cola_cell *c = &runs->cells[row * runs->n_columns + (size_t)at];
        int seen = c->kind != COLA_CELL_TEXT || *c->text == '\0';

        for (size_t i = 0; i < row && !seen; i++) {
            const struct cola_cell *other = c - (row - i) * runs->n_columns;

            seen = other->kind == COLA_CELL_TEXT && strcmp(c->text, other->text) == 0;
        }
        if (seen)
            continue;
        cola_buffer_text(b, any ? ", " : before);
        cola_markup_text(b, c->text);
        any = 1;
    }
}

static void
add_header(const struct cola_sheets *sheets, struct cola_buffer *b)
{
    const struct cola_sheet *runs = cola_sheet_find(sheets, "runs");

    cola_buffer_text(b, "<header>\n<h1>Layer chains: a report</h1>\n<p class=\"lede\">");
    if (runs != NULL) {
        cola_buffer_printf(b, "%zu journal%s", runs->n_rows,
                           runs->n_rows == 1 ? "" : "s");
        add_values(runs, "run", ": ", b);
        add_values(runs, "benchmark", "; benchmark ", b);
        add_values(runs, "preset", "; rules ", b);
        add_values(runs, "space", "; space ", b);
        cola_buffer_text(b, ".");
    }
    cola_buffer_text(b, "</p>\n</header>\n");
}

/* ---- summary --------------------------------------------------------------------- */

static int
is_finding(const struct cola_sheet *sheet)
{
    return strcmp(sheet->name, "findings1") == 0 || strcmp(sheet->name, "findings2") == 0;
}

static enum cola_status
add_finding(const struct cola_sheet *sheet, struct cola_buffer *b, struct cola_error *err)
{
    struct cola_drawing d;
    enum cola_status st = cola_drawing_make(sheet, &d, err);

    if (st != COLA_OK)
        return st;
    cola_buffer_printf(b, "<div class=\"item\">\n<h3><a href=\"#%s\">", sheet->name);
    cola_markup_text(b, sheet->title);
    cola_buffer_text(b, "</a></h3>\n");
    cola_forest(&d, b);
    if (sheet->reading != NULL)
        cola_markup_paragraphs(b, "reading", 1, sheet->reading);
    else
        cola_buffer_text(b, "<p>These journals say nothing about it.</p>\n");
    cola_buffer_text(b, "</div>\n");
    cola_drawing_clear(&d);
    return COLA_OK;
}

/* The findings with their controls, before anything else is looked at. */
static enum cola_status
add_summary(const struct cola_sheets *sheets, struct cola_buffer *b,
            struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    cola_buffer_text(b, "<section class=\"summary\" id=\"summary\">\n<h2>Summary</h2>\n"
                     "<p>A search that may try hundreds of chains, knowing the answer, "
                     "finds one that happens to be right more often than not. So each "
                     "finding stands above its controls, with 95 % intervals, over all "
                     "levels: it is worth what it exceeds them by.</p>\n");
    for (size_t i = 0; i < sheets->n && st == COLA_OK; i++)
        if (is_finding(&sheets->list[i]))
            st = add_finding(&sheets->list[i], b, err);
    cola_buffer_text(b, "</section>\n");
    return st;
}

/* ---- sheets ---------------------------------------------------------------------- */

static void
add_files(const struct cola_sheet *sheet, struct cola_buffer *b)
{
    cola_buffer_printf(b, "<p class=\"files\">%zu row%s: <a href=\"%s.csv\" type="
                       "\"text/csv\">%s.csv</a></p>\n", sheet->n_rows,
                       sheet->n_rows == 1 ? "" : "s", sheet->name, sheet->name);
}

static void
add_numbers(const struct cola_sheet *sheet, const struct cola_drawing *d,
            struct cola_buffer *b)
{
    int pivot = cola_pivot_suits(d);
    int fold = pivot || sheet->n_rows > (d->n > 0 ? 12 : SHORT);
    int printed = !pivot && sheet->n_rows <= PRINTED;

    if (sheet->n_rows == 0) {
        cola_buffer_text(b, "<p class=\"notice\">There is nothing to show here: these "
                         "journals hold no such numbers.</p>\n");
        return;
    }
    if (sheet->section == COLA_SECTION_RUNS && sheet->n_rows <= 6 &&
        sheet->n_columns > 6) {
        cola_markup_turned(sheet, b);
        return;
    }
    if (pivot)
        cola_pivot(d, b);
    if (fold)
        cola_buffer_printf(b, "<details%s><summary>All numbers, %zu rows</summary>\n",
                           printed ? "" : " class=\"long\"", sheet->n_rows);
    cola_markup_table(sheet, b);
    if (fold)
        cola_buffer_text(b, "</details>\n");
}

/* The picture, where there is one to be drawn. */
static enum cola_status
add_picture(const struct cola_drawing *d, struct cola_page *page, struct cola_buffer *b,
            struct cola_error *err)
{
    struct cola_error why = {COLA_OK, ""};
    enum cola_status st;

    if (page->program == NULL) {
        cola_buffer_text(b, "<p class=\"notice\">No figure: gnuplot was not found."
                         "</p>\n");
        return COLA_OK;
    }
    st = cola_plot(d, page->program, b, &why);
    if (st == COLA_OK) {
        page->figures++;
        return COLA_OK;
    }
    if (st != COLA_NOTHING)
        return cola_fail(err, st, "%s", why.text);
    if (page->failed++ == 0)
        page->reason = why;
    cola_buffer_text(b, "<p class=\"notice\">No figure: gnuplot did not draw it.</p>\n");
    return COLA_OK;
}

static enum cola_status
add_sheet(const struct cola_sheet *sheet, struct cola_page *page, struct cola_buffer *b,
          struct cola_error *err)
{
    struct cola_drawing d;
    enum cola_status st = cola_drawing_make(sheet, &d, err);
    int drawn = st == COLA_OK && d.n > 0;

    if (st != COLA_OK)
        return st;
    cola_buffer_printf(b, "<div class=\"sheet\" id=\"%s\">\n<h3>", sheet->name);
    cola_markup_text(b, sheet->title);
    cola_buffer_text(b, "</h3>\n");
    if (sheet->reading != NULL && is_finding(sheet))
        cola_buffer_text(b, "<p class=\"reading\">What these numbers show is in the "
                         "<a href=\"#summary\">summary</a>.</p>\n");
    else if (sheet->reading != NULL)
        cola_markup_paragraphs(b, "reading", 1, sheet->reading);
    if (drawn) {
        cola_buffer_printf(b, "<figure data-rows=\"%zu\">\n<div class=\"picture\">\n",
                           d.n);
        st = add_picture(&d, page, b, err);
        cola_buffer_text(b, "</div>\n<figcaption>\n");
    }
    cola_markup_paragraphs(b, "about", 0, sheet->definition);
    if (drawn)
        cola_buffer_text(b, "</figcaption>\n</figure>\n");
    add_numbers(sheet, &d, b);
    add_files(sheet, b);
    cola_buffer_text(b, "</div>\n");
    cola_drawing_clear(&d);
    return st;
}

/* ---- the whole ------------------------------------------------------------------- */

enum cola_status
cola_page(const struct cola_sheets *sheets, struct cola_page *page, struct cola_buffer *b,
          struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    add_head(b);
    add_header(sheets, b);
    add_contents(sheets, b);
    cola_buffer_text(b, "<main>\n");
    if (page->program == NULL)
        cola_buffer_text(b, "<p class=\"notice\">gnuplot was not found when this page "
                         "was made: it has every table and no figure.</p>\n");
    st = add_summary(sheets, b, err);
    for (int s = 0; s < COLA_SECTIONS && st == COLA_OK; s++) {
        if (count_section(sheets, s) == 0)
            continue;
        cola_buffer_printf(b, "<section id=\"section-%d\">\n<h2>", s);
        cola_markup_text(b, cola_section_title((enum cola_section)s));
        cola_buffer_text(b, "</h2>\n");
        for (size_t i = 0; i < sheets->n && st == COLA_OK; i++)
            if (sheets->list[i].section == s)
                st = add_sheet(&sheets->list[i], page, b, err);
        cola_buffer_text(b, "</section>\n");
    }
    cola_buffer_printf(b, "</main>\n<footer>\n<p>Made by colaref %s. The same as text: "
                       "<a href=\"report.txt\">report.txt</a>. What each sheet is and "
                       "what a report cannot say: colaref-report(7).</p>\n</footer>\n"
                       "</body>\n</html>\n", cola_version());
    return st != COLA_OK ? st : cola_buffer_ok(b, err);
}

static void
add_line(struct cola_buffer *b, const char *text, char line)
{
    cola_buffer_printf(b, "%s\n", text);
    for (size_t i = strlen(text); i > 0; i--)
        cola_buffer_bytes(b, &line, 1);
    cola_buffer_text(b, "\n\n");
}

void
cola_page_text(const struct cola_sheets *sheets, struct cola_buffer *b)
{
    add_line(b, "Layer chains: a report", '=');
    for (int s = 0; s < COLA_SECTIONS; s++) {
        if (count_section(sheets, s) == 0)
            continue;
        add_line(b, cola_section_title((enum cola_section)s), '-');
        for (size_t i = 0; i < sheets->n; i++) {
            if (sheets->list[i].section != s)
                continue;
            cola_sheet_print(&sheets->list[i], TEXT_WIDTH, b);
            cola_buffer_printf(b, "%s.csv\n\n\n", sheets->list[i].name);
        }
    }
}
