/*
 * dataset.h - questions with known answers, from a file of JSON lines
 *
 * The file is one's own, or of a benchmark whose layout is known (see
 * benchmark.h); a template (see template.h) makes prompts of its questions.
 * Both are described in colaref-task(5).  Questions that are variations of one
 * another share a "group".
 */
#ifndef COLA_DATASET_H
#define COLA_DATASET_H

#include "base/json.h"

#define COLA_NO_LEVEL INT32_MIN
#define COLA_CHOICES_MAX 64

struct cola_item {
    char *id;
    int level;                  /* or COLA_NO_LEVEL */
    char *group;                /* NULL: none */
    char *question;             /* as the file has it */
    char *prompt;               /* what the model is sent: the template filled */
    char *answer;               /* the reference as the file has it; NULL: none */
    char *gold;                 /* the text whose probability stands for it */
    const char *primed;         /* how an answer begins that the prompt ends in:
                                 * comes before what the model adds when that is
                                 * graded; the dataset's; NULL: nothing */
    const char *stop;           /* a text that ends an answer as the end token
                                 * does and is no part of it; NULL: none */
    char **choices;             /* [n_choices]; NULL: none */
    char **options;             /* [n_choices] what stands for each of them, as
                                 * gold does for the right one; NULL: choices */
    char **labels;              /* [n_choices] "A", "B" or "1", "2" ... */
    int n_choices;
    int key;                    /* the right choice; -1: none */
};

struct cola_template;

struct cola_dataset {
    struct cola_item *items;
    size_t n;
    char digest[65];            /* SHA-256 of the file */
    const char *benchmark;      /* static: "own", "arc", "math", "dart", "gsm8k" */
    const char *template;       /* the name of FORM */
    const struct cola_template *form;   /* of the prompts */
    struct cola_template *loaded;       /* FORM when it came from a file */
    int grade;                  /* the grader that suits it, or -1 */
    int max_tokens;             /* that suit its answers */
    size_t dropped;             /* rows that repeat a question, left out */
};

/* How a file is to be read; NULL: as its first line and its kind suggest. */
struct cola_reading {
    const char *format;         /* the name of a benchmark */
    const char *template;       /* the name of a template, or "@FILE" */
};

/* A line that is wrong is named by file and number. */
COLA_MUST_USE enum cola_status
cola_dataset_open(const char *path, struct cola_dataset *dataset,
                  struct cola_error *err);
COLA_MUST_USE enum cola_status
cola_dataset_open_as(const char *path, const struct cola_reading *reading,
                     struct cola_dataset *dataset, struct cola_error *err);
void cola_dataset_close(struct cola_dataset *dataset);

/* The enum cola_grader of DATASET when GRADE is asked for, -1 for none: exact,
 * but choice where all questions have choices and not all an answer. */
int cola_dataset_grader(const struct cola_dataset *dataset, int grade);

/* What the model would say to choose choice I. */
static inline const char *
cola_item_option(const struct cola_item *item, int i)
{
    return item->options != NULL ? item->options[i] : item->choices[i];
}

/*
 * Keep only some items: with one of LEVELS ("1,3-5"; NULL: all), with one of
 * the ids IDS ("a,b"; NULL: all; unknown ones are refused), of these the first
 * LIMIT (0: all).
 */
COLA_MUST_USE enum cola_status
cola_dataset_select(struct cola_dataset *dataset, const char *levels,
                    const char *ids, size_t limit, struct cola_error *err);

/* Keep N items drawn without replacement, in their order: splitmix64 of
 * "SEED:sample".  More than there are is refused. */
COLA_MUST_USE enum cola_status
cola_dataset_sample(struct cola_dataset *dataset, size_t n, uint64_t seed,
                    struct cola_error *err);

#endif
