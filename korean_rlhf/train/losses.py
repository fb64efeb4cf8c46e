"""The losses of every stage, each as a sum, so that the caller divides by one global count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import torch
from torch import Tensor
from torch.nn import functional as F

IGNORE = -100
"""Target of a position that is not learned: padding, and the prompt in SFT."""

LOG_RATIO_LIMIT = 20.0
"""Log-ratios are held within this many nats, so that their exponential stays finite."""


def next_token_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the summed cross-entropy in nats over the learned targets.

    Args:
        logits: (batch, time, vocabulary), any floating type; the sum is taken in float32.
        targets: (batch, time) int64, `IGNORE` where nothing is learned.
    """
    return F.cross_entropy(
        logits.flatten(0, 1).float(), targets.flatten(), ignore_index=IGNORE, reduction="sum"
    )


def ranked_pairs(ranks: Sequence[int]) -> list[tuple[int, int]]:
    """Return (better, worse) for every pair of different ranks; 1 is the best rank.

    >>> ranked_pairs([2, 1, 2])
    [(1, 0), (1, 2)]
    """
    pairs = combinations(range(len(ranks)), 2)
    return [(a, b) if ranks[a] < ranks[b] else (b, a) for a, b in pairs if ranks[a] != ranks[b]]


def comparison_loss(scores: Tensor, ranks: Sequence[Sequence[int]]) -> Tensor:
    """Return the K-wise ranking loss, summed over prompts.

    A prompt with K ranked responses contributes -1/C(K,2) of the summed log sigmoid(better - worse)
    over all pairs that are not ties: a prompt is one element however many responses it has.

    Args:
        scores: (responses of all prompts,) one score each, in the order of `ranks`.
        ranks: The ranks of each prompt's responses.

    Source: InstructGPT, arXiv:2203.02155, equation 1 and appendix C.2.
    """
    better, worse, weights, start = [], [], [], 0
    for of_prompt in ranks:
        for winner, loser in ranked_pairs(of_prompt):
            better.append(start + winner)
            worse.append(start + loser)
            weights.append(1.0 / comb(len(of_prompt), 2))
        start += len(of_prompt)
    scores = scores.float()
    margins = scores[torch.tensor(better, device=scores.device, dtype=torch.long)]
    margins = margins - scores[torch.tensor(worse, device=scores.device, dtype=torch.long)]
    return -(F.logsigmoid(margins) * torch.tensor(weights, device=scores.device)).sum()


def token_log_probabilities(logits: Tensor, tokens: Tensor, temperature: float) -> Tensor:
    """Return the log-probability of each sampled token under the tempered distribution.

    The sampler, the old, the new and the reference policy must all divide by the same temperature.

    Args:
        logits: (batch, time, vocabulary), the logits that predict `tokens`.
        tokens: (batch, time) int64.
        temperature: Divides the logits.
    """
    logits = logits.float() / temperature
    chosen = logits.gather(-1, tokens.unsqueeze(-1)).squeeze(-1)
    return chosen - logits.logsumexp(-1)


@dataclass(frozen=True, slots=True)
class PolicyLoss:
    """The clipped policy objective of some tokens, with what is worth watching."""

    total: Tensor
    """Summed over the masked tokens; the only member with a gradient."""

    ratio_sum: float
    ratio_max: float
    clipped: int
    """Tokens whose gradient the clip removed."""


def policy_loss(
    new: Tensor, old: Tensor, advantages: Tensor, mask: Tensor, *, clip: float
) -> PolicyLoss:
    """Return PPO's clipped surrogate, summed over the tokens of `mask`.

    All arguments are (batch, time): log-probabilities now and at the rollout, advantages, and a
    boolean mask of real response tokens.

    Source: Schulman et al. 2017, arXiv:1707.06347, equation 7.
    """
    log_ratio = ((new - old) * mask).clamp(-LOG_RATIO_LIMIT, LOG_RATIO_LIMIT)
    ratio = log_ratio.exp()
    free = -advantages * ratio
    held = -advantages * ratio.clamp(1.0 - clip, 1.0 + clip)
    with torch.no_grad():
        seen = ratio[mask]
        ratio_max = float(seen.max()) if len(seen) else 1.0
    return PolicyLoss(
        total=(torch.maximum(free, held) * mask).sum(),
        ratio_sum=float(seen.sum()),
        ratio_max=ratio_max,
        clipped=int(((held > free) & mask).sum()),
    )


def value_loss(new: Tensor, old: Tensor, returns: Tensor, mask: Tensor, *, clip: float) -> Tensor:
    """Return half the clipped squared error of the values, summed over the tokens of `mask`.

    A value may move at most `clip` from its value at the rollout before its gradient stops.
    All arguments are (batch, time).

    Source: Huang et al. 2024, arXiv:2403.17031, detail "value clipping"; factor 1/2 as there.
    """
    held = torch.clamp(new, old - clip, old + clip)
    error = torch.maximum((new - returns) ** 2, (held - returns) ** 2)
    return 0.5 * (error * mask).sum()


@torch.no_grad()
def token_entropy(logits: Tensor, temperature: float) -> Tensor:
    """Return (batch, time) entropies, in nats, of (batch, time, vocabulary) tempered logits."""
    logs = (logits.float() / temperature).log_softmax(-1)
    return -(logs.exp() * logs).sum(-1)
