/*
 * cmd_export.c - a journal as the files that others train on or compute with
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cli/session.h"
#include "exchange/export.h"

#define TRAINED_ON 2000         /* samples a level that PoLar's trainer slices */

/* ---- the questions --------------------------------------------------------------- */

/* The task that HEADER is about, its prompts as they were. */
static enum cola_status
open_questions(const struct options *o, const json_t *header,
               struct cola_dataset *dataset, struct cola_error *err)
{
    struct options as = *o;
    const char *template = cola_header_text(header, "template", NULL);
    enum cola_status st;

    as.format = cola_header_text(header, "benchmark", NULL);
    if (as.template == NULL)
        as.template = template;
    if (as.template != NULL && strncmp(as.template, "file:", 5) == 0)
        return cola_fail(err, COLA_INPUT, "%s: its prompts are of a template in a file "
                         "(%s): name it by --template @FILE", o->words[0], as.template);
    st = session_questions(&as, o->task, dataset, err);
    if (st != COLA_OK)
        return st;
    if (template != NULL && strcmp(dataset->template, template) != 0) {
        st = cola_fail(err, COLA_INPUT, "%s: searched with template %.60s, not %.60s",
                       o->words[0], template, dataset->template);
        cola_dataset_close(dataset);
    }
    return st;
}

/* ---- files ----------------------------------------------------------------------- */

/* Make every directory of PATH but its last part. */
static enum cola_status
make_directories(char *path, struct cola_error *err)
{
    for (char *at = path + 1; (at = strchr(at, '/')) != NULL; at++) {
        int failed;

        *at = '\0';
        failed = mkdir(path, 0777) != 0 && errno != EEXIST;
        *at = '/';
        if (failed)
            return cola_fail(err, COLA_RESOURCE, "%s: cannot make its directory: %s",
                             path, strerror(errno));
    }
    return COLA_OK;
}

static enum cola_status
write_file(const char *path, const struct cola_buffer *b, struct cola_error *err)
{
    struct cola_appender a;
    enum cola_status st = cola_append_open(path, 1, 0, &a, err);

    if (st != COLA_OK)
        return st;
    st = cola_append(&a, b->data, b->len, err);
    if (st != COLA_OK) {
        (void)!cola_append_close(&a, NULL);
        return st;
    }
    return cola_append_close(&a, err);
}

/* ROOT/NAME/dart-math-diff-N/merged_mcts_samples.json in fresh memory. */
static char *
polar_path(const char *root, const char *name, int level)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    cola_buffer_printf(&b, "%s/%s/dart-math-diff-%d/merged_mcts_samples.json", root, name,
                       level);
    if (b.failed)
        cola_buffer_free(&b);
    return b.data;
}

static enum cola_status
write_polar(const struct options *o, const struct cola_export *x,
            const struct cola_export_files *files, struct cola_error *err)
{
    size_t least = SIZE_MAX;
    enum cola_status st = COLA_OK;

    for (int writing = 0; writing < 2; writing++)
        for (size_t i = 0; i < files->n && st == COLA_OK; i++) {
            char *path = polar_path(o->output, x->model, files->list[i].level);

            if (path == NULL)
                return cola_fail_memory(err);
            if (!writing && cola_file_exists(path))
                st = cola_fail(err, COLA_INPUT, "%s: exists already", path);
            if (writing)
                st = make_directories(path, err);
            if (writing && st == COLA_OK)
                st = write_file(path, &files->list[i].text, err);
            if (writing && st == COLA_OK)
                say_note("%s: %zu samples", path, files->list[i].samples);
            if (files->list[i].samples < least)
                least = files->list[i].samples;
            free(path);
        }
    if (st == COLA_OK && least < TRAINED_ON)
        say_note("PoLar's trainer slices %d samples a level: 1250 to train, 250 to "
                 "choose, 500 to evaluate", TRAINED_ON);
    return st;
}

/* ---- the formats ----------------------------------------------------------------- */

static void
tell(const struct options *o, const struct cola_export *x, const struct cola_exported *c)
{
    int polar = strcmp(o->format, "polar") == 0;

    if (!c->whole)
        say_note("%s: no end record: the search is not finished", o->words[0]);
    if (strcmp(o->format, "csv") == 0)
        return;
    if (c->undecided > 0)
        say_note("%zu undecided chains are neither valid nor invalid", c->undecided);
    if (c->unsaid > 0 && polar)
        say_note("%zu right chains %s", c->unsaid, x->parseable ? "that PoLar's parser "
                 "cannot read are left out" : "are none that PoLar's parser reads: its "
                 "trainer drops them (--parseable)");
    if (c->unsaid > 0 && !polar)
        say_note("of %zu samples the labels execute another chain than the best one, "
                 "since they have no order and go to 2 (--parseable)", c->unsaid);
    if (c->left_out > 0)
        say_note("%zu samples without such a right chain are left out", c->left_out);
    if (c->unlevelled > 0 && polar)
        say_note("%zu samples without level are level 0; PoLar's trainer reads 1 to 5",
                 c->unlevelled);
}

static enum cola_status
append(void *ctx, const struct cola_buffer *b, struct cola_error *err)
{
    return cola_append(ctx, b->data, b->len, err);
}

static enum cola_status
export_csv(const struct options *o, struct cola_exported *counts, struct cola_error *err)
{
    struct cola_appender a;
    enum cola_status st = cola_append_open(o->output != NULL ? o->output : "-", 1, 0, &a,
                                           err), closed;

    if (st != COLA_OK)
        return st;
    st = cola_export_csv(o->words[0], append, &a, counts, err);
    closed = cola_append_close(&a, st == COLA_OK ? err : NULL);
    return st != COLA_OK ? st : closed;
}

static enum cola_status
export_drllm(const struct options *o, const struct cola_export *x,
             struct cola_exported *counts, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st = cola_export_drllm(x, &b, counts, err);

    if (st == COLA_OK)
        st = write_file(o->output != NULL ? o->output : "-", &b, err);
    cola_buffer_free(&b);
    return st;
}

static enum cola_status
export_polar(const struct options *o, const struct cola_export *x,
             struct cola_exported *counts, struct cola_error *err)
{
    struct cola_export_files files = {NULL, 0};
    enum cola_status st = cola_export_polar(x, &files, counts, err);

    if (st == COLA_OK)
        st = write_polar(o, x, &files, err);
    cola_export_files_free(&files);
    return st;
}

/* What the trainer calls the model, a directory for PoLar's. */
static enum cola_status
check_name(const char *name, struct cola_error *err)
{
    for (const char *at = name; *at != '\0'; at += strcspn(at, "/"), at += *at == '/')
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0'))
            return cola_fail(err, COLA_INPUT, "--model-path is \"%.100s\", must not lead "
                             "out of the data's root", name);
    return *name != '\0' && *name != '/' && name[strlen(name) - 1] != '/' ? COLA_OK :
           cola_fail(err, COLA_INPUT, "--model-path is \"%.100s\", must be like "
                     "Qwen/Qwen3-8B", name);
}

static enum cola_status
export_training(const struct options *o, const json_t *header,
                struct cola_exported *counts, struct cola_error *err)
{
    struct cola_dataset dataset = {0};
    char name[32];
    struct cola_export x = {o->words[0], &dataset, o->model_path, o->parseable};
    enum cola_status st;

    if (strcmp(cola_header_text(header, "judge", ""), "model") != 0)
        return cola_fail(err, COLA_INPUT, "%s: no model judged it, so it has no "
                         "questions", o->words[0]);
    if (x.model == NULL) {
        snprintf(name, sizeof name, "model-%.12s", cola_header_text(header, "model", ""));
        x.model = name;
    }
    st = check_name(x.model, err);
    if (st == COLA_OK)
        st = open_questions(o, header, &dataset, err);
    if (st != COLA_OK)
        return st;
    st = strcmp(o->format, "polar") == 0 ? export_polar(o, &x, counts, err) :
         export_drllm(o, &x, counts, err);
    if (st == COLA_OK)
        tell(o, &x, counts);
    cola_dataset_close(&dataset);
    return st;
}

static enum cola_status
export(const struct options *o, struct cola_error *err)
{
    const char *format = o->format != NULL ? o->format : "";
    int csv = strcmp(format, "csv") == 0, polar = strcmp(format, "polar") == 0;
    struct cola_exported counts;
    json_t *header = NULL;
    enum cola_status st;

    if (!csv && !polar && strcmp(format, "drllm") != 0) {
        say_usage("--format polar, drllm or csv is needed");
        return COLA_USAGE;
    }
    if (!csv && o->task == NULL) {
        say_usage("--task TASK is needed: a journal has no questions");
        return COLA_USAGE;
    }
    if (csv && (o->task || o->model_path || o->parseable || o->template)) {
        say_usage("CSV is of the journal alone: --task, --template, --model-path and "
                  "--parseable do not apply");
        return COLA_USAGE;
    }
    if (polar && (o->output == NULL || strcmp(o->output, "-") == 0)) {
        say_usage("-o DIR is needed: the root of PoLar's data");
        return COLA_USAGE;
    }
    st = cola_header_read(o->words[0], &header, err);
    if (st == COLA_OK && csv) {
        st = export_csv(o, &counts, err);
        if (st == COLA_OK)
            tell(o, NULL, &counts);
    } else if (st == COLA_OK) {
        st = export_training(o, header, &counts, err);
    }
    json_decref(header);
    return st;
}

const struct command command_export = {
    "export", "JOURNAL", 1, 1,
    "Write a journal as the files that others train on, or as CSV",
    "format task template model-path parseable output quiet",
    "polar: -o DIR becomes the data root of PoLar's trainer, with a file a level,\n"
    "DIR/NAME/dart-math-diff-N/merged_mcts_samples.json.  drllm: one file for Dr.LLM's.\n"
    "Both need --task, the questions that were searched.  csv: a row for every chain\n"
    "judged.  The formats are in colaref-exchange(5).\n",
    export,
};
