"""How much personal data was taken out, noted batch by batch while a corpus is cleaned.

The marks in a text do not tell: a replaced value looks like any other. A batch that is cleaned
again after a kill writes the same note again, so nothing counts twice.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from korean_rlhf.clean.privacy.kinds import MARKS
from korean_rlhf.disk import published


def note(folder: Path, ids: Iterable[str], counts: Counter[str]) -> None:
    """Write down what was taken out of the documents `ids`, which are one batch of a stage."""
    if counts:
        folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.blake2b(
            "\0".join(ids).encode("utf-8", "replace"), digest_size=16
        ).hexdigest()
        with published(folder / f"{name}.json") as draft:
            draft.write_text(json.dumps(counts, ensure_ascii=False), encoding="utf-8")


def total(folder: Path) -> dict[str, int]:
    """Return the sum of the notes in `folder` for every kind, 0 where there is none."""
    totals = Counter(dict.fromkeys(MARKS.values(), 0))
    for file in folder.glob("*.json"):
        totals.update(json.loads(file.read_text(encoding="utf-8")))
    return dict(totals)
