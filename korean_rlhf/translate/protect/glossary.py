"""Names and terms with one Korean form, or none: they travel masked and come back in that form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from korean_rlhf import tables
from korean_rlhf.errors import BadInput, BadRecord, MissingInput

KEEP = "keep"
"""In place of a Korean form: the term stays as it is written."""
_WORD = re.compile(r"[^\W_가-힣]+|[가-힣]+|_")
_IN_WORD = re.compile(r"[^\W가-힣]{2}")
"""Two characters of one word; a Korean particle behind a name is another."""


class Glossary:
    """Terms and their Korean forms.

    The longest term wins. A term ends and begins at a border of words. A term with a capital
    letter is found as it is written; one without is found with a capital at its beginning too. The
    plural of its last word counts as the term: "reward models" for "reward model".
    """

    def __init__(self, entries: Iterable[tuple[str, str | None]]) -> None:
        """`entries` are (term, Korean form); None keeps the term."""
        self._by_word: dict[str, list[tuple[int, re.Pattern[str], str | None]]] = {}
        for term, korean in sorted(entries, key=lambda entry: -len(entry[0])):
            first = _WORD.search(term)
            if not first:
                raise ValueError(f"{term!r} has no letter")
            where = self._by_word.setdefault(first[0].casefold(), [])
            where.append((first.start(), _pattern(term), korean))

    def find(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, str | None]]:
        """Yield start, end and Korean form of each term in a stretch of `text`."""
        place = start
        while word := _WORD.search(text, place, end):
            place = word.end()
            for beginning in _beginnings(word[0]):
                found = self._match(text, start, word.start(), end, beginning)
                if found:
                    yield found
                    place = start = found[1]
                    break

    def _match(
        self, text: str, start: int, word: int, end: int, beginning: str
    ) -> tuple[int, int, str | None] | None:
        for signs, pattern, korean in self._by_word.get(beginning, ()):
            place = word - signs  # ".NET" begins before its first word
            found = pattern.match(text, place, end) if place >= start else None
            if found and not _joined(text, place - 1) and not _joined(text, found.end() - 1):
                return place, found.end(), korean
        return None


def read_glossary(path: Path) -> Glossary:
    """Return the glossary in a file; read again only when the file changes.

    TSV: a term, a tab, its Korean form or "keep"; lines that begin with # are comments. JSONL:
    {"term": ..., "korean": ...} or {"term": ..., "keep": true}.

    Raises:
        MissingInput: there is no such file.
        BadRecord: a line is no entry, or gives a term a second form.
    """
    if not path.is_file():
        raise MissingInput(path)
    state = path.stat()
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int, _size: int) -> Glossary:
    known: dict[str, str | None] = {}
    for number, term, korean in _rows(path):
        if not term or not _WORD.search(term):
            raise BadRecord(path, number, "an entry needs a term with a letter or digit.")
        if not korean:
            raise BadRecord(path, number, f"{term!r} needs a Korean form, or 'keep'.")
        form = None if korean == KEEP else korean
        if known.setdefault(term, form) != form:
            raise BadRecord(
                path, number, f"{term!r} has another form further up; keep one of them."
            )
    return Glossary(known.items())


def _rows(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield line number, term and form of each entry, in NFC."""
    if path.suffix == ".jsonl":
        for number, row in tables.rows(path):
            korean = KEEP if row.get("keep") is True else row.get("korean")
            yield number, _clean(row.get("term")), _clean(korean)
        return
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise BadInput(
            f"{path} is not UTF-8. Save it as UTF-8, tabs between the columns."
        ) from None
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            term, _, korean = line.partition("\t")
            yield number, _clean(term), _clean(korean)


def _clean(value: object) -> str:
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""


def _pattern(term: str) -> re.Pattern[str]:
    """Return what finds `term`, over any space between its words, in the plural too."""
    body = r"\s+".join(re.escape(word) for word in term.split())
    if term == term.lower() and term[0].isalpha():
        body = f"(?i:{body[0]}){body[1:]}"
    if not term[-1:].isalpha() or not term.isascii():
        return re.compile(body)
    if re.search(r"[^aeiouAEIOU]y$", term):
        return re.compile(f"{body[:-1]}(?:y|ies)")
    ending = "(?:es)?" if re.search(r"(?:s|x|z|ch|sh)$", term) else "s?"
    return re.compile(body + ending)


def _beginnings(word: str) -> tuple[str, ...]:
    """Return under which words a term that begins with `word`, maybe a plural, may be listed."""
    low = word.casefold()
    plurals = {low.removesuffix("s"), low.removesuffix("es"), f"{low.removesuffix('ies')}y"}
    return (low, *sorted(plurals - {low}, key=len, reverse=True))


def _joined(text: str, left: int) -> bool:
    """Whether the characters at `left` and behind it belong to one word."""
    return left >= 0 and bool(_IN_WORD.match(text, left))
