/*
 * truth.c - an enumeration read back: what there was to find
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/truth.h"

#include <stdlib.h>
#include <string.h>

#include "record/journal.h"

/* ---- the header ------------------------------------------------------------------- */

static int
integer(const json_t *object, const char *name)
{
    return (int)json_integer_value(json_object_get(object, name));
}

static enum cola_status
read_extent(const json_t *object, struct cola_extent_of *e, struct cola_error *err)
{
    static const char *const kinds[] = {"depth", "sequences", "reach"};
    const char *kind = json_string_value(json_object_get(object, "kind"));
    const char *space = json_string_value(json_object_get(object, "space"));
    int layers = integer(object, "layers"), k = 0;

    while (kind != NULL && k < 3 && strcmp(kind, kinds[k]) != 0)
        k++;
    if (kind == NULL || k == 3 || layers < 1 || layers > COLA_CHAIN_MAX)
        return cola_fail(err, COLA_INPUT, "an enumeration whose extent is not known");
    e->kind = (enum cola_extent)k;
    cola_rules_paper(&e->rules, COLA_SPACE_BOTH, layers);
    if (e->kind == COLA_EXTENT_SEQUENCES) {
        e->amount = integer(object, "max_length");
        return e->amount >= 1 && e->amount <= COLA_CHAIN_MAX ? COLA_OK :
               cola_fail(err, COLA_INPUT, "an enumeration of sequences without length");
    }
    e->amount = integer(object, "edits");
    if (space == NULL || !cola_space_find(space, &e->rules.space))
        return cola_fail(err, COLA_INPUT, "an enumeration whose space is not known");
    e->rules.min_length = integer(object, "min_length");
    e->rules.max_length = integer(object, "max_length");
    e->rules.block_root = integer(object, "block_root");
    e->rules.block = integer(object, "block");
    e->rules.extra = integer(object, "extra");
    e->rules.multiplicity = integer(object, "multiplicity");
    if (e->rules.min_length < 1 || e->rules.max_length > COLA_CHAIN_MAX ||
        e->rules.block_root < 1 || e->rules.block < 1 || e->rules.extra < 1 ||
        e->rules.block_root > 64 || e->rules.block > 64 || e->rules.extra > 64)
        return cola_fail(err, COLA_INPUT, "an enumeration whose rules cannot be");
    return COLA_OK;
}

static enum cola_status
take_header(struct cola_truth *t, const json_t *value, struct cola_error *err)
{
    const char *format = json_string_value(json_object_get(value, "format"));
    json_int_t chains = json_integer_value(json_object_get(value, "chains"));
    enum cola_status st;

    if (format == NULL || strcmp(format, "colaref-enumeration") != 0)
        return cola_fail(err, COLA_INPUT, "not an enumeration");
    st = read_extent(json_object_get(value, "extent"), &t->extent, err);
    if (st == COLA_OK && (chains < 1 || chains > 100000000))
        st = cola_fail(err, COLA_INPUT, "an enumeration of no chains, or too many");
    if (st == COLA_OK)
        st = cola_enumerate(&t->extent, (size_t)chains, &t->chains, err);
    if (st == COLA_OK && t->chains.set.count != (size_t)chains)
        st = cola_fail(err, COLA_INPUT, "the extent has %zu chains, the header says %zu",
                       t->chains.set.count, (size_t)chains);
    if (st != COLA_OK)
        return st;
    t->rank = cola_alloc(t->chains.set.count, sizeof *t->rank);
    if (t->rank == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < t->chains.set.count; i++)
        t->rank[t->chains.order[i]] = i;
    t->header = json_incref((json_t *)(uintptr_t)value);
    return COLA_OK;
}

/* ---- the parts --------------------------------------------------------------------- */

static enum cola_status
new_sample(struct cola_truth *t, const char *id, struct cola_error *err)
{
    struct cola_truth_sample *s;

    if (t->n == t->room) {
        size_t room = t->room * 2 + 16;

        s = cola_realloc(t->samples, room, sizeof *s);
        if (s == NULL)
            return cola_fail_memory(err);
        t->samples = s;
        t->room = room;
    }
    s = &t->samples[t->n++];
    *s = (struct cola_truth_sample){cola_strdup(id), NULL, json_array(), json_array(), 0};
    s->marks = cola_alloc(t->chains.set.count + 1, 1);
    return s->id != NULL && s->marks != NULL && s->answers != NULL && s->margins != NULL ?
           COLA_OK : cola_fail_memory(err);
}

static enum cola_status
take_part(struct cola_truth *t, const json_t *value, struct cola_error *err)
{
    const char *id = json_string_value(json_object_get(value, "id"));
    const char *marks = json_string_value(json_object_get(value, "correct"));
    json_t *answers = json_object_get(value, "answers");
    json_t *margins = json_object_get(value, "margins");
    size_t first = (size_t)json_integer_value(json_object_get(value, "first"));
    size_t n = marks != NULL ? strlen(marks) : 0;
    struct cola_truth_sample *s;

    if (id == NULL || n == 0 || json_array_size(answers) != n ||
        json_array_size(margins) != n || marks[strspn(marks, "01?")] != '\0')
        return cola_fail(err, COLA_INPUT, "a part without id, verdicts, answers or "
                         "margins");
    if (first == 0) {
        enum cola_status st = new_sample(t, id, err);

        if (st != COLA_OK)
            return st;
    }
    s = t->n > 0 ? &t->samples[t->n - 1] : NULL;
    if (s == NULL || strcmp(s->id, id) != 0 || s->known != first ||
        n > t->chains.set.count - first)
        return cola_fail(err, COLA_INPUT, "part %zu of \"%.100s\" is not the one that "
                         "comes next", first, id);
    memcpy(s->marks + first, marks, n);
    s->known += n;
    if (json_array_extend(s->answers, answers) != 0 ||
        json_array_extend(s->margins, margins) != 0)
        return cola_fail_memory(err);
    return COLA_OK;
}

static enum cola_status
take(void *ctx, const json_t *value, const char *bytes, size_t len,
     struct cola_error *err)
{
    struct cola_truth *t = ctx;
    const char *type = json_string_value(json_object_get(value, "type"));

    (void)bytes;
    (void)len;
    if (t->header == NULL)
        return take_header(t, value, err);
    return type != NULL && strcmp(type, "part") == 0 ? take_part(t, value, err) : COLA_OK;
}

enum cola_status
cola_truth_open(const char *path, struct cola_truth **truth, struct cola_error *err)
{
    struct cola_truth *t = cola_alloc(1, sizeof *t);
    struct cola_error own;
    int torn;
    enum cola_status st;

    if (t == NULL)
        return cola_fail_memory(err);
    st = cola_journal_read(path, take, t, &torn, &own);
    if (st != COLA_OK && strstr(own.text, path) != NULL)
        cola_fail(err, st, "%s", own.text);
    else if (st != COLA_OK)
        cola_fail(err, st, "%.200s: %.250s", path, own.text);
    for (size_t i = 0; i < t->n && st == COLA_OK; i++)
        if (t->samples[i].known != t->chains.set.count)
            st = cola_fail(err, COLA_INPUT, "%s: not complete: \"%.100s\" has %zu of %zu "
                           "verdicts", path, t->samples[i].id, t->samples[i].known,
                           t->chains.set.count);
    if (st != COLA_OK) {
        cola_truth_close(t);
        return st;
    }
    *truth = t;
    return COLA_OK;
}

void
cola_truth_close(struct cola_truth *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->n; i++) {
        free(t->samples[i].id);
        free(t->samples[i].marks);
        json_decref(t->samples[i].answers);
        json_decref(t->samples[i].margins);
    }
    free(t->samples);
    free(t->rank);
    cola_chains_free(&t->chains);
    json_decref(t->header);
    free(t);
}

const struct cola_truth_sample *
cola_truth_find(const struct cola_truth *t, const char *id)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->samples[i].id, id) == 0)
            return &t->samples[i];
    return NULL;
}

size_t
cola_truth_number(const struct cola_truth *t, const struct cola_chain *chain)
{
    size_t i = cola_chain_set_find(&t->chains.set, chain);

    return i != SIZE_MAX ? t->rank[i] : SIZE_MAX;
}

int
cola_truth_shortest(const struct cola_truth *t, const struct cola_truth_sample *s)
{
    const char *right = strchr(s->marks, '1');
    struct cola_chain chain;

    if (right == NULL)
        return 0;
    cola_chains_get(&t->chains, (size_t)(right - s->marks), &chain);
    return chain.len;                   /* canonical order is by length */
}
