/*
 * test_serve.c - requests of colaref-subject(7), answered by ourselves
 *
 * Each operation against the functions that it stands for, called directly;
 * what is malformed; and some thousand requests with something wrong.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <math.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/random.h"
#include "chain/judge.h"
#include "chain/perft.h"
#include "oracle/serve.h"
#include "running.h"
#include "search/enumerate.h"
#include "search/mcts.h"
#include "task/paper.h"
#include "text/tokenizer.h"

static const struct checkpoint shape = {
    .layers = 4, .width = 20, .heads = 4, .kv_heads = 2, .head_dim = 6, .hidden = 30,
    .vocabulary = 29, .dtype = COLA_BF16, .head = CHECKPOINT_TIED, .seed = 41,
};

static struct disk disk;        /* of that shape, without a tokenizer */
static char *talker;            /* the path of a model with one */
static struct cola_serve *serve;        /* exact */

static int
open_all(void **state)
{
    struct cola_error err;

    (void)state;
    disk = disk_write(&shape);
    assert_non_null(getenv("COLAREF_DATA"));
    talker = cola_path_join(getenv("COLAREF_DATA"), "tiny-4");
    assert_ok(cola_serve_new("exact", &serve, &err), &err);
    return 0;
}

static int
close_all(void **state)
{
    (void)state;
    cola_serve_free(serve);
    free(talker);
    disk_remove(&disk);
    return 0;
}

/* ---- asking ------------------------------------------------------------- */

static json_t *
json_of(const char *text)
{
    json_t *v = NULL;
    struct cola_error err;

    assert_ok(cola_json_parse(text, strlen(text), "test", &v, &err), &err);
    return v;
}

static json_t *
answer_of(struct cola_serve *s, const json_t *request)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    json_t *answer;
    struct cola_error err;

    assert_ok(cola_serve_answer(s, request, &b, &err), &err);
    assert_null(strchr(b.data, '\n'));
    answer = json_of(b.data);
    cola_buffer_free(&b);
    assert_true(json_is_object(answer));
    return answer;
}

/* MEMBERS beside id, op and, when there is one, model; they may use ' for ". */
static json_t *
ask_of(struct cola_serve *s, const char *op, const char *model, const char *members)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    json_t *request, *answer;

    cola_buffer_printf(&b, "{\"id\":123,\"op\":\"%s\"", op);
    if (model != NULL) {
        cola_buffer_text(&b, ",\"model\":");
        cola_json_add_text(&b, model, strlen(model));
    }
    cola_buffer_printf(&b, "%s%s}", *members != '\0' ? "," : "", members);
    for (char *c = b.data; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    request = json_of(b.data);
    answer = answer_of(s, request);
    assert_int_equal(json_integer_value(json_object_get(answer, "id")), 123);
    cola_buffer_free(&b);
    json_decref(request);
    return answer;
}

/* An answer that is one. */
static json_t *
ask(struct cola_serve *s, const char *op, const char *model, const char *members)
{
    json_t *answer = ask_of(s, op, model, members);

    if (json_object_get(answer, "error") != NULL)
        fail_msg("%s %s: %s", op, members,
                 json_string_value(json_object_get(answer, "error")));
    assert_null(json_object_get(answer, "unsupported"));
    return answer;
}

static void
asked(const char *op, const char *members, const char *want)
{
    json_t *answer = ask(serve, op, NULL, members), *w = json_of(want);

    json_object_del(answer, "id");
    if (!json_equal(answer, w)) {
        char *got = json_dumps(answer, JSON_COMPACT);

        fail_msg("%s %s: %s", op, members, got);
    }
    json_decref(answer);
    json_decref(w);
}

/* A tensor, and nothing else, of N values. */
static void
assert_tensor(const json_t *tensor, const char *shape_text, const float *want, size_t n)
{
    json_t *s = json_of(shape_text);
    struct cola_values v;
    struct cola_error err;

    assert_ok(cola_wire_tensor(tensor, NULL, "answer", &v, &err), &err);
    assert_true(json_equal(s, json_object_get(tensor, "shape")));
    assert_int_equal(v.n, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(cola_f32_bits(v.v[i]), cola_f32_bits(want[i]));
    cola_values_free(&v);
    json_decref(s);
}

static struct cola_serve *
served(const char *backend, const char *kv, const char *round)
{
    struct cola_serve *s;
    struct cola_error err;

    assert_ok(cola_serve_new(backend, &s, &err), &err);
    if (kv != NULL)
        assert_ok(cola_serve_set(s, kv, round, &err), &err);
    return s;
}

/* ---- what needs no model ------------------------------------------------ */

static void
says_what_it_is(void **state)
{
    static const struct {
        const char *backend, *round, *arithmetic, *entering, *type;
    } cases[] = {
        {"exact", NULL, "exact", "f32", "f32"}, {"int8", NULL, "int8", "int8", "f32"},
        {"f64", NULL, "f64", "f64", "f64"}, {"f64", "f64", "f64", "f64", "f64"},
        {"f64", "bf16", NULL, "bf16", "bf16"}, {"blas", NULL, NULL, "f32", "f32"},
    };
    static const char *const types[] = {"weights", "activations", "accumulators",
                                        "cache"};

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        const char *round = cases[c].round;
        struct cola_serve *s = served(cases[c].backend, round ? "position" : NULL, round);
        json_t *answer = ask(s, "hello", NULL, "'protocol':1"), *v;
        const char *op;
        size_t i;

        assert_int_equal(json_integer_value(json_object_get(answer, "protocol")), 1);
        v = json_object_get(answer, "arithmetic");
        if (cases[c].arithmetic != NULL)
            assert_string_equal(json_string_value(v), cases[c].arithmetic);
        else
            assert_true(json_is_null(v));
        for (i = 0; i < COUNT(types); i++)
            assert_string_equal(json_string_value(json_object_get(answer, types[i])),
                                i < 2 ? cases[c].entering : cases[c].type);
        assert_int_equal(json_array_size(json_object_get(answer, "ops")), 15);
        /* each of them is known: asked for nothing, it is an error */
        json_array_foreach(json_object_get(answer, "ops"), i, v) {
            json_t *known;

            op = json_string_value(v);
            known = ask_of(s, op, NULL, "");
            assert_non_null(json_object_get(known, "error"));
            json_decref(known);
        }
        json_decref(answer);
        cola_serve_free(s);
    }
}

static void
answers_chains(void **state)
{
    (void)state;
    asked("chain", "'text':'0-3,(4-5)x2,8'",
          "{\"chain\":[0,1,2,3,4,5,4,5,8],\"text\":\"0-5,4-5,8\"}");
    asked("chain", "'text':'()'", "{\"chain\":[],\"text\":\"()\"}");
    asked("chain", "'text':' 7 ','more':[1]", "{\"chain\":[7],\"text\":\"7\"}");
    asked("chain", "'text':'3-1'", "{\"refused\":true}");
    asked("chain", "'text':''", "{\"refused\":true}");
    asked("chain", "'text':'(0-3)x257'", "{\"refused\":true}");
}

static void
answers_edits(void **state)
{
    static const struct {
        enum cola_space space;
        int layers;
        const char *chain;
    } cases[] = {
        {COLA_SPACE_BOTH, 6, "0-5"}, {COLA_SPACE_SKIP, 6, "0-5"},
        {COLA_SPACE_REPEAT, 4, "0,1,1,3"}, {COLA_SPACE_ANY, 3, "2,1,0"},
        {COLA_SPACE_BOTH, 4, "2"}, {COLA_SPACE_BOTH, 2, "0,0,1,1,0,0"},
        {COLA_SPACE_BOTH, 1, "(0)x1024"}, {COLA_SPACE_ANY, 1, "(0)x1024"},
        {COLA_SPACE_REPEAT, 512, "(0-511)x2"},
    };

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct cola_buffer b = COLA_BUFFER_EMPTY;
        struct cola_chain chain = chain_of(cases[c].chain), made;
        struct cola_rules rules;
        struct cola_edit *edits;
        json_t *answer, *list, *want;
        size_t n;

        cola_rules_paper(&rules, cases[c].space, cases[c].layers);
        edits = calloc(cola_edits_most(&rules) + 1, sizeof *edits);
        n = cola_edits(&rules, &chain, 0, edits);
        cola_buffer_printf(&b, "'layers':%d,'space':'%s','chain':", cases[c].layers,
                           cola_space_name(cases[c].space));
        cola_chain_add_json(&b, &chain);
        answer = ask(serve, "edits", NULL, b.data);
        list = json_object_get(answer, "edits");
        assert_int_equal(json_array_size(list), n);
        for (size_t i = 0; i < n; i++) {
            cola_buffer_reset(&b);
            cola_buffer_text(&b, "{\"edit\":\"");
            cola_edit_add_text(&b, edits[i]);
            cola_buffer_text(&b, "\",\"chain\":");
            cola_edit_apply(&chain, edits[i], &made);
            cola_chain_add_json(&b, &made);
            cola_buffer_text(&b, "}");
            want = json_of(b.data);
            assert_true(json_equal(json_array_get(list, i), want));
            json_decref(want);
        }
        free(edits);
        json_decref(answer);
        cola_buffer_free(&b);
    }
}

/* The edits of three layers counted by hand: skips of 1 and of 2 (3 is all), 5;
 * repeats of blocks of 1, 2 and 3 that stay within 6 layers: 3 by 3 times, 2 by 1,
 * 1 by 1. */
static void
answers_counts(void **state)
{
    json_t *answer, *row;
    struct cola_rules rules;
    struct cola_extent_of extent = {.kind = COLA_EXTENT_DEPTH, .amount = 2};
    struct cola_chains chains;
    struct cola_error err;

    (void)state;
    answer = ask(serve, "perft", NULL, "'layers':3,'depth':2,'space':'both'");
    assert_int_equal(json_array_size(json_object_get(answer, "rows")), 2);
    row = json_array_get(json_object_get(answer, "rows"), 0);
    assert_int_equal(json_integer_value(json_array_get(row, 0)), 1);
    assert_int_equal(json_integer_value(json_array_get(row, 1)), 5 + 9 + 2 + 1);
    row = json_array_get(json_object_get(answer, "rows"), 1);
    cola_rules_paper(&rules, COLA_SPACE_BOTH, 3);
    extent.rules = rules;
    assert_ok(cola_enumerate(&extent, 100000, &chains, &err), &err);
    assert_int_equal(json_array_size(row), 4);
    assert_int_equal(json_integer_value(json_array_get(row, 0)), 2);
    assert_int_equal(json_integer_value(json_array_get(row, 3)), chains.set.count);
    cola_chains_free(&chains);
    json_decref(answer);
    asked("perft", "'layers':1,'depth':1", "{\"rows\":[[1,1,1,2]]}");
}

static void
answers_enumerations(void **state)
{
    static const struct {
        struct cola_extent_of extent;
        const char *members;
    } cases[] = {
        {{COLA_EXTENT_DEPTH, 2, {.space = COLA_SPACE_BOTH, .layers = 5}},
         "'layers':5,'depth':2,'space':'both','judge':'fnv:t:300'"},
        {{COLA_EXTENT_DEPTH, 1, {.space = COLA_SPACE_ANY, .layers = 3}},
         "'layers':3,'depth':1,'space':'any','judge':'fnv:t:300'"},
        {{COLA_EXTENT_SEQUENCES, 4, {.space = COLA_SPACE_BOTH, .layers = 3}},
         "'layers':3,'sequences':4,'judge':'fnv:t:300'"},
    };

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct cola_extent_of extent = cases[c].extent;
        json_t *answer = ask(serve, "enumerate", NULL, cases[c].members);
        struct cola_chains chains;
        struct cola_sha256 sha;
        unsigned char digest[32];
        char hex[65];
        json_int_t right = 0;
        struct cola_error err;

        cola_rules_paper(&extent.rules, extent.rules.space, extent.rules.layers);
        assert_ok(cola_enumerate(&extent, 100000, &chains, &err), &err);
        cola_sha256_init(&sha);
        for (size_t i = 0; i < chains.set.count; i++) {
            struct cola_buffer b = COLA_BUFFER_EMPTY;
            struct cola_chain chain;
            int correct;

            cola_chains_get(&chains, i, &chain);
            cola_buffer_text(&b, "t:");
            for (int p = 0; p < chain.len; p++)
                cola_buffer_printf(&b, "%s%d", p > 0 ? "," : "", chain.at[p]);
            correct = cola_fnv1a(COLA_FNV_START, b.data, b.len) % 1000 < 300;
            cola_sha256_add(&sha, correct ? "1" : "0", 1);
            right += correct;
            cola_buffer_free(&b);
        }
        cola_sha256_end(&sha, digest);
        cola_sha256_hex(digest, hex);
        assert_true(right > 0);
        assert_int_equal(json_integer_value(json_object_get(answer, "chains")),
                         chains.set.count);
        assert_int_equal(json_integer_value(json_object_get(answer, "correct")), right);
        assert_string_equal(json_string_value(json_object_get(answer, "sha256")), hex);
        cola_chains_free(&chains);
        json_decref(answer);
    }
}

/* What CPython gives for random.seed(N) and getrandbits(32), again and again. */
static void
answers_draws_and_logarithms(void **state)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_splitmix r;

    (void)state;
    asked("random", "'generator':'mt19937','seed':42,'draws':3",
          "{\"next\":[\"a3b1799d\",\"1c80317f\",\"06671ad1\"]}");
    asked("random", "'generator':'mt19937','seed':123456789012345,'draws':2",
          "{\"next\":[\"acaa64f5\",\"3871f2d8\"]}");
    cola_splitmix_seed(&r, 7, "q\303\251");
    cola_buffer_text(&b, "{\"next\":");
    for (int i = 0; i < 5; i++)
        cola_buffer_printf(&b, "%s\"%016llx\"", i > 0 ? "," : "[",
                           (unsigned long long)cola_splitmix_next(&r));
    cola_buffer_text(&b, "]}");
    asked("random", "'generator':'splitmix64','seed':7,'sample':'q\303\251','draws':5",
          b.data);
    cola_buffer_free(&b);
    asked("log", "'numbers':[10,1,2,1]",
          "{\"bits\":[\"40026bb1bbb55516\",\"0000000000000000\",\"3fe62e42fefa39ef\","
          "\"0000000000000000\"]}");
    asked("log", "'numbers':[]", "{\"bits\":[]}");
}

/* The same preset, judge and sample run here. */
static void
answers_searches(void **state)
{
    static const struct {
        const char *preset, *fields, *judge;
        int layers;
    } cases[] = {
        {"cola-2025", "{}", "fnv:s1:100", 12},
        {"cola-2025", "{\"simulations\":700}", "fnv:s2:300", 3},
        {"polar-2026", "{\"simulations\":150,\"seed\":5}", "fnv:s1:500", 8},
    };

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct cola_buffer b = COLA_BUFFER_EMPTY;
        json_t *fields = json_of(cases[c].fields), *answer, *list, *one, *want;
        struct cola_synthetic synthetic;
        struct cola_judge judge = cola_synthetic_judge(&synthetic);
        const struct cola_evaluation *evaluated;
        struct cola_preset *preset;
        struct cola_search *search;
        struct cola_question q = {0};
        struct cola_error err;
        size_t n = 0;

        assert_ok(cola_preset_find(cases[c].preset, cases[c].layers, &preset, &err),
                  &err);
        assert_ok(cola_preset_read(preset, fields, "test", &err), &err);
        assert_ok(cola_synthetic_parse(cases[c].judge, &synthetic, &err), &err);
        assert_ok(cola_search_new(preset, "sample", &search, &err), &err);
        cola_buffer_text(&b, "'preset':");
        cola_preset_add_json(&b, preset, 0);
        cola_buffer_printf(&b, ",'judge':'%s','sample':'sample'", cases[c].judge);
        answer = ask(serve, "search", NULL, b.data);
        list = json_object_get(answer, "evaluated");
        while (cola_search_next(search, &q.chain) == COLA_ASK) {
            const struct cola_tree *tree = cola_search_tree(search);
            const struct cola_node *node;
            struct cola_verdict v;
            struct cola_chain parent;

            assert_ok(judge.answer(judge.ctx, &q, &v, 1, &err), &err);
            assert_ok(cola_search_tell(search, &v, &err), &err);
            assert_int_equal(cola_search_evaluated(search, &evaluated), n + 1);
            node = &tree->nodes[evaluated[n].node];
            cola_buffer_reset(&b);
            cola_buffer_text(&b, "{\"chain\":");
            cola_chain_add_json(&b, &q.chain);
            cola_buffer_printf(&b, ",\"correct\":%s,\"simulation\":%d,\"parent\":",
                               v.mark == COLA_CORRECT ? "true" : "false",
                               evaluated[n].simulation);
            if (n == 0) {
                cola_buffer_text(&b, "null,\"edit\":null}");
            } else {
                cola_chain_set_get(&tree->chains, node->parent, &parent);
                cola_chain_add_json(&b, &parent);
                cola_buffer_text(&b, ",\"edit\":\"");
                cola_edit_add_text(&b, node->edit);
                cola_buffer_text(&b, "\"}");
            }
            one = json_array_get(list, n++);
            want = json_of(b.data);
            assert_true(json_equal(one, want));
            json_decref(want);
        }
        assert_true(n > 50);
        assert_int_equal(json_array_size(list), n);
        json_decref(answer);
        json_decref(fields);
        cola_search_free(search);
        cola_preset_free(preset);
        cola_buffer_free(&b);
    }
}

/* ---- what a model does -------------------------------------------------- */

static const int tokens[] = {5, 1, 28, 0, 7};
#define TOKENS "[5,1,28,0,7]"

/* The logits after N of the tokens, fed at once and then one by one. */
static void
logits_of(const struct cola_executor *executor, const char *text, int prompt, int n,
          float *logits)
{
    struct cola_chain chain = chain_of(text);
    struct cola_run *run = run_of(executor, &chain, n);

    feed(run, tokens, prompt);
    for (int t = prompt; t < n; t++)
        feed(run, tokens + t, 1);
    for (int v = 0; v < shape.vocabulary; v++)
        logits[v] = (float)cola_run_logits(run)[v];
    cola_run_free(run);
}

static void
answers_logits(void **state)
{
    static const struct {
        const char *backend, *kv;
    } ways[] = {
        {"exact", "position"}, {"int8", "position"}, {"f64", "position"},
        {"exact", "shared-append"}, {"int8", "shared-overwrite"},
    };
    static const struct {
        const char *item, *chain;
        int prompt, n;
    } items[] = {
        {"{'chain':[0,1,2,3],'tokens':[5,1,28,0,7]}", "0-3", 5, 5},
        {"{'chain':[],'tokens':[5]}", "()", 1, 1},
        {"{'chain':[0,1,2,1,2,3],'tokens':[5,1,28],'chunks':[1,1,1]}", "0-2,1-3", 1, 3},
        {"{'chain':[0,1,2,1,2,3],'tokens':[5,1,28,0],'chunks':[3,1]}", "0-2,1-3", 3, 4},
        {"{'chain':[3,3],'tokens':[5,1],'chunks':[1],'more':0}", "3,3", 1, 2},
        {"{'chain':[3,3],'tokens':[5,1],'chunks':[2,2,2]}", "3,3", 2, 2},
        {"{'chain':[2],'tokens':[5,1],'chunks':[]}", "2", 2, 2},
    };
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    (void)state;
    cola_buffer_text(&b, "'pad':'left','items':[");
    for (size_t i = 0; i < COUNT(items); i++)
        cola_buffer_printf(&b, "%s%s", i > 0 ? "," : "", items[i].item);
    cola_buffer_text(&b, "]");
    for (size_t w = 0; w < COUNT(ways); w++) {
        struct cola_serve *s = served(ways[w].backend, ways[w].kv, NULL);
        struct cola_executor *executor = executor_of(ways[w].backend, disk.model);
        json_t *answer = ask(s, "logits", disk.dir, b.data);
        json_t *list = json_object_get(answer, "items");
        struct cola_error err;

        assert_ok(cola_executor_kv(executor, ways[w].kv, &err), &err);
        assert_int_equal(json_array_size(list), COUNT(items));
        for (size_t i = 0; i < COUNT(items); i++) {
            float want[29];

            logits_of(executor, items[i].chain, items[i].prompt, items[i].n, want);
            assert_tensor(json_array_get(list, i), "[29]", want, 29);
        }
        json_decref(answer);
        cola_executor_free(executor);
        cola_serve_free(s);
    }
    cola_buffer_free(&b);
}

#define SEEN 10000

struct seen {
    float v[COLA_TAPS][SEEN];
    size_t n[COLA_TAPS];
    float stream[SEEN];
    size_t n_stream;
    int position;
};

static void
see(void *ctx, const struct cola_seen *what)
{
    struct seen *s = ctx;

    for (size_t i = 0; i < what->count; i++) {
        float x = what->f32 != NULL ? what->f32[i] : (float)what->f64[i];

        assert_true(s->n_stream < SEEN && s->n[what->tap] < SEEN);
        if (what->tap == COLA_TAP_OUTPUT)
            s->stream[s->n_stream++] = x;
        if (what->position == s->position)
            s->v[what->tap][s->n[what->tap]++] = x;
    }
}

/* What is added to B: the tensor of ROWS of tap TAP from row FROM on. */
static void
add_rows(struct cola_buffer *b, const struct seen *s, enum cola_tap tap, size_t from,
         size_t to)
{
    size_t wide = s->n[tap] / 5, rows[2] = {to - from, wide};

    cola_wire_add(b, s->v[tap] + from * wide, rows, 2);
}

static void
answers_what_probes_see(void **state)
{
    static const char *const shapes[COLA_TAPS] = {
        "[5,20]", "[5,20]", "[5,24]", "[5,12]", "[5,12]", "[5,24]", "[5,12]", "[60]",
        "[5,24]", "[5,20]", "[5,20]", "[5,20]", "[5,30]", "[5,30]", "[5,30]", "[5,20]",
        "[5,20]",
    };

    (void)state;
    for (size_t w = 0; w < COUNT(backends); w++) {
        struct cola_serve *s = served(backends[w], NULL, NULL);
        struct cola_executor *executor = executor_of(backends[w], disk.model);
        struct cola_chain chain = chain_of("0,2,2,3");
        struct cola_run *run = run_of(executor, &chain, 5);
        struct seen *seen = calloc(1, sizeof *seen);
        struct cola_probe probe = {see, seen};
        struct cola_buffer b = COLA_BUFFER_EMPTY;
        json_t *answer, *taps;

        seen->position = 2;
        cola_run_probe(run, &probe);
        feed(run, tokens, 5);
        answer = ask(s, "hidden", disk.dir, "'chain':[0,2,2,3],'tokens':" TOKENS);
        assert_int_equal(json_object_size(answer), 2);
        assert_tensor(json_object_get(answer, "hidden"), "[5,5,20]", seen->stream, 500);
        json_decref(answer);

        answer = ask(s, "trace", disk.dir, "'chain':[0,2,2,3],'tokens':" TOKENS
                     ",'position':2");
        taps = json_object_get(answer, "taps");
        assert_int_equal(json_object_size(taps), COLA_TAPS);
        for (int tap = 0; tap < COLA_TAPS; tap++)
            assert_tensor(json_object_get(taps, cola_tap_name((enum cola_tap)tap)),
                          shapes[tap], seen->v[tap], seen->n[tap]);
        json_decref(answer);

        /* the layer alone shows the same, given float32 of what entered */
        for (size_t first = 0; first < 5 && executor->ops->is_float; first += 3) {
            size_t rows[2] = {5 - first, 20};

            cola_buffer_reset(&b);
            cola_buffer_printf(&b, "'layer':2,'first':%zu,'hidden':", first);
            add_rows(&b, seen, COLA_TAP_INPUT, first, 5);
            if (first > 0) {
                cola_buffer_text(&b, ",'keys':");
                add_rows(&b, seen, COLA_TAP_K_ROPE, 0, first);
                cola_buffer_text(&b, ",'values':");
                add_rows(&b, seen, COLA_TAP_V, 0, first);
            }
            answer = ask(s, "layer", disk.dir, b.data);
            taps = json_object_get(answer, "taps");
            assert_int_equal(json_object_size(taps), COLA_TAPS);
            assert_tensor(json_object_get(taps, "output"), rows[0] == 5 ? "[5,20]" :
                          "[2,20]", seen->v[COLA_TAP_OUTPUT] + first * 20, rows[0] * 20);
            assert_tensor(json_object_get(taps, "scores"), rows[0] == 5 ? "[60]" :
                          "[36]", seen->v[COLA_TAP_SCORES] + (first > 0 ? 24 : 0),
                          rows[0] == 5 ? 60 : 36);
            json_decref(answer);
        }
        cola_buffer_free(&b);
        free(seen);
        cola_run_free(run);
        cola_executor_free(executor);
        cola_serve_free(s);
    }
}

/* More tokens than go through a layer at once. */
static void
answers_are_whole_for_long_prompts(void **state)
{
    struct cola_executor *executor = executor_of("exact", disk.model);
    struct cola_chain chain = chain_of("0,2,2");
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    json_t *answer, *list;
    float *all = calloc(4 * 70 * 20, sizeof *all);
    int ids[70];

    (void)state;
    make_tokens(ids, 70, 29, 3);
    cola_buffer_text(&b, "'chain':[0,2,2],'tokens':");
    cola_json_add_integers(&b, ids, 70);
    for (int p = -1; p < 3; p++) {
        struct cola_run *run = run_of(executor, &chain, 70);
        struct seen *seen = calloc(1, sizeof *seen);
        struct cola_probe probe = {see, seen};
        struct cola_buffer trace = COLA_BUFFER_EMPTY;

        seen->position = p;
        cola_run_probe(run, &probe);
        feed(run, ids, 70);
        assert_int_equal(seen->n[COLA_TAP_OUTPUT], 70 * 20);
        memcpy(all + (p + 1) * 70 * 20, seen->v[COLA_TAP_OUTPUT], 70 * 20 * sizeof *all);
        if (p >= 0) {
            cola_buffer_printf(&trace, "%s,'position':%d", b.data, p);
            answer = ask(serve, "trace", disk.dir, trace.data);
            list = json_object_get(answer, "taps");
            assert_tensor(json_object_get(list, "act"), "[70,30]", seen->v[COLA_TAP_ACT],
                          2100);
            assert_tensor(json_object_get(list, "scores"), "[9940]",
                          seen->v[COLA_TAP_SCORES], 9940);
            json_decref(answer);
        }
        cola_buffer_free(&trace);
        free(seen);
        cola_run_free(run);
    }
    answer = ask(serve, "hidden", disk.dir, b.data);
    assert_tensor(json_object_get(answer, "hidden"), "[4,70,20]", all, 4 * 70 * 20);
    json_decref(answer);
    free(all);
    cola_buffer_free(&b);
    cola_executor_free(executor);
}

/* A loop over the largest logit, ended by a stop token or the limit. */
static void
answers_generations(void **state)
{
    (void)state;
    for (size_t w = 0; w < COUNT(backends); w++) {
        struct cola_serve *s = served(backends[w], NULL, NULL);
        struct cola_executor *executor = executor_of(backends[w], disk.model);
        struct cola_chain chain = chain_of("0-2,1-3");
        struct cola_run *run = run_of(executor, &chain, 30);
        int ids[12];

        feed(run, tokens, 5);
        for (int i = 0; i < 12; i++) {
            ids[i] = cola_run_argmax(run);
            feed(run, &ids[i], 1);
        }
        for (int stop = -1; stop < 12; stop++) {
            struct cola_buffer b = COLA_BUFFER_EMPTY;
            json_t *answer, *list;
            int n = 0;

            cola_buffer_text(&b, "'chain':[0,1,2,1,2,3],'tokens':" TOKENS
                             ",'max_tokens':12,'stop':[");
            if (stop >= 0)
                cola_buffer_printf(&b, "%d", ids[stop]);
            cola_buffer_text(&b, "]");
            answer = ask(s, "generate", disk.dir, b.data);
            list = json_object_get(answer, "ids");
            while (n < 12 && (stop < 0 || ids[n] != ids[stop]))
                n++;
            n += n < 12;
            assert_int_equal(json_array_size(list), n);
            for (int i = 0; i < n; i++)
                assert_int_equal(json_integer_value(json_array_get(list, (size_t)i)),
                                 ids[i]);
            json_decref(answer);
            cola_buffer_free(&b);
        }
        cola_run_free(run);
        cola_executor_free(executor);
        cola_serve_free(s);
    }
}

static void
answers_verdicts(void **state)
{
    static const struct {
        const char *prompt, *answer, *chain, *layers;
    } cases[] = {
        {"66:2-6-", "70", "0-3", "[0,1,2,3]"}, {"13:6-3-8+", "18", "0-3", "[0,1,2,3]"},
        {"13:6-3-8+", "no", "0-3", "[0,1,2,3]"},
        {"66:2-6-", "70", "0-2,1-3", "[0,1,2,1,2,3]"}, {"66:2-6-", "70", "()", "[]"},
    };
    static const char *const stops[] = {"none", "settled", "end", "length", "nonfinite"};
    struct disk model = {talker, NULL};
    struct cola_tokenizer *tokenizer;
    struct cola_error err;
    int right = 0;

    (void)state;
    model = disk_open(talker);
    assert_ok(cola_tokenizer_open(model.model->tokenizer, &tokenizer, &err), &err);
    for (size_t w = 0; w < COUNT(backends); w++)
        for (size_t c = 0; c < COUNT(cases); c++)
            for (int most = 1; most <= 4; most += 3) {
                struct cola_serve *s = served(backends[w], NULL, NULL);
                struct cola_executor *executor = executor_of(backends[w], model.model);
                struct cola_chain chain = chain_of(cases[c].chain);
                char prompt[20], gold[20], id[] = "q";
                struct cola_item item = {.id = id, .prompt = prompt, .answer = gold,
                                         .key = -1};
                struct cola_buffer b = COLA_BUFFER_EMPTY;
                struct cola_paper paper;
                struct cola_verdict v;
                struct cola_run *run;
                json_t *answer, *list;
                float margin;

                memcpy(prompt, cases[c].prompt, strlen(cases[c].prompt) + 1);
                memcpy(gold, cases[c].answer, strlen(cases[c].answer) + 1);
                assert_ok(cola_paper_make(tokenizer, model.model->config.vocabulary,
                                          &item, COLA_GRADE_EXACT, &paper, &err), &err);
                run = run_of(executor, &chain, cola_paper_tokens(&paper, most));
                assert_ok(cola_paper_sit(&paper, tokenizer, most, run, &v, &err), &err);
                cola_buffer_printf(&b, "'chain':%s,'prompt':'%s','answer':'%s',"
                                   "'max_tokens':%d,'grade':'exact'", cases[c].layers,
                                   prompt, gold, most);
                answer = ask(s, "verdict", talker, b.data);
                assert_true(json_equal(json_object_get(answer, "correct"),
                                       v.mark == COLA_CORRECT ? json_true() :
                                       json_false()));
                right += v.mark == COLA_CORRECT;
                assert_string_equal(json_string_value(json_object_get(answer, "answer")),
                                    v.answer);
                assert_string_equal(json_string_value(json_object_get(answer, "stop")),
                                    stops[v.stop]);
                list = json_object_get(answer, "ids");
                assert_int_equal(json_array_size(list), v.n_ids);
                for (size_t i = 0; i < json_array_size(list); i++)
                    assert_int_equal(json_integer_value(json_array_get(list, i)),
                                     v.ids[i]);
                margin = (float)v.margin;
                assert_tensor(json_object_get(answer, "margin"), "[1]", &margin, 1);
                json_decref(answer);
                cola_buffer_free(&b);
                cola_verdict_clear(&v);
                cola_paper_free(&paper);
                cola_run_free(run);
                cola_executor_free(executor);
                cola_serve_free(s);
            }
    assert_true(right >= 2 && right < 25);
    cola_tokenizer_free(tokenizer);
    cola_model_close(model.model);
}

static void
answers_texts(void **state)
{
    static const char *const texts[] = {"", "37:6-5+9-", "0123456789", "na\303\257ve",
                                        "<s></s><unk>", "  7  "};
    struct disk model = disk_open(talker);
    struct cola_tokenizer *tokenizer;
    struct cola_error err;

    (void)state;
    assert_ok(cola_tokenizer_open(model.model->tokenizer, &tokenizer, &err), &err);
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct cola_buffer b = COLA_BUFFER_EMPTY, text = COLA_BUFFER_EMPTY;
        struct cola_token *list;
        json_t *answer, *back;
        size_t n;
        int *ids;

        cola_buffer_printf(&b, "'text':'%s'", texts[i]);
        answer = ask(serve, "tokenize", talker, b.data);
        assert_ok(cola_tokenizer_encode(tokenizer, texts[i], strlen(texts[i]), 0, &list,
                                        &n, &err), &err);
        ids = calloc(n + 1, sizeof *ids);
        for (size_t t = 0; t < n; t++)
            ids[t] = list[t].id;
        cola_buffer_reset(&b);
        cola_json_add_integers(&b, ids, (int)n);
        back = json_of(b.data);
        assert_true(json_equal(json_object_get(answer, "ids"), back));
        json_decref(back);

        assert_ok(cola_tokenizer_decode(tokenizer, ids, n, &text, &err), &err);
        cola_buffer_reset(&b);
        cola_buffer_text(&b, "'ids':");
        cola_json_add_integers(&b, ids, (int)n);
        back = ask(serve, "detokenize", talker, b.data);
        assert_string_equal(json_string_value(json_object_get(back, "text")),
                            text.data != NULL ? text.data : "");
        if (i == 1 || i == 2)           /* texts of the model's own alphabet */
            assert_string_equal(json_string_value(json_object_get(back, "text")),
                                texts[i]);
        json_decref(back);
        json_decref(answer);
        free(ids);
        free(list);
        cola_buffer_free(&b);
        cola_buffer_free(&text);
    }
    cola_tokenizer_free(tokenizer);
    cola_model_close(model.model);
}

/* ---- what cannot be answered -------------------------------------------- */

#define IDENTITY "'chain':[0,1,2,3],'tokens':[5,1]"

static void
malformed_requests_are_errors(void **state)
{
    static const struct {
        const char *op;
        int model;
        const char *members, *reason;
    } cases[] = {
        {"chain", 0, "", "\"text\" is missing"},
        {"chain", 0, "'text':7", "\"text\" is not a string"},
        {"edits", 0, "'chain':[0]", "\"layers\" is missing"},
        {"edits", 0, "'layers':4", "chain: not an array"},
        {"edits", 0, "'layers':4,'chain':[4]", "layer 4"},
        {"edits", 0, "'layers':0,'chain':[]", "must be 1 to 512"},
        {"edits", 0, "'layers':513,'chain':[0]", "must be 1 to 512"},
        {"edits", 0, "'layers':1024,'chain':[0],'space':'repeat'", "must be 1 to 512"},
        {"edits", 0, "'layers':4,'chain':[0],'space':'all'", "\"space\" is \"all\""},
        /* cut inside a character */
        {"edits", 0, "'layers':4,'chain':[0],'space':"
         "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\303\251'", "aaa\357\277\275\""},
        {"perft", 0, "'layers':4,'depth':0", "\"depth\" is 0"},
        {"perft", 0, "'layers':4", "\"depth\" is missing"},
        {"enumerate", 0, "'layers':4,'judge':'fnv:a:5'", "\"depth\" is missing"},
        {"enumerate", 0, "'layers':4,'depth':1", "\"judge\" is missing"},
        {"enumerate", 0, "'layers':4,'depth':1,'judge':'x'", "fnv:SALT:PERMILLE"},
        {"enumerate", 0, "'layers':9,'sequences':30,'judge':'fnv:a:5'", "chains"},
        {"search", 0, "'judge':'fnv:a:5','sample':'q'", "\"layers\" is missing"},
        {"search", 0, "'preset':[],'judge':'fnv:a:5','sample':'q'", "\"layers\""},
        {"search", 0, "'preset':{'layers':4},'sample':'q'", "\"judge\" is missing"},
        {"search", 0, "'preset':{'layers':4},'judge':'fnv:a:5'", "\"sample\" is missing"},
        {"search", 0, "'preset':{'layers':4,'x':1},'judge':'fnv:a:5','sample':'q'",
         "\"x\""},
        {"search", 0, "'preset':{'layers':4,'min_length':9,'max_length':2},"
         "'judge':'fnv:a:5','sample':'q'", "length"},
        {"random", 0, "'seed':1,'draws':1", "\"generator\" is missing"},
        {"random", 0, "'generator':'splitmix64','draws':1,'sample':'q'", "\"seed\""},
        {"random", 0, "'generator':'splitmix64','seed':1,'draws':1", "\"sample\""},
        {"random", 0, "'generator':'mt19937','seed':-1,'draws':1", "\"seed\" is -1"},
        {"random", 0, "'generator':'mt19937','seed':1,'draws':0", "\"draws\" is 0"},
        {"log", 0, "", "numbers: not an array"},
        {"log", 0, "'numbers':[1,0]", "numbers: number 1"},
        {"log", 0, "'numbers':[1000001]", "numbers: number 0"},
        {"logits", 0, "'items':[]", "\"model\" is missing"},
        {"logits", 1, "", "no array \"items\""},
        {"logits", 1, "'items':{}", "no array \"items\""},
        {"logits", 1, "'items':[7]", "chain: not an array"},
        {"logits", 1, "'items':[{" IDENTITY "},{'chain':[0]}]", "tokens: not an array"},
        {"logits", 1, "'items':[{'chain':[4],'tokens':[5]}]", "layer 4"},
        {"logits", 1, "'items':[{'chain':[0],'tokens':[29]}]", "tokens: number 0"},
        {"logits", 1, "'items':[{'chain':[0],'tokens':[]}]", "no tokens"},
        {"logits", 1, "'items':[{'chain':[0],'tokens':[],'chunks':[1]}]", "chunks"},
        {"logits", 1, "'items':[{" IDENTITY ",'chunks':[0,2]}]", "chunks: number 0"},
        {"logits", 1, "'items':[{" IDENTITY ",'chunks':2}]", "chunks: not an array"},
        {"hidden", 1, "'chain':[0]", "tokens: not an array"},
        {"hidden", 1, "'chain':[0,9],'tokens':[1]", "layer 9"},
        {"hidden", 1, "'chain':[0],'tokens':[]", "tokens, not 0"},
        {"trace", 1, IDENTITY, "\"position\" is missing"},
        {"trace", 1, IDENTITY ",'position':4", "must be 0 to 3"},
        {"trace", 1, IDENTITY ",'position':-1", "must be 0 to 3"},
        {"trace", 1, "'chain':[],'tokens':[1],'position':0", "\"position\" is 0"},
        {"layer", 1, "'first':0", "\"layer\" is missing"},
        {"layer", 1, "'layer':4", "must be 0 to 3"},
        {"layer", 1, "'layer':1", "hidden: no tensor"},
        {"layer", 1, "'layer':1,'hidden':{'shape':[19],'bits':''}", "hidden: 0 hex"},
        {"layer", 1, "'layer':1,'hidden':{'shape':[0],'values':[]}", "\"hidden\" has 0"},
        {"layer", 1, "'layer':1,'hidden':{'shape':[2],'values':[1,2]}",
         "\"hidden\" has 2 values"},
        {"layer", 1, "'layer':1,'first':-1,'hidden':{'shape':[0],'values':[]}",
         "\"first\""},
        {"layer", 1, "'layer':1,'first':1,'hidden':{'shape':[20],'values':[1,2,3,4,5,6,7,"
         "8,9,0,1,2,3,4,5,6,7,8,9,0]}", "keys: no tensor"},
        {"layer", 1, "'layer':1,'first':1,'hidden':{'shape':[20],'values':[1,2,3,4,5,6,7,"
         "8,9,0,1,2,3,4,5,6,7,8,9,0]},'keys':{'shape':[1],'values':[1]}",
         "\"keys\" has 1 values, 1 rows of 12"},
        {"layer", 1, "'layer':1,'first':1,'hidden':{'shape':[20],'values':[1,2,3,4,5,6,7,"
         "8,9,0,1,2,3,4,5,6,7,8,9,0]},'keys':{'shape':[13],'values':[1,2,3,4,5,6,7,8,9,0,"
         "1,2,3]}", "\"keys\" has 13 values, 1 rows of 12"},
        {"layer", 1, "'layer':1,'hidden':{'shape':[21],'values':[1,2,3,4,5,6,7,8,9,0,1,2,"
         "3,4,5,6,7,8,9,0,1]}", "\"hidden\" has 21 values, 1 rows of 20"},
        {"generate", 1, IDENTITY ",'stop':[]", "\"max_tokens\" is missing"},
        {"generate", 1, IDENTITY ",'stop':[],'max_tokens':0", "\"max_tokens\" is 0"},
        {"generate", 1, IDENTITY ",'max_tokens':1", "stop: not an array"},
        {"generate", 1, IDENTITY ",'max_tokens':1,'stop':[29]", "stop: number 0"},
        {"verdict", 2, "'chain':[0],'answer':'a','max_tokens':1", "\"prompt\""},
        {"verdict", 2, "'chain':[0],'prompt':'a','max_tokens':1", "\"answer\""},
        {"verdict", 2, "'chain':[0],'prompt':'a','answer':'a'", "\"max_tokens\""},
        {"verdict", 2, "'chain':[7],'prompt':'1','answer':'1','max_tokens':1", "layer 7"},
        {"tokenize", 2, "", "\"text\" is missing"},
        {"detokenize", 2, "", "ids: not an array"},
        {"detokenize", 2, "'ids':[-1]", "ids: number 0"},
        {"detokenize", 2, "'ids':[99999]", "ids: number 0"},
    };

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        const char *model = cases[c].model == 0 ? NULL : cases[c].model == 1 ? disk.dir :
                            talker;
        json_t *answer = ask_of(serve, cases[c].op, model, cases[c].members);
        const char *error = json_string_value(json_object_get(answer, "error"));

        if (error == NULL || strstr(error, cases[c].reason) == NULL)
            fail_msg("%s %s: %s", cases[c].op, cases[c].members, error ? error : "");
        assert_int_equal(json_object_size(answer), 2);
        json_decref(answer);
    }
}

/* Whatever is no request at all is an error, with whatever id there is. */
static void
what_is_no_request_is_an_error(void **state)
{
    static const struct {
        const char *request;
        json_int_t id;
    } cases[] = {
        {"{}", 0}, {"[]", 0}, {"7", 0}, {"null", 0}, {"\"hello\"", 0}, {"true", 0},
        {"{\"id\":5}", 5}, {"{\"id\":5,\"op\":7}", 5}, {"{\"id\":\"x\",\"op\":null}", 0},
        {"{\"id\":9223372036854775807,\"op\":[]}", INT64_MAX},
        {"{\"id\":-3,\"op\":\"chain\"}", -3},
    };

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        json_t *request = json_of(cases[c].request), *answer = answer_of(serve, request);

        assert_true(json_is_string(json_object_get(answer, "error")));
        assert_int_equal(json_object_size(answer), 2);
        assert_true(json_integer_value(json_object_get(answer, "id")) == cases[c].id);
        json_decref(request);
        json_decref(answer);
    }
}

static void
what_is_not_known_is_unsupported(void **state)
{
    static const struct {
        const char *op;
        int model;
        const char *members;
    } cases[] = {
        {"", 0, ""}, {"logit", 0, ""}, {"experts", 1, IDENTITY}, {"Chain", 0, ""},
        {"experts", 3, ""}, {"train", 0, "'model':7"},
        {"random", 0, "'generator':'pcg','seed':1,'draws':1"},
        {"tokenize", 1, "'text':'a'"}, {"detokenize", 1, "'ids':[1]"},
        {"verdict", 1, "'chain':[0],'prompt':'1','answer':'1','max_tokens':1"},
        {"verdict", 2, "'chain':[0],'prompt':'1','answer':'1','max_tokens':1,"
         "'grade':'choice'"},
    };

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        const char *models[] = {NULL, disk.dir, talker, "/nowhere"};
        json_t *answer = ask_of(serve, cases[c].op, models[cases[c].model],
                                cases[c].members);

        assert_true(json_is_true(json_object_get(answer, "unsupported")));
        assert_int_equal(json_object_size(answer), 2);
        json_decref(answer);
    }
}

static void
models_that_cannot_be_opened_are_errors(void **state)
{
    struct cola_serve *s = served("blas-like", NULL, NULL);
    json_t *answer;

    (void)state;
    answer = ask_of(serve, "logits", "/nowhere/m", "'items':[]");
    assert_non_null(strstr(json_string_value(json_object_get(answer, "error")),
                           "/nowhere/m"));
    json_decref(answer);
    answer = ask_of(s, "logits", disk.dir, "'items':[]");
    assert_non_null(strstr(json_string_value(json_object_get(answer, "error")),
                           "no backend is called"));
    json_decref(answer);
    cola_serve_free(s);
    cola_serve_free(NULL);
    /* and nothing is the worse for it */
    json_decref(ask(serve, "logits", disk.dir, "'items':[]"));
}

/* Ways are those of requests made afterwards, of models open or not; what is
 * refused changes nothing. */
static void
ways_change_what_is_answered(void **state)
{
    static const char request[] = "'items':[{'chain':[0,1,1,2,3],'tokens':" TOKENS "}]";
    struct cola_serve *s = served("exact", NULL, NULL), *f64 = served("f64", NULL, NULL);
    json_t *plain = ask(s, "logits", disk.dir, request), *shared, *again;
    struct cola_error err;

    (void)state;
    assert_ok(cola_serve_set(s, "shared-append", NULL, &err), &err);
    shared = ask(s, "logits", disk.dir, request);
    assert_false(json_equal(plain, shared));
    assert_refused(cola_serve_set(s, "shared", NULL, &err), &err, "kv mode",
                   "\"shared\"");
    assert_refused(cola_serve_set(s, "position", "bf16", &err), &err, "backend exact",
                   "bf16");
    again = ask(s, "logits", disk.dir, request);
    assert_true(json_equal(shared, again));
    json_decref(again);
    assert_ok(cola_serve_set(s, "position", NULL, &err), &err);
    again = ask(s, "logits", disk.dir, request);
    assert_true(json_equal(plain, again));
    json_decref(again);
    json_decref(plain);
    json_decref(shared);

    assert_refused(cola_serve_set(f64, "shared-append", NULL, &err), &err, "backend f64",
                   "shared-append");
    assert_refused(cola_serve_set(f64, "position", "f8", &err), &err, "rounding",
                   "\"f8\"");
    plain = ask(f64, "logits", disk.dir, request);
    assert_ok(cola_serve_set(f64, "position", "f16", &err), &err);
    shared = ask(f64, "logits", disk.dir, request);
    assert_false(json_equal(plain, shared));
    assert_ok(cola_serve_set(f64, "position", NULL, &err), &err);
    again = ask(f64, "logits", disk.dir, request);
    assert_true(json_equal(plain, again));
    json_decref(again);
    json_decref(plain);
    json_decref(shared);
    cola_serve_free(s);
    cola_serve_free(f64);
}

/* ---- anything ----------------------------------------------------------- */

static const struct {
    const char *op;
    int model;
    const char *members;
} valid[] = {
    {"hello", 0, "'protocol':1"},
    {"chain", 0, "'text':'0-3,(4-5)x2,8'"},
    {"edits", 0, "'chain':[0,1,1,2],'layers':3,'space':'any'"},
    {"perft", 0, "'layers':3,'depth':2,'space':'both'"},
    {"enumerate", 0, "'layers':3,'depth':2,'space':'skip','judge':'fnv:a:500'"},
    {"enumerate", 0, "'layers':3,'sequences':3,'judge':'fnv:a:500'"},
    {"search", 0, "'preset':{'preset':'cola-2025','layers':4,'simulations':30,'seed':1,"
     "'mechanics':'released','generator':'cpython-shared','epsilon':0.5,'c2':2,"
     "'lambda':0.1,'min_length':1,'max_length':6,'extra':2,'block':2,'multiplicity':1},"
     "'judge':'fnv:s:300','sample':'q'"},
    {"random", 0, "'generator':'splitmix64','seed':42,'sample':'q','draws':3"},
    {"random", 0, "'generator':'mt19937','seed':42,'draws':3"},
    {"log", 0, "'numbers':[1,2,30]"},
    {"logits", 1, "'items':[{'chain':[0,1],'tokens':[5,1,2],'chunks':[2,1]},"
     "{'chain':[3],'tokens':[1]}],'pad':'left'"},
    {"hidden", 1, "'chain':[0,3],'tokens':[1,2]"},
    {"trace", 1, "'chain':[0,3,3],'tokens':[1,2],'position':2"},
    {"layer", 1, "'layer':1,'first':1,'hidden':{'shape':[1,20],'values':[1,2,3,4,5,6,7,"
     "8,9,0,1,2,3,4,5,6,7,8,9,0]},'keys':{'shape':[12],'bits':'3f8000007f8000007fc00000"
     "ff80000000000001000000007f7fffff3f8000003f8000003f8000003f8000003f800000'},"
     "'values':{'shape':[12],'values':[1,2,3,4,5,6,7,8,9,0,1,2]}"},
    {"generate", 1, "'chain':[0,1,1],'tokens':[1,2],'max_tokens':4,'stop':[2]"},
    {"verdict", 2, "'chain':[0,1,2,3],'prompt':'66:2-6-','answer':'70','max_tokens':3,"
     "'grade':'exact'"},
    {"tokenize", 2, "'text':'37:6-5+9- na\303\257ve'"},
    {"detokenize", 2, "'ids':[3,4,5]"},
};

static size_t
below(struct cola_splitmix *r, size_t n)
{
    return (size_t)cola_splitmix_below(r, n);
}

/* Something that may stand anywhere. */
static json_t *
anything(struct cola_splitmix *r)
{
    static const char *const texts[] = {
        "null", "true", "[]", "{}", "\"\"", "0", "1", "-1", "2", "3", "1.5", "1e300",
        "2147483647", "2147483648", "4294967296", "9223372036854775807",
        "-9223372036854775808", "\"both\"", "\"any\"", "\"7f800000\"", "\"exact\"",
        "\"\\u00e9\\ud83d\\ude00\"", "[0]", "[0,1,2,3]", "[[0]]", "65535", "1024", "513",
        "{\"shape\":[1],\"bits\":7,\"values\":[1]}", "{\"shape\":[0],\"values\":[]}",
        "{\"shape\":[2147483647],\"bits\":\"\"}", "{\"file\":\"/\",\"name\":\"\"}",
        "{\"file\":\"/dev/null\",\"name\":\"x\",\"shape\":[1]}",
    };

    return json_of(texts[below(r, COUNT(texts))]);
}

/* Change one place somewhere in V. */
static void
change(struct cola_splitmix *r, json_t *v)
{
    size_t n = json_is_object(v) ? json_object_size(v) : json_array_size(v), i;
    json_t *child = NULL;
    const char *key = NULL;

    if (n == 0) {
        if (json_is_array(v))
            json_array_append_new(v, anything(r));
        return;
    }
    i = below(r, n);
    if (json_is_object(v)) {
        void *at = json_object_iter(v);

        while (i-- > 0)
            at = json_object_iter_next(v, at);
        key = json_object_iter_key(at);
        child = json_object_iter_value(at);
        i = 0;
    } else {
        child = json_array_get(v, i);
    }
    if ((json_is_object(child) || json_is_array(child)) && below(r, 4) != 0)
        change(r, child);
    else if (key != NULL && (strcmp(key, "op") == 0 || strcmp(key, "model") == 0) &&
             below(r, 20) != 0)
        return;                 /* or little would be left to try */
    else if (below(r, 4) == 0)
        key != NULL ? json_object_del(v, key) : json_array_remove(v, i);
    else if (key != NULL)
        json_object_set_new(v, key, anything(r));
    else if (below(r, 3) == 0)
        json_array_insert_new(v, i, anything(r));
    else
        json_array_set_new(v, i, anything(r));
}

/* Would it be answered, but only after hours? */
static int
too_much(const json_t *v)
{
    static const struct {
        const char *name;
        json_int_t most, limit; /* what is beyond the limit is refused */
    } amounts[] = {
        {"layers", 8, 1024}, {"depth", 2, 1000}, {"sequences", 4, 1000},
        {"simulations", 300, 100000000}, {"max_tokens", 50, 100000},
        {"draws", 3000, 100000}, {"block", 4, 64}, {"block_root", 4, 64},
        {"extra", 4, 64},
    };
    const char *key;
    json_t *child;

    json_object_foreach((json_t *)(uintptr_t)v, key, child) {
        for (size_t i = 0; i < COUNT(amounts); i++)
            if (strcmp(key, amounts[i].name) == 0 &&
                json_integer_value(child) > amounts[i].most &&
                json_integer_value(child) <= amounts[i].limit)
                return 1;
        if (json_is_object(child) && too_much(child))
            return 1;
    }
    return 0;
}

/* An answer has its request's id and is an error, "unsupported" or neither. */
static void
answer_anything(const json_t *request)
{
    json_t *answer = answer_of(serve, request), *id;
    const char *error = json_string_value(json_object_get(answer, "error"));

    id = json_object_get(request, "id");
    assert_true(json_integer_value(json_object_get(answer, "id")) ==
                json_integer_value(id));
    if (json_object_get(answer, "error") != NULL) {
        assert_true(error != NULL && *error != '\0');
        assert_int_equal(json_object_size(answer), 2);
    } else if (json_object_get(answer, "unsupported") != NULL) {
        assert_true(json_is_true(json_object_get(answer, "unsupported")));
        assert_int_equal(json_object_size(answer), 2);
    } else {
        assert_true(json_object_size(answer) >= 2);
    }
    json_decref(answer);
}

static json_t *
request_of(size_t i)
{
    const char *models[] = {NULL, disk.dir, talker};
    const char *model = models[valid[i].model];
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    json_t *request;

    cola_buffer_printf(&b, "{\"id\":%zu,\"op\":\"%s\",%s", i, valid[i].op,
                       valid[i].members);
    for (char *c = b.data; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    if (model != NULL) {
        cola_buffer_text(&b, ",\"model\":");
        cola_json_add_text(&b, model, strlen(model));
    }
    cola_buffer_text(&b, "}");
    request = json_of(b.data);
    cola_buffer_free(&b);
    return request;
}

static void
requests_with_something_wrong_are_survived(void **state)
{
    struct cola_splitmix r;
    int tried = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(valid); i++) {
        json_t *request = request_of(i), *answer = answer_of(serve, request);

        if (json_object_get(answer, "error") != NULL)
            fail_msg("%s: %s", valid[i].op,
                     json_string_value(json_object_get(answer, "error")));
        assert_null(json_object_get(answer, "unsupported"));
        json_decref(request);
        json_decref(answer);
    }
    cola_splitmix_seed(&r, 1, "requests");
    for (int i = 0; i < 4000; i++) {
        json_t *request = request_of(below(&r, COUNT(valid)));

        for (size_t n = 1 + below(&r, 3); n > 0; n--)
            change(&r, request);
        if (!too_much(request)) {
            answer_anything(request);
            tried++;
        }
        json_decref(request);
    }
    assert_true(tried > 3000);
}

/* The same with bytes of the text changed, where JSON is left. */
static void
texts_with_something_wrong_are_survived(void **state)
{
    static const char some[] = "0123456789-+.eE\"'[]{},:\\ufxnl \303\251\377";
    struct cola_splitmix r;
    int tried = 0;

    (void)state;
    cola_splitmix_seed(&r, 1, "texts");
    for (int i = 0; i < 8000; i++) {
        json_t *request = request_of(below(&r, COUNT(valid))), *v = NULL;
        char *text = json_dumps(request, JSON_COMPACT);
        size_t len = strlen(text);

        json_decref(request);
        for (size_t n = 1 + below(&r, 2); n > 0; n--) {
            size_t at = below(&r, len);

            if (below(&r, 3) == 0)
                memmove(text + at, text + at + 1, len-- - at);
            else
                text[at] = some[below(&r, sizeof some - 1)];
        }
        if (cola_json_parse(text, len, "request", &v, NULL) == COLA_OK && !too_much(v)) {
            answer_anything(v);
            tried++;
        }
        json_decref(v);
        free(text);
    }
    assert_true(tried > 2000);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_it_is),
        cmocka_unit_test(answers_chains),
        cmocka_unit_test(answers_edits),
        cmocka_unit_test(answers_counts),
        cmocka_unit_test(answers_enumerations),
        cmocka_unit_test(answers_draws_and_logarithms),
        cmocka_unit_test(answers_searches),
        cmocka_unit_test(answers_logits),
        cmocka_unit_test(answers_what_probes_see),
        cmocka_unit_test(answers_are_whole_for_long_prompts),
        cmocka_unit_test(answers_generations),
        cmocka_unit_test(answers_verdicts),
        cmocka_unit_test(answers_texts),
        cmocka_unit_test(malformed_requests_are_errors),
        cmocka_unit_test(what_is_no_request_is_an_error),
        cmocka_unit_test(what_is_not_known_is_unsupported),
        cmocka_unit_test(models_that_cannot_be_opened_are_errors),
        cmocka_unit_test(ways_change_what_is_answered),
        cmocka_unit_test(requests_with_something_wrong_are_survived),
        cmocka_unit_test(texts_with_something_wrong_are_survived),
    };

    cola_threads_set(1);
    return cmocka_run_group_tests(tests, open_all, close_all) != 0;
}
