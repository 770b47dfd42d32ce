/*
 * sections.h - the parts of cola_findings(), each appending its sheets
 */
#ifndef COLA_SECTIONS_H
#define COLA_SECTIONS_H

#include "report/journals.h"
#include "report/sheet.h"

/* "runs", "robust" */
void cola_sheet_runs(const struct cola_runs *runs, struct cola_sheets *sheets);
void cola_sheet_robust(const struct cola_runs *runs, struct cola_sheets *sheets);

/* "findings1", "findings2", and "-differences" of both */
COLA_MUST_USE enum cola_status
cola_sheet_findings(const struct cola_runs *runs, struct cola_sheets *sheets,
                    struct cola_error *err);

/* "controls-decoy", "controls-pass", "controls-siblings", "controls-fixed" */
COLA_MUST_USE enum cola_status
cola_sheet_controls(const struct cola_runs *runs, struct cola_sheets *sheets,
                    struct cola_error *err);

/* "chance" */
COLA_MUST_USE enum cola_status
cola_sheet_chance(const struct cola_runs *runs, struct cola_sheets *sheets,
                  struct cola_error *err);

/* "table1", "transitions" */
void cola_sheet_table1(const struct cola_runs *runs, struct cola_sheets *sheets);
void cola_sheet_transitions(const struct cola_runs *runs, struct cola_sheets *sheets);

/* "depth", "depth-shortest", "accuracy-depth" */
COLA_MUST_USE enum cola_status
cola_sheet_depth(const struct cola_runs *runs, struct cola_sheets *sheets,
                 struct cola_error *err);
COLA_MUST_USE enum cola_status
cola_sheet_front(const struct cola_runs *runs, struct cola_sheets *sheets,
                 struct cola_error *err);

/* "layer-frequency", "layer-skips", "layer-repeats", "layer-thirds",
 * "layer-entropy" */
COLA_MUST_USE enum cola_status
cola_sheet_layers(const struct cola_runs *runs, struct cola_sheets *sheets,
                  struct cola_error *err);

/* "budget", "recurrence-budget", "valid-by-depth", "require", "segments",
 * "segments-max" */
void cola_sheet_budgets(const struct cola_runs *runs, struct cola_sheets *sheets);
COLA_MUST_USE enum cola_status
cola_sheet_segments(const struct cola_runs *runs, struct cola_sheets *sheets,
                    struct cola_error *err);

#endif
