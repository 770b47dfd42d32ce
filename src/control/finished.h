/*
 * finished.h - a journal that is whole, taken up again to add its controls
 *
 * Controls are made of what a journal says and of nothing else that a search
 * knows, so that they come out the same with the search and long afterwards.
 * They go into a copy: its header names them, each sample has them as its last
 * member, every other byte is the old one's.
 */
#ifndef COLA_FINISHED_H
#define COLA_FINISHED_H

#include "base/file.h"
#include "base/json.h"
#include "search/preset.h"

enum cola_control {
    COLA_CONTROL_DECOY = 1, COLA_CONTROL_KEPT = 2, COLA_CONTROL_PASS = 4,
    COLA_CONTROL_SIBLINGS = 8, COLA_CONTROL_FIXED = 16, COLA_CONTROL_ALL = 31
};

/* Their names, in the order of their bits; NULL past the last. */
const char *cola_control_name(size_t i);

/* "decoy,pass", or "all", as a set of controls. */
COLA_MUST_USE enum cola_status
cola_controls_read(const char *text, unsigned *which, struct cola_error *err);

struct cola_finished {
    char *path;
    struct cola_map map;
    json_t *header;
    size_t header_len;          /* with its newline */
    size_t n;                   /* samples */
    char **ids, **prompts;      /* [n] the latter as digests */
    struct cola_line *lines;    /* [n] into the map */
    struct cola_preset *preset;
    int max_tokens;
};

/* A journal without end record, with controls, or of searches that are not
 * each about one question to a model is refused. */
COLA_MUST_USE enum cola_status
cola_finished_open(const char *path, struct cola_finished *finished,
                   struct cola_error *err);
void cola_finished_close(struct cola_finished *finished);

/* The member NAME of the header, a text, or NULL; borrowed. */
const char *cola_finished_text(const struct cola_finished *finished, const char *name);

/* Append HEADER, a search's line of LEN bytes, as the copy that has the controls
 * WHICH has it. */
void cola_controls_header(const char *header, size_t len, unsigned which,
                          struct cola_buffer *b);

/* Append the record of sample I with MEMBERS as its controls. */
void cola_finished_record(const struct cola_finished *finished, size_t i,
                          const struct cola_buffer *members, struct cola_buffer *b);

/* ---- what a sample's record says ------------------------------------------------ */

struct cola_past {
    const char *id;             /* borrowed */
    struct cola_chain_set chains;       /* those judged, the ordinary one first */
    enum cola_mark *marks;      /* [chains.count] */
    uint64_t executions;        /* the sum of their lengths */
    double gold_logprob;        /* of the ordinary chain; NaN: none */
    char *answer;               /* its answer; NULL: none */
};

COLA_MUST_USE enum cola_status
cola_past_read(const struct cola_finished *finished, size_t i, struct cola_past *past,
               struct cola_error *err);
void cola_past_free(struct cola_past *past);

#endif
