"""Whether a text model can answer an instruction: rules for what it cannot see, know or do.

What stands in quotation marks or code is somebody's text, and asks for nothing.
"""

from __future__ import annotations

import re

from korean_rlhf.prompting.generation.material import gives_text, request_lines
from korean_rlhf.records import Drop

_JOSA = r"(?:들)?(?:을|를|은|는|이|가|에|에서|의|과|와|랑|하고|으로|로|도|만|에게|처럼)?(?![가-힣])"
_PICTURE = (
    r"(?:사진|그림|이미지|영상|동영상|비디오|스크린샷|캡처|움짤|음성|녹음|음원|음성 파일|악보|"
    r"엑스레이)"
)
_GIVEN = (
    r"(?:이|저|아래|위|다음|첨부|첨부한|첨부된|올린|올려 드린|보낸|보내 드린|보내드린|같이 보낸)"
)
_ASKS = r"(?:[은는이가을를도]\s*|\s+)?(?:(?:수치|정보|현황|\S{1,3} 가지만?)\s*)?(?:좀\s*)?"
PICTURE = (
    rf"(?<![가-힣]){_GIVEN}\s*{_PICTURE}{_JOSA}",
    rf"{_PICTURE}[을를]?\s*(?:첨부|올렸|올릴게|올려\s*드|보냈|보낼게|보내\s*드)",
    rf"{_PICTURE}\s*(?:속|안)에?\s*(?:있는|보이는|나온|나오는|적힌)",
    r"(?:그림|사진|이미지|로고|삽화|일러스트|캐릭터|포스터|초상화|이모티콘)[을를]?\s*(?:하나\s*|"
    r"한 장\s*|좀\s*)?"
    r"(?:그려\s*(?:줘|주|봐|달라)|그려라|생성해\s*(?:줘|주)|합성해\s*(?:줘|주)|보여\s*(?:줘|주세|"
    r"주십|주시))",
    r"(?:노래|피아노|연주)[을를]?\s*(?:불러|틀어|들려|재생해)\s*(?:줘|주)",
)
LINK = (
    rf"(?<![가-힣]){_GIVEN}\s*(?:링크|주소|사이트|홈페이지|웹페이지|웹 페이지|블로그 글|URL|"
    rf"url){_JOSA}",
    r"(?:https?://|www\.)\S+[^\n]{0,30}(?:요약|읽|보고|들어가|접속|확인|번역|정리|분석|어때)",
    r"(?:링크|사이트|홈페이지|주소)에\s*(?:들어가|접속|있는|나온|올라온|적힌)[^\n]{0,30}(?:요약|"
    r"정리|알려|확인|찾아|읽)",
)
FILE = (
    rf"(?<![가-힣]){_GIVEN}\s*(?:파일|엑셀|엑셀 파일|PDF|pdf|피디에프|워드|한글 파일|압축 파일|"
    rf"스프레드시트|발표 자료|PPT|ppt){_JOSA}"
    r"(?!\s*(?:이름|형식|형태|확장자))",
    r"(?<![가-힣])(?:첨부|첨부한|첨부된|업로드한|올린|붙임)\s*(?:한\s*)?(?:문서|자료|서류|보고서|"
    r"계약서|이력서|논문|데이터)",
    r"(?:파일|문서|자료|PDF|pdf|엑셀)[을를]?\s*(?:첨부(?:했|합니다|할게|해\s*드)|업로드(?:했|"
    r"할게)|올렸|보냈으니|보내\s*드렸|열어서)",
)
_NOW = r"(?:오늘|지금|현재|내일|모레|이번 ?주말?|이번 ?달|어제|올해|요즘|최근|최신|실시간|방금)"
_NEWS = (
    r"(?:날씨|기온|온도|미세 ?먼지|강수|뉴스|소식|속보|환율|주가|주식|시세|코스피|코스닥|"
    r"비트코인|금값|기름값|"
    r"유가|금리|교통 ?상황|경기 ?결과|야구 ?결과|축구 ?결과|순위|실시간 ?검색어|박스 ?오피스|"
    r"개봉작)"
)
NOW = (
    rf"{_NOW}[^.?!\n]{{0,14}}{_NEWS}{_ASKS}(?:어때|어떤|어떻|알려|몇|얼마|뭐|무엇|확인|검색|찾아|"
    rf"조회|요약|정리|"
    r"전해|말해|추천|있(?:어|나|습|을)|\?|$)",
    rf"{_NEWS}{_ASKS}(?:지금|현재|실시간)",
    r"(?:지금|현재|거기)\s*(?:[가-힣]+\s*)?(?:은|는)?\s*(?:시각은?|몇\s*시(?:야|예요|인가|지|죠|"
    r"\?|인지)|몇\s*도(?:야|예요|인가|지|죠|\?|인지))",
    r"오늘[은이]?\s*(?:며칠|몇\s*월|무슨\s*요일)(?:이|인|야|이야|이에요|예요|이죠|\?)",
    r"(?:인터넷|구글|네이버|포털|온라인)(?:에서|으로|에)?\s*(?:좀\s*)?(?:검색|찾아)\s*(?:해|"
    r"봐)?\s*(?:서|줘|주)",
    r"(?:내일|다음 주|내년|이번 주)[^.?!\n]{0,12}(?:오를|뛸|당첨될|이길)\s*[^.?!\n]{0,10}(?:알려|"
    r"찍어|맞혀|골라|뭐|뭘|어디|어느|누구)",
    r"(?:로또|복권)[^.?!\n]{0,10}번호[^.?!\n]{0,10}(?:알려|찍어|맞혀|골라|뽑아|예측|추천)",
)
ACTION = (
    r"(?:예약|예매|주문|결제|송금|이체|입금|배달|환불|전화|신고|취소|구매|신청|접수)(?:을|"
    r"를)?\s*(?:좀\s*)?(?:해\s*(?:줘|주세|주십|주시|놔|놓)|걸어\s*(?:줘|주))"
    r"(?!\S*\s*(?:는|던)\s)",
    r"(?:알람|타이머|일정|음악|불|에어컨|텔레비전|티브이|TV|보일러|"
    r"조명)[을를]?\s*(?:[가-힣\d]+\s*){0,3}?"
    r"(?:맞춰|켜|꺼|틀어|등록해|추가해|설정해)\s*(?:줘|주세|주십|주시|놔)",
    r"(?:메일|문자|카톡|메시지|톡)[을를]?\s*(?:바로\s*|대신\s*|지금\s*)?(?:보내|전송해|"
    r"발송해)\s*(?:줘|주세요|주십시오)\s*[.!]?\s*$",
)
EARLIER = (
    r"(?<![가-힣])(?:아까|방금|앞에서|앞서|위에서|지난번에|저번에|어제)\s*"
    r"(?:(?:네가|너가|니가|당신이|나한테|저한테|제가|내가|우리가)\s*)?"
    r"(?:말한|말씀하신|말했던|말해 준|알려 준|알려준|알려 주신|추천해 준|써 준|써준|얘기한|"
    r"이야기한|물어본)",
    r"(?:네가|너가|니가|당신이)\s*(?:아까|방금|어제|지난번에|저번에)?\s*(?:쓴|만든|보낸|보내 준)",
    r"(?:이전|앞선|지난)\s*(?:대화|답변|답|질문|메시지)(?:에서|을|를|의|에)",
)

_PATTERNS: dict[str, tuple[re.Pattern[str], ...]] = {
    reason: tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in patterns)
    for reason, patterns in {
        "needs-picture": PICTURE,
        "needs-link": LINK,
        "needs-file": FILE,
        "needs-now": NOW,
        "needs-action": ACTION,
        "missing-dialogue": EARLIER,
    }.items()
}


def unanswerable(instruction: str) -> Drop | None:
    """Return why no text model can answer `instruction`, None when nothing stands against it.

    >>> unanswerable("이 사진에 있는 꽃 이름이 뭐야?").reason
    'needs-picture'
    >>> unanswerable("사진 잘 찍는 법 좀 알려 줘.") is None
    True
    >>> unanswerable("다음 글을 세 문장으로 요약해 줘.").reason
    'missing-input'
    """
    said = request_lines(instruction)
    for reason, patterns in _PATTERNS.items():
        for pattern in patterns:
            found = pattern.search(said)
            if found:
                return Drop(reason, found[0].strip())
    missing = gives_text(instruction)
    return Drop("missing-input", missing) if missing else None
