"""Settings of `korean-rlhf clean`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from korean_rlhf.errors import SettingsError
from korean_rlhf.settings.quality import QualitySettings

PrivacyKind: TypeAlias = Literal[
    "email",
    "resident",
    "foreigner",
    "card",
    "business",
    "account",
    "phone",
    "passport",
    "licence",
    "plate",
    "address",
]
DEFAULT_PRIVACY_KINDS: tuple[PrivacyKind, ...] = tuple(
    kind for kind in get_args(PrivacyKind) if kind != "address"
)
"""Every kind but addresses, which encyclopedias and news are full of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanSettings(QualitySettings):
    """What `clean` does with every document."""

    license: str = ""
    """Licence of documents that name none. Without it such documents are dropped."""

    footnotes: Literal["drop", "inline"] = "drop"
    """Footnotes of wikis: left out, or kept in parentheses where they stand."""

    html_seconds: float = 10.0
    """Longest CPU time to extract the text of one HTML page, in seconds; what else the machine does
    counts little."""

    normalise: bool = True
    """Bring characters, spaces, jamo runs and repeated punctuation into one form."""

    jamo_run: int = 3
    """Longest run of one jamo: ㅋㅋㅋㅋㅋㅋ becomes ㅋㅋㅋ. 0 keeps every run."""

    punctuation_run: int = 3
    """Longest run of one punctuation mark: !!!!!! becomes !!!. 0 keeps every run."""

    syllable_run: int = 0
    """Longest run of one syllable: 하하하하하하하 becomes 하하하 with 3. 0 keeps every run; 1 and 2
    would harm words such as 동동주."""

    spacing: bool = False
    """Repair the spaces between words with Kiwi, without touching a letter; slow."""

    boilerplate: bool = True
    """Take away notices, bylines and share bars at the end, and leftovers of extractors."""

    privacy: bool = True
    """Take out personal data of the kinds below."""

    privacy_mode: Literal["mask", "replace", "drop"] = "mask"
    """`mask` writes the kind (`<전화번호>`); `replace` writes a value of the same form that is
    nobody's, the same for the same value in a document; `drop` leaves the whole document out."""

    privacy_kinds: tuple[PrivacyKind, ...] = DEFAULT_PRIVACY_KINDS
    """Kinds to take out. `address` is the one that is not among them by default."""

    privacy_seed: int = 0
    """Another seed draws other values with `--privacy-mode replace`."""

    shard_documents: int = 100_000
    """Most documents in one shard, which also ends at 256 MB of text: about 128 MB of Parquet."""

    workers: int = 0
    """Worker processes; 0 is one for each core."""

    def __post_init__(self) -> None:
        QualitySettings.__post_init__(self)
        for name in ("jamo_run", "punctuation_run", "syllable_run", "workers"):
            if getattr(self, name) < 0:
                raise SettingsError(f"{name} cannot be negative.")
        if self.syllable_run in (1, 2):
            raise SettingsError(
                f"syllable_run = {self.syllable_run} would shorten words such as 동동주. "
                "Use 3 or more, or 0 to keep every run."
            )
        if self.shard_documents < 1:
            raise SettingsError("shard_documents must be at least 1.")
        if self.html_seconds <= 0:
            raise SettingsError("html_seconds must be more than 0.")
