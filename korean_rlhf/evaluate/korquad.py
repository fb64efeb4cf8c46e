"""KorQuAD 1.0: its rows, how its answers are scored, and a test of faithfulness made of it."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from korean_rlhf.errors import BadInput
from korean_rlhf.evaluate import textscores
from korean_rlhf.evaluate.benchmarks.reading import Row, require

SCORES: dict[str, textscores.Score] = {
    "char_f1": textscores.character_f1,
    "exact_match": textscores.exact_match,
    "char_f1_plain": textscores.plain_character_f1,
    "exact_match_plain": textscores.plain_exact_match,
    "eojeol_f1": textscores.eojeol_f1,
    "morpheme_f1": textscores.morpheme_f1,
    "chrf": textscores.chrf,
}
"""The first two as KorQuAD's own script computes them."""
UNKNOWN = "알 수 없음"
SEED = 20180730
"""Of the swaps: the same passages for everyone."""
TRIES = 50
"""Passages drawn for a question before every one is looked at."""


def korquad(path: Path) -> list[Row]:
    """Read KorQuAD 1.0 (SQuAD's layout), one row a question, as `KorQuAD/squad_kor_v1` names them.

    Raises:
        BadInput: it is not in this layout.
        BadRecord: a question lacks something.
    """
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        found = list(_questions(articles))
    except ValueError as problem:
        raise BadInput(f"{path}: not JSON: {problem}.") from None
    except (KeyError, TypeError) as problem:
        raise BadInput(f"{path}: not in the layout of KorQuAD 1.0: no {problem}.") from None
    return [korquad_row(path, number, row) for number, row in enumerate(found, start=1)]


def korquad_row(name: Path, number: int, row: Mapping[str, Any]) -> Row:
    """Return a row of the hub's copy as the reader of the file gives it.

    Raises:
        BadRecord: it lacks a column.
    """
    require(name, number, row, ("id", "title", "context", "question", "answers"))
    texts = {column: _tidy(row[column]) for column in ("id", "title", "context", "question")}
    answers = [_tidy(answer) for answer in row["answers"]["text"]]
    return {**texts, "answers": {"text": list(dict.fromkeys(answers))}}


def scores(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Return every score of one answer, the best over its references: a `process_results`."""
    answer, references = results[0].strip(), list(doc["answers"]["text"])
    return {name: textscores.best(score, answer, references) for name, score in SCORES.items()}


def faithfulness(path: Path) -> list[Row]:
    """Read two rows a question of KorQuAD: one with its passage and one with a swapped one.

    The swapped passage is another article's and holds none of the answers, so that 알 수 없음 is
    right ("label" 1); with the own passage the answer is ("label" 0). Both rows have their question
    in "pair". The draw depends on nothing but the file.

    Raises:
        BadInput: no other article's passage lacks an answer.
    """
    questions = korquad(path)
    passages = list(dict.fromkeys((row["title"], row["context"]) for row in questions))
    generator = random.Random(SEED)
    rows = []
    for row in questions:
        swapped = _other_passage(row, passages, generator)
        if swapped is None:
            raise BadInput(f"{path}: no other article's passage lacks the answer of {row['id']}.")
        rows += [_asked(row, row["context"], 0), _asked(row, swapped, 1)]
    return rows


def faithfulness_scores(
    doc: Mapping[str, Any], results: Sequence[tuple[float, bool]]
) -> dict[str, Any]:
    """Return what one row contributes to the metrics of faithfulness: a `process_results`.

    Compared are the log-likelihoods of the whole answer and of 알 수 없음, per character, because
    answers differ in length.
    """
    (known, _), (unknown, _) = results
    declines = unknown / len(UNKNOWN) > known / len(doc["answer"])
    right, label = float(declines == bool(doc["label"])), int(doc["label"])
    return {
        "balanced_acc": (label, int(declines)),
        "acc": right,
        "answers_own": (right * (1 - label), 1.0 - label),
        "declines_swapped": (right * label, float(label)),
    }


def _questions(articles: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    for article in articles:
        for passage in article["paragraphs"]:
            for asked in passage["qas"]:
                yield {
                    "id": asked["id"],
                    "title": article["title"],
                    "context": passage["context"],
                    "question": asked["question"],
                    "answers": {"text": [answer["text"] for answer in asked["answers"]]},
                }


def _asked(row: Row, passage: str, label: int) -> Row:
    return {
        "pair": row["id"],
        "title": row["title"],
        "context": passage,
        "question": row["question"],
        "answer": row["answers"]["text"][0],
        "label": label,
    }


def _other_passage(
    row: Row, passages: Sequence[tuple[str, str]], generator: random.Random
) -> str | None:
    """Return a passage of another article without the answers of `row`, None if there is none."""
    drawn = [generator.choice(passages) for _ in range(TRIES)]
    for title, passage in [*drawn, *passages]:
        if title != row["title"] and not _holds(passage, row["answers"]["text"]):
            return passage
    return None


def _holds(passage: str, answers: Sequence[str]) -> bool:
    """Whether the passage holds an answer, spacing ignored."""
    packed = passage.replace(" ", "")
    return any(answer.replace(" ", "") in packed for answer in answers)


def _tidy(text: str) -> str:
    """Return NFC with single blanks, ends stripped; line breaks stay."""
    lines = unicodedata.normalize("NFC", text).strip().split("\n")
    return "\n".join(" ".join(line.split()) for line in lines)
