/*
 * publication.c - chains that somebody published, read back
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "exchange/publication.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

static const char *const names[] = {"polar", "re-polar", "drllm"};

const char *
cola_published_name(enum cola_published_format format)
{
    return names[format];
}

int
cola_published_find(const char *name, enum cola_published_format *format)
{
    for (int i = 0; i < 3; i++)
        if (strcmp(name, names[i]) == 0) {
            *format = (enum cola_published_format)i;
            return 1;
        }
    return 0;
}

void
cola_publication_close(struct cola_publication *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; p->samples != NULL && i < p->dataset.n; i++) {
        free(p->samples[i].prompt_sha256);
        free(p->samples[i].primed);
        free(p->samples[i].stop);
    }
    free(p->samples);
    cola_dataset_close(&p->dataset);
    free(p->paths);
    free(p->layers);
    json_decref(p->journal);
    json_decref(p->name);
    json_decref(p->root);
    free(p);
}

void
cola_publication_chain(const struct cola_publication *p, size_t path,
                       struct cola_chain *chain)
{
    chain->len = p->paths[path].len;
    memcpy(chain->at, p->layers + p->paths[path].begin,
           (size_t)chain->len * sizeof *chain->at);
}

/* ---- paths ------------------------------------------------------------------------ */

/* A layer as their readers take it: what int() makes an integer of, except that
 * nothing is cut off. */
static int
read_layer(const json_t *value, int layers, int *layer)
{
    double x = -1;

    if (json_is_number(value)) {
        x = json_number_value(value);
    } else if (json_is_string(value)) {
        const char *text = json_string_value(value);

        if (text[strspn(text, "0123456789")] == '\0' && *text != '\0' && strlen(text) < 6)
            x = atoi(text);
    }
    if (!(x >= 0 && x < layers))
        return 0;
    *layer = (int)x;
    return !((double)*layer < x);
}

static enum cola_status
reserve(struct cola_publication *p, size_t layers, struct cola_error *err)
{
    if (p->n_paths == p->paths_room) {
        size_t room = p->paths_room * 2 + 256;
        struct cola_published_path *paths = cola_realloc(p->paths, room, sizeof *paths);

        if (paths == NULL)
            return cola_fail_memory(err);
        p->paths = paths;
        p->paths_room = room;
    }
    if (layers > p->layers_room - p->n_layers) {
        size_t room = p->layers_room * 2 + layers + 4096;
        uint16_t *pool = cola_realloc(p->layers, room, sizeof *pool);

        if (pool == NULL)
            return cola_fail_memory(err);
        p->layers = pool;
        p->layers_room = room;
    }
    return COLA_OK;
}

enum cola_status
cola_publication_add(struct cola_publication *p, size_t i, const json_t *path, int listed,
                     int layers, const char *place, struct cola_error *err)
{
    const char *id = p->samples[i].id;
    const json_t *list = json_is_object(path) ? json_object_get(path, "path") : path;
    size_t n = json_array_size(list);
    enum cola_status st;

    if (!json_is_array(list))
        return cola_fail(err, COLA_INPUT, "sample \"%.100s\", %s: not an array of layers",
                         id, place);
    if (n > COLA_CHAIN_MAX)
        return cola_fail(err, COLA_INPUT, "sample \"%.100s\", %s: %zu positions, a chain "
                         "has at most %d", id, place, n, COLA_CHAIN_MAX);
    st = reserve(p, n, err);
    if (st != COLA_OK)
        return st;
    for (size_t k = 0; k < n; k++) {
        int layer;

        if (!read_layer(json_array_get(list, k), layers, &layer)) {
            char *text = json_dumps(json_array_get(list, k), JSON_ENCODE_ANY);

            st = cola_fail(err, COLA_INPUT, "sample \"%.100s\", %s: position %zu is "
                           "%.40s, no layer of the model, which has 0-%d", id, place, k,
                           text != NULL ? text : "?", layers - 1);
            free(text);
            return st;
        }
        p->layers[p->n_layers + k] = (uint16_t)layer;
    }
    p->paths[p->n_paths++] = (struct cola_published_path){
        p->n_layers, (uint16_t)n, (unsigned char)listed};
    p->n_layers += n;
    p->samples[i].n++;
    return COLA_OK;
}

/* ---- what an export wrote down --------------------------------------------------- */

static enum cola_status
copy(const json_t *object, const char *name, const char *place, char **to,
     struct cola_error *err)
{
    const char *text = NULL;
    enum cola_status st = cola_json_get_text(object, name, 1, &text, place, err);

    if (st != COLA_OK || text == NULL)
        return st;
    free(*to);
    *to = cola_strdup(text);
    return *to != NULL ? COLA_OK : cola_fail_memory(err);
}

/* N strings of ARRAY in fresh memory. */
static enum cola_status
copy_list(const json_t *array, size_t n, const char *place, char ***to,
          struct cola_error *err)
{
    if (json_array_size(array) != n)
        return cola_fail(err, COLA_INPUT, "%s: options without text or label", place);
    *to = cola_alloc(n, sizeof **to);
    if (*to == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(array, i));

        if (text == NULL)
            return cola_fail(err, COLA_INPUT, "%s: option %zu is not a string", place, i);
        (*to)[i] = cola_strdup(text);
        if ((*to)[i] == NULL)
            return cola_fail_memory(err);
    }
    return COLA_OK;
}

static enum cola_status
copy_choices(const json_t *ours, const char *place, struct cola_item *item,
             struct cola_error *err)
{
    const json_t *choices = json_object_get(ours, "choices");
    const json_t *options = json_object_get(ours, "options");
    size_t n = json_array_size(json_object_get(choices, "text"));
    int64_t key = -1;
    enum cola_status st;

    if (choices == NULL || json_is_null(choices))
        return COLA_OK;
    if (n < 2 || n > COLA_CHOICES_MAX)
        return cola_fail(err, COLA_INPUT, "%s: not 2 to %d options", place,
                         COLA_CHOICES_MAX);
    st = copy_list(json_object_get(choices, "text"), n, place, &item->choices, err);
    if (item->choices != NULL)
        item->n_choices = (int)n;
    if (st == COLA_OK)
        st = copy_list(json_object_get(choices, "label"), n, place, &item->labels, err);
    if (st == COLA_OK && options != NULL)
        st = copy_list(options, n, place, &item->options, err);
    if (st == COLA_OK)
        st = cola_json_get_integer(ours, "key", 1, -1, (int64_t)n - 1, &key, place, err);
    item->key = (int)key;
    return st;
}

enum cola_status
cola_publication_ours(struct cola_publication *p, const json_t *ours, size_t i,
                      struct cola_error *err)
{
    struct cola_published_sample *s = &p->samples[i];
    struct cola_item *item = &p->dataset.items[i];
    int64_t level = -1;
    char place[160];
    enum cola_status st;

    snprintf(place, sizeof place, "sample \"%.100s\": COLAREF", s->id);
    st = cola_json_get_integer(ours, "level", 1, 0, INT32_MAX, &level, place, err);
    s->level = (int)level;
    if (st == COLA_OK)
        st = copy(ours, "group", place, &item->group, err);
    if (st == COLA_OK)
        st = copy(ours, "prompt", place, &item->prompt, err);
    if (st == COLA_OK)
        st = copy(ours, "answer", place, &item->answer, err);
    if (st == COLA_OK)
        st = copy(ours, "gold", place, &item->gold, err);
    if (st == COLA_OK)
        st = copy(ours, "primed", place, &s->primed, err);
    if (st == COLA_OK)
        st = copy(ours, "stop", place, &s->stop, err);
    if (st == COLA_OK)
        st = copy(ours, "prompt_sha256", place, &s->prompt_sha256, err);
    if (st == COLA_OK)
        st = copy_choices(ours, place, item, err);
    item->primed = s->primed;
    item->stop = s->stop;
    return st;
}

/* ---- the file -------------------------------------------------------------------- */

/* The samples in their three dresses: a member, a list, a dictionary. */
static enum cola_status
find_samples(const json_t *root, const json_t **samples, struct cola_error *err)
{
    *samples = root;
    if (json_is_object(root) && json_object_get(root, "samples") != NULL)
        *samples = json_object_get(root, "samples");
    if (!json_is_array(*samples) && (!json_is_object(*samples) || *samples != root))
        return cola_fail(err, COLA_INPUT, "neither a list of samples nor an object with "
                         "\"samples\"");
    return COLA_OK;
}

/* Which format is it, if nobody says? */
static enum cola_published_format
recognise(const json_t *root)
{
    const json_t *samples, *first;

    if (json_is_array(json_object_get(root, "questions")) &&
        json_is_array(json_object_get(root, "best_path")))
        return COLA_DRLLM;
    if (find_samples(root, &samples, NULL) != COLA_OK)
        return COLA_POLAR;
    first = json_array_get(samples, 0);
    return json_object_get(first, "search_trajectory") != NULL ||
           json_object_get(first, "initial_transition_metric") != NULL ? COLA_RE_POLAR :
           COLA_POLAR;
}

static enum cola_status
make_room(struct cola_publication *p, size_t n, struct cola_error *err)
{
    if (n == 0)
        return cola_fail(err, COLA_INPUT, "no samples");
    p->dataset.items = cola_alloc(n, sizeof *p->dataset.items);
    p->samples = cola_alloc(n, sizeof *p->samples);
    if (p->dataset.items == NULL || p->samples == NULL)
        return cola_fail_memory(err);
    p->dataset.n = n;
    for (size_t i = 0; i < n; i++) {
        p->dataset.items[i].key = -1;
        p->dataset.items[i].level = COLA_NO_LEVEL;
        p->samples[i].level = p->samples[i].base = -1;
    }
    return COLA_OK;
}

/* The prompt of item I, where its question is known and its prompt is not. */
static enum cola_status
fill(struct cola_publication *p, size_t i, const struct cola_template *given,
     struct cola_error *err)
{
    struct cola_item *item = &p->dataset.items[i];
    const struct cola_template *t = given != NULL ? given :
        cola_template_find(p->format == COLA_RE_POLAR ? "re-polar" :
                           p->format == COLA_DRLLM ? "plain" : "polar-dart");

    if (item->question == NULL || (item->prompt != NULL && given == NULL))
        return COLA_OK;
    free(item->prompt);
    free(item->gold);
    for (int k = 0; item->options != NULL && k < item->n_choices; k++)
        free(item->options[k]);
    free(item->options);
    item->prompt = item->gold = NULL;
    item->options = NULL;
    return cola_template_fill(t, item, err);
}

static enum cola_status
read_all(struct cola_publication *p, const struct cola_template *template, int layers,
         struct cola_error *err)
{
    const json_t *samples = NULL, *value;
    size_t n, i = 0;
    const char *key;
    enum cola_status st = COLA_OK;

    p->journal = json_incref(json_object_get(json_object_get(p->root, "COLAREF"),
                                             "journal"));
    p->name = json_incref(json_object_get(p->root, "dataset"));
    if (p->journal != NULL && !json_is_object(p->journal))
        return cola_fail(err, COLA_INPUT, "\"COLAREF\": the journal's header is no "
                         "object");
    if (p->format != COLA_DRLLM)
        st = find_samples(p->root, &samples, err);
    if (st != COLA_OK)
        return st;
    n = p->format == COLA_DRLLM ?
        json_array_size(json_object_get(p->root, "questions")) :
        json_is_array(samples) ? json_array_size(samples) : json_object_size(samples);
    st = make_room(p, n, err);
    if (p->format == COLA_DRLLM)
        for (; i < n && st == COLA_OK; i++)
            st = cola_publication_drllm(p, p->root, i, layers, err);
    else if (json_is_array(samples))
        for (; i < n && st == COLA_OK; i++)
            st = cola_publication_polar(p, json_array_get(samples, i), i, layers, err);
    else
        json_object_foreach((json_t *)(uintptr_t)samples, key, value) {
            if (st == COLA_OK)
                st = cola_publication_polar(p, value, i, layers, err);
            i++;
        }
    for (i = 0; i < n && st == COLA_OK; i++)
        st = fill(p, i, template, err);
    return st;
}

/* Is PATH compressed, as RE-PoLar publishes its files? */
static enum cola_status
check_plain(const char *path, struct cola_error *err)
{
    struct cola_map map;
    enum cola_status st = cola_map_open(path, &map, err);

    if (st != COLA_OK)
        return st;
    if (map.size > 1 && map.data[0] == 0x1f && map.data[1] == 0x8b)
        st = cola_fail(err, COLA_INPUT, "%s: compressed; gunzip it first", path);
    cola_map_close(&map);
    return st;
}

enum cola_status
cola_publication_open(const char *path, const char *format,
                      const struct cola_template *template, int layers,
                      struct cola_publication **publication, struct cola_error *err)
{
    struct cola_publication *p = cola_alloc(1, sizeof *p);
    struct cola_error own;
    enum cola_status st = p != NULL ? check_plain(path, err) : cola_fail_memory(err);

    if (st == COLA_OK)
        st = cola_json_load(path, &p->root, err);
    if (st != COLA_OK) {
        cola_publication_close(p);
        return st;
    }
    if (format == NULL)
        p->format = recognise(p->root);
    else if (!cola_published_find(format, &p->format))
        st = cola_fail(&own, COLA_INPUT, "format \"%.40s\" is none of polar, re-polar, "
                       "drllm", format);
    if (st == COLA_OK)
        st = read_all(p, template, layers, &own);
    if (st != COLA_OK) {
        cola_fail(err, st, "%.200s: %.270s", path, own.text);
        cola_publication_close(p);
        return st;
    }
    json_decref(p->root);               /* may be most of the memory */
    p->root = NULL;
    *publication = p;
    return COLA_OK;
}
