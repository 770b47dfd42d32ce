/*
 * asking.h - many questions to a judge, gathered into few calls
 */
#ifndef COLA_ASKING_H
#define COLA_ASKING_H

#include "chain/judge.h"

struct cola_asking {
    struct cola_judge judge;
    struct cola_question *questions;    /* [n], room for a call's */
    enum cola_mark **places;            /* [n] where the marks belong */
    size_t n;
    uint64_t judged;                    /* so far */
    void (*progress)(void *ctx, uint64_t judged);       /* after each call; or
                                         * NULL */
    void *ctx;
};

COLA_MUST_USE enum cola_status
cola_asking_begin(struct cola_asking *asking, struct cola_judge judge,
                  struct cola_error *err);
void cola_asking_end(struct cola_asking *asking);

/* *PLACE becomes the mark of CHAIN on SAMPLE, at the latest with
 * cola_ask_rest(). */
COLA_MUST_USE enum cola_status
cola_ask(struct cola_asking *asking, size_t sample, const struct cola_chain *chain,
         enum cola_mark *place, struct cola_error *err);
COLA_MUST_USE enum cola_status
cola_ask_rest(struct cola_asking *asking, struct cola_error *err);

#endif
