/*
 * child.c - a program run once: what goes in, what comes out
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/pipe.h"

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

/* In the child, where only what a signal handler may call is allowed. */
static void
become(const char *program, const char *argument, char **environment, const int fds[3])
{
    char *words[3];

    cola_pipe_become(fds, 3);
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
        ready = cola_pipe_open(pipes[i], i == 0);
    if (ready)
        c->pid = fork();
    if (c->pid == 0)
        become(program, argument, environment,
               (int[]){pipes[0][0], pipes[1][1], pipes[2][1]});
    e = errno;
    free(environment);
    cola_pipe_close(&pipes[0][0]);
    cola_pipe_close(&pipes[1][1]);
    cola_pipe_close(&pipes[2][1]);
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
    cola_pipe_write(&c->in, input->data, input->len, &c->sent);
    if (c->sent == input->len)
        cola_pipe_close(&c->in);
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
            cola_pipe_read(&c->out, output, before + limit);
        if (fds[1].revents != 0)
            cola_pipe_read(&c->said, &c->words, 4096);
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
        cola_pipe_close(&c.in);
        cola_pipe_close(&c.out);
        cola_pipe_close(&c.said);
        return st;
    }
    whole = converse(&c, input, seconds, limit, output);
    if (!whole)
        kill(c.pid, SIGKILL);
    cola_pipe_close(&c.in);
    cola_pipe_close(&c.out);
    cola_pipe_close(&c.said);
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
