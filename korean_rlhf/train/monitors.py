"""What to watch while PPO runs."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from korean_rlhf.settings.ppo import PPOSettings
from korean_rlhf.train.advantage import explained_variance
from korean_rlhf.train.answers import Answers
from korean_rlhf.train.experience import Experience, Judged
from korean_rlhf.train.losses import PolicyLoss


def answer_metrics(
    parts: Sequence[Answers],
    judged: Sequence[Judged],
    finals: Sequence[Tensor],
    settings: PPOSettings,
) -> dict[str, float]:
    """Return means over answers: scores, KL in nats an answer, length, and signs of collapse."""
    score, final = torch.cat([seen.scores for seen in judged]), torch.cat(list(finals))
    kl = torch.cat([seen.kl for seen in judged])
    lengths = torch.cat([answers.lengths for answers in parts])
    tokens = float(lengths.sum())
    mean_kl, mean_final = float(kl.mean()), float(final.mean())
    return {
        "score": float(score.mean()),
        "score_deviation": float(score.std(unbiased=False)),
        "final_score": mean_final,
        "kl": mean_kl,
        "objective": mean_final - settings.kl_coefficient * mean_kl,
        "entropy": sum(float(seen.entropy.sum()) for seen in judged) / tokens,
        "length": float(lengths.float().mean()),
        "end_rate": float(torch.cat([answers.ended for answers in parts]).float().mean()),
        "distinct_answers": distinct_share(parts),
    }


def distinct_share(parts: Sequence[Answers]) -> float:
    """Return the share of answers that no other equals; near 0 when a policy has collapsed."""
    texts = [
        tuple(response[:length])
        for answers in parts
        for response, length in zip(
            answers.responses.tolist(), answers.lengths.tolist(), strict=True
        )
    ]
    return len(set(texts)) / max(len(texts), 1)


def value_metrics(experience: Sequence[Experience]) -> dict[str, float]:
    """Return how much of the returns' variance the values explain."""
    values, returns, masks = (
        torch.cat([tensor.flatten() for tensor in tensors])
        for tensors in (
            [one.values for one in experience],
            [one.returns for one in experience],
            [one.value_mask for one in experience],
        )
    )
    return {"explained_variance": explained_variance(values, returns, masks)}


class Watch:
    """Adds up what the optimiser steps of one update did."""

    def __init__(self) -> None:
        self.ratio_sum, self.ratio_max, self.clipped, self.tokens = 0.0, 0.0, 0, 0
        self.first_ratio = 0.0
        self._steps: dict[str, list[float]] = {}

    def ratios(self, loss: PolicyLoss, tokens: int) -> None:
        """Take the probability ratios of one part."""
        if not self.tokens:
            # 1 but for rounding: the policy has not moved yet, and old and new come from one pass.
            self.first_ratio = loss.ratio_max
        self.ratio_sum += loss.ratio_sum
        self.ratio_max = max(self.ratio_max, loss.ratio_max)
        self.clipped += loss.clipped
        self.tokens += tokens

    def policy(self, step: tuple[float, float, float]) -> None:
        """Take what an optimiser step of the policy returned."""
        self._note("policy", step)

    def values(self, step: tuple[float, float, float]) -> None:
        """Take what an optimiser step of the value network returned."""
        self._note("value", step)

    def _note(self, name: str, step: tuple[float, float, float]) -> None:
        self._steps.setdefault(f"{name}_loss", []).append(step[0])
        self._steps.setdefault(f"{name}_gradient_norm", []).append(step[1])

    def summary(self) -> dict[str, float]:
        """Return means over tokens, and over optimiser steps."""
        means = {name: sum(values) / len(values) for name, values in self._steps.items()}
        if not self.tokens:  # the policy has not learned yet
            return means
        return {
            "ratio_mean": self.ratio_sum / self.tokens,
            "ratio_max": self.ratio_max,
            "first_ratio_max": self.first_ratio,
            "clip_fraction": self.clipped / self.tokens,
            **means,
        }
