"""README.md of a corpus folder: what is in it, whose it is, what was left out and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from korean_rlhf.rundir import atomic_write_text

OBLIGATIONS: tuple[tuple[str, str], ...] = (
    ("CC-BY-NC-SA", "name the source; no commercial use; share what you make of it alike"),
    ("CC-BY-NC-ND", "name the source; no commercial use; share unchanged only"),
    ("CC-BY-NC", "name the source; no commercial use"),
    ("CC-BY-SA", "name the source; share what you make of it under the same licence"),
    ("CC-BY-ND", "name the source; share unchanged only"),
    ("CC-BY", "name the source"),
    ("CC0", "none"),
    ("KOGL-1", "name the source (공공누리 제1유형)"),
    ("KOGL-2", "name the source; no commercial use (공공누리 제2유형)"),
    ("KOGL-3", "name the source; share unchanged only (공공누리 제3유형)"),
    ("KOGL-4", "name the source; no commercial use; share unchanged only (공공누리 제4유형)"),
    ("APACHE-2.0", "keep the licence and the notices; say what was changed"),
    ("MIT", "keep the copyright notice and the licence"),
    ("BSD", "keep the copyright notice and the licence"),
    ("PSF", "keep the copyright notice and the licence"),
    ("GFDL", "keep the licence; share what you make of it under the same licence"),
    ("PUBLIC-DOMAIN", "none"),
)
"""How a licence begins, in capitals with hyphens, and what it asks for; not legal advice."""


@dataclass
class _Group:
    """Documents of one source under one licence."""

    documents: int = 0
    characters: int = 0


@dataclass
class _Corpus:
    groups: dict[tuple[str, str], _Group] = field(default_factory=dict)
    lengths: list[int] = field(default_factory=list)


def write_card(
    folder: Path, stage: str, counts: Mapping[str, Any], *, masked: Mapping[str, int] | None = None
) -> None:
    """Write README.md: documents by source and licence, obligations, drops by reason, masks."""
    corpus = _survey(folder)
    parts = [
        f"# Data card: {folder.resolve().name}",
        f"Made by `korean-rlhf {stage}`; settings and inputs are in manifest.json. Read it with "
        '`datasets.load_dataset("parquet", data_files="part-*.parquet")`.',
        _by_source(corpus),
        _by_license(corpus),
        _drops(counts),
    ]
    if masked:
        rows = [(f"`<{kind}>`", f"{number:,}") for kind, number in masked.items() if number]
        parts.append("## Personal data masked\n\n" + _table(("mark", "places"), rows))
    atomic_write_text(folder / "README.md", "\n\n".join(parts) + "\n")


def count_marks(folder: Path, kinds: Iterable[str]) -> dict[str, int]:
    """Return how often each `<kind>` stands in the texts of a corpus folder."""
    totals = dict.fromkeys(kinds, 0)
    for shard in sorted(folder.glob("part-*.parquet")):
        texts = pq.read_table(shard, columns=["text"])["text"]
        for kind in totals:
            totals[kind] += pc.sum(pc.count_substring(texts, f"<{kind}>")).as_py() or 0
    return totals


def obligations(license: str) -> str:
    """Return what a licence asks of those who pass the text on.

    >>> obligations("CC BY 4.0"), obligations("in-house")
    ('name the source', 'not known here: ask its owner')
    """
    name = license.upper().replace(" ", "-").replace("_", "-")
    for prefix, duty in OBLIGATIONS:
        if name.startswith(prefix):
            return duty
    return "not known here: ask its owner"


def _survey(folder: Path) -> _Corpus:
    corpus = _Corpus()
    for shard in sorted(folder.glob("part-*.parquet")):
        table = pq.read_table(shard, columns=["source", "license", "text"])
        lengths = pc.utf8_length(table["text"])
        grouped = pa.table(
            {"source": table["source"], "license": table["license"], "length": lengths}
        ).group_by(["source", "license"])
        for row in grouped.aggregate([("length", "sum"), ("length", "count")]).to_pylist():
            group = corpus.groups.setdefault((row["source"] or "", row["license"] or ""), _Group())
            group.documents += row["length_count"]
            group.characters += row["length_sum"] or 0
    return corpus


def _by_source(corpus: _Corpus) -> str:
    rows = [
        (
            source or "(not named)",
            license or "(not named)",
            f"{group.documents:,}",
            f"{group.characters:,}",
        )
        for (source, license), group in sorted(corpus.groups.items())
    ]
    total = (
        sum(g.documents for g in corpus.groups.values()),
        sum(g.characters for g in corpus.groups.values()),
    )
    rows.append(("**all**", "", f"{total[0]:,}", f"{total[1]:,}"))
    return "## Documents\n\n" + _table(("source", "licence", "documents", "characters"), rows)


def _by_license(corpus: _Corpus) -> str:
    found: dict[str, int] = {}
    for (_, license), group in corpus.groups.items():
        found[license] = found.get(license, 0) + group.documents
    rows = [
        (name or "(not named)", f"{count:,}", obligations(name))
        for name, count in sorted(found.items())
    ]
    return (
        "## Licences\n\nEvery document keeps its own licence (column `license`). The mixture has "
        "no licence of its own: who passes it on meets the obligations of each.\n\n"
        + _table(("licence", "documents", "it asks you to"), rows)
    )


def _drops(counts: Mapping[str, Any]) -> str:
    dropped = counts.get("dropped", {})
    rows = [(f"`{reason}`", f"{number:,}") for reason, number in dropped.items()]
    head = (
        f"## Left out\n\n{counts.get('in', 0):,} documents came in, {counts.get('out', 0):,} "
        "stayed. The others are in `dropped/` with their reason."
    )
    return head + ("\n\n" + _table(("reason", "documents"), rows) if rows else "")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)
