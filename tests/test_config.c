/*
 * test_config.c - config.json: sizes, defaults, and fields that are refused
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
#include "model/config.h"

static const char base_config[] =
    "{\"model_type\":\"llama\",\"num_hidden_layers\":2,\"hidden_size\":64,"
    "\"num_attention_heads\":4,\"intermediate_size\":128,\"vocab_size\":100,"
    "\"rms_norm_eps\":1e-5}";

/* The base configuration with the members of PATCH put in; a member that is
 * "delete" is taken out. */
static enum cola_status
read_patched(const char *patch, struct cola_config *config, struct cola_error *err)
{
    json_t *object = NULL, *changes = NULL, *value;
    const char *name;
    enum cola_status status;

    assert_ok(cola_json_parse(base_config, strlen(base_config), "base", &object, err),
              err);
    assert_ok(cola_json_parse(patch, strlen(patch), "patch", &changes, err), err);
    json_object_foreach(changes, name, value) {
        if (json_is_string(value) && strcmp(json_string_value(value), "delete") == 0)
            json_object_del(object, name);
        else
            json_object_set(object, name, value);
    }
    status = cola_config_read(object, "dir/config.json", config, err);
    json_decref(changes);
    json_decref(object);
    return status;
}

static void
unfit_config_refused_by_name(void **state)
{
    static const struct {
        const char *patch, *reason;
    } cases[] = {
        {"{\"model_type\":\"delete\"}", "\"model_type\" is missing"},
        {"{\"model_type\":\"mamba\"}", "\"model_type\" is \"mamba\""},
        {"{\"model_type\":7}", "\"model_type\" is not a string"},
        {"{\"num_hidden_layers\":\"delete\"}", "\"num_hidden_layers\" is missing"},
        {"{\"num_hidden_layers\":0}", "\"num_hidden_layers\" is 0, must be 1 to 65535"},
        {"{\"num_hidden_layers\":65536}", "\"num_hidden_layers\" is 65536"},
        {"{\"num_hidden_layers\":2.0}", "\"num_hidden_layers\" is not an integer"},
        {"{\"num_hidden_layers\":null}", "\"num_hidden_layers\" is missing"},
        {"{\"hidden_size\":\"delete\"}", "\"hidden_size\" is missing"},
        {"{\"hidden_size\":-64}", "\"hidden_size\" is -64"},
        {"{\"hidden_size\":9007199254740992}", "\"hidden_size\" is 9007199254740992"},
        {"{\"hidden_size\":66}", "does not divide \"hidden_size\" (66)"},
        {"{\"hidden_size\":20}", "a head of 5 dimensions"},
        {"{\"num_attention_heads\":\"delete\"}", "\"num_attention_heads\" is missing"},
        {"{\"num_attention_heads\":0}", "\"num_attention_heads\" is 0"},
        {"{\"num_key_value_heads\":3}", "\"num_key_value_heads\" (3) does not divide"},
        {"{\"num_key_value_heads\":8}", "\"num_key_value_heads\" (8) does not divide"},
        {"{\"num_key_value_heads\":0}", "\"num_key_value_heads\" is 0"},
        {"{\"head_dim\":0}", "\"head_dim\" is 0"},
        {"{\"head_dim\":7}", "a head of 7 dimensions"},
        {"{\"head_dim\":8388608}", "4 heads of 8388608 dimensions"},
        {"{\"intermediate_size\":\"delete\"}", "\"intermediate_size\" is missing"},
        {"{\"intermediate_size\":16777217}", "\"intermediate_size\" is 16777217"},
        {"{\"vocab_size\":\"delete\"}", "\"vocab_size\" is missing"},
        {"{\"vocab_size\":0}", "\"vocab_size\" is 0"},
        {"{\"max_position_embeddings\":0}", "\"max_position_embeddings\" is 0"},
        {"{\"rms_norm_eps\":\"delete\"}", "\"rms_norm_eps\" is missing"},
        {"{\"rms_norm_eps\":0}", "\"rms_norm_eps\" must be above 0"},
        {"{\"rms_norm_eps\":\"small\"}", "\"rms_norm_eps\" is not a number"},
        {"{\"rope_theta\":-1}", "\"rope_theta\" must be above 0"},
        {"{\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":32.0}}",
         "\"rope_scaling\": type \"llama3\""},
        {"{\"rope_scaling\":{\"type\":\"linear\",\"factor\":2}}",
         "\"rope_scaling\": type \"linear\""},
        {"{\"rope_scaling\":{\"factor\":2}}", "\"rope_scaling\": \"factor\""},
        {"{\"rope_scaling\":2}", "\"rope_scaling\" is not an object"},
        {"{\"rope_parameters\":{\"rope_type\":\"yarn\",\"rope_theta\":1e4}}",
         "\"rope_parameters\": type \"yarn\""},
        {"{\"rope_parameters\":{\"rope_theta\":0}}", "\"rope_theta\" must be a number"},
        {"{\"rope_parameters\":{\"full_attention\":{}}}", "\"full_attention\""},
        {"{\"rope_parameters\":{\"partial_rotary_factor\":0.5}}",
         "\"partial_rotary_factor\""},
        {"{\"rope_theta\":10000,\"rope_parameters\":{\"rope_theta\":500000}}",
         "\"rope_theta\" is given twice"},
        {"{\"tie_word_embeddings\":1}", "\"tie_word_embeddings\" is not true or false"},
        {"{\"bos_token_id\":100}", "\"bos_token_id\" is 100"},
        {"{\"eos_token_id\":100}", "\"eos_token_id\" is not a token"},
        {"{\"eos_token_id\":-1}", "\"eos_token_id\" is not a token"},
        {"{\"eos_token_id\":[2,\"x\"]}", "\"eos_token_id\" is not a token"},
        {"{\"eos_token_id\":[1,2,3,4,5,6,7,8,9]}", "more than 8 tokens"},
        {"{\"hidden_act\":\"gelu\"}", "\"hidden_act\" is \"gelu\""},
        {"{\"attention_bias\":true}", "\"attention_bias\" is true: not supported"},
        {"{\"mlp_bias\":true}", "\"mlp_bias\" is true: not supported"},
        {"{\"sliding_window\":4096}", "\"sliding_window\" is 4096: not supported"},
        {"{\"use_sliding_window\":true}", "\"use_sliding_window\" is true"},
        {"{\"pretraining_tp\":2}", "\"pretraining_tp\" is 2: not supported"},
        {"{\"partial_rotary_factor\":0.5}", "\"partial_rotary_factor\" is 0.5"},
        {"{\"quantization_config\":{\"bits\":4}}",
         "\"quantization_config\" is {\"bits\":4}"},
        {"{\"logit_scale\":0.0625}", "\"logit_scale\" is 0.0625: not supported"},
        {"{\"final_logit_softcapping\":30.0}", "\"final_logit_softcapping\" is 30.0"},
        {"{\"attn_logit_softcapping\":50.0}", "\"attn_logit_softcapping\" is 50.0"},
        {"{\"rope_interleaved\":true}", "\"rope_interleaved\" is true"},
        {"{\"num_local_experts\":8}", "\"num_local_experts\" is 8: not supported"},
        {"{\"layer_types\":[\"full_attention\",\"sliding_attention\"]}",
         "\"layer_types\""},
        {"{\"pruned_heads\":{\"1\":[0]}}", "\"pruned_heads\" is"},
        {"{\"gain_of_a_new_kind\":1}", "unknown field \"gain_of_a_new_kind\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cola_config config = {.layers = 77};
        struct cola_error err;

        assert_refused(read_patched(cases[i].patch, &config, &err), &err,
                       "dir/config.json: ", cases[i].reason);
        assert_int_equal(config.layers, 77);
    }
}

static void
neutral_and_descriptive_fields_accepted(void **state)
{
    static const char *const patches[] = {
        "{}",
        "{\"rope_scaling\":null,\"sliding_window\":null,\"head_dim\":null}",
        "{\"rope_scaling\":{\"type\":\"default\"}}",
        "{\"rope_theta\":1e4,\"rope_parameters\":{\"rope_theta\":10000.0,"
        "\"rope_type\":\"default\",\"partial_rotary_factor\":1.0}}",
        "{\"attention_bias\":false,\"mlp_bias\":false,\"pretraining_tp\":1}",
        "{\"layer_types\":[\"full_attention\",\"full_attention\"]}",
        "{\"logit_scale\":1.0,\"num_experts\":0,\"pruned_heads\":{}}",
        "{\"architectures\":[\"LlamaForCausalLM\"],\"torch_dtype\":\"float16\","
        "\"dtype\":\"float16\",\"transformers_version\":\"4.41.2\","
        "\"initializer_range\":0.02,\"use_cache\":true,\"attention_dropout\":0.0,"
        "\"_name_or_path\":\"x\",\"pad_token_id\":0,\"hidden_act\":\"silu\"}",
        "{\"field_nobody_knows\":null}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(patches); i++) {
        struct cola_config config;
        struct cola_error err;

        assert_ok(read_patched(patches[i], &config, &err), &err);
    }
}

static void
config_defaults_are_those_of_the_family(void **state)
{
    static const char other[] =
        "{\"head_dim\":24,\"num_key_value_heads\":2,\"bos_token_id\":1,"
        "\"eos_token_id\":[5,6,5],\"tie_word_embeddings\":true,"
        "\"rope_parameters\":{\"rope_theta\":500000}}";
    struct cola_config c;
    struct cola_error err;

    (void)state;
    assert_ok(read_patched("{}", &c, &err), &err);
    assert_int_equal(c.family, COLA_LLAMA);
    assert_int_equal(c.kv_heads, 4);
    assert_int_equal(c.head_dim, 16);
    assert_true(c.rope_theta == 10000.0);
    assert_true(c.norm_eps == 1e-5);
    assert_int_equal(c.tied, 0);
    assert_int_equal(c.bos, -1);
    assert_int_equal(c.n_eos, 0);
    assert_ok(read_patched(other, &c, &err), &err);
    assert_int_equal(c.kv_heads, 2);
    assert_int_equal(c.head_dim, 24);
    assert_true(c.rope_theta == 500000.0);
    assert_int_equal(c.tied, 1);
    assert_int_equal(c.bos, 1);
    assert_int_equal(c.n_eos, 2);
    assert_int_equal(c.eos[0], 5);
    assert_int_equal(c.eos[1], 6);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unfit_config_refused_by_name),
        cmocka_unit_test(neutral_and_descriptive_fields_accepted),
        cmocka_unit_test(config_defaults_are_those_of_the_family),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
