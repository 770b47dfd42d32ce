/*
 * colaref.h - execute the layers of a language model in any order, and search
 *
 * The one public header.  A complete program: is the chain that runs layers
 * 4-7 of the shipped model twice right where the model itself is wrong?
 *
 *     #include <colaref.h>
 *     #include <stdio.h>
 *
 *     int
 *     main(void)
 *     {
 *         struct cola_error err;
 *         struct cola_model *model;
 *         struct cola_executor *executor;
 *         struct cola_run *run;
 *         struct cola_chain chain;
 *         int ids[] = {1, 66, 15, 9, 14};             // the prompt's tokens
 *
 *         if (cola_selftest(&err) ||
 *             cola_model_open("data/tiny", &model, &err) ||
 *             cola_executor_new("exact", model, &executor, &err) ||
 *             cola_chain_parse("0-7,4-7,8-11", &chain, &err) ||
 *             cola_run_new(executor, chain.len, 64, &run, &err) ||
 *             cola_run_begin(run, &chain, &err) ||
 *             cola_run_feed(run, ids, 5, &err)) {
 *             fprintf(stderr, "%s\n", err.text);
 *             return (int)err.status;
 *         }
 *         printf("next token: %d\n", cola_run_argmax(run));
 *         cola_run_free(run);
 *         cola_executor_free(executor);
 *         cola_model_close(model);
 *         return 0;
 *     }
 *
 * Conventions.  A function that can fail returns enum cola_status, COLA_OK
 * being 0, and explains itself in the caller's struct cola_error, which may
 * be NULL; on failure its outputs are untouched.  No function prints, exits
 * or aborts.  What *_open and *_new take, *_close and *_free give back; those
 * accept NULL.  Structures whose members are shown here are values: copy them
 * with =.  One executor may serve many runs at once, one thread a run.
 */
#ifndef COLAREF_H
#define COLAREF_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__
#define COLA_MUST_USE __attribute__((warn_unused_result))
#define COLA_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define COLA_MUST_USE
#define COLA_PRINTF(f, a)
#endif

/* ---- what went wrong ---------------------------------------------------- */

/* The values are the exit statuses of the program. */
enum cola_status {
    COLA_OK = 0,
    COLA_NO = 1,                /* done, and the answer is no */
    COLA_USAGE = 2,             /* malformed command line */
    COLA_INPUT = 3,             /* input unreadable or wrong */
    COLA_RESOURCE = 4,          /* out of memory, or a write failed */
    COLA_UNSUPPORTED = 77,      /* everything asked for is unsupported */
    COLA_NOTHING = 99           /* nothing was compared; the machine is unfit */
};

struct cola_error {
    enum cola_status status;
    char text[480];             /* one line, no newline: file, place, reason */
};

/*
 * Does this process compute as C11 Annex F says: no contraction, no excess
 * precision, no flushing of subnormals, rounding to nearest?  A library
 * compiled for speed and loaded into the process can change that.
 */
COLA_MUST_USE enum cola_status cola_selftest(struct cola_error *err);

/* How many threads computation may use; 0 means all cores.  Never changes a
 * result. */
void cola_threads_set(int n);

/* ---- chains ------------------------------------------------------------- */

#define COLA_CHAIN_MAX 1024

struct cola_chain {
    int len;                            /* 0 .. COLA_CHAIN_MAX */
    uint16_t at[COLA_CHAIN_MAX];        /* at[i]: the layer executed i-th */
};

/* Read a chain's text, e.g. "0-3,(4-5)x2,8"; "()" is the empty chain. */
COLA_MUST_USE enum cola_status
cola_chain_parse(const char *text, struct cola_chain *chain,
                 struct cola_error *err);

/* Write the canonical text and a NUL into TEXT of SIZE bytes, cut if it does
 * not fit.  Returns the length of the whole text, like snprintf. */
size_t cola_chain_print(const struct cola_chain *chain, char *text, size_t size);

/* Order by length, then by the first differing layer: <0, 0 or >0. */
int cola_chain_cmp(const struct cola_chain *a, const struct cola_chain *b);

/* ---- models ------------------------------------------------------------- */

struct cola_model;

/* Open a checkpoint directory.  Everything in it is checked before use. */
COLA_MUST_USE enum cola_status
cola_model_open(const char *path, struct cola_model **model,
                struct cola_error *err);
void cola_model_close(struct cola_model *model);

int cola_model_layers(const struct cola_model *model);
int cola_model_vocabulary(const struct cola_model *model);

/* ---- execution ---------------------------------------------------------- */

struct cola_executor;           /* a model made ready in one arithmetic */
struct cola_run;                /* one chain over one sequence of tokens */

/* BACKEND is "exact", "int8", "blas" or "f64".  The model must outlive it. */
COLA_MUST_USE enum cola_status
cola_executor_new(const char *backend, const struct cola_model *model,
                  struct cola_executor **executor, struct cola_error *err);
void cola_executor_free(struct cola_executor *executor);

/* Room for chains of up to MAX_LENGTH positions and MAX_TOKENS tokens. */
COLA_MUST_USE enum cola_status
cola_run_new(const struct cola_executor *executor, int max_length,
             int max_tokens, struct cola_run **run, struct cola_error *err);
void cola_run_free(struct cola_run *run);

/* Forget every token and take up CHAIN. */
COLA_MUST_USE enum cola_status
cola_run_begin(struct cola_run *run, const struct cola_chain *chain,
               struct cola_error *err);

/* Append N tokens.  Feeding them at once, one by one or in any portions
 * leaves the same bits. */
COLA_MUST_USE enum cola_status
cola_run_feed(struct cola_run *run, const int *ids, int n,
              struct cola_error *err);

/* Forget all but the first TOKENS tokens.  There are no logits until more are
 * fed. */
void cola_run_rewind(struct cola_run *run, int tokens);

/* The logits after the last token fed, [vocabulary]: float32 values widened,
 * except with "f64".  Valid until the next call on RUN. */
const double *cola_run_logits(const struct cola_run *run);

/* The token with the largest logit, the lowest id on a tie; -1 if any logit
 * is not finite. */
int cola_run_argmax(const struct cola_run *run);

/* ---- judges ------------------------------------------------------------- */

/* One question: is this chain right on this sample? */
struct cola_question {
    size_t sample;
    struct cola_chain chain;
};

enum cola_mark { COLA_WRONG, COLA_CORRECT, COLA_UNDECIDED };

/* Why an answer ended. */
enum cola_stop {
    COLA_STOP_NONE,             /* no text was generated */
    COLA_STOP_SETTLED,          /* no continuation could have been right */
    COLA_STOP_END,              /* an end token */
    COLA_STOP_LENGTH,           /* max_tokens */
    COLA_STOP_NONFINITE         /* a logit that is no number */
};

/*
 * What a judge says of one question.  A sample is one input or several; the
 * counts are over its inputs, and those held out are counted apart and never
 * steer.  The lower half describes the answer where there is one input; the
 * two pointers are the verdict's own, see cola_verdict_clear().
 */
struct cola_verdict {
    int inputs, correct, undecided;
    int held, held_correct;
    double gold_logprob;        /* natural log; NaN when there is none */

    enum cola_mark mark;        /* correct: on every input that steers */
    enum cola_stop stop;
    const char *rule;           /* static text; NULL when no rule decided */
    double margin;              /* NaN when there is none */
    int margin_is_float;        /* the margin is a float32 */
    char *answer;               /* UTF-8; NULL when there is none */
    int *ids;                   /* [n_ids] tokens of the answer, end included */
    int n_ids;
};

/* Give back what VERDICT owns and make it a wrong answer of one input. */
void cola_verdict_clear(struct cola_verdict *verdict);

/*
 * What answers questions.  answer() judges N questions; verdicts[i] depends
 * on questions[i] alone, never on its company.  On failure nothing is owned.
 */
struct cola_judge {
    enum cola_status (*answer)(void *ctx, const struct cola_question *questions,
                               struct cola_verdict *verdicts, size_t n,
                               struct cola_error *err);
    void *ctx;
};

/* ---- search ------------------------------------------------------------- */

struct cola_preset;             /* every rule and number of a search */
struct cola_search;             /* the search of one sample */

enum cola_next { COLA_ASK, COLA_DONE };

/* The preset called NAME, made for a model of LAYERS layers. */
COLA_MUST_USE enum cola_status
cola_preset_find(const char *name, int layers, struct cola_preset **preset,
                 struct cola_error *err);
void cola_preset_free(struct cola_preset *preset);

/* A search for the sample called ID.  A copy of PRESET is kept. */
COLA_MUST_USE enum cola_status
cola_search_new(const struct cola_preset *preset, const char *id,
                struct cola_search **search, struct cola_error *err);
void cola_search_free(struct cola_search *search);

/*
 * The next chain to be judged, at most one open at a time: after COLA_ASK
 * call cola_search_tell() before asking again.  A verdict whose counts cannot
 * be is refused and ends the search; one that nobody asked for is refused and
 * changes nothing.
 */
enum cola_next cola_search_next(struct cola_search *search,
                                struct cola_chain *chain);
COLA_MUST_USE enum cola_status
cola_search_tell(struct cola_search *search, const struct cola_verdict *verdict,
                 struct cola_error *err);

/* The library's version, "0.1.0". */
const char *cola_version(void);

#ifdef __cplusplus
}
#endif

#endif
