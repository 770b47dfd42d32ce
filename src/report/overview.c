/*
 * overview.c - which journals a report is about
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/sections.h"

#include <stdio.h>
#include <string.h>

#include "report/rows.h"

static void
add_text(struct cola_sheets *sheets, const json_t *object, const char *name)
{
    cola_sheet_text(sheets, json_string_value(json_object_get(object, name)));
}

static void
add_digest(struct cola_sheets *sheets, const json_t *header, const char *name)
{
    const char *digest = json_string_value(json_object_get(header, name));
    char text[13];

    snprintf(text, sizeof text, "%s", digest != NULL ? digest : "");
    cola_sheet_text(sheets, digest != NULL ? text : NULL);
}

static void
add_controls(struct cola_sheets *sheets, const struct cola_run *run)
{
    const json_t *list = json_object_get(run->header, "controls"), *name;
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    size_t i;

    if (run->random)
        cola_buffer_text(&b, "random");
    json_array_foreach(list, i, name)
        if (json_is_string(name))
            cola_buffer_printf(&b, "%s%s", b.len > 0 ? " " : "", json_string_value(name));
    cola_sheet_text(sheets, b.len > 0 ? b.data : "none");
    sheets->failed |= b.failed;
    cola_buffer_free(&b);
}

static void
add_run(struct cola_sheets *sheets, const struct cola_run *run)
{
    const json_t *preset = json_object_get(run->header, "preset");
    size_t right = 0, undecided = 0, truncated = 0, chains = 0, doubtful = 0, random = 0;

    for (size_t i = 0; i < run->n; i++) {
        const struct cola_sampled *s = &run->samples[i];

        right += s->base == '1';
        undecided += s->base == '?';
        truncated += (size_t)s->truncated;
        chains += s->n;
        random += s->n_random;
        for (size_t j = s->first; j < s->first + s->n; j++)
            doubtful += run->judged[j].mark == '?';
    }
    cola_sheet_text(sheets, run->label);
    add_digest(sheets, run->header, "model");
    cola_sheet_count(sheets, (size_t)run->layers);
    add_digest(sheets, run->header, "task");
    add_text(sheets, run->header, "benchmark");
    add_text(sheets, run->header, "template");
    add_text(sheets, run->header, "grade");
    add_text(sheets, run->header, "backend");
    add_text(sheets, run->header, "kv");
    add_text(sheets, preset, "preset");
    add_text(sheets, preset, "space");
    cola_sheet_count(sheets, (size_t)json_integer_value(json_object_get(preset,
                                                                        "simulations")));
    cola_sheet_count(sheets, (size_t)json_integer_value(json_object_get(run->header,
                                                                        "seed")));
    add_text(sheets, run->header, "per");
    add_controls(sheets, run);
    cola_sheet_count(sheets, run->n);
    cola_sheet_count(sheets, run->n_several);
    cola_sheet_count(sheets, right);
    cola_sheet_count(sheets, undecided);
    cola_sheet_count(sheets, truncated);
    cola_sheet_count(sheets, chains);
    cola_sheet_count(sheets, doubtful);
    cola_sheet_count(sheets, random);
    cola_sheet_text(sheets, run->torn ? "torn" : run->ended ? "whole" : "unfinished");
}

void
cola_sheet_runs(const struct cola_runs *runs, struct cola_sheets *sheets)
{
    cola_sheet_begin(sheets, COLA_SECTION_RUNS, "runs", "The journals",
        "A row a run: a journal, or the parts of one, whose headers are equal. model, "
        "task: the first 12 digits of their SHA-256; layers, "
        "benchmark, template, grade, backend, kv, preset, space, simulations, seed and "
        "per as its header says. controls: what was recorded to tell findings from luck. "
        "samples: of one input, which all other sheets are about; several: samples of "
        "several inputs, in the sheet robust. right, undecided: samples on which the "
        "ordinary chain is right, or on which the grader could not say; what is "
        "undecided is neither right nor wrong: such samples are in neither finding, nor "
        "in the controls; where n is all samples, and of other chains, it counts as not "
        "right, and as neither in rates of chains. cut: its answer ended at the token "
        "limit. chains: judged by the search; doubtful: of these, undecided. random: "
        "random chains judged beside. state: whole, unfinished (no end record), torn "
        "(the last line was left out).",
        "run model layers task benchmark template grade backend kv preset space "
        "simulations seed per controls samples several right undecided cut chains "
        "doubtful random state");
    for (size_t i = 0; i < runs->n; i++)
        if (!runs->list[i].enumeration)
            add_run(sheets, &runs->list[i]);
}

void
cola_sheet_robust(const struct cola_runs *runs, struct cola_sheets *sheets)
{
    size_t several = 0;

    for (size_t i = 0; i < runs->n; i++)
        several += runs->list[i].n_several;
    if (several == 0)
        return;
    cola_sheet_begin(sheets, COLA_SECTION_TABLE1, "robust",
        "Samples of several inputs, and the chain right on most",
        "A row a sample of journals with --per group or task. inputs: those that steered "
        "the search; ordinary, robust: on how many the ordinary chain and the best one "
        "are right (\"robust\" of the record: right on most inputs, then shortest). "
        "held: the inputs held out, which never steered; held_ordinary, held_robust: "
        "right on these. These samples are in no other sheet.",
        "run sample level inputs ordinary robust held held_ordinary held_robust length "
        "chain");
    for (size_t i = 0; i < runs->n; i++)
        for (size_t j = 0; j < runs->list[i].n_several; j++) {
            const struct cola_several *s = &runs->list[i].several[j];
            struct cola_buffer b = COLA_BUFFER_EMPTY;

            cola_sheet_text(sheets, runs->list[i].label);
            cola_sheet_text(sheets, s->id);
            if (s->level >= 0)
                cola_sheet_count(sheets, (size_t)s->level);
            else
                cola_sheet_empty(sheets);
            cola_sheet_count(sheets, (size_t)s->inputs);
            cola_sheet_count(sheets, (size_t)s->base_right);
            cola_sheet_count(sheets, (size_t)s->right);
            cola_sheet_count(sheets, (size_t)s->held);
            cola_sheet_count(sheets, (size_t)s->base_held_right);
            cola_sheet_count(sheets, (size_t)s->held_right);
            cola_sheet_count(sheets, (size_t)s->robust.len);
            cola_chain_add_text(&b, &s->robust);
            cola_sheet_text(sheets, b.data != NULL ? b.data : "");
            cola_buffer_free(&b);
        }
}
