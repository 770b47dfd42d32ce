/*
 * cmd_yardstick.c - how far the backends are from f64, on a task
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "cli/yardstick.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"
#include "oracle/compare.h"
#include "oracle/yardstick.h"

struct study_of_chains {
    struct cola_chain *chains;          /* [n] different ones */
    struct cola_yard_reading *readings; /* [n] */
    size_t n;
    struct cola_yard_reading all;
};

/* ---- which chains --------------------------------------------------------------- */

static enum cola_status
add_chain(struct study_of_chains *s, const struct cola_chain *chain,
          struct cola_error *err)
{
    struct cola_chain *list;

    for (size_t i = 0; i < s->n; i++)
        if (cola_chain_cmp(&s->chains[i], chain) == 0)
            return COLA_OK;
    list = cola_realloc(s->chains, s->n + 1, sizeof *list);
    if (list == NULL)
        return cola_fail_memory(err);
    s->chains = list;
    s->chains[s->n++] = *chain;
    return COLA_OK;
}

/* The ordinary chain; after it those given, or else two edits of it: the middle
 * third of the layers twice, and the middle layer left out. */
static enum cola_status
choose_chains(const struct options *o, const struct cola_model *model,
              struct study_of_chains *s, struct cola_error *err)
{
    int L = model->config.layers, from = L / 3, size = 2 * L / 3 - from;
    struct cola_chain chain, edited;
    enum cola_status st = read_chain(NULL, model, &chain, err);

    if (st == COLA_OK)
        st = add_chain(s, &chain, err);
    for (int i = 0; i < o->n_chains && st == COLA_OK; i++) {
        st = read_chain(o->chains[i], model, &edited, err);
        if (st == COLA_OK)
            st = add_chain(s, &edited, err);
    }
    if (o->n_chains > 0 || st != COLA_OK)
        return st;
    size = size > 0 ? size : 1;
    if (L + size <= COLA_CHAIN_MAX) {
        edited.len = L + size;
        for (int i = 0; i < edited.len; i++)
            edited.at[i] = (uint16_t)(i < from + size ? i : i - size);
        st = add_chain(s, &edited, err);
    }
    if (L > 1 && st == COLA_OK) {
        edited.len = L - 1;
        for (int i = 0; i < edited.len; i++)
            edited.at[i] = (uint16_t)(i < L / 2 ? i : i + 1);
        st = add_chain(s, &edited, err);
    }
    return st;
}

/* ---- telling -------------------------------------------------------------------- */

/* A real in few digits, or what stands for none. */
static const char *
brief(char text[32], const char *format, double x)
{
    if (isnan(x))
        return "-";
    if (isinf(x))
        return "inf";
    snprintf(text, 32, format, x);
    return text;
}

static void
tell_row(struct cola_buffer *b, const struct cola_yard_reading *r,
         const struct cola_yard_row *row)
{
    char name[32], error[32], relative[32], ratio[32], worst[32];
    double none = (double)NAN;

    snprintf(name, sizeof name, "%s%s", row->rounded ? "f64 to " : "", row->name);
    cola_buffer_printf(b, "  %-11s %8s %9s %7s %7s %8zu %6zu %8zu %8zu\n", name,
                       brief(error, "%.1e", row->error),
                       brief(relative, "%.1e", row->error / r->largest),
                       brief(ratio, "%.2g", row->has_ratio ? row->ratio : none),
                       brief(worst, "%.2g", row->has_ratio ? row->worst : none),
                       row->answers, row->flips, row->decided, row->defects);
}

static void
tell_reading(struct cola_buffer *b, const struct cola_chain *chain,
             const struct cola_yard_reading *r, size_t chains)
{
    char text[32];

    if (chain != NULL) {
        cola_buffer_text(b, "chain ");
        cola_chain_add_text(b, chain);
        cola_buffer_printf(b, " (%d layers)", chain->len);
    } else {
        cola_buffer_printf(b, "all %zu chains", chains);
    }
    cola_buffer_printf(b, ": %zu of %zu right, logits up to %s\n", r->correct,
                       r->questions, brief(text, "%.1f", r->largest));
    if (r->nonfinite > 0)
        cola_buffer_printf(b, "  left out: %zu, for which f64 has logits that are not "
                           "finite\n", r->nonfinite);
    for (int i = 0; i < r->n_rows; i++)
        tell_row(b, r, &r->rows[i]);
    if (r->quad_questions > 0)
        cola_buffer_printf(b, "  f64 itself  %8s %9s  against 128 bits, questions: "
                           "%zu\n", brief(text, "%.1e", r->quad_error), "",
                           r->quad_questions);
    for (size_t i = 0; i < r->n_least; i++)
        cola_buffer_printf(b, "%s %s (%s)", i > 0 ? "," : "  least margins:",
                           brief(text, "%.2g", r->least[i].margin), r->least[i].id);
    cola_buffer_text(b, r->n_least > 0 ? "\n" : "");
}

static void
tell(const struct study_of_chains *s, struct cola_buffer *b)
{
    cola_buffer_printf(b, "  %-11s %8s %9s %7s %7s %8s %6s %8s %8s\n", "", "largest",
                       "", "", "worst", "other", "", "", "of these");
    cola_buffer_printf(b, "  %-11s %8s %9s %7s %7s %8s %6s %8s %8s\n", "", "error",
                       "relative", "ratio", "ratio", "answers", "flips", "decided",
                       "differ");
    for (size_t i = 0; i < s->n; i++)
        tell_reading(b, &s->chains[i], &s->readings[i], 0);
    if (s->n > 1)
        tell_reading(b, NULL, &s->all, s->n);
}

static void
add_reading(struct cola_buffer *b, const struct cola_yard_reading *r)
{
    double none = (double)NAN;          /* null */

    cola_buffer_printf(b, "\"questions\":%zu,\"correct\":%zu,\"nonfinite\":%zu,"
                       "\"steps\":%zu", r->questions, r->correct, r->nonfinite, r->steps);
    cola_json_member_real(b, "largest", r->largest);
    cola_buffer_text(b, ",\"least\":[");
    for (size_t i = 0; i < r->n_least; i++) {
        cola_buffer_text(b, i > 0 ? ",{\"id\":" : "{\"id\":");
        cola_json_add_text(b, r->least[i].id, strlen(r->least[i].id));
        cola_json_member_real(b, "margin", r->least[i].margin);
        cola_buffer_text(b, "}");
    }
    cola_buffer_text(b, "],\"rows\":[");
    for (int i = 0; i < r->n_rows; i++) {
        const struct cola_yard_row *row = &r->rows[i];

        cola_buffer_printf(b, "%s{\"name\":\"%s\",\"rounded\":%s", i > 0 ? "," : "",
                           row->name, row->rounded ? "true" : "false");
        cola_json_member_real(b, "error", row->error);
        cola_json_member_real(b, "relative", row->error / r->largest);
        cola_json_member_real(b, "score_error", row->score_error);
        cola_json_member_real(b, "ratio", row->has_ratio ? row->ratio : none);
        cola_json_member_real(b, "worst", row->has_ratio ? row->worst : none);
        cola_buffer_printf(b, ",\"answers\":%zu,\"flips\":%zu,\"decided\":%zu,"
                           "\"defects\":%zu}", row->answers, row->flips, row->decided,
                           row->defects);
    }
    cola_buffer_printf(b, "],\"f128\":{\"questions\":%zu,\"steps\":%zu",
                       r->quad_questions, r->quad_steps);
    cola_json_member_real(b, "error", r->quad_questions > 0 ? r->quad_error : none);
    cola_buffer_text(b, "}");
}

static void
tell_json(const struct session *session, const struct study_of_chains *s,
          struct cola_buffer *b)
{
    char digest[65];
    int unit = s->all.unit;

    cola_model_digest(session->model, digest);
    cola_buffer_printf(b, "{\"model\":\"%s\",\"task\":\"%s\",\"unit\":%s%s%s,"
                       "\"chains\":[\n", digest, session->dataset.digest,
                       unit < 0 ? "null" : "\"", unit < 0 ? "" : s->all.rows[unit].name,
                       unit < 0 ? "" : "\"");
    for (size_t i = 0; i < s->n; i++) {
        cola_buffer_text(b, i > 0 ? ",\n{\"chain\":" : "{\"chain\":");
        cola_chain_add_json(b, &s->chains[i]);
        cola_buffer_text(b, ",");
        add_reading(b, &s->readings[i]);
        cola_buffer_text(b, "}");
    }
    cola_buffer_text(b, "],\n\"all\":{");
    add_reading(b, &s->all);
    cola_buffer_text(b, "}}\n");
}

/* ---- the command ----------------------------------------------------------------- */

static void
progress(void *ctx, size_t done)
{
    say_progress(*(double *)ctx + (double)done);
}

static enum cola_status
measure(struct cola_yardstick *y, size_t questions, struct study_of_chains *s,
        struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    s->readings = cola_alloc(s->n, sizeof *s->readings);
    if (s->readings == NULL)
        return cola_fail_memory(err);
    say_begin("questions", (double)questions * (double)s->n);
    for (size_t i = 0; i < s->n && st == COLA_OK; i++) {
        double before = (double)i * (double)questions;

        st = cola_yardstick_measure(y, &s->chains[i], progress, &before, &s->readings[i],
                                    err);
        if (st == COLA_OK)
            cola_yard_join(&s->all, &s->readings[i]);
    }
    say_finish();
    return st;
}

/* Is there anything that must not be? */
static enum cola_status
conclude(const struct study_of_chains *s, struct cola_error *err)
{
    const struct cola_yard_reading *all = &s->all;

    for (int i = 0; i < all->n_rows; i++)
        if (all->rows[i].defects > 0)
            return cola_fail(err, COLA_NO, "%s: %zu answers differ from f64's that the "
                             "margin decides", all->rows[i].name, all->rows[i].defects);
    for (size_t k = 0; k < s->n; k++)
        for (int i = 0; i < all->n_rows; i++) {
            const struct cola_yard_row *row = &s->readings[k].rows[i];

            if (row->has_ratio && row->ratio > COLA_NEAR_RATIO)
                return cola_fail(err, COLA_NO, "%s is %.3g times as far from f64 as "
                                 "rounding to %s explains; %g is too much", row->name,
                                 row->ratio, all->rows[all->unit].name, COLA_NEAR_RATIO);
        }
    return all->questions > 0 ? COLA_OK :
           cola_fail(err, COLA_NOTHING, "f64 has no finite logits: nothing was compared");
}

enum cola_status
yardstick(const struct options *o, struct cola_error *err)
{
    struct cola_yard_options options = {.backend = o->backend, .round = o->round};
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct study_of_chains chains;
    struct cola_yardstick *y = NULL;
    struct session s;
    enum cola_status st;

    memset(&chains, 0, sizeof chains);
    memset(&s, 0, sizeof s);
    if (o->n_words != 2) {
        say_usage("--yardstick needs MODEL TASK");
        return COLA_USAGE;
    }
    st = option_backend(o, &s.backend, err);
    if (st == COLA_OK)
        st = open_model(o->words[0], &s.model, err);
    if (st == COLA_OK)
        st = open_tokenizer(s.model, &s.tokenizer, err);
    if (st == COLA_OK)
        st = session_task(o, o->words[1], &s, err);
    if (st == COLA_OK)
        st = choose_chains(o, s.model, &chains, err);
    for (size_t i = 0; i < chains.n; i++)
        if (chains.chains[i].len > options.max_length)
            options.max_length = chains.chains[i].len;
    options.grade = s.options.grade;
    options.max_tokens = s.options.max_tokens;
    if (st == COLA_OK)
        st = cola_yardstick_new(s.model, s.tokenizer, &s.dataset, &options, &y, err);
    if (st == COLA_OK)
        st = measure(y, s.dataset.n, &chains, err);
    if (st == COLA_OK) {
        if (o->json)
            tell_json(&s, &chains, &b);
        else
            tell(&chains, &b);
        st = say_result(&b, err);
    }
    if (st == COLA_OK)
        st = conclude(&chains, err);
    cola_buffer_free(&b);
    cola_yardstick_free(y);
    free(chains.chains);
    free(chains.readings);
    session_close(&s);
    return st;
}
