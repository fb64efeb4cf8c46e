"""Dialogues as tokens: what SFT and the reward model learn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from korean_rlhf import tables
from korean_rlhf.errors import SettingsError
from korean_rlhf.model.checkpoint import read_config
from korean_rlhf.model.config import context_of
from korean_rlhf.records import Comparison, Drop, Instruction, Message, Prompt
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.train.batches import Example

R = TypeVar("R", Instruction, Comparison, Prompt)


def read_all(inputs: Sequence[Path], kind: type[R]) -> list[R]:
    """Return the records of all inputs, in order.

    Raises:
        SettingsError: no input was named.
    """
    if not inputs:
        raise SettingsError(f"Name at least one file or folder of {kind.__name__} records.")
    return [record for path in inputs for record in tables.read(path, kind)]


def encode_instructions(
    records: Sequence[Instruction],
    chat: ChatTokenizer,
    context: int,
    dropped: Callable[[Instruction, Drop], None],
) -> tuple[list[Instruction], list[Example]]:
    """Return the instructions that fit the context, and their tokens with the learned mask."""
    kept, examples = [], []
    for record in records:
        tokens, learned = chat.encode_training(record.messages)
        if len(tokens) > context:
            dropped(record, longer_than(context, len(tokens)))
        elif not any(learned):
            dropped(record, Drop("nothing-to-learn"))
        else:
            kept.append(record)
            examples.append(Example(tokens, learned))
    return kept, examples


def encode_response(chat: ChatTokenizer, messages: Sequence[Message], response: str) -> list[int]:
    """Return the tokens of a prompt and its response, up to the token that ends the response.

    The same tokens as in SFT, so that a reward model reads what the policy writes.
    """
    answer = Message(role="assistant", content=response)
    return chat.encode_training([*messages, answer])[0]


def longer_than(context: int, tokens: int) -> Drop:
    """Return the reason of a dialogue that the model cannot read whole."""
    return Drop("longer-than-context", f"{tokens} tokens, context {context}")


def model_context(folder: Path) -> int:
    """Return the longest sequence that the model in `folder` reads, in tokens."""
    return context_of(read_config(folder))
