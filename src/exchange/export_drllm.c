/*
 * export_drllm.c - what Dr.LLM's trainer reads
 *
 * One object of parallel arrays, an element a sample.  The trainer takes from
 * each best path how often each layer is in it and forgets the order; the
 * router then runs every layer so often in its place.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "exchange/export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/segments.h"
#include "task/grade.h"

enum column {
    QUESTIONS, BEST_PATH, BEST_RESPONSE, ORIGINAL_CORRECT, MCTS_CORRECT, IMPROVED_CASES,
    PATH_LENGTHS, UNIQUE_LAYERS, GOOD_PATHS, LAYER_DECISIONS, OURS, COLUMNS
};

static const char *const names[COLUMNS] = {
    "questions", "best_path", "best_response", "original_correct", "mcts_correct",
    "improved_cases", "path_lengths", "unique_layers", "good_paths", "layer_decisions",
    "samples",
};

struct drllm {
    const struct cola_export *x;
    struct cola_exported *counts;
    struct cola_buffer columns[COLUMNS];        /* inside of the brackets */
    size_t next, written, base_right;
    uint64_t length_sum, unique_sum;
    int layers, letters, simulations;
    int level, one_level;               /* of all samples so far */
    char *header;
};

static enum cola_status
take_header(void *ctx, const json_t *header, const char *bytes, size_t len, int layers,
            struct cola_error *err)
{
    struct drllm *d = ctx;
    enum cola_grader grader;
    const json_t *preset = json_object_get(header, "preset");

    d->layers = layers;
    d->simulations = (int)json_integer_value(json_object_get(preset, "simulations"));
    d->letters = cola_grader_find(cola_header_text(header, "grade", ""), &grader) &&
                 (cola_grader_chooses(grader) || grader == COLA_GRADE_LETTER ||
                  grader == COLA_GRADE_LETTER_DRLLM);
    d->header = cola_alloc(len, 1);
    if (d->header == NULL)
        return cola_fail_memory(err);
    memcpy(d->header, bytes, len - 1);
    return cola_export_check(header, d->x->dataset, err);
}

/* Column C, ready for one more element. */
static struct cola_buffer *
next(struct drllm *d, enum column c)
{
    if (d->written > 0)
        cola_buffer_text(&d->columns[c], c == OURS ? ",\n" : ",");
    return &d->columns[c];
}

static void
add_string(struct cola_buffer *b, const char *text)
{
    cola_json_add_text(b, text, strlen(text));
}

static void
add_decisions(struct cola_buffer *b, const struct cola_chain *chain, int layers)
{
    cola_buffer_text(b, "[");
    for (int l = 0; l < layers; l++) {
        int count = 0;

        for (int i = 0; i < chain->len; i++)
            count += chain->at[i] == l;
        cola_buffer_printf(b, l > 0 ? ",%d" : "%d", count);
    }
    cola_buffer_text(b, "]");
}

/* Option I as the letter that its place has. */
static void
add_letter(struct cola_buffer *b, const struct cola_item *item)
{
    if (item->key < 26)
        cola_buffer_printf(b, "\"%c\"", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[item->key]);
    else
        add_string(b, item->labels[item->key]);
}

/* The right chains, the best first, of which the labels can say the best. */
static void
add_sample(struct drllm *d, const struct cola_told *told, const struct cola_item *item,
           const struct cola_sorted *s, size_t best)
{
    int base = s->base == COLA_CORRECT, listed = 0;
    struct cola_chain chain;
    struct cola_buffer *good = next(d, GOOD_PATHS);

    cola_buffer_text(good, "[");
    for (size_t i = best; i < s->n; i++) {
        if (cola_sorted_get(s, i, &chain) != COLA_CORRECT ||
            (d->x->parseable && !cola_counts_suffice(&chain)))
            continue;
        cola_buffer_text(good, listed++ > 0 ? "," : "");
        cola_chain_add_json(good, &chain);
    }
    cola_buffer_text(good, "]");
    d->counts->valid += (size_t)listed;
    cola_sorted_get(s, best, &chain);
    add_string(next(d, QUESTIONS), item->prompt);
    cola_chain_add_json(next(d, BEST_PATH), &chain);
    if (d->letters && item->key >= 0)
        add_letter(next(d, BEST_RESPONSE), item);
    else
        add_string(next(d, BEST_RESPONSE), cola_export_answer(item));
    cola_buffer_printf(next(d, ORIGINAL_CORRECT), "%d", base);
    cola_buffer_text(next(d, MCTS_CORRECT), "1");
    cola_buffer_text(next(d, IMPROVED_CASES), base ? "false" : "true");
    cola_buffer_printf(next(d, PATH_LENGTHS), "%d", chain.len);
    cola_buffer_printf(next(d, UNIQUE_LAYERS), "%d", cola_chain_unique(&chain));
    add_decisions(next(d, LAYER_DECISIONS), &chain, d->layers);
    cola_export_question(next(d, OURS), told, item, s);
    d->counts->unsaid += !cola_counts_suffice(&chain);
    d->base_right += (size_t)base;
    d->length_sum += (uint64_t)chain.len;
    d->unique_sum += (uint64_t)cola_chain_unique(&chain);
    d->one_level = d->written == 0 || (d->one_level && d->level == told->level);
    d->level = told->level;
    d->written++;
}

static enum cola_status
take_sample(void *ctx, const struct cola_told *told, struct cola_error *err)
{
    struct drllm *d = ctx;
    const struct cola_item *item;
    struct cola_sorted s;
    struct cola_chain chain;
    size_t best = SIZE_MAX;
    enum cola_status st = cola_export_find(d->x->dataset, told, &d->next, &item, err);

    if (st == COLA_OK)
        st = cola_sorted_make(told, d->layers, &s, err);
    if (st != COLA_OK)
        return st;
    d->counts->samples++;
    d->counts->unlevelled += told->level < 0;
    for (size_t i = s.n; i-- > 0;) {
        enum cola_mark mark = cola_sorted_get(&s, i, &chain);

        d->counts->undecided += mark == COLA_UNDECIDED;
        d->counts->invalid += mark == COLA_WRONG;
        if (mark == COLA_CORRECT && (!d->x->parseable || cola_counts_suffice(&chain)))
            best = i;
    }
    if (best == SIZE_MAX)
        d->counts->left_out++;
    else
        add_sample(d, told, item, &s, best);
    cola_sorted_free(&s);
    return COLA_OK;
}

/* Its trainer looks into the name only for what it must leave out. */
static void
add_dataset(const struct drllm *d, struct cola_buffer *b)
{
    const char *name = d->x->dataset->benchmark;

    cola_buffer_text(b, ",\"dataset\":\"");
    if (strcmp(name, "math") == 0)
        name = "dart";                  /* MATH under the name it has there */
    cola_buffer_text(b, name);
    if (d->one_level && d->level >= 0)
        cola_buffer_printf(b, "-%d", d->level);
    cola_buffer_text(b, "\"");
}

static void
add_mean(struct cola_buffer *b, const char *name, double sum, size_t n)
{
    cola_json_member_real(b, name, sum / (double)n);
}

static void
compose(const struct drllm *d, struct cola_buffer *b)
{
    cola_buffer_text(b, "{\"exp\":\"colaref\"");
    cola_json_member_text(b, "model_name", d->x->model);
    add_dataset(d, b);
    cola_buffer_printf(b, ",\"num_samples\":%zu,\"visited_samples\":%zu,"
                       "\"num_simulations\":%d", d->written, d->counts->samples,
                       d->simulations);
    add_mean(b, "original_accuracy", 100.0 * (double)d->base_right, d->written);
    add_mean(b, "mcts_accuracy", 100.0 * (double)d->written, d->written);
    add_mean(b, "improved_cases_accuracy", 100.0 * (double)(d->written - d->base_right),
             d->written);
    add_mean(b, "average_path_length", (double)d->length_sum, d->written);
    add_mean(b, "average_unique_layers", (double)d->unique_sum, d->written);
    for (int c = 0; c < OURS; c++) {
        cola_buffer_printf(b, ",\n\"%s\":[", names[c]);
        cola_buffer_bytes(b, d->columns[c].data, d->columns[c].len);
        cola_buffer_text(b, "]");
    }
    cola_buffer_printf(b, ",\n\"COLAREF\":{\"version\":1,\"parseable\":%s,\"journal\":%s,"
                       "\"%s\":[\n", d->x->parseable ? "true" : "false", d->header,
                       names[OURS]);
    cola_buffer_bytes(b, d->columns[OURS].data, d->columns[OURS].len);
    cola_buffer_text(b, "]}}\n");
}

enum cola_status
cola_export_drllm(const struct cola_export *x, struct cola_buffer *b,
                  struct cola_exported *counts, struct cola_error *err)
{
    struct drllm d = {.x = x, .counts = counts};
    const struct cola_listener listener = {take_header, take_sample, &d};
    enum cola_status st;

    memset(counts, 0, sizeof *counts);
    st = cola_listen(x->journal, &listener, &counts->whole, err);
    if (st == COLA_OK && d.written == 0)
        st = cola_fail(err, COLA_NO, "%s: no sample has a right chain to learn from",
                       x->journal);
    for (int c = 0; c < COLUMNS && st == COLA_OK; c++)
        st = cola_buffer_ok(&d.columns[c], err);
    if (st == COLA_OK)
        compose(&d, b);
    for (int c = 0; c < COLUMNS; c++)
        cola_buffer_free(&d.columns[c]);
    free(d.header);
    return st == COLA_OK ? cola_buffer_ok(b, err) : st;
}
