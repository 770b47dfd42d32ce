/*
 * locate.h - where a subject first goes wrong
 *
 * A wrong logit says that something before it was wrong.  So the subject is
 * asked for the stream after every position of the chain, which is compared
 * with ours; then for the values inside the first position that is wrong; then
 * for that layer alone, given the stream that should have entered it.  A layer
 * that is right by itself and wrong in its place was given something wrong.
 * What the subject does not support is said, and the rest left out.
 *
 * Its logits are also compared with those under other semantics of keys and
 * values, which published implementations have.
 */
#ifndef COLA_LOCATE_H
#define COLA_LOCATE_H

#include "oracle/asker.h"
#include "oracle/cases.h"

struct cola_locator;

/* ASKER and PROMISE must outlive it; nothing may be open at ASKER when it is
 * used. */
COLA_MUST_USE enum cola_status
cola_locator_new(struct cola_asker *asker, const struct cola_promise *promise,
                 struct cola_locator **locator, struct cola_error *err);
void cola_locator_free(struct cola_locator *locator);

/*
 * Case C failed as FINDING says: append what is found, lines that begin with
 * two blanks, to B.  Nothing for an operation without a chain.  COLA_NOTHING:
 * the subject does not answer any more.
 */
COLA_MUST_USE enum cola_status
cola_locate(struct cola_locator *locator, const struct cola_case *c,
            const struct cola_finding *finding, struct cola_buffer *b,
            struct cola_error *err);

/* The same for a derived case; its original, as it was asked for, is ORIGINAL. */
COLA_MUST_USE enum cola_status
cola_locate_derived(struct cola_locator *locator, const struct cola_case *c,
                    const struct cola_finding *finding, enum cola_outcome original,
                    struct cola_buffer *b, struct cola_error *err);

#endif
