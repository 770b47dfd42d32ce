/*
 * asker.c - requests get their ids; ourselves as one that answers
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/asker.h"

#include <stdlib.h>
#include <string.h>

#include "oracle/serve.h"

enum cola_status
cola_asker_send(struct cola_asker *asker, const json_t *request, struct cola_error *err)
{
    json_t *whole = json_pack("{s:I}", "id", asker->last + 1);
    enum cola_status st;

    if (whole == NULL || json_object_update(whole, (json_t *)(uintptr_t)request) != 0) {
        json_decref(whole);
        return cola_fail_memory(err);
    }
    asker->last++;
    st = asker->send(asker->ctx, whole, err);
    json_decref(whole);
    return st;
}

enum cola_status
cola_asker_fail_id(const json_t *answer, struct cola_error *err)
{
    return cola_fail(err, COLA_NOTHING, "the subject answers request "
                     "%" JSON_INTEGER_FORMAT ", which is not open",
                     json_integer_value(json_object_get(answer, "id")));
}

enum cola_status
cola_asker_ask(struct cola_asker *asker, const json_t *request, json_t **answer,
               struct cola_error *err)
{
    json_t *a = NULL;
    enum cola_status st = cola_asker_send(asker, request, err);

    if (st == COLA_OK)
        st = asker->receive(asker->ctx, &a, err);
    if (st == COLA_OK && json_integer_value(json_object_get(a, "id")) != asker->last)
        st = cola_asker_fail_id(a, err);
    if (st != COLA_OK || json_is_true(json_object_get(a, "unsupported")) ||
        json_object_get(a, "error") != NULL) {
        json_decref(a);
        a = NULL;
    }
    if (st == COLA_OK)
        *answer = a;
    return st;
}

/* ---- ourselves --------------------------------------------------------------- */

struct ourselves {
    struct cola_serve *serve;
    json_t *open;               /* requests, the oldest first */
};

static enum cola_status
ourselves_send(void *ctx, const json_t *request, struct cola_error *err)
{
    struct ourselves *o = ctx;

    /* the caller may change his: keep a copy */
    if (json_array_append_new(o->open, json_deep_copy(request)) != 0)
        return cola_fail_memory(err);
    return COLA_OK;
}

static enum cola_status
ourselves_receive(void *ctx, json_t **answer, struct cola_error *err)
{
    struct ourselves *o = ctx;
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st;

    if (json_array_size(o->open) == 0)
        return cola_fail(err, COLA_NOTHING, "no request is open");
    st = cola_serve_answer(o->serve, json_array_get(o->open, 0), &b, err);
    json_array_remove(o->open, 0);
    if (st == COLA_OK)
        st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = cola_json_parse(b.data, b.len, "our own answer", answer, err);
    cola_buffer_free(&b);
    return st;
}

void
cola_ourselves_close(struct cola_asker *asker)
{
    struct ourselves *o = asker->ctx;

    if (o != NULL) {
        cola_serve_free(o->serve);
        json_decref(o->open);
    }
    free(o);
    asker->ctx = NULL;
}

enum cola_status
cola_ourselves_open(const char *backend, const char *kv, const char *round,
                    struct cola_asker *asker, struct cola_error *err)
{
    struct cola_asker made = {ourselves_send, ourselves_receive, NULL, 0};
    struct ourselves *o = cola_alloc(1, sizeof *o);
    enum cola_status st;

    made.ctx = o;
    if (o == NULL || (o->open = json_array()) == NULL) {
        cola_ourselves_close(&made);
        return cola_fail_memory(err);
    }
    st = cola_serve_new(backend, &o->serve, err);
    if (st == COLA_OK)
        st = cola_serve_set(o->serve, kv, round, err);
    if (st != COLA_OK)
        cola_ourselves_close(&made);
    else
        *asker = made;
    return st;
}
