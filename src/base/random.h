/*
 * random.h - two generators: ours, and CPython's for replaying others
 *
 * Nothing in this project draws from a generator it did not seed itself, and
 * a sample's draws depend on the seed and the sample's id alone: order,
 * sharding, threads and resuming change nothing.
 */
#ifndef COLA_RANDOM_H
#define COLA_RANDOM_H

#include "base/error.h"

/* splitmix64 (Steele, Lea and Flood 2014): ours. */
struct cola_splitmix {
    uint64_t state;
};

/* Seed with the first 8 bytes, most significant first, of SHA-256 of the text
 * "SEED:ID", SEED in decimal. */
void cola_splitmix_seed(struct cola_splitmix *r, uint64_t seed, const char *id);

uint64_t cola_splitmix_next(struct cola_splitmix *r);

/* A real in [0, 1), a multiple of 2^-53. */
double cola_splitmix_real(struct cola_splitmix *r);

/* An integer in 0 .. n-1, n > 0, without bias: 64-bit draws below
 * 2^64 mod n are refused, the accepted one is taken mod n. */
uint64_t cola_splitmix_below(struct cola_splitmix *r, uint64_t n);

/* MT19937 as CPython's random module seeds and reads it. */
struct cola_cpython {
    uint32_t mt[624];
    int at;
};

/* random.seed(SEED): init_by_array of its 32-bit digits. */
void cola_cpython_seed(struct cola_cpython *r, uint64_t seed);

uint32_t cola_cpython_next32(struct cola_cpython *r);

/* random.random() */
double cola_cpython_real(struct cola_cpython *r);

/* random._randbelow(n), which is what choice() indexes with; 0 < n < 2^32. */
uint32_t cola_cpython_below(struct cola_cpython *r, uint32_t n);

#endif
