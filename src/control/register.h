/*
 * register.h - the rule of the shipped task: a machine with one register
 *
 * "37:6-5+9-" starts with 37; "d+" replaces the value v by (d + v) mod 100,
 * "d-" by (d - v) mod 100; the answer is the last value in two digits, "35".
 * Every operation is one-to-one, so the same program from another start value
 * has another answer: a chain that is right on several of them has not met its
 * answer by luck.
 */
#ifndef COLA_REGISTER_H
#define COLA_REGISTER_H

#include "base/error.h"

/* The value after the program of PROMPT, from START (below 0: its own start);
 * -1 when PROMPT is none. */
int cola_register_run(const char *prompt, int start);

/* The start value of PROMPT's sibling number I, from 1 to 99: its own plus 37 I,
 * modulo 100. */
int cola_register_start(const char *prompt, int i);

#endif
