"""Answers of a chat model to open questions: later turns see the model's own earlier answers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf.evaluate.checkpoints import Checkpoint
from korean_rlhf.evaluate.journal import Journal, request_key
from korean_rlhf.evaluate.judge.exchanges import Exchange
from korean_rlhf.evaluate.judge.questions import OpenQuestion
from korean_rlhf.progress import track
from korean_rlhf.records import Message
from korean_rlhf.settings.judge import JudgeSettings


@dataclass(frozen=True, slots=True)
class Written:
    """The answers of one model."""

    exchanges: list[Exchange]
    cut_prompts: int
    """Conversations cut from the left because the model cannot read as much."""


def write_answers(
    checkpoint: Checkpoint,
    questions: Sequence[OpenQuestion],
    settings: JudgeSettings,
    journal: Path,
) -> Written:
    """Return one answer to each turn of each question, in their order.

    Answers are in the file `journal` when they are written, so that a killed run goes on with the
    next batch; it belongs to one model and one set of settings.
    """
    from korean_rlhf.evaluate.models import load

    loaded = load(checkpoint.folder, device=settings.device, precision=settings.precision)
    writer = Writer(checkpoint, loaded, settings)
    answers: dict[tuple[str, int], Exchange] = {}
    with Journal(journal) as kept:
        for turn in range(max(len(question.turns) for question in questions)):
            asked = [question for question in questions if turn < len(question.turns)]
            told = [_history(question, turn, answers) for question in asked]
            texts = writer.write(told, kept, f"{checkpoint.name} turn {turn + 1}")
            for question, messages, text in zip(asked, told, texts, strict=True):
                answers[question.id, turn] = Exchange(
                    question=question.id,
                    turn=turn,
                    messages=messages,
                    answer=text,
                    reference=question.reference(turn),
                )
    places = [(one.id, turn) for one in questions for turn in range(len(one.turns))]
    return Written([answers[place] for place in places], writer.cut_prompts)


def _history(
    question: OpenQuestion, turn: int, answers: dict[tuple[str, int], Exchange]
) -> tuple[Message, ...]:
    """Return the conversation up to a turn of the user, with what the model said itself."""
    told: list[Message] = []
    for earlier in range(turn):
        said = answers[question.id, earlier].answer
        told.append(Message(role="user", content=question.turns[earlier]))
        told.append(Message(role="assistant", content=said))
    return (*told, Message(role="user", content=question.turns[turn]))


class Writer:
    """Writes answers in fixed batches, so that a run that was killed writes the same ones."""

    def __init__(self, checkpoint: Checkpoint, loaded: Any, settings: JudgeSettings) -> None:
        from korean_rlhf.tokenizer.chat import ChatTokenizer

        self._chat = ChatTokenizer.load(checkpoint.folder)
        self._loaded, self._settings = loaded, settings
        self._room = loaded.max_length - min(settings.answer_tokens, loaded.max_length // 2)
        self.cut_prompts = 0

    def write(self, told: Sequence[tuple[Message, ...]], journal: Journal, label: str) -> list[str]:
        """Return an answer to each conversation; those in `journal` are not written again."""
        prompts = [self._chat.encode_chat(messages) for messages in told]
        self.cut_prompts += sum(len(prompt) > self._room for prompt in prompts)
        keys = [request_key(prompt) for prompt in prompts]
        distinct = dict(zip(keys, prompts, strict=True))
        order = sorted(distinct, key=lambda key: (len(distinct[key]), key))
        size = self._settings.answer_batch
        with track(len(order), label, "answers") as advance:
            for start in range(0, len(order), size):
                batch = order[start : start + size]
                if not journal.known.keys() >= set(batch):
                    journal.add(self._batch({key: distinct[key] for key in batch}))
                advance(len(batch))
        return [str(journal.known[key]) for key in keys]

    def _batch(self, prompts: dict[str, list[int]]) -> dict[str, str]:
        from korean_rlhf.evaluate.answers import write

        written = write(
            self._loaded,
            list(prompts.values()),
            most_tokens=self._settings.answer_tokens,
            temperature=self._settings.temperature,
            seed=_seed(prompts, self._settings.seed),
        )
        texts = [self._chat.decode(answer.text_tokens).strip() for answer in written]
        return dict(zip(prompts, texts, strict=True))


def _seed(keys: Sequence[str] | dict[str, list[int]], seed: int) -> int:
    """Return a seed of one batch, so that it can be drawn again alone."""
    digest = hashlib.blake2b(f"{seed}\0{'|'.join(keys)}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1  # torch takes 63 bits
