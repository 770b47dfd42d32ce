/*
 * verdicts.h - all verdicts of a journal or an enumeration, to be looked up
 */
#ifndef COLA_VERDICTS_H
#define COLA_VERDICTS_H

#include "exchange/judged.h"
#include "oracle/truth.h"

struct cola_verdicts;

/* What is kept of one verdict. */
struct cola_kept {
    enum cola_mark mark;
    const char *answer;         /* NULL: none; borrowed */
    double margin;              /* NaN: none */
};

COLA_MUST_USE enum cola_status
cola_verdicts_open(const char *path, struct cola_verdicts **verdicts,
                   struct cola_error *err);
void cola_verdicts_close(struct cola_verdicts *verdicts);

/* Borrowed. */
const json_t *cola_verdicts_header(const struct cola_verdicts *verdicts);

size_t cola_verdicts_samples(const struct cola_verdicts *verdicts);
const char *cola_verdicts_id(const struct cola_verdicts *verdicts, size_t sample);
/* SHA-256 of its prompts, or NULL. */
const char *cola_verdicts_prompt(const struct cola_verdicts *verdicts, size_t sample);
/* The number of the sample called ID, or SIZE_MAX. */
size_t cola_verdicts_find(const struct cola_verdicts *verdicts, const char *id);

/* The chains of a sample, and verdict number I. */
size_t cola_verdicts_count(const struct cola_verdicts *verdicts, size_t sample);
void cola_verdicts_get(const struct cola_verdicts *verdicts, size_t sample, size_t i,
                       struct cola_chain *chain, struct cola_kept *kept);
/* CHAIN's number, or SIZE_MAX. */
size_t cola_verdicts_chain(const struct cola_verdicts *verdicts, size_t sample,
                           const struct cola_chain *chain);

#endif
