/*
 * cmd_search.c - search a better chain for every sample
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdlib.h>
#include <string.h>

#include "cli/study.h"
#include "record/journal.h"
#include "report/tables.h"

/* A study in which every sample is searched. */
struct searches {
    struct study study;
    struct cola_preset *preset;
    struct cola_journal *journal;
    const char *path;                   /* NULL: none; "-": standard output */
    char **records;                     /* [n] kept where no file can be read back */
    char **explained;                   /* [n] waiting for their turn */
    size_t next_explained;
};

/* ---- the preset ------------------------------------------------------------------ */

static enum cola_status
make_preset(const struct options *o, int layers, struct cola_preset **preset,
            struct cola_error *err)
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
    enum cola_status st = cola_preset_find(o->preset != NULL ? o->preset : "cola-2025",
                                           layers, &p, err);

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

/* ---- what happens to a sample that is done ------------------------------------------ */

static enum cola_status
keep_text(char **place, const struct cola_buffer *b, struct cola_error *err)
{
    *place = cola_strdup(b->data != NULL ? b->data : "");
    return *place != NULL ? COLA_OK : cola_fail_memory(err);
}

/* Explanations appear in the order of the samples. */
static enum cola_status
explain(struct searches *s, const struct cola_outcome *outcome, struct cola_error *err)
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
    struct searches *s = ctx;
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st;

    cola_record_add(&b, s->study.ids[outcome->sample],
                    study_level(&s->study, outcome->sample),
                    study_prompt(&s->study, outcome->sample), outcome);
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

/* ---- the closing table ---------------------------------------------------------------- */

static enum cola_status
take(void *ctx, const json_t *value, const char *bytes, size_t len,
     struct cola_error *err)
{
    (void)bytes;
    (void)len;
    return cola_summary_take(ctx, value, err);
}

static enum cola_status
take_text(struct cola_summary *summary, const char *text, struct cola_error *err)
{
    json_t *value;
    enum cola_status st = cola_json_parse(text, strlen(text), "journal", &value, err);

    if (st != COLA_OK)
        return st;
    st = cola_summary_take(summary, value, err);
    json_decref(value);
    return st;
}

static enum cola_status
close_with_table(const struct options *o, struct searches *s, const char *header,
                 struct cola_error *err)
{
    struct cola_summary *summary = cola_summary_new();
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    int torn;
    enum cola_status st = summary == NULL ? cola_fail_memory(err) : COLA_OK;

    if (st == COLA_OK && s->records == NULL)
        st = cola_journal_read(s->path, take, summary, &torn, err);
    if (st == COLA_OK && s->records != NULL)
        st = take_text(summary, header, err);
    for (size_t i = 0; s->records != NULL && i < s->study.n && st == COLA_OK; i++)
        st = take_text(summary, s->records[i], err);
    if (st == COLA_OK) {
        if (o->list || s->study.n <= 100)
            cola_summary_list(summary, &b);
        cola_summary_table(summary, &b);
        if (s->path != NULL && strcmp(s->path, "-") == 0)
            say_text(&b);
        else
            st = say_result(&b, err);
    }
    cola_buffer_free(&b);
    cola_summary_free(summary);
    return st;
}

/* ---- running --------------------------------------------------------------------------- */

/* Say how much there is to do and how long it may take, by judging the
 * ordinary chain on a few samples. */
static enum cola_status
estimate(const struct searches *s, size_t left, double *chains, struct cola_error *err)
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

static enum cola_status
run_searches(const struct options *o, struct searches *s, struct cola_error *err)
{
    struct cola_buffer header = COLA_BUFFER_EMPTY;
    unsigned char *skip = cola_alloc(s->study.n, 1);
    size_t left = 0;
    double chains;
    enum cola_status st;

    cola_header_add(&header, &s->study.header);
    st = skip != NULL ? cola_buffer_ok(&header, err) : cola_fail_memory(err);
    if (st == COLA_OK && o->explain) {
        s->explained = cola_alloc(s->study.n, sizeof *s->explained);
        st = s->explained != NULL ? COLA_OK : cola_fail_memory(err);
    }
    if (st == COLA_OK && (s->path == NULL || strcmp(s->path, "-") == 0)) {
        s->records = cola_alloc(s->study.n, sizeof *s->records);
        st = s->records != NULL ? COLA_OK : cola_fail_memory(err);
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
            .preset = s->preset, .judge = s->study.judge, .ids = s->study.ids, .skip = skip,
            .n = s->study.n, .random = s->study.header.random, .explain = o->explain,
            .done = done, .progress = progress, .ctx = s,
        };

        say_begin("chains", chains);
        st = cola_drive(&drive, err);
        say_finish();
    }
    if (st == COLA_OK)
        st = cola_journal_end(s->journal, err);
    if (st == COLA_OK)
        st = close_with_table(o, s, header.data, err);
    cola_buffer_free(&header);
    free(skip);
    return st;
}

static void
searches_close(struct searches *s)
{
    for (size_t i = 0; i < s->study.n; i++) {
        if (s->records != NULL)
            free(s->records[i]);
        if (s->explained != NULL)
            free(s->explained[i]);
    }
    free(s->records);
    free(s->explained);
    cola_journal_close(s->journal);
    cola_preset_free(s->preset);
    study_close(&s->study);
}

static enum cola_status
search(const struct options *o, struct cola_error *err)
{
    struct searches s;
    enum cola_status st;

    memset(&s, 0, sizeof s);
    if (o->resume && (o->output == NULL || strcmp(o->output, "-") == 0)) {
        say_usage("--resume needs a journal: -o FILE");
        return COLA_USAGE;
    }
    st = study_open(o, &s.study, err);
    if (st == COLA_OK)
        st = make_preset(o, s.study.layers, &s.preset, err);
    if (st == COLA_OK)
        st = study_sit(o, s.preset->rules.max_length > s.preset->layers ?
                       s.preset->rules.max_length : s.preset->layers, &s.study, err);
    if (st == COLA_OK) {
        s.path = o->output;
        s.study.header.random = !o->no_random && s.study.table == NULL;
        s.study.header.preset = s.preset;
        st = run_searches(o, &s, err);
    }
    searches_close(&s);
    return st;
}

const struct command command_search = {
    "search", "[MODEL TASK]", 0, 2,
    "Search a better chain of layers for every sample of a task",
    "output preset preset-file simulations seed space min-length max-length judge "
    "layers per held grade max-tokens limit ids levels shard no-random resume explain "
    "list backend threads kv quiet",
    "Without -o only the table is kept.  With -o - the journal goes to standard output\n"
    "and the table to standard error.  A recorded table has no verdicts for random\n"
    "chains, so none are judged beside --judge table:FILE.\n",
    search,
};
