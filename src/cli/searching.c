/*
 * searching.c - searching every sample of a study under one preset
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "cli/searching.h"

#include <stdlib.h>
#include <string.h>

#include "cli/controlling.h"

/* ---- the preset -------------------------------------------------------------- */

enum cola_status
searching_preset(const struct options *o, const char *name, int layers,
                 struct cola_preset **preset, struct cola_error *err)
{
    const struct {
        const char *field, *option, *value;
    } overrides[] = {
        {"simulations", "--simulations", o->simulations},
        {"seed", "--seed", o->seed},
        {"space", "--space", o->space},
        {"min_length", "--min-length", o->min_length},
        {"max_length", "--max-length", o->max_length},
    };
    struct cola_preset *p;
    enum cola_status st = cola_preset_find(name, layers, &p, err);

    if (st != COLA_OK)
        return st;
    if (o->preset_file != NULL)
        st = cola_preset_load(p, o->preset_file, err);
    for (size_t i = 0; i < sizeof overrides / sizeof overrides[0] && st == COLA_OK; i++)
        if (overrides[i].value != NULL)
            st = cola_preset_set(p, overrides[i].field, overrides[i].value,
                                 overrides[i].option, err);
    if (st == COLA_OK)
        st = cola_preset_check(p, err);
    if (st != COLA_OK) {
        cola_preset_free(p);
        return st;
    }
    *preset = p;
    return COLA_OK;
}

/* ---- what happens to a sample that is done ----------------------------------- */

static enum cola_status
keep_text(char **place, const struct cola_buffer *b, struct cola_error *err)
{
    *place = cola_strdup(b->data != NULL ? b->data : "");
    return *place != NULL ? COLA_OK : cola_fail_memory(err);
}

/* Explanations appear in the order of the samples. */
static enum cola_status
explain(struct searching *s, const struct cola_outcome *outcome, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st;

    cola_buffer_printf(&b, "sample %s\n", s->study.ids[outcome->sample]);
    cola_buffer_bytes(&b, outcome->explained->data, outcome->explained->len);
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = keep_text(&s->explained[outcome->sample], &b, err);
    cola_buffer_free(&b);
    for (; st == COLA_OK && s->next_explained < s->study.n &&
           s->explained[s->next_explained] != NULL; s->next_explained++) {
        struct cola_buffer turn = COLA_BUFFER_EMPTY;

        cola_buffer_text(&turn, s->explained[s->next_explained]);
        if (s->path != NULL && strcmp(s->path, "-") == 0)
            say_text(&turn);
        else
            st = say_result(&turn, err);
        cola_buffer_free(&turn);
    }
    return st;
}

static enum cola_status
done(void *ctx, const struct cola_outcome *outcome, struct cola_error *err)
{
    struct searching *s = ctx;
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_about about;
    enum cola_status st;

    study_about(&s->study, outcome->sample, &about);
    cola_record_add(&b, &about, outcome);
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = cola_journal_put(s->journal, outcome->sample, b.data, b.len, err);
    if (st == COLA_OK && s->records != NULL)
        st = keep_text(&s->records[outcome->sample], &b, err);
    cola_buffer_free(&b);
    if (st == COLA_OK && outcome->explained != NULL)
        st = explain(s, outcome, err);
    return st;
}

static void
progress(void *ctx, uint64_t judged)
{
    (void)ctx;
    say_progress((double)judged);
}

/* ---- running ----------------------------------------------------------------- */

/* Say how much there is to do and how long it may take, by judging the
 * ordinary chain on a few samples. */
static enum cola_status
estimate(const struct searching *s, size_t left, double *chains, struct cola_error *err)
{
    struct cola_question questions[8];
    struct cola_verdict verdicts[8];
    size_t n = s->study.n < 8 ? s->study.n : 8;
    double began = say_clock(), seconds;
    char text[32];
    enum cola_status st;

    *chains = (double)left * (1.0 + (double)s->preset->simulations *
                              (s->study.header.random ? 2.0 : 1.0));
    if (left == 0)
        return COLA_OK;
    for (size_t i = 0; i < n; i++) {
        questions[i].sample = i;
        cola_chain_identity(&questions[i].chain, s->preset->layers);
    }
    st = s->study.judge.answer(s->study.judge.ctx, questions, verdicts, n, err);
    if (st != COLA_OK)
        return st;
    for (size_t i = 0; i < n; i++)
        cola_verdict_clear(&verdicts[i]);
    seconds = (say_clock() - began) / (double)n * *chains;
    say_duration(text, seconds);
    say_note("%zu samples, %d simulations each%s: at most %.0f chains, about %s", left,
             s->preset->simulations, s->study.header.random ?
             " and as many random chains" : "", *chains, text);
    return COLA_OK;
}

enum cola_status
searching_run(const struct options *o, struct searching *s, struct cola_error *err)
{
    struct cola_buffer header = COLA_BUFFER_EMPTY;
    unsigned char *skip = cola_alloc(s->study.n, 1);
    size_t left = 0;
    double chains;
    enum cola_status st;

    cola_header_add(&header, &s->study.header);
    st = skip != NULL ? cola_buffer_ok(&header, err) : cola_fail_memory(err);
    if (st == COLA_OK && (s->header = cola_strdup(header.data)) == NULL)
        st = cola_fail_memory(err);
    if (st == COLA_OK && o->explain) {
        s->explained = cola_alloc(s->study.n, sizeof *s->explained);
        st = s->explained != NULL ? COLA_OK : cola_fail_memory(err);
    }
    if (st == COLA_OK && (s->path == NULL || strcmp(s->path, "-") == 0)) {
        s->records = cola_alloc(s->study.n, sizeof *s->records);
        st = s->records != NULL ? COLA_OK : cola_fail_memory(err);
    }
    s->controlled = st == COLA_OK && o->resume && o->controls != NULL &&
                    controlling_done(o, header.data, s->study.n);
    if (s->controlled) {
        say_note("all %zu samples are done already", s->study.n);
        cola_buffer_free(&header);
        free(skip);
        return COLA_OK;
    }
    if (st == COLA_OK)
        st = cola_journal_open(s->path, header.data, s->study.ids, s->study.n, o->resume,
                               skip, &s->journal, err);
    for (size_t i = 0; i < s->study.n && st == COLA_OK; i++) {
        left += !skip[i];
        if (skip[i] && s->explained != NULL)
            s->explained[i] = cola_strdup("");
    }
    if (st == COLA_OK && left < s->study.n)
        say_note("%zu of %zu samples are done already", s->study.n - left, s->study.n);
    if (st == COLA_OK)
        st = estimate(s, left, &chains, err);
    if (st == COLA_OK) {
        struct cola_drive drive = {
            .preset = s->preset, .judge = s->study.judge, .ids = s->study.ids,
            .skip = skip, .n = s->study.n, .random = s->study.header.random,
            .explain = o->explain, .done = done, .progress = progress, .ctx = s,
        };

        say_begin("chains", chains);
        st = cola_drive(&drive, err);
        say_finish();
    }
    if (st == COLA_OK)
        st = cola_journal_end(s->journal, err);
    cola_buffer_free(&header);
    free(skip);
    return st;
}

/* ---- what was found ---------------------------------------------------------- */

struct visit {
    enum cola_status (*take)(void *ctx, const json_t *record, struct cola_error *err);
    void *ctx;
};

static enum cola_status
take_line(void *ctx, const json_t *value, const char *bytes, size_t len,
          struct cola_error *err)
{
    const struct visit *visit = ctx;

    (void)bytes;
    (void)len;
    return visit->take(visit->ctx, value, err);
}

static enum cola_status
take_text(const struct visit *visit, const char *text, struct cola_error *err)
{
    json_t *value;
    enum cola_status st = cola_json_parse(text, strlen(text), "journal", &value, err);

    if (st != COLA_OK)
        return st;
    st = visit->take(visit->ctx, value, err);
    json_decref(value);
    return st;
}

enum cola_status
searching_visit(const struct searching *s,
                enum cola_status (*take)(void *ctx, const json_t *record,
                                         struct cola_error *err),
                void *ctx, struct cola_error *err)
{
    struct visit visit = {take, ctx};
    enum cola_status st;
    int torn;

    if (s->records == NULL)
        return cola_journal_read(s->path, take_line, &visit, &torn, err);
    st = take_text(&visit, s->header, err);
    for (size_t i = 0; i < s->study.n && st == COLA_OK; i++)
        st = take_text(&visit, s->records[i], err);
    return st;
}

void
searching_clear(struct searching *s)
{
    for (size_t i = 0; i < s->study.n; i++) {
        if (s->records != NULL)
            free(s->records[i]);
        if (s->explained != NULL)
            free(s->explained[i]);
    }
    free(s->records);
    free(s->explained);
    free(s->header);
    s->records = s->explained = NULL;
    s->header = NULL;
    s->next_explained = 0;
    cola_journal_close(s->journal);
    s->journal = NULL;
    cola_preset_free(s->preset);
    s->preset = NULL;
}
