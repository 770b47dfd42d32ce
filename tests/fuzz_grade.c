/*
 * fuzz_grade.c - graders given anything
 *
 * A case is a line, a letter that says which grader and the reference, and then
 * the text to be graded.  Nothing may crash, take long or contradict itself:
 * see check().  Built with clang -fsanitize=fuzzer it is a fuzzer; otherwise it
 * replays the files of tests/corpus/grade, what the fuzzer found (grade-found)
 * and cases made of both by a seeded generator, and says so in TAP.  Arguments
 * are files to replay instead.
 *
 *     clang -g -O1 -fsanitize=fuzzer,address,undefined -DCOLA_LIBFUZZER \
 *         -DHAVE_CONFIG_H -I. -Isrc tests/fuzz_grade.c (sources of src/task from
 *         sum.c to grade.c, and of src/base: buffer, digest, error, random)
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "task/dataset.h"
#include "task/grade.h"
#include "task/mathematics.h"

#define MOST 4096               /* bytes of a case that is made */
#define MADE 4000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum cola_grader
grader_of(int c)
{
    static const char letters[] = "ectkldnm";   /* in the order of the graders */
    const char *at = c != '\0' ? strchr(letters, c | 0x20) : NULL;

    return at != NULL ? (enum cola_grader)(at - letters) : COLA_GRADE_MATH;
}

static void
refuse(const char *law)
{
    fprintf(stderr, "broken: %s\n", law);
    abort();
}

/* The laws. */
static void
check(enum cola_grader grader, const char *text, size_t len, int ended,
      struct cola_item *item)
{
    const char *rule = NULL, *again = NULL;
    enum cola_progress p = cola_grade_answer(grader, text, len, ended, item, &rule);
    char *answer = NULL, *reference = item->answer;
    int key = item->key;
    struct cola_error err;

    if (rule == NULL || p != cola_grade_answer(grader, text, len, ended, item, &again) ||
        strcmp(rule, again) != 0)
        refuse("the same question has the same verdict");
    if (p == COLA_OPEN && ended != COLA_GROWS)
        refuse("what has ended is not open");
    if (cola_grade_extract(grader, text, len, item, &answer, &err) != COLA_OK)
        refuse("memory");
    if (answer == NULL)
        return;
    /* what was answered is the reference by which it would be right */
    item->answer = answer;
    for (int i = 0; i < item->n_choices; i++)
        if (strcmp(item->choices[i], answer) == 0)
            item->key = i;
    p = cola_grade_answer(grader, text, len, COLA_ENDED, item, &rule);
    if (p != COLA_IS_RIGHT && strcmp(rule, "boxed-echo") != 0 &&
        strcmp(rule, "too-long") != 0 && !cola_grader_chooses(grader) &&
        (grader != COLA_GRADE_EXACT || strlen(answer) == len))
        refuse("what was answered is right by itself");
    if (grader == COLA_GRADE_MATH) {
        enum cola_progress there = cola_mathematics(answer, strlen(answer), reference,
                                                    strlen(reference), &rule);
        enum cola_progress back = cola_mathematics(reference, strlen(reference), answer,
                                                   strlen(answer), &again);

        if ((there == COLA_IS_RIGHT && back == COLA_IS_WRONG) ||
            (there == COLA_IS_WRONG && back == COLA_IS_RIGHT))
            refuse("A is B and B is not A");
    }
    free(answer);
    item->answer = reference;
    item->key = key;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char *choices[] = {"alpha", "beta", "12", "the answer is C"};
    static char *labels[] = {"A", "B", "C", "D"}, *numbers[] = {"1", "2", "3", "4"};
    struct cola_item item = {.choices = choices, .labels = labels, .n_choices = 4,
                             .key = 1};
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t first = end != NULL ? (size_t)(end - data) : size, len;
    char *reference = malloc(first + 1), *text;
    enum cola_grader grader = grader_of(size > 0 ? data[0] : 0);

    if (reference == NULL)
        return 0;
    first -= first > 0;
    memcpy(reference, data + (size > 0), first);
    reference[first] = '\0';
    item.answer = reference;
    len = end != NULL ? size - (size_t)(end + 1 - data) : 0;
    text = malloc(len + 1);             /* so that reading beyond it is seen */
    if (text != NULL) {
        if (len > 0)
            memcpy(text, end + 1, len);
        for (int ended = COLA_GROWS; ended <= COLA_CUT; ended++)
            check(grader, text, len, ended, &item);
        item.labels = numbers;
        item.primed = "\\boxed{";
        check(grader, text, len, COLA_ENDED, &item);
        free(text);
    }
    free(reference);
    return 0;
}

#ifndef COLA_LIBFUZZER

struct cases {
    struct {
        char *data;
        size_t len;
    } list[2048];
    size_t n;
};

static int
add_case(struct cases *c, const char *data, size_t len)
{
    char *copy = malloc(len + 1);

    if (copy == NULL || c->n == sizeof c->list / sizeof c->list[0]) {
        free(copy);
        return 0;
    }
    memcpy(copy, data, len);
    c->list[c->n].data = copy;
    c->list[c->n++].len = len;
    return 1;
}

/* One case a file; or PACKED: before each its length, in a line. */
static int
add_file(struct cases *c, const char *path, int packed)
{
    static char data[1 << 20];
    FILE *f = fopen(path, "rb");
    size_t len, at = 0;
    int ok = 1;

    if (f == NULL) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 0;
    }
    len = fread(data, 1, sizeof data - 1, f);
    data[len] = '\0';
    fclose(f);
    while (packed && ok && at < len) {
        char *end;
        unsigned long size = strtoul(data + at, &end, 10);

        at = (size_t)(end - data) + 1;
        ok = *end == '\n' && size <= len - at && add_case(c, data + at, size);
        at += size;
    }
    return packed ? ok : add_case(c, data, len);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
add_directory(struct cases *c, const char *path)
{
    char *names[256];
    size_t n = 0;
    DIR *dir = opendir(path);
    struct dirent *entry;

    while (dir != NULL && n < 256 && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.') {
            size_t len = strlen(path) + strlen(entry->d_name) + 2;

            names[n] = malloc(len);
            if (names[n] != NULL)
                snprintf(names[n++], len, "%s/%s", path, entry->d_name);
        }
    if (dir != NULL)
        closedir(dir);
    qsort(names, n, sizeof *names, by_name);    /* the disk's order is no order */
    for (size_t i = 0; i < n; i++) {
        add_file(c, names[i], 0);
        free(names[i]);
    }
    return c->n > 0;
}

/* A case made of two: bytes changed, left out, doubled; pieces put together. */
static size_t
make_case(struct cola_splitmix *r, const struct cases *c, char *to)
{
    static const char *const pieces[] = {
        "\\boxed{", "}", "{", "\\frac", "\\sqrt[", "\\text{", "\\begin{pmatrix}",
        "\\end{pmatrix}", "\\\\", "&", ",", "\\cup", "\\infty", "(", "]", "^", "_", "=",
        "####", "9223372036854775807", "1/0", "0", "-", "\\pm", "\\%", "!", "i", "\\pi",
        "Answer:", "(B)", "\n", "\\left(", "\\right]", "e99", ":", "1,000", "$",
    };
    size_t a = cola_splitmix_below(r, c->n), b = cola_splitmix_below(r, c->n), n;

    n = c->list[a].len < MOST / 2 ? c->list[a].len : MOST / 2;
    memcpy(to, c->list[a].data, n);
    if (cola_splitmix_below(r, 3) == 0 && n > 0 && c->list[b].len > 0) {
        size_t cut = cola_splitmix_below(r, n);
        size_t from = cola_splitmix_below(r, c->list[b].len);
        size_t more = c->list[b].len - from;

        more = more < MOST / 4 ? more : MOST / 4;
        memcpy(to + cut, c->list[b].data + from, more);
        n = cut + more;
    }
    for (uint64_t k = cola_splitmix_below(r, 8); k > 0 && n > 0 && n < MOST - 64; k--) {
        size_t at = cola_splitmix_below(r, n);
        const char *piece = pieces[cola_splitmix_below(r, sizeof pieces /
                                                          sizeof pieces[0])];
        size_t len = strlen(piece);

        switch (cola_splitmix_below(r, 4)) {
        case 0:
            to[at] = (char)cola_splitmix_below(r, 256);
            break;
        case 1:
            memmove(to + at, to + at + 1, --n - at);
            break;
        default:
            memmove(to + at + len, to + at, n - at);
            memcpy(to + at, piece, len);
            n += len;
        }
    }
    return n;
}

int
main(int argc, char **argv)
{
    static struct cases cases;
    static char made[MOST];
    struct cola_splitmix random;
    const char *top = getenv("COLA_SRCDIR");
    char path[4200];
    int ok = 1;

    snprintf(path, sizeof path - 8, "%s/tests/corpus/grade", top != NULL ? top : ".");
    for (int i = 1; i < argc; i++)
        ok &= add_file(&cases, argv[i], 0);
    if (argc == 1)
        ok &= add_directory(&cases, path);
    strcat(path, "-found");
    if (argc == 1)
        ok &= add_file(&cases, path, 1);
    for (size_t i = 0; i < cases.n; i++)
        LLVMFuzzerTestOneInput((const uint8_t *)cases.list[i].data, cases.list[i].len);
    printf("1..2\n%s 1 - %zu kept cases\n", ok && cases.n > 0 ? "ok" : "not ok",
           cases.n);
    fflush(stdout);
    cola_splitmix_seed(&random, 42, "grade");
    for (int i = 0; i < MADE && cases.n > 0 && argc == 1; i++)
        LLVMFuzzerTestOneInput((const uint8_t *)made,
                               make_case(&random, &cases, made));
    printf("ok 2 - %d made of them\n", argc == 1 ? MADE : 0);
    for (size_t i = 0; i < cases.n; i++)
        free(cases.list[i].data);
    return ok ? 0 : 1;
}

#endif
