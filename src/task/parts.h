/*
 * parts.h - pieces of an answer, and what they are made of
 *
 * A part begins and ends outside of the brackets that are in it.
 */
#ifndef COLA_PARTS_H
#define COLA_PARTS_H

#include "task/latex.h"

#define COLA_PARTS_MOST 64      /* of a list, a tuple, a row */

struct cola_part {
    const struct cola_latex *latex;
    int begin, end;             /* tokens */
    int sign;                   /* what \pm stands for, +1 or -1; 0: both */
};

struct cola_parts {
    struct cola_part list[COLA_PARTS_MOST];
    int n, too_many;
};

/* The kind of token I; COLA_LEX_STOP after the last. */
static inline enum cola_lex
cola_part_kind(const struct cola_part *p, int i)
{
    return i < p->end ? p->latex->tokens[i].kind : COLA_LEX_STOP;
}

static inline int
cola_part_empty(const struct cola_part *p)
{
    return p->begin >= p->end;
}

/* The token after I, a bracket with all that it holds being one. */
int cola_part_after(const struct cola_part *p, int i);

/* The next token of kind WHAT at I or later, outside of brackets; or the end. */
int cola_part_find(const struct cola_part *p, int i, enum cola_lex what);
int cola_part_has(const struct cola_part *p, enum cola_lex what);

/* Is all of it in one pair of brackets that begins with WHAT?  Without them. */
int cola_part_inside(const struct cola_part *p, enum cola_lex what);
struct cola_part cola_part_inner(struct cola_part p);

/* Is it in one pair of brackets, with a comma inside? */
int cola_part_tuple(const struct cola_part *p);

/* Without groups around it, and what may stand before or after. */
struct cola_part cola_part_trim(struct cola_part p);

/* The next token from I on that shows: groups around one token do not. */
int cola_part_shown(const struct cola_part *p, int i);

/* Are their tokens that show the same? */
int cola_part_same(const struct cola_part *a, const struct cola_part *b);

/* Do runs of capital letters, ABC, which are names, spell the same in both? */
int cola_part_alike(const struct cola_part *a, const struct cola_part *b);

/* Is it a name, left of an equation: x, f(x), AB, (x,y), "the area"?  Not (y,x). */
int cola_part_named(const struct cola_part *p);

/* Has an element of it more than one \pm? */
int cola_part_eithers(const struct cola_part *p);

/* Is a number like 000 in it, which is rather a part of one? */
int cola_latex_zeros(const struct cola_latex *l);

/* What is between tokens of kind AT; between commas, what has \pm in it is there
 * twice. */
void cola_part_split(struct cola_part p, enum cola_lex at, struct cola_parts *parts);

#endif
