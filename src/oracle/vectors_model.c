/*
 * vectors_model.c - the cases of a checkpoint
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "execute/executor.h"
#include "oracle/maker.h"
#include "task/prompt.h"
#include "text/tokenizer.h"

#define TOKENS 7                /* of most cases */
#define LONG 70                 /* more than are fed at once */
#define FEW 4                   /* where whole streams are recorded */
#define ANSWER 8                /* tokens generated */
#define TIES 200                /* prompts tried for one whose answer is a tie */
#define EXAMPLES 5              /* questions */

struct subject {
    struct cola_maker maker;
    struct cola_model *model;
    const struct cola_config *config;
    struct cola_tokenizer *tokenizer;   /* NULL: none */
    int ids[LONG];              /* any tokens; the first begins a text */
};

/* ---- chains ---------------------------------------------------------------------- */

/* Positions FROM .. TO-1 of the ordinary chain, as many as a chain can have. */
static void
run_of_layers(struct cola_chain *c, int from, int to)
{
    for (int i = from; i < to && c->len < COLA_CHAIN_MAX; i++)
        c->at[c->len++] = (uint16_t)i;
}

enum shape {
    IDENTITY, REPEAT_ONE, REPEAT_TWICE, REPEAT_BLOCK, REPEAT_FIRST, REPEAT_LAST,
    REPEAT_ALL, SKIP_ONE, SKIP_FIRST, SKIP_LAST, REVERSE, SINGLE, EMPTY, SHAPES
};

static const struct {
    const char *name, *flags;
} shapes[SHAPES] = {
    [IDENTITY] = {"identity", "identity embedding norm rope gqa attention mlp residual "
                  "final-norm head int8"},
    [REPEAT_ONE] = {"repeat-one", "repeat kv-append position-reset between-visits int8"},
    [REPEAT_TWICE] = {"repeat-twice", "repeat kv-append position-reset between-visits"},
    [REPEAT_BLOCK] = {"repeat-block", "repeat kv-append position-reset"},
    [REPEAT_FIRST] = {"repeat-first", "repeat kv-append position-reset between-visits"},
    [REPEAT_LAST] = {"repeat-last", "repeat kv-append position-reset between-visits"},
    [REPEAT_ALL] = {"repeat-all", "repeat kv-append position-reset"},
    [SKIP_ONE] = {"skip-one", "skip"},
    [SKIP_FIRST] = {"skip-first", "skip embedding"},
    [SKIP_LAST] = {"skip-last", "skip final-norm"},
    [REVERSE] = {"reverse", "order"},
    [SINGLE] = {"single", "skip"},
    [EMPTY] = {"empty", "empty-chain embedding final-norm head int8"},
};

static void
make_chain(struct cola_chain *c, enum shape shape, int L)
{
    int m = L / 2, a = L / 4, b = a + (L + 2) / 3;

    c->len = 0;
    if (shape == SKIP_ONE || shape == REPEAT_ONE || shape == REPEAT_TWICE) {
        run_of_layers(c, 0, m);
        for (int i = 0; i < (shape == SKIP_ONE ? 0 : shape == REPEAT_ONE ? 2 : 3); i++)
            run_of_layers(c, m, m + 1);
        run_of_layers(c, m + 1, L);
    } else if (shape == REPEAT_BLOCK) {
        run_of_layers(c, 0, b);
        run_of_layers(c, a, L);
    } else if (shape == REVERSE) {
        for (int i = L; i > 0; i--)
            run_of_layers(c, i - 1, i);
    } else if (shape == SINGLE) {
        run_of_layers(c, m, m + 1);
    } else if (shape != EMPTY) {
        if (shape == REPEAT_FIRST)
            run_of_layers(c, 0, 1);
        run_of_layers(c, shape == SKIP_FIRST, shape == SKIP_LAST ? L - 1 : L);
        if (shape == REPEAT_LAST)
            run_of_layers(c, L - 1, L);
        if (shape == REPEAT_ALL)
            run_of_layers(c, 0, L);
    }
}

/* "chain":[...],"tokens":[...] of the first N tokens */
static void
add_passage(const struct subject *s, struct cola_buffer *b, const struct cola_chain *c,
            int n)
{
    cola_buffer_text(b, "\"chain\":");
    cola_chain_add_json(b, c);
    cola_buffer_text(b, ",\"tokens\":");
    cola_json_add_integers(b, s->ids, n);
}

/* ---- cases of execution ---------------------------------------------------------- */

/* Logits after N tokens fed in CHUNKS, NULL: at once. */
static enum cola_status
add_logits(struct subject *s, enum shape shape, const char *name, const char *flags,
           int n, const char *chunks, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_chain chain;
    char id[80];
    enum cola_status st;

    make_chain(&chain, shape, s->config->layers);
    snprintf(id, sizeof id, "logits/%s", name);
    cola_buffer_text(&b, "\"items\":[{");
    add_passage(s, &b, &chain, n);
    if (chunks != NULL)
        cola_buffer_printf(&b, ",\"chunks\":%s", chunks);
    cola_buffer_text(&b, "}]");
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = cola_maker_floats(&s->maker, "logits", id, flags, b.data, err);
    cola_buffer_free(&b);
    return st;
}

static enum cola_status
add_all_logits(struct subject *s, struct cola_error *err)
{
    static const struct {
        enum shape shape;
        const char *name, *flags;
        int tokens;
        const char *chunks;
    } more[] = {
        {IDENTITY, "one-token", "embedding head", 1, NULL},
        {IDENTITY, "long", "rope attention chunks", LONG, NULL},
        {IDENTITY, "decode", "decode", TOKENS, "[1,1,1,1,1,1,1]"},
        {IDENTITY, "chunks", "chunks", TOKENS, "[3,4]"},
        {REPEAT_ONE, "repeat-one-then-decode", "repeat-decode kv-append kv-overwrite "
         "position-reset", TOKENS, "[6,1]"},
        {REPEAT_BLOCK, "repeat-block-decode", "repeat-decode kv-append kv-overwrite "
         "position-reset decode", TOKENS, "[4,1,1,1]"},
        {REPEAT_ALL, "repeat-all-chunks", "repeat-decode kv-overwrite chunks", TOKENS,
         "[2,3,2]"},
        {SKIP_ONE, "skip-one-decode", "skip decode", TOKENS, "[5,1,1]"},
    };
    enum cola_status st = COLA_OK;

    for (int i = 0; i < SHAPES && st == COLA_OK; i++)
        st = add_logits(s, (enum shape)i, shapes[i].name, shapes[i].flags, TOKENS, NULL,
                        err);
    for (size_t i = 0; i < sizeof more / sizeof more[0] && st == COLA_OK; i++)
        st = add_logits(s, more[i].shape, more[i].name, more[i].flags, more[i].tokens,
                        more[i].chunks, err);
    return st;
}

static enum cola_status
add_hidden(struct subject *s, enum shape shape, const char *flags, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_chain chain;
    char id[80];
    enum cola_status st;

    make_chain(&chain, shape, s->config->layers);
    snprintf(id, sizeof id, "hidden/%s", shapes[shape].name);
    add_passage(s, &b, &chain, FEW);
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = cola_maker_floats(&s->maker, "hidden", id, flags, b.data, err);
    cola_buffer_free(&b);
    return st;
}

/* The inside of one position, and its layer alone with what entered there: all
 * tokens, then the last two with the keys and values of those before. */
static enum cola_status
add_inside(struct subject *s, enum shape shape, int position, struct cola_error *err)
{
    static const char *const flags = "norm rope gqa attention mlp residual";
    struct cola_buffer b = COLA_BUFFER_EMPTY, rows = COLA_BUFFER_EMPTY;
    struct cola_values input = {{0}, 0, 0, NULL}, keys = {{0}, 0, 0, NULL};
    struct cola_values values = {{0}, 0, 0, NULL};
    size_t before = FEW - 2, shape2[2];
    struct cola_chain chain;
    json_t *answer = NULL, *taps;
    char id[80], all[120];
    enum cola_status st;

    make_chain(&chain, shape, s->config->layers);
    add_passage(s, &b, &chain, FEW);
    cola_buffer_printf(&b, ",\"position\":%d", position);
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = cola_maker_ask(&s->maker, s->maker.exact, "trace", b.data, &answer, err);
    taps = json_object_get(answer, "taps");
    if (st == COLA_OK)
        st = cola_wire_tensor(json_object_get(taps, "input"), NULL, "input", &input, err);
    if (st == COLA_OK)
        st = cola_wire_tensor(json_object_get(taps, "k_rope"), NULL, "k_rope", &keys,
                              err);
    if (st == COLA_OK)
        st = cola_wire_tensor(json_object_get(taps, "v"), NULL, "v", &values, err);
    json_decref(answer);
    if (st == COLA_OK) {
        snprintf(id, sizeof id, "trace/%s-%d", shapes[shape].name, position);
        snprintf(all, sizeof all, "trace %s", flags);
        st = cola_maker_floats(&s->maker, "trace", id, all, b.data, err);
    }
    for (int cached = 0; cached < 2 && st == COLA_OK; cached++) {
        size_t first = cached ? before : 0, d = input.n / FEW;

        cola_buffer_reset(&rows);
        cola_buffer_printf(&rows, "\"layer\":%d,\"first\":%zu,\"hidden\":",
                           chain.at[position], first);
        shape2[0] = FEW - first;
        shape2[1] = d;
        cola_wire_add(&rows, input.v + first * d, shape2, 2);
        if (cached) {
            shape2[0] = first;
            shape2[1] = keys.n / FEW;
            cola_buffer_text(&rows, ",\"keys\":");
            cola_wire_add(&rows, keys.v, shape2, 2);
            cola_buffer_text(&rows, ",\"values\":");
            cola_wire_add(&rows, values.v, shape2, 2);
        }
        snprintf(id, sizeof id, "layer/%s-%d%s", shapes[shape].name, position,
                 cached ? "-cache" : "");
        snprintf(all, sizeof all, "%s %s", cached ? "layer-cache decode" : "layer",
                 flags);
        st = cola_buffer_ok(&rows, err);
        if (st == COLA_OK)
            st = cola_maker_floats(&s->maker, "layer", id, all, rows.data, err);
    }
    cola_values_free(&input);
    cola_values_free(&keys);
    cola_values_free(&values);
    cola_buffer_free(&rows);
    cola_buffer_free(&b);
    return st;
}

/* ---- cases of answers ------------------------------------------------------------ */

static enum cola_status
add_generate(struct subject *s, enum shape shape, const char *name, const char *flags,
             const int *ids, int n, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_chain chain;
    struct cola_context context = {&chain, ids, n};
    char id[80];
    enum cola_status st;

    make_chain(&chain, shape, s->config->layers);
    snprintf(id, sizeof id, "generate/%s", name);
    cola_buffer_text(&b, "\"chain\":");
    cola_chain_add_json(&b, &chain);
    cola_buffer_text(&b, ",\"tokens\":");
    cola_json_add_integers(&b, ids, n);
    cola_buffer_printf(&b, ",\"max_tokens\":%d,\"stop\":", ANSWER);
    cola_json_add_integers(&b, s->config->eos, s->config->n_eos);
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = cola_maker_tokens(&s->maker, "generate", id, flags, b.data, &context, err);
    cola_buffer_free(&b);
    return st;
}

/* Prompts of two tokens until one is answered by a tie between the two largest
 * logits, in the exact arithmetic. */
static enum cola_status
find_tie(struct subject *s, int ids[2], int *found, struct cola_error *err)
{
    struct cola_executor *executor;
    struct cola_run *run = NULL;
    struct cola_chain chain;
    enum cola_status st = cola_executor_new("exact", s->model, &executor, err);

    if (st != COLA_OK)
        return st;
    *found = 0;
    make_chain(&chain, IDENTITY, s->config->layers);
    st = cola_run_new(executor, chain.len, 2, &run, err);
    ids[0] = s->ids[0];
    for (int t = 0; t < TIES && t < s->config->vocabulary && st == COLA_OK && !*found;
         t++) {
        ids[1] = t;
        st = cola_run_begin(run, &chain, err);
        if (st == COLA_OK)
            st = cola_run_feed(run, ids, 2, err);
        *found = st == COLA_OK && cola_run_gap(run) == 0.0;
    }
    cola_run_free(run);
    cola_executor_free(executor);
    return st;
}

static enum cola_status
add_answers(struct subject *s, struct cola_error *err)
{
    int tie[2], found = 0;
    enum cola_status st = add_generate(s, IDENTITY, "identity", "generate stop", s->ids,
                                       TOKENS, err);

    if (st == COLA_OK)
        st = add_generate(s, REPEAT_ONE, "repeat-one", "generate repeat-decode kv-append "
                          "kv-overwrite position-reset", s->ids, TOKENS, err);
    if (st == COLA_OK)
        st = add_generate(s, SKIP_ONE, "skip-one", "generate skip decode", s->ids, FEW,
                          err);
    if (st == COLA_OK)
        st = find_tie(s, tie, &found, err);
    if (st == COLA_OK && found)
        st = add_generate(s, IDENTITY, "tie", "tie generate", tie, 2, err);
    return st;
}

static enum cola_status
add_verdict(struct subject *s, const struct cola_item *item, enum shape shape,
            struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY, id = COLA_BUFFER_EMPTY;
    struct cola_chain chain;
    struct cola_ids prompt = {0};
    struct cola_context context = {&chain, NULL, 0};
    enum cola_status st = cola_prompt_ids(s->tokenizer, item->prompt, &prompt, err);

    make_chain(&chain, shape, s->config->layers);
    cola_buffer_printf(&id, "verdict/%s-%s", item->id, shapes[shape].name);
    cola_buffer_text(&b, "\"chain\":");
    cola_chain_add_json(&b, &chain);
    cola_buffer_text(&b, ",\"prompt\":");
    cola_json_add_text(&b, item->prompt, strlen(item->prompt));
    cola_buffer_text(&b, ",\"answer\":");
    cola_json_add_text(&b, item->answer, strlen(item->answer));
    cola_buffer_printf(&b, ",\"max_tokens\":%d,\"grade\":\"exact\"", ANSWER);
    if (st == COLA_OK)
        st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = cola_buffer_ok(&id, err);
    if (st == COLA_OK) {
        context.ids = prompt.ids;
        context.n = prompt.n;
        st = cola_maker_tokens(&s->maker, "verdict", id.data, "verdict margin stop",
                               b.data, &context, err);
    }
    cola_buffer_free(&id);
    cola_ids_free(&prompt);
    cola_buffer_free(&b);
    return st;
}

/* The first questions, and the first of each level not seen yet. */
static enum cola_status
add_verdicts(struct subject *s, const struct cola_dataset *dataset,
             struct cola_error *err)
{
    int level = COLA_NO_LEVEL, count = 0;
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < dataset->n && count < EXAMPLES && st == COLA_OK; i++) {
        const struct cola_item *item = &dataset->items[i];

        if (item->answer == NULL || (count > 0 && item->level == level))
            continue;
        level = item->level;
        count++;
        st = add_verdict(s, item, IDENTITY, err);
        if (st == COLA_OK)
            st = add_verdict(s, item, REPEAT_BLOCK, err);
        if (st == COLA_OK && count == 1)
            st = add_verdict(s, item, SKIP_ONE, err);
    }
    return st;
}

/* ---- cases of text --------------------------------------------------------------- */

static enum cola_status
add_text(struct subject *s, const char *name, const char *text, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    json_t *answer = NULL, *ids;
    char id[80], *list = NULL;
    enum cola_status st;

    snprintf(id, sizeof id, "tokenize/%s", name);
    cola_buffer_text(&b, "\"text\":");
    cola_json_add_text(&b, text, strlen(text));
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK &&
        cola_maker_ask(&s->maker, s->maker.exact, "tokenize", b.data, &answer, NULL) !=
        COLA_OK) {
        cola_buffer_free(&b);
        return COLA_OK;         /* a text outside this vocabulary */
    }
    if (st == COLA_OK)
        st = cola_maker_discrete(&s->maker, "tokenize", id, "tokenizer", b.data, err);
    ids = json_object_get(answer, "ids");
    if (st == COLA_OK && (list = json_dumps(ids, JSON_COMPACT)) == NULL)
        st = cola_fail_memory(err);
    if (st == COLA_OK) {
        cola_buffer_reset(&b);
        cola_buffer_printf(&b, "\"ids\":%s", list);
        snprintf(id, sizeof id, "detokenize/%s", name);
        st = cola_buffer_ok(&b, err);
    }
    if (st == COLA_OK)
        st = cola_maker_discrete(&s->maker, "detokenize", id, "tokenizer", b.data, err);
    free(list);
    json_decref(answer);
    cola_buffer_free(&b);
    return st;
}

static enum cola_status
add_texts(struct subject *s, const struct cola_dataset *dataset, struct cola_error *err)
{
    static const struct {
        const char *name, *text;
    } texts[] = {
        {"empty", ""}, {"digits", "37:6-5+9-"}, {"longer", "0123456789"},
        {"odd", "012345678"},
        {"words", "The quick brown fox doesn't jump."}, {"space", "  a  b\n\n c "},
        {"accents", "na\303\257ve caf\303\251 \342\202\254 \346\274\242\345\255\227"},
        {"specials", "<s></s><unk>"},
    };
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && st == COLA_OK; i++)
        st = add_text(s, texts[i].name, texts[i].text, err);
    if (st == COLA_OK && dataset != NULL && dataset->n > 0)
        st = add_text(s, "question", dataset->items[0].prompt, err);
    return st;
}

/* ---- the whole ------------------------------------------------------------------- */

static enum cola_status
open_subject(struct subject *s, const char *name, const char *path,
             struct cola_error *err)
{
    struct cola_splitmix random;
    enum cola_status st = cola_model_open(path, &s->model, err);

    if (st != COLA_OK)
        return st;
    s->config = &s->model->config;
    if (s->model->tokenizer != NULL)
        st = cola_tokenizer_open(s->model->tokenizer, &s->tokenizer, err);
    cola_splitmix_seed(&random, 0, "vectors");
    for (int i = 0; i < LONG; i++)
        s->ids[i] = (int)cola_splitmix_below(&random, (uint64_t)s->config->vocabulary);
    if (s->config->bos >= 0)
        s->ids[0] = s->config->bos;
    return st != COLA_OK ? st : cola_maker_open(&s->maker, name, path, err);
}

enum cola_status
cola_vectors_model(const char *dir, const char *name, const char *path,
                   const struct cola_dataset *dataset, struct cola_error *err)
{
    struct subject s;
    char digest[65];
    int L, a;
    enum cola_status st;

    memset(&s, 0, sizeof s);
    st = cola_maker_vacant(dir, name, err);
    if (st == COLA_OK)
        st = open_subject(&s, name, path, err);
    if (st == COLA_OK) {
        L = s.config->layers;
        a = L / 4;
        st = add_all_logits(&s, err);
        if (st == COLA_OK)
            st = add_hidden(&s, IDENTITY, "hidden embedding residual", err);
        if (st == COLA_OK)
            st = add_hidden(&s, REPEAT_BLOCK, "hidden repeat kv-append position-reset "
                            "between-visits", err);
        if (st == COLA_OK)
            st = add_inside(&s, IDENTITY, 0, err);
        if (st == COLA_OK)
            st = add_inside(&s, REPEAT_BLOCK, a + (L + 2) / 3, err);
        if (st == COLA_OK)
            st = add_answers(&s, err);
        if (st == COLA_OK && s.tokenizer != NULL)
            st = add_texts(&s, dataset, err);
        if (st == COLA_OK && s.tokenizer != NULL && dataset != NULL)
            st = add_verdicts(&s, dataset, err);
    }
    if (st == COLA_OK) {
        cola_model_digest(s.model, digest);
        st = cola_maker_write(&s.maker, dir, digest, err);
    }
    cola_maker_close(&s.maker);
    cola_tokenizer_free(s.tokenizer);
    cola_model_close(s.model);
    return st;
}
