"""Faults as translators make them, put into a right translation; each names what may catch it.

A fault takes a line with marks and returns the wrong Korean, or None where it does not apply. Those
of the sample translator are used as they are.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import TypeAlias

from korean_rlhf.hangul import compose, decompose, has_batchim
from korean_rlhf.sampleworld import badtranslations as known
from korean_rlhf.sampleworld.badtranslations import MARK, Line

Fault: TypeAlias = Callable[[Line, random.Random], str | None]

CHATTER_BEFORE = (
    "다음은 번역입니다:\n{}", "번역: {}", "한국어 번역:\n\n{}", "네, 번역해 드리겠습니다. {}",
    "물론입니다. 아래는 요청하신 글의 번역입니다.\n\n{}", "Here is the translation:\n\n{}",
    "Sure! {}", "Translation: {}", "원문을 한국어로 번역하면 다음과 같습니다. {}",
    "요청하신 문장의 번역문입니다.\n{}",
)  # fmt: skip
CHATTER_AFTER = (
    "{}\n\n위와 같이 번역했습니다.", "{}\n\n(참고: 원문의 표현을 살려 옮겼습니다.)",
    "{}\n\n번역이 도움이 되었기를 바랍니다.", "{}\n\n더 필요한 번역이 있으면 말씀해 주세요.",
    "{}\n\nNote: I kept the tone of the original.", "{}\n\n※ 역주: 뜻이 통하게 다듬었습니다.",
    "{}\n\n추가 질문이 있으시면 언제든지 알려 주세요.",
)  # fmt: skip
REFUSALS = (
    "죄송하지만 이 내용은 번역할 수 없습니다.",
    "죄송합니다. 이 요청은 도와드릴 수 없습니다.",
    "저는 AI 언어 모델로서 이 요청을 도와 드릴 수 없습니다.",
    "해당 내용은 정책에 위배되어 번역을 제공할 수 없습니다.",
    "죄송하지만 그런 요청에는 응할 수 없습니다.",
    "부적절한 내용이 있어 번역해 드릴 수 없어요.",
    "I cannot translate this text.",
    "이 글은 번역하기 어렵습니다. 다른 글을 보내 주세요.",
)
ANSWER_OPENERS = ("네, ", "물론입니다! ", "물론이죠. ", "정답은 다음과 같습니다. ", "", "", "", "")
FOREIGN = {
    "Japanese": "これは別の言語で書かれた文章です。翻訳はまだ終わっていません。",
    "Chinese": "这是用另一种语言写的文章。翻译还没有完成,请再试一次。",
    "Thai": "นี่คือข้อความที่เขียนด้วยภาษาอื่น การแปลยังไม่เสร็จสิ้น",
    "Russian": "Это текст на другом языке. Перевод ещё не закончен.",
}
LEAKS = ("非常", "重要", "問題", "とても", "そして", "สำคัญ", "очень", "然后", "的時候", "もちろん")
MORE = (
    " 이와 더불어 여러 가지 사정도 함께 살펴보는 것이 좋습니다."
    " 그래야 전체를 더 잘 이해할 수 있습니다."
    " 끝으로 앞에서 말한 점을 다시 한번 정리해 두면 나중에 도움이 됩니다."
)
DENIALS = (
    ("하지 말고 ", ""), ("빼지 말고 ", ""), ("왜 그렇지 않나요", "왜 그런가요"),
    ("하면 되지 않나요", "하면 되나요"), ("하지 않아요", "해요"), ("되지 않아요", "돼요"),
    ("그렇지 않아요", "그래요"), ("찾을 수 없어요", "찾을 수 있어요"), ("수 없", "수 있"),
    ("지 않습니다", "ㅂ니다"), ("지 않는다", "ㄴ다"), ("없다", "있다"), ("없었다", "있었다"),
    ("없습니다", "있습니다"), ("아니다", "그렇다"), ("아닙니다", "그렇습니다"),
)  # fmt: skip
STATEMENTS = (
    ("어떻게 하면 되지 않나요", "그렇게 하면 돼요"), ("어떻게 하면 되나요", "그렇게 하면 돼요"),
    ("왜 그렇지 않나요", "그렇지 않아요"), ("어떻게 되나요", "그렇게 돼요"),
    ("무엇인가요", "그것이에요"), ("어디에서 찾을 수 있나요", "거기에서 찾을 수 있어요"),
)  # fmt: skip


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text.strip())


def invent_mark(line: Line, rng: random.Random) -> str | None:
    """Write a mark that the source does not have."""
    return f"{line.korean} ⟦{len(MARK.findall(line.korean)) + rng.randrange(3)}⟧"


def drop_number(line: Line, rng: random.Random) -> str | None:
    """Leave a number out."""
    places = [*re.finditer(r"(?<![⟦\d.,])\d[\d,.]*\d|(?<![⟦\d.,])\d(?![⟧\d.,])", line.korean)]
    others = [place for place in places if line.korean.count(place[0]) == 1]
    if not others:
        return None
    place = rng.choice(others)
    return line.korean[: place.start()] + line.korean[place.end() :]


def copy_source(line: Line, rng: random.Random) -> str | None:
    return line.english if len(re.findall("[a-z]{2,}", line.english)) > 3 else None


def copy_half(line: Line, rng: random.Random) -> str | None:
    """Translate the first half and leave the second in English."""
    english, korean = sentences(line.english), sentences(line.korean)
    if len(english) < 2 or len(korean) < 2 or MARK.search(line.english):
        return None
    half = max(1, min(len(english), len(korean)) // 2)
    rest = english[half:]
    words = re.findall("[a-z]{2,}", " ".join(rest))
    return " ".join([*korean[:half], *rest]) if len(words) >= 6 else None


def lose_sentences(line: Line, rng: random.Random) -> str | None:
    """Stop at the end of a sentence in the middle of the text."""
    parts = sentences(line.korean)
    if len(parts) < 3 or MARK.search(line.korean):
        return None
    return " ".join(parts[: max(1, len(parts) // 3)])


def loop_lines(line: Line, rng: random.Random) -> str | None:
    """Come back to one sentence between the others."""
    parts = sentences(line.korean)
    if len(parts) < 3 or len(parts[0]) < 8 or MARK.search(line.korean):
        return None
    return " ".join(part for each in parts for part in (each, parts[0]))


def chatter_before(line: Line, rng: random.Random) -> str | None:
    return rng.choice(CHATTER_BEFORE).format(line.korean.replace("{", "(").replace("}", ")"))


def chatter_after(line: Line, rng: random.Random) -> str | None:
    return rng.choice(CHATTER_AFTER).format(line.korean.replace("{", "(").replace("}", ")"))


def refuse(line: Line, rng: random.Random) -> str | None:
    return None if MARK.search(line.korean) else rng.choice(REFUSALS)


def answer(line: Line, rng: random.Random) -> str | None:
    """Do what the text asks; half of the answers begin as answers do."""
    if line.kind != "instruction" or not line.reply or MARK.search(line.korean):
        return None
    return None if MARK.search(line.reply) else rng.choice(ANSWER_OPENERS) + line.reply


def lose_imperative(line: Line, rng: random.Random) -> str | None:
    """Turn every 적어 주세요 into 적어 줍니다."""
    if line.kind != "instruction" or "주세요" not in line.korean or "?" in line.korean:
        return None
    return line.korean.replace("주세요", "줍니다")


def lose_question(line: Line, rng: random.Random) -> str | None:
    """Turn every question of a text that asks at its end into a statement."""
    if line.kind != "instruction" or not line.english.rstrip().endswith("?"):
        return None
    if "주세요" in line.korean:
        return None
    wrong = line.korean
    for asked, said in STATEMENTS:
        wrong = wrong.replace(asked, said)
    return wrong.replace("?", ".")


def foreign_text(line: Line, rng: random.Random) -> str | None:
    """Answer in another language."""
    if MARK.search(line.korean) or len(re.findall("[a-z]{2,}", line.english)) < 2:
        return None
    text = FOREIGN[rng.choice([*FOREIGN])]
    return text * max(1, len(line.korean) // len(text))


def foreign_word(line: Line, rng: random.Random) -> str | None:
    """Let one word of another language slip in."""
    words = [word for word in re.finditer(r"(?<= )[가-힣]{2,}(?= )", line.korean)]
    if not words:
        return None
    place = rng.choice(words)
    return line.korean[: place.start()] + rng.choice(LEAKS) + line.korean[place.end() :]


def tear_syllable(line: Line, rng: random.Random) -> str | None:
    """Write a syllable within a word as its jamo, or as the sign for a lost character."""
    places = [*re.finditer(r"(?<=[가-힣])[가-힣](?=[가-힣])", line.korean)]
    if not places:
        return None
    place = rng.choice(places)
    lead, vowel, tail = decompose(place[0])
    torn = rng.choice((lead + vowel + tail, "\ufffd", "\ufffd\ufffd", f"\\u{ord(place[0]):04x}"))
    return line.korean[: place.start()] + torn + line.korean[place.end() :]


def read_wrongly(line: Line, rng: random.Random) -> str | None:
    """Read UTF-8 in another encoding."""
    if MARK.search(line.korean) or len(re.findall("[가-힣]", line.korean)) < 6:
        return None
    encoding = rng.choice(("cp949", "latin-1"))
    return line.korean.encode("utf-8").decode(encoding, "replace")


def fence(line: Line, rng: random.Random) -> str | None:
    """Wrap the translation in a fence."""
    return f"```\n{line.korean}\n```"


def join_list(line: Line, rng: random.Random) -> str | None:
    """Make running text of a list."""
    wrong = re.sub(r"\n\s*(?:[-*+•]|\d+[.)])\s+", ", ", line.korean)
    return wrong if wrong != line.korean else None


def lose_heading(line: Line, rng: random.Random) -> str | None:
    wrong = re.sub(r"^#{1,6} ", "", line.korean, flags=re.MULTILINE)
    return wrong if wrong != line.korean else None


def lose_table_line(line: Line, rng: random.Random) -> str | None:
    lines = line.korean.split("\n")
    rows = [at for at, each in enumerate(lines) if re.match(r"\s*\|.*\|\s*$", each)]
    if not rows:
        return None
    del lines[rng.choice(rows)]
    return "\n".join(lines)


def join_paragraphs(line: Line, rng: random.Random) -> str | None:
    wrong = re.sub(r"\n\s*\n", " ", line.korean.strip())
    return wrong if wrong != line.korean.strip() else None


def invent_address(line: Line, rng: random.Random) -> str | None:
    place = rng.choice(("https://example.com/guide", "www.example.org", "help@example.com"))
    return f"{line.korean} ({place})"


def double_josa(line: Line, rng: random.Random) -> str | None:
    """Write both forms of a particle, or the one that cannot follow its word.

    은(는) is no fault: the repair of particles resolves it.
    """
    places = [*re.finditer(r"(?<=[가-힣])[을를](?= )", line.korean)]
    places = [place for place in places if _is_particle(line.korean, place)]
    if not places:
        return None
    place = rng.choice(places)
    wrong = rng.choice(("을를", "를" if place[0] == "을" else "을"))
    return line.korean[: place.start()] + wrong + line.korean[place.end() :]


def _is_particle(text: str, place: re.Match[str]) -> bool:
    closed = has_batchim(text[place.start() - 1])
    return place[0] in ("을" if closed else "를")


def lose_denial(line: Line, rng: random.Random) -> str | None:
    """Say the contrary."""
    wrong = line.korean
    for denied, said in DENIALS:
        wrong = wrong.replace(denied, said)
    wrong = re.sub(r"([가-힣])([ㄴㅂ])(니?다)", _joined, wrong)
    return wrong if wrong != line.korean else None


def _joined(found: re.Match[str]) -> str:
    stem, tail, ending = found.groups()
    if not has_batchim(stem):
        lead, vowel, _ = decompose(stem)
        return compose(lead, vowel, tail) + ending
    return stem + ("는다" if tail == "ㄴ" else "습니다")


def add_text(line: Line, rng: random.Random) -> str | None:
    """Go on where the source ends."""
    return None if len(line.english) < 20 else line.korean + MORE * (1 + len(line.korean) // 120)


def nothing(line: Line, rng: random.Random) -> str | None:
    return " "


PLACES = frozenset({"number-changed", "length-ratio", "truncated", "negation-lost"})
"""What a text says besides, when its content is another or only a part of itself."""
OTHER_TEXT = PLACES | {
    "lost-imperative", "lost-question", "markdown-changed", "paragraphs-changed", "text-added",
}  # fmt: skip
OWN_WORDS = OTHER_TEXT | {"answered", "register-mixed", "translator-chatter"}
"""A translator that speaks for itself adds paragraphs, speech levels and answers."""
FAULTS: dict[str, tuple[Fault, frozenset[str]]] = {
    name: (fault, frozenset(reasons.split()) | more)
    for name, fault, reasons, more in (
        ("placeholder-dropped", known.drop_mark, "placeholder-lost", frozenset()),
        ("placeholder-twice", known.repeat_mark, "placeholder-repeated", frozenset()),
        ("placeholder-invented", invent_mark, "placeholder-invented placeholder-repeated", set()),
        ("number-changed", known.change_number, "number-changed", frozenset()),
        ("number-dropped", drop_number, "number-changed", frozenset()),
        ("source-copied", copy_source, "not-korean source-copied", OTHER_TEXT),
        ("half-in-English", copy_half, "not-korean source-copied", OTHER_TEXT),
        ("cut-off", known.truncate, "truncated broken-text", OTHER_TEXT),
        ("sentences-lost", lose_sentences, "truncated", OTHER_TEXT),
        ("loop", known.loop, "repetition", OTHER_TEXT),
        ("loop-apart", loop_lines, "repetition", OTHER_TEXT),
        ("chatter-before", chatter_before, "translator-chatter", OWN_WORDS),
        ("chatter-after", chatter_after, "translator-chatter", OWN_WORDS),
        ("refused", refuse, "translator-refusal", OWN_WORDS | {"not-korean"}),
        ("answered", answer, "answered repetition", OWN_WORDS),
        ("imperative-lost", lose_imperative, "lost-imperative", frozenset()),
        ("question-lost", lose_question, "lost-question", frozenset()),
        ("register-mixed", known.mix_register, "register-mixed", frozenset()),
        ("register-plain", known.plain_register, "register-other register-mixed", frozenset()),
        ("other-language", foreign_text, "not-korean other-script repetition", OTHER_TEXT),
        ("foreign-word", foreign_word, "other-script", frozenset()),
        ("torn-syllable", tear_syllable, "broken-text", {"number-changed"}),
        ("wrong-encoding", read_wrongly, "broken-text not-korean other-script", OTHER_TEXT),
        ("fenced", fence, "markdown-changed", frozenset()),
        ("list-joined", join_list, "markdown-changed", OTHER_TEXT),
        ("heading-lost", lose_heading, "markdown-changed", frozenset()),
        ("table-line-lost", lose_table_line, "markdown-changed", OTHER_TEXT),
        ("paragraphs-joined", join_paragraphs, "paragraphs-changed", OTHER_TEXT),
        ("address-invented", invent_address, "address-changed", {"length-ratio"}),
        ("particle-wrong", double_josa, "josa-wrong", frozenset()),
        ("denial-lost", lose_denial, "negation-lost", frozenset()),
        ("text-added", add_text, "length-ratio text-added", OWN_WORDS | {"repetition"}),
        ("nothing", nothing, "empty placeholder-lost", OTHER_TEXT),
    )
}
"""By name: the fault, and the reasons that name it rightly."""
