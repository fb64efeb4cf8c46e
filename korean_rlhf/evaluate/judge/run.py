"""The command `judge`: models answer open questions, a judge scores and compares the answers.

Judged scores go into files of their own, `judged-<set>.json`, by judge; no exact score is in them.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from korean_rlhf import __version__
from korean_rlhf.endpoint import Endpoint
from korean_rlhf.errors import SettingsError
from korean_rlhf.evaluate.checkpoints import weights_digest
from korean_rlhf.evaluate.judge.contestants import Contestant, find_contestants
from korean_rlhf.evaluate.judge.duels import pair_figures
from korean_rlhf.evaluate.judge.exchanges import Exchange
from korean_rlhf.evaluate.judge.figures import (
    Judged,
    SingleFigures,
    score_difference,
    single_figures,
)
from korean_rlhf.evaluate.judge.judges import EndpointJudge, Judge, RewardJudge
from korean_rlhf.evaluate.judge.markdown import render
from korean_rlhf.evaluate.judge.pairs import Outcome, judge_both_orders
from korean_rlhf.evaluate.judge.questions import OpenQuestion, own_set, read_questions, set_name
from korean_rlhf.evaluate.judge.rows import plain, rows_of_pairs, rows_of_scores
from korean_rlhf.evaluate.judge.writing import Written, write_answers
from korean_rlhf.evaluate.scores import ITEMS, read_scores, score_key
from korean_rlhf.evaluate.sources import thin
from korean_rlhf.evaluate.statistics import holm
from korean_rlhf.progress import say
from korean_rlhf.rundir import LOCK, atomic_write_text, locked, no_space_named
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.judge import JudgeSettings

CACHE = "judge.replies.sqlite"
IDENTITY = ("judge_sha256", "questions_sha256", "contestants", "weights_sha256")
"""What verdicts in one entry have in common."""


@dataclass(frozen=True, slots=True)
class OpenSet:
    """The questions that are asked, with a name for files."""

    name: str
    questions: list[OpenQuestion]

    @property
    def digest(self) -> str:
        """Digest of the questions as they are asked."""
        return score_key(questions=[asdict(one) for one in self.questions])


def judge_models(
    paths: Sequence[Path],
    settings: JudgeSettings,
    server: EndpointSettings,
    *,
    judge: str = "",
    questions: Path | None = None,
    out: Path | None = None,
) -> dict[str, Any]:
    """Let models answer open questions, judge the answers, and return what the table shows.

    Args:
        paths: Runs, stages, steps or plain model folders.
        settings: How answers are written and judged.
        server: How requests travel.
        judge: Address of a server or folder of a reward model; "" is the server of `server`.
        questions: File of open questions; None is our own set.
        out: Folder of the table of all models; None is evals/ of the first run.

    Raises:
        SettingsError: there is no chat model, or no judging model is named.
        FolderInUse: another process scores one of the runs.
    """
    contestants = find_contestants(paths)
    asked = _open_set(questions or own_set(), settings)
    table = out or contestants[0].run / "evals"
    with _locked(contestants, table):
        with open_judge(judge, settings, server, table) as judging:
            result = _judge_all(contestants, asked, settings, judging)
        _merge(table / f"judged-{asked.name}.json", judging.name, result)
        atomic_write_text(table / f"judged-{asked.name}.md", _page(table, asked))
    say(f"judge: {table / f'judged-{asked.name}.md'}")
    return result


@contextmanager
def open_judge(
    judge: str, settings: JudgeSettings, server: EndpointSettings, memory: Path
) -> Iterator[Judge]:
    """Yield the judge that an address or a folder stands for; verdicts are kept in `memory`.

    Raises:
        SettingsError: no judging model is named.
    """
    if judge and not judge.startswith(("http://", "https://")):
        yield RewardJudge(Path(judge), memory, settings)
        return
    if not settings.model:
        raise SettingsError("Name the model that judges: --model NAME.")
    server = replace(server, endpoint=judge) if judge else server
    with Endpoint(server, cache=server.cache or memory / CACHE) as opened:
        yield EndpointJudge(opened, settings)


def _open_set(path: Path, settings: JudgeSettings) -> OpenSet:
    return OpenSet(set_name(path), thin(read_questions(path), settings.items))


@contextmanager
def _locked(contestants: Sequence[Contestant], table: Path) -> Iterator[None]:
    """Hold the scores of all runs, and the folder of the table, for this process."""
    folders = {(one.run / "evals").resolve() for one in contestants} | {table.resolve()}
    with ExitStack() as held:
        for folder in sorted(folders):
            held.enter_context(locked(folder, folder / LOCK))
        held.enter_context(no_space_named(table))
        yield


def _judge_all(
    contestants: Sequence[Contestant], asked: OpenSet, settings: JudgeSettings, judge: Judge
) -> dict[str, Any]:
    written = {one.name: _answers(one, asked, settings) for one in contestants}
    result: dict[str, Any] = {
        "set": asked.name,
        "questions": len(asked.questions),
        "questions_sha256": asked.digest,
        "scale": judge.scale,
        "judge_sha256": judge.key,
        "contestants": {one.name: weights_digest(one.checkpoint.folder) for one in contestants},
        "version": __version__,
    }
    if settings.mode != "pairwise":
        judged, figures = _score_all(contestants, written, asked, judge)
        result["models"] = {name: plain(found) for name, found in figures.items()}
        result["differences"] = _differences(judged)
    if settings.mode != "single":
        result["pairs"] = _compare_all(written, judge)
    return result


def _answers(contestant: Contestant, asked: OpenSet, settings: JudgeSettings) -> Written:
    key = score_key(
        weights=weights_digest(contestant.checkpoint.folder),
        temperature=settings.temperature,
        tokens=settings.answer_tokens,
        batch=settings.answer_batch,
        seed=settings.seed,
        precision=settings.precision,
    )
    journal = contestant.folder / ITEMS / f"open-{asked.name}-{key[:16]}.journal"
    return write_answers(contestant.checkpoint, asked.questions, settings, journal)


def _score_all(
    contestants: Sequence[Contestant],
    written: Mapping[str, Written],
    asked: OpenSet,
    judge: Judge,
) -> tuple[dict[str, list[Judged]], dict[str, SingleFigures]]:
    """Score every answer, and write the file of each checkpoint as soon as it is judged."""
    categories = {question.id: question.category for question in asked.questions}
    found: dict[str, list[Judged]] = {}
    figures: dict[str, SingleFigures] = {}
    for one in contestants:
        exchanges = written[one.name].exchanges
        verdicts = judge.score(exchanges)
        found[one.name] = [
            Judged(exchange, verdict, categories[exchange.question])
            for exchange, verdict in zip(exchanges, verdicts, strict=True)
        ]
        figures[one.name] = single_figures(found[one.name])
        entry = {
            "weights_sha256": weights_digest(one.checkpoint.folder),
            "questions_sha256": asked.digest,
            "judge_sha256": judge.key,
            "scale": judge.scale,
            "figures": plain(figures[one.name]),
            "cut_prompts": written[one.name].cut_prompts,
            "rows": rows_of_scores(found[one.name]),
        }
        _merge(one.folder / f"judged-{asked.name}.json", judge.name, entry)
        _tell(one.name, figures[one.name])
    return found, figures


def _tell(name: str, figures: SingleFigures) -> None:
    failed = sum(figures.failures.values())
    mean = figures.mean
    shown = f"{mean.value:.3f} ± {mean.stderr or 0:.3f}, n = {mean.n}" if mean else "no verdict"
    say(f"{name}: {shown}; {failed} answers without a verdict")


def _differences(judged: Mapping[str, list[Judged]]) -> list[dict[str, Any]]:
    """Return each two models' paired difference, p-values adjusted over all of them."""
    found = []
    for first, second in itertools.combinations(judged, 2):
        difference = score_difference(judged[first], judged[second])
        if difference is not None:
            found.append({"first": first, "second": second, **plain(difference)})
    return _adjusted(found)


def _compare_all(written: Mapping[str, Written], judge: Judge) -> list[dict[str, Any]]:
    found = []
    for first, second in itertools.combinations(written, 2):
        pairs = _pairs(written[first].exchanges, written[second].exchanges)
        outcomes: list[Outcome] = judge_both_orders(judge, pairs)
        names = {"first": first, "second": second}
        rows = rows_of_pairs(outcomes)
        found.append({**names, **plain(pair_figures(outcomes)), "rows": rows})
    return _adjusted(found)


def _pairs(
    first: Sequence[Exchange], second: Sequence[Exchange]
) -> list[tuple[Exchange, Exchange]]:
    return list(zip(first, second, strict=True))


def _adjusted(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    adjusted = holm([one["p_value"] for one in found])
    return [{**one, "adjusted_p": p} for one, p in zip(found, adjusted, strict=True)]


def _merge(path: Path, judge: str, entry: Mapping[str, Any]) -> None:
    """Write what one judge said beside what others said, and beside its other mode's verdicts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    by_judge = read_scores(path).get("judged", {})
    before = by_judge.get(judge, {})
    is_same = all(before.get(name) == entry.get(name) for name in IDENTITY)
    by_judge[judge] = {**(before if is_same else {}), **entry}
    text = json.dumps({"judged": by_judge}, ensure_ascii=False, indent=2, allow_nan=False)
    atomic_write_text(path, text + "\n")


def _page(table: Path, asked: OpenSet) -> str:
    return render(asked.name, read_scores(table / f"judged-{asked.name}.json")["judged"])
