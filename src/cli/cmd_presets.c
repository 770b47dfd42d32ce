/*
 * cmd_presets.c - every number of the searches that have a name
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "cli/command.h"
#include "search/preset.h"

static enum cola_status
presets(const struct options *o, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    int layers;
    enum cola_status st = option_integer("layers", o->layers, 1, COLA_CHAIN_MAX, 28,
                                         &layers, err);

    if (st == COLA_OK && o->n_words == 0)
        for (size_t i = 0; cola_preset_name(i) != NULL; i++)
            cola_buffer_printf(&b, "%-18s %s\n", cola_preset_name(i),
                               cola_preset_summary(i));
    if (st == COLA_OK && o->n_words == 1) {
        struct cola_preset *preset;

        st = cola_preset_find(o->words[0], layers, &preset, err);
        if (st == COLA_OK) {
            cola_preset_add_json(&b, preset, 1);
            cola_preset_free(preset);
        }
    }
    if (st == COLA_OK)
        st = say_result(&b, err);
    cola_buffer_free(&b);
    return st;
}

const struct command command_presets = {
    "presets", "[NAME]", 0, 1,
    "List the presets, or print every field of one as JSON",
    "layers quiet",
    "Windows of lengths depend on the model's depth: --layers, 28 when not given.\n"
    "What is printed can be changed and given back with --preset-file.\n",
    presets,
};
