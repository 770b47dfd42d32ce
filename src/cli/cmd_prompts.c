/*
 * cmd_prompts.c - the templates, and exactly what a model is sent
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"
#include "task/prompt.h"
#include "task/template.h"

/* ---- templates ----------------------------------------------------------------- */

static void
list_templates(struct cola_buffer *b, int json)
{
    const struct cola_template *t;

    for (size_t i = 0; (t = cola_template_at(i)) != NULL; i++) {
        const char *grader = t->grader < 0 ? "-" :
                             cola_grader_name((enum cola_grader)t->grader);

        if (json)
            cola_template_add_json(b, t);
        else
            cola_buffer_printf(b, "%-16s %-13s %3d  %s\n", t->name, grader, t->max_tokens,
                               t->summary);
    }
}

/* Is WORD a template rather than a task?  *T is it, *LOADED if from a file. */
static enum cola_status
find_template(const char *word, const struct cola_template **t,
              struct cola_template **loaded, struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    *t = cola_template_find(word);
    if (*word == '@') {
        st = cola_template_load(word + 1, loaded, err);
        *t = *loaded;
    }
    return st;
}

/* ---- what is sent -------------------------------------------------------------- */

struct sheet {                  /* one question, ready to be told */
    const struct cola_item *item;
    const char *benchmark, *template, *grader;
    int max_tokens;
    const struct cola_tokenizer *tokenizer;     /* NULL: none */
    struct cola_ids prompt, gold;
};

/* TEXT a line each after a bar; a text ends where the last line does, and so
 * a bar ends it too. */
static void
add_text(struct cola_buffer *b, const char *title, const char *text)
{
    for (const char *line = text;; line++) {
        size_t n = strcspn(line, "\n");

        cola_buffer_printf(b, "  %-8s|%.*s%s\n", title, (int)n, line,
                           line[n] == '\0' ? "|" : "");
        line += n;
        title = "";
        if (*line == '\0')
            return;
    }
}

static void
add_ids(struct cola_buffer *b, const char *title, const struct cola_ids *ids)
{
    cola_buffer_printf(b, "  %-8s ", title);
    cola_json_add_integers(b, ids->ids, ids->n);
    cola_buffer_text(b, "\n");
}

static void
tell_sheet(struct cola_buffer *b, const struct sheet *s)
{
    const struct cola_item *item = s->item;

    cola_buffer_printf(b, "%s", item->id);
    if (item->level != COLA_NO_LEVEL)
        cola_buffer_printf(b, "  level %d", item->level);
    cola_buffer_printf(b, "  %s, %s", s->benchmark, s->template);
    cola_buffer_printf(b, "; %s, %d tokens\n", s->grader, s->max_tokens);
    add_text(b, "prompt", item->prompt);
    if (s->tokenizer != NULL)
        add_ids(b, "ids", &s->prompt);
    if (item->gold != NULL)
        add_text(b, "gold", item->gold);
    if (s->tokenizer != NULL && item->gold != NULL)
        add_ids(b, "ids", &s->gold);
    for (int i = 0; i < item->n_choices; i++)
        add_text(b, i == item->key ? "option *" : "option", cola_item_option(item, i));
    cola_buffer_text(b, "\n");
}

static void
tell_sheet_json(struct cola_buffer *b, const struct sheet *s)
{
    const struct cola_item *item = s->item;

    cola_buffer_text(b, "{\"id\":");
    cola_json_add_text(b, item->id, strlen(item->id));
    if (item->level != COLA_NO_LEVEL)
        cola_buffer_printf(b, ",\"level\":%d", item->level);
    else
        cola_buffer_text(b, ",\"level\":null");
    cola_json_member_text(b, "benchmark", s->benchmark);
    cola_json_member_text(b, "template", s->template);
    cola_json_member_text(b, "grade", s->grader);
    cola_buffer_printf(b, ",\"max_tokens\":%d", s->max_tokens);
    cola_json_member_text(b, "prompt", item->prompt);
    cola_json_member_text(b, "answer", item->answer);
    cola_json_member_text(b, "gold", item->gold);
    cola_json_member_text(b, "primed", item->primed);
    cola_json_member_text(b, "stop", item->stop);
    cola_buffer_text(b, ",\"options\":[");
    for (int i = 0; i < item->n_choices; i++) {
        const char *option = cola_item_option(item, i);

        cola_buffer_text(b, i > 0 ? "," : "");
        cola_json_add_text(b, option, strlen(option));
    }
    cola_buffer_printf(b, "],\"key\":%d", item->key);
    if (s->tokenizer != NULL) {
        cola_buffer_text(b, ",\"prompt_ids\":");
        cola_json_add_integers(b, s->prompt.ids, s->prompt.n);
        cola_buffer_text(b, ",\"gold_ids\":");
        cola_json_add_integers(b, s->gold.ids, s->gold.n);
    }
    cola_buffer_text(b, "}\n");
}

static enum cola_status
tell_item(struct cola_buffer *b, struct sheet *s, int json, struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    if (s->tokenizer != NULL)
        st = cola_prompt_ids(s->tokenizer, s->item->prompt, &s->prompt, err);
    if (st == COLA_OK && s->tokenizer != NULL && s->item->gold != NULL)
        st = cola_continuation_ids(s->tokenizer, s->item->prompt, s->item->gold, &s->gold,
                                   err);
    if (st == COLA_OK && json)
        tell_sheet_json(b, s);
    else if (st == COLA_OK)
        tell_sheet(b, s);
    cola_ids_free(&s->prompt);
    cola_ids_free(&s->gold);
    return st;
}

static enum cola_status
tell_task(const struct options *o, struct cola_buffer *b, struct cola_error *err)
{
    struct session s;
    enum cola_status st = COLA_OK;

    memset(&s, 0, sizeof s);
    if (o->for_model != NULL)
        st = open_model(o->for_model, &s.model, err);
    if (st == COLA_OK && s.model != NULL)
        st = open_tokenizer(s.model, &s.tokenizer, err);
    if (st == COLA_OK)
        st = session_task(o, o->words[0], &s, err);
    for (size_t i = 0; i < s.dataset.n && st == COLA_OK; i++) {
        struct sheet sheet = {
            .item = &s.dataset.items[i],
            .benchmark = s.dataset.benchmark,
            .template = s.dataset.template,
            .grader = cola_grader_name((enum cola_grader)
                                       cola_dataset_grader(&s.dataset, s.options.grade)),
            .max_tokens = s.options.max_tokens,
            .tokenizer = s.tokenizer,
        };

        st = tell_item(b, &sheet, o->json, err);
    }
    session_close(&s);
    return st;
}

static enum cola_status
prompts(const struct options *o, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    const struct cola_template *t = NULL;
    struct cola_template *loaded = NULL;
    enum cola_status st = COLA_OK;

    if (o->n_words == 1)
        st = find_template(o->words[0], &t, &loaded, err);
    if (st == COLA_OK && (o->n_words == 0 || t != NULL) &&
        (o->format || o->template || o->grade || o->max_tokens || o->sample || o->limit ||
         o->ids || o->levels || o->for_model)) {
        say_usage("these options go with a task");
        st = COLA_USAGE;
    } else if (st == COLA_OK && o->seed != NULL && o->sample == NULL) {
        say_usage("--seed goes with --sample: nothing else is drawn");
        st = COLA_USAGE;
    } else if (st == COLA_OK && o->n_words == 0) {
        list_templates(&b, o->json);
    } else if (st == COLA_OK && t != NULL) {
        cola_template_add_json(&b, t);
    } else if (st == COLA_OK) {
        st = tell_task(o, &b, err);
    }
    if (st == COLA_OK)
        st = say_result(&b, err);
    cola_template_free(loaded);
    cola_buffer_free(&b);
    return st;
}

const struct command command_prompts = {
    "prompts", "[NAME|TASK]", 0, 1,
    "List the templates, print one, or show what a task sends",
    "format template grade max-tokens sample seed limit ids levels for json quiet",
    "The list has the grader and the tokens of an answer.  NAME, or @FILE, is printed\n"
    "as JSON, which can be changed and given back with --template @FILE.  Of a TASK\n"
    "each prompt is shown, between bars, with the text that stands for the right\n"
    "answer; with --for MODEL the token ids too, which begin as the model's\n"
    "tokenizer begins.\n",
    prompts,
};
