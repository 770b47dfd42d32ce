/*
 * journal.c - the file of one run: in order, durable, resumable
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "record/journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct cola_journal {
    char *path, *pending_path;          /* NULL: no file */
    struct cola_appender file, pending;
    const char *const *ids;
    size_t n, next;                     /* samples; the next to be written */
    char **waiting;                     /* [n] records that wait for their turn */
    uint64_t pending_keep;              /* whole lines of FILE.pending, in bytes */
    int ended;
};

/* ---- reading -------------------------------------------------------------------- */

/* Call RECORD for each whole line; *KEEP is how many bytes those lines have. */
static enum cola_status
read_lines(const char *path, uint64_t *keep,
           enum cola_status (*record)(void *ctx, const json_t *value, const char *bytes,
                                      size_t len, struct cola_error *err),
           void *ctx, int *torn, struct cola_error *err)
{
    struct cola_line line = {0};
    struct cola_map map;
    enum cola_status st = cola_map_open(path, &map, err);

    if (st != COLA_OK)
        return st;
    *torn = 0;
    *keep = 0;
    while (st == COLA_OK && cola_line_next(&map, &line)) {
        char place[300];
        json_t *value;

        if (!line.whole) {
            *torn = 1;
            break;
        }
        snprintf(place, sizeof place, "%.250s: line %zu", path, line.number);
        st = cola_json_parse(line.text, line.len, place, &value, err);
        if (st != COLA_OK)
            break;
        st = record(ctx, value, line.text, line.len + 1, err);
        json_decref(value);
        *keep += line.len + 1;
    }
    cola_map_close(&map);
    return st;
}

enum cola_status
cola_journal_read(const char *path,
                  enum cola_status (*record)(void *ctx, const json_t *value,
                                             const char *bytes, size_t len,
                                             struct cola_error *err),
                  void *ctx, int *torn, struct cola_error *err)
{
    uint64_t keep;
    enum cola_status st = read_lines(path, &keep, record, ctx, torn, err);

    if (st == COLA_OK && keep == 0)
        return cola_fail(err, COLA_INPUT, "%s: not a journal: it has no header", path);
    return st;
}

/* ---- taking up a file ------------------------------------------------------------- */

struct resumption {
    struct cola_journal *j;
    const char *path, *header;
    unsigned char *done;
    size_t lines, end;          /* end: the bytes of the end record */
};

static enum cola_status
fail_other(const char *path, struct cola_error *err)
{
    return cola_fail(err, COLA_INPUT, "%s: line 1: another run's journal: model, task, "
                     "preset or another option differs", path);
}

/* PATH has no whole line: it is the beginning of HEADER, or not ours to cut. */
static enum cola_status
check_beginning(const char *path, const char *header, struct cola_error *err)
{
    struct cola_map map;
    enum cola_status st = cola_map_open(path, &map, err);

    if (st != COLA_OK)
        return st;
    if (map.size > strlen(header) ||
        (map.size > 0 && memcmp(map.data, header, map.size) != 0))
        st = fail_other(path, err);
    cola_map_close(&map);
    return st;
}

/* A line of the file itself: the header, the next sample, or the end. */
static enum cola_status
take_up(void *ctx, const json_t *value, const char *bytes, size_t len,
        struct cola_error *err)
{
    struct resumption *r = ctx;
    struct cola_journal *j = r->j;
    const char *type = json_string_value(json_object_get(value, "type"));
    const char *id = json_string_value(json_object_get(value, "id"));

    if (r->lines++ == 0) {
        if (len != strlen(r->header) || memcmp(bytes, r->header, len) != 0)
            return fail_other(r->path, err);
        return COLA_OK;
    }
    if (type != NULL && strcmp(type, "end") == 0) {
        j->ended = 1;
        r->end = len;
        return COLA_OK;
    }
    if (type == NULL || (strcmp(type, "sample") != 0 && strcmp(type, "part") != 0) ||
        id == NULL || j->ended || j->next == j->n ||
        strcmp(id, j->ids[j->next]) != 0)
        return cola_fail(err, COLA_INPUT, "%s: line %zu: \"%.100s\" is not the sample "
                         "that comes next in this run", r->path, r->lines,
                         id != NULL ? id : "?");
    r->done[j->next++] = 1;
    return COLA_OK;
}

/* A line of FILE.pending: any sample that is not in the file yet. */
static enum cola_status
take_pending(void *ctx, const json_t *value, const char *bytes, size_t len,
             struct cola_error *err)
{
    struct resumption *r = ctx;
    struct cola_journal *j = r->j;
    const char *id = json_string_value(json_object_get(value, "id"));

    for (size_t i = j->next; id != NULL && i < j->n; i++)
        if (strcmp(j->ids[i], id) == 0 && j->waiting[i] == NULL) {
            j->waiting[i] = cola_alloc(len + 1, 1);
            if (j->waiting[i] == NULL)
                return cola_fail_memory(err);
            memcpy(j->waiting[i], bytes, len);
            r->done[i] = 1;
            break;
        }
    return COLA_OK;
}

static enum cola_status
resume(struct cola_journal *j, const char *header, unsigned char *done, uint64_t *keep,
       struct cola_error *err)
{
    struct resumption r = {j, j->path, header, done, 0, 0};
    int torn;
    enum cola_status st = read_lines(j->path, keep, take_up, &r, &torn, err);

    if (st == COLA_OK && *keep == 0)
        return check_beginning(j->path, header, err);
    if (st == COLA_OK && j->ended && j->next < j->n) {
        j->ended = 0;           /* fewer samples were asked for then: go on */
        *keep -= r.end;
    }
    if (st == COLA_OK && cola_file_exists(j->pending_path))
        st = read_lines(j->pending_path, &j->pending_keep, take_pending, &r, &torn, err);
    return st;
}

/* ---- writing --------------------------------------------------------------------- */

/* Write what has waited for the turn that has come. */
static enum cola_status
write_waiting(struct cola_journal *j, struct cola_error *err)
{
    for (; j->next < j->n && j->waiting[j->next] != NULL; j->next++) {
        enum cola_status st = cola_append(&j->file, j->waiting[j->next],
                                          strlen(j->waiting[j->next]), err);

        if (st != COLA_OK)
            return st;
        free(j->waiting[j->next]);
        j->waiting[j->next] = NULL;
    }
    return COLA_OK;
}

enum cola_status
cola_journal_open(const char *path, const char *header, const char *const *ids,
                  size_t n, int take, unsigned char *done,
                  struct cola_journal **journal, struct cola_error *err)
{
    struct cola_journal *j = cola_alloc(1, sizeof *j);
    uint64_t keep = 0;
    int exists;
    enum cola_status st = COLA_OK;

    if (j == NULL)
        return cola_fail_memory(err);
    j->file.fd = j->pending.fd = -1;
    j->ids = ids;
    j->n = n;
    j->waiting = cola_alloc(n, sizeof *j->waiting);
    memset(done, 0, n);
    if (path != NULL)
        j->path = cola_strdup(path);
    if (path != NULL && strcmp(path, "-") != 0) {
        j->pending_path = cola_alloc(strlen(path) + sizeof ".pending", 1);
        if (j->pending_path != NULL) {
            strcpy(j->pending_path, path);
            strcat(j->pending_path, ".pending");
        }
    }
    if (j->waiting == NULL || (path != NULL && j->path == NULL) ||
        (path != NULL && strcmp(path, "-") != 0 && j->pending_path == NULL))
        st = cola_fail_memory(err);
    if (st == COLA_OK && j->pending_path != NULL && cola_file_is_directory(path))
        st = cola_fail(err, COLA_RESOURCE, "%s: cannot write: it is a directory", path);
    exists = j->pending_path != NULL && cola_file_exists(path);
    if (st == COLA_OK && exists && !take)
        st = cola_fail(err, COLA_INPUT, "%s: exists already; --resume continues it",
                       path);
    if (st == COLA_OK && exists)
        st = resume(j, header, done, &keep, err);
    if (st == COLA_OK && path != NULL)
        st = cola_append_open(j->path, !exists, keep, &j->file, err);
    /* before there is a header, what is pending is another run's */
    if (st == COLA_OK && j->pending_path != NULL && keep == 0 &&
        unlink(j->pending_path) != 0 && errno != ENOENT)
        st = cola_fail(err, COLA_RESOURCE, "%s: %s", j->pending_path, strerror(errno));
    if (st == COLA_OK && path != NULL && keep == 0)
        st = cola_append(&j->file, header, strlen(header), err);
    if (st == COLA_OK && path != NULL && !j->ended)
        st = write_waiting(j, err);
    if (st != COLA_OK) {
        cola_journal_close(j);
        return st;
    }
    *journal = j;
    return COLA_OK;
}

enum cola_status
cola_journal_put(struct cola_journal *j, size_t i, const char *record, size_t len,
                 struct cola_error *err)
{
    enum cola_status st = COLA_OK;

    if (j->path == NULL)
        return COLA_OK;
    if (i == j->next) {
        st = cola_append(&j->file, record, len, err);
        if (st != COLA_OK)
            return st;
        j->next++;
        return write_waiting(j, err);
    }
    if (j->pending_path != NULL && j->pending.fd < 0)
        st = cola_append_open(j->pending_path, !cola_file_exists(j->pending_path),
                              j->pending_keep, &j->pending, err);
    if (st == COLA_OK && j->pending_path != NULL)
        st = cola_append(&j->pending, record, len, err);
    if (st != COLA_OK)
        return st;
    j->waiting[i] = cola_alloc(len + 1, 1);
    if (j->waiting[i] == NULL)
        return cola_fail_memory(err);
    memcpy(j->waiting[i], record, len);
    return COLA_OK;
}

enum cola_status
cola_journal_end(struct cola_journal *j, struct cola_error *err)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    enum cola_status st = COLA_OK;

    if (j->path == NULL)
        return COLA_OK;
    if (!j->ended) {
        cola_buffer_printf(&b, "{\"type\":\"end\",\"samples\":%zu}\n", j->n);
        st = cola_buffer_ok(&b, err);
        if (st == COLA_OK)
            st = cola_append(&j->file, b.data, b.len, err);
        cola_buffer_free(&b);
    }
    if (st == COLA_OK)
        st = cola_append_close(&j->file, err);
    if (st == COLA_OK && j->pending_path != NULL && unlink(j->pending_path) != 0 &&
        errno != ENOENT)
        st = cola_fail(err, COLA_RESOURCE, "%s: %s", j->pending_path, strerror(errno));
    return st;
}

void
cola_journal_close(struct cola_journal *j)
{
    if (j == NULL)
        return;
    (void)!cola_append_close(&j->file, NULL);
    (void)!cola_append_close(&j->pending, NULL);
    for (size_t i = 0; j->waiting != NULL && i < j->n; i++)
        free(j->waiting[i]);
    free(j->waiting);
    free(j->path);
    free(j->pending_path);
    free(j);
}
