"""Advertisements of gambling, sex and loans, told from prose about them."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from korean_rlhf.clean.quality.characters import Codes, code_points
from korean_rlhf.clean.quality.hashes import Hashes, among

TOPICS = tuple(
    "바카라 카지노 토토사이트 먹튀 출장안마 출장마사지 스포츠토토 슬롯머신 슬롯사이트 파워볼 "
    "홀짝사이트 비아그라 시알리스 조건만남 유흥업소 오피사이트 대포통장 작업대출 무료야동 "
    "성인용품 꽁머니 가입머니 사설토토 메이저사이트 안전놀이터 카지노사이트 릴게임 홀덤사이트 "
    "키스방 립카페 풀싸롱 룸싸롱 휴대폰깡 소액결제현금화 상품권현금화 내구제 무직자대출 당일대출 "
    "급전대출 레플리카 짝퉁".split()
)
"""What is advertised; prose may name it too."""
OFFERS = tuple(
    "추천 가입 지급 보너스 이벤트 문의 카톡 텔레그램 상담 바로가기 24시 최저가 안전한 보장 첫충 "
    "환전 무료 후불 선착순 클릭 방문 코드 예약".split()
)
"""What an advertisement says of it."""
REPORTS = tuple(
    "경찰 검찰 혐의 검거 징역 처벌 구속 단속 법률 법원 규제 국회 기소 재판 판결 피의자 근절 청원 "
    "중독 합법화 입법 조례 시행령 연구 역사 소설 영화".split()
)
"""What is said only of it: in news, statutes, petitions, encyclopedias."""
_FEWEST_TOPICS, _FEWEST_OFFERS, _FEWEST_REPORTS = 3, 2, 2


def _topics(text: str, codes: Codes) -> list[str]:
    """Return the topics in `text`; none is looked for in a text without the beginning of one."""
    is_first, pairs = _beginnings()
    places = np.flatnonzero(is_first[codes[:-1].astype(np.uint16)])
    found = (codes[places].astype(np.uint64) << np.uint64(32)) | codes[places + 1]
    if not np.any(among(found, pairs)):
        return []
    return [word for word in TOPICS if word in text]


@functools.cache
def _beginnings() -> tuple[npt.NDArray[np.bool_], Hashes]:
    """Return which characters begin a topic, and the first two characters of each, in order."""
    is_first = np.zeros(0x10000, np.bool_)
    is_first[[ord(word[0]) for word in TOPICS]] = True
    pairs = sorted({ord(word[0]) << 32 | ord(word[1]) for word in TOPICS})
    return is_first, np.asarray(pairs, np.uint64)


def spam_words(text: str, codes: Codes | None = None) -> float:
    """Return words for what is advertised per 1,000 characters; 0.0 for prose about it.

    A text about one of these things names it again and again; an advertisement names them all, and
    makes offers. So three different words are needed and two different offers, and two different
    words of a report acquit.

    >>> spam_words("경찰은 카지노, 토토사이트, 파워볼을 단속했다. 가입을 추천한 사람도 있다.")
    0.0
    >>> spam_words("카지노 바카라 파워볼 추천! 지금 가입하세요") > 0
    True
    """
    found = _topics(text, code_points(text) if codes is None else codes)
    if len(found) < _FEWEST_TOPICS or _different(OFFERS, text) < _FEWEST_OFFERS:
        return 0.0
    if _different(REPORTS, text) >= _FEWEST_REPORTS:
        return 0.0
    return 1000.0 * sum(map(text.count, found)) / len(text)


def _different(words: tuple[str, ...], text: str) -> int:
    return sum(word in text for word in words)
