#!/usr/bin/python3
# corner.py - make the checkpoint of corner, on which conformance vectors are cut.
#
#   python3 data/corner.py -o data/corner
#
# Needs nothing but Python, and writes the same bytes everywhere.  The model knows
# nothing: it is made so that mistakes show that trained models hide.
#
#   three dtypes           each has to be widened rightly
#   hidden 300             more than one block of 256 in the sums of "down"
#   width 24               no multiple of 16: the lanes of the norm are uneven
#   heads 4, pairs 2       which query head reads which keys matters
#   rms_norm_eps 0.01      where it is added matters
#   rope_theta 100         angles that are large within a few tokens
#   head rows 5 and 9      equal and largest: ties
#   head rows 10 to 13     whole numbers and halves: ties in rounding to 8 bits
#
# Weights come from splitmix64 (colaref-arithmetic(7)), seeded by a tensor's name.

import argparse
import hashlib
import json
import os
import struct

LAYERS, WIDTH, HEADS, PAIRS, HEAD_DIM, HIDDEN, VOCABULARY = 3, 24, 4, 2, 6, 300, 40
BOS, EOS = 1, 2
MASK = (1 << 64) - 1


def reals(name, count):
    """COUNT reals in -1 .. 1, multiples of 2^-20."""
    state = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        z ^= z >> 31
        yield ((z >> 43) - (1 << 20)) / (1 << 20)


def half(x):
    return struct.pack("<e", x)


def brain(x):
    """bfloat16, to nearest, ties to even."""
    bits = struct.unpack("<I", struct.pack("<f", x))[0]
    return struct.pack("<H", (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)


def single(x):
    return struct.pack("<f", x)


WRITE = {"F16": half, "BF16": brain, "F32": single}


def tensors():
    """Every (name, dtype, shape, values)."""

    def matrix(name, dtype, rows, columns, scale):
        values = [scale * x for x in reals(name, rows * columns)]
        return name, dtype, [rows, columns], values

    def norm(name):
        return name, "F32", [WIDTH], [1 + x / 4 for x in reals(name, WIDTH)]

    wide = HEADS * HEAD_DIM
    narrow = PAIRS * HEAD_DIM
    yield matrix("model.embed_tokens.weight", "BF16", VOCABULARY, WIDTH, 1.0)
    for i in range(LAYERS):
        at = "model.layers.%d." % i
        yield norm(at + "input_layernorm.weight")
        yield matrix(at + "self_attn.q_proj.weight", "F16", wide, WIDTH, 0.7)
        yield matrix(at + "self_attn.k_proj.weight", "F16", narrow, WIDTH, 0.7)
        yield matrix(at + "self_attn.v_proj.weight", "F16", narrow, WIDTH, 0.5)
        yield matrix(at + "self_attn.o_proj.weight", "F16", WIDTH, wide, 0.5)
        yield norm(at + "post_attention_layernorm.weight")
        yield matrix(at + "mlp.gate_proj.weight", "BF16", HIDDEN, WIDTH, 0.5)
        yield matrix(at + "mlp.up_proj.weight", "BF16", HIDDEN, WIDTH, 0.5)
        yield matrix(at + "mlp.down_proj.weight", "F32", WIDTH, HIDDEN, 0.125)
    yield norm("model.norm.weight")
    name, dtype, shape, head = matrix("lm_head.weight", "F32", VOCABULARY, WIDTH, 0.5)
    row = [8 * x for x in reals("tie", WIDTH)]
    for tied in (5, 9):
        head[tied * WIDTH:(tied + 1) * WIDTH] = row
    for k, at in enumerate(range(10, 14)):
        steps = [(j * (k + 3) % 9) + 0.5 for j in range(WIDTH - 1)]
        head[at * WIDTH:(at + 1) * WIDTH] = [x / 127 for x in [127.0] + steps]
        if k < 2:
            head[at * WIDTH:(at + 1) * WIDTH] = [x / 128 for x in [127.0] + steps]
    yield name, dtype, shape, head


CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": WIDTH,
    "intermediate_size": HIDDEN,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "num_key_value_heads": PAIRS,
    "head_dim": HEAD_DIM,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": 64,
    "rms_norm_eps": 0.01,
    "rope_theta": 100.0,
    "hidden_act": "silu",
    "tie_word_embeddings": False,
    "bos_token_id": BOS,
    "eos_token_id": EOS,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", "--output", required=True)
    directory = parser.parse_args().output
    os.makedirs(directory, exist_ok=True)
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, dtype, shape, values in sorted(tensors()):
        block = b"".join(WRITE[dtype](x) for x in values)
        header[name] = {"dtype": dtype, "shape": shape,
                        "data_offsets": [len(data), len(data) + len(block)]}
        data += block
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(directory, "model.safetensors"), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)
    with open(os.path.join(directory, "config.json"), "w") as file:
        file.write(json.dumps(CONFIG, indent=2) + "\n")


main()
