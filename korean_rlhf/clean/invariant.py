"""What normalising must never take away, told from the texts before and after it.

Let the signs of a text be its characters in order but for spaces and what cannot be seen, composed
to NFC, half-width letters full, full-width ones narrow. Normalising keeps this:

1. the syllables and the digits are the same, in the same order;
2. every other sign is there, too, in the same order, but that a run of one jamo or of one mark may
   be shorter, though never gone, and never longer.

HTML entities, full-width signs and halves of surrogate pairs are read as what they stand for, on
both sides. Mojibake is not: a text with some is compared after its mending.
"""

from __future__ import annotations

import html
import itertools
import re
import unicodedata
from typing import NamedTuple

from korean_rlhf.clean.jamo import compose_halfwidth, to_compatibility
from korean_rlhf.hangul import is_syllable

_WIDE = {0xFF01 + place: 0x21 + place for place in range(94)} | dict(
    zip((0xFFE0, 0xFFE1, 0xFFE2, 0xFFE4, 0xFFE5, 0xFFE6), map(ord, "¢£¬¦¥₩"), strict=True)
)
"""Full-width letters, digits and marks, as keyboards of Japan and Korea make them."""
_ENTITY = re.compile(r"&#?\w{2,8};")
_ESCAPE = re.compile(r"\x1b\[[0-9;]*[a-zA-Z]")
"""What colours the text of a terminal."""
_FORMS = re.compile(r"[\uff65-\uff9f]+|[\ufb00-\ufb06]")
"""Half-width katakana and ligatures of Latin letters."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn"})
_FILLERS = dict.fromkeys((0x115F, 0x1160, 0x3164, 0xFFA0), " ") | {0x034F: "", 0x1F: ""}
"""Letters by their category that show nothing."""


class Loss(NamedTuple):
    """What a change of a text did wrong."""

    kind: str
    """syllable, digit or sign."""
    place: int
    """Number of the sign, or of the run for a sign, from 0."""
    before: str
    after: str


def find_loss(before: str, after: str) -> Loss | None:
    """Return the first thing that `after` lost, gained or moved against `before`; None for nothing.

    >>> find_loss("좋아ㅋㅋㅋㅋㅋ  10000원!!!!!!", "좋아ㅋㅋㅋ 10000원!!!")
    >>> find_loss("안녕ㅋㅋㅋㅋ", "안ㅋㅋ")
    Loss(kind='syllable', place=1, before='녕', after='')
    >>> find_loss("10000원", "100원").kind, find_loss("가!?", "가?").kind
    ('digit', 'sign')
    """
    one, two = signs(before), signs(after)
    return (
        _first_difference("syllable", *(list(filter(is_syllable, text)) for text in (one, two)))
        or _first_difference("digit", *(list(filter(str.isdigit, text)) for text in (one, two)))
        or _first_lost_run(one, two)
    )


def signs(text: str) -> str:
    """Return the characters that can be seen, in one form each.

    >>> signs(" 가\u200b나\u1112\u1161\u11ab ＡＢ　ㅋ &amp;")
    '가나한ABㅋ&'
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    while (plain := _ENTITY.sub(lambda found: html.unescape(found[0]), text)) != text:
        text = plain
    text = _ESCAPE.sub("", compose_halfwidth(text)).translate(_WIDE)
    text = _FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = "".join(filter(_shows_or_parts, text.translate(_FILLERS)))
    return "".join(to_compatibility(unicodedata.normalize("NFC", text)).split())


def _shows_or_parts(char: str) -> bool:
    """Whether a character is seen or is a space, which keeps jamo from composing."""
    return char.isspace() or unicodedata.category(char) not in _UNSEEN


def may_be_shortened(char: str) -> bool:
    """Whether a run of `char` may become shorter: a jamo, a punctuation mark or a symbol.

    >>> [may_be_shortened(char) for char in "ㅋ!♡가1a"]
    [True, True, True, False, False, False]
    """
    return "\u3131" <= char <= "\u318e" or unicodedata.category(char)[0] in "PS"


def _first_difference(kind: str, one: list[str], two: list[str]) -> Loss | None:
    for place, (before, after) in enumerate(itertools.zip_longest(one, two, fillvalue="")):
        if before != after:
            return Loss(kind, place, before, after)
    return None


def _first_lost_run(one: str, two: str) -> Loss | None:
    pairs = itertools.zip_longest(_runs(one), _runs(two), fillvalue="")
    for place, (before, after) in enumerate(pairs):
        if before[:1] != after[:1] or (
            before != after and not (len(after) < len(before) and may_be_shortened(before[0]))
        ):
            return Loss("sign", place, before, after)
    return None


def _runs(text: str) -> list[str]:
    return ["".join(run) for _, run in itertools.groupby(text)]
