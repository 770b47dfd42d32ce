/*
 * sheet.c - a table of numbers, with what they mean
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *
cola_section_title(enum cola_section section)
{
    static const char *const titles[COLA_SECTIONS] = {
        "What was run",
        "The two findings and their controls",
        "Accuracy by space",
        "How deep the right chains are",
        "Which layers they use",
        "Budgets and segments",
        "The search against the truth",
    };

    return titles[section];
}

/* ---- taking in ------------------------------------------------------------------- */

/* The names between blanks of TEXT; 0 when memory is out. */
static int
take_columns(struct cola_sheet *sheet, const char *text)
{
    size_t n = 0;

    for (const char *p = text; *(p += strspn(p, " ")) != '\0'; p += strcspn(p, " "))
        n++;
    sheet->columns = cola_alloc(n, sizeof *sheet->columns);
    sheet->shares = cola_alloc(n, 1);
    if (sheet->columns == NULL || sheet->shares == NULL)
        return 0;
    while (sheet->n_columns < n) {
        size_t len;
        char *name;

        text += strspn(text, " ");
        len = strcspn(text, " ");
        name = cola_alloc(len + 1, 1);
        if (name == NULL)
            return 0;
        memcpy(name, text, len);
        text += len;
        if (len > 1 && name[len - 1] == '%') {
            name[len - 1] = '\0';
            sheet->shares[sheet->n_columns] = 1;
        }
        sheet->columns[sheet->n_columns++] = name;
    }
    return 1;
}

static void
free_sheet(struct cola_sheet *sheet)
{
    for (size_t i = 0; i < sheet->n_columns; i++)
        free(sheet->columns[i]);
    for (size_t i = 0; i < sheet->n_cells; i++)
        free(sheet->cells[i].text);
    free(sheet->columns);
    free(sheet->shares);
    free(sheet->cells);
    free(sheet->name);
    free(sheet->title);
    free(sheet->definition);
    free(sheet->reading);
}

struct cola_sheet *
cola_sheet_begin(struct cola_sheets *sheets, enum cola_section section,
                 const char *name, const char *title, const char *definition,
                 const char *columns)
{
    struct cola_sheet *sheet;

    if (sheets->failed)
        return NULL;
    if (sheets->n == sheets->room) {
        size_t room = sheets->room * 2 + 16;
        struct cola_sheet *list = cola_realloc(sheets->list, room, sizeof *list);

        if (list == NULL) {
            sheets->failed = 1;
            return NULL;
        }
        sheets->list = list;
        sheets->room = room;
    }
    sheet = &sheets->list[sheets->n++];
    *sheet = (struct cola_sheet){0};
    sheet->section = (int)section;
    sheet->figure.reference = sheet->figure.neutral = NAN;
    sheet->name = cola_strdup(name);
    sheet->title = cola_strdup(title);
    sheet->definition = cola_strdup(definition);
    if (!take_columns(sheet, columns) || sheet->name == NULL || sheet->title == NULL ||
        sheet->definition == NULL)
        sheets->failed = 1;
    return sheets->failed ? NULL : sheet;
}

void
cola_sheet_reading(struct cola_sheets *sheets, const char *text)
{
    struct cola_sheet *sheet = sheets->n > 0 ? &sheets->list[sheets->n - 1] : NULL;

    if (sheets->failed || sheet == NULL)
        return;
    free(sheet->reading);
    sheet->reading = cola_strdup(text);
    sheets->failed = sheet->reading == NULL;
}

static void
add(struct cola_sheets *sheets, struct cola_cell cell)
{
    struct cola_sheet *sheet = sheets->n > 0 ? &sheets->list[sheets->n - 1] : NULL;

    if (!sheets->failed && sheet != NULL && sheet->n_cells == sheet->room) {
        size_t room = sheet->room * 2 + 64;
        struct cola_cell *cells = cola_realloc(sheet->cells, room, sizeof *cells);

        if (cells == NULL) {
            sheets->failed = 1;
        } else {
            sheet->cells = cells;
            sheet->room = room;
        }
    }
    if (sheets->failed || sheet == NULL) {
        free(cell.text);
        return;
    }
    sheet->cells[sheet->n_cells++] = cell;
    sheet->n_rows = sheet->n_columns > 0 ? sheet->n_cells / sheet->n_columns : 0;
}

void
cola_sheet_text(struct cola_sheets *sheets, const char *text)
{
    struct cola_cell cell = {COLA_CELL_TEXT, NULL, 0.0};

    if (text == NULL) {
        cola_sheet_empty(sheets);
        return;
    }
    cell.text = cola_strdup(text);
    if (cell.text == NULL)
        sheets->failed = 1;
    add(sheets, cell);
}

void
cola_sheet_count(struct cola_sheets *sheets, size_t n)
{
    add(sheets, (struct cola_cell){COLA_CELL_COUNT, NULL, (double)n});
}

void
cola_sheet_real(struct cola_sheets *sheets, double x)
{
    if (isfinite(x))
        add(sheets, (struct cola_cell){COLA_CELL_REAL, NULL, x});
    else
        cola_sheet_empty(sheets);
}

void
cola_sheet_empty(struct cola_sheets *sheets)
{
    add(sheets, (struct cola_cell){COLA_CELL_EMPTY, NULL, 0.0});
}

/* ---- giving back ----------------------------------------------------------------- */

int
cola_sheet_column(const struct cola_sheet *sheet, const char *name)
{
    for (size_t i = 0; name != NULL && i < sheet->n_columns; i++)
        if (strcmp(sheet->columns[i], name) == 0)
            return (int)i;
    return -1;
}

int
cola_sheet_column_with(const struct cola_sheet *sheet, size_t column, const char *tail)
{
    const char *name = sheet->columns[column];
    size_t len = strlen(name);

    for (size_t i = 0; i < sheet->n_columns; i++)
        if (strncmp(sheet->columns[i], name, len) == 0 &&
            strcmp(sheet->columns[i] + len, tail) == 0)
            return (int)i;
    return -1;
}

const struct cola_sheet *
cola_sheet_find(const struct cola_sheets *sheets, const char *name)
{
    for (size_t i = 0; i < sheets->n; i++)
        if (strcmp(sheets->list[i].name, name) == 0)
            return &sheets->list[i];
    return NULL;
}

void
cola_sheets_free(struct cola_sheets *sheets)
{
    for (size_t i = 0; i < sheets->n; i++)
        free_sheet(&sheets->list[i]);
    free(sheets->list);
    *sheets = (struct cola_sheets){NULL, 0, 0, 0};
}
