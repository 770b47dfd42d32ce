/*
 * batch.h - many runs at once
 */
#ifndef COLA_BATCH_H
#define COLA_BATCH_H

#include "define/executor.h"

struct cola_feed {              /* one run's share of a batch */
    struct cola_run *run;
    const int *ids;             /* [n] */
    int n;
    enum cola_status status;    /* out */
    struct cola_error error;    /* out, when STATUS is not COLA_OK */
};

/* cola_run_feed() for COUNT different runs on all threads.  What a run
 * computes does not depend on its company. */
void cola_batch_feed(struct cola_feed *feeds, size_t count);

#endif
