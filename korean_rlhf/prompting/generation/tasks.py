"""Seeds and what is made of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from korean_rlhf import tables
from korean_rlhf.errors import BadInput
from korean_rlhf.ngrams import text_hash
from korean_rlhf.records import Instruction, Prompt

SELF_INSTRUCT = "self-instruct"
"""The operation that asks for new instructions; the others change one (evolve.toml)."""
HONEST_KINDS = frozenset({"honesty"})
"""Kinds that ask what nobody can know: their good answer says so."""
GENERAL = "general"
"""The kind of a seed that tells none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """An instruction written by people, or at least given by the user."""

    id: str
    kind: str
    instruction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An instruction that the model wrote, and where it came from."""

    id: str
    kind: str
    instruction: str
    operation: str
    """SELF_INSTRUCT, or how its parent was changed."""
    parents: tuple[str, ...]
    """Ids of the seeds and made instructions that the request showed, or of the one changed."""
    prompt: str
    """Prompt file and version: "generate/self_instruct 1.0"."""
    round: int
    nearest: str = ""
    """Id of the instruction most like it, among the seeds and all that were kept before."""
    similarity: float = 0.0
    """How much alike, 0.0 where nothing came near."""
    answer: str = ""
    register: str = ""
    """Speech level of the answer, "mixed" for several, "" for none."""
    score: float | None = None
    """The judge's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostReply:
    """A reply of the model in which no instruction could be read."""

    operation: str
    kind: str
    round: int
    said: str


def made_id(kind: str, instruction: str) -> str:
    """Return the id of a made instruction: its kind and a hash of its letters.

    >>> made_id("stories", "시를 써 줘.") == made_id("stories", "시를 써줘")
    True
    """
    return f"{kind}-{text_hash(instruction)[:16]}"


def read_seeds(paths: Sequence[Path], kinds: Sequence[str]) -> list[Seed]:
    """Return the seeds in `paths`: dialogues of one question, in NFC, each text once.

    The kind is what stands before the last "-" of the id ("stories-001"), as in prompts/.

    Raises:
        BadInput: there is none, or none of one of the `kinds`.
        BadRecord: a row is neither an instruction nor a prompt.
    """
    found: dict[str, Seed] = {}
    for path in paths:
        for seed in _seeds_in(path):
            if not kinds or seed.kind in kinds:
                found.setdefault(text_hash(seed.instruction), seed)
    missing = set(kinds) - {seed.kind for seed in found.values()}
    names = ", ".join(map(str, paths))
    if missing:
        raise BadInput(f"{names}: no seed of the kind {', '.join(sorted(missing))}. Mend --kinds.")
    if not found:
        raise BadInput(f"{names}: no dialogue of one question in it. Give other --seeds.")
    return list(found.values())


def _seeds_in(path: Path) -> Iterator[Seed]:
    for shard in tables.shards(path):
        first = next((row for _, row in tables.rows(shard)), {})
        are_prompts = tables.guess_kind(first) is Prompt
        for record in (
            tables.read(shard, Prompt) if are_prompts else tables.read(shard, Instruction)
        ):
            asked = [turn for turn in record.messages if turn.role != "assistant"]
            if len(asked) == 1 and asked[0].role == "user" and asked[0].content.strip():
                text = unicodedata.normalize("NFC", asked[0].content.strip())
                yield Seed(id=record.id, kind=_kind(record.id), instruction=text)


def _kind(id: str) -> str:
    return id.rpartition("-")[0] or GENERAL
