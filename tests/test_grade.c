/*
 * test_grade.c - answers graded: rules, kept pairs, real references, hostile text
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/json.h"
#include "base/random.h"
#include "expect.h"
#include "task/dataset.h"
#include "task/extract.h"
#include "task/grade.h"

static char *choices[] = {"alpha", "beta", "gamma", "delta"};
static char *labels[] = {"A", "B", "C", "D"}, *numbers[] = {"1", "2", "3", "4"};

/* An item whose reference is REFERENCE; of one letter, also its key. */
static struct cola_item
item_of(const char *reference)
{
    struct cola_item item = {.choices = choices, .labels = labels, .n_choices = 4,
                             .key = 1};

    item.answer = (char *)(uintptr_t)reference;
    if (reference[0] >= 'A' && reference[0] <= 'D' && reference[1] == '\0')
        item.key = reference[0] - 'A';
    return item;
}

static enum cola_progress
grade(enum cola_grader grader, const char *text, const char *reference, int ended,
      const char **rule)
{
    struct cola_item item = item_of(reference);

    return cola_grade_answer(grader, text, strlen(text), ended, &item, rule);
}

/* ---- rules --------------------------------------------------------------- */

#define RIGHT COLA_IS_RIGHT
#define WRONG COLA_IS_WRONG
#define UNDECIDED COLA_IS_UNDECIDED
#define M COLA_GRADE_MATH
#define BOX(a) "\\boxed{" a "}"

/* Every rule with a case that it decides, and one that is like it and that it
 * must leave alone. */
static void
every_rule_decides_its_case_and_leaves_its_like_alone(void **state)
{
    static const struct {
        const char *rule;
        enum cola_grader grader;
        enum cola_progress verdict;
        const char *reference, *text, *like;
    } cases[] = {
        {"exact", COLA_GRADE_EXACT, RIGHT, "70", "70", NULL},
        {"exact", COLA_GRADE_EXACT, WRONG, "70", "7", NULL},
        {"choice", COLA_GRADE_CHOICE_CHAR, RIGHT, "B", "beta", NULL},
        {"choice", COLA_GRADE_CHOICE, WRONG, "B", "gamma", NULL},
        {"letter", COLA_GRADE_LETTER, RIGHT, "B", "The answer is (B).", "(B) or (C)"},
        {"letter", COLA_GRADE_LETTER, WRONG, "B", "C) because", "C or so"},
        {"letter-none", COLA_GRADE_LETTER, WRONG, "B", "who knows", "it is B"},
        {"letter-drllm", COLA_GRADE_LETTER_DRLLM, RIGHT, "B", " Answer: b.", "(B)"},
        {"letter-drllm-none", COLA_GRADE_LETTER_DRLLM, WRONG, "B", "(B)", "B"},
        {"number", COLA_GRADE_NUMBER, RIGHT, "1,200", "5+7 dozen: $1200.0", "1200x"},
        {"number", COLA_GRADE_NUMBER, WRONG, "72", "#### 27", "at 3:72"},
        {"number-none", COLA_GRADE_NUMBER, WRONG, "3", "none", "three"},
        {"boxed-none", M, WRONG, "16", "16", BOX("16")},
        {"boxed-none", M, WRONG, "16", BOX(" "), BOX("0")},
        {"boxed-echo", M, WRONG, "16", BOX("ANSWER"), BOX("answer")},
        {"math-form", M, RIGHT, "\\frac{1}{2}x!", BOX("\\dfrac12 x !"), BOX("x!/2")},
        {"math-value", M, RIGHT, "2\\sqrt{2}", BOX("\\sqrt 8"), BOX("2.83")},
        {"math-value", M, RIGHT, "x^2-1", BOX("(x+1)(x-1)"), BOX("(y+1)(y-1)")},
        {"math-text", M, RIGHT, "\\text{two lines}", BOX("two lines"), BOX("two rays")},
        {"math-text", M, RIGHT, "\\text{(C)}", BOX("C"), BOX("c")},
        {"math-equation", M, RIGHT, "y=2x-1", BOX("4x-2y=2"), BOX("4x-2y<2")},
        {"math-number-differs", M, WRONG, "16", BOX("17"), BOX("17_8")},
        {"math-value-differs", M, WRONG, "\\frac{1}{3}", BOX("0.33"), BOX("0.33x")},
        {"math-value-differs", M, WRONG, "60^\\circ", BOX("\\frac{1}{3}"),
         BOX("\\frac{\\pi}{3}")},
        {"math-algebra-differs", M, WRONG, "x+1", BOX("x-1"), BOX("y+1")},
        {"math-count-differs", M, WRONG, "1,2", BOX("1"), BOX("1, 1, 2")},
        {"math-count-differs", M, WRONG, "(1,2)", BOX("(1,2,3)"), BOX("1,2")},
        {"math-bracket-differs", M, WRONG, "[1,2)", BOX("(1,2)"), BOX("[1,2)")},
        {"math-kind-differs", M, WRONG, "(1,2)", BOX("12"), BOX("v")},
        {"math-relation-differs", M, WRONG, "x>1", BOX("x<1"), BOX("1<x")},
        {"math-text-differs", M, WRONG, "\\text{even}", BOX("odd"), BOX("strange")},
        {"math-text-differs", M, WRONG, "\\text{(C)}", BOX("B"), BOX("16")},
        {"undecided", M, UNDECIDED, "\\sin x", BOX("\\cos y"), BOX("\\sin(x)")},
        {"undecided", M, UNDECIDED, "10\\text{ cm}", BOX("1\\text{ m}"), BOX("1")},
        {"undecided", COLA_GRADE_LETTER, UNDECIDED, "B", "(A) or (B)", "(B) or (B)"},
        {"number", COLA_GRADE_NUMBER, RIGHT, "-5", "-$5", "$5"},
        {"undecided", M, UNDECIDED, "ABC", BOX("BAC"), BOX("A B C")},
        {"undecided", M, UNDECIDED, "4, 9", BOX("A=9, B=4"), BOX("A=4, B=9")},
        {"undecided", M, UNDECIDED, "1,0", BOX("1,000"), BOX("1,0")},
        {"undecided", M, UNDECIDED, "0.3", BOX("0.3..."), BOX("0.3.")},
        {"undecided", M, UNDECIDED, "(1,2)", BOX("(y,x)=(1,2)"), BOX("(x,y)=(1,2)")},
        {"undecided", M, UNDECIDED, "2,0", BOX("\\pm1\\pm1"), BOX("1\\pm1")},
        {"undecided", COLA_GRADE_NUMBER, UNDECIDED, "5", "10^5", "10 5"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *rule = "";
        enum cola_progress p = grade(cases[i].grader, cases[i].text, cases[i].reference,
                                     COLA_ENDED, &rule);

        if (p != cases[i].verdict || strcmp(rule, cases[i].rule) != 0)
            fail_msg("\"%s\" for \"%s\": %d by %s, not by %s", cases[i].text,
                     cases[i].reference, (int)p, rule, cases[i].rule);
        if (cases[i].like == NULL)
            continue;
        p = grade(cases[i].grader, cases[i].like, cases[i].reference, COLA_ENDED, &rule);
        if (p == cases[i].verdict && strcmp(rule, cases[i].rule) == 0)
            fail_msg("\"%s\" for \"%s\" is decided by %s too", cases[i].like,
                     cases[i].reference, rule);
    }
}

static void
what_was_cut_is_graded_as_far_as_it_is_whole(void **state)
{
    static const struct {
        enum cola_grader grader;
        const char *reference, *text;
        enum cola_progress ended, cut;
    } cases[] = {
        {COLA_GRADE_EXACT, "70", "70", RIGHT, WRONG},
        {COLA_GRADE_EXACT, "70", "71", WRONG, WRONG},
        {M, "16", "\\boxed{16} and", RIGHT, RIGHT},
        {M, "16", "\\boxed{17} and", WRONG, WRONG},
        {M, "16", "\\boxed{16", RIGHT, UNDECIDED},
        {M, "16", "\\boxed{17", WRONG, UNDECIDED},
        {M, "16", "so it is", WRONG, WRONG},
        {COLA_GRADE_NUMBER, "16", "it is 16", RIGHT, UNDECIDED},
        {COLA_GRADE_NUMBER, "16", "it is 16 ", RIGHT, RIGHT},
        {COLA_GRADE_NUMBER, "16", "it is", WRONG, WRONG},
        {COLA_GRADE_LETTER, "B", "B) as", RIGHT, RIGHT},
        {COLA_GRADE_LETTER_DRLLM, "B", "B", RIGHT, RIGHT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(grade(cases[i].grader, cases[i].text, cases[i].reference,
                               COLA_ENDED, NULL), cases[i].ended);
        assert_int_equal(grade(cases[i].grader, cases[i].text, cases[i].reference,
                               COLA_CUT, NULL), cases[i].cut);
    }
}

/* What is settled while a text grows holds for all that it may become. */
static void
nothing_is_settled_that_could_still_change(void **state)
{
    static const char *const pieces[] = {"A", "B", "b", "Answer:", "nswer", ".", " ",
                                         "\n", "(", ")"};
    struct cola_splitmix r;
    size_t settled = 0, right = 0;

    (void)state;
    cola_splitmix_seed(&r, 7, "settle");
    for (int i = 0; i < 20000; i++) {
        char text[64] = "";
        enum cola_progress before = COLA_OPEN, end;

        for (uint64_t n = 1 + cola_splitmix_below(&r, 5); n > 0; n--) {
            strcat(text, pieces[cola_splitmix_below(&r, COUNT(pieces))]);
            end = grade(COLA_GRADE_LETTER_DRLLM, text, "B", COLA_GROWS, NULL);
            if (before != COLA_OPEN)
                assert_int_equal(end, before);
            before = end;
        }
        end = grade(COLA_GRADE_LETTER_DRLLM, text, "B", COLA_ENDED, NULL);
        assert_true(before == COLA_OPEN || before == end);
        settled += before != COLA_OPEN;
        right += end == RIGHT;
    }
    assert_true(settled > 5000 && right > 500);
}

static void
labels_may_be_digits_and_what_primed_comes_first(void **state)
{
    struct cola_item item = item_of("16");

    (void)state;
    item.labels = numbers;
    item.key = 2;
    assert_int_equal(cola_grade_answer(COLA_GRADE_LETTER, "(3)", 3, 1, &item, NULL),
                     RIGHT);
    assert_int_equal(cola_grade_answer(COLA_GRADE_LETTER, "3.5", 3, 1, &item, NULL),
                     UNDECIDED);
    assert_int_equal(cola_grade_answer(COLA_GRADE_LETTER, "2. beta", 7, 1, &item, NULL),
                     WRONG);
    assert_int_equal(cola_grade_answer(M, "16} so", 6, 1, &item, NULL), WRONG);
    item.primed = "\\boxed{";
    assert_int_equal(cola_grade_answer(M, "16} so", 6, 1, &item, NULL), RIGHT);
    assert_int_equal(cola_grade_answer(M, "17} so", 6, 1, &item, NULL), WRONG);
}

static void
what_was_answered_is_extracted(void **state)
{
    static const struct {
        enum cola_grader grader;
        const char *text, *answer;      /* NULL: none */
    } cases[] = {
        {COLA_GRADE_EXACT, " 70", " 70"}, {COLA_GRADE_CHOICE, "beta", "beta"},
        {COLA_GRADE_LETTER, "The answer is (C).", "gamma"},
        {COLA_GRADE_LETTER, "(A) or (B)", NULL}, {COLA_GRADE_LETTER, "", NULL},
        {COLA_GRADE_LETTER_DRLLM, "Answer: d", "delta"},
        {COLA_GRADE_LETTER_DRLLM, "D it is", NULL},
        {COLA_GRADE_NUMBER, "3 + 4 = -7 apples", "-7"},
        {COLA_GRADE_NUMBER, "costs $1,234.50.", "$1,234.50"},
        {COLA_GRADE_NUMBER, "x^2", NULL}, {COLA_GRADE_NUMBER, "no", NULL},
        {COLA_GRADE_NUMBER, "#### 12 of 30\nthen 4", "12"},
        {M, "\\boxed{1} \\boxed{ \\frac{1}{2} }.", "\\frac{1}{2}"},
        {M, "\\boxed{\\{1,2\\}} x", "\\{1,2\\}"}, {M, "\\boxed{1", NULL}, {M, "1", NULL},
        {M, "\\boxed{}", NULL}, {M, "\\fbox{7}", "7"},
    };
    struct cola_item item = item_of("x");
    struct cola_error err;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *answer;

        assert_ok(cola_grade_extract(cases[i].grader, cases[i].text,
                                     strlen(cases[i].text), &item, &answer, &err), &err);
        if (cases[i].answer == NULL)
            assert_null(answer);
        else
            assert_string_equal(answer != NULL ? answer : "", cases[i].answer);
        free(answer);
    }
}

/* ---- kept pairs ---------------------------------------------------------- */

#define KINDS 64

struct agreement {
    char kind[24];
    int counts[2][3];           /* [is right, is wrong][right, wrong, undecided] */
};

/* What data/graders/answers.jsonl says of the graders; colaref-task(5) has it too. */
static const struct agreement kept[] = {
#include "grade_agreement.h"
};

static void
agreement_on_kept_pairs_is_what_it_was(void **state)
{
    struct agreement found[KINDS] = {{"", {{0}}}};
    struct cola_line line = {0};
    struct cola_error err;
    struct cola_map map;
    char path[4096];
    size_t n = 0, pairs = 0;

    (void)state;
    snprintf(path, sizeof path, "%s/graders/answers.jsonl", getenv("COLAREF_DATA"));
    assert_ok(cola_map_open(path, &map, &err), &err);
    while (cola_line_next(&map, &line)) {
        const char *text, *reference, *name, *truth, *kind;
        enum cola_grader grader;
        enum cola_progress p;
        const char *rule;
        json_t *o;
        size_t k = 0;
        int is_right;

        assert_ok(cola_json_parse(line.text, line.len, "answers", &o, &err), &err);
        text = json_string_value(json_object_get(o, "answer"));
        reference = json_string_value(json_object_get(o, "reference"));
        name = json_string_value(json_object_get(o, "grader"));
        truth = json_string_value(json_object_get(o, "truth"));
        kind = json_string_value(json_object_get(o, "kind"));
        assert_true(text && reference && name && truth && kind);
        assert_true(cola_grader_find(name, &grader));
        is_right = strcmp(truth, "right") == 0;
        assert_true(is_right || strcmp(truth, "wrong") == 0);
        p = grade(grader, text, reference, COLA_ENDED, &rule);
        if (p == (is_right ? WRONG : RIGHT))
            fail_msg("line %zu: \"%s\" for \"%s\" is %s, not what rule %s says",
                     line.number, text, reference, truth, rule);
        while (k < n && strcmp(found[k].kind, kind) != 0)
            k++;
        assert_true(k < KINDS);
        n += k == n;
        snprintf(found[k].kind, sizeof found[k].kind, "%s", kind);
        found[k].counts[!is_right][p == RIGHT ? 0 : p == WRONG ? 1 : 2]++;
        pairs++;
        json_decref(o);
    }
    cola_map_close(&map);
    assert_true(pairs >= 400);
    assert_int_equal(n, COUNT(kept));
    for (size_t k = 0; k < n; k++)
        if (strcmp(found[k].kind, kept[k].kind) != 0 ||
            memcmp(found[k].counts, kept[k].counts, sizeof kept[k].counts) != 0)
            fail_msg("%s: right %d/%d/%d, wrong %d/%d/%d", found[k].kind,
                     found[k].counts[0][0], found[k].counts[0][1], found[k].counts[0][2],
                     found[k].counts[1][0], found[k].counts[1][1],
                     found[k].counts[1][2]);
}

/* ---- real references ------------------------------------------------------ */

struct references {
    char **list;
    size_t n;
};

static struct references
read_references(void)
{
    struct references r = {NULL, 0};
    struct cola_line line = {0};
    struct cola_error err;
    struct cola_map map;
    char path[4096];

    if (getenv("COLA_SHARED") == NULL)
        return r;
    snprintf(path, sizeof path, "%s/tasks/math.train-part.jsonl", getenv("COLA_SHARED"));
    if (!cola_file_exists(path))
        return r;
    assert_ok(cola_map_open(path, &map, &err), &err);
    while (cola_line_next(&map, &line)) {
        json_t *o;

        assert_ok(cola_json_parse(line.text, line.len, "math", &o, &err), &err);
        r.list = cola_realloc(r.list, r.n + 1, sizeof *r.list);
        assert_non_null(r.list);
        r.list[r.n++] = cola_strdup(json_string_value(json_object_get(o, "answer")));
        json_decref(o);
    }
    cola_map_close(&map);
    return r;
}

/* FROM with every A a B, in a box. */
static void
respell(char *to, size_t room, const char *from, const char *a, const char *b)
{
    size_t n = (size_t)snprintf(to, room, "\\boxed{\\, ");

    for (; *from != '\0' && n + 40 < room; from++)
        if (*a != '\0' && strncmp(from, a, strlen(a)) == 0) {
            n += (size_t)snprintf(to + n, room - n, "%s", b);
            from += strlen(a) - 1;
        } else {
            to[n++] = *from;
        }
    snprintf(to + n, room - n, " .}");
}

static void
real_references_are_right_however_they_are_spelled(void **state)
{
    static const char *const spellings[][2] = {
        {"", ""}, {"\\frac", "\\dfrac"}, {"\\left", ""}, {" ", "  "},
        {"\\text{", "\\mbox{"}, {"pmatrix", "bmatrix"}, {"^\\circ", "^{\\circ}"},
    };
    struct references r = read_references();
    size_t right = 0, pairs = 0;

    (void)state;
    if (r.n == 0) {
        print_message("no MATH references beside the source tree\n");
        skip();
    }
    for (size_t i = 0; i < r.n; i++)
        for (size_t s = 0; s < COUNT(spellings); s++) {
            char text[2048];
            const char *rule;

            if (s > 0 && strstr(r.list[i], spellings[s][0]) == NULL)
                continue;
            respell(text, sizeof text, r.list[i], spellings[s][0], spellings[s][1]);
            if (grade(M, text, r.list[i], COLA_ENDED, &rule) != RIGHT)
                fail_msg("%s for %s: %s", text, r.list[i], rule);
        }
    /* of other problems: seldom */
    for (size_t i = 0; i < r.n; i++)
        for (size_t k = 1; k < 4; k++) {
            char text[2048];

            respell(text, sizeof text, r.list[i], "", "");
            right += grade(M, text, r.list[(i * 31 + k * 977) % r.n], COLA_ENDED, NULL) ==
                     RIGHT;
            pairs++;
        }
    assert_true(right < pairs / 50);
    for (size_t i = 0; i < r.n; i++)
        free(r.list[i]);
    free(r.list);
}

/* ---- hostile text ----------------------------------------------------------- */

/* N bytes of UNIT, over and over, after BEFORE. */
static char *
repeated(const char *before, const char *unit, size_t n)
{
    char *text = malloc(n + 1);
    size_t have = strlen(before), step = strlen(unit);

    assert_non_null(text);
    memcpy(text, before, have);
    for (; have < n; have++)
        text[have] = unit[(have - strlen(before)) % step];
    text[n] = '\0';
    return text;
}

static void
hostile_text_is_answered_fast(void **state)
{
    static const char *const units[] = {
        "{", "}", "\\frac", "\\frac{", "7", ",", "1,", "(", "\\text{", "^", "\\sqrt",
        "x+", "(x+1)", "\\begin{pmatrix}", "\\boxed{", "-", "answer ", "####", "1/", "\\",
        "\\pm1,", "a_{", "\\sin", "[1,", "A ", "!", "\xff", "2^{", "=",
        "\\sqrt[9]{999999999}", "(a+b+c+d+e+f)^9", "\\binom{60}{30}",
    };
    static const size_t sizes[] = {2000, 65000, 1 << 20};

    static const char nul[] = "\\boxed{\\text{\0ab}}";
    struct cola_item even = item_of("\\text{even}");

    (void)state;
    assert_int_equal(cola_grade_answer(M, nul, sizeof nul - 1, COLA_ENDED, &even, NULL),
                     UNDECIDED);
    for (size_t u = 0; u < COUNT(units); u++)
        for (size_t s = 0; s < COUNT(sizes); s++)
            for (int g = COLA_GRADE_LETTER; g <= COLA_GRADE_MATH; g++) {
                char *text = repeated("\\boxed{", units[u], sizes[s]), *answer;
                struct cola_item item = item_of("12");
                const char *rule = "";
                struct cola_error err;
                clock_t begin = clock();

                cola_grade_answer((enum cola_grader)g, text, sizes[s], COLA_ENDED, &item,
                                  &rule);
                if (sizes[s] > 65536)
                    assert_string_equal(rule, "too-long");
                /* and as the reference */
                item.answer = text + 7;
                cola_grade_answer((enum cola_grader)g, "\\boxed{12}", 10, COLA_ENDED,
                                  &item, &rule);
                assert_ok(cola_grade_extract((enum cola_grader)g, text, sizes[s], &item,
                                             &answer, &err), &err);
                if (clock() - begin > 5 * CLOCKS_PER_SEC)
                    fail_msg("%zu bytes of \"%s\" took the %s grader %g s", sizes[s],
                             units[u], cola_grader_name((enum cola_grader)g),
                             (double)(clock() - begin) / CLOCKS_PER_SEC);
                free(answer);
                free(text);
            }
}

/* What takes too much work is undecided, though more of it would decide. */
static void
work_is_bounded(void **state)
{
    struct cola_buffer text = COLA_BUFFER_EMPTY, reference = COLA_BUFFER_EMPTY;
    const char *rule;

    (void)state;
    for (int few = 1; few >= 0; few--) {
        cola_buffer_reset(&text);
        cola_buffer_reset(&reference);
        cola_buffer_text(&text, "\\boxed{");
        for (int i = 1; i < (few ? 3 : 51); i++) {
            cola_buffer_printf(&text, "(a+b+c)^7+%d,", i);
            cola_buffer_printf(&reference, "(a+b+c)^7-%d,", i);
        }
        cola_buffer_text(&text, "}");
        assert_int_equal(grade(M, text.data, reference.data, COLA_ENDED, &rule),
                         few ? WRONG : UNDECIDED);
        assert_string_equal(rule, few ? "math-algebra-differs" : "undecided");
    }
    cola_buffer_free(&text);
    cola_buffer_free(&reference);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_decides_its_case_and_leaves_its_like_alone),
        cmocka_unit_test(what_was_cut_is_graded_as_far_as_it_is_whole),
        cmocka_unit_test(nothing_is_settled_that_could_still_change),
        cmocka_unit_test(labels_may_be_digits_and_what_primed_comes_first),
        cmocka_unit_test(what_was_answered_is_extracted),
        cmocka_unit_test(agreement_on_kept_pairs_is_what_it_was),
        cmocka_unit_test(real_references_are_right_however_they_are_spelled),
        cmocka_unit_test(hostile_text_is_answered_fast),
        cmocka_unit_test(work_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
