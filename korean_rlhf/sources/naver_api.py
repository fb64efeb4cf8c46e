"""One call of Naver's Search Open API: the request, its errors, and trying again.

The id and the secret are sent as headers and written nowhere: not into a file, an error or a log.
"""

from __future__ import annotations

import html
import os
import re
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from korean_rlhf.endpoint.pace import Pace
from korean_rlhf.errors import BadInput, SettingsError, StageFailed

if TYPE_CHECKING:
    import httpx

ADDRESS = "https://openapi.naver.com/v1/search"
ID, SECRET = "NAVER_CLIENT_ID", "NAVER_CLIENT_SECRET"
"""Environment variables."""
CALLS_PER_SECOND = 5.0
"""Half of what the API is said to allow."""
TIMEOUT = 20.0
"""Seconds."""
ATTEMPTS = 6
FIRST_WAIT = 1.0
"""Seconds before the second attempt; doubled before each later one, or what Retry-After asks."""
LONGEST_WAIT = 60.0
PASSING_STATUS = frozenset({408, 429, *range(500, 600)})
BOLD = re.compile(r"</?b>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result, as far as it is kept: no text of the page, no name of an author."""

    title: str
    snippet: str
    link: str
    originallink: str
    """The publisher's own address, of news."""
    published: str
    """RFC 3339, or the day alone, of blogs; "" when the API does not say."""

    def row(self) -> dict[str, str]:
        """Return it as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ResultPage:
    """The answer to one call."""

    total: int
    """Results that the API says there are; it hands out the first thousand or so."""
    hits: tuple[Hit, ...]


class _Passing(Exception):
    """An answer that another attempt may better."""

    def __init__(self, problem: str, wait: float | None = None) -> None:
        super().__init__(problem)
        self.wait = wait


@dataclass
class NaverClient:
    """Calls of one application; use it in a `with` statement."""

    client_id: str = field(repr=False)
    secret: str = field(repr=False)
    spend: Callable[[], None]
    """Called before every request, tries again included."""
    address: str = ADDRESS
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        import httpx

        headers = {"X-Naver-Client-Id": self.client_id, "X-Naver-Client-Secret": self.secret}
        self._http = httpx.Client(headers=headers, timeout=TIMEOUT)  # it follows no redirect
        self._pace = Pace(CALLS_PER_SECOND)

    def __enter__(self) -> NaverClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def search(self, kind: str, parameters: Mapping[str, str | int]) -> ResultPage:
        """Return one page of results, trying again when the server is busy or its answer is torn.

        Raises:
            SettingsError: the id or the secret is refused, or may not use this search.
            BadInput: the query is refused.
            StageFailed: no attempt was answered well.
        """
        problem = ""
        for attempt in range(ATTEMPTS):
            self.spend()
            self._pace.wait(self.sleep)
            try:
                return self._ask(kind, parameters)
            except _Passing as passing:
                problem = str(passing)
                wait = FIRST_WAIT * 2**attempt if passing.wait is None else passing.wait
            if attempt + 1 < ATTEMPTS:
                self.sleep(min(wait, LONGEST_WAIT))
        raise StageFailed(
            f"The Naver Search API did not answer {ATTEMPTS} times ({problem}). "
            "Run the same command again later: it goes on where it was."
        )

    def _ask(self, kind: str, parameters: Mapping[str, str | int]) -> ResultPage:
        import httpx

        try:
            answer = self._http.get(f"{self.address}/{kind}.json", params=dict(parameters))
        except httpx.TransportError as problem:
            raise _Passing(type(problem).__name__) from None
        if answer.status_code in PASSING_STATUS:
            raise _Passing(f"status {answer.status_code}", _asked_wait(answer))
        if answer.status_code != 200:
            raise _refusal(answer)
        try:
            return read_page(answer.json())
        except (ValueError, KeyError, TypeError):
            raise _Passing("an answer that is torn or no list of results") from None


def _asked_wait(answer: httpx.Response) -> float | None:
    wait = answer.headers.get("Retry-After", "")
    return float(wait) if wait.isdecimal() else None


def _refusal(answer: httpx.Response) -> Exception:
    """Return what the user can do about an answer that no other attempt would better."""
    said = " ".join(answer.text.split())[:200]
    if answer.status_code == 401:
        return SettingsError(
            f"Naver refuses the id or the secret. Check {ID} and {SECRET}: "
            "https://developers.naver.com/apps shows them."
        )
    if answer.status_code == 403:
        return SettingsError(
            "Naver does not let this application search. Add the API 검색 to it: "
            "https://developers.naver.com/apps"
        )
    return BadInput(f"Naver refuses the query (status {answer.status_code}): {said}")


def credentials() -> tuple[str, str]:
    """Return the id and the secret from the environment.

    Raises:
        SettingsError: one is missing.
    """
    found = os.environ.get(ID, "").strip(), os.environ.get(SECRET, "").strip()
    if not all(found):
        raise SettingsError(
            f"The search needs {ID} and {SECRET} in the environment: register an application with "
            "the API 검색 at https://developers.naver.com/apps"
        )
    return found


def read_page(answer: Any) -> ResultPage:
    """Return the results in a decoded answer.

    Raises:
        KeyError, TypeError, ValueError: it is no such answer.
    """
    return ResultPage(int(answer["total"]), tuple(_hit(item) for item in answer["items"]))


def _hit(item: Any) -> Hit:
    return Hit(
        title=plain(item.get("title", "")),
        snippet=plain(item.get("description", "")),
        link=str(item["link"]),
        originallink=str(item.get("originallink", "")),
        published=published(str(item.get("pubDate") or item.get("postdate") or "")),
    )


def plain(text: str) -> str:
    """Return a snippet without the marks of the words that were found.

    >>> plain("<b>서울</b>의 &lt;숲&gt; &quot;산책&quot; 1&lt;2 &amp;amp;")
    '서울의 <숲> "산책" 1<2 &amp;'
    """
    return unicodedata.normalize("NFC", " ".join(html.unescape(BOLD.sub("", text)).split()))


def published(text: str) -> str:
    """Return the time of a result as RFC 3339 in UTC, a blog's day as a day; "" for none.

    >>> published("Tue, 12 Mar 2024 09:12:00 +0900"), published("20240312"), published("어제")
    ('2024-03-12T00:12:00Z', '2024-03-12', '')
    """
    if re.fullmatch(r"\d{8}", text, re.ASCII):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return ""
    return found.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def now() -> datetime:
    """Return the time, for the quota's day."""
    return datetime.now(UTC)
