/*
 * wire.h - chains, token ids and tensors in the JSON that programs exchange
 *
 * A tensor is {"shape":[2,3],"bits":"3f800000..."}: float32 values row by row,
 * eight hexadecimal digits each, the most significant first.  Also read are
 * {"shape":[...],"values":[1.5,...]} and {"file":PATH,"name":NAME}, a tensor
 * of a safetensors file.  See colaref-subject(7).
 */
#ifndef COLA_WIRE_H
#define COLA_WIRE_H

#include "base/json.h"
#include "chain/chain.h"

#define COLA_WIRE_RANK 3

struct cola_values {
    size_t shape[COLA_WIRE_RANK];
    int rank;
    size_t n;                   /* the shape's product */
    float *v;                   /* [n] */
};

void cola_values_free(struct cola_values *values);

/* PLACE starts messages; DIR is where files that are no absolute path lie. */
COLA_MUST_USE enum cola_status
cola_wire_tensor(const json_t *value, const char *dir, const char *place,
                 struct cola_values *values, struct cola_error *err);
COLA_MUST_USE enum cola_status
cola_wire_chain(const json_t *array, const char *place, struct cola_chain *chain,
                struct cola_error *err);
/* Integers in LO .. HI, in fresh memory. */
COLA_MUST_USE enum cola_status
cola_wire_integers(const json_t *array, int lo, int hi, const char *place, int **values,
                   int *n, struct cola_error *err);

/* Append a tensor of RANK dimensions. */
void cola_wire_add(struct cola_buffer *b, const float *values, const size_t *shape,
                   int rank);

#endif
