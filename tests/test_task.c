/*
 * test_task.c - questions read, answers graded, a model sitting a task
 *
 * The model is mostly a parrot: an executor whose logits are a hash of the
 * chain and the tokens, so that every way an answer can end comes up often and
 * can be worked out here, from the hash alone and from scratch at each token.
 * The references are what the parrot says, and near misses of it.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "expect.h"
#include "task/exam.h"

/* ---- a tokenizer --------------------------------------------------------- */

#define V 24                    /* the last three are no token's */
#define END 2

/* What each token adds to a text. */
static const char *const pieces[V] = {
    "<pad>", "", "", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "+", "-", ":",
    "12", "34", "70", "\xc3", "\xa9", "", "", "",
};

#define ADDED(id, text) \
    "{'id':" id ",'content':'" text "','special':true,'normalized':false," \
    "'lstrip':false,'rstrip':false,'single_word':false}"

static const char tokenizer_json[] =
    "{'normalizer':null,'decoder':{'type':'Sequence','decoders':[{'type':'ByteFallback'},"
    "{'type':'Fuse'}]},'post_processor':{'type':'TemplateProcessing','single':["
    "{'SpecialToken':{'id':'<s>','type_id':0}},{'Sequence':{'id':'A','type_id':0}}],"
    "'pair':[],'special_tokens':{'<s>':{'id':'<s>','ids':[1],'tokens':['<s>']}}},"
    "'added_tokens':[" ADDED("1", "<s>") "," ADDED("2", "</s>") "],"
    "'model':{'type':'BPE','byte_fallback':true,'vocab':{'<pad>':0,'<s>':1,'</s>':2,"
    "'0':3,'1':4,'2':5,'3':6,'4':7,'5':8,'6':9,'7':10,'8':11,'9':12,'+':13,'-':14,"
    "':':15,'12':16,'34':17,'70':18,'<0xC3>':19,'<0xA9>':20,'z':66051},"
    "'merges':['1 2','3 4','7 0']}}";

static char *directory;
static struct cola_tokenizer *tokenizer;

static void
write_text(const char *name, const char *text)
{
    assert_true(checkpoint_file(directory, name, text, strlen(text)));
}

static int
set_up(void **state)
{
    char text[sizeof tokenizer_json], *path;
    struct cola_error err;

    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = tokenizer_json[i] == '\'' ? '"' : tokenizer_json[i];
    directory = checkpoint_directory();
    assert_non_null(directory);
    write_text("tokenizer.json", text);
    path = cola_path_join(directory, "tokenizer.json");
    assert_ok(cola_tokenizer_open(path, &tokenizer, &err), &err);
    free(path);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    cola_tokenizer_free(tokenizer);
    checkpoint_remove(directory);
    return 0;
}

/* The tokens of TEXT by this tokenizer, worked out without it. */
static int
spell(const char *text, int *ids)
{
    int n = 0;

    for (; *text != '\0'; text++) {
        int id = 0;

        for (int t = 3; t <= 20; t++)
            if (strlen(pieces[t]) > 1 ? strncmp(text, pieces[t], 2) == 0 :
                                        id == 0 && *text == pieces[t][0])
                id = t;
        text += strlen(pieces[id]) - 1;
        ids[n++] = id;
    }
    return n;
}

/* ---- a parrot ------------------------------------------------------------ */

/* The logit of token T after IDS: coarse, so that ties occur.  Where layer 7 is
 * executed a logit now and then is no number. */
static double
parrot(const struct cola_chain *chain, const int *ids, int n, int t)
{
    uint64_t h = 99;

    for (int i = 0; i < chain->len; i++)
        h = (h + chain->at[i] + 1) * 0x9e3779b97f4a7c15;
    for (int i = 0; i < n; i++)
        h = ((h ^ h >> 29) + (uint64_t)ids[i] + 1) * 0xbf58476d1ce4e5b9;
    h ^= h >> 31;
    if (t == 9 && h % 6 == 0)
        for (int i = 0; i < chain->len; i++)
            if (chain->at[i] == 7)
                return chain->len % 2 ? (double)NAN : (double)INFINITY;
    h = (h + (uint64_t)t) * 0x94d049bb133111eb;
    h ^= h >> 32;
    return (double)(float)((double)(h % 300) / 70.0 + (t == END ? 1.5 : 0.0));
}

struct parrot_run {
    struct cola_chain chain;
    int ids[256], n, fed;
    double logits[V];
};

static enum cola_status
parrot_new(const void *state, struct cola_way way, int length, int tokens, void **run,
           struct cola_error *err)
{
    (void)state;
    (void)way;
    (void)length;
    *run = cola_alloc(1, sizeof(struct parrot_run));
    if (*run == NULL || tokens > 256)
        return cola_fail_memory(err);
    return COLA_OK;
}

static void
parrot_begin(void *run, const struct cola_chain *chain)
{
    struct parrot_run *r = run;

    r->chain = *chain;
    r->n = 0;
}

static void
parrot_feed(void *run, const int *ids, int n)
{
    struct parrot_run *r = run;

    memcpy(r->ids + r->n, ids, (size_t)n * sizeof *ids);
    r->n += n;
    r->fed += n;
    for (int t = 0; t < V; t++)
        r->logits[t] = parrot(&r->chain, r->ids, r->n, t);
}

static void
parrot_rewind(void *run, int tokens)
{
    struct parrot_run *r = run;

    r->n = tokens;
    for (int t = 0; t < V; t++)
        r->logits[t] = NAN;     /* there are none until more are fed */
}

static const double *
parrot_logits(const void *run)
{
    const struct parrot_run *r = run;

    return r->logits;
}

static const struct cola_executor_ops parrot_ops = {
    .name = "parrot", .is_float = 1, .reproducible = 1, .run_new = parrot_new,
    .run_free = free, .begin = parrot_begin, .feed = parrot_feed,
    .rewind = parrot_rewind, .logits = parrot_logits,
};

static const struct cola_model parrot_model = {
    .config = {.layers = 8, .vocabulary = V, .eos = {END}, .n_eos = 1},
};
static const struct cola_executor parrot_executor = {
    .ops = &parrot_ops, .model = &parrot_model,
};

/* The sum of ln p over GOLD after PROMPT, every step from scratch. */
static double
sum_logprobs(const struct cola_chain *chain, const int *prompt, int n, const int *gold,
             int n_gold)
{
    int all[64];
    double sum = 0.0;

    memcpy(all, prompt, (size_t)n * sizeof *all);
    for (int i = 0; i < n_gold; i++) {
        double total = 0.0;

        for (int t = 0; t < V; t++) {
            double x = parrot(chain, all, n, t);

            if (!isfinite(x))
                return NAN;
            total += exp(x);
        }
        sum += parrot(chain, all, n, gold[i]) - log(total);
        all[n++] = gold[i];
    }
    return sum;
}

/* The token said after IDS and its lead over the next, -1 where there is none. */
static int
loudest(const struct cola_chain *chain, const int *ids, int n, double *lead)
{
    int best = 0;

    for (int t = 0; t < V; t++) {
        if (!isfinite(parrot(chain, ids, n, t)))
            return -1;
        if (parrot(chain, ids, n, t) > parrot(chain, ids, n, best))
            best = t;
    }
    *lead = INFINITY;
    for (int t = 0; t < V; t++)
        if (t != best)
            *lead = fmin(*lead, (double)((float)parrot(chain, ids, n, best) -
                                         (float)parrot(chain, ids, n, t)));
    return best;
}

static const char *const chains[] = {"0-7", "0-6", "0", "()", "7", "3,3,5,1", "6-7,0"};
static const char *const prompts[] = {"12:", "3", "0-1", "70+70:", "999", "5:5:", "8"};

static struct cola_chain
chain_of(const char *text)
{
    struct cola_chain chain;
    struct cola_error err;

    assert_ok(cola_chain_parse(text, &chain, &err), &err);
    return chain;
}

/* What must be equal where two verdicts are the same; the rest may be a sum. */
static void
assert_same_verdict(const struct cola_verdict *a, const struct cola_verdict *b)
{
    assert_int_equal(a->inputs, b->inputs);
    assert_int_equal(a->correct, b->correct);
    assert_int_equal(a->undecided, b->undecided);
    assert_int_equal(a->held, b->held);
    assert_int_equal(a->held_correct, b->held_correct);
    assert_int_equal(a->mark, b->mark);
    assert_int_equal(a->stop, b->stop);
    assert_int_equal(a->margin_is_float, b->margin_is_float);
    assert_int_equal(a->n_ids, b->n_ids);
    assert_true(a->margin == b->margin || (isnan(a->margin) && isnan(b->margin)));
    assert_true(a->gold_logprob == b->gold_logprob ||
                (isnan(a->gold_logprob) && isnan(b->gold_logprob)));
    assert_true((a->answer == NULL) == (b->answer == NULL));
    assert_true((a->rule == NULL) == (b->rule == NULL));
    if (a->answer != NULL)
        assert_string_equal(a->answer, b->answer);
    if (a->rule != NULL)
        assert_string_equal(a->rule, b->rule);
    if (a->n_ids > 0)
        assert_memory_equal(a->ids, b->ids, (size_t)a->n_ids * sizeof *a->ids);
}

/* A and B are equal as far as sums in double can be, or both no numbers. */
static void
assert_close(double a, double b)
{
    if (!(isnan(a) && isnan(b)) && !(fabs(a - b) <= 1e-9 * (1.0 + fabs(b))))
        fail_msg("%.17g, wanted %.17g", a, b);
}

/* ---- graders ------------------------------------------------------------- */

static void
text_is_graded_as_early_as_can_be_known(void **state)
{
    static const struct {
        const char *text;
        int ended;
        const char *reference;
        enum cola_progress progress;
    } cases[] = {
        {"", 0, "70", COLA_OPEN}, {"7", 0, "70", COLA_OPEN}, {"70", 0, "70", COLA_OPEN},
        {"70", 1, "70", COLA_IS_RIGHT}, {"7", 1, "70", COLA_IS_WRONG},
        {"", 1, "70", COLA_IS_WRONG}, {"", 1, "", COLA_IS_RIGHT},
        {"", 0, "", COLA_OPEN}, {"7", 0, "", COLA_IS_WRONG},
        {"0", 0, "70", COLA_IS_WRONG}, {"71", 0, "70", COLA_IS_WRONG},
        {"700", 0, "70", COLA_IS_WRONG}, {"700", 1, "70", COLA_IS_WRONG},
        {" 70", 0, "70", COLA_IS_WRONG}, {"70 ", 0, "70", COLA_IS_WRONG},
        {"\xc3", 0, "\xc3\xa9", COLA_OPEN}, {"\xc3\xa9", 1, "\xc3\xa9", COLA_IS_RIGHT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (cola_grade_exact(cases[i].text, strlen(cases[i].text), cases[i].ended,
                             cases[i].reference) != cases[i].progress)
            fail_msg("case %zu: \"%s\" for \"%s\"", i, cases[i].text,
                     cases[i].reference);
    /* a NUL is a character like others, and no end */
    for (int ended = 0; ended < 2; ended++)
        assert_int_equal(cola_grade_exact("70\0", 3, ended, "70"), COLA_IS_WRONG);
    assert_int_equal(cola_grade_exact(NULL, 0, 0, "70"), COLA_OPEN);
}

static void
largest_score_is_chosen_the_first_on_a_tie(void **state)
{
    static const struct {
        double scores[4];
        int n, best;
        double margin;
    } cases[] = {
        {{1, 2}, 2, 1, 1}, {{2, 1}, 2, 0, 1}, {{1, 1}, 2, 0, 0}, {{3, 1, 2}, 3, 0, 1},
        {{1, 3, 2}, 3, 1, 1}, {{2, 1, 3}, 3, 2, 1}, {{1, 3, 3, 2}, 4, 1, 0},
        {{3, 1, 1, 3}, 4, 0, 0}, {{-9, -7, -8, -12}, 4, 1, 1}, {{4, 3, 2, 1}, 4, 0, 1},
    };
    double margin;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(cola_grade_choice(cases[i].scores, cases[i].n, &margin),
                         cases[i].best);
        assert_true(margin == cases[i].margin);
    }
}

static void
graders_are_found_by_their_names(void **state)
{
    enum cola_grader grader;

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_true(cola_grader_find(cola_grader_name((enum cola_grader)i), &grader));
        assert_int_equal(grader, i);
    }
    assert_false(cola_grader_find("", &grader));
    assert_false(cola_grader_find("exactly", &grader));
}

/* ---- the dataset --------------------------------------------------------- */

static enum cola_status
open_text(const char *text, struct cola_dataset *d, struct cola_error *err)
{
    char *path = cola_path_join(directory, "task.jsonl");
    enum cola_status st;

    write_text("task.jsonl", text);
    st = cola_dataset_open(path, d, err);
    free(path);
    return st;
}

static struct cola_dataset
dataset_of(const char *text)
{
    struct cola_dataset d;
    struct cola_error err;

    assert_ok(open_text(text, &d, &err), &err);
    return d;
}

static void
every_field_of_a_question_is_read(void **state)
{
    struct cola_dataset d = dataset_of(
        "{\"prompt\":\"1+1\",\"answer\":\"2\",\"level\":3,\"group\":\"g\",\"id\":\"q\","
        "\"more\":[1,{}],\"choices\":{\"label\":[\"A\",\"B\",\"C\"],"
        "\"text\":[\"x\",\"y y\",\"\\u00e9\"]},\"answerKey\":\"B\"}\n"
        "{\"question\":\"2+2\",\"answer\":null,\"level\":null,\"choices\":null}\n"
        "{\"prompt\":\"a\",\"question\":\"b\",\"answer\":12,\"group\":7,\"level\":0}\n");
    const struct cola_item *q = d.items;

    (void)state;
    assert_int_equal(d.n, 3);
    assert_string_equal(q[0].id, "q");
    assert_string_equal(q[0].group, "g");
    assert_string_equal(q[0].prompt, "1+1");
    assert_string_equal(q[0].answer, "2");
    assert_int_equal(q[0].level, 3);
    assert_int_equal(q[0].n_choices, 3);
    assert_string_equal(q[0].choices[1], "y y");
    assert_string_equal(q[0].choices[2], "\xc3\xa9");
    assert_int_equal(q[0].key, 1);
    assert_string_equal(q[1].prompt, "2+2");
    assert_null(q[1].answer);
    assert_null(q[1].group);
    assert_null(q[1].choices);
    assert_int_equal(q[1].level, COLA_NO_LEVEL);
    assert_int_equal(q[1].key, -1);
    assert_string_equal(q[2].prompt, "a");
    assert_string_equal(q[2].answer, "12");
    assert_string_equal(q[2].group, "7");
    assert_int_equal(q[2].level, 0);
    cola_dataset_close(&d);
}

static void
id_is_taken_from_where_there_is_one(void **state)
{
    static const struct {
        const char *line, *id;
    } cases[] = {
        {"{\"prompt\":\"p\",\"id\":\"a\",\"unique_id\":\"b\"}", "a"},
        {"{\"prompt\":\"p\",\"unique_id\":\"b\"}", "b"},
        {"{\"prompt\":\"p\",\"id\":null,\"unique_id\":\"b\"}", "b"},
        {"{\"prompt\":\"p\",\"id\":17}", "17"},
        {"{\"prompt\":\"p\",\"unique_id\":-3}", "-3"},
        {"{\"prompt\":\"p\"}", "line-000001"},
        {"\n \t\r\n{\"prompt\":\"p\"}", "line-000003"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_dataset d = dataset_of(cases[i].line);

        assert_int_equal(d.n, 1);
        assert_string_equal(d.items[0].id, cases[i].id);
        cola_dataset_close(&d);
    }
}

static void
lines_may_end_and_be_blank_as_they_like(void **state)
{
#define P(id) "{\"prompt\":\"p\",\"id\":\"" id "\"}"
    static const char *const texts[] = {
        P("a") "\n" P("b") "\n", P("a") "\n" P("b"), P("a") "\r\n" P("b") "\r\n",
        P("a") "\r\n" P("b") "\r", "\n\n" P("a") "\n \t \r\n\n" P("b") "\n\n",
        "  " P("a") "  \n\t" P("b"),
    };
#undef P

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct cola_dataset d = dataset_of(texts[i]);

        assert_int_equal(d.n, 2);
        assert_string_equal(d.items[0].id, "a");
        assert_string_equal(d.items[1].id, "b");
        assert_string_equal(d.items[1].prompt, "p");
        cola_dataset_close(&d);
    }
}

static void
digest_is_that_of_the_file(void **state)
{
    struct cola_dataset d = dataset_of("{\"prompt\":\"p\"}\n");

    (void)state;
    assert_string_equal(d.digest, "e6668b8793d22d8d3056081cbdccbb6c"
                        "1770700c7c75fc62678732118c06b83c");
    cola_dataset_close(&d);
}

static void
bad_lines_are_refused_by_file_and_number(void **state)
{
#define GOOD "{\"prompt\":\"p\",\"id\":\"good\"}\n"
#define CHOICES(c) GOOD "{\"prompt\":\"p\",\"choices\":" c ",\"answerKey\":\"A\"}\n"
    static const struct {
        const char *text, *place, *reason;
    } cases[] = {
        {"", "task.jsonl", "no questions"},
        {"\n\n \r\n", "task.jsonl", "no questions"},
        {GOOD "{\"prompt\":\n" GOOD, "task.jsonl: line 2", "not JSON"},
        {GOOD "\n\nprompt\n", "task.jsonl: line 4", "not JSON"},
        {GOOD "{\"prompt\":\"p\"} x\n", "task.jsonl: line 2", "not JSON"},
        {GOOD "{\"prompt\":\"p\"}{\"prompt\":\"q\"}\n", "task.jsonl: line 2", "not JSON"},
        {GOOD "{\"prompt\":\"\xff\"}\n", "task.jsonl: line 2", "not JSON"},
        {GOOD "{\"prompt\":\"p\",\"prompt\":\"q\"}\n", "task.jsonl: line 2", "not JSON"},
        {"\xef\xbb\xbf" GOOD, "task.jsonl: line 1", "not JSON"},
        {GOOD "[]\n", "task.jsonl: line 2", "not a JSON object"},
        {GOOD "\"prompt\"\n", "task.jsonl: line 2", "not a JSON object"},
        {GOOD "null\n", "task.jsonl: line 2", "not a JSON object"},
        {GOOD "{}\n", "task.jsonl: line 2", "\"prompt\" is missing"},
        {GOOD "{\"answer\":\"p\"}\n", "task.jsonl: line 2", "\"prompt\" is missing"},
        {GOOD "{\"prompt\":null}\n", "task.jsonl: line 2", "\"prompt\" is missing"},
        {GOOD "{\"prompt\":\"\"}\n", "task.jsonl: line 2", "\"prompt\" is empty"},
        {GOOD "{\"prompt\":[]}\n", "task.jsonl: line 2", "\"prompt\" is not a string"},
        {GOOD "{\"prompt\":\"a\\u0000b\"}\n", "task.jsonl: line 2", "NUL"},
        {GOOD "{\"prompt\":\"p\",\"id\":\"\"}\n", "line 2", "\"id\" is empty"},
        {GOOD "{\"prompt\":\"p\",\"id\":true}\n", "task.jsonl: line 2", "\"id\""},
        {GOOD "{\"prompt\":\"p\",\"answer\":{}}\n", "task.jsonl: line 2", "\"answer\""},
        {GOOD "{\"prompt\":\"p\",\"group\":1.5}\n", "task.jsonl: line 2", "\"group\""},
        {GOOD "{\"prompt\":\"p\",\"level\":-1}\n", "line 2", "\"level\" is -1"},
        {GOOD "{\"prompt\":\"p\",\"level\":\"1\"}\n", "task.jsonl: line 2", "\"level\""},
        {GOOD "{\"prompt\":\"p\",\"level\":1.5}\n", "task.jsonl: line 2", "\"level\""},
        {GOOD "{\"prompt\":\"q\",\"id\":\"b\"}\n" GOOD, "questions 1 and 3", "\"good\""},
        {"{\"prompt\":\"p\",\"id\":5}\n{\"prompt\":\"q\",\"unique_id\":\"5\"}",
         "questions 1 and 2", "\"5\""},
        {CHOICES("{}"), "task.jsonl: line 2", "\"choices\" needs"},
        {CHOICES("[]"), "task.jsonl: line 2", "\"choices\" needs"},
        {CHOICES("\"A\""), "task.jsonl: line 2", "\"choices\" needs"},
        {CHOICES("{\"text\":[\"x\"],\"label\":[\"A\"]}"), "line 2", "\"choices\" needs"},
        {CHOICES("{\"text\":[\"x\",\"y\"],\"label\":[\"A\"]}"), "line 2",
         "\"choices\" needs"},
        {CHOICES("{\"text\":[\"x\",1],\"label\":[\"A\",\"B\"]}"), "line 2",
         "choice 2"},
        {CHOICES("{\"text\":[\"x\",\"y\"],\"label\":[null,\"A\"]}"), "line 2",
         "choice 1"},
        {CHOICES("{\"text\":[\"x\",\"\"],\"label\":[\"A\",\"B\"]}"), "line 2",
         "choice 2"},
        {CHOICES("{\"text\":[\"x\",\"y\"],\"label\":[\"B\",\"C\"]}"), "line 2",
         "\"answerKey\" is none of the labels"},
        {GOOD "{\"prompt\":\"p\",\"choices\":{\"text\":[\"x\",\"y\"],\"label\":[\"A\","
         "\"B\"]}}", "line 2", "\"answerKey\""},
        {GOOD "{\"prompt\":\"p\",\"answerKey\":7}", "line 2", "\"answerKey\""},
    };
#undef GOOD
#undef CHOICES
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_dataset d = {.n = 77};

        assert_refused(open_text(cases[i].text, &d, &err), &err, cases[i].place,
                       cases[i].reason);
        assert_non_null(strstr(err.text, "task.jsonl"));
        assert_true(d.items == NULL && d.n == 77);
    }
}

static void
files_that_are_none_are_refused(void **state)
{
    static const char *const names[] = {"nothing.jsonl", "."};
    struct cola_dataset d;
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char *path = cola_path_join(directory, names[i]);

        assert_refused(cola_dataset_open(path, &d, &err), &err, path, "");
        free(path);
    }
}

static const char nine[] =
    "{\"prompt\":\"p\",\"id\":\"a\",\"level\":1}\n"
    "{\"prompt\":\"p\",\"id\":\"b\",\"level\":2}\n"
    "{\"prompt\":\"p\",\"id\":\"c\",\"level\":3}\n"
    "{\"prompt\":\"p\",\"id\":\"d\",\"level\":4}\n"
    "{\"prompt\":\"p\",\"id\":\"ab\",\"level\":5}\n"
    "{\"prompt\":\"p\",\"id\":\"e\"}\n"
    "{\"prompt\":\"p\",\"id\":\"f\",\"level\":0}\n"
    "{\"prompt\":\"p\",\"id\":\"g\",\"level\":12}\n"
    "{\"prompt\":\"p\",\"id\":\"h\",\"level\":3}\n";

static void
selection_keeps_what_is_asked_for_in_order(void **state)
{
    static const struct {
        const char *levels, *ids;
        size_t limit;
        const char *kept;
    } cases[] = {
        {NULL, NULL, 0, "a b c d ab e f g h "}, {NULL, NULL, 3, "a b c "},
        {NULL, NULL, 99, "a b c d ab e f g h "}, {"3", NULL, 0, "c h "},
        {"1,3-5", NULL, 0, "a c d ab h "}, {"0-1", NULL, 0, "a f "},
        {"12", NULL, 0, "g "}, {"3,1", NULL, 2, "a c "}, {NULL, "ab", 0, "ab "},
        {NULL, "h,a,e", 0, "a e h "}, {NULL, "b,ab", 0, "b ab "},
        {"3", "a,h,c", 0, "c h "}, {"3", "a,h,c", 1, "c "}, {"1-99", NULL, 0,
         "a b c d ab g h "},
        {"0-99999999999999999999", NULL, 0, "a b c d ab f g h "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_dataset d = dataset_of(nine);
        struct cola_error err;
        char kept[64] = "";

        assert_ok(cola_dataset_select(&d, cases[i].levels, cases[i].ids, cases[i].limit,
                                      &err), &err);
        for (size_t k = 0; k < d.n; k++) {
            strcat(kept, d.items[k].id);
            strcat(kept, " ");
        }
        assert_string_equal(kept, cases[i].kept);
        cola_dataset_close(&d);
    }
}

static void
selections_of_nothing_are_refused(void **state)
{
    static const struct {
        const char *levels, *ids, *reason;
    } cases[] = {
        {"", NULL, "levels"}, {"1,", NULL, "levels"}, {",1", NULL, "levels"},
        {"3-1", NULL, "levels"}, {"-1", NULL, "levels"}, {"1-", NULL, "levels"},
        {"x", NULL, "levels"}, {"1;2", NULL, "levels"}, {"1.5", NULL, "levels"},
        {"7", NULL, "no question is left"}, {NULL, "z", "\"z\""},
        {NULL, "a,z", "\"z\""}, {NULL, "a,,b", "\"\""}, {NULL, "", "no question is left"},
        {"1", "b", "no question is left"}, {NULL, "A", "\"A\""},
    };
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_dataset d = dataset_of(nine);

        assert_refused(cola_dataset_select(&d, cases[i].levels, cases[i].ids, 0, &err),
                       &err, "", cases[i].reason);
        cola_dataset_close(&d);
    }
}

/* ---- prompts ------------------------------------------------------------- */

static void
assert_ids(const struct cola_ids *got, const int *want, int n)
{
    assert_int_equal(got->n, n);
    assert_memory_equal(got->ids, want, (size_t)n * sizeof *want);
}

static void
prompt_begins_with_the_beginning(void **state)
{
    int want[] = {1, 16, 15};
    struct cola_ids ids;
    struct cola_error err;

    (void)state;
    assert_ok(cola_prompt_ids(tokenizer, "12:", &ids, &err), &err);
    assert_ids(&ids, want, 3);
    cola_ids_free(&ids);
    assert_null(ids.ids);
    assert_refused(cola_prompt_ids(tokenizer, "1\xff", &ids, &err), &err, "", "UTF-8");
}

static void
continuation_is_what_both_have_beyond_the_prompt(void **state)
{
    static const struct {
        const char *prompt, *text;
        int ids[4], n;
    } cases[] = {
        {"9:", "70", {18}, 1}, {"9:", "701", {18, 4}, 2}, {"12", "12", {16}, 1},
        {"9:", "", {0}, 0},
        {"1", "2", {5}, 1},             /* together one token: the text alone */
        {"7", "012", {3, 16}, 2},
        {"9", "</s>", {2}, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_ids ids;
        struct cola_error err;

        assert_ok(cola_continuation_ids(tokenizer, cases[i].prompt, cases[i].text, &ids,
                                        &err), &err);
        assert_ids(&ids, cases[i].ids, cases[i].n);
        cola_ids_free(&ids);
    }
}

/* ---- answers compared as text -------------------------------------------- */

struct expected {
    enum cola_mark mark;
    enum cola_stop stop;
    int ids[32], n;
    double margin, logprob;
    char text[80];
};

/* What the parrot says to PROMPT, until that is settled. */
static void
expect_text(const struct cola_chain *chain, const int *prompt, int n,
            const char *reference, int most, struct expected *e)
{
    int all[64], gold[32];
    double lead;

    memcpy(all, prompt, (size_t)n * sizeof *all);
    *e = (struct expected){.mark = COLA_WRONG, .stop = COLA_STOP_LENGTH, .margin = NAN};
    e->logprob = sum_logprobs(chain, prompt, n, gold, spell(reference, gold));
    while (e->n < most) {
        int t = loudest(chain, all, n + e->n, &lead);

        if (t < 0) {
            e->stop = COLA_STOP_NONFINITE;
            e->margin = e->logprob = NAN;
            return;
        }
        e->margin = fmin(e->margin, lead);
        all[n + e->n] = e->ids[e->n] = t;
        e->n++;
        if (t == END) {
            e->stop = COLA_STOP_END;
            e->mark = strcmp(e->text, reference) == 0 ? COLA_CORRECT : COLA_WRONG;
            return;
        }
        strcat(e->text, pieces[t]);
        if (strncmp(e->text, reference, strlen(e->text)) != 0) {
            e->stop = COLA_STOP_SETTLED;
            return;
        }
    }
}

/* How many gold tokens are looked at while E is generated. */
static int
scored(const struct expected *e, const int *gold, int n_gold)
{
    int i = 0;

    while (i < n_gold && i < e->n && e->ids[i] == gold[i])
        i++;
    return i < n_gold && i < e->n ? i + 1 : i;
}

static struct cola_run *
run_of(const struct cola_paper *paper, const struct cola_chain *chain, int most)
{
    struct cola_run *run = NULL;
    struct cola_error err;

    assert_ok(cola_run_new(&parrot_executor, 16, cola_paper_tokens(paper, most), &run,
                           &err), &err);
    assert_ok(cola_run_begin(run, chain, &err), &err);
    return run;
}

/* Sit a question and compare every field of the verdict. */
static void
check_text(const char *chain_text, const char *prompt, const char *reference, int most,
           struct expected *e)
{
    struct cola_chain chain = chain_of(chain_text);
    struct cola_item item = {.id = "q", .prompt = (char *)(uintptr_t)prompt,
                             .answer = (char *)(uintptr_t)reference, .key = -1};
    struct cola_paper paper;
    struct cola_verdict v;
    struct cola_run *run;
    struct cola_error err;
    int ids[32] = {1}, gold[32], n = 1 + spell(prompt, ids + 1);
    int n_gold = spell(reference, gold), fed;

    expect_text(&chain, ids, n, reference, most, e);
    assert_ok(cola_paper_make(tokenizer, V, &item, COLA_GRADE_EXACT, &paper, &err), &err);
    assert_ids(&paper.prompt, ids, n);
    assert_ids(&paper.gold, gold, n_gold);
    run = run_of(&paper, &chain, most);
    assert_ok(cola_paper_sit(&paper, tokenizer, most, run, &v, &err), &err);
    if (v.mark != e->mark || v.stop != e->stop || v.n_ids != e->n)
        fail_msg("chain %s, \"%s\" for \"%s\", %d tokens: mark %d stop %d ids %d, wanted "
                 "%d %d %d", chain_text, prompt, reference, most, v.mark, v.stop,
                 v.n_ids, e->mark, e->stop, e->n);
    assert_memory_equal(v.ids, e->ids, (size_t)e->n * sizeof *e->ids);
    assert_true(v.margin == e->margin || (isnan(v.margin) && isnan(e->margin)));
    assert_close(v.gold_logprob, e->logprob);
    assert_true(v.margin_is_float);
    assert_int_equal(v.inputs, 1);
    assert_int_equal(v.correct, e->mark == COLA_CORRECT);
    assert_int_equal(v.undecided, 0);
    assert_int_equal(v.held, 0);
    if (e->stop == COLA_STOP_NONFINITE) {
        assert_null(v.answer);
        assert_string_equal(v.rule, "nonfinite");
    } else {
        struct cola_buffer shown = COLA_BUFFER_EMPTY;

        cola_add_utf8(&shown, e->text, strlen(e->text));
        assert_string_equal(v.answer, shown.data != NULL ? shown.data : "");
        assert_string_equal(v.rule, "exact");
        cola_buffer_free(&shown);
        /* no token more than was needed */
        fed = ((struct parrot_run *)run->inner)->fed;
        assert_int_equal(fed, n + e->n - 1 + n_gold - scored(e, gold, n_gold));
    }
    cola_verdict_clear(&v);
    cola_run_free(run);
    cola_paper_free(&paper);
}

static void
answers_are_judged_like_the_text_worked_out_afresh(void **state)
{
    static const int most[] = {16, 3, 2, 1};
    size_t seen[2][5] = {{0}};          /* [mark][stop] */
    size_t replaced = 0;                /* bytes that are no UTF-8 */

    (void)state;
    for (size_t c = 0; c < COUNT(chains); c++)
        for (size_t p = 0; p < COUNT(prompts); p++) {
            struct cola_chain chain = chain_of(chains[c]);
            int ids[64] = {1}, n = 1 + spell(prompts[p], ids + 1), said = n;
            char text[80] = "", variant[96];
            double lead;

            /* what it says, as far as it ends or for some tokens */
            while (said < n + 12) {
                int t = loudest(&chain, ids, said, &lead);

                if (t <= END || (unsigned char)pieces[t][0] >= 0x80)
                    break;
                ids[said++] = t;
                strcat(text, pieces[t]);
            }
            for (int kind = 0; kind < 6; kind++)
                for (size_t m = 0; m < COUNT(most); m++) {
                    size_t len = strlen(text);
                    struct expected e;

                    if ((kind == 2 || kind == 3) && len == 0)
                        continue;
                    strcpy(variant, kind == 4 ? "" : kind == 5 ? "5-12:703" : text);
                    if (kind == 1)
                        strcat(variant, "12-8");
                    if (kind == 2)
                        variant[len - 1] = '\0';
                    if (kind == 3)
                        variant[len / 2] = variant[len / 2] == '+' ? '0' : '+';
                    check_text(chains[c], prompts[p], variant, most[m], &e);
                    seen[e.mark][e.stop]++;
                    for (const char *at = e.text; *at != '\0'; at++)
                        replaced += *at == '\xc3' || *at == '\xa9';
                }
        }
    assert_true(seen[COLA_CORRECT][COLA_STOP_END] > 10);
    assert_true(seen[COLA_WRONG][COLA_STOP_END] > 10);
    assert_true(seen[COLA_WRONG][COLA_STOP_SETTLED] > 10);
    assert_true(seen[COLA_WRONG][COLA_STOP_LENGTH] > 10);
    assert_true(seen[COLA_WRONG][COLA_STOP_NONFINITE] > 10);
    assert_true(replaced > 0);
}

/* ---- answers chosen ------------------------------------------------------ */

static const struct {
    const char *texts[4];
    int n, by_logit;
} multiple[] = {
    {{"1", "2", "70", "+"}, 4, 1}, {{"9", "8"}, 2, 1}, {{"12", "34", "70"}, 3, 1},
    {{"1", "23"}, 2, 0}, {{"701", "7", "7:7:", "00"}, 4, 0}, {{"11", "22", "33"}, 3, 0},
    {{"11", "5"}, 2, 0},
    {{"5", "5"}, 2, 1},                 /* a tie */
};

static void
check_choice(const char *chain_text, const char *prompt, size_t o, int key,
             size_t seen[3])
{
    struct cola_chain chain = chain_of(chain_text);
    char *texts[4];
    struct cola_item item = {.id = "q", .prompt = (char *)(uintptr_t)prompt,
                             .choices = texts, .n_choices = multiple[o].n, .key = key};
    int ids[32] = {1}, n = 1 + spell(prompt, ids + 1), tokens[4][8], counts[4], best = 0;
    double score[4], logprob[4], margin = INFINITY;
    int finite = isfinite(parrot(&chain, ids, n, 9));
    struct cola_paper paper;
    struct cola_verdict v;
    struct cola_run *run;
    struct cola_error err;

    for (int i = 0; i < item.n_choices; i++) {
        texts[i] = (char *)(uintptr_t)multiple[o].texts[i];
        counts[i] = spell(texts[i], tokens[i]);
        logprob[i] = sum_logprobs(&chain, ids, n, tokens[i], counts[i]);
        finite &= !isnan(logprob[i]);
        score[i] = multiple[o].by_logit ? parrot(&chain, ids, n, tokens[i][0]) :
                   logprob[i];
        if (score[i] > score[best])
            best = i;
    }
    for (int i = 0; i < item.n_choices; i++)
        if (i != best)
            margin = fmin(margin, multiple[o].by_logit ?
                          (double)((float)score[best] - (float)score[i]) :
                          score[best] - score[i]);
    assert_ok(cola_paper_make(tokenizer, V, &item, COLA_GRADE_CHOICE, &paper, &err),
              &err);
    assert_int_equal(paper.by_logit, multiple[o].by_logit);
    run = run_of(&paper, &chain, 1);
    assert_ok(cola_paper_sit(&paper, tokenizer, 1, run, &v, &err), &err);
    assert_int_equal(v.inputs, 1);
    if (!finite) {
        assert_int_equal(v.mark, COLA_WRONG);
        assert_int_equal(v.stop, COLA_STOP_NONFINITE);
        assert_true(v.answer == NULL && isnan(v.margin) && isnan(v.gold_logprob));
    } else {
        assert_int_equal(v.mark, best == key ? COLA_CORRECT : COLA_WRONG);
        assert_int_equal(v.stop, COLA_STOP_NONE);
        assert_string_equal(v.answer, texts[best]);
        assert_string_equal(v.rule, multiple[o].by_logit ? "choice-logit" :
                            "choice-loglikelihood");
        assert_int_equal(v.n_ids, counts[best]);
        assert_memory_equal(v.ids, tokens[best], (size_t)v.n_ids * sizeof *v.ids);
        assert_int_equal(v.margin_is_float, multiple[o].by_logit);
        if (multiple[o].by_logit)
            assert_true(v.margin == margin);
        assert_close(v.margin, margin);
        assert_close(v.gold_logprob, logprob[key]);
    }
    assert_int_equal(v.correct, v.mark == COLA_CORRECT);
    seen[!finite ? 2 : best == key]++;
    cola_verdict_clear(&v);
    cola_run_free(run);
    cola_paper_free(&paper);
}

static void
choices_are_those_of_the_scores_worked_out_afresh(void **state)
{
    size_t seen[3] = {0};               /* wrong, right, nonfinite */

    (void)state;
    for (size_t c = 0; c < COUNT(chains); c++)
        for (size_t p = 0; p < COUNT(prompts); p++)
            for (size_t o = 0; o < COUNT(multiple); o++)
                for (int key = 0; key < multiple[o].n; key++)
                    check_choice(chains[c], prompts[p], o, key, seen);
    for (size_t i = 0; i < 3; i++)
        assert_true(seen[i] > 20);
}

static void
questions_beyond_the_model_are_refused(void **state)
{
    static const struct {
        const char *prompt, *answer, *choice;
        int vocabulary;
        const char *reason;
    } cases[] = {
        {"70", "1", NULL, 18, "token 18"}, {"1", "70", NULL, 18, "token 18"},
        {"1", NULL, "70", 18, "token 18"}, {"1", "\xff", NULL, V, "UTF-8"},
        {"\xff", "1", NULL, V, "UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *texts[2] = {(char *)(uintptr_t)"1",
                          (char *)(uintptr_t)cases[i].choice};
        struct cola_item item = {.id = "q7", .prompt = (char *)(uintptr_t)cases[i].prompt,
                                 .answer = (char *)(uintptr_t)cases[i].answer, .key = 0};
        struct cola_paper paper = {.by_logit = 55};
        struct cola_error err = {COLA_OK, ""};

        if (cases[i].choice != NULL) {
            item.choices = texts;
            item.n_choices = 2;
        }
        assert_refused(cola_paper_make(tokenizer, cases[i].vocabulary, &item,
                                       cases[i].choice != NULL ? COLA_GRADE_CHOICE :
                                       COLA_GRADE_EXACT, &paper, &err), &err, "",
                       cases[i].reason);
        assert_int_equal(paper.by_logit, 55);
    }
}

/* ---- the exam ------------------------------------------------------------ */

#define QUESTIONS 14

static const struct {
    const char *prompt, *group;
    int level;
} sheet[QUESTIONS] = {
    {"12:", "g", 1}, {"3", "h", 2}, {"0-1", "g", 1}, {"70+70:", NULL, 1},
    {"999", "h", 2}, {"5:5:", "g", 1}, {"8", "h", 3}, {"4-4", NULL, -1},
    {"61", "g", 1}, {"9+9+9", "h", 2}, {"00:", "k", 5}, {"1:1", "h", 2},
    {"35", "g", 1}, {"888", "h", 2},
};

static const char *const exam_chains[] = {"0-6", "0-3", "()", "0-7", "2", "0-1,7"};

/* What the parrot says to question I with CHAIN, as far as it is JSON. */
static void
parrot_answer(const char *prompt, const char *chain_text, char text[80])
{
    struct cola_chain chain = chain_of(chain_text);
    int ids[64] = {1}, n = 1 + spell(prompt, ids + 1);
    double lead;

    *text = '\0';
    for (int more = 8; more > 0; more--) {
        int t = loudest(&chain, ids, n, &lead);

        if (t <= END || t == 19 || t == 20)
            break;
        strcat(text, pieces[t]);
        ids[n++] = t;
    }
}

/* The sheet, each question answered as one of the chains answers it; WRONG, a
 * set of bits, names questions whose reference nobody says. */
static struct cola_dataset
dataset_of_sheet(unsigned wrong)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_dataset d;

    for (int i = 0; i < QUESTIONS; i++) {
        char answer[80];

        parrot_answer(sheet[i].prompt, exam_chains[i % 3], answer);
        cola_buffer_printf(&b, "{\"id\":\"q%d\",\"prompt\":\"%s\",\"answer\":\"%s\","
                           "\"choices\":{\"text\":[\"1\",\"2\",\"9\"],\"label\":[\"A\","
                           "\"B\",\"C\"]},\"answerKey\":\"%c\"", i, sheet[i].prompt,
                           wrong >> i & 1 ? "5-12:703" : answer,
                           'A' + (i + (int)(wrong >> i & 1)) % 3);
        if (sheet[i].group != NULL)
            cola_buffer_printf(&b, ",\"group\":\"%s\"", sheet[i].group);
        if (sheet[i].level >= 0)
            cola_buffer_printf(&b, ",\"level\":%d", sheet[i].level);
        cola_buffer_text(&b, "}\n");
    }
    assert_ok(cola_buffer_ok(&b, NULL), NULL);
    d = dataset_of(b.data);
    cola_buffer_free(&b);
    return d;
}

static const struct cola_exam_options plain = {
    .per = COLA_PER_SAMPLE, .grade = -1, .max_tokens = 6, .max_length = 16,
};

static struct cola_exam *
exam_of(const struct cola_executor *executor, const struct cola_dataset *d,
        struct cola_exam_options options)
{
    struct cola_exam *exam = NULL;
    struct cola_error err;

    assert_ok(cola_exam_new(executor, tokenizer, d, &options, &exam, &err), &err);
    return exam;
}

static struct cola_verdict
ask(struct cola_exam *exam, size_t sample, const char *chain)
{
    struct cola_judge judge = cola_exam_judge(exam);
    struct cola_question question = {sample, chain_of(chain)};
    struct cola_verdict v;
    struct cola_error err;

    assert_ok(judge.answer(judge.ctx, &question, &v, 1, &err), &err);
    return v;
}

static void
samples_are_questions_groups_or_the_task(void **state)
{
    static const struct {
        enum cola_per per;
        const char *samples;    /* id, level, how many, and which; held after / */
    } cases[] = {
        {COLA_PER_SAMPLE,
         "q0@1:0/ q1@2:1/ q2@1:2/ q3@1:3/ q4@2:4/ q5@1:5/ q6@3:6/ q7@-:7/ q8@1:8/ "
         "q9@2:9/ q10@5:10/ q11@2:11/ q12@1:12/ q13@2:13/ "},
        {COLA_PER_GROUP,
         "g@1:0,5,12/2,8 h@-:1,6,11/4,9,13 q3@1:3/ q7@-:7/ k@5:10/ "},
        /* groups in their order: g, h, q3, q7, k; every other one is held */
        {COLA_PER_TASK,
         "task@-:0,2,3,5,8,10,12/1,4,6,7,9,11,13 "},
    };
    struct cola_dataset d = dataset_of_sheet(0);

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct cola_exam_options o = plain;
        const struct cola_sample *samples;
        struct cola_buffer b = COLA_BUFFER_EMPTY;
        struct cola_exam *exam;
        size_t n;

        o.per = cases[c].per;
        o.held = 0.5;
        exam = exam_of(&parrot_executor, &d, o);
        n = cola_exam_samples(exam, &samples);
        for (size_t s = 0; s < n; s++) {
            cola_buffer_printf(&b, "%s@", samples[s].id);
            if (samples[s].level == COLA_NO_LEVEL)
                cola_buffer_text(&b, "-");
            else
                cola_buffer_printf(&b, "%d", samples[s].level);
            for (size_t i = 0; i < samples[s].n + samples[s].held; i++)
                cola_buffer_printf(&b, "%s%zu", i == 0 ? ":" : i == samples[s].n ? "/" :
                                   ",", samples[s].items[i]);
            cola_buffer_text(&b, samples[s].held > 0 ? " " : "/ ");
        }
        assert_string_equal(b.data, cases[c].samples);
        cola_buffer_free(&b);
        cola_exam_free(exam);
    }
    cola_dataset_close(&d);
}

static void
share_held_out_is_spread_evenly(void **state)
{
    static const struct {
        int p, q;
    } shares[] = {{0, 1}, {1, 4}, {1, 2}, {3, 4}, {1, 8}, {7, 8}, {1023, 1024}};
    struct cola_dataset d = dataset_of_sheet(0);

    (void)state;
    for (int i = 0; i < QUESTIONS; i++)
        if (d.items[i].group == NULL)
            d.items[i].group = cola_strdup("lone");
    for (size_t c = 0; c < COUNT(shares); c++) {
        int p = shares[c].p, q = shares[c].q, nth = 0;
        struct cola_exam_options o = plain;
        const struct cola_sample *s;
        struct cola_exam *exam;
        size_t steer = 0, held = 0;

        o.per = COLA_PER_GROUP;
        o.held = (double)p / q;
        exam = exam_of(&parrot_executor, &d, o);
        assert_int_equal(cola_exam_samples(exam, &s), 4);
        for (size_t i = 0; i < QUESTIONS; i++)
            if (strcmp(d.items[i].group, "h") == 0) {
                if ((nth + 1) * p / q > nth * p / q)
                    assert_int_equal(s[1].items[s[1].n + held++], i);
                else
                    assert_int_equal(s[1].items[steer++], i);
                nth++;
            }
        assert_int_equal(s[1].n, steer);
        assert_int_equal(s[1].held, held);
        cola_exam_free(exam);
    }
    cola_dataset_close(&d);
}

static void
prompt_digest_is_of_the_ids(void **state)
{
    struct cola_dataset d = dataset_of(
        "{\"prompt\":\"12:\",\"answer\":\"1\",\"id\":\"a\",\"group\":\"g\"}\n"
        "{\"prompt\":\"3\",\"answer\":\"1\",\"id\":\"b\",\"group\":\"g\"}\n");
    struct cola_exam_options o = plain;
    const struct cola_sample *s;
    struct cola_exam *exam = exam_of(&parrot_executor, &d, o);

    (void)state;
    assert_int_equal(cola_exam_samples(exam, &s), 2);
    assert_string_equal(s[0].prompt, "5edbf606603eaddb076626959d4ca483"
                        "82e3efe2073491c8ac8d9974166892a9");
    assert_string_equal(s[1].prompt, "971e061b731ff27510e9b78027b92e5b"
                        "3a22b1516c53019c14ae9e74d5d7a7c4");
    cola_exam_free(exam);
    o.per = COLA_PER_GROUP;
    exam = exam_of(&parrot_executor, &d, o);
    assert_int_equal(cola_exam_samples(exam, &s), 1);
    assert_string_equal(s[0].prompt, "09c30e1f5835006a6aa030ffdee887e0"
                        "1dc57f4e5036d699794aa6a605d88ede");
    cola_exam_free(exam);
    cola_dataset_close(&d);
}

static void
large_ids_are_digested_from_the_least_byte(void **state)
{
    static const struct cola_model wide = {.config = {.layers = 8, .vocabulary = 66052}};
    static const struct cola_executor executor = {.ops = &parrot_ops, .model = &wide};
    struct cola_dataset d = dataset_of("{\"prompt\":\"z\",\"answer\":\"1\"}");
    const struct cola_sample *s;
    struct cola_exam *exam = exam_of(&executor, &d, plain);

    (void)state;
    assert_int_equal(cola_exam_samples(exam, &s), 1);
    assert_string_equal(s[0].prompt, "e4479362da6713eb67b0262a64081c49"
                        "18fd77bbd6f91b40475e872e67570bf4");
    cola_exam_free(exam);
    cola_dataset_close(&d);
}

static void
shards_share_the_samples_out(void **state)
{
    struct cola_dataset d = dataset_of_sheet(0);
    const struct cola_sample *all, *part;
    struct cola_exam *whole = exam_of(&parrot_executor, &d, plain);
    size_t n = cola_exam_samples(whole, &all);
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    for (size_t shard = 0; shard < 3; shard++) {
        struct cola_exam_options o = plain;
        struct cola_exam *exam;
        size_t k = 0;

        o.shard = shard;
        o.shards = 3;
        exam = exam_of(&parrot_executor, &d, o);
        cola_exam_samples(exam, &part);
        for (size_t i = shard; i < n; i += 3) {
            struct cola_verdict a = ask(exam, k, "0-6"), b = ask(whole, i, "0-6");

            assert_string_equal(part[k].id, all[i].id);
            assert_same_verdict(&a, &b);
            cola_verdict_clear(&a);
            cola_verdict_clear(&b);
            k++;
        }
        assert_int_equal(cola_exam_samples(exam, &part), k);
        cola_exam_free(exam);
    }
    {
        struct cola_exam_options o = plain;
        struct cola_exam *exam = NULL;

        o.shard = QUESTIONS;
        o.shards = QUESTIONS + 1;
        assert_refused(cola_exam_new(&parrot_executor, tokenizer, &d, &o, &exam, &err),
                       &err, "", "no sample falls into this shard");
        assert_null(exam);
    }
    cola_exam_free(whole);
    cola_dataset_close(&d);
}

static void
grader_is_the_one_all_questions_allow(void **state)
{
    static const struct {
        const char *fields;
        int grade, chosen;      /* chosen: -1 refused */
        const char *reason;
    } cases[] = {
#define C \
    "\"choices\":{\"text\":[\"1\",\"2\"],\"label\":[\"A\",\"B\"]},\"answerKey\":\"A\""
        {"\"answer\":\"1\"", -1, COLA_GRADE_EXACT, NULL},
        {C, -1, COLA_GRADE_CHOICE, NULL},
        {"\"answer\":\"1\"," C, -1, COLA_GRADE_EXACT, NULL},
        {"\"answer\":\"1\"," C, COLA_GRADE_CHOICE, COLA_GRADE_CHOICE, NULL},
        {"\"answer\":\"1\"", COLA_GRADE_CHOICE, -1, "\"choices\""},
        {C, COLA_GRADE_EXACT, -1, "\"answer\""},
        {"\"level\":1", -1, -1, "\"answer\""},
        {"\"answer\":\"\"", -1, COLA_GRADE_EXACT, NULL},
#undef C
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_buffer b = COLA_BUFFER_EMPTY;
        struct cola_exam_options o = plain;
        struct cola_exam *exam = NULL;
        struct cola_error err = {COLA_OK, ""};
        struct cola_dataset d;

        cola_buffer_printf(&b, "{\"prompt\":\"p\",\"id\":\"first\",\"answer\":\"1\","
                           "\"choices\":{\"text\":[\"1\",\"2\"],\"label\":[\"A\",\"B\"]},"
                           "\"answerKey\":\"A\"}\n{\"id\":\"it\",\"prompt\":\"3\",%s}\n",
                           cases[i].fields);
        d = dataset_of(b.data);
        o.grade = cases[i].grade;
        if (cases[i].chosen < 0) {
            assert_refused(cola_exam_new(&parrot_executor, tokenizer, &d, &o, &exam,
                                         &err), &err, "\"it\"", cases[i].reason);
            assert_null(exam);
        } else {
            exam = exam_of(&parrot_executor, &d, o);
            assert_int_equal(cola_exam_grader(exam), cases[i].chosen);
        }
        cola_exam_free(exam);
        cola_dataset_close(&d);
        cola_buffer_free(&b);
    }
}

static void
lone_question_and_group_of_one_name_are_told_apart(void **state)
{
#define LONE "{\"id\":\"x\",\"prompt\":\"1\",\"answer\":\"1\"}\n"
#define GROUPED "{\"id\":\"y\",\"group\":\"x\",\"prompt\":\"2\",\"answer\":\"1\"}\n"
    static const char *const texts[] = {LONE GROUPED, GROUPED LONE};
#undef LONE
#undef GROUPED

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct cola_dataset d = dataset_of(texts[i]);
        struct cola_exam_options o = plain;
        struct cola_exam *exam = NULL;
        struct cola_error err = {COLA_OK, ""};

        o.per = COLA_PER_GROUP;
        assert_refused(cola_exam_new(&parrot_executor, tokenizer, &d, &o, &exam, &err),
                       &err, "\"x\"", "group");
        cola_dataset_close(&d);
    }
}

/* The verdict of sample S of several questions, from theirs one by one. */
static struct cola_verdict
put_together(struct cola_exam *singly, const struct cola_sample *s, const char *chain)
{
    struct cola_verdict all = {.margin = NAN};

    for (size_t i = 0; i < s->n + s->held; i++) {
        struct cola_verdict v = ask(singly, s->items[i], chain);

        if (s->n + s->held == 1)
            return v;
        all.rule = v.rule;
        all.margin_is_float = v.margin_is_float;
        if (i < s->n) {
            all.inputs++;
            all.correct += v.mark == COLA_CORRECT;
            all.gold_logprob += v.gold_logprob;
            all.margin = fmin(all.margin, v.margin);
        } else {
            all.held++;
            all.held_correct += v.mark == COLA_CORRECT;
        }
        cola_verdict_clear(&v);
    }
    all.mark = all.correct == all.inputs ? COLA_CORRECT : COLA_WRONG;
    return all;
}

static void
verdict_of_several_questions_is_made_of_theirs(void **state)
{
    static const enum cola_per pers[] = {COLA_PER_GROUP, COLA_PER_TASK};
    struct cola_dataset d = dataset_of_sheet(0);
    size_t some = 0, held = 0, right = 0;

    (void)state;
    for (int grade = 0; grade < 2; grade++)
        for (size_t p = 0; p < COUNT(pers); p++) {
            struct cola_exam_options o = plain;
            const struct cola_sample *samples;
            struct cola_exam *singly, *exam;
            size_t n;

            o.grade = grade;
            singly = exam_of(&parrot_executor, &d, o);
            o.per = pers[p];
            o.held = 0.5;
            exam = exam_of(&parrot_executor, &d, o);
            n = cola_exam_samples(exam, &samples);
            for (size_t s = 0; s < n; s++)
                for (size_t c = 0; c < COUNT(exam_chains); c++) {
                    struct cola_verdict want = put_together(singly, &samples[s],
                                                            exam_chains[c]);
                    struct cola_verdict v = ask(exam, s, exam_chains[c]);

                    assert_close(v.gold_logprob, want.gold_logprob);
                    v.gold_logprob = want.gold_logprob;
                    want.rule = v.rule;
                    assert_same_verdict(&v, &want);
                    some += v.inputs > 1 && v.correct > 0 && v.correct < v.inputs;
                    held += v.held_correct > 0 && v.held_correct < v.held;
                    right += v.mark == COLA_CORRECT;
                    cola_verdict_clear(&v);
                    cola_verdict_clear(&want);
                }
            cola_exam_free(exam);
            cola_exam_free(singly);
        }
    assert_true(some > 5 && held > 5 && right > 0);
    cola_dataset_close(&d);
}

static void
held_questions_never_steer(void **state)
{
    static const enum cola_per pers[] = {COLA_PER_GROUP, COLA_PER_TASK};
    struct cola_exam_options o = plain;
    size_t changed = 0;

    (void)state;
    o.held = 0.5;
    for (size_t p = 0; p < COUNT(pers); p++) {
        struct cola_dataset d = dataset_of_sheet(0), other;
        const struct cola_sample *samples;
        struct cola_exam *exam, *spoilt;
        unsigned held = 0;
        size_t n;

        o.per = pers[p];
        exam = exam_of(&parrot_executor, &d, o);
        n = cola_exam_samples(exam, &samples);
        for (size_t s = 0; s < n; s++)
            for (size_t i = 0; i < samples[s].held; i++)
                held |= 1u << samples[s].items[samples[s].n + i];
        other = dataset_of_sheet(held);
        spoilt = exam_of(&parrot_executor, &other, o);
        for (size_t s = 0; s < n; s++)
            for (size_t c = 0; c < COUNT(exam_chains); c++) {
                struct cola_verdict a = ask(exam, s, exam_chains[c]);
                struct cola_verdict b = ask(spoilt, s, exam_chains[c]);

                changed += a.held_correct != b.held_correct;
                assert_int_equal(b.held_correct, 0);
                b.held_correct = a.held_correct;
                assert_same_verdict(&a, &b);
                cola_verdict_clear(&a);
                cola_verdict_clear(&b);
            }
        cola_exam_free(exam);
        cola_exam_free(spoilt);
        cola_dataset_close(&d);
        cola_dataset_close(&other);
    }
    assert_true(changed > 5);
}

/* ---- company, order and threads ------------------------------------------ */

#define ASKED (QUESTIONS * 6)

static void
check_company(const struct cola_executor *executor, int grade, enum cola_per per)
{
    static const int threads[] = {1, 2, 4};
    struct cola_dataset d = dataset_of_sheet(0);
    struct cola_exam_options o = plain;
    struct cola_verdict alone[ASKED], v[ASKED];
    struct cola_question questions[ASKED];
    const struct cola_sample *samples;
    struct cola_error err;
    size_t n = 0;

    o.grade = grade;
    o.per = per;
    o.held = 0.5;
    for (size_t t = 0; t < COUNT(threads); t++) {
        struct cola_exam *exam;
        struct cola_judge judge;
        size_t count;

        cola_threads_set(threads[t]);
        exam = exam_of(executor, &d, o);
        judge = cola_exam_judge(exam);
        count = cola_exam_samples(exam, &samples);
        for (size_t i = 0; t == 0 && i < count * COUNT(exam_chains); i++) {
            alone[i] = ask(exam, i % count, exam_chains[i / count]);
            n = i + 1;
        }
        /* all at once, beginning anywhere, in two directions */
        for (size_t turn = 0; turn < 4; turn++) {
            for (size_t i = 0; i < n; i++) {
                size_t q = turn % 2 ? n - 1 - i : (i + 3 * turn) % n;

                questions[i].sample = q % count;
                questions[i].chain = chain_of(exam_chains[q / count]);
            }
            assert_ok(judge.answer(judge.ctx, questions, v, n, &err), &err);
            for (size_t i = 0; i < n; i++) {
                size_t q = turn % 2 ? n - 1 - i : (i + 3 * turn) % n;

                assert_same_verdict(&v[i], &alone[q]);
                cola_verdict_clear(&v[i]);
            }
        }
        cola_exam_free(exam);
    }
    cola_threads_set(0);
    for (size_t i = 0; i < n; i++)
        cola_verdict_clear(&alone[i]);
    cola_dataset_close(&d);
}

static void
verdicts_do_not_depend_on_company_order_or_threads(void **state)
{
    static const char *const backends[] = {"exact", "int8", "f64"};
    struct checkpoint shape = {.layers = 8, .width = 16, .heads = 2, .vocabulary = V,
                               .seed = 3};
    char *dir = checkpoint_directory();
    struct cola_model *model;
    struct cola_error err;

    (void)state;
    for (int grade = 0; grade < 2; grade++)
        for (int per = 0; per < 3; per++)
            check_company(&parrot_executor, grade, (enum cola_per)per);
    assert_ok(checkpoint_write(dir, &shape, &err), &err);
    assert_ok(cola_model_open(dir, &model, &err), &err);
    for (size_t b = 0; b < COUNT(backends); b++) {
        struct cola_executor *executor;

        assert_ok(cola_executor_new(backends[b], model, &executor, &err), &err);
        check_company(executor, COLA_GRADE_EXACT, COLA_PER_SAMPLE);
        check_company(executor, COLA_GRADE_CHOICE, COLA_PER_GROUP);
        cola_executor_free(executor);
    }
    cola_model_close(model);
    checkpoint_remove(dir);
}

static void
questions_that_cannot_be_sat_fail_and_leave_nothing(void **state)
{
    struct cola_dataset d = dataset_of_sheet(0);
    struct cola_exam *exam = exam_of(&parrot_executor, &d, plain);
    struct cola_judge judge = cola_exam_judge(exam);
    struct cola_question questions[3] = {{0, chain_of("0-3")}, {1, chain_of("0-3,8")},
                                         {2, chain_of("0-3")}};
    struct cola_verdict v[3];
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    assert_refused(judge.answer(judge.ctx, questions, v, 3, &err), &err, "layer 8",
                   "0-7");
    questions[1].chain = chain_of("(0-7)x3");
    assert_refused(judge.answer(judge.ctx, questions, v, 3, &err), &err, "24", "16");
    questions[1].chain = chain_of("1");
    assert_ok(judge.answer(judge.ctx, questions, v, 3, &err), &err);
    for (int i = 0; i < 3; i++)
        cola_verdict_clear(&v[i]);
    cola_exam_free(exam);
    cola_dataset_close(&d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_graded_as_early_as_can_be_known),
        cmocka_unit_test(largest_score_is_chosen_the_first_on_a_tie),
        cmocka_unit_test(graders_are_found_by_their_names),
        cmocka_unit_test(every_field_of_a_question_is_read),
        cmocka_unit_test(id_is_taken_from_where_there_is_one),
        cmocka_unit_test(lines_may_end_and_be_blank_as_they_like),
        cmocka_unit_test(digest_is_that_of_the_file),
        cmocka_unit_test(bad_lines_are_refused_by_file_and_number),
        cmocka_unit_test(files_that_are_none_are_refused),
        cmocka_unit_test(selection_keeps_what_is_asked_for_in_order),
        cmocka_unit_test(selections_of_nothing_are_refused),
        cmocka_unit_test(prompt_begins_with_the_beginning),
        cmocka_unit_test(continuation_is_what_both_have_beyond_the_prompt),
        cmocka_unit_test(answers_are_judged_like_the_text_worked_out_afresh),
        cmocka_unit_test(choices_are_those_of_the_scores_worked_out_afresh),
        cmocka_unit_test(questions_beyond_the_model_are_refused),
        cmocka_unit_test(samples_are_questions_groups_or_the_task),
        cmocka_unit_test(share_held_out_is_spread_evenly),
        cmocka_unit_test(prompt_digest_is_of_the_ids),
        cmocka_unit_test(large_ids_are_digested_from_the_least_byte),
        cmocka_unit_test(shards_share_the_samples_out),
        cmocka_unit_test(grader_is_the_one_all_questions_allow),
        cmocka_unit_test(lone_question_and_group_of_one_name_are_told_apart),
        cmocka_unit_test(verdict_of_several_questions_is_made_of_theirs),
        cmocka_unit_test(held_questions_never_steer),
        cmocka_unit_test(verdicts_do_not_depend_on_company_order_or_threads),
        cmocka_unit_test(questions_that_cannot_be_sat_fail_and_leave_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down) != 0;
}
