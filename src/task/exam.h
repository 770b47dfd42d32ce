/*
 * exam.h - a model sitting a task: the judge that runs chains
 *
 * A sample is what one search is about (--per): one question, a group of
 * related ones, or the whole task.  Of several questions some may be held
 * out; they are judged like the others and counted apart.
 */
#ifndef COLA_EXAM_H
#define COLA_EXAM_H

#include "task/paper.h"

enum cola_per { COLA_PER_SAMPLE, COLA_PER_GROUP, COLA_PER_TASK };

struct cola_sample {
    const char *id;             /* the question's, the group's, or "task" */
    int level;                  /* of all its questions, or COLA_NO_LEVEL */
    size_t *items;              /* [n + held] into the dataset; held ones last */
    size_t n, held;
    char prompt[65];            /* SHA-256 of the prompt's ids, as 32-bit
                                 * little-endian integers; of several
                                 * questions, one after the other */
};

struct cola_exam_options {
    enum cola_per per;
    double held;                /* the share held out, 0 <= held < 1 */
    int grade;                  /* enum cola_grader, or -1: what suits the
                                 * dataset, see cola_dataset_grader() */
    int max_tokens;             /* of an answer; 0: what suits the dataset */
    int max_length;             /* of a chain */
    size_t shard, shards;       /* keep samples whose place modulo SHARDS is
                                 * SHARD; SHARDS 0: all */
};

struct cola_exam;

/*
 * Of the questions of a group, in their order, number i (from 0) is held when
 * floor((i+1) held) > floor(i held); of a task, all questions of its i-th
 * group are, a question without group being one of its own.  DATASET,
 * EXECUTOR and TOKENIZER are borrowed.
 */
COLA_MUST_USE enum cola_status
cola_exam_new(const struct cola_executor *executor,
              const struct cola_tokenizer *tokenizer,
              const struct cola_dataset *dataset,
              const struct cola_exam_options *options, struct cola_exam **exam,
              struct cola_error *err);
void cola_exam_free(struct cola_exam *exam);

size_t cola_exam_samples(const struct cola_exam *exam,
                         const struct cola_sample **samples);
enum cola_grader cola_exam_grader(const struct cola_exam *exam);

/* The tokens of the longest question with its longest answer. */
int cola_exam_tokens(const struct cola_exam *exam);

/* The judge; questions name samples by their index. */
struct cola_judge cola_exam_judge(struct cola_exam *exam);

#endif
