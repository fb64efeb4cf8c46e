"""Rewrite a KoGPT exactly as Llama, Qwen3 or GPT-2, for programs that know only those.

| options                                   | target | how                                        |
|-------------------------------------------|--------|--------------------------------------------|
| rope, rms, swiglu                         | Llama  | the config only                            |
| the same with query_key_norm              | Qwen3  | the config only                            |
| distinct_layers below layers              | same   | the shared layers are repeated             |
| embedding_size below hidden_size          | same   | the two matrices become their product      |
| learned, layer, gelu / silu / relu2       | GPT-2  | matrices transposed, missing biases are 0  |

Everything else has no exact counterpart and is refused.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from korean_rlhf.errors import SettingsError
from korean_rlhf.model import checkpoint
from korean_rlhf.model.config import KoGPTConfig
from korean_rlhf.model.gpt import KoGPTForCausalLM
from korean_rlhf.rundir import atomic_write_text

GPT2_ACTIVATIONS = {"gelu": "gelu_new", "silu": "silu", "relu2": "relu2"}


def export(model: KoGPTForCausalLM, folder: Path, tokenizer_folder: Path | None = None) -> str:
    """Write `model` to `folder` in a layout that needs no KoGPT; return its model_type.

    Logits are those of `model` up to rounding.

    Raises:
        SettingsError: no other architecture computes the same function.
    """
    plain = unshared(unfactorised(model))
    folder.mkdir(parents=True, exist_ok=True)
    if checkpoint.hub_config(plain.config) is not None:
        checkpoint.save_model(plain, folder, tokenizer_folder)
        return "qwen3" if plain.config.query_key_norm else "llama"
    _refuse_all_but_gpt2(plain.config)
    checkpoint.write_weights(gpt2_tensors(plain), folder)
    values = json.dumps(gpt2_config(plain.config), indent=2)
    atomic_write_text(folder / "config.json", values + "\n")
    checkpoint.write_generation_config(plain.config, folder)
    if tokenizer_folder is not None:
        checkpoint.copy_tokenizer(tokenizer_folder, folder)
    return "gpt2"


def unfactorised(model: KoGPTForCausalLM) -> KoGPTForCausalLM:
    """Return a model that computes the same with one embedding matrix, V x hidden_size."""
    if not model.config.factorised:
        return model
    tensors = model.state_dict()
    projection = tensors.pop("model.embed_projection.weight")  # (hidden_size, embedding_size)
    folded = tensors["model.embed_tokens.weight"] @ projection.T
    tensors["model.embed_tokens.weight"] = folded
    if model.config.tie_word_embeddings:
        tensors["lm_head.weight"] = folded  # h P E' = h (E P')', so that the two stay tied
    return _rebuilt(model, tensors, embedding_size=model.config.hidden_size)


def unshared(model: KoGPTForCausalLM) -> KoGPTForCausalLM:
    """Return a model that computes the same with weights of its own for every layer."""
    distinct, layers = model.config.num_distinct_layers, model.config.num_hidden_layers
    if distinct == layers:
        return model
    tensors = {}
    for name, tensor in model.state_dict().items():
        if not name.startswith("model.layers."):
            tensors[name] = tensor
            continue
        _, _, place, rest = name.split(".", 3)
        for copy_ in range(int(place), layers, distinct):
            tensors[f"model.layers.{copy_}.{rest}"] = tensor
    return _rebuilt(model, tensors, num_distinct_layers=layers)


def gpt2_config(config: KoGPTConfig) -> dict[str, Any]:
    """Return the values of config.json for `GPT2LMHeadModel`."""
    return {
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
        "dtype": "float32",
        "vocab_size": config.vocab_size,
        "n_positions": config.max_position_embeddings,
        "n_embd": config.hidden_size,
        "n_layer": config.num_hidden_layers,
        "n_head": config.num_attention_heads,
        "n_inner": config.intermediate_size,
        "activation_function": GPT2_ACTIVATIONS[config.activation],
        "layer_norm_epsilon": config.norm_eps,
        "resid_pdrop": 0.0,
        "embd_pdrop": 0.0,
        "attn_pdrop": 0.0,
        "tie_word_embeddings": config.tie_word_embeddings,
        "pad_token_id": config.pad_token_id,
        "bos_token_id": config.bos_token_id,
        "eos_token_id": config.eos_token_id,
    }


def gpt2_tensors(model: KoGPTForCausalLM) -> dict[str, Tensor]:
    """Return the weights under GPT-2's names; its Conv1D keeps matrices transposed."""
    source = model.state_dict()
    tensors = {
        "transformer.wte.weight": source["model.embed_tokens.weight"],
        "transformer.wpe.weight": source["model.embed_positions.weight"],
        "transformer.ln_f.weight": source["model.norm.weight"],
        "transformer.ln_f.bias": source["model.norm.bias"],
    }
    if not model.config.tie_word_embeddings:
        tensors["lm_head.weight"] = source["lm_head.weight"]
    for index in range(model.config.num_hidden_layers):
        layer = {
            name.split(".", 3)[3]: tensor
            for name, tensor in source.items()
            if name.startswith(f"model.layers.{index}.")
        }
        tensors |= {
            f"transformer.h.{index}.{name}": tensor for name, tensor in _gpt2_layer(layer).items()
        }
    return tensors


def _gpt2_layer(layer: dict[str, Tensor]) -> dict[str, Tensor]:
    def matrix(*names: str) -> Tensor:
        return torch.cat([layer[f"{name}.weight"] for name in names]).T

    def bias(*names: str) -> Tensor:
        zeros = {name: torch.zeros(len(layer[f"{name}.weight"])) for name in names}
        return torch.cat([layer.get(f"{name}.bias", zeros[name]) for name in names])

    places = {
        "attn.c_attn": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
        "attn.c_proj": ("self_attn.o_proj",),
        "mlp.c_fc": ("mlp.up_proj",),
        "mlp.c_proj": ("mlp.down_proj",),
    }
    tensors = {f"{place}.weight": matrix(*names) for place, names in places.items()}
    tensors |= {f"{place}.bias": bias(*names) for place, names in places.items()}
    for place, name in (("ln_1", "input_layernorm"), ("ln_2", "post_attention_layernorm")):
        tensors |= {f"{place}.{part}": layer[f"{name}.{part}"] for part in ("weight", "bias")}
    return tensors


def _refuse_all_but_gpt2(config: KoGPTConfig) -> None:
    fits = (
        config.position == "learned"
        and config.norm == "layer"
        and config.activation in GPT2_ACTIVATIONS
        and config.num_key_value_heads == config.num_attention_heads
        and not config.query_key_norm
    )
    if not fits:
        raise SettingsError(
            "No other architecture computes the same as this model: "
            f"position {config.position}, norm {config.norm}, activation {config.activation}, "
            f"key_value_heads {config.num_key_value_heads}, query_key_norm "
            f"{config.query_key_norm}, biases {config.biases}. Llama and Qwen3 are rope, rms and "
            "swiglu; GPT-2 is learned, layer and gelu, silu or relu2, with all heads."
        )


def _rebuilt(
    model: KoGPTForCausalLM, tensors: dict[str, Tensor], **changes: Any
) -> KoGPTForCausalLM:
    config = copy.deepcopy(model.config)
    for name, value in changes.items():
        setattr(config, name, value)
    new: KoGPTForCausalLM = checkpoint.empty_model(KoGPTForCausalLM, config)
    new.load_state_dict(tensors)
    new.tie_weights()
    new.eval()  # type: ignore[no-untyped-call]
    return new
