"""Child process of `html`: one page in, its title and main text out, a JSON line each.

A page that needs more CPU time than it may ends the process by SIGPROF, in whatever code it is.
"""

from __future__ import annotations

import functools
import json
import signal
import sys
from typing import Any

from korean_rlhf.clean.markup.page_tree import prepare
from korean_rlhf.clean.pages import read_page
from korean_rlhf.records import Drop

LEAST_TEXT = 50
"""Characters of a main text below which the extractor takes the whole page as one line instead; its
own 250 is a length of English news, and many Korean posts are shorter."""


def extract(html: str, url: str, title: str = "") -> dict[str, str]:
    """Return title and main text of a page; the text is "" when there is none.

    A page object that knows the page answers first, with a reason if it holds no text. Its title
    wins over the given one, which may be that of <title> and name the site, too.
    """
    import trafilatura

    known = read_page(html, url)
    if isinstance(known, Drop):
        return {"title": "", "text": "", "reason": known.reason, "detail": known.detail}
    if known is not None:
        return {"title": known.title, "text": known.text}
    tree = trafilatura.load_html(html)
    if tree is None:
        return {"title": "", "text": ""}
    title = title or page_title(tree)
    prepare(tree)
    text = trafilatura.extract(
        tree,
        url=url or None,
        include_comments=False,
        include_tables=True,
        deduplicate=False,
        fast=True,  # its other extractors lose headings; `prepare` finds the main part for it
        config=_config(),
    )
    return {"title": title, "text": text or trafilatura.html2txt(html) or ""}


@functools.cache
def _config() -> Any:
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", str(LEAST_TEXT))
    return config


def page_title(tree: Any) -> str:
    """Return the title that a page gives for previews, else that of its heading or its <title>."""
    from trafilatura.metadata import extract_title

    for meta in tree.iter("meta"):
        if meta.get("property") == "og:title" and (meta.get("content") or "").strip():
            return str(meta.get("content")).strip()
    return extract_title(tree) or ""


def main() -> None:
    """Answer questions until the pipe closes."""
    import trafilatura  # noqa: F401  loaded before the first page, so that no page pays for it

    print("{}", flush=True)
    for line in sys.stdin.buffer:
        question = json.loads(line)
        signal.setitimer(signal.ITIMER_PROF, question["seconds"])
        answer = extract(question["html"], question["url"], question["title"])
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
