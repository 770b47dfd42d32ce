/*
 * checkpoint.h - small Llama checkpoints for tests, written on the spot
 *
 * A test that needs a model writes one: of the size it needs, in the dtype it
 * needs, with weights that depend on the seed and the tensor's name alone.
 * The second kind of checkpoint is the yardstick of the laws of execution: a
 * model in which the layers of a chain are physically laid out must give the
 * logits that the chain gives on the original.
 *
 *     struct checkpoint shape = {.layers = 4, .width = 16, .heads = 2,
 *                                .vocabulary = 32, .seed = 1};
 *     char *dir = checkpoint_directory();
 *
 *     assert_int_equal(checkpoint_write(dir, &shape, &err), COLA_OK);
 *     ...
 *     checkpoint_remove(dir);
 */
#ifndef COLA_TESTS_CHECKPOINT_H
#define COLA_TESTS_CHECKPOINT_H

#include "model/model.h"

/* Under which names embedding and head are stored. */
enum checkpoint_head {
    CHECKPOINT_UNTIED,          /* two matrices */
    CHECKPOINT_TIED,            /* one, as the embedding */
    CHECKPOINT_TIED_HEAD,       /* one, as lm_head.weight */
    CHECKPOINT_TIED_BOTH        /* one, stored twice */
};

struct checkpoint {
    int layers, width, heads, vocabulary;
    int kv_heads;               /* 0: heads */
    int head_dim;               /* 0: width / heads */
    int hidden;                 /* 0: 2 * width */
    double rope_theta;          /* 0: 10000 */
    enum cola_dtype dtype;
    enum checkpoint_head head;
    uint64_t seed;
};

/* A new empty directory below TMPDIR or /tmp, or NULL. */
char *checkpoint_directory(void);

/* Remove DIR (may be NULL) with all it contains and free its name. */
void checkpoint_remove(char *dir);

/* Write LEN bytes as the file DIR/NAME; 0 when that failed. */
int checkpoint_file(const char *dir, const char *name, const void *data, size_t len);

/*
 * Write config.json and model.safetensors into DIR.  Matrices are uniform with
 * variance 1/inputs, the embedding uniform in -1 .. 1, norms in 0.8 .. 1.2;
 * bos is 1 and eos 2.
 */
COLA_MUST_USE enum cola_status
checkpoint_write(const char *dir, const struct checkpoint *shape,
                 struct cola_error *err);

/* The same in DIR for the model whose layers are those of MODEL named by
 * CHAIN[0 .. N-1], N > 0: same dtype, bytes copied. */
COLA_MUST_USE enum cola_status
checkpoint_unroll(const char *dir, const struct cola_model *model, const int *chain,
                  int n, struct cola_error *err);

#endif
