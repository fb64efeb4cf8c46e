"""Open questions: our own set, and LogicKor and KoMT-Bench in the layouts of their repositories."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf import tables
from korean_rlhf.assets import asset_dir
from korean_rlhf.errors import BadInput, BadRecord, MissingInput
from korean_rlhf.settings.loading import read_toml

PLAIN_NAMES = ("questions", "question", "prompts")
"""File names that say nothing: the folder gives the set its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A question without one right answer, of one or more turns."""

    id: str
    category: str = ""
    turns: tuple[str, ...]
    """What the user says, turn by turn."""
    references: tuple[str, ...] = ()
    """An answer to each turn that the judge may see; "" where there is none."""

    def reference(self, turn: int) -> str:
        """Return the reference of a turn, counted from 0; "" where there is none."""
        return self.references[turn] if turn < len(self.references) else ""


def own_set() -> Path:
    """Return the open questions that ship with the project."""
    return asset_dir("evals") / "open" / "questions.jsonl"


def set_name(path: Path) -> str:
    """Return a name for the set in `path`, for file names.

    >>> set_name(Path("LogicKor/questions.jsonl")), set_name(Path("data/question_ko.jsonl"))
    ('logickor', 'question_ko')
    """
    stem = path.name.partition(".")[0]
    name = path.resolve().parent.name if stem in PLAIN_NAMES else stem
    return "".join(char if char.isalnum() or char in "-_" else "-" for char in name.lower())


def read_questions(path: Path) -> list[OpenQuestion]:
    """Return the questions in `path`, text in NFC.

    A row holds "questions" (LogicKor: id, category, questions, references) or "turns" (KoMT-Bench
    and our own: question_id, category, turns, reference). A .toml file holds a list "prompts".

    Raises:
        MissingInput: there is no such file.
        BadInput: it holds no question.
        BadRecord: a row has neither, or an id twice.
    """
    if not path.is_file():
        raise MissingInput(path)
    found = list(_of_toml(path) if path.suffix == ".toml" else _of_rows(path))
    if not found:
        raise BadInput(f"{path}: holds no question.")
    return found


def _of_toml(path: Path) -> Iterator[OpenQuestion]:
    prompts = read_toml(path).get("prompts")
    if not isinstance(prompts, list) or not all(isinstance(one, str) for one in prompts):
        raise BadInput(f'{path}: needs a list of texts: prompts = ["...", "..."].')
    for number, prompt in enumerate(prompts, start=1):
        yield OpenQuestion(id=str(number), turns=(_clean(prompt),))


def _of_rows(path: Path) -> Iterator[OpenQuestion]:
    seen: set[str] = set()
    for line, row in tables.rows(path):
        try:
            question = _question(row)
        except ValueError as problem:
            raise BadRecord(path, line, f"not an open question: {problem}") from None
        if question.id in seen:
            raise BadRecord(path, line, f"the id {question.id} stands twice")
        seen.add(question.id)
        yield question


def _question(row: Mapping[str, Any]) -> OpenQuestion:
    is_logickor = "questions" in row
    turns = row.get("questions" if is_logickor else "turns")
    id_ = row.get("id" if is_logickor else "question_id")
    if not isinstance(turns, list) or not turns or not all(isinstance(t, str) for t in turns):
        raise ValueError('it needs a list of texts, "questions" (LogicKor) or "turns" (KoMT-Bench)')
    if id_ is None:
        raise ValueError(f"it needs {'id' if is_logickor else 'question_id'}")
    references = row.get("references" if is_logickor else "reference") or []
    if not isinstance(references, list) or len(references) > len(turns):
        raise ValueError("references are a list, at most one a turn")
    return OpenQuestion(
        id=str(id_),
        category=_clean(str(row.get("category") or "")),
        turns=tuple(map(_clean, turns)),
        references=tuple(_clean(str(text or "")) for text in references),
    )


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()
