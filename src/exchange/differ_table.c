/*
 * differ_table.c - what differs, for people and for programs
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "exchange/differ.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

static const char *const causes[] = {"explained", "unexplained", "graded", "unknown"};

const char *
cola_cause_name(enum cola_cause cause)
{
    return causes[cause];
}

/* ---- headers ----------------------------------------------------------------------- */

struct naming {
    struct cola_buffer *b;
    int json;
    size_t n;
};

static void
add_value(struct cola_buffer *b, const json_t *value)
{
    char *text = value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

    cola_buffer_text(b, text != NULL ? text : value == NULL ? "null" : "?");
    free(text);
}

static void
name_one(struct naming *to, const char *outer, const char *key, const json_t *a,
         const json_t *b)
{
    if (to->json) {
        struct cola_buffer name = COLA_BUFFER_EMPTY;

        cola_buffer_printf(&name, "%s%s", outer, key);
        cola_buffer_text(to->b, to->n > 0 ? ",{\"member\":" : "{\"member\":");
        cola_json_add_text(to->b, name.data, name.len);
        cola_buffer_text(to->b, ",\"values\":[");
        add_value(to->b, a);
        cola_buffer_text(to->b, ",");
        add_value(to->b, b);
        cola_buffer_text(to->b, "]}");
        cola_buffer_free(&name);
    } else {
        cola_buffer_printf(to->b, "header: %s%s is ", outer, key);
        add_value(to->b, a);
        cola_buffer_text(to->b, " and ");
        add_value(to->b, b);
        cola_buffer_text(to->b, "\n");
    }
    to->n++;
}

/* Has only a journal, or only an enumeration, a member NAME? */
static int
of_one_kind(const char *name)
{
    static const char *const members[] = {"extent", "chains", "random", "seed", "preset",
                                          "controls"};

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (strcmp(name, members[i]) == 0)
            return 1;
    return 0;
}

/* The members of two objects that differ, those of presets one by one. */
static void
name_all(struct naming *to, const char *outer, const json_t *a, const json_t *b)
{
    const json_t *objects[] = {a, b}, *value;
    int kinds = !json_equal(json_object_get(a, "format"), json_object_get(b, "format"));
    const char *key;

    for (int side = 0; side < 2; side++)
        json_object_foreach((json_t *)(uintptr_t)objects[side], key, value) {
            const json_t *other = json_object_get(objects[1 - side], key);

            if ((other != NULL && (side == 1 || json_equal(value, other))) ||
                (*outer == '\0' && kinds && of_one_kind(key)))
                continue;
            if (*outer == '\0' && strcmp(key, "preset") == 0 && json_is_object(value) &&
                json_is_object(other))
                name_all(to, "preset.", value, other);
            else
                name_one(to, outer, key, side == 0 ? value : other,
                         side == 0 ? other : value);
        }
}

/* ---- for people ------------------------------------------------------------------ */

static const char *
mark_text(enum cola_mark mark)
{
    return mark == COLA_CORRECT ? "right" : mark == COLA_WRONG ? "wrong" : "undecided";
}

static void
chain_of(const struct cola_difference *x, struct cola_chain *chain)
{
    chain->len = x->len;
    memcpy(chain->at, x->layers, (size_t)x->len * sizeof *chain->at);
}

/* Ids and answers may hold anything: what a terminal would obey becomes a blank. */
static void
add_safe(struct cola_buffer *b, const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        cola_buffer_bytes(b, c < 0x20 || c == 0x7f ? " " : text, 1);
    }
}

static void
add_side(struct cola_buffer *b, const struct cola_difference *x, int side)
{
    char margin[32] = "-";

    if (!isnan(x->margin[side]))
        cola_print_f32(margin, (float)x->margin[side]);
    cola_buffer_printf(b, "  %s", mark_text(x->mark[side]));
    if (x->answer[side] != NULL) {
        cola_buffer_text(b, " \"");
        add_safe(b, x->answer[side]);
        cola_buffer_text(b, "\"");
    }
    cola_buffer_printf(b, " margin %s", margin);
}

static void
add_list(const struct cola_differ *d, size_t most, struct cola_buffer *b)
{
    for (size_t i = 0; i < d->n && i < most; i++) {
        const struct cola_difference *x = &d->list[i];
        struct cola_chain chain;

        chain_of(x, &chain);
        add_safe(b, x->id);
        cola_buffer_text(b, "  ");
        cola_chain_add_text(b, &chain);
        add_side(b, x, 0);
        cola_buffer_text(b, " |");
        add_side(b, x, 1);
        cola_buffer_printf(b, "  %s\n", causes[x->cause]);
    }
    if (d->n > most)
        cola_buffer_printf(b, "... and %zu more: --list\n", d->n - most);
    if (d->n > 0)
        cola_buffer_text(b, "\n");
}

static void
add_bins(const struct cola_differ *d, struct cola_buffer *b)
{
    if (d->n == 0 || d->n_all < COLA_DIFFER_BINS)
        return;
    cola_buffer_text(b, "\nBy margin, in fifths of the verdicts of the first:\n"
                     "   up to  verdicts   differ\n");
    for (int i = 0; i < COLA_DIFFER_BINS; i++)
        cola_buffer_printf(b, "%8.4g  %8zu %8zu  %.2f%%\n", d->bin_to[i], d->bin_n[i],
                           d->bin_turned[i], 100.0 * (double)d->bin_turned[i] /
                           (double)d->bin_n[i]);
}

/* How usual are changes as large as those that turned the verdicts? */
static void
add_shares(const struct cola_differ *d, struct cola_buffer *b)
{
    double sum = 0.0, least = 1.0;
    size_t n = 0;

    for (size_t i = 0; i < d->n; i++)
        if (!isnan(d->list[i].share) && d->list[i].cause != COLA_CAUSE_GRADED) {
            sum += d->list[i].share;
            least = d->list[i].share < least ? d->list[i].share : least;
            n++;
        }
    if (n > 0)
        cola_buffer_printf(b, "Changes as large as one of them needed were seen on "
                           "%.2g%% of those verdicts in the\nmean, on %.2g%% for the one "
                           "that needed most.\n", 100.0 * sum / (double)n, 100.0 * least);
}

static void
add_causes(const struct cola_differ *d, struct cola_buffer *b)
{
    char seen[32], allowed[32];

    if (d->n == 0)
        return;
    cola_print_f32(seen, (float)d->seen);
    cola_print_f32(allowed, (float)d->allowed);
    if (isnan(d->allowed))
        cola_buffer_text(b, "No margins could be compared, so they explain nothing.\n");
    else if (isnan(d->error))
        cola_buffer_printf(b, "On %zu verdicts with the same answer margins changed by "
                           "up to %s; a change of\ntwice that is allowed.\n", d->margins,
                           seen);
    else
        cola_buffer_printf(b, "With the stated error of a logit a change of %s is "
                           "allowed.\n", allowed);
    cola_buffer_printf(b, "Of those that differ, that explains %zu and cannot explain "
                       "%zu; %zu have the same\nanswer, graded otherwise; of %zu a "
                       "margin is missing.\n", d->causes[COLA_CAUSE_EXPLAINED],
                       d->causes[COLA_CAUSE_UNEXPLAINED], d->causes[COLA_CAUSE_GRADED],
                       d->causes[COLA_CAUSE_UNKNOWN]);
    add_shares(d, b);
}

void
cola_differ_table(const struct cola_differ *d, size_t most, struct cola_buffer *b)
{
    struct naming naming = {b, 0, 0};

    name_all(&naming, "", d->header[0], d->header[1]);
    if (naming.n > 0)
        cola_buffer_text(b, "\n");
    add_list(d, most, b);
    cola_buffer_printf(b, "%zu samples in both, %zu only in the first, %zu only in the "
                       "second.\n", d->samples_both, d->samples[0] - d->samples_both,
                       d->samples[1] - d->samples_both);
    cola_buffer_printf(b, "%zu verdicts in both, %zu only in the first, %zu only in the "
                       "second.\n", d->compared, d->chains[0] - d->compared,
                       d->chains[1] - d->compared);
    if (d->prompts > 0)
        cola_buffer_printf(b, "%zu samples have other prompts: what is compared are "
                           "answers to other questions.\n", d->prompts);
    cola_buffer_printf(b, "%zu verdicts differ; %zu are the same with another answer.\n",
                       d->n, d->answers);
    add_causes(d, b);
    add_bins(d, b);
}

/* ---- for programs ---------------------------------------------------------------- */

static void
add_difference(struct cola_buffer *b, const struct cola_difference *x)
{
    static const char *const marks[] = {[COLA_WRONG] = "false", [COLA_CORRECT] = "true",
                                        [COLA_UNDECIDED] = "null"};
    struct cola_chain chain;
    char text[2][32];

    chain_of(x, &chain);
    cola_buffer_text(b, "{\"id\":");
    cola_json_add_text(b, x->id, strlen(x->id));
    cola_buffer_text(b, ",\"chain\":");
    cola_chain_add_json(b, &chain);
    cola_buffer_printf(b, ",\"correct\":[%s,%s],\"answer\":[", marks[x->mark[0]],
                       marks[x->mark[1]]);
    for (int i = 0; i < 2; i++) {
        cola_buffer_text(b, i > 0 ? "," : "");
        cola_json_add_text(b, x->answer[i],
                           x->answer[i] != NULL ? strlen(x->answer[i]) : 0);
        cola_print_f64(text[i], x->margin[i]);
    }
    cola_buffer_printf(b, "],\"margin\":[%s,%s]", text[0], text[1]);
    cola_json_member_real(b, "share", x->share);
    cola_buffer_printf(b, ",\"cause\":\"%s\"}", causes[x->cause]);
}

void
cola_differ_json(const struct cola_differ *d, struct cola_buffer *b)
{
    struct naming naming = {b, 1, 0};

    cola_buffer_printf(b, "{\"samples\":{\"both\":%zu,\"first\":%zu,\"second\":%zu,"
                       "\"other_prompts\":%zu},\"verdicts\":{\"both\":%zu,\"first\":%zu,"
                       "\"second\":%zu,\"differ\":%zu,\"other_answer\":%zu}",
                       d->samples_both, d->samples[0] - d->samples_both,
                       d->samples[1] - d->samples_both, d->prompts, d->compared,
                       d->chains[0] - d->compared, d->chains[1] - d->compared, d->n,
                       d->answers);
    cola_json_member_real(b, "error", d->error);
    cola_json_member_real(b, "seen", d->seen);
    cola_json_member_real(b, "allowed", d->allowed);
    cola_buffer_text(b, ",\"causes\":{");
    for (int i = 0; i < COLA_CAUSES; i++)
        cola_buffer_printf(b, "%s\"%s\":%zu", i > 0 ? "," : "", causes[i], d->causes[i]);
    cola_buffer_text(b, "},\"headers\":[");
    name_all(&naming, "", d->header[0], d->header[1]);
    cola_buffer_text(b, "],\"fifths\":[");
    for (int i = 0; i < COLA_DIFFER_BINS; i++) {
        cola_buffer_printf(b, "%s{\"verdicts\":%zu,\"differ\":%zu", i > 0 ? "," : "",
                           d->bin_n[i], d->bin_turned[i]);
        cola_json_member_real(b, "margin_to", d->bin_to[i]);
        cola_buffer_text(b, "}");
    }
    cola_buffer_text(b, "],\"differences\":[");
    for (size_t i = 0; i < d->n; i++) {
        cola_buffer_text(b, i > 0 ? ",\n" : "\n");
        add_difference(b, &d->list[i]);
    }
    cola_buffer_text(b, "]}\n");
}
