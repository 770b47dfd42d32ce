/*
 * test_base.c - errors, buffers, JSON, files, threads, digests, random numbers
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
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/parallel.h"
#include "base/random.h"
#include "checkpoint.h"
#include "expect.h"

/* ---- digests -------------------------------------------------------------- */

static void
sha256_of(const void *data, size_t n, size_t portion, char hex[65])
{
    const unsigned char *p = data;
    struct cola_sha256 sha;
    unsigned char digest[32];

    cola_sha256_init(&sha);
    for (size_t i = 0; i < n; i += portion)
        cola_sha256_add(&sha, p + i, portion < n - i ? portion : n - i);
    cola_sha256_end(&sha, digest);
    cola_sha256_hex(digest, hex);
}

/* The examples NIST publishes with FIPS 180-4. */
static void
published_sha256_matched(void **state)
{
    static const struct {
        const char *text, *digest;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
         "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    };
    static const char of_million[] =
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
    size_t million = 1000000;
    char *text = cola_alloc(million, 1), hex[65];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        sha256_of(cases[i].text, strlen(cases[i].text), 1000, hex);
        assert_string_equal(hex, cases[i].digest);
    }
    assert_non_null(text);
    memset(text, 'a', million);
    sha256_of(text, million, million, hex);
    assert_string_equal(hex, of_million);
    free(text);
}

/* Around the ends of blocks, where padding goes wrong; from Python's hashlib. */
static void
sha256_right_at_block_ends_and_in_any_portions(void **state)
{
    static const struct {
        size_t n;
        const char *digest;
    } cases[] = {
        {55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
        {56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
        {57, "f13b2d724659eb3bf47f2dd6af1accc87b81f09f59f2b75e5c0bed6589dfe8c6"},
        {63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"},
        {64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
        {65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"},
        {119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"},
        {120, "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"},
        {128, "6836cf13bac400e9105071cd6af47084dfacad4e5e302c94bfed24e013afb73e"},
    };
    char text[128], hex[65];

    (void)state;
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t portion = 1; portion <= cases[i].n; portion++) {
            sha256_of(text, cases[i].n, portion, hex);
            assert_string_equal(hex, cases[i].digest);
        }
}

/* "", "a" and "foobar" are in the test suite of FNV's authors. */
static void
published_fnv1a_matched(void **state)
{
    static const struct {
        const char *text;
        uint64_t hash;
    } cases[] = {
        {"", UINT64_C(0xcbf29ce484222325)},
        {"a", UINT64_C(0xaf63dc4c8601ec8c)},
        {"foobar", UINT64_C(0x85944171f73967e8)},
        {"s1:0,1,1,2", UINT64_C(0x213a13b93d8feb5d)},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *text = cases[i].text;
        size_t n = strlen(text), half = n / 2;
        uint64_t front = cola_fnv1a(COLA_FNV_START, text, half);

        assert_true(cola_fnv1a(COLA_FNV_START, text, n) == cases[i].hash);
        assert_true(cola_fnv1a(front, text + half, n - half) == cases[i].hash);
    }
}

/* ---- random numbers ------------------------------------------------------- */

static void
published_splitmix_matched(void **state)
{
    static const uint64_t want[] = {
        UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
        UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
        UINT64_C(16408922859458223821),
    };
    struct cola_splitmix r = {1234567}, s = {1234567};

    (void)state;
    for (size_t i = 0; i < COUNT(want); i++)
        assert_true(cola_splitmix_next(&r) == want[i]);
    assert_true(cola_splitmix_real(&s) == 0x1.667b405fec23ep-2);
    assert_true(cola_splitmix_real(&s) == 0x1.639f8422c2a04p-3);
    assert_true(cola_splitmix_real(&s) == 0x1.107d79cb47e4fp-1);
}

/* The states are the first 16 digits of sha256sum of "SEED:ID". */
static void
splitmix_seeded_from_seed_and_id(void **state)
{
    static const struct {
        uint64_t seed;
        const char *id;
        uint64_t state;
    } cases[] = {
        {1234, "sample", UINT64_C(0xa48012bc0ef35360)},
        {0, "", UINT64_C(0xba768b331fd86cec)},
        {UINT64_MAX, "s1", UINT64_C(0x6f4d7dd9788c1024)},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_splitmix r;

        cola_splitmix_seed(&r, cases[i].seed, cases[i].id);
        assert_true(r.state == cases[i].state);
    }
}

/* From random.h's definition, written in Python; the fourth and fifth bounds
 * refuse about every fourth and second draw. */
static void
splitmix_below_refuses_what_would_be_biased(void **state)
{
    static const struct {
        uint64_t n, draws[4];
    } cases[] = {
        {1, {0, 0, 0, 0}},
        {10, {7, 3, 3, 1}},
        {UINT64_C(0x100000000), {4211670149, 1481904037, 2750577783, 3910630207}},
        {UINT64_C(0xc000000000000000),
         {UINT64_C(6457827717110365317), UINT64_C(9817491932198370423),
          UINT64_C(2573864804176060109), UINT64_C(7804594928223864054)}},
        {UINT64_C(0x8000000000000001),
         {UINT64_C(594119895343594614), UINT64_C(7185550822603448012),
          UINT64_C(1672153600360275588), UINT64_C(5878421941363447067)}},
        {UINT64_MAX,
         {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
          UINT64_C(9817491932198370423), UINT64_C(4593380528125082431)}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_splitmix r = {1234567};

        for (size_t j = 0; j < 4; j++)
            assert_true(cola_splitmix_below(&r, cases[i].n) == cases[i].draws[j]);
    }
}

/*
 * What CPython 3.11 says after random.seed(SEED): three times getrandbits(32)
 * and, after 1996 more, one again; afresh, two times random(); afresh, three
 * times choice(range(212)) and one choice(range(1000000007)).
 */
static void
cpython_generator_matched(void **state)
{
    static const struct {
        uint64_t seed;
        uint32_t words[3], late;
        double reals[2];
        uint32_t choices[4];
    } cases[] = {
        {0, {3626764237, 1654615998, 3255389356}, 3908016617,
         {0.8444218515250481, 0.7579544029403025}, {98, 194, 107, 43469773}},
        {42, {2746317213, 478163327, 107420369}, 1557724698,
         {0.6394267984578837, 0.025010755222666936}, {163, 28, 6, 796233790}},
        {UINT32_MAX, {2728839433, 2661025012, 872737089}, 2640887251,
         {0.6353574441341173, 0.20319993954407756}, {162, 158, 52, 231223274}},
        {UINT64_C(0x100000000), {485306839, 1508871100, 1794561286}, 4134838374,
         {0.11299430095636409, 0.41782886486292836}, {28, 89, 106, 17906118}},
        {UINT64_C(0x100000001), {991850117, 2151679444, 2200792185}, 467436904,
         {0.2309331037176915, 0.5124118614342635}, {59, 128, 131, 904045180}},
        {UINT64_C(0x123456789abcdef0), {3646699384, 2523371432, 4144361526}, 1513430740,
         {0.849063363578306, 0.9649343632780897}, {150, 121, 119, 373455603}},
        {UINT64_MAX, {93740670, 1068495656, 1452108352}, 4117718281,
         {0.021825695401270107, 0.3380953268613758}, {5, 63, 86, 664379076}},
    };
    struct cola_cpython r;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cola_cpython_seed(&r, cases[i].seed);
        for (int j = 0; j < 3; j++)
            assert_int_equal(cola_cpython_next32(&r), cases[i].words[j]);
        for (int j = 0; j < 1996; j++)
            cola_cpython_next32(&r);
        assert_int_equal(cola_cpython_next32(&r), cases[i].late);
        cola_cpython_seed(&r, cases[i].seed);
        for (int j = 0; j < 2; j++)
            assert_true(cola_cpython_real(&r) == cases[i].reals[j]);
        cola_cpython_seed(&r, cases[i].seed);
        for (int j = 0; j < 3; j++)
            assert_int_equal(cola_cpython_below(&r, 212), cases[i].choices[j]);
        assert_int_equal(cola_cpython_below(&r, 1000000007), cases[i].choices[3]);
    }
}

/* random.seed(42); [random._randbelow(n) for n in ...]; getrandbits(32) */
static void
cpython_below_takes_as_many_bits_as_the_bound_has(void **state)
{
    static const uint32_t bounds[] = {1, 2, 3, 0x80000000, 0x80000001, 0xffffffff};
    static const uint32_t want[] = {0, 0, 2, 1181241943, 1051802512, 958682846};
    struct cola_cpython r;

    (void)state;
    cola_cpython_seed(&r, 42);
    for (size_t i = 0; i < COUNT(bounds); i++)
        assert_int_equal(cola_cpython_below(&r, bounds[i]), want[i]);
    assert_int_equal(cola_cpython_next32(&r), 599310825);
}

/* ---- errors and memory ----------------------------------------------------- */

static void
failure_makes_one_line_of_any_input(void **state)
{
    struct cola_error err;
    char longer[2000];

    (void)state;
    assert_int_equal(cola_fail(&err, COLA_INPUT, "%s: line %d", "a\nb\tc\x7f\x1b[0m", 3),
                     COLA_INPUT);
    assert_int_equal(err.status, COLA_INPUT);
    assert_string_equal(err.text, "a?b?c??[0m: line 3");
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(cola_fail(&err, COLA_USAGE, "%s", longer), COLA_USAGE);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_int_equal(cola_fail(NULL, COLA_NO, "nobody listens"), COLA_NO);
    assert_int_equal(cola_fail_memory(&err), COLA_RESOURCE);
    assert_string_equal(err.text, "out of memory");
}

static void
allocation_that_overflows_refused(void **state)
{
    unsigned char *p = cola_alloc(4, 2), *q, *zero = cola_alloc(0, 8);
    char *copy = cola_strdup("text");
    volatile size_t huge = SIZE_MAX / 2;        /* hidden from the compiler */

    (void)state;
    assert_non_null(p);
    assert_non_null(zero);
    for (int i = 0; i < 8; i++)
        assert_int_equal(p[i], 0);
    p[0] = 7;
    assert_null(cola_alloc(huge, 3));
    assert_null(cola_realloc(p, huge, 3));
    q = cola_realloc(p, 100, 2);
    assert_non_null(q);
    assert_int_equal(q[0], 7);
    assert_string_equal(copy, "text");
    free(copy);
    free(zero);
    free(q);
}

static void
buffer_grows_and_remembers_failure(void **state)
{
    static const size_t too_many[] = {SIZE_MAX / 2, SIZE_MAX - 1, SIZE_MAX};
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_error err;

    (void)state;
    for (int i = 0; i < 1000; i++)
        cola_buffer_printf(&b, "%d,", i);
    cola_buffer_bytes(&b, "\0x", 2);
    cola_buffer_bytes(&b, NULL, 0);
    cola_buffer_text(&b, "end");
    assert_ok(cola_buffer_ok(&b, &err), &err);
    assert_int_equal(b.len, 10 * 2 + 90 * 3 + 900 * 4 + 2 + 3);
    assert_memory_equal(b.data, "0,1,2,", 6);
    assert_memory_equal(b.data + b.len - 9, "999,\0xend", 10);
    cola_buffer_reset(&b);
    assert_int_equal(b.len, 0);
    assert_string_equal(b.data, "");

    for (size_t i = 0; i < COUNT(too_many); i++) {
        cola_buffer_bytes(&b, "", too_many[i]);
        assert_int_equal(cola_buffer_ok(&b, &err), COLA_RESOURCE);
        cola_buffer_text(&b, "late");
        assert_int_equal(cola_buffer_ok(&b, &err), COLA_RESOURCE);
        assert_int_equal(b.len, 0);
        cola_buffer_free(&b);
    }
    assert_null(b.data);
    assert_int_equal(cola_buffer_ok(&b, &err), COLA_OK);
}

/* ---- JSON ------------------------------------------------------------------- */

static void
text_that_is_not_json_refused_with_its_place(void **state)
{
    static const char *const texts[] = {
        "", "{", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "nope", "1e999", "\"\xff\"", "[1] 2",
        "99999999999999999999",
    };
    struct cola_error err;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        json_t *value = NULL;

        assert_refused(cola_json_parse(texts[i], strlen(texts[i]), "t.jsonl: line 3",
                                       &value, &err), &err, "t.jsonl: line 3: ",
                       "not JSON: ");
        assert_null(value);
    }
}

static void
file_that_is_not_json_refused_with_its_name(void **state)
{
    char *dir = checkpoint_directory(), *path;
    json_t *value = NULL;
    struct cola_error err;

    (void)state;
    assert_non_null(dir);
    path = cola_path_join(dir, "x.json");
    assert_refused(cola_json_load(path, &value, &err), &err, path, "");
    assert_true(checkpoint_file(dir, "x.json", "{\n\"a\":\n}", 8));
    assert_refused(cola_json_load(path, &value, &err), &err, path, "line 3");
    assert_null(value);
    assert_true(checkpoint_file(dir, "x.json", "[7]", 3));
    assert_ok(cola_json_load(path, &value, &err), &err);
    assert_int_equal(json_array_size(value), 1);
    json_decref(value);
    free(path);
    checkpoint_remove(dir);
}

enum kind { INTEGER, REAL, BOOLEAN, TEXT };

/* Fetch member NAME as KIND and compare it, written as text, with WANT; NULL
 * when nothing is to be stored. */
static enum cola_status
get(const json_t *object, enum kind kind, const char *name, int optional,
    const char *want, struct cola_error *err)
{
    int64_t i = -77;
    double x = -77.0;
    int truth = -77;
    const char *text = "-77";
    char got[40];
    enum cola_status status = COLA_OK;

    switch (kind) {
    case INTEGER:
        status = cola_json_get_integer(object, name, optional, -5, 100, &i, "p", err);
        snprintf(got, sizeof got, "%d", (int)i);
        break;
    case REAL:
        status = cola_json_get_real(object, name, optional, &x, "p", err);
        snprintf(got, sizeof got, "%g", x);
        break;
    case BOOLEAN:
        status = cola_json_get_boolean(object, name, optional, &truth, "p", err);
        snprintf(got, sizeof got, "%d", truth);
        break;
    case TEXT:
        status = cola_json_get_text(object, name, optional, &text, "p", err);
        snprintf(got, sizeof got, "%s", text);
        break;
    }
    assert_string_equal(got, want != NULL ? want : "-77");
    return status;
}

static void
members_fetched_by_type_or_named(void **state)
{
    static const char source[] =
        "{\"i\":7,\"low\":-6,\"high\":101,\"x\":0.5,\"yes\":true,\"no\":false,"
        "\"s\":\"text\",\"null\":null,\"list\":[]}";
    static const struct {
        enum kind kind;
        const char *name;
        int optional;
        const char *want;               /* what is stored, or NULL */
        const char *reason;             /* of a refusal, or NULL */
    } cases[] = {
        {INTEGER, "i", 0, "7", NULL},
        {INTEGER, "low", 0, NULL, "\"low\" is -6, must be -5 to 100"},
        {INTEGER, "high", 1, NULL, "\"high\" is 101, must be -5 to 100"},
        {INTEGER, "x", 1, NULL, "\"x\" is not an integer"},
        {INTEGER, "s", 0, NULL, "\"s\" is not an integer"},
        {INTEGER, "absent", 0, NULL, "\"absent\" is missing"},
        {INTEGER, "absent", 1, NULL, NULL},
        {INTEGER, "null", 0, NULL, "\"null\" is missing"},
        {INTEGER, "null", 1, NULL, NULL},
        {REAL, "x", 0, "0.5", NULL},
        {REAL, "i", 0, "7", NULL},
        {REAL, "s", 0, NULL, "\"s\" is not a number"},
        {REAL, "absent", 0, NULL, "\"absent\" is missing"},
        {REAL, "null", 1, NULL, NULL},
        {BOOLEAN, "yes", 0, "1", NULL},
        {BOOLEAN, "no", 1, "0", NULL},
        {BOOLEAN, "i", 0, NULL, "\"i\" is not true or false"},
        {BOOLEAN, "absent", 0, NULL, "\"absent\" is missing"},
        {BOOLEAN, "null", 1, NULL, NULL},
        {TEXT, "s", 0, "text", NULL},
        {TEXT, "list", 0, NULL, "\"list\" is not a string"},
        {TEXT, "absent", 0, NULL, "\"absent\" is missing"},
        {TEXT, "null", 1, NULL, NULL},
    };
    json_t *object = NULL;
    struct cola_error err;

    (void)state;
    assert_ok(cola_json_parse(source, strlen(source), "p", &object, &err), &err);
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum cola_status status = get(object, cases[i].kind, cases[i].name,
                                      cases[i].optional, cases[i].want, &err);

        if (cases[i].reason != NULL)
            assert_refused(status, &err, "p: ", cases[i].reason);
        else
            assert_ok(status, &err);
    }
    json_decref(object);
}

static void
strings_and_lists_written_as_json(void **state)
{
    static const int list[] = {1, -2, 30};
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    (void)state;
    cola_json_add_text(&b, "q\"\\/\n\x01\xc3\xa9\0z", 10);
    cola_json_add_text(&b, "", 0);
    cola_json_add_text(&b, NULL, 0);
    cola_json_add_integers(&b, list, 3);
    cola_json_add_integers(&b, list, 0);
    assert_false(b.failed);
    assert_string_equal(b.data, "\"q\\\"\\\\/\\n\\u0001\xc3\xa9\\u0000z\""
                                "\"\"null[1,-2,30][]");
    cola_json_add_text(&b, "\xff", 1);
    assert_true(b.failed);
    cola_buffer_free(&b);
}

/* ---- files ------------------------------------------------------------------- */

static void
assert_file_holds(const char *path, const char *want)
{
    struct cola_map map;
    struct cola_error err;

    assert_ok(cola_map_open(path, &map, &err), &err);
    assert_int_equal(map.size, strlen(want));
    if (map.size > 0)
        assert_memory_equal(map.data, want, map.size);
    else
        assert_null(map.data);
    cola_map_close(&map);
    cola_map_close(&map);
}

static void
map_shows_a_file_and_refuses_the_rest(void **state)
{
    char *dir = checkpoint_directory(), *path;
    struct cola_map map;
    struct cola_error err;

    (void)state;
    assert_non_null(dir);
    path = cola_path_join(dir, "x");
    assert_false(cola_file_exists(path));
    assert_refused(cola_map_open(path, &map, &err), &err, path, "No such file");
    assert_refused(cola_map_open(dir, &map, &err), &err, dir, "not a regular file");
    assert_true(checkpoint_file(dir, "x", "", 0));
    assert_file_holds(path, "");
    assert_true(checkpoint_file(dir, "x", "data", 4));
    assert_file_holds(path, "data");
    assert_true(cola_file_exists(path));
    assert_false(cola_file_is_directory(path));
    assert_true(cola_file_is_directory(dir));
    free(path);
    checkpoint_remove(dir);
}

static void
record(const char *path, int create, uint64_t keep, const char *text)
{
    struct cola_appender a;
    struct cola_error err;

    assert_ok(cola_append_open(path, create, keep, &a, &err), &err);
    assert_ok(cola_append(&a, text, strlen(text), &err), &err);
    assert_ok(cola_append_close(&a, &err), &err);
    assert_ok(cola_append_close(&a, &err), &err);
}

static void
appender_creates_once_and_resumes_where_told(void **state)
{
    char *dir = checkpoint_directory(), *path, *absent;
    struct cola_appender a;
    struct cola_error err;

    (void)state;
    assert_non_null(dir);
    path = cola_path_join(dir, "journal");
    absent = cola_path_join(dir, "no/such/place");
    record(path, 1, 0, "one\ntwo\ntor");
    assert_refused(cola_append_open(path, 1, 0, &a, &err), &err, path, "exists already");
    assert_file_holds(path, "one\ntwo\ntor");
    record(path, 0, 8, "three\n");
    assert_file_holds(path, "one\ntwo\nthree\n");
    record(path, 0, 14, "");
    assert_file_holds(path, "one\ntwo\nthree\n");
    assert_int_equal(cola_append_open(absent, 1, 0, &a, &err), COLA_RESOURCE);
    assert_non_null(strstr(err.text, absent));
    free(absent);
    free(path);
    checkpoint_remove(dir);
}

/* ---- threads ------------------------------------------------------------------- */

#define PIECES 10000

struct visits {
    unsigned char times[PIECES];
    unsigned char stranger[PIECES];     /* a worker beyond the threads there are */
    unsigned char nested[PIECES];       /* threads a piece would start */
    int threads;
};

static void
visit(void *ctx, size_t i, int worker)
{
    struct visits *v = ctx;

    v->times[i]++;
    v->stranger[i] = worker < 0 || worker >= v->threads;
    v->nested[i] = (unsigned char)cola_threads();
}

static void
every_piece_visited_once(void **state)
{
    static const int threads[] = {1, 4};
    static const size_t sizes[] = {0, 1, 2, 3, PIECES};
    struct visits *v = cola_alloc(1, sizeof *v);

    (void)state;
    assert_non_null(v);
    for (size_t t = 0; t < COUNT(threads); t++)
        for (size_t s = 0; s < COUNT(sizes); s++) {
            cola_threads_set(threads[t]);
            memset(v, 0, sizeof *v);
            v->threads = cola_threads();
            assert_true(v->threads == threads[t] || v->threads == 1);
            cola_parallel(sizes[s], visit, v);
            for (size_t i = 0; i < PIECES; i++) {
                assert_int_equal(v->times[i], i < sizes[s]);
                assert_int_equal(v->stranger[i], 0);
                if (v->threads > 1 && sizes[s] > 1 && i < sizes[s])
                    assert_int_equal(v->nested[i], 1);
            }
        }
    cola_threads_set(0);
    assert_true(cola_threads() >= 1);
    free(v);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_sha256_matched),
        cmocka_unit_test(sha256_right_at_block_ends_and_in_any_portions),
        cmocka_unit_test(published_fnv1a_matched),
        cmocka_unit_test(published_splitmix_matched),
        cmocka_unit_test(splitmix_seeded_from_seed_and_id),
        cmocka_unit_test(splitmix_below_refuses_what_would_be_biased),
        cmocka_unit_test(cpython_generator_matched),
        cmocka_unit_test(cpython_below_takes_as_many_bits_as_the_bound_has),
        cmocka_unit_test(failure_makes_one_line_of_any_input),
        cmocka_unit_test(allocation_that_overflows_refused),
        cmocka_unit_test(buffer_grows_and_remembers_failure),
        cmocka_unit_test(text_that_is_not_json_refused_with_its_place),
        cmocka_unit_test(file_that_is_not_json_refused_with_its_name),
        cmocka_unit_test(members_fetched_by_type_or_named),
        cmocka_unit_test(strings_and_lists_written_as_json),
        cmocka_unit_test(map_shows_a_file_and_refuses_the_rest),
        cmocka_unit_test(appender_creates_once_and_resumes_where_told),
        cmocka_unit_test(every_piece_visited_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
