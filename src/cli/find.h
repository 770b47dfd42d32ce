/*
 * find.h - models, tasks and chains by the names given on the command line
 */
#ifndef COLA_FIND_H
#define COLA_FIND_H

#include "cli/command.h"
#include "execute/executor.h"
#include "text/tokenizer.h"

/*
 * The path of the model or task called NAME, in fresh memory: a path as it is,
 * else one of those that are shipped, looked for in $COLAREF_DATA, the
 * installation and the source tree.
 */
COLA_MUST_USE enum cola_status
find_model(const char *name, char **path, struct cola_error *err);
COLA_MUST_USE enum cola_status
find_task(const char *name, char **path, struct cola_error *err);

/* The directory that holds what is shipped, in fresh memory; NULL: none. */
char *find_data(void);

/* Open a model by name. */
COLA_MUST_USE enum cola_status
open_model(const char *name, struct cola_model **model, struct cola_error *err);

/* The tokenizer of a model, or the failure that it has none. */
COLA_MUST_USE enum cola_status
open_tokenizer(const struct cola_model *model, struct cola_tokenizer **tokenizer,
               struct cola_error *err);

/* MODEL made ready as --backend, --kv and --round say. */
COLA_MUST_USE enum cola_status
open_executor(const struct options *o, const struct cola_model *model,
              struct cola_executor **executor, struct cola_error *err);

/* The chain TEXT for MODEL, the ordinary one when TEXT is NULL. */
COLA_MUST_USE enum cola_status
read_chain(const char *text, const struct cola_model *model, struct cola_chain *chain,
           struct cola_error *err);

/* Token ids "1,5,9" in fresh memory. */
COLA_MUST_USE enum cola_status
read_ids(const char *text, int **ids, int *n, struct cola_error *err);

/* TEXT as the model's prompt in fresh memory; "-" is standard input. */
COLA_MUST_USE enum cola_status
read_prompt(const struct cola_tokenizer *tokenizer, const char *text, int **ids, int *n,
            struct cola_error *err);

#endif
