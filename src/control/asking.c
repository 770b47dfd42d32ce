/*
 * asking.c - many questions to a judge, gathered into few calls
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "control/asking.h"

#include <stdlib.h>
#include <string.h>

#define AT_ONCE 1024            /* questions of one call, 2 kB each */

enum cola_status
cola_asking_begin(struct cola_asking *a, struct cola_judge judge, struct cola_error *err)
{
    memset(a, 0, sizeof *a);
    a->judge = judge;
    a->questions = cola_alloc(AT_ONCE, sizeof *a->questions);
    a->places = cola_alloc(AT_ONCE, sizeof *a->places);
    if (a->questions != NULL && a->places != NULL)
        return COLA_OK;
    cola_asking_end(a);
    return cola_fail_memory(err);
}

void
cola_asking_end(struct cola_asking *a)
{
    free(a->questions);
    free(a->places);
    a->questions = NULL;
    a->places = NULL;
}

enum cola_status
cola_ask_rest(struct cola_asking *a, struct cola_error *err)
{
    struct cola_verdict *verdicts;
    enum cola_status st;

    if (a->n == 0)
        return COLA_OK;
    verdicts = cola_alloc(a->n, sizeof *verdicts);
    if (verdicts == NULL)
        return cola_fail_memory(err);
    st = a->judge.answer(a->judge.ctx, a->questions, verdicts, a->n, err);
    for (size_t i = 0; i < a->n && st == COLA_OK; i++) {
        *a->places[i] = verdicts[i].mark;
        cola_verdict_clear(&verdicts[i]);
    }
    free(verdicts);
    if (st != COLA_OK)
        return st;
    a->judged += a->n;
    a->n = 0;
    if (a->progress != NULL)
        a->progress(a->ctx, a->judged);
    return COLA_OK;
}

enum cola_status
cola_ask(struct cola_asking *a, size_t sample, const struct cola_chain *chain,
         enum cola_mark *place, struct cola_error *err)
{
    a->questions[a->n] = (struct cola_question){sample, *chain};
    a->places[a->n++] = place;
    return a->n == AT_ONCE ? cola_ask_rest(a, err) : COLA_OK;
}
