/*
 * search_again.c - the edits and all searches a second time, for the tests
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "search_again.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/number.h"

static void *
must(void *block)
{
    if (block == NULL)
        abort();
    return block;
}

/* ---- logarithms ---------------------------------------------------------- */

/* A positive fixed-point number, most significant first: the first word is the
 * integer part, the others are 160 binary places. */
#define WORDS 6

struct fixed {
    uint32_t word[WORDS];
};

static void
fixed_add(struct fixed *a, const struct fixed *b)
{
    uint64_t carry = 0;

    for (int i = WORDS - 1; i >= 0; i--) {
        carry += (uint64_t)a->word[i] + b->word[i];
        a->word[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static void
fixed_times(struct fixed *a, uint32_t factor)
{
    uint64_t carry = 0;

    for (int i = WORDS - 1; i >= 0; i--) {
        carry += (uint64_t)a->word[i] * factor;
        a->word[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static void
fixed_over(struct fixed *a, uint32_t divisor)
{
    uint64_t rest = 0;

    for (int i = 0; i < WORDS; i++) {
        rest = rest << 32 | a->word[i];
        a->word[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
}

static int
fixed_is_zero(const struct fixed *a)
{
    for (int i = 0; i < WORDS; i++)
        if (a->word[i] != 0)
            return 0;
    return 1;
}

/* ln(top/bottom) for bottom <= top <= 2 bottom, from the series of
 * 2 artanh((top-bottom)/(top+bottom)). */
static struct fixed
fixed_log(uint32_t top, uint32_t bottom)
{
    struct fixed sum = {{0}}, power = {{0}}, term;

    power.word[0] = 2 * (top - bottom);
    fixed_over(&power, top + bottom);
    for (uint32_t odd = 1; !fixed_is_zero(&power); odd += 2) {
        term = power;
        fixed_over(&term, odd);
        fixed_add(&sum, &term);
        for (int twice = 0; twice < 2; twice++) {
            fixed_times(&power, top - bottom);
            fixed_over(&power, top + bottom);
        }
    }
    return sum;
}

/* To the nearest double.  A tie would need 100 zeros in a row. */
static double
fixed_round(const struct fixed *a)
{
    uint64_t bits = 0;
    int taken = 0, place = 32 * WORDS - 1;

    for (; place >= 0 && taken < 54; place--) {
        bits = bits << 1 | (a->word[WORDS - 1 - place / 32] >> place % 32 & 1);
        taken += bits != 0;
    }
    return ldexp((double)((bits >> 1) + (bits & 1)),
                 place + 2 - 32 * (WORDS - 1));
}

double
again_log(uint32_t n)
{
    static double known[1 << 15];
    static struct fixed ln2;
    struct fixed sum, fraction;
    uint32_t power = 1, k = 0;

    if (n <= 1)
        return 0;
    if (n < sizeof known / sizeof *known && known[n] != 0)
        return known[n];
    if (fixed_is_zero(&ln2))
        ln2 = fixed_log(2, 1);
    for (; power <= n / 2; k++)
        power *= 2;
    sum = ln2;
    fixed_times(&sum, k);
    fraction = fixed_log(n, power);
    fixed_add(&sum, &fraction);
    if (n < sizeof known / sizeof *known)
        return known[n] = fixed_round(&sum);
    return fixed_round(&sum);
}

/* ---- generators ---------------------------------------------------------- */

uint64_t
again_fnv(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

uint64_t
again_splitmix(uint64_t *state)
{
    uint64_t z;

    *state += UINT64_C(11400714819323198485);
    z = *state;
    z ^= z >> 30;
    z *= UINT64_C(0xbf58476d1ce4e5b9);
    z ^= z >> 27;
    z *= UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return z;
}

uint64_t
again_below(uint64_t *state, uint64_t n)
{
    uint64_t refused = (UINT64_MAX % n + 1) % n;        /* 2^64 mod n */

    for (;;) {
        uint64_t draw = again_splitmix(state);

        if (draw >= refused)
            return draw % n;
    }
}

/* MT19937 after Matsumoto and Nishimura's description: words are made one at
 * a time, and all of them are kept. */
struct twister {
    uint32_t *x;
    size_t count, room, read;
};

static void
twister_push(struct twister *t, uint32_t word)
{
    if (t->count == t->room) {
        t->room = t->room ? t->room * 2 : 4096;
        t->x = must(realloc(t->x, t->room * sizeof *t->x));
    }
    t->x[t->count++] = word;
}

/* init_by_array() with the seed's 32-bit digits, as CPython's seed(int). */
static void
twister_seed(struct twister *t, uint64_t seed)
{
    uint32_t key[2] = {(uint32_t)(seed & 0xffffffff), (uint32_t)(seed >> 32)};
    uint32_t *x, i, j = 0, digits = key[1] == 0 ? 1 : 2;

    memset(t, 0, sizeof *t);
    twister_push(t, 19650218);
    for (i = 1; i < 624; i++) {
        uint32_t last = t->x[i - 1];

        twister_push(t, 1812433253u * (last ^ last >> 30) + i);
    }
    x = t->x;
    i = 1;
    for (int k = 624; k > 0; k--) {
        x[i] = (x[i] ^ (x[i - 1] ^ x[i - 1] >> 30) * 1664525u) + key[j] + j;
        i++;
        j++;
        if (i >= 624) {
            x[0] = x[623];
            i = 1;
        }
        if (j >= digits)
            j = 0;
    }
    for (int k = 623; k > 0; k--) {
        x[i] = (x[i] ^ (x[i - 1] ^ x[i - 1] >> 30) * 1566083941u) - i;
        i++;
        if (i >= 624) {
            x[0] = x[623];
            i = 1;
        }
    }
    x[0] = 0x80000000u;
    t->read = 624;
}

static uint32_t
twister_word(struct twister *t)
{
    uint32_t y;

    if (t->read == t->count) {
        size_t n = t->count - 624;

        y = (t->x[n] & 0x80000000u) | (t->x[n + 1] & 0x7fffffffu);
        twister_push(t, t->x[n + 397] ^ y >> 1 ^ (y % 2 ? 0x9908b0dfu : 0));
    }
    y = t->x[t->read++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ y >> 18;
}

/* ---- chains -------------------------------------------------------------- */

char *
again_copy(const char *text, size_t n)
{
    char *copy = must(malloc(n + 1));

    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

char *
again_spell(const char *chain)
{
    char *text = must(malloc(5 * strlen(chain) + 1)), *end = text;

    *end = '\0';
    for (const char *c = chain; *c != '\0'; c++)
        end += sprintf(end, c == chain ? "%d" : ",%d", AGAIN_LAYER(*c));
    return text;
}

/* Ordered by hash, then by text: balanced enough whatever comes when. */
struct again_leaf {
    struct again_leaf *side[2];
    uint64_t hash;
    char text[];
};

static struct again_leaf **
bag_place(struct again_leaf **place, uint64_t hash, const char *text)
{
    while (*place != NULL) {
        int order = (*place)->hash < hash ? -1 : (*place)->hash > hash;

        if (order == 0)
            order = strcmp((*place)->text, text);
        if (order == 0)
            break;
        place = &(*place)->side[order < 0];
    }
    return place;
}

int
again_bag_add(struct again_bag *bag, const char *text)
{
    uint64_t hash = again_fnv(text);
    struct again_leaf **place = bag_place(&bag->root, hash, text);
    size_t size = strlen(text) + 1;

    if (*place != NULL)
        return 0;
    *place = must(calloc(1, sizeof **place + size));
    (*place)->hash = hash;
    memcpy((*place)->text, text, size);
    bag->count++;
    return 1;
}

int
again_bag_has(const struct again_bag *bag, const char *text)
{
    struct again_leaf *root = bag->root;

    return *bag_place(&root, again_fnv(text), text) != NULL;
}

static void
leaf_walk(const struct again_leaf *leaf, void (*visit)(void *, const char *),
          void *ctx)
{
    if (leaf == NULL)
        return;
    leaf_walk(leaf->side[0], visit, ctx);
    visit(ctx, leaf->text);
    leaf_walk(leaf->side[1], visit, ctx);
}

void
again_bag_walk(const struct again_bag *bag, void (*visit)(void *, const char *),
               void *ctx)
{
    leaf_walk(bag->root, visit, ctx);
}

static void
leaf_free(struct again_leaf *leaf)
{
    if (leaf == NULL)
        return;
    leaf_free(leaf->side[0]);
    leaf_free(leaf->side[1]);
    free(leaf);
}

void
again_bag_free(struct again_bag *bag)
{
    leaf_free(bag->root);
    bag->root = NULL;
    bag->count = 0;
}

/* ---- edits --------------------------------------------------------------- */

struct edit_list {
    struct again_edit *list;
    size_t n, room;
};

/* How often the commonest layer occurs. */
static int
commonest(const char *chain)
{
    int times[256] = {0}, most = 0;

    for (; *chain != '\0'; chain++)
        if (++times[(unsigned char)*chain] > most)
            most = times[(unsigned char)*chain];
    return most;
}

/* Keep the edit that makes RESULT, if that may be made; RESULT is taken over. */
static void
consider(struct edit_list *edits, const struct again_rules *rules, char kind, int at,
         int size, int arg, char *result)
{
    int length = (int)strlen(result);

    if (length < 1 || length < rules->min || length > rules->max ||
        (kind == 'r' && size == 1 && rules->multiplicity > 0 &&
         commonest(result) > rules->multiplicity)) {
        free(result);
        return;
    }
    if (edits->n == edits->room) {
        edits->room = edits->room ? edits->room * 2 : 64;
        edits->list = must(realloc(edits->list, edits->room * sizeof *edits->list));
    }
    edits->list[edits->n++] = (struct again_edit){kind, at, size, arg, result};
}

/* N pieces of text put together. */
static char *
splice(const char *a, size_t na, const char *b, size_t nb, const char *c, size_t nc)
{
    char *result = must(malloc(na + nb + nc + 1));

    memcpy(result, a, na);
    memcpy(result + na, b, nb);
    memcpy(result + na + nb, c, nc);
    result[na + nb + nc] = '\0';
    return result;
}

static int
by_place(const void *left, const void *right)
{
    static const char order[] = "srmt";
    const struct again_edit *a = left, *b = right;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    if (a->kind != b->kind)
        return strchr(order, a->kind) < strchr(order, b->kind) ? -1 : 1;
    if (a->size != b->size)
        return a->size < b->size ? -1 : 1;
    return a->arg < b->arg ? -1 : a->arg > b->arg;
}

/* Is BLOCK, K long, of neighbours in the ordinary chain that CHAIN has once? */
static int
is_whole(const char *chain, const char *block, size_t k)
{
    for (size_t i = 0; i < k; i++)
        if (block[i] != (char)(block[0] + (char)i) ||
            strchr(chain, block[i]) != strrchr(chain, block[i]))
            return 0;
    return 1;
}

/* Kind by kind, every block, every argument: make it and look whether the
 * result may be; the order is put right afterwards. */
size_t
again_edits(const struct again_rules *rules, const char *chain, int root,
            struct again_edit **list)
{
    struct edit_list edits = {NULL, 0, 0};
    size_t n = strlen(chain);
    size_t largest = (size_t)(root ? rules->block_root : rules->block);
    size_t loop = rules->block_repeat > 0 ? (size_t)rules->block_repeat : largest;

    for (size_t k = 1; k <= largest || k <= loop; k++) {
        int skips = rules->space != 'r' && k <= largest;
        int repeats = rules->space != 's' && k <= loop;

        for (size_t i = 0; i + k <= n; i++) {
            if (rules->disjoint && !is_whole(chain, chain + i, k))
                continue;
            const char *block = chain + i, *rest = block + k;
            char *left = splice(chain, i, rest, n - i - k, "", 0);
            char *grown = again_copy(chain, n), *before;

            if (skips)
                consider(&edits, rules, 's', (int)i, (int)k, 0, again_copy(left, n - k));
            for (int r = 1; repeats && r <= rules->extra; r++) {
                before = grown;
                grown = splice(before, i, block, k, before + i, strlen(before + i));
                free(before);
                consider(&edits, rules, 'r', (int)i, (int)k, r,
                         again_copy(grown, strlen(grown)));
            }
            for (size_t d = 0; rules->space == 'a' && k <= largest && d <= n - k; d++)
                if (d != i)
                    consider(&edits, rules, 'm', (int)i, (int)k, (int)d,
                             splice(left, d, block, k, left + d, n - k - d));
            free(grown);
            free(left);
        }
    }
    for (int layer = 0; rules->space == 'a' && layer < rules->layers; layer++) {
        char one = AGAIN_CHAR(layer);

        for (size_t i = 0; i <= n; i++)
            consider(&edits, rules, 't', (int)i, 1, layer,
                     splice(chain, i, &one, 1, chain + i, n - i));
    }
    if (edits.n > 1)
        qsort(edits.list, edits.n, sizeof *edits.list, by_place);
    *list = edits.list;
    return edits.n;
}

void
again_edits_free(struct again_edit *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i].result);
    free(list);
}

void
again_edit_text(const struct again_edit *edit, char text[40])
{
    if (edit->kind == 's')
        snprintf(text, 40, "skip(%d,%d)", edit->at, edit->size);
    else if (edit->kind == 'r')
        snprintf(text, 40, "repeat(%d,%d,%d)", edit->at, edit->size, edit->arg);
    else if (edit->kind == 'm')
        snprintf(text, 40, "move(%d,%d,%d)", edit->at, edit->size, edit->arg);
    else
        snprintf(text, 40, "insert(%d,%d)", edit->at, edit->arg);
}

/* ---- what the searches have in common ------------------------------------ */

struct node {
    char *chain;
    struct node *parent;
    char edit[40];
    struct node **kids;
    size_t n_kids;
    int exhausted, judged;
    double visits, total, ucb, score;
    struct again_edit *trials;  /* not tried yet, the next one last */
    size_t n_trials;
    int has_trials;
};

struct state {
    const struct again_search *what;
    again_judge *judge;
    void *ctx;
    struct node *root;
    struct again_bag known;
    uint64_t word, stream;      /* of splitmix64: the first state, the present */
    struct twister twister;
    int simulation, over;
    struct node *about;         /* what the simulation is about */
    size_t reals;               /* how often random() was drawn */
    struct node **asked;        /* in the order of the verdicts */
    int *when;
    size_t n_asked, room_asked;
};

static double
draw_real(struct state *s)
{
    uint32_t a, b;

    s->reals++;
    if (!s->what->cpython)
        return ldexp((double)(again_splitmix(&s->stream) >> 11), -53);
    a = twister_word(&s->twister) >> 5;
    b = twister_word(&s->twister) >> 6;
    return (a * 67108864.0 + b) / 9007199254740992.0;
}

static size_t
draw_below(struct state *s, size_t n)
{
    uint32_t draw, bits = 0;

    if (!s->what->cpython)
        return (size_t)again_below(&s->stream, n);
    for (size_t rest = n; rest > 0; rest /= 2)
        bits++;
    do
        draw = twister_word(&s->twister) >> (32 - bits);
    while (draw >= n);
    return draw;
}

static struct node *
node_new(struct node *parent, const char *chain)
{
    struct node *node = must(calloc(1, sizeof *node));

    node->chain = again_copy(chain, strlen(chain));
    node->parent = parent;
    node->ucb = -HUGE_VAL;
    if (parent != NULL) {
        parent->kids = must(realloc(parent->kids,
                                    (parent->n_kids + 1) * sizeof(struct node *)));
        parent->kids[parent->n_kids++] = node;
    }
    return node;
}

static void
node_free(struct node *node)
{
    for (size_t i = 0; i < node->n_kids; i++)
        node_free(node->kids[i]);
    again_edits_free(node->trials, node->n_trials);
    free(node->kids);
    free(node->chain);
    free(node);
}

static void
ask(struct state *s, struct node *node)
{
    if (s->n_asked == s->room_asked) {
        s->room_asked = s->room_asked ? s->room_asked * 2 : 256;
        s->asked = must(realloc(s->asked, s->room_asked * sizeof *s->asked));
        s->when = must(realloc(s->when, s->room_asked * sizeof *s->when));
    }
    node->score = s->judge(s->ctx, node->chain);
    node->judged = 1;
    s->asked[s->n_asked] = node;
    s->when[s->n_asked++] = s->simulation;
}

/* A value by the formulas of search/mcts.h, V given. */
static double
formula(const struct state *s, double total, double visits, double length, double V)
{
    double mean = total / visits;
    double price = s->what->lambda * length / s->what->rules.layers;
    double ln = again_log((uint32_t)V);

    if (s->what->outside)
        return mean + sqrt(s->what->c2) * sqrt(ln / visits) - price;
    return mean - price + sqrt(s->what->c2 * ln / visits);
}

static double
value(const struct state *s, const struct node *node, double V)
{
    return formula(s, node->total, node->visits, (double)strlen(node->chain), V);
}

/* What KID is worth when it is compared with its siblings. */
static double
worth(const struct state *s, const struct node *kid)
{
    if (kid->visits == 0)
        return s->what->unvisited_last ? -HUGE_VAL : HUGE_VAL;
    if (s->what->v == 's')
        return kid->ucb;
    return value(s, kid, s->what->v == 'p' ? kid->parent->visits :
                 s->simulation - 1 + s->what->first_counts);
}

/* The first of the largest. */
static struct node *
worthiest(const struct state *s, struct node **list, size_t n)
{
    struct node *chosen = list[0];

    for (size_t i = 1; i < n; i++)
        if (worth(s, list[i]) > worth(s, chosen))
            chosen = list[i];
    return chosen;
}

/* A visit counted, from the bottom to the top. */
static void
count(struct state *s, struct node *node, double score)
{
    node->visits += 1;
    node->total += score;
    node->ucb = value(s, node, s->root->visits + 1);
}

/* Does the rule end the search after a simulation about CHAIN? */
static int
is_over(const struct state *s, const char *chain, double score)
{
    int saved = s->what->rules.layers - (int)strlen(chain);

    if (s->what->stop > 0 && score > s->root->score)
        return 1;
    return s->what->stop > 1 && score > 0.5 && saved >= s->what->stop - 1;
}

/* How many children so many visits allow. */
static double
allowed(const struct state *s, double visits)
{
    double p = s->what->power;
    double may = ceil(s->what->widening * (p == 0.5 ? sqrt(visits) : visits > 0 ?
                      cola_pow(visits, p) : p > 0 ? 0 : 1));

    return may > 1 ? may : 1;
}

static int
more(const struct state *s)
{
    return s->simulation < s->what->simulations - s->what->first_counts && !s->over;
}

static void
begin(struct state *s, const struct again_search *what, again_judge *judge, void *ctx)
{
    char ordinary[256] = "", text[512];
    struct cola_sha256 sha;
    unsigned char digest[32];

    memset(s, 0, sizeof *s);
    s->what = what;
    s->judge = judge;
    s->ctx = ctx;
    for (int i = 0; i < what->rules.layers; i++)
        ordinary[i] = AGAIN_CHAR(i);
    s->root = node_new(NULL, ordinary);
    again_bag_add(&s->known, ordinary);
    s->word = what->seed;
    if (what->cpython != 1) {
        snprintf(text, sizeof text, "%" PRIu64 ":%s", what->seed, what->id);
        cola_sha256_init(&sha);
        cola_sha256_add(&sha, text, strlen(text));
        cola_sha256_end(&sha, digest);
        s->word = 0;
        for (int i = 0; i < 8; i++)
            s->word = s->word * 256 + digest[i];
    }
    s->stream = s->word;
    twister_seed(&s->twister, s->word);
}

/* The ordinary chain's verdict, after what a mechanics prepares. */
static void
judge_first(struct state *s)
{
    ask(s, s->root);
    if (s->what->first_counts)
        count(s, s->root, s->root->score);
}

static struct again_found
end(struct state *s)
{
    struct again_found found;

    found.n = s->n_asked;
    found.simulations = s->simulation + s->what->first_counts;
    found.reals = s->reals;
    found.complete = s->root->exhausted;
    found.list = must(calloc(s->n_asked, sizeof *found.list));
    for (size_t i = 0; i < s->n_asked; i++) {
        const struct node *node = s->asked[i], *parent = node->parent;
        struct again_record *record = &found.list[i];

        record->simulation = s->when[i];
        record->chain = again_copy(node->chain, strlen(node->chain));
        if (parent != NULL)
            record->parent = again_copy(parent->chain, strlen(parent->chain));
        memcpy(record->edit, node->edit, sizeof record->edit);
        record->visits = node->visits;
        record->total = node->total;
    }
    node_free(s->root);
    again_bag_free(&s->known);
    free(s->twister.x);
    free(s->asked);
    free(s->when);
    return found;
}

void
again_found_free(struct again_found *found)
{
    for (size_t i = 0; i < found->n; i++) {
        free(found->list[i].chain);
        free(found->list[i].parent);
    }
    free(found->list);
    memset(found, 0, sizeof *found);
}

/* The children not exhausted, as a list; *N of them. */
static struct node **
open_kids(const struct node *node, size_t *n)
{
    struct node **open = must(malloc((node->n_kids + 1) * sizeof *open));

    *n = 0;
    for (size_t i = 0; i < node->n_kids; i++)
        if (!node->kids[i]->exhausted)
            open[(*n)++] = node->kids[i];
    return open;
}

/* ---- polar-2026 ---------------------------------------------------------- */

static int
by_chain(const void *left, const void *right)
{
    const struct node *const *a = left, *const *b = right;

    return strcmp((*a)->chain, (*b)->chain);
}

/* What happens at a node that a simulation passed, seen on the way back. */
static void
polar_count(struct state *s, struct node *node, double score)
{
    int open = 0;

    count(s, node, score);
    for (size_t i = 0; i < node->n_kids; i++)
        open += !node->kids[i]->exhausted;
    if (node->n_kids > 0 && open == 0)
        node->exhausted = 1;
}

static void
polar_expand(struct state *s, struct node *node)
{
    struct again_edit *edits;
    size_t n = again_edits(&s->what->rules, node->chain, node == s->root, &edits);

    for (size_t i = 0; i < n; i++)
        if (again_bag_add(&s->known, edits[i].result))
            again_edit_text(&edits[i], node_new(node, edits[i].result)->edit);
    again_edits_free(edits, n);
}

/* One simulation from NODE downwards; returns its score. */
static double
polar_visit(struct state *s, struct node *node)
{
    size_t n_open;
    struct node **open = open_kids(node, &n_open), *chosen = NULL;
    double score;

    if (n_open > 0) {
        if (draw_real(s) < s->what->epsilon)
            chosen = open[draw_below(s, n_open)];
        else
            chosen = worthiest(s, open, n_open);
        score = polar_visit(s, chosen);
        free(open);
        polar_count(s, node, score);
        return score;
    }
    free(open);
    if (!node->exhausted) {
        polar_expand(s, node);
        if (node->n_kids > 0) {
            struct node **sorted = must(malloc(node->n_kids * sizeof *sorted));

            memcpy(sorted, node->kids, node->n_kids * sizeof *sorted);
            qsort(sorted, node->n_kids, sizeof *sorted, by_chain);
            chosen = sorted[draw_below(s, node->n_kids)];
            free(sorted);
        } else {
            node->exhausted = 1;
        }
    }
    s->about = chosen != NULL ? chosen : node;
    if (chosen == NULL) {
        if (!node->judged)
            ask(s, node);
        score = node->score;
    } else {
        if (!chosen->judged)
            ask(s, chosen);
        score = chosen->score;
        polar_count(s, chosen, score);
    }
    polar_count(s, node, score);
    return score;
}

struct again_found
again_polar(const struct again_search *what, again_judge *judge, void *ctx)
{
    struct state s;

    begin(&s, what, judge, ctx);
    judge_first(&s);
    while (more(&s)) {
        s.simulation++;
        polar_visit(&s, s.root);
        s.over = is_over(&s, s.about->chain, s.about->score);
    }
    return end(&s);
}

/* ---- cola-2025 ----------------------------------------------------------- */

/* The edits of NODE still to be tried, those whose chain is known thrown away. */
static size_t
cola_trials(struct state *s, struct node *node)
{
    if (!node->has_trials) {
        struct again_edit *edits, held;
        char *text = again_spell(node->chain);
        uint64_t own = s->word ^ again_fnv(text);
        size_t n = again_edits(&s->what->rules, node->chain, node == s->root, &edits);

        free(text);
        for (size_t i = n; i-- > 1;) {
            size_t other = (size_t)again_below(&own, i + 1);

            held = edits[i];
            edits[i] = edits[other];
            edits[other] = held;
        }
        /* The first to be tried comes last, where it is easily taken off. */
        for (size_t i = 0; i < n / 2; i++) {
            held = edits[i];
            edits[i] = edits[n - 1 - i];
            edits[n - 1 - i] = held;
        }
        node->trials = edits;
        node->n_trials = n;
        node->has_trials = 1;
    }
    while (node->n_trials > 0 &&
           again_bag_has(&s->known, node->trials[node->n_trials - 1].result))
        free(node->trials[--node->n_trials].result);
    return node->n_trials;
}

static double
cola_grow(struct state *s, struct node *node)
{
    struct again_edit edit = node->trials[--node->n_trials];
    struct node *kid = node_new(node, edit.result);

    again_edit_text(&edit, kid->edit);
    again_bag_add(&s->known, edit.result);
    free(edit.result);
    ask(s, kid);
    count(s, kid, kid->score);
    s->about = kid;
    return kid->score;
}

/* One simulation from NODE downwards: its score, or less than 0 when the node
 * turned out to be exhausted and all starts again from the top. */
static double
cola_visit(struct state *s, struct node *node)
{
    double score;
    size_t n_open, left = cola_trials(s, node);
    struct node **open = open_kids(node, &n_open);

    if (s->what->any && n_open > 0 && draw_real(s) < s->what->epsilon) {
        score = cola_visit(s, open[draw_below(s, n_open)]);
    } else if (left > 0 &&
               ((double)node->n_kids < allowed(s, node->visits) || n_open == 0)) {
        score = cola_grow(s, node);
    } else if (n_open > 0) {
        if (!s->what->any && draw_real(s) < s->what->epsilon)
            score = cola_visit(s, open[draw_below(s, n_open)]);
        else
            score = cola_visit(s, worthiest(s, open, n_open));
    } else {
        node->exhausted = 1;
        score = -1;
    }
    free(open);
    if (score >= 0)
        count(s, node, score);
    return score;
}

struct again_found
again_cola(const struct again_search *what, again_judge *judge, void *ctx)
{
    struct state s;

    begin(&s, what, judge, ctx);
    judge_first(&s);
    while (more(&s) && !s.root->exhausted) {
        s.simulation++;
        while (cola_visit(&s, s.root) < 0 && !s.root->exhausted)
            ;
        if (s.root->exhausted)
            s.simulation--;
        else
            s.over = is_over(&s, s.about->chain, s.about->score);
    }
    return end(&s);
}

/* ---- chains met by several ways ------------------------------------------ */

/* The nodes by chain: a list, searched from the start. */
struct roll {
    struct node **list;
    size_t n, room;
};

static struct node *
roll_find(const struct roll *roll, const char *chain)
{
    for (size_t i = 0; i < roll->n; i++)
        if (strcmp(roll->list[i]->chain, chain) == 0)
            return roll->list[i];
    return NULL;
}

static void
roll_add(struct roll *roll, struct node *node)
{
    if (roll->n == roll->room) {
        roll->room = roll->room ? roll->room * 2 : 64;
        roll->list = must(realloc(roll->list, roll->room * sizeof *roll->list));
    }
    roll->list[roll->n++] = node;
}

/* The node of CHAIN; a new one is PARENT's by EDIT. */
static struct node *
roll_get(struct roll *roll, struct node *parent, const char *chain,
         const struct again_edit *edit)
{
    struct node *node = roll_find(roll, chain);

    if (node == NULL) {
        node = node_new(parent, chain);
        again_edit_text(edit, node->edit);
        roll_add(roll, node);
    }
    return node;
}

/* The score of NODE, asked for at most once; nothing scores nothing. */
static double
score_of(struct state *s, struct node *node)
{
    if (!node->judged && *node->chain == '\0')
        node->judged = 1;
    if (!node->judged)
        ask(s, node);
    return node->score;
}

static void
shuffle(struct state *s, struct again_edit *list, size_t n)
{
    for (size_t i = n; i-- > 1;) {
        size_t other = draw_below(s, i + 1);
        struct again_edit held = list[i];

        list[i] = list[other];
        list[other] = held;
    }
}

static void
list_add(struct edit_list *edits, char kind, int at, int size, int arg)
{
    if (edits->n == edits->room) {
        edits->room = edits->room ? edits->room * 2 : 64;
        edits->list = must(realloc(edits->list, edits->room * sizeof *edits->list));
    }
    edits->list[edits->n++] = (struct again_edit){kind, at, size, arg, NULL};
}

/* ---- drllm-code ---------------------------------------------------------- */

/* The actions of CHAIN after so many steps, shuffled. */
static struct edit_list
drllm_actions(struct state *s, const char *chain, size_t steps)
{
    const struct again_rules *rules = &s->what->rules;
    struct edit_list edits = {NULL, 0, 0};
    int n = (int)strlen(chain), block = steps == 0 ? rules->block_root : rules->block;
    int most = steps == 0 ? 2 * rules->layers : rules->max;
    int loop = rules->block_repeat ? rules->block_repeat : block;

    for (int i = 0; i < n; i++)
        for (int k = 1; k <= block; k++)
            if (rules->space != 'r' && i + k <= n && n - k >= (rules->min > 1 ?
                rules->min : 0))
                list_add(&edits, 's', i, k, 0);
    for (int i = 0; i < n; i++)
        for (int k = 1; k <= loop; k++)
            for (int r = !s->what->noops; r <= rules->extra; r++)
                if (rules->space != 's' && i + k <= n && n + r * k <= most)
                    list_add(&edits, 'r', i, k, r);
    shuffle(s, edits.list, edits.n);
    return edits;
}

static char *
drllm_apply(const char *chain, const struct again_edit *edit)
{
    const char *block = chain + edit->at, *rest = block + edit->size;
    char *made = splice(chain, (size_t)edit->at, block, edit->kind == 'r' ?
                        (size_t)edit->size : 0, "", 0);

    for (int r = 0; r < edit->arg; r++) {
        char *shorter = made;

        made = splice(shorter, strlen(shorter), block, (size_t)edit->size, "", 0);
        free(shorter);
    }
    block = made;
    made = splice(block, strlen(block), rest, strlen(rest), "", 0);
    free((char *)(uintptr_t)block);
    return made;
}

struct again_found
again_drllm(const struct again_search *what, again_judge *judge, void *ctx)
{
    struct roll roll = {NULL, 0, 0};
    struct edit_list actions;
    struct node *at;
    struct state s;
    size_t steps = 0;

    begin(&s, what, judge, ctx);
    roll_add(&roll, s.root);
    at = s.root;
    actions = drllm_actions(&s, at->chain, 0);
    judge_first(&s);
    while (more(&s)) {
        double score;

        s.simulation++;
        for (size_t i = 0; i < steps; i++)
            if (draw_real(&s) < what->epsilon)
                draw_below(&s, 1);
        if (actions.n > 0) {
            struct again_edit edit = actions.list[actions.n - 1];
            char *made = drllm_apply(at->chain, &edit);

            at = roll_get(&roll, at, made, &edit);
            free(made);
            free(actions.list);
            actions = drllm_actions(&s, at->chain, ++steps);
        }
        score = score_of(&s, at);
        for (struct node *up = at; up != NULL; up = up->parent) {
            up->visits += 1;
            up->total += score;
        }
        s.over = is_over(&s, at->chain, score);
    }
    free(actions.list);
    free(roll.list);
    return end(&s);
}

/* ---- re-polar ------------------------------------------------------------ */

/* A set of edits in the order of their places, and what is counted of it. */
struct set {
    struct again_edit *edits;
    size_t n;
    struct edit_list actions;
    struct set **kids;
    size_t n_kids;
    double visits, total;
    struct node *node;
    struct set *next;           /* of all sets, the latest made first */
};

/* The chain of N edits up to layer END. */
static char *
set_chain(const struct again_edit *edits, size_t n, int end)
{
    char *chain = again_copy("", 0);

    for (int layer = 0; layer < end; layer++) {
        int times = 1, size = 1;
        char *before, block[256];

        if (n > 0 && edits->at == layer) {
            size = edits->size;
            times = edits->kind == 's' ? 0 : edits->arg + 1;
            edits++;
            n--;
        }
        for (int i = 0; i < size; i++)
            block[i] = AGAIN_CHAR(layer + i);
        for (; times > 0; times--) {
            before = chain;
            chain = splice(before, strlen(before), block, (size_t)size, "", 0);
            free(before);
        }
        layer += size - 1;
    }
    return chain;
}

static struct edit_list
set_actions(struct state *s, const struct set *set)
{
    const struct again_rules *rules = &s->what->rules;
    struct edit_list edits = {NULL, 0, 0};
    int length = (int)strlen(set->node->chain), least = rules->min > 1 ? rules->min : 0;
    int block = set->n == 0 ? rules->block_root : rules->block;
    int loop = rules->block_repeat ? rules->block_repeat : block;

    for (int a = 0; a < rules->layers; a++)
        for (int k = 1; a + k <= rules->layers; k++) {
            int meets = 0;

            for (size_t e = 0; e < set->n; e++)
                meets |= a < set->edits[e].at + set->edits[e].size &&
                         set->edits[e].at < a + k;
            if (meets)
                break;
            if (rules->space != 'r' && k <= block && length - k >= least &&
                length - k <= rules->max)
                list_add(&edits, 's', a, k, 0);
            for (int r = 1; rules->space != 's' && k <= loop && r <= rules->extra; r++)
                if (length + k * r >= least && length + k * r <= rules->max)
                    list_add(&edits, 'r', a, k, r);
        }
    shuffle(s, edits.list, edits.n);
    return edits;
}

/* The set of FROM's edits and one more. */
static struct set *
set_get(struct state *s, struct set **all, struct roll *roll, const struct set *from,
        struct again_edit edit)
{
    struct again_edit *edits = must(malloc((from->n + 1) * sizeof *edits));
    size_t n = 0;
    struct set *set;
    char *chain, *left;

    for (size_t i = 0; i < from->n && from->edits[i].at < edit.at; i++)
        edits[n++] = from->edits[i];
    left = set_chain(edits, n, edit.at);
    edits[n++] = edit;
    for (size_t i = n - 1; i < from->n; i++)
        edits[n++] = from->edits[i];
    for (set = *all; set != NULL; set = set->next) {
        size_t same = 0;

        while (set->n == n && same < n && set->edits[same].at == edits[same].at &&
               set->edits[same].size == edits[same].size &&
               set->edits[same].kind == edits[same].kind &&
               set->edits[same].arg == edits[same].arg)
            same++;
        if (same == n)
            break;
    }
    if (set != NULL) {
        free(edits);
        free(left);
        return set;
    }
    set = must(calloc(1, sizeof *set));
    set->edits = edits;
    set->n = n;
    chain = set_chain(edits, n, s->what->rules.layers);
    edit.at = (int)strlen(left);
    set->node = roll_get(roll, from->node, chain, &edit);
    free(chain);
    free(left);
    set->actions = set_actions(s, set);
    set->next = *all;
    *all = set;
    return set;
}

/* One simulation from SET downwards; returns its score. */
static double
set_visit(struct state *s, struct set **all, struct roll *roll, struct set *set)
{
    int room = set->actions.n > 0 && (double)set->n_kids < allowed(s, set->visits);
    double score;

    if (!room && set->n_kids > 0 && s->what->epsilon > 0 && set->actions.n > 0)
        room = draw_real(s) < s->what->epsilon;
    if (room) {
        struct again_edit edit = set->actions.list[--set->actions.n];
        struct set *kid = set_get(s, all, roll, set, edit);

        set->kids = must(realloc(set->kids, (set->n_kids + 1) * sizeof(struct set *)));
        set->kids[set->n_kids++] = kid;
        score = score_of(s, kid->node);
        s->about = kid->node;
        kid->visits += 1;
        kid->total += score;
        kid->node->visits += 1;
        kid->node->total += score;
    } else if (set->n_kids > 0) {
        struct set *best = NULL;
        double V = s->what->v == 'p' ? set->visits :
                   s->simulation - 1 + s->what->first_counts, most = 0;

        for (size_t i = 0; i < set->n_kids; i++) {
            struct set *kid = set->kids[i];
            double u = formula(s, kid->total, kid->visits,
                               (double)strlen(kid->node->chain), V);

            if (best == NULL || u > most) {
                best = kid;
                most = u;
            }
        }
        score = set_visit(s, all, roll, best);
    } else {
        score = score_of(s, set->node);
        s->about = set->node;
    }
    set->visits += 1;
    set->total += score;
    set->node->visits += 1;
    set->node->total += score;
    return score;
}

struct again_found
again_repolar(const struct again_search *what, again_judge *judge, void *ctx)
{
    struct roll roll = {NULL, 0, 0};
    struct set none = {NULL, 0, {NULL, 0, 0}, NULL, 0, 0, 0, NULL, NULL};
    struct set *all = &none, *next;
    struct state s;

    begin(&s, what, judge, ctx);
    roll_add(&roll, s.root);
    none.node = s.root;
    none.actions = set_actions(&s, &none);
    judge_first(&s);
    none.visits = s.root->visits;
    none.total = s.root->total;
    while (more(&s)) {
        s.simulation++;
        set_visit(&s, &all, &roll, &none);
        s.over = is_over(&s, s.about->chain, s.about->score);
    }
    for (; all != &none; all = next) {
        next = all->next;
        free(all->edits);
        free(all->actions.list);
        free(all->kids);
        free(all);
    }
    free(none.actions.list);
    free(none.kids);
    free(roll.list);
    return end(&s);
}
