/*
 * cmd_subject.c - answer the requests of "colaref check", as an implementation
 * under test does
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "oracle/serve.h"

static enum cola_status
answer_line(struct cola_serve *serve, const char *line, size_t len, struct cola_buffer *b,
            struct cola_error *err)
{
    json_t *request;
    enum cola_status st = cola_json_parse(line, len, "request", &request, err);

    if (st != COLA_OK)
        return st;
    cola_buffer_reset(b);
    st = cola_serve_answer(serve, request, b, err);
    json_decref(request);
    if (st == COLA_OK) {
        cola_buffer_text(b, "\n");
        st = say_result(b, err);
    }
    return st;
}

static enum cola_status
subject(const struct options *o, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_serve *serve = NULL;
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    const char *backend;
    enum cola_status st = option_backend(o, &backend, err);

    if (st == COLA_OK)
        st = cola_serve_new(backend, &serve, err);
    if (st == COLA_OK && (o->kv != NULL || o->round != NULL))
        st = cola_serve_set(serve, o->kv != NULL ? o->kv : "position", o->round, err);
    while (st == COLA_OK && (len = getline(&line, &room, stdin)) >= 0)
        st = answer_line(serve, line, (size_t)len, &b, err);
    free(line);
    cola_serve_free(serve);
    cola_buffer_free(&b);
    return st;
}

const struct command command_subject = {
    "subject", "", 0, 0,
    "Answer the requests of \"colaref check\" on standard input",
    "backend kv round threads",
    "One JSON object a line in, one out; see colaref-subject(7).\n",
    subject,
};
