"""Near duplicates of real articles beside datatrove 0.10.1: speed, and F1 on labelled sets.

    make bench NAME=dedup CORPUS=kowiki.jsonl.zst      # about fifteen minutes on two free cores

CORPUS is a .jsonl[.zst] file of articles with `text` and `title`. Others, with their defaults:
MANUAL (powershell-docs-markdown.tar.zst beside CORPUS; "" leaves the natural duplicates out),
DOCUMENTS=100000, EDITED=1000 (articles with an edit in each set),
FOLDER=runs-bench (what is written; the peer's virtual environment is made there).

datatrove runs as it ships for Korean (Kiwi) and with words between spaces, all four stages on all
articles. Its simplified text is decomposed into letters, so that its Kiwi knows few words and takes
little time. The last line is one JSON object: seconds of datatrove as shipped over ours. Both sides
work with two workers.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from dedup_sets import LabelledSet, edited, manual, particle_edits, random_edits
from peers import peer_python

from korean_rlhf.dedup.grams import fold
from korean_rlhf.dedup.sketch import band_keys, sketches
from korean_rlhf.engine import daft
from korean_rlhf.ngrams import normalise_for_matching
from korean_rlhf.tables import rows

PEER = ("datatrove==0.10.1", "kiwipiepy>=0.21,<0.22", "tokenizers", "orjson", "regex", "spacy",
        "xxhash>=3,<4", "fasttext-numpy2-wheel", "nltk", "tldextract")  # fmt: skip
"""What its MinHash and its Korean words need of the extras, without TensorFlow.

xxhash 4 hashes no text that is not encoded, which datatrove 0.10.1 does not know yet.
"""
FILES = 2
"""datatrove works on whole files side by side: one for each of its two workers."""
GOAL = 20.0


def main() -> int:
    corpus, folder = (
        Path(os.environ["CORPUS"]),
        Path(os.environ.get("FOLDER", "runs-bench")) / "dedup",
    )
    folder.mkdir(parents=True, exist_ok=True)
    python = peer_python(folder / "peer", PEER)
    articles = [(str(row.get("title", "")), str(row["text"])) for row in
                islice((row for _, row in rows(corpus)), number("DOCUMENTS", 100_000))]  # fmt: skip
    size = sum(len(text.encode()) for _, text in articles)
    print(f"{len(articles):,} articles, {size / 1e6:,.0f} MB\n\nsignatures alone, MB a second:")
    for name, speed in hashing_speeds([text for _, text in articles[:4000]]).items():
        print(f"  {name:<44}{speed:8.1f}")
    found = speeds(articles, folder, python)
    agreement = all_sets(articles, corpus, folder, python)
    result = {
        "name": "dedup",
        "unit": "seconds for near-dedup of the articles on this machine",
        "ours": found["ours"]["seconds"],
        "peer": found["kiwi"]["seconds"],
        "ratio": ratio(found, "kiwi", "seconds"),
        "goal": GOAL,
        "documents": len(articles),
        "ratio_processor_seconds": ratio(found, "kiwi", "processor"),
        "ratio_whitespace": ratio(found, "whitespace", "seconds"),
        "ratio_whitespace_processor_seconds": ratio(found, "whitespace", "processor"),
        "f1": agreement,
        "f1_at_least_as_high": all(one["ours"] >= max(one["kiwi"], one["whitespace"])
                                   for one in agreement.values()),
    }  # fmt: skip
    print(json.dumps(result))
    return 0 if result["f1_at_least_as_high"] and result["ratio"] >= GOAL else 1


def number(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def ratio(found: dict[str, dict[str, float]], side: str, unit: str) -> float:
    return round(found[side][unit] / found["ours"][unit], 2)


def hashing_speeds(texts: list[str]) -> dict[str, float]:
    """Return MB a second of two ways to 100 hashes of the character 5-grams of each text."""
    size = sum(len(text.encode()) for text in texts) / 1e6

    def own() -> None:
        for start in range(0, len(texts), 256):
            some = texts[start : start + 256]
            band_keys(sketches(*fold(some).grams(5), len(some), 100), 20)

    def by_daft() -> None:
        from daft.functions import minhash

        spaced = [" ".join(normalise_for_matching(text)) for text in texts]
        frame = daft().from_pydict({"text": spaced})
        frame.select(minhash(frame["text"], num_hashes=100, ngram_size=5, seed=1)).to_arrow()

    own()  # the table of characters is made once
    return {
        "one pass over numpy arrays, one thread (ours)": size / seconds_of(own),
        "Daft's minhash of spaced-out letters, its threads": size / seconds_of(by_daft),
    }


def seconds_of(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def speeds(
    articles: list[tuple[str, str]], folder: Path, python: Path
) -> dict[str, dict[str, Any]]:
    """Time all sides on the same files; print and return seconds on the wall and of processors."""
    texts = {f"{place:07}": text for place, (_, text) in enumerate(articles)}
    write(texts.items(), folder / "articles")
    found = {"ours": ours(folder / "articles", folder / "ours")}
    for words in ("kiwi", "whitespace"):
        found[words] = peer(python, folder / "articles", folder / "datatrove", words)
    print(f"\n{'near-dedup of all articles':<44}{'seconds':>10}{'processor s':>13}")
    names = {"ours": "korean-rlhf dedup", "kiwi": "datatrove, Kiwi",
             "whitespace": "datatrove, words between spaces"}  # fmt: skip
    for side, name in names.items():
        one = found[side]
        print(f"{name:<44}{one['seconds']:>10,.1f}{one['processor']:>13,.1f}")
    print("datatrove's stages:", json.dumps(found["kiwi"]["stages"]), flush=True)
    return found


def write(documents: Iterable[tuple[str, str]], folder: Path) -> None:
    """Write {"id", "text"} lines into FILES files, by turns."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = [(folder / f"{place}.jsonl").open("w", encoding="utf-8") for place in range(FILES)]
    for place, (name, text) in enumerate(documents):
        files[place % FILES].write(
            json.dumps({"id": name, "text": text}, ensure_ascii=False) + "\n"
        )
    for file in files:
        file.close()


def ours(source: Path, out: Path) -> dict[str, Any]:
    shutil.rmtree(out, ignore_errors=True)
    program = [sys.executable, "-P", "-m", "korean_rlhf", "dedup", source, "--out", out]
    program += ["--workers", str(FILES)]
    return measured(program)[0]


def peer(python: Path, source: Path, out: Path, *words: str) -> dict[str, Any]:
    script = Path(__file__).with_name("dedup_peer.py")
    took, said = measured([python, script, source, out, *words])
    return {**took, "stages": json.loads(said.splitlines()[-1])}


def measured(argv: list[Any]) -> tuple[dict[str, Any], str]:
    """Run a program; return what it and its children took, and what it printed."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    said = subprocess.run(argv, text=True, capture_output=True)
    if said.returncode:
        sys.exit(f"{argv[0]} {argv[1]} ended with {said.returncode}:\n{said.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    took = {"seconds": round(time.perf_counter() - begun, 1), "processor": round(used, 1)}
    return took, said.stdout


def all_sets(
    articles: list[tuple[str, str]], corpus: Path, folder: Path, python: Path
) -> dict[str, dict[str, float]]:
    """Print precision, recall and F1 of all sides on each labelled set; return F1."""
    count = number("EDITED", 1000)
    sets = {
        "random edits": edited(articles, random_edits(), count),
        "particle edits": edited(articles, particle_edits(), count),
    }
    archive = os.environ.get("MANUAL", str(corpus.with_name("powershell-docs-markdown.tar.zst")))
    if archive:
        sets["two versions of a manual"] = manual(Path(archive))
    found = {}
    print(
        f"\n{'labelled set':<26}{'pairs':>6}  {'side':<12}{'precision':>10}{'recall':>8}{'F1':>8}"
    )
    for name, one in sets.items():
        found[name] = {}
        for side, clusters in predictions(one, folder, python):
            precision, recall, f1 = one.f1(clusters)
            found[name][side] = round(f1, 4)
            print(f"{name:<26}{len(one.duplicates):>6}  {side:<12}", end="")
            print(f"{precision:>10.4f}{recall:>8.4f}{f1:>8.4f}", flush=True)
    return found


def predictions(
    one: LabelledSet, folder: Path, python: Path
) -> Iterator[tuple[str, list[list[str]]]]:
    write(one.documents.items(), folder / "set")
    ours(folder / "set", folder / "set-ours")
    yield "ours", our_clusters(folder / "set-ours")
    for tokenizer in ("kiwi", "whitespace"):
        peer(python, folder / "set", folder / "set-peer", tokenizer)
        yield tokenizer, json.loads((folder / "set-peer" / "clusters.json").read_text())


def our_clusters(out: Path) -> list[list[str]]:
    found = defaultdict(list)
    for file in sorted((out / "dropped").glob("*.parquet")):
        for row in pq.read_table(file, columns=["id", "detail"]).to_pylist():
            found[row["detail"]].append(row["id"])
    return [sorted([keeper, *ids]) for keeper, ids in found.items()]


if __name__ == "__main__":
    sys.exit(main())
