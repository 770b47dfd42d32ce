/*
 * test_preset.c - every rule and number of a search: found, set, written, read
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

#include "base/json.h"
#include "expect.h"
#include "search/mcts.h"

static struct cola_preset *
preset_of(const char *name, int layers)
{
    struct cola_preset *preset = NULL;
    struct cola_error err;

    assert_ok(cola_preset_find(name, layers, &preset, &err), &err);
    return preset;
}

static char *
preset_text(const struct cola_preset *preset, int spaced)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    cola_preset_add_json(&b, preset, spaced);
    assert_int_equal(cola_buffer_ok(&b, NULL), COLA_OK);
    return b.data;
}

static json_t *
preset_json(const struct cola_preset *preset, int spaced)
{
    char *text = preset_text(preset, spaced);
    json_t *value = NULL;
    struct cola_error err;

    assert_ok(cola_json_parse(text, strlen(text), "preset", &value, &err), &err);
    free(text);
    return value;
}

/* PRESET must be what it was when TEXT was written of it; TEXT is freed. */
static void
assert_unchanged(const struct cola_preset *preset, char *text)
{
    char *now = preset_text(preset, 0);

    assert_string_equal(now, text);
    free(now);
    free(text);
}

static void
windows_follow_the_depth(void **state)
{
    static const struct {
        int layers, min, max;
    } windows[] = {{24, 16, 28}, {28, 16, 32}, {36, 24, 44}, {48, 36, 54}, {32, 20, 36},
                   {16, 8, 20}, {12, 6, 20}, {1, 1, 2}, {4, 2, 8}, {5, 3, 10},
                   {7, 4, 14}, {40, 20, 80}, {512, 256, 1024}};

    (void)state;
    for (size_t i = 0; i < COUNT(windows); i++) {
        struct cola_preset *polar = preset_of("polar-2026", windows[i].layers);
        struct cola_preset *cola = preset_of("cola-2025", windows[i].layers);

        assert_int_equal(polar->rules.min_length, windows[i].min);
        assert_int_equal(polar->rules.max_length, windows[i].max);
        assert_int_equal(cola->rules.min_length, 1);
        assert_int_equal(cola->rules.max_length, 2 * windows[i].layers);
        cola_preset_free(polar);
        cola_preset_free(cola);
    }
    /* Twice the depth may be more than a chain holds. */
    for (int layers = 513; layers <= COLA_CHAIN_MAX; layers += 511) {
        struct cola_preset *cola = preset_of("cola-2025", layers);

        assert_int_equal(cola->rules.max_length, COLA_CHAIN_MAX);
        assert_int_equal(cola_preset_check(cola, NULL), COLA_OK);
        cola_preset_free(cola);
    }
}

static void
presets_have_the_published_numbers(void **state)
{
    static const struct {
        const char *name;
        struct cola_preset is;
    } cases[] = {
        {"cola-2025", {"cola-2025", 28, COLA_WIDENING, COLA_SPLITMIX_SAMPLE, 42, 200,
                       {COLA_SPACE_BOTH, 28, 1, 56, 4, 4, 4, 0, 0, COLA_NESTED}, 2, 5,
                       0.1, 2, 0.5, COLA_C_INSIDE, COLA_V_GLOBAL, COLA_UNVISITED_FIRST,
                       COLA_EPSILON_BEST, COLA_ENDS_NEVER, 0, 0}},
        {"polar-2026", {"polar-2026", 28, COLA_RELEASED, COLA_CPYTHON_SHARED, 42, 100,
                        {COLA_SPACE_BOTH, 28, 16, 32, 4, 1, 1, 2, 0, COLA_NESTED}, 2, 5,
                        0.1, 0, 0.5, COLA_C_INSIDE, COLA_V_STORED, COLA_UNVISITED_LAST,
                        COLA_EPSILON_BEST, COLA_ENDS_NEVER, 0, 0}},
        {"cola-reconstructed", {"cola-reconstructed", 28, COLA_RELEASED,
                        COLA_CPYTHON_SHARED, 42, 200,
                        {COLA_SPACE_BOTH, 28, 16, 32, 4, 1, 1, 2, 0, COLA_NESTED}, 2, 5,
                        0.1, 0, 0.5, COLA_C_INSIDE, COLA_V_STORED, COLA_UNVISITED_LAST,
                        COLA_EPSILON_BEST, COLA_ENDS_NEVER, 0, 0}},
        {"drllm-paper", {"drllm-paper", 28, COLA_WIDENING, COLA_SPLITMIX_SAMPLE, 42, 50,
                         {COLA_SPACE_BOTH, 28, 1, 56, 2, 2, 1, 2, 1, COLA_NESTED}, 3.24,
                         3, 0.1, 1e6, 0.5, COLA_C_OUTSIDE, COLA_V_PARENT,
                         COLA_UNVISITED_FIRST, COLA_EPSILON_ANY, COLA_ENDS_BETTER, 0,
                         0}},
        {"drllm-code", {"drllm-code", 28, COLA_ONE_CHILD, COLA_SPLITMIX_SAMPLE, 42, 200,
                        {COLA_SPACE_BOTH, 28, 1, 56, 2, 2, 1, 0, 1, COLA_NESTED}, 3.24,
                        3, 0.1, 0, 0.5, COLA_C_OUTSIDE, COLA_V_GLOBAL,
                        COLA_UNVISITED_FIRST, COLA_EPSILON_BEST, COLA_ENDS_BY_TWO, 1,
                        1}},
        {"re-polar", {"re-polar", 28, COLA_EDIT_SETS, COLA_CPYTHON_SAMPLE, 42, 100,
                      {COLA_SPACE_BOTH, 28, 1, 56, 4, 4, 1, 0, 0, COLA_DISJOINT},
                      1.999396, 5, 0, 2, 0.5, COLA_C_OUTSIDE, COLA_V_GLOBAL,
                      COLA_UNVISITED_FIRST, COLA_EPSILON_UNTRIED, COLA_ENDS_NEVER, 0,
                      0}},
    };
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct cola_preset *want = &cases[i].is;
        struct cola_preset *got = preset_of(cases[i].name, 28);

        assert_string_equal(got->name, want->name);
        assert_int_equal(got->layers, want->layers);
        assert_int_equal(got->mechanics, want->mechanics);
        assert_int_equal(got->generator, want->generator);
        assert_int_equal(got->simulations, want->simulations);
        assert_int_equal(got->seed, want->seed);
        assert_true(got->widening_power == want->widening_power);
        assert_int_equal(got->formula, want->formula);
        assert_int_equal(got->v, want->v);
        assert_int_equal(got->unvisited, want->unvisited);
        assert_int_equal(got->epsilon_rule, want->epsilon_rule);
        assert_int_equal(got->stop, want->stop);
        assert_int_equal(got->first_counts, want->first_counts);
        assert_int_equal(got->noops, want->noops);
        assert_memory_equal(&got->rules, &want->rules, sizeof got->rules);
        assert_true(got->c2 == want->c2 && got->lambda == want->lambda &&
                    got->epsilon == want->epsilon && got->widening == want->widening);
        cola_preset_free(got);
    }
    /* the table lists what can be found, the default first */
    assert_string_equal(cola_preset_name(0), "cola-2025");
    for (; cola_preset_name(n) != NULL; n++) {
        struct cola_preset *got = preset_of(cola_preset_name(n), 12);

        assert_string_equal(got->name, cola_preset_name(n));
        assert_non_null(cola_preset_summary(n));
        assert_true(cola_preset_summary(n)[0] != '\0');
        assert_int_equal(cola_preset_check(got, NULL), COLA_OK);
        cola_preset_free(got);
    }
    assert_int_equal(n, COUNT(cases));
    assert_null(cola_preset_summary(n));
}

static void
unknown_presets_and_impossible_depths_are_refused(void **state)
{
    static const struct {
        const char *name;
        int layers;
        const char *word;
    } cases[] = {{"cola", 12, "\"cola\""}, {"", 12, "cola-2025"}, {"cola-2025", 0, "0"},
                 {"cola-2025", -1, "-1"}, {"polar-2026", COLA_CHAIN_MAX + 1, "1025"}};
    struct cola_preset *untouched = (struct cola_preset *)(void *)&cases, *p = untouched;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_error err = {COLA_OK, ""};

        assert_refused(cola_preset_find(cases[i].name, cases[i].layers, &p, &err), &err,
                       cases[i].word, "");
        assert_true(p == untouched);
    }
}

/* Every field, a value it does not have, and how that is printed. */
static const struct {
    const char *field, *value, *json;
} changes[] = {
    {"preset", "mine", "\"mine\""},
    {"layers", "13", "13"},
    {"mechanics", "widening", "\"widening\""},
    {"mechanics", "released", "\"released\""},
    {"mechanics", "one-child", "\"one-child\""},
    {"mechanics", "edit-sets", "\"edit-sets\""},
    {"generator", "splitmix64-sample", "\"splitmix64-sample\""},
    {"generator", "cpython-shared", "\"cpython-shared\""},
    {"generator", "cpython-sample", "\"cpython-sample\""},
    {"seed", "0", "0"},
    {"seed", "9223372036854775807", "9223372036854775807"},
    {"simulations", "0", "0"},
    {"simulations", "12345", "12345"},
    {"space", "skip", "\"skip\""},
    {"space", "repeat", "\"repeat\""},
    {"space", "both", "\"both\""},
    {"space", "any", "\"any\""},
    {"min_length", "3", "3"},
    {"max_length", "1024", "1024"},
    {"block_root", "2", "2"},
    {"block", "3", "3"},
    {"extra", "2", "2"},
    {"multiplicity", "7", "7"},
    {"c2", "0.1", "0.10000000000000001"},
    {"c2", "0", "0"},
    {"lambda", "2.5", "2.5"},
    {"epsilon", "1", "1"},
    {"epsilon", "0", "0"},
    {"widening", "1.5", "1.5"},
    {"widening", "0", "0"},
    {"widening_power", "0.25", "0.25"},
    {"block_repeat", "3", "3"},
    {"placement", "disjoint", "\"disjoint\""},
    {"formula", "c-outside", "\"c-outside\""},
    {"v", "global", "\"global\""},
    {"v", "parent", "\"parent\""},
    {"v", "stored", "\"stored\""},
    {"unvisited", "first", "\"first\""},
    {"epsilon_rule", "any", "\"any\""},
    {"epsilon_rule", "untried", "\"untried\""},
    {"stop", "better", "\"better\""},
    {"stop", "shorter", "\"shorter\""},
    {"stop", "shorter-by-two", "\"shorter-by-two\""},
    {"first_counts", "1", "1"},
    {"noops", "1", "1"},
};

static void
every_field_can_be_set_and_comes_back(void **state)
{
    struct cola_preset *preset = preset_of("polar-2026", 12);
    json_t *before = preset_json(preset, 0);
    const char *name;
    json_t *value;

    (void)state;
    json_object_foreach (before, name, value) {
        int listed = 0;

        for (size_t i = 0; i < COUNT(changes); i++)
            listed = listed || strcmp(changes[i].field, name) == 0;
        if (!listed)
            fail_msg("field %s is not in the table of this test", name);
    }
    for (size_t i = 0; i < COUNT(changes); i++) {
        struct cola_preset changed = *preset;
        struct cola_error err;
        json_t *after, *want;

        assert_ok(cola_preset_set(&changed, changes[i].field, changes[i].value, "place",
                                  &err), &err);
        after = preset_json(&changed, (int)i % 2);
        want = json_loads(changes[i].json, JSON_DECODE_ANY, NULL);
        assert_true(json_equal(json_object_get(after, changes[i].field), want));
        /* and nothing else has changed */
        json_object_set(after, changes[i].field,
                        json_object_get(before, changes[i].field));
        assert_true(json_equal(after, before));
        json_decref(want);
        json_decref(after);
    }
    json_decref(before);
    cola_preset_free(preset);
}

static void
bad_values_are_refused_by_name_and_change_nothing(void **state)
{
    static const struct {
        const char *field, *value;
    } cases[] = {
        {"preset", ""}, {"preset", "a name of more than 31 characters"},
        {"layers", "0"}, {"layers", "1025"}, {"layers", "x"},
        {"mechanics", "Widening"}, {"mechanics", ""}, {"generator", "mt19937"},
        {"seed", "-1"}, {"seed", "18446744073709551616"}, {"seed", "4.5"},
        {"simulations", "-1"}, {"simulations", ""}, {"simulations", "1e3"},
        {"simulations", "99999999999999999999"}, {"space", "skips"},
        {"min_length", "0"}, {"min_length", "1025"}, {"max_length", "0"},
        {"max_length", "1025"}, {"max_length", " 5"}, {"block_root", "0"},
        {"block", "0"}, {"block", "-4"}, {"extra", "0"}, {"multiplicity", "-1"},
        {"c2", "-1"}, {"c2", "nan"}, {"c2", "inf"}, {"c2", "1e999"}, {"c2", "1,5"},
        {"lambda", "-0.5"}, {"lambda", "five"}, {"epsilon", "1.01"},
        {"epsilon", "-0.1"}, {"epsilon", ""}, {"widening", "-2"}, {"widening", "2x"},
        {"lamda", "5"}, {"", "5"}, {"c", "1.4"}, {"v", "live"}, {"stop", "soon"},
        {"formula", ""}, {"unvisited", "never"}, {"epsilon_rule", "all"},
        {"placement", "overlapping"}, {"block_repeat", "-1"}, {"block_repeat", "65"},
        {"widening_power", "1.5"}, {"first_counts", "2"}, {"noops", "2"},
    };
    struct cola_preset *preset = preset_of("polar-2026", 12);

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *before = preset_text(preset, 0);
        struct cola_error err = {COLA_OK, ""};
        enum cola_status status = cola_preset_set(preset, cases[i].field, cases[i].value,
                                                  "the place", &err);

        if (status == COLA_OK)
            fail_msg("%s=%s was not refused", cases[i].field, cases[i].value);
        assert_refused(status, &err, "the place", cases[i].field);
        assert_unchanged(preset, before);
    }
    cola_preset_free(preset);
}

static void
fields_that_do_not_fit_together_are_refused(void **state)
{
    static const struct {
        const char *field, *value, *one, *other;
    } cases[] = {
        {"layers", "13", "13", "12"},           /* made for another model */
        {"min_length", "21", "21", "20"},       /* more than max_length */
        {"max_length", "5", "5", "6"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_preset *preset = preset_of("polar-2026", 12);
        struct cola_error err = {COLA_OK, ""};
        struct cola_search *search = NULL;

        assert_ok(cola_preset_check(preset, &err), &err);
        assert_ok(cola_preset_set(preset, cases[i].field, cases[i].value, "place", &err),
                  &err);
        assert_refused(cola_preset_check(preset, &err), &err, cases[i].one,
                       cases[i].other);
        assert_refused(cola_search_new(preset, "x", &search, &err), &err, cases[i].one,
                       cases[i].other);
        assert_null(search);
        cola_preset_free(preset);
    }
}

/* What a mechanics cannot do is said, not ignored. */
static void
fields_that_a_mechanics_lacks_are_refused(void **state)
{
    static const struct {
        const char *preset, *field, *value;
    } cases[] = {
        {"cola-2025", "epsilon_rule", "untried"}, {"drllm-paper", "noops", "1"},
        {"polar-2026", "epsilon_rule", "any"}, {"polar-2026", "epsilon_rule", "untried"},
        {"polar-2026", "noops", "1"}, {"cola-reconstructed", "epsilon_rule", "any"},
        {"drllm-code", "epsilon_rule", "any"}, {"drllm-code", "multiplicity", "2"},
        {"drllm-code", "space", "any"}, {"drllm-code", "placement", "disjoint"},
        {"re-polar", "epsilon_rule", "best"}, {"re-polar", "v", "stored"},
        {"re-polar", "noops", "1"}, {"re-polar", "multiplicity", "2"},
        {"re-polar", "space", "any"}, {"re-polar", "placement", "nested"},
        {"re-polar", "mechanics", "one-child"}, {"drllm-code", "mechanics", "edit-sets"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_preset *preset = preset_of(cases[i].preset, 12);
        struct cola_error err = {COLA_OK, ""};

        assert_ok(cola_preset_set(preset, cases[i].field, cases[i].value, "place", &err),
                  &err);
        assert_refused(cola_preset_check(preset, &err), &err, cases[i].preset,
                       "mechanics");
        cola_preset_free(preset);
    }
}

/* A file of TEXT in the directory for temporary files; its name into PATH. */
static void
write_file(char path[512], const char *text)
{
    const char *place = getenv("TMPDIR");
    FILE *f;

    snprintf(path, 512, "%s/colaref-test-preset.json", place != NULL ? place : "/tmp");
    f = fopen(path, "wb");
    if (f == NULL)
        fail_msg("%s: cannot be written", path);
    fputs(text, f);
    fclose(f);
}

static void
preset_written_is_the_preset_read(void **state)
{
    (void)state;
    for (int spaced = 0; spaced < 2; spaced++) {
        struct cola_preset *from = preset_of("polar-2026", 12);
        struct cola_preset *to = preset_of("cola-2025", 12);
        struct cola_error err;
        char path[512], *text, *back;

        from->seed = 77;
        from->c2 = 3.0 / 7;
        from->epsilon = 1e-9;
        from->rules.space = COLA_SPACE_ANY;
        text = preset_text(from, spaced);
        write_file(path, text);
        assert_ok(cola_preset_load(to, path, &err), &err);
        remove(path);
        back = preset_text(to, spaced);
        assert_string_equal(back, text);
        assert_true(to->c2 == from->c2);
        free(text);
        free(back);
        cola_preset_free(from);
        cola_preset_free(to);
    }
}

static void
file_sets_only_the_fields_it_names(void **state)
{
    struct cola_preset *preset = preset_of("polar-2026", 12);
    json_t *before = preset_json(preset, 0), *after;
    struct cola_error err;
    char path[512];

    (void)state;
    write_file(path, "{\"lambda\": 3, \"space\": \"skip\", \"c2\": 3.24}\n");
    assert_ok(cola_preset_load(preset, path, &err), &err);
    remove(path);
    assert_true(preset->lambda == 3 && preset->c2 == 3.24);
    assert_int_equal(preset->rules.space, COLA_SPACE_SKIP);
    after = preset_json(preset, 0);
    for (size_t i = 0; i < COUNT(changes); i++)
        if (strcmp(changes[i].field, "lambda") && strcmp(changes[i].field, "space") &&
            strcmp(changes[i].field, "c2"))
            assert_true(json_equal(json_object_get(after, changes[i].field),
                                   json_object_get(before, changes[i].field)));
    json_decref(after);
    json_decref(before);
    cola_preset_free(preset);
}

static void
bad_files_are_refused_and_change_nothing(void **state)
{
    static const struct {
        const char *text, *word;
    } cases[] = {
        {"{\"lambda\": 3, \"lamda\": 3}", "lamda"},
        {"{\"lambda\": 3, \"epsilon\": 7}", "epsilon"},
        {"{\"lambda\": 3, \"space\": 7}", "space"},
        {"{\"lambda\": 3, \"seed\": 1.5}", "seed"},
        {"{\"lambda\": 3, \"c2\": null}", "c2"},
        {"{\"lambda\": 3, \"c2\": [2]}", "c2"},
        {"{\"lambda\": 3, \"min_length\": true}", "min_length"},
        {"{\"lambda\": 3", ""}, {"[3]", ""}, {"", ""}, {"null", ""},
    };
    struct cola_preset *preset = preset_of("polar-2026", 12);
    struct cola_error err = {COLA_OK, ""};
    char path[512];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *before = preset_text(preset, 0);

        write_file(path, cases[i].text);
        assert_refused(cola_preset_load(preset, path, &err), &err,
                       "colaref-test-preset.json", cases[i].word);
        assert_unchanged(preset, before);
        remove(path);
    }
    /* the last is not there any more */
    assert_refused(cola_preset_load(preset, path, &err), &err,
                   "colaref-test-preset.json", "");
    cola_preset_free(preset);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_follow_the_depth),
        cmocka_unit_test(presets_have_the_published_numbers),
        cmocka_unit_test(unknown_presets_and_impossible_depths_are_refused),
        cmocka_unit_test(every_field_can_be_set_and_comes_back),
        cmocka_unit_test(bad_values_are_refused_by_name_and_change_nothing),
        cmocka_unit_test(fields_that_do_not_fit_together_are_refused),
        cmocka_unit_test(fields_that_a_mechanics_lacks_are_refused),
        cmocka_unit_test(preset_written_is_the_preset_read),
        cmocka_unit_test(file_sets_only_the_fields_it_names),
        cmocka_unit_test(bad_files_are_refused_and_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
