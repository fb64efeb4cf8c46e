"""Write the pages of the report into the folder of the translation."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from korean_rlhf.datacard.plots import STYLE, bar_plot, histogram_plot
from korean_rlhf.disk import atomic_write_text
from korean_rlhf.progress import say
from korean_rlhf.translate.checks.explained import EXPLAINED
from korean_rlhf.translate.protect import protect
from korean_rlhf.translate.report.highlight import highlighted
from korean_rlhf.translate.report.pairs import Pairs, input_paths, read_pairs
from korean_rlhf.translate.report.survey import HANGUL, LENGTH, REGISTERS, Survey, survey

REPORT, SAMPLE, FIGURES = "report.html", "sample.html", "report.json"
SPEAKERS = {"user": "사용자", "assistant": "답", "system": "지시", "response": "후보 답"}
REGISTER_NAMES = {
    "haeyo": "해요체", "hapsyo": "하십시오체", "hao": "하오체", "hae": "해체", "haera": "해라체",
    "mixed": "섞임", "": "없음",
}  # fmt: skip


def write_report(
    folder: Path, *, inputs: Sequence[Path] = (), sample: int = 200, seed: int = 0
) -> None:
    """Write report.html, sample.html and report.json into a finished `translate` folder.

    `inputs` are where the source is now, where it is not where the manifest says.

    Raises:
        MissingInput: the folder is not finished, or an input is gone.
        BadInput: the folder was made by another stage.
    """
    found = survey(read_pairs(folder, inputs or input_paths(folder)), sample=sample, seed=seed)
    name = folder.resolve().name
    atomic_write_text(folder / REPORT, report_page(found, name))
    atomic_write_text(folder / SAMPLE, sample_page(found, name))
    figures = json.dumps(report_figures(found), ensure_ascii=False, indent=1)
    atomic_write_text(folder / FIGURES, figures + "\n")
    say(f"review: {folder / REPORT}, and {len(found.sample)} records in {SAMPLE}")


def report_figures(found: Survey) -> dict[str, Any]:
    """Return all that the report counts."""
    return {
        "kept": found.kept,
        "dropped": found.dropped,
        "reasons": dict(found.reasons.most_common()),
        "registers": {name or "none": count for name, count in found.registers.most_common()},
        "length_ratio": {
            "edges": LENGTH.edges.round(4).tolist(),
            "texts": found.lengths.tolist(),
        },
        "hangul_percent": {
            "edges": HANGUL.edges.round(4).tolist(),
            "texts": found.hangul.tolist(),
        },
    }


def report_page(found: Survey, name: str) -> str:
    """Return the page of counts, plots and examples."""
    reasons = [
        {
            "reason": reason,
            "said": EXPLAINED.get(reason, ""),
            "count": count,
            "share": count / max(1, found.kept + found.dropped),
            "examples": [_shown(pairs) for _, pairs in found.examples[reason]],
        }
        for reason, count in found.reasons.most_common()
    ]
    return _render(
        "report.html.jinja",
        name=name,
        found=found,
        reasons=reasons,
        plots=[Markup(plot) for plot in _plots(found)],
        sample=SAMPLE,
    )


def sample_page(found: Survey, name: str) -> str:
    """Return the page to read, which filters by reason without a script."""
    shown = [_shown(pairs) for pairs in found.sample]
    names = sorted({each["reason"] for each in shown if each["reason"]})
    places = {"": "kept", **{reason: f"r{place}" for place, reason in enumerate(names)}}
    for each in shown:
        each["kind"] = places[each["reason"]]
    kinds = [
        {
            "kind": places[reason],
            "reason": reason or "받아들임",
            "count": sum(each["reason"] == reason for each in shown),
        }
        for reason in ("", *names)
    ]
    return _render("sample.html.jinja", name=name, shown=shown, kinds=kinds, report=REPORT)


def _plots(found: Survey) -> list[str]:
    if not found.kept:
        return []
    counts = [found.registers[name] for name in REGISTERS]
    names = [REGISTER_NAMES[name] for name in REGISTERS]
    return [
        histogram_plot(LENGTH, found.lengths, counted="texts"),
        histogram_plot(HANGUL, found.hangul, counted="texts"),
        bar_plot("답의 말투 · speech level of answers", names, counts),
    ]


def _shown(pairs: Pairs) -> dict[str, Any]:
    """Return a record as the templates show it."""
    texts = []
    for place, text in enumerate(pairs.texts):
        spans = sorted(set(protect(text.english).spans), key=len, reverse=True)
        detail = pairs.detail if pairs.at_fault in (place, -1) else ""
        texts.append(
            {
                "speaker": SPEAKERS.get(text.speaker, text.speaker),
                "english": highlighted(text.english, spans, detail),
                "korean": highlighted(text.korean, spans, detail),
                "at_fault": bool(pairs.reason) and pairs.at_fault == place,
            }
        )
    said = EXPLAINED.get(pairs.reason, "")
    return {
        "id": pairs.id,
        "reason": pairs.reason,
        "said": said,
        "detail": pairs.detail,
        "texts": texts,
    }


def _render(template: str, **shown: Any) -> str:
    """Return a page whose policy lets nothing load or run but its own style."""
    folder = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined
    )
    style = (folder / "report.css").read_text(encoding="utf-8") + _filters(shown.get("kinds", []))
    inner = STYLE.removeprefix("<style>").removesuffix("</style>")
    policy = " ".join(f"'{_hash(each)}'" for each in (style, inner))
    return environment.get_template(template).render(style=Markup(style), policy=policy, **shown)


def _filters(kinds: Sequence[dict[str, Any]]) -> str:
    """Return the rules that hide all records but those of the kind that is chosen."""
    return "".join(
        f"body:has(#show-{kind}:checked) article:not(.{kind}) {{ display: none; }}\n"
        for kind in (each["kind"] for each in kinds)
    )


def _hash(style: str) -> str:
    digest = hashlib.sha256(style.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
