"""Measure a judge on answers that were judged before: agreement, and biases to length and place."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from korean_rlhf import __version__
from korean_rlhf.evaluate.judge.agreement import Answer, agreement, pair_agreement
from korean_rlhf.evaluate.judge.calibrationpage import render
from korean_rlhf.evaluate.judge.figures import count_failures
from korean_rlhf.evaluate.judge.goldscores import (
    Gold,
    GoldSet,
    by_question,
    draw_answers,
    draw_pairs,
    read_golds,
)
from korean_rlhf.evaluate.judge.judges import Judge
from korean_rlhf.evaluate.judge.pairs import judge_both_orders
from korean_rlhf.evaluate.judge.rows import plain
from korean_rlhf.evaluate.judge.run import open_judge
from korean_rlhf.evaluate.judge.verdicts import Failure, Score
from korean_rlhf.progress import say
from korean_rlhf.rundir import LOCK, atomic_write_text, file_digest, locked, no_space_named
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.judge import JudgeSettings
from korean_rlhf.settings.loading import to_dict

RESULT, PAGE = "calibration.json", "calibration.md"
BASELINES: dict[str, Callable[[Gold], float]] = {
    "length": lambda gold: float(len(gold.exchange.answer)),
    "constant": lambda gold: 0.0,
}
"""Judges that read nothing: the longer answer is better, and all are alike."""


def calibrate(
    path: Path,
    out: Path,
    settings: JudgeSettings,
    server: EndpointSettings,
    *,
    judge: str = "",
) -> dict[str, Any]:
    """Judge scored answers again, write calibration.json and calibration.md, return the figures.

    Raises:
        BadInput: the file holds no two answers to compare.
        SettingsError: no judging model is named.
        FolderInUse: another process writes to `out`.
    """
    golds = read_golds(path, keep_zero=settings.keep_zero)
    with locked(out, out / LOCK), no_space_named(out):
        with open_judge(judge, settings, server, out) as judging:
            result = measure(golds, settings, judging)
        result |= {"input": path.name, "input_sha256": file_digest(path), "version": __version__}
        text = json.dumps(result, ensure_ascii=False, indent=2, allow_nan=False)
        atomic_write_text(out / RESULT, text + "\n")
        atomic_write_text(out / PAGE, render(result))
    say(f"judge: {out / PAGE}")
    return result


def measure(golds: GoldSet, settings: JudgeSettings, judge: Judge) -> dict[str, Any]:
    """Return how far `judge` agrees with the given scores, beside judges that read nothing."""
    drawn = draw_answers(golds.golds, settings.answers_per_question, settings.seed)
    result: dict[str, Any] = {
        "judge": judge.name,
        "judge_sha256": judge.key,
        "settings": to_dict(settings),
        "answers": {"read": golds.read, "zeros": golds.zeros, "empty": golds.empty},
        "questions": len(by_question(drawn)),
    }
    if settings.mode != "pairwise":
        result |= _single(drawn, judge)
    if settings.mode != "single" and settings.pairs_per_question:
        result["pairwise"] = _pairwise(drawn, settings, judge)
    return result


def _single(drawn: Sequence[Gold], judge: Judge) -> dict[str, Any]:
    """Return the agreement of the judge's scores, and of the baselines on the same answers."""
    verdicts = judge.score([gold.exchange for gold in drawn])
    both = list(zip(drawn, verdicts, strict=True))
    scored = [(gold, said.value) for gold, said in both if isinstance(said, Score)]
    found = {"judge": agreement([_answer(gold, value) for gold, value in scored])}
    for name, rule in BASELINES.items():
        found[name] = agreement([_answer(gold, rule(gold)) for gold, _ in scored])
    return {
        "judged": len(scored),
        "failures": count_failures(verdicts),
        "single": {name: plain(one) for name, one in found.items()},
        "rows": [_row(gold, said) for gold, said in both],
    }


def _answer(gold: Gold, judged: float) -> Answer:
    return Answer(
        question=gold.exchange.question,
        given=gold.score,
        judged=judged,
        characters=len(gold.exchange.answer),
    )


def _row(gold: Gold, said: Score | Failure) -> dict[str, Any]:
    """Return what one answer got; the answer itself stays in its file, whose licence may be any."""
    row = {"turn": gold.exchange.turn + 1, "given": gold.score}
    row["characters"] = len(gold.exchange.answer)
    return {**row, **({"score": said.value} if isinstance(said, Score) else asdict(said))}


def _pairwise(drawn: Sequence[Gold], settings: JudgeSettings, judge: Judge) -> dict[str, Any]:
    pairs = draw_pairs(drawn, settings.pairs_per_question, settings.seed)
    outcomes = judge_both_orders(judge, [(one.exchange, two.exchange) for one, two in pairs])
    gaps = [one.score - two.score for one, two in pairs]
    return {"pairs": len(pairs), **plain(pair_agreement(outcomes, gaps))}
