/*
 * drawing.c - what a figure shows of its sheet: columns found, names numbered
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/drawing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PARTS 8                 /* columns that make one name */

struct columns {
    int x, y, lo, hi, q1, q3, value;    /* -1: none */
    int series[PARTS], facet[PARTS];    /* until -1 */
    int only;
    const char *only_text;
};

/* ---- columns --------------------------------------------------------------------- */

static const struct cola_cell *
cell_of(const struct cola_sheet *sheet, size_t row, int column)
{
    return &sheet->cells[row * sheet->n_columns + (size_t)column];
}

static enum cola_status
find(const struct cola_sheet *sheet, const char *name, int *column,
     struct cola_error *err)
{
    *column = -1;
    if (name == NULL)
        return COLA_OK;
    *column = cola_sheet_column(sheet, name);
    if (*column < 0)
        return cola_fail(err, COLA_INPUT, "%s: its figure names a column \"%s\", which "
                         "it has not", sheet->name, name);
    return COLA_OK;
}

/* Do all rows that are drawn have the same in COLUMN? */
static int
is_constant(const struct cola_sheet *sheet, const char *drawn, int column)
{
    const struct cola_cell *first = NULL;

    for (size_t row = 0; row < sheet->n_rows; row++) {
        const struct cola_cell *c = cell_of(sheet, row, column);

        if (!drawn[row])
            continue;
        if (first == NULL)
            first = c;
        if (c->kind != first->kind || (c->kind == COLA_CELL_TEXT ?
            strcmp(c->text, first->text) != 0 : c->real < first->real ||
            c->real > first->real))
            return 0;
    }
    return 1;
}

/* The columns named in TEXT, between blanks, without those that say nothing. */
static enum cola_status
find_several(const struct cola_sheet *sheet, const char *text, const char *drawn,
             int columns[PARTS], struct cola_error *err)
{
    enum cola_status st = COLA_OK;
    size_t n = 0;

    for (text = text != NULL ? text : ""; st == COLA_OK && *text != '\0';) {
        char name[80];
        size_t len;

        text += strspn(text, " ");
        len = strcspn(text, " ");
        if (len == 0)
            break;
        if (len >= sizeof name || n + 1 == PARTS)
            return cola_fail(err, COLA_INPUT, "%s: its figure names too many columns",
                             sheet->name);
        memcpy(name, text, len);
        name[len] = '\0';
        text += len;
        st = find(sheet, name, &columns[n], err);
        if (st == COLA_OK && !is_constant(sheet, drawn, columns[n]))
            n++;
    }
    columns[n] = -1;
    return st;
}

static enum cola_status
find_only(const struct cola_sheet *sheet, struct columns *c, struct cola_error *err)
{
    const char *only = sheet->figure.only;
    const char *equals = only != NULL ? strchr(only, '=') : NULL;
    char name[80];

    c->only = -1;
    c->only_text = "";
    if (equals == NULL || (size_t)(equals - only) >= sizeof name)
        return COLA_OK;
    memcpy(name, only, (size_t)(equals - only));
    name[equals - only] = '\0';
    c->only_text = equals + 1;
    return find(sheet, name, &c->only, err);
}

static enum cola_status
find_all(const struct cola_sheet *sheet, struct columns *c, struct cola_error *err)
{
    const struct cola_figure *f = &sheet->figure;
    const char *const names[] = {f->x, f->y, f->lo, f->hi, f->q1, f->q3, f->value};
    int *const places[] = {&c->x, &c->y, &c->lo, &c->hi, &c->q1, &c->q3, &c->value};
    enum cola_status st = find_only(sheet, c, err);

    for (size_t i = 0; i < sizeof names / sizeof names[0] && st == COLA_OK; i++)
        st = find(sheet, names[i], places[i], err);
    if (st == COLA_OK && (c->x < 0 || c->y < 0 ||
                          (f->kind == COLA_FIGURE_HEAT && c->value < 0) ||
                          (f->kind == COLA_FIGURE_BOXES &&
                           (c->lo < 0 || c->hi < 0 || c->q1 < 0 || c->q3 < 0))))
        st = cola_fail(err, COLA_INPUT, "%s: its figure lacks a column", sheet->name);
    return st;
}

/* ---- values ---------------------------------------------------------------------- */

static double
number_of(const struct cola_sheet *sheet, size_t row, int column)
{
    const struct cola_cell *c;

    if (column < 0)
        return NAN;
    c = cell_of(sheet, row, column);
    if (c->kind != COLA_CELL_COUNT && c->kind != COLA_CELL_REAL)
        return NAN;
    return sheet->shares[column] ? 100.0 * c->real : c->real;
}

static int
has_number(const struct cola_sheet *sheet, size_t row, int column)
{
    return !isnan(number_of(sheet, row, column));
}

/* Are the cells of COLUMN numbers, in rows that are drawn? */
static int
is_named(const struct cola_sheet *sheet, const char *drawn, int column)
{
    for (size_t row = 0; row < sheet->n_rows; row++)
        if (drawn[row] && cell_of(sheet, row, column)->kind == COLA_CELL_TEXT)
            return 1;
    return 0;
}

/* Does ROW have what its mark cannot do without? */
static int
is_drawn(const struct cola_sheet *sheet, const struct columns *c, size_t row,
         struct cola_buffer *scratch)
{
    enum cola_figure_kind kind = sheet->figure.kind;

    if (c->only >= 0) {
        cola_buffer_reset(scratch);
        cola_sheet_cell(sheet, row, (size_t)c->only, scratch);
        if (scratch->data == NULL || strcmp(scratch->data, c->only_text) != 0)
            return 0;
    }
    if (cell_of(sheet, row, c->x)->kind == COLA_CELL_EMPTY)
        return 0;
    if (kind == COLA_FIGURE_HEAT)
        return cell_of(sheet, row, c->y)->kind != COLA_CELL_EMPTY &&
               has_number(sheet, row, c->value);
    if (kind == COLA_FIGURE_BOXES)
        return has_number(sheet, row, c->y) && has_number(sheet, row, c->lo) &&
               has_number(sheet, row, c->hi) && has_number(sheet, row, c->q1) &&
               has_number(sheet, row, c->q3);
    return has_number(sheet, row, c->y);
}

/* ---- names ----------------------------------------------------------------------- */

static void
free_names(struct cola_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->list[i]);
    free(names->list);
}

/* The number of TEXT among NAMES, added when it is new; 0 when memory is out. */
static int
number_name(struct cola_names *names, const char *text, size_t *number)
{
    for (*number = 0; *number < names->n; ++*number)
        if (strcmp(names->list[*number], text) == 0)
            return 1;
    if (names->n == names->room) {
        size_t room = names->room * 2 + 8;
        char **list = cola_realloc(names->list, room, sizeof *list);

        if (list == NULL)
            return 0;
        names->list = list;
        names->room = room;
    }
    names->list[names->n] = cola_strdup(text);
    return names->list[names->n] != NULL && ++names->n > 0;
}

/* The name that several cells of ROW make. */
static int
number_joined(const struct cola_sheet *sheet, size_t row, const int columns[PARTS],
              struct cola_names *names, struct cola_buffer *scratch, size_t *number)
{
    cola_buffer_reset(scratch);
    cola_buffer_text(scratch, "");
    for (size_t i = 0; columns[i] >= 0; i++) {
        const struct cola_cell *c = cell_of(sheet, row, columns[i]);

        if (c->kind == COLA_CELL_EMPTY)
            continue;
        if (scratch->len > 0)
            cola_buffer_text(scratch, ", ");
        if (c->kind != COLA_CELL_TEXT || strcmp(c->text, "all") == 0 ||
            (*c->text >= '0' && *c->text <= '9'))
            cola_buffer_printf(scratch, "%s ", sheet->columns[columns[i]]);
        if (c->kind == COLA_CELL_REAL)
            cola_buffer_printf(scratch, "%.6g%s", number_of(sheet, row, columns[i]),
                               sheet->shares[columns[i]] ? "%" : "");
        else
            cola_sheet_cell(sheet, row, (size_t)columns[i], scratch);
    }
    return !scratch->failed && number_name(names, scratch->data, number);
}

/* The place of ROW on an axis. */
static int
place(const struct cola_sheet *sheet, size_t row, int column, int named,
      struct cola_names *names, struct cola_buffer *scratch, double *at)
{
    size_t number;

    *at = number_of(sheet, row, column);
    if (!named)
        return 1;
    cola_buffer_reset(scratch);
    if (cell_of(sheet, row, column)->kind == COLA_CELL_REAL)
        cola_buffer_printf(scratch, "%.6g%s", *at, sheet->shares[column] ? "%" : "");
    else
        cola_sheet_cell(sheet, row, (size_t)column, scratch);
    if (scratch->failed || !number_name(names, scratch->data, &number))
        return 0;
    *at = (double)number;
    return 1;
}

/* ---- ranges ---------------------------------------------------------------------- */

static void
widen(double *from, double *to, double x)
{
    if (isnan(x))
        return;
    if (!(*from <= x))
        *from = x;
    if (!(*to >= x))
        *to = x;
}

static void
measure(struct cola_drawing *d)
{
    const struct cola_figure *f = &d->sheet->figure;

    d->x_from = d->x_to = d->y_from = d->y_to = d->value_from = d->value_to = NAN;
    for (size_t i = 0; i < d->n; i++) {
        const struct cola_dot *m = &d->dots[i];

        widen(&d->x_from, &d->x_to, m->x);
        widen(&d->y_from, &d->y_to, m->y);
        widen(&d->value_from, &d->value_to, m->value);
        if (f->kind == COLA_FIGURE_HEAT)
            continue;
        widen(&d->y_from, &d->y_to, m->lo);
        widen(&d->y_from, &d->y_to, m->hi);
    }
    if (f->kind == COLA_FIGURE_BARS)
        widen(&d->y_from, &d->y_to, 0.0);
    if (f->kind != COLA_FIGURE_HEAT && f->y_to > f->y_from) {
        d->y_from = f->y_from * d->y_scale;
        d->y_to = f->y_to * d->y_scale;
    } else if (f->kind != COLA_FIGURE_HEAT) {
        double room;

        widen(&d->y_from, &d->y_to, f->reference * d->y_scale);
        room = d->y_to > d->y_from ? 0.06 * (d->y_to - d->y_from) : 1.0;
        d->y_to += room;
        if (f->kind != COLA_FIGURE_BARS || d->y_from < 0.0)
            d->y_from -= room;
        if (d->y_scale > 1.0 && d->y_to > 100.0 && d->y_to - room <= 100.0)
            d->y_to = 100.0;
    }
}

/* ---- the whole ------------------------------------------------------------------- */

static int
take_row(struct cola_drawing *d, const struct columns *c, size_t row,
         struct cola_buffer *scratch)
{
    const struct cola_sheet *sheet = d->sheet;
    struct cola_dot *m = &d->dots[d->n];

    *m = (struct cola_dot){.row = row};
    if (!number_joined(sheet, row, c->facet, &d->panels, scratch, &m->panel) ||
        !number_joined(sheet, row, c->series, &d->series, scratch, &m->series) ||
        !place(sheet, row, c->x, d->x_named, &d->xs, scratch, &m->x) ||
        !place(sheet, row, c->y, d->y_named, &d->ys, scratch, &m->y))
        return 0;
    m->lo = number_of(sheet, row, c->lo);
    m->hi = number_of(sheet, row, c->hi);
    m->q1 = number_of(sheet, row, c->q1);
    m->q3 = number_of(sheet, row, c->q3);
    m->value = number_of(sheet, row, c->value);
    d->n++;
    return 1;
}

static double
scale_of(const struct cola_sheet *sheet, int column)
{
    return column >= 0 && sheet->shares[column] ? 100.0 : 1.0;
}

enum cola_status
cola_drawing_make(const struct cola_sheet *sheet, struct cola_drawing *d,
                  struct cola_error *err)
{
    enum cola_figure_kind kind = sheet->figure.kind;
    struct cola_buffer scratch = COLA_BUFFER_EMPTY;
    struct columns c;
    char *drawn = NULL;
    enum cola_status st;

    *d = (struct cola_drawing){.sheet = sheet};
    if (kind == COLA_FIGURE_NONE || sheet->n_rows == 0)
        return COLA_OK;
    st = find_all(sheet, &c, err);
    if (st != COLA_OK)
        return st;
    drawn = cola_alloc(sheet->n_rows, 1);
    d->dots = cola_alloc(sheet->n_rows, sizeof *d->dots);
    if (drawn == NULL || d->dots == NULL)
        st = cola_fail_memory(err);
    for (size_t row = 0; row < sheet->n_rows && st == COLA_OK; row++)
        drawn[row] = (char)is_drawn(sheet, &c, row, &scratch);
    if (st == COLA_OK)
        st = find_several(sheet, sheet->figure.series, drawn, c.series, err);
    if (st == COLA_OK)
        st = find_several(sheet, sheet->figure.facet, drawn, c.facet, err);
    if (st == COLA_OK) {
        d->x_scale = scale_of(sheet, c.x);
        d->y_scale = scale_of(sheet, c.y);
        d->value_scale = scale_of(sheet, c.value);
        d->x_named = kind == COLA_FIGURE_BARS || kind == COLA_FIGURE_BOXES ||
                     is_named(sheet, drawn, c.x);
        d->y_named = kind == COLA_FIGURE_HEAT && is_named(sheet, drawn, c.y);
    }
    for (size_t row = 0; row < sheet->n_rows && st == COLA_OK; row++)
        if (drawn[row] && !take_row(d, &c, row, &scratch))
            st = cola_fail_memory(err);
    free(drawn);
    cola_buffer_free(&scratch);
    if (st != COLA_OK)
        cola_drawing_clear(d);
    else
        measure(d);
    return st;
}

void
cola_drawing_clear(struct cola_drawing *d)
{
    free_names(&d->panels);
    free_names(&d->series);
    free_names(&d->xs);
    free_names(&d->ys);
    free(d->dots);
    *d = (struct cola_drawing){0};
}
