/*
 * statistics.c - rates and how far they can be trusted
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/statistics.h"

#include <math.h>
#include <stdlib.h>

#include "base/random.h"

#define Z 1.959963984540054     /* the normal quantile of 0.975 */

void
cola_wilson(size_t k, size_t n, double *lo, double *hi)
{
    double p, m = (double)n, centre, half;

    *lo = 0.0;
    *hi = 1.0;
    if (n == 0)
        return;
    p = (double)k / m;
    centre = (p + Z * Z / (2.0 * m)) / (1.0 + Z * Z / m);
    half = Z * sqrt(p * (1.0 - p) / m + Z * Z / (4.0 * m * m)) / (1.0 + Z * Z / m);
    if (k > 0)
        *lo = centre - half;
    if (k < n)
        *hi = centre + half;
}

#define SAMPLES 10000

static int
by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);       /* equal values are alike */
}

void
cola_bootstrap(const double *x, size_t n, double *mean, double *lo, double *hi)
{
    double means[SAMPLES];
    struct cola_splitmix random;
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    *mean = sum / (double)n;
    cola_splitmix_seed(&random, 1, "bootstrap");
    for (size_t s = 0; s < SAMPLES; s++) {
        sum = 0.0;
        for (size_t i = 0; i < n; i++)
            sum += x[cola_splitmix_below(&random, n)];
        means[s] = sum / (double)n;
    }
    qsort(means, SAMPLES, sizeof means[0], by_value);
    *lo = means[SAMPLES / 40];
    *hi = means[SAMPLES - 1 - SAMPLES / 40];
}
