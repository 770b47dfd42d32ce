# again_model.py - executing a chain, a second time: colaref-arithmetic(7) in numpy
#
# Written from that page alone; the numbers in comments are its sections.  numpy
# only does many operations of IEEE 754 side by side here: over tokens, outputs,
# heads.  Sums are loops, because numpy's own add in another order.

import json
import os

import numpy as np

np.seterr(all='ignore')         # what is infinite or NaN is a result

F32, F64 = np.float32, np.float64


# 3. Elementary functions, on arrays of doubles

EXP_MOST = float.fromhex('0x1.63p+9')
EXP_LEAST = float.fromhex('0x1.74cp+9')
LOG2E = float.fromhex('0x1.71547652b82fep+0')
LN2_HI = float.fromhex('0x1.62e42feep-1')
LN2_LO = float.fromhex('0x1.a39ef35793c76p-33')
EXP = [float.fromhex(h) for h in (
    '0x1.6124613a86d09p-33', '0x1.1eed8eff8d898p-29', '0x1.ae64567f544e4p-26',
    '0x1.27e4fb7789f5cp-22', '0x1.71de3a556c734p-19', '0x1.a01a01a01a01ap-16',
    '0x1.a01a01a01a01ap-13', '0x1.6c16c16c16c17p-10', '0x1.1111111111111p-7',
    '0x1.5555555555555p-5', '0x1.5555555555555p-3')]
TWO54 = float.fromhex('0x1p+54')
ROOT2 = float.fromhex('0x1.6a09e667f3bcdp+0')
LOG = [float.fromhex(h) for h in (
    '0x1.642c8590b2164p-5', '0x1.8618618618618p-5', '0x1.af286bca1af28p-5',
    '0x1.e1e1e1e1e1e1ep-5', '0x1.1111111111111p-4', '0x1.3b13b13b13b14p-4',
    '0x1.745d1745d1746p-4', '0x1.c71c71c71c71cp-4', '0x1.2492492492492p-3',
    '0x1.999999999999ap-3', '0x1.5555555555555p-2')]
PIO2_1 = float.fromhex('0x1.921fb544p+0')
PIO2_2 = float.fromhex('0x1.0b4611a6p-34')
PIO2_3 = float.fromhex('0x1.3198a2e037073p-69')
TWO_OVER_PI = float.fromhex('0x1.45f306dc9c883p-1')
SIN = [float.fromhex(h) for h in (
    '0x1.ae7f3e733b81fp-41', '0x1.6124613a86d09p-33', '0x1.ae64567f544e4p-26',
    '0x1.71de3a556c734p-19', '0x1.a01a01a01a01ap-13', '0x1.1111111111111p-7',
    '0x1.5555555555555p-3')]
COS = [float.fromhex(h) for h in (
    '0x1.ae7f3e733b81fp-45', '0x1.93974a8c07c9dp-37', '0x1.1eed8eff8d898p-29',
    '0x1.27e4fb7789f5cp-22', '0x1.a01a01a01a01ap-16', '0x1.6c16c16c16c17p-10',
    '0x1.5555555555555p-5')]


def power_of_two(n):
    """2^n for integers from -1022 to 1023, held as doubles."""
    return ((n.astype(np.int64) + 1023) << 52).view(F64)


def nearest(x):
    """trunc(x + h)"""
    return np.trunc(x + np.where(x < 0, -0.5, 0.5))


def exp(x):
    x = np.asarray(x, F64)
    within = (x <= EXP_MOST) & (x >= -EXP_LEAST)
    y = np.where(within, x, 0.0)
    n = nearest(y * LOG2E)
    r = (y - n * LN2_HI) - n * LN2_LO
    p = EXP[0]
    for c in EXP[1:]:
        p = p * r + c
    p = p * r + 0.5
    p = (p * r) * r + r
    p = 1.0 + p
    step = np.clip(n, -1000.0, 1000.0)
    y = p * power_of_two(step) * power_of_two(n - step)
    beyond = np.where(x > EXP_MOST, np.inf, np.where(x < -EXP_LEAST, 0.0, np.nan))
    return np.where(within, y, beyond)


def log(x):
    """Of one positive finite double."""
    e = 0
    if x < float.fromhex('0x1p-1022'):
        x = x * TWO54
        e = -54
    bits = int(np.array(x, F64).view(np.uint64))
    e = e + (bits >> 52) - 1023
    bits = bits & 0x000fffffffffffff | 0x3ff0000000000000
    m = float(np.array(bits, np.uint64).view(F64))
    if m > ROOT2:
        m = m * 0.5
        e = e + 1
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = LOG[0]
    for a in LOG[1:]:
        p = p * z + a
    p = 2.0 * s + ((2.0 * s) * z) * p
    return e * LN2_HI + (e * LN2_LO + p)


def power(x, y):
    """x one positive double, y an array."""
    return exp(y * log(x))


def sin_cos(x):
    n = np.trunc(x * TWO_OVER_PI + np.where(x < 0, -0.5, 0.5))
    r = ((x - n * PIO2_1) - n * PIO2_2) - n * PIO2_3
    q = np.mod(n, 4.0)
    z = r * r
    p, sign = -SIN[0], 1.0
    for s in SIN[1:]:
        p = p * z + sign * s
        sign = -sign
    sine = r + (r * z) * p
    p, sign = COS[0], -1.0
    for k in COS[1:]:
        p = p * z + sign * k
        sign = -sign
    p = p * z - 0.5
    cosine = 1.0 + z * p
    return (np.select([q == 0, q == 1, q == 2], [sine, cosine, -sine], -cosine),
            np.select([q == 0, q == 1, q == 2], [cosine, -sine, -cosine], sine))


# 6. The parts.  x is [T, ...]: T tokens side by side.

class Exact:
    """Float32.  number is the format of the section, claim what hello says."""

    number = F32
    claim = 'exact'
    BLOCK = 256
    LANES = 16

    def matrix(self, w):
        """[N, K] as product() wants it"""
        return np.ascontiguousarray(w.astype(self.number).T)

    def product(self, w, x):                                    # 6.1
        inputs = np.ascontiguousarray(x.T)[:, :, None]
        total = np.zeros((len(x), w.shape[1]), self.number)
        for start in range(0, len(w), self.BLOCK):
            block = slice(start, start + self.BLOCK)
            s = np.zeros_like(total)
            for x_k, w_k in zip(inputs[block], w[block]):
                s += x_k * w_k
            total += s
        return total

    def norm(self, x, w, eps):                                  # 6.2
        tokens, d = x.shape
        lane = np.zeros((tokens, self.LANES), F32)
        for start in range(0, d, self.LANES):
            part = x[:, start:start + self.LANES]
            lane[:, :part.shape[1]] += part * part
        half = self.LANES // 2
        while half:
            lane[:, :half] += lane[:, half:2 * half]
            half //= 2
        r = F32(1) / np.sqrt(lane[:, :1] / F32(d) + F32(eps))
        return (x * r) * w

    def turn(self, e, theta, first, tokens):                    # 6.3
        """Cosines and sines of tokens from index first on, each [T, 1, e/2]"""
        i = np.arange(e // 2, dtype=F64)
        t = np.arange(first, first + tokens, dtype=F64)
        angle = t[:, None] * power(theta, (-2.0 * i) / e)
        s, c = sin_cos(angle)
        return c[:, None].astype(self.number), s[:, None].astype(self.number)

    def rope(self, x, turn):
        """x [T, heads, e]"""
        c, s = turn
        a, b = np.split(x, 2, axis=2)
        return np.concatenate((a * c - b * s, b * c + a * s), axis=2)

    def scale(self, dot, e):
        return dot * (F32(1) / np.sqrt(F32(e)))

    def attention(self, q, k, v):                               # 6.4
        """q [T, H, e]; k and v [n, G, e], the last T of them the tokens' own.
        Gives out [T, H, e] and scores [T, H, n], -inf for what comes later."""
        tokens, heads, e = q.shape
        n, groups, _ = k.shape
        first = n - tokens
        k = np.repeat(k, heads // groups, axis=1)
        v = np.repeat(v, heads // groups, axis=1)
        dot = np.zeros((tokens, heads, n), self.number)
        for i in range(e):
            dot += q[:, :, i, None] * k[:, :, i].T
        score = self.scale(dot, e)
        later = np.arange(n) > first + np.arange(tokens)[:, None]
        score = np.where(later[:, None], self.number(-np.inf), score)
        largest = score.max(axis=2, keepdims=True)
        weight = exp((score - largest).astype(F64)).astype(self.number)
        total = np.zeros((tokens, heads, 1), self.number)
        out = np.zeros_like(q)
        for s in range(n):
            row = max(0, s - first)         # the tokens from this one on see s
            w = weight[row:, :, s, None]
            total[row:] += w
            out[row:] += w * v[s]
        return out / total, score

    def silu(self, gate, up):                                   # 6.5
        z = gate.astype(F64)
        return (z / (1.0 + exp(-z))).astype(F32) * up


class Int8(Exact):                                              # 8
    claim = 'int8'

    def rounded(self, rows):
        """[M, K] to integers [M, K] and scales [M, 1]"""
        finite = np.isfinite(rows).all(axis=1, keepdims=True)
        scale = np.abs(rows).max(axis=1, keepdims=True) / F32(127)
        v = np.clip(rows / scale, F32(-127), F32(127))
        q = np.where(finite & (scale != 0), np.rint(v), F32(0)).astype(np.int64)
        return q, np.where(finite, scale, F32(np.nan))

    def matrix(self, w):
        return self.rounded(w)

    def product(self, w, x):
        weights, scale_w = w
        numbers, scale_x = self.rounded(x)
        return (numbers @ weights.T).astype(F32) * scale_x * scale_w.T


class Double(Exact):                                            # 9.1
    claim = 'f64'
    number = F64
    BLOCK = 1 << 30

    def norm(self, x, w, eps):
        s = np.zeros((len(x), 1))
        for i in range(x.shape[1]):
            s += x[:, i, None] * x[:, i, None]
        root = np.sqrt(s / x.shape[1] + eps)
        return (x / root) * w

    def scale(self, dot, e):
        return dot / np.sqrt(F64(e))

    def silu(self, gate, up):
        return (gate / (1.0 + exp(-gate))) * up


# 5. The model

def widened(dtype, data):
    """The float32 of weights as they lie in a file (2.2)"""
    if dtype == 'F32':
        return np.frombuffer(data, '<f4').astype(F32)
    if dtype == 'BF16':
        return (np.frombuffer(data, '<u2').astype(np.uint32) << 16).view(F32)
    if dtype == 'F16':
        return np.frombuffer(data, '<f2').astype(F32)
    raise ValueError('weights of type ' + dtype)


def tensors(path, wanted=None):
    """All tensors of a safetensors file by name, or the one that is wanted"""
    with open(path, 'rb') as file:
        length = int.from_bytes(file.read(8), 'little')
        header = json.loads(file.read(length))
        data = file.read()
    found = {}
    for name, about in header.items():
        if name != '__metadata__' and wanted in (None, name):
            begin, end = about['data_offsets']
            found[name] = widened(about['dtype'], data[begin:end]).reshape(about['shape'])
    return found


class Model:
    def __init__(self, path, parts):
        with open(os.path.join(path, 'config.json'), encoding='utf-8') as file:
            config = json.load(file)
        self.path, self.parts, self.config = path, parts, config
        self.layers = config['num_hidden_layers']
        self.d = config['hidden_size']
        self.heads = config['num_attention_heads']
        self.groups = config.get('num_key_value_heads') or self.heads
        self.e = config.get('head_dim') or self.d // self.heads
        self.eps = float(config['rms_norm_eps'])
        places = (config, config.get('rope_parameters'), config.get('rope_scaling'))
        thetas = {float(p['rope_theta']) for p in places if p and 'rope_theta' in p}
        if len(thetas) > 1:
            raise ValueError('rope_theta is given twice with different values')
        self.theta = thetas.pop() if thetas else 10000.0
        weights = tensors(os.path.join(path, 'model.safetensors'))
        for name, w in weights.items():
            if not np.isfinite(w).all():
                raise ValueError(name + ' has a weight that is no finite number')
        if config.get('tie_word_embeddings'):
            names = ('model.embed_tokens.weight', 'lm_head.weight')
            either = [weights[name] for name in names if name in weights][0]
            weights.update(dict.fromkeys(names, either))
        self.embed = weights['model.embed_tokens.weight'].astype(parts.number)
        self.last_norm = weights['model.norm.weight'].astype(parts.number)
        self.head = parts.matrix(weights['lm_head.weight'])
        self.norms, self.matrices, self.turns = [], [], {}
        for i in range(self.layers):
            def weight(name):
                return weights['model.layers.%d.%s.weight' % (i, name)]
            self.norms.append([weight(name).astype(parts.number) for name in (
                'input_layernorm', 'post_attention_layernorm')])
            # what is multiplied with the same vector is one matrix: rows are rows
            self.matrices.append([
                parts.matrix(np.concatenate([weight(name) for name in names]))
                for names in (
                    ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'],
                    ['self_attn.o_proj'], ['mlp.gate_proj', 'mlp.up_proj'],
                    ['mlp.down_proj'])])

    def turn(self, first, tokens):
        if (first, tokens) not in self.turns:
            self.turns[first, tokens] = self.parts.turn(self.e, self.theta, first, tokens)
        return self.turns[first, tokens]

    def nothing_kept(self):
        return [np.zeros((0, self.groups, self.e), self.parts.number) for _ in 'kv']

    def layer(self, i, x, kept, taps=None):                     # 7.1
        """The stream x [T, d] through layer i; kept, the keys and values of the
        tokens before, grows by these."""
        parts, (m_qkv, m_o, m_gate_up, m_down) = self.parts, self.matrices[i]
        tokens, first = len(x), len(kept[0])
        taps = {} if taps is None else taps
        taps['input'] = x
        y = taps['norm1'] = parts.norm(x, self.norms[i][0], self.eps)
        q, k, v = np.split(parts.product(m_qkv, y), (
            self.heads * self.e, (self.heads + self.groups) * self.e), axis=1)
        taps['q'], taps['k'], taps['v'] = q, k, v
        turn = self.turn(first, tokens)
        q = parts.rope(q.reshape(tokens, self.heads, self.e), turn)
        k = parts.rope(k.reshape(tokens, self.groups, self.e), turn)
        v = v.reshape(tokens, self.groups, self.e)
        taps['q_rope'], taps['k_rope'] = q.reshape(tokens, -1), k.reshape(tokens, -1)
        kept[0] = np.concatenate((kept[0], k))
        kept[1] = np.concatenate((kept[1], v))
        out, scores = parts.attention(q, *kept)
        taps['scores'] = np.concatenate(
            [scores[t, :, :first + t + 1].ravel() for t in range(tokens)])
        taps['attention'] = out.reshape(tokens, -1)
        taps['attn_out'] = parts.product(m_o, taps['attention'])
        x = taps['middle'] = x + taps['attn_out']
        y = taps['norm2'] = parts.norm(x, self.norms[i][1], self.eps)
        taps['gate'], taps['up'] = np.split(parts.product(m_gate_up, y), 2, axis=1)
        taps['act'] = parts.silu(taps['gate'], taps['up'])
        taps['down'] = parts.product(m_down, taps['act'])
        taps['output'] = x + taps['down']
        return taps['output']


class Sequence:                                                 # 7.2
    """One sequence of tokens under a chain.  Keys and values belong to the
    position of the chain: kept[p], not kept[layer]."""

    def __init__(self, model, chain):
        if not all(0 <= i < model.layers for i in chain):
            raise ValueError('a layer that the model does not have')
        self.model, self.chain = model, chain
        self.kept = [model.nothing_kept() for _ in chain]

    def feed(self, tokens, each=None, taps=None):
        """The stream of these tokens after the chain; each(p, x) sees it after
        every position, taps[p] gets what is inside position p."""
        if not tokens or not all(0 <= t < len(self.model.embed) for t in tokens):
            raise ValueError('no tokens, or one that the model does not have')
        x = self.model.embed[tokens]
        if each:
            each(0, x)
        for p, i in enumerate(self.chain):
            x = self.model.layer(i, x, self.kept[p], (taps or {}).get(p))
            if each:
                each(p + 1, x)
        return x

    def logits(self, tokens):
        """After the last of these tokens"""
        m = self.model
        last = self.feed(tokens)[-1:]
        return m.parts.product(m.head, m.parts.norm(last, m.last_norm, m.eps))[0]
