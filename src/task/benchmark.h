/*
 * benchmark.h - the layouts in which questions are published
 *
 *   own     one's own: {"id", "level", "group", "prompt" or "question",
 *           "answer", "choices": {"text": [...], "label": [...]}, "answerKey"}
 *   arc     the AI2 Reasoning Challenge, as AI2 publishes it ("question":
 *           {"stem", "choices": [{"text", "label"}]}) or as Hugging Face does
 *   math    Hendrycks' MATH: problem, level, solution, answer
 *   dart    DART-Math's pools: query, gt_ans, query_metadata.level, query_id
 *   gsm8k   question, and an answer that ends in "#### 72"
 */
#ifndef COLA_BENCHMARK_H
#define COLA_BENCHMARK_H

#include "task/template.h"

struct cola_benchmark {
    const char *name;
    const char *template;       /* that its prompts are made with by default */
    int grader;                 /* enum cola_grader, when the template names none */
    int repeats;                /* rows may repeat a question */
    /* All of ITEM that a template does not fill, from line number LINE. */
    enum cola_status (*read)(const json_t *object, const char *place, size_t line,
                             struct cola_item *item, struct cola_error *err);
};

/* Number I, NULL beyond the last; one by its name. */
const struct cola_benchmark *cola_benchmark_at(size_t i);
const struct cola_benchmark *cola_benchmark_find(const char *name);

/* The one that the first line of a file belongs to; "own" when no other. */
const struct cola_benchmark *cola_benchmark_recognise(const json_t *first);

#endif
