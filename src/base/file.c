/*
 * file.c - read-only maps, durable whole-record appends
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum cola_status
cola_map_open(const char *path, struct cola_map *map, struct cola_error *err)
{
    struct stat st;
    void *data = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return cola_fail(err, COLA_INPUT, "%s: %s", path, strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return cola_fail(err, COLA_INPUT, "%s: not a regular file", path);
    }
    if ((uintmax_t)st.st_size > SIZE_MAX) {
        close(fd);
        return cola_fail(err, COLA_INPUT, "%s: larger than this machine's "
                         "address space", path);
    }
    if (st.st_size > 0)
        data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (data == MAP_FAILED)
        return cola_fail(err, COLA_RESOURCE, "%s: cannot map: %s", path,
                         strerror(errno));
    map->data = data;
    map->size = (size_t)st.st_size;
    return COLA_OK;
}

void
cola_map_close(struct cola_map *map)
{
    if (map->data != NULL)
        munmap((void *)(uintptr_t)map->data, map->size);
    map->data = NULL;
    map->size = 0;
}

int
cola_line_next(const struct cola_map *map, struct cola_line *line)
{
    const char *at, *end, *stop;

    if (map->size == 0)
        return 0;
    end = (const char *)map->data + map->size;
    at = line->number == 0 ? (const char *)map->data :
         line->text + line->len + (line->whole ? 1 : 0);
    if (at == end)
        return 0;
    stop = memchr(at, '\n', (size_t)(end - at));
    line->text = at;
    line->len = (size_t)((stop != NULL ? stop : end) - at);
    line->whole = stop != NULL;
    line->number++;
    return 1;
}

int
cola_file_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

int
cola_file_is_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

char *
cola_path_join(const char *dir, const char *name)
{
    size_t size = strlen(dir) + strlen(name) + 2;
    char *path = cola_alloc(size, 1);

    if (path != NULL)
        snprintf(path, size, "%s/%s", dir, name);
    return path;
}

enum cola_status
cola_append_open(const char *path, int create, uint64_t keep,
                 struct cola_appender *a, struct cola_error *err)
{
    struct stat st;
    int fd;

    if (strcmp(path, "-") == 0) {
        *a = (struct cola_appender){STDOUT_FILENO, 0, "standard output"};
        return COLA_OK;
    }
    fd = open(path, O_WRONLY | O_CLOEXEC | (create ? O_CREAT | O_EXCL : 0), 0666);
    if (fd < 0 && errno == EEXIST)
        return cola_fail(err, COLA_INPUT, "%s: exists already", path);
    if (fd < 0)
        return cola_fail(err, COLA_RESOURCE, "%s: cannot write: %s", path,
                         strerror(errno));
    if (fstat(fd, &st) != 0 ||
        (!create && (ftruncate(fd, (off_t)keep) != 0 ||
                     lseek(fd, 0, SEEK_END) < 0))) {
        int e = errno;

        close(fd);
        return cola_fail(err, COLA_RESOURCE, "%s: cannot write: %s", path,
                         strerror(e));
    }
    *a = (struct cola_appender){fd, S_ISREG(st.st_mode), path};
    return COLA_OK;
}

enum cola_status
cola_append(struct cola_appender *a, const char *data, size_t n,
            struct cola_error *err)
{
    while (n > 0) {
        ssize_t done = write(a->fd, data, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return cola_fail(err, COLA_RESOURCE, "%s: write failed: %s", a->path,
                             strerror(errno));
        data += done;
        n -= (size_t)done;
    }
    if (a->durable && fsync(a->fd) != 0 && errno != EINVAL)
        return cola_fail(err, COLA_RESOURCE, "%s: write failed: %s", a->path,
                         strerror(errno));
    return COLA_OK;
}

enum cola_status
cola_append_close(struct cola_appender *a, struct cola_error *err)
{
    int fd = a->fd;

    a->fd = -1;
    if (fd >= 0 && fd != STDOUT_FILENO && close(fd) != 0)
        return cola_fail(err, COLA_RESOURCE, "%s: write failed: %s", a->path,
                         strerror(errno));
    return COLA_OK;
}

enum cola_status
cola_read_stdin(char **text, size_t *len, struct cola_error *err)
{
    char *data = NULL;
    size_t n = 0, room = 0;

    for (;;) {
        ssize_t got;

        if (n + 1 >= room) {
            size_t more = room == 0 ? 4096 : room * 2;
            char *grown = cola_realloc(data, more, 1);

            if (grown == NULL) {
                free(data);
                return cola_fail_memory(err);
            }
            data = grown;
            room = more;
        }
        got = read(STDIN_FILENO, data + n, room - n - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(data);
            return cola_fail(err, COLA_INPUT, "standard input: %s", strerror(errno));
        }
        if (got == 0)
            break;
        n += (size_t)got;
    }
    data[n] = '\0';
    *text = data;
    *len = n;
    return COLA_OK;
}
