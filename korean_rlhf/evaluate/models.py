"""A checkpoint ready to be scored: its model, its tokenizer and how long its texts may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import torch
from transformers import (
    CONFIG_MAPPING,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from korean_rlhf.disk import read_json_object
from korean_rlhf.errors import MissingInput, SettingsError
from korean_rlhf.evaluate.checkpoints import LENGTH_NAMES, WHEN_BROKEN
from korean_rlhf.model.checkpoint import load_model
from korean_rlhf.tokenizer.template import BEGIN

LONGEST = 2048
"""Tokens of a model whose config does not say how many it can read."""


LONGEST_ANSWER = 256
"""Tokens of a written answer where a task does not say how many."""

Tokens: TypeAlias = list[int]
Scored: TypeAlias = tuple[float, bool]
"""Log-likelihood in nats, and whether greedy decoding would have written the same."""


class PairScorer(Protocol):
    """Whatever tells how likely continuations are."""

    computed: int
    """Requests scored so far."""

    def cut(self, requests: Sequence[tuple[Tokens, Tokens]]) -> int:
        """Return how many requests lose their beginning, for they are longer than it reads."""
        ...

    def score(
        self,
        requests: Sequence[tuple[Tokens, Tokens]],
        advance: Callable[[int], None] = lambda n: None,
        finished: Callable[[dict[int, Scored]], None] = lambda found: None,
    ) -> list[Scored]:
        """Return the score of each (context, continuation), and tell of them as they come."""
        ...


class Writer(Protocol):
    """Whatever continues texts greedily."""

    def write(
        self, asked: Sequence[tuple[Tokens, dict[str, Any]]], finished: Callable[[int, str], None]
    ) -> None:
        """Tell `finished` the index and the text of each answer, as they come.

        The options of lm-eval stand beside each prompt: `max_gen_toks` and `until`, the stop
        strings. An answer may go on behind one of these.
        """
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """How a model reads text, wherever it is computed."""

    tokenizer: Any
    """A tokenizer of transformers."""
    max_length: int
    """Most tokens that the model reads at once."""

    @property
    def begin_id(self) -> int:
        """The token that stands for "nothing before": BOS, else EOS."""
        begin = self.tokenizer.bos_token_id
        return int(begin if begin is not None else self.tokenizer.eos_token_id)

    @property
    def end_id(self) -> int:
        """The token that ends a text and an answer."""
        return int(self.tokenizer.eos_token_id)

    @property
    def pad_id(self) -> int:
        """The token that fills rows."""
        pad = self.tokenizer.pad_token_id
        return int(pad if pad is not None else self.tokenizer.eos_token_id)

    def room_before(self, options: Mapping[str, Any]) -> int:
        """Return how many tokens of a prompt are read before an answer of that many tokens."""
        return self.max_length - min(
            int(options.get("max_gen_toks", LONGEST_ANSWER)), self.max_length // 2
        )

    @property
    def begins(self) -> bool:
        """Whether BOS must be put before a plain text because the tokenizer does not.

        Our own pretraining sets `<|begin|>` before every document; other models are asked as their
        tokenizer does it, as lm-eval's `hf` does.
        """
        if self.tokenizer.bos_token != BEGIN:
            return False
        return int(self.tokenizer.encode("가", add_special_tokens=True)[0]) != self.begin_id


@dataclass(frozen=True, slots=True)
class Loaded(Reading):
    """A causal model with its tokenizer, on its device."""

    model: PreTrainedModel
    device: torch.device

    def scorer(self, batch_tokens: int) -> PairScorer:
        """Return what scores with this model, in batches of `batch_tokens`; 0 is what pays."""
        from korean_rlhf.evaluate.scoring import Scorer

        return Scorer(
            self.model, max_length=self.max_length, batch_tokens=batch_tokens, device=self.device
        )

    def writer(self) -> Writer:
        """Return what writes with this model."""
        from korean_rlhf.evaluate.answers import GreedyWriter

        return GreedyWriter(self)


def load(folder: Path, *, device: str = "auto", precision: str = "auto") -> Loaded:
    """Load the checkpoint in `folder`; "auto" is bf16 on a GPU and fp32 on a CPU.

    Raises:
        MissingInput: the folder holds no model or no tokenizer.
        SettingsError: a GPU was asked for and there is none.
    """
    where = pick_device(device)
    half = pick_precision(device, precision) == "bf16"
    model = load_model(folder, dtype=torch.bfloat16 if half else torch.float32)
    model.to(where)  # type: ignore[arg-type]
    length = context_length(model.config) or LONGEST
    return Loaded(load_tokenizer(folder), length, model, where)


def pick_device(device: str) -> torch.device:
    """Return the device that "auto", "cpu" or "cuda" stands for."""
    if device == "cuda" and not torch.cuda.is_available():
        raise SettingsError("device is 'cuda' but PyTorch finds no GPU. Use device = 'cpu'.")
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(device)


def pick_precision(device: str, precision: str) -> str:
    """Return "fp32" or "bf16"; "auto" is bf16 on a GPU and fp32 on a CPU."""
    if precision != "auto":
        return precision
    return "bf16" if pick_device(device).type == "cuda" else "fp32"


def load_tokenizer(folder: Path) -> Any:
    """Return the tokenizer beside the weights.

    Raises:
        MissingInput: there is none.
    """
    if (folder / "tokenizer_config.json").is_file():
        return AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    if not (folder / "tokenizer.json").is_file():
        raise MissingInput(folder / "tokenizer.json")
    return PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))


def context_length(config: PreTrainedConfig) -> int | None:
    """Return how many tokens a model of this config reads at once, None where it does not say.

    Of a model that also sees or hears, the part that reads text is asked.
    """
    text = config.get_text_config()
    if isinstance(text, dict):  # of an architecture that transformers does not know
        text = PreTrainedConfig.from_dict(text)
    found = (getattr(text, name, None) for name in LENGTH_NAMES)
    return next((length for length in found if length and isinstance(length, int)), None)


def context_in(folder: Path) -> int | None:
    """Return the `context_length` of the config.json in `folder`, whose weights may be elsewhere.

    What the file leaves out is the default of its architecture, where transformers knows it.
    Without the file it is None.

    Raises:
        BadInput: the file is broken.
    """
    path = folder / "config.json"
    table = read_json_object(path, fix=WHEN_BROKEN) if path.is_file() else {}
    kind = str(table.get("model_type", ""))
    config = CONFIG_MAPPING[kind] if kind in CONFIG_MAPPING else PreTrainedConfig
    return context_length(config.from_dict(table))
