"""Main text of Korean documentation pages: ours beside trafilatura alone with its defaults.

    CORPUS=data/html make bench NAME=extraction

CORPUS holds sphinx-pytorch-kr-html.tar.zst and sphinx-pytorch-kr-rst-gold.tar.zst. The gold of a
page is the reST that it was built from, turned into text by docutils (extraction_gold.py, in a
virtual environment of its own under FOLDER). Measure: F1 over character 5-grams, as multisets, of
NFC text without white space and list marks, quotes straight; the mean over pages.

A page is left out when its gold is shorter than SHORTEST characters, or when the page as a whole,
menus and all, lacks more than a tenth of the gold's 5-grams: then it was built from another version
of the source. What programs printed is cut out of the pages first, for both: the source does not
hold it. Pages per second are those of one process each, over the same pages, in turn, trafilatura
in this process, ours with its child.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import trafilatura
from lxml import html as lxml_html
from peers import peer_python

from korean_rlhf.clean.markup.html import Extractor
from korean_rlhf.records import Drop
from korean_rlhf.sources.reading import zstd

PAGES, GOLD = "sphinx-pytorch-kr-html.tar.zst", "sphinx-pytorch-kr-rst-gold.tar.zst"
N = 5
"""Characters of an n-gram."""
SHORTEST = 300
"""Characters of gold; shorter ones say that a page has moved."""
SAME_VERSION = 0.9
"""Share of the gold's n-grams that the page as a whole must hold."""
OUTPUT = "sphx-glr-script-out"
"""Class of what a program of the page printed."""
STRAIGHT = str.maketrans("‘’“”…", "''\"\".")
"""Sphinx curls quotes; the source has them straight."""
LIST_MARK = re.compile(r"^\s*(?:[-*•] |\d+\. )", re.MULTILINE)
GOAL = 1.0


class Page(NamedTuple):
    """A page and what it should give."""

    name: str
    html: str
    gold: Counter[str]


class Score(NamedTuple):
    """How much of what was found is right, and how much of what is right was found."""

    precision: float
    recall: float
    f1: float


def main() -> int:
    corpus = Path(os.environ.get("CORPUS", "data/html"))
    with tempfile.TemporaryDirectory() as folder:
        for name in (PAGES, GOLD):
            unpack(corpus / name, Path(folder) / name)
        pages = paired(Path(folder) / PAGES, Path(folder) / GOLD)
    extractor = Extractor(seconds=20.0)
    extractor.extract(pages[0].html, "")  # the child loads its libraries outside the clock
    found = {
        "ours": run(pages, lambda html: ours(extractor, html)),
        "trafilatura": run(pages, peer),
    }
    extractor.close()
    print_tables(pages, found)
    means = {
        name: statistics.mean(score.f1 for score in scores) for name, (scores, _) in found.items()
    }
    speed = {name: round(len(pages) / seconds, 1) for name, (_, seconds) in found.items()}
    both = zip(found["ours"][0], found["trafilatura"][0], strict=True)
    result = {
        "name": "extraction",
        "unit": f"F1 of character {N}-grams against the source, mean of {len(pages)} pages",
        "ours": round(means["ours"], 4),
        "peer": round(means["trafilatura"], 4),
        "ratio": round(means["ours"] / means["trafilatura"], 4),
        "goal": GOAL,
        "pages_where_ours_is_lower": sum(mine.f1 < other.f1 for mine, other in both),
        "pages_per_second": speed,
    }
    print(json.dumps(result))
    return 0 if result["ratio"] >= GOAL else 1


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a .tar.zst into a folder."""
    with zstd.open(archive, "rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
        tar.extractall(folder, filter="data")


def paired(pages: Path, sources: Path) -> list[Page]:
    """Return the pages that were built from the source that is there, in the order of names."""
    wanted = {}
    for page in sorted(pages.rglob("*.html")):
        section = page.parent.name
        for suffix in (".rst", ".py"):
            source = sources / f"{section}_source" / f"{page.stem}{suffix}"
            if source.is_file():
                wanted[str(source)] = page
    found = []
    for path, text in gold_texts([*wanted]).items():
        html = without_output(wanted[path].read_text(encoding="utf-8"))
        gold, whole = grams(text), grams(lxml_html.fromstring(html).text_content())
        if len(text) >= SHORTEST and (gold & whole).total() >= SAME_VERSION * gold.total():
            found.append(Page(f"{wanted[path].parent.name}/{wanted[path].stem}", html, gold))
    print(f"{len(found)} pages of {len(wanted)} with a source were built from this version of it")
    return found


def without_output(html: str) -> str:
    """Return a page without what its programs printed when it was built: the source has none."""
    tree = lxml_html.document_fromstring(html)
    for output in tree.find_class(OUTPUT):
        output.drop_tree()
    return str(lxml_html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>"))


def gold_texts(sources: list[str]) -> dict[str, str]:
    """Return file -> text, by docutils in a virtual environment of its own."""
    place = Path(os.environ.get("FOLDER", "runs-bench")) / "venv-docutils"
    python = peer_python(place, ["docutils>=0.22,<0.24"])
    script = Path(__file__).with_name("extraction_gold.py")
    said = subprocess.run(
        [python, "-P", script, *sources], check=True, capture_output=True, encoding="utf-8"
    )
    rows = map(json.loads, said.stdout.splitlines())
    return {row["path"]: row["text"] for row in rows}


def run(pages: list[Page], extract: Callable[[str], str]) -> tuple[list[Score], float]:
    """Return the score of each page, and the seconds that extracting took."""
    started = time.perf_counter()
    texts = [extract(page.html) for page in pages]
    seconds = time.perf_counter() - started
    return [score(text, page.gold) for text, page in zip(texts, pages, strict=True)], seconds


def ours(extractor: Extractor, html: str) -> str:
    """Return the main text as `clean` gets it."""
    found = extractor.extract(html, "")
    return "" if isinstance(found, Drop) else found[1]


def peer(html: str) -> str:
    """Return what trafilatura gives with its defaults."""
    return trafilatura.extract(html) or ""


def grams(text: str) -> Counter[str]:
    """Return the character n-grams of NFC text without white space, with their numbers."""
    plain = LIST_MARK.sub("", unicodedata.normalize("NFC", text).translate(STRAIGHT))
    packed = re.sub(r"\s+", "", plain)
    return Counter(packed[start : start + N] for start in range(len(packed) - N + 1))


def score(text: str, gold: Counter[str]) -> Score:
    """Return precision, recall and F1 of a text's n-grams."""
    found = grams(text)
    shared = (found & gold).total()
    if not shared:
        return Score(0.0, 0.0, 0.0)
    return Score(
        shared / found.total(), shared / gold.total(), 2 * shared / (found.total() + gold.total())
    )


def print_tables(pages: list[Page], found: dict[str, tuple[list[Score], float]]) -> None:
    """Print F1 by page, then the means."""
    print(f"{'page':<58}{'ours':>7}{'trafilatura':>13}")
    for number, page in enumerate(pages):
        mine, other = (scores[number].f1 for scores, _ in found.values())
        print(f"{page.name:<58}{mine:>7.3f}{other:>13.3f}")
    print(f"\n{'':<14}{'precision':>9}{'recall':>9}{'F1':>9}{'pages/s':>9}")
    for name, (scores, seconds) in found.items():
        means = [statistics.mean(values) for values in zip(*scores, strict=True)]
        row = "".join(f"{mean:>9.3f}" for mean in means)
        print(f"{name:<14}{row}{len(pages) / seconds:>9.1f}")


if __name__ == "__main__":
    sys.exit(main())
