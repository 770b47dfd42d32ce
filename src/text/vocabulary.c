/*
 * vocabulary.c - a model's tokens: spelling to id, id to spelling
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "text/vocabulary.h"

#include "base/digest.h"

#include <stdlib.h>
#include <string.h>

void
cola_vocabulary_free(struct cola_vocabulary *v)
{
    free(v->text);
    free(v->entry);
    free(v->slot);
    *v = (struct cola_vocabulary){0};
}

/* The slot where LEN bytes of TEXT are, or where they would go. */
static size_t
probe(const struct cola_vocabulary *v, const char *text, size_t len)
{
    size_t i = (size_t)cola_fnv1a(COLA_FNV_START, text, len) & v->mask;

    while (v->slot[i] != 0) {
        const struct cola_entry *e = &v->entry[v->slot[i] - 1];

        if (e->len == len && memcmp(v->text + e->at, text, len) == 0)
            break;
        i = (i + 1) & v->mask;
    }
    return i;
}

static int
by_id(const void *a, const void *b)
{
    const struct cola_entry *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

/* Copy every member of OBJECT into text and entries. */
static enum cola_status
copy_members(struct cola_vocabulary *v, json_t *object, const char *place,
             struct cola_error *err)
{
    size_t at = 0;
    const char *spelling;
    json_t *value;

    json_object_foreach(object, spelling, value) {
        size_t len = strlen(spelling);
        json_int_t id = json_integer_value(value);

        if (!json_is_integer(value) || id < 0 || id >= COLA_TOKEN_LIMIT)
            return cola_fail(err, COLA_INPUT, "%s: the id is not an integer from 0 to "
                             "%d: token \"%s\"", place, COLA_TOKEN_LIMIT - 1, spelling);
        v->entry[v->n++] = (struct cola_entry){(int)id, at, len};
        memcpy(v->text + at, spelling, len + 1);
        at += len + 1;
    }
    return COLA_OK;
}

/* Sort the entries by id, refuse ids that occur twice, fill the slots. */
static enum cola_status
arrange(struct cola_vocabulary *v, const char *place, struct cola_error *err)
{
    qsort(v->entry, v->n, sizeof *v->entry, by_id);
    for (size_t i = 0; i < v->n; i++) {
        const struct cola_entry *e = &v->entry[i];

        if (i > 0 && e[-1].id == e->id)
            return cola_fail(err, COLA_INPUT, "%s: two tokens have the id %d", place,
                             e->id);
        v->slot[probe(v, v->text + e->at, e->len)] = (uint32_t)(i + 1);
    }
    return COLA_OK;
}

enum cola_status
cola_vocabulary_read(struct cola_vocabulary *v, json_t *object, const char *place,
                     struct cola_error *err)
{
    enum cola_status status;
    size_t bytes = 0, slots = 16;
    const char *spelling;
    json_t *value;

    *v = (struct cola_vocabulary){0};
    /* Without this an id would occur twice all the same, after the tables
     * had been made. */
    if (json_object_size(object) > COLA_TOKEN_LIMIT)
        return cola_fail(err, COLA_INPUT, "%s: more than %d tokens", place,
                         COLA_TOKEN_LIMIT);
    json_object_foreach(object, spelling, value)
        bytes += strlen(spelling) + 1;
    while (slots < 2 * json_object_size(object))
        slots *= 2;
    v->text = cola_alloc(bytes, 1);
    v->entry = cola_alloc(json_object_size(object), sizeof *v->entry);
    v->slot = cola_alloc(slots, sizeof *v->slot);
    v->mask = slots - 1;
    if (v->text == NULL || v->entry == NULL || v->slot == NULL)
        status = cola_fail_memory(err);
    else if ((status = copy_members(v, object, place, err)) == COLA_OK)
        status = arrange(v, place, err);
    if (status != COLA_OK)
        cola_vocabulary_free(v);
    return status;
}

int
cola_vocabulary_find(const struct cola_vocabulary *v, const char *text, size_t len)
{
    uint32_t found = v->slot[probe(v, text, len)];

    return found != 0 ? v->entry[found - 1].id : -1;
}

const char *
cola_vocabulary_spelling(const struct cola_vocabulary *v, int id)
{
    struct cola_entry key = {id, 0, 0};
    const struct cola_entry *e = bsearch(&key, v->entry, v->n, sizeof *e, by_id);

    return e != NULL ? v->text + e->at : NULL;
}
