#!/usr/bin/python3
# tour.py - make the checkpoint of tour, the model of colaref-tour(7).
#
#   python3 data/tour.py -o data/tour
#
# Needs nothing but Python, and writes the same bytes everywhere.  The weights
# were chosen by hand so that a reader can follow every number of a run; the
# page shows this very table, and tests/tour.sh compares the two.

import argparse
import json
import os
import struct

# A line is a row of a matrix.  Its columns are the channels of what it reads:
# word, ear, mouth, letter; for o the two of the head, for down the one hidden.
# What is not named is 0.
WEIGHTS = """
            word  ear mouth letter
embed <bos>    0    4    0    0
embed <eos>    0    4    0    0
embed a        3    0    0    4
embed b       -3    0    0    4
embed .        0    4    0    0

0 norm1      2.5  2.5  2.5  2.5
0 q            0    5    0    5
0 q            0    0    0    0
0 k            0    6    0    6
0 k            0    7    0    7
0 v            1    0    0    0
0 v            0    0    0    0
0 o word       1    0
0 norm2      2.5  2.5  2.5  2.5

1 norm1      2.5  2.5  2.5  2.5
1 norm2      2.5  2.5  2.5  2.5
1 gate         0    8    0    0
1 up           1    0    0    0
1 down word -0.03125
1 down mouth 0.03125

norm         2.5  2.5  2.5  2.5
head <bos>     0    0    0    0
head <eos>     0    0    0    1
head a         0    0    2    0
head b         0    0   -2    0
head .         0    1    0    0
"""

VOCABULARY = ["<bos>", "<eos>", "a", "b", "."]
CHANNELS = ["word", "ear", "mouth", "letter"]
BOS, EOS = 0, 1
LAYERS, WIDTH, HEAD_DIM, HIDDEN = 2, len(CHANNELS), 2, 1

NAMES = {
    "norm1": ("input_layernorm", (WIDTH,)),
    "q": ("self_attn.q_proj", (HEAD_DIM, WIDTH)),
    "k": ("self_attn.k_proj", (HEAD_DIM, WIDTH)),
    "v": ("self_attn.v_proj", (HEAD_DIM, WIDTH)),
    "o": ("self_attn.o_proj", (WIDTH, HEAD_DIM)),
    "norm2": ("post_attention_layernorm", (WIDTH,)),
    "gate": ("mlp.gate_proj", (HIDDEN, WIDTH)),
    "up": ("mlp.up_proj", (HIDDEN, WIDTH)),
    "down": ("mlp.down_proj", (WIDTH, HIDDEN)),
}


def read_weights(text):
    """The table as rows by matrix and row number: {("0 o", 0): [1.0, 0.0]}."""
    rows, count = {}, {}
    for line in text.splitlines()[2:]:
        words = line.split()
        if not words:
            continue
        name = words.pop(0)
        if name.isdigit():
            name += " " + words.pop(0)
        if words[0] in VOCABULARY:
            row = VOCABULARY.index(words.pop(0))
        elif words[0] in CHANNELS:
            row = CHANNELS.index(words.pop(0))
        else:
            row = count.get(name, 0)
            count[name] = row + 1
        rows[name, row] = [float(w) for w in words]
    return rows


def tensors():
    """[(name in the Hugging Face layout, shape, numbers)], sorted by name."""
    rows, found = read_weights(WEIGHTS), []

    def add(name, short, shape):
        height, width = shape if len(shape) == 2 else (1, shape[0])
        numbers = []
        for row in range(height):
            numbers += rows.pop((short, row), [0.0] * width)
        assert len(numbers) == height * width, name
        found.append((name, shape, numbers))

    add("model.embed_tokens.weight", "embed", (len(VOCABULARY), WIDTH))
    add("model.norm.weight", "norm", (WIDTH,))
    add("lm_head.weight", "head", (len(VOCABULARY), WIDTH))
    for layer in range(LAYERS):
        for short, (name, shape) in NAMES.items():
            add(f"model.layers.{layer}.{name}.weight", f"{layer} {short}", shape)
    assert not rows, rows
    return sorted(found)


def safetensors():
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, shape, numbers in tensors():
        raw = struct.pack(f"<{len(numbers)}f", *numbers)
        header[name] = {"dtype": "F32", "shape": list(shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def config():
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama",
        "hidden_size": WIDTH, "intermediate_size": HIDDEN,
        "num_hidden_layers": LAYERS, "num_attention_heads": 1,
        "num_key_value_heads": 1, "head_dim": HEAD_DIM, "hidden_act": "silu",
        # so small that it is lost in every sum of the page
        "rms_norm_eps": 1e-20, "rope_theta": 10000.0,
        "max_position_embeddings": 32, "vocab_size": len(VOCABULARY),
        "tie_word_embeddings": False, "attention_bias": False, "mlp_bias": False,
        "bos_token_id": BOS, "eos_token_id": EOS, "torch_dtype": "float32",
    }


def tokenizer():
    """A character is a token; nothing is merged.  <bos> goes before a text."""
    bos = {"SpecialToken": {"id": "<bos>", "type_id": 0}}
    first, second = ({"Sequence": {"id": name, "type_id": 0}} for name in "AB")
    special = {"<bos>": {"id": "<bos>", "ids": [BOS], "tokens": ["<bos>"]}}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": VOCABULARY[i], "single_word": False,
                          "lstrip": False, "rstrip": False, "normalized": False,
                          "special": True} for i in (BOS, EOS)],
        "normalizer": None, "pre_tokenizer": None,
        "post_processor": {"type": "TemplateProcessing", "single": [bos, first],
                           "pair": [bos, first, second], "special_tokens": special},
        "decoder": {"type": "Fuse"},
        "model": {"type": "BPE", "dropout": None, "unk_token": None,
                  "continuing_subword_prefix": None, "end_of_word_suffix": None,
                  "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": {token: i for i, token in enumerate(VOCABULARY)},
                  "merges": []},
    }


def main():
    parser = argparse.ArgumentParser(description="Make the model of colaref-tour(7).")
    parser.add_argument("-o", metavar="DIR", required=True)
    directory = parser.parse_args().o
    os.makedirs(directory, exist_ok=True)
    files = {"model.safetensors": safetensors()}
    for name, value in (("config.json", config()), ("tokenizer.json", tokenizer())):
        files[name] = (json.dumps(value, indent=1) + "\n").encode()
    for name, content in files.items():
        with open(os.path.join(directory, name), "wb") as f:
            f.write(content)


if __name__ == "__main__":
    main()
