/*
 * page_values.c - what the manual colaref-arithmetic(7) says, computed by us
 *
 * The manual is the input: each of its lines "check FUNCTION ARGUMENT... =
 * RESULT..." comes to us without what follows the "=", and goes out with the
 * results that our code gives (tests/arithmetic.sh compares the two).  With
 * the argument "constants" a C source comes in instead, and each literal of its
 * functions goes out as "FUNCTION BITS".
 *
 * Arguments are NAME=VALUE.  A vector is a list of bit patterns in hexadecimal,
 * joined by commas, or u(STATE,N), N numbers as the manual defines them.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The sources whose statics the manual has check values of. */
#include "execute/matmul_int8.c"

#include "base/round.h"
#include "execute/attention.h"
#include "execute/executor.h"
#include "execute/norm.h"
#include "execute/rope.h"
#include "search/engine.h"

#define MOST 8192               /* elements of a vector, characters of a line */

static char *words[64];         /* the line's, after "check" */
static int n_words;

static void
give_up(const char *what)
{
    fprintf(stderr, "page_values: %s in: check", what);
    for (int i = 0; i < n_words; i++)
        fprintf(stderr, " %s", words[i]);
    fprintf(stderr, "\n");
    exit(2);
}

static void
need(enum cola_status st, const struct cola_error *err)
{
    if (st != COLA_OK)
        give_up(err->text);
}

/* ---- arguments ---------------------------------------------------------------- */

static const char *
find(const char *name)
{
    size_t len = strlen(name);

    for (int i = 1; i < n_words; i++)
        if (strncmp(words[i], name, len) == 0 && words[i][len] == '=')
            return words[i] + len + 1;
    return NULL;
}

static int
has(const char *name)
{
    return find(name) != NULL;
}

static const char *
text(const char *name)
{
    const char *value = find(name);

    if (value == NULL)
        give_up(name);
    return value != NULL ? value : "";
}

static int
is(const char *name, const char *value)
{
    return strcmp(text(name), value) == 0;
}

static uint64_t
integer(const char *name)
{
    return strtoull(text(name), NULL, 10);
}

static size_t
size(const char *name)
{
    return (size_t)integer(name);
}

static uint64_t
bits(const char *name)
{
    return strtoull(text(name), NULL, 16);
}

static double
real(const char *name)
{
    uint64_t b = bits(name);
    double x;

    memcpy(&x, &b, sizeof x);
    return x;
}

static void
draw(struct cola_splitmix *r, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(cola_splitmix_next(r) >> 40) * 0x1p-23f - 1.0f;
}

/* A vector of float32 into OUT [MOST]; how many there are. */
static size_t
vector(const char *name, float *out)
{
    const char *at = text(name);
    char *end;
    size_t n = 0;

    if (*at == 'u') {
        struct cola_splitmix r = {strtoull(at + 2, &end, 10)};

        n = (size_t)strtoull(end + 1, NULL, 10);
        if (n > MOST)
            give_up("too long a vector");
        draw(&r, n, out);
        return n;
    }
    for (; *at != '\0' && n < MOST; at = *end == ',' ? end + 1 : end)
        out[n++] = cola_f32_from_bits((uint32_t)strtoul(at, &end, 16));
    return n;
}

/* A vector of integers. */
static size_t
integers(const char *name, int *out)
{
    const char *at = text(name);
    char *end;
    size_t n = 0;

    for (; *at != '\0' && n < MOST; at = *end == ',' ? end + 1 : end)
        out[n++] = (int)strtol(at, &end, 10);
    return n;
}

/* ---- results ------------------------------------------------------------------- */

static void
put32(float x)
{
    printf(" %08" PRIx32, x == x ? cola_f32_bits(x) : UINT32_C(0x7fc00000));
}

static void
put64(double x)
{
    printf(" %016" PRIx64, x == x ? cola_f64_bits(x) : UINT64_C(0x7ff8000000000000));
}

static void
put_vector(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put32(x[i]);
}

/* ---- the sections of the manual -------------------------------------------------- */

static void
numbers(void)
{
    enum cola_rounding type;

    if (has("to") && cola_rounding_find(text("to"), &type))
        put64(cola_round(real("x"), type));
    else if (is("from", "f16"))
        put32(cola_f32_from_f16((uint16_t)bits("x")));
    else
        put32(cola_f32_from_bf16((uint16_t)bits("x")));
}

static void
logarithm(void)
{
    struct cola_logs logs = {0};
    struct cola_error err;
    size_t n = size("n");

    need(cola_logs_reach(&logs, n, &err), &err);
    put64(logs.ln[n]);
    cola_logs_free(&logs);
}

static void
sequence(void)
{
    static float x[MOST];
    size_t n = vector("x", x);

    put_vector(x, n);
}

static void
product(void)
{
    static float x[MOST], w[MOST], y[MOST];
    const struct cola_matmul_ops *ops = is("arithmetic", "int8") ? &cola_matmul_int8
                                                                : &cola_matmul_exact;
    size_t k = vector("x", x), count = vector("w", w), n = count / k;
    struct cola_tensor t = {"w", COLA_F32, 2, {n, k}, (unsigned char *)w};
    void *packed, *scratch = calloc(1, ops->scratch(1, k) + 1);
    struct cola_error err;

    if (n * k != count)
        give_up("rows of different lengths");
    for (size_t i = 0; i < n * k; i++) {        /* as in a file */
        uint32_t b = cola_f32_bits(w[i]);
        unsigned char bytes[] = {(unsigned char)b, (unsigned char)(b >> 8),
                                 (unsigned char)(b >> 16), (unsigned char)(b >> 24)};

        memcpy(&w[i], bytes, 4);
    }
    need(ops->pack(&t, &packed, &err), &err);
    ops->multiply(packed, x, 1, y, scratch);
    put_vector(y, n);
    ops->free(packed);
    free(scratch);
}

static void
norm(void)
{
    static float x[MOST], w[MOST];
    size_t d = vector("x", x);

    vector("w", w);
    cola_norm(x, w, d, cola_f32_from_bits((uint32_t)bits("eps")), x);
    put_vector(x, d);
}

static void
rotation(void)
{
    static float x[MOST], cosine[1 << 18], sine[1 << 18];
    int table = strcmp(words[0], "table") == 0;
    size_t e = table ? size("e") : vector("x", x), t = size("t");

    if (e / 2 * (t + 1) > sizeof cosine / sizeof *cosine)
        give_up("too large a table");
    cola_rope_table(t + 1, e, real("theta"), cosine, sine);
    if (table) {
        put_vector(cosine + t * (e / 2), e / 2);
        put_vector(sine + t * (e / 2), e / 2);
        return;
    }
    cola_rope(x, 1, e, cosine + t * (e / 2), sine + t * (e / 2));
    put_vector(x, e);
}

/* K and V come token by token, as they are computed; we keep them by head. */
static void
attention(void)
{
    static float q[MOST], from[MOST], k[MOST], v[MOST], score[MOST], out[MOST];
    size_t H = size("H"), G = size("G"), e = vector("q", q) / H;
    float *to[] = {k, v};
    size_t count = 0;

    for (int i = 0; i < 2; i++) {
        count = vector(i == 0 ? "k" : "v", from) / (G * e);
        for (size_t s = 0; s < count; s++)
            for (size_t g = 0; g < G; g++)
                memcpy(to[i] + (g * count + s) * e, from + (s * G + g) * e,
                       e * sizeof *from);
    }
    cola_attention(q, k, v, H, G, e, count, count, score, out);
    if (strcmp(words[0], "scores") == 0)
        put_vector(score, H * count);
    else
        put_vector(out, H * e);
}

static void
silu(void)
{
    static float gate[MOST], up[MOST];
    size_t n = vector("gate", gate);

    vector("up", up);
    cola_silu_times(gate, up, n);
    put_vector(gate, n);
}

static void
eight_bits(void)
{
    static float x[MOST];
    static int8_t q[MOST];
    float scale;
    size_t k = vector("x", x);

    quantize(x, k, q, &scale);
    put32(scale);
    for (size_t i = 0; i < k; i++)
        printf(" %d", q[i]);
}

/* The weights of a drawn model, as in a file. */
static struct {
    struct cola_tensor tensors[32];
    size_t count;
    unsigned char bytes[4 * MOST];
    size_t used;
} store;

/* A tensor of ROWS times COLUMNS numbers drawn from R. */
static const struct cola_tensor *
drawn(struct cola_splitmix *r, size_t rows, size_t columns)
{
    struct cola_tensor *t = &store.tensors[store.count++];
    unsigned char *data = store.bytes + store.used;

    store.used += 4 * rows * columns;
    for (size_t i = 0; i < rows * columns; i++) {
        float x;

        draw(r, 1, &x);
        for (int j = 0; j < 4; j++)
            data[4 * i + (size_t)j] = (unsigned char)(cola_f32_bits(x) >> 8 * j);
    }
    *t = (struct cola_tensor){"drawn", COLA_F32, columns == 1 ? 1 : 2, {rows, columns},
                              data};
    return t;
}

static void
put_logits(const struct cola_model *model, const char *backend, int most)
{
    static int ids[MOST];
    struct cola_executor *executor;
    struct cola_run *run;
    struct cola_chain chain;
    struct cola_error err;
    int n = (int)integers("tokens", ids);
    int first = has("first") ? (int)integer("first") : n;

    need(cola_chain_parse(text("chain"), &chain, &err), &err);
    need(cola_executor_new(backend, model, &executor, &err), &err);
    if (has("kv"))
        need(cola_executor_kv(executor, text("kv"), &err), &err);
    if (has("round"))
        need(cola_executor_round(executor, text("round"), &err), &err);
    need(cola_run_new(executor, chain.len, n, &run, &err), &err);
    need(cola_run_begin(run, &chain, &err), &err);
    need(cola_run_feed(run, ids, first, &err), &err);
    for (int t = first; t < n; t++)
        need(cola_run_feed(run, ids + t, 1, &err), &err);
    for (int v = 0; v < most && v < model->config.vocabulary; v++)
        if (executor->ops->is_float)
            put32((float)cola_run_logits(run)[v]);
        else
            put64(cola_run_logits(run)[v]);
    cola_run_free(run);
    cola_executor_free(executor);
}

/* The model of the manual's section on chains: every weight drawn. */
static void
drawn_model(void)
{
    struct cola_splitmix r = {integer("state")};
    struct cola_layer layers[2];
    struct cola_model m = {.layers = layers, .config = {
        .layers = 2, .width = 8, .heads = 4, .kv_heads = 2, .head_dim = 8, .hidden = 12,
        .vocabulary = 5, .norm_eps = 1e-5, .rope_theta = 10000.0, .bos = -1}};

    store.count = store.used = 0;
    m.embed = drawn(&r, 5, 8);
    for (int i = 0; i < 2; i++) {
        layers[i].norm1 = drawn(&r, 8, 1);
        layers[i].q = drawn(&r, 32, 8);
        layers[i].k = drawn(&r, 16, 8);
        layers[i].v = drawn(&r, 16, 8);
        layers[i].o = drawn(&r, 8, 32);
        layers[i].norm2 = drawn(&r, 8, 1);
        layers[i].gate = drawn(&r, 12, 8);
        layers[i].up = drawn(&r, 12, 8);
        layers[i].down = drawn(&r, 8, 12);
    }
    m.norm = drawn(&r, 8, 1);
    m.head = drawn(&r, 5, 8);
    put_logits(&m, text("arithmetic"), m.config.vocabulary);
}

static void
shipped_model(void)
{
    const char *data = getenv("COLAREF_DATA");
    struct cola_model *model;
    struct cola_error err;
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", data != NULL ? data : "data", text("model"));
    need(cola_model_open(path, &model, &err), &err);
    put_logits(model, text("arithmetic"), 4);
    cola_model_close(model);
}

static double given[MOST];

static const double *
given_logits(const void *run)
{
    (void)run;
    return given;
}

static void
choice_of_a_token(void)
{
    static float x[MOST];
    struct cola_executor_ops ops = {.name = "given", .is_float = is("type", "f32"),
                                    .logits = given_logits};
    struct cola_model m = {.config = {.vocabulary = (int)vector("logits", x)}};
    struct cola_executor executor = {.ops = &ops, .model = &m};
    struct cola_run run = {.executor = &executor};

    for (int v = 0; v < m.config.vocabulary; v++)
        given[v] = (double)x[v];
    if (strcmp(words[0], "logprob") == 0) {
        put64(cola_run_logprob(&run, (int)integer("id")));
        return;
    }
    printf(" %d", cola_run_argmax(&run));
    if (ops.is_float)
        put32((float)cola_run_gap(&run));
    else
        put64(cola_run_gap(&run));
}

static void
value_of_a_node(void)
{
    struct cola_search s = {.preset = {.lambda = real("lambda"), .c2 = real("c2"),
                                       .layers = (int)integer("L")}};
    struct cola_error err;
    size_t v = size("V");

    need(cola_logs_reach(&s.logs, v, &err), &err);
    put64(cola_ucb(&s, real("total"), (double)integer("visits"),
                   (int)integer("length"), v));
    cola_logs_free(&s.logs);
}

static void
generator(void)
{
    struct cola_splitmix ours = {0};
    struct cola_cpython theirs;
    size_t n = has("n") ? size("n") : 0, skip = has("skip") ? size("skip") : 0;
    int cpython = strcmp(words[0], "mt19937") == 0;

    if (cpython)
        cola_cpython_seed(&theirs, integer("seed"));
    else
        cola_splitmix_seed(&ours, integer("seed"), text("id"));
    while (skip-- > 0)
        cola_cpython_next32(&theirs);
    if (is("draw", "state"))
        printf(" %016" PRIx64, ours.state);
    else
        for (size_t i = 0; i < n; i++)
            if (is("draw", "next") && cpython)
                printf(" %08" PRIx32, cola_cpython_next32(&theirs));
            else if (is("draw", "next"))
                printf(" %016" PRIx64, cola_splitmix_next(&ours));
            else if (is("draw", "real"))
                put64(cpython ? cola_cpython_real(&theirs) : cola_splitmix_real(&ours));
            else if (cpython)
                printf(" %" PRIu32, cola_cpython_below(&theirs,
                                                       (uint32_t)integer("below")));
            else
                printf(" %" PRIu64, cola_splitmix_below(&ours, integer("below")));
}

static void
elementary(void)
{
    const char *f = words[0];
    double x = real("x");

    put64(strcmp(f, "exp") == 0 ? cola_exp(x) : strcmp(f, "log") == 0 ? cola_log(x) :
          strcmp(f, "sin") == 0 ? cola_sin(x) : strcmp(f, "cos") == 0 ? cola_cos(x) :
          cola_pow(x, real("y")));
}

static const struct {
    const char *name;
    void (*answer)(void);
} functions[] = {
    {"widen", numbers}, {"round", numbers}, {"u", sequence},
    {"exp", elementary}, {"log", elementary}, {"pow", elementary},
    {"sin", elementary}, {"cos", elementary}, {"ln", logarithm},
    {"product", product}, {"norm", norm}, {"table", rotation}, {"rope", rotation},
    {"scores", attention}, {"attention", attention}, {"silu", silu},
    {"int8", eight_bits}, {"drawn", drawn_model}, {"shipped", shipped_model},
    {"greedy", choice_of_a_token}, {"logprob", choice_of_a_token},
    {"ucb", value_of_a_node}, {"splitmix64", generator}, {"mt19937", generator},
};

#define FUNCTIONS (sizeof functions / sizeof functions[0])

int
main(void)
{
    static char line[MOST];

    while (fgets(line, sizeof line, stdin) != NULL) {
        size_t f = 0;

        n_words = 0;
        for (char *w = strtok(line, " \n"); w != NULL && n_words < 64;
             w = strtok(NULL, " \n"))
            if (strcmp(w, "check") != 0)
                words[n_words++] = w;
        if (n_words == 0)
            give_up("an empty line");
        while (f < FUNCTIONS && strcmp(functions[f].name, words[0]) != 0)
            f++;
        if (f == FUNCTIONS)
            give_up("unknown function");
        printf("check");
        for (int i = 0; i < n_words; i++)
            printf(" %s", words[i]);
        printf(" =");
        functions[f].answer();
        printf("\n");
    }
    return 0;
}
