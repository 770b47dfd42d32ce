/*
 * latex.c - an answer as tokens of mathematics
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/latex.h"

#include <string.h>

#include "task/names.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* ---- reading -------------------------------------------------------------- */

struct reader {
    struct cola_latex *to;
    const char *text;
    size_t at, len;
    int spaced;
    int depth;                  /* of groups */
    int brackets;               /* of others */
    int money;                  /* what a single dollar is */
    int texts;                  /* in one another */
    int wanted[COLA_LATEX_NESTS + 1];   /* arguments that a command still takes */
};

static int
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' ||
           c == '~';
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char
peek(const struct reader *r, size_t more)
{
    return r->at + more < r->len ? r->text[r->at + more] : '\0';
}

static int
begins(const struct reader *r, size_t more, const char *with)
{
    size_t n = strlen(with);

    return r->len - r->at >= more + n && memcmp(r->text + r->at + more, with, n) == 0;
}

/* A token called NAME [LEN]. */
static struct cola_token_of_latex *
add(struct reader *r, enum cola_lex kind, const char *name, size_t len)
{
    struct cola_latex *to = r->to;
    struct cola_token_of_latex *t;

    if (to->n == COLA_LATEX_TOKENS || len > (size_t)(COLA_LATEX_ROOM - to->used)) {
        to->sound = 0;
        return NULL;
    }
    t = &to->tokens[to->n++];
    *t = (struct cola_token_of_latex){kind, to->used, (int)len, -1, r->spaced, 0, 0};
    memcpy(to->room + to->used, name, len);
    to->used += (int)len;
    r->spaced = 0;
    if (r->depth <= COLA_LATEX_NESTS && r->wanted[r->depth] > 0 &&
        kind != COLA_LEX_GROUP)
        r->wanted[r->depth]--;
    return t;
}

static void
add_text(struct reader *r, enum cola_lex kind, const char *name)
{
    add(r, kind, name, strlen(name));
}

/* The next separator of thousands at MORE bytes ahead, and three digits after
 * it: the bytes of the separator, or 0.  *PLAIN: it may be a list's. */
static size_t
separator(const struct reader *r, size_t more, int *plain)
{
    static const char *const known[] = {
        "{,}\\! ", "{,}\\!", "{,}", ",\\! ", ",\\!", ", \\!", "\\,", "\\ ", ",", ", ",
        ",\\ ", ",\\,", " ",
    };

    for (size_t i = 0; i < COUNT(known); i++) {
        size_t n = more + strlen(known[i]);

        if (!begins(r, more, known[i]) || !is_digit(peek(r, n)) ||
            !is_digit(peek(r, n + 1)) || !is_digit(peek(r, n + 2)) ||
            is_digit(peek(r, n + 3)))
            continue;
        if (known[i][0] == ' ' || strcmp(known[i], "\\ ") == 0)
            continue;                   /* two numbers, for all we know */
        *plain = known[i][0] == ',' && strstr(known[i], "!") == NULL;
        if (*plain && known[i][1] != '\0' && peek(r, n) != '0')
            return 0;                   /* 20, 000 but not 20, 100 */
        if (*plain && (r->brackets > 0 || r->to->commas_split))
            return 0;
        return n - more;
    }
    return 0;
}

/* Is a number one digit, the argument of a command without braces? */
static int
is_single(const struct reader *r)
{
    return r->depth <= COLA_LATEX_NESTS && r->wanted[r->depth] > 0;
}

static void
read_number(struct reader *r)
{
    struct cola_latex *to = r->to;
    int single = is_single(r), grouped = 0;
    size_t n = 0, whole, step;
    char digits[COLA_LATEX_MOST + 2];
    struct cola_token_of_latex *t;

    while (is_digit(peek(r, 0)) && n < COLA_LATEX_MOST && !(single && n == 1)) {
        digits[n++] = peek(r, 0);
        r->at++;
    }
    whole = n;
    for (int plain; !single && whole > 0 && whole <= 3 && digits[0] != '0' &&
         (step = separator(r, 0, &plain)) > 0 && n + 3 < COLA_LATEX_MOST;) {
        memcpy(digits + n, r->text + r->at + step, 3);
        n += 3;
        r->at += step + 3;
        grouped |= plain;
    }
    if (!single && peek(r, 0) == '.' && is_digit(peek(r, 1))) {
        digits[n++] = '.';
        for (r->at++; is_digit(peek(r, 0)) && n < COLA_LATEX_MOST; r->at++)
            digits[n++] = peek(r, 0);
    }
    step = peek(r, 0) == 'e' || peek(r, 0) == 'E' ? 1 : 0;
    if (step == 1 && (peek(r, 1) == '-' || peek(r, 1) == '+'))
        step++;
    if (!single && step > 0 && is_digit(peek(r, step)) && n + 5 < COLA_LATEX_MOST) {
        size_t end = step + 1 + (size_t)is_digit(peek(r, step + 1));

        if (!is_letter(peek(r, end)) && !is_digit(peek(r, end))) {
            digits[n++] = 'e';
            if (peek(r, 1) == '-')
                digits[n++] = '-';
            for (; step < end; step++)
                digits[n++] = peek(r, step);
            r->at += end;
        }
    }
    t = add(r, COLA_LEX_NUMBER, digits, n);
    if (t != NULL)
        t->grouped = grouped;
    to->sound &= n < COLA_LATEX_MOST;
}

/* Does the token before make a short word a unit? */
static int
follows_number(const struct reader *r)
{
    enum cola_lex last = r->to->n > 0 ? r->to->tokens[r->to->n - 1].kind :
                         COLA_LEX_OTHER;

    return last == COLA_LEX_NUMBER || last == COLA_LEX_PI ||
           (r->spaced && (last == COLA_LEX_END || last == COLA_LEX_CLOSE));
}

/* The words TEXT [LEN] in lower case, their spaces gone. */
static void
add_words(struct reader *r, const char *text, size_t len)
{
    char name[256];
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        if (!is_space(text[i]) && text[i] != '\\' && n < sizeof name)
            name[n++] = lower(text[i]);
    while (n > 0 && name[n - 1] == '.')
        n--;
    r->to->sound &= n < sizeof name;
    if (n > 0) {
        const struct cola_meaning *m = cola_word_meaning(name, n);

        if (m != NULL)
            add_text(r, m->kind, m->canonical);
        else
            add(r, COLA_LEX_WORD, name, n);
    }
}

static void
read_letters(struct reader *r)
{
    const char *name = r->text + r->at;
    const struct cola_meaning *m;
    size_t n = 0;

    while (is_letter(peek(r, n)))
        n++;
    if (cola_name_among(COLA_NAMES_FUNCTIONS, name, n) && !(n == 3 && follows_number(r) &&
        memcmp(name, "min", 3) == 0)) {
        add(r, COLA_LEX_FUNCTION, name, n);
    } else if ((m = cola_word_meaning(name, n)) != NULL) {
        add_text(r, m->kind, m->canonical);
    } else if (n > 3 ||
               (follows_number(r) && cola_name_among(COLA_NAMES_UNITS, name, n))) {
        add_words(r, name, n);
    } else {
        for (size_t i = 0; i < n; i++)
            add(r, COLA_LEX_LETTER, name + i, 1);
    }
    r->at += n;
}

/* The end of the group that begins at MORE; the text's when it has none. */
static size_t
group_end(const struct reader *r, size_t more)
{
    int depth = 0;

    for (; r->at + more < r->len; more++) {
        if (peek(r, more) == '\\')
            more++;
        else if (peek(r, more) == '{')
            depth++;
        else if (peek(r, more) == '}' && --depth == 0)
            return more + 1;
    }
    return r->len - r->at;
}

/* Has TEXT a word, and neither digits nor mathematics? */
static int
is_prose(const char *text, size_t len)
{
    size_t run = 0, most = 0;

    for (size_t i = 0; i < len; i++) {
        if (is_digit(text[i]) || text[i] == '{' || text[i] == '\\')
            return 0;
        run = is_letter(text[i]) ? run + 1 : 0;
        most = run > most ? run : most;
    }
    return most >= 2;
}

static void read_some(struct reader *r, size_t end);

/* \text{...}, R being at its group: words, between commas, or a formula. */
static void
read_text(struct reader *r)
{
    size_t end, from;

    while (is_space(peek(r, 0)))
        r->at++;
    if (peek(r, 0) != '{')
        return;                         /* a letter's font */
    end = r->at + group_end(r, 0);
    from = r->at + 1;
    if (!is_prose(r->text + from, end - from)) {
        r->at = from;
        if (++r->texts > 4)
            r->to->sound = 0;
        else
            read_some(r, end - 1 >= from ? end - 1 : from);
        if (r->to->n > 0 && r->to->tokens[r->to->n - 1].kind == COLA_LEX_LETTER)
            r->to->tokens[r->to->n - 1].texted = 1;
        r->texts--;
        r->at = end;
        return;
    }
    r->spaced = 1;
    for (size_t i = from; i < end; i++)
        if (r->text[i] == ',' || i == end - 1) {
            size_t stop = i == end - 1 && r->text[i] != '}' && r->text[i] != ',' ?
                          i + 1 : i;

            add_words(r, r->text + from, stop - from);
            if (r->text[i] == ',')
                add_text(r, COLA_LEX_COMMA, ",");
            from = i + 1;
        }
    r->at = end;
    r->spaced = 1;
}

/* What brackets a row's height: \\[2pt]. */
static void
skip_height(struct reader *r)
{
    size_t n = 1;

    if (peek(r, 0) != '[' || !is_digit(peek(r, 1)))
        return;
    while (n < 8 && (is_digit(peek(r, n)) || is_letter(peek(r, n)) || peek(r, n) == '.'))
        n++;
    if (peek(r, n) == ']' && is_letter(peek(r, n - 1)))
        r->at += n + 1;
}

static void
read_command(struct reader *r)
{
    const char *name = r->text + r->at + 1;
    const struct cola_meaning *m;
    size_t n = 0;
    char c = peek(r, 1);

    while (is_letter(peek(r, n + 1)))
        n++;
    if (n == 0) {
        r->at += 2;
        if (c == '{' || c == '}') {
            r->brackets += c == '{' ? 1 : -1;
            add(r, c == '{' ? COLA_LEX_OPEN : COLA_LEX_CLOSE, &c, 1);
        } else if (c == '%' || c == '$') {
            add(r, c == '%' ? COLA_LEX_PERCENT : COLA_LEX_MONEY, &c, 1);
        } else if (c == '\\') {
            skip_height(r);
            add_text(r, COLA_LEX_ROW, "\\\\");
        } else if (c == '|' || c == '#' || c == '&' || c == '_') {
            add(r, COLA_LEX_OTHER, &c, 1);
        } else {
            r->spaced = 1;              /* \, \; \! and \( \) \[ \] */
        }
        r->at = r->at < r->len ? r->at : r->len;
        return;
    }
    r->at += n + 1;
    if ((n == 5 && memcmp(name, "begin", 5) == 0) ||
        (n == 3 && memcmp(name, "end", 3) == 0)) {
        size_t end = peek(r, 0) == '{' ? group_end(r, 0) : 0;

        r->brackets += n == 5 ? 1 : -1;
        add(r, n == 5 ? COLA_LEX_BEGIN : COLA_LEX_FINISH, r->text + r->at + (end > 0),
            end > 1 ? end - 2 : 0);
        r->at += end;
        return;
    }
    if (cola_name_among(COLA_NAMES_TEXTS, name, n)) {
        read_text(r);
        return;
    }
    if (n >= 7 && memcmp(name + n - 7, "phantom", 7) == 0) {
        while (is_space(peek(r, 0)))
            r->at++;
        r->at += peek(r, 0) == '{' ? group_end(r, 0) : r->at < r->len;
        return;
    }
    if (cola_name_among(COLA_NAMES_DROPPED, name, n)) {
        r->spaced = 1;
        if ((n == 4 || n == 5) && (memcmp(name, "left", 4) == 0 || n == 5) &&
            peek(r, 0) == '.' && strchr("lr", name[0]) != NULL)
            r->at++;                    /* a bracket that is not drawn */
        return;
    }
    m = cola_command_meaning(name, n);
    if (m == NULL) {
        int function = cola_name_among(COLA_NAMES_FUNCTIONS, name, n);

        add(r, function ? COLA_LEX_FUNCTION : COLA_LEX_LETTER, name - !function,
            n + !function);
        return;
    }
    if (m->kind == COLA_LEX_OPEN || m->kind == COLA_LEX_CLOSE)
        r->brackets += m->kind == COLA_LEX_OPEN ? 1 : -1;
    add_text(r, m->kind, m->canonical);
    if (r->depth <= COLA_LATEX_NESTS &&
        (m->kind == COLA_LEX_FRAC || m->kind == COLA_LEX_BINOM))
        r->wanted[r->depth] += 2;
}

/* ^\circ and the like at R: its bytes, or 0. */
static size_t
degree_sign(const struct reader *r)
{
    static const char *const signs[] = {"\\circ", "\\degree", "\xc2\xb0", "o"};
    size_t n = 1, braced;

    while (is_space(peek(r, n)))
        n++;
    braced = peek(r, n) == '{';
    n += braced;
    while (is_space(peek(r, n)))
        n++;
    for (size_t i = 0; i < COUNT(signs); i++)
        if (begins(r, n, signs[i]) && !is_letter(peek(r, n + strlen(signs[i]))) &&
            (i < 3 || braced)) {
            n += strlen(signs[i]);
            while (is_space(peek(r, n)))
                n++;
            return !braced ? n : peek(r, n) == '}' ? n + 1 : 0;
        }
    return 0;
}

/* What stands for LaTeX in UTF-8. */
static int
read_utf8(struct reader *r)
{
    const struct cola_meaning *m = cola_utf8_meaning(r->text + r->at, r->len - r->at);

    if (begins(r, 0, "\xc2\xa0")) {     /* a space */
        r->at += 2;
        r->spaced = 1;
        return 1;
    }
    if (begins(r, 0, "\xc2\xb2") || begins(r, 0, "\xc2\xb3")) {
        add_text(r, COLA_LEX_POWER, "^");
        add_text(r, COLA_LEX_NUMBER, peek(r, 1) == '\xb2' ? "2" : "3");
        r->at += 2;
        return 1;
    }
    if (m == NULL)
        return 0;
    add_text(r, m->kind, m->canonical);
    r->at += strlen(m->name);
    return 1;
}

static void
read_sign(struct reader *r)
{
    enum cola_lex kind = cola_sign_meaning(peek(r, 0));
    char name[3] = {peek(r, 0), '\0', '\0'};
    size_t n;

    if (kind == COLA_LEX_POWER && (n = degree_sign(r)) > 0) {
        add_text(r, COLA_LEX_DEGREE, "degree");
        r->at += n;
        return;
    }
    if (begins(r, 0, "..")) {           /* 0.333... goes on */
        while (peek(r, 0) == '.')
            r->at++;
        add_text(r, COLA_LEX_LETTER, "\\ldots");
        return;
    }
    if (begins(r, 0, "**")) {
        kind = COLA_LEX_POWER;
        name[0] = '^';
        r->at++;
    } else if (kind == COLA_LEX_RELATION && peek(r, 1) == '=') {
        name[1] = '=';
        r->at++;
    } else if (kind == COLA_LEX_COMMA) {
        name[0] = ',';
    }
    r->at++;
    if (kind == COLA_LEX_GROUP) {
        add_text(r, kind, name);
        if (++r->depth <= COLA_LATEX_NESTS)
            r->wanted[r->depth] = 0;
    } else if (kind == COLA_LEX_END) {
        r->depth--;
        if (r->depth < 0) {
            r->to->sound = 0;
            r->depth = 0;
        }
        if (r->depth <= COLA_LATEX_NESTS && r->wanted[r->depth] > 0)
            r->wanted[r->depth]--;
        if (r->depth <= COLA_LATEX_NESTS) {
            int rest = r->wanted[r->depth];     /* the end itself is none */

            r->wanted[r->depth] = 0;
            add_text(r, kind, name);
            r->wanted[r->depth] = rest;
        } else {
            add_text(r, kind, name);
        }
    } else {
        r->brackets += kind == COLA_LEX_OPEN ? 1 : kind == COLA_LEX_CLOSE ? -1 : 0;
        add_text(r, kind, name);
    }
}

static void
read_some(struct reader *r, size_t end)
{
    size_t len = r->len;

    r->len = end;
    while (r->at < end && r->to->sound) {
        char c = peek(r, 0);

        if (is_space(c)) {
            r->spaced = 1;
            r->at++;
        } else if (c == '$') {
            if (r->money)
                add_text(r, COLA_LEX_MONEY, "$");
            r->spaced = 1;
            r->at++;
        } else if (is_digit(c) || (c == '.' && is_digit(peek(r, 1)) && !is_single(r))) {
            read_number(r);
        } else if (is_letter(c)) {
            read_letters(r);
        } else if (c == '\\') {
            read_command(r);
        } else if ((unsigned char)c >= 0x80) {
            if (!read_utf8(r)) {
                add(r, COLA_LEX_OTHER, &c, 1);
                r->at++;
            }
        } else {
            read_sign(r);
        }
    }
    r->len = len;
}

/* Tell brackets their other ones. */
static void
match_brackets(struct cola_latex *to)
{
    int open[COLA_LATEX_NESTS], depth = 0;

    for (int i = 0; i < to->n && to->sound; i++) {
        enum cola_lex kind = to->tokens[i].kind;

        if (kind == COLA_LEX_OPEN || kind == COLA_LEX_GROUP || kind == COLA_LEX_BEGIN) {
            if (depth == COLA_LATEX_NESTS)
                to->sound = 0;
            else
                open[depth++] = i;
        } else if (kind == COLA_LEX_CLOSE || kind == COLA_LEX_END ||
                   kind == COLA_LEX_FINISH) {
            /* in the list of kinds every end stands after its beginning */
            if (depth == 0 || to->tokens[open[depth - 1]].kind + 1 != kind) {
                to->sound = 0;
            } else {
                to->tokens[i].match = open[--depth];
                to->tokens[open[depth]].match = i;
            }
        }
    }
    if (depth > 0)
        to->sound = 0;
}

void
cola_latex_read(struct cola_latex *latex, const char *text, size_t len, int commas_split)
{
    struct reader r = {.to = latex, .text = text, .len = len};
    size_t dollars = 0;

    latex->n = 0;
    latex->used = 0;
    latex->sound = len <= COLA_LATEX_MOST && memchr(text, '\0', len) == NULL;
    latex->commas_split = commas_split;
    for (size_t i = 0; i < len; i++)
        dollars += text[i] == '$' && (i == 0 || text[i - 1] != '\\');
    r.money = dollars == 1;
    read_some(&r, len);         /* nothing when it is not sound */
    if (latex->n > 1 && latex->tokens[0].kind == COLA_LEX_MINUS &&
        latex->tokens[1].kind == COLA_LEX_MONEY) {      /* -$5 is $-5 */
        struct cola_token_of_latex sign = latex->tokens[0];

        latex->tokens[0] = latex->tokens[1];
        latex->tokens[1] = sign;
    }
    match_brackets(latex);
}

int
cola_latex_is(const struct cola_latex *latex, int i, const char *name)
{
    return (size_t)latex->tokens[i].len == strlen(name) &&
           memcmp(cola_latex_name(latex, i), name, strlen(name)) == 0;
}
