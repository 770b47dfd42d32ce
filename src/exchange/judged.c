/*
 * judged.c - what a journal says of one chain, and of one sample
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "exchange/judged.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "record/journal.h"

enum cola_status
cola_path_read(const json_t *value, int layers, const char *place,
               struct cola_chain *chain, struct cola_error *err)
{
    size_t n = json_array_size(value);

    if (!json_is_array(value))
        return cola_fail(err, COLA_INPUT, "%s: not an array of layers", place);
    if (n > COLA_CHAIN_MAX)
        return cola_fail(err, COLA_INPUT, "%s: %zu positions, a chain has at most %d",
                         place, n, COLA_CHAIN_MAX);
    chain->len = 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *layer = json_array_get(value, i);
        json_int_t number = json_integer_value(layer);

        if (!json_is_integer(layer))
            return cola_fail(err, COLA_INPUT, "%s: position %zu is not an integer",
                             place, i);
        if (number < 0 || number >= layers)
            return cola_fail(err, COLA_INPUT, "%s: position %zu names layer %"
                             JSON_INTEGER_FORMAT "; the model has layers 0-%d", place, i,
                             number, layers - 1);
        chain->at[chain->len++] = (uint16_t)number;
    }
    return COLA_OK;
}

enum cola_status
cola_told_read(const json_t *record, struct cola_told *told, struct cola_error *err)
{
    const char *place = "a sample";
    int64_t level = -1;
    enum cola_status st;

    memset(told, 0, sizeof *told);
    st = cola_json_get_text(record, "id", 0, &told->id, place, err);
    if (st == COLA_OK)
        st = cola_json_get_text(record, "group", 1, &told->group, told->id, err);
    if (st == COLA_OK)
        st = cola_json_get_text(record, "prompt_sha256", 1, &told->prompt, told->id, err);
    if (st == COLA_OK)
        st = cola_json_get_integer(record, "level", 1, 0, INT32_MAX, &level, told->id,
                                   err);
    if (st != COLA_OK)
        return st;
    told->level = (int)level;
    told->evaluated = json_object_get(record, "evaluated");
    told->random = json_object_get(record, "random");
    told->n = json_array_size(told->evaluated);
    if (told->n == 0)
        return cola_fail(err, COLA_INPUT, "sample \"%.100s\": \"evaluated\" is missing "
                         "or empty", told->id);
    return COLA_OK;
}

/* Member NAME as a real; NaN when it is absent or null. */
static enum cola_status
read_real(const json_t *object, const char *name, const char *place, double *x,
          struct cola_error *err)
{
    *x = NAN;
    return cola_json_get_real(object, name, 1, x, place, err);
}

enum cola_status
cola_said_read(const json_t *array, size_t i, const char *id, int layers,
                 struct cola_said *j, struct cola_error *err)
{
    const json_t *object = json_array_get(array, i);
    const json_t *correct = json_object_get(object, "correct");
    char place[160];
    enum cola_status st;

    snprintf(place, sizeof place, "sample \"%.100s\", chain %zu", id, i);
    st = cola_path_read(json_object_get(object, "chain"), layers, place, &j->chain, err);
    if (st != COLA_OK)
        return st;
    if (!json_is_boolean(correct) && !json_is_null(correct))
        return cola_fail(err, COLA_INPUT, "%s: \"correct\" is none of true, false, null",
                         place);
    j->mark = json_is_true(correct) ? COLA_CORRECT :
              json_is_false(correct) ? COLA_WRONG : COLA_UNDECIDED;
    j->answer = NULL;
    st = cola_json_get_text(object, "answer", 1, &j->answer, place, err);
    if (st == COLA_OK)
        st = read_real(object, "margin", place, &j->margin, err);
    if (st == COLA_OK)
        st = read_real(object, "gold_logprob", place, &j->gold_logprob, err);
    return st;
}

/* ---- a whole journal ------------------------------------------------------------- */

struct listening {
    const struct cola_listener *to;
    int begun, ended;
};

static enum cola_status
take_header(struct listening *l, const json_t *value, const char *bytes, size_t len,
            struct cola_error *err)
{
    const char *format = cola_header_text(value, "format", "");
    int64_t layers = 0, version = 0;
    enum cola_status st;

    if (strcmp(format, "colaref-journal") != 0)
        return cola_fail(err, COLA_INPUT, "not the journal of a search");
    st = cola_json_get_integer(value, "version", 0, 1, 1, &version, "header", err);
    if (st == COLA_OK)
        st = cola_json_get_integer(json_object_get(value, "preset"), "layers", 0, 1,
                                   COLA_CHAIN_MAX, &layers, "header: preset", err);
    if (st != COLA_OK)
        return st;
    l->begun = 1;
    return l->to->header(l->to->ctx, value, bytes, len, (int)layers, err);
}

static enum cola_status
take(void *ctx, const json_t *value, const char *bytes, size_t len,
     struct cola_error *err)
{
    struct listening *l = ctx;
    const char *type = cola_header_text(value, "type", "");
    struct cola_told told;
    enum cola_status st;

    if (!l->begun)
        return take_header(l, value, bytes, len, err);
    if (strcmp(type, "end") == 0)
        l->ended = 1;
    if (strcmp(type, "sample") != 0)
        return COLA_OK;
    st = cola_told_read(value, &told, err);
    return st == COLA_OK ? l->to->sample(l->to->ctx, &told, err) : st;
}

enum cola_status
cola_listen(const char *path, const struct cola_listener *listener, int *whole,
            struct cola_error *err)
{
    struct listening l = {listener, 0, 0};
    struct cola_error own;
    int torn;
    enum cola_status st = cola_journal_read(path, take, &l, &torn, &own);

    *whole = l.ended && !torn;
    if (st == COLA_OK)
        return COLA_OK;
    return strncmp(own.text, path, strlen(path)) == 0 ?
           cola_fail(err, st, "%s", own.text) :
           cola_fail(err, st, "%.200s: %.250s", path, own.text);
}

enum cola_status
cola_header_read(const char *path, json_t **header, struct cola_error *err)
{
    struct cola_line line = {0};
    struct cola_map map;
    enum cola_status st = cola_map_open(path, &map, err);

    if (st != COLA_OK)
        return st;
    if (!cola_line_next(&map, &line) || !line.whole)
        st = cola_fail(err, COLA_INPUT, "%s: not a journal: it has no header", path);
    else
        st = cola_json_parse(line.text, line.len, path, header, err);
    cola_map_close(&map);
    return st;
}

const char *
cola_header_text(const json_t *header, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(header, name));

    return text != NULL ? text : otherwise;
}
