/*
 * tables.c - what a journal shows, as a table for people
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/tables.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain/chain.h"
#include "report/statistics.h"

struct row {                    /* one sample */
    char *line;                 /* for the list */
    int level;                  /* -1: none */
    int right, undecided;       /* the ordinary chain is */
    int length;                 /* of the shortest right chain; 0: there is none */
    int random_right, random_shorter;
    int judged, random, truncated;
    /* of several inputs: correct counts, the best chain's beside */
    int of, base_right, best_right, held_of, base_held, best_held, best_length;
};

struct cola_summary {
    int layers;
    int with_random, with_controls;
    struct row *rows;
    size_t n, room;
};

struct cola_summary *
cola_summary_new(void)
{
    return cola_alloc(1, sizeof(struct cola_summary));
}

void
cola_summary_free(struct cola_summary *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->n; i++)
        free(s->rows[i].line);
    free(s->rows);
    free(s);
}

size_t
cola_summary_samples(const struct cola_summary *s)
{
    return s->n;
}

/* ---- taking in ------------------------------------------------------------------ */

static int
integer(const json_t *object, const char *name)
{
    return (int)json_integer_value(json_object_get(object, name));
}

static int
is_right(const json_t *evaluation)
{
    return json_is_true(json_object_get(evaluation, "correct"));
}

/* A JSON array of layers as canonical text. */
static void
add_chain(struct cola_buffer *b, const json_t *layers)
{
    struct cola_chain chain = {0, {0}};

    for (size_t i = 0; i < json_array_size(layers) && i < COLA_CHAIN_MAX; i++)
        chain.at[chain.len++] =
            (uint16_t)json_integer_value(json_array_get(layers, i));
    cola_chain_add_text(b, &chain);
}

static const char *
text_or(const json_t *object, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : otherwise;
}

/*
 * The first MOST characters of TEXT, filled up with blanks to WIDTH.  Ids and
 * answers may hold anything: what a terminal would obey becomes a blank.
 */
static void
add_cell(struct cola_buffer *b, const char *text, int width, int most)
{
    int n = 0;

    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        n += (c & 0xc0) != 0x80;        /* a character's later bytes do not count */
        if (n > most)
            break;
        cola_buffer_bytes(b, c < 0x20 || c == 0x7f ? " " : text, 1);
    }
    for (; n < width; n++)
        cola_buffer_text(b, " ");
}

/* The evaluation whose chain is the one called shortest. */
static const json_t *
find_shortest(const json_t *record)
{
    const json_t *shortest = json_object_get(record, "shortest");
    const json_t *list = json_object_get(record, "evaluated"), *e;
    size_t i;

    json_array_foreach(list, i, e)
        if (json_equal(json_object_get(e, "chain"), shortest))
            return e;
    return NULL;
}

static void
compose_line(struct cola_buffer *b, const json_t *record, const struct row *row,
             int layers)
{
    const json_t *list = json_object_get(record, "evaluated");
    const json_t *base = json_array_get(list, 0), *shortest = find_shortest(record);
    char level[16] = "-";

    if (row->level >= 0)
        snprintf(level, sizeof level, "%d", row->level);
    add_cell(b, text_or(record, "id", "?"), 16, INT_MAX);
    cola_buffer_printf(b, " %5s  ", level);
    if (row->of > 0) {
        cola_buffer_printf(b, "%3d of %-3d right    best %d, held %d of %d: %d layers: ",
                           row->base_right, row->of, row->best_right, row->best_held,
                           row->held_of, row->best_length);
        add_chain(b, json_object_get(json_object_get(record, "robust"), "chain"));
        cola_buffer_text(b, "\n");
        return;
    }
    add_cell(b, text_or(base, "answer", "-"), 10, 10);
    cola_buffer_printf(b, " %-7s ", row->right ? "right" :
                       row->undecided ? "unsure" : "wrong");
    if (shortest == NULL) {
        cola_buffer_printf(b, "no right chain among %d", row->judged);
    } else if (row->right && row->length >= layers) {
        cola_buffer_printf(b, "no shorter right chain among %d", row->judged);
    } else {
        add_cell(b, text_or(shortest, "answer", ""), 10, 10);
        cola_buffer_printf(b, " %2d layers: ", row->length);
        add_chain(b, json_object_get(shortest, "chain"));
    }
    cola_buffer_text(b, "\n");
}

static void
take_random(const json_t *record, struct row *row, int layers)
{
    const json_t *list = json_object_get(record, "random"), *e;
    size_t i;

    row->random = (int)json_array_size(list);
    json_array_foreach(list, i, e) {
        row->random_right |= is_right(e);
        row->random_shorter |= is_right(e) && integer(e, "length") < layers;
    }
}

static enum cola_status
take_sample(struct cola_summary *s, const json_t *record, struct cola_error *err)
{
    const json_t *list = json_object_get(record, "evaluated"), *e;
    const json_t *base = json_array_get(list, 0);
    const json_t *robust = json_object_get(record, "robust");
    const json_t *level = json_object_get(record, "level");
    struct cola_buffer line = COLA_BUFFER_EMPTY;
    struct row row = {0};
    size_t i;
    enum cola_status st;

    if (base == NULL || !json_is_string(json_object_get(record, "id")))
        return cola_fail(err, COLA_INPUT, "a sample record without \"id\" or "
                         "\"evaluated\"");
    row.level = json_is_integer(level) ? (int)json_integer_value(level) : -1;
    row.right = is_right(base);
    row.undecided = robust == NULL &&
                    !json_is_boolean(json_object_get(base, "correct"));
    row.judged = (int)json_array_size(list);
    row.length = (int)json_array_size(json_object_get(record, "shortest"));
    row.truncated = strcmp(text_or(base, "stop", ""), "length") == 0;
    json_array_foreach(list, i, e)
        if (!json_is_array(json_object_get(e, "chain")))
            return cola_fail(err, COLA_INPUT, "sample \"%s\": evaluation %zu has no "
                             "\"chain\"", text_or(record, "id", ""), i);
    if (robust != NULL) {
        row.of = integer(robust, "of");
        row.base_right = integer(base, "right");
        row.best_right = integer(robust, "right");
        row.held_of = integer(robust, "held_of");
        row.base_held = integer(base, "held_right");
        row.best_held = integer(robust, "held_right");
        row.best_length = integer(robust, "length");
    }
    take_random(record, &row, s->layers);
    compose_line(&line, record, &row, s->layers);
    st = cola_buffer_ok(&line, err);
    if (st == COLA_OK && s->n == s->room) {
        size_t room = s->room * 2 + 64;
        struct row *rows = cola_realloc(s->rows, room, sizeof *rows);

        if (rows == NULL) {
            st = cola_fail_memory(err);
        } else {
            s->rows = rows;
            s->room = room;
        }
    }
    if (st != COLA_OK) {
        cola_buffer_free(&line);
        return st;
    }
    row.line = line.data;
    s->rows[s->n++] = row;
    return COLA_OK;
}

enum cola_status
cola_summary_take(struct cola_summary *s, const json_t *record, struct cola_error *err)
{
    const char *type = text_or(record, "type", "");

    if (s->layers == 0) {
        if (strcmp(type, "header") != 0 ||
            strcmp(text_or(record, "format", ""), "colaref-journal") != 0)
            return cola_fail(err, COLA_INPUT, "not a journal: the first line is no "
                             "header");
        if (integer(record, "version") != 1)
            return cola_fail(err, COLA_INPUT, "a journal of version %d; this program "
                             "reads version 1", integer(record, "version"));
        s->layers = integer(json_object_get(record, "preset"), "layers");
        s->with_random = json_is_true(json_object_get(record, "random"));
        s->with_controls = json_array_size(json_object_get(record, "controls")) > 0;
        return s->layers > 0 ? COLA_OK : cola_fail(err, COLA_INPUT, "the journal's "
                                                   "header names no layers");
    }
    return strcmp(type, "sample") == 0 ? take_sample(s, record, err) : COLA_OK;
}

/* ---- showing --------------------------------------------------------------------- */

void
cola_summary_list(const struct cola_summary *s, struct cola_buffer *b)
{
    int several = s->n > 0 && s->rows[0].of > 0;

    cola_buffer_printf(b, "%-16s %5s  %-18s %s\n", several ? "sample" : "question",
                       "level", "model says", several ? "chain that is right on most" :
                       "shortest right chain found");
    for (size_t i = 0; i < s->n; i++)
        cola_buffer_text(b, s->rows[i].line);
    cola_buffer_text(b, "\n");
}

/* " 62% [47-75]" in 14 columns, or a dash. */
static void
add_rate(struct cola_buffer *b, size_t k, size_t n)
{
    double lo, hi;
    char text[32];

    if (n == 0) {
        cola_buffer_printf(b, "%14s", "-   ");
        return;
    }
    cola_wilson(k, n, &lo, &hi);
    snprintf(text, sizeof text, "%.0f%% [%.0f-%.0f]", 100.0 * (double)k / (double)n,
             100.0 * lo, 100.0 * hi);
    cola_buffer_printf(b, "%14s", text);
}

/* Counts over the samples of one level, or over all when LEVEL is -2. */
static void
add_level(const struct cola_summary *s, int level, struct cola_buffer *b)
{
    size_t n = 0, right = 0, shorter = 0, fixed = 0, luck_shorter = 0, luck_fixed = 0;
    size_t wrong = 0;
    double right_length = 0.0, fixed_length = 0.0;
    char name[16] = "all";

    for (size_t i = 0; i < s->n; i++) {
        const struct row *r = &s->rows[i];

        if (level != -2 && r->level != level)
            continue;
        n++;
        wrong += !r->right && !r->undecided;
        if (r->right) {
            right++;
            shorter += r->length < s->layers;
            luck_shorter += (size_t)r->random_shorter;
            right_length += r->length;
        } else if (r->length > 0 && !r->undecided) {
            fixed++;
            fixed_length += r->length;
        }
        luck_fixed += !r->right && !r->undecided && r->random_right;
    }
    if (level != -2)
        snprintf(name, sizeof name, level >= 0 ? "%d" : "none", level);
    cola_buffer_printf(b, "%5s %6zu", name, n);
    add_rate(b, right, n);
    add_rate(b, shorter, right);
    if (s->with_random)
        add_rate(b, luck_shorter, right);
    add_rate(b, fixed, wrong);
    if (s->with_random)
        add_rate(b, luck_fixed, wrong);
    if (right > 0)
        cola_buffer_printf(b, "%7.1f", right_length / (double)right);
    else
        cola_buffer_printf(b, "%7s", "-");
    if (fixed > 0)
        cola_buffer_printf(b, "%7.1f\n", fixed_length / (double)fixed);
    else
        cola_buffer_printf(b, "%7s\n", "-");
}

/* The next larger level than AFTER among the samples; INT32_MAX: none. */
static int
next_level(const struct cola_summary *s, int after)
{
    int next = INT32_MAX;

    for (size_t i = 0; i < s->n; i++)
        if (s->rows[i].level > after && s->rows[i].level < next)
            next = s->rows[i].level;
    return next;
}

/* Several inputs a sample: the best chain, and how it does on those held. */
static void
add_several(const struct cola_summary *s, struct cola_buffer *b)
{
    size_t of = 0, base = 0, best = 0, held = 0, base_held = 0, best_held = 0;

    for (size_t i = 0; i < s->n; i++) {
        const struct row *r = &s->rows[i];

        of += (size_t)r->of;
        base += (size_t)r->base_right;
        best += (size_t)r->best_right;
        held += (size_t)r->held_of;
        base_held += (size_t)r->base_held;
        best_held += (size_t)r->best_held;
    }
    if (of == 0)
        return;
    cola_buffer_text(b, "\nThe best chain of each sample (right on most inputs, then "
                     "shortest), by inputs:\n");
    cola_buffer_printf(b, "%-20s%14s%14s\n", "", "ordinary chain", "best chain");
    cola_buffer_printf(b, "%-20s", "inputs that steered");
    add_rate(b, base, of);
    add_rate(b, best, of);
    cola_buffer_printf(b, "\n%-20s", "inputs held out");
    add_rate(b, base_held, held);
    add_rate(b, best_held, held);
    cola_buffer_text(b, "\n");
}

static void
add_explanation(const struct cola_summary *s, struct cola_buffer *b)
{
    uint64_t judged = 0, random = 0, truncated = 0, undecided = 0;

    for (size_t i = 0; i < s->n; i++) {
        judged += (uint64_t)s->rows[i].judged;
        random += (uint64_t)s->rows[i].random;
        truncated += (uint64_t)s->rows[i].truncated;
        undecided += (uint64_t)s->rows[i].undecided;
    }
    cola_buffer_printf(b, "\n[ ]: 95 %% intervals (Wilson).  %" PRIu64 " chains were "
                       "judged over %zu samples; the model has %d layers.\n", judged,
                       s->n, s->layers);
    if (s->with_random)
        cola_buffer_printf(b, "At random: %" PRIu64 " random chains on the same samples, "
                           "each with as many edits as one of the search's.\n"
                           "Who may try many chains and knows the answer finds right "
                           "ones by luck: what random chains find\n"
                           "as well is no evidence that depth is used better.\n",
                           random);
    else
        cola_buffer_text(b, "No random chains were judged: how much of this is luck "
                         "cannot be told.\n");
    if (s->with_controls)
        cola_buffer_text(b, "Controls were recorded: colaref report shows these findings "
                         "beside them.\n");
    if (undecided > 0)
        cola_buffer_printf(b, "Of %" PRIu64 " samples it is undecided whether the model "
                           "is right: they count as neither right nor wrong.\n",
                           undecided);
    if (truncated > 0)
        cola_buffer_printf(b, "%" PRIu64 " answers of the ordinary chain were cut at "
                           "the token limit.\n", truncated);
}

void
cola_summary_table(const struct cola_summary *s, struct cola_buffer *b)
{
    int pair = s->with_random ? 28 : 14;

    cola_buffer_printf(b, "%5s %6s%14s%*s%*s%14s\n", "", "", "the model", pair,
                       "of these, a shorter", pair, "wrong, but some", "mean length");
    cola_buffer_printf(b, "%5s %6s%14s%*s%*s%7s%7s\n", "", "", "is right", pair,
                       "chain is right too", pair, "chain is right", "", "");
    cola_buffer_printf(b, "%5s %6s%14s%14s", "level", "n", "", "by search");
    if (s->with_random)
        cola_buffer_printf(b, "%14s", "at random");
    cola_buffer_printf(b, "%14s", "by search");
    if (s->with_random)
        cola_buffer_printf(b, "%14s", "at random");
    cola_buffer_printf(b, "%7s%7s\n", "right", "fixed");
    for (int level = next_level(s, -2); level != INT32_MAX; level = next_level(s, level))
        add_level(s, level, b);
    add_level(s, -2, b);
    add_several(s, b);
    add_explanation(s, b);
}

/* ---- one sample -------------------------------------------------------------------- */

enum cola_status
cola_sample_describe(const json_t *record, struct cola_buffer *b, struct cola_error *err)
{
    const json_t *list = json_object_get(record, "evaluated"), *e;
    const json_t *shortest = json_object_get(record, "shortest");
    size_t i;

    cola_buffer_text(b, "sample ");
    add_cell(b, text_or(record, "id", "?"), 0, INT_MAX);
    if (json_is_integer(json_object_get(record, "level")))
        cola_buffer_printf(b, ", level %d", integer(record, "level"));
    cola_buffer_printf(b, ", class %s\n", text_or(record, "class", "?"));
    cola_buffer_text(b, "shortest right chain: ");
    if (json_is_array(shortest))
        add_chain(b, shortest);
    else
        cola_buffer_text(b, "none found");
    cola_buffer_printf(b, "\n\n%5s %4s  %-9s %-12s %-12s %-16s %s\n", "sim", "len",
                       "verdict", "answer", "margin", "edit", "chain");
    json_array_foreach(list, i, e) {
        const json_t *margin = json_object_get(e, "margin");
        char text[32] = "-";

        if (json_is_number(margin))
            snprintf(text, sizeof text, "%.6g", json_number_value(margin));
        cola_buffer_printf(b, "%5d %4d  %-9s ", integer(e, "simulation"),
                           integer(e, "length"), is_right(e) ? "right" :
                           json_is_false(json_object_get(e, "correct")) ? "wrong" :
                           "undecided");
        add_cell(b, text_or(e, "answer", "-"), 12, 12);
        cola_buffer_printf(b, " %-12s ", text);
        add_cell(b, text_or(e, "edit", "-"), 16, INT_MAX);
        cola_buffer_text(b, " ");
        add_chain(b, json_object_get(e, "chain"));
        cola_buffer_text(b, "\n");
    }
    return cola_buffer_ok(b, err);
}
