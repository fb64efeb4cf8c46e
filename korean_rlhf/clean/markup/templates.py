"""The few templates of the Korean Wikipedia whose text belongs to the sentence around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Show = Callable[[Any], str]

_LAST = frozenset({*"llang lang 언어 lang2 색 글자색 color 폰트".split(), "글꼴 색", "font color"})
"""{{llang|en|Carter}} shows its last plain argument."""
_FIRST = frozenset(
    "nowrap 줄바꿈금지 small 작게 big 크게 nobold 굵게 s del 취소선 u ins 밑줄 abbr "
    "약어 툴팁 tooltip 일본어 한자 중국어 한글 러시아어 영어 프랑스어 독일어 스페인어 "
    "이탈리아어 라틴어 그리스어 아랍어 ja-lang zh-lang lang-en lang-ja lang-zh lang-fr "
    "lang-de lang-ru lang-ko lang-it lang-es lang-la 인용 인용문 quote cquote 나라 국기나라 "
    "국기그림나라 국기 flag flagcountry 링크 본문1 IPA 발음 sup sub 위첨자 아래첨자 nihongo "
    "루비 ruby ruby-ja ko-hhrm".split()
)
"""{{일본어|東京}} shows its first plain argument."""
_ALL = frozenset("ubl unbulleted plainlist hlist flatlist 목록 가로목록 unbulleted_list".split())
_DATES = {"날짜": "{}년 {}월 {}일", "시작 날짜": "{}년 {}월 {}일", "출생일": "{}년 {}월 {}일",
          "사망일": "{}년 {}월 {}일", "birth date": "{}년 {}월 {}일"}  # fmt: skip
_ENDONYM = {"=": "=", "!": "|", "·": "·", "-": "", "빈칸": " ", "spaces": " ", "nbsp": " "}


def render_template(node: Any, show: Show) -> str:
    """Return what `{{name|...}}` shows inside a sentence, "" for boxes, sources and banners.

    What a template writes is decided by a page that is not at hand; a wrong guess would put words
    into the text that nobody wrote, so only templates that show their own argument are rendered.
    """
    name = str(node.name).strip().replace("_", " ")
    key = name.lower()
    if key in _ENDONYM:
        return _ENDONYM[key]
    plain = [show(item.value).strip() for item in node.params if not item.showkey]
    plain = [item for item in plain if item]
    if not plain:
        return ""
    if key in _DATES:
        return _date(_DATES[key], plain)
    if key in _LAST:
        return plain[1] if len(plain) > 1 else plain[0]
    if key in _ALL or key.removeprefix("llang-") != key:
        return ", ".join(plain) if key in _ALL else plain[0]
    return plain[0] if key in _FIRST or name in _FIRST else ""


def _date(shape: str, parts: list[str]) -> str:
    """Return "1924년 10월 1일", or as much of it as is known."""
    numbers = [part for part in parts if part.isdigit()][:3]
    return " ".join(shape.split()[: len(numbers)]).format(*numbers)
