/*
 * study.c - samples, who judges them, and what a journal says of it
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "cli/study.h"

#include <stdlib.h>
#include <string.h>

#include "execute/matmul.h"

enum cola_status
study_open(const struct options *o, struct study *s, struct cola_error *err)
{
    enum cola_status st;

    memset(s, 0, sizeof *s);
    if (o->judge != NULL ? o->n_words != 0 || o->layers == NULL : o->n_words != 2) {
        say_usage("either MODEL TASK, or --judge and --layers");
        return COLA_USAGE;
    }
    if (o->judge != NULL && (o->shard || o->limit || o->ids || o->levels || o->per ||
                             o->held || o->grade || o->max_tokens || o->format ||
                             o->template || o->sample || o->backend || o->kv)) {
        say_usage("--judge leaves no model and no task to which other options apply");
        return COLA_USAGE;
    }
    if (o->judge == NULL && o->layers != NULL) {
        say_usage("--layers goes with --judge: a model knows its own");
        return COLA_USAGE;
    }
    if (o->judge != NULL)
        return option_integer("layers", o->layers, 1, COLA_CHAIN_MAX, 0, &s->layers, err);
    st = session_open(o, o->words[0], &s->session, err);
    if (st == COLA_OK)
        s->layers = s->session.model->config.layers;
    return st;
}

static enum cola_status
judged_by_model(const struct options *o, int max_length, struct study *s,
                struct cola_error *err)
{
    static const char *const units[] = {"sample", "group", "task"};
    const struct cola_config *c = &s->session.model->config;
    enum cola_status st = session_sit(o, o->words[1], max_length, &s->session, err);

    if (st != COLA_OK)
        return st;
    s->judge = cola_exam_judge(s->session.exam);
    s->n = cola_exam_samples(s->session.exam, &s->samples);
    s->ids = cola_alloc(s->n, sizeof *s->ids);
    if (s->ids == NULL)
        return cola_fail_memory(err);
    for (size_t i = 0; i < s->n; i++)
        s->ids[i] = s->samples[i].id;
    cola_model_digest(s->session.model, s->digest);
    s->header = (struct cola_header){
        .judge = "model",
        .model = s->digest,
        .task = s->session.dataset.digest,
        .backend = s->session.backend,
        .reproducible = s->session.executor->ops->reproducible,
        .kv = cola_kv_name(s->session.executor->way.kv),
        .benchmark = s->session.dataset.benchmark,
        .template = s->session.dataset.template,
        .grade = cola_grader_name(cola_exam_grader(s->session.exam)),
        .per = units[s->session.options.per],
        .held = s->session.options.held,
        .max_tokens = s->session.options.max_tokens,
        .end_tokens = c->eos,
        .n_end_tokens = c->n_eos,
    };
#ifdef HAVE_CBLAS
    if (!s->header.reproducible)
        s->header.core = cola_blas_core();
#endif
    return COLA_OK;
}

static enum cola_status
judged_without_model(const struct options *o, struct study *s, struct cola_error *err)
{
    const char *const *ids;
    enum cola_status st;

    if (strncmp(o->judge, "table:", 6) == 0) {
        st = cola_table_open(o->judge + 6, s->layers, &s->table, err);
        if (st != COLA_OK)
            return st;
        s->judge = cola_table_judge(s->table);
        s->n = cola_table_samples(s->table, &ids);
        s->header.judge = "table";
    } else {
        if (cola_utf8_check(o->judge, strlen(o->judge)) < strlen(o->judge))
            return cola_fail(err, COLA_INPUT, "the judge's name is not UTF-8");
        st = cola_synthetic_parse(o->judge, &s->synthetic, err);
        if (st != COLA_OK)
            return st;
        s->judge = cola_synthetic_judge(&s->synthetic);
        s->n = 1;
        s->synthetic_id = o->judge;
        ids = &s->synthetic_id;
        s->header.judge = o->judge;
    }
    s->ids = cola_alloc(s->n, sizeof *s->ids);
    if (s->ids == NULL)
        return cola_fail_memory(err);
    memcpy(s->ids, ids, s->n * sizeof *ids);
    s->header.reproducible = 1;
    s->header.max_tokens = -1;
    return COLA_OK;
}

enum cola_status
study_sit(const struct options *o, int max_length, struct study *s,
          struct cola_error *err)
{
    return o->judge != NULL ? judged_without_model(o, s, err) :
           judged_by_model(o, max_length, s, err);
}

void
study_close(struct study *s)
{
    free(s->ids);
    cola_table_close(s->table);
    session_close(&s->session);
}

void
study_about(const struct study *s, size_t i, struct cola_about *about)
{
    const struct cola_item *items = s->session.dataset.items;
    const struct cola_sample *sample = s->samples != NULL ? &s->samples[i] : NULL;

    *about = (struct cola_about){s->ids[i], study_level(s, i), NULL, study_prompt(s, i)};
    if (sample != NULL && s->session.options.per != COLA_PER_TASK)
        about->group = items[sample->items[0]].group;
}

int
study_level(const struct study *s, size_t i)
{
    return s->samples != NULL ? s->samples[i].level : -1;
}

const char *
study_prompt(const struct study *s, size_t i)
{
    return s->samples != NULL ? s->samples[i].prompt : NULL;
}
