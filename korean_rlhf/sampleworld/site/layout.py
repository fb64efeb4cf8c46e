"""The page around an article: navigation, advertisements, share bars, lists, comments, footer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from korean_rlhf.sampleworld.site.articles import FOLDER, KINDS, Article, load_planted
from korean_rlhf.sampleworld.site.planted import fill

if TYPE_CHECKING:
    from jinja2 import Environment

LICENSE = "https://www.apache.org/licenses/LICENSE-2.0"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is drawn by chance around one article."""

    ads: tuple[str, ...]
    related: tuple[Article, ...]
    popular: tuple[Article, ...]
    comments: tuple[tuple[str, str], ...]
    """Name and words of each reader."""
    footer: tuple[str, ...]
    views: int


def surround(article: Article, others: Sequence[Article], chance: random.Random) -> Surroundings:
    """Draw the surroundings of `article`."""
    planted = load_planted()
    pool = [other for other in others if other.slug != article.slug]
    kin = [other for other in pool if other.kind == article.kind]
    count = chance.randint(0, 5)
    names = chance.sample(planted["names"], count)
    words = chance.sample(planted["comments"], count)
    return Surroundings(
        ads=tuple(chance.sample(planted["ads"], 2)),
        related=tuple(chance.sample(kin, min(4, len(kin)))),
        popular=tuple(chance.sample(pool, 5)),
        comments=tuple(zip(names, words, strict=True)),
        footer=footer_lines(chance),
        views=chance.randint(12, 9800),
    )


def footer_lines(chance: random.Random) -> tuple[str, ...]:
    """Return the lines at the foot of a page."""
    return tuple(fill(line, chance) for line in load_planted()["footer"])


def article_page(article: Article, around: Surroundings) -> str:
    """Return the page of an article, marked up as its kind is."""
    facts = {"article": article, "around": around, "footer": around.footer}
    return render(article.kind, title=article.title, **facts)


def render(template: str, **facts: Any) -> str:
    """Return the HTML of one of templates/."""
    page = _environment().get_template(f"{template}.html")
    return page.render(license=LICENSE, kinds=KINDS, **facts)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=False,
    )
