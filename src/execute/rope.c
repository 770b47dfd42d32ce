/*
 * rope.c - rotary position in float32
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "execute/rope.h"

#include "base/number.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

void
cola_rope_table(size_t tokens, size_t head_dim, double theta, float *cosine, float *sine)
{
    size_t half = head_dim / 2;

    for (size_t i = 0; i < half; i++) {
        double frequency = cola_pow(theta, -2.0 * (double)i / (double)head_dim);

        for (size_t t = 0; t < tokens; t++) {
            double angle = (double)t * frequency;

            cosine[t * half + i] = (float)cola_cos(angle);
            sine[t * half + i] = (float)cola_sin(angle);
        }
    }
}

void
cola_rope(float *x, size_t heads, size_t head_dim, const float *cosine, const float *sine)
{
    size_t half = head_dim / 2;

    for (size_t h = 0; h < heads; h++, x += head_dim)
        for (size_t i = 0; i < half; i++) {
            float a = x[i], b = x[i + half];

            x[i] = a * cosine[i] - b * sine[i];
            x[i + half] = b * cosine[i] + a * sine[i];
        }
}
