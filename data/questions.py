#!/usr/bin/env python3
# questions.py - write the questions of the tasks "register" and "register-4".
#
#   python3 data/questions.py register > data/register.jsonl
#   python3 data/questions.py register --validation > validation.jsonl
#
# Needs nothing but Python's standard library and takes under a second.  The
# output depends on the task and the seed alone.
#
# A question is a program for a machine with one register of two digits.
# "37:6-5+9-" starts with 37; "d+" replaces the value v by (d + v) mod 100,
# "d-" by (d - v) mod 100.  Here: 6-37 = 69, 5+69 = 74, 9-74 = 35, so the answer
# is "35".  The reflection makes the order of the operations matter, so there
# is no short cut through a sum.  More operations make a harder question, and a
# level is a range of numbers of operations.

import argparse
import json
import random
import sys

# For each task: the numbers of operations of each level, taken in turn by the
# programs of the level; and the number of programs a level.
TASKS = {
    "register": ([(2, 3), (7, 8), (9, 10), (11, 12), (13, 14)], 50),
    "register-4": ([(2,), (3,), (4,), (4, 5), (5, 6)], 10),
}
SIBLINGS = 4            # questions that share a program
SHIPPED_SEED = 2507     # of the questions in this directory
VALIDATION_SEED = 7996  # of the questions on which a training seed is chosen


def trace(start, program):
    """The values of the register: the start, then one after each operation."""
    values = [start]
    for digit, sign in program:
        v = values[-1]
        values.append((digit + v if sign == "+" else digit - v) % 100)
    return values


def write_prompt(start, program):
    return f"{start:02d}:" + "".join(f"{d}{sign}" for d, sign in program)


def draw_program(rng, operations):
    return tuple((rng.randint(1, 9), rng.choice("+-")) for _ in range(operations))


def draw_options(rng, values, right_place):
    """Four different values, the right one (the last of VALUES) at RIGHT_PLACE.

    A wrong one is a near miss half of the time, else with equal chance a value
    the register held on the way or any value at all.
    """
    right = values[-1]
    wrong = []
    while len(wrong) < 3:
        kind = rng.random()
        if kind < 0.5:
            option = (right + rng.choice((-1, 1)) * rng.choice((1, 2, 3, 5, 10))) % 100
        elif kind < 0.75:
            option = rng.choice(values)
        else:
            option = rng.randrange(100)
        if option != right and option not in wrong:
            wrong.append(option)
    return wrong[:right_place] + [right] + wrong[right_place:]


def draw_level(rng, task, level, used):
    """The questions of one level, group after group.

    Siblings start from different values; as every operation is one-to-one,
    their answers differ too.  Within a group the right option stands once at
    each place.  The programs are new, and are added to USED.
    """
    levels, programs = TASKS[task]
    operations = levels[level - 1]
    for group in range(programs):
        program = draw_program(rng, operations[group % len(operations)])
        while program in used:
            program = draw_program(rng, operations[group % len(operations)])
        used.add(program)
        places = rng.sample(range(4), 4)
        for start, place in zip(rng.sample(range(100), SIBLINGS), places):
            values = trace(start, program)
            options = draw_options(rng, values, place)
            yield program, {
                "level": level,
                "group": f"{task}-L{level}-{group:02d}",
                "prompt": write_prompt(start, program),
                "answer": f"{values[-1]:02d}",
                "choices": {"text": [f"{o:02d}" for o in options],
                            "label": ["A", "B", "C", "D"]},
                "answerKey": "ABCD"[place],
            }


def draw(task, validation):
    """The questions of TASK, each with its program.

    Levels are interleaved: 1, 2, 3, 4, 5, 1, 2, ...  The validation questions
    share no program with the shipped ones.
    """
    used = {program for program, _ in draw(task, False)} if validation else set()
    rng = random.Random(VALIDATION_SEED if validation else SHIPPED_SEED)
    name = task + "-validation" if validation else task
    by_level = [list(draw_level(rng, task, level, used))
                for level in range(1, len(TASKS[task][0]) + 1)]
    turns = [pair for turn in zip(*by_level) for pair in turn]
    return [(program, {"id": f"{name}-{n:04d}", **question})
            for n, (program, question) in enumerate(turns)]


def make(task, validation=False):
    return [question for _, question in draw(task, validation)]


def main():
    parser = argparse.ArgumentParser(description="Write the questions of a task.")
    parser.add_argument("task", choices=sorted(TASKS))
    parser.add_argument("--validation", action="store_true",
                        help="other questions of the same kind, to choose a training seed on")
    args = parser.parse_args()
    for question in make(args.task, args.validation):
        sys.stdout.write(json.dumps(question) + "\n")


if __name__ == "__main__":
    main()
