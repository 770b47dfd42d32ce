/*
 * again.c - the same search, aimed at another answer
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "control/again.h"

#include <string.h>

struct searches {
    struct cola_again *again;
    void (*progress)(void *ctx, uint64_t judged);
    void *ctx;
};

static enum cola_status
take(void *ctx, const struct cola_outcome *outcome, struct cola_error *err)
{
    const struct searches *s = ctx;
    struct cola_again *a = &s->again[outcome->sample];
    const struct cola_evaluation *list;
    struct cola_finding finding;

    (void)err;
    memset(a, 0, sizeof *a);
    a->chains = cola_search_evaluated(outcome->search, &list);
    for (size_t i = 0; i < a->chains; i++)
        a->right += outcome->verdicts[i].mark == COLA_CORRECT;
    cola_classify(outcome, &finding);
    a->found = finding.shortest != COLA_NONE;
    if (a->found) {
        cola_outcome_chain(outcome, finding.shortest, &a->shortest);
        a->shorter = a->shortest.len < cola_search_preset(outcome->search)->layers;
    }
    return COLA_OK;
}

static void
tell(void *ctx, uint64_t judged)
{
    const struct searches *s = ctx;

    if (s->progress != NULL)
        s->progress(s->ctx, judged);
}

enum cola_status
cola_search_again(const struct cola_preset *preset, struct cola_judge judge,
                  const char *const *ids, size_t n,
                  void (*progress)(void *ctx, uint64_t judged), void *ctx,
                  struct cola_again *again, struct cola_error *err)
{
    struct searches searches = {again, progress, ctx};
    struct cola_drive drive = {
        .preset = preset, .judge = judge, .ids = ids, .n = n, .done = take,
        .progress = tell, .ctx = &searches,
    };

    return cola_drive(&drive, err);
}
