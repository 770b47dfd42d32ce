/*
 * config.c - the numbers of a checkpoint
 *
 * Every number is bounded here, once, so that no later product of two sizes
 * needs a check: heads * head_dim is at most 2^24 like each size itself, and
 * an element's index in a matrix stays below 2^48.
 *
 * A new family is a row of families[], the fields it adds to fields.c, and the
 * lines that read them.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "model/config.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "model/fields.h"

#define SIZE_LIMIT (1 << 24)

static const struct {
    const char *model_type;
    enum cola_family family;
} families[] = {
    {"llama", COLA_LLAMA},
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

const char *
cola_family_name(enum cola_family family)
{
    for (size_t i = 0; i < COUNT(families); i++)
        if (families[i].family == family)
            return families[i].model_type;
    return "unknown";
}

static enum cola_status
get_size(const json_t *object, const char *name, int optional, int hi, int *value,
         const char *place, struct cola_error *err)
{
    int64_t x = *value;
    enum cola_status status =
        cola_json_get_integer(object, name, optional, 1, hi, &x, place, err);

    *value = (int)x;
    return status;
}

static enum cola_status
get_positive(const json_t *object, const char *name, int optional, double *value,
             const char *place, struct cola_error *err)
{
    double x = *value;
    enum cola_status status = cola_json_get_real(object, name, optional, &x, place, err);

    if (status == COLA_OK && !(x > 0.0 && isfinite(x)))
        return cola_fail(err, COLA_INPUT, "%s: \"%s\" must be above 0", place, name);
    *value = x;
    return status;
}

static enum cola_status
read_family(const json_t *object, const char *place, enum cola_family *family,
            struct cola_error *err)
{
    const char *name = NULL;
    enum cola_status status =
        cola_json_get_text(object, "model_type", 0, &name, place, err);

    if (status)
        return status;
    for (size_t i = 0; i < COUNT(families); i++)
        if (strcmp(name, families[i].model_type) == 0) {
            *family = families[i].family;
            return COLA_OK;
        }
    return cola_fail(err, COLA_INPUT, "%s: \"model_type\" is \"%.60s\": this family of "
                     "models is not supported", place, name);
}

static enum cola_status
read_sizes(const json_t *object, const char *place, struct cola_config *c,
           struct cola_error *err)
{
    enum cola_status status;

    if ((status = get_size(object, "num_hidden_layers", 0, UINT16_MAX, &c->layers, place,
                           err)) ||
        (status = get_size(object, "hidden_size", 0, SIZE_LIMIT, &c->width, place,
                           err)) ||
        (status = get_size(object, "num_attention_heads", 0, SIZE_LIMIT, &c->heads, place,
                           err)) ||
        (status = get_size(object, "intermediate_size", 0, SIZE_LIMIT, &c->hidden, place,
                           err)) ||
        (status = get_size(object, "vocab_size", 0, SIZE_LIMIT, &c->vocabulary, place,
                           err)) ||
        (status = get_size(object, "max_position_embeddings", 1, INT32_MAX, &c->positions,
                           place, err)))
        return status;

    c->kv_heads = c->heads;
    status = get_size(object, "num_key_value_heads", 1, SIZE_LIMIT, &c->kv_heads, place,
                      err);
    if (status)
        return status;
    if (c->heads % c->kv_heads != 0)
        return cola_fail(err, COLA_INPUT, "%s: \"num_key_value_heads\" (%d) does not "
                         "divide \"num_attention_heads\" (%d)", place, c->kv_heads,
                         c->heads);

    status = get_size(object, "head_dim", 1, SIZE_LIMIT, &c->head_dim, place, err);
    if (status)
        return status;
    if (c->head_dim == 0 && c->width % c->heads != 0)
        return cola_fail(err, COLA_INPUT, "%s: \"num_attention_heads\" (%d) does not "
                         "divide \"hidden_size\" (%d), and there is no \"head_dim\"",
                         place, c->heads, c->width);
    if (c->head_dim == 0)
        c->head_dim = c->width / c->heads;
    if (c->head_dim % 2 != 0)
        return cola_fail(err, COLA_INPUT, "%s: a head of %d dimensions cannot be rotated "
                         "in pairs", place, c->head_dim);
    if (c->head_dim > SIZE_LIMIT / c->heads)
        return cola_fail(err, COLA_INPUT, "%s: %d heads of %d dimensions are more than "
                         "%d", place, c->heads, c->head_dim, SIZE_LIMIT);
    return COLA_OK;
}

/*
 * The rotation is described beside "rope_theta" by "rope_scaling", and in newer
 * files by "rope_parameters", which holds the base frequency as well.  *SAID
 * becomes non-zero once that was named.
 */
static enum cola_status
read_rope_object(const json_t *config, const char *name, const char *place,
                 double *theta, int *said, struct cola_error *err)
{
    json_t *object = json_object_get(config, name), *value;
    const char *member;

    if (object == NULL || json_is_null(object))
        return COLA_OK;
    if (!json_is_object(object))
        return cola_fail(err, COLA_INPUT, "%s: \"%s\" is not an object", place, name);
    json_object_foreach(object, member, value) {
        double x = json_number_value(value);

        if (json_is_null(value))
            continue;
        if (strcmp(member, "rope_type") == 0 || strcmp(member, "type") == 0) {
            const char *type = json_string_value(value);

            if (type == NULL || strcmp(type, "default") != 0)
                return cola_fail(err, COLA_INPUT, "%s: \"%s\": type \"%.60s\" is not "
                                 "supported", place, name, type != NULL ? type : "?");
        } else if (strcmp(member, "rope_theta") == 0) {
            if (!json_is_number(value) || x <= 0.0)
                return cola_fail(err, COLA_INPUT, "%s: \"%s\": \"rope_theta\" must be a "
                                 "number above 0", place, name);
            if (*said && x != *theta)
                return cola_fail(err, COLA_INPUT, "%s: \"rope_theta\" is given twice "
                                 "with different values", place);
            *theta = x;
            *said = 1;
        } else if (strcmp(member, "partial_rotary_factor") != 0 || x != 1.0) {
            return cola_fail(err, COLA_INPUT, "%s: \"%s\": \"%.60s\" is not supported",
                             place, name, member);
        }
    }
    return COLA_OK;
}

static enum cola_status
read_rope(const json_t *object, const char *place, struct cola_config *c,
          struct cola_error *err)
{
    const json_t *theta = json_object_get(object, "rope_theta");
    int said = theta != NULL && !json_is_null(theta);
    enum cola_status status;

    c->rope_theta = 10000.0;
    if ((status = get_positive(object, "rope_theta", 1, &c->rope_theta, place, err)) ||
        (status = read_rope_object(object, "rope_scaling", place, &c->rope_theta, &said,
                                   err)))
        return status;
    return read_rope_object(object, "rope_parameters", place, &c->rope_theta, &said, err);
}

static enum cola_status
add_eos(const json_t *value, const char *place, struct cola_config *c,
        struct cola_error *err)
{
    json_int_t id = json_integer_value(value);

    if (!json_is_integer(value) || id < 0 || id >= c->vocabulary)
        return cola_fail(err, COLA_INPUT, "%s: \"eos_token_id\" is not a token of the "
                         "vocabulary (0 to %d)", place, c->vocabulary - 1);
    for (int i = 0; i < c->n_eos; i++)
        if (c->eos[i] == id)
            return COLA_OK;
    if (c->n_eos == (int)COUNT(c->eos))
        return cola_fail(err, COLA_INPUT, "%s: \"eos_token_id\" names more than %d "
                         "tokens", place, c->n_eos);
    c->eos[c->n_eos++] = (int)id;
    return COLA_OK;
}

/* One token or a list of them. */
static enum cola_status
read_eos(const json_t *object, const char *place, struct cola_config *c,
         struct cola_error *err)
{
    const json_t *value = json_object_get(object, "eos_token_id");

    if (value == NULL || json_is_null(value))
        return COLA_OK;
    if (!json_is_array(value))
        return add_eos(value, place, c, err);
    for (size_t i = 0; i < json_array_size(value); i++) {
        enum cola_status status = add_eos(json_array_get(value, i), place, c, err);

        if (status)
            return status;
    }
    return COLA_OK;
}

static enum cola_status
read_rest(const json_t *object, const char *place, struct cola_config *c,
          struct cola_error *err)
{
    const char *act = "silu";
    int64_t bos = -1;
    enum cola_status status;

    if ((status = get_positive(object, "rms_norm_eps", 0, &c->norm_eps, place, err)) ||
        (status = cola_json_get_boolean(object, "tie_word_embeddings", 1, &c->tied, place,
                                        err)) ||
        (status = cola_json_get_integer(object, "bos_token_id", 1, 0, c->vocabulary - 1,
                                        &bos, place, err)) ||
        (status = cola_json_get_text(object, "hidden_act", 1, &act, place, err)))
        return status;
    c->bos = (int)bos;
    if (strcmp(act, "silu") != 0)
        return cola_fail(err, COLA_INPUT, "%s: \"hidden_act\" is \"%.60s\": only silu is "
                         "supported", place, act);
    return read_eos(object, place, c, err);
}

enum cola_status
cola_config_read(const json_t *object, const char *place, struct cola_config *config,
                 struct cola_error *err)
{
    struct cola_config c = {0};
    enum cola_status status;

    if (!json_is_object(object))
        return cola_fail(err, COLA_INPUT, "%s: not an object", place);
    if ((status = read_family(object, place, &c.family, err)) ||
        (status = cola_fields_check(object, place, err)) ||
        (status = read_sizes(object, place, &c, err)) ||
        (status = read_rope(object, place, &c, err)) ||
        (status = read_rest(object, place, &c, err)))
        return status;
    *config = c;
    return COLA_OK;
}

enum cola_status
cola_config_read_generation(const json_t *object, const char *place,
                            struct cola_config *config, struct cola_error *err)
{
    struct cola_config c = *config;
    enum cola_status status;

    if (!json_is_object(object))
        return cola_fail(err, COLA_INPUT, "%s: not an object", place);
    status = read_eos(object, place, &c, err);
    if (status == COLA_OK)
        *config = c;
    return status;
}

void
cola_config_canonical(const struct cola_config *config, struct cola_buffer *b)
{
    char eps[32], theta[32];

    cola_print_f64(eps, config->norm_eps);
    cola_print_f64(theta, config->rope_theta);
    cola_buffer_printf(b, "{\"family\":\"%s\",\"layers\":%d,\"width\":%d,\"heads\":%d,"
                       "\"kv_heads\":%d,\"head_dim\":%d,\"hidden\":%d,\"vocabulary\":%d,"
                       "\"norm_eps\":%s,\"rope_theta\":%s,\"tied\":%s,\"bos\":%d,"
                       "\"eos\":",
                       cola_family_name(config->family), config->layers, config->width,
                       config->heads, config->kv_heads, config->head_dim, config->hidden,
                       config->vocabulary, eps, theta, config->tied ? "true" : "false",
                       config->bos);
    cola_json_add_integers(b, config->eos, config->n_eos);
    cola_buffer_text(b, "}");
}
