/*
 * rows.h - rows by level, and the cells that every sheet has
 *
 * A sheet tells of each run, of each of its levels where there are several,
 * and of all together.
 */
#ifndef COLA_ROWS_H
#define COLA_ROWS_H

#include "report/journals.h"
#include "report/sheet.h"

#define COLA_EVERY_LEVEL INT32_MAX

/* The I-th level of RUN, rising, -1 for samples without; COLA_EVERY_LEVEL
 * comes last, and alone where all have the same.  0 past it. */
int cola_level_at(const struct cola_run *run, size_t i, int *level);

/* To the next level of the next run that has samples, from {0} on; 0 past the last. */
struct cola_row {
    const struct cola_run *run;
    int level;
    size_t runs, levels;        /* done before this one */
};

int cola_row_next(const struct cola_runs *runs, struct cola_row *row);

/* Is S of LEVEL? */
int cola_level_has(int level, const struct cola_sampled *s);

/* What is told of a sample: does the model get it right, and is some chain? */
enum cola_told {
    COLA_TOLD_C, COLA_TOLD_C_TO_C, COLA_TOLD_W_TO_C, COLA_TOLD_W_TO_W,
    COLA_TOLD_UNDECIDED,        /* whether the model does, nobody knows */
    COLA_TOLD
};

enum cola_told cola_told(const struct cola_run *run, const struct cola_sampled *s);
const char *cola_told_name(enum cola_told told);        /* "C->C" */

/* The share of the sample's random chains that are right; NaN: it has none. */
double cola_random_share(const struct cola_run *run, const struct cola_sampled *s);

/* The run's label, and the level: "3", "none" or "all". */
void cola_run_cells(struct cola_sheets *sheets, const struct cola_run *run, int level);

/* N, K, K/N and Wilson's interval of it; empty where N is 0. */
void cola_rate_cells(struct cola_sheets *sheets, size_t k, size_t n);

/*
 * Values of samples, to be averaged: the mean's interval draws whole groups.
 */
struct cola_observed {
    double *x;                  /* [room] */
    size_t *group;
    size_t n, room;
};

COLA_MUST_USE enum cola_status
cola_observed_new(struct cola_observed *values, size_t room, struct cola_error *err);
void cola_observed_free(struct cola_observed *values);
void cola_observed_add(struct cola_observed *values, const struct cola_sampled *s,
                       double x);

struct cola_mean {
    size_t n;                   /* 0: the rest is NaN */
    double mean, lo, hi;        /* no interval of one group: NaN */
    size_t groups;
};

struct cola_mean cola_observed_mean(const struct cola_observed *values);

/* Mean, lo, hi. */
void cola_mean_cells(struct cola_sheets *sheets, const struct cola_mean *mean);

#endif
