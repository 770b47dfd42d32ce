/*
 * recorded.c - chains, counts and controls as a record has them
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/recorded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum cola_status
cola_recorded_count(const json_t *object, const char *name, int *value, const char *place,
                    struct cola_error *err)
{
    int64_t n = 0;
    enum cola_status st = cola_json_get_integer(object, name, 1, 0, INT32_MAX, &n,
                                                place, err);

    if (st == COLA_OK)
        *value = (int)n;
    return st;
}

enum cola_status
cola_recorded_chain(const json_t *layers, int below, struct cola_chain *chain,
                    const char *place, struct cola_error *err)
{
    size_t n = json_array_size(layers);

    if (!json_is_array(layers) || n > COLA_CHAIN_MAX)
        return cola_fail(err, COLA_INPUT, "%s: an evaluation without \"chain\"",
                         place);
    chain->len = (int)n;
    for (size_t i = 0; i < n; i++) {
        const json_t *layer = json_array_get(layers, i);

        if (!json_is_integer(layer) || json_integer_value(layer) < 0 ||
            json_integer_value(layer) >= below)
            return cola_fail(err, COLA_INPUT, "%s: a chain's layer is none of 0-%d",
                             place, below - 1);
        chain->at[i] = (uint16_t)json_integer_value(layer);
    }
    return COLA_OK;
}

static enum cola_status
take_rerun(const json_t *object, int layers, struct cola_rerun *rerun, const char *place,
           struct cola_error *err)
{
    const json_t *shortest = json_object_get(object, "shortest");
    struct cola_chain chain;
    int chains = 0, right = 0;
    enum cola_status st;

    if (!json_is_object(object))
        return COLA_OK;
    st = cola_recorded_count(object, "chains", &chains, place, err);
    if (st == COLA_OK)
        st = cola_recorded_count(object, "right", &right, place, err);
    if (st == COLA_OK && json_is_array(shortest)) {
        st = cola_recorded_chain(shortest, layers, &chain, place, err);
        if (st == COLA_OK)
            rerun->length = chain.len;
    }
    rerun->there = 1;
    rerun->chains = (size_t)chains;
    rerun->right = (size_t)right;
    rerun->shorter = rerun->length > 0 && rerun->length < layers;
    return st;
}

static enum cola_status
take_pass(const json_t *object, struct cola_controlled *c, const char *place,
          struct cola_error *err)
{
    int samples = 0, right = 0;
    enum cola_status st;

    if (!json_is_object(object))
        return COLA_OK;
    st = cola_recorded_count(object, "samples", &samples, place, err);
    if (st == COLA_OK)
        st = cola_recorded_count(object, "right", &right, place, err);
    if (st == COLA_OK)
        st = cola_json_get_real(object, "p", 1, &c->pass_p, place, err);
    c->pass = 1;
    c->pass_samples = (size_t)samples;
    c->pass_right = (size_t)right;
    return st;
}

static enum cola_status
take_siblings(const json_t *object, int layers, struct cola_controlled *c,
              const char *place, struct cola_error *err)
{
    const json_t *list = json_object_get(object, "select"), *e;
    const char *kind = json_string_value(json_object_get(object, "kind"));
    struct cola_chain chain;
    enum cola_status st = COLA_OK;
    size_t i;

    if (!json_is_object(object))
        return COLA_OK;
    snprintf(c->kind, sizeof c->kind, "%s", kind != NULL ? kind : "?");
    json_array_foreach(list, i, e) {
        struct cola_chosen *chosen = &c->chosen[c->n_chosen];

        if (c->n_chosen == COLA_SIBLINGS)
            return cola_fail(err, COLA_INPUT, "%s: more than %d selections of siblings",
                             place, COLA_SIBLINGS);
        c->n_chosen++;
        st = cola_recorded_count(e, "k", &chosen->k, place, err);
        if (st == COLA_OK && chosen->k != 1 << i)
            st = cola_fail(err, COLA_INPUT, "%s: selections of siblings are for k = 1, "
                           "2, 4", place);
        if (st == COLA_OK && json_is_array(json_object_get(e, "chain"))) {
            st = cola_recorded_chain(json_object_get(e, "chain"), layers, &chain, place,
                                     err);
            chosen->length = chain.len;
        }
        if (st == COLA_OK)
            st = cola_recorded_count(e, "right", &chosen->right, place, err);
        if (st == COLA_OK)
            st = cola_recorded_count(e, "of", &chosen->of, place, err);
        if (st == COLA_OK)
            st = cola_recorded_count(e, "base_right", &chosen->base_right, place, err);
        if (st != COLA_OK)
            return st;
    }
    return COLA_OK;
}

enum cola_status
cola_recorded_controls(struct cola_run *run, const json_t *object,
                       struct cola_controlled *c, const char *place,
                       struct cola_error *err)
{
    const char *fixed = NULL;
    int layers = run->layers;
    enum cola_status st = take_rerun(json_object_get(object, "decoy"), layers, &c->decoy,
                                     place, err);

    if (st == COLA_OK)
        st = take_rerun(json_object_get(object, "kept"), layers, &c->kept, place, err);
    if (st == COLA_OK)
        st = take_pass(json_object_get(object, "pass"), c, place, err);
    if (st == COLA_OK)
        st = take_siblings(json_object_get(object, "siblings"), layers, c, place, err);
    if (st == COLA_OK)
        st = cola_json_get_text(object, "fixed", 1, &fixed, place, err);
    if (st != COLA_OK || fixed == NULL)
        return st;
    if (run->n_fixed == 0) {
        struct cola_extent_of extent = {COLA_EXTENT_DEPTH, 1, run->rules};

        st = cola_enumerate(&extent, 10000000, &run->fixed, err);
        if (st != COLA_OK)
            return st;
        run->n_fixed = run->fixed.set.count;
    }
    if (strlen(fixed) != run->n_fixed || fixed[strspn(fixed, "01?")] != '\0')
        return cola_fail(err, COLA_INPUT, "%s: \"fixed\" is not %zu of 0, 1 and ?, one "
                         "for each chain within one edit", place, run->n_fixed);
    c->fixed = cola_strdup(fixed);
    return c->fixed != NULL ? COLA_OK : cola_fail_memory(err);
}
