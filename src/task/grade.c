/*
 * grade.c - when is an answer right
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/grade.h"

#include <string.h>

static const char *const names[COLA_GRADERS] = {
    "exact", "choice", "choice-char", "choice-token", "letter", "letter-drllm",
    "number", "math",
};

const char *
cola_grader_name(enum cola_grader grader)
{
    return names[grader];
}

int
cola_grader_find(const char *name, enum cola_grader *grader)
{
    for (int i = 0; i < COLA_GRADERS; i++)
        if (strcmp(name, names[i]) == 0) {
            *grader = (enum cola_grader)i;
            return 1;
        }
    return 0;
}

int
cola_grader_chooses(enum cola_grader grader)
{
    return grader == COLA_GRADE_CHOICE || grader == COLA_GRADE_CHOICE_CHAR ||
           grader == COLA_GRADE_CHOICE_TOKEN;
}

enum cola_progress
cola_grade_exact(const char *text, size_t len, int ended, const char *reference)
{
    size_t want = strlen(reference);

    if (len > want || (len > 0 && memcmp(text, reference, len) != 0))
        return COLA_IS_WRONG;
    if (!ended)
        return COLA_OPEN;
    return len == want ? COLA_IS_RIGHT : COLA_IS_WRONG;
}

int
cola_grade_choice(const double *scores, int n, double *margin)
{
    int best = 0;
    double second;

    for (int i = 1; i < n; i++)
        if (scores[i] > scores[best])
            best = i;
    second = scores[best == 0 ? 1 : 0];
    for (int i = 0; i < n; i++)
        if (i != best && scores[i] > second)
            second = scores[i];
    *margin = scores[best] - second;
    return best;
}
