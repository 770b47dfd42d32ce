/*
 * table.h - the judge that only remembers
 *
 * JSON lines {"id","chain","correct"}: what was found for a sample and a
 * chain, whoever found it.  Asked about a chain that is not in the table, the
 * judge fails.
 */
#ifndef COLA_TABLE_H
#define COLA_TABLE_H

#include "base/json.h"
#include "chain/judge.h"

struct cola_table;

/* Chains must fit a model of LAYERS layers; a pair named twice is refused. */
COLA_MUST_USE enum cola_status
cola_table_open(const char *path, int layers, struct cola_table **table,
                struct cola_error *err);
void cola_table_close(struct cola_table *table);

/* The samples' ids in the order of their first lines; borrowed. */
size_t cola_table_samples(const struct cola_table *table, const char *const **ids);

struct cola_judge cola_table_judge(struct cola_table *table);

#endif
