/*
 * tally.c - a verification counted: by level, by finder, and search less random
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/tally.h"

#include <stdlib.h>

#include "report/statistics.h"

static void
count_one(struct cola_tally *t, const struct cola_found *truth,
          const struct cola_found *f)
{
    if (truth->right_length > 0 && f->right_length > 0) {
        int missed = truth->right - f->right;

        t->right += f->right;
        t->missed += missed > 0 ? missed : 0;
        t->robust += missed <= 0;
        t->robust_short += missed <= 0 && f->right_length <= truth->right_length;
    }
    if (f->length == 0)
        return;
    t->beyond += truth->length == 0 || f->length < truth->length;
    if (truth->length == 0)
        return;
    t->solved++;
    t->shortest += f->length <= truth->length;
    t->length += f->length;
    t->regret += f->length > truth->length ? f->length - truth->length : 0;
    t->first += f->first;
}

struct cola_level_tally
cola_tally_level(const struct cola_verification *v, int level)
{
    struct cola_level_tally l = {.level = level};

    for (size_t i = 0; i < v->n; i++) {
        const struct cola_verified *r = &v->rows[i];

        if (level != COLA_ALL_LEVELS && r->level != level)
            continue;
        l.samples++;
        l.solvable += r->truth.length > 0;
        l.length += r->truth.length;
        l.right += r->truth.right;
        for (int f = 0; f < COLA_FINDERS; f++)
            count_one(&l.by[f], &r->truth, &r->by[f]);
    }
    return l;
}

int
cola_tally_next(const struct cola_verification *v, int level)
{
    int next = COLA_ALL_LEVELS;

    for (size_t i = 0; i < v->n; i++)
        if (v->rows[i].level > level &&
            (next == COLA_ALL_LEVELS || v->rows[i].level < next))
            next = v->rows[i].level;
    return next;
}

enum cola_status
cola_tally_difference(const struct cola_verification *v, enum cola_difference what,
                      struct cola_paired *d, struct cola_error *err)
{
    double *x = cola_alloc(v->n, sizeof *x);

    *d = (struct cola_paired){0, 0.0, 0.0, 0.0};
    if (x == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < v->n; i++) {
        int truth = v->rows[i].truth.length;
        const struct cola_found *s = &v->rows[i].by[COLA_BY_SEARCH];
        const struct cola_found *r = &v->rows[i].by[COLA_BY_RANDOM];

        if (what == COLA_OF_SHORTEST && truth > 0)
            x[d->n++] = (s->length > 0 && s->length <= truth) -
                        (r->length > 0 && r->length <= truth);
        else if (what == COLA_OF_RIGHT && v->several)
            x[d->n++] = s->right - r->right;
        else if (what == COLA_OF_LENGTH && s->length > 0 && r->length > 0)
            x[d->n++] = s->length - r->length;
    }
    if (d->n > 0)
        cola_bootstrap(x, d->n, &d->mean, &d->lo, &d->hi);
    free(x);
    return COLA_OK;
}

struct cola_certificates
cola_tally_certificates(const struct cola_verification *v, int robust)
{
    struct cola_certificates c = {0, 0, 0, 0, 0};

    for (size_t i = 0; i < v->n_returned; i++) {
        const struct cola_returned *r = &v->returned[i];

        if (r->robust != robust || !r->asked)
            continue;
        c.asked++;
        c.certified += !r->worse && !r->outside && r->agrees;
        c.worse += r->worse != 0;
        c.outside += r->outside != 0;
        c.disagree += !r->agrees;
    }
    return c;
}
