/*
 * serve_model.c - answers that a model gives
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/serve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "execute/executor.h"
#include "task/paper.h"
#include "text/tokenizer.h"

struct service {
    const json_t *request;
    const struct cola_executor *executor;
    const struct cola_config *config;
    const struct cola_tokenizer *tokenizer;
    struct cola_buffer *b;
};

/* ---- what is asked --------------------------------------------------------------- */

/* A chain and tokens; the tokens are in fresh memory. */
struct passage {
    struct cola_chain chain;
    int *ids, n;
};

static enum cola_status
read_passage(const struct service *s, const json_t *object, struct passage *p,
             struct cola_error *err)
{
    enum cola_status st = cola_wire_chain(json_object_get(object, "chain"), "chain",
                                          &p->chain, err);

    return st != COLA_OK ? st :
           cola_wire_integers(json_object_get(object, "tokens"), 0,
                              s->config->vocabulary - 1, "tokens", &p->ids, &p->n, err);
}

/* A run of the passage's chain, with room for MORE tokens after its own. */
static enum cola_status
begin(const struct service *s, const struct passage *p, int more, struct cola_run **run,
      struct cola_error *err)
{
    struct cola_run *r;
    enum cola_status st = cola_run_new(s->executor, p->chain.len, p->n + more, &r, err);

    if (st != COLA_OK)
        return st;
    st = cola_run_begin(r, &p->chain, err);
    if (st != COLA_OK)
        cola_run_free(r);
    else
        *run = r;
    return st;
}

static float *
narrowed(const double *from, size_t n)
{
    float *to = cola_alloc(n, sizeof *to);

    for (size_t i = 0; to != NULL && i < n; i++)
        to[i] = (float)from[i];
    return to;
}

/* ---- logits ---------------------------------------------------------------------- */

/* Feed the tokens in the portions that CHUNKS says, NULL being one. */
static enum cola_status
feed_chunks(struct cola_run *run, const struct passage *p, const json_t *chunks,
            struct cola_error *err)
{
    int *sizes = NULL, n = 0, done = 0;
    enum cola_status st = chunks == NULL ? COLA_OK :
                          cola_wire_integers(chunks, 1, p->n, "chunks", &sizes, &n, err);

    for (int i = 0; i < n && st == COLA_OK; i++) {
        int take = sizes[i] < p->n - done ? sizes[i] : p->n - done;

        if (take > 0)
            st = cola_run_feed(run, p->ids + done, take, err);
        done += take;
    }
    if (st == COLA_OK && (done < p->n || p->n == 0))
        st = cola_run_feed(run, p->ids + done, p->n - done, err);
    free(sizes);
    return st;
}

static enum cola_status
add_logits(const struct service *s, const json_t *item, struct cola_error *err)
{
    size_t V = (size_t)s->config->vocabulary;
    struct passage p = {.ids = NULL};
    struct cola_run *run = NULL;
    float *logits;
    enum cola_status st = read_passage(s, item, &p, err);

    if (st == COLA_OK)
        st = begin(s, &p, 1, &run, err);
    if (st == COLA_OK)
        st = feed_chunks(run, &p, json_object_get(item, "chunks"), err);
    if (st == COLA_OK) {
        logits = narrowed(cola_run_logits(run), V);
        if (logits != NULL)
            cola_wire_add(s->b, logits, &V, 1);
        else
            st = cola_fail_memory(err);
        free(logits);
    }
    cola_run_free(run);
    free(p.ids);
    return st;
}

/* Items are executed one after the other: no padding, no neighbours. */
static enum cola_status
answer_logits(const struct service *s, struct cola_error *err)
{
    const json_t *items = json_object_get(s->request, "items"), *item;
    enum cola_status st = COLA_OK;
    size_t i;

    if (!json_is_array(items))
        return cola_fail(err, COLA_INPUT, "no array \"items\"");
    cola_buffer_text(s->b, ",\"items\":[");
    json_array_foreach(items, i, item) {
        cola_buffer_text(s->b, i > 0 ? "," : "");
        st = add_logits(s, item, err);
        if (st != COLA_OK)
            return st;
    }
    cola_buffer_text(s->b, "]");
    return COLA_OK;
}

/* ---- what a probe sees ----------------------------------------------------------- */

/* The values of each tap at one position, or the stream after each position. */
struct collection {
    int position;               /* -2: the stream after each */
    struct cola_buffer taps[COLA_TAPS];         /* float32 values */
    struct cola_buffer *streams;                /* [positions + 1] */
};

static void
collect(void *ctx, const struct cola_seen *seen)
{
    struct collection *c = ctx;
    struct cola_buffer *to = NULL;

    if (c->streams != NULL && seen->tap == COLA_TAP_OUTPUT)
        to = &c->streams[seen->position + 1];
    else if (c->streams == NULL && seen->position == c->position)
        to = &c->taps[seen->tap];
    for (size_t i = 0; to != NULL && i < seen->count; i++) {
        float x = seen->f32 != NULL ? seen->f32[i] : (float)seen->f64[i];

        cola_buffer_bytes(to, &x, sizeof x);
    }
}

/* A buffer of float32 as a tensor of N rows; the scores have none. */
static enum cola_status
add_values(struct cola_buffer *b, const struct cola_buffer *from, size_t rows,
           struct cola_error *err)
{
    size_t count = from->len / sizeof(float), shape[2] = {rows, 0};
    float *values = cola_alloc(count, sizeof *values);

    if (values == NULL || from->failed) {
        free(values);
        return cola_fail_memory(err);
    }
    if (count > 0)
        memcpy(values, from->data, from->len);
    shape[1] = rows > 0 ? count / rows : 0;
    cola_wire_add(b, values, rows > 0 ? shape : &count, rows > 0 ? 2 : 1);
    free(values);
    return COLA_OK;
}

static enum cola_status
add_taps(const struct service *s, struct collection *c, int tokens,
         struct cola_error *err)
{
    const char *comma = "";
    enum cola_status st = COLA_OK;

    cola_buffer_text(s->b, ",\"taps\":{");
    for (int tap = 0; tap < COLA_TAPS && st == COLA_OK; tap++) {
        cola_buffer_printf(s->b, "%s\"%s\":", comma, cola_tap_name((enum cola_tap)tap));
        comma = ",";
        st = add_values(s->b, &c->taps[tap],
                        tap == COLA_TAP_SCORES ? 0 : (size_t)tokens, err);
    }
    cola_buffer_text(s->b, "}");
    for (int tap = 0; tap < COLA_TAPS; tap++)
        cola_buffer_free(&c->taps[tap]);
    return st;
}

static enum cola_status
answer_hidden(const struct service *s, struct cola_error *err)
{
    struct collection c = {.position = -2};
    struct cola_probe probe = {collect, &c};
    struct cola_buffer all = COLA_BUFFER_EMPTY;
    struct cola_run *run = NULL;
    struct passage p = {.ids = NULL};
    size_t shape[3];
    float *values;
    enum cola_status st = read_passage(s, s->request, &p, err);

    if (st == COLA_OK)
        st = begin(s, &p, 0, &run, err);
    if (st == COLA_OK) {
        c.streams = cola_alloc((size_t)p.chain.len + 1, sizeof *c.streams);
        if (c.streams == NULL)
            st = cola_fail_memory(err);
    }
    if (st == COLA_OK) {
        cola_run_probe(run, &probe);
        st = cola_run_feed(run, p.ids, p.n, err);
        for (int i = 0; i <= p.chain.len; i++) {
            cola_buffer_bytes(&all, c.streams[i].data, c.streams[i].len);
            all.failed |= c.streams[i].failed;
            cola_buffer_free(&c.streams[i]);
        }
    }
    if (st == COLA_OK)
        st = cola_buffer_ok(&all, err);
    if (st == COLA_OK && (values = cola_alloc(all.len, 1)) == NULL) {
        st = cola_fail_memory(err);
    } else if (st == COLA_OK) {
        memcpy(values, all.data, all.len);
        shape[0] = (size_t)p.chain.len + 1;
        shape[1] = (size_t)p.n;
        shape[2] = (size_t)s->config->width;
        cola_buffer_text(s->b, ",\"hidden\":");
        cola_wire_add(s->b, values, shape, 3);
        free(values);
    }
    cola_buffer_free(&all);
    cola_run_free(run);
    free(c.streams);
    free(p.ids);
    return st;
}

static enum cola_status
answer_trace(const struct service *s, struct cola_error *err)
{
    struct collection c = {0};
    struct cola_probe probe = {collect, &c};
    struct cola_run *run = NULL;
    struct passage p = {.ids = NULL};
    int64_t position;
    enum cola_status st = read_passage(s, s->request, &p, err);

    if (st == COLA_OK)
        st = cola_json_get_integer(s->request, "position", 0, 0, p.chain.len - 1,
                                   &position, "request", err);
    if (st == COLA_OK)
        st = begin(s, &p, 0, &run, err);
    if (st == COLA_OK) {
        c.position = (int)position;
        cola_run_probe(run, &probe);
        st = cola_run_feed(run, p.ids, p.n, err);
    }
    if (st == COLA_OK)
        st = add_taps(s, &c, p.n, err);
    for (int tap = 0; tap < COLA_TAPS; tap++)
        cola_buffer_free(&c.taps[tap]);
    cola_run_free(run);
    free(p.ids);
    return st;
}

/* A tensor of the request as doubles, [ROWS, COLUMNS]; *ROWS is set when it is
 * 0. */
static enum cola_status
read_doubles(const struct service *s, const char *name, size_t *rows, size_t columns,
             double **values, struct cola_error *err)
{
    struct cola_values v;
    enum cola_status st = cola_wire_tensor(json_object_get(s->request, name), NULL, name,
                                           &v, err);
    double *d;

    if (st != COLA_OK)
        return st;
    if (*rows == 0)
        *rows = v.n / columns;
    if (v.n != *rows * columns || v.n == 0)
        st = cola_fail(err, COLA_INPUT, "\"%s\" has %zu values, %zu rows of %zu are "
                       "needed", name, v.n, *rows, columns);
    else if ((d = cola_alloc(v.n, sizeof *d)) == NULL)
        st = cola_fail_memory(err);
    else {
        for (size_t i = 0; i < v.n; i++)
            d[i] = (double)v.v[i];
        *values = d;
    }
    cola_values_free(&v);
    return st;
}

static enum cola_status
answer_layer(const struct service *s, struct cola_error *err)
{
    size_t ge = (size_t)s->config->kv_heads * (size_t)s->config->head_dim;
    struct collection c = {0};
    struct cola_probe probe = {collect, &c};
    struct cola_run *run = NULL;
    double *x = NULL, *keys = NULL, *values = NULL;
    int64_t layer, first = 0;
    size_t n = 0, before;
    enum cola_status st = cola_json_get_integer(s->request, "layer", 0, 0,
                                                s->config->layers - 1, &layer, "request",
                                                err);

    if (st == COLA_OK)
        st = cola_json_get_integer(s->request, "first", 1, 0, 1 << 20, &first, "request",
                                   err);
    before = (size_t)first;
    if (st == COLA_OK)
        st = read_doubles(s, "hidden", &n, (size_t)s->config->width, &x, err);
    if (st == COLA_OK && first > 0)
        st = read_doubles(s, "keys", &before, ge, &keys, err);
    if (st == COLA_OK && first > 0)
        st = read_doubles(s, "values", &before, ge, &values, err);
    if (st == COLA_OK)
        st = cola_run_new(s->executor, 1, (int)(before + n), &run, err);
    if (st == COLA_OK) {
        cola_run_probe(run, &probe);
        st = cola_run_layer(run, (int)layer, (int)first, (int)n, x, keys, values, err);
    }
    if (st == COLA_OK)
        st = add_taps(s, &c, (int)n, err);
    for (int tap = 0; tap < COLA_TAPS; tap++)
        cola_buffer_free(&c.taps[tap]);
    cola_run_free(run);
    free(x);
    free(keys);
    free(values);
    return st;
}

/* ---- answers --------------------------------------------------------------------- */

static int
among(int id, const int *ids, int n)
{
    for (int i = 0; i < n; i++)
        if (ids[i] == id)
            return 1;
    return 0;
}

static enum cola_status
answer_generate(const struct service *s, struct cola_error *err)
{
    struct cola_run *run = NULL;
    struct passage p = {.ids = NULL};
    int *stop = NULL, n_stop = 0, id = -1;
    int64_t most = 0;
    enum cola_status st = read_passage(s, s->request, &p, err);

    if (st == COLA_OK)
        st = cola_json_get_integer(s->request, "max_tokens", 0, 1, 100000, &most,
                                   "request", err);
    if (st == COLA_OK)
        st = cola_wire_integers(json_object_get(s->request, "stop"), 0,
                                s->config->vocabulary - 1, "stop", &stop, &n_stop, err);
    if (st == COLA_OK)
        st = begin(s, &p, (int)most, &run, err);
    if (st == COLA_OK)
        st = cola_run_feed(run, p.ids, p.n, err);
    cola_buffer_text(s->b, ",\"ids\":[");
    for (int64_t i = 0; i < most && st == COLA_OK; i++) {
        id = cola_run_argmax(run);
        if (id < 0)
            break;
        cola_buffer_printf(s->b, "%s%d", i > 0 ? "," : "", id);
        if (among(id, stop, n_stop))
            break;
        st = cola_run_feed(run, &id, 1, err);
    }
    cola_buffer_text(s->b, "]");
    cola_run_free(run);
    free(stop);
    free(p.ids);
    return st;
}

static void
add_verdict(const struct service *s, const struct cola_verdict *v)
{
    static const char *const stops[] = {"none", "settled", "end", "length", "nonfinite"};
    const char *mark = v->mark == COLA_CORRECT ? "true" : v->mark == COLA_WRONG ?
                       "false" : "null";
    float margin = (float)v->margin;
    size_t one = 1;

    cola_buffer_printf(s->b, ",\"correct\":%s,\"answer\":", mark);
    cola_json_add_text(s->b, v->answer, v->answer != NULL ? strlen(v->answer) : 0);
    cola_buffer_text(s->b, ",\"ids\":");
    cola_json_add_integers(s->b, v->ids, v->n_ids);
    cola_buffer_printf(s->b, ",\"stop\":\"%s\",\"margin\":", stops[v->stop]);
    if (isnan(v->margin))
        cola_buffer_text(s->b, "null");
    else
        cola_wire_add(s->b, &margin, &one, 1);
}

/* A question without choices. */
static enum cola_status
answer_verdict(const struct service *s, struct cola_error *err)
{
    struct cola_item item = {.key = -1};
    struct cola_paper paper;
    struct cola_run *run = NULL;
    enum cola_grader grader;
    struct cola_verdict v;
    struct cola_chain chain;
    const char *prompt, *answer, *grade = "exact";
    int64_t most;
    enum cola_status st = cola_wire_chain(json_object_get(s->request, "chain"), "chain",
                                          &chain, err);

    if (st == COLA_OK)
        st = cola_json_get_text(s->request, "prompt", 0, &prompt, "request", err);
    if (st == COLA_OK)
        st = cola_json_get_text(s->request, "answer", 0, &answer, "request", err);
    if (st == COLA_OK)
        st = cola_json_get_integer(s->request, "max_tokens", 0, 1, 100000, &most,
                                   "request", err);
    if (st == COLA_OK)
        st = cola_json_get_text(s->request, "grade", 1, &grade, "request", err);
    if (st != COLA_OK)
        return st;
    if (!cola_grader_find(grade, &grader) || cola_grader_picks(grader))
        return cola_fail(err, COLA_UNSUPPORTED, "no grade \"%.40s\"", grade);
    if (s->tokenizer == NULL)
        return cola_fail(err, COLA_UNSUPPORTED, "the model has no tokenizer");
    item.id = cola_strdup("question");
    item.prompt = cola_strdup(prompt);
    item.answer = cola_strdup(answer);
    st = item.id == NULL || item.prompt == NULL || item.answer == NULL ?
         cola_fail_memory(err) :
         cola_paper_make(s->tokenizer, s->config->vocabulary, &item, grader,
                         &paper, err);
    if (st == COLA_OK) {
        st = cola_run_new(s->executor, chain.len, cola_paper_tokens(&paper, (int)most),
                          &run, err);
        if (st == COLA_OK)
            st = cola_run_begin(run, &chain, err);
        if (st == COLA_OK)
            st = cola_paper_sit(&paper, s->tokenizer, (int)most, run, &v, err);
        if (st == COLA_OK) {
            add_verdict(s, &v);
            cola_verdict_clear(&v);
        }
        cola_run_free(run);
        cola_paper_free(&paper);
    }
    free(item.id);
    free(item.prompt);
    free(item.answer);
    return st;
}

/* ---- text ------------------------------------------------------------------------ */

static enum cola_status
answer_tokenize(const struct service *s, struct cola_error *err)
{
    struct cola_token *tokens;
    const char *text;
    size_t n;
    enum cola_status st = cola_json_get_text(s->request, "text", 0, &text, "request",
                                             err);

    if (st == COLA_OK && s->tokenizer == NULL)
        return cola_fail(err, COLA_UNSUPPORTED, "the model has no tokenizer");
    if (st == COLA_OK)
        st = cola_tokenizer_encode(s->tokenizer, text, strlen(text), 0, &tokens, &n, err);
    if (st != COLA_OK)
        return st;
    cola_buffer_text(s->b, ",\"ids\":[");
    for (size_t i = 0; i < n; i++)
        cola_buffer_printf(s->b, "%s%d", i > 0 ? "," : "", tokens[i].id);
    cola_buffer_text(s->b, "]");
    free(tokens);
    return COLA_OK;
}

static enum cola_status
answer_detokenize(const struct service *s, struct cola_error *err)
{
    struct cola_buffer text = COLA_BUFFER_EMPTY;
    int *ids, n;
    enum cola_status st;

    if (s->tokenizer == NULL)
        return cola_fail(err, COLA_UNSUPPORTED, "the model has no tokenizer");
    st = cola_wire_integers(json_object_get(s->request, "ids"), 0,
                            cola_tokenizer_size(s->tokenizer) - 1, "ids", &ids, &n, err);
    if (st != COLA_OK)
        return st;
    st = cola_tokenizer_decode(s->tokenizer, ids, (size_t)n, &text, err);
    if (st == COLA_OK) {
        cola_buffer_text(s->b, ",\"text\":");
        cola_json_add_text(s->b, text.data != NULL ? text.data : "", text.len);
    }
    cola_buffer_free(&text);
    free(ids);
    return st;
}

static const struct {
    const char *op;
    enum cola_status (*answer)(const struct service *s, struct cola_error *err);
} table[] = {
    {"logits", answer_logits}, {"hidden", answer_hidden}, {"trace", answer_trace},
    {"layer", answer_layer}, {"generate", answer_generate},
    {"verdict", answer_verdict}, {"tokenize", answer_tokenize},
    {"detokenize", answer_detokenize},
};

int
cola_serve_needs_model(const char *op)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].op, op) == 0)
            return 1;
    return 0;
}

enum cola_status
cola_serve_model(const char *op, const json_t *request,
                 const struct cola_executor *executor,
                 const struct cola_tokenizer *tokenizer, struct cola_buffer *b,
                 struct cola_error *err)
{
    struct service s = {request, executor, &executor->model->config, tokenizer, b};

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].op, op) == 0)
            return table[i].answer(&s, err);
    return cola_fail(err, COLA_UNSUPPORTED, "no operation \"%.40s\"", op);
}
