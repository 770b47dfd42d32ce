/*
 * executor.h - what can execute chains
 *
 * An executor is a model made ready in one arithmetic; a run is one chain
 * over one growing sequence of tokens.  Two kinds exist behind this table:
 * define/ says what a chain means, in textbook double, and execute/ does the
 * same fast in float32 or int8.  Neither uses anything of the other.
 *
 * The functions of colaref.h (cola_run_feed() and the rest) check their
 * arguments once, in execute/executor.c; an implementation may rely on it.
 */
#ifndef COLA_EXECUTOR_H
#define COLA_EXECUTOR_H

#include "base/round.h"
#include "chain/chain.h"
#include "define/probe.h"
#include "model/model.h"

/*
 * Whose keys and values are kept.  By position is what a chain means; the
 * other two are what published code does with one slot a layer, kept here to
 * replay its results and to recognise it.
 *
 *   append     every visit appends to the layer's slot.  In a prefill of
 *              several tokens token t attends to the slot's first t+1 entries,
 *              which are the first visit's; a token fed alone attends to all.
 *   overwrite  every visit overwrites the layer's entry of the token, so that
 *              a later token's first visit attends to what the last visit left.
 *
 * Both are defined for one prefill followed by single tokens.
 */
enum cola_kv { COLA_KV_POSITION, COLA_KV_APPEND, COLA_KV_OVERWRITE };

struct cola_way {               /* variations of how a chain is executed */
    enum cola_kv kv;
    enum cola_rounding rounding;    /* of define/, see define.h */
};

struct cola_executor_ops {
    const char *name;           /* as the command line spells it */
    int is_float;               /* logits are float32 values */
    int reproducible;           /* the same bits everywhere */
    int shares;                 /* knows the kv modes that share slots */
    int rounds;                 /* knows rounding */

    enum cola_status (*open)(const struct cola_model *model, void **state,
                             struct cola_error *err);
    void (*close)(void *state);

    /* Everything a run needs is taken here; MAX_LENGTH positions, MAX_TOKENS
     * tokens. */
    enum cola_status (*run_new)(const void *state, struct cola_way way, int max_length,
                                int max_tokens, void **run, struct cola_error *err);
    void (*run_free)(void *run);

    void (*begin)(void *run, const struct cola_chain *chain);
    void (*feed)(void *run, const int *ids, int n);
    /* The same, but call AFTER once for each of the N tokens in turn, while
     * logits() are those after it; NULL: feeding them singly is as good. */
    void (*feed_each)(void *run, const int *ids, int n,
                      void (*after)(void *ctx, int i), void *ctx);
    void (*rewind)(void *run, int tokens);      /* forget all but the first */
    const double *(*logits)(const void *run);   /* [V], after the last token */

    /* Show what happens from now on; PROBE is borrowed, NULL ends it. */
    void (*probe)(void *run, const struct cola_probe *probe);
    /* Execute LAYER alone for the probe: X [n, d] enters as tokens FIRST ..
     * FIRST+N-1, KEYS and VALUES [FIRST, G*e] are of the tokens before.  The
     * run has to be begun anew. */
    void (*layer)(void *run, int layer, int first, int n, const double *x,
                 const double *keys, const double *values);
};

struct cola_executor {
    const struct cola_executor_ops *ops;
    const struct cola_model *model;
    struct cola_way way;
    void *state;
};

struct cola_run {
    const struct cola_executor *executor;
    void *inner;
    int max_length, max_tokens;
    int begun, tokens;          /* is there a chain; tokens fed so far */
    int prefill;                /* how many of them were fed first */
};

#endif
