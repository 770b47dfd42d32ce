/*
 * perft.c - count edit sequences and the chains they reach
 *
 * The sequences are never walked one by one: each different chain of a depth
 * is kept once with the number of sequences that end in it, and hands that
 * number on to every chain one edit further.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "chain/perft.h"

#include <stdlib.h>
#include <string.h>

struct level {                  /* the chains of one depth */
    struct cola_chain_set chains;
    uint64_t *ways;             /* [room] sequences that end in each */
    size_t room;
};

static void
level_free(struct level *level)
{
    cola_chain_set_free(&level->chains);
    free(level->ways);
    memset(level, 0, sizeof *level);
}

static enum cola_status
level_add(struct level *level, const struct cola_chain *chain, uint64_t ways,
          struct cola_error *err)
{
    size_t i;
    int added;
    enum cola_status st = cola_chain_set_add(&level->chains, chain, &i, &added, err);

    if (st != COLA_OK)
        return st;
    if (i >= level->room) {
        size_t room = level->room * 2 + 64;
        uint64_t *w = cola_realloc(level->ways, room, sizeof *w);

        if (w == NULL)
            return cola_fail_memory(err);
        level->ways = w;
        level->room = room;
    }
    if (added)
        level->ways[i] = 0;
    if (ways > UINT64_MAX - level->ways[i])
        return cola_fail(err, COLA_INPUT, "more than 2^64 edit sequences reach one "
                         "chain; choose a smaller depth");
    level->ways[i] += ways;
    return COLA_OK;
}

/* Fill NEXT from LEVEL; EDITS is room for one chain's. */
static enum cola_status
descend(const struct cola_rules *rules, const struct level *level, int root,
        struct cola_edit *edits, struct level *next, struct cola_chain_set *all,
        uint64_t *sequences, struct cola_error *err)
{
    struct cola_chain chain, child;

    *sequences = 0;
    for (size_t c = 0; c < level->chains.count; c++) {
        size_t n;

        cola_chain_set_get(&level->chains, c, &chain);
        n = cola_edits(rules, &chain, root, edits);
        for (size_t e = 0; e < n; e++) {
            enum cola_status st;
            size_t index;
            int added;

            cola_edit_apply(&chain, edits[e], &child);
            st = level_add(next, &child, level->ways[c], err);
            if (st == COLA_OK)
                st = cola_chain_set_add(all, &child, &index, &added, err);
            if (st != COLA_OK)
                return st;
            if (level->ways[c] > UINT64_MAX - *sequences)
                return cola_fail(err, COLA_INPUT, "more than 2^64 edit sequences; "
                                 "choose a smaller depth");
            *sequences += level->ways[c];
        }
    }
    return COLA_OK;
}

enum cola_status
cola_perft(const struct cola_rules *rules, int depth,
           void (*row)(void *ctx, const struct cola_perft *counts), void *ctx,
           struct cola_error *err)
{
    struct level level = {{0}, NULL, 0}, next = {{0}, NULL, 0};
    struct cola_chain_set all = {0};
    struct cola_edit *edits = cola_alloc(cola_edits_most(rules), sizeof *edits);
    struct cola_chain base;
    enum cola_status st = COLA_OK;
    size_t index;
    int added;

    cola_chain_identity(&base, rules->layers);
    if (edits == NULL)
        st = cola_fail_memory(err);
    if (st == COLA_OK)
        st = level_add(&level, &base, 1, err);
    if (st == COLA_OK)
        st = cola_chain_set_add(&all, &base, &index, &added, err);
    for (int d = 1; st == COLA_OK && d <= depth; d++) {
        struct cola_perft counts = {.depth = d};

        st = descend(rules, &level, d == 1, edits, &next, &all, &counts.sequences,
                     err);
        if (st != COLA_OK)
            break;
        counts.distinct = next.chains.count;
        counts.total = all.count;
        row(ctx, &counts);
        level_free(&level);
        level = next;
        next = (struct level){{0}, NULL, 0};
    }
    level_free(&level);
    level_free(&next);
    cola_chain_set_free(&all);
    free(edits);
    return st;
}
