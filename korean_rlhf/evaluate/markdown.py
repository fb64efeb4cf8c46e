"""report.md: the tables of the report, for a terminal and a code forge."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from korean_rlhf.evaluate import (
    cleantable,
    findings,
    gaintable,
    habittable,
    labels,
    provenance,
    scoretable,
    tableview,
)
from korean_rlhf.evaluate.gather import RunFacts
from korean_rlhf.evaluate.judge.tables import NOTE, JudgedTable, judged_tables, scored_by

MARKUP = re.compile(r"(\[[−+]?[\d.,]+, [−+]?[\d.,]+\](?!\())|[\\|!\[\]`]")
"""What Markdown reads as more than a letter in a cell; an interval (group 1) stays as it is."""


def render(facts: RunFacts) -> str:
    """Return the report as Markdown, without plots."""
    parts = [f"# {facts.name} 보고서", f"korean-rlhf {facts.version}"]
    for title, body in (
        ("한눈에 보기", _tiles(facts)),
        ("참 보상", _true_reward(facts)),
        ("과제별 점수", _scores(facts)),
        ("앞 단계와의 차이", _gains(facts)),
        ("우연을 뺀 평균", table(*gaintable.average_table(facts))),
        ("편향", table(*habittable.bias_table(facts))),
        ("말뭉치에 있는 문항", table(*cleantable.clean_table(facts))),
        ("바뀐 문항", _flips(facts)),
        ("심사 모델이 매긴 점수", _judged(facts)),
        ("학습", _training(facts)),
        ("말뭉치와 자료", _corpus(facts)),
        ("시간과 메모리", _costs(facts)),
        ("답 견주기", _answers(facts)),
        ("답의 모양", table(*habittable.habit_table(facts))),
        ("출처와 재현", _provenance(facts)),
    ):
        if body:
            parts += [f"## {title}", body]
    return "\n\n".join(parts) + "\n"


def judged_parts(found: Mapping[str, Any], level: str) -> Iterator[str]:
    """Yield what one judge said of one set of questions; `level` stands before each title."""
    yield scored_by(found)
    for one in judged_tables(found):
        yield f"{level} {one.title}\n\n{table(one.heads, _marked(one))}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    r"""Return a Markdown table, "" without rows.

    >>> print(table(["가", "나"], [["1|2", "셋"]]))
    | 가 | 나 |
    | --- | --- |
    | 1\|2 | 셋 |
    """
    if not rows:
        return ""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines)


def cell(text: str) -> str:
    r"""Return text as a forge shows it letter for letter: no picture is fetched, no cell broken.

    >>> print(cell("![](http://x/y.png) & 50.0 [40.2, 59.8]"))
    \!\[\](http://x/y.png) &amp; 50.0 [40.2, 59.8]
    """
    one_line = " ".join(text.splitlines()).replace("&", "&amp;").replace("<", "&lt;")
    return MARKUP.sub(lambda found: found[1] or "\\" + found[0], one_line)


def _tiles(facts: RunFacts) -> str:
    rows = [[tile.label, tile.value, tile.note] for tile in findings.tiles(facts)]
    return table(["항목", "값", ""], rows)


def _true_reward(facts: RunFacts) -> str:
    rows = tableview.reward_rows(facts.true_reward)
    said = "\n".join(findings.sentences(facts))
    return "\n\n".join(filter(None, [said, table(["모델", "평균", "표준 오차", "질문"], rows)]))


def _scores(facts: RunFacts) -> str:
    found = scoretable.score_table(facts.scores, facts.comparisons, facts.references)
    heads = ["과제", "지표"]
    heads += [f"{column.title} {column.step}" for column in found.columns]
    rows = [
        [row.title, row.metric, *map(_score, row.cells), *row.baselines, row.n]
        for row in found.rows
    ]
    return table([*heads, *found.baselines, "문항"], rows)


def _score(cell: scoretable.Cell) -> str:
    value = f"**{cell.value}**" if cell.bold else cell.value
    mark = f"({cell.mark})" if cell.mark else ""
    return " ".join(filter(None, [value, cell.interval, mark]))


def _gains(facts: RunFacts) -> str:
    return table(gaintable.GAIN_HEADS, gaintable.gain_rows(facts))


def _flips(facts: RunFacts) -> str:
    rows = [
        [f"{found.first} → {found.second}", found.title, f"{found.lost:,}", f"{found.gained:,}"]
        for found in tableview.flip_views(facts)
    ]
    return table(["비교", "과제", "틀리게 된 문항", "맞히게 된 문항"], rows)


def _provenance(facts: RunFacts) -> str:
    parts = [
        table(provenance.MODEL_HEADS, provenance.model_rows(facts)),
        table(provenance.TASK_HEADS, provenance.task_rows(facts)),
    ]
    return "\n\n".join(filter(None, parts))


def _training(facts: RunFacts) -> str:
    heads = ["단계", "매개변수", "스텝", "고른 체크포인트", "검증 손실", "토큰/초", "장치"]
    return table(heads, tableview.training_rows(facts.stages))


def _corpus(facts: RunFacts) -> str:
    rows = [
        [row["stage"], row["in"], row["out"], ", ".join(f"{r} {n}" for r, n in row["dropped"])]
        for row in tableview.corpus_rows(facts.stages)
    ]
    return table(["단계", "들어온 것", "남은 것", "버린 까닭"], rows)


def _costs(facts: RunFacts) -> str:
    rows = [
        [
            labels.stage(stage.name),
            labels.seconds(stage.seconds),
            labels.megabytes(stage.peak_rss_mb) if stage.peak_rss_mb else labels.DASH,
        ]
        for stage in facts.stages
        if stage.seconds is not None
    ]
    return table(["단계", "시간", "최대 메모리"], rows)


def _answers(facts: RunFacts) -> str:
    rows = [
        [pair.question, system, answer, reward]
        for pair in tableview.answer_pairs(facts)
        for system, answer, reward in pair.answers
    ]
    return table(["질문", "모델", "답", "참 보상"], rows)


def _judged(facts: RunFacts) -> str:
    parts = [NOTE] if facts.judged else []
    for one in facts.judged:
        parts += [f"### {cell(one.name)}: {cell(one.judge)}", *judged_parts(one.found, "####")]
    return "\n\n".join(parts)


def _marked(one: JudgedTable) -> list[list[str]]:
    return [
        [f"**{cell}**" if one.is_strong(place, column) else cell for column, cell in enumerate(row)]
        for place, row in enumerate(one.rows)
    ]
