/*
 * session.c - a model sitting a task, opened as the command line says
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "cli/session.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

enum cola_status
session_open(const struct options *o, const char *model, struct session *s,
             struct cola_error *err)
{
    enum cola_status st;

    memset(s, 0, sizeof *s);
    st = option_backend(o, &s->backend, err);
    if (st == COLA_OK)
        st = open_model(model, &s->model, err);
    if (st == COLA_OK)
        st = open_tokenizer(s->model, &s->tokenizer, err);
    if (st == COLA_OK)
        st = open_executor(o, s->model, &s->executor, err);
    return st;
}

/* "I/N": number I, from 1, of N. */
static int
read_shard(const char *text, size_t *shard, size_t *shards)
{
    const char *slash = strchr(text, '/');
    char first[16];
    int64_t i, n;

    if (slash == NULL || (size_t)(slash - text) >= sizeof first)
        return 0;
    memcpy(first, text, (size_t)(slash - text));
    first[slash - text] = '\0';
    if (!cola_parse_integer(first, 1, INT_MAX, &i) ||
        !cola_parse_integer(slash + 1, i, INT_MAX, &n))
        return 0;
    *shard = (size_t)i - 1;
    *shards = (size_t)n;
    return 1;
}

static enum cola_status
refuse_grader(const char *name, struct cola_error *err)
{
    char names[200] = "";

    for (int g = 0; g < COLA_GRADERS; g++) {
        size_t n = strlen(names);

        snprintf(names + n, sizeof names - n, "%s%s", g == 0 ? "" :
                 g < COLA_GRADERS - 1 ? ", " : " or ",
                 cola_grader_name((enum cola_grader)g));
    }
    return cola_fail(err, COLA_INPUT, "--grade is \"%.80s\", must be %s", name, names);
}

/* --per, --held, --grade, --max-tokens, --shard; what is not given of grader and
 * tokens is left to the task: -1 and 0 */
static enum cola_status
read_options(const struct options *o, struct cola_exam_options *x,
             struct cola_error *err)
{
    static const char *const units[] = {"sample", "group", "task"};
    enum cola_grader grader;
    int per = 0;
    enum cola_status st = option_integer("max-tokens", o->max_tokens, 1, 100000, 0,
                                         &x->max_tokens, err);

    if (st != COLA_OK)
        return st;
    while (o->per != NULL && per < 3 && strcmp(o->per, units[per]) != 0)
        per++;
    if (per == 3)
        return cola_fail(err, COLA_INPUT, "--per is \"%s\", must be sample, group or "
                         "task", o->per);
    x->per = (enum cola_per)per;
    x->held = x->per == COLA_PER_SAMPLE ? 0.0 : 0.5;
    if (o->held != NULL &&
        (!cola_parse_real(o->held, &x->held) || x->held < 0.0 || x->held >= 1.0))
        return cola_fail(err, COLA_INPUT, "--held is \"%s\", must be a share from 0 to "
                         "below 1", o->held);
    if (o->held != NULL && x->per == COLA_PER_SAMPLE)
        return cola_fail(err, COLA_INPUT, "--held needs --per group or --per task: of "
                         "one question nothing can be held out");
    x->grade = -1;
    if (o->grade != NULL) {
        if (!cola_grader_find(o->grade, &grader))
            return refuse_grader(o->grade, err);
        x->grade = (int)grader;
    }
    if (o->shard != NULL && !read_shard(o->shard, &x->shard, &x->shards))
        return cola_fail(err, COLA_INPUT, "--shard is \"%s\", must be I/N with I from "
                         "1 to N", o->shard);
    return COLA_OK;
}

enum cola_status
session_questions(const struct options *o, const char *task,
                  struct cola_dataset *dataset, struct cola_error *err)
{
    const struct cola_reading reading = {o->format, o->template};
    char *path;
    enum cola_status st = find_task(task, &path, err);

    if (st != COLA_OK)
        return st;
    st = cola_dataset_open_as(path, &reading, dataset, err);
    free(path);
    return st;
}

/* --levels and --ids choose, --sample draws of these, --limit cuts. */
static enum cola_status
select_questions(const struct options *o, struct cola_dataset *d, struct cola_error *err)
{
    int64_t seed = 42;
    int limit = 0, sample = 0;
    enum cola_status st = option_integer("limit", o->limit, 1, INT_MAX, 0, &limit, err);

    if (st == COLA_OK)
        st = option_integer("sample", o->sample, 1, INT_MAX, 0, &sample, err);
    if (st == COLA_OK && o->sample != NULL && o->seed != NULL &&
        !cola_parse_integer(o->seed, 0, INT64_MAX, &seed))
        st = cola_fail(err, COLA_INPUT, "--seed is \"%.80s\", must be an integer from 0",
                       o->seed);
    if (st == COLA_OK)
        st = cola_dataset_select(d, o->levels, o->ids, 0, err);
    if (st == COLA_OK && sample > 0) {
        struct cola_error own;

        st = cola_dataset_sample(d, (size_t)sample, (uint64_t)seed, &own);
        if (st != COLA_OK)
            cola_fail(err, st, "--sample: %s", own.text);
    }
    return st == COLA_OK ? cola_dataset_select(d, NULL, NULL, (size_t)limit, err) : st;
}

enum cola_status
session_task(const struct options *o, const char *task, struct session *s,
             struct cola_error *err)
{
    enum cola_status st = read_options(o, &s->options, err);

    if (st == COLA_OK)
        st = session_questions(o, task, &s->dataset, err);
    if (st == COLA_OK && s->dataset.dropped > 0)
        say_note("%s: %zu rows that repeat a question are left out", task,
                 s->dataset.dropped);
    if (st == COLA_OK)
        st = select_questions(o, &s->dataset, err);
    if (s->options.grade < 0)
        s->options.grade = s->dataset.grade;
    if (s->options.max_tokens == 0)
        s->options.max_tokens = s->dataset.max_tokens;
    return st;
}

enum cola_status
session_sit(const struct options *o, const char *task, int max_length,
            struct session *s, struct cola_error *err)
{
    enum cola_status st = session_task(o, task, s, err);

    s->options.max_length = max_length;
    if (st == COLA_OK)
        st = cola_exam_new(s->executor, s->tokenizer, &s->dataset, &s->options, &s->exam,
                           err);
    if (st == COLA_OK && s->model->config.positions > 0 &&
        cola_exam_tokens(s->exam) > s->model->config.positions)
        say_note("questions and answers take up to %d tokens, the model was made for %d",
                 cola_exam_tokens(s->exam), s->model->config.positions);
    return st;
}

void
session_close(struct session *s)
{
    cola_exam_free(s->exam);
    cola_dataset_close(&s->dataset);
    cola_executor_free(s->executor);
    cola_tokenizer_free(s->tokenizer);
    cola_model_close(s->model);
}
