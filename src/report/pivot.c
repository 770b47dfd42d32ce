/*
 * pivot.c - what a figure shows as a table for people: a column a series
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/pivot.h"

#include <math.h>
#include <string.h>

#include "report/markup.h"

#define ROWS 60
#define COLUMNS 12

/* Rows are the names of one axis within each panel, columns those of the other:
 * whichever makes the table narrower. */
struct layout {
    const struct cola_names *rows, *columns;
    int turned;                 /* a row a series */
};

static struct layout
lay_out(const struct cola_drawing *d)
{
    if (d->series.n > d->xs.n && d->xs.n > 1)
        return (struct layout){&d->series, &d->xs, 1};
    return (struct layout){&d->xs, &d->series, 0};
}

static const struct cola_dot *
find(const struct cola_drawing *d, size_t panel, size_t x, size_t series)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->dots[i].panel == panel && d->dots[i].series == series &&
            d->dots[i].x >= (double)x && d->dots[i].x <= (double)x)
            return &d->dots[i];
    return NULL;
}

int
cola_pivot_suits(const struct cola_drawing *d)
{
    struct layout l = lay_out(d);

    if (d->sheet->figure.kind != COLA_FIGURE_BARS || d->series.n < 2 || !d->x_named ||
        l.columns->n > COLUMNS || l.rows->n * d->panels.n > ROWS)
        return 0;
    for (size_t i = 0; i < d->n; i++)
        if (find(d, d->dots[i].panel, (size_t)d->dots[i].x, d->dots[i].series) !=
            &d->dots[i])
            return 0;
    return 1;
}

static void
add_cell(const struct cola_drawing *d, const struct cola_dot *dot, struct cola_buffer *b)
{
    int y = cola_sheet_column(d->sheet, d->sheet->figure.y);

    if (dot == NULL || y < 0) {
        cola_buffer_text(b, "<td class=\"n\">\xe2\x80\x93</td>");
        return;
    }
    cola_buffer_text(b, "<td class=\"n\">");
    cola_sheet_cell(d->sheet, dot->row, (size_t)y, b);  /* a number */
    if (!isnan(dot->lo) && !isnan(dot->hi))
        cola_buffer_printf(b, d->y_scale > 1.0 ?
                           "<span class=\"iv\">%.0f to %.0f</span>" :
                           "<span class=\"iv\">%.2f to %.2f</span>", dot->lo, dot->hi);
    cola_buffer_text(b, "</td>");
}

static void
add_name(const char *name, struct cola_buffer *b)
{
    cola_markup_text(b, *name != '\0' ? name : "all");
}

static void
add_row(const struct cola_drawing *d, const struct layout *l, size_t panel, size_t row,
        int first, struct cola_buffer *b)
{
    cola_buffer_text(b, first && panel > 0 ? "<tr class=\"next\">" : "<tr>");
    if (d->panels.n > 1) {
        cola_buffer_printf(b, "<th scope=\"row\" class=\"t%s\">", first ? "" : " same");
        add_name(d->panels.list[panel], b);
        cola_buffer_text(b, "</th>");
    }
    cola_buffer_text(b, "<th scope=\"row\" class=\"t\">");
    add_name(l->rows->list[row], b);
    cola_buffer_text(b, "</th>");
    for (size_t c = 0; c < l->columns->n; c++)
        add_cell(d, l->turned ? find(d, panel, c, row) : find(d, panel, row, c), b);
    cola_buffer_text(b, "</tr>\n");
}

/* Does PANEL have anything in ROW? */
static int
has_row(const struct cola_drawing *d, const struct layout *l, size_t panel, size_t row)
{
    for (size_t c = 0; c < l->columns->n; c++)
        if ((l->turned ? find(d, panel, c, row) : find(d, panel, row, c)) != NULL)
            return 1;
    return 0;
}

void
cola_pivot(const struct cola_drawing *d, struct cola_buffer *b)
{
    struct layout l = lay_out(d);
    const struct cola_figure *f = &d->sheet->figure;

    cola_buffer_text(b, "<div class=\"scroll\" tabindex=\"0\"><table class=\"pivot\">\n"
                     "<thead><tr>");
    if (d->panels.n > 1) {
        cola_buffer_text(b, "<th scope=\"col\" class=\"t\">");
        cola_markup_text(b, f->facet);
        cola_buffer_text(b, "</th>");
    }
    cola_buffer_text(b, "<th scope=\"col\" class=\"t\">");
    cola_markup_text(b, l.turned ? f->series : f->x);
    cola_buffer_text(b, "</th>");
    for (size_t c = 0; c < l.columns->n; c++) {
        cola_buffer_text(b, "<th scope=\"col\" class=\"n\">");
        if (l.turned && c == 0) {
            cola_markup_text(b, f->x);
            cola_buffer_text(b, " ");
        }
        add_name(l.columns->list[c], b);
        cola_buffer_text(b, "</th>");
    }
    cola_buffer_text(b, "</tr></thead>\n<tbody>\n");
    for (size_t p = 0; p < d->panels.n; p++) {
        int first = 1;

        for (size_t r = 0; r < l.rows->n; r++)
            if (has_row(d, &l, p, r)) {
                add_row(d, &l, p, r, first, b);
                first = 0;
            }
    }
    cola_buffer_text(b, "</tbody></table></div>\n");
}
