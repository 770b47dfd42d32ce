/*
 * verify.c - a search held against the ground truth of its space
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/verify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "record/journal.h"

#define REACH_MOST 1000000      /* chains: a space with more is not written down */

struct reading {
    struct cola_verification *v;
    unsigned char *seen;        /* [chains] judged by this sample's search */
};

/* ---- may they be compared? ------------------------------------------------------- */

static int
same(const json_t *a, const json_t *b)
{
    return a == b || json_equal(a, b);
}

/* The largest block that RULES repeat, of the first chain or of others. */
static int
repeated(const struct cola_rules *rules, int root)
{
    return rules->block_repeat > 0 ? rules->block_repeat :
           root ? rules->block_root : rules->block;
}

/* Is every edit of INNER's an edit of OUTER's? */
static int
lies_within(const struct cola_rules *inner, const struct cola_rules *outer,
            const char **differ)
{
    int space = inner->space == outer->space || outer->space == COLA_SPACE_ANY ||
                (outer->space == COLA_SPACE_BOTH && inner->space != COLA_SPACE_ANY);

    *differ = !space ? "space" :
              inner->block_root > outer->block_root ? "block_root" :
              inner->block > outer->block ? "block" :
              repeated(inner, 1) > repeated(outer, 1) ||
              repeated(inner, 0) > repeated(outer, 0) ? "block_repeat" :
              outer->placement == COLA_DISJOINT &&
              inner->placement == COLA_NESTED ? "placement" :
              inner->extra > outer->extra ? "extra" :
              outer->multiplicity > 0 && (inner->multiplicity == 0 ||
                  inner->multiplicity > outer->multiplicity) ? "multiplicity" :
              inner->min_length < outer->min_length ? "min_length" :
              inner->max_length > outer->max_length ? "max_length" : NULL;
    return *differ == NULL;
}

static int
are_the_same(const struct cola_rules *a, const struct cola_rules *b)
{
    const char *differ;

    return lies_within(a, b, &differ) && lies_within(b, a, &differ);
}

/* Write down what RULES reach of the truth.  Where that is too much nothing is
 * compared with it. */
static enum cola_status
find_reach(struct cola_verification *v, const struct cola_rules *rules,
           struct cola_error *err)
{
    struct cola_extent_of extent = {COLA_EXTENT_REACH, 0, *rules};
    struct cola_chains chains;
    struct cola_chain chain;
    enum cola_status st = cola_enumerate(&extent, REACH_MOST, &chains, err);

    if (st != COLA_OK)
        return st == COLA_INPUT ? COLA_OK : st;
    v->reach = cola_alloc(chains.set.count, sizeof *v->reach);
    for (size_t i = 0; v->reach != NULL && i < chains.set.count; i++) {
        size_t number;

        cola_chains_get(&chains, i, &chain);
        number = cola_truth_number(v->truth, &chain);
        if (number != SIZE_MAX)
            v->reach[v->n_reach++] = number;
    }
    cola_chains_free(&chains);
    v->with[COLA_BY_SPACE] = v->n_reach > 0;
    return v->reach != NULL ? COLA_OK : cola_fail_memory(err);
}

static enum cola_status
check_header(struct cola_verification *v, const json_t *header, struct cola_error *err)
{
    static const char *const equal[] = {
        "arithmetic", "judge", "model", "task", "backend", "round", "kv", "per", "held",
        "grade", "stop",
    };
    const char *format = json_string_value(json_object_get(header, "format"));
    const struct cola_extent_of *e = &v->truth->extent;
    const char *differ;
    struct cola_rules rules;
    enum cola_status st;

    if (format == NULL || strcmp(format, "colaref-journal") != 0)
        return cola_fail(err, COLA_INPUT, "not the journal of a search");
    for (size_t i = 0; i < sizeof equal / sizeof equal[0]; i++)
        if (!same(json_object_get(header, equal[i]),
                  json_object_get(v->truth->header, equal[i])))
            return cola_fail(err, COLA_INPUT, "search and enumeration differ in \"%s\"",
                             equal[i]);
    st = cola_truth_rules(json_object_get(header, "preset"), &rules, err);
    if (st != COLA_OK)
        return st;
    if (rules.layers != e->rules.layers)
        return cola_fail(err, COLA_INPUT, "search and enumeration differ in depth");
    if (e->kind != COLA_EXTENT_SEQUENCES) {
        if (!lies_within(&rules, &e->rules, &differ))
            return cola_fail(err, COLA_INPUT, "search and enumeration differ in the "
                             "space's \"%s\"", differ);
        v->narrower = !are_the_same(&rules, &e->rules);
    }
    if (e->kind == COLA_EXTENT_SEQUENCES ||
        (e->kind == COLA_EXTENT_REACH && v->narrower))
        st = find_reach(v, &rules, err);
    v->with[COLA_BY_SEARCH] = 1;
    v->with[COLA_BY_RANDOM] = json_is_true(json_object_get(header, "random"));
    v->header = json_incref((json_t *)(uintptr_t)header);
    return st;
}

/* ---- one evaluation -------------------------------------------------------------- */

static enum cola_status
read_chain(const json_t *layers, const struct cola_truth *truth, struct cola_chain *chain,
           struct cola_error *err)
{
    size_t n = json_array_size(layers);

    if (!json_is_array(layers) || n > COLA_CHAIN_MAX)
        return cola_fail(err, COLA_INPUT, "an evaluation without chain");
    chain->len = (int)n;
    for (size_t i = 0; i < n; i++) {
        json_int_t layer = json_integer_value(json_array_get(layers, i));

        if (layer < 0 || layer >= truth->extent.rules.layers)
            return cola_fail(err, COLA_INPUT, "an evaluation of layer %d", (int)layer);
        chain->at[i] = (uint16_t)layer;
    }
    return COLA_OK;
}

static void
contradict(struct cola_verification *v, const char *id, const struct cola_chain *chain,
           const char *what)
{
    if (v->contradictions < COLA_NAMED)
        v->named[v->contradictions] = (struct cola_contradiction){id, what, *chain};
    v->contradictions++;
}

static int
count_of(const json_t *e, const char *name)
{
    return (int)json_integer_value(json_object_get(e, name));
}

/* Hold one evaluation against the truth; its chain's number or SIZE_MAX. */
static size_t
compare(struct cola_verification *v, const struct cola_truth_sample *s, const json_t *e,
        const struct cola_chain *chain)
{
    size_t i = cola_truth_number(v->truth, chain);
    const json_t *correct = json_object_get(e, "correct");
    const json_t *answer = json_object_get(e, "answer");
    const json_t *margin = json_object_get(e, "margin");
    char mark = json_is_true(correct) ? '1' : json_is_false(correct) ? '0' : '?';

    v->judged++;
    if (i == SIZE_MAX) {
        v->outside++;
        return i;
    }
    if (s->marks[i] != mark)
        contradict(v, s->id, chain, "verdict");
    else if (s->right != NULL && (count_of(e, "right") != s->right[i] ||
                                  count_of(e, "held_right") != s->held_right[i]))
        contradict(v, s->id, chain, "count of right inputs");
    else if (answer != NULL && !cola_truth_answered(v->truth, s, i, answer))
        contradict(v, s->id, chain, "answer");
    else if (margin != NULL &&
             (json_is_number(margin) ? json_number_value(margin) != s->margins[i] :
                                       !isnan(s->margins[i])))
        contradict(v, s->id, chain, "margin");
    return i;
}

/* How many inputs the evaluation E is right on, of one or of several. */
static int
right_of(const json_t *e)
{
    const json_t *right = json_object_get(e, "right");

    return right != NULL ? (int)json_integer_value(right) :
           json_is_true(json_object_get(e, "correct"));
}

/* Take one evaluation into what FOUND knows. */
static void
find(struct cola_found *found, const json_t *e, const struct cola_chain *chain)
{
    int right = right_of(e);

    found->judged++;
    if (found->right_length == 0 || right > found->right ||
        (right == found->right && chain->len < found->right_length)) {
        found->right = right;
        found->right_length = chain->len;
    }
    if (!json_is_true(json_object_get(e, "correct")))
        return;
    if (found->first == 0)
        found->first = found->judged;
    if (found->length == 0 || chain->len < found->length)
        found->length = chain->len;
}

/* ---- what was returned ----------------------------------------------------------- */

/* The evaluation E of CHAIN as what was returned of the row in progress. */
static enum cola_status
keep(struct cola_verification *v, const json_t *e, const struct cola_chain *chain,
     const struct cola_found *truth, int robust, struct cola_error *err)
{
    const char *answer = json_string_value(json_object_get(e, "answer"));
    const json_t *correct = json_object_get(e, "correct");
    struct cola_returned *r;

    if (v->n_returned == v->returned_room) {
        size_t room = v->returned_room * 2 + 64;

        r = cola_realloc(v->returned, room, sizeof *r);
        if (r == NULL)
            return cola_fail_memory(err);
        v->returned = r;
        v->returned_room = room;
    }
    r = &v->returned[v->n_returned++];
    memset(r, 0, sizeof *r);
    r->row = v->n;
    r->robust = robust;
    r->chain = *chain;
    r->right = right_of(e);
    r->worse = robust ? r->right < truth->right ||
                        (r->right == truth->right && chain->len > truth->right_length) :
                        truth->length > 0 && chain->len > truth->length;
    r->outside = !r->worse && cola_truth_number(v->truth, chain) == SIZE_MAX;
    r->mark = json_is_true(correct) ? COLA_CORRECT :
              json_is_false(correct) ? COLA_WRONG : COLA_UNDECIDED;
    r->answer = answer != NULL ? cola_strdup(answer) : NULL;
    return answer != NULL && r->answer == NULL ? cola_fail_memory(err) : COLA_OK;
}

/* Which evaluations of LIST should be returned, and are they what the record
 * names? */
static enum cola_status
take_returned(struct cola_verification *v, const struct cola_truth_sample *s,
              const struct cola_found *truth, const json_t *record,
              struct cola_error *err)
{
    const json_t *list = json_object_get(record, "evaluated"), *e;
    const json_t *named[] = {json_object_get(record, "shortest"),
                             json_object_get(json_object_get(record, "robust"), "chain")};
    const json_t *best[2] = {NULL, NULL};
    struct cola_chain chain, chains[2];
    enum cola_status st = COLA_OK;
    size_t i;

    json_array_foreach(list, i, e) {
        int more = best[1] == NULL ? 1 : right_of(e) - right_of(best[1]);

        st = read_chain(json_object_get(e, "chain"), v->truth, &chain, err);
        if (st != COLA_OK)
            return st;
        if (json_is_true(json_object_get(e, "correct")) &&
            (best[0] == NULL || cola_chain_rank(&chain, &chains[0]) < 0)) {
            best[0] = e;
            chains[0] = chain;
        }
        if (s->right != NULL &&
            (more > 0 || (more == 0 && cola_chain_rank(&chain, &chains[1]) < 0))) {
            best[1] = e;
            chains[1] = chain;
        }
    }
    for (int robust = 0; robust < 2 && st == COLA_OK; robust++) {
        if (best[robust] == NULL)
            continue;
        st = keep(v, best[robust], &chains[robust], truth, robust, err);
        if (!same(json_object_get(best[robust], "chain"), named[robust]))
            contradict(v, s->id, &chains[robust], robust ? "robust chain" :
                                                           "shortest chain");
    }
    return st;
}

/* ---- one sample ------------------------------------------------------------------ */

/* The evaluations of LIST in turn, after those FOUND knows already. */
static enum cola_status
follow(struct reading *r, const struct cola_truth_sample *s, const json_t *list,
       enum cola_finder finder, struct cola_found *found, struct cola_error *err)
{
    struct cola_verification *v = r->v;
    struct cola_chain chain;
    const json_t *e;
    size_t i;

    json_array_foreach(list, i, e) {
        enum cola_status st = read_chain(json_object_get(e, "chain"), v->truth, &chain,
                                         err);
        size_t number;

        if (st != COLA_OK)
            return st;
        number = compare(v, s, e, &chain);
        find(found, e, &chain);
        if (finder == COLA_BY_SEARCH && number != SIZE_MAX) {
            v->covered += !r->seen[number];
            r->seen[number] = 1;
        }
    }
    return COLA_OK;
}

static void
describe(const struct cola_truth *t, const struct cola_truth_sample *s,
         const size_t *only, size_t n, struct cola_found *found)
{
    size_t shortest = cola_truth_shortest(t, s, only, n);
    size_t robust = cola_truth_robust(t, s, only, n);
    struct cola_chain chain;

    if (shortest != SIZE_MAX) {
        cola_chains_get(&t->chains, shortest, &chain);
        found->length = chain.len;
    }
    if (robust != SIZE_MAX) {
        cola_chains_get(&t->chains, robust, &chain);
        found->right = cola_truth_right(s, robust);
        found->right_length = chain.len;
    }
}

static enum cola_status
add_row(struct cola_verification *v, const struct cola_verified *row,
        struct cola_error *err)
{
    if (v->n == v->room) {
        size_t room = v->room * 2 + 64;
        struct cola_verified *rows = cola_realloc(v->rows, room, sizeof *rows);

        if (rows == NULL)
            return cola_fail_memory(err);
        v->rows = rows;
        v->room = room;
    }
    v->rows[v->n++] = *row;
    return COLA_OK;
}

static enum cola_status
take_sample(struct reading *r, const json_t *record, struct cola_error *err)
{
    struct cola_verification *v = r->v;
    const char *id = json_string_value(json_object_get(record, "id"));
    const char *prompt = json_string_value(json_object_get(record, "prompt_sha256"));
    const json_t *level = json_object_get(record, "level");
    const json_t *list = json_object_get(record, "evaluated");
    struct cola_verified row = {0};
    const struct cola_truth_sample *s;
    enum cola_status st = COLA_OK;

    if (id == NULL || json_array_size(list) == 0)
        return cola_fail(err, COLA_INPUT, "a sample without id or evaluations");
    s = row.sample = cola_truth_find(v->truth, id);
    if (s == NULL) {
        v->absent++;
        return COLA_OK;
    }
    if ((prompt == NULL) != (s->prompt == NULL) ||
        (prompt != NULL && strcmp(prompt, s->prompt) != 0))
        return cola_fail(err, COLA_INPUT, "search and enumeration differ in the prompts "
                         "of \"%.100s\"", id);
    row.level = json_is_integer(level) ? (int)json_integer_value(level) : -1;
    describe(v->truth, s, NULL, 0, &row.truth);
    if (v->with[COLA_BY_SPACE])
        describe(v->truth, s, v->reach, v->n_reach, &row.by[COLA_BY_SPACE]);
    memset(r->seen, 0, v->truth->chains.set.count);
    st = follow(r, s, list, COLA_BY_SEARCH, &row.by[COLA_BY_SEARCH], err);
    if (st == COLA_OK && v->with[COLA_BY_RANDOM]) {
        struct cola_chain base;

        /* random chains too begin with the ordinary one */
        cola_chain_identity(&base, v->truth->extent.rules.layers);
        find(&row.by[COLA_BY_RANDOM], json_array_get(list, 0), &base);
        st = follow(r, s, json_object_get(record, "random"), COLA_BY_RANDOM,
                    &row.by[COLA_BY_RANDOM], err);
    }
    if (st == COLA_OK)
        st = take_returned(v, s, &row.truth, record, err);
    return st == COLA_OK ? add_row(v, &row, err) : st;
}

static enum cola_status
take(void *ctx, const json_t *value, const char *bytes, size_t len,
     struct cola_error *err)
{
    struct reading *r = ctx;
    const char *type = json_string_value(json_object_get(value, "type"));

    (void)bytes;
    (void)len;
    if (r->v->header == NULL)
        return check_header(r->v, value, err);
    return type != NULL && strcmp(type, "sample") == 0 ? take_sample(r, value, err) :
           COLA_OK;
}

enum cola_status
cola_verify(char *const *paths, size_t n, const struct cola_truth *truth,
            struct cola_verification **verification, struct cola_error *err)
{
    struct reading r = {cola_alloc(1, sizeof *r.v), NULL};
    struct cola_error own;
    const char *path = paths[0];
    int torn;
    enum cola_status st = COLA_OK;

    r.seen = cola_alloc(truth->chains.set.count, 1);
    if (r.v == NULL || r.seen == NULL) {
        free(r.v);
        free(r.seen);
        return cola_fail_memory(err);
    }
    r.v->truth = truth;
    for (size_t i = 0; i < truth->n; i++)
        r.v->several |= truth->samples[i].right != NULL;
    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        path = paths[i];
        st = cola_journal_read(path, take, &r, &torn, &own);
    }
    free(r.seen);
    if (st != COLA_OK && strstr(own.text, path) != NULL)
        cola_fail(err, st, "%s", own.text);
    else if (st != COLA_OK)
        cola_fail(err, st, "%.200s: %.250s", path, own.text);
    if (st == COLA_OK && r.v->n == 0)
        st = cola_fail(err, COLA_NOTHING, "%s: no sample of it is in the enumeration: "
                       "nothing was compared", path);
    if (st != COLA_OK) {
        cola_verification_free(r.v);
        return st;
    }
    *verification = r.v;
    return COLA_OK;
}

void
cola_verification_free(struct cola_verification *v)
{
    if (v == NULL)
        return;
    for (size_t i = 0; i < v->n_returned; i++) {
        free(v->returned[i].answer);
        free(v->returned[i].said_answer);
    }
    free(v->returned);
    free(v->rows);
    free(v->reach);
    json_decref(v->header);
    free(v);
}

/* ---- the yardstick --------------------------------------------------------------- */

static int
same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

enum cola_status
cola_certify(struct cola_verification *v, size_t i, const struct cola_verdict *verdict,
             struct cola_error *err)
{
    struct cola_returned *r = &v->returned[i];

    r->asked = 1;
    r->said = verdict->mark;
    r->said_right = verdict->correct;
    r->agrees = r->mark == verdict->mark && same_text(r->answer, verdict->answer) &&
                (!v->several || r->right == verdict->correct);
    if (verdict->answer == NULL)
        return COLA_OK;
    r->said_answer = cola_strdup(verdict->answer);
    return r->said_answer != NULL ? COLA_OK : cola_fail_memory(err);
}
