/*
 * literal.c - numbers as they are spelled
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/literal.h"

#include <string.h>

#include "task/sum.h"

int
cola_number_word(const char *word, size_t len, int64_t *number)
{
    static const char *const names[] = {
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
        "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
        "seventeen", "eighteen", "nineteen", "twenty",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == len && memcmp(names[i], word, len) == 0) {
            *number = (int64_t)i;
            return 1;
        }
    return 0;
}

int
cola_number_spelled(const char *name, int len, int64_t *over, int64_t *under)
{
    int exponent = 0, sign = 1, point = 0, i = 0;

    *over = 0;
    *under = 1;
    for (; i < len && name[i] != 'e'; i++) {
        if (name[i] == '.') {
            point = 1;
            continue;
        }
        if (!cola_multiply64(*over, 10, over) || *over > INT64_MAX - 9 ||
            (point && !cola_multiply64(*under, 10, under)))
            return 0;
        *over += name[i] - '0';
    }
    for (i++; i < len; i++)
        if (name[i] == '-')
            sign = -1;
        else
            exponent = exponent * 10 + (name[i] - '0');
    for (; exponent > 0; exponent--)
        if (!cola_multiply64(10, sign > 0 ? *over : *under, sign > 0 ? over : under))
            return 0;
    return 1;
}

/* The digits before (WHOLE) or after the point without zeros that say nothing. */
static const char *
digits(const char *name, size_t n, int whole, size_t *len)
{
    size_t point = 0;

    while (point < n && name[point] != '.')
        point++;
    if (whole) {
        size_t from = 0;

        while (from < point && name[from] == '0')
            from++;
        *len = point - from;
        return name + from;
    }
    point += point < n;
    while (n > point && name[n - 1] == '0')
        n--;
    *len = n - point;
    return name + point;
}

int
cola_number_same(const char *a, size_t n, const char *b, size_t m, int *zero)
{
    int same = 1;

    *zero = 1;
    for (int whole = 0; whole < 2; whole++) {
        size_t in_a, in_b;
        const char *x = digits(a, n, whole, &in_a), *y = digits(b, m, whole, &in_b);

        same &= in_a == in_b && memcmp(x, y, in_a) == 0;
        *zero &= in_a == 0;
    }
    return same;
}

int64_t
cola_whole_root(int64_t v, int power)
{
    for (int64_t root = 1; root < 10000; root++) {
        int64_t product = 1;

        for (int i = 0; i < power; i++)
            if (!cola_multiply64(product, root, &product) || product > v)
                return 0;
        if (product == v)
            return root;
    }
    return 0;
}

int
cola_power_fits(int64_t base, int64_t below, int64_t exponent)
{
    int64_t product = 1, size = base < 0 ? -base : base;

    size = size > below ? size : below;
    for (int64_t i = exponent < 0 ? -exponent : exponent; i > 0; i--)
        if (!cola_multiply64(product, size, &product))
            return 0;
    return 1;
}
