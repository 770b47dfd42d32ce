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
