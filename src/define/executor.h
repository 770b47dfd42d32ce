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

#include "chain/chain.h"
#include "model/model.h"

struct cola_executor_ops {
    const char *name;           /* as the command line spells it */
    int is_float;               /* logits are float32 values */
    int reproducible;           /* the same bits everywhere */

    enum cola_status (*open)(const struct cola_model *model, void **state,
                             struct cola_error *err);
    void (*close)(void *state);

    /* Everything a run needs is taken here; MAX_LENGTH positions, MAX_TOKENS
     * tokens. */
    enum cola_status (*run_new)(const void *state, int max_length, int max_tokens,
                                void **run, struct cola_error *err);
    void (*run_free)(void *run);

    void (*begin)(void *run, const struct cola_chain *chain);
    void (*feed)(void *run, const int *ids, int n);
    void (*rewind)(void *run, int tokens);      /* forget all but the first */
    const double *(*logits)(const void *run);   /* [V], after the last token */
};

struct cola_executor {
    const struct cola_executor_ops *ops;
    const struct cola_model *model;
    void *state;
};

struct cola_run {
    const struct cola_executor *executor;
    void *inner;
    int max_length, max_tokens;
    int begun, tokens;          /* is there a chain; tokens fed so far */
};

#endif
