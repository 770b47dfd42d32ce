/*
 * export.h - a journal as the files that others train on or compute with
 *
 * The formats, with every member and its type, are in colaref-exchange(5).
 * Nothing is written here: files are composed in memory, so that a failure
 * leaves none behind.
 */
#ifndef COLA_EXPORT_H
#define COLA_EXPORT_H

#include "exchange/judged.h"
#include "task/dataset.h"

struct cola_export {
    const char *journal;                /* path */
    const struct cola_dataset *dataset; /* its questions, prompts filled; CSV: NULL */
    const char *model;                  /* what the trainer calls the model */
    int parseable;                      /* only chains that its reader can say */
};

/* What happened on the way. */
struct cola_exported {
    size_t samples, valid, invalid;
    size_t undecided;           /* chains in neither list */
    size_t unsaid;              /* right chains that the labels cannot say */
    size_t left_out;            /* samples without a right chain, not written */
    size_t unlevelled;          /* samples without a level */
    int whole;                  /* the journal has its end */
};

/* One file of several, a level each. */
struct cola_export_file {
    int level;                  /* 0: of samples without one */
    size_t samples;
    struct cola_buffer text;
};

struct cola_export_files {
    struct cola_export_file *list;      /* [n] in rising order of level */
    size_t n;
};

void cola_export_files_free(struct cola_export_files *files);

/* merged_mcts_samples.json, which PoLar's trainer reads: one a level. */
COLA_MUST_USE enum cola_status
cola_export_polar(const struct cola_export *x, struct cola_export_files *files,
                  struct cola_exported *counts, struct cola_error *err);

/* What Dr.LLM's trainer reads. */
COLA_MUST_USE enum cola_status
cola_export_drllm(const struct cola_export *x, struct cola_buffer *b,
                  struct cola_exported *counts, struct cola_error *err);

/* CSV, a row for every chain judged; B is given to WRITE whenever it is large,
 * and emptied. */
COLA_MUST_USE enum cola_status
cola_export_csv(const char *journal,
                enum cola_status (*write)(void *ctx, const struct cola_buffer *b,
                                          struct cola_error *err),
                void *ctx, struct cola_exported *counts, struct cola_error *err);

/* ---- what the formats share ------------------------------------------------------ */

/* A sample's chains, each once, in the order of cola_chain_rank(). */
struct cola_sorted {
    struct cola_chain_set set;
    unsigned char *marks;       /* [n] enum cola_mark of each of the set */
    struct cola_ranked {
        const struct cola_chain_set *set;
        size_t index;
    } *order;                   /* [n] */
    size_t n;
    enum cola_mark base;        /* of the ordinary chain */
};

COLA_MUST_USE enum cola_status
cola_sorted_make(const struct cola_told *told, int layers, struct cola_sorted *sorted,
                 struct cola_error *err);
void cola_sorted_free(struct cola_sorted *sorted);

/* Chain number I in that order, and its mark. */
enum cola_mark cola_sorted_get(const struct cola_sorted *sorted, size_t i,
                               struct cola_chain *chain);

/* The question that a sample is about, looked for from *NEXT on. */
COLA_MUST_USE enum cola_status
cola_export_find(const struct cola_dataset *dataset, const struct cola_told *told,
                 size_t *next, const struct cola_item **item, struct cola_error *err);

/* The reference answer: the item's, else the text of its right choice, else "". */
const char *cola_export_answer(const struct cola_item *item);

/* Does HEADER tell of one search a question of DATASET? */
COLA_MUST_USE enum cola_status
cola_export_check(const json_t *header, const struct cola_dataset *dataset,
                  struct cola_error *err);

/* Append what an import needs to ask the same question again. */
void cola_export_question(struct cola_buffer *b, const struct cola_told *told,
                          const struct cola_item *item, const struct cola_sorted *sorted);

#endif
