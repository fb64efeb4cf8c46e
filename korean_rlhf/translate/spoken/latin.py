"""How a word in Latin letters ends: as a word of its own, or letter by letter.

There is no rule without exceptions, so the commonest exceptions are listed. The rules were read off
the loanwords of the 국립국어원 notation (외래어 표기법) and words that stand in manuals.
"""

from __future__ import annotations

import re
import unicodedata

from korean_rlhf.translate.spoken.finals import (
    IEUNG,
    KIYEOK,
    MIEUM,
    NIEUN,
    NONE,
    PIEUP,
    RIEUL,
    SIOS,
)

WORDS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys("type group backup europe".split(), (PIEUP,)),
    **dict.fromkeys("theme audit edit hub github kebab bit cookie recipe cache apache".split(),
                    (NONE,)),
    **dict.fromkeys("dog bug log tag flag nike chile pele ballet renault peugeot".split(), (NONE,)),
    **dict.fromkeys("jpeg jpg tiktok latex tex cognac zodiac facebook macbook".split(), (KIYEOK,)),
    **dict.fromkeys("column com some game home time name frame theorem".split(), (MIEUM,)),
    **dict.fromkeys("sign design line online engine machine phone iphone zone".split(),
                    (NIEUN,)),
    **dict.fromkeys("chat format input output net great sweet tweet internet set get ipod".split(),
                    (SIOS,)),
    **dict.fromkeys("favorite chocolate private".split(), (SIOS, NONE)),  # 페이버릿, 프라이빗
    **dict.fromkeys("apple google kindle file mobile module style title profile".split(), (RIEUL,)),
    "kr": (RIEUL,),  # 케이알
    **dict.fromkeys("mr jr sr dr".split(), (NONE, RIEUL)),  # 미스터, 엠알
    "chrome": (MIEUM,),
    "up": (PIEUP, NONE),
    "str": (IEUNG, RIEUL),  # 스트링, 에스티알
    "int": (NONE,),
    "ii": (NONE,), "iv": (NONE,), "v": (NONE,),  # 이, 사, 오: so are 투, 포, 파이브
}  # fmt: skip
"""Words whose spelling misleads, and common ones whose ending alone is doubtful."""

ENDINGS: tuple[tuple[str, int, bool], ...] = (
    (r"ng", IEUNG, True),  # 스프링
    (r"ll|l|[^aeiouyl]le", RIEUL, True),  # 셀, 구글
    (r"lle|[aeiouy]le", RIEUL, False),  # 파일; but 칠레
    (r"mm?|lm", MIEUM, True),  # 필름
    (r"[aou]mb|me|mme", MIEUM, False),  # 엄, 네임; but 애크미
    (r"nn?", NIEUN, True),  # 머신
    (r"nn?e", NIEUN, False),  # 라인; but 다프네
    (r"[aeiou]ck|[aeiou]?ic", KIYEOK, True),  # 블록, 뮤직
    (r"[aeiou]c|(?<=[^aeiou])ook|book|(?<![aeiou])[aeio]k", KIYEOK, False),
    (r"(?<![aeiou])[aeiou]pp?", PIEUP, True),  # 앱, 스텝
    (r"(?:^|[^aeiou])[aeou]b|^web", PIEUP, False),  # 웹, 탭
    (r"(?<![aeiou])[aeiou]tt?", SIOS, False),  # 넷, 커밋; but 비트
    (r"[aiouwysxzfvrdghjq]|(?:[bcdfghjkrstvwyz]|[aeiou])e", NONE, True),  # 서버, 코드, 노트
    (r"", NONE, False),  # 리스트, 링크
)
"""Endings of a word, their final, and whether nearly every word with that ending has it."""

LETTERS = {"L": RIEUL, "M": MIEUM, "N": NIEUN, "R": RIEUL}
"""엘, 엠, 엔, 알; every other letter ends in a vowel."""

_ENDINGS = tuple((re.compile(f"(?:{text})$"), final, sure) for text, final, sure in ENDINGS)
_TAIL = re.compile(r"[A-Z]+$|[A-Z]?[a-z]+$")  # PyTorch, macOS
_INITIALS = re.compile(r"[A-Z]{2,}[a-z]$")  # PCs, IIc
_ROMAN = re.compile(r"[IVX]{1,5}")


def latin_finals(word: str) -> tuple[tuple[int, ...], bool]:
    """Return the finals that `word` may have, the likeliest first, and whether they are sure.

    >>> [latin_finals(word)[0] for word in ("Python", "server", "KBS", "URL", "macOS", "com")]
    [(4,), (0,), (0,), (8,), (0,), (16,)]
    """
    if word[-1] in "éèêÉ":
        return (NONE,), True  # 카페, 비욘세
    plain = "".join(char for char in unicodedata.normalize("NFD", word) if char.isascii())
    if word[-1] not in plain:
        return (), False  # Bogdanović: other spellings, other sounds
    if plain.lower() in WORDS:
        return WORDS[plain.lower()], True
    tail = _TAIL.search(plain)
    part = tail[0] if tail else plain
    if part != plain and len(part) > 1 and part.lower() in WORDS:
        return WORDS[part.lower()], True
    if _ROMAN.fullmatch(plain):
        return (NONE, KIYEOK, RIEUL), True  # I, X, VI: a letter or a number
    if part.isupper() or _INITIALS.search(plain) or not re.search("[aeiouy]", part.lower()):
        return _letters(part)
    return _word(part.lower())


def _letters(part: str) -> tuple[tuple[int, ...], bool]:
    """Return how letters end that are named one by one, or spoken as a word: NASA, PIN, HOT."""
    final = LETTERS.get(part[-1].upper(), NONE)
    if len(part) < 3 or not re.search(r"[AEIOUY]", part):
        return (final,), True
    spoken, _ = _word(part.lower())
    return ((final,) if spoken == (final,) else (final, *spoken)), True


def _word(word: str) -> tuple[tuple[int, ...], bool]:
    for ending, final, sure in _ENDINGS:
        if ending.search(word):
            return (final,), sure
    return (NONE,), False
