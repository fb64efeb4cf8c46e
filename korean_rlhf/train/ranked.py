"""Comparisons as tokens: one row a completion, all completions of a prompt together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from korean_rlhf.ngrams import question_hash
from korean_rlhf.records import Comparison, Drop
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.train.batches import padded_width
from korean_rlhf.train.dropped import Dropped
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


@dataclass(frozen=True, slots=True)
class RankedRows:
    """Some prompts, their completions one below the other."""

    inputs: Tensor
    """(completions, time) int64, padded on the right."""
    lengths: Tensor
    """(completions,) int64."""
    rankings: tuple[Ranking, ...]
    """The prompts."""

    @property
    def ranks(self) -> list[tuple[int, ...]]:
        """Of each prompt."""
        return [ranking.ranks for ranking in self.rankings]


def encode_comparisons(
    records: Sequence[Comparison], chat: ChatTokenizer, context: int, dropped: Dropped
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


def _fitting(record: Comparison, chat: ChatTokenizer, context: int, dropped: Dropped) -> Ranking:
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
    rows = torch.full((len(sequences), width), pad_id)
    for row, sequence in enumerate(sequences):
        rows[row, : len(sequence)] = torch.tensor(sequence)
    return rows, torch.tensor([len(sequence) for sequence in sequences])


def ranked_rows(rankings: Sequence[Ranking], pad_id: int, context: int | None = None) -> RankedRows:
    """Return prompts with all their completions as one batch."""
    completions = [one for ranking in rankings for one in ranking.completions]
    inputs, lengths = right_padded(completions, pad_id, context)
    return RankedRows(inputs, lengths, tuple(rankings))
