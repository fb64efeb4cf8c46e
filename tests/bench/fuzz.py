"""10,000 hostile inputs through the readers and `clean_document`: no crash, no hang, no silence.

    make bench NAME=fuzz                       # INPUTS=10000 START=0 SECONDS=20 are the defaults

Broken and deep HTML, mojibake, hostile namumark and wikitext, half-composed jamo, lone surrogates,
NULs, huge lines; torn JSON, gzip, CSV, XML and Parquet files. Every fifth input is a file. An input
hangs when it takes more than SECONDS of CPU time. The same numbers make the same inputs.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # the inputs are the tests' own
from tests.clean.fuzzing import MISTAKES, document_outcome, file_outcome


def main() -> int:
    inputs, start = int(os.environ.get("INPUTS", "10000")), int(os.environ.get("START", "0"))
    seconds = float(os.environ.get("SECONDS", "20"))
    counts: Counter[tuple[str, str]] = Counter()
    slowest = (0.0, -1, "")
    mistakes = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(start, start + inputs):
            started = time.process_time()
            if number % 5 == 4:
                kind, outcome = file_outcome(number, Path(folder), seconds)
            else:
                kind, outcome = document_outcome(number, seconds)
            slowest = max(slowest, (time.process_time() - started, number, kind))
            if outcome.startswith(MISTAKES):
                mistakes.append((number, kind, outcome))
            counts[kind, outcome.split(":")[0]] += 1
    for (kind, outcome), count in sorted(counts.items()):
        print(f"{kind:<24} {outcome:<10} {count:>6,}")
    for number, kind, outcome in mistakes:
        print(f"MISTAKE input {number} ({kind}): {outcome}")
    print(f"slowest: input {slowest[1]} ({slowest[2]}), {slowest[0]:.2f} s of CPU time")
    result = {
        "name": "fuzz",
        "unit": "inputs kept clean, dropped with a reason or refused with words",
        "ours": inputs - len(mistakes),
        "peer": inputs,
        "ratio": (inputs - len(mistakes)) / inputs,
        "goal": 1.0,
        "slowest_cpu_seconds": round(slowest[0], 2),
    }
    print(json.dumps(result))
    return 0 if not mistakes else 1


if __name__ == "__main__":
    sys.exit(main())
