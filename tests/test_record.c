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

/* The disk, which the journal waits for after each record: here it is only
 * counted, or a journal killed at every byte would take a minute. */
static int visits;

int
fsync(int fd)
{
    visits += fd >= 0;
    return 0;
}

/* ---- files --------------------------------------------------------------- */

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

/* ---- searches to look at ------------------------------------------------- */

/* Verdicts by dice: of INPUTS inputs each is right one time in ODDS, or not
 * decided one time in 7; values are coarse, so that ties are common. */
struct dice {
    const char *const *ids;
    int inputs, odds, held;
    int shortest;               /* of the chains looked at; 0: any */
    int no_logprob;
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
        v->gold_logprob = again_below(&state, 9) == 0 || d->no_logprob ? (double)NAN :
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
    if (dice.shortest > 0)
        preset->rules.min_length = dice.shortest;
    assert_ok(cola_drive(&drive, &err), &err);
    cola_preset_free(preset);
}

/* ---- classification ------------------------------------------------------ */

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
        {.inputs = 1, .odds = 2}, {.inputs = 1, .odds = 12}, {.inputs = 1, .odds = 1000},
        {.inputs = 3, .odds = 2, .held = 2}, {.inputs = 3, .odds = 1, .held = 1},
        {.inputs = 1, .odds = 1},
        /* many of one length, to be told apart by their layers */
        {.inputs = 1, .odds = 3, .shortest = 5}, {.inputs = 3, .odds = 1, .shortest = 5},
    };

    (void)state;
    memset(classes, 0, sizeof classes);
    for (size_t i = 0; i < COUNT(dice); i++) {
        search(dice[i], 5, dice[i].shortest > 0 ? 150 : 40, look_classified);
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
    search((struct dice){.inputs = 1, .odds = 2}, 5, 60, look_at_front);
    search((struct dice){.inputs = 1, .odds = 2}, 12, 60, look_at_front);
    search((struct dice){.inputs = 1, .odds = 2, .shortest = 5}, 5, 150, look_at_front);
    assert_true(fronts[0] > 50 && fronts[1] > 12);
}

/* ---- records ------------------------------------------------------------- */

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
    cola_record_add(&b, &(struct cola_about){"it", 4, "of", "abc"}, o);
    assert_ok(cola_buffer_ok(&b, err), err);
    assert_int_equal(b.data[b.len - 1], '\n');
    assert_ptr_equal(memchr(b.data, '\n', b.len), b.data + b.len - 1);
    assert_ok(cola_json_parse(b.data, b.len, "record", &r, err), err);
    cola_buffer_free(&b);
    cola_classify(o, &f);

    assert_string_equal(json_string_value(at(r, "type")), "sample");
    assert_string_equal(json_string_value(at(r, "id")), "it");
    assert_string_equal(json_string_value(at(r, "group")), "of");
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
    search((struct dice){.inputs = 1, .odds = 3}, 6, 20, look_recorded);
    search((struct dice){.inputs = 3, .odds = 2, .held = 2}, 6, 20, look_recorded);
    search((struct dice){.inputs = 1, .odds = 1000, .held = 1}, 6, 5, look_recorded);
    search((struct dice){.inputs = 1, .odds = 2}, 6, 0, look_recorded);
    search((struct dice){.inputs = 1, .odds = 2, .no_logprob = 1}, 6, 5, look_recorded);
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
    cola_record_add(&b, &(struct cola_about){"a \"q\"\t", -1, NULL, NULL}, o);
    assert_string_equal(
        b.data,
        "{\"type\":\"sample\",\"id\":\"a \\\"q\\\"\\t\",\"level\":null,"
        "\"group\":null,\"prompt_sha256\":null,\"base\":null,\"evaluated\":[{\"chain\":[0,1],"
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
        .core = "Zen", .kv = "position",
        .benchmark = "arc", .template = "bare", .grade = "exact", .per = "group",
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
             "\"benchmark\":\"arc\",\"template\":\"bare\","
             "\"grade\":\"exact\",\"stop\":{\"max_tokens\":16,\"end_tokens\":[2,7]},"
             "\"random\":true,\"controls\":[],\"seed\":123456789012345,\"preset\":%s}\n", numbers.data);
    assert_string_equal(b.data, want);
    cola_buffer_free(&b);
    h = (struct cola_header){.judge = "fnv:a:1", .reproducible = 1, .max_tokens = -1,
                             .preset = preset};
    cola_header_add(&b, &h);
    snprintf(want, sizeof want, "{\"type\":\"header\",\"format\":\"colaref-journal\","
             "\"version\":1,\"arithmetic\":1,\"judge\":\"fnv:a:1\",\"model\":null,"
             "\"task\":null,\"backend\":null,\"reproducible\":true,\"kv\":null,"
             "\"per\":null,\"held\":0,\"benchmark\":null,\"template\":null,\"grade\":null,"
             "\"stop\":null,\"random\":false,\"controls\":[],\"seed\":123456789012345,\"preset\":%s}\n", numbers.data);
    assert_string_equal(b.data, want);
    cola_buffer_free(&b);
    cola_buffer_free(&numbers);
    cola_preset_free(preset);
}

/* ---- the journal --------------------------------------------------------- */

#define HEADER "{\"type\":\"header\",\"n\":1}\n"
#define OTHER "{\"type\":\"header\",\"n\":2}\n"
#define RECORD(id) "{\"type\":\"sample\",\"id\":\"" id "\"}\n"
#define ABCD RECORD("a") RECORD("b") RECORD("c") RECORD("d")
#define END(n) "{\"type\":\"end\",\"samples\":" n "}\n"
#define WHOLE HEADER ABCD END("4")

static const char *const records[] = {
    RECORD("a"), RECORD("b"), RECORD("c"), RECORD("d"), RECORD("e"),
};

static struct cola_journal *
journal_of(const char *path, const char *header, size_t n, int resume,
           unsigned char done[5])
{
    struct cola_journal *j = NULL;
    struct cola_error err;

    assert_ok(cola_journal_open(path, header, five, n, resume, done, &j, &err), &err);
    return j;
}

/* Put the samples that are not done, in ORDER ("2013"). */
static void
put_samples(struct cola_journal *j, const char *order, const unsigned char done[5])
{
    struct cola_error err;

    for (; *order != '\0'; order++) {
        size_t i = (size_t)(*order - '0');

        if (!done[i])
            assert_ok(cola_journal_put(j, i, records[i], strlen(records[i]), &err), &err);
    }
}

static void
end_journal(struct cola_journal *j)
{
    struct cola_error err;

    assert_ok(cola_journal_end(j, &err), &err);
    cola_journal_close(j);
}

static void
remove_journal(void)
{
    unlink(path_of("j"));
    unlink(path_of("j.pending"));
}

static void
samples_are_written_in_the_order_of_the_task(void **state)
{
    static const char *const orders[] = {"0123", "3210", "1302", "2031"};
    unsigned char done[5];

    (void)state;
    for (size_t i = 0; i < COUNT(orders); i++) {
        struct cola_journal *j = journal_of(path_of("j"), HEADER, 4, i % 2 == 1, done);

        for (int k = 0; k < 4; k++)
            assert_int_equal(done[k], 0);
        assert_file("j", HEADER);
        put_samples(j, orders[i], done);
        assert_file("j", HEADER ABCD);
        end_journal(j);
        assert_file("j", WHOLE);
        assert_no_file("j.pending");
        remove_journal();
    }
}

static void
record_that_waits_is_on_the_disk(void **state)
{
    unsigned char done[5] = {0};
    struct cola_journal *j = journal_of(path_of("j"), HEADER, 4, 0, done);

    (void)state;
    assert_no_file("j.pending");
    visits = 0;
    put_samples(j, "2", done);
    assert_int_equal(visits, 1);
    assert_file("j", HEADER);
    assert_file("j.pending", RECORD("c"));
    put_samples(j, "1", done);
    assert_file("j.pending", RECORD("c") RECORD("b"));
    put_samples(j, "0", done);
    assert_int_equal(visits, 5);        /* those that waited are written again */
    assert_file("j", HEADER RECORD("a") RECORD("b") RECORD("c"));
    cola_journal_close(j);              /* killed */
    assert_file("j", HEADER RECORD("a") RECORD("b") RECORD("c"));
    remove_journal();
}

/* Take FILE up, which holds LEN bytes of WHOLE, beside PENDING: it must be
 * completed to WHOLE, and nothing run twice that was written whole. */
static void
check_resumed(size_t len, const char *pending, size_t pending_len)
{
    unsigned char done[5];
    struct cola_journal *j;

    write_bytes("j", WHOLE, len);
    if (pending != NULL)
        write_bytes("j.pending", pending, pending_len);
    j = journal_of(path_of("j"), HEADER, 4, 1, done);
    for (size_t i = 0; i < 4; i++) {
        size_t line = strlen(HEADER) + (i + 1) * strlen(records[0]);
        const char *waiting = pending != NULL ? strstr(pending, records[i]) : NULL;
        int there = len >= line ||
                    (len >= strlen(HEADER) && waiting != NULL &&
                     (size_t)(waiting - pending) + strlen(records[0]) <= pending_len);

        if (done[i] != there)
            fail_msg("%zu bytes, %zu pending: sample %zu is%s done", len, pending_len, i,
                     done[i] ? "" : " not");
    }
    put_samples(j, "3102", done);
    end_journal(j);
    assert_file("j", WHOLE);
    assert_no_file("j.pending");
    remove_journal();
}

static void
journal_killed_at_any_byte_is_completed_to_the_same_bytes(void **state)
{
    static const char pending[] = RECORD("d") RECORD("b") RECORD("c");

    (void)state;
    for (size_t len = 0; len <= strlen(WHOLE); len++) {
        check_resumed(len, NULL, 0);
        check_resumed(len, pending, strlen(pending));
        check_resumed(len, pending, strlen(pending) - 1 - len % 40);
    }
    for (size_t len = 0; len <= strlen(pending); len++)
        check_resumed(strlen(HEADER RECORD("a")) + len % 3, pending, len);
}

static void
journal_killed_again_and_again_is_completed_to_the_same_bytes(void **state)
{
    static const char *const orders[] = {"0123", "3210", "1302", "2031"};

    (void)state;
    for (size_t i = 0; i < COUNT(orders); i++) {
        for (int lives = 0; lives < 4; lives++) {
            unsigned char done[5];
            struct cola_journal *j = journal_of(path_of("j"), HEADER, 4, 1, done);
            char one[2] = {orders[i][lives], '\0'};

            for (int k = 0; k < 4; k++)
                assert_int_equal(done[k], strchr(orders[i], '0' + k) <
                                          orders[i] + lives);
            put_samples(j, one, done);
            cola_journal_close(j);
        }
        {
            unsigned char done[5];
            struct cola_journal *j = journal_of(path_of("j"), HEADER, 4, 1, done);

            assert_true(done[0] && done[1] && done[2] && done[3]);
            end_journal(j);
            assert_file("j", WHOLE);
            assert_no_file("j.pending");
        }
        remove_journal();
    }
}

static void
complete_journal_is_left_alone_and_a_larger_task_continues_it(void **state)
{
    unsigned char done[5];
    struct cola_journal *j;

    (void)state;
    write_text("j", WHOLE);
    j = journal_of(path_of("j"), HEADER, 4, 1, done);
    assert_true(done[0] && done[1] && done[2] && done[3]);
    assert_file("j", WHOLE);
    end_journal(j);
    assert_file("j", WHOLE);
    j = journal_of(path_of("j"), HEADER, 5, 1, done);
    assert_true(done[3] && !done[4]);
    put_samples(j, "4", done);
    end_journal(j);
    assert_file("j", HEADER ABCD RECORD("e") END("5"));
    remove_journal();
}

static void
another_runs_pending_records_are_not_taken(void **state)
{
    unsigned char done[5];
    struct cola_journal *j;

    (void)state;
    /* left behind by a run whose journal somebody removed */
    write_text("j.pending", "{\"type\":\"sample\",\"id\":\"b\",\"old\":1}\n");
    j = journal_of(path_of("j"), HEADER, 4, 0, done);
    assert_no_file("j.pending");
    cola_journal_close(j);
    j = journal_of(path_of("j"), HEADER, 4, 1, done);
    assert_false(done[0] || done[1] || done[2] || done[3]);
    put_samples(j, "3210", done);
    end_journal(j);
    assert_file("j", WHOLE);
    remove_journal();
}

static void
files_that_are_not_this_runs_are_refused_and_kept(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {OTHER, "line 1: another run's journal"},
        {OTHER ABCD END("4"), "line 1: another run's journal"},
        {"precious", "line 1: another run's journal"},
        {HEADER HEADER, "line 2"},
        {"{\"type\":\"header\",\"n\":2", "line 1: another run's journal"},
        {"precious\n", "line 1: not JSON"},
        {"{}\n", "line 1: another run's journal"},
        {HEADER RECORD("b"), "line 2: \"b\" is not the sample that comes next"},
        {HEADER RECORD("a") RECORD("a"), "line 3: \"a\" is not"},
        {HEADER ABCD RECORD("e"), "line 6: \"e\" is not"},
        {HEADER ABCD END("4") RECORD("e"), "line 7: \"e\" is not"},
        {HEADER "{\"type\":\"sample\"}\n", "line 2"},
        {HEADER RECORD("a") "?\n" RECORD("b"), "line 3: not JSON"},
        {HEADER "\n", "line 2: not JSON"},
    };
    unsigned char done[5];
    struct cola_journal *j = NULL;
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_text("j", cases[i].text);
        write_text("j.pending", RECORD("c"));
        assert_refused(cola_journal_open(path_of("j"), HEADER, five, 4, 1, done, &j,
                                         &err), &err, "/j: ", cases[i].reason);
        assert_file("j", cases[i].text);
        /* nor without being asked to resume */
        assert_refused(cola_journal_open(path_of("j"), HEADER, five, 4, 0, done, &j,
                                         &err), &err, "/j: ", "--resume");
        assert_file("j", cases[i].text);
        assert_file("j.pending", RECORD("c"));
        assert_null(j);
        remove_journal();
    }
}

static void
places_that_cannot_be_written_are_failures_to_write(void **state)
{
    const char *const places[] = {directory, path_of("none/j"), "/dev/null/j"};
    unsigned char done[5];
    struct cola_journal *j = NULL;
    struct cola_error err;

    (void)state;
    for (size_t i = 0; i < COUNT(places); i++)
        for (int resume = 0; resume < 2; resume++) {
            assert_int_equal(cola_journal_open(places[i], HEADER, five, 4, resume, done,
                                               &j, &err), COLA_RESOURCE);
            assert_non_null(strstr(err.text, places[i]));
            assert_null(j);
        }
}

static void
journal_of_no_file_forgets(void **state)
{
    unsigned char done[5] = {1, 1, 1, 1, 1};
    struct cola_journal *j = journal_of(NULL, HEADER, 4, 0, done);

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(done[i], 0);
    put_samples(j, "3210", done);
    end_journal(j);
}

static void
journal_on_standard_output_is_the_same(void **state)
{
    unsigned char done[5];
    struct cola_journal *j;
    int out, file;

    (void)state;
    fflush(stdout);
    out = dup(STDOUT_FILENO);
    file = open(path_of("j"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(out >= 0 && file >= 0);
    assert_true(dup2(file, STDOUT_FILENO) >= 0);
    j = journal_of("-", HEADER, 4, 0, done);
    put_samples(j, "3102", done);
    end_journal(j);
    dup2(out, STDOUT_FILENO);
    close(out);
    close(file);
    assert_file("j", WHOLE);
    assert_no_file("-");
    assert_no_file("-.pending");
    remove_journal();
}

struct reading {
    char text[400];
    size_t fail_at, n;
};

static enum cola_status
note_line(void *ctx, const json_t *value, const char *bytes, size_t len,
          struct cola_error *err)
{
    struct reading *r = ctx;

    if (++r->n == r->fail_at)
        return cola_fail(err, COLA_NO, "enough");
    assert_true(json_is_object(value));
    strncat(r->text, bytes, len);
    return COLA_OK;
}

static void
reader_leaves_a_torn_last_line_out_and_says_so(void **state)
{
    struct reading r;
    struct cola_error err = {COLA_OK, ""};
    int torn;

    (void)state;
    for (size_t len = 0; len <= strlen(WHOLE); len++) {
        size_t whole = len;

        while (whole > 0 && WHOLE[whole - 1] != '\n')
            whole--;
        write_bytes("j", WHOLE, len);
        r = (struct reading){.n = 0};
        torn = 7;
        if (whole == 0) {
            assert_refused(cola_journal_read(path_of("j"), note_line, &r, &torn, &err),
                           &err, "/j", "not a journal");
            continue;
        }
        assert_ok(cola_journal_read(path_of("j"), note_line, &r, &torn, &err), &err);
        assert_int_equal(torn, whole < len);
        assert_int_equal(strlen(r.text), whole);
        assert_memory_equal(r.text, WHOLE, whole);
    }
    r = (struct reading){.fail_at = 3};
    assert_int_equal(cola_journal_read(path_of("j"), note_line, &r, &torn, &err),
                     COLA_NO);
    assert_string_equal(err.text, "enough");
    assert_int_equal(r.n, 3);
    write_text("j", HEADER RECORD("a") "?\n");
    assert_refused(cola_journal_read(path_of("j"), note_line, &r, &torn, &err), &err,
                   "/j: line 3", "not JSON");
    remove_journal();
    assert_refused(cola_journal_read(path_of("j"), note_line, &r, &torn, &err), &err,
                   "/j", "");
}

/* ---- the table ----------------------------------------------------------- */

static enum cola_status
add_lines(void *ctx, const struct cola_outcome *o, struct cola_error *err)
{
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(o->search, &list);
    struct cola_buffer *b = ctx;
    struct cola_chain chain;

    (void)err;
    for (size_t i = n; i-- > 0;) {      /* the order of lines does not matter */
        cola_outcome_chain(o, i, &chain);
        cola_buffer_printf(b, "{\"id\":\"%s\",\"chain\":", five[o->sample]);
        cola_chain_add_json(b, &chain);
        cola_buffer_printf(b, ",\"correct\":%s}\n",
                           o->verdicts[i].mark == COLA_CORRECT ? "true" :
                           o->verdicts[i].mark == COLA_WRONG ? "false" : "null");
    }
    return COLA_OK;
}

/* What is asked and answered, the text of a search. */
static enum cola_status
add_course(void *ctx, const struct cola_outcome *o, struct cola_error *err)
{
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(o->search, &list);
    struct cola_buffer *courses = ctx, *b = &courses[o->sample];
    struct cola_chain chain;

    (void)err;
    for (size_t i = 0; i < n; i++) {
        cola_outcome_chain(o, i, &chain);
        cola_chain_add_text(b, &chain);
        cola_buffer_printf(b, " %d %d\n", list[i].simulation, (int)o->verdicts[i].mark);
    }
    return COLA_OK;
}

static void
search_of_a_recorded_table_is_the_search_recorded(void **state)
{
    static const char *const presets[] = {"cola-2025", "polar-2026"};

    (void)state;
    for (size_t p = 0; p < COUNT(presets); p++) {
        struct cola_preset *preset = preset_of(presets[p], 7, 40);
        struct dice dice = {.ids = five, .inputs = 1, .odds = 4};
        struct cola_buffer lines = COLA_BUFFER_EMPTY;
        struct cola_buffer first[5] = {COLA_BUFFER_EMPTY}, again[5] = {COLA_BUFFER_EMPTY};
        struct cola_drive drive = {
            .preset = preset, .judge = {dice_answer, &dice}, .ids = five, .n = 5,
            .done = add_lines, .ctx = &lines,
        };
        struct cola_table *table = NULL;
        const char *const *ids;
        struct cola_error err;

        assert_ok(cola_drive(&drive, &err), &err);
        drive.done = add_course;
        drive.ctx = first;
        assert_ok(cola_drive(&drive, &err), &err);
        write_bytes("table", lines.data, lines.len);
        assert_ok(cola_table_open(path_of("table"), 7, &table, &err), &err);
        assert_int_equal(cola_table_samples(table, &ids), 5);
        drive.judge = cola_table_judge(table);
        drive.ids = ids;
        drive.ctx = again;
        assert_ok(cola_drive(&drive, &err), &err);
        for (size_t i = 0; i < 5; i++) {
            /* samples are numbered as their first lines come */
            assert_string_equal(again[i].data, first[*ids[i] - 'a'].data);
            assert_non_null(strstr(first[i].data, " 1\n"));
        }
        for (size_t i = 0; i < 5; i++) {
            cola_buffer_free(&first[i]);
            cola_buffer_free(&again[i]);
        }
        cola_table_close(table);
        cola_buffer_free(&lines);
        cola_preset_free(preset);
    }
}

static void
chain_that_is_not_in_the_table_is_named(void **state)
{
    struct cola_question q[2] = {{0, {2, {0, 1}}}, {1, {3, {0, 1, 0}}}};
    struct cola_verdict v[2];
    struct cola_table *table = NULL;
    struct cola_judge judge;
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    write_text("table", "{\"id\":\"x\",\"chain\":[0,1],\"correct\":null}\n"
               "{\"id\":\"y\",\"chain\":[0,1],\"correct\":true}\n"
               "{\"id\":\"x\",\"chain\":[],\"correct\":true,\"more\":0}");
    assert_ok(cola_table_open(path_of("table"), 2, &table, &err), &err);
    judge = cola_table_judge(table);
    assert_refused(judge.answer(judge.ctx, q, v, 2, &err), &err, "/table", "\"y\"");
    assert_non_null(strstr(err.text, "0-1,0"));
    q[1].chain.len = 2;
    assert_ok(judge.answer(judge.ctx, q, v, 2, &err), &err);
    assert_int_equal(v[0].mark, COLA_UNDECIDED);
    assert_int_equal(v[0].undecided, 1);
    assert_int_equal(v[1].mark, COLA_CORRECT);
    assert_int_equal(v[1].inputs, 1);
    assert_true(isnan(v[1].margin) && v[1].answer == NULL);
    assert_string_equal(v[1].rule, "table");
    cola_table_close(table);
}

static void
malformed_tables_are_refused_by_file_and_line(void **state)
{
#define GOOD "{\"id\":\"x\",\"chain\":[0,1],\"correct\":true}\n"
    static const struct {
        const char *text, *place, *reason;
    } cases[] = {
        {"", "/table", "no verdicts"}, {GOOD "\n", "line 2", "not JSON"},
        {GOOD "{", "line 2", "not JSON"}, {GOOD "[]", "line 2", "not a JSON object"},
        {GOOD "{\"chain\":[0],\"correct\":true}", "line 2", "\"id\" is missing"},
        {GOOD "{\"id\":1,\"chain\":[0],\"correct\":true}", "line 2", "\"id\""},
        {GOOD "{\"id\":\"x\",\"correct\":true}", "line 2", "\"chain\""},
        {GOOD "{\"id\":\"x\",\"chain\":\"0-1\",\"correct\":true}", "line 2", "\"chain\""},
        {GOOD "{\"id\":\"x\",\"chain\":[2],\"correct\":true}", "line 2", "position 0"},
        {GOOD "{\"id\":\"x\",\"chain\":[0,-1],\"correct\":true}", "line 2", "position 1"},
        {GOOD "{\"id\":\"x\",\"chain\":[0,1.0],\"correct\":true}", "line 2",
         "position 1"},
        {GOOD "{\"id\":\"x\",\"chain\":[65536],\"correct\":true}", "line 2",
         "position 0"},
        {GOOD "{\"id\":\"x\",\"chain\":[0]}", "line 2", "\"correct\""},
        {GOOD "{\"id\":\"x\",\"chain\":[0],\"correct\":1}", "line 2", "\"correct\""},
        {GOOD "{\"id\":\"y\",\"chain\":[0,1],\"correct\":true}\n" GOOD, "line 3",
         "\"x\""},
    };
#undef GOOD
    struct cola_table *table = NULL;
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_text("table", cases[i].text);
        assert_refused(cola_table_open(path_of("table"), 2, &table, &err), &err,
                       cases[i].place, cases[i].reason);
        assert_non_null(strstr(err.text, "/table"));
        assert_null(table);
    }
}

static void
chains_too_long_for_a_table_are_refused(void **state)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_table *table = NULL;
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    for (int longest = 1; longest >= 0; longest--) {
        cola_buffer_text(&b, "{\"id\":\"x\",\"correct\":true,\"chain\":[0");
        for (int i = 0; i < COLA_CHAIN_MAX - longest; i++)
            cola_buffer_text(&b, ",0");
        cola_buffer_text(&b, "]}\n");
        write_bytes("table", b.data, b.len);
        if (longest)
            assert_ok(cola_table_open(path_of("table"), 2, &table, &err), &err);
        else
            assert_refused(cola_table_open(path_of("table"), 2, &table, &err), &err,
                           "line 1", "1024");
        cola_table_close(table);
        table = NULL;
        cola_buffer_free(&b);
    }
}

/* ---- statistics ---------------------------------------------------------- */

static void
wilson_intervals_are_the_published_ones(void **state)
{
    static const struct {
        size_t k, n;
        double lo, hi;
    } cases[] = {
        /* Newcombe, Statistics in Medicine 17 (1998), table I, method 3 */
        {81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0, 0.1611},
        {1, 29, 0.0061, 0.1718},
        {20, 20, 1.0 - 0.1611, 1.0}, {28, 29, 1.0 - 0.1718, 1.0 - 0.0061},
        {0, 0, 0.0, 1.0},
    };
    double lo, hi;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cola_wilson(cases[i].k, cases[i].n, &lo, &hi);
        assert_true(fabs(lo - cases[i].lo) < 0.00005 && fabs(hi - cases[i].hi) < 0.00005);
    }
    /* the bounds p solve (k/n - p)^2 = z^2 p (1 - p) / n */
    for (size_t n = 1; n < 60; n++)
        for (size_t k = 0; k <= n; k++) {
            double rate = (double)k / (double)n, z2 = 3.8414588206941236;

            cola_wilson(k, n, &lo, &hi);
            assert_true(0.0 <= lo && lo <= rate && rate <= hi && hi <= 1.0);
            assert_true(lo < hi);
            assert_true(fabs((rate - lo) * (rate - lo) - z2 * lo * (1 - lo) / (double)n) <
                        1e-12);
            assert_true(fabs((rate - hi) * (rate - hi) - z2 * hi * (1 - hi) / (double)n) <
                        1e-12);
        }
}

/* ---- tables -------------------------------------------------------------- */

/* A sample's record of a model of 6 layers, as far as a table reads it. */
static void
add_sample(struct cola_buffer *b, const char *id, int level, int base, int shortest,
           int luck, const char *answer)
{
    cola_buffer_printf(b, "{\"type\":\"sample\",\"id\":%s,\"level\":%d,\"evaluated\":["
                       "{\"chain\":[0,1,2,3,4,5],\"length\":6,\"correct\":%s,\"answer\":"
                       "%s,\"stop\":\"%s\"}", id, level, base ? "true" : "false", answer,
                       base ? "end" : "length");
    cola_buffer_text(b, ",{\"chain\":[5],\"length\":1,\"correct\":false}");
    if (shortest > 0 && shortest != 6) {
        cola_buffer_text(b, ",{\"chain\":[0");
        for (int i = 1; i < shortest; i++)
            cola_buffer_text(b, ",1");
        cola_buffer_printf(b, "],\"length\":%d,\"correct\":true,\"answer\":%s}", shortest,
                           answer);
    }
    cola_buffer_text(b, "],\"shortest\":");
    if (shortest == 0)
        cola_buffer_text(b, "null");
    else if (shortest == 6)
        cola_buffer_text(b, "[0,1,2,3,4,5]");
    else
        for (int i = 0; i < shortest; i++)
            cola_buffer_text(b, i == 0 ? "[0" : ",1");
    cola_buffer_text(b, shortest > 0 && shortest != 6 ? "]" : "");
    cola_buffer_printf(b, ",\"random\":[{\"chain\":[0],\"length\":%d,\"correct\":%s},"
                       "{\"chain\":[0],\"length\":1,\"correct\":false}]}",
                       luck > 0 ? luck : 1, luck > 0 ? "true" : "false");
}

static void
take_text(struct cola_summary *s, const char *text)
{
    json_t *value;
    struct cola_error err;

    assert_ok(cola_json_parse(text, strlen(text), "record", &value, &err), &err);
    assert_ok(cola_summary_take(s, value, &err), &err);
    json_decref(value);
}

#define JOURNAL(random) \
    "{\"type\":\"header\",\"format\":\"colaref-journal\",\"version\":1," \
    "\"random\":" random ",\"preset\":{\"layers\":6}}"

static struct cola_summary *
summary_of(const char *header)
{
    struct cola_summary *s = cola_summary_new();

    assert_non_null(s);
    take_text(s, header);
    return s;
}

/* The line of TABLE that begins with LEVEL, its cells between single blanks and
 * without the intervals. */
static void
table_line(const char *table, const char *level, char cells[200])
{
    size_t n = 0, len = strlen(level);

    for (const char *line = table; line != NULL; line = strchr(line, '\n')) {
        line += strspn(line, "\n ");
        if (strncmp(line, level, len) != 0 || line[len] != ' ')
            continue;
        for (int inside = 0; *line != '\n' && n < 198; line++) {
            inside |= *line == '[';
            if (!inside && (*line != ' ' || (n > 0 && cells[n - 1] != ' ')))
                cells[n++] = *line;
            inside &= *line != ']';
        }
        break;
    }
    while (n > 0 && cells[n - 1] == ' ')
        n--;
    cells[n] = '\0';
}

static void
table_counts_findings_and_luck_by_level(void **state)
{
    static const struct {
        int level, base, shortest, luck;
    } samples[] = {
        {2, 1, 3, 0}, {2, 1, 6, 5}, {2, 1, 6, 6}, {2, 0, 0, 0},
        {1, 0, 9, 9}, {1, 0, 0, 3}, {1, 0, 4, 0}, {1, 0, 0, 0}, {1, 1, 2, 5},
        {30, 0, 0, 7},
    };
    static const char *const lines[][2] = {
        /* level n right, shorter, shorter by luck, fixed, by luck, lengths */
        {"1", "1 5 20% 100% 100% 50% 50% 2.0 6.5"},
        {"2", "2 4 75% 33% 33% 0% 0% 5.0 -"},
        {"30", "30 1 0% - - 0% 100% - -"},
        {"all", "all 10 40% 50% 50% 33% 50% 4.2 6.5"},
    };
    static const char *const without[] = {"all", "all 10 40% 50% 33% 4.2 6.5"};
    char cells[200];

    (void)state;
    for (int random = 0; random < 2; random++) {
        struct cola_summary *s = summary_of(random ? JOURNAL("true") : JOURNAL("false"));
        struct cola_buffer b = COLA_BUFFER_EMPTY;

        for (size_t i = 0; i < COUNT(samples); i++) {
            add_sample(&b, "\"q\"", samples[i].level, samples[i].base,
                       samples[i].shortest, samples[i].luck, "\"x\"");
            take_text(s, b.data);
            cola_buffer_free(&b);
        }
        take_text(s, "{\"type\":\"end\",\"samples\":10}");
        assert_int_equal(cola_summary_samples(s), 10);
        cola_summary_table(s, &b);
        for (size_t i = 0; i < COUNT(lines) && random; i++) {
            table_line(b.data, lines[i][0], cells);
            assert_string_equal(cells, lines[i][1]);
        }
        if (!random) {
            table_line(b.data, without[0], cells);
            assert_string_equal(cells, without[1]);
            assert_non_null(strstr(b.data, "No random chains were judged"));
        }
        assert_non_null(strstr(b.data, "6 answers of the ordinary chain were cut"));
        cola_buffer_free(&b);
        cola_summary_free(s);
    }
}

static void
table_of_several_inputs_counts_those_held_apart(void **state)
{
    struct cola_summary *s = summary_of(JOURNAL("false"));
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    char cells[200];

    (void)state;
    for (int i = 0; i < 2; i++)
        take_text(s, "{\"type\":\"sample\",\"id\":\"g\",\"evaluated\":[{\"chain\":[0,1],"
                  "\"correct\":false,\"right\":2,\"of\":4,\"held_right\":1,"
                  "\"held_of\":3},{\"chain\":[0],\"correct\":false,\"right\":3,\"of\":4,"
                  "\"held_right\":3,\"held_of\":3}],\"shortest\":null,\"robust\":{"
                  "\"chain\":[0],\"length\":1,\"right\":3,\"of\":4,\"held_right\":3,"
                  "\"held_of\":3}}");
    cola_summary_table(s, &b);
    table_line(b.data, "inputs that steered", cells);
    assert_string_equal(cells, "inputs that steered 50% 75%");
    table_line(b.data, "inputs held out", cells);
    assert_string_equal(cells, "inputs held out 33% 100%");
    cola_buffer_free(&b);
    cola_summary_list(s, &b);
    assert_non_null(strstr(b.data, "2 of 4"));
    cola_buffer_free(&b);
    cola_summary_free(s);
}

static void
what_a_terminal_would_obey_is_not_printed(void **state)
{
    struct cola_summary *s = summary_of(JOURNAL("false"));
    struct cola_buffer b = COLA_BUFFER_EMPTY, list = COLA_BUFFER_EMPTY;
    struct cola_error err;
    json_t *value;
    size_t lines = 0;

    (void)state;
    /* a line feed, an escape sequence, and characters of two bytes cut at ten */
    add_sample(&b, "\"q\\n\\u001b[2J\"", 1, 1, 3, 0,
               "\"\\u00e9\\n\\u007f\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"
               "\\u00e9\\u00e9\\u00e9\"");
    take_text(s, b.data);
    cola_summary_list(s, &list);
    assert_ok(cola_json_parse(b.data, b.len, "record", &value, &err), &err);
    assert_ok(cola_sample_describe(value, &list, &err), &err);
    json_decref(value);
    for (size_t i = 0; i < list.len; i++) {
        lines += list.data[i] == '\n';
        assert_true((unsigned char)list.data[i] >= 0x20 || list.data[i] == '\n');
        assert_int_not_equal(list.data[i], 0x7f);
    }
    assert_int_equal(lines, 3 + 4 + 3);
    assert_non_null(strstr(list.data, "\xc3\xa9  \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                           "\xc3\xa9\xc3\xa9 right"));
    cola_buffer_free(&list);
    cola_buffer_free(&b);
    cola_summary_free(s);
}

static void
what_is_no_journal_is_refused(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"7", "not a journal"}, {"{}", "not a journal"},
        {"{\"type\":\"sample\"}", "not a journal"},
        {"{\"type\":\"header\",\"format\":\"colaref-vectors\",\"version\":1}",
         "not a journal"},
        {"{\"type\":\"header\",\"format\":\"colaref-journal\",\"version\":2}",
         "version 2"},
        {"{\"type\":\"header\",\"format\":\"colaref-journal\"}", "version 0"},
        {"{\"type\":\"header\",\"format\":\"colaref-journal\",\"version\":1}", "layers"},
        {"{\"type\":\"header\",\"format\":\"colaref-journal\",\"version\":1,"
         "\"preset\":7}", "layers"},
    };
    static const char *const bad[] = {
        "{\"type\":\"sample\"}", "{\"type\":\"sample\",\"id\":\"x\"}",
        "{\"type\":\"sample\",\"id\":\"x\",\"evaluated\":[]}",
        "{\"type\":\"sample\",\"id\":\"x\",\"evaluated\":{}}",
        "{\"type\":\"sample\",\"id\":\"x\",\"evaluated\":[7]}",
        "{\"type\":\"sample\",\"id\":\"x\",\"evaluated\":[{\"chain\":7}]}",
        "{\"type\":\"sample\",\"id\":7,\"evaluated\":[{\"chain\":[]}]}",
    };
    struct cola_error err = {COLA_OK, ""};
    json_t *value;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_summary *s = cola_summary_new();

        assert_ok(cola_json_parse(cases[i].text, strlen(cases[i].text), "", &value, &err),
                  &err);
        assert_refused(cola_summary_take(s, value, &err), &err, "", cases[i].reason);
        json_decref(value);
        cola_summary_free(s);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct cola_summary *s = summary_of(JOURNAL("true"));

        assert_ok(cola_json_parse(bad[i], strlen(bad[i]), "", &value, &err), &err);
        assert_refused(cola_summary_take(s, value, &err), &err, "", "");
        assert_int_equal(cola_summary_samples(s), 0);
        json_decref(value);
        cola_summary_free(s);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_those_of_a_look_at_every_chain),
        cmocka_unit_test(front_is_what_no_chain_beats_in_both),
        cmocka_unit_test(record_says_what_was_found),
        cmocka_unit_test(record_is_spelled_as_the_manual_says),
        cmocka_unit_test(header_is_spelled_as_the_manual_says),
        cmocka_unit_test(samples_are_written_in_the_order_of_the_task),
        cmocka_unit_test(record_that_waits_is_on_the_disk),
        cmocka_unit_test(journal_killed_at_any_byte_is_completed_to_the_same_bytes),
        cmocka_unit_test(journal_killed_again_and_again_is_completed_to_the_same_bytes),
        cmocka_unit_test(complete_journal_is_left_alone_and_a_larger_task_continues_it),
        cmocka_unit_test(another_runs_pending_records_are_not_taken),
        cmocka_unit_test(files_that_are_not_this_runs_are_refused_and_kept),
        cmocka_unit_test(places_that_cannot_be_written_are_failures_to_write),
        cmocka_unit_test(journal_of_no_file_forgets),
        cmocka_unit_test(journal_on_standard_output_is_the_same),
        cmocka_unit_test(reader_leaves_a_torn_last_line_out_and_says_so),
        cmocka_unit_test(search_of_a_recorded_table_is_the_search_recorded),
        cmocka_unit_test(chain_that_is_not_in_the_table_is_named),
        cmocka_unit_test(malformed_tables_are_refused_by_file_and_line),
        cmocka_unit_test(chains_too_long_for_a_table_are_refused),
        cmocka_unit_test(wilson_intervals_are_the_published_ones),
        cmocka_unit_test(table_counts_findings_and_luck_by_level),
        cmocka_unit_test(table_of_several_inputs_counts_those_held_apart),
        cmocka_unit_test(what_a_terminal_would_obey_is_not_printed),
        cmocka_unit_test(what_is_no_journal_is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down) != 0;
}
