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

/* Draw whole clusters: SUM [n] of their values, SIZE [n] how many. */
static void
draw(const double *sum, const size_t *size, size_t n, double *lo, double *hi)
{
    double means[SAMPLES];
    struct cola_splitmix random;

    cola_splitmix_seed(&random, 1, "bootstrap");
    for (size_t s = 0; s < SAMPLES; s++) {
        double total = 0.0;
        size_t values = 0;

        for (size_t i = 0; i < n; i++) {
            size_t c = (size_t)cola_splitmix_below(&random, n);

            total += sum[c];
            values += size != NULL ? size[c] : 1;
        }
        means[s] = total / (double)values;
    }
    qsort(means, SAMPLES, sizeof means[0], by_value);
    *lo = means[SAMPLES / 40];
    *hi = means[SAMPLES - 1 - SAMPLES / 40];
}

void
cola_bootstrap(const double *x, size_t n, double *mean, double *lo, double *hi)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    *mean = sum / (double)n;
    draw(x, NULL, n, lo, hi);
}

void
cola_bootstrap_clustered(const double *x, const size_t *cluster, size_t n,
                         double *mean, double *lo, double *hi)
{
    size_t *name = cola_alloc(n, sizeof *name), *size = cola_alloc(n, sizeof *size);
    double *sum = cola_alloc(n, sizeof *sum), total = 0.0;
    size_t clusters = 0;

    for (size_t i = 0; i < n; i++)
        total += x[i];
    *mean = total / (double)n;
    *lo = *hi = NAN;
    for (size_t i = 0; name != NULL && size != NULL && sum != NULL && i < n; i++) {
        size_t c = 0;           /* by first appearance, as the draws count them */

        while (c < clusters && name[c] != cluster[i])
            c++;
        if (c == clusters) {
            name[c] = cluster[i];
            clusters++;
        }
        sum[c] += x[i];
        size[c]++;
    }
    if (clusters > 0)
        draw(sum, size, clusters, lo, hi);
    free(name);
    free(size);
    free(sum);
}

void
cola_newcombe(size_t k1, size_t n1, size_t k2, size_t n2, double *lo, double *hi)
{
    double p1 = n1 > 0 ? (double)k1 / (double)n1 : 0.5, lo1, hi1;
    double p2 = n2 > 0 ? (double)k2 / (double)n2 : 0.5, lo2, hi2;
    double d = p1 - p2;

    cola_wilson(k1, n1, &lo1, &hi1);
    cola_wilson(k2, n2, &lo2, &hi2);
    *lo = d - sqrt((p1 - lo1) * (p1 - lo1) + (hi2 - p2) * (hi2 - p2));
    *hi = d + sqrt((hi1 - p1) * (hi1 - p1) + (p2 - lo2) * (p2 - lo2));
}

double
cola_quantile(const double *x, size_t n, double q)
{
    double place = q * (double)(n - 1);
    size_t i = (size_t)place;

    return i + 1 < n ? x[i] + (place - (double)i) * (x[i + 1] - x[i]) : x[n - 1];
}

double
cola_chance(double p, size_t n)
{
    double miss = 1.0, factor = 1.0 - p;

    for (; n > 0; n /= 2) {     /* squares: no libm on the way to a result */
        if (n % 2 == 1)
            miss *= factor;
        factor *= factor;
    }
    return 1.0 - miss;
}
