/*
 * maker.h - a file of conformance vectors in the making
 *
 * A case is a request of colaref-subject(7) with what the right answer is.  The
 * maker asks our own implementation: the exact arithmetic, int8, the definition
 * in double, and the definition rounded to each narrower type, whose distance
 * from it is the unit in which errors are measured.
 */
#ifndef COLA_MAKER_H
#define COLA_MAKER_H

#include "base/round.h"
#include "oracle/serve.h"

struct cola_maker {
    const char *set;            /* begins the ids of cases: "plain", "tiny" */
    const char *model;          /* the path, or NULL */
    struct cola_serve *exact, *int8, *truth;
    struct cola_serve *rounded[COLA_ROUND_F16 + 1];     /* [0] is not used */
    struct cola_buffer lines;
    size_t cases;
    struct cola_buffer large;   /* float32 values of tensors too large for a line */
    struct { char name[80]; size_t first, count; } *tensors;
    size_t n_tensors;
};

/* Fail when DIR/SET.jsonl or DIR/SET.safetensors exists: to be asked before the
 * work. */
COLA_MUST_USE enum cola_status
cola_maker_vacant(const char *dir, const char *set, struct cola_error *err);

COLA_MUST_USE enum cola_status
cola_maker_open(struct cola_maker *m, const char *set, const char *model,
                struct cola_error *err);
void cola_maker_close(struct cola_maker *m);

/*
 * Add the case SET/NAME.  FLAGS are words separated by blanks, REQUEST the
 * request's members, "a":1,"b":2, without id, op and model.
 *
 *   discrete  rule exact: the answer is the exact arithmetic's
 *   floats    rule ratio: the answers of all arithmetics, and the deviations
 *   tokens    rule verdict: the same, with the gaps between logits by which
 *             each token of the definition's answer was decided.  CONTEXT are
 *             the chain and tokens that the answer continues.
 */
COLA_MUST_USE enum cola_status
cola_maker_discrete(struct cola_maker *m, const char *op, const char *name,
                    const char *flags, const char *request, struct cola_error *err);
COLA_MUST_USE enum cola_status
cola_maker_floats(struct cola_maker *m, const char *op, const char *name,
                  const char *flags, const char *request, struct cola_error *err);

struct cola_context {
    const struct cola_chain *chain;
    const int *ids;             /* [n] */
    int n;
};

COLA_MUST_USE enum cola_status
cola_maker_tokens(struct cola_maker *m, const char *op, const char *name,
                  const char *flags, const char *request,
                  const struct cola_context *context, struct cola_error *err);

/* What SERVE answers; release with json_decref().  An answer that is an error
 * or "unsupported" is a failure. */
COLA_MUST_USE enum cola_status
cola_maker_ask(const struct cola_maker *m, struct cola_serve *serve, const char *op,
               const char *request, json_t **answer, struct cola_error *err);

/* Write DIR/SET.jsonl, and DIR/SET.safetensors when there are large tensors;
 * neither may exist.  DIGEST is the model's, or NULL. */
COLA_MUST_USE enum cola_status
cola_maker_write(const struct cola_maker *m, const char *dir, const char *digest,
                 struct cola_error *err);

#endif
