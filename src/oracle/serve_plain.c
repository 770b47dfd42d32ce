/*
 * serve_plain.c - answers that need no model
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/serve.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/number.h"
#include "base/random.h"
#include "chain/judge.h"
#include "chain/perft.h"
#include "search/enumerate.h"
#include "search/mcts.h"

#define MOST_CHAINS 10000000    /* an enumeration may have */
#define DRAWS 100000

static enum cola_status
answer_chain(json_t *request, struct cola_buffer *b, struct cola_error *err)
{
    struct cola_chain chain;
    const char *text;
    enum cola_status st = cola_json_get_text(request, "text", 0, &text, "chain", err);

    if (st != COLA_OK)
        return st;
    if (cola_chain_parse(text, &chain, NULL) != COLA_OK) {
        cola_buffer_text(b, ",\"refused\":true");
        return COLA_OK;
    }
    cola_buffer_text(b, ",\"chain\":");
    cola_chain_add_json(b, &chain);
    cola_buffer_text(b, ",\"text\":\"");
    cola_chain_add_text(b, &chain);
    cola_buffer_text(b, "\"");
    return COLA_OK;
}

/* "layers" and "space": the paper's rules. */
static enum cola_status
read_rules(const json_t *request, struct cola_rules *rules, struct cola_error *err)
{
    enum cola_space space = COLA_SPACE_BOTH;
    const char *name = NULL;
    int64_t layers;
    /* chains of twice as many must be possible */
    enum cola_status st = cola_json_get_integer(request, "layers", 0, 1,
                                                COLA_CHAIN_MAX / 2, &layers, "request",
                                                err);

    if (st == COLA_OK)
        st = cola_json_get_text(request, "space", 1, &name, "request", err);
    if (st != COLA_OK)
        return st;
    if (name != NULL && !cola_space_find(name, &space))
        return cola_fail(err, COLA_INPUT, "\"space\" is \"%.40s\"", name);
    cola_rules_paper(rules, space, (int)layers);
    return COLA_OK;
}

static enum cola_status
answer_edits(json_t *request, struct cola_buffer *b, struct cola_error *err)
{
    struct cola_chain chain, made;
    struct cola_edit *edits;
    struct cola_rules rules;
    enum cola_status st = read_rules(request, &rules, err);
    size_t n;

    if (st == COLA_OK)
        st = cola_wire_chain(json_object_get(request, "chain"), "chain", &chain, err);
    if (st == COLA_OK)
        st = cola_chain_fits(&chain, rules.layers, err);
    if (st != COLA_OK)
        return st;
    edits = cola_alloc(cola_edits_most(&rules), sizeof *edits);
    if (edits == NULL)
        return cola_fail_memory(err);
    n = cola_edits(&rules, &chain, 0, edits);
    cola_buffer_text(b, ",\"edits\":[");
    for (size_t i = 0; i < n; i++) {
        cola_buffer_text(b, i > 0 ? ",{\"edit\":\"" : "{\"edit\":\"");
        cola_edit_add_text(b, edits[i]);
        cola_buffer_text(b, "\",\"chain\":");
        cola_edit_apply(&chain, edits[i], &made);
        cola_chain_add_json(b, &made);
        cola_buffer_text(b, "}");
    }
    cola_buffer_text(b, "]");
    free(edits);
    return COLA_OK;
}

static void
perft_row(void *ctx, const struct cola_perft *p)
{
    cola_buffer_printf(ctx, "%s[%d,%" PRIu64 ",%" PRIu64 ",%" PRIu64 "]",
                       p->depth > 1 ? "," : "", p->depth, p->sequences, p->distinct,
                       p->total);
}

static enum cola_status
answer_perft(json_t *request, struct cola_buffer *b, struct cola_error *err)
{
    struct cola_rules rules;
    int64_t depth;
    enum cola_status st = read_rules(request, &rules, err);

    if (st == COLA_OK)
        st = cola_json_get_integer(request, "depth", 0, 1, 100, &depth, "request", err);
    if (st == COLA_OK) {
        cola_buffer_text(b, ",\"rows\":[");
        st = cola_perft(&rules, (int)depth, perft_row, b, err);
        cola_buffer_text(b, "]");
    }
    return st;
}

/* ---- judged by the synthetic judge ---------------------------------------------- */

static enum cola_status
read_judge(const json_t *request, struct cola_synthetic *synthetic,
           struct cola_error *err)
{
    const char *name;
    enum cola_status st = cola_json_get_text(request, "judge", 0, &name, "request", err);

    return st != COLA_OK ? st : cola_synthetic_parse(name, synthetic, err);
}

static enum cola_status
ask(struct cola_judge judge, const struct cola_chain *chain, struct cola_verdict *v,
    struct cola_error *err)
{
    struct cola_question question = {0, *chain};

    return judge.answer(judge.ctx, &question, v, 1, err);
}

static enum cola_status
answer_enumerate(json_t *request, struct cola_buffer *b, struct cola_error *err)
{
    struct cola_extent_of extent = {0};
    struct cola_chains chains = {0};
    struct cola_synthetic synthetic;
    struct cola_sha256 sha;
    unsigned char digest[32];
    char text[65];
    size_t correct = 0;
    int64_t amount;
    int sequences = json_object_get(request, "sequences") != NULL;
    enum cola_status st = read_rules(request, &extent.rules, err);

    if (st == COLA_OK)
        st = cola_json_get_integer(request, sequences ? "sequences" : "depth", 0, 0, 1000,
                                   &amount, "request", err);
    if (st == COLA_OK)
        st = read_judge(request, &synthetic, err);
    if (st != COLA_OK)
        return st;
    extent.kind = sequences ? COLA_EXTENT_SEQUENCES : COLA_EXTENT_DEPTH;
    extent.amount = (int)amount;
    st = cola_enumerate(&extent, MOST_CHAINS, &chains, err);
    if (st != COLA_OK)
        return st;
    cola_sha256_init(&sha);
    for (size_t i = 0; i < chains.set.count && st == COLA_OK; i++) {
        struct cola_chain chain;
        struct cola_verdict v;

        cola_chains_get(&chains, i, &chain);
        st = ask(cola_synthetic_judge(&synthetic), &chain, &v, err);
        if (st == COLA_OK) {
            correct += v.mark == COLA_CORRECT;
            cola_sha256_add(&sha, v.mark == COLA_CORRECT ? "1" : "0", 1);
            cola_verdict_clear(&v);
        }
    }
    cola_sha256_end(&sha, digest);
    cola_sha256_hex(digest, text);
    if (st == COLA_OK)
        cola_buffer_printf(b, ",\"chains\":%zu,\"correct\":%zu,\"sha256\":\"%s\"",
                           chains.set.count, correct, text);
    cola_chains_free(&chains);
    return st;
}

static void
add_evaluation(struct cola_buffer *b, const struct cola_search *search, size_t i,
               int correct)
{
    const struct cola_tree *tree = cola_search_tree(search);
    const struct cola_evaluation *list;
    struct cola_chain chain;

    cola_search_evaluated(search, &list);
    cola_chain_set_get(&tree->chains, list[i].node, &chain);
    cola_buffer_text(b, i > 0 ? ",{\"chain\":" : "{\"chain\":");
    cola_chain_add_json(b, &chain);
    cola_buffer_printf(b, ",\"correct\":%s", correct ? "true" : "false");
    cola_search_add_origin(search, i, b);
    cola_buffer_text(b, "}");
}

/* The preset whose fields stand in for those that a request does not have:
 * vectors of earlier releases name fewer. */
static const char *
preset_of(const json_t *fields)
{
    const char *mechanics = json_string_value(json_object_get(fields, "mechanics"));

    if (mechanics == NULL)
        return "cola-2025";
    return strcmp(mechanics, "released") == 0 ? "polar-2026" :
           strcmp(mechanics, "one-child") == 0 ? "drllm-code" :
           strcmp(mechanics, "edit-sets") == 0 ? "re-polar" : "cola-2025";
}

static enum cola_status
answer_search(json_t *request, struct cola_buffer *b, struct cola_error *err)
{
    json_t *fields = json_object_get(request, "preset");
    struct cola_preset *preset = NULL;
    struct cola_search *search = NULL;
    struct cola_synthetic synthetic;
    const struct cola_evaluation *list;
    const char *sample;
    struct cola_chain chain;
    unsigned char *correct = NULL;
    size_t n = 0;
    int64_t layers;
    enum cola_status st = cola_json_get_integer(fields, "layers", 0, 1, COLA_CHAIN_MAX,
                                                &layers, "preset", err);

    if (st == COLA_OK)
        st = cola_json_get_text(request, "sample", 0, &sample, "request", err);
    if (st == COLA_OK)
        st = read_judge(request, &synthetic, err);
    if (st == COLA_OK)
        st = cola_preset_find(preset_of(fields), (int)layers, &preset, err);
    if (st == COLA_OK)
        st = cola_preset_read(preset, fields, "preset", err);
    if (st == COLA_OK)
        st = cola_preset_check(preset, err);
    if (st == COLA_OK)
        st = cola_search_new(preset, sample, &search, err);
    if (st == COLA_OK) {
        correct = cola_alloc((size_t)preset->simulations + 2, 1);
        st = correct != NULL ? COLA_OK : cola_fail_memory(err);
    }
    while (st == COLA_OK && cola_search_next(search, &chain) == COLA_ASK) {
        struct cola_verdict v;

        st = ask(cola_synthetic_judge(&synthetic), &chain, &v, err);
        if (st == COLA_OK) {
            correct[n++] = v.mark == COLA_CORRECT;
            st = cola_search_tell(search, &v, err);
            cola_verdict_clear(&v);
        }
    }
    if (st == COLA_OK)
        st = cola_search_status(search, err);
    if (st == COLA_OK) {
        cola_buffer_text(b, ",\"evaluated\":[");
        n = cola_search_evaluated(search, &list);
        for (size_t i = 0; i < n; i++)
            add_evaluation(b, search, i, correct[i]);
        cola_buffer_text(b, "]");
    }
    free(correct);
    cola_search_free(search);
    cola_preset_free(preset);
    return st;
}

/* ---- numbers ----------------------------------------------------------------------- */

static enum cola_status
answer_random(json_t *request, struct cola_buffer *b, struct cola_error *err)
{
    const char *generator, *sample = NULL;
    struct cola_splitmix ours;
    struct cola_cpython theirs;
    int64_t seed, draws;
    int is_ours;
    enum cola_status st = cola_json_get_text(request, "generator", 0, &generator,
                                             "request", err);

    if (st == COLA_OK)
        st = cola_json_get_integer(request, "seed", 0, 0, INT64_MAX, &seed, "request",
                                   err);
    if (st == COLA_OK)
        st = cola_json_get_integer(request, "draws", 0, 1, DRAWS, &draws, "request", err);
    if (st != COLA_OK)
        return st;
    is_ours = strcmp(generator, "splitmix64") == 0;
    if (!is_ours && strcmp(generator, "mt19937") != 0)
        return cola_fail(err, COLA_UNSUPPORTED, "no generator \"%.40s\"", generator);
    st = cola_json_get_text(request, "sample", !is_ours, &sample, "request", err);
    if (st != COLA_OK)
        return st;
    if (is_ours)
        cola_splitmix_seed(&ours, (uint64_t)seed, sample);
    else
        cola_cpython_seed(&theirs, (uint64_t)seed);
    cola_buffer_text(b, ",\"next\":[");
    for (int64_t i = 0; i < draws; i++) {
        cola_buffer_text(b, i > 0 ? "," : "");
        if (is_ours)
            cola_buffer_printf(b, "\"%016" PRIx64 "\"", cola_splitmix_next(&ours));
        else
            cola_buffer_printf(b, "\"%08" PRIx32 "\"", cola_cpython_next32(&theirs));
    }
    cola_buffer_text(b, "]");
    return COLA_OK;
}

static enum cola_status
answer_log(json_t *request, struct cola_buffer *b, struct cola_error *err)
{
    struct cola_logs logs = {0};
    int *numbers, n;
    enum cola_status st = cola_wire_integers(json_object_get(request, "numbers"), 1,
                                             1000000, "numbers", &numbers, &n, err);

    if (st != COLA_OK)
        return st;
    cola_buffer_text(b, ",\"bits\":[");
    for (int i = 0; i < n && st == COLA_OK; i++) {
        st = cola_logs_reach(&logs, (size_t)numbers[i], err);
        if (st == COLA_OK)
            cola_buffer_printf(b, "%s\"%016" PRIx64 "\"", i > 0 ? "," : "",
                               cola_f64_bits(logs.ln[numbers[i]]));
    }
    cola_buffer_text(b, "]");
    cola_logs_free(&logs);
    free(numbers);
    return st;
}

enum cola_status
cola_serve_plain(const char *op, json_t *request, struct cola_buffer *b,
                 struct cola_error *err)
{
    static const struct {
        const char *op;
        enum cola_status (*answer)(json_t *request, struct cola_buffer *b,
                                   struct cola_error *err);
    } table[] = {
        {"chain", answer_chain}, {"edits", answer_edits}, {"perft", answer_perft},
        {"enumerate", answer_enumerate}, {"search", answer_search},
        {"random", answer_random}, {"log", answer_log},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].op, op) == 0)
            return table[i].answer(request, b, err);
    return cola_fail(err, COLA_UNSUPPORTED, "no operation \"%.40s\"", op);
}
