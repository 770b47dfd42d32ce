/*
 * serve.c - which model a request is about, and the answer around the answer
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/serve.h"

#include <stdlib.h>
#include <string.h>

#include "execute/executor.h"
#include "text/tokenizer.h"

struct opened {                 /* a model that was asked for */
    char *path;
    struct cola_model *model;
    struct cola_executor *executor;
    struct cola_tokenizer *tokenizer;   /* NULL: it has none */
};

struct cola_serve {
    char *backend, *kv, *round;
    struct opened *models;      /* [n] */
    size_t n;
};

static void
opened_close(struct opened *o)
{
    cola_executor_free(o->executor);
    cola_tokenizer_free(o->tokenizer);
    cola_model_close(o->model);
    free(o->path);
}

void
cola_serve_free(struct cola_serve *serve)
{
    if (serve == NULL)
        return;
    for (size_t i = 0; i < serve->n; i++)
        opened_close(&serve->models[i]);
    free(serve->models);
    free(serve->backend);
    free(serve->kv);
    free(serve->round);
    free(serve);
}

enum cola_status
cola_serve_new(const char *backend, struct cola_serve **serve, struct cola_error *err)
{
    struct cola_serve *s = cola_alloc(1, sizeof *s);

    if (s == NULL)
        return cola_fail_memory(err);
    s->backend = cola_strdup(backend);
    if (s->backend == NULL) {
        cola_serve_free(s);
        return cola_fail_memory(err);
    }
    *serve = s;
    return COLA_OK;
}

/* The ways of a model that is open become those of the service. */
static enum cola_status
set_way(const struct cola_serve *s, struct opened *o, struct cola_error *err)
{
    enum cola_status st =
        cola_executor_kv(o->executor, s->kv != NULL ? s->kv : "position", err);

    return st != COLA_OK ? st :
           cola_executor_round(o->executor, s->round != NULL ? s->round : "f64", err);
}

enum cola_status
cola_serve_set(struct cola_serve *serve, const char *kv, const char *round,
               struct cola_error *err)
{
    const struct cola_executor_ops *ops;
    char *k, *r;

    /* what the backend cannot do is refused now, not with every request */
    for (size_t i = 0; (ops = cola_executor_ops_at(i)) != NULL; i++)
        if (strcmp(ops->name, serve->backend) == 0) {
            struct cola_executor any = {.ops = ops};
            enum cola_status st = cola_executor_kv(&any, kv, err);

            if (st == COLA_OK && round != NULL)
                st = cola_executor_round(&any, round, err);
            if (st != COLA_OK)
                return st;
        }
    k = cola_strdup(kv);
    r = round != NULL ? cola_strdup(round) : NULL;
    if (k == NULL || (round != NULL && r == NULL)) {
        free(k);
        free(r);
        return cola_fail_memory(err);
    }
    free(serve->kv);
    free(serve->round);
    serve->kv = k;
    serve->round = r;
    for (size_t i = 0; i < serve->n; i++) {
        enum cola_status st = set_way(serve, &serve->models[i], err);

        if (st != COLA_OK)
            return st;
    }
    return COLA_OK;
}

static enum cola_status
open_model(struct cola_serve *s, const char *path, struct opened **opened,
           struct cola_error *err)
{
    struct opened o = {0}, *models;
    enum cola_status st;

    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->models[i].path, path) == 0) {
            *opened = &s->models[i];
            return COLA_OK;
        }
    o.path = cola_strdup(path);
    models = cola_realloc(s->models, s->n + 1, sizeof *models);
    if (models != NULL)
        s->models = models;
    st = o.path == NULL || models == NULL ? cola_fail_memory(err) :
         cola_model_open(path, &o.model, err);
    if (st == COLA_OK)
        st = cola_executor_new(s->backend, o.model, &o.executor, err);
    if (st == COLA_OK && o.model->tokenizer != NULL)
        st = cola_tokenizer_open(o.model->tokenizer, &o.tokenizer, err);
    if (st == COLA_OK)
        st = set_way(s, &o, err);
    if (st != COLA_OK) {
        opened_close(&o);
        return st;
    }
    s->models[s->n] = o;
    *opened = &s->models[s->n++];
    return COLA_OK;
}

/* What we are.  The types are those a float32 implementation declares; of int8
 * the weights and the activations that enter a product are.  Who rounds is an
 * implementation of that type, and claims nothing. */
static void
answer_hello(const struct cola_serve *s, struct cola_buffer *b)
{
    int rounds = s->round != NULL && strcmp(s->round, "f64") != 0;
    const char *type = rounds ? s->round : strcmp(s->backend, "f64") == 0 ? "f64" : "f32";
    const char *entering = strcmp(s->backend, "int8") == 0 ? "int8" : type;

    cola_buffer_printf(b, ",\"protocol\":1,\"name\":\"colaref %s\",\"ops\":[\"logits\","
                       "\"hidden\",\"trace\",\"layer\",\"generate\",\"verdict\","
                       "\"tokenize\",\"detokenize\",\"chain\",\"edits\",\"perft\","
                       "\"enumerate\",\"random\",\"log\",\"search\"],\"arithmetic\":",
                       s->backend);
    if (strcmp(s->backend, "blas") == 0 || rounds)
        cola_buffer_text(b, "null");
    else
        cola_buffer_printf(b, "\"%s\"", s->backend);
    cola_buffer_printf(b, ",\"weights\":\"%s\",\"activations\":\"%s\","
                       "\"accumulators\":\"%s\",\"cache\":\"%s\"", entering, entering,
                       type, type);
}

static enum cola_status
answer(struct cola_serve *s, json_t *request, struct cola_buffer *b,
       struct cola_error *err)
{
    const char *op, *path;
    struct opened *o = NULL;
    enum cola_status st = cola_json_get_text(request, "op", 0, &op, "request", err);

    if (st == COLA_OK && strcmp(op, "hello") == 0) {
        answer_hello(s, b);
        return COLA_OK;
    }
    if (st == COLA_OK && !cola_serve_needs_model(op))
        return cola_serve_plain(op, request, b, err);
    if (st == COLA_OK)
        st = cola_json_get_text(request, "model", 0, &path, "request", err);
    if (st == COLA_OK)
        st = open_model(s, path, &o, err);
    return st != COLA_OK ? st :
           cola_serve_model(op, request, o->executor, o->tokenizer, b, err);
}

enum cola_status
cola_serve_answer(struct cola_serve *serve, const json_t *request, struct cola_buffer *b,
                  struct cola_error *err)
{
    struct cola_buffer members = COLA_BUFFER_EMPTY, text = COLA_BUFFER_EMPTY;
    const json_t *id = json_object_get(request, "id");
    struct cola_error why;
    enum cola_status st = answer(serve, (json_t *)(uintptr_t)request, &members, &why);

    cola_buffer_printf(b, "{\"id\":%lld", (long long)json_integer_value(id));
    if (st == COLA_OK && members.failed) {
        st = COLA_RESOURCE;
    } else if (st == COLA_OK) {
        cola_buffer_bytes(b, members.data, members.len);
    } else if (st == COLA_UNSUPPORTED) {
        cola_buffer_text(b, ",\"unsupported\":true");
    } else if (st != COLA_RESOURCE) {
        /* a message may have been cut inside a character */
        cola_add_utf8(&text, why.text, strlen(why.text));
        b->failed |= text.failed;
        cola_buffer_text(b, ",\"error\":");
        cola_json_add_text(b, text.data != NULL ? text.data : "", text.len);
    }
    cola_buffer_text(b, "}");
    cola_buffer_free(&members);
    cola_buffer_free(&text);
    return st == COLA_RESOURCE ? cola_fail_memory(err) : cola_buffer_ok(b, err);
}
