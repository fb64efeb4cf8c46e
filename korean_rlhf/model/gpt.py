"""KoGPT: one decoder whose options span GPT-2, Llama, Qwen3 and ALBERT.

Modules carry Llama's names and rotary convention, so that a checkpoint whose options Llama or Qwen3
can express is one of theirs, tensor by tensor (`checkpoint.py`), and the others can be rewritten
exactly (`export.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    DynamicCache,
    GenerationMixin,
    PreTrainedConfig,
    PreTrainedModel,
)
from transformers import initialization as init
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import create_causal_mask
from transformers.modeling_outputs import BaseModelOutputWithPast, CausalLMOutputWithPast
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS


class KoGPTConfig(PreTrainedConfig):
    """Shape of a KoGPT, under Llama's names where Llama has one."""

    model_type = "kogpt"
    keys_to_ignore_at_inference = ["past_key_values"]  # noqa: RUF012 (the name is transformers')

    vocab_size: int = 4096
    hidden_size: int = 256
    intermediate_size: int = 704
    num_hidden_layers: int = 6
    num_attention_heads: int = 4
    num_key_value_heads: int = 4
    max_position_embeddings: int = 512
    position: str = "rope"
    norm: str = "rms"
    activation: str = "swiglu"
    query_key_norm: bool = False
    num_distinct_layers: int = 6
    embedding_size: int = 256
    biases: bool = False
    rope_theta: float = 10_000.0
    norm_eps: float = 1e-5
    initializer_range: float = 0.02
    tie_word_embeddings: bool = True
    use_cache: bool = True
    pad_token_id: int | None = 0
    bos_token_id: int | None = 1
    eos_token_id: int | list[int] | None = 2
    reward_bias: float = 0.0

    @property
    def head_dim(self) -> int:
        """Width of one attention head."""
        return self.hidden_size // self.num_attention_heads

    @property
    def factorised(self) -> bool:
        """Whether the embedding is the product of two matrices, as in ALBERT."""
        return self.embedding_size != self.hidden_size


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "swiglu": F.silu,
    "silu": F.silu,
    "gelu": lambda hidden: F.gelu(hidden, approximate="tanh"),  # GPT-2's "gelu_new"
    "relu2": lambda hidden: F.relu(hidden).square(),
}


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
            query, key = self.q_norm(query), self.k_norm(key)
        query, key = query.transpose(1, 2), key.transpose(1, 2)
        if rotation is not None:
            query, key = rotate(query, rotation), rotate(key, rotation)
        if cache is not None:
            key, value = cache.update(key, value, index)
        attend = ALL_ATTENTION_FUNCTIONS.get_interface(
            self.config._attn_implementation, sdpa_attention_forward
        )
        mixed, _ = attend(
            self, query, key, value, mask, dropout=0.0, scaling=self.scaling, **options
        )
        output: Tensor = self.o_proj(mixed.reshape(hidden.shape))
        return output


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


class KoGPTPreTrainedModel(PreTrainedModel):
    """What transformers needs to know of every KoGPT."""

    config: KoGPTConfig
    config_class = KoGPTConfig
    base_model_prefix = "model"
    _no_split_modules = ["DecoderLayer"]  # noqa: RUF012
    _skip_keys_device_placement = ["past_key_values"]  # noqa: RUF012
    _supports_sdpa = True
    _supports_flash_attn = True
    _supports_flex_attn = True
    _supports_attention_backend = True

    def _init_weights(self, module: nn.Module) -> None:
        """Draw N(0, initializer_range); smaller where a layer writes to the residual stream.

        Source: GPT-2 (Radford et al. 2019, section 2.3) for the factor 1/sqrt(residual layers).
        """
        deviation = self.config.initializer_range
        if isinstance(module, OutputLinear):
            deviation *= (2 * self.config.num_hidden_layers) ** -0.5
        if isinstance(module, nn.Linear | nn.Embedding):
            init.normal_(module.weight, mean=0.0, std=deviation)
            if isinstance(module, nn.Linear) and module.bias is not None:
                init.zeros_(module.bias)
        elif isinstance(module, nn.RMSNorm | nn.LayerNorm):
            init.ones_(module.weight)
            if isinstance(module, nn.LayerNorm):
                init.zeros_(module.bias)


class KoGPTModel(KoGPTPreTrainedModel):
    """The decoder without an output layer."""

    def __init__(self, config: KoGPTConfig) -> None:
        super().__init__(config)
        self.embed_tokens = nn.Embedding(config.vocab_size, config.embedding_size)
        if config.factorised:
            self.embed_projection = nn.Linear(config.embedding_size, config.hidden_size, bias=False)
        if config.position == "learned":
            self.embed_positions = nn.Embedding(config.max_position_embeddings, config.hidden_size)
        self.layers = nn.ModuleList(DecoderLayer(config) for _ in range(config.num_distinct_layers))
        self.norm = make_norm(config)
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        past_key_values: Any = None,
        inputs_embeds: Tensor | None = None,
        use_cache: bool | None = None,
        **options: Any,
    ) -> BaseModelOutputWithPast:
        """Return the last hidden states, (batch, time, hidden_size), after the final norm.

        Args:
            input_ids: (batch, time).
            attention_mask: (batch, past + time), 0 at padding; or (batch, 1, time, past + time) as
                SDPA takes it. None: no padding on the left. Padding on the right needs no mask,
                because no token looks ahead.
            position_ids: (batch, time) or (1, time). None: counted from the length of the cache.
            past_key_values: A cache with `update` and `get_seq_length`.
            inputs_embeds: (batch, time, hidden_size) instead of `input_ids`.
            use_cache: Make a cache when none was given.
            **options: For the attention backend.
        """
        hidden = self.embed(input_ids) if inputs_embeds is None else inputs_embeds
        if use_cache and past_key_values is None:
            past_key_values = DynamicCache(config=self.config)
        if position_ids is None:
            past = 0 if past_key_values is None else past_key_values.get_seq_length()
            position_ids = torch.arange(past, past + hidden.shape[1], device=hidden.device)[None]
        mask = create_causal_mask(
            config=self.config,
            inputs_embeds=hidden,
            attention_mask=attention_mask,
            past_key_values=past_key_values,
        )
        rotation = None
        if self.config.position == "rope":
            rotation = rotation_at(position_ids, self.config, hidden.dtype)
        else:
            hidden = hidden + self.embed_positions(position_ids)
        for index in range(self.config.num_hidden_layers):
            layer = self.layers[index % len(self.layers)]
            hidden = layer(
                hidden, rotation=rotation, mask=mask, cache=past_key_values, index=index, **options
            )
        return BaseModelOutputWithPast(
            last_hidden_state=self.norm(hidden), past_key_values=past_key_values
        )

    def embed(self, input_ids: Tensor | None) -> Tensor:
        """Return the token embeddings, (batch, time, hidden_size)."""
        hidden: Tensor = self.embed_tokens(input_ids)
        return self.embed_projection(hidden) if self.config.factorised else hidden


class KoGPTForCausalLM(KoGPTPreTrainedModel, GenerationMixin):
    """The decoder with the output layer that predicts the next token."""

    _tied_weights_keys = {"lm_head.weight": "model.embed_tokens.weight"}  # noqa: RUF012

    def __init__(self, config: KoGPTConfig) -> None:
        super().__init__(config)
        self.model = KoGPTModel(config)
        width = config.embedding_size if config.tie_word_embeddings else config.hidden_size
        self.lm_head = nn.Linear(width, config.vocab_size, bias=False)
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        past_key_values: Any = None,
        inputs_embeds: Tensor | None = None,
        use_cache: bool | None = None,
        logits_to_keep: int = 0,
        **options: Any,
    ) -> CausalLMOutputWithPast:
        """Return `.logits`, (batch, time, vocabulary); of the last `logits_to_keep` if above 0.

        The other arguments are those of `KoGPTModel.forward`.
        """
        output = self.model(
            input_ids,
            attention_mask=attention_mask,
            position_ids=position_ids,
            past_key_values=past_key_values,
            inputs_embeds=inputs_embeds,
            use_cache=use_cache,
            **options,
        )
        hidden = output.last_hidden_state[:, -logits_to_keep:]
        return CausalLMOutputWithPast(
            logits=self.to_logits(hidden), past_key_values=output.past_key_values
        )

    def to_logits(self, hidden: Tensor) -> Tensor:
        """Return (..., vocabulary) logits of (..., hidden_size) states after the final norm."""
        if self.config.factorised and self.config.tie_word_embeddings:
            # The same two matrices as at the input, the other way round.
            hidden = hidden @ self.model.embed_projection.weight
        logits: Tensor = self.lm_head(hidden)
        return logits


def hidden_states(
    model: PreTrainedModel,
    input_ids: Tensor,
    attention_mask: Tensor | None = None,
    position_ids: Tensor | None = None,
) -> Tensor:
    """Return (batch, time, hidden_size) of any causal model, without computing logits."""
    output = model.base_model(
        input_ids, attention_mask=attention_mask, position_ids=position_ids, use_cache=False
    )
    hidden: Tensor = output.last_hidden_state
    return hidden


def to_logits(model: PreTrainedModel, hidden: Tensor) -> Tensor:
    """Return (..., vocabulary) logits of states from `hidden_states`, for any causal model."""
    if isinstance(model, KoGPTForCausalLM):
        return model.to_logits(hidden)
    logits: Tensor = model.get_output_embeddings()(hidden)
    return logits


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
    return heads * cosine + torch.cat((-second, first), dim=-1) * sine


AutoConfig.register("kogpt", KoGPTConfig)
AutoModel.register(KoGPTConfig, KoGPTModel)
AutoModelForCausalLM.register(KoGPTConfig, KoGPTForCausalLM)
