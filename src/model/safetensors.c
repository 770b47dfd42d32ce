/*
 * safetensors.c - one safetensors file, read and written
 *
 * The header is a list of claims about the bytes behind it.  A reader that
 * believes them reads beyond the file, or the same bytes as two tensors; so
 * the claims are checked first, each tensor's by themselves and then all
 * together: sorted by place, every tensor must begin where the one before it
 * ended, the first at the first byte and the last ending with the file.  That
 * one rule excludes overlaps, holes and trailing bytes.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "model/safetensors.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"

/* The format's own limit: a lying length must not cost memory. */
#define HEADER_LIMIT 100000000

struct cola_safetensors {
    struct cola_map map;
    struct cola_tensor *tensors;        /* [count], sorted by name */
    size_t count;
};

/* The file while its header is being checked. */
struct reader {
    const char *path;                   /* for messages */
    const unsigned char *data;          /* what follows the header */
    uint64_t size;
};

/* A name comes from the file, and a long one must not push the reason out of
 * the message. */
#define TENSOR "%s: tensor \"%.100s\": "

/* ---- one tensor's claims -------------------------------------------------- */

static enum cola_status
read_dtype(const struct reader *r, const char *name, const json_t *entry,
           struct cola_tensor *t, struct cola_error *err)
{
    static const enum cola_dtype known[] = {COLA_F32, COLA_F16, COLA_BF16};
    const json_t *value = json_object_get(entry, "dtype");

    if (!json_is_string(value))
        return cola_fail(err, COLA_INPUT, TENSOR "\"dtype\" is missing or not a string",
                         r->path, name);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(json_string_value(value), cola_dtype_name(known[i])) == 0) {
            t->dtype = known[i];
            return COLA_OK;
        }
    return cola_fail(err, COLA_INPUT, TENSOR "dtype %.30s is not supported (F32, F16 and "
                     "BF16 are)", r->path, name, json_string_value(value));
}

/* *BYTES is what a tensor of this shape and dtype occupies. */
static enum cola_status
read_shape(const struct reader *r, const char *name, const json_t *entry,
           struct cola_tensor *t, uint64_t *bytes, struct cola_error *err)
{
    const json_t *list = json_object_get(entry, "shape");
    size_t rank = json_array_size(list);

    if (!json_is_array(list))
        return cola_fail(err, COLA_INPUT, TENSOR "\"shape\" is missing or not an array",
                         r->path, name);
    if (rank < 1 || rank > 2)
        return cola_fail(err, COLA_INPUT, TENSOR "%zu dimensions; 1 or 2 are supported",
                         r->path, name, rank);
    t->rank = (int)rank;
    t->shape[1] = 1;
    *bytes = cola_dtype_size(t->dtype);
    for (size_t i = 0; i < rank; i++) {
        const json_t *value = json_array_get(list, i);
        json_int_t n = json_integer_value(value);

        if (!json_is_integer(value) || n < 1)
            return cola_fail(err, COLA_INPUT, TENSOR "\"shape\" must hold integers above "
                             "0", r->path, name);
        if ((uint64_t)n > UINT64_MAX / *bytes || (uint64_t)n > SIZE_MAX)
            return cola_fail(err, COLA_INPUT, TENSOR "\"shape\" overflows", r->path,
                             name);
        *bytes *= (uint64_t)n;
        t->shape[i] = (size_t)n;
    }
    return COLA_OK;
}

static enum cola_status
read_place(const struct reader *r, const char *name, const json_t *entry,
           struct cola_tensor *t, uint64_t bytes, struct cola_error *err)
{
    const json_t *list = json_object_get(entry, "data_offsets");
    const json_t *first = json_array_get(list, 0), *second = json_array_get(list, 1);
    json_int_t begin = json_integer_value(first), end = json_integer_value(second);

    if (json_array_size(list) != 2 || !json_is_integer(first) || !json_is_integer(second))
        return cola_fail(err, COLA_INPUT, TENSOR "\"data_offsets\" is not a pair of "
                         "integers", r->path, name);
    if (begin < 0 || begin > end)
        return cola_fail(err, COLA_INPUT, TENSOR "\"data_offsets\" are %" PRId64 " to %"
                         PRId64, r->path, name, (int64_t)begin, (int64_t)end);
    if ((uint64_t)end > r->size)
        return cola_fail(err, COLA_INPUT, TENSOR "ends at byte %" PRId64 " of the data, "
                         "the file has %" PRIu64, r->path, name, (int64_t)end, r->size);
    if ((uint64_t)(end - begin) != bytes)
        return cola_fail(err, COLA_INPUT, TENSOR "its shape takes %" PRIu64 " bytes, "
                         "\"data_offsets\" give it %" PRId64, r->path, name, bytes,
                         (int64_t)(end - begin));
    t->data = r->data + begin;
    return COLA_OK;
}

static enum cola_status
read_tensor(const struct reader *r, const char *name, const json_t *entry,
            struct cola_tensor *t, struct cola_error *err)
{
    uint64_t bytes = 0;
    enum cola_status status;

    if (!json_is_object(entry))
        return cola_fail(err, COLA_INPUT, TENSOR "not an object", r->path, name);
    if ((status = read_dtype(r, name, entry, t, err)) ||
        (status = read_shape(r, name, entry, t, &bytes, err)) ||
        (status = read_place(r, name, entry, t, bytes, err)))
        return status;
    if ((t->name = cola_strdup(name)) == NULL)
        return cola_fail_memory(err);
    return COLA_OK;
}

static enum cola_status
check_metadata(const struct reader *r, json_t *metadata, struct cola_error *err)
{
    const char *name;
    json_t *value;

    if (!json_is_object(metadata))
        return cola_fail(err, COLA_INPUT, "%s: \"__metadata__\" is not an object",
                         r->path);
    json_object_foreach(metadata, name, value)
        if (!json_is_string(value))
            return cola_fail(err, COLA_INPUT, "%s: \"__metadata__\": \"%.100s\" is not a "
                             "string", r->path, name);
    return COLA_OK;
}

/* ---- all tensors together ------------------------------------------------- */

/* Both orders are total, because names differ. */
static int
by_name(const void *a, const void *b)
{
    const struct cola_tensor *s = a, *t = b;

    return strcmp(s->name, t->name);
}

static int
by_place(const void *a, const void *b)
{
    const struct cola_tensor *s = a, *t = b;

    if (s->data != t->data)
        return s->data < t->data ? -1 : 1;
    return by_name(a, b);
}

static enum cola_status
check_coverage(const struct reader *r, struct cola_tensor *tensors, size_t count,
               struct cola_error *err)
{
    uint64_t end = 0;

    if (count > 0)
        qsort(tensors, count, sizeof *tensors, by_place);
    for (size_t i = 0; i < count; i++) {
        uint64_t begin = (uint64_t)(tensors[i].data - r->data);

        if (begin < end)
            return cola_fail(err, COLA_INPUT, "%s: tensors \"%.100s\" and \"%.100s\" "
                             "overlap", r->path, tensors[i - 1].name, tensors[i].name);
        if (begin > end)
            return cola_fail(err, COLA_INPUT, TENSOR "before it %" PRIu64 " bytes belong "
                             "to no tensor", r->path, tensors[i].name, begin - end);
        end += cola_tensor_bytes(&tensors[i]);
    }
    if (end < r->size)
        return cola_fail(err, COLA_INPUT, "%s: %" PRIu64 " bytes after the last tensor",
                         r->path, r->size - end);
    return COLA_OK;
}

static enum cola_status
read_tensors(const struct reader *r, json_t *header, struct cola_safetensors *file,
             struct cola_error *err)
{
    const char *name;
    json_t *entry;

    file->tensors = cola_alloc(json_object_size(header), sizeof *file->tensors);
    if (file->tensors == NULL)
        return cola_fail_memory(err);
    json_object_foreach(header, name, entry) {
        int meta = strcmp(name, "__metadata__") == 0;
        enum cola_status status =
            meta ? check_metadata(r, entry, err)
                 : read_tensor(r, name, entry, &file->tensors[file->count], err);

        if (status)
            return status;
        file->count += !meta;
    }
    return check_coverage(r, file->tensors, file->count, err);
}

static enum cola_status
read_file(const char *path, struct cola_safetensors *file, struct cola_error *err)
{
    const unsigned char *data = file->map.data;
    uint64_t size = file->map.size, length;
    json_t *header;
    enum cola_status status;

    if (size < 8)
        return cola_fail(err, COLA_INPUT, "%s: %" PRIu64 " bytes are too few for a "
                         "safetensors file", path, size);
    length = cola_load64(data);
    if (length > size - 8)
        return cola_fail(err, COLA_INPUT, "%s: the header is said to have %" PRIu64
                         " bytes, the file has %" PRIu64 " (is it cut off, or not a "
                         "safetensors file?)", path, length, size);
    if (length > HEADER_LIMIT)
        return cola_fail(err, COLA_INPUT, "%s: a header of %" PRIu64 " bytes is more "
                         "than the format allows (%d)", path, length, HEADER_LIMIT);
    if (length < 1 || data[8] != '{')
        return cola_fail(err, COLA_INPUT, "%s: the header does not begin with '{'", path);
    status = cola_json_parse((const char *)data + 8, (size_t)length, path, &header, err);
    if (status)
        return status;
    status = read_tensors(&(struct reader){path, data + 8 + length, size - 8 - length},
                          header, file, err);
    json_decref(header);
    return status;
}

enum cola_status
cola_safetensors_open(const char *path, struct cola_safetensors **file,
                      struct cola_error *err)
{
    struct cola_safetensors *f = cola_alloc(1, sizeof *f);
    enum cola_status status;

    if (f == NULL)
        return cola_fail_memory(err);
    status = cola_map_open(path, &f->map, err);
    if (status == COLA_OK)
        status = read_file(path, f, err);
    if (status) {
        cola_safetensors_close(f);
        return status;
    }
    if (f->count > 0)
        qsort(f->tensors, f->count, sizeof *f->tensors, by_name);
    *file = f;
    return COLA_OK;
}

void
cola_safetensors_close(struct cola_safetensors *file)
{
    if (file == NULL)
        return;
    for (size_t i = 0; i < file->count; i++)
        free((char *)(uintptr_t)file->tensors[i].name);
    free(file->tensors);
    cola_map_close(&file->map);
    free(file);
}

size_t
cola_safetensors_count(const struct cola_safetensors *file)
{
    return file->count;
}

const struct cola_tensor *
cola_safetensors_tensor(const struct cola_safetensors *file, size_t i)
{
    return &file->tensors[i];
}

const struct cola_tensor *
cola_safetensors_find(const struct cola_safetensors *file, const char *name)
{
    struct cola_tensor key = {.name = name};

    if (file->count == 0)
        return NULL;
    return bsearch(&key, file->tensors, file->count, sizeof key, by_name);
}

/* ---- writing -------------------------------------------------------------- */

/* Length, entries in the order given, and blanks up to a multiple of eight so
 * that the data is aligned for whoever maps it. */
static void
compose_header(struct cola_buffer *b, const struct cola_tensor *tensors, size_t n)
{
    unsigned char length[8];
    uint64_t begin = 0;

    cola_buffer_bytes(b, "\0\0\0\0\0\0\0", 8);
    cola_buffer_text(b, "{\"__metadata__\":{\"format\":\"pt\"}");
    for (size_t i = 0; i < n; i++) {
        const struct cola_tensor *t = &tensors[i];
        uint64_t end = begin + cola_tensor_bytes(t);

        cola_buffer_text(b, ",");
        cola_json_add_text(b, t->name, strlen(t->name));
        cola_buffer_printf(b, ":{\"dtype\":\"%s\",\"shape\":[%zu",
                           cola_dtype_name(t->dtype), t->shape[0]);
        if (t->rank == 2)
            cola_buffer_printf(b, ",%zu", t->shape[1]);
        cola_buffer_printf(b, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", begin,
                           end);
        begin = end;
    }
    cola_buffer_text(b, "}");
    while (b->len % 8 != 0 && !b->failed)
        cola_buffer_text(b, " ");
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)((uint64_t)(b->len - 8) >> 8 * i);
    if (!b->failed)
        memcpy(b->data, length, 8);
}

enum cola_status
cola_safetensors_write(const char *path, const struct cola_tensor *tensors, size_t n,
                       struct cola_error *err)
{
    struct cola_buffer header = COLA_BUFFER_EMPTY;
    enum cola_status status;
    FILE *f;
    int failed;

    compose_header(&header, tensors, n);
    status = cola_buffer_ok(&header, err);
    if (status) {
        cola_buffer_free(&header);
        return status;
    }
    f = fopen(path, "wb");
    failed = f == NULL || fwrite(header.data, 1, header.len, f) != header.len;
    for (size_t i = 0; i < n && !failed; i++) {
        size_t bytes = cola_tensor_bytes(&tensors[i]);

        failed = fwrite(tensors[i].data, 1, bytes, f) != bytes;
    }
    /* A full disk may show only when the last bytes are pushed out. */
    if (f != NULL && fclose(f) != 0)
        failed = 1;
    cola_buffer_free(&header);
    if (failed)
        return cola_fail(err, COLA_RESOURCE, "%s: cannot write: %s", path,
                         strerror(errno));
    return COLA_OK;
}
