/*
 * statistics.h - rates and how far they can be trusted
 */
#ifndef COLA_STATISTICS_H
#define COLA_STATISTICS_H

#include <stddef.h>

/*
 * The 95 % interval of a rate of K out of N by Wilson's score (1927), which
 * keeps its promise for small N and rates near 0 and 1.  N = 0: 0 to 1.
 */
void cola_wilson(size_t k, size_t n, double *lo, double *hi);

/*
 * The mean of X [n], n > 0, and its 95 % interval by the percentile bootstrap
 * with 10000 samples; draws come from a generator of its own, always the same.
 */
void cola_bootstrap(const double *x, size_t n, double *mean, double *lo, double *hi);

#endif
