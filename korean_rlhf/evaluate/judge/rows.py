"""Figures and verdicts as JSON values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from korean_rlhf.evaluate.judge.exchanges import Exchange
from korean_rlhf.evaluate.judge.figures import Judged
from korean_rlhf.evaluate.judge.pairs import Outcome
from korean_rlhf.evaluate.judge.verdicts import Failure


def plain(figures: Any) -> dict[str, Any]:
    """Return a dataclass of figures as JSON values; what is not a number becomes null."""
    found: dict[str, Any] = _finite(asdict(figures))
    return found


def rows_of_scores(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Return one row an answer: what was asked, what was said, what the judge made of it."""
    return [
        {
            **_place(one.exchange),
            "category": one.category,
            "asked": one.exchange.messages[-1].content,
            "answer": one.exchange.answer,
            **_said(one),
        }
        for one in judged
    ]


def rows_of_pairs(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return one row a pair; the answers stand in the files of their checkpoints."""
    return [
        {
            **_place(outcome.first),
            "result": outcome.result,
            "choices": list(outcome.choices),
            "reasons": list(outcome.reasons),
            "failures": [asdict(one) for one in outcome.failures],
        }
        for outcome in outcomes
    ]


def _place(exchange: Exchange) -> dict[str, Any]:
    return {"question": exchange.question, "turn": exchange.turn + 1}


def _said(one: Judged) -> dict[str, Any]:
    if isinstance(one.verdict, Failure):
        return {"score": None, "failure": one.verdict.why, "said": one.verdict.said}
    return {"score": one.verdict.value, "reason": one.verdict.reason}


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
