/*
 * study.h - samples, who judges them, and what a journal says of it
 *
 * Searches and enumerations begin alike: with a model sitting a task, or with
 * a judge that needs none.
 */
#ifndef COLA_STUDY_H
#define COLA_STUDY_H

#include "cli/session.h"
#include "record/record.h"
#include "record/table.h"

struct study {
    struct session session;             /* of a model sitting a task */
    struct cola_synthetic synthetic;
    struct cola_table *table;
    const char *synthetic_id;
    char digest[65];                    /* of the model */
    int layers;

    struct cola_judge judge;
    const char **ids;                   /* [n] */
    const struct cola_sample *samples;  /* [n]; NULL without a model */
    size_t n;
    struct cola_header header;          /* all but preset and extent */
};

/* Open MODEL, or read --judge and --layers: LAYERS is known then. */
COLA_MUST_USE enum cola_status
study_open(const struct options *o, struct study *s, struct cola_error *err);

/* Open TASK for chains of up to MAX_LENGTH positions: the rest. */
COLA_MUST_USE enum cola_status
study_sit(const struct options *o, int max_length, struct study *s,
          struct cola_error *err);

void study_close(struct study *s);

/* What a record says of sample I. */
void study_about(const struct study *s, size_t i, struct cola_about *about);

/* The level and the prompt's digest of sample I; -1 and NULL without a model. */
int study_level(const struct study *s, size_t i);
const char *study_prompt(const struct study *s, size_t i);

#endif
