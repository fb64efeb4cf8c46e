"""Settings of `korean-rlhf clean`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from korean_rlhf.errors import SettingsError

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
DEFAULT_PRIVACY_KINDS: tuple[PrivacyKind, ...] = (
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
)
"""Every kind but addresses, which encyclopedias and news are full of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanSettings:
    """What `clean` does with every document. The measures behind the numbers: clean/quality.py."""

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

    quality: bool = True
    """Drop documents that are too short, repetitive or mostly symbols."""

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
    """Most words of gambling and sex advertisements, three different ones at least, per 1,000
    characters."""

    max_placeholders: float = 10.0
    """Most places per 1,000 characters where an extractor lost a formula."""

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
        for name in ("min_hangul_ratio", "max_symbol_ratio", "max_digit_ratio",
                     "max_repeated_lines", "max_repeated_ngrams"):  # fmt: skip
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise SettingsError(f"{name} is a ratio from 0 to 1, got {value}.")
        for name in ("jamo_run", "punctuation_run", "syllable_run", "min_characters", "workers"):
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
