"""Character n-grams and hashes of NFC text, for deduplication, overlap and contamination."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from korean_rlhf.records import Message


def normalise_for_matching(text: str) -> str:
    """Return the letters and digits of `text`, NFC and in lower case, without spaces.

    Spacing is left out because Korean writers disagree about it, punctuation because editors do.

    >>> normalise_for_matching("서울은, 한국의 수도 이다.")
    '서울은한국의수도이다'
    """
    folded = unicodedata.normalize("NFC", text).lower()
    return "".join(char for char in folded if char.isalnum())


def character_ngrams(text: str, n: int) -> list[str]:
    """Return every run of `n` characters of `text`; the whole text when it is shorter.

    Particle edits leave most character n-grams alone, while they change nearly every word n-gram
    (는 for 가, 했다며 for 했다고: Jaccard 0.54 against 0.00 on such a pair).

    >>> character_ngrams("한국어", 2)
    ['한국', '국어']
    """
    if len(text) <= n:
        return [text] if text else []
    return [text[start : start + n] for start in range(len(text) - n + 1)]


def jaccard(left: Iterable[str], right: Iterable[str]) -> float:
    """Return the size of the intersection over the size of the union; 0.0 for two empty sets.

    >>> round(jaccard("가나다", "나다라"), 2)
    0.5
    """
    one, two = set(left), set(right)
    union = len(one | two)
    return len(one & two) / union if union else 0.0


def chrf(text: str, reference: str, *, longest: int = 6, beta: float = 2.0) -> float:
    """Return the character n-gram F-score of `text` against `reference`, from 0 to 1.

    Popović 2015, equation 1, as sacrebleu computes it: runs of one to six characters without
    spaces, the orders averaged that both texts have, recall counted `beta` times.

    >>> chrf("물이 끓어요.", "물이 끓어요."), round(chrf("물이 끓어요.", "물이 끓습니다."), 2)
    (1.0, 0.19)
    """
    one, two = ("".join(each.split()) for each in (text, reference))
    precision = recall = 0.0
    orders = min(longest, len(one), len(two))
    for n in range(1, orders + 1):
        mine, wanted = Counter(character_ngrams(one, n)), Counter(character_ngrams(two, n))
        shared = (mine & wanted).total()
        precision += shared / mine.total()
        recall += shared / wanted.total()
    if not precision + recall:
        return 0.0
    precision, recall = precision / orders, recall / orders
    return (1 + beta**2) * precision * recall / (beta**2 * precision + recall)


def text_hash(text: str) -> str:
    """Return 32 hexadecimal digits that are equal for texts equal after normalisation."""
    return hashlib.blake2b(normalise_for_matching(text).encode(), digest_size=16).hexdigest()


def prompt_hash(messages: Sequence[Message]) -> str:
    """Return the normalised hash of what comes before the last assistant message.

    Two prompts that differ only in spacing, punctuation or case hash alike. Text without a letter
    or digit is hashed as it stands, so that "?" and "!" stay two prompts.
    """
    turns = list(messages)
    if turns and turns[-1].role == "assistant":
        turns.pop()
    parts = [
        f"{turn.role}:{normalise_for_matching(turn.content) or turn.content}" for turn in turns
    ]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def question_hash(messages: Sequence[Message]) -> str:
    """Return the hash of a dialogue up to its first question: one for all that went on from it."""
    return dialogue_hashes(messages)[0]


def dialogue_hashes(messages: Sequence[Message]) -> list[str]:
    """Return the hash of every prompt in a dialogue: of all up to each turn of the user.

    Whoever learned the second answer of a dialogue has read the first question too.
    """
    ends = [place + 1 for place, turn in enumerate(messages) if turn.role == "user"]
    return [prompt_hash(messages[:end]) for end in ends] or [prompt_hash(messages)]
