/*
 * batch.c - many runs at once
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "execute/batch.h"

#include "base/parallel.h"

static void
feed(void *ctx, size_t i, int worker)
{
    struct cola_feed *f = (struct cola_feed *)ctx + i;

    (void)worker;
    f->status = cola_run_feed(f->run, f->ids, f->n, &f->error);
}

void
cola_batch_feed(struct cola_feed *feeds, size_t count)
{
    cola_parallel(count, feed, feeds);
}
