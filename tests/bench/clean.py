"""Cleaning of real articles beside datatrove 0.10.1: equal numbers, then documents a second.

    make bench NAME=clean CORPUS=kowiki.jsonl.zst      # about five minutes on a free core

CORPUS is a .jsonl[.zst] file of articles with `text`. Others, with their defaults: DOCUMENTS=3000,
KIWI_DOCUMENTS=200 (those that go through Kiwi), ROUNDS=3, FOLDER=runs-bench (what is written; the
peer's virtual environment is made there). The articles whose text has the smallest SHA-256 are
taken. Every figure is of processor time in one process, the median of the rounds, in turns.

1. The measures of both are compared, number by number, on the same lists of words.
2. The three filters of FineWeb-2's Korean settings over words between spaces, on both sides; they
   must keep the same articles. With the morphemes of each one's Kiwi likewise, on fewer.
3. Each as it ships for Korean: datatrove with Kiwi, ftfy, its masks and its line formatter (the
   filters and formatters of FineWeb-2), ours as `korean-rlhf clean` does without a setting.

The last line is one JSON object: documents a second of 3, and the ratio of 2 under same_words.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from peers import peer_python
from thresholds import cleaned, draw

from korean_rlhf.clean.cleaners import clean_document
from korean_rlhf.clean.quality import judge, limits_of, measure
from korean_rlhf.clean.quality.limits import DEFAULTS
from korean_rlhf.clean.quality.vocabulary import STOP_WORDS
from korean_rlhf.clean.quality.words import morpheme_texts
from korean_rlhf.records import Document, Drop
from korean_rlhf.settings.clean import CleanSettings
from korean_rlhf.settings.quality import QualitySettings

PEER = ("datatrove==0.10.1", "kiwipiepy>=0.21,<0.22", "regex", "ftfy>=6.3,<7")
"""What its filters and its Korean words need of the extras, without TensorFlow."""
GOALS = {"words": 2.0, "shipped": 20.0}
WARM_UP = 20


def main() -> int:
    """Measure our side when a mode is named, else both."""
    if len(sys.argv) > 2:
        print(json.dumps(ours(sys.argv[1], Path(sys.argv[2]))))
        return 0
    folder = Path(os.environ.get("FOLDER", "runs-bench")) / "clean"
    folder.mkdir(parents=True, exist_ok=True)
    python = peer_python(folder / "peer", PEER)
    files = write_articles(folder)
    equal = compare_numbers(python, files, folder)
    speeds = {mode: side_by_side(python, mode, file) for mode, file in files.items()}
    print_table(speeds)
    shipped, same = speeds["shipped"], speeds["words"]
    result = {
        "name": "clean",
        "unit": "articles cleaned a second of processor time, each as shipped for Korean",
        **shipped,
        "goal": GOALS["shipped"],
        "same_words": {**same, "goal": GOALS["words"]},
        "same_morphemes": speeds["morphemes"],
        **equal,
    }
    print(json.dumps(result))
    reached = all(speeds[mode]["ratio"] >= goal for mode, goal in GOALS.items())
    return 0 if reached and not equal["numbers_different"] else 1


def write_articles(folder: Path) -> dict[str, Path]:
    """Write the articles of each mode, a JSON object a line; those of filters are normalised."""
    count = int(os.environ.get("DOCUMENTS", "3000"))
    few = int(os.environ.get("KIWI_DOCUMENTS", "200"))
    articles = draw(Path(os.environ["CORPUS"]), max(count, few))
    raw = [{"text": article.text, "url": article.url} for article in articles]
    normal = [{"text": cleaned(article)} for article in articles]
    normal = [row for row in normal if row["text"]]
    return {
        "words": write_lines(folder / "words.jsonl", normal[:count]),
        "morphemes": write_lines(folder / "morphemes.jsonl", normal[:few]),
        "shipped": write_lines(folder / "shipped.jsonl", raw[:few]),
    }


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().split("\n") if line]


def compare_numbers(python: Path, files: dict[str, Path], folder: Path) -> dict[str, int]:
    """Let datatrove's filters say whether every number of ours is theirs."""
    rows = []
    for unit, mode in (("eojeol", "words"), ("morpheme", "morphemes")):
        for row in read_lines(files[mode]):
            text = row["text"]
            words = text.split() if unit == "eojeol" else morpheme_texts(text)
            stops = sorted(STOP_WORDS[unit])
            measures = measure(text, unit)
            rows.append({"text": text, "words": words, "stops": stops, "measures": measures})
    path = write_lines(folder / "numbers.jsonl", rows)
    found = peer(python, "numbers", path)
    print(f"{found['numbers']:,} numbers of {len(rows):,} word lists compared, ", end="")
    print(f"{found['different']} different {found['examples'] or ''}\n", flush=True)
    return {"numbers": found["numbers"], "numbers_different": found["different"]}


def side_by_side(python: Path, mode: str, file: Path) -> dict[str, Any]:
    rates: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(int(os.environ.get("ROUNDS", "3"))):
        argv = [sys.executable, __file__, mode, str(file)]
        own = json.loads(subprocess.check_output(argv, text=True))
        other = peer(python, mode, file)
        if mode == "words" and own["kept"] != other["kept"]:
            raise SystemExit(f"{mode}: other articles are kept than by datatrove")
        print(mode, rate(own), rate(other), flush=True)
        for side, found in (("ours", own), ("peer", other)):
            rates[side].append(rate(found))
    speeds = {side: round(statistics.median(found), 2) for side, found in rates.items()}
    kept = {"kept": sum(own["kept"]), "peer_kept": sum(other["kept"]), "of": own["documents"]}
    return {**speeds, "ratio": round(speeds["ours"] / speeds["peer"], 2), **kept}


def rate(found: dict[str, Any]) -> float:
    return round(found["documents"] / found["seconds"], 2)


def peer(python: Path, mode: str, file: Path) -> dict[str, Any]:
    program = Path(__file__).with_name("clean_peer.py")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment["STOP_WORDS"] = " ".join(STOP_WORDS["eojeol" if mode == "words" else "morpheme"])
    output = subprocess.check_output([python, program, mode, file], text=True, env=environment)
    return dict(json.loads(output.strip().split("\n")[-1]))


def ours(mode: str, file: Path) -> dict[str, Any]:
    """Return the seconds of our side, and which articles it keeps."""
    rows = read_lines(file)
    if mode == "shipped":
        settings = CleanSettings()
        documents = [Document(id=str(place), license="CC-BY-SA-3.0", **row)
                     for place, row in enumerate(rows)]  # fmt: skip
        return timed(lambda each: not isinstance(clean_document(each, settings), Drop), documents)
    filters = fineweb("eojeol" if mode == "words" else "morpheme")
    return timed(lambda each: judge(each, filters) is None, [row["text"] for row in rows])


def fineweb(unit: str) -> QualitySettings:
    """Return FineWeb-2's limits alone, for texts of any length."""
    plain = QualitySettings(words=unit)
    off = {f"{limit.measure}=off" for limit in limits_of(plain)}
    wanted = {limit.partition("<")[0].partition(">")[0] for limit in DEFAULTS["morpheme"]}
    others = sorted(name for name in off if name.removesuffix("=off") not in wanted)
    return QualitySettings(words=unit, min_characters=0, limits=(*others, *DEFAULTS["morpheme"]))  # type: ignore[arg-type]


def timed(keeps: Callable[[Any], bool], items: list[Any]) -> dict[str, Any]:
    for item in items[:WARM_UP]:
        keeps(item)
    begun = time.process_time()
    kept = [keeps(item) for item in items]
    seconds = time.process_time() - begun
    return {"seconds": seconds, "documents": len(items), "kept": kept}


def print_table(speeds: dict[str, dict[str, Any]]) -> None:
    print(f"{'documents a second':<22}{'ours':>10}{'datatrove':>11}{'ratio':>8}{'goal':>6}   kept")
    names = {"words": "same filters, eojeols", "morphemes": "same filters, Kiwi",
             "shipped": "as shipped for Korean"}  # fmt: skip
    for mode, name in names.items():
        row = speeds[mode]
        print(f"{name:<22}{row['ours']:>10,.1f}{row['peer']:>11,.1f}{row['ratio']:>8.1f}", end="")
        print(f"{GOALS.get(mode, ''):>6}   {row['kept']}, {row['peer_kept']} of {row['of']}")


if __name__ == "__main__":
    sys.exit(main())
