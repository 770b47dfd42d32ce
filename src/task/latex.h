/*
 * latex.h - an answer as tokens of mathematics
 *
 * Reads LaTeX as answers use it, and plain text as models write it.  What
 * changes no meaning is gone: space, sizes, \left and \right, fonts, dollars
 * around a formula, the kind of a fraction.  \text{} is words, unless it holds
 * formulas.  Numbers come without thousands separators.
 */
#ifndef COLA_LATEX_H
#define COLA_LATEX_H

#include "base/error.h"

#define COLA_LATEX_MOST 2048    /* bytes of an answer that are understood */
#define COLA_LATEX_TOKENS 640
#define COLA_LATEX_ROOM 4096
#define COLA_LATEX_NESTS 24     /* brackets in one another */

enum cola_lex {
    COLA_LEX_NUMBER,            /* digits, one point, "e" and a power of ten */
    COLA_LEX_LETTER,            /* a letter, or a command that stands for itself */
    COLA_LEX_WORD,              /* words, in lower case */
    COLA_LEX_PI, COLA_LEX_INFINITY,
    COLA_LEX_FRAC, COLA_LEX_SQRT, COLA_LEX_BINOM, COLA_LEX_FUNCTION,
    COLA_LEX_PLUS, COLA_LEX_MINUS, COLA_LEX_EITHER, COLA_LEX_NEITHER,   /* \pm \mp */
    COLA_LEX_TIMES, COLA_LEX_OVER, COLA_LEX_POWER, COLA_LEX_SUB, COLA_LEX_FACTORIAL,
    COLA_LEX_OPEN, COLA_LEX_CLOSE,      /* ( [ \{ \langle and their ends */
    COLA_LEX_GROUP, COLA_LEX_END,       /* { and } */
    COLA_LEX_BEGIN, COLA_LEX_FINISH,    /* \begin{} and \end{} */
    COLA_LEX_CELL, COLA_LEX_ROW,        /* & and \\ */
    COLA_LEX_COMMA,             /* , ; "or" "and" */
    COLA_LEX_COLON, COLA_LEX_EQUALS, COLA_LEX_RELATION, COLA_LEX_IN, COLA_LEX_CUP,
    COLA_LEX_DEGREE, COLA_LEX_PERCENT, COLA_LEX_MONEY, COLA_LEX_STOP,
    COLA_LEX_OTHER
};

struct cola_token_of_latex {
    enum cola_lex kind;
    int name, len;              /* in room */
    int match;                  /* of brackets: the other one's index */
    int spaced;                 /* space stands before it */
    int texted;                 /* a letter from \text{}, perhaps a unit */
    int grouped;                /* a number with commas that may be a list's */
};

struct cola_latex {
    struct cola_token_of_latex tokens[COLA_LATEX_TOKENS];
    int n;
    int sound;                  /* brackets match and all of it was read */
    char room[COLA_LATEX_ROOM];
    int used;
    int commas_split;           /* as asked for */
};

/* Read TEXT [LEN].  COMMAS_SPLIT: a plain comma never separates thousands. */
void cola_latex_read(struct cola_latex *latex, const char *text, size_t len,
                     int commas_split);

/* The name of token I. */
static inline const char *
cola_latex_name(const struct cola_latex *latex, int i)
{
    return latex->room + latex->tokens[i].name;
}

/* Is token I called NAME? */
int cola_latex_is(const struct cola_latex *latex, int i, const char *name);

#endif
