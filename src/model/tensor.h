/*
 * tensor.h - an array of numbers in a mapped file
 *
 * Rows are stored one after another, little-endian, at any alignment.  A
 * weight matrix has shape [outputs, inputs]: row n holds the weights of
 * output n.
 */
#ifndef COLA_TENSOR_H
#define COLA_TENSOR_H

#include "base/error.h"

enum cola_dtype { COLA_F32, COLA_F16, COLA_BF16 };

struct cola_tensor {
    const char *name;           /* owned by the file's reader */
    enum cola_dtype dtype;
    int rank;                   /* 1 or 2 */
    size_t shape[2];            /* shape[1] is 1 when the rank is 1 */
    const unsigned char *data;  /* borrowed from the map */
};

size_t cola_dtype_size(enum cola_dtype dtype);
const char *cola_dtype_name(enum cola_dtype dtype);     /* "BF16" */

size_t cola_tensor_count(const struct cola_tensor *t);  /* elements */
size_t cola_tensor_bytes(const struct cola_tensor *t);

/* Element I of a tensor of any rank, counted through its rows. */
float cola_tensor_at(const struct cola_tensor *t, size_t i);

/* Widen COUNT elements from element FIRST on; exact. */
void cola_tensor_widen(const struct cola_tensor *t, size_t first, size_t count,
                       float *out);

/* The first element that is not finite, or SIZE_MAX. */
size_t cola_tensor_nonfinite(const struct cola_tensor *t);

#endif
