/*
 * check.h - an implementation held against vectors
 *
 * Every case is asked of whoever answers, several requests at a time; each
 * answer is compared under the rule of its case; for what fails the first wrong
 * place is looked for.  The report is text for people and for grep, its lines
 * fixed: see colaref-subject(7).
 */
#ifndef COLA_CHECK_H
#define COLA_CHECK_H

#include "oracle/asker.h"
#include "oracle/cases.h"

struct cola_check_options {
    const char *id, *flag;              /* only this case, only these; or NULL */
    void (*progress)(double done);      /* or NULL */
};

struct cola_check_counts {
    size_t compared, failed, unsupported;
};

/* How many of the cases the options choose. */
size_t cola_check_count(const struct cola_cases *cases,
                        const struct cola_check_options *options);

/* Append a line for each that they choose: id, operation, rule, flags. */
void cola_check_list(const struct cola_cases *cases,
                     const struct cola_check_options *options, struct cola_buffer *b);

/*
 * Check ASKER and append the report to B.  COLA_NOTHING: it died, hung or
 * printed what is no answer; the report is of what was compared until then, and
 * so are COUNTS.
 */
COLA_MUST_USE enum cola_status
cola_check(const struct cola_cases *cases, struct cola_asker *asker,
           const struct cola_check_options *options, struct cola_check_counts *counts,
           struct cola_buffer *b, struct cola_error *err);

#endif
