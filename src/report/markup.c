/*
 * markup.c - text and tables as HTML
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/markup.h"

#include <stdlib.h>
#include <string.h>

#include "text/utf8.h"

#define WRAPPED 30              /* bytes of a text that may become several lines */

struct column {                 /* of the table, not of the sheet */
    size_t at;
    int lo, hi;                 /* -1: no interval */
    int text;                   /* some cell is text: flush left */
};

/* ---- text ------------------------------------------------------------------------ */

static void
add_clean(struct cola_buffer *b, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\'')
            cola_buffer_printf(b, "&#%d;", c);
        else if (c < ' ' || c == 0x7f || (c == 0xc2 && i + 1 < len &&
                                          (unsigned char)text[i + 1] < 0xa0))
            cola_buffer_text(b, c == 0xc2 ? (i++, " ") : " ");
        else
            cola_buffer_bytes(b, &text[i], 1);
    }
}

static void
add_bytes(struct cola_buffer *b, const char *text, size_t len)
{
    struct cola_buffer clean = COLA_BUFFER_EMPTY;

    cola_add_utf8(&clean, text, len);
    if (clean.data != NULL)
        add_clean(b, clean.data, clean.len);
    b->failed |= clean.failed;
    cola_buffer_free(&clean);
}

void
cola_markup_text(struct cola_buffer *b, const char *text)
{
    add_bytes(b, text, strlen(text));
}

void
cola_markup_paragraphs(struct cola_buffer *b, const char *class, int said,
                       const char *text)
{
    while (*text != '\0') {
        const char *end = strstr(text, "\n\n");
        size_t len = end != NULL ? (size_t)(end - text) : strlen(text);
        const char *colon = strstr(text, ": "), *stop = strpbrk(text, ";\n");
        const char *sentence = strstr(text, ". ");
        size_t named = said && colon != NULL && (stop == NULL || colon < stop) &&
                       (sentence == NULL || colon < sentence) ?
                       (size_t)(colon - text) : 0;

        cola_buffer_printf(b, "<p class=\"%s\">", class);
        if (named > 0)
            cola_buffer_text(b, "<b>");
        add_bytes(b, text, named);
        if (named > 0)
            cola_buffer_text(b, "</b>");
        add_bytes(b, text + named, len - named);
        cola_buffer_text(b, "</p>\n");
        text += len;
        text += strspn(text, "\n");
    }
}

/* ---- columns --------------------------------------------------------------------- */

static const struct cola_cell *
cell_of(const struct cola_sheet *sheet, size_t row, size_t column)
{
    return &sheet->cells[row * sheet->n_columns + column];
}

static int
is_same(const struct cola_sheet *sheet, size_t row, size_t other, size_t column)
{
    const struct cola_cell *a = cell_of(sheet, row, column);
    const struct cola_cell *b = cell_of(sheet, other, column);

    return a->kind == COLA_CELL_TEXT && b->kind == COLA_CELL_TEXT &&
           strcmp(a->text, b->text) == 0;
}

static int
is_constant(const struct cola_sheet *sheet, size_t column)
{
    for (size_t row = 1; row < sheet->n_rows; row++)
        if (!is_same(sheet, row, 0, column))
            return 0;
    return sheet->n_rows > 2;
}

/* The columns to show; those that never change are left to be said once when
 * ONCE.  NULL when memory is out. */
static struct column *
list_columns(const struct cola_sheet *sheet, int once, size_t *n)
{
    struct column *list = cola_alloc(sheet->n_columns, sizeof *list);
    char *bound = cola_alloc(sheet->n_columns, 1);

    *n = 0;
    for (size_t i = 0; i < sheet->n_columns && list != NULL && bound != NULL; i++) {
        int lo = cola_sheet_column_with(sheet, i, "_lo");
        int hi = cola_sheet_column_with(sheet, i, "_hi");

        if (lo >= 0 && hi >= 0)
            bound[lo] = bound[hi] = 1;
    }
    for (size_t i = 0; i < sheet->n_columns && list != NULL && bound != NULL; i++) {
        struct column c = {i, cola_sheet_column_with(sheet, i, "_lo"),
                           cola_sheet_column_with(sheet, i, "_hi"), 0};

        if (bound[i] || (once && is_constant(sheet, i)))
            continue;
        if (c.lo < 0 || c.hi < 0)
            c.lo = c.hi = -1;
        for (size_t row = 0; row < sheet->n_rows; row++)
            c.text |= cell_of(sheet, row, i)->kind == COLA_CELL_TEXT;
        list[(*n)++] = c;
    }
    if (bound == NULL) {
        free(list);
        list = NULL;
    }
    free(bound);
    return list;
}

/* ---- cells ----------------------------------------------------------------------- */

static void
add_value(const struct cola_sheet *sheet, size_t row, size_t column,
          struct cola_buffer *scratch, struct cola_buffer *b)
{
    if (cell_of(sheet, row, column)->kind == COLA_CELL_EMPTY) {
        cola_buffer_text(b, "\xe2\x80\x93");
        return;
    }
    cola_buffer_reset(scratch);
    cola_sheet_cell(sheet, row, column, scratch);
    b->failed |= scratch->failed;
    if (scratch->data != NULL)
        cola_markup_text(b, scratch->data);
}

static void
add_interval(const struct cola_sheet *sheet, size_t row, const struct column *c,
             struct cola_buffer *b)
{
    const struct cola_cell *lo = cell_of(sheet, row, (size_t)c->lo);
    const struct cola_cell *hi = cell_of(sheet, row, (size_t)c->hi);
    double scale = sheet->shares[c->at] ? 100.0 : 1.0;

    if (lo->kind == COLA_CELL_EMPTY || hi->kind == COLA_CELL_EMPTY)
        return;
    cola_buffer_printf(b, scale > 1.0 ? "%.1f to %.1f" : "%.2f to %.2f", scale * lo->real,
                       scale * hi->real);
}

static void
add_name(const struct cola_sheet *sheet, size_t column, struct cola_buffer *b)
{
    const char *name = sheet->columns[column];

    for (; *name != '\0'; name++) {     /* as in the CSV, but a blank can break */
        char letter[2] = {*name == '_' ? ' ' : *name, '\0'};

        if ((unsigned char)*name < 0x80)
            cola_markup_text(b, letter);
        else
            cola_buffer_bytes(b, name, 1);
    }
}

/* ---- tables ---------------------------------------------------------------------- */

static void
add_constants(const struct cola_sheet *sheet, struct cola_buffer *scratch,
              struct cola_buffer *b)
{
    int any = 0;

    for (size_t i = 0; i < sheet->n_columns; i++) {
        if (!is_constant(sheet, i))
            continue;
        cola_buffer_text(b, any ? " \xc2\xb7 " : "<p class=\"once\">");
        add_name(sheet, i, b);
        cola_buffer_text(b, " <b>");
        add_value(sheet, 0, i, scratch, b);
        cola_buffer_text(b, "</b>");
        any = 1;
    }
    cola_buffer_text(b, any ? "</p>\n" : "");
}

static void
add_row(const struct cola_sheet *sheet, size_t row, const struct column *columns,
        size_t n, struct cola_buffer *scratch, struct cola_buffer *b)
{
    int same = row > 0;

    cola_buffer_text(b, row > 0 && !is_same(sheet, row, row - 1, columns[0].at) &&
                     columns[0].text ? "<tr class=\"next\">" : "<tr>");
    for (size_t i = 0; i < n; i++) {
        const struct column *c = &columns[i];
        const struct cola_cell *cell = cell_of(sheet, row, c->at);
        const char *class = !c->text ? "n" : cell->kind == COLA_CELL_TEXT &&
                            strlen(cell->text) > WRAPPED ? "t w" : "t";

        same = same && is_same(sheet, row, row - 1, c->at);
        if (i == 0)
            cola_buffer_printf(b, "<th scope=\"row\" class=\"%s%s\">", class,
                               same ? " same" : "");
        else
            cola_buffer_printf(b, "<td class=\"%s%s\">", class, same ? " same" : "");
        add_value(sheet, row, c->at, scratch, b);
        cola_buffer_text(b, i == 0 ? "</th>" : "</td>");
        if (c->lo >= 0) {
            cola_buffer_text(b, "<td class=\"iv\">");
            add_interval(sheet, row, c, b);
            cola_buffer_text(b, "</td>");
        }
    }
    cola_buffer_text(b, "</tr>\n");
}

void
cola_markup_table(const struct cola_sheet *sheet, struct cola_buffer *b)
{
    struct cola_buffer scratch = COLA_BUFFER_EMPTY;
    size_t n;
    struct column *columns = list_columns(sheet, 1, &n);

    if (columns == NULL) {
        b->failed = 1;
        return;
    }
    add_constants(sheet, &scratch, b);
    cola_buffer_text(b, "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
    for (size_t i = 0; i < n; i++) {
        cola_buffer_printf(b, "<th scope=\"col\" class=\"%s\"%s>",
                           columns[i].text ? "t" : "n",
                           columns[i].lo >= 0 ? " colspan=\"2\"" : "");
        add_name(sheet, columns[i].at, b);
        cola_buffer_text(b, columns[i].lo >= 0 ? " <span class=\"iv\">95 %</span></th>" :
                         "</th>");
    }
    cola_buffer_text(b, "</tr></thead>\n<tbody>\n");
    for (size_t row = 0; row < sheet->n_rows && n > 0; row++)
        add_row(sheet, row, columns, n, &scratch, b);
    cola_buffer_text(b, "</tbody></table></div>\n");
    b->failed |= scratch.failed;
    cola_buffer_free(&scratch);
    free(columns);
}

void
cola_markup_turned(const struct cola_sheet *sheet, struct cola_buffer *b)
{
    struct cola_buffer scratch = COLA_BUFFER_EMPTY;
    size_t n;
    struct column *columns = list_columns(sheet, 0, &n);

    if (columns == NULL) {
        b->failed = 1;
        return;
    }
    cola_buffer_text(b, "<div class=\"scroll\" tabindex=\"0\">"
                     "<table class=\"turned\">\n");
    for (size_t i = 0; i < n; i++) {
        cola_buffer_text(b, i == 0 ? "<thead><tr>" : "<tr>");
        cola_buffer_printf(b, "<th scope=\"%s\" class=\"t\">", i == 0 ? "col" : "row");
        add_name(sheet, columns[i].at, b);
        cola_buffer_text(b, "</th>");
        for (size_t row = 0; row < sheet->n_rows; row++) {
            const struct cola_cell *cell = cell_of(sheet, row, columns[i].at);
            int wraps = cell->kind == COLA_CELL_TEXT && strlen(cell->text) > WRAPPED;

            cola_buffer_printf(b, i == 0 ? "<th scope=\"col\" class=\"t%s\">" :
                               "<td class=\"t%s\">", wraps ? " w" : "");
            add_value(sheet, row, columns[i].at, &scratch, b);
            if (columns[i].lo >= 0) {
                cola_buffer_text(b, " <span class=\"iv\">");
                add_interval(sheet, row, &columns[i], b);
                cola_buffer_text(b, "</span>");
            }
            cola_buffer_text(b, i == 0 ? "</th>" : "</td>");
        }
        cola_buffer_text(b, i == 0 ? "</tr></thead>\n<tbody>\n" : "</tr>\n");
    }
    cola_buffer_text(b, "</tbody></table></div>\n");
    b->failed |= scratch.failed;
    cola_buffer_free(&scratch);
    free(columns);
}
