/*
 * differ.c - two files of verdicts on the same task: where do they part?
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "exchange/differ.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/verdicts.h"

/* ---- one verdict ----------------------------------------------------------------- */

static int
same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static enum cola_status
grow(void **list, size_t n, size_t *room, size_t size, struct cola_error *err)
{
    void *larger;

    if (n < *room)
        return COLA_OK;
    larger = cola_realloc(*list, *room * 2 + 64, size);
    if (larger == NULL)
        return cola_fail_memory(err);
    *list = larger;
    *room = *room * 2 + 64;
    return COLA_OK;
}

static enum cola_status
add_difference(struct cola_differ *d, const char *id, const struct cola_chain *chain,
               const struct cola_kept *a, const struct cola_kept *b,
               struct cola_error *err)
{
    const struct cola_kept *sides[] = {a, b};
    struct cola_difference *x;
    void *list = d->list;
    enum cola_status st = grow(&list, d->n, &d->room, sizeof *d->list, err);

    d->list = list;
    if (st != COLA_OK)
        return st;
    x = &d->list[d->n++];
    *x = (struct cola_difference){.id = cola_strdup(id), .len = chain->len};
    x->layers = cola_alloc((size_t)chain->len, sizeof *x->layers);
    if (x->id == NULL || x->layers == NULL)
        st = cola_fail_memory(err);
    else
        memcpy(x->layers, chain->at, (size_t)chain->len * sizeof *x->layers);
    for (int i = 0; i < 2; i++) {
        x->mark[i] = sides[i]->mark;
        x->margin[i] = sides[i]->margin;
        if (sides[i]->answer == NULL)
            continue;
        x->answer[i] = cola_strdup(sides[i]->answer);
        if (x->answer[i] == NULL)
            st = cola_fail_memory(err);
    }
    return st;
}

static enum cola_status
add_change(struct cola_differ *d, double change, struct cola_error *err)
{
    void *changes = d->changes;
    enum cola_status st = grow(&changes, d->margins, &d->changes_room,
                               sizeof *d->changes, err);

    d->changes = changes;
    if (st == COLA_OK)
        d->changes[d->margins++] = change;
    return st;
}

static enum cola_status
compare(struct cola_differ *d, const char *id, const struct cola_chain *chain,
        const struct cola_kept *a, const struct cola_kept *b, struct cola_error *err)
{
    int turned = a->mark != b->mark;
    void *all = d->all;
    enum cola_status st = grow(&all, d->n_all, &d->all_room, sizeof *d->all, err);

    d->all = all;
    if (st != COLA_OK)
        return st;
    d->compared++;
    if (!isnan(a->margin))
        d->all[d->n_all++] = (struct cola_compared){a->margin, turned};
    if (turned)
        return add_difference(d, id, chain, a, b, err);
    if (!same_text(a->answer, b->answer))
        d->answers += a->answer != NULL && b->answer != NULL;
    else if (!isnan(a->margin) && !isnan(b->margin))
        return add_change(d, fabs(a->margin - b->margin), err);
    return COLA_OK;
}

/* ---- all of them ----------------------------------------------------------------- */

static enum cola_status
compare_sample(struct cola_differ *d, const struct cola_verdicts *a, size_t sa,
               const struct cola_verdicts *b, size_t sb, struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < cola_verdicts_count(b, sb) && st == COLA_OK; i++) {
        struct cola_chain chain, other;
        struct cola_kept kept, mine;
        size_t at;

        cola_verdicts_get(b, sb, i, &chain, &kept);
        at = cola_verdicts_chain(a, sa, &chain);
        if (at == SIZE_MAX)
            continue;
        cola_verdicts_get(a, sa, at, &other, &mine);
        st = compare(d, cola_verdicts_id(b, sb), &chain, &mine, &kept, err);
    }
    return st;
}

static int
by_margin(const void *a, const void *b)
{
    const struct cola_compared *x = a, *y = b;

    return x->margin != y->margin ? (x->margin > y->margin) - (x->margin < y->margin) :
           x->turned - y->turned;
}

static void
fill_bins(struct cola_differ *d)
{
    if (d->n_all > 0)
        qsort(d->all, d->n_all, sizeof *d->all, by_margin);
    for (size_t bin = 0; bin < COLA_DIFFER_BINS; bin++) {
        size_t from = d->n_all * bin / COLA_DIFFER_BINS;
        size_t to = d->n_all * (bin + 1) / COLA_DIFFER_BINS;

        d->bin_n[bin] = to - from;
        d->bin_to[bin] = to > from ? d->all[to - 1].margin : NAN;
        for (size_t i = from; i < to; i++)
            d->bin_turned[bin] += (size_t)d->all[i].turned;
    }
}

static int
by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The share of the changes seen that are NEEDED or larger. */
static double
share_of(const struct cola_differ *d, double needed)
{
    size_t lo = 0, hi = d->margins;

    if (isnan(needed) || d->margins == 0)
        return NAN;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (d->changes[mid] < needed)
            lo = mid + 1;
        else
            hi = mid;
    }
    return (double)(d->margins - lo) / (double)d->margins;
}

static void
find_causes(struct cola_differ *d)
{
    if (d->margins > 0) {
        qsort(d->changes, d->margins, sizeof *d->changes, by_size);
        d->seen = d->changes[d->margins - 1];
    }
    d->allowed = 2.0 * (isnan(d->error) ? d->seen : d->error);
    for (size_t i = 0; i < d->n; i++) {
        struct cola_difference *x = &d->list[i];
        double needed = x->margin[0] + x->margin[1];

        x->cause = x->answer[0] != NULL && same_text(x->answer[0], x->answer[1]) ?
                   COLA_CAUSE_GRADED :
                   isnan(needed) || isnan(d->allowed) ? COLA_CAUSE_UNKNOWN :
                   needed <= d->allowed ? COLA_CAUSE_EXPLAINED : COLA_CAUSE_UNEXPLAINED;
        x->share = share_of(d, needed);
        d->causes[x->cause]++;
    }
}

/* Are they about the same questions? */
static enum cola_status
check_tasks(const struct cola_differ *d, struct cola_error *err)
{
    const json_t *a = json_object_get(d->header[0], "task");
    const json_t *b = json_object_get(d->header[1], "task");
    const char *judges[] = {cola_header_text(d->header[0], "judge", ""),
                            cola_header_text(d->header[1], "judge", "")};

    if (json_is_string(a) && json_is_string(b) && json_equal(a, b))
        return COLA_OK;
    if (!json_is_string(a) && !json_is_string(b) && strcmp(judges[0], "model") != 0 &&
        strcmp(judges[1], "model") != 0)
        return COLA_OK;
    return cola_fail(err, COLA_INPUT, "%s: another task than that of %s: their digests "
                     "differ", d->name[1], d->name[0]);
}

static enum cola_status
run(struct cola_differ *d, const struct cola_verdicts *a, const struct cola_verdicts *b,
    struct cola_error *err)
{
    enum cola_status st;

    d->header[0] = json_incref((json_t *)(uintptr_t)cola_verdicts_header(a));
    d->header[1] = json_incref((json_t *)(uintptr_t)cola_verdicts_header(b));
    st = check_tasks(d, err);
    d->samples[0] = cola_verdicts_samples(a);
    d->samples[1] = cola_verdicts_samples(b);
    for (size_t i = 0; i < d->samples[0]; i++)
        d->chains[0] += cola_verdicts_count(a, i);
    for (size_t i = 0; i < d->samples[1] && st == COLA_OK; i++) {
        size_t at = cola_verdicts_find(a, cola_verdicts_id(b, i));

        d->chains[1] += cola_verdicts_count(b, i);
        if (at == SIZE_MAX)
            continue;
        d->samples_both++;
        if (!same_text(cola_verdicts_prompt(a, at), cola_verdicts_prompt(b, i)))
            d->prompts++;
        st = compare_sample(d, a, at, b, i, err);
    }
    fill_bins(d);
    find_causes(d);
    return st;
}

enum cola_status
cola_differ(const char *a, const char *b, double error, struct cola_differ **differ,
            struct cola_error *err)
{
    struct cola_differ *d = cola_alloc(1, sizeof *d);
    struct cola_verdicts *va = NULL, *vb = NULL;
    enum cola_status st;

    if (d == NULL)
        return cola_fail_memory(err);
    d->name[0] = a;
    d->name[1] = b;
    d->error = error;
    d->seen = NAN;
    st = cola_verdicts_open(a, &va, err);
    if (st == COLA_OK)
        st = cola_verdicts_open(b, &vb, err);
    if (st == COLA_OK)
        st = run(d, va, vb, err);
    cola_verdicts_close(va);
    cola_verdicts_close(vb);
    if (st != COLA_OK) {
        cola_differ_free(d);
        return st;
    }
    *differ = d;
    return COLA_OK;
}

void
cola_differ_free(struct cola_differ *d)
{
    if (d == NULL)
        return;
    for (size_t i = 0; i < d->n; i++) {
        free(d->list[i].id);
        free(d->list[i].layers);
        free(d->list[i].answer[0]);
        free(d->list[i].answer[1]);
    }
    free(d->list);
    free(d->all);
    free(d->changes);
    json_decref(d->header[0]);
    json_decref(d->header[1]);
    free(d);
}
