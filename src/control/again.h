/*
 * again.h - the same search, aimed at another answer
 */
#ifndef COLA_AGAIN_H
#define COLA_AGAIN_H

#include "record/classify.h"

struct cola_again {
    size_t chains, right;       /* judged; right by the other answer */
    int found, shorter;         /* was any right; any shorter than the model */
    struct cola_chain shortest; /* of them, if found */
};

/* Search the samples of JUDGE, called IDS [n], by PRESET.  PROGRESS (may be
 * NULL) is told the chains judged so far. */
COLA_MUST_USE enum cola_status
cola_search_again(const struct cola_preset *preset, struct cola_judge judge,
                  const char *const *ids, size_t n,
                  void (*progress)(void *ctx, uint64_t judged), void *ctx,
                  struct cola_again *again, struct cola_error *err);

#endif
