/*
 * dataset.h - questions with known answers, from a file of JSON lines
 *
 * A line is {"id", "level", "group", "prompt", "answer", "choices",
 * "answerKey"}.  "prompt" (or "question") is required; "answer" is the
 * reference of graders that compare text; "choices", {"text":[...],
 * "label":[...]}, with "answerKey", is that of graders that choose.  "id"
 * may be "unique_id", or be absent: then it is "line-000001".  Questions that
 * are variations of one another share a "group".
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
    char **choices;             /* [n_choices]; NULL: none */
    char **labels;              /* [n_choices] "A", "B" or "1", "2" ... */
    int n_choices;
    int key;                    /* the right choice; -1: none */
};

struct cola_dataset {
    struct cola_item *items;
    size_t n;
    char digest[65];            /* SHA-256 of the file */
    const char *benchmark;      /* static: "own", "arc", "math", "dart", "gsm8k" */
    const char *template;       /* static: the name of the prompts' template */
    int grade;                  /* the grader that suits it, or -1 */
    int max_tokens;             /* that suit its answers */
};

/* A line that is wrong is named by file and number. */
COLA_MUST_USE enum cola_status
cola_dataset_open(const char *path, struct cola_dataset *dataset,
                  struct cola_error *err);
void cola_dataset_close(struct cola_dataset *dataset);

/*
 * Keep only some items: with one of LEVELS ("1,3-5"; NULL: all), with one of
 * the ids IDS ("a,b"; NULL: all; unknown ones are refused), of these the first
 * LIMIT (0: all).
 */
COLA_MUST_USE enum cola_status
cola_dataset_select(struct cola_dataset *dataset, const char *levels,
                    const char *ids, size_t limit, struct cola_error *err);

#endif
