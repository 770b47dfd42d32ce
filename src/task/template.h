/*
 * template.h - what a question looks like to the model
 *
 * A template is text in which {question} and {choices} are filled in, and what
 * goes with it: how the answer is written, how many tokens it may have, who
 * grades it.  Published prompts are facts of their protocols and stand here
 * letter by letter; "source" says whose they are.  Chat templates are not
 * applied: what is sent is the text.
 */
#ifndef COLA_TEMPLATE_H
#define COLA_TEMPLATE_H

#include "task/dataset.h"
#include "task/grade.h"

struct cola_template {
    const char *name;
    const char *summary;        /* a line */
    const char *source;         /* whose wording this is; "ours" */
    const char *text;           /* {question}, {choices} */
    const char *choice;         /* a line of {choices}: {label}, {text} */
    const char *answer;         /* how an answer follows: {answer}, {label} */
    const char *primed;         /* how an answer begins that TEXT ends in; "" */
    const char *stop;           /* what ends an answer as the end token does; "" */
    int grader;                 /* enum cola_grader; -1: what the file suggests */
    int max_tokens;
};

/* Number I of those that are built in, NULL beyond the last; one by its name. */
const struct cola_template *cola_template_at(size_t i);
const struct cola_template *cola_template_find(const char *name);

/*
 * One from a JSON file with these members.  "text" is required and must hold
 * {question}; an unknown member is refused.  Its name is "file:" and the first
 * 12 digits of the file's SHA-256.
 */
COLA_MUST_USE enum cola_status
cola_template_load(const char *path, struct cola_template **loaded,
                   struct cola_error *err);
void cola_template_free(struct cola_template *loaded);

/* Append it as JSON, which cola_template_load() reads. */
void cola_template_add_json(struct cola_buffer *b, const struct cola_template *t);

/* Does the model see the options? */
int cola_template_shows_options(const struct cola_template *t);

/* Set prompt, gold, options, primed and stop of ITEM, whose other members are
 * known.  T outlives it. */
COLA_MUST_USE enum cola_status
cola_template_fill(const struct cola_template *t, struct cola_item *item,
                   struct cola_error *err);

/*
 * *GOLD, in fresh memory: the text that would stand for ANSWER, were it the
 * reference of ITEM.  Where labels are asked for, ANSWER is the text of one of
 * the choices.
 */
COLA_MUST_USE enum cola_status
cola_template_gold(const struct cola_template *t, const struct cola_item *item,
                   const char *answer, char **gold, struct cola_error *err);

#endif
