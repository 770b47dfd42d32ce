/*
 * execute.h - chains in float32 or int8, with keys and values kept
 *
 * The same computation as define/, done once a token: the keys and values of
 * tokens already fed are kept and not computed again.  They belong to the
 * position of the chain, for a layer executed twice sees two different
 * streams.  The last token's stream alone reaches the head.
 */
#ifndef COLA_EXECUTE_H
#define COLA_EXECUTE_H

#include "define/executor.h"

extern const struct cola_executor_ops cola_execute_exact;
extern const struct cola_executor_ops cola_execute_int8;
#ifdef HAVE_CBLAS
extern const struct cola_executor_ops cola_execute_blas;
#endif

#endif
