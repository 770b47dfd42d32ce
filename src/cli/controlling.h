/*
 * controlling.h - adding controls to a journal, with its search or afterwards
 */
#ifndef COLA_CONTROLLING_H
#define COLA_CONTROLLING_H

#include "cli/session.h"

/* Write OUTPUT: the finished journal JOURNAL of MODEL sitting TASK, and the
 * controls that --controls names (all, when it does not). */
COLA_MUST_USE enum cola_status
controlling(const struct options *o, const char *journal, const char *model,
            const char *task, const char *output, struct cola_error *err);

/* Can --controls go with a search of these options?  COLA_USAGE is said. */
COLA_MUST_USE enum cola_status
controlling_check(const struct options *o, struct cola_error *err);

/* Is --output the whole journal of the search with this HEADER over N samples,
 * and has it the controls asked for? */
int controlling_done(const struct options *o, const char *header, size_t n);

/* The same after the search whose journal is --output: by way of
 * OUTPUT.controls, which then takes its place. */
COLA_MUST_USE enum cola_status
controlling_after_search(const struct options *o, struct cola_error *err);

#endif
