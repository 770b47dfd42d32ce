/*
 * verify.h - a search held against the ground truth of its space
 *
 * A search says which of the chains it tried are right.  Held against an
 * enumeration of the same questions in the same arithmetic it can be asked
 * more: does any of its verdicts contradict the truth (a defect), did it find
 * the shortest right chain and, of several inputs, one right on as many as
 * any, how much worse is the one it found, how many chains did it try before
 * the first right one, would random chains have done as well - and does
 * textbook double agree about what it returned?
 */
#ifndef COLA_VERIFY_H
#define COLA_VERIFY_H

#include "base/buffer.h"
#include "oracle/truth.h"

#define COLA_NAMED 10           /* contradictions and the like that are named */

/* Three ways of choosing chains, each held against the truth. */
enum cola_finder {
    COLA_BY_SPACE,              /* every chain that the search's moves can reach */
    COLA_BY_SEARCH,
    COLA_BY_RANDOM,             /* as many random ones */
    COLA_FINDERS
};

/* What one of them found for one sample. */
struct cola_found {
    int length;                 /* of the shortest right chain; 0: none is right */
    int first;                  /* chains judged up to the first right one */
    int judged;
    int right, right_length;    /* inputs right with the robust chain, its length */
};

/* A sample of the search that the truth has too. */
struct cola_verified {
    const struct cola_truth_sample *sample;
    int level;                  /* -1: none */
    struct cola_found truth, by[COLA_FINDERS];
};

/* A chain that the search returned, and what the yardstick said of it. */
struct cola_returned {
    size_t row;                 /* of its sample */
    int robust;                 /* returned as the robust, not as the shortest */
    int worse;                  /* than one that the truth has */
    int outside;                /* no worse, but the truth does not have it */
    struct cola_chain chain;
    enum cola_mark mark;
    int right;
    char *answer;               /* NULL: none */
    int asked, agrees;
    enum cola_mark said;        /* by the yardstick */
    int said_right;
    char *said_answer;
};

struct cola_contradiction {
    const char *id, *what;
    struct cola_chain chain;
};

struct cola_verification {
    const struct cola_truth *truth;
    json_t *header;             /* the search's */
    int narrower;               /* its moves are fewer than the enumeration's */
    int several;                /* samples are of several inputs */
    int with[COLA_FINDERS];     /* was it there to be compared? */
    size_t *reach, n_reach;     /* COLA_BY_SPACE: chains by number, rising */
    struct cola_verified *rows;
    size_t n, room;
    size_t absent;              /* samples that the truth does not have */
    struct cola_returned *returned;
    size_t n_returned, returned_room;
    size_t judged, outside;     /* verdicts; of chains that the truth has not */
    size_t covered;             /* chains of the truth that the search judged */
    size_t contradictions;
    struct cola_contradiction named[COLA_NAMED];
};

/*
 * Hold the journal at PATHS [n], one file or the parts of a run, whose headers
 * are equal, against TRUTH, which is borrowed.  Journals of another model, task,
 * arithmetic or prompt, and those whose moves are not all moves of the
 * enumeration's space, are refused.
 */
COLA_MUST_USE enum cola_status
cola_verify(char *const *paths, size_t n, const struct cola_truth *truth,
            struct cola_verification **verification, struct cola_error *err);
void cola_verification_free(struct cola_verification *verification);

/* What the yardstick says of returned chain number I: does it give the same
 * verdict and answer? */
COLA_MUST_USE enum cola_status
cola_certify(struct cola_verification *verification, size_t i,
             const struct cola_verdict *verdict, struct cola_error *err);

/* Append a table for people, with a line a sample where LIST is set; or all
 * of it as one JSON object. */
COLA_MUST_USE enum cola_status
cola_verification_table(const struct cola_verification *verification, int list,
                        struct cola_buffer *b, struct cola_error *err);
COLA_MUST_USE enum cola_status
cola_verification_json(const struct cola_verification *verification,
                       struct cola_buffer *b, struct cola_error *err);

#endif
