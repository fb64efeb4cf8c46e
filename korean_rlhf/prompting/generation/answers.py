"""What is wrong with an answer: cut, refusing, looping, in another language or speech level."""

from __future__ import annotations

import re
from collections import Counter

from korean_rlhf.hangul import syllable_ratio
from korean_rlhf.ngrams import normalise_for_matching
from korean_rlhf.prompting.generation.borrowed import Borrowed
from korean_rlhf.prompting.generation.material import without_quoted
from korean_rlhf.prompting.generation.tasks import HONEST_KINDS, Made
from korean_rlhf.prompting.generation.wording import broken_hangul
from korean_rlhf.records import Drop
from korean_rlhf.settings.generate import GenerateSettings

CHATTER = re.compile(
    r"\A\s*(?:(?:답변|답|Answer|Assistant|도우미)\s*[::]|물론(?:입니다|이죠|이에요)[,.!]|"
    r"네,?\s*(?:답변|설명|작성)[^.\n]{0,12}(?:드리겠|드릴게))"
    r"|AI\s*(?:언어\s*)?모델(?:로서|로써|이므로|이기\s*때문|이라)|"
    r"인공\s*지능(?:\s*언어)?\s*모델로서|언어\s*모델로서|제가 학습한 데이터"
    r"|(?:도움이\s*되(?:었|셨)(?:기를|길|으면)|더\s*궁금한\s*(?:점|것|사항)이?\s*있으(?:시면|면)|"
    r"추가(?:로)?\s*(?:질문|궁금)[^.\n]{0,12}있으(?:시면|면)"
    r"|언제든지?\s*(?:질문해|물어봐?)\s*주)[^\n]{0,40}\Z"
)
"""What a model says about itself or by habit, in place of an answer or behind it."""
UNFINISHED = re.compile(
    r"(?:[,:;·(\[{]|그리고|하지만|그러나|또한|및|[가-힣]+(?:에서는?|으로는?|이라는|하는))\s*\Z"
)
LOOP = re.compile(r"(?=\S)(.{2,40}?)(?:\s*\1){5,}", re.DOTALL)
TABLE_OR_RULE = re.compile(r"^[\s|:\-=_*.~─━]+$|\.{3,}|-{3,}|_{3,}|={3,}", re.MULTILINE)
FOREIGN = re.compile(
    r"영어|영문|영작|번역|일본어|중국어|한자|불어|프랑스어|독일어|스페인어|베트남어|코드|함수|"
    r"파이썬|자바|스크립트|명령어|"
    r"SQL|css|html|엑셀|정규식|수식|계산|숫자만|답만",
    re.IGNORECASE,
)
"""Requests whose answer may hold little Hangul."""
LEAST_HANGUL = 0.4
SAME_LINES = 4
"""So many equal sentences of at least LEAST_LETTERS letters are a loop."""
LEAST_LETTERS = 8
LEAST_QUESTION = 10
"""Letters of an instruction that an answer can be said to repeat."""


def fault_of_answer(
    made: Made, finish_reason: str, settings: GenerateSettings, borrowed: Borrowed
) -> Drop | None:
    """Return what is wrong with the answer of `made`, None when it is well."""
    instruction, answer = made.instruction, made.answer
    return (
        _cut(answer, finish_reason, settings)
        or loop(answer)
        or broken_hangul(answer)
        or _refused(made, borrowed)
        or _empty_words(instruction, answer)
        or _language(instruction, answer)
        or _register(answer, settings, borrowed)
    )


def _cut(answer: str, finish_reason: str, settings: GenerateSettings) -> Drop | None:
    if finish_reason == "length":
        return Drop("truncated", "finish_reason: length")
    if not any(char.isalnum() for char in answer):
        return Drop("empty-answer")
    if answer.count("```") % 2:
        return Drop("truncated", "a code block is open")
    found = UNFINISHED.search(answer)
    if found:
        return Drop("truncated", f"it ends in {found[0].strip()!r}")
    if len(answer) > settings.max_answer_characters:
        return Drop("too-long-answer", f"{len(answer)} characters")
    return None


def loop(answer: str) -> Drop | None:
    r"""Return what an answer says again and again, None when it does not.

    >>> loop("좋아요. " * 9).reason
    'loops'
    >>> loop("| 봄 | 여름 |\n|---|---|\n| 꽃 | 비 |") is None
    True
    """
    text = TABLE_OR_RULE.sub(" ", answer)
    found = LOOP.search(text)
    if found and any(char.isalnum() for char in found[1]) and len(found[0]) >= 12:
        return Drop("loops", found[1].strip())
    parts = (normalise_for_matching(part) for part in re.split(r"[.!?\n]+", text))
    common = Counter(part for part in parts if len(part) >= LEAST_LETTERS).most_common(1)
    if common and common[0][1] >= SAME_LINES:
        return Drop("loops", f"{common[0][1]} times {common[0][0][:40]}")
    return None


def _refused(made: Made, borrowed: Borrowed) -> Drop | None:
    if made.kind not in HONEST_KINDS and borrowed.refuses(made.answer):
        return Drop("refused", made.answer[:80])
    return None


def _empty_words(instruction: str, answer: str) -> Drop | None:
    found = CHATTER.search(answer)
    if found:
        return Drop("answer-chatter", found[0].strip()[:80])
    asked, said = normalise_for_matching(instruction), normalise_for_matching(answer)
    if len(asked) >= LEAST_QUESTION and said.startswith(asked):
        return Drop("repeats-question", answer[:80])
    return None


def _language(instruction: str, answer: str) -> Drop | None:
    if FOREIGN.search(instruction) or "```" in answer:
        return None
    share = syllable_ratio(answer)
    letters = sum(char.isalpha() for char in answer)
    if letters and share < LEAST_HANGUL:
        return Drop("answer-not-korean", f"{share:.2f} of the letters are Hangul")
    return None


def _register(answer: str, settings: GenerateSettings, borrowed: Borrowed) -> Drop | None:
    """Judge the sentences that have a level: a list of nouns has none, and passes."""
    if settings.register == "any":
        return None
    ended = [level for level in borrowed.levels(without_quoted(answer)) if level]
    if not ended:
        return None
    share = ended.count(settings.register) / len(ended)
    if share < settings.register_share:
        return Drop("register-other", f"{share:.2f} of the sentences are {settings.register}")
    return None
