/*
 * plot.c - a sheet's figure as HTML: its key, and a picture for each panel
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/plot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/child.h"
#include "report/markup.h"
#include "report/script.h"
#include "report/svg.h"

#define SECONDS 60              /* for the pictures of one figure */
#define LARGEST ((size_t)1 << 26)

char *
cola_plot_program(void)
{
    const char *named = getenv("GNUPLOT");

    return cola_child_find(named != NULL ? named : "gnuplot");
}

/* ---- the key --------------------------------------------------------------------- */

/* The mark of a series as gnuplot draws it, around 14, 6. */
static void
add_point(struct cola_buffer *b, int point, const char *colour)
{
    static const char *const shapes[] = {
        [4] = "M10,2h8v8h-8z", [5] = "M10,2h8v8h-8z",
        [6] = "M10,6a4,4 0 1 0 8,0a4,4 0 1 0 -8,0z",
        [7] = "M10,6a4,4 0 1 0 8,0a4,4 0 1 0 -8,0z",
        [8] = "M14,1l5,8.5h-10z", [9] = "M14,1l5,8.5h-10z",
        [11] = "M14,11l5,-8.5h-10z", [13] = "M14,1l5,5l-5,5l-5,-5z",
    };
    int open = point == 4 || point == 6 || point == 8;

    cola_buffer_printf(b, "<path d=\"%s\" fill=\"%s\" stroke=\"%s\"/>", shapes[point],
                       open ? "#ffffff" : colour, colour);
}

static void
add_key(const struct cola_drawing *d, struct cola_buffer *b)
{
    enum cola_figure_kind kind = d->sheet->figure.kind;

    if (d->series.n < 2 || kind == COLA_FIGURE_HEAT)
        return;
    cola_buffer_text(b, "<ul class=\"key\">\n");
    for (size_t i = 0; i < d->series.n; i++) {
        const struct cola_style *s = cola_style_of(i);
        char letter[24];

        cola_series_letter(i, letter);
        cola_buffer_text(b, "<li><svg width=\"28\" height=\"12\" viewBox=\"0 0 28 12\" "
                         "aria-hidden=\"true\">");
        if (kind == COLA_FIGURE_LINES)
            cola_buffer_printf(b, "<path d=\"M0,6h28\" fill=\"none\" stroke=\"%s\" "
                               "stroke-width=\"2\" stroke-dasharray=\"%s\"/>", s->colour,
                               *s->dash != '\0' ? s->dash : "none");
        if (kind == COLA_FIGURE_LINES || kind == COLA_FIGURE_POINTS)
            add_point(b, s->point, s->colour);
        else
            cola_buffer_printf(b, "<rect x=\"4\" width=\"20\" height=\"12\" "
                               "fill=\"%s\"/>", s->colour);
        cola_buffer_text(b, "</svg>");
        if (kind != COLA_FIGURE_POINTS)
            cola_buffer_printf(b, " <b>%s</b>", letter);
        cola_buffer_text(b, " ");
        cola_markup_text(b, *d->series.list[i] != '\0' ? d->series.list[i] : "all");
        cola_buffer_text(b, "</li>\n");
    }
    cola_buffer_text(b, "</ul>\n");
}

/* ---- the pictures ---------------------------------------------------------------- */

static enum cola_status
add_panel(const struct cola_drawing *d, size_t panel, const char **at, size_t *left,
          struct cola_buffer *b, struct cola_error *err)
{
    const char *name = d->panels.list[panel];
    struct cola_buffer called = COLA_BUFFER_EMPTY;
    char prefix[96];
    size_t used = 0;
    enum cola_status st;

    snprintf(prefix, sizeof prefix, "%.60s-%zu-", d->sheet->name, panel);
    cola_markup_text(&called, d->sheet->title);
    if (*name != '\0') {
        cola_buffer_text(&called, ": ");
        cola_markup_text(&called, name);
    }
    cola_buffer_text(b, "<div class=\"panel\">");
    if (*name != '\0') {
        cola_buffer_text(b, "<p class=\"panel-name\">");
        cola_markup_text(b, name);
        cola_buffer_text(b, "</p>");
    }
    st = cola_buffer_ok(&called, err);
    if (st == COLA_OK)
        st = cola_svg_embed(*at, *left, prefix, called.data, b, &used, err);
    if (st == COLA_OK && used == 0)
        st = cola_fail(err, COLA_NOTHING, "gnuplot printed %zu of %zu pictures", panel,
                       d->panels.n);
    cola_buffer_text(b, "</div>\n");
    cola_buffer_free(&called);
    *at += used;
    *left -= used;
    return st;
}

enum cola_status
cola_plot(const struct cola_drawing *d, const char *program, struct cola_buffer *b,
          struct cola_error *err)
{
    struct cola_buffer script = COLA_BUFFER_EMPTY, output = COLA_BUFFER_EMPTY;
    struct cola_buffer html = COLA_BUFFER_EMPTY;
    enum cola_status st;
    const char *at;
    size_t left;
    int width, height;

    cola_script(d, &script);
    st = cola_buffer_ok(&script, err);
    if (st == COLA_OK)
        st = cola_child_run(program, "-d", &script, SECONDS, LARGEST, &output, err);
    at = output.data;
    left = output.len;
    cola_script_size(d, &width, &height);
    add_key(d, &html);
    cola_buffer_printf(&html, "<div class=\"panels %s\">\n",
                       width < 500 ? "small" : "wide");
    for (size_t i = 0; i < d->panels.n && st == COLA_OK; i++)
        st = add_panel(d, i, &at, &left, &html, err);
    cola_buffer_text(&html, "</div>\n");
    if (st == COLA_OK)
        st = cola_buffer_ok(&html, err);
    if (st == COLA_OK)
        cola_buffer_bytes(b, html.data, html.len);
    cola_buffer_free(&script);
    cola_buffer_free(&output);
    cola_buffer_free(&html);
    return st;
}
