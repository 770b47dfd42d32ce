/*
 * truth.h - an enumeration read back: what there was to find
 */
#ifndef COLA_TRUTH_H
#define COLA_TRUTH_H

#include "base/json.h"
#include "search/enumerate.h"

struct cola_truth_sample {
    char *id;
    char *marks;                /* [chains] '0', '1' or '?' */
    json_t *answers, *margins;  /* arrays [chains] */
    size_t known;               /* verdicts read so far */
};

struct cola_truth {
    json_t *header;
    struct cola_extent_of extent;
    struct cola_chains chains;
    size_t *rank;               /* [chains] from the set's index to canonical */
    struct cola_truth_sample *samples;
    size_t n, room;
};

/* An enumeration that is not complete is refused. */
COLA_MUST_USE enum cola_status
cola_truth_open(const char *path, struct cola_truth **truth, struct cola_error *err);
void cola_truth_close(struct cola_truth *truth);

/* The sample called ID, or NULL. */
const struct cola_truth_sample *
cola_truth_find(const struct cola_truth *truth, const char *id);

/* CHAIN's number in canonical order, or SIZE_MAX when it is outside. */
size_t cola_truth_number(const struct cola_truth *truth, const struct cola_chain *chain);

/* The length of the shortest right chain, 0 when none is right. */
int cola_truth_shortest(const struct cola_truth *truth,
                        const struct cola_truth_sample *sample);

#endif
