/*
 * judge.h - who says whether a chain is right
 *
 * Searches and enumerations never run a model.  They ask a judge: a function
 * and its context, see struct cola_judge in colaref.h.  Three exist: a model
 * sitting a task (task/exam), a recorded table (record/table), and the
 * synthetic one here, with which a search can be tested and replayed without
 * any model.
 */
#ifndef COLA_JUDGE_H
#define COLA_JUDGE_H

#include "chain/chain.h"

/*
 * The synthetic judge "fnv:SALT:PERMILLE": a chain is correct when FNV-1a-64
 * of "SALT:" and the layers joined by commas ("s1:0,1,1,2"), modulo 1000, is
 * below PERMILLE.  It has one sample, whose id is the judge's own text, and
 * gives neither answer nor margin.
 */
struct cola_synthetic {
    char salt[64];
    unsigned permille;
};

COLA_MUST_USE enum cola_status
cola_synthetic_parse(const char *text, struct cola_synthetic *synthetic,
                     struct cola_error *err);

/* SYNTHETIC is borrowed. */
struct cola_judge cola_synthetic_judge(struct cola_synthetic *synthetic);

/* A verdict of one input without answer; RULE is static text. */
void cola_verdict_plain(struct cola_verdict *verdict, enum cola_mark mark,
                        const char *rule);

#endif
