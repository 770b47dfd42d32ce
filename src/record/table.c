/*
 * table.c - the judge that only remembers
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "record/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

struct remembered {             /* of one sample */
    struct cola_chain_set chains;
    unsigned char *marks;       /* [room] enum cola_mark */
    size_t room;
};

struct cola_table {
    char *path;
    char **ids;                 /* [n] */
    struct remembered *samples; /* [n] */
    size_t n, room;
};

void
cola_table_close(struct cola_table *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->n; i++) {
        free(t->ids[i]);
        free(t->samples[i].marks);
        cola_chain_set_free(&t->samples[i].chains);
    }
    free(t->ids);
    free(t->samples);
    free(t->path);
    free(t);
}

/* The sample called ID, made when it is new. */
static enum cola_status
sample(struct cola_table *t, const char *id, struct remembered **found,
       struct cola_error *err)
{
    /* lines of a sample usually follow one another: look from the end */
    for (size_t i = t->n; i-- > 0;)
        if (strcmp(t->ids[i], id) == 0) {
            *found = &t->samples[i];
            return COLA_OK;
        }
    if (t->n == t->room) {
        size_t room = t->room * 2 + 16;
        char **ids = cola_realloc(t->ids, room, sizeof *ids);
        struct remembered *samples;

        if (ids == NULL)
            return cola_fail_memory(err);
        t->ids = ids;
        samples = cola_realloc(t->samples, room, sizeof *samples);
        if (samples == NULL)
            return cola_fail_memory(err);
        t->samples = samples;
        t->room = room;
    }
    t->ids[t->n] = cola_strdup(id);
    if (t->ids[t->n] == NULL)
        return cola_fail_memory(err);
    memset(&t->samples[t->n], 0, sizeof t->samples[t->n]);
    *found = &t->samples[t->n++];
    return COLA_OK;
}

static enum cola_status
read_chain(const json_t *value, const char *place, int layers, struct cola_chain *chain,
           struct cola_error *err)
{
    size_t len = json_array_size(value);

    if (!json_is_array(value) || len > COLA_CHAIN_MAX)
        return cola_fail(err, COLA_INPUT, "%s: \"chain\" is not an array of at most %d "
                         "layers", place, COLA_CHAIN_MAX);
    chain->len = (int)len;
    for (size_t i = 0; i < len; i++) {
        const json_t *v = json_array_get(value, i);
        json_int_t layer = json_integer_value(v);

        if (!json_is_integer(v) || layer < 0 || layer >= layers)
            return cola_fail(err, COLA_INPUT, "%s: \"chain\" position %zu is no layer of "
                             "0-%d", place, i, layers - 1);
        chain->at[i] = (uint16_t)layer;
    }
    return COLA_OK;
}

static enum cola_status
read_line(struct cola_table *t, const json_t *object, const char *place, int layers,
          struct cola_error *err)
{
    const char *id = NULL;
    const json_t *correct = json_object_get(object, "correct");
    struct cola_chain chain;
    struct remembered *s = NULL;
    size_t index;
    int added;
    enum cola_status st;

    if (!json_is_object(object))
        return cola_fail(err, COLA_INPUT, "%s: not a JSON object", place);
    st = cola_json_get_text(object, "id", 0, &id, place, err);
    if (st == COLA_OK)
        st = read_chain(json_object_get(object, "chain"), place, layers, &chain, err);
    if (st == COLA_OK && !json_is_boolean(correct) && !json_is_null(correct))
        st = cola_fail(err, COLA_INPUT, "%s: \"correct\" is not true, false or null",
                       place);
    if (st == COLA_OK)
        st = sample(t, id, &s, err);
    if (st == COLA_OK)
        st = cola_chain_set_add(&s->chains, &chain, &index, &added, err);
    if (st != COLA_OK)
        return st;
    if (!added)
        return cola_fail(err, COLA_INPUT, "%s: this chain was given for \"%s\" before",
                         place, id);
    if (index >= s->room) {
        size_t room = s->room * 2 + 64;
        unsigned char *marks = cola_realloc(s->marks, room, 1);

        if (marks == NULL)
            return cola_fail_memory(err);
        s->marks = marks;
        s->room = room;
    }
    s->marks[index] = json_is_true(correct) ? COLA_CORRECT :
                      json_is_false(correct) ? COLA_WRONG : COLA_UNDECIDED;
    return COLA_OK;
}

enum cola_status
cola_table_open(const char *path, int layers, struct cola_table **table,
                struct cola_error *err)
{
    struct cola_table *t;
    struct cola_line line = {0};
    struct cola_map map;
    enum cola_status st = cola_map_open(path, &map, err);

    if (st != COLA_OK)
        return st;
    t = cola_alloc(1, sizeof *t);
    if (t != NULL)
        t->path = cola_strdup(path);
    if (t == NULL || t->path == NULL)
        st = cola_fail_memory(err);
    while (st == COLA_OK && cola_line_next(&map, &line)) {
        char place[300];
        json_t *object;

        snprintf(place, sizeof place, "%.250s: line %zu", path, line.number);
        st = cola_json_parse(line.text, line.len, place, &object, err);
        if (st == COLA_OK) {
            st = read_line(t, object, place, layers, err);
            json_decref(object);
        }
    }
    cola_map_close(&map);
    if (st == COLA_OK && t->n == 0)
        st = cola_fail(err, COLA_INPUT, "%s: no verdicts", path);
    if (st != COLA_OK) {
        cola_table_close(t);
        return st;
    }
    *table = t;
    return COLA_OK;
}

size_t
cola_table_samples(const struct cola_table *t, const char *const **ids)
{
    *ids = (const char *const *)t->ids;
    return t->n;
}

static enum cola_status
table_answer(void *ctx, const struct cola_question *questions,
             struct cola_verdict *verdicts, size_t n, struct cola_error *err)
{
    const struct cola_table *t = ctx;

    for (size_t i = 0; i < n; i++) {
        const struct remembered *s = &t->samples[questions[i].sample];
        size_t index = cola_chain_set_find(&s->chains, &questions[i].chain);
        char text[120];

        if (index == SIZE_MAX) {
            cola_chain_print(&questions[i].chain, text, sizeof text);
            return cola_fail(err, COLA_INPUT, "%s: no verdict for \"%.100s\" and the "
                             "chain %s", t->path, t->ids[questions[i].sample], text);
        }
        cola_verdict_plain(&verdicts[i], (enum cola_mark)s->marks[index], "table");
    }
    return COLA_OK;
}

struct cola_judge
cola_table_judge(struct cola_table *table)
{
    return (struct cola_judge){table_answer, table};
}
