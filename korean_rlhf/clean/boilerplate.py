"""What publishers put around a text: notices, bylines and share bars, at its end only."""

from __future__ import annotations

import re

from korean_rlhf.clean.pagehead import after_metadata, is_metadata

_EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_ROLE = (
    r"(?:인턴|객원|선임|수습|[가-힣]{0,4}전문|수석|시민|명예|촬영|대)?기자"
    r"|특파원|논설위원|통신원|리포터|에디터|PD"
)
_NAME = r"[가-힣]{2,4}"
_BULLET = r"^[\s▶▷►☞■□◆◇●○▲△※*·ㆍ<>\[(（【〈\-–—|ⓒ©/=]*"

NOTICE = re.compile(
    rf"{_BULLET}.{{0,80}}(?:무단\s*(?:전재|복제|배포|도용|사용|전제)|재\s*배포\s*금지"
    r"|AI\s*학습\s*(?:및|이용|활용).{0,12}금지|저작권자\s*[ⓒ©(:]|All\s*rights\s*reserved)"
    rf"|{_BULLET}(?:copyrights?\b|저작권자|ⓒ|©).{{0,100}}$|^\s*[ⓒ©]",
    re.IGNORECASE,
)
"""A line that says who owns the text. `_is_sentence` tells prose about copying apart."""

_CREDIT = r"(?:글|사진|취재|영상|편집|정리|촬영|그래픽|자료)"
_PAPER = r"[가-힣A-Za-z]{1,8}(?:일보|신문|경제|뉴스|닷컴|타임스|투데이|방송)"
_PERSON = (
    rf"(?:{_CREDIT}(?:[·/,]\s?{_CREDIT})*\s*[=: ]\s*)?"
    rf"{_NAME}\s*(?:[,·/]\s*{_NAME}\s*){{0,3}}(?:\s(?:{_PAPER}\s)?)?(?:{_ROLE})"
    rf"(?:\s*[=|/·:]?\s*[(<\[]?\s*{_EMAIL}\s*[)>\]]?)?"
)
BYLINE = re.compile(
    rf"{_BULLET}(?:\([가-힣·]{{2,10}}\s?=\s?[가-힣A-Za-z0-9]{{2,12}}\)\s*)?"
    rf"(?:[가-힣A-Za-z0-9·]{{2,12}}\s*[=|/]\s*)?"
    rf"(?:(?:온라인\s|디지털\s)?[가-힣]{{2,10}}(?:부|팀|신문|일보|뉴스|경제|닷컴)\s+)?"
    rf"(?:{_PERSON}(?:\s*[,/·]?\s*{_PERSON}){{0,3}}"
    rf"|(?:{_NAME}|[가-힣]{{2,10}}팀)?\s*[(<\[]?{_EMAIL}[)>\]]?)[\s.)\]>】]*$"
)
"""A line that is only a reporter and perhaps an address."""
_STAFF = re.compile(r"^[^@=:]*(?:통신원|리포터|에디터|PD)[^@=:]*$")
"""People of a programme are listed so, without an address: no byline."""
_CAMERA = re.compile(
    rf"^[\s(\[<]*(?:(?:영상|촬영|취재|편집|그래픽|사진|자막|구성|연출)[가-힣]{{0,4}}\s?[:=]\s?{_NAME}(?![가-힣])"
    rf"(?:[·]\s?{_NAME}(?![가-힣]))*[\s,/]*)+[)\]>]*$"
)
_PICTURE = re.compile(
    r"^[\s▲△▶]*(?:[\[(<]\s?사진\s?(?:제공|출처|자료)?\s?[=:][^\])>\n]{1,30}[\])>]"
    r"|사진\s?(?:(?:제공|출처)\s?[=:]|=)\s?\S.{0,20})\s*$"
)
_SIGN_OFF = re.compile(
    rf"^(?:지금까지\s.{{1,20}}?)?(?:[A-Z]{{2,5}}\s?|[가-힣]{{2,6}})뉴스,?\s{_NAME}(?:입니다|이었습니다|였습니다)\.?$"
)
"""How a reporter ends a report on the air."""
_TAGS = re.compile(r"^(?:(?:관련\s?)?태그|키워드)?\s*[:|]?\s*(?:#[^\s#]{1,20}+[\s,]*+){2,}+$")
_PORTAL = re.compile(
    r"^(?:이 기사는 언론사에서 .{1,20} 섹션으로 분류했습니다"
    r"|기사의 섹션 분류는 .{0,30}따르고 있습니다"
    r"|.{0,20}당신의 제보가 뉴스가 됩니다.{0,150}"
    r"|.{0,30}\d{4}[./-]\d{2}[./-]\d{2}\.? \d{2}:\d{2}(?::\d{2})?\s?송고)\.?$"
)
"""Sentences of portals and agencies about the page, and the time of sending."""
_TIMES = re.compile(r"^[\s|\[]*(?:기사\s?|최초\s?|최종\s?)?(?:입력|수정|송고|승인|등록)")
_REPORTS = re.compile(rf"{_BULLET}제보(?:하기|\s?안내|는)?\s*+[\])】>:]*+\s*+$")
_CONTACT = re.compile(
    rf"{_BULLET}(?:카카오톡|카톡|전화|이메일|메일|홈페이지|유튜브|네이버|문자|뉴스홈페이지)\s?[:：@].{{1,60}}$"
)
"""Lines of a box that asks for reports; alone they may be what the text is about."""

_SHARE_WORDS = frozenset(
    "카카오톡 카카오스토리 페이스북 트위터 인스타그램 밴드 네이버 라인 URL복사 URL 복사 "
    "링크복사 주소복사 공유하기 공유 인쇄하기 인쇄 프린트 스크랩 스크랩하기 글자크기 글씨크기 "
    "크게 작게 가 좋아요 싫어요 추천 추천해요 응원 댓글 댓글쓰기 구독 구독하기 기사저장 북마크 "
    "신고 신고하기 목록 목록보기 이전글 다음글 이전 다음 글 맨위로 맨 위로 TOP 닫기 더보기 SNS X "
    "Facebook Twitter KakaoTalk 이메일 메일 번역 음성으로 듣기 기사듣기".split()
)
_BETWEEN_BUTTONS = re.compile(r"[\s|·,/>\d()+-]+")
_BUTTON = re.compile(
    r"^(?:공유하기|인쇄하기|스크랩|스크랩하기|목록|목록보기|목록으로|이전글|다음글|맨\s?위로|TOP|댓글쓰기|구독하기|기사제보|"
    r"좋아요\s*\d*|댓글\s*\d*개?|조회수?\s*:?\s*[\d,]+|추천\s*:?\s*\d+)$"
)
_PROMOTION = re.compile(
    rf"{_BULLET}(?:.{{0,30}}(?:기사\s?제보|제보(?:는|하기|를 기다립니다)|구독하기|바로\s?가기"
    r"|채널\s?추가|뉴스스탠드|홈페이지\s?방문|뉴스레터\s?(?:신청|구독)).{0,60})$"
)
_RELATED = re.compile(
    rf"{_BULLET}(?:관련\s?(?:기사|뉴스|글|포스트|콘텐츠)|많이\s?본\s?(?:뉴스|기사|글)|인기\s?(?:기사|뉴스|글)|주요\s?뉴스|추천\s?(?:기사|뉴스|글)"
    r"|이\s?기자의\s?다른\s?기사|다른\s?기사\s?보기|함께\s?(?:보면|읽으면)\s?좋은\s?(?:기사|글)|실시간\s?(?:인기|랭킹)\s?(?:기사|뉴스)?"
    r"|랭킹\s?뉴스|최신\s?(?:기사|뉴스|글)|오늘의\s?(?:주요\s?)?뉴스)\s*+[\])】〉>:：▶]*+\s*+$"
)
_SENTENCE_END = re.compile(r"(?:[다요죠까네]|니다|음|함|임)[.!?…]*[\"'”’)\]]*$")
_TAIL_LINES = 12
_LONGEST = 300
"""Characters of the longest line that may be a notice."""
_RELATED_LINES = 15


def strip_boilerplate(text: str) -> str:
    r"""Return `text` without notices, bylines, buttons and lists of links at its end.

    Only whole lines at the tail go: "무단 전재" or a reporter's name inside an article stays, and
    so does a text that consists of such lines only.

    >>> strip_boilerplate("비가 온다.\n홍길동 기자 hong@example.com\n무단 전재 및 재배포 금지")
    '비가 온다.'
    >>> strip_boilerplate("무단 전재를 금지하는 법이 생겼다.")
    '무단 전재를 금지하는 법이 생겼다.'
    """
    lines = text.split("\n")
    end = _without_lists(lines, len(lines))
    for _ in range(_TAIL_LINES):
        last = _last_filled(lines, end)
        if last <= 0 or not is_tail_line(lines[last].strip()):
            break
        end = _without_lists(lines, last)
    start = after_metadata(lines, end)
    if all(is_tail_line(line.strip()) for line in lines[:end] if line.strip()):
        return text
    return "\n".join([*lines[: start[0]], *lines[start[1] : end]]).rstrip()


_CERTAIN = (BYLINE, _BUTTON, _CAMERA, _PICTURE, _SIGN_OFF, _TAGS, _PORTAL)
"""Forms that no line of a text has, not even a sentence."""


def is_tail_line(line: str) -> bool:
    """Whether a line at the end of a page says nothing about its subject."""
    if len(line) > _LONGEST:
        return False
    if is_share_bar(line) or any(pattern.match(line) for pattern in _CERTAIN):
        return not _STAFF.match(line)
    if _TIMES.match(line) and is_metadata(line):
        return True
    if _is_sentence(line):
        return bool(re.search(r"무단\s*전재.{0,20}재\s*배포.{0,20}금지", line)) and len(line) < 120
    return bool(NOTICE.search(line) or (len(line) < 80 and _PROMOTION.match(line)))


def is_share_bar(line: str) -> bool:
    """Whether a line is made of two or more buttons and nothing else.

    >>> is_share_bar("카카오톡 | 페이스북 | URL 복사"), is_share_bar("사진과 이메일")
    (True, False)
    """
    words = [word for word in _BETWEEN_BUTTONS.split(line) if word]
    return len(words) >= 2 and all(word in _SHARE_WORDS for word in words)


def _is_sentence(line: str) -> bool:
    return bool(_SENTENCE_END.search(line)) and " " in line


def _last_filled(lines: list[str], end: int) -> int:
    while end > 0 and not lines[end - 1].strip():
        end -= 1
    return end - 1


def _without_lists(lines: list[str], end: int) -> int:
    """Return where the page ends without headlines under "관련 기사" and a box for reports.

    Headlines are no sentences; "관련 기사" above prose is a heading and stays.
    """
    for place in range(end - 1, max(0, end - _RELATED_LINES) - 1, -1):
        following = [line.strip() for line in lines[place + 1 : end] if line.strip()]
        line = lines[place].strip()
        is_related = _RELATED.match(line) and not any(
            text.endswith((".", "다.", "요.")) for text in following
        )
        is_box = following and _REPORTS.match(line) and all(map(_CONTACT.match, following))
        if place > 0 and (is_related or is_box):
            return place
    return end
