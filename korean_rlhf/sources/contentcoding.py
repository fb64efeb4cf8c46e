"""Bodies of HTTP answers as archives hold them: out of their chunks, unpacked, never all at once.

warcio unpacks as well, but takes a broken first block for a plain body and knows brotli only by a
package that is not maintained any more.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Any

READ_BYTES = 1 << 16
OUT_BYTES = 1 << 20
"""Most bytes that come out at a time: 64 KB may hold a gigabyte of zeros."""
CODINGS = ("", "identity", "gzip", "x-gzip", "deflate", "br")
"""Content codings that are read."""
GZIP = b"\x1f\x8b"


def unpacked(stream: Any, coding: str, *, is_chunked: bool) -> Iterator[bytes]:
    """Yield a body without its chunks and its content coding (one of CODINGS).

    Some archives keep the header of a body that they unpacked: one that begins with markup is
    taken as it is.

    Raises:
        EOFError, zlib.error, brotli.error: it is torn.
    """
    from warcio.bufferedreaders import ChunkedDataReader

    source = ChunkedDataReader(stream, raise_exceptions=True) if is_chunked else stream
    pieces = iter(lambda: source.read(READ_BYTES), b"")
    first = next(pieces, b"")
    pieces = chain([first], pieces)
    if coding in ("", "identity") or not first or _is_plain(first, coding):
        yield from pieces
    elif coding == "br":
        yield from _brotli(pieces)
    else:
        yield from _deflated(pieces, _window(first, coding))


def _is_plain(first: bytes, coding: str) -> bool:
    if coding.endswith("gzip"):
        return not first.startswith(GZIP)
    return first.lstrip().startswith((b"<", b"\xef\xbb\xbf<"))


def _window(first: bytes, coding: str) -> int:
    """Return zlib's `wbits`; "deflate" means with zlib's head, but some servers send none."""
    if coding != "deflate":
        return 31
    has_head = first[0] & 0x0F == 8 and int.from_bytes(first[:2], "big") % 31 == 0
    return 15 if has_head else -15


def _deflated(pieces: Iterator[bytes], window: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=window)
    for packed in pieces:
        while packed and not unpacker.eof:
            yield unpacker.decompress(packed, OUT_BYTES)
            packed = unpacker.unconsumed_tail
            if unpacker.eof and unpacker.unused_data.startswith(GZIP):  # of several members
                packed, unpacker = unpacker.unused_data, zlib.decompressobj(wbits=window)
    yield unpacker.flush()
    if not unpacker.eof:
        raise EOFError("the packed body is cut off")


def _brotli(pieces: Iterator[bytes]) -> Iterator[bytes]:
    import brotli

    unpacker = brotli.Decompressor()
    for packed in pieces:
        yield unpacker.process(packed, output_buffer_limit=OUT_BYTES)
        while not unpacker.can_accept_more_data():
            yield unpacker.process(b"", output_buffer_limit=OUT_BYTES)
    if not unpacker.is_finished():
        raise EOFError("the packed body is cut off")
