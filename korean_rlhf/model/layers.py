"""The parts of a decoder layer: attention, feed-forward, norms and rotary positions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from korean_rlhf.model.config import KoGPTConfig

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "swiglu": F.silu,
    "silu": F.silu,
    "gelu": lambda hidden: F.gelu(hidden, approximate="tanh"),  # GPT-2's "gelu_new"
    "relu2": lambda hidden: F.relu(hidden).square(),
}


WRITTEN_OUT_MOST = 320
"""Tokens of a row; longer ones would take time x time numbers a head out of the memory."""


class OutputLinear(nn.Linear):
    """A linear layer that writes to the residual stream, and so starts smaller."""


class FeedForward(nn.Module):
    """The feed-forward block, gated for swiglu."""

    def __init__(self, config: KoGPTConfig) -> None:
        super().__init__()
        hidden, inner, bias = config.hidden_size, config.intermediate_size, config.biases
        if config.activation == "swiglu":
            self.gate_proj = nn.Linear(hidden, inner, bias=bias)
        self.up_proj = nn.Linear(hidden, inner, bias=bias)
        self.down_proj = OutputLinear(inner, hidden, bias=bias)
        self.gated = config.activation == "swiglu"
        self.activate = ACTIVATIONS[config.activation]

    def forward(self, hidden: Tensor) -> Tensor:
        """Return (batch, time, hidden_size) from the same shape."""
        if self.gated:
            inner = self.activate(self.gate_proj(hidden)) * self.up_proj(hidden)
        else:
            inner = self.activate(self.up_proj(hidden))
        output: Tensor = self.down_proj(inner)
        return output


class Attention(nn.Module):
    """Causal self-attention with grouped keys and values."""

    is_causal = True

    def __init__(self, config: KoGPTConfig) -> None:
        super().__init__()
        self.config = config
        self.head_dim = config.head_dim
        self.scaling = self.head_dim**-0.5
        self.num_key_value_groups = config.num_attention_heads // config.num_key_value_heads
        inner = config.num_key_value_heads * self.head_dim
        self.q_proj = nn.Linear(config.hidden_size, config.hidden_size, bias=config.biases)
        self.k_proj = nn.Linear(config.hidden_size, inner, bias=config.biases)
        self.v_proj = nn.Linear(config.hidden_size, inner, bias=config.biases)
        self.o_proj = OutputLinear(config.hidden_size, config.hidden_size, bias=config.biases)
        if config.query_key_norm:
            self.q_norm = nn.RMSNorm(self.head_dim, eps=config.norm_eps)
            self.k_norm = nn.RMSNorm(self.head_dim, eps=config.norm_eps)

    def forward(
        self,
        hidden: Tensor,
        rotation: tuple[Tensor, Tensor] | None,
        mask: Any,
        cache: Any,
        index: int,
        **options: Any,
    ) -> Tensor:
        """Return (batch, time, hidden_size); `index` is the layer's place in the cache."""
        heads = (*hidden.shape[:-1], -1, self.head_dim)
        query, key = self.q_proj(hidden).view(heads), self.k_proj(hidden).view(heads)
        value = self.v_proj(hidden).view(heads).transpose(1, 2)
        if self.config.query_key_norm:
            query, key = _normed(self.q_norm, query), _normed(self.k_norm, key)
        query, key = query.transpose(1, 2), key.transpose(1, 2)
        if rotation is not None:
            query, key = rotate(query, rotation), rotate(key, rotation)
        if cache is not None:
            key, value = cache.update(key, value, index)
        mixed, _ = self._kernel(hidden, mask, cache)(
            self, query, key, value, mask, dropout=0.0, scaling=self.scaling, **options
        )
        output: Tensor = self.o_proj(mixed.reshape(hidden.shape))
        return output

    def _kernel(self, hidden: Tensor, mask: Any, cache: Any) -> Callable[..., Any]:
        """Return the function that mixes values: the one of the config but for short rows."""
        plain = mask is None and cache is None and self.num_key_value_groups == 1
        short = hidden.shape[1] <= WRITTEN_OUT_MOST and hidden.device.type == "cpu"
        if plain and short:
            return written_out_attention
        return ALL_ATTENTION_FUNCTIONS.get_interface(
            self.config._attn_implementation, sdpa_attention_forward
        )


def written_out_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: None,
    *,
    dropout: float,
    scaling: float,
    **options: Any,
) -> tuple[Tensor, None]:
    """Return causal attention, (batch, time, heads, head_dim), as plain matrix products.

    What SDPA computes, but its backward pass on a CPU is slow for short rows: a training step of 8
    rows of 256 tokens takes 0.88 of the time this way, one of 32 rows of 64 tokens 0.87.
    """
    batch, heads, time, size = query.shape
    ahead = query.new_full((time, time), float("-inf")).triu(1)
    flat = (batch * heads, time, size)
    scores = torch.baddbmm(
        ahead.expand(batch * heads, time, time),
        query.reshape(flat),
        key.reshape(flat).transpose(1, 2),
        alpha=scaling,
    )
    shares = scores.float().softmax(-1).to(value.dtype)
    mixed = torch.bmm(shares, value.reshape(flat)).view(query.shape)
    return mixed.transpose(1, 2).contiguous(), None


def _normed(norm: nn.RMSNorm, heads: Tensor) -> Tensor:
    """Return `heads` after `norm`, computed in its precision but kept in their own: autocast."""
    normed: Tensor = norm(heads.to(norm.weight.dtype))
    return normed.to(heads.dtype)


class DecoderLayer(nn.Module):
    """Attention, then the feed-forward block, each added to the residual stream."""

    def __init__(self, config: KoGPTConfig) -> None:
        super().__init__()
        self.self_attn = Attention(config)
        self.mlp = FeedForward(config)
        self.input_layernorm = make_norm(config)
        self.post_attention_layernorm = make_norm(config)

    def forward(self, hidden: Tensor, **attention: Any) -> Tensor:
        """Return (batch, time, hidden_size) from the same shape."""
        hidden = hidden + self.self_attn(self.input_layernorm(hidden), **attention)
        hidden = hidden + self.mlp(self.post_attention_layernorm(hidden))
        return hidden


def make_norm(config: KoGPTConfig) -> nn.Module:
    """Return a new norm over the residual stream."""
    kind = nn.RMSNorm if config.norm == "rms" else nn.LayerNorm
    return kind(config.hidden_size, eps=config.norm_eps)


def rotation_at(
    position_ids: Tensor, config: KoGPTConfig, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """Return cosine and sine, each (batch, 1, time, head_dim), of the rotary angles.

    Source: Su et al. 2021, arXiv:2104.09864, in Llama's convention of two halves, not of pairs.
    """
    steps = torch.arange(0, config.head_dim, 2, device=position_ids.device, dtype=torch.float32)
    frequencies = 1.0 / (config.rope_theta ** (steps / config.head_dim))
    angles = position_ids[:, None, :, None].float() * frequencies
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos().to(dtype), angles.sin().to(dtype)


def rotate(heads: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Return `heads`, (batch, heads, time, head_dim), turned by the angles of their positions."""
    cosine, sine = rotation
    first, second = heads.chunk(2, dim=-1)
    turned = heads * cosine + torch.cat((-second, first), dim=-1) * sine
    return turned.to(heads.dtype)  # the angles are fp32 under autocast, the cache need not be
