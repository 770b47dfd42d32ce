#!/usr/bin/env python3
# transformers_subject.py - a subject: chains executed by Hugging Face transformers
#
# Not run here: transformers is not installed.  Its protocol is, by tests/subjects.sh,
# with the modules in tests/subjects/standin in the place of the real ones.
#
#   colaref check --subject 'python3 tests/subjects/transformers_subject.py \
#                            [--dtype f32 | bf16 | f16]'
#
# For models that keep their layers in model.model.layers, each with a self_attn that
# has a layer_idx: the Llama family and many others.  No arithmetic is claimed.

import copy
import json
import os
import struct
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache

TYPES = {'f32': torch.float32, 'bf16': torch.bfloat16, 'f16': torch.float16}


class Unsupported(Exception):
    pass


def tensor(rows, shape):
    """Nested lists of numbers"""
    while rows and isinstance(rows[0], list):
        rows = [x for row in rows for x in row]
    return {'shape': shape, 'bits': struct.pack('>%df' % len(rows), *rows).hex()}


class Model:
    def __init__(self, path, dtype):
        self.whole = AutoModelForCausalLM.from_pretrained(
            path, torch_dtype=dtype, attn_implementation='eager')
        self.whole.eval()
        self.body = self.whole.model
        self.layers = list(self.body.layers)
        self.vocabulary = self.whole.config.vocab_size
        self.tokenizer = None

    def visits(self, chain):
        """A layer for each position of the chain.  The cache asks a layer's attention
        for its index, so each position has a copy of its own, with its own index and
        the same weights; a layer that is used twice would otherwise append the keys of
        its second visit to those of its first."""
        visits = []
        for position, i in enumerate(chain):
            if not 0 <= i < len(self.layers):
                raise ValueError('a layer that the model does not have')
            visit = copy.copy(self.layers[i])
            visit._modules = dict(visit._modules)       # a copy of a module shares it
            visit._forward_pre_hooks = type(visit._forward_pre_hooks)()
            visit.self_attn = copy.copy(visit.self_attn)
            visit.self_attn.layer_idx = position
            visits.append(visit)
        return visits


class Run:
    """Sequences under one chain, of one length; keys and values are kept"""

    def __init__(self, model, chain):
        self.model, self.cache, self.fed = model, DynamicCache(), 0
        self.visits = model.visits(chain)

    def feed(self, rows, mask=None, positions=None):
        """Logits [rows, tokens, V] after these tokens.  positions are those of rope;
        without padding, the indices of the tokens."""
        body = self.model.body
        tokens = {token for row in rows for token in row}
        if not rows[0] or not tokens <= set(range(self.model.vocabulary)):
            raise ValueError('no tokens, or one that the model does not have')
        here = list(range(self.fed, self.fed + len(rows[0])))
        self.fed += len(rows[0])
        layers, number = body.layers, body.config.num_hidden_layers
        try:
            body.layers = torch.nn.ModuleList(self.visits)
            body.config.num_hidden_layers = len(self.visits)
            with torch.inference_mode():
                return self.model.whole(
                    input_ids=torch.tensor(rows),
                    attention_mask=None if mask is None else torch.tensor(mask),
                    position_ids=torch.tensor(positions or [here] * len(rows)),
                    past_key_values=self.cache, use_cache=True).logits
        finally:
            body.layers, body.config.num_hidden_layers = layers, number


class Subject:
    def __init__(self, dtype):
        self.dtype, self.models = dtype, {}

    def model(self, request):
        path = request['model']
        if path not in self.models:
            self.models[path] = Model(path, TYPES[self.dtype])
        return self.models[path]

    def hello(self, request):
        return {'protocol': 1, 'name': 'transformers', 'arithmetic': None,
                'ops': ['logits', 'hidden', 'generate', 'tokenize', 'detokenize'],
                'weights': self.dtype, 'activations': self.dtype,
                'accumulators': 'f32', 'cache': self.dtype}

    def logits(self, request):
        model, items = self.model(request), request['items']
        if 'pad' not in request or any('chunks' in item for item in items):
            answers = [self.alone(model, item) for item in items]
        else:
            answers = [None] * len(items)
            chains = {tuple(item['chain']) for item in items}
            for chain in sorted(chains):        # a batch has one chain
                places = [n for n, item in enumerate(items)
                          if tuple(item['chain']) == chain]
                rows = self.batch(model, chain, [items[n]['tokens'] for n in places],
                                  request['pad'])
                for n, row in zip(places, rows):
                    answers[n] = row
        return {'items': [tensor(row, [len(row)]) for row in answers]}

    def alone(self, model, item):
        run, tokens, first = Run(model, item['chain']), item['tokens'], 0
        for n in item.get('chunks', []) + [len(tokens)]:        # last, what is left
            if first == 0 or first < len(tokens):
                logits = run.feed([tokens[first:first + n]])
            first += n
        return logits[0, -1].float().tolist()

    def batch(self, model, chain, rows, pad):
        """Padding is token 0; it is masked, and does not count in positions."""
        longest = max(len(row) for row in rows)
        if not all(rows):
            raise ValueError('no tokens')
        filled, mask, positions, last = [], [], [], []
        for row in rows:
            n, fill = len(row), [0] * (longest - len(row))
            count = list(range(n))
            if pad == 'left':
                filled.append(fill + row)
                mask.append(fill + [1] * n)
                positions.append(fill + count)
                last.append(longest - 1)
            else:
                filled.append(row + fill)
                mask.append([1] * n + fill)
                positions.append(count + fill)
                last.append(n - 1)
        logits = Run(model, chain).feed(filled, mask, positions)
        return [logits[n, at].float().tolist() for n, at in enumerate(last)]

    def hidden(self, request):
        """What enters each layer of the chain, and what enters the final norm"""
        model, streams = self.model(request), []
        run = Run(model, request['chain'])

        def keep(module, arguments):
            streams.append(arguments[0][0].float().tolist())

        for visit in run.visits:
            visit.register_forward_pre_hook(keep)
        last = model.body.norm.register_forward_pre_hook(keep)
        try:
            run.feed([request['tokens']])
        finally:
            last.remove()
        return {'hidden': tensor(streams, [len(streams), len(streams[0]),
                                           len(streams[0][0])])}

    def generate(self, request):
        run = Run(self.model(request), request['chain'])
        tokens, ids = request['tokens'], []
        while len(ids) < request['max_tokens']:
            logits = run.feed([tokens])[0, -1].float().tolist()
            if not all(abs(x) < float('inf') for x in logits):
                break
            tokens = [logits.index(max(logits))]        # of equal ones the lowest id
            ids += tokens
            if tokens[0] in request['stop']:
                break
        return {'ids': ids}

    def tokenizer(self, request):
        model = self.model(request)
        if model.tokenizer is None:
            model.tokenizer = AutoTokenizer.from_pretrained(request['model'])
        return model.tokenizer

    def tokenize(self, request):
        return {'ids': self.tokenizer(request).encode(
            request['text'], add_special_tokens=False)}

    def detokenize(self, request):
        return {'text': self.tokenizer(request).decode(
            request['ids'], skip_special_tokens=True, clean_up_tokenization_spaces=False)}


def main():
    dtype = 'f32'
    if len(sys.argv) == 3 and sys.argv[1] == '--dtype' and sys.argv[2] in TYPES:
        dtype = sys.argv[2]
    elif len(sys.argv) > 1:
        sys.exit('usage: transformers_subject.py [--dtype f32|bf16|f16]')
    answers = os.fdopen(os.dup(1), 'w', encoding='utf-8')
    os.dup2(2, 1)               # what libraries print is no answer
    subject = Subject(dtype)
    operations = subject.hello({})['ops'] + ['hello']
    for line in sys.stdin.buffer:
        request = json.loads(line)
        answer = {'id': request['id']}
        try:
            if request['op'] not in operations:
                raise Unsupported
            answer.update(getattr(subject, request['op'])(request))
        except Unsupported:
            answer['unsupported'] = True
        except Exception as why:                # an answer, whatever it is
            answer['error'] = '%s: %s' % (type(why).__name__, why)
        print(json.dumps(answer), file=answers, flush=True)


main()
