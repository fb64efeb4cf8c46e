"""Rewards of whole dialogues, computed in batches of like length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from korean_rlhf.evaluate.journal import Journal
from korean_rlhf.evaluate.models import pick_device, pick_precision
from korean_rlhf.model.config import context_of
from korean_rlhf.model.heads import RewardModel, load_reward
from korean_rlhf.progress import track
from korean_rlhf.records import Message
from korean_rlhf.settings.judge import JudgeSettings
from korean_rlhf.tokenizer.chat import ChatTokenizer


class Rewards:
    """A reward model with its tokenizer."""

    def __init__(self, folder: Path, settings: JudgeSettings) -> None:
        self._device = pick_device(settings.device)
        half = pick_precision(settings.device, settings.precision) == "bf16"
        dtype = torch.bfloat16 if half else torch.float32
        self._model = load_reward(folder, dtype).to(self._device)
        self._chat = ChatTokenizer.load(folder)
        self._batch = settings.answer_batch
        self.context = context_of(self._model.backbone.config)

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """Return the tokens of a dialogue that ends with an answer, as the model was trained."""
        return self._chat.encode_training(messages)[0]

    def fill(self, rows: Mapping[str, Sequence[int]], journal: Journal) -> None:
        """Add the reward of each row that `journal` does not know, batch by batch."""
        todo = sorted(rows.keys() - journal.known.keys(), key=lambda key: len(rows[key]))
        with track(len(todo), "rewards", "answers") as advance:
            for start in range(0, len(todo), self._batch):
                keys = todo[start : start + self._batch]
                found = scored(self._model, [rows[key] for key in keys])
                journal.add(dict(zip(keys, found, strict=True)))
                advance(len(keys))


@torch.inference_mode()
def scored(model: RewardModel, rows: Sequence[Sequence[int]]) -> list[float]:
    """Return the reward of each whole dialogue, given as tokens, all in one pass."""
    device, longest = model.head.weight.device, max(map(len, rows))
    padded = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows], device=device)
    lengths = torch.tensor([len(row) for row in rows], device=device)
    found: list[float] = model.score(padded, lengths).tolist()
    return found
