/*
 * options.c - the one table of options, and how a command line is read
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "cli/command.h"

#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

enum kind { TEXT, FLAG, CHAINS, TRUTHS };

static const struct description {
    const char *name;
    char letter;                /* 0: none */
    const char *value;          /* NULL: a flag */
    enum kind kind;
    size_t offset;
    const char *help;
} table[] = {
#define T(member) TEXT, offsetof(struct options, member)
#define F(member) FLAG, offsetof(struct options, member)
    {"chain", 'c', "CHAIN", CHAINS, 0, "layers to execute, e.g. 0-7,(4-7)x2,8-11"},
    {"tokens", 't', "IDS", T(tokens), "token ids, e.g. 1,5,9"},
    {"prompt", 'p', "TEXT", T(prompt), "a prompt (\"-\": standard input)"},
    {"number", 'n', "N", T(number), "tokens to generate at most"},
    {"decode", 'd', "IDS", T(decode), "turn ids into text instead"},
    {"bos", 0, NULL, F(bos), "begin with the beginning token"},
    {"pieces", 0, NULL, F(pieces), "objects with id, spelling and byte offsets"},
    {"all-positions", 0, NULL, F(all_positions), "logits after every token"},
    {"each-position", 0, NULL, F(each_position),
     "logits after every position of the chain, as if it ended there"},
    {"output", 'o', "FILE", T(output), "where to write (\"-\": standard output)"},
    {"preset", 0, "NAME", T(preset), "the rules of the search (colaref presets)"},
    {"compare", 0, "A,B,...", T(compare),
     "several presets on the same samples; -o PREFIX: PREFIX.A.jsonl and so on"},
    {"preset-file", 0, "FILE", T(preset_file), "fields of the preset to set, as JSON"},
    {"simulations", 0, "N", T(simulations), "chains to try for each sample"},
    {"seed", 0, "S", T(seed), "where the random numbers begin (42)"},
    {"space", 0, "SPACE", T(space), "edits allowed: skip, repeat, both or any"},
    {"min-length", 0, "A", T(min_length), "shortest chain"},
    {"max-length", 0, "B", T(max_length), "longest chain"},
    {"judge", 0, "JUDGE", T(judge),
     "instead of a model: table:FILE or fnv:SALT:PERMILLE, with --layers"},
    {"per", 0, "UNIT", T(per), "one search a sample (default), a group or the task"},
    {"held", 0, "SHARE", T(held),
     "of a group or the task, the share that never steers (0.5)"},
    {"format", 0, "NAME", T(format),
     "of questions own, arc, math, dart, gsm8k; of label files polar, drllm, csv"},
    {"template", 0, "NAME", T(template),
     "what prompts look like (colaref prompts); @FILE: as there"},
    {"grade", 0, "GRADER", T(grade),
     "exact, choice, number, math, ...: see colaref-task(5)"},
    {"max-tokens", 0, "N", T(max_tokens), "tokens of an answer at most (the template's)"},
    {"no-random", 0, NULL, F(no_random), "do not judge random chains beside"},
    {"controls", 0, "LIST", T(controls),
     "of decoy, kept, pass, siblings and fixed, joined by commas, or all"},
    {"resume", 0, NULL, F(resume), "go on with the journal of a killed run"},
    {"shard", 0, "I/N", T(shard), "only every N-th sample, from the I-th"},
    {"explain", 0, NULL, F(explain), "show each simulation"},
    {"list", 0, NULL, F(list), "a line for each sample or case"},
    {"layers", 0, "L", T(layers), "how many layers the model has"},
    {"depth", 0, "D", T(depth), "how many edits"},
    {"sequences", 0, "N", T(sequences), "every sequence of up to N layers"},
    {"max-chains", 0, "N", T(max_chains), "refuse to enumerate more (1000000)"},
    {"truth", 0, "FILE", TRUTHS, offsetof(struct options, truth),
     "an enumeration (colaref enumerate)"},
    {"yardstick", 0, NULL, F(yardstick), "ask f64 too, the truth in double"},
    {"subject", 0, "CMD", T(subject), "a program that answers on its standard input"},
    {"timeout", 0, "SECONDS", T(timeout), "to wait for an answer (60)"},
    {"flag", 0, "NAME", T(flag), "only cases with this flag"},
    {"id", 0, "ID", T(id), "only the case of this name"},
    {"model", 0, "PATH", T(model), "where the vectors' model is"},
    {"for", 0, "MODEL", T(for_model), "for this checkpoint only"},
    {"task", 0, "TASK", T(task), "the questions that cases or a file are about"},
    {"sample", 0, "N", T(sample), "N questions drawn at random, see --seed"},
    {"limit", 0, "N", T(limit), "only the first N questions"},
    {"ids", 0, "A,B", T(ids), "only the questions with these ids"},
    {"levels", 0, "LIST", T(levels), "only the questions of these levels, e.g. 1,3-5"},
    {"backend", 0, "NAME", T(backend), "exact (default), int8, blas or f64"},
    {"threads", 0, "N", T(threads), "threads to use (default: all cores)"},
    {"kv", 0, "MODE", T(kv),
     "keys and values: position (default), shared-append, shared-overwrite"},
    {"round", 0, "TYPE", T(round), "with f64: round to f32, bf16 or f16 as it would"},
    {"model-path", 0, "NAME", T(model_path), "what the trainer calls the model"},
    {"parseable", 0, NULL, F(parseable), "only chains that the trainer's labels can say"},
    {"strict", 0, NULL, F(strict), "status 1 when a published verdict turned"},
    {"error", 0, "E", T(error), "a bound on how far logits differ"},
    {"json", 0, NULL, F(json), "the result as JSON"},
    {"quiet", 'q', NULL, F(quiet), "no progress, no notes"},
#undef T
#undef F
};

#define OPTIONS (sizeof table / sizeof table[0])

static int
accepts(const struct command *c, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = c->options; (at = strstr(at, name)) != NULL; at += len)
        if ((at == c->options || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return 1;
    return 0;
}

static void
print_help(const struct command *c)
{
    printf("Usage: colaref %s%s%s [OPTION]...\n%s.\n\n", c->name,
           *c->words != '\0' ? " " : "", c->words, c->summary);
    for (const struct description *d = table; d < table + OPTIONS; d++) {
        char left[40];

        if (!accepts(c, d->name))
            continue;
        if (d->letter != 0)
            snprintf(left, sizeof left, "-%c, --%s%s%s", d->letter, d->name,
                     d->value != NULL ? " " : "", d->value != NULL ? d->value : "");
        else
            snprintf(left, sizeof left, "    --%s%s%s", d->name,
                     d->value != NULL ? " " : "", d->value != NULL ? d->value : "");
        printf("  %-24s %s\n", left, d->help);
    }
    printf("  %-24s %s\n", "-h, --help", "this text");
    if (*c->details != '\0')
        printf("\n%s", c->details);
}

static enum cola_status
add_value(const char ***list, int *n, const char *value)
{
    const char **grown = cola_realloc(*list, (size_t)*n + 1, sizeof *grown);

    if (grown == NULL)
        return COLA_RESOURCE;
    *list = grown;
    grown[(*n)++] = value;
    return COLA_OK;
}

static enum cola_status
take(struct options *o, const struct description *d, char *value)
{
    char *place = (char *)o + d->offset;

    switch (d->kind) {
    case TEXT:
        memcpy(place, &value, sizeof value);
        break;
    case FLAG:
        *(int *)(void *)place = 1;
        break;
    case CHAINS:
        return add_value(&o->chains, &o->n_chains, value);
    case TRUTHS:                /* one is enough for most */
        o->truth = value;
        return add_value(&o->truths, &o->n_truths, value);
    }
    return COLA_OK;
}

enum cola_status
options_read(const struct command *c, int argc, char **argv, struct options *o,
             int *help)
{
    struct option longs[OPTIONS + 2];
    char shorts[2 * OPTIONS + 8] = ":h";
    size_t n = 0;
    int got;

    memset(o, 0, sizeof *o);
    *help = 0;
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct description *d = &table[i];
        size_t len = strlen(shorts);

        if (!accepts(c, d->name))
            continue;
        longs[n++] = (struct option){d->name, d->value != NULL ? required_argument :
                                     no_argument, NULL, 256 + (int)i};
        if (d->letter != 0)
            snprintf(shorts + len, sizeof shorts - len, d->value != NULL ? "%c:" : "%c",
                     d->letter);
    }
    longs[n++] = (struct option){"help", no_argument, NULL, 'h'};
    longs[n] = (struct option){NULL, 0, NULL, 0};
    opterr = 0;
    optind = 1;
    while ((got = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        const struct description *d = table;

        if (got == 'h') {
            print_help(c);
            *help = 1;
            return COLA_OK;
        }
        if (got == ':' || got == '?') {
            const char *word = argv[optind - 1];

            if (got == '?' && optopt != 0 && optopt < 256)
                say_usage("no option -%c", optopt);
            else
                say_usage(got == ':' ? "%s needs a value" : "no option %s, or a value it "
                          "does not take", word);
            return COLA_USAGE;
        }
        while (got >= 256 ? d != &table[got - 256] : d->letter != got)
            d++;
        if (take(o, d, optarg) != COLA_OK)
            return COLA_RESOURCE;
    }
    o->words = argv + optind;
    o->n_words = argc - optind;
    if (o->n_words < c->least || o->n_words > c->most) {
        say_usage("expected: %s; %d given", *c->words != '\0' ? c->words :
                  "no words", o->n_words);
        return COLA_USAGE;
    }
    if (o->quiet)
        say_quiet();
    return COLA_OK;
}

void
options_free(struct options *o)
{
    free(o->chains);
    free(o->truths);
}

enum cola_status
option_integer(const char *name, const char *text, int lo, int hi, int otherwise,
               int *value, struct cola_error *err)
{
    int64_t x;

    *value = otherwise;
    if (text == NULL)
        return COLA_OK;
    if (!cola_parse_integer(text, lo, hi, &x))
        return cola_fail(err, COLA_INPUT, hi == INT_MAX ?
                         "--%s is \"%s\", must be an integer from %d" :
                         "--%s is \"%s\", must be an integer from %d to %d", name, text,
                         lo, hi);
    *value = (int)x;
    return COLA_OK;
}

enum cola_status
option_backend(const struct options *o, const char **backend, struct cola_error *err)
{
    int threads;
    enum cola_status st = option_integer("threads", o->threads, 1, 4096, 0, &threads,
                                         err);

    if (st != COLA_OK)
        return st;
    cola_threads_set(threads);
    *backend = o->backend != NULL ? o->backend : "exact";
    return COLA_OK;
}
