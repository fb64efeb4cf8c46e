"""The bytes of a text file to its text, line by line where they must be: nothing is replaced."""

from __future__ import annotations

from dataclasses import dataclass

from korean_rlhf.sources.encoding import (
    BOMS,
    PLAUSIBLE,
    decode_strictly,
    korean_share,
    strictly,
)

MOST_LOST = 0.5
"""Share of the bytes in lines that cannot be read above which a file is no text that we know."""


@dataclass(frozen=True, slots=True)
class LostLine:
    """A line that no encoding reads."""

    number: int
    """Counted from 1."""
    shown: str
    r"""What of it is readable, broken bytes as \xNN."""
    encoding: str
    """The encoding that was tried last."""


@dataclass(frozen=True, slots=True)
class TextFile:
    """The text of a file without the lines that cannot be read."""

    text: str
    encoding: str
    """"mixed" when some lines were in UTF-8 and some in CP949."""
    lost: tuple[LostLine, ...] = ()


def read_text(data: bytes) -> TextFile | None:
    r"""Return the text of a file, or None if most of it cannot be read.

    A file that is broken as a whole is read line by line: in UTF-8, else in CP949, as files are
    that were joined from several. UTF-16 is read as one, and lines with half characters are lost.

    >>> read_text("햇살\n".encode() + "바람\n".encode("cp949")).encoding
    'mixed'
    """
    found = decode_strictly(data)
    if found is not None:
        text, name = found
        cut = _cut_at_the_end(data, name)
        return TextFile(text, name, (LostLine(text.count("\n") + 1, cut, name),) if cut else ())
    wide = next((name for mark, name in BOMS if mark and data.startswith(mark)), "")
    if wide.startswith("utf-16"):
        return _wide_lines(data[2:], wide)
    return _narrow_lines(data.removeprefix(BOMS[0][0]))


def _cut_at_the_end(data: bytes, name: str) -> str:
    r"""Return the bytes, as \xNN, of a character that is cut off by the end of the file."""
    codec = name.partition(" ")[0]
    if codec not in ("utf-8", "cp949", "utf-16-le", "utf-16-be"):
        return ""
    tail = data[-3:] if codec == "utf-8" else data[-1:]
    if codec == "utf-8":
        return _shown(tail) if _is_cut_utf8(tail) else ""
    if codec == "cp949":
        return _shown(tail) if strictly(data + b"\n", codec) is None else ""
    return _shown(tail) if len(data) % 2 else ""


def _is_cut_utf8(tail: bytes) -> bool:
    """Whether UTF-8 that is otherwise valid ends inside a character."""
    for back in range(1, len(tail) + 1):
        first = tail[-back]
        if first & 0xC0 != 0x80:  # not one of the bytes that go on
            needed = 4 if first >= 0xF0 else 3 if first >= 0xE0 else 2 if first >= 0xC0 else 1
            return back < needed
    return False


def _narrow_lines(data: bytes) -> TextFile | None:
    kept, lost, lost_bytes = [], [], 0
    encodings = set()
    for number, line in enumerate(data.split(b"\n"), start=1):
        text, name = _narrow(line)
        if text is None:
            lost.append(LostLine(number, _shown(line), "cp949"))
            lost_bytes += len(line)
            continue
        kept.append(text)
        if not text.isascii():
            encodings.add(name)
    if lost_bytes > MOST_LOST * len(data):
        return None
    return TextFile("\n".join(kept), _joined(encodings), tuple(lost))


def _narrow(line: bytes) -> tuple[str | None, str]:
    for name in ("utf-8", "cp949"):
        try:
            text = line.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "utf-8" or korean_share(text) >= PLAUSIBLE:
            return text, name
    return None, ""


def _joined(encodings: set[str]) -> str:
    return "mixed" if len(encodings) > 1 else next(iter(encodings), "utf-8")


def _wide_lines(data: bytes, name: str) -> TextFile | None:
    text = data[: len(data) // 2 * 2].decode(name, "surrogatepass")
    kept, lost = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            line.encode("utf-8")
            kept.append(line)
        except UnicodeEncodeError:
            lost.append(LostLine(number, line.encode("utf-8", "backslashreplace").decode(), name))
    if sum(len(line.shown) for line in lost) > MOST_LOST * len(text):
        return None
    return TextFile("\n".join(kept), name, tuple(lost))


def _shown(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace")
