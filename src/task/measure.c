/*
 * measure.c - an answer's unit
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/measure.h"

#include <string.h>

#include "task/literal.h"

static const struct {
    const char *spelling, *name;
    int converts;
} spellings[] = {
    {"unit", "", 0}, {"squnit", "", 0}, {"squareunit", "", 0}, {"cubicunit", "", 0},
    {"cuunit", "", 0}, {"unitsquare", "", 0}, {"unitssquared", "", 0},
    {"degree", "deg", 0}, {"deg", "deg", 0}, {"percent", "%", 0}, {"radian", "rad", 1},
    {"rad", "rad", 1}, {"dollar", "$", 1}, {"usd", "$", 1}, {"cent", "cent", 1},
    {"cm", "cm", 1}, {"centimeter", "cm", 1}, {"centimetre", "cm", 1}, {"m", "m", 1},
    {"meter", "m", 1}, {"metre", "m", 1}, {"km", "km", 1}, {"kilometer", "km", 1},
    {"kilometre", "km", 1}, {"mm", "mm", 1}, {"millimeter", "mm", 1},
    {"millimetre", "mm", 1}, {"ft", "ft", 1}, {"foot", "ft", 1}, {"feet", "ft", 1},
    {"in", "in", 1}, {"inch", "in", 1}, {"inche", "in", 1}, {"yd", "yd", 1},
    {"yard", "yd", 1}, {"mile", "mi", 1}, {"mi", "mi", 1}, {"kg", "kg", 1},
    {"kilogram", "kg", 1}, {"g", "g", 1}, {"gram", "g", 1}, {"lb", "lb", 1},
    {"pound", "lb", 1}, {"oz", "oz", 1}, {"ounce", "oz", 1}, {"h", "h", 1},
    {"hr", "h", 1}, {"hour", "h", 1}, {"min", "min", 1}, {"minute", "min", 1},
    {"sec", "s", 1}, {"second", "s", 1}, {"day", "day", 1},
    {"week", "week", 1}, {"month", "month", 1}, {"year", "year", 1},
    {"gallon", "gallon", 1}, {"quart", "quart", 1}, {"pint", "pint", 1},
    {"cup", "cup", 1}, {"liter", "l", 1}, {"litre", "l", 1}, {"l", "l", 1},
    {"ml", "ml", 1}, {"milliliter", "ml", 1}, {"acre", "acre", 1}, {"mph", "mph", 1},
    {"milesperhour", "mph", 1}, {"pair", "pair", 1},
};

static const struct {
    const char *name;
    int64_t times;
} scales[] = {
    {"hundred", 100}, {"thousand", 1000}, {"million", 1000000}, {"billion", 1000000000},
};

/* The name of the unit that WORD [LEN] spells, squared or not. */
static void
name_unit(const char *word, size_t len, const char *power, struct cola_unit *unit)
{
    char text[COLA_UNIT_NAME];
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        if (word[i] != '.' && n < sizeof text - 8)
            text[n++] = word[i];
    text[n] = '\0';
    if (n > 6 && memcmp(text, "square", 6) == 0) {
        memmove(text + 2, text + 6, n - 5);
        n -= 4;
    }
    while (n > 1 && text[n - 1] == 's')
        text[--n] = '\0';
    unit->converts = strncmp(text, "sq", 2) == 0 || strncmp(text, "cubic", 5) == 0 ||
                     power[0] != '\0';
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++)
        if (strcmp(text, spellings[i].spelling) == 0) {
            strcpy(text, spellings[i].name);
            unit->converts |= spellings[i].converts;
            break;
        }
    strcpy(unit->name, text);
    if (unit->name[0] != '\0')
        strcat(unit->name, power);
}

/* A unit that ends PART at its end, "cm" or "cm^2": where it begins. */
static int
last_word(const struct cola_part *p, char power[4])
{
    int i = p->end - 1;

    power[0] = '\0';
    if (i - 2 > p->begin && cola_part_kind(p, i) == COLA_LEX_NUMBER &&
        cola_part_kind(p, i - 1) == COLA_LEX_POWER &&
        cola_part_kind(p, i - 2) == COLA_LEX_WORD && p->latex->tokens[i].len == 1) {
        power[0] = '^';
        power[1] = cola_latex_name(p->latex, i)[0];
        power[2] = '\0';
        return i - 2;
    }
    if (i - 4 > p->begin && cola_part_kind(p, i) == COLA_LEX_END &&
        cola_part_kind(p, i - 1) == COLA_LEX_NUMBER &&
        cola_part_kind(p, i - 2) == COLA_LEX_GROUP &&
        cola_part_kind(p, i - 3) == COLA_LEX_POWER &&
        cola_part_kind(p, i - 4) == COLA_LEX_WORD && p->latex->tokens[i - 1].len == 1) {
        power[0] = '^';
        power[1] = cola_latex_name(p->latex, i - 1)[0];
        power[2] = '\0';
        return i - 4;
    }
    return i > p->begin && cola_part_kind(p, i) == COLA_LEX_WORD ? i : -1;
}

/* Words that are no unit, for with them a number is another, or none; and how
 * phrases of them begin, which are one word here. */
static const char *const changes[] = {
    "cubed", "doubled", "dozen", "dozens", "exactly", "factorial", "fifths", "fourths",
    "half", "halved", "halves", "is", "more", "negative", "no", "not", "quarters",
    "squared", "thirds", "times", "wrong", "zero",
};
static const char *const beginnings[] = {
    "above", "atleast", "atmost", "below", "fewer", "incorrect", "isfalse", "isin",
    "isno", "iswrong", "less", "morethan", "notit", "notright", "orfewer", "orless",
    "ormore",
};

/* May the word at I be a unit: not a number, nor what makes another of one? */
static int
measures(const struct cola_part *p, int i)
{
    const char *word = cola_latex_name(p->latex, i);
    size_t len = (size_t)p->latex->tokens[i].len;
    int64_t number;

    for (size_t c = 0; c < sizeof changes / sizeof changes[0]; c++)
        if (strlen(changes[c]) == len && memcmp(changes[c], word, len) == 0)
            return 0;
    for (size_t b = 0; b < sizeof beginnings / sizeof beginnings[0]; b++)
        if (strlen(beginnings[b]) <= len &&
            memcmp(beginnings[b], word, strlen(beginnings[b])) == 0)
            return 0;
    return !cola_number_word(cola_latex_name(p->latex, i),
                             (size_t)p->latex->tokens[i].len, &number);
}

static int
has_function(const struct cola_part *p)
{
    for (int i = p->begin; i < p->end; i++)
        if (cola_part_kind(p, i) == COLA_LEX_FUNCTION)
            return 1;
    return 0;
}

/* The currency that token I is. */
static const char *
currency(const struct cola_part *p, int i)
{
    return cola_latex_is(p->latex, i, "e") ? "euro" : cola_latex_is(p->latex, i, "p") ?
           "sterling" :
           cola_latex_is(p->latex, i, "y") ? "yen" : "$";
}

void
cola_measure(struct cola_part *part, struct cola_unit *unit)
{
    const char *sign;
    char power[4];
    int word;

    *unit = (struct cola_unit){"", 1, 0};
    if (part->end - part->begin > 1 &&
        cola_part_kind(part, part->begin) == COLA_LEX_MONEY) {
        strcpy(unit->name, currency(part, part->begin++));
    } else if (part->end - part->begin > 2 &&
               cola_part_kind(part, part->begin) == COLA_LEX_MINUS &&
               cola_part_kind(part, part->begin + 1) == COLA_LEX_MONEY) {
        return;                         /* "-$5" is left to the reader */
    }
    while (part->end - part->begin > 1) {
        enum cola_lex last = cola_part_kind(part, part->end - 1);

        if (last == COLA_LEX_STOP) {
            part->end--;
        } else if (last == COLA_LEX_PERCENT || last == COLA_LEX_DEGREE ||
                   last == COLA_LEX_MONEY) {
            if (last == COLA_LEX_DEGREE && has_function(part))
                return;                 /* of its argument */
            sign = last == COLA_LEX_PERCENT ? "%" : last == COLA_LEX_DEGREE ? "deg" :
                   currency(part, part->end - 1);
            if (unit->name[0] != '\0' && strcmp(unit->name, sign) != 0)
                return;
            strcpy(unit->name, sign);
            part->end--;
        } else if ((word = last_word(part, power)) >= 0 && measures(part, word)) {
            const char *name = cola_latex_name(part->latex, word);
            size_t len = (size_t)part->latex->tokens[word].len, s = 0;

            while (s < sizeof scales / sizeof scales[0] &&
                   (strlen(scales[s].name) != len ||
                    memcmp(scales[s].name, name, len) != 0))
                s++;
            if (s < sizeof scales / sizeof scales[0]) {
                if (unit->times > 1)
                    return;
                unit->times = scales[s].times;
            } else {
                char before[COLA_UNIT_NAME];

                memcpy(before, unit->name, sizeof before);
                name_unit(name, len, power, unit);
                if (before[0] != '\0') {        /* two words: a unit of its own */
                    size_t n = strlen(unit->name);

                    for (size_t i = 0; before[i] != '\0' && n + 1 < sizeof before; i++)
                        unit->name[n++] = before[i];
                    unit->name[n] = '\0';
                    unit->converts = 1;
                }
            }
            part->end = word;
        } else {
            return;
        }
    }
}
