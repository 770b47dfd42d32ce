/*
 * preset.h - every rule and every number of a search, under a name
 *
 * What a published search does is often known only from its code, and the
 * numbers that decide (how far may a chain grow? what is ln V the logarithm
 * of?) are rarely in its paper.  Here they are all fields of one table: a
 * preset can be printed, recorded, overridden field by field, and nothing
 * that steers a search is anywhere else.
 *
 *   cola-2025           the paper's text (arXiv 2507.07996, section 3 and
 *                       appendix B) taken literally and made complete: with
 *                       simulations enough it judges every chain of its space
 *   polar-2026          the search released with arXiv 2606.06574, draw by draw
 *   cola-reconstructed  the same with the 200 simulations of arXiv 2507.07996,
 *                       whose appendix B reads like a description of it
 *   drllm-paper         Algorithm 1 of Dr.LLM (arXiv 2510.12773)
 *   drllm-code          the program released with it, which gives every node
 *                       one child: a random walk, degenerate
 *   re-polar            the search of DATEXIS/RE-PoLar, draw by draw
 */
#ifndef COLA_PRESET_H
#define COLA_PRESET_H

#include "base/json.h"
#include "chain/edit.h"

/* How the tree grows: widening.h, released.h, drllm.h, repolar.h. */
enum cola_mechanics { COLA_WIDENING, COLA_RELEASED, COLA_ONE_CHILD, COLA_EDIT_SETS };

/* Where draws come from: splitmix64 seeded by "SEED:sample id"; CPython's random
 * seeded by SEED alone, the same stream for every sample; or CPython's random
 * seeded by the first eight bytes of SHA-256 of "SEED:sample id". */
enum cola_generator { COLA_SPLITMIX_SAMPLE, COLA_CPYTHON_SHARED, COLA_CPYTHON_SAMPLE };

/* Where c stands in a node's value, what V is, and the value of a child never
 * visited, plus or minus infinity: see mcts.h. */
enum cola_formula { COLA_C_INSIDE, COLA_C_OUTSIDE };
enum cola_v { COLA_V_GLOBAL, COLA_V_PARENT, COLA_V_STORED };
enum cola_unvisited { COLA_UNVISITED_FIRST, COLA_UNVISITED_LAST };

/* What is done with probability epsilon: a random child in place of the best;
 * the same, asked before an untried edit is thought of; or an untried edit in
 * place of the best child. */
enum cola_epsilon { COLA_EPSILON_BEST, COLA_EPSILON_ANY, COLA_EPSILON_UNTRIED };

/* What ends a search before its budget: nothing; a chain that scores higher
 * than the ordinary one; that, or a right chain (score above 1/2) that is
 * shorter by one layer, or by two. */
enum cola_ends {
    COLA_ENDS_NEVER, COLA_ENDS_BETTER, COLA_ENDS_SHORTER, COLA_ENDS_BY_TWO
};

struct cola_preset {
    char name[32];
    int layers;
    enum cola_mechanics mechanics;
    enum cola_generator generator;
    uint64_t seed;              /* below 2^63 */
    int simulations;            /* the budget; the first chain is not counted */
    struct cola_rules rules;
    double c2;                  /* the exploration constant c, squared */
    double lambda;              /* the weight of length/layers in UCB */
    double epsilon;             /* how often a random child is taken */
    double widening;            /* w: a node visited v times may have
                                 * max(1, ceil(w v^p)) children */
    double widening_power;      /* p */
    enum cola_formula formula;
    enum cola_v v;
    enum cola_unvisited unvisited;
    enum cola_epsilon epsilon_rule;
    enum cola_ends stop;
    int first_counts;           /* 1: judging the ordinary chain is the first of
                                 * the simulations, and counts in node 0 */
    int noops;                  /* repeats of no extra copy at every position */
};

/* A name of the table and what it is, in its order; NULL past the last. */
const char *cola_preset_name(size_t i);
const char *cola_preset_summary(size_t i);

/* cola_preset_find() and cola_preset_free() are in colaref.h. */

/* Set the field called NAME from its text; unknown names and values out of
 * range are refused.  PLACE starts the message. */
COLA_MUST_USE enum cola_status
cola_preset_set(struct cola_preset *preset, const char *name, const char *value,
                const char *place, struct cola_error *err);

/* Set fields from a JSON object, or from one in a file: any that
 * cola_preset_add_json() writes. */
COLA_MUST_USE enum cola_status
cola_preset_read(struct cola_preset *preset, json_t *object, const char *place,
                 struct cola_error *err);
COLA_MUST_USE enum cola_status
cola_preset_load(struct cola_preset *preset, const char *path,
                 struct cola_error *err);

/* Do the fields fit together? */
COLA_MUST_USE enum cola_status
cola_preset_check(const struct cola_preset *preset, struct cola_error *err);

/* Append every field as a JSON object; SPACED puts one on a line. */
void cola_preset_add_json(struct cola_buffer *b, const struct cola_preset *preset,
                          int spaced);

#endif
