/*
 * fields.c - is every field of a config.json understood?
 *
 * Beside the sizes a config.json carries switches, each of which can change
 * the computation.  The dangerous switch is not the one we refuse but the one
 * we never heard of, because logits that are slightly wrong look like logits.
 * So every field is listed here: config.c reads it, or there is one value at
 * which it does nothing, or it describes and does not compute.  Any other
 * field is refused by name.
 *
 * null is how these files say "absent" and is accepted everywhere.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "model/fields.h"

#include <stdlib.h>
#include <string.h>

/* Read by cola_config_read(). */
static const char *const understood[] = {
    "model_type", "num_hidden_layers", "hidden_size", "num_attention_heads",
    "num_key_value_heads", "head_dim", "intermediate_size", "vocab_size",
    "max_position_embeddings", "rms_norm_eps", "hidden_act", "rope_theta",
    "rope_scaling", "rope_parameters", "tie_word_embeddings", "bos_token_id",
    "eos_token_id",
};

enum rule { FALSE_ONLY, ZERO_ONLY, ONE_ONLY, EMPTY_ONLY, NULL_ONLY, FULL_ONLY };

/* Would change the result, except with this one value. */
static const struct {
    const char *name;
    enum rule rule;
} switches[] = {
    {"add_cross_attention", FALSE_ONLY},
    {"alibi", FALSE_ONLY},
    {"attention_bias", FALSE_ONLY},
    {"attention_multiplier", NULL_ONLY},
    {"attn_logit_softcapping", NULL_ONLY},
    {"chunk_size_feed_forward", ZERO_ONLY},
    {"clip_qkv", NULL_ONLY},
    {"compression_config", NULL_ONLY},
    {"cross_attention_hidden_size", NULL_ONLY},
    {"embedding_multiplier", ONE_ONLY},
    {"final_logit_softcapping", NULL_ONLY},
    {"is_encoder_decoder", FALSE_ONLY},
    {"layer_types", FULL_ONLY},
    {"logit_scale", ONE_ONLY},
    {"logits_scaling", ONE_ONLY},
    {"mlp_bias", FALSE_ONLY},
    {"no_rope_layers", EMPTY_ONLY},
    {"num_experts", ZERO_ONLY},
    {"num_experts_per_tok", ZERO_ONLY},
    {"num_local_experts", ZERO_ONLY},
    {"num_nextn_predict_layers", ZERO_ONLY},
    {"original_max_position_embeddings", NULL_ONLY},
    {"partial_rotary_factor", ONE_ONLY},
    {"pretraining_tp", ONE_ONLY},
    {"pruned_heads", EMPTY_ONLY},
    {"qk_layernorm", FALSE_ONLY},
    {"qkv_bias", FALSE_ONLY},
    {"quantization_config", NULL_ONLY},
    {"query_pre_attn_scalar", NULL_ONLY},
    {"residual_multiplier", ONE_ONLY},
    {"rope_interleaved", FALSE_ONLY},
    {"sliding_window", NULL_ONLY},
    {"tie_encoder_decoder", FALSE_ONLY},
    {"use_bias", FALSE_ONLY},
    {"use_parallel_residual", FALSE_ONLY},
    {"use_qk_norm", FALSE_ONLY},
    {"use_sliding_window", FALSE_ONLY},
};

static const char *const harmless[] = {
    /* where the file comes from, which program reads it, memory and speed */
    "_attn_implementation", "_attn_implementation_autoset",
    "_attn_implementation_internal", "_commit_hash", "_flash_attn_2_enabled",
    "_from_model_config", "_name_or_path", "architectures", "attn_implementation",
    "auto_map", "dtype", "finetuning_task", "is_decoder", "is_llama_config",
    "max_sequence_length", "max_window_layers", "model_max_length", "name_or_path",
    "tokenizer_class", "tokenizer_model_max_length", "torch_dtype", "torchscript",
    "transformers_version", "transformers.js_config", "unsloth_fixed",
    "unsloth_version", "use_bfloat16", "use_cache",

    /* training */
    "attention_dropout", "attention_probs_dropout_prob", "attn_pdrop",
    "classifier_dropout", "embd_pdrop", "gradient_checkpointing", "hidden_dropout",
    "hidden_dropout_prob", "initializer_range", "mlp_dropout", "resid_pdrop",

    /* what to do with the result: other heads, other tokens, sampling */
    "bad_words_ids", "begin_suppress_tokens", "decoder_start_token_id",
    "diversity_penalty", "do_sample", "early_stopping",
    "encoder_no_repeat_ngram_size", "exponential_decay_length_penalty",
    "forced_bos_token_id", "forced_eos_token_id", "id2label", "label2id",
    "length_penalty", "max_length", "min_length", "no_repeat_ngram_size",
    "num_beam_groups", "num_beams", "num_labels", "num_return_sequences",
    "output_attentions", "output_hidden_states", "output_scores", "pad_token_id",
    "prefix", "problem_type", "remove_invalid_values", "repetition_penalty",
    "return_dict", "return_dict_in_generate", "sep_token_id", "suppress_tokens",
    "task_specific_params", "temperature", "tf_legacy_loss", "top_k", "top_p",
    "typical_p", "unk_token_id",
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static int
is_listed(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return 1;
    return 0;
}

/* A list in which every layer has "full_attention". */
static int
is_full(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);

        if (!json_is_string(v) || strcmp(json_string_value(v), "full_attention") != 0)
            return 0;
    }
    return json_is_array(list);
}

/* Does VALUE leave the computation as it is? */
static int
is_neutral(enum rule rule, const json_t *value)
{
    switch (rule) {
    case FALSE_ONLY:
        return json_is_false(value);
    case ZERO_ONLY:
        return json_is_number(value) && json_number_value(value) == 0.0;
    case ONE_ONLY:
        return json_is_number(value) && json_number_value(value) == 1.0;
    case EMPTY_ONLY:
        return (json_is_array(value) && json_array_size(value) == 0) ||
               (json_is_object(value) && json_object_size(value) == 0);
    case FULL_ONLY:
        return is_full(value);
    case NULL_ONLY:
        break;
    }
    return 0;
}

static enum cola_status
refuse_value(const char *name, const json_t *value, const char *place,
             struct cola_error *err)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    enum cola_status status =
        cola_fail(err, COLA_INPUT, "%s: \"%s\" is %.60s%s: not supported", place, name,
                  text != NULL ? text : "set",
                  text != NULL && strlen(text) > 60 ? "..." : "");

    free(text);
    return status;
}

enum cola_status
cola_fields_check(const json_t *config, const char *place, struct cola_error *err)
{
    const char *name;
    json_t *value;

    /* jansson iterates over objects it could change; we do not. */
    json_object_foreach((json_t *)(uintptr_t)config, name, value) {
        size_t i = 0;

        if (json_is_null(value) || is_listed(understood, COUNT(understood), name) ||
            is_listed(harmless, COUNT(harmless), name))
            continue;
        while (i < COUNT(switches) && strcmp(switches[i].name, name) != 0)
            i++;
        if (i == COUNT(switches))
            return cola_fail(err, COLA_INPUT, "%s: unknown field \"%.100s\": a field "
                             "that may change the computation is never ignored", place,
                             name);
        if (!is_neutral(switches[i].rule, value))
            return refuse_value(name, value, place, err);
    }
    return COLA_OK;
}
