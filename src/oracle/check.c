/*
 * check.c - an implementation held against vectors
 *
 * Answers come in any order, and the report is in the order of the cases: each
 * case's lines are kept until all is over.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/check.h"

#include <stdlib.h>
#include <string.h>

#include "oracle/locate.h"

#define WINDOW 8                /* requests open at a time */

/* Localisation asks four questions a case; a subject that is wrong throughout
 * is wrong at the same place. */
#define LOCATED 16

struct result {
    int wanted;
    struct cola_finding finding;
    char *located;              /* lines, or NULL */
};

struct check {
    const struct cola_cases *cases;
    struct cola_asker *asker;
    const struct cola_check_options *options;
    struct result *results;     /* [cases->n] */
    struct cola_promise promise;
    json_t *ops;                /* what the subject declares; NULL: everything */
    struct cola_finding hello;  /* fails if that was wrong */
    size_t done;                /* cases decided */
};

/* ---- which cases ------------------------------------------------------------- */

static int
chosen(const struct cola_case *c, const struct cola_check_options *o)
{
    return (o->id == NULL || strcmp(c->id, o->id) == 0) &&
           (o->flag == NULL || cola_case_has_flag(c, o->flag));
}

size_t
cola_check_count(const struct cola_cases *cases, const struct cola_check_options *options)
{
    size_t n = 0;

    for (size_t i = 0; i < cases->n; i++)
        n += (size_t)chosen(&cases->cases[i], options);
    return n;
}

void
cola_check_list(const struct cola_cases *cases, const struct cola_check_options *options,
                struct cola_buffer *b)
{
    for (size_t i = 0; i < cases->n; i++) {
        const struct cola_case *c = &cases->cases[i];

        if (!chosen(c, options))
            continue;
        cola_buffer_printf(b, "%s %s %s", c->id, c->expected.op, c->expected.rule);
        cola_case_add_flags(c, b);
        cola_buffer_text(b, "\n");
    }
}

/* Its model is there, or none is needed. */
static int
has_model(const struct cola_case *c)
{
    return !cola_case_needs_model(c) || c->file->model != NULL;
}

/* ---- what the subject says of itself ----------------------------------------- */

static enum cola_status
say_hello(struct check *k, struct cola_error *err)
{
    json_t *request = json_pack("{s:s, s:i}", "op", "hello", "protocol", 1);
    json_t *answer = NULL;
    struct cola_error own;
    enum cola_status st;

    if (request == NULL)
        return cola_fail_memory(err);
    k->promise = (struct cola_promise){NULL, "f32"};
    st = cola_asker_ask(k->asker, request, &answer, err);
    json_decref(request);
    if (st != COLA_OK || answer == NULL)
        return st;
    if (cola_promise_read(answer, &k->promise, &own) != COLA_OK)
        cola_finding_fail(&k->hello, "%.300s", own.text);
    k->ops = json_incref(json_object_get(answer, "ops"));
    if (k->ops != NULL && !json_is_array(k->ops)) {
        cola_finding_fail(&k->hello, "hello: \"ops\" is not an array");
        json_decref(k->ops);
        k->ops = NULL;
    }
    json_decref(answer);
    return COLA_OK;
}

static int
declared(const struct check *k, const char *op)
{
    const json_t *name;
    size_t i;

    json_array_foreach(k->ops, i, name)
        if (json_is_string(name) && strcmp(json_string_value(name), op) == 0)
            return 1;
    return k->ops == NULL;
}

/* ---- answers ----------------------------------------------------------------- */

/* Case C's part of the answer to all its company, in fresh memory. */
static json_t *
own_part(const struct cola_case *c, const json_t *answer)
{
    json_t *items = json_array();

    for (size_t i = 0; i < c->items; i++)
        json_array_append(items, json_array_get(json_object_get(answer, "items"),
                                                c->first + i));
    return json_pack("{s:o}", "items", items);
}

/* What cannot be compared is the vectors' fault. */
static enum cola_status
compare(const struct check *k, const struct cola_case *c, const json_t *answer,
        struct cola_finding *finding, struct cola_error *err)
{
    struct cola_error own;
    enum cola_status st = cola_compare(&c->expected, answer, &k->promise, finding, &own);

    return st == COLA_OK ? st : cola_fail(err, st, "%.150s: case %.80s: %.200s",
                                          c->file->path, c->id, own.text);
}

static enum cola_status
judge(const struct check *k, const struct cola_case *c, const struct cola_question_of *q,
      const json_t *answer, struct cola_finding *finding, struct cola_error *err)
{
    const json_t *error = json_object_get(answer, "error");
    size_t items = json_array_size(json_object_get(q->request, "items"));
    size_t got = json_array_size(json_object_get(answer, "items"));
    enum cola_status st;
    json_t *part;

    *finding = (struct cola_finding){COLA_SKIPPED, c->expected.rule, 0.0, 0, ""};
    if (json_is_true(json_object_get(answer, "unsupported"))) {
        finding->outcome = COLA_NOT_SUPPORTED;
        return COLA_OK;
    }
    if (error != NULL) {
        cola_finding_fail(finding, "it says: %.200s", json_is_string(error) ?
                          json_string_value(error) : "error");
        return COLA_OK;
    }
    if (c->flag == NULL)
        return compare(k, c, answer, finding, err);
    if (got != items) {
        cola_finding_fail(finding, "items has %zu elements, not %zu", got, items);
        return COLA_OK;
    }
    part = own_part(c, answer);
    if (part == NULL)
        return cola_fail_memory(err);
    st = compare(k, c, part, finding, err);
    json_decref(part);
    return st;
}

static enum cola_status
take_answer(struct check *k, const struct cola_question_of *q, const json_t *answer,
            struct cola_error *err)
{
    for (size_t i = q->first; i < q->first + q->n; i++) {
        struct result *r = &k->results[i];
        enum cola_status st;

        if (!r->wanted)
            continue;
        st = judge(k, &k->cases->cases[i], q, answer, &r->finding, err);
        if (st != COLA_OK)
            return st;
        k->done++;
        if (k->options->progress != NULL)
            k->options->progress((double)k->done);
    }
    return COLA_OK;
}

/* Does the question concern any case that is wanted and can be asked? */
static int
is_asked(struct check *k, const struct cola_question_of *q)
{
    const struct cola_case *c = &k->cases->cases[q->first];
    int any = 0;

    if (!has_model(c))
        return 0;
    for (size_t i = q->first; i < q->first + q->n; i++) {
        struct result *r = &k->results[i];

        if (r->wanted && !declared(k, c->expected.op))
            r->finding.outcome = COLA_NOT_SUPPORTED;
        else
            any |= r->wanted;
    }
    return any;
}

/* Ask everything, WINDOW requests at a time. */
static enum cola_status
ask_all(struct check *k, struct cola_error *err)
{
    struct {
        json_int_t id;          /* 0: free */
        const struct cola_question_of *question;
    } open[WINDOW];
    const struct cola_question_of *q = k->cases->questions;
    const struct cola_question_of *end = q + k->cases->n_questions;
    size_t n = 0;

    memset(open, 0, sizeof open);
    for (;;) {
        enum cola_status st = COLA_OK;
        json_t *answer;
        json_int_t id;
        size_t i = 0;

        for (; q < end && n < WINDOW && st == COLA_OK; q++) {
            if (!is_asked(k, q))
                continue;
            st = cola_asker_send(k->asker, q->request, err);
            for (i = 0; open[i].id != 0; )
                i++;
            open[i].id = k->asker->last;
            open[i].question = q;
            n++;
        }
        if (st != COLA_OK || n == 0)
            return st;
        st = k->asker->receive(k->asker->ctx, &answer, err);
        if (st != COLA_OK)
            return st;
        id = json_integer_value(json_object_get(answer, "id"));
        for (i = 0; i < WINDOW && (id == 0 || open[i].id != id); )
            i++;
        st = i < WINDOW ? take_answer(k, open[i].question, answer, err) :
             cola_asker_fail_id(answer, err);
        json_decref(answer);
        if (st != COLA_OK)
            return st;
        open[i].id = 0;
        n--;
    }
}

/* ---- where it went wrong ----------------------------------------------------- */

static enum cola_status
locate_one(struct cola_locator *l, struct check *k, size_t i, struct cola_error *err)
{
    const struct cola_case *c = &k->cases->cases[i];
    struct result *r = &k->results[i];
    const struct result *original = &k->results[c->of];
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st = COLA_OK;

    if (c->flag == NULL)
        st = cola_locate(l, c, &r->finding, &b, err);
    else if (original->finding.outcome != COLA_FAIL)
        st = cola_locate_derived(l, c, &r->finding, original->finding.outcome, &b, err);
    if (st == COLA_OK)
        st = cola_buffer_ok(&b, err);
    r->located = b.data;        /* as far as it got */
    return st;
}

static enum cola_status
locate(struct check *k, struct cola_error *err)
{
    struct cola_locator *l = NULL;
    size_t located = 0;
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < k->cases->n && located < LOCATED && st == COLA_OK; i++) {
        if (k->results[i].finding.outcome != COLA_FAIL ||
            strcmp(k->cases->cases[i].expected.rule, "exact") == 0)
            continue;
        if (l == NULL)
            st = cola_locator_new(k->asker, &k->promise, &l, err);
        if (st == COLA_OK)
            st = locate_one(l, k, i, err);
        located += k->results[i].located != NULL;
    }
    cola_locator_free(l);
    return st;
}

/* ---- the report -------------------------------------------------------------- */

static void
add_case(struct cola_buffer *b, const struct cola_case *c, const struct result *r)
{
    const struct cola_finding *f = &r->finding;

    if (f->outcome == COLA_FAIL) {
        cola_buffer_printf(b, "FAIL %s %s %s; flags", c->id, f->rule, f->reason);
        cola_case_add_flags(c, b);
        cola_buffer_printf(b, "\n%s", r->located != NULL ? r->located : "");
    } else if (f->outcome == COLA_NEAR) {
        cola_buffer_printf(b, "NEAR %s %.3g\n", c->id, f->ratio);
    } else if (f->outcome == COLA_NOT_SUPPORTED) {
        cola_buffer_printf(b, "UNSUPPORTED %s%s%s\n", c->id,
                           *f->reason != '\0' ? " " : "", f->reason);
    }
}

static void
add_skipped(const struct check *k, struct cola_buffer *b)
{
    for (size_t f = 0; f < k->cases->n_files; f++) {
        const struct cola_vector_file *file = &k->cases->files[f];
        size_t n = 0;

        for (size_t i = 0; i < k->cases->n; i++)
            n += k->results[i].wanted && k->cases->cases[i].file == file &&
                 !has_model(&k->cases->cases[i]);
        if (n > 0)
            cola_buffer_printf(b, "SKIP %zu cases: no model \"%s\"\n", n,
                               file->model_name);
    }
}

static void
add_sums(const struct check *k, struct cola_check_counts *counts, struct cola_buffer *b)
{
    for (size_t o = 0; cola_op_name(o) != NULL; o++) {
        size_t n[COLA_NOT_SUPPORTED + 1] = {0};

        for (size_t i = 0; i < k->cases->n; i++)
            if (strcmp(k->cases->cases[i].expected.op, cola_op_name(o)) == 0)
                n[k->results[i].finding.outcome]++;
        if (n[COLA_PASS] + n[COLA_NEAR] + n[COLA_FAIL] + n[COLA_NOT_SUPPORTED] > 0)
            cola_buffer_printf(b, "sum %s pass %zu near %zu fail %zu unsupported %zu\n",
                               cola_op_name(o), n[COLA_PASS], n[COLA_NEAR], n[COLA_FAIL],
                               n[COLA_NOT_SUPPORTED]);
        counts->compared += n[COLA_PASS] + n[COLA_NEAR] + n[COLA_FAIL];
        counts->failed += n[COLA_FAIL];
        counts->unsupported += n[COLA_NOT_SUPPORTED];
    }
}

static void
report(const struct check *k, struct cola_check_counts *counts, struct cola_buffer *b)
{
    *counts = (struct cola_check_counts){0, 0, 0};
    if (k->hello.outcome == COLA_FAIL) {
        cola_buffer_printf(b, "FAIL hello exact %s; flags\n", k->hello.reason);
        counts->compared = counts->failed = 1;
    }
    for (size_t i = 0; i < k->cases->n; i++)
        add_case(b, &k->cases->cases[i], &k->results[i]);
    add_skipped(k, b);
    add_sums(k, counts, b);
    cola_buffer_printf(b, "end cases %zu fail %zu\n", counts->compared, counts->failed);
}

enum cola_status
cola_check(const struct cola_cases *cases, struct cola_asker *asker,
           const struct cola_check_options *options, struct cola_check_counts *counts,
           struct cola_buffer *b, struct cola_error *err)
{
    struct check k = {.cases = cases, .asker = asker, .options = options};
    enum cola_status st;

    k.results = cola_alloc(cases->n, sizeof *k.results);
    if (k.results == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < cases->n; i++)
        k.results[i].wanted = chosen(&cases->cases[i], options);
    st = say_hello(&k, err);
    if (st == COLA_OK)
        st = ask_all(&k, err);
    if (st == COLA_OK)
        st = locate(&k, err);
    if (st == COLA_OK || st == COLA_NOTHING)
        report(&k, counts, b);
    for (size_t i = 0; i < cases->n; i++)
        free(k.results[i].located);
    free(k.results);
    json_decref(k.ops);
    return st;
}
