/*
 * command.h - what a subcommand is, and the options they share
 */
#ifndef COLA_COMMAND_H
#define COLA_COMMAND_H

#include "cli/say.h"

/* Every option of every command, as given; NULL, 0 or -1 when not. */
struct options {
    const char *backend, *kv, *round, *ids, *levels;
    const char *tokens, *prompt, *decode;
    const char **chains;        /* [n_chains], each CHAIN or @FILE */
    int n_chains;
    const char **truths;        /* [n_truths], of which TRUTH is the last */
    int n_truths;
    const char *output, *preset, *preset_file, *judge, *per, *grade, *space;
    const char *simulations, *seed, *min_length, *max_length, *held, *shard;
    const char *number, *threads, *limit, *layers, *depth, *max_tokens;
    const char *for_model, *task, *template, *format, *sample;
    int json, quiet, bos, pieces, all_positions, each_position;
    const char *sequences, *max_chains, *truth;
    const char *subject, *timeout, *flag, *id, *model, *controls, *compare;
    const char *model_path, *error;
    int resume, explain, no_random, list, yardstick, parseable, strict;
    char **words;               /* [n_words] what is no option */
    int n_words;
};

struct command {
    const char *name;
    const char *words;          /* "MODEL TASK", for the usage line */
    int least, most;            /* how many words */
    const char *summary;        /* one line */
    const char *options;        /* names it accepts, between blanks */
    const char *details;        /* further lines of help, or "" */
    enum cola_status (*run)(const struct options *o, struct cola_error *err);
};

/*
 * Read ARGV, which begins with the command's name.  *HELP is set when help was
 * asked for and printed.  COLA_USAGE is said already.
 */
COLA_MUST_USE enum cola_status
options_read(const struct command *command, int argc, char **argv, struct options *o,
             int *help);
void options_free(struct options *o);

/* The value TEXT of the option called NAME as an integer; DEFAULT when NULL. */
COLA_MUST_USE enum cola_status
option_integer(const char *name, const char *text, int lo, int hi, int otherwise,
               int *value, struct cola_error *err);

/* --threads is checked and set; the backend's name is returned. */
COLA_MUST_USE enum cola_status
option_backend(const struct options *o, const char **backend, struct cola_error *err);

#endif
