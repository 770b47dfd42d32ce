/*
 * safetensors.h - one safetensors file, read and written
 *
 * Format: https://github.com/huggingface/safetensors (README, "Format"): an
 * 8-byte little-endian header length, a JSON object from tensor names to
 * {"dtype","shape","data_offsets":[begin,end]}, then the data.  Everything
 * the header claims is checked against the file before use: its length, its
 * JSON, each tensor's bytes against its shape, overlaps and gaps.
 */
#ifndef COLA_SAFETENSORS_H
#define COLA_SAFETENSORS_H

#include "base/buffer.h"
#include "base/file.h"
#include "model/tensor.h"

struct cola_safetensors;

COLA_MUST_USE enum cola_status
cola_safetensors_open(const char *path, struct cola_safetensors **file,
                      struct cola_error *err);
void cola_safetensors_close(struct cola_safetensors *file);

/* Tensors in the order of their names (bytes compared). */
size_t cola_safetensors_count(const struct cola_safetensors *file);
const struct cola_tensor *
cola_safetensors_tensor(const struct cola_safetensors *file, size_t i);

/* The tensor called NAME, or NULL. */
const struct cola_tensor *
cola_safetensors_find(const struct cola_safetensors *file, const char *name);

/* Write N tensors, in the order given, with the customary metadata. */
COLA_MUST_USE enum cola_status
cola_safetensors_write(const char *path, const struct cola_tensor *tensors,
                       size_t n, struct cola_error *err);

#endif
