/*
 * export_csv.c - a journal as CSV, a row for every chain judged
 *
 * RFC 4180: lines end in CR LF, a field with comma, quote or line end is
 * quoted, a quote in it doubled.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "exchange/export.h"

#include <string.h>

#include "base/number.h"

#define LARGE ((size_t)1 << 20)

struct csv {
    enum cola_status (*write)(void *ctx, const struct cola_buffer *b,
                              struct cola_error *err);
    void *ctx;
    struct cola_exported *counts;
    struct cola_buffer b;
    int layers;
};

/* A number as the journal spells it: 9 digits where these are all it has. */
static void
add_number(struct cola_buffer *b, const json_t *v)
{
    double x = json_number_value(v), back;
    char text[32];

    if (json_is_integer(v)) {
        cola_buffer_printf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
        return;
    }
    cola_print_f32(text, (float)x);
    if (!cola_parse_real(text, &back) || back < x || back > x)
        cola_print_f64(text, x);
    cola_buffer_text(b, text);
}

/* Member NAME, a text, a number or null, after its comma. */
static void
add_member(struct cola_buffer *b, const json_t *object, const char *name)
{
    const json_t *v = json_object_get(object, name);

    cola_buffer_text(b, ",");
    if (json_is_string(v)) {
        cola_buffer_csv(b, json_string_value(v));
    } else if (json_is_number(v)) {
        add_number(b, v);
    }
}

/* A chain's text, which has commas. */
static void
add_chain(struct cola_buffer *b, const struct cola_chain *chain)
{
    cola_buffer_text(b, ",\"");
    cola_chain_add_text(b, chain);
    cola_buffer_text(b, "\"");
}

static enum cola_status
take_header(void *ctx, const json_t *header, const char *bytes, size_t len, int layers,
            struct cola_error *err)
{
    struct csv *c = ctx;

    (void)header;
    (void)bytes;
    (void)len;
    (void)err;
    c->layers = layers;
    cola_buffer_text(&c->b, "id,level,group,chain,length,unique,correct,right,of,"
                     "held_right,held_of,answer,stop,rule,margin,gold_logprob,parent,"
                     "edit,simulation\r\n");
    return COLA_OK;
}

static enum cola_status
add_row(struct csv *c, const struct cola_told *told, size_t i, struct cola_error *err)
{
    static const char *const counts[] = {"right", "of", "held_right", "held_of"};
    static const char *const ends[] = {"answer", "stop", "rule", "margin",
                                       "gold_logprob"};
    const json_t *object = json_array_get(told->evaluated, i);
    const json_t *parent = json_object_get(object, "parent");
    struct cola_buffer *b = &c->b;
    struct cola_said judged;
    struct cola_chain chain;
    enum cola_status st = cola_said_read(told->evaluated, i, told->id, c->layers,
                                           &judged, err);

    if (st == COLA_OK && parent != NULL && !json_is_null(parent))
        st = cola_path_read(parent, c->layers, told->id, &chain, err);
    if (st != COLA_OK)
        return st;
    cola_buffer_csv(b, told->id);
    cola_buffer_text(b, ",");
    if (told->level >= 0)
        cola_buffer_printf(b, "%d", told->level);
    cola_buffer_text(b, ",");
    cola_buffer_csv(b, told->group != NULL ? told->group : "");
    add_chain(b, &judged.chain);
    cola_buffer_printf(b, ",%d,%d,%s", judged.chain.len, cola_chain_unique(&judged.chain),
                       judged.mark == COLA_CORRECT ? "true" :
                       judged.mark == COLA_WRONG ? "false" : "");
    for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++)
        add_member(b, object, counts[k]);
    for (size_t k = 0; k < sizeof ends / sizeof ends[0]; k++)
        add_member(b, object, ends[k]);
    if (json_is_array(parent))
        add_chain(b, &chain);
    else
        cola_buffer_text(b, ",");
    add_member(b, object, "edit");
    add_member(b, object, "simulation");
    cola_buffer_text(b, "\r\n");
    c->counts->valid += judged.mark == COLA_CORRECT;
    c->counts->invalid += judged.mark == COLA_WRONG;
    c->counts->undecided += judged.mark == COLA_UNDECIDED;
    return COLA_OK;
}

static enum cola_status
hand_over(struct csv *c, struct cola_error *err)
{
    enum cola_status st = cola_buffer_ok(&c->b, err);

    if (st == COLA_OK)
        st = c->write(c->ctx, &c->b, err);
    cola_buffer_reset(&c->b);
    return st;
}

static enum cola_status
take_sample(void *ctx, const struct cola_told *told, struct cola_error *err)
{
    struct csv *c = ctx;
    enum cola_status st = COLA_OK;

    for (size_t i = 0; i < told->n && st == COLA_OK; i++)
        st = add_row(c, told, i, err);
    c->counts->samples++;
    return st == COLA_OK && c->b.len > LARGE ? hand_over(c, err) : st;
}

enum cola_status
cola_export_csv(const char *journal,
                enum cola_status (*write)(void *ctx, const struct cola_buffer *b,
                                          struct cola_error *err),
                void *ctx, struct cola_exported *counts, struct cola_error *err)
{
    struct csv c = {.write = write, .ctx = ctx, .counts = counts};
    const struct cola_listener listener = {take_header, take_sample, &c};
    enum cola_status st;

    memset(counts, 0, sizeof *counts);
    st = cola_listen(journal, &listener, &counts->whole, err);
    if (st == COLA_OK)
        st = hand_over(&c, err);
    cola_buffer_free(&c.b);
    return st;
}
