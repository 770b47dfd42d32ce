/*
 * export_polar.c - merged_mcts_samples.json
 *
 * Its members are those that PoLar's released sampler writes and its trainer
 * reads; what is ours is under "COLAREF", which it passes over.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "exchange/export.h"

#include <stdlib.h>
#include <string.h>

#include "exchange/segments.h"

#define LEVEL_SIZE 2000         /* global_idx counts so many samples a level */
#define LEVELS_MOST 1000        /* a directory each */

struct polar {
    const struct cola_export *x;
    struct cola_export_files files;
    struct cola_exported *counts;
    size_t room, next;
    int layers;
    char *header;               /* the journal's first line, without its newline */
};

static enum cola_status
take_header(void *ctx, const json_t *header, const char *bytes, size_t len, int layers,
            struct cola_error *err)
{
    struct polar *p = ctx;

    p->layers = layers;
    p->header = cola_alloc(len, 1);             /* the newline makes room for NUL */
    if (p->header == NULL)
        return cola_fail_memory(err);
    memcpy(p->header, bytes, len - 1);
    return cola_export_check(header, p->x->dataset, err);
}

static void
begin_file(struct polar *p, struct cola_export_file *f)
{
    cola_buffer_text(&f->text, "{\"SEARCH_ALGO\":\"mcts\",\"SEARCH_MODE\":\"sample\","
                     "\"EVAL_METRIC\":\"accuracy\",\"GROUP_SIZE\":0,\"NUM_GROUPS\":0,"
                     "\"BEAM_WIDTH\":0");
    cola_json_member_text(&f->text, "BASE_MODEL", p->x->model);
    cola_buffer_printf(&f->text, ",\"DIFFICULTY_LEVEL\":%d,\"COLAREF\":{\"version\":1,"
                       "\"parseable\":%s,\"journal\":%s},\"samples\":[", f->level,
                       p->x->parseable ? "true" : "false", p->header);
}

/* The file of LEVEL, begun when it is the first that is asked for. */
static enum cola_status
find_file(struct polar *p, int level, struct cola_export_file **file,
          struct cola_error *err)
{
    struct cola_export_files *files = &p->files;
    size_t at = 0;

    while (at < files->n && files->list[at].level < level)
        at++;
    if (at == files->n || files->list[at].level != level) {
        if (files->n == LEVELS_MOST)
            return cola_fail(err, COLA_INPUT, "more than %d levels", LEVELS_MOST);
        if (files->n == p->room) {
            size_t room = p->room * 2 + 8;
            struct cola_export_file *list = cola_realloc(files->list, room, sizeof *list);

            if (list == NULL)
                return cola_fail_memory(err);
            files->list = list;
            p->room = room;
        }
        memmove(files->list + at + 1, files->list + at,
                (files->n - at) * sizeof *files->list);
        files->list[at] = (struct cola_export_file){level, 0, COLA_BUFFER_EMPTY};
        files->n++;
        begin_file(p, &files->list[at]);
    }
    *file = &files->list[at];
    return COLA_OK;
}

/* The chains with MARK, shortest first; *WRITTEN becomes how many. */
static enum cola_status
add_paths(struct polar *p, const struct cola_sorted *s, enum cola_mark mark,
          struct cola_buffer *b, size_t *written, struct cola_error *err)
{
    const char *comma = "";
    struct cola_chain chain;

    cola_buffer_text(b, "[");
    for (size_t i = 0; i < s->n; i++) {
        int said;

        if (cola_sorted_get(s, i, &chain) != mark)
            continue;
        said = cola_segments_parse(&chain, p->layers);
        if (said < 0)
            return cola_fail_memory(err);
        p->counts->unsaid += !said && mark == COLA_CORRECT;
        if (!said && p->x->parseable)
            continue;
        cola_buffer_text(b, comma);
        cola_chain_add_json(b, &chain);
        comma = ",";
        ++*written;
    }
    cola_buffer_text(b, "]");
    return COLA_OK;
}

static enum cola_status
add_sample(struct polar *p, const struct cola_told *told, const struct cola_item *item,
           const struct cola_sorted *s, struct cola_export_file *f,
           struct cola_error *err)
{
    struct cola_buffer *b = &f->text;
    const char *answer = cola_export_answer(item);
    size_t level = f->level > 0 ? (size_t)f->level - 1 : 0;
    enum cola_status st;

    cola_buffer_printf(b, "%s{\"sample_id\":%zu,\"global_idx\":%zu",
                       f->samples > 0 ? ",\n" : "\n", f->samples,
                       level * LEVEL_SIZE + f->samples);
    cola_json_member_text(b, "query_id", item->id);
    cola_json_member_text(b, "question", item->question);
    cola_json_member_text(b, "gt_ans", answer);
    cola_buffer_printf(b, ",\"initial_score\":%s,\"final_valid_transitions\":",
                       s->base == COLA_CORRECT ? "1.0" : "0.0");
    st = add_paths(p, s, COLA_CORRECT, b, &p->counts->valid, err);
    cola_buffer_text(b, ",\"final_invalid_transitions\":");
    if (st == COLA_OK)
        st = add_paths(p, s, COLA_WRONG, b, &p->counts->invalid, err);
    cola_buffer_text(b, ",\"sample_info\":{\"question\":");
    cola_json_add_text(b, item->question, strlen(item->question));
    cola_json_member_text(b, "ground_truth", answer);
    cola_json_member_text(b, "prompt_text", item->prompt);
    cola_buffer_text(b, "},\"COLAREF\":");
    cola_export_question(b, told, item, s);
    cola_buffer_text(b, "}");
    f->samples++;
    return st;
}

static enum cola_status
take_sample(void *ctx, const struct cola_told *told, struct cola_error *err)
{
    struct polar *p = ctx;
    const struct cola_item *item;
    struct cola_export_file *file = NULL;
    struct cola_sorted s;
    struct cola_chain chain;
    enum cola_status st = cola_export_find(p->x->dataset, told, &p->next, &item, err);

    if (st == COLA_OK)
        st = find_file(p, told->level > 0 ? told->level : 0, &file, err);
    if (st == COLA_OK)
        st = cola_sorted_make(told, p->layers, &s, err);
    if (st != COLA_OK)
        return st;
    st = add_sample(p, told, item, &s, file, err);
    p->counts->samples++;
    p->counts->unlevelled += told->level < 0;
    for (size_t i = 0; i < s.n; i++)
        p->counts->undecided += cola_sorted_get(&s, i, &chain) == COLA_UNDECIDED;
    cola_sorted_free(&s);
    return st;
}

enum cola_status
cola_export_polar(const struct cola_export *x, struct cola_export_files *files,
                  struct cola_exported *counts, struct cola_error *err)
{
    struct polar p = {.x = x, .counts = counts};
    const struct cola_listener listener = {take_header, take_sample, &p};
    enum cola_status st;

    memset(counts, 0, sizeof *counts);
    st = cola_listen(x->journal, &listener, &counts->whole, err);
    if (st == COLA_OK && p.files.n == 0)
        st = cola_fail(err, COLA_INPUT, "%s: no samples", x->journal);
    for (size_t i = 0; i < p.files.n && st == COLA_OK; i++) {
        cola_buffer_text(&p.files.list[i].text, "\n]}\n");
        st = cola_buffer_ok(&p.files.list[i].text, err);
    }
    free(p.header);
    if (st != COLA_OK) {
        cola_export_files_free(&p.files);
        return st;
    }
    *files = p.files;
    return COLA_OK;
}
