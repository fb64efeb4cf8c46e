"""`quality`: texts to learn from and texts to leave out in; a score that tells them apart out."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from korean_rlhf.clean.quality.score import MODEL, QualityScore, buckets, write_score
from korean_rlhf.disk import file_digest
from korean_rlhf.errors import BadInput
from korean_rlhf.ngrams import text_hash
from korean_rlhf.progress import say, track
from korean_rlhf.records import Document
from korean_rlhf.rundir import open_stage, read_manifest
from korean_rlhf.settings.score import ScoreSettings
from korean_rlhf.tables import read

RESAMPLES = 1000
_FEWEST = 5
"""Texts of each set, in each half: fewer say nothing."""
_STEPS = 200


@dataclass(frozen=True, slots=True)
class _Examples:
    """Texts as rows of n-grams, with what each is."""

    rows: sparse.csr_matrix
    """(texts, buckets)"""
    is_good: npt.NDArray[np.bool_]
    """(texts,)"""


def learn_quality(
    good: Path, bad: Path, out: Path, settings: ScoreSettings, *, replace: bool = False
) -> None:
    """Write a score that tells the texts of `good` from those of `bad` into the folder `out`.

    The same texts and settings make the same file, byte for byte.

    Raises:
        BadInput: a set is too small, or both hold the same texts.
    """
    with open_stage(
        out, "quality", settings=settings, inputs=[good, bad], replace=replace
    ) as stage:
        if not stage.finished:
            sets = [drawn(path, settings.documents) for path in (good, bad)]
            both = sets[0].keys() & sets[1].keys()
            texts = [
                {key: text for key, text in found.items() if key not in both} for found in sets
            ]
            learned, held_out = _split(texts, settings)
            _require_enough(learned, held_out, (good, bad))
            score = fit(learned, settings)
            write_score(out, score)
            measured = judge_score(score, held_out)
            dropped = {"held-out": len(held_out.is_good), "in-both-sets": 2 * len(both)}
            counts = {"in": sum(map(len, sets)), "out": len(learned.is_good), "dropped": dropped}
            stage.finish(counts=counts, digest=file_digest(out / MODEL), held_out=measured)
    say(sentence(read_manifest(out)["held_out"]))


def drawn(path: Path, count: int) -> dict[str, str]:
    """Return the texts of the `count` smallest hashes by hash, in order, equal ones once."""
    hashed = ((text_hash(item.text), item.text) for item in read(path, Document, license="-"))
    return dict(heapq.nsmallest(count, hashed))


def _split(sets: Sequence[dict[str, str]], settings: ScoreSettings) -> tuple[_Examples, _Examples]:
    """Return the texts to learn from and those to measure on, chosen by hash."""
    rows: list[npt.NDArray[np.int64]] = []
    is_good: list[bool] = []
    is_held_out: list[bool] = []
    with track(sum(map(len, sets)), "counting", "texts") as advance:
        for texts, label in zip(sets, (True, False), strict=True):
            for key, text in texts.items():
                rows.append(
                    buckets(text, settings.ngram, settings.characters, settings.bucket_bits)
                )
                is_good.append(label)
                # The last digits of the hash: the first ones chose the text.
                is_held_out.append(int(key[-8:], 16) < settings.held_out * 16**8)
                advance()
    matrix, labels = _matrix(rows, settings.bucket_bits), np.asarray(is_good, np.bool_)
    chosen = np.asarray(is_held_out, np.bool_)
    return _Examples(matrix[~chosen], labels[~chosen]), _Examples(matrix[chosen], labels[chosen])


def _matrix(rows: Sequence[npt.NDArray[np.int64]], bits: int) -> sparse.csr_matrix:
    lengths = np.fromiter(map(len, rows), np.int64, len(rows))
    columns = np.concatenate([row.astype(np.int32) for row in rows] or [np.zeros(0, np.int32)])
    values = np.repeat(1.0 / np.sqrt(np.maximum(lengths, 1)), lengths).astype(np.float32)
    bounds = np.concatenate(([0], np.cumsum(lengths)))
    return sparse.csr_matrix((values, columns, bounds), shape=(len(rows), 1 << bits))


def _require_enough(learned: _Examples, held_out: _Examples, paths: tuple[Path, Path]) -> None:
    for path, label in zip(paths, (True, False), strict=True):
        fewest = min(int((part.is_good == label).sum()) for part in (learned, held_out))
        if fewest < _FEWEST:
            raise BadInput(
                f"{path} has too few texts that the other set has not: {_FEWEST} are needed to "
                f"learn from and {_FEWEST} to measure on. Give more."
            )


def fit(examples: _Examples, settings: ScoreSettings) -> QualityScore:
    """Return the weights of least logistic loss; both sets weigh the same, however large.

    Source: Nocedal 1980, L-BFGS, from zero; a convex problem has one solution.
    """
    signs = np.where(examples.is_good, 1.0, -1.0)
    sizes = np.where(examples.is_good, examples.is_good.sum(), (~examples.is_good).sum())
    share = 0.5 / sizes
    rows, transposed = examples.rows, examples.rows.T.tocsr()

    def loss(parameters: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights, bias = parameters[:-1], parameters[-1]
        margins = signs * (rows @ weights + bias)
        pull = -share * signs / (1.0 + np.exp(np.minimum(margins, 700.0)))
        value = share @ np.logaddexp(0.0, -margins) + 0.5 * settings.penalty * (weights @ weights)
        return float(value), np.append(transposed @ pull + settings.penalty * weights, pull.sum())

    start = np.zeros((1 << settings.bucket_bits) + 1)
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    weights = found.x[:-1].astype(np.float32)
    return QualityScore(weights, float(found.x[-1]), settings.ngram, settings.characters)


def judge_score(score: QualityScore, examples: _Examples) -> dict[str, Any]:
    """Return accuracy and area under the curve on texts never learned from, with 95 % intervals.

    accuracy: share on the right side of 0.5. auc: chance that a good text scores higher than a bad
    one. Intervals: percentile bootstrap over texts (Efron 1979), the draws always the same.
    """
    scores = examples.rows @ score.weights.astype(np.float64) + score.bias
    labels = examples.is_good
    random = np.random.default_rng(1)
    draws = [random.integers(0, len(labels), len(labels)) for _ in range(RESAMPLES)]
    result: dict[str, Any] = {"texts": len(labels), "good": int(labels.sum())}
    for name, function in (("accuracy", accuracy), ("auc", area_under_curve)):
        again = [function(scores[draw], labels[draw]) for draw in draws]
        low, high = np.nanquantile(again, (0.025, 0.975))
        value = function(scores, labels)
        result[name] = {"value": value, "low": float(low), "high": float(high)}
    return result


def accuracy(scores: npt.NDArray[np.float64], is_good: npt.NDArray[np.bool_]) -> float:
    """Return the share of texts on the right side of zero."""
    return float(((scores > 0) == is_good).mean())


def area_under_curve(scores: npt.NDArray[np.float64], is_good: npt.NDArray[np.bool_]) -> float:
    """Return the chance that a good text scores higher than a bad one; a tie counts half.

    NaN without one of each. Source: Hanley and McNeil 1982, by the sum of ranks.

    >>> area_under_curve(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.75
    """
    good = int(is_good.sum())
    pairs = good * (len(is_good) - good)
    if not pairs:
        return float("nan")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[is_good].sum() - good * (good + 1) / 2) / pairs)


def sentence(measured: dict[str, Any]) -> str:
    """Return the held-out figures for the user."""
    figures = ", ".join(
        f"{name} {row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
        for name, row in measured.items()
        if isinstance(row, dict)
    )
    return f"quality: on {measured['texts']:,} held-out texts {figures}."
