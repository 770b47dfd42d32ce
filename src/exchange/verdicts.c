/*
 * verdicts.c - all verdicts of a journal or an enumeration, to be looked up
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "exchange/verdicts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct listed {
    char *id, *prompt;
    struct cola_chain_set set;
    struct cola_kept *kept;     /* [set.count], answers owned */
    size_t room;
};

struct cola_verdicts {
    struct cola_truth *truth;   /* of an enumeration, else NULL and ... */
    json_t *header;
    struct listed *list;        /* [n] */
    size_t n, room;
    int layers;
    const char **ids;           /* [n] sorted, with ... */
    size_t *by_id;              /* ... their numbers */
};

/* ---- journals ---------------------------------------------------------------------- */

static enum cola_status
take_header(void *ctx, const json_t *header, const char *bytes, size_t len, int layers,
            struct cola_error *err)
{
    struct cola_verdicts *v = ctx;

    (void)bytes;
    (void)len;
    (void)err;
    v->header = json_incref((json_t *)(uintptr_t)header);
    v->layers = layers;
    return COLA_OK;
}

/* Element I of ARRAY, which is "evaluated" or "random". */
static enum cola_status
keep(struct cola_verdicts *v, struct listed *s, const json_t *array, size_t i,
     struct cola_error *err)
{
    struct cola_said said;
    struct cola_kept *kept;
    size_t index;
    int added;
    enum cola_status st = cola_said_read(array, i, s->id, v->layers, &said, err);

    if (st == COLA_OK && s->set.count == s->room) {
        kept = cola_realloc(s->kept, s->room * 2 + 64, sizeof *kept);
        if (kept == NULL)
            return cola_fail_memory(err);
        s->kept = kept;
        s->room = s->room * 2 + 64;
    }
    if (st == COLA_OK)
        st = cola_chain_set_add(&s->set, &said.chain, &index, &added, err);
    if (st != COLA_OK || !added)
        return st;
    kept = &s->kept[index];
    *kept = (struct cola_kept){said.mark, NULL, said.margin};
    if (said.answer != NULL) {
        kept->answer = cola_strdup(said.answer);
        if (kept->answer == NULL)
            return cola_fail_memory(err);
    }
    return COLA_OK;
}

static enum cola_status
take_sample(void *ctx, const struct cola_told *told, struct cola_error *err)
{
    struct cola_verdicts *v = ctx;
    struct listed *s;
    enum cola_status st = COLA_OK;

    if (v->n == v->room) {
        s = cola_realloc(v->list, v->room * 2 + 64, sizeof *s);
        if (s == NULL)
            return cola_fail_memory(err);
        v->list = s;
        v->room = v->room * 2 + 64;
    }
    s = &v->list[v->n++];
    memset(s, 0, sizeof *s);
    s->id = cola_strdup(told->id);
    if (told->prompt != NULL)
        s->prompt = cola_strdup(told->prompt);
    if (s->id == NULL || (told->prompt != NULL && s->prompt == NULL))
        return cola_fail_memory(err);
    for (size_t i = 0; i < told->n && st == COLA_OK; i++)
        st = keep(v, s, told->evaluated, i, err);
    for (size_t i = 0; i < json_array_size(told->random) && st == COLA_OK; i++)
        st = keep(v, s, told->random, i, err);
    return st;
}

/* ---- both ------------------------------------------------------------------------ */

struct named {
    const char *id;
    size_t number;
};

static int
by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int c = strcmp(x->id, y->id);

    return c != 0 ? c : (x->number > y->number) - (x->number < y->number);
}

/* Sort the ids, refusing one that is there twice. */
static enum cola_status
sort_ids(struct cola_verdicts *v, const char *path, struct cola_error *err)
{
    size_t n = cola_verdicts_samples(v);
    struct named *sorted = cola_alloc(n, sizeof *sorted);
    enum cola_status st = COLA_OK;

    v->ids = cola_alloc(n, sizeof *v->ids);
    v->by_id = cola_alloc(n, sizeof *v->by_id);
    if (sorted == NULL || v->ids == NULL || v->by_id == NULL) {
        free(sorted);
        return cola_fail_memory(err);
    }
    for (size_t i = 0; i < n; i++)
        sorted[i] = (struct named){cola_verdicts_id(v, i), i};
    qsort(sorted, n, sizeof *sorted, by_name);
    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        v->ids[i] = sorted[i].id;
        v->by_id[i] = sorted[i].number;
        if (i > 0 && strcmp(v->ids[i - 1], v->ids[i]) == 0)
            st = cola_fail(err, COLA_INPUT, "%s: sample \"%.100s\" is there twice", path,
                           v->ids[i]);
    }
    free(sorted);
    return st;
}

enum cola_status
cola_verdicts_open(const char *path, struct cola_verdicts **verdicts,
                   struct cola_error *err)
{
    struct cola_verdicts *v = cola_alloc(1, sizeof *v);
    const struct cola_listener listener = {take_header, take_sample, v};
    json_t *header = NULL;
    int whole;
    enum cola_status st = v != NULL ? cola_header_read(path, &header, err) :
                          cola_fail_memory(err);

    if (st == COLA_OK &&
        strcmp(cola_header_text(header, "format", ""), "colaref-enumeration") == 0)
        st = cola_truth_open(path, &v->truth, err);
    else if (st == COLA_OK)
        st = cola_listen(path, &listener, &whole, err);
    json_decref(header);
    if (st == COLA_OK)
        st = sort_ids(v, path, err);
    if (st != COLA_OK) {
        cola_verdicts_close(v);
        return st;
    }
    *verdicts = v;
    return COLA_OK;
}

void
cola_verdicts_close(struct cola_verdicts *v)
{
    if (v == NULL)
        return;
    for (size_t i = 0; i < v->n; i++) {
        struct listed *s = &v->list[i];

        for (size_t k = 0; k < s->set.count; k++)
            free((char *)(uintptr_t)s->kept[k].answer);
        free(s->kept);
        cola_chain_set_free(&s->set);
        free(s->id);
        free(s->prompt);
    }
    free(v->list);
    free(v->ids);
    free(v->by_id);
    json_decref(v->header);
    cola_truth_close(v->truth);
    free(v);
}

const json_t *
cola_verdicts_header(const struct cola_verdicts *v)
{
    return v->truth != NULL ? v->truth->header : v->header;
}

size_t
cola_verdicts_samples(const struct cola_verdicts *v)
{
    return v->truth != NULL ? v->truth->n : v->n;
}

const char *
cola_verdicts_id(const struct cola_verdicts *v, size_t sample)
{
    return v->truth != NULL ? v->truth->samples[sample].id : v->list[sample].id;
}

const char *
cola_verdicts_prompt(const struct cola_verdicts *v, size_t sample)
{
    return v->truth != NULL ? v->truth->samples[sample].prompt : v->list[sample].prompt;
}

size_t
cola_verdicts_find(const struct cola_verdicts *v, const char *id)
{
    size_t lo = 0, hi = cola_verdicts_samples(v);

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = strcmp(id, v->ids[mid]);

        if (c == 0)
            return v->by_id[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return SIZE_MAX;
}

size_t
cola_verdicts_count(const struct cola_verdicts *v, size_t sample)
{
    return v->truth != NULL ? v->truth->chains.set.count : v->list[sample].set.count;
}

void
cola_verdicts_get(const struct cola_verdicts *v, size_t sample, size_t i,
                  struct cola_chain *chain, struct cola_kept *kept)
{
    const struct cola_truth *t = v->truth;
    const struct cola_truth_sample *s;

    if (t == NULL) {
        cola_chain_set_get(&v->list[sample].set, i, chain);
        *kept = v->list[sample].kept[i];
        return;
    }
    s = &t->samples[sample];
    cola_chain_set_get(&t->chains.set, t->chains.order[i], chain);
    kept->mark = s->marks[i] == '1' ? COLA_CORRECT :
                 s->marks[i] == '0' ? COLA_WRONG : COLA_UNDECIDED;
    kept->answer = s->answers[i] != 0 ? t->texts.text[s->answers[i] - 1] : NULL;
    kept->margin = s->margins[i];
}

size_t
cola_verdicts_chain(const struct cola_verdicts *v, size_t sample,
                    const struct cola_chain *chain)
{
    return v->truth != NULL ? cola_truth_number(v->truth, chain) :
           cola_chain_set_find(&v->list[sample].set, chain);
}
