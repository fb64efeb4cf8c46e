"""The few templates of the Korean Wikipedia whose text belongs to the sentence around them."""

from __future__ import annotations

import re

_LAST = frozenset({*"llang lang 언어 lang2 색 글자색 color 폰트".split(), "글꼴 색", "font color"})
"""{{llang|en|Carter}} shows its last plain argument."""
_FIRST = frozenset(
    "nowrap 줄바꿈금지 small 작게 big 크게 nobold 굵게 s del 취소선 u ins 밑줄 abbr "
    "약어 툴팁 tooltip 일본어 한자 중국어 한글 러시아어 영어 프랑스어 독일어 스페인어 "
    "이탈리아어 라틴어 그리스어 아랍어 ja-lang zh-lang lang-en lang-ja lang-zh lang-fr "
    "lang-de lang-ru lang-ko lang-it lang-es lang-la 인용 인용문 quote cquote 나라 국기나라 "
    "국기그림나라 국기 flag flagcountry 링크 본문1 ipa 발음 sup sub 위첨자 아래첨자 nihongo "
    "루비 ruby ruby-ja ko-hhrm".split()
)
"""{{일본어|東京}} shows its first plain argument."""
_ALL = frozenset("ubl unbulleted plainlist hlist flatlist 목록 가로목록 unbulleted_list".split())
_DATES = {"날짜": "{}년 {}월 {}일", "시작 날짜": "{}년 {}월 {}일", "출생일": "{}년 {}월 {}일",
          "사망일": "{}년 {}월 {}일", "birth date": "{}년 {}월 {}일"}  # fmt: skip
_SIGNS = {"=": "=", "!": "|", "·": "·", "-": "", "빈칸": " ", "spaces": " ", "nbsp": " "}
_PREFIX = re.compile(r"(?:틀|template)\s*:\s*", re.IGNORECASE)
_NUMBER = re.compile(r"formatnum\s*:\s*([+-]?)(\d{1,30})(\.\d+)?$", re.IGNORECASE)
TEXT_KEYS = frozenset("내용 text 인용문 quote".split())
"""Names of arguments that hold what is shown: {{인용문|내용=...}}."""


def is_shown(name: str) -> bool:
    """Whether `{{name|...}}` shows something inside a sentence."""
    key = _key(name)
    return (
        key in _SIGNS
        or key in _FIRST
        or key in _LAST
        or key in _ALL
        or key in _DATES
        or key.startswith("llang-")
        or _NUMBER.match(key) is not None
    )


def render_template(name: str, plain: list[str]) -> str:
    """Return what a template shows of its plain arguments, "" for boxes, sources and banners.

    What a template writes is decided by a page that is not at hand; a wrong guess would put words
    into the text that nobody wrote, so only templates that show their own argument are rendered.

    >>> render_template("llang", ["en", "Carter"]), render_template("정보상자", ["가"])
    ('Carter', '')
    >>> render_template("formatnum:1234567.5", []), render_template("출생일", ["1924", "10", "1"])
    ('1,234,567.5', '1924년 10월 1일')
    """
    key = _key(name)
    if key in _SIGNS:
        return _SIGNS[key]
    if number := _NUMBER.match(key):
        return f"{number[1]}{int(number[2]):,}{number[3] or ''}"
    if not plain or not is_shown(name):
        return ""
    if key in _DATES:
        return _date(_DATES[key], plain)
    if key in _LAST:
        return plain[1] if len(plain) > 1 else plain[0]
    return ", ".join(plain) if key in _ALL else plain[0]


def _key(name: str) -> str:
    """Return the name as templates are looked up, in lower case."""
    return " ".join(_PREFIX.sub("", name, count=1).replace("_", " ").split()).lower()


def _date(shape: str, parts: list[str]) -> str:
    """Return "1924년 10월 1일", or as much of it as is known."""
    numbers = [part for part in parts if part.isdigit()][:3]
    return " ".join(shape.split()[: len(numbers)]).format(*numbers)
