"""One form for characters, spaces and runs, without touching a syllable or a digit."""

from __future__ import annotations

import functools
import re
import unicodedata

from korean_rlhf.clean.jamo import compose_halfwidth, to_compatibility

_UNUSUAL = re.compile(
    r"[^\n -~가-힣ㄱ-ㅎㅏ-ㅣ一-鿿·‘’“”…→※「」『』《》〈〉℃①-⑳㎞㎡–—Α-Ωα-ωА-яぁ-んァ-ー]"
)
"""Text without such a character needs no look at encodings and invisible characters."""
_ENTITY = re.compile(r"&#?\w{2,8};")
_FOR_FTFY = re.compile(r"&#?\w{2,8};|[\x1b\x80-\x9f\ufb00-\ufb06\ufffd]")
_WIDE = {0xFF01 + place: 0x21 + place for place in range(94)} | dict(
    zip(range(0xFFE0, 0xFFE7), map(ord, "¢£¬\uffe3¦¥₩"), strict=True)
)
"""Full-width signs. ￣ stays: its narrow form is a space with a mark, which breaks (￣▽￣)."""
_HALF_KATAKANA = re.compile(r"[\uff65-\uff9f]+")
_ACCENTED = re.compile(r"[\xc0-\u017fА-я]")
"""What bytes of UTF-8 look like when they were read as Latin or Cyrillic letters."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(r"[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u115f\u1160\u3164\uffa0]")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\xad\u034f\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_JOINER = re.compile(
    r"(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d|\u200d(?![\u2190-\u2bff\U0001f000-\U0001faff])"
)
_BLANKS = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)|(?<=\S)\t(?=\S)")
_LINE_ENDS = re.compile(r"(?<![ \t])[ \t]+$|^ (?=\S)", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")
_ROUNDS = 6
_JAMO = r"ㄱ-ㅎㅏ-ㅣ"
_REPEATABLE = r"!?~.,;^…·ㆍ♡♥★☆\-=_―—"


def normalise(
    text: str, *, jamo_run: int = 3, punctuation_run: int = 3, syllable_run: int = 0
) -> str:
    """Return `text` in NFC, with visible characters, single spaces and short runs.

    A run of one jamo is cut to `jamo_run`, a run of one punctuation mark to `punctuation_run`; 0
    keeps them. Digits are never shortened, and syllables only by choice: a run of one syllable is
    cut to `syllable_run` when that is not 0.

    >>> normalise("안녕ㅋㅋㅋㅋㅋㅋ  반가워ㅠㅠㅠㅠ!!!!!! 10000원")
    '안녕ㅋㅋㅋ 반가워ㅠㅠㅠ!!! 10000원'
    >>> normalise("하하하하하하 동동주", syllable_run=3)
    '하하하 동동주'
    """
    if _UNUSUAL.search(text) or ("&" in text and _ENTITY.search(text)):
        text = _settle_characters(text)
    for characters, longest in (
        (_JAMO, jamo_run),
        (_REPEATABLE, punctuation_run),
        ("가-힣", syllable_run),
    ):
        if longest:
            text = _shorten(text, characters, longest)
    if "  " in text or "\t" in text:
        text = _BLANKS.sub(" ", text)
    if " \n" in text or "\n " in text or "\t" in text:
        text = _LINE_ENDS.sub("", text)
    return _BLANK_LINES.sub("\n\n", text).strip("\n\t ")


def _settle_characters(text: str) -> str:
    """Mend encodings, compose jamo, and take away what cannot be seen."""
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    for _ in range(_ROUNDS):  # what one round takes away may have hidden what the next one mends
        before, text = text, _settle_once(text)
        if text == before:
            break
    return text


def _settle_once(text: str) -> str:
    # A tab becomes a space here already: ftfy takes "Â " for a broken space, "Â\t" for two letters.
    text = _BLANKS.sub(" ", _BREAKS.sub("\n", compose_halfwidth(text)))
    text = "\n".join(map(_fix, text.split("\n")))
    text = _SPACES.sub(" ", _BREAKS.sub("\n", text))
    text = _JOINER.sub("", _INVISIBLE.sub("", text)).translate(_WIDE)
    text = _HALF_KATAKANA.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return to_compatibility(unicodedata.normalize("NFC", text))


def _fix(line: str) -> str:
    """Let ftfy mend mojibake, HTML entities and ligatures of a line; quotes stay curly.

    ftfy is slow, so a line goes there only when it holds something of that kind.
    """
    if not _FOR_FTFY.search(line):
        if not _ACCENTED.search(line):
            return line
        from ftfy.badness import is_bad

        if not is_bad(line):
            return line
    from ftfy import TextFixerConfig, fix_text

    config = TextFixerConfig(uncurl_quotes=False, fix_character_width=False, explain=False)
    return str(fix_text(line, config))


def _shorten(text: str, characters: str, longest: int) -> str:
    """Cut each run of one of `characters` to `longest`."""
    return _run_of(characters, longest).sub(lambda found: found[1] * longest, text)


@functools.cache
def _run_of(characters: str, longest: int) -> re.Pattern[str]:
    """Return the pattern of one of `characters` repeated more than `longest` times."""
    return re.compile(rf"([{characters}])\1{{{longest},}}")
