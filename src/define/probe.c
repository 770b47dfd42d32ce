/*
 * probe.c - the names of what can be seen
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "define/probe.h"

const char *
cola_tap_name(enum cola_tap tap)
{
    static const char *const names[COLA_TAPS] = {
        "input", "norm1", "q", "k", "v", "q_rope", "k_rope", "scores", "attention",
        "attn_out", "middle", "norm2", "gate", "up", "act", "down", "output",
    };

    return names[tap];
}
