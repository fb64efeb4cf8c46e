"""Personal data found in a real corpus: how much of each kind, and some of it in context.

    make bench NAME=privacy CORPUS=petitions.jsonl.zst    # SAMPLE=50 SEED=7 ADDRESSES=1

CORPUS is JSON lines with `text` or `content`, or lines of tabs, of which the last column is read.
Whether a finding is right is for a reader to judge: no list of the truth is at hand. Megabytes are
those of a second of this process's own computing, which other work on the machine changes little.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from korean_rlhf.clean.normalise import normalise
from korean_rlhf.clean.privacy import find
from korean_rlhf.settings.clean import DEFAULT_PRIVACY_KINDS, PrivacyKind
from korean_rlhf.tables import open_text


def main() -> int:
    if "CORPUS" not in os.environ:
        raise SystemExit("Say which texts: make bench NAME=privacy CORPUS=petitions.jsonl.zst")
    extra: tuple[PrivacyKind, ...] = ("address",) if "ADDRESSES" in os.environ else ()
    counts: Counter[str] = Counter()
    shown: list[str] = []
    texts = size = 0
    seconds = 0.0
    for raw in read_texts(Path(os.environ["CORPUS"])):
        text = normalise(raw)
        started = time.process_time()
        found = find(text, (*DEFAULT_PRIVACY_KINDS, *extra))
        seconds += time.process_time() - started
        texts, size = texts + 1, size + len(text.encode())
        counts.update(finding.kind for finding in found)
        shown += [
            f"{kind:<9} {text[max(0, start - 40) : start]!r} [{text[start:end]}] "
            f"{text[end : end + 25]!r}"
            for start, end, kind in found
        ]
    random.Random(int(os.environ.get("SEED", "7"))).shuffle(shown)
    print("\n".join(shown[: int(os.environ.get("SAMPLE", "50"))]))
    speed = round(size / 1e6 / seconds, 1)
    result = {"name": "privacy", "unit": "MB/s", "ours": speed, "peer": None, "ratio": None}
    print(json.dumps(result | {"goal": None, "texts": texts, "found": dict(counts)}))
    return 0


def read_texts(path: Path) -> Iterator[str]:
    """Yield the texts of a file."""
    with open_text(path) as file:
        for line in file:
            if line.startswith("{"):
                row = json.loads(line)
                yield row["text" if "text" in row else "content"]
            else:
                yield line.rstrip("\r\n").split("\t")[-1]


if __name__ == "__main__":
    sys.exit(main())
