/*
 * buffer.h - bytes that grow
 *
 * Records are composed in memory and written whole.  A failed allocation is
 * remembered and reported once at the end, by cola_buffer_ok(), so that the
 * code that composes reads as what it composes.
 */
#ifndef COLA_BUFFER_H
#define COLA_BUFFER_H

#include "base/error.h"

struct cola_buffer {
    char *data;                 /* NUL after the last byte; NULL when empty */
    size_t len, room;
    int failed;                 /* memory was out; content is incomplete */
};

#define COLA_BUFFER_EMPTY {NULL, 0, 0, 0}

void cola_buffer_free(struct cola_buffer *b);
void cola_buffer_reset(struct cola_buffer *b);  /* empty, room is kept */

void cola_buffer_bytes(struct cola_buffer *b, const void *data, size_t n);
void cola_buffer_text(struct cola_buffer *b, const char *text);
void cola_buffer_printf(struct cola_buffer *b, const char *format, ...)
    COLA_PRINTF(2, 3);

/* TEXT as a field of CSV, quoted where RFC 4180 wants it. */
void cola_buffer_csv(struct cola_buffer *b, const char *text);

/* COLA_OK, or COLA_RESOURCE if any append failed. */
COLA_MUST_USE enum cola_status
cola_buffer_ok(const struct cola_buffer *b, struct cola_error *err);

#endif
