"""Checks of one translated text: each names a fault by a reason code, or says nothing.

The thresholds in TranslateSettings were measured on pairs translated by people: 720 JHE sentences
and the Python manual (docs/en/explanation/translation.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from korean_rlhf.hangul import syllable_ratio
from korean_rlhf.records import Drop, Role
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.imperative import asks_for_something
from korean_rlhf.translate.protect import MARK
from korean_rlhf.translate.quantities import changed_numbers
from korean_rlhf.translate.register import PLAIN, Sentence, is_mixed, sentences

Check: TypeAlias = Callable[["Pair", TranslateSettings], str]
"""Returns what a reader needs to see the fault, "" when there is none."""

WORD = re.compile(r"[A-Za-z0-9]+(?:[._'’-][A-Za-z0-9_]+)*")
NAME = re.compile(r"\b(?:[A-Z][\w.'’-]*|[a-z]\w*(?:[._]\w+)+(?:\(\))?)")
"""What may stay as it is in a Korean text: a capitalised word, or code that nobody marked."""
ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|vs|etc|e\.g|i\.e|[A-Z])\.")
CHATTER = re.compile(
    r"^\W*(?:다음은|아래는|이것은|요청하신)[^.\n]{0,30}번역"
    r"|^\W*(?:번역|번역문|한국어 번역|한국어)\s*:"
    r"|번역(?:본|문|결과)?(?:입니다|이에요|했습니다|해 드렸|은 다음과 같)|^\W*네, 번역"
    r"|^\W*(?:here is|here's|sure[,!]|translation\s*:|certainly[,!]|of course[,!])"
    r"|(?:번역이 도움이|더 필요한 번역|번역에 대한 설명|\(참고: 원문)",
    re.IGNORECASE | re.MULTILINE,
)
REFUSAL = re.compile(
    r"번역(?:할 수 없|해 드릴 수 없|하기 어렵|이 불가)|(?:도와|답변해) 드릴 수 없"
    r"|AI (?:언어 )?모델로서"
    r"|\bas an ai\b|\bI (?:cannot|can't) (?:translate|assist|help)",
    re.IGNORECASE,
)
ABOUT_TRANSLATION = re.compile(r"translat|korean|language model|\bAI\b|assist|help", re.IGNORECASE)
LOOP = re.compile(r"(\S.{3,60}?)\1{2,}")
TWICE = re.compile(r"(\S.{7,200}?[.!?…] )\1")
FINISHED = re.compile(r"[.!?…:;。]['\"”’)\]*_」』]*\s*$")
SENTENCE_END = re.compile(r"[.!?…](?=['\"”’)\]]|\s|$)")
QUOTED = re.compile(r"[\"“][^\"”\n]*[\"”]|‘[^’\n]*’|「[^」\n]*」|(?<!\w)'[^'\n]*'(?!\w)")
LIST_LINE = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s", re.MULTILINE)
HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
SHORT_RATIO = 0.4
"""A translation this short that has fewer sentences lost some: 5 in 100 good ones are shorter."""
SHORT = 20
"""Characters below which a length ratio says nothing."""


@dataclass
class Pair:
    """A text and its translation, with the spans in place and masked."""

    source: str
    target: str
    masked_source: str
    masked_target: str
    spans: tuple[str, ...]
    speaker: Role

    @cached_property
    def english(self) -> str:
        """The source without its spans."""
        return MARK.sub(" ", self.masked_source).strip()

    @cached_property
    def korean(self) -> str:
        """The translation without its spans."""
        return MARK.sub(" ", self.masked_target).strip()

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences of the translation."""
        return sentences(self.target)

    @cached_property
    def prose(self) -> list[Sentence]:
        """The sentences that the speaker says: lists and quotations left out."""
        lines = [line for line in self.target.splitlines() if not LIST_LINE.match(line)]
        return sentences("\n".join(QUOTED.sub("말", line) for line in lines))


def faults(pair: Pair, settings: TranslateSettings) -> list[Drop]:
    """Return every fault of a translation; the first says most."""
    found = []
    for reason, check in CHECKS.items():
        detail = check(pair, settings)
        if detail:
            found.append(Drop(reason, detail))
    return found


def _empty(pair: Pair, settings: TranslateSettings) -> str:
    return "nothing is left" if pair.source.strip() and not pair.target.strip() else ""


def _chatter(pair: Pair, settings: TranslateSettings) -> str:
    found = CHATTER.search(pair.korean)
    if not found or re.search(r"translat", pair.english, re.IGNORECASE):
        return ""
    said = found[0].strip()
    return "" if said.lower() in pair.english.lower() else said


def _refusal(pair: Pair, settings: TranslateSettings) -> str:
    found = REFUSAL.search(pair.korean)
    return found[0] if found and not ABOUT_TRANSLATION.search(pair.english) else ""


def _not_korean(pair: Pair, settings: TranslateSettings) -> str:
    if not re.search(r"\b[a-z]{2,}\b", pair.english) or not any(map(str.isalpha, pair.korean)):
        return ""
    ratio = syllable_ratio(NAME.sub(" ", pair.korean))  # a name may stay as it is
    return f"{ratio:.2f} of the letters are Hangul" if ratio < settings.min_hangul else ""


def _copied(pair: Pair, settings: TranslateSettings) -> str:
    source, target = WORD.findall(pair.english), WORD.findall(pair.korean)
    length = settings.max_copied_words + 1
    runs = {tuple(source[at : at + length]) for at in range(len(source) - length + 1)}
    for at in range(len(target) - length + 1):
        run = tuple(target[at : at + length])
        plain = sum(word.isalpha() and word.islower() for word in run)  # no names, no code
        if run in runs and plain > length // 2:
            return " ".join(run)
    return ""


def _numbers(pair: Pair, settings: TranslateSettings) -> str:
    return changed_numbers(pair.english, pair.korean)


def _code(pair: Pair, settings: TranslateSettings) -> str:
    lost = [span for span in pair.spans if pair.target.count(span) < pair.source.count(span)]
    return f"{lost[0][:60]!r} is not as it was" if lost else ""


def _repetition(pair: Pair, settings: TranslateSettings) -> str:
    korean, english = (" ".join(text.split()) + " " for text in (pair.korean, pair.english))
    for pattern in (LOOP, TWICE):
        found = pattern.search(korean)
        if found and re.search(r"\w", found[1]) and not pattern.search(english):
            return found[1].strip()
    return ""


def _truncated(pair: Pair, settings: TranslateSettings) -> str:
    wanted = len(SENTENCE_END.findall(ABBREVIATION.sub("", pair.masked_source)))
    found = len(SENTENCE_END.findall(pair.masked_target))
    short = len(pair.korean) < SHORT_RATIO * len(pair.english)
    if (wanted >= 3 and found * 2 < wanted) or (found < wanted and short and found):
        return f"{found} of {wanted} sentences"
    if not FINISHED.search(pair.masked_source) or FINISHED.search(pair.masked_target):
        return ""
    if MARK.search(pair.masked_target[-6:]) or not pair.sentences:
        return ""
    last = pair.sentences[-1]
    whole = last.ended and (last.level or not found)
    return "" if whole else f"ends with {last.text[-20:]!r}"


def _length(pair: Pair, settings: TranslateSettings) -> str:
    if len(pair.english) < SHORT:
        return ""
    ratio = len(pair.korean) / len(pair.english)
    fits = settings.min_length_ratio <= ratio <= settings.max_length_ratio
    return "" if fits else f"{ratio:.2f} times as long as the source"


def _markdown(pair: Pair, settings: TranslateSettings) -> str:
    for name, pattern in (("list items", LIST_LINE), ("headings", HEADING)):
        before, after = (len(pattern.findall(text)) for text in (pair.source, pair.target))
        if before != after:
            return f"{before} {name} became {after}"
    return ""


def _imperative(pair: Pair, settings: TranslateSettings) -> str:
    if pair.speaker != "user" or not asks_for_something(QUOTED.sub("it", pair.english)):
        return ""
    asked = any(sentence.request for sentence in pair.sentences)
    return "" if asked or not pair.sentences else f"{pair.sentences[0].text[-40:]!r} asks nothing"


def _question(pair: Pair, settings: TranslateSettings) -> str:
    if pair.speaker != "user" or not QUOTED.sub("it", pair.english).rstrip().endswith("?"):
        return ""
    asked = "?" in pair.korean or any(sentence.request for sentence in pair.sentences)
    return "" if asked or not pair.sentences else f"{pair.sentences[-1].text[-40:]!r} asks nothing"


def _mixed(pair: Pair, settings: TranslateSettings) -> str:
    if pair.speaker != "assistant" or not is_mixed(pair.prose):
        return ""
    return next(each.text[-40:] for each in pair.prose if each.level in PLAIN)


def _other_register(pair: Pair, settings: TranslateSettings) -> str:
    wanted: str = settings.register
    said = pair.prose
    if pair.speaker == "user":  # what else an instruction holds may be a text to work on
        wanted, said = settings.instruction_register, [each for each in said if each.request]
    if wanted == "any" or pair.speaker == "system":
        return ""
    levels = [sentence.level for sentence in said if sentence.level]
    other = [level for level in levels if level != wanted]
    return f"{len(other)} of {len(levels)} sentences" if 2 * len(other) > len(levels) else ""


CHECKS: dict[str, Check] = {
    "empty": _empty,
    "translator-refusal": _refusal,
    "translator-chatter": _chatter,
    "not-korean": _not_korean,
    "source-copied": _copied,
    "code-changed": _code,
    "number-changed": _numbers,
    "repetition": _repetition,
    "truncated": _truncated,
    "length-ratio": _length,
    "markdown-changed": _markdown,
    "lost-imperative": _imperative,
    "lost-question": _question,
    "register-mixed": _mixed,
    "register-other": _other_register,
}
