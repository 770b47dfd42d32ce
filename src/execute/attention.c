/*
 * attention.c - causal attention of one token in float32
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "execute/attention.h"

#include <math.h>

#include "base/number.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

void
cola_attention(const float *q, const float *k, const float *v, size_t heads,
               size_t kv_heads, size_t head_dim, size_t room, size_t count,
               float *score, float *out)
{
    float scale = 1.0f / sqrtf((float)head_dim);

    for (size_t h = 0; h < heads; h++, q += head_dim, out += head_dim,
         score += count) {
        size_t group = h / (heads / kv_heads) * room * head_dim;
        float largest = -INFINITY, sum = 0.0f;

        for (size_t s = 0; s < count; s++) {
            const float *key = k + group + s * head_dim;
            float dot = 0.0f;

            for (size_t i = 0; i < head_dim; i++)
                dot = dot + q[i] * key[i];
            score[s] = dot * scale;
            if (score[s] > largest)
                largest = score[s];
        }
        for (size_t i = 0; i < head_dim; i++)
            out[i] = 0.0f;
        for (size_t s = 0; s < count; s++) {
            const float *value = v + group + s * head_dim;
            float weight = (float)cola_exp((double)(score[s] - largest));

            sum = sum + weight;
            for (size_t i = 0; i < head_dim; i++)
                out[i] = out[i] + weight * value[i];
        }
        for (size_t i = 0; i < head_dim; i++)
            out[i] = out[i] / sum;
    }
}
