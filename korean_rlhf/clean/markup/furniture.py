"""Lines that Korean sites put around a text and extractors let through: menus, buttons, counters.

Whole lines only, and where a word could be a heading ("인쇄", "공유") only next to others of its
kind. Notices, bylines and lists of related articles at the end are `boilerplate`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Literal

MENU_WORDS = frozenset(
    "로그인 로그아웃 회원가입 고객센터 사이트맵 마이페이지 장바구니 즐겨찾기 전체메뉴 메뉴 "
    "검색 통합검색 홈 홈으로 이용약관 개인정보처리방침 개인정보취급방침 청소년보호정책 "
    "이메일무단수집거부 오시는길 찾아오시는길 공지사항 자유게시판 방명록 관리자 글쓰기 "
    "비밀번호찾기 아이디찾기 Home HOME Login LOGIN Sitemap SITEMAP Menu MENU".split()
)
BUTTON_WORDS = frozenset(
    "인쇄 인쇄하기 프린트 스크랩 스크랩하기 공유 공유하기 복사 URL복사 링크복사 주소복사 "
    "글자크기 글씨크기 글꼴 크게 작게 확대 축소 가 가- 가+ 가나다 좋아요 싫어요 추천 비추천 "
    "추천하기 공감 신고 신고하기 저장 북마크 목록 목록보기 목록으로 수정 삭제 답글 답변 댓글 "
    "댓글쓰기 등록 취소 닫기 열기 펼치기 접기 더보기 이전 이전글 다음글 맨위로 위로 TOP top "
    "번역 음성듣기 기사듣기 본문듣기 구독 구독하기 Print Share".split()
)
WEAK_WORDS = frozenset(
    "이메일 메일 카카오톡 카카오스토리 페이스북 트위터 밴드 네이버 다음 라인 인스타그램 X "
    "Facebook Twitter KakaoTalk Email 메뉴 검색".split()
)
"""Services, mostly, and what else stands beside buttons: alone they may be the subject."""
_BAR_WORDS = BUTTON_WORDS | WEAK_WORDS
_NAMES = MENU_WORDS | _BAR_WORDS
_SPACED = (
    "URL 복사", "링크 복사", "주소 복사", "글자 크기", "글씨 크기", "맨 위로",
    "이전 글", "다음 글", "댓글 쓰기", "기사 듣기", "본문 듣기", "음성 듣기",
    "목록 보기", "이용 약관", "개인정보 처리방침", "고객 센터", "회원 가입", "전체 메뉴",
)  # fmt: skip
_JOIN = re.compile("|".join(_SPACED))
_BETWEEN = re.compile(r"[\s|·,/>›»\[\]()ㆍ•]+")
_NUMBER = re.compile(r"[\d,.+]+(?:개|건|명|회)?")

_BREADCRUMB = re.compile(
    r"(?:현재\s?위치\s*[:：]?\s*)?(?:홈|HOME|Home|home|처음|메인|첫\s?화면)"
    r"(?:\s*+[>›»▶→]\s*+[^\s>›»▶→.][^>›»▶→.]{0,19}+){1,6}"
)
_ALWAYS = re.compile(
    r"(?:본문|주\s?메뉴|메뉴|콘텐츠|컨텐츠|하단\s?메뉴)\s?(?:내용\s?)?(?:으로\s?)?(?:바로\s?가기|건너뛰기)"
    r"|(?:본문|글자|글씨|글꼴)\s?(?:의\s?)?(?:글자|글씨)?\s?(?:크기|사이즈)?\s?(?:조절|키우기|줄이기|크게|작게|변경)(?:하기)?"
    r"|(?:카카오톡|카카오스토리|페이스북|트위터|밴드|네이버|라인|SNS|엑스|X)(?:으로|로|에)?\s?(?:공유|보내기|전송)(?:하기)?"
    r"|(?:기사|이\s?글|이\s?기사|본문|페이지)\s?(?:인쇄|프린트|스크랩|공유|저장)(?:하기)?"
    r"|(?:URL|링크|주소)\s?복사(?:하기)?|(?:전체\s?)?댓글\s?(?:수\s?)?[(\[:：]?\s*[\d,]+\s*개?[)\]]?|댓글\s?(?:보기|쓰기|달기|남기기)"
    r"|조회\s?수?\s*[:：]?\s*[\d,]+(?:회)?|(?:좋아요|공감|추천)\s*[:：]?\s*[\d,]+\s*(?:개|명)?"
    r"|(?:등록된|작성된|아직)\s?(?:댓글|의견)이\s?없습니다\.?|(?:첫\s?번?째?\s?)?댓글을\s?(?:남겨|작성해|입력해)\s?(?:보세요|주세요)[.!]?"
    r"|(?:로그인\s?(?:후|하시면|한\s?후).{0,12}댓글.{0,20}(?:있습니다|주세요|하세요)\.?)"
    r"|이\s?글에\s?공감한\s?블로거\s?열고\s?닫기|이\s?글에\s?댓글\s?단\s?블로거\s?열고\s?닫기"
    r"|(?:맨\s?위로|위로|최상단으로|목록으로)\s?(?:가기|이동|이동하기|돌아가기)|전체\s?메뉴\s?(?:열기|닫기|보기)|검색\s?(?:창\s?)?(?:열기|닫기)"
)
_NEIGHBOUR = re.compile(
    r"[▲▼△▽◀▶<>〈〉«»←→\s]*(?:이전|다음|앞|뒤)\s?(?:글|기사|페이지|포스트|게시글|게시물|문서)"
    r"(?:\s*(?P<mark>[:：|>»›▶→])?\s*.{0,60})?"
)
_COOKIE = re.compile(
    r".{0,40}(?:사이트|홈페이지|서비스|페이지)(?:는|에서는|은).{0,60}쿠키(?:\(cookie\))?를?.{0,80}"
    r"(?:사용|이용|수집|동의).{0,150}|쿠키\s?(?:설정|정책|사용\s?동의|허용|모두\s?허용|거부|모두\s?거부)"
    r"|모두\s?(?:동의|허용|거부)(?:하기)?",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?:[다요죠까]|니다)[.!?…]*[\"'”’)\]]*$")
EDGE_LINES = 8
"""Filled lines at either end in which links to the pages before and after stand, and notices."""
LONGEST = 300
"""Characters of the longest line that may be furniture."""


def strip_furniture(text: str) -> str:
    r"""Return `text` without the lines that belong to the page and not to what it says.

    A text of nothing but such lines comes back as it is.

    >>> strip_furniture("홈 > 소식 > 마을\n비가 온다.\n인쇄\n스크랩\n다음 글: 눈이 온다")
    '비가 온다.'
    >>> strip_furniture("인쇄\n인쇄는 글을 찍는 일이다.\n다음 글에서는 종이를 다룬다.")
    '인쇄\n인쇄는 글을 찍는 일이다.\n다음 글에서는 종이를 다룬다.'
    """
    lines = text.split("\n")
    gone = {*_certain(lines), *_buttons_in_a_row(lines), *_at_the_edges(lines)}
    kept = [line for place, line in enumerate(lines) if place not in gone]
    if not gone or not any(line.strip() for line in kept):
        return text
    return "\n".join(kept).strip("\n")


def _certain(lines: list[str]) -> Iterator[int]:
    """Yield the lines that are furniture wherever they stand."""
    for place, line in enumerate(lines):
        bare = _bare(line)
        if 0 < len(bare) <= LONGEST and (
            _BREADCRUMB.fullmatch(bare) or _ALWAYS.fullmatch(bare) or _is_bar(bare)
        ):
            yield place


def _bare(line: str) -> str:
    """Return a line with single spaces and without the bullet of a list."""
    return " ".join(line.split()).removeprefix("- ")


def _is_bar(line: str) -> bool:
    """Whether a line is two or more names of menus or of a button and others, and nothing else."""
    words = _words(line)
    names = [word for word in words if not _NUMBER.fullmatch(word)]
    if len(names) < 2:
        return False
    if MENU_WORDS.issuperset(names):
        return True
    return _BAR_WORDS.issuperset(names) and not BUTTON_WORDS.isdisjoint(names)


def _words(line: str) -> list[str]:
    joined = _JOIN.sub(lambda found: found[0].replace(" ", ""), line)
    return [word for word in _BETWEEN.split(joined) if word]


def _buttons_in_a_row(lines: list[str]) -> Iterator[int]:
    """Yield lines of one button or menu each, when two or more follow each other."""
    filled = [(place, line.strip()) for place, line in enumerate(lines) if line.strip()]
    for kind, group in groupby(filled, key=lambda row: _kind_of_line(row[1])):
        run = list(group) if kind else []
        words = [word for _, line in run for word in _words(_bare(line))]
        if len(run) >= 2 and _are_controls(words, listed=kind == "item"):
            yield from (place for place, _ in run)


def _kind_of_line(line: str) -> Literal["", "name", "item"]:
    """Tell a line that is one name of a button or menu, and an item of a list that is one."""
    if len(line) > LONGEST:
        return ""
    words = _words(_bare(line))
    if len(words) != 1 or words[0] not in _NAMES:
        return ""
    return "item" if line.startswith("- ") else "name"


def _are_controls(words: list[str], *, listed: bool) -> bool:
    """Whether names are controls of the page: in a list only a service beside a button tells."""
    has_button = not BUTTON_WORDS.isdisjoint(words)
    if listed:
        return has_button and not WEAK_WORDS.isdisjoint(words)
    return has_button or MENU_WORDS.issuperset(words)


def _at_the_edges(lines: list[str]) -> Iterator[int]:
    """Yield links to the pages before and after, and notices about cookies, at either end."""
    filled = [place for place, line in enumerate(lines) if line.strip()]
    bare = [_bare(lines[place]) for place in filled]
    for number in {*range(len(filled))[:EDGE_LINES], *range(len(filled))[-EDGE_LINES:]}:
        if len(bare[number]) > LONGEST:
            continue
        beside = bare[max(0, number - 1) : number] + bare[number + 1 : number + 2]
        if _is_neighbour(bare[number], beside) or _COOKIE.fullmatch(bare[number]):
            yield filled[number]


def _is_neighbour(line: str, beside: list[str]) -> bool:
    """Whether a line leads to the page before or after; "다음 글에서는 …" is a sentence.

    A title may be a sentence as well: then its mark tells, or that both links stand together.
    """
    found = _NEIGHBOUR.fullmatch(line)
    if found is None:
        return False
    paired = any(_NEIGHBOUR.fullmatch(other) for other in beside)
    return paired or bool(found["mark"]) or not _SENTENCE_END.search(line)
