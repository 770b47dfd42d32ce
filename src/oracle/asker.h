/*
 * asker.h - whoever answers the requests of colaref-subject(7)
 *
 * A subject behind two pipes and ourselves are asked in the same way, so that
 * the code that checks cannot be kinder to one of them.  Requests are objects
 * without "id": it is given here, and answers may come in any order.
 */
#ifndef COLA_ASKER_H
#define COLA_ASKER_H

#include "base/json.h"

struct cola_asker {
    /* Take REQUEST, which remains the caller's; never waits for an answer. */
    enum cola_status (*send)(void *ctx, const json_t *request, struct cola_error *err);
    /* The next answer, an object with an integer "id", to be released with
     * json_decref().  COLA_NOTHING: there will be no more. */
    enum cola_status (*receive)(void *ctx, json_t **answer, struct cola_error *err);
    void *ctx;
    json_int_t last;            /* the id of the last request */
};

/* Send REQUEST under the next id, which becomes asker->last. */
COLA_MUST_USE enum cola_status
cola_asker_send(struct cola_asker *asker, const json_t *request, struct cola_error *err);

/*
 * Send REQUEST while nothing else is open, and wait.  *ANSWER is to be released
 * with json_decref(); NULL when it says "unsupported" or "error".
 */
COLA_MUST_USE enum cola_status
cola_asker_ask(struct cola_asker *asker, const json_t *request, json_t **answer,
               struct cola_error *err);

/* The failure of an answer whose "id" is of no open request: COLA_NOTHING. */
enum cola_status cola_asker_fail_id(const json_t *answer, struct cola_error *err);

/*
 * Fill ASKER with ourselves: BACKEND, KV and ROUND as cola_serve_new() and
 * cola_serve_set() take them.  Close it with cola_ourselves_close().
 */
COLA_MUST_USE enum cola_status
cola_ourselves_open(const char *backend, const char *kv, const char *round,
                    struct cola_asker *asker, struct cola_error *err);
void cola_ourselves_close(struct cola_asker *asker);

#endif
