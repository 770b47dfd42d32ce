/*
 * rope.h - rotary position in float32 (arXiv 2104.09864)
 *
 * Channel i and channel i + e/2 of a head of e channels are turned as a pair
 * by token * theta^(-2i/e).  Angles, sines and cosines are double and rounded
 * once.
 */
#ifndef COLA_ROPE_H
#define COLA_ROPE_H

#include <stddef.h>

/* Cosines and sines of tokens 0 .. TOKENS-1, each [tokens, e/2]. */
void cola_rope_table(size_t tokens, size_t head_dim, double theta, float *cosine,
                     float *sine);

/* Turn HEADS heads of one token, [heads, e], with its row of the table. */
void cola_rope(float *x, size_t heads, size_t head_dim, const float *cosine,
               const float *sine);

#endif
