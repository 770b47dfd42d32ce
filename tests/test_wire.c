/*
 * test_wire.c - tensors, chains and integers in the JSON of colaref-subject(7)
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/number.h"
#include "checkpoint.h"
#include "expect.h"
#include "model/safetensors.h"
#include "oracle/wire.h"

static json_t *
json_of(const char *text)
{
    json_t *v = NULL;
    struct cola_error err;

    assert_ok(cola_json_parse(text, strlen(text), "test", &v, &err), &err);
    return v;
}

static enum cola_status
tensor_of(const char *text, const char *dir, struct cola_values *values,
          struct cola_error *err)
{
    json_t *v = json_of(text);
    enum cola_status st = cola_wire_tensor(v, dir, "here", values, err);

    json_decref(v);
    return st;
}

/* ---- tensors ------------------------------------------------------------ */

/* Every kind of float32 there is, and what it is written as. */
static const struct {
    uint32_t bits;
    const char *text;
} numbers[] = {
    {0x00000000, "00000000"}, {0x80000000, "80000000"}, {0x3f800000, "3f800000"},
    {0xbfc00000, "bfc00000"}, {0x00000001, "00000001"}, {0x807fffff, "807fffff"},
    {0x00800000, "00800000"}, {0x7f7fffff, "7f7fffff"}, {0x7f800000, "7f800000"},
    {0xff800000, "ff800000"}, {0x7fc00000, "7fc00000"}, {0x12abcdef, "12abcdef"},
};

static void
tensors_are_written_and_read_to_the_bit(void **state)
{
    static const size_t shapes[][3] = {{12}, {3, 4}, {2, 3, 2}, {1, 12, 1}};
    static const int ranks[] = {1, 2, 3, 3};
    static const char *const heads[] = {"[12]", "[3,4]", "[2,3,2]", "[1,12,1]"};
    float values[COUNT(numbers)];

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++)
        values[i] = cola_f32_from_bits(numbers[i].bits);
    for (size_t s = 0; s < COUNT(shapes); s++) {
        struct cola_buffer b = COLA_BUFFER_EMPTY, want = COLA_BUFFER_EMPTY;
        struct cola_values got;
        struct cola_error err;

        cola_wire_add(&b, values, shapes[s], ranks[s]);
        cola_buffer_printf(&want, "{\"shape\":%s,\"bits\":\"", heads[s]);
        for (size_t i = 0; i < COUNT(numbers); i++)
            cola_buffer_text(&want, numbers[i].text);
        cola_buffer_text(&want, "\"}");
        assert_string_equal(b.data, want.data);
        assert_ok(tensor_of(b.data, NULL, &got, &err), &err);
        assert_int_equal(got.rank, ranks[s]);
        assert_int_equal(got.n, 12);
        for (int i = 0; i < got.rank; i++)
            assert_int_equal(got.shape[i], shapes[s][i]);
        for (size_t i = 0; i < got.n; i++)
            assert_int_equal(cola_f32_bits(got.v[i]), numbers[i].bits);
        cola_values_free(&got);
        assert_null(got.v);
        cola_buffer_free(&b);
        cola_buffer_free(&want);
    }
}

static void
tensors_of_all_forms(void **state)
{
    static const struct {
        const char *text;
        int rank;
        size_t shape[3], n;
        float v[4];
    } cases[] = {
        {"{\"shape\":[2],\"bits\":\"3F800000BFC00000\"}", 1, {2}, 2, {1.0f, -1.5f}},
        {"{\"shape\":[0],\"bits\":\"\"}", 1, {0}, 0, {0}},
        {"{\"shape\":[2,0,3],\"values\":[]}", 3, {2, 0, 3}, 0, {0}},
        {"{\"shape\":[2,2],\"values\":[1,-0.5,1e3,0]}", 2, {2, 2}, 4,
         {1.0f, -0.5f, 1000.0f, 0.0f}},
        {"{\"shape\":[1],\"values\":[0.1]}", 1, {1}, 1, {0.1f}},
        {"{\"shape\":[1],\"values\":[16777217]}", 1, {1}, 1, {16777216.0f}},
        {"{\"shape\":[1],\"bits\":\"40000000\",\"values\":[1]}", 1, {1}, 1, {2.0f}},
        {"{\"shape\":[1],\"bits\":null,\"values\":[1],\"more\":{}}", 1, {1}, 1, {1.0f}},
        {"{\"shape\":[1],\"bits\":7,\"values\":[1]}", 1, {1}, 1, {1.0f}},
        {"{\"shape\":[1],\"bits\":\"40000000\",\"file\":\"/x\"}", 1, {1}, 1, {2.0f}},
    };

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct cola_values got;
        struct cola_error err;

        assert_ok(tensor_of(cases[c].text, NULL, &got, &err), &err);
        assert_int_equal(got.rank, cases[c].rank);
        for (int i = 0; i < got.rank; i++)
            assert_int_equal(got.shape[i], cases[c].shape[i]);
        assert_int_equal(got.n, cases[c].n);
        for (size_t i = 0; i < got.n; i++)
            assert_true(got.v[i] == cases[c].v[i]);
        cola_values_free(&got);
    }
}

/* Infinities cannot be written as JSON numbers; a word stands for no number. */
static void
what_is_no_number_is_read_as_none(void **state)
{
    struct cola_values got;
    struct cola_error err;

    (void)state;
    assert_ok(tensor_of("{\"shape\":[6],\"values\":[\"nan\",\"inf\",null,[],true,1]}",
                        NULL, &got, &err), &err);
    for (size_t i = 0; i < 5; i++)
        assert_true(isnan(got.v[i]));
    assert_true(got.v[5] == 1.0f);
    cola_values_free(&got);
}

static void
tensors_in_files(void **state)
{
    static const unsigned char f32[] = {0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0x20, 0x41,
                                        0, 0, 0, 0x80, 0, 0, 0xc0, 0x7f, 1, 0, 0, 0};
    static const unsigned char f16[] = {0, 0x3c, 0, 0xc0}, bf16[] = {0x80, 0x3f, 0, 0xc0};
    const struct cola_tensor tensors[] = {
        {"wide", COLA_F32, 2, {3, 2}, f32},
        {"half", COLA_F16, 1, {2, 1}, f16},
        {"brain", COLA_BF16, 1, {2, 1}, bf16},
    };
    static const struct {
        const char *format;     /* %s: the directory */
        int rank;
        size_t shape[3], n;
    } cases[] = {
        {"{\"file\":\"%s/t.safetensors\",\"name\":\"wide\"}", 2, {3, 2}, 6},
        {"{\"file\":\"t.safetensors\",\"name\":\"wide\",\"shape\":[6]}", 1, {6}, 6},
        {"{\"file\":\"%s/t.safetensors\",\"name\":\"wide\",\"shape\":[1,2,3]}", 3,
         {1, 2, 3}, 6},
        {"{\"file\":\"t.safetensors\",\"name\":\"half\"}", 1, {2}, 2},
        {"{\"file\":\"t.safetensors\",\"name\":\"brain\",\"bits\":\"00\"}", 1, {2}, 2},
    };
    char *dir = checkpoint_directory(), *path;
    struct cola_values got;
    struct cola_error err;

    (void)state;
    assert_non_null(dir);
    path = cola_path_join(dir, "t.safetensors");
    assert_ok(cola_safetensors_write(path, tensors, 3, &err), &err);
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct cola_buffer text = COLA_BUFFER_EMPTY;

        cola_buffer_printf(&text, cases[c].format, dir);
        assert_ok(tensor_of(text.data, dir, &got, &err), &err);
        assert_int_equal(got.rank, cases[c].rank);
        for (int i = 0; i < got.rank; i++)
            assert_int_equal(got.shape[i], cases[c].shape[i]);
        assert_int_equal(got.n, cases[c].n);
        assert_true(got.v[0] == 1.0f && got.v[1] == -2.0f);
        if (got.n == 6) {
            assert_true(got.v[2] == 10.0f && signbit(got.v[3]) && isnan(got.v[4]));
            assert_int_equal(cola_f32_bits(got.v[5]), 1);
        }
        cola_values_free(&got);
        cola_buffer_free(&text);
    }
    assert_refused(tensor_of("{\"file\":\"t.safetensors\",\"name\":\"tall\"}", dir, &got,
                             &err), &err, "here: ", "has no tensor \"tall\"");
    assert_refused(tensor_of("{\"file\":\"t.safetensors\",\"name\":\"wide\","
                             "\"shape\":[2,2]}", dir, &got, &err), &err, "here: ",
                   "6 values in the file, the shape says 4");
    assert_refused(tensor_of("{\"file\":\"t.safetensors\",\"name\":\"wide\","
                             "\"shape\":\"6\"}", dir, &got, &err), &err, "here: ",
                   "1 to 3 dimensions");
    assert_refused(tensor_of("{\"file\":\"u.safetensors\",\"name\":\"wide\"}", dir, &got,
                             &err), &err, "u.safetensors", "No such file");
    assert_true(checkpoint_file(dir, "bad.safetensors", "nonsense", 8));
    assert_refused(tensor_of("{\"file\":\"bad.safetensors\",\"name\":\"wide\"}", dir,
                             &got, &err), &err, "bad.safetensors", "");
    free(path);
    checkpoint_remove(dir);
}

static void
malformed_tensors_refused_with_their_place(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"{}", "neither \"bits\" nor \"values\" nor \"file\""},
        {"[]", "no tensor"}, {"null", "no tensor"}, {"7", "no tensor"},
        {"{\"shape\":[1]}", "no tensor"},
        {"{\"shape\":[1],\"bits\":1}", "no tensor"},
        {"{\"shape\":[1],\"values\":{}}", "no tensor"},
        {"{\"file\":\"x\",\"shape\":[1]}", "no tensor"},
        {"{\"file\":\"x\",\"name\":1}", "no tensor"},
        {"{\"bits\":\"3f800000\"}", "1 to 3 dimensions"},
        {"{\"shape\":null,\"bits\":\"3f800000\"}", "1 to 3 dimensions"},
        {"{\"shape\":{},\"bits\":\"3f800000\"}", "1 to 3 dimensions"},
        {"{\"shape\":[],\"bits\":\"3f800000\"}", "1 to 3 dimensions"},
        {"{\"shape\":[1,1,1,1],\"bits\":\"3f800000\"}", "1 to 3 dimensions"},
        {"{\"shape\":[-1],\"bits\":\"3f800000\"}", "a shape that cannot be"},
        {"{\"shape\":[1.0],\"bits\":\"3f800000\"}", "a shape that cannot be"},
        {"{\"shape\":[\"1\"],\"bits\":\"3f800000\"}", "a shape that cannot be"},
        {"{\"shape\":[2147483648],\"bits\":\"\"}", "a shape that cannot be"},
        {"{\"shape\":[9223372036854775807],\"bits\":\"\"}", "a shape that cannot be"},
        {"{\"shape\":[65536,65536],\"bits\":\"\"}", "a shape too large"},
        {"{\"shape\":[2147483647,2147483647,2147483647],\"bits\":\"\"}",
         "a shape too large"},
        {"{\"shape\":[2147483647],\"bits\":\"3f800000\"}",
         "8 hexadecimal digits, 2147483647 values need 8 each"},
        {"{\"shape\":[2147483647],\"values\":[1]}",
         "1 values, the shape says 2147483647"},
        {"{\"shape\":[1],\"bits\":\"\"}", "0 hexadecimal digits"},
        {"{\"shape\":[1],\"bits\":\"3f80000\"}", "7 hexadecimal digits"},
        {"{\"shape\":[1],\"bits\":\"3f8000000\"}", "9 hexadecimal digits"},
        {"{\"shape\":[2],\"bits\":\"3f800000\"}", "2 values need"},
        {"{\"shape\":[1],\"bits\":\"3f80000g\"}", "value 0 is not hexadecimal"},
        {"{\"shape\":[2],\"bits\":\"3f8000003f80 000\"}", "value 1 is not hexadecimal"},
        {"{\"shape\":[1],\"bits\":\"0x3f8000\"}", "value 0 is not hexadecimal"},
        {"{\"shape\":[1],\"bits\":\"\303\251000000\"}", "value 0 is not hexadecimal"},
        {"{\"shape\":[2],\"values\":[1]}", "1 values, the shape says 2"},
        {"{\"shape\":[1],\"values\":[1,2]}", "2 values, the shape says 1"},
        {"{\"shape\":[0],\"values\":[1]}", "1 values, the shape says 0"},
    };

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct cola_values got = {{5, 6, 7}, 8, 9, NULL};
        struct cola_error err;

        assert_refused(tensor_of(cases[c].text, "/nowhere", &got, &err), &err, "here: ",
                       cases[c].reason);
        assert_int_equal(tensor_of(cases[c].text, NULL, &got, NULL), COLA_INPUT);
        assert_true(got.shape[2] == 7 && got.rank == 8 && got.n == 9 && got.v == NULL);
    }
}

/* ---- chains and integers ------------------------------------------------ */

static void
chains_are_arrays_of_layers(void **state)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_chain chain;
    struct cola_error err;
    json_t *v = json_of("[0,1,1,65535,3]");

    (void)state;
    assert_ok(cola_wire_chain(v, "here", &chain, &err), &err);
    json_decref(v);
    assert_int_equal(chain.len, 5);
    assert_true(chain.at[0] == 0 && chain.at[2] == 1 && chain.at[3] == 65535 &&
                chain.at[4] == 3);
    v = json_of("[]");
    assert_ok(cola_wire_chain(v, "here", &chain, &err), &err);
    assert_int_equal(chain.len, 0);
    json_decref(v);

    cola_buffer_text(&b, "[0");
    for (int i = 1; i < COLA_CHAIN_MAX; i++)
        cola_buffer_printf(&b, ",%d", i % 7);
    cola_buffer_text(&b, "]");
    v = json_of(b.data);
    assert_ok(cola_wire_chain(v, "here", &chain, &err), &err);
    assert_int_equal(chain.len, COLA_CHAIN_MAX);
    for (int i = 0; i < COLA_CHAIN_MAX; i++)
        assert_int_equal(chain.at[i], i % 7);
    chain.len = 3;
    json_array_append_new(v, json_integer(1));
    assert_refused(cola_wire_chain(v, "here", &chain, &err), &err, "here: ",
                   "a chain of 1025 positions, at most 1024");
    assert_int_equal(chain.len, 3);
    json_decref(v);
    cola_buffer_free(&b);
}

static void
malformed_chains_refused_with_their_place(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"{}", "not an array of integers"}, {"null", "not an array of integers"},
        {"\"0-3\"", "not an array of integers"}, {"3", "not an array of integers"},
        {"[0,-1]", "number 1 is not an integer from 0 to 65535"},
        {"[65536]", "number 0 is not an integer from 0 to 65535"},
        {"[0,1,1.0]", "number 2 is not an integer"},
        {"[\"1\"]", "number 0 is not an integer"},
        {"[[0]]", "number 0 is not an integer"},
        {"[null]", "number 0 is not an integer"},
        {"[true]", "number 0 is not an integer"},
        {"[4294967296]", "number 0 is not an integer"},
        {"[-9223372036854775808]", "number 0 is not an integer"},
    };

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        json_t *v = json_of(cases[c].text);
        struct cola_chain chain = {.len = 77};
        struct cola_error err;

        assert_refused(cola_wire_chain(v, "here", &chain, &err), &err, "here: ",
                       cases[c].reason);
        assert_int_equal(chain.len, 77);
        json_decref(v);
    }
    assert_int_equal(cola_wire_chain(NULL, "here", NULL, NULL), COLA_INPUT);
}

static void
integers_keep_to_their_limits(void **state)
{
    json_t *v = json_of("[-2,0,5]"), *none = json_of("[]");
    int *got = NULL, n = 7;
    struct cola_error err;

    (void)state;
    assert_ok(cola_wire_integers(v, -2, 5, "here", &got, &n, &err), &err);
    assert_int_equal(n, 3);
    assert_true(got[0] == -2 && got[1] == 0 && got[2] == 5);
    free(got);
    got = NULL;
    assert_refused(cola_wire_integers(v, -1, 5, "here", &got, &n, &err), &err, "here: ",
                   "number 0 is not an integer from -1 to 5");
    assert_refused(cola_wire_integers(v, -2, 4, "here", &got, &n, &err), &err, "here: ",
                   "number 2 is not an integer from -2 to 4");
    assert_true(got == NULL && n == 3);
    assert_ok(cola_wire_integers(none, 1, 0, "here", &got, &n, &err), &err);
    assert_int_equal(n, 0);
    assert_non_null(got);
    free(got);
    json_decref(v);
    json_decref(none);
    v = json_of("[-2147483648,2147483647]");
    assert_ok(cola_wire_integers(v, INT_MIN, INT_MAX, "here", &got, &n, &err), &err);
    assert_true(got[0] == INT_MIN && got[1] == INT_MAX);
    free(got);
    json_decref(v);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_are_written_and_read_to_the_bit),
        cmocka_unit_test(tensors_of_all_forms),
        cmocka_unit_test(what_is_no_number_is_read_as_none),
        cmocka_unit_test(tensors_in_files),
        cmocka_unit_test(malformed_tensors_refused_with_their_place),
        cmocka_unit_test(chains_are_arrays_of_layers),
        cmocka_unit_test(malformed_chains_refused_with_their_place),
        cmocka_unit_test(integers_keep_to_their_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
