#!/usr/bin/env python3
# again.py - a subject: chains, defined once more, in Python with numpy
#
#   colaref check --subject 'python3 tests/subjects/again.py [--int8 | --f64]'
#
# A second implementation, written from colaref-subject(7), colaref-arithmetic(7)
# and colaref(1) alone; it shares no line with the program.  Not supported: search,
# whose tree no page defines, tokenizers with more than BPE on characters, and
# judges other than fnv.

import decimal
import hashlib
import json
import os
import random
import re
import struct
import sys

import numpy as np

sys.dont_write_bytecode = True         # nothing is left beside the sources
import again_model
from again_model import F32, F64, Double, Exact, Int8, Model, Sequence

PARTS = {'--int8': Int8, '--f64': Double}


class Unsupported(Exception):
    pass


# Tensors

def given(tensor):
    """A tensor of a request, float32"""
    if 'file' in tensor:
        return again_model.tensors(tensor['file'], tensor['name'])[tensor['name']]
    values = np.frombuffer(bytes.fromhex(tensor['bits']), '>f4').astype(F32)
    return values.reshape(tensor['shape'])


def tensor(x):
    x = np.atleast_1d(np.asarray(x)).astype(F32)
    bits = np.where(np.isnan(x), np.uint32(0x7fc00000), x.view(np.uint32))
    return {'shape': list(x.shape), 'bits': bits.astype('>u4').tobytes().hex()}


# Operations with a model

class Subject:
    def __init__(self, parts):
        self.parts, self.models, self.texts, self.answered = parts, {}, {}, {}

    def model(self, request):
        path = request['model']
        if path not in self.models:
            self.models[path] = Model(path, self.parts)
        return self.models[path]

    def sequence(self, request, chain=None):
        return Sequence(self.model(request), request['chain'] if chain is None else chain)

    def hello(self, request):
        return {'protocol': 1, 'name': 'again 1', 'arithmetic': self.parts.claim,
                'ops': ['logits', 'hidden', 'trace', 'layer', 'generate', 'verdict',
                        'tokenize', 'detokenize', 'chain', 'edits', 'perft', 'enumerate',
                        'random', 'log'],
                'weights': 'f32', 'activations': 'f32', 'accumulators': 'f32',
                'cache': 'f32'}

    def logits(self, request):
        """One item after the other, whatever the batch should look like; so what was
        answered once need not be executed again."""
        answers = []
        for item in request['items']:
            asked = request['model'], str(item)
            if asked not in self.answered:
                self.answered[asked] = self.alone(request, item)
            answers.append(self.answered[asked])
        return {'items': answers}

    def alone(self, request, item):
        sequence = self.sequence(request, item['chain'])
        tokens, first = item['tokens'], 0
        for n in item.get('chunks', []) + [len(tokens)]:        # last, what is left
            if first == 0 or first < len(tokens):
                logits = sequence.logits(tokens[first:first + n])
            first += n
        return tensor(logits)

    def hidden(self, request):
        streams = []
        self.sequence(request).feed(request['tokens'], lambda p, x: streams.append(x))
        return {'hidden': tensor(np.stack(streams))}

    def trace(self, request):
        taps = {}
        self.sequence(request).feed(request['tokens'], taps={request['position']: taps})
        return {'taps': {name: tensor(x) for name, x in taps.items()}}

    def layer(self, request):
        model = self.model(request)
        kept, taps = model.nothing_kept(), {}
        if request['first']:
            kept = [given(request[name]).astype(self.parts.number)
                    .reshape(request['first'], model.groups, model.e)
                    for name in ('keys', 'values')]
        x = given(request['hidden']).astype(self.parts.number)
        model.layer(request['layer'], x, kept, taps)
        return {'taps': {name: tensor(x) for name, x in taps.items()}}

    def greedy(self, sequence, tokens, most):
        """Token and gap, up to most times; the next one is fed when it is asked for.
        Token None: a logit is no finite number."""
        for _ in range(most):
            logits = sequence.logits(tokens)
            if not np.isfinite(logits).all():
                yield None, None
                return
            best = int(np.argmax(logits))               # of equal ones the first
            others = np.delete(logits, best)
            gap = logits[best] - others.max() if len(others) else np.inf
            yield best, gap
            tokens = [best]

    def generate(self, request):
        ids = []
        for token, _ in self.greedy(self.sequence(request), request['tokens'],
                                    request['max_tokens']):
            if token is None:
                break
            ids.append(token)
            if token in request['stop']:
                break
        return {'ids': ids}

    def verdict(self, request):
        if request['grade'] != 'exact':
            raise Unsupported
        text, ends = self.text(request), end_tokens(request['model'])
        wanted = request['answer'].encode()
        prompt = text.before + text.ids(request['prompt'])
        ids, gaps, stop, correct = [], [], 'length', False
        for token, gap in self.greedy(self.sequence(request), prompt,
                                      request['max_tokens']):
            if token is None:
                return {'correct': False, 'answer': None, 'ids': ids,
                        'stop': 'nonfinite', 'margin': None}
            ids.append(token)
            gaps.append(gap)
            if token in ends:
                stop, correct = 'end', text.text(ids[:-1]) == wanted
                break
            if not wanted.startswith(text.text(ids)):
                stop = 'settled'
                break
        answer = text.text(ids[:-1] if stop == 'end' else ids).decode(errors='replace')
        return {'correct': correct, 'answer': answer, 'ids': ids, 'stop': stop,
                'margin': tensor(min(gaps)) if gaps else None}

    # Text

    def text(self, request):
        path = request['model']
        if path not in self.texts:
            self.texts[path] = Text(os.path.join(path, 'tokenizer.json'))
        return self.texts[path]

    def tokenize(self, request):
        return {'ids': self.text(request).ids(request['text'])}

    def detokenize(self, request):
        return {'text': self.text(request).text(request['ids']).decode(errors='replace')}

    # Without a model

    def chain(self, request):
        try:
            chain = parsed(request['text'])
        except ValueError:
            return {'refused': True}
        return {'chain': chain, 'text': spelled(chain)}

    def edits(self, request):
        found = edits(tuple(request['chain']), request['layers'], request['space'])
        return {'edits': [{'edit': name, 'chain': list(chain)} for name, chain in found]}

    def perft(self, request):
        layers, space = request['layers'], request['space']
        level = {tuple(range(layers)): 1}       # chain: how many sequences lead to it
        within, rows = set(level), []
        for depth in range(1, request['depth'] + 1):
            level = next_level(level, layers, space)
            within.update(level)
            rows.append([depth, sum(level.values()), len(level), len(within)])
        return {'rows': rows}

    def enumerate(self, request):
        if not request['judge'].startswith('fnv:'):
            raise Unsupported
        salt, permille = request['judge'][4:].rsplit(':', 1)
        layers = request['layers']
        if 'sequences' in request:
            chains, level = [], [()]
            for _ in range(request['sequences']):
                level = [chain + (i,) for chain in level for i in range(layers)]
                chains += level
        else:
            level = {tuple(range(layers)): 1}
            chains = set(level)
            for _ in range(request['depth']):
                level = next_level(level, layers, request['space'])
                chains.update(level)
        marks = ''.join('1' if fnv(salt, chain) % 1000 < int(permille) else '0'
                        for chain in sorted(chains, key=lambda c: (len(c), c)))
        return {'chains': len(marks), 'correct': marks.count('1'),
                'sha256': hashlib.sha256(marks.encode()).hexdigest()}

    def random(self, request):
        draws = request['draws']
        if request['generator'] == 'splitmix64':
            text = '%d:%s' % (request['seed'], request['sample'])
            state = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], 'big')
            numbers = []
            for _ in range(draws):
                state, z = splitmix(state)
                numbers.append('%016x' % z)
            return {'next': numbers}
        if request['generator'] == 'mt19937':       # Python's own is what is meant
            source = random.Random(request['seed'])
            return {'next': ['%08x' % source.getrandbits(32) for _ in range(draws)]}
        raise Unsupported

    def log(self, request):
        with decimal.localcontext() as context:
            context.prec = 60
            logs = [float(decimal.Decimal(n).ln()) for n in request['numbers']]
        return {'bits': [struct.pack('>d', x).hex() for x in logs]}


# Chains

def parsed(text):
    """A chain's text, by the grammar of colaref-subject(7)"""
    if not re.fullmatch(r'[-0-9,()x \t]+', text):
        raise ValueError
    words = re.findall(r'[0-9]+|[-,()x]', text) + ['']

    def number(at, least, most):
        n = int(words[at])
        if not least <= n <= most:
            raise ValueError
        return n

    def part(at):
        if words[at] == '(':
            chain, at = ([], at + 1) if words[at + 1] == ')' else whole(at + 1)
            if words[at] != ')':
                raise ValueError
            times, at = (number(at + 2, 1, 1024), at + 3) if words[at + 1] == 'x' \
                else (1, at + 1)
            return bounded(chain * times), at
        first = last = number(at, 0, 65534)
        if words[at + 1] == '-':
            last, at = number(at + 2, first, 65534), at + 2
        return bounded(list(range(first, last + 1))), at + 1

    def whole(at):
        chain, at = part(at)
        while words[at] == ',':
            more, at = part(at + 1)
            chain = bounded(chain + more)
        return chain, at

    chain, at = whole(0)
    if words[at]:
        raise ValueError
    return chain


def bounded(chain):
    if len(chain) > 1024:
        raise ValueError
    return chain


def spelled(chain):
    """The canonical spelling: rising runs as ranges, as long as they go"""
    runs = []
    for i in chain:
        if runs and runs[-1][1] + 1 == i:
            runs[-1][1] = i
        else:
            runs.append([i, i])
    return ','.join(str(a) if a == b else '%d-%d' % (a, b) for a, b in runs) or '()'


def edits(chain, layers, space):
    """All edits in canonical order: by place; there skip, repeat, move, insert"""
    length, most, found = len(chain), 2 * layers, []
    for i in range(length + 1):
        blocks = range(1, min(4, length - i) + 1)
        if space in ('skip', 'both', 'any'):
            found += [('skip(%d,%d)' % (i, k), chain[:i] + chain[i + k:])
                      for k in blocks if k < length]
        if space in ('repeat', 'both', 'any'):
            found += [('repeat(%d,%d,%d)' % (i, k, r),
                       chain[:i + k] + chain[i:i + k] * r + chain[i + k:])
                      for k in blocks for r in range(1, 5) if length + k * r <= most]
        if space == 'any':
            for k in blocks:
                rest = chain[:i] + chain[i + k:]
                found += [('move(%d,%d,%d)' % (i, k, to),
                           rest[:to] + chain[i:i + k] + rest[to:])
                          for to in range(len(rest) + 1) if to != i]
            found += [('insert(%d,%d)' % (i, new), chain[:i] + (new,) + chain[i:])
                      for new in range(layers) if length < most]
    return found


def next_level(level, layers, space):
    """The chains one edit further, with the number of sequences that lead there"""
    further = {}
    for chain, ways in level.items():
        for _, child in edits(chain, layers, space):
            further[child] = further.get(child, 0) + ways
    return further


def fnv(salt, chain):
    """FNV-1a of 64 bits"""
    h = 0xcbf29ce484222325
    for byte in (salt + ':' + ','.join(map(str, chain))).encode():
        h = (h ^ byte) * 0x100000001b3 & 0xffffffffffffffff
    return h


def splitmix(state):
    mask = 0xffffffffffffffff
    state = state + 0x9e3779b97f4a7c15 & mask
    z = state
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & mask
    z = (z ^ z >> 27) * 0x94d049bb133111eb & mask
    return state, z ^ z >> 31


class Text:
    """A tokenizer.json of BPE on characters, without any step before or after"""

    def __init__(self, path):
        with open(path, encoding='utf-8') as file:
            about = json.load(file)
        model = about['model']
        self.known = (
            model.get('type') == 'BPE'
            and (about.get('decoder') or {}).get('type') == 'Fuse'
            and not any(about.get(name) for name in ('normalizer', 'pre_tokenizer'))
            and not any(model.get(name) for name in (
                'unk_token', 'byte_fallback', 'ignore_merges', 'dropout',
                'continuing_subword_prefix', 'end_of_word_suffix')))
        if not self.known:
            return
        self.vocab = model['vocab']
        self.pieces = {i: piece for piece, i in self.vocab.items()}
        self.rank = {tuple(m.split(' ') if isinstance(m, str) else m): n
                     for n, m in enumerate(model['merges'])}
        self.added = {a['content']: a['id'] for a in about.get('added_tokens', [])}
        self.pieces.update({i: content for content, i in self.added.items()})
        self.pieces.update({a['id']: '' for a in about.get('added_tokens', [])
                            if a['special']})
        self.before = first_tokens(about.get('post_processor'))
        longest = sorted(self.added, key=len, reverse=True)
        self.cut = re.compile('(' + '|'.join(map(re.escape, longest)) + ')')

    def ids(self, text):
        if not self.known:
            raise Unsupported
        ids = []
        for part in self.cut.split(text) if self.added else [text]:
            if part in self.added:
                ids.append(self.added[part])
            else:
                ids += [self.vocab[p] for p in self.merged(part)]
        return ids

    def merged(self, text):
        """The pair with the least rank, leftmost, until none is left.  Characters
        that are not in the vocabulary are dropped first."""
        pieces = [c for c in text if c in self.vocab]
        while True:
            ranks = [self.rank.get(pair, 1 << 60) for pair in zip(pieces, pieces[1:])]
            best = min(ranks, default=1 << 60)
            if best == 1 << 60:
                return pieces
            at = ranks.index(best)
            pieces[at:at + 2] = [pieces[at] + pieces[at + 1]]

    def text(self, ids):
        if not self.known:
            raise Unsupported
        return ''.join(self.pieces[i] for i in ids).encode()


def first_tokens(template):
    """What a template puts before the text"""
    ids = []
    for piece in (template or {}).get('single', []):
        if 'Sequence' in piece:
            return ids
        ids += template['special_tokens'][piece['SpecialToken']['id']]['ids']
    return []


def end_tokens(path):
    """eos_token_id of both files, each a number or several"""
    ends = []
    for name in ('config.json', 'generation_config.json'):
        if os.path.exists(os.path.join(path, name)):
            with open(os.path.join(path, name), encoding='utf-8') as file:
                found = json.load(file).get('eos_token_id')
            ends += found if isinstance(found, list) else [found]
    return ends


# The protocol

def main():
    parts = [PARTS[a] for a in sys.argv[1:]] or [Exact]
    subject = Subject(parts[0]())
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
        print(json.dumps(answer, separators=(',', ':')), flush=True)


main()
