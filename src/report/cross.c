/*
 * cross.c - one fixed chain for all, chosen on one half and tried on the other
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/cross.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "report/rows.h"

struct group {
    size_t number;
    unsigned char digest[32];
};

static int
by_digest(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    int order = memcmp(x->digest, y->digest, sizeof x->digest);

    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

/* An ordinary chain that is undecided has nothing to be compared with. */
static int
counts(const struct cola_sampled *s, int level)
{
    return cola_level_has(level, s) && s->base != '?' && s->controls.fixed != NULL;
}

/*
 * Give every sample its half: groups in the order of the SHA-256 of their
 * names, one to the one and the next to the other.  Tasks alternate levels,
 * kinds and lengths in their order, so the order itself would not do.
 */
static enum cola_status
divide(const struct cola_run *run, int level, struct cola_cross *cross,
       struct cola_error *err)
{
    struct group *groups = cola_alloc(run->n, sizeof *groups);
    size_t n = 0;

    if (groups == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];
        struct cola_sha256 sha;
        size_t j = 0;

        while (j < n && groups[j].number != s->group)
            j++;
        if (j < n || !counts(s, level))
            continue;
        groups[n].number = s->group;
        cola_sha256_init(&sha);
        cola_sha256_add(&sha, s->group_name, strlen(s->group_name));
        cola_sha256_end(&sha, groups[n++].digest);
    }
    qsort(groups, n, sizeof *groups, by_digest);
    for (size_t i = 0; i < run->n; i++)
        for (size_t j = 0; j < n; j++)
            if (groups[j].number == run->samples[i].group)
                cross->half[i] = j % 2;
    cross->there = n >= 2;
    free(groups);
    return COLA_OK;
}

static int
is_ordinary(const struct cola_chain *chain, int layers)
{
    struct cola_chain ordinary;

    cola_chain_identity(&ordinary, layers);
    return cola_chain_cmp(chain, &ordinary) == 0;
}

/* The best chain of those allowed, on the samples of HALF, or on all (2);
 * SIZE_MAX when none is allowed. */
static size_t
choose(const struct cola_run *run, const struct cola_cross *cross, int level,
       int longest, int half)
{
    size_t best = SIZE_MAX, most = 0;
    struct cola_chain chain, best_chain = {0, {0}};

    for (size_t c = 0; c < run->n_fixed; c++) {
        size_t right = 0;

        cola_chains_get(&run->fixed, c, &chain);
        if (chain.len > longest || is_ordinary(&chain, run->layers))
            continue;
        for (size_t i = 0; i < run->n; i++)
            if (counts(&run->samples[i], level) && (half == 2 || cross->half[i] == half))
                right += run->samples[i].controls.fixed[c] == '1';
        if (best == SIZE_MAX || right > most ||
            (right == most && cola_chain_rank(&chain, &best_chain) < 0)) {
            best = c;
            most = right;
            best_chain = chain;
        }
    }
    return best;
}

enum cola_status
cola_cross_validate(const struct cola_run *run, int level, int longest,
                    struct cola_cross *cross, struct cola_error *err)
{
    enum cola_status st;

    *cross = (struct cola_cross){0, cola_alloc(run->n, 1), cola_alloc(run->n, 1),
                                 {SIZE_MAX, SIZE_MAX}, SIZE_MAX};
    if (cross->mark == NULL || cross->half == NULL) {
        cola_cross_free(cross);
        return cola_fail_memory(err);
    }
    st = divide(run, level, cross, err);
    if (st != COLA_OK) {
        cola_cross_free(cross);
        return st;
    }
    if (!cross->there)
        return COLA_OK;
    for (int half = 0; half < 2; half++)
        cross->chosen[half] = choose(run, cross, level, longest, 1 - half);
    cross->whole = choose(run, cross, level, longest, 2);
    cross->there = cross->whole != SIZE_MAX;
    for (size_t i = 0; cross->there && i < run->n; i++)
        if (counts(&run->samples[i], level))
            cross->mark[i] =
                run->samples[i].controls.fixed[cross->chosen[cross->half[i]]];
    return COLA_OK;
}

void
cola_cross_free(struct cola_cross *cross)
{
    free(cross->mark);
    free(cross->half);
    cross->mark = NULL;
    cross->half = NULL;
}

void
cola_fixed_text(const struct cola_run *run, size_t i, char *text, size_t size)
{
    struct cola_chain chain;

    cola_chains_get(&run->fixed, i, &chain);
    cola_chain_print(&chain, text, size);
}
