"""The tables of judged answers, for Markdown and for the report of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from korean_rlhf.evaluate.compare import SIGNIFICANT

DASH = "–"
NOTE = (
    "심사 모델이 매긴 값이며, 정답이 있는 과제의 점수와 섞지 않습니다. "
    "읽지 못한 판정은 0점으로 치지 않고 따로 셉니다."
)


@dataclass(frozen=True, slots=True)
class JudgedTable:
    """One table; the first cell of a row names it."""

    title: str
    heads: tuple[str, ...]
    rows: list[list[str]]
    significant: frozenset[int] = frozenset()
    """Rows whose difference is one: after Holm, at the level of the report."""
    strong: int = -1
    """The column that is set in bold in those rows."""

    def is_strong(self, row: int, column: int) -> bool:
        """Whether a cell holds a difference that is one."""
        return column == self.strong and row in self.significant


def scored_by(found: Mapping[str, Any]) -> str:
    """Return one sentence: how many questions, and the scale of the judge."""
    scale = found.get("scale")
    scored = f"점수 범위 {scale[0]:g}~{scale[1]:g}" if scale else "정해진 범위가 없는 보상"
    return f"질문 {found['questions']}개, {scored}."


def judged_tables(found: Mapping[str, Any]) -> list[JudgedTable]:
    """Return the tables of one set of questions and one judge; an empty one is left out."""
    pairs = found.get("pairs", [])
    tables = (
        _scores(found.get("models", {})),
        _differences(found.get("differences", [])),
        _pairs(pairs),
        _biases(pairs),
    )
    return [table for table in tables if table.rows]


def _scores(models: Mapping[str, Mapping[str, Any]]) -> JudgedTable:
    rows = [
        [
            name,
            estimate(figures["mean"]),
            str(figures["mean"]["n"] if figures["mean"] else 0),
            failures(figures["failures"]),
            estimate(figures["length_correlation"]),
            f"{figures['mean_characters']:.0f}",
            f"{figures['korean']:.0%}",
        ]
        for name, figures in models.items()
    ]
    heads = ("모델", "평균 ± 표준 오차", "답", "판정 실패", "길이와의 ρ", "평균 글자", "한글")
    return JudgedTable("모델별 점수", heads, rows)


def _differences(differences: Sequence[Mapping[str, Any]]) -> JudgedTable:
    rows = [
        [
            f"{one['second']} − {one['first']}",
            f"{one['mean']:+.3f}",
            f"{one['low']:+.3f} ~ {one['high']:+.3f}",
            probability(one["adjusted_p"]),
            str(one["n"]),
        ]
        for one in differences
    ]
    heads = ("차이", "평균", "95 % 구간", "보정한 p", "답")
    return JudgedTable(
        "같은 질문에서의 점수 차이", heads, rows, _significant(differences), strong=1
    )


def _pairs(pairs: Sequence[Mapping[str, Any]]) -> JudgedTable:
    rows = [
        [
            f"{one['second']} : {one['first']}",
            f"{one['second_wins']} / {one['ties']} / {one['first_wins']}",
            _percent(one["win_rate"] and one["win_rate"]["value"]),
            f"{_percent(one['low'])} ~ {_percent(one['high'])}",
            probability(one["adjusted_p"]),
            str(one["failed"]),
        ]
        for one in pairs
    ]
    heads = ("견준 모델", "승 / 무 / 패", "앞 모델의 승률", "95 % 구간", "보정한 p", "판정 실패")
    return JudgedTable("둘씩 견주기", heads, rows, _significant(pairs), strong=2)


def _biases(pairs: Sequence[Mapping[str, Any]]) -> JudgedTable:
    rows = [
        [
            f"{one['second']} : {one['first']}",
            proportion(one["inconsistent"]),
            proportion(one["first_place"]),
            proportion(one["longer_wins"]),
        ]
        for one in pairs
    ]
    heads = ("견준 모델", "순서를 바꾸면 달라진 판정", "먼저 놓인 답의 승", "긴 답의 승")
    return JudgedTable("심사의 치우침", heads, rows)


def _significant(compared: Sequence[Mapping[str, Any]]) -> frozenset[int]:
    return frozenset(place for place, one in enumerate(compared) if one["adjusted_p"] < SIGNIFICANT)


def estimate(found: Mapping[str, Any] | None) -> str:
    """Return a value with its standard error.

    >>> estimate({"value": 7.25, "stderr": 0.5, "n": 9}), estimate(None)
    ('7.250 ± 0.500', '–')
    """
    if not found:
        return DASH
    error = found["stderr"]
    return f"{found['value']:.3f}" + (f" ± {error:.3f}" if error is not None else "")


def probability(value: float) -> str:
    """Return a p-value; one that rounds to nothing is not nothing.

    >>> probability(0.0312), probability(1e-9)
    ('0.031', '< 0.001')
    """
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"


def proportion(found: Mapping[str, Any] | None) -> str:
    """Return a share with its 95 % interval and what it is of.

    >>> proportion({"value": 0.5, "low": 0.24, "high": 0.76, "n": 10})
    '50 % (24 % ~ 76 %, n = 10)'
    """
    if not found:
        return DASH
    low, high = _percent(found["low"]), _percent(found["high"])
    return f"{_percent(found['value'])} ({low} ~ {high}, n = {found['n']})"


def failures(counts: Mapping[str, int]) -> str:
    """Return how many verdicts failed, with their reasons.

    >>> failures({"no-verdict": 2}), failures({})
    ('2 (no-verdict 2)', '0')
    """
    total = sum(counts.values())
    if not total:
        return "0"
    return f"{total} (" + ", ".join(f"{why} {count}" for why, count in counts.items()) + ")"


def _percent(value: float | None) -> str:
    return DASH if value is None else f"{100 * value:.0f} %"
