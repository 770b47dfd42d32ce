/*
 * cmd_search.c - search a better chain for every sample
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <string.h>

#include "cli/compare.h"
#include "cli/controlling.h"
#include "cli/searching.h"
#include "report/tables.h"

static enum cola_status
take(void *ctx, const json_t *record, struct cola_error *err)
{
    return cola_summary_take(ctx, record, err);
}

static enum cola_status
close_with_table(const struct options *o, const struct searching *s,
                 struct cola_error *err)
{
    struct cola_summary *summary = cola_summary_new();
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st = summary == NULL ? cola_fail_memory(err) :
                          searching_visit(s, take, summary, err);

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

static enum cola_status
search(const struct options *o, struct cola_error *err)
{
    struct searching s;
    enum cola_status st;

    if (o->compare != NULL && o->controls != NULL) {
        say_usage("--controls are of one search: they do not go with --compare");
        return COLA_USAGE;
    }
    if (o->compare != NULL)
        return compare(o, err);
    memset(&s, 0, sizeof s);
    if (o->resume && (o->output == NULL || strcmp(o->output, "-") == 0)) {
        say_usage("--resume needs a journal: -o FILE");
        return COLA_USAGE;
    }
    st = o->controls != NULL ? controlling_check(o, err) : COLA_OK;
    if (st != COLA_OK)
        return st;
    st = study_open(o, &s.study, err);
    if (st == COLA_OK)
        st = searching_preset(o, o->preset != NULL ? o->preset : "cola-2025",
                              s.study.layers, &s.preset, err);
    if (st == COLA_OK)
        st = study_sit(o, s.preset->rules.max_length > s.preset->layers ?
                       s.preset->rules.max_length : s.preset->layers, &s.study, err);
    if (st == COLA_OK) {
        s.path = o->output;
        s.study.header.random = !o->no_random && s.study.table == NULL;
        s.study.header.preset = s.preset;
        st = searching_run(o, &s, err);
    }
    if (st == COLA_OK)
        st = close_with_table(o, &s, err);
    searching_clear(&s);
    study_close(&s.study);
    if (st == COLA_OK && o->controls != NULL && !s.controlled)
        st = controlling_after_search(o, err);
    return st;
}

const struct command command_search = {
    "search", "[MODEL TASK]", 0, 2,
    "Search a better chain of layers for every sample of a task",
    "output compare preset preset-file simulations seed space min-length max-length "
    "judge layers per held format template grade max-tokens sample limit ids levels "
    "shard no-random controls resume explain list backend threads kv quiet",
    "Without -o only the table is kept.  With -o - the journal goes to standard output\n"
    "and the table to standard error.  A recorded table has no verdicts for random\n"
    "chains, so none are judged beside --judge table:FILE.\n",
    search,
};
