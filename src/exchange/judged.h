/*
 * judged.h - what a journal says of one chain, and of one sample
 *
 * A journal read here is checked as a stranger's: whatever a hand or another
 * program put into it, it is either understood or refused by sample and place.
 */
#ifndef COLA_JUDGED_H
#define COLA_JUDGED_H

#include "base/json.h"
#include "chain/chain.h"

/* One element of "evaluated".  Texts are borrowed from the record. */
struct cola_said {
    struct cola_chain chain;
    enum cola_mark mark;
    const char *answer;         /* NULL: none */
    double margin;              /* NaN: none */
    double gold_logprob;        /* NaN: none */
};

/* A sample's record.  Everything is borrowed from it. */
struct cola_told {
    const char *id, *group, *prompt;    /* the latter two may be NULL */
    int level;                          /* -1: none */
    const json_t *evaluated;            /* at least one, the ordinary chain first */
    size_t n;
    const json_t *random;               /* may be NULL */
};

/* An integer array as a chain: layers below LAYERS. */
COLA_MUST_USE enum cola_status
cola_path_read(const json_t *value, int layers, const char *place,
               struct cola_chain *chain, struct cola_error *err);

COLA_MUST_USE enum cola_status
cola_told_read(const json_t *record, struct cola_told *told, struct cola_error *err);

/* Element I of ARRAY, of the sample called ID. */
COLA_MUST_USE enum cola_status
cola_said_read(const json_t *array, size_t i, const char *id, int layers,
                 struct cola_said *judged, struct cola_error *err);

/* What reads a journal: its header, then each sample. */
struct cola_listener {
    enum cola_status (*header)(void *ctx, const json_t *header, const char *bytes,
                               size_t len, int layers, struct cola_error *err);
    enum cola_status (*sample)(void *ctx, const struct cola_told *told,
                               struct cola_error *err);
    void *ctx;
};

/* Tell LISTENER of the journal PATH; *WHOLE: it has its end record.  Messages
 * begin with PATH. */
COLA_MUST_USE enum cola_status
cola_listen(const char *path, const struct cola_listener *listener, int *whole,
            struct cola_error *err);

/* The first line alone: a journal's or an enumeration's header. */
COLA_MUST_USE enum cola_status
cola_header_read(const char *path, json_t **header, struct cola_error *err);

/* HEADER's text NAME, or OTHERWISE. */
const char *cola_header_text(const json_t *header, const char *name,
                             const char *otherwise);

#endif
