/*
 * error.c - messages for the caller, and memory that can refuse
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum cola_status
cola_fail(struct cola_error *err, enum cola_status status, const char *format, ...)
{
    if (err != NULL) {
        va_list ap;

        err->status = status;
        va_start(ap, format);
        vsnprintf(err->text, sizeof err->text, format, ap);
        va_end(ap);
        /* A message is one line, whatever the input it quotes contains. */
        for (char *c = err->text; *c != '\0'; c++)
            if ((unsigned char)*c < 0x20 || *c == 0x7f)
                *c = '?';
    }
    return status;
}

enum cola_status
cola_fail_memory(struct cola_error *err)
{
    return cola_fail(err, COLA_RESOURCE, "out of memory");
}

void *
cola_alloc(size_t count, size_t size)
{
    if (count == 0 || size == 0)
        return calloc(1, 1);
    if (count > SIZE_MAX / size)
        return NULL;
    return calloc(count, size);
}

void *
cola_realloc(void *old, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return realloc(old, count * size != 0 ? count * size : 1);
}

char *
cola_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = cola_alloc(size, 1);

    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

const char *
cola_version(void)
{
    return PACKAGE_VERSION;
}
