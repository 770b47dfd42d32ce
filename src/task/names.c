/*
 * names.c - commands and words that mean something in an answer
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/names.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* After a backslash. */
static const struct cola_meaning commands[] = {
    {"frac", COLA_LEX_FRAC, "frac"}, {"dfrac", COLA_LEX_FRAC, "frac"},
    {"tfrac", COLA_LEX_FRAC, "frac"}, {"cfrac", COLA_LEX_FRAC, "frac"},
    {"sqrt", COLA_LEX_SQRT, "sqrt"}, {"binom", COLA_LEX_BINOM, "binom"},
    {"dbinom", COLA_LEX_BINOM, "binom"}, {"tbinom", COLA_LEX_BINOM, "binom"},
    {"pi", COLA_LEX_PI, "pi"}, {"infty", COLA_LEX_INFINITY, "infty"},
    {"cdot", COLA_LEX_TIMES, "*"}, {"times", COLA_LEX_TIMES, "*"},
    {"ast", COLA_LEX_TIMES, "*"}, {"div", COLA_LEX_OVER, "/"},
    {"pm", COLA_LEX_EITHER, "+-"}, {"mp", COLA_LEX_NEITHER, "-+"},
    {"le", COLA_LEX_RELATION, "<="}, {"leq", COLA_LEX_RELATION, "<="},
    {"leqslant", COLA_LEX_RELATION, "<="}, {"ge", COLA_LEX_RELATION, ">="},
    {"geq", COLA_LEX_RELATION, ">="}, {"geqslant", COLA_LEX_RELATION, ">="},
    {"lt", COLA_LEX_RELATION, "<"}, {"gt", COLA_LEX_RELATION, ">"},
    {"ne", COLA_LEX_RELATION, "!="}, {"neq", COLA_LEX_RELATION, "!="},
    {"in", COLA_LEX_IN, "in"}, {"cup", COLA_LEX_CUP, "cup"},
    {"colon", COLA_LEX_COLON, ":"}, {"degree", COLA_LEX_DEGREE, "degree"},
    {"circ", COLA_LEX_DEGREE, "degree"},
    {"lbrace", COLA_LEX_OPEN, "{"}, {"rbrace", COLA_LEX_CLOSE, "}"},
    {"lbrack", COLA_LEX_OPEN, "["}, {"rbrack", COLA_LEX_CLOSE, "]"},
    {"langle", COLA_LEX_OPEN, "<"}, {"rangle", COLA_LEX_CLOSE, ">"},
};

/* Words that are not a backslash away from one of the above. */
static const struct cola_meaning words[] = {
    {"pi", COLA_LEX_PI, "pi"}, {"sqrt", COLA_LEX_SQRT, "sqrt"},
    {"infty", COLA_LEX_INFINITY, "infty"}, {"infinity", COLA_LEX_INFINITY, "infty"},
    {"inf", COLA_LEX_INFINITY, "infty"}, {"or", COLA_LEX_COMMA, ","},
    {"and", COLA_LEX_COMMA, ","}, {"degrees", COLA_LEX_DEGREE, "degree"},
    {"degree", COLA_LEX_DEGREE, "degree"}, {"percent", COLA_LEX_PERCENT, "%"},
    {"dollars", COLA_LEX_MONEY, "$"}, {"dollar", COLA_LEX_MONEY, "$"},
    {"usd", COLA_LEX_MONEY, "$"}, {"union", COLA_LEX_CUP, "cup"},
};

static const struct cola_meaning signs[] = {
    {"\xe2\x88\x92", COLA_LEX_MINUS, "-"}, {"\xe2\x80\x93", COLA_LEX_MINUS, "-"},
    {"\xcf\x80", COLA_LEX_PI, "pi"}, {"\xe2\x88\x9e", COLA_LEX_INFINITY, "infty"},
    {"\xc2\xb0", COLA_LEX_DEGREE, "degree"}, {"\xe2\x88\x9a", COLA_LEX_SQRT, "sqrt"},
    {"\xc3\x97", COLA_LEX_TIMES, "*"}, {"\xc2\xb7", COLA_LEX_TIMES, "*"},
    {"\xc3\xb7", COLA_LEX_OVER, "/"}, {"\xc2\xb1", COLA_LEX_EITHER, "+-"},
    {"\xe2\x88\xaa", COLA_LEX_CUP, "cup"}, {"\xe2\x89\xa4", COLA_LEX_RELATION, "<="},
    {"\xe2\x89\xa5", COLA_LEX_RELATION, ">="}, {"\xe2\x82\xac", COLA_LEX_MONEY, "e"},
    {"\xc2\xa3", COLA_LEX_MONEY, "p"}, {"\xc2\xa5", COLA_LEX_MONEY, "y"},
    {"\xe2\x88\x88", COLA_LEX_IN, "in"},
};

static const char *const functions[] = {
    "sin", "cos", "tan", "sec", "csc", "cot", "arcsin", "arccos", "arctan", "sinh",
    "cosh", "tanh", "log", "ln", "lg", "exp", "det", "gcd", "lcm", "max", "min",
};

/* Short words that are a unit after a number. */
static const char *const units[] = {
    "cm", "km", "mm", "ft", "kg", "lb", "lbs", "oz", "mph", "sec", "min", "hr", "hrs",
    "deg", "am", "pm", "yd", "in",
};

static const char *const dropped[] = {
    "left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "bigg", "Bigg",
    "biggl", "biggr", "displaystyle", "textstyle", "limits", "mathbf", "mathit",
    "boldsymbol", "bm", "mathbb", "mathcal", "quad", "qquad", "thinspace", "space",
    "boxed", "fbox", "ensuremath", "middle", "nolimits", "rm", "bf", "it",
};

static const char *const texts[] = {
    "text", "textbf", "textit", "textrm", "textnormal", "textsf", "mbox", "hbox",
    "mathrm", "mathsf", "operatorname", "emph",
};

int
cola_name_among(enum cola_names which, const char *name, size_t len)
{
    static const struct {
        const char *const *list;
        size_t n;
    } lists[] = {
        {functions, COUNT(functions)}, {units, COUNT(units)}, {dropped, COUNT(dropped)},
        {texts, COUNT(texts)},
    };

    for (size_t i = 0; i < lists[which].n; i++)
        if (strlen(lists[which].list[i]) == len &&
            memcmp(lists[which].list[i], name, len) == 0)
            return 1;
    return 0;
}

static const struct cola_meaning *
meaning_of(const struct cola_meaning *list, size_t n, const char *name, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(list[i].name) == len && memcmp(list[i].name, name, len) == 0)
            return &list[i];
    return NULL;
}

const struct cola_meaning *
cola_command_meaning(const char *name, size_t len)
{
    return meaning_of(commands, COUNT(commands), name, len);
}

const struct cola_meaning *
cola_word_meaning(const char *name, size_t len)
{
    return meaning_of(words, COUNT(words), name, len);
}

const struct cola_meaning *
cola_utf8_meaning(const char *text, size_t len)
{
    for (size_t i = 0; i < COUNT(signs); i++) {
        size_t n = strlen(signs[i].name);

        if (n <= len && memcmp(text, signs[i].name, n) == 0)
            return &signs[i];
    }
    return NULL;
}

enum cola_lex
cola_sign_meaning(char c)
{
    switch (c) {
    case '+': return COLA_LEX_PLUS;
    case '-': return COLA_LEX_MINUS;
    case '*': return COLA_LEX_TIMES;
    case '/': return COLA_LEX_OVER;
    case '^': return COLA_LEX_POWER;
    case '_': return COLA_LEX_SUB;
    case '!': return COLA_LEX_FACTORIAL;
    case '(': case '[': return COLA_LEX_OPEN;
    case ')': case ']': return COLA_LEX_CLOSE;
    case '{': return COLA_LEX_GROUP;
    case '}': return COLA_LEX_END;
    case '&': return COLA_LEX_CELL;
    case ',': case ';': return COLA_LEX_COMMA;
    case ':': return COLA_LEX_COLON;
    case '=': return COLA_LEX_EQUALS;
    case '<': case '>': return COLA_LEX_RELATION;
    case '%': return COLA_LEX_PERCENT;
    case '.': return COLA_LEX_STOP;
    default:  return COLA_LEX_OTHER;
    }
}
