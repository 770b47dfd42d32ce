/*
 * define.h - the meaning of a chain
 *
 * Textbook double precision, written to be read: no cache, no blocks, no
 * vectors, nothing shared with the executors that are fast.  What it computes
 * is what a chain's output *is*; the others are measured against it.
 */
#ifndef COLA_DEFINE_H
#define COLA_DEFINE_H

#include "define/executor.h"

extern const struct cola_executor_ops cola_define_f64;

#endif
