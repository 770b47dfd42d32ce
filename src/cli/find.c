/*
 * find.c - models, tasks and chains by the names given on the command line
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "cli/find.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "task/prompt.h"

char *
find_data(void)
{
    const char *places[] = {getenv("COLAREF_DATA"), COLA_PKGDATADIR, COLA_SRCDATADIR};

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (places[i] != NULL && cola_file_is_directory(places[i]))
            return cola_strdup(places[i]);
    return NULL;
}

/* NAME as a path, or as NAME with SUFFIX among what is shipped. */
static enum cola_status
find(const char *what, const char *name, const char *suffix, char **path,
     struct cola_error *err)
{
    char *data, *file;

    if (*name == '\0')
        return cola_fail(err, COLA_INPUT, "the name of the %s is empty", what);
    if (cola_file_exists(name)) {
        *path = cola_strdup(name);
        return *path != NULL ? COLA_OK : cola_fail_memory(err);
    }
    data = strchr(name, '/') == NULL ? find_data() : NULL;
    if (data != NULL) {
        struct cola_buffer b = COLA_BUFFER_EMPTY;

        cola_buffer_printf(&b, "%s/%s%s", data, name, suffix);
        free(data);
        file = b.failed ? NULL : b.data;
        if (file != NULL && cola_file_exists(file)) {
            *path = file;
            return COLA_OK;
        }
        cola_buffer_free(&b);
    }
    return cola_fail(err, COLA_INPUT, "%s: no such %s; \"colaref info\" lists those that "
                     "are shipped", name, what);
}

enum cola_status
find_model(const char *name, char **path, struct cola_error *err)
{
    return find("model", name, "", path, err);
}

enum cola_status
find_task(const char *name, char **path, struct cola_error *err)
{
    return find("task", name, ".jsonl", path, err);
}

enum cola_status
open_model(const char *name, struct cola_model **model, struct cola_error *err)
{
    char *path;
    enum cola_status st = find_model(name, &path, err);

    if (st != COLA_OK)
        return st;
    st = cola_model_open(path, model, err);
    free(path);
    return st;
}

enum cola_status
open_tokenizer(const struct cola_model *model, struct cola_tokenizer **tokenizer,
               struct cola_error *err)
{
    if (model->tokenizer == NULL)
        return cola_fail(err, COLA_INPUT, "%s: no tokenizer.json", model->path);
    return cola_tokenizer_open(model->tokenizer, tokenizer, err);
}

enum cola_status
open_executor(const struct options *o, const struct cola_model *model,
              struct cola_executor **executor, struct cola_error *err)
{
    struct cola_executor *e;
    enum cola_status st = cola_executor_new(o->backend != NULL ? o->backend : "exact",
                                            model, &e, err);

    if (st != COLA_OK)
        return st;
    if (o->kv != NULL)
        st = cola_executor_kv(e, o->kv, err);
    if (st == COLA_OK && o->round != NULL)
        st = cola_executor_round(e, o->round, err);
    if (st != COLA_OK) {
        cola_executor_free(e);
        return st;
    }
    *executor = e;
    return COLA_OK;
}

enum cola_status
read_chain(const char *text, const struct cola_model *model, struct cola_chain *chain,
           struct cola_error *err)
{
    enum cola_status st;

    if (text == NULL) {
        if (model->config.layers > COLA_CHAIN_MAX)
            return cola_fail(err, COLA_INPUT, "%d layers; a chain has at most %d "
                             "positions: name one with -c", model->config.layers,
                             COLA_CHAIN_MAX);
        cola_chain_identity(chain, model->config.layers);
        return COLA_OK;
    }
    st = cola_chain_parse(text, chain, err);
    return st == COLA_OK ? cola_chain_fits(chain, model->config.layers, err) : st;
}

enum cola_status
read_ids(const char *text, int **ids, int *n, struct cola_error *err)
{
    size_t room = 1;
    int count = 0, *list;

    for (const char *c = text; *c != '\0'; c++)
        room += *c == ',';
    list = cola_alloc(room, sizeof *list);
    if (list == NULL)
        return cola_fail_memory(err);
    for (const char *at = text; *text != '\0'; at++) {
        size_t len = strcspn(at, ",");
        char number[16];
        int64_t id;

        if (len < sizeof number) {
            memcpy(number, at, len);
            number[len] = '\0';
        }
        if (len >= sizeof number || !cola_parse_integer(number, 0, INT_MAX, &id)) {
            free(list);
            return cola_fail(err, COLA_INPUT, "token %d is \"%.*s\", must be a number", 
                             count, (int)(len < 40 ? len : 40), at);
        }
        list[count++] = (int)id;
        at += len;
        if (*at == '\0')
            break;
    }
    *ids = list;
    *n = count;
    return COLA_OK;
}

enum cola_status
read_prompt(const struct cola_tokenizer *tokenizer, const char *text, int **ids, int *n,
            struct cola_error *err)
{
    struct cola_ids prompt;
    char *input = NULL;
    size_t len;
    enum cola_status st = COLA_OK;

    if (strcmp(text, "-") == 0) {
        st = cola_read_stdin(&input, &len, err);
        if (st == COLA_OK && strlen(input) != len)
            st = cola_fail(err, COLA_INPUT, "standard input: the prompt contains a NUL");
    }
    if (st == COLA_OK && *(input != NULL ? input : text) == '\0')
        st = cola_fail(err, COLA_INPUT, "the prompt is empty");
    if (st == COLA_OK)
        st = cola_prompt_ids(tokenizer, input != NULL ? input : text, &prompt, err);
    free(input);
    if (st != COLA_OK)
        return st;
    *ids = prompt.ids;
    *n = prompt.n;
    return COLA_OK;
}
