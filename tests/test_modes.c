/*
 * test_modes.c - keys and values that visits of a layer share
 *
 * The modes shared-append and shared-overwrite against a second implementation,
 * written here in plain double from the words of define/executor.h: a slot is a
 * list that grows, a visit adds to it or changes an entry, and what a token
 * attends to is counted, not masked.  Then the laws that need no reference.
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

#include "running.h"

static const char *const shared[] = {"shared-append", "shared-overwrite"};
static const char *const modes[] = {"position", "shared-append", "shared-overwrite"};
static const char *const floating[] = {"exact", "int8"};

/* Every layer at most once; and some again: at once, in a block, far apart, the
 * first, all, with layers that are left out. */
static const char *const plain_chains[] = {"0-3", "3,2,1,0", "3,0", "2", "()"};
static const char *const repeat_chains[] = {
    "0,1,1,2-3", "0-2,1-3", "1,0,2,3,1", "0,0,1-3", "0-3,0-3", "2,2,2,2",
    "3,0,3,1,1", "0-3,(2-3)x4,0",
};

static const struct checkpoint shapes[] = {
    {.layers = 4, .width = 20, .heads = 4, .kv_heads = 2, .head_dim = 6, .hidden = 30,
     .vocabulary = 29, .dtype = COLA_BF16, .head = CHECKPOINT_TIED, .seed = 21},
    {.layers = 4, .width = 12, .heads = 3, .hidden = 17, .vocabulary = 23,
     .rope_theta = 500.0, .dtype = COLA_F32, .head = CHECKPOINT_UNTIED, .seed = 22},
};

/* ---- the reference ------------------------------------------------------ */

struct slot {                   /* [n, G*e] each */
    double *keys, *values;
    size_t n;
};

struct reference {
    const struct cola_model *model;
    const struct cola_chain *chain;
    enum cola_kv kv;
    struct slot slots[64];      /* one a position, or one a layer */
    size_t tokens;
    double logits[64];
};

static double *
reals(size_t n)
{
    double *r = calloc(n + 1, sizeof *r);

    assert_non_null(r);
    return r;
}

static void
times(const struct cola_tensor *w, const double *x, double *y)
{
    for (size_t j = 0; j < w->shape[0]; j++) {
        y[j] = 0.0;
        for (size_t c = 0; c < w->shape[1]; c++)
            y[j] += (double)again_element(w, j * w->shape[1] + c) * x[c];
    }
}

static void
normed(const struct cola_model *m, const struct cola_tensor *w, const double *x,
       double *y)
{
    double squares = 0.0;
    size_t d = w->shape[0];

    for (size_t i = 0; i < d; i++)
        squares += x[i] * x[i];
    for (size_t i = 0; i < d; i++)
        y[i] = (double)again_element(w, i) * x[i] /
               sqrt(squares / (double)d + m->config.norm_eps);
}

static void
turn(const struct cola_model *m, double *x, size_t heads, size_t token)
{
    size_t half = (size_t)m->config.head_dim / 2;

    for (size_t h = 0; h < heads; h++, x += 2 * half)
        for (size_t i = 0; i < half; i++) {
            double angle = (double)token *
                           pow(m->config.rope_theta, -(double)i / (double)half);
            double a = x[i], b = x[half + i];

            x[i] = a * cos(angle) - b * sin(angle);
            x[half + i] = a * sin(angle) + b * cos(angle);
        }
}

/* The entry of TOKEN: a new one at the end, unless it is there to be changed. */
static void
enter(struct reference *r, struct slot *s, size_t token, size_t size, const double *k,
      const double *v)
{
    size_t at = r->kv == COLA_KV_OVERWRITE && token < s->n ? token : s->n++;

    s->keys = realloc(s->keys, s->n * size * sizeof *k);
    s->values = realloc(s->values, s->n * size * sizeof *v);
    assert_true(s->keys != NULL && s->values != NULL);
    memcpy(s->keys + at * size, k, size * sizeof *k);
    memcpy(s->values + at * size, v, size * sizeof *v);
}

/* What one token gathers from the first SEEN entries. */
static void
gather(const struct cola_config *c, const struct slot *s, size_t seen, const double *q,
       double *a)
{
    size_t H = (size_t)c->heads, G = (size_t)c->kv_heads, e = (size_t)c->head_dim;

    assert_true(seen <= s->n);
    for (size_t h = 0; h < H; h++) {
        size_t g = h * G / H;
        double total = 0.0;

        for (size_t j = 0; j < seen; j++) {
            const double *k = s->keys + (j * G + g) * e, *v = s->values + (j * G + g) * e;
            double score = 0.0, weight;

            for (size_t i = 0; i < e; i++)
                score += q[h * e + i] * k[i];
            weight = exp(score / sqrt((double)e));
            total += weight;
            for (size_t i = 0; i < e; i++)
                a[h * e + i] += weight * v[i];
        }
        for (size_t i = 0; i < e; i++)
            a[h * e + i] /= total;
    }
}

/* N tokens, x [N, d], through position P. */
static void
visit(struct reference *r, int p, double *x, size_t n)
{
    const struct cola_config *c = &r->model->config;
    const struct cola_layer *w = &r->model->layers[r->chain->at[p]];
    struct slot *s = &r->slots[r->kv == COLA_KV_POSITION ? p : r->chain->at[p]];
    size_t d = (size_t)c->width, f = (size_t)c->hidden, e = (size_t)c->head_dim;
    size_t he = (size_t)c->heads * e, ge = (size_t)c->kv_heads * e;
    double *y = reals(d), *q = reals(n * he), *k = reals(ge), *v = reals(ge);
    double *gate = reals(f), *up = reals(f);

    for (size_t t = 0; t < n; t++) {
        normed(r->model, w->norm1, x + t * d, y);
        times(w->q, y, q + t * he);
        times(w->k, y, k);
        times(w->v, y, v);
        turn(r->model, q + t * he, (size_t)c->heads, r->tokens + t);
        turn(r->model, k, (size_t)c->kv_heads, r->tokens + t);
        enter(r, s, r->tokens + t, ge, k, v);
    }
    for (size_t t = 0; t < n; t++) {
        size_t seen = r->kv == COLA_KV_APPEND && n == 1 ? s->n : r->tokens + t + 1;
        double *a = reals(he);

        gather(c, s, seen, q + t * he, a);
        times(w->o, a, y);
        for (size_t i = 0; i < d; i++)
            x[t * d + i] += y[i];
        normed(r->model, w->norm2, x + t * d, y);
        times(w->gate, y, gate);
        times(w->up, y, up);
        for (size_t i = 0; i < f; i++)
            gate[i] *= up[i] / (1.0 + exp(-gate[i]));
        times(w->down, gate, y);
        for (size_t i = 0; i < d; i++)
            x[t * d + i] += y[i];
        free(a);
    }
    free(y);
    free(q);
    free(k);
    free(v);
    free(gate);
    free(up);
}

static void
refer(struct reference *r, const int *ids, size_t n)
{
    const struct cola_model *m = r->model;
    size_t d = (size_t)m->config.width;
    double *x = reals(n * d), *y = reals(d);

    for (size_t i = 0; i < n * d; i++)
        x[i] = (double)again_element(m->embed, (size_t)ids[i / d] * d + i % d);
    for (int p = 0; p < r->chain->len; p++)
        visit(r, p, x, n);
    r->tokens += n;
    normed(m, m->norm, x + (n - 1) * d, y);
    times(m->head, y, r->logits);
    free(x);
    free(y);
}

/* ---- against it --------------------------------------------------------- */

static struct cola_executor *
in_mode(const char *backend, const char *mode, const struct cola_model *model)
{
    struct cola_executor *executor = executor_of(backend, model);
    struct cola_error err;

    assert_ok(cola_executor_kv(executor, mode, &err), &err);
    return executor;
}

/* The largest difference, as a share of the largest logit of WANT. */
static double
distance(const double *logits, const double *want, int V)
{
    double most = 0.0, largest = 0.0;

    for (int v = 0; v < V; v++) {
        if (!(fabs(logits[v] - want[v]) <= most))
            most = fabs(logits[v] - want[v]);
        largest = fmax(largest, fabs(want[v]));
    }
    return most / largest;
}

/* PROMPT tokens at once, then MORE one by one. */
static void
compare(const struct cola_executor *executor, const char *text, int prompt, int more)
{
    const struct cola_model *model = executor->model;
    struct cola_chain chain = chain_of(text);
    struct reference r = {.model = model, .chain = &chain, .kv = executor->way.kv};
    struct cola_run *run = run_of(executor, &chain, prompt + more);
    int V = model->config.vocabulary, ids[80];

    assert_true(chain.len <= 64 && V <= 64 && prompt + more <= 80);
    make_tokens(ids, prompt + more, V, chain.len);
    for (int at = 0; at < prompt + more;) {
        int n = at == 0 ? prompt : 1;
        double gap;

        feed(run, ids + at, n);
        refer(&r, ids + at, (size_t)n);
        at += n;
        gap = distance(cola_run_logits(run), r.logits, V);
        if (!(gap <= 1e-5))
            fail_msg("%s, %s, chain %s, %d tokens of %d: %.2g", executor->ops->name,
                     cola_kv_name(executor->way.kv), text, at, prompt, gap);
    }
    for (size_t s = 0; s < COUNT(r.slots); s++) {
        free(r.slots[s].keys);
        free(r.slots[s].values);
    }
    cola_run_free(run);
}

/* In every mode and every backend of float32: PROMPT tokens and MORE. */
static void
compare_all(int prompt, int more, const char *const *chains, size_t count)
{
    for (size_t s = 0; s < COUNT(shapes); s++) {
        struct disk disk = disk_write(&shapes[s]);
        const struct cola_executor_ops *ops;

        for (size_t b = 0; (ops = cola_executor_ops_at(b)) != NULL; b++)
            for (size_t m = 0; m < COUNT(modes); m++) {
                struct cola_executor *executor;

                if (!ops->shares || strcmp(ops->name, "int8") == 0)
                    continue;
                executor = in_mode(ops->name, modes[m], disk.model);
                for (size_t c = 0; c < count; c++)
                    compare(executor, chains[c], prompt, more);
                cola_executor_free(executor);
            }
        disk_remove(&disk);
    }
}

static void
prompt_and_single_tokens_are_the_reference(void **state)
{
    (void)state;
    compare_all(6, 4, repeat_chains, COUNT(repeat_chains));
    compare_all(6, 2, plain_chains, COUNT(plain_chains));
}

static void
prompts_of_one_and_of_two_are_the_reference(void **state)
{
    (void)state;
    compare_all(1, 5, repeat_chains, COUNT(repeat_chains));
    compare_all(2, 2, repeat_chains, COUNT(repeat_chains));
}

/* More than go through a layer at once by position. */
static void
long_prompts_are_the_reference(void **state)
{
    (void)state;
    compare_all(70, 2, repeat_chains, 4);
}

/* ---- the laws ----------------------------------------------------------- */

/* Feed PROMPT of IDS at once, if any, and the others to TO one by one. */
static void
go_on(struct cola_run *run, const int *ids, int prompt, int to)
{
    if (prompt > 0 && run->tokens == 0)
        feed(run, ids, prompt);
    while (run->tokens < to)
        feed(run, ids + run->tokens, 1);
}

/* Run EACH for two kinds of float and, of the modes, those from FIRST on. */
static void
each_mode(size_t first, void (*each)(const struct cola_model *model, const char *backend,
                                     const char *mode))
{
    for (size_t s = 0; s < COUNT(shapes); s++) {
        struct disk disk = disk_write(&shapes[s]);

        for (size_t b = 0; b < COUNT(floating); b++)
            for (size_t m = first; m < COUNT(modes); m++)
                each(disk.model, floating[b], modes[m]);
        disk_remove(&disk);
    }
}

static void
compare_plain(const struct cola_model *model, const char *backend, const char *mode)
{
    struct cola_executor *executor = in_mode(backend, mode, model);
    struct cola_executor *other = executor_of(backend, model);
    int ids[80];

    make_tokens(ids, 80, model->config.vocabulary, 5);
    for (size_t c = 0; c < COUNT(plain_chains); c++)
        for (int prompt = 1; prompt <= 70; prompt += 23) {
            struct cola_chain chain = chain_of(plain_chains[c]);
            struct cola_run *run = run_of(executor, &chain, prompt + 3);
            struct cola_run *want = run_of(other, &chain, prompt + 3);

            for (int to = prompt; to <= prompt + 3; to++) {
                go_on(run, ids, prompt, to);
                go_on(want, ids, prompt, to);
                assert_logits(run, cola_run_logits(want), backend, plain_chains[c], to);
            }
            cola_run_free(run);
            cola_run_free(want);
        }
    cola_executor_free(executor);
    cola_executor_free(other);
}

static void
chains_without_repeats_are_the_same_in_every_mode(void **state)
{
    (void)state;
    each_mode(1, compare_plain);
}

/* What append and overwrite change, and what overwrite does not yet. */
static void
compare_repeats(const struct cola_model *model, const char *backend, const char *mode)
{
    struct cola_executor *executor = in_mode(backend, mode, model);
    struct cola_executor *other = executor_of(backend, model);
    int append = executor->way.kv == COLA_KV_APPEND, V = model->config.vocabulary;
    int ids[80];

    make_tokens(ids, 80, V, 9);
    for (size_t c = 0; c < COUNT(repeat_chains); c++)
        for (int prompt = 1; prompt <= 70; prompt += 23) {
            struct cola_chain chain = chain_of(repeat_chains[c]);
            struct cola_run *run = run_of(executor, &chain, prompt + 3);
            struct cola_run *want = run_of(other, &chain, prompt + 3);

            for (int to = prompt; to <= prompt + 3; to++) {
                int same = to == prompt && !append;

                go_on(run, ids, prompt, to);
                go_on(want, ids, prompt, to);
                if (same)
                    assert_logits(run, cola_run_logits(want), backend, repeat_chains[c],
                                  to);
                else if (!(distance(cola_run_logits(run), cola_run_logits(want), V) >
                           1e-4))
                    fail_msg("%s, %s, chain %s, %d tokens of %d: as by position", backend,
                             mode, repeat_chains[c], to, prompt);
            }
            cola_run_free(run);
            cola_run_free(want);
        }
    cola_executor_free(executor);
    cola_executor_free(other);
}

static void
repeats_differ_where_the_mode_says(void **state)
{
    (void)state;
    each_mode(1, compare_repeats);
}

/* Back to BACK tokens after others were fed, and on. */
static void
compare_rewound(const struct cola_model *model, const char *backend, const char *mode)
{
    struct cola_executor *executor = in_mode(backend, mode, model);
    int ids[12], other[12];

    make_tokens(ids, 12, model->config.vocabulary, 2);
    make_tokens(other, 12, model->config.vocabulary, 11);
    for (size_t c = 0; c < COUNT(repeat_chains); c++)
        for (int back = 5; back <= 7; back++) {
            struct cola_chain chain = chain_of(repeat_chains[c]);
            struct cola_run *run = run_of(executor, &chain, 12);
            struct cola_run *want = run_of(executor, &chain, 12);

            go_on(run, ids, 5, back);
            go_on(run, other, 0, 12);
            cola_run_rewind(run, 12);           /* nothing */
            cola_run_rewind(run, -1);
            assert_int_equal(run->tokens, 12);
            cola_run_rewind(run, back);
            for (int to = back + 1; to <= 12; to++) {
                go_on(run, ids, 0, to);
                go_on(want, ids, 5, to);
                assert_logits(run, cola_run_logits(want), backend, repeat_chains[c], to);
            }
            cola_run_free(run);
            cola_run_free(want);
        }
    cola_executor_free(executor);
}

static void
rewinding_to_the_prompt_leaves_no_trace(void **state)
{
    (void)state;
    each_mode(0, compare_rewound);
}

/* Begun again with every chain in turn, and the same prompt: nothing is left of
 * the chain before. */
static void
compare_begun_again(const struct cola_model *model, const char *backend, const char *mode)
{
    struct cola_executor *executor = in_mode(backend, mode, model);
    struct cola_run *used = NULL;
    struct cola_error err;
    int ids[12];

    make_tokens(ids, 12, model->config.vocabulary, 7);
    assert_ok(cola_run_new(executor, 13, 12, &used, &err), &err);
    for (size_t round = 0; round < 2; round++)
        for (size_t c = 0; c < COUNT(repeat_chains); c++) {
            struct cola_chain chain = chain_of(repeat_chains[c]);
            struct cola_run *want = run_of(executor, &chain, 12);

            assert_ok(cola_run_begin(used, &chain, &err), &err);
            for (int to = 8; to <= 12; to++) {
                go_on(used, ids, 8, to);
                go_on(want, ids, 8, to);
                assert_logits(used, cola_run_logits(want), backend, repeat_chains[c], to);
            }
            cola_run_free(want);
        }
    cola_run_free(used);
    cola_executor_free(executor);
}

static void
runs_begun_again_are_as_new(void **state)
{
    (void)state;
    each_mode(0, compare_begun_again);
}

static void
compare_rewound_prompt(const struct cola_model *model, const char *backend,
                       const char *mode)
{
    struct cola_executor *executor = in_mode(backend, mode, model);
    struct cola_chain chain = chain_of("0-2,1-3");
    int ids[8], backs[] = {0, 1, 4};

    make_tokens(ids, 8, model->config.vocabulary, 3);
    for (size_t i = 0; i < COUNT(backs); i++)
        for (int more = 0; more < 2; more++) {
            struct cola_run *run = run_of(executor, &chain, 8);
            struct cola_run *want = run_of(executor, &chain, 8);
            struct cola_error err;

            go_on(want, ids, 5, 8);
            go_on(run, ids, 5, 5 + more);
            cola_run_rewind(run, backs[i]);
            assert_int_equal(cola_run_feed(run, ids + backs[i], 1, &err), COLA_USAGE);
            assert_int_equal(err.status, COLA_USAGE);
            assert_int_equal(cola_run_feed(run, ids, 5, &err), COLA_USAGE);
            assert_ok(cola_run_begin(run, &chain, &err), &err);
            go_on(run, ids, 5, 8);
            assert_logits(run, cola_run_logits(want), backend, mode, 8);
            cola_run_free(run);
            cola_run_free(want);
        }
    cola_executor_free(executor);
}

static void
rewinding_into_a_shared_prompt_ends_the_chain(void **state)
{
    (void)state;
    each_mode(1, compare_rewound_prompt);
}

/* By position that is allowed; and the prompt begun again is not taken for kept
 * after its last tokens were others. */
static void
rewinding_into_a_prompt_by_position_forgets_it(void **state)
{
    struct disk disk = disk_write(&shapes[0]);

    (void)state;
    for (size_t b = 0; b < COUNT(floating); b++) {
        struct cola_executor *executor = executor_of(floating[b], disk.model);
        struct cola_chain chain = chain_of("0-2,1-3");
        struct cola_run *run = run_of(executor, &chain, 10);
        struct cola_run *want = run_of(executor, &chain, 10);
        int ids[10], other[10];
        struct cola_error err;

        make_tokens(ids, 10, 29, 3);
        make_tokens(other, 10, 29, 4);
        go_on(want, ids, 8, 8);
        feed(run, ids, 8);
        cola_run_rewind(run, 3);
        feed(run, other + 3, 5);
        cola_run_rewind(run, 3);
        feed(run, ids + 3, 5);
        assert_logits(run, cola_run_logits(want), floating[b], "rewound", 8);
        cola_run_rewind(run, 3);
        feed(run, other + 3, 5);
        assert_ok(cola_run_begin(run, &chain, &err), &err);
        go_on(run, ids, 8, 8);
        assert_logits(run, cola_run_logits(want), floating[b], "begun again", 8);
        go_on(run, ids, 8, 9);
        go_on(want, ids, 8, 9);
        assert_logits(run, cola_run_logits(want), floating[b], "begun again", 9);
        cola_run_free(run);
        cola_run_free(want);
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

static void
see_nothing(void *ctx, const struct cola_seen *seen)
{
    (void)ctx;
    (void)seen;
}

/* Nor after somebody watched another prompt or chain go through. */
static void
watched_runs_keep_nothing(void **state)
{
    struct disk disk = disk_write(&shapes[0]);
    struct cola_probe probe = {see_nothing, NULL};

    (void)state;
    for (size_t b = 0; b < COUNT(floating); b++)
        for (int longer = 0; longer < 2; longer++) {
            struct cola_executor *executor = executor_of(floating[b], disk.model);
            struct cola_chain chain = chain_of("0-2,1-3"), watched = chain_of("0,3,1,1");
            struct cola_run *run = run_of(executor, &chain, 10);
            struct cola_run *want = run_of(executor, &chain, 10);
            int ids[10];
            struct cola_error err;

            make_tokens(ids, 10, 29, 3);
            feed(run, ids, 8);
            assert_ok(cola_run_begin(run, &watched, &err), &err);
            cola_run_probe(run, &probe);
            feed(run, ids, longer ? 10 : 2);
            cola_run_probe(run, NULL);
            assert_ok(cola_run_begin(run, &chain, &err), &err);
            for (int to = 8; to <= 10; to++) {
                go_on(run, ids, 8, to);
                go_on(want, ids, 8, to);
                assert_logits(run, cola_run_logits(want), floating[b], "watched", to);
            }
            cola_run_free(run);
            cola_run_free(want);
            cola_executor_free(executor);
        }
    disk_remove(&disk);
}

/* ---- what is refused ---------------------------------------------------- */

static void
several_tokens_after_a_shared_prompt_refused(void **state)
{
    struct disk disk = disk_write(&shapes[0]);
    struct cola_chain chain = chain_of("0-2,1-3");
    int ids[10];

    (void)state;
    make_tokens(ids, 10, 29, 6);
    for (size_t b = 0; b < COUNT(floating); b++)
        for (size_t m = 0; m < COUNT(shared); m++) {
            struct cola_executor *executor = in_mode(floating[b], shared[m], disk.model);
            struct cola_run *run = run_of(executor, &chain, 10);
            struct cola_run *want = run_of(executor, &chain, 10);
            struct cola_error err;

            go_on(run, ids, 4, 4);
            assert_refused(cola_run_feed(run, ids + 4, 2, &err), &err, shared[m],
                           "2 tokens after 4");
            go_on(run, ids, 4, 5);
            assert_refused(cola_run_feed(run, ids + 5, 3, &err), &err, shared[m],
                           "3 tokens after 5");
            go_on(run, ids, 4, 7);
            go_on(want, ids, 4, 7);
            assert_logits(run, cola_run_logits(want), floating[b], shared[m], 7);
            assert_ok(cola_run_begin(run, &chain, &err), &err);
            feed(run, ids, 2);                  /* another prompt may have several */
            cola_run_free(run);
            cola_run_free(want);
            cola_executor_free(executor);
        }
    disk_remove(&disk);
}

static void
unknown_modes_refused_and_without_effect(void **state)
{
    static const char *const wrong[] = {"", "shared", "append", "Position", "positions",
                                        "shared-append ", "shared_overwrite"};
    struct disk disk = disk_write(&shapes[0]);
    const struct cola_executor_ops *ops;

    (void)state;
    for (size_t b = 0; (ops = cola_executor_ops_at(b)) != NULL; b++) {
        struct cola_executor *executor = executor_of(ops->name, disk.model);
        struct cola_error err;

        assert_int_equal(executor->way.kv, COLA_KV_POSITION);
        if (ops->shares)
            assert_ok(cola_executor_kv(executor, "shared-overwrite", &err), &err);
        for (size_t i = 0; i < COUNT(wrong); i++) {
            assert_refused(cola_executor_kv(executor, wrong[i], &err), &err, wrong[i],
                           "no kv mode is called");
            assert_non_null(strstr(err.text, "position, shared-append and "
                                             "shared-overwrite"));
        }
        assert_int_equal(executor->way.kv, ops->shares ? COLA_KV_OVERWRITE :
                                           COLA_KV_POSITION);
        assert_ok(cola_executor_kv(executor, "position", &err), &err);
        assert_int_equal(executor->way.kv, COLA_KV_POSITION);
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

static void
definition_shares_nothing(void **state)
{
    struct disk disk = disk_write(&shapes[0]);
    struct cola_executor *executor = executor_of("f64", disk.model);
    struct cola_error err;

    (void)state;
    for (size_t m = 0; m < COUNT(shared); m++)
        assert_refused(cola_executor_kv(executor, shared[m], &err), &err, "backend f64",
                       shared[m]);
    assert_int_equal(executor->way.kv, COLA_KV_POSITION);
    assert_ok(cola_executor_kv(executor, "position", &err), &err);
    cola_executor_free(executor);
    disk_remove(&disk);
}

/* Modes are those of runs made afterwards, and have the names that name them. */
static void
modes_are_of_the_runs_made_after(void **state)
{
    struct disk disk = disk_write(&shapes[0]);
    struct cola_executor *executor = executor_of("exact", disk.model);
    struct cola_chain chain = chain_of("0-2,1-3");
    struct cola_run *runs[COUNT(modes)];
    double logits[COUNT(modes)][29];
    struct cola_error err;
    int ids[6];

    (void)state;
    make_tokens(ids, 6, 29, 1);
    for (size_t m = 0; m < COUNT(modes); m++) {
        assert_ok(cola_executor_kv(executor, modes[m], &err), &err);
        assert_string_equal(cola_kv_name(executor->way.kv), modes[m]);
        runs[m] = run_of(executor, &chain, 6);
        go_on(runs[m], ids, 4, 6);
        memcpy(logits[m], cola_run_logits(runs[m]), sizeof logits[m]);
        cola_run_free(runs[m]);
    }
    for (size_t m = 0; m < COUNT(modes); m++) {
        assert_ok(cola_executor_kv(executor, modes[m], &err), &err);
        runs[m] = run_of(executor, &chain, 6);
    }
    for (size_t m = 0; m < COUNT(modes); m++) {
        go_on(runs[m], ids, 4, 6);
        assert_logits(runs[m], logits[m], "exact", modes[m], 6);
        cola_run_free(runs[m]);
    }
    cola_executor_free(executor);
    disk_remove(&disk);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(prompt_and_single_tokens_are_the_reference),
        cmocka_unit_test(prompts_of_one_and_of_two_are_the_reference),
        cmocka_unit_test(long_prompts_are_the_reference),
        cmocka_unit_test(chains_without_repeats_are_the_same_in_every_mode),
        cmocka_unit_test(repeats_differ_where_the_mode_says),
        cmocka_unit_test(rewinding_to_the_prompt_leaves_no_trace),
        cmocka_unit_test(runs_begun_again_are_as_new),
        cmocka_unit_test(rewinding_into_a_shared_prompt_ends_the_chain),
        cmocka_unit_test(rewinding_into_a_prompt_by_position_forgets_it),
        cmocka_unit_test(watched_runs_keep_nothing),
        cmocka_unit_test(several_tokens_after_a_shared_prompt_refused),
        cmocka_unit_test(unknown_modes_refused_and_without_effect),
        cmocka_unit_test(definition_shares_nothing),
        cmocka_unit_test(modes_are_of_the_runs_made_after),
    };

    cola_threads_set(1);
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
