"""Questions of exams with choices: KMMLU, HAE-RAE Bench and CLIcK."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from korean_rlhf.errors import BadRecord
from korean_rlhf.evaluate.benchmarks.reading import (
    Row,
    files_in,
    label,
    records,
    require,
    table,
    text,
)

KMMLU_COLUMNS = ("question", "answer", "A", "B", "C", "D")
EMPTY = "(빈칸)"
KMMLU_SUBJECTS = tuple(
    """
    Accounting Agricultural-Sciences Aviation-Engineering-and-Maintenance Biology
    Chemical-Engineering Chemistry Civil-Engineering Computer-Science Construction Criminal-Law
    Ecology Economics Education Electrical-Engineering Electronics-Engineering Energy-Management
    Environmental-Science Fashion Food-Processing Gas-Technology-and-Engineering Geomatics
    Health Industrial-Engineer Information-Technology Interior-Architecture-and-Design
    Korean-History Law Machine-Design-and-Manufacturing Management Maritime-Engineering
    Marketing Materials-Engineering Math Mechanical-Engineering Nondestructive-Testing Patent
    Political-Science-and-Sociology Psychology Public-Safety Railway-and-Automotive-Engineering
    Real-Estate Refrigerating-Machinery Social-Welfare Taxation
    Telecommunications-and-Wireless-Technology
    """.split()
)
"""The names of its 45 parts on the hub."""
HAERAE_PARTS = (
    "general_knowledge",
    "history",
    "loan_words",
    "rare_words",
    "reading_comprehension",
    "standard_nomenclature",
)
"""The six tasks of the paper (arXiv:2309.02706); version 1.1 holds more."""
LETTERS = "ABCDE"
HAERAE_LETTERS = ("(A)", "(B)", "(C)", "(D)", "(E)")


def kmmlu(folder: Path) -> list[Row]:
    """Read the test questions of KMMLU: a file SUBJECT-test.csv for each subject."""
    return list(_kmmlu_split(folder, "test"))


def kmmlu_shots(folder: Path) -> list[Row]:
    """Read the development questions of KMMLU, five a subject, which are there for examples."""
    return list(_kmmlu_split(folder, "dev"))


def _kmmlu_split(folder: Path, split: str) -> Iterator[Row]:
    for path in files_in(folder, f"*-{split}.csv"):
        subject = path.stem.removesuffix(f"-{split}")
        for line, row in table(path, ",", KMMLU_COLUMNS):
            yield kmmlu_row(path, line, {**row, "part": subject})


def kmmlu_row(path: Path, line: int, row: Row) -> Row:
    """Return a row of KMMLU; the right answer is numbered from 1.

    An empty choice is written out: nothing has no likelihood. The hub's library also makes nothing
    of a choice that is spelled NA or None.
    """
    require(path, line, row, ("question", "answer"))
    return {
        "subject": str(row["part"]),
        "question": text(row, "question"),
        "choices": [_plain(row[letter] or "") or EMPTY for letter in "ABCD"],
        "label": label(path, line, row, "answer", {str(at + 1): at for at in range(4)}),
    }


def haerae(folder: Path) -> list[Row]:
    """Read HAE-RAE Bench: a table or JSON file for each part, with the columns query and answer.

    The name of a file begins with that of its part. Files of other parts of version 1.1 are not
    the benchmark of the paper and are passed over.
    """
    rows = []
    for part in HAERAE_PARTS:
        (path, *more) = files_in(folder, f"{part}*.*")
        if more:
            raise BadRecord(more[0], 1, f"there is {path.name} too: keep one file for {part}")
        for line, row in records(path, ("query", "answer")):
            rows.append(haerae_row(path, line, {**row, "part": part}))
    return rows


def haerae_row(path: Path, line: int, row: Row) -> Row:
    """Return a row of HAE-RAE Bench; the query holds the choices, the answer is (A) to (E)."""
    require(path, line, row, ("query", "answer"))
    known = {letter.lower(): at for at, letter in enumerate(HAERAE_LETTERS)}
    return {
        "part": str(row["part"]),
        "query": text(row, "query"),
        "label": label(path, line, row, "answer", known),
    }


def click(folder: Path) -> list[Row]:
    """Read CLIcK: JSON arrays of {id, paragraph, question, choices, answer}.

    Some of its files hold the last three in a list `problems`, as several may share a paragraph.
    """
    return [row for path in files_in(folder, "*.json") for row in _click_file(path)]


def _click_file(path: Path) -> Iterator[Row]:
    for line, exam in records(path, ("id",)):
        problems = exam.get("problems", [exam])
        if not isinstance(problems, list):
            raise BadRecord(path, line, "problems is no list")
        for problem in problems:
            require(path, line, problem, ("question", "choices", "answer"))
            paragraph = exam.get("paragraph")
            yield click_row(path, line, {**problem, "id": exam["id"], "paragraph": paragraph})


def click_row(path: Path, line: int, row: Row) -> Row:
    """Return a row of CLIcK with all its choices; the answer repeats one of them.

    Answers and choices differ in blanks here and there, so they are compared without.
    """
    require(path, line, row, ("id", "question", "choices", "answer"))
    choices = [_plain(choice) for choice in row["choices"]]
    bare = ["".join(choice.split()) for choice in choices]
    answer = "".join(_plain(row["answer"]).split())
    if not 2 <= len(choices) <= len(LETTERS):
        raise BadRecord(path, line, f"{row['id']}: {len(choices)} choices, not 2 to 5")
    if answer not in bare:
        raise BadRecord(path, line, f"{row['id']}: the answer {row['answer']!r} is no choice")
    paragraph = _plain(row.get("paragraph") or "")
    return {
        "passage": hashlib.sha256((paragraph or str(row["id"])).encode()).hexdigest()[:16],
        "paragraph": paragraph,
        "question": text(row, "question"),
        "choices": choices,
        "label": bare.index(answer),
    }


def _plain(value: Any) -> str:
    return unicodedata.normalize("NFC", str(value)).strip()
