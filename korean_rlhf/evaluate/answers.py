"""Answers that a checkpoint writes, and how likely they are under another one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from korean_rlhf.evaluate.models import Loaded, Tokens
from korean_rlhf.evaluate.scoring import Scorer
from korean_rlhf.model.generate import generate

BATCH = 32
"""Prompts of a benchmark that are answered at the same time."""

MOST_NEW = 256
"""Tokens of an answer, where a task does not say."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote after a prompt."""

    tokens: Tokens
    """With the end token, when it wrote one."""
    ended: bool
    """It ended by itself, and not because the room was full."""

    @property
    def text_tokens(self) -> Tokens:
        """The tokens without the end token."""
        return self.tokens[:-1] if self.ended else self.tokens


def write(
    loaded: Loaded,
    prompts: Sequence[Tokens],
    *,
    most_tokens: int,
    temperature: float = 1.0,
    seed: int = 0,
    batch: int = 128,
    advance: Callable[[int], None] = lambda n: None,
) -> list[Answer]:
    """Return one answer to each of `prompts`, in order; the same seed gives the same answers.

    A prompt too long for the model is cut from the left. Prompts of like length are written
    together.
    """
    most = min(most_tokens, loaded.max_length // 2)
    generator = torch.Generator().manual_seed(seed)
    order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
    answers: dict[int, Answer] = {}
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        written = generate(
            loaded.model,
            [prompts[index][-(loaded.max_length - most) :] for index in chosen],
            max_new_tokens=most,
            temperature=temperature,
            generator=generator,
            end_id=loaded.end_id,
            pad_id=loaded.pad_id,
        )
        for at, index in enumerate(chosen):
            length = int(written.lengths[at])
            tokens = written.tokens[at, :length].tolist()
            answers[index] = Answer(tokens, bool(written.ended[at]))
        advance(len(chosen))
    return [answers[index] for index in range(len(prompts))]


class GreedyWriter:
    """Continues the prompts of a benchmark with a model on this machine."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded

    def write(
        self, asked: Sequence[tuple[Tokens, dict[str, Any]]], finished: Callable[[int, str], None]
    ) -> None:
        """Tell `finished` each answer; prompts of like length are written together."""
        # A batch is as long as its longest.
        order = sorted(range(len(asked)), key=lambda at: len(asked[at][0]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            most = max(most_new(asked[at][1]) for at in chosen)
            prompts = [asked[at][0] for at in chosen]
            written = write(self.loaded, prompts, most_tokens=most, temperature=0.0, seed=0)
            for at, answer in zip(chosen, written, strict=True):
                tokens = answer.text_tokens
                finished(at, self.loaded.tokenizer.decode(tokens, skip_special_tokens=True))


def most_new(options: dict[str, Any]) -> int:
    """Return how many tokens a task lets a model write."""
    return int(options.get("max_gen_toks", MOST_NEW))


def log_probabilities(
    loaded: Loaded,
    prompts: Sequence[Tokens],
    answers: Sequence[Answer],
    *,
    batch_tokens: int,
    advance: Callable[[int], None] = lambda n: None,
) -> list[float]:
    """Return the log-probability in nats that `loaded` gives each whole answer, end included."""
    scorer = Scorer(
        loaded.model,
        max_length=loaded.max_length,
        batch_tokens=batch_tokens,
        device=loaded.device,
    )
    pairs = [(prompt, answer.tokens) for prompt, answer in zip(prompts, answers, strict=True)]
    return [logprob for logprob, _ in scorer.score(pairs, advance)]
