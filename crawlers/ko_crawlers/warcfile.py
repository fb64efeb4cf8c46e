"""WARC files that survive a kill: append whole records, cut a torn tail, read one back."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

ROLL_AT = 1_000_000_000
"""Bytes after which the next file is begun, as the WARC guidelines ask (about 1 GB)."""
CHUNK = 65_536
HEAD = 16_384
"""Bytes at the start of a record that hold all of its WARC headers."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the response to it, as they went over the wire."""

    url: str
    fetched_at: str
    """RFC 3339, UTC, whole seconds."""
    request_line: str
    request_headers: list[tuple[str, str]]
    request_body: bytes
    status_line: str
    """Without the protocol, e.g. "200 OK"."""
    protocol: str
    headers: list[tuple[str, str]]
    body: bytes
    ip_address: str = ""


@dataclass(slots=True)
class WarcFolder:
    """The WARC files of one crawl, and where in them each page is.

    Every record is its own gzip member and is flushed at once, so a process that is killed tears
    at most the last one; `open` cuts that off.
    """

    folder: Path
    software: str
    places: dict[str, tuple[Path, int]] = field(default_factory=dict)
    """Response records: URL -> file and byte offset; the last one, if a page was fetched twice."""
    _file: IO[bytes] | None = None
    _path: Path = Path()
    _torn: bool = False
    """A record could not be written whole: nothing may follow it before `open` cuts it off."""

    def open(self) -> None:
        """Read what is there, cut a torn tail, and get ready to append."""
        self._torn = False
        self.folder.mkdir(parents=True, exist_ok=True)
        files = sorted(self.folder.glob("*.warc.gz"))
        for path in files:
            whole = 0
            for start, end, head in whole_members(path):
                whole = end
                fields = warc_fields(head)
                if fields.get("warc-type") == "response":
                    self.places[fields.get("warc-target-uri", "")] = (path, start)
            if whole < path.stat().st_size:
                with path.open("r+b") as torn:
                    torn.truncate(whole)
        self._begin(files[-1] if files else self._name(0))

    def append(self, exchange: Exchange) -> None:
        """Write the response, then the request, and hand both to the system at once.

        Raises:
            OSError: the disk is full, or was for an earlier record.
        """
        if self._torn:
            raise OSError("an earlier record is torn")
        self._torn = True
        self._append(exchange)
        self._torn = False

    def _append(self, exchange: Exchange) -> None:
        if self._file is None:
            raise ValueError("the folder is not open")
        if self._file.tell() > ROLL_AT:
            self._file.close()
            self._begin(self._name(len(list(self.folder.glob("*.warc.gz")))))
        start = self._file.tell()
        writer = WARCWriter(self._file, gzip=True)
        response = _response_record(writer, exchange)
        writer.write_record(response)
        self._file.flush()
        self.places[exchange.url] = (self._path, start)
        writer.write_record(_request_record(writer, exchange, response.rec_headers))
        self._file.flush()

    def read(self, url: str) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return status, headers and body of an archived page, the body still packed."""
        path, offset = self.places[url]
        with path.open("rb") as file:
            file.seek(offset)
            record = next(iter(ArchiveIterator(file)))
            body = record.raw_stream.read()
            return int(record.http_headers.get_statuscode()), record.http_headers.headers, body

    def close(self) -> None:
        """Close the file; the folder can be opened again."""
        if self._file is not None:
            with contextlib.suppress(OSError) if self._torn else contextlib.nullcontext():
                self._file.close()
            self._file = None

    def _name(self, number: int) -> Path:
        return self.folder / f"crawl-{number:05d}.warc.gz"

    def _begin(self, path: Path) -> None:
        self._path = path
        self._file = path.open("ab")
        if self._file.tell() == 0:
            writer = WARCWriter(self._file, gzip=True)
            facts = {"software": self.software, "format": "WARC File Format 1.1", "robots": "obey"}
            writer.write_record(writer.create_warcinfo_record(path.name, facts))
            self._file.flush()


def whole_members(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Yield start, end and first bytes of each gzip member that is there to its last byte."""
    with path.open("rb") as file:
        start = 0
        while (member := _read_member(file, start)) is not None:
            end, head = member
            yield start, end, head
            start = end


def warc_fields(head: bytes) -> dict[str, str]:
    """Return the WARC headers of a record by lower-case name."""
    lines = head.split(b"\r\n\r\n", 1)[0].decode(errors="replace").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _read_member(file: IO[bytes], start: int) -> tuple[int, bytes] | None:
    """Return the end and the first bytes of the member at `start`; None if it is torn."""
    file.seek(start)
    unpack, head = zlib.decompressobj(wbits=31), b""
    while not unpack.eof:
        chunk = file.read(CHUNK)
        if not chunk:
            return None
        try:
            text = unpack.decompress(chunk)
        except zlib.error:
            return None
        head += text[: HEAD - len(head)]
    return file.tell() - len(unpack.unused_data), head


def _response_record(writer: WARCWriter, exchange: Exchange) -> object:
    headers = StatusAndHeaders(exchange.status_line, exchange.headers, exchange.protocol)
    warc_headers = {"WARC-Date": exchange.fetched_at}
    if exchange.ip_address:
        warc_headers["WARC-IP-Address"] = exchange.ip_address
    return writer.create_warc_record(
        exchange.url,
        "response",
        payload=BytesIO(exchange.body),
        length=len(exchange.body),
        http_headers=headers,
        warc_headers_dict=warc_headers,
    )


def _request_record(writer: WARCWriter, exchange: Exchange, response: Mapping[str, str]) -> object:
    record_id = response.get_header("WARC-Record-ID")
    headers = StatusAndHeaders(
        exchange.request_line, exchange.request_headers, is_http_request=True
    )
    return writer.create_warc_record(
        exchange.url,
        "request",
        payload=BytesIO(exchange.request_body),
        length=len(exchange.request_body),
        http_headers=headers,
        warc_headers_dict={"WARC-Date": exchange.fetched_at, "WARC-Concurrent-To": record_id},
    )
