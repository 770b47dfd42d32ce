/*
 * mathematics.c - do two answers say the same
 *
 *   math-form             right: the same tokens
 *   math-value            right: the same value, exactly
 *   math-text             right: the same words
 *   math-equation         right: one equation is a multiple of the other
 *   math-number-differs   wrong: numbers, in digits, that differ
 *   math-value-differs    wrong: values without letters that differ
 *   math-algebra-differs  wrong: expressions in the same letters that differ
 *   math-count-differs    wrong: more or fewer elements
 *   math-bracket-differs  wrong: intervals that differ in their ends
 *   math-kind-differs     wrong: a number, and a tuple, interval or matrix
 *   math-relation-differs wrong: the same sides, another relation
 *   math-text-differs     wrong: words that exclude each other
 *   undecided             none of these
 *   too-long              an answer longer than COLA_LATEX_MOST bytes
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/mathematics.h"

#include <stdlib.h>
#include <string.h>

#include "task/measure.h"
#include "task/scalars.h"

#define MOST_WORK 2000000       /* see algebra.h: some hundredths of a second */
#define DEEPEST 6               /* lists of tuples of lists */

struct desk {
    struct cola_latex answer, reference;
    struct cola_algebra algebra;
};

/* What stays of a finding when the two are not of one kind: a difference. */
static struct cola_finding
only_wrong(struct cola_finding f)
{
    return f.progress == COLA_IS_WRONG ? f : cola_says_nothing();
}

static struct cola_finding compare(struct desk *d, struct cola_part a,
                                   struct cola_part r, int depth);

/* ---- many ----------------------------------------------------------------- */

/* The same elements, in any order. */
static struct cola_finding
compare_sets(struct desk *d, const struct cola_parts *a, const struct cola_parts *r,
             int depth)
{
    struct cola_finding f = cola_says_right("math-form"), clear = cola_says_nothing();
    unsigned char taken[COLA_PARTS_MOST] = {0}, found[COLA_PARTS_MOST] = {0};
    int left_a = a->n, left_r = r->n;

    if (a->too_many || r->too_many)
        return cola_says_nothing();
    for (int k = 0; k < r->n; k++)
        for (int i = 0; i < a->n && !found[k]; i++) {
            struct cola_finding one;

            if (taken[i])
                continue;
            one = compare(d, a->list[i], r->list[k], depth);
            if (one.progress != COLA_IS_RIGHT)
                continue;
            if (strcmp(one.rule, "math-form") != 0)
                f = one;
            taken[i] = found[k] = 1;
            left_a--;
            left_r--;
        }
    if (left_a == 0 && left_r == 0)
        return f;
    /* an element that equals none of the others, clearly */
    for (int side = 0; side < 2; side++) {
        const struct cola_parts *from = side ? a : r, *to = side ? r : a;

        for (int k = 0; k < from->n; k++) {
            int differs = 1;

            if (side ? taken[k] : found[k])
                continue;
            for (int i = 0; i < to->n; i++) {
                struct cola_finding one =
                    side ? compare(d, from->list[k], to->list[i], depth)
                         : compare(d, to->list[i], from->list[k], depth);

                differs &= one.progress == COLA_IS_WRONG;
                if (one.progress == COLA_IS_WRONG)
                    clear = one;
                if (!differs)
                    break;
            }
            if (differs && to->n > 0)
                return a->n == r->n ? clear : cola_says_wrong("math-count-differs");
        }
    }
    return cola_says_nothing();         /* a root named twice, perhaps */
}

/* The same elements in the same order. */
static struct cola_finding
compare_rows(struct desk *d, const struct cola_parts *a, const struct cola_parts *r,
             int depth)
{
    struct cola_finding all = cola_says_right("math-form");

    if (a->too_many || r->too_many)
        return cola_says_nothing();
    if (a->n != r->n)
        return cola_says_wrong("math-count-differs");
    for (int i = 0; i < a->n; i++) {
        struct cola_finding f = compare(d, a->list[i], r->list[i], depth);

        if (f.progress == COLA_IS_WRONG)
            return f;
        if (f.progress != COLA_IS_RIGHT)
            all = f;
        else if (all.progress == COLA_IS_RIGHT && strcmp(f.rule, "math-form") != 0)
            all = f;
    }
    return all;
}

/* ---- tuples, intervals, matrices ------------------------------------------ */

static int
is_bracket(const struct cola_part *p, int i, const char *name)
{
    return cola_latex_is(p->latex, i, name);
}

static int
is_set(const struct cola_part *p)
{
    return cola_part_inside(p, COLA_LEX_OPEN) && is_bracket(p, p->begin, "{");
}

static int
has_infinity(const struct cola_part *p)
{
    for (int i = p->begin; i < p->end; i++)
        if (cola_part_kind(p, i) == COLA_LEX_INFINITY)
            return 1;
    return 0;
}

/* Can it only be an interval: half open, or infinite? */
static int
is_interval(const struct cola_part *p)
{
    int square = is_bracket(p, p->begin, "[") + is_bracket(p, p->end - 1, "]");

    return square == 1 || has_infinity(p);
}

static struct cola_finding
compare_tuples(struct desk *d, struct cola_part a, struct cola_part r, int depth)
{
    struct cola_parts said, wanted;
    struct cola_finding f;
    int same;

    cola_part_split(cola_part_inner(a), COLA_LEX_COMMA, &said);
    cola_part_split(cola_part_inner(r), COLA_LEX_COMMA, &wanted);
    if (is_set(&a) && is_set(&r))
        return compare_sets(d, &said, &wanted, depth);
    if (is_set(&a) || is_set(&r))
        return only_wrong(compare_sets(d, &said, &wanted, depth));
    f = compare_rows(d, &said, &wanted, depth);
    same = is_bracket(&a, a.begin, cola_latex_is(r.latex, r.begin, "[") ? "[" :
                      cola_latex_is(r.latex, r.begin, "<") ? "<" : "(") &&
           is_bracket(&a, a.end - 1, cola_latex_is(r.latex, r.end - 1, "]") ? "]" :
                      cola_latex_is(r.latex, r.end - 1, ">") ? ">" : ")");
    if (f.progress != COLA_IS_RIGHT || same)
        return f;
    if (said.n == 2 && (is_interval(&a) || is_interval(&r))) {
        /* an infinite end is open, whatever is written */
        int at[2] = {a.begin, a.end - 1}, of[2] = {r.begin, r.end - 1}, differ = 0;

        for (int end = 0; end < 2; end++)
            differ |= !has_infinity(&said.list[end]) &&
                      (is_bracket(&a, at[end], end ? "]" : "[") !=
                       is_bracket(&r, of[end], end ? "]" : "["));
        return differ ? cola_says_wrong("math-bracket-differs") : f;
    }
    return cola_says_nothing();
}

/* Rows between \\, cells between &. */
static struct cola_finding
compare_matrices(struct desk *d, struct cola_part a, struct cola_part r, int depth)
{
    struct cola_parts rows_a, rows_r, said, wanted;
    struct cola_finding all = cola_says_right("math-form");
    int bars[2] = {cola_latex_is(a.latex, a.begin, "vmatrix"),
                   cola_latex_is(r.latex, r.begin, "vmatrix")};
    struct cola_part *both[2] = {&a, &r};

    for (int i = 0; i < 2; i++) {
        struct cola_part *p = both[i];
        const char *name = cola_latex_name(p->latex, p->begin);
        int len = p->latex->tokens[p->begin].len, array = len == 5;

        if ((len < 6 || memcmp(name + len - 6, "matrix", 6) != 0) &&
            (!array || memcmp(name, "array", 5) != 0))
            return cola_says_nothing();
        *p = cola_part_inner(*p);
        if (array && cola_part_kind(p, p->begin) == COLA_LEX_GROUP)
            p->begin = cola_part_after(p, p->begin);      /* its columns */
    }
    if (bars[0] != bars[1])
        return cola_says_nothing();     /* a determinant */
    cola_part_split(a, COLA_LEX_ROW, &rows_a);
    cola_part_split(r, COLA_LEX_ROW, &rows_r);
    if (rows_a.too_many || rows_r.too_many)
        return cola_says_nothing();
    for (int i = 0; i < rows_a.n && i < rows_r.n; i++) {
        struct cola_finding f;

        cola_part_split(rows_a.list[i], COLA_LEX_CELL, &said);
        cola_part_split(rows_r.list[i], COLA_LEX_CELL, &wanted);
        if (rows_a.n != rows_r.n && (rows_a.n == wanted.n || rows_r.n == said.n))
            return cola_says_nothing(); /* a row for a column */
        f = compare_rows(d, &said, &wanted, depth);
        if (f.progress == COLA_IS_WRONG)
            return f;
        if (f.progress != COLA_IS_RIGHT || strcmp(f.rule, "math-form") != 0)
            all = all.progress == COLA_IS_RIGHT ? f : all;
    }
    return rows_a.n == rows_r.n ? all : cola_says_wrong("math-count-differs");
}

/* ---- equations and relations ---------------------------------------------- */

struct sides {
    struct cola_part left, right;
    int at;                         /* of the sign */
};

/* The two sides of P's only sign of KIND. */
static int
sides_of(struct cola_part p, enum cola_lex what, struct sides *s)
{
    s->at = cola_part_find(&p, p.begin, what);
    if (s->at >= p.end || cola_part_find(&p, s->at + 1, what) < p.end)
        return 0;
    s->left = s->right = p;
    s->left.end = s->at;
    s->right.begin = s->at + 1;
    s->left = cola_part_trim(s->left);
    s->right = cola_part_trim(s->right);
    return !cola_part_empty(&s->left) && !cola_part_empty(&s->right);
}

/* Left minus right, on the stack. */
static int
push_difference(struct desk *d, const struct sides *s)
{
    if (!cola_formula(&d->algebra, s->left) || !cola_formula(&d->algebra, s->right))
        return 0;
    cola_negate(&d->algebra);
    cola_add(&d->algebra);
    return !d->algebra.effort.failed;
}

static struct cola_finding
compare_equations(struct desk *d, const struct sides *a, const struct sides *r, int depth)
{
    int named = cola_part_named(&a->left) && cola_part_named(&r->left), linear = 0;
    struct cola_finding f = cola_says_nothing();

    if (named && cola_part_same(&a->left, &r->left))
        f = compare(d, a->right, r->right, depth);
    if (f.progress != COLA_IS_UNDECIDED)
        return f;
    cola_algebra_reset(&d->algebra);
    if (push_difference(d, a) && push_difference(d, r)) {
        if (cola_proportional(&d->algebra, &linear))
            return cola_part_alike(&a->left, &r->left) &&
                   cola_part_alike(&a->right, &r->right) ?
                   cola_says_right("math-equation") : cola_says_nothing();
        if (linear && !named && cola_likeness(&d->algebra) == COLA_DIFFERENT_ALGEBRA)
            return cola_says_wrong("math-algebra-differs");
    }
    return named ? only_wrong(compare(d, a->right, r->right, depth)) :
           cola_says_nothing();
}

/* "x in ...": the rest. */
static struct cola_part
without_in(struct cola_part p)
{
    struct sides s;

    return sides_of(p, COLA_LEX_IN, &s) && cola_part_named(&s.left) ? s.right : p;
}

/* An equation and something else: what the equation says its name is. */
static int
take_name_off(struct desk *d, struct cola_part *p)
{
    struct sides s;

    if (!sides_of(*p, COLA_LEX_EQUALS, &s))
        return 0;
    if (!cola_part_named(&s.left) &&
        cola_compare_values(&d->algebra, s.left, s.right, 1, 1).progress != COLA_IS_RIGHT)
        return 0;
    *p = s.right;
    return 1;
}

/* a < b: the same sides, or turned round. */
static struct cola_finding
compare_relations(struct desk *d, struct cola_part a, struct cola_part r, int depth)
{
    struct sides x, y;
    const char *sign, *want;
    struct cola_finding f, g;
    int turned;

    if (!sides_of(a, COLA_LEX_RELATION, &x) || !sides_of(r, COLA_LEX_RELATION, &y))
        return cola_says_nothing();
    sign = cola_latex_name(a.latex, x.at);
    want = cola_latex_name(r.latex, y.at);
    if (sign[0] == '!' || want[0] == '!')
        return cola_says_nothing();
    f = compare(d, x.left, y.left, depth);
    g = compare(d, x.right, y.right, depth);
    turned = f.progress != COLA_IS_RIGHT && g.progress != COLA_IS_RIGHT;
    if (turned) {
        f = compare(d, x.right, y.left, depth);
        g = compare(d, x.left, y.right, depth);
    }
    if (f.progress != COLA_IS_RIGHT || g.progress != COLA_IS_RIGHT)
        return (f.progress == COLA_IS_RIGHT || g.progress == COLA_IS_RIGHT) &&
               (sign[0] == want[0]) != turned ?
               only_wrong(f.progress == COLA_IS_RIGHT ? g : f) : cola_says_nothing();
    return (sign[0] == want[0]) != turned &&
           a.latex->tokens[x.at].len == r.latex->tokens[y.at].len ? g :
           cola_says_wrong("math-relation-differs");
}

/* ---- anything ------------------------------------------------------------- */

static int
has_either(const struct cola_part *p)
{
    for (int i = p->begin; i < p->end; i++)
        if (cola_part_kind(p, i) == COLA_LEX_EITHER ||
            cola_part_kind(p, i) == COLA_LEX_NEITHER)
            return 1;
    return 0;
}

/* A list without brackets, or a set; *PARTS are its elements. */
static int
is_list(struct cola_part p, struct cola_parts *parts)
{
    if (is_set(&p)) {
        cola_part_split(cola_part_inner(p), COLA_LEX_COMMA, parts);
        return 1;
    }
    if (!cola_part_has(&p, COLA_LEX_COMMA) && (!has_either(&p) || p.sign != 0))
        return 0;
    cola_part_split(p, COLA_LEX_COMMA, parts);
    return parts->n > 1;
}

/* Are two elements of LIST equations of unlike names? */
static int
has_names(const struct cola_parts *list)
{
    struct sides s, before = {0};
    int n = 0;

    for (int i = 0; i < list->n; i++)
        if (sides_of(list->list[i], COLA_LEX_EQUALS, &s)) {
            if (n++ > 0 && !cola_part_same(&s.left, &before.left))
                return 1;
            before = s;
        }
    return 0;
}

static struct cola_finding
compare_lists(struct desk *d, struct cola_part a, struct cola_part r, int depth)
{
    struct cola_parts said, wanted;
    int is_a = is_list(a, &said), is_r = is_list(r, &wanted);
    struct cola_part in;

    if (is_a && is_r) {
        struct cola_finding f = compare_sets(d, &said, &wanted, depth);

        /* AB = 9, CD = 4 is no 4, 9 */
        if (f.progress == COLA_IS_RIGHT && has_names(&said) != has_names(&wanted))
            f = compare_rows(d, &said, &wanted, depth).progress == COLA_IS_RIGHT ? f :
                cola_says_nothing();
        return f;
    }
    /* (1,2) and 1,2: not the same, but may be meant so */
    in = is_a ? r : a;
    if (cola_part_tuple(&in)) {
        const struct cola_parts *list = is_a ? &said : &wanted;

        if (list->n == 1 && cola_part_tuple(&list->list[0]))
            return cola_says_nothing();         /* {(1,2)} */
        cola_part_split(cola_part_inner(in), COLA_LEX_COMMA, is_a ? &wanted : &said);
        return only_wrong(compare_sets(d, &said, &wanted, depth));
    }
    cola_part_split(in, COLA_LEX_CUP, is_a ? &wanted : &said);    /* one element */
    return cola_part_has(&in, COLA_LEX_CUP) ? cola_says_nothing()
                                            : compare_sets(d, &said, &wanted, depth);
}

static struct cola_finding
compare_ratios(struct desk *d, struct cola_part a, struct cola_part r, int depth)
{
    struct cola_parts said, wanted;
    struct cola_finding f;

    if (!cola_part_has(&a, COLA_LEX_COLON) || !cola_part_has(&r, COLA_LEX_COLON))
        return cola_says_nothing();
    cola_part_split(a, COLA_LEX_COLON, &said);
    cola_part_split(r, COLA_LEX_COLON, &wanted);
    f = compare_rows(d, &said, &wanted, depth);
    if (f.progress != COLA_IS_WRONG || said.n != 2 || wanted.n != 2)
        return f;
    /* 2:6 is 1:3, or another time of day */
    cola_algebra_reset(&d->algebra);
    for (int i = 0; i < 2; i++) {
        if (!cola_formula(&d->algebra, i ? wanted.list[0] : said.list[0]) ||
            !cola_formula(&d->algebra, i ? wanted.list[1] : said.list[1]))
            return cola_says_nothing();
        cola_divide(&d->algebra);
    }
    return cola_likeness(&d->algebra) == COLA_DIFFERENT_NUMBERS ? f : cola_says_nothing();
}

/* Several elements, and ONE: is it a number, which is no such thing? */
static struct cola_finding
compare_kinds(struct desk *d, struct cola_part one)
{
    struct cola_unit unit;

    cola_measure(&one, &unit);
    cola_algebra_reset(&d->algebra);
    return cola_formula(&d->algebra, one) &&
           !cola_contains(&d->algebra, COLA_ATOM_LETTER) &&
           !cola_contains(&d->algebra, COLA_ATOM_OPAQUE) ?
           cola_says_wrong("math-kind-differs") : cola_says_nothing();
}

static struct cola_finding
compare(struct desk *d, struct cola_part a, struct cola_part r, int depth)
{
    struct sides x, y;
    struct cola_parts parts;
    int in_a, in_r;

    a = cola_part_trim(without_in(cola_part_trim(a)));
    r = cola_part_trim(without_in(cola_part_trim(r)));
    if (cola_part_empty(&a) || cola_part_empty(&r) || depth == DEEPEST ||
        d->algebra.effort.left < 0)
        return cola_says_nothing();
    if (!has_either(&a) && !has_either(&r) && cola_part_same(&a, &r))
        return cola_says_right("math-form");
    if (cola_part_eithers(&a) || cola_part_eithers(&r))     /* two values, or four */
        return cola_part_same(&a, &r) ? cola_says_right("math-form") :
               cola_says_nothing();
    if (is_list(a, &parts) | is_list(r, &parts))
        return compare_lists(d, a, r, depth + 1);
    if (cola_part_has(&a, COLA_LEX_RELATION) || cola_part_has(&r, COLA_LEX_RELATION))
        return compare_relations(d, a, r, depth + 1);
    if (cola_part_has(&a, COLA_LEX_EQUALS) && cola_part_has(&r, COLA_LEX_EQUALS))
        return sides_of(a, COLA_LEX_EQUALS, &x) && sides_of(r, COLA_LEX_EQUALS, &y) ?
               compare_equations(d, &x, &y, depth + 1) : cola_says_nothing();
    if (cola_part_has(&a, COLA_LEX_EQUALS) || cola_part_has(&r, COLA_LEX_EQUALS)) {
        int taken = take_name_off(d, &a);

        return take_name_off(d, &r) || taken ? compare(d, a, r, depth + 1) :
               cola_says_nothing();
    }
    in_a = cola_part_has(&a, COLA_LEX_CUP);
    in_r = cola_part_has(&r, COLA_LEX_CUP);
    if (in_a || in_r) {
        struct cola_parts said, wanted;

        cola_part_split(a, COLA_LEX_CUP, &said);
        cola_part_split(r, COLA_LEX_CUP, &wanted);
        return in_a && in_r && said.n == wanted.n ?
               compare_sets(d, &said, &wanted, depth + 1) : cola_says_nothing();
    }
    in_a = cola_part_tuple(&a);
    in_r = cola_part_tuple(&r);
    if (in_a || in_r)
        return in_a && in_r ? compare_tuples(d, a, r, depth + 1) :
               compare_kinds(d, in_a ? r : a);
    in_a = cola_part_inside(&a, COLA_LEX_BEGIN);
    in_r = cola_part_inside(&r, COLA_LEX_BEGIN);
    if (in_a || in_r)
        return in_a && in_r ? compare_matrices(d, a, r, depth + 1) :
               compare_kinds(d, in_a ? r : a);
    if (cola_part_has(&a, COLA_LEX_COLON) || cola_part_has(&r, COLA_LEX_COLON))
        return compare_ratios(d, a, r, depth + 1);
    return cola_compare_scalars(&d->algebra, a, r);
}

/* ---- whole answers -------------------------------------------------------- */

/* The same bytes, but for space. */
static int
same_bytes(const char *a, size_t len, const char *b, size_t want)
{
    size_t i = 0, k = 0;

    for (;;) {
        while (i < len && (a[i] == ' ' || a[i] == '\n' || a[i] == '\t' || a[i] == '\r'))
            i++;
        while (k < want && (b[k] == ' ' || b[k] == '\n' || b[k] == '\t' || b[k] == '\r'))
            k++;
        if (i == len || k == want)
            return i == len && k == want;
        if (a[i++] != b[k++])
            return 0;
    }
}

/* Does it have a number with commas that may separate a list's elements? */
static int
is_grouped(const struct cola_latex *l)
{
    for (int i = 0; i < l->n; i++)
        if (l->tokens[i].grouped)
            return 1;
    return 0;
}

static struct cola_finding
compare_read(struct desk *d)
{
    struct cola_part a = {&d->answer, 0, d->answer.n, 0};
    struct cola_part r = {&d->reference, 0, d->reference.n, 0};

    if (!d->answer.sound || !d->reference.sound)
        return cola_says_nothing();
    return compare(d, a, r, 0);
}

enum cola_progress
cola_mathematics(const char *answer, size_t len, const char *reference, size_t want,
                 const char **rule)
{
    struct desk *d;
    struct cola_finding f = cola_says_nothing();

    *rule = "math-form";
    if (same_bytes(answer, len, reference, want))
        return COLA_IS_RIGHT;
    *rule = "too-long";
    if (len > COLA_LATEX_MOST || want > COLA_LATEX_MOST)
        return COLA_IS_UNDECIDED;
    *rule = "no-memory";
    d = cola_alloc(1, sizeof *d);
    if (d == NULL)
        return COLA_IS_UNDECIDED;
    d->algebra.effort.left = MOST_WORK;
    cola_latex_read(&d->answer, answer, len, 0);
    cola_latex_read(&d->reference, reference, want, 0);
    f = compare_read(d);
    /* "100,200" may be two numbers: wrong is only what is so in both readings */
    if (f.progress != COLA_IS_RIGHT &&
        is_grouped(&d->answer) != is_grouped(&d->reference)) {
        struct cola_finding g;

        cola_latex_read(&d->answer, answer, len, 1);
        cola_latex_read(&d->reference, reference, want, 1);
        g = compare_read(d);
        if (g.progress == COLA_IS_RIGHT && (cola_latex_zeros(&d->answer) ||
                                            cola_latex_zeros(&d->reference)))
            g = cola_says_nothing();
        if (g.progress == COLA_IS_RIGHT ||
            (f.progress == COLA_IS_WRONG && g.progress != COLA_IS_WRONG))
            f = g;
    }
    if (f.progress == COLA_IS_RIGHT &&
        cola_latex_zeros(&d->answer) != cola_latex_zeros(&d->reference))
        f = cola_says_nothing();        /* (1,000) is not clearly (1,0) */
    free(d);
    *rule = f.rule;
    return f.progress;
}
