/*
 * finished.c - a journal that is whole, taken up again to add its controls
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "control/finished.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"decoy", "kept", "pass", "siblings", "fixed"};

#define NAMES (sizeof names / sizeof names[0])

/* What a search writes, and what the copy has instead. */
static const char no_controls[] = ",\"controls\":[],";

const char *
cola_control_name(size_t i)
{
    return i < NAMES ? names[i] : NULL;
}

enum cola_status
cola_controls_read(const char *text, unsigned *which, struct cola_error *err)
{
    unsigned set = 0;

    if (strcmp(text, "all") == 0) {
        *which = COLA_CONTROL_ALL;
        return COLA_OK;
    }
    for (const char *at = text;; at++) {
        size_t len = strcspn(at, ","), i = 0;

        while (i < NAMES && (strlen(names[i]) != len || strncmp(names[i], at, len) != 0))
            i++;
        if (i == NAMES)
            return cola_fail(err, COLA_INPUT, "no control is called \"%.*s\"; there are: "
                             "decoy kept pass siblings fixed, or all",
                             (int)(len < 100 ? len : 100), at);
        set |= 1u << i;
        at += len;
        if (*at == '\0')
            break;
    }
    *which = set;
    return COLA_OK;
}

/* ---- the header ----------------------------------------------------------------- */

const char *
cola_finished_text(const struct cola_finished *f, const char *name)
{
    return json_string_value(json_object_get(f->header, name));
}

static int
header_is(const struct cola_finished *f, const char *name, const char *value)
{
    const char *text = cola_finished_text(f, name);

    return text != NULL && strcmp(text, value) == 0;
}

/* Where HEADER names no controls; NULL: nowhere. */
static const char *
find_controls(const char *header, size_t len)
{
    size_t n = strlen(no_controls);

    for (const char *at = header; (size_t)(at - header) + n <= len; at++)
        if (memcmp(at, no_controls, n) == 0)
            return at;
    return NULL;
}

static enum cola_status
check_header(const struct cola_finished *f, const char *line, size_t len,
             struct cola_error *err)
{
    const char *path = f->path;

    if (!header_is(f, "type", "header") || !header_is(f, "format", "colaref-journal"))
        return cola_fail(err, COLA_INPUT, "%s: not the journal of a search", path);
    if (json_integer_value(json_object_get(f->header, "version")) != 1)
        return cola_fail(err, COLA_INPUT, "%s: line 1: only version 1 is known", path);
    if (!header_is(f, "judge", "model"))
        return cola_fail(err, COLA_INPUT, "%s: line 1: controls ask a model, this search "
                         "was judged by \"%.100s\"", path,
                         cola_finished_text(f, "judge") != NULL ?
                         cola_finished_text(f, "judge") : "?");
    if (!header_is(f, "per", "sample"))
        return cola_fail(err, COLA_INPUT, "%s: line 1: controls are of searches that are "
                         "each about one question (--per sample), these are per %.20s",
                         path, cola_finished_text(f, "per") != NULL ?
                         cola_finished_text(f, "per") : "?");
    if (json_array_size(json_object_get(f->header, "controls")) > 0)
        return cola_fail(err, COLA_INPUT, "%s: line 1: it has controls already", path);
    if (find_controls(line, len) == NULL)
        return cola_fail(err, COLA_INPUT, "%s: line 1: \"controls\":[] is missing: "
                         "written by another version of this program", path);
    return COLA_OK;
}

static enum cola_status
read_header(struct cola_finished *f, const struct cola_line *line, struct cola_error *err)
{
    char place[300];
    int64_t layers = 0, max_tokens = 0;
    json_t *stop, *preset;
    enum cola_status st;

    snprintf(place, sizeof place, "%.250s: line 1", f->path);
    st = cola_json_parse(line->text, line->len, place, &f->header, err);
    if (st == COLA_OK)
        st = check_header(f, line->text, line->len, err);
    if (st != COLA_OK)
        return st;
    f->header_len = line->len + 1;
    stop = json_object_get(f->header, "stop");
    preset = json_object_get(f->header, "preset");
    if (!json_is_object(stop) || !json_is_object(preset))
        return cola_fail(err, COLA_INPUT, "%s: \"stop\" or \"preset\" is missing", place);
    st = cola_json_get_integer(stop, "max_tokens", 0, 1, 100000, &max_tokens, place, err);
    if (st == COLA_OK)
        st = cola_json_get_integer(preset, "layers", 0, 1, COLA_CHAIN_MAX, &layers, place,
                                   err);
    f->max_tokens = (int)max_tokens;
    if (st == COLA_OK)
        st = cola_preset_find("cola-2025", (int)layers, &f->preset, err);
    if (st == COLA_OK)
        st = cola_preset_read(f->preset, preset, place, err);
    return st == COLA_OK ? cola_preset_check(f->preset, err) : st;
}

void
cola_controls_header(const char *header, size_t len, unsigned which,
                     struct cola_buffer *b)
{
    const char *at = find_controls(header, len), *comma = "";

    if (at == NULL)
        return;
    cola_buffer_bytes(b, header, (size_t)(at - header));
    cola_buffer_text(b, ",\"controls\":[");
    for (size_t i = 0; i < NAMES; i++)
        if (which & 1u << i) {
            cola_buffer_printf(b, "%s\"%s\"", comma, names[i]);
            comma = ",";
        }
    at += strlen(no_controls) - 2;
    cola_buffer_bytes(b, at, len - (size_t)(at - header));
}

/* ---- the records ---------------------------------------------------------------- */

/* Room for one more sample. */
static enum cola_status
make_room(struct cola_finished *f, size_t *room, struct cola_error *err)
{
    size_t more = *room * 2 + 64;
    struct cola_line *lines;
    char **ids, **prompts;

    if (f->n < *room)
        return COLA_OK;
    ids = cola_realloc(f->ids, more, sizeof *ids);
    f->ids = ids != NULL ? ids : f->ids;
    prompts = cola_realloc(f->prompts, more, sizeof *prompts);
    f->prompts = prompts != NULL ? prompts : f->prompts;
    lines = cola_realloc(f->lines, more, sizeof *lines);
    f->lines = lines != NULL ? lines : f->lines;
    if (ids == NULL || prompts == NULL || lines == NULL)
        return cola_fail_memory(err);
    *room = more;
    return COLA_OK;
}

static enum cola_status
take_line(struct cola_finished *f, const struct cola_line *line, size_t *room, int *ended,
          struct cola_error *err)
{
    char place[300];
    const char *type, *id, *prompt;
    json_t *value;
    enum cola_status st;

    snprintf(place, sizeof place, "%.250s: line %zu", f->path, line->number);
    st = cola_json_parse(line->text, line->len, place, &value, err);
    if (st != COLA_OK)
        return st;
    type = json_string_value(json_object_get(value, "type"));
    id = json_string_value(json_object_get(value, "id"));
    prompt = json_string_value(json_object_get(value, "prompt_sha256"));
    if (*ended || type == NULL || line->text[line->len - 1] != '}')
        st = cola_fail(err, COLA_INPUT, "%s: not the record of a sample", place);
    else if (strcmp(type, "end") == 0)
        *ended = 1;
    else if (strcmp(type, "sample") != 0 || id == NULL || prompt == NULL)
        st = cola_fail(err, COLA_INPUT, "%s: not the record of a sample", place);
    else
        st = make_room(f, room, err);
    if (st == COLA_OK && !*ended) {
        f->lines[f->n] = *line;
        f->ids[f->n] = cola_strdup(id);
        f->prompts[f->n] = cola_strdup(prompt);
        if (f->ids[f->n] == NULL || f->prompts[f->n] == NULL)
            st = cola_fail_memory(err);
        f->n++;
    }
    json_decref(value);
    return st;
}

enum cola_status
cola_finished_open(const char *path, struct cola_finished *finished,
                   struct cola_error *err)
{
    struct cola_finished f = {.path = cola_strdup(path)};
    struct cola_line line = {0};
    size_t room = 0;
    int ended = 0;
    enum cola_status st = f.path == NULL ? cola_fail_memory(err) :
                          cola_map_open(path, &f.map, err);

    while (st == COLA_OK && cola_line_next(&f.map, &line) && line.whole)
        st = line.number == 1 ? read_header(&f, &line, err) :
             take_line(&f, &line, &room, &ended, err);
    if (st == COLA_OK && f.header == NULL)
        st = cola_fail(err, COLA_INPUT, "%s: not a journal: it has no header", path);
    if (st == COLA_OK && !ended)
        st = cola_fail(err, COLA_INPUT, "%s: not finished: it has no end record; go on "
                       "with colaref search --resume", path);
    if (st == COLA_OK && f.n == 0)
        st = cola_fail(err, COLA_INPUT, "%s: it has no samples", path);
    if (st != COLA_OK) {
        cola_finished_close(&f);
        return st;
    }
    *finished = f;
    return COLA_OK;
}

void
cola_finished_close(struct cola_finished *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->ids[i]);
        free(f->prompts[i]);
    }
    free(f->ids);
    free(f->prompts);
    free(f->lines);
    json_decref(f->header);
    cola_preset_free(f->preset);
    cola_map_close(&f->map);
    free(f->path);
    memset(f, 0, sizeof *f);
}

void
cola_finished_record(const struct cola_finished *f, size_t i,
                     const struct cola_buffer *members, struct cola_buffer *b)
{
    cola_buffer_bytes(b, f->lines[i].text, f->lines[i].len - 1);       /* but "}" */
    cola_buffer_text(b, ",\"controls\":{");
    cola_buffer_bytes(b, members->data, members->len);
    cola_buffer_text(b, "}}\n");
}

/* ---- what a sample's record says ------------------------------------------------ */

static int
read_chain(const json_t *array, int layers, struct cola_chain *chain)
{
    size_t n = json_array_size(array);

    if (!json_is_array(array) || n > COLA_CHAIN_MAX)
        return 0;
    chain->len = (int)n;
    for (size_t i = 0; i < n; i++) {
        json_int_t layer = json_integer_value(json_array_get(array, i));

        if (!json_is_integer(json_array_get(array, i)) || layer < 0 || layer >= layers)
            return 0;
        chain->at[i] = (uint16_t)layer;
    }
    return 1;
}

static enum cola_status
take_evaluation(const json_t *value, int layers, struct cola_past *past,
                const char *place, struct cola_error *err)
{
    const json_t *correct = json_object_get(value, "correct");
    const json_t *logprob = json_object_get(value, "gold_logprob");
    const char *answer = json_string_value(json_object_get(value, "answer"));
    struct cola_chain chain;
    size_t index;
    int added;
    enum cola_status st;

    if (!read_chain(json_object_get(value, "chain"), layers, &chain) || correct == NULL)
        return cola_fail(err, COLA_INPUT, "%s: \"evaluated\" has no chain of %d layers "
                         "with a verdict", place, layers);
    st = cola_chain_set_add(&past->chains, &chain, &index, &added, err);
    if (st != COLA_OK)
        return st;
    if (!added)
        return cola_fail(err, COLA_INPUT, "%s: \"evaluated\" has a chain twice", place);
    past->marks[index] = json_is_true(correct) ? COLA_CORRECT :
                         json_is_false(correct) ? COLA_WRONG : COLA_UNDECIDED;
    past->executions += (uint64_t)chain.len;
    if (index > 0)
        return COLA_OK;
    if (json_is_number(logprob))
        past->gold_logprob = json_number_value(logprob);
    if (answer != NULL) {
        past->answer = cola_strdup(answer);
        if (past->answer == NULL)
            return cola_fail_memory(err);
    }
    return COLA_OK;
}

enum cola_status
cola_past_read(const struct cola_finished *f, size_t i, struct cola_past *past,
               struct cola_error *err)
{
    struct cola_past p = {.id = f->ids[i], .gold_logprob = (double)NAN};
    struct cola_chain ordinary, first;
    const json_t *evaluated;
    char place[300];
    json_t *value;
    enum cola_status st;

    snprintf(place, sizeof place, "%.250s: line %zu", f->path, f->lines[i].number);
    st = cola_json_parse(f->lines[i].text, f->lines[i].len, place, &value, err);
    if (st != COLA_OK)
        return st;
    evaluated = json_object_get(value, "evaluated");
    if (!json_is_array(evaluated) || json_array_size(evaluated) == 0)
        st = cola_fail(err, COLA_INPUT, "%s: \"evaluated\" is missing", place);
    if (st == COLA_OK && json_object_get(value, "controls") != NULL)
        st = cola_fail(err, COLA_INPUT, "%s: it has controls already", place);
    p.marks = cola_alloc(json_array_size(evaluated), sizeof *p.marks);
    if (st == COLA_OK && p.marks == NULL)
        st = cola_fail_memory(err);
    for (size_t k = 0; k < json_array_size(evaluated) && st == COLA_OK; k++)
        st = take_evaluation(json_array_get(evaluated, k), f->preset->layers, &p, place,
                             err);
    json_decref(value);
    if (st == COLA_OK) {
        cola_chain_identity(&ordinary, f->preset->layers);
        cola_chain_set_get(&p.chains, 0, &first);
        if (cola_chain_cmp(&ordinary, &first) != 0)
            st = cola_fail(err, COLA_INPUT, "%s: the first chain judged is not the "
                           "ordinary one", place);
    }
    if (st != COLA_OK) {
        cola_past_free(&p);
        return st;
    }
    *past = p;
    return COLA_OK;
}

void
cola_past_free(struct cola_past *p)
{
    free(p->marks);
    free(p->answer);
    cola_chain_set_free(&p->chains);
    memset(p, 0, sizeof *p);
}
