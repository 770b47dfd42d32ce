/*
 * replay.c - which published verdicts hold
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "exchange/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "report/statistics.h"

enum cola_status
cola_replay_add(struct cola_replay *r, int level, enum cola_listed listed,
                enum cola_mark mark, struct cola_error *err)
{
    size_t at = 0;

    while (at < r->n && r->rows[at].level < level)
        at++;
    if (at == r->n || r->rows[at].level != level) {
        if (r->n == r->room) {
            size_t room = r->room * 2 + 8;
            struct cola_replay_row *rows = cola_realloc(r->rows, room, sizeof *rows);

            if (rows == NULL)
                return cola_fail_memory(err);
            r->rows = rows;
            r->room = room;
        }
        memmove(r->rows + at + 1, r->rows + at, (r->n - at) * sizeof *r->rows);
        memset(&r->rows[at], 0, sizeof *r->rows);
        r->rows[at].level = level;
        r->n++;
    }
    r->rows[at].found[listed][mark]++;
    return COLA_OK;
}

void
cola_replay_free(struct cola_replay *r)
{
    free(r->rows);
    memset(r, 0, sizeof *r);
}

enum cola_mark
cola_replay_claimed(enum cola_listed listed)
{
    return listed == COLA_LISTED_VALID || listed == COLA_LISTED_BASE_RIGHT ?
           COLA_CORRECT : listed == COLA_LISTED_UNDECIDED ? COLA_UNDECIDED : COLA_WRONG;
}

/* What happened to listings of some kinds together. */
struct cell {
    size_t n, hold, turned, undecided;
};

static struct cell
cell_of(const struct cola_replay_row *row, int from, int to)
{
    struct cell c = {0, 0, 0, 0};

    for (int k = from; k <= to; k++) {
        enum cola_mark claimed = cola_replay_claimed((enum cola_listed)k);

        for (int m = 0; m < 3; m++) {
            c.n += row->found[k][m];
            if (m == (int)claimed)
                c.hold += row->found[k][m];
            else if (m == COLA_UNDECIDED)
                c.undecided += row->found[k][m];
            else
                c.turned += row->found[k][m];
        }
    }
    return c;
}

size_t
cola_replay_turned(const struct cola_replay *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n; i++)
        n += cell_of(&r->rows[i], 0, COLA_LISTED_KINDS - 1).turned;
    return n;
}

static struct cola_replay_row
sum(const struct cola_replay *r)
{
    struct cola_replay_row all = {-1, {{0}}};

    for (size_t i = 0; i < r->n; i++)
        for (int k = 0; k < COLA_LISTED_KINDS; k++)
            for (int m = 0; m < 3; m++)
                all.found[k][m] += r->rows[i].found[k][m];
    return all;
}

/* ---- for people ------------------------------------------------------------------- */

static void
add_rate(struct cola_buffer *b, const struct cell *c)
{
    char rate[48] = "-";
    double lo, hi;

    if (c->n > 0) {
        cola_wilson(c->hold, c->n, &lo, &hi);
        snprintf(rate, sizeof rate, "%.1f%% [%.0f-%.0f]",
                 100.0 * (double)c->hold / (double)c->n, 100.0 * lo, 100.0 * hi);
    }
    cola_buffer_printf(b, " %8zu %7zu %15s", c->hold, c->turned, rate);
}

static void
add_row(struct cola_buffer *b, const char *kv, const char *level,
        const struct cola_replay_row *row)
{
    struct cell valid = cell_of(row, COLA_LISTED_VALID, COLA_LISTED_VALID);
    struct cell invalid = cell_of(row, COLA_LISTED_INVALID, COLA_LISTED_INVALID);
    struct cell all = cell_of(row, 0, COLA_LISTED_KINDS - 1);
    struct cell base = cell_of(row, COLA_LISTED_BASE_WRONG, COLA_LISTED_BASE_RIGHT);
    char text[48];

    cola_buffer_printf(b, "%-16s %5s", kv, level);
    add_rate(b, &valid);
    add_rate(b, &invalid);
    snprintf(text, sizeof text, "%zu of %zu", base.hold, base.n);
    cola_buffer_printf(b, " %12s %9zu\n", base.n > 0 ? text : "-", all.undecided);
}

/* Those that an export listed as undecided. */
static void
add_left(struct cola_buffer *b, const struct cola_replay *replays, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct cola_replay_row all = sum(&replays[i]);
        struct cell c = cell_of(&all, COLA_LISTED_UNDECIDED, COLA_LISTED_UNDECIDED);

        if (c.n > 0)
            cola_buffer_printf(b, "%s: of %zu chains listed as undecided %zu are "
                               "again.\n", replays[i].kv, c.n, c.hold);
    }
}

void
cola_replay_table(const struct cola_replay *replays, size_t n, struct cola_buffer *b)
{
    cola_buffer_printf(b, "%-22s %-33s%-33s%13s\n", "", "    published as valid",
                       "    published as invalid", "the model");
    cola_buffer_printf(b, "%-16s %5s", "kv", "level");
    for (int i = 0; i < 2; i++)
        cola_buffer_printf(b, " %8s %7s %15s", i == 0 ? "right" : "wrong",
                           i == 0 ? "wrong" : "right", "hold");
    cola_buffer_printf(b, " %12s %9s\n", "as published", "undecided");
    for (size_t i = 0; i < n; i++) {
        struct cola_replay_row all = sum(&replays[i]);

        for (size_t k = 0; k < replays[i].n && replays[i].n > 1; k++) {
            char level[16] = "-";

            if (replays[i].rows[k].level >= 0)
                snprintf(level, sizeof level, "%d", replays[i].rows[k].level);
            add_row(b, replays[i].kv, level, &replays[i].rows[k]);
        }
        add_row(b, replays[i].kv, "all", &all);
    }
    add_left(b, replays, n);
    cola_buffer_text(b, "\n[ ]: 95 % intervals (Wilson).  Undecided now, but not when "
                     "they were published, are\nneither held nor turned.\n");
}

/* ---- for programs ----------------------------------------------------------------- */

static void
add_cell(struct cola_buffer *b, const char *name, const struct cell *c)
{
    char lo_text[32], hi_text[32];
    double lo, hi;

    cola_wilson(c->hold, c->n, &lo, &hi);
    cola_print_f64(lo_text, lo);
    cola_print_f64(hi_text, hi);
    cola_buffer_printf(b, ",\"%s\":{\"n\":%zu,\"hold\":%zu,\"turned\":%zu,"
                       "\"undecided\":%zu,\"interval\":[%s,%s]}", name, c->n, c->hold,
                       c->turned, c->undecided, lo_text, hi_text);
}

static void
add_object(struct cola_buffer *b, const struct cola_replay_row *row)
{
    struct cell valid = cell_of(row, COLA_LISTED_VALID, COLA_LISTED_VALID);
    struct cell invalid = cell_of(row, COLA_LISTED_INVALID, COLA_LISTED_INVALID);
    struct cell base = cell_of(row, COLA_LISTED_BASE_WRONG, COLA_LISTED_BASE_RIGHT);
    struct cell left = cell_of(row, COLA_LISTED_UNDECIDED, COLA_LISTED_UNDECIDED);

    cola_buffer_text(b, row->level >= 0 ? "" : "{\"level\":null");
    if (row->level >= 0)
        cola_buffer_printf(b, "{\"level\":%d", row->level);
    add_cell(b, "valid", &valid);
    add_cell(b, "invalid", &invalid);
    add_cell(b, "base", &base);
    add_cell(b, "undecided", &left);
    cola_buffer_text(b, "}");
}

void
cola_replay_json(const struct cola_replay *replays, size_t n, struct cola_buffer *b)
{
    cola_buffer_text(b, "\"kv\":[");
    for (size_t i = 0; i < n; i++) {
        struct cola_replay_row all = sum(&replays[i]);

        cola_buffer_printf(b, "%s{\"mode\":\"%s\",\"all\":", i > 0 ? "," : "",
                           replays[i].kv);
        add_object(b, &all);
        cola_buffer_text(b, ",\"levels\":[");
        for (size_t k = 0; k < replays[i].n; k++) {
            cola_buffer_text(b, k > 0 ? "," : "");
            add_object(b, &replays[i].rows[k]);
        }
        cola_buffer_text(b, "]}");
    }
    cola_buffer_text(b, "]");
}
