/*
 * say.h - messages, progress, exit status
 *
 * The only file that prints to standard error, and the only one that reads a
 * clock: nothing it says reaches a result.
 */
#ifndef COLA_SAY_H
#define COLA_SAY_H

#include "base/buffer.h"

/* Say less: no notes, no progress.  Errors are always said. */
void say_quiet(void);

/* "colaref: TEXT" */
void say_error(const struct cola_error *err);
void say_usage(const char *format, ...) COLA_PRINTF(1, 2);      /* command line */
void say_note(const char *format, ...) COLA_PRINTF(1, 2);

/* "colaref search: TEXT" once a command is known. */
void say_command(const char *name);

/* Write what B holds to standard error as it is. */
void say_text(const struct cola_buffer *b);

/* Write what B holds to standard output; fails when that fails. */
COLA_MUST_USE enum cola_status
say_result(const struct cola_buffer *b, struct cola_error *err);

/* Did everything that was printed reach standard output? */
COLA_MUST_USE enum cola_status say_ended(struct cola_error *err);

/*
 * Progress towards TOTAL of WHAT ("chains"), from say_begin() on: on a terminal
 * a line with rate and time left, rewritten, after two seconds; elsewhere a
 * line a minute.
 */
void say_begin(const char *what, double total);
void say_progress(double done);
void say_finish(void);

/* "12 s", "3 min", "2.5 h" */
void say_duration(char text[32], double seconds);

/* Seconds from some fixed moment. */
double say_clock(void);

#endif
