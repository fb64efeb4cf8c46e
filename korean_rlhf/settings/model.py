"""Settings of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from korean_rlhf.errors import SettingsError

MULTIPLE = 64
"""A derived feed-forward width is rounded up to a multiple of this, which matrix kernels like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Shape of a GPT; the defaults are Llama's, so that every program opens the checkpoint."""

    layers: int = 6
    """Decoder layers that a token passes through."""

    hidden_size: int = 256
    """Width of the residual stream."""

    heads: int = 4
    """Attention heads; divides hidden_size."""

    key_value_heads: int | None = None
    """Heads of keys and values (grouped-query attention); divides heads. None: as many as heads."""

    feed_forward_size: int | None = None
    """Width inside the feed-forward block. None: 8/3 of hidden_size for swiglu, else 4 times."""

    context: int = 512
    """Longest sequence in tokens."""

    position: Literal["rope", "learned"] = "rope"
    """Rotary positions as in Llama and RoFormer, or a learned table as in GPT-2."""

    norm: Literal["rms", "layer"] = "rms"
    """RMSNorm as in Llama, or LayerNorm as in GPT-2."""

    activation: Literal["swiglu", "gelu", "silu", "relu2"] = "swiglu"
    """Of the feed-forward block; swiglu is gated, relu2 is the square of ReLU."""

    query_key_norm: bool = False
    """RMSNorm on the queries and keys of each head, as in Qwen3."""

    distinct_layers: int | None = None
    """Layers with weights of their own, used round and round; 1 is ALBERT. None: all layers."""

    embedding_size: int | None = None
    """Width of a factorised embedding as in ALBERT. None: hidden_size, not factorised."""

    tied_embeddings: bool = True
    """The output layer uses the weights of the token embedding."""

    biases: bool = False
    """Biases in the linear layers, as in GPT-2."""

    rope_theta: float = 10_000.0
    """Base of the rotary frequencies."""

    def __post_init__(self) -> None:
        _require_positive(self)
        if self.hidden_size % self.heads:
            raise SettingsError(
                f"hidden_size ({self.hidden_size}) must be a multiple of heads ({self.heads})."
            )
        if self.position == "rope" and (self.hidden_size // self.heads) % 2:
            raise SettingsError(
                f"hidden_size / heads ({self.hidden_size // self.heads}) must be even for "
                "position = 'rope'."
            )
        if self.heads % (self.key_value_heads or self.heads):
            raise SettingsError(
                f"heads ({self.heads}) must be a multiple of key_value_heads "
                f"({self.key_value_heads})."
            )
        if self.layers % (self.distinct_layers or self.layers):
            raise SettingsError(
                f"layers ({self.layers}) must be a multiple of distinct_layers "
                f"({self.distinct_layers})."
            )

    @property
    def feed_forward(self) -> int:
        """Width inside the feed-forward block, derived when it was not set."""
        if self.feed_forward_size is not None:
            return self.feed_forward_size
        wanted = self.hidden_size * (8 if self.activation == "swiglu" else 12) / 3
        return -int(-wanted // MULTIPLE) * MULTIPLE


def _require_positive(settings: ModelSettings) -> None:
    numbers = (
        "layers",
        "hidden_size",
        "heads",
        "key_value_heads",
        "feed_forward_size",
        "context",
        "distinct_layers",
        "embedding_size",
        "rope_theta",
    )
    for name in numbers:
        value = getattr(settings, name)
        if value is not None and value <= 0:
            raise SettingsError(f"{name} must be above 0, got {value}.")
