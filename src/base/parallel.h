/*
 * parallel.h - OpenMP in one place
 *
 * Threads may share out independent pieces of work and nothing else: each
 * piece writes its own result, no sum is ever split, so the number of threads
 * cannot change a bit.
 */
#ifndef COLA_PARALLEL_H
#define COLA_PARALLEL_H

#include "base/error.h"

/* The threads a cola_parallel() started here would use: 1 inside another. */
int cola_threads(void);

/* Call piece(ctx, i, worker) for every i in 0 .. n-1, in any order, on up to
 * cola_threads() threads; WORKER, below that number, names the thread. */
void cola_parallel(size_t n, void (*piece)(void *ctx, size_t i, int worker),
                   void *ctx);

#endif
