/*
 * export.c - what the formats share
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "exchange/export.h"

#include <stdlib.h>
#include <string.h>

void
cola_export_files_free(struct cola_export_files *files)
{
    for (size_t i = 0; i < files->n; i++)
        cola_buffer_free(&files->list[i].text);
    free(files->list);
    files->list = NULL;
    files->n = 0;
}

/* ---- a sample's chains in order -------------------------------------------------- */

static int
by_rank(const void *a, const void *b)
{
    const struct cola_ranked *x = a, *y = b;
    struct cola_chain p, q;

    cola_chain_set_get(x->set, x->index, &p);
    cola_chain_set_get(y->set, y->index, &q);
    return cola_chain_rank(&p, &q);
}

/* Take in chain number I of what was judged. */
static enum cola_status
add_judged(const struct cola_told *told, size_t i, int layers, struct cola_sorted *s,
           struct cola_error *err)
{
    struct cola_said judged;
    size_t index;
    int added;
    enum cola_status st = cola_said_read(told->evaluated, i, told->id, layers, &judged,
                                           err);

    if (st == COLA_OK)
        st = cola_chain_set_add(&s->set, &judged.chain, &index, &added, err);
    if (st != COLA_OK)
        return st;
    if (!added && s->marks[index] != judged.mark)
        return cola_fail(err, COLA_INPUT, "sample \"%.100s\", chain %zu: judged before, "
                         "with another verdict", told->id, i);
    s->marks[index] = (unsigned char)judged.mark;
    if (i > 0)
        return COLA_OK;
    s->base = judged.mark;
    if (judged.chain.len == layers)
        for (int p = 0; p < layers && judged.chain.at[p] == p; p++)
            if (p == layers - 1)
                return COLA_OK;
    return cola_fail(err, COLA_INPUT, "sample \"%.100s\": the first chain judged is not "
                     "the ordinary one", told->id);
}

enum cola_status
cola_sorted_make(const struct cola_told *told, int layers, struct cola_sorted *sorted,
                 struct cola_error *err)
{
    struct cola_sorted s = {.marks = cola_alloc(told->n, 1)};
    enum cola_status st = s.marks != NULL ? COLA_OK : cola_fail_memory(err);

    for (size_t i = 0; i < told->n && st == COLA_OK; i++)
        st = add_judged(told, i, layers, &s, err);
    s.n = s.set.count;
    s.order = st == COLA_OK ? cola_alloc(s.n, sizeof *s.order) : NULL;
    if (st == COLA_OK && s.order == NULL)
        st = cola_fail_memory(err);
    if (st != COLA_OK) {
        cola_sorted_free(&s);
        return st;
    }
    *sorted = s;
    for (size_t i = 0; i < s.n; i++)
        sorted->order[i] = (struct cola_ranked){&sorted->set, i};
    qsort(sorted->order, s.n, sizeof *s.order, by_rank);
    return COLA_OK;
}

void
cola_sorted_free(struct cola_sorted *sorted)
{
    cola_chain_set_free(&sorted->set);
    free(sorted->marks);
    free(sorted->order);
    memset(sorted, 0, sizeof *sorted);
}

enum cola_mark
cola_sorted_get(const struct cola_sorted *sorted, size_t i, struct cola_chain *chain)
{
    size_t index = sorted->order[i].index;

    cola_chain_set_get(&sorted->set, index, chain);
    return (enum cola_mark)sorted->marks[index];
}

/* ---- questions -------------------------------------------------------------------- */

enum cola_status
cola_export_find(const struct cola_dataset *d, const struct cola_told *told,
                 size_t *next, const struct cola_item **item, struct cola_error *err)
{
    for (size_t i = 0; i < d->n; i++) {
        size_t at = (*next + i) % d->n;

        if (strcmp(d->items[at].id, told->id) == 0) {
            *item = &d->items[at];
            *next = at + 1;
            return COLA_OK;
        }
    }
    return cola_fail(err, COLA_INPUT, "no question of the task has the id \"%.100s\"",
                     told->id);
}

const char *
cola_export_answer(const struct cola_item *item)
{
    return item->answer != NULL ? item->answer :
           item->key >= 0 ? item->choices[item->key] : "";
}

enum cola_status
cola_export_check(const json_t *header, const struct cola_dataset *dataset,
                  struct cola_error *err)
{
    if (strcmp(cola_header_text(header, "judge", ""), "model") != 0)
        return cola_fail(err, COLA_INPUT, "no model judged it, so it has no questions");
    if (strcmp(cola_header_text(header, "per", ""), "sample") != 0)
        return cola_fail(err, COLA_INPUT, "one search of several questions (--per): "
                         "there is no question to write the chains under");
    if (strcmp(cola_header_text(header, "task", ""), dataset->digest) != 0)
        return cola_fail(err, COLA_INPUT, "the task is not the one that was searched: "
                         "its digest is another");
    return COLA_OK;
}

static void
add_texts(struct cola_buffer *b, char *const *texts, int n)
{
    cola_buffer_text(b, "[");
    for (int i = 0; i < n; i++) {
        cola_buffer_text(b, i > 0 ? "," : "");
        cola_json_add_text(b, texts[i], strlen(texts[i]));
    }
    cola_buffer_text(b, "]");
}

void
cola_export_question(struct cola_buffer *b, const struct cola_told *told,
                     const struct cola_item *item, const struct cola_sorted *s)
{
    const char *comma = "";
    struct cola_chain chain;

    cola_buffer_text(b, "{\"id\":");
    cola_json_add_text(b, item->id, strlen(item->id));
    cola_buffer_printf(b, told->level >= 0 ? ",\"level\":%d" : ",\"level\":null",
                       told->level);
    cola_json_member_text(b, "group", item->group);
    cola_json_member_text(b, "prompt", item->prompt);
    cola_json_member_text(b, "prompt_sha256", told->prompt);
    cola_json_member_text(b, "answer", item->answer);
    cola_json_member_text(b, "gold", item->gold);
    cola_json_member_text(b, "primed", item->primed);
    cola_json_member_text(b, "stop", item->stop);
    if (item->n_choices > 0) {
        cola_buffer_text(b, ",\"choices\":{\"text\":");
        add_texts(b, item->choices, item->n_choices);
        cola_buffer_text(b, ",\"label\":");
        add_texts(b, item->labels, item->n_choices);
        cola_buffer_text(b, "}");
        if (item->options != NULL) {
            cola_buffer_text(b, ",\"options\":");
            add_texts(b, item->options, item->n_choices);
        }
        cola_buffer_printf(b, ",\"key\":%d", item->key);
    }
    cola_buffer_printf(b, ",\"base\":%s,\"undecided\":[",
                       s->base == COLA_CORRECT ? "true" :
                       s->base == COLA_WRONG ? "false" : "null");
    for (size_t i = 0; i < s->n; i++)
        if (cola_sorted_get(s, i, &chain) == COLA_UNDECIDED) {
            cola_buffer_text(b, comma);
            cola_chain_add_json(b, &chain);
            comma = ",";
        }
    cola_buffer_text(b, "]}");
}
