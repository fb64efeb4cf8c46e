"""A .bz2 file of many streams, as Wikimedia publishes its dumps: read side by side, in order.

The first stream holds the head of the XML, each other one some whole pages, the last the end tag.
Streams begin at whole bytes with a signature of 80 bits, so that finding it is finding one; that
each ends where the next begins is checked when it is unpacked.
"""

from __future__ import annotations

import bz2
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple, TypeVar

from korean_rlhf.engine import death_named, process_pool
from korean_rlhf.errors import BadInput

Result = TypeVar("Result")

SIGNATURE = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
"""Head of a stream and of its first block, or of the end of a stream without blocks."""
SIGNATURE_BYTES = 10
SCANNED = 1 << 20
"""Bytes looked at at a time."""
HEAD_BYTES = 1 << 20
"""A first stream longer than this, packed, is no head: the file is one stream."""
RANGE_BYTES = 512 * 1024
"""Packed bytes for one worker at a time: some 40 streams of a Korean Wikipedia, 3 MB of XML."""
INDEX = ("multistream.xml.bz2", "multistream-index.txt.bz2")
"""How Wikimedia names a dump and its list of streams."""


class Range(NamedTuple):
    """Streams that are read together: bytes `begin` to `end` of the file."""

    begin: int
    end: int


def head_of(path: Path) -> bytes | None:
    """Return the first stream, unpacked, of a file of many streams; None if it is another file.

    A file packed in parallel (pbzip2) has many streams too, cut anywhere: its first has pages.
    """
    unpacker = bz2.BZ2Decompressor()
    with path.open("rb") as file:
        packed = file.read(HEAD_BYTES)
        if not SIGNATURE.match(packed):
            return None
        try:
            head = unpacker.decompress(packed)
        except OSError:
            return None
    follows = unpacker.eof and SIGNATURE.match(unpacker.unused_data)
    return head if follows and b"<page>" not in head and b"<mediawiki" in head else None


def ranges(path: Path, start: int = 0) -> Iterator[Range]:
    """Yield the streams after the head as ranges of RANGE_BYTES or more, from byte `start` on.

    The offsets come from the index beside the file where there is one, else from a scan.
    """
    index = path.with_name(path.name.removesuffix(INDEX[0]) + INDEX[1])
    has_index = path.name.endswith(INDEX[0]) and index.is_file()
    offsets = _indexed(index) if has_index else scanned(path)
    begin = None
    for offset in offsets:
        if offset == 0 or offset < start:
            continue
        if begin is None:
            begin = offset
        elif offset - begin >= RANGE_BYTES:
            yield Range(begin, offset)
            begin = offset
    size = path.stat().st_size
    if begin is not None and begin < size:
        yield Range(begin, size)


def _indexed(index: Path) -> Iterator[int]:
    """Yield the offsets in an index of lines "offset:page id:title", each once."""
    last = -1
    with bz2.open(index, "rt", encoding="utf-8") as lines:
        for line in lines:
            offset = int(line.partition(":")[0])
            if offset != last:
                yield offset
                last = offset


def scanned(path: Path) -> Iterator[int]:
    """Yield the byte offset of every stream of a file, one block of it in memory."""
    with path.open("rb") as file:
        kept, place = b"", 0
        while block := file.read(SCANNED):
            data = kept + block
            for found in SIGNATURE.finditer(data):
                yield place + found.start()
            keep = min(len(data), SIGNATURE_BYTES - 1)
            place += len(data) - keep
            kept = data[len(data) - keep :]


def unpacked(path: Path, part: Range) -> bytes:
    """Return the streams of a range, unpacked.

    Raises:
        BadInput: they are torn, or do not end where the range does.
    """
    with path.open("rb") as file:
        file.seek(part.begin)
        packed = file.read(part.end - part.begin)
    pieces = []
    while packed:
        unpacker = bz2.BZ2Decompressor()
        place = part.end - len(packed)
        try:
            pieces.append(unpacker.decompress(packed))
        except OSError:
            raise _torn(path, place) from None
        if not unpacker.eof:
            raise _torn(path, place)
        packed = unpacker.unused_data
    return b"".join(pieces)


def _torn(path: Path, place: int) -> BadInput:
    return BadInput(
        f"{path}: torn in the stream at byte {place:,}. Fetch it again; an index beside it must be "
        "that of the same dump."
    )


def in_order(
    function: Callable[[Range], Result], parts: Iterable[Range], workers: int
) -> Iterator[tuple[Range, Result]]:
    """Yield each range with function(range), in order; `workers` processes work ahead.

    At most two ranges a worker are under way or waiting to be taken.
    """
    count = workers or os.cpu_count() or 1
    if count == 1:
        yield from ((part, function(part)) for part in parts)
        return
    running: deque[tuple[Range, Future[Result]]] = deque()
    with process_pool(count) as pool:
        for part in parts:
            running.append((part, pool.submit(function, part)))
            if len(running) >= 2 * count:
                yield _taken(running)
        while running:
            yield _taken(running)


def _taken(running: deque[tuple[Range, Future[Result]]]) -> tuple[Range, Result]:
    part, future = running.popleft()
    with death_named():
        return part, future.result()
