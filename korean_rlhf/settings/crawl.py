"""Settings of the crawl stage: what to read, and what to call it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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

    namespaces: tuple[int, ...] = (0,)
    """Namespaces of a wiki dump to keep, by number: 0 articles, 4 the project, 12 help."""

    workers: int = 0
    """Processes that read a multistream dump side by side; 0 is one for each core."""

    def __post_init__(self) -> None:
        if self.workers < 0:
            raise SettingsError("workers cannot be negative.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSettings(SourceSettings):
    """Which rows of a data set become documents, and from which columns."""

    split: str = "train"
    """Split of the data set."""

    config: str = ""
    """Configuration (subset) of the data set, for those that have several."""

    revision: str = ""
    """Commit, branch or tag on the hub; the newest commit when it is not given."""

    text_column: str = "text"
    """Column of the text."""

    id_column: str = ""
    """Column of the id; split and row number when it is not given."""

    title_column: str = ""
    """Column of the title."""

    url_column: str = ""
    """Column of the address."""

    limit: int | None = None
    """Most rows to read."""

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 1:
            raise SettingsError(f"limit must be 1 or more, got {self.limit}.")
        if not self.split or not self.text_column:
            raise SettingsError("split and text_column cannot be empty.")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NaverSearchSettings:
    """What to ask Naver's Search Open API for."""

    kind: Literal["news", "blog", "encyc", "cafearticle", "kin", "book", "webkr", "doc"] = "news"
    """What to search: news, blogs, the encyclopedia, cafes, 지식iN, books, web pages, papers."""

    sort: Literal["sim", "date"] = "sim"
    """The nearest first, or the newest; for news, blogs, cafes, 지식iN and books."""

    most: int = 1000
    """Most results of one query; the API hands out no more than 1,000."""

    def __post_init__(self) -> None:
        if not 1 <= self.most <= 1000:
            raise SettingsError(f"most must be 1 to 1000, got {self.most}.")
