"""Score checkpoints one after the other; what has a score is read, not computed.

A score is written when its task is done, so that a killed sweep goes on with the next task. It is
known by a key over weights, data, prompts and settings: the same key is never computed twice, and a
changed one is a new score.
"""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from korean_rlhf.errors import MissingInput
from korean_rlhf.evaluate import baselines, harness, provenance, scores
from korean_rlhf.evaluate.backends import Backend
from korean_rlhf.evaluate.checkpoints import CHAT_STAGES, Checkpoint, Target
from korean_rlhf.evaluate.journal import Journal
from korean_rlhf.evaluate.plan import Plan
from korean_rlhf.evaluate.sources import PROSE, DataOptions
from korean_rlhf.evaluate.suites import TaskInfo
from korean_rlhf.progress import say
from korean_rlhf.settings.evaluate import EvaluateSettings


@dataclass(frozen=True)
class Sweep:
    """What a call scores, and with what."""

    target: Target
    plan: Plan
    options: DataOptions
    settings: EvaluateSettings
    backend: Backend

    def run(self) -> None:
        """Score every checkpoint that the settings choose."""
        chosen = [
            at for at in self.target.checkpoints if at.chosen or self.settings.checkpoints == "all"
        ]
        done = sum(map(self._score, chosen))
        tasks = len(self.plan.infos)
        say(f"eval: {done} new scores of {tasks} tasks on {len(chosen)} checkpoints.")

    def _score(self, checkpoint: Checkpoint) -> int:
        """Score one checkpoint; return how many tasks were new.

        A training deletes old checkpoints while it is watched: their scores stay as they are.
        """
        try:
            return _OneModel(self, checkpoint).score()
        except MissingInput:
            if (checkpoint.folder / "config.json").is_file():
                raise
            say(f"{checkpoint.name} is gone; the scores that it has stay.")
            return 0

    @functools.cached_property
    def tasks(self) -> dict[str, Any]:
        """lm-eval's tasks, built once, and only if something is to be scored."""
        return harness.build_tasks(self.plan.infos, self.options)


@dataclass
class _OneModel:
    """One checkpoint of a sweep."""

    sweep: Sweep
    checkpoint: Checkpoint
    results: dict[str, Any] = field(default_factory=dict)
    """Entries of the score file, by task."""

    def score(self) -> int:
        """Score what has no score yet; return how many tasks were new."""
        plan = self.sweep.plan
        keys = {info.name: self._key(info) for info in plan.infos}
        known = scores.known_results(self.folder)
        for info in plan.infos:
            if keys[info.name] in known:  # a kill between its score and this line left it
                self._journal(info, keys[info.name]).unlink(missing_ok=True)
        self.results = self._still_true()
        self.results |= {
            name: self._again(name, known[key]) for name, key in keys.items() if key in known
        }
        todo = [info for info in plan.infos if keys[info.name] not in known]
        self._write()
        if todo:
            self._compute(todo, keys)
        return len(todo)

    def _compute(self, todo: list[TaskInfo], keys: dict[str, str]) -> None:
        from korean_rlhf.evaluate.lm import KoreanLM

        backend, folder = self.sweep.backend, self.checkpoint.folder
        with backend.opened(folder) as loaded:
            lm = KoreanLM(loaded, batch_tokens=self.sweep.settings.batch_tokens)
            backend.check(lm, todo)
            for info in todo:
                lm.label = f"{self.checkpoint.name} {info.name}"
                key = keys[info.name]
                with Journal(self._journal(info, key)) as journal:
                    lm.journal = journal
                    entry = self._entry(lm, info, key) | backend.facts(folder)
                    scores.remember(self.folder, entry)
                    self.results[info.name] = entry
                    self._write()
                    journal.forget()

    def _entry(self, lm: Any, info: TaskInfo, key: str) -> dict[str, Any]:
        """Score one task; return its entry in the score file."""
        started, chat = time.monotonic(), self._is_chat(info)
        result = harness.run_task(lm, info, self.sweep.tasks[info.name], chat=chat)
        headline = result.metrics[info.headline]
        error = "" if headline.stderr is None else f" ± {headline.stderr:.4f}"
        say(f"{lm.label}: {info.headline} {headline.value:.4f}{error} (n = {headline.n})")
        return {
            "title": info.title,
            "headline": info.headline,
            "higher_is_better": info.higher_is_better,
            "chance": baselines.chance(info, result.questions),
            "baselines": baselines.baselines(info, result.questions),
            "metrics": scores.plain(result.metrics),
            "key": key,
            "task_sha256": info.digest,
            "data_sha256": self.sweep.plan.digests[info.name],
            "prompts_sha256": result.prompts_sha256,
            "template": "chat" if chat else "plain",
            "compared": info.compared,
            "shots": result.shots,
            "truncated": result.truncated,
            "seconds": round(time.monotonic() - started, 2),
            "scored_at": _now(),
            "machine": provenance.machine(getattr(lm, "loaded", None)),
            "versions": provenance.versions(),
            "items": scores.write_items(self.folder, f"{info.name}-{key[:8]}", result.items),
            "questions": scores.write_questions(
                self.sweep.target.evals, info.name, result.questions
            ),
        }

    def _journal(self, info: TaskInfo, key: str) -> Path:
        return self.folder / scores.ITEMS / f"{info.name}-{key[:16]}.journal"

    def _write(self) -> None:
        """Write the score file with what is known by now."""
        missing = self.sweep.plan.missing
        scores.write_scores(
            self.sweep.target.evals,
            self.checkpoint,
            self.sweep.plan.suite,
            weights=self.weights,
            tasks={name: self.results[name] for name in sorted(self.results)},
            missing={name: why for name, why in missing.items() if name not in self.results},
        )

    def _key(self, info: TaskInfo) -> str:
        """Return the key of a score: everything that decides it."""
        plan, settings = self.sweep.plan, self.sweep.settings
        return scores.score_key(
            weights=self.weights,
            task=info.digest,
            data=plan.digests[info.name],
            chat=self._is_chat(info),
            size=settings.text_bytes if info.source == PROSE else settings.items,
            shots=[plan.shots[info.name].count, plan.shots[info.name].digest],
            layout=scores.LAYOUT,
            **self.sweep.backend.key(self.checkpoint.folder),
        )

    def _is_chat(self, info: TaskInfo) -> bool:
        """Whether a question is put as a user's turn; of a plain model, the setting decides."""
        if self.sweep.settings.template == "chat":
            return self.checkpoint.chats
        return info.chat and self.checkpoint.stage in CHAT_STAGES

    def _again(self, task: str, entry: dict[str, Any]) -> dict[str, Any]:
        """Return a known result as it stands in the file now, or as what was asked for just now.

        Scores of other settings may have come after it: the report shows what was asked last.
        """
        standing = self._before.get("tasks", {}).get(task, {})
        if standing.get("key") == entry["key"]:
            return dict(standing)
        return entry | {"asked_at": _now()}

    def _still_true(self) -> dict[str, Any]:
        """Return earlier results of the same weights on tasks whose data are not at hand now."""
        if self._before.get("weights_sha256") != self.weights:
            return {}
        missing = self.sweep.plan.missing
        return {name: entry for name, entry in self._before["tasks"].items() if name in missing}

    @functools.cached_property
    def _before(self) -> dict[str, Any]:
        """The score file as the last command left it."""
        evals, suite = self.sweep.target.evals, self.sweep.plan.suite
        return scores.read_scores(scores.suite_path(evals, self.checkpoint.name, suite))

    @functools.cached_property
    def weights(self) -> str:
        """Digest of the model."""
        return self.sweep.backend.weights(self.checkpoint.folder)

    @property
    def folder(self) -> Path:
        """Where the scores of the checkpoint are."""
        return self.sweep.target.evals / self.checkpoint.name


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
