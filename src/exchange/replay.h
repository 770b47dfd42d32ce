/*
 * replay.h - which published verdicts hold
 *
 * A published path is listed as right or as wrong, in our own files also as
 * undecided; run again it is right, wrong or undecided.  A verdict holds when
 * both agree.  One that was decided and now is not has neither held nor turned,
 * and is counted apart.
 */
#ifndef COLA_REPLAY_H
#define COLA_REPLAY_H

#include "base/buffer.h"

/* Of the ordinary chain the file has a score and maybe no path. */
enum cola_listed {
    COLA_LISTED_INVALID,
    COLA_LISTED_VALID,
    COLA_LISTED_UNDECIDED,
    COLA_LISTED_BASE_WRONG,
    COLA_LISTED_BASE_RIGHT,
    COLA_LISTED_KINDS
};

struct cola_replay_row {
    int level;                  /* -1: of paths whose level is not known */
    size_t found[COLA_LISTED_KINDS][3];         /* by enum cola_mark */
};

/* One kv mode. */
struct cola_replay {
    const char *kv;
    struct cola_replay_row *rows;       /* [n] in rising order of level */
    size_t n, room;
};

COLA_MUST_USE enum cola_status
cola_replay_add(struct cola_replay *replay, int level, enum cola_listed listed,
                enum cola_mark mark, struct cola_error *err);
void cola_replay_free(struct cola_replay *replay);

/* The mark that LISTED claims. */
enum cola_mark cola_replay_claimed(enum cola_listed listed);

/* How many verdicts turned, paths and ordinary chains. */
size_t cola_replay_turned(const struct cola_replay *replay);

/* N modes as a table for people, or as a member of an object, "kv":[...]. */
void cola_replay_table(const struct cola_replay *replays, size_t n,
                       struct cola_buffer *b);
void cola_replay_json(const struct cola_replay *replays, size_t n,
                      struct cola_buffer *b);

#endif
