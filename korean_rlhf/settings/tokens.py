"""Settings of the tokens stage."""

from __future__ import annotations

from dataclasses import dataclass

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensSettings:
    """How documents become token files."""

    validation_share: float = 0.01
    """Share of the documents, chosen by a hash of their text, that goes to the val files."""

    shard_megatokens: int = 256
    """A token file is closed after this many million tokens, at the end of a document."""

    def __post_init__(self) -> None:
        if not 0 <= self.validation_share < 1:
            raise SettingsError(
                f"validation_share must be at least 0 and under 1, got {self.validation_share}."
            )
        if self.shard_megatokens <= 0:
            raise SettingsError(f"shard_megatokens must be above 0, got {self.shard_megatokens}.")
