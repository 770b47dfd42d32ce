/*
 * decoder.h - from the spellings of tokens back to text
 *
 * The member "decoder" of a tokenizer.json: steps that each make a list of
 * pieces from a list of pieces, beginning with one piece a token.  The text is
 * what the last list holds, one piece after another.
 */
#ifndef COLA_DECODER_H
#define COLA_DECODER_H

#include "base/json.h"

struct cola_pieces {
    struct cola_buffer text;
    size_t *end;                /* [n]: where each piece ends in the text */
    size_t n, room;
};

#define COLA_PIECES_EMPTY {COLA_BUFFER_EMPTY, NULL, 0, 0}

void cola_pieces_free(struct cola_pieces *p);

/* Append a piece; as with a buffer, a failure is remembered in the text. */
void cola_pieces_add(struct cola_pieces *p, const char *text, size_t len);

struct cola_step;

struct cola_decoder {
    struct cola_step *step;     /* [n], in order of application */
    size_t n;
};

/*
 * VALUE is NULL or null for none: the pieces are the text.  The library would
 * join them with blanks then, which is meant for words; a byte-pair tokenizer
 * without a decoder is one of characters, and its text holds its own blanks.
 * PLACE starts messages.  On failure D is empty.
 */
COLA_MUST_USE enum cola_status
cola_decoder_read(struct cola_decoder *d, const json_t *value, const char *place,
                  struct cola_error *err);
void cola_decoder_free(struct cola_decoder *d);

/*
 * Decode work[0]; the result is *RESULT, one of the two.  With INNER the
 * pieces come from the middle of a text and others may follow: bytes stay
 * bytes, for the rest of their character may be in the next piece, and what a
 * step does to the ends of the whole text is left out.
 */
COLA_MUST_USE enum cola_status
cola_decode(const struct cola_decoder *d, int inner, struct cola_pieces work[2],
            const struct cola_pieces **result, struct cola_error *err);

#endif
