"""What no text of a prompt may hold: broken letters, both forms of a josa, stray blanks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

CONJOINING = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")
BOTH_FORMS = re.compile(
    r"은\(는\)|는\(은\)|이\(가\)|가\(이\)|을\(를\)|를\(을\)|와\(과\)|과\(와\)|\(으\)로"
)
CODE = re.compile(r"```.*?```", re.DOTALL)
INVISIBLE = ("Cc", "Cf", "Co", "Cn")
"""Categories of control, format, private and unassigned characters."""


def faults(text: str) -> Iterator[tuple[str, str]]:
    r"""Yield (the piece that is wrong, what is wrong) of `text`, each kind of fault once.

    >>> list(faults("사과은(는) 맛있다"))
    [('은(는)', 'both forms of a josa: write the one that fits the word before it')]
    >>> [piece for piece, _ in faults("가\ufffd나")]
    ['\ufffd']
    """
    if not unicodedata.is_normalized("NFC", text):
        yield _first_decomposed(text), "not NFC: compose its letters (unicodedata.normalize)"
    elif found := CONJOINING.search(text):
        yield found[0], f"a jamo that is no letter of its own (U+{ord(found[0]):04X})"
    if "\ufffd" in text:
        yield "\ufffd", "U+FFFD, which stands where a letter was lost: write the letter"
    invisible = next(filter(_is_invisible, CODE.sub("", text)), None)
    if invisible is not None:
        yield invisible, f"an invisible character (U+{ord(invisible):04X}): take it out"
    if found := BOTH_FORMS.search(text):
        yield found[0], "both forms of a josa: write the one that fits the word before it"


def loose_blanks(text: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the blanks of a message: around it, or too many in it."""
    if text.strip() == "":
        yield text, "an empty text"
        return
    if text != text.strip():
        yield text, "blanks at the begin or the end of a text"
    if "  \n" in text:
        yield "  \n", "blanks at the end of a line"
    if "\n\n\n" in CODE.sub("코드", text):
        yield "\n\n\n", "more than one empty line"


def _is_invisible(char: str) -> bool:
    return char != "\n" and unicodedata.category(char) in INVISIBLE


def _first_decomposed(text: str) -> str:
    """Return the first word of `text` that NFC would change."""
    words = re.findall(r"\S+", text)
    return next((word for word in words if not unicodedata.is_normalized("NFC", word)), text[:1])
