"""How long an answer is: characters, eojeols, sentences, paragraphs, lines."""

from __future__ import annotations

import re

from korean_rlhf.evaluate.following.graphemes import clusters
from korean_rlhf.evaluate.following.parameters import Parameters, within
from korean_rlhf.translate.register import sentences


def characters(answer: str, parameters: Parameters) -> bool:
    r"""Whether the answer has that many characters, counting `spaces` (공백 포함) or not.

    A character is what a reader counts as one (`graphemes`). Line breaks never count.

    >>> characters("봄이 왔다.\n끝", {"spaces": True, "exactly": 7})
    True
    >>> characters("봄이 왔다.\n끝", {"spaces": False, "exactly": 6})
    True
    """
    kept = "".join(answer.strip().splitlines()) if parameters["spaces"] else "".join(answer.split())
    return within(len(clusters(kept)), parameters)


def eojeols(answer: str, parameters: Parameters) -> bool:
    """Whether the answer has that many eojeols: pieces between blanks with a letter or digit.

    >>> eojeols("- 봄이 왔다 !", {"exactly": 2})
    True
    """
    return within(sum(_has_letter(piece) for piece in answer.split()), parameters)


def sentence_count(answer: str, parameters: Parameters) -> bool:
    """Whether the answer has that many sentences as Kiwi splits them.

    A line ends a sentence; a sentence quoted within another is none of its own. Headings and list
    items count: each is what a reader reads at once. On paragraphs whose sentences people counted,
    Kiwi comes to the same number in 16 of 38 (blogs), 16 of 18 (Wikipedia) and 22 of 43 (tweets);
    counting end marks does in 13, 2 and 11.
    """
    found = [sentence for sentence in sentences(answer) if _has_letter(sentence.text)]
    return within(len(found), parameters)


def paragraphs(answer: str, parameters: Parameters) -> bool:
    """Whether the answer has that many paragraphs: blocks between blank lines, rules left out."""
    blocks = re.split(r"\n[^\S\n]*\n", answer)
    return within(sum(_has_letter(block) for block in blocks), parameters)


def line_count(answer: str, parameters: Parameters) -> bool:
    """Whether the answer has that many lines; blank ones do not count."""
    return within(sum(bool(line.strip()) for line in answer.splitlines()), parameters)


def _has_letter(text: str) -> bool:
    return any(char.isalnum() for char in text)
