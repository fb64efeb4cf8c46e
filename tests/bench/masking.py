"""Masking: generated and real Markdown come back whole or reported; time grows with the text.

    make bench NAME=masking                                  # CASES=10000, about ten minutes
    make bench NAME=masking MARKDOWN="a.tar.zst b.tar.zst"   # real pages besides; CASES=0: alone

Each case is a document of the tests' grammar (tests/translate/documents.py), translated by seven
engines: for each of the three styles one that answers well in an odd way and one that breaks marks
or Markdown, and one that breaks whatever has marks, so that prose alone must travel. LOST means
that something is gone which nobody reported; there must be none, and no good answer may be
refused. Real pages: mask and put back gives the same bytes, and after the road by segments another
parser (markdown-it-py) sees the same blocks. START=N begins with the documents of another number;
GROWTH=0 leaves the times out.
"""

from __future__ import annotations

import json
import math
import os
import random
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2]))  # the documents are the tests' own
from korean_rlhf.records import Drop, Message
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.pieces import piece_of
from korean_rlhf.translate.protect import (
    Glossary,
    cut,
    from_tags,
    outline_change,
    protect,
    restore,
    to_tags,
)
from tests.translate.documents import DOCUMENT, Made
from tests.translate.outcomes import FAITHFUL, FAULTY, STYLES, outcome, skeleton

HOSTILE = (
    "`", "`` ` ", "$", "$a ", "{{", "<", '<a b="', "<!--", "<code>", "|", "|\n", "a|b\n-|-\n",
    "[", "[a](", "⟦0⟧", "> ", "- a\n", "\\[", "\\begin{a}", "http://a", "a@", "[\n", '{"a":',
    "a,b,c\n", "\n", "```\n", '<x id="0"/>', "A. reward ", "`$<{[(\n", "| ` $ {{ <a \\[ [x](",
)  # fmt: skip
SIZES = (10_000, 100_000, 1_000_000)  # characters
GOAL_EXPONENT = 1.15
ROUND = 1000
"""Documents that follow from one number: hypothesis remembers all that it draws in a round."""
GLOSSARY = Glossary([("reward model", "보상 모델"), ("reward reward reward", "보상"), ("a", None)])


def main() -> int:
    cases, failures = generated(int(os.environ.get("CASES", "10000")))
    growth = grown() if os.environ.get("GROWTH", "1") == "1" else {}
    real = [pages(Path(path)) for path in os.environ.get("MARKDOWN", "").split()]
    worst = max(growth.values(), default=0.0)
    wrong = len(failures) + sum(page["not_identical"] + page["blocks_changed"] for page in real)
    result = {"name": "masking", **cases, "failures": len(failures), "real": real}
    print(json.dumps({**result, "worst_exponent": worst, "goal": GOAL_EXPONENT}))
    return 1 if wrong or worst > GOAL_EXPONENT else 0


def generated(cases: int) -> tuple[dict[str, object], list[str]]:
    """Return the counts of `cases` documents, and a line for each failure."""
    counts: Counter[tuple[str, str]] = Counter()
    roads: Counter[str] = Counter()
    failures: list[str] = []
    first = int(os.environ.get("START", "0"))
    started = time.process_time()
    for place in range(0, cases, ROUND):
        one_round(first + place // ROUND, min(ROUND, cases - place), counts, roads, failures)
        seconds = time.process_time() - started
        print(f"{place + ROUND:,} documents, {len(failures)} failures, {seconds:.0f} s", flush=True)
    for (kind, result), number in sorted(counts.items()):
        print(f"  {kind:<12}{result:<36}{number:>8,}")
    print("  roads where marks are always broken:", dict(sorted(roads.items())))
    print("\n".join(failures[:10]))
    seconds = time.process_time() - started
    return {"documents": roads.total(), "seconds": round(seconds)}, failures


def one_round(
    number: int,
    cases: int,
    counts: Counter[tuple[str, str]],
    roads: Counter[str],
    failures: list[str],
) -> None:
    """Add what becomes of `cases` documents that follow from `number`."""

    @seed(number)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(DOCUMENT, st.integers(0, 2**30))
    def case(made: Made, chance: int) -> None:
        for kind, result, detail in outcomes(made, chance, roads):
            counts[kind, result] += 1
            if result == "LOST" or (result != "lossless" and kind != "bad"):
                failures.append(f"{kind} {detail}: {made.text!r}")

    case()


def outcomes(made: Made, chance: int, roads: Counter[str]) -> Iterator[tuple[str, str, str]]:
    """Yield kind of engine, what became of the document, and how it was made."""
    rng = random.Random(f"{chance} {made.text}")
    for style in STYLES:
        for kind, table in (("good", FAITHFUL), ("bad", FAULTY)):
            name = rng.choice(sorted(table))
            found, _ = outcome(made, style, table[name], rng.randrange(2**30))
            yield kind, short(found), f"{style} {name} {found}"
    name = rng.choice(("drop", "double", "renumber", "bend"))
    found, road = outcome(made, "marks", FAULTY[name], rng.randrange(2**30), retries=1)
    roads[road] += 1
    yield "whole road", short(found), f"{name} {found}"


def short(found: str) -> str:
    return "LOST" if found.startswith("LOST") else found


def grown() -> dict[str, float]:
    """Return the exponent of the growth of the time for each hostile text; print the seconds."""
    found = {}
    print(f"\n  {'seconds of processor time':<28}" + "".join(f"{size:>12,}" for size in SIZES))
    for sign in HOSTILE:
        seconds = [work(sign * (size // len(sign))) for size in SIZES]
        exponent = math.log(seconds[-1] / seconds[-2], SIZES[-1] / SIZES[-2])
        found[sign] = round(exponent, 2)
        print(
            f"  {sign!r:<28}" + "".join(f"{each:12.3f}" for each in seconds),
            found[sign],
            flush=True,
        )
    return found


def work(text: str) -> float:
    """Return the processor time of all that is done to a text, in seconds."""
    started = time.process_time()
    found = protect(text, numbers=True, glossary=GLOSSARY)
    cut(found, sentences=True)
    from_tags(to_tags(found.masked))
    from_tags(text)
    restore(found.masked, found.spans)
    outline_change(found, found.masked)
    return time.process_time() - started


def pages(archive: Path) -> dict[str, object]:
    """Return what became of the Markdown files of an archive."""
    counts: Counter[str] = Counter()
    examples: list[str] = []
    started = time.process_time()
    for name, text in markdown_files(archive):
        counts["files"] += 1
        counts["bytes"] += len(text.encode())
        piece = piece_of(Message(role="assistant", content=text or "-"), TranslateSettings())
        text, protected = piece.message.content, piece.protected
        counts["spans"] += len(protected.spans)
        segments = cut(protected, sentences=True)
        counts["segments"] += len(segments.prose)
        for masked in (protected.masked, from_tags(to_tags(protected.masked))):
            back = masked if isinstance(masked, Drop) else restore(masked, protected.spans)
            if isinstance(back, Drop) or back.text != text:
                counts["not_identical"] += 1
        joined = segments.join([korean(prose) for prose in segments.prose])
        back = joined if isinstance(joined, Drop) else restore(joined, protected.spans)
        same = not isinstance(back, Drop) and skeleton(back.text) == skeleton(text)
        if not same:
            counts["blocks_changed"] += 1
            examples.append(name)
    seconds = round(time.process_time() - started, 1)
    keys = ("files", "bytes", "spans", "segments", "not_identical", "blocks_changed")
    result = {"archive": archive.name, **{key: counts[key] for key in keys}, "seconds": seconds}
    print("\n ", result, *examples[:5], sep="\n  ")
    return result


def korean(prose: str) -> str:
    """Return a Korean sentence of about half the length, as a translation has."""
    return "가나다 " * (len(prose) // 8) + "말" + (prose[-1] if prose[-1] in ".?!:," else "")


def markdown_files(archive: Path) -> Iterator[tuple[str, str]]:
    from backports import zstd

    with zstd.open(archive) as packed, tarfile.open(fileobj=packed, mode="r|") as files:
        for member in files:
            opened = files.extractfile(member) if member.name.endswith((".md", ".mdx")) else None
            if opened:
                yield member.name, opened.read().decode("utf-8")


if __name__ == "__main__":
    sys.exit(main())
