"""The bytes of a column of texts, without a Python object for each."""

from __future__ import annotations

import numpy as np
import pyarrow as pa


def utf8_of(texts: pa.StringArray | pa.LargeStringArray) -> memoryview:
    """Return the UTF-8 of all texts one behind the other, not copied; there may be no null.

    >>> bytes(utf8_of(pa.array(["말", "", "글"])[1:])).decode()
    '글'
    """
    if texts.null_count:
        raise ValueError("a null has no content: fill it first")
    wide = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    _, places, content = texts.buffers()
    if not len(texts) or content is None:
        return memoryview(b"")
    offsets = np.frombuffer(places, wide, len(texts) + 1, texts.offset * wide().itemsize)
    return memoryview(content)[int(offsets[0]) : int(offsets[-1])]
