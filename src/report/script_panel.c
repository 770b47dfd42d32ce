/*
 * script_panel.c - the marks of one panel as commands for gnuplot
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/script_parts.h"

#include <math.h>
#include <string.h>

#define GROUP 0.82              /* of the room of a name that its bars fill */

/* How dark the bars of a series are: is white readable on them? */
static int
is_dark(size_t series)
{
    return strchr("02569", (char)('0' + series % COLA_STYLES)) != NULL;
}

/* ---- bars and boxes -------------------------------------------------------------- */

/* The dots of one panel and series as a block of data: their middle when bars
 * stand beside each other, then what is known of them. */
static size_t
add_block(const struct cola_drawing *d, size_t panel, size_t series, int beside,
          struct cola_buffer *b)
{
    double width = GROUP / (double)d->series.n;
    double shift = beside ? ((double)series - ((double)d->series.n - 1.0) / 2.0) * width :
                   0.0;
    size_t n = 0;

    cola_buffer_printf(b, "$p%zus%zu << END\n", panel, series);
    for (size_t i = 0; i < d->n; i++) {
        const struct cola_dot *m = &d->dots[i];
        const double values[] = {m->x + shift, m->y, m->lo, m->hi, m->q1, m->q3};

        if (m->panel != panel || m->series != series)
            continue;
        for (size_t j = 0; j < sizeof values / sizeof values[0]; j++)
            cola_script_number(b, values[j]);
        cola_buffer_text(b, "\n");
        n++;
    }
    cola_buffer_text(b, "END\n");
    return n;
}

/* Room for letters in the bars, by the width of one in px. */
static int
has_letters(const struct cola_drawing *d)
{
    double bars = (double)(d->xs.n * d->series.n) / GROUP;

    return d->series.n > 1 && (cola_script_small(d) ? 260.0 : 580.0) / bars >= 10.0;
}

/* From LO to HI, with an edge of white that shows it on what is dark. */
static void
add_whiskers(const struct cola_drawing *d, size_t panel, size_t series,
             const char *colour, struct cola_buffer *b)
{
    size_t n = 0;

    for (size_t i = 0; i < d->n; i++)
        n += d->dots[i].panel == panel && d->dots[i].series == series &&
             isfinite(d->dots[i].lo) && isfinite(d->dots[i].hi);
    if (n == 0)
        return;
    for (int over = 0; over < 2; over++)
        cola_buffer_printf(b, "$p%zus%zu using 1:3:(0):($4-$3) with vectors nohead lw %s "
                           "lc rgb '%s', ", panel, series, over ? "1.4" : "3.2",
                           over ? colour : "#ffffff");
}

/* How many bars are lower than LEAST, or are not: gnuplot 5.4 crashes on labels
 * of which none is to be drawn. */
static size_t
count_low(const struct cola_drawing *d, size_t panel, size_t series, double least,
          int low)
{
    size_t n = 0;

    for (size_t i = 0; i < d->n; i++)
        n += d->dots[i].panel == panel && d->dots[i].series == series &&
             (d->dots[i].y < least) == low;
    return n;
}

static void
add_bars(const struct cola_drawing *d, size_t panel, size_t series, struct cola_buffer *b)
{
    double width = GROUP / (double)d->series.n;
    char letter[24];

    cola_buffer_printf(b, "$p%zus%zu using 1:2:(%.9g) with boxes fs solid 1.0 border rgb "
                       "'#333333' lc rgb '%s' lw 0.7, ", panel, series, 0.94 * width,
                       cola_style_of(series)->colour);
    add_whiskers(d, panel, series, "#222222", b);
    if (!has_letters(d))
        return;
    cola_series_letter(series, letter);
    for (int low = 0; low < 2; low++) { /* a low bar is no ground for white */
        double least = 0.13 * (d->y_to - d->y_from);

        if (count_low(d, panel, series, least, low) > 0)
            cola_buffer_printf(b, "$p%zus%zu using 1:($2%s%.9g?0:NaN):('%s') with labels "
                               "offset 0,0.6 font 'sans-serif,11' tc rgb '%s', ", panel,
                               series, low ? "<" : ">=", least, letter,
                               !low && is_dark(series) ? "#ffffff" : "#000000");
    }
}

static void
add_boxes(const struct cola_drawing *d, size_t panel, size_t series,
          struct cola_buffer *b)
{
    double width = 0.8 * GROUP / (double)d->series.n;

    cola_buffer_printf(b, "$p%zus%zu using 1:5:3:4:6:(%.9g) with candlesticks "
                       "whiskerbars 0.5 fs solid 0.55 border rgb '#333333' lc rgb '%s' "
                       "lw 1, ", panel, series, width, cola_style_of(series)->colour);
    cola_buffer_printf(b, "$p%zus%zu using 1:2:2:2:2:(%.9g) with candlesticks lw 2.5 lc "
                       "rgb '#000000', ", panel, series, width);
    if (d->series.n > 1) {
        char letter[24];

        cola_series_letter(series, letter);
        cola_buffer_printf(b, "$p%zus%zu using 1:4:('%s') with labels offset 0,0.7 font "
                           "'sans-serif,11', ", panel, series, letter);
    }
}

/* ---- lines and points ------------------------------------------------------------ */

static void
add_lines(const struct cola_drawing *d, size_t panel, size_t series,
          struct cola_buffer *b)
{
    const struct cola_style *s = cola_style_of(series);

    add_whiskers(d, panel, series, s->colour, b);
    cola_buffer_printf(b, "$p%zus%zu using 1:2 with ", panel, series);
    if (d->sheet->figure.kind == COLA_FIGURE_POINTS)
        cola_buffer_printf(b, "points pt %d ps 1.0 lc rgb '%s', ", s->point, s->colour);
    else
        cola_buffer_printf(b, "linespoints lw 2 dt %s%s%s pt %d ps 0.8 lc rgb '%s', ",
                           *s->dash != '\0' ? "(" : "solid", s->dash,
                           *s->dash != '\0' ? ")" : "", s->point, s->colour);
}

/* The last dot of each series with a line, from the lowest up: their letters
 * are moved apart where they would meet. */
static void
add_line_letters(const struct cola_drawing *d, size_t panel, struct cola_buffer *b)
{
    struct end {
        size_t series;
        double x, y;
    } ends[3 * COLA_STYLES];
    double apart = (d->y_to - d->y_from) * (cola_script_small(d) ? 0.075 : 0.055);
    size_t n = 0;

    cola_buffer_text(b, "unset label\n");
    for (size_t s = 0; s < d->series.n && s < 3 * COLA_STYLES; s++) {
        struct end e = {s, NAN, NAN};
        size_t at;

        for (size_t i = 0; i < d->n; i++)
            if (d->dots[i].panel == panel && d->dots[i].series == s)
                e = (struct end){s, d->dots[i].x, d->dots[i].y};
        if (isnan(e.y))
            continue;
        for (at = n++; at > 0 && ends[at - 1].y > e.y; at--)
            ends[at] = ends[at - 1];
        ends[at] = e;
    }
    for (size_t i = 0; i < n; i++) {
        char letter[24];

        for (size_t j = 0; j < i; j++)
            if (fabs(ends[j].x - ends[i].x) < 0.04 * (d->x_to - d->x_from) + 1e-12 &&
                ends[i].y < ends[j].y + apart)
                ends[i].y = ends[j].y + apart;
        cola_series_letter(ends[i].series, letter);
        cola_buffer_printf(b, "set label '%s' at", letter);
        cola_script_number(b, ends[i].x);
        cola_buffer_text(b, ",");
        cola_script_number(b, ends[i].y);
        cola_buffer_printf(b, " left offset 0.9,0 front tc rgb '#222222'\n");
    }
}

/* ---- heat maps ------------------------------------------------------------------- */

void
cola_script_palette(const struct cola_drawing *d, struct cola_buffer *b)
{
    double neutral = d->sheet->figure.neutral * d->value_scale;
    double from = d->value_from, to = d->value_to;

    if (isfinite(neutral)) {
        double away = fabs(to - neutral) > fabs(from - neutral) ? fabs(to - neutral) :
                      fabs(from - neutral);

        from = neutral - (away > 0.0 ? away : 1.0);
        to = neutral + (away > 0.0 ? away : 1.0);
        cola_buffer_text(b, "set palette maxcolors 65 defined (0 '#b35806', 1 '#f1a340', "
                         "2 '#fee0b6', 3 '#fbfbfb', 4 '#d8daeb', 5 '#998ec3', "
                         "6 '#542788')\n");
    } else {
        if (!(to > from))
            to = from + 1.0;
        if (from > 0.0 && from < 0.5 * to)
            from = 0.0;
        cola_buffer_text(b, "set palette maxcolors 64 defined (0 '#f7fbff', 1 '#deebf7', "
                         "2 '#c6dbef', 3 '#9ecae1', 4 '#6baed6', 5 '#4292c6', "
                         "6 '#2171b5', 7 '#08519c', 8 '#08306b')\n");
    }
    cola_script_range(b, "cb", from, to);
    cola_buffer_text(b, "set colorbox user origin graph 1.02, graph 0 size graph 0.025, "
                     "graph 1 noborder\nset cbtics scale 0\n");
    if (d->value_scale > 1.0)
        cola_buffer_text(b, "set format cb '%g%%'\n");
}

/* Is the colour of VALUE so dark that text on it must be light? */
static int
is_deep(const struct cola_drawing *d, double value)
{
    double neutral = d->sheet->figure.neutral * d->value_scale;
    double from = d->value_from, to = d->value_to, away;

    if (isfinite(neutral)) {
        away = fabs(to - neutral) > fabs(from - neutral) ? fabs(to - neutral) :
               fabs(from - neutral);
        return away > 0.0 && fabs(value - neutral) > 0.72 * away;
    }
    if (from > 0.0 && from < 0.5 * to)
        from = 0.0;
    return to > from && (value - from) / (to - from) > 0.55;
}

static void
add_heat(const struct cola_drawing *d, size_t panel, struct cola_buffer *b)
{
    static const char *const inks[] = {"#000000", "#ffffff"};
    int numbers = cola_script_places(d, 0) <= (cola_script_small(d) ? 8.0 : 16.0);
    double neutral = d->sheet->figure.neutral * d->value_scale;
    const char *format = d->value_scale > 1.0 ? "%.0f" : "%.2f";
    int any[3] = {0, 0, 0};

    for (int deep = 0; deep < 3; deep++) {      /* the third: all of them */
        cola_buffer_printf(b, "$p%zud%d << END\n", panel, deep);
        for (size_t i = 0; i < d->n; i++) {
            const struct cola_dot *m = &d->dots[i];

            if (m->panel != panel || (deep < 2 && is_deep(d, m->value) != deep))
                continue;
            if (deep < 2 && !numbers && !(m->value < neutral))
                continue;
            cola_script_number(b, m->x);
            cola_script_number(b, m->y);
            cola_script_number(b, m->value);
            cola_buffer_text(b, "\n");
            any[deep] = 1;
        }
        cola_buffer_text(b, "END\n");
    }
    cola_buffer_printf(b, "plot $p%zud2 using 1:2:(", panel);
    cola_script_number(b, d->x_named ? 0.5 : cola_script_spacing(d, 0) / 2.0);
    cola_buffer_text(b, "):(");
    cola_script_number(b, d->y_named ? 0.5 : cola_script_spacing(d, 1) / 2.0);
    cola_buffer_text(b, "):3 with boxxyerror fs solid 1.0 border rgb '#ffffff' fc "
                     "palette lw 0.5");
    for (int deep = 0; deep < 2; deep++)
        if (!any[deep])
            continue;
        else if (numbers)
            cola_buffer_printf(b, ", $p%zud%d using 1:2:(sprintf('%s',$3)) with labels "
                               "font 'sans-serif,11' tc rgb '%s'", panel, deep, format,
                               inks[deep]);
        else if (isfinite(neutral))     /* grey tells no side: a sign does */
            cola_buffer_printf(b, ", $p%zud%d using 1:2:('-') with labels "
                               "font 'sans-serif,11' tc rgb '%s'", panel, deep,
                               inks[deep]);
    cola_buffer_text(b, "\n");
}

/* ---- the whole ------------------------------------------------------------------- */

void
cola_script_panel(const struct cola_drawing *d, size_t panel, struct cola_buffer *b)
{
    enum cola_figure_kind kind = d->sheet->figure.kind;
    struct cola_buffer plot = COLA_BUFFER_EMPTY;

    if (kind == COLA_FIGURE_HEAT) {
        add_heat(d, panel, b);
        return;
    }
    for (size_t s = 0; s < d->series.n; s++) {
        if (add_block(d, panel, s, d->x_named && kind != COLA_FIGURE_LINES, b) == 0)
            continue;
        if (kind == COLA_FIGURE_BARS)
            add_bars(d, panel, s, &plot);
        else if (kind == COLA_FIGURE_BOXES)
            add_boxes(d, panel, s, &plot);
        else
            add_lines(d, panel, s, &plot);
    }
    if (kind == COLA_FIGURE_LINES && d->series.n > 1)
        add_line_letters(d, panel, b);
    if (plot.len >= 2) {
        cola_buffer_text(b, "plot ");
        cola_buffer_bytes(b, plot.data, plot.len - 2);  /* without the last comma */
        cola_buffer_text(b, "\n");
    }
    if (plot.failed)
        b->failed = 1;
    cola_buffer_free(&plot);
}
