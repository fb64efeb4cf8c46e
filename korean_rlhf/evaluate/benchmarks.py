"""Benchmarks in the layout of their own repositories, as the rows that the tasks ask about.

Every reader returns rows with the column names of the Hugging Face copy of the set, so that a local
file and the hub lead to the same prompts. Text is NFC. Each row is checked: a label that is none of
the known spellings is an error with file and line, never a guess.
"""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from korean_rlhf import tables
from korean_rlhf.errors import BadInput, BadRecord

Row: TypeAlias = dict[str, Any]
Quoting: TypeAlias = Literal[0, 1, 2, 3]

TRUTH = {"true": 1, "false": 0}
INFERENCE = {"entailment": 0, "neutral": 1, "contradiction": 2}
HATE = {"none": 0, "offensive": 1, "hate": 2}
APEACH = {"default": 0, "spoiled": 1}


def boolq(path: Path) -> list[Row]:
    """Read KoBEST BoolQ; its files spell the label TRUE, True, FALSE and False."""
    return [
        {
            "paragraph": text(row, "Text"),
            "question": text(row, "Question"),
            "label": label(path, line, row, "Answer", TRUTH),
        }
        for line, row in table(path, "\t", ("Text", "Question", "Answer"))
    ]


def copa(path: Path) -> list[Row]:
    """Read KoBEST COPA; "question" is 원인 (cause) or 결과 (effect), the label 0 or 1."""
    columns = ("sentence", "question", "1", "2", "Answer")
    kinds = {"원인": "원인", "결과": "결과"}
    return [
        {
            "premise": text(row, "sentence"),
            "question": label(path, line, row, "question", kinds),
            "alternative_1": text(row, "1"),
            "alternative_2": text(row, "2"),
            "label": label(path, line, row, "Answer", {"1": 0, "2": 1}),
        }
        for line, row in table(path, "\t", columns)
    ]


def hellaswag(path: Path) -> list[Row]:
    """Read KoBEST HellaSwag: a context and four endings."""
    names = [f"choice{number}" for number in range(1, 5)]
    return [
        {
            "context": text(row, "context"),
            **{f"ending_{at}": text(row, name) for at, name in enumerate(names, start=1)},
            "label": label(path, line, row, "label", {str(n): n for n in range(4)}),
        }
        for line, row in table(path, "\t", ("context", *names, "label"))
    ]


def sentineg(path: Path) -> list[Row]:
    """Read KoBEST SentiNeg: 1 is a good review, 0 a bad one."""
    return [
        {
            "sentence": text(row, "Text"),
            "label": label(path, line, row, "Label", {"0": 0, "1": 1}),
        }
        for line, row in table(path, "\t", ("Text", "Label"))
    ]


def wic(path: Path) -> list[Row]:
    """Read KoBEST WiC; the word asked about stands in [brackets] in both sentences."""
    return [
        {
            "word": text(row, "Target"),
            "context_1": text(row, "SENTENCE1"),
            "context_2": text(row, "SENTENCE2"),
            "label": label(path, line, row, "ANSWER", TRUTH),
        }
        for line, row in table(path, "\t", ("Target", "SENTENCE1", "SENTENCE2", "ANSWER"))
    ]


def klue_nli(path: Path) -> list[Row]:
    """Read KLUE-NLI: a JSON array of {premise, hypothesis, gold_label}."""
    rows = json_array(path)
    return [
        {
            "premise": text(row, "premise"),
            "hypothesis": text(row, "hypothesis"),
            "label": label(path, number, row, "gold_label", INFERENCE),
        }
        for number, row in enumerate(rows, start=1)
    ]


def kornli(path: Path) -> list[Row]:
    """Read KorNLI (XNLI in Korean); quotes in it are letters, not markup."""
    columns = ("sentence1", "sentence2", "gold_label")
    return [
        {
            "premise": text(row, "sentence1"),
            "hypothesis": text(row, "sentence2"),
            "label": label(path, line, row, "gold_label", INFERENCE),
        }
        for line, row in table(path, "\t", columns, quoting=csv.QUOTE_NONE)
    ]


def beep(path: Path) -> list[Row]:
    """Read BEEP!: film news comments, hate in three grades."""
    return [
        {"comments": text(row, "comments"), "label": label(path, line, row, "hate", HATE)}
        for line, row in table(path, "\t", ("comments", "hate"), quoting=csv.QUOTE_NONE)
    ]


def apeach(path: Path) -> list[Row]:
    """Read APEACH: written sentences, hateful (Spoiled) or not (Default)."""
    return [
        {"text": text(row, "text"), "label": label(path, line, row, "class", APEACH)}
        for line, row in table(path, ",", ("text", "class"))
    ]


def sample_choices(path: Path) -> list[Row]:
    """Read the sample world's held-out questions with four answers to choose from."""
    rows = []
    for number, row in tables.rows(path):
        choices, answer = row.get("choices"), row.get("answer")
        known = isinstance(answer, int) and answer in range(4)
        if not isinstance(choices, list) or len(choices) != 4 or not known:
            raise BadRecord(path, number, "needs four choices and an answer from 0 to 3")
        rows.append(
            {
                "question": text(row, "question"),
                "choices": [unicodedata.normalize("NFC", str(choice)) for choice in choices],
                "label": answer,
            }
        )
    return rows


def table(
    path: Path, delimiter: str, columns: tuple[str, ...], *, quoting: Quoting = csv.QUOTE_MINIMAL
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, row) of a table with a header that must hold `columns`.

    Raises:
        BadInput: it is not UTF-8 or lacks a column.
        BadRecord: a row has too few cells.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter=delimiter, quoting=quoting)
        try:
            missing = [name for name in columns if name not in (reader.fieldnames or [])]
            if missing:
                raise BadInput(f"{path}:1: no column {missing[0]!r}. Is it the right file?")
            for row in reader:
                if any(row[name] is None for name in columns):
                    raise BadRecord(path, reader.line_num, "too few cells in this row")
                yield reader.line_num, row
        except UnicodeDecodeError as problem:
            raise BadInput(f"{path}: not UTF-8 at byte {problem.start}. Convert it.") from None


def json_array(path: Path) -> list[Row]:
    """Return the objects of a JSON array."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise BadInput(f"{path}: not JSON: {problem}.") from None
    if not isinstance(found, list):
        raise BadInput(f"{path}: not a JSON array.")
    return found


def text(row: Mapping[str, Any], column: str) -> str:
    """Return a cell as NFC text without outer blanks."""
    return unicodedata.normalize("NFC", str(row[column])).strip()


def label(
    path: Path, line: int, row: Mapping[str, Any], column: str, known: Mapping[str, Any]
) -> Any:
    """Return what the label in `column` stands for, upper and lower case alike.

    Raises:
        BadRecord: it is no label of this set.
    """
    spelled = str(row[column]).strip()
    if spelled.lower() not in known:
        raise BadRecord(path, line, f"{column} is {spelled!r}, not one of {', '.join(known)}")
    return known[spelled.lower()]


Reader: TypeAlias = Callable[[Path], list[Row]]
