"""Measures of Korean text by the script of its characters, for whole batches at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from korean_rlhf.tables import utf8_of

Floats = npt.NDArray[np.float64]
SCRIPTS = ("Hangul", "Hanja", "Latin", "digits", "others")
"""Others: punctuation, symbols, and all other scripts."""
_HANGUL, _HANJA, _LATIN, _DIGITS, _OTHERS, _SPACE, _LINE = range(7)
_RANGES = (
    (_SPACE, ((0x00, 0x20), (0xA0, 0xA0), (0x2000, 0x200B), (0x3000, 0x3000))),
    (_LINE, ((0x0A, 0x0A),)),
    (_DIGITS, ((0x30, 0x39), (0xFF10, 0xFF19))),
    (_LATIN, ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F))),
    (_HANGUL, ((0x1100, 0x11FF), (0x3131, 0x318E), (0xA960, 0xA97C), (0xAC00, 0xD7FB),
               (0xFFA1, 0xFFDC))),
    (_HANJA, ((0x2E80, 0x2FD5), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))),
)  # fmt: skip
"""First and last code points, of Unicode's blocks."""
_SUPPLEMENTARY_HANJA = (0x20000, 0x3FFFF)


@dataclass(frozen=True)
class Histogram:
    """One plot of the card."""

    title: str
    unit: str
    """What the x axis counts."""
    edges: Floats
    logarithmic: bool = False


_OF_ALL = "공백을 뺀 글자 중 비율(%) · % of the characters, no spaces"
_PERCENT = np.linspace(0, 100, 26)
HISTOGRAMS = {
    "length": Histogram(
        "글 길이 · length of a document", "글자 수 · characters", 10 ** np.linspace(1, 6, 26), True
    ),
    "hangul": Histogram("한글 비율 · Hangul", _OF_ALL, _PERCENT),
    "hanja-latin": Histogram("한자와 로마자 비율 · Hanja and Latin", _OF_ALL, _PERCENT),
    "symbols": Histogram("기호 비율 · punctuation and symbols", _OF_ALL, _PERCENT / 2),
    "eojeol": Histogram(
        "어절 길이 · length of an eojeol",
        "어절당 글자 수 · characters an eojeol, mean of the document",
        np.linspace(0, 10, 26),
    ),
    "lines": Histogram(
        "줄 길이 · length of a line",
        "줄당 글자 수 · characters a line, mean of the document",
        10 ** np.linspace(0, 4, 26),
        True,
    ),
}
"""Length, scripts, and what tells running Korean prose from lists, tables and torn text."""


@dataclass(frozen=True)
class Characters:
    """Counts of `n` texts."""

    characters: npt.NDArray[np.int64]
    """(n,) characters, spaces included."""
    by_script: npt.NDArray[np.int64]
    """(n, len(SCRIPTS)) characters that are no spaces."""
    eojeols: npt.NDArray[np.int64]
    """(n,) words between spaces."""
    lines: npt.NDArray[np.int64]
    """(n,) lines, a last one without an end included."""


def characters_by_script(texts: pa.StringArray) -> Characters:
    """Count the characters of each text by script."""
    filled = pc.fill_null(texts, "")
    lengths = pc.utf8_length(filled).to_numpy(zero_copy_only=False).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    codes = np.frombuffer(str(utf8_of(filled), "utf-8").encode("utf-32-le"), np.uint32)
    kinds = np.take(_TABLE, codes, mode="clip")
    table = np.stack([_counted(kinds == kind, starts) for kind in range(_LINE + 1)], axis=1)
    seen = kinds < _SPACE
    begins = seen.copy()
    begins[1:] &= ~seen[:-1]
    heads = starts[:-1][lengths > 0]
    begins[heads] = seen[heads]
    return Characters(lengths, table[:, :_SPACE], _counted(begins, starts), table[:, _LINE] + 1)


def _counted(chosen: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return (n,) how many characters of each text are chosen; `starts` are (n + 1,)."""
    return np.diff(np.searchsorted(np.flatnonzero(chosen), starts))


def measures(counted: Characters) -> dict[str, Floats]:
    """Return the value of each text for each of HISTOGRAMS; not finite where it has none."""
    visible = counted.by_script.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = 100 * counted.by_script / visible[:, None]
        return {
            "length": counted.characters.astype(np.float64),
            "hangul": shares[:, _HANGUL],
            "hanja-latin": shares[:, _HANJA] + shares[:, _LATIN],
            "symbols": shares[:, _OTHERS],
            "eojeol": visible / counted.eojeols,
            "lines": counted.characters / counted.lines,
        }


def _table() -> npt.NDArray[np.uint8]:
    """Return the kind of every code point; the last row stands for all beyond."""
    table = np.full(_SUPPLEMENTARY_HANJA[1] + 2, _OTHERS, np.uint8)
    for kind, ranges in _RANGES:
        for first, last in ranges:
            table[first : last + 1] = kind
    table[_SUPPLEMENTARY_HANJA[0] : _SUPPLEMENTARY_HANJA[1] + 1] = _HANJA
    return table


_TABLE = _table()
