/*
 * dataset.c - questions with known answers, from a file of JSON lines
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/dataset.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/number.h"

static void
item_free(struct cola_item *item)
{
    for (int i = 0; i < item->n_choices; i++)
        free(item->choices[i]);
    for (int i = 0; item->labels != NULL && i < item->n_choices; i++)
        free(item->labels[i]);
    free(item->choices);
    free(item->labels);
    free(item->question);
    free(item->gold);
    free(item->id);
    free(item->group);
    free(item->prompt);
    free(item->answer);
}

void
cola_dataset_close(struct cola_dataset *dataset)
{
    for (size_t i = 0; i < dataset->n; i++)
        item_free(&dataset->items[i]);
    free(dataset->items);
    memset(dataset, 0, sizeof *dataset);
}

/* ---- one line ----------------------------------------------------------------- */

/* Member NAME, a string or an integer, copied; *VALUE stays NULL when absent. */
static enum cola_status
copy_text(const json_t *object, const char *name, const char *place, char **value,
          struct cola_error *err)
{
    const json_t *v = json_object_get(object, name);
    const char *text = NULL;
    char number[24];

    if (json_is_integer(v)) {
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
        text = number;
    } else {
        enum cola_status st = cola_json_get_text(object, name, 1, &text, place, err);

        if (st != COLA_OK || text == NULL)
            return st;
    }
    *value = cola_strdup(text);
    return *value != NULL ? COLA_OK : cola_fail_memory(err);
}

/* "choices": {"text": [...], "label": [...]} and "answerKey". */
static enum cola_status
read_choices(const json_t *object, const char *place, struct cola_item *item,
             struct cola_error *err)
{
    const json_t *choices = json_object_get(object, "choices");
    const json_t *texts = json_object_get(choices, "text");
    const json_t *labels = json_object_get(choices, "label");
    const char *key = NULL;
    size_t n = json_array_size(texts);
    enum cola_status st = cola_json_get_text(object, "answerKey", 1, &key, place, err);

    if (st != COLA_OK || choices == NULL || json_is_null(choices))
        return st;
    if (n < 2 || n > COLA_CHOICES_MAX || json_array_size(labels) != n)
        return cola_fail(err, COLA_INPUT, "%s: \"choices\" needs \"text\" and \"label\", "
                         "arrays of the same 2 to %d strings", place, COLA_CHOICES_MAX);
    item->choices = cola_alloc(n, sizeof *item->choices);
    item->labels = cola_alloc(n, sizeof *item->labels);
    if (item->choices == NULL || item->labels == NULL)
        return cola_fail_memory(err);
    item->n_choices = (int)n;
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(texts, i));
        const char *label = json_string_value(json_array_get(labels, i));

        if (text == NULL || label == NULL || *text == '\0')
            return cola_fail(err, COLA_INPUT, "%s: choice %zu is not a string with a "
                             "label", place, i + 1);
        item->choices[i] = cola_strdup(text);
        item->labels[i] = cola_strdup(label);
        if (item->choices[i] == NULL || item->labels[i] == NULL)
            return cola_fail_memory(err);
        if (key != NULL && strcmp(label, key) == 0)
            item->key = (int)i;
    }
    if (item->key < 0)
        return cola_fail(err, COLA_INPUT, "%s: \"answerKey\" is none of the labels",
                         place);
    return COLA_OK;
}

static enum cola_status
read_item(const json_t *object, const char *place, size_t line, struct cola_item *item,
          struct cola_error *err)
{
    int64_t level = COLA_NO_LEVEL;
    char number[24];
    enum cola_status st;

    *item = (struct cola_item){.level = COLA_NO_LEVEL, .key = -1};
    if (!json_is_object(object))
        return cola_fail(err, COLA_INPUT, "%s: not a JSON object", place);
    st = copy_text(object, "id", place, &item->id, err);
    if (st == COLA_OK && item->id == NULL)
        st = copy_text(object, "unique_id", place, &item->id, err);
    if (st == COLA_OK && item->id == NULL) {
        snprintf(number, sizeof number, "line-%06zu", line);
        item->id = cola_strdup(number);
        st = item->id != NULL ? COLA_OK : cola_fail_memory(err);
    }
    if (st == COLA_OK)
        st = cola_json_get_integer(object, "level", 1, 0, 1000000, &level, place, err);
    if (st == COLA_OK)
        st = copy_text(object, "group", place, &item->group, err);
    if (st == COLA_OK)
        st = copy_text(object, "prompt", place, &item->prompt, err);
    if (st == COLA_OK && item->prompt == NULL)
        st = copy_text(object, "question", place, &item->prompt, err);
    if (st == COLA_OK && item->prompt == NULL)
        st = cola_fail(err, COLA_INPUT, "%s: \"prompt\" is missing", place);
    if (st == COLA_OK)
        st = copy_text(object, "answer", place, &item->answer, err);
    if (st == COLA_OK)
        st = read_choices(object, place, item, err);
    if (st == COLA_OK && *item->id == '\0')
        st = cola_fail(err, COLA_INPUT, "%s: \"id\" is empty", place);
    if (st == COLA_OK && *item->prompt == '\0')
        st = cola_fail(err, COLA_INPUT, "%s: \"prompt\" is empty", place);
    item->level = (int)level;
    if (st == COLA_OK)
        item->question = cola_strdup(item->prompt);
    if (st == COLA_OK && item->answer != NULL)
        item->gold = cola_strdup(item->answer);
    if (st == COLA_OK &&
        (item->question == NULL || (item->answer != NULL && item->gold == NULL)))
        st = cola_fail_memory(err);
    return st;
}

/* ---- the file ------------------------------------------------------------------ */

static int
by_id(const void *a, const void *b)
{
    const struct cola_item *const *x = a, *const *y = b;
    int c = strcmp((*x)->id, (*y)->id);

    return c != 0 ? c : (*x > *y) - (*x < *y);
}

static enum cola_status
refuse_duplicates(const struct cola_dataset *d, const char *path, struct cola_error *err)
{
    const struct cola_item **sorted = cola_alloc(d->n, sizeof *sorted);
    enum cola_status st = COLA_OK;

    if (sorted == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < d->n; i++)
        sorted[i] = &d->items[i];
    qsort(sorted, d->n, sizeof *sorted, by_id);
    for (size_t i = 1; i < d->n && st == COLA_OK; i++)
        if (strcmp(sorted[i - 1]->id, sorted[i]->id) == 0)
            st = cola_fail(err, COLA_INPUT, "%s: questions %zu and %zu have the same "
                           "id \"%s\"", path, (size_t)(sorted[i - 1] - d->items) + 1,
                           (size_t)(sorted[i] - d->items) + 1, sorted[i]->id);
    free(sorted);
    return st;
}

static int
is_blank(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return 0;
    return 1;
}

enum cola_status
cola_dataset_open(const char *path, struct cola_dataset *dataset, struct cola_error *err)
{
    struct cola_dataset d = {.benchmark = "own", .template = "plain", .grade = -1,
                             .max_tokens = 16};
    struct cola_sha256 sha;
    unsigned char digest[32];
    struct cola_line line = {0};
    struct cola_map map;
    size_t room = 0;
    enum cola_status st = cola_map_open(path, &map, err);

    if (st != COLA_OK)
        return st;
    while (st == COLA_OK && cola_line_next(&map, &line)) {
        char place[300];
        json_t *object;

        if (is_blank(line.text, line.len))
            continue;
        snprintf(place, sizeof place, "%.250s: line %zu", path, line.number);
        if (d.n == room) {
            struct cola_item *items;

            room = room * 2 + 64;
            items = cola_realloc(d.items, room, sizeof *items);
            if (items == NULL) {
                st = cola_fail_memory(err);
                break;
            }
            d.items = items;
        }
        st = cola_json_parse(line.text, line.len, place, &object, err);
        if (st != COLA_OK)
            break;
        st = read_item(object, place, line.number, &d.items[d.n++], err);
        json_decref(object);
    }
    if (st == COLA_OK && d.n == 0)
        st = cola_fail(err, COLA_INPUT, "%s: no questions", path);
    if (st == COLA_OK)
        st = refuse_duplicates(&d, path, err);
    cola_sha256_init(&sha);
    cola_sha256_add(&sha, map.data, map.size);
    cola_sha256_end(&sha, digest);
    cola_sha256_hex(digest, d.digest);
    cola_map_close(&map);
    if (st != COLA_OK) {
        cola_dataset_close(&d);
        return st;
    }
    *dataset = d;
    return COLA_OK;
}

/* ---- selection ------------------------------------------------------------------ */

/* Is LEVEL in the list "1,3-5"?  -1 when the list is malformed. */
static int
level_listed(const char *levels, int level)
{
    int found = 0;

    for (const char *at = levels;;) {
        char *stop;
        long lo = strtol(at, &stop, 10), hi = lo;

        if (stop == at || lo < 0)
            return -1;
        if (*stop == '-') {
            at = stop + 1;
            hi = strtol(at, &stop, 10);
            if (stop == at || hi < lo)
                return -1;
        }
        found |= level >= lo && level <= hi;
        if (*stop == '\0')
            return found;
        if (*stop != ',')
            return -1;
        at = stop + 1;
    }
}

/* Is ID one of the LEN-free list "a,b"? */
static int
id_listed(const char *ids, const char *id)
{
    size_t len = strlen(id);

    for (const char *at = ids; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, id, len) == 0 && (at[len] == ',' || at[len] == '\0'))
            return 1;
    }
    return 0;
}

static enum cola_status
refuse_unknown_ids(const struct cola_dataset *d, const char *ids, struct cola_error *err)
{
    for (const char *at = ids; *at != '\0';) {
        size_t len = strcspn(at, ",");
        int known = 0;

        for (size_t i = 0; i < d->n && !known; i++)
            known = strncmp(d->items[i].id, at, len) == 0 &&
                    d->items[i].id[len] == '\0';
        if (!known)
            return cola_fail(err, COLA_INPUT, "no question has the id \"%.*s\"",
                             (int)(len < 100 ? len : 100), at);
        at += len + (at[len] == ',');
    }
    return COLA_OK;
}

enum cola_status
cola_dataset_select(struct cola_dataset *d, const char *levels, const char *ids,
                    size_t limit, struct cola_error *err)
{
    size_t kept = 0;
    enum cola_status st = COLA_OK;

    if (levels != NULL && level_listed(levels, 0) < 0)
        return cola_fail(err, COLA_INPUT, "levels \"%s\": numbers and rising ranges "
                         "joined by commas are expected", levels);
    if (ids != NULL)
        st = refuse_unknown_ids(d, ids, err);
    if (st != COLA_OK)
        return st;
    for (size_t i = 0; i < d->n; i++) {
        struct cola_item *item = &d->items[i];
        int keep = (levels == NULL || level_listed(levels, item->level)) &&
                   (ids == NULL || id_listed(ids, item->id)) &&
                   (limit == 0 || kept < limit);

        if (keep)
            d->items[kept++] = *item;
        else
            item_free(item);
    }
    d->n = kept;
    if (kept == 0)
        return cola_fail(err, COLA_INPUT, "no question is left by the selection");
    return COLA_OK;
}
