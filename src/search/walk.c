/*
 * walk.c - random chains: what luck alone would have found
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "search/walk.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/random.h"

#define TRIES 100

/* EDITS random edits from the ordinary chain, fewer where none is legal. */
static void
wander(const struct cola_preset *preset, struct cola_splitmix *random, int depth,
       struct cola_edit *edits, struct cola_chain *chain)
{
    struct cola_chain next;

    cola_chain_identity(chain, preset->layers);
    for (int d = 0; d < depth; d++) {
        size_t n = cola_edits(&preset->rules, chain, d == 0, edits);

        if (n == 0)
            return;
        cola_edit_apply(chain, edits[cola_splitmix_below(random, n)], &next);
        *chain = next;
    }
}

enum cola_status
cola_walk(const struct cola_search *search, const char *id, struct cola_chain_set *set,
          struct cola_error *err)
{
    const struct cola_preset *preset = cola_search_preset(search);
    const struct cola_tree *tree = cola_search_tree(search);
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(search, &list);
    struct cola_edit *edits = cola_alloc(cola_edits_most(&preset->rules), sizeof *edits);
    struct cola_buffer name = COLA_BUFFER_EMPTY;
    struct cola_splitmix random;
    struct cola_chain base, chain;
    enum cola_status st = COLA_OK;

    cola_buffer_printf(&name, "%s:random", id);
    if (edits == NULL || name.failed)
        st = cola_fail_memory(err);
    if (st == COLA_OK)
        cola_splitmix_seed(&random, preset->seed, name.data);
    cola_chain_identity(&base, preset->layers);
    for (size_t i = 1; i < n && st == COLA_OK; i++)
        for (int t = 0, added = 0; t < TRIES && !added && st == COLA_OK; t++) {
            size_t index;

            wander(preset, &random, tree->nodes[list[i].node].depth, edits, &chain);
            if (cola_chain_cmp(&chain, &base) != 0)
                st = cola_chain_set_add(set, &chain, &index, &added, err);
        }
    cola_buffer_free(&name);
    free(edits);
    return st;
}
