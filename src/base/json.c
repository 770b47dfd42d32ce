/*
 * json.c - JSON through jansson, in one place
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "base/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

enum cola_status
cola_json_parse(const char *text, size_t len, const char *place, json_t **value,
                struct cola_error *err)
{
    json_error_t e;
    json_t *v = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);

    if (v == NULL && json_error_code(&e) == json_error_out_of_memory)
        return cola_fail_memory(err);
    if (v == NULL)
        return cola_fail(err, COLA_INPUT, "%s: not JSON: %s (line %d, column %d)",
                         place, e.text, e.line, e.column);
    *value = v;
    return COLA_OK;
}

enum cola_status
cola_json_load(const char *path, json_t **value, struct cola_error *err)
{
    json_error_t e;
    json_t *v = json_load_file(path, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);

    if (v == NULL && json_error_code(&e) == json_error_out_of_memory)
        return cola_fail_memory(err);
    if (v == NULL && e.line < 0)
        return cola_fail(err, COLA_INPUT, "%s", e.text);
    if (v == NULL)
        return cola_fail(err, COLA_INPUT, "%s: not JSON: %s (line %d, column %d)",
                         path, e.text, e.line, e.column);
    *value = v;
    return COLA_OK;
}

/* Member NAME, or NULL with *STATUS saying whether that is a failure. */
static const json_t *
member(const json_t *object, const char *name, int optional, const char *place,
       enum cola_status *status, struct cola_error *err)
{
    const json_t *v = json_object_get(object, name);

    *status = COLA_OK;
    if (v != NULL && !json_is_null(v))
        return v;
    if (!optional)
        *status = cola_fail(err, COLA_INPUT, "%s: \"%s\" is missing", place, name);
    return NULL;
}

enum cola_status
cola_json_get_integer(const json_t *object, const char *name, int optional,
                      int64_t lo, int64_t hi, int64_t *value, const char *place,
                      struct cola_error *err)
{
    enum cola_status status;
    const json_t *v = member(object, name, optional, place, &status, err);
    int64_t x;

    if (v == NULL)
        return status;
    if (!json_is_integer(v))
        return cola_fail(err, COLA_INPUT, "%s: \"%s\" is not an integer", place, name);
    x = json_integer_value(v);
    if (x < lo || x > hi)
        return cola_fail(err, COLA_INPUT, "%s: \"%s\" is %" PRId64 ", must be %" PRId64
                         " to %" PRId64, place, name, x, lo, hi);
    *value = x;
    return COLA_OK;
}

enum cola_status
cola_json_get_real(const json_t *object, const char *name, int optional,
                   double *value, const char *place, struct cola_error *err)
{
    enum cola_status status;
    const json_t *v = member(object, name, optional, place, &status, err);

    if (v == NULL)
        return status;
    if (!json_is_number(v))
        return cola_fail(err, COLA_INPUT, "%s: \"%s\" is not a number", place, name);
    *value = json_number_value(v);
    return COLA_OK;
}

enum cola_status
cola_json_get_boolean(const json_t *object, const char *name, int optional,
                      int *value, const char *place, struct cola_error *err)
{
    enum cola_status status;
    const json_t *v = member(object, name, optional, place, &status, err);

    if (v == NULL)
        return status;
    if (!json_is_boolean(v))
        return cola_fail(err, COLA_INPUT, "%s: \"%s\" is not true or false", place, name);
    *value = json_is_true(v);
    return COLA_OK;
}

enum cola_status
cola_json_get_text(const json_t *object, const char *name, int optional,
                   const char **value, const char *place, struct cola_error *err)
{
    enum cola_status status;
    const json_t *v = member(object, name, optional, place, &status, err);

    if (v == NULL)
        return status;
    if (!json_is_string(v))
        return cola_fail(err, COLA_INPUT, "%s: \"%s\" is not a string", place, name);
    if (strlen(json_string_value(v)) != json_string_length(v))
        return cola_fail(err, COLA_INPUT, "%s: \"%s\" contains a NUL", place, name);
    *value = json_string_value(v);
    return COLA_OK;
}

void
cola_json_add_text(struct cola_buffer *b, const char *text, size_t len)
{
    json_t *v;
    char *quoted;

    if (text == NULL) {
        cola_buffer_text(b, "null");
        return;
    }
    v = json_stringn(text, len);
    quoted = v != NULL ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    if (quoted != NULL)
        cola_buffer_text(b, quoted);
    else
        b->failed = 1;
    free(quoted);
    json_decref(v);
}

void
cola_json_add_real(struct cola_buffer *b, double x)
{
    char text[32];

    cola_print_f64(text, x);
    cola_buffer_text(b, text);
}

void
cola_json_add_integers(struct cola_buffer *b, const int *values, int n)
{
    cola_buffer_text(b, "[");
    for (int i = 0; i < n; i++)
        cola_buffer_printf(b, i > 0 ? ",%d" : "%d", values[i]);
    cola_buffer_text(b, "]");
}

void
cola_json_member_text(struct cola_buffer *b, const char *name, const char *text)
{
    cola_buffer_printf(b, ",\"%s\":", name);
    cola_json_add_text(b, text, text != NULL ? strlen(text) : 0);
}

void
cola_json_member_real(struct cola_buffer *b, const char *name, double x)
{
    cola_buffer_printf(b, ",\"%s\":", name);
    cola_json_add_real(b, x);
}
