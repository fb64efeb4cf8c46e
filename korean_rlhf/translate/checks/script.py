"""Letters that do not belong into a Korean translation: English, other scripts, torn Hangul."""

from __future__ import annotations

import re
from functools import lru_cache

from korean_rlhf.hangul import has_batchim, is_syllable, syllable_ratio
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.checks.pair import Pair

WORD = re.compile(r"[A-Za-z0-9]+(?:[._'’-][A-Za-z0-9_]+)*")
NAME = re.compile(r"\b(?:[A-Z][\w.'’-]*|[a-z]\w*(?:[._]\w+)+(?:\(\))?)")
"""What may stay as it is in a Korean text: a capitalised word, or code that nobody marked."""
CODE_START = re.compile(
    r"\s*(?:>>>|\.\.\.\s|\$ |import \w|from [\w.]+ import|def \w|class \w+[:(]|@\w"
    r"|(?:for|while|if|elif|with|except)\b.*:$|(?:else|try|finally):$|\w+(?:\.\w+)*\(.*\)$)"
)
CODE_SIGNS = re.compile(r"[(){}\[\]=;_<>\\|]")
CODE_SHARE = 0.1
"""Share of code's signs in a line from which it is code that nobody marked."""
FEW_WORDS = 3
"""Words of English so few that the names among them may outweigh the Korean: functools 모듈."""
SCRIPTS: dict[str, str] = {
    "Han": r"(?<![(\[\u3400-\u9fff])[\u3400-\u4dbf\u4e00-\u9fff]{2,}(?![)\]])",
    "Japanese": r"[\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff]+",
    "Cyrillic": r"[\u0400-\u04ff]{2,}",
    "Arabic": r"[\u0600-\u06ff]{2,}",
    "Hebrew": r"[\u05d0-\u05ea]{2,}",
    "Devanagari": r"[\u0900-\u097f]{2,}",
    "Thai": r"[\u0e01-\u0e5b]{2,}",
}
"""Scripts that models of many languages let slip in. Hanja may stand in brackets (조선(朝鮮))."""
ESCAPES = re.compile(r"\\u[0-9a-fA-F]{4}|&(?:amp|lt|gt|quot|nbsp|#\d+);|\\x[0-9a-fA-F]{2}")
LOST = re.compile(r"�|[\ue000-\uf8ff]|[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]+")
"""The sign for a lost character, characters of private use, jamo that make no syllable."""
TORN = re.compile(r"[가-힣][ㄱ-ㅣ]+(?=[가-힣])|[가-힣](?![ㅋㅎㅠㅜㅡㅇ])[ㄱ-ㅣ](?![ㄱ-ㅣ])")
"""A jamo within a word: 안녕ㅎ세요. ㅋㅋ and ㅠㅠ behind a word are laughter and tears."""
MOJIBAKE = re.compile(r"[ìíëê][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹Œ•–—˜™š›œ]|Ã[\u0080-\u00bf]|占쏙옙")
RARE_SHARE = 0.15
"""Share of syllables outside KS X 1001 from which a text was read in a wrong encoding.

Good Korean has none in 1,000; UTF-8 read as CP949 has a third.
"""
NOUNS_IN_EUL = frozenset("마 가 노 고 개 저 그 지 나 이 부 아 바 퍼 두 도 치 코 너 여 하".split())
"""Syllables without a final behind which 을 is part of the word: 마을, 가을, 노을, 지을, 나을."""
DOUBLE = re.compile(
    r"(?<!⟧)(?:은\(는\)|는\(은\)|이\(가\)|가\(이\)|을\(를\)|를\(을\)|와\(과\)|과\(와\)"
    r"|\(으\)로|은/는|을/를|이/가)|(?<=[가-힣])(?:을를|를을|은는|는은|를를|에서에서|에게에게)(?![가-힣])"
)
PARTICLE = re.compile(r"(?:([가-힣])(를)|(?<=[가-힣])([가-힣])([을와]))(?![가-힣\w'\"’”)])")
ABOUT_PARTICLES = re.compile(r"particle|postposition|grammar|korean|suffix", re.IGNORECASE)


def not_korean(pair: Pair, settings: TranslateSettings) -> str:
    """Find a text that is hardly Korean at all; code that nobody marked may stay as it is."""
    english, korean = _without_code(pair.english), _without_code(pair.korean)
    words = re.findall(r"\b[a-z]{2,}\b", english)
    if not words or not any(map(str.isalpha, korean)):
        return ""
    if len(words) <= FEW_WORDS and any(map(is_syllable, korean)):
        return ""
    ratio = syllable_ratio(NAME.sub(" ", korean))  # a name may stay as it is
    return f"{ratio:.2f} of the letters are Hangul" if ratio < settings.min_hangul else ""


def copied(pair: Pair, settings: TranslateSettings) -> str:
    """Find a run of English words that nobody translated."""
    source, target = (WORD.findall(_without_code(text)) for text in (pair.english, pair.korean))
    length = settings.max_copied_words + 1
    runs = {tuple(source[at : at + length]) for at in range(len(source) - length + 1)}
    for at in range(len(target) - length + 1):
        run = tuple(target[at : at + length])
        plain = sum(word.isalpha() and word.islower() for word in run)  # no names, no code
        if run in runs and plain > length // 2:
            return " ".join(run)
    return ""


def other_script(pair: Pair, settings: TranslateSettings) -> str:
    """Find letters of a script that is neither Korean nor in the source."""
    for name, pattern in _SCRIPTS.items():
        found = pattern.search(pair.korean)
        if found and not pattern.search(pair.source):
            return f"{name}: {found[0][:20]}"
    return ""


def broken_text(pair: Pair, settings: TranslateSettings) -> str:
    """Find lost characters, lone jamo within words, escapes and text read in a wrong encoding."""
    for pattern in (LOST, TORN, MOJIBAKE, ESCAPES):
        found = pattern.search(pair.korean)
        if found and not pattern.search(pair.source):
            return repr(found[0][:20])
    rare = [char for char in pair.korean if is_syllable(char) and not _is_common(char)]
    if len(rare) >= 2 and len(rare) >= RARE_SHARE * sum(map(is_syllable, pair.korean)):
        return f"{''.join(rare[:10])!r}: text in a wrong encoding"
    return ""


def josa_wrong(pair: Pair, settings: TranslateSettings) -> str:
    """Find a double particle (은(는), 을를), or one that cannot follow its word (사과을)."""
    if ABOUT_PARTICLES.search(pair.english):
        return ""
    text = pair.target
    for span in sorted(set(pair.spans), key=len, reverse=True):
        text = text.replace(span, "⟧")  # behind a placeholder 은(는) is all that can be said
    double = DOUBLE.search(text)
    if double:
        return double[0]
    for found in PARTICLE.finditer(text):
        before, particle = filter(None, found.groups())
        closed = has_batchim(before)
        if closed != (particle == "을") and (particle != "을" or before not in NOUNS_IN_EUL):
            return text[max(0, found.start() - 4) : found.end()].strip()
    return ""


def _without_code(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not _is_code(line))


def _is_code(line: str) -> bool:
    signs = len(CODE_SIGNS.findall(line))
    return bool(CODE_START.match(line)) or signs > max(2, CODE_SHARE * len(line.replace(" ", "")))


@lru_cache(maxsize=11_172)
def _is_common(syllable: str) -> bool:
    """Whether a syllable is one of the 2,350 of KS X 1001, which EUC-KR writes in two bytes."""
    return len(syllable.encode("euc-kr", "replace")) == 2


_SCRIPTS = {name: re.compile(pattern) for name, pattern in SCRIPTS.items()}
