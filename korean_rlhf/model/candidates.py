"""K answers to each of many prompts, for people to rank."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import torch

from korean_rlhf import tables
from korean_rlhf.disk import whole_lines
from korean_rlhf.errors import SettingsError
from korean_rlhf.model.answerfile import Source, answer_file
from korean_rlhf.model.assistant import Assistant
from korean_rlhf.model.generate import generate
from korean_rlhf.ngrams import prompt_hash
from korean_rlhf.progress import say, track
from korean_rlhf.records import Candidates, Prompt
from korean_rlhf.rundir import atomic_write_bytes
from korean_rlhf.settings.sample import SampleSettings

Fitting: TypeAlias = tuple[Prompt, list[int]]
"""A prompt that leaves room for an answer, with its tokens."""


def write_candidates(
    assistant: Assistant,
    prompts: Sequence[Prompt],
    out: Path,
    settings: SampleSettings,
    *,
    replace: bool = False,
) -> None:
    """Append K answers to each prompt to the JSONL file `out`; prompts already there are skipped.

    A killed run goes on where it was, and ends with the same file as an unbroken one.

    Raises:
        SettingsError: no prompt fits the model.
        FolderInUse: another process writes to `out`.
        OtherRun: `out` was made with another model, prompts or settings, and `replace` is false.
        BadInput: `out` is no file of answers that can be gone on with.
    """
    room = assistant.room(settings.max_new_tokens)
    fitting, too_long = _fitting(assistant, prompts, room)
    if not fitting:
        raise SettingsError(
            f"None of {too_long} prompts fits the model's context of {assistant.context} tokens "
            f"with {room} kept for the answer. Lower max_new_tokens, or shorten the prompts."
        )
    source = Source.of(assistant.folder, prompts, settings)
    with answer_file(out, source, replace=replace):
        _answer_all(assistant, fitting, room, out, settings)
    if too_long:
        say(
            f"sample: too-long: {too_long} left out. With {room} tokens kept for the answer they "
            f"do not fit the model's context of {assistant.context}."
        )


def _answer_all(
    assistant: Assistant,
    fitting: Sequence[Fitting],
    room: int,
    out: Path,
    settings: SampleSettings,
) -> None:
    done = finished_ids(out)
    at_once = max(settings.batch_size // settings.k, 1)
    with track(len(fitting), "sample", "prompts") as advance:
        for start in range(0, len(fitting), at_once):
            batch = fitting[start : start + at_once]
            missing = {prompt_id(prompt) for prompt, _ in batch} - done
            if missing:
                answered = answer(assistant, batch, room, settings)
                append(out, [one for one in answered if one.id in missing])
            advance(len(batch))


def answer(
    assistant: Assistant,
    batch: Sequence[Fitting],
    room: int,
    settings: SampleSettings,
) -> list[Candidates]:
    """Return K answers to each prompt of `batch`; the same prompts and seed give the same."""
    tokenizer = assistant.tokenizer
    generated = generate(
        assistant.model,
        [ids for _, ids in batch for _ in range(settings.k)],
        max_new_tokens=room,
        temperature=settings.temperature,
        top_p=settings.top_p,
        generator=torch.Generator().manual_seed(batch_seed(batch, settings.seed)),
        end_id=tokenizer.end_id,
        pad_id=tokenizer.pad_id,
    )
    texts = [
        tokenizer.decode(row[:length]).strip()
        for row, length in zip(generated.tokens.tolist(), generated.lengths.tolist(), strict=True)
    ]
    return [
        Candidates(
            messages=prompt.messages,
            responses=tuple(texts[place * settings.k : (place + 1) * settings.k]),
            id=prompt_id(prompt),
            source=prompt.source,
            license=prompt.license,
        )
        for place, (prompt, _) in enumerate(batch)
    ]


def prompt_id(prompt: Prompt) -> str:
    """Return the prompt's id, or a hash of its text when it has none."""
    return prompt.id or prompt_hash(prompt.messages)


def batch_seed(batch: Sequence[Fitting], seed: int) -> int:
    """Return a seed for one batch, so that a batch can be drawn again alone."""
    names = "\0".join(prompt_id(prompt) for prompt, _ in batch)
    digest = hashlib.blake2b(f"{seed}\0{names}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1  # torch takes 63 bits


def finished_ids(out: Path) -> set[str]:
    """Return the ids in `out`; a last line torn by a kill is taken away first."""
    if not out.is_file():
        return set()
    whole = whole_lines(out)
    if len(whole) != out.stat().st_size:
        atomic_write_bytes(out, whole)
    return {one.id for one in tables.read(out, Candidates)} if whole else set()


def append(out: Path, candidates: Sequence[Candidates]) -> None:
    """Append records to a JSONL file; they are with the system when this returns."""
    with out.open("a", encoding="utf-8") as file:
        file.write("".join(map(tables.json_line, candidates)))


def _fitting(
    assistant: Assistant, prompts: Sequence[Prompt], room: int
) -> tuple[list[Fitting], int]:
    """Return the prompts that fit with their tokens, and how many do not."""
    encoded = [(prompt, assistant.encode(prompt.messages, room)) for prompt in prompts]
    fitting = [(prompt, ids) for prompt, ids in encoded if ids is not None]
    return fitting, len(encoded) - len(fitting)
