/*
 * yardstick.h - how far the backends are from f64, on a task: check --yardstick
 */
#ifndef COLA_CLI_YARDSTICK_H
#define COLA_CLI_YARDSTICK_H

#include "cli/command.h"

/* The words are MODEL and TASK.  COLA_NO: a decided verdict differs, or a ratio
 * is above COLA_NEAR_RATIO; COLA_NOTHING: there was nothing to compare. */
COLA_MUST_USE enum cola_status
yardstick(const struct options *o, struct cola_error *err);

#endif
