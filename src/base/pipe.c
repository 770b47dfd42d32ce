/*
 * pipe.c - pipes to a program that runs beside us
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "base/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

int
cola_pipe_open(int ends[2], int ours)
{
    if (pipe(ends) != 0) {
        ends[0] = ends[1] = -1;
        return 0;
    }
    return fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(ends[ours], F_SETFL, O_NONBLOCK) == 0;
}

void
cola_pipe_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Did a pipe fail that will not work again? */
static int
is_broken(ssize_t n)
{
    return n < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK;
}

void
cola_pipe_write(int *fd, const char *data, size_t len, size_t *sent)
{
    while (*fd >= 0 && *sent < len) {
        ssize_t n = write(*fd, data + *sent, len - *sent);

        if (n >= 0)
            *sent += (size_t)n;
        else if (is_broken(n))
            cola_pipe_close(fd);
        else if (errno != EINTR)
            return;
    }
}

void
cola_pipe_read(int *fd, struct cola_buffer *b, size_t limit)
{
    char block[16384];
    ssize_t n = read(*fd, block, sizeof block);

    if (n > 0 && b->len <= limit)
        cola_buffer_bytes(b, block, (size_t)n);
    else if (n == 0 || is_broken(n))
        cola_pipe_close(fd);
}

/* Only what a signal handler may call is allowed here. */
void
cola_pipe_become(const int *fds, int n)
{
    struct sigaction act;

    memset(&act, 0, sizeof act);
    sigemptyset(&act.sa_mask);
    act.sa_handler = SIG_DFL;
    sigaction(SIGPIPE, &act, NULL);     /* what is ignored stays so */
    for (int i = 0; i < n; i++)
        if (dup2(fds[i], i) < 0)
            _exit(126);
}
