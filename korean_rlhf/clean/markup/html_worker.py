"""Child process of `html`: one page in, its title and main text out, a JSON line each.

A page that needs more CPU time than it may ends the process by SIGPROF, in whatever code it is.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import Any

from korean_rlhf.clean.pages import read_page
from korean_rlhf.records import Drop

LAYOUT_CHARACTERS = 150
"""A cell of a table that holds more text than this is a page laid out by a table, as boards do."""


def unwrap_layout_tables(tree: Any) -> None:
    """Move the content of long cells out of their table, so that its paragraphs stay apart."""
    for cell in [*tree.iter("td")]:
        table = next(cell.iterancestors("table"), None)
        if table is None or table.getparent() is None:
            continue
        if (
            len("".join(cell.itertext()).strip()) > LAYOUT_CHARACTERS
            and cell.find(".//table") is None
        ):
            cell.tag = "div"
            table.addnext(cell)


def extract(html: str, url: str) -> dict[str, str]:
    """Return title and main text of a page; the text is "" when there is none.

    A page object that knows the page answers first, with a reason if it holds no text.
    """
    import trafilatura
    from trafilatura.metadata import extract_metadata

    known = read_page(html, url)
    if isinstance(known, Drop):
        return {"title": "", "text": "", "reason": known.reason, "detail": known.detail}
    if known is not None:
        return {"title": known.title, "text": known.text}
    tree = trafilatura.load_html(html)
    if tree is None:
        return {"title": "", "text": ""}
    unwrap_layout_tables(tree)
    text = trafilatura.extract(
        tree, url=url or None, include_comments=False, include_tables=True, deduplicate=False
    )
    if not text:
        text = trafilatura.html2txt(html)
    found = extract_metadata(tree, default_url=url or None)
    return {"title": (found.title if found else "") or "", "text": text or ""}


def main() -> None:
    """Answer questions until the pipe closes."""
    import trafilatura  # noqa: F401  loaded before the first page, so that no page pays for it

    print("{}", flush=True)
    for line in sys.stdin.buffer:
        question = json.loads(line)
        signal.setitimer(signal.ITIMER_PROF, question["seconds"])
        answer = extract(question["html"], question["url"])
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
