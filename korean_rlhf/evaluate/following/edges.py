"""How an answer begins and ends, and what it is wrapped in."""

from __future__ import annotations

import re

from korean_rlhf.evaluate.following.parameters import Parameters

_CLOSING = " .!?…~\"'”’」』)"
TITLE_MARKS = {"《》": ("《", "》"), "<<>>": ("<<", ">>"), "『』": ("『", "』"), "[]": ("[", "]")}
QUOTATION_MARKS = {
    "큰따옴표": (('"', '"'), ("“", "”")),
    "작은따옴표": (("'", "'"), ("‘", "’")),
    "홑낫표": (("「", "」"),),
    "겹낫표": (("『", "』"),),
}


def begins_with(answer: str, parameters: Parameters) -> bool:
    """Whether the answer's first words are `phrase`; blanks and line breaks are alike."""
    return _spaced(answer).startswith(_spaced(parameters["phrase"]))


def ends_with(answer: str, parameters: Parameters) -> bool:
    """Whether the answer's last words are `phrase`; closing marks may follow one without.

    >>> ends_with("맛있게 드세요!", {"phrase": "맛있게 드세요"})
    True
    >>> ends_with("맛있게 드세요.", {"phrase": "맛있게 드세요!"})
    False
    """
    text, phrase = _spaced(answer), _spaced(parameters["phrase"])
    return text.endswith(phrase) or text.rstrip(_CLOSING).endswith(phrase)


def postscript(answer: str, parameters: Parameters) -> bool:
    """Whether a line of the last paragraph begins with `marker` (추신:) and says something.

    Something must stand before it: a postscript alone is no letter.
    """
    before, found, after = answer.rpartition("\n" + parameters["marker"])
    return bool(found and before.strip() and after.strip()) and not re.search(r"\n\s*\n\S", after)


def repeats_question(answer: str, parameters: Parameters) -> bool:
    """Whether the answer first says `question` again word for word, and then something else."""
    text, question = _spaced(answer), _spaced(parameters["question"])
    return text.startswith(question) and any(char.isalnum() for char in text[len(question) :])


def title(answer: str, parameters: Parameters) -> bool:
    r"""Whether the first line is a title between `marks`, and an answer follows.

    >>> title("《봄비》\n비가 온다.", {"marks": "《》"})
    True
    """
    first, _, rest = answer.strip().partition("\n")
    line = first.strip().lstrip("#").strip().strip("*")
    opening, closing = TITLE_MARKS[parameters["marks"]]
    inside = line.removeprefix(opening).removesuffix(closing).strip()
    wrapped = line.startswith(opening) and line.endswith(closing)
    return wrapped and bool(inside) and not set(inside) & {opening, closing} and bool(rest.strip())


def quoted(answer: str, parameters: Parameters) -> bool:
    """Whether the whole answer stands between one pair of quotation `marks`, straight or curly.

    A mark of the same kind inside is the end of the first quotation, so it fails.
    """
    text = answer.strip()
    return any(
        len(text) > 2
        and text.startswith(opening)
        and text.endswith(closing)
        and bool(text[1:-1].strip())
        and not set(text[1:-1]) & {opening, closing}
        for opening, closing in QUOTATION_MARKS[parameters["marks"]]
    )


def _spaced(text: str) -> str:
    return " ".join(text.split())
