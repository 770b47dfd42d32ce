/*
 * subject.c - a program under test behind two pipes
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/subject.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/pipe.h"

/* Tensors that make a longer line belong into a file: a subject that prints
 * without end must not cost memory without end. */
#define LINE_LIMIT ((size_t)1 << 28)

#define FINISH_LIMIT 5.0        /* seconds to end in, once the input has ended */

static const int deadly[] = {SIGINT, SIGTERM, SIGHUP};

#define DEADLY (sizeof deadly / sizeof deadly[0])

struct cola_subject {
    pid_t pid;                  /* 0: reaped */
    int in, out;                /* its standard input and output; -1: closed */
    int timeout;
    struct cola_buffer requests;
    size_t sent;                /* of requests */
    struct cola_buffer answers;
    size_t taken, scanned;      /* of answers: in lines returned; without newline */
    size_t lines;
    struct sigaction before[DEADLY + 1];
};

/* ---- signals ----------------------------------------------------------------- */

/* A subject has a process group of its own, which a terminal's interrupt does
 * not reach: who interrupts us means it too. */
static volatile pid_t group;

static void
die_with_subject(int signal_number)
{
    if (group > 0) {
        kill(-group, SIGKILL);
        waitpid(group, NULL, 0);
    }
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void
take_signals(struct cola_subject *s)
{
    struct sigaction act;

    memset(&act, 0, sizeof act);
    sigemptyset(&act.sa_mask);
    act.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &act, &s->before[DEADLY]);
    act.sa_handler = die_with_subject;
    for (size_t i = 0; i < DEADLY; i++) {
        sigaction(deadly[i], NULL, &s->before[i]);
        if (s->before[i].sa_handler == SIG_DFL)
            sigaction(deadly[i], &act, NULL);
    }
}

static void
give_signals_back(struct cola_subject *s)
{
    for (size_t i = 0; i < DEADLY; i++)
        sigaction(deadly[i], &s->before[i], NULL);
    sigaction(SIGPIPE, &s->before[DEADLY], NULL);
}

/* ---- start and end ----------------------------------------------------------- */

static double
now(void)
{
    struct timespec t;

    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
        return 0.0;
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* In the child, where only what a signal handler may call is allowed. */
static void
become(const char *command, int in, int out)
{
    setpgid(0, 0);
    cola_pipe_become((int[]){in, out}, 2);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

enum cola_status
cola_subject_start(const char *command, int timeout, struct cola_subject **subject,
                   struct cola_error *err)
{
    struct cola_subject *s = cola_alloc(1, sizeof *s);
    int to[2] = {-1, -1}, from[2] = {-1, -1};
    pid_t pid = -1;

    if (s == NULL)
        return cola_fail_memory(err);
    if (cola_pipe_open(to, 1) && cola_pipe_open(from, 0))
        pid = fork();
    if (pid == 0)
        become(command, to[0], from[1]);
    if (pid < 0) {
        int e = errno;

        for (int i = 0; i < 2; i++) {
            cola_pipe_close(&to[i]);
            cola_pipe_close(&from[i]);
        }
        free(s);
        return cola_fail(err, COLA_RESOURCE, "cannot start the subject: %s", strerror(e));
    }
    setpgid(pid, pid);          /* whoever of the two comes first */
    cola_pipe_close(&to[0]);
    cola_pipe_close(&from[1]);
    s->pid = group = pid;
    s->in = to[1];
    s->out = from[0];
    s->timeout = timeout;
    take_signals(s);
    *subject = s;
    return COLA_OK;
}

void
cola_subject_free(struct cola_subject *s)
{
    if (s == NULL)
        return;
    cola_pipe_close(&s->in);
    cola_pipe_close(&s->out);
    if (s->pid > 0) {
        kill(-s->pid, SIGKILL);
        while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    group = 0;
    give_signals_back(s);
    cola_buffer_free(&s->requests);
    cola_buffer_free(&s->answers);
    free(s);
}

/* Its output has ended: say how it did, which may be a moment away. */
static enum cola_status
fail_ended(struct cola_subject *s, struct cola_error *err)
{
    const char *torn = s->answers.len > s->taken ? ", in the middle of a line" : "";
    double limit = now() + 1.0;
    struct timespec moment = {0, 5000000};
    int status;
    pid_t got;

    while ((got = waitpid(s->pid, &status, WNOHANG)) != s->pid && now() < limit)
        nanosleep(&moment, NULL);
    if (got != s->pid)
        return cola_fail(err, COLA_NOTHING, "the subject closed its output after %zu "
                         "answers%s", s->lines, torn);
    kill(-s->pid, SIGKILL);     /* what it left behind */
    s->pid = group = 0;
    if (WIFSIGNALED(status))
        return cola_fail(err, COLA_NOTHING, "the subject was killed by signal %d after "
                         "%zu answers%s", WTERMSIG(status), s->lines, torn);
    return cola_fail(err, COLA_NOTHING, "the subject ended with status %d after %zu "
                     "answers%s", WEXITSTATUS(status), s->lines, torn);
}

/* ---- the two pipes ----------------------------------------------------------- */

/* Write what the pipe takes.  A subject that closed its input may still answer
 * what it has read. */
static void
push(struct cola_subject *s)
{
    cola_pipe_write(&s->in, s->requests.data, s->requests.len, &s->sent);
    if (s->in >= 0 && s->sent < s->requests.len)
        return;
    cola_buffer_reset(&s->requests);
    s->sent = 0;
}

/* Wait for either pipe, at the longest until LIMIT; 0 when that is past. */
static int
wait_pipes(struct cola_subject *s, double limit)
{
    struct pollfd fds[2] = {{s->out, POLLIN, 0}, {s->in, POLLOUT, 0}};
    double left = limit - now();

    if (left <= 0.0)
        return 0;
    if (s->sent == s->requests.len)
        fds[1].fd = -1;
    if (poll(fds, 2, left > 1000.0 ? 1000000 : (int)(left * 1000.0) + 1) > 0) {
        if (fds[1].revents != 0)
            push(s);
        if (fds[0].revents != 0)
            cola_pipe_read(&s->out, &s->answers, SIZE_MAX);
    }
    return 1;
}

/* The next whole line; NULL when there is none yet. */
static const char *
next_line(struct cola_subject *s, size_t *len)
{
    struct cola_buffer *b = &s->answers;
    const char *line, *end = NULL;

    if (s->taken == b->len) {
        cola_buffer_reset(b);
        s->taken = s->scanned = 0;
    } else if (s->taken > b->len / 2) {
        memmove(b->data, b->data + s->taken, b->len - s->taken);
        b->len -= s->taken;
        s->scanned -= s->taken;
        s->taken = 0;
    }
    if (b->len > s->scanned)
        end = memchr(b->data + s->scanned, '\n', b->len - s->scanned);
    if (end == NULL) {
        s->scanned = b->len;
        return NULL;
    }
    line = b->data + s->taken;
    *len = (size_t)(end - line);
    s->taken = s->scanned = (size_t)(end - b->data) + 1;
    return line;
}

static enum cola_status
subject_send(void *ctx, const json_t *request, struct cola_error *err)
{
    struct cola_subject *s = ctx;
    char *text = json_dumps(request, JSON_COMPACT);
    enum cola_status st;

    if (text == NULL)
        return cola_fail_memory(err);
    cola_buffer_text(&s->requests, text);
    cola_buffer_text(&s->requests, "\n");
    free(text);
    st = cola_buffer_ok(&s->requests, err);
    if (st == COLA_OK)
        push(s);
    return st;
}

static enum cola_status
fail_garbage(const char *what, const char *line, size_t len, struct cola_error *err)
{
    return cola_fail(err, COLA_NOTHING, "the subject prints %s: \"%.*s\"%s", what,
                     len < 60 ? (int)len : 60, line, len < 60 ? "" : " and so on");
}

static enum cola_status
subject_receive(void *ctx, json_t **answer, struct cola_error *err)
{
    struct cola_subject *s = ctx;
    double limit = now() + s->timeout;
    struct cola_error own;
    const char *line;
    size_t len;
    json_t *a;

    while ((line = next_line(s, &len)) == NULL) {
        if (s->out < 0)
            return fail_ended(s, err);
        if (s->answers.len - s->taken > LINE_LIMIT)
            return cola_fail(err, COLA_NOTHING, "the subject prints a line of more than "
                             "%zu bytes", LINE_LIMIT);
        if (!wait_pipes(s, limit))
            return cola_fail(err, COLA_NOTHING, "the subject has not answered for %d s, "
                             "after %zu answers", s->timeout, s->lines);
        if (s->answers.failed)
            return cola_fail_memory(err);
    }
    if (cola_json_parse(line, len, "", &a, &own) != COLA_OK)
        return own.status == COLA_RESOURCE ? cola_fail_memory(err) :
               fail_garbage("what is not JSON", line, len, err);
    if (!json_is_integer(json_object_get(a, "id"))) {
        json_decref(a);
        return fail_garbage("an answer without \"id\"", line, len, err);
    }
    s->lines++;
    *answer = a;
    return COLA_OK;
}

struct cola_asker
cola_subject_asker(struct cola_subject *subject)
{
    return (struct cola_asker){subject_send, subject_receive, subject, 0};
}

enum cola_status
cola_subject_finish(struct cola_subject *s, struct cola_error *err)
{
    double limit = now() + (s->timeout < FINISH_LIMIT ? s->timeout : FINISH_LIMIT);

    cola_pipe_close(&s->in);
    while (s->out >= 0 && s->answers.len == s->taken && wait_pipes(s, limit))
        if (s->answers.failed)
            return cola_fail_memory(err);
    if (s->answers.len > s->taken)
        return fail_garbage("more than was asked for", s->answers.data + s->taken,
                            s->answers.len - s->taken, err);
    return COLA_OK;
}
