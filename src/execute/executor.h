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

/* The distance between the largest logit and the second largest of N, as the
 * executor's type gives it; infinite when N is 1. */
double cola_run_gap(const struct cola_run *run);

/* Is token ID one of the model's end tokens? */
int cola_run_is_end(const struct cola_run *run, int id);

/* ln of the probability that the model gives token ID next. */
double cola_run_logprob(const struct cola_run *run, int id);

#endif
