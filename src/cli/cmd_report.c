/*
 * cmd_report.c - what journals show, as a page, as text, as tables
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "oracle/quality.h"
#include "report/findings.h"
#include "report/folder.h"
#include "report/page.h"
#include "report/plot.h"

#define INDEX "index.html"
#define TEXT "report.txt"

/* Take in "LABEL=PATH" or PATH. */
static enum cola_status
add(struct cola_runs *runs, const char *word, struct cola_error *err)
{
    const char *equals = strchr(word, '=');
    const char *slash = strchr(word, '/');
    enum cola_status st;
    char *label;

    if (equals == NULL || equals == word || (slash != NULL && slash < equals) ||
        cola_file_exists(word))
        return cola_runs_add(runs, NULL, word, err);
    label = cola_strdup(word);
    if (label == NULL)
        return cola_fail_memory(err);
    label[equals - word] = '\0';
    st = cola_runs_add(runs, label, equals + 1, err);
    free(label);
    return st;
}

/* Every sheet, from the files that the command line names. */
static enum cola_status
make_sheets(const struct options *o, struct cola_sheets *sheets, struct cola_error *err)
{
    struct cola_runs *runs = cola_runs_new();
    enum cola_status st = runs != NULL ? COLA_OK : cola_fail_memory(err);
    const char *note;

    for (int i = 0; i < o->n_words && st == COLA_OK; i++)
        st = add(runs, o->words[i], err);
    for (int i = 0; i < o->n_truths && st == COLA_OK; i++)
        st = add(runs, o->truths[i], err);
    if (st == COLA_OK)
        st = cola_findings(runs, sheets, err);
    if (st == COLA_OK)
        st = cola_quality(runs, sheets, err);
    if (st == COLA_OK && sheets->failed)
        st = cola_fail_memory(err);
    for (size_t i = 0; runs != NULL && (note = cola_runs_note(runs, i)) != NULL; i++)
        say_note("%s", note);
    cola_runs_free(runs);
    return st;
}

static void
free_names(char **names, size_t n)
{
    for (size_t i = 0; names != NULL && i < n; i++)
        free(names[i]);
    free(names);
}

/* The names of all files: [sheets + 2], the page last. */
static enum cola_status
name_files(const struct cola_sheets *sheets, char ***names, struct cola_error *err)
{
    size_t n = sheets->n + 2;
    char **list = cola_alloc(n, sizeof *list);
    int fine = list != NULL;

    for (size_t i = 0; i < sheets->n && fine; i++) {
        size_t size = strlen(sheets->list[i].name) + 5;

        list[i] = cola_alloc(size, 1);
        fine = list[i] != NULL;
        if (fine)
            snprintf(list[i], size, "%s.csv", sheets->list[i].name);
    }
    if (fine) {
        list[n - 2] = cola_strdup(TEXT);
        list[n - 1] = cola_strdup(INDEX);
        fine = list[n - 2] != NULL && list[n - 1] != NULL;
    }
    if (!fine) {
        free_names(list, n);
        return cola_fail_memory(err);
    }
    *names = list;
    return COLA_OK;
}

/* The page comes last: what it refers to is there when it is. */
static enum cola_status
write_files(const char *dir, char *const *names, const struct cola_sheets *sheets,
            struct cola_page *page, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < sheets->n && st == COLA_OK; i++) {
        cola_buffer_reset(&b);
        cola_sheet_csv(&sheets->list[i], &b);
        st = cola_folder_write(dir, names[i], &b, err);
    }
    if (st == COLA_OK) {
        cola_buffer_reset(&b);
        cola_page_text(sheets, &b);
        st = cola_folder_write(dir, TEXT, &b, err);
    }
    if (st == COLA_OK) {
        cola_buffer_reset(&b);
        st = cola_page(sheets, page, &b, err);
    }
    if (st == COLA_OK)
        st = cola_folder_write(dir, INDEX, &b, err);
    cola_buffer_free(&b);
    return st;
}

static enum cola_status
tell(const char *dir, size_t sheets, const struct cola_page *page, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st;

    if (page->program == NULL)
        say_note("no gnuplot in PATH or $GNUPLOT: the page has no figures");
    else if (page->failed > 0)
        say_note("%zu figures are missing: %s", page->failed, page->reason.text);
    cola_buffer_printf(&b, "%s/%s: %zu tables, %zu figures\n", dir, INDEX, sheets,
                       page->figures);
    st = say_result(&b, err);
    cola_buffer_free(&b);
    return st;
}

static enum cola_status
report(const struct options *o, struct cola_error *err)
{
    struct cola_sheets sheets = {0};
    struct cola_page page = {0};
    char **names = NULL, *program = cola_plot_program();
    enum cola_status st;

    if (o->output == NULL || strcmp(o->output, "-") == 0) {
        say_usage("-o DIR is needed, a directory for its files");
        free(program);
        return COLA_USAGE;
    }
    page.program = program;
    st = make_sheets(o, &sheets, err);
    if (st == COLA_OK)
        st = name_files(&sheets, &names, err);
    if (st == COLA_OK)
        st = cola_folder_open(o->output, names, sheets.n + 2, INDEX, COLA_PAGE_MARK, err);
    if (st == COLA_OK)
        st = write_files(o->output, names, &sheets, &page, err);
    if (st == COLA_OK)
        st = tell(o->output, sheets.n, &page, err);
    free_names(names, names != NULL ? sheets.n + 2 : 0);
    cola_sheets_free(&sheets);
    free(program);
    return st;
}

const struct command command_report = {
    "report", "[LABEL=]JOURNAL...", 1, INT_MAX,
    "Write what journals show: a page with figures, text, tables",
    "output truth quiet",
    "DIR/index.html is one page that needs nothing else; DIR/report.txt is the same as\n"
    "text, DIR/NAME.csv each of its tables.  Journals that differ in --space only are\n"
    "columns of one table.  --truth, once for each enumeration, holds the searches\n"
    "against it.  Files of an earlier report are replaced, nothing else is.  Figures\n"
    "are drawn by gnuplot, of PATH or $GNUPLOT.  See colaref-report(7).\n",
    report,
};
