/*
 * grade.c - when is an answer right
 *
 * The rules a verdict may name, apart from those of mathematics.c:
 *
 *   exact                 right or wrong: byte by byte
 *   choice                right or wrong: the option's text, byte by byte
 *   letter                right or wrong: one option is named, or is the text
 *   letter-none           wrong: no option is named
 *   letter-drllm          right or wrong: the pattern matched
 *   letter-drllm-none     wrong: it did not
 *   number-none           wrong: there is no number
 *   boxed-none            wrong: there is no box, or nothing is in it
 *   boxed-echo            wrong: the box holds ANSWER, as prompts say it
 *   boxed-cut             undecided: the answer was cut inside the box
 *   undecided             several options; a number in a formula, or cut
 *   too-long              undecided: a text of more than MOST bytes
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "task/grade.h"

#include <string.h>

#include "task/extract.h"
#include "task/literal.h"
#include "task/mathematics.h"

#define MOST 65536              /* bytes of a text that are graded */

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

int
cola_grader_picks(enum cola_grader grader)
{
    return cola_grader_chooses(grader) || grader == COLA_GRADE_LETTER ||
           grader == COLA_GRADE_LETTER_DRLLM;
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

/* ---- any answer ----------------------------------------------------------- */

/* What generation says with all it has: the text behind what primed it. */
static enum cola_status
whole_text(const char *text, size_t len, const struct cola_item *item,
           struct cola_buffer *joined, struct cola_piece *whole, struct cola_error *err)
{
    *whole = (struct cola_piece){text, len};
    if (item->primed == NULL || item->primed[0] == '\0')
        return COLA_OK;
    cola_buffer_text(joined, item->primed);
    cola_buffer_bytes(joined, text, len);
    if (cola_buffer_ok(joined, err) != COLA_OK)
        return COLA_RESOURCE;
    *whole = (struct cola_piece){joined->data, joined->len};
    return COLA_OK;
}

static enum cola_progress
verdict(int is_right)
{
    return is_right ? COLA_IS_RIGHT : COLA_IS_WRONG;
}

static enum cola_progress
grade_letter(struct cola_piece text, const struct cola_item *item, const char **rule)
{
    int option = cola_extract_option(text, item);

    *rule = option >= 0 ? "letter" : option == COLA_NO_OPTION ? "letter-none" :
            "undecided";
    return option == COLA_SOME_OPTION ? COLA_IS_UNDECIDED : verdict(option >= 0 &&
                                                                    option == item->key);
}

static enum cola_progress
grade_drllm(struct cola_piece text, int growing, const struct cola_item *item,
            const char **rule)
{
    int open, option = cola_extract_drllm(text, &open);

    if (growing && open)
        return COLA_OPEN;
    *rule = option >= 0 ? "letter-drllm" : "letter-drllm-none";
    return verdict(option >= 0 && option == item->key);
}

/* Is a word of TEXT a number, "three"? */
static int
names_number(struct cola_piece text)
{
    char word[16];
    int64_t number;
    size_t n = 0;

    for (size_t i = 0; i <= text.len; i++) {
        char c = i < text.len ? (char)(text.text[i] | 0x20) : ' ';

        if (c >= 'a' && c <= 'z') {
            if (n < sizeof word)
                word[n] = c;
            n++;
        } else {
            if (n <= sizeof word && cola_number_word(word, n, &number))
                return 1;
            n = 0;
        }
    }
    return 0;
}

static enum cola_progress
grade_number(struct cola_piece text, int cut, const struct cola_item *item,
             const char **rule)
{
    struct cola_piece want = {item->answer, strlen(item->answer)}, said, wanted;
    enum cola_progress progress;
    int sure, last, sure_want, unused;

    if (!cola_extract_number(text, &said, &sure, &last) && !names_number(text)) {
        *rule = "number-none";
        return COLA_IS_WRONG;
    }
    *rule = "undecided";
    if (!cola_extract_number(text, &said, &sure, &last))
        return COLA_IS_UNDECIDED;
    if (!cola_extract_number(want, &wanted, &sure_want, &unused) || !sure || !sure_want ||
        (cut && last))
        return COLA_IS_UNDECIDED;
    progress = cola_mathematics(said.text, said.len, wanted.text, wanted.len, rule);
    if (strncmp(*rule, "math-", 5) == 0)
        *rule = "number";
    return progress;
}

static enum cola_progress
grade_math(struct cola_piece text, int cut, const struct cola_item *item,
           const char **rule)
{
    struct cola_piece said;
    int closed;

    *rule = "boxed-none";
    if (!cola_extract_boxed(text, &said, &closed))
        return COLA_IS_WRONG;
    *rule = "boxed-cut";
    if (cut && !closed)
        return COLA_IS_UNDECIDED;
    *rule = "boxed-echo";
    if (said.len == 6 && memcmp(said.text, "ANSWER", 6) == 0)
        return COLA_IS_WRONG;
    return cola_mathematics(said.text, said.len, item->answer, strlen(item->answer),
                            rule);
}

enum cola_progress
cola_grade_answer(enum cola_grader grader, const char *text, size_t len, int ended,
                  const struct cola_item *item, const char **rule)
{
    struct cola_buffer joined = COLA_BUFFER_EMPTY;
    enum cola_progress progress = COLA_IS_UNDECIDED;
    struct cola_piece whole;
    const char *unused;

    rule = rule != NULL ? rule : &unused;
    *rule = cola_grader_name(grader);
    if (grader == COLA_GRADE_EXACT) {
        progress = cola_grade_exact(text, len, ended == COLA_ENDED, item->answer);
        return progress == COLA_OPEN && ended == COLA_CUT ? COLA_IS_WRONG : progress;
    }
    if (cola_grader_chooses(grader)) {
        *rule = "choice";
        return ended == COLA_GROWS ? COLA_OPEN :
               verdict(item->key >= 0 && strlen(item->choices[item->key]) == len &&
                       (len == 0 || memcmp(item->choices[item->key], text, len) == 0));
    }
    if (ended == COLA_GROWS && grader != COLA_GRADE_LETTER_DRLLM)
        return COLA_OPEN;               /* the last box is known at the end */
    *rule = "too-long";
    if (len > MOST)
        return COLA_IS_UNDECIDED;
    *rule = "no-memory";
    if (whole_text(text, len, item, &joined, &whole, NULL) == COLA_OK)
        progress = grader == COLA_GRADE_LETTER ? grade_letter(whole, item, rule) :
                   grader == COLA_GRADE_LETTER_DRLLM ?
                   grade_drllm(whole, ended == COLA_GROWS, item, rule) :
                   grader == COLA_GRADE_NUMBER ?
                   grade_number(whole, ended == COLA_CUT, item, rule) :
                   grade_math(whole, ended == COLA_CUT, item, rule);
    cola_buffer_free(&joined);
    return progress;
}

/* What WHOLE says; its text is NULL when that is nothing. */
static struct cola_piece
said_by(enum cola_grader grader, struct cola_piece whole, const struct cola_item *item)
{
    struct cola_piece said = {NULL, 0};
    int option, flag, unused, found;

    switch (grader) {
    case COLA_GRADE_LETTER:
    case COLA_GRADE_LETTER_DRLLM:
        option = grader == COLA_GRADE_LETTER ? cola_extract_option(whole, item) :
                 cola_extract_drllm(whole, &unused);
        if (option >= 0 && option < item->n_choices)
            said = (struct cola_piece){item->choices[option],
                                       strlen(item->choices[option])};
        return said;
    case COLA_GRADE_NUMBER:
        found = cola_extract_number(whole, &said, &flag, &unused) && flag;
        break;
    case COLA_GRADE_MATH:
        found = cola_extract_boxed(whole, &said, &flag) && flag;
        break;
    default:
        return whole;
    }
    return found ? said : (struct cola_piece){NULL, 0};
}

enum cola_status
cola_grade_extract(enum cola_grader grader, const char *text, size_t len,
                   const struct cola_item *item, char **answer, struct cola_error *err)
{
    struct cola_buffer joined = COLA_BUFFER_EMPTY;
    struct cola_piece whole = {text != NULL ? text : "", len}, said = {NULL, 0};
    enum cola_status st = COLA_OK;

    *answer = NULL;
    if (len > MOST)
        return COLA_OK;
    if (grader != COLA_GRADE_EXACT && !cola_grader_chooses(grader))
        st = whole_text(whole.text, len, item, &joined, &whole, err);
    if (st == COLA_OK)
        said = said_by(grader, whole, item);
    /* a reference is a C string */
    if (said.text != NULL && memchr(said.text, '\0', said.len) == NULL) {
        *answer = cola_alloc(said.len + 1, 1);
        if (*answer == NULL)
            st = cola_fail_memory(err);
        else
            memcpy(*answer, said.text, said.len);
    }
    cola_buffer_free(&joined);
    return st;
}
