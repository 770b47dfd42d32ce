/*
 * quad.c - define.c compiled with a type of 128 bits
 *
 * gcc has __float128, with libquadmath, on x86 and POWER; on AArch64, s390x and
 * RISC-V long double is such a type.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "define/quad.h"

#include <float.h>
#include <stdlib.h>

#if defined HAVE_QUADMATH
#include <quadmath.h>
#define REAL __float128
#define REAL_SQRT sqrtq
#define REAL_EXP expq
#define REAL_POW powq
#define REAL_SIN sinq
#define REAL_COS cosq
#elif LDBL_MANT_DIG == 113
#define REAL long double
#define REAL_SQRT sqrtl
#define REAL_EXP expl
#define REAL_POW powl
#define REAL_SIN sinl
#define REAL_COS cosl
#endif

int
cola_quad_built(void)
{
#ifdef REAL
    return 1;
#else
    return 0;
#endif
}

#ifdef REAL

#define REAL_SHOW(seen, values) ((void)(seen), (void)(values))  /* nobody looks */
#define cola_define_layer cola_quad_define_layer
#define cola_define_chain cola_quad_define_chain
#include "define/define.c"

enum cola_status
cola_quad_logits(const struct cola_model *model, const struct cola_chain *chain,
                 const int *ids, int n, int first, double *logits, double *rest,
                 struct cola_error *err)
{
    const struct cola_config *c = &model->config;
    size_t T = (size_t)n, V = (size_t)c->vocabulary, d = (size_t)c->width;
    size_t f = (size_t)c->hidden, he = (size_t)c->heads * (size_t)c->head_dim;
    size_t ge = (size_t)c->kv_heads * (size_t)c->head_dim;
    struct definition *r = cola_alloc(1, sizeof *r);
    REAL *all = cola_alloc(T * (2 * d + 2 * he + 2 * ge + 2 * f + 1) + V, sizeof *all);
    float *row = cola_alloc(d + f + he, sizeof *row);
    int *copy = cola_alloc(T, sizeof *copy);
    enum cola_status st = COLA_OK;

    if (r == NULL || all == NULL || row == NULL || copy == NULL) {
        st = cola_fail_memory(err);
    } else {
        for (size_t t = 0; t < T; t++)
            copy[t] = ids[t];
        *r = (struct definition){.model = model, .chain = *chain, .ids = copy,
                                 .tokens = n, .row = row, .x = all};
        r->y = r->x + T * d;
        r->q = r->y + T * d;
        r->a = r->q + T * he;
        r->k = r->a + T * he;
        r->v = r->k + T * ge;
        r->gate = r->v + T * ge;
        r->up = r->gate + T * f;
        r->score = r->up + T * f;
        r->logits = r->score + T;
        cola_define_chain(r);
        for (int t = first; t < n; t++, logits += V, rest += V) {
            head(r, t);
            for (size_t v = 0; v < V; v++) {
                logits[v] = (double)r->logits[v];
                rest[v] = (double)(r->logits[v] - logits[v]);
            }
        }
    }
    free(r);
    free(all);
    free(row);
    free(copy);
    return st;
}

#else

enum cola_status
cola_quad_logits(const struct cola_model *model, const struct cola_chain *chain,
                 const int *ids, int n, int first, double *logits, double *rest,
                 struct cola_error *err)
{
    (void)model, (void)chain, (void)ids, (void)n, (void)first, (void)logits, (void)rest;
    return cola_fail(err, COLA_UNSUPPORTED, "this build has no arithmetic of 128 bits");
}

#endif
