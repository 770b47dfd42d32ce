/*
 * serve.h - the requests of colaref-subject(7), answered by ourselves
 *
 * A subject is an implementation under test.  This is one: it answers what
 * "colaref check" asks, in any of our arithmetics.  It is what vectors are made
 * with, what is asked where another subject went wrong, and an example of how
 * to answer.
 */
#ifndef COLA_SERVE_H
#define COLA_SERVE_H

#include "oracle/wire.h"

struct cola_serve;

/* BACKEND as for cola_executor_new(); models are opened when asked for. */
COLA_MUST_USE enum cola_status
cola_serve_new(const char *backend, struct cola_serve **serve, struct cola_error *err);
void cola_serve_free(struct cola_serve *serve);

/* From now on execute with kv mode KV, rounding to ROUND (NULL: not at all);
 * see cola_executor_kv() and cola_executor_round(). */
COLA_MUST_USE enum cola_status
cola_serve_set(struct cola_serve *serve, const char *kv, const char *round,
               struct cola_error *err);

/*
 * Append the answer to REQUEST, a whole object without newline, to B.  A request
 * that is wrong, or that we cannot answer, is answered so; the function itself
 * fails only for want of memory.
 */
COLA_MUST_USE enum cola_status
cola_serve_answer(struct cola_serve *serve, const json_t *request, struct cola_buffer *b,
                  struct cola_error *err);

/*
 * The parts.  Each appends the members of the answer to operation OP,
 * ,"name":value, to B; COLA_UNSUPPORTED when the operation is another's.
 */

/* Of what needs no model: chains, edits, counts, draws, searches. */
COLA_MUST_USE enum cola_status
cola_serve_plain(const char *op, json_t *request, struct cola_buffer *b,
                 struct cola_error *err);

struct cola_executor;
struct cola_model;
struct cola_tokenizer;

/* Of what a model does, and is it that?  TOKENIZER is NULL when it has none. */
int cola_serve_needs_model(const char *op);
COLA_MUST_USE enum cola_status
cola_serve_model(const char *op, const json_t *request,
                 const struct cola_executor *executor,
                 const struct cola_tokenizer *tokenizer, struct cola_buffer *b,
                 struct cola_error *err);

#endif
