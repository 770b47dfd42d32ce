/*
 * utf8.c - what is UTF-8 and what is not
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "text/utf8.h"

/*
 * The bytes at S that belong together: a character (*GOOD is 1), or the
 * longest beginning of one that breaks off (*GOOD is 0; at least one byte).
 * The second byte is where too long forms, surrogates and numbers above
 * U+10FFFF show, so its range depends on the first.
 */
static size_t
scan(const unsigned char *s, size_t len, int *good)
{
    unsigned lo = 0x80, hi = 0xbf;
    size_t need;

    *good = 0;
    if (s[0] < 0x80)
        need = 1;
    else if (s[0] < 0xc2 || s[0] > 0xf4)
        return 1;
    else
        need = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    switch (s[0]) {
    case 0xe0: lo = 0xa0; break;
    case 0xed: hi = 0x9f; break;
    case 0xf0: lo = 0x90; break;
    case 0xf4: hi = 0x8f; break;
    }
    for (size_t i = 1; i < need; i++) {
        if (i == len || s[i] < lo || s[i] > hi)
            return i;
        lo = 0x80;
        hi = 0xbf;
    }
    *good = 1;
    return need;
}

size_t
cola_utf8_length(const char *text, size_t len)
{
    int good;
    size_t n = scan((const unsigned char *)text, len, &good);

    return good ? n : 0;
}

size_t
cola_utf8_check(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len) {
        size_t n = cola_utf8_length(text + at, len - at);

        if (n == 0)
            break;
        at += n;
    }
    return at;
}

size_t
cola_utf8_count(const char *text, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}

void
cola_add_utf8(struct cola_buffer *b, const char *bytes, size_t len)
{
    size_t at = 0;

    while (at < len) {
        size_t n = cola_utf8_check(bytes + at, len - at);
        int good;

        cola_buffer_bytes(b, bytes + at, n);
        at += n;
        if (at == len)
            break;
        at += scan((const unsigned char *)bytes + at, len - at, &good);
        cola_buffer_text(b, "\xef\xbf\xbd");
    }
}
