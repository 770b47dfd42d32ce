/*
 * stub.h - what the stub's two halves share
 */
#ifndef COLA_TESTS_STUB_H
#define COLA_TESTS_STUB_H

#include "oracle/serve.h"

/* Complain and end. */
void stop(const char *what);

/* Ask SERVE; its answer as it is, to be released. */
json_t *ask(struct cola_serve *serve, const json_t *request);
struct cola_serve *serve_of(const char *backend, const char *kv, const char *round);

/* The values of a tensor that must be one. */
struct cola_values values_of(const json_t *tensor);

/* TENSOR gets the values V, which are given back. */
void put(json_t *tensor, struct cola_values *v);

/* TENSOR becomes one of the safetensors file PATH, which is written. */
void put_in_file(json_t *tensor, const char *path);

/* Call EACH for every tensor in A, with what stands in its place in B. */
void for_each(json_t *a, json_t *b, void (*each)(json_t *a, json_t *b, void *ctx),
              void *ctx);

/* Print a vector file of the model at PATH. */
void make_vectors(const char *path, const char *name);

#endif
