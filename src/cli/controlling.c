/*
 * controlling.c - adding controls to a journal, with its search or afterwards
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "cli/controlling.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/controls.h"
#include "record/journal.h"

#define TOGETHER 32             /* samples in progress: what a kill can cost */

/* A journal on its way to having controls. */
struct work {
    struct cola_finished finished;
    struct session session;
    struct options options;             /* as the header says */
    char max_tokens[16];
    struct cola_controls controls;
    struct cola_journal *journal;
    unsigned char *skip;                /* [finished.n] */
};

/* ---- what the header says ------------------------------------------------------- */

static void
read_options(const struct options *o, struct work *w)
{
    const struct cola_finished *f = &w->finished;
    const char *template = cola_finished_text(f, "template");

    w->options = (struct options){.threads = o->threads, .template = o->template};
    w->options.backend = cola_finished_text(f, "backend");
    w->options.kv = cola_finished_text(f, "kv");
    w->options.grade = cola_finished_text(f, "grade");
    w->options.format = cola_finished_text(f, "benchmark");
    /* one from a file must be given again: the journal has its name only */
    if (template != NULL && strncmp(template, "file:", 5) != 0)
        w->options.template = template;
    snprintf(w->max_tokens, sizeof w->max_tokens, "%d", f->max_tokens);
    w->options.max_tokens = w->max_tokens;
}

/* Is the header's member NAME, a text, what THIS is? */
static enum cola_status
must_be(const struct work *w, const char *name, const char *this, struct cola_error *err)
{
    const char *text = cola_finished_text(&w->finished, name);

    if (text != NULL && strcmp(text, this) == 0)
        return COLA_OK;
    return cola_fail(err, COLA_INPUT, "%s: line 1: another %s than this: %.64s, not "
                     "%.64s", w->finished.path, name, text != NULL ? text : "none", this);
}

static enum cola_status
check_header(const struct work *w, struct cola_error *err)
{
    const struct cola_model *model = w->session.model;
    char digest[65];
    enum cola_status st;

    cola_model_digest(model, digest);
    st = must_be(w, "model", digest, err);
    if (st == COLA_OK)
        st = must_be(w, "task", w->session.dataset.digest, err);
    if (st == COLA_OK)
        st = must_be(w, "template", w->session.dataset.template, err);
    if (st == COLA_OK && w->finished.preset->layers != model->config.layers)
        st = cola_fail(err, COLA_INPUT, "%s: line 1: a search over %d layers, the model "
                       "has %d", w->finished.path, w->finished.preset->layers,
                       model->config.layers);
    return st;
}

/* ---- how long it will take ------------------------------------------------------ */

/* Seconds that one chain takes: the ordinary one, on the first samples. */
static enum cola_status
time_a_chain(struct work *w, double *seconds, struct cola_error *err)
{
    struct cola_question questions[8];
    struct cola_verdict verdicts[8];
    struct cola_item items[8];
    struct cola_dataset few = w->session.dataset;
    struct cola_exam_options options = w->session.options;
    struct cola_exam *exam;
    struct cola_judge judge;
    double began;
    enum cola_status st;

    few.items = items;
    few.n = few.n < 8 ? few.n : 8;
    options.max_length = w->finished.preset->layers;
    options.per = COLA_PER_SAMPLE;
    for (size_t i = 0; i < few.n; i++) {
        items[i] = w->session.dataset.items[i];
        questions[i].sample = i;
        cola_chain_identity(&questions[i].chain, options.max_length);
    }
    st = cola_exam_new(w->session.executor, w->session.tokenizer, &few, &options, &exam,
                       err);
    if (st != COLA_OK)
        return st;
    judge = cola_exam_judge(exam);
    began = say_clock();
    st = judge.answer(judge.ctx, questions, verdicts, few.n, err);
    *seconds = (say_clock() - began) / (double)few.n;
    for (size_t i = 0; i < few.n && st == COLA_OK; i++)
        cola_verdict_clear(&verdicts[i]);
    cola_exam_free(exam);
    return st;
}

/* Say how much there is to do, control by control. */
static enum cola_status
estimate(struct work *w, double *chains, struct cola_error *err)
{
    double costs[8] = {0.0}, seconds = 0.0;
    size_t left = 0, wrong = 0;
    char text[32], parts[200] = "";
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < w->finished.n && st == COLA_OK; i++) {
        struct cola_past past;

        if (w->skip[i])
            continue;
        st = cola_past_read(&w->finished, i, &past, err);
        if (st != COLA_OK)
            break;
        left++;
        wrong += past.marks[0] == COLA_WRONG;
        for (size_t k = 0; cola_control_name(k) != NULL; k++)
            costs[k] += cola_controls_cost(&w->controls, &past,
                                           (enum cola_control)(1 << k));
        cola_past_free(&past);
    }
    *chains = 0.0;
    for (size_t k = 0; cola_control_name(k) != NULL; k++)
        if (costs[k] > 0.0) {
            snprintf(parts + strlen(parts), sizeof parts - strlen(parts), "%s%s %.0f",
                     *parts != '\0' ? ", " : "", cola_control_name(k), costs[k]);
            *chains += costs[k];
        }
    if (st == COLA_OK && left > 0)
        st = time_a_chain(w, &seconds, err);
    if (st != COLA_OK || left == 0)
        return st;
    say_duration(text, seconds * *chains);
    say_note("%zu samples, %zu of them wrong: at most %.0f chains (%s), about %s", left,
             wrong, *chains, parts, text);
    return COLA_OK;
}

static void
progress(void *ctx, double judged)
{
    (void)ctx;
    say_progress(judged);
}

/* ---- doing it ------------------------------------------------------------------- */

/* The controls of the samples WHICH [n] together. */
static enum cola_status
control_some(struct work *w, const size_t *which, size_t n, struct cola_error *err)
{
    struct cola_past pasts[TOGETHER] = {{0}};
    struct cola_buffer members[TOGETHER] = {COLA_BUFFER_EMPTY};
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < n && st == COLA_OK; i++)
        st = cola_past_read(&w->finished, which[i], &pasts[i], err);
    if (st == COLA_OK)
        st = cola_controls_make(&w->controls, pasts, n, members, err);
    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        struct cola_buffer b = COLA_BUFFER_EMPTY;

        cola_finished_record(&w->finished, which[i], &members[i], &b);
        st = cola_buffer_ok(&b, err);
        if (st == COLA_OK)
            st = cola_journal_put(w->journal, which[i], b.data, b.len, err);
        cola_buffer_free(&b);
    }
    for (size_t i = 0; i < n; i++) {
        cola_past_free(&pasts[i]);
        cola_buffer_free(&members[i]);
    }
    return st;
}

static enum cola_status
control_all(struct work *w, struct cola_error *err)
{
    size_t which[TOGETHER], n = 0;
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < w->finished.n && st == COLA_OK; i++) {
        if (!w->skip[i])
            which[n++] = i;
        if (n == TOGETHER) {
            st = control_some(w, which, n, err);
            n = 0;
        }
    }
    if (st == COLA_OK && n > 0)
        st = control_some(w, which, n, err);
    return st;
}

static enum cola_status
run(const struct options *o, struct work *w, const char *output, unsigned which,
    struct cola_error *err)
{
    struct cola_finished *f = &w->finished;
    struct cola_buffer header = COLA_BUFFER_EMPTY;
    size_t left = 0;
    double chains;
    enum cola_status st;

    w->controls = (struct cola_controls){
        .finished = f, .executor = w->session.executor,
        .tokenizer = w->session.tokenizer, .task = &w->session.dataset,
        .grader = (enum cola_grader)w->session.options.grade, .which = which,
        .progress = progress,
    };
    cola_controls_header((const char *)f->map.data, f->header_len, which, &header);
    w->skip = cola_alloc(f->n, 1);
    st = w->skip != NULL ? cola_buffer_ok(&header, err) : cola_fail_memory(err);
    if (st == COLA_OK)
        st = cola_controls_begin(&w->controls, err);
    if (st == COLA_OK)
        st = cola_journal_open(output, header.data, (const char *const *)f->ids, f->n,
                               o->resume, w->skip, &w->journal, err);
    cola_buffer_free(&header);
    for (size_t i = 0; i < f->n && st == COLA_OK; i++)
        left += !w->skip[i];
    if (st == COLA_OK && left < f->n)
        say_note("%zu of %zu samples are done already", f->n - left, f->n);
    if (st == COLA_OK)
        st = estimate(w, &chains, err);
    if (st != COLA_OK)
        return st;
    say_begin("chains", chains);
    st = control_all(w, err);
    say_finish();
    return st == COLA_OK ? cola_journal_end(w->journal, err) : st;
}

enum cola_status
controlling(const struct options *o, const char *journal, const char *model,
            const char *task, const char *output, struct cola_error *err)
{
    struct work w;
    unsigned which = COLA_CONTROL_ALL;
    enum cola_status st = o->controls == NULL ? COLA_OK :
                          cola_controls_read(o->controls, &which, err);

    memset(&w, 0, sizeof w);
    if (st == COLA_OK)
        st = cola_finished_open(journal, &w.finished, err);
    if (st != COLA_OK)
        return st;
    read_options(o, &w);
    st = session_open(&w.options, model, &w.session, err);
    if (st == COLA_OK)
        st = session_task(&w.options, task, &w.session, err);
    if (st == COLA_OK)
        st = check_header(&w, err);
    if (st == COLA_OK)
        st = run(o, &w, output, which, err);
    cola_journal_close(w.journal);
    cola_controls_end(&w.controls);
    free(w.skip);
    session_close(&w.session);
    cola_finished_close(&w.finished);
    return st;
}

enum cola_status
controlling_check(const struct options *o, struct cola_error *err)
{
    unsigned which;

    if (o->output == NULL || strcmp(o->output, "-") == 0) {
        say_usage("--controls needs a journal: -o FILE");
        return COLA_USAGE;
    }
    if (o->judge != NULL) {
        say_usage("--controls asks a model: it does not go with --judge");
        return COLA_USAGE;
    }
    if (o->per != NULL && strcmp(o->per, "sample") != 0) {
        say_usage("--controls are of searches that are each about one question, not of "
                  "--per %s", o->per);
        return COLA_USAGE;
    }
    return cola_controls_read(o->controls, &which, err);
}

int
controlling_done(const struct options *o, const char *header, size_t n)
{
    struct cola_buffer want = COLA_BUFFER_EMPTY;
    struct cola_map map;
    char end[64];
    size_t len;
    unsigned which;
    int done = 0;

    if (cola_controls_read(o->controls, &which, NULL) != COLA_OK ||
        !cola_file_exists(o->output) || cola_map_open(o->output, &map, NULL) != COLA_OK)
        return 0;
    snprintf(end, sizeof end, "\n{\"type\":\"end\",\"samples\":%zu}\n", n);
    len = strlen(end);
    cola_controls_header(header, strlen(header), which, &want);
    if (!want.failed && map.size > want.len + len)
        done = memcmp(map.data, want.data, want.len) == 0 &&
               memcmp(map.data + map.size - len, end, len) == 0;
    cola_buffer_free(&want);
    cola_map_close(&map);
    return done;
}

enum cola_status
controlling_after_search(const struct options *o, struct cola_error *err)
{
    struct cola_buffer path = COLA_BUFFER_EMPTY;
    enum cola_status st;

    cola_buffer_printf(&path, "%s.controls", o->output);
    st = cola_buffer_ok(&path, err);
    if (st == COLA_OK)
        st = controlling(o, o->output, o->words[0], o->words[1], path.data, err);
    if (st == COLA_OK && rename(path.data, o->output) != 0)
        st = cola_fail(err, COLA_RESOURCE, "%s: cannot take the place of %s: %s",
                       path.data, o->output, strerror(errno));
    cola_buffer_free(&path);
    return st;
}
