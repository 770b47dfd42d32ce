/*
 * chain.h - a chain: the order in which a model's layers are executed
 *
 * The ordinary forward pass of a four-layer model is the chain 0-3.  Leave a
 * number out and that layer is skipped; write it twice and it is executed
 * twice, each time on what it finds.  Any order is a chain.  Chains are
 * values: copy them with =, keep them on the stack, never free them.
 *
 * In text a chain is numbers and rising ranges joined by commas; a group in
 * parentheses may be repeated: "0-3,(4-5)x2,8", where x2 says how often the
 * group is executed in all.  "()" is the empty chain.  Any spelling is read,
 * blanks included; one is printed, the canonical one: the longest runs of
 * consecutive layers as ranges, no groups, no blanks ("0-5,4-5,8").  Two
 * canonical texts differ exactly when the chains do.
 *
 * struct cola_chain and the functions to parse, print and compare are in
 * colaref.h; here is what only the library needs.
 */
#ifndef COLA_CHAIN_H
#define COLA_CHAIN_H

#include "base/buffer.h"

/* The ordinary forward pass 0 .. LAYERS-1. */
void cola_chain_identity(struct cola_chain *chain, int layers);

/* COLA_OK when the length is one a chain has and every layer is below LAYERS;
 * else the message names what is not. */
COLA_MUST_USE enum cola_status
cola_chain_fits(const struct cola_chain *chain, int layers, struct cola_error *err);

/* How many different layers occur: the non-recurrent depth. */
int cola_chain_unique(const struct cola_chain *chain);

/* The order of reports: shorter, then fewer different layers, then by the
 * first differing layer.  <0, 0 or >0. */
int cola_chain_rank(const struct cola_chain *a, const struct cola_chain *b);

/* Append the chain as JSON, [0,1,1,2], or as canonical text. */
void cola_chain_add_json(struct cola_buffer *b, const struct cola_chain *chain);
void cola_chain_add_text(struct cola_buffer *b, const struct cola_chain *chain);

/*
 * A set of chains that remembers the order in which they came.  Each has an
 * index, 0 for the first; chains are stored at their own length.
 */
struct cola_chain_set {
    size_t count;
    size_t *begin;              /* [count+1] into layers */
    uint16_t *layers;
    size_t count_room, layers_room;
    size_t *slots;              /* open addressing, index+1; 0 is free */
    size_t slot_count;          /* a power of two */
};

void cola_chain_set_free(struct cola_chain_set *set);

/* The index of CHAIN, added if it was not there; *ADDED says which. */
COLA_MUST_USE enum cola_status
cola_chain_set_add(struct cola_chain_set *set, const struct cola_chain *chain,
                   size_t *index, int *added, struct cola_error *err);

/* The index of CHAIN, or SIZE_MAX. */
size_t cola_chain_set_find(const struct cola_chain_set *set,
                           const struct cola_chain *chain);

void cola_chain_set_get(const struct cola_chain_set *set, size_t index,
                        struct cola_chain *chain);

#endif
