"""What extractors of Wikipedia dumps (WikiExtractor) leave behind in otherwise plain text."""

from __future__ import annotations

import re

from korean_rlhf.clean.markup.brackets import close_gaps

PLACEHOLDERS = {"formula": "<수식>", "codice": "<코드>"}
"""What stands where an extractor lost a formula or code and left "formula_12" or "codice_3"."""

_LOST = re.compile(r"\b(formula|codice)_\d+(?!\w*[A-Za-z_])")
_LINK = re.compile(
    r"(?P<line>^)?\[\[(?:분류|파일|그림|Category|File|Image)\s*:[^\[\]\n]*\]\]"
    r"(?(line)(?:[ \t]*\n)?)",
    re.IGNORECASE | re.MULTILINE,
)
"""With the end of the line that it fills."""
_TAG = re.compile(
    r"</?(?:br|ref|nowiki|onlyinclude|includeonly|noinclude|small|span|div|center)\b[^<>\n]*>",
    re.IGNORECASE,
)
_COMMA = re.compile(r"(?<=[\w)%℃]) ,(?= )")
_TABLE_ROW = re.compile(
    r"[\"\']?(?:[|!{].*(?:\|\||!!)|[|!]\s*(?:style|align|colspan|rowspan|width)=|\{\||\|[-}+]).*"
)
_SECTION = re.compile(r"[^\s.][^.\n]{0,38}\.")
_SECTION_SHAPE = re.compile(
    r"[가-힣A-Za-z0-9一-鿿 ,·・/:;'\"“”‘’()（）《》〈〉"
    r"「」『』&+~\-–]+\."
)
_SECTION_WORDS = 6
"""More words than this are no name but a definition: "... 치면서 경기하는 스포츠."."""
_FOREIGN_WORDS = 2
"""The same for a name without a Korean letter: a line of a foreign song may have three."""
_KOREAN = re.compile(r"[가-힣一-鿿]")
_ITEM = re.compile(r"^-|\d(?!\d*(?:년대|세기))")
"""A bullet, or a number that counts no decade or century: an item of a list may end in a stop."""
_VERB_END = re.compile(r"(?:[다요죠까]|[함됨임음])\.$")
_EMPTY_SECTIONS = re.compile(
    r"(?:같이 보기|함께 보기|관련 항목|관련 문서|각주|주석|외부 링크|바깥 고리|참고 문헌"
    r"|참고 자료|참조|출처|내용 주|읽을거리|더 읽어보기)\.?"
)


def looks_extracted(source: str, url: str) -> bool:
    """Whether a plain document was taken from a wiki dump by an extractor."""
    return "wikipedia.org" in url or "wiki" in source.lower()


def strip_leftovers(text: str) -> str:
    r"""Return `text` without empty brackets, category links and section names without content.

    A section name stays as a line of its own, without the full stop that the extractor gave it.

    >>> strip_leftovers("카터(, 1924년)는 정치가이다.\n생애.\n조지아에서 태어났다.\n각주.")
    '카터(1924년)는 정치가이다.\n생애\n조지아에서 태어났다.'
    """
    text = _LOST.sub(lambda found: PLACEHOLDERS[found[1]], text)
    text = _TAG.sub("", _LINK.sub("", text))
    return _settle_sections(_COMMA.sub(",", close_gaps(text)))


def _settle_sections(text: str) -> str:
    """Take away section names that no text follows, and the full stop of the others."""
    kept: list[str] = []
    content_follows = False
    for line in reversed(text.split("\n")):
        bare = line.strip()
        if _TABLE_ROW.fullmatch(bare):
            continue
        if not bare:
            kept.append(line)
            continue
        if is_section(bare):
            if content_follows and not _EMPTY_SECTIONS.fullmatch(bare):
                kept.append(bare.removesuffix("."))
            content_follows = False
        else:
            kept.append(line)
            content_follows = True
    settled = "\n".join(reversed(kept)).strip("\n")
    return settled if settled.strip() else text


def is_section(line: str) -> bool:
    """Whether a line is a section name as WikiExtractor writes it: short, no verb, a full stop.

    >>> is_section("어린 시절."), is_section("그는 떠났다."), is_section("대한민국과의 관계")
    (True, False, False)
    >>> is_section("1990년대."), is_section("1924년 10월 1일 출생."), is_section("- 조지아 주지사.")
    (True, False, False)
    """
    if not _SECTION.fullmatch(line) or not _SECTION_SHAPE.fullmatch(line) or _ITEM.search(line):
        return False
    most = _SECTION_WORDS if _KOREAN.search(line) else _FOREIGN_WORDS
    return not _VERB_END.search(line) and len(line.split()) <= most
