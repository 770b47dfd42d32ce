/*
 * test_record.c - what was found: classified, written down, read back, told
 *
 * Findings are compared with what a look at every pair of chains says, files
 * byte by byte with what they ought to hold, also after the writer was killed
 * at any byte.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chain/judge.h"
#include "checkpoint.h"
#include "expect.h"
#include "record/journal.h"
#include "record/record.h"
#include "record/table.h"
#include "report/statistics.h"
#include "report/tables.h"
#include "search_again.h"

/* ---- files ------------------------------------------------------------------ */

static char *directory;

static int
set_up(void **state)
{
    (void)state;
    directory = checkpoint_directory();
    return directory == NULL;
}

static int
tear_down(void **state)
{
    (void)state;
    checkpoint_remove(directory);
    return 0;
}

/* DIRECTORY/NAME, in a buffer that the next call but three reuses. */
static const char *
path_of(const char *name)
{
    static char paths[4][600];
    static int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

static void
write_bytes(const char *name, const char *data, size_t len)
{
    assert_true(checkpoint_file(directory, name, data, len));
}

static void
write_text(const char *name, const char *text)
{
    write_bytes(name, text, strlen(text));
}

/* The file's text in fresh memory, NULL when there is none. */
static char *
read_text(const char *name)
{
    FILE *f = fopen(path_of(name), "rb");
    char *text;
    size_t n;

    if (f == NULL)
        return NULL;
    text = cola_alloc(1 << 20, 1);
    assert_non_null(text);
    n = fread(text, 1, (1 << 20) - 1, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

static void
assert_file(const char *name, const char *want)
{
    char *text = read_text(name);

    assert_non_null(text);
    assert_string_equal(text, want);
    free(text);
}

static void
assert_no_file(const char *name)
{
    assert_false(cola_file_exists(path_of(name)));
}

/* ---- searches to look at -------------------------------------------------------- */

/* Verdicts by dice: of INPUTS inputs each is right one time in ODDS, or not
 * decided one time in 7; values are coarse, so that ties are common. */
struct dice {
    const char *const *ids;
    int inputs, odds, held;
};

static enum cola_status
dice_answer(void *ctx, const struct cola_question *questions,
            struct cola_verdict *verdicts, size_t n, struct cola_error *err)
{
    const struct dice *d = ctx;

    (void)err;
    for (size_t i = 0; i < n; i++) {
        const struct cola_chain *chain = &questions[i].chain;
        uint64_t state = again_fnv(d->ids[questions[i].sample]);
        struct cola_verdict *v = &verdicts[i];

        for (int p = 0; p < chain->len; p++)
            state = (state ^ chain->at[p]) * 0x100000001b3;
        cola_verdict_plain(v, COLA_WRONG, "dice");
        v->inputs = d->inputs;
        v->correct = 0;
        for (int k = 0; k < d->inputs; k++)
            switch (again_below(&state, 7)) {
            case 0:
                v->undecided++;
                break;
            default:
                v->correct += again_below(&state, (uint64_t)d->odds) == 0;
            }
        v->held = d->held;
        v->held_correct = d->held > 0 ? (int)again_below(&state, 3) : 0;
        v->mark = v->correct == v->inputs ? COLA_CORRECT :
                  v->correct + v->undecided == v->inputs ? COLA_UNDECIDED : COLA_WRONG;
        v->gold_logprob = again_below(&state, 9) == 0 ? (double)NAN :
                          -(double)again_below(&state, 6) / 4.0;
        v->margin = (double)again_below(&state, 50) / 8.0;
    }
    return COLA_OK;
}

static struct cola_preset *
preset_of(const char *name, int layers, int simulations)
{
    struct cola_preset *preset = NULL;
    struct cola_error err;

    assert_ok(cola_preset_find(name, layers, &preset, &err), &err);
    preset->simulations = simulations;
    return preset;
}

static const char *const five[] = {"a", "b", "c", "d", "e"};

/* Search five samples and show each outcome to LOOK. */
static void
search(struct dice dice, int layers, int simulations,
       enum cola_status (*look)(void *ctx, const struct cola_outcome *o,
                                struct cola_error *err))
{
    struct cola_preset *preset = preset_of("cola-2025", layers, simulations);
    struct cola_drive drive = {
        .preset = preset, .judge = {dice_answer, &dice}, .ids = five, .n = 5,
        .random = 1, .done = look, .ctx = &dice,
    };
    struct cola_error err;

    dice.ids = five;
    assert_ok(cola_drive(&drive, &err), &err);
    cola_preset_free(preset);
}

/* ---- classification ------------------------------------------------------------- */

/* Is A before B: shorter, then fewer different layers, then the first layer
 * that differs? */
static int
comes_before(const struct cola_chain *a, const struct cola_chain *b)
{
    int different[2] = {0, 0};
    const struct cola_chain *both[2] = {a, b};

    if (a->len != b->len)
        return a->len < b->len;
    for (int c = 0; c < 2; c++)
        for (int layer = 0; layer < 64; layer++)
            for (int i = 0; i < both[c]->len; i++)
                if (both[c]->at[i] == layer) {
                    different[c]++;
                    break;
                }
    if (different[0] != different[1])
        return different[0] < different[1];
    for (int i = 0; i < a->len; i++)
        if (a->at[i] != b->at[i])
            return a->at[i] < b->at[i];
    return 0;
}

static size_t classes[4], fronts[2];

static enum cola_status
look_classified(void *ctx, const struct cola_outcome *o, struct cola_error *err)
{
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(o->search, &list);
    struct cola_chain *chain = cola_alloc(n, sizeof *chain);
    const struct cola_verdict *v = o->verdicts;
    struct cola_finding f;
    size_t right = 0, shorter = 0;

    (void)ctx;
    (void)err;
    assert_non_null(chain);
    for (size_t i = 0; i < n; i++) {
        cola_outcome_chain(o, i, &chain[i]);
        right += v[i].mark == COLA_CORRECT;
        shorter += v[i].mark == COLA_CORRECT && chain[i].len < chain[0].len;
    }
    cola_classify(o, &f);
    assert_int_equal(f.class, v[0].mark == COLA_CORRECT ?
                     (shorter > 0 ? COLA_C_TO_C : COLA_C) :
                     right > 0 ? COLA_W_TO_C : COLA_W_TO_W);
    classes[f.class]++;
    assert_int_equal(f.shortest == COLA_NONE, right == 0);
    assert_true(f.shortest == COLA_NONE || v[f.shortest].mark == COLA_CORRECT);
    assert_true(f.robust < n);
    for (size_t i = 0; i < n; i++) {
        assert_false(v[i].mark == COLA_CORRECT &&
                     comes_before(&chain[i], &chain[f.shortest]));
        assert_false(v[i].correct > v[f.robust].correct ||
                     (v[i].correct == v[f.robust].correct &&
                      comes_before(&chain[i], &chain[f.robust])));
    }
    free(chain);
    return COLA_OK;
}

static void
classes_are_those_of_a_look_at_every_chain(void **state)
{
    static const struct dice dice[] = {
        {NULL, 1, 2, 0}, {NULL, 1, 12, 0}, {NULL, 1, 1000, 0}, {NULL, 3, 2, 2},
        {NULL, 3, 1, 1}, {NULL, 1, 1, 0},
    };

    (void)state;
    memset(classes, 0, sizeof classes);
    for (size_t i = 0; i < COUNT(dice); i++) {
        search(dice[i], 5, 40, look_classified);
        search(dice[i], 12, 3, look_classified);
    }
    for (int c = 0; c < 4; c++)
        assert_true(classes[c] > 2);
    assert_string_equal(cola_class_name(COLA_W_TO_C), "W->C");
    assert_string_equal(cola_class_name(COLA_W_TO_W), "W->W");
    assert_string_equal(cola_class_name(COLA_C_TO_C), "C->C");
    assert_string_equal(cola_class_name(COLA_C), "C");
}

static enum cola_status
look_at_front(void *ctx, const struct cola_outcome *o, struct cola_error *err)
{
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(o->search, &list);
    struct cola_chain *chain = cola_alloc(n, sizeof *chain);
    double *value = cola_alloc(n, sizeof *value);
    unsigned char *front = cola_alloc(n, 1);

    (void)ctx;
    (void)err;
    assert_true(chain != NULL && value != NULL && front != NULL);
    for (size_t i = 0; i < n; i++) {
        cola_outcome_chain(o, i, &chain[i]);
        value[i] = o->verdicts[i].gold_logprob;
    }
    cola_pareto(o, value, front);
    for (size_t i = 0; i < n; i++) {
        int beaten = isnan(value[i]);

        for (size_t j = 0; j < n; j++) {
            if (isnan(value[j]))
                continue;
            beaten |= value[j] > value[i] && chain[j].len <= chain[i].len;
            beaten |= value[j] >= value[i] && chain[j].len < chain[i].len;
            beaten |= value[j] == value[i] && comes_before(&chain[j], &chain[i]);
        }
        assert_int_equal(front[i], !beaten);
        fronts[front[i]]++;
    }
    free(chain);
    free(value);
    free(front);
    return COLA_OK;
}

static void
front_is_what_no_chain_beats_in_both(void **state)
{
    (void)state;
    fronts[0] = fronts[1] = 0;
    search((struct dice){NULL, 1, 2, 0}, 5, 60, look_at_front);
    search((struct dice){NULL, 1, 2, 0}, 12, 60, look_at_front);
    assert_true(fronts[0] > 50 && fronts[1] > 12);
}

/* ---- records ----------------------------------------------------------------------- */

static const json_t *
at(const json_t *object, const char *name)
{
    const json_t *v = json_object_get(object, name);

    if (v == NULL)
        fail_msg("\"%s\" is missing", name);
    return v;
}

/* VALUE as canonical text of a chain. */
static void
assert_chain(const json_t *value, const struct cola_chain *chain)
{
    assert_int_equal(json_array_size(value), chain->len);
    for (int i = 0; i < chain->len; i++)
        assert_int_equal(json_integer_value(json_array_get(value, (size_t)i)),
                         chain->at[i]);
}

static void
assert_mark(const json_t *value, enum cola_mark mark)
{
    assert_true(mark == COLA_CORRECT ? json_is_true(value) :
                mark == COLA_WRONG ? json_is_false(value) : json_is_null(value));
}

/* A real, or null where there is none. */
static void
assert_real(const json_t *value, double x)
{
    if (isnan(x))
        assert_true(json_is_null(value));
    else
        assert_true(json_is_number(value) && json_number_value(value) == x);
}

static void
assert_counts(const json_t *o, const struct cola_verdict *v)
{
    if (v->inputs + v->held == 1) {
        assert_null(json_object_get(o, "of"));
        return;
    }
    assert_int_equal(json_integer_value(at(o, "right")), v->correct);
    assert_int_equal(json_integer_value(at(o, "undecided")), v->undecided);
    assert_int_equal(json_integer_value(at(o, "of")), v->inputs);
    assert_int_equal(json_integer_value(at(o, "held_right")), v->held_correct);
    assert_int_equal(json_integer_value(at(o, "held_of")), v->held);
}

static enum cola_status
look_recorded(void *ctx, const struct cola_outcome *o, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    const struct cola_tree *tree = cola_search_tree(o->search);
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(o->search, &list), on_front = 0;
    double *value = cola_alloc(n, sizeof *value);
    unsigned char *front = cola_alloc(n, 1);
    struct cola_chain chain;
    struct cola_finding f;
    const json_t *array;
    json_t *r;
    int single = o->verdicts[0].inputs + o->verdicts[0].held == 1;
    int by_logprob = single && !isnan(o->verdicts[0].gold_logprob);

    (void)ctx;
    assert_true(value != NULL && front != NULL);
    cola_record_add(&b, "it", 4, "abc", o);
    assert_ok(cola_buffer_ok(&b, err), err);
    assert_int_equal(b.data[b.len - 1], '\n');
    assert_ptr_equal(memchr(b.data, '\n', b.len), b.data + b.len - 1);
    assert_ok(cola_json_parse(b.data, b.len, "record", &r, err), err);
    cola_buffer_free(&b);
    cola_classify(o, &f);

    assert_string_equal(json_string_value(at(r, "type")), "sample");
    assert_string_equal(json_string_value(at(r, "id")), "it");
    assert_string_equal(json_string_value(at(r, "prompt_sha256")), "abc");
    assert_string_equal(json_string_value(at(r, "class")), cola_class_name(f.class));
    assert_int_equal(json_integer_value(at(r, "level")), 4);
    assert_mark(at(r, "base"), o->verdicts[0].mark);
    array = at(r, "evaluated");
    assert_int_equal(json_array_size(array), n);
    for (size_t i = 0; i < n; i++) {
        const json_t *e = json_array_get(array, i);
        const struct cola_verdict *v = &o->verdicts[i];
        size_t parent = tree->nodes[list[i].node].parent;

        cola_outcome_chain(o, i, &chain);
        assert_chain(at(e, "chain"), &chain);
        assert_int_equal(json_integer_value(at(e, "length")), chain.len);
        assert_mark(at(e, "correct"), v->mark);
        assert_counts(e, v);
        assert_real(at(e, "margin"), v->margin);
        assert_real(at(e, "gold_logprob"), v->gold_logprob);
        assert_int_equal(json_integer_value(at(e, "simulation")), list[i].simulation);
        value[i] = by_logprob ? v->gold_logprob : (double)v->correct / v->inputs;
        if (parent == COLA_NONE) {
            assert_true(json_is_null(at(e, "parent")) && json_is_null(at(e, "edit")));
            continue;
        }
        cola_chain_set_get(&tree->chains, parent, &chain);
        assert_chain(at(e, "parent"), &chain);
        cola_edit_add_text(&b, tree->nodes[list[i].node].edit);
        assert_string_equal(json_string_value(at(e, "edit")), b.data);
        cola_buffer_free(&b);
    }
    if (f.shortest == COLA_NONE) {
        assert_true(json_is_null(at(r, "shortest")));
    } else {
        cola_outcome_chain(o, f.shortest, &chain);
        assert_chain(at(r, "shortest"), &chain);
    }
    assert_int_equal(json_object_get(r, "robust") == NULL, single);
    if (!single) {
        cola_outcome_chain(o, f.robust, &chain);
        assert_chain(at(at(r, "robust"), "chain"), &chain);
        assert_counts(at(r, "robust"), &o->verdicts[f.robust]);
    }
    cola_pareto(o, value, front);
    array = at(at(r, "pareto"), "chains");
    assert_string_equal(json_string_value(json_array_get(at(at(r, "pareto"), "axes"), 0)),
                        by_logprob ? "gold_logprob" : "accuracy");
    for (size_t i = 0; i < n; i++)
        if (front[i]) {
            const json_t *p = json_array_get(array, on_front++);

            cola_outcome_chain(o, i, &chain);
            assert_chain(at(p, "chain"), &chain);
            assert_real(at(p, by_logprob ? "gold_logprob" : "accuracy"), value[i]);
        }
    assert_int_equal(json_array_size(array), on_front);
    assert_int_equal(json_integer_value(at(at(r, "tree"), "nodes")), tree->chains.count);
    assert_int_equal(json_integer_value(at(at(r, "tree"), "simulations")),
                     cola_search_simulations(o->search));
    array = at(r, "random");
    assert_int_equal(json_array_size(array), o->random->count);
    for (size_t i = 0; i < o->random->count; i++) {
        const json_t *e = json_array_get(array, i);

        cola_chain_set_get(o->random, i, &chain);
        assert_chain(at(e, "chain"), &chain);
        assert_mark(at(e, "correct"), o->random_verdicts[i].mark);
        assert_counts(e, &o->random_verdicts[i]);
    }
    json_decref(r);
    free(value);
    free(front);
    return COLA_OK;
}

static void
record_says_what_was_found(void **state)
{
    (void)state;
    search((struct dice){NULL, 1, 3, 0}, 6, 20, look_recorded);
    search((struct dice){NULL, 3, 2, 2}, 6, 20, look_recorded);
    search((struct dice){NULL, 1, 1000, 1}, 6, 5, look_recorded);
    search((struct dice){NULL, 1, 2, 0}, 6, 0, look_recorded);
}

/* A verdict with everything that is spelled in a way of its own. */
static enum cola_status
odd_answer(void *ctx, const struct cola_question *questions,
           struct cola_verdict *verdicts, size_t n, struct cola_error *err)
{
    (void)ctx;
    (void)questions;
    (void)err;
    for (size_t i = 0; i < n; i++) {
        cola_verdict_plain(&verdicts[i], COLA_UNDECIDED, "odd");
        verdicts[i].stop = COLA_STOP_LENGTH;
        verdicts[i].margin = (double)0.1f;
        verdicts[i].margin_is_float = 1;
        verdicts[i].gold_logprob = -0.1;
        verdicts[i].answer = cola_strdup("\"\\\n\x01\xc3\xa9");
        verdicts[i].ids = cola_alloc(2, sizeof(int));
        assert_true(verdicts[i].answer != NULL && verdicts[i].ids != NULL);
        verdicts[i].ids[0] = 3;
        verdicts[i].ids[1] = 2;
        verdicts[i].n_ids = 2;
    }
    return COLA_OK;
}

static enum cola_status
look_spelled(void *ctx, const struct cola_outcome *o, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    (void)ctx;
    (void)err;
    cola_record_add(&b, "a \"q\"\t", -1, NULL, o);
    assert_string_equal(
        b.data,
        "{\"type\":\"sample\",\"id\":\"a \\\"q\\\"\\t\",\"level\":null,"
        "\"prompt_sha256\":null,\"base\":null,\"evaluated\":[{\"chain\":[0,1],"
        "\"length\":2,\"correct\":null,\"answer\":\"\\\"\\\\\\n\\u0001\xc3\xa9\","
        "\"ids\":[3,2],\"stop\":\"length\",\"rule\":\"odd\",\"margin\":0.100000001,"
        "\"gold_logprob\":-0.10000000000000001,\"parent\":null,\"edit\":null,"
        "\"simulation\":0}],\"shortest\":null,\"class\":\"W->W\",\"pareto\":{\"axes\":["
        "\"gold_logprob\",\"length\"],\"chains\":[{\"chain\":[0,1],\"length\":2,"
        "\"gold_logprob\":-0.10000000000000001}]},\"tree\":{\"nodes\":1,\"depth\":0,"
        "\"simulations\":0,\"complete\":false},\"random\":[]}\n");
    cola_buffer_free(&b);
    return COLA_OK;
}

static void
record_is_spelled_as_the_manual_says(void **state)
{
    struct cola_preset *preset = preset_of("cola-2025", 2, 0);
    struct cola_drive drive = {
        .preset = preset, .judge = {odd_answer, NULL}, .ids = five, .n = 1,
        .done = look_spelled,
    };
    struct cola_error err;

    (void)state;
    assert_ok(cola_drive(&drive, &err), &err);
    cola_preset_free(preset);
}

static void
header_is_spelled_as_the_manual_says(void **state)
{
    struct cola_preset *preset = preset_of("polar-2026", 28, 7);
    static const int ends[] = {2, 7};
    struct cola_header h = {
        .judge = "model", .model = "m", .task = "t", .backend = "blas",
        .core = "Zen", .kv = "position", .grade = "exact", .per = "group",
        .held = 0.25, .max_tokens = 16, .end_tokens = ends, .n_end_tokens = 2,
        .random = 1, .preset = preset,
    };
    struct cola_buffer b = COLA_BUFFER_EMPTY, numbers = COLA_BUFFER_EMPTY;
    char want[2048];

    (void)state;
    preset->seed = 123456789012345;
    cola_preset_add_json(&numbers, preset, 0);
    cola_header_add(&b, &h);
    snprintf(want, sizeof want, "{\"type\":\"header\",\"format\":\"colaref-journal\","
             "\"version\":1,\"arithmetic\":1,\"judge\":\"model\",\"model\":\"m\","
             "\"task\":\"t\",\"backend\":\"blas\",\"reproducible\":false,"
             "\"core\":\"Zen\",\"kv\":\"position\",\"per\":\"group\",\"held\":0.25,"
             "\"grade\":\"exact\",\"stop\":{\"max_tokens\":16,\"end_tokens\":[2,7]},"
             "\"random\":true,\"seed\":123456789012345,\"preset\":%s}\n", numbers.data);
    assert_string_equal(b.data, want);
    cola_buffer_free(&b);
    h = (struct cola_header){.judge = "fnv:a:1", .reproducible = 1, .max_tokens = -1,
                             .preset = preset};
    cola_header_add(&b, &h);
    snprintf(want, sizeof want, "{\"type\":\"header\",\"format\":\"colaref-journal\","
             "\"version\":1,\"arithmetic\":1,\"judge\":\"fnv:a:1\",\"model\":null,"
             "\"task\":null,\"backend\":null,\"reproducible\":true,\"kv\":null,"
             "\"per\":null,\"held\":0,\"grade\":null,\"stop\":null,\"random\":false,"
             "\"seed\":123456789012345,\"preset\":%s}\n", numbers.data);
    assert_string_equal(b.data, want);
    cola_buffer_free(&b);
    cola_buffer_free(&numbers);
    cola_preset_free(preset);
}
