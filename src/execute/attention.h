/*
 * attention.h - causal attention of one token in float32, in its defined order
 */
#ifndef COLA_ATTENTION_H
#define COLA_ATTENTION_H

#include <stddef.h>

/*
 * One token's HEADS query heads, Q [heads, e], over COUNT keys and values, K
 * and V [kv_heads, room, e].  OUT [heads, e]; SCORE [heads, count] is left with
 * the scores.  For each head:
 *
 *     score[s] = (sum over i, in order, of q[i] k[s, i]) * (1 / sqrt(e))
 *     weight[s] = exp(score[s] - largest score)    in double, rounded once
 *     out[i] = (sum over s, in order, of weight[s] v[s, i]) /
 *              (sum over s, in order, of weight[s])
 */
void cola_attention(const float *q, const float *k, const float *v, size_t heads,
                    size_t kv_heads, size_t head_dim, size_t room, size_t count,
                    float *score, float *out);

#endif
