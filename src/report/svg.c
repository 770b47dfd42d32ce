/*
 * svg.c - a picture that gnuplot printed, made fit to stand in a page
 *
 * What comes from another program is read as such: tag by tag, against lists of
 * what may be there.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/svg.h"

#include <string.h>

#include "text/utf8.h"

struct piece {
    const char *at;
    size_t len;
};

struct svg {
    const char *at, *end;
    const char *prefix, *name;
    struct cola_buffer *b;
    int depth;                  /* elements open */
};

/* ---- lists ----------------------------------------------------------------------- */

static int
is(struct piece p, const char *text)
{
    return p.len == strlen(text) && memcmp(p.at, text, p.len) == 0;
}

static int
is_among(struct piece p, const char *const *list)
{
    for (; *list != NULL; list++)
        if (is(p, *list))
            return 1;
    return 0;
}

static int
draws(struct piece name)
{
    static const char *const list[] = {
        "g", "path", "text", "tspan", "rect", "circle", "ellipse", "line", "polygon",
        "polyline", "use", "defs", "clipPath", "pattern", NULL,
    };

    return is_among(name, list);
}

/* Elements left out with all that is in them: the page says it better. */
static int
is_left_out(struct piece name)
{
    static const char *const list[] = {"title", "desc", "filter", "metadata", NULL};

    return is_among(name, list);
}

static int
describes_drawing(struct piece attribute)
{
    static const char *const list[] = {
        "d", "x", "y", "dx", "dy", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry",
        "width", "height", "points", "transform", "fill", "fill-opacity", "fill-rule",
        "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray",
        "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "color", "opacity",
        "font-family", "font-size", "font-weight", "font-style", "text-anchor",
        "baseline-shift", "clip-path", "patternUnits", "viewBox", "shape-rendering",
        "xml:space", NULL,
    };

    return is_among(attribute, list);
}

/* What an element is like when nothing is said, or as the page says. */
static int
is_usual(struct piece attribute, struct piece value)
{
    return is(attribute, "font-family") || (is(attribute, "stroke-linecap") &&
           is(value, "butt")) || (is(attribute, "stroke-linejoin") && is(value, "miter"));
}

/* ---- reading --------------------------------------------------------------------- */

static int
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
skip_blanks(struct svg *s)
{
    while (s->at < s->end && is_blank(*s->at))
        s->at++;
}

static int
begins(const struct svg *s, const char *text)
{
    size_t len = strlen(text);

    return (size_t)(s->end - s->at) >= len && memcmp(s->at, text, len) == 0;
}

/* Go behind the next TEXT; 0 when there is none. */
static int
skip_to(struct svg *s, const char *text)
{
    for (; s->at < s->end; s->at++)
        if (begins(s, text)) {
            s->at += strlen(text);
            return 1;
        }
    return 0;
}

static struct piece
read_name(struct svg *s)
{
    struct piece p = {s->at, 0};

    while (s->at < s->end && ((*s->at >= 'a' && *s->at <= 'z') ||
                              (*s->at >= 'A' && *s->at <= 'Z') ||
                              (*s->at >= '0' && *s->at <= '9') ||
                              *s->at == '-' || *s->at == ':' || *s->at == '_'))
        s->at++;
    p.len = (size_t)(s->at - p.at);
    return p;
}

/* The value behind an attribute's name; 0 when it is not well-formed. */
static int
read_value(struct svg *s, struct piece *value)
{
    char quote;

    skip_blanks(s);
    if (s->at == s->end || *s->at != '=')
        return 0;
    s->at++;
    skip_blanks(s);
    if (s->at == s->end || (*s->at != '"' && *s->at != '\''))
        return 0;
    quote = *s->at++;
    value->at = s->at;
    while (s->at < s->end && *s->at != quote && *s->at != '<' && *s->at != '>')
        s->at++;
    if (s->at == s->end || *s->at != quote)
        return 0;
    value->len = (size_t)(s->at++ - value->at);
    return 1;
}

/* ---- writing --------------------------------------------------------------------- */

static void
put_value(struct svg *s, const char *name, const char *prefix, struct piece value,
          const char *tail)
{
    cola_buffer_printf(s->b, " %s=\"%s", name, prefix);
    for (size_t i = 0; i < value.len; i++)
        if (value.at[i] == '"')
            cola_buffer_text(s->b, "&quot;");
        else
            cola_buffer_bytes(s->b, &value.at[i], 1);
    cola_buffer_printf(s->b, "%s\"", tail);
}

/* The value of a reference to an element of the same picture. */
static int
put_reference(struct svg *s, struct piece value)
{
    if (value.len < 2 || value.at[0] != '#')
        return 0;
    cola_buffer_printf(s->b, " href=\"#%s", s->prefix);
    cola_buffer_bytes(s->b, value.at + 1, value.len - 1);
    cola_buffer_text(s->b, "\"");
    return 1;
}

/* "url(#ID)", in which ID is of this picture; else nothing may be referred to. */
static int
put_drawing(struct svg *s, struct piece name, struct piece value)
{
    char text[40];
    struct piece id = {value.at + 5, value.len - 6};

    memcpy(text, name.at, name.len < 39 ? name.len : 39);
    text[name.len < 39 ? name.len : 39] = '\0';
    if (value.len > 6 && memcmp(value.at, "url(#", 5) == 0 &&
        value.at[value.len - 1] == ')' && memchr(id.at, '(', id.len) == NULL) {
        cola_buffer_printf(s->b, " %s=\"url(#%s", text, s->prefix);
        cola_buffer_bytes(s->b, id.at, id.len);
        cola_buffer_text(s->b, ")\"");
        return 1;
    }
    for (size_t i = 0; i + 4 <= value.len; i++)
        if (memcmp(value.at + i, "url(", 4) == 0)
            return 0;
    put_value(s, text, "", value, "");
    return 1;
}

/* Attributes up to the tag's end, those left out that are not of drawing (class,
 * style, on...); 0 when one refers to what is elsewhere. */
static int
copy_attributes(struct svg *s)
{
    for (;;) {
        struct piece name, value;

        skip_blanks(s);
        if (s->at < s->end && (*s->at == '>' || begins(s, "/>")))
            return 1;
        name = read_name(s);
        if (name.len == 0 || !read_value(s, &value))
            return 0;
        if (is(name, "id"))
            put_value(s, "id", s->prefix, value, "");
        else if (is(name, "xlink:href") || is(name, "href")) {
            if (!put_reference(s, value))
                return 0;
        } else if (describes_drawing(name) && !is_usual(name, value) &&
                   !put_drawing(s, name, value)) {
            return 0;
        }
    }
}

/* Text between tags, whose entities are copied as they are. */
static int
copy_text(struct svg *s)
{
    const char *at = s->at;
    int blank = 1;

    for (; s->at < s->end && *s->at != '<'; s->at++)
        blank &= is_blank(*s->at);
    if (cola_utf8_check(at, (size_t)(s->at - at)) != (size_t)(s->at - at))
        return 0;
    if (blank)
        cola_buffer_text(s->b, s->at > at && *at == '\n' ? "\n" : "");
    for (; at < s->at && !blank; at++)
        if (*at == '>')
            cola_buffer_text(s->b, "&gt;");
        else
            cola_buffer_bytes(s->b, at, 1);
    return 1;
}

/* <![CDATA[ ... ]]>, as text. */
static int
copy_data(struct svg *s)
{
    const char *at = s->at;

    if (!skip_to(s, "]]>"))
        return 0;
    for (; at < s->at - 3; at++)
        if (*at == '<' || *at == '>' || *at == '&')
            cola_buffer_text(s->b, *at == '<' ? "&lt;" : *at == '>' ? "&gt;" : "&amp;");
        else
            cola_buffer_bytes(s->b, at, 1);
    return 1;
}

/* Go behind the end of the element NAME that has just begun. */
static int
leave_out(struct svg *s, struct piece name)
{
    char end[24] = "</";

    if (name.len + 4 > sizeof end)
        return 0;
    memcpy(end + 2, name.at, name.len);
    memcpy(end + 2 + name.len, ">", 2);
    return skip_to(s, end);
}

static int
copy_element(struct svg *s)
{
    int closes = begins(s, "</");
    struct piece name;

    s->at += closes ? 2 : 1;
    name = read_name(s);
    if (is_left_out(name) && !closes)
        return leave_out(s, name);
    if (!draws(name) && !(closes && is(name, "svg") && s->depth == 1))
        return 0;
    cola_buffer_text(s->b, closes ? "</" : "<");
    cola_buffer_bytes(s->b, name.at, name.len);
    if (!closes && !copy_attributes(s))
        return 0;
    skip_blanks(s);
    if (begins(s, "/>")) {
        s->at += 2;
        cola_buffer_text(s->b, "/>");
        return !closes;
    }
    if (s->at == s->end || *s->at != '>')
        return 0;
    s->at++;
    cola_buffer_text(s->b, ">");
    s->depth += closes ? -1 : 1;
    return 1;
}

/* Everything behind the tag <svg>, up to its end. */
static int
copy_picture(struct svg *s)
{
    s->depth = 1;
    while (s->depth > 0) {
        int fine;

        if (s->at == s->end)
            return 0;
        if (begins(s, "<![CDATA[")) {
            s->at += 9;
            fine = copy_data(s);
        } else if (begins(s, "<!--")) {
            fine = skip_to(s, "-->");
        } else if (*s->at == '<') {
            fine = copy_element(s);
        } else {
            fine = copy_text(s);
        }
        if (!fine)
            return 0;
    }
    return 1;
}

enum cola_status
cola_svg_embed(const char *text, size_t len, const char *prefix, const char *name,
               struct cola_buffer *b, size_t *used, struct cola_error *err)
{
    struct svg s = {text, text + len, prefix, name, b, 0};
    int fine;

    *used = 0;
    if (!skip_to(&s, "<svg"))
        return COLA_OK;
    cola_buffer_printf(b, "<svg role=\"img\" aria-label=\"%s\"", name);
    fine = copy_attributes(&s) && s.at < s.end && *s.at == '>';
    if (fine) {
        s.at++;
        cola_buffer_printf(b, "><title>%s</title>", name);
        fine = copy_picture(&s);
    }
    if (!fine)
        return cola_fail(err, COLA_NOTHING, "gnuplot printed what cannot stand in a "
                         "page, at byte %zu", (size_t)(s.at - text));
    cola_buffer_text(b, "\n");
    *used = (size_t)(s.at - text);
    return COLA_OK;
}
