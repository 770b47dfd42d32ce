/*
 * stub.c - a subject that can be made wrong in a stated way
 *
 *     stub vectors MODEL NAME         a vector file, on standard output, and a
 *                                     file for it in the directory "vectors"
 *     stub BACKEND [FAULT]...         answer requests as a subject
 *
 * What is a fault is below, in take_fault().  Faults change answers on their way
 * out, so that what "colaref check" says of them is known beforehand.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "stub.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HELD 5                  /* requests that "reverse" waits for */

static struct {
    int zeros, nan, large, reverse;
    const char *claim, *type, *cache, *ops;     /* what hello says; NULL: as it is */
    const char *kv, *round;
    double scale;                       /* of the rounded's deviation; 0: no */
    int hidden;                         /* from this slab on; 0: none */
    int tokens;                         /* that, only of so many tokens */
    const char *seen;                   /* layer, only of a stream that begins so */
    const char *pad;                    /* wrong when asked to pad so */
    int extra;                          /* an item too many in company */
    const char *trace, *layer;          /* this tap */
    const char *op;                     /* the only one supported; NULL: all */
    const char *file;                   /* a directory for tensors; NULL: none */
    int values;                         /* tensors as numbers */
    int quit;                           /* after so many answers; 0: at the end */
    int company, token;                 /* wrong in company; this token's id */
} fault = {.token = -1};

/* ---- what is done to tensors ------------------------------------------------- */

static void
flatten(json_t *a, json_t *b, void *ctx)
{
    struct cola_values x = values_of(a);

    (void)b;
    (void)ctx;
    for (size_t i = 0; i < x.n; i++)
        x.v[i] = fault.nan && i > 0 ? x.v[i] : fault.nan ? NAN : 0.0f;
    put(a, &x);
}

/* A is the truth, B the rounded: as far off as SCALE of them. */
static void
exaggerate(json_t *a, json_t *b, void *ctx)
{
    struct cola_values x = values_of(a), y = values_of(b);

    (void)ctx;
    for (size_t i = 0; i < x.n; i++)
        x.v[i] = (float)((double)x.v[i] + fault.scale *
                         ((double)y.v[i] - (double)x.v[i]));
    cola_values_free(&y);
    put(a, &x);
}

static void
add_one(json_t *tensor, size_t from, size_t to)
{
    struct cola_values x = values_of(tensor);

    for (size_t i = from; i < to && i < x.n; i++)
        x.v[i] += 1.0f;
    put(tensor, &x);
}

/* The other two forms of a tensor. */
static void
write_values(json_t *a, json_t *b, void *ctx)
{
    struct cola_values x = values_of(a);
    json_t *list = json_array();

    (void)b;
    (void)ctx;
    for (size_t i = 0; i < x.n; i++)
        json_array_append_new(list, isfinite(x.v[i]) ? json_real((double)x.v[i]) :
                              json_string("nan"));
    json_object_del(a, "bits");
    json_object_set_new(a, "values", list);
    cola_values_free(&x);
}

static void
write_file(json_t *a, json_t *b, void *ctx)
{
    static int files;
    char path[300];

    (void)b;
    (void)ctx;
    snprintf(path, sizeof path, "%s/%d.safetensors", fault.file, files++);
    put_in_file(a, path);
}

/* ---- a subject --------------------------------------------------------------- */

static void
take_fault(const char *text)
{
    const char *value = strchr(text, '=') != NULL ? strchr(text, '=') + 1 : "";
    size_t len = (size_t)(strchr(text, '=') != NULL ? value - text - 1 :
                          (long)strlen(text));
    const struct {
        const char *name;
        int *flag;
        const char **text;
    } table[] = {
        {"zeros", &fault.zeros, NULL},          /* every tensor is zero */
        {"nan", &fault.nan, NULL},              /* every tensor begins with NaN */
        {"large", &fault.large, NULL},          /* a megabyte goes with each answer */
        {"reverse", &fault.reverse, NULL},      /* several, the last first */
        {"company", &fault.company, NULL},      /* item 0 is wrong among others */
        {"extra", &fault.extra, NULL},          /* and there is one too many */
        {"pad", NULL, &fault.pad},              /* item 0 is wrong when padded so */
        {"claim", NULL, &fault.claim},          /* "arithmetic"; none: null */
        {"type", NULL, &fault.type},            /* of everything */
        {"cache", NULL, &fault.cache},          /* of the cache */
        {"ops", NULL, &fault.ops},              /* the only one declared */
        {"kv", NULL, &fault.kv},
        {"round", NULL, &fault.round},
        {"trace", NULL, &fault.trace},          /* this tap, in place */
        {"layer", NULL, &fault.layer},          /* this tap, of a layer alone */
        {"seen", NULL, &fault.seen},            /* if the stream begins so */
        {"op", NULL, &fault.op},                /* all else is unsupported */
        {"file", NULL, &fault.file},            /* no fault: tensors in files there */
        {"values", &fault.values, NULL},        /* no fault: tensors as numbers */
    };

    if (strncmp(text, "scale=", 6) == 0)
        fault.scale = strtod(value, NULL);
    else if (strncmp(text, "hidden=", 7) == 0)
        fault.hidden = atoi(value);
    else if (strncmp(text, "quit=", 5) == 0)
        fault.quit = atoi(value);
    else if (strncmp(text, "tokens=", 7) == 0)
        fault.tokens = atoi(value);
    else if (strncmp(text, "token=", 6) == 0)
        fault.token = atoi(value);
    else
        for (size_t i = 0; ; i++) {
            if (i == sizeof table / sizeof table[0])
                stop("no such fault");
            if (strlen(table[i].name) != len || strncmp(table[i].name, text, len) != 0)
                continue;
            if (table[i].flag != NULL)
                *table[i].flag = 1;
            else
                *table[i].text = value;
            break;
        }
}

static void
change_hello(json_t *answer)
{
    static const char *const types[] = {"weights", "activations", "accumulators",
                                        "cache"};

    if (fault.claim != NULL)
        json_object_set_new(answer, "arithmetic", strcmp(fault.claim, "none") != 0 ?
                            json_string(fault.claim) : json_null());
    for (size_t i = 0; i < 4 && fault.type != NULL; i++)
        json_object_set_new(answer, types[i], json_string(fault.type));
    if (fault.cache != NULL)
        json_object_set_new(answer, "cache", json_string(fault.cache));
    if (fault.ops != NULL)
        json_object_set_new(answer, "ops", json_pack("[s]", fault.ops));
}

static void
change_tap(json_t *answer, const char *name)
{
    json_t *tap = json_object_get(json_object_get(answer, "taps"), name);
    struct cola_values v;
    size_t i;

    if (tap == NULL)
        return;
    v = values_of(tap);
    i = strcmp(name, "scores") == 0 ? 7 : v.shape[1] + 5;
    cola_values_free(&v);
    add_one(tap, i, i + 1);
}

static int
long_enough(const json_t *request)
{
    return (int)json_array_size(json_object_get(request, "tokens")) >= fault.tokens;
}

static int
was_seen(const json_t *request)
{
    const json_t *hidden = json_object_get(request, "hidden");

    return fault.seen == NULL || strncmp(json_string_value(json_object_get(
               hidden, "bits")), fault.seen, strlen(fault.seen)) == 0;
}

static json_t *
answer_of(struct cola_serve *serve, struct cola_serve *rounded, const json_t *request)
{
    const char *op = json_string_value(json_object_get(request, "op"));
    json_t *answer, *other, *items, *id = json_object_get(request, "id");

    if (op != NULL && fault.op != NULL && strcmp(op, "hello") != 0 &&
        strcmp(op, fault.op) != 0)
        return json_pack("{s:O, s:b}", "id", id, "unsupported", 1);
    answer = ask(serve, request);
    if (op == NULL)
        return answer;
    if (strcmp(op, "hello") == 0)
        change_hello(answer);
    if (fault.scale != 0.0) {
        other = ask(rounded, request);
        for_each(answer, other, exaggerate, NULL);
        json_decref(other);
    }
    if (fault.zeros || fault.nan)
        for_each(answer, answer, flatten, NULL);
    if (fault.hidden > 0 && strcmp(op, "hidden") == 0 && long_enough(request)) {
        json_t *hidden = json_object_get(answer, "hidden");
        struct cola_values v = values_of(hidden);

        add_one(hidden, (size_t)fault.hidden * v.shape[1] * v.shape[2], v.n);
        cola_values_free(&v);
    }
    if (fault.hidden > 0 && strcmp(op, "logits") == 0)
        add_one(json_array_get(json_object_get(answer, "items"), 0), 7, 8);
    items = json_object_get(answer, "items");
    if ((fault.company && json_array_size(items) > 1) ||
        (fault.pad != NULL && json_object_get(request, "pad") != NULL &&
         strcmp(fault.pad, json_string_value(json_object_get(request, "pad"))) == 0))
        add_one(json_array_get(items, 0), 7, 8);
    if (fault.extra && json_array_size(items) > 2)
        json_array_append(items, json_array_get(items, 0));
    if (fault.trace != NULL && strcmp(op, "trace") == 0)
        change_tap(answer, fault.trace);
    if (fault.layer != NULL && strcmp(op, "layer") == 0 && was_seen(request))
        change_tap(answer, fault.layer);
    if (fault.token >= 0 && strcmp(op, "generate") == 0)
        json_array_set_new(json_object_get(answer, "ids"), (size_t)fault.token,
                           json_integer(3));
    if (fault.values)
        for_each(answer, answer, write_values, NULL);
    if (fault.file != NULL)
        for_each(answer, answer, write_file, NULL);
    if (fault.large) {
        char *much = malloc(1000001);

        if (much == NULL)
            stop("out of memory");
        memset(much, 'x', 1000000);
        much[1000000] = '\0';
        json_object_set_new(answer, "much", json_string(much));
        free(much);
    }
    return answer;
}

/* Is there another line within a moment?  getline() must not hold one back. */
static int
more(void)
{
    struct pollfd fd = {STDIN_FILENO, POLLIN, 0};

    return poll(&fd, 1, 100) > 0 && (fd.revents & POLLIN) != 0;
}

static void
answer_all(const char *backend)
{
    struct cola_serve *serve = serve_of(backend, fault.kv != NULL ? fault.kv : "position",
                                        fault.scale != 0.0 ? NULL : fault.round);
    struct cola_serve *rounded = serve_of(backend, "position", fault.round);
    json_t *held[HELD];
    char *line = NULL;
    size_t room = 0, n = 0;
    ssize_t len;

    setvbuf(stdin, NULL, _IONBF, 0);
    while ((len = getline(&line, &room, stdin)) > 0) {
        json_t *request;

        if (cola_json_parse(line, (size_t)len, "request", &request, NULL) != COLA_OK)
            stop("a request that is not JSON");
        held[n++] = answer_of(serve, rounded, request);
        json_decref(request);
        while (n > 0 && (!fault.reverse || n == HELD || !more())) {
            do {
                json_dumpf(held[--n], stdout, JSON_COMPACT);
                putchar('\n');
                json_decref(held[n]);
            } while (n > 0);
            fflush(stdout);
            if (fault.quit > 0 && --fault.quit == 0)
                exit(3);
        }
    }
    free(line);
    cola_serve_free(serve);
    cola_serve_free(rounded);
}

int
main(int argc, char **argv)
{
    if (argc < 2)
        stop("stub vectors MODEL NAME, or stub BACKEND [FAULT]...");
    if (strcmp(argv[1], "vectors") == 0 && argc == 4) {
        make_vectors(argv[2], argv[3]);
    } else {
        for (int i = 2; i < argc; i++)
            take_fault(argv[i]);
        answer_all(argv[1]);
    }
    return 0;
}
