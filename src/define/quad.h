/*
 * quad.h - the meaning of a chain once more, in 128 bits
 *
 * f64 is the truth that other arithmetics are measured against.  How far it is
 * itself from the real numbers is measured here: the same text, define.c,
 * compiled with a type of 113 bits in the place of double's 53.  Slow, some 50
 * ns a multiplication, and not an executor: no chain is judged with it.
 */
#ifndef COLA_QUAD_H
#define COLA_QUAD_H

#include "chain/chain.h"
#include "model/model.h"

/* Does this build have such a type? */
int cola_quad_built(void);

/*
 * The logits that CHAIN gives after each of the tokens FIRST .. N-1 of IDS [N],
 * valid tokens of MODEL: [N-FIRST, V], as the nearest double in LOGITS and what
 * is left in REST.  COLA_UNSUPPORTED without such a type.
 */
COLA_MUST_USE enum cola_status
cola_quad_logits(const struct cola_model *model, const struct cola_chain *chain,
                 const int *ids, int n, int first, double *logits, double *rest,
                 struct cola_error *err);

#endif
