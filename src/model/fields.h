/*
 * fields.h - is every field of a config.json understood?
 */
#ifndef COLA_FIELDS_H
#define COLA_FIELDS_H

#include "base/json.h"

/* Refuse by name a member of CONFIG that may change the computation and is not
 * implemented, or of which nothing is known.  PLACE starts the message. */
COLA_MUST_USE enum cola_status
cola_fields_check(const json_t *config, const char *place, struct cola_error *err);

#endif
