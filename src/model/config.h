/*
 * config.h - the numbers of a checkpoint: its config.json
 *
 * The field names in comments are those of Hugging Face's config.json.  A
 * field that changes the computation and is not supported is refused by
 * name, never ignored.
 */
#ifndef COLA_CONFIG_H
#define COLA_CONFIG_H

#include "base/json.h"

enum cola_family { COLA_LLAMA };        /* model_type */

struct cola_config {
    enum cola_family family;
    int layers;                 /* num_hidden_layers, L */
    int width;                  /* hidden_size, d */
    int heads;                  /* num_attention_heads, H */
    int kv_heads;               /* num_key_value_heads, divides heads */
    int head_dim;               /* head_dim, or width / heads; even */
    int hidden;                 /* intermediate_size, f */
    int vocabulary;             /* vocab_size, V */
    int positions;              /* max_position_embeddings: said, not enforced;
                                   0 when it is not said */
    double norm_eps;            /* rms_norm_eps */
    double rope_theta;          /* rope_theta */
    int tied;                   /* tie_word_embeddings */
    int bos;                    /* bos_token_id, -1 when there is none */
    int eos[8], n_eos;          /* eos_token_id: one or several */
};

/* The family's name as config.json spells it. */
const char *cola_family_name(enum cola_family family);

/* Read and check CONFIG, an object; PLACE starts messages. */
COLA_MUST_USE enum cola_status
cola_config_read(const json_t *object, const char *place,
                 struct cola_config *config, struct cola_error *err);

/* Add the end tokens a generation_config.json names to those of CONFIG. */
COLA_MUST_USE enum cola_status
cola_config_read_generation(const json_t *object, const char *place,
                            struct cola_config *config, struct cola_error *err);

/* Append the fields that matter to an answer (end tokens among them) as one
 * line of canonical JSON: part of the model's digest. */
void cola_config_canonical(const struct cola_config *config, struct cola_buffer *b);

#endif
