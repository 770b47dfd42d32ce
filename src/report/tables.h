/*
 * tables.h - what a journal shows, as a table for people
 *
 * Two findings of the paper, by level and overall: how many samples that the
 * model gets right have a shorter right chain, and how many that it gets wrong
 * are made right.  Neither is printed alone: beside each stands what as many
 * random chains found on the same samples.
 */
#ifndef COLA_TABLES_H
#define COLA_TABLES_H

#include "base/json.h"

struct cola_summary;

/* NULL when memory is out. */
struct cola_summary *cola_summary_new(void);
void cola_summary_free(struct cola_summary *summary);

/* Take in a journal's record: the header first, then samples. */
COLA_MUST_USE enum cola_status
cola_summary_take(struct cola_summary *summary, const json_t *record,
                  struct cola_error *err);

size_t cola_summary_samples(const struct cola_summary *summary);

/* A line a sample: what the model said, and the shortest right chain. */
void cola_summary_list(const struct cola_summary *summary, struct cola_buffer *b);

/* The closing table and how to read it. */
void cola_summary_table(const struct cola_summary *summary, struct cola_buffer *b);

/* One sample's record at length. */
COLA_MUST_USE enum cola_status
cola_sample_describe(const json_t *record, struct cola_buffer *b,
                     struct cola_error *err);

#endif
