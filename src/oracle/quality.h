/*
 * quality.h - the runs of a report held against enumerations
 */
#ifndef COLA_QUALITY_H
#define COLA_QUALITY_H

#include "report/journals.h"
#include "report/sheet.h"

/*
 * Append the sheet "quality": each journal of RUNS against each enumeration
 * it can be compared with, both being read again.  An enumeration labelled as
 * a journal is for that one alone, and must fit it; one that fits none is
 * refused.  Without enumerations nothing is appended.
 */
COLA_MUST_USE enum cola_status
cola_quality(const struct cola_runs *runs, struct cola_sheets *sheets,
             struct cola_error *err);

#endif
