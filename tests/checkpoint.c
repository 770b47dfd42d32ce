/*
 * checkpoint.c - small Llama checkpoints for tests, written on the spot
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "checkpoint.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "base/random.h"

/* ---- directories ---------------------------------------------------------- */

char *
checkpoint_directory(void)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = cola_path_join(tmp != NULL && *tmp != '\0' ? tmp : "/tmp",
                               "colaref-XXXXXX");

    if (dir != NULL && mkdtemp(dir) == NULL) {
        free(dir);
        dir = NULL;
    }
    return dir;
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *place)
{
    (void)st;
    (void)type;
    (void)place;
    return remove(path);
}

void
checkpoint_remove(char *dir)
{
    if (dir != NULL)
        nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(dir);
}

int
checkpoint_file(const char *dir, const char *name, const void *data, size_t len)
{
    char *path = cola_path_join(dir, name);
    FILE *f = path != NULL ? fopen(path, "wb") : NULL;
    int ok = f != NULL && fwrite(data, 1, len, f) == len;

    if (f != NULL && fclose(f) != 0)
        ok = 0;
    free(path);
    return ok;
}

static enum cola_status
write_config(const char *dir, const struct cola_config *c, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    char eps[32], theta[32];
    enum cola_status status;

    cola_print_f64(eps, c->norm_eps);
    cola_print_f64(theta, c->rope_theta);
    cola_buffer_printf(&b, "{\n  \"model_type\": \"%s\",\n", cola_family_name(c->family));
    cola_buffer_printf(&b, "  \"num_hidden_layers\": %d,\n", c->layers);
    cola_buffer_printf(&b, "  \"hidden_size\": %d,\n", c->width);
    cola_buffer_printf(&b, "  \"num_attention_heads\": %d,\n", c->heads);
    cola_buffer_printf(&b, "  \"num_key_value_heads\": %d,\n", c->kv_heads);
    cola_buffer_printf(&b, "  \"head_dim\": %d,\n", c->head_dim);
    cola_buffer_printf(&b, "  \"intermediate_size\": %d,\n", c->hidden);
    cola_buffer_printf(&b, "  \"vocab_size\": %d,\n", c->vocabulary);
    cola_buffer_printf(&b, "  \"max_position_embeddings\": %d,\n", c->positions);
    cola_buffer_printf(&b, "  \"rms_norm_eps\": %s,\n", eps);
    cola_buffer_printf(&b, "  \"rope_theta\": %s,\n", theta);
    cola_buffer_printf(&b, "  \"tie_word_embeddings\": %s,\n",
                       c->tied ? "true" : "false");
    if (c->bos >= 0)
        cola_buffer_printf(&b, "  \"bos_token_id\": %d,\n", c->bos);
    cola_buffer_text(&b, "  \"eos_token_id\": ");
    cola_json_add_integers(&b, c->eos, c->n_eos);
    cola_buffer_text(&b, ",\n  \"hidden_act\": \"silu\"\n}\n");
    status = cola_buffer_ok(&b, err);
    if (status == COLA_OK && !checkpoint_file(dir, "config.json", b.data, b.len))
        status = cola_fail(err, COLA_RESOURCE, "%s: cannot write config.json", dir);
    cola_buffer_free(&b);
    return status;
}

/* ---- weights --------------------------------------------------------------- */

/* To nearest, ties to even, for |x| < 65504: the multiple of the spacing of
 * numbers around x, which below 2^-14 is the same for all. */
static uint16_t
f16_from_f32(float x)
{
    int e;
    double size = fabs((double)x), n;
    uint32_t bits;

    (void)frexp(size, &e);              /* size = m * 2^e, 1/2 <= m < 1 */
    if (size < 0x1p-14)
        e = -13;
    n = nearbyint(ldexp(size, 11 - e));
    bits = (uint32_t)n + ((uint32_t)(e + 13) << 10);
    return (uint16_t)(bits | (signbit(x) ? 0x8000 : 0));
}

static void
store(unsigned char *p, enum cola_dtype dtype, float x)
{
    uint32_t bits = dtype == COLA_F32   ? cola_f32_bits(x)
                    : dtype == COLA_F16 ? f16_from_f32(x)
                                        : cola_bf16_from_f32(x);

    for (size_t i = 0; i < cola_dtype_size(dtype); i++)
        p[i] = (unsigned char)(bits >> 8 * i);
}

/* A checkpoint being composed: room for TENSORS and their names is taken once
 * for the whole of it. */
struct draft {
    struct cola_tensor *tensors;
    char (*names)[80];
    size_t count;
    int failed;                         /* memory was out */
};

static void
draft_begin(struct draft *d, int layers)
{
    size_t room = 9 * (size_t)layers + 3;

    d->count = 0;
    d->tensors = cola_alloc(room, sizeof *d->tensors);
    d->names = cola_alloc(room, sizeof *d->names);
    d->failed = d->tensors == NULL || d->names == NULL;
}

static void
draft_add(struct draft *d, const char *name, enum cola_dtype dtype, int rows, int columns,
          const unsigned char *data)
{
    struct cola_tensor *t;

    if (d->failed)
        return;
    t = &d->tensors[d->count];
    snprintf(d->names[d->count], sizeof d->names[0], "%s", name);
    *t = (struct cola_tensor){d->names[d->count], dtype, columns > 0 ? 2 : 1,
                              {(size_t)rows, columns > 0 ? (size_t)columns : 1}, data};
    d->count++;
}

/* Draw a tensor uniformly in CENTRE +- SPREAD. */
static void
draft_draw(struct draft *d, const struct checkpoint *shape, const char *name, int rows,
           int columns, double centre, double spread)
{
    struct cola_splitmix r;
    size_t size = cola_dtype_size(shape->dtype);
    size_t n = (size_t)rows * (columns > 0 ? (size_t)columns : 1);
    unsigned char *data = cola_alloc(n, size);

    if (data == NULL) {
        d->failed = 1;
        return;
    }
    cola_splitmix_seed(&r, shape->seed, name);
    for (size_t i = 0; i < n; i++)
        store(data + i * size, shape->dtype,
              (float)(centre + spread * (2.0 * cola_splitmix_real(&r) - 1.0)));
    draft_add(d, name, shape->dtype, rows, columns, data);
}

static void
draft_matrix(struct draft *d, const struct checkpoint *shape, int layer, const char *name,
             int rows, int columns)
{
    char full[80];

    snprintf(full, sizeof full, "model.layers.%d.%s.weight", layer, name);
    if (columns == 0)
        draft_draw(d, shape, full, rows, 0, 1.0, 0.2);
    else
        draft_draw(d, shape, full, rows, columns, 0.0, sqrt(3.0 / columns));
}

static enum cola_status
draft_write(struct draft *d, const char *dir, const struct cola_config *config,
            struct cola_error *err)
{
    char *path = cola_path_join(dir, "model.safetensors");
    enum cola_status status;

    if (d->failed || path == NULL)
        status = cola_fail_memory(err);
    else if ((status = write_config(dir, config, err)) == COLA_OK)
        status = cola_safetensors_write(path, d->tensors, d->count, err);
    free(path);
    return status;
}

/* ---- the two kinds --------------------------------------------------------- */

enum cola_status
checkpoint_write(const char *dir, const struct checkpoint *shape, struct cola_error *err)
{
    struct cola_config c = {
        .layers = shape->layers, .width = shape->width, .heads = shape->heads,
        .kv_heads = shape->kv_heads > 0 ? shape->kv_heads : shape->heads,
        .head_dim = shape->head_dim > 0 ? shape->head_dim : shape->width / shape->heads,
        .hidden = shape->hidden > 0 ? shape->hidden : 2 * shape->width,
        .vocabulary = shape->vocabulary, .positions = 512, .norm_eps = 1e-5,
        .rope_theta = shape->rope_theta > 0.0 ? shape->rope_theta : 10000.0,
        .tied = shape->head != CHECKPOINT_UNTIED, .bos = 1, .eos = {2}, .n_eos = 1,
    };
    int q = c.heads * c.head_dim, kv = c.kv_heads * c.head_dim;
    const char *embed = shape->head == CHECKPOINT_TIED_HEAD ? "lm_head.weight"
                                                            : "model.embed_tokens.weight";
    struct draft d;
    size_t drawn;
    enum cola_status status;

    draft_begin(&d, c.layers);
    draft_draw(&d, shape, embed, c.vocabulary, c.width, 0.0, 1.0);
    for (int i = 0; i < c.layers; i++) {
        draft_matrix(&d, shape, i, "input_layernorm", c.width, 0);
        draft_matrix(&d, shape, i, "self_attn.q_proj", q, c.width);
        draft_matrix(&d, shape, i, "self_attn.k_proj", kv, c.width);
        draft_matrix(&d, shape, i, "self_attn.v_proj", kv, c.width);
        draft_matrix(&d, shape, i, "self_attn.o_proj", c.width, q);
        draft_matrix(&d, shape, i, "post_attention_layernorm", c.width, 0);
        draft_matrix(&d, shape, i, "mlp.gate_proj", c.hidden, c.width);
        draft_matrix(&d, shape, i, "mlp.up_proj", c.hidden, c.width);
        draft_matrix(&d, shape, i, "mlp.down_proj", c.width, c.hidden);
    }
    draft_draw(&d, shape, "model.norm.weight", c.width, 0, 1.0, 0.2);
    if (shape->head == CHECKPOINT_UNTIED)
        draft_draw(&d, shape, "lm_head.weight", c.vocabulary, c.width, 0.0,
                   sqrt(3.0 / c.width));
    drawn = d.count;
    if (shape->head == CHECKPOINT_TIED_BOTH && !d.failed)
        draft_add(&d, "lm_head.weight", shape->dtype, c.vocabulary, c.width,
                  d.tensors[0].data);
    status = draft_write(&d, dir, &c, err);
    for (size_t i = 0; i < drawn; i++)
        free((void *)(uintptr_t)d.tensors[i].data);
    free(d.tensors);
    free(d.names);
    return status;
}

static void
draft_copy(struct draft *d, const char *name, const struct cola_tensor *t)
{
    draft_add(d, name, t->dtype, (int)t->shape[0], t->rank == 2 ? (int)t->shape[1] : 0,
              t->data);
}

enum cola_status
checkpoint_unroll(const char *dir, const struct cola_model *model, const int *chain,
                  int n, struct cola_error *err)
{
    struct cola_config c = model->config;
    struct draft d;
    enum cola_status status;

    c.layers = n;
    draft_begin(&d, n);
    draft_copy(&d, model->embed->name, model->embed);
    for (int i = 0; i < n; i++) {
        const struct cola_layer *l = &model->layers[chain[i]];
        const struct cola_tensor *parts[] = {l->norm1, l->q, l->k, l->v, l->o,
                                             l->norm2, l->gate, l->up, l->down};

        /* "model.layers.7.mlp.up_proj.weight" keeps what follows the number. */
        for (size_t j = 0; j < sizeof parts / sizeof parts[0]; j++) {
            const char *rest = strchr(parts[j]->name + strlen("model.layers."), '.');
            char name[80];

            snprintf(name, sizeof name, "model.layers.%d%s", i, rest);
            draft_copy(&d, name, parts[j]);
        }
    }
    draft_copy(&d, model->norm->name, model->norm);
    if (model->head != model->embed)
        draft_copy(&d, model->head->name, model->head);
    status = draft_write(&d, dir, &c, err);
    free(d.tensors);
    free(d.names);
    return status;
}
