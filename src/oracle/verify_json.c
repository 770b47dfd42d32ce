/*
 * verify_json.c - what a verification showed, for machines
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/tally.h"

#include <string.h>

#include "report/statistics.h"

static const char *const finders[] = {"space", "search", "random"};

static void
add_text(struct cola_buffer *b, const char *text)
{
    cola_json_add_text(b, text, text != NULL ? strlen(text) : 0);
}

static void
add_mean(struct cola_buffer *b, const char *name, double sum, size_t n)
{
    cola_buffer_printf(b, ",\"%s\":", name);
    if (n > 0)
        cola_json_add_real(b, sum / (double)n);
    else
        cola_buffer_text(b, "null");
}

static void
add_interval(struct cola_buffer *b, double lo, double hi)
{
    cola_buffer_text(b, ",\"interval\":[");
    cola_json_add_real(b, lo);
    cola_buffer_text(b, ",");
    cola_json_add_real(b, hi);
    cola_buffer_text(b, "]");
}

/* K of N, the rate and its interval. */
static void
add_rate(struct cola_buffer *b, const char *name, size_t k, size_t n)
{
    double lo, hi;

    cola_wilson(k, n, &lo, &hi);
    cola_buffer_printf(b, ",\"%s\":{\"count\":%zu,\"of\":%zu", name, k, n);
    add_mean(b, "rate", (double)k, n);
    add_interval(b, lo, hi);
    cola_buffer_text(b, "}");
}

/* ---- levels ---------------------------------------------------------------------- */

static void
add_level(const struct cola_verification *v, int level, struct cola_buffer *b)
{
    struct cola_level_tally l = cola_tally_level(v, level);

    if (level >= 0)
        cola_buffer_printf(b, "{\"level\":%d", level);
    else
        cola_buffer_printf(b, "{\"level\":%s", level == COLA_ALL_LEVELS ? "\"all\"" :
                                                                          "null");
    cola_buffer_printf(b, ",\"samples\":%zu,\"truth\":{\"solved\":%zu", l.samples,
                       l.solvable);
    add_mean(b, "length", l.length, l.solvable);
    if (v->several)
        add_mean(b, "right", l.right, l.samples);
    cola_buffer_text(b, "}");
    for (int f = 0; f < COLA_FINDERS; f++) {
        const struct cola_tally *t = &l.by[f];

        if (!v->with[f])
            continue;
        cola_buffer_printf(b, ",\"%s\":{\"solved\":%zu", finders[f], t->solved);
        add_rate(b, "shortest", t->shortest, l.solvable);
        cola_buffer_printf(b, ",\"beyond\":%zu", t->beyond);
        add_mean(b, "length", t->length, t->solved);
        add_mean(b, "regret", t->regret, t->solved);
        if (f != COLA_BY_SPACE)
            add_mean(b, "first_at", t->first, t->solved);
        if (v->several) {
            add_rate(b, "robust", t->robust, l.samples);
            cola_buffer_printf(b, ",\"robust_short\":%zu", t->robust_short);
            add_mean(b, "right", t->right, l.samples);
            add_mean(b, "missed", t->missed, l.samples);
        }
        cola_buffer_text(b, "}");
    }
    cola_buffer_text(b, "}");
}

/* ---- samples --------------------------------------------------------------------- */

static void
add_found(const struct cola_verification *v, const char *name,
          const struct cola_found *f, int judged, struct cola_buffer *b)
{
    cola_buffer_printf(b, ",\"%s\":{\"length\":", name);
    cola_buffer_printf(b, f->length > 0 ? "%d" : "null", f->length);
    if (judged) {
        cola_buffer_text(b, ",\"first_at\":");
        cola_buffer_printf(b, f->first > 0 ? "%d" : "null", f->first);
        cola_buffer_printf(b, ",\"judged\":%d", f->judged);
    }
    if (v->several && f->right_length > 0)
        cola_buffer_printf(b, ",\"right\":%d,\"right_length\":%d", f->right,
                           f->right_length);
    cola_buffer_text(b, "}");
}

static void
add_sample(const struct cola_verification *v, const struct cola_verified *r,
           struct cola_buffer *b)
{
    cola_buffer_text(b, "{\"id\":");
    add_text(b, r->sample->id);
    cola_buffer_printf(b, r->level >= 0 ? ",\"level\":%d" : ",\"level\":null", r->level);
    add_found(v, "truth", &r->truth, 0, b);
    for (int f = 0; f < COLA_FINDERS; f++)
        if (v->with[f])
            add_found(v, finders[f], &r->by[f], f != COLA_BY_SPACE, b);
    cola_buffer_text(b, "}");
}

/* ---- all of it ------------------------------------------------------------------- */

static enum cola_status
add_differences(const struct cola_verification *v, struct cola_buffer *b,
                struct cola_error *err)
{
    static const char *const names[] = {"shortest", "right", "length"};
    const char *comma = "";

    cola_buffer_text(b, ",\"search_against_random\":{");
    for (int what = 0; what < COLA_DIFFERENCES; what++) {
        struct cola_paired d;
        enum cola_status st = cola_tally_difference(v, (enum cola_difference)what, &d,
                                                    err);

        if (st != COLA_OK)
            return st;
        if (d.n == 0)
            continue;
        cola_buffer_printf(b, "%s\"%s\":{\"samples\":%zu,\"mean\":", comma, names[what],
                           d.n);
        cola_json_add_real(b, d.mean);
        add_interval(b, d.lo, d.hi);
        cola_buffer_text(b, "}");
        comma = ",";
    }
    cola_buffer_text(b, "}");
    return COLA_OK;
}

static void
add_verdict(const struct cola_verification *v, const char *name, enum cola_mark mark,
            int right, const char *answer, struct cola_buffer *b)
{
    cola_buffer_printf(b, ",\"%s\":{\"correct\":%s", name, mark == COLA_CORRECT ? "true" :
                       mark == COLA_WRONG ? "false" : "null");
    if (v->several)
        cola_buffer_printf(b, ",\"right\":%d", right);
    cola_buffer_text(b, ",\"answer\":");
    add_text(b, answer);
    cola_buffer_text(b, "}");
}

static void
add_yardstick(const struct cola_verification *v, struct cola_buffer *b)
{
    const char *comma = "";

    cola_buffer_text(b, ",\"yardstick\":{");
    for (int robust = 0; robust < 2; robust++) {
        struct cola_certificates c = cola_tally_certificates(v, robust);

        if (c.asked == 0)
            continue;
        cola_buffer_printf(b, "%s\"%s\":{\"returned\":%zu,\"certified\":%zu,"
                           "\"worse\":%zu,\"outside\":%zu,\"disagree\":%zu}", comma,
                           robust ? "robust" : "shortest", c.asked, c.certified, c.worse,
                           c.outside, c.disagree);
        comma = ",";
    }
    cola_buffer_printf(b, "%s\"disagreements\":[", comma);
    comma = "";
    for (size_t i = 0; i < v->n_returned; i++) {
        const struct cola_returned *r = &v->returned[i];

        if (!r->asked || r->agrees)
            continue;
        cola_buffer_printf(b, "%s{\"id\":", comma);
        add_text(b, v->rows[r->row].sample->id);
        cola_buffer_text(b, ",\"chain\":");
        cola_chain_add_json(b, &r->chain);
        add_verdict(v, "search", r->mark, r->right, r->answer, b);
        add_verdict(v, "f64", r->said, r->said_right, r->said_answer, b);
        cola_buffer_text(b, "}");
        comma = ",";
    }
    cola_buffer_text(b, "]}");
}

enum cola_status
cola_verification_json(const struct cola_verification *v, struct cola_buffer *b,
                       struct cola_error *err)
{
    int level = COLA_ALL_LEVELS, asked = 0;
    enum cola_status st = COLA_OK;

    cola_buffer_printf(b, "{\"samples\":%zu,\"absent\":%zu,\"fewer_moves\":%s,"
                       "\"verdicts\":%zu,\"contradictions\":%zu,\"outside\":%zu,"
                       "\"covered\":%zu,\"chains\":%zu", v->n, v->absent, v->narrower ?
                       "true" : "false", v->judged, v->contradictions, v->outside,
                       v->covered, v->n * v->truth->chains.set.count);
    cola_buffer_text(b, ",\"levels\":[");
    while ((level = cola_tally_next(v, level)) != COLA_ALL_LEVELS) {
        add_level(v, level, b);
        if (cola_tally_next(v, level) != COLA_ALL_LEVELS)
            cola_buffer_text(b, ",");
    }
    cola_buffer_text(b, "],\"all\":");
    add_level(v, COLA_ALL_LEVELS, b);
    if (v->with[COLA_BY_RANDOM])
        st = add_differences(v, b, err);
    for (size_t i = 0; i < v->n_returned; i++)
        asked += v->returned[i].asked;
    if (asked > 0)
        add_yardstick(v, b);
    cola_buffer_text(b, ",\"named\":[");
    for (size_t i = 0; i < v->contradictions && i < COLA_NAMED; i++) {
        cola_buffer_text(b, i > 0 ? ",{\"id\":" : "{\"id\":");
        add_text(b, v->named[i].id);
        cola_buffer_text(b, ",\"chain\":");
        cola_chain_add_json(b, &v->named[i].chain);
        cola_buffer_printf(b, ",\"other\":\"%s\"}", v->named[i].what);
    }
    cola_buffer_text(b, "],\"by_sample\":[");
    for (size_t i = 0; i < v->n; i++) {
        cola_buffer_text(b, i > 0 ? "," : "");
        add_sample(v, &v->rows[i], b);
    }
    cola_buffer_text(b, "]}\n");
    return st == COLA_OK ? cola_buffer_ok(b, err) : st;
}
