/*
 * subject.c - a sample and all its controls, as JSON
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "control/subject.h"

#include <inttypes.h>
#include <string.h>

int
cola_wants(const struct cola_controls *c, enum cola_control control)
{
    return (c->which & (unsigned)control) != 0;
}

static void
begin_member(struct cola_buffer *b, const char *name)
{
    cola_buffer_printf(b, "%s\"%s\":", b->len > 0 ? "," : "", name);
}

static void
add_again(struct cola_buffer *b, const struct cola_again *a)
{
    cola_buffer_printf(b, ",\"chains\":%zu,\"right\":%zu,\"shortest\":", a->chains,
                       a->right);
    if (a->found)
        cola_chain_add_json(b, &a->shortest);
    else
        cola_buffer_text(b, "null");
}

static void
add_decoy(struct cola_buffer *b, const struct cola_subject *s)
{
    begin_member(b, "decoy");
    if (s->decoy.answer == NULL) {
        cola_buffer_text(b, "null");
        return;
    }
    cola_buffer_text(b, "{\"answer\":");
    cola_json_add_text(b, s->decoy.answer, strlen(s->decoy.answer));
    cola_json_member_real(b, "gold_logprob", s->past->gold_logprob);
    cola_json_member_real(b, "logprob", s->decoy.logprob);
    add_again(b, &s->decoyed);
    cola_buffer_text(b, "}");
}

static void
add_kept(struct cola_buffer *b, const struct cola_subject *s)
{
    begin_member(b, "kept");
    if (s->own.reference == NULL) {
        cola_buffer_text(b, "null");
        return;
    }
    cola_buffer_text(b, "{\"answer\":");
    cola_json_add_text(b, s->own.reference, strlen(s->own.reference));
    add_again(b, &s->kept);
    cola_buffer_printf(b, ",\"shorter\":%s}", s->kept.shorter ? "true" : "false");
}

static void
add_pass(struct cola_buffer *b, const struct cola_subject *s)
{
    begin_member(b, "pass");
    cola_buffer_printf(b, "{\"temperature\":1,\"samples\":%" PRIu64 ",\"right\":%" PRIu64
                       ",\"first\":", s->pass.samples, s->pass.right);
    if (s->pass.first > 0)
        cola_buffer_printf(b, "%" PRIu64, s->pass.first);
    else
        cola_buffer_text(b, "null");
    cola_json_member_real(b, "p", s->pass.p);
    cola_buffer_text(b, "}");
}

static void
add_siblings(struct cola_buffer *b, const struct cola_subject *s)
{
    begin_member(b, "siblings");
    if (s->kinship == COLA_ALONE) {
        cola_buffer_text(b, "null");
        return;
    }
    cola_buffer_printf(b, "{\"kind\":\"%s\",\"select\":[", cola_kinship_name(s->kinship));
    for (int k = 0; k < COLA_SELECTIONS; k++) {
        const struct cola_selection *selection = &s->trial.selections[k];
        struct cola_chain chain;

        cola_buffer_printf(b, "%s{\"k\":%d,\"chain\":", k > 0 ? "," : "", selection->k);
        if (selection->chain != SIZE_MAX) {
            cola_chain_set_get(s->trial.chains, selection->chain, &chain);
            cola_chain_add_json(b, &chain);
        } else {
            cola_buffer_text(b, "null");
        }
        cola_buffer_printf(b, ",\"right\":%d,\"of\":%d,\"base_right\":%d}",
                           selection->right, selection->of, selection->base_right);
    }
    cola_buffer_text(b, "]}");
}

static void
add_fixed(struct cola_buffer *b, const struct cola_subject *s)
{
    static const char marks[] = {[COLA_WRONG] = '0', [COLA_CORRECT] = '1',
                                 [COLA_UNDECIDED] = '?'};

    begin_member(b, "fixed");
    cola_buffer_text(b, "\"");
    for (size_t i = 0; i < s->controls->fixed.set.count; i++)
        cola_buffer_bytes(b, &marks[s->fixed[i]], 1);
    cola_buffer_text(b, "\"");
}

void
cola_subject_add(struct cola_buffer *b, const struct cola_subject *s)
{
    const struct {
        enum cola_control control;
        void (*add)(struct cola_buffer *b, const struct cola_subject *s);
    } members[] = {
        {COLA_CONTROL_DECOY, add_decoy}, {COLA_CONTROL_KEPT, add_kept},
        {COLA_CONTROL_PASS, add_pass}, {COLA_CONTROL_SIBLINGS, add_siblings},
        {COLA_CONTROL_FIXED, add_fixed},
    };

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (cola_wants(s->controls, members[i].control))
            members[i].add(b, s);
}
