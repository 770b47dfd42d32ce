/*
 * parts.c - pieces of an answer, and what they are made of
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/parts.h"

#include <string.h>

int
cola_part_after(const struct cola_part *p, int i)
{
    return p->latex->tokens[i].match > i ? p->latex->tokens[i].match + 1 : i + 1;
}

int
cola_part_find(const struct cola_part *p, int i, enum cola_lex what)
{
    while (i < p->end && cola_part_kind(p, i) != what)
        i = cola_part_after(p, i);
    return i;
}

int
cola_part_inside(const struct cola_part *p, enum cola_lex what)
{
    return p->end - p->begin >= 2 && cola_part_kind(p, p->begin) == what &&
           p->latex->tokens[p->begin].match == p->end - 1;
}

struct cola_part
cola_part_inner(struct cola_part p)
{
    p.begin++;
    p.end--;
    return p;
}

/* Is it brackets around a matrix? */
static int
is_framed(const struct cola_part *p)
{
    return cola_part_inside(p, COLA_LEX_OPEN) &&
           cola_part_kind(p, p->begin + 1) == COLA_LEX_BEGIN &&
           p->latex->tokens[p->begin + 1].match == p->end - 2;
}

struct cola_part
cola_part_trim(struct cola_part p)
{
    for (;;)
        if (cola_part_inside(&p, COLA_LEX_GROUP) || is_framed(&p))
            p = cola_part_inner(p);
        else if (!cola_part_empty(&p) &&
                 (cola_part_kind(&p, p.end - 1) == COLA_LEX_STOP ||
                  cola_part_kind(&p, p.end - 1) == COLA_LEX_COMMA ||
                  cola_part_kind(&p, p.end - 1) == COLA_LEX_ROW))
            p.end--;
        else if (!cola_part_empty(&p) && cola_part_kind(&p, p.begin) == COLA_LEX_ROW)
            p.begin++;
        else
            return p;
}

int
cola_part_shown(const struct cola_part *p, int i)
{
    while (i < p->end) {
        const struct cola_token_of_latex *t = &p->latex->tokens[i];

        if ((t->kind != COLA_LEX_GROUP && t->kind != COLA_LEX_END) ||
            (t->match != i + 2 && t->match != i - 2))
            break;
        i++;
    }
    return i;
}

int
cola_part_same(const struct cola_part *a, const struct cola_part *b)
{
    int i = cola_part_shown(a, a->begin), k = cola_part_shown(b, b->begin);

    while (i < a->end && k < b->end) {
        const struct cola_token_of_latex *s = &a->latex->tokens[i];
        const struct cola_token_of_latex *t = &b->latex->tokens[k];

        if (s->kind != t->kind || s->len != t->len ||
            memcmp(cola_latex_name(a->latex, i), cola_latex_name(b->latex, k),
                   (size_t)s->len) != 0)
            return 0;
        i = cola_part_shown(a, i + 1);
        k = cola_part_shown(b, k + 1);
    }
    return i >= a->end && k >= b->end;
}

/* The next capital letter of P from *I on that stands beside another, or 0. */
static char
next_capital(const struct cola_part *p, int *i)
{
    for (; *i < p->end; ++*i) {
        int beside = 0;
        char c = '\0';

        for (int k = *i - 1; k <= *i + 1; k++) {
            char one = k >= p->begin && cola_part_kind(p, k) == COLA_LEX_LETTER &&
                       p->latex->tokens[k].len == 1 ? cola_latex_name(p->latex, k)[0] :
                       '\0';
            int capital = one >= 'A' && one <= 'Z';

            if (k == *i)
                c = capital ? one : '\0';
            else
                beside |= capital;
        }
        if (c != '\0' && beside) {
            ++*i;
            return c;
        }
    }
    return '\0';
}

int
cola_part_alike(const struct cola_part *a, const struct cola_part *b)
{
    int i = a->begin, k = b->begin;
    char c;

    do {
        c = next_capital(a, &i);
        if (c != next_capital(b, &k))
            return 0;
    } while (c != '\0');
    return 1;
}

int
cola_part_tuple(const struct cola_part *p)
{
    struct cola_part in = *p;

    if (!cola_part_inside(p, COLA_LEX_OPEN))
        return 0;
    in = cola_part_inner(in);
    return cola_part_find(&in, in.begin, COLA_LEX_COMMA) < in.end;
}

int
cola_part_has(const struct cola_part *p, enum cola_lex what)
{
    return cola_part_find(p, p->begin, what) < p->end;
}

void
cola_part_split(struct cola_part p, enum cola_lex at, struct cola_parts *parts)
{
    parts->n = parts->too_many = 0;
    for (int from = p.begin; from <= p.end;) {
        struct cola_part one = p;
        int either = 0;

        one.begin = from;
        one.end = cola_part_find(&p, from, at);
        from = one.end + 1;
        one = cola_part_trim(one);
        for (int i = one.begin; i < one.end; i++)
            either |= cola_part_kind(&one, i) == COLA_LEX_EITHER ||
                      cola_part_kind(&one, i) == COLA_LEX_NEITHER;
        if (cola_part_empty(&one))
            continue;                   /* ", and" */
        either &= one.sign == 0 && at == COLA_LEX_COMMA;
        for (int twice = 0; twice <= either; twice++) {
            if (parts->n == COLA_PARTS_MOST) {
                parts->too_many = 1;
                return;
            }
            one.sign = either ? 1 - 2 * twice : p.sign;
            parts->list[parts->n++] = one;
        }
    }
}

int
cola_part_named(const struct cola_part *p)
{
    int letters = 0;

    if (cola_part_empty(p))
        return 0;
    if (cola_part_tuple(p)) {
        for (int i = p->begin + 1; i < p->end - 1; i++)
            letters += (cola_part_kind(p, i) != COLA_LEX_LETTER &&
                        cola_part_kind(p, i) != COLA_LEX_COMMA) ||
                       (i > p->begin + 2 &&     /* (y,x) says another order */
                        cola_part_kind(p, i) == COLA_LEX_LETTER &&
                        cola_part_kind(p, i - 2) == COLA_LEX_LETTER &&
                        cola_latex_name(p->latex, i)[0] != '\\' &&
                        cola_latex_name(p->latex, i)[0] <
                        cola_latex_name(p->latex, i - 2)[0]);
        return letters == 0;
    }
    for (int i = p->begin; i < p->end; i = cola_part_after(p, i)) {
        enum cola_lex k = cola_part_kind(p, i);

        letters += k == COLA_LEX_LETTER || k == COLA_LEX_WORD;
        if (k != COLA_LEX_LETTER && k != COLA_LEX_WORD && k != COLA_LEX_SUB &&
            !(k == COLA_LEX_OPEN && letters > 0) && !(k == COLA_LEX_NUMBER && i > 0 &&
              cola_part_kind(p, i - 1) == COLA_LEX_SUB) && k != COLA_LEX_GROUP)
            return 0;
    }
    return letters > 0 && cola_part_kind(p, p->begin) != COLA_LEX_OPEN &&
           p->end - p->begin <= 8;
}

int
cola_part_eithers(const struct cola_part *p)
{
    int n = 0;

    for (int i = p->begin; i < p->end && n < 2; i++)
        n = cola_part_kind(p, i) == COLA_LEX_COMMA ? 0 :
            n + (cola_part_kind(p, i) == COLA_LEX_EITHER ||
                 cola_part_kind(p, i) == COLA_LEX_NEITHER);
    return n > 1;
}

int
cola_latex_zeros(const struct cola_latex *l)
{
    for (int i = 1; i < l->n; i++)
        if (l->tokens[i].kind == COLA_LEX_NUMBER && l->tokens[i].len == 3 &&
            l->tokens[i - 1].kind == COLA_LEX_COMMA && cola_latex_name(l, i)[0] == '0' &&
            cola_latex_name(l, i)[1] != '.')
            return 1;
    return 0;
}
