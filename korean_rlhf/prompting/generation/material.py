"""Whether an instruction that speaks of a text (다음 글, 이 코드) has that text in it."""

from __future__ import annotations

import re

_TEXT = (
    "글|문장|문단|단락|기사|본문|지문|대화|대화문|코드|함수|시|소설|표|목록|단어|낱말|이메일|메일|편지|문자|"
    "메시지|리뷰|후기|댓글|텍스트|내용|자료|데이터|보기|숫자|수|회의록|메모|원고|보고서|자기소개서|이력서|공지|"
    "공지문|안내문|광고|노랫말|가사|일기|줄거리|발표문|연설문|논문|초록|계약서|조항|질문|문제|식|수식|사례|상황|명언|속담"
)
_TAIL = r"(?:들)?(?:을|를|은|는|이|가|에|에서|의|과|와|랑|하고|으로|로|도|만|중|중에서)?(?![가-힣])"
MENTION = (
    re.compile(
        rf"(?<![가-힣])(?:다음|아래|위|제시된|주어진|아래의|다음의|위의|밑의|"
        rf"하기)\s+(?:[가-힣]+\s+)?(?:{_TEXT}){_TAIL}"
    ),
    re.compile(
        r"(?<![가-힣])이\s+(?:글|문장|문단|기사|코드|함수|대화|메일|이메일|편지|후기|리뷰|댓글|"
        r"시|표|가사|보고서|자기소개서|지문|텍스트)"
        rf"{_TAIL}"
    ),
    re.compile(
        r"(?<![가-힣])(?:제|내|저희|우리|제가 쓴|내가 쓴|제가 작성한)\s*"
        r"(?:영어\s*|한국어\s*)?(?:자기소개서|자소서|이력서|이메일|메일|글|코드|일기|에세이|"
        r"보고서|원고|시|소설|발표문)(?:을|를)?\s*"
        r"(?:좀\s*|한번\s*|더\s*)?(?:[가-힣]+게\s*)?(?:첨삭|고쳐|교정|다듬어|검토|봐\s*줘|"
        r"봐\s*주|평가|요약|번역)"
    ),
)
SLOT = re.compile(
    r"\[[^\]\n]{0,20}(?:입력|붙여|삽입|넣어|넣으|내용|이름|글|텍스트|주제|회사명|"
    r"날짜)[^\]\n]{0,20}\]"
    r"|\{\{?\s*[\w가-힣 ]{1,20}\s*\}?\}|<(?:글|본문|텍스트|문장|내용|이름|입력)>(?!\s*\S)"
    r"|\((?:여기에|이곳에|아래에)[^)\n]{0,30}(?:입력|붙여|넣|적)[^)\n]{0,20}\)"
)
"""A place that somebody was to fill in."""
_QUOTED = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]+`|[\"“][^\"”]*[\"”]|‘[^’\n]*’|(?<!\w)'[^'\n]*'(?![A-Za-z])"
    r"|「[^」\n]*」|『[^』\n]*』|《[^》\n]*》|〈[^〉\n]*〉",
    re.DOTALL,
)
_REQUEST_END = re.compile(
    r"(?:줘|줄래|주라|주세요|주십시오|주시겠어요|주실래요|주겠니|부탁\S*|바랍니다|바라요|하세요|"
    r"하라|해라|하시오|쓰시오|십시오|싶어요?|"
    r"싶습니다|돼요?|됩니다|좋겠어요?|좋겠습니다|해|해요|[?？]|나요|까요|면서요?|[가-힣]게요?|"
    r"로요?)[\s.!~]*$"
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
LEAST_QUOTED = 2
LEAST_TOLD = 10
"""Letters of quoted and of told material: one word can be corrected, a tale needs a sentence."""


def without_quoted(text: str) -> str:
    """Return `text` without what stands in quotation marks, brackets of titles, or code.

    >>> without_quoted("'이 사진 뭐야?'를 영어로 옮겨 줘.")
    '“”를 영어로 옮겨 줘.'
    """
    return _QUOTED.sub("“”", text)


def request_lines(instruction: str) -> str:
    r"""Return what is asked, without the lines of material behind or before it.

    >>> request_lines("스팸인가요?\n제목: 당첨\n아래 링크를 누르세요.")
    '스팸인가요?'
    """
    lines = [line for line in without_quoted(instruction).splitlines() if line.strip()]
    if len(lines) < 3:
        return "\n".join(lines)
    return lines[0] if _asks(lines[0]) else f"{lines[0]}\n{lines[-1]}"


def gives_text(instruction: str) -> str:
    """Return the words for a text that is not there, "" where it is, or none is spoken of.

    >>> gives_text("다음 글을 요약해 줘. 세 문장으로 부탁해.")
    '다음 글을'
    >>> gives_text("다음 문장을 고쳐 줘. 나는 어제 학교에 갈 것이다.")
    ''
    """
    slot = SLOT.search(_without_code(instruction))
    if slot:
        return slot[0]
    said = without_quoted(instruction)
    for pattern in MENTION:
        found = pattern.search(said)
        if found and not _has_material(instruction, said, found):
            return found[0].strip()
    return ""


def _without_code(text: str) -> str:
    return re.sub(r"```.*?(?:```|\Z)|`[^`\n]+`", "", text, flags=re.DOTALL)


def _has_material(instruction: str, said: str, found: re.Match[str]) -> bool:
    """Whether a text is quoted, stands behind a colon or on a line of its own, or is told."""
    if any(_letters(match[0]) >= LEAST_QUOTED for match in _QUOTED.finditer(instruction)):
        return True
    after = re.search(r"[::]\s*(\S.*)", said, re.DOTALL)
    if after and _letters(after[1]) >= LEAST_QUOTED:
        return True
    lines = [line for line in said.splitlines() if line.strip()]
    if any(not _asks(line) and _letters(line) >= LEAST_QUOTED for line in lines[1:]):
        return True
    others = [s[0] for s in _SENTENCE.finditer(said) if not s.start() <= found.start() < s.end()]
    return sum(_letters(one) for one in others if not _asks(one)) >= LEAST_TOLD


def _asks(sentence: str) -> bool:
    return bool(_REQUEST_END.search(sentence.strip()))


def _letters(text: str) -> int:
    return sum(char.isalnum() for char in text)
