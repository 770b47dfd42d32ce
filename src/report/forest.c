/*
 * forest.c - a finding above its controls, on one scale
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/forest.h"

#include <math.h>
#include <string.h>

#include "report/markup.h"

#define WIDE 112.0              /* px of the scale */
#define BESIDE 2                /* panels, up to which intervals are numbers too */
#define EDGE 6.0                /* px beside it, for marks at its ends */

static const struct cola_dot *
find(const struct cola_drawing *d, size_t panel, size_t series)
{
    for (size_t i = 0; i < d->n; i++) {
        const struct cola_dot *dot = &d->dots[i];

        if (dot->panel == panel && dot->series == series &&
            (d->xs.n == 1 || strcmp(d->xs.list[(size_t)dot->x], "all") == 0))
            return dot;
    }
    return NULL;
}

static double
place(const struct cola_drawing *d, double y)
{
    double at = (y - d->y_from) / (d->y_to - d->y_from);

    return EDGE + WIDE * (at < 0.0 ? 0.0 : at > 1.0 ? 1.0 : at);
}

/* The finding is filled, its controls are hollow. */
static void
add_mark(const struct cola_drawing *d, const struct cola_dot *dot, int finding,
         struct cola_buffer *b)
{
    cola_buffer_printf(b, "<svg class=\"strip\" width=\"%.0f\" height=\"16\" "
                       "viewBox=\"0 0 %.0f 16\" aria-hidden=\"true\">"
                       "<path d=\"M%.0f,12v3h%.0fv-3M%.1f,12v3\" fill=\"none\" "
                       "stroke=\"#c4cad0\"/>", WIDE + 2.0 * EDGE, WIDE + 2.0 * EDGE, EDGE,
                       WIDE, EDGE + WIDE / 2.0);
    if (!isnan(dot->lo) && !isnan(dot->hi))
        cola_buffer_printf(b, "<path d=\"M%.1f,7H%.1f\" stroke=\"%s\" "
                           "stroke-width=\"2\"/>", place(d, dot->lo), place(d, dot->hi),
                           finding ? "#0072B2" : "#555c63");
    cola_buffer_printf(b, "<circle cx=\"%.1f\" cy=\"7\" r=\"4.2\" fill=\"%s\" "
                       "stroke=\"%s\" stroke-width=\"1.6\"/></svg>", place(d, dot->y),
                       finding ? "#0072B2" : "#ffffff", finding ? "#0072B2" : "#555c63");
}

/* Of how many, and the interval where there is room for it. */
static void
add_small(const struct cola_drawing *d, const struct cola_dot *dot, struct cola_buffer *b)
{
    int n = cola_sheet_column(d->sheet, "n");

    cola_buffer_text(b, "<span class=\"iv\">");
    if (!isnan(dot->lo) && !isnan(dot->hi) && d->panels.n <= BESIDE)
        cola_buffer_printf(b, d->y_scale > 1.0 ? "%.0f to %.0f, " : "%.2f to %.2f, ",
                           dot->lo, dot->hi);
    cola_buffer_text(b, "n = ");
    cola_sheet_cell(d->sheet, dot->row, (size_t)n, b);  /* a number */
    cola_buffer_text(b, "</span>");
}

static void
add_cells(const struct cola_drawing *d, const struct cola_dot *dot, int finding,
          struct cola_buffer *b)
{
    int y = cola_sheet_column(d->sheet, d->sheet->figure.y);

    if (dot == NULL || y < 0) {
        cola_buffer_text(b, "<td class=\"n\">\xe2\x80\x93</td><td></td>");
        return;
    }
    cola_buffer_text(b, "<td class=\"n\">");
    cola_sheet_cell(d->sheet, dot->row, (size_t)y, b);  /* a number */
    cola_buffer_text(b, "</td><td class=\"mark\">");
    add_mark(d, dot, finding, b);
    if (cola_sheet_column(d->sheet, "n") >= 0)
        add_small(d, dot, b);
    cola_buffer_text(b, "</td>");
}

int
cola_forest(const struct cola_drawing *d, struct cola_buffer *b)
{
    int any = 0;

    if (!d->x_named || d->sheet->figure.kind == COLA_FIGURE_HEAT)
        return 0;
    for (size_t s = 0; s < d->series.n && !any; s++)
        for (size_t p = 0; p < d->panels.n && !any; p++)
            any = find(d, p, s) != NULL;
    if (!any)
        return 0;
    cola_buffer_text(b, "<div class=\"scroll\" tabindex=\"0\">"
                     "<table class=\"forest\">\n");
    if (d->panels.n > 1) {
        cola_buffer_text(b, "<thead><tr><td></td>");
        for (size_t p = 0; p < d->panels.n; p++) {
            cola_buffer_text(b, "<th scope=\"col\" colspan=\"2\" class=\"t\">");
            cola_markup_text(b, d->panels.list[p]);
            cola_buffer_text(b, "</th>");
        }
        cola_buffer_text(b, "</tr></thead>\n");
    }
    cola_buffer_text(b, "<tbody>\n");
    for (size_t s = 0; s < d->series.n; s++) {
        cola_buffer_printf(b, "<tr%s><th scope=\"row\" class=\"t\">",
                           s == 0 ? " class=\"finding\"" : "");
        cola_markup_text(b, *d->series.list[s] != '\0' ? d->series.list[s] : "all");
        cola_buffer_text(b, "</th>");
        for (size_t p = 0; p < d->panels.n; p++)
            add_cells(d, find(d, p, s), s == 0, b);
        cola_buffer_text(b, "</tr>\n");
    }
    cola_buffer_text(b, "</tbody></table></div>\n");
    return 1;
}
