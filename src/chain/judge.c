/*
 * judge.c - verdicts, and the synthetic judge
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "chain/judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/number.h"

void
cola_verdict_plain(struct cola_verdict *verdict, enum cola_mark mark, const char *rule)
{
    *verdict = (struct cola_verdict){
        .inputs = 1,
        .correct = mark == COLA_CORRECT,
        .undecided = mark == COLA_UNDECIDED,
        .gold_logprob = NAN,
        .mark = mark,
        .rule = rule,
        .margin = NAN,
    };
}

void
cola_verdict_clear(struct cola_verdict *verdict)
{
    free(verdict->answer);
    free(verdict->ids);
    cola_verdict_plain(verdict, COLA_WRONG, NULL);
}

enum cola_status
cola_synthetic_parse(const char *text, struct cola_synthetic *synthetic,
                     struct cola_error *err)
{
    const char *salt = text + 4, *colon = strrchr(text, ':');
    int64_t permille;
    size_t len;

    if (strncmp(text, "fnv:", 4) != 0 || colon < salt)
        return cola_fail(err, COLA_INPUT, "judge \"%s\": fnv:SALT:PERMILLE is "
                         "expected", text);
    if (!cola_parse_integer(colon + 1, 0, 1000, &permille))
        return cola_fail(err, COLA_INPUT, "judge \"%s\": PERMILLE is \"%s\", must be "
                         "0 to 1000", text, colon + 1);
    len = (size_t)(colon - salt);
    if (len >= sizeof synthetic->salt)
        return cola_fail(err, COLA_INPUT, "judge \"%s\": SALT is longer than %zu "
                         "characters", text, sizeof synthetic->salt - 1);
    memcpy(synthetic->salt, salt, len);
    synthetic->salt[len] = '\0';
    synthetic->permille = (unsigned)permille;
    return COLA_OK;
}

static enum cola_status
synthetic_answer(void *ctx, const struct cola_question *questions,
                 struct cola_verdict *verdicts, size_t n, struct cola_error *err)
{
    const struct cola_synthetic *s = ctx;
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < n && st == COLA_OK; i++) {
        const struct cola_chain *chain = &questions[i].chain;
        uint64_t hash;

        cola_buffer_reset(&b);
        cola_buffer_printf(&b, "%s:", s->salt);
        for (int p = 0; p < chain->len; p++)
            cola_buffer_printf(&b, p > 0 ? ",%d" : "%d", chain->at[p]);
        st = cola_buffer_ok(&b, err);
        if (st != COLA_OK)
            break;
        hash = cola_fnv1a(COLA_FNV_START, b.data, b.len);
        cola_verdict_plain(&verdicts[i], hash % 1000 < s->permille ? COLA_CORRECT :
                           COLA_WRONG, "fnv");
    }
    cola_buffer_free(&b);
    return st;
}

struct cola_judge
cola_synthetic_judge(struct cola_synthetic *synthetic)
{
    return (struct cola_judge){synthetic_answer, synthetic};
}
