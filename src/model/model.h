/*
 * model.h - a checkpoint: configuration, weights, tokenizer path, digest
 *
 * The blueprint of a Llama-family decoder, as it lies in the file: weights
 * are mapped, not copied, and not yet prepared for any arithmetic.  Shapes:
 * d width, H heads, G key-value heads, e head_dim, f hidden, V vocabulary.
 */
#ifndef COLA_MODEL_H
#define COLA_MODEL_H

#include "model/config.h"
#include "model/safetensors.h"

struct cola_layer {                     /* one transformer block */
    const struct cola_tensor *norm1;    /* input_layernorm [d] */
    const struct cola_tensor *q;        /* [H*e, d] */
    const struct cola_tensor *k;        /* [G*e, d] */
    const struct cola_tensor *v;        /* [G*e, d] */
    const struct cola_tensor *o;        /* [d, H*e] */
    const struct cola_tensor *norm2;    /* post_attention_layernorm [d] */
    const struct cola_tensor *gate;     /* [f, d] */
    const struct cola_tensor *up;       /* [f, d] */
    const struct cola_tensor *down;     /* [d, f] */
};

struct cola_model {
    struct cola_config config;
    const struct cola_tensor *embed;    /* [V, d] */
    const struct cola_tensor *norm;     /* [d] */
    const struct cola_tensor *head;     /* [V, d]; the embedding when tied */
    struct cola_layer *layers;          /* [L] */
    struct cola_safetensors *file;
    char *path;                         /* the directory */
    char *tokenizer;                    /* its tokenizer.json, NULL if none */
    char *identity;                     /* the canonical configuration */
};

/* cola_model_open(), cola_model_close(): see colaref.h.  Every tensor must
 * have the shape the configuration implies and finite values; missing and
 * unexpected tensors are refused by name. */

/* Parameters, the tied head counted once. */
uint64_t cola_model_parameters(const struct cola_model *model);

/* Bytes of tensor data in the file. */
uint64_t cola_model_bytes(const struct cola_model *model);

/*
 * SHA-256 over the canonical configuration and, sorted by name, each tensor's
 * name, dtype, shape and SHA-256 of its data: the same however the tensors
 * are laid out in files.  64 hexadecimal digits and a NUL.  Hashed are
 *
 *     IDENTITY '\n'                        cola_config_canonical()
 *     NAME '\0' DTYPE ' ' ROWS ' ' COLUMNS ' ' DIGEST '\n'      each tensor
 *
 * with COLUMNS and its blank left out for a tensor of rank 1.  Names hold no
 * NUL and nothing else a blank or newline, so no two models share a text.
 */
void cola_model_digest(const struct cola_model *model, char text[65]);

#endif
