/*
 * sheet_text.c - a sheet as CSV for programs, and as a table for people
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "text/utf8.h"

#define ROWS_MOST 80            /* a table with more is cut to level "all" */

/* ---- CSV ------------------------------------------------------------------------- */

void
cola_sheet_csv(const struct cola_sheet *sheet, struct cola_buffer *b)
{
    for (size_t i = 0; i < sheet->n_columns; i++) {
        cola_buffer_text(b, i > 0 ? "," : "");
        cola_buffer_csv(b, sheet->columns[i]);
    }
    cola_buffer_text(b, "\n");
    for (size_t i = 0; i < sheet->n_rows * sheet->n_columns; i++) {
        const struct cola_cell *c = &sheet->cells[i];
        char text[32];

        cola_buffer_text(b, i % sheet->n_columns > 0 ? "," : "");
        if (c->kind == COLA_CELL_TEXT) {
            cola_buffer_csv(b, c->text);
        } else if (c->kind == COLA_CELL_COUNT) {
            cola_buffer_printf(b, "%.0f", c->real);
        } else if (c->kind == COLA_CELL_REAL) {
            cola_print_f64(text, c->real);
            cola_buffer_text(b, text);
        }
        if (i % sheet->n_columns == sheet->n_columns - 1)
            cola_buffer_text(b, "\n");
    }
}

/* ---- a table --------------------------------------------------------------------- */

/* A column as it is shown: X, X_lo and X_hi stand together as "X [X_lo-X_hi]". */
struct column {
    size_t at;                  /* of the sheet */
    int lo, hi;                 /* -1: no interval */
    int text;                   /* flush left */
    size_t width;
};

void
cola_sheet_cell(const struct cola_sheet *sheet, size_t row, size_t column,
                struct cola_buffer *b)
{
    const struct cola_cell *c = &sheet->cells[row * sheet->n_columns + column];
    double size = fabs(c->real);

    if (c->kind == COLA_CELL_TEXT)
        cola_buffer_text(b, c->text);
    else if (c->kind == COLA_CELL_COUNT)
        cola_buffer_printf(b, "%.0f", c->real);
    else if (c->kind == COLA_CELL_REAL && sheet->shares[column])
        cola_buffer_printf(b, "%.1f%%", 100.0 * c->real);
    else if (c->kind == COLA_CELL_REAL)
        cola_buffer_printf(b, size < 10.0 ? "%.3f" : size < 1000.0 ? "%.1f" : "%.0f",
                           c->real);
    else
        cola_buffer_text(b, "-");
}

static int
is_empty(const struct cola_sheet *sheet, size_t row, int column)
{
    return column < 0 ||
           sheet->cells[row * sheet->n_columns + (size_t)column].kind == COLA_CELL_EMPTY;
}

/* What stands in one cell: the value, its interval behind it. */
static void
add_value(const struct cola_sheet *sheet, size_t row, const struct column *c,
          struct cola_buffer *b)
{
    double scale = sheet->shares[c->at] ? 100.0 : 1.0;
    const struct cola_cell *cells = &sheet->cells[row * sheet->n_columns];

    cola_sheet_cell(sheet, row, c->at, b);
    if (!is_empty(sheet, row, c->lo) && !is_empty(sheet, row, c->hi))
        cola_buffer_printf(b, scale > 1.0 ? " [%.0f,%.0f]" : " [%.2f,%.2f]",
                           scale * cells[c->lo].real, scale * cells[c->hi].real);
}

/* Is column I the _lo or _hi of another? */
static int
is_bound(const struct cola_sheet *sheet, size_t i)
{
    const char *name = sheet->columns[i];
    size_t len = strlen(name);

    if (len < 4 || (strcmp(name + len - 3, "_lo") != 0 &&
                    strcmp(name + len - 3, "_hi") != 0))
        return 0;
    for (size_t j = 0; j < sheet->n_columns; j++)
        if (strlen(sheet->columns[j]) == len - 3 &&
            strncmp(sheet->columns[j], name, len - 3) == 0)
            return 1;
    return 0;
}

/* Of many rows a person sees those of all levels together. */
static int
is_hidden(const struct cola_sheet *sheet, size_t row)
{
    int level = cola_sheet_column(sheet, "level");
    const struct cola_cell *cell = &sheet->cells[row * sheet->n_columns];

    return sheet->n_rows > ROWS_MOST && level >= 0 && cell[level].text != NULL &&
           strcmp(cell[level].text, "all") != 0;
}

/* TEXT in WIDTH columns, cut where it is longer; what a terminal would obey
 * becomes a blank. */
static void
add_padded(struct cola_buffer *b, const char *text, size_t width, int left)
{
    size_t n = cola_utf8_count(text, strlen(text));

    for (size_t i = n; !left && i < width; i++)
        cola_buffer_text(b, " ");
    for (size_t seen = 0; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        seen += (c & 0xc0) != 0x80;
        if (seen > width)
            break;
        if (n > width && seen == width)
            cola_buffer_text(b, (c & 0xc0) != 0x80 ? "~" : "");
        else
            cola_buffer_bytes(b, c < 0x20 || c == 0x7f ? " " : text, 1);
    }
    for (size_t i = n; left && i < width; i++)
        cola_buffer_text(b, " ");
}

static void
measure(const struct cola_sheet *sheet, struct column *c, struct cola_buffer *scratch)
{
    c->width = cola_utf8_count(sheet->columns[c->at], strlen(sheet->columns[c->at]));
    for (size_t row = 0; row < sheet->n_rows; row++) {
        const struct cola_cell *cell = &sheet->cells[row * sheet->n_columns + c->at];
        size_t width;

        c->text |= cell->kind == COLA_CELL_TEXT;
        if (is_hidden(sheet, row))
            continue;
        cola_buffer_reset(scratch);
        add_value(sheet, row, c, scratch);
        width = cola_utf8_count(scratch->data, scratch->len);
        c->width = width > c->width ? width : c->width;
    }
}

/* The row in which it stands when it is the same in every row shown, else
 * SIZE_MAX. */
static size_t
constant_row(const struct cola_sheet *sheet, const struct column *c)
{
    const struct cola_cell *cells = sheet->cells;       /* NULL without rows */
    size_t first = SIZE_MAX, n = 0;

    for (size_t row = 0; row < sheet->n_rows; row++) {
        const struct cola_cell *cell = &cells[row * sheet->n_columns + c->at];

        if (is_hidden(sheet, row))
            continue;
        if (first == SIZE_MAX)
            first = row;
        if (cell->kind != COLA_CELL_TEXT ||
            strcmp(cell->text, cells[first * sheet->n_columns + c->at].text) != 0)
            return SIZE_MAX;
        n++;
    }
    return n > 2 && c->lo < 0 ? first : SIZE_MAX;
}

static size_t
total_width(const struct column *columns, size_t n)
{
    size_t width = 0;

    for (size_t i = 0; i < n; i++)
        width += columns[i].width + (i > 0 ? 2 : 0);
    return width;
}

/* Cut the widest columns of text until the table is no wider than WIDTH, or
 * none is above 14. */
static void
narrow(struct column *columns, size_t n, size_t width)
{
    while (total_width(columns, n) > width) {
        struct column *widest = NULL;

        for (size_t i = 0; i < n; i++)
            if (columns[i].text && columns[i].width > 14 &&
                (widest == NULL || columns[i].width > widest->width))
                widest = &columns[i];
        if (widest == NULL)
            return;
        widest->width--;
    }
}

/* TEXT in lines of at most WIDTH columns. */
static void
add_wrapped(struct cola_buffer *b, const char *text, size_t width)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t blank = strspn(text, " \n");
        size_t len = strcspn(text + blank, " \n"), size;

        if (memchr(text, '\n', blank) != NULL && column > 0) {
            cola_buffer_text(b, "\n");  /* a paragraph ends */
            column = 0;
        }
        text += blank;
        size = cola_utf8_count(text, len);
        if (column > 0 && column + 1 + size > width) {
            cola_buffer_text(b, "\n");
            column = 0;
        }
        cola_buffer_text(b, column > 0 ? " " : "");
        cola_buffer_bytes(b, text, len);
        column += size + (column > 0);
        text += len;
    }
    cola_buffer_text(b, "\n");
}

static void
add_rows(const struct cola_sheet *sheet, const struct column *columns, size_t n,
         struct cola_buffer *scratch, struct cola_buffer *b)
{
    int hidden = 0;

    for (size_t i = 0; i < n; i++) {
        cola_buffer_text(b, i > 0 ? "  " : "");
        add_padded(b, sheet->columns[columns[i].at], columns[i].width, columns[i].text);
    }
    cola_buffer_text(b, "\n");
    for (size_t row = 0; row < sheet->n_rows; row++) {
        for (size_t i = 0; i < n && !is_hidden(sheet, row); i++) {
            cola_buffer_reset(scratch);
            add_value(sheet, row, &columns[i], scratch);
            cola_buffer_text(b, i > 0 ? "  " : "");
            add_padded(b, scratch->data != NULL ? scratch->data : "", columns[i].width,
                       columns[i].text);
        }
        cola_buffer_text(b, is_hidden(sheet, row) ? "" : "\n");
        hidden |= is_hidden(sheet, row);
    }
    if (hidden)
        cola_buffer_printf(b, "\nOther levels: %s.csv\n", sheet->name);
}

void
cola_sheet_print(const struct cola_sheet *sheet, int width, struct cola_buffer *b)
{
    struct cola_buffer scratch = COLA_BUFFER_EMPTY;
    struct column *columns = cola_alloc(sheet->n_columns, sizeof *columns);
    size_t n = 0, kept = 0, room = width > 20 ? (size_t)width : 20;

    if (columns == NULL) {
        b->failed = 1;
        return;
    }
    cola_buffer_printf(b, "%s (%s)\n", sheet->title, sheet->name);
    for (size_t i = 0; i < sheet->n_columns; i++) {
        if (is_bound(sheet, i))
            continue;
        columns[n] = (struct column){i, cola_sheet_column_with(sheet, i, "_lo"),
                                     cola_sheet_column_with(sheet, i, "_hi"), 0, 0};
        measure(sheet, &columns[n++], &scratch);
    }
    for (size_t i = 0; i < n; i++) {    /* said once instead of in every row */
        size_t row = constant_row(sheet, &columns[i]);

        if (row == SIZE_MAX) {
            columns[kept++] = columns[i];
            continue;
        }
        cola_buffer_reset(&scratch);
        cola_sheet_cell(sheet, row, columns[i].at, &scratch);
        cola_buffer_printf(b, "%s: %s\n", sheet->columns[columns[i].at],
                           scratch.data != NULL ? scratch.data : "");
    }
    narrow(columns, kept, room);
    cola_buffer_text(b, "\n");
    if (sheet->n_rows > 0)
        add_rows(sheet, columns, kept, &scratch, b);
    else
        cola_buffer_text(b, "nothing to show\n");
    cola_buffer_text(b, "\n");
    if (sheet->reading != NULL) {
        add_wrapped(b, sheet->reading, room);
        cola_buffer_text(b, "\n");
    }
    add_wrapped(b, sheet->definition, room);
    b->failed |= scratch.failed;
    cola_buffer_free(&scratch);
    free(columns);
}
