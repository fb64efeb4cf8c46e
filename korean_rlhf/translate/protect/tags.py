"""The masked text as XML, for engines that leave tags alone: ⟦0⟧ becomes <x id="0"/>."""

from __future__ import annotations

import re

from korean_rlhf.records import Drop
from korean_rlhf.translate.protect.marks import MARK

_QUOTE = r"(?:[\"'“”‘’]|&quot;|&apos;|&#0?3[49];|\\\")?"
_LESS, _MORE = r"(?:<|&lt;)", r"(?:>|&gt;)"
_TAG = re.compile(
    rf"{_LESS}\s*+x\s++id\s*+=\s*+{_QUOTE}\s*+(\d{{1,9}})\s*+{_QUOTE}\s*+/?\s*+{_MORE}"
    rf"(?:\s*+{_LESS}\s*+/\s*+x\s*+{_MORE})?",
    re.IGNORECASE,
)
_TORN = re.compile(rf"{_LESS}\s*+x\s++id\b|<\s*+/\s*+x\s*+>|&lt;\s*+/\s*+x\s*+&gt;", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": "\u00a0"}


def to_tags(masked: str) -> str:
    """Return a masked text as XML.

    >>> to_tags("a < b in ⟦0⟧")
    'a &lt; b in <x id="0"/>'
    """
    escaped = masked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return MARK.sub(r'<x id="\1"/>', escaped)


def from_tags(answer: str) -> str | Drop:
    """Return the masked text of an answer in XML.

    Engines write <x id="0"></x>, use other quotation marks, or escape a tag as if it were text.
    Every entity of the source itself is a span, so each that is left stands for its character.

    >>> from_tags("<x id='0'></x>에서 a &lt; b")
    '⟦0⟧에서 a < b'
    """
    parts = _TAG.split(answer)
    if any(_TORN.search(part) for part in parts[::2]):
        return Drop("placeholder-invented", "a tag <x> that is torn or stands around words")
    plain = [_ENTITY.sub(_character, part) for part in parts[::2]]
    marks = [f"⟦{int(number)}⟧" for number in parts[1::2]]
    return "".join(text for pair in zip(plain, [*marks, ""], strict=True) for text in pair)


def _character(entity: re.Match[str]) -> str:
    name, decimal, hexadecimal = entity.groups()
    if name:
        return _NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    valid = 0 < number < 0x110000 and not 0xD800 <= number < 0xE000
    return chr(number) if valid else entity[0]
