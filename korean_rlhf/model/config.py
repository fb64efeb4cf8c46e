"""The shape of a KoGPT, as config.json says it."""

from __future__ import annotations

from transformers import PreTrainedConfig


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


LONGEST_CONTEXT = 2048
"""Tokens of a model that does not say how many it can read."""


def context_of(config: PreTrainedConfig) -> int:
    """Return the most tokens that a model reads, also one that reads images or goes without limit.

    MPT has a name of its own for it, Bloom has no limit, Gemma 3 says it of its text part.
    """
    text = config.get_text_config()
    for name in ("max_position_embeddings", "max_seq_len"):
        if getattr(text, name, None):
            return int(getattr(text, name))
    return LONGEST_CONTEXT
