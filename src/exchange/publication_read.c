/*
 * publication_read.c - one sample of a published file
 *
 * Where a member may stand under several names the first that is there and
 * says something counts, in the order in which PoLar's reader looks.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "exchange/publication.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* A text, or a number as text, in fresh memory; *TO stays NULL when it says
 * nothing. */
static enum cola_status
take_text(const json_t *value, const char *id, const char *name, char **to,
          struct cola_error *err)
{
    char number[32];
    const char *text = json_string_value(value);

    if (value == NULL || json_is_null(value) || (text != NULL && *text == '\0'))
        return COLA_OK;
    if (json_is_integer(value)) {
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT,
                 json_integer_value(value));
        text = number;
    } else if (json_is_real(value)) {
        cola_print_f64(number, json_real_value(value));
        text = number;
    } else if (text == NULL || strlen(text) != json_string_length(value)) {
        return cola_fail(err, COLA_INPUT, "sample \"%.100s\": \"%s\" is %s", id, name,
                         text != NULL ? "a text with a NUL" : "neither text nor number");
    }
    *to = cola_strdup(text);
    return *to != NULL ? COLA_OK : cola_fail_memory(err);
}

/* Members by name; "a.b" is member b of member a. */
static const json_t *
member(const json_t *object, const char *name)
{
    const char *dot = strchr(name, '.');
    char outer[40];

    if (dot == NULL)
        return json_object_get(object, name);
    snprintf(outer, sizeof outer, "%.*s", (int)(dot - name), name);
    return json_object_get(json_object_get(object, outer), dot + 1);
}

static enum cola_status
first_text(const json_t *sample, const char *const *names, const char *id, char **to,
           struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    for (; *names != NULL && *to == NULL && st == COLA_OK; names++)
        st = take_text(member(sample, *names), id, *names, to, err);
    return st;
}

/* Sample I begins; one without an id is called NUMBER. */
static enum cola_status
begin(struct cola_publication *p, size_t i, const char *number, struct cola_error *err)
{
    struct cola_item *item = &p->dataset.items[i];

    if (item->id == NULL)
        item->id = cola_strdup(number);
    p->samples[i].id = item->id;
    p->samples[i].first = p->n_paths;
    return item->id != NULL ? COLA_OK : cola_fail_memory(err);
}

/* The published score of the ordinary chain: 1, 0, or -1. */
static int
first_score(const json_t *sample)
{
    static const char *const scores[] = {"initial_transition_metric", "initial_score",
                                         "evaluation_result.initial_score"};

    for (size_t i = 0; i < sizeof scores / sizeof scores[0]; i++) {
        const json_t *v = member(sample, scores[i]);

        if (json_is_number(v))
            return json_number_value(v) > 0.5;
        if (json_is_boolean(v))
            return json_is_true(v);
    }
    return -1;
}

static int
first_level(const json_t *root, const json_t *sample)
{
    const json_t *levels[] = {member(sample, "sample_info.difficulty"),
                              json_object_get(sample, "level"),
                              json_object_get(root, "DIFFICULTY_LEVEL")};

    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        json_int_t level = json_integer_value(levels[i]);

        if (json_is_integer(levels[i]) && level >= 0 && level <= 1000000)
            return (int)level;
    }
    return -1;
}

/* ---- PoLar ----------------------------------------------------------------------- */

/* The paths under NAME; *THERE: that member is a list. */
static enum cola_status
take_paths(struct cola_publication *p, const json_t *sample, size_t i, const char *name,
           int listed, int layers, int *there, struct cola_error *err)
{
    const json_t *list = json_object_get(sample, name), *path;
    char place[64];
    size_t k;
    enum cola_status st = COLA_OK;

    if (list == NULL || json_is_null(list))
        return COLA_OK;
    if (!json_is_array(list))
        return cola_fail(err, COLA_INPUT, "sample \"%.100s\": \"%s\" is not a list",
                         p->samples[i].id, name);
    *there = 1;
    json_array_foreach(list, k, path) {
        snprintf(place, sizeof place, "%s[%zu]", name, k);
        st = cola_publication_add(p, i, path, listed, layers, place, err);
        if (st != COLA_OK)
            return st;
    }
    return COLA_OK;
}

/* RE-PoLar's log of every visit, where the lists made of it are not there. */
static enum cola_status
take_trajectory(struct cola_publication *p, const json_t *sample, size_t i, int layers,
                struct cola_error *err)
{
    const json_t *list = json_object_get(sample, "search_trajectory"), *visit;
    char place[64];
    size_t k;

    json_array_foreach(list, k, visit) {
        const json_t *reward = json_object_get(visit, "reward");
        enum cola_status st;

        snprintf(place, sizeof place, "search_trajectory[%zu]", k);
        if (!json_is_number(reward))
            return cola_fail(err, COLA_INPUT, "sample \"%.100s\", %s: no \"reward\"",
                             p->samples[i].id, place);
        st = cola_publication_add(p, i, visit, json_number_value(reward) > 0.5, layers,
                                  place, err);
        if (st != COLA_OK)
            return st;
    }
    return COLA_OK;
}

enum cola_status
cola_publication_polar(struct cola_publication *p, const json_t *sample, size_t i,
                       int layers, struct cola_error *err)
{
    static const char *const ids[] = {"query_id", "sample_info.query_id", "question_id",
                                      "sample_id", NULL};
    static const char *const questions[] = {"question", "sample_info.question", NULL};
    static const char *const answers[] = {
        "gt_ans", "ground_truth", "answer", "sample_info.ground_truth",
        "sample_info.answer", NULL};
    struct cola_published_sample *s = &p->samples[i];
    struct cola_item *item = &p->dataset.items[i];
    const json_t *ours = json_object_get(sample, "COLAREF");
    char number[32];
    int there = 0;
    enum cola_status st;

    snprintf(number, sizeof number, "number %zu", i);
    if (!json_is_object(sample))
        return cola_fail(err, COLA_INPUT, "sample %s is not an object", number);
    st = first_text(sample, ids, number, &item->id, err);
    if (st == COLA_OK)
        st = begin(p, i, number, err);
    if (st != COLA_OK)
        return st;
    s->level = first_level(p->root, sample);
    s->base = first_score(sample);
    st = first_text(sample, questions, s->id, &item->question, err);
    if (st == COLA_OK && p->journal != NULL && json_is_object(ours)) {
        const json_t *base = json_object_get(ours, "base");

        s->base = json_is_boolean(base) ? json_is_true(base) : -1;
        st = cola_publication_ours(p, ours, i, err);
    } else if (st == COLA_OK) {
        st = first_text(sample, answers, s->id, &item->answer, err);
    }
    if (st == COLA_OK)
        st = take_paths(p, sample, i, "final_valid_transitions", 1, layers, &there, err);
    if (st == COLA_OK)
        st = take_paths(p, sample, i, "final_invalid_transitions", 0, layers, &there,
                        err);
    if (st == COLA_OK && !there)
        st = take_trajectory(p, sample, i, layers, err);
    if (st == COLA_OK && p->journal != NULL)
        st = take_paths(p, ours, i, "undecided", 2, layers, &there, err);
    item->level = s->level >= 0 ? s->level : COLA_NO_LEVEL;
    return st;
}

/* ---- Dr.LLM ---------------------------------------------------------------------- */

/* Its prompts for base models end in an open box, and it puts one before the
 * answer. */
static enum cola_status
prime(struct cola_published_sample *s, struct cola_item *item, struct cola_error *err)
{
    static const char box[] = "\\boxed{";
    size_t len = strlen(item->prompt);

    if (len < sizeof box - 1 || strcmp(item->prompt + len - (sizeof box - 1), box) != 0)
        return COLA_OK;
    s->primed = cola_strdup(box);
    item->primed = s->primed;
    return s->primed != NULL ? COLA_OK : cola_fail_memory(err);
}

/* The letter of the right option is all that the file has of the options. */
static enum cola_status
take_letter(const json_t *file, struct cola_item *item, struct cola_error *err)
{
    const char *dataset = json_string_value(json_object_get(file, "dataset"));
    const char *a = item->answer;

    if (dataset == NULL || strncmp(dataset, "arc", 3) != 0 || a == NULL || a[0] < 'A' ||
        a[0] > 'H' || a[1] != '\0')
        return COLA_OK;
    item->choices = cola_alloc(8, sizeof *item->choices);
    item->labels = cola_alloc(8, sizeof *item->labels);
    if (item->choices == NULL || item->labels == NULL)
        return cola_fail_memory(err);
    item->key = a[0] - 'A';
    for (; item->n_choices < (item->key < 4 ? 4 : 8); item->n_choices++) {
        const char letter[] = {(char)('A' + item->n_choices), '\0'};

        item->choices[item->n_choices] = cola_strdup(letter);
        item->labels[item->n_choices] = cola_strdup(letter);
        if (item->choices[item->n_choices] == NULL ||
            item->labels[item->n_choices] == NULL) {
            item->n_choices++;
            return cola_fail_memory(err);
        }
    }
    return COLA_OK;
}

static enum cola_status
take_right(struct cola_publication *p, const json_t *file, size_t i, int layers,
           struct cola_error *err)
{
    const json_t *best = json_array_get(json_object_get(file, "best_path"), i);
    const json_t *found = json_array_get(json_object_get(file, "mcts_correct"), i);
    const json_t *good = json_array_get(json_object_get(file, "good_paths"), i), *path;
    int listed = 0;
    char place[64];
    size_t k;

    json_array_foreach(good, k, path) {
        enum cola_status st;

        snprintf(place, sizeof place, "good_paths[%zu][%zu]", i, k);
        st = cola_publication_add(p, i, path, 1, layers, place, err);
        if (st != COLA_OK)
            return st;
        listed |= json_equal(path, best);
    }
    if (listed || (json_is_number(found) && json_number_value(found) < 0.5))
        return COLA_OK;                 /* nothing was found: the ordinary chain */
    snprintf(place, sizeof place, "best_path[%zu]", i);
    return cola_publication_add(p, i, best, 1, layers, place, err);
}

/* The level in "dart-3", or -1. */
static int
dataset_level(const json_t *file)
{
    const char *name = json_string_value(json_object_get(file, "dataset"));
    const char *dash = name != NULL ? strrchr(name, '-') : NULL;
    int64_t level;

    return dash != NULL && cola_parse_integer(dash + 1, 0, 1000000, &level) ?
           (int)level : -1;
}

enum cola_status
cola_publication_drllm(struct cola_publication *p, const json_t *file, size_t i,
                       int layers, struct cola_error *err)
{
    struct cola_published_sample *s = &p->samples[i];
    struct cola_item *item = &p->dataset.items[i];
    const json_t *base = json_array_get(json_object_get(file, "original_correct"), i);
    const json_t *all = member(file, "COLAREF.samples");
    const json_t *ours = json_array_get(all, i);
    char number[32];
    enum cola_status st;

    snprintf(number, sizeof number, "question-%06zu", i);
    st = take_text(json_object_get(ours, "id"), number, "id", &item->id, err);
    if (st == COLA_OK)
        st = begin(p, i, number, err);
    if (st != COLA_OK)
        return st;
    s->level = dataset_level(file);
    s->base = json_is_number(base) ? json_number_value(base) > 0.5 :
              json_is_boolean(base) ? json_is_true(base) : -1;
    st = take_text(json_array_get(json_object_get(file, "questions"), i), s->id,
                   "questions", &item->question, err);
    if (st == COLA_OK && item->question == NULL)
        st = cola_fail(err, COLA_INPUT, "sample \"%.100s\": the question is empty",
                       s->id);
    if (st == COLA_OK && p->journal != NULL && json_is_object(ours)) {
        st = cola_publication_ours(p, ours, i, err);
    } else if (st == COLA_OK) {
        st = take_text(json_array_get(json_object_get(file, "best_response"), i), s->id,
                       "best_response", &item->answer, err);
        if (st == COLA_OK)
            st = take_letter(file, item, err);
        item->prompt = st == COLA_OK ? cola_strdup(item->question) : NULL;
        if (st == COLA_OK && item->prompt == NULL)
            st = cola_fail_memory(err);
        if (st == COLA_OK)
            st = prime(s, item, err);
        if (st == COLA_OK && item->answer != NULL) {
            item->gold = cola_strdup(item->answer);
            st = item->gold != NULL ? COLA_OK : cola_fail_memory(err);
        }
    }
    if (st == COLA_OK)
        st = take_right(p, file, i, layers, err);
    item->level = s->level >= 0 ? s->level : COLA_NO_LEVEL;
    return st;
}
