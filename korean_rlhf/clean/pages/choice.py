"""Which page object a page belongs to: by the host of its address, by its markup without one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from korean_rlhf.clean.pages import naver_blog, naver_news, naver_terms
from korean_rlhf.clean.pages.page import Page, parse
from korean_rlhf.records import Drop

PageObject: TypeAlias = Callable[[Any, str], Page | Drop | None]

HOSTS: dict[str, PageObject] = {
    **dict.fromkeys(naver_news.HOSTS, naver_news.read),
    **dict.fromkeys(naver_blog.HOSTS, naver_blog.read),
    **dict.fromkeys(naver_terms.HOSTS, naver_terms.read),
}
MARKS: tuple[tuple[re.Pattern[str], PageObject], ...] = (
    (naver_news.MARK, naver_news.read),
    (naver_blog.MARK, naver_blog.read),
    (naver_terms.MARK, naver_terms.read),
)
"""What only that site's pages hold; asked for pages without an address alone."""


def read_page(html: str, url: str) -> Page | Drop | None:
    """Return title and text of a page with a known template, or why it holds none.

    None says that no page object knows the page: a general extractor has to read it. Pages of
    other hosts are never claimed, whatever their markup looks like.
    """
    page_object = _find(html, url)
    if page_object is None:
        return None
    tree = parse(html)
    return None if tree is None else page_object(tree, url)


def _find(html: str, url: str) -> PageObject | None:
    """Return the page object for a page, None when there is none."""
    host = _host(url)
    if host:
        return HOSTS.get(host)
    return next((found for mark, found in MARKS if mark.search(html)), None)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # an unbalanced bracket, as in http://[a/
        return ""
