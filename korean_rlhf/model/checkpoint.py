"""Checkpoints in Hugging Face layout: safetensors, config.json and the tokenizer.

A KoGPT whose options Llama's or Qwen3's config can express is written as such a folder, so that any
program opens it without this package; `load_model` reads those folders back as KoGPT.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedConfig, PreTrainedModel

from korean_rlhf.errors import BadInput, MissingInput
from korean_rlhf.model.config import KoGPTConfig
from korean_rlhf.model.gpt import KoGPTForCausalLM
from korean_rlhf.rundir import atomic_write_text
from korean_rlhf.settings.model import ModelSettings
from korean_rlhf.tokenizer.chat import TOKENIZER_FILES

WEIGHTS = "model.safetensors"
SHARED = {  # KoGPT's name -> the name in Llama's and Qwen3's config
    "vocab_size": "vocab_size",
    "hidden_size": "hidden_size",
    "intermediate_size": "intermediate_size",
    "num_hidden_layers": "num_hidden_layers",
    "num_attention_heads": "num_attention_heads",
    "num_key_value_heads": "num_key_value_heads",
    "max_position_embeddings": "max_position_embeddings",
    "norm_eps": "rms_norm_eps",
    "initializer_range": "initializer_range",
    "tie_word_embeddings": "tie_word_embeddings",
    "pad_token_id": "pad_token_id",
    "bos_token_id": "bos_token_id",
    "eos_token_id": "eos_token_id",
}


def build_model(settings: ModelSettings, vocabulary_size: int, seed: int) -> KoGPTForCausalLM:
    """Return a new model with random weights; the same seed gives the same weights."""
    config = KoGPTConfig(
        vocab_size=vocabulary_size,
        hidden_size=settings.hidden_size,
        intermediate_size=settings.feed_forward,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        num_key_value_heads=settings.key_value_heads or settings.heads,
        max_position_embeddings=settings.context,
        position=settings.position,
        norm=settings.norm,
        activation=settings.activation,
        query_key_norm=settings.query_key_norm,
        num_distinct_layers=settings.distinct_layers or settings.layers,
        embedding_size=settings.embedding_size or settings.hidden_size,
        tie_word_embeddings=settings.tied_embeddings,
        biases=settings.biases,
        rope_theta=settings.rope_theta,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return KoGPTForCausalLM(config)


def save_model(model: PreTrainedModel, folder: Path, tokenizer_folder: Path | None = None) -> None:
    """Write weights, config.json, generation_config.json and the tokenizer to `folder`.

    Existing files are replaced. The caller marks the folder as finished.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(model, KoGPTForCausalLM):
        write_weights(model.state_dict(), folder, skip=tied_names(model.config))
        write_config(model.config, folder, "ForCausalLM")
        write_generation_config(model.config, folder)
    else:
        model.save_pretrained(folder)
    if tokenizer_folder is not None:
        copy_tokenizer(tokenizer_folder, folder)


def load_model(folder: Path, dtype: torch.dtype = torch.float32) -> PreTrainedModel:
    """Return the causal model in `folder`: KoGPT where its options fit, else Hugging Face's own.

    Only safetensors are read and no code of the folder is run.

    Raises:
        MissingInput: `folder` holds no config.json or no weights.
        BadInput: the config or the weights cannot be read.
    """
    config = read_config(folder)
    kogpt = as_kogpt(config)
    if kogpt is None:
        return load_foreign(AutoModelForCausalLM, folder, dtype)
    model = empty_model(KoGPTForCausalLM, kogpt)
    fill(model, read_weights(folder), folder, missing_allowed=tied_names(kogpt))
    model.tie_weights()
    loaded: KoGPTForCausalLM = model.to(dtype).eval()
    return loaded


def as_kogpt(config: PreTrainedConfig) -> KoGPTConfig | None:
    """Return the KoGPT config that means the same as `config`, None when there is none."""
    if isinstance(config, KoGPTConfig):
        return config
    if not _is_plain_llama(config):
        return None
    values = {ours: getattr(config, theirs) for ours, theirs in SHARED.items()}
    return KoGPTConfig(
        **values,
        query_key_norm=config.model_type == "qwen3",
        num_distinct_layers=config.num_hidden_layers,
        embedding_size=config.hidden_size,
        biases=bool(config.attention_bias),
        rope_theta=config.rope_parameters["rope_theta"],
        reward_bias=getattr(config, "reward_bias", 0.0),
    )


def hub_config(config: KoGPTConfig) -> dict[str, Any] | None:
    """Return Llama's or Qwen3's config.json values for `config`, None when they cannot say it."""
    if not _is_expressible(config):
        return None
    values: dict[str, Any] = {theirs: getattr(config, ours) for ours, theirs in SHARED.items()}
    values |= {
        "model_type": "qwen3" if config.query_key_norm else "llama",
        "hidden_act": "silu",
        "head_dim": config.head_dim,
        "attention_bias": config.biases,
        "attention_dropout": 0.0,
        "rope_parameters": {"rope_type": "default", "rope_theta": config.rope_theta},
        "rope_theta": config.rope_theta,  # where transformers before 5 and llama.cpp look
        "use_cache": True,
    }
    if not config.query_key_norm:
        values["mlp_bias"] = config.biases
    return values


def write_config(config: KoGPTConfig, folder: Path, head: str) -> None:
    """Write config.json for an architecture such as "LlamaForCausalLM"; `head` is its ending."""
    values = hub_config(config)
    if values is None:
        values = {
            name: value
            for name, value in config.to_dict().items()
            if name not in ("transformers_version", "dtype", "architectures")
        }
    prefix = {"llama": "Llama", "qwen3": "Qwen3", "kogpt": "KoGPT"}[values["model_type"]]
    values |= {"architectures": [prefix + head], "dtype": "float32"}
    if head == "ForSequenceClassification":
        values |= {
            "num_labels": 1,
            "id2label": {"0": "reward"},
            "label2id": {"reward": 0},
            "reward_bias": config.reward_bias,
        }
    atomic_write_text(folder / "config.json", json.dumps(values, indent=2) + "\n")


def write_generation_config(config: KoGPTConfig, folder: Path) -> None:
    """Write generation_config.json, by which other programs know where an answer ends."""
    values = {
        name: getattr(config, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")
    }
    atomic_write_text(folder / "generation_config.json", json.dumps(values, indent=2) + "\n")


def write_weights(
    tensors: dict[str, Tensor], folder: Path, *, skip: frozenset[str] = frozenset()
) -> None:
    """Write `tensors` but those in `skip` to model.safetensors, each stored on its own."""
    kept = {
        name: tensor.detach().cpu().contiguous()
        for name, tensor in tensors.items()
        if name not in skip
    }
    save_file(kept, folder / WEIGHTS, metadata={"format": "pt"})


def read_weights(folder: Path) -> dict[str, Tensor]:
    """Return every tensor of the safetensors files of `folder`, on the CPU.

    Raises:
        MissingInput: there is none.
        BadInput: one is torn.
    """
    files = sorted(folder.glob("model*.safetensors"))
    if not files:
        raise MissingInput(folder / WEIGHTS)
    tensors: dict[str, Tensor] = {}
    for file in files:
        try:
            with safe_open(file, framework="pt") as opened:
                tensors |= {name: opened.get_tensor(name) for name in opened.keys()}
        except Exception as error:  # safetensors has no public error of its own
            raise BadInput(f"{file} cannot be read as safetensors: {error}") from error
    return tensors


def read_config(folder: Path) -> PreTrainedConfig:
    """Return the config of `folder`.

    Raises:
        MissingInput: there is no config.json.
        BadInput: it cannot be read.
    """
    if not (folder / "config.json").is_file():
        raise MissingInput(folder / "config.json")
    try:
        config: PreTrainedConfig = AutoConfig.from_pretrained(folder, trust_remote_code=False)
    except (ValueError, OSError, KeyError) as error:
        raise BadInput(f"{folder / 'config.json'} cannot be used: {error}") from error
    return config


def load_foreign(auto: Any, folder: Path, dtype: torch.dtype, **options: Any) -> PreTrainedModel:
    """Return the model in `folder` by an Auto class of transformers, from safetensors only."""
    try:
        model: PreTrainedModel = auto.from_pretrained(
            folder, dtype=dtype, use_safetensors=True, trust_remote_code=False, **options
        ).eval()
    except (ValueError, OSError) as error:
        raise BadInput(f"{folder} cannot be opened as a model: {error}") from error
    return model


def empty_model(kind: type[Any], config: KoGPTConfig) -> Any:
    """Return a `kind` for `config` whose weights are not drawn, to be filled at once."""
    with torch.device("meta"):
        model = kind(config)
    return model.to_empty(device="cpu")


def fill(
    model: Any, tensors: dict[str, Tensor], folder: Path, *, missing_allowed: frozenset[str]
) -> None:
    """Load `tensors` into `model`.

    Raises:
        BadInput: a tensor is missing, unknown or of another shape.
    """
    try:
        missing, unknown = model.load_state_dict(tensors, strict=False)
    except RuntimeError as error:
        raise BadInput(f"The weights of {folder} do not fit its config: {error}") from error
    wrong = sorted((set(missing) - missing_allowed) | set(unknown))
    if wrong:
        raise BadInput(f"The weights of {folder} do not fit its config.json: {', '.join(wrong)}.")


def tied_names(config: KoGPTConfig) -> frozenset[str]:
    """Return the names of the tensors that are another's under a second name."""
    return frozenset({"lm_head.weight"} if config.tie_word_embeddings else ())


def copy_tokenizer(source: Path, target: Path) -> None:
    """Copy the tokenizer files of `source` beside the weights in `target`."""
    for name in TOKENIZER_FILES:
        if (source / name).is_file() and source.resolve() != target.resolve():
            shutil.copyfile(source / name, target / name)


def _is_expressible(config: KoGPTConfig) -> bool:
    return (
        config.position == "rope"
        and config.norm == "rms"
        and config.activation == "swiglu"
        and config.num_distinct_layers == config.num_hidden_layers
        and not config.factorised
        and not (config.query_key_norm and config.biases)  # Qwen3 has no mlp_bias
    )


def _is_plain_llama(config: PreTrainedConfig) -> bool:
    """Whether `config` is a Llama or Qwen3 without what KoGPT has no option for."""
    if config.model_type not in ("llama", "qwen3") or config.hidden_act != "silu":
        return False
    rope = config.rope_parameters or {}
    return (
        rope.get("rope_type") == "default"
        and rope.get("partial_rotary_factor", 1.0) == 1.0
        and config.head_dim * config.num_attention_heads == config.hidden_size
        and config.attention_bias == getattr(config, "mlp_bias", False)
        and not getattr(config, "use_sliding_window", False)
        and not config.attention_dropout
    )
