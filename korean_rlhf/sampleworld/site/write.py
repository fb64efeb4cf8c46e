"""Write the sample site: pages, robots.txt, sitemap, redirects, and what is true of each page."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape
from itertools import cycle
from pathlib import Path

from korean_rlhf.sampleworld.site.articles import (
    KINDS,
    Article,
    copies,
    load_articles,
    load_planted,
    twins,
)
from korean_rlhf.sampleworld.site.layout import article_page, footer_lines, render, surround
from korean_rlhf.sampleworld.site.oddities import OddPage, odd_pages
from korean_rlhf.sampleworld.site.planted import fill

HOST = "http://haetsal.localhost"
"""The name that the site is crawled under, whatever the port (server.serve is its proxy)."""
ROBOTS = f"""User-agent: *
Disallow: /private/
Disallow: /go/
Allow: /

Sitemap: {HOST}/sitemap.xml
"""
REDIRECTS = "/old/ /guide/about.html 301\n/news /news/ 301\n/go/ad / 302\n"
TRUTH = "_truth.jsonl"
"""Not served: per page its title, text, contact and the page that it repeats, for measuring."""


def write_site(folder: Path, seed: int) -> int:
    """Write the site into `folder` and return how many pages it has.

    The texts are fixed; advertisements, lists, comments and invented personal data vary by `seed`.
    """
    chance = random.Random(seed)
    articles = _with_contacts(load_articles(), chance)
    articles += twins(articles) + copies(articles)
    footer = footer_lines(chance)
    odd = odd_pages(footer, chance)
    files = {
        f"{article.slug}.html": article_page(article, surround(article, articles, chance)).encode()
        for article in articles
    }
    files |= {page.path: page.content for page in odd}
    files |= _lists(articles, odd, footer)
    files["sitemap.xml"] = _sitemap(files)
    files |= _beside(footer)
    rows = [*map(_article_truth, articles), *map(_odd_truth, odd)]
    files[TRUTH] = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return sum(name.endswith(".html") for name in files)


def _with_contacts(articles: Sequence[Article], chance: random.Random) -> tuple[Article, ...]:
    """Put sentences with invented personal data, or look-alikes of it, at the end of articles."""
    turns = {kind: cycle(rows) for kind, rows in load_planted()["contacts"].items()}
    made = []
    for article in articles:
        kind, sentence = next(turns[article.kind])
        if kind:
            sentence = fill(sentence, chance)
            texts = (*article.paragraphs, sentence)
            article = replace(article, paragraphs=texts, contact=sentence, contact_kind=kind)
        made.append(article)
    return tuple(made)


def _lists(
    articles: Sequence[Article], odd: Sequence[OddPage], footer: Sequence[str]
) -> dict[str, bytes]:
    """Return the front page and the list of each kind."""
    latest = sorted(articles, key=lambda article: article.date, reverse=True)
    made = {}
    for kind, name in KINDS.items():
        kin = [article for article in latest if article.kind == kind]
        html = render("list", title=name, articles=kin, footer=footer)
        made[f"{kind}/index.html"] = html.encode()
    archive = [(page.path, page.title) for page in odd]
    archive += [(f"{copy.slug}.html", f"{copy.title} (인쇄용)") for copy in articles if copy.exact]
    front = render("front", title="처음", articles=latest[:8], archive=archive, footer=footer)
    return made | {"index.html": front.encode()}


def _beside(footer: Sequence[str]) -> dict[str, bytes]:
    """Return what no list links to: the forbidden corner, the 404 page, robots.txt, redirects."""
    made = {"robots.txt": ROBOTS.encode(), "_redirects": REDIRECTS.encode()}
    lost = [("404", "찾으시는 쪽이 없습니다", "주소를 다시 확인해 주십시오.")]
    private = [(row["slug"], row["title"], row["text"]) for row in load_planted()["private"]]
    for slug, title, text in lost + private:
        html = render("plain", title=title, paragraphs=[text], footer=footer)
        made[f"{slug}.html"] = html.encode()
    return made


def _article_truth(article: Article) -> dict[str, object]:
    return {
        "path": f"/{article.slug}.html",
        "kind": article.kind,
        "title": article.title,
        "text": article.text,
        "contact": article.contact,
        "contact_kind": article.contact_kind,
        "same_as": f"/{article.same_as}.html" if article.same_as else "",
        "exact": article.exact,
    }


def _odd_truth(page: OddPage) -> dict[str, object]:
    return {"path": f"/{page.path}", "kind": "odd", "title": page.title, "text": page.text}


def _sitemap(names: Iterable[str]) -> bytes:
    urls = sorted(f"{HOST}/{name.removesuffix('index.html')}" for name in names)
    rows = "".join(f"<url><loc>{escape(url)}</loc></url>\n" for url in urls)
    schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}\n<urlset xmlns="{schema}">\n{rows}</urlset>\n'.encode()
