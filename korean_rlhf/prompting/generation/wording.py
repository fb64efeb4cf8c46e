"""The form of a made instruction: long enough, Korean, whole syllables, nothing said around it."""

from __future__ import annotations

import re
import unicodedata

from korean_rlhf.hangul import syllable_ratio
from korean_rlhf.prompting.generation.material import without_quoted
from korean_rlhf.prompting.wording import BOTH_FORMS
from korean_rlhf.records import Drop
from korean_rlhf.settings.generate import GenerateSettings

BROKEN = re.compile(
    r"\ufffd|[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]"  # conjoining jamo that NFC left alone
    # 안녀ㅇ하세요; ㅋ, ㅎ, ㅇ, ㅠ, ㅜ, ㅡ are written
    r"|(?<=[가-힣])[ㄲ-ㄹㅁ-ㅅㅈㅊㅌㅍㅏ-ㅞㅢㅣ](?=[가-힣])"
    r"|占쏙옙|\\u[0-9a-fA-F]{4}|&(?:#\d+|amp|quot|lt|gt|nbsp);"
)
CHATTER = re.compile(
    r"\A\s*(?:물론(?:입니다|이죠|이에요)|네[,!.]?\s*(?:알겠|여기)|알겠습니다|여기\s*(?:있습니다|"
    r"새로운)|다음은\s[^\n]{0,30}(?:지시문|과제|예시)(?:입니다|예요|이에요)"
    r"|(?:새로운\s*|고친\s*)?(?:지시문|과제|작업|질문|예시|Task|Instruction|"
    r"Output)\s*\d*\s*[::.)]|(?:고친|새로운)\s*지시문"
    r"|\d{1,2}[.)]\s|[-*•]\s|#{1,4}\s|\{)"
    r"|(?:답변|정답|Output|Answer)\s*[::]\s*\S|지시문을\s*(?:작성|생성|만들어)(?:했|하였|해\s*드)"
)
"""What models say around an instruction, number it with, or answer on their own."""


def fault_of_wording(instruction: str, settings: GenerateSettings) -> Drop | None:
    """Return what is wrong with the form of an instruction, None when it is well.

    >>> fault_of_wording("여행 짐 싸는 요령 좀 알려 주세요.", GenerateSettings()) is None
    True
    >>> fault_of_wording("Explain gravity, 쉽게", GenerateSettings()).reason
    'not-korean'
    """
    letters = sum(char.isalnum() for char in instruction)
    if letters < settings.min_characters:
        return Drop("too-short", f"{letters} letters")
    if len(instruction) > settings.max_characters:
        return Drop("too-long", f"{len(instruction)} characters")
    found = CHATTER.search(instruction)
    if found:
        return Drop("chatter", found[0].strip())
    return broken_hangul(instruction) or _not_korean(instruction, settings.min_hangul)


def broken_hangul(text: str) -> Drop | None:
    """Return the first broken syllable, undecoded sign or undecided particle (은(는)) of a text."""
    prose = without_quoted(unicodedata.normalize("NFC", text))
    found = BROKEN.search(prose)
    if found:
        return Drop("broken-hangul", prose[max(0, found.start() - 5) : found.end() + 5])
    both = BOTH_FORMS.search(prose)
    return Drop("both-particles", both[0]) if both else None


def _not_korean(text: str, least: float) -> Drop | None:
    """Judge the words that ask: what is quoted, or stands in code, may be of any language."""
    prose = re.sub(r"https?://\S+|[A-Z][A-Z0-9]+|\w+\.\w+", "", without_quoted(text))
    share = syllable_ratio(prose)
    return Drop("not-korean", f"{share:.2f} of the letters are Hangul") if share < least else None
