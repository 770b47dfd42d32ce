/*
 * compare.c - is an answer right?
 *
 * One walk over the expected value, member by member, serves all rules: it
 * compares what is discrete, measures tensors, and remembers the first place
 * that is wrong.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "oracle/compare.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "define/probe.h"

/* From the finest to the coarsest; the spacing of numbers near 1, halved. */
static const struct {
    const char *name;
    double grain;
} types[] = {
    {"f64", 0x1p-24}, {"f32", 0x1p-24}, {"f16", 0x1p-11}, {"bf16", 0x1p-8},
    {"int8", 0x1p-8},
};

#define TYPES (sizeof types / sizeof types[0])

void
cola_finding_fail(struct cola_finding *finding, const char *format, ...)
{
    va_list ap;

    finding->outcome = COLA_FAIL;
    va_start(ap, format);
    vsnprintf(finding->reason, sizeof finding->reason, format, ap);
    va_end(ap);
    for (char *c = finding->reason; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
}

/* ---- what a subject says of itself ------------------------------------------- */

enum cola_status
cola_promise_read(const json_t *hello, struct cola_promise *promise,
                  struct cola_error *err)
{
    static const char *const members[] = {"weights", "activations", "accumulators",
                                          "cache"};
    static const char *const claims[] = {"exact", "int8", "f64"};
    const char *claim = NULL, *declared;
    struct cola_promise p = {NULL, NULL};
    size_t coarsest = 1;        /* in less than f32 nobody answers */
    int64_t protocol;
    enum cola_status st;

    *promise = (struct cola_promise){NULL, "f32"};
    st = cola_json_get_integer(hello, "protocol", 0, 1, 1, &protocol, "hello", err);
    if (st == COLA_OK)
        st = cola_json_get_text(hello, "arithmetic", 1, &claim, "hello", err);
    for (size_t i = 0; st == COLA_OK && claim != NULL &&
         i < sizeof claims / sizeof claims[0]; i++)
        if (strcmp(claim, claims[i]) == 0)
            p.claim = claims[i];
    if (st == COLA_OK && claim != NULL && p.claim == NULL)
        st = cola_fail(err, COLA_INPUT, "hello: \"arithmetic\" is \"%.30s\"; exact, "
                       "int8, f64 or null", claim);
    for (size_t i = 0; st == COLA_OK && i < sizeof members / sizeof members[0]; i++) {
        size_t t = 0;

        declared = "f32";
        st = cola_json_get_text(hello, members[i], 1, &declared, "hello", err);
        while (t < TYPES && strcmp(declared, types[t].name) != 0)
            t++;
        if (st == COLA_OK && t == TYPES)
            st = cola_fail(err, COLA_INPUT, "hello: \"%s\" is \"%.30s\"; f64, f32, f16, "
                           "bf16 or int8", members[i], declared);
        if (st == COLA_OK && t > coarsest)
            coarsest = t;
    }
    if (st != COLA_OK)
        return st;
    p.type = types[coarsest].name;
    *promise = p;
    return COLA_OK;
}

/* ---- tensors ----------------------------------------------------------------- */

enum cola_status
cola_answer_tensor(const json_t *value, struct cola_values *values,
                   struct cola_error *err)
{
    const char *file = json_string_value(json_object_get(value, "file"));

    if (file != NULL && file[0] != '/')
        return cola_fail(err, COLA_INPUT, "its \"file\" is no absolute path");
    return cola_wire_tensor(value, NULL, "its tensor", values, err);
}

int
cola_same_shape(const struct cola_values *a, const struct cola_values *b)
{
    return a->n == b->n && a->shape[a->rank - 1] == b->shape[b->rank - 1];
}

static int
same_bits(float a, float b)
{
    return cola_f32_bits(a) == cola_f32_bits(b) || (isnan(a) && isnan(b));
}

/* |A - B|; 0 for the same infinity. */
static double
distance(float a, float b)
{
    return a == b ? 0.0 : fabs((double)a - (double)b);
}

size_t
cola_first_wrong(const float *values, const float *reference, const float *rounded,
                 size_t count, const struct cola_promise *promise)
{
    double unit = 0.0, grain = 0.0;

    if (promise->claim != NULL) {
        for (size_t i = 0; i < count; i++)
            if (!same_bits(values[i], reference[i]))
                return i;
        return SIZE_MAX;
    }
    for (size_t t = 0; t < TYPES; t++)
        if (strcmp(types[t].name, promise->type) == 0)
            grain = types[t].grain;
    for (size_t i = 0; i < count; i++) {
        double resolved = grain * fabs((double)reference[i]);
        double deviation = distance(rounded[i], reference[i]);

        if (isfinite(resolved) && resolved > unit)
            unit = resolved;
        if (isfinite(deviation) && deviation > unit)
            unit = deviation;
    }
    for (size_t i = 0; i < count; i++)
        if (!(distance(values[i], reference[i]) <= COLA_NEAR_RATIO * unit))
            return i;
    return SIZE_MAX;
}

/* ---- the walk ---------------------------------------------------------------- */

struct walk {
    const char *op, *dir;
    double unit;                /* of tensors; negative: their bits are compared */
    struct cola_finding *finding;
    size_t tensors, items;      /* compared; elements of "items" begun */
    double error;               /* the largest; NaN when a value is none */
    int wrong;                  /* some value is */
    char first[120];            /* which */
};

static enum cola_status walk(struct walk *w, const json_t *expect, const json_t *answer,
                             const char *path, struct cola_error *err);

/* "items[0][17]": value I of a tensor. */
static void
name_value(char *text, size_t size, const char *path, const struct cola_values *v,
           size_t i)
{
    size_t stride = v->n;
    int at = snprintf(text, size, "%s", path);

    for (int r = 0; r < v->rank && at >= 0 && (size_t)at < size; r++) {
        stride /= v->shape[r];
        at += snprintf(text + at, size - (size_t)at, "[%zu]", i / stride);
        i %= stride;
    }
}

static void
measure(struct walk *w, const struct cola_values *expect,
        const struct cola_values *answer, const char *path)
{
    for (size_t i = 0; i < expect->n; i++) {
        float a = answer->v[i], e = expect->v[i];
        double error = distance(a, e);
        int wrong = w->unit < 0.0 ? !same_bits(a, e) :
                    !(error <= COLA_NEAR_RATIO * w->unit);

        if (isnan(error) || error > w->error)
            w->error = error;   /* once NaN, it stays: no comparison holds */
        if (!wrong || w->wrong)
            continue;
        w->wrong = 1;
        w->finding->at = w->items > 0 ? w->items - 1 : 0;
        name_value(w->first, sizeof w->first, path, expect, i);
        if (w->unit < 0.0) {
            size_t len = strlen(w->first);

            snprintf(w->first + len, sizeof w->first - len, ": %08lx, not %08lx",
                     (unsigned long)cola_f32_bits(a), (unsigned long)cola_f32_bits(e));
        }
    }
    w->tensors++;
}

static enum cola_status
walk_tensor(struct walk *w, const json_t *expect, const json_t *answer, const char *path,
            struct cola_error *err)
{
    struct cola_values e, a;
    struct cola_error own;
    enum cola_status st = cola_wire_tensor(expect, w->dir, path, &e, err);

    if (st != COLA_OK)
        return st;
    st = cola_answer_tensor(answer, &a, &own);
    if (st == COLA_RESOURCE) {
        cola_values_free(&e);
        return cola_fail_memory(err);
    }
    if (st != COLA_OK) {
        cola_finding_fail(w->finding, "%s: %.250s", path, own.text);
    } else {
        if (cola_same_shape(&e, &a))
            measure(w, &e, &a, path);
        else
            cola_finding_fail(w->finding, "%s: %zu values in rows of %zu, not %zu in "
                              "rows of %zu", path, a.n, a.shape[a.rank - 1], e.n,
                              e.shape[e.rank - 1]);
        cola_values_free(&a);
    }
    cola_values_free(&e);
    return COLA_OK;
}

/* The taps of EXPECT that ANSWER has, in the order of their computation, so that
 * the first one wrong is the one where it went wrong. */
static enum cola_status
walk_taps(struct walk *w, const json_t *expect, const json_t *answer,
          struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    for (int tap = 0; tap < COLA_TAPS && st == COLA_OK; tap++) {
        const char *name = cola_tap_name((enum cola_tap)tap);
        const json_t *e = json_object_get(expect, name);
        const json_t *a = json_object_get(answer, name);
        char path[40];

        snprintf(path, sizeof path, "taps.%s", name);
        if (e != NULL && a != NULL)
            st = walk_tensor(w, e, a, path, err);
        else if (e != NULL && tap == COLA_TAP_OUTPUT && strcmp(w->op, "layer") == 0)
            cola_finding_fail(w->finding, "%s is missing", path);
    }
    if (st == COLA_OK && w->tensors == 0 && w->finding->outcome != COLA_FAIL)
        cola_finding_fail(w->finding, "no tap that could be compared");
    return st;
}

static enum cola_status
walk_object(struct walk *w, const json_t *expect, const json_t *answer, const char *path,
            struct cola_error *err)
{
    enum cola_status st = COLA_OK;
    const char *name;
    json_t *member;

    if (!json_is_object(answer)) {
        cola_finding_fail(w->finding, "%s is not an object", path);
        return COLA_OK;
    }
    json_object_foreach((json_t *)(uintptr_t)expect, name, member) {
        const json_t *a = json_object_get(answer, name);
        char inner[160];

        snprintf(inner, sizeof inner, "%.100s%s%.50s", path, *path != '\0' ? "." : "",
                 name);
        if (a == NULL)
            cola_finding_fail(w->finding, "%s is missing", inner);
        else if (strcmp(inner, "taps") == 0 && json_is_object(a))
            st = walk_taps(w, member, a, err);
        else
            st = walk(w, member, a, inner, err);
        if (st != COLA_OK || w->finding->outcome == COLA_FAIL)
            break;
    }
    return st;
}

static enum cola_status
walk_array(struct walk *w, const json_t *expect, const json_t *answer, const char *path,
           struct cola_error *err)
{
    size_t n = json_array_size(expect), got = json_array_size(answer);
    int items = strcmp(path, "items") == 0;
    enum cola_status st = COLA_OK;

    if (!json_is_array(answer)) {
        cola_finding_fail(w->finding, "%s is not an array", path);
        return COLA_OK;
    }
    for (size_t i = 0; i < n && i < got && st == COLA_OK &&
         w->finding->outcome != COLA_FAIL; i++) {
        char inner[160];

        if (items)
            w->items = i + 1;
        snprintf(inner, sizeof inner, "%.130s[%zu]", path, i);
        st = walk(w, json_array_get(expect, i), json_array_get(answer, i), inner, err);
        if (items && w->finding->outcome == COLA_FAIL)
            w->finding->at = i;
    }
    if (st == COLA_OK && got != n && w->finding->outcome != COLA_FAIL)
        cola_finding_fail(w->finding, "%s has %zu elements, not %zu", path, got, n);
    return st;
}

/* VALUE as ASCII in at most 60 bytes. */
static void
print_value(char text[64], const json_t *value)
{
    char *whole = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);

    snprintf(text, 64, "%.57s%s", whole != NULL ? whole : "?",
             whole != NULL && strlen(whole) > 57 ? "..." : "");
    free(whole);
}

static enum cola_status
walk(struct walk *w, const json_t *expect, const json_t *answer, const char *path,
     struct cola_error *err)
{
    char got[64], wanted[64];

    if (json_is_string(json_object_get(expect, "bits")) ||
        json_is_string(json_object_get(expect, "file")))
        return walk_tensor(w, expect, answer, path, err);
    if (json_is_object(expect))
        return walk_object(w, expect, answer, path, err);
    if (json_is_array(expect))
        return walk_array(w, expect, answer, path, err);
    if (json_equal(expect, answer))
        return COLA_OK;
    print_value(got, answer);
    print_value(wanted, expect);
    cola_finding_fail(w->finding, "%s is %s, not %s", path, got, wanted);
    return COLA_OK;
}

/* ---- the three rules --------------------------------------------------------- */

/* ANSWER must be EXPECT, to the last bit. */
static enum cola_status
compare_equal(const struct cola_expected *x, const json_t *expect, const json_t *answer,
              struct cola_finding *finding, struct cola_error *err)
{
    struct walk w = {.op = x->op, .dir = x->dir, .unit = -1.0, .finding = finding};
    enum cola_status st;

    finding->rule = "exact";
    finding->outcome = COLA_PASS;
    st = walk_object(&w, expect, answer, "", err);
    if (st == COLA_OK && w.wrong && finding->outcome != COLA_FAIL)
        cola_finding_fail(finding, "error %.3g first %s", w.error, w.first);
    return st;
}

static void
not_recorded(struct cola_finding *finding, const char *what)
{
    finding->outcome = COLA_NOT_SUPPORTED;
    snprintf(finding->reason, sizeof finding->reason, "the case does not say what %s "
             "does", what);
}

static enum cola_status
compare_ratio(const struct cola_expected *x, const json_t *answer,
              const struct cola_promise *promise, struct cola_finding *finding,
              struct cola_error *err)
{
    struct walk w = {.op = x->op, .dir = x->dir, .finding = finding};
    const json_t *deviation = json_object_get(x->expect, "deviation");
    enum cola_status st;

    if (promise->claim != NULL) {
        const json_t *expect = json_object_get(x->expect, strcmp(promise->claim, "f64") ?
                                               promise->claim : "truth");

        if (expect != NULL)
            return compare_equal(x, expect, answer, finding, err);
        not_recorded(finding, promise->claim);
        return COLA_OK;
    }
    deviation = json_object_get(deviation, promise->type);
    if (!json_is_number(deviation)) {
        not_recorded(finding, promise->type);
        return COLA_OK;
    }
    w.unit = json_number_value(deviation);
    finding->outcome = COLA_PASS;
    st = walk_object(&w, json_object_get(x->expect, "truth"), answer, "", err);
    if (st != COLA_OK || finding->outcome == COLA_FAIL)
        return st;
    finding->ratio = w.error > 0.0 ? w.error / w.unit : w.error;
    if (w.wrong)
        cola_finding_fail(finding, "error %.3g ratio %.3g first %s", w.error,
                          finding->ratio, w.first);
    else if (finding->ratio > COLA_PASS_RATIO)
        finding->outcome = COLA_NEAR;
    return COLA_OK;
}

/*
 * Tokens as far as they are decided.  Two runs with logits in error by E may
 * differ where the gap is below 2 E; E may be COLA_PASS_RATIO deviations.
 */
static enum cola_status
compare_tokens(const struct cola_expected *x, const json_t *answer, double deviation,
               struct cola_finding *finding, struct cola_error *err)
{
    static const char *const ends[] = {"correct", "answer"};
    const json_t *ids = json_object_get(x->expect, "ids");
    const json_t *gaps = json_object_get(x->expect, "gaps");
    const json_t *got = json_object_get(answer, "ids");
    struct walk w = {.op = x->op, .dir = x->dir, .unit = -1.0, .finding = finding};
    enum cola_status st = COLA_OK;

    finding->outcome = COLA_PASS;
    if (!json_is_array(got)) {
        cola_finding_fail(finding, "ids is missing or not an array");
        return COLA_OK;
    }
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const json_t *id = json_array_get(got, i);
        double gap = json_number_value(json_array_get(gaps, i));
        char text[64];

        if (!(gap > 2.0 * COLA_PASS_RATIO * deviation))
            return COLA_OK;
        if (id != NULL && json_equal(id, json_array_get(ids, i)))
            continue;
        print_value(text, id);
        finding->at = i;
        cola_finding_fail(finding, "ids[%zu] is %s, not %" JSON_INTEGER_FORMAT
                          ": gap %.3g", i, id != NULL ? text : "missing",
                          json_integer_value(json_array_get(ids, i)), gap);
        return COLA_OK;
    }
    finding->at = json_array_size(ids);
    if (json_array_size(got) != finding->at) {
        cola_finding_fail(finding, "ids has %zu elements, not %zu", json_array_size(got),
                          finding->at);
        return COLA_OK;
    }
    for (size_t i = 0; i < 2 && st == COLA_OK && finding->outcome != COLA_FAIL; i++) {
        const json_t *e = json_object_get(x->expect, ends[i]);
        const json_t *a = json_object_get(answer, ends[i]);

        if (e != NULL && a == NULL)
            cola_finding_fail(finding, "%s is missing", ends[i]);
        else if (e != NULL)
            st = walk(&w, e, a, ends[i], err);
    }
    return st;
}

static enum cola_status
compare_verdict(const struct cola_expected *x, const json_t *answer,
                const struct cola_promise *promise, struct cola_finding *finding,
                struct cola_error *err)
{
    static const char *const others[] = {"gaps", "deviation", "exact", "int8", "truth"};
    const json_t *deviation = json_object_get(json_object_get(x->expect, "deviation"),
                                              promise->type);
    const json_t *claimed = NULL;
    enum cola_status st;

    if (promise->claim != NULL)
        claimed = json_object_get(x->expect, strcmp(promise->claim, "f64") ?
                                  promise->claim : "truth");
    if (promise->claim != NULL && (claimed != NULL || strcmp(promise->claim, "int8"))) {
        json_t *expect = json_copy((json_t *)(uintptr_t)(claimed != NULL ? claimed :
                                                         x->expect));
        const json_t *ids, *got = json_object_get(answer, "ids");

        if (expect == NULL)
            return cola_fail_memory(err);
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
            json_object_del(expect, others[i]);
        if (claimed == NULL && strcmp(promise->claim, "exact") != 0)
            json_object_del(expect, "margin");  /* the bits of another arithmetic */
        st = compare_equal(x, expect, answer, finding, err);
        ids = json_object_get(expect, "ids");
        while (finding->at < json_array_size(ids) &&
               json_equal(json_array_get(ids, finding->at),
                          json_array_get(got, finding->at)))
            finding->at++;
        json_decref(expect);
        return st;
    }
    if (!json_is_number(deviation)) {
        not_recorded(finding, promise->type);
        return COLA_OK;
    }
    return compare_tokens(x, answer, json_number_value(deviation), finding, err);
}

enum cola_status
cola_compare(const struct cola_expected *expected, const json_t *answer,
             const struct cola_promise *promise, struct cola_finding *finding,
             struct cola_error *err)
{
    *finding = (struct cola_finding){COLA_SKIPPED, "exact", 0.0, 0, ""};
    if (strcmp(expected->rule, "ratio") == 0) {
        finding->rule = "ratio";
        return compare_ratio(expected, answer, promise, finding, err);
    }
    if (strcmp(expected->rule, "verdict") == 0) {
        finding->rule = "verdict";
        return compare_verdict(expected, answer, promise, finding, err);
    }
    return compare_equal(expected, expected->expect, answer, finding, err);
}
