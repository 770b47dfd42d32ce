/*
 * preset.c - the table of presets, and the table of their fields
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "search/preset.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"

/* ---- fields ---------------------------------------------------------------- */

enum kind { NAME, INTEGER, SEED, REAL, CHOICE };

static const char *const spaces[] = {"skip", "repeat", "both", "any", NULL};
static const char *const mechanics[] = {"widening", "released", NULL};
static const char *const generators[] = {"splitmix64-sample", "cpython-shared", NULL};

struct field {
    const char *name;
    enum kind kind;
    size_t offset;
    double lo, hi;              /* of integers and reals */
    const char *const *choices;
};

#define AT(member) offsetof(struct cola_preset, member)

static const struct field fields[] = {
    {"preset", NAME, AT(name), 0, 0, NULL},
    {"layers", INTEGER, AT(layers), 1, COLA_CHAIN_MAX, NULL},
    {"mechanics", CHOICE, AT(mechanics), 0, 0, mechanics},
    {"generator", CHOICE, AT(generator), 0, 0, generators},
    {"seed", SEED, AT(seed), 0, 0, NULL},
    {"simulations", INTEGER, AT(simulations), 0, 100000000, NULL},
    {"space", CHOICE, AT(rules.space), 0, 0, spaces},
    {"min_length", INTEGER, AT(rules.min_length), 1, COLA_CHAIN_MAX, NULL},
    {"max_length", INTEGER, AT(rules.max_length), 1, COLA_CHAIN_MAX, NULL},
    {"block_root", INTEGER, AT(rules.block_root), 1, 64, NULL},
    {"block", INTEGER, AT(rules.block), 1, 64, NULL},
    {"extra", INTEGER, AT(rules.extra), 1, 64, NULL},
    {"multiplicity", INTEGER, AT(rules.multiplicity), 0, COLA_CHAIN_MAX, NULL},
    {"c2", REAL, AT(c2), 0, 1e6, NULL},
    {"lambda", REAL, AT(lambda), 0, 1e6, NULL},
    {"epsilon", REAL, AT(epsilon), 0, 1, NULL},
    {"widening", REAL, AT(widening), 0, 1e6, NULL},
};

#define FIELDS (sizeof fields / sizeof fields[0])

static void *
place_of(struct cola_preset *preset, const struct field *f)
{
    return (char *)preset + f->offset;
}

static const void *
value_of(const struct cola_preset *preset, const struct field *f)
{
    return (const char *)preset + f->offset;
}

enum cola_status
cola_preset_set(struct cola_preset *preset, const char *name, const char *value,
                const char *place, struct cola_error *err)
{
    const struct field *f = fields;
    int64_t integer;
    double real;

    while (f < fields + FIELDS && strcmp(f->name, name) != 0)
        f++;
    if (f == fields + FIELDS)
        return cola_fail(err, COLA_INPUT, "%s: presets have no field \"%s\"", place,
                         name);
    switch (f->kind) {
    case NAME:
        if (strlen(value) >= sizeof preset->name || *value == '\0')
            return cola_fail(err, COLA_INPUT, "%s: a preset's name has 1 to %zu "
                             "characters", place, sizeof preset->name - 1);
        strcpy(preset->name, value);
        return COLA_OK;
    case INTEGER:
        if (!cola_parse_integer(value, (int64_t)f->lo, (int64_t)f->hi, &integer))
            return cola_fail(err, COLA_INPUT, "%s: %s is \"%s\", must be an integer "
                             "from %.0f to %.0f", place, name, value, f->lo, f->hi);
        *(int *)place_of(preset, f) = (int)integer;
        return COLA_OK;
    case SEED:
        if (!cola_parse_integer(value, 0, INT64_MAX, &integer))
            return cola_fail(err, COLA_INPUT, "%s: seed is \"%s\", must be an integer "
                             "from 0 to %" PRId64, place, value, INT64_MAX);
        preset->seed = (uint64_t)integer;
        return COLA_OK;
    case REAL:
        if (!cola_parse_real(value, &real) || real < f->lo || real > f->hi)
            return cola_fail(err, COLA_INPUT, "%s: %s is \"%s\", must be a number from "
                             "%g to %g", place, name, value, f->lo, f->hi);
        *(double *)place_of(preset, f) = real;
        return COLA_OK;
    case CHOICE:
        for (int i = 0; f->choices[i] != NULL; i++)
            if (strcmp(value, f->choices[i]) == 0) {
                /* every enum here is stored as the int it is */
                memcpy(place_of(preset, f), &i, sizeof i);
                return COLA_OK;
            }
        return cola_fail(err, COLA_INPUT, "%s: %s is \"%s\", must be one of %s, %s%s%s%s",
                         place, name, value, f->choices[0], f->choices[1],
                         f->choices[2] != NULL ? ", " : "",
                         f->choices[2] != NULL ? f->choices[2] : "",
                         f->choices[2] != NULL ? ", any" : "");
    }
    return COLA_OK;
}

enum cola_status
cola_preset_read(struct cola_preset *preset, json_t *object, const char *place,
                 struct cola_error *err)
{
    struct cola_preset p = *preset;
    enum cola_status st = COLA_OK;
    const char *name;
    json_t *v;

    if (!json_is_object(object))
        return cola_fail(err, COLA_INPUT, "%s: not a JSON object", place);
    json_object_foreach(object, name, v) {
        char *text = json_is_string(v) ? cola_strdup(json_string_value(v)) :
                     json_dumps(v, JSON_ENCODE_ANY);

        st = text == NULL ? cola_fail_memory(err) :
             cola_preset_set(&p, name, text, place, err);
        free(text);
        if (st != COLA_OK)
            return st;
    }
    *preset = p;
    return COLA_OK;
}

enum cola_status
cola_preset_load(struct cola_preset *preset, const char *path, struct cola_error *err)
{
    json_t *object;
    enum cola_status st = cola_json_load(path, &object, err);

    if (st != COLA_OK)
        return st;
    st = cola_preset_read(preset, object, path, err);
    json_decref(object);
    return st;
}

enum cola_status
cola_preset_check(const struct cola_preset *p, struct cola_error *err)
{
    if (p->rules.min_length > p->rules.max_length)
        return cola_fail(err, COLA_INPUT, "preset %s: min_length %d is above max_length "
                         "%d", p->name, p->rules.min_length, p->rules.max_length);
    if (p->rules.layers != p->layers)
        return cola_fail(err, COLA_INPUT, "preset %s: made for %d layers, the model has "
                         "%d", p->name, p->layers, p->rules.layers);
    return COLA_OK;
}

void
cola_preset_add_json(struct cola_buffer *b, const struct cola_preset *preset, int spaced)
{
    for (const struct field *f = fields; f < fields + FIELDS; f++) {
        const void *v = value_of(preset, f);
        char text[32];
        int choice;

        cola_buffer_printf(b, "%s%s\"%s\":%s", f == fields ? "{" : ",",
                           spaced ? "\n  " : "", f->name, spaced ? " " : "");
        switch (f->kind) {
        case NAME:
            cola_json_add_text(b, preset->name, strlen(preset->name));
            break;
        case INTEGER:
            cola_buffer_printf(b, "%d", *(const int *)v);
            break;
        case SEED:
            cola_buffer_printf(b, "%" PRIu64, preset->seed);
            break;
        case REAL:
            cola_print_f64(text, *(const double *)v);
            cola_buffer_text(b, text);
            break;
        case CHOICE:
            memcpy(&choice, v, sizeof choice);
            cola_buffer_printf(b, "\"%s\"", f->choices[choice]);
            break;
        }
    }
    cola_buffer_text(b, spaced ? "\n}\n" : "}");
}

/* ---- presets --------------------------------------------------------------- */

static const struct entry {
    const char *summary;
    int windows;                /* lengths by depth, below; else 1 .. 2L */
    struct cola_preset preset;
} presets[] = {
    {
        "the paper's text taken literally and made complete (the default)", 0,
        {
            .name = "cola-2025", .mechanics = COLA_WIDENING,
            .generator = COLA_SPLITMIX_SAMPLE, .seed = 42, .simulations = 200,
            .rules = {.space = COLA_SPACE_BOTH, .block_root = 4, .block = 4,
                      .extra = 4, .multiplicity = 0},
            .c2 = 2.0, .lambda = 5.0, .epsilon = 0.1, .widening = 2.0,
        },
    },
    {
        "the released search, exact to the last random draw", 1,
        {
            .name = "polar-2026", .mechanics = COLA_RELEASED,
            .generator = COLA_CPYTHON_SHARED, .seed = 42, .simulations = 100,
            .rules = {.space = COLA_SPACE_BOTH, .block_root = 4, .block = 1,
                      .extra = 1, .multiplicity = 2},
            .c2 = 2.0, .lambda = 5.0, .epsilon = 0.1, .widening = 0.0,
        },
    },
};

#define PRESETS (sizeof presets / sizeof presets[0])

/* Released code has 24, 28, 36 and 48; the others are our guess. */
static const struct {
    int layers, min, max;
} windows[] = {
    {12, 6, 20}, {16, 8, 20}, {24, 16, 28}, {28, 16, 32},
    {32, 20, 36}, {36, 24, 44}, {48, 36, 54},
};

const char *
cola_preset_name(size_t i)
{
    return i < PRESETS ? presets[i].preset.name : NULL;
}

const char *
cola_preset_summary(size_t i)
{
    return i < PRESETS ? presets[i].summary : NULL;
}

enum cola_status
cola_preset_find(const char *name, int layers, struct cola_preset **preset,
                 struct cola_error *err)
{
    const struct entry *e = presets;
    struct cola_preset *p;
    struct cola_buffer known = COLA_BUFFER_EMPTY;

    while (e < presets + PRESETS && strcmp(e->preset.name, name) != 0) {
        cola_buffer_printf(&known, " %s", e->preset.name);
        e++;
    }
    if (e == presets + PRESETS) {
        enum cola_status st = cola_fail(err, COLA_INPUT, "no preset is called \"%s\"; "
                                        "there are:%s", name, known.data);

        cola_buffer_free(&known);
        return st;
    }
    cola_buffer_free(&known);
    if (layers < 1 || layers > COLA_CHAIN_MAX)
        return cola_fail(err, COLA_INPUT, "a search needs 1 to %d layers, not %d",
                         COLA_CHAIN_MAX, layers);
    p = cola_alloc(1, sizeof *p);
    if (p == NULL)
        return cola_fail_memory(err);
    *p = e->preset;
    p->layers = p->rules.layers = layers;
    p->rules.min_length = e->windows ? (layers + 1) / 2 : 1;
    p->rules.max_length = 2 * layers < COLA_CHAIN_MAX ? 2 * layers : COLA_CHAIN_MAX;
    for (size_t i = 0; e->windows && i < sizeof windows / sizeof windows[0]; i++)
        if (windows[i].layers == layers) {
            p->rules.min_length = windows[i].min;
            p->rules.max_length = windows[i].max;
        }
    *preset = p;
    return COLA_OK;
}

void
cola_preset_free(struct cola_preset *preset)
{
    free(preset);
}
