/*
 * variants.c - questions made of questions
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "control/variants.h"

#include <stdlib.h>
#include <string.h>

#include "control/register.h"

static void
free_texts(char **texts, int n)
{
    for (int i = 0; texts != NULL && i < n; i++)
        free(texts[i]);
    free(texts);
}

static void
item_free(struct cola_item *item)
{
    free(item->id);
    free(item->group);
    free(item->question);
    free(item->prompt);
    free(item->answer);
    free(item->gold);
    free_texts(item->choices, item->n_choices);
    free_texts(item->options, item->n_choices);
    free_texts(item->labels, item->n_choices);
}

void
cola_variants_free(struct cola_variants *v)
{
    for (size_t i = 0; i < v->n; i++)
        item_free(&v->items[i]);
    free(v->items);
    memset(v, 0, sizeof *v);
}

/* A copy of TEXT where there is one; *OK is cleared when memory is out. */
static char *
copy(const char *text, int *ok)
{
    char *fresh = text != NULL ? cola_strdup(text) : NULL;

    *ok &= text == NULL || fresh != NULL;
    return fresh;
}

static char **
copy_texts(char *const *texts, int n, int *ok)
{
    char **fresh = texts != NULL ? cola_alloc((size_t)n, sizeof *fresh) : NULL;

    *ok &= texts == NULL || fresh != NULL;
    for (int i = 0; fresh != NULL && i < n; i++)
        fresh[i] = copy(texts[i], ok);
    return fresh;
}

/* Add a copy of ITEM that no template has filled yet. */
static enum cola_status
begin(struct cola_variants *v, const struct cola_item *item, struct cola_item **variant,
      struct cola_error *err)
{
    struct cola_item *fresh;
    int ok = 1;

    if (v->n == v->room) {
        struct cola_item *items = cola_realloc(v->items, v->room * 2 + 64,
                                               sizeof *items);

        if (items == NULL)
            return cola_fail_memory(err);
        v->items = items;
        v->room = v->room * 2 + 64;
    }
    fresh = &v->items[v->n++];
    *fresh = (struct cola_item){
        .id = copy(item->id, &ok), .level = item->level,
        .group = copy(item->group, &ok), .question = copy(item->question, &ok),
        .answer = copy(item->answer, &ok),
        .choices = copy_texts(item->choices, item->n_choices, &ok),
        .labels = copy_texts(item->labels, item->n_choices, &ok),
        .n_choices = item->n_choices, .key = item->key,
    };
    *variant = fresh;
    return ok ? COLA_OK : cola_fail_memory(err);
}

/* Put TEXT in the place of *OLD. */
static enum cola_status
replace(char **old, const char *text, struct cola_error *err)
{
    char *fresh = cola_strdup(text);

    if (fresh == NULL)
        return cola_fail_memory(err);
    free(*old);
    *old = fresh;
    return COLA_OK;
}

enum cola_status
cola_variants_add(struct cola_variants *v, const struct cola_template *form,
                  const struct cola_item *item, struct cola_error *err)
{
    struct cola_item *variant;
    enum cola_status st = begin(v, item, &variant, err);

    return st == COLA_OK ? cola_template_fill(form, variant, err) : st;
}

enum cola_status
cola_variants_answered(struct cola_variants *v, const struct cola_template *form,
                       const struct cola_item *item, const char *answer, int key,
                       struct cola_error *err)
{
    struct cola_item *variant;
    enum cola_status st = begin(v, item, &variant, err);

    if (st == COLA_OK && (key < 0 || variant->answer != NULL))
        st = replace(&variant->answer, answer, err);
    if (st == COLA_OK && key >= 0)
        variant->key = key;
    return st == COLA_OK ? cola_template_fill(form, variant, err) : st;
}

/* ---- other start values --------------------------------------------------------- */

/* TEXT as a value of the register, two digits; -1 when it is none. */
static int
read_value(const char *text)
{
    if (text == NULL || strlen(text) != 2 || strspn(text, "0123456789") != 2)
        return -1;
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/* Put the two digits of VALUE at TEXT. */
static void
write_value(char *text, int value)
{
    text[0] = (char)('0' + value / 10);
    text[1] = (char)('0' + value % 10);
}

static const char *
right_text(const struct cola_item *item)
{
    return item->answer != NULL ? item->answer :
           item->key >= 0 ? item->choices[item->key] : NULL;
}

int
cola_is_register(const struct cola_item *item, int picks)
{
    int right = read_value(right_text(item));

    if (right < 0 || cola_register_run(item->question, -1) != right)
        return 0;
    for (int i = 0; picks && i < item->n_choices; i++)
        if (read_value(item->choices[i]) < 0)
            return 0;
    return 1;
}

enum cola_status
cola_variants_started(struct cola_variants *v, const struct cola_template *form,
                      const struct cola_item *item, int i, struct cola_error *err)
{
    int start = cola_register_start(item->question, i);
    int right = cola_register_run(item->question, start);
    int moved = right - cola_register_run(item->question, -1) + 100;
    struct cola_item *variant;
    char text[3] = "";
    enum cola_status st = begin(v, item, &variant, err);

    if (st != COLA_OK)
        return st;
    write_value(variant->question, start);
    write_value(text, right);
    if (variant->answer != NULL)
        st = replace(&variant->answer, text, err);
    for (int c = 0; c < variant->n_choices && st == COLA_OK; c++) {
        int value = read_value(variant->choices[c]);

        if (value < 0)
            continue;
        write_value(text, (value + moved) % 100);
        st = replace(&variant->choices[c], text, err);
    }
    return st == COLA_OK ? cola_template_fill(form, variant, err) : st;
}

/* ---- other orders of the choices ------------------------------------------------ */

int
cola_rotations(const struct cola_item *item)
{
    int n = item->n_choices;

    return n < 2 ? 0 : n == 2 ? 1 : 2 * n - 1;
}

enum cola_status
cola_variants_rotated(struct cola_variants *v, const struct cola_template *form,
                      const struct cola_item *item, int i, struct cola_error *err)
{
    int n = item->n_choices;
    struct cola_item *variant;
    enum cola_status st = begin(v, item, &variant, err);

    for (int place = 0; place < n && st == COLA_OK; place++) {
        int from = (place + i) % n;

        if (i >= n)
            from = n - 1 - from;
        st = replace(&variant->choices[place], item->choices[from], err);
        if (from == item->key)
            variant->key = place;
    }
    return st == COLA_OK ? cola_template_fill(form, variant, err) : st;
}
