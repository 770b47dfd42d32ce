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

/*
 * The same where the values are not independent: X[i] is of cluster
 * CLUSTER[i], any number, and whole clusters are drawn (Davison and Hinkley,
 * 1997, 3.8).  The mean of a draw is over its values, not its clusters.  With
 * every value a cluster of its own it is cola_bootstrap().  LO and HI are NaN
 * when memory is out.
 */
void cola_bootstrap_clustered(const double *x, const size_t *cluster, size_t n,
                              double *mean, double *lo, double *hi);

/* How far rate K1 of N1 lies above rate K2 of N2, other samples: the 95 %
 * interval from both of Wilson's (Newcombe 1998, method 10). */
void cola_newcombe(size_t k1, size_t n1, size_t k2, size_t n2, double *lo, double *hi);

/* The Q quantile, 0 to 1, of X [n], sorted, n > 0, with linear interpolation
 * (Hyndman and Fan's type 7). */
double cola_quantile(const double *x, size_t n, double q);

/* The chance that N tries, each right with P, are right at least once:
 * 1 - (1 - P)^N. */
double cola_chance(double p, size_t n);

/* Groups fewer than which an interval is no ground for a claim: a bootstrap
 * of few is too narrow. */
#define COLA_GROUPS_LEAST 10

#endif
