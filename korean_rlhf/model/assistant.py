"""A chat model with its tokenizer, ready to answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import PreTrainedModel

from korean_rlhf.errors import MissingInput
from korean_rlhf.model.checkpoint import load_model
from korean_rlhf.model.config import context_of
from korean_rlhf.records import Message
from korean_rlhf.rundir import chosen_step
from korean_rlhf.tokenizer.chat import ChatTokenizer

CHAT_STAGES = ("ppo", "sft")
"""Stages of a run that make a chat model, the best first."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """A chat model with its tokenizer."""

    folder: Path
    model: PreTrainedModel
    tokenizer: ChatTokenizer

    @classmethod
    def load(cls, path: Path) -> Assistant:
        """Load the chat model that `path` stands for, on the GPU when there is one.

        Raises:
            MissingInput: there is no finished checkpoint.
        """
        folder = chat_checkpoint(path)
        tokenizer = ChatTokenizer.load(folder)
        on_gpu = torch.cuda.is_available()
        model = load_model(folder, torch.bfloat16 if on_gpu else torch.float32)
        if on_gpu:
            model.to("cuda")  # type: ignore[arg-type]
        return cls(folder, model, tokenizer)

    @property
    def context(self) -> int:
        """Most tokens that the model can read."""
        return context_of(self.model.config)

    def room(self, most: int) -> int:
        """Return how many tokens an answer may have: `most`, or half of the context."""
        return min(most, self.context // 2)

    def encode(self, messages: Sequence[Message], room: int) -> list[int] | None:
        """Return the prompt's tokens, None when an answer of `room` tokens does not fit behind."""
        ids = self.tokenizer.encode_chat(messages, for_answer=True)
        return ids if len(ids) + room <= self.context else None


def chat_checkpoint(path: Path) -> Path:
    """Return the model folder of a run (PPO, else SFT), a stage, a step or a plain model.

    Raises:
        MissingInput: none of them is there.
    """
    if not path.is_dir():
        raise MissingInput(path)
    for stage in CHAT_STAGES:
        if (path / stage).is_dir():
            try:
                return chosen_step(path / stage)
            except MissingInput:
                continue  # it has only begun: an earlier stage can already talk
    return chosen_step(path)
