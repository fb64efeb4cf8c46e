"""Questions with a known answer, on which templates are compared: one JSON object a line.

    {"id": "sentiment-001", "text": "…", "answer": "긍정", "source": "…", "license": "…"}

Besides id, answer, source and license, a row holds the values that the templates name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf.errors import BadInput, BadRecord
from korean_rlhf.tables import require_some, rows, shards

NO_VALUES = frozenset({"id", "answer", "answers", "source", "license", "register"})
"""Columns of a row that no template may show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldQuestion:
    """What is asked, and what is right."""

    id: str
    values: Mapping[str, str]
    """What the templates are filled with."""
    answers: Sequence[str]
    """Right answers; the one that fits best counts."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> GoldQuestion:
        """Return the question in a row.

        Raises:
            ValueError: the row lacks its answer, or a value is no text.
        """
        answers = row.get("answers", row.get("answer"))
        answers = [answers] if isinstance(answers, str) else answers
        if not isinstance(answers, list) or not answers or not all(map(_is_said, answers)):
            raise ValueError('it needs "answer", a text, or "answers", a list of texts')
        values = {key: value for key, value in row.items() if key not in NO_VALUES}
        wrong = next((key for key, value in values.items() if not isinstance(value, str)), None)
        if wrong is not None or not values:
            raise ValueError(
                f"{wrong} must be text" if wrong else "it holds no value for a template"
            )
        if not _is_said(row.get("id")):
            raise ValueError("it needs an id")
        return cls(id=str(row["id"]), values=values, answers=tuple(answers))


def read_gold_questions(path: Path) -> list[GoldQuestion]:
    """Return the questions in `path`.

    Raises:
        MissingInput: nothing is there.
        BadInput: it holds no question.
        BadRecord: a row is none, or an id stands twice.
    """
    found: dict[str, GoldQuestion] = {}
    for shard in shards(path):
        for line, row in rows(shard):
            try:
                question = GoldQuestion.of(row)
            except ValueError as problem:
                raise BadRecord(shard, line, f"not a question: {problem}.") from None
            if question.id in found:
                raise BadRecord(shard, line, f"the id {question.id} stands twice.")
            found[question.id] = question
    require_some(path, len(found))
    return list(found.values())


def require_values(questions: Sequence[GoldQuestion], names: set[str], where: Path) -> None:
    """Refuse questions that lack a value that a template wants.

    Raises:
        BadInput: one is missing; the message names the question and the value.
    """
    for question in questions:
        if missing := sorted(names - question.values.keys()):
            raise BadInput(
                f"{where} wants {', '.join(missing)}, but question {question.id} has only "
                f"{', '.join(sorted(question.values))}."
            )


def _is_said(text: Any) -> bool:
    return isinstance(text, str) and bool(text.strip())
