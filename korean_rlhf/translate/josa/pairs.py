"""The particles and forms of 이다 that change with the sound before them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from korean_rlhf.hangul import RIEUL

PAIRS: tuple[tuple[str, str], ...] = (
    ("은", "는"),
    ("이", "가"),
    ("을", "를"),
    ("과", "와"),
    ("으로", "로"),
    ("으로서", "로서"),
    ("으로써", "로써"),
    ("으로부터", "로부터"),
    ("은커녕", "는커녕"),
    ("이나", "나"),
    ("이나마", "나마"),
    ("이란", "란"),
    ("이라", "라"),
    ("이라고", "라고"),
    ("이라는", "라는"),
    ("이라면", "라면"),
    ("이라도", "라도"),
    ("이라서", "라서"),
    ("이야말로", "야말로"),
    ("이며", "며"),
    ("이든", "든"),
    ("이든지", "든지"),
    ("이랑", "랑"),
    ("이다", "다"),
    ("이고", "고"),
    ("이지만", "지만"),
    ("이므로", "므로"),
    ("이니까", "니까"),
    ("이에요", "예요"),
    ("이었다", "였다"),
    ("이었고", "였고"),
    ("이었던", "였던"),
    ("이었지만", "였지만"),
    ("이었으며", "였으며"),
    ("이었어요", "였어요"),
    ("이었습니다", "였습니다"),
    ("이야", "야"),
)
"""(after a consonant, after a vowel)."""
CALL = ("아", "야")
"""Behind a name that is called; 야 alone may be 이다 as well: JSON이야."""

OPTIONAL = frozenset(
    "이며 이다 이고 이지만 이므로 이니까 이라 이라고 이라는 이라면 이라서 이라도 이란 이든 이든지"
    " 이었다 이었고 이었던 이었지만 이었으며 이었어요 이었습니다 이나마".split()
)
"""Right behind a vowel as well: their 이 is the copula, which may stay (사과이며, 사과며)."""
_KEPT = frozenset({"이다", "이고", "이지만", "이므로", "이니까"})
"""Forms that lose their 이 in speech only: never shortened."""
_NOT_MADE = frozenset({"다", "고", "지만", "므로", "니까"})
"""Too like other words to be lengthened where no mark stood before: 고 is a school in KB고."""

DOUBLE = {
    **{f"{one}({two})": pair for pair in PAIRS[:4] for one, two in (pair, pair[::-1])},
    **{f"{one}/{two}": pair for pair in PAIRS[:4] for one, two in (pair, pair[::-1])},
    **{f"({pair[0][0]}){pair[1]}": pair for pair in PAIRS[4:] if pair[0] == pair[0][0] + pair[1]},
    "아(야)": CALL,
    "야(아)": CALL,
    "이에요/예요": ("이에요", "예요"),
    "예요/이에요": ("이에요", "예요"),
    "으로/로": ("으로", "로"),
    "로/으로": ("으로", "로"),
    "으로(로)": ("으로", "로"),
    "로(으로)": ("으로", "로"),
}
"""How a writer who does not know the word before leaves both forms standing."""

_FORMS = {form: pair for pair in PAIRS for form in pair} | {"아": CALL}


def alternation(forms: Sequence[str]) -> str:
    """Return a regular expression for any of `forms`, the longest first."""
    return "|".join(sorted(map(re.escape, forms), key=len, reverse=True))


FORM = alternation(tuple(_FORMS))
"""Any form of any pair."""


def choose(pair: tuple[str, str], final: int) -> str:
    """Return the form of `pair` that follows a sound with this final.

    >>> choose(("으로", "로"), 8), choose(("을", "를"), 8)
    ('로', '을')
    """
    consonant, vowel = pair
    if final == RIEUL and consonant.startswith("으로"):
        return vowel
    return consonant if final else vowel


def fitting(form: str, finals: Sequence[int], *, strict: bool) -> str:
    """Return `form`, or the other form of its pair if none of `finals` allows it.

    Not `strict`, the forms of 이다 that a careful writer may use either way are left alone.

    >>> fitting("를", (4,), strict=False), fitting("이며", (0,), strict=False)
    ('을', '이며')
    """
    pair = _FORMS[form]
    wanted = [choose(pair, final) for final in finals]
    if form in wanted or (form in _KEPT and wanted[0] == pair[1]):
        return form
    if not strict and (form in OPTIONAL or form in _NOT_MADE):
        return form
    return wanted[0]
