#!/usr/bin/env python3
"""exchange_again.py - the exports read back by the descriptions alone

    exchange_again.py polar DIR JOURNAL TASK [parseable]
    exchange_again.py drllm FILE JOURNAL TASK [parseable]
    exchange_again.py csv FILE JOURNAL
    exchange_again.py paths FILE            paths as PoLar's trainer would take them

Written from colaref-exchange(5) and from what the trainers of PoLar and Dr.LLM
read; nothing is shared with the program.  The journal and the task, read here as
JSON lines, say what must be in the export.  The last line says what was checked;
what is wrong is said by an exception.
"""

import csv
import io
import json
import os
import sys
from functools import lru_cache


def strict(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), "a member is there twice"
    return dict(pairs)


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file, object_pairs_hook=strict)


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def is_int(x):
    return isinstance(x, int) and not isinstance(x, bool)


def is_path(x, depth):
    return isinstance(x, list) and all(is_int(i) and 0 <= i < depth for i in x)


def segments(path, depth):
    """Can the layers be cut into segments of 1 to 4, each skipped, kept or doubled?"""
    path = tuple(path)

    @lru_cache(maxsize=None)
    def from_here(layer, at):
        if layer == depth:
            return at == len(path)
        for size in range(1, min(4, depth - layer) + 1):
            block = tuple(range(layer, layer + size))
            for copies in (0, 1, 2):
                if path[at:at + copies * size] == block * copies and \
                        from_here(layer + size, at + copies * size):
                    return True
        return False

    return from_here(0, 0)


def counts(path):
    """Do numbers from 0 to 2, one a layer, say this path?"""
    return path == sorted(path) and all(path.count(i) <= 2 for i in path)


def rank(path):
    return len(path), len(set(path)), path


class Journal:
    def __init__(self, path):
        records = lines(path)
        self.header = records[0]
        self.depth = self.header["preset"]["layers"]
        self.samples = [r for r in records if r["type"] == "sample"]

    def split(self, sample, can_say=None):
        """Right, wrong and undecided chains in their order."""
        found = {True: [], False: [], None: []}
        for one in sample["evaluated"]:
            if can_say is None or one["correct"] is None or can_say(one["chain"]):
                found[one["correct"]].append(one["chain"])
        return [sorted(found[mark], key=rank) for mark in (True, False, None)]


def questions(path):
    found = {}
    for i, line in enumerate(lines(path)):
        name = line.get("id", "line-%06d" % (i + 1))
        question = line.get("question", line.get("prompt"))
        answer = line.get("answer")
        if answer is None:
            answer = line["choices"]["text"][
                line["choices"]["label"].index(line["answerKey"])]
        found[name] = question, answer, line
    return found


def check_ours(ours, sample, journal):
    assert ours["id"] == sample["id"] and ours["level"] == sample["level"]
    assert ours["prompt_sha256"] == sample["prompt_sha256"]
    assert ours["base"] == sample["evaluated"][0]["correct"]
    assert ours["undecided"] == journal.split(sample)[2]


def polar(root, journal_path, task, parseable):
    journal = Journal(journal_path)
    asked = questions(task)
    can_say = (lambda p: segments(p, journal.depth)) if parseable else None
    seen = 0
    for directory in sorted(os.listdir(root)):
        assert directory.startswith("dart-math-diff-")
        level = int(directory[len("dart-math-diff-"):])
        data = load(os.path.join(root, directory, "merged_mcts_samples.json"))
        for name in ("SEARCH_ALGO", "SEARCH_MODE", "EVAL_METRIC", "BASE_MODEL"):
            assert isinstance(data[name], str), name
        for name in ("GROUP_SIZE", "NUM_GROUPS", "BEAM_WIDTH", "DIFFICULTY_LEVEL"):
            assert is_int(data[name]), name
        assert data["DIFFICULTY_LEVEL"] == level
        assert root.rstrip("/").endswith(data["BASE_MODEL"])
        assert data["COLAREF"]["journal"] == journal.header
        assert data["COLAREF"]["parseable"] is parseable
        mine = [s for s in journal.samples if (s["level"] or 0) == level]
        assert len(mine) == len(data["samples"])
        for i, (sample, told) in enumerate(zip(data["samples"], mine)):
            question, answer, _ = asked[told["id"]]
            assert is_int(sample["sample_id"]) and sample["sample_id"] == i
            assert is_int(sample["global_idx"])
            assert sample["global_idx"] == max(level - 1, 0) * 2000 + i
            assert sample["query_id"] == told["id"]
            assert sample["question"] == question and sample["gt_ans"] == answer
            assert isinstance(sample["initial_score"], float)
            base = told["evaluated"][0]
            assert sample["initial_score"] == (1.0 if base["correct"] is True else 0.0)
            valid = sample["final_valid_transitions"]
            invalid = sample["final_invalid_transitions"]
            assert all(is_path(p, journal.depth) for p in valid + invalid)
            assert [valid, invalid] == journal.split(told, can_say)[:2]
            assert (list(range(journal.depth)) in valid) is (base["correct"] is True)
            assert [len(p) for p in valid] == sorted(len(p) for p in valid)
            info = sample["sample_info"]
            assert set(info) == {"question", "ground_truth", "prompt_text"}
            assert info["question"] == question and info["ground_truth"] == answer
            assert info["prompt_text"] == sample["COLAREF"]["prompt"]
            check_ours(sample["COLAREF"], told, journal)
            seen += 1
    assert seen == len(journal.samples) > 0
    print("%d samples as described" % seen)


def drllm(path, journal_path, task, parseable):
    journal = Journal(journal_path)
    asked = questions(task)
    data = load(path)
    can_say = counts if parseable else None
    mine = [s for s in journal.samples if journal.split(s, can_say)[0]]
    columns = ("questions", "best_path", "best_response", "original_correct",
               "mcts_correct", "improved_cases", "path_lengths", "unique_layers",
               "good_paths", "layer_decisions")
    assert all(len(data[name]) == len(mine) for name in columns)
    assert len(data["COLAREF"]["samples"]) == len(mine) == data["num_samples"]
    assert data["visited_samples"] == len(journal.samples)
    assert data["COLAREF"]["journal"] == journal.header
    assert isinstance(data["model_name"], str) and isinstance(data["dataset"], str)
    chooses = journal.header["grade"].startswith(("choice", "letter"))
    for i, told in enumerate(mine):
        _, answer, line = asked[told["id"]]
        best = data["best_path"][i]
        right = journal.split(told, can_say)[0]
        if chooses:
            answer = chr(65 + line["choices"]["label"].index(line["answerKey"]))
        assert data["best_response"][i] == answer
        assert best == right[0] and data["good_paths"][i] == right
        assert data["layer_decisions"][i] == \
            [best.count(layer) for layer in range(journal.depth)]
        base = told["evaluated"][0]["correct"] is True
        assert is_int(data["original_correct"][i]) and data["mcts_correct"][i] == 1
        assert data["original_correct"][i] == int(base)
        assert data["improved_cases"][i] is (not base)
        assert data["path_lengths"][i] == len(best)
        assert data["unique_layers"][i] == len(set(best))
        ours = data["COLAREF"]["samples"][i]
        assert data["questions"][i] == ours["prompt"]
        check_ours(ours, told, journal)
    n = len(mine)
    means = {"original_accuracy": 100 * sum(data["original_correct"]) / n,
             "mcts_accuracy": 100.0,
             "improved_cases_accuracy": 100 * sum(data["improved_cases"]) / n,
             "average_path_length": sum(data["path_lengths"]) / n,
             "average_unique_layers": sum(data["unique_layers"]) / n}
    for name, value in means.items():
        assert abs(data[name] - value) < 1e-9, name
    print("%d samples as described" % n)


def compare_csv(path, journal_path):
    journal = Journal(journal_path)
    with open(path, "rb") as file:
        raw = file.read()
    text = raw.decode("utf-8")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert raw.endswith(b"\r\n") and text.count("\r\n") >= len(rows)
    names = rows.pop(0)
    assert names == ["id", "level", "group", "chain", "length", "unique", "correct",
                     "right", "of", "held_right", "held_of", "answer", "stop", "rule",
                     "margin", "gold_logprob", "parent", "edit", "simulation"]
    marks = {True: "true", False: "false", None: ""}
    said = 0

    def chain(layers):
        """The canonical text: the longest rising runs as ranges."""
        parts, i = [], 0
        while i < len(layers):
            j = i
            while j + 1 < len(layers) and layers[j + 1] == layers[j] + 1:
                j += 1
            parts.append(str(layers[i]) if i == j else "%d-%d" % (layers[i], layers[j]))
            i = j + 1
        return ",".join(parts) if layers else "()"

    for sample in journal.samples:
        for one in sample["evaluated"]:
            row = dict(zip(names, rows[said]))
            assert len(rows[said]) == len(names)
            for name in names[7:]:
                value = one.get(name)
                if name == "parent" and value is not None:
                    value = chain(value)
                if isinstance(value, float):
                    assert float(row[name]) == value, (name, value, row[name])
                else:
                    assert row[name] == ("" if value is None else str(value)), name
            assert row["chain"] == chain(one["chain"])
            assert row["unique"] == str(len(set(one["chain"])))
            assert row["length"] == str(len(one["chain"]))
            assert row["correct"] == marks[one["correct"]]
            for name in ("id", "level", "group"):
                value = sample.get(name)
                assert row[name] == ("" if value is None else str(value)), name
            said += 1
    assert said == len(rows) > 0
    print("%d rows as described" % said)


def paths(path):
    """What PoLar's trainer would learn from: each sample's valid paths, counted."""
    data = load(path)
    samples = data["samples"] if isinstance(data, dict) and "samples" in data else \
        list(data.values()) if isinstance(data, dict) else data
    depth = max(len(set(p)) for s in samples for p in s["final_valid_transitions"])
    good = bad = 0
    for sample in samples[0:1250]:
        for p in sample.get("final_valid_transitions") or []:
            if segments(p["path"] if isinstance(p, dict) else p, depth):
                good += 1
            else:
                bad += 1
    print("%d paths parsed, %d dropped" % (good, bad))


def main():
    what, arguments = sys.argv[1], sys.argv[2:]
    parseable = arguments[-1] == "parseable"
    if what == "polar":
        polar(*arguments[:3], parseable)
    elif what == "drllm":
        drllm(*arguments[:3], parseable)
    elif what == "csv":
        compare_csv(*arguments[:2])
    else:
        paths(arguments[0])


main()
