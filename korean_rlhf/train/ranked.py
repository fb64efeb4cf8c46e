"""Comparisons as tokens: all completions of a prompt together, sharing rows where they can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from korean_rlhf.model.branches import (
    PADDING,
    BranchedRow,
    branch_mask,
    branched_row,
    row_groups,
    shared_length,
)
from korean_rlhf.ngrams import question_hash
from korean_rlhf.records import Comparison, Drop
from korean_rlhf.tables import DroppedRecords
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.train.batches import padded_width
from korean_rlhf.train.examples import encode_response, longer_than
from korean_rlhf.train.losses import ranked_pairs


@dataclass(frozen=True, slots=True)
class Ranking:
    """One prompt with its ranked completions, each as the tokens of the whole dialogue."""

    completions: tuple[Sequence[int], ...]
    ranks: tuple[int, ...]
    question: str = ""
    """Hash of the first question: comparisons of one question are not independent."""
    judged: tuple[float, ...] = ()
    """The judge's score of each completion, where there is one."""

    @property
    def longest(self) -> int:
        """Tokens of the longest completion."""
        return max(map(len, self.completions))

    @property
    def shared(self) -> int:
        """Tokens that all completions begin with: the prompt, and like beginnings of answers."""
        return shared_length(self.completions)


@dataclass(frozen=True, slots=True)
class Packing:
    """How completions become rows."""

    pad_id: int
    context: int | None = None
    """Tokens that the model reads; None: rows are rounded up without a limit."""
    hidden_size: int | None = None
    """Width of the decoder; None: it cannot share prompts, each completion is a row of its own."""


@dataclass(frozen=True, slots=True)
class RankedRows:
    """Some prompts with all their completions, as rows for one forward pass."""

    inputs: Tensor
    """(rows, time) int64, padded on the right."""
    ends: Tensor
    """(completions,) int64: where each one's last token is in the flattened inputs."""
    positions: Tensor | None
    """(rows, time) int64; None where every row holds one completion."""
    owners: Tensor | None
    """(rows, time) int64, as `branch_mask` takes it; None where every row holds one completion."""
    rankings: tuple[Ranking, ...]
    """The prompts."""

    @property
    def ranks(self) -> list[tuple[int, ...]]:
        """Of each prompt."""
        return [ranking.ranks for ranking in self.rankings]

    def mask(self) -> Tensor | None:
        """Return (rows, 1, time, time) bool for the decoder; None where plain causality does."""
        return None if self.owners is None else branch_mask(self.owners)

    def to(self, device: str) -> RankedRows:
        """Return the rows on `device`."""
        return RankedRows(
            inputs=self.inputs.to(device),
            ends=self.ends.to(device),
            positions=None if self.positions is None else self.positions.to(device),
            owners=None if self.owners is None else self.owners.to(device),
            rankings=self.rankings,
        )


def encode_comparisons(
    records: Sequence[Comparison], chat: ChatTokenizer, context: int, dropped: DroppedRecords
) -> tuple[list[Comparison], list[Ranking]]:
    """Return the comparisons that still rank two responses, and their tokens.

    A response longer than the context is left out whole, with its reason: one cut short would be
    judged for an end that people never saw.
    """
    kept, rankings = [], []
    for record in records:
        ranking = _fitting(record, chat, context, dropped)
        if len(ranking.completions) < 2:
            dropped(record, Drop("fewer-than-two-responses"))
        elif not ranked_pairs(ranking.ranks):
            dropped(record, Drop("all-tied"))
        else:
            kept.append(record)
            rankings.append(ranking)
    return kept, rankings


def _fitting(
    record: Comparison, chat: ChatTokenizer, context: int, dropped: DroppedRecords
) -> Ranking:
    completions, ranks = [], []
    judged: list[float] = []
    for place, (response, rank) in enumerate(zip(record.responses, record.ranks, strict=True)):
        tokens = encode_response(chat, record.messages, response)
        if len(tokens) <= context:
            completions.append(tokens)
            ranks.append(rank)
            judged += record.scores[place : place + 1]
            continue
        too_long = longer_than(context, len(tokens))
        reason = f"response-{too_long.reason}"
        dropped(record, Drop(reason, f"response {place + 1}: {too_long.detail}"))
    question = question_hash(record.messages)
    return Ranking(tuple(completions), tuple(ranks), question, tuple(judged))


def right_padded(
    sequences: Sequence[Sequence[int]], pad_id: int, context: int | None = None
) -> tuple[Tensor, Tensor]:
    """Return (rows, time) int64 padded on the right, at most to `context`, and (rows,) lengths."""
    width = padded_width(max(map(len, sequences)), context)
    rows = _filled(sequences, width, pad_id)
    return rows, torch.tensor([len(sequence) for sequence in sequences])


def row_lengths(ranking: Ranking, packing: Packing) -> list[int]:
    """Return the tokens of each row that a prompt with its completions becomes."""
    shared, completions = ranking.shared, ranking.completions
    return [
        shared + sum(len(completions[place]) - shared for place in places)
        for places in _groups(ranking, packing)
    ]


def ranked_rows(rankings: Sequence[Ranking], packing: Packing) -> RankedRows:
    """Return prompts with all their completions as one batch."""
    rows: list[BranchedRow] = []
    order: list[int] = []  # completions as the rows hold them
    for ranking in rankings:
        start = len(order)
        for places in _groups(ranking, packing):
            order += [start + place for place in places]
            rows.append(branched_row([ranking.completions[p] for p in places], ranking.shared))
    alone = len(rows) == len(order)
    longest = max(len(row.tokens) for row in rows)
    width = padded_width(longest, packing.context if alone else None)
    ends = torch.empty(len(order), dtype=torch.long)
    ends[order] = torch.tensor(
        [number * width + end for number, row in enumerate(rows) for end in row.ends]
    )
    return RankedRows(
        inputs=_filled([row.tokens for row in rows], width, packing.pad_id),
        ends=ends,
        positions=None if alone else _filled([row.positions for row in rows], width, 0),
        owners=None if alone else _filled([row.owners for row in rows], width, PADDING),
        rankings=tuple(rankings),
    )


def _groups(ranking: Ranking, packing: Packing) -> list[list[int]]:
    if packing.hidden_size is None:
        return [[place] for place in range(len(ranking.completions))]
    own = [len(completion) - ranking.shared for completion in ranking.completions]
    return row_groups(ranking.shared, own, packing.hidden_size)


def _filled(rows: Sequence[Sequence[int]], width: int, rest: int) -> Tensor:
    """Return (rows, width) int64 with `rest` after the end of each row."""
    filled = torch.full((len(rows), width), rest)
    for number, row in enumerate(rows):
        filled[number, : len(row)] = torch.tensor(row)
    return filled
