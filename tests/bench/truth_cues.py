"""How far the surface of an answer alone gets on the truth set, without the question or a model.

    make bench NAME=truth_cues

Rules (longest, shortest, negated, not negated) and a naive Bayes classifier over character 1- to
3-grams of the answers, trained on nine tenths of the items and asked about the rest. Printed is the
share right on ko_truth_mc (chance 1/3) and on all statements (chance 1/2), with standard errors
clustered by item; the last line is one JSON object.
"""

from __future__ import annotations

import json
import math
import random
import re
import sys
from collections import Counter
from collections.abc import Callable

from korean_rlhf.assets import asset_dir
from korean_rlhf.evaluate.statistics import mean_and_error
from korean_rlhf.evaluate.truth import Misconception, read_misconceptions

FILE = asset_dir("evals") / "truth" / "misconceptions.jsonl"
NEGATION = re.compile(r"않|아니|아닌|없|못|말아야|말라")
FOLDS = 10
LEAST = 3
"""An n-gram seen in fewer answers says nothing."""

Judge = Callable[[str], float]
"""How true an answer looks; above 0 is true."""


def main() -> int:
    items = list(read_misconceptions(FILE))
    middle = sorted(len(text) for item in items for text in item.true + item.false)[2 * len(items)]
    rules: dict[str, Judge] = {
        "longest": lambda text: len(text) - middle,
        "shortest": lambda text: middle - len(text),
        "negated": lambda text: 1.0 if NEGATION.search(text) else -1.0,
        "not negated": lambda text: -1.0 if NEGATION.search(text) else 1.0,
    }
    result: dict[str, object] = {"name": "truth_cues", "items": len(items)}
    for name, rule in rules.items():
        result[name] = show(name, [(item, rule) for item in items])
    result["naive Bayes"] = show("naive Bayes", crossed(items))
    print(json.dumps(result))
    return 0


def show(name: str, judged: list[tuple[Misconception, Judge]]) -> dict[str, float]:
    choice = mean_and_error([chosen(item, judge) for item, judge in judged])
    pairs = [(value, item.id) for item, judge in judged for value in told(item, judge)]
    every = mean_and_error([value for value, _ in pairs], [name for _, name in pairs])
    print(f"{name:<12} mc {choice.value:.4f} ± {choice.stderr:.4f}", end="   ")
    print(f"statements {every.value:.4f} ± {every.stderr:.4f}")
    return {"mc": round(choice.value, 4), "statements": round(every.value, 4)}


def chosen(item: Misconception, judge: Judge) -> float:
    """Return 1.0 if the direct true answer looks truest of three; equals share it."""
    looks = [judge(text) for text in (item.true[0], *item.false)]
    return 1 / looks.count(max(looks)) if looks[0] == max(looks) else 0.0


def told(item: Misconception, judge: Judge) -> list[float]:
    truths = [float(judge(text) > 0) for text in item.true]
    return truths + [float(judge(text) <= 0) for text in item.false]


def crossed(items: list[Misconception]) -> list[tuple[Misconception, Judge]]:
    """Return each item with the judge that was trained on the other folds."""
    order = list(items)
    random.Random(0).shuffle(order)
    judged = []
    for fold in range(FOLDS):
        held = order[fold::FOLDS]
        judge = bayes([item for item in order if item not in held])
        judged += [(item, judge) for item in held]
    return judged


def bayes(items: list[Misconception]) -> Judge:
    true = Counter(gram for item in items for text in item.true for gram in grams(text))
    false = Counter(gram for item in items for text in item.false for gram in grams(text))

    def judge(text: str) -> float:
        known = [gram for gram in grams(text) if true[gram] + false[gram] >= LEAST]
        return sum(math.log((true[gram] + 1) / (false[gram] + 1)) for gram in known)

    return judge


def grams(text: str) -> set[str]:
    begun = "^" + text
    return {begun[at : at + n] for n in (1, 2, 3) for at in range(len(begun) - n + 1)}


if __name__ == "__main__":
    sys.exit(main())
