/*
 * random.c - splitmix64, and MT19937 read as CPython reads it
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "base/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"

void
cola_splitmix_seed(struct cola_splitmix *r, uint64_t seed, const char *id)
{
    struct cola_sha256 sha;
    unsigned char digest[32];
    char number[24];
    int n = snprintf(number, sizeof number, "%" PRIu64 ":", seed);

    cola_sha256_init(&sha);
    cola_sha256_add(&sha, number, (size_t)n);
    cola_sha256_add(&sha, id, strlen(id));
    cola_sha256_end(&sha, digest);
    r->state = 0;
    for (int i = 0; i < 8; i++)
        r->state = r->state << 8 | digest[i];
}

uint64_t
cola_splitmix_next(struct cola_splitmix *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

double
cola_splitmix_real(struct cola_splitmix *r)
{
    return (double)(cola_splitmix_next(r) >> 11) * (1.0 / 9007199254740992.0);
}

uint64_t
cola_splitmix_below(struct cola_splitmix *r, uint64_t n)
{
    uint64_t refused = (0 - n) % n, draw;

    do
        draw = cola_splitmix_next(r);
    while (draw < refused);
    return draw % n;
}

/* The reference init_genrand: the state from one word. */
static void
mt_seed_word(struct cola_cpython *r, uint32_t word)
{
    r->mt[0] = word;
    for (uint32_t i = 1; i < 624; i++)
        r->mt[i] = UINT32_C(1812433253) * (r->mt[i - 1] ^ r->mt[i - 1] >> 30) + i;
    r->at = 624;
}

void
cola_cpython_seed(struct cola_cpython *r, uint64_t seed)
{
    uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t keys = key[1] != 0 ? 2 : 1;
    uint32_t i = 1, j = 0;

    mt_seed_word(r, UINT32_C(19650218));
    for (int k = 0; k < 624; k++) {
        uint32_t p = r->mt[i - 1];

        r->mt[i] = (r->mt[i] ^ (p ^ p >> 30) * UINT32_C(1664525)) + key[j] + j;
        if (++i == 624)
            r->mt[0] = r->mt[623], i = 1;
        if (++j == keys)
            j = 0;
    }
    for (int k = 0; k < 623; k++) {
        uint32_t p = r->mt[i - 1];

        r->mt[i] = (r->mt[i] ^ (p ^ p >> 30) * UINT32_C(1566083941)) - i;
        if (++i == 624)
            r->mt[0] = r->mt[623], i = 1;
    }
    r->mt[0] = UINT32_C(0x80000000);
}

uint32_t
cola_cpython_next32(struct cola_cpython *r)
{
    uint32_t y;

    if (r->at == 624) {
        for (int k = 0; k < 624; k++) {
            y = (r->mt[k] & UINT32_C(0x80000000)) |
                (r->mt[(k + 1) % 624] & UINT32_C(0x7fffffff));
            r->mt[k] = r->mt[(k + 397) % 624] ^ y >> 1 ^
                       (y & 1 ? UINT32_C(0x9908b0df) : 0);
        }
        r->at = 0;
    }
    y = r->mt[r->at++];
    y ^= y >> 11;
    y ^= y << 7 & UINT32_C(0x9d2c5680);
    y ^= y << 15 & UINT32_C(0xefc60000);
    return y ^ y >> 18;
}

double
cola_cpython_real(struct cola_cpython *r)
{
    uint32_t a = cola_cpython_next32(r) >> 5, b = cola_cpython_next32(r) >> 6;

    return ((double)a * 67108864.0 + (double)b) / 9007199254740992.0;
}

uint32_t
cola_cpython_below(struct cola_cpython *r, uint32_t n)
{
    int bits = 0;
    uint32_t draw;

    while (bits < 32 && n >> bits != 0)
        bits++;
    do
        draw = cola_cpython_next32(r) >> (32 - bits);
    while (draw >= n);
    return draw;
}
