"""Facts about Hangul that more than one stage needs."""

from __future__ import annotations

FIRST, LAST = 0xAC00, 0xD7A3
FINALS = 28
"""Syllables per initial and medial: no final consonant, or one of 27."""
RIEUL = 8
"""Index of ㄹ among the finals: 으로 becomes 로 after it."""

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
TAILS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

# How a digit is read aloud ends in: 영 일 이 삼 사 오 육 칠 팔 구.
_DIGIT_FINALS = dict(zip("0123456789", (21, 8, 0, 16, 0, 0, 1, 8, 8, 0), strict=True))
# Zeros at the end of a number: 십 백 천 end in a consonant, 만 too, 억 and 조 less often.
_ROUND_FINALS = {1: 17, 2: 1, 3: 4, 4: 4, 5: 4, 6: 4, 7: 4, 8: 1}
# Names of the letters: 에이, 비, 씨, ..., 엘, 엠, 엔, ..., 알.
_LETTER_FINALS = {"l": 8, "m": 16, "n": 4, "r": 8}

_PAIRS = {
    "은/는": ("은", "는"),
    "이/가": ("이", "가"),
    "을/를": ("을", "를"),
    "과/와": ("과", "와"),
    "아/야": ("아", "야"),
    "으로/로": ("으로", "로"),
    "으로서/로서": ("으로서", "로서"),
    "으로써/로써": ("으로써", "로써"),
    "이나/나": ("이나", "나"),
    "이라/라": ("이라", "라"),
    "이라고/라고": ("이라고", "라고"),
    "이란/란": ("이란", "란"),
    "이에요/예요": ("이에요", "예요"),
    "이다/다": ("이다", "다"),
    "이랑/랑": ("이랑", "랑"),
}


def is_syllable(char: str) -> bool:
    """Whether `char` is one precomposed Hangul syllable, U+AC00..U+D7A3.

    >>> is_syllable("가"), is_syllable("ㄱ"), is_syllable("a")
    (True, False, False)
    """
    return len(char) == 1 and FIRST <= ord(char) <= LAST


def decompose(syllable: str) -> tuple[str, str, str]:
    """Return the initial, the vowel and the final ("" for none) of one syllable.

    >>> decompose("값"), decompose("가")
    (('ㄱ', 'ㅏ', 'ㅄ'), ('ㄱ', 'ㅏ', ''))
    """
    if not is_syllable(syllable):
        raise ValueError(f"{syllable!r} is no Hangul syllable")
    index = ord(syllable) - FIRST
    return LEADS[index // (21 * FINALS)], VOWELS[index // FINALS % 21], TAILS[index % FINALS]


def compose(lead: str, vowel: str, tail: str = "") -> str:
    """Return the syllable made of compatibility jamo; the inverse of `decompose`.

    >>> compose("ㅎ", "ㅏ", "ㄴ") + compose("ㄱ", "ㅡ", "ㄹ")
    '한글'
    """
    place = (LEADS.index(lead) * 21 + VOWELS.index(vowel)) * FINALS + TAILS.index(tail)
    return chr(FIRST + place)


def has_batchim(char: str) -> bool:
    """Whether the syllable `char` ends in a consonant (받침).

    >>> has_batchim("강"), has_batchim("나")
    (True, False)
    """
    return is_syllable(char) and (ord(char) - FIRST) % FINALS != 0


def final_index(word: str) -> int | None:
    """Return the final of the last sound of `word` as read aloud: 0 for none, 8 for ㄹ.

    Brackets, quotes and spaces at the end are skipped. None when the sound cannot be known.

    >>> final_index("서울"), final_index("나무"), final_index("3"), final_index("(API)")
    (8, 0, 16, 0)
    """
    word = word.rstrip(" \"'”’)]}〉》」』*_`")
    if not word:
        return None
    last = word[-1]
    if is_syllable(last):
        return (ord(last) - FIRST) % FINALS
    if last in _DIGIT_FINALS:
        return _number_final(word)
    if last == "%":
        return 0  # 퍼센트, 프로
    if last.isascii() and last.isalpha():
        return _LETTER_FINALS.get(last.lower(), 0)
    return None


def josa(word: str, pair: str) -> str:
    """Return the form of the particle `pair` that follows `word`.

    >>> [word + josa(word, "은/는") for word in ("사과", "수박", "5")]
    ['사과는', '수박은', '5는']
    >>> josa("서울", "으로/로"), josa("부산", "으로/로")
    ('로', '으로')
    """
    after_consonant, after_vowel = _PAIRS[pair]
    final = final_index(word)
    if final is None:
        return after_vowel
    if final == RIEUL and after_consonant.startswith("으로"):
        return after_vowel
    return after_consonant if final else after_vowel


def syllable_ratio(text: str) -> float:
    """Hangul syllables over all letters of `text`, 0.0 when it has no letter.

    Digits, spaces and punctuation count on neither side.

    >>> round(syllable_ratio("서울 Seoul 2024"), 3)
    0.286
    >>> syllable_ratio("1,024")
    0.0
    """
    letters = [char for char in text if char.isalpha()]
    return sum(map(is_syllable, letters)) / len(letters) if letters else 0.0


def _number_final(word: str) -> int:
    """Return the final of the number that ends `word`: 10 is 십, 300 is 삼백, 2000 is 이천."""
    digits = ""
    for char in reversed(word):
        if char.isdigit():
            digits = char + digits
        elif char != ",":
            if char == "." and digits:  # 3.10 is read digit by digit after the point
                return _DIGIT_FINALS[digits[-1]]
            break
    zeros = len(digits) - len(digits.rstrip("0"))
    if zeros == 0 or zeros == len(digits):
        return _DIGIT_FINALS[digits[-1]]
    return _ROUND_FINALS.get(zeros, 1)
