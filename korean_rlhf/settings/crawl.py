"""Settings of the crawl stage: what to read, and what to call it."""

from __future__ import annotations

from dataclasses import dataclass

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """What documents say about their origin when they do not say it themselves."""

    license: str = ""
    """Licence (SPDX) of documents that do not say theirs; without it they are kept out."""

    source: str = ""
    """What the documents' `source` says; the reader's own name when it is not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSettings(SourceSettings):
    """How a dump, an archive or files become raw documents."""

    text_field: str = "text"
    """Field of JSONL, Parquet, CSV and TSV rows that holds the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpiderSettings(SourceSettings):
    """How far a spider goes, and how its pages become raw documents."""

    depth: int | None = None
    """Links to follow away from a start page; 0 fetches the start pages alone."""

    pages: int | None = None
    """Most pages to ask for."""

    allow: tuple[str, ...] = ()
    """Regular expressions; only addresses in which one of them is found are followed."""

    deny: tuple[str, ...] = ()
    """Regular expressions; addresses in which one of them is found are not followed."""

    def __post_init__(self) -> None:
        for name in ("depth", "pages"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise SettingsError(f"{name} must be 0 or more, got {value}.")
        for pattern in (*self.allow, *self.deny):
            if not pattern or any(char.isspace() for char in pattern):
                raise SettingsError(f"{pattern!r}: an address pattern holds no space; write %20.")
