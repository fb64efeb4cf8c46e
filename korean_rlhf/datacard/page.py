"""README.md of a corpus folder: what is in it, whose it is, what was left out and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from korean_rlhf.datacard.licenses import obligations
from korean_rlhf.datacard.measures import HISTOGRAMS
from korean_rlhf.datacard.plots import histogram_plot, script_plot
from korean_rlhf.datacard.survey import Group, Survey, survey
from korean_rlhf.rundir import atomic_write_text

PLOTS = "plots"
"""Folder of the SVG files beside README.md."""
MOST_ROWS = 60
"""Rows of a table of sources; the smallest of more are added up in one."""
_SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"), (1_000_000_000, "100M<n<1B"),
)  # fmt: skip
"""Size categories of Hugging Face's dataset cards."""


def write_card(
    folder: Path, stage: str, counts: Mapping[str, Any], *, masked: Mapping[str, int] | None = None
) -> None:
    """Write README.md and its plots from the shards in `folder`.

    It tells documents by source and licence, what each licence asks for, drops by reason, masks,
    and histograms of length, script and quality. Its YAML head lets `datasets.load_dataset(folder)`
    open the kept documents and nothing else.
    """
    found = survey(folder)
    name = folder.resolve().name
    parts = [
        _yaml_head(name, found),
        f"# Data card: {name}",
        f"Made by `korean-rlhf {stage}`; settings and inputs are in manifest.json. Read it with "
        '`datasets.load_dataset("FOLDER", split="train")`, or any reader of Parquet '
        "(`part-*.parquet`).",
        _by_source(found),
        _by_license(found),
        _drops(counts),
        _masks(masked or {}),
        _plots(folder, found),
    ]
    atomic_write_text(folder / "README.md", "\n\n".join(part for part in parts if part) + "\n")


def _yaml_head(name: str, found: Survey) -> str:
    """Return what Hugging Face reads; a licence of the whole is named nowhere, as there is none."""
    count = found.documents.total()
    size = next((words for most, words in _SIZES if count < most), "n>1T")
    return "\n".join(
        [
            "---",
            "language:",
            "- ko",
            f"pretty_name: {json.dumps(name, ensure_ascii=False)}",
            "license: other",
            "license_name: by-document",
            "license_link: README.md",
            "task_categories:",
            "- text-generation",
            "size_categories:",
            f"- {size}",
            "configs:",
            "- config_name: default",
            "  data_files:",
            "  - split: train",
            '    path: "part-*.parquet"',
            "---",
        ]
    )


def _by_source(found: Survey) -> str:
    groups = sorted(found.documents | found.left_out, key=lambda group: _rank(found, group))
    rows = [_source_row(found, *_names(group), [group]) for group in sorted(groups[:MOST_ROWS])]
    if groups[MOST_ROWS:]:
        rest = groups[MOST_ROWS:]
        rows.append(_source_row(found, f"{len(rest):,} smaller ones", "", rest))
    rows.append(_source_row(found, "**all**", "", groups))
    head = ("source", "licence", "documents", "characters", "left out")
    return "## Documents\n\n" + _table(head, rows)


def _rank(found: Survey, group: Group) -> tuple[int, Group]:
    return -found.documents[group], group


def _names(group: Group) -> tuple[str, str]:
    return group[0] or "(not named)", group[1] or "(not named)"


def _source_row(
    found: Survey, source: str, license: str, groups: Iterable[Group]
) -> tuple[str, ...]:
    chosen = list(groups)
    columns = (found.documents, found.characters, found.left_out)
    sums = (sum(column[group] for group in chosen) for column in columns)
    return (source, license, *(f"{number:,}" for number in sums))


def _by_license(found: Survey) -> str:
    documents: Counter[str] = Counter()
    for (_, license), count in found.documents.items():
        documents[license] += count
    rows = [
        (name or "(not named)", f"{count:,}", obligations(name))
        for name, count in sorted(documents.items())
    ]
    return (
        "## Licences\n\nEvery document keeps its own licence (column `license`). The mixture has "
        "no licence of its own: who passes it on meets the obligations of each.\n\n"
        + _table(("licence", "documents", "it asks you to"), rows)
    )


def _drops(counts: Mapping[str, Any]) -> str:
    dropped = sorted(counts.get("dropped", {}).items(), key=lambda item: (-item[1], item[0]))
    total = counts.get("in", 0)
    rows = [
        (f"`{reason}`", f"{number:,}", f"{100 * number / max(1, total):.2f} %")
        for reason, number in dropped
    ]
    head = (
        f"## Left out\n\n{total:,} documents came in, {counts.get('out', 0):,} "
        "stayed. The others are in `dropped/` with their reason."
    )
    return head + ("\n\n" + _table(("reason", "documents", "of all"), rows) if rows else "")


def _masks(masked: Mapping[str, int]) -> str:
    rows = [(f"`<{kind}>`", f"{number:,}") for kind, number in masked.items() if number]
    return "## Personal data taken out\n\n" + _table(("kind", "places"), rows) if rows else ""


def _plots(folder: Path, found: Survey) -> str:
    """Write the plots; return the part of the page that shows them."""
    drawn = {"scripts": ("characters by script", script_plot(found.scripts))}
    for name, histogram in HISTOGRAMS.items():
        drawn[name] = (histogram.title, histogram_plot(histogram, found.histograms[name]))
    (folder / PLOTS).mkdir(exist_ok=True)
    for name, (_, svg) in drawn.items():
        atomic_write_text(folder / PLOTS / f"{name}.svg", svg)
    shown = "\n".join(f"![{title}]({PLOTS}/{name}.svg)" for name, (title, _) in drawn.items())
    return (
        "## Length, script and quality\n\nOf the documents that stayed. A bar is a number of "
        "documents; the outermost bars hold what lies beyond the axis.\n\n" + shown
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)
