/*
 * vectors.h - the conformance vectors: which cases there are, and why
 *
 * Every case says, by its flags, which mistakes it hunts; colaref-vectors(5)
 * explains each.
 */
#ifndef COLA_VECTORS_H
#define COLA_VECTORS_H

#include "task/dataset.h"

/* Write DIR/plain.jsonl: what needs no model. */
COLA_MUST_USE enum cola_status
cola_vectors_plain(const char *dir, struct cola_error *err);

/*
 * Write DIR/NAME.jsonl, and DIR/NAME.safetensors if tensors are large, for the
 * checkpoint at PATH.  Questions with "answer" give cases of verdicts; DATASET
 * may be NULL.  A model without tokenizer has no cases of text.
 */
COLA_MUST_USE enum cola_status
cola_vectors_model(const char *dir, const char *name, const char *path,
                   const struct cola_dataset *dataset, struct cola_error *err);

#endif
