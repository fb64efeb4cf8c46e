"""K answers to each of many prompts, for people to rank."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import torch

from korean_rlhf import tables
from korean_rlhf.errors import SettingsError
from korean_rlhf.model.assistant import Assistant
from korean_rlhf.model.generate import generate
from korean_rlhf.ngrams import prompt_hash
from korean_rlhf.progress import say, track
from korean_rlhf.records import Candidates, Prompt
from korean_rlhf.rundir import atomic_write_bytes
from korean_rlhf.settings.sample import SampleSettings


def write_candidates(
    assistant: Assistant, prompts: Sequence[Prompt], out: Path, settings: SampleSettings
) -> None:
    """Append K answers to each prompt to the JSONL file `out`; prompts already there are skipped.

    A killed run goes on where it was, and ends with the same file as an unbroken one.

    Raises:
        SettingsError: `out` holds another number of answers a prompt, or no prompt fits the model.
    """
    done = finished_ids(out, settings.k)
    room = assistant.room(settings.max_new_tokens)
    fitting, too_long = _fitting(assistant, prompts, room)
    if not fitting:
        raise SettingsError(
            f"None of {too_long} prompts fits the model's context of {assistant.context} tokens "
            f"with {room} kept for the answer. Lower max_new_tokens, or shorten the prompts."
        )
    at_once = max(settings.batch_size // settings.k, 1)
    with track(len(fitting), "sample", "prompts") as advance:
        for start in range(0, len(fitting), at_once):
            batch = fitting[start : start + at_once]
            missing = {prompt_id(prompt) for prompt, _ in batch} - done
            if missing:
                answered = answer(assistant, batch, room, settings)
                append(out, [one for one in answered if one.id in missing])
            advance(len(batch))
    if too_long:
        say(
            f"sample: too-long: {too_long} left out. With {room} tokens kept for the answer they "
            f"do not fit the model's context of {assistant.context}."
        )


def answer(
    assistant: Assistant,
    batch: Sequence[tuple[Prompt, list[int]]],
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


def batch_seed(batch: Sequence[tuple[Prompt, list[int]]], seed: int) -> int:
    """Return a seed for one batch, so that a batch can be drawn again alone."""
    names = "\0".join(prompt_id(prompt) for prompt, _ in batch)
    digest = hashlib.blake2b(f"{seed}\0{names}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1  # torch takes 63 bits


def finished_ids(out: Path, k: int) -> set[str]:
    """Return the ids in `out`; a last line torn by a kill is taken away first.

    Raises:
        SettingsError: the answers there are not `k` a prompt.
    """
    if not out.is_file():
        return set()
    content = out.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        atomic_write_bytes(out, whole)
    if not whole:
        return set()
    found = list(tables.read(out, Candidates))
    for one in found:
        if len(one.responses) != k:
            raise SettingsError(
                f"{out} holds {len(one.responses)} answers a prompt, not {k}. Choose another --out."
            )
    return {one.id for one in found}


def append(out: Path, candidates: Sequence[Candidates]) -> None:
    """Append records to a JSONL file; they are with the system when this returns."""
    out.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(
        json.dumps(tables.to_json(one), ensure_ascii=False) + "\n" for one in candidates
    )
    with out.open("a", encoding="utf-8") as file:
        file.write(lines)


def _fitting(
    assistant: Assistant, prompts: Sequence[Prompt], room: int
) -> tuple[list[tuple[Prompt, list[int]]], int]:
    """Return the prompts that fit with their tokens, and how many do not."""
    encoded = [(prompt, assistant.encode(prompt.messages, room)) for prompt in prompts]
    fitting = [(prompt, ids) for prompt, ids in encoded if ids is not None]
    return fitting, len(encoded) - len(fitting)
