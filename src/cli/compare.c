/*
 * compare.c - several presets on the same samples
 *
 * Two searches differ by less than two groups of samples do, so they are held
 * against each other sample by sample: the difference of a rate is the mean of
 * the samples' differences, and its interval draws whole groups of samples,
 * because questions of one group stand or fall together.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "cli/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/searching.h"
#include "report/statistics.h"

#define MOST 16                 /* presets in one comparison */

/* What one search, or its random chains, found for one sample. */
struct found {
    int length;                 /* of the shortest right chain, the ordinary one
                                 * included; 0: none is right */
    int chains;                 /* judged, without the ordinary one */
};

struct contestant {
    char *name;
    struct found *search, *random;      /* [n] */
    size_t taken;               /* samples so far */
};

struct comparison {
    struct searching s;
    struct contestant list[MOST];
    size_t count, now;          /* presets; the one whose records come in */
    unsigned char *right;       /* [n] is the ordinary chain? */
    size_t *cluster;            /* [n] a number for each group */
    char **groups;              /* [n] their names; NULL: a sample without */
};

/* ---- taking in --------------------------------------------------------------- */

static int
is_right(const json_t *chain)
{
    return json_is_true(json_object_get(chain, "correct"));
}

static struct found
found_in(const json_t *chains, int base)
{
    struct found f = {base, 0};
    const json_t *c;
    size_t i;

    json_array_foreach(chains, i, c) {
        int length = (int)json_integer_value(json_object_get(c, "length"));

        f.chains++;
        if (is_right(c) && (f.length == 0 || length < f.length))
            f.length = length;
    }
    return f;
}

static enum cola_status
take(void *ctx, const json_t *record, struct cola_error *err)
{
    struct comparison *c = ctx;
    struct contestant *p = &c->list[c->now];
    const char *type = json_string_value(json_object_get(record, "type"));
    const json_t *judged = json_object_get(record, "evaluated");
    const char *group = json_string_value(json_object_get(record, "group"));
    int base;

    if (type == NULL || strcmp(type, "sample") != 0)
        return COLA_OK;
    if (p->taken == c->s.study.n || json_array_size(judged) == 0)
        return cola_fail(err, COLA_INPUT, "%s: more samples than were searched", p->name);
    base = is_right(json_array_get(judged, 0)) ? c->s.study.layers : 0;
    p->search[p->taken] = found_in(judged, base);
    p->search[p->taken].chains--;
    p->random[p->taken] = found_in(json_object_get(record, "random"), base);
    c->right[p->taken] = base > 0;
    if (c->now == 0 && group != NULL &&
        (c->groups[p->taken] = cola_strdup(group)) == NULL)
        return cola_fail_memory(err);
    p->taken++;
    return COLA_OK;
}

/* Number the groups; a sample without is one of its own. */
static void
number_groups(struct comparison *c)
{
    for (size_t i = 0; i < c->s.study.n; i++) {
        c->cluster[i] = i;
        for (size_t k = 0; k < i && c->groups[i] != NULL; k++)
            if (c->groups[k] != NULL && strcmp(c->groups[k], c->groups[i]) == 0) {
                c->cluster[i] = c->cluster[k];
                break;
            }
    }
}

/* ---- the table --------------------------------------------------------------- */

/* Wrong made right, or right made shorter. */
static int
succeeds(const struct comparison *c, const struct found *f, size_t i, int right)
{
    return f[i].length > 0 && (!right || f[i].length < c->s.study.layers);
}

/* How many groups the first N of CLUSTER name; they rise by first appearance. */
static size_t
count_groups(const size_t *cluster, size_t n)
{
    size_t groups = 0;

    for (size_t i = 0; i < n; i++) {
        size_t k = 0;

        while (cluster[k] != cluster[i])
            k++;
        groups += k == i;
    }
    return groups;
}

/* A rate in 8 columns, and its difference to FIRST's in 24, over the samples of
 * which the ordinary chain is RIGHT. */
static enum cola_status
add_rate(struct cola_buffer *b, const struct comparison *c, const struct found *f,
         const struct found *first, int right, struct cola_error *err)
{
    size_t n = 0, k = 0;
    double *x = cola_alloc(c->s.study.n, sizeof *x), mean, lo, hi;
    size_t *cluster = cola_alloc(c->s.study.n, sizeof *cluster);
    char text[64];

    if (x == NULL || cluster == NULL) {
        free(x);
        free(cluster);
        return cola_fail_memory(err);
    }
    for (size_t i = 0; i < c->s.study.n; i++) {
        if (c->right[i] != right)
            continue;
        k += (size_t)succeeds(c, f, i, right);
        x[n] = succeeds(c, f, i, right) - succeeds(c, first, i, right);
        cluster[n++] = c->cluster[i];
    }
    if (n == 0)
        cola_buffer_printf(b, "%8s", "-");
    else
        cola_buffer_printf(b, "%7.1f%%", 100.0 * (double)k / (double)n);
    if (n == 0 || f == first) {
        cola_buffer_printf(b, "%24s", "");
    } else {
        cola_bootstrap_clustered(x, cluster, n, &mean, &lo, &hi);
        snprintf(text, sizeof text, "%+.1f [%+.1f %+.1f]", 100.0 * mean, 100.0 * lo,
                 100.0 * hi);
        if (count_groups(cluster, n) < COLA_GROUPS_LEAST)
            snprintf(text, sizeof text, "%+.1f [-]", 100.0 * mean);
        cola_buffer_printf(b, "%24s", text);
    }
    free(x);
    free(cluster);
    return COLA_OK;
}

static void
add_means(struct cola_buffer *b, const struct comparison *c, const struct found *f)
{
    double chains = 0.0, length = 0.0;
    size_t some = 0;

    for (size_t i = 0; i < c->s.study.n; i++) {
        chains += f[i].chains;
        some += f[i].length > 0;
        length += f[i].length;
    }
    cola_buffer_printf(b, "%8.1f", chains / (double)c->s.study.n);
    if (some == 0)
        cola_buffer_printf(b, "%8s\n", "-");
    else
        cola_buffer_printf(b, "%8.1f\n", length / (double)some);
}

static enum cola_status
add_row(struct cola_buffer *b, const struct comparison *c, const char *name,
        const struct found *f, struct cola_error *err)
{
    const struct found *first = c->list[0].search;
    enum cola_status st;

    cola_buffer_printf(b, "%-18s", name);
    st = add_rate(b, c, f, first, 0, err);
    if (st == COLA_OK)
        st = add_rate(b, c, f, first, 1, err);
    add_means(b, c, f);
    return st;
}

static enum cola_status
add_table(struct cola_buffer *b, const struct comparison *c, struct cola_error *err)
{
    size_t n = c->s.study.n, right = 0, groups = 0;
    int random = c->s.study.header.random;
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < n; i++) {
        right += c->right[i];
        groups += c->cluster[i] == i;
    }
    cola_buffer_printf(b, "%zu samples in %zu groups, the model of %d layers wrong on "
                       "%zu, right on %zu\n\n", n, groups, c->s.study.layers, n - right,
                       right);
    cola_buffer_printf(b, "%-18s%8s%24s%8s%24s%8s%8s\n", "", "W->C", "difference",
                       "C->C", "difference", "chains", "length");
    for (size_t p = 0; p < c->count && st == COLA_OK; p++) {
        st = add_row(b, c, c->list[p].name, c->list[p].search, err);
        if (st == COLA_OK && random)
            st = add_row(b, c, "  at random", c->list[p].random, err);
    }
    cola_buffer_printf(b, "\nW->C: of the wrong, some chain is right; C->C: of the "
                       "right, a shorter chain is right too.\nDifference: to %s on the "
                       "same samples, in points, [95 %% interval, bootstrap over "
                       "groups].\n"
                       "Chains: judged for a sample, on average; length: of the shortest "
                       "right chain where there is one.\n", c->list[0].name);
    if (random)
        cola_buffer_text(b, "At random: as many random chains as the search above "
                         "judged, each with as many edits.\n");
    else
        cola_buffer_text(b, "No random chains were judged: how much of this is luck "
                         "cannot be told.\n");
    return st;
}

/* ---- running ----------------------------------------------------------------- */

/* The names of --compare. */
static enum cola_status
read_names(struct comparison *c, const char *list, struct cola_error *err)
{
    for (;;) {
        size_t len = strcspn(list, ",");
        char *name = cola_alloc(len + 1, 1);

        if (name == NULL)
            return cola_fail_memory(err);
        memcpy(name, list, len);
        for (size_t p = 0; p < c->count; p++)
            if (strcmp(c->list[p].name, name) == 0) {
                free(name);
                return cola_fail(err, COLA_INPUT, "--compare names %s twice",
                                 c->list[p].name);
            }
        if (c->count == MOST) {
            free(name);
            return cola_fail(err, COLA_INPUT, "--compare names more than %d presets",
                             MOST);
        }
        c->list[c->count++].name = name;
        if (list[len] == '\0')
            break;
        list += len + 1;
    }
    return c->count > 1 ? COLA_OK :
           cola_fail(err, COLA_INPUT, "--compare needs two presets, as A,B");
}

/* Every preset must be fit for the model before any is searched with. */
static enum cola_status
open_samples(const struct options *o, struct comparison *c, struct cola_error *err)
{
    struct study *study = &c->s.study;
    int longest = study->layers;
    enum cola_status st = COLA_OK;

    for (size_t p = 0; p < c->count && st == COLA_OK; p++) {
        struct cola_preset *preset;

        st = searching_preset(o, c->list[p].name, study->layers, &preset, err);
        if (st != COLA_OK)
            return st;
        if (preset->rules.max_length > longest)
            longest = preset->rules.max_length;
        cola_preset_free(preset);
    }
    st = study_sit(o, longest, study, err);
    if (st != COLA_OK)
        return st;
    study->header.random = !o->no_random && study->table == NULL;
    c->right = cola_alloc(study->n, 1);
    c->cluster = cola_alloc(study->n, sizeof *c->cluster);
    c->groups = cola_alloc(study->n, sizeof *c->groups);
    if (c->right == NULL || c->cluster == NULL || c->groups == NULL)
        return cola_fail_memory(err);
    for (size_t p = 0; p < c->count; p++) {
        c->list[p].search = cola_alloc(study->n, sizeof *c->list[p].search);
        c->list[p].random = cola_alloc(study->n, sizeof *c->list[p].random);
        if (c->list[p].search == NULL || c->list[p].random == NULL)
            return cola_fail_memory(err);
    }
    return COLA_OK;
}

/* Search with preset number NOW; its journal is OUTPUT.NAME.jsonl. */
static enum cola_status
run_one(const struct options *o, struct comparison *c, struct cola_error *err)
{
    const char *name = c->list[c->now].name;
    struct cola_buffer path = COLA_BUFFER_EMPTY;
    enum cola_status st = searching_preset(o, name, c->s.study.layers, &c->s.preset, err);

    if (st == COLA_OK && o->output != NULL) {
        cola_buffer_printf(&path, "%s.%s.jsonl", o->output, name);
        st = cola_buffer_ok(&path, err);
        c->s.path = path.data;
    }
    if (st == COLA_OK) {
        say_note("%s", name);
        c->s.study.header.preset = c->s.preset;
        st = searching_run(o, &c->s, err);
    }
    if (st == COLA_OK)
        st = searching_visit(&c->s, take, c, err);
    searching_clear(&c->s);
    c->s.path = NULL;
    cola_buffer_free(&path);
    return st;
}

static void
comparison_close(struct comparison *c)
{
    for (size_t p = 0; p < c->count; p++) {
        free(c->list[p].name);
        free(c->list[p].search);
        free(c->list[p].random);
    }
    for (size_t i = 0; c->groups != NULL && i < c->s.study.n; i++)
        free(c->groups[i]);
    free(c->groups);
    free(c->cluster);
    free(c->right);
    study_close(&c->s.study);
}

/* What makes no sense beside --compare; COLA_USAGE is said. */
static enum cola_status
check_options(const struct options *o)
{
    const char *other = o->preset != NULL ? "--preset" : o->explain ? "--explain" :
                        o->controls != NULL ? "--controls" : o->list ? "--list" : NULL;

    if (other != NULL)
        say_usage("--compare does not go with %s", other);
    else if (o->output != NULL && strcmp(o->output, "-") == 0)
        say_usage("--compare writes several journals: -o PREFIX");
    else if (o->resume && o->output == NULL)
        say_usage("--resume needs journals: -o PREFIX");
    else
        return COLA_OK;
    return COLA_USAGE;
}

enum cola_status
compare(const struct options *o, struct cola_error *err)
{
    struct comparison c;
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st = check_options(o);

    if (st != COLA_OK)
        return st;
    memset(&c, 0, sizeof c);
    st = study_open(o, &c.s.study, err);
    if (st == COLA_OK)
        st = read_names(&c, o->compare, err);
    if (st == COLA_OK)
        st = open_samples(o, &c, err);
    for (c.now = 0; c.now < c.count && st == COLA_OK; c.now++)
        st = run_one(o, &c, err);
    if (st == COLA_OK) {
        number_groups(&c);
        st = add_table(&b, &c, err);
    }
    if (st == COLA_OK)
        st = say_result(&b, err);
    cola_buffer_free(&b);
    comparison_close(&c);
    return st;
}
