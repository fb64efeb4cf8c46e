"""Fetch a site with a spider, or read a dump, an archive or files, into raw documents.

Without a name, the spiders and readers are listed. naver-search reads its id and secret from the
environment variables NAVER_CLIENT_ID and NAVER_CLIENT_SECRET.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.errors import UnknownName
from korean_rlhf.settings.crawl import (
    HubSettings,
    NaverSearchSettings,
    ReadSettings,
    SpiderSettings,
)

READERS = {
    "wikipedia-dump": "A MediaWiki export (pages-articles.xml[.bz2]): its articles as wikitext.",
    "namu-dump": "A NamuWiki dump (one JSON array): its articles as namumark.",
    "warc": "Web archives, a .warc[.gz] file or a folder of them: their HTML pages.",
    "files": "Text, HTML, Markdown, JSONL, Parquet, CSV: files or folders of them.",
}

DATA_SETS = {"hub": "A data set of the Hugging Face hub by its name, or one that lies here."}
SEARCHES = {"naver-search": "Naver's Search Open API: titles, snippets and links, no pages."}


@dataclass(frozen=True, kw_only=True)
class SpiderArguments:
    """A spider, where it begins, and where its pages go."""

    start: Positional[tuple[str, ...]]
    """Start pages (site) or titles (wikipedia, namu)."""

    out: Path
    """Folder for warc/, crawl.jsonl and the raw documents."""

    stage: Nested[SpiderSettings]

    contact: str = ""
    """E-mail address or page for the sites' owners; goes into the user agent."""

    proxy: str = ""
    """Proxy to fetch through, e.g. http://127.0.0.1:8000."""

    replace: bool = False
    """Delete what the folder holds and begin anew."""


@dataclass(frozen=True, kw_only=True)
class ReaderArguments:
    """What to read, and where the documents go."""

    inputs: Positional[tuple[Path, ...]]
    """Files or folders."""

    out: Path
    """Folder for the raw documents."""

    stage: Nested[ReadSettings]

    replace: bool = False
    """Delete what the folder holds and begin anew."""


@dataclass(frozen=True, kw_only=True)
class SearchArguments:
    """What to search for, and where the links go."""

    queries: Positional[tuple[str, ...]]
    """Queries, each in quotes."""

    out: Path
    """Folder for results.jsonl."""

    stage: Nested[NaverSearchSettings]

    daily_calls: int = 25_000
    """Calls that your application may make a day, counted over all runs on this machine."""

    replace: bool = False
    """Delete what the folder holds and begin anew."""


@dataclass(frozen=True, kw_only=True)
class HubArguments:
    """Which data set to read, and where the documents go."""

    name: Positional[str]
    """Name on the hub (owner/name), or a folder or file: Parquet, JSONL, CSV, Arrow."""

    out: Path
    """Folder for the raw documents."""

    stage: Nested[HubSettings]

    replace: bool = False
    """Delete what the folder holds and begin anew."""


def run(argv: list[str]) -> int:
    """List what there is, or run the spider or reader that is named first."""
    from korean_rlhf.sources.spiders import spiders

    if not argv or argv[0] in ("-h", "--help"):
        print(_listing(spiders()))
        return 0
    name, *rest = argv
    known = {*spiders(), *READERS, *DATA_SETS, *SEARCHES}
    if name not in known:
        raise UnknownName("spider or source", name, known)
    _BEGIN[arguments_of(name)](name, rest)
    return 0


def arguments_of(name: str) -> type[Any]:
    """Return the dataclass of the flags that a spider, reader or search of this name takes."""
    if name in READERS:
        return ReaderArguments
    if name in DATA_SETS:
        return HubArguments
    return SearchArguments if name in SEARCHES else SpiderArguments


def _crawl(name: str, argv: list[str]) -> None:
    from korean_rlhf.sources.spiders import crawl

    found = parse(SpiderArguments, argv, command=f"crawl {name}")
    crawl(
        name,
        found.start,
        found.out,
        found.stage,
        proxy=found.proxy,
        contact=found.contact,
        replace=found.replace,
    )


def _search(name: str, argv: list[str]) -> None:
    from korean_rlhf.sources.naver import search

    found = parse(SearchArguments, argv, command=f"crawl {name}")
    search(
        found.queries,
        found.out,
        found.stage,
        daily_calls=found.daily_calls,
        replace=found.replace,
    )


def _read(name: str, argv: list[str]) -> None:
    from korean_rlhf.sources.run import collect

    found = parse(ReaderArguments, argv, command=f"crawl {name}")
    collect(name, found.inputs, found.out, found.stage, replace=found.replace)


def _read_hub(name: str, argv: list[str]) -> None:
    from korean_rlhf.sources.hub import collect_hub

    found = parse(HubArguments, argv, command=f"crawl {name}")
    collect_hub(found.name, found.out, found.stage, replace=found.replace)


_BEGIN: dict[type[Any], Callable[[str, list[str]], None]] = {
    SpiderArguments: _crawl,
    ReaderArguments: _read,
    HubArguments: _read_hub,
    SearchArguments: _search,
}


def _listing(found: dict[str, str]) -> str:
    def lines(names: dict[str, str]) -> list[str]:
        return [f"  {name:<16}{said}" for name, said in names.items()]

    return "\n".join(
        [
            "usage: korean-rlhf crawl NAME START... --out DIR   (crawl NAME --help says more)",
            "\nSpiders, which fetch pages (robots.txt is always obeyed):",
            *lines(found),
            "\nSearches:",
            *lines(SEARCHES),
            "\nReaders of what is already here:",
            *lines(READERS | DATA_SETS),
        ]
    )
