/*
 * searching.h - searching every sample of a study under one preset
 */
#ifndef COLA_SEARCHING_H
#define COLA_SEARCHING_H

#include "cli/study.h"
#include "record/journal.h"

struct searching {
    struct study study;
    struct cola_preset *preset;         /* owned */
    struct cola_journal *journal;
    const char *path;                   /* NULL: none; "-": standard output */
    char *header;                       /* the journal's first line */
    char **records;                     /* [n] kept where no file can be read back */
    char **explained;                   /* [n] waiting for their turn */
    size_t next_explained;
    int controlled;                     /* the journal has its controls already */
};

/* The preset called NAME for a model of LAYERS layers, with what --preset-file
 * and the options override. */
COLA_MUST_USE enum cola_status
searching_preset(const struct options *o, const char *name, int layers,
                 struct cola_preset **preset, struct cola_error *err);

/* Search the samples of S->study under S->preset; write S->path or take it up. */
COLA_MUST_USE enum cola_status
searching_run(const struct options *o, struct searching *s, struct cola_error *err);

/* Call TAKE for the header and every record of what was run, in order. */
COLA_MUST_USE enum cola_status
searching_visit(const struct searching *s,
                enum cola_status (*take)(void *ctx, const json_t *record,
                                         struct cola_error *err),
                void *ctx, struct cola_error *err);

/* Make S ready for another preset; the study stays open. */
void searching_clear(struct searching *s);

#endif
