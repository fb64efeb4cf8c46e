"""How far an answer follows its prompt: IFEval's four scores.

Zhou et al. 2023, "Instruction-Following Evaluation for Large Language Models", arXiv:2311.07911,
section 2.2. Strict reads the answer as it is. Loose also reads it without the first line, without
the last, without asterisks, and in every mixture of these, and is content with one that satisfies
the constraint: an introduction or bold type shall not hide an answer that follows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from korean_rlhf.evaluate.following.registry import satisfied


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, Any]:
    """Return the scores of one answer: what lm-eval calls for each item.

    prompt_*: 1.0 where all constraints of the prompt are satisfied, else 0.0. instruction_*: how
    many of its constraints are satisfied, and how many there are.
    """
    asked = json.loads(doc["constraints"])
    strict = [satisfied(one["name"], results[0], one["parameters"]) for one in asked]
    loose = [_satisfied_loosely(one, results[0]) for one in asked]
    return {
        "prompt_strict": float(all(strict)),
        "prompt_loose": float(all(loose)),
        "instruction_strict": (sum(strict), len(strict)),
        "instruction_loose": (sum(loose), len(loose)),
    }


def share_of_pairs(pairs: Sequence[tuple[int, int]]) -> float:
    """Return the share of satisfied constraints over all prompts: an lm-eval aggregation.

    >>> share_of_pairs([(1, 3), (1, 1)])
    0.5
    """
    return sum(done for done, _ in pairs) / sum(asked for _, asked in pairs)


def _satisfied_loosely(asked: Mapping[str, Any], answer: str) -> bool:
    return any(satisfied(asked["name"], one, asked["parameters"]) for one in readings(answer))


def readings(answer: str) -> list[str]:
    r"""Return the answer as it is and in the seven forms that loose scoring also accepts.

    >>> readings("네!\n**봄**\n끝")[1:4]
    ['네!\n봄\n끝', '네!\n**봄**', '네!\n봄']
    """
    lines = answer.rstrip().split("\n")
    return [
        "\n".join(lines[first : len(lines) - last]).replace(*stars)
        for first, last, stars in product((0, 1), (0, 1), (("", ""), ("*", "")))
    ]
