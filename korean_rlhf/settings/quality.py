"""Settings of the quality cleaner of `korean-rlhf clean`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from korean_rlhf.errors import SettingsError

LIMIT = re.compile(r"([a-z0-9-]+)\s*(?:(<=|>=)\s*(-?\d+(?:\.\d+)?)|=\s*off)")
"""NAME<=NUMBER, NAME>=NUMBER or NAME=off."""


# Without slots: CleanSettings inherits from this.
@dataclass(frozen=True, kw_only=True)
class QualitySettings:
    """Which texts are worth learning from. The samples behind: clean/quality/limits.py."""

    quality: bool = True
    """Drop documents that are too short, repetitive, mostly symbols or no prose."""

    words: Literal["eojeol", "character", "morpheme"] = "eojeol"
    """What measures of words count: what stands between spaces, characters, or Kiwi's morphemes
    (fifty times slower). Each has limits of its own; those of morphemes are FineWeb-2's."""

    min_characters: int = 20
    """Shortest document, in characters that are not spaces."""

    max_characters: int = 2_000_000
    """Longest document, in characters."""

    min_hangul_ratio: float = 0.3
    """Fewest Hangul syllables among the letters; below it the page is foreign."""

    max_symbol_ratio: float = 0.5
    """Most characters that are neither letters nor digits nor spaces."""

    max_digit_ratio: float = 0.6
    """Most digits among the characters that are not spaces."""

    max_repeated_lines: float = 0.35
    """Most of the text, in characters, that may stand in lines already seen in the document."""

    max_repeated_ngrams: float = 0.5
    """Most of the text that may be a character 10-gram already seen in the document."""

    max_spam_words: float = 4.0
    """Most words of gambling, sex and loan advertisements per 1,000 characters; prose about them
    has none."""

    max_placeholders: float = 10.0
    """Most places per 1,000 characters where an extractor lost a formula."""

    limits: tuple[str, ...] = ()
    """Limits of any measure, before its default: 'top-2-gram<=0.2' 'stop-words>=2' 'words=off'."""

    measures: bool = False
    """Write every measure of every document into measures/part-*.parquet, by id. With --no-quality
    no document is dropped for a measure."""

    language_model: str = ""
    """fastText model for languages (lid.176.bin, GlotLID's model.bin); needs the extra language."""

    min_language_score: float = 0.65
    """Least probability of Korean by the language model; FineWeb-2 takes 0.842 with GlotLID."""

    quality_model: str = ""
    """Folder that `korean-rlhf quality` wrote: a score learned from good and bad texts."""

    min_quality_score: float = 0.5
    """Least score by the quality model, from 0 to 1."""

    def __post_init__(self) -> None:
        for name in ("min_hangul_ratio", "max_symbol_ratio", "max_digit_ratio",
                     "max_repeated_lines", "max_repeated_ngrams", "min_language_score",
                     "min_quality_score"):  # fmt: skip
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise SettingsError(f"{name} is a ratio from 0 to 1, got {value}.")
        if self.min_characters < 0:
            raise SettingsError("min_characters cannot be negative.")
        for limit in self.limits:
            if not LIMIT.fullmatch(limit.strip()):
                raise SettingsError(
                    f"limits: {limit!r} is none. Write NAME<=NUMBER, NAME>=NUMBER or NAME=off."
                )
