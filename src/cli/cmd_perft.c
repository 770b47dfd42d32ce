/*
 * cmd_perft.c - count edit sequences and the chains they reach
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <inttypes.h>
#include <stdio.h>

#include "chain/perft.h"
#include "cli/command.h"

static void
row(void *ctx, const struct cola_perft *c)
{
    (void)ctx;
    printf("%d %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", c->depth, c->sequences,
           c->distinct, c->total);
    fflush(stdout);
}

static enum cola_status
perft(const struct options *o, struct cola_error *err)
{
    struct cola_rules rules;
    enum cola_space space = COLA_SPACE_BOTH;
    int layers, depth, longest;
    enum cola_status st;

    if (o->layers == NULL || o->depth == NULL) {
        say_usage("--layers and --depth are needed");
        return COLA_USAGE;
    }
    st = option_integer("layers", o->layers, 1, COLA_CHAIN_MAX / 2, 0, &layers, err);
    if (st == COLA_OK)
        st = option_integer("depth", o->depth, 1, 1000, 0, &depth, err);
    if (st == COLA_OK)
        st = option_integer("max-length", o->max_length, 1, COLA_CHAIN_MAX, 2 * layers,
                            &longest, err);
    if (st != COLA_OK)
        return st;
    if (o->space != NULL && !cola_space_find(o->space, &space))
        return cola_fail(err, COLA_INPUT, "--space is \"%s\", must be skip, repeat, both "
                         "or any", o->space);
    cola_rules_paper(&rules, space, layers);
    rules.max_length = longest;
    return cola_perft(&rules, depth, row, NULL, err);
}

const struct command command_perft = {
    "perft", "", 0, 0,
    "Count edit sequences and the chains they reach",
    "layers depth space max-length quiet",
    "Prints a line a depth: depth, edit sequences of exactly that many edits,\n"
    "different chains they reach, different chains within that many edits.\n"
    "Blocks of 1 to 4 positions, 1 to 4 further copies, lengths 1 to 2L.\n",
    perft,
};
