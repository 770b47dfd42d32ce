/*
 * norm.h - root-mean-square norm and SiLU in float32, in their defined order
 */
#ifndef COLA_NORM_H
#define COLA_NORM_H

#include <stddef.h>

/*
 * y[i] = (x[i] * r) * w[i], r = 1 / sqrt(mean of squares + eps).  Squares are
 * summed in 16 lanes (index mod 16), in order within a lane; lanes are added
 * as a tree: j and j+8, then j and j+4, j+2, j+1.  X and Y are [D] and may be
 * the same.
 */
void cola_norm(const float *x, const float *w, size_t d, float eps, float *y);

/* gate[i] = silu(gate[i]) * up[i]; silu(z) = z / (1 + exp(-z)) is computed in
 * double and rounded once. */
void cola_silu_times(float *gate, const float *up, size_t n);

#endif
