/*
 * formula.c - tokens of mathematics as an exact value
 *
 * Recursive descent, a function a level of precedence.  Brackets nest no
 * deeper than COLA_LATEX_NESTS, so neither does the recursion.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/formula.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "task/literal.h"

#define MOST_FACTORIAL 20
#define MOST_EXPONENT 9999      /* 2^{4181} is an answer */

struct parser {
    struct cola_algebra *x;
    const struct cola_latex *l;
    int at, end, sign, depth;
};

static int read_sum(struct parser *p);
static int read_factor(struct parser *p);

static enum cola_lex
kind(const struct parser *p, int more)
{
    return p->at + more < p->end ? p->l->tokens[p->at + more].kind : COLA_LEX_ROW;
}

/* ---- numbers -------------------------------------------------------------- */

static int
push_opaque(struct cola_algebra *x, const char *what, const char *name, size_t len)
{
    char text[COLA_ATOM_NAME];
    size_t n = strlen(what);

    if (n + len >= sizeof text)
        return 0;
    memcpy(text, what, n);
    memcpy(text + n, name, len);
    cola_push_atom(x, COLA_ATOM_OPAQUE, text, n + len);
    return 1;
}

/* The names of tokens BEGIN .. END as one atom. */
static int
push_tokens(struct parser *p, int begin, int end)
{
    char text[COLA_ATOM_NAME];
    size_t n = 0;

    for (int i = begin; i < end; i++) {
        const struct cola_token_of_latex *t = &p->l->tokens[i];
        size_t len = (size_t)t->len;

        if ((t->kind == COLA_LEX_GROUP || t->kind == COLA_LEX_END) &&
            (t->match == i + 2 || t->match == i - 2))
            continue;                   /* around one token */
        if (t->kind == COLA_LEX_EITHER || t->kind == COLA_LEX_NEITHER ||
            t->kind == COLA_LEX_OTHER || n + len + 1 >= sizeof text)
            return 0;
        memcpy(text + n, cola_latex_name(p->l, i), len);
        n += len;
        text[n++] = ' ';
    }
    cola_push_atom(p->x, COLA_ATOM_OPAQUE, text, n);
    return n > 0;
}

static int
push_number(struct parser *p, int i)
{
    const struct cola_token_of_latex *t = &p->l->tokens[i];
    int64_t over, under;

    if (!cola_number_spelled(cola_latex_name(p->l, i), t->len, &over, &under))
        return push_opaque(p->x, "#", cola_latex_name(p->l, i), (size_t)t->len);
    cola_push_rational(p->x, over, under);
    return 1;
}

/* Is token I a number of digits alone? */
static int
is_whole(const struct parser *p, int i)
{
    if (i >= p->end || p->l->tokens[i].kind != COLA_LEX_NUMBER)
        return 0;
    for (int k = 0; k < p->l->tokens[i].len; k++)
        if (cola_latex_name(p->l, i)[k] < '0' || cola_latex_name(p->l, i)[k] > '9')
            return 0;
    return 1;
}

/* The number in the group, or without, at I; *NEXT is what follows. */
static int
is_simple(const struct parser *p, int i, int *number, int *next)
{
    int group = i < p->end && p->l->tokens[i].kind == COLA_LEX_GROUP;

    *number = i + group;
    *next = i + 1 + 2 * group;
    return *next <= p->end && is_whole(p, *number) &&
           (!group || p->l->tokens[i].match == i + 2);
}

/*
 * A whole number and a proper fraction: 2\frac{1}{2}, 2 1/2.  1 when there was
 * one, -1 when there is none, 0 when it has no meaning.
 */
static int
read_mixed(struct parser *p)
{
    int first, second, next;

    if (!is_whole(p, p->at))
        return -1;
    if (kind(p, 1) == COLA_LEX_FRAC) {
        if (!is_simple(p, p->at + 2, &first, &next) ||
            !is_simple(p, next, &second, &next))
            return -1;
    } else if (is_whole(p, p->at + 1) && p->l->tokens[p->at + 1].spaced &&
               kind(p, 2) == COLA_LEX_OVER && is_whole(p, p->at + 3)) {
        first = p->at + 1;
        second = p->at + 3;
        next = p->at + 4;
    } else {
        return -1;
    }
    {
        int64_t whole, over, under, one, sum;

        if (!cola_number_spelled(cola_latex_name(p->l, p->at), p->l->tokens[p->at].len,
                                 &whole, &one) ||
            !cola_number_spelled(cola_latex_name(p->l, first), p->l->tokens[first].len,
                                 &over, &one) ||
            !cola_number_spelled(cola_latex_name(p->l, second), p->l->tokens[second].len,
                                 &under, &one) ||
            over >= under || !cola_multiply64(whole, under, &sum) ||
            sum > INT64_MAX - over)
            return 0;                   /* an improper one may be a product */
        cola_push_rational(p->x, sum + over, under);
    }
    p->at = next;
    return 1;
}

/* ---- factors -------------------------------------------------------------- */

/* Between the brackets that begin at p->at: a sum, whole. */
static int
read_inside(struct parser *p)
{
    struct parser in = *p;

    in.at = p->at + 1;
    in.end = p->l->tokens[p->at].match;
    in.depth++;
    if (in.end < in.at || in.end >= p->end || in.depth > COLA_LATEX_NESTS)
        return 0;
    p->at = in.end + 1;
    return read_sum(&in) && in.at == in.end;
}

/* One argument of a command: a group or a token. */
static int
read_argument(struct parser *p)
{
    int64_t number;

    switch (kind(p, 0)) {
    case COLA_LEX_GROUP:
    case COLA_LEX_OPEN:
        return read_inside(p);
    case COLA_LEX_NUMBER:
        return push_number(p, p->at++);
    case COLA_LEX_PI:
        p->at++;
        cola_push_atom(p->x, COLA_ATOM_PI, "pi", 2);
        return 1;
    case COLA_LEX_INFINITY:
        p->at++;
        cola_push_atom(p->x, COLA_ATOM_INFINITY, "infty", 5);
        return 1;
    case COLA_LEX_LETTER:
    case COLA_LEX_WORD:
        if (p->l->tokens[p->at].kind == COLA_LEX_WORD &&
            cola_number_word(cola_latex_name(p->l, p->at),
                             (size_t)p->l->tokens[p->at].len, &number)) {
            cola_push_rational(p->x, number, 1);
        } else {
            cola_push_atom(p->x, COLA_ATOM_LETTER, cola_latex_name(p->l, p->at),
                           (size_t)p->l->tokens[p->at].len);
        }
        p->at++;
        return 1;
    default:
        return 0;
    }
}

/* A letter, with what is below it: i is the root of -1. */
static int
read_letter(struct parser *p)
{
    int begin = p->at;

    if (kind(p, 1) == COLA_LEX_SUB) {
        int end = kind(p, 2) == COLA_LEX_GROUP ? p->l->tokens[p->at + 2].match + 1 :
                  p->at + 3;
        char name[COLA_ATOM_NAME];
        size_t n = 0;

        if (end > p->end)
            return 0;
        for (int i = begin; i < end; i++) {
            const struct cola_token_of_latex *t = &p->l->tokens[i];

            if (t->kind == COLA_LEX_GROUP || t->kind == COLA_LEX_END)
                continue;
            if (n + (size_t)t->len >= sizeof name)
                return 0;
            memcpy(name + n, cola_latex_name(p->l, i), (size_t)t->len);
            n += (size_t)t->len;
        }
        p->at = end;
        cola_push_atom(p->x, COLA_ATOM_LETTER, name, n);
        return 1;
    }
    if (!cola_latex_is(p->l, p->at, "i"))
        return read_argument(p);
    p->at++;
    cola_push_rational(p->x, -1, 1);
    return cola_square_root(p->x);
}

static int
read_fraction(struct parser *p)
{
    p->at++;
    if (!read_argument(p) || !read_argument(p))
        return 0;
    cola_divide(p->x);
    return 1;
}

/* \sqrt, or \sqrt[3] */
static int
read_root(struct parser *p)
{
    int begin = p->at++, degree = 2;
    int64_t over, under, a, b;

    if (kind(p, 0) == COLA_LEX_OPEN && cola_latex_is(p->l, p->at, "[")) {
        if (p->l->tokens[p->at].match != p->at + 2 || !is_whole(p, p->at + 1) ||
            p->l->tokens[p->at + 1].len != 1)
            return 0;
        degree = cola_latex_name(p->l, p->at + 1)[0] - '0';
        p->at += 3;
    }
    if (degree < 2 || !(kind(p, 0) == COLA_LEX_LETTER ? read_letter(p) :
                        read_argument(p)))
        return 0;
    if (degree == 2 && cola_square_root(p->x))
        return 1;
    if (degree > 2 && cola_is_rational(p->x, &over, &under) && over > 0) {
        p->x->effort.left -= 20000;
        a = cola_whole_root(over, degree);
        b = cola_whole_root(under, degree);
        if (a > 0 && b > 0) {
            cola_drop(p->x);
            cola_push_rational(p->x, a, b);
            return 1;
        }
    }
    cola_drop(p->x);
    return push_tokens(p, begin, p->at);
}

/* \binom{n}{k} of small numbers; else it stands for itself. */
static int
read_binomial(struct parser *p)
{
    int begin = p->at++;
    int64_t n, k, under, result = 1;

    if (!read_argument(p) || !cola_is_rational(p->x, &n, &under) || under != 1 || n < 0)
        n = -1;
    cola_drop(p->x);
    if (p->x->effort.failed || !read_argument(p))
        return 0;
    if (!cola_is_rational(p->x, &k, &under) || under != 1 || k < 0)
        k = -1;
    cola_drop(p->x);
    if (n >= 0 && k >= 0 && n <= 60 && k <= n) {
        for (int64_t i = 1; i <= k; i++)
            if (!cola_multiply64(result, n - k + i, &result))
                return push_tokens(p, begin, p->at);
            else
                result /= i;
        cola_push_rational(p->x, result, 1);
        return 1;
    }
    return push_tokens(p, begin, p->at);
}

/* \sin, with power and base and argument, stands for itself. */
static int
read_function(struct parser *p)
{
    int begin = p->at++;

    while (kind(p, 0) == COLA_LEX_POWER || kind(p, 0) == COLA_LEX_SUB) {
        int step = kind(p, 0) == COLA_LEX_POWER && kind(p, 1) == COLA_LEX_MINUS ? 2 : 1;

        p->at += step;
        p->at = kind(p, 0) == COLA_LEX_GROUP ? p->l->tokens[p->at].match + 1 : p->at + 1;
    }
    if (kind(p, 0) == COLA_LEX_OPEN || kind(p, 0) == COLA_LEX_GROUP) {
        char text[COLA_ATOM_NAME];
        int open = p->at, close = p->l->tokens[open].match;
        size_t n = 0;

        /* brackets around the argument are left out, as others do */
        if (close >= p->end)
            return 0;
        p->at = close + 1;
        if (kind(p, 0) == COLA_LEX_POWER)
            return 0;                   /* whose power is it? */
        for (int i = begin; i < close; i++) {
            const struct cola_token_of_latex *t = &p->l->tokens[i];

            if (i == open || ((t->kind == COLA_LEX_GROUP || t->kind == COLA_LEX_END) &&
                              (t->match == i + 2 || t->match == i - 2)))
                continue;
            if (n + (size_t)t->len + 1 >= sizeof text)
                return 0;
            memcpy(text + n, cola_latex_name(p->l, i), (size_t)t->len);
            n += (size_t)t->len;
            text[n++] = ' ';
        }
        cola_push_atom(p->x, COLA_ATOM_OPAQUE, text, n);
        return 1;
    }
    {
        int from = p->at;

        for (int more = 1; more;)
            switch (kind(p, 0)) {
            case COLA_LEX_NUMBER: case COLA_LEX_LETTER: case COLA_LEX_PI:
            case COLA_LEX_DEGREE: case COLA_LEX_SQRT: case COLA_LEX_FRAC:
            case COLA_LEX_POWER:
                p->at++;
                break;
            case COLA_LEX_GROUP:
                p->at = p->l->tokens[p->at].match + 1;
                break;
            default:
                more = 0;
            }
        return p->at > from && p->at <= p->end && push_tokens(p, begin, p->at);
    }
}

static int
read_base(struct parser *p)
{
    switch (kind(p, 0)) {
    case COLA_LEX_FRAC:
        return read_fraction(p);
    case COLA_LEX_SQRT:
        return read_root(p);
    case COLA_LEX_BINOM:
        return read_binomial(p);
    case COLA_LEX_FUNCTION:
        return read_function(p);
    case COLA_LEX_LETTER:
        return read_letter(p);
    default:
        return read_argument(p);
    }
}

/* ---- powers, products, sums ----------------------------------------------- */

/* A power that is too large stands for itself. */
static int
push_large(struct parser *p, int64_t base, int64_t below, int64_t exponent)
{
    char name[COLA_ATOM_NAME];

    if (exponent < 0)
        cola_push_rational(p->x, 1, 1);
    snprintf(name, sizeof name, "%" PRId64 "/%" PRId64 "^%" PRId64, base, below,
             exponent < 0 ? -exponent : exponent);
    cola_push_atom(p->x, COLA_ATOM_OPAQUE, name, strlen(name));
    if (exponent < 0)
        cola_divide(p->x);
    return !p->x->effort.failed;
}

/* The base, on the stack, of tokens BEGIN .. p->at, to a power. */
static int
read_power(struct parser *p, int begin)
{
    int64_t over, under, base, below;
    int minus;

    p->at++;
    minus = kind(p, 0) == COLA_LEX_MINUS;
    p->at += minus;
    if (!(kind(p, 0) == COLA_LEX_LETTER ? read_letter(p) : read_argument(p)))
        return 0;
    if (minus)
        cola_negate(p->x);
    if (!cola_is_rational(p->x, &over, &under) || (under != 1 && under != 2) ||
        over > MOST_EXPONENT || over < -MOST_EXPONENT) {
        cola_drop(p->x);
        cola_drop(p->x);
        return !p->x->effort.failed && push_tokens(p, begin, p->at);
    }
    cola_drop(p->x);
    if (under == 2 && !cola_square_root(p->x)) {
        cola_drop(p->x);
        return !p->x->effort.failed && push_tokens(p, begin, p->at);
    }
    if (cola_is_rational(p->x, &base, &below) && !cola_power_fits(base, below, over)) {
        cola_drop(p->x);
        return push_large(p, base, below, over);
    }
    cola_power(p->x, (int)over);
    return !p->x->effort.failed;
}

static int
read_factorial(struct parser *p, int begin)
{
    int64_t n, under, product = 1;

    p->at++;
    if (kind(p, 0) == COLA_LEX_FACTORIAL)
        return 0;
    if (!cola_is_rational(p->x, &n, &under) || under != 1 || n < 0 ||
        n > MOST_FACTORIAL) {
        cola_drop(p->x);
        return !p->x->effort.failed && push_tokens(p, begin, p->at);
    }
    for (int64_t i = 2; i <= n; i++)
        product *= i;
    cola_drop(p->x);
    cola_push_rational(p->x, product, 1);
    return 1;
}

static int
read_factor(struct parser *p)
{
    int begin = p->at, mixed;

    p->x->effort.left -= 10;
    if (p->x->effort.left < 0)
        p->x->effort.failed = 1;
    if (p->x->effort.failed)
        return 0;
    mixed = read_mixed(p);
    if (mixed >= 0)
        return mixed && kind(p, 0) != COLA_LEX_POWER;
    if (!read_base(p))
        return 0;
    if (kind(p, 0) == COLA_LEX_FACTORIAL && !read_factorial(p, begin))
        return 0;
    if (kind(p, 0) == COLA_LEX_POWER && !read_power(p, begin))
        return 0;
    if (kind(p, 0) == COLA_LEX_DEGREE) {        /* pi / 180 */
        p->at++;
        cola_push_atom(p->x, COLA_ATOM_PI, "pi", 2);
        cola_push_rational(p->x, 180, 1);
        cola_divide(p->x);
        cola_multiply(p->x);
    }
    return !p->x->effort.failed && kind(p, 0) != COLA_LEX_POWER &&
           kind(p, 0) != COLA_LEX_FACTORIAL;
}

static int
begins_factor(enum cola_lex k)
{
    return k == COLA_LEX_LETTER || k == COLA_LEX_PI || k == COLA_LEX_FRAC ||
           k == COLA_LEX_SQRT || k == COLA_LEX_BINOM || k == COLA_LEX_FUNCTION ||
           k == COLA_LEX_OPEN || k == COLA_LEX_GROUP || k == COLA_LEX_INFINITY;
}

static int
read_product(struct parser *p)
{
    int divided = 0;

    if (!read_factor(p))
        return 0;
    for (;;) {
        enum cola_lex k = kind(p, 0);

        if (k == COLA_LEX_TIMES || k == COLA_LEX_OVER) {
            divided = k == COLA_LEX_OVER;
            p->at++;
            if (kind(p, 0) == COLA_LEX_MINUS && kind(p, 1) == COLA_LEX_NUMBER) {
                p->at++;
                if (!read_factor(p))
                    return 0;
                cola_negate(p->x);
            } else if (!read_factor(p)) {
                return 0;
            }
            if (divided)
                cola_divide(p->x);
            else
                cola_multiply(p->x);
        } else if (begins_factor(k) ||
                   (k == COLA_LEX_NUMBER &&     /* 5!5! */
                    p->l->tokens[p->at - 1].kind == COLA_LEX_FACTORIAL)) {
            if (divided || !read_factor(p))     /* is "1/2x" x/2? */
                return 0;
            cola_multiply(p->x);
        } else {
            return !p->x->effort.failed;
        }
        if (p->x->effort.failed)
            return 0;
    }
}

static int
read_sum(struct parser *p)
{
    int terms = 0;

    for (;;) {
        enum cola_lex k = kind(p, 0);
        int negative = 0;

        if (k == COLA_LEX_MINUS)
            negative = 1;
        else if ((k == COLA_LEX_EITHER || k == COLA_LEX_NEITHER) && p->sign == 0)
            return 0;
        else if (k == COLA_LEX_EITHER)
            negative = p->sign < 0;
        else if (k == COLA_LEX_NEITHER)
            negative = p->sign > 0;
        else if (k != COLA_LEX_PLUS && terms > 0)
            return 1;
        else if (k != COLA_LEX_PLUS)
            p->at--;
        p->at++;
        if (!read_product(p))
            return 0;
        if (negative)
            cola_negate(p->x);
        if (terms++ > 0)
            cola_add(p->x);
        if (p->x->effort.failed)
            return 0;
    }
}

int
cola_formula(struct cola_algebra *x, struct cola_part part)
{
    struct parser p = {x, part.latex, part.begin, part.end, part.sign, 0};

    return part.latex->sound && part.begin < part.end && read_sum(&p) &&
           p.at == part.end && !x->effort.failed;
}
