/*
 * cases.h - the cases of vector files, and those derived from them
 *
 * colaref-vectors(5) is the format: JSON lines, a header that says how many
 * cases there are, the cases, an end record.  A file that is not whole is
 * refused, since what it lacks would be missed by nobody.
 *
 * The cases that ask for logits are asked again in company, padded, in another
 * order and in portions: an answer must not depend on any of these.
 */
#ifndef COLA_CASES_H
#define COLA_CASES_H

#include "oracle/compare.h"

struct cola_vector_file {
    char *path;
    char *dir;                  /* where the tensors' files lie */
    char *model_name;           /* NULL: its cases need no model */
    char *model;                /* its path, absolute; NULL: not found */
    size_t cases;               /* declared and there */
};

struct cola_case {
    const char *id;             /* "tiny/logits/identity@left" */
    const struct cola_vector_file *file;
    struct cola_expected expected;
    const json_t *request;      /* as the file has it */
    const json_t *flags;        /* an array of strings */
    const char *flag;           /* one more, or NULL: the case is derived */
    size_t of;                  /* the case it is derived from, or itself */
    size_t first, items;        /* its part of the answer's items; 0: all of it */
};

/* One request, and the cases that its answer decides. */
struct cola_question_of {
    json_t *request;            /* with "op" and "model", without "id" */
    size_t first, n;            /* of the cases */
};

struct cola_cases {
    struct cola_vector_file *files;             /* [n_files], by name */
    size_t n_files;
    struct cola_case *cases;                    /* [n], in the order of reports */
    size_t n, room;
    struct cola_question_of *questions;         /* [n_questions] */
    size_t n_questions, questions_room;
    json_t *lines;                              /* what the cases point into */
    json_t *texts;
};

/* The operations of the protocol, NULL past the last. */
const char *cola_op_name(size_t i);

/* Where the models of vectors are: at PATH, whatever they are called, or, when
 * that is NULL, where FIND says, a path in fresh memory. */
struct cola_model_source {
    const char *path;
    enum cola_status (*find)(const char *name, char **path, struct cola_error *err);
};

/*
 * Read PATH, a vector file or a directory of *.jsonl.  A model that is not found
 * leaves its file's model NULL; one with another digest is COLA_INPUT.
 * COLA_NOTHING: a file holds other than the declared number of cases.
 */
COLA_MUST_USE enum cola_status
cola_cases_open(const char *path, const struct cola_model_source *source,
                struct cola_cases **cases, struct cola_error *err);
void cola_cases_close(struct cola_cases *cases);

/* Append the case's flags, a blank before each. */
void cola_case_add_flags(const struct cola_case *c, struct cola_buffer *b);
/* Is its operation about a model? */
int cola_case_needs_model(const struct cola_case *c);
int cola_case_has_flag(const struct cola_case *c, const char *flag);

/* ---- for those who make cases ---- */

/* Append ONE; what it points to must live as long as C. */
COLA_MUST_USE enum cola_status
cola_cases_add(struct cola_cases *c, const struct cola_case *one, struct cola_error *err);

/* The last N cases of C are decided by the answer to REQUEST, which is taken;
 * NULL: memory was out. */
COLA_MUST_USE enum cola_status
cola_cases_ask(struct cola_cases *c, json_t *request, size_t n, struct cola_error *err);

/* The request of case ONE in fresh memory, or NULL. */
json_t *cola_case_request(const struct cola_case *one);

/* Append what is derived from the cases from FROM on, those of one file. */
COLA_MUST_USE enum cola_status
cola_cases_derive(struct cola_cases *c, size_t from, struct cola_error *err);

#endif
