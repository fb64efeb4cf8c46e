"""English texts with a Korean one that the fault benchmark takes as right.

Real ones, translated by people: JHE and the Python manual. For the instructions and dialogues of
self-instruct and HH nobody wrote Korean, so a stand-in is made from the English by rule
(stand_in.py). The news of Korean English News is left out: its Korean retells rather than
translates, and a quarter of its pairs differ in their numbers.
"""

from __future__ import annotations

import gzip
import hashlib
import heapq
import io
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from babel.messages.pofile import read_po
from stand_in import stand_in

from korean_rlhf.records import Role
from korean_rlhf.tables.lines import open_text
from korean_rlhf.translate.protect import protect

TURN = re.compile(r"\n\n(Human|Assistant): ")


@dataclass(frozen=True)
class Base:
    """One text, its right translation, and where both are from."""

    kind: str
    english: str
    korean: str
    speaker: Role
    reply: str = ""
    """The English answer to an instruction."""

    @property
    def half(self) -> int:
        """0 for the texts that the checks were tuned on, 1 for those that nobody looked at."""
        return digest(self.english)[0] & 1


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def drawn(pairs: Iterable[Base], count: int) -> list[Base]:
    """Return the `count` different texts whose English has the smallest SHA-256."""
    different = {pair.english: pair for pair in pairs}
    return heapq.nsmallest(count, different.values(), key=lambda pair: digest(pair.english))


def jhe(data: Path) -> Iterator[Base]:
    folder = data / "parallel"
    lines = [
        (folder / f"jhe-koen-dev.{language}").read_text("utf-8").splitlines()
        for language in ("en", "ko")
    ]
    for english, korean in zip(*lines, strict=True):
        yield Base("jhe", english.strip(), korean.strip(), "assistant")


def manual(data: Path) -> Iterator[Base]:
    """Yield the finished entries of 20 characters or more that are prose.

    An entry whose Korean has no Hangul is code that stays as it is, and one that does not hold each
    protected span of the English as it was cannot come out of a translation with marks.
    """
    with open_binary(data / "parallel/python-docs-ko-po.tar.zst") as raw:
        archive = tarfile.open(fileobj=raw, mode="r|")
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".po") else None
            if file is None:
                continue
            for entry in read_po(io.BytesIO(file.read())):
                english, korean = entry.id, entry.string
                if not isinstance(english, str) or len(english) < 20 or entry.fuzzy:
                    continue
                if re.search("[가-힣]", korean) and _holds_spans(english, korean):
                    yield Base("manual", english.strip(), korean.strip(), "assistant")


def self_instruct(data: Path) -> Iterator[Base]:
    folder = data / "instructions"
    for name in ("seed-tasks", "user-oriented"):
        with open_text(folder / f"self-instruct-{name}.en.jsonl") as file:
            for row in map(json.loads, file):
                for instance in row["instances"][:1]:
                    asked = f"{row['instruction']}\n\n{instance['input']}".strip()
                    yield _made("self-instruct", asked, "user", instance["output"])
                    yield _made("self-instruct", instance["output"].strip(), "assistant")


def hh(data: Path) -> Iterator[Base]:
    with gzip.open(data / "preferences/hh-rlhf-harmless-test.en.jsonl.gz", "rt") as file:
        for row in map(json.loads, file):
            parts = TURN.split(row["chosen"])[1:]
            turns = [*zip(parts[::2], map(str.strip, parts[1::2]), strict=True)]
            for (who, text), (_, reply) in zip(turns, [*turns[1:], ("", "")], strict=True):
                speaker: Role = "user" if who == "Human" else "assistant"
                if text:
                    yield _made("hh", text, speaker, reply if speaker == "user" else "")


BASES = {"jhe": jhe, "manual": manual, "self-instruct": self_instruct, "hh": hh}
REAL = ("jhe", "manual")


def open_binary(path: Path) -> IO[bytes]:
    try:
        from compression import zstd
    except ImportError:
        from backports import zstd
    return zstd.open(path, "rb")


def _holds_spans(english: str, korean: str) -> bool:
    return sorted(protect(english).spans) == sorted(protect(korean).spans)


def _made(kind: str, english: str, speaker: Role, reply: str = "") -> Base:
    return Base(kind, english, stand_in(protect(english), speaker), speaker, reply)
