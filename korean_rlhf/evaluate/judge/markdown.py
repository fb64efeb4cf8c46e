"""judged-<set>.md: the tables of judged answers, in Korean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from korean_rlhf.evaluate.judge.tables import NOTE
from korean_rlhf.evaluate.markdown import cell, judged_parts


def render(name: str, by_judge: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the page of one set of questions: a section for each judge."""
    parts = [f"# 심사 결과: {name}", NOTE]
    for judge, found in by_judge.items():
        parts += [f"## {cell(judge)}", *judged_parts(found, "###")]
    return "\n\n".join(parts) + "\n"
