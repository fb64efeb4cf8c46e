"""Percentiles of every quality measure on Korean text: where the limits of `clean` come from.

    make bench NAME=thresholds CORPUS=articles.jsonl:petitions.jsonl

COUNT=6000 WORDS=eojeol LEAST=200 are the defaults. Of each file the COUNT documents are taken whose
text has the smallest SHA-256; they go through normalise and boilerplate. Printed for each measure
are low and high percentiles, of the texts of at least LEAST characters without spaces, then what
the default limits drop of all. The last line is one JSON object, with the digest of each sample.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from korean_rlhf.clean.cleaners import normalise_text, strip_boilerplate
from korean_rlhf.clean.quality import judge, measure
from korean_rlhf.records import Document
from korean_rlhf.settings.clean import CleanSettings
from korean_rlhf.tables import read

PERCENTILES = (0.1, 1, 5, 50, 95, 99, 99.9)


def main() -> int:
    count, unit = int(os.environ.get("COUNT", "6000")), os.environ.get("WORDS", "eojeol")
    least = int(os.environ.get("LEAST", "200"))
    result = {"name": "thresholds", "unit": f"share of documents kept, words: {unit}"}
    for path in map(Path, os.environ["CORPUS"].split(":")):
        documents = draw(path, count)
        digest = hashlib.sha256("\0".join(d.text for d in documents).encode()).hexdigest()
        print(f"\n{path.name}: {len(documents):,} documents, sha256 {digest[:16]}")
        texts = [cleaned(document) for document in documents]
        rows = [measure(text, unit) for text in texts]
        print_percentiles([row for row in rows if row["characters"] >= least])
        kept = print_drops(texts, unit)
        result[path.name] = {"digest": digest[:16], "documents": len(texts), "kept": kept}
    print(json.dumps(result))
    return 0


def draw(path: Path, count: int) -> list[Document]:
    found = read(path, Document, license="-")
    return heapq.nsmallest(count, found, key=lambda document: text_digest(document.text))


def text_digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def cleaned(document: Document) -> str:
    settings = CleanSettings()
    named = replace(document, source=document.source or document.url)
    return strip_boilerplate(normalise_text(named, settings), settings).text


def print_percentiles(rows: list[dict[str, float]]) -> None:
    print(f"{len(rows):>6,} long enough" + " " * 8 + "".join(f"{p:>10}" for p in PERCENTILES))
    for name in rows[0] if rows else ():
        values = np.percentile([row[name] for row in rows], PERCENTILES)
        print(f"{name:<26}" + "".join(f"{value:>10.3f}" for value in values))


def print_drops(texts: list[str], unit: str) -> float:
    """Print what is dropped for which reason; return the share that is kept."""
    settings = CleanSettings(words=unit)
    reasons: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for text in texts:
        found = judge(text, settings)
        reasons[found.reason if found else "kept"] += 1
        characters[found.reason if found else "kept"] += len(text)
    for reason, number in reasons.most_common():
        share = characters[reason] / sum(characters.values())
        print(f"{reason:<26}{number:>7} {number / len(texts):>7.2%} of documents {share:>7.2%}")
    return round(reasons["kept"] / len(texts), 4)


if __name__ == "__main__":
    sys.exit(main())
