/*
 * scalars.c - do two answers that have no elements say the same
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/scalars.h"

#include <string.h>

#include "task/literal.h"
#include "task/measure.h"

/* ---- words ---------------------------------------------------------------- */

/* Letters and digits of PART; 0 when it has other things than words. */
static int
words_of(const struct cola_part *p, char *text, size_t room)
{
    size_t n = 0;
    int words = 0;

    for (int i = p->begin; i < p->end; i++) {
        enum cola_lex k = cola_part_kind(p, i);
        const char *name = cola_latex_name(p->latex, i);

        if (k == COLA_LEX_OPEN || k == COLA_LEX_CLOSE || k == COLA_LEX_STOP)
            continue;
        if (k != COLA_LEX_WORD && k != COLA_LEX_LETTER)
            return 0;
        words |= k == COLA_LEX_WORD;
        for (int c = 0; c < p->latex->tokens[i].len; c++)
            if (n + 1 < room && name[c] != '\\')
                text[n++] = name[c] >= 'A' && name[c] <= 'Z' ?
                            (char)(name[c] - 'A' + 'a') : name[c];
    }
    text[n] = '\0';
    return n > 0 && n + 1 < room ? 1 + words : 0;
}

/* Words of one class exclude each other. */
static int
class_of(const char *word)
{
    static const char *const classes[] = {
        "even odd neither both", "yes no", "true false",
        "monday tuesday wednesday thursday friday saturday sunday",
        ("january february march april may june july august september october "
         "november december"),
    };
    size_t len = strlen(word);

    for (size_t c = 0; len > 0 && c < sizeof classes / sizeof classes[0]; c++)
        for (const char *at = classes[c]; (at = strstr(at, word)) != NULL; at += len)
            if ((at == classes[c] || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
                return (int)c + 1;
    return 0;
}

/* The one capital letter that PART is, perhaps in brackets; or 0. */
static char
option_of(const struct cola_part *p)
{
    struct cola_part in = cola_part_inside(p, COLA_LEX_OPEN) ? cola_part_inner(*p) : *p;
    char c;

    if (in.end - in.begin != 1 || cola_part_kind(&in, in.begin) != COLA_LEX_LETTER ||
        in.latex->tokens[in.begin].len != 1)
        return '\0';
    c = cola_latex_name(in.latex, in.begin)[0];
    return c >= 'A' && c <= 'Z' ? c : '\0';
}

/* COLA_OPEN: they are no words. */
static struct cola_finding
compare_words(const struct cola_part *a, const struct cola_part *r)
{
    char said[128], wanted[128];
    int in_a, in_r, class;

    if (option_of(a) != '\0' && option_of(r) != '\0')
        return option_of(a) == option_of(r) ? cola_says_right("math-text") :
               cola_says_wrong("math-text-differs");
    in_a = words_of(a, said, sizeof said);
    in_r = words_of(r, wanted, sizeof wanted);
    if (in_a == 0 || in_r == 0 || (in_a == 1 && in_r == 1))
        return (struct cola_finding){COLA_OPEN, NULL};
    if (strcmp(said, wanted) == 0)
        return cola_says_right("math-text");
    class = class_of(said);
    if (class != 0 && class == class_of(wanted))
        return cola_says_wrong("math-text-differs");
    return (struct cola_finding){COLA_OPEN, NULL};
}

/* ---- numbers and expressions ---------------------------------------------- */

/* The number that is all of PART, but for a sign; or -1. */
static int
literal(const struct cola_part *p, int *negative)
{
    int i = p->begin;

    *negative = 0;
    while (cola_part_kind(p, i) == COLA_LEX_MINUS ||
           cola_part_kind(p, i) == COLA_LEX_PLUS)
        *negative ^= cola_part_kind(p, i++) == COLA_LEX_MINUS;
    return i == p->end - 1 && cola_part_kind(p, i) == COLA_LEX_NUMBER &&
           memchr(cola_latex_name(p->latex, i), 'e', (size_t)p->latex->tokens[i].len) ==
           NULL ? i : -1;
}

/* Numbers of any length by their digits; COLA_OPEN: they are none. */
static struct cola_finding
compare_literals(const struct cola_part *a, const struct cola_part *r)
{
    int minus[2], i = literal(a, &minus[0]), k = literal(r, &minus[1]), same, zero;

    if (i < 0 || k < 0)
        return (struct cola_finding){COLA_OPEN, NULL};
    same = cola_number_same(cola_latex_name(a->latex, i),
                            (size_t)a->latex->tokens[i].len,
                            cola_latex_name(r->latex, k),
                            (size_t)r->latex->tokens[k].len, &zero);
    same &= zero || minus[0] == minus[1];
    return same ? cola_says_right("math-value") : cola_says_wrong("math-number-differs");
}

/* Put the value of PART, scaled, on the stack. */
static int
push_part(struct cola_algebra *x, struct cola_part p, int64_t times, int64_t parts)
{
    if (!cola_formula(x, p))
        return 0;
    cola_push_rational(x, times, parts);
    cola_multiply(x);
    return !x->effort.failed;
}

struct cola_finding
cola_compare_values(struct cola_algebra *x, struct cola_part a, struct cola_part r,
                    int64_t times, int64_t parts)
{
    cola_algebra_reset(x);
    if (!push_part(x, a, times, parts) || !push_part(x, r, 1, 1))
        return cola_says_nothing();
    switch (cola_likeness(x)) {
    case COLA_EQUAL:
        return cola_part_alike(&a, &r) ? cola_says_right("math-value") :
               cola_says_nothing();
    case COLA_DIFFERENT_NUMBERS:
        return cola_says_wrong("math-value-differs");
    case COLA_DIFFERENT_ALGEBRA:
        return cola_says_wrong("math-algebra-differs");
    default:
        return cola_says_nothing();
    }
}

/* Does PART contain pi, so that a degree may be meant by it? */
static int
has_pi(const struct cola_part *p)
{
    for (int i = p->begin; i < p->end; i++)
        if (cola_part_kind(p, i) == COLA_LEX_PI)
            return 1;
    return 0;
}

static struct cola_finding
compare_measures(struct cola_algebra *x, struct cola_part a, struct cola_part r)
{
    struct cola_unit said, wanted;
    struct cola_finding f;
    int percent;

    cola_measure(&a, &said);
    cola_measure(&r, &wanted);
    if (strcmp(said.name, wanted.name) != 0 && said.name[0] && wanted.name[0])
        return cola_says_nothing();
    f = said.times == 1 && wanted.times == 1 ? compare_literals(&a, &r) :
        (struct cola_finding){COLA_OPEN, NULL};
    if (f.progress == COLA_OPEN)
        f = cola_part_same(&a, &r) && said.times == wanted.times ?
            cola_says_right("math-form") :
            cola_compare_values(x, a, r, said.times, wanted.times);
    if (f.progress == COLA_IS_WRONG && said.times != wanted.times &&
        cola_compare_values(x, a, r, 1, 1).progress == COLA_IS_RIGHT)
        return cola_says_nothing();     /* 5 for 5 dozen */
    if (f.progress != COLA_IS_WRONG || strcmp(said.name, wanted.name) == 0)
        return f;
    /* a number with a unit and another without */
    percent = strcmp(said.name, "%") == 0 || strcmp(wanted.name, "%") == 0;
    if (percent) {
        struct cola_finding hundredth = said.name[0] == '%' ?
                                   cola_compare_values(x, a, r, said.times, 100) :
                                   cola_compare_values(x, a, r, 100, wanted.times);

        return hundredth.progress == COLA_IS_RIGHT ? hundredth : f;
    }
    if ((strcmp(said.name, "deg") == 0 && has_pi(&r)) ||
        (strcmp(wanted.name, "deg") == 0 && has_pi(&a)) || said.converts)
        return cola_says_nothing();
    return f;
}

/* "2516_8": digits and their base.  Unlike bases may be the same number. */
static int
based(const struct cola_part *p, int *base)
{
    struct cola_part in = cola_part_inside(p, COLA_LEX_OPEN) ? cola_part_inner(*p) : *p;

    if (cola_part_kind(&in, in.begin) != COLA_LEX_NUMBER ||
        cola_part_kind(&in, in.begin + 1) != COLA_LEX_SUB)
        return -1;
    *base = cola_part_shown(&in, in.begin + 2);
    return cola_part_kind(&in, *base) == COLA_LEX_NUMBER &&
                   cola_part_shown(&in, *base + 1) >= in.end
               ? in.begin
               : -1;
}

static int
has_texted(const struct cola_part *p)
{
    for (int i = p->begin; i < p->end; i++)
        if (p->latex->tokens[i].texted)
            return 1;
    return 0;
}

struct cola_finding
cola_compare_scalars(struct cola_algebra *x, struct cola_part a, struct cola_part r)
{
    struct cola_finding f;
    int base_a, base_r, i = based(&a, &base_a), k = based(&r, &base_r);

    if (i >= 0 || k >= 0) {
        struct cola_part m = {a.latex, base_a, base_a + 1, 0};
        struct cola_part n = {r.latex, base_r, base_r + 1, 0};

        if (i < 0 || k < 0 || !cola_part_same(&m, &n))
            return cola_says_nothing();
        m.begin = i;
        m.end = i + 1;
        n.begin = k;
        n.end = k + 1;
        f = compare_literals(&m, &n);
        return f.progress != COLA_OPEN ? f : cola_says_nothing();
    }
    f = compare_words(&a, &r);
    if (f.progress != COLA_OPEN)
        return f;
    f = compare_measures(x, a, r);
    return f.progress == COLA_IS_WRONG && (has_texted(&a) || has_texted(&r)) ?
           cola_says_nothing() : f;     /* 5\text{ m}^2 and 5\text{ m} */
}
