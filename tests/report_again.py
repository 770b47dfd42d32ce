"""report_again.py - every number of a report computed a second time

usage: report_again.py DIR LABEL=JOURNAL... [truth:LABEL=ENUMERATION...]

Written from the definitions under the report's sheets, with Python's standard
library alone, and shares no code with the program.  Every CSV of DIR is
compared, all rows in order; a sheet that nobody recomputes is a failure.
"""
import bisect
import csv
import hashlib
import json
import math
import os
import sys

MASK = (1 << 64) - 1
Z = 1.959963984540054


class Run:
    def __init__(self, label, path):
        self.label = label
        self.samples, self.several, self.parts = [], [], {}
        self.state = 'unfinished'
        with open(path, 'rb') as f:
            lines = f.read().split(b'\n')
        torn = lines.pop() != b''
        records = [json.loads(line) for line in lines]
        self.header = records[0]
        self.truth = self.header['format'] == 'colaref-enumeration'
        for r in records[1:]:
            if r['type'] == 'end':
                self.state = 'whole'
            elif r['type'] == 'part':
                self.parts.setdefault(r['id'], {'level': r['level'], 'marks': ''})
                self.parts[r['id']]['marks'] += r['correct']
            elif 'robust' in r:
                self.several.append(r)
            else:
                self.samples.append(Sample(r, self.header['preset']['layers']))
        if torn:
            self.state = 'torn'
        if self.truth:
            return
        self.preset = self.header['preset']
        self.L = self.preset['layers']
        self.random = self.header['random']
        key = json.loads(json.dumps(self.header))
        del key['preset']['space']
        key.pop('controls', None)
        key.pop('random', None)
        self.set = json.dumps(key, sort_keys=True)
        self.fixed = within_one_edit(self.preset)

    def join(self, other):
        """Take in another part of the same run."""
        ids = [{s.r['id'] for s in r.samples} | {r['id'] for r in r.several}
               for r in (self, other)]
        assert not ids[0] & ids[1]
        self.samples += other.samples
        self.several += other.several
        self.state = min(self.state, other.state,
                         key=('torn', 'unfinished', 'whole').index)

    def levels(self):
        different = sorted({s.level for s in self.samples})
        return (different if len(different) > 1 else []) + ['all']

    def at(self, level):
        return [s for s in self.samples if level == 'all' or s.level == level]


class Chain:
    def __init__(self, e):
        self.layers = tuple(e['chain'])
        self.mark = {True: '1', False: '0', None: '?'}[e['correct']]
        self.len, self.unique = len(self.layers), len(set(self.layers))
        self.rank = (self.len, self.unique, self.layers)
        self.right = self.mark == '1'


class Sample:
    def __init__(self, r, layers):
        self.r = r
        self.level = -1 if r['level'] is None else r['level']
        self.chains = [Chain(e) for e in r['evaluated']]
        self.random = [Chain(e) for e in r['random']]
        self.known = self.chains[0].mark != '?'
        self.base = self.chains[0].mark == '1'
        self.wrong = self.chains[0].mark == '0'
        self.p = share(sum(c.right for c in self.random), len(self.random))
        self.good = sorted((c for c in self.chains if c.right), key=lambda c: c.rank)
        self.best = self.good[0] if self.good else None
        self.group = ('group', r['group']) if r.get('group') is not None else ('id', r['id'])
        self.c = r.get('controls') or {}
        shorter = any(c.len < layers for c in self.good)
        self.told = (('C->C' if shorter else 'C') if self.base else
                     ('W->C' if self.good else 'W->W'))
        self.told_any = 'C->C' if self.base and len(self.good) > 1 else \
            'C' if self.base else self.told
        if not self.known:
            self.told = self.told_any = 'undecided'

    def control(self, name):
        return self.c.get(name)


def within_one_edit(preset):
    """The chains within one edit of the ordinary one, in canonical order."""
    layers, space = preset['layers'], preset['space']
    base = tuple(range(layers))
    found = {base}
    for i in range(layers):
        for k in range(1, preset['block_root'] + 1):
            block = base[i:i + k]
            if len(block) < k:
                continue
            if space in ('skip', 'both', 'any'):
                found.add(base[:i] + base[i + k:])
            if space == 'skip':
                continue
            if preset.get('block_repeat') and k > preset['block_repeat']:
                continue
            for r in range(1, preset['extra'] + 1):
                if k == 1 and preset['multiplicity'] and r + 1 > preset['multiplicity']:
                    continue
                found.add(base[:i] + block * (r + 1) + base[i + k:])
    keep = [c for c in found if c == base or
            preset['min_length'] <= len(c) <= preset['max_length']]
    return sorted(keep, key=lambda c: (len(c), c))


# ---- statistics ------------------------------------------------------------------

def wilson(k, n):
    if n == 0:
        return 0.0, 1.0
    p = k / n
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return (centre - half if k else 0.0), (centre + half if k < n else 1.0)


drawn = {}


def draws(n):
    """10000 draws of N out of N, as the program's generator makes them."""
    if n in drawn:
        return drawn[n]
    state = int.from_bytes(hashlib.sha256(b'1:bootstrap').digest()[:8], 'big')
    least, out = (1 << 64) % n, []
    for _ in range(10000):
        row = []
        while len(row) < n:
            state = (state + 0x9e3779b97f4a7c15) & MASK
            z = state
            z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & MASK
            z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & MASK
            z ^= z >> 31
            if z >= least:
                row.append(z % n)
        out.append(row)
    drawn[n] = out
    return out


def mean_of(pairs):
    """Mean and interval of (sample, x); whole groups are drawn."""
    if not pairs:
        return [None, None, None]
    sums, sizes, order = [], [], {}
    for s, x in pairs:
        g = order.setdefault(s.group, len(order))
        if g == len(sums):
            sums.append(0.0)
            sizes.append(0)
        sums[g] += x
        sizes[g] += 1
    mean = sum(x for _, x in pairs) / len(pairs)
    if len(sums) < 2:
        return [mean, None, None]
    at, size = sums.__getitem__, sizes.__getitem__
    means = sorted(sum(map(at, row)) / sum(map(size, row)) for row in draws(len(sums)))
    return [mean, means[250], means[9749]]


def groups_of(pairs):
    return len({s.group for s, _ in pairs})


def rate(k, n):
    return [n] + ([k, k / n, *wilson(k, n)] if n else [None] * 4)


def share(k, n):
    return k / n if n else None


def chance(p, n):
    return 1 - (1 - p) ** n


def average(xs):
    return sum(xs) / len(xs) if xs else None


# ---- fixed chains ----------------------------------------------------------------

def cross(run, level, longest):
    """For each sample its half and its mark by the chain chosen on the other."""
    samples = [s for s in run.at(level) if s.known and s.control('fixed') is not None]
    names = {s.group for s in samples}
    if len(names) < 2:
        return None
    order = sorted(names, key=lambda g: hashlib.sha256(g[1].encode()).digest())
    half = {g: i % 2 for i, g in enumerate(order)}
    base = tuple(range(run.L))
    allowed = [i for i, c in enumerate(run.fixed) if c != base and len(c) <= longest]

    def choose(of):
        def value(i):
            c = run.fixed[i]
            return (-sum(s.control('fixed')[i] == '1' for s in of), len(c), len(set(c)), c)
        return min(allowed, key=value)
    if not allowed:
        return None
    chosen = [choose([s for s in samples if half[s.group] != h]) for h in (0, 1)]
    marks = {id(s): s.control('fixed')[chosen[half[s.group]]] == '1' for s in samples}
    return {'samples': samples, 'half': half, 'chosen': chosen, 'mark': marks,
            'whole': choose(samples)}


def text_of(chain):
    parts, i = [], 0
    while i < len(chain):
        j = i
        while j + 1 < len(chain) and chain[j + 1] == chain[j] + 1:
            j += 1
        parts.append(f'{chain[i]}-{chain[j]}' if j > i else f'{chain[i]}')
        i = j + 1
    return ','.join(parts) or '()'


def newcombe(k1, n1, k2, n2):
    p1, p2 = k1 / n1, k2 / n2
    (l1, u1), (l2, u2) = wilson(k1, n1), wilson(k2, n2)
    return (p1 - p2 - math.hypot(p1 - l1, u2 - p2), p1 - p2 + math.hypot(u1 - p1, p2 - l2))


# ---- sheets: functions from (run, level) to rows ---------------------------------

def level_text(level):
    return level if level == 'all' else 'none' if level < 0 else str(level)


def looks(run, level, finding):
    """What is looked at, as {name: {sample number: bool}}."""
    cv = cross(run, level, run.L - 1 if finding == 1 else 10 ** 6)
    of = [s for s in run.at(level) if (s.base if finding == 1 else s.wrong)]
    other = [s for s in run.at(level) if s.wrong]
    short = (lambda c: c.right and c.len < run.L) if finding == 1 else (lambda c: c.right)
    out = {'search': {id(s): any(map(short, s.chains)) for s in of},
           'random chains': {id(s): any(map(short, s.random)) for s in of if run.random}}
    if finding == 1:
        out['kept wrong'] = {id(s): shorter_kept(s, run) for s in other if s.control('kept')}
    else:
        out['decoy'] = {id(s): s.control('decoy')['right'] > 0 for s in of
                        if s.control('decoy')}
        out['sampling'] = {id(s): s.control('pass')['right'] > 0 for s in of
                           if s.control('pass')}
    out['fixed chain'] = {id(s): cv['mark'][id(s)] for s in of
                          if cv and id(s) in cv['mark']}
    return out, of, cv


def shorter_kept(s, run):
    chain = s.control('kept')['shortest']
    return chain is not None and len(chain) < run.L


def fresh(of):
    """(sample, chosen chain's share, ordinary's) with the largest k."""
    out = []
    for s in of:
        k = s.control('siblings')
        last = k['select'][-1] if k and k['select'] else None
        if last and last['chain'] is not None and last['of'] > 0:
            out.append((s, last['right'] / last['of'], last['base_right'] / last['of']))
    return out


def findings(finding):
    def rows(run, level):
        out, of, _ = looks(run, level, finding)
        for name, yes in out.items():
            among = 'right' if finding == 1 and name != 'kept wrong' else 'wrong'
            yield [name, among] + rate(sum(yes.values()), len(yes))
        if finding == 1:
            return
        xs = [chance(s.p, len(s.chains) - 1) for s in of if s.random]
        yield ['random, closed form', 'wrong', len(xs), None, average(xs), None, None]
        xs = [chance(s.control('pass')['p'], s.control('pass')['samples']) for s in of
              if s.control('pass') and s.control('pass')['p'] is not None]
        yield ['sampling, closed form', 'wrong', len(xs), None, average(xs), None, None]
        for i, name in ((1, 'chosen'), (2, 'ordinary')):
            xs = [(f[0], f[i]) for f in fresh(of)]
            yield [f'siblings, {name} chain', 'wrong', len(xs), None] + mean_of(xs)
    return rows


def differences(finding):
    def rows(run, level):
        out, of, cv = looks(run, level, finding)
        search = out['search']
        for name, yes in out.items():
            if name == 'search':
                continue
            if name == 'kept wrong':
                d = [0, None, None, None]
                if search and yes:
                    a = (sum(search.values()), len(search), sum(yes.values()), len(yes))
                    d = [a[1] + a[3], a[0] / a[1] - a[2] / a[3], *newcombe(*a)]
            else:
                xs = [(s, search[id(s)] - yes[id(s)]) for s in of if id(s) in yes]
                d = [len(xs)] + mean_of(xs)
            yield [f'search less {name}'] + d
        if finding == 2:
            xs = [(s, a - b) for s, a, b in fresh(of)]
            yield ['siblings, chosen less ordinary', len(xs)] + mean_of(xs)
        xs = [(s, cv['mark'][id(s)] - s.base) for s in cv['samples']] if cv else []
        yield [('fixed shorter chain' if finding == 1 else 'fixed chain') +
               ' less ordinary, all samples', len(xs)] + mean_of(xs)
    return rows


def decoys(run, level):
    of = [s for s in run.at(level) if s.wrong and s.control('decoy')]
    n = {(a, b): 0 for a in (0, 1) for b in (0, 1)}
    for s in of:
        n[bool(s.best), s.control('decoy')['right'] > 0] += 1
    gold = [c.right for s in of for c in s.chains]
    yield [len(of), n[1, 1], n[1, 0], n[0, 1], n[0, 0], share(sum(gold), len(gold)),
           share(sum(s.control('decoy')['right'] for s in of),
                 sum(s.control('decoy')['chains'] for s in of))]


def passes(run, level):
    for name, keep in (('right', lambda s: s.base), ('wrong', lambda s: s.wrong),
                       ('any', lambda s: True)):
        of = [s.control('pass') for s in run.at(level) if keep(s) and s.control('pass')]
        tries = sum(c['samples'] for c in of)
        known = [c for c in of if c['p'] is not None]
        yield [name] + rate(sum(c['right'] > 0 for c in of), len(of)) + [
            share(tries, len(of)), share(sum(c['right'] for c in of), tries), len(known),
            average([c['p'] for c in known]),
            average([chance(c['p'], c['samples']) for c in known])]


def siblings(run, level):
    for base in (False, True):
        for i, k in enumerate((1, 2, 4)):
            of = [(s, s.control('siblings')['select'][i]) for s in run.at(level)
                  if s.known and s.base == base and s.control('siblings')]
            found = [(s, c) for s, c in of if c['chain'] is not None]
            tried = [(s, c) for s, c in found if c['of'] > 0]
            yield ['right' if base else 'wrong', k] + rate(len(found), len(of)) + [
                average([len(c['chain']) for _, c in found]), len(tried)] + \
                mean_of([(s, c['right'] / c['of']) for s, c in tried]) + \
                mean_of([(s, c['base_right'] / c['of']) for s, c in tried]) + \
                mean_of([(s, (c['right'] - c['base_right']) / c['of']) for s, c in tried])


def fixed(run, level):
    for name, longest in (('any', 10 ** 6), ('shorter', run.L - 1)):
        cv = cross(run, level, longest)
        if cv is None:
            continue
        for half in ('first', 'second', 'both', 'chosen on all'):
            whole = half == 'chosen on all'
            of = [s for s in cv['samples'] if whole or half == 'both' or
                  cv['half'][s.group] == ('first', 'second').index(half)]
            marks = [s.control('fixed')[cv['whole']] == '1' if whole else cv['mark'][id(s)]
                     for s in of]
            base = sum(s.base for s in of)
            chain = (None if half == 'both' else text_of(run.fixed[
                cv['whole'] if whole else cv['chosen'][half == 'second']]))
            xs = [(s, m - s.base) for s, m in zip(of, marks)]
            yield [name, half, chain] + rate(sum(marks), len(of)) + [
                base, share(base, len(of))] + mean_of(xs) + [groups_of(xs)]


def chances(run, level):
    of = [s for s in run.at(level) if s.wrong]
    most = max((len(s.chains) - 1 for s in of), default=0)
    tries = [t * 10 ** e for e in range(9) for t in (1, 2, 5) if t * 10 ** e < most]
    ps = [s.p for s in of if s.random]
    known = [s.control('pass')['p'] for s in of
             if s.control('pass') and s.control('pass')['p'] is not None]
    for t in tries + [most] if most else []:
        yield ['search', t, len(of), None,
               average([any(c.right for c in s.chains[1:t + 1]) for s in of])]
        if ps:
            yield ['random chains', t, len(of), None,
                   average([any(c.right for c in s.random[:t]) for s in of])]
            yield ['random, closed form', t, len(ps), average(ps),
                   average([chance(p, t) for p in ps])]
        if known:
            yield ['sampling, closed form', t, len(known), average(known),
                   average([chance(p, t) for p in known])]


def transitions(run, level):
    of = run.at(level)
    for reading in ('strictly shorter', 'any other'):
        for told in ('C->C', 'C', 'W->C', 'W->W', 'undecided'):
            if told == 'undecided' and all(s.known for s in run.samples):
                continue
            k = sum((s.told if reading[0] == 's' else s.told_any) == told for s in of)
            yield [reading, told] + rate(k, len(of))


def depth(run, level):
    for told in ('C->C', 'W->C'):
        of = [s for s in run.at(level) if s.told == told]
        for which in ('shortest', 'mean of right'):
            for name, value in (('depth', lambda c: c.len),
                                ('different layers', lambda c: c.unique)):
                xs = [(s, value(s.best) if which == 'shortest' else
                       average([value(c) for c in s.good])) for s in of]
                yield [told, which, name, run.L, len(of)] + mean_of(xs)


def shortest(run, level):
    for told in ('C->C', 'W->C'):
        pool = sorted((c for s in run.at(level) if s.told == told for c in s.good),
                      key=lambda c: c.rank)
        for top in (5, 10, 20, 100):
            of = pool[:-(-len(pool) * top // 100)]
            yield [told, top / 100, run.L, len(of), average([c.len for c in of]),
                   average([c.unique for c in of])]


def front(run, level):
    of = run.at(level)
    best = sorted(s.best.len for s in of if s.best)
    yield ['ordinary chain', run.L] + rate(sum(s.base for s in of), len(of)) + ['yes', None]
    if best:
        yield ['search, mean depth', average(best)] + rate(len(best), len(of)) + [
            'yes', None]
    for d in range(best[0], best[-1] + 1) if best else []:
        yield ['search, depth budget', d] + rate(bisect.bisect_right(best, d), len(of)) + [
            'yes' if d in best else 'no', None]
    marks = [s.control('fixed') for s in of if s.control('fixed') is not None]
    most = 0
    for d in sorted({len(c) for c in run.fixed}) if marks else []:
        k, chain = max(((sum(m[i] == '1' for m in marks), c)
                        for i, c in enumerate(run.fixed) if len(c) == d),
                       key=lambda kc: (kc[0], -len(set(kc[1])), [-x for x in kc[1]]))
        yield ['best fixed chain', d] + rate(k, len(marks)) + [
            'yes' if k > most else 'no', text_of(chain)]
        most = max(most, k)


def usages(run, level):
    for told in ('C->C', 'W->C'):
        of = [s for s in run.at(level) if s.told == told]
        yield told, 'shortest', [s.best for s in of]
        yield told, 'all right', [c for s in of for c in s.good]


def by_layer(value):
    def rows(run, level):
        for told, which, chains in usages(run, level):
            for i in range(run.L) if chains else []:
                yield [told, which, i, len(chains),
                       average([value(c.layers.count(i)) for c in chains])]
    return rows


def quantile(xs, q):
    place = q * (len(xs) - 1)
    i = int(place)
    return xs[i] + (place - i) * (xs[i + 1] - xs[i]) if i + 1 < len(xs) else xs[-1]


def thirds(run, level):
    for told, which, chains in usages(run, level):
        for t, name in enumerate(('early', 'middle', 'late')):
            layers = {i for i in range(run.L) if min(2, i * 3 // run.L) == t}
            xs = sorted(sum(x in layers for x in c.layers) / len(layers) if layers else 0.0
                        for c in chains)
            if xs:
                yield [told, which, name, len(xs)] + [
                    quantile(xs, q) for q in (0, .25, .5, .75, 1)] + [average(xs)]


def entropy(run, level):
    for told, which, chains in usages(run, level):
        n = [sum(c.layers.count(i) for c in chains) for i in range(run.L)]
        if sum(n) == 0:
            continue
        p = [x / sum(n) for x in n]
        h = -sum(x * math.log(x) for x in p if x)
        yield [told, which, run.L, len(chains), h, math.log(run.L),
               h / math.log(run.L) if run.L > 1 else None, max(p), p.index(max(p))]


def budget(run, level):
    of = run.at(level)
    for b in (50, 60, 70, 80, 90, 95, 100, 105, 110, 115, 125, 150, 200):
        k = sum(s.best is not None and 100 * s.best.len <= b * run.L for s in of)
        yield [b / 100] + rate(k, len(of)) + [average([s.base for s in of])]


def recurrence(run, level):
    of = run.at(level)
    for extra in range(run.preset['max_length'] - run.L + 1):
        k = sum(s.best is not None and s.best.len <= run.L + extra for s in of)
        yield [extra] + rate(k, len(of))


def valid(run, level):
    for name in ('search', 'random'):
        chains = [c for s in run.at(level) for c in
                  (s.chains if name == 'search' else s.random)]
        for d in sorted({c.len for c in chains}):
            of = [c.mark for c in chains if c.len == d]
            known = len(of) - of.count('?')
            yield [name, d, d / run.L, len(of), of.count('1'), of.count('?'),
                   share(of.count('1'), known)]


def require(run, level):
    of = [s for s in run.at(level) if s.told == 'W->C']
    skips = [lambda c: c.unique < run.L, lambda c: c.len > c.unique]
    for name, test in (('skip', skips[0]), ('repeat', skips[1]),
                       ('skip and repeat', lambda c: skips[0](c) and skips[1](c))):
        every = sum(all(map(test, s.good)) for s in of)
        yield [name] + rate(sum(any(map(test, s.good)) for s in of), len(of)) + [
            every, share(every, len(of))]


# ---- sheets of runs --------------------------------------------------------------

def units(chain):
    """(size, extra passes, longest consecutive run) of each repeated unit."""
    out, at = [], 0
    while at < len(chain):
        best = (0, 0, 0)
        for size in range(1, (len(chain) - at) // 2 + 1):
            block, n = chain[at:at + size], 1
            while chain[at + n * size:at + (n + 1) * size] == block:
                n += 1
            if n > 1 and n * size > best[0]:
                best = (n * size, size, n - 1)
        if not best[0]:
            at += 1
            continue
        block = chain[at:at + best[1]]
        run = longest = 1
        for a, b in zip(block, block[1:]):
            run = run + 1 if b == a + 1 else 1
            longest = max(longest, run)
        out.append((best[1], best[2], longest))
        at += best[0]
    return out


def chains_of(run):
    yield 'shortest', [s.best.layers for s in run.samples if s.best]
    yield 'all right', [c.layers for s in run.samples for c in s.good]


def segments(run):
    for which, chains in chains_of(run):
        found = [(u[0], u[2]) for c in chains for u in units(c)]
        for key in sorted(set(found)):
            yield [which, *key, found.count(key), found.count(key) / len(found)]


def segments_max(run):
    for which, chains in chains_of(run):
        most = [max([u[1] for u in units(c)], default=0) for c in chains]
        for n in range(max(most, default=-1) + 1):
            yield [which, n, most.count(n), most.count(n) / len(most)]


def overview(run):
    h, p = run.header, run.preset
    names = (['random'] if run.random else []) + (h.get('controls') or [])
    chains = [c for s in run.samples for c in s.chains]
    bases = [s.chains[0].mark for s in run.samples]
    yield [h['model'] and h['model'][:12], run.L, h['task'] and h['task'][:12],
           h['benchmark'], h['template'], h['grade'], h['backend'], h['kv'], p['preset'],
           p['space'], p['simulations'], h['seed'], h['per'], ' '.join(names) or 'none',
           len(run.samples), len(run.several), bases.count('1'), bases.count('?'),
           sum(s.r['evaluated'][0].get('stop') == 'length' for s in run.samples),
           len(chains), sum(c.mark == '?' for c in chains),
           sum(len(s.random) for s in run.samples), run.state]


def robust(run):
    for r in run.several:
        base, best = r['evaluated'][0], r['robust']
        yield [r['id'], r['level'], best['of'], base['right'], best['right'],
               best['held_of'], base['held_right'], best['held_right'],
               len(best['chain']), text_of(best['chain'])]


def table1(runs):
    for key in dict.fromkeys(r.set for r in runs):
        by = {}
        for r in runs:
            if r.set == key and r.samples:
                by.setdefault(r.preset['space'], r)
        main = next((by[s] for s in ('both', 'any', 'skip', 'repeat') if s in by), None)
        for level in main.levels() if main else []:
            def row(space, come, run, test):
                of = run.at(level)
                return [main.label, level_text(level), main.header['benchmark'], space,
                        come] + rate(sum(map(test, of)), len(of))
            found = lambda s: s.best is not None
            yield row('original', 'ordinary chain', main, lambda s: s.base)
            if 'skip' in by:
                yield row('skip', 'search', by['skip'], found)
            if 'both' in by:
                yield row('skip', 'filter of both', by['both'],
                          lambda s: any(c.unique == c.len for c in s.good))
            if 'repeat' in by:
                yield row('repeat', 'search', by['repeat'], found)
            if 'both' in by:
                yield row('repeat', 'filter of both', by['both'],
                          lambda s: any(c.unique == main.L for c in s.good))
                yield row('both', 'search', by['both'], found)
            if 'any' in by:
                yield row('any', 'search', by['any'], found)


# ---- against the truth -----------------------------------------------------------

def reach(extent):
    """The chains of an enumeration by depth, in canonical order."""
    layers = extent['layers']
    near = seen = {tuple(range(layers))}
    for _ in range(extent['edits']):
        following = set()
        for c in near:
            for i in range(len(c)):
                for k in range(1, extent['block'] + 1):
                    if i + k > len(c):
                        break
                    following.add(c[:i] + c[i + k:])
                    for r in range(1, extent['extra'] + 1):
                        following.add(c[:i] + c[i:i + k] * (r + 1) + c[i + k:])
        near = {c for c in following
                if extent['min_length'] <= len(c) <= extent['max_length']} - seen
        seen = seen | near
    return sorted(seen, key=lambda c: (len(c), c))


def lies_within(inner, outer):
    """Is every edit of the one an edit of the other?"""
    space = inner['space'] == outer['space'] or outer['space'] == 'any' or \
        outer['space'] == 'both' and inner['space'] != 'any'
    most = outer['multiplicity']
    return space and all(inner[n] <= outer[n] for n in
                         ('block_root', 'block', 'extra', 'max_length')) and \
        inner['min_length'] >= outer['min_length'] and \
        (not most or 0 < inner['multiplicity'] <= most)


def quality(runs, truths):
    for t in truths:
        chains = reach(t.header['extent'])
        for run in runs:
            names = ('model', 'task', 'backend', 'kv', 'per', 'held', 'grade')
            if any(run.header[n] != t.header[n] for n in names) or \
                    not lies_within(run.preset, t.header['extent']):
                continue
            rows = []
            for s in run.samples:
                if s.r['id'] in t.parts:
                    marks = t.parts[s.r['id']]['marks']
                    assert len(marks) == len(chains)
                    rows.append((s, next((len(c) for c, m in zip(chains, marks)
                                          if m == '1'), None)))
            levels = sorted({s.level for s, _ in rows})
            for level in (levels if len(levels) > 1 else []) + ['all']:
                of = [(s, x) for s, x in rows if level in ('all', s.level)]
                solvable = [x for _, x in of if x]
                head = [run.label, t.label, level_text(level)]
                tail = [len(of), len(solvable)]
                yield head + ['truth'] + tail + [None] * 6 + [average(solvable), None, None]
                for name in ('search', 'random chains'):
                    if name[0] == 'r' and not run.random:
                        continue
                    yield head + [name] + tail + found_by(name, of)


def found_by(name, of):
    solved = short = beyond = 0
    lengths, regrets, firsts = [], [], []
    for s, x in of:
        # random chains are compared with the ordinary one among them
        chains = s.chains if name == 'search' else s.chains[:1] + s.random
        good = [c.len for c in chains if c.right]
        if not good:
            continue
        beyond += x is None or min(good) < x
        if x is None:
            continue
        solved += 1
        short += min(good) <= x
        lengths.append(min(good))
        regrets.append(max(0, min(good) - x))
        firsts.append(next(i for i, c in enumerate(chains, 1) if c.right))
    n = sum(1 for _, x in of if x)
    return [solved, short] + (rate(short, n)[2:] if n else [None] * 3) + [
        beyond, average(lengths), average(regrets), average(firsts)]


BY_LEVEL = {
    'findings1': findings(1), 'findings1-differences': differences(1),
    'findings2': findings(2), 'findings2-differences': differences(2),
    'controls-decoy': decoys, 'controls-pass': passes, 'controls-siblings': siblings,
    'controls-fixed': fixed, 'chance': chances, 'transitions': transitions,
    'depth': depth, 'depth-shortest': shortest, 'accuracy-depth': front,
    'layer-frequency': by_layer(lambda n: n),
    'layer-skips': by_layer(lambda n: n == 0),
    'layer-repeats': by_layer(lambda n: max(0, n - 1)),
    'layer-thirds': thirds, 'layer-entropy': entropy, 'budget': budget,
    'recurrence-budget': recurrence, 'valid-by-depth': valid, 'require': require,
}
BY_RUN = {'runs': overview, 'robust': robust, 'segments': segments,
          'segments-max': segments_max}


# ---- comparing -------------------------------------------------------------------

def same(ours, theirs):
    if ours is None:
        return theirs == ''
    if isinstance(ours, str):
        return ours == theirs
    try:
        x = float(theirs)
    except ValueError:
        return False
    return abs(float(ours) - x) <= 1e-9 * max(1.0, abs(x))


def compare(name, expected, path):
    with open(path, newline='', encoding='utf-8') as f:
        rows = list(csv.reader(f))
    header, rows = rows[0], rows[1:]
    for i, (a, b) in enumerate(zip(expected, rows)):
        if len(a) != len(b) or len(b) != len(header):
            print(f'# {name}: row {i + 1} has {len(b)} cells, ours {len(a)}')
            return False
        for column, x, y in zip(header, a, b):
            if not same(x, y):
                print(f'# {name}: row {i + 1} {b[:5]}: {column} is {y}, ours {x}')
                return False
    if len(expected) != len(rows):
        print(f'# {name}: {len(rows)} rows, ours {len(expected)}')
        return False
    return True


def identity_holds(runs):
    """f = 1 - s + r in every row."""
    f, s, r = (list(BY_LEVEL['layer-' + n](run, level))
               for n in ('frequency', 'skips', 'repeats')
               for run in runs[:1] for level in ['all'])
    return all(abs(a[-1] - (1 - b[-1] + c[-1])) < 1e-12 for a, b, c in zip(f, s, r))


def main():
    where, runs, truths = sys.argv[1], [], []
    for word in sys.argv[2:]:
        label, path = word.split('=', 1)
        run = Run(label.split(':', 1)[-1], path)
        parts = [r for r in runs if r.header == run.header]
        if parts:
            parts[0].join(run)
        else:
            (truths if run.truth else runs).append(run)
    bad = [] if identity_holds(runs) else ['identity']
    compared = 0
    for file in sorted(os.listdir(where)):
        if not file.endswith('.csv'):
            continue
        name = file[:-4]
        if name in BY_LEVEL:
            expected = [[run.label, level_text(level)] + row for run in runs
                        for level in (run.levels() if run.samples else [])
                        for row in BY_LEVEL[name](run, level)]
        elif name in BY_RUN:
            expected = [[run.label] + row for run in runs for row in BY_RUN[name](run)]
        elif name == 'table1':
            expected = list(table1(runs))
        elif name == 'quality':
            expected = list(quality(runs, truths))
        else:
            print(f'# {name}: a sheet that is not recomputed')
            bad.append(name)
            continue
        compared += 1
        if not compare(name, expected, os.path.join(where, file)):
            bad.append(name)
    least = len(BY_LEVEL) + len(BY_RUN) + 1 - (not any(r.several for r in runs)) + \
        bool(truths)
    if compared != least:
        print(f'# {compared} sheets, {least} should be')
        bad.append('count')
    print(f'{compared} sheets, {"different: " + " ".join(bad) if bad else "the same"}')
    return 1 if bad else 0


sys.exit(main())
