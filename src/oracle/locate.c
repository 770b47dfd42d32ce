/*
 * locate.c - where a subject first goes wrong
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/locate.h"

#include <stdlib.h>
#include <string.h>

#include "define/probe.h"
#include "model/model.h"
#include "task/prompt.h"

/*
 * Three answer every question: the subject, the one it should equal or come
 * close to, and one that shows how far off it may be.
 */
enum who { SUBJECT, REFERENCE, ROUNDED, WHO };

static const char *const modes[] = {"shared-append", "shared-overwrite"};

#define MODES (sizeof modes / sizeof modes[0])

struct cola_locator {
    struct cola_asker *asker[WHO];      /* the last two are ours, below */
    struct cola_asker ours[WHO];
    struct cola_asker shared[MODES];
    const struct cola_promise *promise;
};

/* What went wrong: a chain over some tokens. */
struct scene {
    const char *model;
    json_t *chain, *tokens;             /* own references; NULL: none */
    size_t length, n;
};

void
cola_locator_free(struct cola_locator *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < WHO; i++)
        cola_ourselves_close(&l->ours[i]);
    for (size_t i = 0; i < MODES; i++)
        cola_ourselves_close(&l->shared[i]);
    free(l);
}

enum cola_status
cola_locator_new(struct cola_asker *asker, const struct cola_promise *promise,
                 struct cola_locator **locator, struct cola_error *err)
{
    const char *claim = promise->claim;
    int by_bits = claim != NULL && strcmp(claim, "f64") != 0;
    int int8 = strcmp(promise->type, "int8") == 0;
    struct cola_locator *l = cola_alloc(1, sizeof *l);
    enum cola_status st;

    if (l == NULL)
        return cola_fail_memory(err);
    l->promise = promise;
    l->asker[SUBJECT] = asker;
    st = cola_ourselves_open(claim != NULL ? claim : "f64", "position", NULL,
                             &l->ours[REFERENCE], err);
    if (st == COLA_OK)
        st = cola_ourselves_open(int8 ? "int8" : "f64", "position",
                                 int8 ? NULL : promise->type, &l->ours[ROUNDED], err);
    for (size_t i = REFERENCE; i < WHO; i++)
        l->asker[i] = &l->ours[i];
    for (size_t i = 0; i < MODES && st == COLA_OK; i++)
        st = cola_ourselves_open(by_bits ? claim : "exact", modes[i], NULL, &l->shared[i],
                                 err);
    if (st != COLA_OK)
        cola_locator_free(l);
    else
        *locator = l;
    return st;
}

/* ---- the scene --------------------------------------------------------------- */

static void
leave_scene(struct scene *s)
{
    json_decref(s->chain);
    json_decref(s->tokens);
}

/* The tokens of a verdict's prompt, appended to LIST. */
static enum cola_status
add_prompt(const char *path, const char *prompt, json_t *list, struct cola_error *err)
{
    struct cola_model *model = NULL;
    struct cola_tokenizer *tokenizer = NULL;
    struct cola_ids ids = {NULL, 0};
    enum cola_status st = cola_model_open(path, &model, err);

    if (st == COLA_OK && (model->tokenizer == NULL || prompt == NULL))
        st = cola_fail(err, COLA_INPUT, "%s: no tokenizer.json", path);
    if (st == COLA_OK)
        st = cola_tokenizer_open(model->tokenizer, &tokenizer, err);
    if (st == COLA_OK)
        st = cola_prompt_ids(tokenizer, prompt, &ids, err);
    for (int i = 0; i < ids.n; i++)
        json_array_append_new(list, json_integer(ids.ids[i]));
    cola_ids_free(&ids);
    cola_tokenizer_free(tokenizer);
    cola_model_close(model);
    return st;
}

/* An answer's tokens up to the wrong one are given, so that it is reached. */
static enum cola_status
set_scene(const struct cola_case *c, size_t at, struct scene *s, struct cola_error *err)
{
    const json_t *from = c->request;
    const json_t *ids = json_object_get(c->expected.expect, "ids");
    int verdict = strcmp(c->expected.op, "verdict") == 0;
    enum cola_status st = COLA_OK;

    *s = (struct scene){c->file->model, NULL, NULL, 0, 0};
    if (strcmp(c->expected.op, "logits") == 0)
        from = json_array_get(json_object_get(c->request, "items"), at);
    s->chain = json_incref(json_object_get(from, "chain"));
    s->tokens = verdict ? json_array() : json_copy(json_object_get(from, "tokens"));
    if (s->chain == NULL || s->tokens == NULL || s->model == NULL)
        return COLA_OK;
    if (verdict)
        st = add_prompt(s->model, json_string_value(json_object_get(from, "prompt")),
                        s->tokens, err);
    if (verdict || strcmp(c->expected.op, "generate") == 0)
        for (size_t i = 0; i < at && i < json_array_size(ids); i++)
            json_array_append(s->tokens, json_array_get(ids, i));
    s->length = json_array_size(s->chain);
    s->n = json_array_size(s->tokens);
    return st;
}

static json_t *
request_for(const char *op, const struct scene *s)
{
    return json_pack("{s:s, s:s, s:O, s:O}", "op", op, "model", s->model, "chain",
                     s->chain, "tokens", s->tokens);
}

/* Ask the first N of the three; REQUEST is taken.  ANSWERS [WHO] are to be
 * released; what could not be answered is NULL. */
static enum cola_status
ask_all(struct cola_locator *l, json_t *request, int n, json_t **answers,
        struct cola_error *err)
{
    enum cola_status st = request != NULL ? COLA_OK : cola_fail_memory(err);

    for (int i = 0; i < WHO; i++)
        answers[i] = NULL;
    for (int i = 0; i < n && st == COLA_OK; i++) {
        st = cola_asker_ask(l->asker[i], request, &answers[i], err);
        if (st == COLA_OK && answers[i] == NULL)
            break;
    }
    json_decref(request);
    return st;
}

static void
release(json_t **answers)
{
    for (int i = 0; i < WHO; i++)
        json_decref(answers[i]);
}

/* The tensors that PATH's member names in all three answers; 0 when the
 * subject's is none or of another shape. */
static int
read_three(json_t *const *objects, const char *name, struct cola_values *v)
{
    int ok = 1;

    memset(v, 0, WHO * sizeof *v);
    for (int i = 0; i < WHO && ok; i++)
        ok = cola_answer_tensor(json_object_get(objects[i], name), &v[i], NULL) ==
             COLA_OK;
    return ok && cola_same_shape(&v[SUBJECT], &v[REFERENCE]) &&
           cola_same_shape(&v[ROUNDED], &v[REFERENCE]);
}

static void
free_three(struct cola_values *v)
{
    for (int i = 0; i < WHO; i++)
        cola_values_free(&v[i]);
}

static size_t
first_wrong(const struct cola_promise *promise, const struct cola_values *v, size_t from,
            size_t count)
{
    return cola_first_wrong(v[SUBJECT].v + from, v[REFERENCE].v + from,
                            v[ROUNDED].v + from, count, promise);
}

/* ---- inside a position ------------------------------------------------------- */

/* Append "k_rope (token 2, channel 5)": value I of a tap of N tokens, FIRST of
 * them before. */
static void
add_tap(struct cola_buffer *b, enum cola_tap tap, size_t i, size_t count, size_t n,
        size_t first)
{
    size_t seen = n * first + n * (n + 1) / 2, heads = count / (seen > 0 ? seen : 1);
    size_t width = count / (n > 0 ? n : 1), t = 0;

    cola_buffer_text(b, cola_tap_name(tap));
    if (tap != COLA_TAP_SCORES) {
        cola_buffer_printf(b, " (token %zu, channel %zu)", first + i / width, i % width);
        return;
    }
    while (t + 1 < n && i >= heads * (first + t + 1)) {
        i -= heads * (first + t + 1);
        t++;
    }
    cola_buffer_printf(b, " (token %zu, head %zu, key %zu)", first + t,
                       i / (first + t + 1), i % (first + t + 1));
}

enum taps { TAPS_RIGHT, TAPS_WRONG, TAPS_UNSUPPORTED };

/* Ask REQUEST, which is taken, and append LEAD and the first wrong tap. */
static enum cola_status
compare_taps(struct cola_locator *l, json_t *request, size_t n, size_t first,
             const char *lead, enum taps *found, struct cola_buffer *b,
             struct cola_error *err)
{
    json_t *answers[WHO], *objects[WHO];
    enum cola_status st = ask_all(l, request, WHO, answers, err);

    *found = TAPS_UNSUPPORTED;
    for (int i = 0; i < WHO; i++)
        objects[i] = json_object_get(answers[i], "taps");
    if (st == COLA_OK && objects[SUBJECT] != NULL && objects[ROUNDED] != NULL)
        *found = TAPS_RIGHT;
    for (int tap = 0; tap < COLA_TAPS && *found == TAPS_RIGHT; tap++) {
        const char *name = cola_tap_name((enum cola_tap)tap);
        struct cola_values v[WHO];
        size_t i;

        if (json_object_get(objects[SUBJECT], name) == NULL)
            continue;
        if (!read_three(objects, name, v)) {
            cola_buffer_printf(b, "%s%s (of another shape)\n", lead, name);
            *found = TAPS_WRONG;
        } else if ((i = first_wrong(l->promise, v, 0, v[REFERENCE].n)) != SIZE_MAX) {
            cola_buffer_text(b, lead);
            add_tap(b, (enum cola_tap)tap, i, v[REFERENCE].n, n, first);
            cola_buffer_text(b, "\n");
            *found = TAPS_WRONG;
        }
        free_three(v);
    }
    release(answers);
    return st;
}

/* Layer LAYER alone, given the stream that should enter it. */
static enum cola_status
try_layer(struct cola_locator *l, const struct scene *s, int layer, const float *stream,
          size_t width, struct cola_buffer *b, struct cola_error *err)
{
    struct cola_buffer text = COLA_BUFFER_EMPTY;
    size_t shape[2] = {s->n, width};
    json_t *tensor = NULL, *request = NULL;
    enum taps found = TAPS_UNSUPPORTED;
    enum cola_status st;

    cola_wire_add(&text, stream, shape, 2);
    st = cola_buffer_ok(&text, err);
    if (st == COLA_OK)
        st = cola_json_parse(text.data, text.len, "the stream", &tensor, err);
    cola_buffer_free(&text);
    if (st != COLA_OK)
        return st;
    request = json_pack("{s:s, s:s, s:i, s:i, s:o}", "op", "layer", "model", s->model,
                        "layer", layer, "first", 0, "hidden", tensor);
    st = compare_taps(l, request, s->n, 0, "  first wrong tap: ", &found, b, err);
    if (st == COLA_OK && found == TAPS_RIGHT)
        cola_buffer_printf(b, "  layer %d by itself is right: what reaches it (keys, "
                           "values, the position) is not\n", layer);
    if (st == COLA_OK && found == TAPS_UNSUPPORTED)
        cola_buffer_printf(b, "  layer is unsupported: not tried by itself\n");
    return st != COLA_OK || found == TAPS_WRONG ? st : COLA_NO;
}

static enum cola_status
try_trace(struct cola_locator *l, const struct scene *s, size_t position,
          struct cola_buffer *b, struct cola_error *err)
{
    json_t *request = request_for("trace", s);
    enum taps found;
    enum cola_status st;

    if (request != NULL)
        json_object_set_new(request, "position", json_integer((json_int_t)position));
    st = compare_taps(l, request, s->n, 0, "  first wrong tap in place: ", &found, b,
                      err);
    if (st == COLA_OK && found == TAPS_UNSUPPORTED)
        cola_buffer_text(b, "  trace is unsupported: no tap is named\n");
    if (st == COLA_OK && found == TAPS_RIGHT)
        cola_buffer_text(b, "  no tap in place is wrong\n");
    return st;
}

/* ---- along the chain --------------------------------------------------------- */

static enum cola_status
inside(struct cola_locator *l, const struct scene *s, size_t position,
       const struct cola_values *hidden, size_t slab, struct cola_buffer *b,
       struct cola_error *err)
{
    int layer = (int)json_integer_value(json_array_get(s->chain, position));
    enum cola_status st;

    cola_buffer_printf(b, "  first wrong position: %zu (layer %d)\n", position, layer);
    st = try_layer(l, s, layer, hidden->v + position * slab, slab / s->n, b, err);
    return st == COLA_NO ? try_trace(l, s, position, b, err) : st;
}

/* The tensor of the only item. */
static int
read_logits(const json_t *answer, struct cola_values *v)
{
    return cola_answer_tensor(json_array_get(json_object_get(answer, "items"), 0), v,
                              NULL) == COLA_OK;
}

/* Every position is right: what comes after them?  OP is what failed. */
static enum cola_status
after(struct cola_locator *l, const struct scene *s, const char *op,
      struct cola_buffer *b, struct cola_error *err)
{
    json_t *answers[WHO], *request;
    struct cola_values v[WHO];
    int ok = 1;
    enum cola_status st;

    if (strcmp(op, "generate") != 0 && strcmp(op, "verdict") != 0) {
        cola_buffer_printf(b, "  every position is right: %s\n", strcmp(op, "logits") ?
                           "the answer is not" : "the final norm or the head is not");
        return COLA_OK;
    }
    request = json_pack("{s:s, s:s, s:[{s:O, s:O}]}", "op", "logits", "model", s->model,
                        "items", "chain", s->chain, "tokens", s->tokens);
    st = ask_all(l, request, WHO, answers, err);
    memset(v, 0, sizeof v);
    for (int i = 0; i < WHO && ok; i++)
        ok = read_logits(answers[i], &v[i]) && cola_same_shape(&v[i], &v[SUBJECT]);
    if (st == COLA_OK)
        cola_buffer_printf(b, "  every position is right: %s\n",
                           !ok ? "the final norm, the head or decoding is not" :
                           first_wrong(l->promise, v, 0, v[SUBJECT].n) != SIZE_MAX ?
                           "the final norm or the head is not" : "decoding is not");
    free_three(v);
    release(answers);
    return st;
}

static enum cola_status
along(struct cola_locator *l, const struct scene *s, const char *op,
      struct cola_buffer *b, struct cola_error *err)
{
    json_t *answers[WHO];
    struct cola_values v[WHO];
    enum cola_status st = ask_all(l, request_for("hidden", s), WHO, answers, err);
    size_t slab, p = 0, i = SIZE_MAX;

    memset(v, 0, sizeof v);
    if (st == COLA_OK && answers[SUBJECT] == NULL) {
        cola_buffer_text(b, "  hidden is unsupported: not located\n");
    } else if (st == COLA_OK && answers[ROUNDED] == NULL) {
        cola_buffer_text(b, "  not located: we cannot answer hidden\n");
    } else if (st == COLA_OK && !read_three(answers, "hidden", v)) {
        cola_buffer_text(b, "  not located: hidden is no tensor of the right shape\n");
    } else if (st == COLA_OK) {
        slab = v[REFERENCE].n / (s->length + 1);
        while (p <= s->length && (i = first_wrong(l->promise, v, p * slab, slab)) ==
               SIZE_MAX)
            p++;
        if (p > s->length)
            st = after(l, s, op, b, err);
        else if (p == 0)
            cola_buffer_printf(b, "  the embedding is wrong (token %zu, channel %zu)\n",
                               i / (slab / s->n), i % (slab / s->n));
        else
            st = inside(l, s, p - 1, &v[REFERENCE], slab, b, err);
    }
    free_three(v);
    release(answers);
    return st;
}

/* ---- other semantics --------------------------------------------------------- */

static int
repeats(const json_t *chain)
{
    for (size_t i = 0; i < json_array_size(chain); i++)
        for (size_t j = 0; j < i; j++)
            if (json_equal(json_array_get(chain, i), json_array_get(chain, j)))
                return 1;
    return 0;
}

/* Does the subject's answer match the mode's, and not that by position? */
static int
is_mode(const struct cola_locator *l, json_t *const *answers, const json_t *mode)
{
    struct cola_promise promise = *l->promise;
    struct cola_values v[WHO + 1];
    int ok = 1, is = 0;

    if (promise.claim != NULL && strcmp(promise.claim, "f64") == 0)
        promise.claim = NULL;   /* the definition has no such modes: float32 has */

    memset(v, 0, sizeof v);
    for (int i = 0; i < WHO && ok; i++)
        ok = read_logits(answers[i], &v[i]);
    ok = ok && read_logits(mode, &v[WHO]);
    for (int i = 0; i < WHO + 1 && ok; i++)
        ok = cola_same_shape(&v[i], &v[SUBJECT]);
    if (ok && first_wrong(&promise, v, 0, v[SUBJECT].n) != SIZE_MAX) {
        /* as near to the mode as the rounded is to the truth */
        for (size_t i = 0; i < v[WHO].n; i++) {
            v[ROUNDED].v[i] = v[WHO].v[i] + (v[ROUNDED].v[i] - v[REFERENCE].v[i]);
            v[REFERENCE].v[i] = v[WHO].v[i];
        }
        is = first_wrong(&promise, v, 0, v[SUBJECT].n) == SIZE_MAX;
    }
    for (int i = 0; i < WHO + 1; i++)
        cola_values_free(&v[i]);
    return is;
}

/* A prefill and one token more tell the modes apart. */
static enum cola_status
name_mode(struct cola_locator *l, const struct scene *s, struct cola_buffer *b,
          struct cola_error *err)
{
    json_t *answers[WHO], *request, *mode;
    enum cola_status st;

    if (s->n < 2 || !repeats(s->chain))
        return COLA_OK;
    request = json_pack("{s:s, s:s, s:[{s:O, s:O, s:[i, i]}]}", "op", "logits", "model",
                        s->model, "items", "chain", s->chain, "tokens", s->tokens,
                        "chunks", (int)s->n - 1, 1);
    st = ask_all(l, json_incref(request), WHO, answers, err);
    if (st == COLA_OK && answers[SUBJECT] == NULL)
        cola_buffer_text(b, "  logits is unsupported: not compared with --kv modes\n");
    for (size_t i = 0; i < MODES && st == COLA_OK && answers[ROUNDED] != NULL; i++) {
        st = cola_asker_ask(&l->shared[i], request, &mode, err);
        if (st == COLA_OK && mode != NULL && is_mode(l, answers, mode))
            cola_buffer_printf(b, "  matches --kv %s\n", modes[i]);
        if (st == COLA_OK)
            json_decref(mode);
    }
    json_decref(request);
    release(answers);
    return st;
}

/* ---- the whole --------------------------------------------------------------- */

/* A layer's case names its own inputs. */
static enum cola_status
locate_layer(struct cola_locator *l, const struct cola_case *c, struct cola_buffer *b,
             struct cola_error *err)
{
    struct cola_values hidden;
    size_t n, first = (size_t)json_integer_value(json_object_get(c->request, "first"));
    enum taps found;
    enum cola_status st = cola_wire_tensor(json_object_get(c->request, "hidden"),
                                           c->file->dir, c->id, &hidden, err);

    if (st != COLA_OK)
        return st;
    n = hidden.shape[0];
    cola_values_free(&hidden);
    return compare_taps(l, cola_case_request(c), n, first, "  first wrong tap: ", &found,
                        b, err);
}

enum cola_status
cola_locate(struct cola_locator *l, const struct cola_case *c,
            const struct cola_finding *finding, struct cola_buffer *b,
            struct cola_error *err)
{
    const char *op = c->expected.op;
    int decodes = strcmp(op, "generate") == 0 || strcmp(op, "verdict") == 0;
    struct scene s;
    enum cola_status st;

    if (strcmp(op, "layer") == 0)
        return locate_layer(l, c, b, err);
    if (!decodes && strcmp(op, "logits") != 0 && strcmp(op, "hidden") != 0 &&
        strcmp(op, "trace") != 0)
        return COLA_OK;
    st = set_scene(c, finding->at, &s, err);
    if (st == COLA_OK && s.chain != NULL && s.n > 0)
        st = along(l, &s, op, b, err);
    if (st == COLA_OK && s.n > 0)
        st = name_mode(l, &s, b, err);
    leave_scene(&s);
    return st;
}

enum cola_status
cola_locate_derived(struct cola_locator *l, const struct cola_case *c,
                    const struct cola_finding *finding, enum cola_outcome original,
                    struct cola_buffer *b, struct cola_error *err)
{
    int chunks = strcmp(c->flag, "chunks") == 0;
    struct scene s;
    enum cola_status st = set_scene(c, finding->at, &s, err);

    if (original == COLA_PASS || original == COLA_NEAR)
        cola_buffer_text(b, chunks ? "  in one piece it is right\n" :
                         "  by itself it is right\n");
    if (st == COLA_OK && chunks)
        st = name_mode(l, &s, b, err);
    leave_scene(&s);
    return st;
}
