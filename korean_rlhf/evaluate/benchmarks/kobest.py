"""KoBEST: five sets written and checked by Korean linguists."""

from __future__ import annotations

from pathlib import Path

from korean_rlhf.evaluate.benchmarks.reading import Row, label, table, text

TRUTH = {"true": 1, "false": 0}


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
