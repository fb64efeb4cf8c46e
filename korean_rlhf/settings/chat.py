"""Settings of the chat in the terminal."""

from __future__ import annotations

from dataclasses import dataclass

from korean_rlhf.settings.sample import require_sampling


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """How answers are written, and what the model is told first."""

    temperature: float = 0.7
    """Divides the logits; 0 takes the most probable token."""

    top_p: float = 0.95
    """Sample from the fewest tokens that hold this share of the probability."""

    max_new_tokens: int = 256
    """Longest answer in tokens; at most half of the model's context."""

    system: str = ""
    """What the model is told before the dialogue; nothing when empty."""

    seed: int | None = None
    """The same seed and words give the same answers. None: other answers each time."""

    def __post_init__(self) -> None:
        require_sampling(self.temperature, self.top_p, self.max_new_tokens)
