"""What a web page says about itself: charset, title, licence."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from korean_rlhf.sources.encoding import decode
from korean_rlhf.sources.licenses import spdx

META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]+encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
LOOKED_AT = 4096
"""Bytes at the start of a page in which a charset is looked for; browsers look at 1024."""


@dataclass(slots=True)
class PageFacts:
    """Title and licence of a page."""

    title: str = ""
    license: str = ""
    """SPDX, from <link rel="license"> or, if all such links agree, <a rel="license">."""


def decode_page(body: bytes, content_type: str = "") -> tuple[str, str] | None:
    """Return the text of an HTML page and its encoding: by header, then meta, then its bytes."""
    declared = HEADER_CHARSET.findall(content_type)
    for pattern in (XML_ENCODING, META_CHARSET):
        declared += [name.decode("ascii") for name in pattern.findall(body[:LOOKED_AT])]
    return decode(body, declared)


def page_facts(html: str) -> PageFacts:
    """Return what the page says about itself.

    >>> page_facts("<title>햇살</title><a rel=license href=//apache.org/licenses/LICENSE-2.0>")
    PageFacts(title='햇살', license='Apache-2.0')
    """
    parser = _Parser()
    with contextlib.suppress(AssertionError):  # of "<![C": what stands before it has been read
        parser.feed(html)
    in_head, in_body = parser.head_licenses, set(parser.body_licenses)
    license = in_head[0] if in_head else in_body.pop() if len(in_body) == 1 else ""
    return PageFacts(title=" ".join("".join(parser.title).split()), license=license)


@dataclass
class _Parser(HTMLParser):
    """Collects; html.parser fails on "<![C" only, of all broken pages tried."""

    title: list[str] = field(default_factory=list)
    head_licenses: list[str] = field(default_factory=list)
    body_licenses: list[str] = field(default_factory=list)
    in_title: bool = False
    titled: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title" and not self.titled:
            self.in_title = True
        facts = {name: value or "" for name, value in attrs}
        if "license" in facts.get("rel", "").lower().split() and spdx(facts.get("href", "")):
            found = self.head_licenses if tag == "link" else self.body_licenses
            found.append(spdx(facts["href"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "title" and self.in_title:
            self.in_title, self.titled = False, True

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.title.append(data)
