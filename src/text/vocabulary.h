/*
 * vocabulary.h - a model's tokens: spelling to id, id to spelling
 *
 * The member "vocab" of a tokenizer.json, {"spelling": id, ...}.  Ids may have
 * gaps, so nothing is indexed by id: a file of one token with a huge id costs
 * what one token costs.  Spellings are found by hash, ids by bisection; what
 * comes out depends on the content alone, never on the order of the members.
 */
#ifndef COLA_VOCABULARY_H
#define COLA_VOCABULARY_H

#include "base/json.h"

/* Ids are below this, far above every vocabulary in use: products of an id
 * and a width stay within 64 bits. */
#define COLA_TOKEN_LIMIT (1 << 24)

struct cola_entry {
    int id;
    size_t at, len;             /* the spelling, in the vocabulary's text */
};

struct cola_vocabulary {
    char *text;                 /* all spellings, a NUL after each */
    struct cola_entry *entry;   /* [n], rising by id */
    size_t n;
    uint32_t *slot;             /* [mask + 1]: an entry's index plus 1, or 0 */
    size_t mask;
};

/* OBJECT must be a JSON object; PLACE starts messages.  On failure V is
 * empty. */
COLA_MUST_USE enum cola_status
cola_vocabulary_read(struct cola_vocabulary *v, json_t *object, const char *place,
                     struct cola_error *err);
void cola_vocabulary_free(struct cola_vocabulary *v);

/* The id of LEN bytes of TEXT, or -1. */
int cola_vocabulary_find(const struct cola_vocabulary *v, const char *text, size_t len);

/* The spelling of ID, or NULL. */
const char *cola_vocabulary_spelling(const struct cola_vocabulary *v, int id);

#endif
