/*
 * model.c - a checkpoint directory becomes named tensors
 *
 * The configuration says which tensors there must be and of which shape; the
 * file says which there are.  The two must agree exactly.  A missing tensor
 * cannot be computed with, and one too many - a bias, a norm of another
 * family - means that the computation we know is not the one this checkpoint
 * was trained for.  Both are refused by name.
 *
 * What a family consists of is data: the table of a block's tensors below.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "model/model.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/parallel.h"

#define EMBED "model.embed_tokens.weight"
#define HEAD "lm_head.weight"
#define NORM "model.norm.weight"

/* The sizes a shape is made of. */
enum size { NONE, WIDTH, QUERIES, KEYS, HIDDEN, VOCABULARY };

/* model.layers.N.NAME.weight; a shape with NONE for columns has rank 1. */
static const struct role {
    const char *name;
    size_t member;                      /* of struct cola_layer */
    enum size rows, columns;
} roles[] = {
    {"input_layernorm", offsetof(struct cola_layer, norm1), WIDTH, NONE},
    {"self_attn.q_proj", offsetof(struct cola_layer, q), QUERIES, WIDTH},
    {"self_attn.k_proj", offsetof(struct cola_layer, k), KEYS, WIDTH},
    {"self_attn.v_proj", offsetof(struct cola_layer, v), KEYS, WIDTH},
    {"self_attn.o_proj", offsetof(struct cola_layer, o), WIDTH, QUERIES},
    {"post_attention_layernorm", offsetof(struct cola_layer, norm2), WIDTH, NONE},
    {"mlp.gate_proj", offsetof(struct cola_layer, gate), HIDDEN, WIDTH},
    {"mlp.up_proj", offsetof(struct cola_layer, up), HIDDEN, WIDTH},
    {"mlp.down_proj", offsetof(struct cola_layer, down), WIDTH, HIDDEN},
};

#define ROLES (sizeof roles / sizeof roles[0])

static size_t
size_of(const struct cola_config *c, enum size size)
{
    switch (size) {
    case NONE:
        break;
    case WIDTH:
        return (size_t)c->width;
    case QUERIES:
        return (size_t)c->heads * (size_t)c->head_dim;
    case KEYS:
        return (size_t)c->kv_heads * (size_t)c->head_dim;
    case HIDDEN:
        return (size_t)c->hidden;
    case VOCABULARY:
        return (size_t)c->vocabulary;
    }
    return 1;
}

/* The member of LAYER that ROLE describes. */
static const struct cola_tensor **
slot(struct cola_layer *layer, const struct role *role)
{
    return (const struct cola_tensor **)(void *)((char *)layer + role->member);
}

/* Rotary frequencies, which older converters stored though they follow from
 * the configuration. */
static int
is_redundant(const char *name)
{
    static const char suffix[] = "rotary_emb.inv_freq";
    size_t n = strlen(name), k = sizeof suffix - 1;

    return n >= k && strcmp(name + n - k, suffix) == 0;
}

/* ---- the directory -------------------------------------------------------- */

static int
has(const char *dir, const char *name)
{
    char *path = cola_path_join(dir, name);
    int found = path != NULL && cola_file_exists(path);

    free(path);
    return found;
}

/* Is there everything a model consists of?  If not, say what is there. */
static enum cola_status
check_directory(const char *path, struct cola_error *err)
{
    if (!cola_file_exists(path))
        return cola_fail(err, COLA_INPUT, "%s: no such directory", path);
    if (!cola_file_is_directory(path))
        return cola_fail(err, COLA_INPUT, "%s: not a directory (a model is a directory "
                         "with config.json and model.safetensors)", path);
    if (!has(path, "config.json"))
        return cola_fail(err, COLA_INPUT, "%s: has no config.json", path);
    if (has(path, "model.safetensors"))
        return COLA_OK;
    if (has(path, "model.safetensors.index.json"))
        return cola_fail(err, COLA_INPUT, "%s: has no model.safetensors; checkpoints in "
                         "several files (model.safetensors.index.json) are not supported "
                         "yet", path);
    return cola_fail(err, COLA_INPUT, "%s: has no model.safetensors", path);
}

static enum cola_status
read_json(const char *dir, const char *name,
          enum cola_status (*read)(const json_t *, const char *, struct cola_config *,
                                   struct cola_error *),
          struct cola_config *config, struct cola_error *err)
{
    char *path = cola_path_join(dir, name);
    json_t *value = NULL;
    enum cola_status status;

    if (path == NULL)
        return cola_fail_memory(err);
    status = cola_json_load(path, &value, err);
    if (status == COLA_OK)
        status = read(value, path, config, err);
    json_decref(value);
    free(path);
    return status;
}

static enum cola_status
read_config(struct cola_model *m, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status status =
        read_json(m->path, "config.json", cola_config_read, &m->config, err);

    if (status == COLA_OK && has(m->path, "generation_config.json"))
        status = read_json(m->path, "generation_config.json", cola_config_read_generation,
                           &m->config, err);
    if (status)
        return status;
    cola_config_canonical(&m->config, &b);
    status = cola_buffer_ok(&b, err);
    m->identity = b.data;
    return status;
}

/* ---- tensors -------------------------------------------------------------- */

/* The file while its tensors are given to their places. */
struct binder {
    struct cola_model *model;
    char *path;                         /* model.safetensors, for messages */
    unsigned char *used;                /* by the file's number of a tensor */
    size_t *bad;                        /* its first element that is no number */
};

static enum cola_status
bind(struct binder *b, const char *name, enum size rows, enum size columns,
     const struct cola_tensor **place, struct cola_error *err)
{
    const struct cola_config *c = &b->model->config;
    const struct cola_tensor *t = cola_safetensors_find(b->model->file, name);
    size_t want[2] = {size_of(c, rows), size_of(c, columns)};
    int rank = columns == NONE ? 1 : 2;

    if (t == NULL)
        return cola_fail(err, COLA_INPUT, "%s: tensor \"%s\" is missing", b->path, name);
    if (t->rank != rank)
        return cola_fail(err, COLA_INPUT, "%s: tensor \"%s\" has %d dimensions, must "
                         "have %d", b->path, name, t->rank, rank);
    if (rank == 1 && t->shape[0] != want[0])
        return cola_fail(err, COLA_INPUT, "%s: tensor \"%s\" has shape [%zu], "
                         "config.json implies [%zu]", b->path, name, t->shape[0],
                         want[0]);
    if (t->shape[0] != want[0] || t->shape[1] != want[1])
        return cola_fail(err, COLA_INPUT, "%s: tensor \"%s\" has shape [%zu, %zu], "
                         "config.json implies [%zu, %zu]", b->path, name, t->shape[0],
                         t->shape[1], want[0], want[1]);
    b->used[t - cola_safetensors_tensor(b->model->file, 0)] = 1;
    *place = t;
    return COLA_OK;
}

/*
 * Embedding and head.  A tied model has one matrix for both, stored under
 * either name; stored under both it must be the same, or the file contradicts
 * the configuration and nobody can say which was meant.
 */
static enum cola_status
bind_ends(struct binder *b, struct cola_error *err)
{
    struct cola_model *m = b->model;
    int has_embed = cola_safetensors_find(m->file, EMBED) != NULL;
    int has_head = cola_safetensors_find(m->file, HEAD) != NULL;
    const char *embed = m->config.tied && !has_embed && has_head ? HEAD : EMBED;
    enum cola_status status;

    if ((status = bind(b, NORM, WIDTH, NONE, &m->norm, err)) ||
        (status = bind(b, embed, VOCABULARY, WIDTH, &m->embed, err)))
        return status;
    m->head = m->embed;
    if (!m->config.tied || (has_embed && has_head))
        if ((status = bind(b, HEAD, VOCABULARY, WIDTH, &m->head, err)))
            return status;
    if (!m->config.tied || m->head == m->embed)
        return COLA_OK;
    if (m->head->dtype != m->embed->dtype ||
        memcmp(m->head->data, m->embed->data, cola_tensor_bytes(m->embed)) != 0)
        return cola_fail(err, COLA_INPUT, "%s: \"" HEAD "\" differs from \"" EMBED "\", "
                         "but config.json says that they are tied", b->path);
    m->head = m->embed;
    return COLA_OK;
}

static enum cola_status
bind_layers(struct binder *b, struct cola_error *err)
{
    struct cola_model *m = b->model;

    m->layers = cola_alloc((size_t)m->config.layers, sizeof *m->layers);
    if (m->layers == NULL)
        return cola_fail_memory(err);
    for (int i = 0; i < m->config.layers; i++)
        for (size_t j = 0; j < ROLES; j++) {
            char name[80];
            enum cola_status status;

            snprintf(name, sizeof name, "model.layers.%d.%s.weight", i, roles[j].name);
            status = bind(b, name, roles[j].rows, roles[j].columns,
                          slot(&m->layers[i], &roles[j]), err);
            if (status)
                return status;
        }
    return COLA_OK;
}

static enum cola_status
check_unexpected(const struct binder *b, struct cola_error *err)
{
    for (size_t i = 0; i < cola_safetensors_count(b->model->file); i++) {
        const char *name = cola_safetensors_tensor(b->model->file, i)->name;

        if (!b->used[i] && !is_redundant(name))
            return cola_fail(err, COLA_INPUT, "%s: unexpected tensor \"%.100s\": a %s "
                             "model of %d layers has none of this name", b->path, name,
                             cola_family_name(b->model->config.family),
                             b->model->config.layers);
    }
    return COLA_OK;
}

static void
scan(void *ctx, size_t i, int worker)
{
    struct binder *b = ctx;

    (void)worker;
    b->bad[i] = SIZE_MAX;
    if (b->used[i])
        b->bad[i] = cola_tensor_nonfinite(cola_safetensors_tensor(b->model->file, i));
}

static enum cola_status
check_finite(struct binder *b, struct cola_error *err)
{
    size_t count = cola_safetensors_count(b->model->file);

    cola_parallel(count, scan, b);
    for (size_t i = 0; i < count; i++)
        if (b->bad[i] != SIZE_MAX)
            return cola_fail(err, COLA_INPUT, "%s: tensor \"%.100s\": element %zu is not "
                             "a finite number", b->path,
                             cola_safetensors_tensor(b->model->file, i)->name, b->bad[i]);
    return COLA_OK;
}

static enum cola_status
bind_all(struct binder *b, struct cola_error *err)
{
    size_t count = cola_safetensors_count(b->model->file);
    enum cola_status status;

    b->used = cola_alloc(count, sizeof *b->used);
    b->bad = cola_alloc(count, sizeof *b->bad);
    if (b->used == NULL || b->bad == NULL)
        return cola_fail_memory(err);
    if ((status = bind_layers(b, err)) || (status = bind_ends(b, err)) ||
        (status = check_unexpected(b, err)))
        return status;
    return check_finite(b, err);
}

static enum cola_status
read_tensors(struct cola_model *m, struct cola_error *err)
{
    struct binder b = {.model = m};
    enum cola_status status;

    b.path = cola_path_join(m->path, "model.safetensors");
    if (b.path == NULL)
        return cola_fail_memory(err);
    status = cola_safetensors_open(b.path, &m->file, err);
    if (status == COLA_OK)
        status = bind_all(&b, err);
    free(b.path);
    free(b.used);
    free(b.bad);
    return status;
}

/* ---- open, close, describe ------------------------------------------------ */

static enum cola_status
find_tokenizer(struct cola_model *m, struct cola_error *err)
{
    if (!has(m->path, "tokenizer.json"))
        return COLA_OK;
    m->tokenizer = cola_path_join(m->path, "tokenizer.json");
    return m->tokenizer != NULL ? COLA_OK : cola_fail_memory(err);
}

enum cola_status
cola_model_open(const char *path, struct cola_model **model, struct cola_error *err)
{
    struct cola_model *m;
    enum cola_status status = check_directory(path, err);

    if (status)
        return status;
    m = cola_alloc(1, sizeof *m);
    if (m == NULL || (m->path = cola_strdup(path)) == NULL) {
        free(m);
        return cola_fail_memory(err);
    }
    if ((status = read_config(m, err)) || (status = read_tensors(m, err)) ||
        (status = find_tokenizer(m, err))) {
        cola_model_close(m);
        return status;
    }
    *model = m;
    return COLA_OK;
}

void
cola_model_close(struct cola_model *model)
{
    if (model == NULL)
        return;
    cola_safetensors_close(model->file);
    free(model->layers);
    free(model->identity);
    free(model->tokenizer);
    free(model->path);
    free(model);
}

int
cola_model_layers(const struct cola_model *model)
{
    return model->config.layers;
}

int
cola_model_vocabulary(const struct cola_model *model)
{
    return model->config.vocabulary;
}

uint64_t
cola_model_parameters(const struct cola_model *model)
{
    uint64_t n = cola_tensor_count(model->embed) + cola_tensor_count(model->norm);

    if (model->head != model->embed)
        n += cola_tensor_count(model->head);
    for (int i = 0; i < model->config.layers; i++)
        for (size_t j = 0; j < ROLES; j++)
            n += cola_tensor_count(*slot(&model->layers[i], &roles[j]));
    return n;
}

uint64_t
cola_model_bytes(const struct cola_model *model)
{
    uint64_t n = 0;

    for (size_t i = 0; i < cola_safetensors_count(model->file); i++)
        n += cola_tensor_bytes(cola_safetensors_tensor(model->file, i));
    return n;
}

static void
add_tensor(struct cola_sha256 *sha, const struct cola_tensor *t)
{
    struct cola_sha256 data;
    unsigned char digest[32];
    char hex[65], columns[24] = "", line[160];
    int n;

    cola_sha256_init(&data);
    cola_sha256_add(&data, t->data, cola_tensor_bytes(t));
    cola_sha256_end(&data, digest);
    cola_sha256_hex(digest, hex);
    if (t->rank == 2)
        snprintf(columns, sizeof columns, " %zu", t->shape[1]);
    n = snprintf(line, sizeof line, "%s %zu%s %s\n", cola_dtype_name(t->dtype),
                 t->shape[0], columns, hex);
    cola_sha256_add(sha, t->name, strlen(t->name) + 1);
    cola_sha256_add(sha, line, (size_t)n);
}

void
cola_model_digest(const struct cola_model *model, char text[65])
{
    struct cola_sha256 sha;
    unsigned char digest[32];

    cola_sha256_init(&sha);
    cola_sha256_add(&sha, model->identity, strlen(model->identity));
    cola_sha256_add(&sha, "\n", 1);
    for (size_t i = 0; i < cola_safetensors_count(model->file); i++) {
        const struct cola_tensor *t = cola_safetensors_tensor(model->file, i);

        if (!is_redundant(t->name))
            add_tensor(&sha, t);
    }
    cola_sha256_end(&sha, digest);
    cola_sha256_hex(digest, text);
}
