/*
 * norm.c - root-mean-square norm and SiLU
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "execute/norm.h"

#include <math.h>

#include "base/number.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define LANES 16

void
cola_norm(const float *x, const float *w, size_t d, float eps, float *y)
{
    float lane[LANES] = {0}, r;

    for (size_t i = 0; i < d; i++)
        lane[i % LANES] = lane[i % LANES] + x[i] * x[i];
    for (size_t step = LANES / 2; step > 0; step /= 2)
        for (size_t j = 0; j < step; j++)
            lane[j] = lane[j] + lane[j + step];
    r = 1.0f / sqrtf(lane[0] / (float)d + eps);
    for (size_t i = 0; i < d; i++)
        y[i] = (x[i] * r) * w[i];
}

void
cola_silu_times(float *gate, const float *up, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double z = (double)gate[i];

        gate[i] = (float)(z / (1.0 + cola_exp(-z))) * up[i];
    }
}
