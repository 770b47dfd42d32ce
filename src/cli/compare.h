/*
 * compare.h - several presets on the same samples
 */
#ifndef COLA_COMPARE_H
#define COLA_COMPARE_H

#include "cli/command.h"

/* Run --compare: a search for each preset named, and the closing table. */
COLA_MUST_USE enum cola_status compare(const struct options *o, struct cola_error *err);

#endif
