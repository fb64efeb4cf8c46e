"""Several continuations of one prompt in one row, so that the prompt is read once.

A row is `prompt + answer + answer + ...`. Positions begin again at the prompt's end for each
answer, and a mask lets an answer see the prompt and itself only, so that every token has the same
hidden state as in a row that holds its answer alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

PADDING = -1
"""Owner of a token that belongs to nothing."""


@dataclass(frozen=True, slots=True)
class BranchedRow:
    """One row as lists, without padding."""

    tokens: list[int]
    positions: list[int]
    """Place of each token in its own sequence."""
    owners: list[int]
    """0 for the prompt, 1, 2, ... for the answers."""
    ends: list[int]
    """Place in the row of each answer's last token."""


def shared_length(sequences: Sequence[Sequence[int]]) -> int:
    """Return how many tokens all sequences begin with; each keeps at least one of its own.

    >>> shared_length([[5, 6, 7], [5, 6, 8, 9]])
    2
    """
    most = min(map(len, sequences)) - 1
    first = sequences[0]
    for place in range(most):
        if any(sequence[place] != first[place] for sequence in sequences):
            return place
    return most


def row_groups(prompt: int, answers: Sequence[int], hidden_size: int) -> list[list[int]]:
    """Return which answers stand in which row, so that the decoder computes least.

    One row reads the prompt once, but its attention grows with the square of its length: long
    answers to a short prompt are cheaper apart.

    Args:
        prompt: Tokens of the prompt.
        answers: Tokens of each answer.
        hidden_size: Width of the decoder.
    """
    choices = (_even_groups(answers, rows) for rows in range(1, len(answers) + 1))
    return min(choices, key=lambda groups: _cost(prompt, answers, groups, hidden_size))


def _even_groups(answers: Sequence[int], rows: int) -> list[list[int]]:
    """Return the answers in that many rows of nearly equal length: the longest are placed first."""
    groups: list[list[int]] = [[] for _ in range(rows)]
    lengths = [0] * rows
    for place in sorted(range(len(answers)), key=lambda place: -answers[place]):
        row = lengths.index(min(lengths))
        groups[row].append(place)
        lengths[row] += answers[place]
    return [sorted(group) for group in groups]


def _cost(
    prompt: int, answers: Sequence[int], groups: Sequence[Sequence[int]], hidden_size: int
) -> float:
    """Return the work of these rows, in tokens without attention.

    A layer takes about 24 h^2 operations a token for its matrices and 4 h for each token that it
    attends to (h = hidden_size), masked or not: attention over 6 h tokens costs as much again.

    Source: Kaplan et al. 2020, arXiv:2001.08361, table 1.
    """
    lengths = [prompt + sum(answers[place] for place in group) for group in groups]
    return sum(length * (1.0 + length / (6.0 * hidden_size)) for length in lengths)


def branched_row(sequences: Sequence[Sequence[int]], shared: int) -> BranchedRow:
    """Return one row of sequences that have their first `shared` tokens in common."""
    row = BranchedRow(list(sequences[0][:shared]), list(range(shared)), [0] * shared, [])
    for owner, sequence in enumerate(sequences, start=1):
        row.tokens.extend(sequence[shared:])
        row.positions.extend(range(shared, len(sequence)))
        row.owners.extend([owner] * (len(sequence) - shared))
        row.ends.append(len(row.tokens) - 1)
    return row


def branch_mask(owners: Tensor) -> Tensor:
    """Return (batch, 1, time, time) bool, true where a token sees another, as SDPA takes it.

    Padding stands at the end of a row; it sees what is before it and nothing sees it.

    Args:
        owners: (batch, time) int64: 0 for the prompt, 1, 2, ... for the answers, PADDING.
    """
    time = owners.shape[1]
    causal = torch.ones(time, time, dtype=torch.bool, device=owners.device).tril()
    seen = (owners[:, None, :] == 0) | (owners[:, None, :] == owners[:, :, None])
    return (seen & causal)[:, None]
