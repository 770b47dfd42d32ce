/*
 * journals.h - the journals of a report, in memory
 *
 * A report compares runs: other models, spaces, presets, backends.  Each is
 * read once and kept as what the sheets need: chains, verdicts, controls.
 * Nothing here runs a model or knows one.
 */
#ifndef COLA_JOURNALS_H
#define COLA_JOURNALS_H

#include "base/json.h"
#include "search/enumerate.h"
#include "search/preset.h"

/* A chain that was judged on one sample. */
struct cola_judged {
    size_t at;                  /* into cola_run.pool */
    uint16_t length;
    uint16_t unique;            /* different layers */
    char mark;                  /* '1' right, '0' wrong, '?' undecided */
};

/* The search run again with another answer as the right one. */
struct cola_rerun {
    int there;
    size_t chains, right;       /* judged; that gave this answer */
    int length;                 /* of the shortest that did; 0: none did */
    int shorter;                /* one with fewer layers than the model did */
};

#define COLA_SIBLINGS 3         /* k: 1, 2, 4 */

/* A chain chosen as right on k inputs, then tried on others. */
struct cola_chosen {
    int k;
    int length;                 /* 0: no chain is right on all k */
    int right, of;              /* on the others */
    int base_right;             /* the ordinary chain's, on the same */
};

struct cola_controlled {
    struct cola_rerun decoy, kept;
    int pass;                   /* was the unmodified model sampled? */
    size_t pass_samples, pass_right;
    double pass_p;              /* that one sample is right; NaN: not known */
    char kind[16];              /* of the siblings; "": there are none */
    struct cola_chosen chosen[COLA_SIBLINGS];
    int n_chosen;
    char *fixed;                /* [run's n_fixed] a mark a chain; NULL: none */
};

struct cola_sampled {
    char *id;
    int level;                  /* -1: none */
    size_t group;               /* a number a group, from 0, by first appearance;
                                 * a sample without has its own */
    const char *group_name;     /* its text, or the id */
    char base;                  /* the ordinary chain's mark */
    int truncated;              /* its answer ended at the token limit */
    size_t first, n;            /* judged by the search, the ordinary one first */
    size_t random_first, n_random;
    size_t best;                /* of judged: the shortest right chain, ties by
                                 * cola_chain_rank(); SIZE_MAX: none is right */
    struct cola_controlled controls;
};

/* A sample of several inputs: it is listed, not counted. */
struct cola_several {
    char *id;
    int level;
    int inputs, base_right, right, held, base_held_right, held_right;
    struct cola_chain robust;
};

struct cola_run {
    char *label, *path;         /* of the first part */
    char **parts;               /* [n_parts] the files that it was read from */
    size_t n_parts, parts_room;
    size_t note;                /* of several parts: the note that tells of them */
    json_t *header;
    int enumeration;            /* of the truth: only the header is kept */
    char *set;                  /* what it shares with runs that differ in space */
    int layers, max_length;
    enum cola_space space;
    struct cola_rules rules;
    int random;                 /* random chains were judged beside */
    int torn, ended;            /* some part is, all are */
    struct cola_sampled *samples;
    size_t n, room;
    struct cola_several *several;
    size_t n_several, several_room;
    struct cola_judged *judged;
    size_t n_judged, judged_room;
    uint16_t *pool;             /* the layers of all chains */
    size_t pool_used, pool_room;
    json_t *groups;             /* text to number */
    json_t *ids;                /* every sample's, with the number of its part */
    struct cola_chains fixed;   /* the chains that controls.fixed is about */
    size_t n_fixed;             /* 0: no sample has it */
};

struct cola_runs {
    struct cola_run *list;
    size_t n, room;
    char **notes;               /* [n_notes] for people: one line each */
    size_t n_notes, notes_room;
};

struct cola_runs *cola_runs_new(void);          /* NULL when memory is out */
void cola_runs_free(struct cola_runs *runs);

/*
 * Read a journal, or an enumeration, which is recognised.  LABEL is its name
 * in the report; NULL: its file's without folders and ".jsonl".  A journal whose
 * header is that of an earlier one is a part of the same run, a shard: its samples
 * go there, under that label, with a note; a sample of both is refused, as is
 * one that a file has twice.  Else a label taken already is refused.  A torn last
 * line is left out and an unfinished journal accepted, with a note.  After a
 * failure RUNS is good for cola_runs_free() only.
 */
COLA_MUST_USE enum cola_status
cola_runs_add(struct cola_runs *runs, const char *label, const char *path,
              struct cola_error *err);

/* The I-th note, or NULL. */
const char *cola_runs_note(const struct cola_runs *runs, size_t i);

/* Is it right? */
int cola_is_right(const struct cola_judged *judged);

/* <0, 0 or >0 as cola_chain_rank(); both are of RUN. */
int cola_judged_rank(const struct cola_run *run, const struct cola_judged *a,
                     const struct cola_judged *b);

/* Copy a judged chain. */
void cola_judged_chain(const struct cola_run *run, const struct cola_judged *judged,
                       struct cola_chain *chain);

/* How many right chains of the sample are shorter than the model. */
size_t cola_shorter_right(const struct cola_run *run, const struct cola_sampled *s);

#endif
