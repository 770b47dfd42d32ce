/*
 * edit.c - the edits of a chain in canonical order
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "chain/edit.h"

#include <string.h>

static const char *const space_names[] = {"skip", "repeat", "both", "any"};

const char *
cola_space_name(enum cola_space space)
{
    return space_names[space];
}

int
cola_space_find(const char *name, enum cola_space *space)
{
    for (int i = 0; i < 4; i++)
        if (strcmp(name, space_names[i]) == 0) {
            *space = (enum cola_space)i;
            return 1;
        }
    return 0;
}

void
cola_rules_paper(struct cola_rules *rules, enum cola_space space, int layers)
{
    *rules = (struct cola_rules){
        .space = space, .layers = layers,
        .min_length = 1, .max_length = 2 * layers,
        .block_root = 4, .block = 4, .extra = 4, .multiplicity = 0,
    };
}

size_t
cola_edits_most(const struct cola_rules *rules)
{
    size_t len = (size_t)rules->max_length, k, n = 0;

    /* A search may start from a chain longer than the window. */
    if (rules->layers > rules->max_length)
        len = (size_t)rules->layers;
    k = (size_t)(rules->block_root > rules->block ? rules->block_root : rules->block);
    if ((size_t)rules->block_repeat > k)
        k = (size_t)rules->block_repeat;
    if (rules->space != COLA_SPACE_REPEAT)
        n += len * k;
    if (rules->space != COLA_SPACE_SKIP)
        n += len * k * (size_t)rules->extra;
    if (rules->space == COLA_SPACE_ANY)
        n += len * k * len + (len + 1) * (size_t)rules->layers;
    return n;
}

static int
occurrences(const struct cola_chain *chain, uint16_t layer)
{
    int n = 0;

    for (int i = 0; i < chain->len; i++)
        n += chain->at[i] == layer;
    return n;
}

/* Would every layer occur LIMIT times at most with EXTRA more of LAYER? */
static int
within_multiplicity(const struct cola_chain *chain, uint16_t layer, int extra,
                    int limit)
{
    if (occurrences(chain, layer) + extra > limit)
        return 0;
    for (int i = 0; i < chain->len; i++)
        if (occurrences(chain, chain->at[i]) > limit)
            return 0;
    return 1;
}

/* How many positions from I on, MOST or less, no edit has touched. */
static int
untouched(const struct cola_chain *chain, int i, int most)
{
    int n = 0;

    while (n < most && i + n < chain->len && chain->at[i + n] == chain->at[i] + n &&
           occurrences(chain, chain->at[i + n]) == 1)
        n++;
    return n;
}

static int
least(int a, int b)
{
    return a < b ? a : b;
}

size_t
cola_edits(const struct cola_rules *rules, const struct cola_chain *chain, int root,
           struct cola_edit *edits)
{
    int len = chain->len, block = root ? rules->block_root : rules->block;
    int again = rules->block_repeat > 0 ? rules->block_repeat : block;
    int skips = rules->space != COLA_SPACE_REPEAT;
    int repeats = rules->space != COLA_SPACE_SKIP;
    int any = rules->space == COLA_SPACE_ANY;
    int in_window = len >= rules->min_length && len <= rules->max_length;
    size_t n = 0;

#define ADD(KIND, SIZE, ARG) \
    (edits[n++] = (struct cola_edit){(KIND), (uint16_t)i, (uint16_t)(SIZE), \
                                     (uint16_t)(ARG)})
    for (int i = 0; i <= len; i++) {
        int room = rules->placement == COLA_NESTED ? len - i :
                   untouched(chain, i, block > again ? block : again);
        int most = least(room, block);

        for (int k = 1; skips && k <= most; k++)
            if (len - k >= rules->min_length && len - k <= rules->max_length)
                ADD(COLA_SKIP, k, 0);
        for (int k = 1; repeats && k <= least(room, again); k++)
            for (int r = 1; r <= rules->extra; r++)
                if (len + k * r >= rules->min_length &&
                    len + k * r <= rules->max_length &&
                    (k > 1 || rules->multiplicity == 0 ||
                     within_multiplicity(chain, chain->at[i], r, rules->multiplicity)))
                    ADD(COLA_REPEAT, k, r);
        for (int k = 1; any && in_window && k <= most; k++)
            for (int to = 0; to <= len - k; to++)
                if (to != i)
                    ADD(COLA_MOVE, k, to);
        for (int layer = 0; any && layer < rules->layers; layer++)
            if (len + 1 >= rules->min_length && len + 1 <= rules->max_length)
                ADD(COLA_INSERT, 1, layer);
    }
#undef ADD
    return n;
}

/* Copy COUNT layers of CHAIN from position FROM to the end of RESULT. */
static void
take(const struct cola_chain *chain, int from, int count, struct cola_chain *result)
{
    memcpy(result->at + result->len, chain->at + from,
           (size_t)count * sizeof chain->at[0]);
    result->len += count;
}

void
cola_edit_apply(const struct cola_chain *chain, struct cola_edit edit,
                struct cola_chain *result)
{
    int i = edit.at, k = edit.size, arg = edit.arg;

    result->len = 0;
    switch ((enum cola_edit_kind)edit.kind) {
    case COLA_SKIP:
        take(chain, 0, i, result);
        take(chain, i + k, chain->len - i - k, result);
        break;
    case COLA_REPEAT:
        take(chain, 0, i + k, result);
        for (int r = 0; r < arg; r++)
            take(chain, i, k, result);
        take(chain, i + k, chain->len - i - k, result);
        break;
    case COLA_MOVE:
        if (arg < i) {
            take(chain, 0, arg, result);
            take(chain, i, k, result);
            take(chain, arg, i - arg, result);
            take(chain, i + k, chain->len - i - k, result);
        } else {
            take(chain, 0, i, result);
            take(chain, i + k, arg - i, result);
            take(chain, i, k, result);
            take(chain, arg + k, chain->len - arg - k, result);
        }
        break;
    case COLA_INSERT:
        take(chain, 0, i, result);
        result->at[result->len++] = (uint16_t)arg;
        take(chain, i, chain->len - i, result);
        break;
    }
}

void
cola_edit_add_text(struct cola_buffer *b, struct cola_edit edit)
{
    static const char *const name[] = {"skip", "repeat", "move", "insert"};

    cola_buffer_printf(b, "%s(%d", name[edit.kind], edit.at);
    if (edit.kind != COLA_INSERT)
        cola_buffer_printf(b, ",%d", edit.size);
    if (edit.kind != COLA_SKIP)
        cola_buffer_printf(b, ",%d", edit.arg);
    cola_buffer_text(b, ")");
}
