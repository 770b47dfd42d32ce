/*
 * register.c - the rule of the shipped task: a machine with one register
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "control/register.h"

static int
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int
cola_register_run(const char *prompt, int start)
{
    const char *at = prompt;
    int value;

    if (!is_digit(at[0]) || !is_digit(at[1]) || at[2] != ':' || at[3] == '\0')
        return -1;
    value = start < 0 ? (at[0] - '0') * 10 + (at[1] - '0') : start;
    for (at += 3; *at != '\0'; at += 2) {
        if (!is_digit(at[0]) || (at[1] != '+' && at[1] != '-'))
            return -1;
        value = at[1] == '+' ? (at[0] - '0' + value) % 100 :
                               (at[0] - '0' - value + 100) % 100;
    }
    return value;
}

int
cola_register_start(const char *prompt, int i)
{
    return ((prompt[0] - '0') * 10 + (prompt[1] - '0') + 37 * i) % 100;
}
