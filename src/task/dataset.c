/*
 * dataset.c - questions with known answers, from a file of JSON lines
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/dataset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/random.h"
#include "task/benchmark.h"

static void
item_free(struct cola_item *item)
{
    for (int i = 0; i < item->n_choices; i++)
        free(item->choices[i]);
    for (int i = 0; item->labels != NULL && i < item->n_choices; i++)
        free(item->labels[i]);
    for (int i = 0; item->options != NULL && i < item->n_choices; i++)
        free(item->options[i]);
    free(item->options);
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
    cola_template_free(dataset->loaded);
    memset(dataset, 0, sizeof *dataset);
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

/* The ids seen so far, for a file whose rows repeat questions: a hash table of
 * places in the dataset, counted from 1. */
struct seen {
    size_t *slots;              /* [room], a power of two; 0: empty */
    size_t room;
};

static size_t
find_slot(const struct seen *s, const struct cola_dataset *d, const char *id)
{
    size_t at = (size_t)cola_fnv1a(COLA_FNV_START, id, strlen(id)) & (s->room - 1);

    while (s->slots[at] != 0 && strcmp(d->items[s->slots[at] - 1].id, id) != 0)
        at = (at + 1) & (s->room - 1);
    return at;
}

static enum cola_status
grow_seen(struct seen *s, const struct cola_dataset *d, struct cola_error *err)
{
    struct seen larger = {NULL, s->room > 0 ? 2 * s->room : 1024};

    larger.slots = cola_alloc(larger.room, sizeof *larger.slots);
    if (larger.slots == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < s->room; i++)
        if (s->slots[i] != 0)
            larger.slots[find_slot(&larger, d, d->items[s->slots[i] - 1].id)] =
                s->slots[i];
    free(s->slots);
    *s = larger;
    return COLA_OK;
}

/* Give the last item up when it repeats an earlier one. */
static enum cola_status
drop_repeated(struct cola_dataset *d, struct seen *s, struct cola_error *err)
{
    size_t slot;

    if (2 * d->n >= s->room && grow_seen(s, d, err) != COLA_OK)
        return err->status;
    slot = find_slot(s, d, d->items[d->n - 1].id);
    if (s->slots[slot] == 0) {
        s->slots[slot] = d->n;
        return COLA_OK;
    }
    item_free(&d->items[--d->n]);
    d->dropped++;
    return COLA_OK;
}

static int
is_blank(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return 0;
    return 1;
}

/* Which template, once the benchmark B is known. */
static enum cola_status
choose_template(struct cola_dataset *d, const struct cola_benchmark *b, const char *name,
                struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    if (name != NULL && *name == '@') {
        st = cola_template_load(name + 1, &d->loaded, err);
        d->form = d->loaded;
    } else {
        d->form = cola_template_find(name != NULL ? name : b->template);
        if (d->form == NULL)
            st = cola_fail(err, COLA_INPUT, "no template is called \"%.80s\"; \"colaref "
                           "prompts\" lists them", name);
    }
    if (st != COLA_OK)
        return st;
    d->benchmark = b->name;
    d->template = d->form->name;
    d->grade = d->form->grader >= 0 ? d->form->grader : b->grader;
    d->max_tokens = d->form->max_tokens;
    return COLA_OK;
}

/* One line: the first decides what it is when *B is not known. */
static enum cola_status
read_line(const json_t *object, const char *place, size_t line,
          const struct cola_reading *reading, const struct cola_benchmark **b,
          struct cola_dataset *d, struct cola_error *err)
{
    struct cola_item *item = &d->items[d->n];
    struct cola_error own;
    enum cola_status st = COLA_OK;

    if (!json_is_object(object))
        return cola_fail(err, COLA_INPUT, "%s: not a JSON object", place);
    if (*b == NULL)
        *b = cola_benchmark_recognise(object);
    if (d->form == NULL)
        st = choose_template(d, *b, reading->template, err);
    if (st != COLA_OK)
        return st;
    *item = (struct cola_item){.level = COLA_NO_LEVEL, .key = -1};
    d->n++;
    st = (*b)->read(object, place, line, item, &own);
    if (st == COLA_OK) {
        st = cola_template_fill(d->form, item, &own);
        if (st != COLA_OK)
            return cola_fail(err, st, "%s: %.300s", place, own.text);
        return COLA_OK;
    }
    return strcmp((*b)->name, "own") == 0 ? cola_fail(err, st, "%s", own.text) :
           cola_fail(err, st, "%.450s (read as %s)", own.text, (*b)->name);
}

static enum cola_status
read_lines(const struct cola_map *map, const char *path,
           const struct cola_reading *reading, const struct cola_benchmark *b,
           struct cola_dataset *d, struct cola_error *err)
{
    struct seen seen = {NULL, 0};
    struct cola_line line = {0};
    size_t room = 0;
    enum cola_status st = COLA_OK;

    while (st == COLA_OK && cola_line_next(map, &line)) {
        char place[300];
        json_t *object;

        if (is_blank(line.text, line.len))
            continue;
        snprintf(place, sizeof place, "%.250s: line %zu", path, line.number);
        if (d->n == room) {
            struct cola_item *items;

            room = room * 2 + 64;
            items = cola_realloc(d->items, room, sizeof *items);
            if (items == NULL) {
                st = cola_fail_memory(err);
                break;
            }
            d->items = items;
        }
        st = cola_json_parse(line.text, line.len, place, &object, err);
        if (st != COLA_OK)
            break;
        st = read_line(object, place, line.number, reading, &b, d, err);
        json_decref(object);
        if (st == COLA_OK && b->repeats)
            st = drop_repeated(d, &seen, err);
    }
    free(seen.slots);
    return st;
}

enum cola_status
cola_dataset_open_as(const char *path, const struct cola_reading *reading,
                     struct cola_dataset *dataset, struct cola_error *err)
{
    const struct cola_benchmark *b = NULL;
    struct cola_dataset d = {.grade = -1};
    struct cola_sha256 sha;
    unsigned char digest[32];
    struct cola_map map;
    enum cola_status st;

    if (reading->format != NULL) {
        b = cola_benchmark_find(reading->format);
        if (b == NULL)
            return cola_fail(err, COLA_INPUT, "no format is called \"%.80s\": own, arc, "
                             "math, dart and gsm8k are", reading->format);
    }
    st = cola_map_open(path, &map, err);
    if (st != COLA_OK)
        return st;
    st = read_lines(&map, path, reading, b, &d, err);
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

enum cola_status
cola_dataset_open(const char *path, struct cola_dataset *dataset, struct cola_error *err)
{
    return cola_dataset_open_as(path, &(struct cola_reading){NULL, NULL}, dataset, err);
}

int
cola_dataset_grader(const struct cola_dataset *d, int grade)
{
    size_t answers = 0, keys = 0;

    for (size_t i = 0; i < d->n; i++) {
        answers += d->items[i].answer != NULL;
        keys += d->items[i].key >= 0;
    }
    return grade >= 0 ? grade :
           answers < d->n && (keys == d->n || answers == 0) ? (int)COLA_GRADE_CHOICE :
           (int)COLA_GRADE_EXACT;
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

/* ---- drawing -------------------------------------------------------------------- */

static int
by_value(const void *a, const void *b)
{
    const size_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

enum cola_status
cola_dataset_sample(struct cola_dataset *d, size_t n, uint64_t seed,
                    struct cola_error *err)
{
    struct cola_splitmix r;
    size_t *order, kept = 0;

    if (n == 0 || n > d->n)
        return cola_fail(err, COLA_INPUT, "cannot draw %zu of %zu questions", n, d->n);
    order = cola_alloc(d->n, sizeof *order);
    if (order == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < d->n; i++)
        order[i] = i;
    /* the first N steps of a shuffle */
    cola_splitmix_seed(&r, seed, "sample");
    for (size_t i = 0; i < n; i++) {
        size_t j = i + (size_t)cola_splitmix_below(&r, d->n - i), other = order[i];

        order[i] = order[j];
        order[j] = other;
    }
    qsort(order, n, sizeof *order, by_value);
    for (size_t i = 0; i < d->n; i++)
        if (kept < n && order[kept] == i)
            d->items[kept++] = d->items[i];
        else
            item_free(&d->items[i]);
    d->n = n;
    free(order);
    return COLA_OK;
}
