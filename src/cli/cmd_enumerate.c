/*
 * cmd_enumerate.c - judge every chain of a stated space
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/study.h"
#include "record/journal.h"

#define PART 1000               /* verdicts in a record */

struct enumeration {
    struct study study;
    struct cola_extent_of extent;
    struct cola_chains chains;
    struct cola_journal *journal;
    const char **parts;         /* [parts of all samples] each sample's id */
    size_t parts_each;          /* parts a sample */
};

/* --depth, --sequences or --preset: exactly one, and what goes with it. */
static enum cola_status
read_extent(const struct options *o, int layers, struct cola_extent_of *e,
            struct cola_error *err)
{
    enum cola_space space = COLA_SPACE_BOTH;
    struct cola_preset *preset;
    int shortest, longest;
    enum cola_status st;

    if ((o->depth != NULL) + (o->sequences != NULL) + (o->preset != NULL) != 1) {
        say_usage("one of --depth, --sequences and --preset is needed");
        return COLA_USAGE;
    }
    if (o->space != NULL && !cola_space_find(o->space, &space))
        return cola_fail(err, COLA_INPUT, "--space is \"%s\", must be skip, repeat, both "
                         "or any", o->space);
    cola_rules_paper(&e->rules, space, layers);
    if (o->preset != NULL) {
        st = cola_preset_find(o->preset, layers, &preset, err);
        if (st != COLA_OK)
            return st;
        e->kind = COLA_EXTENT_REACH;
        e->rules = preset->rules;
        if (o->space != NULL)
            e->rules.space = space;
        cola_preset_free(preset);
    } else if (o->sequences != NULL) {
        e->kind = COLA_EXTENT_SEQUENCES;
        st = option_integer("sequences", o->sequences, 1, COLA_CHAIN_MAX, 0, &e->amount,
                            err);
        return st;
    } else {
        e->kind = COLA_EXTENT_DEPTH;
        st = option_integer("depth", o->depth, 0, 1000, 0, &e->amount, err);
        if (st != COLA_OK)
            return st;
    }
    st = option_integer("min-length", o->min_length, 1, COLA_CHAIN_MAX,
                        e->rules.min_length, &shortest, err);
    if (st == COLA_OK)
        st = option_integer("max-length", o->max_length, 1, COLA_CHAIN_MAX,
                            e->rules.max_length, &longest, err);
    if (st != COLA_OK)
        return st;
    if (shortest > longest)
        return cola_fail(err, COLA_INPUT, "--min-length %d is above --max-length %d",
                         shortest, longest);
    e->rules.min_length = shortest;
    e->rules.max_length = longest;
    return COLA_OK;
}

/* Judge part number P of all. */
static enum cola_status
judge_part(struct enumeration *e, size_t p, struct cola_question *questions,
           struct cola_verdict *verdicts, struct cola_error *err)
{
    const struct study *s = &e->study;
    size_t sample = p / e->parts_each, first = p % e->parts_each * PART;
    size_t left = e->chains.set.count - first, n = left < PART ? left : PART;
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st;

    for (size_t i = 0; i < n; i++) {
        questions[i].sample = sample;
        cola_chains_get(&e->chains, first + i, &questions[i].chain);
    }
    st = s->judge.answer(s->judge.ctx, questions, verdicts, n, err);
    if (st != COLA_OK)
        return st;
    cola_part_add(&b, s->ids[sample], study_level(s, sample), study_prompt(s, sample),
                  first, verdicts, n);
    for (size_t i = 0; i < n; i++)
        cola_verdict_clear(&verdicts[i]);
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = cola_journal_put(e->journal, p, b.data, b.len, err);
    cola_buffer_free(&b);
    return st;
}

static enum cola_status
judge_all(const struct options *o, struct enumeration *e, struct cola_error *err)
{
    struct cola_buffer header = COLA_BUFFER_EMPTY;
    size_t chains = e->chains.set.count, total = e->study.n * e->parts_each, judged = 0;
    unsigned char *done = cola_alloc(total, 1);
    struct cola_question *questions = cola_alloc(PART, sizeof *questions);
    struct cola_verdict *verdicts = cola_alloc(PART, sizeof *verdicts);
    enum cola_status st = COLA_OK;

    e->parts = cola_alloc(total, sizeof *e->parts);
    if (done == NULL || questions == NULL || verdicts == NULL || e->parts == NULL)
        st = cola_fail_memory(err);
    for (size_t p = 0; p < total && st == COLA_OK; p++)
        e->parts[p] = e->study.ids[p / e->parts_each];
    cola_header_add(&header, &e->study.header);
    if (st == COLA_OK)
        st = cola_buffer_ok(&header, err);
    if (st == COLA_OK)
        st = cola_journal_open(o->output, header.data, e->parts, total, o->resume, done,
                               &e->journal, err);
    say_begin("chains", (double)e->study.n * (double)chains);
    for (size_t p = 0; p < total && st == COLA_OK; p++) {
        if (!done[p])
            st = judge_part(e, p, questions, verdicts, err);
        judged += chains - p % e->parts_each * PART < PART ?
                  chains - p % e->parts_each * PART : PART;
        say_progress((double)judged);
    }
    say_finish();
    if (st == COLA_OK)
        st = cola_journal_end(e->journal, err);
    cola_buffer_free(&header);
    free(done);
    free(questions);
    free(verdicts);
    return st;
}

static enum cola_status
enumerate(const struct options *o, struct cola_error *err)
{
    struct enumeration e;
    struct cola_chain longest;
    int most;
    enum cola_status st;

    memset(&e, 0, sizeof e);
    if (o->output == NULL) {
        say_usage("-o FILE is needed: an enumeration is what it writes");
        return COLA_USAGE;
    }
    if (o->seed != NULL && o->sample == NULL) {
        say_usage("--seed goes with --sample: nothing else is drawn");
        return COLA_USAGE;
    }
    st = study_open(o, &e.study, err);
    if (st == COLA_OK)
        st = option_integer("max-chains", o->max_chains, 1, INT_MAX, 1000000, &most, err);
    if (st == COLA_OK)
        st = read_extent(o, e.study.layers, &e.extent, err);
    if (st == COLA_OK)
        st = cola_enumerate(&e.extent, (size_t)most, &e.chains, err);
    if (st == COLA_OK) {
        cola_chains_get(&e.chains, e.chains.set.count - 1, &longest);
        st = study_sit(o, longest.len, &e.study, err);
    }
    if (st == COLA_OK) {
        e.parts_each = (e.chains.set.count + PART - 1) / PART;
        e.study.header.extent = &e.extent;
        e.study.header.chains = e.chains.set.count;
        say_note("%zu chains for each of %zu samples", e.chains.set.count, e.study.n);
        st = judge_all(o, &e, err);
    }
    cola_journal_close(e.journal);
    cola_chains_free(&e.chains);
    free(e.parts);
    study_close(&e.study);
    return st;
}

const struct command command_enumerate = {
    "enumerate", "[MODEL TASK]", 0, 2,
    "Judge every chain of a stated space: the ground truth",
    "depth sequences preset space min-length max-length max-chains output resume judge "
    "layers per held format template grade max-tokens sample seed limit ids levels shard "
    "backend threads kv quiet",
    "--depth D: every chain within D edits; --sequences N: every sequence of up to N\n"
    "layers; --preset NAME: everything that preset's moves can reach.  Chains come in\n"
    "canonical order, shorter first, then by the first smaller layer.\n",
    enumerate,
};
