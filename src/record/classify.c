/*
 * classify.c - what a search found for one sample
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "record/classify.h"

static const char *const names[] = {"C", "C->C", "W->C", "W->W"};

const char *
cola_class_name(enum cola_class class)
{
    return names[class];
}

void
cola_outcome_chain(const struct cola_outcome *outcome, size_t i, struct cola_chain *chain)
{
    const struct cola_evaluation *list;

    cola_search_evaluated(outcome->search, &list);
    cola_chain_set_get(&cola_search_tree(outcome->search)->chains, list[i].node, chain);
}

/* Does A, with so many right, come before B: more right, then by rank? */
static int
before(int right_a, const struct cola_chain *a, int right_b, const struct cola_chain *b)
{
    return right_a != right_b ? right_a > right_b : cola_chain_rank(a, b) < 0;
}

void
cola_classify(const struct cola_outcome *outcome, struct cola_finding *finding)
{
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(outcome->search, &list);
    const struct cola_verdict *v = outcome->verdicts;
    struct cola_chain chain, shortest, robust;
    int layers = cola_search_preset(outcome->search)->layers;

    *finding = (struct cola_finding){COLA_W_TO_W, COLA_NONE, COLA_NONE};
    for (size_t i = 0; i < n; i++) {
        cola_outcome_chain(outcome, i, &chain);
        if (v[i].mark == COLA_CORRECT &&
            (finding->shortest == COLA_NONE || cola_chain_rank(&chain, &shortest) < 0)) {
            finding->shortest = i;
            shortest = chain;
        }
        if (finding->robust == COLA_NONE ||
            before(v[i].correct, &chain, v[finding->robust].correct, &robust)) {
            finding->robust = i;
            robust = chain;
        }
    }
    if (n > 0 && v[0].mark == COLA_CORRECT)
        finding->class = shortest.len < layers ? COLA_C_TO_C : COLA_C;
    else if (finding->shortest != COLA_NONE)
        finding->class = COLA_W_TO_C;
}

void
cola_pareto(const struct cola_outcome *outcome, const double *value,
            unsigned char *front)
{
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(outcome->search, &list);
    const struct cola_tree *tree = cola_search_tree(outcome->search);
    struct cola_chain a, b;

    for (size_t i = 0; i < n; i++) {
        int length = tree->nodes[list[i].node].length;

        front[i] = value[i] == value[i];
        for (size_t j = 0; j < n && front[i]; j++) {
            int other = tree->nodes[list[j].node].length;

            if (j == i || !(value[j] >= value[i]) || other > length)
                continue;
            if (value[j] > value[i] || other < length) {
                front[i] = 0;
                continue;
            }
            cola_outcome_chain(outcome, i, &a);
            cola_outcome_chain(outcome, j, &b);
            front[i] = cola_chain_rank(&a, &b) < 0;
        }
    }
}
