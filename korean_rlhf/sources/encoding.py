"""Bytes to text: UTF-8, the Korean Windows code page (CP949) and UTF-16, named or not."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence

from korean_rlhf.hangul import is_syllable

KOREAN = {"euc-kr", "euckr", "ks_c_5601-1987", "ksc5601", "ksc_5601", "windows-949", "cp949", "uhc"}
"""Names of KS X 1001 on the web; browsers read all of them as CP949, and so do we (WHATWG)."""
WESTERN = {"iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "us-ascii", "ascii"}
"""Names that servers send by default, whatever the page is in: tried last."""
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
NO_CHARSETS = {"unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape",
               "punycode", "idna"}  # fmt: skip
"""Python's codecs to and from text that stands for other text: no page is in them."""
MOST_BROKEN = 0.01
"""Share of U+FFFD above which a text counts as unreadable. Torn pages stay far below it."""
PLAUSIBLE = 0.9
"""Share of characters a Korean text is made of that a guessed code page must reach."""


LEAST_UNSCRAMBLED = 4
"""Syllables that must come out of a text read twice in the wrong code page: fewer are chance."""


def decode(data: bytes, declared: Iterable[str] = ()) -> tuple[str, str] | None:
    """Return the text and the encoding that it was in, or None if it cannot be read.

    `declared` are the names that the sender gave, best first. A byte-order mark wins over them, and
    so does valid UTF-8 with Hangul in it: other code pages hardly ever look like that. A character
    torn at the very end is left out. A few broken bytes become U+FFFD, as in a browser;
    `decode_strictly` refuses them.

    >>> decode("햇살".encode("cp949"))
    ('햇살', 'cp949')
    >>> decode("햇살".encode("euc-kr"), ["utf-8"])
    ('햇살', 'cp949')
    """
    names = [codec for name in declared if (codec := codec_name(name))]
    found = decode_strictly(data, names)
    if found is not None:
        return found
    for mark, name in BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, errors="replace"), name
    return leniently(data, [*names, "utf-8", "cp949"])


def decode_strictly(data: bytes, names: Sequence[str] = ()) -> tuple[str, str] | None:
    """Return text and encoding when not a byte is broken but those of a character cut at the end.

    `names` are codecs to believe where the bytes leave it open.
    """
    for mark, name in BOMS:
        if data.startswith(mark):
            marked = strictly(data[len(mark) :], name)
            return None if marked is None else (marked, name)
    if b"\0" in data and (wide := _utf16(data)):  # no text in UTF-8 or CP949 holds a zero byte
        return wide
    utf8 = strictly(data, "utf-8")
    if utf8 is not None and (utf8.isascii() or any(map(is_syllable, utf8))):
        return utf8, "utf-8"
    for name in names:
        text = strictly(data, name)
        if text is not None and (name != "cp949" or korean_share(text) >= PLAUSIBLE):
            return text, name
    if utf8 is not None:
        return unscrambled(utf8) or (utf8, "utf-8")
    text = strictly(data, "cp949")
    return (text, "cp949") if text is not None and korean_share(text) >= PLAUSIBLE else None


def _utf16(data: bytes) -> tuple[str, str] | None:
    """Decode UTF-16 without a mark: read in the wrong order, its spaces are no ASCII any more."""
    best, most = None, -1
    for name in ("utf-16-le", "utf-16-be"):
        text = strictly(data, name)
        if not text or "\0" in text:
            continue
        fit = sum(char.isascii() or is_syllable(char) for char in text)
        good = fit + sum(_is_beside_hangul(char) for char in text)
        if good >= PLAUSIBLE * len(text) and fit > most:
            best, most = (text, name), fit
    return best


def unscrambled(text: str) -> tuple[str, str] | None:
    """Return Korean text whose bytes were once read as Western ones and saved so, else None.

    The whole of it must read strictly the other way, mostly Hangul: "Größe" stays what it is.

    >>> unscrambled("햇살마을".encode().decode("latin-1"))
    ('햇살마을', 'utf-8 read as latin-1')
    >>> unscrambled("naïve Größe")
    """
    for western in ("latin-1", "cp1252"):
        try:
            data = text.encode(western)
        except UnicodeError:
            continue
        for name in ("utf-8", "cp949"):
            found = strictly(data, name)
            if found is not None and _is_mostly_hangul(found):
                return found, f"{name} read as {western}"
    return None


def _is_mostly_hangul(text: str) -> bool:
    beyond = [char for char in text if not char.isascii()]
    syllables = sum(map(is_syllable, beyond))
    return syllables >= LEAST_UNSCRAMBLED and 2 * syllables >= len(beyond)


def codec_name(declared: str) -> str:
    """Return the codec for a charset name from the web, "" for one not to be trusted or unknown."""
    name = declared.strip(" \"'").lower()
    if name in KOREAN:
        return "cp949"
    if name in WESTERN:
        return ""
    try:
        codec = codecs.lookup(name).name
        b" ".decode(codec, "replace")  # LookupError for those from bytes to bytes: hex, zip, ...
    except (LookupError, ValueError):
        return ""
    return "" if codec in NO_CHARSETS else codec


def strictly(data: bytes, name: str) -> str | None:
    """Decode without any error but a character cut at the end; None if that is not possible."""
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(data, final=False)
    except (UnicodeError, LookupError):
        return None


def leniently(data: bytes, names: Iterable[str]) -> tuple[str, str] | None:
    """Decode with the codec that breaks least, None if even that breaks more than MOST_BROKEN."""
    tries = [(data.decode(name, errors="replace"), name) for name in dict.fromkeys(names)]
    text, name = min(tries, key=lambda found: found[0].count("\ufffd"))
    return (text, name) if text.count("\ufffd") <= MOST_BROKEN * len(text) else None


def korean_share(text: str) -> float:
    """Share of the characters of `text` beyond ASCII that Korean text is written with.

    Hangul, Hanja and the punctuation of KS X 1001 count. 0.0 when there is no Hangul at all.

    >>> korean_share("햇살 mauvais é")
    0.6666666666666666
    """
    beyond = [char for char in text if not char.isascii()]
    if not any(map(is_syllable, beyond)):
        return 0.0
    return sum(is_syllable(char) or _is_beside_hangul(char) for char in beyond) / len(beyond)


def _is_beside_hangul(char: str) -> bool:
    code = ord(char)
    return (
        0x3000 <= code <= 0x33FF  # CJK punctuation, jamo, enclosed and square forms
        or 0x4E00 <= code <= 0x9FFF  # Hanja
        or 0x2010 <= code <= 0x27BF  # quotes, dashes, arrows, symbols
        or 0xFF00 <= code <= 0xFFEE  # full-width forms
        or char in "·°±×÷´¨¸§¶ª®©ⓒ\xa0"
    )
