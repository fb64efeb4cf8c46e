"""Search results of Naver's Open API: snippets and links, the part that Naver hands to programs.

robots.txt of Naver's search and news hosts closes them to crawlers; this API is the open door. What
comes through it is no text to train on: it says which pages there are, and belongs to publishers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from korean_rlhf.disk import file_digest, published
from korean_rlhf.errors import SettingsError
from korean_rlhf.progress import say, track
from korean_rlhf.rundir import open_stage
from korean_rlhf.settings.crawl import NaverSearchSettings
from korean_rlhf.sources.naver_api import ADDRESS, NaverClient, ResultPage, credentials, now
from korean_rlhf.sources.naver_quota import DailyQuota, state_file

STAGE = "naver-search"
RESULTS, CALLS = "results.jsonl", "calls.jsonl"
DISPLAY = 100
"""Most results of one call."""
LAST_START = 1000
"""Highest number of a result that a call may begin with."""
SORTED = frozenset({"news", "blog", "cafearticle", "kin", "book"})
"""Kinds that can be sorted; the API refuses the parameter for others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NaverSearchRun(NaverSearchSettings):
    """What a folder of results was made with."""

    queries: tuple[str, ...]


def search(
    queries: Sequence[str],
    out: Path,
    settings: NaverSearchSettings,
    *,
    daily_calls: int,
    replace: bool = False,
    address: str = ADDRESS,
) -> None:
    """Search for each query and write what is found, each link once, to `out`/results.jsonl.

    Every answer is noted in calls.jsonl at once. Killed, or stopped by the day's quota, and run
    again, it makes only the calls that are missing.

    Raises:
        SettingsError: no query, or the id or the secret is missing or refused.
        BadInput: Naver refuses a query.
        StageFailed: the day's calls are used up, or the server does not answer.
    """
    if not queries or not all(query.strip() for query in queries):
        raise SettingsError("Give at least one query that is not empty.")
    client_id, secret = credentials()
    values = {field.name: getattr(settings, field.name) for field in fields(NaverSearchSettings)}
    run = NaverSearchRun(queries=tuple(dict.fromkeys(queries)), **values)
    with open_stage(out, STAGE, settings=run, inputs=[], replace=replace) as stage:
        if stage.finished:
            return
        quota = DailyQuota(client_id, daily_calls, state_file())

        def spend() -> None:
            quota.spend(now())

        with NaverClient(client_id, secret, spend, address) as client:
            _make_calls(client, run, out / CALLS)
        counts = write_results(out)
        stage.finish(counts=counts, digest=file_digest(out / RESULTS))
    say(f"naver-search: {counts['out']} links in {out / RESULTS}")


def _make_calls(client: NaverClient, run: NaverSearchRun, path: Path) -> None:
    made = {(call["query"], call["start"]): _is_last(call) for call in read_calls(path)}
    with track(None, "naver-search", "calls") as advance:
        for query in run.queries:
            for start in starts(run.most):
                if (query, start) not in made:
                    page = client.search(run.kind, parameters(run, query, start))
                    made[query, start] = _is_last(_note_call(path, query, start, page))
                    advance()
                if made[query, start]:
                    break


def _note_call(path: Path, query: str, start: int, page: ResultPage) -> dict[str, Any]:
    """Append a call to calls.jsonl: from then on it need not be made again."""
    hits = [hit.row() for hit in page.hits]
    call = {"query": query, "start": start, "total": page.total, "hits": hits}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(call, ensure_ascii=False) + "\n")
    return call


def _is_last(call: dict[str, Any]) -> bool:
    """Whether there are no results after those of a call."""
    return bool(call["start"] + DISPLAY > call["total"] or not call["hits"])


def starts(most: int) -> range:
    """Return the numbers of the results that the calls for one query begin with.

    >>> list(starts(250)), len(starts(1000))
    ([1, 101, 201], 10)
    """
    return range(1, min(most, LAST_START) + 1, DISPLAY)


def parameters(run: NaverSearchRun, query: str, start: int) -> dict[str, str | int]:
    """Return what one call asks for."""
    wanted = min(DISPLAY, run.most - start + 1)
    found: dict[str, str | int] = {"query": query, "display": wanted, "start": start}
    return found | {"sort": run.sort} if run.kind in SORTED else found


def read_calls(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the calls that were made; a torn last line is cut off, and made again."""
    if not path.is_file():
        return
    whole = 0
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            yield json.loads(line)
    with path.open("r+b") as file:
        file.truncate(whole)


def write_results(out: Path) -> dict[str, Any]:
    """Write results.jsonl, each link once, and return the counts."""
    seen: set[str] = set()
    found = 0
    with published(out / RESULTS) as draft, draft.open("w", encoding="utf-8") as file:
        for row in _rows(out / CALLS):
            found += 1
            if row["link"] not in seen:
                seen.add(row["link"])
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    again = found - len(seen)
    return {"in": found, "out": len(seen), "dropped": {"found-again": again} if again else {}}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    for call in read_calls(path):
        for hit in call["hits"]:
            yield {"query": call["query"], **hit}
