"""Run a spider as a child process, then read the archive that it wrote."""

from __future__ import annotations

import ast
import dataclasses
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from korean_rlhf.assets import PACKAGE, asset_dir
from korean_rlhf.children import child, stop
from korean_rlhf.errors import MissingExtra, SettingsError, StageFailed, UnknownName
from korean_rlhf.progress import say, track
from korean_rlhf.rundir import open_stage
from korean_rlhf.settings.crawl import SpiderSettings
from korean_rlhf.sources import licenses
from korean_rlhf.sources.run import STAGE
from korean_rlhf.sources.warc import read_warc
from korean_rlhf.sources.writing import write_documents

POLL = 0.1
"""Seconds between two looks at the crawl log."""
LOG, CRAWL_LOG, FINISHED = "scrapy.log", "crawl.jsonl", "crawl-finished.json"
START = {"site": "urls", "wikipedia": "titles", "namu": "titles"}
"""Spider -> its argument for the start pages."""
LICENSES = {"wikipedia": licenses.WIKIMEDIA, "namu": licenses.NAMU}
"""Spider -> the licence of its whole site (SPDX), for pages that do not link to it."""
SEPARATOR = {"urls": " ", "titles": "|"}
OWN_ERROR = re.compile(r"^korean_rlhf\.errors\.\w+: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpiderRun(SpiderSettings):
    """What a folder was crawled with; the proxy and the contact do not change what is in it."""

    spider: str
    start: tuple[str, ...]
    """Start pages, or titles."""


class Outcome(NamedTuple):
    """How the last attempt to fetch an address ended."""

    fetched: bool
    """An answer came, of whatever kind."""
    reason: str
    """Why it is no page: robots, challenge, network-error, ...; "" for a page."""


def spiders() -> dict[str, str]:
    """Return spider -> what it fetches, read from the first line of its file; no Scrapy needed."""
    folder = asset_dir("crawlers") / "ko_crawlers" / "spiders"
    found = {}
    for file in sorted(folder.glob("[a-z]*.py")):
        said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        found[file.stem] = said.partition("\n")[0]
    return found


def crawl(
    spider: str,
    start: Sequence[str],
    out: Path,
    settings: SpiderSettings,
    *,
    proxy: str = "",
    contact: str = "",
    replace: bool = False,
) -> None:
    """Crawl from the pages `start` into the stage folder `out`: warc/, crawl.jsonl, documents.

    Killed and run again, it fetches only what the archive does not hold yet.

    Raises:
        UnknownName: there is no such spider.
        MissingExtra: Scrapy is not installed.
        SettingsError: no start page; or a host away from this machine without a contact.
        StageFailed: the crawl ended before its last page, or reached none.
    """
    known = spiders()
    if spider not in known:
        raise UnknownName("spider", spider, known)
    if not start:
        raise SettingsError(f"Name at least one of the {START[spider]} to begin with.")
    values = {
        field.name: getattr(settings, field.name) for field in dataclasses.fields(SpiderSettings)
    }
    run = SpiderRun(spider=spider, start=tuple(start), **values)
    with open_stage(out, STAGE, settings=run, inputs=[], replace=replace) as stage:
        if stage.finished:
            return
        if not (out / FINISHED).is_file():
            _fetch(run, out, proxy, contact)
        outcomes = read_log(out / CRAWL_LOG)
        lost = not_fetched(outcomes)
        _require_a_page(outcomes, lost, out)
        blocked = {url for url, outcome in outcomes.items() if outcome.fetched and outcome.reason}
        found = read_warc(out / "warc", named(run), blocked=blocked)
        write_documents(stage, found, label=f"crawl {spider}", not_fetched=lost)
    if lost:
        reasons = ", ".join(f"{reason} {number}" for reason, number in lost.items())
        say(f"crawl {spider}: not fetched: {reasons} ({out / CRAWL_LOG} says which)")


def named(run: SpiderRun) -> SpiderRun:
    """Return `run` with what its documents say of their origin, where the user did not say it."""
    at_home = not any("://" in start for start in run.start)
    license = run.license or (LICENSES.get(run.spider, "") if at_home else "")
    return dataclasses.replace(run, source=run.source or run.spider, license=license)


def read_log(path: Path) -> dict[str, Outcome]:
    """Return address -> how its last attempt ended; a torn line is left out."""
    outcomes = {}
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                row = json.loads(line)
                came = row["status"] is not None  # an error after that is one of its links
                reason = row["blocked"] or ("network-error" if row["error"] and not came else "")
                outcomes[row["url"]] = Outcome(came, sys.intern(reason))
    return outcomes


def not_fetched(outcomes: Mapping[str, Outcome]) -> dict[str, int]:
    """Count the addresses that nothing was fetched from, by reason."""
    lost = Counter(outcome.reason for outcome in outcomes.values() if not outcome.fetched)
    return dict(sorted(lost.items()))


def _fetch(run: SpiderRun, out: Path, proxy: str, contact: str) -> None:
    """Run Scrapy in crawlers/, as `scrapy crawl` there would, and show how far it is."""
    if find_spec("scrapy") is None:
        raise MissingExtra("korean-rlhf crawl", "crawl")
    command = [sys.executable, "-m", "scrapy", "crawl", run.spider]
    for name, value in _arguments(run, out, proxy).items():
        command += ["-a", f"{name}={value}"]
    command += ["-s", f"CONTACT={contact}", "--logfile", f"{out.resolve() / LOG}"]
    # The child must import the same korean_rlhf, wherever this one was found.
    path = os.pathsep.join(filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH"))))
    process = child(
        command,
        cwd=asset_dir("crawlers"),
        env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
    )
    try:
        _watch(process, out / CRAWL_LOG, f"fetch {run.spider}")
    finally:
        stop(process, patience=30.0)  # on Ctrl-C, let it end the pages in flight
    if not (out / FINISHED).is_file():
        raise _failure(out / LOG, process.returncode)


def _require_a_page(outcomes: Mapping[str, Outcome], lost: Mapping[str, int], out: Path) -> None:
    """Refuse to call a crawl finished that reached nothing, and let the next run try anew."""
    if any(o.fetched and not url.endswith("/robots.txt") for url, o in outcomes.items()):
        return
    (out / FINISHED).unlink()
    reasons = ", ".join(f"{reason} {number}" for reason, number in lost.items())
    raise StageFailed(
        f"Nothing was fetched ({reasons}); {out / CRAWL_LOG} says why. "
        "Check the addresses and the proxy, and run the same command again."
    )


def _arguments(run: SpiderRun, out: Path, proxy: str) -> dict[str, str]:
    name = START[run.spider]
    found = {
        name: SEPARATOR[name].join(run.start),
        "out": str(out.resolve()),
        "proxy": proxy,
        "depth": "" if run.depth is None else str(run.depth),
        "pages": "" if run.pages is None else str(run.pages),
    }
    if run.spider == "site":
        found |= {"allow": " ".join(run.allow), "deny": " ".join(run.deny)}
    elif run.allow or run.deny:
        raise SettingsError(f"allow and deny belong to the spider 'site', not to {run.spider!r}.")
    return {key: value for key, value in found.items() if value}


def _watch(process: subprocess.Popen[Any], log: Path, label: str) -> None:
    """Show the number of addresses done until the process has ended."""
    read = 0
    with track(None, label, "addresses") as advance:
        while True:
            ended = process.poll() is not None
            if log.is_file():
                with log.open("rb") as file:
                    file.seek(read)
                    news = file.read()
                read += len(news)
                advance(news.count(b"\n"))
            if ended:
                return
            time.sleep(POLL)


def _failure(log: Path, status: int) -> Exception:
    """Return what went wrong in the spider: its own sentence if it said one."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    own = OWN_ERROR.findall(text)
    if own:
        return SettingsError(own[-1])
    say("".join(text.splitlines(keepends=True)[-12:]))
    return StageFailed(
        f"The spider ended with status {status} before its last page; {log} says more. "
        "Run the same command again: it goes on where it was."
    )
