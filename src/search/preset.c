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
static const char *const mechanics[] = {"widening", "released", "one-child", "edit-sets",
                                        NULL};
static const char *const generators[] = {"splitmix64-sample", "cpython-shared",
                                         "cpython-sample", NULL};
static const char *const placements[] = {"nested", "disjoint", NULL};
static const char *const formulas[] = {"c-inside", "c-outside", NULL};
static const char *const vs[] = {"global", "parent", "stored", NULL};
static const char *const unvisited[] = {"first", "last", NULL};
static const char *const epsilon_rules[] = {"best", "any", "untried", NULL};
static const char *const ends[] = {"never", "better", "shorter", "shorter-by-two", NULL};

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
    {"widening_power", REAL, AT(widening_power), 0, 1, NULL},
    {"block_repeat", INTEGER, AT(rules.block_repeat), 0, 64, NULL},
    {"placement", CHOICE, AT(rules.placement), 0, 0, placements},
    {"formula", CHOICE, AT(formula), 0, 0, formulas},
    {"v", CHOICE, AT(v), 0, 0, vs},
    {"unvisited", CHOICE, AT(unvisited), 0, 0, unvisited},
    {"epsilon_rule", CHOICE, AT(epsilon_rule), 0, 0, epsilon_rules},
    {"stop", CHOICE, AT(stop), 0, 0, ends},
    {"first_counts", INTEGER, AT(first_counts), 0, 1, NULL},
    {"noops", INTEGER, AT(noops), 0, 1, NULL},
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

static enum cola_status
refuse_choice(const struct field *f, const char *value, const char *place,
              struct cola_error *err)
{
    struct cola_buffer known = COLA_BUFFER_EMPTY;
    enum cola_status st;

    for (int i = 0; f->choices[i] != NULL; i++)
        cola_buffer_printf(&known, i > 0 ? ", %s" : "%s", f->choices[i]);
    st = cola_buffer_ok(&known, err);
    if (st == COLA_OK)
        st = cola_fail(err, COLA_INPUT, "%s: %s is \"%s\", must be one of %s", place,
                       f->name, value, known.data);
    cola_buffer_free(&known);
    return st;
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
        return refuse_choice(f, value, place, err);
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

/* ---- what a mechanics cannot do -------------------------------------------- */

static int
draws_for_untried(const struct cola_preset *p)
{
    return p->epsilon_rule == COLA_EPSILON_UNTRIED;
}

static int
draws_otherwise(const struct cola_preset *p)
{
    return p->epsilon_rule != COLA_EPSILON_BEST;
}

static int
draws_for_children(const struct cola_preset *p)
{
    return p->epsilon_rule != COLA_EPSILON_UNTRIED;
}

static int
stores_values(const struct cola_preset *p)
{
    return p->v == COLA_V_STORED;
}

static int
has_noops(const struct cola_preset *p)
{
    return p->noops > 0;
}

static int
limits_layers(const struct cola_preset *p)
{
    return p->rules.multiplicity > 0;
}

static int
moves_or_inserts(const struct cola_preset *p)
{
    return p->rules.space == COLA_SPACE_ANY;
}

static int
nests(const struct cola_preset *p)
{
    return p->rules.placement != COLA_DISJOINT;
}

static int
keeps_apart(const struct cola_preset *p)
{
    return p->rules.placement != COLA_NESTED;
}

static const struct {
    enum cola_mechanics mechanics;
    int (*broken)(const struct cola_preset *p);
    const char *has;
} limits[] = {
    {COLA_WIDENING, draws_for_untried, "no epsilon_rule \"untried\""},
    {COLA_WIDENING, has_noops, "no noops"},
    {COLA_RELEASED, draws_otherwise, "the epsilon_rule \"best\" alone"},
    {COLA_RELEASED, has_noops, "no noops"},
    {COLA_ONE_CHILD, draws_otherwise, "the epsilon_rule \"best\" alone"},
    {COLA_ONE_CHILD, limits_layers, "no multiplicity"},
    {COLA_ONE_CHILD, moves_or_inserts, "no space \"any\""},
    {COLA_ONE_CHILD, keeps_apart, "the placement \"nested\" alone"},
    {COLA_EDIT_SETS, draws_for_children, "the epsilon_rule \"untried\" alone"},
    {COLA_EDIT_SETS, stores_values, "no v \"stored\""},
    {COLA_EDIT_SETS, has_noops, "no noops"},
    {COLA_EDIT_SETS, limits_layers, "no multiplicity"},
    {COLA_EDIT_SETS, moves_or_inserts, "no space \"any\""},
    {COLA_EDIT_SETS, nests, "the placement \"disjoint\" alone"},
};

enum cola_status
cola_preset_check(const struct cola_preset *p, struct cola_error *err)
{
    if (p->rules.min_length > p->rules.max_length)
        return cola_fail(err, COLA_INPUT, "preset %s: min_length %d is above max_length "
                         "%d", p->name, p->rules.min_length, p->rules.max_length);
    if (p->rules.layers != p->layers)
        return cola_fail(err, COLA_INPUT, "preset %s: made for %d layers, the model has "
                         "%d", p->name, p->layers, p->rules.layers);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        if (limits[i].mechanics == p->mechanics && limits[i].broken(p))
            return cola_fail(err, COLA_INPUT, "preset %s: the mechanics \"%s\" has %s",
                             p->name, mechanics[p->mechanics], limits[i].has);
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

enum window { TWICE, BY_DEPTH, FIFTY_SIX };

static const struct entry {
    const char *summary;
    enum window window;         /* 1 .. 2L; by depth, below; 1 .. 56 */
    struct cola_preset preset;
} presets[] = {
    {
        "the paper's text taken literally and made complete (the default)", TWICE,
        {
            .name = "cola-2025", .mechanics = COLA_WIDENING,
            .generator = COLA_SPLITMIX_SAMPLE, .seed = 42, .simulations = 200,
            .rules = {.space = COLA_SPACE_BOTH, .block_root = 4, .block = 4,
                      .extra = 4, .multiplicity = 0},
            .c2 = 2.0, .lambda = 5.0, .formula = COLA_C_INSIDE, .v = COLA_V_GLOBAL,
            .unvisited = COLA_UNVISITED_FIRST,
            .epsilon = 0.1, .epsilon_rule = COLA_EPSILON_BEST,
            .widening = 2.0, .widening_power = 0.5, .stop = COLA_ENDS_NEVER,
        },
    },
    {
        "the released search, exact to the last random draw", BY_DEPTH,
        {
            .name = "polar-2026", .mechanics = COLA_RELEASED,
            .generator = COLA_CPYTHON_SHARED, .seed = 42, .simulations = 100,
            .rules = {.space = COLA_SPACE_BOTH, .block_root = 4, .block = 1,
                      .extra = 1, .multiplicity = 2},
            .c2 = 2.0, .lambda = 5.0, .formula = COLA_C_INSIDE, .v = COLA_V_STORED,
            .unvisited = COLA_UNVISITED_LAST,
            .epsilon = 0.1, .epsilon_rule = COLA_EPSILON_BEST,
            .widening = 0.0, .widening_power = 0.5, .stop = COLA_ENDS_NEVER,
        },
    },
    {
        "the released search with the 200 simulations of the 2025 paper", BY_DEPTH,
        {
            .name = "cola-reconstructed", .mechanics = COLA_RELEASED,
            .generator = COLA_CPYTHON_SHARED, .seed = 42, .simulations = 200,
            .rules = {.space = COLA_SPACE_BOTH, .block_root = 4, .block = 1,
                      .extra = 1, .multiplicity = 2},
            .c2 = 2.0, .lambda = 5.0, .formula = COLA_C_INSIDE, .v = COLA_V_STORED,
            .unvisited = COLA_UNVISITED_LAST,
            .epsilon = 0.1, .epsilon_rule = COLA_EPSILON_BEST,
            .widening = 0.0, .widening_power = 0.5, .stop = COLA_ENDS_NEVER,
        },
    },
    {
        "Dr.LLM's Algorithm 1, where it is silent as stated", TWICE,
        {
            .name = "drllm-paper", .mechanics = COLA_WIDENING,
            .generator = COLA_SPLITMIX_SAMPLE, .seed = 42, .simulations = 50,
            .rules = {.space = COLA_SPACE_BOTH, .block_root = 2, .block = 2,
                      .block_repeat = 1, .extra = 1, .multiplicity = 2},
            .c2 = 3.24, .lambda = 3.0, .formula = COLA_C_OUTSIDE, .v = COLA_V_PARENT,
            .unvisited = COLA_UNVISITED_FIRST,
            .epsilon = 0.1, .epsilon_rule = COLA_EPSILON_ANY,
            .widening = 1e6, .widening_power = 0.5, .stop = COLA_ENDS_BETTER,
        },
    },
    {
        "Dr.LLM's program: one child a node, a random walk (degenerate)", FIFTY_SIX,
        {
            .name = "drllm-code", .mechanics = COLA_ONE_CHILD,
            .generator = COLA_SPLITMIX_SAMPLE, .seed = 42, .simulations = 200,
            .rules = {.space = COLA_SPACE_BOTH, .block_root = 2, .block = 2,
                      .block_repeat = 1, .extra = 1, .multiplicity = 0},
            .c2 = 3.24, .lambda = 3.0, .formula = COLA_C_OUTSIDE, .v = COLA_V_GLOBAL,
            .unvisited = COLA_UNVISITED_FIRST,
            .epsilon = 0.1, .epsilon_rule = COLA_EPSILON_BEST,
            .widening = 0.0, .widening_power = 0.5, .stop = COLA_ENDS_BY_TWO,
            .first_counts = 1, .noops = 1,
        },
    },
    {
        "RE-PoLar's search over sets of disjoint edits, exact to the last draw", TWICE,
        {
            .name = "re-polar", .mechanics = COLA_EDIT_SETS,
            .generator = COLA_CPYTHON_SAMPLE, .seed = 42, .simulations = 100,
            .rules = {.space = COLA_SPACE_BOTH, .block_root = 4, .block = 4,
                      .extra = 1, .multiplicity = 0, .placement = COLA_DISJOINT},
            .c2 = 1.999396, .lambda = 5.0, .formula = COLA_C_OUTSIDE,
            .v = COLA_V_GLOBAL, .unvisited = COLA_UNVISITED_FIRST,
            .epsilon = 0.0, .epsilon_rule = COLA_EPSILON_UNTRIED,
            .widening = 2.0, .widening_power = 0.5, .stop = COLA_ENDS_NEVER,
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
    p->rules.min_length = e->window == BY_DEPTH ? (layers + 1) / 2 : 1;
    p->rules.max_length = e->window == FIFTY_SIX ? 56 :
                          2 * layers < COLA_CHAIN_MAX ? 2 * layers : COLA_CHAIN_MAX;
    for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++)
        if (e->window == BY_DEPTH && windows[i].layers == layers) {
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
