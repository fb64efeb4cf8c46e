"""Sentences of real Korean text, drawn by their digest, for the bench of registers."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from korean_rlhf.tables import open_text

SEED = "register"
_END = re.compile(r"(?<=[.!?…~])[\"'”’)」』]*\s+|\n+")
_MARKUP = re.compile(r"^[\s>#*+•-]*(?:\d+[.)]\s*)?|[*_`#]+")
_SYLLABLES = re.compile(r"[가-힣]")


def petitions(folder: Path) -> Iterator[str]:
    """Yield the texts of the petitions."""
    with open_text(folder / "corpora" / "petitions.jsonl.zst") as file:
        for line in file:
            yield json.loads(line)["content"]


def novels(folder: Path) -> Iterator[str]:
    """Yield the novels that are in UTF-8."""
    for path in sorted((folder / "corpora" / "novels").glob("*.txt")):
        if not path.name.endswith("_euc-kr.txt"):
            yield path.read_text(encoding="utf-8")


def reviews(folder: Path) -> Iterator[str]:
    """Yield the film reviews."""
    with open_text(folder / "corpora" / "nsmc-reviews.tsv.zst") as file:
        next(file)
        for line in file:
            yield line.rstrip("\n").split("\t")[-1]


def chat(folder: Path) -> Iterator[str]:
    """Yield the questions and the answers of the chatbot."""
    path = folder / "instructions" / "chatbot-qa.ko.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["Q"]
            yield row["A"]


def answers(folder: Path) -> Iterator[str]:
    """Yield what 65 models answered."""
    with open_text(folder / "preferences" / "logickor-judged-answers.ko.jsonl.zst") as file:
        for line in file:
            yield json.loads(line)["output"] or ""


def encyclopedia(folder: Path) -> Iterator[str]:
    """Yield sentences of Wikipedia that people split."""
    yield (folder / "sentences" / "wikipedia.txt").read_text(encoding="utf-8")


SOURCES = {
    "petitions": petitions,
    "novels": novels,
    "reviews": reviews,
    "chat": chat,
    "answers": answers,
    "encyclopedia": encyclopedia,
}


def digest(sentence: str) -> str:
    """Return the digest by which a sentence is drawn, and known without being kept."""
    return hashlib.sha256(f"{SEED}\0{sentence}".encode()).hexdigest()


def draw(folder: Path, size: int) -> dict[str, list[str]]:
    """Return `size` sentences of each source: those with the smallest digest."""
    found = {}
    for name, texts in SOURCES.items():
        unique = {digest(each): each for each in _sentences(texts(folder))}
        found[name] = [unique[key] for key in sorted(unique)[:size]]
    return found


def _sentences(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for part in _END.split(unicodedata.normalize("NFC", text)):
            sentence = _MARKUP.sub("", part).strip()
            if len(_SYLLABLES.findall(sentence)) >= 4 and len(sentence) <= 200:
                yield sentence
