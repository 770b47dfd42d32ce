/*
 * pipe.h - pipes to a program that runs beside us
 *
 * Our ends do not block: while we wait until one pipe takes more, the program
 * may be waiting until we read another, so all are waited for together.
 */
#ifndef COLA_PIPE_H
#define COLA_PIPE_H

#include "base/buffer.h"

/* Open a pipe of which neither end is inherited, and end OURS (0: to read, 1: to
 * write) does not block.  0 when that fails; what is open of ENDS is not -1. */
int cola_pipe_open(int ends[2], int ours);

/* Close *FD if it is not -1, which it is then. */
void cola_pipe_close(int *fd);

/* Write what the pipe takes of LEN bytes, *SENT of which it has.  Closes *FD when
 * nobody reads any more.  SIGPIPE must be ignored. */
void cola_pipe_write(int *fd, const char *data, size_t len, size_t *sent);

/* Read some of what is there into B, of which more than LIMIT is not kept.  Closes
 * *FD at the end. */
void cola_pipe_read(int *fd, struct cola_buffer *b, size_t limit);

/* After fork(), in the child: let FDS [n] be its standard input, output and so on,
 * and SIGPIPE do what it does.  Ends the child with status 126 when that fails. */
void cola_pipe_become(const int *fds, int n);

#endif
