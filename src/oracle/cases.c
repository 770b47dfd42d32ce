/*
 * cases.c - the cases of vector files
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/cases.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "model/model.h"

/* The first of these are about a model. */
static const char *const ops[] = {
    "logits", "hidden", "trace", "layer", "generate", "verdict", "tokenize", "detokenize",
    "chain", "edits", "perft", "enumerate", "random", "log", "search",
};

#define OPS_OF_MODELS 8

const char *
cola_op_name(size_t i)
{
    return i < sizeof ops / sizeof ops[0] ? ops[i] : NULL;
}

void
cola_cases_close(struct cola_cases *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->n_files; i++) {
        free(c->files[i].path);
        free(c->files[i].dir);
        free(c->files[i].model_name);
        free(c->files[i].model);
    }
    for (size_t i = 0; i < c->n_questions; i++)
        json_decref(c->questions[i].request);
    free(c->files);
    free(c->cases);
    free(c->questions);
    json_decref(c->lines);
    json_decref(c->texts);
    free(c);
}

void
cola_case_add_flags(const struct cola_case *c, struct cola_buffer *b)
{
    const json_t *flag;
    size_t i;

    json_array_foreach(c->flags, i, flag)
        cola_buffer_printf(b, " %s", json_string_value(flag));
    if (c->flag != NULL)
        cola_buffer_printf(b, " %s", c->flag);
}

int
cola_case_has_flag(const struct cola_case *c, const char *flag)
{
    const json_t *f;
    size_t i;

    json_array_foreach(c->flags, i, f)
        if (strcmp(json_string_value(f), flag) == 0)
            return 1;
    return c->flag != NULL && strcmp(c->flag, flag) == 0;
}

int
cola_case_needs_model(const struct cola_case *c)
{
    size_t i = 0;

    while (strcmp(ops[i], c->expected.op) != 0)
        i++;
    return i < OPS_OF_MODELS;
}

/* ---- what is added ----------------------------------------------------------- */

enum cola_status
cola_cases_add(struct cola_cases *c, const struct cola_case *one, struct cola_error *err)
{
    if (c->n == c->room) {
        size_t room = c->room * 2 + 64;
        struct cola_case *cases = cola_realloc(c->cases, room, sizeof *cases);

        if (cases == NULL)
            return cola_fail_memory(err);
        c->cases = cases;
        c->room = room;
    }
    c->cases[c->n++] = *one;
    return COLA_OK;
}

enum cola_status
cola_cases_ask(struct cola_cases *c, json_t *request, size_t n, struct cola_error *err)
{
    if (request != NULL && c->n_questions == c->questions_room) {
        size_t room = c->questions_room * 2 + 64;
        struct cola_question_of *q = cola_realloc(c->questions, room, sizeof *q);

        if (q != NULL) {
            c->questions = q;
            c->questions_room = room;
        }
    }
    if (request == NULL || c->n_questions == c->questions_room) {
        json_decref(request);
        return cola_fail_memory(err);
    }
    c->questions[c->n_questions++] = (struct cola_question_of){request, c->n - n, n};
    return COLA_OK;
}

/* A tensor's file is relative to the vectors; the subject may be elsewhere. */
static void
make_absolute(json_t *tensor, const char *dir)
{
    const char *file = json_string_value(json_object_get(tensor, "file"));

    if (file != NULL && file[0] != '/')
        json_object_set_new(tensor, "file", json_pack("s++", dir, "/", file));
}

json_t *
cola_case_request(const struct cola_case *one)
{
    json_t *request = json_pack("{s:s}", "op", one->expected.op), *member;
    json_t *copy = json_deep_copy(one->request);
    const char *name;

    if (cola_case_needs_model(one))
        json_object_set_new(request, "model", json_string(one->file->model != NULL ?
                                                          one->file->model : ""));
    json_object_foreach(copy, name, member)
        make_absolute(member, one->file->dir);
    if (request == NULL || copy == NULL || json_object_update(request, copy) != 0) {
        json_decref(request);
        request = NULL;
    }
    json_decref(copy);
    return request;
}

/* ---- a file ------------------------------------------------------------------ */

static enum cola_status
find_model(struct cola_vector_file *f, const char *digest,
           const struct cola_model_source *source, const char *place,
           struct cola_error *err)
{
    struct cola_model *model;
    char found[65], *path = NULL;
    json_t *text;
    enum cola_status st;

    if (source->path != NULL)
        path = cola_strdup(source->path);
    else if (source->find(f->model_name, &path, NULL) != COLA_OK)
        return COLA_OK;
    f->model = path != NULL ? realpath(path, NULL) : NULL;
    if (f->model == NULL) {
        st = path == NULL ? cola_fail_memory(err) :
             cola_fail(err, COLA_INPUT, "%.300s: %s", path, strerror(errno));
        free(path);
        return st;
    }
    free(path);
    if ((text = json_string(f->model)) == NULL)
        return cola_fail(err, COLA_INPUT, "%.300s: a path that is no UTF-8 cannot be "
                         "told to a subject", f->model);
    json_decref(text);
    st = cola_model_open(f->model, &model, err);
    if (st != COLA_OK)
        return st;
    cola_model_digest(model, found);
    cola_model_close(model);
    if (strcmp(found, digest) != 0)
        return cola_fail(err, COLA_INPUT, "%.200s: made with another model \"%.40s\": "
                         "%.16s..., %.100s is %.16s...", place, f->model_name, digest,
                         f->model, found);
    return COLA_OK;
}

static enum cola_status
read_header(struct cola_vector_file *f, const json_t *line,
            const struct cola_model_source *source, const char *place,
            struct cola_error *err)
{
    const json_t *model = json_object_get(line, "model");
    const char *format = json_string_value(json_object_get(line, "format"));
    const char *name = NULL, *digest = NULL;
    int64_t version, arithmetic, cases = 0;
    enum cola_status st;

    if (format == NULL || strcmp(format, "colaref-vectors") != 0)
        return cola_fail(err, COLA_INPUT, "%s: not a file of vectors", place);
    st = cola_json_get_integer(line, "version", 0, 1, 1, &version, place, err);
    if (st == COLA_OK)
        st = cola_json_get_integer(line, "arithmetic", 0, 1, 1, &arithmetic, place, err);
    if (st == COLA_OK)
        st = cola_json_get_integer(line, "cases", 0, 0, INT_MAX, &cases, place, err);
    f->cases = (size_t)cases;
    if (st != COLA_OK || json_is_null(model))
        return st;
    st = cola_json_get_text(model, "name", 0, &name, place, err);
    if (st == COLA_OK)
        st = cola_json_get_text(model, "digest", 0, &digest, place, err);
    if (st == COLA_OK && (f->model_name = cola_strdup(name)) == NULL)
        st = cola_fail_memory(err);
    return st == COLA_OK ? find_model(f, digest, source, place, err) : st;
}

static int
is_known(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return 1;
    return 0;
}

/* What the rule needs to know of the truth. */
static enum cola_status
check_expect(const struct cola_expected *x, const char *place, struct cola_error *err)
{
    const json_t *ids = json_object_get(x->expect, "ids");
    const json_t *gaps = json_object_get(x->expect, "gaps");
    int measured = json_is_object(json_object_get(x->expect, "deviation"));

    if (strcmp(x->rule, "ratio") == 0 &&
        (!measured || !json_is_object(json_object_get(x->expect, "truth")) ||
         !json_is_object(json_object_get(x->expect, "exact"))))
        return cola_fail(err, COLA_INPUT, "%s: the rule \"ratio\" needs \"exact\", "
                         "\"truth\" and \"deviation\"", place);
    if (strcmp(x->rule, "verdict") == 0 &&
        (!measured || !json_is_array(ids) || !json_is_array(gaps) ||
         json_array_size(ids) != json_array_size(gaps)))
        return cola_fail(err, COLA_INPUT, "%s: the rule \"verdict\" needs \"deviation\", "
                         "and \"ids\" and \"gaps\" of one length", place);
    return COLA_OK;
}

static enum cola_status
read_case(struct cola_cases *c, const struct cola_vector_file *f, const json_t *line,
          const char *place, struct cola_error *err)
{
    static const char *const rules[] = {"exact", "ratio", "verdict"};
    struct cola_case one = {.file = f, .of = c->n, .expected.dir = f->dir};
    const json_t *flag;
    size_t i;
    enum cola_status st = cola_json_get_text(line, "id", 0, &one.id, place, err);

    if (st == COLA_OK)
        st = cola_json_get_text(line, "op", 0, &one.expected.op, place, err);
    if (st == COLA_OK)
        st = cola_json_get_text(line, "rule", 0, &one.expected.rule, place, err);
    if (st != COLA_OK)
        return st;
    one.request = json_object_get(line, "request");
    one.expected.expect = json_object_get(line, "expect");
    one.flags = json_object_get(line, "flags");
    if (*one.id == '\0' || strpbrk(one.id, "@ \t\r\n") != NULL)
        return cola_fail(err, COLA_INPUT, "%s: \"id\" is empty or has an @ or a blank in "
                         "it", place);
    if (!is_known(one.expected.op, ops, sizeof ops / sizeof ops[0]))
        return cola_fail(err, COLA_INPUT, "%s: no operation \"%.30s\"", place,
                         one.expected.op);
    if (!is_known(one.expected.rule, rules, sizeof rules / sizeof rules[0]))
        return cola_fail(err, COLA_INPUT, "%s: no rule \"%.30s\"", place,
                         one.expected.rule);
    if (!json_is_object(one.request) || !json_is_object(one.expected.expect) ||
        json_object_size(one.expected.expect) == 0 || !json_is_array(one.flags))
        return cola_fail(err, COLA_INPUT, "%s: \"request\" and \"expect\" must be "
                         "objects, \"flags\" an array", place);
    json_array_foreach(one.flags, i, flag)
        if (!json_is_string(flag))
            return cola_fail(err, COLA_INPUT, "%s: a flag that is no string", place);
    if (cola_case_needs_model(&one) && f->model_name == NULL)
        return cola_fail(err, COLA_INPUT, "%s: \"%s\" is about a model, and the header "
                         "names none", place, one.expected.op);
    st = check_expect(&one.expected, place, err);
    if (st == COLA_OK)
        st = cola_cases_add(c, &one, err);
    return st == COLA_OK ? cola_cases_ask(c, cola_case_request(&one), 1, err) : st;
}

static enum cola_status
read_lines(struct cola_cases *c, struct cola_vector_file *f,
           const struct cola_model_source *source, const struct cola_map *map,
           struct cola_error *err)
{
    struct cola_line line = {.number = 0};
    size_t n = 0;
    int ended = 0;

    while (cola_line_next(map, &line)) {
        char place[300];
        json_t *value;
        const char *type;
        enum cola_status st;

        snprintf(place, sizeof place, "%.250s: line %zu", f->path, line.number);
        if (!line.whole)
            return cola_fail(err, COLA_INPUT, "%s: cut short", place);
        if (ended)
            return cola_fail(err, COLA_INPUT, "%s: after the end record", place);
        st = cola_json_parse(line.text, line.len, place, &value, err);
        if (st != COLA_OK)
            return st;
        if (json_array_append_new(c->lines, value) != 0)
            return cola_fail_memory(err);
        type = json_string_value(json_object_get(value, "type"));
        if (line.number == 1) {
            st = read_header(f, value, source, place, err);
        } else if (type != NULL && strcmp(type, "end") == 0) {
            ended = 1;
            if (json_integer_value(json_object_get(value, "cases")) !=
                (json_int_t)f->cases)
                st = cola_fail(err, COLA_NOTHING, "%s: header and end record declare "
                               "different numbers of cases", place);
        } else {
            st = read_case(c, f, value, place, err);
            n++;
        }
        if (st != COLA_OK)
            return st;
    }
    if (line.number == 0)
        return cola_fail(err, COLA_INPUT, "%s: line 1: not a file of vectors", f->path);
    if (n != f->cases)
        return cola_fail(err, COLA_NOTHING, "%s: declares %zu cases, holds %zu", f->path,
                         f->cases, n);
    if (!ended)
        return cola_fail(err, COLA_INPUT, "%s: line %zu: no end record follows", f->path,
                         line.number);
    return COLA_OK;
}

/* ---- all files --------------------------------------------------------------- */

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of DIR's vector files, sorted, in fresh memory. */
static enum cola_status
list_files(const char *dir, char ***names, size_t *n, struct cola_error *err)
{
    DIR *d = opendir(dir);
    struct dirent *entry;
    enum cola_status st = COLA_OK;

    if (d == NULL)
        return cola_fail(err, COLA_INPUT, "%s: %s", dir, strerror(errno));
    while (st == COLA_OK && (entry = readdir(d)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');
        char **more;

        if (entry->d_name[0] == '.' || dot == NULL || strcmp(dot, ".jsonl") != 0)
            continue;
        more = cola_realloc(*names, *n + 1, sizeof *more);
        if (more != NULL)
            *names = more;
        if (more == NULL || (more[*n] = cola_path_join(dir, entry->d_name)) == NULL)
            st = cola_fail_memory(err);
        else
            ++*n;
    }
    closedir(d);
    if (st == COLA_OK && *n == 0)
        st = cola_fail(err, COLA_INPUT, "%s: no vectors: no file is called *.jsonl", dir);
    if (st == COLA_OK)
        qsort(*names, *n, sizeof **names, by_text);
    return st;
}

/* The directory of the file at PATH, absolute, in fresh memory. */
static char *
directory_of(const char *path)
{
    char *copy = cola_strdup(path), *slash = copy != NULL ? strrchr(copy, '/') : NULL;
    char *dir;

    if (slash == copy && slash != NULL)
        slash[1] = '\0';
    else if (slash != NULL)
        *slash = '\0';
    dir = copy != NULL ? realpath(slash != NULL ? copy : ".", NULL) : NULL;
    free(copy);
    return dir;
}

static enum cola_status
check_ids(const struct cola_cases *c, struct cola_error *err)
{
    const char **ids = cola_alloc(c->n, sizeof *ids);
    enum cola_status st = COLA_OK;

    if (ids == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < c->n; i++)
        ids[i] = c->cases[i].id;
    qsort(ids, c->n, sizeof *ids, by_text);
    for (size_t i = 1; i < c->n && st == COLA_OK; i++)
        if (strcmp(ids[i - 1], ids[i]) == 0)
            st = cola_fail(err, COLA_INPUT, "two cases have the id \"%.100s\"", ids[i]);
    free(ids);
    return st;
}

static enum cola_status
read_file(struct cola_cases *c, const char *path, const struct cola_model_source *source,
          struct cola_error *err)
{
    struct cola_vector_file *f = &c->files[c->n_files++];
    size_t from = c->n;
    struct cola_map map;
    enum cola_status st;

    f->path = cola_strdup(path);
    f->dir = directory_of(path);
    if (f->path == NULL || f->dir == NULL)
        return cola_fail(err, COLA_INPUT, "%s: %s", path, strerror(errno));
    st = cola_map_open(path, &map, err);
    if (st != COLA_OK)
        return st;
    st = read_lines(c, f, source, &map, err);
    cola_map_close(&map);
    return st == COLA_OK ? cola_cases_derive(c, from, err) : st;
}

enum cola_status
cola_cases_open(const char *path, const struct cola_model_source *source,
                struct cola_cases **cases, struct cola_error *err)
{
    struct cola_cases *c = cola_alloc(1, sizeof *c);
    char **names = NULL;
    size_t n = 0;
    enum cola_status st;

    if (c == NULL)
        return cola_fail_memory(err);
    c->lines = json_array();
    c->texts = json_array();
    if (cola_file_is_directory(path)) {
        st = list_files(path, &names, &n, err);
    } else {
        names = cola_alloc(1, sizeof *names);
        st = names != NULL && (names[0] = cola_strdup(path)) != NULL ? COLA_OK :
             cola_fail_memory(err);
        n = names != NULL;
    }
    if (st == COLA_OK && (c->files = cola_alloc(n, sizeof *c->files)) == NULL)
        st = cola_fail_memory(err);
    for (size_t i = 0; i < n && st == COLA_OK; i++)
        st = read_file(c, names[i], source, err);
    if (st == COLA_OK)
        st = check_ids(c, err);
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
    if (st != COLA_OK)
        cola_cases_close(c);
    else
        *cases = c;
    return st;
}
