/*
 * wire.c - chains, token ids and tensors in the JSON that programs exchange
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/wire.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "model/safetensors.h"

void
cola_values_free(struct cola_values *values)
{
    free(values->v);
    memset(values, 0, sizeof *values);
}

/* ---- reading --------------------------------------------------------------------- */

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
           c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Memory is taken when the text is known to be as long as its shape says. */
static enum cola_status
read_bits(const json_t *string, const char *place, struct cola_values *v,
          struct cola_error *err)
{
    const char *bits = json_string_value(string);
    size_t len = json_string_length(string);

    if (len % 8 != 0 || len / 8 != v->n)
        return cola_fail(err, COLA_INPUT, "%s: %zu hexadecimal digits, %zu values need 8 "
                         "each", place, len, v->n);
    if ((v->v = cola_alloc(v->n, sizeof *v->v)) == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < v->n; i++) {
        uint32_t x = 0;

        for (int j = 0; j < 8; j++) {
            int digit = hex_digit(bits[8 * i + (size_t)j]);

            if (digit < 0)
                return cola_fail(err, COLA_INPUT, "%s: value %zu is not hexadecimal",
                                 place, i);
            x = x << 4 | (uint32_t)digit;
        }
        v->v[i] = cola_f32_from_bits(x);
    }
    return COLA_OK;
}

/* What is no number counts as one that is none. */
static enum cola_status
read_numbers(const json_t *array, const char *place, struct cola_values *v,
             struct cola_error *err)
{
    if (json_array_size(array) != v->n)
        return cola_fail(err, COLA_INPUT, "%s: %zu values, the shape says %zu", place,
                         json_array_size(array), v->n);
    if ((v->v = cola_alloc(v->n, sizeof *v->v)) == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < v->n; i++) {
        const json_t *x = json_array_get(array, i);

        v->v[i] = json_is_number(x) ? (float)json_number_value(x) : NAN;
    }
    return COLA_OK;
}

static enum cola_status
read_shape(const json_t *shape, const char *place, struct cola_values *v,
           struct cola_error *err)
{
    v->rank = (int)json_array_size(shape);
    v->n = 1;
    if (!json_is_array(shape) || v->rank < 1 || v->rank > COLA_WIRE_RANK)
        return cola_fail(err, COLA_INPUT, "%s: a shape has 1 to %d dimensions", place,
                         COLA_WIRE_RANK);
    for (int i = 0; i < v->rank; i++) {
        const json_t *x = json_array_get(shape, (size_t)i);

        if (!json_is_integer(x) || json_integer_value(x) < 0 ||
            json_integer_value(x) > INT_MAX)
            return cola_fail(err, COLA_INPUT, "%s: a shape that cannot be", place);
        v->shape[i] = (size_t)json_integer_value(x);
        if (v->shape[i] > 0 && v->n > INT_MAX / v->shape[i])
            return cola_fail(err, COLA_INPUT, "%s: a shape too large", place);
        v->n *= v->shape[i];
    }
    return COLA_OK;
}

static enum cola_status
read_file(const char *path, const char *name, const char *dir, const char *place,
          struct cola_values *v, struct cola_error *err)
{
    char *joined = path[0] == '/' || dir == NULL ? cola_strdup(path) :
                   cola_path_join(dir, path);
    struct cola_safetensors *file = NULL;
    const struct cola_tensor *t;
    enum cola_status st = joined == NULL ? cola_fail_memory(err) :
                          cola_safetensors_open(joined, &file, err);

    if (st == COLA_OK && (t = cola_safetensors_find(file, name)) == NULL)
        st = cola_fail(err, COLA_INPUT, "%s: %s has no tensor \"%s\"", place, joined,
                       name);
    if (st == COLA_OK) {
        v->rank = t->rank;
        v->shape[0] = t->shape[0];
        v->shape[1] = t->shape[1];
        v->n = cola_tensor_count(t);
        v->v = cola_alloc(v->n, sizeof *v->v);
        if (v->v != NULL)
            cola_tensor_widen(t, 0, v->n, v->v);
        else
            st = cola_fail_memory(err);
    }
    cola_safetensors_close(file);
    free(joined);
    return st;
}

enum cola_status
cola_wire_tensor(const json_t *value, const char *dir, const char *place,
                 struct cola_values *values, struct cola_error *err)
{
    const json_t *bits = json_object_get(value, "bits");
    const json_t *numbers = json_object_get(value, "values");
    const char *path = json_string_value(json_object_get(value, "file"));
    const char *name = json_string_value(json_object_get(value, "name"));
    struct cola_values v = {{0}, 0, 0, NULL};
    enum cola_status st;

    if (path != NULL && name != NULL) {
        st = read_file(path, name, dir, place, &v, err);
        if (st == COLA_OK && json_object_get(value, "shape") != NULL) {
            size_t n = v.n;

            st = read_shape(json_object_get(value, "shape"), place, &v, err);
            if (st == COLA_OK && n != v.n)
                st = cola_fail(err, COLA_INPUT, "%s: %zu values in the file, the shape "
                               "says %zu", place, n, v.n);
        }
    } else if (json_is_string(bits) || json_is_array(numbers)) {
        st = read_shape(json_object_get(value, "shape"), place, &v, err);
        if (st == COLA_OK)
            st = json_is_string(bits) ? read_bits(bits, place, &v, err) :
                 read_numbers(numbers, place, &v, err);
    } else {
        return cola_fail(err, COLA_INPUT, "%s: no tensor: it has neither \"bits\" nor "
                         "\"values\" nor \"file\" with \"name\"", place);
    }
    if (st != COLA_OK) {
        cola_values_free(&v);
        return st;
    }
    *values = v;
    return COLA_OK;
}

enum cola_status
cola_wire_integers(const json_t *array, int lo, int hi, const char *place, int **values,
                   int *n, struct cola_error *err)
{
    size_t count = json_array_size(array);
    int *v;

    if (!json_is_array(array) || count > INT_MAX / 2)
        return cola_fail(err, COLA_INPUT, "%s: not an array of integers", place);
    v = cola_alloc(count, sizeof *v);
    if (v == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const json_t *x = json_array_get(array, i);
        json_int_t value = json_integer_value(x);

        if (!json_is_integer(x) || value < lo || value > hi) {
            free(v);
            return cola_fail(err, COLA_INPUT, "%s: number %zu is not an integer from %d "
                             "to %d", place, i, lo, hi);
        }
        v[i] = (int)value;
    }
    *values = v;
    *n = (int)count;
    return COLA_OK;
}

enum cola_status
cola_wire_chain(const json_t *array, const char *place, struct cola_chain *chain,
                struct cola_error *err)
{
    int *layers, n;
    enum cola_status st = cola_wire_integers(array, 0, UINT16_MAX, place, &layers, &n,
                                             err);

    if (st != COLA_OK)
        return st;
    if (n > COLA_CHAIN_MAX) {
        free(layers);
        return cola_fail(err, COLA_INPUT, "%s: a chain of %d positions, at most %d",
                         place, n, COLA_CHAIN_MAX);
    }
    chain->len = n;
    for (int i = 0; i < n; i++)
        chain->at[i] = (uint16_t)layers[i];
    free(layers);
    return COLA_OK;
}

/* ---- writing ---------------------------------------------------------------------- */

void
cola_wire_add(struct cola_buffer *b, const float *values, const size_t *shape, int rank)
{
    static const char digits[] = "0123456789abcdef";
    size_t n = 1;

    cola_buffer_text(b, "{\"shape\":[");
    for (int i = 0; i < rank; i++) {
        cola_buffer_printf(b, "%s%zu", i > 0 ? "," : "", shape[i]);
        n *= shape[i];
    }
    cola_buffer_text(b, "],\"bits\":\"");
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = cola_f32_bits(values[i]);
        char text[8];

        for (int j = 0; j < 8; j++)
            text[j] = digits[bits >> (28 - 4 * j) & 15];
        cola_buffer_bytes(b, text, sizeof text);
    }
    cola_buffer_text(b, "\"}");
}
