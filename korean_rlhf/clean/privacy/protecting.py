"""Mask, replace or drop: what is done with the personal data of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from korean_rlhf.clean.privacy.finding import find
from korean_rlhf.clean.privacy.kinds import MARKS, Finding
from korean_rlhf.clean.privacy.replacing import is_nobodys, replacement
from korean_rlhf.records import Document, Drop
from korean_rlhf.settings.clean import DEFAULT_PRIVACY_KINDS, CleanSettings, PrivacyKind


def mask(text: str, kinds: Collection[PrivacyKind] = DEFAULT_PRIVACY_KINDS) -> str:
    """Return `text` with personal data replaced by its kind: "<전화번호>".

    >>> mask("문의: 010-1234-5678, 2024-05-21, ISBN 978-89-01-23456-7")
    '문의: <전화번호>, 2024-05-21, ISBN 978-89-01-23456-7'
    """
    return _rewrite(text, find(text, kinds), lambda value, kind: f"<{MARKS[kind]}>")


def replace_values(
    text: str, key: str, kinds: Collection[PrivacyKind] = DEFAULT_PRIVACY_KINDS
) -> str:
    """Return `text` with personal data replaced by values of the same form that are nobody's.

    >>> replace_values("문의: 010-1234-5678", key="0")
    '문의: 010-0135-7460'
    """
    return _rewrite(text, find(text, kinds), lambda value, kind: replacement(value, kind, key))


def protect(document: Document, settings: CleanSettings) -> Document | Drop:
    """Return a document without the personal data of the chosen kinds, by the chosen mode."""
    counts = count(document, settings)
    if not counts:
        return document
    if settings.privacy_mode == "drop":
        return Drop("personal-data", ", ".join(f"{kind} {n}" for kind, n in counts.most_common()))
    kinds, key = settings.privacy_kinds, f"{settings.privacy_seed}\0{document.id}"
    if settings.privacy_mode == "mask":
        return replace(document, text=mask(document.text, kinds), title=mask(document.title, kinds))
    return replace(
        document,
        text=replace_values(document.text, key, kinds),
        title=replace_values(document.title, key, kinds),
    )


def count(document: Document, settings: CleanSettings) -> Counter[str]:
    """Return how many values of each kind `protect` will take out of a document, by their marks."""
    return Counter(
        MARKS[kind]
        for text in (document.text, document.title)
        for start, end, kind in find(text, settings.privacy_kinds)
        if settings.privacy_mode != "replace" or not is_nobodys(text[start:end], kind)
    )


def _rewrite(
    text: str, findings: Iterable[Finding], write: Callable[[str, PrivacyKind], str]
) -> str:
    parts: list[str] = []
    position = 0
    for start, end, kind in findings:
        parts += [text[position:start], write(text[start:end], kind)]
        position = end
    return "".join([*parts, text[position:]]) if parts else text
