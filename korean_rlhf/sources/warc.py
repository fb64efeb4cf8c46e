"""Web archives (WARC): the HTML pages in them as raw documents."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from korean_rlhf.doors import is_challenge
from korean_rlhf.errors import BadInput, MissingInput
from korean_rlhf.records import Document, Drop
from korean_rlhf.settings.crawl import SourceSettings
from korean_rlhf.sources.addresses import Addresses, Place
from korean_rlhf.sources.contentcoding import CODINGS, unpacked
from korean_rlhf.sources.pagefacts import decode_page, page_facts
from korean_rlhf.sources.reading import Dropped

NAME = "warc"
WARC_BEGINS, GZIP = b"WARC/", b"\x1f\x8b"
HTML = ("text/html", "application/xhtml+xml")
UNREAD = {
    "resource": "resource-record",
    "revisit": "revisit-record",
    "conversion": "conversion-record",
}
"""Records that stand for pages and are not read as such -> reason: files without an answer, answers
equal to an earlier one, texts taken out of pages."""
MOST_OPEN = 64
"""Files of an archive kept open at a time."""
MOST_BYTES = 32 * 1024 * 1024
"""A page longer than this, unpacked, is no text for people."""


def read_warc(
    path: Path, settings: SourceSettings, *, blocked: Collection[str] = ()
) -> Iterator[Document | Dropped]:
    """Yield the pages in a .warc[.gz] file or a folder of them, ordered by address.

    The order of the archive is that of the network; by address, two crawls of the same pages give
    the same documents. Of a page fetched more than once the last is taken. The archive is read
    twice; its addresses are sorted on disk.

    Args:
        path: The archive; a record torn at its end is dropped, not an error.
        settings: Licence and source name.
        blocked: Addresses whose answer was no page, as the crawl log has them.

    Raises:
        MissingInput: there is no WARC file.
        BadInput: a file is no WARC.
    """
    files = warc_files(path)
    with closing(Addresses()) as addresses:
        for number, file in enumerate(files):
            yield from _noted(number, file, addresses, settings)
        with _OpenFiles(files) as opened:
            for place in addresses.ordered():
                if place.is_last:
                    yield _page(opened, place, settings, place.url in blocked)
                else:
                    yield Dropped(
                        _empty(place.url, settings), Drop("fetched-again", f"{place.offset}")
                    )


def _noted(
    number: int, file: Path, addresses: Addresses, settings: SourceSettings
) -> Iterator[Dropped]:
    """Note where the answers in a file are, and yield the records of pages that are not read."""
    for offset, record in records(file):
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        if record.rec_type in UNREAD:
            yield Dropped(_empty(url, settings), Drop(UNREAD[record.rec_type], f"{offset}"))
        elif record.rec_type == "response" and urlsplit(url).path != "/robots.txt":
            addresses.add(url, number, offset)  # robots.txt is no page, and read anew by every run


def warc_files(path: Path) -> list[Path]:
    """Return the WARC files that `path` stands for."""
    if path.is_file():
        return [path]
    found = sorted(file for file in path.glob("**/*.warc*") if file.suffix in (".warc", ".gz"))
    if not found:
        raise MissingInput(path)
    return found


def records(file: Path) -> Iterator[tuple[int, Any]]:
    """Yield (byte offset, warcio record) of a file.

    Raises:
        BadInput: it is no WARC, or is torn other than at its end.
    """
    with file.open("rb") as stream:
        _require_warc(file, stream)
        stream.seek(0)
        yield from _records(file, stream, 0)


def _records(file: Path, stream: BinaryIO, place: int) -> Iterator[tuple[int, Any]]:
    """Yield the records from where `stream` stands, byte `place` of `file`."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.statusandheaders import StatusAndHeadersParserException

    try:
        found = ArchiveIterator(stream)
        for record in found:
            place = found.offset
            yield place, record
    except (ArchiveLoadFailed, StatusAndHeadersParserException, zlib.error):
        raise BadInput(
            f"{file}: torn, or no WARC, after the record at byte {place}. Fetch it again."
        ) from None


def _require_warc(file: Path, stream: BinaryIO) -> None:
    """Refuse any other kind of file: warcio would take each of its lines for an old ARC record."""
    start = stream.read(1 << 12)
    if start.startswith(GZIP):
        start = zlib.decompressobj(wbits=31).decompress(start, len(WARC_BEGINS))
    if start and not start.startswith(WARC_BEGINS):
        raise BadInput(f"{file}: no WARC. Give .warc or .warc.gz files.")


class _OpenFiles:
    """The files of an archive, those used last kept open: by address, pages come from all."""

    def __init__(self, files: list[Path]) -> None:
        self.files = files
        self._open: OrderedDict[int, BinaryIO] = OrderedDict()

    def __enter__(self) -> _OpenFiles:
        return self

    def __exit__(self, *error: object) -> None:
        for stream in self._open.values():
            stream.close()

    def at(self, number: int, offset: int) -> BinaryIO:
        """Return the file of that number at that byte."""
        stream = self._open.pop(number, None) or self.files[number].open("rb")
        self._open[number] = stream
        if len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        stream.seek(offset)
        return stream


def _page(
    opened: _OpenFiles, place: Place, settings: SourceSettings, blocked: bool
) -> Document | Dropped:
    file = opened.files[place.file]
    _, record = next(_records(file, opened.at(place.file, place.offset), place.offset))
    return _judged(record, f"{file.name} at byte {place.offset}", settings, blocked)


def _judged(record: Any, place: str, settings: SourceSettings, blocked: bool) -> Document | Dropped:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    empty = _empty(url, settings)
    if blocked:
        return Dropped(empty, Drop("blocked"))
    status = record.http_headers.get_statuscode() if record.http_headers else "000"
    if status != "200":
        return Dropped(empty, Drop(f"http-{status}"))
    kind = _header(record, "Content-Type")
    if not kind.lower().lstrip().startswith(HTML):
        return Dropped(empty, Drop("not-html", kind))
    body = _body(record, place)
    if isinstance(body, Drop):
        return Dropped(empty, body)
    return _document(body, record, empty)


def _header(record: Any, name: str) -> str:
    return str(record.http_headers.get_header(name) or "")


def _body(record: Any, place: str) -> bytes | Drop:
    """Return the page in a record, unpacked, or why there is none."""
    coding = _header(record, "Content-Encoding").strip().lower()
    if coding not in CODINGS:
        return Drop("unknown-content-encoding", coding)
    is_chunked = _header(record, "Transfer-Encoding").strip().lower() == "chunked"
    pieces, size = [], 0
    try:
        for piece in unpacked(record.raw_stream, coding, is_chunked=is_chunked):
            pieces.append(piece)
            size += len(piece)
            if size > MOST_BYTES:
                return Drop("too-large", f"over {MOST_BYTES} bytes, {place}")
    except Exception as problem:  # of zlib, brotli and warcio's chunks, each with kinds of its own
        return Drop("torn-record", f"{place}: {problem}")
    if record.raw_stream.limit:  # bytes that its header promises and the file does not hold
        return Drop("torn-record", place)
    return b"".join(pieces)


def _document(body: bytes, record: Any, empty: Document) -> Document | Dropped:
    decoded = decode_page(body, _header(record, "Content-Type"))
    if decoded is None:
        return Dropped(empty, Drop("unreadable-encoding"))
    text, _ = decoded
    if not text.strip():
        return Dropped(empty, Drop("empty"))
    facts = page_facts(text)
    if is_challenge(_header(record, "cf-mitigated"), body, facts.title):
        return Dropped(replace(empty, title=facts.title), Drop("blocked", "challenge"))
    return replace(
        empty,
        text=text,
        title=facts.title,
        license=facts.license or empty.license,
        fetched_at=record.rec_headers.get_header("WARC-Date") or "",
    )


def _empty(url: str, settings: SourceSettings) -> Document:
    source = settings.source or NAME
    place = url.partition("://")[2] or url
    facts = {"source": source, "url": url, "license": settings.license}
    return Document(id=f"{source}:{place}", text="", format="html", **facts)
