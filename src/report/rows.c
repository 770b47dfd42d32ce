/*
 * rows.c - rows by level, and the cells that every sheet has
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/statistics.h"

/* The least level above AFTER. */
static int
next_level(const struct cola_run *run, int after)
{
    int next = COLA_EVERY_LEVEL;

    for (size_t i = 0; i < run->n; i++)
        if (run->samples[i].level > after && run->samples[i].level < next)
            next = run->samples[i].level;
    return next;
}

int
cola_level_at(const struct cola_run *run, size_t i, int *level)
{
    int at = next_level(run, -2);

    if (next_level(run, at) == COLA_EVERY_LEVEL)
        at = COLA_EVERY_LEVEL;
    for (; i > 0; i--) {
        if (at == COLA_EVERY_LEVEL)
            return 0;
        at = next_level(run, at);
    }
    *level = at;
    return 1;
}

int
cola_row_next(const struct cola_runs *runs, struct cola_row *row)
{
    if (row->run != NULL)
        row->levels++;
    for (; row->runs < runs->n; row->runs++, row->levels = 0) {
        row->run = &runs->list[row->runs];
        if (row->run->n > 0 && cola_level_at(row->run, row->levels, &row->level))
            return 1;
    }
    return 0;
}

int
cola_level_has(int level, const struct cola_sampled *s)
{
    return level == COLA_EVERY_LEVEL || s->level == level;
}

enum cola_told
cola_told(const struct cola_run *run, const struct cola_sampled *s)
{
    if (s->base == '?')
        return COLA_TOLD_UNDECIDED;
    if (s->base == '1')
        return cola_shorter_right(run, s) > 0 ? COLA_TOLD_C_TO_C : COLA_TOLD_C;
    return s->best != SIZE_MAX ? COLA_TOLD_W_TO_C : COLA_TOLD_W_TO_W;
}

const char *
cola_told_name(enum cola_told told)
{
    static const char *const names[] = {"C", "C->C", "W->C", "W->W", "undecided"};

    return names[told];
}

double
cola_random_share(const struct cola_run *run, const struct cola_sampled *s)
{
    size_t right = 0;

    for (size_t i = s->random_first; i < s->random_first + s->n_random; i++)
        right += run->judged[i].mark == '1';
    return s->n_random > 0 ? (double)right / (double)s->n_random : NAN;
}

void
cola_run_cells(struct cola_sheets *sheets, const struct cola_run *run, int level)
{
    char text[16];

    cola_sheet_text(sheets, run->label);
    snprintf(text, sizeof text, "%d", level);
    cola_sheet_text(sheets, level == COLA_EVERY_LEVEL ? "all" :
                    level < 0 ? "none" : text);
}

void
cola_rate_cells(struct cola_sheets *sheets, size_t k, size_t n)
{
    double lo, hi;

    cola_sheet_count(sheets, n);
    if (n == 0) {
        for (int i = 0; i < 4; i++)
            cola_sheet_empty(sheets);
        return;
    }
    cola_wilson(k, n, &lo, &hi);
    cola_sheet_count(sheets, k);
    cola_sheet_real(sheets, (double)k / (double)n);
    cola_sheet_real(sheets, lo);
    cola_sheet_real(sheets, hi);
}

enum cola_status
cola_observed_new(struct cola_observed *values, size_t room, struct cola_error *err)
{
    *values = (struct cola_observed){cola_alloc(room, sizeof(double)),
                                   cola_alloc(room, sizeof(size_t)), 0, room};
    if (values->x != NULL && values->group != NULL)
        return COLA_OK;
    cola_observed_free(values);
    return cola_fail_memory(err);
}

void
cola_observed_free(struct cola_observed *values)
{
    free(values->x);
    free(values->group);
    *values = (struct cola_observed){NULL, NULL, 0, 0};
}

void
cola_observed_add(struct cola_observed *values, const struct cola_sampled *s, double x)
{
    if (values->n == values->room)
        return;
    values->x[values->n] = x;
    values->group[values->n++] = s->group;
}

struct cola_mean
cola_observed_mean(const struct cola_observed *values)
{
    struct cola_mean m = {values->n, NAN, NAN, NAN, 0};

    if (values->n == 0)
        return m;
    cola_bootstrap_clustered(values->x, values->group, values->n, &m.mean, &m.lo, &m.hi);
    for (size_t i = 0; i < values->n; i++) {
        size_t j = 0;

        while (j < i && values->group[j] != values->group[i])
            j++;
        m.groups += j == i;
    }
    if (m.groups < 2)           /* drawn again and again it never varies */
        m.lo = m.hi = NAN;
    return m;
}

void
cola_mean_cells(struct cola_sheets *sheets, const struct cola_mean *m)
{
    cola_sheet_real(sheets, m->mean);
    cola_sheet_real(sheets, m->lo);
    cola_sheet_real(sheets, m->hi);
}
