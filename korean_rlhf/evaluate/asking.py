"""The held-out questions of the sample world, asked of one model after another.

Only here is the world's true preference asked. Training and the choice of checkpoints never see it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from korean_rlhf.errors import BadRecord, MissingInput
from korean_rlhf.evaluate import scores
from korean_rlhf.evaluate.checkpoints import Checkpoint, weights_digest
from korean_rlhf.progress import track
from korean_rlhf.records import Message, parse_messages
from korean_rlhf.rundir import atomic_write_text, chosen_step, file_digest
from korean_rlhf.sampleworld import preference
from korean_rlhf.settings.evaluate import EvaluateSettings
from korean_rlhf.settings.loading import read_toml
from korean_rlhf.tables import rows

QUESTIONS = "questions.jsonl"
DEMONSTRATIONS = "instructions.jsonl"
ANSWERS = "answers.json"
BEST_OF = "best_of.json"
COPIER = "copier.json"
LONGEST_ANSWER = 256
"""Tokens, where no PPO stage says how long an answer may be."""

Rows: TypeAlias = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """A held-out question and what the true preference needs to judge an answer to it."""

    id: str
    messages: tuple[Message, ...]
    key: Mapping[str, Any]

    @property
    def text(self) -> str:
        """What the user says last."""
        return self.messages[-1].content


def read_questions(path: Path) -> list[Question]:
    """Return the held-out questions of a sample world.

    Raises:
        MissingInput: there is no such file.
        BadRecord: a line is no question.
    """
    if not path.is_file():
        raise MissingInput(path, "korean-rlhf sampleworld make --out DIR")
    questions = []
    for line, row in rows(path):
        try:
            messages = parse_messages(row["messages"])
            questions.append(Question(str(row["id"]), messages, row["key"]))
        except (KeyError, ValueError) as problem:
            raise BadRecord(path, line, f"not a question: {problem}") from None
    return questions


class World:
    """The questions, asked of one model after another."""

    def __init__(
        self,
        run: Path,
        evals: Path,
        questions: list[Question],
        settings: EvaluateSettings,
        digest: str,
    ) -> None:
        self.run, self.evals = run, evals
        self.questions, self.settings, self.digest = questions, settings, digest
        self.most_tokens = settings.answer_tokens or longest_answer(run)

    def answers(self, checkpoint: Checkpoint, reference: Checkpoint) -> Rows:
        """Return one sampled answer a question, with its true reward and log-ratio."""
        path = self.evals / checkpoint.name / ANSWERS
        key = self._key(checkpoint, weights_digest(reference.folder))
        return _remembered(path, key, lambda: self._write(checkpoint, reference))

    def best_of(self, sft: Checkpoint, questions: list[Question]) -> dict[str, Any]:
        """Return by question the best and the mean true reward among several SFT answers.

        With a reward model in the run, also the true reward of the answer that it likes best.
        """
        reward = self.run / "reward"
        judge = chosen_step(reward) if (reward / "manifest.json").is_file() else None
        path = self.evals / sft.name / BEST_OF
        parts = (len(questions), self.settings.best_of, weights_digest(judge) if judge else "")
        key = self._key(sft, *map(str, parts))
        rows = _remembered(path, key, lambda: self._write_many(sft, questions, judge))
        return {
            "k": self.settings.best_of,
            "best": [max(row["rewards"]) for row in rows],
            "mean": [sum(row["rewards"]) / len(row["rewards"]) for row in rows],
            "picked": [row["picked"] for row in rows if "picked" in row],
        }

    def copied(self, data: Path) -> list[float]:
        """Return the true reward of the nearest-neighbour baseline on each question."""
        key = scores.score_key(
            questions=self.digest,
            ids=[question.id for question in self.questions],
            demonstrations=file_digest(data / DEMONSTRATIONS),
            preference=preference.VERSION,
        )
        rows = _remembered(
            self.evals / COPIER,
            key,
            lambda: [{"reward": reward} for reward in copier_rewards(data, self.questions)],
        )
        return [float(row["reward"]) for row in rows]

    def _key(self, checkpoint: Checkpoint, *more: str) -> str:
        return scores.score_key(
            weights=weights_digest(checkpoint.folder),
            questions=self.digest,
            ids=[question.id for question in self.questions],
            tokens=self.most_tokens,
            seed=self.settings.seed,
            precision=self.settings.precision,
            preference=preference.VERSION,
            more=more,
        )

    def _write(self, checkpoint: Checkpoint, reference: Checkpoint) -> Rows:
        from korean_rlhf.evaluate.answers import log_probabilities
        from korean_rlhf.evaluate.models import load

        settings = self.settings
        device, precision = settings.device, settings.precision
        loaded = load(checkpoint.folder, device=device, precision=precision)
        prompts = _prompts(checkpoint.folder, self.questions)
        written = self._sample(loaded, prompts, f"{checkpoint.name} answers", settings.seed)
        ratios = [0.0] * len(written)
        if reference.folder != checkpoint.folder:
            before = load(reference.folder, device=device, precision=precision)
            own, other = (
                log_probabilities(model, prompts, written, batch_tokens=settings.batch_tokens)
                for model in (loaded, before)
            )
            ratios = [mine - theirs for mine, theirs in zip(own, other, strict=True)]
        texts = [_text(loaded.tokenizer, answer) for answer in written]
        return [
            {
                "id": question.id,
                "question": question.text,
                "answer": text,
                "reward": _true_reward(question, text),
                "tokens": len(answer.tokens),
                "ended": answer.ended,
                "log_ratio": round(ratio, 5),
            }
            for question, text, answer, ratio in zip(
                self.questions, texts, written, ratios, strict=True
            )
        ]

    def _write_many(self, sft: Checkpoint, questions: list[Question], judge: Path | None) -> Rows:
        from korean_rlhf.evaluate.models import load

        settings, k = self.settings, self.settings.best_of
        loaded = load(sft.folder, device=settings.device, precision=settings.precision)
        prompts = [p for p in _prompts(sft.folder, questions) for _ in range(k)]
        # Another seed than that of the single answers, so that the two are independent.
        label = f"{sft.name} best of {k}"
        written = self._sample(loaded, prompts, label, settings.seed + 1)
        texts = [_text(loaded.tokenizer, answer) for answer in written]
        liked = _judge(judge, prompts, written, settings) if judge else []
        rows = []
        for at, question in enumerate(questions):
            own = range(at * k, (at + 1) * k)
            rewards = [_true_reward(question, texts[index]) for index in own]
            row: dict[str, Any] = {"id": question.id, "rewards": rewards}
            if liked:
                best = max(range(k), key=lambda index: liked[own[index]])
                row["picked"] = rewards[best]
            rows.append(row)
        return rows

    def _sample(self, loaded: Any, prompts: Sequence[list[int]], label: str, seed: int) -> Any:
        from korean_rlhf.evaluate.answers import write

        with track(len(prompts), label, "answers") as advance:
            return write(
                loaded,
                prompts,
                most_tokens=self.most_tokens,
                seed=seed,
                batch=self.settings.answer_batch,
                advance=lambda n: advance(n),
            )


def longest_answer(run: Path) -> int:
    """Return how many tokens the PPO stage of `run` allows an answer."""
    path = run / "ppo" / "settings.toml"
    found = read_toml(path).get("response_tokens") if path.is_file() else None
    return int(found) if found else LONGEST_ANSWER


def _prompts(folder: Path, questions: Sequence[Question]) -> list[list[int]]:
    from korean_rlhf.tokenizer.chat import ChatTokenizer

    chat = ChatTokenizer.load(folder)
    return [chat.encode_chat(question.messages) for question in questions]


def _text(tokenizer: Any, answer: Any) -> str:
    return str(tokenizer.decode(answer.text_tokens, skip_special_tokens=True)).strip()


def _true_reward(question: Question, answer: str) -> float:
    return preference.true_reward(question.key, answer)


def _judge(
    folder: Path, prompts: Sequence[list[int]], answers: Sequence[Any], settings: EvaluateSettings
) -> list[float]:
    """Return the reward model's score of each whole dialogue."""
    from korean_rlhf.evaluate.judge.rewards import scored
    from korean_rlhf.evaluate.models import pick_device
    from korean_rlhf.model.heads import load_reward

    model = load_reward(folder).to(pick_device(settings.device)).eval()
    rows = [prompt + answer.tokens for prompt, answer in zip(prompts, answers, strict=True)]
    found: list[float] = []
    for start in range(0, len(rows), settings.answer_batch):
        found += scored(model, rows[start : start + settings.answer_batch])
    return found


def _remembered(path: Path, key: str, make: Callable[[], Rows]) -> Rows:
    """Return the rows in `path` when they were made under the same key, else make them."""
    known = scores.read_scores(path)
    if known.get("key") == key:
        rows: Rows = known["rows"]
        return rows
    rows = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write_text(path, json.dumps({"key": key, "rows": rows}, ensure_ascii=False) + "\n")
    return rows


def copier_rewards(data: Path, questions: Sequence[Question]) -> list[float]:
    """Return the true reward of copying the answer of the most similar demonstration."""
    from korean_rlhf.sampleworld.copier import copier

    copy = copier(data)
    return [_true_reward(question, copy(question.text)) for question in questions]
