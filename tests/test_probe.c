/*
 * test_probe.c - what a probe is shown, and layers by themselves
 *
 * Each tap must be what it says: it is computed here once more from the taps
 * before it, to the bit in float32 and int8 (execute_again.h), in double within
 * what another order of summing costs.  A layer by itself must show what it
 * shows inside its chain.
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

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

static const struct checkpoint shapes[] = {
    {.layers = 4, .width = 20, .heads = 4, .kv_heads = 2, .head_dim = 6, .hidden = 30,
     .vocabulary = 29, .dtype = COLA_BF16, .head = CHECKPOINT_UNTIED, .seed = 31},
    {.layers = 4, .width = 12, .heads = 3, .hidden = 17, .vocabulary = 23,
     .rope_theta = 500.0, .dtype = COLA_F32, .head = CHECKPOINT_TIED, .seed = 32},
};
static const char *const chains[] = {"0-3", "0-2,1-3", "2,0,0", "()"};

/* ---- what was seen ------------------------------------------------------ */

#define POSITIONS 8
#define EVENTS 20000

struct values {
    double *v;
    size_t n;
};

struct record {
    struct values taps[POSITIONS + 1][COLA_TAPS];       /* [0]: the embedding */
    struct { int position; enum cola_tap tap; size_t token, count; } events[EVENTS];
    size_t n;
};

static void
see(void *ctx, const struct cola_seen *seen)
{
    struct record *r = ctx;
    struct values *to = &r->taps[seen->position + 1][seen->tap];

    assert_true(seen->position >= -1 && seen->position < POSITIONS);
    assert_true(seen->tap < COLA_TAPS && r->n < EVENTS);
    assert_true((seen->f32 == NULL) != (seen->f64 == NULL));
    r->events[r->n].position = seen->position;
    r->events[r->n].tap = seen->tap;
    r->events[r->n].token = seen->token;
    r->events[r->n++].count = seen->count;
    to->v = realloc(to->v, (to->n + seen->count) * sizeof *to->v);
    assert_non_null(to->v);
    for (size_t i = 0; i < seen->count; i++)
        to->v[to->n++] = seen->f32 != NULL ? (double)seen->f32[i] : seen->f64[i];
}

static struct record *
record_new(void)
{
    struct record *r = calloc(1, sizeof *r);

    assert_non_null(r);
    return r;
}

static void
record_free(struct record *r)
{
    for (int p = 0; p <= POSITIONS; p++)
        for (int tap = 0; tap < COLA_TAPS; tap++)
            free(r->taps[p][tap].v);
    free(r);
}

/* Values a token has of TAP; the scores are another matter. */
static size_t
wide(const struct cola_config *c, enum cola_tap tap)
{
    int he = c->heads * c->head_dim, ge = c->kv_heads * c->head_dim;

    switch (tap) {
    case COLA_TAP_Q:
    case COLA_TAP_Q_ROPE:
    case COLA_TAP_ATTENTION:
        return (size_t)he;
    case COLA_TAP_K:
    case COLA_TAP_V:
    case COLA_TAP_K_ROPE:
        return (size_t)ge;
    case COLA_TAP_GATE:
    case COLA_TAP_UP:
    case COLA_TAP_ACT:
        return (size_t)c->hidden;
    default:
        return (size_t)c->width;
    }
}

/* ---- the order ---------------------------------------------------------- */

/* The next events are LEN positions, or the layer alone (FROM 0), over tokens
 * FIRST .. FIRST+N-1, which attend from the first token on. */
static void
expect_portion(const struct record *r, size_t *at, const struct cola_config *c, int from,
               int len, size_t first, size_t n)
{
    for (int p = from; p < len; p++)
        for (int tap = p < 0 ? COLA_TAP_OUTPUT : 0; tap < COLA_TAPS; tap++) {
            size_t done = 0, each = (size_t)c->heads, t = first, head = 0;

            if (tap != COLA_TAP_SCORES) {
                assert_true(*at < r->n);
                assert_int_equal(r->events[*at].position, p);
                assert_int_equal(r->events[*at].tap, tap);
                assert_int_equal(r->events[*at].token, first);
                assert_int_equal(r->events[(*at)++].count,
                                 n * wide(c, (enum cola_tap)tap));
                continue;
            }
            while (done < n * each) {           /* a token, or one of its heads */
                assert_true(*at < r->n);
                assert_int_equal(r->events[*at].position, p);
                assert_int_equal(r->events[*at].tap, tap);
                assert_int_equal(r->events[*at].token, t);
                assert_int_equal(r->events[*at].count % (t + 1), 0);
                head += r->events[*at].count / (t + 1);
                done += r->events[(*at)++].count / (t + 1);
                assert_true(head <= each);
                if (head == each) {
                    head = 0;
                    t++;
                }
            }
        }
}

static void
taps_are_shown_in_order_and_whole(void **state)
{
    static const struct {
        int portions[4];
    } fed[] = {{{5}}, {{1}}, {{64}}, {{70}}, {{130}}, {{3, 1, 1}}, {{66, 70, 1}}};
    struct disk disk = disk_write(&shapes[0]);
    int ids[200];

    (void)state;
    make_tokens(ids, 200, 29, 2);
    for (size_t b = 0; b < COUNT(backends); b++)
        for (size_t i = 0; i < COUNT(fed); i++) {
            struct cola_executor *executor = executor_of(backends[b], disk.model);
            struct cola_chain chain = chain_of("0,2,0");
            struct cola_run *run = run_of(executor, &chain, 200);
            size_t chunk = executor->ops->is_float ? 64 : 200, first = 0, at = 0;
            struct record *r = record_new();
            struct cola_probe probe = {see, r};

            if (!executor->ops->is_float && i > 2) {
                record_free(r);                 /* it begins at the front each time */
                cola_run_free(run);
                cola_executor_free(executor);
                continue;
            }
            cola_run_probe(run, &probe);
            for (int p = 0; p < 4 && fed[i].portions[p] > 0; p++) {
                size_t left = (size_t)fed[i].portions[p];

                feed(run, ids + first, (int)left);
                while (left > 0) {
                    size_t n = left < chunk ? left : chunk;

                    expect_portion(r, &at, &disk.model->config, -1, 3, first, n);
                    first += n;
                    left -= n;
                }
            }
            assert_int_equal(at, r->n);
            record_free(r);
            cola_run_free(run);
            cola_executor_free(executor);
        }
    disk_remove(&disk);
}

/* The definition computes everything anew whenever tokens are fed. */
static void
definition_shows_every_token_each_time(void **state)
{
    struct disk disk = disk_write(&shapes[0]);
    struct cola_executor *executor = executor_of("f64", disk.model);
    struct cola_chain chain = chain_of("0,2,0");
    struct cola_run *run = run_of(executor, &chain, 80);
    struct record *r = record_new();
    struct cola_probe probe = {see, r};
    size_t at = 0;
    int ids[80];

    (void)state;
    make_tokens(ids, 80, 29, 2);
    cola_run_probe(run, &probe);
    feed(run, ids, 3);
    feed(run, ids + 3, 67);
    feed(run, ids + 70, 1);
    expect_portion(r, &at, &disk.model->config, -1, 3, 0, 3);
    expect_portion(r, &at, &disk.model->config, -1, 3, 0, 70);
    expect_portion(r, &at, &disk.model->config, -1, 3, 0, 71);
    assert_int_equal(at, r->n);
    record_free(r);
    cola_run_free(run);
    cola_executor_free(executor);
    disk_remove(&disk);
}

/* ---- each tap is what it says ------------------------------------------- */

struct where {
    const char *backend, *chain;
    int position;
    const char *tap;
};

static void
assert_same(const double *got, const double *want, size_t n, double tolerance,
            const struct where *w)
{
    double largest = 0.0;

    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(want[i]));
    for (size_t i = 0; i < n; i++)
        if (tolerance > 0.0 ? !(fabs(got[i] - want[i]) <= tolerance * largest) :
            cola_f64_bits(got[i]) != cola_f64_bits(want[i]))
            fail_msg("%s, chain %s, position %d, %s: value %zu of %zu is %.17g, not "
                     "%.17g", w->backend, w->chain, w->position, w->tap, i, n, got[i],
                     want[i]);
}

static double *
reals(size_t n)
{
    double *r = calloc(n + 1, sizeof *r);

    assert_non_null(r);
    return r;
}

static float *
narrow(const double *from, size_t n)
{
    float *to = calloc(n + 1, sizeof *to);

    assert_non_null(to);
    for (size_t i = 0; i < n; i++)
        to[i] = (float)from[i];
    return to;
}

/* How a backend computes, for one model. */
struct means {
    const struct cola_model *model;
    const char *backend;
    int is_float;
    enum again_product product;
};

/* Y [n, outputs] = W X [n, inputs] */
static void
again_linear(const struct means *m, const struct cola_tensor *w, const double *x,
             size_t n, double *y)
{
    size_t outputs = w->shape[0], inputs = w->shape[1];
    float *from, *to;

    if (!m->is_float) {
        for (size_t i = 0; i < n * outputs; i++)
            for (size_t c = 0; c < inputs; c++)
                y[i] += (double)again_element(w, i % outputs * inputs + c) *
                        x[i / outputs * inputs + c];
        return;
    }
    from = narrow(x, n * inputs);
    to = narrow(y, n * outputs);
    again_multiply(m->product, w, from, n, to);
    for (size_t i = 0; i < n * outputs; i++)
        y[i] = (double)to[i];
    free(from);
    free(to);
}

static void
again_normed(const struct means *m, const struct cola_tensor *w, const double *x,
             size_t n, double *y)
{
    size_t d = w->shape[0];
    double *scale = reals(d);

    for (size_t i = 0; i < d; i++)
        scale[i] = (double)again_element(w, i);
    for (size_t t = 0; t < n; t++, x += d, y += d) {
        float *from = narrow(x, d), *by = narrow(scale, d), *to = narrow(y, d);
        double squares = 0.0;

        again_norm(from, by, d, (float)m->model->config.norm_eps, to);
        for (size_t i = 0; i < d; i++)
            squares += x[i] * x[i];
        for (size_t i = 0; i < d; i++)
            y[i] = m->is_float ? (double)to[i] : x[i] * scale[i] /
                   sqrt(squares / (double)d + m->model->config.norm_eps);
        free(from);
        free(by);
        free(to);
    }
    free(scale);
}

/* X [n, heads * e], turned in place, of tokens FIRST and on. */
static void
again_turned(const struct means *m, double *x, size_t heads, size_t n, size_t first)
{
    size_t e = (size_t)m->model->config.head_dim;
    double theta = m->model->config.rope_theta;

    for (size_t h = 0; h < n * heads; h++, x += e) {
        float *head = narrow(x, e);
        double *y = reals(e);

        again_rope(head, e, theta, first + h / heads);
        for (size_t i = 0; 2 * i < e; i++) {
            double angle = (double)(first + h / heads) *
                           pow(theta, -2.0 * (double)i / (double)e);

            y[i] = x[i] * cos(angle) - x[e / 2 + i] * sin(angle);
            y[e / 2 + i] = x[i] * sin(angle) + x[e / 2 + i] * cos(angle);
        }
        for (size_t i = 0; i < e; i++)
            x[i] = m->is_float ? (double)head[i] : y[i];
        free(head);
        free(y);
    }
}

/* The scores and the average of one head of one token over COUNT entries. */
static void
again_head(const struct means *m, const double *q, const double *k, const double *v,
           size_t count, double *score, double *out)
{
    size_t e = (size_t)m->model->config.head_dim;
    size_t stride = e * (size_t)m->model->config.kv_heads;
    float *fq = narrow(q, e), *fk = narrow(k, (count - 1) * stride + e);
    float *fv = narrow(v, (count - 1) * stride + e), *to = narrow(out, e);
    double sum = 0.0;

    again_attention(fq, fk, fv, e, stride, count, to);
    for (size_t s = 0; s < count; s++) {
        float dot = 0.0f;
        double weight;

        score[s] = 0.0;
        for (size_t i = 0; i < e; i++) {
            dot = dot + fq[i] * fk[s * stride + i];
            score[s] += q[i] * k[s * stride + i];
        }
        score[s] = m->is_float ? (double)(dot * (1.0f / sqrtf((float)e))) :
                   score[s] / sqrt((double)e);
        weight = exp(score[s]);
        sum += weight;
        for (size_t i = 0; i < e; i++)
            out[i] += weight * v[s * stride + i];
    }
    for (size_t i = 0; i < e; i++)
        out[i] = m->is_float ? (double)to[i] : out[i] / sum;
    free(fq);
    free(fk);
    free(fv);
    free(to);
}

static void
again_attended(const struct means *m, const struct values *taps, size_t n, double *scores,
               double *out)
{
    const struct cola_config *c = &m->model->config;
    size_t H = (size_t)c->heads, G = (size_t)c->kv_heads, e = (size_t)c->head_dim;

    for (size_t t = 0; t < n; t++)
        for (size_t h = 0; h < H; h++, scores += t + 1)
            again_head(m, taps[COLA_TAP_Q_ROPE].v + (t * H + h) * e,
                       taps[COLA_TAP_K_ROPE].v + h * G / H * e,
                       taps[COLA_TAP_V].v + h * G / H * e, t + 1, scores,
                       out + (t * H + h) * e);
}

static void
copy(double *to, const struct values *from)
{
    for (size_t i = 0; i < from->n; i++)
        to[i] = from->v[i];
}

/* x + y, as the backend adds */
static double
plus(const struct means *m, double x, double y)
{
    return m->is_float ? (double)((float)x + (float)y) : x + y;
}

/* The taps of a layer over N tokens from the first, one after the other. */
static void
check_layer(const struct means *m, const struct cola_layer *w, const struct values *taps,
            size_t n, struct where *at)
{
    const struct cola_config *c = &m->model->config;
    double *want[COLA_TAPS];
    size_t seen = n * (n + 1) / 2 * (size_t)c->heads;

    for (int tap = 0; tap < COLA_TAPS; tap++) {
        size_t count = tap == COLA_TAP_SCORES ? seen : n * wide(c, (enum cola_tap)tap);

        assert_int_equal(taps[tap].n, count);
        want[tap] = reals(count);
    }
    again_normed(m, w->norm1, taps[COLA_TAP_INPUT].v, n, want[COLA_TAP_NORM1]);
    again_linear(m, w->q, taps[COLA_TAP_NORM1].v, n, want[COLA_TAP_Q]);
    again_linear(m, w->k, taps[COLA_TAP_NORM1].v, n, want[COLA_TAP_K]);
    again_linear(m, w->v, taps[COLA_TAP_NORM1].v, n, want[COLA_TAP_V]);
    copy(want[COLA_TAP_Q_ROPE], &taps[COLA_TAP_Q]);
    copy(want[COLA_TAP_K_ROPE], &taps[COLA_TAP_K]);
    again_turned(m, want[COLA_TAP_Q_ROPE], (size_t)c->heads, n, 0);
    again_turned(m, want[COLA_TAP_K_ROPE], (size_t)c->kv_heads, n, 0);
    again_attended(m, taps, n, want[COLA_TAP_SCORES], want[COLA_TAP_ATTENTION]);
    again_linear(m, w->o, taps[COLA_TAP_ATTENTION].v, n, want[COLA_TAP_ATTN_OUT]);
    again_normed(m, w->norm2, taps[COLA_TAP_MIDDLE].v, n, want[COLA_TAP_NORM2]);
    again_linear(m, w->gate, taps[COLA_TAP_NORM2].v, n, want[COLA_TAP_GATE]);
    again_linear(m, w->up, taps[COLA_TAP_NORM2].v, n, want[COLA_TAP_UP]);
    for (size_t i = 0; i < taps[COLA_TAP_ACT].n; i++) {
        double z = taps[COLA_TAP_GATE].v[i], up = taps[COLA_TAP_UP].v[i];

        want[COLA_TAP_ACT][i] = m->is_float ?
            (double)((float)(z / (1.0 + cola_exp(-z))) * (float)up) :
            z / (1.0 + exp(-z)) * up;
    }
    again_linear(m, w->down, taps[COLA_TAP_ACT].v, n, want[COLA_TAP_DOWN]);
    copy(want[COLA_TAP_INPUT], &taps[COLA_TAP_INPUT]);
    for (size_t i = 0; i < taps[COLA_TAP_INPUT].n; i++) {
        want[COLA_TAP_MIDDLE][i] = plus(m, taps[COLA_TAP_INPUT].v[i],
                                        taps[COLA_TAP_ATTN_OUT].v[i]);
        want[COLA_TAP_OUTPUT][i] = plus(m, taps[COLA_TAP_MIDDLE].v[i],
                                        taps[COLA_TAP_DOWN].v[i]);
    }
    for (int tap = 0; tap < COLA_TAPS; tap++) {
        int bits = m->is_float || tap == COLA_TAP_MIDDLE || tap == COLA_TAP_OUTPUT;

        at->tap = cola_tap_name((enum cola_tap)tap);
        assert_same(taps[tap].v, want[tap], taps[tap].n, bits ? 0.0 : 1e-12, at);
        free(want[tap]);
    }
}

/* The whole of a chain: embedding, layers, head; fed in portions where keys and
 * values are kept. */
static void
check_chain(const struct means *m, const struct cola_executor *executor, const char *text,
            size_t prompt, size_t n)
{
    struct cola_chain chain = chain_of(text);
    struct cola_run *run = run_of(executor, &chain, (int)n);
    struct cola_run *alone = run_of(executor, &chain, (int)n);
    size_t d = (size_t)m->model->config.width, V = (size_t)m->model->config.vocabulary;
    struct where at = {m->backend, text, -1, "output"};
    struct record *r = record_new();
    struct cola_probe probe = {see, r};
    double *x = reals(n * d), *y = reals(d), *logits = reals(V);
    int ids[100];

    make_tokens(ids, (int)n, (int)V, chain.len);
    cola_run_probe(run, &probe);
    feed(run, ids, (int)prompt);
    feed(alone, ids, (int)prompt);
    if (prompt < n) {
        feed(run, ids + prompt, (int)(n - prompt));
        feed(alone, ids + prompt, (int)(n - prompt));
    }
    assert_logits(run, cola_run_logits(alone), m->backend, text, (int)n);

    for (size_t i = 0; i < n * d; i++)
        x[i] = (double)again_element(m->model->embed, (size_t)ids[i / d] * d + i % d);
    assert_int_equal(r->taps[0][COLA_TAP_OUTPUT].n, n * d);
    assert_same(r->taps[0][COLA_TAP_OUTPUT].v, x, n * d, 0.0, &at);
    for (int p = 0; p < chain.len; p++) {
        const struct values *taps = r->taps[p + 1];

        at.position = p;
        at.tap = "input";
        assert_int_equal(taps[COLA_TAP_INPUT].n, n * d);
        assert_same(taps[COLA_TAP_INPUT].v, r->taps[p][COLA_TAP_OUTPUT].v, n * d, 0.0,
                    &at);
        check_layer(m, &m->model->layers[chain.at[p]], taps, n, &at);
        /* one token's own value is the average of one */
        for (size_t i = 0; i < wide(&m->model->config, COLA_TAP_ATTENTION); i++) {
            size_t e = (size_t)m->model->config.head_dim;
            size_t group = i / e * (size_t)m->model->config.kv_heads /
                           (size_t)m->model->config.heads;

            assert_true(taps[COLA_TAP_ATTENTION].v[i] ==
                        taps[COLA_TAP_V].v[group * e + i % e]);
        }
    }
    again_normed(m, m->model->norm, r->taps[chain.len][COLA_TAP_OUTPUT].v + (n - 1) * d,
                 1, y);
    again_linear(m, m->model->head, y, 1, logits);
    at.tap = "logits";
    assert_same(cola_run_logits(run), logits, V, m->is_float ? 0.0 : 1e-12, &at);
    free(x);
    free(y);
    free(logits);
    record_free(r);
    cola_run_free(run);
    cola_run_free(alone);
}

static void
taps_are_what_they_say(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(shapes); s++) {
        struct disk disk = disk_write(&shapes[s]);

        for (size_t b = 0; b < COUNT(backends); b++) {
            struct cola_executor *executor = executor_of(backends[b], disk.model);
            struct means m = {disk.model, backends[b], executor->ops->is_float,
                              strcmp(backends[b], "int8") == 0 ? AGAIN_INT8 :
                              AGAIN_EXACT};

            for (size_t c = 0; c < COUNT(chains); c++) {
                check_chain(&m, executor, chains[c], 6, 6);
                check_chain(&m, executor, chains[c], 1, 1);
                if (m.is_float)
                    check_chain(&m, executor, chains[c], 4, 5);
            }
            check_chain(&m, executor, "3,1,3", 67, 67);
            cola_executor_free(executor);
        }
        disk_remove(&disk);
    }
}

/* ---- who looks, and when ------------------------------------------------ */

/* The stream of a prompt may be kept for the next chain; who looks sees all of
 * it nevertheless, and nothing once it is over. */
static void
probe_sees_all_or_nothing(void **state)
{
    struct disk disk = disk_write(&shapes[0]);
    int ids[9];

    (void)state;
    make_tokens(ids, 9, 29, 4);
    for (size_t b = 0; b < COUNT(backends); b++) {
        struct cola_executor *executor = executor_of(backends[b], disk.model);
        struct cola_chain chain = chain_of("0-3,2");
        struct cola_run *run = run_of(executor, &chain, 9);
        struct record *r = record_new();
        struct cola_probe probe = {see, r};
        struct cola_error err;
        size_t at = 0;

        feed(run, ids, 9);
        assert_ok(cola_run_begin(run, &chain, &err), &err);
        cola_run_probe(run, &probe);
        feed(run, ids, 9);
        expect_portion(r, &at, &disk.model->config, -1, 5, 0, 9);
        assert_int_equal(at, r->n);
        cola_run_probe(run, NULL);
        assert_ok(cola_run_begin(run, &chain, &err), &err);
        feed(run, ids, 8);
        feed(run, ids + 8, 1);
        assert_int_equal(at, r->n);
        record_free(r);
        cola_run_free(run);
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

/* With slots that visits share, a token sees what executor.h says it sees. */
static void
scores_count_the_entries_seen(void **state)
{
    static const struct {
        const char *mode;
        size_t seen[4][3];      /* [position][three of a prompt, one alone] */
    } cases[] = {
        {"position", {{1, 2, 3}, {1, 2, 3}, {1, 2, 3}, {4, 4, 4}}},
        {"shared-overwrite", {{1, 2, 3}, {1, 2, 3}, {1, 2, 3}, {4, 4, 4}}},
        {"shared-append", {{1, 2, 3}, {1, 2, 3}, {1, 2, 3}, {7, 4, 8}}},
    };
    struct disk disk = disk_write(&shapes[0]);
    struct cola_chain chain = chain_of("1,3,1");
    int ids[] = {5, 2, 8, 1};

    (void)state;
    for (size_t m = 0; m < COUNT(cases); m++) {
        struct cola_executor *executor = executor_of("exact", disk.model);
        struct record *r = record_new();
        struct cola_probe probe = {see, r};
        struct cola_error err;
        struct cola_run *run;
        size_t shown[3] = {0};

        assert_ok(cola_executor_kv(executor, cases[m].mode, &err), &err);
        run = run_of(executor, &chain, 4);
        cola_run_probe(run, &probe);
        feed(run, ids, 3);
        feed(run, ids + 3, 1);
        for (size_t i = 0; i < r->n; i++)
            if (r->events[i].tap == COLA_TAP_SCORES) {
                int p = r->events[i].position;
                size_t t = shown[p]++, want = t < 3 ? cases[m].seen[p][t] :
                                              cases[m].seen[3][p];

                assert_int_equal(r->events[i].token, t);
                assert_int_equal(r->events[i].count, 4 * want);
            }
        assert_true(shown[0] == 4 && shown[1] == 4 && shown[2] == 4);
        record_free(r);
        cola_run_free(run);
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

static void
taps_have_the_names_of_the_protocol(void **state)
{
    static const char *const names[] = {
        "input", "norm1", "q", "k", "v", "q_rope", "k_rope", "scores", "attention",
        "attn_out", "middle", "norm2", "gate", "up", "act", "down", "output",
    };

    (void)state;
    assert_int_equal(COUNT(names), COLA_TAPS);
    for (int tap = 0; tap < COLA_TAPS; tap++)
        assert_string_equal(cola_tap_name((enum cola_tap)tap), names[tap]);
}

/* ---- a layer by itself -------------------------------------------------- */

/* Position P of the traced chain, from token FIRST on, by itself on RUN. */
static void
check_alone(const struct cola_model *model, const char *backend, struct cola_run *run,
            const struct record *in_chain, const struct cola_chain *chain, int p,
            size_t first, size_t n)
{
    const struct cola_config *c = &model->config;
    const struct values *taps = in_chain->taps[p + 1];
    struct where at = {backend, "a layer alone", p, NULL};
    size_t total = n - first, chunk = run->executor->ops->is_float ? 64 : n, events = 0;
    struct record *r = record_new();
    struct cola_probe probe = {see, r};
    struct cola_error err;

    cola_run_probe(run, &probe);
    assert_ok(cola_run_layer(run, chain->at[p], (int)first, (int)total,
                             taps[COLA_TAP_INPUT].v + first * (size_t)c->width,
                             first > 0 ? taps[COLA_TAP_K_ROPE].v : NULL,
                             first > 0 ? taps[COLA_TAP_V].v : NULL, &err), &err);
    cola_run_probe(run, NULL);
    for (size_t t = first; t < n; t += chunk)
        expect_portion(r, &events, c, 0, 1, t, n - t < chunk ? n - t : chunk);
    assert_int_equal(events, r->n);
    for (int tap = 0; tap < COLA_TAPS; tap++) {
        size_t skip = tap == COLA_TAP_SCORES ?
                      first * (first + 1) / 2 * (size_t)c->heads :
                      first * wide(c, (enum cola_tap)tap);

        at.tap = cola_tap_name((enum cola_tap)tap);
        assert_int_equal(r->taps[1][tap].n, taps[tap].n - skip);
        assert_same(r->taps[1][tap].v, taps[tap].v + skip, taps[tap].n - skip, 0.0, &at);
    }
    record_free(r);
}

/* Traced over N tokens; in the run and the mode that the executor has. */
static void
check_layers(const struct cola_executor *executor, const char *backend, size_t n)
{
    struct cola_chain chain = chain_of("3,1,1");
    struct cola_executor *plain = executor_of(backend, executor->model);
    struct cola_run *traced = run_of(plain, &chain, (int)n);
    struct cola_run *run = run_of(executor, &chain, (int)n + 2);
    size_t firsts[] = {0, 1, n / 2, n - 1};
    struct record *r = record_new();
    struct cola_probe probe = {see, r};
    int ids[100];

    make_tokens(ids, (int)n, executor->model->config.vocabulary, 5);
    cola_run_probe(traced, &probe);
    feed(traced, ids, (int)n);
    for (int p = 0; p < chain.len; p++)
        for (size_t f = 0; f < COUNT(firsts); f++)
            check_alone(executor->model, backend, run, r, &chain, p, firsts[f], n);
    record_free(r);
    cola_run_free(traced);
    cola_run_free(run);
    cola_executor_free(plain);
}

static void
layer_alone_is_the_layer_in_its_chain(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(shapes); s++) {
        struct disk disk = disk_write(&shapes[s]);

        for (size_t b = 0; b < COUNT(backends); b++) {
            struct cola_executor *executor = executor_of(backends[b], disk.model);

            check_layers(executor, backends[b], 6);
            check_layers(executor, backends[b], 67);
            cola_executor_free(executor);
        }
        disk_remove(&disk);
    }
}

/* A layer by itself shares with nobody. */
static void
layer_alone_is_the_same_in_every_mode(void **state)
{
    struct disk disk = disk_write(&shapes[0]);
    static const char *const shared[] = {"shared-append", "shared-overwrite"};

    (void)state;
    for (size_t m = 0; m < COUNT(shared); m++) {
        struct cola_executor *executor = executor_of("exact", disk.model);
        struct cola_error err;

        assert_ok(cola_executor_kv(executor, shared[m], &err), &err);
        check_layers(executor, "exact", 6);
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

/* Nothing of it is left in a run that is begun again; one that is not refuses. */
static void
layer_alone_ends_the_chain(void **state)
{
    struct disk disk = disk_write(&shapes[0]);
    int ids[8];

    (void)state;
    make_tokens(ids, 8, 29, 6);
    for (size_t b = 0; b < COUNT(backends); b++) {
        struct cola_executor *executor = executor_of(backends[b], disk.model);
        struct cola_chain chain = chain_of("0-3,1");
        struct cola_run *run = run_of(executor, &chain, 8);
        struct cola_run *want = run_of(executor, &chain, 8);
        double x[3 * 20], k[4 * 12], v[4 * 12];
        struct cola_error err;

        for (size_t i = 0; i < COUNT(x); i++)
            x[i] = (double)(i % 7) - 2.5;
        for (size_t i = 0; i < COUNT(k); i++)
            k[i] = v[i] = (double)(i % 5) - 1.5;
        feed(run, ids, 7);
        assert_ok(cola_run_layer(run, 2, 4, 3, x, k, v, &err), &err);
        assert_int_equal(cola_run_feed(run, ids + 7, 1, &err), COLA_USAGE);
        assert_ok(cola_run_begin(run, &chain, &err), &err);
        feed(run, ids, 7);
        feed(want, ids, 7);
        assert_logits(run, cola_run_logits(want), backends[b], "after a layer", 7);
        feed(run, ids + 7, 1);
        feed(want, ids + 7, 1);
        assert_logits(run, cola_run_logits(want), backends[b], "after a layer", 8);
        cola_run_free(run);
        cola_run_free(want);
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

static void
unfit_layers_refused_and_without_effect(void **state)
{
    static const struct {
        int layer, first, n;
        const char *place, *reason;
    } cases[] = {
        {-1, 0, 1, "layer -1", "the model has 0-3"},
        {4, 0, 1, "layer 4", "the model has 0-3"},
        {0, -1, 1, "1 tokens after -1", "room for 8"},
        {0, 0, 0, "0 tokens after 0", "room for 8"},
        {0, 0, 9, "9 tokens after 0", "room for 8"},
        {0, 7, 2, "2 tokens after 7", "room for 8"},
        {0, 8, 1, "1 tokens after 8", "room for 8"},
        {0, INT32_MAX, INT32_MAX, "tokens after", "room for 8"},
    };
    struct disk disk = disk_write(&shapes[0]);
    static const double x[9 * 20];
    int ids[8];

    (void)state;
    make_tokens(ids, 8, 29, 6);
    for (size_t b = 0; b < COUNT(backends); b++) {
        struct cola_executor *executor = executor_of(backends[b], disk.model);
        struct cola_chain chain = chain_of("0-3,1");
        struct cola_run *run = run_of(executor, &chain, 8);
        struct cola_run *want = run_of(executor, &chain, 8);
        struct cola_error err;

        feed(run, ids, 7);
        feed(want, ids, 7);
        for (size_t c = 0; c < COUNT(cases); c++)
            assert_refused(cola_run_layer(run, cases[c].layer, cases[c].first, cases[c].n,
                                          x, x, x, &err), &err, cases[c].place,
                           cases[c].reason);
        feed(run, ids + 7, 1);
        feed(want, ids + 7, 1);
        assert_logits(run, cola_run_logits(want), backends[b], "refused", 8);
        cola_run_free(run);
        cola_run_free(want);
        cola_executor_free(executor);
    }
    disk_remove(&disk);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(taps_are_shown_in_order_and_whole),
        cmocka_unit_test(definition_shows_every_token_each_time),
        cmocka_unit_test(taps_are_what_they_say),
        cmocka_unit_test(probe_sees_all_or_nothing),
        cmocka_unit_test(scores_count_the_entries_seen),
        cmocka_unit_test(taps_have_the_names_of_the_protocol),
        cmocka_unit_test(layer_alone_is_the_layer_in_its_chain),
        cmocka_unit_test(layer_alone_is_the_same_in_every_mode),
        cmocka_unit_test(layer_alone_ends_the_chain),
        cmocka_unit_test(unfit_layers_refused_and_without_effect),
    };

    cola_threads_set(1);
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
