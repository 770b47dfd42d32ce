/*
 * folder.c - a directory into which a report is written
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "report/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Does the file at PATH begin as ours do? */
static int
is_ours(const char *path, const char *mark)
{
    char head[1001];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t n = 0;

    while (fd >= 0 && n < sizeof head - 1) {
        ssize_t got = read(fd, head + n, sizeof head - 1 - n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    if (fd >= 0)
        close(fd);
    head[n] = '\0';
    return strstr(head, mark) != NULL;
}

enum cola_status
cola_folder_open(const char *dir, char *const *names, size_t n, const char *index,
                 const char *mark, struct cola_error *err)
{
    enum cola_status st = COLA_OK;
    char *path;
    int ours;

    if (mkdir(dir, 0777) == 0)
        return COLA_OK;
    if (errno != EEXIST)
        return cola_fail(err, COLA_RESOURCE, "%s: cannot be made: %s", dir,
                         strerror(errno));
    if (!cola_file_is_directory(dir))
        return cola_fail(err, COLA_INPUT, "%s: not a directory", dir);
    path = cola_path_join(dir, index);
    if (path == NULL)
        return cola_fail_memory(err);
    ours = is_ours(path, mark);
    free(path);
    for (size_t i = 0; i < n && !ours && st == COLA_OK; i++) {
        struct stat there;

        path = cola_path_join(dir, names[i]);
        if (path == NULL)
            st = cola_fail_memory(err);
        else if (lstat(path, &there) == 0)
            st = cola_fail(err, COLA_INPUT, "%s: exists, and %s holds no report that it "
                           "could belong to", path, dir);
        free(path);
    }
    return st;
}

static enum cola_status
write_all(int fd, const char *path, const struct cola_buffer *b, struct cola_error *err)
{
    size_t done = 0;

    while (done < b->len) {
        ssize_t n = write(fd, b->data + done, b->len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cola_fail(err, COLA_RESOURCE, "%s: write failed: %s", path,
                             strerror(errno));
        done += (size_t)n;
    }
    if (fsync(fd) != 0 && errno != EINVAL)
        return cola_fail(err, COLA_RESOURCE, "%s: write failed: %s", path,
                         strerror(errno));
    return COLA_OK;
}

/* A file of its own beside PATH, with the permissions that files get. */
static int
open_beside(const char *path, struct cola_buffer *name)
{
    for (int i = 0; i < 100; i++) {
        int fd;

        cola_buffer_reset(name);
        cola_buffer_printf(name, "%s.new-%ld-%d", path, (long)getpid(), i);
        if (name->failed)
            return -1;
        fd = open(name->data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

enum cola_status
cola_folder_write(const char *dir, const char *name, const struct cola_buffer *b,
                  struct cola_error *err)
{
    char *path = cola_path_join(dir, name);
    struct cola_buffer beside = COLA_BUFFER_EMPTY;
    enum cola_status st = path != NULL ? cola_buffer_ok(b, err) : cola_fail_memory(err);
    int fd = -1;

    if (st == COLA_OK) {
        fd = open_beside(path, &beside);
        st = cola_buffer_ok(&beside, err);
    }
    if (st == COLA_OK && fd < 0)
        st = cola_fail(err, COLA_RESOURCE, "%s: cannot write: %s", path, strerror(errno));
    if (st == COLA_OK) {
        st = write_all(fd, path, b, err);
        if (close(fd) != 0 && st == COLA_OK)
            st = cola_fail(err, COLA_RESOURCE, "%s: write failed: %s", path,
                           strerror(errno));
        if (st == COLA_OK && rename(beside.data, path) != 0)
            st = cola_fail(err, COLA_RESOURCE, "%s: cannot write: %s", path,
                           strerror(errno));
        if (st != COLA_OK)
            unlink(beside.data);
    }
    cola_buffer_free(&beside);
    free(path);
    return st;
}
