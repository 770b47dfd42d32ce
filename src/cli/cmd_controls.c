/*
 * cmd_controls.c - add to a finished search what its findings compare with
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <string.h>

#include "cli/controlling.h"

static enum cola_status
controls(const struct options *o, struct cola_error *err)
{
    if (o->output == NULL) {
        say_usage("-o FILE is needed: the journal with its controls");
        return COLA_USAGE;
    }
    if (o->resume && strcmp(o->output, "-") == 0) {
        say_usage("--resume needs a journal: -o FILE");
        return COLA_USAGE;
    }
    return controlling(o, o->words[0], o->words[1], o->words[2], o->output, err);
}

const struct command command_controls = {
    "controls", "JOURNAL MODEL TASK", 3, 3,
    "Add to a finished search what its findings compare with",
    "controls output template resume threads quiet",
    "Writes a journal that is the given one and the controls: decoy and kept, the same\n"
    "search aimed at a wrong answer and at the model's own; pass, the ordinary chain\n"
    "sampled for as many layers; siblings, the chains found on related questions;\n"
    "fixed, every chain within one edit.  Everything else is as the journal's header\n"
    "says; only a template that came from a file must be given again.\n",
    controls,
};
