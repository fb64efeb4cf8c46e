"""Settings of the tokenizer stage."""

from __future__ import annotations

from dataclasses import dataclass

from korean_rlhf.errors import SettingsError

SMALLEST = 16 + 256
"""The special tokens and one token for each byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizerSettings:
    """How the byte-level BPE tokenizer is trained."""

    vocabulary_size: int = 32_768
    """Tokens in all, with the special ones. A multiple of 128 is fast on a GPU."""

    minimum_frequency: int = 2
    """A pair seen less often is never merged, even if the vocabulary stays smaller."""

    morphemes: bool = False
    """Never merge across a morpheme's edge, so that a name and its particle stay two tokens. Kiwi
    finds the edges while pairs are counted, about 0.2 MB a second on each core: give a smaller
    sample_megabytes."""

    sample_megabytes: int = 1_000
    """Text to learn from, about: documents drawn by a hash from the whole corpus, which is read
    twice. 100 MB take about a minute."""

    held_out_share: float = 0.01
    """Share of the documents kept out of the training, for the report."""

    context: int = 2_048
    """Longest sequence in tokens, told to other programs as model_max_length."""

    def __post_init__(self) -> None:
        if self.vocabulary_size < SMALLEST:
            raise SettingsError(
                f"vocabulary_size ({self.vocabulary_size}) must be at least {SMALLEST}: "
                "16 special tokens and 256 bytes."
            )
        if self.sample_megabytes <= 0:
            raise SettingsError(f"sample_megabytes must be above 0, got {self.sample_megabytes}.")
        if not 0 < self.held_out_share < 1:
            raise SettingsError(
                f"held_out_share must lie between 0 and 1, got {self.held_out_share}."
            )
