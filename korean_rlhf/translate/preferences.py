"""What translation may do to a preference: make answers equal, turn round which one is longer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from korean_rlhf.records import Comparison, Drop

EQUAL = "chosen-equals-rejected"


def equal_responses(before: Sequence[str], after: Sequence[str]) -> Drop | None:
    """Return the drop of a comparison in which two different answers have become one.

    >>> equal_responses(("Big.", "Large.", "No."), ("커요.", "커요.", "아니요."))
    Drop(reason='chosen-equals-rejected', detail='responses 0 and 1 are both: 커요.')
    """
    for one, other in combinations(range(len(before)), 2):
        if _bare(after[one]) == _bare(after[other]) and _bare(before[one]) != _bare(before[other]):
            return Drop(EQUAL, f"responses {one} and {other} are both: {after[one][:80]}")
    return None


def _bare(text: str) -> str:
    return " ".join(text.split())


def length_order(before: Comparison, after: Comparison) -> Counter[str]:
    """Count pairs of a better and a worse answer, and those of which another is the longer now.

    Reward models learn length where it goes with the preference; "pairs" and "changed" say how much
    of that the translation made or took away. A pair counts as changed too when it became, or no
    longer is, of equal length in characters.
    """
    counts = Counter(pairs=0, changed=0)
    for better, worse in _pairs(before.ranks):
        was, now = (
            _sign(len(each.responses[better]) - len(each.responses[worse]))
            for each in (before, after)
        )
        counts.update(pairs=1, changed=int(was != now))
    return counts


def _pairs(ranks: Sequence[int]) -> Iterator[tuple[int, int]]:
    for one, other in combinations(range(len(ranks)), 2):
        if ranks[one] != ranks[other]:
            yield (one, other) if ranks[one] < ranks[other] else (other, one)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
