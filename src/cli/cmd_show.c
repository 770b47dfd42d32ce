/*
 * cmd_show.c - a journal for people
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <string.h>

#include "cli/command.h"
#include "record/journal.h"
#include "report/tables.h"

struct reader {
    struct cola_summary *summary;
    struct cola_buffer *b;
    const char *id;             /* the sample to describe; NULL: all */
    int found, ended;
};

static enum cola_status
take(void *ctx, const json_t *value, const char *bytes, size_t len,
     struct cola_error *err)
{
    struct reader *r = ctx;
    const char *id = json_string_value(json_object_get(value, "id"));
    const char *type = json_string_value(json_object_get(value, "type"));
    enum cola_status st = cola_summary_take(r->summary, value, err);

    (void)bytes;
    (void)len;
    r->ended |= type != NULL && strcmp(type, "end") == 0;
    if (st == COLA_OK && r->id != NULL && id != NULL && strcmp(id, r->id) == 0) {
        r->found = 1;
        st = cola_sample_describe(value, r->b, err);
    }
    return st;
}

static enum cola_status
show(const struct options *o, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct reader r = {cola_summary_new(), &b, o->n_words > 1 ? o->words[1] : NULL, 0, 0};
    int torn = 0;
    enum cola_status st = r.summary == NULL ? cola_fail_memory(err) :
                          cola_journal_read(o->words[0], take, &r, &torn, err);

    if (st == COLA_OK && torn)
        say_note("%s: the last line is torn and left out", o->words[0]);
    if (st == COLA_OK && !r.ended)
        say_note("%s: not complete; \"colaref search --resume\" goes on", o->words[0]);
    if (st == COLA_OK && r.id != NULL && !r.found)
        st = cola_fail(err, COLA_INPUT, "%s: no sample is called \"%s\"", o->words[0],
                       r.id);
    if (st == COLA_OK && r.id == NULL) {
        if (o->list || cola_summary_samples(r.summary) <= 100)
            cola_summary_list(r.summary, &b);
        cola_summary_table(r.summary, &b);
    }
    if (st == COLA_OK)
        st = say_result(&b, err);
    cola_buffer_free(&b);
    cola_summary_free(r.summary);
    return st;
}

const struct command command_show = {
    "show", "FILE [ID]", 1, 2,
    "Show a journal, or one sample of it",
    "list quiet", "", show,
};
