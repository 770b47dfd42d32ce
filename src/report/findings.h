/*
 * findings.h - every sheet of a report, from the journals
 *
 * The two findings come first, each beside its controls: a shorter chain is
 * still right, some chain is right where the model is wrong.  A search that
 * may try many chains and knows the answer finds one by luck, so neither is
 * told alone, and what was not controlled is said to be so.
 */
#ifndef COLA_FINDINGS_H
#define COLA_FINDINGS_H

#include "report/journals.h"
#include "report/sheet.h"

/*
 * Append all sheets that journals alone suffice for.  Fails with COLA_INPUT
 * when the counts of layers contradict each other (f = 1 - s + r), which would
 * be a defect, and with COLA_NOTHING when no run has a sample.
 */
COLA_MUST_USE enum cola_status
cola_findings(const struct cola_runs *runs, struct cola_sheets *sheets,
              struct cola_error *err);

#endif
