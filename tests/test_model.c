/*
 * test_model.c - checkpoints: what opens, what is refused and with which words
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "checkpoint.h"
#include "expect.h"

/* ---- help -------------------------------------------------------------- */

static char *
directory(void)
{
    char *dir = checkpoint_directory();

    assert_non_null(dir);
    return dir;
}

static struct cola_safetensors *
open_file(const char *dir)
{
    char *path = cola_path_join(dir, "model.safetensors");
    struct cola_safetensors *file = NULL;
    struct cola_error err;

    assert_ok(cola_safetensors_open(path, &file, &err), &err);
    free(path);
    return file;
}

static struct cola_model *
open_model(const char *dir)
{
    struct cola_model *model = NULL;
    struct cola_error err;

    assert_ok(cola_model_open(dir, &model, &err), &err);
    return model;
}

static void
assert_model_refused(const char *dir, const char *place, const char *reason)
{
    struct cola_model *model = NULL;
    struct cola_error err;

    assert_refused(cola_model_open(dir, &model, &err), &err, place, reason);
    assert_null(model);
}

static const struct checkpoint small = {
    .layers = 2, .width = 8, .heads = 2, .kv_heads = 1, .head_dim = 6, .hidden = 10,
    .vocabulary = 12, .dtype = COLA_BF16, .seed = 1,
};

static void
write_small(const char *dir, enum cola_dtype dtype, enum checkpoint_head head)
{
    struct checkpoint shape = small;
    struct cola_error err;

    shape.dtype = dtype;
    shape.head = head;
    assert_ok(checkpoint_write(dir, &shape, &err), &err);
}

/*
 * A checkpoint about to be changed.  It is read from one directory and written
 * to another, which has the same config.json, because the first is mapped.
 */
struct edit {
    char *from, *to;
    struct cola_safetensors *file;
    struct cola_tensor tensors[32];
    size_t count;
};

static void
edit_begin(struct edit *e, enum cola_dtype dtype, enum checkpoint_head head)
{
    e->from = directory();
    e->to = directory();
    write_small(e->from, dtype, head);
    write_small(e->to, dtype, head);
    e->file = open_file(e->from);
    e->count = cola_safetensors_count(e->file);
    assert_true(e->count + 1 < COUNT(e->tensors));
    for (size_t i = 0; i < e->count; i++)
        e->tensors[i] = *cola_safetensors_tensor(e->file, i);
}

static struct cola_tensor *
edit_find(struct edit *e, const char *name)
{
    for (size_t i = 0; i < e->count; i++)
        if (strcmp(e->tensors[i].name, name) == 0)
            return &e->tensors[i];
    fail_msg("no tensor \"%s\"", name);
    return NULL;
}

/* A copy of a tensor's bytes, to be changed. */
static unsigned char *
edit_copy(struct cola_tensor *t)
{
    unsigned char *data = cola_alloc(cola_tensor_bytes(t), 1);

    assert_non_null(data);
    memcpy(data, t->data, cola_tensor_bytes(t));
    t->data = data;
    return data;
}

static void
edit_write(struct edit *e)
{
    char *path = cola_path_join(e->to, "model.safetensors");
    struct cola_error err;

    assert_ok(cola_safetensors_write(path, e->tensors, e->count, &err), &err);
    free(path);
}

static void
edit_end(struct edit *e)
{
    cola_safetensors_close(e->file);
    checkpoint_remove(e->from);
    checkpoint_remove(e->to);
}

/* ---- directories ------------------------------------------------------- */

static void
path_that_is_no_checkpoint_refused(void **state)
{
    char *dir = directory(), *absent = cola_path_join(dir, "absent");
    char *config = cola_path_join(dir, "config.json");

    (void)state;
    assert_model_refused(absent, absent, "no such directory");
    assert_model_refused(dir, dir, "has no config.json");
    assert_true(checkpoint_file(dir, "config.json", "{}", 2));
    assert_model_refused(config, config, "not a directory");
    assert_model_refused(dir, dir, "has no model.safetensors");
    assert_true(checkpoint_file(dir, "model.safetensors.index.json", "{}", 2));
    assert_model_refused(dir, dir, "in several files");
    write_small(dir, COLA_F32, CHECKPOINT_TIED);
    assert_true(checkpoint_file(dir, "model.safetensors", "", 0));
    assert_model_refused(dir, "model.safetensors", "too few");
    free(absent);
    free(config);
    checkpoint_remove(dir);
}

static void
config_that_is_no_object_refused(void **state)
{
    static const char *const texts[] = {"[]", "7", "null", "\"llama\"", "", "{"};
    char *dir = directory();

    (void)state;
    write_small(dir, COLA_F32, CHECKPOINT_TIED);
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_true(checkpoint_file(dir, "config.json", texts[i], strlen(texts[i])));
        assert_model_refused(dir, "config.json", "not ");
    }
    checkpoint_remove(dir);
}

static void
generation_config_adds_end_tokens(void **state)
{
    static const char more[] = "{\"eos_token_id\":[2,7,9],\"temperature\":0.6}";
    static const char wrong[] = "{\"eos_token_id\":12}";
    char *dir = directory(), before[65], after[65];
    struct cola_model *model;

    (void)state;
    write_small(dir, COLA_F32, CHECKPOINT_TIED);
    model = open_model(dir);
    assert_int_equal(model->config.n_eos, 1);
    cola_model_digest(model, before);
    cola_model_close(model);

    assert_true(checkpoint_file(dir, "generation_config.json", more, strlen(more)));
    model = open_model(dir);
    assert_int_equal(model->config.n_eos, 3);
    assert_int_equal(model->config.eos[0], 2);
    assert_int_equal(model->config.eos[1], 7);
    assert_int_equal(model->config.eos[2], 9);
    cola_model_digest(model, after);
    assert_true(strcmp(before, after) != 0);
    cola_model_close(model);

    assert_true(checkpoint_file(dir, "generation_config.json", wrong, strlen(wrong)));
    assert_model_refused(dir, "generation_config.json", "\"eos_token_id\"");
    checkpoint_remove(dir);
}

/* ---- tensors ----------------------------------------------------------- */

static void
opened_model_has_every_tensor_in_its_place(void **state)
{
    static const enum cola_dtype dtypes[] = {COLA_F32, COLA_F16, COLA_BF16};

    (void)state;
    for (size_t i = 0; i < COUNT(dtypes); i++) {
        char *dir = directory();
        struct cola_model *m;
        const struct cola_layer *l;

        write_small(dir, dtypes[i], CHECKPOINT_UNTIED);
        m = open_model(dir);
        l = &m->layers[1];
        assert_int_equal(cola_model_layers(m), 2);
        assert_int_equal(cola_model_vocabulary(m), 12);
        assert_string_equal(m->embed->name, "model.embed_tokens.weight");
        assert_string_equal(m->norm->name, "model.norm.weight");
        assert_string_equal(m->head->name, "lm_head.weight");
        assert_string_equal(l->norm1->name, "model.layers.1.input_layernorm.weight");
        assert_string_equal(l->q->name, "model.layers.1.self_attn.q_proj.weight");
        assert_string_equal(l->k->name, "model.layers.1.self_attn.k_proj.weight");
        assert_string_equal(l->v->name, "model.layers.1.self_attn.v_proj.weight");
        assert_string_equal(l->o->name, "model.layers.1.self_attn.o_proj.weight");
        assert_string_equal(l->norm2->name,
                            "model.layers.1.post_attention_layernorm.weight");
        assert_string_equal(l->gate->name, "model.layers.1.mlp.gate_proj.weight");
        assert_string_equal(l->up->name, "model.layers.1.mlp.up_proj.weight");
        assert_string_equal(l->down->name, "model.layers.1.mlp.down_proj.weight");
        assert_string_equal(m->layers[0].q->name,
                            "model.layers.0.self_attn.q_proj.weight");
        assert_int_equal(l->q->dtype, dtypes[i]);
        assert_int_equal(l->o->shape[0], 8);
        assert_int_equal(l->o->shape[1], 12);
        assert_null(m->tokenizer);
        /* two matrices 12x8, a norm, and layers of 8+8 (norms), 12*8*2 (q, o),
         * 6*8*2 (k, v) and 10*8*3 */
        assert_int_equal(cola_model_parameters(m),
                         2 * 96 + 8 + 2 * (16 + 192 + 96 + 240));
        assert_int_equal(cola_model_bytes(m),
                         cola_model_parameters(m) * cola_dtype_size(dtypes[i]));
        cola_model_close(m);
        checkpoint_remove(dir);
    }
}

static void
tied_head_is_the_embedding_however_it_is_stored(void **state)
{
    static const struct {
        enum checkpoint_head head;
        const char *name;
        uint64_t copies;
    } cases[] = {
        {CHECKPOINT_TIED, "model.embed_tokens.weight", 1},
        {CHECKPOINT_TIED_HEAD, "lm_head.weight", 1},
        {CHECKPOINT_TIED_BOTH, "model.embed_tokens.weight", 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *dir = directory();
        struct cola_model *m;

        write_small(dir, COLA_F16, cases[i].head);
        m = open_model(dir);
        assert_true(m->head == m->embed);
        assert_string_equal(m->embed->name, cases[i].name);
        assert_int_equal(cola_model_parameters(m), 96 + 8 + 2 * 544);
        assert_int_equal(cola_model_bytes(m), 2 * (96 * cases[i].copies + 8 + 2 * 544));
        cola_model_close(m);
        checkpoint_remove(dir);
    }
}

static void
tied_head_that_differs_refused(void **state)
{
    struct edit e;
    unsigned char *data;

    (void)state;
    edit_begin(&e, COLA_BF16, CHECKPOINT_TIED_BOTH);
    data = edit_copy(edit_find(&e, "lm_head.weight"));
    data[100] ^= 1;
    edit_write(&e);
    assert_model_refused(e.to, "model.safetensors", "\"lm_head.weight\" differs from "
                         "\"model.embed_tokens.weight\"");
    free(data);
    edit_end(&e);
}

static void
missing_tensor_refused_by_name(void **state)
{
    static const char *const names[] = {
        "lm_head.weight", "model.embed_tokens.weight", "model.norm.weight",
        "model.layers.0.input_layernorm.weight", "model.layers.1.self_attn.v_proj.weight",
        "model.layers.1.mlp.down_proj.weight",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct edit e;
        char reason[100];

        edit_begin(&e, COLA_F16, CHECKPOINT_UNTIED);
        *edit_find(&e, names[i]) = e.tensors[e.count - 1];
        e.count--;
        edit_write(&e);
        snprintf(reason, sizeof reason, "tensor \"%s\" is missing", names[i]);
        assert_model_refused(e.to, "model.safetensors: ", reason);
        edit_end(&e);
    }
}

static void
unexpected_tensor_refused_by_name(void **state)
{
    static const char *const names[] = {
        "model.layers.0.self_attn.q_proj.bias", "model.layers.2.input_layernorm.weight",
        "model.layers.0.self_attn.q_norm.weight", "score.weight", "inv_freq",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct edit e;
        char reason[100];

        edit_begin(&e, COLA_F32, CHECKPOINT_UNTIED);
        e.tensors[e.count] = *edit_find(&e, "model.norm.weight");
        e.tensors[e.count++].name = names[i];
        edit_write(&e);
        snprintf(reason, sizeof reason, "unexpected tensor \"%s\"", names[i]);
        assert_model_refused(e.to, "model.safetensors: ", reason);
        edit_end(&e);
    }
}

static void
stored_rotary_frequencies_change_nothing(void **state)
{
    struct edit e;
    struct cola_model *m;
    char with[65], without[65];

    (void)state;
    edit_begin(&e, COLA_F32, CHECKPOINT_UNTIED);
    m = open_model(e.from);
    cola_model_digest(m, without);
    cola_model_close(m);
    e.tensors[e.count] = *edit_find(&e, "model.norm.weight");
    e.tensors[e.count++].name = "model.layers.0.self_attn.rotary_emb.inv_freq";
    edit_write(&e);
    m = open_model(e.to);
    cola_model_digest(m, with);
    assert_string_equal(with, without);
    cola_model_close(m);
    edit_end(&e);
}

static void
shape_against_config_refused_with_both_numbers(void **state)
{
    static const struct {
        const char *name;
        int rank;
        size_t rows, columns;           /* not more elements than before */
        const char *reason;
    } cases[] = {
        {"model.embed_tokens.weight", 2, 8, 12, "[8, 12], config.json implies [12, 8]"},
        {"model.embed_tokens.weight", 2, 12, 7, "[12, 7], config.json implies [12, 8]"},
        {"model.layers.1.self_attn.k_proj.weight", 2, 8, 6,
         "\"model.layers.1.self_attn.k_proj.weight\" has shape [8, 6], config.json "
         "implies [6, 8]"},
        {"model.layers.0.mlp.up_proj.weight", 1, 80, 1, "has 1 dimensions, must have 2"},
        {"model.norm.weight", 2, 1, 8, "has 2 dimensions, must have 1"},
        {"model.norm.weight", 1, 4, 1, "has shape [4], config.json implies [8]"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct edit e;
        struct cola_tensor *t;

        edit_begin(&e, COLA_F16, CHECKPOINT_TIED);
        t = edit_find(&e, cases[i].name);
        t->rank = cases[i].rank;
        t->shape[0] = cases[i].rows;
        t->shape[1] = cases[i].columns;
        edit_write(&e);
        assert_model_refused(e.to, "model.safetensors: ", cases[i].reason);
        edit_end(&e);
    }
}

static void
config_that_contradicts_the_tensors_refused(void **state)
{
    static const struct {
        const char *from, *to, *reason;
    } cases[] = {
        {"\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3",
         "\"model.layers.2.input_layernorm.weight\" is missing"},
        {"\"num_hidden_layers\": 2", "\"num_hidden_layers\": 65535",
         "\"model.layers.2.input_layernorm.weight\" is missing"},
        {"\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1",
         "unexpected tensor \"model.layers.1.input_layernorm.weight\""},
        {"\"vocab_size\": 12", "\"vocab_size\": 13", "config.json implies [13, 8]"},
        {"\"head_dim\": 6", "\"head_dim\": 8", "config.json implies [16, 8]"},
        {"\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false",
         "\"lm_head.weight\" is missing"},
    };
    char *dir = directory(), *path = cola_path_join(dir, "config.json");
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_error err;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_map map;
        const char *at;

        write_small(dir, COLA_F16, CHECKPOINT_TIED);
        assert_ok(cola_map_open(path, &map, &err), &err);
        cola_buffer_reset(&b);
        cola_buffer_bytes(&b, map.data, map.size);
        cola_map_close(&map);
        assert_false(b.failed);
        at = strstr(b.data, cases[i].from);
        assert_non_null(at);
        if (at != NULL) {
            struct cola_buffer changed = COLA_BUFFER_EMPTY;

            cola_buffer_bytes(&changed, b.data, (size_t)(at - b.data));
            cola_buffer_text(&changed, cases[i].to);
            cola_buffer_text(&changed, at + strlen(cases[i].from));
            assert_true(checkpoint_file(dir, "config.json", changed.data, changed.len));
            cola_buffer_free(&changed);
        }
        assert_model_refused(dir, "model.safetensors: ", cases[i].reason);
    }
    cola_buffer_free(&b);
    free(path);
    checkpoint_remove(dir);
}

static void
nonfinite_weight_refused_with_tensor_and_element(void **state)
{
    static const struct {
        enum cola_dtype dtype;
        unsigned char bytes[4];
    } cases[] = {
        {COLA_F32, {0x00, 0x00, 0x80, 0x7f}},           /* infinity */
        {COLA_F32, {0x01, 0x00, 0x80, 0xff}},           /* a NaN */
        {COLA_F16, {0x00, 0xfc}},                       /* -infinity */
        {COLA_F16, {0x01, 0x7c}},                       /* a NaN */
        {COLA_BF16, {0x80, 0x7f}},                      /* infinity */
        {COLA_BF16, {0xc0, 0xff}},                      /* a NaN */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct edit e;
        unsigned char *data;
        size_t size = cola_dtype_size(cases[i].dtype);

        edit_begin(&e, cases[i].dtype, CHECKPOINT_TIED);
        data = edit_copy(edit_find(&e, "model.layers.1.mlp.up_proj.weight"));
        memcpy(data + 37 * size, cases[i].bytes, size);
        edit_write(&e);
        assert_model_refused(e.to, "model.safetensors: ",
                             "\"model.layers.1.mlp.up_proj.weight\": element 37 is not a "
                             "finite number");
        free(data);
        edit_end(&e);
    }
}

static void
tokenizer_named_only_where_there_is_one(void **state)
{
    char *dir = directory(), *path = cola_path_join(dir, "tokenizer.json");
    struct cola_model *m;

    (void)state;
    write_small(dir, COLA_F32, CHECKPOINT_TIED);
    assert_true(checkpoint_file(dir, "tokenizer.json", "{}", 2));
    m = open_model(dir);
    assert_non_null(m->tokenizer);
    assert_string_equal(m->tokenizer, path);
    assert_string_equal(m->path, dir);
    cola_model_close(m);
    cola_model_close(NULL);
    free(path);
    checkpoint_remove(dir);
}

/* ---- digest ------------------------------------------------------------ */

static void
digest_independent_of_the_order_in_the_file(void **state)
{
    struct edit e;
    struct cola_model *m;
    char one[65], two[65];

    (void)state;
    edit_begin(&e, COLA_BF16, CHECKPOINT_UNTIED);
    m = open_model(e.from);
    cola_model_digest(m, one);
    cola_model_close(m);
    for (size_t i = 0; i < e.count / 2; i++) {
        struct cola_tensor t = e.tensors[i];

        e.tensors[i] = e.tensors[e.count - 1 - i];
        e.tensors[e.count - 1 - i] = t;
    }
    edit_write(&e);
    m = open_model(e.to);
    cola_model_digest(m, two);
    cola_model_close(m);
    assert_string_equal(one, two);
    edit_end(&e);
}

/* One bit of a weight, and which of two equal-shaped tensors has which data. */
static void
digest_changed_by_any_weight(void **state)
{
    struct edit e;
    struct cola_model *m;
    char before[65], bit[65], swapped[65];
    unsigned char *data;
    struct cola_tensor *k, *v;
    const unsigned char *saved;

    (void)state;
    edit_begin(&e, COLA_BF16, CHECKPOINT_UNTIED);
    m = open_model(e.from);
    cola_model_digest(m, before);
    cola_model_close(m);

    k = edit_find(&e, "model.layers.0.self_attn.k_proj.weight");
    v = edit_find(&e, "model.layers.0.self_attn.v_proj.weight");
    saved = k->data;
    data = edit_copy(k);
    data[40] ^= 1;
    edit_write(&e);
    m = open_model(e.to);
    cola_model_digest(m, bit);
    cola_model_close(m);
    assert_true(strcmp(before, bit) != 0);

    k->data = v->data;
    v->data = saved;
    edit_write(&e);
    m = open_model(e.to);
    cola_model_digest(m, swapped);
    cola_model_close(m);
    assert_true(strcmp(before, swapped) != 0);
    free(data);
    edit_end(&e);
}

/* model.h states what is hashed; here it is composed from that statement. */
static void
digest_equals_its_definition(void **state)
{
    static const char identity[] =
        "{\"family\":\"llama\",\"layers\":2,\"width\":8,\"heads\":2,\"kv_heads\":1,"
        "\"head_dim\":6,\"hidden\":10,\"vocabulary\":12,"
        "\"norm_eps\":1.0000000000000001e-05,\"rope_theta\":10000,\"tied\":true,"
        "\"bos\":1,\"eos\":[2]}\n";
    static const char *const parts[] = {
        "input_layernorm", "8", "mlp.down_proj", "8 10", "mlp.gate_proj", "10 8",
        "mlp.up_proj", "10 8", "post_attention_layernorm", "8", "self_attn.k_proj", "6 8",
        "self_attn.o_proj", "8 12", "self_attn.q_proj", "12 8", "self_attn.v_proj", "6 8",
    };
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_sha256 sha;
    struct cola_model *m;
    unsigned char digest[32];
    char *dir = directory(), name[80], hex[65], text[65];

    (void)state;
    write_small(dir, COLA_F16, CHECKPOINT_TIED);
    m = open_model(dir);
    cola_buffer_text(&b, identity);
    /* the embedding, nine parts of each of two layers, the last norm */
    for (size_t i = 0; i < 20; i++) {
        const char *const *part = &parts[2 * ((i + 8) % 9)];
        const char *shape = i == 0 ? "12 8" : i == 19 ? "8" : part[1];
        const struct cola_tensor *t;

        if (i == 0)
            snprintf(name, sizeof name, "model.embed_tokens.weight");
        else if (i == 19)
            snprintf(name, sizeof name, "model.norm.weight");
        else
            snprintf(name, sizeof name, "model.layers.%zu.%s.weight", (i - 1) / 9, *part);
        t = cola_safetensors_find(m->file, name);
        assert_non_null(t);
        if (t == NULL)
            return;
        cola_sha256_init(&sha);
        cola_sha256_add(&sha, t->data, cola_tensor_bytes(t));
        cola_sha256_end(&sha, digest);
        cola_sha256_hex(digest, hex);
        cola_buffer_bytes(&b, name, strlen(name) + 1);
        cola_buffer_printf(&b, "F16 %s %s\n", shape, hex);
    }
    assert_false(b.failed);
    cola_sha256_init(&sha);
    cola_sha256_add(&sha, b.data, b.len);
    cola_sha256_end(&sha, digest);
    cola_sha256_hex(digest, hex);
    cola_model_digest(m, text);
    assert_string_equal(text, hex);
    cola_buffer_free(&b);
    cola_model_close(m);
    checkpoint_remove(dir);
}

/* ---- checkpoints laid out ---------------------------------------------- */

static void
unrolled_checkpoint_has_the_chains_layers(void **state)
{
    static const int chain[] = {1, 1, 0, 1};
    char *from = directory(), *to = directory();
    struct cola_model *m, *u;
    struct cola_error err;

    (void)state;
    write_small(from, COLA_BF16, CHECKPOINT_UNTIED);
    m = open_model(from);
    assert_ok(checkpoint_unroll(to, m, chain, COUNT(chain), &err), &err);
    u = open_model(to);
    assert_int_equal(cola_model_layers(u), COUNT(chain));
    for (size_t i = 0; i < COUNT(chain); i++) {
        const struct cola_tensor *const *a = &m->layers[chain[i]].norm1;
        const struct cola_tensor *const *b = &u->layers[i].norm1;

        for (size_t j = 0; j < sizeof(struct cola_layer) / sizeof *a; j++) {
            assert_int_equal(a[j]->dtype, b[j]->dtype);
            assert_memory_equal(a[j]->data, b[j]->data, cola_tensor_bytes(a[j]));
        }
    }
    assert_memory_equal(m->head->data, u->head->data, cola_tensor_bytes(m->head));
    cola_model_close(m);
    cola_model_close(u);
    checkpoint_remove(from);
    checkpoint_remove(to);
}

/* ---- real checkpoints -------------------------------------------------- */

static void
real_checkpoints_open_or_are_refused_by_name(void **state)
{
    static const struct {
        const char *name;
        int layers, tied;
        uint64_t parameters;
        const char *reason;             /* why not, or NULL */
    } cases[] = {
        {"register-looped", 12, 0, 460480, NULL},
        {"register-plain", 12, 0, 460480, NULL},
        {"stories3M", 6, 1, 3148224, NULL},
        {"stories260K", 5, 1, 260032, NULL},
        {"TinyStories-656K", 2, 1, 656000, NULL},
        {"rand-llama3", 0, 0, 0, "\"rope_scaling\": type \"llama3\""},
        {"rand-qwen2", 0, 0, 0, "\"model_type\" is \"qwen2\""},
        {"rand-qwen3", 0, 0, 0, "\"model_type\" is \"qwen3\""},
        {"rand-olmoe", 0, 0, 0, "\"model_type\" is \"olmoe\""},
        {"rand-qwen2_moe", 0, 0, 0, "\"model_type\" is \"qwen2_moe\""},
    };
    const char *shared = getenv("COLA_SHARED");
    char *models = shared != NULL ? cola_path_join(shared, "models") : NULL;

    (void)state;
    if (models == NULL || !cola_file_is_directory(models)) {
        print_message("COLA_SHARED names no directory with models: skipped\n");
        free(models);
        skip();
    }
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *dir = cola_path_join(models, cases[i].name);

        if (cases[i].reason != NULL) {
            assert_model_refused(dir, "config.json: ", cases[i].reason);
        } else {
            struct cola_model *m = open_model(dir);

            assert_int_equal(cola_model_layers(m), cases[i].layers);
            assert_int_equal(m->config.tied, cases[i].tied);
            assert_int_equal(m->head == m->embed, cases[i].tied);
            assert_int_equal(cola_model_parameters(m), cases[i].parameters);
            assert_non_null(m->tokenizer);
            cola_model_close(m);
        }
        free(dir);
    }
    free(models);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path_that_is_no_checkpoint_refused),
        cmocka_unit_test(config_that_is_no_object_refused),
        cmocka_unit_test(generation_config_adds_end_tokens),
        cmocka_unit_test(opened_model_has_every_tensor_in_its_place),
        cmocka_unit_test(tied_head_is_the_embedding_however_it_is_stored),
        cmocka_unit_test(tied_head_that_differs_refused),
        cmocka_unit_test(missing_tensor_refused_by_name),
        cmocka_unit_test(unexpected_tensor_refused_by_name),
        cmocka_unit_test(stored_rotary_frequencies_change_nothing),
        cmocka_unit_test(shape_against_config_refused_with_both_numbers),
        cmocka_unit_test(config_that_contradicts_the_tensors_refused),
        cmocka_unit_test(nonfinite_weight_refused_with_tensor_and_element),
        cmocka_unit_test(tokenizer_named_only_where_there_is_one),
        cmocka_unit_test(digest_independent_of_the_order_in_the_file),
        cmocka_unit_test(digest_changed_by_any_weight),
        cmocka_unit_test(digest_equals_its_definition),
        cmocka_unit_test(unrolled_checkpoint_has_the_chains_layers),
        cmocka_unit_test(real_checkpoints_open_or_are_refused_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
