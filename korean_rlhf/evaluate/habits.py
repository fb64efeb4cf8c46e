"""How a chat model writes: endings, length, repetition, script and speech level of its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from korean_rlhf.evaluate.statistics import Estimate, mean_and_error
from korean_rlhf.ngrams import character_ngrams, normalise_for_matching
from korean_rlhf.translate.register import POLITE, is_mixed, sentences

REPEATED = 8
"""Letters of a run that counts as repeated: longer than most Korean words with their endings."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Means over the answers of one model, each with its standard error."""

    answers: int
    shares: dict[str, Estimate]
    """By measure: `ended`, `empty`, `one_register`, `polite`, `foreign`, `repeated`."""
    letters: Estimate
    """Letters and digits of an answer."""


def habits(rows: Sequence[Mapping[str, Any]]) -> Habits | None:
    """Return the habits of some answers ({"answer", "ended"}), None without any.

    `one_register` (polite and plain sentences do not stand side by side) and `polite` (all are
    polite) are shares of the answers in which a sentence has a speech level at all. `foreign` is
    the mean share of letters that are not Hangul, `repeated` that of runs of 8 letters that stood
    in the same answer before.
    """
    if not rows:
        return None
    texts = [str(row["answer"]) for row in rows]
    written = [text for text in texts if normalise_for_matching(text)]
    spoken = [found for found in map(sentences, written) if any(one.level for one in found)]
    measured: dict[str, list[float]] = {
        "ended": [float(bool(row["ended"])) for row in rows if "ended" in row],
        "empty": [float(not normalise_for_matching(text)) for text in texts],
        "one_register": [float(not is_mixed(found)) for found in spoken],
        "polite": [float({one.level for one in found} <= {*POLITE, ""}) for found in spoken],
        "foreign": [foreign_share(text) for text in written],
        "repeated": [repeated_share(text) for text in written],
    }
    return Habits(
        len(rows),
        {name: mean_and_error(values) for name, values in measured.items() if values},
        mean_and_error([float(len(normalise_for_matching(text))) for text in texts]),
    )


def foreign_share(text: str) -> float:
    """Return the share of letters that are not Hangul; digits and marks are no letters.

    >>> foreign_share("서울은 Seoul이다."), foreign_share("12:30")
    (0.5, 0.0)
    """
    letters = [char for char in text if char.isalpha()]
    return sum(not _is_hangul(char) for char in letters) / len(letters) if letters else 0.0


def repeated_share(text: str, length: int = REPEATED) -> float:
    """Return the share of runs of `length` letters that the text holds a second time.

    >>> repeated_share("가나다라" * 5) > 0.6, repeated_share("비가 와서 우산을 들고 나갔어요.")
    (True, 0.0)
    """
    runs = character_ngrams(normalise_for_matching(text), length)
    return 1.0 - len(set(runs)) / len(runs) if runs else 0.0


def _is_hangul(char: str) -> bool:
    """Whether a letter is a syllable or a jamo of the modern script."""
    return "가" <= char <= "힣" or "ㄱ" <= char <= "ㆎ" or "ᄀ" <= char <= "ᇿ"
