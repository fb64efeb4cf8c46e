"""Repair the particles (조사) behind restored spans, and nowhere else by guess.

A translator that saw ⟦0⟧ could not know how it is read: `ls`을 or `ls`를. Behind each seam the form
is chosen by sound. Elsewhere only a double form such as 은(는) is resolved, which is never right
in a finished text.
"""

from __future__ import annotations

import re

from korean_rlhf.hangul import RIEUL
from korean_rlhf.translate.spoken import spoken_final

PAIRS: tuple[tuple[str, str], ...] = (
    ("은", "는"),
    ("이", "가"),
    ("을", "를"),
    ("과", "와"),
    ("으로", "로"),
    ("으로서", "로서"),
    ("으로써", "로써"),
    ("으로부터", "로부터"),
    ("이나", "나"),
    ("이란", "란"),
    ("이라", "라"),
    ("이라고", "라고"),
    ("이라는", "라는"),
    ("이라면", "라면"),
    ("이며", "며"),
    ("이든", "든"),
    ("이든지", "든지"),
    ("이랑", "랑"),
    ("이에요", "예요"),
    ("이었다", "였다"),
    ("이었어요", "였어요"),
    ("이었습니다", "였습니다"),
)
"""(after a consonant, after a vowel)."""

_FORMS = {form: pair for pair in PAIRS for form in pair}
_CLOSING = r"[\"'”’)\]〉》」』*_]*"
# Behind 으로, 과 and the like another particle may stand: 로는, 와의.
_TAIL = r"(?=(?:는|도|만|의|까지|부터|조차|라도)?(?![가-힣]))"
_FORM = re.compile(f"({_CLOSING})({'|'.join(sorted(_FORMS, key=len, reverse=True))}){_TAIL}")
_DOUBLE = {
    **{f"{one}({two})": pair for pair in PAIRS[:4] for one, two in (pair, pair[::-1])},
    **{f"{one}/{two}": pair for pair in PAIRS[:4] for one, two in (pair, pair[::-1])},
    **{f"({pair[0][0]}){pair[1]}": pair for pair in PAIRS[4:] if pair[0] == pair[0][0] + pair[1]},
}
_DOUBLES = "|".join(sorted(map(re.escape, _DOUBLE), key=len, reverse=True))
_AFTER_SPAN = re.compile(f"({_CLOSING})({_DOUBLES})")
_AFTER_WORD = re.compile(f"([가-힣A-Za-z0-9%]+)({_CLOSING})({_DOUBLES})(?![가-힣])")


def repair(text: str, seams: tuple[tuple[int, int], ...]) -> str:
    """Return `text` with the particle behind each seam in the form that fits the span.

    `seams` are the start and end of each restored span. A span whose sound nobody knows, such as
    {name}, keeps what the translator wrote.

    >>> repair("`ls`을 실행하세요.", ((0, 4),))
    '`ls`를 실행하세요.'
    """
    parts, place = [], 0
    for start, end in seams:
        parts.append(_resolve_doubles(text[place:start]))
        span = text[start:end]
        fixed, place = _behind(text, end, spoken_final(span))
        parts.append(span + fixed)
    return "".join([*parts, _resolve_doubles(text[place:])])


def choose(pair: tuple[str, str], final: int) -> str:
    """Return the form of `pair` that follows a sound with this final."""
    consonant, vowel = pair
    if final == RIEUL and consonant.startswith("으로"):
        return vowel
    return consonant if final else vowel


def _behind(text: str, end: int, final: int | None) -> tuple[str, int]:
    """Return the repaired particle at `end` with the closing marks before it, and where it ends."""
    if final is None:
        kept = _AFTER_SPAN.match(text, end)  # 은(는) is all that can be said behind {name}
        return (kept[0], kept.end()) if kept else ("", end)
    double = _AFTER_SPAN.match(text, end)
    if double:
        return double[1] + choose(_DOUBLE[double[2]], final), double.end()
    form = _FORM.match(text, end)
    if form:
        return form[1] + choose(_FORMS[form[2]], final), form.end()
    return "", end


def _resolve_doubles(text: str) -> str:
    def resolve(found: re.Match[str]) -> str:
        word, closing, double = found.groups()
        final = spoken_final(word)
        return found[0] if final is None else word + closing + choose(_DOUBLE[double], final)

    return _AFTER_WORD.sub(resolve, text)
