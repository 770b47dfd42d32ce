/*
 * page_constants.c - the constants of a C source, bit by bit
 *
 * Reads a source of ours and writes "FUNCTION BITS" for each literal in it that
 * is a constant of the arithmetic, in their order: reals other than 0, 1/2, 1
 * and 2 as doubles, and the integers inside UINT32_C() and UINT64_C().  A
 * quotient of two literals is one constant.  What a macro stands for goes under
 * the macro's name.  With the argument "pairs" the lines of standard input are
 * "HEXFLOAT BITS" instead, and those that do not agree are written.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t
bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static int
is_name(int c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Is the number at TEXT a real?  *END is what follows it. */
static int
scan_number(const char *text, const char **end)
{
    int hex = text[0] == '0' && tolower((unsigned char)text[1]) == 'x', real = 0;
    const char *c = text;

    for (; is_name(*c) || *c == '.' || ((*c == '-' || *c == '+') && c > text &&
           tolower((unsigned char)c[-1]) == (hex ? 'p' : 'e')); c++)
        real |= *c == '.' || tolower((unsigned char)*c) == (hex ? 'p' : 'e');
    *end = c;
    return real;
}

static void
put_real(const char *place, double x)
{
    if (x != 0.0 && x != 0.5 && x != 1.0 && x != 2.0)
        printf("%s %016" PRIx64 "\n", place, bits_of(x));
}

/* The literals of one line that is no comment. */
static void
scan_line(const char *c, const char *place)
{
    while (*c != '\0') {
        const char *end;

        if (strncmp(c, "UINT32_C(", 9) == 0 || strncmp(c, "UINT64_C(", 9) == 0) {
            printf("%s %016" PRIx64 "\n", place, (uint64_t)strtoull(c + 9, NULL, 0));
            c = strchr(c, ')');
        } else if (isalpha((unsigned char)*c) || *c == '_') {
            while (is_name(*c))
                c++;
        } else if (isdigit((unsigned char)*c)) {
            int real = scan_number(c, &end);
            double x = strtod(c, NULL);

            if (real && strncmp(end, " / ", 3) == 0 && isdigit((unsigned char)end[3]) &&
                scan_number(end + 3, &end))
                x = x / strtod(strstr(c, " / ") + 3, NULL);
            if (real)
                put_real(place, x);
            c = end;
        } else {
            c++;
        }
    }
}

/* Overwrite comments with blanks. */
static void
remove_comments(char *c)
{
    int inside = 0;

    for (; *c != '\0'; c++) {
        if (!inside && c[0] == '/' && c[1] == '*')
            inside = 1;
        if (inside && c[0] == '*' && c[1] == '/') {
            inside = 0;
            c[0] = c[1] = ' ';
        }
        if (inside && *c != '\n')
            *c = ' ';
    }
}

static int
check_pairs(void)
{
    char text[64], digits[32];

    while (scanf("%63s %31s", text, digits) == 2)
        if (bits_of(strtod(text, NULL)) != strtoull(digits, NULL, 16))
            printf("%s %s\n", text, digits);
    return 0;
}

int
main(int argc, char **argv)
{
    static char source[1 << 20];
    char place[64] = "?";
    char *next;

    if (argc > 1 && strcmp(argv[1], "pairs") == 0)
        return check_pairs();
    source[fread(source, 1, sizeof source - 1, stdin)] = '\0';
    remove_comments(source);
    for (char *line = source; line != NULL; line = next) {
        char *end = strchr(line, '\n'), *name = line;
        size_t n = 0;

        next = end != NULL ? end + 1 : NULL;
        if (end != NULL)
            *end = '\0';
        if (strncmp(line, "#define ", 8) == 0)
            name = line + 8;
        else if (line[0] == '#' || line[0] == '\0')
            continue;
        if (name != line || isalpha((unsigned char)*line))
            while (is_name(name[n]) && n < sizeof place - 1)
                n++;
        /* a definition begins a line with its name, or with #define */
        if (n > 0 && (name != line || name[n] == '(')) {
            memcpy(place, name, n);
            place[n] = '\0';
            scan_line(name + n, place);
        } else {
            scan_line(line, place);
        }
    }
    return 0;
}
