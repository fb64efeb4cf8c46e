"""Namumark and wikitext: what is shown, how fast, and how the time grows. Ten minutes.

    make bench NAME=markup CORPUS=folder     # folder holds namu-*.txt, real pages of namumark

Without CORPUS the pages of the sample world are used alone. First correctness: the golden cases,
then marks left and prose lost on whole pages; a fault ends the run. Then MB/s on the same pages
beside namu-wiki-extractor and mwparserfromhell's strip_code, which this command installs into a
virtual environment of their own (FOLDER/peers-markup, FOLDER=runs-bench). Last the processor time
of pages from 10 KB to 10 MB, natural and hostile, with the exponent of the growth (1 is linear).
Each measurement is a process of its own; all times are processor time.
"""

from __future__ import annotations

import json
import math
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from peers import peer_python

PEERS = {"namumark": "namu-wiki-extractor==0.3.0", "wikitext": "mwparserfromhell==0.7.2"}
GOLDEN = Path(__file__).parents[1] / "golden"
ROUNDS, SIZES = 3, (10_000, 100_000, 1_000_000, 10_000_000)  # sizes in bytes of UTF-8
LIMIT, PEER_LIMIT, PEER_SIZE = 300, 5, 100_000  # seconds, seconds, bytes
GOAL_EXPONENT = 1.15
"""Lists of 10 MB leave the caches, so a linear parser measures a little above 1."""
HOSTILE = {
    "namumark": ("{{{", "[[", "[[가|'''{{{#red ||~~[* "),
    "wikitext": ("{{a|", "{|\n", "[[가|'''{{llang|en|<b><ref>[http://a "),
}

LITERAL = re.compile(r"\{\{\{(?!#!|#[\w#]+(?:,#\w+)?[ \n]|[+-][1-5][ \n])")
MARKS = re.compile(
    r"\[\[|\]\]|\{\{|\}\}|'''|\[\*|^\|\||^\{\||</?(?:ref|nowiki|small|div|span)\b"
    r"|<(?:table|row|col|bgcolor|width|[-|]\d)|\[(?:br|anchor|include|목차|각주|age|date)[\](]"
    r"|^=+ .* =+$|__[^_]+__|~~[^~]+~~|&nbsp;",
    re.MULTILINE,
)
FORMULA = re.compile(r"\$[^$\n]*\$")
ESCAPED = re.compile(
    r"\\(?:\[\[[^\[\]\n]*\]\]|\{\{\{[^{}\n]*\}\}\}|\[[^\[\]*\n]*\]|[^\w\s])"
    r"|(?<=#!folding )[^\n]*"
)
"""What is shown as it is written: a construct behind a backslash, the title of a folded block."""
HIDDEN = {
    "namumark": (
        r"\[\[(?:파일|분류):[^\[\]]*\]\]",
        r"\[\[[^\[\]|\n]*\|",
        r"(?<=\w)#[^\[\]|\n]*(?=\]\])",
        r"\[(?:include|anchor)\([^\]\n]*\)\]|\[(?:목차|각주)\]",
        r"<[^<>\n]*=[^<>\n]*>|style=\"[^\"\n]*\"|#!folding[^\n]*|\[\*[^\s\]]*",
        r"^##[^\n]*|\{\{\{#!style[\s\S]*?\}\}\}",
    ),
    "wikitext": (
        r"<!--[\s\S]*?-->|<ref[^<>]*/>|<ref[^<>]*>[\s\S]*?</ref>",
        *[r"\{\{(?!\{)[^{}]*\}\}"] * 3,
        r"\[\[(?:파일|그림|분류):(?:[^\[\]]|\[\[[^\[\]]*\]\])*\]\]",
        r"\[\[[^\[\]|\n]*\||\[https?:\S*|__\w+__|\w+=\"[^\"\n]*\"",
        r"<gallery>[\s\S]*?</gallery>",
    ),
}
"""What no reader sees, so that the words in it are not asked for."""
Parser = Callable[[str], str]


def main() -> int:
    if len(sys.argv) > 1:
        return measure(*sys.argv[1:])
    folder = Path(os.environ.get("FOLDER", "runs-bench"))
    folder.mkdir(parents=True, exist_ok=True)
    python = str(peer_python(folder / "peers-markup", PEERS.values()))
    results: dict[str, dict[str, object]] = {}
    faults = 0
    for markup in PEERS:
        faults += golden_faults(markup)
        pages = natural(markup)
        faults += page_faults(markup, pages)
        speeds = speed(markup, pages, folder, python)
        results[markup] = {**speeds, "growth": growth(markup, pages, folder, python)}
    worst = max(max(found["growth"].values()) for found in results.values())  # type: ignore[attr-defined]
    namu, wiki = results["namumark"], results["wikitext"]
    ok = not faults and worst <= GOAL_EXPONENT
    result = {
        "name": "markup",
        "unit": "MB of namumark a second of processor time, beside namu-wiki-extractor",
        "ours": namu["ours"],
        "peer": namu["peer"],
        "ratio": namu["ratio"],
        "goal": f"0 faults, exponents up to {GOAL_EXPONENT}",
        "faults": faults,
        "worst_exponent": worst,
        "wikitext": {key: wiki[key] for key in ("ours", "peer", "ratio")},
        "exponents": {markup: found["growth"] for markup, found in results.items()},
    }
    print(json.dumps(result, ensure_ascii=False))
    return 0 if ok else 1


def parser(side: str, markup: str) -> Parser:
    """Import the parser of one side; the peers live where ours does not."""
    if side == "ours" and markup == "namumark":
        from korean_rlhf.clean.markup.namumark import namumark_to_text

        return namumark_to_text
    if side == "ours":
        from korean_rlhf.clean.markup.wikitext import wikitext_to_text

        return wikitext_to_text
    if markup == "namumark":
        from namuwiki.extractor import extract_text

        return extract_text
    import mwparserfromhell

    return lambda text: str(mwparserfromhell.parse(text).strip_code())


def measure(side: str, markup: str, path: str, limit: str = "300") -> int:
    """Print the processor seconds that one side takes for the pages in a JSON file.

    With them goes the megabytes of the pages that it came through; a peer may break on some.
    """
    pages = json.loads(Path(path).read_text(encoding="utf-8"))
    resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 1))
    shown = parser(side, markup)
    shown("가'''나''' [[다]]")
    spent, size, broken = 0.0, 0, 0
    for page in pages:
        begun = time.process_time()
        try:
            shown(page)
        except Exception:
            if side == "ours":
                raise
            broken += 1
            continue
        spent, size = spent + time.process_time() - begun, size + len(page.encode())
    print(json.dumps([spent, size / 1e6, broken]))
    return 0


def run(
    side: str, markup: str, pages: list[str], folder: Path, python: str, limit: int
) -> tuple[float, float, int]:
    """Return what `measure` says in a process of its own; infinite seconds beyond the limit."""
    path = folder / "markup-pages.json"
    path.write_text(json.dumps(pages, ensure_ascii=False), encoding="utf-8")
    program = sys.executable if side == "ours" else python
    command = [program, __file__, side, markup, str(path), str(limit)]
    ended = subprocess.run(command, text=True, stdout=subprocess.PIPE)
    if ended.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return math.inf, 0.0, 0
    ended.check_returncode()
    spent, size, broken = json.loads(ended.stdout)
    return spent or math.inf, size, broken


def natural(markup: str) -> list[str]:
    """Return whole pages: those of the sample world, and the real ones in CORPUS."""
    from korean_rlhf.sampleworld.dumps import pages

    name = {"namumark": "namu.txt", "wikitext": "kowiki.txt"}[markup]
    found = [text for namespace, _, text in pages(name) if namespace == 0 and text[:1] not in "#"]
    if markup == "namumark" and "CORPUS" in os.environ:
        for path in sorted(Path(os.environ["CORPUS"]).glob("namu-*.txt")):
            if "mediawiki" not in path.name:
                found.append(path.read_text(encoding="utf-8"))
    return found


def golden_faults(markup: str) -> int:
    """Count golden cases that come out otherwise; known failures must fail."""
    shown = parser("ours", markup)
    lines = (GOLDEN / f"{markup}.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    wrong = [
        case["label"]
        for case in cases
        if (shown(case["original"]) == case["cleaned"]) != (case["expect"] == "pass")
    ]
    print(f"{markup}: {len(cases)} golden cases, {len(wrong)} wrong {wrong or ''}")
    return len(wrong)


def page_faults(markup: str, pages: list[str]) -> int:
    """Count marks left and words lost on whole pages; print what the raw text has beside it."""
    shown = parser("ours", markup)
    left = [MARKS.findall(FORMULA.sub("", shown(without_literals(page, markup)))) for page in pages]
    lost = [words_lost(page, with_notes(shown, page, markup), markup) for page in pages]
    raw = sum(len(MARKS.findall(without_literals(page, markup))) for page in pages)
    asked = sum(wanted(page, markup).total() for page in pages)
    marks, words = [mark for found in left for mark in found], sum(lost, Counter[str]())
    print(f"{markup}: {len(pages)} pages, {len(marks)} of {raw} marks left {marks[:9] or ''}")
    print(f"{markup}: {words.total()} of {asked} words lost {list(words)[:9] or ''}")
    return len(marks) + words.total()


def with_notes(shown: Parser, page: str, markup: str) -> str:
    """Return the page with its footnotes where the measure asks for their words."""
    return shown(page, footnotes="inline") if markup == "namumark" else shown(page)  # type: ignore[call-arg]


def without_literals(page: str, markup: str) -> str:
    """Return a page whose literal text and escaped marks are a word, in order to count marks."""
    if markup == "wikitext":
        return re.sub(r"<nowiki>[\s\S]*?</nowiki>", "글자", page)
    position, parts = 0, []
    while found := LITERAL.search(page, position):
        depth, close = 1, found.end()
        while depth and (brace := re.compile(r"\{\{\{|\}\}\}").search(page, close)):
            depth, close = depth + (1 if brace[0] == "{{{" else -1), brace.end()
        parts += [page[position : found.start()], "글자"]
        position = close
    return ESCAPED.sub("글자", "".join(parts) + page[position:])


def wanted(page: str, markup: str) -> Counter[str]:
    """Count the words of Hangul (two syllables at least) that a reader of the page must see."""
    for pattern in HIDDEN[markup]:
        page = re.sub(pattern, "\n", page, flags=re.MULTILINE)
    return Counter(re.findall("[가-힣]{2,}", page))


def words_lost(page: str, shown: str, markup: str) -> Counter[str]:
    """Return the words that must be shown, less those that are, each as often as it stands."""
    squeezed = Counter(re.findall("[가-힣]{2,}", shown))
    return Counter(
        {
            word: count - max(squeezed[word], shown.count(word))
            for word, count in wanted(page, markup).items()
            if count > max(squeezed[word], shown.count(word))
        }
    )


def speed(markup: str, pages: list[str], folder: Path, python: str) -> dict[str, object]:
    """Print and return MB/s of both sides, medians of rounds in turns."""
    size = sum(len(page.encode()) for page in pages)
    repeats = max(1, 2_000_000 // size)
    found: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(ROUNDS):
        for side, speeds in found.items():
            spent, done, broken = run(side, markup, pages * repeats, folder, python, LIMIT)
            speeds.append(done / spent)
    ours, peer = (round(statistics.median(speeds), 2) for speeds in found.values())
    print(
        f"{markup}: ours {ours} MB/s, {PEERS[markup]} {peer} MB/s, which broke on"
        f" {broken // repeats} of {len(pages)} pages",
        flush=True,
    )
    return {"ours": ours, "peer": peer, "ratio": round(ours / peer, 2)}


def growth(markup: str, pages: list[str], folder: Path, python: str) -> dict[str, float]:
    """Print processor seconds by size and return the exponent for each kind of page."""
    exponents = {}
    for kind in ("natural", *HOSTILE[markup]):
        text = "\n\n".join(pages) if kind == "natural" else kind
        repeat = len(text.encode())
        times = []
        for size in SIZES:
            page = (text * (size // repeat + 1)).encode()[:size].decode(errors="ignore")
            copies = max(1, 300_000 // size)
            times.append(run("ours", markup, [page] * copies, folder, python, LIMIT)[0] / copies)
        page = (text * (PEER_SIZE // repeat + 1)).encode()[:PEER_SIZE].decode(errors="ignore")
        peer, _, broken = run("peer", markup, [page], folder, python, PEER_LIMIT)
        exponents[kind] = exponent(times)
        shown = "  ".join(f"{one:8.3f}" for one in times)
        late = "breaks" if broken else f"{peer:.3f}" if peer < math.inf else f"over {PEER_LIMIT}"
        print(
            f"{markup} {kind!r:<34}{shown}  exponent {exponents[kind]}  peer at 100 KB {late}",
            flush=True,
        )
    return exponents


def exponent(times: list[float]) -> float:
    """Return the slope of log time over log size, by least squares; infinity past the limit."""
    if math.inf in times:
        return math.inf
    steps = [math.log(size) for size in SIZES]
    return round(statistics.linear_regression(steps, [math.log(one) for one in times]).slope, 3)


if __name__ == "__main__":
    sys.exit(main())
