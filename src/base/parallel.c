/*
 * parallel.c - OpenMP in one place
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "base/parallel.h"

#ifdef _OPENMP
#include <omp.h>
#endif

static int wanted;              /* 0: all cores */

void
cola_threads_set(int n)
{
    wanted = n > 0 ? n : 0;
}

int
cola_threads(void)
{
#ifdef _OPENMP
    if (omp_in_parallel())
        return 1;
    return wanted > 0 ? wanted : omp_get_max_threads();
#else
    return 1;
#endif
}

void
cola_parallel(size_t n, void (*piece)(void *ctx, size_t i, int worker), void *ctx)
{
#ifdef _OPENMP
    int threads = cola_threads();

    if (threads > 1 && n > 1) {
        /* Dynamic: chains differ in length, so pieces differ in time. */
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
        for (size_t i = 0; i < n; i++)
            piece(ctx, i, omp_get_thread_num());
        return;
    }
#endif
    for (size_t i = 0; i < n; i++)
        piece(ctx, i, 0);
}
