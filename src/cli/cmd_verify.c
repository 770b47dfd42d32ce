/*
 * cmd_verify.c - hold a search against the ground truth
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "cli/command.h"
#include "oracle/verify.h"

static enum cola_status
verify(const struct options *o, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_truth *truth = NULL;
    size_t contradictions = 0;
    enum cola_status st;

    if (o->truth == NULL) {
        say_usage("--truth FILE is needed");
        return COLA_USAGE;
    }
    st = cola_truth_open(o->truth, &truth, err);
    if (st == COLA_OK)
        st = cola_verify(o->words[0], truth, &b, &contradictions, err);
    if (st == COLA_OK)
        st = say_result(&b, err);
    if (st == COLA_OK && contradictions > 0)
        st = cola_fail(err, COLA_NO, "%s: %zu verdicts contradict the truth", o->words[0],
                       contradictions);
    cola_buffer_free(&b);
    cola_truth_close(truth);
    return st;
}

const struct command command_verify = {
    "verify", "FILE", 1, 1,
    "Hold a search against an enumeration of the same space",
    "truth quiet",
    "Ends with status 1 when a verdict contradicts the truth: that is a defect.\n"
    "\"solvable\": some chain of the enumeration is right; \"shortest found\": of these,\n"
    "how often the search found one as short; \"regret\": layers more than that, and\n"
    "\"first at\": chains judged up to the first right one, over the solved.\n",
    verify,
};
