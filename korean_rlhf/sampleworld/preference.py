"""The true preference of the sample world: how good is an answer, in [0, 1], given its key.

    reward = tidy * (0.10 * form + content * (0.40 + 0.50 * form))

content: the share of what was asked that is said, less what contradicts it (another name, another
         number, a noun that nothing in the question gives a reason for)
form:    speech level that was asked for (0.45), finished sentences (0.25), words that fit
         together (0.30)
tidy:    falls with sentences too many or beside the point, repetition, wrong particles, the
         prompt thrown back

Politeness alone is worth a tenth, so a polite answer beside the point stays low, and a right answer
in the wrong speech level loses about a quarter. Training never sees this module.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from korean_rlhf.sampleworld.analysis import (
    TRACKED,
    Token,
    levels_of,
    strip_particle,
    tokens,
)
from korean_rlhf.sampleworld.grammar import fluency

VERSION = 3
"""Raised with every change of what some answer is worth, here or in the analysis: rewards that were
kept under another version are not read back. tests/golden/preference.jsonl notices."""

FITS: dict[str, dict[str, float]] = {
    "haeyo": {"haeyo": 1.0, "hapsyo": 0.7, "haera": 0.0, "hae": 0.0, "": 0.0},
    "hapsyo": {"hapsyo": 1.0, "haeyo": 0.4, "haera": 0.0, "hae": 0.0, "": 0.0},
    "hae": {"hae": 1.0, "haera": 0.4, "haeyo": 0.2, "hapsyo": 0.0, "": 0.0},
    "haera": {"haera": 1.0, "hae": 0.3, "haeyo": 0.1, "hapsyo": 0.2, "": 0.0},
}
"""Speech level asked for -> level found in a sentence -> how well it serves."""

STRAY_COST = 0.7
"""Share of the content that one noun without a reason takes away."""
LONGEST = 30
"""Words; beyond it an answer of this world is too long, whatever it says."""

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The reward of one answer and where it comes from, each in [0, 1]."""

    reward: float
    content: float
    politeness: float
    finished: float
    fluency: float
    tidy: float


def true_reward(key: Mapping[str, Any], answer: str) -> float:
    """Return how good `answer` is, 0 to 1, by the key that `plan.make_key` made."""
    return judge(key, answer).reward


def judge(key: Mapping[str, Any], answer: str) -> Judgement:
    """Return the reward of `answer` with its parts."""
    words = tokens(answer)
    sentences = [found.strip() for found in _SENTENCE.findall(answer) if tokens(found)]
    if not words:
        return Judgement(reward=0, content=0, politeness=0, finished=0, fluency=0, tidy=0)
    content = max(_content(key, parts, words) for parts in key["alternatives"])
    levels = [sentence_register(sentence) for sentence in sentences]
    politeness = sum(FITS[key["register"]][level] for level in levels) / len(levels)
    finished = sum(map(is_finished, sentences)) / len(sentences)
    fitting = fluency(answer)
    form = 0.45 * politeness + 0.25 * finished + 0.30 * fitting
    tidy = _tidy(key, words, sentences)
    reward = tidy * (0.10 * form + content * (0.40 + 0.50 * form))
    return Judgement(
        reward=round(reward, 6),
        content=content,
        politeness=politeness,
        finished=finished,
        fluency=fitting,
        tidy=tidy,
    )


def sentence_register(sentence: str) -> str:
    """Return the speech level that a sentence ends in: haeyo, hapsyo, hae, haera, or "" for none.

    >>> [sentence_register(text) for text in ("갔어요.", "갔습니다.", "갔어.", "갔다.", "시장에")]
    ['haeyo', 'hapsyo', 'hae', 'haera', '']
    """
    words = tokens(sentence)
    if not words:
        return ""
    last = words[-1].text.rstrip(_CLOSING)
    if last.endswith("요"):
        return "haeyo"
    if last.endswith(("니다", "니까", "십시오")):
        return "hapsyo"
    levels = _levels(words[-1], last)
    return next((level for level in ("haeyo", "hapsyo", "hae", "haera") if level in levels), "")


def _levels(word: Token, last: str) -> frozenset[str]:
    """Return the speech levels that a last word may have, empty when it ends no sentence."""
    if word.text.rstrip(" .!?").endswith(("'", '"', "’", "”")):  # a quoted word, not a predicate
        return frozenset()
    if last in _BARE_COPULA or "+=" in word.tag:
        return _copula_level(last)
    return levels_of(last) if word.kind == "predicate" else frozenset()


def is_finished(sentence: str) -> float:
    """Return 1 for a sentence with a predicate and a full stop, 0.5 without the stop, else 0."""
    words = tokens(sentence)
    if not words or not _levels(words[-1], words[-1].text.rstrip(_CLOSING)):
        return 0.0
    return 1.0 if sentence.rstrip("\"'”’) ").endswith((".", "!", "?")) else 0.5


def _copula_level(last: str) -> frozenset[str]:
    for endings, level in _COPULA_LEVELS:
        if last.endswith(endings):
            return frozenset((level,))
    return frozenset()


_CLOSING = " .!?\"'”’)"
_COPULA_LEVELS = (
    (("예요", "이에요", "였어요", "이었어요", "일까요"), "haeyo"), (("입니다", "입니까",
    "였습니다", "이었습니다"), "hapsyo"),
    (("다",), "haera"), (("야", "였어", "이었어", "일까"), "hae"),
)  # fmt: skip
_BARE_COPULA = frozenset("예요 이에요 입니다 야 이야 다 이다".split())
"""The copula alone, as it stands after a closing quotation mark."""


def _content(
    key: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], words: Sequence[Token]
) -> float:
    """Return the share of `parts` that is said, times what is left after strays."""
    found, places, excess = 0.0, [], 0
    for part in parts:
        hits = [place for run in part["any"] if (place := find_run(words, run)) >= 0]
        found += min(len(hits), part["count"]) / part["count"]
        places.append(min(hits, default=-1))
        excess += max(0, len(hits) - part["count"]) if part["count"] > 1 else 0
    share = found / len(parts)
    if key["ordered"] and share == 1.0 and places != sorted(places):
        share = 0.5
    return share * max(0.0, 1.0 - STRAY_COST * (strays(key, parts, words) + excess))


def strays(
    key: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], words: Sequence[Token]
) -> int:
    """Return how many nouns, numbers and false statements of an answer nothing asked for.

    Where several answers are right (`alternatives`), one that names two of them has a stray.
    """
    wanted = {run for part in parts for run in part["any"]}
    other = {run for rest in key["alternatives"] for part in rest for run in part["any"]} - wanted
    named = {word.lemma for word in words if word.kind in TRACKED} - (set(key["allowed"]) - other)
    false = sum(find_run(words, run) >= 0 for run in key["false"])
    return max(0, len(named) - int(key["spare"])) + false


def find_run(words: Sequence[Token], run: str) -> int:
    """Return where the lemmas of `run` stand side by side in `words`, -1 when nowhere."""
    wanted = run.split(" ")
    for start in range(len(words) - len(wanted) + 1):
        if all(_is(words[start + offset], lemma) for offset, lemma in enumerate(wanted)):
            return start
    return -1


def _is(word: Token, lemma: str) -> bool:
    if word.lemma == lemma or lemma in word.others:
        return True
    return word.kind == "word" and strip_particle(word.lemma) == lemma


def _tidy(key: Mapping[str, Any], words: Sequence[Token], sentences: Sequence[str]) -> float:
    extra = max(0, len(sentences) - int(key["sentences"]))
    idle = sum(_is_idle(key, tokens(sentence)) for sentence in sentences) - int(key["idle"])
    thrown_back = any(sentence.rstrip(" .").endswith(_REQUESTS) for sentence in sentences)
    broken = sum(word.broken for word in words)
    too_long = max(0, len(words) - LONGEST)
    factor = 0.78 ** max(extra, idle) * 0.8**broken * 0.9**too_long * 0.7 ** _repetition(words)
    return float(factor * (0.4 if thrown_back else 1.0))


_REQUESTS = ("?", "주세요", "주십시오", "줘")
"""Ends of the user's sentences; no answer of this world asks back."""


def _is_idle(key: Mapping[str, Any], words: Sequence[Token]) -> bool:
    """Whether a sentence says nothing that was asked for and names nothing of the question."""
    if not {word.lemma for word in words}.isdisjoint(key["allowed"]):
        return False
    runs = (run for parts in key["alternatives"] for part in parts for run in part["any"])
    return not any(find_run(words, run) >= 0 for run in runs)


def _repetition(words: Sequence[Token]) -> int:
    """Return how many words say again what the words beside them just said."""
    plain = [word.text.strip(".,!?") for word in words]
    doubled = sum(one == other for one, other in pairwise(plain))
    pairs = Counter(pairwise(plain))
    again = sum(count - 1 for pair, count in pairs.items() if pair[0] != pair[1])
    often = sum(max(0, count - 2) for count in Counter(plain).values())
    return doubled + min(again, 2) + often
