/*
 * verify.h - a search held against the ground truth of its space
 *
 * A search says which of the chains it tried are right.  Held against an
 * enumeration of the same questions in the same arithmetic it can be asked
 * more: does any of its verdicts contradict the truth (a defect), did it find
 * the shortest right chain, how much longer is the one it found, how many
 * chains did it try before the first right one - and would random chains have
 * done as well?
 */
#ifndef COLA_VERIFY_H
#define COLA_VERIFY_H

#include "base/buffer.h"
#include "oracle/truth.h"

/*
 * Verify the journal at PATH and append a table for people to B.  Journals of
 * another model, task, arithmetic or space are refused.  *CONTRADICTIONS is
 * how many verdicts differ from the truth; the first few are named.
 */
COLA_MUST_USE enum cola_status
cola_verify(const char *path, const struct cola_truth *truth, struct cola_buffer *b,
            size_t *contradictions, struct cola_error *err);

#endif
