/*
 * cmd_info.c - what a model is, or which models and tasks are shipped
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/number.h"
#include "cli/command.h"
#include "cli/find.h"

/* What a run of L positions over T tokens holds in float32: keys and values of
 * every position, the rest being small beside. */
static double
run_bytes(const struct cola_config *c, double positions, double tokens)
{
    return 2.0 * 4.0 * positions * tokens * (double)c->kv_heads * (double)c->head_dim;
}

static void
add_size(struct cola_buffer *b, double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    int u = 0;

    for (; bytes >= 1000.0 && u < 4; u++)
        bytes /= 1000.0;
    cola_buffer_printf(b, u == 0 ? "%.0f %s" : "%.2f %s", bytes, units[u]);
}

/* The dtype that holds most of the model. */
static const char *
main_dtype(const struct cola_model *m)
{
    return cola_dtype_name(m->layers[0].q->dtype);
}

static void
describe(const struct cola_model *m, struct cola_buffer *b)
{
    const struct cola_config *c = &m->config;
    char digest[65], theta[32];

    cola_model_digest(m, digest);
    cola_print_f64(theta, c->rope_theta);
    cola_buffer_printf(b, "family      %s\n", cola_family_name(c->family));
    cola_buffer_printf(b, "layers      %d\n", c->layers);
    cola_buffer_printf(b, "width       %d, hidden %d\n", c->width, c->hidden);
    cola_buffer_printf(b, "heads       %d of %d channels, keys and values %d\n",
                       c->heads, c->head_dim, c->kv_heads);
    cola_buffer_printf(b, "vocabulary  %d, head %s\n", c->vocabulary,
                       m->head == m->embed ? "tied" : "its own");
    cola_buffer_printf(b, "rope theta  %s, trained on %d positions\n", theta,
                       c->positions);
    cola_buffer_printf(b, "parameters  %" PRIu64 " in %s, ", cola_model_parameters(m),
                       main_dtype(m));
    add_size(b, (double)cola_model_bytes(m));
    cola_buffer_text(b, "\nmemory      ");
    add_size(b, 2.0 * (double)cola_model_bytes(m));
    cola_buffer_text(b, " for the weights (mapped and packed), ");
    add_size(b, run_bytes(c, c->layers, 1.0));
    cola_buffer_text(b, " a token of an ordinary run\n");
    cola_buffer_printf(b, "tokenizer   %s\n", m->tokenizer != NULL ? "tokenizer.json" :
                       "none");
    cola_buffer_printf(b, "digest      %s\n", digest);
}

static void
describe_json(const struct cola_model *m, struct cola_buffer *b)
{
    const struct cola_config *c = &m->config;
    char digest[65], theta[32], eps[32];

    cola_model_digest(m, digest);
    cola_print_f64(theta, c->rope_theta);
    cola_print_f64(eps, c->norm_eps);
    cola_buffer_printf(b, "{\"family\":\"%s\",\"layers\":%d,\"width\":%d,\"hidden\":%d,"
                       "\"heads\":%d,\"kv_heads\":%d,\"head_dim\":%d,\"vocabulary\":%d,"
                       "\"tied\":%s,\"rope_theta\":%s,\"norm_eps\":%s,\"positions\":%d,"
                       "\"bos\":%d,\"eos\":", cola_family_name(c->family), c->layers,
                       c->width, c->hidden, c->heads, c->kv_heads, c->head_dim,
                       c->vocabulary, m->head == m->embed ? "true" : "false", theta, eps,
                       c->positions, c->bos);
    cola_json_add_integers(b, c->eos, c->n_eos);
    cola_buffer_printf(b, ",\"parameters\":%" PRIu64 ",\"dtype\":\"%s\",\"bytes\":%"
                       PRIu64 ",\"memory_weights\":%.0f,\"memory_token\":%.0f,"
                       "\"tokenizer\":%s,\"digest\":\"%s\"}\n", cola_model_parameters(m),
                       main_dtype(m), cola_model_bytes(m),
                       2.0 * (double)cola_model_bytes(m), run_bytes(c, c->layers, 1.0),
                       m->tokenizer != NULL ? "true" : "false", digest);
}

/* ---- what is shipped --------------------------------------------------------------- */

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names under DIR that are models (directories with a config.json) or tasks
 * (.jsonl files), sorted, after TITLE. */
static enum cola_status
list(const char *dir, const char *title, int models, struct cola_buffer *b,
     struct cola_error *err)
{
    struct dirent *entry;
    char **names = NULL;
    size_t n = 0;
    DIR *d = opendir(dir);
    enum cola_status st = COLA_OK;

    if (d == NULL)
        return cola_fail(err, COLA_INPUT, "%s: %s", dir, strerror(errno));
    while (st == COLA_OK && (entry = readdir(d)) != NULL) {
        size_t len = strlen(entry->d_name);
        int task = len > 6 && strcmp(entry->d_name + len - 6, ".jsonl") == 0;
        struct cola_buffer path = COLA_BUFFER_EMPTY;
        int wanted = task;

        cola_buffer_printf(&path, "%s/%s/config.json", dir, entry->d_name);
        if (models)
            wanted = path.data != NULL && entry->d_name[0] != '.' &&
                     cola_file_exists(path.data);
        cola_buffer_free(&path);
        if (wanted) {
            char **more = cola_realloc(names, n + 1, sizeof *names);

            if (more != NULL)
                names = more;
            if (more == NULL || (names[n] = cola_strdup(entry->d_name)) == NULL)
                st = cola_fail_memory(err);
            else if (names[n][0] != '\0' && !models)
                names[n][len - 6] = '\0';
            n += st == COLA_OK;
        }
    }
    closedir(d);
    if (n > 0)
        qsort(names, n, sizeof *names, by_text);
    cola_buffer_text(b, title);
    for (size_t i = 0; i < n; i++) {
        cola_buffer_printf(b, " %s", names[i]);
        free(names[i]);
    }
    cola_buffer_text(b, "\n");
    free(names);
    return st;
}

static enum cola_status
shipped(struct cola_buffer *b, struct cola_error *err)
{
    char *data = find_data();
    enum cola_status st;

    if (data == NULL)
        return cola_fail(err, COLA_INPUT, "the shipped models are not where this program "
                         "was built or installed to find them; COLAREF_DATA may say "
                         "where");
    st = list(data, "models", 1, b, err);
    if (st == COLA_OK)
        st = list(data, "tasks ", 0, b, err);
    cola_buffer_printf(b, "in      %s\n", data);
    free(data);
    return st;
}

static enum cola_status
info(const struct options *o, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_model *model = NULL;
    enum cola_status st;

    if (o->n_words == 0) {
        st = shipped(&b, err);
    } else {
        st = open_model(o->words[0], &model, err);
        if (st == COLA_OK)
            (o->json ? describe_json : describe)(model, &b);
    }
    if (st == COLA_OK)
        st = say_result(&b, err);
    cola_buffer_free(&b);
    cola_model_close(model);
    return st;
}

const struct command command_info = {
    "info", "[MODEL]", 0, 1,
    "Describe a model, or list the models and tasks that are shipped",
    "json quiet", "", info,
};
