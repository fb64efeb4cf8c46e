"""The database dump of NamuWiki (나무위키): one JSON array of pages in namumark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from korean_rlhf.errors import BadInput
from korean_rlhf.records import Document, Drop
from korean_rlhf.settings.crawl import ReadSettings
from korean_rlhf.sources import licenses
from korean_rlhf.sources.reading import TORN, Dropped, first_words, open_packed
from korean_rlhf.tables.plain import array_items

NAME = "namu"
REDIRECT = re.compile(r"\s*#(?:redirect|넘겨주기)\b", re.IGNORECASE)
ARTICLES = "0"


def read_namu(path: Path, settings: ReadSettings) -> Iterator[Document | Dropped]:
    """Yield the articles of a NamuWiki dump (.json, also packed), one page in memory at a time.

    Pages outside the main namespace and redirects are dropped with a reason. The dump has no times.

    Raises:
        BadInput: the file is not such an array, or is torn; the message says after which page
            and before which byte.
    """
    import ijson

    read, last = 0, "(no page yet)"
    with open_packed(path) as file:
        try:
            for row in array_items(file):
                document = _document(row, settings)
                read, last = read + 1, document.title
                yield _judged(document, row, settings)
        except (*TORN, ijson.JSONError, ijson.IncompleteJSONError, KeyError, TypeError) as problem:
            place = _place(file)
            raise BadInput(
                f"{path}: torn, or not the JSON array of a NamuWiki dump: {first_words(problem)} "
                f"(after page {read:,}, {last!r}, before byte {place:,} of the unpacked file). "
                "Fetch or unpack it again."
            ) from None


def _place(file: IO[bytes]) -> int:
    """Return how many bytes were read; a block more than the parser came to."""
    try:
        return file.tell()
    except (OSError, ValueError):
        return 0


def _judged(document: Document, row: dict[str, Any], settings: ReadSettings) -> Document | Dropped:
    namespace = str(row.get("namespace", ARTICLES))
    if namespace not in map(str, settings.namespaces):
        return Dropped(document, Drop("other-namespace", namespace))
    if REDIRECT.match(document.text):
        return Dropped(document, Drop("redirect", document.text.partition(" ")[2].strip()))
    if not document.text.strip():
        return Dropped(document, Drop("empty"))
    return document


def _document(row: dict[str, Any], settings: ReadSettings) -> Document:
    title, source = str(row["title"]), settings.source or NAME
    return Document(
        id=f"{source}:{title}",
        text=str(row["text"]),
        title=title,
        source=source,
        url="https://namu.wiki/w/" + quote(title, safe="/:(),!*'~"),
        license=settings.license or licenses.NAMU,
        format="namumark",
    )
