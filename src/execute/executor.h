/*
 * executor.h - the executors by name, and the checks before them
 *
 * cola_executor_new() and the cola_run_ functions of colaref.h are here.
 */
#ifndef COLA_EXECUTE_EXECUTOR_H
#define COLA_EXECUTE_EXECUTOR_H

#include "define/executor.h"

/* The backends this build has, in the order of their names in the manual;
 * NULL past the last. */
const struct cola_executor_ops *cola_executor_ops_at(size_t i);

/*
 * Whose keys and values runs made from now on keep, "position",
 * "shared-append" or "shared-overwrite" (see define/executor.h); and to which
 * type they round, "f32", "bf16", "f16" or "f64", which is not at all.  Names
 * that are unknown and what the backend cannot do are refused.
 */
COLA_MUST_USE enum cola_status
cola_executor_kv(struct cola_executor *executor, const char *mode,
                 struct cola_error *err);
COLA_MUST_USE enum cola_status
cola_executor_round(struct cola_executor *executor, const char *type,
                    struct cola_error *err);

const char *cola_kv_name(enum cola_kv kv);

/* Show PROBE, borrowed, what is computed from now on; NULL ends it. */
void cola_run_probe(struct cola_run *run, const struct cola_probe *probe);

/*
 * Execute LAYER alone, for the run's probe: the stream X [n, d] enters as
 * tokens FIRST .. FIRST+N-1; KEYS, after rope, and VALUES, [FIRST, G*e], are of
 * the tokens before.  The run must be begun anew.
 */
COLA_MUST_USE enum cola_status
cola_run_layer(struct cola_run *run, int layer, int first, int n, const double *x,
               const double *keys, const double *values, struct cola_error *err);

/* The distance between the largest logit and the second largest of N, as the
 * executor's type gives it; infinite when N is 1. */
double cola_run_gap(const struct cola_run *run);

/* Is token ID one of the model's end tokens? */
int cola_run_is_end(const struct cola_run *run, int id);

/* ln of the probability that the model gives token ID next. */
double cola_run_logprob(const struct cola_run *run, int id);

/*
 * Into LOGPROB [n], ln of the probability of each of IDS [n], n > 0, given what
 * was fed and those before it: NaN where a logit is not finite.  All but the
 * last are fed, with the same bits as one by one.
 */
COLA_MUST_USE enum cola_status
cola_run_score(struct cola_run *run, const int *ids, int n, double *logprob,
               struct cola_error *err);

#endif
