/*
 * define.h - the meaning of a chain
 *
 * Textbook double precision, written to be read: no cache, no blocks, no
 * vectors, nothing shared with the executors that are fast.  What it computes
 * is what a chain's output *is*; the others are measured against it.
 *
 * On request (struct cola_way) it rounds to a narrower type what an ideal
 * machine of that type would write to memory: every weight, and the results of
 * the embedding, each norm, each product with a weight matrix, rope, attention,
 * silu(gate) * up and each addition to the stream.  With bf16 and f16, which
 * are summed in wider types, sums, scores and softmax stay in double; with f32
 * every sum is rounded at each step, and so are the products summed by norms,
 * matrices and scores.  How far that is from the unrounded result is the unit in
 * which implementations of that type are measured.
 */
#ifndef COLA_DEFINE_H
#define COLA_DEFINE_H

#include "define/executor.h"

extern const struct cola_executor_ops cola_define_f64;

#endif
