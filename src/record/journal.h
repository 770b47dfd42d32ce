/*
 * journal.h - the file of one run, as JSON lines
 *
 * A header, then a "sample" record for each sample in the task's order, then
 * an "end" record.  Nothing in it depends on paths, threads, limits, shards,
 * machines or time: two runs of the same search are equal byte for byte.
 *
 * Samples finish in another order than they are written in.  One that must
 * wait for its turn is kept, durably, in FILE.pending, so that a killed run
 * loses only the samples in progress.
 */
#ifndef COLA_JOURNAL_H
#define COLA_JOURNAL_H

#include "base/file.h"
#include "base/json.h"

/* ---- writing ------------------------------------------------------------------- */

struct cola_journal;

/*
 * Begin PATH ("-": standard output; NULL: no file at all) for the N samples
 * called IDS, or for the N parts of an enumeration, each under its sample's id.
 * With RESUME an existing file is taken up: its header must equal HEADER, its
 * samples must be the first of IDS.  DONE [n] is set to 1 for the samples that
 * need not be run again.  IDS is borrowed.
 */
COLA_MUST_USE enum cola_status
cola_journal_open(const char *path, const char *header, const char *const *ids,
                  size_t n, int resume, unsigned char *done,
                  struct cola_journal **journal, struct cola_error *err);

/* Sample number I's record, LEN bytes with their newline. */
COLA_MUST_USE enum cola_status
cola_journal_put(struct cola_journal *journal, size_t i, const char *record,
                 size_t len, struct cola_error *err);

/* Write the end record, when every sample was put. */
COLA_MUST_USE enum cola_status
cola_journal_end(struct cola_journal *journal, struct cola_error *err);

/* Free everything; what was put stays on the disk. */
void cola_journal_close(struct cola_journal *journal);

/* ---- reading ------------------------------------------------------------------- */

/*
 * Call RECORD for the header and each record of PATH in turn; BYTES and LEN
 * are its line.  *TORN is set when the last line is not whole: it is left out.
 */
COLA_MUST_USE enum cola_status
cola_journal_read(const char *path,
                  enum cola_status (*record)(void *ctx, const json_t *value,
                                             const char *bytes, size_t len,
                                             struct cola_error *err),
                  void *ctx, int *torn, struct cola_error *err);

#endif
