/*
 * record.c - the header and the samples of a journal as JSON
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "record/record.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

static void
add_extent(struct cola_buffer *b, const struct cola_extent_of *e)
{
    static const char *const kinds[] = {"depth", "sequences", "reach"};
    const struct cola_rules *r = &e->rules;

    cola_buffer_printf(b, ",\"extent\":{\"kind\":\"%s\",\"layers\":%d", kinds[e->kind],
                       r->layers);
    if (e->kind != COLA_EXTENT_REACH)
        cola_buffer_printf(b, ",\"%s\":%d", e->kind == COLA_EXTENT_DEPTH ? "edits" :
                           "max_length", e->amount);
    if (e->kind != COLA_EXTENT_SEQUENCES)
        cola_buffer_printf(b, ",\"space\":\"%s\",\"min_length\":%d,\"max_length\":%d,"
                           "\"block_root\":%d,\"block\":%d,\"extra\":%d,"
                           "\"multiplicity\":%d", cola_space_name(r->space),
                           r->min_length, r->max_length, r->block_root, r->block,
                           r->extra, r->multiplicity);
    if (e->kind != COLA_EXTENT_SEQUENCES && r->block_repeat > 0)
        cola_buffer_printf(b, ",\"block_repeat\":%d", r->block_repeat);
    if (e->kind != COLA_EXTENT_SEQUENCES && r->placement == COLA_DISJOINT)
        cola_buffer_text(b, ",\"placement\":\"disjoint\"");
    cola_buffer_text(b, "}");
}

void
cola_header_add(struct cola_buffer *b, const struct cola_header *h)
{
    cola_buffer_printf(b, "{\"type\":\"header\",\"format\":\"colaref-%s\",\"version\":1,"
                       "\"arithmetic\":1", h->extent != NULL ? "enumeration" : "journal");
    cola_json_member_text(b, "judge", h->judge);
    cola_json_member_text(b, "model", h->model);
    cola_json_member_text(b, "task", h->task);
    cola_json_member_text(b, "backend", h->backend);
    cola_buffer_printf(b, ",\"reproducible\":%s", h->reproducible ? "true" : "false");
    if (h->core != NULL)
        cola_json_member_text(b, "core", h->core);
    cola_json_member_text(b, "kv", h->kv);
    cola_json_member_text(b, "per", h->per);
    cola_json_member_real(b, "held", h->held);
    cola_json_member_text(b, "benchmark", h->benchmark);
    cola_json_member_text(b, "template", h->template);
    cola_json_member_text(b, "grade", h->grade);
    cola_buffer_text(b, ",\"stop\":");
    if (h->max_tokens < 0) {
        cola_buffer_text(b, "null");
    } else {
        cola_buffer_printf(b, "{\"max_tokens\":%d,\"end_tokens\":", h->max_tokens);
        cola_json_add_integers(b, h->end_tokens, h->n_end_tokens);
        cola_buffer_text(b, "}");
    }
    if (h->extent != NULL) {
        add_extent(b, h->extent);
        cola_buffer_printf(b, ",\"chains\":%zu}\n", h->chains);
        return;
    }
    cola_buffer_printf(b, ",\"random\":%s,\"controls\":[],\"seed\":%" PRIu64
                       ",\"preset\":", h->random ? "true" : "false", h->preset->seed);
    cola_preset_add_json(b, h->preset, 0);
    cola_buffer_text(b, "}\n");
}

void
cola_margin_add(struct cola_buffer *b, const struct cola_verdict *v)
{
    char text[32];

    if (v->margin_is_float)
        cola_print_f32(text, (float)v->margin);
    else
        cola_print_f64(text, v->margin);
    cola_buffer_text(b, text);
}

static const char *
mark_json(enum cola_mark mark)
{
    return mark == COLA_CORRECT ? "true" : mark == COLA_WRONG ? "false" : "null";
}

static const char *
stop_name(enum cola_stop stop)
{
    static const char *const names[] = {NULL, "settled", "end", "length", "nonfinite"};

    return names[stop];
}

/* How many of several inputs, where there are several. */
static void
add_counts(struct cola_buffer *b, const struct cola_verdict *v)
{
    if (v->inputs + v->held > 1)
        cola_buffer_printf(b, ",\"right\":%d,\"undecided\":%d,\"of\":%d,"
                           "\"held_right\":%d,\"held_of\":%d", v->correct, v->undecided,
                           v->inputs, v->held_correct, v->held);
}

static void
add_chain(struct cola_buffer *b, const struct cola_chain *chain)
{
    cola_buffer_text(b, "\"chain\":");
    cola_chain_add_json(b, chain);
    cola_buffer_printf(b, ",\"length\":%d", chain->len);
}

static void
add_evaluation(struct cola_buffer *b, const struct cola_outcome *o, size_t i)
{
    const struct cola_verdict *v = &o->verdicts[i];
    struct cola_chain chain;

    cola_outcome_chain(o, i, &chain);
    cola_buffer_text(b, "{");
    add_chain(b, &chain);
    cola_buffer_printf(b, ",\"correct\":%s", mark_json(v->mark));
    add_counts(b, v);
    cola_json_member_text(b, "answer", v->answer);
    cola_buffer_text(b, ",\"ids\":");
    if (v->ids != NULL)
        cola_json_add_integers(b, v->ids, v->n_ids);
    else
        cola_buffer_text(b, "null");
    cola_json_member_text(b, "stop", stop_name(v->stop));
    cola_json_member_text(b, "rule", v->rule);
    cola_buffer_text(b, ",\"margin\":");
    cola_margin_add(b, v);
    cola_json_member_real(b, "gold_logprob", v->gold_logprob);
    cola_search_add_origin(o->search, i, b);
    cola_buffer_text(b, "}");
}

/* The front of accuracy, or of the gold answer's probability where there is
 * one input, against length. */
static void
add_pareto(struct cola_buffer *b, const struct cola_outcome *o, size_t n)
{
    double *value = cola_alloc(n, sizeof *value);
    unsigned char *front = cola_alloc(n, 1);
    int by_logprob = o->verdicts[0].inputs + o->verdicts[0].held == 1 &&
                     !isnan(o->verdicts[0].gold_logprob);
    const char *axis = by_logprob ? "gold_logprob" : "accuracy", *comma = "";
    struct cola_chain chain;

    if (value == NULL || front == NULL) {
        free(value);
        free(front);
        b->failed = 1;
        return;
    }
    for (size_t i = 0; i < n; i++)
        value[i] = by_logprob ? o->verdicts[i].gold_logprob :
                   (double)o->verdicts[i].correct / (double)o->verdicts[i].inputs;
    cola_pareto(o, value, front);
    cola_buffer_printf(b, ",\"pareto\":{\"axes\":[\"%s\",\"length\"],\"chains\":[", axis);
    for (size_t i = 0; i < n; i++) {
        if (!front[i])
            continue;
        cola_outcome_chain(o, i, &chain);
        cola_buffer_printf(b, "%s{", comma);
        add_chain(b, &chain);
        cola_json_member_real(b, axis, value[i]);
        cola_buffer_text(b, "}");
        comma = ",";
    }
    cola_buffer_text(b, "]}");
    free(value);
    free(front);
}

static void
add_found(struct cola_buffer *b, const struct cola_outcome *o, size_t n)
{
    struct cola_finding f;
    struct cola_chain chain;

    cola_classify(o, &f);
    cola_buffer_text(b, ",\"shortest\":");
    if (f.shortest != COLA_NONE) {
        cola_outcome_chain(o, f.shortest, &chain);
        cola_chain_add_json(b, &chain);
    } else {
        cola_buffer_text(b, "null");
    }
    if (n > 0 && o->verdicts[0].inputs + o->verdicts[0].held > 1) {
        const struct cola_verdict *v = &o->verdicts[f.robust];

        cola_outcome_chain(o, f.robust, &chain);
        cola_buffer_text(b, ",\"robust\":{");
        add_chain(b, &chain);
        add_counts(b, v);
        cola_buffer_text(b, "}");
    }
    cola_buffer_printf(b, ",\"class\":\"%s\"", cola_class_name(f.class));
}

void
cola_record_add(struct cola_buffer *b, const struct cola_about *sample,
                const struct cola_outcome *o)
{
    const struct cola_tree *tree = cola_search_tree(o->search);
    const struct cola_evaluation *list;
    size_t n = cola_search_evaluated(o->search, &list);
    struct cola_chain chain;
    int depth = 0;

    cola_buffer_text(b, "{\"type\":\"sample\",\"id\":");
    cola_json_add_text(b, sample->id, strlen(sample->id));
    cola_buffer_printf(b, sample->level >= 0 ? ",\"level\":%d" : ",\"level\":null",
                       sample->level);
    cola_json_member_text(b, "group", sample->group);
    cola_json_member_text(b, "prompt_sha256", sample->prompt);
    cola_buffer_printf(b, ",\"base\":%s,\"evaluated\":[", mark_json(o->verdicts[0].mark));
    for (size_t i = 0; i < n; i++) {
        cola_buffer_text(b, i > 0 ? "," : "");
        add_evaluation(b, o, i);
        if (tree->nodes[list[i].node].depth > depth)
            depth = tree->nodes[list[i].node].depth;
    }
    cola_buffer_text(b, "]");
    add_found(b, o, n);
    add_pareto(b, o, n);
    cola_buffer_printf(b, ",\"tree\":{\"nodes\":%zu,\"depth\":%d,\"simulations\":%d,"
                       "\"complete\":%s},\"random\":[", tree->chains.count, depth,
                       cola_search_simulations(o->search),
                       cola_search_complete(o->search) ? "true" : "false");
    for (size_t i = 0; i < o->random->count; i++) {
        cola_chain_set_get(o->random, i, &chain);
        cola_buffer_text(b, i > 0 ? ",{" : "{");
        add_chain(b, &chain);
        cola_buffer_printf(b, ",\"correct\":%s", mark_json(o->random_verdicts[i].mark));
        add_counts(b, &o->random_verdicts[i]);
        cola_buffer_text(b, "}");
    }
    cola_buffer_text(b, "]}\n");
}

/* ---- enumerations ------------------------------------------------------------------ */

static void
add_answer(struct cola_buffer *b, const struct cola_verdict *v)
{
    cola_json_add_text(b, v->answer, v->answer != NULL ? strlen(v->answer) : 0);
}

static void
add_right(struct cola_buffer *b, const struct cola_verdict *v)
{
    cola_buffer_printf(b, "%d", v->correct);
}

static void
add_held_right(struct cola_buffer *b, const struct cola_verdict *v)
{
    cola_buffer_printf(b, "%d", v->held_correct);
}

/* One thing of all verdicts, [x,x,...], after its name. */
static void
add_column(struct cola_buffer *b, const char *name, const struct cola_verdict *verdicts,
           size_t n, void (*add)(struct cola_buffer *b, const struct cola_verdict *v))
{
    cola_buffer_printf(b, ",\"%s\":[", name);
    for (size_t i = 0; i < n; i++) {
        cola_buffer_text(b, i > 0 ? "," : "");
        add(b, &verdicts[i]);
    }
    cola_buffer_text(b, "]");
}

void
cola_part_add(struct cola_buffer *b, const char *id, int level, const char *prompt,
              size_t first, const struct cola_verdict *verdicts, size_t n)
{
    static const char marks[] = {[COLA_WRONG] = '0', [COLA_CORRECT] = '1',
                                 [COLA_UNDECIDED] = '?'};

    cola_buffer_text(b, "{\"type\":\"part\",\"id\":");
    cola_json_add_text(b, id, strlen(id));
    cola_buffer_printf(b, ",\"first\":%zu", first);
    cola_buffer_printf(b, level >= 0 ? ",\"level\":%d" : ",\"level\":null", level);
    cola_json_member_text(b, "prompt_sha256", prompt);
    cola_buffer_text(b, ",\"correct\":\"");
    for (size_t i = 0; i < n; i++)
        cola_buffer_bytes(b, &marks[verdicts[i].mark], 1);
    cola_buffer_text(b, "\"");
    if (n > 0 && verdicts[0].inputs + verdicts[0].held > 1) {
        add_column(b, "right", verdicts, n, add_right);
        add_column(b, "held_right", verdicts, n, add_held_right);
        cola_buffer_printf(b, ",\"of\":%d,\"held_of\":%d", verdicts[0].inputs,
                           verdicts[0].held);
    }
    add_column(b, "answers", verdicts, n, add_answer);
    add_column(b, "margins", verdicts, n, cola_margin_add);
    cola_buffer_text(b, "}\n");
}
