"""A translation model in a folder of this machine, and how it decodes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModelSettings:
    """Settings of --engine ctranslate2."""

    model_folder: Path | None = None
    """Folder that CTranslate2's converter wrote, with the tokenizer of the model in it."""

    source_language: str = ""
    """Code of the source language as the model writes it. Not set: English."""

    target_language: str = ""
    """Code of the target language as the model writes it. Not set: Korean."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where the model computes. auto: on a GPU where there is one."""

    compute_type: Literal[
        "default", "auto", "int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16",
        "float16", "bfloat16", "float32",
    ] = "default"  # fmt: skip
    """Numbers that the model computes in. default: as converted; auto: the fastest there is."""

    beam_size: int = 4
    """Translations followed at once; 1 is greedy."""

    no_repeat_ngram: int = 0
    """Runs of this many tokens that a translation may not hold twice; 0 forbids none."""

    retry_no_repeat_ngram: int = 3
    """The same for the second try at a faulty translation: the first would only come again."""

    batch_tokens: int = 2048
    """Tokens computed at once, padding included; memory grows with it."""

    parallel_batches: int = 1
    """Batches computed at the same time; each needs memory of its own, the model does not."""

    batch_threads: int = 0
    """Threads of one batch on a CPU; 0 is CTranslate2's choice."""

    longest_source: int = 512
    """Tokens of one sentence that the model reads: opus-mt takes no more, NLLB learned no more."""

    longest_translation: int = 512
    """Tokens of one sentence that the model writes; a translation cut there is a fault."""

    def __post_init__(self) -> None:
        for name in ("beam_size", "batch_tokens", "parallel_batches"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} must be at least 1.")
        for name in ("no_repeat_ngram", "retry_no_repeat_ngram", "batch_threads"):
            if getattr(self, name) < 0:
                raise SettingsError(f"{name} must not be below 0.")
        if self.longest_source < 8 or self.longest_translation < 8:
            raise SettingsError("longest_source and longest_translation must be at least 8 tokens.")
