/*
 * script.c - a figure as commands for gnuplot
 *
 * Data go in as numbers only.  Text goes in between single quotes, in which
 * gnuplot neither runs commands nor expands anything.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/script.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "report/script_parts.h"
#include "text/utf8.h"

/* ---- styles ---------------------------------------------------------------------- */

static const struct cola_style styles[COLA_STYLES] = {
    {"#0072B2", 7, ""}, {"#E69F00", 5, "7,3"}, {"#009E73", 9, "2,3"},
    {"#CC79A7", 13, "8,3,2,3"}, {"#56B4E9", 11, "4,2"}, {"#D55E00", 6, "1,2"},
    {"#000000", 4, "9,2,1,2,1,2"}, {"#8A8A8A", 8, "12,4"},
    {"#F0E442", 5, "5,5"}, {"#6B3E1F", 7, "3,6"},
};

const struct cola_style *
cola_style_of(size_t series)
{
    return &styles[series % COLA_STYLES];
}

void
cola_series_letter(size_t series, char text[24])
{
    if (series < 26)
        snprintf(text, 24, "%c", "abcdefghijklmnopqrstuvwxyz"[series]);
    else
        snprintf(text, 24, "%zu", series + 1);
}

/* ---- pieces ---------------------------------------------------------------------- */

void
cola_script_text(struct cola_buffer *b, const char *text, size_t limit)
{
    struct cola_buffer clean = COLA_BUFFER_EMPTY;
    const char *at;
    size_t len;

    cola_add_utf8(&clean, text, strlen(text));
    cola_buffer_text(b, "'");
    for (at = clean.data; at != NULL && *at != '\0'; at += len) {
        len = cola_utf8_length(at, strlen(at));
        if (limit-- == 0) {
            cola_buffer_text(b, "\xe2\x80\xa6");
            break;
        }
        if (*at == '\'' || *at == '`' || *at == '"')
            cola_buffer_text(b, "\xe2\x80\x99");
        else if ((unsigned char)*at < ' ' || *at == 0x7f)
            cola_buffer_text(b, " ");
        else
            cola_buffer_bytes(b, at, len);
    }
    cola_buffer_text(b, "'");
    if (clean.failed)
        b->failed = 1;
    cola_buffer_free(&clean);
}

void
cola_script_number(struct cola_buffer *b, double x)
{
    char text[32];

    cola_print_f64(text, x);
    cola_buffer_printf(b, " %s", isfinite(x) ? text : "NaN");
}

void
cola_script_range(struct cola_buffer *b, const char *axis, double from, double to)
{
    cola_buffer_printf(b, "set %srange [", axis);
    cola_script_number(b, from);
    cola_buffer_text(b, " :");
    cola_script_number(b, to);
    cola_buffer_text(b, " ]\n");
}

static size_t
longest(const struct cola_names *names)
{
    size_t most = 0;

    for (size_t i = 0; i < names->n; i++) {
        size_t n = cola_utf8_count(names->list[i], strlen(names->list[i]));

        most = n > most ? n : most;
    }
    return most;
}

static int
is_whole(const struct cola_drawing *d, int vertical)
{
    for (size_t i = 0; i < d->n; i++) {
        double at = vertical ? d->dots[i].y : d->dots[i].x;

        if (at < floor(at) || at > floor(at))
            return 0;
    }
    return 1;
}

double
cola_script_spacing(const struct cola_drawing *d, int vertical)
{
    double least = NAN;

    for (size_t i = 0; i < d->n; i++) {
        double next = INFINITY, a = vertical ? d->dots[i].y : d->dots[i].x;

        for (size_t j = 0; j < d->n && j < 4096; j++) {
            double b = vertical ? d->dots[j].y : d->dots[j].x;

            if (b > a && b - a < next)
                next = b - a;
        }
        if (isfinite(next) && !(least <= next))
            least = next;
        if (i > 512)
            break;
    }
    return isnan(least) ? 1.0 : least;
}

/* ---- sizes ----------------------------------------------------------------------- */

double
cola_script_places(const struct cola_drawing *d, int vertical)
{
    if (vertical)
        return d->y_named ? (double)d->ys.n :
               (d->y_to - d->y_from) / cola_script_spacing(d, 1) + 1.0;
    return d->x_named ? (double)d->xs.n :
           (d->x_to - d->x_from) / cola_script_spacing(d, 0) + 1.0;
}

int
cola_script_small(const struct cola_drawing *d)
{
    if (d->panels.n < 2)
        return 0;
    if (d->sheet->figure.kind == COLA_FIGURE_HEAT)
        return cola_script_places(d, 0) <= (d->panels.n > 4 ? 20.0 : 10.0);
    return !d->x_named || d->xs.n * d->series.n <= (d->panels.n > 4 ? 30 : 20);
}

/* Names along the x axis that do not fit side by side are turned. */
static int
is_turned(const struct cola_drawing *d)
{
    double room = cola_script_small(d) ? 36.0 : 76.0;

    return d->x_named && (double)((longest(&d->xs) + 1) * d->xs.n) > room;
}

void
cola_script_size(const struct cola_drawing *d, int *width, int *height)
{
    double high;

    *width = cola_script_small(d) ? 330 : 660;
    *height = cola_script_small(d) ? 240 : d->panels.n > 1 ? 260 : 320;
    if (d->sheet->figure.kind == COLA_FIGURE_HEAT) {
        high = cola_script_places(d, 0) > 24.0 ? 22.0 : 28.0;
        high = 70.0 + high * cola_script_places(d, 1);
        *height = high < 130.0 ? 130 : high > 900.0 ? 900 : (int)high;
    }
    if (is_turned(d))
        *height += 6 * (int)(longest(&d->xs) < 20 ? longest(&d->xs) : 20);
}

/* ---- axes ------------------------------------------------------------------------ */

static void
add_names(struct cola_buffer *b, const char *axis, const struct cola_names *names,
          int turned)
{
    cola_buffer_printf(b, "set %stics%s (", axis, turned ? " rotate by 35 right" : "");
    for (size_t i = 0; i < names->n; i++) {
        cola_buffer_text(b, i > 0 ? ", " : "");
        cola_script_text(b, names->list[i], 24);
        cola_buffer_printf(b, " %zu", i);
    }
    cola_buffer_text(b, ")\n");
}

static void
add_x_axis(const struct cola_drawing *d, struct cola_buffer *b)
{
    double half = 0.5;
    double from = d->x_from, to = d->x_to;

    if (d->x_named) {
        add_names(b, "x", &d->xs, is_turned(d));
        from = 0.0;
        to = (double)d->xs.n - 1.0;
    } else {
        if (d->sheet->figure.kind == COLA_FIGURE_HEAT)
            half = cola_script_spacing(d, 0) / 2.0;
        else
            half = to > from ? 0.03 * (to - from) : 0.5;
        if (d->x_scale > 1.0)
            cola_buffer_text(b, "set format x '%g%%'\n");
        for (int step = 1; step <= 4 && d->x_scale < 2.0 && is_whole(d, 0); step *= 2)
            if (to - from <= (cola_script_small(d) ? 12.0 : 24.0) * step) {
                cola_buffer_printf(b, "set xtics %d\n", step);
                break;
            }
    }
    cola_script_range(b, "x", from - half, to + half);
}

static void
add_y_axis(const struct cola_drawing *d, struct cola_buffer *b)
{
    double half;

    if (d->sheet->figure.kind != COLA_FIGURE_HEAT) {
        if (d->y_scale > 1.0)
            cola_buffer_text(b, "set format y '%g%%'\n");
        cola_script_range(b, "y", d->y_from, d->y_to);
        return;
    }
    if (d->y_named) {
        add_names(b, "y", &d->ys, 0);
        cola_script_range(b, "y", (double)d->ys.n - 0.5, -0.5);
        return;
    }
    half = cola_script_spacing(d, 1) / 2.0;
    if (is_whole(d, 1) && d->y_to - d->y_from <= 40.0)
        cola_buffer_text(b, "set ytics 1\n");
    if (d->y_scale > 1.0)
        cola_buffer_text(b, "set format y '%g%%'\n");
    cola_script_range(b, "y", d->y_from - half, d->y_to + half);
}

static void
add_axes(const struct cola_drawing *d, struct cola_buffer *b)
{
    const struct cola_figure *f = &d->sheet->figure;
    int heat = f->kind == COLA_FIGURE_HEAT;

    add_x_axis(d, b);
    add_y_axis(d, b);
    if (f->x_label != NULL) {
        cola_buffer_text(b, "set xlabel ");
        cola_script_text(b, f->x_label, cola_script_small(d) ? 45 : 90);
        cola_buffer_text(b, "\n");
    }
    if (f->y_label != NULL) {
        cola_buffer_text(b, "set ylabel ");
        cola_script_text(b, f->y_label, heat && d->ys.n < 4 ? 16 : 38);
        cola_buffer_text(b, "\n");
    }
    if (!heat)
        cola_buffer_text(b, "set grid ytics back lt 1 lw 0.6 lc rgb '#d8d8d8'\n");
    if (!heat && d->y_from < 0.0 && d->y_to > 0.0)
        cola_buffer_text(b, "set xzeroaxis lt 1 lw 1 lc rgb '#666666'\n");
    if (!heat && isfinite(f->reference)) {
        cola_buffer_text(b, "set arrow 1 from graph 0, first");
        cola_script_number(b, f->reference * d->y_scale);
        cola_buffer_text(b, " to graph 1, first");
        cola_script_number(b, f->reference * d->y_scale);
        cola_buffer_text(b, " nohead front lw 1 dt (5,4) lc rgb '#444444'\n");
    }
}

/* ---- the whole ------------------------------------------------------------------- */

void
cola_script(const struct cola_drawing *d, struct cola_buffer *b)
{
    int width, height;

    cola_script_size(d, &width, &height);
    cola_buffer_printf(b, "set encoding utf8\n"
                       "set terminal svg size %d,%d dynamic noenhanced font "
                       "'sans-serif,13'\n"
                       "unset key\nset border 3 lw 0.8 lc rgb '#555555'\n"
                       "set tics nomirror out scale 0.5 tc rgb '#222222'\n"
                       "set errorbars small\nset style fill solid 1.0\n"
                       "set bars 0.6\nset rmargin %d\nset tmargin 0.8\n"
                       "set xtics offset 0,0.3\nset xlabel offset 0,0.5\n", width, height,
                       d->sheet->figure.kind == COLA_FIGURE_HEAT ? 8 :
                       d->series.n > 1 ? 4 : 2);
    add_axes(d, b);
    if (d->sheet->figure.kind == COLA_FIGURE_HEAT)
        cola_script_palette(d, b);
    for (size_t panel = 0; panel < d->panels.n; panel++)
        cola_script_panel(d, panel, b);
}
