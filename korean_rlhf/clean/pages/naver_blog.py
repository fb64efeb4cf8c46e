"""Posts of Naver's blogs that the user is licensed to hold, by each of its three editors.

SmartEditor ONE (.se-main-container, from 2018 on), SmartEditor 3 (.se_component_wrap), the old
editor (#postViewArea). The address of a post answers with a frame only; the post is in mainFrame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from korean_rlhf.clean.pages.blocks import text_of
from korean_rlhf.clean.pages.page import Page, classes, meta, one_line, with_class, with_id
from korean_rlhf.records import Drop

HOSTS = frozenset({"blog.naver.com", "m.blog.naver.com"})
MARK = re.compile(r"se-main-container|id=[\"'](?:postViewArea|mainFrame)[\"']|se_doc_viewer")
EDITOR_ONE, EDITOR_3, OLD_EDITOR = "se-main-container", "se_component_wrap", "postViewArea"
CODE = "se-code-source"
OLD_BODIES = ("post-view", "post_ct")
"""Classes of the body by the old editor, on the desk and on the telephone."""

PARTS_LEFT_OUT = frozenset(
    # SmartEditor ONE: all that is looked at, and cards that lead elsewhere
    "se-documentTitle se-image se-imageGroup se-imageStrip se-sticker se-video se-caption "
    "se-placesMap se-map se-oglink se-oembed se-file se-material se-schedule se-mrBlog se-ad "
    # SmartEditor 3
    "se_documentTitle se_image se_imageGroup se_sticker se_video se_caption se_map se_oglink "
    "se_oembed se_file se_material se_schedule se_horizontalLine "
    # the old editor and what stands around every post
    "__se_object og_card thumb map_attach sticker_attach wrap_tag post_tag tag_area blog_tag "
    "post_footer post_sympathy wrap_postcomment area_sympathy ssp-adcontent revenue_unit_wrap "
    "u_likeit blind se-blind".split()
)
TITLES = ("se-title-text", "se_textarea_title", "itemSubjectBoldfont", "tit_h3", "htitle")
_POST = r"(?:게시물|글|포스트)"
MISSING = (
    (re.compile(rf"삭제되었거나|(?:삭제된|존재하지 않는) {_POST}"), "page-deleted"),
    (re.compile(rf"비공개 (?:{_POST}|블로그)|이웃(?:에게)?만 (?:공개|볼 수)"), "page-private"),
)
ALERT = re.compile(r"alert\(\s*(?:\"([^\"]*)\"|'([^']*)')")
FEW_CHARACTERS = 500
"""Of a page that only says why the post is not there; a list of posts has more."""
HASHTAGS = re.compile(r"(?:#[\w·]+[\s,]*){2,}")


def read(tree: Any, url: str) -> Page | Drop | None:
    """Return title and text of a post.

    Drops: blog-frame for the page around a post; page-deleted, page-private; page-shell for a post
    of pictures alone. Lists of posts and profiles are not ours.
    """
    bodies = _bodies(tree)
    if not bodies:
        return _without_body(tree)
    for code in with_class(tree, CODE):
        code.tag = "pre"  # a style sheet keeps its spaces, the element does not
    text = "\n".join(filter(None, (text_of(body, _left_out) for body in bodies)))
    lines = [line for line in text.split("\n") if not HASHTAGS.fullmatch(line)]
    if not lines or not text:
        return Drop("page-shell", "the post holds no text")
    return Page(_title(tree), "\n".join(lines))


def _bodies(tree: Any) -> list[Any]:
    """Return the elements that hold the post, or the posts of a page that shows several.

    SmartEditor 3 has one for each section. The old editor's element may stand around a post of a
    newer one, whose own element is then taken.
    """
    newer = [*with_class(tree, EDITOR_ONE, EDITOR_3)]
    around = {above for body in newer for above in body.iterancestors()}
    old = [found for found in _old_bodies(tree) if found not in around]
    chosen = {*newer, *old}
    return [
        found
        for found in tree.iter(etree.Element)
        if found in chosen and chosen.isdisjoint(found.iterancestors())
    ]


def _old_bodies(tree: Any) -> Iterator[Any]:
    yield from tree.xpath("//*[@id=$name]", name=OLD_EDITOR)
    yield from with_class(tree, *OLD_BODIES)


def _without_body(tree: Any) -> Drop | None:
    frame = with_id(tree, "mainFrame")
    if frame is not None:
        inside = frame.get("src") or "/PostView.naver?blogId=...&logNo=..."
        return Drop("blog-frame", f"the post itself is in the frame mainFrame: {inside[:300]}")
    said = " ".join(a or b for a, b in ALERT.findall("".join(tree.itertext())))
    shown = text_of(tree, _left_out)
    said += shown if len(shown) < FEW_CHARACTERS else ""
    return next((Drop(reason) for pattern, reason in MISSING if pattern.search(said)), None)


def _title(tree: Any) -> str:
    for name in TITLES:
        found = next(filter(None, map(one_line, with_class(tree, name))), "")
        if found:
            return found
    in_3 = next(with_class(tree, "se_documentTitle"), None)
    heading = next(with_class(in_3, "se_textarea"), None) if in_3 is not None else None
    return one_line(heading) or meta(tree, "og:title")


def _left_out(element: Any) -> bool:
    return not PARTS_LEFT_OUT.isdisjoint(classes(element)) or (
        (element.get("id") or "").startswith(("ssp-adcontent", "tagList_"))
    )
