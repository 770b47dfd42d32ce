/*
 * test_text.c - tokenizers: encoding, decoding, and files that are refused
 *
 * The small tokenizers below are JSON with ' for ", put into a file of a
 * temporary directory.  What is expected of them is what the Hugging Face
 * library, version 0.22.2, was seen to answer, but for the places of tokens in
 * the text, which are our own definition, and for decoding without a decoder.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include "cmocka.h"

#include "expect.h"
#include "base/json.h"
#include "base/random.h"
#include "text/tokenizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- tokenizers made for a test ---- */

/* Members of the file and of its model; NULL is null, or nothing. */
struct parts {
    const char *vocab, *merges, *flags, *normalizer, *added, *decoder, *rest;
};

#define PARTS(...) {__VA_ARGS__, .rest = NULL}
#define PREPEND(text) "{'type':'Prepend','prepend':'" text "'}"
#define REPLACE(from, to) \
    "{'type':'Replace','pattern':{'String':'" from "'},'content':'" to "'}"
#define NORMALIZERS(list) "{'type':'Sequence','normalizers':[" list "]}"
#define DECODERS(list) "{'type':'Sequence','decoders':[" list "]}"
#define STRIP(what, start, stop) \
    "{'type':'Strip','content':'" what "','start':" #start ",'stop':" #stop "}"
#define BYTES "{'type':'ByteFallback'}"
#define FUSE "{'type':'Fuse'}"
#define LLAMA_DECODER \
    DECODERS(REPLACE("_", " ") "," BYTES "," FUSE "," STRIP(" ", 1, 0))
#define ADDED(id, content, special, normalized) \
    "{'id':" #id ",'content':'" content "','special':" #special ",'normalized':" \
    #normalized ",'single_word':false,'lstrip':false,'rstrip':false}"
#define TEMPLATE(single, special_tokens) \
    "'post_processor':{'type':'TemplateProcessing','single':[" single "]," \
    "'special_tokens':{" special_tokens "}},"
#define SPECIAL(name) "{'SpecialToken':{'id':'" name "','type_id':0}}"
#define SEQUENCE(name) "{'Sequence':{'id':'" name "','type_id':0}}"

static char directory[] = "/tmp/colaref-text-XXXXXX";
static char file[sizeof directory + 16];

static void
write_file(const char *text, size_t len)
{
    FILE *f;

    unlink(file);       /* to overwrite it can cost a visit to the disk each time */
    f = fopen(file, "w");
    assert_non_null(f);
    assert_true(fwrite(text, 1, len, f) == len);
    assert_int_equal(fclose(f), 0);
}

static struct cola_buffer
compose(const struct parts *p)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;

    cola_buffer_printf(&b, "{%s'normalizer':%s,'decoder':%s,'added_tokens':[%s],",
                       p->rest ? p->rest : "", p->normalizer ? p->normalizer : "null",
                       p->decoder ? p->decoder : "null", p->added ? p->added : "");
    cola_buffer_printf(&b, "'model':{%s'type':'BPE','vocab':{%s},'merges':[%s]}}",
                       p->flags ? p->flags : "", p->vocab, p->merges ? p->merges : "");
    assert_ok(cola_buffer_ok(&b, NULL), NULL);
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] == '\'')
            b.data[i] = '"';
    return b;
}

static struct cola_tokenizer *
open_parts(const struct parts *p)
{
    struct cola_buffer b = compose(p);
    struct cola_tokenizer *t = NULL;
    struct cola_error err = {COLA_OK, ""};

    write_file(b.data, b.len);
    cola_buffer_free(&b);
    assert_ok(cola_tokenizer_open(file, &t, &err), &err);
    return t;
}

/* The tokens of TEXT as "id:begin-end id:begin-end". */
static char *
encode(const struct cola_tokenizer *t, const char *text, int bos)
{
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_token *tokens = NULL;
    struct cola_error err = {COLA_OK, ""};
    size_t n = 0;

    assert_ok(cola_tokenizer_encode(t, text, strlen(text), bos, &tokens, &n, &err), &err);
    cola_buffer_text(&b, "");
    for (size_t i = 0; i < n; i++)
        cola_buffer_printf(&b, i > 0 ? " %d:%zu-%zu" : "%d:%zu-%zu", tokens[i].id,
                           tokens[i].begin, tokens[i].end);
    free(tokens);
    assert_ok(cola_buffer_ok(&b, NULL), NULL);
    return b.data;
}

struct encoding {
    struct parts parts;
    const char *text, *tokens;
};

static void
check_encodings(const struct encoding *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct cola_tokenizer *t = open_parts(&cases[i].parts);
        char *tokens = encode(t, cases[i].text, 1);

        if (strcmp(tokens, cases[i].tokens) != 0)
            print_message("case %zu, \"%s\"\n", i, cases[i].text);
        assert_string_equal(tokens, cases[i].tokens);
        free(tokens);
        cola_tokenizer_free(t);
    }
}

/* ---- UTF-8 ---- */

static void
malformed_utf8_replaced_by_maximal_parts(void **state)
{
    static const struct {
        const char *bytes;
        size_t good;                    /* bytes before the first bad one */
        const char *text;               /* ? for U+FFFD */
    } cases[] = {
        {"a\xc3\xa9\xe2\x96\x81\xf0\x9f\xa6\x99", 10,
         "a\xc3\xa9\xe2\x96\x81\xf0\x9f\xa6\x99"},
        {"a\x80z", 1, "a?z"},
        {"\xc0\x80", 0, "??"},                          /* longer than need be */
        {"\xe0\x9f\xbf", 0, "???"},
        {"\xf0\x8f\xbf\xbf", 0, "????"},
        {"\xed\xa0\x80", 0, "???"},                     /* a surrogate */
        {"\xed\x9f\xbf\xee\x80\x80", 6, "\xed\x9f\xbf\xee\x80\x80"},
        {"\xf4\x90\x80\x80", 0, "????"},                /* above U+10FFFF */
        {"\xf4\x8f\xbf\xbf", 4, "\xf4\x8f\xbf\xbf"},
        {"\xf5\x80\x80\x80", 0, "????"},
        {"\xe2\x96z", 0, "?z"},                         /* breaks off */
        {"ok\xf0\x9f\xa6", 2, "ok?"},
        {"\xf0\x9f\xe2\x96\x81", 0, "?\xe2\x96\x81"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_buffer b = COLA_BUFFER_EMPTY, wanted = COLA_BUFFER_EMPTY;
        size_t len = strlen(cases[i].bytes);

        for (const char *c = cases[i].text; *c != '\0'; c++)
            cola_buffer_bytes(&wanted, *c == '?' ? "\xef\xbf\xbd" : c, *c == '?' ? 3 : 1);
        cola_add_utf8(&b, cases[i].bytes, len);
        assert_string_equal(b.data, wanted.data);
        assert_int_equal(cola_utf8_check(cases[i].bytes, len), cases[i].good);
        cola_buffer_free(&b);
        cola_buffer_free(&wanted);
    }
}

/* ---- the model ---- */

static void
merges_done_by_rank_then_from_the_left(void **state)
{
#define ABC "'a':0,'b':1,'c':2,'ab':3,'bc':4"
    static const struct encoding cases[] = {
        {PARTS(ABC, "'a b','b c'"), "abc", "3:0-2 2:2-3"},
        {PARTS(ABC, "'b c','a b'"), "abc", "0:0-1 4:1-3"},
        {PARTS(ABC, "['b','c'],['a','b']"), "abc", "0:0-1 4:1-3"},
        {PARTS("'a':0,'aa':1", "'a a'"), "aaa", "1:0-2 0:2-3"},
        {PARTS("'a':0,'aa':1,'aaa':2,'aaaa':3", "'aa aa','a aa','a a'"), "aaaaa",
         "3:0-4 0:4-5"},
        /* the entry about "b c" is out of date when it comes up */
        {PARTS(ABC ",'d':5,'cd':6", "'a b','b c','c d'"), "abcd", "3:0-2 6:2-4"},
        /* a merge listed twice has its last rank */
        {PARTS(ABC, "'a b','b c','a b'"), "abc", "0:0-1 4:1-3"},
        {PARTS(ABC ",'abc':7", "'a b'", "'ignore_merges':true,"), "abc", "7:0-3"},
        {PARTS(ABC ",'abc':7", "'a b'", "'ignore_merges':false,"), "abc", "3:0-2 2:2-3"},
        /* ids are no order */
        {PARTS("'a':9,'b':100,'ab':5", "'a b'"), "bab", "100:0-1 5:1-3"},
        {PARTS("'a':0"), "", ""},
    };

    (void)state;
    check_encodings(cases, COUNT(cases));
}

static void
unknown_characters_become_bytes_else_unknown_else_nothing(void **state)
{
#define SMALL "'<unk>':0,'a':1,'b':2,'ab':3"
#define E_ACUTE ",'<0xC3>':4,'<0xA9>':5"
#define UNK "'unk_token':'<unk>',"
#define FUSE_UNK "'fuse_unk':true,"
#define FALLBACK "'byte_fallback':true,"
    static const struct encoding cases[] = {
        {PARTS(SMALL, "'a b'"), "a\xc3\xa9zb", "3:0-5"},
        {PARTS(SMALL, "'a b'", UNK), "a\xc3\xa9zb", "1:0-1 0:1-3 0:3-4 2:4-5"},
        {PARTS(SMALL, "'a b'", UNK FUSE_UNK), "a\xc3\xa9zbz", "1:0-1 0:1-4 2:4-5 0:5-6"},
        {PARTS(SMALL E_ACUTE, "'a b'", UNK FALLBACK), "a\xc3\xa9" "b",
         "1:0-1 4:1-2 5:2-3 2:3-4"},
        {PARTS(SMALL E_ACUTE, "'a b'", UNK), "a\xc3\xa9" "b", "1:0-1 0:1-3 2:3-4"},
        /* one of two bytes is not enough */
        {PARTS(SMALL ",'<0xC3>':4", "'a b'", UNK FALLBACK), "\xc3\xa9", "0:0-2"},
        /* hexadecimal digits are capitals */
        {PARTS(SMALL ",'<0xc3>':4,'<0xa9>':5", "", FALLBACK), "a\xc3\xa9", "1:0-1"},
        /* the library's order where some bytes only are there */
        {PARTS(SMALL E_ACUTE, "", UNK FALLBACK), "z\xc3\xa9" "a",
         "4:1-2 5:2-3 0:0-1 1:3-4"},
        {PARTS(SMALL E_ACUTE, "", UNK FALLBACK FUSE_UNK), "z\xc3\xa9z",
         "4:1-2 5:2-3 0:0-4"},
        /* byte tokens and unknown tokens merge like others */
        {PARTS(SMALL E_ACUTE ",'<0xC3><0xA9>':6,'a<unk>':7",
               "'<0xC3> <0xA9>','a <unk>'", UNK FALLBACK), "\xc3\xa9" "az",
         "6:0-2 7:2-4"},
    };

    (void)state;
    check_encodings(cases, COUNT(cases));
}

/* Textbook: look through all neighbours for the merge of least rank, join, look
 * again.  PIECE[i] .. PIECE[i+1] are the pieces of TEXT. */
static size_t
merge_naively(const char *text, char merges[][2][16], size_t n_merges, size_t *piece)
{
    size_t n = strlen(text);

    for (size_t i = 0; i <= n; i++)
        piece[i] = i;
    for (;;) {
        size_t best = n_merges, at = 0;

        for (size_t i = 0; i + 1 < n; i++)
            for (size_t r = 0; r < best; r++) {
                size_t left = strlen(merges[r][0]), right = strlen(merges[r][1]);

                if (piece[i + 1] - piece[i] == left &&
                    piece[i + 2] - piece[i + 1] == right &&
                    memcmp(text + piece[i], merges[r][0], left) == 0 &&
                    memcmp(text + piece[i + 1], merges[r][1], right) == 0) {
                    best = r;
                    at = i;
                }
            }
        if (best == n_merges)
            return n;
        memmove(piece + at + 1, piece + at + 2, (n - at - 1) * sizeof *piece);
        n--;
    }
}

/* Up to 30 merges of a, b and c, in any order, each pair once; all the
 * tokens they make and are made of. */
struct language {
    char token[40][16], merge[30][2][16];
    size_t n_tokens, n_merges;
};

static void
add_random_merge(struct language *l, struct cola_splitmix *r)
{
    char pair[2][16], both[32] = "";
    size_t known = 0, at = (size_t)cola_splitmix_below(r, l->n_merges + 1);

    for (int i = 0; i < 2; i++)
        memcpy(pair[i], l->token[cola_splitmix_below(r, l->n_tokens)], sizeof pair[i]);
    snprintf(both, sizeof both, "%s%s", pair[0], pair[1]);
    for (size_t i = 0; i < l->n_merges; i++)
        if (memcmp(l->merge[i], pair, sizeof pair) == 0)
            return;
    while (known < l->n_tokens && strcmp(l->token[known], both) != 0)
        known++;
    /* two ways to the same token, but not too often */
    if (strlen(both) > 8 || (known < l->n_tokens && cola_splitmix_below(r, 4) > 0))
        return;
    if (known == l->n_tokens)
        memcpy(l->token[l->n_tokens++], both, 16);
    memmove(l->merge[at + 1], l->merge[at], (l->n_merges++ - at) * sizeof pair);
    memcpy(l->merge[at], pair, sizeof pair);
}

static struct cola_tokenizer *
open_language(const struct language *l)
{
    struct cola_buffer vocab = COLA_BUFFER_EMPTY, merges = COLA_BUFFER_EMPTY;
    struct cola_tokenizer *t;

    for (size_t i = 0; i < l->n_tokens; i++)
        cola_buffer_printf(&vocab, "%s'%s':%zu", i > 0 ? "," : "", l->token[i], i);
    for (size_t i = 0; i < l->n_merges; i++)
        cola_buffer_printf(&merges, "%s'%s %s'", i > 0 ? "," : "", l->merge[i][0],
                           l->merge[i][1]);
    t = open_parts(&(struct parts)PARTS(vocab.data, merges.data));
    cola_buffer_free(&vocab);
    cola_buffer_free(&merges);
    return t;
}

static void
fast_merging_equals_textbook_merging(void **state)
{
    struct cola_splitmix r = {20240229};

    (void)state;
    for (int round = 0; round < 200; round++) {
        struct language l = {{"a", "b", "c"}, {{""}}, 3, 0};
        struct cola_tokenizer *t;

        for (int i = 0; i < 30; i++)
            add_random_merge(&l, &r);
        t = open_language(&l);
        for (int k = 0; k < 20; k++) {
            char text[61] = "", *tokens;
            size_t piece[62], n, len = (size_t)cola_splitmix_below(&r, sizeof text);
            struct cola_buffer wanted = COLA_BUFFER_EMPTY;

            for (size_t i = 0; i < len; i++)
                text[i] = "abc"[cola_splitmix_below(&r, 3)];
            n = merge_naively(text, l.merge, l.n_merges, piece);
            cola_buffer_text(&wanted, "");
            for (size_t i = 0; i < n; i++) {
                size_t id = 0, size = piece[i + 1] - piece[i];

                while (strlen(l.token[id]) != size ||
                       memcmp(l.token[id], text + piece[i], size) != 0)
                    id++;
                cola_buffer_printf(&wanted, i > 0 ? " %zu:%zu-%zu" : "%zu:%zu-%zu", id,
                                   piece[i], piece[i + 1]);
            }
            tokens = encode(t, text, 0);
            assert_string_equal(tokens, wanted.data);
            free(tokens);
            cola_buffer_free(&wanted);
        }
        cola_tokenizer_free(t);
    }
}

/* With a quadratic loop this one does not end. */
static void
long_run_of_one_letter_merged(void **state)
{
    enum { LEN = 200000 };
    struct cola_tokenizer *t = open_parts(&(struct parts)PARTS(
        "'a':0,'aa':1,'aaaa':2,'aaaaaaaa':3", "'a a','aa aa','aaaa aaaa'"));
    char *text = cola_alloc(LEN, 1);
    struct cola_token *tokens = NULL;
    struct cola_error err = {COLA_OK, ""};
    size_t n = 0;

    (void)state;
    assert_non_null(text);
    memset(text, 'a', LEN);
    assert_ok(cola_tokenizer_encode(t, text, LEN, 0, &tokens, &n, &err), &err);
    assert_int_equal(n, LEN / 8);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(tokens[i].id, 3);
        assert_int_equal(tokens[i].begin, 8 * i);
        assert_int_equal(tokens[i].end, 8 * i + 8);
    }
    free(tokens);
    free(text);
    cola_tokenizer_free(t);
}

/* ---- what comes before the model ---- */

#define LLAMA_NORMALIZER NORMALIZERS(PREPEND("_") "," REPLACE(" ", "_"))
#define WORDS "'<unk>':0,'<s>':1,'_':2,'a':3,'b':4,'_a':5,'x':6"

static void
normalized_text_keeps_its_places(void **state)
{
    static const struct encoding cases[] = {
        {PARTS(WORDS, "'_ a'", UNK, LLAMA_NORMALIZER), "a a", "5:0-1 5:1-3"},
        {PARTS(WORDS, "'_ a'", UNK, LLAMA_NORMALIZER), "b  a", "2:0-0 4:0-1 2:1-2 5:2-4"},
        {PARTS(WORDS, "'_ a'", UNK, LLAMA_NORMALIZER), "", ""},
        {PARTS(WORDS, "'_ a'", UNK, NORMALIZERS(REPLACE(" ", "_") "," PREPEND("_"))), " ",
         "2:0-0 2:0-1"},
        {PARTS(WORDS, NULL, NULL, PREPEND("ab")), "x", "3:0-0 4:0-0 6:0-1"},
        /* from the left, without overlap, not again in what was put in */
        {PARTS(WORDS, NULL, NULL, REPLACE("aa", "b")), "aaa", "4:0-2 3:2-3"},
        {PARTS(WORDS, NULL, NULL, REPLACE("a", "aa")), "ax", "3:0-1 3:1-1 6:1-2"},
        {PARTS(WORDS, NULL, NULL, REPLACE("ab", "x")), "aab", "3:0-1 6:1-3"},
        /* what is taken out belongs to what follows, at the end to what precedes */
        {PARTS(WORDS, NULL, NULL, REPLACE(" ", "")), "  a b ", "3:0-3 4:3-6"},
        {PARTS(WORDS, NULL, NULL, REPLACE("a", "")), "aa", ""},
        {PARTS(WORDS, NULL, NULL, NORMALIZERS(REPLACE("a", "") "," PREPEND("x"))), "a",
         ""},
        /* one character for another of three bytes, cut within */
        {PARTS(WORDS ",'\xe2\x96\x81':7", NULL, NULL, REPLACE(" ", "\xe2\x96\x81")),
         "a b", "3:0-1 7:1-2 4:2-3"},
        {PARTS(WORDS, NULL, NULL, NORMALIZERS(NORMALIZERS(REPLACE("a", "b")) ","
                                         NORMALIZERS(""))), "a", "4:0-1"},
    };

    (void)state;
    check_encodings(cases, COUNT(cases));
}

static void
added_tokens_cut_out_leftmost_longest(void **state)
{
#define TWO ADDED(7, "<x>", false, false) "," ADDED(8, "<x>y", false, false) "," \
            ADDED(1, "<s>", true, false)
#define NORMAL ADDED(1, "<s>", true, true) "," ADDED(7, "<x>", false, true)
    static const struct encoding cases[] = {
        {PARTS(WORDS, NULL, UNK, NULL, TWO), "a<x>yb<x>", "3:0-1 8:1-5 4:5-6 7:6-9"},
        {PARTS(WORDS, NULL, UNK, NULL, TWO), "<x><s><x>y", "7:0-3 1:3-6 8:6-10"},
        {PARTS(WORDS, NULL, UNK, NULL, TWO), "<<x", "0:0-1 0:1-2 6:2-3"},
        {PARTS(WORDS, NULL, NULL, NULL, ADDED(7, "ab", false, false) ","
          ADDED(8, "bxxx", false, false)), "abxxx", "7:0-2 6:2-3 6:3-4 6:4-5"},
        /* every stretch is normalized by itself, an empty one not at all */
        {PARTS(WORDS, "'_ a'", UNK, LLAMA_NORMALIZER, TWO), "a<s>a<x><x> a",
         "5:0-1 1:1-4 5:4-5 7:5-8 7:8-11 2:11-11 5:11-13"},
        {PARTS(WORDS, "'_ a'", UNK, LLAMA_NORMALIZER, TWO), "<s>", "1:0-3"},
        /* normalized ones are found in their normalized form, "_<x>" */
        {PARTS(WORDS, "'_ a'", UNK, LLAMA_NORMALIZER, NORMAL), "<x>a <s>",
         "7:0-3 3:3-4 1:4-8"},
        {PARTS(WORDS, NULL, UNK FUSE_UNK, LLAMA_NORMALIZER, NORMAL), "a<x>",
         "2:0-0 3:0-1 0:1-2 6:2-3 0:3-4"},
        {PARTS(WORDS, NULL, NULL, REPLACE("b", "a"), ADDED(7, "bb", false, true)),
         "xaaab", "6:0-1 7:1-3 7:3-5"},
        /* raw ones first, wherever they are */
        {PARTS(WORDS, NULL, NULL, NULL, ADDED(7, "ab", false, true) ","
          ADDED(8, "bx", false, false)), "abx", "3:0-1 8:1-3"},
    };

    (void)state;
    check_encodings(cases, COUNT(cases));
}

static void
template_puts_its_tokens_at_the_beginning(void **state)
{
#define S_IDS "'<s>':{'id':'<s>','ids':[1],'tokens':['<s>']}"
    static const struct parts parts[] = {
        {.vocab = WORDS, .rest = TEMPLATE(SPECIAL("<s>") "," SEQUENCE("A") ","
                                          SPECIAL("</s>"), S_IDS)},
        {.vocab = WORDS, .rest = TEMPLATE(SPECIAL("t") "," SPECIAL("<s>") ","
                                          SEQUENCE("A"), "'t':{'ids':[6,5]}," S_IDS)},
        {.vocab = WORDS, .rest = TEMPLATE(SEQUENCE("A") "," SPECIAL("<s>"), S_IDS)},
        {.vocab = WORDS, .rest = "'post_processor':null,"},
    };
    static const char *const with[] = {"1:0-0 3:0-1", "6:0-0 5:0-0 1:0-0 3:0-1",
                                       "3:0-1", "3:0-1"};
    static const char *const alone[] = {"1:0-0", "6:0-0 5:0-0 1:0-0", "", ""};

    (void)state;
    for (size_t i = 0; i < COUNT(parts); i++) {
        struct cola_tokenizer *t = open_parts(&parts[i]);
        char *a = encode(t, "a", 1), *b = encode(t, "", 1), *c = encode(t, "a", 0);

        assert_string_equal(a, with[i]);
        assert_string_equal(b, alone[i]);
        assert_string_equal(c, "3:0-1");
        free(a);
        free(b);
        free(c);
        cola_tokenizer_free(t);
    }
}

static void
text_that_is_no_utf8_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"\xff", "byte 0 is not"},
        {"ab\xe2\x96", "byte 2 is not"},
        {"\xc3\xa9\xed\xa0\x80", "byte 2 is not"},
    };
    struct cola_tokenizer *t = open_parts(&(struct parts)PARTS("'a':0"));

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_error err = {COLA_OK, ""};
        struct cola_token *tokens = NULL;
        size_t n = 7;

        assert_refused(cola_tokenizer_encode(t, cases[i].text, strlen(cases[i].text), 0,
                                             &tokens, &n, &err), &err, "text",
                       cases[i].reason);
        assert_true(tokens == NULL && n == 7);
    }
    cola_tokenizer_free(t);
}

static void
text_ends_at_its_length_not_at_a_nul(void **state)
{
    struct cola_tokenizer *t = open_parts(&(struct parts)PARTS(
        "'a':0,'<0x00>':1", NULL, FALLBACK, NULL,
        ADDED(2, "aa", false, false) "," ADDED(3, "aab", false, false)));
    struct cola_token *tokens = NULL;
    struct cola_error err = {COLA_OK, ""};
    size_t n = 0;

    (void)state;
    assert_ok(cola_tokenizer_encode(t, "a\0aaab", 5, 0, &tokens, &n, &err), &err);
    assert_int_equal(n, 4);
    assert_true(tokens[0].id == 0 && tokens[1].id == 1 && tokens[2].id == 2 &&
                tokens[3].id == 0);
    free(tokens);
    assert_ok(cola_tokenizer_encode(t, "aab", 2, 0, &tokens, &n, &err), &err);
    assert_int_equal(n, 1);
    assert_int_equal(tokens[0].id, 2);
    free(tokens);
    cola_tokenizer_free(t);
}

/* ---- decoding ---- */

#define PIECES "'_a':0,'_':1,'b':2,'<0xC3>':3,'<0xA9>':4,'<0xe2>':5,'<0x1g>':6,'<s>':7," \
               "' ':8,'aab':9"

static void
decoders_applied_in_order(void **state)
{
    static const struct {
        const char *decoder;
        int ids[8];
        size_t n;
        const char *text;               /* ? for U+FFFD */
    } cases[] = {
        {LLAMA_DECODER, {0, 2, 0}, 3, "ab a"},
        {LLAMA_DECODER, {1, 0}, 2, " a"},
        {LLAMA_DECODER, {0, 3, 4, 2}, 4, "a\xc3\xa9" "b"},
        /* a run of bytes is text as a whole or not at all */
        {LLAMA_DECODER, {3, 4, 3}, 3, "???"},
        {LLAMA_DECODER, {3, 2, 4}, 3, "?b?"},
        {LLAMA_DECODER, {5, 6}, 2, "?<0x1g>"},
        {LLAMA_DECODER, {0, 7, 2}, 3, "ab"},            /* special */
        {LLAMA_DECODER, {10, 2, 11}, 3, "b<x>"},        /* added, not special */
        {LLAMA_DECODER, {99, 2, -1}, 3, "b"},           /* nobody's */
        {LLAMA_DECODER, {0}, 0, ""},
        {LLAMA_DECODER, {3, 7, 4}, 3, "\xc3\xa9"},
        {NULL, {0, 2, 8, 2, 3}, 5, "_ab b<0xC3>"},      /* no blanks between */
        {BYTES, {3, 4}, 2, "\xc3\xa9"},
        {FUSE, {0, 2}, 2, "_ab"},
        {STRIP("a", 1, 0), {9, 9}, 2, "abab"},
        {STRIP("a", 3, 0), {9}, 1, "b"},
        {DECODERS(FUSE "," STRIP("a", 1, 0)), {9, 9}, 2, "abaab"},
        {DECODERS(FUSE "," STRIP("b", 0, 2)), {9, 2, 2}, 3, "aab"},
        {STRIP("\xc3\xa9", 1, 0), {2}, 1, "b"},
        {REPLACE("a", ""), {9, 0}, 2, "b_"},
        {REPLACE("aa", "a"), {9, 9}, 2, "abab"},
        {REPLACE("ab", "x"), {9}, 1, "ax"},
        {DECODERS(REPLACE("b", "a") "," REPLACE("aa", "x")), {9}, 1, "xa"},
        {DECODERS(FUSE "," REPLACE("ba", "x")), {9, 9}, 2, "aaxab"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_tokenizer *t = open_parts(&(struct parts){
            .vocab = PIECES, .decoder = cases[i].decoder,
            .added = ADDED(7, "<s>", true, false) "," ADDED(10, "</s>", true, false) ","
                     ADDED(11, "<x>", false, false)});
        struct cola_buffer b = COLA_BUFFER_EMPTY, wanted = COLA_BUFFER_EMPTY;
        struct cola_error err = {COLA_OK, ""};

        cola_buffer_text(&wanted, "before ");
        for (const char *c = cases[i].text; *c != '\0'; c++)
            cola_buffer_bytes(&wanted, *c == '?' ? "\xef\xbf\xbd" : c, *c == '?' ? 3 : 1);
        cola_buffer_text(&b, "before ");
        assert_ok(cola_tokenizer_decode(t, cases[i].ids, cases[i].n, &b, &err), &err);
        assert_string_equal(b.data, wanted.data);
        cola_buffer_free(&b);
        cola_buffer_free(&wanted);
        cola_tokenizer_free(t);
    }
}

static void
piece_is_what_a_token_adds_in_the_middle(void **state)
{
    static const struct {
        int id;
        const char *bytes;
    } cases[] = {{0, " a"}, {1, " "}, {2, "b"}, {3, "\xc3"}, {4, "\xa9"}, {7, ""},
                 {8, " "}, {99, ""}, {-1, ""}};
    struct cola_tokenizer *t = open_parts(&(struct parts){
        .vocab = PIECES, .decoder = LLAMA_DECODER,
        .added = ADDED(7, "<s>", true, false)});
    struct cola_tokenizer *strip = open_parts(&(struct parts){
        .vocab = PIECES, .decoder = DECODERS(STRIP("_", 1, 0) "," FUSE)});
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    struct cola_error err = {COLA_OK, ""};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cola_buffer_reset(&b);
        cola_buffer_text(&b, "");
        assert_ok(cola_tokenizer_piece(t, cases[i].id, &b, &err), &err);
        assert_string_equal(b.data, cases[i].bytes);
    }
    cola_buffer_reset(&b);
    assert_ok(cola_tokenizer_piece(strip, 0, &b, &err), &err);
    assert_string_equal(b.data, "a");           /* this Strip is on every token */
    cola_buffer_free(&b);
    cola_tokenizer_free(t);
    cola_tokenizer_free(strip);
}

static void
ids_and_spellings_found(void **state)
{
    struct cola_tokenizer *t = open_parts(&(struct parts){
        .vocab = "'\xe2\x96\x81':1000000,'b':5,'e':8,'a':3,'d':9",
        .added = ADDED(2000000, "<y>", false, true) "," ADDED(5, "b", true, true),
        .normalizer = PREPEND("_")});

    (void)state;
    assert_int_equal(cola_tokenizer_size(t), 2000001);
    assert_string_equal(cola_tokenizer_spelling(t, 3), "a");
    assert_string_equal(cola_tokenizer_spelling(t, 5), "b");
    assert_string_equal(cola_tokenizer_spelling(t, 8), "e");
    assert_string_equal(cola_tokenizer_spelling(t, 9), "d");
    assert_string_equal(cola_tokenizer_spelling(t, 1000000), "\xe2\x96\x81");
    assert_string_equal(cola_tokenizer_spelling(t, 2000000), "<y>");
    assert_null(cola_tokenizer_spelling(t, 4));
    assert_null(cola_tokenizer_spelling(t, -1));
    assert_null(cola_tokenizer_spelling(t, 2000001));
    cola_tokenizer_free(t);
    cola_tokenizer_free(NULL);
}

/* ---- files that are refused ---- */

static void
unsupported_and_contradictory_parts_refused_by_name(void **state)
{
#define AB "'a':0,'b':1,'ab':2"
#define FLAG(text) {.vocab = AB, .flags = text ","}
#define REST(text) {.vocab = AB, .rest = text ","}
#define STEP(member, text) {.vocab = AB, .member = text}
#define TOKEN(id, text, flags) {.vocab = AB, .added = "{'id':" id ",'content':" text "," \
        "'special':true,'normalized':false," flags "}"}
#define PLAIN "'single_word':false,'lstrip':false,'rstrip':false"
    static const struct {
        struct parts parts;
        const char *place, *reason;
    } cases[] = {
        {REST("'version':'2.0'"), "", "version \"2.0\""},
        {REST("'truncation':{'max_length':5}"), "", "\"truncation\" is not supported"},
        {REST("'padding':{'pad_id':5}"), "", "\"padding\" is not supported"},
        {REST("'pre_tokenizer':{'type':'ByteLevel'}"), "pre_tokenizer", "\"ByteLevel\""},
        {REST("'pre_tokenizer':7"), "", "\"pre_tokenizer\" is not supported"},
        {REST("'version':1"), "", "\"version\" is not a string"},
        {STEP(normalizer, "{'type':'NFC'}"), "normalizer", "\"NFC\" is not supported"},
        {STEP(normalizer, "{'type':'Prepend'}"), "normalizer", "\"prepend\" is missing"},
        {STEP(normalizer, "{'type':'Prepend','prepend':7}"), "normalizer",
         "not a string"},
        {STEP(normalizer, "{'prepend':'a'}"), "normalizer", "\"type\" is missing"},
        {STEP(normalizer, "'NFC'"), "normalizer", "\"type\" is missing"},
        {STEP(normalizer, "{'type':'Sequence'}"), "normalizer", "without an array"},
        {STEP(normalizer, NORMALIZERS(PREPEND("a") ",{'type':'Lowercase'}")),
         "normalizer",
         "\"Lowercase\""},
        {STEP(normalizer, "{'type':'Replace','pattern':{'Regex':' '},'content':''}"),
         "normalizer", "\"Regex\" is not supported"},
        {STEP(normalizer, "{'type':'Replace','pattern':' ','content':''}"), "normalizer",
         "\"String\" is missing"},
        {STEP(normalizer, REPLACE("", "b")), "normalizer", "empty text"},
        {STEP(decoder, "{'type':'ByteLevel'}"), "decoder", "\"ByteLevel\""},
        {STEP(decoder, DECODERS(FUSE ",{'type':'WordPiece'}")), "decoder",
         "\"WordPiece\""},
        {STEP(decoder, "{'type':'Sequence','decoders':{}}"), "decoder",
         "without an array"},
        {STEP(decoder, "{'type':'Replace','pattern':{'Regex':' '},'content':''}"),
         "decoder", "\"Regex\" is not supported"},
        {STEP(decoder, STRIP("ab", 1, 0)), "decoder", "not one character"},
        {STEP(decoder, STRIP("", 1, 0)), "decoder", "not one character"},
        {STEP(decoder, STRIP("a", -1, 0)), "decoder", "\"start\" is -1"},
        {REST("'post_processor':{'type':'ByteLevel'}"), "post_processor",
         "\"ByteLevel\""},
        {{AB, .rest = TEMPLATE(SPECIAL("t"), "'t':{'ids':[7]}")}, "post_processor",
         "no token has"},
        {{AB, .rest = TEMPLATE(SPECIAL("t"), "")}, "post_processor", "no \"ids\""},
        {{AB, .rest = TEMPLATE("", "")}, "post_processor", "\"single\""},
        {{WORDS, .rest = TEMPLATE(SPECIAL("<s>"), S_IDS)}, "post_processor",
         "\"single\""},
        {{AB, .rest = TEMPLATE(SEQUENCE("B"), "")}, "post_processor", "\"single\""},
        {{AB, .rest = TEMPLATE("7", "")}, "post_processor", "\"id\" is missing"},
        {{WORDS, .rest = TEMPLATE(SPECIAL("t"), "'t':{'ids':[1.5]}")}, "post_processor",
         "no token has"},

        {FLAG("'unk_token':'z'"), "model",
         "\"unk_token\" is not in the vocabulary: \"z\""},
        {FLAG("'unk_token':0"), "model", "\"unk_token\" is not a string"},
        {FLAG("'dropout':0.1"), "model", "\"dropout\" is not supported"},
        {FLAG("'continuing_subword_prefix':'##'"), "model",
         "\"continuing_subword_prefix\""},
        {FLAG("'end_of_word_suffix':'</w>'"), "model", "\"end_of_word_suffix\""},
        {FLAG("'byte_fallback':1"), "model", "\"byte_fallback\" is not true or false"},
        {FLAG("'type':'Unigram'"), "", "not JSON"},     /* a duplicate member */
        {PARTS(AB, "'a z'"), "model",
         "merges[0] names a token that is not in the vocabulary: "
         "\"z\""},
        {PARTS(AB, "'a b','b a'"), "model", "merges[1] makes a token"},
        {PARTS(AB, "'ab'"), "model", "merges[0] is not two tokens"},
        {PARTS(AB, "'a b ab'"), "model", "merges[0] is not two tokens"},
        {PARTS(AB, "['a']"), "model", "merges[0] is neither"},
        {PARTS(AB, "['a','b','ab']"), "model", "merges[0] is neither"},
        {PARTS(AB, "['a',1]"), "model", "merges[0] is neither"},
        {PARTS(AB, "null"), "model", "merges[0] is neither"},
        {PARTS("'a':0,'c':1,'b':0"), "model", "two tokens have the id 0"},
        {PARTS("'a':-1"), "model",
         "the id is not an integer from 0 to 16777215: token \"a\""},
        {PARTS("'a':16777216"), "model", "the id is not an integer"},
        {PARTS("'a':1.0"), "model", "the id is not an integer"},
        {PARTS("'a':99999999999999999999"), "", "not JSON"},
        {PARTS("'a':0,'a':1"), "", "not JSON"},

        {TOKEN("1", "'a'", PLAIN), "added_tokens",
         "id 1, but the vocabulary has it as 0"},
        {TOKEN("1", "'z'", PLAIN), "added_tokens", "id 1 is another token's"},
        {TOKEN("-1", "'z'", PLAIN), "added_tokens", "\"id\" is -1"},
        {TOKEN("16777216", "'z'", PLAIN), "added_tokens", "\"id\" is 16777216"},
        {TOKEN("3", "''", PLAIN), "added_tokens", "is empty"},
        {TOKEN("3", "7", PLAIN), "added_tokens", "\"content\" is not a string"},
        {TOKEN("3", "'z'", "'lstrip':false,'rstrip':false"), "added_tokens",
         "\"single_word\" is missing"},
        {TOKEN("3", "'z'", "'single_word':true,'lstrip':false,'rstrip':false"),
         "added_tokens", "\"single_word\" is not supported: token \"z\""},
        {TOKEN("3", "'z'", "'single_word':false,'lstrip':true,'rstrip':false"),
         "added_tokens", "\"lstrip\" is not supported"},
        {TOKEN("3", "'z'", "'single_word':false,'lstrip':false,'rstrip':true"),
         "added_tokens", "\"rstrip\" is not supported"},
        {{AB, .added = ADDED(3, "y", true, true) "," ADDED(3, "z", true, true)},
         "added_tokens", "two tokens have the id 3"},
        {{AB, .added = ADDED(3, "y", true, true) "," ADDED(4, "y", true, true)},
         "added_tokens", "tokens 3 and 4 are looked for as the same text: \"y\""},
        {{AB, .normalizer = REPLACE("y", ""), .added = ADDED(3, "yy", true, true)},
         "added_tokens", "nothing is left"},
        {{AB, .added = "7"}, "added_tokens", "\"id\" is missing"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_buffer b = compose(&cases[i].parts);
        struct cola_tokenizer *t = NULL;
        struct cola_error err = {COLA_OK, ""};
        enum cola_status status;

        write_file(b.data, b.len);
        cola_buffer_free(&b);
        status = cola_tokenizer_open(file, &t, &err);
        assert_null(t);
        assert_refused(status, &err, file, cases[i].reason);
        assert_refused(status, &err, cases[i].place, cases[i].reason);
    }
}

static void
malformed_files_refused(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"", "not JSON"},
        {"[]", "not a JSON object"},
        {"\"BPE\"", "not a JSON object"},
        {"{}", "model: \"type\" is missing"},
        {"{\"model\":7}", "model: \"type\" is missing"},
        {"{\"model\":{\"type\":\"WordPiece\"}}", "\"WordPiece\" is not supported"},
        {"{\"model\":{\"type\":\"BPE\"}}", "\"vocab\" is missing"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":[]}}", "\"vocab\" is missing or not"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":{}}}", "\"merges\" is not an array"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":{\"\xff\":0},\"merges\":[]}}",
         "not JSON"},
        {"{\"added_tokens\":{},\"model\":{\"type\":\"BPE\",\"vocab\":{},\"merges\":[]}}",
         "added_tokens: not an array"},
    };
    struct cola_tokenizer *t = NULL;
    struct cola_error err = {COLA_OK, ""};
    struct cola_buffer deep = COLA_BUFFER_EMPTY;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_file(cases[i].text, strlen(cases[i].text));
        assert_refused(cola_tokenizer_open(file, &t, &err), &err, file, cases[i].reason);
    }
    /* sequences in sequences: deeper than the reader, then than the parser */
    for (int i = 0; i < 4; i++) {
        int depth = i < 2 ? 17 : 100000;

        cola_buffer_reset(&deep);
        cola_buffer_printf(&deep, "{\"%s\":", i % 2 ? "decoder" : "normalizer");
        for (int k = 0; k < depth; k++)
            cola_buffer_printf(&deep, "{\"type\":\"Sequence\",\"%ss\":[",
                               i % 2 ? "decoder" : "normalizer");
        for (int k = 0; k < depth; k++)
            cola_buffer_text(&deep, "]}");
        cola_buffer_text(&deep, "}");
        write_file(deep.data, deep.len);
        assert_refused(cola_tokenizer_open(file, &t, &err), &err, file,
                       i < 2 ? "16 deep" : "not JSON");
    }
    cola_buffer_free(&deep);
    unlink(file);
    assert_refused(cola_tokenizer_open(file, &t, &err), &err, file, "");
    assert_null(t);
}

/* Any prefix of a good file, and any one byte of it changed: refused, or a
 * tokenizer that works.  Sanitizers see the rest. */
static void
damaged_files_do_no_harm(void **state)
{
    struct cola_buffer b = compose(&(struct parts){
        WORDS, "'_ a'", UNK FALLBACK, LLAMA_NORMALIZER,
        ADDED(1, "<s>", true, false) "," ADDED(7, "<x>", false, true), LLAMA_DECODER,
        TEMPLATE(SPECIAL("<s>") "," SEQUENCE("A"), S_IDS)});
    static const char alphabet[] = "0123456789-.eE\"'{}[]:,nul\\\x80\xff";
    struct cola_splitmix r = {7};
    int opened = 0;

    (void)state;
    for (size_t i = 0; i < 4 * b.len; i++) {
        size_t at = i < b.len ? i : (size_t)cola_splitmix_below(&r, b.len);
        char old = b.data[at];
        struct cola_tokenizer *t = NULL;
        struct cola_error err = {COLA_OK, ""};
        enum cola_status status;

        if (i >= b.len)
            b.data[at] = alphabet[cola_splitmix_below(&r, sizeof alphabet - 1)];
        write_file(b.data, i < b.len ? at : b.len);
        b.data[at] = old;
        status = cola_tokenizer_open(file, &t, &err);
        assert_true(status == COLA_INPUT || (status == COLA_OK && i >= b.len));
        if (status == COLA_OK) {
            struct cola_buffer text = COLA_BUFFER_EMPTY;
            int ids[9];

            free(encode(t, "a b<s> \xc3\xa9<x> xa", 1));
            for (int k = 0; k < 9; k++)
                ids[k] = k;
            assert_ok(cola_tokenizer_decode(t, ids, 9, &text, &err), &err);
            cola_buffer_free(&text);
            opened++;
        }
        cola_tokenizer_free(t);
    }
    assert_true(opened > 0);
    cola_buffer_free(&b);
}

/* ---- tokenizers as they are published ---- */

/* The lines of a file under COLA_SHARED in fresh memory, NULL when there are
 * none; *PATH is the tokenizer to go with it. */
static char *
shared_lines(const char *lines, const char *tokenizer, char path[512])
{
    const char *shared = getenv("COLA_SHARED");
    struct cola_buffer b = COLA_BUFFER_EMPTY;
    char chunk[4096];
    size_t n;
    FILE *f;

    if (shared == NULL)
        return NULL;
    snprintf(path, 512, "%s/%s", shared, lines);
    if ((f = fopen(path, "r")) == NULL)
        return NULL;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        cola_buffer_bytes(&b, chunk, n);
    fclose(f);
    snprintf(path, 512, "%s/%s", shared, tokenizer);
    assert_ok(cola_buffer_ok(&b, NULL), NULL);
    return b.data;
}

static void
published_vectors_reproduced(void **state)
{
    char path[512];
    char *lines = shared_lines("tokenizers/llama2/vectors.jsonl",
                               "tokenizers/llama2/tokenizer.json", path);
    struct cola_tokenizer *t = NULL;
    struct cola_error err = {COLA_OK, ""};
    size_t checked = 0;

    (void)state;
    if (lines == NULL) {
        print_message("COLA_SHARED names no directory with tokenizers: skipped\n");
        skip();
    }
    assert_ok(cola_tokenizer_open(path, &t, &err), &err);
    for (char *line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        struct cola_token *tokens = NULL;
        json_t *vector = NULL, *ids, *text;
        size_t n = 0;

        assert_ok(cola_json_parse(line, strlen(line), "vectors", &vector, &err), &err);
        text = json_object_get(vector, "text");
        ids = json_object_get(vector, "ids");
        assert_ok(cola_tokenizer_encode(t, json_string_value(text),
                                        json_string_length(text), 0, &tokens, &n, &err),
                  &err);
        assert_int_equal(n, json_array_size(ids));
        for (size_t i = 0; i < n; i++)
            assert_int_equal(tokens[i].id, json_integer_value(json_array_get(ids, i)));
        free(tokens);
        json_decref(vector);
        checked++;
    }
    assert_int_equal(checked, 24);
    cola_tokenizer_free(t);
    free(lines);
}

static void
text_comes_back_from_its_tokens(void **state)
{
    char path[512];
    char *lines = shared_lines("tasks/stories_cloze.jsonl",
                               "models/stories3M/tokenizer.json", path);
    struct cola_tokenizer *t = NULL;
    struct cola_error err = {COLA_OK, ""};
    size_t checked = 0;

    (void)state;
    if (lines == NULL) {
        print_message("COLA_SHARED names no directory with tasks: skipped\n");
        skip();
    }
    assert_ok(cola_tokenizer_open(path, &t, &err), &err);
    for (char *line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        struct cola_buffer b = COLA_BUFFER_EMPTY;
        struct cola_token *tokens = NULL;
        size_t n = 0, at = 0;
        int *ids;

        assert_ok(cola_tokenizer_encode(t, line, strlen(line), 0, &tokens, &n, &err),
                  &err);
        ids = cola_alloc(n, sizeof *ids);
        assert_non_null(ids);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(tokens[i].begin, at);      /* side by side */
            at = tokens[i].end;
            ids[i] = tokens[i].id;
        }
        assert_int_equal(at, strlen(line));
        assert_ok(cola_tokenizer_decode(t, ids, n, &b, &err), &err);
        assert_string_equal(b.data, line);
        cola_buffer_free(&b);
        free(tokens);
        free(ids);
        checked++;
    }
    assert_true(checked > 100);
    cola_tokenizer_free(t);
    free(lines);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_utf8_replaced_by_maximal_parts),
        cmocka_unit_test(merges_done_by_rank_then_from_the_left),
        cmocka_unit_test(unknown_characters_become_bytes_else_unknown_else_nothing),
        cmocka_unit_test(fast_merging_equals_textbook_merging),
        cmocka_unit_test(long_run_of_one_letter_merged),
        cmocka_unit_test(normalized_text_keeps_its_places),
        cmocka_unit_test(added_tokens_cut_out_leftmost_longest),
        cmocka_unit_test(template_puts_its_tokens_at_the_beginning),
        cmocka_unit_test(text_that_is_no_utf8_refused_with_its_place),
        cmocka_unit_test(text_ends_at_its_length_not_at_a_nul),
        cmocka_unit_test(decoders_applied_in_order),
        cmocka_unit_test(piece_is_what_a_token_adds_in_the_middle),
        cmocka_unit_test(ids_and_spellings_found),
        cmocka_unit_test(unsupported_and_contradictory_parts_refused_by_name),
        cmocka_unit_test(malformed_files_refused),
        cmocka_unit_test(damaged_files_do_no_harm),
        cmocka_unit_test(published_vectors_reproduced),
        cmocka_unit_test(text_comes_back_from_its_tokens),
    };
    int failed;

    if (mkdtemp(directory) == NULL)
        return 1;
    snprintf(file, sizeof file, "%s/tokenizer.json", directory);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(file);
    rmdir(directory);
    return failed != 0;
}
