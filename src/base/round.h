/*
 * round.h - double rounded to narrower types
 *
 * The yardstick computes in double and may round what a machine of a narrower
 * type would write to memory.  Once, from double: to nearest, ties to even;
 * too large becomes infinite; subnormals of the type are kept.
 */
#ifndef COLA_ROUND_H
#define COLA_ROUND_H

enum cola_rounding { COLA_ROUND_NONE, COLA_ROUND_F32, COLA_ROUND_BF16, COLA_ROUND_F16 };

double cola_round(double x, enum cola_rounding rounding);

/* "f32", "bf16", "f16"; "f64" for none. */
const char *cola_rounding_name(enum cola_rounding rounding);
int cola_rounding_find(const char *name, enum cola_rounding *rounding);  /* 0: unknown */

#endif
