/*
 * file.h - whole files in, whole records out
 *
 * Inputs are mapped read-only, so that a checkpoint of many gigabytes opens
 * at once and is shared between processes.  Outputs grow by whole records,
 * each flushed to the disk before the next one begins: a killed run leaves
 * at most one torn line, the last.
 */
#ifndef COLA_FILE_H
#define COLA_FILE_H

#include "base/error.h"

struct cola_map {
    const unsigned char *data;  /* NULL for an empty file */
    size_t size;
};

COLA_MUST_USE enum cola_status
cola_map_open(const char *path, struct cola_map *map, struct cola_error *err);
void cola_map_close(struct cola_map *map);

/*
 * The lines of a map, one after another.  Set NUMBER to 0 first; after a call
 * that returned non-zero TEXT [LEN] is the line without its newline, NUMBER
 * its number from 1, WHOLE whether a newline ends it.
 */
struct cola_line {
    const char *text;
    size_t len, number;
    int whole;
};

int cola_line_next(const struct cola_map *map, struct cola_line *line);

/* Does PATH name something / a directory? */
int cola_file_exists(const char *path);
int cola_file_is_directory(const char *path);

/* "DIR/NAME" in fresh memory, or NULL. */
char *cola_path_join(const char *dir, const char *name);

/* A file that grows by records. */
struct cola_appender {
    int fd;                     /* -1 when closed */
    int durable;                /* 0 for pipes and terminals */
    const char *path;           /* borrowed, for messages */
};

/*
 * PATH "-" is standard output.  CREATE non-zero: the file must not exist yet;
 * otherwise it is opened at its end, after being cut to KEEP bytes.
 */
COLA_MUST_USE enum cola_status
cola_append_open(const char *path, int create, uint64_t keep,
                 struct cola_appender *a, struct cola_error *err);
COLA_MUST_USE enum cola_status
cola_append(struct cola_appender *a, const char *data, size_t n,
            struct cola_error *err);
COLA_MUST_USE enum cola_status
cola_append_close(struct cola_appender *a, struct cola_error *err);

/* All of standard input, NUL-terminated, in fresh memory. */
COLA_MUST_USE enum cola_status
cola_read_stdin(char **text, size_t *len, struct cola_error *err);

#endif
