#!/usr/bin/python3
# evaluate.py - measure the models that train.py made, on the questions of
# questions.py.
#
#   python3 data/evaluate.py data/tiny                  # its block executed 0 to 3 times
#   python3 data/evaluate.py data/tiny --validation     # on the validation questions
#   python3 data/evaluate.py data/tiny-plain --edits    # every single edit
#
# Needs PyTorch, like train.py.  The first two take seconds, the last about seven
# minutes at 12 layers.
#
# A question is answered right when greedy decoding gives the answer and then
# <eos>.  Weights are read back from the checkpoint; arithmetic is float32.

import argparse
import json
import os
import struct

import questions
from train import BOS, EOS, ID, MODELS, execute, looped  # before torch: it sets the threads

import torch


def read_weights(directory):
    """A checkpoint's weights, stacked as train.execute wants them."""
    with open(os.path.join(directory, "model.safetensors"), "rb") as f:
        content = f.read()
    (size,) = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8:8 + size]), content[8 + size:]
    header.pop("__metadata__")
    t = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        t[name] = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.bfloat16) \
            .view(entry["shape"]).float()
    layers = 1 + max(int(name.split(".")[2]) for name in t if name.startswith("model.layers."))

    def stack(*parts):
        return torch.stack([torch.cat([t[f"model.layers.{i}.{part}.weight"] for part in parts])
                            for i in range(layers)])

    return {
        "embed": t["model.embed_tokens.weight"], "norm": t["model.norm.weight"],
        "head": t["lm_head.weight"],
        "attention_norm": stack("input_layernorm"), "mlp_norm": stack("post_attention_layernorm"),
        "qkv": stack("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
        "out": stack("self_attn.o_proj"),
        "gate_up": stack("mlp.gate_proj", "mlp.up_proj"), "down": stack("mlp.down_proj"),
    }


class Exam:
    """Questions, in batches of equal length: where they stand, tokens, options, right option."""

    def __init__(self, asked):
        self.asked = asked
        by_length = {}
        for n, q in enumerate(asked):
            by_length.setdefault(len(q["prompt"]), []).append(n)
        self.batches = []
        for places in by_length.values():
            batch = [asked[n] for n in places]
            tokens = [[BOS, ID[q["prompt"][:2]], *(ID[c] for c in q["prompt"][2:]), ID[q["answer"]]]
                      for q in batch]
            options = [[ID[o] for o in q["choices"]["text"]] for q in batch]
            keys = ["ABCD".index(q["answerKey"]) for q in batch]
            self.batches.append([torch.tensor(x) for x in (places, tokens, options, keys)])

    @torch.no_grad()
    def sit(self, w, chain):
        """For each question: right (1) or not (0), free and by choice; the share of <eos>.

        The right answer stands behind the prompt, so one pass tells whether it
        would have been chosen and whether <eos> would have followed it.
        """
        free, choice, ended = (torch.zeros(len(self.asked)) for _ in range(3))
        for places, tokens, options, keys in self.batches:
            logits = execute(w, chain, tokens)[:, -2:] @ w["head"].T
            best = logits.argmax(-1)
            ended[places] = (best[:, 1] == EOS).float()
            free[places] = (best[:, 0] == tokens[:, -1]).float() * ended[places]
            choice[places] = (logits[:, 0].gather(1, options).argmax(1) == keys).float()
        return free, choice, ended.mean().item()

    def levels(self):
        return sorted({q["level"] for q in self.asked})

    def of_level(self, level):
        """Which questions are of LEVEL; of all levels when it is None."""
        return torch.tensor([level in (None, q["level"]) for q in self.asked])

    def difference(self, right, base, level):
        """Mean gain of RIGHT over BASE and half of its 95 % interval.

        Siblings share a program and are no independent evidence: the unit is
        the group.
        """
        gains = {}
        for q, a, b in zip(self.asked, right.tolist(), base.tolist()):
            if level in (None, q["level"]):
                gains.setdefault(q["group"], []).append(a - b)
        means = torch.tensor([sum(g) / len(g) for g in gains.values()])
        return means.mean().item(), 1.96 * means.std().item() / len(means) ** .5


def write_chain(chain):
    """As colaref prints it: 0-7,4-7,8-11."""
    runs = []
    for layer in chain:
        if runs and layer == runs[-1][1] + 1:
            runs[-1][1] = layer
        else:
            runs.append([layer, layer])
    return ",".join(f"{a}-{b}" if a < b else f"{a}" for a, b in runs)


def single_edits(layers):
    """All skips and repeats of up to 4 positions, r up to 4, length up to twice; shortest first."""
    base = list(range(layers))
    chains = []
    for k in range(1, 5):
        for i in range(layers - k + 1):
            chains.append(base[:i] + base[i + k:])
            chains += [base[:i + k] + base[i:i + k] * r + base[i + k:] for r in range(1, 5)]
    return sorted((c for c in chains if 1 <= len(c) <= 2 * layers), key=len)


def show_loops(exam, model, w):
    levels = exam.levels()
    print("block executed  " + "".join(f"    level {n}" for n in levels) +
          "   (free answer, choice among four)  <eos> after an answer")
    for passes in range(4):
        free, choice, ended = exam.sit(w, looped(model, passes))
        cells = [f"{free[exam.of_level(n)].mean():.3f} {choice[exam.of_level(n)].mean():.2f}"
                 for n in levels]
        print(f"{passes} times         " + " ".join(f"{c:>10s}" for c in cells) + f"   {ended:.3f}")


def show_edits(chosen_on, scored_on, w):
    """Choose the best single edit on one set of questions, score it on another."""
    base = list(range(len(w["qkv"])))
    chains = single_edits(len(base))
    base_there, base_here = (exam.sit(w, base)[0] for exam in (chosen_on, scored_on))
    there, here = (torch.stack([exam.sit(w, chain)[0] for chain in chains])
                   for exam in (chosen_on, scored_on))
    print("gain of each chain over the base on the shipped questions, with 95 % interval")
    for chain, right in zip(chains, here):
        gain, half = scored_on.difference(right, base_here, None)
        print(f"{write_chain(chain):31s} {gain:+.3f} +- {half:.3f}" + " better" * (gain > half))
    print("level: the chain that is best on the validation questions; its accuracy and the base's\n"
          "on those and on the shipped ones; its gain on the shipped ones with 95 % interval; and\n"
          "of the shipped questions that the base gets wrong, the share that any chain gets right")
    for level in [None, *scored_on.levels()]:
        a, b = chosen_on.of_level(level), scored_on.of_level(level)
        best = there[:, a].mean(1).argmax()
        gain, half = scored_on.difference(here[best], base_here, level)
        wrong = b & (base_here == 0)
        found = "none wrong"
        if wrong.any():
            found = f"{here[:, wrong].amax(0).mean():.3f} of {wrong.sum()}"
        print(f"{level or 'all'}: {write_chain(chains[best]):31s}"
              f" {there[best, a].mean():.3f} {base_there[a].mean():.3f}"
              f" {here[best, b].mean():.3f} {base_here[b].mean():.3f}"
              f" {gain:+.3f} +- {half:.3f} {found}")


def main():
    parser = argparse.ArgumentParser(description="Measure a shipped model.")
    parser.add_argument("directory", help="of the checkpoint")
    parser.add_argument("--validation", action="store_true", help="use the validation questions")
    parser.add_argument("--edits", action="store_true",
                        help="measure every single edit; choose on the validation questions")
    args = parser.parse_args()
    torch.set_num_threads(1)
    w = read_weights(args.directory)
    model = next(m for m in MODELS.values() if m["layers"] == len(w["qkv"]))
    shipped, validation = (Exam(questions.make(model["task"], v)) for v in (False, True))
    if args.edits:
        show_edits(validation, shipped, w)
    else:
        show_loops(validation if args.validation else shipped, model, w)


if __name__ == "__main__":
    main()
