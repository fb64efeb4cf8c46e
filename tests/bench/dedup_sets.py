"""Labelled sets of duplicates for tests/bench/dedup.py, the same at every run.

Each is a list of documents and the pairs of them that are duplicates; every other pair is none, but
those `in_doubt`, which do not count. Labels owe nothing to our code: edits are duplicates because
they were made from the text, pages of the manual by difflib's ratio of their words.
"""

from __future__ import annotations

import difflib
import io
import random
import re
import sys
import tarfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Pair = tuple[str, str]
SAME, OTHER = 0.8, 0.6
"""Pages of the manual from this ratio on are duplicates, below the other they are none."""
LONGEST = 20_000
"""Characters: of longer pages of the manual the ratio would take minutes."""
STUB = 700
"""Characters that an article has at most to count as one written after a template."""
TEMPLATES = ("면", "리", "역", "년", "군", "동")
"""Last syllables of titles whose short articles say the same of different places or years."""
SYLLABLES = "가나다라마바사아자차카타파하고도로모보소오조"
SENTENCE = re.compile(r"(?<=[.!?])\s+")
PARTICLES = (
    (re.compile(r"(?<=[가-힣])는(?=\s)"), "가"),
    (re.compile(r"(?<=[가-힣])은(?=\s)"), "이"),
    (re.compile(r"(?<=[가-힣])를(?=\s)"), "는"),
    (re.compile(r"(?<=[가-힣])을(?=\s)"), "은"),
    (re.compile(r"(?<=[가-힣])에서(?=\s)"), "에서도"),
    (re.compile(r"(?<=[가-힣])다고(?=\s)"), "다며"),
    (re.compile(r"했다(?=\.)"), "하였다"),
    (re.compile(r"(?<=[가-힣])이다(?=\.)"), "이었다"),
)


@dataclass
class LabelledSet:
    """Documents, and which pairs of them are duplicates."""

    documents: dict[str, str]
    duplicates: set[Pair]
    in_doubt: set[Pair] = field(default_factory=set)

    def f1(self, clusters: Iterable[list[str]]) -> tuple[float, float, float]:
        """Return precision, recall and F1 of the pairs within `clusters`."""
        found = {pair for ids in clusters for pair in combinations(sorted(ids), 2)} - self.in_doubt
        right = len(found & self.duplicates)
        precision, recall = right / max(1, len(found)), right / len(self.duplicates)
        return precision, recall, 2 * right / max(1, len(found) + len(self.duplicates))


def edited(
    articles: list[tuple[str, str]], edits: list[Callable[[str, random.Random], str]], count: int
) -> LabelledSet:
    """Return `count` articles with an edit of each, as many others, and stubs of one template."""
    chosen = random.Random(7)
    long = [text for _, text in articles if len(text) >= 300]
    picked = chosen.sample(long, 2 * count)
    documents, duplicates = {}, set()
    for number, text in enumerate(picked):
        documents[f"{number:05}a"] = text
        if number < count:
            documents[f"{number:05}b"] = edits[number % len(edits)](text, chosen)
            duplicates.add((f"{number:05}a", f"{number:05}b"))
    taken = set(picked)
    stubs = {text for title, text in articles if title.endswith(TEMPLATES)}
    stubs = {text for text in stubs - taken if 100 <= len(text) <= STUB}
    for number, text in enumerate(sorted(stubs)[:count]):
        documents[f"stub-{number:05}"] = text
    return LabelledSet(documents, duplicates)


def random_edits() -> list[Callable[[str, random.Random], str]]:
    """Return noise in 1, 2 and 4 % of the characters, and a tenth to 3 tenths of sentences gone."""
    noise = [
        lambda text, chosen, rate=rate: _noise(text, chosen, rate) for rate in (0.01, 0.02, 0.04)
    ]
    gone = [
        lambda text, chosen, rate=rate: _shorter(text, chosen, rate) for rate in (0.1, 0.2, 0.3)
    ]
    return [*noise, *gone]


def particle_edits() -> list[Callable[[str, random.Random], str]]:
    """Return edits of 3 tenths, 6 tenths and all of the particles and endings in PARTICLES."""
    return [
        lambda text, chosen, rate=rate: _particles(text, chosen, rate) for rate in (0.3, 0.6, 1.0)
    ]


def _noise(text: str, chosen: random.Random, rate: float) -> str:
    letters = list(text)
    for place, letter in enumerate(letters):
        if letter.isalnum() and chosen.random() < rate:
            letters[place] = chosen.choice(SYLLABLES)
    return "".join(letters)


def _shorter(text: str, chosen: random.Random, rate: float) -> str:
    sentences = SENTENCE.split(text)
    count = max(1, round(len(sentences) * rate))
    gone = set(chosen.sample(range(len(sentences)), min(count, len(sentences) - 1)))
    return " ".join(one for place, one in enumerate(sentences) if place not in gone)


def _particles(text: str, chosen: random.Random, rate: float) -> str:
    for pattern, other in PARTICLES:
        text = pattern.sub(lambda m, other=other: other if chosen.random() < rate else m[0], text)
    return text


def manual(archive: Path) -> LabelledSet:
    """Return the pages of two versions of one manual; all pairs are labelled by brute force."""
    documents = dict(_pages(archive))
    duplicates, in_doubt = set(), set()
    words = {name: text.split() for name, text in documents.items()}
    for left, right in _could_be(words, OTHER):
        matcher = difflib.SequenceMatcher(None, words[left], words[right], autojunk=False)
        if matcher.ratio() >= SAME:
            duplicates.add((left, right))
        elif matcher.ratio() >= OTHER:
            in_doubt.add((left, right))
    return LabelledSet(documents, duplicates, in_doubt)


def _pages(archive: Path) -> Iterator[tuple[str, str]]:
    content = io.BytesIO(zstd.decompress(archive.read_bytes()))
    with tarfile.open(fileobj=content) as files:
        for member in sorted(files.getmembers(), key=lambda one: one.name):
            if re.match(r"reference/(5\.1|7\.2)/.*\.md$", member.name.removeprefix("./")):
                text = files.extractfile(member).read().decode("utf-8", "replace")
                if len(text) <= LONGEST:
                    yield member.name, text


def _could_be(words: dict[str, list[str]], least: float) -> Iterator[Pair]:
    """Yield the pairs whose common words alone allow a ratio of `least`; it is never above that."""
    numbers: dict[str, int] = defaultdict(lambda: len(numbers))
    names = sorted(words)
    places = [[numbers[word] for word in words[name]] for name in names]
    counts = np.zeros((len(names), len(numbers)), np.int16)
    for row, found in enumerate(places):
        np.add.at(counts[row], found, 1)
    sizes = counts.sum(axis=1, dtype=np.int64)
    for row, name in enumerate(names):
        own = np.flatnonzero(counts[row])
        common = np.minimum(counts[row + 1 :, own], counts[row, own]).sum(axis=1)
        bound = 2 * common / (sizes[row + 1 :] + sizes[row])
        for other in np.flatnonzero(bound >= least).tolist():
            yield name, names[row + 1 + other]
