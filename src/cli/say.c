/*
 * say.c - messages, progress, exit status
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "cli/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int quiet;
static const char *command;

static struct {
    const char *what;
    double total, began, said;
    int shown;                  /* a line stands on the terminal */
} progress;

void
say_quiet(void)
{
    quiet = 1;
}

void
say_command(const char *name)
{
    command = name;
}

/* Take the progress line away before anything else is said. */
static void
wipe(void)
{
    if (progress.shown)
        fputs("\r\033[K", stderr);
    progress.shown = 0;
}

static void
say(const char *format, va_list ap)
{
    wipe();
    fputs("colaref", stderr);
    if (command != NULL)
        fprintf(stderr, " %s", command);
    fputs(": ", stderr);
    vfprintf(stderr, format, ap);
    fputs("\n", stderr);
}

void
say_usage(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    say(format, ap);
    va_end(ap);
    fprintf(stderr, "Try \"colaref%s%s --help\".\n", command != NULL ? " " : "",
            command != NULL ? command : "");
}

static void
say_plain(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    say(format, ap);
    va_end(ap);
}

void
say_error(const struct cola_error *err)
{
    say_plain("%s", err->text);
}

void
say_note(const char *format, ...)
{
    va_list ap;

    if (quiet)
        return;
    va_start(ap, format);
    say(format, ap);
    va_end(ap);
}

void
say_text(const struct cola_buffer *b)
{
    wipe();
    if (b->len > 0)
        fwrite(b->data, 1, b->len, stderr);
}

enum cola_status
say_result(const struct cola_buffer *b, struct cola_error *err)
{
    enum cola_status st = cola_buffer_ok(b, err);

    if (st != COLA_OK)
        return st;
    wipe();
    if ((b->len > 0 && fwrite(b->data, 1, b->len, stdout) != b->len) ||
        fflush(stdout) != 0)
        return cola_fail(err, COLA_RESOURCE, "standard output: write failed: %s",
                         strerror(errno));
    return COLA_OK;
}

enum cola_status
say_ended(struct cola_error *err)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return cola_fail(err, COLA_RESOURCE, "standard output: write failed");
    return COLA_OK;
}

double
say_clock(void)
{
    struct timespec t;

    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
        return 0.0;
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void
say_duration(char text[32], double seconds)
{
    if (seconds < 120.0)
        snprintf(text, 32, "%.0f s", seconds);
    else if (seconds < 7200.0)
        snprintf(text, 32, "%.0f min", seconds / 60.0);
    else
        snprintf(text, 32, "%.1f h", seconds / 3600.0);
}

void
say_begin(const char *what, double total)
{
    progress.what = what;
    progress.total = total;
    progress.began = progress.said = say_clock();
    progress.shown = 0;
}

void
say_progress(double done)
{
    double now = say_clock(), ran = now - progress.began, rate;
    int terminal = isatty(STDERR_FILENO);
    char left[32];

    if (quiet || done <= 0.0 || ran < 2.0 ||
        now - progress.said < (terminal ? 0.2 : 60.0))
        return;
    progress.said = now;
    rate = done / ran;
    say_duration(left, done < progress.total ? (progress.total - done) / rate : 0.0);
    fprintf(stderr, "%scolaref%s%s: %.0f of at most %.0f %s, %.0f a second, %s left%s",
            terminal ? "\r" : "", command != NULL ? " " : "",
            command != NULL ? command : "", done, progress.total, progress.what, rate,
            left, terminal ? "\033[K" : "\n");
    fflush(stderr);
    progress.shown = terminal;
}

void
say_finish(void)
{
    wipe();
}
