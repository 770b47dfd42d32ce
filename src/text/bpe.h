/*
 * bpe.h - byte-pair encoding: characters, then merges in order of rank
 *
 * A text begins as one symbol a character.  As long as two neighbours are a
 * pair that the list of merges has, the pair that stands first in the list is
 * joined, the leftmost one if it occurs more than once; what remains are the
 * tokens.  (Sennrich, Haddow and Birch, "Neural Machine Translation of Rare
 * Words with Subword Units", 2016.)
 *
 * The member "model" of a tokenizer.json, and to the letter what the Hugging
 * Face library makes of it: a character that is not in the vocabulary becomes
 * the tokens <0xNN> of its bytes, else the unknown token, else nothing.
 */
#ifndef COLA_BPE_H
#define COLA_BPE_H

#include "text/utf8.h"
#include "text/vocabulary.h"

struct cola_merge {
    int left, right;            /* the pair; left is -1 in an empty slot */
    uint32_t rank;
};

struct cola_bpe {
    struct cola_vocabulary vocabulary;
    struct cola_merge *merge;   /* [mask + 1], hashed by pair */
    size_t mask;
    int *joined;                /* the token a merge makes, by rank */
    int byte[256];              /* the tokens <0xNN>, -1 where there is none */
    int byte_fallback;
    int unknown;                /* the unknown token, or -1 */
    int fuse_unknown;           /* neighbouring unknown characters are one */
    int ignore_merges;          /* a text that is a token becomes that token */
};

/* Read MODEL; PLACE starts messages.  On failure BPE is empty. */
COLA_MUST_USE enum cola_status
cola_bpe_read(struct cola_bpe *bpe, json_t *model, const char *place,
              struct cola_error *err);
void cola_bpe_free(struct cola_bpe *bpe);

/* A run of characters on its way to be a token. */
struct cola_symbol {
    int id;
    uint32_t prev, next;        /* neighbours */
    uint32_t begin, end;        /* bytes of the text */
    uint32_t rank;              /* of the merge with the next symbol, if any */
};

/* Memory that one caller uses for many texts; {0} to begin with. */
struct cola_bpe_work {
    struct cola_symbol *symbol; /* [n], the tokens after an encoding */
    size_t n;
    uint64_t *heap;             /* possible merges, the next one on top */
    size_t n_heap;
    size_t room;                /* symbols there is memory for */
};

void cola_bpe_work_free(struct cola_bpe_work *work);

/* Leave the tokens of LEN <= COLA_TEXT_LIMIT bytes of UTF-8 in WORK; in
 * O(n log n). */
COLA_MUST_USE enum cola_status
cola_bpe_encode(const struct cola_bpe *bpe, const char *text, size_t len,
                struct cola_bpe_work *work, struct cola_error *err);

#endif
