/*
 * truth.h - an enumeration read back: what there was to find
 */
#ifndef COLA_TRUTH_H
#define COLA_TRUTH_H

#include "base/json.h"
#include "search/enumerate.h"

/* Columns of one entry a chain, in canonical order. */
struct cola_truth_sample {
    char *id;
    char *prompt;               /* SHA-256 of its prompts; NULL: none */
    char *marks;                /* [chains] '0', '1' or '?' */
    uint32_t *answers;          /* [chains] numbers of texts, see cola_truth_answer() */
    double *margins;            /* [chains] NaN: null */
    int *right, *held_right;    /* [chains] of several inputs; NULL: there is one */
    int of, held_of;
    size_t known;               /* verdicts read so far */
};

/* Different texts, each once, under numbers from 1. */
struct cola_truth_texts {
    char **text;                /* [count] number I is text[I-1] */
    size_t *len;                /* [count] */
    uint32_t *slots;            /* [slot_count] open addressing, numbers; 0 is free */
    size_t count, room, slot_count;
};

struct cola_truth {
    json_t *header;
    struct cola_extent_of extent;
    struct cola_chains chains;
    size_t *rank;               /* [chains] from the set's index to canonical */
    struct cola_truth_texts texts;
    struct cola_truth_sample *samples;
    size_t n, room;
};

/* An enumeration that is not complete is refused. */
COLA_MUST_USE enum cola_status
cola_truth_open(const char *path, struct cola_truth **truth, struct cola_error *err);
void cola_truth_close(struct cola_truth *truth);

/* The rules that a header tells, as a search's preset or an enumeration's
 * extent. */
COLA_MUST_USE enum cola_status
cola_truth_rules(const json_t *object, struct cola_rules *rules, struct cola_error *err);

/* The sample called ID, or NULL. */
const struct cola_truth_sample *
cola_truth_find(const struct cola_truth *truth, const char *id);

/* CHAIN's number in canonical order, or SIZE_MAX when it is outside. */
size_t cola_truth_number(const struct cola_truth *truth, const struct cola_chain *chain);

/* Is ANSWER, a string or null, what chain number I answered? */
int cola_truth_answered(const struct cola_truth *truth,
                        const struct cola_truth_sample *sample, size_t i,
                        const json_t *answer);

/* How many inputs chain number I is right on. */
int cola_truth_right(const struct cola_truth_sample *sample, size_t i);

/*
 * The best of the chains that ONLY lists by number, in rising order; NULL: of
 * all.  The first right one is the shortest, the first of those right on most
 * inputs the most robust; SIZE_MAX when there is none.
 */
size_t cola_truth_shortest(const struct cola_truth *truth,
                           const struct cola_truth_sample *sample,
                           const size_t *only, size_t n);
size_t cola_truth_robust(const struct cola_truth *truth,
                         const struct cola_truth_sample *sample,
                         const size_t *only, size_t n);

#endif
