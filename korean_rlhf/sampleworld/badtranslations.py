"""The faults that the sample translator makes on purpose, each as engines are known to make it.

A fault takes the right Korean (with its marks ⟦0⟧) and returns a wrong one, or None where it does
not apply. What is wrong follows from the text and the seed alone.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from korean_rlhf.hangul import compose, decompose, has_batchim, is_syllable

MARK = re.compile(r"⟦\d+⟧")
COUNTED = re.compile(
    r"(?<![가-힣])(한|두|세|네|다섯)"
    r"(?= ?(?:개|명|마리|권|살|번|송이|그루|병|잔|시|자루|장|켤레))"
)
COUNTS = ("한", "두", "세", "네", "다섯")
CHATTER = (
    "다음은 번역입니다: {}",
    "번역: {}",
    "{}\n\n위와 같이 번역했습니다. 더 필요한 번역이 있으면 말씀해 주세요.",
    "물론입니다. 아래는 요청하신 글의 번역입니다.\n\n{}",
    "Here is the translation:\n\n{}",
)
REFUSALS = (
    "죄송하지만 이 내용은 번역할 수 없습니다.",
    "저는 AI 언어 모델로서 이 요청을 도와 드릴 수 없습니다.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row as the translator sees it."""

    english: str
    """As it came, with marks."""
    korean: str
    """The right translation, with the same marks."""
    kind: str
    """ "instruction" or "answer"."""
    reply: str = ""
    """The right answer to an instruction, in Korean."""


Fault: TypeAlias = Callable[[Line, random.Random], str | None]


def drop_mark(line: Line, rng: random.Random) -> str | None:
    """Lose one placeholder."""
    marks = MARK.findall(line.korean)
    return line.korean.replace(rng.choice(marks), "", 1) if marks else None


def repeat_mark(line: Line, rng: random.Random) -> str | None:
    """Write one placeholder twice."""
    marks = MARK.findall(line.korean)
    if not marks:
        return None
    mark = rng.choice(marks)
    return line.korean.replace(mark, f"{mark} {mark}", 1)


def change_number(line: Line, rng: random.Random) -> str | None:
    """Write another number: 3 becomes 5, 두 마리 becomes 네 마리."""
    places = [*re.finditer(r"(?<![⟦\d])\d+(?![⟧\d])", line.korean), *COUNTED.finditer(line.korean)]
    if not places:
        return None
    place = rng.choice(places)
    if place[0].isdigit():
        other = str(int(place[0]) + rng.randint(1, 9))
    else:
        other = rng.choice([count for count in COUNTS if count != place[0]])
    return line.korean[: place.start()] + other + line.korean[place.end() :]


def leave_english(line: Line, rng: random.Random) -> str | None:
    """Copy the source, whole or its second half."""
    english, korean = _sentences(line.english), _sentences(line.korean)
    if len(english) < 2 or len(korean) < 2 or MARK.search(line.english) or rng.random() < 0.5:
        return line.english
    half = max(1, min(len(english), len(korean)) // 2)
    return " ".join([*korean[:half], *english[half:]])


def truncate(line: Line, rng: random.Random) -> str | None:
    """Stop somewhere between a third and two thirds of the text."""
    if len(line.korean) < 8 or MARK.search(line.korean):
        return None
    return line.korean[: int(len(line.korean) * rng.uniform(0.33, 0.67))].rstrip()


def loop(line: Line, rng: random.Random) -> str | None:
    """Say the last sentence, or the last words, over and over."""
    if MARK.search(line.korean):
        return None
    last = _sentences(line.korean)[-1]
    if rng.random() < 0.5:
        return line.korean + f" {last}" * rng.randint(2, 5)
    words = last.rstrip(".!?").split()[-2:]
    return line.korean.rstrip(".!?") + (" " + " ".join(words)) * rng.randint(3, 6) + "."


def chatter(line: Line, rng: random.Random) -> str | None:
    """Talk about the translation."""
    return rng.choice(CHATTER).format(line.korean)


def refuse(line: Line, rng: random.Random) -> str | None:
    """Refuse to translate."""
    return None if MARK.search(line.korean) else rng.choice(REFUSALS)


def lose_imperative(line: Line, rng: random.Random) -> str | None:
    """Turn 하세요 into 합니다, as engines did with 23 % of one well-known set."""
    found = re.search(r"(?:으?세요|으?십시오)([.!]?)$", line.korean)
    if line.kind != "instruction" or not found or found.start() == 0:
        return None
    stem = line.korean[: found.start()]
    if not is_syllable(stem[-1]):
        return None
    if has_batchim(stem[-1]):
        return f"{stem}습니다{found[1] or '.'}"
    return f"{_with_final(stem, 'ㅂ')}니다{found[1] or '.'}"


def mix_register(line: Line, rng: random.Random) -> str | None:
    """Turn one polite sentence of an answer into 반말."""
    sentences = _sentences(line.korean)
    places = [at for at, sentence in enumerate(sentences) if _plain(sentence)]
    if line.kind != "answer" or len(places) < 2 or "\n" in line.korean:
        return None  # one sentence alone has nothing to differ from
    place = rng.choice(places)
    sentences[place] = _plain(sentences[place])
    return " ".join(sentences)


def plain_register(line: Line, rng: random.Random) -> str | None:
    """Turn a whole answer of one sentence into 반말."""
    if line.kind != "answer" or len(_sentences(line.korean)) != 1:
        return None
    return _plain(line.korean) or None


def answer_instead(line: Line, rng: random.Random) -> str | None:
    """Do what the text asks instead of translating it."""
    return line.reply if line.kind == "instruction" and line.reply else None


FAULTS: dict[str, Fault] = {
    "placeholder-dropped": drop_mark,
    "placeholder-twice": repeat_mark,
    "number-changed": change_number,
    "english-left": leave_english,
    "truncated": truncate,
    "loop": loop,
    "chatter": chatter,
    "refusal": refuse,
    "imperative-lost": lose_imperative,
    "register-mixed": mix_register,
    "register-plain": plain_register,
    "answered": answer_instead,
}
"""Faults of one row. Those of a whole request are in translator.py."""


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text.strip())


def _with_final(text: str, final: str) -> str:
    lead, vowel, _ = decompose(text[-1])
    return text[:-1] + compose(lead, vowel, final)


def _plain(sentence: str) -> str:
    """Return a polite sentence as 반말 or in the plain style; "" when it is not polite."""
    core = sentence.rstrip(".!?")
    end = sentence[len(core) :] or "."
    for polite, plain in (("이에요", "이야"), ("예요", "야"), ("세요", "셔"), ("죠", "지")):
        if core.endswith(polite):
            return core.removesuffix(polite) + plain + end
    if core.endswith("요"):
        return core.removesuffix("요") + end
    if core.endswith("습니다"):
        return core.removesuffix("습니다") + "다" + end
    if core.endswith("니다") and len(core) > 2 and is_syllable(core[-3]):
        final = "ㄴ" if not core.endswith("입니다") else ""
        return _with_final(core.removesuffix("니다"), final) + "다" + end
    return ""
