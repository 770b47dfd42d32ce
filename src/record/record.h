/*
 * record.h - the header and the samples of a journal as JSON
 *
 * The fields are described in colaref-journal(5).  A search records no controls:
 * control/finished puts them into a journal that is whole.
 */
#ifndef COLA_RECORD_H
#define COLA_RECORD_H

#include "base/json.h"
#include "record/classify.h"
#include "search/enumerate.h"

/* What the header says beside the preset.  NULL and -1 become null. */
struct cola_header {
    const char *judge;          /* "model", "table", "fnv:SALT:PERMILLE" */
    const char *model, *task;   /* digests */
    const char *backend;
    int reproducible;
    const char *core;           /* of a backend that is not */
    const char *kv;             /* whose keys and values: "position" */
    const char *benchmark, *template;           /* of the task, see dataset.h */
    const char *grade, *per;
    double held;
    int max_tokens;
    const int *end_tokens;      /* [n_end_tokens] */
    int n_end_tokens;
    int random;                 /* are random chains judged? */
    const struct cola_preset *preset;           /* of a search, or ... */
    const struct cola_extent_of *extent;        /* ... of an enumeration, */
    size_t chains;                              /* and how many it has */
};

void cola_header_add(struct cola_buffer *b, const struct cola_header *header);

/* The margin of a verdict, with the digits of the type that it was computed in. */
void cola_margin_add(struct cola_buffer *b, const struct cola_verdict *verdict);

/* What a record says of the sample itself. */
struct cola_about {
    const char *id;
    int level;                  /* below 0: null */
    const char *group, *prompt; /* NULL: null; the prompt's digest */
};

void cola_record_add(struct cola_buffer *b, const struct cola_about *sample,
                     const struct cola_outcome *outcome);

/* The verdicts on N chains of an enumeration from number FIRST on. */
void cola_part_add(struct cola_buffer *b, const char *id, int level,
                   const char *prompt, size_t first,
                   const struct cola_verdict *verdicts, size_t n);

#endif
