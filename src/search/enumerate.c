/*
 * enumerate.c - every chain of a stated space, in canonical order
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "search/enumerate.h"

#include <stdlib.h>
#include <string.h>

void
cola_chains_free(struct cola_chains *c)
{
    cola_chain_set_free(&c->set);
    free(c->order);
    c->order = NULL;
}

void
cola_chains_get(const struct cola_chains *c, size_t i, struct cola_chain *chain)
{
    cola_chain_set_get(&c->set, c->order[i], chain);
}

static enum cola_status
add(struct cola_chain_set *set, const struct cola_chain *chain, size_t most,
    struct cola_error *err)
{
    size_t index;
    int added;
    enum cola_status st = cola_chain_set_add(set, chain, &index, &added, err);

    if (st == COLA_OK && set->count > most)
        return cola_fail(err, COLA_INPUT, "more than %zu chains: --max-chains allows no "
                         "more", most);
    return st;
}

/* Breadth first: a chain is found at its least depth, and expanded once. */
static enum cola_status
expand(const struct cola_rules *rules, int depth, size_t most,
       struct cola_chain_set *set, struct cola_error *err)
{
    struct cola_edit *edits = cola_alloc(cola_edits_most(rules), sizeof *edits);
    struct cola_chain chain, child;
    size_t from = 0;
    enum cola_status st = edits != NULL ? COLA_OK : cola_fail_memory(err);

    cola_chain_identity(&chain, rules->layers);
    if (st == COLA_OK)
        st = add(set, &chain, most, err);
    for (int d = 0; d < depth && from < set->count && st == COLA_OK; d++) {
        size_t level = set->count;

        for (; from < level && st == COLA_OK; from++) {
            size_t n;

            cola_chain_set_get(set, from, &chain);
            n = cola_edits(rules, &chain, from == 0, edits);
            for (size_t e = 0; e < n && st == COLA_OK; e++) {
                cola_edit_apply(&chain, edits[e], &child);
                st = add(set, &child, most, err);
            }
        }
    }
    free(edits);
    return st;
}

/* How many sequences of 1 to N of L layers there are; SIZE_MAX when more. */
static size_t
count_sequences(int layers, int n)
{
    size_t total = 0, power = 1;

    for (int i = 0; i < n; i++) {
        if (power > (SIZE_MAX - total) / (size_t)layers)
            return SIZE_MAX;
        power *= (size_t)layers;
        total += power;
    }
    return total;
}

static enum cola_status
sequences(int layers, int n, size_t most, struct cola_chain_set *set,
          struct cola_error *err)
{
    size_t count = count_sequences(layers, n);

    if (count > most)
        return cola_fail(err, COLA_INPUT, "%s%zu chains; --max-chains allows %zu",
                         count == SIZE_MAX ? "more than " : "", count, most);
    for (int len = 1; len <= n; len++) {
        struct cola_chain chain = {len, {0}};
        int p;

        do {                            /* count up, the last layer fastest */
            enum cola_status st = add(set, &chain, most, err);

            if (st != COLA_OK)
                return st;
            for (p = len - 1; p >= 0 && ++chain.at[p] == layers; p--)
                chain.at[p] = 0;
        } while (p >= 0);
    }
    return COLA_OK;
}

/* ---- canonical order ------------------------------------------------------------- */

static int
compare(const struct cola_chain_set *set, size_t a, size_t b)
{
    struct cola_chain x, y;

    cola_chain_set_get(set, a, &x);
    cola_chain_set_get(set, b, &y);
    return cola_chain_cmp(&x, &y);
}

/* Merge sort of FROM [n] with SPARE [n]: no two chains are equal, so any
 * correct sort gives the same order. */
static void
sort(const struct cola_chain_set *set, size_t *from, size_t *spare, size_t n)
{
    size_t half = n / 2, i = 0, j = half, k = 0;

    if (n < 2)
        return;
    sort(set, from, spare, half);
    sort(set, from + half, spare, n - half);
    while (i < half && j < n)
        spare[k++] = compare(set, from[i], from[j]) < 0 ? from[i++] : from[j++];
    while (i < half)
        spare[k++] = from[i++];
    memcpy(from, spare, k * sizeof *from);
}

enum cola_status
cola_enumerate(const struct cola_extent_of *extent, size_t most,
               struct cola_chains *chains, struct cola_error *err)
{
    struct cola_chains c = {{0}, NULL};
    size_t *spare = NULL;
    enum cola_status st;

    if (extent->kind == COLA_EXTENT_SEQUENCES)
        st = sequences(extent->rules.layers, extent->amount, most, &c.set, err);
    else
        st = expand(&extent->rules, extent->kind == COLA_EXTENT_DEPTH ? extent->amount :
                    INT32_MAX, most, &c.set, err);
    if (st == COLA_OK) {
        c.order = cola_alloc(c.set.count, sizeof *c.order);
        spare = cola_alloc(c.set.count, sizeof *spare);
        if (c.order == NULL || spare == NULL)
            st = cola_fail_memory(err);
    }
    if (st != COLA_OK) {
        cola_chains_free(&c);
        free(spare);
        return st;
    }
    for (size_t i = 0; i < c.set.count; i++)
        c.order[i] = i;
    sort(&c.set, c.order, spare, c.set.count);
    free(spare);
    *chains = c;
    return COLA_OK;
}
