/*
 * findings.c - every sheet of a report, from the journals
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/findings.h"

#include "report/sections.h"

enum cola_status
cola_findings(const struct cola_runs *runs, struct cola_sheets *sheets,
              struct cola_error *err)
{
    enum cola_status st;
    size_t samples = 0;

    for (size_t i = 0; i < runs->n; i++)
        samples += runs->list[i].n + runs->list[i].n_several;
    if (samples == 0)
        return cola_fail(err, COLA_NOTHING, "no journal has a sample: nothing to report");
    cola_sheet_runs(runs, sheets);
    st = cola_sheet_findings(runs, sheets, err);
    if (st == COLA_OK)
        st = cola_sheet_chance(runs, sheets, err);
    if (st == COLA_OK)
        st = cola_sheet_controls(runs, sheets, err);
    if (st != COLA_OK)
        return st;
    cola_sheet_table1(runs, sheets);
    cola_sheet_transitions(runs, sheets);
    st = cola_sheet_depth(runs, sheets, err);
    if (st == COLA_OK)
        st = cola_sheet_front(runs, sheets, err);
    if (st == COLA_OK)
        st = cola_sheet_layers(runs, sheets, err);
    if (st != COLA_OK)
        return st;
    cola_sheet_budgets(runs, sheets);
    st = cola_sheet_segments(runs, sheets, err);
    cola_sheet_robust(runs, sheets);
    return st == COLA_OK && sheets->failed ? cola_fail_memory(err) : st;
}
