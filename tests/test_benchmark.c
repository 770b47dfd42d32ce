/*
 * test_benchmark.c - published layouts read, templates filled, samples drawn
 *
 * The files are written here, a line or two each; the prompts stand here in
 * full, once more than in the sources, because a protocol is its exact text.
 * The real files are used where there are some beside the source tree.
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

#include "base/file.h"
#include "checkpoint.h"
#include "expect.h"
#include "task/benchmark.h"

static char *directory;

static char *
write_file(const char *name, const char *text)
{
    char *path = cola_path_join(directory, name);

    assert_non_null(path);
    assert_true(checkpoint_file(directory, name, text, strlen(text)));
    return path;
}

static enum cola_status
open_as(const char *text, const char *format, const char *template,
        struct cola_dataset *d, struct cola_error *err)
{
    const struct cola_reading reading = {format, template};
    char *path = write_file("task.jsonl", text);
    enum cola_status st = cola_dataset_open_as(path, &reading, d, err);

    free(path);
    return st;
}

static struct cola_dataset
read_as(const char *text, const char *format, const char *template)
{
    struct cola_dataset d;
    struct cola_error err;

    assert_ok(open_as(text, format, template, &d, &err), &err);
    return d;
}

static struct cola_dataset
read_text(const char *text)
{
    return read_as(text, NULL, NULL);
}

static void
same_text(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        assert_true(a == b);
    else
        assert_string_equal(a, b);
}

/* Everything that two questions consist of. */
static void
same_item(const struct cola_item *a, const struct cola_item *b)
{
    same_text(a->id, b->id);
    assert_int_equal(a->level, b->level);
    same_text(a->group, b->group);
    same_text(a->question, b->question);
    same_text(a->prompt, b->prompt);
    same_text(a->answer, b->answer);
    same_text(a->gold, b->gold);
    same_text(a->primed, b->primed);
    same_text(a->stop, b->stop);
    assert_int_equal(a->n_choices, b->n_choices);
    assert_int_equal(a->key, b->key);
    for (int i = 0; i < a->n_choices; i++) {
        same_text(a->choices[i], b->choices[i]);
        same_text(a->labels[i], b->labels[i]);
        same_text(cola_item_option(a, i), cola_item_option(b, i));
    }
}

/* ---- layouts ------------------------------------------------------------------- */

#define FLAT(id, labels, key) \
    "{\"id\":\"" id "\",\"question\":\"Q?\",\"choices\":{\"text\":[\"x\",\"y\",\"z\"]," \
    "\"label\":[" labels "]},\"answerKey\":\"" key "\"}\n"
#define NESTED(id, a, b, c, key) \
    "{\"id\":\"" id "\",\"question\":{\"stem\":\"Q?\",\"choices\":[{\"text\":\"x\"," \
    "\"label\":\"" a "\"},{\"text\":\"y\",\"label\":\"" b "\"},{\"label\":\"" c "\"," \
    "\"text\":\"z\"}]},\"answerKey\":\"" key "\"}\n"
#define LETTERS "\"A\",\"B\",\"C\""
#define DIGITS "\"1\",\"2\",\"3\""

static void
layouts_of_arc_are_one(void **state)
{
    static const char *const texts[] = {
        FLAT("MCAS_1", LETTERS, "C"), FLAT("MCAS_1", DIGITS, "3"),
        FLAT("MCAS_1", LETTERS, "3"), FLAT("MCAS_1", DIGITS, "C"),
        NESTED("MCAS_1", "A", "B", "C", "C"), NESTED("MCAS_1", "1", "2", "3", "3"),
        NESTED("MCAS_1", "A", "B", "C", "3"), NESTED("MCAS_1", "1", "2", "3", "C"),
    };
    struct cola_dataset first = read_text(texts[0]);
    const struct cola_item *q = first.items;

    (void)state;
    assert_string_equal(first.benchmark, "arc");
    assert_string_equal(first.template, "arc-cloze");
    assert_int_equal(first.grade, COLA_GRADE_CHOICE);
    assert_string_equal(q->id, "MCAS_1");
    assert_string_equal(q->question, "Q?");
    assert_string_equal(q->answer, "z");
    assert_string_equal(q->gold, " z");
    assert_int_equal(q->level, COLA_NO_LEVEL);
    assert_int_equal(q->key, 2);
    assert_int_equal(q->n_choices, 3);
    assert_string_equal(q->labels[0], "A");
    assert_string_equal(q->labels[2], "C");
    assert_string_equal(cola_item_option(q, 1), " y");
    for (size_t i = 1; i < COUNT(texts); i++) {
        struct cola_dataset d = read_text(texts[i]);

        assert_string_equal(d.benchmark, "arc");
        assert_int_equal(d.n, 1);
        same_item(&d.items[0], q);
        cola_dataset_close(&d);
    }
    cola_dataset_close(&first);
    /* labels name places; only a key that is no label counts them */
    first = read_text(FLAT("MCAS_1", "\"2\",\"3\",\"1\"", "1"));
    assert_int_equal(first.items[0].key, 2);
    assert_string_equal(first.items[0].labels[2], "C");
    cola_dataset_close(&first);
}

#define MATH(level, solution) \
    "{\"problem\":\"P\",\"level\":" level ",\"type\":\"Algebra\",\"solution\":\"" \
    solution "\"}\n"

static void
math_is_read_with_or_without_an_answer(void **state)
{
    static const struct {
        const char *line, *answer;
        int level;
    } cases[] = {
        {MATH("\"Level 3\"", "so $\\\\boxed{16}$."), "16", 3},
        {MATH("5", "\\\\boxed{1} and \\\\boxed{2}"), "2", 5},
        {MATH("\"4\"", "\\\\boxed{\\\\frac{1}{2}}"), "\\frac{1}{2}", 4},
        {MATH("\"Level ?\"", "\\\\fbox{7}"), "7", COLA_NO_LEVEL},
        {MATH("null", "\\\\fbox{7}, \\\\boxed{8}, \\\\fbox{9}"), "8", COLA_NO_LEVEL},
        {MATH("1", "is $\\\\boxed 5$ or so"), "5", 1},
        {MATH("1", "$\\\\boxed{\\\\{1,2\\\\}}$"), "\\{1,2\\}", 1},
        {MATH("1", "$\\\\boxed{\\\\left\\\\{x\\\\right.}$"), "\\left\\{x\\right.", 1},
        {MATH("1", "$\\\\boxed {3}$"), "3", 1},
        {"{\"problem\":\"P\",\"answer\":\"17\",\"solution\":\"\\\\boxed{16}\"}", "17",
         COLA_NO_LEVEL},
        {"{\"problem\":\"P\",\"answer\":17}", "17", COLA_NO_LEVEL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_dataset d = read_text(cases[i].line);

        assert_string_equal(d.benchmark, "math");
        assert_string_equal(d.template, "polar-dart");
        assert_int_equal(d.grade, COLA_GRADE_MATH);
        assert_int_equal(d.max_tokens, 50);
        assert_string_equal(d.items[0].id, "line-000001");
        assert_string_equal(d.items[0].question, "P");
        assert_string_equal(d.items[0].answer, cases[i].answer);
        assert_int_equal(d.items[0].level, cases[i].level);
        cola_dataset_close(&d);
    }
}

#define DART(id, query, level) \
    "{\"query\":\"" query "\",\"gt_ans\":\"7\",\"query_metadata\":{\"level\":" level \
    "},\"id\":\"row\",\"query_id\":" id ",\"resp\":\"no\"}\n"

static void
repeated_rows_of_dart_are_dropped(void **state)
{
    struct cola_dataset d = read_text(DART("\"a\"", "first", "1") DART("\"b\"", "Q", "2")
                                      DART("\"a\"", "second", "1") DART("3", "R", "5")
                                      DART("\"a\"", "third", "1")
                                      "{\"query\":\"R\",\"gt_ans\":7}\n"
                                      "{\"query\":\"R\",\"gt_ans\":7}\n");

    (void)state;
    assert_string_equal(d.benchmark, "dart");
    assert_string_equal(d.template, "polar-dart");
    assert_int_equal(d.grade, COLA_GRADE_MATH);
    assert_int_equal(d.n, 5);
    assert_int_equal(d.dropped, 2);
    assert_string_equal(d.items[0].id, "a");
    assert_string_equal(d.items[0].question, "first");
    assert_string_equal(d.items[0].answer, "7");
    assert_int_equal(d.items[0].level, 1);
    assert_string_equal(d.items[1].id, "b");
    assert_int_equal(d.items[1].level, 2);
    assert_string_equal(d.items[2].id, "3");
    assert_string_equal(d.items[3].id, "line-000006");
    assert_string_equal(d.items[4].id, "line-000007");
    cola_dataset_close(&d);
}

/* A pool long enough for the table of ids to grow. */
static void
many_rows_are_dropped_as_few_are(void **state)
{
    enum { QUESTIONS = 1700, ROWS = 4 };
    char *text = malloc(QUESTIONS * ROWS * 100), *at = text;
    struct cola_dataset d;

    (void)state;
    assert_non_null(text);
    for (int r = 0; r < ROWS; r++)
        for (int q = 0; q < QUESTIONS; q++)
            at += sprintf(at, "{\"query_id\":%d,\"query\":\"%d in row %d\","
                          "\"gt_ans\":1}\n", q, q, r);
    d = read_text(text);
    assert_int_equal(d.n, QUESTIONS);
    assert_int_equal(d.dropped, QUESTIONS * (ROWS - 1));
    for (int q = 0; q < QUESTIONS; q++) {
        char first[40];

        snprintf(first, sizeof first, "%d in row 0", q);
        assert_string_equal(d.items[q].question, first);
    }
    cola_dataset_close(&d);
    free(text);
}

static void
gsm8k_has_its_answer_at_the_end(void **state)
{
    struct cola_dataset d = read_text(
        "{\"question\":\"Q\",\"answer\":\"2+70 = <<2+70=72>>72\\n#### 72\"}\n"
        "{\"question\":\"R\",\"answer\":\"#### 1\\n####   1,080 \\n\",\"id\":\"r\"}\n");

    (void)state;
    assert_string_equal(d.benchmark, "gsm8k");
    assert_string_equal(d.template, "gsm8k-plain");
    assert_int_equal(d.grade, COLA_GRADE_NUMBER);
    assert_int_equal(d.max_tokens, 256);
    assert_string_equal(d.items[0].id, "line-000001");
    assert_string_equal(d.items[0].answer, "72");
    assert_string_equal(d.items[0].gold, " 72");
    assert_string_equal(d.items[0].prompt, "Question: Q\nAnswer:");
    assert_int_equal(d.items[0].level, COLA_NO_LEVEL);
    assert_string_equal(d.items[1].id, "r");
    assert_string_equal(d.items[1].answer, "1,080");
    cola_dataset_close(&d);
}

static void
formats_are_told_by_their_first_line(void **state)
{
    static const struct {
        const char *line, *benchmark;
    } cases[] = {
        {FLAT("Mercury_7", LETTERS, "A"), "arc"},
        {FLAT("CSZ10245", LETTERS, "A"), "arc"},
        {FLAT("AKDE&ED_2008_4_19", LETTERS, "A"), "arc"},
        {FLAT("Mercuryx_7", LETTERS, "A"), "own"},
        {FLAT("story-1", LETTERS, "A"), "own"},
        {NESTED("story-1", "A", "B", "C", "A"), "arc"},
        {"{\"prompt\":\"p\",\"problem\":\"x\",\"query\":\"y\"}\n", "own"},
        {"{\"question\":\"q\",\"answer\":\"5\"}\n", "own"},
        {"{\"question\":\"q\",\"answer\":\"#### 5\"}\n", "gsm8k"},
        {"{\"query\":\"q\",\"gt_ans\":\"5\"}\n", "dart"},
        {MATH("1", "\\\\boxed{1}"), "math"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_dataset d = read_text(cases[i].line);

        assert_string_equal(d.benchmark, cases[i].benchmark);
        cola_dataset_close(&d);
    }
}

static void
format_that_is_given_is_the_format(void **state)
{
    struct cola_dataset d = read_as(FLAT("story-1", DIGITS, "2"), "arc", NULL);

    (void)state;
    assert_string_equal(d.benchmark, "arc");
    assert_string_equal(d.items[0].labels[1], "B");
    cola_dataset_close(&d);
    d = read_as(FLAT("Mercury_7", DIGITS, "2"), "own", NULL);
    assert_string_equal(d.benchmark, "own");
    assert_string_equal(d.template, "plain");
    assert_string_equal(d.items[0].labels[1], "2");
    assert_string_equal(d.items[0].gold, "y");
    assert_string_equal(d.items[0].prompt, "Q?");
    assert_null(d.items[0].answer);
    assert_int_equal(d.grade, -1);
    assert_int_equal(d.max_tokens, 16);
    cola_dataset_close(&d);
    d = read_as("{\"question\":\"q\",\"answer\":\"#### 5\"}\n", "own", NULL);
    assert_string_equal(d.items[0].answer, "#### 5");
    cola_dataset_close(&d);
}

static void
bad_lines_name_file_line_and_reason(void **state)
{
#define GOOD_ARC FLAT("MCAS_1", LETTERS, "C")
#define GOOD_MATH MATH("1", "\\\\boxed{1}")
#define GOOD_DART DART("\"a\"", "Q", "1")
#define GOOD_GSM "{\"question\":\"q\",\"answer\":\"#### 5\"}\n"
    static const struct {
        const char *text, *format, *place, *reason;
    } cases[] = {
        {GOOD_ARC GOOD_MATH, NULL, "line 2", "\"question\" is missing (read as arc)"},
        {GOOD_ARC FLAT("b", LETTERS, "D"), NULL, "line 2", "\"answerKey\" is none"},
        {GOOD_ARC FLAT("b", "\"A\",\"B\",\"A\"", "A"), NULL, "line 2",
         "choices 1 and 3 have the same label"},
        {GOOD_ARC FLAT("b", LETTERS, "4"), NULL, "line 2", "\"answerKey\" is none"},
        {GOOD_ARC FLAT("b", LETTERS, "AB"), NULL, "line 2", "\"answerKey\" is none"},
        {GOOD_ARC FLAT("b", LETTERS, ""), NULL, "line 2", "\"answerKey\" is empty"},
        {GOOD_ARC FLAT("b", "\"A\",\"B\"", "A"), NULL, "line 2", "\"choices\" needs"},
        {GOOD_ARC FLAT("b", "\"A\",\"B\",3", "A"), NULL, "line 2", "choice 3"},
        {GOOD_ARC "{\"question\":{\"stem\":\"s\"},\"answerKey\":\"A\"}\n", NULL, "line 2",
         "\"choices\" needs 2 to 64 objects"},
        {GOOD_ARC "{\"question\":{},\"answerKey\":\"A\"}\n", NULL, "line 2",
         "\"stem\" is missing"},
        {GOOD_ARC "{\"question\":{\"stem\":\"s\",\"choices\":[{\"text\":\"x\",\"label\":"
         "\"A\"},{\"text\":\"y\"}]},\"answerKey\":\"A\"}\n", NULL, "line 2", "choice 2"},
        {GOOD_ARC GOOD_ARC, NULL, "questions 1 and 2", "\"MCAS_1\""},
        {GOOD_MATH GOOD_ARC, NULL, "line 2", "\"problem\" is missing (read as math)"},
        {GOOD_MATH MATH("1", "no box"), NULL, "line 2", "no \\boxed{}"},
        {GOOD_MATH MATH("1", "\\\\boxed{open"), NULL, "line 2", "no \\boxed{}"},
        {GOOD_MATH MATH("1", "\\\\boxed{ }"), NULL, "line 2", "the answer is empty"},
        {GOOD_MATH MATH("\"Level x\"", "\\\\boxed{1}"), NULL, "line 2", "\"Level x\""},
        {GOOD_MATH MATH("-1", "\\\\boxed{1}"), NULL, "line 2", "\"level\" is -1"},
        {GOOD_MATH "{\"problem\":\"\",\"answer\":\"1\"}\n", NULL, "line 2", "is empty"},
        {GOOD_MATH "{\"problem\":\"p\"}\n", NULL, "line 2", "\"solution\" is missing"},
        {GOOD_DART "{\"query\":\"q\",\"query_id\":\"b\"}\n", NULL, "line 2",
         "\"gt_ans\" is missing (read as dart)"},
        {GOOD_DART "{\"gt_ans\":\"q\"}\n", NULL, "line 2", "\"query\" is missing"},
        {GOOD_DART "{\"query\":\"q\",\"gt_ans\":\"1\",\"query_metadata\":[]}\n", NULL,
         "line 2", "\"query_metadata\""},
        {GOOD_GSM "{\"question\":\"q\",\"answer\":\"5\"}\n", NULL, "line 2",
         "\"#### NUMBER\" (read as gsm8k)"},
        {GOOD_GSM "{\"question\":\"q\",\"answer\":\"####  \\n\"}\n", NULL, "line 2",
         "\"#### NUMBER\""},
        {GOOD_GSM "{\"answer\":\"#### 5\"}\n", NULL, "line 2", "\"question\" is missing"},
        {GOOD_GSM "[]\n", NULL, "line 2", "not a JSON object"},
        {GOOD_GSM, "math", "line 1", "\"problem\" is missing (read as math)"},
        {GOOD_GSM, "gsm", "\"gsm\"", "own, arc, math, dart and gsm8k"},
    };
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_dataset d = {.n = 77};

        assert_refused(open_as(cases[i].text, cases[i].format, NULL, &d, &err), &err,
                       cases[i].place, cases[i].reason);
        assert_true(d.items == NULL && d.n == 77);
        if (strncmp(cases[i].place, "line", 4) == 0)
            assert_non_null(strstr(err.text, "task.jsonl: line"));
    }
}

/* ---- templates ----------------------------------------------------------------- */

#define POLAR(problem) \
    "Solve the following math problem and output ONLY the final answer directly, " \
    "formatted strictly as \\boxed{ANSWER}.\n### Problem Start\n" problem "\n" \
    "### Problem End\nAnswer:"
#define OPTIONS "A. x\nB. y y\nC. z"

static const struct {
    const char *name, *prompt, *gold, *option;
    int grader, max_tokens;
} wanted[] = {
    {"plain", "2 {choices}?", "y y", "z", -1, 16},
    {"cloze", "2 {choices}?", " y y", " z", COLA_GRADE_CHOICE, 16},
    {"arc-cloze", "Question: 2 {choices}?\nAnswer:", " y y", " z", COLA_GRADE_CHOICE, 16},
    {"arc-letter", "Question: 2 {choices}?\n" OPTIONS "\nAnswer:", " B", " C",
     COLA_GRADE_LETTER, 4},
    {"arc-shots",
     "Question: Which of these keeps a drink cold for the longest time?\n"
     "A. a paper cup\nB. a glass\nC. an insulated bottle\nD. a metal can\nAnswer: C\n\n"
     "Question: A plant on a window sill bends towards the pane. What is it responding "
     "to?\nA. light\nB. sound\nC. gravity\nD. wind\nAnswer: A\n\n"
     "Question: What happens to water vapor when it touches a cold mirror?\n"
     "A. It melts.\nB. It boils.\nC. It freezes.\nD. It condenses.\nAnswer: D\n\n"
     "Question: 2 {choices}?\n" OPTIONS "\nAnswer:", " B", " C", COLA_GRADE_LETTER, 4},
    {"drllm-arc",
     "\"Question: 2 {choices}?\n" OPTIONS "\nAnswer with a single letter (A, B, C, or D) "
     "and no explanation. You answer should start with \"Answer: \" and be followed by "
     "the letter of the answer you choose. Do not include any other text in your "
     "response.", "\nAnswer: B", "\nAnswer: C", COLA_GRADE_LETTER_DRLLM, 10},
    {"drllm-arc-base",
     "Question: 2 {choices}?\n\n(A) x\n(B) y y\n(C) z\n\n"
     "Answer: The correct answer is ", "B", "C", COLA_GRADE_LETTER_DRLLM, 2},
    {"polar-dart", POLAR("2 {choices}?"), " \\boxed{y y}", " \\boxed{z}",
     COLA_GRADE_MATH, 50},
    {"re-polar", POLAR("What is 1+1?") " \\boxed{2}\n\n" POLAR("2 {choices}?"),
     " \\boxed{y y}", " \\boxed{z}", COLA_GRADE_MATH, 50},
    {"drllm-math",
     "Question: 2 {choices}?\nThe final answer MUST BE put in \\boxed{} and no "
     "explanation.", "\n\\boxed{y y}", "\n\\boxed{z}", COLA_GRADE_MATH, 15},
    {"drllm-dart-base",
     "Question: What is $2 + 3$?\nAnswer: \\boxed{5}\n\n"
     "Question: What is $10 \\div 2$?\nAnswer: \\boxed{5}\n\n"
     "Question: 2 {choices}?\nAnswer: \\boxed{", "y y}", "z}", COLA_GRADE_MATH, 15},
    {"math-shots",
     "Problem: What is $3 \\cdot 4 + 5$?\nAnswer: \\boxed{17}\n\n"
     "Problem: Solve $2x + 1 = 4$ for $x$.\nAnswer: \\boxed{\\frac{3}{2}}\n\n"
     "Problem: What is the area of a square whose diagonal is $6$?\n"
     "Answer: \\boxed{18}\n\n"
     "Problem: Simplify $\\sqrt{75}$.\nAnswer: \\boxed{5\\sqrt{3}}\n\n"
     "Problem: 2 {choices}?\nAnswer:", " \\boxed{y y}", " \\boxed{z}", COLA_GRADE_MATH,
     50},
    {"minerva-math",
     "Problem:\nFind the domain of the expression  $\\frac{\\sqrt{x-2}}{\\sqrt{5-x}}$.}\n"
     "\nSolution:\nThe expressions inside each square root must be non-negative. "
     "Therefore, $x-2 \\ge 0$, so $x\\ge2$, and $5 - x \\ge 0$, so $x \\le 5$. Also, the "
     "denominator cannot be equal to zero, so $5-x>0$, which gives $x<5$. Therefore, the "
     "domain of the expression is $\\boxed{[2,5)}$.\nFinal Answer: The final answer is "
     "$[2,5)$. I hope it is correct.\n\n"
     "Problem:\nIf $\\det \\mathbf{A} = 2$ and $\\det \\mathbf{B} = 12,$ then find "
     "$\\det (\\mathbf{A} \\mathbf{B}).$\n\nSolution:\nWe have that $\\det (\\mathbf{A} "
     "\\mathbf{B}) = (\\det \\mathbf{A})(\\det \\mathbf{B}) = (2)(12) = \\boxed{24}.$\n"
     "Final Answer: The final answer is $24$. I hope it is correct.\n\n"
     "Problem:\nTerrell usually lifts two 20-pound weights 12 times. If he uses two "
     "15-pound weights instead, how many times must Terrell lift them in order to lift "
     "the same total weight?\n\nSolution:\nIf Terrell lifts two 20-pound weights 12 "
     "times, he lifts a total of $2\\cdot 12\\cdot20=480$ pounds of weight.  If he lifts "
     "two 15-pound weights instead for $n$ times, he will lift a total of "
     "$2\\cdot15\\cdot n=30n$ pounds of weight.  Equating this to 480 pounds, we can "
     "solve for $n$:\n\\begin{align*}\n30n&=480\\\\\n\\Rightarrow\\qquad "
     "n&=480/30=\\boxed{16}\n\\end{align*}\nFinal Answer: The final answer is $16$. I "
     "hope it is correct.\n\n"
     "Problem:\nIf the system of equations\n\n\\begin{align*}\n6x-4y&=a,\\\\\n6y-9x "
     "&=b.\n\\end{align*}has a solution $(x, y)$ where $x$ and $y$ are both nonzero,\n"
     "find $\\frac{a}{b},$ assuming $b$ is nonzero.\n\nSolution:\nIf we multiply the "
     "first equation by $-\\frac{3}{2}$, we obtain\n\n$$6y-9x=-\\frac{3}{2}a.$$Since we "
     "also know that $6y-9x=b$, we have\n\n$$-\\frac{3}{2}a=b\\Rightarrow"
     "\\frac{a}{b}=\\boxed{-\\frac{2}{3}}.$$\nFinal Answer: The final answer is "
     "$-\\frac{2}{3}$. I hope it is correct.\n\n"
     "Problem:\n2 {choices}?\n\nSolution:", " \\boxed{y y}", " \\boxed{z}",
     COLA_GRADE_MATH, 256},
    {"gsm8k-plain", "Question: 2 {choices}?\nAnswer:", " y y", " z", COLA_GRADE_NUMBER,
     256},
    {"gsm8k-shots",
     "Question: A shelf holds 4 boxes with 6 cups each. Seven cups are taken out. How "
     "many cups are left?\nAnswer: There are 4 * 6 = 24 cups. After 7 are taken out, "
     "24 - 7 = 17 are left.\n#### 17\n\n"
     "Question: Rosa walks 3 miles on each of five days and 8 miles on Saturday. How "
     "many miles does she walk in all?\nAnswer: On five days she walks 3 * 5 = 15 miles. "
     "With Saturday that is 15 + 8 = 23 miles.\n#### 23\n\n"
     "Question: A jacket costs $80 and is sold at a quarter off. What does it cost "
     "then?\nAnswer: A quarter of 80 is 80 / 4 = 20. The jacket costs 80 - 20 = 60 "
     "dollars.\n#### 60\n\n"
     "Question: 2 {choices}?\nAnswer:", "\n#### y y", "\n#### z", COLA_GRADE_NUMBER, 256},
};

/* A question that looks like a place to fill in, which it is not. */
static const char one_item[] =
    "{\"id\":\"q\",\"question\":\"2 {choices}?\",\"choices\":{\"text\":[\"x\",\"y y\","
    "\"z\"],\"label\":[\"A\",\"B\",\"C\"]},\"answerKey\":\"B\"}\n";

static void
every_template_says_exactly_this(void **state)
{
    static const struct {
        const char *name, *stop;
    } stops[] = {
        {"arc-shots", "\n"}, {"re-polar", "\n\n"}, {"math-shots", "\n\n"},
        {"minerva-math", "Problem:"}, {"gsm8k-plain", "Question:"},
        {"gsm8k-shots", "Question:"},
    };
    const char *stop;

    (void)state;
    assert_null(cola_template_at(COUNT(wanted)));
    for (size_t i = 0; i < COUNT(wanted); i++) {
        struct cola_dataset d = read_as(one_item, NULL, wanted[i].name);
        const struct cola_item *q = d.items;

        assert_string_equal(cola_template_at(i)->name, wanted[i].name);
        assert_ptr_equal(d.form, cola_template_at(i));
        assert_string_equal(d.template, wanted[i].name);
        assert_string_equal(q->question, "2 {choices}?");
        assert_string_equal(q->prompt, wanted[i].prompt);
        assert_string_equal(q->gold, wanted[i].gold);
        assert_string_equal(cola_item_option(q, 1), wanted[i].gold);
        assert_string_equal(cola_item_option(q, 2), wanted[i].option);
        assert_int_equal(d.grade, wanted[i].grader);
        assert_int_equal(d.max_tokens, wanted[i].max_tokens);
        same_text(q->primed, strcmp(wanted[i].name, "drllm-dart-base") == 0 ?
                  "\\boxed{" : NULL);
        stop = NULL;
        for (size_t k = 0; k < COUNT(stops); k++)
            if (strcmp(stops[k].name, wanted[i].name) == 0)
                stop = stops[k].stop;
        same_text(q->stop, stop);
        cola_dataset_close(&d);
    }
}

/* What has been primed must be what the prompt ends in. */
static void
templates_are_whole(void **state)
{
    const struct cola_template *t;

    (void)state;
    for (size_t i = 0; (t = cola_template_at(i)) != NULL; i++) {
        assert_ptr_equal(cola_template_find(t->name), t);
        assert_true(*t->summary != '\0' && *t->source != '\0');
        assert_non_null(strstr(t->text, "{question}"));
        assert_true(t->max_tokens > 0 && t->grader < COLA_GRADERS);
        assert_true(strlen(t->name) <= 16 && strlen(t->summary) <= 64);
        if (t->primed != NULL)
            assert_string_equal(t->text + strlen(t->text) - strlen(t->primed), t->primed);
    }
    assert_null(cola_template_find("Plain"));
    assert_null(cola_template_find(""));
}

static void
template_suits_the_benchmark_unless_it_says_otherwise(void **state)
{
    static const struct {
        const char *line, *template;
        int grade, max_tokens;
    } cases[] = {
        {FLAT("MCAS_1", LETTERS, "C"), "plain", COLA_GRADE_CHOICE, 16},
        {FLAT("MCAS_1", LETTERS, "C"), "arc-letter", COLA_GRADE_LETTER, 4},
        {MATH("1", "\\\\boxed{1}"), "plain", COLA_GRADE_MATH, 16},
        {DART("\"a\"", "Q", "1"), "drllm-math", COLA_GRADE_MATH, 15},
        {"{\"question\":\"q\",\"answer\":\"#### 5\"}\n", "plain", COLA_GRADE_NUMBER, 16},
        {"{\"question\":\"q\",\"answer\":\"#### 5\"}\n", "polar-dart",
         COLA_GRADE_MATH, 50},
        {"{\"prompt\":\"q\",\"answer\":\"5\"}\n", "gsm8k-shots", COLA_GRADE_NUMBER, 256},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_dataset d = read_as(cases[i].line, NULL, cases[i].template);

        assert_int_equal(d.grade, cases[i].grade);
        assert_int_equal(d.max_tokens, cases[i].max_tokens);
        cola_dataset_close(&d);
    }
}

/* Printed and read again, a template makes the same of a question. */
static void
template_may_be_a_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(wanted); i++) {
        struct cola_dataset built = read_as(one_item, NULL, wanted[i].name), d;
        struct cola_buffer b = COLA_BUFFER_EMPTY;
        struct cola_error err;
        char *path, *name;

        cola_template_add_json(&b, built.form);
        assert_ok(cola_buffer_ok(&b, &err), &err);
        path = write_file("template.json", b.data);
        name = malloc(strlen(path) + 2);
        assert_non_null(name);
        sprintf(name, "@%s", path);
        d = read_as(one_item, NULL, name);
        same_item(&d.items[0], &built.items[0]);
        assert_int_equal(d.grade, built.grade);
        assert_int_equal(d.max_tokens, built.max_tokens);
        assert_int_equal(strlen(d.template), strlen("file:") + 12);
        assert_memory_equal(d.template, "file:", 5);
        cola_dataset_close(&built);
        cola_dataset_close(&d);
        cola_buffer_free(&b);
        free(name);
        free(path);
    }
}

static void
template_file_is_named_by_its_content(void **state)
{
    char *path = write_file("template.json", "{\"text\":\"{question} = \"}\n");
    char name[1024];
    struct cola_dataset d;

    (void)state;
    snprintf(name, sizeof name, "@%s", path);
    d = read_as("{\"prompt\":\"1+1\",\"answer\":\"2\"}\n", NULL, name);
    /* printf '{"text":"{question} = "}\n' | sha256sum */
    assert_string_equal(d.template, "file:9ea051be3a0b");
    assert_string_equal(d.items[0].prompt, "1+1 = ");
    assert_string_equal(d.items[0].gold, " 2");
    assert_int_equal(d.grade, -1);
    assert_int_equal(d.max_tokens, 16);
    cola_dataset_close(&d);
    free(path);
}

static void
bad_templates_are_refused(void **state)
{
    static const struct {
        const char *json, *reason;
    } cases[] = {
        {"[]", "not a JSON object"},
        {"{", "not JSON"},
        {"{}", "\"text\" is missing"},
        {"{\"text\":5}", "\"text\" is not a string"},
        {"{\"text\":\"question\"}", "\"text\" has no {question}"},
        {"{\"text\":\"{question}\",\"answer\":\"yes\"}", "neither {answer} nor {label}"},
        {"{\"text\":\"{question}\",\"grader\":\"best\"}", "\"best\""},
        {"{\"text\":\"{question}\",\"max_tokens\":0}", "\"max_tokens\" is 0"},
        {"{\"text\":\"{question}\",\"maxtokens\":5}", "\"maxtokens\" is no member"},
        {"{\"text\":\"{question}\",\"options_shown\":true}", "no {choices}"},
        {"{\"text\":\"{question} is\",\"primed\":\"as\"}", "\"primed\" is not what"},
        {"{\"text\":\"{question}\",\"primed\":\"a long {question}\"}",
         "\"primed\" is not what"},
        {"{\"text\":\"{question}{choices}\",\"options_shown\":false}", "has {choices}"},
    };
    struct cola_error err = {COLA_OK, ""};
    struct cola_dataset d = {.n = 77};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *path = write_file("template.json", cases[i].json), name[1024];

        snprintf(name, sizeof name, "@%s", path);
        assert_refused(open_as(one_item, NULL, name, &d, &err), &err, "template.json",
                       cases[i].reason);
        free(path);
    }
    assert_refused(open_as(one_item, NULL, "@nowhere.json", &d, &err), &err,
                   "nowhere.json", "");
    assert_refused(open_as(one_item, NULL, "nobody", &d, &err), &err, "\"nobody\"",
                   "colaref prompts");
    assert_refused(open_as("{\"prompt\":\"p\",\"id\":\"i\"}\n", NULL, "arc-letter", &d,
                           &err), &err, "task.jsonl: line 1: question \"i\"",
                   "shows options");
    assert_refused(open_as("{\"prompt\":\"p\",\"answer\":\"w\",\"choices\":null}\n", NULL,
                           "drllm-arc", &d, &err), &err, "line 1", "shows options");
    assert_true(d.items == NULL && d.n == 77);
}

static void
gold_of_another_answer_is_written_alike(void **state)
{
    static const struct {
        const char *template, *answer, *gold;
    } cases[] = {
        {"arc-cloze", "z", " z"}, {"arc-letter", "x", " A"}, {"arc-letter", "y y", " B"},
        {"polar-dart", "\\frac{1}{2}", " \\boxed{\\frac{1}{2}}"},
        {"drllm-dart-base", "{label}", "{label}}"}, {"plain", "", ""},
    };
    struct cola_error err = {COLA_OK, ""};
    struct cola_dataset d;
    char *gold = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        d = read_as(one_item, NULL, cases[i].template);
        assert_ok(cola_template_gold(d.form, &d.items[0], cases[i].answer, &gold, &err),
                  &err);
        assert_string_equal(gold, cases[i].gold);
        free(gold);
        cola_dataset_close(&d);
    }
    d = read_as(one_item, NULL, "arc-letter");
    assert_refused(cola_template_gold(d.form, &d.items[0], "w", &gold, &err), &err,
                   "question \"q\"", "\"w\" is none");
    cola_dataset_close(&d);
    /* an answer beside choices stands for the right one */
    d = read_as("{\"prompt\":\"p\",\"answer\":\"two\","
                "\"choices\":{\"text\":[\"1\",\"2\"],\"label\":[\"A\",\"B\"]},\"answerKey\":\"B\"}\n", NULL, "arc-letter");
    assert_string_equal(d.items[0].gold, " B");
    cola_dataset_close(&d);
}

/* ---- drawing ------------------------------------------------------------------- */

static struct cola_dataset
ten(void)
{
    char text[1000], *at = text;

    for (int i = 0; i < 10; i++)
        at += sprintf(at, "{\"prompt\":\"p\",\"id\":%d}\n", i);
    return read_text(text);
}

static void
samples_are_drawn_in_order(void **state)
{
    /* worked out apart from this code, from SHA-256 and splitmix64 */
    static const struct {
        size_t n;
        uint64_t seed;
        const char *ids;
    } cases[] = {
        {3, 42, "3 5 6 "}, {3, 43, "1 7 8 "}, {9, 42, "1 2 3 4 5 6 7 8 9 "},
        {10, 42, "0 1 2 3 4 5 6 7 8 9 "}, {1, 7, "2 "},
    };
    struct cola_error err = {COLA_OK, ""};
    struct cola_dataset d;

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(cases); i++) {
        char ids[100] = "";

        d = ten();
        assert_ok(cola_dataset_sample(&d, cases[i / 2].n, cases[i / 2].seed, &err), &err);
        for (size_t k = 0; k < d.n; k++)
            strcat(strcat(ids, d.items[k].id), " ");
        assert_string_equal(ids, cases[i / 2].ids);
        cola_dataset_close(&d);
    }
    d = ten();
    assert_refused(cola_dataset_sample(&d, 11, 42, &err), &err, "11 of 10", "draw");
    assert_refused(cola_dataset_sample(&d, 0, 42, &err), &err, "0 of 10", "draw");
    assert_int_equal(d.n, 10);
    cola_dataset_close(&d);
}

/* Over many seeds every question must come up about as often. */
static void
draws_are_fair(void **state)
{
    int counts[10] = {0};
    struct cola_error err;

    (void)state;
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct cola_dataset d = ten();

        assert_ok(cola_dataset_sample(&d, 3, seed, &err), &err);
        for (size_t k = 0; k < d.n; k++)
            counts[d.items[k].id[0] - '0']++;
        cola_dataset_close(&d);
    }
    /* 120 expected; the standard deviation is 9 */
    for (int i = 0; i < 10; i++)
        assert_in_range(counts[i], 84, 156);
}

/* ---- the real files ------------------------------------------------------------ */

static char *
real_file(const char *name)
{
    const char *shared = getenv("COLA_SHARED");
    char path[1024];

    snprintf(path, sizeof path, "%s/tasks/%s", shared != NULL ? shared : "", name);
    if (shared == NULL || !cola_file_exists(path)) {
        print_message("%s: not under COLA_SHARED\n", name);
        skip();
    }
    return cola_strdup(path);
}

static struct cola_dataset
read_real(const char *name)
{
    char *path = real_file(name);
    struct cola_dataset d;
    struct cola_error err;

    assert_ok(cola_dataset_open(path, &d, &err), &err);
    free(path);
    return d;
}

static void
real_arc(void **state)
{
    static const struct {
        const char *name;
        size_t n;
    } files[] = {
        {"arc_easy.train.jsonl", 2251}, {"arc_easy.dev.jsonl", 570},
        {"arc_challenge.train.jsonl", 1119}, {"arc_challenge.dev.jsonl", 299},
    };

    (void)state;
    for (size_t f = 0; f < COUNT(files); f++) {
        struct cola_dataset d = read_real(files[f].name);

        assert_string_equal(d.benchmark, "arc");
        assert_int_equal(d.n, files[f].n);
        for (size_t i = 0; i < d.n; i++) {
            assert_in_range(d.items[i].n_choices, 3, 5);
            assert_string_equal(d.items[i].choices[d.items[i].key], d.items[i].answer);
        }
        if (f == 0) {
            assert_string_equal(d.items[0].id, "Mercury_7220990");
            assert_string_equal(d.items[0].gold, " a bacterial population in the "
                                "bloodstream");
        }
        cola_dataset_close(&d);
    }
}

static void
real_gsm8k(void **state)
{
    struct cola_dataset d = read_real("gsm8k.train.jsonl");

    (void)state;
    assert_string_equal(d.benchmark, "gsm8k");
    assert_int_equal(d.n, 7473);
    assert_string_equal(d.items[0].answer, "72");
    assert_string_equal(d.items[7472].id, "line-007473");
    for (size_t i = 0; i < d.n; i++)
        assert_int_equal(strspn(d.items[i].answer, "-0123456789,."),
                         strlen(d.items[i].answer));
    cola_dataset_close(&d);
}

/* Every answer must be what the last box of its solution holds. */
static void
real_math(void **state)
{
    struct cola_dataset d = read_real("math.train-part.jsonl"), again;
    int levels[6] = {0};
    char *path = real_file("math.train-part.jsonl"), *bare;
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_line line = {0};
    struct cola_map map;
    struct cola_error err;

    (void)state;
    assert_string_equal(d.benchmark, "math");
    assert_int_equal(d.n, 3682);
    assert_string_equal(d.items[0].id, "test/prealgebra/947.json");
    assert_string_equal(d.items[1].gold, " \\boxed{180\\text{ miles}}");
    assert_ok(cola_map_open(path, &map, &err), &err);
    while (cola_line_next(&map, &line)) {
        json_t *object;
        char *text;

        assert_ok(cola_json_parse(line.text, line.len, "math", &object, &err), &err);
        assert_int_equal(json_object_del(object, "answer"), 0);
        text = json_dumps(object, JSON_COMPACT);
        cola_buffer_text(&b, text);
        cola_buffer_text(&b, "\n");
        free(text);
        json_decref(object);
    }
    cola_map_close(&map);
    assert_ok(cola_buffer_ok(&b, &err), &err);
    bare = write_file("bare.jsonl", b.data);
    assert_ok(cola_dataset_open(bare, &again, &err), &err);
    assert_int_equal(again.n, d.n);
    for (size_t i = 0; i < d.n; i++) {
        assert_true(*d.items[i].answer != '\0');
        levels[d.items[i].level == COLA_NO_LEVEL ? 0 : d.items[i].level]++;
        same_item(&again.items[i], &d.items[i]);
    }
    assert_int_equal(levels[0], 2);
    assert_int_equal(levels[1], 267);
    assert_int_equal(levels[5], 1135);
    cola_dataset_close(&d);
    cola_dataset_close(&again);
    cola_buffer_free(&b);
    free(path);
    free(bare);
}

static void
real_questions_of_ones_own(void **state)
{
    struct cola_dataset d = read_real("stories_cloze.jsonl");

    (void)state;
    assert_string_equal(d.benchmark, "own");
    assert_int_equal(d.n, 200);
    assert_string_equal(d.items[0].gold, "The spirit was light, so that made it easy.");
    cola_dataset_close(&d);
    d = read_real("register.test.jsonl");
    assert_string_equal(d.benchmark, "own");
    assert_string_equal(d.template, "plain");
    assert_int_equal(d.n, 1000);
    cola_dataset_close(&d);
}

static int
set_up(void **state)
{
    (void)state;
    directory = checkpoint_directory();
    return directory == NULL;
}

static int
tear_down(void **state)
{
    (void)state;
    checkpoint_remove(directory);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts_of_arc_are_one),
        cmocka_unit_test(math_is_read_with_or_without_an_answer),
        cmocka_unit_test(repeated_rows_of_dart_are_dropped),
        cmocka_unit_test(many_rows_are_dropped_as_few_are),
        cmocka_unit_test(gsm8k_has_its_answer_at_the_end),
        cmocka_unit_test(formats_are_told_by_their_first_line),
        cmocka_unit_test(format_that_is_given_is_the_format),
        cmocka_unit_test(bad_lines_name_file_line_and_reason),
        cmocka_unit_test(every_template_says_exactly_this),
        cmocka_unit_test(templates_are_whole),
        cmocka_unit_test(template_suits_the_benchmark_unless_it_says_otherwise),
        cmocka_unit_test(template_may_be_a_file),
        cmocka_unit_test(template_file_is_named_by_its_content),
        cmocka_unit_test(bad_templates_are_refused),
        cmocka_unit_test(gold_of_another_answer_is_written_alike),
        cmocka_unit_test(samples_are_drawn_in_order),
        cmocka_unit_test(draws_are_fair),
        cmocka_unit_test(real_arc),
        cmocka_unit_test(real_gsm8k),
        cmocka_unit_test(real_math),
        cmocka_unit_test(real_questions_of_ones_own),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down) != 0;
}
