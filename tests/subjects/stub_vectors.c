/*
 * stub_vectors.c - a few cases of every kind, to be checked against
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "stub.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "model/model.h"

void
stop(const char *what)
{
    fprintf(stderr, "stub: %s\n", what);
    exit(4);
}

json_t *
ask(struct cola_serve *serve, const json_t *request)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_error err = {COLA_OK, ""};
    json_t *answer = NULL;

    if (cola_serve_answer(serve, request, &b, &err) != COLA_OK ||
        cola_json_parse(b.data, b.len, "answer", &answer, &err) != COLA_OK)
        stop(err.text);
    cola_buffer_free(&b);
    return answer;
}

struct cola_serve *
serve_of(const char *backend, const char *kv, const char *round)
{
    struct cola_serve *serve = NULL;
    struct cola_error err;

    if (cola_serve_new(backend, &serve, &err) != COLA_OK ||
        cola_serve_set(serve, kv, round, &err) != COLA_OK)
        stop(err.text);
    return serve;
}

/* ---- tensors, wherever they stand in an answer ------------------------------- */

struct cola_values
values_of(const json_t *tensor)
{
    struct cola_values v;
    struct cola_error err;

    if (cola_wire_tensor(tensor, NULL, "tensor", &v, &err) != COLA_OK)
        stop(err.text);
    return v;
}

void
put(json_t *tensor, struct cola_values *v)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    json_t *made;

    cola_wire_add(&b, v->v, v->shape, v->rank);
    if (cola_json_parse(b.data, b.len, "tensor", &made, NULL) != COLA_OK ||
        json_object_update(tensor, made) != 0)
        stop("out of memory");
    json_decref(made);
    cola_buffer_free(&b);
    cola_values_free(v);
}

void
for_each(json_t *a, json_t *b, void (*each)(json_t *a, json_t *b, void *ctx), void *ctx)
{
    const char *name;
    json_t *member;
    size_t i;

    if (json_is_string(json_object_get(a, "bits"))) {
        each(a, b, ctx);
        return;
    }
    json_object_foreach(a, name, member)
        for_each(member, json_object_get(b, name), each, ctx);
    json_array_foreach(a, i, member)
        for_each(member, json_array_get(b, i), each, ctx);
}

void
put_in_file(json_t *tensor, const char *path)
{
    struct cola_values x = values_of(tensor);
    unsigned char *data = malloc(4 * x.n);
    size_t width = x.shape[x.rank - 1];
    struct cola_tensor t = {"t", COLA_F32, 2, {x.n / width, width}, data};

    if (data == NULL)
        stop("out of memory");
    for (size_t i = 0; i < 4 * x.n; i++)
        data[i] = (unsigned char)(cola_f32_bits(x.v[i / 4]) >> (8 * (i % 4)));
    if (cola_safetensors_write(path, &t, 1, NULL) != COLA_OK)
        stop("cannot write a file");
    json_object_clear(tensor);
    json_object_set_new(tensor, "file", json_string(path));
    json_object_set_new(tensor, "name", json_string("t"));
    free(data);
    cola_values_free(&x);
}

static void
deviate(json_t *a, json_t *b, void *ctx)
{
    struct cola_values x = values_of(a), y = values_of(b);
    double *largest = ctx;

    for (size_t i = 0; i < x.n; i++) {
        double d = fabs((double)x.v[i] - (double)y.v[i]);

        if (d > *largest)
            *largest = d;
    }
    cola_values_free(&x);
    cola_values_free(&y);
}

/* ---- vectors ----------------------------------------------------------------- */

enum { EXACT, INT8, TRUTH, F32, BF16, F16, SERVES };

static struct cola_serve *serves[SERVES];

/* What SERVE answers to REQUEST, without its id. */
static json_t *
body(int serve, const json_t *request)
{
    json_t *answer = ask(serves[serve], request);

    if (json_object_get(answer, "error") != NULL ||
        json_object_get(answer, "unsupported") != NULL)
        stop(json_dumps(answer, 0));
    json_object_del(answer, "id");
    return answer;
}

static json_t *
deviations(const json_t *request, const json_t *truth)
{
    static const struct {
        const char *name;
        int serve;
    } types[] = {{"f32", F32}, {"bf16", BF16}, {"f16", F16}, {"int8", INT8}};
    json_t *list = json_object();

    for (size_t i = 0; i < 4; i++) {
        json_t *other = body(types[i].serve, request);
        double largest = 0.0;

        for_each(other, (json_t *)(uintptr_t)truth, deviate, &largest);
        json_object_set_new(list, types[i].name, json_real(largest));
        json_decref(other);
    }
    return list;
}

/* Gaps of 1, which is decided, and GAP for all tokens but the first. */
static json_t *
expected(const char *rule, const json_t *request, double gap)
{
    json_t *expect;
    size_t n;

    if (strcmp(rule, "exact") == 0)
        return body(EXACT, request);
    if (strcmp(rule, "ratio") == 0) {
        expect = json_pack("{s:o, s:o, s:o}", "exact", body(EXACT, request), "int8",
                           body(INT8, request), "truth", body(TRUTH, request));
        json_object_set_new(expect, "deviation",
                            deviations(request, json_object_get(expect, "truth")));
        return expect;
    }
    expect = body(EXACT, request);
    n = json_array_size(json_object_get(expect, "ids"));
    json_object_set_new(expect, "gaps", json_array());
    for (size_t i = 0; i < n; i++)
        json_array_append_new(json_object_get(expect, "gaps"),
                              json_real(i > 0 ? gap : 1.0));
    json_object_set_new(expect, "deviation", json_pack("{s:f,s:f,s:f}", "f32", 1e-5,
                                                       "bf16", 1e-2, "f16", 1e-3));
    return expect;
}

/* ROWS of TENSOR from row FIRST on. */
static json_t *
rows_of(const json_t *tensor, size_t first, size_t rows)
{
    struct cola_values v = values_of(tensor), part = {.rank = 2};
    json_t *made = json_object();

    part.shape[0] = rows;
    part.shape[1] = v.shape[v.rank - 1];
    part.n = rows * part.shape[1];
    part.v = malloc(part.n * sizeof *part.v);
    memcpy(part.v, v.v + first * part.shape[1], part.n * sizeof *part.v);
    cola_values_free(&v);
    put(made, &part);
    return made;
}

/* What enters layer 1 of the chain 0,1 over three tokens, from token "first" on. */
static void
add_inputs(json_t *request, const char *path)
{
    json_t *whole = json_pack("{s:i, s:s, s:s, s:[i,i], s:[i,i,i], s:i}", "id", 1, "op",
                              "hidden", "model", path, "chain", 0, 1, "tokens", 1, 5, 9,
                              "position", 1);
    size_t first = (size_t)json_integer_value(json_object_get(request, "first"));
    json_t *hidden = body(EXACT, whole), *trace, *taps;

    json_object_set_new(whole, "op", json_string("trace"));
    trace = body(EXACT, whole);
    taps = json_object_get(trace, "taps");
    json_object_set_new(request, "hidden", rows_of(json_object_get(hidden, "hidden"),
                                                   3 + first, 3 - first));
    if (first > 0) {
        json_object_set_new(request, "keys", rows_of(json_object_get(taps, "k_rope"), 0,
                                                     first));
        json_object_set_new(request, "values", rows_of(json_object_get(taps, "v"), 0,
                                                       first));
    }
    json_decref(hidden);
    json_decref(trace);
    json_decref(whole);
}

void
make_vectors(const char *path, const char *name)
{
    static const struct {
        const char *id, *op, *rule, *flags, *request;
        double gap;
    } cases[] = {
        {"t/logits/identity", "logits", "ratio", "[\"identity\"]",
         "{\"items\":[{\"chain\":[0,1,2,3],\"tokens\":[1,5,9]}]}", 0.0},
        {"t/logits/repeat", "logits", "ratio", "[\"repeat\",\"kv\"]",
         "{\"items\":[{\"chain\":[0,1,1,2,3],\"tokens\":[1,5,9,14,20]}]}", 0.0},
        {"t/logits/two", "logits", "ratio", "[\"skip\"]",
         "{\"items\":[{\"chain\":[0,2],\"tokens\":[1,7]},"
         "{\"chain\":[3,1],\"tokens\":[1,7,8,9,10,11,12]}]}", 0.0},
        {"t/hidden/repeat", "hidden", "ratio", "[\"repeat\"]",
         "{\"chain\":[0,1,1,2],\"tokens\":[1,5,9]}", 0.0},
        {"t/trace/repeat", "trace", "ratio", "[\"repeat\"]",
         "{\"chain\":[0,1,1,2],\"tokens\":[1,5,9],\"position\":2}", 0.0},
        {"t/generate/decided", "generate", "verdict", "[]",
         "{\"chain\":[0,1,2,3],\"tokens\":[1,95,15,5,14,9,14],\"max_tokens\":4,"
         "\"stop\":[2]}", 1.0},
        {"t/generate/open", "generate", "verdict", "[\"ties\"]",
         "{\"chain\":[0,1,2,3],\"tokens\":[1,95,15,5,14,9,14],\"max_tokens\":4,"
         "\"stop\":[2]}", 0.0},
        {"t/verdict/right", "verdict", "verdict", "[]",
         "{\"chain\":[0,1,2,3],\"prompt\":\"66:2-6-\",\"answer\":\"70\",\"max_tokens\":4,"
         "\"grade\":\"exact\"}", 1.0},
        {"t/layer/first", "layer", "ratio", "[]", "{\"layer\":1,\"first\":0}", 0.0},
        {"t/layer/later", "layer", "ratio", "[\"cache\"]", "{\"layer\":1,\"first\":1}",
         0.0},
        {"t/chain/print", "chain", "exact", "[\"syntax\"]",
         "{\"text\":\"0-3,(4-5)x2\"}", 0.0},
        {"t/perft/four", "perft", "exact", "[]",
         "{\"layers\":4,\"depth\":2,\"space\":\"both\"}", 0.0},
        {"t/log/few", "log", "exact", "[]", "{\"numbers\":[2,3,10]}", 0.0},
    };
    size_t n = sizeof cases / sizeof cases[0];
    struct cola_model *model = NULL;
    struct cola_error err;
    char digest[65];

    if (cola_model_open(path, &model, &err) != COLA_OK)
        stop(err.text);
    cola_model_digest(model, digest);
    cola_model_close(model);
    serves[EXACT] = serve_of("exact", "position", NULL);
    serves[INT8] = serve_of("int8", "position", NULL);
    serves[TRUTH] = serve_of("f64", "position", NULL);
    serves[F32] = serve_of("f64", "position", "f32");
    serves[BF16] = serve_of("f64", "position", "bf16");
    serves[F16] = serve_of("f64", "position", "f16");
    printf("{\"format\":\"colaref-vectors\",\"version\":1,\"arithmetic\":1,"
           "\"model\":{\"name\":\"%s\",\"digest\":\"%s\"},\"cases\":%zu}\n", name, digest,
           n);
    for (size_t i = 0; i < n; i++) {
        json_t *request = json_loads(cases[i].request, 0, NULL);
        json_t *whole = json_pack("{s:i, s:s}", "id", 1, "op", cases[i].op);
        json_t *line;

        if (strcmp(cases[i].op, "layer") == 0)
            add_inputs(request, path);
        json_object_update(whole, request);
        if (strcmp(cases[i].rule, "exact") != 0)
            json_object_set_new(whole, "model", json_string(path));
        line = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "id", cases[i].id, "op",
                         cases[i].op, "rule", cases[i].rule, "flags",
                         json_loads(cases[i].flags, 0, NULL), "request", request,
                         "expect", expected(cases[i].rule, whole, cases[i].gap));
        if (strcmp(cases[i].id, "t/layer/later") == 0) {
            json_t *hidden = json_object_get(request, "hidden");

            put_in_file(hidden, "vectors/0.safetensors");
            json_object_set_new(hidden, "file", json_string("0.safetensors"));
        }
        json_dumpf(line, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(line);
        json_decref(whole);
    }
    printf("{\"type\":\"end\",\"cases\":%zu}\n", n);
    for (int i = 0; i < SERVES; i++)
        cola_serve_free(serves[i]);
}
