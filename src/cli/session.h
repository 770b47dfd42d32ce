/*
 * session.h - a model sitting a task, opened as the command line says
 */
#ifndef COLA_SESSION_H
#define COLA_SESSION_H

#include "cli/command.h"
#include "cli/find.h"
#include "task/exam.h"

struct session {
    const char *backend;
    struct cola_model *model;
    struct cola_tokenizer *tokenizer;
    struct cola_executor *executor;
    struct cola_dataset dataset;
    struct cola_exam *exam;
    struct cola_exam_options options;
};

/* Open the model called MODEL: everything but dataset and exam. */
COLA_MUST_USE enum cola_status
session_open(const struct options *o, const char *model, struct session *s,
             struct cola_error *err);

/* All questions of the task called TASK, read as --format and --template say. */
COLA_MUST_USE enum cola_status
session_questions(const struct options *o, const char *task,
                  struct cola_dataset *dataset, struct cola_error *err);

/* Read the task called TASK and what the options say of it; no exam is opened. */
COLA_MUST_USE enum cola_status
session_task(const struct options *o, const char *task, struct session *s,
             struct cola_error *err);

/* Open the task called TASK for chains of up to MAX_LENGTH positions. */
COLA_MUST_USE enum cola_status
session_sit(const struct options *o, const char *task, int max_length,
            struct session *s, struct cola_error *err);

void session_close(struct session *s);

#endif
