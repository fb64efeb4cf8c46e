"""The translator speaks for itself: it refuses, comments on its work, or answers the text."""

from __future__ import annotations

import re

from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.checks.pair import Pair

CHATTER = re.compile(
    r"^\W*(?:다음은|아래는|이것은|요청하신)[^.\n]{0,30}번역"
    r"|^\W*(?:번역|번역문|번역 결과|한국어 번역|한국어|원문|korean|korean translation)\W*[:：]"
    r"|번역(?:본|문|결과)?(?:입니다|이에요|했습니다|했어요|해 드렸|은 다음과 같)|^\W*네, 번역"
    r"|(?:한국어로|우리말로) (?:번역|옮기)하?면"
    r"|^\W*(?:here is|here's|sure[,!]|translation\s*:|certainly[,!]|of course[,!])"
    r"|(?:번역이 도움이|더 필요한 번역|번역에 대한 설명|[(※]\s*(?:참고|역주|역자 주)\s*[:：])"
    r"|^\W*note\s*:",
    re.IGNORECASE | re.MULTILINE,
)
OFFER = re.compile(
    r"(?:도움이 되(?:었|셨)(?:기를|으면|길)|(?:궁금한|필요한) (?:점|것|게|내용)이 (?:있으|더 있으)"
    r"|추가 질문이 있으)"
)
"""Words of parting that no source without help, hope or questions says."""
OFFERED = re.compile(r"\b(?:help|hope|question|need|let me know|ask)", re.IGNORECASE)
REFUSAL_TO_TRANSLATE = re.compile(
    r"번역(?:할 수 없|해 드릴 수 없|해드릴 수 없|하기 어렵|이 불가|을 제공할 수 없|은 어렵)"
    r"|\bI (?:cannot|can't) translate",
    re.IGNORECASE,
)
REFUSAL = re.compile(
    r"(?:도와|답변해|응답해|제공해) ?드릴 수 (?:없|가 없)|(?:답변|응답|제공)할 수 없"
    r"|요청(?:은|을|에는?)[^.\n]{0,12}(?:들어드릴|처리할|따를|응할) 수 없"
    r"|(?:정책|지침|원칙)(?:에|상)[^.\n]{0,8}(?:위배|어긋|위반|맞지)"
    r"|AI (?:언어 )?모델로서"
    r"|\bas an ai\b|\bI (?:cannot|can't) (?:assist|help)",
    re.IGNORECASE,
)
REFUSED_ITSELF = re.compile(
    r"sorry|apolog|can(?:no|')t|can not|unable|won't|will not|not able|could(?: not|n't)|impossible"
    r"|refuse|language model|\bAI\b|polic(?:y|ies)|violat|assist|\bnot\b",
    re.IGNORECASE,
)
"""A source that refuses, so that its translation must."""
ANSWER_START = re.compile(
    r"^\W*(?:네[,.!]|예[,.!]|아니[요오][,.!]|물론(?:입니다|이에요|이죠|이지요)|알겠습니다|알겠어요"
    r"|좋습니다[,.!]|정답은|정답\s*[:：]|답은|답\s*[:：]|답변\s*[:：]|제 생각에는"
    r"|질문(?:에 답|해 주셔서))"
)
ANSWERS_ITSELF = re.compile(
    r"^\W*(?:yes|yeah|yep|no|nope|sure|of course|ok|okay|alright|all right|right|well|good|great"
    r"|certainly|absolutely|answer|the answer|correct|i think|in my|got it|thank|understood|a\b)",
    re.IGNORECASE,
)


def chatter(pair: Pair, settings: TranslateSettings) -> str:
    """Find words about the translation, and words of parting that the source does not say."""
    found = CHATTER.search(pair.korean)
    if found and not re.search(r"translat", pair.english, re.IGNORECASE):
        said = found[0].strip()
        return "" if said.lower() in pair.english.lower() else said
    parting = OFFER.search(pair.korean)
    return parting[0] if parting and not OFFERED.search(pair.english) else ""


def refusal(pair: Pair, settings: TranslateSettings) -> str:
    """Find a refusal that is not the source's own."""
    strict = REFUSAL_TO_TRANSLATE.search(pair.korean)
    if strict:
        return "" if re.search(r"translat", pair.english, re.IGNORECASE) else strict[0]
    found = REFUSAL.search(pair.korean)
    return found[0] if found and not REFUSED_ITSELF.search(pair.english) else ""


def answered(pair: Pair, settings: TranslateSettings) -> str:
    """Find the beginning of an answer where the source gives none."""
    if pair.speaker != "user" or ANSWERS_ITSELF.match(pair.english):
        return ""
    found = ANSWER_START.match(pair.korean)
    return f"begins with {found[0].strip()!r}" if found else ""
