"""KoGPT: one decoder whose options span GPT-2, Llama, Qwen3 and ALBERT.

Modules carry Llama's names and rotary convention, so that a checkpoint whose options Llama or Qwen3
can express is one of theirs, tensor by tensor (`checkpoint.py`), and the others can be rewritten
exactly (`export.py`).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    DynamicCache,
    GenerationMixin,
    PreTrainedModel,
)
from transformers import initialization as init
from transformers.masking_utils import create_causal_mask
from transformers.modeling_outputs import BaseModelOutputWithPast, CausalLMOutputWithPast

from korean_rlhf.model.config import KoGPTConfig
from korean_rlhf.model.layers import DecoderLayer, OutputLinear, make_norm, rotation_at


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

        The other arguments are those of `KoGPTModel.forward`. They are spelled out again because
        `generate` of transformers looks into this signature to see what the model takes.
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
    return _finished(logits, model.config.get_text_config())


def exact_logits(model: PreTrainedModel, hidden: Tensor) -> Tensor:
    """Return `to_logits` in the precision of the weights, whatever autocast is on around it.

    Logits in bf16 have 8 bits: a log-probability of -8 would be known to 0.03 nats only.
    """
    weight = model.get_output_embeddings().weight
    with torch.autocast(hidden.device.type, enabled=False):
        return to_logits(model, hidden.to(weight.dtype))


def _finished(logits: Tensor, config: Any) -> Tensor:
    """Return `logits` after what some architectures do behind their output layer."""
    if scale := getattr(config, "logit_scale", None):  # Cohere
        logits = logits * scale
    if divisor := getattr(config, "logits_scaling", None):  # Granite
        logits = logits / divisor
    if cap := getattr(config, "final_logit_softcapping", None):  # Gemma 2
        logits = torch.tanh(logits / cap) * cap
    return logits


AutoConfig.register("kogpt", KoGPTConfig)
AutoModel.register(KoGPTConfig, KoGPTModel)
AutoModelForCausalLM.register(KoGPTConfig, KoGPTForCausalLM)
