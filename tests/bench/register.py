"""How often the speech level of a real sentence is found, and what that costs beside Kiwi alone.

    make bench NAME=register DATA=folder        # ROUNDS=3

DATA holds petitions, novels, film reviews, a chatbot's questions, answers of models and Wikipedia,
as register_draw.py names them. register_labels.tsv has the digests of 780 sentences and the level
that a reader gave each before the classifier ever saw it; the sentences stay where they are. The
classifier was mended on draw 1 only. A level is that of the last ending.
"""

from __future__ import annotations

import csv
import json
import math
import os
import sys
import time
from collections import Counter
from pathlib import Path

from register_draw import digest, draw

from korean_rlhf.translate.morphemes import split_sentences
from korean_rlhf.translate.register import sentences

LABELS = Path(__file__).with_name("register_labels.tsv")
LEVELS = ("hapsyo", "haeyo", "hao", "hae", "haera", "none")


def main() -> int:
    if "DATA" not in os.environ:
        raise SystemExit("Say where the texts are: make bench NAME=register DATA=folder")
    found = labelled(Path(os.environ["DATA"]))
    result: dict[str, object] = {"name": "register"}
    for number in ("1", "2"):
        rows = [(text, level) for text, level, in_draw in found if in_draw == number]
        counts = Counter((level, classify(text)) for text, level in rows)
        right = sum(count for (one, two), count in counts.items() if one == two)
        low, high = wilson(right, len(rows))
        print(f"\ndraw {number}: {right} of {len(rows)} right, {right / len(rows):.3f} "
              f"[{low:.3f}, {high:.3f}]")  # fmt: skip
        table(counts)
        result[f"draw {number}"] = {"right": right, "of": len(rows), "low": low, "high": high}
    result["times Kiwi's own pass"] = cost([text for text, _, _ in found])
    print(json.dumps(result))
    return 0


def labelled(data: Path) -> list[tuple[str, str, str]]:
    """Return each labelled sentence with its level and the number of its draw.

    Raises:
        SystemExit: a sentence is not in `data`, whose files are then other ones.
    """
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = {row["digest"]: row for row in csv.DictReader(file, delimiter="\t")}
    texts = {digest(text)[:16]: text for drawn in draw(data, 130).values() for text in drawn}
    if labels.keys() - texts.keys():
        raise SystemExit(
            f"{len(labels.keys() - texts.keys())} labelled sentences are not in {data}."
        )
    return [(texts[key], row["level"], row["draw"]) for key, row in labels.items()]


def classify(text: str) -> str:
    """Return the level of the last sentence of `text`."""
    found = sentences(text)
    return (found[-1].level if found else "") or "none"


def wilson(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927)."""
    z = 1.96
    share, denominator = right / total, 1 + z * z / total
    middle = share + z * z / (2 * total)
    width = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return round((middle - width) / denominator, 4), round((middle + width) / denominator, 4)


def table(counts: Counter[tuple[str, str]]) -> None:
    """Print how each level of the reader (a row) was classified (columns)."""
    print(f"{'':8}" + "".join(f"{level:>8}" for level in LEVELS))
    for level in LEVELS:
        print(f"{level:8}" + "".join(f"{counts[level, other]:8}" for other in LEVELS))


def cost(texts: list[str]) -> float:
    """Return processor seconds of the classifier over those of Kiwi's sentence splitting alone."""
    best = {"ours": math.inf, "kiwi": math.inf}
    for _ in range(int(os.environ.get("ROUNDS", "3"))):
        for name, work in (("kiwi", split_sentences), ("ours", uncached)):
            started = time.process_time()
            for text in texts:
                work(text)
            best[name] = min(best[name], time.process_time() - started)
    print(
        f"\nKiwi {len(texts) / best['kiwi']:.0f}, ours {len(texts) / best['ours']:.0f} sentences/s"
    )
    return round(best["ours"] / best["kiwi"], 3)


def uncached(text: str) -> None:
    """Classify a line without the memory of an earlier round."""
    from korean_rlhf.translate.register import sentences as module

    module.__globals__["_of_line"].cache_clear()
    module(text)


if __name__ == "__main__":
    sys.exit(main())
