"""What a page object returns, and finding elements in a parsed page."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree


@dataclass(frozen=True, slots=True)
class Page:
    """Title and text of a page, as its reader sees them; one block a line."""

    title: str
    text: str


def parse(html: str) -> Any | None:
    """Return the root element of a page without its comments; None for a page without elements."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    body = html.encode("utf-8", "replace")  # a half character (\ud800) has no bytes
    try:
        return etree.fromstring(body, parser) if body.strip() else None
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def classes(element: Any) -> Collection[str]:
    """Return the classes of an element."""
    return (element.get("class") or "").split()


def with_id(tree: Any, name: str) -> Any | None:
    """Return the first element whose id is `name`."""
    return next(iter(tree.xpath("//*[@id=$name]", name=name)), None)


def with_class(tree: Any, *names: str) -> Iterator[Any]:
    """Yield the elements of `tree` that have one of the classes, in order."""
    wanted = set(names)
    return (found for found in tree.iter(etree.Element) if not wanted.isdisjoint(classes(found)))


def one_line(element: Any | None) -> str:
    """Return the text of an element on one line, "" for None."""
    if element is None:
        return ""
    return " ".join("".join(element.itertext()).replace("\u200b", "").split())


def meta(tree: Any, name: str) -> str:
    """Return the content of <meta property="name">, "" without one."""
    found = tree.xpath("//meta[@property=$name]/@content", name=name)
    return " ".join(str(found[0]).split()) if found else ""
