"""Where every score of the report comes from: weights, data, prompts, programs, machine, time."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from korean_rlhf import __version__
from korean_rlhf.evaluate import labels

if TYPE_CHECKING:
    from korean_rlhf.evaluate.gather import RunFacts
    from korean_rlhf.evaluate.models import Loaded

PROGRAMS = ("torch", "transformers", "tokenizers", "lm_eval")
DIGITS = 12
"""Of a hash, as many as are shown; report.json and the score files hold all of them."""

MODEL_HEADS = ("체크포인트", "가중치", "시간", "컴퓨터", "판")
TASK_HEADS = ("과제", "데이터", "프롬프트", "과제 정의", "템플릿", "잘린 요청")


def versions() -> dict[str, str]:
    """Return the versions of what computes a score; what is not installed has none."""
    found = {"korean_rlhf": __version__, "python": platform.python_version()}
    for name in PROGRAMS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def machine(loaded: Loaded | None) -> dict[str, Any]:
    """Return what a model was on: never the name of the host or of its user.

    A model behind an address is on a machine that we know nothing of.
    """
    if loaded is None:
        return {"device": "remote"}
    device = loaded.device
    found = {"device": device.type, "precision": str(loaded.model.dtype).removeprefix("torch.")}
    if device.type != "cuda":
        return {**found, "name": _processor()}
    import torch

    return {**found, "name": torch.cuda.get_device_name(device)}


def _processor() -> str:
    """Return the model of the processor, else its architecture."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8", errors="replace").split("\n") if told.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def model_rows(facts: RunFacts) -> list[list[str]]:
    """Return what each checkpoint was, how long its tasks took and on what (MODEL_HEADS)."""
    return [
        [
            labels.checkpoint(one.stage, one.step),
            one.weights[:DIGITS] or labels.DASH,
            labels.seconds(sum(float(entry.get("seconds", 0)) for entry in one.tasks.values())),
            _every(_machine(entry.get("machine")) for entry in one.tasks.values()),
            _every(_versions(entry.get("versions")) for entry in one.tasks.values()),
        ]
        for one in facts.scores
    ]


def task_rows(facts: RunFacts) -> list[list[str]]:
    """Return what each task asked, one row for each version of its data or prompts."""
    found: dict[tuple[str, ...], int] = {}
    for one in facts.scores:
        for entry in one.tasks.values():
            key = (entry["title"], *_hashes(entry), _template(entry.get("template")))
            found[key] = max(found.get(key, 0), int(entry.get("truncated", 0)))
    return [[*key, f"{cut:,}"] for key, cut in sorted(found.items())]


def _hashes(entry: dict[str, Any]) -> list[str]:
    keys = ("data_sha256", "prompts_sha256", "task_sha256")
    return [str(entry.get(key) or labels.DASH)[:DIGITS] for key in keys]


def _template(name: str | None) -> str:
    return labels.TEMPLATES.get(name or "", labels.DASH)


def _machine(told: dict[str, Any] | None) -> str:
    if not told:
        return ""
    kind = ", ".join(str(told[key]) for key in ("device", "precision") if key in told)
    return f"{told['name']} ({kind})" if "name" in told else kind


def _versions(told: dict[str, str] | None) -> str:
    return ", ".join(f"{name} {number}" for name, number in (told or {}).items())


def _every(found: Any) -> str:
    """Return what the tasks say, once each; a dash where older scores say nothing."""
    return " / ".join(dict.fromkeys(filter(None, found))) or labels.DASH
