"""Dumps of Wikipedia and other MediaWiki sites (pages-articles.xml): articles as wikitext."""

from __future__ import annotations

import functools
import re
from collections import deque
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlsplit

from korean_rlhf.errors import BadInput
from korean_rlhf.records import Document, Drop
from korean_rlhf.settings.crawl import ReadSettings
from korean_rlhf.sources import licenses
from korean_rlhf.sources.multistream import Range, head_of, in_order, ranges, unpacked
from korean_rlhf.sources.reading import TORN, Bookmark, Dropped, first_words, open_packed

NAME = "wikipedia"
REDIRECT = re.compile(r"\s*#\s*(?:넘겨주기|redirect)\s*:?\s*\[\[", re.IGNORECASE)
"""A redirect leads to a link; without one it is the first item of a list."""
WIKIMEDIA = re.compile(r"(?:^|\.)(?:wikipedia|wiktionary|wikibooks|wikisource|wikiquote)\.org$")


END = b"</mediawiki>"


def read_wikipedia(
    path: Path, settings: ReadSettings, start: int = 0
) -> Iterator[Document | Dropped | Bookmark]:
    """Yield the articles of a MediaWiki export (.xml, also packed), a few pages at a time.

    Redirects and pages outside the wanted namespaces are dropped with a reason. `fetched_at` is the
    time of the revision, as the dump does not say its own. The licence of Wikimedia's own sites is
    known; another site's must be given. A multistream .bz2 is read by several processes, and with a
    bookmark after each range of streams; `start` is such a bookmark.

    Raises:
        BadInput: the file is no MediaWiki export, or is torn; the message says where.
    """
    head = head_of(path) if path.suffix.lower() == ".bz2" and path.is_file() else None
    if head is None:
        with open_packed(path) as file:
            yield from _pages(file, path, settings)
        return
    read = functools.partial(_read_range, path=path, head=head, settings=settings)
    done, size = start, path.stat().st_size
    for part, (found, ends) in in_order(read, ranges(path, start), settings.workers):
        yield from found
        if part.end == size and not ends:
            break  # no bookmark: a second run must find it torn as well
        done = part.end
        yield Bookmark(done)
    if done < size:
        raise BadInput(f"{path}: torn: it ends without {END.decode()}. Fetch it again.")


def _read_range(
    part: Range, path: Path, head: bytes, settings: ReadSettings
) -> tuple[list[Document | Dropped], bool]:
    """Return the pages in a range of streams, and whether the export ends there."""
    xml = unpacked(path, part).rstrip()
    ends = xml.endswith(END)
    file = BytesIO(head + xml + (b"" if ends else END))
    return [*_pages(file, path, settings)], ends


def _pages(file: IO[bytes], path: Path, settings: ReadSettings) -> Iterator[Document | Dropped]:
    import mwxml

    last = "(no page yet)"
    try:
        dump = mwxml.Dump.from_file(file)
        base = (dump.site_info.base or "").rpartition("/")[0] + "/"
        for page in dump.pages:
            last = page.title
            yield _page(page, base, settings)
    # mwxml asserts that the first element is <mediawiki>.
    except (*TORN, mwxml.errors.MalformedXML, AssertionError, SyntaxError) as problem:
        raise BadInput(
            f"{path}: torn or no MediaWiki export: {first_words(problem)} "
            f"(after the page {last!r}). "
            "Fetch it again, or cut it after a </page> and add </mediawiki>."
        ) from None


def _page(page: Any, base: str, settings: ReadSettings) -> Document | Dropped:
    # A history dump has many revisions of a page; the last is the newest.
    revision = next(iter(deque(page, maxlen=1)), None)
    text = (revision.text if revision is not None else None) or ""
    document = _document(page, revision, text, base, settings)
    if page.namespace not in settings.namespaces:
        return Dropped(document, Drop("other-namespace", str(page.namespace)))
    if page.redirect or REDIRECT.match(text):
        return Dropped(document, Drop("redirect", page.redirect or ""))
    model = getattr(revision, "model", None)
    if model not in (None, "wikitext"):
        return Dropped(document, Drop("not-wikitext", model))
    if not text.strip():
        return Dropped(document, Drop("empty"))
    return document


def _document(page: Any, revision: Any, text: str, base: str, settings: ReadSettings) -> Document:
    known = licenses.WIKIMEDIA if WIKIMEDIA.search(urlsplit(base).hostname or "") else ""
    source = settings.source or NAME
    stamp = getattr(revision, "timestamp", None)
    return Document(
        id=f"{source}:{page.id}",
        text=text,
        title=page.title,
        source=source,
        url=base + quote(page.title.replace(" ", "_"), safe="/:(),!*'~"),
        license=settings.license or known,
        fetched_at=stamp.long_format() if stamp is not None else "",
        format="wikitext",
    )
