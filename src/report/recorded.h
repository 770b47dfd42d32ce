/*
 * recorded.h - chains, counts and controls as a record has them
 *
 * PLACE, a file and its line, begins every message.
 */
#ifndef COLA_RECORDED_H
#define COLA_RECORDED_H

#include "report/journals.h"

/* A count that may be absent, then *VALUE stays; what is none is refused. */
COLA_MUST_USE enum cola_status
cola_recorded_count(const json_t *object, const char *name, int *value, const char *place,
                    struct cola_error *err);

/* An array of layers, each BELOW that number. */
COLA_MUST_USE enum cola_status
cola_recorded_chain(const json_t *layers, int below, struct cola_chain *chain,
                    const char *place, struct cola_error *err);

/* A sample's "controls", NULL or null when it has none.  The first to have
 * "fixed" writes down which chains that is about in RUN. */
COLA_MUST_USE enum cola_status
cola_recorded_controls(struct cola_run *run, const json_t *object,
                       struct cola_controlled *c, const char *place,
                       struct cola_error *err);

#endif
