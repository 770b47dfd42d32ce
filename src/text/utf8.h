/*
 * utf8.h - what is UTF-8 and what is not
 *
 * Text that goes in is checked once, so that everything behind may step from
 * character to character without looking; text that comes out is made UTF-8.
 * Well-formed is what the Unicode standard's table 3-7 says: no surrogates,
 * nothing longer than it need be, nothing above U+10FFFF.
 */
#ifndef COLA_UTF8_H
#define COLA_UTF8_H

#include "base/buffer.h"

/* A text of more bytes is refused: places in it fit in 32 bits, with room for
 * what a normalizer adds, and a hostile one cannot ask for all memory. */
#define COLA_TEXT_LIMIT (1 << 28)

/* The bytes of the character at TEXT, 1 to 4, or 0 when the LEN bytes there,
 * at least one, begin with none. */
size_t cola_utf8_length(const char *text, size_t len);

/* How many bytes of TEXT are UTF-8 before the first that is not; LEN if all. */
size_t cola_utf8_check(const char *text, size_t len);

/* How many characters the LEN bytes of UTF-8 are: later bytes of one do not count. */
size_t cola_utf8_count(const char *text, size_t len);

/*
 * Append LEN bytes, what is no UTF-8 as U+FFFD: one for each maximal part of a
 * character that breaks off, as the standard recommends and as Rust's
 * from_utf8_lossy and Python's errors="replace" do.
 */
void cola_add_utf8(struct cola_buffer *b, const char *bytes, size_t len);

#endif
