/*
 * cmd_vectors.c - write conformance vectors
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/find.h"
#include "oracle/vectors.h"

static enum cola_status
write_model(const char *dir, const char *name, const char *task, struct cola_error *err)
{
    struct cola_dataset dataset = {0};
    char *model = NULL, *path = NULL;
    const char *base;
    enum cola_status st = find_model(name, &model, err);

    if (st == COLA_OK && task != NULL)
        st = find_task(task, &path, err);
    if (st == COLA_OK && path != NULL)
        st = cola_dataset_open(path, &dataset, err);
    if (st == COLA_OK) {
        while (strlen(model) > 1 && model[strlen(model) - 1] == '/')
            model[strlen(model) - 1] = '\0';
        base = strrchr(model, '/') != NULL ? strrchr(model, '/') + 1 : model;
        say_note("%s ...", base);
        st = cola_vectors_model(dir, base, model, path != NULL ? &dataset : NULL, err);
    }
    cola_dataset_close(&dataset);
    free(model);
    free(path);
    return st;
}

static enum cola_status
vectors(const struct options *o, struct cola_error *err)
{
    static const struct {
        const char *model, *task;
    } shipped[] = {
        {"tiny", "register"}, {"tiny-4", "register-4"}, {"corner", NULL},
    };
    const char *dir = o->words[0];
    enum cola_status st = COLA_OK;

    if (o->task != NULL && o->for_model == NULL) {
        say_usage("--task goes with --for");
        return COLA_USAGE;
    }
    if (!cola_file_is_directory(dir))
        return cola_fail(err, COLA_INPUT, "%s: no such directory", dir);
    if (o->for_model != NULL)
        return write_model(dir, o->for_model, o->task, err);
    say_note("plain ...");
    st = cola_vectors_plain(dir, err);
    for (size_t i = 0; i < sizeof shipped / sizeof shipped[0] && st == COLA_OK; i++)
        st = write_model(dir, shipped[i].model, shipped[i].task, err);
    return st;
}

const struct command command_vectors = {
    "vectors", "DIR", 1, 1,
    "Write conformance vectors into a directory",
    "for task quiet",
    "Without --for, those of the shipped models and of what needs no model; files that\n"
    "exist are not overwritten.  See colaref-vectors(5) and \"colaref check\".\n",
    vectors,
};
