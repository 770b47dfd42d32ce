/*
 * extract.c - what a text says its answer is
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/extract.h"

#include <string.h>

#define LOOK 1000               /* bytes around a label that may say more of it */

static int
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

static int
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Part of a word: bytes of UTF-8 that are no ASCII are letters. */
static int
is_letter(char c)
{
    return (lower(c) >= 'a' && lower(c) <= 'z') || (unsigned char)c >= 0x80;
}

/* The byte AT, or 0 outside. */
static char
byte(struct cola_piece p, size_t at)
{
    return at < p.len ? p.text[at] : '\0';
}

static int
begins(struct cola_piece p, size_t at, const char *with)
{
    size_t n = strlen(with);

    return p.len >= n && at <= p.len - n && memcmp(p.text + at, with, n) == 0;
}

static struct cola_piece
from(struct cola_piece p, size_t at)
{
    return (struct cola_piece){p.text + at, p.len - at};
}

struct cola_piece
cola_piece_trim(struct cola_piece p)
{
    while (p.len > 0 && is_space(p.text[0]))
        p = from(p, 1);
    while (p.len > 0 && is_space(p.text[p.len - 1]))
        p.len--;
    return p;
}

/* ---- boxes ---------------------------------------------------------------- */

int
cola_extract_boxed(struct cola_piece text, struct cola_piece *content, int *closed)
{
    struct cola_piece in;
    size_t at = text.len, end = 0;
    int depth = 1, found = 0;

    *closed = 0;
    while (at > 0 && !found) {
        at--;
        found = begins(text, at, "oxed") || begins(text, at, "fbox");
    }
    if (!found)
        return 0;
    in = from(text, at + 4);
    while (in.len > 0 && is_space(in.text[0]))
        in = from(in, 1);
    if (byte(in, 0) == '{') {
        in = from(in, 1);
        for (; end < in.len && depth > 0; end++)
            if (in.text[end] == '\\' && end + 1 < in.len)
                end++;
            else if (in.text[end] == '{')
                depth++;
            else if (in.text[end] == '}')
                depth--;
        *closed = depth == 0;
        in.len = end - (depth == 0);
    } else {
        while (end < in.len && in.text[end] != '$' && !is_space(in.text[end]))
            end++;
        *closed = end < in.len;
        in.len = end;
    }
    *content = cola_piece_trim(in);
    return content->len > 0;
}

/* ---- numbers -------------------------------------------------------------- */

/* The bytes of a number of digits at AT, thousands separated by commas. */
static size_t
digits_at(struct cola_piece t, size_t at)
{
    size_t n = 0;

    while (is_digit(byte(t, at + n)))
        n++;
    if (n > 0 && n <= 3)
        while (byte(t, at + n) == ',' && is_digit(byte(t, at + n + 1)) &&
               is_digit(byte(t, at + n + 2)) && is_digit(byte(t, at + n + 3)) &&
               !is_digit(byte(t, at + n + 4)))
            n += 4;
    return n;
}

/* The bytes of a number without sign or fraction at AT: 1,234.50, .5, 1e5. */
static size_t
decimal_at(struct cola_piece t, size_t at)
{
    size_t n = digits_at(t, at), e;

    if (byte(t, at + n) == '.' && is_digit(byte(t, at + n + 1)))
        for (n++; is_digit(byte(t, at + n)); n++)
            ;
    if (n == 0)
        return 0;
    e = n + 1 + (byte(t, at + n + 1) == '-' || byte(t, at + n + 1) == '+');
    if (lower(byte(t, at + n)) == 'e' && is_digit(byte(t, at + e))) {
        e += 1 + (size_t)is_digit(byte(t, at + e + 1));
        if (!is_digit(byte(t, at + e)) && !is_letter(byte(t, at + e)))
            n = e;
    }
    return n;
}

/* The number that begins at AT, a mixed one or a fraction too. */
static size_t
number_at(struct cola_piece t, size_t at, int *whole)
{
    size_t n = decimal_at(t, at), more;

    *whole = n > 0;
    for (size_t i = 0; i < n; i++)
        *whole &= is_digit(t.text[at + i]);
    if (n == 0)
        return 0;
    if (byte(t, at + n) == '/' && (more = digits_at(t, at + n + 1)) > 0)
        return n + 1 + more;
    if (*whole && byte(t, at + n) == ' ') {     /* 2 1/2 */
        size_t over = digits_at(t, at + n + 1), slash = at + n + 1 + over;

        if (over > 0 && byte(t, slash) == '/' && (more = digits_at(t, slash + 1)) > 0)
            return n + 1 + over + 1 + more;
    }
    return n;
}

/* Is the minus at AT a sign, and not between two things? */
static int
is_sign(struct cola_piece t, size_t at)
{
    char before = at > 0 ? t.text[at - 1] : ' ';

    return byte(t, at) == '-' && !is_digit(before) && !is_letter(before) &&
           before != ')' && before != '}' && before != '-' && before != '%';
}

/* Does a word that multiplies the number before it stand at AT? */
static int
is_multiple(struct cola_piece t, size_t at)
{
    static const char *const words[] = {
        "hundred", "thousand", "million", "billion", "trillion", "dozen", "percent",
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i]), same = 0;

        while (same < n && lower(byte(t, at + same)) == words[i][same])
            same++;
        if (same == n)
            return 1;
    }
    return 0;
}

/* The bytes of the currency sign that ends at AT, or 0. */
static size_t
currency_before(struct cola_piece t, size_t at)
{
    static const char *const signs[] = {
        "\\$", "$", "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5",
    };

    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        size_t n = strlen(signs[i]);

        if (at >= n && begins(t, at - n, signs[i]))
            return n;
    }
    return 0;
}

int
cola_extract_number(struct cola_piece text, struct cola_piece *number, int *sure,
                    int *last)
{
    struct cola_piece t = text;
    size_t begin = 0, end = 0, at, n;
    int whole, line = 0;

    for (at = text.len; at >= 4 && !line; at--)
        if (begins(text, at - 4, "####")) {
            t = from(text, at);
            line = 1;
        }
    for (at = 0; line && at < t.len; at++)
        if (t.text[at] == '\n')
            t.len = at;
    for (at = 0; at < t.len; at += n > 0 ? n : 1) {
        n = at > 0 && (is_digit(t.text[at - 1]) ||
                       (t.text[at] == '.' && t.text[at - 1] == '.')) ? 0 :
            number_at(t, at, &whole);
        if (n > 0) {
            begin = at;
            end = at + n;
            if (line)
                break;
        }
    }
    if (end == 0)
        return 0;
    {
        char before = begin > 0 ? t.text[begin - 1] : ' ', next = byte(t, end);

        if (currency_before(t, begin) > 0)
            before = '$';
        *sure = !is_letter(before) && !is_letter(next) &&
                strchr("^_:/{\\", before) == NULL && next != '^' && next != '_' &&
                next != '/' && !(next == ':' && is_digit(byte(t, end + 1))) &&
                next != '}' && !(next == '.' && is_digit(byte(t, end + 1)));
        if (before == '.' && begin > 1 && is_digit(t.text[begin - 2]))
            *sure = 0;                  /* 1.2.3 */
        /* boxed, or bold, is no part of a formula */
        if ((before == '{' || before == ' ') && next == '}' && begin >= 6 &&
            (begins(t, begin - 5, "oxed{") || begins(t, begin - 5, "fbox{")))
            *sure = 1;
    }
    if (byte(t, end) == ' ' && is_multiple(t, end + 1))
        *sure = 0;                      /* 5 thousand */
    if (begin > 1 && end - begin == 3 && t.text[begin - 1] == ' ' &&
        is_digit(t.text[begin - 2]))
        *sure = 0;                      /* 1 234 */
    if (byte(t, end) == ' ' && end - begin <= 3 && is_digit(byte(t, end + 1)) &&
        digits_at(t, end + 1) == 3)
        *sure = 0;                      /* the first of it, behind #### */
    if (begins(t, end, ".."))
        *sure = 0;                      /* 0.333... */
    *last = t.text + end == text.text + text.len;
    /* a currency and a sign before it, percent after it */
    begin -= currency_before(t, begin);
    if (begin > 0 && is_sign(t, begin - 1)) {
        begin--;
    } else if (begin > 2 && begins(t, begin - 3, "\xe2\x88\x92")) {
        begin -= 3;
        *sure = 1;
    }
    if (byte(t, end) == '%')
        end++;
    else if (begins(t, end, "\\%"))
        end += 2;
    *number = (struct cola_piece){t.text + begin, end - begin};
    return 1;
}

/* ---- options -------------------------------------------------------------- */

/* The option whose label is the LEN bytes at AT, letters of either case. */
static int
labelled(struct cola_piece t, size_t at, const struct cola_item *item, size_t *len)
{
    for (int i = 0; i < item->n_choices; i++) {
        size_t n = strlen(item->labels[i]), same = 0;

        while (same < n && at + same < t.len &&
               lower(t.text[at + same]) == lower(item->labels[i][same]))
            same++;
        if (n > 0 && same == n) {
            *len = n;
            return i;
        }
    }
    return COLA_NO_OPTION;
}

/* What may stand around a label: (B), **B**, "B", $B$, \text{B}. */
static size_t
skip_marks(struct cola_piece t, size_t at)
{
    for (;;)
        if (at < t.len && (is_space(t.text[at]) ||
                           strchr("([{*_\"'`$<", t.text[at]) != NULL))
            at++;
        else if (begins(t, at, "\\text") || begins(t, at, "\\boxe"))
            at += begins(t, at, "\\boxed") ? 6 : begins(t, at, "\\textbf") ? 7 : 5;
        else if (begins(t, at, "\\(") || begins(t, at, "\\["))
            at += 2;
        else
            return at;
}

/* Is what follows a label its end: ")", ".", ":", a line's end? */
static int
is_label_end(struct cola_piece t, size_t at, int spaces)
{
    char c = byte(t, at);

    if (at >= t.len || c == '\n' || c == '\r')
        return 1;
    if (c == '.' || c == ',' || c == ':')
        return !is_digit(byte(t, at + 1));
    if (c == '\\')
        return begins(t, at, "\\)") || begins(t, at, "\\]");
    if (c == '\'' && is_letter(byte(t, at + 1)))
        return 0;                       /* C'mon */
    if (strchr(")]}*_\"'`$;!?>", c) != NULL)
        return 1;
    return spaces && is_space(c);
}

/* Does WORD stand at AT, as a word? */
static int
word_at(struct cola_piece t, size_t at, const char *word)
{
    size_t n = strlen(word);

    if (at + n > t.len || is_letter(byte(t, at + n)) ||
        (at > 0 && is_letter(t.text[at - 1])))
        return 0;
    for (size_t i = 0; i < n; i++)
        if (lower(t.text[at + i]) != word[i])
            return 0;
    return 1;
}

/* Is it TEXT, but for case and a point? */
static int
is_text(struct cola_piece t, const char *text)
{
    size_t n = strlen(text);

    t = cola_piece_trim(t);
    if (n > 0 && t.len == n + 1 && t.text[n] == '.')
        t.len--;
    if (t.len != n)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (lower(t.text[i]) != lower(text[i]))
            return 0;
    return 1;
}

/* What came first: an option that a rule found, and another of the same rule. */
static void
note(int *found, int option)
{
    *found = *found == COLA_NO_OPTION || *found == option ? option : COLA_SOME_OPTION;
}

/*
 * Is what stands before AT in its sentence, or right behind the label of LEN bytes
 * there, a denial: "it isn't (A)", "A is wrong", "A? No"?
 */
static int
is_denied(struct cola_piece t, size_t at, size_t len)
{
    static const char *const words[] = {
        "not", "no", "never", "neither", "nor", "cannot", "wrong", "incorrect",
        "false", "except", "t",         /* isn't, can't */
    };
    size_t end = at + len + 8 < t.len ? at + len + 8 : t.len;
    size_t begin = at;

    while (begin > 0 && at - begin < LOOK && strchr(".!?\n", t.text[begin - 1]) == NULL)
        begin--;
    for (size_t i = begin; i < end; i++)
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
            if (word_at(t, i, words[w]) &&
                (words[w][1] != '\0' || (i > 0 && t.text[i - 1] == '\'')))
                return 1;
    return 0;
}

/*
 * OPTION, whose label is the LEN bytes at AT; or several, when it is denied, or
 * another follows: "A or B", "A, B", "(A)/(B)", or in a line of its own.
 */
static int
if_alone(struct cola_piece t, size_t at, size_t len, const struct cola_item *item,
         int option)
{
    size_t next = at + len, other_len;
    int joined = 0, other;

    if (is_denied(t, at, len))
        return COLA_SOME_OPTION;
    for (size_t line = next; line < t.len && line < next + LOOK; line++)
        if (t.text[line] == '\n') {
            size_t in = skip_marks(t, line + 1);

            other = labelled(t, in, item, &other_len);
            if (other >= 0 && other != option && (byte(t, in + other_len) == ')' ||
                                                  byte(t, in + other_len) == '.'))
                return COLA_SOME_OPTION;
        }
    for (; next < t.len && (is_space(t.text[next]) ||
                            strchr(")]}*_\"'`$,/", t.text[next])); next++)
        joined |= t.text[next] == ',' || t.text[next] == '/';
    if (word_at(t, next, "or"))
        next += 2;
    else if (word_at(t, next, "and"))
        next += 3;
    else if (!joined)
        return option;
    next = skip_marks(t, next);
    other = labelled(t, next, item, &other_len);
    return other >= 0 && other != option && is_label_end(t, next + other_len, 1) ?
           COLA_SOME_OPTION : option;
}

/* "answer is (B)", "choice: B": the label after such words, behind AT. */
static int
after_statement(struct cola_piece t, size_t at, const struct cola_item *item)
{
    static const char *const between[] = {
        "is", "was", "would", "be", "should", "must", "option", "choice", "answer",
        "letter", "correct", "therefore", "most", "likely", "best",
    };
    size_t len;
    int words = 0, option;

    for (;;) {
        size_t next = skip_marks(t, at), i = 0;
        int first = lower(byte(t, next)) == 'a' && byte(t, next + 1) == ' ';

        option = labelled(t, next, item, &len);
        if (option >= 0 && !is_letter(byte(t, next + len)) &&
            is_label_end(t, next + len, !first))
            return if_alone(t, next, len, item, option);
        if (byte(t, next) == ':' || byte(t, next) == '=' || byte(t, next) == '-') {
            at = next + 1;
            continue;
        }
        if (byte(t, next) == ')' || byte(t, next) == '}') {
            at = next + 1;
            continue;
        }
        while (i < sizeof between / sizeof between[0] && !word_at(t, next, between[i]))
            i++;
        if (i == sizeof between / sizeof between[0] || ++words > 6)
            return COLA_NO_OPTION;
        at = next + strlen(between[i]);
    }
}

/* Where the next question begins, that a model may go on with. */
static size_t
own_length(struct cola_piece t)
{
    for (size_t at = 1; at < t.len; at++)
        if (t.text[at - 1] == '\n' && (word_at(t, at, "question") ||
                                       begins(t, at, "Q:")))
            return at;
    return t.len;
}

/* No label is there: is the answer said in an option's own words? */
static int
named_by_text(struct cola_piece t, const struct cola_item *item)
{
    int found = COLA_NO_OPTION, stated = 0;
    size_t where = 0;

    for (size_t at = 0; at < t.len; at++) {
        stated |= word_at(t, at, "answer");
        for (int i = 0; i < item->n_choices; i++) {
            struct cola_piece rest = from(t, at);
            size_t n = strlen(item->choices[i]);

            if (n == 0 || n > rest.len || is_letter(byte(t, at + n)) ||
                (at > 0 && is_letter(t.text[at - 1])))
                continue;
            rest.len = n;
            if (is_text(rest, item->choices[i])) {
                note(&found, i);
                where = at;
            }
        }
    }
    return found < 0 ? found : !stated || is_denied(t, where, 0) ? COLA_SOME_OPTION :
           found;
}

int
cola_extract_option(struct cola_piece text, const struct cola_item *item)
{
    struct cola_piece t = cola_piece_trim(text);
    int found = COLA_NO_OPTION, option;
    size_t len, at;

    if (item->labels == NULL || item->choices == NULL)
        return COLA_NO_OPTION;
    t.len = own_length(t);
    t = cola_piece_trim(t);
    for (int i = 0; i < item->n_choices; i++)
        if (is_text(t, item->choices[i]))
            note(&found, i);
    if (found != COLA_NO_OPTION)
        return found;
    /* it begins with a label */
    at = skip_marks(t, 0);
    option = labelled(t, at, item, &len);
    if (option >= 0 && !is_letter(byte(t, at + len)) && is_label_end(t, at + len, 0))
        return if_alone(t, at, len, item, option);
    if (option >= 0 && is_space(byte(t, at + len)) &&
        (word_at(t, at + len + 1, "because") || word_at(t, at + len + 1, "is") ||
         word_at(t, at + len + 1, "since") || word_at(t, at + len + 1, "as")) &&
        !word_at(t, at + len + 1, "is not"))
        return if_alone(t, at, len, item, option);
    /* it states one */
    for (at = 0; at < t.len; at++)
        if (word_at(t, at, "answer") || word_at(t, at, "choice") ||
            word_at(t, at, "option")) {
            option = after_statement(t, at + 6, item);
            if (option != COLA_NO_OPTION)
                note(&found, option);
        }
    if (found != COLA_NO_OPTION)
        return found;
    /* one is in brackets */
    for (at = 0; at < t.len; at++)
        if (t.text[at] == '(' || begins(t, at, "oxed{")) {
            size_t in = at + (t.text[at] == '(' ? 1 : 5);

            option = labelled(t, in, item, &len);
            if (option >= 0 && (byte(t, in + len) == ')' || byte(t, in + len) == '}'))
                note(&found, if_alone(t, in, len, item, option));
        }
    if (found != COLA_NO_OPTION)
        return found;
    /* a label among other words says nothing for sure */
    for (at = 0; at < t.len; at++) {
        option = labelled(t, at, item, &len);
        if (option >= 0 && (at == 0 || (!is_letter(t.text[at - 1]) &&
                                        !is_digit(t.text[at - 1]))) &&
            !is_letter(byte(t, at + len)) && !is_digit(byte(t, at + len)))
            return COLA_SOME_OPTION;
    }
    return named_by_text(t, item);
}

int
cola_extract_drllm(struct cola_piece text, int *open)
{
    static const char prefix[] = "Answer:";
    struct cola_piece t = cola_piece_trim(text);
    size_t n = sizeof prefix - 1, same = 0;
    int option;

    while (same < n && same < t.len && t.text[same] == prefix[same])
        same++;
    *open = same == t.len;              /* "", "Ans", "Answer:" */
    if (same == n)
        t = cola_piece_trim(from(t, n));
    if (t.len == 0 || lower(t.text[0]) < 'a' || lower(t.text[0]) > 'd')
        return COLA_NO_OPTION;
    option = lower(t.text[0]) - 'a';
    if (t.len == 1 || (t.len == 2 && t.text[1] == '.')) {
        /* more space changes nothing, and a point may follow at once */
        *open = 1;
        return option;
    }
    return COLA_NO_OPTION;
}
