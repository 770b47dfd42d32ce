/*
 * cmd_import.c - run published chains again: which verdicts hold?
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "cli/session.h"
#include "exchange/publication.h"
#include "exchange/replay.h"
#include "record/record.h"
#include "task/exam.h"

#define BATCH 256               /* chains judged at a time */
#define MODES 3

static const char *const modes[MODES] = {"position", "shared-append", "shared-overwrite"};

struct replaying {
    struct options options;     /* with what the file itself says of judging */
    struct cola_model *model;
    struct cola_tokenizer *tokenizer;
    struct cola_template *loaded;
    const struct cola_template *template;       /* --template; NULL: not given */
    struct cola_publication *publication;
    struct cola_dataset task;   /* of --task */
    size_t *items;              /* [samples] into the questions */
    const char *kv[MODES];
    struct cola_replay replays[MODES];
    size_t n_kv;
    struct cola_exam_options exam;
    struct cola_appender file;
    char max_tokens[16];
};

/* ---- how it was judged ----------------------------------------------------------- */

static enum cola_status
find_template(struct replaying *r, struct cola_error *err)
{
    const char *name = r->options.template;
    enum cola_status st;

    if (name == NULL)
        return COLA_OK;
    if (*name == '@') {
        st = cola_template_load(name + 1, &r->loaded, err);
        r->template = r->loaded;
        return st;
    }
    r->template = cola_template_find(name);
    return r->template != NULL ? COLA_OK :
           cola_fail(err, COLA_INPUT, "--template is \"%.80s\", which is none of those "
                     "that \"colaref prompts\" lists", name);
}

/* --kv MODE,... or all; by default the journal's own, of other files all that the
 * backend knows. */
static enum cola_status
read_modes(struct replaying *r, struct cola_error *err)
{
    const json_t *journal = r->publication->journal;
    const char *backend = r->options.backend;
    const char *every = backend != NULL && strcmp(backend, "f64") == 0 ? "position" :
                        "all";
    const char *text = r->options.kv != NULL ? r->options.kv :
                       journal != NULL ? cola_header_text(journal, "kv", every) : every;
    const char *list = strcmp(text, "all") == 0 ?
                       "position,shared-append,shared-overwrite" : text;

    for (const char *at = list;; at++) {
        size_t len = strcspn(at, ",");
        int m = 0;

        while (m < MODES && (strlen(modes[m]) != len || strncmp(modes[m], at, len) != 0))
            m++;
        for (size_t i = 0; i < r->n_kv; i++)
            if (m < MODES && r->kv[i] == modes[m])
                m = MODES;
        if (m == MODES)
            return cola_fail(err, COLA_INPUT, "--kv is \"%.80s\", must be all, or "
                             "position, shared-append, shared-overwrite, each once, "
                             "joined by commas", text);
        r->kv[r->n_kv++] = modes[m];
        at += len;
        if (*at == '\0')
            return COLA_OK;
    }
}

/* The template whose protocol the file's format is, for what it does not say. */
static const struct cola_template *
usual(const struct replaying *r)
{
    const struct cola_publication *p = r->publication;
    const char *dataset = json_string_value(p->name);

    return cola_template_find(p->format == COLA_POLAR ? "polar-dart" :
                              p->format == COLA_RE_POLAR ? "re-polar" :
                              dataset != NULL && strncmp(dataset, "arc", 3) == 0 ?
                              "drllm-arc" :
                              "drllm-math");
}

/* --grade, --max-tokens and --backend; else what --template, the journal that was
 * exported or the format says. */
static enum cola_status
read_judging(struct replaying *r, struct cola_error *err)
{
    const json_t *journal = r->publication->journal;
    const json_t *stop = json_object_get(journal, "stop");
    const struct cola_template *t = r->template != NULL ? r->template :
                                    journal == NULL ? usual(r) : NULL;
    const char *grade = r->options.grade;
    enum cola_grader grader;
    int64_t tokens = t != NULL ? t->max_tokens : 16;
    enum cola_status st = COLA_OK;

    if (grade == NULL && t != NULL && t->grader >= 0)
        grade = cola_grader_name((enum cola_grader)t->grader);
    if (grade == NULL)
        grade = cola_header_text(journal, "grade", "exact");
    if (!cola_grader_find(grade, &grader))
        return cola_fail(err, COLA_INPUT, "--grade is \"%.80s\", which is no grader",
                         grade);
    if (t == NULL)
        st = cola_json_get_integer(stop, "max_tokens", 1, 1, 100000, &tokens, "COLAREF",
                                   err);
    if (st == COLA_OK)
        st = option_integer("max-tokens", r->options.max_tokens, 1, 100000, (int)tokens,
                            &r->exam.max_tokens, err);
    r->exam.per = COLA_PER_SAMPLE;
    r->exam.grade = (int)grader;
    if (r->options.backend == NULL && journal != NULL)
        r->options.backend = cola_header_text(journal, "backend", NULL);
    return st;
}

/* ---- the questions --------------------------------------------------------------- */

/* Find each sample's question in the task by its id. */
static enum cola_status
join_task(struct replaying *r, struct cola_error *err)
{
    const struct cola_publication *p = r->publication;
    struct options as = r->options;
    size_t next = 0;
    enum cola_status st;

    as.format = NULL;
    if (as.template == NULL && p->format != COLA_DRLLM)
        as.template = usual(r)->name;
    st = session_questions(&as, r->options.task, &r->task, err);
    for (size_t i = 0; i < p->dataset.n && st == COLA_OK; i++) {
        size_t tried = 0;

        while (tried < r->task.n && strcmp(r->task.items[next % r->task.n].id,
                                           p->samples[i].id) != 0) {
            next++;
            tried++;
        }
        if (tried == r->task.n)
            st = cola_fail(err, COLA_INPUT, "%s: no question has the id \"%.100s\"",
                           r->options.task, p->samples[i].id);
        else
            r->items[i] = next++ % r->task.n;
    }
    return st;
}

static enum cola_status
find_questions(struct replaying *r, struct cola_error *err)
{
    const struct cola_publication *p = r->publication;
    int chooses = cola_grader_chooses((enum cola_grader)r->exam.grade);

    r->items = cola_alloc(p->dataset.n, sizeof *r->items);
    if (r->items == NULL)
        return cola_fail_memory(err);
    if (r->options.task != NULL)
        return join_task(r, err);
    for (size_t i = 0; i < p->dataset.n; i++) {
        const struct cola_item *item = &p->dataset.items[i];

        r->items[i] = i;
        if (item->prompt == NULL)
            return cola_fail(err, COLA_INPUT, "%s: sample \"%.100s\" has no question: "
                             "--task TASK finds it by its id", r->options.words[0],
                             p->samples[i].id);
        if (item->answer == NULL && item->key < 0)
            return cola_fail(err, COLA_INPUT, "%s: sample \"%.100s\" has no answer",
                             r->options.words[0], p->samples[i].id);
        if (chooses && item->key < 0)
            return cola_fail(err, COLA_INPUT, "%s: sample \"%.100s\" has no options to "
                             "choose of: --task TASK finds them by its id",
                             r->options.words[0], p->samples[i].id);
    }
    return COLA_OK;
}

/* ---- running --------------------------------------------------------------------- */

/* One chain to be judged, and what the file says of it. */
struct claim {
    size_t sample;
    enum cola_listed listed;
};

static const char *
mark_json(enum cola_mark mark)
{
    return mark == COLA_CORRECT ? "true" : mark == COLA_WRONG ? "false" : "null";
}

static void
add_line(struct cola_buffer *b, const struct cola_publication *p, const char *kv,
         const struct claim *claim, const struct cola_question *question,
         const struct cola_verdict *v)
{
    static const char *const listed[] = {"invalid", "valid", "undecided", "base", "base"};
    enum cola_mark claimed = cola_replay_claimed(claim->listed);
    int level = p->samples[claim->sample].level;

    cola_buffer_text(b, "{\"type\":\"path\",\"id\":");
    cola_json_add_text(b, p->samples[claim->sample].id,
                       strlen(p->samples[claim->sample].id));
    cola_buffer_printf(b, level >= 0 ? ",\"level\":%d" : ",\"level\":null", level);
    cola_buffer_text(b, ",\"path\":");
    cola_chain_add_json(b, &question->chain);
    cola_buffer_printf(b, ",\"listed\":\"%s\",\"published\":%s,\"kv\":\"%s\","
                       "\"correct\":%s,\"holds\":%s,\"answer\":", listed[claim->listed],
                       mark_json(claimed), kv, mark_json(v->mark), v->mark == claimed ?
                       "true" : v->mark == COLA_UNDECIDED ? "null" : "false");
    cola_json_add_text(b, v->answer, v->answer != NULL ? strlen(v->answer) : 0);
    cola_json_member_text(b, "rule", v->rule);
    cola_buffer_text(b, ",\"margin\":");
    cola_margin_add(b, v);
    cola_json_member_real(b, "gold_logprob", v->gold_logprob);
    cola_buffer_text(b, "}\n");
}

struct batch {
    struct claim claims[BATCH];
    struct cola_question questions[BATCH];
    size_t n, done;
};

static enum cola_status
judge_batch(struct replaying *r, size_t mode, struct cola_exam *exam, struct batch *batch,
            struct cola_error *err)
{
    struct cola_judge judge = cola_exam_judge(exam);
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_verdict verdicts[BATCH];
    enum cola_status st = judge.answer(judge.ctx, batch->questions, verdicts, batch->n,
                                       err);

    if (st != COLA_OK)
        return st;
    for (size_t i = 0; i < batch->n; i++) {
        const struct claim *c = &batch->claims[i];

        if (st == COLA_OK)
            st = cola_replay_add(&r->replays[mode],
                                 r->publication->samples[c->sample].level, c->listed,
                                 verdicts[i].mark, err);
        if (r->options.output != NULL)
            add_line(&b, r->publication, r->kv[mode], c, &batch->questions[i],
                     &verdicts[i]);
        cola_verdict_clear(&verdicts[i]);
    }
    if (st == COLA_OK)
        st = cola_buffer_ok(&b, err);
    if (st == COLA_OK && r->options.output != NULL && b.len > 0)
        st = cola_append(&r->file, b.data, b.len, err);
    cola_buffer_free(&b);
    batch->done += batch->n;
    batch->n = 0;
    say_progress((double)batch->done);
    return st;
}

/* Samples whose prompts are other tokens than when the journal was made. */
static void
compare_prompts(const struct replaying *r, const struct cola_exam *exam)
{
    const struct cola_publication *p = r->publication;
    const struct cola_sample *samples;
    size_t n = cola_exam_samples(exam, &samples), others = 0;
    char digest[65];

    if (p->journal == NULL)
        return;
    cola_model_digest(r->model, digest);
    if (strcmp(cola_header_text(p->journal, "model", ""), digest) != 0)
        say_note("another model than the one that the journal is of");
    for (size_t i = 0; i < p->dataset.n; i++)
        others += r->items[i] < n && p->samples[i].prompt_sha256 != NULL &&
                  strcmp(p->samples[i].prompt_sha256, samples[r->items[i]].prompt) != 0;
    if (others > 0)
        say_note("%zu samples have other prompts than when they were searched", others);
}

/* Every path, and the ordinary chain where its score is known. */
static enum cola_status
replay(struct replaying *r, size_t mode, struct cola_exam *exam, struct batch *batch,
       struct cola_error *err)
{
    const struct cola_publication *p = r->publication;
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < p->dataset.n; i++) {
        const struct cola_published_sample *s = &p->samples[i];

        for (size_t k = 0; k <= s->n && st == COLA_OK; k++) {
            struct cola_question *q = &batch->questions[batch->n];

            if (k == s->n && s->base < 0)
                continue;
            q->sample = r->items[i];
            batch->claims[batch->n++] = (struct claim){i, k == s->n ?
                (s->base ? COLA_LISTED_BASE_RIGHT : COLA_LISTED_BASE_WRONG) :
                (enum cola_listed)p->paths[s->first + k].listed};
            if (k < s->n)
                cola_publication_chain(p, s->first + k, &q->chain);
            else
                cola_chain_identity(&q->chain, cola_model_layers(r->model));
            if (batch->n == BATCH)
                st = judge_batch(r, mode, exam, batch, err);
        }
    }
    return st == COLA_OK && batch->n > 0 ? judge_batch(r, mode, exam, batch, err) : st;
}

static enum cola_status
replay_mode(struct replaying *r, size_t mode, struct batch *batch, struct cola_error *err)
{
    struct options as = r->options;
    struct cola_executor *executor = NULL;
    struct cola_exam *exam = NULL;
    enum cola_status st;

    as.kv = r->kv[mode];
    r->replays[mode].kv = r->kv[mode];
    st = open_executor(&as, r->model, &executor, err);
    if (st == COLA_OK)
        st = cola_exam_new(executor, r->tokenizer, r->options.task != NULL ? &r->task :
                           &r->publication->dataset, &r->exam, &exam, err);
    if (st == COLA_OK && mode == 0)
        compare_prompts(r, exam);
    if (st == COLA_OK)
        st = replay(r, mode, exam, batch, err);
    cola_exam_free(exam);
    cola_executor_free(executor);
    return st;
}

/* ---- the whole ------------------------------------------------------------------- */

/* Members that name what was run, after a brace. */
static void
add_facts(struct cola_buffer *b, const struct replaying *r)
{
    char digest[65];

    cola_model_digest(r->model, digest);
    cola_buffer_printf(b, "\"format\":\"colaref-import\",\"version\":1,\"from\":\"%s\","
                       "\"model\":\"%s\",\"backend\":\"%s\",\"grade\":\"%s\","
                       "\"max_tokens\":%d,\"samples\":%zu,\"paths\":%zu",
                       cola_published_name(r->publication->format), digest,
                       r->options.backend != NULL ? r->options.backend : "exact",
                       cola_grader_name((enum cola_grader)r->exam.grade),
                       r->exam.max_tokens, r->publication->dataset.n,
                       r->publication->n_paths);
}

static enum cola_status
begin_output(struct replaying *r, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st;

    if (r->options.output == NULL)
        return COLA_OK;
    cola_buffer_text(&b, "{\"type\":\"header\",");
    add_facts(&b, r);
    cola_buffer_text(&b, "}\n");
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK)
        st = cola_append_open(r->options.output, 1, 0, &r->file, err);
    if (st == COLA_OK)
        st = cola_append(&r->file, b.data, b.len, err);
    cola_buffer_free(&b);
    return st;
}

static enum cola_status
say_all(const struct replaying *r, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    int taken = r->options.output != NULL && strcmp(r->options.output, "-") == 0;
    enum cola_status st;

    if (r->options.json) {
        cola_buffer_text(&b, "{");
        add_facts(&b, r);
        cola_buffer_text(&b, ",");
        cola_replay_json(r->replays, r->n_kv, &b);
        cola_buffer_text(&b, "}\n");
    } else {
        cola_replay_table(r->replays, r->n_kv, &b);
    }
    st = cola_buffer_ok(&b, err);
    if (st == COLA_OK && taken)
        say_text(&b);
    else if (st == COLA_OK)
        st = say_result(&b, err);
    cola_buffer_free(&b);
    return st;
}

/* The longest chain there is to run. */
static int
longest(const struct replaying *r)
{
    int most = cola_model_layers(r->model);

    for (size_t i = 0; i < r->publication->n_paths; i++)
        if (r->publication->paths[i].len > most)
            most = r->publication->paths[i].len;
    return most;
}

static enum cola_status
replay_all(struct replaying *r, struct cola_error *err)
{
    const struct cola_publication *p = r->publication;
    struct batch *batch = cola_alloc(1, sizeof *batch);
    size_t total = p->n_paths, turned = 0;
    enum cola_status st = batch != NULL ? COLA_OK : cola_fail_memory(err);

    for (size_t i = 0; i < p->dataset.n; i++)
        total += p->samples[i].base >= 0;
    if (st == COLA_OK && total == 0)
        st = cola_fail(err, COLA_NOTHING, "%s: no paths to run again",
                       r->options.words[0]);
    r->exam.max_length = longest(r);
    if (st == COLA_OK)
        st = begin_output(r, err);
    say_begin("chains", (double)total * (double)r->n_kv);
    for (size_t m = 0; m < r->n_kv && st == COLA_OK; m++)
        st = replay_mode(r, m, batch, err);
    say_finish();
    free(batch);
    if (st == COLA_OK && r->options.output != NULL)
        st = cola_append_close(&r->file, err);
    if (st == COLA_OK)
        st = say_all(r, err);
    for (size_t m = 0; m < r->n_kv; m++)
        turned += cola_replay_turned(&r->replays[m]);
    if (st == COLA_OK && r->options.strict && turned > 0)
        st = cola_fail(err, COLA_NO, "%s: %zu published verdicts do not hold",
                       r->options.words[0], turned);
    return st;
}

static enum cola_status
import(const struct options *o, struct cola_error *err)
{
    struct replaying r = {.options = *o, .file = {.fd = -1}};
    const char *backend;
    enum cola_status st = option_backend(o, &backend, err);

    if (st == COLA_OK)
        st = find_template(&r, err);
    if (st == COLA_OK)
        st = open_model(o->words[1], &r.model, err);
    if (st == COLA_OK)
        st = open_tokenizer(r.model, &r.tokenizer, err);
    if (st == COLA_OK)
        st = cola_publication_open(o->words[0], o->format, r.template,
                                   cola_model_layers(r.model), &r.publication, err);
    if (st == COLA_OK)
        st = read_modes(&r, err);
    if (st == COLA_OK)
        st = read_judging(&r, err);
    if (st == COLA_OK)
        st = find_questions(&r, err);
    if (st == COLA_OK)
        st = replay_all(&r, err);
    (void)!cola_append_close(&r.file, NULL);
    for (size_t m = 0; m < MODES; m++)
        cola_replay_free(&r.replays[m]);
    free(r.items);
    cola_dataset_close(&r.task);
    cola_publication_close(r.publication);
    cola_template_free(r.loaded);
    cola_tokenizer_free(r.tokenizer);
    cola_model_close(r.model);
    return st;
}

const struct command command_import = {
    "import", "FILE MODEL", 2, 2,
    "Run published chains again and say which verdicts hold",
    "format task template grade max-tokens kv output strict backend threads json quiet",
    "FILE is a merged_mcts_samples.json of PoLar's or RE-PoLar's, or a training file\n"
    "of Dr.LLM's.  Of a file that \"colaref export\" wrote everything is judged as it\n"
    "was; of others --template, --grade and --max-tokens say how, by default as their\n"
    "authors do, and --kv is \"all\".  --kv takes several modes, joined by commas.\n"
    "--task finds questions by id where FILE has none.  With --strict the status is 1\n"
    "when a verdict turned under any of the modes.\n",
    import,
};
