/*
 * cmd_tokenize.c - text to token ids, and back
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/find.h"

static enum cola_status
decode(const struct cola_tokenizer *tokenizer, const char *text, struct cola_buffer *b,
       struct cola_error *err)
{
    int *ids, n;
    enum cola_status st = read_ids(text, &ids, &n, err);

    if (st != COLA_OK)
        return st;
    for (int i = 0; i < n && st == COLA_OK; i++)
        if (cola_tokenizer_spelling(tokenizer, ids[i]) == NULL)
            st = cola_fail(err, COLA_INPUT, "token %d is %d; the tokenizer has none of "
                           "that number", i, ids[i]);
    if (st == COLA_OK)
        st = cola_tokenizer_decode(tokenizer, ids, (size_t)n, b, err);
    cola_buffer_text(b, "\n");
    free(ids);
    return st;
}

static enum cola_status
encode(const struct cola_tokenizer *tokenizer, const struct options *o,
       struct cola_buffer *b, struct cola_error *err)
{
    struct cola_token *tokens;
    char *input = NULL;
    const char *text = o->n_words > 1 ? o->words[1] : NULL;
    size_t len = text != NULL ? strlen(text) : 0, n;
    enum cola_status st = COLA_OK;

    if (text == NULL) {
        st = cola_read_stdin(&input, &len, err);
        text = input;
    }
    if (st == COLA_OK)
        st = cola_tokenizer_encode(tokenizer, text, len, o->bos, &tokens, &n, err);
    free(input);
    if (st != COLA_OK)
        return st;
    cola_buffer_text(b, "[");
    for (size_t i = 0; i < n; i++) {
        const char *spelling = cola_tokenizer_spelling(tokenizer, tokens[i].id);

        cola_buffer_text(b, i > 0 ? "," : "");
        if (!o->pieces) {
            cola_buffer_printf(b, "%d", tokens[i].id);
            continue;
        }
        cola_buffer_printf(b, "{\"id\":%d,\"piece\":", tokens[i].id);
        cola_json_add_text(b, spelling, spelling != NULL ? strlen(spelling) : 0);
        cola_buffer_printf(b, ",\"begin\":%zu,\"end\":%zu}", tokens[i].begin,
                           tokens[i].end);
    }
    cola_buffer_text(b, "]\n");
    free(tokens);
    return COLA_OK;
}

/* MODEL may be a directory with nothing but a tokenizer.json, or that file. */
static enum cola_status
open_any(const char *name, struct cola_tokenizer **tokenizer, struct cola_error *err)
{
    char *path, *file;
    enum cola_status st = find_model(name, &path, err);

    if (st != COLA_OK)
        return st;
    file = cola_file_is_directory(path) ? cola_path_join(path, "tokenizer.json") :
           cola_strdup(path);
    st = file != NULL ? cola_tokenizer_open(file, tokenizer, err) : cola_fail_memory(err);
    free(file);
    free(path);
    return st;
}

static enum cola_status
tokenize(const struct options *o, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_tokenizer *tokenizer = NULL;
    enum cola_status st;

    if (o->decode != NULL && o->n_words > 1) {
        say_usage("TEXT and --decode exclude one another");
        return COLA_USAGE;
    }
    st = open_any(o->words[0], &tokenizer, err);
    if (st == COLA_OK)
        st = o->decode != NULL ? decode(tokenizer, o->decode, &b, err) :
             encode(tokenizer, o, &b, err);
    if (st == COLA_OK)
        st = say_result(&b, err);
    cola_buffer_free(&b);
    cola_tokenizer_free(tokenizer);
    return st;
}

const struct command command_tokenize = {
    "tokenize", "MODEL [TEXT]", 1, 2,
    "Turn text into a JSON array of token ids, or ids into text",
    "decode bos pieces quiet",
    "Without TEXT, standard input is read as it is, its last newline included.\n",
    tokenize,
};
