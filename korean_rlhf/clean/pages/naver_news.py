"""Articles of Naver's news, sports and entertainment pages that the user is licensed to hold.

Templates: #dic_area (an article element, a div until 2023), #articleBodyContents before, and those
of sports and entertainment, old (#newsEndContents, #articeBody) and new (hashed class names).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from korean_rlhf.clean.pages.blocks import text_of
from korean_rlhf.clean.pages.page import Page, classes, meta, one_line, with_class, with_id
from korean_rlhf.records import Drop

HOSTS = frozenset(
    f"{name}.naver.com"
    for name in (
        "news n.news m.news sports sports.news m.sports entertain m.entertain "
        "entertain.news m.sports.news"
    ).split()
)
MARK = re.compile(r"id=[\"'](?:dic_area|articleBodyContents|newsEndContents|articeBody)[\"']")
BODIES = ("dic_area", "articleBodyContents", "articeBody", "newsEndContents")
"""Ids of the element that holds the article; "articeBody" is the site's own spelling."""
NEW_BODY = "_article_content"
HEADLINES = ("title_area", "articleTitle")
HEADLINE_CLASSES = frozenset({"media_end_head_headline", "end_tit"})
HEADLINE_BOX = "news_headline"
HASHED_HEADLINE = "ArticleHead_article_title"
"""What the class of the newest headline begins with; a hash follows that changes."""

PARTS_LEFT_OUT = frozenset(
    # pictures, films and their captions
    "end_photo_org img_desc image_caption_default vod_area vod_player_wrap media_end_video "
    "nbd_im_w "
    # reporters, source, copyright
    "byline byline_p byline_s reporter_area reporter_profile journalist_card source copyright "
    "c_text media_end_head_journalist "
    # buttons, promotion, other articles
    "link_news artical-btm promotion guide_categorization categorize end_btn news_sns "
    "media_end_linked_more relation_lst article_relation ad_area ssp_ad "
    "u_likeit media_end_correction blind".split()
)
ARTICLE_PATH = re.compile(r"/article/|/read\b|/read\.")
DELETED = re.compile(
    r"삭제된 기사|기사가 삭제|존재하지 않는 기사|없는 기사입니다|서비스가 (?:중단|종료)된 기사"
)


def read(tree: Any, url: str) -> Page | Drop | None:
    """Return headline and text of an article.

    Drops: page-deleted; page-shell for an article's address without its text, as a client would
    fill it in. A list of headlines is not ours.
    """
    body = _body(tree)
    if body is None:
        if DELETED.search(one_line(tree)):
            return Drop("page-deleted", "the article was taken down")
        if ARTICLE_PATH.search(urlsplit(url).path):
            return Drop("page-shell", "an article's address without an article's body")
        return None
    text = text_of(body, _left_out)
    if not text:
        return Drop("page-shell", "the article's body is empty")
    return Page(_headline(tree), text)


def _body(tree: Any) -> Any | None:
    for name in BODIES:
        found = with_id(tree, name)
        if found is not None:
            return found
    return next(with_class(tree, NEW_BODY), None)


def _headline(tree: Any) -> str:
    for name in HEADLINES:
        found = one_line(with_id(tree, name))
        if found:
            return found
    heading = next(filter(_is_headline, tree.iter("h1", "h2", "h3", "h4")), None)
    return one_line(heading) or meta(tree, "og:title")


def _is_headline(heading: Any) -> bool:
    names = classes(heading)
    return (
        not HEADLINE_CLASSES.isdisjoint(names)
        or any(name.startswith(HASHED_HEADLINE) for name in names)
        or HEADLINE_BOX in classes(heading.getparent())
    )


def _left_out(element: Any) -> bool:
    names = classes(element)
    return not PARTS_LEFT_OUT.isdisjoint(names) or (
        element.tag == "table" and "captions" in names  # a picture above its caption
    )
