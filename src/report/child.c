/*
 * child.c - a program run once: what goes in, what comes out
 *
 * The three pipes are waited for together: while we wait until one takes more,
 * the program may be waiting until we read another.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct child {
    pid_t pid;
    int in, out, said;          /* our ends of its three streams; -1: closed */
    size_t sent;
    struct cola_buffer words;   /* of its standard error, the beginning */
};

/* ---- finding it ------------------------------------------------------------------ */

static int
can_run(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *
cola_child_find(const char *name)
{
    const char *path = getenv("PATH");

    if (*name == '\0')
        return NULL;
    if (strchr(name, '/') != NULL)
        return can_run(name) ? cola_strdup(name) : NULL;
    while (path != NULL && *path != '\0') {
        size_t len = strcspn(path, ":");
        struct cola_buffer b = COLA_BUFFER_EMPTY;

        cola_buffer_bytes(&b, len > 0 ? path : ".", len > 0 ? len : 1);
        cola_buffer_printf(&b, "/%s", name);
        if (!b.failed && can_run(b.data))
            return b.data;
        cola_buffer_free(&b);
        path += len + (path[len] == ':');
    }
    return NULL;
}

/* ---- starting it ----------------------------------------------------------------- */

/* Our environment without what makes output depend on place or person. */
static char **
plain_environment(void)
{
    static char locale[] = "LC_ALL=C";
    size_t n = 0, kept = 0;
    char **list;

    while (environ != NULL && environ[n] != NULL)
        n++;
    list = cola_alloc(n + 2, sizeof *list);
    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], "LC_", 3) != 0 && strncmp(environ[i], "LANG", 4) != 0 &&
            strncmp(environ[i], "GNUPLOT", 7) != 0 &&
            strncmp(environ[i], "GNUTERM", 7) != 0)
            list[kept++] = environ[i];
    list[kept] = locale;
    return list;
}

static void
close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A pipe of which neither end is inherited, and end OURS does not block. */
static int
open_pipe(int ends[2], int ours)
{
    if (pipe(ends) != 0) {
        ends[0] = ends[1] = -1;
        return 0;
    }
    return fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(ends[ours], F_SETFL, O_NONBLOCK) == 0;
}

/* In the child, where only what a signal handler may call is allowed. */
static void
become(const char *program, const char *argument, char **environment, const int fds[3])
{
    char *words[3];
    struct sigaction act;

    memset(&act, 0, sizeof act);
    sigemptyset(&act.sa_mask);
    act.sa_handler = SIG_DFL;
    sigaction(SIGPIPE, &act, NULL);     /* what is ignored stays so */
    for (int i = 0; i < 3; i++)
        if (dup2(fds[i], i) < 0)
            _exit(126);
    memcpy(&words[0], &program, sizeof program);        /* not written to */
    memcpy(&words[1], &argument, sizeof argument);
    words[2] = NULL;
    execve(program, words, environment);
    _exit(127);
}

static enum cola_status
start(struct child *c, const char *program, const char *argument, struct cola_error *err)
{
    int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
    char **environment = plain_environment();
    int ready = environment != NULL;
    int e;

    c->pid = -1;
    for (int i = 0; i < 3 && ready; i++)
        ready = open_pipe(pipes[i], i == 0);
    if (ready)
        c->pid = fork();
    if (c->pid == 0)
        become(program, argument, environment,
               (int[]){pipes[0][0], pipes[1][1], pipes[2][1]});
    e = errno;
    free(environment);
    close_end(&pipes[0][0]);
    close_end(&pipes[1][1]);
    close_end(&pipes[2][1]);
    c->in = pipes[0][1];
    c->out = pipes[1][0];
    c->said = pipes[2][0];
    if (c->pid < 0)
        return cola_fail(err, COLA_NOTHING, "%s: cannot be started: %s", program,
                         strerror(e));
    return COLA_OK;
}

/* ---- its three streams ----------------------------------------------------------- */

static void
push(struct child *c, const struct cola_buffer *input)
{
    while (c->in >= 0 && c->sent < input->len) {
        ssize_t n = write(c->in, input->data + c->sent, input->len - c->sent);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (n < 0)
            break;              /* it reads no more, and may print all the same */
        c->sent += (size_t)n;
    }
    close_end(&c->in);
}

/* Read what is there into B, of which more than LIMIT is not kept. */
static void
pull(int *fd, struct cola_buffer *b, size_t limit)
{
    char block[16384];
    ssize_t n = read(*fd, block, sizeof block);

    if (n > 0 && b->len <= limit)
        cola_buffer_bytes(b, block, (size_t)n);
    else if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN &&
                        errno != EWOULDBLOCK))
        close_end(fd);
}

/* Until it has closed both streams; 0 when it took too long or said too much. */
static int
converse(struct child *c, const struct cola_buffer *input, int seconds, size_t limit,
         struct cola_buffer *output)
{
    time_t end = time(NULL) + seconds + 1;
    size_t before = output->len;

    while (c->out >= 0 || c->said >= 0) {
        struct pollfd fds[3] = {{c->out, POLLIN, 0}, {c->said, POLLIN, 0},
                                {c->in, POLLOUT, 0}};

        if (time(NULL) > end || output->len - before > limit || output->failed)
            return 0;
        if (poll(fds, 3, 500) <= 0)
            continue;
        if (fds[2].revents != 0)
            push(c, input);
        if (fds[0].revents != 0)
            pull(&c->out, output, before + limit);
        if (fds[1].revents != 0)
            pull(&c->said, &c->words, 4096);
    }
    return 1;
}

/* The last line with a letter of what it said: programs warn, then fail. */
static void
last_words(const struct child *c, char text[120])
{
    const char *at = c->words.data != NULL ? c->words.data : "";

    text[0] = '\0';
    while (*at != '\0') {
        size_t len = strcspn(at, "\r\n"), blank = strspn(at, " \t");
        size_t n = len > blank ? len - blank : 0;

        if (n > 0 && strpbrk(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") <
                     at + len) {
            n = n < 119 ? n : 119;
            memcpy(text, at + blank, n);
            text[n] = '\0';
        }
        at += len + (at[len] != '\0');
    }
    for (size_t i = 0; text[i] != '\0'; i++)
        if ((unsigned char)text[i] < ' ' || (unsigned char)text[i] > '~')
            text[i] = '?';
}

enum cola_status
cola_child_run(const char *program, const char *argument, const struct cola_buffer *input,
               int seconds, size_t limit, struct cola_buffer *output,
               struct cola_error *err)
{
    struct child c = {-1, -1, -1, -1, 0, COLA_BUFFER_EMPTY};
    char words[120];
    int status = 0, whole;
    enum cola_status st = start(&c, program, argument, err);

    if (st != COLA_OK) {
        close_end(&c.in);
        close_end(&c.out);
        close_end(&c.said);
        return st;
    }
    whole = converse(&c, input, seconds, limit, output);
    if (!whole)
        kill(c.pid, SIGKILL);
    close_end(&c.in);
    close_end(&c.out);
    close_end(&c.said);
    while (waitpid(c.pid, &status, 0) < 0 && errno == EINTR)
        ;
    last_words(&c, words);
    cola_buffer_free(&c.words);
    st = cola_buffer_ok(output, err);
    if (st != COLA_OK)
        return st;
    if (!whole)
        return cola_fail(err, COLA_NOTHING, "%s: took too long or printed too much",
                         program);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return cola_fail(err, COLA_NOTHING, "%s: failed%s%s", program,
                         *words != '\0' ? ": " : "", words);
    return COLA_OK;
}
