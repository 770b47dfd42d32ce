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
    size_t V = (size_t)model->config.vocabulary;
    struct definition *r = cola_definition_new(model, n);

    if (r == NULL)
        return cola_fail_memory(err);
    r->chain = *chain;
    for (; r->tokens < n; r->tokens++)
        r->ids[r->tokens] = ids[r->tokens];
    cola_define_chain(r);
    for (int t = first; t < n; t++, logits += V, rest += V) {
        head(r, t);
        for (size_t v = 0; v < V; v++) {
            logits[v] = (double)r->logits[v];
            rest[v] = (double)(r->logits[v] - logits[v]);
        }
    }
    cola_definition_free(r);
    return COLA_OK;
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
