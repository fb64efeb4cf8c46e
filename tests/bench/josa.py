"""How often the rule of particles agrees with writers, and with a golden set beside libraries.

    make bench NAME=josa CORPUS=kowiki.jsonl.zst     # SITES=4000 SHOW=50 FOLDER=runs-bench PEERS=1

CORPUS is a file of records with a text. The articles whose digest is smallest are read until SITES
places are found where a particle with two forms follows a digit, a Latin letter, a unit or a sign.
A writer agrees when the rule would leave the particle as it is. What `--repair foreign` would
change (sure readings, no noun for Kiwi) is counted beside, and SHOW of it printed to be read.
The other libraries, each the newest on the package index and in one environment of their own,
choose a particle for the words of tests/golden/josa_words.jsonl.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from peers import peer_python

from korean_rlhf.tables import open_text
from korean_rlhf.translate.josa.pairs import choose, fitting
from korean_rlhf.translate.josa.repair import _FOREIGN, reading_before, repair
from korean_rlhf.translate.spoken import read_aloud

GOLDEN = Path(__file__).parent.parent / "golden" / "josa_words.jsonl"
PEERS = ["tossi==0.3.1", "pyjosa==1.0.3", "hangeul==0.2.0", "korean-josa==0.0.2",
         "korean_glue==0.1.4", "tossicat-python==0.1.3"]  # fmt: skip


MARK = re.compile(r"(?:formula|codice)_\d+\W*$")
"""What WikiExtractor left where a formula or code was: nobody can read it."""


class Site(NamedTuple):
    """A particle behind something that is not Hangul."""

    kind: str
    before: str
    form: str
    wanted: str
    sure: bool


def main() -> int:
    if "CORPUS" not in os.environ:
        raise SystemExit("Say which texts: make bench NAME=josa CORPUS=kowiki.jsonl.zst")
    wanted = int(os.environ.get("SITES", "4000"))
    sites: list[Site] = []
    changed: list[str] = []
    for text in articles(Path(os.environ["CORPUS"])):
        for line in text.split("\n"):
            found = list(sites_of(line))
            sites += found
            if found:
                changed += changes(line)
        if len(sites) >= wanted:
            break
    result = agreement(sites)
    print(f"changed by --repair foreign: {len(changed)} of {len(sites)} sites")
    for each in changed[: int(os.environ.get("SHOW", "50"))]:
        print("   ", each)
    if os.environ.get("PEERS", "1") == "1":
        result |= {"golden": beside_peers()}
    result |= {"name": "josa", "sites": len(sites), "changed": len(changed)}
    print(json.dumps(result, ensure_ascii=False))
    return 0


def articles(path: Path) -> Iterator[str]:
    """Yield the texts of a corpus in the order of their digests: always the same sample."""
    with open_text(path) as file:
        lines = sorted((hashlib.sha256(line.encode()).digest(), line) for line in file)
    for _, line in lines:
        yield json.loads(line)["text"]


def sites_of(line: str) -> Iterator[Site]:
    """Yield each particle with two forms that follows a digit, a Latin letter, a unit or a sign."""
    for found in _FOREIGN.finditer(line):
        start, form = found.start("form"), found["form"]
        if MARK.search(line[:start]):
            continue
        reading = reading_before(line, start, {})
        before = line[max(0, start - 15) : start]
        kind = kind_of(line[max(0, start - 40) : start], reading.sure)
        wanted = fitting(form, reading.finals, strict=False) if reading.finals else ""
        yield Site(kind, before, form, wanted, reading.sure)


def kind_of(before: str, sure: bool) -> str:
    """Return which class of words a site belongs to."""
    for kind, pattern in KINDS.items():
        if re.search(pattern, before):
            return kind if kind != "word" or sure else "word, by guess"
    return "other"


KINDS = {
    "in brackets": r"[)\]][\"'”’]*$",
    "percent, degree": r"[%‰°℃℉][\"'”’]*$",
    "unit": r"\d\s?(?:[kcmμnMGTK]?(?:m|g|W|V|B|Hz|L|l)|km/h|kcal)[²³2]?[\"'”’]*$|[㎀-㏟ℓ]$",
    "name with a number": r"[A-Za-z][\s-]?\d[\d.,]*[\"'”’]*$",
    "decimal": r"\d\.\d+[\"'”’]*$",
    "round number": r"\d0[\"'”’]*$",
    "number": r"\d[\"'”’]*$",
    "letters": r"(?:^|[^A-Za-z])[A-Z]{1,6}[\"'”’]*$",
    "word": r"[A-Za-z][\"'”’*_`]*$",
}


def agreement(sites: list[Site]) -> dict[str, object]:
    """Print how often writers agree with the rule, by class."""
    agreed: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for site in sites:
        if not site.wanted:
            unknown[site.kind] += 1
            continue
        judged[site.kind] += 1
        agreed[site.kind] += site.form == site.wanted
    for kind, total in judged.most_common():
        print(f"{kind:20} {agreed[kind]:5} of {total:5}  {agreed[kind] / total:.3f}"
              f"  not known {unknown[kind]}")  # fmt: skip
    share = agreed.total() / judged.total()
    print(f"all                  {agreed.total()} of {judged.total()}  {share:.4f}")
    return {"agreed": round(share, 4), "judged": judged.total(), "unknown": unknown.total()}


def changes(line: str) -> list[str]:
    """Return what `--repair foreign` would change in a line, each with its neighbours."""
    repaired = repair(line, (), "foreign")
    if repaired == line:
        return []
    from difflib import SequenceMatcher

    found = []
    for name, one, two, three, four in SequenceMatcher(None, line, repaired, False).get_opcodes():
        if name != "equal" and not MARK.search(line[:one]):
            found.append(f"{line[max(0, one - 25) : one]}[{line[one:two]} -> "
                         f"{repaired[three:four]}]{line[two : two + 10]}")  # fmt: skip
    return found


PEER_CODE = Path(__file__).with_name("josa_peer.py")


def beside_peers() -> dict[str, str]:
    """Return how many particles of the golden words each library chooses right."""
    rows = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["expect"] == "pass"]
    folder = Path(os.environ.get("FOLDER", "runs-bench")) / "peers" / "josa"
    python = peer_python(folder, PEERS)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    answer = subprocess.run(
        [str(python), "-P", "-W", "ignore", str(PEER_CODE)],
        input=json.dumps(rows),
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        check=True,
    )
    chosen = json.loads(answer.stdout) | {"korean-rlhf": [ours(row) for row in rows]}
    shares = {}
    for name, forms in chosen.items():
        right = sum(form == row["form"] for form, row in zip(forms, rows, strict=True))
        shares[name] = f"{right} of {len(rows)}"
        print(f"{name:16} {right:4} of {len(rows)}, {forms.count(None)} refused")
    return shares


def ours(row: dict[str, str]) -> str | None:
    """Return the form that the package chooses behind a word."""
    finals = read_aloud(row["word"]).finals
    one, two = row["pair"].split("/")
    return choose((one, two), finals[0]) if finals else None


if __name__ == "__main__":
    sys.exit(main())
