/*
 * maker.c - a file of conformance vectors in the making
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/maker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "model/safetensors.h"

#define INLINE 4096             /* values of a tensor in a line at most */

void
cola_maker_close(struct cola_maker *m)
{
    cola_serve_free(m->exact);
    cola_serve_free(m->int8);
    cola_serve_free(m->truth);
    for (int r = COLA_ROUND_F32; r <= COLA_ROUND_F16; r++)
        cola_serve_free(m->rounded[r]);
    cola_buffer_free(&m->lines);
    cola_buffer_free(&m->large);
    free(m->tensors);
    memset(m, 0, sizeof *m);
}

enum cola_status
cola_maker_open(struct cola_maker *m, const char *set, const char *model,
                struct cola_error *err)
{
    enum cola_status st;

    memset(m, 0, sizeof *m);
    m->set = set;
    m->model = model;
    st = cola_serve_new("exact", &m->exact, err);
    if (st == COLA_OK)
        st = cola_serve_new("int8", &m->int8, err);
    if (st == COLA_OK)
        st = cola_serve_new("f64", &m->truth, err);
    for (int r = COLA_ROUND_F32; r <= COLA_ROUND_F16 && st == COLA_OK; r++) {
        st = cola_serve_new("f64", &m->rounded[r], err);
        if (st == COLA_OK)
            st = cola_serve_set(m->rounded[r], "position",
                                cola_rounding_name((enum cola_rounding)r), err);
    }
    if (st != COLA_OK)
        cola_maker_close(m);
    return st;
}

enum cola_status
cola_maker_vacant(const char *dir, const char *set, struct cola_error *err)
{
    static const char *const endings[] = {"jsonl", "safetensors"};
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < 2 && st == COLA_OK; i++) {
        char name[80], *path;

        snprintf(name, sizeof name, "%.60s.%s", set, endings[i]);
        path = cola_path_join(dir, name);
        if (path == NULL)
            st = cola_fail_memory(err);
        else if (cola_file_exists(path))
            st = cola_fail(err, COLA_INPUT, "%s: exists already", path);
        free(path);
    }
    return st;
}

/* ---- asking ------------------------------------------------------------------------ */

/* "op" and "model", as members before others. */
static void
add_opening(const struct cola_maker *m, const char *op, struct cola_buffer *b)
{
    cola_buffer_printf(b, "\"op\":\"%s\",", op);
    if (m->model != NULL) {
        cola_buffer_text(b, "\"model\":");
        cola_json_add_text(b, m->model, strlen(m->model));
        cola_buffer_text(b, ",");
    }
}

enum cola_status
cola_maker_ask(const struct cola_maker *m, struct cola_serve *serve, const char *op,
               const char *request, json_t **answer, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY, got = COLA_BUFFER_EMPTY;
    json_t *asked = NULL, *v = NULL;
    enum cola_status st;

    cola_buffer_text(&b, "{");
    add_opening(m, op, &b);
    cola_buffer_printf(&b, "%s}", request);
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = cola_json_parse(b.data, b.len, "request", &asked, err);
    if (st == COLA_OK)
        st = cola_serve_answer(serve, asked, &got, err);
    if (st == COLA_OK)
        st = cola_json_parse(got.data, got.len, "answer", &v, err);
    if (st == COLA_OK && json_object_get(v, "error") != NULL)
        st = cola_fail(err, COLA_INPUT, "%s", json_string_value(json_object_get(v,
                                                                             "error")));
    else if (st == COLA_OK && json_object_get(v, "unsupported") != NULL)
        st = cola_fail(err, COLA_UNSUPPORTED, "operation \"%s\" is not supported", op);
    if (st == COLA_OK) {
        json_object_del(v, "id");
        *answer = v;
    } else {
        json_decref(v);
    }
    json_decref(asked);
    cola_buffer_free(&b);
    cola_buffer_free(&got);
    return st;
}

/* ---- deviations ------------------------------------------------------------------ */

/* The largest difference between tensors at the same place of A and B, and the
 * largest value of A. */
static enum cola_status
widest(const json_t *a, const json_t *b, double *most, double *largest,
       struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    if (json_object_get(a, "bits") != NULL) {
        struct cola_values x, y;

        st = cola_wire_tensor(a, NULL, "answer", &x, err);
        if (st != COLA_OK)
            return st;
        st = cola_wire_tensor(b, NULL, "answer", &y, err);
        for (size_t i = 0; st == COLA_OK && i < x.n && i < y.n; i++) {
            double difference = fabs((double)x.v[i] - (double)y.v[i]);

            if (!(difference <= *most))
                *most = difference;
            if (fabs((double)x.v[i]) > *largest)
                *largest = fabs((double)x.v[i]);
        }
        cola_values_free(&x);
        if (st == COLA_OK)
            cola_values_free(&y);
    } else if (json_is_object(a)) {
        const char *name;
        json_t *v;

        json_object_foreach((json_t *)(uintptr_t)a, name, v)
            if (st == COLA_OK)
                st = widest(v, json_object_get(b, name), most, largest, err);
    } else if (json_is_array(a)) {
        for (size_t i = 0; i < json_array_size(a) && st == COLA_OK; i++)
            st = widest(json_array_get(a, i), json_array_get(b, i), most, largest, err);
    }
    return st;
}

/* "deviation":{"f32":...}: how far the definition rounded to each type, and
 * int8, are from TRUTH in what they answer; at least what one rounding of the
 * largest value costs, for a short sum may be right by luck. */
static enum cola_status
add_deviation(struct cola_maker *m, const char *op, const char *request,
              const json_t *truth, struct cola_error *err)
{
    static const double unit[COLA_ROUND_F16 + 1] = {
        [COLA_ROUND_F32] = 0x1p-24,
        [COLA_ROUND_BF16] = 0x1p-8,
        [COLA_ROUND_F16] = 0x1p-11,
    };
    struct cola_serve *serves[COLA_ROUND_F16 + 1] = {m->int8};
    const char *comma = "";

    for (int r = COLA_ROUND_F32; r <= COLA_ROUND_F16; r++)
        serves[r] = m->rounded[r];
    cola_buffer_text(&m->lines, "\"deviation\":{");
    for (int r = 0; r <= COLA_ROUND_F16; r++) {
        json_t *answer;
        char text[32];
        double most = 0.0, largest = 0.0;
        enum cola_status st = cola_maker_ask(m, serves[r], op, request, &answer, err);

        if (st != COLA_OK)
            return st;
        st = widest(truth, answer, &most, &largest, err);
        json_decref(answer);
        if (st != COLA_OK)
            return st;
        if (most < unit[r] * largest)
            most = unit[r] * largest;
        cola_print_f64(text, most);
        cola_buffer_printf(&m->lines, "%s\"%s\":%s", comma, r == 0 ? "int8" :
                           cola_rounding_name((enum cola_rounding)r), text);
        comma = ",";
    }
    cola_buffer_text(&m->lines, "}");
    return COLA_OK;
}

/* ---- writing answers ------------------------------------------------------------- */

/* Tensors of VALUE too large for a line move to the file beside. */
static enum cola_status
move_large(struct cola_maker *m, json_t *value, struct cola_error *err)
{
    enum cola_status st = COLA_OK;
    const char *bits = json_string_value(json_object_get(value, "bits"));

    if (bits != NULL && strlen(bits) > 8 * INLINE) {
        struct cola_values v;
        char file[80];
        void *tensors = cola_realloc(m->tensors, m->n_tensors + 1, sizeof *m->tensors);

        if (tensors == NULL)
            return cola_fail_memory(err);
        m->tensors = tensors;
        st = cola_wire_tensor(value, NULL, "answer", &v, err);
        if (st != COLA_OK)
            return st;
        snprintf(m->tensors[m->n_tensors].name, sizeof m->tensors->name, "%zu",
                 m->n_tensors);
        m->tensors[m->n_tensors].first = m->large.len;
        m->tensors[m->n_tensors].count = v.n;
        for (size_t i = 0; i < v.n; i++) {
            uint32_t x = cola_f32_bits(v.v[i]);
            unsigned char bytes[4] = {(unsigned char)x, (unsigned char)(x >> 8),
                                      (unsigned char)(x >> 16), (unsigned char)(x >> 24)};

            cola_buffer_bytes(&m->large, bytes, sizeof bytes);
        }
        cola_values_free(&v);
        snprintf(file, sizeof file, "%.60s.safetensors", m->set);
        json_object_del(value, "bits");
        if (json_object_set_new(value, "file", json_string(file)) != 0 ||
            json_object_set_new(value, "name",
                                json_string(m->tensors[m->n_tensors].name)) != 0)
            return cola_fail_memory(err);
        m->n_tensors++;
    } else if (json_is_object(value)) {
        const char *name;
        json_t *v;

        json_object_foreach(value, name, v)
            if (st == COLA_OK)
                st = move_large(m, v, err);
    } else if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value) && st == COLA_OK; i++)
            st = move_large(m, json_array_get(value, i), err);
    }
    return st;
}

/* Append ANSWER as an object, or its members alone.  It holds no reals, so that
 * the library may write it. */
static enum cola_status
add_answer(struct cola_maker *m, json_t *answer, int members, struct cola_error *err)
{
    enum cola_status st = move_large(m, answer, err);
    char *text = st == COLA_OK ? json_dumps(answer, JSON_COMPACT) : NULL;

    if (text != NULL && members)
        cola_buffer_bytes(&m->lines, text + 1, strlen(text) - 2);
    else if (text != NULL)
        cola_buffer_text(&m->lines, text);
    else if (st == COLA_OK)
        st = cola_fail_memory(err);
    free(text);
    return st;
}

/* ,"NAME":{what SERVE answers} */
static enum cola_status
add_asked(struct cola_maker *m, const char *name, struct cola_serve *serve,
          const char *op, const char *request, struct cola_error *err)
{
    json_t *answer;
    enum cola_status st = cola_maker_ask(m, serve, op, request, &answer, err);

    if (st != COLA_OK)
        return st;
    cola_buffer_printf(&m->lines, ",\"%s\":", name);
    st = add_answer(m, answer, 0, err);
    json_decref(answer);
    return st;
}

/* ---- cases ----------------------------------------------------------------------- */

static void
begin_case(struct cola_maker *m, const char *op, const char *name, const char *rule,
           const char *flags, const char *request)
{
    struct cola_buffer id = COLA_BUFFER_EMPTY;

    m->cases++;
    cola_buffer_printf(&id, "%s/%s", m->set, name);
    m->lines.failed |= id.failed;
    for (char *c = id.data; c != NULL && *c != '\0'; c++)
        if (strchr("@ \t\r\n", *c) != NULL)
            *c = '_';           /* from a model's or a question's name */
    cola_buffer_text(&m->lines, "{\"id\":");
    cola_json_add_text(&m->lines, id.data != NULL ? id.data : "", id.len);
    cola_buffer_free(&id);
    cola_buffer_printf(&m->lines, ",\"op\":\"%s\",\"rule\":\"%s\",\"flags\":[", op, rule);
    while (*flags != '\0') {
        size_t len = strcspn(flags, " ");

        cola_buffer_printf(&m->lines, "\"%.*s\"%s", (int)len, flags,
                           flags[len] != '\0' ? "," : "");
        flags += len + (flags[len] != '\0');
    }
    cola_buffer_printf(&m->lines, "],\"request\":{%s},\"expect\":{", request);
}

static enum cola_status
end_case(struct cola_maker *m, struct cola_error *err)
{
    cola_buffer_text(&m->lines, "}}\n");
    return cola_buffer_ok(&m->lines, err);
}

enum cola_status
cola_maker_discrete(struct cola_maker *m, const char *op, const char *name,
                    const char *flags, const char *request, struct cola_error *err)
{
    json_t *answer;
    enum cola_status st = cola_maker_ask(m, m->exact, op, request, &answer, err);

    if (st != COLA_OK)
        return st;
    begin_case(m, op, name, "exact", flags, request);
    st = add_answer(m, answer, 1, err);
    json_decref(answer);
    return st != COLA_OK ? st : end_case(m, err);
}

enum cola_status
cola_maker_floats(struct cola_maker *m, const char *op, const char *name,
                  const char *flags, const char *request, struct cola_error *err)
{
    json_t *truth;
    enum cola_status st = cola_maker_ask(m, m->truth, op, request, &truth, err);

    if (st != COLA_OK)
        return st;
    begin_case(m, op, name, "ratio", flags, request);
    st = add_deviation(m, op, request, truth, err);
    if (st == COLA_OK)
        st = add_asked(m, "exact", m->exact, op, request, err);
    if (st == COLA_OK)
        st = add_asked(m, "int8", m->int8, op, request, err);
    if (st == COLA_OK) {
        cola_buffer_text(&m->lines, ",\"truth\":");
        st = add_answer(m, truth, 0, err);
    }
    json_decref(truth);
    return st != COLA_OK ? st : end_case(m, err);
}

/* The definition's logits before each of IDS, the answer's tokens, as one
 * request of "logits": teacher forcing. */
static void
forced_request(const struct cola_context *context, const json_t *ids,
               struct cola_buffer *b)
{
    cola_buffer_text(b, "\"items\":[");
    for (size_t i = 0; i < json_array_size(ids); i++) {
        cola_buffer_text(b, i > 0 ? ",{\"chain\":" : "{\"chain\":");
        cola_chain_add_json(b, context->chain);
        cola_buffer_text(b, ",\"tokens\":[");
        for (int t = 0; t < context->n; t++)
            cola_buffer_printf(b, "%s%d", t > 0 ? "," : "", context->ids[t]);
        for (size_t t = 0; t < i; t++)
            cola_buffer_printf(b, ",%d", (int)json_integer_value(json_array_get(ids, t)));
        cola_buffer_text(b, "]}");
    }
    cola_buffer_text(b, "]");
}

/* ,"gaps":[...]: between the largest and second largest logit of each item. */
static enum cola_status
add_gaps(struct cola_maker *m, const json_t *logits, struct cola_error *err)
{
    const json_t *items = json_object_get(logits, "items"), *item;
    size_t i;

    cola_buffer_text(&m->lines, ",\"gaps\":[");
    json_array_foreach(items, i, item) {
        double best = -INFINITY, second = -INFINITY;
        struct cola_values v;
        char text[32];
        enum cola_status st = cola_wire_tensor(item, NULL, "answer", &v, err);

        if (st != COLA_OK)
            return st;
        for (size_t j = 0; j < v.n; j++) {
            double x = (double)v.v[j];

            second = x > best ? best : x > second ? x : second;
            best = x > best ? x : best;
        }
        cola_values_free(&v);
        cola_print_f64(text, best - second);
        cola_buffer_printf(&m->lines, "%s%s", i > 0 ? "," : "", text);
    }
    cola_buffer_text(&m->lines, "],");
    return COLA_OK;
}

enum cola_status
cola_maker_tokens(struct cola_maker *m, const char *op, const char *name,
                  const char *flags, const char *request,
                  const struct cola_context *context, struct cola_error *err)
{
    struct cola_buffer forced = COLA_BUFFER_EMPTY;
    json_t *truth, *logits = NULL;
    enum cola_status st = cola_maker_ask(m, m->truth, op, request, &truth, err);

    if (st != COLA_OK)
        return st;
    forced_request(context, json_object_get(truth, "ids"), &forced);
    st = cola_buffer_ok(&forced, err);
    if (st == COLA_OK)
        st = cola_maker_ask(m, m->truth, "logits", forced.data, &logits, err);
    if (st == COLA_OK) {
        begin_case(m, op, name, "verdict", flags, request);
        st = add_answer(m, truth, 1, err);
    }
    if (st == COLA_OK)
        st = add_gaps(m, logits, err);
    if (st == COLA_OK)
        st = add_deviation(m, "logits", forced.data, logits, err);
    if (st == COLA_OK)
        st = add_asked(m, "exact", m->exact, op, request, err);
    if (st == COLA_OK)
        st = add_asked(m, "int8", m->int8, op, request, err);
    if (st == COLA_OK)
        st = add_asked(m, "truth", m->truth, op, request, err);
    json_decref(truth);
    json_decref(logits);
    cola_buffer_free(&forced);
    return st != COLA_OK ? st : end_case(m, err);
}

/* ---- the files ------------------------------------------------------------------- */

static enum cola_status
write_large(const struct cola_maker *m, const char *dir, struct cola_error *err)
{
    struct cola_tensor *tensors = cola_alloc(m->n_tensors, sizeof *tensors);
    char name[80], *path;
    enum cola_status st;

    snprintf(name, sizeof name, "%.60s.safetensors", m->set);
    path = cola_path_join(dir, name);
    if (tensors == NULL || path == NULL) {
        free(tensors);
        free(path);
        return cola_fail_memory(err);
    }
    for (size_t i = 0; i < m->n_tensors; i++)
        tensors[i] = (struct cola_tensor){
            .name = m->tensors[i].name,
            .dtype = COLA_F32,
            .rank = 1,
            .shape = {m->tensors[i].count, 1},
            .data = (const unsigned char *)m->large.data + m->tensors[i].first,
        };
    st = cola_safetensors_write(path, tensors, m->n_tensors, err);
    free(tensors);
    free(path);
    return st;
}

enum cola_status
cola_maker_write(const struct cola_maker *m, const char *dir, const char *digest,
                 struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_appender file;
    char name[80], *path;
    enum cola_status st = cola_maker_vacant(dir, m->set, err);

    if (st != COLA_OK)
        return st;
    snprintf(name, sizeof name, "%.60s.jsonl", m->set);
    path = cola_path_join(dir, name);
    if (path == NULL)
        return cola_fail_memory(err);
    cola_buffer_text(&b, "{\"format\":\"colaref-vectors\",\"version\":1,"
                     "\"arithmetic\":1,\"model\":");
    if (digest != NULL) {
        cola_buffer_text(&b, "{\"name\":");
        cola_json_add_text(&b, m->set, strlen(m->set));
        cola_buffer_printf(&b, ",\"digest\":\"%s\"}", digest);
    } else
        cola_buffer_text(&b, "null");
    cola_buffer_printf(&b, ",\"cases\":%zu}\n", m->cases);
    cola_buffer_bytes(&b, m->lines.data, m->lines.len);
    cola_buffer_printf(&b, "{\"type\":\"end\",\"cases\":%zu}\n", m->cases);
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = cola_append_open(path, 1, 0, &file, err);
    if (st == COLA_OK) {
        enum cola_status closed;

        st = cola_append(&file, b.data, b.len, err);
        closed = cola_append_close(&file, st == COLA_OK ? err : NULL);
        if (st == COLA_OK)
            st = closed;
    }
    if (st == COLA_OK && m->n_tensors > 0)
        st = write_large(m, dir, err);
    free(path);
    cola_buffer_free(&b);
    return st;
}
