/*
 * main.c - the program colaref: find the command, run it, say how it ended
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

extern const struct command command_info, command_tokenize, command_logits,
    command_run, command_eval, command_search, command_enumerate, command_verify,
    command_report, command_check, command_subject, command_vectors, command_show,
    command_perft, command_presets, command_prompts, command_controls, command_export,
    command_import, command_diff;

static const struct command *const commands[] = {
    &command_info, &command_tokenize, &command_logits, &command_run, &command_eval,
    &command_search, &command_enumerate, &command_verify, &command_report,
    &command_check, &command_subject, &command_vectors, &command_show, &command_perft,
    &command_presets,
    &command_prompts, &command_controls, &command_export, &command_import, &command_diff,
};

#define COMMANDS (sizeof commands / sizeof commands[0])

static void
print_help(void)
{
    puts("Usage: colaref COMMAND [WORD]... [OPTION]...\n"
         "Execute the layers of a language model in any order, and search for better "
         "orders.\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    puts("\n\"colaref COMMAND --help\" says more; colaref --version says which this is.\n"
         "A first try: colaref search tiny register --limit 40");
}

/* Where a standard stream was closed, put something that refuses what is done
 * with it: otherwise the next file opened, a journal say, would be it. */
static void
occupy_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

/* Run what the command line says; what failed is in ERR unless said already. */
static enum cola_status
run(int argc, char **argv, struct cola_error *err)
{
    const struct command *command = NULL;
    struct options options;
    enum cola_status st;
    int help;

    if (argc < 2) {
        say_usage("a command is expected");
        return COLA_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return COLA_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("colaref %s (arithmetic 1)\n", cola_version());
        return COLA_OK;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i]->name) == 0)
            command = commands[i];
    if (command == NULL) {
        say_usage("no command is called \"%s\"", argv[1]);
        return COLA_USAGE;
    }
    say_command(command->name);
    st = options_read(command, argc - 1, argv + 1, &options, &help);
    if (st == COLA_OK && !help) {
        st = cola_selftest(err);
        if (st == COLA_OK)
            st = command->run(&options, err);
        say_finish();
    }
    options_free(&options);
    return st;
}

int
main(int argc, char **argv)
{
    struct cola_error err = {COLA_OK, ""};
    enum cola_status st;

    /* A reader that goes away is a failed write, said and with its status. */
    signal(SIGPIPE, SIG_IGN);
    occupy_streams();
    st = run(argc, argv, &err);
    if (st == COLA_OK)
        st = say_ended(&err);
    if (st != COLA_OK && err.status != COLA_OK)
        say_error(&err);
    return (int)st;
}
