/*
 * journals.c - the journals of a report, in memory
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/journals.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/journal.h"
#include "report/recorded.h"

#define GROW(list, n, room) grow((void **)&(list), n, &(room), sizeof *(list))

struct reading {
    struct cola_runs *runs;     /* those before */
    struct cola_run *run;       /* what samples go to: from the header on maybe
                                 * one of RUNS, of which this file is a part */
    const char *path;
    size_t line;
    char place[300];            /* "FILE: line 7" */
    size_t before;              /* samples that RUN had already */
    int ended, torn;
    json_int_t end;             /* what the end record says; -1: none yet */
};

/* Room for one more of N things; 0 when memory is out. */
static int
grow(void **list, size_t n, size_t *room, size_t size)
{
    void *larger;

    if (n < *room)
        return 1;
    larger = cola_realloc(*list, *room * 2 + 64, size);
    if (larger == NULL)
        return 0;
    *list = larger;
    *room = *room * 2 + 64;
    return 1;
}

static const char *
text_or(const json_t *object, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : otherwise;
}

/* ---- one chain ------------------------------------------------------------------- */

static char
mark_of(const json_t *correct)
{
    return json_is_true(correct) ? '1' : json_is_false(correct) ? '0' : '?';
}

static enum cola_status
take_judged(const struct reading *r, const json_t *evaluation, struct cola_error *err)
{
    struct cola_run *run = r->run;
    struct cola_judged *judged;
    struct cola_chain chain;
    enum cola_status st = cola_recorded_chain(json_object_get(evaluation, "chain"),
                                              run->layers, &chain, r->place, err);

    if (st != COLA_OK)
        return st;
    while (run->pool_room < run->pool_used + (size_t)chain.len)
        if (!GROW(run->pool, run->pool_room, run->pool_room))
            return cola_fail_memory(err);
    if (!GROW(run->judged, run->n_judged, run->judged_room))
        return cola_fail_memory(err);
    judged = &run->judged[run->n_judged++];
    *judged = (struct cola_judged){run->pool_used, (uint16_t)chain.len,
                                   (uint16_t)cola_chain_unique(&chain),
                                   mark_of(json_object_get(evaluation, "correct"))};
    if (chain.len > 0)
        memcpy(run->pool + run->pool_used, chain.at, (size_t)chain.len *
               sizeof run->pool[0]);
    run->pool_used += (size_t)chain.len;
    return COLA_OK;
}

/* The number of TEXT, from FROM on; a new one when it is new. */
static enum cola_status
number_text(json_t *names, const char *text, size_t *number, struct cola_error *err)
{
    const json_t *known = json_object_get(names, text);

    *number = known != NULL ? (size_t)json_integer_value(known) : json_object_size(names);
    if (known == NULL &&
        json_object_set_new_nocheck(names, text, json_integer((json_int_t)*number)) != 0)
        return cola_fail_memory(err);
    return COLA_OK;
}

/* ---- a sample -------------------------------------------------------------------- */

static enum cola_status
take_chains(const struct reading *r, const json_t *record, struct cola_sampled *s,
            struct cola_error *err)
{
    const json_t *list = json_object_get(record, "evaluated"), *e;
    struct cola_run *run = r->run;
    enum cola_status st = COLA_OK;
    size_t i;

    s->first = run->n_judged;
    json_array_foreach(list, i, e)
        if ((st = take_judged(r, e, err)) != COLA_OK)
            return st;
    s->n = run->n_judged - s->first;
    s->base = run->judged[s->first].mark;
    if (s->base != mark_of(json_object_get(record, "base")))
        return cola_fail(err, COLA_INPUT, "%s: \"base\" is not what the first chain is",
                         r->place);
    s->truncated = strcmp(text_or(json_array_get(list, 0), "stop", ""), "length") == 0;
    s->best = SIZE_MAX;
    for (i = s->first; i < s->first + s->n; i++)
        if (cola_is_right(&run->judged[i]) &&
            (s->best == SIZE_MAX ||
             cola_judged_rank(run, &run->judged[i], &run->judged[s->best]) < 0))
            s->best = i;
    s->random_first = run->n_judged;
    list = json_object_get(record, "random");
    json_array_foreach(list, i, e)
        if ((st = take_judged(r, e, err)) != COLA_OK)
            return st;
    s->n_random = run->n_judged - s->random_first;
    return COLA_OK;
}

static enum cola_status
take_several(struct reading *r, const json_t *record, const char *id, int level,
             struct cola_error *err)
{
    const json_t *base = json_array_get(json_object_get(record, "evaluated"), 0);
    const json_t *robust = json_object_get(record, "robust");
    struct cola_run *run = r->run;
    struct cola_several *s;
    enum cola_status st;

    if (!GROW(run->several, run->n_several, run->several_room))
        return cola_fail_memory(err);
    s = &run->several[run->n_several];
    *s = (struct cola_several){.level = level};
    st = cola_recorded_chain(json_object_get(robust, "chain"), run->layers, &s->robust,
                             r->place, err);
    if (st == COLA_OK)
        st = cola_recorded_count(robust, "of", &s->inputs, r->place, err);
    if (st == COLA_OK)
        st = cola_recorded_count(robust, "right", &s->right, r->place, err);
    if (st == COLA_OK)
        st = cola_recorded_count(robust, "held_of", &s->held, r->place, err);
    if (st == COLA_OK)
        st = cola_recorded_count(robust, "held_right", &s->held_right, r->place, err);
    if (st == COLA_OK)
        st = cola_recorded_count(base, "right", &s->base_right, r->place, err);
    if (st == COLA_OK)
        st = cola_recorded_count(base, "held_right", &s->base_held_right, r->place, err);
    if (st != COLA_OK)
        return st;
    s->id = cola_strdup(id);
    if (s->id == NULL)
        return cola_fail_memory(err);
    run->n_several++;
    return COLA_OK;
}

static enum cola_status
take_group(struct cola_run *run, const char *group, struct cola_sampled *s,
           struct cola_error *err)
{
    char *name = cola_alloc(strlen(group != NULL ? group : s->id) + 2, 1);
    enum cola_status st;

    if (name == NULL)
        return cola_fail_memory(err);
    /* a sample of its own must not meet a group of that name */
    sprintf(name, "%c%s", group != NULL ? 'g' : 's', group != NULL ? group : s->id);
    st = number_text(run->groups, name, &s->group, err);
    if (st == COLA_OK)
        s->group_name = json_object_iter_key(json_object_iter_at(run->groups, name)) + 1;
    free(name);
    return st;
}

/* Each id once in all parts of a run: twice is twice the same evidence. */
static enum cola_status
take_id(const struct reading *r, const char *id, struct cola_error *err)
{
    struct cola_run *run = r->run;
    const json_t *there = json_object_get(run->ids, id);
    size_t part = (size_t)json_integer_value(there);

    if (there != NULL && part == run->n_parts - 1)
        return cola_fail(err, COLA_INPUT, "%s: sample \"%.100s\" comes a second time",
                         r->place, id);
    if (there != NULL)
        return cola_fail(err, COLA_INPUT, "%s: sample \"%.100s\" is in %s too, a part of "
                         "the same run", r->place, id, run->parts[part]);
    if (json_object_set_new_nocheck(run->ids, id,
                                    json_integer((json_int_t)run->n_parts - 1)) != 0)
        return cola_fail_memory(err);
    return COLA_OK;
}

static enum cola_status
take_sample(struct reading *r, const json_t *record, struct cola_error *err)
{
    struct cola_run *run = r->run;
    const char *id, *group = NULL;
    struct cola_sampled *s;
    int64_t level = -1;
    enum cola_status st = cola_json_get_text(record, "id", 0, &id, r->place, err);

    if (st == COLA_OK)
        st = cola_json_get_integer(record, "level", 1, 0, INT32_MAX, &level, r->place,
                                   err);
    if (st == COLA_OK)
        st = cola_json_get_text(record, "group", 1, &group, r->place, err);
    if (st == COLA_OK)
        st = take_id(r, id, err);
    if (st != COLA_OK)
        return st;
    if (json_array_size(json_object_get(record, "evaluated")) == 0)
        return cola_fail(err, COLA_INPUT, "%s: sample \"%s\" has no \"evaluated\"",
                         r->place, id);
    if (json_is_object(json_object_get(record, "robust")))
        return take_several(r, record, id, (int)level, err);
    if (!GROW(run->samples, run->n, run->room))
        return cola_fail_memory(err);
    s = &run->samples[run->n++];
    *s = (struct cola_sampled){.level = (int)level, .best = SIZE_MAX};
    s->controls.pass_p = NAN;
    s->id = cola_strdup(id);
    st = s->id != NULL ? take_group(run, group, s, err) : cola_fail_memory(err);
    if (st == COLA_OK)
        st = take_chains(r, record, s, err);
    if (st == COLA_OK)
        st = cola_recorded_controls(run, json_object_get(record, "controls"),
                                    &s->controls, r->place, err);
    return st;
}

/* ---- the header ------------------------------------------------------------------ */

/* What tells runs apart that are more than one search in several spaces. */
static char *
describe_set(const json_t *header)
{
    json_t *copy = json_deep_copy(header);
    char *text = NULL;

    if (copy != NULL) {
        json_object_del(json_object_get(copy, "preset"), "space");
        json_object_del(copy, "controls");
        json_object_del(copy, "random");
        text = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);
    }
    json_decref(copy);
    return text;
}

/* The run of which a journal with HEADER is a part, or NULL. */
static struct cola_run *
find_whole(const struct cola_runs *runs, const json_t *header)
{
    for (size_t i = 0; i < runs->n; i++)
        if (!runs->list[i].enumeration && json_equal(runs->list[i].header, header))
            return &runs->list[i];
    return NULL;
}

/* Go on with the run that the file is a part of: R's own, or an earlier one. */
static enum cola_status
take_part(struct reading *r, const json_t *header, struct cola_error *err)
{
    struct cola_run *whole = r->run->enumeration ? NULL : find_whole(r->runs, header);
    char *path = cola_strdup(r->path);

    if (whole != NULL)
        r->run = whole;
    if (path == NULL || !GROW(r->run->parts, r->run->n_parts, r->run->parts_room)) {
        free(path);
        return cola_fail_memory(err);
    }
    r->run->parts[r->run->n_parts++] = path;
    r->before = r->run->n + r->run->n_several;
    return COLA_OK;
}

static enum cola_status
take_header(struct reading *r, const json_t *header, struct cola_error *err)
{
    const char *format = text_or(header, "format", "");
    struct cola_run *run = r->run;
    struct cola_preset preset = {.layers = 0};
    int version = 0;
    enum cola_status st;

    if (strcmp(text_or(header, "type", ""), "header") != 0 ||
        (strcmp(format, "colaref-journal") != 0 &&
         strcmp(format, "colaref-enumeration") != 0))
        return cola_fail(err, COLA_INPUT, "%s: neither a journal nor an enumeration",
                         r->place);
    st = cola_recorded_count(header, "version", &version, r->place, err);
    if (st != COLA_OK)
        return st;
    if (version != 1)
        return cola_fail(err, COLA_INPUT, "%s: version %d; this program reads version 1",
                         r->place, version);
    run->header = json_deep_copy(header);
    run->set = describe_set(header);
    if (run->header == NULL || run->set == NULL)
        return cola_fail_memory(err);
    run->enumeration = strcmp(format, "colaref-enumeration") == 0;
    if (run->enumeration)
        return COLA_OK;
    st = cola_preset_read(&preset, json_object_get(run->header, "preset"), r->place, err);
    if (st != COLA_OK)
        return st;
    if (preset.layers < 1)
        return cola_fail(err, COLA_INPUT, "%s: the preset names no layers", r->place);
    run->layers = preset.layers;
    run->rules = preset.rules;
    run->rules.layers = preset.layers;
    run->space = preset.rules.space;
    run->max_length = preset.rules.max_length;
    run->random = json_is_true(json_object_get(header, "random"));
    return take_part(r, header, err);
}

static enum cola_status
take(void *ctx, const json_t *value, const char *bytes, size_t len,
     struct cola_error *err)
{
    struct reading *r = ctx;
    const char *type = text_or(value, "type", "");

    (void)bytes;
    (void)len;
    snprintf(r->place, sizeof r->place, "%.270s: line %zu", r->path, ++r->line);
    if (r->line == 1)
        return take_header(r, value, err);
    if (strcmp(type, "end") == 0) {
        r->ended = 1;
        r->end = json_integer_value(json_object_get(value, "samples"));
        return COLA_OK;
    }
    if (r->run->enumeration)
        return COLA_OK;
    if (strcmp(type, "sample") != 0 || r->ended)
        return cola_fail(err, COLA_INPUT, "%s: neither a sample nor the end", r->place);
    return take_sample(r, value, err);
}

/* ---- many ------------------------------------------------------------------------ */

struct cola_runs *
cola_runs_new(void)
{
    return cola_alloc(1, sizeof(struct cola_runs));
}

static void
free_run(struct cola_run *run)
{
    for (size_t i = 0; i < run->n; i++) {
        free(run->samples[i].id);
        free(run->samples[i].controls.fixed);
    }
    for (size_t i = 0; i < run->n_several; i++)
        free(run->several[i].id);
    free(run->samples);
    free(run->several);
    free(run->judged);
    free(run->pool);
    free(run->set);
    free(run->label);
    for (size_t i = 0; i < run->n_parts; i++)
        free(run->parts[i]);
    free(run->parts);
    free(run->path);
    json_decref(run->header);
    json_decref(run->ids);
    json_decref(run->groups);
    cola_chains_free(&run->fixed);
}

void
cola_runs_free(struct cola_runs *runs)
{
    if (runs == NULL)
        return;
    for (size_t i = 0; i < runs->n; i++)
        free_run(&runs->list[i]);
    for (size_t i = 0; i < runs->n_notes; i++)
        free(runs->notes[i]);
    free(runs->list);
    free(runs->notes);
    free(runs);
}

static enum cola_status
add_note(struct cola_runs *runs, const char *path, const char *what,
         struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st;

    cola_buffer_printf(&b, "%s: %s", path, what);
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK && !GROW(runs->notes, runs->n_notes, runs->notes_room))
        st = cola_fail_memory(err);
    if (st != COLA_OK) {
        cola_buffer_free(&b);
        return st;
    }
    runs->notes[runs->n_notes++] = b.data;
    return COLA_OK;
}

const char *
cola_runs_note(const struct cola_runs *runs, size_t i)
{
    return i < runs->n_notes ? runs->notes[i] : NULL;
}

/* The file's name without folders and ".jsonl". */
static char *
make_label(const char *label, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *copy = cola_strdup(label != NULL ? label : slash != NULL ? slash + 1 : path);
    size_t len = copy != NULL ? strlen(copy) : 0;

    if (label == NULL && len > 6 && strcmp(copy + len - 6, ".jsonl") == 0)
        copy[len - 6] = '\0';
    return copy;
}

/* One note for all parts of a run, in the place of that for fewer. */
static enum cola_status
note_parts(struct cola_runs *runs, struct cola_run *run, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st;

    for (size_t i = 0; i < run->n_parts; i++)
        cola_buffer_printf(&b, "%s%s", i > 0 ? ", " : "", run->parts[i]);
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = add_note(runs, b.data, "parts of one run, joined", err);
    cola_buffer_free(&b);
    if (st != COLA_OK)
        return st;
    if (run->n_parts > 2) {
        free(runs->notes[run->note]);
        runs->notes[run->note] = runs->notes[--runs->n_notes];
    } else {
        run->note = runs->n_notes - 1;
    }
    return COLA_OK;
}

/* The file at RUN's path into RUN, or into an earlier run of which it is a part. */
static enum cola_status
read_run(struct cola_runs *runs, struct cola_run *run, struct reading *r,
         struct cola_error *err)
{
    enum cola_status st;
    size_t n;

    *r = (struct reading){.runs = runs, .run = run, .path = run->path, .end = -1};
    st = cola_journal_read(run->path, take, r, &r->torn, err);
    if (st == COLA_OK && run->enumeration && !r->ended)
        st = cola_fail(err, COLA_INPUT, "%s: an enumeration that is not complete",
                       run->path);
    n = r->run->n + r->run->n_several - r->before;
    if (st == COLA_OK && r->ended && !run->enumeration && r->end != (json_int_t)n)
        st = cola_fail(err, COLA_INPUT, "%s: line %zu: the end counts other than the %zu "
                       "samples before it", run->path, r->line, n);
    if (st == COLA_OK && r->torn)
        st = add_note(runs, run->path, "its last line is torn and left out", err);
    if (st == COLA_OK && !r->ended)
        st = add_note(runs, run->path, "is not finished: what it has is reported", err);
    r->run->torn |= r->torn;
    r->run->ended = r->ended && (r->run == run || r->run->ended);
    return st;
}

enum cola_status
cola_runs_add(struct cola_runs *runs, const char *label, const char *path,
              struct cola_error *err)
{
    struct cola_run *run;
    struct reading r = {.run = NULL};
    enum cola_status st;

    if (!GROW(runs->list, runs->n, runs->room))
        return cola_fail_memory(err);
    run = &runs->list[runs->n];
    *run = (struct cola_run){.label = make_label(label, path), .path = cola_strdup(path),
                             .ids = json_object(), .groups = json_object()};
    st = run->label != NULL && run->path != NULL && run->ids != NULL &&
         run->groups != NULL ? read_run(runs, run, &r, err) : cola_fail_memory(err);
    if (st == COLA_OK && r.run != run) {
        free_run(run);
        return note_parts(runs, r.run, err);
    }
    for (size_t i = 0; st == COLA_OK && i < runs->n; i++)
        if (strcmp(runs->list[i].label, run->label) == 0 &&
            runs->list[i].enumeration == run->enumeration)
            st = cola_fail(err, COLA_INPUT, "%s: another file is called \"%s\" already: "
                           "give one a label, LABEL=FILE", path, run->label);
    if (st != COLA_OK) {
        free_run(run);
        return st;
    }
    runs->n++;
    return COLA_OK;
}

/* ---- chains ---------------------------------------------------------------------- */

int
cola_is_right(const struct cola_judged *judged)
{
    return judged->mark == '1';
}

int
cola_judged_rank(const struct cola_run *run, const struct cola_judged *a,
                 const struct cola_judged *b)
{
    if (a->length != b->length)
        return a->length - b->length;
    if (a->unique != b->unique)
        return a->unique - b->unique;
    for (size_t i = 0; i < a->length; i++)
        if (run->pool[a->at + i] != run->pool[b->at + i])
            return run->pool[a->at + i] - run->pool[b->at + i];
    return 0;
}

void
cola_judged_chain(const struct cola_run *run, const struct cola_judged *judged,
                  struct cola_chain *chain)
{
    chain->len = judged->length;
    for (size_t i = 0; i < judged->length; i++)
        chain->at[i] = run->pool[judged->at + i];
}

size_t
cola_shorter_right(const struct cola_run *run, const struct cola_sampled *s)
{
    size_t n = 0;

    for (size_t i = s->first; i < s->first + s->n; i++)
        n += cola_is_right(&run->judged[i]) && run->judged[i].length < run->layers;
    return n;
}
