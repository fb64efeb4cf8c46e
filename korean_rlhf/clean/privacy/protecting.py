"""Mask, replace or drop: what is done with the personal data of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import TypeAlias

from korean_rlhf.clean.privacy.finding import find
from korean_rlhf.clean.privacy.kinds import MARKS, Finding
from korean_rlhf.clean.privacy.replacing import is_nobodys, replacement
from korean_rlhf.records import Document, Drop
from korean_rlhf.settings.clean import DEFAULT_PRIVACY_KINDS, CleanSettings, PrivacyKind

Write: TypeAlias = Callable[[str, PrivacyKind], str]


def mask(text: str, kinds: Collection[PrivacyKind] = DEFAULT_PRIVACY_KINDS) -> str:
    """Return `text` with personal data replaced by its kind: "<전화번호>".

    >>> mask("문의: 010-1234-5678, 2024-05-21, ISBN 978-89-01-23456-7")
    '문의: <전화번호>, 2024-05-21, ISBN 978-89-01-23456-7'
    """
    return _rewrite(text, find(text, kinds), _mark)


def replace_values(
    text: str, key: str, kinds: Collection[PrivacyKind] = DEFAULT_PRIVACY_KINDS
) -> str:
    """Return `text` with personal data replaced by values of the same form that are nobody's.

    >>> replace_values("문의: 010-1234-5678", key="0")
    '문의: 010-0135-7460'
    """
    return _rewrite(text, find(text, kinds), lambda value, kind: replacement(value, kind, key))


def protect(document: Document, settings: CleanSettings) -> tuple[Document | Drop, Counter[str]]:
    """Return a document without the personal data of the chosen kinds, by the chosen mode.

    Beside it stands how many values of each kind were taken out, by their marks: none of a document
    that is dropped.
    """
    in_text, in_title = (_find(text, settings) for text in (document.text, document.title))
    counts = Counter(MARKS[kind] for _, _, kind in (*in_text, *in_title))
    if not counts:
        return document, counts
    if settings.privacy_mode == "drop":
        found = ", ".join(f"{kind} {number}" for kind, number in counts.most_common())
        return Drop("personal-data", found), Counter()
    write = _written(document, settings)
    text = _rewrite(document.text, in_text, write)
    title = _rewrite(document.title, in_title, write)
    return replace(document, text=text, title=title), counts


def _find(text: str, settings: CleanSettings) -> list[Finding]:
    """Return what is to be taken out: values that are nobody's may be replaced ones, and stay."""
    found = find(text, settings.privacy_kinds)
    if settings.privacy_mode != "replace":
        return found
    return [each for each in found if not is_nobodys(text[each.start : each.end], each.kind)]


def _written(document: Document, settings: CleanSettings) -> Write:
    """Return the function that says what is written in the place of a value."""
    if settings.privacy_mode == "mask":
        return _mark
    key = f"{settings.privacy_seed}\0{document.id}"
    return lambda value, kind: replacement(value, kind, key)


def _mark(value: str, kind: PrivacyKind) -> str:
    return f"<{MARKS[kind]}>"


def _rewrite(text: str, findings: Iterable[Finding], write: Write) -> str:
    parts: list[str] = []
    position = 0
    for start, end, kind in findings:
        parts += [text[position:start], write(text[start:end], kind)]
        position = end
    return "".join([*parts, text[position:]]) if parts else text
