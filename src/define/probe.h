/*
 * probe.h - what can be seen inside a chain while it is executed
 *
 * When two implementations disagree, the question is where they first do.  A
 * probe is shown the values between the operations of a layer, by name, in the
 * order in which they are computed.
 *
 * Shapes for n tokens: d width, H heads, G key-value heads, e head_dim,
 * f hidden.
 */
#ifndef COLA_PROBE_H
#define COLA_PROBE_H

#include <stddef.h>

enum cola_tap {
    COLA_TAP_INPUT,             /* [n, d] the stream that enters */
    COLA_TAP_NORM1,             /* [n, d] */
    COLA_TAP_Q,                 /* [n, H*e] */
    COLA_TAP_K,                 /* [n, G*e] */
    COLA_TAP_V,                 /* [n, G*e] the values written */
    COLA_TAP_Q_ROPE,            /* [n, H*e] */
    COLA_TAP_K_ROPE,            /* [n, G*e] the keys written */
    COLA_TAP_SCORES,            /* scaled, before softmax: token by token, in it
                                 * head by head, a value for each key seen */
    COLA_TAP_ATTENTION,         /* [n, H*e] */
    COLA_TAP_ATTN_OUT,          /* [n, d] what attention adds */
    COLA_TAP_MIDDLE,            /* [n, d] the stream after it */
    COLA_TAP_NORM2,             /* [n, d] */
    COLA_TAP_GATE,              /* [n, f] */
    COLA_TAP_UP,                /* [n, f] */
    COLA_TAP_ACT,               /* [n, f] silu(gate) * up */
    COLA_TAP_DOWN,              /* [n, d] what the network adds */
    COLA_TAP_OUTPUT,            /* [n, d] the stream that leaves */
    COLA_TAPS
};

/* "k_rope" */
const char *cola_tap_name(enum cola_tap tap);

struct cola_seen {
    int position;               /* of the chain, from 0; -1: the embedding, as
                                 * COLA_TAP_OUTPUT */
    enum cola_tap tap;
    size_t token;               /* the first token's index */
    size_t count;               /* values */
    const float *f32;           /* [count], or NULL */
    const double *f64;          /* [count], or NULL */
};

/* see() is called in the order of computation; what it is shown is gone when
 * it returns.  Long prompts are shown in several portions. */
struct cola_probe {
    void (*see)(void *ctx, const struct cola_seen *seen);
    void *ctx;
};

#endif
