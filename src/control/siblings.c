/*
 * siblings.c - is a chain that was found right on related questions too?
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "control/siblings.h"

#include <stdlib.h>
#include <string.h>

/* ---- who they are --------------------------------------------------------------- */

const char *
cola_kinship_name(enum cola_kinship kinship)
{
    static const char *const names[] = {NULL, "register", "group", "rotated"};

    return names[kinship];
}

static int
same_group(const struct cola_item *a, const struct cola_item *b)
{
    return a != b && a->group != NULL && b->group != NULL &&
           strcmp(a->group, b->group) == 0;
}

static enum cola_status
add_group(const struct cola_dataset *task, const struct cola_item *item,
          struct cola_variants *v, size_t *n, struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < task->n && st == COLA_OK; i++)
        if (same_group(&task->items[i], item) && *n < COLA_CHOOSING + COLA_TESTING) {
            st = cola_variants_add(v, task->form, &task->items[i], err);
            *n += st == COLA_OK;
        }
    return st;
}

enum cola_status
cola_siblings_add(const struct cola_dataset *task, enum cola_grader grader,
                  const struct cola_item *item, struct cola_variants *v,
                  enum cola_kinship *kinship, struct cola_error *err)
{
    int most = COLA_CHOOSING + COLA_TESTING;
    size_t n = 0;
    enum cola_status st = COLA_OK;

    *kinship = COLA_ALONE;
    if (cola_is_register(item, cola_grader_picks(grader))) {
        *kinship = COLA_BY_REGISTER;
        for (int i = 1; i <= most && st == COLA_OK; i++)
            st = cola_variants_started(v, task->form, item, i, err);
        return st;
    }
    st = add_group(task, item, v, &n, err);
    if (st != COLA_OK || n > 0) {
        *kinship = COLA_BY_GROUP;
        return st;
    }
    if (!cola_grader_picks(grader) || !cola_template_shows_options(task->form) ||
        cola_rotations(item) == 0)
        return COLA_OK;
    *kinship = COLA_BY_ROTATION;
    for (int i = 1; i <= most && i <= cola_rotations(item) && st == COLA_OK; i++)
        st = cola_variants_rotated(v, task->form, item, i, err);
    return st;
}

/* ---- what they say -------------------------------------------------------------- */

/* A trial in progress. */
struct progress {
    enum cola_mark *marks;      /* [chains] on the sibling asked about last */
    unsigned char *alive;       /* [chains] right so far */
    enum cola_mark tested[COLA_SELECTIONS + 1][COLA_TESTING];   /* the ordinary
                                 * chain last */
};

/* The shortest of the chains still alive, or SIZE_MAX. */
static size_t
shortest(const struct cola_trial *t, const unsigned char *alive)
{
    struct cola_chain chain, best;
    size_t found = SIZE_MAX;

    for (size_t c = 0; c < t->chains->count; c++) {
        if (!alive[c])
            continue;
        cola_chain_set_get(t->chains, c, &chain);
        if (found == SIZE_MAX || cola_chain_rank(&chain, &best) < 0) {
            found = c;
            best = chain;
        }
    }
    return found;
}

/* Leave alive what is right on sibling number S as well. */
static enum cola_status
thin_out(struct cola_asking *asking, const struct cola_trial *trials,
         struct progress *progress, size_t n, size_t s, struct cola_error *err)
{
    struct cola_chain chain;
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < trials[i].chains->count && st == COLA_OK; c++) {
            if (s >= trials[i].n || !progress[i].alive[c])
                continue;
            cola_chain_set_get(trials[i].chains, c, &chain);
            st = cola_ask(asking, trials[i].first + s, &chain, &progress[i].marks[c],
                          err);
        }
    if (st == COLA_OK)
        st = cola_ask_rest(asking, err);
    for (size_t i = 0; i < n && st == COLA_OK; i++)
        for (size_t c = 0; c < trials[i].chains->count; c++)
            progress[i].alive[c] &= s < trials[i].n &&
                                    progress[i].marks[c] == COLA_CORRECT;
    return st;
}

/* How many of the siblings of T remain to be tested on? */
static size_t
fresh(const struct cola_trial *t)
{
    size_t rest = t->n > COLA_CHOOSING ? t->n - COLA_CHOOSING : 0;

    return rest < COLA_TESTING ? rest : COLA_TESTING;
}

static enum cola_status
test(struct cola_asking *asking, struct cola_trial *trials, struct progress *progress,
     size_t n, struct cola_error *err)
{
    struct cola_chain chain;
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k <= COLA_SELECTIONS; k++) {
            size_t c = k < COLA_SELECTIONS ? trials[i].selections[k].chain : 0;

            for (size_t s = 0; c != SIZE_MAX && s < fresh(&trials[i]) && st == COLA_OK;
                 s++) {
                cola_chain_set_get(trials[i].chains, c, &chain);
                st = cola_ask(asking, trials[i].first + COLA_CHOOSING + s, &chain,
                              &progress[i].tested[k][s], err);
            }
        }
    if (st == COLA_OK)
        st = cola_ask_rest(asking, err);
    for (size_t i = 0; i < n && st == COLA_OK; i++)
        for (size_t k = 0; k < COLA_SELECTIONS; k++) {
            struct cola_selection *selection = &trials[i].selections[k];

            for (size_t s = 0; selection->chain != SIZE_MAX && s < fresh(&trials[i]);
                 s++) {
                selection->of++;
                selection->right += progress[i].tested[k][s] == COLA_CORRECT;
                selection->base_right +=
                    progress[i].tested[COLA_SELECTIONS][s] == COLA_CORRECT;
            }
        }
    return st;
}

enum cola_status
cola_siblings_try(struct cola_asking *asking, struct cola_trial *trials, size_t n,
                  struct cola_error *err)
{
    struct progress *progress = cola_alloc(n, sizeof *progress);
    enum cola_status st = progress != NULL ? COLA_OK : cola_fail_memory(err);

    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        size_t count = trials[i].chains->count;

        progress[i].marks = cola_alloc(count, sizeof *progress[i].marks);
        progress[i].alive = cola_alloc(count, 1);
        if (progress[i].marks == NULL || progress[i].alive == NULL)
            st = cola_fail_memory(err);
        for (size_t c = 0; c < count && st == COLA_OK; c++)
            progress[i].alive[c] = trials[i].marks[c] == COLA_CORRECT;
        for (int k = 0; k < COLA_SELECTIONS; k++)
            trials[i].selections[k] = (struct cola_selection){1 << k, SIZE_MAX, 0, 0, 0};
    }
    /* after s siblings the chains alive are right on s + 1 questions */
    for (size_t s = 0; s <= COLA_CHOOSING && st == COLA_OK; s++) {
        if (s > 0)
            st = thin_out(asking, trials, progress, n, s - 1, err);
        for (size_t i = 0; i < n && st == COLA_OK; i++)
            for (int k = 0; k < COLA_SELECTIONS; k++)
                if (trials[i].selections[k].k == (int)s + 1)
                    trials[i].selections[k].chain = shortest(&trials[i],
                                                             progress[i].alive);
    }
    if (st == COLA_OK)
        st = test(asking, trials, progress, n, err);
    for (size_t i = 0; progress != NULL && i < n; i++) {
        free(progress[i].marks);
        free(progress[i].alive);
    }
    free(progress);
    return st;
}
