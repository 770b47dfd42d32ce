/*
 * cmd_verify.c - hold a search against the ground truth
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "cli/session.h"
#include "oracle/verify.h"

#define ASKED 64                /* returned chains judged at a time */

/* What the header of a journal says about judging, as options; the command
 * line only chooses among questions. */
struct judging {
    struct options options;
    char held[32], max_tokens[32];
};

static void
read_judging(const struct options *o, const json_t *header, struct judging *j)
{
    const json_t *stop = json_object_get(header, "stop");
    const char *per = json_string_value(json_object_get(header, "per"));
    const char *template = json_string_value(json_object_get(header, "template"));

    j->options = *o;
    j->options.backend = "f64";
    j->options.kv = json_string_value(json_object_get(header, "kv"));
    j->options.grade = json_string_value(json_object_get(header, "grade"));
    j->options.format = json_string_value(json_object_get(header, "benchmark"));
    /* one from a file must be given again: the journal has its name only */
    if (template != NULL && strncmp(template, "file:", 5) != 0)
        j->options.template = template;
    j->options.per = per;
    if (per != NULL && strcmp(per, "sample") != 0) {
        cola_print_f64(j->held, json_number_value(json_object_get(header, "held")));
        j->options.held = j->held;
    }
    cola_print_f64(j->max_tokens,
                   json_number_value(json_object_get(stop, "max_tokens")));
    j->options.max_tokens = j->max_tokens;
}

static enum cola_status
check_digest(const char *what, const char *name, const char *digest,
             const json_t *header, struct cola_error *err)
{
    const char *expected = json_string_value(json_object_get(header, what));

    if (expected != NULL && strcmp(digest, expected) == 0)
        return COLA_OK;
    return cola_fail(err, COLA_INPUT, "%s: not the %s that was searched: its digest is "
                     "another", name, what);
}

/* The sample of the exam that ROW is about. */
static enum cola_status
find_sample(const struct session *s, const struct cola_truth_sample *row, size_t *index,
            struct cola_error *err)
{
    const struct cola_sample *samples;
    size_t n = cola_exam_samples(s->exam, &samples);

    for (*index = 0; *index < n; ++*index)
        if (strcmp(samples[*index].id, row->id) == 0)
            break;
    if (*index == n)
        return cola_fail(err, COLA_INPUT, "no sample \"%.100s\" among the questions "
                         "chosen", row->id);
    if (row->prompt == NULL || strcmp(samples[*index].prompt, row->prompt) != 0)
        return cola_fail(err, COLA_INPUT, "sample \"%.100s\" has other prompts here: "
                         "choose the questions that were searched (--levels, --ids, "
                         "--limit)",
                         row->id);
    return COLA_OK;
}

/* Ask f64 about returned chains number FIRST to FIRST + N - 1. */
static enum cola_status
ask(const struct session *s, struct cola_verification *v, size_t first, size_t n,
    struct cola_question *questions, struct cola_error *err)
{
    struct cola_judge judge = cola_exam_judge(s->exam);
    struct cola_verdict verdicts[ASKED];
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        const struct cola_returned *r = &v->returned[first + i];

        questions[i].chain = r->chain;
        st = find_sample(s, v->rows[r->row].sample, &questions[i].sample, err);
    }
    if (st == COLA_OK)
        st = judge.answer(judge.ctx, questions, verdicts, n, err);
    if (st != COLA_OK)
        return st;
    for (size_t i = 0; i < n; i++) {
        if (st == COLA_OK)
            st = cola_certify(v, first + i, &verdicts[i], err);
        cola_verdict_clear(&verdicts[i]);
    }
    return st;
}

static enum cola_status
ask_all(const struct session *s, struct cola_verification *v, struct cola_error *err)
{
    struct cola_question *questions = cola_alloc(ASKED, sizeof *questions);
    enum cola_status st = questions != NULL ? COLA_OK : cola_fail_memory(err);

    say_begin("chains", (double)v->n_returned);
    for (size_t i = 0; i < v->n_returned && st == COLA_OK; i += ASKED) {
        size_t n = v->n_returned - i < ASKED ? v->n_returned - i : ASKED;

        st = ask(s, v, i, n, questions, err);
        say_progress((double)(i + n));
    }
    say_finish();
    free(questions);
    return st;
}

/* Have the chains returned judged by f64, as the search was judged. */
static enum cola_status
hold_yardstick(const struct options *o, struct cola_verification *v,
               struct cola_error *err)
{
    const char *judge = json_string_value(json_object_get(v->header, "judge"));
    struct session s;
    struct judging j;
    char digest[65];
    int longest = 1;
    enum cola_status st;

    if (judge == NULL || strcmp(judge, "model") != 0)
        return cola_fail(err, COLA_INPUT, "%s: no model judged it, so --yardstick has "
                         "nothing to judge again", o->words[0]);
    for (size_t i = 0; i < v->n_returned; i++)
        if (v->returned[i].chain.len > longest)
            longest = v->returned[i].chain.len;
    read_judging(o, v->header, &j);
    st = session_open(&j.options, o->words[1], &s, err);
    if (st == COLA_OK) {
        cola_model_digest(s.model, digest);
        st = check_digest("model", o->words[1], digest, v->header, err);
    }
    if (st == COLA_OK)
        st = session_sit(&j.options, o->words[2], longest, &s, err);
    if (st == COLA_OK)
        st = check_digest("task", o->words[2], s.dataset.digest, v->header, err);
    if (st == COLA_OK)
        st = ask_all(&s, v, err);
    session_close(&s);
    return st;
}

static enum cola_status
verify(const struct options *o, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_truth *truth = NULL;
    struct cola_verification *v = NULL;
    enum cola_status st;

    if (o->truth == NULL) {
        say_usage("--truth FILE is needed");
        return COLA_USAGE;
    }
    if (o->yardstick ? o->n_words != 3 : o->n_words != 1) {
        say_usage(o->yardstick ? "--yardstick needs MODEL TASK after FILE" :
                  "MODEL TASK go with --yardstick");
        return COLA_USAGE;
    }
    if (!o->yardstick && (o->limit || o->ids || o->levels || o->threads)) {
        say_usage("questions are chosen, and threads used, with --yardstick only");
        return COLA_USAGE;
    }
    st = cola_truth_open(o->truth, &truth, err);
    if (st == COLA_OK)
        st = cola_verify(o->words, 1, truth, &v, err);
    if (st == COLA_OK && o->yardstick)
        st = hold_yardstick(o, v, err);
    if (st == COLA_OK)
        st = o->json ? cola_verification_json(v, &b, err) :
             cola_verification_table(v, o->list, &b, err);
    if (st == COLA_OK)
        st = say_result(&b, err);
    if (st == COLA_OK && v->contradictions > 0)
        st = cola_fail(err, COLA_NO, "%s: %zu verdicts contradict the truth", o->words[0],
                       v->contradictions);
    cola_buffer_free(&b);
    cola_verification_free(v);
    cola_truth_close(truth);
    return st;
}

const struct command command_verify = {
    "verify", "FILE [MODEL TASK]", 1, 3,
    "Hold a search against an enumeration of the same space",
    "truth yardstick template sample seed limit ids levels threads list json quiet",
    "Ends with status 1 when a verdict contradicts the truth: that is a defect.\n"
    "Of the samples that some chain of the enumeration solves: \"shortest found\",\n"
    "the share with as short a right chain; \"beyond\", a better one, outside of it;\n"
    "\"regret\", layers more than the shortest; \"first at\", chains judged up to the\n"
    "first right one.  \"space\" is every chain that the search's moves can reach.\n"
    "Of several inputs: \"as robust\", right on as many as any; \"missed\", inputs\n"
    "fewer.  --yardstick MODEL TASK has f64 judge again what the search returned;\n"
    "certified is a chain of the truth that has none better, about which f64 agrees.\n",
    verify,
};
