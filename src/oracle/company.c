/*
 * company.c - the cases that ask for logits, asked again in company
 *
 * Who batches may let one prompt leak into another, count padding as tokens or
 * give answers in the order of their lengths; who prefills in portions may lose
 * a key.  None of this shows in one prompt by itself.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/cases.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"

static const struct {
    const char *suffix, *flag, *pad;
} companies[] = {
    {"@batch", "company", NULL},
    {"@left", "padding-left", "left"},
    {"@right", "padding-right", "right"},
    {"@shuffled", "order", NULL},
};

/* A case like case OF, which asks for another part of another answer. */
static enum cola_status
add_derived(struct cola_cases *c, size_t of, const char *suffix, const char *flag,
            size_t first, struct cola_error *err)
{
    struct cola_case one = c->cases[of];
    json_t *id = json_pack("s+", one.id, suffix);

    if (id == NULL || json_array_append_new(c->texts, id) != 0)
        return cola_fail_memory(err);
    one.id = json_string_value(id);
    one.flag = flag;
    one.of = of;
    one.first = first;
    one.items = json_array_size(json_object_get(one.request, "items"));
    return cola_cases_add(c, &one, err);
}

/* The N cases at LIST in one request. */
static enum cola_status
add_company(struct cola_cases *c, size_t kind, const size_t *list, size_t n,
            struct cola_error *err)
{
    json_t *items = json_array();
    json_t *request = json_pack("{s:s, s:s, s:o}", "op", "logits", "model",
                                c->cases[list[0]].file->model, "items", items);
    enum cola_status st = request != NULL ? COLA_OK : cola_fail_memory(err);

    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        const json_t *own = json_object_get(c->cases[list[i]].request, "items"), *item;
        size_t first = json_array_size(items), j;

        json_array_foreach(own, j, item) {
            json_t *copy = json_deep_copy(item);

            json_object_del(copy, "chunks");
            if (json_array_append_new(items, copy) != 0)
                st = cola_fail_memory(err);
        }
        if (st == COLA_OK)
            st = add_derived(c, list[i], companies[kind].suffix, companies[kind].flag,
                             first, err);
    }
    if (st != COLA_OK) {
        json_decref(request);
        return st;
    }
    if (companies[kind].pad != NULL)
        json_object_set_new(request, "pad", json_string(companies[kind].pad));
    return cola_cases_ask(c, request, n, err);
}

static void
shuffle(size_t *list, size_t n)
{
    struct cola_splitmix r;

    cola_splitmix_seed(&r, 1, "vectors");
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)cola_splitmix_below(&r, i), kept = list[j];

        list[j] = list[i - 1];
        list[i - 1] = kept;
    }
}

/* Case OF with its tokens in portions: FIRST of them, then one by one (FIRST 1)
 * or the rest.  Not where a prompt is too short for that. */
static enum cola_status
add_chunks(struct cola_cases *c, size_t of, size_t first, const char *suffix,
           struct cola_error *err)
{
    json_t *request = cola_case_request(&c->cases[of]), *item;
    size_t i, n;
    enum cola_status st;

    json_array_foreach(json_object_get(request, "items"), i, item) {
        json_t *chunks = json_array();

        n = json_array_size(json_object_get(item, "tokens"));
        json_object_set_new(item, "chunks", chunks);
        if (n <= first) {
            json_decref(request);
            return COLA_OK;
        }
        json_array_append_new(chunks, json_integer((json_int_t)first));
        if (first > 1)
            json_array_append_new(chunks, json_integer((json_int_t)(n - first)));
        for (size_t t = first; first == 1 && t < n; t++)
            json_array_append_new(chunks, json_integer(1));
    }
    st = add_derived(c, of, suffix, "chunks", 0, err);
    if (st != COLA_OK) {
        json_decref(request);
        return st;
    }
    return cola_cases_ask(c, request, 1, err);
}

enum cola_status
cola_cases_derive(struct cola_cases *c, size_t from, struct cola_error *err)
{
    size_t to = c->n, *list = cola_alloc(to - from, sizeof *list), n = 0, items = 0;
    enum cola_status st = COLA_OK;

    if (list == NULL)
        return cola_fail_memory(err);
    for (size_t i = from; i < to; i++) {
        size_t own = json_array_size(json_object_get(c->cases[i].request, "items"));

        if (strcmp(c->cases[i].expected.op, "logits") == 0 && own > 0 &&
            c->cases[i].file->model != NULL) {
            list[n++] = i;
            items += own;
        }
    }
    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        st = add_chunks(c, list[i], 1, "@chunks", err);
        if (st == COLA_OK)
            st = add_chunks(c, list[i], 2, "@chunks-2", err);
    }
    for (size_t kind = 0; kind < sizeof companies / sizeof companies[0] && items > 1 &&
         st == COLA_OK; kind++) {
        if (strcmp(companies[kind].flag, "order") == 0)
            shuffle(list, n);
        st = add_company(c, kind, list, n, err);
    }
    free(list);
    return st;
}
