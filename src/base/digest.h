/*
 * digest.h - SHA-256 (FIPS 180-4), and FNV-1a of 64 bits
 *
 * SHA-256 names models, tasks, prompts and logits in files; FNV decides what
 * the synthetic judge says and mixes hash tables that never leave memory.
 */
#ifndef COLA_DIGEST_H
#define COLA_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct cola_sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
};

void cola_sha256_init(struct cola_sha256 *s);
void cola_sha256_add(struct cola_sha256 *s, const void *data, size_t n);
void cola_sha256_end(struct cola_sha256 *s, unsigned char digest[32]);

/* 64 lower-case hexadecimal digits and a NUL. */
void cola_sha256_hex(const unsigned char digest[32], char text[65]);

#define COLA_FNV_START UINT64_C(0xcbf29ce484222325)

uint64_t cola_fnv1a(uint64_t hash, const void *data, size_t n);

#endif
