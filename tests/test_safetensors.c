/*
 * test_safetensors.c - files that lie, claim by claim, and files that do not
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/number.h"
#include "checkpoint.h"
#include "expect.h"

static const struct checkpoint small = {
    .layers = 1, .width = 8, .heads = 2, .kv_heads = 1, .head_dim = 6, .hidden = 10,
    .vocabulary = 12, .dtype = COLA_F16, .seed = 1,
};

static char *
directory(void)
{
    char *dir = checkpoint_directory();

    assert_non_null(dir);
    return dir;
}

/* ---- lies -------------------------------------------------------------- */

static void
assert_file_refused(const char *dir, const void *data, size_t len, const char *reason)
{
    char *path = cola_path_join(dir, "x.safetensors");
    struct cola_safetensors *file = NULL;
    struct cola_error err;

    assert_true(checkpoint_file(dir, "x.safetensors", data, len));
    assert_refused(cola_safetensors_open(path, &file, &err), &err, path, reason);
    assert_null(file);
    free(path);
}

/* Length, header and SIZE bytes of data in B. */
static void
compose(struct cola_buffer *b, const char *header, size_t len, size_t size)
{
    cola_buffer_reset(b);
    for (int i = 0; i < 8; i++) {
        unsigned char byte = (unsigned char)((uint64_t)len >> 8 * i);

        cola_buffer_bytes(b, &byte, 1);
    }
    cola_buffer_bytes(b, header, len);
    for (size_t i = 0; i < size; i++)
        cola_buffer_text(b, "\x01");
    assert_false(b->failed);
}

#define F32(shape, offsets) \
    "{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void
lying_header_refused_with_file_and_reason(void **state)
{
    static const struct {
        const char *header;
        size_t size;                    /* of the data behind it */
        const char *reason;
    } lies[] = {
        {"", 8, "does not begin with '{'"},
        {"[1]", 0, "does not begin with '{'"},
        {" {}", 0, "does not begin with '{'"},
        {"{", 0, "not JSON"},
        {"{\"a\":nonsense}", 0, "not JSON"},
        {"{} {}", 0, "not JSON"},
        {"{\"a\\u0000b\":1}", 0, "not JSON"},
        {"{\"\xff\":1}", 0, "not JSON"},
        {"{\"a\":" F32("[1]", "[0,4]") ",\"a\":" F32("[1]", "[0,4]") "}", 4, "duplicate"},
        {"{\"a\":3}", 0, "tensor \"a\": not an object"},
        {"{\"a\":null}", 0, "tensor \"a\": not an object"},
        {"{\"a\":[0,4]}", 4, "tensor \"a\": not an object"},
        {"{\"a\":{}}", 0, "\"dtype\" is missing"},
        {"{\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "\"dtype\""},
        {"{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8,
         "dtype I64 is not supported"},
        {"{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1,
         "dtype F8_E4M3 is not supported"},
        {"{\"a\":{\"dtype\":\"f32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
         "dtype f32 is not supported"},
        {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "\"shape\" is missing"},
        {"{\"a\":" F32("1", "[0,4]") "}", 4, "\"shape\" is missing or not an array"},
        {"{\"a\":" F32("[]", "[0,4]") "}", 4, "0 dimensions"},
        {"{\"a\":" F32("[1,1,1]", "[0,4]") "}", 4, "3 dimensions"},
        {"{\"a\":" F32("[1.0]", "[0,4]") "}", 4, "integers above 0"},
        {"{\"a\":" F32("[\"1\"]", "[0,4]") "}", 4, "integers above 0"},
        {"{\"a\":" F32("[-1]", "[0,4]") "}", 4, "integers above 0"},
        {"{\"a\":" F32("[0]", "[0,0]") "}", 0, "integers above 0"},
        {"{\"a\":" F32("[4611686018427387904]", "[0,4]") "}", 4, "overflows"},
        {"{\"a\":" F32("[4294967296,4294967296]", "[0,4]") "}", 4, "overflows"},
        {"{\"a\":" F32("[99999999999999999999]", "[0,4]") "}", 4, "not JSON"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4,
         "\"data_offsets\" is not a pair"},
        {"{\"a\":" F32("[1]", "4") "}", 4, "not a pair"},
        {"{\"a\":" F32("[1]", "[4]") "}", 4, "not a pair"},
        {"{\"a\":" F32("[1]", "[0,4,8]") "}", 4, "not a pair"},
        {"{\"a\":" F32("[1]", "[0,\"4\"]") "}", 4, "not a pair"},
        {"{\"a\":" F32("[1]", "[0.0,4]") "}", 4, "not a pair"},
        {"{\"a\":" F32("[1]", "[4,0]") "}", 4, "\"data_offsets\" are 4 to 0"},
        {"{\"a\":" F32("[1]", "[-4,0]") "}", 4, "\"data_offsets\" are -4 to 0"},
        {"{\"a\":" F32("[2]", "[0,8]") "}", 4,
         "ends at byte 8 of the data, the file has 4"},
        {"{\"a\":" F32("[1]", "[9223372036854775803,9223372036854775807]") "}", 4,
         "the file has 4"},
        {"{\"a\":" F32("[2]", "[0,4]") "}", 4, "its shape takes 8 bytes"},
        {"{\"a\":" F32("[1]", "[0,8]") "}", 8, "its shape takes 4 bytes"},
        {"{\"a\":" F32("[2]", "[0,8]") ",\"b\":" F32("[2]", "[4,12]") "}", 12,
         "\"a\" and \"b\" overlap"},
        {"{\"b\":" F32("[1]", "[0,4]") ",\"a\":" F32("[1]", "[0,4]") "}", 4,
         "\"a\" and \"b\" overlap"},
        {"{\"a\":" F32("[3]", "[0,12]") ",\"b\":" F32("[1]", "[4,8]") "}", 12, "overlap"},
        {"{\"a\":" F32("[1]", "[4,8]") "}", 8, "4 bytes belong to no tensor"},
        {"{\"a\":" F32("[1]", "[0,4]") ",\"b\":" F32("[1]", "[5,9]") "}", 9,
         "\"b\": before it 1 bytes belong to no tensor"},
        {"{\"a\":" F32("[1]", "[0,4]") "}", 5, "1 bytes after the last tensor"},
        {"{}", 1, "1 bytes after the last tensor"},
        {"{\"__metadata__\":[]}", 0, "\"__metadata__\" is not an object"},
        {"{\"__metadata__\":{\"format\":1}}", 0, "\"format\" is not a string"},
    };
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    char *dir = directory();

    (void)state;
    for (size_t i = 0; i < COUNT(lies); i++) {
        compose(&b, lies[i].header, strlen(lies[i].header), lies[i].size);
        assert_file_refused(dir, b.data, b.len, lies[i].reason);
    }
    cola_buffer_free(&b);
    checkpoint_remove(dir);
}

static void
lying_length_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *reason;
    } lies[] = {
        {"", 0, "too few"},
        {"\2\0\0\0\0\0\0", 7, "too few"},
        {"\0\0\0\0\0\0\0\0", 8, "does not begin with '{'"},
        {"\3\0\0\0\0\0\0\0{}", 10, "said to have 3 bytes, the file has 10"},
        {"\0\0\0\0\0\0\0\2{}", 10, "144115188075855872"},
        {"\377\377\377\377\377\377\377\377{}", 10, "18446744073709551615"},
    };
    char *dir = directory();

    (void)state;
    for (size_t i = 0; i < COUNT(lies); i++)
        assert_file_refused(dir, lies[i].bytes, lies[i].len, lies[i].reason);
    checkpoint_remove(dir);
}

static void
header_beyond_the_formats_limit_refused(void **state)
{
    static const unsigned char start[] = {0x01, 0xe1, 0xf5, 0x05, 0, 0, 0, 0, '{'};
    struct cola_safetensors *file = NULL;
    struct cola_error err;
    char *dir = directory(), *path = cola_path_join(dir, "big.safetensors");

    (void)state;
    assert_true(checkpoint_file(dir, "big.safetensors", start, sizeof start));
    if (truncate(path, 100000001 + 8) == 0)
        assert_refused(cola_safetensors_open(path, &file, &err), &err, path,
                       "100000001 bytes is more than the format allows");
    free(path);
    checkpoint_remove(dir);
}

static void
deeply_nested_header_refused(void **state)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    size_t depth = 100000;
    char *dir = directory(), *header = cola_alloc(depth + 5, 1);

    (void)state;
    assert_non_null(header);
    memcpy(header, "{\"a\":", 5);
    memset(header + 5, '[', depth);
    compose(&b, header, depth + 5, 0);
    assert_file_refused(dir, b.data, b.len, "not JSON");
    cola_buffer_free(&b);
    free(header);
    checkpoint_remove(dir);
}

static void
long_tensor_name_leaves_the_reason_readable(void **state)
{
    static const char rest[] = "\":3}";
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    size_t length = 5000;
    char *dir = directory(), *header = cola_alloc(length + 2 + sizeof rest, 1);

    (void)state;
    assert_non_null(header);
    memcpy(header, "{\"", 2);
    memset(header + 2, 'n', length);
    memcpy(header + 2 + length, rest, sizeof rest);
    compose(&b, header, strlen(header), 0);
    assert_file_refused(dir, b.data, b.len, "not an object");
    cola_buffer_free(&b);
    free(header);
    checkpoint_remove(dir);
}

static void
every_shorter_file_refused(void **state)
{
    struct cola_safetensors *file = NULL;
    struct cola_map map;
    struct cola_error err;
    char *dir = directory(), *path = cola_path_join(dir, "model.safetensors");
    char *cut = cola_path_join(dir, "cut.safetensors");

    (void)state;
    assert_ok(checkpoint_write(dir, &small, &err), &err);
    assert_ok(cola_map_open(path, &map, &err), &err);
    for (size_t n = 0; n < map.size; n++) {
        assert_true(checkpoint_file(dir, "cut.safetensors", map.data, n));
        assert_refused(cola_safetensors_open(cut, &file, &err), &err, cut, "");
    }
    assert_true(checkpoint_file(dir, "cut.safetensors", map.data, map.size));
    assert_ok(cola_safetensors_open(cut, &file, &err), &err);
    cola_safetensors_close(file);
    cola_map_close(&map);
    free(path);
    free(cut);
    checkpoint_remove(dir);
}

static void
absent_file_and_directory_refused(void **state)
{
    struct cola_safetensors *file = NULL;
    struct cola_error err;
    char *dir = directory(), *path = cola_path_join(dir, "absent");

    (void)state;
    assert_refused(cola_safetensors_open(path, &file, &err), &err, path, "No such file");
    assert_refused(cola_safetensors_open(dir, &file, &err), &err, dir, "not a regular");
    assert_int_equal(cola_safetensors_open(path, &file, NULL), COLA_INPUT);
    free(path);
    checkpoint_remove(dir);
}

/* ---- truths ------------------------------------------------------------ */

static void
tensors_sorted_and_found_by_name(void **state)
{
    struct cola_safetensors *file = NULL;
    struct cola_error err;
    char *dir = directory(), *path = cola_path_join(dir, "model.safetensors");

    (void)state;
    assert_ok(checkpoint_write(dir, &small, &err), &err);
    assert_ok(cola_safetensors_open(path, &file, &err), &err);
    assert_int_equal(cola_safetensors_count(file), 9 + 3);
    for (size_t i = 0; i < cola_safetensors_count(file); i++) {
        const struct cola_tensor *t = cola_safetensors_tensor(file, i);

        assert_true(cola_safetensors_find(file, t->name) == t);
        if (i > 0)
            assert_true(strcmp(cola_safetensors_tensor(file, i - 1)->name, t->name) < 0);
    }
    assert_null(cola_safetensors_find(file, ""));
    assert_null(cola_safetensors_find(file, "model"));
    assert_null(cola_safetensors_find(file, "zzz"));
    cola_safetensors_close(file);
    cola_safetensors_close(NULL);
    free(path);
    checkpoint_remove(dir);
}

static void
file_without_tensors_opened(void **state)
{
    struct cola_safetensors *file = NULL;
    struct cola_error err;
    char *dir = directory(), *path = cola_path_join(dir, "x");

    (void)state;
    assert_ok(cola_safetensors_write(path, NULL, 0, &err), &err);
    assert_ok(cola_safetensors_open(path, &file, &err), &err);
    assert_int_equal(cola_safetensors_count(file), 0);
    assert_null(cola_safetensors_find(file, "a"));
    cola_safetensors_close(file);
    free(path);
    checkpoint_remove(dir);
}

static void
written_file_has_aligned_data_and_metadata(void **state)
{
    static const unsigned char one[] = {0x00, 0x00, 0x80, 0x3f, 0x80, 0x3f, 0x00, 0x3c};
    static const struct cola_tensor tensors[] = {
        {"z", COLA_F32, 1, {1, 1}, one},
        {"quote\"", COLA_BF16, 2, {1, 1}, one + 4},
        {"a", COLA_F16, 1, {1, 1}, one + 6},
    };
    static const char header[] =
        "{\"__metadata__\":{\"format\":\"pt\"},"
        "\"z\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
        "\"quote\\\"\":{\"dtype\":\"BF16\",\"shape\":[1,1],\"data_offsets\":[4,6]},"
        "\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[6,8]}}";
    struct cola_map map;
    struct cola_error err;
    char *dir = directory(), *path = cola_path_join(dir, "x");
    uint64_t length;

    (void)state;
    assert_ok(cola_safetensors_write(path, tensors, COUNT(tensors), &err), &err);
    assert_ok(cola_map_open(path, &map, &err), &err);
    length = cola_load64(map.data);
    assert_int_equal(length % 8, 0);
    assert_int_equal(map.size, 8 + length + sizeof one);
    assert_true(length >= sizeof header - 1 && length < sizeof header + 7);
    assert_memory_equal(map.data + 8, header, sizeof header - 1);
    for (size_t i = sizeof header - 1; i < length; i++)
        assert_int_equal(map.data[8 + i], ' ');
    assert_memory_equal(map.data + 8 + length, one, sizeof one);
    cola_map_close(&map);
    free(path);
    checkpoint_remove(dir);
}

static void
header_padded_whatever_its_length(void **state)
{
    static const unsigned char data[4] = {0};
    struct cola_map map;
    struct cola_error err;
    char *dir = directory(), *path = cola_path_join(dir, "x"), name[] = "abcdefgh";

    (void)state;
    for (size_t n = 1; n <= 8; n++) {
        struct cola_tensor t = {name + 8 - n, COLA_F32, 1, {1, 1}, data};

        assert_ok(cola_safetensors_write(path, &t, 1, &err), &err);
        assert_ok(cola_map_open(path, &map, &err), &err);
        assert_int_equal(cola_load64(map.data) % 8, 0);
        assert_int_equal(map.size, 8 + cola_load64(map.data) + 4);
        cola_map_close(&map);
    }
    free(path);
    checkpoint_remove(dir);
}

static void
unwritable_file_reported_as_resource(void **state)
{
    struct cola_error err;
    char *dir = directory(), *path = cola_path_join(dir, "absent/x");

    (void)state;
    assert_int_equal(cola_safetensors_write(path, NULL, 0, &err), COLA_RESOURCE);
    assert_non_null(strstr(err.text, path));
    free(path);
    checkpoint_remove(dir);
}

/* Headers of eight lengths put the data at every alignment. */
static void
misaligned_data_read(void **state)
{
    static const unsigned char data[] = {
        0x00, 0x00, 0x80, 0x3f, 0xdb, 0x0f, 0x49, 0xc0,         /* 1, -pi */
        0x01, 0x00, 0xff, 0x7b, 0x00, 0xbc,                     /* 2^-24, 65504, -1 */
        0x80, 0x3f, 0x49, 0xc0, 0x01, 0x00,                     /* 1, -3.140625, 2^-133 */
    };
    static const char header[] =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
        "\"b\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[8,14]},"
        "\"c\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[14,20]}}";
    static const float want[3][3] = {
        {1.0f, -0x1.921fb6p+1f, 0.0f},
        {0x1p-24f, 65504.0f, -1.0f},
        {1.0f, -3.140625f, 0x1p-133f},
    };
    struct cola_error err;
    char *dir = directory(), *path = cola_path_join(dir, "x");
    struct cola_buffer text = COLA_BUFFER_EMPTY, b = COLA_BUFFER_EMPTY;

    (void)state;
    cola_buffer_text(&text, header);
    for (int blanks = 0; blanks < 8; blanks++) {
        struct cola_safetensors *file = NULL;

        compose(&b, text.data, text.len, 0);
        cola_buffer_bytes(&b, data, sizeof data);
        assert_true(checkpoint_file(dir, "x", b.data, b.len));
        assert_ok(cola_safetensors_open(path, &file, &err), &err);
        for (size_t i = 0; i < 3; i++) {
            const struct cola_tensor *t = cola_safetensors_tensor(file, i);
            float wide[3] = {0};
            size_t n = cola_tensor_count(t);

            cola_tensor_widen(t, 0, n, wide);
            for (size_t j = 0; j < n; j++) {
                assert_int_equal(cola_f32_bits(wide[j]), cola_f32_bits(want[i][j]));
                assert_int_equal(cola_f32_bits(cola_tensor_at(t, j)),
                                 cola_f32_bits(want[i][j]));
            }
            cola_tensor_widen(t, n - 1, 1, wide);
            assert_int_equal(cola_f32_bits(wide[0]), cola_f32_bits(want[i][n - 1]));
        }
        cola_safetensors_close(file);
        cola_buffer_text(&text, " ");
    }
    cola_buffer_free(&b);
    cola_buffer_free(&text);
    free(path);
    checkpoint_remove(dir);
}

static void
nonfinite_found_exactly_where_the_value_is(void **state)
{
    (void)state;
    for (uint32_t bits = 0; bits < 0x10000; bits++) {
        unsigned char two[2] = {(unsigned char)bits, (unsigned char)(bits >> 8)};
        unsigned char four[4] = {0xff, 0xff, two[0], two[1]};
        struct cola_tensor t[] = {
            {"f16", COLA_F16, 1, {1, 1}, two},
            {"bf16", COLA_BF16, 1, {1, 1}, two},
            {"f32", COLA_F32, 1, {1, 1}, four},
        };

        for (size_t i = 0; i < COUNT(t); i++) {
            float x = cola_tensor_at(&t[i], 0);
            int finite = x - x == 0.0f;

            if ((cola_tensor_nonfinite(&t[i]) == SIZE_MAX) != finite)
                fail_msg("%s %04x", t[i].name, (unsigned)bits);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lying_header_refused_with_file_and_reason),
        cmocka_unit_test(lying_length_refused),
        cmocka_unit_test(header_beyond_the_formats_limit_refused),
        cmocka_unit_test(deeply_nested_header_refused),
        cmocka_unit_test(long_tensor_name_leaves_the_reason_readable),
        cmocka_unit_test(every_shorter_file_refused),
        cmocka_unit_test(absent_file_and_directory_refused),
        cmocka_unit_test(tensors_sorted_and_found_by_name),
        cmocka_unit_test(file_without_tensors_opened),
        cmocka_unit_test(written_file_has_aligned_data_and_metadata),
        cmocka_unit_test(header_padded_whatever_its_length),
        cmocka_unit_test(unwritable_file_reported_as_resource),
        cmocka_unit_test(misaligned_data_read),
        cmocka_unit_test(nonfinite_found_exactly_where_the_value_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
