/*
 * statistics.c - rates and how far they can be trusted
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/statistics.h"

#include <math.h>

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

