"""The hand-written articles of the sample site."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
KINDS = {
    "news": "마을 소식",
    "blog": "사는 이야기",
    "guide": "마을 안내",
    "recipe": "부엌",
    "notice": "공지",
    "qna": "묻고 답하기",
}
"""Kind of article -> name of its section."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article: what a reader of the site came for."""

    slug: str
    """Path on the site without ".html", e.g. "news/last-bus"."""
    kind: str
    title: str
    paragraphs: tuple[str, ...]
    author: str = ""
    date: str = ""
    """ISO day, "" where the page gives none."""
    contact: str = ""
    """The sentence with an invented phone number or the like, at the end of the text."""
    contact_kind: str = ""
    same_as: str = ""
    """Slug of the article that this one repeats."""
    exact: bool = False
    """The repetition is word for word."""

    @property
    def text(self) -> str:
        """What a perfect extraction would return, without the title."""
        return "\n\n".join(self.paragraphs)


@cache
def load_articles() -> tuple[Article, ...]:
    """Return the articles of articles.toml, in its order."""
    with (FOLDER / "articles.toml").open("rb") as file:
        rows = tomllib.load(file)["article"]
    return tuple(
        Article(
            slug=f"{row['kind']}/{row['slug']}",
            kind=row["kind"],
            title=row["title"],
            paragraphs=paragraphs(row["text"]),
            author=row["author"],
            date=row["date"],
        )
        for row in rows
    )


@cache
def load_planted() -> dict[str, Any]:
    """Return planted.toml: advertisements, comments, contacts, duplicates, odd pages."""
    with (FOLDER / "planted.toml").open("rb") as file:
        return tomllib.load(file)


def paragraphs(text: str) -> tuple[str, ...]:
    """Split a text at its blank lines."""
    return tuple(part.strip() for part in text.strip().split("\n\n"))


def twins(articles: tuple[Article, ...]) -> tuple[Article, ...]:
    """Return the near-duplicates: articles with changed particles, or one more sentence.

    Raises:
        ValueError: an edit is not found in its article.
    """
    known = {article.slug: article for article in articles}
    made = []
    for row in load_planted()["twin"]:
        original = known[row["of"]]
        text = original.text
        for old, new in row["edits"]:
            if old not in text:
                raise ValueError(f"{row['of']} does not hold {old!r}")
            text = text.replace(old, new, 1)
        text = f"{text} {row['added']}".strip()
        made.append(
            replace(original, slug=row["slug"], paragraphs=paragraphs(text), same_as=row["of"])
        )
    return tuple(made)


def copies(articles: tuple[Article, ...]) -> tuple[Article, ...]:
    """Return the exact duplicates, at their own addresses."""
    known = {article.slug: article for article in articles}
    return tuple(
        replace(known[row["of"]], slug=row["slug"], kind="print", same_as=row["of"], exact=True)
        for row in load_planted()["copy"]
    )
