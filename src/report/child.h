/*
 * child.h - a program run once: what goes in, what comes out
 */
#ifndef COLA_CHILD_H
#define COLA_CHILD_H

#include "base/buffer.h"

/*
 * The path of the program called NAME in fresh memory: itself when it has a
 * slash, else looked for in $PATH.  NULL when it is not there, cannot be
 * executed, or memory is out.
 */
char *cola_child_find(const char *name);

/*
 * Run PROGRAM, a path, with one ARGUMENT (NULL: none), write INPUT to its
 * standard input and append what it prints to OUTPUT.  It runs in the C locale.
 * COLA_NOTHING when it cannot be started, fails, prints more than LIMIT bytes,
 * or takes longer than SECONDS, of which it is killed; what it said on standard
 * error first is in the message.  SIGPIPE must be ignored.
 */
COLA_MUST_USE enum cola_status
cola_child_run(const char *program, const char *argument, const struct cola_buffer *input,
               int seconds, size_t limit, struct cola_buffer *output,
               struct cola_error *err);

#endif
