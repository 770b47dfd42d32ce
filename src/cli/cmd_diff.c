/*
 * cmd_diff.c - two files of verdicts on the same task: where do they part?
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <math.h>

#include "base/number.h"
#include "cli/command.h"
#include "exchange/differ.h"

#define LISTED 20               /* differing verdicts shown without --list */

static enum cola_status
diff(const struct options *o, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_differ *d;
    double error = NAN;
    enum cola_status st;

    if (o->error != NULL && (!cola_parse_real(o->error, &error) || error < 0.0))
        return cola_fail(err, COLA_INPUT, "--error is \"%.80s\", must be a real number "
                         "from 0", o->error);
    st = cola_differ(o->words[0], o->words[1], error, &d, err);
    if (st != COLA_OK)
        return st;
    if (o->json)
        cola_differ_json(d, &b);
    else
        cola_differ_table(d, o->list ? d->n : LISTED, &b);
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = say_result(&b, err);
    if (st == COLA_OK && d->compared == 0)
        st = cola_fail(err, COLA_NOTHING, "%s and %s have no verdict in common",
                       o->words[0], o->words[1]);
    if (st == COLA_OK && d->n > 0)
        st = cola_fail(err, COLA_NO, "%zu of %zu verdicts differ", d->n, d->compared);
    cola_buffer_free(&b);
    cola_differ_free(d);
    return st;
}

const struct command command_diff = {
    "diff", "A B", 2, 2,
    "Compare two journals or enumerations of the same task",
    "error list json quiet",
    "Ends with status 1 when verdicts differ, 99 when none could be compared.  A\n"
    "verdict that differs is explained when the sum of its margins is at most twice the\n"
    "largest change of a margin seen where the answer is the same, or, with --error E,\n"
    "at most 2E: then logits that differ by no more than E can have turned it.\n",
    diff,
};
