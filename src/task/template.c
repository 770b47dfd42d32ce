/*
 * template.c - what a question looks like to the model
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/template.h"

#include <stdlib.h>
#include <string.h>

/* ---- those that are built in --------------------------------------------------- */

#define LETTERED "{label}. {text}"
#define BOXED " \\boxed{{answer}}"

/* PoLar's instruction, and how it frames a problem. */
#define POLAR(problem) \
    "Solve the following math problem and output ONLY the final answer directly, " \
    "formatted strictly as \\boxed{ANSWER}.\n" \
    "### Problem Start\n" problem "\n### Problem End\nAnswer:"

static const struct cola_template templates[] = {
    {
        .name = "plain",
        .summary = "the question and nothing else",
        .source = "ours",
        .text = "{question}",
        .choice = LETTERED,
        .answer = "{answer}",
        .grader = -1,
        .max_tokens = 16,
    },
    {
        .name = "cloze",
        .summary = "the question, continued by each option after a blank",
        .source = "ours",
        .text = "{question}",
        .choice = LETTERED,
        .answer = " {answer}",
        .grader = COLA_GRADE_CHOICE,
        .max_tokens = 16,
    },
    {
        .name = "arc-cloze",
        .summary = "the question, each option scored as its answer, none shown",
        .source = "lm-evaluation-harness, arc_easy.yaml",
        .text = "Question: {question}\nAnswer:",
        .choice = LETTERED,
        .answer = " {answer}",
        .grader = COLA_GRADE_CHOICE,
        .max_tokens = 16,
    },
    {
        .name = "arc-letter",
        .summary = "the options shown, a letter asked for",
        .source = "ours",
        .text = "Question: {question}\n{choices}\nAnswer:",
        .choice = LETTERED,
        .answer = " {label}",
        .grader = COLA_GRADE_LETTER,
        .max_tokens = 4,
    },
    {
        .name = "arc-shots",
        .summary = "the same after three answered questions, for base models",
        .source = "ours",
        .text =
            "Question: Which of these keeps a drink cold for the longest time?\n"
            "A. a paper cup\nB. a glass\nC. an insulated bottle\nD. a metal can\n"
            "Answer: C\n\n"
            "Question: A plant on a window sill bends towards the pane. What is it "
            "responding to?\n"
            "A. light\nB. sound\nC. gravity\nD. wind\n"
            "Answer: A\n\n"
            "Question: What happens to water vapor when it touches a cold mirror?\n"
            "A. It melts.\nB. It boils.\nC. It freezes.\nD. It condenses.\n"
            "Answer: D\n\n"
            "Question: {question}\n{choices}\nAnswer:",
        .choice = LETTERED,
        .answer = " {label}",
        .stop = "\n",
        .grader = COLA_GRADE_LETTER,
        .max_tokens = 4,
    },
    {
        .name = "drllm-arc",
        .summary = "Dr.LLM's for ARC and tuned models, its stray quote included",
        .source = "Dr.LLM (parameterlab/dr-llm 14e8837), prompts.py answer_letter_long; "
            "sent there in the model's chat template",
        .text =
            "\"Question: {question}\n{choices}\n"
            "Answer with a single letter (A, B, C, or D) and no explanation. You answer "
            "should start with \"Answer: \" and be followed by the letter of the answer "
            "you choose. Do not include any other text in your response.",
        .choice = LETTERED,
        .answer = "\nAnswer: {label}",
        .grader = COLA_GRADE_LETTER_DRLLM,
        .max_tokens = 10,
    },
    {
        .name = "drllm-arc-base",
        .summary = "Dr.LLM's for ARC and base models",
        .source = "Dr.LLM (parameterlab/dr-llm 14e8837), prompts.py answer_letter_base",
        .text = "Question: {question}\n\n{choices}\n\nAnswer: The correct answer is ",
        .choice = "({label}) {text}",
        .answer = "{label}",
        .grader = COLA_GRADE_LETTER_DRLLM,
        .max_tokens = 2,
    },
    {
        .name = "polar-dart",
        .summary = "PoLar's for DART-Math, an answer without reasoning",
        .source = "PoLar (arXiv 2606.06574, D.4; tianyi-lab/PoLar c86d76e, run_mcts.py)",
        .text = POLAR("{question}"),
        .choice = LETTERED,
        .answer = BOXED,
        .grader = COLA_GRADE_MATH,
        .max_tokens = 50,
    },
    {
        .name = "re-polar",
        .summary = "the same after one solved problem; graded to its first box",
        .source = "RE-PoLar (DATEXIS/RE-PoLar 46b5928), rewards.py "
            "paper_minimal_fewshot; cut there after the first box, here at the empty "
            "line that ends a problem",
        .text = POLAR("What is 1+1?") " \\boxed{2}\n\n" POLAR("{question}"),
        .choice = LETTERED,
        .answer = BOXED,
        .stop = "\n\n",
        .grader = COLA_GRADE_MATH,
        .max_tokens = 50,
    },
    {
        .name = "drllm-math",
        .summary = "Dr.LLM's for DART-Math and tuned models",
        .source = "Dr.LLM (parameterlab/dr-llm 14e8837), prompts.py answer_math; sent "
            "there in the model's chat template",
        .text = "Question: {question}\n"
            "The final answer MUST BE put in \\boxed{} and no explanation.",
        .choice = LETTERED,
        .answer = "\n\\boxed{{answer}}",
        .grader = COLA_GRADE_MATH,
        .max_tokens = 15,
    },
    {
        .name = "drllm-dart-base",
        .summary = "Dr.LLM's for DART-Math and base models: two shots, an open box",
        .source = "Dr.LLM (parameterlab/dr-llm 14e8837), prompts.py answer_math_base",
        .text =
            "Question: What is $2 + 3$?\nAnswer: \\boxed{5}\n\n"
            "Question: What is $10 \\div 2$?\nAnswer: \\boxed{5}\n\n"
            "Question: {question}\nAnswer: \\boxed{",
        .choice = LETTERED,
        .answer = "{answer}}",
        .primed = "\\boxed{",
        .grader = COLA_GRADE_MATH,
        .max_tokens = 15,
    },
    {
        .name = "math-shots",
        .summary = "four solved problems, answers without reasoning, for base models",
        .source = "ours",
        .text =
            "Problem: What is $3 \\cdot 4 + 5$?\nAnswer: \\boxed{17}\n\n"
            "Problem: Solve $2x + 1 = 4$ for $x$.\nAnswer: \\boxed{\\frac{3}{2}}\n\n"
            "Problem: What is the area of a square whose diagonal is $6$?\n"
            "Answer: \\boxed{18}\n\n"
            "Problem: Simplify $\\sqrt{75}$.\nAnswer: \\boxed{5\\sqrt{3}}\n\n"
            "Problem: {question}\nAnswer:",
        .choice = LETTERED,
        .answer = BOXED,
        .stop = "\n\n",
        .grader = COLA_GRADE_MATH,
        .max_tokens = 50,
    },
    {
        .name = "minerva-math",
        .summary = "four problems solved with reasoning, as MATH is mostly reported",
        .source = "Minerva (arXiv 2206.14858, D), as in lm-evaluation-harness, "
            "minerva_math",
        .text =
            "Problem:\nFind the domain of the expression  "
            "$\\frac{\\sqrt{x-2}}{\\sqrt{5-x}}$.}\n\n"
            "Solution:\nThe expressions inside each square root must be non-negative. "
            "Therefore, $x-2 \\ge 0$, so $x\\ge2$, and $5 - x \\ge 0$, so $x \\le 5$. "
            "Also, the denominator cannot be equal to zero, so $5-x>0$, which gives "
            "$x<5$. Therefore, the domain of the expression is $\\boxed{[2,5)}$.\n"
            "Final Answer: The final answer is $[2,5)$. I hope it is correct.\n\n"
            "Problem:\nIf $\\det \\mathbf{A} = 2$ and $\\det \\mathbf{B} = 12,$ then "
            "find $\\det (\\mathbf{A} \\mathbf{B}).$\n\n"
            "Solution:\nWe have that $\\det (\\mathbf{A} \\mathbf{B}) = "
            "(\\det \\mathbf{A})(\\det \\mathbf{B}) = (2)(12) = \\boxed{24}.$\n"
            "Final Answer: The final answer is $24$. I hope it is correct.\n\n"
            "Problem:\nTerrell usually lifts two 20-pound weights 12 times. If he uses "
            "two 15-pound weights instead, how many times must Terrell lift them in "
            "order to lift the same total weight?\n\n"
            "Solution:\nIf Terrell lifts two 20-pound weights 12 times, he lifts a total "
            "of $2\\cdot 12\\cdot20=480$ pounds of weight.  If he lifts two 15-pound "
            "weights instead for $n$ times, he will lift a total of "
            "$2\\cdot15\\cdot n=30n$ pounds of weight.  Equating this to 480 pounds, we "
            "can solve for $n$:\n\\begin{align*}\n30n&=480\\\\\n"
            "\\Rightarrow\\qquad n&=480/30=\\boxed{16}\n\\end{align*}\n"
            "Final Answer: The final answer is $16$. I hope it is correct.\n\n"
            "Problem:\nIf the system of equations\n\n\\begin{align*}\n6x-4y&=a,\\\\\n"
            "6y-9x &=b.\n\\end{align*}has a solution $(x, y)$ where $x$ and $y$ are both "
            "nonzero,\nfind $\\frac{a}{b},$ assuming $b$ is nonzero.\n\n"
            "Solution:\nIf we multiply the first equation by $-\\frac{3}{2}$, we "
            "obtain\n\n$$6y-9x=-\\frac{3}{2}a.$$Since we also know that $6y-9x=b$, we "
            "have\n\n$$-\\frac{3}{2}a=b\\Rightarrow\\frac{a}{b}="
            "\\boxed{-\\frac{2}{3}}.$$\n"
            "Final Answer: The final answer is $-\\frac{2}{3}$. I hope it is correct.\n\n"
            "Problem:\n{question}\n\nSolution:",
        .choice = LETTERED,
        .answer = BOXED,
        .stop = "Problem:",
        .grader = COLA_GRADE_MATH,
        .max_tokens = 256,
    },
    {
        .name = "gsm8k-plain",
        .summary = "the question, an answer with reasoning",
        .source = "lm-evaluation-harness, gsm8k.yaml, without its five shots",
        .text = "Question: {question}\nAnswer:",
        .choice = LETTERED,
        .answer = " {answer}",
        .stop = "Question:",
        .grader = COLA_GRADE_NUMBER,
        .max_tokens = 256,
    },
    {
        .name = "gsm8k-shots",
        .summary = "three questions answered with reasoning, for base models",
        .source = "ours",
        .text =
            "Question: A shelf holds 4 boxes with 6 cups each. Seven cups are taken out. "
            "How many cups are left?\n"
            "Answer: There are 4 * 6 = 24 cups. After 7 are taken out, 24 - 7 = 17 are "
            "left.\n#### 17\n\n"
            "Question: Rosa walks 3 miles on each of five days and 8 miles on Saturday. "
            "How many miles does she walk in all?\n"
            "Answer: On five days she walks 3 * 5 = 15 miles. With Saturday that is "
            "15 + 8 = 23 miles.\n#### 23\n\n"
            "Question: A jacket costs $80 and is sold at a quarter off. What does it "
            "cost then?\n"
            "Answer: A quarter of 80 is 80 / 4 = 20. The jacket costs 80 - 20 = 60 "
            "dollars.\n#### 60\n\n"
            "Question: {question}\nAnswer:",
        .choice = LETTERED,
        .answer = "\n#### {answer}",
        .stop = "Question:",
        .grader = COLA_GRADE_NUMBER,
        .max_tokens = 256,
    },
};

const struct cola_template *
cola_template_at(size_t i)
{
    return i < sizeof templates / sizeof templates[0] ? &templates[i] : NULL;
}

const struct cola_template *
cola_template_find(const char *name)
{
    const struct cola_template *t;

    for (size_t i = 0; (t = cola_template_at(i)) != NULL; i++)
        if (strcmp(t->name, name) == 0)
            return t;
    return NULL;
}

/* ---- filling it in ------------------------------------------------------------- */

/* What a name between braces stands for; NULL: the braces are text. */
struct values {
    const char *question, *choices, *label, *text, *answer;
};

/* FORM with the values filled in, in one pass: what is filled in may have
 * braces of its own. */
static void
fill(struct cola_buffer *b, const char *form, const struct values *v)
{
    const struct {
        const char *name, *value;
    } names[] = {
        {"{question}", v->question}, {"{choices}", v->choices}, {"{label}", v->label},
        {"{text}", v->text}, {"{answer}", v->answer},
    };

    while (*form != '\0') {
        size_t i = 0, n = sizeof names / sizeof names[0];

        while (i < n && (names[i].value == NULL ||
                         strncmp(form, names[i].name, strlen(names[i].name)) != 0))
            i++;
        cola_buffer_bytes(b, i < n ? names[i].value : form,
                          i < n ? strlen(names[i].value) : 1);
        form += i < n ? strlen(names[i].name) : 1;
    }
}

/* What B holds, in fresh memory; B is empty afterwards. */
static enum cola_status
take(struct cola_buffer *b, char **text, struct cola_error *err)
{
    enum cola_status st = cola_buffer_ok(b, err);

    if (st == COLA_OK) {
        *text = cola_strdup(b->data != NULL ? b->data : "");
        st = *text != NULL ? COLA_OK : cola_fail_memory(err);
    }
    cola_buffer_free(b);
    return st;
}

int
cola_template_shows_options(const struct cola_template *t)
{
    return strstr(t->text, "{choices}") != NULL;
}

/* The choice that ANSWER is the text of: the right one if two are alike. */
static int
find_choice(const struct cola_item *item, const char *answer)
{
    if (item->key >= 0 && strcmp(item->choices[item->key], answer) == 0)
        return item->key;
    for (int i = 0; i < item->n_choices; i++)
        if (strcmp(item->choices[i], answer) == 0)
            return i;
    return -1;
}

static enum cola_status
write_answer(const struct cola_template *t, const char *answer, const char *label,
             char **text, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    fill(&b, t->answer, &(struct values){.answer = answer, .label = label});
    return take(&b, text, err);
}

enum cola_status
cola_template_gold(const struct cola_template *t, const struct cola_item *item,
                   const char *answer, char **gold, struct cola_error *err)
{
    int choice = find_choice(item, answer);

    /* an answer may be none of the choices and still be the right one's */
    if (choice < 0 && item->answer != NULL && strcmp(item->answer, answer) == 0)
        choice = item->key;
    if (choice < 0 && strstr(t->answer, "{label}") != NULL)
        return cola_fail(err, COLA_INPUT, "question \"%s\": template %s asks for the "
                         "label of a choice, and \"%.40s\" is none", item->id, t->name,
                         answer);
    return write_answer(t, answer, choice >= 0 ? item->labels[choice] : "", gold, err);
}

static enum cola_status
fill_prompt(const struct cola_template *t, struct cola_item *item,
            struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY, lines = COLA_BUFFER_EMPTY;
    enum cola_status st;

    for (int i = 0; i < item->n_choices; i++) {
        cola_buffer_text(&lines, i > 0 ? "\n" : "");
        fill(&lines, t->choice, &(struct values){.label = item->labels[i],
                                                 .text = item->choices[i]});
    }
    st = cola_buffer_ok(&lines, err);
    if (st == COLA_OK)
        fill(&b, t->text, &(struct values){.question = item->question,
                                           .choices = lines.data});
    cola_buffer_free(&lines);
    if (st == COLA_OK)
        return take(&b, &item->prompt, err);
    cola_buffer_free(&b);
    return st;
}

enum cola_status
cola_template_fill(const struct cola_template *t, struct cola_item *item,
                   struct cola_error *err)
{
    const char *right = item->answer != NULL ? item->answer :
                        item->key >= 0 ? item->choices[item->key] : NULL;
    enum cola_status st;

    if (cola_template_shows_options(t) && item->n_choices == 0)
        return cola_fail(err, COLA_INPUT, "question \"%s\": template %s shows options, "
                         "and it has none", item->id, t->name);
    st = fill_prompt(t, item, err);
    if (st == COLA_OK && right != NULL)
        st = cola_template_gold(t, item, right, &item->gold, err);
    if (st == COLA_OK && item->n_choices > 0) {
        item->options = cola_alloc((size_t)item->n_choices, sizeof *item->options);
        if (item->options == NULL)
            st = cola_fail_memory(err);
    }
    for (int i = 0; i < item->n_choices && st == COLA_OK; i++)
        st = write_answer(t, item->choices[i], item->labels[i], &item->options[i], err);
    item->primed = t->primed != NULL && *t->primed != '\0' ? t->primed : NULL;
    item->stop = t->stop != NULL && *t->stop != '\0' ? t->stop : NULL;
    return st;
}
