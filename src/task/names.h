/*
 * names.h - commands and words that mean something in an answer
 */
#ifndef COLA_NAMES_H
#define COLA_NAMES_H

#include "task/latex.h"

struct cola_meaning {
    const char *name;
    enum cola_lex kind;
    const char *canonical;      /* one name for those that mean the same */
};

/* A command, without its backslash; a word in lower case; NULL: it is none. */
const struct cola_meaning *cola_command_meaning(const char *name, size_t len);
const struct cola_meaning *cola_word_meaning(const char *name, size_t len);

/* A sign in UTF-8 that TEXT [LEN] begins with. */
const struct cola_meaning *cola_utf8_meaning(const char *text, size_t len);

/* A sign of one byte; COLA_LEX_OTHER: it is none. */
enum cola_lex cola_sign_meaning(char c);

enum cola_names {
    COLA_NAMES_FUNCTIONS,       /* sin ... */
    COLA_NAMES_UNITS,           /* short words that are a unit after a number */
    COLA_NAMES_DROPPED,         /* commands that change no meaning */
    COLA_NAMES_TEXTS            /* commands whose argument is words */
};

int cola_name_among(enum cola_names which, const char *name, size_t len);

#endif
