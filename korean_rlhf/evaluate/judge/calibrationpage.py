"""calibration.md: how far a judge can be believed, in Korean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from korean_rlhf.evaluate.judge.tables import estimate, failures, proportion
from korean_rlhf.evaluate.markdown import table

NAMES = {"judge": "심사 모델", "length": "긴 답이 낫다", "constant": "모두 같다"}


def render(result: Mapping[str, Any]) -> str:
    """Return the page of one calibration."""
    counts = result["answers"]
    parts = [
        f"# 심사 모델 재기: {result['judge']}",
        f"{result['input']}: 답 {counts['read']:,}개 가운데 0점 {counts['zeros']:,}개와 빈 답 "
        f"{counts['empty']:,}개를 뺐습니다. 0점은 채점에 실패했다는 표시일 때가 많습니다. "
        f"질문은 {result['questions']:,}개입니다.",
    ]
    if "single" in result:
        parts += _single(result)
    if "pairwise" in result:
        parts += _pairwise(result["pairwise"])
    return "\n\n".join(parts) + "\n"


def _single(result: Mapping[str, Any]) -> list[str]:
    found = result["single"]
    rows = [
        [NAMES[name], estimate(one["spearman"]), estimate(one["accuracy"]), f"{one['ties']:.0%}"]
        for name, one in found.items()
    ]
    gaps = list(found["judge"]["by_gap"])
    by_gap = [
        [NAMES[name], *(estimate(one["by_gap"].get(gap)) for gap in gaps)]
        for name, one in found.items()
    ]
    judge = found["judge"]
    length = [
        ["심사 점수와 길이의 ρ", estimate(judge["length_spearman"])],
        ["주어진 점수와 길이의 ρ", estimate(judge["given_length_spearman"])],
        ["긴 답이 나은 쌍의 일치율", estimate(judge["accuracy_longer_better"])],
        ["짧은 답이 나은 쌍의 일치율", estimate(judge["accuracy_shorter_better"])],
    ]
    return [
        "## 답 하나씩 매기기",
        f"답 {result['judged']:,}개를 매겼고, 판정 실패는 {failures(result['failures'])}개입니다.",
        table(["심사", "질문 안의 ρ", "쌍의 일치율", "같은 점수"], rows),
        "### 점수 차이별 일치율",
        table(["심사", *map(_gap, gaps)], by_gap),
        "### 길이에 치우침",
        table(["", "값"], length),
    ]


def _pairwise(found: Mapping[str, Any]) -> list[str]:
    rows = [
        ["쌍의 일치율", estimate(found["accuracy"])],
        *([f"점수 차이 {_gap(gap)}", estimate(one)] for gap, one in found["by_gap"].items()),
        ["순서를 바꾸면 달라진 판정", proportion(found["inconsistent"])],
        ["먼저 놓인 답의 승", proportion(found["first_place"])],
        ["판정과 길이 차이의 ρ", estimate(found["length_preference"])],
        ["판정 실패", failures(found["failures"])],
    ]
    return [
        "## 둘씩 견주기",
        f"{found['pairs']:,}쌍을 순서를 바꾸어 두 번씩 물었습니다. "
        "순서에 따라 달라진 판정은 비긴 것으로 셉니다.",
        table(["", "값"], rows),
    ]


def _gap(name: str) -> str:
    """Return a range of score differences for people.

    >>> _gap("2-4"), _gap("over 6")
    ('2 초과 4 이하', '6 초과')
    """
    if name.startswith("over "):
        return f"{name.removeprefix('over ')} 초과"
    low, _, high = name.partition("-")
    return f"{low} 초과 {high} 이하"
