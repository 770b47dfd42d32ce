# transformers.py - a model that is none, with the seams of transformers' own: layers
# in model.model.layers, keys kept by layer_idx, masks, positions, hooks
#
# All numbers are small multiples of powers of two, so that sums are exact in any
# order.  A layer adds the mean of what it kept of the tokens that a token sees,
# each turned by its position.

import json
import os
import sys
from types import SimpleNamespace

import torch


class DynamicCache:
    def __init__(self):
        self.kept = []

    def update(self, keys, layer_idx):
        """keys [rows][tokens]; gives all that is kept under this index"""
        while len(self.kept) <= layer_idx:
            self.kept.append([[] for _ in keys])
        self.kept[layer_idx] = [a + b for a, b in zip(self.kept[layer_idx], keys)]
        return self.kept[layer_idx]


class Attention(torch.Module):
    def __init__(self, layer_idx):
        super().__init__()
        self.number = self.layer_idx = layer_idx

    def forward(self, x, mask, positions, cache):
        keys = cache.update([[(v[0] * (self.number + 2) + 4 * t, v[1] - t)
                              for v, t in zip(row, at)]
                             for row, at in zip(x, positions)], self.layer_idx)
        out = []
        for n, row in enumerate(x):
            before = len(keys[n]) - len(row)
            seen = [[k for c, k in enumerate(keys[n][:before + i + 1])
                     if mask is None or mask[n][c] or c == before + i]
                    for i in range(len(row))]
            out.append([[sum(k[c] for k in s) / 64 for c in (0, 1)] for s in seen])
        return out


class Layer(torch.Module):
    def __init__(self, number):
        super().__init__()
        self.self_attn = Attention(number)

    def forward(self, x, mask=None, positions=None, cache=None):
        y = self.self_attn(x, mask, positions, cache)
        return torch.tensor([[[a + b for a, b in zip(v, w)] for v, w in zip(row, add)]
                             for row, add in zip(x, y)])


class Norm(torch.Module):
    def forward(self, x):
        return x


class Body(torch.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.layers = torch.nn.ModuleList(
            [Layer(n) for n in range(config.num_hidden_layers)])
        self.norm = Norm()

    def forward(self, ids, mask, positions, cache):
        x = torch.tensor([[[float(t), 1.0 + t % 3] for t in row] for row in ids])
        for layer in self.layers[:self.config.num_hidden_layers]:
            x = layer(Rows(x), mask=mask, positions=positions, cache=cache)
        return self.norm(Rows(x))


class Rows(list):
    """A list of rows that a hook may ask as it would a tensor"""

    def __init__(self, x):
        super().__init__(x.tolist())

    def __getitem__(self, at):
        return torch.tensor(super().__getitem__(at))


class Whole(torch.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.model = Body(config)

    def forward(self, input_ids, attention_mask, position_ids, past_key_values,
                use_cache):
        assert use_cache
        x = self.model(input_ids.tolist(),
                       None if attention_mask is None else attention_mask.tolist(),
                       position_ids.tolist(), past_key_values)
        return SimpleNamespace(logits=torch.tensor(
            [[[v[0] * (n % 5) + v[1] * n for n in range(self.config.vocab_size)]
              for v in row] for row in list(x)]))


class AutoModelForCausalLM:
    @staticmethod
    def from_pretrained(path, torch_dtype, attn_implementation):
        print('a library that talks on standard output', flush=True)
        sys.stdout.flush()
        with open(os.path.join(path, 'config.json'), encoding='utf-8') as file:
            return Whole(SimpleNamespace(**json.load(file)))


class AutoTokenizer:
    """A token for each character: its code, less 45"""

    @staticmethod
    def from_pretrained(path):
        return AutoTokenizer()

    def encode(self, text, add_special_tokens):
        return ([1] if add_special_tokens else []) + [ord(c) - 45 for c in text]

    def decode(self, ids, skip_special_tokens, clean_up_tokenization_spaces):
        return ''.join(chr(i + 45) for i in ids)
