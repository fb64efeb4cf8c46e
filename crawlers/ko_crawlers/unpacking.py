"""The beginning of a packed body: enough to tell a door by, however much it unpacks to."""

from __future__ import annotations

import zlib

MOST_BYTES = 1_000_000


def beginning(body: bytes, coding: str) -> bytes:
    """Return the first MOST_BYTES of a body, unpacked; one that is not packed as it says, as it is.

    >>> beginning(zlib.compress(b"<p>"), "deflate"), beginning(b"<p>", "gzip")
    (b'<p>', b'<p>')
    """
    for window in _windows(coding.strip().lower()):
        try:
            return zlib.decompressobj(wbits=window).decompress(body, MOST_BYTES)
        except zlib.error:
            continue
    return body


def _windows(coding: str) -> tuple[int, ...]:
    """Return zlib's `wbits` to try; "deflate" should have zlib's head, but some send none."""
    if coding in ("gzip", "x-gzip"):
        return (31,)
    return (15, -15) if coding == "deflate" else ()
