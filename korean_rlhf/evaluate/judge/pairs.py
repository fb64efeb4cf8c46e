"""Two answers, judged in both orders: a preference that changes with the order is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from korean_rlhf.evaluate.judge.exchanges import Exchange
from korean_rlhf.evaluate.judge.judges import Judge, Pair
from korean_rlhf.evaluate.judge.verdicts import Choice, Failure, Preference

Result: TypeAlias = Literal["first", "second", "tie", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which of two answers is better, and how the judge came to it."""

    first: Exchange
    second: Exchange
    result: Result
    choices: tuple[Choice, ...] = ()
    """By place, when the first answer stood as A and when it stood as B; () where none is."""
    failures: tuple[Failure, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def asked(self) -> bool:
        """Whether a judge was asked: two equal answers tie without one."""
        return bool(self.choices or self.failures)

    @property
    def inconsistent(self) -> bool:
        """Whether the choice changed with the order; such a pair is a tie."""
        return len(self.choices) == 2 and self.choices[1] != swapped(self.choices[0])


def swapped(choice: Choice) -> Choice:
    """Return a choice as it reads when the two answers change places."""
    places: dict[Choice, Choice] = {"A": "B", "B": "A", "tie": "tie"}
    return places[choice]


def judge_both_orders(judge: Judge, pairs: Sequence[Pair]) -> list[Outcome]:
    """Return the outcome of each pair, asked in both orders.

    Equal answers tie and are not asked about. A pair with a verdict that cannot be read has failed.
    """
    asked = [pair for pair in pairs if pair[0].answer != pair[1].answer]
    turned = [(second, first) for first, second in asked]
    verdicts = judge.prefer([*asked, *turned])
    found = iter(zip(verdicts[: len(asked)], verdicts[len(asked) :], strict=True))
    return [
        _outcome(pair, *next(found))
        if pair[0].answer != pair[1].answer
        else Outcome(*pair, result="tie")
        for pair in pairs
    ]


def _outcome(pair: Pair, straight: Preference | Failure, turned: Preference | Failure) -> Outcome:
    both = (straight, turned)
    failures = tuple(one for one in both if isinstance(one, Failure))
    choices = tuple(one.choice for one in both if isinstance(one, Preference))
    reasons = tuple(one.reason for one in both if isinstance(one, Preference))
    result: Result = "tie"
    if failures:
        result = "failed"
    elif choices == ("A", "B"):
        result = "first"
    elif choices == ("B", "A"):
        result = "second"
    return Outcome(*pair, result=result, choices=choices, failures=failures, reasons=reasons)
