/*
 * tokenizer.h - text to tokens and back, as a tokenizer.json says
 *
 * Format: Hugging Face tokenizers' JSON, and what that library (0.22) does
 * with it.  Supported: BPE with merges, added tokens, the normalizers Prepend,
 * Replace (of a literal) and Sequence, byte fallback, the decoders Replace,
 * ByteFallback, Fuse, Strip and Sequence, and TemplateProcessing for what it
 * puts at the beginning.  What is not supported is refused by name when the
 * tokenizer is opened.
 */
#ifndef COLA_TOKENIZER_H
#define COLA_TOKENIZER_H

#include "text/utf8.h"

struct cola_tokenizer;

/* PATH is the file, not its directory. */
COLA_MUST_USE enum cola_status
cola_tokenizer_open(const char *path, struct cola_tokenizer **tokenizer,
                    struct cola_error *err);
void cola_tokenizer_free(struct cola_tokenizer *tokenizer);

/* One more than the largest id.  Ids below it may be nobody's. */
int cola_tokenizer_size(const struct cola_tokenizer *tokenizer);

struct cola_token {
    int id;
    size_t begin, end;          /* the bytes of the text it stands for */
};

/*
 * LEN bytes of TEXT as tokens in fresh memory; empty text has none.  BOS
 * non-zero: first what the template puts at the beginning, if anything, with
 * begin = end = 0.  Added tokens are recognised in the text.  Invalid UTF-8 is
 * refused with its place, counted in bytes from 0.
 *
 * Tokens never overlap: a character that is several tokens, one a byte, is
 * divided among them, and what the normalizer put in stands for nothing.  A
 * character for which the model has neither token nor bytes nor an unknown
 * token is left out, as the library does; no token's bytes need hold it.
 */
COLA_MUST_USE enum cola_status
cola_tokenizer_encode(const struct cola_tokenizer *tokenizer, const char *text,
                      size_t len, int bos, struct cola_token **tokens, size_t *n,
                      struct cola_error *err);

/*
 * Append the bytes that token ID contributes in the middle of a text: nothing
 * for a special token.  Bytes need not be UTF-8 one token at a time.
 *
 * Here and in decoding, an id that is nobody's contributes nothing: models
 * have more rows than their tokenizer has tokens, and a scrambled one may well
 * choose such a row.  Who wants to refuse it asks for its spelling.
 */
COLA_MUST_USE enum cola_status
cola_tokenizer_piece(const struct cola_tokenizer *tokenizer, int id,
                     struct cola_buffer *b, struct cola_error *err);

/* Append the text of N tokens, special tokens left out, as the decoder says
 * (a Strip at the beginning included); bytes that are no UTF-8 become
 * U+FFFD. */
COLA_MUST_USE enum cola_status
cola_tokenizer_decode(const struct cola_tokenizer *tokenizer, const int *ids,
                      size_t n, struct cola_buffer *b, struct cola_error *err);

/* The token's own spelling in the vocabulary ("▁the", "<s>"), or NULL. */
const char *cola_tokenizer_spelling(const struct cola_tokenizer *tokenizer, int id);

#endif
