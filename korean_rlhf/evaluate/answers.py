"""Answers that a checkpoint writes, and how likely they are under another one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from korean_rlhf.evaluate.models import Loaded
from korean_rlhf.evaluate.scoring import Scorer, Tokens
from korean_rlhf.model.generate import generate


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
