"""How much a translation says: too little, too much, or the same again and again."""

from __future__ import annotations

import re
from collections import Counter

from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.checks.pair import Pair
from korean_rlhf.translate.protect import MARK

ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|vs|etc|e\.g|i\.e|[A-Z])\.")
LOOP = re.compile(r"(\S.{3,60}?)\1{2,}")
TWICE = re.compile(r"(\S.{7,200}?[.!?…] )\1")
CHARACTER = re.compile(r"([가-힣])\1{7,}")
FINISHED = re.compile(r"[.!?…:;。]['\"”’)\]*_」』]*\s*$")
SENTENCE_END = re.compile(r"[.!?…](?=['\"”’)\]]|\s|$)")
NUMBERING = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s*", re.MULTILINE)
SHORT_RATIO = 0.4
"""A translation this short that has fewer sentences lost some: 5 in 100 good ones are shorter."""
FEW_WORDS = 4
"""Words of a source up to which its translation may be a noun without a full stop: 사과와 배."""
ASIDE = re.compile(r"\s*(?:\([^()\n]*\)|\n[`~]{3,})\s*$")
"""What may stand behind the end of the last sentence: a word in brackets, a closing fence."""
SHORT = 30
"""Characters below which a length ratio says nothing: labels, "Bookkeeping functions"."""
MORE_SENTENCES, MORE_TIMES = 3, 2
"""Sentences beyond those of the source, and times as many, from which a translator added some."""
SAID_OFTEN = 3
"""Times that a sentence may not stand in a translation when the source says nothing twice."""


def empty(pair: Pair, settings: TranslateSettings) -> str:
    """Find that nothing came."""
    return "nothing is left" if pair.source.strip() and not pair.target.strip() else ""


def repetition(pair: Pair, settings: TranslateSettings) -> str:
    """Find what is said again and again, though the source says it once."""
    korean, english = (" ".join(text.split()) + " " for text in (pair.korean, pair.english))
    for pattern in (LOOP, TWICE, CHARACTER):
        found = pattern.search(korean)
        if found and re.search(r"\w", found[1]) and not pattern.search(english):
            return found[1].strip()
    said, times = _said_most(pair.korean)
    return said if times >= SAID_OFTEN > _said_most(pair.english)[1] else ""


def _said_most(text: str) -> tuple[str, int]:
    """Return the sentence or line that stands most often in `text`, and how often."""
    plain = NUMBERING.sub("", text)
    parts = (part.strip() for part in re.split(r"(?<=[.!?…])\s+|\n", plain))
    counted = Counter(part for part in parts if len(part) >= 6)
    return counted.most_common(1)[0] if counted else ("", 0)


def truncated(pair: Pair, settings: TranslateSettings) -> str:
    """Find an end that is none, or sentences that did not come."""
    wanted, found = _ends(pair.masked_source), _ends(pair.masked_target)
    short = len(pair.korean) < SHORT_RATIO * len(pair.english)
    if (wanted >= 3 and found * 2 < wanted) or (found < wanted and short and found):
        return f"{found} of {wanted} sentences"
    if not FINISHED.search(pair.masked_source) or _is_finished(pair.masked_target):
        return ""
    if MARK.search(pair.masked_target[-6:]) or not pair.sentences:
        return ""
    last = pair.sentences[-1]
    may_be_noun = not found and len(pair.english.split()) <= FEW_WORDS
    whole = last.ended and (last.level or may_be_noun)
    return "" if whole else f"ends with {last.text[-20:]!r}"


def added(pair: Pair, settings: TranslateSettings) -> str:
    """Find many more sentences than the source has."""
    wanted, found = _ends(pair.masked_source), _ends(pair.masked_target)
    more = found >= max(1, wanted) + MORE_SENTENCES and found >= MORE_TIMES * wanted
    return f"{found} sentences instead of {wanted}" if more else ""


def _ends(text: str) -> int:
    """Return the number of sentences that end in `text`."""
    return len(SENTENCE_END.findall(ABBREVIATION.sub("", text)))


def _is_finished(text: str) -> bool:
    return bool(FINISHED.search(text) or FINISHED.search(ASIDE.sub("", text)))


def length(pair: Pair, settings: TranslateSettings) -> str:
    """Find a text much shorter or longer than a translation is."""
    if len(pair.english) < SHORT:
        return ""
    ratio = len(pair.korean) / len(pair.english)
    fits = settings.min_length_ratio <= ratio <= settings.max_length_ratio
    return "" if fits else f"{ratio:.2f} times as long as the source"
