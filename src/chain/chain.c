/*
 * chain.c - parse, print and compare chains; sets of chains
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "chain/chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

#define NESTING_MAX 16          /* groups within groups */

void
cola_chain_identity(struct cola_chain *chain, int layers)
{
    chain->len = layers;
    for (int i = 0; i < layers; i++)
        chain->at[i] = (uint16_t)i;
}

enum cola_status
cola_chain_fits(const struct cola_chain *chain, int layers, struct cola_error *err)
{
    if (chain->len < 0 || chain->len > COLA_CHAIN_MAX)
        return cola_fail(err, COLA_INPUT, "a chain has 0 to %d positions, not %d",
                         COLA_CHAIN_MAX, chain->len);
    for (int i = 0; i < chain->len; i++)
        if (chain->at[i] >= layers)
            return cola_fail(err, COLA_INPUT, "chain position %d names layer %d; the "
                             "model has layers 0-%d", i, chain->at[i], layers - 1);
    return COLA_OK;
}

int
cola_chain_unique(const struct cola_chain *chain)
{
    uint64_t seen[(UINT16_MAX + 1) / 64] = {0};
    int n = 0;

    for (int i = 0; i < chain->len; i++) {
        uint64_t bit = UINT64_C(1) << chain->at[i] % 64;

        n += (seen[chain->at[i] / 64] & bit) == 0;
        seen[chain->at[i] / 64] |= bit;
    }
    return n;
}

int
cola_chain_cmp(const struct cola_chain *a, const struct cola_chain *b)
{
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    for (int i = 0; i < a->len; i++)
        if (a->at[i] != b->at[i])
            return a->at[i] < b->at[i] ? -1 : 1;
    return 0;
}

int
cola_chain_rank(const struct cola_chain *a, const struct cola_chain *b)
{
    int ua, ub;

    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    ua = cola_chain_unique(a);
    ub = cola_chain_unique(b);
    if (ua != ub)
        return ua < ub ? -1 : 1;
    return cola_chain_cmp(a, b);
}

/* ---- reading -------------------------------------------------------------- */

struct reader {
    const char *text, *at;
    struct cola_chain chain;
    struct cola_error *err;
};

static enum cola_status
complain(struct reader *r, const char *reason)
{
    return cola_fail(r->err, COLA_INPUT, "chain \"%.100s\": character %d: %s", r->text,
                     (int)(r->at - r->text) + 1, reason);
}

static void
blanks(struct reader *r)
{
    while (*r->at == ' ' || *r->at == '\t')
        r->at++;
}

static enum cola_status
number(struct reader *r, int limit, const char *too_large, int *value)
{
    int v = 0;

    blanks(r);
    if (*r->at < '0' || *r->at > '9')
        return complain(r, "a number is expected here");
    for (; *r->at >= '0' && *r->at <= '9'; r->at++) {
        v = v * 10 + (*r->at - '0');
        if (v > limit)
            return complain(r, too_large);
    }
    blanks(r);
    *value = v;
    return COLA_OK;
}

static enum cola_status
append(struct reader *r, int first, int last)
{
    if (last - first >= COLA_CHAIN_MAX - r->chain.len)
        return complain(r, "the chain is longer than 1024 positions");
    for (int layer = first; layer <= last; layer++)
        r->chain.at[r->chain.len++] = (uint16_t)layer;
    return COLA_OK;
}

static enum cola_status
range(struct reader *r)
{
    static const char *const high = "no layer has a number above 65534";
    int first, last;
    enum cola_status st = number(r, UINT16_MAX - 1, high, &first);

    if (st != COLA_OK)
        return st;
    last = first;
    if (*r->at == '-') {
        r->at++;
        st = number(r, UINT16_MAX - 1, high, &last);
        if (st != COLA_OK)
            return st;
        if (last < first)
            return complain(r, "a range must rise");
    }
    return append(r, first, last);
}

static enum cola_status items(struct reader *r, int nesting);

static enum cola_status
group(struct reader *r, int nesting)
{
    int begin = r->chain.len, size, times = 1;
    enum cola_status st;

    if (nesting == NESTING_MAX)
        return complain(r, "groups are nested too deeply");
    r->at++;                            /* the parenthesis */
    blanks(r);
    if (*r->at != ')') {
        st = items(r, nesting + 1);
        if (st != COLA_OK)
            return st;
    }
    if (*r->at != ')')
        return complain(r, "a comma or a closing parenthesis is expected here");
    r->at++;
    blanks(r);
    if (*r->at == 'x') {
        r->at++;
        st = number(r, COLA_CHAIN_MAX, "a group is repeated 1024 times at most",
                    &times);
        if (st != COLA_OK)
            return st;
        if (times == 0)
            return complain(r, "a group is executed at least once");
    }
    size = r->chain.len - begin;
    if (size * (times - 1) > COLA_CHAIN_MAX - r->chain.len)
        return complain(r, "the chain is longer than 1024 positions");
    for (int i = 0; i < size * (times - 1); i++)
        r->chain.at[r->chain.len++] = r->chain.at[begin + i];
    return COLA_OK;
}

static enum cola_status
items(struct reader *r, int nesting)
{
    for (;;) {
        enum cola_status st;

        blanks(r);
        st = *r->at == '(' ? group(r, nesting) : range(r);
        if (st != COLA_OK)
            return st;
        if (*r->at != ',')
            return COLA_OK;
        r->at++;
    }
}

enum cola_status
cola_chain_parse(const char *text, struct cola_chain *chain, struct cola_error *err)
{
    struct reader r = {text, text, {0, {0}}, err};
    enum cola_status st = items(&r, 0);

    if (st != COLA_OK)
        return st;
    if (*r.at != '\0')
        return complain(&r, "a comma or the end is expected here");
    *chain = r.chain;
    return COLA_OK;
}

/* ---- writing -------------------------------------------------------------- */

/* The text of the run of consecutive layers that begins at *AT, which moves
 * past it. */
static int
print_run(const struct cola_chain *chain, int *at, char text[16])
{
    int i = *at, j = i + 1;

    while (j < chain->len && chain->at[j] == chain->at[j - 1] + 1)
        j++;
    *at = j;
    return snprintf(text, 16, j - i > 1 ? "%s%d-%d" : "%s%d", i > 0 ? "," : "",
                    chain->at[i], chain->at[j - 1]);
}

void
cola_chain_add_text(struct cola_buffer *b, const struct cola_chain *chain)
{
    char run[16];

    if (chain->len == 0)
        cola_buffer_text(b, "()");
    for (int i = 0; i < chain->len;)
        cola_buffer_bytes(b, run, (size_t)print_run(chain, &i, run));
}

size_t
cola_chain_print(const struct cola_chain *chain, char *text, size_t size)
{
    char run[16];
    size_t len = 0;

    if (chain->len == 0)
        return (size_t)snprintf(text, size, "()");
    for (int i = 0; i < chain->len;) {
        size_t n = (size_t)print_run(chain, &i, run);

        if (len < size)
            snprintf(text + len, size - len, "%s", run);
        len += n;
    }
    return len;
}

void
cola_chain_add_json(struct cola_buffer *b, const struct cola_chain *chain)
{
    cola_buffer_text(b, "[");
    for (int i = 0; i < chain->len; i++)
        cola_buffer_printf(b, i > 0 ? ",%d" : "%d", chain->at[i]);
    cola_buffer_text(b, "]");
}

/* ---- sets ------------------------------------------------------------------ */

void
cola_chain_set_free(struct cola_chain_set *set)
{
    free(set->begin);
    free(set->layers);
    free(set->slots);
    memset(set, 0, sizeof *set);
}

static size_t
hash(const uint16_t *layers, size_t len)
{
    return (size_t)cola_fnv1a(COLA_FNV_START, layers, len * sizeof *layers);
}

/* The slot that holds CHAIN, or the free one where it belongs. */
static size_t
slot_of(const struct cola_chain_set *set, const struct cola_chain *chain)
{
    size_t len = (size_t)chain->len, mask = set->slot_count - 1;
    size_t s = hash(chain->at, len) & mask;

    for (; set->slots[s] != 0; s = (s + 1) & mask) {
        size_t i = set->slots[s] - 1;

        if (set->begin[i + 1] - set->begin[i] == len &&
            memcmp(set->layers + set->begin[i], chain->at,
                   len * sizeof *chain->at) == 0)
            break;
    }
    return s;
}

static int
rehash(struct cola_chain_set *set, size_t slot_count)
{
    size_t *slots = cola_alloc(slot_count, sizeof *slots);

    if (slots == NULL)
        return 0;
    for (size_t i = 0; i < set->count; i++) {
        size_t s = hash(set->layers + set->begin[i],
                        set->begin[i + 1] - set->begin[i]) & (slot_count - 1);

        while (slots[s] != 0)
            s = (s + 1) & (slot_count - 1);
        slots[s] = i + 1;
    }
    free(set->slots);
    set->slots = slots;
    set->slot_count = slot_count;
    return 1;
}

/* Room for one more chain of LEN layers, the table at most half full. */
static int
make_room(struct cola_chain_set *set, size_t len)
{
    size_t used = set->count > 0 ? set->begin[set->count] : 0;

    if (set->count + 2 > set->count_room) {
        size_t room = set->count_room * 2 + 64;
        size_t *begin = cola_realloc(set->begin, room, sizeof *begin);

        if (begin == NULL)
            return 0;
        set->begin = begin;
        set->begin[0] = 0;
        set->count_room = room;
    }
    if (used + len > set->layers_room) {
        size_t room = set->layers_room * 2 + len + 1024;
        uint16_t *layers = cola_realloc(set->layers, room, sizeof *layers);

        if (layers == NULL)
            return 0;
        set->layers = layers;
        set->layers_room = room;
    }
    return (set->count + 1) * 2 <= set->slot_count ||
           rehash(set, set->slot_count > 0 ? set->slot_count * 2 : 256);
}

enum cola_status
cola_chain_set_add(struct cola_chain_set *set, const struct cola_chain *chain,
                   size_t *index, int *added, struct cola_error *err)
{
    size_t len = (size_t)chain->len, s;

    if (!make_room(set, len))
        return cola_fail_memory(err);
    s = slot_of(set, chain);
    *added = set->slots[s] == 0;
    if (*added) {
        size_t begin = set->begin[set->count];

        memcpy(set->layers + begin, chain->at, len * sizeof *chain->at);
        set->begin[++set->count] = begin + len;
        set->slots[s] = set->count;
    }
    *index = set->slots[s] - 1;
    return COLA_OK;
}

size_t
cola_chain_set_find(const struct cola_chain_set *set, const struct cola_chain *chain)
{
    if (set->slot_count == 0)
        return SIZE_MAX;
    return set->slots[slot_of(set, chain)] - 1;         /* 0 - 1 is SIZE_MAX */
}

void
cola_chain_set_get(const struct cola_chain_set *set, size_t index,
                   struct cola_chain *chain)
{
    size_t begin = set->begin[index], len = set->begin[index + 1] - begin;

    chain->len = (int)len;
    memcpy(chain->at, set->layers + begin, len * sizeof *chain->at);
}
