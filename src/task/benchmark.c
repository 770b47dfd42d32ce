/*
 * benchmark.c - the layouts in which questions are published
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/benchmark.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* ---- what several have in common ----------------------------------------------- */

/* Member NAME, a string or an integer, copied; *VALUE stays NULL when absent. */
static enum cola_status
copy_text(const json_t *object, const char *name, const char *place, char **value,
          struct cola_error *err)
{
    const json_t *v = json_object_get(object, name);
    const char *text = NULL;
    char number[24];

    if (json_is_integer(v)) {
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
        text = number;
    } else {
        enum cola_status st = cola_json_get_text(object, name, 1, &text, place, err);

        if (st != COLA_OK || text == NULL)
            return st;
    }
    *value = cola_strdup(text);
    return *value != NULL ? COLA_OK : cola_fail_memory(err);
}

/* The same, required and not empty. */
static enum cola_status
need_text(const json_t *object, const char *name, const char *place, char **value,
          struct cola_error *err)
{
    enum cola_status st = copy_text(object, name, place, value, err);

    if (st == COLA_OK && *value == NULL)
        st = cola_fail(err, COLA_INPUT, "%s: \"%s\" is missing", place, name);
    if (st == COLA_OK && **value == '\0')
        st = cola_fail(err, COLA_INPUT, "%s: \"%s\" is empty", place, name);
    return st;
}

/* The first of NAMES that there is, else the number of the line. */
static enum cola_status
read_id(const json_t *object, const char *const names[3], const char *place, size_t line,
        char **id, struct cola_error *err)
{
    char number[24];
    enum cola_status st = COLA_OK;

    for (int i = 0; i < 3 && st == COLA_OK && *id == NULL; i++)
        st = copy_text(object, names[i], place, id, err);
    if (st == COLA_OK && *id == NULL) {
        snprintf(number, sizeof number, "line-%06zu", line);
        *id = cola_strdup(number);
        st = *id != NULL ? COLA_OK : cola_fail_memory(err);
    }
    if (st == COLA_OK && **id == '\0')
        st = cola_fail(err, COLA_INPUT, "%s: \"id\" is empty", place);
    return st;
}

static const char *const any_id[] = {"id", "unique_id", "query_id"};
static const char *const query_id[] = {"query_id", "id", "unique_id"};

/* "level": 3, "3" or "Level 3"; "Level ?" is none. */
static enum cola_status
read_level(const json_t *object, const char *place, int *level, struct cola_error *err)
{
    const json_t *v = json_object_get(object, "level");
    int64_t number;
    const char *text;

    if (!json_is_string(v)) {
        number = COLA_NO_LEVEL;
        if (cola_json_get_integer(object, "level", 1, 0, 1000000, &number, place, err))
            return err->status;
        *level = (int)number;
        return COLA_OK;
    }
    text = json_string_value(v);
    if (strncmp(text, "Level ", 6) == 0)
        text += 6;
    if (strcmp(text, "?") == 0)
        return COLA_OK;
    if (!cola_parse_integer(text, 0, 1000000, &number))
        return cola_fail(err, COLA_INPUT, "%s: \"level\" is \"%.40s\", must be a number, "
                         "\"Level 3\" or \"Level ?\"", place, json_string_value(v));
    *level = (int)number;
    return COLA_OK;
}

/* ---- choices ------------------------------------------------------------------- */

static enum cola_status
add_choice(struct cola_item *item, const char *text, const char *label,
           const char *place, struct cola_error *err)
{
    int i = item->n_choices;

    if (text == NULL || label == NULL || *text == '\0')
        return cola_fail(err, COLA_INPUT, "%s: choice %d is not a string with a label",
                         place, i + 1);
    for (int j = 0; j < i; j++)
        if (strcmp(item->labels[j], label) == 0)
            return cola_fail(err, COLA_INPUT, "%s: choices %d and %d have the same label",
                             place, j + 1, i + 1);
    item->choices[i] = cola_strdup(text);
    item->labels[i] = cola_strdup(label);
    item->n_choices++;
    return item->choices[i] != NULL && item->labels[i] != NULL ? COLA_OK :
           cola_fail_memory(err);
}

/* The strings of NAME among the choices, in either layout. */
static const char *
choice_text(const json_t *choices, const char *name, size_t i)
{
    if (json_is_array(choices))
        return json_string_value(json_object_get(json_array_get(choices, i), name));
    return json_string_value(json_array_get(json_object_get(choices, name), i));
}

/* {"text": [...], "label": [...]} or, when NESTED, [{"text", "label"}, ...]. */
static enum cola_status
read_choices(const json_t *choices, int nested, const char *place,
             struct cola_item *item, struct cola_error *err)
{
    size_t n = json_array_size(nested ? choices : json_object_get(choices, "text"));
    enum cola_status st = COLA_OK;

    if (n < 2 || n > COLA_CHOICES_MAX ||
        (!nested && json_array_size(json_object_get(choices, "label")) != n))
        return cola_fail(err, COLA_INPUT, nested ?
                         "%s: \"choices\" needs 2 to %d objects with \"text\" and "
                         "\"label\"" :
                         "%s: \"choices\" needs \"text\" and \"label\", arrays of the "
                         "same 2 to %d strings", place, COLA_CHOICES_MAX);
    item->choices = cola_alloc(n, sizeof *item->choices);
    item->labels = cola_alloc(n, sizeof *item->labels);
    if (item->choices == NULL || item->labels == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < n && st == COLA_OK; i++)
        st = add_choice(item, choice_text(choices, "text", i),
                        choice_text(choices, "label", i), place, err);
    return st;
}

static void
find_key(struct cola_item *item, const char *key)
{
    for (int i = 0; i < item->n_choices; i++)
        if (strcmp(item->labels[i], key) == 0)
            item->key = i;
}

/* ---- one's own ----------------------------------------------------------------- */

static enum cola_status
read_own_choices(const json_t *object, const char *place, struct cola_item *item,
                 struct cola_error *err)
{
    const json_t *choices = json_object_get(object, "choices");
    const char *key = NULL;
    enum cola_status st = cola_json_get_text(object, "answerKey", 1, &key, place, err);

    if (st != COLA_OK || choices == NULL || json_is_null(choices))
        return st;
    st = read_choices(choices, 0, place, item, err);
    if (st == COLA_OK && key != NULL)
        find_key(item, key);
    if (st == COLA_OK && item->key < 0)
        st = cola_fail(err, COLA_INPUT, "%s: \"answerKey\" is none of the labels", place);
    return st;
}

static enum cola_status
read_own(const json_t *object, const char *place, size_t line, struct cola_item *item,
         struct cola_error *err)
{
    int64_t level = COLA_NO_LEVEL;
    enum cola_status st = read_id(object, any_id, place, line, &item->id, err);

    if (st == COLA_OK)
        st = cola_json_get_integer(object, "level", 1, 0, 1000000, &level, place, err);
    item->level = (int)level;
    if (st == COLA_OK)
        st = copy_text(object, "group", place, &item->group, err);
    if (st == COLA_OK)
        st = copy_text(object, "prompt", place, &item->question, err);
    if (st == COLA_OK && item->question == NULL)
        st = copy_text(object, "question", place, &item->question, err);
    if (st == COLA_OK && item->question == NULL)
        st = cola_fail(err, COLA_INPUT, "%s: \"prompt\" is missing", place);
    if (st == COLA_OK && *item->question == '\0')
        st = cola_fail(err, COLA_INPUT, "%s: \"prompt\" is empty", place);
    if (st == COLA_OK)
        st = copy_text(object, "answer", place, &item->answer, err);
    return st == COLA_OK ? read_own_choices(object, place, item, err) : st;
}

/* ---- ARC ----------------------------------------------------------------------- */

/* The examinations that ARC's questions come from: a question's id is one of
 * these, a number or nothing, and "_". */
static const char *const exams[] = {
    "ACTAAP", "AIMS", "AKDE&ED", "ALEAP", "CSZ", "FCAT", "LEAP", "MCAS", "MDSA", "MEA",
    "MEAP", "MSA", "Mercury", "NAEP", "NCEOGA", "NYSEDREGENTS", "OHAT", "TAKS", "TIMSS",
    "VASoL", "WASL",
};

static int
is_arc_id(const char *id)
{
    for (size_t i = 0; id != NULL && i < sizeof exams / sizeof exams[0]; i++) {
        size_t n = strlen(exams[i]);

        if (strncmp(id, exams[i], n) == 0) {
            n += strspn(id + n, "0123456789");
            if (id[n] == '_' || id[n] == '\0')
                return 1;
        }
    }
    return 0;
}

/* Labels are A-E or 1-5, and the key may be of the other kind: both name a
 * place.  Afterwards all are letters, so that graders see one kind. */
static enum cola_status
letter_labels(struct cola_item *item, const char *key, const char *place,
              struct cola_error *err)
{
    find_key(item, key);
    if (item->key < 0 && key[0] != '\0' && key[1] == '\0') {
        int i = key[0] >= 'A' && key[0] <= 'Z' ? key[0] - 'A' : key[0] - '1';

        if (i >= 0 && i < item->n_choices)
            item->key = i;
    }
    if (item->key < 0)
        return cola_fail(err, COLA_INPUT, "%s: \"answerKey\" is none of the labels",
                         place);
    if (item->n_choices > 26)
        return cola_fail(err, COLA_INPUT, "%s: more choices than letters", place);
    for (int i = 0; i < item->n_choices; i++) {
        const char letter[] = {(char)('A' + i), '\0'};

        free(item->labels[i]);
        item->labels[i] = cola_strdup(letter);
        if (item->labels[i] == NULL)
            return cola_fail_memory(err);
    }
    return COLA_OK;
}

static enum cola_status
read_arc(const json_t *object, const char *place, size_t line, struct cola_item *item,
         struct cola_error *err)
{
    const json_t *question = json_object_get(object, "question");
    int nested = json_is_object(question);
    const json_t *choices = json_object_get(nested ? question : object, "choices");
    char *key = NULL;
    enum cola_status st = read_id(object, any_id, place, line, &item->id, err);

    if (st == COLA_OK)
        st = nested ? need_text(question, "stem", place, &item->question, err) :
             need_text(object, "question", place, &item->question, err);
    if (st == COLA_OK)
        st = read_choices(choices, nested, place, item, err);
    if (st == COLA_OK)
        st = need_text(object, "answerKey", place, &key, err);
    if (st == COLA_OK)
        st = letter_labels(item, key, place, err);
    free(key);
    if (st == COLA_OK) {
        item->answer = cola_strdup(item->choices[item->key]);
        st = item->answer != NULL ? COLA_OK : cola_fail_memory(err);
    }
    return st;
}

/* ---- MATH ---------------------------------------------------------------------- */

/* What the last \boxed or \fbox of TEXT holds, in fresh memory; NULL when there
 * is none or its brace is not closed.  "\boxed 5" holds what stands before the
 * formula's end, as in Hendrycks' code. */
static char *
last_boxed(const char *text)
{
    static const char *const names[] = {"\\boxed", "\\fbox"};
    const char *last = NULL, *begin, *end;
    char *copy;

    for (int i = 0; i < 2 && last == NULL; i++)
        for (const char *at = text; (at = strstr(at, names[i])) != NULL;)
            last = at += strlen(names[i]);
    if (last == NULL)
        return NULL;
    begin = last + strspn(last, " ");
    if (*begin == '{') {
        int depth = 1;

        for (end = ++begin; *end != '\0'; end++) {
            if (*end == '\\' && end[1] != '\0') {
                end++;          /* \{ and \} are no braces */
                continue;
            }
            depth += (*end == '{') - (*end == '}');
            if (depth == 0)
                break;
        }
        if (*end == '\0')
            return NULL;
    } else {
        end = begin + strcspn(begin, "$");
    }
    copy = cola_alloc((size_t)(end - begin) + 1, 1);
    if (copy != NULL)
        memcpy(copy, begin, (size_t)(end - begin));
    return copy;
}

static enum cola_status
read_math(const json_t *object, const char *place, size_t line, struct cola_item *item,
          struct cola_error *err)
{
    const char *solution = NULL;
    enum cola_status st = read_id(object, any_id, place, line, &item->id, err);

    if (st == COLA_OK)
        st = read_level(object, place, &item->level, err);
    if (st == COLA_OK)
        st = need_text(object, "problem", place, &item->question, err);
    if (st == COLA_OK)
        st = copy_text(object, "answer", place, &item->answer, err);
    if (st == COLA_OK && item->answer == NULL) {
        st = cola_json_get_text(object, "solution", 0, &solution, place, err);
        if (st == COLA_OK)
            item->answer = last_boxed(solution);
        if (st == COLA_OK && item->answer == NULL)
            st = cola_fail(err, COLA_INPUT, "%s: no \"answer\", and no \\boxed{} in "
                           "\"solution\"", place);
    }
    if (st == COLA_OK && item->answer[strspn(item->answer, " \t\n")] == '\0')
        st = cola_fail(err, COLA_INPUT, "%s: the answer is empty", place);
    return st;
}

/* ---- DART-Math, GSM8K ---------------------------------------------------------- */

static enum cola_status
read_dart(const json_t *object, const char *place, size_t line, struct cola_item *item,
          struct cola_error *err)
{
    const json_t *about = json_object_get(object, "query_metadata");
    enum cola_status st = read_id(object, query_id, place, line, &item->id, err);

    if (st == COLA_OK && about != NULL && !json_is_object(about) && !json_is_null(about))
        st = cola_fail(err, COLA_INPUT, "%s: \"query_metadata\" is not an object", place);
    if (st == COLA_OK && json_is_object(about))
        st = read_level(about, place, &item->level, err);
    if (st == COLA_OK)
        st = need_text(object, "query", place, &item->question, err);
    return st == COLA_OK ? need_text(object, "gt_ans", place, &item->answer, err) : st;
}

static enum cola_status
read_gsm8k(const json_t *object, const char *place, size_t line, struct cola_item *item,
           struct cola_error *err)
{
    const char *text = NULL, *at = NULL;
    enum cola_status st = read_id(object, any_id, place, line, &item->id, err);

    if (st == COLA_OK)
        st = need_text(object, "question", place, &item->question, err);
    if (st == COLA_OK)
        st = cola_json_get_text(object, "answer", 0, &text, place, err);
    if (st != COLA_OK)
        return st;
    for (const char *next = text; (next = strstr(next, "####")) != NULL;)
        at = next += 4;
    if (at != NULL)
        at += strspn(at, " \t\n#");
    if (at == NULL || *at == '\0')
        return cola_fail(err, COLA_INPUT, "%s: \"answer\" does not end in \"#### "
                         "NUMBER\"", place);
    item->answer = cola_strdup(at);
    if (item->answer == NULL)
        return cola_fail_memory(err);
    for (size_t n = strlen(item->answer);
         n > 0 && strchr(" \t\r\n", item->answer[n - 1]) != NULL; n--)
        item->answer[n - 1] = '\0';
    return COLA_OK;
}

/* ---- which there are ----------------------------------------------------------- */

static const struct cola_benchmark benchmarks[] = {
    {"own", "plain", -1, 0, read_own},
    {"arc", "arc-cloze", COLA_GRADE_CHOICE, 0, read_arc},
    {"math", "polar-dart", COLA_GRADE_MATH, 0, read_math},
    {"dart", "polar-dart", COLA_GRADE_MATH, 1, read_dart},
    {"gsm8k", "gsm8k-plain", COLA_GRADE_NUMBER, 0, read_gsm8k},
};

const struct cola_benchmark *
cola_benchmark_at(size_t i)
{
    return i < sizeof benchmarks / sizeof benchmarks[0] ? &benchmarks[i] : NULL;
}

const struct cola_benchmark *
cola_benchmark_find(const char *name)
{
    const struct cola_benchmark *b;

    for (size_t i = 0; (b = cola_benchmark_at(i)) != NULL; i++)
        if (strcmp(b->name, name) == 0)
            return b;
    return NULL;
}

/* A flat question with choices may be anybody's: ARC's are told by their ids. */
const struct cola_benchmark *
cola_benchmark_recognise(const json_t *first)
{
    const json_t *question = json_object_get(first, "question");
    const char *id = json_string_value(json_object_get(first, "id"));
    const char *answer = json_string_value(json_object_get(first, "answer"));
    const char *name = "own";

    if (json_object_get(first, "prompt") != NULL)
        name = "own";
    else if (json_object_get(first, "problem") != NULL)
        name = "math";
    else if (json_object_get(first, "query") != NULL)
        name = "dart";
    else if (json_is_object(question))
        name = "arc";
    else if (json_object_get(first, "choices") != NULL)
        name = is_arc_id(id) && answer == NULL ? "arc" : "own";
    else if (answer != NULL && strstr(answer, "####") != NULL)
        name = "gsm8k";
    return cola_benchmark_find(name);
}
