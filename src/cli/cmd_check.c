/*
 * cmd_check.c - hold an implementation against vectors
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdlib.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/find.h"
#include "cli/yardstick.h"
#include "oracle/check.h"
#include "oracle/subject.h"

#define A_DAY 86400

/* The vectors that are shipped. */
static enum cola_status
shipped(char **path, struct cola_error *err)
{
    char *data = find_data();

    if (data == NULL)
        return cola_fail(err, COLA_INPUT, "no vectors are installed: name a directory");
    *path = cola_path_join(data, "vectors");
    free(data);
    return *path != NULL ? COLA_OK : cola_fail_memory(err);
}

static enum cola_status
choose(const struct cola_cases *cases, const struct cola_check_options *options,
       struct cola_error *err)
{
    if (cola_check_count(cases, options) > 0)
        return COLA_OK;
    if (options->id != NULL)
        return cola_fail(err, COLA_INPUT, "no case \"%.100s\"%s%.100s", options->id,
                         options->flag != NULL ? " with the flag " : "",
                         options->flag != NULL ? options->flag : "");
    if (options->flag != NULL)
        return cola_fail(err, COLA_INPUT, "no case has the flag \"%.100s\"",
                         options->flag);
    return cola_fail(err, COLA_NOTHING, "the vectors hold no cases");
}

/* What the counts amount to, when whoever was asked answered to the end. */
static enum cola_status
conclude(const struct cola_check_counts *counts, struct cola_error *err)
{
    if (counts->failed > 0)
        return cola_fail(err, COLA_NO, "%zu of %zu cases fail", counts->failed,
                         counts->compared);
    if (counts->compared == 0 && counts->unsupported > 0)
        return cola_fail(err, COLA_UNSUPPORTED, "everything is unsupported");
    if (counts->compared == 0)
        return cola_fail(err, COLA_NOTHING, "nothing was compared");
    return COLA_OK;
}

static enum cola_status
run(const struct options *o, const char *backend, int timeout,
    const struct cola_cases *cases, const struct cola_check_options *options,
    struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_subject *subject = NULL;
    struct cola_asker ourselves = {NULL, NULL, NULL, 0}, asker;
    struct cola_check_counts counts;
    struct cola_error own;
    enum cola_status st, said;

    if (o->subject != NULL) {
        st = cola_subject_start(o->subject, timeout, &subject, err);
        if (st == COLA_OK)
            asker = cola_subject_asker(subject);
    } else {
        st = cola_ourselves_open(backend, "position", NULL, &ourselves, err);
        asker = ourselves;
    }
    if (st != COLA_OK)
        return st;
    say_begin("cases", (double)cola_check_count(cases, options));
    st = cola_check(cases, &asker, options, &counts, &b, err);
    if (st == COLA_OK && subject != NULL)
        st = cola_subject_finish(subject, err);
    cola_subject_free(subject);
    cola_ourselves_close(&ourselves);
    if (st == COLA_OK || st == COLA_NOTHING) {
        said = say_result(&b, &own);
        if (said != COLA_OK)
            st = cola_fail(err, said, "%s", own.text);
    }
    cola_buffer_free(&b);
    return st == COLA_OK ? conclude(&counts, err) : st;
}

static enum cola_status
check(const struct options *o, struct cola_error *err)
{
    const struct cola_check_options options = {o->id, o->flag, say_progress};
    const struct cola_model_source source = {o->model, find_model};
    struct cola_cases *cases = NULL;
    char *path = NULL;
    const char *backend;
    int timeout;
    enum cola_status st;

    if (o->yardstick ? o->subject || o->timeout || o->flag || o->id || o->model ||
                       o->list :
                       o->n_words > 1 || o->n_chains > 0 || o->round || o->limit ||
                       o->ids || o->levels || o->grade || o->max_tokens || o->json) {
        say_usage("some options belong to vectors and some to --yardstick MODEL TASK");
        return COLA_USAGE;
    }
    if (o->yardstick)
        return yardstick(o, err);
    if (o->subject != NULL && o->backend != NULL) {
        say_usage("--backend is ours, --subject is another's");
        return COLA_USAGE;
    }
    st = option_backend(o, &backend, err);
    if (st == COLA_OK)
        st = option_integer("timeout", o->timeout, 1, A_DAY, 60, &timeout, err);
    if (st == COLA_OK && o->n_words == 0)
        st = shipped(&path, err);
    if (st == COLA_OK)
        st = cola_cases_open(path != NULL ? path : o->words[0], &source, &cases, err);
    if (st == COLA_OK)
        st = choose(cases, &options, err);
    if (st == COLA_OK && o->list) {
        struct cola_buffer b = COLA_BUFFER_EMPTY;

        cola_check_list(cases, &options, &b);
        st = say_result(&b, err);
        cola_buffer_free(&b);
    } else if (st == COLA_OK) {
        st = run(o, backend, timeout, cases, &options, err);
    }
    cola_cases_close(cases);
    free(path);
    return st;
}

const struct command command_check = {
    "check", "[DIR] | --yardstick MODEL TASK", 0, 2,
    "Hold an implementation against vectors: ourselves, or a subject",
    "subject timeout backend threads flag id model list yardstick chain round limit ids "
    "levels grade max-tokens json quiet",
    "DIR holds vectors, those that are shipped by default.  CMD is started by the\n"
    "shell and answers requests on its standard input: colaref-subject(7).\n"
    "Ends with status 1 when a case fails, 77 when everything is unsupported, 99 when\n"
    "the subject died, hung or printed what is no answer.\n"
    "With --yardstick: how far the backends are from f64 on a task, and what that\n"
    "decides.  Status 1 when an answer differs that the margin decides.\n",
    check,
};
