/*
 * error.h - say why something failed, without printing it
 *
 * A function that can fail ends in
 *     return cola_fail(err, COLA_INPUT, "%s: line %zu: not JSON", file, line);
 * and its caller passes both status and message up unchanged.  Only the
 * command line prints.
 */
#ifndef COLA_ERROR_H
#define COLA_ERROR_H

#include "colaref.h"

/* Fill ERR (may be NULL) and return STATUS. */
enum cola_status cola_fail(struct cola_error *err, enum cola_status status,
                           const char *format, ...) COLA_PRINTF(3, 4);

/* The failure every allocation ends in: returns COLA_RESOURCE. */
enum cola_status cola_fail_memory(struct cola_error *err);

/*
 * calloc for COUNT things of SIZE bytes: the one checked helper through which
 * sizes multiply.  Returns NULL when the product overflows or memory is out;
 * never NULL for a size of zero.  Give back with free().
 */
void *cola_alloc(size_t count, size_t size);

/* realloc() under the same rules; the old block survives a failure. */
void *cola_realloc(void *old, size_t count, size_t size);

/* A copy of TEXT, or NULL. */
char *cola_strdup(const char *text);

#endif
