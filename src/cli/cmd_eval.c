/*
 * cmd_eval.c - how many questions of a task one chain answers, or many
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "cli/session.h"
#include "report/statistics.h"

#define TOGETHER 256            /* questions in one call of the judge */

struct chains {
    struct cola_chain *list;    /* [n] */
    size_t n;
};

/* ---- which chains --------------------------------------------------------------- */

static enum cola_status
add_chain(struct chains *c, const char *text, const struct cola_model *model,
          struct cola_error *err)
{
    struct cola_chain *list = cola_realloc(c->list, c->n + 1, sizeof *list);

    if (list == NULL)
        return cola_fail_memory(err);
    c->list = list;
    if (read_chain(text, model, &list[c->n], err) != COLA_OK)
        return err->status;
    c->n++;
    return COLA_OK;
}

/* A chain a line; empty lines and what follows # are passed over. */
static enum cola_status
add_file(struct chains *c, const char *path, const struct cola_model *model,
         struct cola_error *err)
{
    struct cola_buffer text = COLA_BUFFER_EMPTY;
    struct cola_line line = {0};
    struct cola_map map;
    enum cola_status st = cola_map_open(path, &map, err);

    if (st != COLA_OK)
        return st;
    while (st == COLA_OK && cola_line_next(&map, &line)) {
        cola_buffer_reset(&text);
        cola_buffer_bytes(&text, line.text, line.len);
        st = cola_buffer_ok(&text, err);
        if (st == COLA_OK)
            text.data[strcspn(text.data, "#\r")] = '\0';
        if (st == COLA_OK && text.data[strspn(text.data, " \t")] != '\0') {
            struct cola_error own;

            st = add_chain(c, text.data, model, &own);
            if (st != COLA_OK)
                cola_fail(err, st, "%.200s: line %zu: %.240s", path, line.number,
                          own.text);
        }
    }
    cola_map_close(&map);
    cola_buffer_free(&text);
    return st;
}

static enum cola_status
read_chains(const struct options *o, const struct cola_model *model, struct chains *c,
            struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    if (o->n_chains == 0)
        st = add_chain(c, NULL, model, err);
    for (int i = 0; i < o->n_chains && st == COLA_OK; i++)
        st = o->chains[i][0] == '@' ? add_file(c, o->chains[i] + 1, model, err) :
             add_chain(c, o->chains[i], model, err);
    if (st == COLA_OK && c->n == 0)
        st = cola_fail(err, COLA_INPUT, "%s: no chains", o->chains[0] + 1);
    return st;
}

/* ---- judging ---------------------------------------------------------------------- */

/* An answer as --list has it: of the sample called ID. */
static void
list_answer(struct cola_buffer *b, const char *id, const struct cola_verdict *v, int json)
{
    static const char *const marks[] = {
        [COLA_WRONG] = "wrong", [COLA_CORRECT] = "right", [COLA_UNDECIDED] = "undecided",
    };
    const char *rule = v->rule != NULL ? v->rule : "-";

    if (json) {
        cola_buffer_text(b, b->len > 0 ? ",{\"id\":" : "{\"id\":");
        cola_json_add_text(b, id, strlen(id));
        cola_buffer_printf(b, ",\"mark\":\"%s\",\"rule\":\"%s\",\"answer\":",
                           marks[v->mark], rule);
    } else {
        cola_buffer_printf(b, "  %s  %s  %s  ", id, marks[v->mark], rule);
    }
    cola_json_add_text(b, v->answer, v->answer != NULL ? strlen(v->answer) : 0);
    cola_buffer_text(b, json ? "}" : "\n");
}

/* MARKS [chains, samples] of enum cola_mark; LISTS [chains] of answers, NULL: not
 * wanted. */
static enum cola_status
judge(const struct session *s, const struct chains *c, unsigned char *marks,
      struct cola_buffer *lists, int json, struct cola_error *err)
{
    struct cola_judge j = cola_exam_judge(s->exam);
    struct cola_question *questions = cola_alloc(TOGETHER, sizeof *questions);
    struct cola_verdict *verdicts = cola_alloc(TOGETHER, sizeof *verdicts);
    const struct cola_sample *samples;
    size_t n = cola_exam_samples(s->exam, &samples), total = n * c->n;
    enum cola_status st = COLA_OK;

    if (questions == NULL || verdicts == NULL)
        st = cola_fail_memory(err);
    say_begin("answers", (double)total);
    for (size_t done = 0; st == COLA_OK && done < total;) {
        size_t count = total - done < TOGETHER ? total - done : TOGETHER;

        for (size_t i = 0; i < count; i++) {
            questions[i].sample = (done + i) % n;
            questions[i].chain = c->list[(done + i) / n];
        }
        st = j.answer(j.ctx, questions, verdicts, count, err);
        for (size_t i = 0; i < count && st == COLA_OK; i++) {
            marks[done + i] = (unsigned char)verdicts[i].mark;
            if (lists != NULL)
                list_answer(&lists[(done + i) / n], samples[(done + i) % n].id,
                            &verdicts[i], json);
            cola_verdict_clear(&verdicts[i]);
        }
        done += count;
        say_progress((double)done);
    }
    say_finish();
    free(questions);
    free(verdicts);
    return st;
}

/* ---- telling --------------------------------------------------------------------- */

struct count {
    size_t right, undecided, n;
};

static struct count
count_level(const struct session *s, const unsigned char *marks, int level)
{
    const struct cola_sample *samples;
    size_t n = cola_exam_samples(s->exam, &samples);
    struct count c = {0, 0, 0};

    for (size_t i = 0; i < n; i++)
        if (level == INT32_MAX || samples[i].level == level) {
            c.n++;
            c.right += marks[i] == COLA_CORRECT;
            c.undecided += marks[i] == COLA_UNDECIDED;
        }
    return c;
}

/* The next larger level that occurs; INT32_MAX: none. */
static int
next_level(const struct session *s, int after)
{
    const struct cola_sample *samples;
    size_t n = cola_exam_samples(s->exam, &samples);
    int next = INT32_MAX;

    for (size_t i = 0; i < n; i++)
        if (samples[i].level != COLA_NO_LEVEL && samples[i].level > after &&
            samples[i].level < next)
            next = samples[i].level;
    return next;
}

static void
add_count(struct cola_buffer *b, const char *name, struct count c, int json,
          const char *comma)
{
    double lo, hi;
    char low[32], high[32];

    cola_wilson(c.right, c.n, &lo, &hi);
    if (!json) {
        cola_buffer_printf(b, "  %-6s %4zu of %-5zu %.3f [%.3f-%.3f]", name, c.right,
                           c.n, (double)c.right / (double)c.n, lo, hi);
        if (c.undecided > 0)
            cola_buffer_printf(b, "  %zu undecided", c.undecided);
        cola_buffer_text(b, "\n");
        return;
    }
    cola_print_f64(low, lo);
    cola_print_f64(high, hi);
    cola_buffer_printf(b, "%s\"%s\":{\"right\":%zu,\"of\":%zu,\"undecided\":%zu,"
                       "\"low\":%s,\"high\":%s}", comma, name, c.right, c.n, c.undecided,
                       low, high);
}

static void
tell(const struct session *s, const struct chains *c, const unsigned char *marks,
     const struct cola_buffer *lists, int json, struct cola_buffer *b)
{
    const struct cola_sample *samples;
    size_t n = cola_exam_samples(s->exam, &samples);

    for (size_t i = 0; i < c->n; i++, marks += n) {
        char name[24];

        if (json) {
            cola_buffer_text(b, "{\"chain\":");
            cola_chain_add_json(b, &c->list[i]);
            cola_buffer_printf(b, ",\"length\":%d,\"levels\":{", c->list[i].len);
        } else {
            cola_buffer_text(b, "chain ");
            cola_chain_add_text(b, &c->list[i]);
            cola_buffer_printf(b, " (%d layers)\n", c->list[i].len);
        }
        for (int level = next_level(s, -1), first = 1; level != INT32_MAX;
             level = next_level(s, level), first = 0) {
            snprintf(name, sizeof name, json ? "%d" : "level%d", level);
            add_count(b, name, count_level(s, marks, level), json, first ? "" : ",");
        }
        cola_buffer_text(b, json ? "}" : "");
        add_count(b, "all", count_level(s, marks, INT32_MAX), json, ",");
        cola_buffer_text(b, json && lists != NULL ? ",\"answers\":[" : "");
        if (lists != NULL)
            cola_buffer_bytes(b, lists[i].data, lists[i].len);
        cola_buffer_text(b, json ? lists != NULL ? "]}\n" : "}\n" : "");
    }
}

static enum cola_status
eval(const struct options *o, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    const struct cola_sample *samples;
    struct chains chains = {NULL, 0};
    struct cola_buffer *lists = NULL;
    unsigned char *marks = NULL;
    struct session s;
    int longest = 0;
    enum cola_status st;

    if (o->seed != NULL && o->sample == NULL) {
        say_usage("--seed goes with --sample: nothing else is drawn");
        return COLA_USAGE;
    }
    st = session_open(o, o->words[0], &s, err);
    if (st == COLA_OK)
        st = read_chains(o, s.model, &chains, err);
    for (size_t i = 0; i < chains.n; i++)
        longest = chains.list[i].len > longest ? chains.list[i].len : longest;
    if (st == COLA_OK)
        st = session_sit(o, o->words[1], longest, &s, err);
    if (st == COLA_OK) {
        marks = cola_alloc(chains.n, cola_exam_samples(s.exam, &samples));
        lists = o->list ? cola_alloc(chains.n, sizeof *lists) : NULL;
        st = marks != NULL && (lists != NULL || !o->list) ?
             judge(&s, &chains, marks, lists, o->json, err) : cola_fail_memory(err);
    }
    for (size_t i = 0; lists != NULL && i < chains.n && st == COLA_OK; i++)
        st = cola_buffer_ok(&lists[i], err);
    if (st == COLA_OK) {
        tell(&s, &chains, marks, lists, o->json, &b);
        st = say_result(&b, err);
    }
    for (size_t i = 0; lists != NULL && i < chains.n; i++)
        cola_buffer_free(&lists[i]);
    free(lists);
    cola_buffer_free(&b);
    free(marks);
    free(chains.list);
    session_close(&s);
    return st;
}

const struct command command_eval = {
    "eval", "MODEL TASK", 2, 2,
    "Measure how many questions a chain answers, by level",
    "chain format template grade max-tokens sample seed limit ids levels backend kv "
    "round threads list json quiet",
    "-c may be given several times; -c @FILE reads a chain a line.  Intervals are\n"
    "Wilson's, 95 %.  --list: each answer, and the rule that decided.\n",
    eval,
};
