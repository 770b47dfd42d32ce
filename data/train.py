#!/usr/bin/python3
# train.py - make the weights of tiny, tiny-plain and tiny-4.
#
#   python3 data/train.py tiny --seed 1 -o data/tiny
#   python3 data/train.py tiny --seed 1 --check
#
# Needs PyTorch (written for 1.13, Debian's python3-torch), which nothing else
# in this project does: the weights are shipped.  One thread; about eight
# minutes for tiny, five for tiny-plain, three for tiny-4 on an idle core.
# Training is counted in steps and every draw is seeded, so the same PyTorch on
# the same processor makes the same bytes.
#
# The models are Llamas in the Hugging Face layout, trained from nothing on the
# register task (questions.py).  Three things make so small a model learn it:
#
# - Every operation of a row is a question.  "37:6-5+9-" has three answers, 69
#   after "6-", 74 after "5+" and 35 after "9-", and all three are trained, each
#   at the position of its sign.  No value is ever shown but the first, so the
#   model must carry the whole computation in its layers.
# - The embedding of a number n starts as cosines and sines of 2 pi k n / 100:
#   adding is a rotation.
# - Muon (orthogonalised momentum) for the matrices of the layers.
#
# The looping trick of tiny and tiny-4 is what makes them a positive control: a
# row is computed with the middle block executed R = 0, 1, 2 or 3 times, and it
# holds only as many operations as that R is meant to solve.  R = 1, the
# ordinary pass, is trained on easy rows only; repeating the block reaches
# further, by construction.  tiny-plain is trained without it.

import argparse
import json
import math
import os
import random
import struct
import time

# One thread, so that sums are always taken in the same order.  OpenBLAS reads
# this when it is loaded and does not listen to torch.set_num_threads.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import torch
import torch.nn.functional as F

import questions

CHARACTERS = "0123456789+-:ABCD?=;,. ()>"
PAIRS = [f"{n:02d}" for n in range(100)]
VOCABULARY = ["<pad>", "<bos>", "<eos>", *CHARACTERS, *PAIRS]
ID = {token: i for i, token in enumerate(VOCABULARY)}
PAD, BOS, EOS = 0, 1, 2
PAIR0, DIGIT0 = ID["00"], ID["0"]

HIDDEN, INNER, HEADS, KV_HEADS, HEAD_DIM = 64, 128, 4, 2, 16
EPSILON, THETA, MAX_POSITIONS = 1e-5, 10000.0, 64
WAVES = (1, 2, 3, 5, 10, 20, 25, 40)  # the k of the number embeddings

# block: first and last layer of the block that is looped, passes R times.
# longest: the number of operations in a row computed with R passes.
# phases: steps, learning rates (Muon, AdamW), and the shares of R from a
# fraction of the phase on.
MODELS = {
    "tiny": dict(
        task="register", layers=12, block=(4, 7), rows=64,
        longest={0: 3, 1: 6, 2: 11, 3: 16},
        phases=[(1750, .015, .006, [(0, {1: 1}), (.15, {1: .6, 2: .4}),
                                    (.30, {1: .5, 2: .3, 3: .2})]),
                (750, .007, .003, [(0, {0: .25, 1: .3, 2: .25, 3: .2})])]),
    "tiny-plain": dict(
        task="register", layers=12, block=(4, 7), rows=96,
        longest={1: 10},
        phases=[(1300, .015, .006, [(0, {1: 1})])]),
    "tiny-4": dict(
        task="register-4", layers=4, block=(1, 2), rows=96,
        longest={0: 2, 1: 3, 2: 5, 3: 7},
        phases=[(1500, .015, .006, [(0, {1: 1}), (.10, {1: .6, 2: .4}),
                                    (.20, {1: .5, 2: .3, 3: .2})]),
                (750, .007, .003, [(0, {0: .2, 1: .3, 2: .25, 3: .25})])]),
}


def looped(model, passes):
    """The chain in which MODEL's middle block is executed PASSES times."""
    first, last = model["block"]
    return [*range(first), *list(range(first, last + 1)) * passes,
            *range(last + 1, model["layers"])]


# --- The model.  Parameters of one kind are stacked over the layers. ---

def number_waves(n):
    angles = [2 * math.pi * k * n / 100 for k in WAVES]
    return torch.tensor([f(a) for a in angles for f in (math.cos, math.sin)])


def initial_weights(layers, seed):
    g = torch.Generator().manual_seed(seed)

    def normal(*shape, deviation):
        return torch.randn(*shape, generator=g) * deviation

    qkv = (HEADS + 2 * KV_HEADS) * HEAD_DIM
    w = {
        "embed": normal(len(VOCABULARY), HIDDEN, deviation=.5),
        "head": normal(len(VOCABULARY), HIDDEN, deviation=.05),
        "qkv": normal(layers, qkv, HIDDEN, deviation=HIDDEN ** -.5),
        "out": normal(layers, HIDDEN, HEADS * HEAD_DIM, deviation=.3 * (HEADS * HEAD_DIM) ** -.5),
        "gate_up": normal(layers, 2 * INNER, HIDDEN, deviation=HIDDEN ** -.5),
        "down": normal(layers, HIDDEN, INNER, deviation=.3 * INNER ** -.5),
        "attention_norm": torch.ones(layers, HIDDEN),
        "mlp_norm": torch.ones(layers, HIDDEN),
        "norm": torch.ones(HIDDEN),
    }
    numbers = [(PAIR0 + n, n) for n in range(100)] + [(DIGIT0 + n, n) for n in range(10)]
    for token, n in numbers:
        w["embed"][token] *= .3
        w["embed"][token, :2 * len(WAVES)] = .9 * number_waves(n)
    for n in range(100):
        w["head"][PAIR0 + n, :2 * len(WAVES)] = .25 * number_waves(n)
    return w


def rms_norm(x, weight):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPSILON) * weight


def rotate(x, cos, sin):
    half = HEAD_DIM // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), -1) * sin


def attention(x, qkv, out, cos, sin, mask):
    rows, length, _ = x.shape
    heads = (x @ qkv.T).view(rows, length, HEADS + 2 * KV_HEADS, HEAD_DIM).transpose(1, 2)
    turned = rotate(heads[:, :HEADS + KV_HEADS], cos, sin)
    # Query head h reads key head h // (HEADS / KV_HEADS): such heads are neighbours.
    q = turned[:, :HEADS].reshape(rows, KV_HEADS, -1, HEAD_DIM)
    k, v = turned[:, HEADS:], heads[:, HEADS + KV_HEADS:]
    scores = q @ k.transpose(2, 3) * HEAD_DIM ** -.5 + mask
    mixed = (scores.softmax(-1) @ v).view(rows, HEADS, length, HEAD_DIM)
    return mixed.transpose(1, 2).reshape(rows, length, -1) @ out.T


def mlp(x, gate_up, down):
    gate, up = (x @ gate_up.T).split(INNER, -1)
    return F.silu(gate) * up @ down.T


def execute(w, chain, tokens):
    """The residual stream, normed, after the layers of CHAIN: [rows, length, HIDDEN]."""
    length = tokens.shape[1]
    frequencies = THETA ** (-torch.arange(0, HEAD_DIM, 2) / HEAD_DIM)
    angles = torch.arange(length)[:, None] * frequencies.repeat(2)
    cos, sin = angles.cos(), angles.sin()
    mask = torch.full((length, length), -math.inf).triu(1).repeat(HEADS // KV_HEADS, 1)
    layers = list(zip(*(w[name].unbind() for name in
                        ("attention_norm", "qkv", "out", "mlp_norm", "gate_up", "down"))))
    x = w["embed"][tokens]
    for i in chain:
        attention_norm, qkv, out, mlp_norm, gate_up, down = layers[i]
        x = x + attention(rms_norm(x, attention_norm), qkv, out, cos, sin, mask)
        x = x + mlp(rms_norm(x, mlp_norm), gate_up, down)
    return rms_norm(x, w["norm"])


# --- The data. ---

def held_out(task):
    return [q["prompt"] for validation in (False, True)
            for q in questions.make(task, validation)]


def fingerprint(key, digit, minus):
    """The 64-bit number of a problem with one more operation.

    Two problems with the same number would only be held out together.
    """
    return key * 1000003 + 2 * digit + minus + 1


def fingerprint_prompt(prompt):
    start, operations = prompt.split(":")
    key = torch.tensor(int(start))
    for digit, sign in zip(operations[::2], operations[1::2]):
        key = fingerprint(key, int(digit), int(sign == "-"))
    return key


def draw_rows(g, rows, longest, held):
    """Random programs as (tokens, labels); a label of -1 is not trained.

    A row is <bos> start : operations answer.  A quarter of the rows stop early
    and are padded, so that an answer is seen after any number of operations.
    Half of the answers are replaced by any number: <eos> follows an answer,
    right or wrong.  HELD are the fingerprints of problems never to be trained.
    """
    def below(n, *shape):
        return torch.randint(n, shape, generator=g)

    value, digits, minus = below(100, rows), below(9, rows, longest) + 1, below(2, rows, longest)
    lengths = torch.where(torch.arange(rows) < rows // 4, below(longest, rows) + 1,
                          torch.tensor(longest))
    shown, noise = below(2, rows), below(100, rows)
    tokens = torch.full((rows, 4 + 2 * longest), PAD)
    labels = torch.full_like(tokens, -1)
    tokens[:, 0], tokens[:, 1], tokens[:, 2] = BOS, PAIR0 + value, ID[":"]
    key = value
    for n in range(longest):
        digit, sign, at = digits[:, n], minus[:, n], 3 + 2 * n
        value = (digit + (1 - 2 * sign) * value) % 100
        key = fingerprint(key, digit, sign)
        allowed = ~torch.isin(key, held)
        live, last = n < lengths, n + 1 == lengths
        tokens[live, at] = DIGIT0 + digit[live]
        tokens[live, at + 1] = ID["+"] + sign[live]
        labels[live & allowed, at + 1] = PAIR0 + value[live & allowed]
        answer = torch.where((shown == 1) & allowed, value, noise)
        tokens[last, at + 2] = PAIR0 + answer[last]
        labels[last, at + 2] = EOS
    return tokens, labels


def batches(model, seed):
    """All batches of a training, with their Muon and AdamW learning rates and R."""
    g, rng = torch.Generator().manual_seed(1000 + seed), random.Random(seed)
    held = torch.stack([fingerprint_prompt(p) for p in held_out(model["task"])])
    for steps, muon_rate, adam_rate, shares in model["phases"]:
        for step in range(steps):
            done = step / steps
            share = [s for start, s in shares if start <= done][-1]
            passes = rng.choices(list(share), list(share.values()))[0]
            scale = min((step + 1) / 50, 1, 1 - .98 * (2 * done - 1))
            rows = draw_rows(g, model["rows"], model["longest"][passes], held)
            yield passes, scale * muon_rate, scale * adam_rate, *rows


def check_held_out(model, seed):
    """Read back every label of a training as text: none may be a held-out question's."""
    prompts, labels, masked = set(held_out(model["task"])), 0, 0
    for *_, tokens, targets in batches(model, seed):
        for ids, wanted in zip(tokens.tolist(), targets.tolist()):
            text = ""
            for token, target in zip(ids[1:], wanted[1:]):
                text += VOCABULARY[token]
                masked += text in prompts
                if target >= PAIR0:
                    labels += 1
                    assert text not in prompts, text
                    last = questions.trace(int(text[:2]), zip(map(int, text[3::2]), text[4::2]))[-1]
                    assert target == PAIR0 + last, text
    print(f"{labels} answers trained, none of the {len(prompts)} held-out questions, "
          f"which came up {masked} times and were masked")


# --- The training. ---

def orthogonal(m):
    """Five Newton-Schulz steps towards the nearest orthogonal matrix, for a stack."""
    tall = m.shape[-2] > m.shape[-1]
    x = m.transpose(-1, -2) if tall else m
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        a = x @ x.transpose(-1, -2)
        x = 3.4445 * x + (2.0315 * a @ a - 4.7750 * a) @ x
    return x.transpose(-1, -2) if tall else x


class Muon:
    """Nesterov momentum, orthogonalised, with decoupled weight decay."""

    def __init__(self, parameters):
        self.pairs = [(p, torch.zeros_like(p)) for p in parameters]

    @torch.no_grad()
    def step(self, rate):
        for p, momentum in self.pairs:
            momentum.mul_(.95).add_(p.grad, alpha=.05)
            update = orthogonal(p.grad.lerp(momentum, .95))
            p.mul_(1 - .03 * rate)
            p.add_(update, alpha=-rate * max(1, p.shape[-2] / p.shape[-1]) ** .5)


def train(model, seed):
    w = initial_weights(model["layers"], seed)
    for p in w.values():
        p.requires_grad_()
    matrices = [w[name] for name in ("qkv", "out", "gate_up", "down")]
    others = [w[name] for name in ("embed", "head", "attention_norm", "mlp_norm", "norm")]
    muon = Muon(matrices)
    adam = torch.optim.AdamW(others, betas=(.9, .98), weight_decay=0)
    average, began = None, time.process_time()
    for n, (passes, muon_rate, adam_rate, tokens, labels) in enumerate(batches(model, seed), 1):
        x = execute(w, looped(model, passes), tokens)
        trained = labels >= 0
        loss = F.cross_entropy(x[trained] @ w["head"].T, labels[trained])
        for p in w.values():
            p.grad = None
        loss.backward()
        muon.step(muon_rate)
        adam.param_groups[0]["lr"] = adam_rate
        adam.step()
        average = loss.item() if average is None else .98 * average + .02 * loss.item()
        if n % 250 == 0:
            seconds = time.process_time() - began
            print(f"step {n}  loss {average:.3f}  {seconds:.0f} CPU s", flush=True)
    return {name: p.detach() for name, p in w.items()}


# --- The files. ---

def named_tensors(w):
    """The weights under their Hugging Face names, in bfloat16."""
    q, kv = HEADS * HEAD_DIM, KV_HEADS * HEAD_DIM
    tensors = {"model.embed_tokens.weight": w["embed"], "model.norm.weight": w["norm"],
               "lm_head.weight": w["head"]}
    for i in range(len(w["qkv"])):
        parts = {"input_layernorm": w["attention_norm"][i],
                 "post_attention_layernorm": w["mlp_norm"][i],
                 "self_attn.o_proj": w["out"][i], "mlp.down_proj": w["down"][i]}
        parts.update(zip(("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
                         w["qkv"][i].split((q, kv, kv))))
        parts.update(zip(("mlp.gate_proj", "mlp.up_proj"), w["gate_up"][i].split(INNER)))
        tensors.update({f"model.layers.{i}.{name}.weight": t for name, t in parts.items()})
    return {name: tensors[name].bfloat16() for name in sorted(tensors)}


def safetensors(tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, t in tensors.items():
        raw = t.contiguous().view(torch.int16).numpy().astype("<i2").tobytes()
        header[name] = {"dtype": "BF16", "shape": list(t.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def config(model):
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama",
        "hidden_size": HIDDEN, "intermediate_size": INNER,
        "num_hidden_layers": model["layers"], "num_attention_heads": HEADS,
        "num_key_value_heads": KV_HEADS, "head_dim": HEAD_DIM, "hidden_act": "silu",
        "rms_norm_eps": EPSILON, "rope_theta": THETA,
        "max_position_embeddings": MAX_POSITIONS, "vocab_size": len(VOCABULARY),
        "tie_word_embeddings": False, "attention_bias": False, "mlp_bias": False,
        "bos_token_id": BOS, "eos_token_id": EOS, "pad_token_id": PAD,
        "torch_dtype": "bfloat16",
    }


def tokenizer():
    """Byte-pair encoding of single characters; the merges are the 100 pairs of digits."""
    bos = {"SpecialToken": {"id": "<bos>", "type_id": 0}}
    first, second = ({"Sequence": {"id": name, "type_id": 0}} for name in "AB")
    special = {"<bos>": {"id": "<bos>", "ids": [BOS], "tokens": ["<bos>"]}}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": VOCABULARY[i], "single_word": False, "lstrip": False,
                          "rstrip": False, "normalized": False, "special": True}
                         for i in (PAD, BOS, EOS)],
        "normalizer": None, "pre_tokenizer": None,
        "post_processor": {"type": "TemplateProcessing", "single": [bos, first],
                           "pair": [bos, first, second], "special_tokens": special},
        "decoder": {"type": "Fuse"},
        "model": {"type": "BPE", "dropout": None, "unk_token": None,
                  "continuing_subword_prefix": None, "end_of_word_suffix": None,
                  "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": ID, "merges": [f"{pair[0]} {pair[1]}" for pair in PAIRS]},
    }


def write_file(path, content):
    """Replace the file at PATH in one go."""
    with open(path + ".new", "wb") as f:
        f.write(content)
    os.replace(path + ".new", path)


def write_model(model, w, directory):
    os.makedirs(directory, exist_ok=True)
    for name, value in (("config.json", config(model)), ("tokenizer.json", tokenizer())):
        write_file(os.path.join(directory, name), (json.dumps(value, indent=1) + "\n").encode())
    write_file(os.path.join(directory, "model.safetensors"), safetensors(named_tensors(w)))


def main():
    parser = argparse.ArgumentParser(description="Train one of the shipped models.")
    parser.add_argument("model", choices=sorted(MODELS))
    parser.add_argument("--seed", type=int, required=True)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("-o", metavar="DIR", help="train, and write the checkpoint to DIR")
    what.add_argument("--check", action="store_true",
                      help="train nothing; verify that no held-out question would be trained")
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = MODELS[args.model]
    if args.check:
        check_held_out(model, args.seed)
    else:
        write_model(model, train(model, args.seed), args.o)


if __name__ == "__main__":
    main()
