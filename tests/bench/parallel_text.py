"""English and Korean pairs for training a small translator: read, split, held out by digest."""

from __future__ import annotations

import ast
import hashlib
import io
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

try:
    from compression import zstd
except ImportError:  # Python 3.13 and earlier
    from backports import zstd

_ENTRY = re.compile(r'^msgid (?P<en>(?:".*"\n)+)msgstr (?P<ko>(?:".*"\n?)+)', re.MULTILINE)


class Pair(NamedTuple):
    """One text in both languages, and the document that it stands in."""

    english: str
    korean: str
    document: str


def read_pairs(folder: Path) -> dict[str, list[Pair]]:
    """Return the pairs of each set in `folder`, empty and doubtful ones left out."""
    return {
        "python-docs": list(python_docs(folder / "python-docs-ko-po.tar.zst")),
        "jhe": list(jhe(folder)),
        "park": list(park(folder / "korean-english-park.dev.tar.gz")),
    }


def python_docs(path: Path) -> Iterator[Pair]:
    """Yield the translated entries of gettext files; fuzzy and obsolete ones are none."""
    with tarfile.open(fileobj=io.BytesIO(zstd.decompress(path.read_bytes()))) as archive:
        for member in sorted(archive.getnames()):
            if not member.endswith(".po"):
                continue
            file = archive.extractfile(member)
            assert file is not None
            for block in file.read().decode("utf-8").split("\n\n"):
                found = _ENTRY.search(block)
                if found is None or re.search(r"^#,.*fuzzy", block, re.MULTILINE):
                    continue
                english, korean = _unquoted(found["en"]), _unquoted(found["ko"])
                if english.strip() and korean.strip():
                    yield Pair(english, korean, member)


def jhe(folder: Path) -> Iterator[Pair]:
    """Yield the sentences of JHE; each is a document of its own."""
    sides = [(folder / f"jhe-koen-dev.{side}").read_text("utf-8") for side in ("en", "ko")]
    yield from _lines(*sides)


def park(path: Path) -> Iterator[Pair]:
    """Yield the news sentences."""
    with tarfile.open(path) as archive:
        sides = []
        for side in ("en", "ko"):
            file = archive.extractfile(f"korean-english-park.dev.{side}")
            assert file is not None
            sides.append(file.read().decode("utf-8"))
    yield from _lines(*sides)


def hold_out(sets: dict[str, list[Pair]]) -> tuple[list[Pair], dict[str, list[Pair]]]:
    """Return the training pairs, and the held-out ones of each set.

    Of the manual whole documents are held out, one in 24; of JHE every second sentence. The digest
    of the name or line decides. No English or Korean text of theirs stays in the training pairs.
    """
    kept: list[Pair] = []
    held: dict[str, list[Pair]] = {"python-docs": [], "jhe": []}
    for name, pairs in sets.items():
        every = {"python-docs": 24, "jhe": 2}.get(name)
        for pair in pairs:
            out = every is not None and digest(pair.document) % every == 0
            (held[name] if out else kept).append(pair)
    for name, pairs in held.items():
        held[name] = list({_same(pair.english): pair for pair in pairs}.values())
    seen = {_same(text) for pairs in held.values() for pair in pairs for text in pair[:2]}
    return [pair for pair in kept if not seen & {_same(pair[0]), _same(pair[1])}], held


def _lines(english: str, korean: str) -> Iterator[Pair]:
    for en, ko in zip(english.splitlines(), korean.splitlines(), strict=True):
        if en.strip() and ko.strip():
            yield Pair(en.strip(), ko.strip(), en)


def _unquoted(quoted: str) -> str:
    return "".join(ast.literal_eval(line) for line in quoted.splitlines())


def digest(text: str) -> int:
    """Return 64 bits of the SHA-256 of `text`: an order that is neither ours nor the file's."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def _same(text: str) -> str:
    return " ".join(text.lower().split())
