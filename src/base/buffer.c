/*
 * buffer.c - bytes that grow
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
cola_buffer_free(struct cola_buffer *b)
{
    free(b->data);
    *b = (struct cola_buffer)COLA_BUFFER_EMPTY;
}

void
cola_buffer_reset(struct cola_buffer *b)
{
    b->len = 0;
    b->failed = 0;
    if (b->data != NULL)
        b->data[0] = '\0';
}

/* Make room for N more bytes and a NUL; 0 when that cannot be. */
static int
grow(struct cola_buffer *b, size_t n)
{
    size_t need, room;
    char *data;

    if (b->failed || n > SIZE_MAX / 2 - b->len - 1)
        return b->failed = 1, 0;
    need = b->len + n + 1;
    if (need <= b->room)
        return 1;
    room = b->room < 64 ? 64 : b->room;
    while (room < need)
        room *= 2;
    data = cola_realloc(b->data, room, 1);
    if (data == NULL)
        return b->failed = 1, 0;
    b->data = data;
    b->room = room;
    return 1;
}

void
cola_buffer_bytes(struct cola_buffer *b, const void *data, size_t n)
{
    if (!grow(b, n))
        return;
    if (n > 0)
        memcpy(b->data + b->len, data, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void
cola_buffer_text(struct cola_buffer *b, const char *text)
{
    cola_buffer_bytes(b, text, strlen(text));
}

void
cola_buffer_printf(struct cola_buffer *b, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    if (n < 0 || !grow(b, (size_t)n)) {
        b->failed = 1;
        return;
    }
    va_start(ap, format);
    vsnprintf(b->data + b->len, (size_t)n + 1, format, ap);
    va_end(ap);
    b->len += (size_t)n;
}

void
cola_buffer_csv(struct cola_buffer *b, const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        cola_buffer_text(b, text);
        return;
    }
    cola_buffer_text(b, "\"");
    for (; *text != '\0'; text++)
        cola_buffer_bytes(b, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    cola_buffer_text(b, "\"");
}

enum cola_status
cola_buffer_ok(const struct cola_buffer *b, struct cola_error *err)
{
    return b->failed ? cola_fail_memory(err) : COLA_OK;
}
